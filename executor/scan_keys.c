/* scan_keys.c - rows that a join above has no use for, left out before the columns that only it needs
 * are read (see scan.h).
 *
 * The keys are those of its right side; a dictionary's entries are looked up once, and the join
 * finds them looked up.  Where most rows have a key, asking is given up. */
#include "executor/eval.h"
#include "executor/intern.h"
#include "executor/scan.h"
#include "planner/bound.h"

enum {
    ENTRIES_PER_ROW = 32, /* a dictionary is learnt whole by rows that are not much fewer */
    TRIED_ROWS = 1 << 17, /* after so many it is known whether asking is worth it ... */
    KEPT_OF_4 = 3,        /* ... which it is not when so many quarters of them are kept */
};

/* The expression as one over the columns of the scan at the foot of projections; NULL: there is none. */
static spoor_op *scan_below(spoor_op *op, const spoor_bound **expr) {
    for (; op->plan->kind == SPOOR_PLAN_PROJECT; op = op->inputs[0]) {
        if ((*expr)->kind != SPOOR_BOUND_COLUMN) {
            return NULL;
        }
        for (uint32_t c = 0; c < op->plan->schema.ncols; c++) {
            if (spoor_bound_is_volatile(op->plan->project.exprs[c])) {
                return NULL; /* its values depend on how many rows there are */
            }
        }
        *expr = op->plan->project.exprs[(*expr)->column];
    }
    return op->plan->kind == SPOOR_PLAN_SCAN ? op : NULL;
}

/* Is there a column that the rows left out need not have? */
static bool has_more_columns(const spoor_scan *scan, const spoor_scan_keys *keys) {
    uint32_t ncols = scan->op->plan->schema.ncols, nread = 0;
    uint8_t *is_read = SPOOR_NEW_ARRAY(scan->op->arena, uint8_t, ncols);
    for (uint32_t i = 0; i < keys->of.ncolumns; i++) {
        is_read[keys->of.columns[i]] = 1;
    }
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        for (uint32_t i = 0; i < scan->predicates[p].ncolumns; i++) {
            is_read[scan->predicates[p].columns[i]] = 1;
        }
    }
    for (uint32_t c = 0; c < ncols; c++) {
        nread += is_read[c];
    }
    return nread < ncols;
}

bool spoor_scan_offer_keys(spoor_op *above, const spoor_bound *expr, struct spoor_intern *known) {
    spoor_op *op = scan_below(above, &expr);
    spoor_scan *scan = op != NULL ? op->state : NULL;
    if (scan == NULL || spoor_bound_is_volatile(expr)) {
        return true;
    }
    spoor_scan_keys *keys = SPOOR_NEW(op->arena, spoor_scan_keys);
    *keys = (spoor_scan_keys){.of.bound = expr, .known = known};
    if (!spoor_scan_open_predicate(scan, &keys->of)) {
        return false;
    }
    scan->keys = has_more_columns(scan, keys) ? keys : NULL;
    return true;
}

/* Of the batch, whose rows are list[0..) or `from` on, those that have a key. */
static uint32_t keep_known(const spoor_scan_keys *keys, const spoor_batch *batch,
                           const uint32_t *list, uint32_t from, uint32_t *kept,
                           spoor_arena *scratch) {
    spoor_vec values = spoor_eval_run(keys->of.eval, batch, scratch);
    if (values.form == SPOOR_RECORD) {
        values = spoor_vec_flatten(scratch, &values, batch->rows, NULL, batch->rows);
    }
    if (values.form == SPOOR_DICT && values.dict->count / ENTRIES_PER_ROW <= batch->rows) {
        spoor_intern_learn(keys->known, values.dict, false, scratch);
    }
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->rows), count = 0;
    spoor_intern_find(keys->known, &values, NULL, batch->rows, false, found, scratch);
    for (uint32_t i = 0; i < batch->rows; i++) {
        kept[count] = list != NULL ? list[i] : from + i;
        count += found[i] != SPOOR_INTERN_NONE;
    }
    return count;
}

bool spoor_scan_filter_keys(spoor_scan *scan) {
    spoor_scan_keys *keys = scan->keys;
    spoor_arena *scratch = scan->op->scratch;
    bool is_worth = keys->asked < TRIED_ROWS || keys->kept < keys->asked / 4 * KEPT_OF_4;
    if (!is_worth || scan->nrows == 0) {
        return true;
    }
    for (uint32_t i = 0; i < keys->of.ncolumns; i++) {
        if (!spoor_scan_load(scan, keys->of.columns[i])) {
            return false;
        }
    }
    uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, scan->nrows), count = 0;
    uint32_t ncols = scan->op->plan->schema.ncols;
    for (uint32_t from = 0; from < scan->nrows; from += SPOOR_BATCH_ROWS) {
        if (!spoor_run_go_on(scan->op->run)) {
            return false;
        }
        spoor_arena_rewind(scratch);
        uint32_t left = scan->nrows - from,
                 rows = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
        const uint32_t *list = scan->rows != NULL ? scan->rows + from : NULL;
        spoor_batch batch = {.rows = rows,
                             .count = rows,
                             .ncols = ncols,
                             .cols = SPOOR_NEW_ARRAY(scratch, spoor_vec, ncols)};
        for (uint32_t i = 0; i < keys->of.ncolumns; i++) {
            uint32_t c = keys->of.columns[i];
            batch.cols[c] = spoor_scan_slice(scan, c, list, from, rows, scratch);
        }
        count += keep_known(keys, &batch, list, from, kept + count, scratch);
    }
    spoor_arena_rewind(scratch);
    keys->asked += scan->nrows;
    keys->kept += count;
    if (count < scan->nrows) {
        scan->rows = kept;
        scan->nrows = count;
    }
    return true;
}
