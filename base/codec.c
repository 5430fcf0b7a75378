/* codec.c - see codec.h: numbers as seven bits a byte, texts behind their length. */
#include "base/codec.h"

static void fail(spoor_codec *c) {
    c->failed = true;
    c->in = (spoor_str){0};
}

void spoor_code_bytes(spoor_codec *c, void *bytes, size_t len) {
    if (c->is_writing) {
        spoor_buffer_put(&c->out, (spoor_str){bytes, len});
    } else if (c->failed || len > c->in.len) {
        fail(c);
        memset(bytes, 0, len);
    } else {
        memcpy(bytes, c->in.ptr, len);
        c->in = (spoor_str){c->in.ptr + len, c->in.len - len};
    }
}

void spoor_code_u64(spoor_codec *c, uint64_t *value) {
    uint64_t left = *value;
    unsigned char byte;
    if (c->is_writing) {
        for (; left >= 0x80; left >>= 7) {
            spoor_buffer_put_char(&c->out, (char)(left | 0x80));
        }
        spoor_buffer_put_char(&c->out, (char)left);
        return;
    }
    *value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        spoor_code_bytes(c, &byte, 1);
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return;
        }
    }
    fail(c);
    *value = 0;
}

void spoor_code_count(spoor_codec *c, uint32_t *count) {
    SPOOR_CODE(c, *count, UINT32_MAX);
    if (!c->is_writing && *count > c->in.len) {
        fail(c);
        *count = 0;
    }
}

void spoor_code_str(spoor_codec *c, spoor_str *text) {
    uint64_t len = text->len;
    spoor_code_u64(c, &len);
    if (c->is_writing) {
        spoor_buffer_put(&c->out, *text);
    } else if (c->failed || len > c->in.len) {
        fail(c);
        *text = SPOOR_STR("");
    } else {
        *text = (spoor_str){c->in.ptr, (size_t)len};
        c->in = (spoor_str){c->in.ptr + len, c->in.len - (size_t)len};
    }
}

void spoor_code_text(spoor_codec *c, const char **text) {
    bool is_set = *text != NULL;
    SPOOR_CODE(c, is_set, true);
    spoor_str with_nul = {0};
    if (!is_set) {
        *text = NULL;
        return;
    }
    if (c->is_writing) {
        with_nul = (spoor_str){*text, strlen(*text) + 1};
    }
    spoor_code_str(c, &with_nul);
    if (!c->is_writing) {
        bool ends = with_nul.len > 0 && with_nul.ptr[with_nul.len - 1] == '\0';
        c->failed |= !ends;
        *text = ends ? with_nul.ptr : "";
    }
}
