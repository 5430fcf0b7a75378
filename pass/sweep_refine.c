/* sweep_refine.c - what was not asked by entries, asked of the rows of a pick alone: then the pick is exact.
 *
 * A question that has to be computed is not asked of a whole segment where the rest of the filter leaves few rows, or
 * where several of its columns vary.  The scan would ask it of the rows picked; asked here, that is known for all who
 * count, or keep, what is picked. */
#include "pass/sweep_state.h"

typedef struct row_list { /* ascending */
    uint32_t *rows;
    uint32_t count;
} row_list;

static row_list copy_of(spoor_sweeper *s, const row_list *list) {
    row_list copy = {SPOOR_RAW_ARRAY(s->arena, uint32_t, list->count + 1), list->count};
    memcpy(copy.rows, list->rows, list->count * sizeof *copy.rows);
    return copy;
}

/* Leave those that are not in `gone`, all of which the list has. */
static void remove_rows(row_list *list, const row_list *gone) {
    uint32_t n = 0, g = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_gone = g < gone->count && gone->rows[g] == list->rows[i];
        list->rows[n] = list->rows[i];
        n += !is_gone;
        g += is_gone;
    }
    list->count = n;
}

/* Leave the rows that the question holds for.  false: failed, why is in the run. */
static bool ask(spoor_sweeper *s, const spoor_pass_leaf *leaf, row_list *list) {
    const spoor_leaf_state *known = &s->leaves[leaf->id];
    bool is_known = known->epoch == s->epoch;
    if (is_known && (known->answer == SPOOR_ANSWER_NO || known->answer == SPOOR_ANSWER_YES)) {
        list->count = known->answer == SPOOR_ANSWER_YES ? list->count : 0;
        return true;
    }
    spoor_scan *scan = s->scan;
    spoor_scan_predicate predicate = {
        .bound = leaf->expr.bound,
        .eval = spoor_sweep_opened(s, &s->leaves[leaf->id].eval, &leaf->expr),
        .columns = leaf->expr.columns,
        .ncolumns = leaf->expr.ncolumns};
    if (predicate.eval == NULL) {
        return false;
    }
    scan->predicates = &predicate;
    scan->npredicates = 1;
    scan->rows = list->rows;
    scan->nrows = list->count;
    bool ok = spoor_scan_filter(scan);
    if (ok && scan->rows != list->rows) {
        memcpy(list->rows, scan->rows, scan->nrows * sizeof *list->rows);
    }
    list->count = scan->nrows;
    scan->predicates = NULL;
    scan->npredicates = 0;
    scan->rows = NULL;
    return ok;
}

static bool narrow(spoor_sweeper *s, const spoor_pass_node *node, row_list *list);

/* Each row is asked until a part takes it. */
static bool narrow_or(spoor_sweeper *s, const spoor_pass_node *node, row_list *list) {
    row_list rest = copy_of(s, list);
    for (uint32_t i = 0; i < node->nparts && rest.count > 0; i++) {
        row_list taken = copy_of(s, &rest);
        if (!narrow(s, node->parts[i], &taken)) {
            return false;
        }
        remove_rows(&rest, &taken);
    }
    remove_rows(list, &rest);
    return true;
}

/* Leave the rows that the node holds for.  As deep as the filter. */
static bool narrow(spoor_sweeper *s, const spoor_pass_node *node, row_list *list) {
    bool ok = true;
    switch (node->kind) {
    case SPOOR_PASS_NEVER: list->count = 0; return true;
    case SPOOR_PASS_ALWAYS:
    case SPOOR_PASS_UNKNOWN: return true; /* not the latter: can_narrow() */
    case SPOOR_PASS_LEAF: {
        row_list taken = node->is_negated ? copy_of(s, list) : *list;
        ok = ask(s, node->leaf, &taken);
        if (node->is_negated && ok) {
            remove_rows(list, &taken);
        } else {
            list->count = taken.count;
        }
        return ok;
    }
    case SPOOR_PASS_OR: return narrow_or(s, node, list);
    case SPOOR_PASS_AND: break;
    }
    for (uint32_t i = 0; i < node->nparts && ok; i++) {
        ok = narrow(s, node->parts[i], list);
    }
    return ok;
}

/* Can all of it be asked here?  What needs whole records cannot: they are made for few, by whom they belong to. */
static bool can_narrow(const spoor_sweeper *s, const spoor_pass_node *node) {
    bool can = node->kind != SPOOR_PASS_UNKNOWN;
    for (uint32_t i = 0; node->kind == SPOOR_PASS_LEAF && can && i < node->leaf->expr.ncolumns;
         i++) {
        const spoor_scan_column *column = &s->set->columns[node->leaf->expr.columns[i]];
        can = column->member.len > 0 || !spoor_is_record_column((spoor_event_column)column->column);
    }
    for (uint32_t i = 0; i < node->nparts && can; i++) {
        can = can_narrow(s, node->parts[i]);
    }
    return can;
}

static row_list rows_of(spoor_sweeper *s, const spoor_pick *pick) {
    row_list list = {SPOOR_RAW_ARRAY(s->arena, uint32_t, pick->count + 1), 0};
    for (uint32_t i = 0; pick->kind != SPOOR_PICK_BITS && i < pick->count; i++) {
        list.rows[list.count++] = pick->kind == SPOOR_PICK_ALL ? i : pick->rows[i];
    }
    for (uint32_t w = 0; pick->kind == SPOOR_PICK_BITS && list.count < pick->count; w++) {
        for (uint64_t left = pick->bits[w]; left != 0; left &= left - 1) {
            list.rows[list.count++] = w * 64 + (uint32_t)__builtin_ctzll(left);
        }
    }
    return list;
}

bool spoor_sweep_refine(spoor_sweeper *s, const spoor_pass_node *filter, spoor_arena *arena,
                        spoor_pick *pick) {
    const spoor_pass_node *const *parts =
        filter->kind == SPOOR_PASS_AND ? (const spoor_pass_node *const *)filter->parts : &filter;
    uint32_t nparts = filter->kind == SPOOR_PASS_AND ? filter->nparts : 1;
    row_list list = rows_of(s, pick);
    bool ok = true, is_exact = true;
    for (uint32_t i = 0; i < nparts && ok; i++) {
        if (!spoor_sweep_judge(s, parts[i]).is_exact) { /* the rows of the pick pass the others */
            bool can = can_narrow(s, parts[i]);
            is_exact &= can;
            ok = !can || narrow(s, parts[i], &list);
        }
    }
    if (!ok || !is_exact) {
        return ok;
    }
    *pick = (spoor_pick){.kind = SPOOR_PICK_ALL, .count = list.count, .is_exact = true};
    if (list.count < s->scan->segment->rows) {
        uint64_t *bits = spoor_sweep_bits(s->arena, s->scan->segment->rows);
        for (uint32_t i = 0; i < list.count; i++) {
            bits[list.rows[i] / 64] |= UINT64_C(1) << list.rows[i] % 64;
        }
        spoor_sweep_put_rows(s, bits, list.count, arena, pick);
    }
    return true;
}
