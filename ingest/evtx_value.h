/* evtx_value.h - the value types of BinXml as text.
 *
 * Text as a current Windows shows it: hex in lower case and unpadded, GUIDs
 * in braces, times with 7 digits (SYSTEMTIME: 3), binary as upper-case hex.
 * A value shorter than its type is read as far as it goes, a longer one as
 * far as the type goes; an empty one is ''. */
#ifndef SPOOR_INGEST_EVTX_VALUE_H
#define SPOOR_INGEST_EVTX_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "ingest/evtx_cursor.h"

/* MS-EVEN6 2.2.12 */
enum {
    SPOOR_EVTX_NULL = 0x00,
    SPOOR_EVTX_STRING = 0x01,
    SPOOR_EVTX_ANSI = 0x02,
    SPOOR_EVTX_INT8 = 0x03,
    SPOOR_EVTX_UINT8 = 0x04,
    SPOOR_EVTX_INT16 = 0x05,
    SPOOR_EVTX_UINT16 = 0x06,
    SPOOR_EVTX_INT32 = 0x07,
    SPOOR_EVTX_UINT32 = 0x08,
    SPOOR_EVTX_INT64 = 0x09,
    SPOOR_EVTX_UINT64 = 0x0A,
    SPOOR_EVTX_REAL32 = 0x0B,
    SPOOR_EVTX_REAL64 = 0x0C,
    SPOOR_EVTX_BOOL = 0x0D,
    SPOOR_EVTX_BINARY = 0x0E,
    SPOOR_EVTX_GUID = 0x0F,
    SPOOR_EVTX_SIZE = 0x10,
    SPOOR_EVTX_FILETIME = 0x11,
    SPOOR_EVTX_SYSTEMTIME = 0x12,
    SPOOR_EVTX_SID = 0x13,
    SPOOR_EVTX_HEX32 = 0x14,
    SPOOR_EVTX_HEX64 = 0x15,
    SPOOR_EVTX_HANDLE = 0x20,
    SPOOR_EVTX_BINXML = 0x21,
    SPOOR_EVTX_XML = 0x23,
    SPOOR_EVTX_ARRAY = 0x80, /* a flag */
};

/* A type that this reader knows (arrays included). */
static inline bool spoor_evtx_type_is_known(uint8_t type) {
    const uint64_t scalars = (UINT64_C(2) << SPOOR_EVTX_HEX64) - 1;
    const uint64_t others = UINT64_C(1) << SPOOR_EVTX_HANDLE | UINT64_C(1) << SPOOR_EVTX_XML;
    const uint64_t never_arrays = UINT64_C(1) << SPOOR_EVTX_NULL | UINT64_C(1) << SPOOR_EVTX_BINXML;
    unsigned base = type & 0x7F;
    uint64_t known = (type & SPOOR_EVTX_ARRAY) != 0 ? (scalars | others) & ~never_arrays
                                                    : scalars | others | never_arrays;
    return base < 64 && (known >> base & 1) != 0;
}

/* Most bytes that the text of `size` bytes of a value can take. */
static inline size_t spoor_evtx_value_bound(size_t size) {
    return 256 + 3 * size;
}

/* The text of one value (not an array, not BinXml) to `out`, which holds spoor_evtx_value_bound()
 * bytes; returns how many were written. */
size_t spoor_evtx_string_print(const unsigned char *bytes, size_t size, char *out);
size_t spoor_evtx_value_other_print(uint8_t type, const unsigned char *bytes, size_t size,
                                    char *out);
static inline size_t spoor_evtx_value_print(uint8_t type, const unsigned char *bytes, size_t size,
                                            char *out) {
    return type == SPOOR_EVTX_STRING ? spoor_evtx_string_print(bytes, size, out) /* most are */
                                     : spoor_evtx_value_other_print(type, bytes, size, out);
}

/* The number that an integer, bool, hex, size or FILETIME value is; false: another type, or empty.
 * Unsigned 64-bit ones wrap. */
bool spoor_evtx_value_other_long(uint8_t type, const unsigned char *bytes, size_t size,
                                 int64_t *value); /* _value_long()'s */
static inline bool spoor_evtx_value_long(uint8_t type, const unsigned char *bytes, size_t size,
                                         int64_t *value) {
    if (type == SPOOR_EVTX_UINT16 && size == 2) { /* what System is made of */
        *value = spoor_le16(bytes);
    } else if (type == SPOOR_EVTX_UINT8 && size == 1) {
        *value = *bytes;
    } else if (type == SPOOR_EVTX_UINT32 && size == 4) {
        *value = spoor_le32(bytes);
    } else if ((type == SPOOR_EVTX_UINT64 || type == SPOOR_EVTX_HEX64 ||
                type == SPOOR_EVTX_FILETIME) &&
               size == 8) {
        *value = (int64_t)spoor_le64(bytes);
    } else {
        return spoor_evtx_value_other_long(type, bytes, size, value);
    }
    return true;
}

/* The length in bytes of the array item at `bytes` (strings: its NUL included), 0 < it <= size;
 * 0: what is left is not an item. */
size_t spoor_evtx_item_size(uint8_t type, const unsigned char *bytes, size_t size, size_t total);

#endif
