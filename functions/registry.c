/* registry.c - finds the row for a name and argument types; the only reader of
 * the families.
 *
 * Names are looked up in a hash table of all rows, made once at first use and
 * never changed after (the build has no generated list to keep in step). */
#include "functions/registry.h"

#include <pthread.h>
#include <string.h>

#include "base/hash.h"

static const spoor_function *const families[] = {
#define SPOOR_FAMILY(table) table,
#include "functions/families.def"
#undef SPOOR_FAMILY
};

static const spoor_aggregate *const aggregate_families[] = {
#define SPOOR_AGGREGATES(table) table,
#include "functions/aggregates.def"
#undef SPOOR_AGGREGATES
};

enum { MAX_ROWS = 2048, SLOTS = 4096 };
static struct {
    const spoor_function *row;
    uint16_t next;            /* in its slot: 1 + index; 0: it is the last */
} entries[MAX_ROWS];          /* written once, under `once`, as the slots are */
static uint16_t slots[SLOTS]; /* 1 + index */
static pthread_once_t once = PTHREAD_ONCE_INIT;

const spoor_function *spoor_function_row(size_t i) {
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (const spoor_function *row = families[f]; row->name != NULL; row++) {
            if (i-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

static uint16_t *slot_of(spoor_str name) {
    return &slots[spoor_hash_bytes(name.ptr, name.len) % SLOTS];
}

/* From the last to the first, so that rows of one name follow each other as in their tables. */
static void build_index(void) {
    size_t nrows = 0;
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (const spoor_function *row = families[f]; row->name != NULL && nrows < MAX_ROWS;
             row++) {
            entries[nrows++].row = row;
        }
    }
    for (size_t i = nrows; i-- > 0;) {
        uint16_t *slot = slot_of(spoor_str_from(entries[i].row->name));
        entries[i].next = *slot;
        *slot = (uint16_t)(i + 1);
    }
}

/* The first row of this name at or behind an entry (1 + index); 0: there is none. */
static uint16_t row_from(spoor_str name, uint16_t at) {
    while (at != 0 && !spoor_str_is(name, entries[at - 1].row->name)) {
        at = entries[at - 1].next;
    }
    return at;
}

static uint16_t first_row(spoor_str name) {
    pthread_once(&once, build_index);
    return row_from(name, *slot_of(name));
}

const spoor_function *spoor_function_named(spoor_str name) {
    uint16_t at = first_row(name);
    return at != 0 ? entries[at - 1].row : NULL;
}

/* -- fitting arguments to a row ---------------------------------------------------------------- */

static int number_rank(spoor_type type) {
    switch (type) {
    case SPOOR_INT: return 1;
    case SPOOR_LONG: return 2;
    case SPOOR_REAL: return 3;
    case SPOOR_DECIMAL: return 4;
    case SPOOR_BOOL:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return 0;
}

bool spoor_type_common(spoor_type a, spoor_type b, bool dynamic_wins, spoor_type *common) {
    if (a == b) {
        *common = a;
        return true;
    }
    if (a == SPOOR_DYNAMIC || b == SPOOR_DYNAMIC) {
        spoor_type other = a == SPOOR_DYNAMIC ? b : a;
        *common = dynamic_wins ? SPOOR_DYNAMIC : other;
        return true;
    }
    int rank_a = number_rank(a), rank_b = number_rank(b);
    *common = rank_a > rank_b ? a : b;
    return rank_a > 0 && rank_b > 0;
}

/* How far `type` is from a set: 0 in it, 1..3 by widening, 10 by reading a dynamic, -1 never. */
static int distance(spoor_type type, spoor_types allowed, spoor_type *target) {
    *target = type;
    if (allowed & SPOOR_TYPE_SET(type)) {
        return 0;
    }
    static const spoor_type wider[] = {SPOOR_LONG, SPOOR_REAL, SPOOR_DECIMAL};
    int rank = number_rank(type);
    for (int i = 0; rank > 0 && i < 3; i++) {
        if (number_rank(wider[i]) > rank && (allowed & SPOOR_TYPE_SET(wider[i]))) {
            *target = wider[i];
            return i + 1;
        }
    }
    if (type == SPOOR_DYNAMIC) {
        static const spoor_type scalars[] = {SPOOR_STRING, SPOOR_LONG,     SPOOR_REAL,
                                             SPOOR_INT,    SPOOR_DATETIME, SPOOR_TIMESPAN,
                                             SPOOR_BOOL,   SPOOR_GUID,     SPOOR_DECIMAL};
        for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
            if (allowed & SPOOR_TYPE_SET(scalars[i])) {
                *target = scalars[i];
                return 10;
            }
        }
    }
    return -1;
}

static bool is_common(uint32_t mask, uint32_t i) {
    return (mask >> (i < 31 ? i : 31)) & 1 || (i >= SPOOR_FUNCTION_ARGS && mask >> 31);
}

/* Convert the `common` arguments to one type; false: there is none. */
static bool unify(const spoor_fit *fit, uint32_t nargs, spoor_type *targets, spoor_type *result) {
    bool found = false;
    spoor_type common = SPOOR_STRING;
    for (uint32_t i = 0; i < nargs; i++) {
        if (!is_common(fit->common, i)) {
            continue;
        }
        if (found && !spoor_type_common(common, targets[i], fit->dynamic_wins, &common)) {
            return false;
        }
        common = found ? common : targets[i];
        found = true;
    }
    for (uint32_t i = 0; i < nargs; i++) {
        if (is_common(fit->common, i)) {
            targets[i] = common;
        }
    }
    *result = found ? common : *result;
    return true;
}

int spoor_fit_arguments(const spoor_fit *fit, const spoor_type *types, uint32_t nargs,
                        spoor_type *targets, spoor_type *result) {
    if (nargs < fit->min_args || (fit->max_args != SPOOR_VARIADIC && nargs > fit->max_args)) {
        return -1;
    }
    int cost = 0;
    uint32_t last = 0; /* the last argument that the row describes */
    while (last + 1 < SPOOR_FUNCTION_ARGS && fit->args[last + 1] != 0) {
        last++;
    }
    for (uint32_t i = 0; i < nargs; i++) {
        int far = distance(types[i], fit->args[i < last ? i : last], &targets[i]);
        if (far < 0) {
            return -1;
        }
        cost += far;
    }
    *result = fit->result;
    spoor_type common = fit->result;
    if (fit->common != 0 && !unify(fit, nargs, targets, &common)) {
        return -1;
    }
    if (fit->rule == SPOOR_RESULT_COMMON) {
        *result = common;
    } else if (fit->rule == SPOOR_RESULT_FIRST && nargs > 0) {
        *result = targets[0];
    }
    return cost;
}

spoor_resolution spoor_function_resolve(spoor_str name, const spoor_type *types, uint32_t nargs,
                                        spoor_type *targets) {
    spoor_resolution best = {0};
    int best_cost = -1;
    for (uint16_t at = first_row(name); at != 0; at = row_from(name, entries[at - 1].next)) {
        const spoor_function *row = entries[at - 1].row;
        best.near = best.near != NULL ? best.near : row;
        spoor_fit fit = {row->args,
                         row->min_args,
                         row->max_args,
                         row->result,
                         row->rule,
                         row->common,
                         row->rule == SPOOR_RESULT_COMMON};
        spoor_type *found = targets + nargs, result;
        int cost = spoor_fit_arguments(&fit, types, nargs, found, &result);
        if (cost >= 0 && (best_cost < 0 || cost < best_cost)) {
            best.function = row;
            best.result = result;
            best_cost = cost;
            memcpy(targets, found, nargs * sizeof *targets);
        }
    }
    return best;
}

/* -- aggregates -------------------------------------------------------------------------------- */

const spoor_aggregate *spoor_aggregate_row(size_t i) {
    for (size_t f = 0; f < sizeof aggregate_families / sizeof *aggregate_families; f++) {
        for (const spoor_aggregate *row = aggregate_families[f]; row->name != NULL; row++) {
            if (i-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

/* The row behind this one, NULL: the first; of a family on. */
static const spoor_aggregate *next_aggregate(const spoor_aggregate *row, size_t *family) {
    row = row == NULL ? aggregate_families[*family] : row + 1;
    while (row->name == NULL) {
        if (++*family == sizeof aggregate_families / sizeof *aggregate_families) {
            return NULL;
        }
        row = aggregate_families[*family];
    }
    return row;
}

const spoor_aggregate *spoor_aggregate_named(spoor_str name) {
    size_t family = 0;
    for (const spoor_aggregate *row = NULL; (row = next_aggregate(row, &family)) != NULL;) {
        if (spoor_str_is(name, row->name)) {
            return row;
        }
    }
    return NULL;
}

enum { MAX_AGGREGATE_ARGS = 16384 };

spoor_aggregate_resolution spoor_aggregate_resolve(spoor_str name, const spoor_type *types,
                                                   uint32_t nargs, spoor_type *targets) {
    spoor_aggregate_resolution best = {0};
    int best_cost = -1;
    size_t family = 0;
    for (const spoor_aggregate *row = NULL;
         nargs <= MAX_AGGREGATE_ARGS && (row = next_aggregate(row, &family)) != NULL;) {
        if (!spoor_str_is(name, row->name)) {
            continue;
        }
        best.near = best.near != NULL ? best.near : row;
        spoor_fit fit = {row->args, row->min_args, row->max_args, row->result, row->rule, 0, false};
        spoor_type found[MAX_AGGREGATE_ARGS], result;
        int cost = spoor_fit_arguments(&fit, types, nargs, found, &result);
        if (cost >= 0 && (best_cost < 0 || cost < best_cost)) {
            best.aggregate = row;
            best.result = result;
            best_cost = cost;
            memcpy(targets, found, nargs * sizeof *targets);
        }
    }
    return best;
}
