/* evtx_value.c - one BinXml value to text; see evtx_value.h.  No allocation, no state. */
#include "ingest/evtx_value.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/utf8.h"

static const char lower_hex[] = "0123456789abcdef";

/* Bytes of a value of the type; 0: any number. */
static size_t natural_size(uint8_t type) {
    static const uint8_t sizes[] = {
        [SPOOR_EVTX_INT8] = 1,   [SPOOR_EVTX_UINT8] = 1,    [SPOOR_EVTX_INT16] = 2,
        [SPOOR_EVTX_UINT16] = 2, [SPOOR_EVTX_INT32] = 4,    [SPOOR_EVTX_UINT32] = 4,
        [SPOOR_EVTX_INT64] = 8,  [SPOOR_EVTX_UINT64] = 8,   [SPOOR_EVTX_REAL32] = 4,
        [SPOOR_EVTX_REAL64] = 8, [SPOOR_EVTX_BOOL] = 4,     [SPOOR_EVTX_GUID] = 16,
        [SPOOR_EVTX_SIZE] = 8,   [SPOOR_EVTX_FILETIME] = 8, [SPOOR_EVTX_SYSTEMTIME] = 16,
        [SPOOR_EVTX_HEX32] = 4,  [SPOOR_EVTX_HEX64] = 8,    [SPOOR_EVTX_HANDLE] = 8,
    };
    return type < sizeof sizes ? sizes[type] : 0;
}

static bool is_signed(uint8_t type) {
    return type == SPOOR_EVTX_INT8 || type == SPOOR_EVTX_INT16 || type == SPOOR_EVTX_INT32 ||
           type == SPOOR_EVTX_INT64;
}

/* `size` bytes, at most 8, of a little-endian number; the sign fills the rest. */
static inline uint64_t read_number(const unsigned char *bytes, size_t size, bool with_sign) {
    switch (size) { /* nearly all are whole: no loop */
    case 1: return with_sign ? (uint64_t)(int64_t)(int8_t)bytes[0] : bytes[0];
    case 2: {
        uint16_t bits = spoor_le16(bytes);
        return with_sign ? (uint64_t)(int64_t)(int16_t)bits : bits;
    }
    case 4: {
        uint32_t bits = spoor_le32(bytes);
        return with_sign ? (uint64_t)(int64_t)(int32_t)bits : bits;
    }
    case 8: return spoor_le64(bytes);
    default: break;
    }
    uint64_t bits = 0;
    for (size_t i = size; i-- > 0;) {
        bits = bits << 8 | bytes[i];
    }
    bool is_negative = with_sign && (bits >> (8 * size - 1) & 1) != 0;
    return is_negative ? bits | UINT64_MAX << (8 * size) : bits;
}

bool spoor_evtx_value_other_long(uint8_t type, const unsigned char *bytes, size_t size,
                                 int64_t *value) {
    const uint64_t numbers =
        ((UINT64_C(2) << SPOOR_EVTX_UINT64) - (UINT64_C(1) << SPOOR_EVTX_INT8)) |
        UINT64_C(1) << SPOOR_EVTX_BOOL | UINT64_C(1) << SPOOR_EVTX_SIZE |
        UINT64_C(1) << SPOOR_EVTX_FILETIME | UINT64_C(1) << SPOOR_EVTX_HEX32 |
        UINT64_C(1) << SPOOR_EVTX_HEX64 | UINT64_C(1) << SPOOR_EVTX_HANDLE;
    if (type >= 64 || (numbers >> type & 1) == 0 || size == 0) {
        return false;
    }
    size_t natural = natural_size(type);
    *value = (int64_t)read_number(bytes, size < natural ? size : natural, is_signed(type));
    return true;
}

