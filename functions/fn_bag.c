/* fn_bag.c - property bags: their keys, merged, without some, with one more; treepath.
 *
 * A key is a name of the bag itself, or, when it starts with "$", a path into
 * bags within it: $.a.b or $['a']['b'].  Walks recurse no deeper than a
 * dynamic value may be. */
#include "functions/elements.h"
#include "functions/function.h"
#include "functions/set.h"

enum { MOST_STEPS = 100 };

typedef struct path {
    spoor_str *steps;
    uint32_t count; /* 0: no path that could be meant */
} path;

static bool is_bag(spoor_str value) {
    return spoor_dynamic_kind_of(value) == SPOOR_DYN_BAG;
}

/* One step of a path at text.ptr[*at]; false: there is none. */
static bool take_step(spoor_str text, size_t *at, spoor_str *step) {
    size_t from = *at + 1, end;
    if (text.ptr[*at] == '.') {
        for (end = from; end < text.len && text.ptr[end] != '.' && text.ptr[end] != '['; end++) {
        }
        *at = end;
    } else {
        char quote = from < text.len ? text.ptr[from] : '\0';
        if (text.ptr[*at] != '[' || (quote != '\'' && quote != '"')) {
            return false;
        }
        from++;
        for (end = from; end < text.len && text.ptr[end] != quote; end++) {
        }
        if (end + 1 >= text.len || text.ptr[end + 1] != ']') {
            return false;
        }
        *at = end + 2;
    }
    *step = (spoor_str){text.ptr + from, end - from};
    return step->len > 0;
}

static path path_of(spoor_arena *arena, spoor_str text) {
    path p = {.steps = SPOOR_NEW_ARRAY(arena, spoor_str, MOST_STEPS)};
    if (text.len < 2 || text.ptr[0] != '$' || (text.ptr[1] != '.' && text.ptr[1] != '[')) {
        p.steps[p.count++] = text;
        return p;
    }
    for (size_t at = 1; at < text.len;) {
        if (p.count == MOST_STEPS || !take_step(text, &at, &p.steps[p.count++])) {
            return (path){0};
        }
    }
    return p;
}

/* -- keys -------------------------------------------------------------------------------------- */

static void keys_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (out->nulls[i] || !is_bag(args[0].strings[i])) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
            spoor_dynamic_add_text(&builder, name);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

static void has_key_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str bag = args[0].strings[i];
        if (out->nulls[i] || !is_bag(bag)) {
            out->nulls[i] = 1;
            continue;
        }
        path key = path_of(call->scratch, args[1].strings[i]);
        bool found = key.count > 0;
        for (uint32_t k = 0; k < key.count && found; k++) {
            found = is_bag(bag) && spoor_dynamic_get(bag, key.steps[k], &bag);
        }
        out->bools[i] = found;
    }
}

/* -- changed bags ------------------------------------------------------------------------------ */

/* Names of the leftmost bag win; what is no bag is passed over. */
static void merge_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_set *names = spoor_set_new(call->scratch, false);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        bool any = false;
        for (uint32_t k = 0; k < call->nargs; k++) {
            spoor_str bag = spoor_vec_is_null(&args[k], i) ? (spoor_str){0} : args[k].strings[i];
            any = any || is_bag(bag);
            spoor_dynamic_iter iter = spoor_dynamic_begin(is_bag(bag) ? bag : (spoor_str){0});
            for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
                uint32_t before = names->count;
                spoor_set_add(names, &(spoor_value){.type = SPOOR_STRING, .string = name});
                if (names->count > before) {
                    spoor_dynamic_name(&builder, name);
                    spoor_dynamic_add_encoded(&builder, element);
                }
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, any ? spoor_dynamic_finish(&builder) : (spoor_str){0});
    }
}

