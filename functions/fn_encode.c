/* fn_encode.c - base64_*, url_encode and url_decode, tohex, new_guid: values spelled otherwise. */
#include "base/base64.h"
#include "base/buffer.h"
#include "base/random.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "types/dynamic.h"

/* -- base64 ------------------------------------------------------------------------------------ */

static void encode_text_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = spoor_base64_encode(call->scratch, args[0].strings[i]);
    }
}

static void decode_text_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str bytes;
        bool ok = spoor_base64_decode(call->scratch, args[0].strings[i], &bytes) &&
                  spoor_utf8_is_valid(bytes);
        out->strings[i] = ok ? bytes : (spoor_str){0};
    }
}

static void decode_array_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str bytes;
        if (!spoor_base64_decode(call->scratch, args[0].strings[i], &bytes)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder array;
        spoor_dynamic_init(&array, call->scratch);
        spoor_dynamic_open(&array, '[');
        for (size_t k = 0; k < bytes.len; k++) {
            spoor_value value = {.type = SPOOR_LONG, .integer = (unsigned char)bytes.ptr[k]};
            spoor_dynamic_add(&array, &value);
        }
        spoor_dynamic_close(&array);
        out->strings[i] = spoor_dynamic_finish(&array);
    }
}

/* An array of whole numbers 0..255 as bytes; false: it is something else. */
static bool bytes_of(spoor_buffer *bytes, spoor_str array) {
    if (spoor_dynamic_kind_of(array) != SPOOR_DYN_ARRAY) {
        return false;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(array);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value value = spoor_dynamic_scalar(element);
        if (value.type != SPOOR_LONG || value.integer < 0 || value.integer > 255) {
            return false;
        }
        spoor_buffer_put_char(bytes, (char)value.integer);
    }
    return true;
}

static void encode_array_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_buffer bytes = {.arena = call->scratch};
        if (bytes_of(&bytes, args[0].strings[i])) {
            out->strings[i] = spoor_base64_encode(call->scratch, spoor_buffer_text(&bytes));
        }
    }
}

/* The bytes of a guid as .NET keeps them: the first three groups the other way round; and back. */
static spoor_guid swap_groups(spoor_guid guid) {
    static const unsigned char from[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    spoor_guid out;
    for (size_t i = 0; i < sizeof from; i++) {
        out.bytes[i] = guid.bytes[from[i]];
    }
    return out;
}

static void encode_guid_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_guid guid = swap_groups(args[0].guids[i]);
        spoor_str bytes = {(const char *)guid.bytes, sizeof guid.bytes};
        out->strings[i] = spoor_base64_encode(call->scratch, bytes);
    }
}

static void decode_guid_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str bytes;
        spoor_guid guid;
        if (!spoor_base64_decode(call->scratch, args[0].strings[i], &bytes) ||
            bytes.len != sizeof guid.bytes) {
            out->nulls[i] = 1;
            continue;
        }
        memcpy(guid.bytes, bytes.ptr, sizeof guid.bytes);
        out->guids[i] = swap_groups(guid);
    }
}

/* -- URLs -------------------------------------------------------------------------------------- */

static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-_.!*()", c) != NULL);
}

static void url_encode_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                            spoor_str blank) {
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[0].strings[i];
        spoor_buffer url = {.arena = call->scratch};
        for (size_t at = 0; at < text.len; at++) {
            unsigned char c = (unsigned char)text.ptr[at];
            if (c == ' ') {
                spoor_buffer_put(&url, blank);
            } else if (is_plain((char)c)) {
                spoor_buffer_put_char(&url, (char)c);
            } else {
                spoor_buffer_put_char(&url, '%');
                spoor_buffer_put_char(&url, digits[c >> 4]);
                spoor_buffer_put_char(&url, digits[c & 15]);
            }
        }
        out->strings[i] = spoor_buffer_text(&url);
    }
}

static void url_encode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    url_encode_rows(call, rows, args, out, SPOOR_STR("+"));
}

static void url_component_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    url_encode_rows(call, rows, args, out, SPOOR_STR("%20"));
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A percent sign that begins no code stands for itself. */
static spoor_str url_decode(spoor_arena *arena, spoor_str url) {
    spoor_buffer text = {.arena = arena};
    for (size_t at = 0; at < url.len; at++) {
        char c = url.ptr[at];
        int high = c == '%' && url.len - at > 2 ? hex_digit(url.ptr[at + 1]) : -1;
        int low = high >= 0 ? hex_digit(url.ptr[at + 2]) : -1;
        if (low >= 0) {
            c = (char)(high << 4 | low);
            at += 2;
        } else if (c == '+') {
            c = ' ';
        }
        spoor_buffer_put_char(&text, c);
    }
    uint64_t bad = 0;
    return spoor_utf8_repair(arena, spoor_buffer_text(&text), &bad);
}

