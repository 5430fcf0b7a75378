/* dynamic_build.c - writing the binary form of dynamic values, front to back.
 *
 * A length or count is not known before its value is written, so a slot is
 * left for it and filled when the value ends.  Names that repeat are settled
 * when their bag closes: sorting finds them, and gives large bags their index.
 *
 * Invariant: bytes[0, len) is complete but for the slots of open containers. */
#include <assert.h>
#include <stdlib.h>

#include "types/dynamic.h"

enum { HEADER = 6, FIRST_CAPACITY = 128 };

void spoor_dynamic_init(spoor_dynamic_builder *builder, spoor_arena *arena) {
    *builder = (spoor_dynamic_builder){.arena = arena};
}

/* Room for n more bytes, counted in. */
static char *extend(spoor_dynamic_builder *builder, size_t n) {
    if (n > UINT32_MAX - builder->len) { /* lengths are 32 bits */
        spoor_arena_fail(builder->arena);
    }
    if (n > builder->capacity - builder->len) {
        size_t capacity = builder->capacity > 0 ? builder->capacity * 2 : FIRST_CAPACITY;
        capacity = capacity < builder->len + n ? builder->len + n : capacity;
        char *bytes = SPOOR_RAW_ARRAY(builder->arena, char, capacity);
        if (builder->len > 0) {
            memcpy(bytes, builder->bytes, builder->len);
        }
        builder->bytes = bytes;
        builder->capacity = capacity;
    }
    char *at = builder->bytes + builder->len;
    builder->len += n;
    return at;
}

static void append(spoor_dynamic_builder *builder, const void *data, size_t len) {
    char *at = extend(builder, len);
    if (len > 0) {
        memcpy(at, data, len);
    }
}

static void append_u32(spoor_dynamic_builder *builder, size_t value) {
    uint32_t narrow = (uint32_t)value;
    append(builder, &narrow, sizeof narrow);
}

static void write_u32(spoor_dynamic_builder *builder, size_t at, size_t value) {
    uint32_t narrow = (uint32_t)value;
    memcpy(builder->bytes + at, &narrow, sizeof narrow);
}

static void begin_value(spoor_dynamic_builder *builder) {
    if (builder->depth == 0) {
        assert(builder->len == 0); /* one value at the root */
        return;
    }
    size_t *pending_at = &builder->open[builder->depth - 1].pending_at;
    if (builder->bytes[builder->open[builder->depth - 1].start] == '[') {
        *pending_at = builder->len;
        append_u32(builder, 0);
    }
    assert(*pending_at != 0); /* in a bag: spoor_dynamic_name() came first */
}

static void end_value(spoor_dynamic_builder *builder, uint32_t height) {
    if (builder->depth == 0) {
        return;
    }
    uint32_t top = builder->depth - 1;
    size_t slot = builder->open[top].pending_at;
    write_u32(builder, slot, builder->len - slot - sizeof(uint32_t));
    builder->open[top].pending_at = 0;
    builder->open[top].count++;
    if (height > builder->open[top].height) {
        builder->open[top].height = height;
    }
}

void spoor_dynamic_open(spoor_dynamic_builder *builder, char kind) {
    assert(kind == '[' || kind == '{');
    if (builder->depth == SPOOR_DYNAMIC_MAX_HEIGHT) {
        spoor_arena_fail(builder->arena);
    }
    if (builder->depth == builder->open_capacity) {
        uint32_t capacity = builder->open_capacity > 0 ? builder->open_capacity * 2 : 8;
        void *open = spoor_arena_push(builder->arena, capacity, sizeof *builder->open);
        if (builder->depth > 0) {
            memcpy(open, builder->open, builder->depth * sizeof *builder->open);
        }
        builder->open = open;
        builder->open_capacity = capacity;
    }
    begin_value(builder);
    uint32_t top = builder->depth++;
    memset(&builder->open[top], 0, sizeof builder->open[top]);
    builder->open[top].start = builder->len;
    char header[HEADER] = {kind};
    append(builder, header, sizeof header);
}