static size_t print_unsigned(uint64_t value, char *out) {
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (size_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    return n;
}

/* Exactly `width` decimal digits of a number that has no more. */
static size_t print_padded(uint64_t value, size_t width, char *out) {
    for (size_t i = width; i-- > 0; value /= 10) {
        out[i] = (char)('0' + value % 10);
    }
    return width;
}

static size_t print_signed(int64_t value, char *out) {
    if (value >= 0) {
        return print_unsigned((uint64_t)value, out);
    }
    *out = '-';
    return 1 + print_unsigned(0 - (uint64_t)value, out + 1);
}

static size_t print_hex(uint64_t value, char *out) {
    size_t digits = 1;
    while (digits < 16 && value >> (4 * digits) != 0) {
        digits++;
    }
    out[0] = '0';
    out[1] = 'x';
    for (size_t i = 0; i < digits; i++) {
        out[2 + i] = lower_hex[value >> (4 * (digits - 1 - i)) & 15];
    }
    return 2 + digits;
}

static size_t print_binary(const unsigned char *bytes, size_t size, char *out) {
    static const char upper_hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = upper_hex[bytes[i] >> 4];
        out[2 * i + 1] = upper_hex[bytes[i] & 15];
    }
    return 2 * size;
}

static inline uint32_t read_be16(const unsigned char *p) {
    return (uint32_t)p[0] << 8 | p[1];
}

/* The eight digits of a number, as they stand in memory: nibbles spread to a byte each, all at once. */
static inline void print_hex8(uint32_t value, char *out) {
    uint64_t x = (uint64_t)(value >> 16) | (uint64_t)(value & 0xFFFF) << 32;
    x = (x >> 8 & UINT64_C(0x000000FF000000FF)) | (x & UINT64_C(0x000000FF000000FF)) << 16;
    x = (x >> 4 & UINT64_C(0x000F000F000F000F)) | (x & UINT64_C(0x000F000F000F000F)) << 8;
    uint64_t is_letter = (x + UINT64_C(0x0606060606060606)) >> 4 & UINT64_C(0x0101010101010101);
    x += UINT64_C(0x3030303030303030) + is_letter * ('a' - '0' - 10);
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
        x = __builtin_bswap64(x);
    }
    memcpy(out, &x, sizeof x);
}

/* The first three groups are little-endian numbers. */
static size_t print_guid(const unsigned char *bytes, char *out) {
    char digits[32];
    print_hex8(spoor_le32(bytes), digits);
    print_hex8((uint32_t)spoor_le16(bytes + 4) << 16 | spoor_le16(bytes + 6), digits + 8);
    print_hex8(read_be16(bytes + 8) << 16 | read_be16(bytes + 10), digits + 16);
    print_hex8(read_be16(bytes + 12) << 16 | read_be16(bytes + 14), digits + 24);
    out[0] = '{';
    memcpy(out + 1, digits, 8);
    out[9] = '-';
    memcpy(out + 10, digits + 8, 4);
    out[14] = '-';
    memcpy(out + 15, digits + 12, 4);
    out[19] = '-';
    memcpy(out + 20, digits + 16, 4);
    out[24] = '-';
    memcpy(out + 25, digits + 20, 12);
    out[37] = '}';
    return 38;
}

/* S-1-5-18; an authority of more than 32 bits is printed as Windows does, in 12 hex digits. */
static size_t print_sid(const unsigned char *bytes, size_t size, char *out) {
    if (size < 8 || bytes[1] > 15 || size < 8 + 4 * (size_t)bytes[1]) {
        return size <= 128 ? print_binary(bytes, size, out) : print_binary(bytes, 128, out);
    }
    char *at = out;
    *at++ = 'S';
    *at++ = '-';
    at += print_unsigned(bytes[0], at);
    *at++ = '-';
    uint64_t authority = 0;
    for (int i = 2; i < 8; i++) {
        authority = authority << 8 | bytes[i];
    }
    if (authority >> 32 != 0) {
        *at++ = '0';
        *at++ = 'x';
        for (int i = 11; i >= 0; i--) {
            *at++ = lower_hex[authority >> (4 * i) & 15];
        }
    } else {
        at += print_unsigned(authority, at);
    }
    for (size_t i = 0; i < bytes[1]; i++) {
        *at++ = '-';
        at += print_unsigned(spoor_le32(bytes + 8 + 4 * i), at);
    }
    return (size_t)(at - out);
}

