/* scan_filter.c - which rows of a segment a scan keeps.
 *
 * From cheap to dear: predicates over columns that are constant in the segment
 * are computed on one row; ranges of numbers and times are compared with what a
 * segment, and a piece of it, has at least and at most (scan_range.c);
 * a predicate in which one dictionary column varies is computed over its entries
 * and becomes a table by code; the rest is computed on the rows that are left.
 * As soon as none is left, no further column is decoded. */
#include "executor/eval.h"
#include "executor/profile.h"
#include "executor/scan.h"

enum { ENTRIES_PER_ROW = 4 };

/* -- opening ----------------------------------------------------------------------------------- */

static void collect_columns(const spoor_bound *expr, spoor_scan_predicate *predicate,
                            uint8_t *is_read) {
    if (expr->kind == SPOOR_BOUND_COLUMN && !is_read[expr->column]) {
        is_read[expr->column] = 1;
        predicate->columns[predicate->ncolumns++] = (uint32_t)expr->column;
    }
    for (uint32_t i = 0; expr->kind == SPOOR_BOUND_CALL && i < expr->nargs; i++) {
        collect_columns(expr->args[i], predicate, is_read);
    }
}

/* Calls of an expression; comparisons are cheaper than other calls. */
static uint32_t count_calls(const spoor_bound *expr) {
    uint32_t calls = 0;
    if (expr->kind == SPOOR_BOUND_CALL) {
        char first = expr->function->name[0];
        calls = first == '=' || first == '!' || first == '<' || first == '>' ? 1 : 3;
        for (uint32_t i = 0; i < expr->nargs; i++) {
            calls += count_calls(expr->args[i]);
        }
    }
    return calls;
}

/* Numbers before text before records; each column that has to be decoded counts. */
static uint32_t cost_of(const spoor_scan *scan, const spoor_scan_predicate *predicate) {
    static const int records[] = {SPOOR_COL_EVENT_DATA,         SPOOR_COL_EVENT_DATA_XML,
                                  SPOOR_COL_EVENT_DATA_ELEMENT, SPOOR_COL_EVENT_DATA_ITEMS,
                                  SPOOR_COL_PARAMETER_XML,      SPOOR_COL_RENDERED};
    uint32_t cost = count_calls(predicate->bound);
    for (uint32_t i = 0; i < predicate->ncolumns; i++) {
        const spoor_scan_column *column = &scan->op->plan->scan.columns[predicate->columns[i]];
        bool is_text = column->type == SPOOR_STRING || column->type == SPOOR_DYNAMIC;
        cost += is_text ? 20 : 10;
        for (size_t r = 0; column->member.len == 0 && r < sizeof records / sizeof *records; r++) {
            cost += column->column == records[r] ? 1000 : 0;
        }
    }
    return cost;
}

bool spoor_scan_open_predicate(spoor_scan *scan, spoor_scan_predicate *predicate) {
    spoor_arena *arena = scan->op->arena;
    uint32_t ncols = scan->op->plan->schema.ncols;
    predicate->eval = spoor_eval_open(scan->op, predicate->bound);
    predicate->columns = SPOOR_NEW_ARRAY(arena, uint32_t, ncols);
    collect_columns(predicate->bound, predicate, SPOOR_NEW_ARRAY(arena, uint8_t, ncols));
    return predicate->eval != NULL;
}

bool spoor_scan_open_predicates(spoor_scan *scan) {
    const spoor_plan *plan = scan->op->plan;
    spoor_arena *arena = scan->op->arena;
    scan->npredicates = plan->scan.npredicates;
    scan->predicates = SPOOR_NEW_ARRAY(arena, spoor_scan_predicate, scan->npredicates);
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        spoor_scan_predicate made = {.bound = plan->scan.predicates[p]};
        if (!spoor_scan_open_predicate(scan, &made)) {
            return false;
        }
        made.cost = cost_of(scan, &made);
        spoor_scan_read_range(&made);
        spoor_scan_read_needles(scan, &made);
        uint32_t at = p; /* insertion: those of equal cost stay in the order of the text */
        for (; at > 0 && scan->predicates[at - 1].cost > made.cost; at--) {
            scan->predicates[at] = scan->predicates[at - 1];
        }
        scan->predicates[at] = made;
    }
    return true;
}

