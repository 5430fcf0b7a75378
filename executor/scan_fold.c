/* scan_fold.c - a segment's rows as the distinct ones among them, with how many rows each stands for.
 *
 * Segments hold one event id, so often all columns that a query reads but one
 * are constant in it, and that one has a dictionary, whose census (types/vec.h)
 * says how many rows have each entry.  Predicates are then asked of entries,
 * and no row is touched: counting costs the number of distinct values. */
#include "executor/eval.h"
#include "executor/profile.h"
#include "executor/scan.h"

enum { ROWS_PER_ENTRY = 4 }; /* so many, or giving entries saves little */

/* Does nobody ask for the column here?  A time that is within the window in all rows is such a one. */
static bool is_idle(const spoor_scan *scan, uint32_t column) {
    bool is_read = scan->uses == NULL || scan->uses[column];
    for (uint32_t p = 0; p < scan->npredicates && !is_read; p++) {
        const spoor_scan_predicate *predicate = &scan->predicates[p];
        for (uint32_t i = 0; i < predicate->ncolumns && !predicate->is_settled; i++) {
            is_read |= predicate->columns[i] == column;
        }
    }
    return !is_read;
}

/* The columns that are asked for and not constant here: how many, and the last of them. */
static uint32_t count_varying(const spoor_scan *scan, uint32_t *varying) {
    uint32_t count = 0;
    for (uint32_t c = 0; c < scan->op->plan->schema.ncols; c++) {
        spoor_chunk summary;
        spoor_scan_peek(scan, c, &summary);
        if (!summary.is_constant && !is_idle(scan, c)) {
            *varying = c;
            count++;
        }
    }
    return count;
}

/* Which entries all predicates take: a byte a code; NULL: all entries.  false: failed. */
static bool ask_predicates(spoor_scan *scan, uint32_t varying, const uint8_t **table,
                           uint32_t *count) {
    uint32_t entries = scan->cols[varying].dict->count;
    *table = NULL;
    *count = entries;
    for (uint32_t p = 0; p<scan->npredicates && * count> 0; p++) {
        const spoor_scan_predicate *predicate = &scan->predicates[p];
        spoor_taken taken;
        if (predicate->is_settled) {
            continue;
        }
        for (uint32_t i = 0; i < predicate->ncolumns; i++) {
            if (predicate->columns[i] != varying && !spoor_scan_load(scan, predicate->columns[i])) {
                return false;
            }
        }
        if (!spoor_scan_take_entries(scan, predicate, varying, &taken)) {
            return false;
        }
        if (*table == NULL) {
            *table = taken.table;
            *count = taken.count;
            continue;
        }
        uint8_t *both = SPOOR_RAW_ARRAY(scan->arena, uint8_t, entries);
        *count = 0;
        for (uint32_t e = 0; e < entries; e++) {
            both[e] = (*table)[e] & taken.table[e];
            *count += both[e];
        }
        *table = both;
    }
    return true;
}

/* Those of the census that the table has. */
static void give_entries(spoor_scan *scan, uint32_t varying, const spoor_census *census,
                         const uint8_t *table) {
    uint32_t count = census->count;
    const uint32_t *entries = census->entries, *weights = census->rows;
    if (table != NULL) {
        uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, census->count);
        uint32_t *rows = SPOOR_RAW_ARRAY(scan->arena, uint32_t, census->count);
        count = 0;
        for (uint32_t i = 0; i < census->count; i++) {
            kept[count] = census->entries[i];
            rows[count] = census->rows[i];
            count += table[census->entries[i]];
        }
        entries = kept;
        weights = rows;
    }
    spoor_scan_set_codes(scan, varying, entries);
    scan->weights = weights;
    scan->nrows = count;
}

/* All columns are constant: one row. */
static void give_one(spoor_scan *scan) {
    uint32_t *weight = SPOOR_NEW(scan->arena, uint32_t);
    *weight = scan->nrows;
    scan->weights = weight;
    scan->nrows = 1;
}

/* The dictionary column, where it is one with few entries; its predicates may spare its codes. */
static bool fold_entries(spoor_scan *scan, uint32_t varying, bool *done) {
    if (!spoor_scan_load_entries(scan, varying)) {
        return false;
    }
    const spoor_vec *column = &scan->cols[varying];
    if (scan->is_constant[varying]) {
        *done = spoor_scan_keeps_all(scan);
        if (*done) {
            give_one(scan);
        }
        return true;
    }
    if (column->form != SPOOR_DICT || column->dict->census == NULL ||
        column->dict->count > scan->segment->rows / ROWS_PER_ENTRY) {
        return true;
    }
    const uint8_t *table = NULL;
    uint32_t taken;
    if (!ask_predicates(scan, varying, &table, &taken)) {
        return false;
    }
    if (taken == 0) {
        scan->nrows = 0;
        *done = true;
        return true;
    }
    const spoor_census *census = spoor_dict_census(column->dict);
    if (census != NULL) {
        give_entries(scan, varying, census, table);
        *done = true;
    }
    return true;
}

bool spoor_scan_fold(spoor_scan *scan, bool *done) {
    *done = false;
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        if (scan->predicates[p].eval->is_volatile) {
            return true;
        }
    }
    if (!spoor_scan_may_keep(scan)) {
        scan->nrows = 0;
        *done = true;
        return true;
    }
    uint32_t varying = 0, count = count_varying(scan, &varying);
    if (count > 1) {
        return true;
    }
    bool ok = true;
    if (count == 0) {
        give_one(scan);
        *done = true;
    } else {
        ok = fold_entries(scan, varying, done);
    }
    for (uint32_t c = 0; *done && c < scan->op->plan->schema.ncols; c++) {
        if (!scan->is_loaded[c] && is_idle(scan, c)) {
            spoor_scan_leave_out(scan, c);
        }
    }
    if (*done && scan->op->profile != NULL) {
        scan->op->profile->segments++;
    }
    spoor_arena_rewind(scan->op->scratch);
    return ok;
}
