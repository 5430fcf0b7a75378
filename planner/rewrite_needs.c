/* rewrite_needs.c - see rewrite_needs.h. */
#include "planner/rewrite_needs.h"

enum { MOST_ITEM = 999 }; /* of Items[n]: what store/ has as a column */

bool spoor_needs_same(const spoor_need *a, const spoor_need *b) {
    return a->column == b->column && spoor_str_eq(a->member, b->member) &&
           (a->member.len == 0 || a->type == b->type);
}

/* Views have a hundred columns: each is found at once. */
static uint32_t *place_of(spoor_needs *list, uint32_t column) {
    if (column >= list->nplaces) {
        uint32_t n = column < 64 ? 128 : column * 2;
        uint32_t *grown = SPOOR_NEW_ARRAY(list->arena, uint32_t, n);
        if (list->nplaces > 0) {
            memcpy(grown, list->places, list->nplaces * sizeof *grown);
        }
        list->places = grown;
        list->nplaces = n;
    }
    return &list->places[column];
}

uint32_t spoor_needs_add(spoor_needs *list, spoor_need wanted) {
    uint32_t *place = wanted.member.len == 0 ? place_of(list, (uint32_t)wanted.column) : NULL;
    if (place != NULL && *place > 0) {
        return *place - 1;
    }
    for (uint32_t i = 0; i < list->count && place == NULL; i++) {
        if (spoor_needs_same(&list->items[i], &wanted)) {
            return i;
        }
    }
    if (place != NULL) {
        *place = list->count + 1;
    }
    SPOOR_GROW(list->arena, list->items, list->count, &list->capacity);
    list->items[list->count] = wanted;
    return list->count++;
}

uint32_t spoor_needs_add_column(spoor_needs *list, int column) {
    return spoor_needs_add(list, (spoor_need){.column = column});
}

/* -- members ----------------------------------------------------------------------------------- */

/* What an expression is, as far as paths into records go.  From the XML texts on, each is a step
 * on: parse_xml(text), .DataItem, .EventData, .Data. */
typedef enum path {
    NO_PATH,
    PATH_BAG, /* a record column: EventData */
    PATH_WRAPPED_XML,
    PATH_PARSED,
    PATH_DATA_ITEM, /* parse_xml of bare XML has the same members */
    PATH_EVENT_DATA,
    PATH_ITEMS,
    PATH_BARE_XML,
} path;

static path path_of(const spoor_bound *e, const spoor_plan *input);

static path path_of_scan(const spoor_plan *scan, int column) {
    const spoor_table *table = scan->scan.table;
    int source = scan->scan.columns[column].column;
    bool is_member = scan->scan.columns[column].member.len > 0;
    if (is_member || source >= 64) {
        return NO_PATH;
    }
    if (((table->record_columns >> source) & 1) != 0) {
        return PATH_BAG;
    }
    return table->xml_items == 0          ? NO_PATH
           : source == table->xml_wrapped ? PATH_WRAPPED_XML
           : source == table->xml_bare    ? PATH_BARE_XML
           : source == table->xml_items   ? PATH_ITEMS
                                          : NO_PATH;
}

static path path_of_union(const spoor_plan *plan, int column);

