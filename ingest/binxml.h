/* binxml.h - BinXml of one EVTX chunk: from tokens to trees, and trees to text.
 *
 * Internal to the EVTX reader.  A template is compiled where a record first
 * uses it, into a tree whose names are already text and known words, which serves the
 * chunks that repeat it as well (binxml_template.c); a record is then a table of
 * values next to such a tree (a scope).
 * evtx_event.c reads events off the two, binxml_xml.c prints them as XML.
 *
 * Nothing here trusts a length.  Trees have a depth limit; every step and
 * byte that a chunk causes is paid from one budget, so no record can cost
 * more than a fixed amount of time or memory.  Errors are sticky: the first
 * one is in `error`, later calls give empty results, loops end. */
#ifndef SPOOR_INGEST_BINXML_H
#define SPOOR_INGEST_BINXML_H

#include "base/arena.h"
#include "ingest/evtx_cursor.h"
#include "store/event.h"

enum {
    SPOOR_BX_CHUNK = 1 << 16,
    SPOOR_BX_MAX_DEPTH = 128,      /* elements and fragments inside each other */
    SPOOR_BX_MAX_VALUES = 1 << 14, /* of the open scopes of a record; each takes 4 bytes of it */
    SPOOR_BX_MAX_FIELDS = 1 << 16, /* of a record */
    SPOOR_BX_MAX_TEXT = 4 << 20,   /* bytes of text of a record, and of its XML */
    SPOOR_BX_STEP = 16,            /* what a step costs; a byte of text costs 1 */
    SPOOR_BX_RECORD_BUDGET = 4 << 20,
    SPOOR_BX_CHUNK_BUDGET = 16 << 20,
    SPOOR_BX_MAX_TEMPLATE_BYTES = 1 << 18, /* compiled for one chunk; honest ones do not overlap */
    SPOOR_BX_NO_DEPENDENCY = 0xFFFF,
    SPOOR_BX_NO_VALUE = 1 << 16, /* beyond any index */
};

typedef enum spoor_bx_word {
    SPOOR_BX_OTHER,
#define SPOOR_BX_WORD(name, text) SPOOR_BX_##name,
#include "ingest/binxml_words.def"
#undef SPOOR_BX_WORD
} spoor_bx_word;

typedef enum spoor_bx_kind { SPOOR_BX_TEXT, SPOOR_BX_VALUE, SPOOR_BX_ELEMENT } spoor_bx_kind;

/* A piece of content or of an attribute's value. */
typedef struct spoor_bx_node {
    spoor_bx_kind kind;
    uint32_t value; /* VALUE: index into the scope's table */
    union {
        spoor_str text;                         /* TEXT */
        const struct spoor_bx_element *element; /* ELEMENT */
    } u;
    struct spoor_bx_node *next;
} spoor_bx_node;

typedef struct spoor_bx_attribute {
    spoor_str name;
    spoor_bx_word word;
    uint32_t only; /* the value that it is, or SPOOR_BX_NO_VALUE: more or less than one value */
    spoor_bx_node *value;
    struct spoor_bx_attribute *next;
} spoor_bx_attribute;

typedef struct spoor_bx_element {
    spoor_str name;
    spoor_bx_word word;
    uint32_t dependency;  /* the element is there if this value is not NULL; or NO_DEPENDENCY */
    uint32_t only;        /* the value that its content is, or SPOOR_BX_NO_VALUE */
    uint32_t cost;        /* of a look at it and its attributes, for spoor_bx_spend() */
    bool has_plain_name;  /* its Name attribute is a literal (or missing) ... */
    spoor_str plain_name; /* ... and this is it */
    spoor_bx_attribute *attributes;
    spoor_bx_node *content;
} spoor_bx_element;

/* One substitution of a record. */
typedef struct spoor_bx_value {
    const unsigned char *bytes;
    uint16_t size;
    uint8_t type;
    bool is_made;    /* what it stands for is there: */
    uint32_t nitems; /* ... of an array */
    union {
        spoor_str text;
        spoor_str *items;
    } u;
} spoor_bx_value;

typedef struct spoor_bx_scope {
    spoor_bx_value *values;
    uint32_t count;
} spoor_bx_scope;

typedef struct spoor_bx_buffer {
    char *bytes; /* SPOOR_BX_MAX_TEXT of them */
    size_t used;
} spoor_bx_buffer;

