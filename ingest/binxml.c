/* binxml.c - tokens to trees: templates, inline elements, and the values of a record.
 *
 * Grammar: MS-EVEN6 2.2.12.  What the grammar does not say: elements inside
 * a template definition carry a dependency id, elements written straight
 * into a record or into a BinXml value do not; a name or definition whose
 * offset is the place where it is mentioned is written there and then. */
#include "ingest/binxml.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "ingest/evtx_value.h"

enum token {
    TOKEN_END = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_CLOSE_START = 0x02,
    TOKEN_CLOSE_EMPTY = 0x03,
    TOKEN_END_ELEMENT = 0x04,
    TOKEN_VALUE = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_CDATA = 0x07,
    TOKEN_CHAR_REF = 0x08,
    TOKEN_ENTITY_REF = 0x09,
    TOKEN_PI_TARGET = 0x0A,
    TOKEN_PI_DATA = 0x0B,
    TOKEN_TEMPLATE = 0x0C,
    TOKEN_SUBSTITUTION = 0x0D,
    TOKEN_OPTIONAL = 0x0E,
    TOKEN_HEADER = 0x0F,
    TOKEN_MORE = 0x40, /* flag: has attributes, or more of the same follows */
};

typedef struct parser {
    spoor_bx *bx;
    spoor_cursor in;
    spoor_arena *arena;    /* where the tree goes */
    bool has_dependencies; /* elements carry dependency ids: template definitions */
    int depth;
    spoor_bx_piece **pieces; /* where the next one goes; NULL: none are wanted */
    size_t run;              /* in `in`: where the bytes of the next one begin */
} parser;

void spoor_bx_on_oom(spoor_bx *bx, jmp_buf *on_oom) {
    bx->kept.on_oom = on_oom;
    bx->places.on_oom = on_oom;
    bx->scratch.on_oom = on_oom;
}

spoor_bx *spoor_bx_new(void) {
    spoor_bx *bx = calloc(1, sizeof *bx);
    if (bx == NULL) {
        return NULL;
    }
    bx->by_offset = calloc(SPOOR_BX_CHUNK, sizeof *bx->by_offset);
    bx->name_at = calloc(SPOOR_BX_CHUNK, sizeof *bx->name_at);
    bx->values = malloc(SPOOR_BX_MAX_VALUES * sizeof *bx->values);
    bx->fields = malloc(SPOOR_BX_MAX_FIELDS * sizeof *bx->fields);
    bx->text.bytes = malloc(SPOOR_BX_MAX_TEXT);
    bx->xml.bytes = malloc(SPOOR_BX_MAX_TEXT);
    if (bx->by_offset == NULL || bx->name_at == NULL || bx->values == NULL || bx->fields == NULL ||
        bx->text.bytes == NULL || bx->xml.bytes == NULL) {
        spoor_bx_free(bx);
        return NULL;
    }
    return bx;
}

void spoor_bx_free(spoor_bx *bx) {
    spoor_arena_reset(&bx->kept);
    spoor_arena_reset(&bx->places);
    spoor_arena_reset(&bx->scratch);
    free(bx->by_offset);
    free(bx->name_at);
    free(bx->values);
    free(bx->fields);
    free(bx->text.bytes);
    free(bx->xml.bytes);
    free(bx);
}

void spoor_bx_begin_chunk(spoor_bx *bx, const unsigned char *chunk, size_t size) {
    spoor_bx_forget(bx);
    bx->chunk = chunk;
    bx->chunk_size = size < SPOOR_BX_CHUNK ? size : SPOOR_BX_CHUNK;
    bx->template_bytes = 0;
    bx->budget = SPOOR_BX_CHUNK_BUDGET;
}

void spoor_bx_begin_record(spoor_bx *bx) {
    if (bx->scratch.used > 0) {
        spoor_arena_rewind(&bx->scratch);
    }
    bx->nvalues = 0;
    bx->nfields = 0;
    bx->text.used = 0;
    bx->xml.used = 0;
    bx->error = NULL;
    bx->floor = bx->budget > SPOOR_BX_RECORD_BUDGET ? bx->budget - SPOOR_BX_RECORD_BUDGET : 0;
}