/* What an output column is that comes, untouched but for steps, from columns of scans alone. */
static path path_of_column(const spoor_plan *plan, int column) {
    for (;;) {
        switch (plan->kind) {
        case SPOOR_PLAN_SCAN: return path_of_scan(plan, column);
        case SPOOR_PLAN_PROJECT: {
            const spoor_bound *e = plan->project.exprs[column];
            if (e->kind != SPOOR_BOUND_COLUMN) {
                return path_of(e, plan->inputs[0]);
            }
            column = e->column;
            break;
        }
        case SPOOR_PLAN_WHERE:
        case SPOOR_PLAN_TAKE:
        case SPOOR_PLAN_SORT:
        case SPOOR_PLAN_TOP: break;
        case SPOOR_PLAN_PARSE_KV:
        case SPOOR_PLAN_PARSE:
            if ((uint32_t)column >= plan->inputs[0]->schema.ncols) {
                return NO_PATH;
            }
            break;
        case SPOOR_PLAN_MV_EXPAND:
            column = plan->mv_expand.passed[column];
            if (column < 0) {
                return NO_PATH;
            }
            break;
        case SPOOR_PLAN_UNION: return path_of_union(plan, column);
        case SPOOR_PLAN_JOIN: {
            spoor_join_kind kind = plan->join.kind;
            bool has_left = kind != SPOOR_JOIN_RIGHTOUTER && kind != SPOOR_JOIN_FULLOUTER;
            if (!has_left || plan->join.outputs[column].from_right) {
                return NO_PATH;
            }
            column = plan->join.outputs[column].column;
            break;
        }
        case SPOOR_PLAN_GRAPH_MARK:
        case SPOOR_PLAN_WINDOW:
            if ((uint32_t)column >= plan->inputs[0]->schema.ncols) {
                return NO_PATH;
            }
            break;
        case SPOOR_PLAN_APPLY:
        case SPOOR_PLAN_MAKE_SERIES:
        case SPOOR_PLAN_STEPS:
        case SPOOR_PLAN_TOP_NESTED:
        case SPOOR_PLAN_BASKET:
        case SPOOR_PLAN_GRAPH_MATCH:
        case SPOOR_PLAN_FEED:
        case SPOOR_PLAN_SUMMARIZE:
        case SPOOR_PLAN_SHARED:
        case SPOOR_PLAN_TABLE:
        case SPOOR_PLAN_VALUES:
        case SPOOR_PLAN_RANGE: return NO_PATH;
        }
        plan = plan->inputs[0];
    }
}

bool spoor_needs_are_items(const spoor_bound *e, const spoor_plan *input) {
    return path_of(e, input) == PATH_ITEMS;
}

static path path_of_union(const spoor_plan *plan, int column) {
    path all = NO_PATH;
    for (uint32_t k = 0; k < plan->ninputs; k++) {
        int source = plan->uni.maps[k][column];
        path leg = source >= 0 ? path_of_column(plan->inputs[k], source) : NO_PATH;
        if (leg == NO_PATH || (k > 0 && leg != all)) {
            return NO_PATH;
        }
        all = leg;
    }
    return all;
}

static bool is_member_of(const spoor_bound *e, const char *name) {
    return spoor_bound_is_call(e, "__member") && e->nargs == 2 &&
           e->args[1]->kind == SPOOR_BOUND_CONSTANT && e->args[1]->type == SPOOR_STRING &&
           spoor_str_is(e->args[1]->value.string, name);
}

static path path_of(const spoor_bound *e, const spoor_plan *input) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        return path_of_column(input, e->column);
    }
    if (spoor_bound_is_call(e, "parse_xml") && e->nargs == 1) {
        path text = path_of(e->args[0], input);
        return text == PATH_WRAPPED_XML ? PATH_PARSED
               : text == PATH_BARE_XML  ? PATH_DATA_ITEM
                                        : NO_PATH;
    }
    bool is_step =
        is_member_of(e, "DataItem") || is_member_of(e, "EventData") || is_member_of(e, "Data");
    path from = is_step ? path_of(e->args[0], input) : NO_PATH;
    return from == PATH_PARSED && is_member_of(e, "DataItem")       ? PATH_DATA_ITEM
           : from == PATH_DATA_ITEM && is_member_of(e, "EventData") ? PATH_EVENT_DATA
           : from == PATH_EVENT_DATA && is_member_of(e, "Data")     ? PATH_ITEMS
                                                                    : NO_PATH;
}

int spoor_needs_root(const spoor_bound *e) {
    while (e->kind == SPOOR_BOUND_CALL) {
        e = e->args[0];
    }
    return e->column;
}

/* c.name of a record column. */
static bool is_bag_member(const spoor_bound *e, const spoor_plan *input, spoor_str *name) {
    bool is = spoor_bound_is_call(e, "__member") && e->nargs == 2 &&
              e->args[0]->kind == SPOOR_BOUND_COLUMN && e->args[1]->kind == SPOOR_BOUND_CONSTANT &&
              e->args[1]->type == SPOOR_STRING && e->args[1]->value.string.len > 0 &&
              path_of(e->args[0], input) == PATH_BAG;
    *name = is ? e->args[1]->value.string : (spoor_str){0};
    return is;
}

