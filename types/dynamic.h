/* dynamic.h - the binary form of a dynamic value; only types/dynamic*.c know it.
 *
 * A value is a spoor_str of encoded bytes, self-contained and position
 * independent (an element of an array is a slice of it):
 *   'n' null                      (JSON null inside a value; a whole null is a null slot)
 *   't' 'f' true, false
 *   'l' + 8 bytes long            'r' + 8 bytes real
 *   'd' + 8 bytes datetime ticks  'p' + 8 bytes timespan ticks
 *   'g' + 16 bytes guid           'm' + decimal (coefficient 16, scale 4)
 *   's' + the UTF-8 bytes, to the end of the slice
 *   '[' + u8 height + u32 count + count * (u32 length, value)
 *   '{' + u8 height + u32 count + count * (u32 name length, name, u32 length, value), in insertion
 *         order, names unique (a later one replaces the value in place); with more than
 *         SPOOR_DYNAMIC_FEW pairs then count * u32: where each pair stands in the bag, by name
 * Height is 1 or more above that of the tallest element; no value is deeper than
 * SPOOR_DYNAMIC_MAX_HEIGHT, so that the walkers may recurse.
 * Numbers are in host order: the form lives in memory, never in a file.
 *
 * Because a string is 's' + text, text and dynamic convert without a copy. */
#ifndef SPOOR_TYPES_DYNAMIC_H
#define SPOOR_TYPES_DYNAMIC_H

#include "base/arena.h"
#include "types/vec.h"

enum {
    SPOOR_DYNAMIC_FEW = 16,
    /* More than JSON may nest, so that a text of events cannot reach it when a query wraps it. Past
     * it a builder fails as if memory had run out. */
    SPOOR_DYNAMIC_MAX_HEIGHT = 255,
};

typedef enum spoor_dynamic_kind {
    SPOOR_DYN_NULL,
    SPOOR_DYN_BOOL,
    SPOOR_DYN_LONG,
    SPOOR_DYN_REAL,
    SPOOR_DYN_DATETIME,
    SPOOR_DYN_TIMESPAN,
    SPOOR_DYN_GUID,
    SPOOR_DYN_DECIMAL,
    SPOOR_DYN_STRING,
    SPOOR_DYN_ARRAY,
    SPOOR_DYN_BAG,
} spoor_dynamic_kind;

spoor_dynamic_kind spoor_dynamic_kind_of(spoor_str value); /* an empty slice is null */

/* Reading.  Each walker yields slices of the value; of a null element, an empty slice. */
uint32_t spoor_dynamic_count(spoor_str value); /* elements or pairs; 0 for scalars */
typedef struct spoor_dynamic_iter {
    const char *at, *end;
    uint32_t left;
    bool is_bag;
} spoor_dynamic_iter;
spoor_dynamic_iter spoor_dynamic_begin(spoor_str value); /* array or bag; others: nothing */
bool spoor_dynamic_next(spoor_dynamic_iter *iter, spoor_str *name, spoor_str *element);
/* False: no such element.  A negative index counts from the end. */
bool spoor_dynamic_at(spoor_str array, int64_t index, spoor_str *element);
bool spoor_dynamic_get(spoor_str bag, spoor_str name, spoor_str *element);
/* The scalar inside (type by kind; 'l' gives long); null, arrays and bags give type dynamic. */
spoor_value spoor_dynamic_scalar(spoor_str value);
/* What tostring(dynamic) gives: '' of null, what JSON writes as a string bare, the rest as JSON. */
spoor_str spoor_dynamic_to_text(spoor_arena *arena, spoor_str value);

/* Building: push-down, no tree.  Start with _init, then values, then _finish. */
typedef struct spoor_dynamic_builder {
    spoor_arena *arena;
    char *bytes;
    size_t len, capacity;
    uint32_t depth;
    struct {
        size_t start;      /* where the open container stands */
        size_t pending_at; /* length slot of the value being written; 0: none */
        uint32_t count;
        uint32_t height; /* of the tallest element */
    } * open;
    uint32_t open_capacity;
} spoor_dynamic_builder;

void spoor_dynamic_init(spoor_dynamic_builder *builder, spoor_arena *arena);
void spoor_dynamic_open(spoor_dynamic_builder *builder, char kind); /* '[' or '{' */
void spoor_dynamic_close(spoor_dynamic_builder *builder);
void spoor_dynamic_name(spoor_dynamic_builder *builder, spoor_str name); /* before each bag value */
void spoor_dynamic_add(spoor_dynamic_builder *builder, const spoor_value *value); /* any type */
void spoor_dynamic_add_encoded(spoor_dynamic_builder *builder, spoor_str encoded);
void spoor_dynamic_add_text(spoor_dynamic_builder *builder, spoor_str text); /* a string */
spoor_str spoor_dynamic_finish(spoor_dynamic_builder *builder);
/* One scalar of any type as a dynamic value (dynamic: as it is; null: an empty slice). */
spoor_str spoor_dynamic_from_value(spoor_arena *arena, const spoor_value *value);

/* JSON.  _parse: RFC 8259; integers that fit are long, other numbers real.  false: not JSON (of
 * which parse_json makes a string), a number no real can hold, or deeper than SPOOR_MAX_JSON_DEPTH.
 * The text is checked WTF-8; escaped halves of a surrogate pair are joined. */
bool spoor_dynamic_parse_json(spoor_arena *arena, spoor_str text, spoor_str *value);
/* Compact, insertion order, as Kusto prints it: {"a":1,"b":[1.5,"x"]}; non-ASCII as it is.  Always
 * valid UTF-8: a lone surrogate is escaped.  datetime, timespan, guid, decimal, NaN and infinities
 * are strings. */
spoor_str spoor_dynamic_print_json(spoor_arena *arena, spoor_str value);
/* XML, in the shape that Kusto documents for parse_xml: dynamic_xml.c.  false: not well-formed, or
 * beyond a limit of xml_tree.h. */
bool spoor_dynamic_parse_xml(spoor_arena *arena, spoor_str text, spoor_str *value);
/* A JSON string literal with its quotes. */
spoor_str spoor_json_quote(spoor_arena *arena, spoor_str text);

/* Equality and order for grouping and sorting: null, bool, numbers, datetime, timespan, guid,
 * string, array, bag.  Long, real and decimal are one kind (array_index_of(series, 15.0) finds 15
 * in Kusto): they compare by value, a real beyond 2^53 or against a decimal as its shortest text.
 * Bags compare by content in any order of names, arrays element by element. */
int spoor_dynamic_compare(spoor_str a, spoor_str b);
uint64_t spoor_dynamic_hash(spoor_str value);

/* gettype(): "long", "double", "string", "array", "dictionary", "bool", "null", ... */
const char *spoor_dynamic_type_name(spoor_str value);

#endif
