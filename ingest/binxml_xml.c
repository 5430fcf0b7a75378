/* binxml_xml.c - a tree and its values as XML.
 *
 * One form: no blanks between elements, double quotes, <a/> for an element
 * without content.  Reserved characters are escaped, all others stand as
 * they are.  What NULL leaves out (elements, attributes) is left out, an
 * array repeats its element. */
#include "ingest/binxml.h"
#include "ingest/evtx_value.h"

typedef struct writer {
    spoor_bx *bx;
    int depth;
} writer;

static bool put(spoor_bx *bx, const char *bytes, size_t len) {
    spoor_bx_buffer *out = &bx->xml;
    if (len > SPOOR_BX_MAX_TEXT - out->used) {
        return spoor_bx_fail(bx, "record expands beyond any sense");
    }
    if (!spoor_bx_spend(bx, len)) {
        return false;
    }
    if (len > 0) {
        memcpy(out->bytes + out->used, bytes, len);
        out->used += len;
    }
    return true;
}

static const char *escape_of(char c, bool in_attribute) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return in_attribute ? "&quot;" : NULL;
    default: return NULL;
    }
}

static bool put_escaped(spoor_bx *bx, spoor_str text, bool in_attribute) {
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *escape = escape_of(text.ptr[i], in_attribute);
        if (escape != NULL) {
            if (!put(bx, text.ptr + start, i - start) || !put(bx, escape, strlen(escape))) {
                return false;
            }
            start = i + 1;
        }
    }
    return start == text.len || put(bx, text.ptr + start, text.len - start);
}

static bool write_element(writer *w, const spoor_bx_element *element, spoor_bx_scope scope);

static bool write_attributes(writer *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    for (const spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        bool is_null;
        spoor_str text = spoor_bx_attribute_text(w->bx, a, scope, &is_null);
        if (is_null) {
            continue;
        }
        if (!put(w->bx, " ", 1) || !put(w->bx, a->name.ptr, a->name.len) || !put(w->bx, "=\"", 2) ||
            !put_escaped(w->bx, text, true) || !put(w->bx, "\"", 1)) {
            return false;
        }
    }
    return true;
}

static bool write_fragments(writer *w, const spoor_bx_value *value) {
    spoor_cursor in = spoor_bx_enter(w->bx, value);
    spoor_bx_fragment fragment;
    while (spoor_bx_open(w->bx, &in, &fragment)) {
        bool ok = write_element(w, fragment.root, fragment.scope);
        spoor_bx_close(w->bx, &fragment);
        if (!ok) {
            return false;
        }
    }
    return w->bx->error == NULL;
}

static bool write_node(writer *w, const spoor_bx_node *node, spoor_bx_scope scope, uint32_t item) {
    if (node->kind == SPOOR_BX_ELEMENT) {
        return write_element(w, node->u.element, scope);
    }
    if (node->kind == SPOOR_BX_VALUE) {
        const spoor_bx_value *value = spoor_bx_value_of(scope, node->value);
        if (value != NULL && value->type == SPOOR_EVTX_BINXML) {
            return write_fragments(w, value);
        }
    }
    spoor_bx_node alone = *node;
    alone.next = NULL;
    spoor_str text = spoor_bx_pieces(w->bx, &alone, scope, item);
    if (w->bx->xml.used < SPOOR_BX_MAX_TEXT) {
        w->bx->xml.used = spoor_bx_join(w->bx->xml.bytes, w->bx->xml.used, &text);
    }
    return put_escaped(w->bx, text, false);
}

static bool write_once(writer *w, const spoor_bx_element *element, spoor_bx_scope scope,
                       uint32_t item) {
    spoor_bx *bx = w->bx;
    if (!spoor_bx_spend(bx, SPOOR_BX_STEP) || !put(bx, "<", 1) ||
        !put(bx, element->name.ptr, element->name.len) || !write_attributes(w, element, scope) ||
        !put(bx, ">", 1)) {
        return false;
    }
    size_t before = bx->xml.used;
    for (const spoor_bx_node *node = element->content; node != NULL; node = node->next) {
        if (!spoor_bx_spend(bx, SPOOR_BX_STEP) || !write_node(w, node, scope, item)) {
            return false;
        }
    }
    if (bx->xml.used == before) {
        bx->xml.used--; /* the > */
        return put(bx, "/>", 2);
    }
    return put(bx, "</", 2) && put(bx, element->name.ptr, element->name.len) && put(bx, ">", 1);
}

static bool write_element(writer *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    if (spoor_bx_is_absent(element, scope)) {
        return true;
    }
    if (w->depth >= SPOOR_BX_MAX_DEPTH) {
        return spoor_bx_fail(w->bx, "elements nested too deep");
    }
    w->depth++;
    spoor_bx_content content = spoor_bx_look(element->content, scope);
    uint32_t count = spoor_bx_repeats(w->bx, content.array);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++) {
        ok = write_once(w, element, scope, i);
    }
    w->depth--;
    return ok;
}

spoor_str spoor_bx_xml(spoor_bx *bx, const spoor_bx_element *element, spoor_bx_scope scope) {
    writer w = {bx, 0};
    size_t start = bx->xml.used;
    write_element(&w, element, scope);
    return (spoor_str){bx->xml.bytes + start, bx->xml.used - start};
}
