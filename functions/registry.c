/* registry.c - finds the row for a name and argument types; the only reader of
 * the families.
 *
 * Names are looked up in an index over all rows, sorted once at first use and
 * never changed after (the build has no generated list to keep in step). */
#include "functions/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

enum { MAX_ROWS = 2048 };
static const spoor_function *by_name[MAX_ROWS]; /* written once, under `once` */
static size_t nrows;
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

/* By name; rows of one name stay in the order of their table. */
static int order_rows(const void *a, const void *b) {
    const spoor_function *const *left = a, *const *right = b;
    int order = strcmp((*left)->name, (*right)->name);
    return order != 0 ? order : (*left > *right) - (*left < *right);
}

static void build_index(void) {
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (const spoor_function *row = families[f]; row->name != NULL && nrows < MAX_ROWS; row++) {
            by_name[nrows++] = row;
        }
    }
    qsort(by_name, nrows, sizeof *by_name, order_rows);
}

static int order_name(spoor_str name, const char *z) {
    return spoor_str_compare(name, spoor_str_from(z));
}

/* Index of the first row of this name, or nrows. */
static size_t first_row(spoor_str name) {
    pthread_once(&once, build_index);
    size_t low = 0, high = nrows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order_name(name, by_name[middle]->name) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < nrows && order_name(name, by_name[low]->name) == 0 ? low : nrows;
}

const spoor_function *spoor_function_named(spoor_str name) {
    size_t i = first_row(name);
    return i < nrows ? by_name[i] : NULL;
}

/* -- fitting arguments to a row ------------------------------------------------------------------- */

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
        static const spoor_type scalars[] = {SPOOR_STRING,   SPOOR_LONG,     SPOOR_REAL, SPOOR_INT,
                                             SPOOR_DATETIME, SPOOR_TIMESPAN, SPOOR_BOOL, SPOOR_GUID,
                                             SPOOR_DECIMAL};
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

enum { MAX_CALL_ARGS = 16384 };

spoor_resolution spoor_function_resolve(spoor_str name, const spoor_type *types, uint32_t nargs,
                                        spoor_type *targets) {
    spoor_resolution best = {0};
    int best_cost = -1;
    size_t i = first_row(name);
    const char *row_name = i < nrows ? by_name[i]->name : "";
    for (; i < nrows && strcmp(by_name[i]->name, row_name) == 0; i++) {
        const spoor_function *row = by_name[i];
        best.near = best.near != NULL ? best.near : row;
        spoor_fit fit = {row->args,   row->min_args, row->max_args, row->result,
                         row->rule,   row->common,   row->rule == SPOOR_RESULT_COMMON};
        spoor_type found[MAX_CALL_ARGS], result;
        if (nargs > MAX_CALL_ARGS) {
            break;
        }
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

/* -- aggregates ------------------------------------------------------------------------------------ */

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

const spoor_aggregate *spoor_aggregate_named(spoor_str name) {
    const spoor_aggregate *row;
    for (size_t i = 0; (row = spoor_aggregate_row(i)) != NULL; i++) {
        if (spoor_str_is(name, row->name)) {
            return row;
        }
    }
    return NULL;
}

spoor_aggregate_resolution spoor_aggregate_resolve(spoor_str name, const spoor_type *types,
                                                   uint32_t nargs, spoor_type *targets) {
    spoor_aggregate_resolution best = {0};
    int best_cost = -1;
    const spoor_aggregate *row;
    for (size_t i = 0; (row = spoor_aggregate_row(i)) != NULL && nargs <= MAX_CALL_ARGS; i++) {
        if (!spoor_str_is(name, row->name)) {
            continue;
        }
        best.near = best.near != NULL ? best.near : row;
        spoor_fit fit = {row->args, row->min_args, row->max_args, row->result, row->rule, 0, false};
        spoor_type found[MAX_CALL_ARGS], result;
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
