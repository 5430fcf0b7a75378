/* agg_schema.c - buildschema(): the least schema that admits all values of a dynamic column.
 *
 * A schema is the types seen, in that order; bags and arrays are one of them, a container of
 * properties, of which the elements of arrays are the property `indexer`.  Nulls add nothing.
 * Values nest no deeper than a dynamic may, so the walks here do not either. */
#include "base/hash.h"
#include "functions/aggregate.h"
#include "types/dynamic.h"

typedef struct schema schema;

typedef struct property {
    spoor_str name;
    schema *values;
    uint64_t hash;
    struct property *next;    /* in the order in which they came */
    struct property *chained; /* of the same bucket */
} property;

/* One type seen: a scalar's name, or the container. */
typedef struct seen {
    const char *type; /* NULL: the container */
    struct seen *next;
} seen;

struct schema {
    seen *first;
    property *properties, *last;
    property **buckets;       /* by hash; NULL: no property yet */
    uint32_t count, nbuckets; /* a power of two */
};

static const spoor_str indexer = {"`indexer`", 9};

/* In the order in which they came. */
static void add_type(spoor_arena *arena, schema *s, const char *type) {
    seen **at = &s->first;
    for (; *at != NULL; at = &(*at)->next) {
        if ((*at)->type == type ||
            (type != NULL && (*at)->type != NULL && strcmp((*at)->type, type) == 0)) {
            return;
        }
    }
    *at = SPOOR_NEW(arena, seen);
    (*at)->type = type;
}

static void grow(spoor_arena *arena, schema *s) {
    s->nbuckets = s->nbuckets == 0 ? 8 : s->nbuckets * 2;
    s->buckets = SPOOR_NEW_ARRAY(arena, property *, s->nbuckets);
    for (property *p = s->properties; p != NULL; p = p->next) {
        property **bucket = &s->buckets[p->hash & (s->nbuckets - 1)];
        p->chained = *bucket;
        *bucket = p;
    }
}

static schema *property_of(spoor_arena *arena, schema *s, spoor_str name) {
    uint64_t hash = spoor_hash_bytes(name.ptr, name.len);
    if (s->count == s->nbuckets) {
        grow(arena, s);
    }
    property **bucket = &s->buckets[hash & (s->nbuckets - 1)];
    for (property *p = *bucket; p != NULL; p = p->chained) {
        if (p->hash == hash && spoor_str_eq(p->name, name)) {
            return p->values;
        }
    }
    property *added = SPOOR_NEW(arena, property);
    *added =
        (property){spoor_arena_str(arena, name), SPOOR_NEW(arena, schema), hash, NULL, *bucket};
    *bucket = added;
    *(s->last != NULL ? &s->last->next : &s->properties) = added;
    s->last = added;
    s->count++;
    return added->values;
}

static void add_value(spoor_arena *arena, schema *s, spoor_str value, int depth) {
    spoor_dynamic_kind kind = spoor_dynamic_kind_of(value);
    if (kind == SPOOR_DYN_NULL || depth > SPOOR_MAX_DEPTH) {
        return;
    }
    if (kind != SPOOR_DYN_ARRAY && kind != SPOOR_DYN_BAG) {
        add_type(arena, s, spoor_dynamic_type_name(value));
        return;
    }
    add_type(arena, s, NULL);
    schema *elements = kind == SPOOR_DYN_ARRAY ? property_of(arena, s, indexer) : NULL;
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        add_value(arena, elements != NULL ? elements : property_of(arena, s, name), element,
                  depth + 1);
    }
}

static void add_schema(spoor_arena *arena, schema *into, const schema *from, int depth) {
    for (const seen *t = from->first; t != NULL && depth <= SPOOR_MAX_DEPTH; t = t->next) {
        add_type(arena, into, t->type);
    }
    for (const property *p = from->properties; p != NULL && depth <= SPOOR_MAX_DEPTH; p = p->next) {
        add_schema(arena, property_of(arena, into, p->name), p->values, depth + 1);
    }
}

static void update(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        if (!spoor_vec_is_null(&args[0], i)) {
            add_value(call->arena, states[i], args[0].strings[i], 0);
        }
    }
}

static void merge(spoor_call *call, void *into, const void *from) {
    add_schema(call->arena, into, from, 0);
}

static void put_schema(spoor_dynamic_builder *builder, const schema *s) {
    bool is_one = s->first != NULL && s->first->next == NULL;
    if (!is_one) {
        spoor_dynamic_open(builder, '[');
    }
    for (const seen *t = s->first; t != NULL; t = t->next) {
        if (t->type != NULL) {
            spoor_dynamic_add_text(builder, spoor_str_from(t->type));
            continue;
        }
        spoor_dynamic_open(builder, '{');
        for (const property *p = s->properties; p != NULL; p = p->next) {
            spoor_dynamic_name(builder, p->name);
            put_schema(builder, p->values);
        }
        spoor_dynamic_close(builder);
    }
    if (!is_one) {
        spoor_dynamic_close(builder);
    }
}

static void final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    const schema *s = state;
    out->nulls[row] = s->first == NULL;
    if (s->first != NULL) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->arena);
        put_schema(&builder, s);
        out->strings[row] = spoor_dynamic_finish(&builder);
    }
}

// clang-format off
const spoor_aggregate spoor_agg_schema[] = {
    {.name = "buildschema", .args = {SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .column_name = "schema_", .ignores_repeats = true,
     .state_bytes = sizeof(schema), .update = update, .merge = merge, .final = final,
     .summary = "The least schema that admits all values: types by name, containers by their properties.", .example = "T | summarize buildschema(b)", .value = "{\"p\":\"long\",\"q\":\"string\"}"},
    {0},
};
// clang-format on
