/* agg_count.c - count, countif, dcount, count_distinct: how many.
 *
 * dcount is an estimate in Kusto; here it is exact but for collisions of a
 * 64-bit hash, and takes 16 bytes a distinct value.  count_distinct keeps the
 * values themselves. */
#include "functions/aggregate.h"
#include "functions/set.h"

typedef struct counter {
    int64_t count;
} counter;

/* counts_rows: the state is the number, for who counts without asking. */
static void count_update(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args) {
    (void)call;
    (void)args;
    for (uint32_t i = 0; i < rows; i++) {
        ((counter *)states[i])->count++;
    }
}

static void countif_update(spoor_call *call, void *const *states, uint32_t rows,
                           const spoor_vec *args) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        ((counter *)states[i])->count += args[0].bools[i] != 0;
    }
}

static void count_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    ((counter *)into)->count += ((const counter *)from)->count;
}

static void count_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->longs[row] = ((const counter *)state)->count;
}

/* -- distinct hashes --------------------------------------------------------------------------- */

typedef struct hashes {
    uint64_t *slots; /* 0: free */
    uint32_t count, capacity;
} hashes;

enum { PIECE = 128 };

static uint32_t home_of(const hashes *set, uint64_t hash) {
    return (uint32_t)(hash >> 20) & (set->capacity - 1);
}

/* What is in the set is distinct: no value is compared. */
static void grow(spoor_arena *arena, hashes *set) {
    hashes old = *set;
    set->capacity = old.capacity == 0 ? 8 : old.capacity * 2;
    set->slots = SPOOR_NEW_ARRAY(arena, uint64_t, set->capacity);
    for (uint32_t i = 0; i < old.capacity; i++) {
        uint32_t mask = set->capacity - 1, at = home_of(set, old.slots[i]);
        if (old.slots[i] == 0) {
            continue;
        }
        while (set->slots[at] != 0) {
            at = (at + 1) & mask;
        }
        set->slots[at] = old.slots[i];
    }
}

static void add_hash(spoor_arena *arena, hashes *set, uint64_t hash) {
    if (set->count * 2 >= set->capacity) {
        grow(arena, set);
    }
    hash += hash == 0;
    uint32_t mask = set->capacity - 1, at = home_of(set, hash);
    while (set->slots[at] != 0 && set->slots[at] != hash) {
        at = (at + 1) & mask;
    }
    set->count += set->slots[at] == 0;
    set->slots[at] = hash;
}

static bool is_counted(const spoor_vec *condition, uint32_t row) {
    return condition == NULL || condition->bools[row];
}

/* Hashes of a piece, whose slots are asked for before any is looked at: a large set is far away in
 * memory. */
static void add_piece(spoor_call *call, void *const *states, uint32_t rows, const uint64_t *made,
                      const spoor_vec *condition, uint32_t from) {
    for (uint32_t i = 0; i < rows; i++) {
        __builtin_prefetch(states[i]);
    }
    for (uint32_t i = 0; i < rows; i++) {
        const hashes *set = states[i];
        if (set->capacity > 0) {
            __builtin_prefetch(&set->slots[home_of(set, made[i])]);
        }
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (is_counted(condition, from + i)) {
            add_hash(call->arena, states[i], made[i]);
        }
    }
}

static void add_hashes(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *value,
                       const spoor_vec *condition) {
    uint64_t made[PIECE];
    for (uint32_t from = 0; from < rows; from += PIECE) {
        uint32_t n = rows - from < PIECE ? rows - from : PIECE;
        for (uint32_t i = 0; i < n; i++) {
            spoor_value v = spoor_vec_get(value, from + i);
            made[i] = spoor_value_hash(&v);
        }
        add_piece(call, states + from, n, made, condition, from);
    }
}

static void dcount_update_hashes(spoor_call *call, void *const *states, uint32_t rows,
                                 const uint64_t *made) {
    for (uint32_t from = 0; from < rows; from += PIECE) {
        uint32_t n = rows - from < PIECE ? rows - from : PIECE;
        add_piece(call, states + from, n, made + from, NULL, 0);
    }
}

/* The accuracy is checked as Kusto does, and not needed. */
static const char *check_accuracy(const spoor_call *call, uint32_t at) {
    const spoor_value *accuracy = at < call->nargs ? call->constants[at] : NULL;
    bool ok = at >= call->nargs || (accuracy != NULL && !accuracy->is_null &&
                                    accuracy->integer >= 0 && accuracy->integer <= 4);
    return ok ? NULL : "the accuracy must be a constant from 0 to 4";
}

static const char *prepare_dcount(spoor_call *call) {
    return check_accuracy(call, 1);
}

static const char *prepare_dcountif(spoor_call *call) {
    return check_accuracy(call, 2);
}

static void dcount_update(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args) {
    add_hashes(call, states, rows, &args[0], NULL);
}

