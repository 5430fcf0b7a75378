/* agg_list.c - make_list, make_set, make_bag: values gathered into a dynamic.
 *
 * Lists keep row order, sets first-seen order.  Both stop at their limit
 * (1,048,576 as Kusto's; 128 where the old spelling names none).  make_bag keeps the first value of a name. */
#include "functions/aggregate.h"
#include "functions/set.h"
#include "types/dynamic.h"

enum { DEFAULT_LIMIT = 1048576, OLD_LIMIT = 128, CHUNK = 64 };

typedef struct chunk {
    spoor_str values[CHUNK]; /* encoded */
    uint32_t count;
    struct chunk *next;
} chunk;

typedef struct list {
    chunk *first, *last;
    uint64_t count;
    spoor_set *seen; /* make_set only */
} list;

static uint64_t limit_of(const spoor_call *call, uint32_t arg) {
    if (arg >= call->nargs || call->constants[arg] == NULL || call->constants[arg]->is_null ||
        call->constants[arg]->type == SPOOR_BOOL) {
        return DEFAULT_LIMIT;
    }
    int64_t limit = call->constants[arg]->integer;
    return limit < 0 ? 0 : (uint64_t)limit;
}

static void append(spoor_call *call, list *l, spoor_str encoded) {
    if (l->last == NULL || l->last->count == CHUNK) {
        chunk *c = SPOOR_NEW(call->arena, chunk);
        if (l->last != NULL) {
            l->last->next = c;
        } else {
            l->first = c;
        }
        l->last = c;
    }
    l->last->values[l->last->count++] = encoded;
    l->count++;
}

/* Encoded in the arena; a null becomes JSON null. */
static spoor_str encode(spoor_call *call, const spoor_value *value) {
    if (value->is_null) {
        return SPOOR_STR("n");
    }
    spoor_str encoded = spoor_dynamic_from_value(call->arena, value);
    return value->type == SPOOR_DYNAMIC ? spoor_arena_str(call->arena, encoded) : encoded;
}

static bool is_dynamic_null(const spoor_value *value) {
    return value->type == SPOOR_DYNAMIC && spoor_dynamic_kind_of(value->string) == SPOOR_DYN_NULL;
}

/* An array adds its elements (emul-fuzz/0971), all else itself. */
static void append_flattened(spoor_call *call, list *l, const spoor_value *value, uint64_t limit) {
    spoor_str encoded = encode(call, value);
    if (value->type != SPOOR_DYNAMIC || spoor_dynamic_kind_of(encoded) != SPOOR_DYN_ARRAY) {
        append(call, l, encoded);
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(encoded);
    for (spoor_str name, element; l->count < limit && spoor_dynamic_next(&iter, &name, &element);) {
        append(call, l, element);
    }
}

static void add_rows(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args,
                     const spoor_vec *condition, uint64_t limit, bool with_nulls) {
    for (uint32_t i = 0; i < rows; i++) {
        list *l = states[i];
        if (l->count >= limit || (condition != NULL && !condition->bools[i])) {
            continue;
        }
        spoor_value value = spoor_vec_get(&args[0], i);
        if (with_nulls || !value.is_null || value.type == SPOOR_DYNAMIC) {
            append_flattened(call, l, &value, limit);
        }
    }
}

static void list_update(spoor_call *call, void *const *states, uint32_t rows,
                        const spoor_vec *args) {
    add_rows(call, states, rows, args, NULL, limit_of(call, 1), false);
}

static void list_if_update(spoor_call *call, void *const *states, uint32_t rows,
                           const spoor_vec *args) {
    add_rows(call, states, rows, args, &args[1], limit_of(call, 2), false);
}

static void list_with_nulls_update(spoor_call *call, void *const *states, uint32_t rows,
                                   const spoor_vec *args) {
    add_rows(call, states, rows, args, NULL, limit_of(call, 1), true);
}

static void list_merge(spoor_call *call, void *into, const void *from) {
    list *a = into;
    const list *b = from;
    uint64_t limit = limit_of(call, call->nargs - 1);
    for (const chunk *c = b->first; c != NULL; c = c->next) {
        for (uint32_t i = 0; i < c->count && a->count < limit; i++) {
            append(call, a, c->values[i]);
        }
    }
}

static spoor_str pack(spoor_call *call, const list *l, uint64_t limit) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->arena);
    spoor_dynamic_open(&builder, '[');
    for (const chunk *c = l->first; c != NULL; c = c->next) {
        for (uint32_t i = 0; i < c->count && limit > 0; i++, limit--) {
            spoor_dynamic_add_encoded(&builder, c->values[i]);
        }
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void list_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    out->strings[row] = pack(call, state, UINT64_MAX);
}