static size_t print_clock(uint64_t hour, uint64_t minute, uint64_t second, char *out) {
    char *at = out;
    *at++ = 'T';
    at += print_padded(hour, 2, at);
    *at++ = ':';
    at += print_padded(minute, 2, at);
    *at++ = ':';
    at += print_padded(second, 2, at);
    *at++ = '.';
    return (size_t)(at - out);
}

static size_t print_date(uint64_t year, uint64_t month, uint64_t day, char *out) {
    char *at = out;
    at += year > 9999 ? print_unsigned(year, at) : print_padded(year, 4, at);
    *at++ = '-';
    at += print_padded(month, 2, at);
    *at++ = '-';
    at += print_padded(day, 2, at);
    return (size_t)(at - out);
}

/* 100 ns ticks since 1601, all 64 bits of them (years beyond 9999 mean "never" to Windows), which
 * is why this is not spoor_time_print(). */
static size_t print_filetime(uint64_t ticks, char *out) {
    const uint64_t second = 10000000, day = 86400 * second;
    /* Days since 1 March 1600, so that the leap day ends a year. */
    uint64_t days = ticks / day + 306;
    uint64_t era = days / 146097, of_era = days % 146097;
    uint64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint64_t month = (5 * of_year + 2) / 153; /* 0: March */
    uint64_t year = 1600 + era * 400 + year_of_era + (month >= 10);
    char *at = out;
    at += print_date(year, month < 10 ? month + 3 : month - 9, of_year - (153 * month + 2) / 5 + 1,
                     at);
    uint64_t rest = ticks % day / second;
    at += print_clock(rest / 3600, rest / 60 % 60, rest % 60, at);
    at += print_padded(ticks % second, 7, at);
    *at++ = 'Z';
    return (size_t)(at - out);
}

static size_t print_systemtime(const unsigned char *bytes, char *out) {
    uint64_t part[8]; /* year, month, day of week, day, hour, minute, second, millisecond */
    for (int i = 0; i < 8; i++) {
        part[i] = spoor_le16(bytes + 2 * i);
    }
    char *at = out;
    at += print_date(part[0], part[1] % 100, part[3] % 100, at);
    at += print_clock(part[4] % 100, part[5] % 100, part[6] % 100, at);
    at += print_padded(part[7] % 1000, 3, at);
    *at++ = 'Z';
    return (size_t)(at - out);
}

/* The shortest text that reads back as the same float.  The digits are read past whatever the
 * locale has for a decimal point. */
static double shortest_real32(float value) {
    for (int precision = 0; precision < 9; precision++) {
        char text[SPOOR_NUMBER_TEXT];
        snprintf(text, sizeof text, "%.*e", precision, (double)value);
        if (strtof(text, NULL) == value) {
            return strtod(text, NULL);
        }
    }
    return (double)value;
}

static size_t print_real(uint8_t type, const unsigned char *bytes, char *out) {
    double value;
    if (type == SPOOR_EVTX_REAL32) {
        uint32_t bits = spoor_le32(bytes);
        float narrow;
        memcpy(&narrow, &bits, sizeof narrow);
        value = shortest_real32(narrow);
    } else {
        uint64_t bits = spoor_le64(bytes);
        memcpy(&value, &bits, sizeof value);
    }
    char buffer[SPOOR_NUMBER_TEXT];
    spoor_str text = spoor_real_print_shortest(value, buffer);
    memcpy(out, text.ptr, text.len);
    return text.len;
}

