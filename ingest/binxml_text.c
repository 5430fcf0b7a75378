/* binxml_text.c - the text of values, content and attributes, in the record's buffer. */
#include "base/utf8.h"
#include "ingest/binxml.h"
#include "ingest/evtx_value.h"

/* Room for `size` bytes at the end of the buffer, or NULL. */
static inline char *reserve(spoor_bx *bx, spoor_bx_buffer *buffer, size_t size) {
    if (size > SPOOR_BX_MAX_TEXT - buffer->used || bx->error != NULL) {
        spoor_bx_fail(bx, "record expands beyond any sense");
        return NULL;
    }
    return buffer->bytes + buffer->used;
}

static inline spoor_str print(spoor_bx *bx, uint8_t type, const unsigned char *bytes, size_t size) {
    char *out = size > 0 ? reserve(bx, &bx->text, spoor_evtx_value_bound(size)) : NULL;
    if (out == NULL) {
        return (spoor_str){NULL, 0};
    }
    size_t len = spoor_evtx_value_print(type, bytes, size, out);
    bx->text.used += len;
    spoor_bx_spend(bx, len);
    return (spoor_str){out, len};
}

spoor_str spoor_bx_make_text(spoor_bx *bx, spoor_bx_value *value) {
    value->is_made = true;
    value->u.text = value->type == SPOOR_EVTX_BINXML
                        ? (spoor_str){NULL, 0}
                        : print(bx, value->type, value->bytes, value->size);
    return value->u.text;
}

/* An empty array leaves one empty element, as an empty string array of one item would. */
uint32_t spoor_bx_repeats(spoor_bx *bx, spoor_bx_value *array) {
    uint32_t count = array != NULL ? spoor_bx_items(bx, array) : 1;
    return count > 0 ? count : 1;
}

uint32_t spoor_bx_items(spoor_bx *bx, spoor_bx_value *array) {
    if (array->is_made) {
        return array->nitems;
    }
    array->is_made = true;
    array->nitems = 0;
    uint8_t type = array->type & 0x7F;
    uint32_t count = 0;
    for (size_t at = 0, n; at < array->size; at += n, count++) {
        n = spoor_evtx_item_size(type, array->bytes + at, array->size - at, array->size);
        if (n == 0) {
            break;
        }
    }
    if (!spoor_bx_spend(bx, (size_t)count * SPOOR_BX_STEP + array->size)) {
        return 0;
    }
    array->u.items = SPOOR_RAW_ARRAY(&bx->scratch, spoor_str, count);
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t n = spoor_evtx_item_size(type, array->bytes + at, array->size - at, array->size);
        array->u.items[i] = print(bx, type, array->bytes + at, n);
        at += n;
    }
    array->nitems = count;
    return count;
}

spoor_bx_content spoor_bx_look(const spoor_bx_node *nodes, spoor_bx_scope scope) {
    spoor_bx_content content = {false, NULL};
    for (const spoor_bx_node *node = nodes; node != NULL; node = node->next) {
        if (node->kind == SPOOR_BX_ELEMENT) {
            content.has_elements = true;
        } else if (node->kind == SPOOR_BX_VALUE) {
            spoor_bx_value *value = spoor_bx_value_of(scope, node->value);
            if (value != NULL && value->type >= SPOOR_EVTX_BINXML) {
                content.has_elements |= value->type == SPOOR_EVTX_BINXML && value->size > 0;
                if ((value->type & SPOOR_EVTX_ARRAY) != 0 && content.array == NULL) {
                    content.array = value;
                }
            }
        }
    }
    return content;
}

/* Text of one piece; makes it when it is not there yet. */
static spoor_str piece_text(spoor_bx *bx, const spoor_bx_node *node, spoor_bx_scope scope,
                            uint32_t item) {
    if (node->kind == SPOOR_BX_TEXT) {
        return node->u.text;
    }
    spoor_bx_value *value =
        node->kind == SPOOR_BX_VALUE ? spoor_bx_value_of(scope, node->value) : NULL;
    if (value == NULL) {
        return (spoor_str){NULL, 0};
    }
    if ((value->type & SPOOR_EVTX_ARRAY) != 0) {
        return item < spoor_bx_items(bx, value) ? value->u.items[item] : (spoor_str){NULL, 0};
    }
    return spoor_bx_text(bx, value);
}

