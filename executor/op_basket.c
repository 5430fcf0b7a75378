/* op_basket.c - `evaluate basket`: the values that often come together.
 *
 * The input has a row for each combination of values, its number of rows last.
 * A value is frequent when a given part of all rows has it; a pattern is a set
 * of frequent values, at most one a column, that a given part of all rows has
 * together.  Of patterns that the same rows have only the fullest is kept: the
 * documentation's example lists no others.  Patterns are found level by level:
 * each one so far with one more value, filled up with whatever all its rows
 * share.  So the level of a pattern is the least number of values that it takes
 * to single its rows out, which is what `dimensions` counts.  In the example the
 * patterns stand by their rows times their values, most first. */
#include "base/hash.h"
#include "executor/groups.h"
#include "executor/op.h"

enum { PATTERNS_MAX = 20000 };

typedef struct item {       /* a frequent value */
    uint32_t column, value; /* its number among the column's */
} item;

typedef struct pattern {
    const uint32_t *items; /* a column each: item number, or 0 */
    int64_t rows;
    uint32_t level, nitems;
} pattern;

typedef struct basket {
    uint32_t ncols;
    spoor_intern *values; /* by column */
    uint32_t *cells;      /* of each combination: a number a column, of values, then of items */
    int64_t *weights;
    uint32_t nrows, cells_capacity, weights_capacity;
    int64_t total;
    item *items; /* from 1 on */
    uint32_t nitems;
    int64_t *counts; /* by item, of the rows at hand */
    uint32_t *rows,
        *some; /* combinations that a pattern has, and of them those with one value more */
    pattern *patterns;
    uint32_t npatterns, at;
    uint32_t *slots; /* pattern number + 1 by hash of its items; a power of two of them */
    uint32_t nslots;
    bool is_read;
} basket;

/* -- reading ----------------------------------------------------------------------------------- */

static void make_room(spoor_op *op, basket *self, uint32_t more) {
    uint32_t need = self->nrows + more;
    self->cells = spoor_grow_u32(op->arena, self->cells, self->nrows * self->ncols,
                                 need * self->ncols, &self->cells_capacity);
    if (need > self->weights_capacity) {
        uint32_t capacity = need > 2 * self->weights_capacity ? need : 2 * self->weights_capacity;
        int64_t *grown = SPOOR_RAW_ARRAY(op->arena, int64_t, capacity);
        if (self->nrows > 0) {
            memcpy(grown, self->weights, self->nrows * sizeof *grown);
        }
        self->weights = grown;
        self->weights_capacity = capacity;
    }
}

static bool take_batch(spoor_op *op, basket *self, const spoor_batch *batch) {
    if ((uint64_t)(self->nrows + batch->count) * self->ncols > UINT32_MAX / 2) {
        return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span,
                              "'basket' has too many different rows");
    }
    make_room(op, self, batch->count);
    uint32_t *numbers = SPOOR_RAW_ARRAY(op->scratch, uint32_t, batch->count);
    for (uint32_t c = 0; c < self->ncols; c++) {
        spoor_vec vec = spoor_vec_gather(op->scratch, &batch->cols[c], batch->sel, batch->count);
        spoor_intern_find(&self->values[c], &vec, NULL, batch->count, true, numbers, op->scratch);
        for (uint32_t i = 0; i < batch->count; i++) {
            self->cells[(self->nrows + i) * self->ncols + c] = numbers[i];
        }
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        spoor_value weight = spoor_vec_get(&batch->cols[self->ncols], spoor_batch_row(batch, i));
        int64_t rows = weight.is_null || weight.integer < 0 ? 0 : weight.integer;
        self->weights[self->nrows + i] = rows;
        if (__builtin_add_overflow(self->total, rows, &self->total)) {
            return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span,
                                  "the weights of 'basket' are too large");
        }
    }
    self->nrows += batch->count;
    return true;
}

static bool is_frequent(const spoor_op *op, const basket *self, int64_t rows) {
    return rows > 0 && (double)rows / (double)self->total >= op->plan->basket.threshold;
}

/* Frequent values become items, the others 0. */
static void number_items(spoor_op *op, basket *self) {
    uint32_t all = 1;
    for (uint32_t c = 0; c < self->ncols; c++) {
        all += self->values[c].values.count;
    }
    self->items = SPOOR_NEW_ARRAY(op->arena, item, all);
    self->nitems = 1;
    for (uint32_t c = 0; c < self->ncols; c++) {
        uint32_t n = self->values[c].values.count;
        int64_t *sums = SPOOR_NEW_ARRAY(op->arena, int64_t, (size_t)n + 1);
        uint32_t *numbers = SPOOR_NEW_ARRAY(op->arena, uint32_t, (size_t)n + 1);
        for (uint32_t r = 0; r < self->nrows; r++) {
            sums[self->cells[r * self->ncols + c]] += self->weights[r];
        }
        for (uint32_t v = 0; v < n; v++) {
            if (is_frequent(op, self, sums[v])) {
                self->items[self->nitems] = (item){c, v};
                numbers[v] = self->nitems++;
            }
        }
        for (uint32_t r = 0; r < self->nrows; r++) {
            uint32_t *cell = &self->cells[r * self->ncols + c];
            *cell = numbers[*cell];
        }
    }
}

