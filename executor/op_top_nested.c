/* op_top_nested.c - `top-nested`: the first values of each level within each value of the level
 * above.
 *
 * Input i has the keys of levels 0..i and the value that ranks the last of
 * them, a row a key.  All is read and each level put in order within its
 * parents; then the tree is walked, a row a leaf. */
#include "executor/eval.h"
#include "executor/groups.h"

typedef struct level {
    uint64_t most;
    spoor_rows rows;
    spoor_groups groups; /* of the keys: group number is row number */
    uint32_t *parent;    /* by row: a row of the level above */
    uint32_t parent_capacity;
    uint32_t *order;  /* rows by parent, best first */
    uint32_t *starts; /* by parent: where its rows begin in `order` */
    uint32_t at, end; /* walking: places in `order` */
} level;

typedef struct top_nested {
    level *levels;
    uint32_t nlevels;
    bool is_read, is_started, is_over;
} top_nested;

/* -- reading ----------------------------------------------------------------------------------- */

static spoor_op_status read_level(spoor_op *op, top_nested *self, uint32_t i) {
    level *l = &self->levels[i], *above = i > 0 ? &self->levels[i - 1] : NULL;
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[i], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch.ncols);
        for (uint32_t c = 0; c < batch.ncols; c++) {
            cols[c] = spoor_vec_gather(op->scratch, &batch.cols[c], batch.sel, batch.count);
        }
        uint32_t used = l->rows.count;
        uint32_t *numbers = SPOOR_NEW_ARRAY(op->scratch, uint32_t, batch.count);
        spoor_groups_find(&l->groups, cols, NULL, batch.count, true, numbers, op->scratch);
        memset(numbers, 0, batch.count * sizeof *numbers);
        if (above != NULL) {
            spoor_groups_find(&above->groups, cols, NULL, batch.count, false, numbers, op->scratch);
        }
        spoor_rows_append(&l->rows, cols, NULL, batch.count, op->scratch);
        l->parent = spoor_grow_u32(op->arena, l->parent, used, l->rows.count, &l->parent_capacity);
        memcpy(l->parent + used, numbers, batch.count * sizeof *numbers);
    }
    return status;
}

/* -- order ------------------------------------------------------------------------------------- */

static int compare(const level *l, bool ascending, uint32_t a, uint32_t b) {
    spoor_value left = spoor_rows_get(&l->rows, l->rows.ncols - 1, a);
    spoor_value right = spoor_rows_get(&l->rows, l->rows.ncols - 1, b);
    int order = spoor_value_compare(&left, &right);
    return ascending ? order : -order;
}

/* Merge sort, stable. */
static void sort_rows(const level *l, bool ascending, uint32_t *list, uint32_t n, uint32_t *spare) {
    for (uint64_t width = 1; width < n; width *= 2) {
        for (uint64_t from = 0; from < n; from += 2 * width) {
            uint64_t mid = from + width < n ? from + width : n;
            uint64_t end = from + 2 * width < n ? from + 2 * width : n;
            uint64_t a = from, b = mid;
            for (uint64_t out = from; out < end; out++) {
                bool left = b == end || (a < mid && compare(l, ascending, list[a], list[b]) <= 0);
                spare[out] = left ? list[a++] : list[b++];
            }
        }
        memcpy(list, spare, n * sizeof *list);
    }
}

static void put_in_order(spoor_op *op, level *l, uint32_t nparents, bool ascending) {
    uint32_t n = l->rows.count;
    l->order = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)n + 1);
    l->starts = SPOOR_NEW_ARRAY(op->arena, uint32_t, (size_t)nparents + 2);
    uint32_t *spare = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)n + 1);
    for (uint32_t row = 0; row < n; row++) {
        l->starts[l->parent[row] + 2]++;
    }
    for (uint32_t p = 0; p < nparents; p++) {
        l->starts[p + 2] += l->starts[p + 1];
    }
    for (uint32_t row = 0; row < n; row++) {
        l->order[l->starts[l->parent[row] + 1]++] = row;
    }
    for (uint32_t p = 0; p < nparents; p++) {
        sort_rows(l, ascending, l->order + l->starts[p], l->starts[p + 1] - l->starts[p], spare);
    }
}

static spoor_op_status read_all(spoor_op *op, top_nested *self) {
    for (uint32_t i = 0; i < self->nlevels; i++) {
        spoor_op_status status = read_level(op, self, i);
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        put_in_order(op, &self->levels[i], i > 0 ? self->levels[i - 1].rows.count : 1,
                     op->plan->nested.ascending[i]);
    }
    self->is_read = true;
    return SPOOR_OP_END;
}

/* -- walking ----------------------------------------------------------------------------------- */

static void enter(level *l, uint32_t parent) {
    uint64_t count = l->rows.count > 0 ? l->starts[parent + 1] - l->starts[parent] : 0;
    l->at = l->rows.count > 0 ? l->starts[parent] : 0;
    l->end = l->at + (uint32_t)(count < l->most ? count : l->most);
}

/* Go to the next leaf; false: there is none. */
static bool advance(top_nested *self) {
    uint32_t i = self->nlevels - 1;
    if (self->is_over) {
        return false;
    }
    if (!self->is_started) {
        self->is_started = true;
        enter(&self->levels[0], 0);
        i = 0;
    } else {
        self->levels[i].at++;
    }
    for (;;) {
        level *l = &self->levels[i];
        if (l->at == l->end) {
            if (i == 0) {
                self->is_over = true;
                return false;
            }
            self->levels[--i].at++;
        } else if (i + 1 == self->nlevels) {
            return true;
        } else {
            enter(&self->levels[++i], l->order[l->at]);
        }
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    top_nested *self = op->state;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t ncols = op->plan->schema.ncols, n = 0;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = spoor_vec_new(op->scratch, op->plan->schema.columns[c].type, SPOOR_BATCH_ROWS);
    }
    while (n < SPOOR_BATCH_ROWS && advance(self)) {
        for (uint32_t i = 0; i < self->nlevels; i++) {
            const level *l = &self->levels[i];
            for (uint32_t c = 0; c < 2; c++) {
                spoor_value value = spoor_rows_get(&l->rows, i + c, l->order[l->at]);
                spoor_vec_set(&cols[2 * i + c], n, &value);
            }
        }
        n++;
    }
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = ncols, .cols = cols};
    return n > 0 ? SPOOR_OP_BATCH : SPOOR_OP_END;
}

bool spoor_op_top_nested_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    top_nested *self = SPOOR_NEW(op->arena, top_nested);
    self->nlevels = plan->ninputs;
    self->levels = SPOOR_NEW_ARRAY(op->arena, level, self->nlevels);
    for (uint32_t i = 0; i < self->nlevels; i++) {
        level *l = &self->levels[i];
        spoor_value count = {.integer = INT64_MAX};
        if (plan->nested.counts[i] != NULL &&
            !spoor_eval_scalar(op, plan->nested.counts[i], &count)) {
            return false;
        }
        l->most = count.is_null || count.integer < 0 ? 0 : (uint64_t)count.integer;
        const spoor_schema *input = &plan->inputs[i]->schema;
        spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, (size_t)i + 1);
        for (uint32_t k = 0; k <= i; k++) {
            types[k] = input->columns[k].type;
        }
        spoor_groups_init(&l->groups, op->arena, types, i + 1);
        spoor_rows_init_schema(&l->rows, op->arena, input);
    }
    op->state = self;
    op->next = next;
    return true;
}
