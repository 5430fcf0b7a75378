/* table_text.h - a table of the user's own as KQL text: datatable(a:string, ...)[ ... ].
 *
 * It is kept as a saved view, as functions are.  Bytes are malloc's; what does not fit, or is more
 * than one text may be, sets `failed`. */
#ifndef SPOOR_ENGINE_TABLE_TEXT_H
#define SPOOR_ENGINE_TABLE_TEXT_H

#include "base/arena.h"
#include "types/schema.h"
#include "types/vec.h"

typedef struct spoor_table_text {
    char *ptr; /* malloc */
    size_t len, capacity;
    bool failed;
} spoor_table_text;

void spoor_table_put(spoor_table_text *out, const char *bytes, size_t len);
void spoor_table_put_z(spoor_table_text *out, const char *z);
/* A string literal of any bytes. */
void spoor_table_put_string(spoor_table_text *out, spoor_str text);
/* A literal of the value's type, and a comma. */
void spoor_table_put_value(spoor_table_text *out, const spoor_value *value, spoor_arena *scratch);
/* datatable(names and types)[ */
void spoor_table_put_head(spoor_table_text *out, const spoor_schema *schema);

/* Is a saved text a table, rather than a function? */
static inline bool spoor_is_table_text(bool is_view, spoor_str text) {
    static const char head[] = "datatable(";
    return is_view && text.len >= sizeof head && memcmp(text.ptr, head, sizeof head - 1) == 0;
}

#endif