void spoor_dynamic_name(spoor_dynamic_builder *builder, spoor_str name) {
    assert(builder->depth > 0 && builder->open[builder->depth - 1].pending_at == 0);
    if (name.len > UINT32_MAX) {
        spoor_arena_fail(builder->arena);
    }
    append_u32(builder, name.len);
    append(builder, name.ptr, name.len);
    builder->open[builder->depth - 1].pending_at = builder->len;
    append_u32(builder, 0);
}

/* -- closing a bag -------------------------------------------------------------------------------
 */

typedef struct pair {
    spoor_str name, value;
    uint32_t order; /* of insertion: of the first of that name */
    uint32_t at;    /* from the start of the bag */
} pair;

static int by_name(const void *left, const void *right) {
    const pair *a = left, *b = right;
    int order = spoor_str_compare(a->name, b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *left, const void *right) {
    const pair *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

static void sort(pair *pairs, uint32_t count, int (*compare)(const void *, const void *)) {
    if (count > SPOOR_DYNAMIC_FEW) {
        qsort(pairs, count, sizeof *pairs, compare);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        pair moved = pairs[i];
        uint32_t to = i;
        for (; to > 0 && compare(&moved, &pairs[to - 1]) < 0; to--) {
            pairs[to] = pairs[to - 1];
        }
        pairs[to] = moved;
    }
}

/* Of pairs sorted by name: those of one name become one, at the first's place with the last's
 * value.  Returns how many are left. */
static uint32_t merge_same_names(pair *pairs, uint32_t count) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && spoor_str_eq(pairs[kept - 1].name, pairs[i].name)) {
            pairs[kept - 1].value = pairs[i].value;
        } else {
            pairs[kept++] = pairs[i];
        }
    }
    return kept;
}

/* Writes the pairs, which point into the bag, in its place again. */
static void rewrite_bag(spoor_dynamic_builder *builder, size_t start, pair *pairs, uint32_t count) {
    spoor_dynamic_builder copy;
    spoor_dynamic_init(&copy, builder->arena);
    append(&copy, builder->bytes + start, HEADER);
    sort(pairs, count, by_order);
    for (uint32_t i = 0; i < count; i++) {
        pairs[i].at = (uint32_t)copy.len;
        append_u32(&copy, pairs[i].name.len);
        append(&copy, pairs[i].name.ptr, pairs[i].name.len);
        append_u32(&copy, pairs[i].value.len);
        append(&copy, pairs[i].value.ptr, pairs[i].value.len);
    }
    for (uint32_t i = 0; i < count; i++) { /* names are now those of the copy, which stays */
        pairs[i].name.ptr = copy.bytes + pairs[i].at + sizeof(uint32_t);
    }
    memcpy(builder->bytes + start, copy.bytes, copy.len);
    builder->len = start + copy.len;
    sort(pairs, count, by_name);
}

static uint32_t close_bag(spoor_dynamic_builder *builder, size_t start, uint32_t count) {
    pair few[SPOOR_DYNAMIC_FEW];
    pair *pairs = few;
    if (count > SPOOR_DYNAMIC_FEW) {
        pairs = SPOOR_RAW_ARRAY(builder->arena, pair, count);
    }
    size_t at = start + HEADER;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t len;
        pairs[i].order = i;
        pairs[i].at = (uint32_t)(at - start);
        memcpy(&len, builder->bytes + at, sizeof len);
        pairs[i].name = (spoor_str){builder->bytes + at + sizeof len, len};
        at += sizeof len + len;
        memcpy(&len, builder->bytes + at, sizeof len);
        pairs[i].value = (spoor_str){builder->bytes + at + sizeof len, len};
        at += sizeof len + len;
    }
    sort(pairs, count, by_name);
    uint32_t distinct = merge_same_names(pairs, count);
    if (distinct < count) {
        rewrite_bag(builder, start, pairs, distinct);
    }
    for (uint32_t i = 0; distinct > SPOOR_DYNAMIC_FEW && i < distinct; i++) {
        append_u32(builder, pairs[i].at);
    }
    return distinct;
}

