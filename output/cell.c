/* cell.c - a value as people read it.
 *
 * What a terminal, a spreadsheet or an editor might obey rather than show
 * (control characters, C1, bidirectional overrides, invisible separators) is
 * escaped: event text comes from attackers. */
#include "base/time.h"
#include "base/utf8.h"
#include "output/output.h"
#include "types/dynamic.h"

static bool is_unsafe(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xD800 && c <= 0xDFFF) || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE007F);
}

static bool is_clean(spoor_str text) {
    const char *at = text.ptr, *end = text.len == 0 ? at : text.ptr + text.len;
    while (at < end) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x20 && c < 0x7F) {
            at++;
        } else if (is_unsafe(spoor_utf8_next(&at, end))) {
            return false;
        }
    }
    return true;
}

static size_t put_escape(char *to, uint32_t c) {
    static const char hex[] = "0123456789ABCDEF";
    const char *named = c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
    if (named != NULL) {
        memcpy(to, named, 2);
        return 2;
    }
    size_t n = 0;
    to[n++] = '\\';
    to[n++] = c < 0x100 ? 'x' : 'u';
    if (c >= 0x100) {
        to[n++] = '{';
    }
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 5;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        to[n++] = hex[(c >> shift) & 15];
    }
    if (c >= 0x100) {
        to[n++] = '}';
    }
    return n;
}

spoor_str spoor_output_safe(spoor_arena *arena, spoor_str text) {
    if (is_clean(text)) {
        return text;
    }
    char *bytes = SPOOR_RAW_ARRAY(arena, char, text.len * 9 + 1);
    size_t n = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        const char *start = at;
        uint32_t c = spoor_utf8_next(&at, end);
        if (is_unsafe(c)) {
            n += put_escape(bytes + n, c);
        } else {
            memcpy(bytes + n, start, (size_t)(at - start));
            n += (size_t)(at - start);
        }
    }
    return (spoor_str){bytes, n};
}

static spoor_str local_time(spoor_output *output, int64_t time) {
    int64_t minutes = output->options->tz_minutes;
    char buffer[SPOOR_TIME_TEXT];
    spoor_str text = spoor_time_print(time + minutes * SPOOR_TICKS_MINUTE, buffer);
    int away = (int)(minutes < 0 ? -minutes : minutes);
    return spoor_arena_format(output->scratch, "%.*s%c%02d:%02d", (int)text.len - 1, text.ptr,
                              minutes < 0 ? '-' : '+', away / 60, away % 60);
}

spoor_str spoor_output_cell(spoor_output *output, const spoor_value *value) {
    if (value->type == SPOOR_DATETIME && !value->is_null && output->options->tz_minutes != 0) {
        return local_time(output, value->integer);
    }
    spoor_str text = spoor_value_to_text(output->scratch, value);
    return spoor_output_safe(output->scratch, text);
}
