/* names.c - column names to numbers (see names.h). */
#include "store/names.h"

#include <stdlib.h>

#include "base/hash.h"

static const struct {
    const char *name;
    spoor_type type;
    bool is_stored;
} stored[SPOOR_COL_NSTORED] = {
#define SYSTEM true
#define RECORD false
#define LINEAGE false
#define SPOOR_EVENT_COLUMN(column, column_name, column_type, how)                                  \
    [SPOOR_COL_##column] = {column_name, SPOOR_##column_type, how},
#include "store/event_columns.def"
#undef SPOOR_EVENT_COLUMN
#undef SYSTEM
#undef RECORD
#undef LINEAGE
    [SPOOR_COL_ROW] = {".row", SPOOR_LONG, true},
    [SPOOR_COL_FLAGS] = {".flags", SPOOR_LONG, true},
    [SPOOR_COL_LAYOUT] = {".layout", SPOOR_STRING, true},
};

const char *spoor_stored_column_name(int column) {
    bool is_place = column == SPOOR_COL_CHUNK || column == SPOOR_COL_OFFSET;
    return stored[column].is_stored || is_place ? stored[column].name : NULL;
}

bool spoor_stored_column_is_ints(int column) {
    return stored[column].type != SPOOR_STRING;
}

static uint32_t slot_of(const spoor_names *names, spoor_str member) {
    uint32_t slot =
        (uint32_t)spoor_hash_seeded(names->seed, member.ptr, member.len) & (names->nslots - 1);
    while (names->slots[slot] != 0 &&
           !spoor_str_eq(names->list[names->slots[slot] - 1].name, member)) {
        slot = (slot + 1) & (names->nslots - 1);
    }
    return slot;
}

uint32_t spoor_names_find(const spoor_names *names, spoor_str member) {
    return names->nslots == 0 ? 0 : names->slots[slot_of(names, member)];
}

static bool make_room(spoor_names *names) {
    if (names->count == names->capacity) {
        uint32_t capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        spoor_column_name *list = realloc(names->list, capacity * sizeof *list);
        if (list == NULL) {
            return false;
        }
        names->list = list;
        names->capacity = capacity;
    }
    if (names->count * 2 < names->nslots) {
        return true;
    }
    uint32_t nslots = names->nslots == 0 ? 256 : names->nslots * 2;
    uint32_t *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(names->slots);
    names->slots = slots;
    names->nslots = nslots;
    for (uint32_t i = 0; i < names->count; i++) {
        if (names->list[i].column < 0) {
            slots[slot_of(names, names->list[i].name)] = i + 1;
        }
    }
    return true;
}

static bool append(spoor_names *names, spoor_str name, int column) {
    char *copy = make_room(names) ? malloc(name.len + 1) : NULL;
    if (copy == NULL) {
        return false;
    }
    if (name.len > 0) {
        memcpy(copy, name.ptr, name.len);
    }
    copy[name.len] = '\0';
    names->list[names->count++] =
        (spoor_column_name){.name = {copy, name.len}, .column = column, .is_known = true};
    return true;
}

uint32_t spoor_names_add(spoor_names *names, spoor_str member) {
    uint32_t id = spoor_names_find(names, member);
    if (id != 0 || !append(names, member, -1)) {
        return id;
    }
    names->slots[slot_of(names, member)] = names->count;
    return names->count;
}

bool spoor_names_add_system(spoor_names *names, int column, const char *name) {
    if (!append(names, spoor_str_from(name), column < 0 ? SPOOR_COL_NSTORED : column)) {
        return false;
    }
    if (column < 0) {
        names->list[names->count - 1].is_known = false;
    } else {
        names->system[column] = names->count;
    }
    return true;
}

void spoor_names_free(spoor_names *names) {
    for (uint32_t i = 0; i < names->count; i++) {
        free((char *)names->list[i].name.ptr);
    }
    free(names->list);
    free(names->slots);
    *names = (spoor_names){.seed = names->seed};
}
