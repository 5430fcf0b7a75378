/* fn_set.c - arrays as sets: set_union, set_intersect, set_difference and their like.
 *
 * Elements come once, in the order in which they are first met; null is an
 * element like others; numbers are equal by value. */
#include <math.h>

#include "functions/elements.h"
#include "functions/function.h"
#include "functions/set.h"

static spoor_value value_of(spoor_str element) {
    return (spoor_value){.type = SPOOR_DYNAMIC,
                         .is_null = spoor_element_is_null(element),
                         .string = spoor_element_is_null(element) ? (spoor_str){0} : element};
}

/* False: it was there. */
static bool add(spoor_set *set, spoor_str element) {
    spoor_value value = value_of(element);
    uint32_t before = set->count + set->has_null;
    spoor_set_add(set, &value);
    return set->count + set->has_null > before;
}

static bool has(const spoor_set *set, spoor_str element) {
    spoor_value value = value_of(element);
    return value.is_null ? set->has_null : spoor_set_has(set, &value);
}

static spoor_set *set_of(spoor_arena *arena, const spoor_elements *array) {
    spoor_set *set = spoor_set_new(arena, false);
    for (uint32_t i = 0; i < array->count; i++) {
        add(set, array->items[i]);
    }
    return set;
}

/* All arguments as arrays; false, and a null, when one is none. */
static bool take(spoor_call *call, uint32_t row, const spoor_vec *args, spoor_vec *out,
                 spoor_elements *arrays) {
    for (uint32_t k = 0; k < call->nargs; k++) {
        if (out->nulls[row] ||
            !spoor_elements_of(call->scratch, args[k].strings[row], &arrays[k])) {
            out->nulls[row] = 1;
            return false;
        }
    }
    return true;
}

static void union_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    spoor_elements *arrays = SPOOR_NEW_ARRAY(call->scratch, spoor_elements, call->nargs);
    for (uint32_t i = 0; i < rows; i++) {
        if (!take(call, i, args, out, arrays)) {
            continue;
        }
        spoor_set *set = spoor_set_new(call->scratch, false);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < call->nargs; k++) {
            for (uint32_t e = 0; e < arrays[k].count; e++) {
                if (add(set, arrays[k].items[e])) {
                    spoor_dynamic_add_encoded(&builder, arrays[k].items[e]);
                }
            }
        }
        spoor_dynamic_close(&builder);
        out->strings[i] = spoor_dynamic_finish(&builder);
    }
}

/* Elements of the first array that are in all others, or in none of them. */
static void filter_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                        bool in_others) {
    spoor_elements *arrays = SPOOR_NEW_ARRAY(call->scratch, spoor_elements, call->nargs);
    spoor_set **others = SPOOR_NEW_ARRAY(call->scratch, spoor_set *, call->nargs);
    for (uint32_t i = 0; i < rows; i++) {
        if (!take(call, i, args, out, arrays)) {
            continue;
        }
        for (uint32_t k = 1; k < call->nargs; k++) {
            others[k] = set_of(call->scratch, &arrays[k]);
        }
        spoor_set *seen = spoor_set_new(call->scratch, false);
        uint32_t kept = 0;
        for (uint32_t e = 0; e < arrays[0].count; e++) {
            bool keep = true;
            for (uint32_t k = 1; k < call->nargs && keep; k++) {
                keep = has(others[k], arrays[0].items[e]) == in_others;
            }
            if (keep && add(seen, arrays[0].items[e])) {
                arrays[0].items[kept++] = arrays[0].items[e];
            }
        }
        out->strings[i] = spoor_elements_pack(call->scratch, arrays[0].items, 0, kept);
    }
}

static void intersect_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    filter_rows(call, rows, args, out, true);
}

static void difference_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    filter_rows(call, rows, args, out, false);
}

static void has_element_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str array = args[0].strings[i];
        bool is_array = spoor_dynamic_kind_of(array) == SPOOR_DYN_ARRAY;
        if (out->nulls[i] || !is_array) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_str value = spoor_element_at(call->scratch, &args[1], i);
        spoor_dynamic_iter iter = spoor_dynamic_begin(array);
        for (spoor_str name, element;
             !out->bools[i] && spoor_dynamic_next(&iter, &name, &element);) {
            out->bools[i] = spoor_dynamic_compare(element, value) == 0;
        }
    }
}

/* Sizes of both sets and of what they share. */
static bool overlap(spoor_call *call, uint32_t row, const spoor_vec *args, spoor_vec *out,
                    uint32_t sizes[2], uint32_t *shared) {
    spoor_elements arrays[2];
    if (!take(call, row, args, out, arrays)) {
        return false;
    }
    spoor_set *first = set_of(call->scratch, &arrays[0]);
    spoor_set *second = spoor_set_new(call->scratch, false);
    *shared = 0;
    for (uint32_t e = 0; e < arrays[1].count; e++) {
        *shared += add(second, arrays[1].items[e]) && has(first, arrays[1].items[e]);
    }
    sizes[0] = first->count + first->has_null;
    sizes[1] = second->count + second->has_null;
    return true;
}

static void equals_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t sizes[2], shared;
        if (overlap(call, i, args, out, sizes, &shared)) {
            out->bools[i] = sizes[0] == sizes[1] && shared == sizes[0];
        }
    }
}

static void jaccard_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t sizes[2], shared;
        if (overlap(call, i, args, out, sizes, &shared)) {
            double all = (double)sizes[0] + sizes[1] - shared;
            out->reals[i] = all > 0 ? shared / all : NAN;
        }
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define SET(row_name, most, of, code, text, sample, prints) \
    {.name = row_name, .args = {DYN, DYN}, .min_args = 2, .max_args = most, .result = of, .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_set[] = {
    SET("set_union", 64, SPOOR_DYNAMIC, union_eval, "The distinct elements of all arrays.", "set_union(dynamic([1,2,2]), dynamic([2,3]))", "[1,2,3]"),
    SET("set_intersect", 64, SPOOR_DYNAMIC, intersect_eval, "The distinct elements that are in all arrays.", "set_intersect(dynamic([1,2,2,3]), dynamic([2,3,4]))", "[2,3]"),
    SET("set_difference", 64, SPOOR_DYNAMIC, difference_eval, "The distinct elements of the first array that are in no other.", "set_difference(dynamic([1,2,3]), dynamic([2]), dynamic([3]))", "[1]"),
    SET("set_equals", 2, SPOOR_BOOL, equals_eval, "Whether both arrays have the same distinct elements.", "set_equals(dynamic([1,2,2]), dynamic([2,1]))", "True"),
    SET("jaccard_index", 2, SPOOR_REAL, jaccard_eval, "Size of what two sets share by the size of both together.", "jaccard_index(dynamic([1,2,3]), dynamic([2,3,4,5]))", "0.4"),
    {.name = "set_has_element", .args = {DYN, SPOOR_T_ANY}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .eval = has_element_eval,
     .summary = "Whether the array has the element.", .example = "set_has_element(dynamic(['a','b']), 'b')", .value = "True"},
    {0},
};
// clang-format on
