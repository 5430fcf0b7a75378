/* fn_bag.c - bags: keys, merging, and the sets that arrays make (set_union and its like). */
#include "functions/elements.h"
#include "functions/function.h"
#include "functions/set.h"

static void keys_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_BAG;
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; ok && spoor_dynamic_next(&iter, &name, &element);) {
            spoor_dynamic_add_text(&builder, name);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

/* The first bag that has a name gives its value. */
static void merge_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_set *names = spoor_set_new(call->scratch, false);
        bool any = false;
        for (uint32_t k = 0; k < call->nargs; k++) {
            spoor_str bag = args[k].strings[i];
            bool is_bag = spoor_dynamic_kind_of(bag) == SPOOR_DYN_BAG;
            any |= is_bag;
            spoor_dynamic_iter iter = spoor_dynamic_begin(bag);
            for (spoor_str name, element; is_bag && spoor_dynamic_next(&iter, &name, &element);) {
                spoor_value key = {.type = SPOOR_STRING, .string = name};
                uint32_t before = names->count;
                spoor_set_add(names, &key);
                if (names->count > before) {
                    spoor_dynamic_name(&builder, name);
                    spoor_dynamic_add_encoded(&builder, element);
                }
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !any, spoor_dynamic_finish(&builder));
    }
}

static void has_key_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str element;
        out->bools[i] = spoor_dynamic_get(args[0].strings[i], args[1].strings[i], &element);
    }
}

static void set_key_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_BAG;
        spoor_value value = spoor_vec_get(&args[2], i);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; ok && spoor_dynamic_next(&iter, &name, &element);) {
            spoor_dynamic_name(&builder, name);
            spoor_dynamic_add_encoded(&builder, element);
        }
        spoor_dynamic_name(&builder, args[1].strings[i]); /* replaces in place */
        spoor_dynamic_add_encoded(&builder, spoor_element_from(call->scratch, &value));
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

static void remove_keys_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_BAG;
        spoor_set *gone = spoor_set_new(call->scratch, false);
        spoor_value keys = {.type = SPOOR_DYNAMIC, .string = args[1].strings[i]};
        spoor_set_add_flat(gone, &keys, SPOOR_STRING);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; ok && spoor_dynamic_next(&iter, &name, &element);) {
            spoor_value key = {.type = SPOOR_STRING, .string = name};
            if (!spoor_set_has(gone, &key)) {
                spoor_dynamic_name(&builder, name);
                spoor_dynamic_add_encoded(&builder, element);
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

/* bag_zip(keys, values): null where values run out. */
static void zip_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_ARRAY &&
                  spoor_dynamic_kind_of(args[1].strings[i]) == SPOOR_DYN_ARRAY;
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_dynamic_iter names = spoor_dynamic_begin(args[0].strings[i]);
        spoor_dynamic_iter values = spoor_dynamic_begin(args[1].strings[i]);
        for (spoor_str none, name; ok && spoor_dynamic_next(&names, &none, &name);) {
            spoor_str value = {0};
            bool found = spoor_dynamic_next(&values, &none, &value);
            if (spoor_dynamic_kind_of(name) == SPOOR_DYN_STRING) {
                spoor_dynamic_name(&builder, spoor_dynamic_to_text(call->scratch, name));
                spoor_dynamic_add_encoded(&builder, found ? value : (spoor_str){0});
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

/* -- sets --------------------------------------------------------------------------------------------- */

static spoor_set *set_of(spoor_call *call, spoor_str array) {
    spoor_set *set = spoor_set_new(call->scratch, false);
    spoor_dynamic_iter iter = spoor_dynamic_begin(array);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value value = {.type = SPOOR_DYNAMIC, .string = element};
        spoor_set_add(set, &value);
    }
    return set;
}

static bool is_array(const spoor_vec *vec, uint32_t row) {
    return spoor_dynamic_kind_of(vec->strings[row]) == SPOOR_DYN_ARRAY;
}

/* Elements of the arrays named first, each once, in first-seen order, that `wanted` says. */
typedef bool wanted_element(spoor_set *const *sets, uint32_t nsets, const spoor_value *element);

static bool in_all(spoor_set *const *sets, uint32_t nsets, const spoor_value *element) {
    for (uint32_t k = 1; k < nsets; k++) {
        if (!spoor_set_has(sets[k], element)) {
            return false;
        }
    }
    return true;
}

static bool in_no_other(spoor_set *const *sets, uint32_t nsets, const spoor_value *element) {
    for (uint32_t k = 1; k < nsets; k++) {
        if (spoor_set_has(sets[k], element)) {
            return false;
        }
    }
    return true;
}

static bool in_any(spoor_set *const *sets, uint32_t nsets, const spoor_value *element) {
    (void)sets;
    (void)nsets;
    (void)element;
    return true;
}

static void set_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     uint32_t narrays, wanted_element *wanted) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_set **sets = SPOOR_NEW_ARRAY(call->scratch, spoor_set *, call->nargs);
        bool ok = true;
        for (uint32_t k = 0; k < call->nargs; k++) {
            ok = ok && is_array(&args[k], i);
            sets[k] = set_of(call, args[k].strings[i]);
        }
        spoor_set *seen = spoor_set_new(call->scratch, false);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; ok && k < (narrays == 0 ? call->nargs : narrays); k++) {
            spoor_dynamic_iter iter = spoor_dynamic_begin(args[k].strings[i]);
            for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
                spoor_value value = {.type = SPOOR_DYNAMIC, .string = element};
                uint32_t before = seen->count;
                spoor_set_add(seen, &value);
                if (seen->count > before && wanted(sets, call->nargs, &value)) {
                    spoor_dynamic_add_encoded(&builder, element);
                }
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

static void union_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    set_rows(call, rows, args, out, 0, in_any);
}

static void intersect_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    set_rows(call, rows, args, out, 1, in_all);
}

