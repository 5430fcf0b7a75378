/* plugin_lookup.c - ipv4_lookup and ipv6_lookup: the networks that an address belongs to.
 *
 * They are KQL (plugin_text.c).  Each different address is looked up once, by
 * a key for each length of prefix that the networks have; then it is a lookup
 * by the address. */
#include "planner/plugin.h"

typedef struct address_lookup {
    spoor_plan *table;
    const spoor_ast *source, *network;
    spoor_str extra; /* more keys, as the text lists them */
    bool keeps_unmatched;
} address_lookup;

static spoor_plan *bind_lookup_table(spoor_plugin_site *site, const spoor_ast *node) {
    spoor_binder *b = site->b;
    const spoor_schema *row = b->row;
    b->row = NULL;
    spoor_plan *plan = spoor_bind_table(b, node);
    b->row = row;
    return plan;
}

/* return_unmatched, which may be named and comes last. */
static bool set_unmatched(spoor_plugin_site *site, const spoor_ast *node, address_lookup *a) {
    const spoor_ast *value = node->kind == SPOOR_AST_NAMED ? node->first : node;
    if (node->next != NULL ||
        (node->kind == SPOOR_AST_NAMED && !spoor_str_is(node->text, "return_unmatched"))) {
        return spoor_fail(site->b->diags, node->span, "this argument of %s is not supported",
                          site->name);
    }
    spoor_bound *e = spoor_bind_scalar(site->b, value);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_BOOL || e->value.is_null) {
        return spoor_fail(site->b->diags, value->span, "return_unmatched is true or false");
    }
    a->keeps_unmatched = e->value.boolean;
    return true;
}

static bool bind_lookup(spoor_plugin_site *site, address_lookup *a) {
    const spoor_ast *table = site->call->first;
    a->source = table != NULL ? table->next : NULL;
    a->network = a->source != NULL ? a->source->next : NULL;
    if (a->network == NULL || site->schema != NULL) {
        spoor_plugin_misused(site,
                             site->name[3] == '6'
                                 ? "ipv6_lookup(Networks, Address, Network [, return_unmatched])"
                                 : "ipv4_lookup(Networks, Address, Network [, Key ...] "
                                   "[, return_unmatched])");
        return false;
    }
    a->table = bind_lookup_table(site, table);
    if (a->table == NULL || !spoor_plugin_is_column(site, a->source, site->input) ||
        !spoor_plugin_is_column(site, a->network, a->table)) {
        return false;
    }
    for (const spoor_ast *arg = a->network->next; arg != NULL; arg = arg->next) {
        if (arg->kind != SPOOR_AST_NAME || spoor_schema_find(&site->input->schema, arg->text) < 0) {
            return set_unmatched(site, arg, a);
        }
        if (!spoor_plugin_is_column(site, arg, a->table)) {
            return false;
        }
        spoor_str name = spoor_plugin_quoted(site->b, arg->text);
        a->extra =
            spoor_arena_format(site->b->arena, "%.*s, %.*s", SPOOR_S(a->extra), SPOOR_S(name));
    }
    return true;
}

/* The texts: $a the column of addresses, $n that of networks, $v 4 or 6. */
// clang-format off

/* The length of an address's prefix, counted in bits of IPv6; of what is no address, anything. */
#define BITS(of) \
    "iff(isnotnull(parse_ipv4(" of ")), 96 + ipv4_netmask_suffix(" of ")," \
    " coalesce(tolong(split(" of ", '/')[1]), 128))"

/* Those that are addresses, each with its place, its length and what it is cut to it. */
static const char networks[] =
    "['#table']"
    " | serialize ['#row'] = row_number(0), ['#text'] = $n"
    " | where isnotempty(tostring(parse_ipv$v(['#text'])))"
    " | extend ['#bits'] = " BITS("['#text']")
    " | extend ['#net'] = parse_ipv6_mask(['#text'], ['#bits'])";

/* Each different one once. */
static const char addresses[] =
    "['#in']"
    " | distinct ['#key'] = $a"
    " | where isnotempty(tostring(parse_ipv$v(['#key'])))"
    " | extend ['#own'] = " BITS("['#key']");

/* Each address with its networks in the table's order: by a key for each length that networks have.
 * An address that has a prefix itself is rare, and compared with each network. */
