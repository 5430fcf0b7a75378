/* fn_geo_info.c - geo_info_from_ip_address: where an address is, as the MaxMind database that the
 * user named says; refused where none was. */
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/ip.h"
#include "functions/mmdb.h"
#include "types/dynamic.h"

enum { MOST_STEPS_DOWN = 4 };

/* The value at the end of a path of names through maps and the first elements of arrays. */
static bool find(const spoor_mmdb *db, const spoor_mmdb_value *record,
                 const char *const path[MOST_STEPS_DOWN], spoor_mmdb_value *value) {
    *value = *record;
    for (int i = 0; i < MOST_STEPS_DOWN && path[i] != NULL; i++) {
        spoor_mmdb_value next;
        if (!spoor_mmdb_get(db, value, path[i], &next)) {
            return false;
        }
        *value = next;
    }
    return true;
}

/* What the bag calls a value, and where a record of MaxMind's City databases has it. */
static const struct {
    const char *name;
    const char *path[MOST_STEPS_DOWN];
    spoor_mmdb_kind kind;
} members[] = {
    {"country", {"country", "names", "en"}, SPOOR_MMDB_TEXT},
    {"state", {"subdivisions", "", "names", "en"}, SPOOR_MMDB_TEXT},
    {"city", {"city", "names", "en"}, SPOOR_MMDB_TEXT},
    {"latitude", {"location", "latitude"}, SPOOR_MMDB_REAL},
    {"longitude", {"location", "longitude"}, SPOOR_MMDB_REAL},
};

static void geo_info_row(spoor_call *call, const spoor_vec *args, spoor_vec *out, uint32_t row) {
    spoor_str text = args[0].strings[row];
    spoor_ipv6 address;
    spoor_mmdb_value record, value;
    out->nulls[row] = memchr(text.ptr != NULL ? text.ptr : "", '/', text.len) != NULL ||
                      !spoor_ipv6_parse(text, &address) ||
                      !spoor_mmdb_find(call->reference.geoip, address.bytes, &record);
    if (out->nulls[row]) {
        return;
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->scratch);
    spoor_dynamic_open(&builder, '{');
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        bool found = find(call->reference.geoip, &record, members[i].path, &value) &&
                     value.kind == members[i].kind;
        if (found && value.kind == SPOOR_MMDB_REAL) {
            spoor_dynamic_name(&builder, spoor_str_from(members[i].name));
            spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_REAL, .real = value.real});
        } else if (found && spoor_utf8_is_valid(value.text)) {
            spoor_dynamic_name(&builder, spoor_str_from(members[i].name));
            spoor_dynamic_add_text(&builder, value.text);
        }
    }
    spoor_dynamic_close(&builder);
    out->strings[row] = spoor_dynamic_finish(&builder);
}

static void geo_info_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        geo_info_row(call, args, out, i);
    }
}

static const char *prepare_geo_info(spoor_call *call) {
    return call->reference.geoip != NULL
               ? NULL
               : "'geo_info_from_ip_address' needs a MaxMind database: --geoip FILE names one";
}

// clang-format off
const spoor_function spoor_fn_geo_info[] = {
    {.name = "geo_info_from_ip_address", .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .is_of_run = true, .eval = geo_info_eval, .prepare = prepare_geo_info,
     .summary = "Country, state, city, latitude and longitude of an IP address, from the MaxMind database that --geoip names; null where it does not know.",
     .example = "geo_info_from_ip_address('192.0.2.7').city", .value = "Lower Example"},
    {0},
};
// clang-format on
