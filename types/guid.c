/* guid.c - guids to text and back.
 *
 * What toguid() takes (its documentation shows "0123456789ab-cdef-0123-456789abcdef"): 32 hex
 * digits, each of the four dashes there or not, one pair of braces or brackets round it or none. */
#include "types/vec.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool has_dash_before(int byte) {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool spoor_guid_parse(spoor_str text, spoor_guid *guid) {
    text = spoor_str_trim(text);
    if (text.len > 2 && ((text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') ||
                         (text.ptr[0] == '(' && text.ptr[text.len - 1] == ')'))) {
        text = (spoor_str){text.ptr + 1, text.len - 2};
    }
    spoor_guid result;
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (has_dash_before(i) && at < text.len && text.ptr[at] == '-') {
            at++;
        }
        if (text.len - at < 2) {
            return false;
        }
        int high = hex_digit(text.ptr[at]), low = hex_digit(text.ptr[at + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        result.bytes[i] = (unsigned char)(high << 4 | low);
        at += 2;
    }
    if (at != text.len) {
        return false;
    }
    *guid = result;
    return true;
}

spoor_str spoor_guid_print(spoor_guid guid, char buffer[SPOOR_GUID_TEXT]) {
    static const char hex[] = "0123456789abcdef";
    size_t len = 0;
    for (int i = 0; i < 16; i++) {
        if (has_dash_before(i)) {
            buffer[len++] = '-';
        }
        buffer[len++] = hex[guid.bytes[i] >> 4];
        buffer[len++] = hex[guid.bytes[i] & 15];
    }
    buffer[len] = '\0';
    return (spoor_str){buffer, len};
}