static const char pairs[] =
    "['#addresses']"
    " | where ['#own'] == 128"
    " | mv-expand ['#bits'] = toscalar(['#networks'] | summarize make_set(['#bits'])) to typeof(long)"
    " | extend ['#net'] = parse_ipv6_mask(['#key'], ['#bits'])"
    " | join kind=inner ['#networks'] on ['#bits'], ['#net']"
    " | project-away ['#bits1'], ['#net1']"
    " | union (['#addresses']"
    "   | where ['#own'] < 128"
    "   | extend ['#one'] = 1"
    "   | join kind=inner (['#networks'] | extend ['#one'] = 1) on ['#one']"
    "   | where ipv$v_is_match(['#key'], ['#text'])"
    "   | project-away ['#one'], ['#one1'])"
    " | sort by ['#row'] asc"
    " | project-away ['#own'], ['#bits'], ['#net'], ['#row'], ['#text']";

/* $k its kind, $x more keys, $o the operator that puts the columns in order. */
static const char lookup[] =
    "['#in'] | lookup kind=$k ['#pairs'] on $$left.$a == $$right.['#key']$x$o";
// clang-format on

/* What the text gives, under a name that later texts know it by. */
static bool add_rows(spoor_plugin_text *text, const char *name, const char *kql,
                     const spoor_str *words) {
    spoor_plan *rows =
        spoor_plugin_text_bind(text, spoor_plugin_fill(text->site->b->arena, kql, words));
    if (rows != NULL) {
        spoor_plugin_text_rows(text, name, rows);
    }
    return rows != NULL;
}

/* `order`: the operator that puts the columns in order, or nothing. */
static spoor_plan *look_up(spoor_plugin_site *site, const address_lookup *a, spoor_str order) {
    spoor_binder *b = site->b;
    spoor_str words[SPOOR_PLUGIN_WORDS] = {
        ['a'] = spoor_plugin_quoted(b, a->source->text),
        ['n'] = spoor_plugin_quoted(b, a->network->text),
        ['v'] = {site->name + 3, 1}, /* ipv4_lookup, ipv6_lookup */
        ['k'] = a->keeps_unmatched ? SPOOR_STR("leftouter") : SPOOR_STR("inner"),
        ['x'] = a->extra,
        ['o'] = order,
        ['$'] = SPOOR_STR("$"),
    };
    spoor_plugin_text text = spoor_plugin_text_new(site);
    spoor_plugin_text_rows(&text, "#table", a->table);
    if (!add_rows(&text, "#networks", networks, words) ||
        !add_rows(&text, "#addresses", addresses, words) ||
        !add_rows(&text, "#pairs", pairs, words)) {
        return NULL;
    }
    return spoor_plugin_text_bind(&text, spoor_plugin_fill(b->arena, lookup, words));
}

spoor_plan *spoor_plugin_ipv4_lookup(spoor_plugin_site *site) {
    address_lookup a = {.extra = {"", 0}};
    return bind_lookup(site, &a) ? look_up(site, &a, (spoor_str){"", 0}) : NULL;
}

/* The columns of the networks stand first. */
spoor_plan *spoor_plugin_ipv6_lookup(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    address_lookup a = {.extra = {"", 0}};
    if (!bind_lookup(site, &a)) {
        return NULL;
    }
    if (a.extra.len > 0) {
        spoor_fail(b->diags, site->call->at, "'ipv6_lookup' has no more keys than the address");
        return NULL;
    }
    spoor_str order = SPOOR_STR(" | project-reorder ");
    const spoor_schema *columns = &a.table->schema;
    for (uint32_t i = 0; i < columns->ncols && !columns->columns[i].hidden; i++) {
        if (spoor_schema_find(&site->input->schema, columns->columns[i].name) >= 0) {
            spoor_fail(b->diags, site->call->at, "both tables have a column '%.*s'",
                       SPOOR_S(columns->columns[i].name));
            spoor_hint(b->diags, "rename it in one of them: project-rename");
            return NULL;
        }
        spoor_str name = spoor_plugin_quoted(b, columns->columns[i].name);
        order = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(order), i > 0 ? ", " : "",
                                   SPOOR_S(name));
    }
    return look_up(site, &a, order);
}