/* Items[n]["#text"]: member "n". */
static bool is_item_text(spoor_arena *arena, const spoor_bound *e, const spoor_plan *input,
                         spoor_str *digits) {
    const spoor_bound *item = is_member_of(e, "#text") ? e->args[0] : e;
    if (item == e || !spoor_bound_is_call(item, "__element") || item->nargs != 2 ||
        item->args[1]->kind != SPOOR_BOUND_CONSTANT ||
        (item->args[1]->type != SPOOR_LONG && item->args[1]->type != SPOOR_INT) ||
        item->args[1]->value.is_null || item->args[1]->value.integer < 0 ||
        item->args[1]->value.integer > MOST_ITEM || path_of(item->args[0], input) != PATH_ITEMS) {
        return false;
    }
    *digits = spoor_arena_format(arena, "%d", (int)item->args[1]->value.integer);
    return true;
}

/* __item_text(Items, name): member "@name"; __item_names(Items): member "@". */
static bool is_named_item(spoor_arena *arena, const spoor_bound *e, const spoor_plan *input,
                          spoor_str *member) {
    bool is_text = spoor_bound_is_call(e, "__item_text");
    if ((!is_text && !spoor_bound_is_call(e, "__item_names")) ||
        (is_text && e->args[1]->kind != SPOOR_BOUND_CONSTANT) ||
        path_of(e->args[0], input) != PATH_ITEMS) {
        return false;
    }
    spoor_str name = is_text ? e->args[1]->value.string : (spoor_str){"", 0};
    char *at = SPOOR_RAW_ARRAY(arena, char, name.len + 1);
    at[0] = '@';
    memcpy(at + 1, name.ptr, name.len);
    *member = (spoor_str){at, name.len + 1};
    return true;
}

/* A part of a record that is read by itself: c.name, Items[n]["#text"], each as text, too, what
 * the binder asks of Items by name, or Items out of XML (member "*").  `input` makes the columns of e. */
static bool is_member(spoor_arena *arena, const spoor_bound *e, const spoor_plan *input,
                      spoor_need *wanted) {
    if (e->kind != SPOOR_BOUND_CALL) {
        return false;
    }
    bool as_text = spoor_bound_is_call(e, "tostring") && e->nargs == 1;
    const spoor_bound *access = as_text ? e->args[0] : e;
    *wanted = (spoor_need){.type = as_text ? SPOOR_STRING : SPOOR_DYNAMIC};
    if (is_named_item(arena, e, input, &wanted->member)) {
        wanted->type = e->type;
    } else if (!is_bag_member(access, input, &wanted->member) &&
               !is_item_text(arena, access, input, &wanted->member)) {
        if (path_of(e, input) != PATH_ITEMS) {
            return false;
        }
        wanted->member = SPOOR_STR("*");
    }
    wanted->column = spoor_needs_root(access);
    return true;
}

void spoor_needs_collect(spoor_needs *list, const spoor_bound *e, const spoor_plan *input) {
    spoor_need member;
    if (e->kind == SPOOR_BOUND_COLUMN) {
        spoor_needs_add_column(list, e->column);
    } else if (e->kind == SPOOR_BOUND_CALL && is_member(list->arena, e, input, &member)) {
        spoor_needs_add(list, member);
    } else {
        for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
            spoor_needs_collect(list, e->args[i], input);
        }
    }
}

spoor_bound *spoor_needs_renumber(const spoor_remap *r, spoor_bound *e) {
    spoor_need wanted = {.column = e->column};
    if (e->kind == SPOOR_BOUND_COLUMN || (is_member(r->arena, e, r->old, &wanted))) {
        uint32_t at = spoor_needs_add(r->list, wanted); /* there already */
        bool is_same = e->kind == SPOOR_BOUND_COLUMN && at == (uint32_t)e->column;
        return is_same ? e : spoor_bound_column(r->arena, r->schema, (int)at, e->span);
    }
    spoor_bound **args = NULL; /* the first that changes makes them */
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        spoor_bound *arg = spoor_needs_renumber(r, e->args[i]);
        if (arg != e->args[i] && args == NULL) {
            args = SPOOR_NEW_ARRAY(r->arena, spoor_bound *, e->nargs + 1);
            memcpy(args, e->args, e->nargs * sizeof *args);
        }
        if (args != NULL) {
            args[i] = arg;
        }
    }
    return args == NULL ? e
                        : spoor_bound_call(r->arena, e->function, e->type, args, e->nargs, e->span);
}
