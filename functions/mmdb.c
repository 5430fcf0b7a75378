/* mmdb.c - see mmdb.h.
 *
 * Values are read where they stand.  A walk over the members of a map passes
 * MOST_STEPS values at most, so a file that was made to be slow is not. */
#include "functions/mmdb.h"

#include <string.h>

enum {
    T_POINTER = 1,
    T_TEXT,
    T_DOUBLE,
    T_BYTES,
    T_UINT16,
    T_UINT32,
    T_MAP, /* in the control byte */
    T_INT32,
    T_UINT64,
    T_UINT128,
    T_ARRAY,
    T_CACHE,
    T_END,
    T_BOOL,
    T_FLOAT,                /* in the byte behind it */
    SEPARATOR = 16,         /* zero bytes between tree and values */
    METADATA_SPAN = 131072, /* the description stands within so many bytes of the end */
    MOST_STEPS = 10000,
    IPV4_BIT = 96,
};

/* -- values ------------------------------------------------------------------------------------ */

typedef struct header {
    unsigned type;
    uint32_t size; /* bytes, or elements of a map or array; of a pointer: where to */
    size_t at;     /* behind the control bytes */
} header;

static uint32_t number_at(const spoor_mmdb *db, size_t at, uint32_t len) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < len; i++) {
        n = n << 8 | db->bytes[at + i];
    }
    return n;
}

static bool has(const spoor_mmdb *db, size_t at, size_t len) {
    return at >= db->data_start && at <= db->data_end && len <= db->data_end - at;
}

static bool read_pointer(const spoor_mmdb *db, size_t at, unsigned char control, header *h) {
    static const uint32_t base[] = {0, 2048, 526336, 0};
    uint32_t len = (control >> 3 & 3) + 1u, high = len < 4 ? control & 7u : 0;
    if (!has(db, at, len)) {
        return false;
    }
    uint64_t offset = ((uint64_t)high << (8 * len)) + number_at(db, at, len) + base[len - 1];
    *h = (header){T_POINTER, (uint32_t)offset, at + len};
    return offset < db->data_end - db->data_start;
}

static bool read_header(const spoor_mmdb *db, size_t at, header *h) {
    if (!has(db, at, 1)) {
        return false;
    }
    unsigned char control = db->bytes[at++];
    unsigned type = control >> 5;
    if (type == T_POINTER) {
        return read_pointer(db, at, control, h);
    }
    if (type == 0) {
        if (!has(db, at, 1)) {
            return false;
        }
        type = db->bytes[at++] + 7u;
    }
    uint32_t size = control & 31u;
    if (size >= 29) {
        static const uint32_t base[] = {29, 285, 65821};
        uint32_t len = size - 28;
        if (!has(db, at, len)) {
            return false;
        }
        size = number_at(db, at, len) + base[len - 1];
        at += len;
    }
    *h = (header){type, size, at};
    bool is_flat = type != T_MAP && type != T_ARRAY && type != T_BOOL;
    return type >= T_TEXT && type <= T_FLOAT && type != T_CACHE && type != T_END &&
           (!is_flat || has(db, at, size));
}

/* Where the value behind the one at `at` begins; false: the bytes are damaged, or it goes on for long. */
static bool skip(const spoor_mmdb *db, size_t at, uint32_t *steps, size_t *next) {
    for (uint64_t pending = 1; pending > 0; pending--) {
        header h;
        if ((*steps)++ > MOST_STEPS || !read_header(db, at, &h)) {
            return false;
        }
        at = h.at;
        if (h.type == T_MAP || h.type == T_ARRAY) {
            pending += (uint64_t)h.size * (h.type == T_MAP ? 2 : 1);
        } else if (h.type != T_POINTER && h.type != T_BOOL) {
            at += h.size;
        }
    }
    *next = at;
    return true;
}

static double real_at(const unsigned char *bytes, uint32_t len) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
    }
    double real;
    if (len == sizeof real) {
        memcpy(&real, &bits, sizeof real);
        return real;
    }
    uint32_t half = (uint32_t)bits;
    float number;
    memcpy(&number, &half, sizeof number);
    return (double)number;
}

/* A pointer is followed once: one to another is damage. */
static bool read_value(const spoor_mmdb *db, size_t at, spoor_mmdb_value *value) {
    header h;
    if (!read_header(db, at, &h) ||
        (h.type == T_POINTER &&
         (!read_header(db, db->data_start + h.size, &h) || h.type == T_POINTER))) {
        return false;
    }
    *value = (spoor_mmdb_value){.kind = SPOOR_MMDB_OTHER};
    if (h.type == T_TEXT) {
        value->kind = SPOOR_MMDB_TEXT;
        value->text = (spoor_str){(const char *)db->bytes + h.at, h.size};
    } else if ((h.type == T_DOUBLE && h.size == 8) || (h.type == T_FLOAT && h.size == 4)) {
        value->kind = SPOOR_MMDB_REAL;
        value->real = real_at(db->bytes + h.at, h.size);
    } else if (h.type == T_MAP || h.type == T_ARRAY) {
        value->kind = h.type == T_MAP ? SPOOR_MMDB_MAP : SPOOR_MMDB_ARRAY;
        value->count = h.size;
        value->at = h.at;
    }
    return true;
}

