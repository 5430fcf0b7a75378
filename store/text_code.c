/* text_code.c - forms of text lists (see text_code.h).
 *
 * A form is taken only when each text parses, and the parse functions here take no text but the one that
 * the print functions, which decoding uses, make of the value: tests/unit/test_text_code.c holds them to it.
 * (Printing and comparing each text took 3 % of an ingest.) */
#include "store/text_code.h"

#include "base/time.h"
#include "base/utf8.h"

enum { PRINTED = 48 };

static const char lower_digits[] = "0123456789abcdef";
static const char upper_digits[] = "0123456789ABCDEF";

/* -- the number forms -------------------------------------------------------------------------- */

static size_t print_number(int64_t value, unsigned base, const char *digits, char *out) {
    char reversed[24];
    size_t n = 0, len = 0;
    uint64_t rest = (uint64_t)value;
    if (base == 10 && value < 0) {
        out[len++] = '-';
        rest = 0 - rest;
    }
    if (base == 16) {
        out[len++] = '0';
        out[len++] = 'x';
    }
    do {
        reversed[n++] = digits[rest % base];
        rest /= base;
    } while (rest > 0);
    while (n > 0) {
        out[len++] = reversed[--n];
    }
    return len;
}

/* The digit's value, 16: not one of these. */
static unsigned digit_of(char c, char ten) {
    unsigned char digit = (unsigned char)(c - '0'), letter = (unsigned char)(c - ten);
    return digit < 10 ? digit : letter < 6 ? letter + 10u : 16;
}

/* ten: how 10 is written. */
static bool parse_number(spoor_str text, unsigned base, char ten, int64_t *value) {
    size_t at = 0;
    bool minus = base == 10 && text.len > 0 && text.ptr[0] == '-';
    at += minus ? 1 : 0;
    if (base == 16) {
        if (text.len < 3 || text.ptr[0] != '0' || text.ptr[1] != 'x') {
            return false;
        }
        at = 2;
    }
    if (at >= text.len || text.len - at > (base == 16 ? 16u : 18u)) {
        return false;
    }
    if (text.ptr[at] == '0' && (text.len - at > 1 || minus)) {
        return false; /* 007, -0 */
    }
    uint64_t number = 0;
    for (; at < text.len; at++) {
        unsigned digit = digit_of(text.ptr[at], ten);
        if (digit >= base) {
            return false;
        }
        number = number * base + digit;
    }
    *value = (int64_t)(minus ? 0 - number : number);
    return true;
}

/* -- times: 2024-01-31 10:11:12.345 ------------------------------------------------------------ */

static char *put_digits(char *at, int value, int n) {
    for (int i = n - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + n;
}

static size_t print_time(int64_t ms, char *out) {
    spoor_civil c = spoor_time_civil(ms * SPOOR_TICKS_MS);
    char *at = put_digits(out, c.year, 4);
    *at++ = '-';
    at = put_digits(at, c.month, 2);
    *at++ = '-';
    at = put_digits(at, c.day, 2);
    *at++ = ' ';
    at = put_digits(at, c.hour, 2);
    *at++ = ':';
    at = put_digits(at, c.minute, 2);
    *at++ = ':';
    at = put_digits(at, c.second, 2);
    *at++ = '.';
    at = put_digits(at, (int)(c.ticks / SPOOR_TICKS_MS), 3);
    return (size_t)(at - out);
}

static int digits_at(spoor_str text, size_t at, int n) {
    int value = 0;
    for (int i = 0; i < n; i++) {
        unsigned digit = (unsigned)(unsigned char)text.ptr[at + (size_t)i] - '0';
        if (digit > 9) {
            return -1;
        }
        value = value * 10 + (int)digit;
    }
    return value;
}

/* The day that was parsed last: neighbours are mostly of one. */
typedef struct day {
    bool is_set;
    char text[10];
    int64_t ms;
} day;

static bool parse_day(spoor_str text, day *last) {
    if (last->is_set && memcmp(last->text, text.ptr, sizeof last->text) == 0) {
        return true;
    }
    spoor_civil c = {.year = digits_at(text, 0, 4),
                     .month = digits_at(text, 5, 2),
                     .day = digits_at(text, 8, 2)};
    int64_t ticks;
    if (c.year < 1 || c.month < 1 || c.day < 1 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        !spoor_time_from_civil(c, &ticks)) {
        return false;
    }
    memcpy(last->text, text.ptr, sizeof last->text);
    last->ms = ticks / SPOOR_TICKS_MS;
    last->is_set = true;
    return true;
}

static bool parse_time(spoor_str text, day *last, int64_t *ms) {
    if (text.len != 23 || text.ptr[10] != ' ' || text.ptr[13] != ':' || text.ptr[16] != ':' ||
        text.ptr[19] != '.' || !parse_day(text, last)) {
        return false;
    }
    int hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2);
    int second = digits_at(text, 17, 2), thousandths = digits_at(text, 20, 3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
        thousandths < 0) {
        return false;
    }
    *ms = last->ms + ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + thousandths;
    return true;
}