/* -- sets of items ----------------------------------------------------------------------------- */

static uint32_t hash_items(const basket *self, const uint32_t *items) {
    return (uint32_t)spoor_hash_seeded(0, (const char *)items, self->ncols * sizeof *items);
}

/* Combinations that have become the same are one. */
static void merge_rows(spoor_op *op, basket *self) {
    uint32_t size = 64;
    while (size < 2 * self->nrows) {
        size *= 2;
    }
    uint32_t *found = SPOOR_NEW_ARRAY(op->arena, uint32_t, size), kept = 0;
    for (uint32_t r = 0; r < self->nrows; r++) {
        const uint32_t *row = self->cells + r * self->ncols;
        uint32_t at = hash_items(self, row) & (size - 1);
        while (found[at] != 0 && memcmp(self->cells + (found[at] - 1) * self->ncols, row,
                                        self->ncols * sizeof *row) != 0) {
            at = (at + 1) & (size - 1);
        }
        if (found[at] != 0) {
            self->weights[found[at] - 1] += self->weights[r];
            continue;
        }
        memmove(self->cells + kept * self->ncols, row, self->ncols * sizeof *row);
        self->weights[kept++] = self->weights[r];
        found[at] = kept;
    }
    self->nrows = kept;
}

/* Adds the pattern unless it is there; false: there are too many. */
static bool add_pattern(spoor_op *op, basket *self, const uint32_t *items, int64_t rows,
                        uint32_t level) {
    uint32_t at = hash_items(self, items) & (self->nslots - 1);
    for (; self->slots[at] != 0; at = (at + 1) & (self->nslots - 1)) {
        if (memcmp(self->patterns[self->slots[at] - 1].items, items, self->ncols * sizeof *items) ==
            0) {
            return true;
        }
    }
    if (self->npatterns == PATTERNS_MAX) {
        return spoor_run_fail(
            op->run, SPOOR_RUN_LIMIT, op->plan->span,
            "'basket' finds more than %d patterns: fewer columns, or a higher threshold, "
            "give fewer",
            PATTERNS_MAX);
    }
    pattern made = {.rows = rows, .level = level};
    uint32_t *copy = SPOOR_RAW_ARRAY(op->arena, uint32_t, self->ncols);
    for (uint32_t c = 0; c < self->ncols; c++) {
        copy[c] = items[c];
        made.nitems += items[c] != 0;
    }
    made.items = copy;
    self->patterns[self->npatterns++] = made;
    self->slots[at] = self->npatterns;
    return true;
}

/* How many rows of the list have each item; and all: those of the list. */
static int64_t count_items(basket *self, const uint32_t *list, uint32_t n) {
    int64_t all = 0;
    memset(self->counts, 0, self->nitems * sizeof *self->counts);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *row = self->cells + list[i] * self->ncols;
        all += self->weights[list[i]];
        for (uint32_t c = 0; c < self->ncols; c++) {
            self->counts[row[c]] += self->weights[list[i]];
        }
    }
    return all;
}

/* The pattern of what all rows of the list share. */
static bool add_shared(spoor_op *op, basket *self, const uint32_t *list, uint32_t n,
                       uint32_t level) {
    int64_t all = count_items(self, list, n);
    const uint32_t *first = self->cells + list[0] * self->ncols;
    uint32_t *items = SPOOR_RAW_ARRAY(op->scratch, uint32_t, self->ncols);
    for (uint32_t c = 0; c < self->ncols; c++) {
        items[c] = first[c] != 0 && self->counts[first[c]] == all ? first[c] : 0;
    }
    return add_pattern(op, self, items, all, level);
}

static uint32_t rows_of(const basket *self, const pattern *p, uint32_t *list) {
    uint32_t n = 0;
    for (uint32_t r = 0; r < self->nrows; r++) {
        const uint32_t *row = self->cells + r * self->ncols;
        uint32_t c = 0;
        while (c < self->ncols && (p->items[c] == 0 || p->items[c] == row[c])) {
            c++;
        }
        list[n] = r;
        n += c == self->ncols;
    }
    return n;
}

/* The pattern with each one value more that is frequent in it. */
static bool extend(spoor_op *op, basket *self, pattern p) {
    spoor_arena_rewind(op->scratch);
    uint32_t n = rows_of(self, &p, self->rows), ncandidates = 0;
    (void)count_items(self, self->rows, n);
    uint32_t *candidates = SPOOR_RAW_ARRAY(op->scratch, uint32_t, self->nitems);
    for (uint32_t i = 1; i < self->nitems; i++) {
        if (p.items[self->items[i].column] == 0 && is_frequent(op, self, self->counts[i])) {
            candidates[ncandidates++] = i;
        }
    }
    for (uint32_t k = 0; k < ncandidates; k++) {
        uint32_t column = self->items[candidates[k]].column, m = 0;
        if (!spoor_run_go_on(op->run)) {
            return false;
        }
        for (uint32_t i = 0; i < n; i++) {
            self->some[m] = self->rows[i];
            m += self->cells[self->rows[i] * self->ncols + column] == candidates[k];
        }
        if (!add_shared(op, self, self->some, m, p.level + 1)) {
            return false;
        }
    }
    return true;
}

