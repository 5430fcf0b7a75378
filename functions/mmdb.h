/* mmdb.h - what a MaxMind database (.mmdb, format 2) says of an IP address.
 *
 * The format is MaxMind's published one: a binary tree over the bits of
 * addresses, whose leaves point into a section of typed values, and a map that
 * describes both at the end.  The bytes are the caller's, may be anything, and
 * must outlive the database and what was read of it: every offset is checked,
 * a value that is damaged is no value. */
#ifndef SPOOR_FUNCTIONS_MMDB_H
#define SPOOR_FUNCTIONS_MMDB_H

#include <stdint.h>

#include "base/str.h"

typedef struct spoor_mmdb {
    const unsigned char *bytes;
    size_t data_start, data_end; /* of the section of values; the tree stands before it */
    uint32_t nodes, record_bits;
    uint32_t ip_version;
    uint32_t ipv4_node; /* where the bits of an IPv4 address begin to tell */
} spoor_mmdb;

typedef enum spoor_mmdb_kind {
    SPOOR_MMDB_OTHER, /* numbers that are whole, bytes: nothing here asks for them */
    SPOOR_MMDB_TEXT,
    SPOOR_MMDB_REAL,
    SPOOR_MMDB_MAP,
    SPOOR_MMDB_ARRAY,
} spoor_mmdb_kind;

typedef struct spoor_mmdb_value {
    spoor_mmdb_kind kind;
    spoor_str text; /* TEXT: any bytes */
    double real;    /* REAL */
    uint32_t count; /* MAP, ARRAY: of elements ... */
    size_t at;      /* ... the first of which stands here */
} spoor_mmdb_value;

/* NULL, or what is wrong with the bytes. */
const char *spoor_mmdb_open(spoor_mmdb *db, const void *bytes, size_t size);
/* The record of an address, 16 bytes, an IPv4 one as ::ffff:a.b.c.d; false: there is none. */
bool spoor_mmdb_find(const spoor_mmdb *db, const unsigned char address[16],
                     spoor_mmdb_value *record);
/* A member of a map by its name, or the first element of an array (name ""); false: there is none. */
bool spoor_mmdb_get(const spoor_mmdb *db, const spoor_mmdb_value *from, const char *name,
                    spoor_mmdb_value *value);

#endif
