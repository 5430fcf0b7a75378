/* event_build.c - texts of an export to one spoor_event: see event_build.h. */
#include "ingest/event_build.h"

#include "base/time.h"
#include "ingest/log_time.h"
#include "ingest/sysmon_names.h"

enum {
    USUAL_FIELDS = 32
}; /* room from the start: growing to it took 1 % of an ingest of JSON lines */

void spoor_draft_start(spoor_event_draft *build, spoor_arena *arena) {
    *build = (spoor_event_draft){.arena = arena, .has_zone = true};
    spoor_event *event = &build->event;
    event->time = event->record_id = event->event_id = event->version = SPOOR_EVENT_ABSENT;
    event->level = event->task = event->opcode = event->qualifiers = SPOOR_EVENT_ABSENT;
    event->process_id = event->thread_id = SPOOR_EVENT_ABSENT;
    build->capacity = USUAL_FIELDS;
    build->fields = SPOOR_RAW_ARRAY(arena, spoor_event_field, USUAL_FIELDS);
}

void spoor_draft_add(spoor_event_draft *build, spoor_str name, spoor_str text,
                     spoor_field_kind kind) {
    if (build->nfields == build->capacity) {
        SPOOR_GROW(build->arena, build->fields, build->nfields, &build->capacity);
    }
    build->fields[build->nfields++] = (spoor_event_field){.name = name, .text = text, .kind = kind};
}

const spoor_event_field *spoor_draft_find(const spoor_event_draft *build, const char *name) {
    for (uint32_t i = 0; i < build->nfields; i++) {
        if (spoor_str_is(build->fields[i].name, name)) {
            return &build->fields[i];
        }
    }
    return NULL;
}

/* -- parts ------------------------------------------------------------------------------------- */

