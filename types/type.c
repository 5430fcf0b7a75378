/* type.c - names of the scalar types. */
#include "types/type.h"

#include <assert.h>

/* ORDER spoor_type */
static const char *const names[SPOOR_NTYPES] = {
    "bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid", "string", "dynamic",
};

static const struct {
    const char *name;
    spoor_type type;
} aliases[] = {
    {"boolean", SPOOR_BOOL}, {"int32", SPOOR_INT},     {"int64", SPOOR_LONG},
    {"double", SPOOR_REAL},  {"date", SPOOR_DATETIME}, {"time", SPOOR_TIMESPAN},
    {"uuid", SPOOR_GUID},    {"uniqueid", SPOOR_GUID},
};

const char *spoor_type_name(spoor_type type) {
    assert((unsigned)type < SPOOR_NTYPES);
    return names[type];
}

bool spoor_type_parse(spoor_str name, spoor_type *type) {
    for (int i = 0; i < SPOOR_NTYPES; i++) {
        if (spoor_str_is(name, names[i])) {
            *type = (spoor_type)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (spoor_str_is(name, aliases[i].name)) {
            *type = aliases[i].type;
            return true;
        }
    }
    return false;
}