size_t spoor_evtx_string_print(const unsigned char *bytes, size_t size, char *out) {
    size_t units = size / 2;
    while (units > 0 && bytes[2 * units - 1] == 0 && bytes[2 * units - 2] == 0) {
        units--; /* a terminator that the writer counted */
    }
    return spoor_utf16_to_utf8(bytes, units, out);
}

/* Windows-1252: the records do not say which code page, and this is what readers take. */
static size_t print_ansi(const unsigned char *bytes, size_t size, char *out) {
    static const uint16_t from_80[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    while (size > 0 && bytes[size - 1] == 0) {
        size--;
    }
    char *at = out;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = bytes[i];
        if (c < 0x80) {
            *at++ = (char)c;
        } else {
            at += spoor_utf8_put(at, c < 0xA0 ? from_80[c - 0x80] : c);
        }
    }
    return (size_t)(at - out);
}

static size_t print_bool(const unsigned char *bytes, size_t size, char *out) {
    bool any = false; /* any of its four bytes set means true */
    for (size_t i = 0; i < size && i < 4; i++) {
        any = any || bytes[i] != 0;
    }
    memcpy(out, any ? "true" : "false", any ? 4 : 5);
    return any ? 4 : 5;
}

size_t spoor_evtx_value_other_print(uint8_t type, const unsigned char *bytes, size_t size,
                                    char *out) {
    if (size == 0) {
        return 0;
    }
    int64_t number;
    switch (type) {
    case SPOOR_EVTX_XML: return spoor_evtx_string_print(bytes, size, out);
    case SPOOR_EVTX_ANSI: return print_ansi(bytes, size, out);
    case SPOOR_EVTX_BOOL: return print_bool(bytes, size, out);
    case SPOOR_EVTX_BINARY: return print_binary(bytes, size, out);
    case SPOOR_EVTX_SID: return print_sid(bytes, size, out);
    case SPOOR_EVTX_GUID:
        return size >= 16 ? print_guid(bytes, out) : print_binary(bytes, size, out);
    case SPOOR_EVTX_SYSTEMTIME:
        return size >= 16 ? print_systemtime(bytes, out) : print_binary(bytes, size, out);
    case SPOOR_EVTX_REAL32:
    case SPOOR_EVTX_REAL64:
        return size >= natural_size(type) ? print_real(type, bytes, out)
                                          : print_binary(bytes, size, out);
    default: break;
    }
    if (!spoor_evtx_value_long(type, bytes, size, &number)) {
        return 0;
    }
    switch (type) {
    case SPOOR_EVTX_SIZE:
    case SPOOR_EVTX_HANDLE:
    case SPOOR_EVTX_HEX32:
    case SPOOR_EVTX_HEX64: return print_hex((uint64_t)number, out);
    case SPOOR_EVTX_FILETIME: return print_filetime((uint64_t)number, out);
    default:
        return is_signed(type) ? print_signed(number, out) : print_unsigned((uint64_t)number, out);
    }
}

size_t spoor_evtx_item_size(uint8_t type, const unsigned char *bytes, size_t size, size_t total) {
    size_t width = natural_size(type);
    switch (type) {
    case SPOOR_EVTX_STRING:
    case SPOOR_EVTX_XML:
        for (width = 2; width <= size; width += 2) {
            if (bytes[width - 1] == 0 && bytes[width - 2] == 0) {
                return width;
            }
        }
        return size;
    case SPOOR_EVTX_ANSI: {
        const unsigned char *nul = memchr(bytes, 0, size);
        return nul != NULL ? (size_t)(nul - bytes) + 1 : size;
    }
    case SPOOR_EVTX_SID: width = size >= 8 ? 8 + 4 * (size_t)bytes[1] : 0; break;
    case SPOOR_EVTX_SIZE:
    case SPOOR_EVTX_HANDLE:
        width = total % 8 == 0 ? 8 : 4; /* the width of a pointer of the writer is not said */
        break;
    default: break;
    }
    return width == 0 ? size : width <= size ? width : 0;
}