size_t spoor_bx_join(char *text, size_t used, spoor_str *next) {
    if (used < 3 || next->len < 3) {
        return used;
    }
    const unsigned char *a = (unsigned char *)text + used - 3;
    const unsigned char *b = (const unsigned char *)next->ptr;
    if (a[0] != 0xED || (a[1] & 0xF0) != 0xA0 || b[0] != 0xED || (b[1] & 0xF0) != 0xB0) {
        return used;
    }
    uint32_t high = (uint32_t)(a[1] & 0x0F) << 6 | (a[2] & 0x3F);
    uint32_t low = (uint32_t)(b[1] & 0x0F) << 6 | (b[2] & 0x3F);
    next->ptr += 3;
    next->len -= 3;
    return used - 3 + (size_t)spoor_utf8_put(text + used - 3, 0x10000 + (high << 10 | low));
}

spoor_str spoor_bx_pieces(spoor_bx *bx, const spoor_bx_node *nodes, spoor_bx_scope scope,
                          uint32_t item) {
    if (nodes == NULL) {
        return (spoor_str){NULL, 0};
    }
    if (nodes->next == NULL) {
        return piece_text(bx, nodes, scope, item);
    }
    /* First make the parts, which puts them into the same buffer; then join them behind. */
    size_t total = 4;
    for (const spoor_bx_node *node = nodes; node != NULL; node = node->next) {
        total += piece_text(bx, node, scope, item).len;
        if (!spoor_bx_spend(bx, SPOOR_BX_STEP)) {
            return (spoor_str){NULL, 0};
        }
    }
    char *out = spoor_bx_spend(bx, total) ? reserve(bx, &bx->text, total) : NULL;
    if (out == NULL) {
        return (spoor_str){NULL, 0};
    }
    size_t used = 0;
    for (const spoor_bx_node *node = nodes; node != NULL; node = node->next) {
        spoor_str text = piece_text(bx, node, scope, item);
        used = spoor_bx_join(out, used, &text);
        if (text.len > 0) {
            memcpy(out + used, text.ptr, text.len);
            used += text.len;
        }
    }
    bx->text.used += used;
    return (spoor_str){out, used};
}

spoor_str spoor_bx_attribute_text(spoor_bx *bx, const spoor_bx_attribute *attribute,
                                  spoor_bx_scope scope, bool *is_null) {
    const spoor_bx_node *node = attribute->value;
    *is_null = false;
    if (node != NULL && node->next == NULL && node->kind == SPOOR_BX_VALUE) {
        spoor_bx_value *value = spoor_bx_value_of(scope, node->value);
        *is_null = value == NULL || value->type == SPOOR_EVTX_NULL;
        if (!*is_null && (value->type & SPOOR_EVTX_ARRAY) != 0) {
            /* An attribute cannot repeat: its items are listed. */
            uint32_t count = spoor_bx_items(bx, value);
            size_t start = bx->text.used;
            for (uint32_t i = 0; i < count; i++) {
                char *out = reserve(bx, &bx->text, value->u.items[i].len + 1);
                if (out == NULL || !spoor_bx_spend(bx, value->u.items[i].len + 1)) {
                    break;
                }
                size_t comma = i > 0;
                out[0] = ',';
                if (value->u.items[i].len > 0) {
                    memcpy(out + comma, value->u.items[i].ptr, value->u.items[i].len);
                }
                bx->text.used += comma + value->u.items[i].len;
            }
            return (spoor_str){bx->text.bytes + start, bx->text.used - start};
        }
    }
    return spoor_bx_pieces(bx, node, scope, 0);
}