/* The bag without what those of the paths lead to that agree with the way here, `depth` steps. */
static void add_without(spoor_arena *arena, spoor_dynamic_builder *builder, spoor_str bag,
                        const path *const *paths, uint32_t npaths, uint32_t depth) {
    const path **deeper = SPOOR_NEW_ARRAY(arena, const path *, npaths);
    spoor_dynamic_open(builder, '{');
    spoor_dynamic_iter iter = spoor_dynamic_begin(bag);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        uint32_t ndeeper = 0;
        bool drop = false;
        for (uint32_t k = 0; k < npaths && !drop; k++) {
            if (spoor_str_eq(paths[k]->steps[depth], name)) {
                drop = paths[k]->count == depth + 1;
                deeper[ndeeper++] = paths[k];
            }
        }
        if (drop) {
            continue;
        }
        spoor_dynamic_name(builder, name);
        if (ndeeper > 0 && is_bag(element)) {
            add_without(arena, builder, element, deeper, ndeeper, depth + 1);
        } else {
            spoor_dynamic_add_encoded(builder, element);
        }
    }
    spoor_dynamic_close(builder);
}

static void remove_keys_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements keys;
        if (out->nulls[i] || !is_bag(args[0].strings[i]) ||
            !spoor_elements_of(call->scratch, args[1].strings[i], &keys)) {
            out->nulls[i] = 1;
            continue;
        }
        const path **paths = SPOOR_NEW_ARRAY(call->scratch, const path *, keys.count);
        uint32_t npaths = 0;
        for (uint32_t k = 0; k < keys.count; k++) {
            spoor_value key = spoor_dynamic_scalar(keys.items[k]);
            path *p = SPOOR_NEW(call->scratch, path);
            if (!key.is_null && key.type == SPOOR_STRING) {
                *p = path_of(call->scratch, key.string);
            }
            paths[npaths] = p;
            npaths += p->count > 0;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        add_without(call->scratch, &builder, args[0].strings[i], paths, npaths, 0);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

/* The bag, or an empty one, with the value at the path from step `depth` on. */
static void add_with(spoor_dynamic_builder *builder, spoor_str bag, const path *key, uint32_t depth,
                     spoor_str value) {
    bool placed = false;
    spoor_dynamic_open(builder, '{');
    spoor_dynamic_iter iter = spoor_dynamic_begin(is_bag(bag) ? bag : (spoor_str){0});
    spoor_str name = {0}, element = {0};
    while (true) {
        bool more = spoor_dynamic_next(&iter, &name, &element);
        if (!more && placed) {
            break;
        }
        bool here = !more || spoor_str_eq(name, key->steps[depth]);
        spoor_dynamic_name(builder, here ? key->steps[depth] : name);
        placed = placed || here;
        if (!here) {
            spoor_dynamic_add_encoded(builder, element);
        } else if (depth + 1 == key->count) {
            spoor_dynamic_add_encoded(builder, value);
        } else {
            add_with(builder, more ? element : (spoor_str){0}, key, depth + 1, value);
        }
        if (!more) {
            break;
        }
    }
    spoor_dynamic_close(builder);
}

static void set_key_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str bag = args[0].strings[i];
        path key = path_of(call->scratch, args[1].strings[i]);
        if (spoor_vec_is_null(&args[0], i) || !is_bag(bag) || key.count == 0) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        add_with(&builder, bag, &key, 0, spoor_element_at(call->scratch, &args[2], i));
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

/* Keys that are no strings are passed over with their values. */
static void zip_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements keys, values;
        if (spoor_vec_is_null(&args[0], i) ||
            !spoor_elements_of(call->scratch, args[0].strings[i], &keys)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_elements_of(call->scratch, args[1].strings[i], &values);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        for (uint32_t k = 0; k < keys.count; k++) {
            spoor_value key = spoor_dynamic_scalar(keys.items[k]);
            if (!key.is_null && key.type == SPOOR_STRING) {
                spoor_dynamic_name(&builder, key.string);
                spoor_dynamic_add_encoded(&builder,
                                          k < values.count ? values.items[k] : (spoor_str){0});
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

/* -- treepath ---------------------------------------------------------------------------------- */

typedef struct tree {
    spoor_arena *arena;
    spoor_dynamic_builder builder;
    spoor_set *seen;
} tree;

/* A path of the tree, once. */
static void add_path(tree *t, spoor_str text) {
    uint32_t before = t->seen->count;
    spoor_set_add(t->seen, &(spoor_value){.type = SPOOR_STRING, .string = text});
    if (t->seen->count > before) {
        spoor_dynamic_add_text(&t->builder, text);
    }
}

static void walk(tree *t, spoor_str value, spoor_str prefix) {
    bool in_bag = is_bag(value);
    if (!in_bag && spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY) {
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        size_t len = prefix.len + (in_bag ? name.len + 4 : 3);
        char *text = spoor_arena_push_raw(t->arena, len, 1);
        if (prefix.len > 0) {
            memcpy(text, prefix.ptr, prefix.len);
        }
        if (in_bag) {
            memcpy(text + prefix.len, "['", 2);
            memcpy(text + prefix.len + 2, name.ptr, name.len);
            memcpy(text + prefix.len + 2 + name.len, "']", 2);
        } else {
            memcpy(text + prefix.len, "[0]", 3); /* whatever its index */
        }
        add_path(t, (spoor_str){text, len});
        walk(t, element, (spoor_str){text, len});
    }
}

static void treepath_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_kind kind = spoor_dynamic_kind_of(args[0].strings[i]);
        if (out->nulls[i] || (kind != SPOOR_DYN_BAG && kind != SPOOR_DYN_ARRAY)) {
            out->nulls[i] = 1;
            continue;
        }
        tree t = {.arena = call->scratch, .seen = spoor_set_new(call->scratch, false)};
        spoor_dynamic_init(&t.builder, call->scratch);
        spoor_dynamic_open(&t.builder, '[');
        walk(&t, args[0].strings[i], (spoor_str){0});
        spoor_dynamic_close(&t.builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&t.builder));
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define TEXT SPOOR_T_STRING
#define ROW(row_name, nargs, most, a, b, c, nulls, code, text, sample, prints) \
    {.name = row_name, .args = {a, b, c}, .min_args = nargs, .max_args = most, .result = SPOOR_DYNAMIC, .sees_nulls = nulls, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_bag[] = {
    ROW("bag_keys", 1, 1, DYN, 0, 0, false, keys_eval, "Names in a bag, in an array.", "bag_keys(dynamic({'a':1,'b':{'c':2}}))", "[\"a\",\"b\"]"),
    {.name = "bag_has_key", .args = {DYN, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .eval = has_key_eval,
     .summary = "Whether a bag has a name, or a path as in '$.a.b'.", .example = "bag_has_key(dynamic({'a':{'b':1}}), '$.a.b')", .value = "True"},
    ROW("bag_merge", 2, 64, DYN, 0, 0, true, merge_eval, "The bags in one; of equal names the leftmost wins.", "bag_merge(dynamic({'a':1}), dynamic({'a':2,'b':3}))", "{\"a\":1,\"b\":3}"),
    ROW("bag_remove_keys", 2, 2, DYN, DYN, 0, false, remove_keys_eval, "The bag without some names, or paths as in '$.a.b'.",
        "bag_remove_keys(dynamic({'a':1,'b':{'c':2,'d':3}}), dynamic(['a','$.b.c']))", "{\"b\":{\"d\":3}}"),
    ROW("bag_set_key", 3, 3, DYN, TEXT, SPOOR_T_ANY, true, set_key_eval, "The bag with a value at a name, or at a path as in '$.a.b'.", "bag_set_key(dynamic({'a':1}), '$.b.c', 2)", "{\"a\":1,\"b\":{\"c\":2}}"),
    ROW("bag_zip", 2, 2, DYN, DYN, 0, true, zip_eval, "A bag of names from one array and values from another.", "bag_zip(dynamic(['a','b']), dynamic([1]))", "{\"a\":1,\"b\":null}"),
    ROW("treepath", 1, 1, DYN, 0, 0, false, treepath_eval, "All paths into a value; [0] stands for any index.", "treepath(dynamic({'a':[1,{'b':2}]}))", "[\"['a']\",\"['a'][0]\",\"['a'][0]['b']\"]"),
    {0},
};
// clang-format on