bool spoor_bx_fail(spoor_bx *bx, const char *what) {
    if (bx->error == NULL) {
        bx->error = what;
    }
    return false;
}

/* -- trees ------------------------------------------------------------------------------------- */

/* Counted UTF-16 as text in an arena. */
static spoor_str read_text(spoor_bx *bx, spoor_arena *arena, spoor_cursor *in, size_t units) {
    const unsigned char *chars = spoor_cursor_take(in, 2 * units);
    if (chars == NULL || units == 0 || !spoor_bx_spend(bx, 4 * units)) {
        return (spoor_str){NULL, 0};
    }
    char *text = SPOOR_RAW_ARRAY(arena, char, 3 * units);
    return (spoor_str){text, spoor_utf16_to_utf8(chars, units, text)};
}

/* What was read since the last piece, up to `end`, is one, with what has just been read behind it. */
static void end_piece(parser *p, size_t end, const spoor_bx_known *name) {
    if (p->pieces == NULL) {
        return;
    }
    size_t nbytes = end - p->run;
    unsigned char *bytes = SPOOR_RAW_ARRAY(p->arena, unsigned char, nbytes);
    memcpy(bytes, p->in.bytes + p->run, nbytes);
    spoor_bx_piece *piece = SPOOR_RAW_ARRAY(p->arena, spoor_bx_piece, 1);
    *piece = (spoor_bx_piece){bytes, nbytes, name, NULL};
    *p->pieces = piece;
    p->pieces = &piece->next;
    p->run = p->in.at;
}

/* A mention of a name, which may be the place where it is written. */
static const spoor_bx_known *read_name(parser *p) {
    size_t at = p->in.at;
    uint32_t offset = spoor_cursor_u32(&p->in);
    if (p->in.failed) {
        spoor_bx_fail(p->bx, "data ends inside an element");
        return NULL;
    }
    const spoor_bx_name *name = spoor_bx_find_name(p->bx, offset);
    if (name == NULL) {
        return NULL;
    }
    if (offset == p->in.at) {
        if (name->end > p->in.end) {
            spoor_bx_fail(p->bx, "damaged name");
            return NULL;
        }
        p->in.at = name->end;
    }
    end_piece(p, at, name->known);
    return name->known;
}

/* The bytes of an element or a list: it ends where it says so itself. */
static void skip_size(parser *p) {
    size_t at = p->in.at;
    spoor_cursor_u32(&p->in);
    if (!p->in.failed) {
        end_piece(p, at, NULL);
    }
}

