/* table_text.c - see table_text.h. */
#include "engine/table_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "types/dynamic.h"

void spoor_table_put(spoor_table_text *out, const char *bytes, size_t len) {
    if (out->failed || out->len + len > SPOOR_MAX_QUERY_BYTES) {
        out->failed = true;
        return;
    }
    if (out->len + len > out->capacity) {
        size_t capacity = (out->len + len) * 2;
        char *grown = realloc(out->ptr, capacity);
        if (grown == NULL) {
            out->failed = true;
            return;
        }
        out->ptr = grown;
        out->capacity = capacity;
    }
    memcpy(out->ptr + out->len, bytes, len);
    out->len += len;
}

void spoor_table_put_z(spoor_table_text *out, const char *z) {
    spoor_table_put(out, z, strlen(z));
}

void spoor_table_put_string(spoor_table_text *out, spoor_str text) {
    spoor_table_put_z(out, "'");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escaped[8];
        if (c == '\'' || c == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", c);
            spoor_table_put_z(out, escaped);
        } else if (c < 0x20 || c == 0x7F) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            spoor_table_put_z(out, escaped);
        } else {
            spoor_table_put(out, &text.ptr[i], 1);
        }
    }
    spoor_table_put_z(out, "'");
}

void spoor_table_put_value(spoor_table_text *out, const spoor_value *value, spoor_arena *scratch) {
    if (value->type == SPOOR_STRING) {
        spoor_table_put_string(out, value->string);
    } else {
        spoor_str text = value->is_null ? SPOOR_STR("null")
                         : value->type == SPOOR_DYNAMIC
                             ? spoor_dynamic_print_json(scratch, value->string)
                             : spoor_value_to_text(scratch, value);
        spoor_table_put_z(out, spoor_type_name(value->type));
        spoor_table_put_z(out, "(");
        spoor_table_put(out, text.ptr, text.len);
        spoor_table_put_z(out, ")");
    }
    spoor_table_put_z(out, ",");
}

void spoor_table_put_head(spoor_table_text *out, const spoor_schema *schema) {
    spoor_table_put_z(out, "datatable(");
    for (uint32_t i = 0; i < schema->ncols; i++) {
        if (!schema->columns[i].hidden) {
            spoor_table_put_z(out, i > 0 ? ",[" : "[");
            spoor_table_put_string(out, schema->columns[i].name);
            spoor_table_put_z(out, "]:");
            spoor_table_put_z(out, spoor_type_name(schema->columns[i].type));
        }
    }
    spoor_table_put_z(out, ")[\n");
}
