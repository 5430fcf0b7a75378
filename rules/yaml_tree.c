/* yaml_tree.c - builds the tree from libyaml's events; see yaml_tree.h.
 *
 * libyaml owns heap memory, an arena jumps: so the builder has a door of its
 * own, closes the parser behind it, and jumps on. */
#include "rules/yaml_tree.h"

#include <stdlib.h>
#include <yaml.h>

typedef struct frame { /* a LIST or MAP that is open */
    spoor_yaml *node;
    spoor_str key;
    spoor_span key_span;
    bool has_key;
    spoor_str anchor; /* named once the node is whole: nothing holds itself */
} frame;

typedef struct anchor {
    spoor_str name;
    spoor_yaml *node;
    struct anchor *next; /* newest first */
} anchor;

typedef struct reader {
    spoor_arena *arena;
    spoor_str text;
    spoor_diags *diags;
    void (*document)(void *context, const spoor_yaml *root);
    void *context;
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    frame frames[SPOOR_YAML_MAX_DEPTH];
    int depth;
    spoor_yaml *root;
    anchor *anchors;
    uint32_t nanchors;
    size_t mark, byte; /* libyaml counts code points: where that is in the text, moving forwards */
} reader;

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t offset_of(reader *r, yaml_mark_t mark) {
    if (mark.index < r->mark) {
        r->mark = r->byte = 0;
    }
    while (r->mark < mark.index && r->byte < r->text.len) {
        r->byte++;
        while (r->byte < r->text.len && is_continuation(r->text.ptr[r->byte])) {
            r->byte++;
        }
        r->mark++;
    }
    return (uint32_t)r->byte;
}

static spoor_span event_span(reader *r) {
    uint32_t start = offset_of(r, r->event.start_mark);
    return (spoor_span){start, offset_of(r, r->event.end_mark), 0};
}

static spoor_rule_quoting quoting_of(yaml_scalar_style_t style) {
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return SPOOR_QUOTING_SINGLE;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return SPOOR_QUOTING_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE: return SPOOR_QUOTING_BLOCK;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE: break;
    }
    return SPOOR_QUOTING_PLAIN;
}

static spoor_yaml *new_node(reader *r, spoor_yaml_kind kind) {
    spoor_yaml *node = SPOOR_NEW(r->arena, spoor_yaml);
    *node = (spoor_yaml){.kind = kind, .span = event_span(r), .weight = 1};
    return node;
}

static bool name_anchor(reader *r, spoor_str name, spoor_yaml *node) {
    if (name.len == 0) {
        return true;
    }
    if (++r->nanchors > SPOOR_YAML_MAX_ANCHORS) {
        return spoor_fail(r->diags, node->span, "more than %d anchors", SPOOR_YAML_MAX_ANCHORS);
    }
    anchor *a = SPOOR_NEW(r->arena, anchor);
    *a = (anchor){name, node, r->anchors};
    r->anchors = a;
    return true;
}

/* Put a whole node into what is open, or make it the document's root. */
static bool place(reader *r, spoor_yaml *node, spoor_span span) {
    if (r->depth == 0) {
        r->root = node;
        return true;
    }
    frame *f = &r->frames[r->depth - 1];
    if (f->node->kind == SPOOR_YAML_MAP && !f->has_key) {
        f->has_key = node->kind == SPOOR_YAML_SCALAR;
        f->key = node->text;
        f->key_span = span;
        return f->has_key || spoor_fail(r->diags, span, "a key must be a text");
    }
    f->node->weight += node->weight;
    if (f->node->weight > SPOOR_YAML_MAX_NODES) {
        return spoor_fail(r->diags, span, "more than %d values", SPOOR_YAML_MAX_NODES);
    }
    spoor_yaml_item *item = SPOOR_NEW(r->arena, spoor_yaml_item);
    *item = (spoor_yaml_item){.key = f->key, .key_span = f->key_span, .value = node};
    f->has_key = false;
    if (f->node->last != NULL) {
        f->node->last->next = item;
    } else {
        f->node->first = item;
    }
    f->node->last = item;
    return true;
}

static spoor_str copy_name(reader *r, const yaml_char_t *name) {
    return name != NULL ? spoor_arena_str(r->arena, spoor_str_from((const char *)name))
                        : (spoor_str){0};
}

static bool take_scalar(reader *r) {
    spoor_yaml *node = new_node(r, SPOOR_YAML_SCALAR);
    spoor_str text = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
    node->text = spoor_arena_str(r->arena, text);
    node->quoting = quoting_of(r->event.data.scalar.style);
    return name_anchor(r, copy_name(r, r->event.data.scalar.anchor), node) &&
           place(r, node, node->span);
}

static bool open_node(reader *r, spoor_yaml_kind kind, const yaml_char_t *anchor_name) {
    spoor_yaml *node = new_node(r, kind);
    if (r->depth == SPOOR_YAML_MAX_DEPTH) {
        return spoor_fail(r->diags, node->span, "nested deeper than %d", SPOOR_YAML_MAX_DEPTH);
    }
    r->frames[r->depth++] = (frame){.node = node, .anchor = copy_name(r, anchor_name)};
    return true;
}

