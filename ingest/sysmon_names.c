/* sysmon_names.c - look-ups in the generated table of Sysmon's fields: see sysmon_names.h. */
#include "ingest/sysmon_names.h"

enum { MAX_FIELDS = 64 }; /* of one event, for sorting */

static const spoor_sysmon_field table[] = {
#define SPOOR_SYSMON_FIELD(id, name, type, layouts)                                                \
    {id, name, sizeof name - 1, SPOOR_SYSMON_##type, layouts},
#include "ingest/sysmon_fields.h"
#undef SPOOR_SYSMON_FIELD
};

static const uint32_t nrows = sizeof table / sizeof *table;

const spoor_sysmon_field *spoor_sysmon_fields(int64_t event_id, uint32_t *count) {
    uint32_t low = 0, high = nrows; /* the first row that is not below event_id */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (table[middle].event_id < event_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t end = low;
    while (end < nrows && table[end].event_id == event_id) {
        end++;
    }
    *count = end - low;
    return &table[low < nrows ? low : 0];
}

static unsigned char lower(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static bool has_name(const spoor_sysmon_field *row, spoor_str name, bool fold) {
    if (row->len != name.len) {
        return false;
    }
    if (!fold) {
        return memcmp(row->name, name.ptr, name.len) == 0;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (lower((unsigned char)name.ptr[i]) != lower((unsigned char)row->name[i])) {
            return false;
        }
    }
    return true;
}

const spoor_sysmon_field *spoor_sysmon_find(int64_t event_id, spoor_str name, bool fold_ascii) {
    uint32_t count;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(event_id, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (has_name(&rows[i], name, fold_ascii)) {
            return &rows[i];
        }
    }
    return NULL;
}

uint32_t spoor_sysmon_layout(int64_t event_id, uint32_t nfields) {
    uint32_t count;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(event_id, &count);
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < count; i++) {
            n += (rows[i].layouts & bit) != 0;
        }
        if (n == nfields && n > 0) {
            return bit;
        }
    }
    return 0;
}

/* Once over both lists: most exports keep the order, and looking each row up took 8 % of an ingest of JSON lines. */
static bool is_sorted(const spoor_sysmon_field *rows, uint32_t count,
                      const spoor_event_field *fields, uint32_t nfields) {
    uint32_t i = 0;
    for (uint32_t r = 0; r < count && i < nfields; r++) {
        i += has_name(&rows[r], fields[i].name, false) ? 1 : 0;
    }
    return i == nfields;
}

void spoor_sysmon_sort(int64_t event_id, spoor_event_field *fields, uint32_t nfields) {
    uint32_t count;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(event_id, &count);
    if (nfields < 2 || nfields > MAX_FIELDS || count > MAX_FIELDS ||
        is_sorted(rows, count, fields, nfields)) {
        return;
    }
    spoor_event_field sorted[MAX_FIELDS];
    uint32_t n = 0;
    bool moved = false;
    for (uint32_t r = 0; r < count; r++) {
        for (uint32_t i = 0; i < nfields; i++) {
            if (has_name(&rows[r], fields[i].name, false)) {
                if (n == nfields) {
                    return;
                }
                moved |= i != n;
                sorted[n++] = fields[i];
            }
        }
    }
    if (n == nfields && moved) {
        memcpy(fields, sorted, n * sizeof *fields);
    }
}

bool spoor_is_sysmon(spoor_str provider) {
    return spoor_str_is(provider, "Microsoft-Windows-Sysmon") ||
           spoor_str_is(provider, "Linux-Sysmon");
}
