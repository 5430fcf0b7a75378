/* bind_operator_evaluate.c - evaluate: finds the plugin by its name in plugins.def and binds it. */
#include "planner/plugin.h"

typedef struct plugin {
    const char *name;
    spoor_plugin_bind *bind;
    const char *refused; /* why; NULL: it is not */
} plugin;

static const plugin plugins[] = {
#define SPOOR_PLUGIN(name, function) {#name, function, NULL},
#define SPOOR_PLUGIN_REFUSED(name, reason) {#name, NULL, reason},
#include "planner/plugins.def"
#undef SPOOR_PLUGIN
#undef SPOOR_PLUGIN_REFUSED
};

static const plugin *find(spoor_str name) {
    for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++) {
        if (spoor_str_is(name, plugins[i].name)) {
            return &plugins[i];
        }
    }
    return NULL;
}

static spoor_plugin_site site_of(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *call = spoor_bind_first_child(node);
    return (spoor_plugin_site){.b = b,
                               .node = node,
                               .call = call,
                               .schema = spoor_ast_clause(node, "schema"),
                               .input = input};
}

/* What runs here, or NULL, reported. */
static const plugin *usable(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    const spoor_ast *call = site->call;
    spoor_bind_check_props(b, site->node, "");
    if (call == NULL || call->kind != SPOOR_AST_CALL) {
        spoor_fail(b->diags, site->node->at, "'evaluate' needs a plugin: evaluate bag_unpack(d)");
        return NULL;
    }
    const plugin *found = find(call->text);
    if (found == NULL) {
        spoor_fail(b->diags, call->at, "the plugin '%.*s' is not supported", SPOOR_S(call->text));
        return NULL;
    }
    if (found->refused != NULL) {
        spoor_fail(b->diags, call->at, "the plugin '%s' is not supported: %s", found->name,
                   found->refused);
        return NULL;
    }
    site->name = found->name;
    return found;
}

/* As the last operator it is bind_results.c's. */
spoor_plan *spoor_plugin_preview(spoor_plugin_site *site) {
    spoor_fail(site->b->diags, site->call->at,
               site->schema != NULL
                   ? "'preview' gives two results, and takes no schema"
                   : "'preview' gives two results, so it must be the last operator of the query");
    return NULL;
}

spoor_plan *spoor_bind_evaluate(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_plugin_site site = site_of(b, node, input);
    const plugin *found = usable(&site);
    if (found == NULL) {
        return NULL;
    }
    if (input == NULL) {
        spoor_fail(b->diags, site.call->at, "'%s' works on rows: T | evaluate %s(...)", found->name,
                   found->name);
        return NULL;
    }
    if (!spoor_bind_enter(b, node->span)) {
        return NULL;
    }
    uint32_t errors = b->diags->nerrors;
    spoor_plan *plan = found->bind(&site);
    spoor_bind_leave(b);
    return b->diags->nerrors == errors ? plan : NULL;
}