/* -- GUIDs ------------------------------------------------------------------------------------- */

static size_t print_guid(spoor_text_form form, const unsigned char *bytes, char *out) {
    const char *digits = (form & 1) != 0 ? upper_digits : lower_digits;
    bool braces = (form & 2) != 0;
    size_t len = 0;
    if (braces) {
        out[len++] = '{';
    }
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out[len++] = '-';
        }
        out[len++] = digits[bytes[i] >> 4];
        out[len++] = digits[bytes[i] & 15];
    }
    if (braces) {
        out[len++] = '}';
    }
    return len;
}

enum { IS_LOWER = 32, IS_UPPER = 64 };
/* The digit's value + 1, and its case where it has one; 0: no digit. */
static const unsigned char hex_values[256] = {['0'] = 1,
                                              ['1'] = 2,
                                              ['2'] = 3,
                                              ['3'] = 4,
                                              ['4'] = 5,
                                              ['5'] = 6,
                                              ['6'] = 7,
                                              ['7'] = 8,
                                              ['8'] = 9,
                                              ['9'] = 10,
                                              ['a'] = 11 | IS_LOWER,
                                              ['b'] = 12 | IS_LOWER,
                                              ['c'] = 13 | IS_LOWER,
                                              ['d'] = 14 | IS_LOWER,
                                              ['e'] = 15 | IS_LOWER,
                                              ['f'] = 16 | IS_LOWER,
                                              ['A'] = 11 | IS_UPPER,
                                              ['B'] = 12 | IS_UPPER,
                                              ['C'] = 13 | IS_UPPER,
                                              ['D'] = 14 | IS_UPPER,
                                              ['E'] = 15 | IS_UPPER,
                                              ['F'] = 16 | IS_UPPER};

static bool parse_guid(spoor_text_form form, spoor_str text, unsigned char *bytes) {
    bool braces = (form & 2) != 0;
    unsigned other_case = (form & 1) != 0 ? IS_LOWER : IS_UPPER;
    const char *at = text.ptr + (braces ? 1 : 0);
    if (text.len != (braces ? 38 : 36) || (braces && (*text.ptr != '{' || text.ptr[37] != '}')) ||
        at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-') {
        return false;
    }
    unsigned seen = 0;
    for (int i = 0; i < 16; i++) {
        at += i == 4 || i == 6 || i == 8 || i == 10;
        unsigned high = hex_values[(unsigned char)at[0]], low = hex_values[(unsigned char)at[1]];
        if (high == 0 || low == 0) {
            return false;
        }
        seen |= high | low;
        bytes[i] = (unsigned char)(((high & 31) - 1) << 4 | ((low & 31) - 1));
        at += 2;
    }
    return (seen & other_case) == 0;
}

/* -- choosing ---------------------------------------------------------------------------------- */

static bool is_guid_form(spoor_text_form form) {
    return form >= SPOOR_TEXT_GUID && form < SPOOR_TEXT_GUID + 4;
}

static bool parse_integer(spoor_text_form form, spoor_str text, day *last, int64_t *value) {
    switch (form) {
    case SPOOR_TEXT_DECIMAL: return parse_number(text, 10, 'a', value);
    case SPOOR_TEXT_HEX_LOWER: return parse_number(text, 16, 'a', value);
    case SPOOR_TEXT_HEX_UPPER: return parse_number(text, 16, 'A', value);
    case SPOOR_TEXT_TIME: return parse_time(text, last, value);
    case SPOOR_TEXT_FRONT:
    case SPOOR_TEXT_GUID: break;
    }
    return false;
}

static size_t print_integer(spoor_text_form form, int64_t value, char *out) {
    switch (form) {
    case SPOOR_TEXT_HEX_LOWER: return print_number(value, 16, lower_digits, out);
    case SPOOR_TEXT_HEX_UPPER: return print_number(value, 16, upper_digits, out);
    case SPOOR_TEXT_TIME: return print_time(value, out);
    case SPOOR_TEXT_DECIMAL:
    case SPOOR_TEXT_FRONT:
    case SPOOR_TEXT_GUID: break;
    }
    return print_number(value, 10, lower_digits, out);
}

static bool form_holds(spoor_text_form form, const spoor_str *texts, uint32_t n) {
    day last = {.is_set = false};
    unsigned char bytes[16];
    int64_t value;
    for (uint32_t i = 0; i < n; i++) {
        if (is_guid_form(form) ? !parse_guid(form, texts[i], bytes)
                               : !parse_integer(form, texts[i], &last, &value)) {
            return false;
        }
    }
    return true;
}