/* -- on columns -------------------------------------------------------------------------------- */

static spoor_batch batch_of(const spoor_scan *scan, uint32_t rows) {
    uint32_t ncols = scan->op->plan->schema.ncols;
    return (spoor_batch){.rows = rows,
                         .count = rows,
                         .ncols = ncols,
                         .cols = SPOOR_NEW_ARRAY(scan->op->scratch, spoor_vec, ncols)};
}

/* All its columns are constant here: one row stands for all, and no column is made for it.  *holds: what
 * it says. */
static bool is_constant_here(spoor_scan *scan, const spoor_scan_predicate *predicate, bool *holds) {
    spoor_arena *scratch = scan->op->scratch;
    spoor_batch batch = batch_of(scan, 1);
    for (uint32_t i = 0; i < predicate->ncolumns; i++) {
        uint32_t column = predicate->columns[i];
        spoor_chunk summary;
        spoor_scan_peek(scan, column, &summary);
        if (!summary.is_constant) {
            return false;
        }
        summary.constant.type = scan->op->plan->scan.columns[column].type;
        batch.cols[column] = spoor_vec_constant(scratch, &summary.constant, 1);
    }
    const uint32_t *sel;
    *holds = spoor_eval_filter(predicate->eval, &batch, scratch, &sel) == 1;
    return true;
}

bool spoor_scan_take_entries(const spoor_scan *scan, const spoor_scan_predicate *predicate,
                             uint32_t varying, spoor_taken *taken) {
    const spoor_dict *dict = scan->cols[varying].dict;
    spoor_arena *scratch = scan->op->scratch;
    uint8_t *table = SPOOR_NEW_ARRAY(scan->arena, uint8_t, dict->count);
    if (scan->op->profile != NULL) {
        scan->op->profile->values += dict->count;
        scan->op->profile->value_bytes += dict->blob.len;
    }
    *taken = (spoor_taken){.table = table};
    for (uint32_t from = 0; from < dict->count; from += SPOOR_BATCH_ROWS) {
        if (!spoor_run_go_on(scan->op->run)) {
            return false;
        }
        uint32_t left = dict->count - from;
        spoor_arena_rewind(scratch);
        spoor_batch batch = batch_of(scan, left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS);
        for (uint32_t i = 0; i < predicate->ncolumns; i++) {
            batch.cols[predicate->columns[i]] = scan->cols[predicate->columns[i]];
        }
        spoor_vec *entries = &batch.cols[varying];
        *entries = *dict->values;
        entries->strings += from;
        entries->is_packed = dict->blob.len > 0;
        entries->is_ascii = dict->is_ascii;
        if (entries->nulls != NULL) {
            entries->nulls += from;
        }
        const uint32_t *sel;
        uint32_t count = spoor_eval_filter(predicate->eval, &batch, scratch, &sel);
        for (uint32_t i = 0; i < count; i++) {
            table[from + sel[i]] = 1;
            if (taken->count < SPOOR_FEW_TAKEN) {
                taken->few[taken->count] = from + sel[i];
            }
            taken->count++;
        }
    }
    return true;
}

static void keep_by_code(spoor_scan *scan, const uint32_t *codes, const spoor_taken *taken) {
    uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, scan->nrows);
    uint32_t count = 0;
    if (scan->rows == NULL) {
        count = spoor_scan_take_codes(codes, scan->nrows, taken, kept);
    }
    for (uint32_t i = 0; scan->rows != NULL && i < scan->nrows; i++) {
        kept[count] = scan->rows[i];
        count += taken->table[codes[scan->rows[i]]];
    }
    scan->rows = kept;
    scan->nrows = count;
}

/* The only column that is not constant in the segment; false: there are several, or none. */
static bool find_varying(const spoor_scan *scan, const spoor_scan_predicate *predicate,
                         uint32_t *varying) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < predicate->ncolumns; i++) {
        if (!scan->is_constant[predicate->columns[i]]) {
            *varying = predicate->columns[i];
            found++;
        }
    }
    return found == 1;
}

/* One dictionary column: by its entries, when they are not many more than the rows left.  Columns
 * that are constant have a slot for each row of the segment, if not for a batch. */