void spoor_dynamic_close(spoor_dynamic_builder *builder) {
    assert(builder->depth > 0);
    uint32_t top = builder->depth - 1;
    size_t start = builder->open[top].start;
    assert(builder->open[top].pending_at == 0);
    uint32_t count = builder->open[top].count;
    uint32_t height = builder->open[top].height + 1; /* at most the limit: opening checks it */
    if (builder->bytes[start] == '{' && count > 1) {
        count = close_bag(builder, start, count);
    }
    builder->bytes[start + 1] = (char)(unsigned char)height;
    write_u32(builder, start + 2, count);
    builder->depth--;
    end_value(builder, height);
}

/* -- values --------------------------------------------------------------------------------------
 */

static void add_scalar(spoor_dynamic_builder *builder, char kind, const void *data, size_t len) {
    begin_value(builder);
    append(builder, &kind, 1);
    append(builder, data, len);
    end_value(builder, 0);
}

void spoor_dynamic_add_text(spoor_dynamic_builder *builder, spoor_str text) {
    add_scalar(builder, 's', text.ptr, text.len);
}

void spoor_dynamic_add_encoded(spoor_dynamic_builder *builder, spoor_str encoded) {
    if (encoded.len == 0) {
        encoded = SPOOR_STR("n");
    }
    bool is_container = encoded.ptr[0] == '[' || encoded.ptr[0] == '{';
    uint32_t height = is_container ? (unsigned char)encoded.ptr[1] : 0;
    if (builder->depth + height > SPOOR_DYNAMIC_MAX_HEIGHT) {
        spoor_arena_fail(builder->arena);
    }
    begin_value(builder);
    append(builder, encoded.ptr, encoded.len);
    end_value(builder, height);
}

void spoor_dynamic_add(spoor_dynamic_builder *builder, const spoor_value *value) {
    if (value->is_null) {
        spoor_dynamic_add_encoded(builder, (spoor_str){NULL, 0});
        return;
    }
    switch (value->type) {
    case SPOOR_BOOL: add_scalar(builder, value->boolean ? 't' : 'f', NULL, 0); break;
    case SPOOR_INT:
    case SPOOR_LONG: add_scalar(builder, 'l', &value->integer, sizeof value->integer); break;
    case SPOOR_REAL: add_scalar(builder, 'r', &value->real, sizeof value->real); break;
    case SPOOR_DECIMAL: {
        char bytes[sizeof value->decimal.coefficient + sizeof value->decimal.scale];
        memcpy(bytes, &value->decimal.coefficient, sizeof value->decimal.coefficient);
        memcpy(bytes + sizeof value->decimal.coefficient, &value->decimal.scale,
               sizeof value->decimal.scale);
        add_scalar(builder, 'm', bytes, sizeof bytes);
        break;
    }
    case SPOOR_DATETIME: add_scalar(builder, 'd', &value->integer, sizeof value->integer); break;
    case SPOOR_TIMESPAN: add_scalar(builder, 'p', &value->integer, sizeof value->integer); break;
    case SPOOR_GUID: add_scalar(builder, 'g', value->guid.bytes, sizeof value->guid.bytes); break;
    case SPOOR_STRING: spoor_dynamic_add_text(builder, value->string); break;
    case SPOOR_DYNAMIC: spoor_dynamic_add_encoded(builder, value->string); break;
    case SPOOR_NTYPES: assert(false && "not a type");
    }
}

spoor_str spoor_dynamic_finish(spoor_dynamic_builder *builder) {
    assert(builder->depth == 0);
    if (builder->len == 0 || builder->bytes[0] == 'n') {
        return (spoor_str){NULL, 0};
    }
    return (spoor_str){builder->bytes, builder->len};
}

spoor_str spoor_dynamic_from_value(spoor_arena *arena, const spoor_value *value) {
    if (value->is_null) {
        return (spoor_str){NULL, 0};
    }
    if (value->type == SPOOR_DYNAMIC) {
        return value->string;
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    if (value->type == SPOOR_STRING) { /* in one piece of the right size */
        builder.capacity = value->string.len + 1;
        builder.bytes = SPOOR_RAW_ARRAY(arena, char, builder.capacity);
    }
    spoor_dynamic_add(&builder, value);
    return spoor_dynamic_finish(&builder);
}