static void url_decode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = url_decode(call->scratch, args[0].strings[i]);
    }
}

/* -- numbers and guids ------------------------------------------------------------------------- */

static void tohex_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t value = (uint64_t)args[0].longs[i];
        if (args[0].type == SPOOR_INT) {
            value &= UINT32_MAX;
        }
        int64_t width = call->nargs > 1 ? args[1].longs[i] : 1;
        int digits = width < 1 ? 1 : width > 16 ? 16 : (int)width;
        out->strings[i] =
            spoor_arena_format(call->scratch, "%0*llx", digits, (unsigned long long)value);
    }
}

static void new_guid_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    (void)args;
    for (uint32_t i = 0; i < rows; i++) {
        unsigned char *bytes = out->guids[i].bytes;
        out->nulls[i] = !spoor_random_bytes(bytes, sizeof out->guids[i].bytes);
        bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40); /* RFC 4122: version 4 */
        bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    }
}

// clang-format off
#define ONE(row_name, takes, of, hidden, code, text, sample, prints) \
    {.name = row_name, .args = {takes}, .min_args = 1, .max_args = 1, .result = of, .is_hidden = hidden, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define TEXT SPOOR_T_STRING
const spoor_function spoor_fn_encode[] = {
    ONE("base64_encode_tostring", TEXT, SPOOR_STRING, false, encode_text_eval, "The UTF-8 bytes of the text in base64.", "base64_encode_tostring('Kusto')", "S3VzdG8="),
    ONE("base64_encodestring", TEXT, SPOOR_STRING, true, encode_text_eval, "As base64_encode_tostring().", "base64_encodestring('Kusto')", "S3VzdG8="),
    ONE("base64_decode_tostring", TEXT, SPOOR_STRING, false, decode_text_eval, "The text that base64 stands for; '' where it is not base64 of UTF-8.", "base64_decode_tostring('S3VzdG8=')", "Kusto"),
    ONE("base64_decodestring", TEXT, SPOOR_STRING, true, decode_text_eval, "As base64_decode_tostring().", "base64_decodestring('S3VzdG8=')", "Kusto"),
    ONE("base64_decode_toarray", TEXT, SPOOR_DYNAMIC, false, decode_array_eval, "The bytes that base64 stands for as an array.", "base64_decode_toarray('S3VzdG8=')", "[75,117,115,116,111]"),
    ONE("base64_encode_fromarray", SPOOR_T_DYNAMIC, SPOOR_STRING, false, encode_array_eval, "An array of bytes in base64.", "base64_encode_fromarray(dynamic([75,117]))", "S3U="),
    ONE("base64_encode_fromguid", SPOOR_T_GUID, SPOOR_STRING, false, encode_guid_eval, "The bytes of a guid in base64.", "base64_encode_fromguid(guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb))", "8jMxriJurkmwahbmqbIS6w=="),
    ONE("base64_decode_toguid", TEXT, SPOOR_GUID, false, decode_guid_eval, "The guid whose bytes base64 stands for.", "base64_decode_toguid('8jMxriJurkmwahbmqbIS6w==')", "ae3133f2-6e22-49ae-b06a-16e6a9b212eb"),
    ONE("url_encode", TEXT, SPOOR_STRING, false, url_encode_eval, "The text as part of a URL, blanks as +.", "url_encode('a b/c')", "a+b%2fc"),
    ONE("url_encode_component", TEXT, SPOOR_STRING, false, url_component_eval, "The text as part of a URL, blanks as %20.", "url_encode_component('a b/c')", "a%20b%2fc"),
    ONE("url_decode", TEXT, SPOOR_STRING, false, url_decode_eval, "The text that a part of a URL stands for.", "url_decode('a+b%2Fc')", "a b/c"),
    {.name = "tohex", .args = {SPOOR_T_INTEGER, SPOOR_T_INTEGER}, .min_args = 1, .max_args = 2, .result = SPOOR_STRING, .eval = tohex_eval,
     .summary = "A whole number in hex, with at least so many digits.", .example = "tohex(256, 8)", .value = "00000100"},
    {.name = "new_guid", .args = {0}, .min_args = 0, .max_args = 0, .result = SPOOR_GUID, .is_volatile = true, .eval = new_guid_eval,
     .summary = "A random guid, a new one each time.", .example = "strlen(tostring(new_guid()))", .value = "36"},
    {0},
};
// clang-format on