static bool filter_by_entries(spoor_scan *scan, const spoor_scan_predicate *predicate, bool *done) {
    uint32_t varying = 0;
    *done = false;
    if (predicate->eval->is_volatile || !find_varying(scan, predicate, &varying)) {
        return true;
    }
    const spoor_vec *column = &scan->cols[varying];
    if (column->form != SPOOR_DICT || column->dict->count / ENTRIES_PER_ROW > scan->nrows ||
        (predicate->ncolumns > 1 && column->dict->count > scan->segment->rows)) {
        return true;
    }
    spoor_taken taken;
    if (!spoor_scan_take_entries(scan, predicate, varying, &taken)) {
        return false;
    }
    *done = true;
    if (taken.count == 0) {
        scan->nrows = 0;
    } else if (taken.count < column->dict->count) {
        if (!spoor_scan_load(scan, varying)) {
            return false;
        }
        keep_by_code(scan, scan->cols[varying].codes, &taken);
    }
    return true;
}

static bool filter_by_rows(spoor_scan *scan, const spoor_scan_predicate *predicate) {
    spoor_arena *scratch = scan->op->scratch;
    uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, scan->nrows);
    uint32_t count = 0;
    for (uint32_t i = 0; i < predicate->ncolumns; i++) {
        if (!spoor_scan_load(scan, predicate->columns[i])) {
            return false;
        }
    }
    for (uint32_t from = 0; from < scan->nrows; from += SPOOR_BATCH_ROWS) {
        if (!spoor_run_go_on(scan->op->run)) {
            return false;
        }
        uint32_t left = scan->nrows - from;
        const uint32_t *list = scan->rows != NULL ? scan->rows + from : NULL;
        spoor_arena_rewind(scratch);
        spoor_batch batch = batch_of(scan, left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS);
        for (uint32_t i = 0; i < predicate->ncolumns; i++) {
            uint32_t c = predicate->columns[i];
            batch.cols[c] = spoor_scan_slice(scan, c, list, from, batch.rows, scratch);
        }
        const uint32_t *sel;
        uint32_t n = spoor_eval_filter(predicate->eval, &batch, scratch, &sel);
        for (uint32_t i = 0; i < n; i++) {
            kept[count++] = list != NULL ? list[sel[i]] : from + sel[i];
        }
    }
    if (count < scan->nrows) {
        scan->rows = kept;
        scan->nrows = count;
    }
    return true;
}

/* Predicates that metadata settles. */
bool spoor_scan_may_keep(spoor_scan *scan) {
    if (spoor_scan_is_outside(scan)) {
        return false;
    }
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        spoor_scan_predicate *predicate = &scan->predicates[p];
        bool holds = false;
        predicate->is_settled =
            !predicate->eval->is_volatile && is_constant_here(scan, predicate, &holds);
        if (!predicate->is_settled && spoor_scan_range_is_all(scan, predicate)) {
            predicate->is_settled = holds = true;
        }
        if (predicate->is_settled ? !holds : !spoor_scan_may_hold(scan, predicate->bound)) {
            return false;
        }
    }
    return true;
}

bool spoor_scan_keeps_all(spoor_scan *scan) {
    bool all = spoor_scan_may_keep(scan);
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        all = all && scan->predicates[p].is_settled;
    }
    return all;
}

bool spoor_scan_filter(spoor_scan *scan) {
    if (!spoor_scan_may_keep(scan)) {
        scan->nrows = 0;
    }
    if (scan->op->profile != NULL && scan->nrows > 0) {
        scan->op->profile->segments++;
    }
    for (uint32_t p = 0; p < scan->npredicates && scan->nrows > 0; p++) {
        const spoor_scan_predicate *predicate = &scan->predicates[p];
        if (predicate->is_settled) {
            continue;
        }
        for (uint32_t i = 0; i < predicate->ncolumns; i++) {
            if (!spoor_scan_load_entries(scan, predicate->columns[i])) {
                return false;
            }
        }
        bool done = spoor_scan_keep_range(scan, p);
        if ((!done && !filter_by_entries(scan, predicate, &done)) ||
            (!done && !spoor_scan_keep_holding(scan, predicate)) ||
            (!done && !filter_by_rows(scan, predicate))) {
            return false;
        }
    }
    spoor_arena_rewind(scan->op->scratch);
    return true;
}