spoor_text_form spoor_text_form_of(const spoor_str *texts, uint32_t n) {
    static const spoor_text_form forms[] = {
        SPOOR_TEXT_DECIMAL,  SPOOR_TEXT_HEX_LOWER, SPOOR_TEXT_HEX_UPPER, SPOOR_TEXT_GUID,
        SPOOR_TEXT_GUID + 1, SPOOR_TEXT_GUID + 2,  SPOOR_TEXT_GUID + 3,  SPOOR_TEXT_TIME,
    };
    for (size_t i = 0; n > 1 && i < sizeof forms / sizeof *forms; i++) {
        if (form_holds(forms[i], texts, n)) {
            return forms[i];
        }
    }
    return SPOOR_TEXT_FRONT;
}

/* -- encoding ---------------------------------------------------------------------------------- */

static void encode_front(spoor_bytes *raw, const spoor_str *texts, uint32_t n) {
    spoor_bytes shared = {0};
    uint64_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t same = 0;
        if (i > 0) {
            size_t most = texts[i].len < texts[i - 1].len ? texts[i].len : texts[i - 1].len;
            while (same < most && texts[i].ptr[same] == texts[i - 1].ptr[same]) {
                same++;
            }
        }
        spoor_bytes_put_varint(&shared, same);
        total += texts[i].len;
    }
    spoor_bytes_put_varint(raw, total);
    spoor_bytes_put(raw, shared.ptr, shared.len);
    spoor_bytes_in in = spoor_bytes_read(shared.ptr, shared.len);
    for (uint32_t i = 0; i < n; i++) {
        spoor_bytes_put_varint(raw, texts[i].len - spoor_bytes_varint(&in));
    }
    in = spoor_bytes_read(shared.ptr, shared.len);
    for (uint32_t i = 0; i < n && !shared.failed; i++) {
        size_t same = (size_t)spoor_bytes_varint(&in);
        spoor_bytes_put(raw, texts[i].len == same ? "" : texts[i].ptr + same, texts[i].len - same);
    }
    raw->failed |= shared.failed;
    spoor_bytes_free(&shared);
}

/* Byte 0 of every GUID, then byte 1, ...: machines and boots repeat, so zstd finds them. */
static void encode_guids(spoor_bytes *raw, const spoor_str *texts, uint32_t n,
                         spoor_text_form form) {
    unsigned char *at = spoor_bytes_room(raw, (size_t)n * 16);
    for (uint32_t i = 0; at != NULL && i < n; i++) {
        unsigned char bytes[16] = {0};
        parse_guid(form, texts[i], bytes);
        for (size_t b = 0; b < 16; b++) {
            at[b * n + i] = bytes[b];
        }
    }
    raw->len += at != NULL ? (size_t)n * 16 : 0;
}

static void encode_integers(spoor_bytes *raw, const spoor_str *texts, uint32_t n,
                            spoor_text_form form) {
    int64_t *values = malloc(((size_t)n + 1) * sizeof *values);
    if (values == NULL) {
        raw->failed = true;
        return;
    }
    day last = {.is_set = false};
    for (uint32_t i = 0; i < n; i++) {
        values[i] = 0;
        parse_integer(form, texts[i], &last, &values[i]);
    }
    spoor_ints_encode(raw, values, n);
    free(values);
}

void spoor_texts_encode(spoor_packer *packer, spoor_bytes *out, const spoor_str *texts, uint32_t n,
                        spoor_text_form form) {
    spoor_bytes raw = {0};
    if (form == SPOOR_TEXT_FRONT) {
        encode_front(&raw, texts, n);
    } else if (is_guid_form(form)) {
        encode_guids(&raw, texts, n, form);
    } else {
        encode_integers(&raw, texts, n, form);
    }
    spoor_bytes_put_u8(out, form);
    spoor_block_encode(packer, out, raw.ptr, raw.len);
    out->failed |= raw.failed;
    spoor_bytes_free(&raw);
}

/* -- decoding ---------------------------------------------------------------------------------- */

enum {
    COPY = 32
}; /* bytes copied at a time: most prefixes and tails are so short that a call costs more */

/* May write up to COPY - 1 bytes more, and reads as many. */
static inline void copy_over(unsigned char *to, const unsigned char *from, size_t len) {
    for (size_t i = 0; i < len; i += COPY) {
        unsigned char piece[COPY]; /* what is read too much may be what is written */
        memcpy(piece, from + i, COPY);
        memcpy(to + i, piece, COPY);
    }
}