/* Most rows times values first, then most rows; else as found.  Merge sort, stable. */
static bool comes_first(const pattern *a, const pattern *b) {
    double left = (double)a->rows * a->nitems, right = (double)b->rows * b->nitems;
    return left > right || (left >= right && a->rows >= b->rows);
}

static void sort_patterns(spoor_op *op, basket *self) {
    pattern *spare = SPOOR_RAW_ARRAY(op->arena, pattern, (size_t)self->npatterns + 1);
    uint32_t n = self->npatterns;
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t from = 0; from < n; from += 2 * width) {
            uint32_t mid = from + width < n ? from + width : n,
                     end = from + 2 * width < n ? from + 2 * width : n;
            for (uint32_t a = from, b = mid, out = from; out < end; out++) {
                bool left =
                    b == end || (a < mid && comes_first(&self->patterns[a], &self->patterns[b]));
                spare[out] = left ? self->patterns[a++] : self->patterns[b++];
            }
        }
        memcpy(self->patterns, spare, n * sizeof *spare);
    }
}

static bool find_patterns(spoor_op *op, basket *self) {
    number_items(op, self);
    merge_rows(op, self);
    self->counts = SPOOR_NEW_ARRAY(op->arena, int64_t, self->nitems);
    self->rows = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)self->nrows + 1);
    self->some = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)self->nrows + 1);
    self->patterns = SPOOR_NEW_ARRAY(op->arena, pattern, PATTERNS_MAX);
    self->nslots = 4 * PATTERNS_MAX;
    while ((self->nslots & (self->nslots - 1)) != 0) {
        self->nslots += self->nslots & (~self->nslots + 1);
    }
    self->slots = SPOOR_NEW_ARRAY(op->arena, uint32_t, self->nslots);
    for (uint32_t r = 0; r < self->nrows; r++) {
        self->rows[r] = r;
    }
    if (self->total == 0) {
        return true;
    }
    if (!add_shared(op, self, self->rows, self->nrows, 0)) {
        return false;
    }
    for (uint32_t i = 0; i < self->npatterns; i++) {
        if (self->patterns[i].level < op->plan->basket.max_dimensions &&
            !extend(op, self, self->patterns[i])) {
            return false;
        }
    }
    sort_patterns(op, self);
    while (self->npatterns > 0 && self->patterns[self->npatterns - 1].nitems == 0) {
        self->npatterns--; /* that of all rows, when they share nothing */
    }
    return true;
}

/* -- output ------------------------------------------------------------------------------------ */

static spoor_value cell_of(const spoor_op *op, const basket *self, const pattern *p,
                           uint32_t column) {
    int dimension = column < 3 ? -1 : op->plan->basket.dimensions[column - 3];
    switch (column) {
    case 0: return (spoor_value){.type = SPOOR_LONG, .integer = p - self->patterns};
    case 1: return (spoor_value){.type = SPOOR_LONG, .integer = p->rows};
    case 2: {
        double percent =
            1000 * (double)p->rows / (double)self->total; /* one digit, as the engine shows it */
        return (spoor_value){.type = SPOOR_REAL, .real = (double)(int64_t)(percent + 0.5) / 10};
    }
    default: break;
    }
    if (dimension < 0 || p->items[dimension] == 0) {
        return op->plan->basket.wildcards[column - 3];
    }
    return spoor_rows_get(&self->values[dimension].values, 0,
                          self->items[p->items[dimension]].value);
}

static spoor_op_status read_all(spoor_op *op, basket *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        if (!take_batch(op, self, &batch)) {
            return SPOOR_OP_FAILED;
        }
    }
    self->is_read = true;
    return status == SPOOR_OP_END && find_patterns(op, self) ? SPOOR_OP_END : SPOOR_OP_FAILED;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    basket *self = op->state;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t ncols = op->plan->schema.ncols, left = self->npatterns - self->at;
    uint32_t n = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = spoor_vec_new(op->scratch, op->plan->schema.columns[c].type, n);
        for (uint32_t i = 0; i < n; i++) {
            spoor_value value = cell_of(op, self, &self->patterns[self->at + i], c);
            spoor_vec_set(&cols[c], i, &value);
        }
    }
    self->at += n;
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = ncols, .cols = cols};
    return n > 0 ? SPOOR_OP_BATCH : SPOOR_OP_END;
}

bool spoor_op_basket_open(spoor_op *op) {
    basket *self = SPOOR_NEW(op->arena, basket);
    const spoor_schema *input = &op->plan->inputs[0]->schema;
    self->ncols = input->ncols - 1;
    self->values = SPOOR_NEW_ARRAY(op->arena, spoor_intern, self->ncols);
    for (uint32_t c = 0; c < self->ncols; c++) {
        spoor_intern_init(&self->values[c], op->arena, input->columns[c].type);
    }
    op->state = self;
    op->next = next;
    return true;
}
