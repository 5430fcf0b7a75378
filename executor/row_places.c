/* row_places.c - see row_places.h. */
#include "executor/row_places.h"

#include "executor/scan.h"

bool spoor_row_places_fit(const spoor_op *op, const spoor_plan_aggregate *aggregate) {
    bool fits = op->inputs[0]->plan->kind == SPOOR_PLAN_SCAN &&
                aggregate->aggregate->choose != NULL && aggregate->nargs > 1;
    for (uint32_t i = 1; fits && i < aggregate->nargs; i++) {
        fits = aggregate->args[i]->kind == SPOOR_BOUND_COLUMN ||
               aggregate->args[i]->kind == SPOOR_BOUND_CONSTANT;
    }
    return fits;
}

void spoor_row_places_begin(spoor_op *op, const uint32_t *uses) {
    spoor_scan_be_lazy(op->inputs[0]->state, uses);
}

spoor_vec spoor_row_places(const spoor_op *op, const spoor_batch *batch, spoor_arena *scratch) {
    spoor_vec places = spoor_scan_places(op->inputs[0]->state, batch, scratch);
    return batch->sel != NULL ? spoor_vec_gather(scratch, &places, batch->sel, batch->count)
                              : places;
}

/* The rows that are in one segment: which they are of it, and which of those asked for. */
typedef struct rows_of {
    uint32_t segment, count;
    uint32_t *rows, *to;
} rows_of;

/* All that are in the segment of place `first`, from there on; they are taken from `left`. */
static rows_of take_segment(int64_t *left, uint32_t first, uint32_t rows, spoor_arena *scratch) {
    rows_of taken = {.segment = (uint32_t)(left[first] >> 32),
                     .rows = SPOOR_RAW_ARRAY(scratch, uint32_t, rows),
                     .to = SPOOR_RAW_ARRAY(scratch, uint32_t, rows)};
    for (uint32_t i = first; i < rows; i++) {
        if (left[i] >= 0 && (uint32_t)(left[i] >> 32) == taken.segment) {
            taken.rows[taken.count] = (uint32_t)left[i];
            taken.to[taken.count++] = i;
            left[i] = -1;
        }
    }
    return taken;
}

static bool read_column(spoor_scan *scan, const rows_of *of, uint32_t column, spoor_vec *out,
                        spoor_arena *scratch) {
    spoor_vec made;
    if (!spoor_scan_fetch(scan, of->segment, column, of->rows, of->count, scratch, &made)) {
        return false;
    }
    for (uint32_t i = 0; i < of->count; i++) {
        spoor_value value = spoor_vec_get(&made, i);
        spoor_vec_set(out, of->to[i], &value);
    }
    return true;
}

bool spoor_row_places_read(const spoor_op *op, const spoor_plan_aggregate *aggregate,
                           const spoor_vec *places, uint32_t rows, spoor_vec *out,
                           spoor_arena *scratch) {
    int64_t *left = SPOOR_RAW_ARRAY(scratch, int64_t, rows);
    for (uint32_t i = 0; i < rows; i++) {
        bool is_place = !spoor_vec_is_null(places, i);
        left[i] = is_place ? places->longs[i] : -1;
        for (uint32_t a = 1; a < aggregate->nargs; a++) {
            const spoor_bound *arg = aggregate->args[a];
            spoor_value nothing = {.type = out[a].type, .is_null = out[a].type != SPOOR_STRING};
            bool is_constant = is_place && arg->kind == SPOOR_BOUND_CONSTANT;
            spoor_vec_set(&out[a], i, is_constant ? &arg->value : &nothing);
        }
    }
    for (uint32_t first = 0; first < rows; first++) {
        if (left[first] < 0) {
            continue;
        }
        rows_of of = take_segment(left, first, rows, scratch);
        for (uint32_t a = 1; a < aggregate->nargs; a++) {
            if (aggregate->args[a]->kind == SPOOR_BOUND_COLUMN &&
                !read_column(op->inputs[0]->state, &of, (uint32_t)aggregate->args[a]->column,
                             &out[a], scratch)) {
                return false;
            }
        }
    }
    return true;
}