/* A name as it is kept from chunk to chunk: one each, so that names are the same where pointers are. */
typedef struct spoor_bx_known {
    spoor_str text;
    spoor_bx_word word;
    const unsigned char *chars; /* as the log has it, UTF-16 */
    size_t units;
    struct spoor_bx_known *next; /* in its slot */
} spoor_bx_known;

/* What a definition's bytes must be for a compiled one to serve: a run of them, then a size or a name. */
typedef struct spoor_bx_piece {
    const unsigned char *bytes;
    size_t nbytes;
    const spoor_bx_known
        *name; /* NULL: a size, which depends on where names are written; or the end */
    struct spoor_bx_piece *next;
} spoor_bx_piece;

/* A compiled definition, kept from chunk to chunk. */
typedef struct spoor_bx_shape {
    unsigned char guid[16];
    const spoor_bx_element *root;
    const spoor_bx_piece *pieces;
    size_t cost;      /* of compiling it, names apart: whoever uses it pays the same */
    size_t name_cost; /* of reading its names, at most */
    struct spoor_bx_program
        *programs[2];            /* evtx_event.c's: as a section, as an event; NULL: not yet */
    struct spoor_bx_shape *next; /* in its slot */
} spoor_bx_shape;

/* A template where this chunk defines it. */
typedef struct spoor_bx_template {
    uint32_t id, offset;
    spoor_bx_shape *shape; /* NULL: damaged */
    size_t end;            /* of the definition, in the chunk */
    struct spoor_bx_template *next;
} spoor_bx_template;

/* A name where it is written; others refer to it by that place. */
typedef struct spoor_bx_name {
    const spoor_bx_known *known;
    uint32_t offset, end; /* in the chunk */
    struct spoor_bx_name *next;
} spoor_bx_name;

enum { SPOOR_BX_SLOTS = 256 }; /* of names, and of shapes */

/* The state of reading one chunk after the other.  Owns its buffers. */
typedef struct spoor_bx {
    const unsigned char *chunk;
    size_t chunk_size;
    spoor_arena kept;    /* names and shapes; emptied between chunks when it has grown */
    spoor_arena places;  /* of names and templates in this chunk */
    spoor_arena scratch; /* lives for the record */
    spoor_bx_known *known[SPOOR_BX_SLOTS];
    spoor_bx_shape *shapes[SPOOR_BX_SLOTS];
    size_t name_cost; /* what reading names has cost so far */
    spoor_bx_template *first_template;
    spoor_bx_name *first_name;
    spoor_bx_name **name_at;       /* CHUNK of them: those met so far */
    spoor_bx_template **by_offset; /* CHUNK of them: where a template's definition lies */
    size_t template_bytes;         /* compiled so far in this chunk */
    spoor_bx_value *values;        /* MAX_VALUES; used as a stack */
    uint32_t nvalues;
    spoor_event_field *fields; /* MAX_FIELDS */
    uint32_t nfields;
    spoor_bx_buffer text, xml; /* of the record */
    int64_t budget;            /* what the chunk may still spend */
    int64_t floor;             /* where this record must stop */
    bool is_strict;            /* names and templates must carry their own hash and id (slack) */
    const char *error;         /* NULL, or what is wrong with this record */
} spoor_bx;

spoor_bx *spoor_bx_new(void);                        /* NULL: out of memory */
void spoor_bx_on_oom(spoor_bx *bx, jmp_buf *on_oom); /* before the first chunk of a file */
void spoor_bx_free(spoor_bx *bx);
void spoor_bx_begin_chunk(spoor_bx *bx, const unsigned char *chunk, size_t size);
void spoor_bx_begin_record(spoor_bx *bx);

/* Note an error (the first one stays) and return false. */
bool spoor_bx_fail(spoor_bx *bx, const char *what);

/* Pay for work; false once the record has failed. */
static inline bool spoor_bx_spend(spoor_bx *bx, size_t units) {
    bx->budget -= (int64_t)units;
    if (bx->budget < bx->floor) {
        return spoor_bx_fail(bx, "record expands beyond any sense");
    }
    return bx->error == NULL;
}

/* The template whose definition is at `offset` of the chunk; NULL: bx->error says why not.  id: the first
 * bytes of its GUID, which only slack is asked about: something else may have taken the place. */
