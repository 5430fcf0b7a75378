/* scan_guide.c - which segments a top reads, and in which order (see scan.h).
 *
 * Of a column of numbers or times the least and the greatest value in each segment are known.
 * Segments are read from the most promising one on, so that the rows kept are good ones soon, and
 * those in which every row comes behind the last row kept are passed over: the newest rows of a
 * large store are found in its newest segments.  Of a segment that is read, pieces behind the bar are
 * passed over too.  Rows with equal keys must come out in the order of
 * the table all the same: for that each row has a place, a number that rises with it. */
#include <stdlib.h>

#include "executor/scan.h"
#include "planner/bound.h"

/* The place in the order of the first key that no row of a segment comes before. */
typedef struct promise {
    spoor_sort_start start;
    uint32_t segment;
} promise;

static int compare_promises(const void *left, const void *right) {
    const promise *a = left, *b = right;
    if (spoor_sort_start_is_behind(a->start, b->start)) {
        return 1;
    }
    if (spoor_sort_start_is_behind(b->start, a->start)) {
        return -1;
    }
    return a->segment < b->segment ? -1 : 1;
}

/* From metadata alone; what is not known of a segment promises everything. */
static spoor_sort_start promise_of(const spoor_scan *scan, const spoor_sort_key *key) {
    spoor_chunk summary;
    spoor_scan_peek(scan, (uint32_t)key->expr->column, &summary);
    if (summary.is_constant) {
        spoor_vec slot = {.type = key->expr->type,
                          .longs = &summary.constant.integer,
                          .nulls = (uint8_t[]){summary.constant.is_null}};
        return spoor_sort_start_of(key, &slot, 0);
    }
    if (!summary.has_range || (summary.may_be_null && !key->nulls_last)) {
        return (spoor_sort_start){.rank = SPOOR_RANK_NULL_FIRST};
    }
    int64_t *best = key->descending ? &summary.max : &summary.min;
    spoor_vec slot = {.type = key->expr->type, .longs = best};
    return spoor_sort_start_of(key, &slot, 0);
}

static bool can_guide(const spoor_scan *scan, const spoor_sort_key *key) {
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        if (spoor_bound_is_volatile(scan->predicates[p].bound)) {
            return false; /* its answers depend on the order of rows */
        }
    }
    return key->expr->kind == SPOOR_BOUND_COLUMN && spoor_type_is_whole(key->expr->type);
}

bool spoor_scan_guide(spoor_scan *scan, const spoor_sort_key *key, uint64_t limit) {
    if (!can_guide(scan, key)) {
        return false;
    }
    spoor_arena *arena = scan->op->arena;
    uint32_t count = scan->end - scan->at;
    promise *promises = SPOOR_RAW_ARRAY(arena, promise, count);
    for (uint32_t i = 0; i < count; i++) {
        scan->segment = spoor_snapshot_segment(scan->op->run->snapshot, scan->at + i);
        promises[i] = (promise){promise_of(scan, key), scan->at + i};
    }
    scan->segment = NULL;
    if (count > 1) {
        qsort(promises, count, sizeof *promises, compare_promises);
    }
    uint32_t *order = SPOOR_RAW_ARRAY(arena, uint32_t, count);
    scan->promises = SPOOR_RAW_ARRAY(arena, spoor_sort_start, count);
    for (uint32_t i = 0; i < count; i++) {
        order[i] = promises[i].segment;
        scan->promises[i] = promises[i].start;
    }
    scan->order = order;
    scan->guide = (uint32_t)key->expr->column;
    scan->is_descending = key->descending;
    scan->limit = limit;
    scan->at = 0;
    scan->end = count;
    return true;
}

/* As sort_key.c makes it: what comes first is less. */
static uint64_t prefix_of(const spoor_scan *scan, int64_t value) {
    uint64_t prefix = (uint64_t)value ^ UINT64_C(1) << 63;
    return scan->is_descending ? ~prefix : prefix;
}

static int64_t value_of(const spoor_scan *scan, uint64_t prefix) {
    return (int64_t)((scan->is_descending ? ~prefix : prefix) ^ UINT64_C(1) << 63);
}

static int compare_prefixes(const void *left, const void *right) {
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Before any row was given, of a segment whose rows are all wanted: as many as the top has stand in its
 * best pieces, and the worst of them is a bar.  Else, in a log read from its best end, row after row would
 * come in only to be pushed out again. */
static void set_first_bar(spoor_scan *scan) {
    const spoor_bounds *bounds = scan->cols[scan->guide].bounds;
    uint64_t wanted = (scan->limit + SPOOR_PIECE_ROWS - 1) / SPOOR_PIECE_ROWS;
    uint32_t npieces = scan->nrows / SPOOR_PIECE_ROWS; /* the last may have fewer rows */
    if (bounds == NULL || wanted == 0 || wanted > npieces || scan->rows != NULL ||
        !spoor_scan_keeps_all(scan)) {
        return;
    }
    uint64_t *worst = SPOOR_RAW_ARRAY(scan->arena, uint64_t, npieces);
    for (uint32_t i = 0; i < npieces; i++) {
        worst[i] = prefix_of(scan, scan->is_descending ? bounds[i].min : bounds[i].max);
    }
    qsort(worst, npieces, sizeof *worst, compare_prefixes);
    spoor_scan_set_bar(scan,
                       (spoor_sort_start){.prefix = worst[wanted - 1], .rank = SPOOR_RANK_VALUE});
}

bool spoor_scan_keep_promising(spoor_scan *scan) {
    if (!spoor_scan_load(scan, scan->guide)) {
        return false;
    }
    const spoor_vec *column = &scan->cols[scan->guide];
    if (scan->is_constant[scan->guide] || column->nulls != NULL) {
        return true;
    }
    if (!scan->has_bar) {
        set_first_bar(scan);
    }
    if (scan->has_bar && scan->bar.rank == SPOOR_RANK_VALUE) {
        int64_t bar = value_of(scan, scan->bar.prefix);
        spoor_scan_keep_between(scan, scan->guide, scan->is_descending ? bar : INT64_MIN,
                                scan->is_descending ? INT64_MAX : bar);
    }
    return true;
}

bool spoor_scan_is_between(const spoor_scan *scan) {
    return scan->given == scan->nrows;
}

void spoor_scan_set_bar(spoor_scan *scan, spoor_sort_start bar) {
    scan->has_bar = true;
    scan->bar = bar;
}

spoor_vec spoor_scan_places(const spoor_scan *scan, const spoor_batch *batch,
                            spoor_arena *scratch) {
    spoor_vec places = spoor_vec_new(scratch, SPOOR_LONG, batch->rows);
    uint32_t from = scan->given - batch->rows;
    for (uint32_t i = 0; i < batch->rows; i++) {
        uint32_t row = scan->rows != NULL ? scan->rows[from + i] : from + i;
        places.longs[i] = (int64_t)scan->number << 32 | row;
    }
    places.is_ascending = true;
    places.nulls = NULL;
    return places;
}