static void dcountif_update(spoor_call *call, void *const *states, uint32_t rows,
                            const spoor_vec *args) {
    add_hashes(call, states, rows, &args[0], &args[1]);
}

static void dcount_merge(spoor_call *call, void *into, const void *from) {
    const hashes *other = from;
    for (uint32_t i = 0; i < other->capacity; i++) {
        if (other->slots[i] != 0) {
            add_hash(call->arena, into, other->slots[i]);
        }
    }
}

static void dcount_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->longs[row] = ((const hashes *)state)->count;
}

/* -- distinct values --------------------------------------------------------------------------- */

typedef struct distinct {
    spoor_set *set; /* NULL: nothing yet */
} distinct;

static void add_distinct(spoor_call *call, distinct *state, const spoor_value *value) {
    if (state->set == NULL) {
        state->set = spoor_set_new(call->arena, false);
    }
    state->set->arena = call->arena;
    spoor_set_add(state->set, value);
}

static void add_values(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args,
                       const spoor_vec *condition) {
    for (uint32_t i = 0; i < rows; i++) {
        if (is_counted(condition, i)) {
            spoor_value value = spoor_vec_get(&args[0], i);
            add_distinct(call, states[i], &value);
        }
    }
}

static void distinct_update(spoor_call *call, void *const *states, uint32_t rows,
                            const spoor_vec *args) {
    add_values(call, states, rows, args, NULL);
}

static void distinctif_update(spoor_call *call, void *const *states, uint32_t rows,
                              const spoor_vec *args) {
    add_values(call, states, rows, args, &args[1]);
}

static void distinct_merge(spoor_call *call, void *into, const void *from) {
    const distinct *other = from;
    for (uint32_t i = 0; other->set != NULL && i < other->set->capacity; i++) {
        if (other->set->hashes[i] != 0) {
            add_distinct(call, into, &other->set->values[i]);
        }
    }
}

static void distinct_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    const distinct *d = state;
    out->longs[row] = d->set != NULL ? d->set->count : 0;
}

// clang-format off
#define ANY SPOOR_T_ANY
#define BOOLEAN SPOOR_T_BOOL
const spoor_aggregate spoor_agg_count[] = {
    {.name = "count", .max_args = 1, .args = {ANY}, .result = SPOOR_LONG, .sees_nulls = true, .counts_rows = true, .column_name = "count_",
     .state_bytes = sizeof(counter), .update = count_update, .merge = count_merge, .final = count_final,
     .summary = "Number of rows.", .example = "T | summarize count() by k", .value = "a, 2"},
    {.name = "countif", .min_args = 1, .max_args = 1, .args = {BOOLEAN}, .result = SPOOR_LONG, .column_name = "countif_",
     .state_bytes = sizeof(counter), .update = countif_update, .merge = count_merge, .final = count_final,
     .summary = "Number of rows for which the condition is true.", .example = "T | summarize countif(x > 1)", .value = "3"},
    {.name = "dcount", .min_args = 1, .max_args = 2, .args = {ANY, SPOOR_T_INTEGER}, .result = SPOOR_LONG, .column_name = "dcount_", .ignores_repeats = true,
     .state_bytes = sizeof(hashes), .update = dcount_update, .update_hashes = dcount_update_hashes, .prepare = prepare_dcount, .merge = dcount_merge, .final = dcount_final,
     .summary = "Number of distinct values.", .example = "T | summarize dcount(k)", .value = "2"},
    {.name = "dcountif", .min_args = 2, .max_args = 3, .args = {ANY, BOOLEAN, SPOOR_T_INTEGER}, .result = SPOOR_LONG, .column_name = "dcountif_",
     .state_bytes = sizeof(hashes), .update = dcountif_update, .prepare = prepare_dcountif, .merge = dcount_merge, .final = dcount_final,
     .summary = "Number of distinct values in rows for which the condition is true.", .example = "T | summarize dcountif(x, y > 1)", .value = "3"},
    {.name = "count_distinct", .min_args = 1, .max_args = 1, .args = {ANY}, .result = SPOOR_LONG, .column_name = "count_distinct_", .ignores_repeats = true,
     .state_bytes = sizeof(distinct), .update = distinct_update, .merge = distinct_merge, .final = distinct_final,
     .summary = "Number of distinct values, exactly.", .example = "T | summarize count_distinct(k)", .value = "2"},
    {.name = "count_distinctif", .min_args = 2, .max_args = 2, .args = {ANY, BOOLEAN}, .result = SPOOR_LONG, .column_name = "count_distinctif_",
     .state_bytes = sizeof(distinct), .update = distinctif_update, .merge = distinct_merge, .final = distinct_final,
     .summary = "Number of distinct values, exactly, in rows for which the condition is true.", .example = "T | summarize count_distinctif(x, y > 1)", .value = "3"},
    {0},
};
// clang-format on