static int compare_keys(const void *a, const void *b) {
    const spoor_yaml_item *x = *(spoor_yaml_item *const *)a, *y = *(spoor_yaml_item *const *)b;
    int order = spoor_str_compare(x->key, y->key);
    return order != 0 ? order : x->key_span.start < y->key_span.start ? -1 : 1;
}

/* YAML takes a key once; which of two was meant nobody can say. */
static bool keys_differ(reader *r, const spoor_yaml *map) {
    uint32_t n = 0;
    for (const spoor_yaml_item *i = map->first; i != NULL; i = i->next) {
        n++;
    }
    const spoor_yaml_item **keys =
        SPOOR_NEW_ARRAY(r->arena, const spoor_yaml_item *, (size_t)n + 1);
    n = 0;
    for (const spoor_yaml_item *i = map->first; i != NULL; i = i->next) {
        keys[n++] = i;
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    for (uint32_t i = 1; i < n; i++) {
        spoor_str key = keys[i]->key;
        if (spoor_str_eq(key, keys[i - 1]->key) && !spoor_str_is(key, "<<")) {
            return spoor_fail(r->diags, keys[i]->key_span, "'%.*s' stands twice in one mapping",
                              (int)key.len, key.ptr);
        }
    }
    return true;
}

static bool close_node(reader *r) {
    frame *f = &r->frames[--r->depth];
    if (f->node->kind == SPOOR_YAML_MAP && !keys_differ(r, f->node)) {
        return false;
    }
    f->node->span.end = event_span(r).end;
    return name_anchor(r, f->anchor, f->node) && place(r, f->node, f->node->span);
}

static bool take_alias(reader *r) {
    spoor_span span = event_span(r);
    spoor_str name = spoor_str_from((const char *)r->event.data.alias.anchor);
    for (anchor *a = r->anchors; a != NULL; a = a->next) {
        if (spoor_str_eq(a->name, name)) {
            return place(r, a->node, span);
        }
    }
    return spoor_fail(r->diags, span, "no anchor named '%.*s'", (int)name.len, name.ptr);
}

static bool take_event(reader *r) {
    switch (r->event.type) {
    case YAML_SCALAR_EVENT: return take_scalar(r);
    case YAML_ALIAS_EVENT: return take_alias(r);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(r, SPOOR_YAML_LIST, r->event.data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_node(r, SPOOR_YAML_MAP, r->event.data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_node(r);
    case YAML_DOCUMENT_START_EVENT:
        r->root = NULL;
        r->anchors = NULL;
        return true;
    case YAML_DOCUMENT_END_EVENT:
        if (r->root != NULL) {
            r->document(r->context, r->root);
        }
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT: break;
    }
    return true;
}

static bool fail_parser(reader *r) {
    yaml_parser_t *p = &r->parser;
    const char *problem = p->problem != NULL ? p->problem : "out of memory";
    uint32_t at =
        p->error == YAML_READER_ERROR
            ? (uint32_t)(p->problem_offset < r->text.len ? p->problem_offset : r->text.len)
            : offset_of(r, p->problem_mark);
    return spoor_fail(r->diags, (spoor_span){at, at, 0}, "not YAML: %s", problem);
}

static bool read_all(reader *r) {
    for (bool done = false; !done;) {
        if (!yaml_parser_parse(&r->parser, &r->event)) {
            return fail_parser(r);
        }
        r->has_event = true;
        done = r->event.type == YAML_STREAM_END_EVENT;
        bool ok = take_event(r);
        r->has_event = false;
        yaml_event_delete(&r->event);
        if (!ok) {
            return false;
        }
    }
    return true;
}

bool spoor_yaml_read(spoor_arena *arena, spoor_str text, spoor_diags *diags,
                     void (*document)(void *context, const spoor_yaml *root), void *context) {
    reader *r = SPOOR_NEW(arena, reader);
    r->arena = arena;
    r->text = text;
    r->diags = diags;
    r->document = document;
    r->context = context;
    if (!yaml_parser_initialize(&r->parser)) {
        spoor_arena_fail(arena);
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)text.ptr, text.len);
    jmp_buf *outer = arena->on_oom;
    jmp_buf door;
    volatile bool ok = false;
    arena->on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        ok = read_all(r);
    }
    arena->on_oom = outer;
    if (r->has_event) {
        yaml_event_delete(&r->event);
    }
    yaml_parser_delete(&r->parser);
    if (is_out) {
        spoor_arena_fail(arena);
    }
    return ok;
}

const spoor_yaml *spoor_yaml_get(const spoor_yaml *map, const char *key) {
    for (const spoor_yaml_item *i = map->kind == SPOOR_YAML_MAP ? map->first : NULL; i != NULL;
         i = i->next) {
        if (spoor_str_is(i->key, key)) {
            return i->value;
        }
    }
    return NULL;
}
