/* plugin_items.c - pivot over the Data elements of events, answered from the events.
 *
 * Published parsers make columns of an event's fields like this:
 *
 *     Event
 *     | extend Items = parse_xml(EventData).DataItem.EventData.Data
 *     | mv-expand Items | evaluate bag_unpack(Items)
 *     | extend Key = tostring(['@Name']), Value = ['#text']
 *     | evaluate pivot(Key, any(Value), TimeGenerated, Computer, ...)
 *
 * Where each element of each event that comes in has a name, and nothing but a text beside it, the
 * groups of elements are groups of events, and a column is what the group's first event that has an
 * element of the name has in it.  The store tells both, and the names, without the elements.
 *
 * What is asked is the plan, not the text: how bag_unpack's slots, Key and Value came about is
 * followed through projects down to the mv-expand.  Anything else is bound the plain way. */
#include "planner/plugin.h"
#include "planner/rewrite_needs.h"
#include "types/dynamic.h"

/* An mv-expand of the elements alone. */
static bool is_expansion(spoor_binder *b, const spoor_plan *plan) {
    if (plan->kind != SPOOR_PLAN_MV_EXPAND || plan->mv_expand.ncolumns != 1 ||
        plan->mv_expand.limit != NULL || plan->mv_expand.index_output >= 0 ||
        plan->mv_expand.to_types[0] != SPOOR_DYNAMIC) {
        return false;
    }
    const spoor_plan *events = plan->inputs[0];
    spoor_bound *items =
        spoor_bound_column(b->arena, &events->schema, plan->mv_expand.columns[0], plan->span);
    return spoor_needs_are_items(items, events);
}

static spoor_plan *expansion_below(spoor_binder *b, spoor_plan *plan) {
    while (plan->kind == SPOOR_PLAN_PROJECT) {
        plan = plan->inputs[0];
    }
    return is_expansion(b, plan) ? plan : NULL;
}

static spoor_bound *through_project(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_plan *project = context;
    return project->project.exprs[column->column];
}

/* e over `plan`, as it is over the mv-expand.  It stays small: paths and what names them. */
static spoor_bound *over_expansion(spoor_binder *b, spoor_bound *e, spoor_plan *plan) {
    for (; plan->kind == SPOOR_PLAN_PROJECT && spoor_bound_size(e) <= 64; plan = plan->inputs[0]) {
        e = spoor_bound_map(b->arena, e, through_project, plan);
    }
    return plan->kind == SPOOR_PLAN_MV_EXPAND ? e : NULL;
}

/* -- names ------------------------------------------------------------------------------------- */

/* Those of an event, or an empty one: it has other elements. */
static void see_names(spoor_learned *learned, const spoor_value *value) {
    if (value->is_null) {
        spoor_learned_add(learned, (spoor_str){"", 0});
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str key, name; spoor_dynamic_next(&iter, &key, &name);) {
        spoor_learned_add(learned, (spoor_str){name.ptr + 1, name.len - 1});
    }
}

static spoor_bound *items_of(spoor_binder *b, const spoor_plan *expand) {
    return spoor_bound_column(b->arena, &expand->inputs[0]->schema, expand->mv_expand.columns[0],
                              expand->span);
}

static spoor_bound *names_of(spoor_binder *b, const spoor_plan *expand) {
    spoor_bound *args[1] = {items_of(b, expand)};
    return SPOOR_APPLY(b, "__item_names", args, 1, expand->span);
}

/* Each array of names once. */
static spoor_plan *distinct_names(spoor_binder *b, const spoor_plan *expand) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SUMMARIZE, expand->span, expand->inputs[0]);
    spoor_column *column = SPOOR_NEW(b->arena, spoor_column);
    *column = (spoor_column){.name = SPOOR_STR("#names"), .type = SPOOR_DYNAMIC};
    plan->schema = (spoor_schema){1, column};
    plan->summarize.keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 1);
    plan->summarize.keys[0] = names_of(b, expand);
    plan->summarize.nkeys = 1;
    return plan;
}

