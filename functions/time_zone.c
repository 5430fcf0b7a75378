/* time_zone.c - reads TZif files and their rule for later years; see time_zone.h.
 *
 * A file is its transitions, each with the offset that holds from it on, and
 * at the foot a rule in the form of POSIX TZ ("CET-1CEST,M3.5.0,M10.5.0/3")
 * for the time after the last of them.  A file is read into memory whole
 * before anything is pushed: no file is open when a push may jump out. */
#include "functions/time_zone.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

#define ZONES "/usr/share/zoneinfo"
enum {
    MAX_FILE = 32 << 10, /* bytes of a zone: the largest there is has 4 KB */
    MAX_LIST = 1 << 20,  /* bytes of the list of names */
    MAX_NAMES = 4096,
    MAX_NAME = 64,
    HEADER = 44,
    DAY_SECONDS = 86400,
    MAX_OFFSET = 26 * 3600, /* RFC 8536 */
};

/* When a rule changes the clock: a day of each year, at `seconds` of local time. */
typedef struct change {
    char kind; /* 'M': weekday `day` of the `week`th week of `month`; 'J': day 1 to 365 without leap
                  days; 'n': day 0 to 365 */
    int month, week, day;
    int seconds;
} change;

typedef struct rule {
    bool exists, has_summer;
    int standard, summer; /* seconds ahead of UTC */
    change to_summer, to_standard;
} rule;

struct spoor_time_zone {
    uint32_t ntransitions;
    int64_t *at;      /* seconds since 1970, ascending */
    int32_t *offsets; /* seconds, from at[i] on */
    int32_t first_offset;
    rule later;
};

/* -- bytes ------------------------------------------------------------------------------------- */

typedef struct reader {
    const unsigned char *at, *end;
    bool failed;
} reader;

static const unsigned char *take(reader *r, size_t bytes) {
    if (r->failed || (size_t)(r->end - r->at) < bytes) {
        r->failed = true;
        return NULL;
    }
    const unsigned char *p = r->at;
    r->at += bytes;
    return p;
}