static void difference_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    set_rows(call, rows, args, out, 1, in_no_other);
}

static void has_element_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[1], i);
        spoor_str wanted = spoor_element_from(call->scratch, &value);
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; !out->bools[i] && spoor_dynamic_next(&iter, &name, &element);) {
            out->bools[i] = spoor_dynamic_compare(element, wanted) == 0;
        }
    }
}

static uint32_t common_count(const spoor_set *a, const spoor_set *b) {
    uint32_t common = 0;
    for (uint32_t k = 0; k < a->capacity; k++) {
        common += a->hashes[k] != 0 && spoor_set_has(b, &a->values[k]);
    }
    return common;
}

static void equals_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_set *a = set_of(call, args[0].strings[i]), *b = set_of(call, args[1].strings[i]);
        out->bools[i] = a->count == b->count && common_count(a, b) == a->count;
    }
}

static void jaccard_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_set *a = set_of(call, args[0].strings[i]), *b = set_of(call, args[1].strings[i]);
        uint32_t common = common_count(a, b), all = a->count + b->count - common;
        out->reals[i] = all > 0 ? (double)common / (double)all : 0.0 / 0.0;
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define TEXT SPOOR_T_STRING
#define ROW(row_name, least, most, of, code, nulls, text, sample, prints, ...) \
    {.name = row_name, .args = {__VA_ARGS__}, .min_args = least, .max_args = most, .result = of, .sees_nulls = nulls, \
     .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_bag[] = {
    ROW("bag_keys", 1, 1, SPOOR_DYNAMIC, keys_eval, false, "Names of a bag.", "bag_keys(dynamic({'a':1,'b':2}))", "[\"a\",\"b\"]", DYN),
    ROW("bag_merge", 2, 64, SPOOR_DYNAMIC, merge_eval, true, "All names of the bags; the first that has one gives its value.", "bag_merge(dynamic({'a':1}), dynamic({'a':2,'b':3}))", "{\"a\":1,\"b\":3}", DYN),
    ROW("bag_has_key", 2, 2, SPOOR_BOOL, has_key_eval, false, "Whether a bag has a name.", "bag_has_key(dynamic({'a':1}), 'a')", "True", DYN, TEXT),
    ROW("bag_set_key", 3, 3, SPOOR_DYNAMIC, set_key_eval, true, "The bag with one name set.", "bag_set_key(dynamic({'a':1}), 'b', 2)", "{\"a\":1,\"b\":2}", DYN, TEXT, SPOOR_T_ANY),
    ROW("bag_remove_keys", 2, 2, SPOOR_DYNAMIC, remove_keys_eval, false, "The bag without some names.", "bag_remove_keys(dynamic({'a':1,'b':2}), dynamic(['a']))", "{\"b\":2}", DYN, DYN),
    ROW("bag_zip", 2, 2, SPOOR_DYNAMIC, zip_eval, true, "A bag of an array of names and one of values.", "bag_zip(dynamic(['a','b']), dynamic([1,2]))", "{\"a\":1,\"b\":2}", DYN, DYN),
    ROW("set_union", 1, 64, SPOOR_DYNAMIC, union_eval, true, "The distinct elements of all arrays.", "set_union(dynamic([1,2,2]), dynamic([3,1]))", "[1,2,3]", DYN),
    ROW("set_intersect", 2, 64, SPOOR_DYNAMIC, intersect_eval, true, "The distinct elements that all arrays have.", "set_intersect(dynamic([1,2,3]), dynamic([3,2]))", "[2,3]", DYN),
    ROW("set_difference", 2, 64, SPOOR_DYNAMIC, difference_eval, true, "The distinct elements of the first array that no other has.", "set_difference(dynamic([1,2,3]), dynamic([2]))", "[1,3]", DYN),
    ROW("set_has_element", 2, 2, SPOOR_BOOL, has_element_eval, false, "Whether an array has an element.", "set_has_element(dynamic([1,2]), 2)", "True", DYN, SPOOR_T_ANY),
    ROW("set_equals", 2, 2, SPOOR_BOOL, equals_eval, false, "Whether two arrays hold the same distinct elements.", "set_equals(dynamic([1,2]), dynamic([2,1,1]))", "True", DYN, DYN),
    ROW("jaccard_index", 2, 2, SPOOR_REAL, jaccard_eval, false, "Size of the intersection by size of the union.", "jaccard_index(dynamic([1,2]), dynamic([2,3,4]))", "0.25", DYN, DYN),
    {0},
};
// clang-format on