spoor_bx_template *spoor_bx_find_template(spoor_bx *bx, uint32_t offset, uint32_t id);
/* The name at `offset` of the chunk; NULL: bx->error says why not. */
const spoor_bx_name *spoor_bx_find_name(spoor_bx *bx, uint32_t offset);
/* The root element of the definition in [at, end), into the kept arena, and the pieces it was made of; NULL:
 * bx->error says why not. */
const spoor_bx_element *spoor_bx_compile(spoor_bx *bx, size_t at, size_t end,
                                         const spoor_bx_piece **pieces);
/* Before a chunk: what the last one said of places, and all that is kept if it has grown large. */
void spoor_bx_forget(spoor_bx *bx);

/* One root element of a fragment and the values it refers to. */
typedef struct spoor_bx_fragment {
    const spoor_bx_element *root;
    spoor_bx_template *template; /* whose root it is; NULL: written where it stands */
    spoor_bx_scope scope;
    uint32_t mark; /* of the value stack: give back with _close */
} spoor_bx_fragment;

/* The next root element in the BinXml at *in; false at the end or after an error. */
bool spoor_bx_open(spoor_bx *bx, spoor_cursor *in, spoor_bx_fragment *fragment);
void spoor_bx_close(spoor_bx *bx, const spoor_bx_fragment *fragment);
/* A cursor over a BinXml value's bytes. */
spoor_cursor spoor_bx_enter(const spoor_bx *bx, const spoor_bx_value *value);

/* The value that a node stands for, or NULL: out of the table, which reads as NULL. */
static inline spoor_bx_value *spoor_bx_value_of(spoor_bx_scope scope, uint32_t index) {
    return index < scope.count ? &scope.values[index] : NULL;
}

static inline bool spoor_bx_is_null(uint32_t index, spoor_bx_scope scope) {
    const spoor_bx_value *value = spoor_bx_value_of(scope, index);
    return value == NULL || value->type == 0;
}

/* The element depends on a value that is NULL. */
static inline bool spoor_bx_is_absent(const spoor_bx_element *element, spoor_bx_scope scope) {
    return element->dependency != SPOOR_BX_NO_DEPENDENCY &&
           spoor_bx_is_null(element->dependency, scope);
}

/* What the content of an element is. */
typedef struct spoor_bx_content {
    bool has_elements;
    spoor_bx_value *array; /* the first array: the element repeats for each item of it */
} spoor_bx_content;
spoor_bx_content spoor_bx_look(const spoor_bx_node *nodes, spoor_bx_scope scope);

/* Text of a value that is no array, made once a record.  Valid until the next record. */
spoor_str spoor_bx_make_text(spoor_bx *bx, spoor_bx_value *value);
static inline spoor_str spoor_bx_text(spoor_bx *bx, spoor_bx_value *value) {
    return value->is_made ? value->u.text : spoor_bx_make_text(bx, value);
}
/* Items of an array, made once. */
uint32_t spoor_bx_items(spoor_bx *bx, spoor_bx_value *array);
/* How often an element is there whose first array is `array` (or NULL). */
uint32_t spoor_bx_repeats(spoor_bx *bx, spoor_bx_value *array);
/* Text of the pieces, without elements; arrays give their item-th item. */
spoor_str spoor_bx_pieces(spoor_bx *bx, const spoor_bx_node *nodes, spoor_bx_scope scope,
                          uint32_t item);
/* WTF-8 has no surrogate pairs: where half of one ends text[0, used) and *next begins with the
 * other, the character takes their place (one byte more) and *next starts behind.  Returns the
 * new `used`. */
size_t spoor_bx_join(char *text, size_t used, spoor_str *next);
/* Of an attribute; *is_null when its only value is NULL, which leaves the attribute out. */
spoor_str spoor_bx_attribute_text(spoor_bx *bx, const spoor_bx_attribute *attribute,
                                  spoor_bx_scope scope, bool *is_null);

/* The element as XML; in bx->xml. */
spoor_str spoor_bx_xml(spoor_bx *bx, const spoor_bx_element *element, spoor_bx_scope scope);

/* The event of the record whose BinXml is at [start, end) of the chunk: System, fields, raw_xml and
 * flags of what was there.  false: bx->error says why not. */
bool spoor_bx_read_event(spoor_bx *bx, size_t start, size_t end, spoor_event *event);

#endif
