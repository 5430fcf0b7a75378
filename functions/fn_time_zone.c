/* fn_time_zone.c - UTC to local time and back, by IANA names of zones.
 *
 * A constant zone is loaded, or refused, when the expression is opened;
 * others when first met, and an unknown one gives null. */
#include "base/time.h"
#include "functions/function.h"
#include "functions/time_zone.h"
#include "types/dynamic.h"

typedef struct known {
    spoor_str name;
    const spoor_time_zone *zone;
    struct known *next;
} known;

/* The zones that rows of one call named; at most as many as there are in the database. */
static const spoor_time_zone *zone_named(spoor_call *call, spoor_str name) {
    for (const known *k = call->state; k != NULL; k = k->next) {
        if (spoor_str_eq(k->name, name)) {
            return k->zone;
        }
    }
    const spoor_time_zone *zone = spoor_time_zone_load(call->arena, name);
    if (zone != NULL) {
        known *k = SPOOR_NEW(call->arena, known);
        *k = (known){spoor_arena_str(call->arena, name), zone, call->state};
        call->state = k;
    }
    return zone;
}

static const char *prepare(spoor_call *call) {
    const spoor_value *name = call->constants[1];
    if (name == NULL || zone_named(call, name->string) != NULL) {
        return NULL;
    }
    return "no such time zone in /usr/share/zoneinfo; names are as in 'Europe/Paris'";
}

static void shift_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                       bool to_utc) {
    for (uint32_t i = 0; i < rows; i++) {
        const spoor_time_zone *zone = out->nulls[i] ? NULL : zone_named(call, args[1].strings[i]);
        int64_t ticks = args[0].longs[i], rest = ticks % SPOOR_TICKS_SECOND;
        int64_t seconds = (ticks - rest - SPOOR_UNIX_EPOCH) / SPOOR_TICKS_SECOND;
        if (zone != NULL) {
            seconds = to_utc ? spoor_time_zone_to_utc(zone, seconds)
                             : seconds + spoor_time_zone_offset(zone, seconds);
            ticks = seconds * SPOOR_TICKS_SECOND + SPOOR_UNIX_EPOCH + rest;
        }
        bool ok = zone != NULL && ticks >= 0 && ticks <= SPOOR_DATETIME_MAX;
        out->nulls[i] = !ok;
        out->longs[i] = ok ? ticks : 0;
    }
}

static void to_local_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    shift_rows(call, rows, args, out, false);
}

static void to_utc_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    shift_rows(call, rows, args, out, true);
}

static void names_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)args;
    uint32_t count;
    spoor_str *names = spoor_time_zone_names(call->scratch, &count);
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->scratch);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = 0; i < count; i++) {
        spoor_dynamic_add_text(&builder, names[i]);
    }
    spoor_dynamic_close(&builder);
    spoor_str list = spoor_dynamic_finish(&builder);
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = list;
    }
}

// clang-format off
#define SHIFT(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_DATETIME, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_DATETIME, \
     .eval = code, .prepare = prepare, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_time_zone[] = {
    SHIFT("datetime_utc_to_local", to_local_eval, "What clocks of a time zone show at a time.",
          "datetime_utc_to_local(datetime(2024-07-01 12:00), 'Europe/Paris')", "2024-07-01T14:00:00.0000000Z"),
    SHIFT("datetime_local_to_utc", to_utc_eval, "When clocks of a time zone show a time.",
          "datetime_local_to_utc(datetime(2024-01-01 12:00), 'US/Pacific')", "2024-01-01T20:00:00.0000000Z"),
    {.name = "datetime_list_timezones", .min_args = 0, .max_args = 0, .result = SPOOR_DYNAMIC, .eval = names_eval,
     .summary = "Names of the time zones of this machine.", .example = "datetime_list_timezones() has 'Europe/Paris'", .value = "True"},
    {0},
};
// clang-format on