/* The expansion of which the input is made; NULL: it cannot be asked for names. */
static spoor_plan *expansion_of(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    if (b->options->no_rewrites || b->options->rows == NULL ||
        expansion_below(b, site->input) == NULL || spoor_bind_feeds_of(b, site->input).count > 0) {
        return NULL;
    }
    site->input = spoor_rewrite_filters(b->arena, site->input);
    return expansion_below(b, site->input);
}

static bool learn_names(spoor_plugin_site *site, const spoor_plan *expand, spoor_learned *learned) {
    spoor_binder *b = site->b;
    spoor_plugin_site names = *site;
    names.input = distinct_names(b, expand);
    spoor_bound *value = spoor_bound_column(b->arena, &names.input->schema, 0, names.input->span);
    if (!spoor_bind_learn(&names, value, see_names, 0, learned)) {
        return false;
    }
    for (uint32_t i = 0; i < learned->count; i++) {
        if (learned->names[i].len == 0) {
            return false;
        }
    }
    return learned->count > 0;
}

bool spoor_plugin_items_names(spoor_plugin_site *site, int column, spoor_learned *learned) {
    spoor_binder *b = site->b;
    const spoor_plan *expand = expansion_of(site);
    if (expand == NULL) {
        return false;
    }
    spoor_bound *element = spoor_bound_column(b->arena, &site->input->schema, column, expand->span);
    element = over_expansion(b, element, site->input);
    return element->kind == SPOOR_BOUND_COLUMN && element->column == expand->mv_expand.outputs[0] &&
           learn_names(site, expand, learned);
}

/* -- pivot ------------------------------------------------------------------------------------- */

/* The member of the element, perhaps as text. */
static bool is_part(const spoor_bound *e, const spoor_plan *expand, const char *name) {
    while (e != NULL && spoor_bound_is_call(e, "tostring") && e->nargs == 1) {
        e = e->args[0];
    }
    return e != NULL && spoor_bound_is_call(e, "__member") &&
           e->args[0]->kind == SPOOR_BOUND_COLUMN &&
           e->args[0]->column == expand->mv_expand.outputs[0] &&
           e->args[1]->kind == SPOOR_BOUND_CONSTANT && e->args[1]->type == SPOOR_STRING &&
           spoor_str_is(e->args[1]->value.string, name);
}

typedef struct passing {
    const spoor_plan *expand;
    bool failed; /* it speaks of the element */
} passing;

static spoor_bound *below_expansion(spoor_arena *arena, const spoor_bound *column, void *context) {
    passing *p = context;
    int from = p->expand->mv_expand.passed[column->column];
    p->failed = p->failed || from < 0;
    return from < 0 ? spoor_bound_null(arena, column->type, column->span)
                    : spoor_bound_column(arena, &p->expand->inputs[0]->schema, from, column->span);
}

/* The group columns over the events; NULL: they are not of the events alone. */
static spoor_bound **event_keys(const spoor_plugin_items *p, const spoor_plan *expand) {
    spoor_binder *b = p->site->b;
    const spoor_schema *row = &p->site->input->schema;
    spoor_bound **keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, (size_t)p->nby + 1);
    passing pass = {expand, false};
    for (uint32_t i = 0; i < p->nby; i++) {
        int at = spoor_schema_find(row, p->by[i]->text);
        spoor_bound *e = spoor_bound_column(b->arena, row, at, p->by[i]->span);
        e = over_expansion(b, e, p->site->input);
        if (e == NULL || spoor_bound_is_volatile(e) || e->type == SPOOR_DYNAMIC) {
            return NULL;
        }
        keys[i] = spoor_bound_map(b->arena, e, below_expansion, &pass);
    }
    return pass.failed ? NULL : keys;
}