static uint64_t big_endian(const unsigned char *p, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

typedef struct header {
    uint32_t nutc, nstandard, nleaps, ntimes, ntypes, nchars;
    char version;
} header;

static bool read_header(reader *r, header *h) {
    const unsigned char *p = take(r, HEADER);
    if (p == NULL || memcmp(p, "TZif", 4) != 0) {
        return false;
    }
    *h = (header){
        .version = (char)p[4],
        .nutc = (uint32_t)big_endian(p + 20, 4),
        .nstandard = (uint32_t)big_endian(p + 24, 4),
        .nleaps = (uint32_t)big_endian(p + 28, 4),
        .ntimes = (uint32_t)big_endian(p + 32, 4),
        .ntypes = (uint32_t)big_endian(p + 36, 4),
        .nchars = (uint32_t)big_endian(p + 40, 4),
    };
    return h->ntimes < MAX_FILE && h->ntypes > 0 && h->ntypes <= 256 && h->nchars < MAX_FILE &&
           h->nleaps < MAX_FILE && h->nutc <= 256 && h->nstandard <= 256;
}

/* -- the rule ---------------------------------------------------------------------------------- */

static bool take_char(spoor_str *text, char c) {
    if (text->len == 0 || text->ptr[0] != c) {
        return false;
    }
    text->ptr++;
    text->len--;
    return true;
}

static bool take_number(spoor_str *text, int most, int *value) {
    size_t digits = 0;
    *value = 0;
    while (text->len > 0 && text->ptr[0] >= '0' && text->ptr[0] <= '9' && digits < 4) {
        *value = *value * 10 + text->ptr[0] - '0';
        take_char(text, text->ptr[0]);
        digits++;
    }
    return digits > 0 && *value <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool take_clock(spoor_str *text, int *seconds) {
    int sign = take_char(text, '-') ? -1 : 1, hours, minutes = 0, rest = 0;
    take_char(text, '+');
    if (!take_number(text, 167, &hours) ||
        (take_char(text, ':') && !take_number(text, 59, &minutes)) ||
        (take_char(text, ':') && !take_number(text, 59, &rest))) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60 + rest);
    return true;
}

/* A name of letters, or of anything between < and >. */
static bool take_zone_name(spoor_str *text) {
    size_t len = 0;
    if (take_char(text, '<')) {
        while (text->len > 0 && text->ptr[0] != '>') {
            take_char(text, text->ptr[0]);
            len++;
        }
        return len > 0 && take_char(text, '>');
    }
    while (text->len > 0 && ((text->ptr[0] | 0x20) >= 'a' && (text->ptr[0] | 0x20) <= 'z')) {
        take_char(text, text->ptr[0]);
        len++;
    }
    return len > 0;
}

static bool take_change(spoor_str *text, change *c) {
    *c = (change){.kind = 'n', .seconds = 2 * 3600};
    bool ok;
    if (take_char(text, 'M')) {
        c->kind = 'M';
        ok = take_number(text, 12, &c->month) && c->month > 0 && take_char(text, '.') &&
             take_number(text, 5, &c->week) && c->week > 0 && take_char(text, '.') &&
             take_number(text, 6, &c->day);
    } else {
        c->kind = take_char(text, 'J') ? 'J' : 'n';
        ok = take_number(text, 365, &c->day);
    }
    return ok && (!take_char(text, '/') || take_clock(text, &c->seconds));
}

static bool parse_rule(spoor_str text, rule *r) {
    int west;
    *r = (rule){.exists = true};
    if (!take_zone_name(&text) || !take_clock(&text, &west)) {
        return false;
    }
    r->standard = -west;
    if (text.len == 0) {
        return true;
    }
    r->has_summer = true;
    if (!take_zone_name(&text)) {
        return false;
    }
    r->summer = r->standard + 3600;
    if (text.len > 0 && text.ptr[0] != ',') {
        if (!take_clock(&text, &west)) {
            return false;
        }
        r->summer = -west;
    }
    return take_char(&text, ',') && take_change(&text, &r->to_summer) && take_char(&text, ',') &&
           take_change(&text, &r->to_standard) && text.len == 0;
}

static int64_t unix_days(int year, int month, int day) {
    return spoor_days_from_civil(year, month, day) - SPOOR_UNIX_EPOCH / SPOOR_TICKS_DAY;
}

/* Local time of the change in that year, in seconds since 1970. */
static int64_t change_in(const change *c, int year) {
    int64_t first = unix_days(year, 1, 1), day;
    if (c->kind == 'M') {
        first = unix_days(year, c->month, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        day = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
        if (day >= unix_days(year, c->month + 1, 1)) {
            day -= 7; /* week 5 is the last */
        }
    } else if (c->kind == 'J') {
        bool is_leap = unix_days(year + 1, 1, 1) - first == 366;
        day = first + c->day - 1 + (is_leap && c->day >= 60);
    } else {
        day = first + c->day;
    }
    return day * DAY_SECONDS + c->seconds;
}

static int64_t rule_offset(const rule *r, int64_t utc) {
    if (!r->has_summer) {
        return r->standard;
    }
    int64_t local_ticks = (utc + r->standard) * SPOOR_TICKS_SECOND + SPOOR_UNIX_EPOCH;
    int year = spoor_time_civil(local_ticks).year;
    int64_t start = change_in(&r->to_summer, year) - r->standard;
    int64_t end = change_in(&r->to_standard, year) - r->summer;
    bool is_summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return is_summer ? r->summer : r->standard;
}

/* -- files ------------------------------------------------------------------------------------- */

/* A relative path without a way up; "right" counts leap seconds, "posix" is the same again. */
static bool is_zone_name(spoor_str name) {
    if (name.len == 0 || name.len >= MAX_NAME || name.ptr[0] < 'A' || name.ptr[0] > 'Z') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '+' || c == '/';
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* Up to `limit` bytes of a file below the database; 0: none, or larger. */
static size_t read_file(const char *name, unsigned char *bytes, size_t limit) {
    char path[sizeof ZONES + MAX_NAME + 2];
    snprintf(path, sizeof path, ZONES "/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    size_t len = fread(bytes, 1, limit, file);
    fclose(file);
    return len < limit ? len : 0;
}

/* The block with times of 64 bits: its header is read. */
static bool read_block(spoor_arena *arena, reader *r, const header *h, spoor_time_zone *zone) {
    const unsigned char *times = take(r, (size_t)h->ntimes * 8);
    const unsigned char *kinds = take(r, h->ntimes);
    const unsigned char *types = take(r, (size_t)h->ntypes * 6);
    take(r, h->nchars + (size_t)h->nleaps * 12 + h->nstandard + h->nutc);
    if (r->failed || h->nleaps > 0) {
        return false;
    }
    zone->ntransitions = h->ntimes;
    zone->at = SPOOR_NEW_ARRAY(arena, int64_t, h->ntimes);
    zone->offsets = SPOOR_NEW_ARRAY(arena, int32_t, h->ntimes);
    zone->first_offset = (int32_t)(uint32_t)big_endian(types, 4);
    bool ok = abs(zone->first_offset) <= MAX_OFFSET;
    for (uint32_t i = 0; i < h->ntimes && ok; i++) {
        ok = kinds[i] < h->ntypes;
        const unsigned char *type = types + 6 * (size_t)(ok ? kinds[i] : 0);
        zone->at[i] = (int64_t)big_endian(times + 8 * (size_t)i, 8);
        zone->offsets[i] = (int32_t)(uint32_t)big_endian(type, 4);
        ok = ok && zone->offsets[i] >= -MAX_OFFSET && zone->offsets[i] <= MAX_OFFSET &&
             (i == 0 || zone->at[i] > zone->at[i - 1]);
    }
    return ok;
}

const spoor_time_zone *spoor_time_zone_load(spoor_arena *arena, spoor_str name) {
    char z[MAX_NAME];
    unsigned char bytes[MAX_FILE];
    if (!is_zone_name(name)) {
        return NULL;
    }
    memcpy(z, name.ptr, name.len);
    z[name.len] = '\0';
    reader r = {.at = bytes};
    r.end = bytes + read_file(z, bytes, sizeof bytes);
    header h;
    if (!read_header(&r, &h) || h.version < '2') {
        return NULL;
    }
    take(&r, (size_t)h.ntimes * 5 + (size_t)h.ntypes * 6 + h.nchars + (size_t)h.nleaps * 8 +
                 h.nstandard + h.nutc);
    spoor_time_zone *zone = SPOOR_NEW(arena, spoor_time_zone);
    if (r.failed || !read_header(&r, &h) || !read_block(arena, &r, &h, zone)) {
        return NULL;
    }
    size_t left = (size_t)(r.end - r.at);
    if (left >= 2 && r.at[0] == '\n' && r.at[left - 1] == '\n' && left > 2) {
        spoor_str footer = {(const char *)r.at + 1, left - 2};
        if (!parse_rule(footer, &zone->later)) {
            return NULL;
        }
    }
    return zone;
}

int64_t spoor_time_zone_offset(const spoor_time_zone *zone, int64_t utc) {
    uint32_t low = 0, high = zone->ntransitions; /* the first transition after utc */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= utc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == zone->ntransitions && zone->later.exists) {
        return rule_offset(&zone->later, utc);
    }
    return low > 0 ? zone->offsets[low - 1] : zone->first_offset;
}

int64_t spoor_time_zone_to_utc(const spoor_time_zone *zone, int64_t local) {
    int64_t before = spoor_time_zone_offset(zone, local - MAX_OFFSET);
    int64_t after = spoor_time_zone_offset(zone, local + MAX_OFFSET);
    if (before != after && spoor_time_zone_offset(zone, local - after) != after &&
        spoor_time_zone_offset(zone, local - before) == before) {
        return local - before;
    }
    return local - after;
}

/* -- names ------------------------------------------------------------------------------------- */

static int order_names(const void *a, const void *b) {
    return spoor_str_compare(*(const spoor_str *)a, *(const spoor_str *)b);
}

static spoor_str take_word(spoor_str *line) {
    size_t len = 0;
    while (len < line->len && line->ptr[len] != ' ') {
        len++;
    }
    spoor_str word = {line->ptr, len};
    len += len < line->len;
    *line = (spoor_str){line->ptr + len, line->len - len};
    return word;
}

/* tzdata.zi: "Z name rules" is a zone, "L target name" another name of one. */
spoor_str *spoor_time_zone_names(spoor_arena *arena, uint32_t *count) {
    unsigned char *bytes = spoor_arena_push_raw(arena, MAX_LIST, 1);
    spoor_str *names = SPOOR_NEW_ARRAY(arena, spoor_str, MAX_NAMES);
    spoor_str text = {(const char *)bytes, read_file("tzdata.zi", bytes, MAX_LIST)};
    *count = 0;
    while (text.len > 0 && *count < MAX_NAMES) {
        const char *end = memchr(text.ptr, '\n', text.len);
        spoor_str line = {text.ptr, end != NULL ? (size_t)(end - text.ptr) : text.len};
        size_t step = line.len + (end != NULL);
        text = (spoor_str){text.ptr + step, text.len - step};
        spoor_str kind = take_word(&line), first = take_word(&line);
        spoor_str name = spoor_str_is(kind, "L") ? take_word(&line) : first;
        bool is_named = spoor_str_is(kind, "L") || spoor_str_is(kind, "Z");
        if (is_named && is_zone_name(name) && !spoor_str_is(name, "Factory")) {
            names[(*count)++] = name;
        }
    }
    qsort(names, *count, sizeof *names, order_names);
    return names;
}