/* makelist, makeset */
static void old_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    out->strings[row] = pack(call, state, call->nargs > 1 ? UINT64_MAX : OLD_LIMIT);
}

/* -- sets -------------------------------------------------------------------------------------- */

static void add_to_set(spoor_call *call, list *l, const spoor_value *value, uint64_t limit) {
    if (value->is_null || is_dynamic_null(value) || l->count >= limit) {
        return;
    }
    if (l->seen == NULL) {
        l->seen = spoor_set_new(call->arena, false);
    }
    l->seen->arena = call->arena;
    uint32_t before = l->seen->count;
    spoor_set_add(l->seen, value);
    if (l->seen->count > before) {
        append(call, l, encode(call, value));
    }
}

/* A value; of an array each element, as Kusto's make_set does. */
static void add_flattened(spoor_call *call, list *l, const spoor_value *value, uint64_t limit) {
    if (value->type != SPOOR_DYNAMIC || value->is_null ||
        spoor_dynamic_kind_of(value->string) != SPOOR_DYN_ARRAY) {
        add_to_set(call, l, value, limit);
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value item = {.type = SPOOR_DYNAMIC, .string = element};
        add_to_set(call, l, &item, limit);
    }
}

static void set_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    uint64_t limit = limit_of(call, 1);
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[0], i);
        add_flattened(call, states[i], &value, limit);
    }
}

static void set_if_update(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args) {
    uint64_t limit = limit_of(call, 2);
    for (uint32_t i = 0; i < rows; i++) {
        if (args[1].bools[i]) {
            spoor_value value = spoor_vec_get(&args[0], i);
            add_flattened(call, states[i], &value, limit);
        }
    }
}

static void set_merge(spoor_call *call, void *into, const void *from) {
    const list *b = from;
    uint64_t limit = limit_of(call, call->nargs - 1);
    for (const chunk *c = b->first; c != NULL; c = c->next) {
        for (uint32_t i = 0; i < c->count; i++) {
            spoor_value value = {.type = SPOOR_DYNAMIC, .string = c->values[i]};
            if (call->types[0] != SPOOR_DYNAMIC) {
                value = spoor_dynamic_scalar(c->values[i]);
                value.type = call->types[0];
            }
            add_to_set(call, into, &value, limit);
        }
    }
}

/* -- bags -------------------------------------------------------------------------------------- */

static void bag_rows(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args,
                     const spoor_vec *condition, uint64_t limit) {
    for (uint32_t i = 0; i < rows; i++) {
        list *l = states[i];
        spoor_str value = args[0].strings[i];
        if (l->count < limit && (condition == NULL || condition->bools[i]) &&
            spoor_dynamic_kind_of(value) == SPOOR_DYN_BAG) {
            append(call, l, spoor_arena_str(call->arena, value));
        }
    }
}

static void bag_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    bag_rows(call, states, rows, args, NULL, limit_of(call, 1));
}

static void bag_if_update(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args) {
    bag_rows(call, states, rows, args, &args[1], limit_of(call, 2));
}