static spoor_str trim(spoor_str s) {
    while (s.len > 0 && (unsigned char)*s.ptr <= ' ') {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && (unsigned char)s.ptr[s.len - 1] <= ' ') {
        s.len--;
    }
    return s;
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

bool spoor_log_number(spoor_str text, uint64_t *bits) {
    text = trim(text);
    bool is_negative = text.len > 1 && *text.ptr == '-';
    size_t i = is_negative;
    uint64_t base = 10, n = 0;
    if (text.len - i > 2 && text.ptr[i] == '0' && (text.ptr[i + 1] | 0x20) == 'x') {
        base = 16;
        i += 2;
    }
    if (i >= text.len) {
        return false;
    }
    for (; i < text.len; i++) {
        uint64_t digit = (uint64_t)digit_of(text.ptr[i]);
        if (digit >= base || n > (UINT64_MAX - digit) / base) {
            return false;
        }
        n = n * base + digit;
    }
    if (is_negative && n > (uint64_t)1 << 63) {
        return false;
    }
    *bits = is_negative ? 0 - n : n;
    return true;
}

static bool set_number(int64_t *to, spoor_str text) {
    uint64_t bits;
    if (!spoor_log_number(text, &bits) || bits > INT64_MAX) {
        return false;
    }
    *to = (int64_t)bits;
    return true;
}

static bool equals_folded(spoor_str a, const char *b) {
    size_t len = strlen(b);
    if (a.len != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((a.ptr[i] | 0x20) != (b[i] | 0x20)) {
            return false;
        }
    }
    return true;
}

typedef struct named {
    const char *name;
    int64_t value;
} named;

/* Levels and opcodes that Windows itself defines (winmeta.xml). */
static const named level_names[] = {
    {"LogAlways", 0}, {"Log Always", 0},  {"Critical", 1},      {"Error", 2}, {"Warning", 3},
    {"Warn", 3},      {"Information", 4}, {"Informational", 4}, {"Info", 4},  {"Verbose", 5},
};
static const named opcode_names[] = {
    {"Info", 0},      {"Start", 1}, {"Stop", 2},   {"DCStart", 3}, {"DCStop", 4},
    {"Extension", 5}, {"Reply", 6}, {"Resume", 7}, {"Suspend", 8}, {"Send", 9},
};

static void set_by_name(int64_t *to, const named *names, size_t n, spoor_str text) {
    for (size_t i = 0; i < n; i++) {
        if (*to == SPOOR_EVENT_ABSENT && equals_folded(text, names[i].name)) {
            *to = names[i].value;
        }
    }
}

static void set_level(spoor_event *event, spoor_str text) {
    if (!set_number(&event->level, text)) {
        set_by_name(&event->level, level_names, sizeof level_names / sizeof *level_names, text);
        event->level_name = text;
    }
}

static void set_opcode(spoor_event *event, spoor_str text) {
    if (!set_number(&event->opcode, text)) {
        set_by_name(&event->opcode, opcode_names, sizeof opcode_names / sizeof *opcode_names, text);
        event->opcode_name = text;
    }
}

static void set_severity(spoor_event *event, spoor_str text) {
    static const int64_t levels[] = {SPOOR_EVENT_ABSENT, 5, 4, 3, 2, 1};
    int64_t severity;
    if (set_number(&severity, text) && severity >= 1 && severity <= 5 &&
        event->level == SPOOR_EVENT_ABSENT) {
        event->level = levels[severity];
    }
}

static bool is_hex_run(const char *at, int n, bool *has_upper) {
    bool ok = true;
    for (int i = 0; i < n; i++) {
        ok &= digit_of(at[i]) != 16;
        *has_upper |= at[i] >= 'A' && at[i] <= 'F';
    }
    return ok;
}

static bool is_guid(spoor_str s, bool *has_upper) {
    *has_upper = false;
    return s.len == 36 && s.ptr[8] == '-' && s.ptr[13] == '-' && s.ptr[18] == '-' &&
           s.ptr[23] == '-' && is_hex_run(s.ptr, 8, has_upper) &&
           is_hex_run(s.ptr + 9, 4, has_upper) && is_hex_run(s.ptr + 14, 4, has_upper) &&
           is_hex_run(s.ptr + 19, 4, has_upper) && is_hex_run(s.ptr + 24, 12, has_upper);
}

/* {lower case}, as Windows prints it; other text as it is. */
static spoor_str guid_text(spoor_event_draft *build, spoor_str text) {
    bool has_braces = text.len == 38 && text.ptr[0] == '{' && text.ptr[37] == '}', has_upper;
    spoor_str inner = has_braces ? (spoor_str){text.ptr + 1, 36} : text;
    if (!is_guid(inner, &has_upper) || (has_braces && !has_upper)) {
        return text; /* no GUID, or printed so already */
    }
    char *out = SPOOR_RAW_ARRAY(build->arena, char, 38);
    out[0] = '{';
    for (size_t i = 0; i < 36; i++) {
        char c = inner.ptr[i];
        out[i + 1] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
    }
    out[37] = '}';
    return (spoor_str){out, 38};
}

static void set_time(spoor_event_draft *build, spoor_str text) {
    int64_t ticks;
    bool has_zone;
    if (spoor_log_time(trim(text), &ticks, &has_zone)) {
        build->event.time = ticks;
        build->has_zone = has_zone;
    }
}

static void set_keywords(spoor_event *event, spoor_str text) {
    uint64_t bits;
    if (spoor_log_number(text, &bits)) {
        event->keywords = bits;
        event->has_keywords = true;
    }
}

void spoor_draft_set(spoor_event_draft *build, spoor_part part, spoor_str text) {
    spoor_event *event = &build->event;
    switch (part) {
    case SPOOR_PART_NONE: break;
    case SPOOR_PART_TIME: set_time(build, text); break;
    case SPOOR_PART_RECORD_ID: set_number(&event->record_id, text); break;
    case SPOOR_PART_EVENT_ID: set_number(&event->event_id, text); break;
    case SPOOR_PART_VERSION: set_number(&event->version, text); break;
    case SPOOR_PART_LEVEL: set_level(event, text); break;
    case SPOOR_PART_SEVERITY: set_severity(event, text); break;
    case SPOOR_PART_TASK:
        if (!set_number(&event->task, text)) {
            event->task_name = text;
        }
        break;
    case SPOOR_PART_OPCODE: set_opcode(event, text); break;
    case SPOOR_PART_QUALIFIERS: set_number(&event->qualifiers, text); break;
    case SPOOR_PART_PROCESS_ID: set_number(&event->process_id, text); break;
    case SPOOR_PART_THREAD_ID: set_number(&event->thread_id, text); break;
    case SPOOR_PART_KEYWORDS: set_keywords(event, text); break;
    case SPOOR_PART_PROVIDER: event->provider = text; break;
    case SPOOR_PART_PROVIDER_GUID: event->provider_guid = guid_text(build, text); break;
    case SPOOR_PART_EVENT_SOURCE: event->event_source = text; break;
    case SPOOR_PART_CHANNEL: event->channel = text; break;
    case SPOOR_PART_COMPUTER: event->computer = text; break;
    case SPOOR_PART_USER_SID: event->user_sid = text; break;
    case SPOOR_PART_USER_NAME: event->user_name = text; break;
    case SPOOR_PART_USER_DOMAIN: build->user_domain = text; break;
    case SPOOR_PART_ACTIVITY_ID: event->activity_id = guid_text(build, text); break;
    case SPOOR_PART_RELATED_ACTIVITY_ID: event->related_activity_id = guid_text(build, text); break;
    case SPOOR_PART_MESSAGE: event->message = text; break;
    case SPOOR_PART_LEVEL_NAME: event->level_name = text; break;
    case SPOOR_PART_TASK_NAME: event->task_name = text; break;
    case SPOOR_PART_OPCODE_NAME: event->opcode_name = text; break;
    case SPOOR_PART_BINARY:
        event->binary = text;
        event->flags |= SPOOR_EVENT_HAS_BINARY;
        break;
    }
}

/* -- Sysmon's values --------------------------------------------------------------------------- */

/* 998554 to 0xf3c9a */
static spoor_str hex_text(spoor_event_draft *build, spoor_str text) {
    uint64_t bits;
    bool is_decimal = text.len > 0 && *text.ptr != '-' && memchr(text.ptr, 'x', text.len) == NULL;
    if (!is_decimal || !spoor_log_number(text, &bits)) {
        return text;
    }
    return spoor_arena_format(build->arena, "0x%llx", (unsigned long long)bits);
}

static bool is_iso_time(spoor_str text) {
    return text.len == 28 && text.ptr[10] == 'T' && memcmp(text.ptr + 23, "0000Z", 5) == 0;
}

/* 2022-05-13T08:54:05.1230000Z to 2022-05-13 08:54:05.123: nothing is lost by it. */
static spoor_str sysmon_time_text(spoor_event_draft *build, spoor_str text) {
    char *out = SPOOR_RAW_ARRAY(build->arena, char, 23);
    memcpy(out, text.ptr, 23);
    out[10] = ' ';
    return (spoor_str){out, 23};
}

/* The name as Sysmon writes it, for a name that begins in lower case. */
static spoor_str restored_name(spoor_event_draft *build, const spoor_sysmon_field *row,
                               spoor_str name) {
    if (row != NULL) {
        return spoor_str_from(row->name);
    }
    if (name.len == 0 || *name.ptr < 'a' || *name.ptr > 'z') {
        return name;
    }
    char *out = SPOOR_RAW_ARRAY(build->arena, char, name.len);
    memcpy(out, name.ptr, name.len);
    out[0] = (char)(out[0] - 32);
    return (spoor_str){out, name.len};
}

/* Its name or text may have been changed: worth looking up what Sysmon calls it. */
static bool may_be_reprinted(const spoor_event_field *field, unsigned traits) {
    return (traits & (SPOOR_BARE_GUIDS | SPOOR_DECIMAL_HEX | SPOOR_CAMEL_NAMES)) != 0 ||
           ((traits & SPOOR_ISO_TIMES) != 0 && is_iso_time(field->text));
}

static void restore_fields(spoor_event_draft *build, unsigned traits) {
    bool is_sysmon = spoor_is_sysmon(build->event.provider);
    for (uint32_t i = 0; i < build->nfields; i++) {
        spoor_event_field *field = &build->fields[i];
        if (!may_be_reprinted(field, traits)) {
            continue;
        }
        const spoor_sysmon_field *row = NULL;
        if (is_sysmon) {
            row = spoor_sysmon_find(build->event.event_id, field->name,
                                    (traits & SPOOR_CAMEL_NAMES) != 0);
        }
        if (traits & SPOOR_CAMEL_NAMES) {
            field->name = restored_name(build, row, field->name);
        }
        if (row == NULL || field->kind != SPOOR_FIELD_TEXT) {
            continue;
        }
        if (row->type == SPOOR_SYSMON_GUID && (traits & SPOOR_BARE_GUIDS)) {
            field->text = guid_text(build, field->text);
        }
        if (row->type == SPOOR_SYSMON_HEX && (traits & SPOOR_DECIMAL_HEX)) {
            field->text = hex_text(build, field->text);
        }
        if ((traits & SPOOR_ISO_TIMES) && is_iso_time(field->text)) {
            field->text = sysmon_time_text(build, field->text);
        }
    }
    if (is_sysmon && (traits & SPOOR_ANY_ORDER)) {
        spoor_sysmon_sort(build->event.event_id, build->fields, build->nfields);
    }
}

/* -- time -------------------------------------------------------------------------------------- */

/* A time that says Z but is another zone's: it stands a multiple of a quarter of an hour, give or
 * take what Sysmon needs to write an event, away from UtcTime.  Zones reach 14 hours; exports that
 * print a 12-hour clock without saying which half (they exist) add 12. */
static bool is_false_zone(int64_t time, int64_t utc) {
    int64_t quarter = 15 * SPOOR_TICKS_MINUTE, slack = 30 * SPOOR_TICKS_SECOND;
    int64_t apart = time > utc ? time - utc : utc - time;
    int64_t rest = apart % quarter;
    return apart > quarter - slack && apart <= 26 * SPOOR_TICKS_HOUR + slack &&
           (rest <= slack || rest >= quarter - slack);
}

static void settle_time(spoor_event_draft *build, unsigned traits,
                        const spoor_ingest_options *options, spoor_ingest_counts *counts) {
    spoor_event *event = &build->event;
    bool is_doubtful = !build->has_zone || event->time == SPOOR_EVENT_ABSENT;
    if ((is_doubtful || (traits & SPOOR_DOUBTFUL_ZONE)) && spoor_is_sysmon(event->provider)) {
        const spoor_event_field *field = spoor_draft_find(build, "UtcTime");
        int64_t utc;
        bool has_zone;
        if (field != NULL && spoor_log_time(field->text, &utc, &has_zone) &&
            (is_doubtful || is_false_zone(event->time, utc))) {
            build->has_false_zone = !is_doubtful;
            event->time = utc;
            return;
        }
    }
    if (event->time != SPOOR_EVENT_ABSENT && !build->has_zone) {
        int64_t shifted = event->time - options->assume_tz * SPOOR_TICKS_MINUTE;
        event->time = shifted >= 0 && shifted <= SPOOR_DATETIME_MAX ? shifted : event->time;
        event->flags |= SPOOR_EVENT_TIME_GUESSED;
        counts->guessed++;
    }
}

void spoor_draft_finish(spoor_event_draft *build, unsigned traits,
                        const spoor_ingest_options *options, spoor_ingest_counts *counts) {
    spoor_event *event = &build->event;
    if (event->provider.len == 0 &&
        spoor_str_is(event->channel, "Microsoft-Windows-Sysmon/Operational")) {
        event->provider =
            SPOOR_STR("Microsoft-Windows-Sysmon"); /* the only one that writes there */
    }
    restore_fields(build, traits);
    settle_time(build, traits, options, counts);
    if (build->user_domain.len > 0 && event->user_name.len > 0) {
        event->user_name = spoor_arena_format(build->arena, "%.*s\\%.*s",
                                              (int)build->user_domain.len, build->user_domain.ptr,
                                              (int)event->user_name.len, event->user_name.ptr);
    }
    /* Sysmon's tasks carry the number of their event; exports that print a task's name drop it. */
    if (event->task == SPOOR_EVENT_ABSENT && event->task_name.len > 0 &&
        spoor_is_sysmon(event->provider)) {
        event->task = event->event_id;
    }
    if (event->record_id == SPOOR_EVENT_ABSENT) {
        event->flags |= SPOOR_EVENT_NO_RECORD_ID;
    }
    event->fields = build->fields;
    event->nfields = build->nfields;
}