static bool decode_front(const unsigned char *data, size_t len, uint32_t n, spoor_bytes *blob,
                         uint32_t *starts, uint32_t *lengths, bool *is_ascii) {
    spoor_bytes_in shared = spoor_bytes_read(data, len);
    uint64_t total = spoor_bytes_varint(&shared);
    if (shared.failed || total > SPOOR_TEXT_LIMIT) {
        return false;
    }
    spoor_bytes_in own = shared;
    for (uint32_t i = 0; i < n; i++) {
        spoor_bytes_varint(&own);
    }
    spoor_bytes_in bytes = own;
    for (uint32_t i = 0; i < n; i++) {
        spoor_bytes_varint(&bytes);
    }
    unsigned char *at = spoor_bytes_room(blob, (size_t)total + n + 1 + COPY);
    if (bytes.failed || at == NULL) {
        return false;
    }
    *is_ascii = spoor_is_ascii((spoor_str){
        (const char *)bytes.at, (size_t)(bytes.end - bytes.at)}); /* prefixes were tails */
    uint64_t left = total, before = 0;
    size_t start = blob->len;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t same = spoor_bytes_varint(&shared), more = spoor_bytes_varint(&own);
        if (same > before || same > left || more > left - same) {
            return false;
        }
        const unsigned char *tail = spoor_bytes_take(&bytes, more);
        if (tail == NULL) {
            return false;
        }
        copy_over(at, at - before - (i > 0 ? 1 : 0),
                  (size_t)same); /* what it needs ends before `at` */
        if ((size_t)(data + len - tail) >= more + COPY) {
            copy_over(at + same, tail, (size_t)more);
        } else {
            memcpy(at + same, tail, (size_t)more);
        }
        at[same + more] = 0;
        starts[i] = (uint32_t)start;
        lengths[i] = (uint32_t)(same + more);
        before = same + more;
        left -= before;
        at += before + 1;
        start += before + 1;
    }
    blob->len = start;
    return left == 0;
}

static bool put_printed(spoor_bytes *blob, const char *printed, size_t len, uint32_t *start,
                        uint32_t *length) {
    unsigned char *at = spoor_bytes_room(blob, len + 1);
    if (at == NULL) {
        return false;
    }
    memcpy(at, printed, len);
    at[len] = 0;
    *start = (uint32_t)blob->len;
    *length = (uint32_t)len;
    blob->len += len + 1;
    return true;
}

static bool decode_guids(const unsigned char *data, size_t len, uint32_t n, spoor_text_form form,
                         spoor_bytes *blob, uint32_t *starts, uint32_t *lengths) {
    if (len != (size_t)n * 16) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        unsigned char bytes[16];
        char printed[PRINTED];
        for (size_t b = 0; b < 16; b++) {
            bytes[b] = data[b * n + i];
        }
        size_t printed_len = print_guid(form, bytes, printed);
        if (!put_printed(blob, printed, printed_len, &starts[i], &lengths[i])) {
            return false;
        }
    }
    return true;
}

static bool decode_integers(const unsigned char *data, size_t len, uint32_t n, spoor_text_form form,
                            spoor_bytes *blob, uint32_t *starts, uint32_t *lengths) {
    int64_t *values = malloc(((size_t)n + 1) * sizeof *values);
    if (values == NULL) {
        blob->failed = true;
        return false;
    }
    spoor_bytes_in in = spoor_bytes_read(data, len);
    bool ok = spoor_ints_decode(&in, values, n);
    for (uint32_t i = 0; ok && i < n; i++) {
        char printed[PRINTED];
        if (form == SPOOR_TEXT_TIME &&
            (values[i] < 0 || values[i] > SPOOR_DATETIME_MAX / SPOOR_TICKS_MS)) {
            ok = false;
            break;
        }
        size_t printed_len = print_integer(form, values[i], printed);
        ok = put_printed(blob, printed, printed_len, &starts[i], &lengths[i]);
    }
    free(values);
    return ok;
}

bool spoor_texts_decode(spoor_packer *packer, spoor_bytes_in *in, uint32_t n, spoor_bytes *blob,
                        uint32_t *starts, uint32_t *lengths, bool *is_ascii) {
    unsigned form = spoor_bytes_u8(in);
    size_t len = 0;
    const unsigned char *data = spoor_block_decode(packer, in, SPOOR_TEXT_LIMIT, &len);
    if (data == NULL || form > SPOOR_TEXT_TIME) {
        return false;
    }
    if (form == SPOOR_TEXT_FRONT) {
        return decode_front(data, len, n, blob, starts, lengths, is_ascii);
    }
    *is_ascii = true; /* printed */
    if (is_guid_form((spoor_text_form)form)) {
        return decode_guids(data, len, n, (spoor_text_form)form, blob, starts, lengths);
    }
    return form < SPOOR_TEXT_GUID || form == SPOOR_TEXT_TIME
               ? decode_integers(data, len, n, (spoor_text_form)form, blob, starts, lengths)
               : false;
}
