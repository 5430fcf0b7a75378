/* rewrite_needs.c - see rewrite_needs.h. */
#include "planner/rewrite_needs.h"

bool spoor_needs_same(const spoor_need *a, const spoor_need *b) {
    return a->column == b->column && spoor_str_eq(a->member, b->member) &&
           (a->member.len == 0 || a->type == b->type);
}

uint32_t spoor_needs_add(spoor_needs *list, spoor_need wanted) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (spoor_needs_same(&list->items[i], &wanted)) {
            return i;
        }
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 16;
        spoor_need *grown = SPOOR_NEW_ARRAY(list->arena, spoor_need, list->capacity);
        if (list->count > 0) {
            memcpy(grown, list->items, list->count * sizeof *grown);
        }
        list->items = grown;
    }
    list->items[list->count] = wanted;
    return list->count++;
}

uint32_t spoor_needs_add_column(spoor_needs *list, int column) {
    return spoor_needs_add(list, (spoor_need){.column = column});
}

/* -- members
 * ---------------------------------------------------------------------------------------------- */

/* Does this output column come, untouched, from record columns of scans alone? */
static bool is_record(const spoor_plan *plan, int column) {
    for (;;) {
        switch (plan->kind) {
        case SPOOR_PLAN_SCAN: {
            int source = plan->scan.columns[column].column;
            return plan->scan.columns[column].member.len == 0 && source < 64 &&
                   ((plan->scan.table->record_columns >> source) & 1) != 0;
        }
        case SPOOR_PLAN_PROJECT: {
            const spoor_bound *e = plan->project.exprs[column];
            if (e->kind != SPOOR_BOUND_COLUMN) {
                return false;
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
                return false;
            }
            break;
        case SPOOR_PLAN_MV_EXPAND:
            column = plan->mv_expand.passed[column];
            if (column < 0) {
                return false;
            }
            break;
        case SPOOR_PLAN_UNION:
            for (uint32_t k = 0; k < plan->ninputs; k++) {
                int source = plan->uni.maps[k][column];
                if (source < 0 || !is_record(plan->inputs[k], source)) {
                    return false;
                }
            }
            return plan->ninputs > 0;
        case SPOOR_PLAN_JOIN: {
            spoor_join_kind kind = plan->join.kind;
            bool has_left = kind != SPOOR_JOIN_RIGHTOUTER && kind != SPOOR_JOIN_FULLOUTER;
            if (!has_left || plan->join.outputs[column].from_right) {
                return false;
            }
            column = plan->join.outputs[column].column;
            break;
        }
        case SPOOR_PLAN_WINDOW:
            if ((uint32_t)column >= plan->inputs[0]->schema.ncols) {
                return false;
            }
            break;
        case SPOOR_PLAN_APPLY:
        case SPOOR_PLAN_MAKE_SERIES:
        case SPOOR_PLAN_STEPS:
        case SPOOR_PLAN_TOP_NESTED:
        case SPOOR_PLAN_FEED:
        case SPOOR_PLAN_SUMMARIZE:
        case SPOOR_PLAN_SHARED:
        case SPOOR_PLAN_TABLE:
        case SPOOR_PLAN_VALUES:
        case SPOOR_PLAN_RANGE: return false;
        }
        plan = plan->inputs[0];
    }
}

/* tostring(c.name) or c.name of a record column; `input` makes the columns of e. */
static bool is_member(const spoor_bound *e, const spoor_plan *input, spoor_need *wanted) {
    bool as_text = spoor_bound_is_call(e, "tostring") && e->nargs == 1;
    const spoor_bound *access = as_text ? e->args[0] : e;
    if (!spoor_bound_is_call(access, "__member") || access->nargs != 2 ||
        access->args[0]->kind != SPOOR_BOUND_COLUMN ||
        access->args[1]->kind != SPOOR_BOUND_CONSTANT || access->args[1]->type != SPOOR_STRING ||
        access->args[1]->value.string.len == 0 || !is_record(input, access->args[0]->column)) {
        return false;
    }
    *wanted = (spoor_need){.column = access->args[0]->column,
                           .member = access->args[1]->value.string,
                           .type = as_text ? SPOOR_STRING : SPOOR_DYNAMIC};
    return true;
}

void spoor_needs_collect(spoor_needs *list, const spoor_bound *e, const spoor_plan *input) {
    spoor_need member;
    if (e->kind == SPOOR_BOUND_COLUMN) {
        spoor_needs_add_column(list, e->column);
    } else if (e->kind == SPOOR_BOUND_CALL && is_member(e, input, &member)) {
        spoor_needs_add(list, member);
    } else {
        for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
            spoor_needs_collect(list, e->args[i], input);
        }
    }
}

spoor_bound *spoor_needs_renumber(const spoor_remap *r, const spoor_bound *e) {
    spoor_need wanted = {.column = e->column};
    if (e->kind == SPOOR_BOUND_COLUMN ||
        (e->kind == SPOOR_BOUND_CALL && is_member(e, r->old, &wanted))) {
        uint32_t at = spoor_needs_add(r->list, wanted); /* there already */
        return spoor_bound_column(r->arena, r->schema, (int)at, e->span);
    }
    if (e->kind != SPOOR_BOUND_CALL) {
        spoor_bound *copy = SPOOR_NEW(r->arena, spoor_bound);
        *copy = *e;
        return copy;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(r->arena, spoor_bound *, e->nargs + 1);
    for (uint32_t i = 0; i < e->nargs; i++) {
        args[i] = spoor_needs_renumber(r, e->args[i]);
    }
    return spoor_bound_call(r->arena, e->function, e->type, args, e->nargs, e->span);
}