static spoor_str join(spoor_call *call, const list *l, uint64_t limit) {
    spoor_set *names = spoor_set_new(call->arena, false);
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->arena);
    spoor_dynamic_open(&builder, '{');
    for (const chunk *c = l->first; c != NULL; c = c->next) {
        for (uint32_t i = 0; i < c->count; i++) {
            spoor_dynamic_iter iter = spoor_dynamic_begin(c->values[i]);
            for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
                spoor_value key = {.type = SPOOR_STRING, .string = name};
                uint32_t before = names->count;
                spoor_set_add(names, &key);
                if (names->count > before && names->count <= limit) {
                    spoor_dynamic_name(&builder, name);
                    spoor_dynamic_add_encoded(&builder, element);
                }
            }
        }
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void bag_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    out->strings[row] = join(call, state, UINT64_MAX);
}

/* make_dictionary */
static void old_bag_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    out->strings[row] = join(call, state, call->nargs > 1 ? UINT64_MAX : OLD_LIMIT);
}

// clang-format off
#define ANY SPOOR_T_ANY
#define BOOLEAN SPOOR_T_BOOL
#define LONG SPOOR_T_INTEGER
#define GATHER(row_name, prefix, hidden, types, code, joined, done, nulls, text, sample, prints) \
    {.ignores_repeats = code == set_update, .name = row_name, .min_args = 1, .max_args = 2, .args = {types, LONG}, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .sees_nulls = nulls, \
     .column_name = prefix, .state_bytes = sizeof(list), .update = code, .merge = joined, .final = done, .summary = text, .example = sample, .value = prints}
#define GATHER_IF(row_name, prefix, types, code, joined, done, text, sample, prints) \
    {.name = row_name, .min_args = 2, .max_args = 3, .args = {types, BOOLEAN, LONG}, .result = SPOOR_DYNAMIC, \
     .column_name = prefix, .state_bytes = sizeof(list), .update = code, .merge = joined, .final = done, .summary = text, .example = sample, .value = prints}
const spoor_aggregate spoor_agg_list[] = {
    GATHER("make_list", "list_", false, ANY, list_update, list_merge, list_final, true, "All values, in an array.", "T | summarize make_list(x)", "[1,3,2,6]"),
    GATHER("makelist", "list_", true, ANY, list_update, list_merge, old_final, true, "As make_list(), of 128 values where no limit is said.", "T | summarize makelist(x)", "[1,3,2,6]"),
    GATHER("make_list_with_nulls", "list_", false, ANY, list_with_nulls_update, list_merge, list_final, true, "All values, nulls too, in an array.", "T | summarize make_list_with_nulls(x)", "[1,3,2,6]"),
    GATHER_IF("make_list_if", "list_", ANY, list_if_update, list_merge, list_final, "Values of rows for which the condition is true, in an array.", "T | summarize make_list_if(x, y > 1)", "[3,2,6]"),
    GATHER("make_set", "set_", false, ANY, set_update, set_merge, list_final, false, "The distinct values, in an array.", "T | summarize make_set(k)", "[\"a\",\"b\"]"),
    GATHER("makeset", "set_", true, ANY, set_update, set_merge, old_final, false, "As make_set(), of 128 values where no limit is said.", "T | summarize makeset(k)", "[\"a\",\"b\"]"),
    GATHER_IF("make_set_if", "set_", ANY, set_if_update, set_merge, list_final, "The distinct values of rows for which the condition is true, in an array.", "T | summarize make_set_if(k, y > 2)", "[\"a\",\"b\"]"),
    GATHER("make_bag", "bag_", false, SPOOR_T_DYNAMIC, bag_update, list_merge, bag_final, false, "The names and values of all bags, in one bag.", "T | summarize make_bag(b)", "{\"p\":1,\"q\":\"r\"}"),
    GATHER("make_dictionary", "dictionary_", true, SPOOR_T_DYNAMIC, bag_update, list_merge, old_bag_final, false, "As make_bag(), of 128 names where no limit is said.", "T | summarize make_dictionary(b)", "{\"p\":1,\"q\":\"r\"}"),
    GATHER_IF("make_bag_if", "bag_", SPOOR_T_DYNAMIC, bag_if_update, list_merge, bag_final, "The bags of rows for which the condition is true, in one bag.", "T | summarize make_bag_if(b, y > 1)", "{\"q\":\"r\",\"p\":2}"),
    {0},
};
// clang-format on