bool spoor_mmdb_get(const spoor_mmdb *db, const spoor_mmdb_value *from, const char *name,
                    spoor_mmdb_value *value) {
    if (from->kind == SPOOR_MMDB_ARRAY) {
        return from->count > 0 && name[0] == '\0' && read_value(db, from->at, value);
    }
    uint32_t steps = 0;
    size_t at = from->at;
    for (uint32_t i = 0; from->kind == SPOOR_MMDB_MAP && i < from->count; i++) {
        spoor_mmdb_value key;
        size_t member;
        if (!read_value(db, at, &key) || key.kind != SPOOR_MMDB_TEXT ||
            !skip(db, at, &steps, &member)) {
            return false;
        }
        if (spoor_str_is(key.text, name)) {
            return read_value(db, member, value);
        }
        if (!skip(db, member, &steps, &at)) {
            return false;
        }
    }
    return false;
}

/* -- the tree ---------------------------------------------------------------------------------- */

/* The record on one side of a node. */
static uint32_t record_of(const spoor_mmdb *db, uint32_t node, bool right) {
    const unsigned char *at = db->bytes + (size_t)node * (db->record_bits / 4);
    switch (db->record_bits) {
    case 24: return number_at(db, (size_t)(at - db->bytes) + (right ? 3 : 0), 3);
    case 28:
        return right ? (at[3] & 15u) << 24 | number_at(db, (size_t)(at - db->bytes) + 4, 3)
                     : (uint32_t)(at[3] >> 4) << 24 | number_at(db, (size_t)(at - db->bytes), 3);
    default: return number_at(db, (size_t)(at - db->bytes) + (right ? 4 : 0), 4);
    }
}

bool spoor_mmdb_find(const spoor_mmdb *db, const unsigned char address[16],
                     spoor_mmdb_value *record) {
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    bool is_ipv4 = memcmp(address, mapped, sizeof mapped) == 0;
    if (!is_ipv4 && db->ip_version == 4) {
        return false;
    }
    uint32_t node = is_ipv4 ? db->ipv4_node : 0;
    for (uint32_t bit = is_ipv4 ? IPV4_BIT : 0; bit < 128 && node < db->nodes; bit++) {
        node = record_of(db, node, address[bit / 8] >> (7 - bit % 8) & 1);
    }
    if (node < db->nodes || node - db->nodes < SEPARATOR) {
        return false; /* the tree is deeper than an address, or says that there is nothing */
    }
    return read_value(db, db->data_start + (node - db->nodes - SEPARATOR), record);
}

/* -- open -------------------------------------------------------------------------------------- */

/* Where the description begins: behind the last of its marks.  SIZE_MAX: there is none. */
static size_t find_metadata(const unsigned char *bytes, size_t size) {
    static const unsigned char mark[] = "\xAB\xCD\xEFMaxMind.com";
    size_t len = sizeof mark - 1, first = size > METADATA_SPAN ? size - METADATA_SPAN : 0;
    for (size_t at = size < len ? first : size - len + 1; at-- > first;) {
        if (memcmp(bytes + at, mark, len) == 0) {
            return at + len;
        }
    }
    return SIZE_MAX;
}

/* A whole number of the description; false: it has none of this name. */
static bool described(const spoor_mmdb *db, const spoor_mmdb_value *map, const char *name,
                      uint32_t *number) {
    uint32_t steps = 0;
    size_t at = map->at;
    for (uint32_t i = 0; i < map->count; i++) {
        spoor_mmdb_value key;
        header h;
        size_t member;
        if (!read_value(db, at, &key) || key.kind != SPOOR_MMDB_TEXT ||
            !skip(db, at, &steps, &member) || !read_header(db, member, &h) ||
            !skip(db, member, &steps, &at)) {
            return false;
        }
        if (spoor_str_is(key.text, name)) {
            *number = number_at(db, h.at, h.size <= 4 ? h.size : 0);
            return (h.type == T_UINT16 || h.type == T_UINT32) && h.size <= 4;
        }
    }
    return false;
}

const char *spoor_mmdb_open(spoor_mmdb *db, const void *bytes, size_t size) {
    size_t start = find_metadata(bytes, size);
    if (start == SIZE_MAX) {
        return "it is no MaxMind database";
    }
    *db = (spoor_mmdb){.bytes = bytes, .data_start = start, .data_end = size};
    spoor_mmdb_value about;
    uint32_t major;
    if (!read_value(db, start, &about) || about.kind != SPOOR_MMDB_MAP ||
        !described(db, &about, "binary_format_major_version", &major) ||
        !described(db, &about, "node_count", &db->nodes) ||
        !described(db, &about, "record_size", &db->record_bits) ||
        !described(db, &about, "ip_version", &db->ip_version)) {
        return "its description is damaged";
    }
    if (major != 2) {
        return "its format is not 2, the one that is read";
    }
    bool is_known = (db->record_bits == 24 || db->record_bits == 28 || db->record_bits == 32) &&
                    (db->ip_version == 4 || db->ip_version == 6);
    uint64_t tree = (uint64_t)db->nodes * (db->record_bits / 4), end = start - 14; /* the mark */
    if (!is_known || tree + SEPARATOR > end) {
        return "its description does not fit its length";
    }
    db->data_start = (size_t)tree + SEPARATOR;
    db->data_end = (size_t)end;
    for (uint32_t bit = 0; bit < IPV4_BIT && db->ip_version == 6 && db->ipv4_node < db->nodes;
         bit++) {
        db->ipv4_node = record_of(db, db->ipv4_node, false);
    }
    return NULL;
}