/* take_anyif(__item_text(Items, name), set_has_element(__item_names(Items), name)) */
static bool set_aggregate(spoor_binder *b, const spoor_plan *expand, spoor_str name,
                          spoor_plan_aggregate *out) {
    static const spoor_type types[2] = {SPOOR_STRING, SPOOR_BOOL};
    spoor_type targets[2];
    spoor_bound *text[2] = {items_of(b, expand), spoor_bound_text(b->arena, name, expand->span)};
    spoor_bound *has[2] = {names_of(b, expand), text[1]};
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 2);
    args[0] = SPOOR_APPLY(b, "__item_text", text, 2, expand->span);
    args[1] = SPOOR_APPLY(b, "set_has_element", has, 2, expand->span);
    spoor_aggregate_resolution found =
        spoor_aggregate_resolve(SPOOR_STR("take_anyif"), types, 2, targets);
    *out = (spoor_plan_aggregate){.aggregate = found.aggregate,
                                  .args = args,
                                  .nargs = 2,
                                  .result = SPOOR_STRING,
                                  .ncolumns = 1};
    return args[0] != NULL && args[1] != NULL && found.aggregate != NULL;
}

static spoor_plan *summarize_events(const spoor_plugin_items *p, const spoor_plan *expand,
                                    spoor_bound **keys, const spoor_learned *learned) {
    spoor_binder *b = p->site->b;
    uint32_t n = learned->count;
    spoor_plan *plan =
        spoor_plan_new(b, SPOOR_PLAN_SUMMARIZE, p->site->node->span, expand->inputs[0]);
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)p->nby + n + 1);
    spoor_plan_aggregate *aggregates =
        SPOOR_NEW_ARRAY(b->arena, spoor_plan_aggregate, (size_t)n + 1);
    plan->schema = (spoor_schema){p->nby + n, columns};
    for (uint32_t i = 0; i < p->nby; i++) {
        columns[i] = (spoor_column){.name = p->by[i]->text, .type = keys[i]->type};
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!set_aggregate(b, expand, learned->names[i], &aggregates[i])) {
            return NULL;
        }
        aggregates[i].first_column = p->nby + i;
        columns[p->nby + i] = (spoor_column){.name = learned->names[i], .type = SPOOR_STRING};
    }
    plan->summarize.keys = keys;
    plan->summarize.nkeys = p->nby;
    plan->summarize.aggregates = aggregates;
    plan->summarize.naggregates = n;
    plan->summarize.may_be_rows = p->nby > 0;
    b->has_row_groups = b->has_row_groups || p->nby > 0;
    return plan;
}

/* Are these columns of the input the elements' names and texts? */
static bool are_parts(const spoor_plugin_items *p, spoor_plan *expand, int key, int value) {
    spoor_binder *b = p->site->b;
    spoor_plan *input = p->site->input;
    spoor_bound *name = spoor_bound_column(b->arena, &input->schema, key, p->key->span);
    spoor_bound *text = spoor_bound_column(b->arena, &input->schema, value, p->value->span);
    return is_part(over_expansion(b, name, input), expand, "@Name") &&
           is_part(over_expansion(b, text, input), expand, "#text");
}

spoor_plan *spoor_plugin_items_pivot(const spoor_plugin_items *p) {
    const spoor_schema *row = &p->site->input->schema;
    int value = p->value == NULL ? -1 : spoor_schema_find(row, p->value->text);
    if (value < 0 || row->columns[value].type != SPOOR_STRING) {
        return NULL;
    }
    int key = spoor_schema_find(row, p->key->text);
    spoor_plan *expand = expansion_of(p->site);
    spoor_learned learned;
    if (expand == NULL || !are_parts(p, expand, key, value) ||
        !learn_names(p->site, expand, &learned)) {
        return NULL;
    }
    spoor_bound **keys = event_keys(p, expand);
    return keys != NULL && spoor_plugin_pivot_names(p->site, p->key, p->by, p->nby, &learned)
               ? summarize_events(p, expand, keys, &learned)
               : NULL;
}