static spoor_str entity_text(parser *p, spoor_str name) {
    static const struct {
        spoor_str name, text;
    } known[] = {{{"lt", 2}, {"<", 1}},
                 {{"gt", 2}, {">", 1}},
                 {{"amp", 3}, {"&", 1}},
                 {{"quot", 4}, {"\"", 1}},
                 {{"apos", 4}, {"'", 1}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (spoor_str_eq(name, known[i].name)) {
            return known[i].text;
        }
    }
    /* There is no DTD that could define others: keep it readable. */
    if (!spoor_bx_spend(p->bx, name.len)) {
        return (spoor_str){NULL, 0};
    }
    char *text = SPOOR_RAW_ARRAY(p->arena, char, name.len + 2);
    text[0] = '&';
    memcpy(text + 1, name.ptr, name.len);
    text[name.len + 1] = ';';
    return (spoor_str){text, name.len + 2};
}

/* A token of character data or a substitution; its code has been read. */
static bool read_piece(parser *p, unsigned token, spoor_bx_node *node) {
    *node = (spoor_bx_node){.kind = SPOOR_BX_TEXT};
    switch (token & ~(unsigned)TOKEN_MORE) {
    case TOKEN_VALUE:
        if (spoor_cursor_u8(&p->in) != SPOOR_EVTX_STRING) {
            return spoor_bx_fail(p->bx, "literal that is not a string");
        }
        node->u.text = read_text(p->bx, p->arena, &p->in, spoor_cursor_u16(&p->in));
        return true;
    case TOKEN_CDATA:
        node->u.text = read_text(p->bx, p->arena, &p->in, spoor_cursor_u16(&p->in));
        return true;
    case TOKEN_CHAR_REF: {
        char *text = SPOOR_RAW_ARRAY(p->arena, char, 4);
        node->u.text = (spoor_str){text, (size_t)spoor_utf8_put(text, spoor_cursor_u16(&p->in))};
        return true;
    }
    case TOKEN_ENTITY_REF: {
        const spoor_bx_known *name = read_name(p);
        if (name == NULL) {
            return false;
        }
        node->u.text = entity_text(p, name->text);
        return true;
    }
    case TOKEN_SUBSTITUTION:
    case TOKEN_OPTIONAL:
        node->kind = SPOOR_BX_VALUE;
        node->value = spoor_cursor_u16(&p->in);
        spoor_cursor_u8(&p->in); /* the type that the template expects; the value's own counts */
        return true;
    default: return spoor_bx_fail(p->bx, "unknown token");
    }
}

static bool is_piece(unsigned token) {
    token &= ~(unsigned)TOKEN_MORE;
    return token == TOKEN_VALUE || (token >= TOKEN_CDATA && token <= TOKEN_ENTITY_REF) ||
           token == TOKEN_SUBSTITUTION || token == TOKEN_OPTIONAL;
}

static unsigned peek(const parser *p) {
    return p->in.at < p->in.end ? p->in.bytes[p->in.at] : TOKEN_END;
}

static void add_node(parser *p, spoor_bx_node ***tail, const spoor_bx_node *node) {
    spoor_bx_node *copy = SPOOR_RAW_ARRAY(p->arena, spoor_bx_node, 1);
    *copy = *node;
    **tail = copy;
    *tail = &copy->next;
}

static uint32_t only_value(const spoor_bx_node *nodes) {
    bool is_one = nodes != NULL && nodes->next == NULL && nodes->kind == SPOOR_BX_VALUE;
    return is_one ? nodes->value : SPOOR_BX_NO_VALUE;
}

/* What makes the common cases quick to tell when records are read. */
static void note_shortcuts(spoor_bx_element *element) {
    element->only = only_value(element->content);
    element->cost = SPOOR_BX_STEP;
    element->has_plain_name = true;
    for (spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        a->only = only_value(a->value);
        element->cost += SPOOR_BX_STEP;
        if (a->word == SPOOR_BX_NAME) {
            element->has_plain_name =
                a->value != NULL && a->value->next == NULL && a->value->kind == SPOOR_BX_TEXT;
            element->plain_name = element->has_plain_name ? a->value->u.text : (spoor_str){NULL, 0};
        }
    }
}

static bool read_attributes(parser *p, spoor_bx_element *element) {
    skip_size(p);
    spoor_bx_attribute **tail = &element->attributes;
    while ((peek(p) & ~(unsigned)TOKEN_MORE) == TOKEN_ATTRIBUTE) {
        spoor_cursor_u8(&p->in);
        const spoor_bx_known *name = spoor_bx_spend(p->bx, SPOOR_BX_STEP) ? read_name(p) : NULL;
        if (name == NULL) {
            return false;
        }
        spoor_bx_attribute *attribute = SPOOR_RAW_ARRAY(p->arena, spoor_bx_attribute, 1);
        *attribute = (spoor_bx_attribute){.name = name->text, .word = name->word};
        spoor_bx_node **values = &attribute->value;
        while (is_piece(peek(p))) {
            spoor_bx_node node;
            if (!spoor_bx_spend(p->bx, SPOOR_BX_STEP) ||
                !read_piece(p, spoor_cursor_u8(&p->in), &node)) {
                return false;
            }
            add_node(p, &values, &node);
        }
        *tail = attribute;
        tail = &attribute->next;
    }
    return true;
}

static spoor_bx_element *read_element(parser *p, unsigned token);

/* A processing instruction carries nothing that an event has. */
static bool skip_instruction(parser *p, unsigned token) {
    if (token == TOKEN_PI_TARGET) {
        return read_name(p) != NULL;
    }
    spoor_cursor_take(&p->in, 2 * (size_t)spoor_cursor_u16(&p->in));
    return true;
}

static bool read_content(parser *p, spoor_bx_element *element) {
    spoor_bx_node **tail = &element->content;
    while (spoor_bx_spend(p->bx, SPOOR_BX_STEP)) {
        unsigned token = spoor_cursor_u8(&p->in);
        if (p->in.failed) {
            return spoor_bx_fail(p->bx, "element without an end");
        }
        spoor_bx_node node = {.kind = SPOOR_BX_ELEMENT};
        if (token == TOKEN_END_ELEMENT) {
            return true;
        } else if (token == TOKEN_OPEN || token == (TOKEN_OPEN | TOKEN_MORE)) {
            node.u.element = read_element(p, token);
            if (node.u.element == NULL) {
                return false;
            }
            add_node(p, &tail, &node);
        } else if (token == TOKEN_PI_TARGET || token == TOKEN_PI_DATA) {
            if (!skip_instruction(p, token)) {
                return false;
            }
        } else if (!read_piece(p, token, &node)) {
            return false;
        } else {
            add_node(p, &tail, &node);
        }
    }
    return false;
}

/* An element whose open token has been read; NULL: bx->error says why. */
static spoor_bx_element *read_element(parser *p, unsigned token) {
    if (p->depth >= SPOOR_BX_MAX_DEPTH) {
        spoor_bx_fail(p->bx, "elements nested too deep");
        return NULL;
    }
    uint32_t dependency = p->has_dependencies ? spoor_cursor_u16(&p->in) : SPOOR_BX_NO_DEPENDENCY;
    skip_size(p);
    const spoor_bx_known *name = read_name(p);
    if (name == NULL) {
        return NULL;
    }
    spoor_bx_element *element = SPOOR_RAW_ARRAY(p->arena, spoor_bx_element, 1);
    *element = (spoor_bx_element){.name = name->text, .word = name->word, .dependency = dependency};
    if ((token & TOKEN_MORE) != 0 && !read_attributes(p, element)) {
        return NULL;
    }
    switch (spoor_cursor_u8(&p->in)) {
    case TOKEN_CLOSE_EMPTY: break;
    case TOKEN_CLOSE_START: {
        p->depth++;
        bool ok = read_content(p, element);
        p->depth--;
        if (!ok) {
            return NULL;
        }
        break;
    }
    default: spoor_bx_fail(p->bx, "element without a close tag"); return NULL;
    }
    if (p->in.failed) {
        spoor_bx_fail(p->bx, "data ends inside an element");
        return NULL;
    }
    note_shortcuts(element);
    return element;
}

/* -- templates and values ---------------------------------------------------------------------- */

const spoor_bx_element *spoor_bx_compile(spoor_bx *bx, size_t at, size_t end,
                                         const spoor_bx_piece **pieces) {
    spoor_bx_piece *first = NULL;
    parser p = {.bx = bx,
                .in = {.bytes = bx->chunk, .at = at, .end = end},
                .arena = &bx->kept,
                .has_dependencies = true,
                .pieces = &first,
                .run = at};
    for (;;) {
        unsigned token = spoor_cursor_u8(&p.in);
        if (p.in.failed || !spoor_bx_spend(bx, SPOOR_BX_STEP)) {
            break;
        }
        if (token == TOKEN_HEADER) {
            spoor_cursor_take(&p.in, 3); /* version and flags */
        } else if (token == TOKEN_PI_TARGET || token == TOKEN_PI_DATA) {
            if (!skip_instruction(&p, token)) {
                return NULL;
            }
        } else if (token == TOKEN_OPEN || token == (TOKEN_OPEN | TOKEN_MORE)) {
            const spoor_bx_element *root = read_element(&p, token);
            if (root != NULL) {
                end_piece(&p, p.in.at, NULL);
                *pieces = first;
            }
            return root;
        } else {
            break;
        }
    }
    spoor_bx_fail(bx, "template without an element");
    return NULL;
}

/* The table of values of a template instance, onto the stack. */
static bool read_values(spoor_bx *bx, spoor_cursor *in, spoor_bx_scope *scope) {
    uint32_t count = spoor_cursor_u32(in);
    if (in->failed || count > (in->end - in->at) / 4) {
        return spoor_bx_fail(bx, "more values than bytes");
    }
    if (count > SPOOR_BX_MAX_VALUES - bx->nvalues) {
        return spoor_bx_fail(bx, "too many values");
    }
    if (!spoor_bx_spend(bx, SPOOR_BX_STEP + (size_t)count * 4)) {
        return false;
    }
    const unsigned char *table = spoor_cursor_take(in, (size_t)count * 4);
    spoor_bx_value *values = bx->values + bx->nvalues;
    for (uint32_t i = 0; i < count; i++, table += 4) {
        size_t size = spoor_le16(table);
        const unsigned char *bytes = spoor_cursor_take(in, size);
        if (bytes == NULL) {
            return spoor_bx_fail(bx, "value ends outside the record");
        }
        if (!spoor_evtx_type_is_known(table[2])) {
            return spoor_bx_fail(bx, "unknown type of value");
        }
        values[i].bytes = bytes;
        values[i].size = (uint16_t)size;
        values[i].type = table[2];
        values[i].is_made = false;
    }
    bx->nvalues += count;
    *scope = (spoor_bx_scope){values, count};
    return true;
}

static bool open_instance(spoor_bx *bx, spoor_cursor *in, spoor_bx_fragment *fragment) {
    spoor_cursor_u8(in);
    uint32_t id = spoor_cursor_u32(in);
    uint32_t offset = spoor_cursor_u32(in);
    if (in->failed) {
        return spoor_bx_fail(bx, "data ends inside a template instance");
    }
    bool is_here = offset == in->at;
    spoor_bx_template *template = spoor_bx_find_template(bx, offset, id);
    if (template == NULL) {
        return false;
    }
    if (is_here) {
        if (template->offset != offset || template->end > in->end) {
            return spoor_bx_fail(bx, "template definition ends outside the record");
        }
        in->at = template->end;
    }
    fragment->root = template->shape->root;
    fragment->template = template;
    return read_values(bx, in, &fragment->scope);
}

/* An element, or an instruction to skip, that is written straight into a record or value. */
static bool open_inline(spoor_bx *bx, spoor_cursor *in, unsigned token,
                        spoor_bx_fragment *fragment) {
    parser p = {.bx = bx, .in = *in, .arena = &bx->scratch};
    bool ok;
    if (token == TOKEN_PI_TARGET || token == TOKEN_PI_DATA) {
        ok = skip_instruction(&p, token);
    } else {
        fragment->root = read_element(&p, token);
        ok = fragment->root != NULL;
    }
    *in = p.in;
    return ok;
}

bool spoor_bx_open(spoor_bx *bx, spoor_cursor *in, spoor_bx_fragment *fragment) {
    fragment->root = NULL;
    fragment->template = NULL;
    fragment->scope = (spoor_bx_scope){NULL, 0};
    fragment->mark = bx->nvalues;
    while (in->at < in->end && spoor_bx_spend(bx, SPOOR_BX_STEP)) {
        unsigned token = spoor_cursor_u8(in);
        switch (token) {
        case TOKEN_HEADER: spoor_cursor_take(in, 3); break;
        case TOKEN_TEMPLATE: return open_instance(bx, in, fragment);
        case TOKEN_OPEN:
        case TOKEN_OPEN | TOKEN_MORE: return open_inline(bx, in, token, fragment);
        case TOKEN_PI_TARGET:
        case TOKEN_PI_DATA:
            if (!open_inline(bx, in, token, fragment)) {
                return false;
            }
            break;
        case TOKEN_END: return false;
        default: return spoor_bx_fail(bx, "unknown token");
        }
    }
    return false;
}

void spoor_bx_close(spoor_bx *bx, const spoor_bx_fragment *fragment) {
    bx->nvalues = fragment->mark;
}

spoor_cursor spoor_bx_enter(const spoor_bx *bx, const spoor_bx_value *value) {
    size_t at = (size_t)(value->bytes - bx->chunk);
    return (spoor_cursor){.bytes = bx->chunk, .at = at, .end = at + value->size};
}
