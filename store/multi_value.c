/* multi_value.c - a name that occurs twice in one event: its values as a JSON array. */
#include "store/snapshot.h"

static void put_json_string(spoor_bytes *out, spoor_str text) {
    spoor_bytes_put_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *found = c == 0 ? NULL : strchr(plain, c);
        if (found != NULL) {
            spoor_bytes_put_u8(out, '\\');
            spoor_bytes_put_u8(out, (unsigned char)letters[found - plain]);
        } else if (c < 0x20) {
            spoor_bytes_put(out, "\\u00", 4);
            spoor_bytes_put_u8(out, (unsigned char)"0123456789abcdef"[c >> 4]);
            spoor_bytes_put_u8(out, (unsigned char)"0123456789abcdef"[c & 15]);
        } else {
            spoor_bytes_put_u8(out, c);
        }
    }
    spoor_bytes_put_u8(out, '"');
}

bool spoor_multi_to_json(spoor_str multi, spoor_bytes *out) {
    spoor_bytes_in in = spoor_bytes_read(multi.ptr, multi.len);
    spoor_bytes_put_u8(out, '[');
    for (bool first = true; in.at < in.end && !in.failed; first = false) {
        unsigned kind = spoor_bytes_u8(&in);
        spoor_str text = spoor_bytes_str(&in);
        if (!first) {
            spoor_bytes_put_u8(out, ',');
        }
        if (kind == SPOOR_KIND_TEXT) {
            put_json_string(out, text);
        } else if (kind == SPOOR_KIND_JSON) {
            spoor_bytes_put(out, text.ptr, text.len);
        } else {
            spoor_bytes_put(out, "null", 4);
        }
    }
    spoor_bytes_put_u8(out, ']');
    return !in.failed;
}
