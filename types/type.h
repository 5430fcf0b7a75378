/* type.h - the ten scalar types of KQL, and sets of them. */
#ifndef SPOOR_TYPES_TYPE_H
#define SPOOR_TYPES_TYPE_H

#include <stdint.h>

#include "base/str.h"

/* ORDER spoor_type */
typedef enum spoor_type {
    SPOOR_BOOL,
    SPOOR_INT,
    SPOOR_LONG,
    SPOOR_REAL,
    SPOOR_DECIMAL,
    SPOOR_DATETIME,
    SPOOR_TIMESPAN,
    SPOOR_GUID,
    SPOOR_STRING,
    SPOOR_DYNAMIC,
    SPOOR_NTYPES
} spoor_type;

/* A set of types: what an argument may be. */
typedef uint16_t spoor_types;
#define SPOOR_TYPE_SET(type) ((spoor_types)(1u << (type)))
enum {
    SPOOR_T_BOOL = 1 << SPOOR_BOOL,
    SPOOR_T_INT = 1 << SPOOR_INT,
    SPOOR_T_LONG = 1 << SPOOR_LONG,
    SPOOR_T_REAL = 1 << SPOOR_REAL,
    SPOOR_T_DECIMAL = 1 << SPOOR_DECIMAL,
    SPOOR_T_DATETIME = 1 << SPOOR_DATETIME,
    SPOOR_T_TIMESPAN = 1 << SPOOR_TIMESPAN,
    SPOOR_T_GUID = 1 << SPOOR_GUID,
    SPOOR_T_STRING = 1 << SPOOR_STRING,
    SPOOR_T_DYNAMIC = 1 << SPOOR_DYNAMIC,
    SPOOR_T_INTEGER = SPOOR_T_INT | SPOOR_T_LONG,
    SPOOR_T_NUMBER = SPOOR_T_INTEGER | SPOOR_T_REAL | SPOOR_T_DECIMAL,
    SPOOR_T_ANY = (1 << SPOOR_NTYPES) - 1,
};

/* Kept as whole numbers in 64 bits: counts, times, spans. */
static inline bool spoor_type_is_whole(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_DATETIME ||
           type == SPOOR_TIMESPAN;
}

/* Kusto's name: "bool", "int", ... */
const char *spoor_type_name(spoor_type type);
/* Any accepted spelling (boolean, double, date, time, uuid, uniqueid, ...); false: none. */
bool spoor_type_parse(spoor_str name, spoor_type *type);

#endif
