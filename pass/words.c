/* words.c - see words.h. */
#include "pass/words.h"

void spoor_words_put_text(spoor_buffer *out, spoor_str text) {
    spoor_words_put(out, &text.len, sizeof text.len);
    spoor_buffer_put(out, text);
}

void spoor_words_put_value(spoor_buffer *out, const spoor_value *value) {
    spoor_buffer_put_char(out, value->is_null);
    if (value->is_null) {
        return;
    }
    switch (value->type) {
    case SPOOR_STRING:
    case SPOOR_DYNAMIC: spoor_words_put_text(out, value->string); return;
    case SPOOR_BOOL: spoor_buffer_put_char(out, value->boolean); return;
    case SPOOR_REAL: spoor_words_put(out, &value->real, sizeof value->real); return;
    case SPOOR_DECIMAL: /* without what stands between and behind the two */
        spoor_words_put(out, &value->decimal.coefficient, sizeof value->decimal.coefficient);
        spoor_words_put(out, &value->decimal.scale, sizeof value->decimal.scale);
        return;
    case SPOOR_GUID: spoor_words_put(out, &value->guid, sizeof value->guid); return;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: spoor_words_put(out, &value->integer, sizeof value->integer); return;
    case SPOOR_NTYPES: return;
    }
}
