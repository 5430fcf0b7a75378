/* log_time.c - times of log exporters: see log_time.h. */
#include "ingest/log_time.h"

#include "base/time.h"

typedef struct reader {
    const char *at, *end;
} reader;

static bool digits(reader *r, int n, int *value) {
    *value = 0;
    if (r->end - r->at < n) {
        return false;
    }
    for (int i = 0; i < n; i++, r->at++) {
        if (*r->at < '0' || *r->at > '9') {
            return false;
        }
        *value = *value * 10 + (*r->at - '0');
    }
    return true;
}

static bool byte(reader *r, char c) {
    if (r->at < r->end && *r->at == c) {
        r->at++;
        return true;
    }
    return false;
}

/* A fraction of a second in ticks; further digits are dropped. */
static int64_t fraction(reader *r) {
    int64_t ticks = 0, unit = SPOOR_TICKS_SECOND / 10;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        ticks += (*r->at - '0') * unit;
        unit /= 10;
        r->at++;
    }
    return ticks;
}

/* Nothing, Z, or an offset from UTC in minutes. */
static bool zone(reader *r, int *minutes, bool *has_zone) {
    *minutes = 0;
    *has_zone = byte(r, 'Z') || byte(r, 'z');
    if (*has_zone || r->at == r->end) {
        return r->at == r->end;
    }
    bool is_west = byte(r, '-');
    int hour, minute;
    if ((!is_west && !byte(r, '+')) || !digits(r, 2, &hour)) {
        return false;
    }
    byte(r, ':');
    if (!digits(r, 2, &minute) || hour > 14 || minute > 59 || r->at != r->end) {
        return false;
    }
    *has_zone = true;
    *minutes = (is_west ? -1 : 1) * (hour * 60 + minute);
    return true;
}

static bool in_range(int64_t ticks, int64_t *datetime) {
    *datetime = ticks;
    return ticks >= 0 && ticks <= SPOOR_DATETIME_MAX;
}

static bool iso(spoor_str text, int64_t *datetime, bool *has_zone) {
    reader r = {text.ptr, text.ptr + text.len};
    spoor_civil civil = {0};
    int offset;
    if (!digits(&r, 4, &civil.year) || !byte(&r, '-') || !digits(&r, 2, &civil.month) ||
        !byte(&r, '-') || !digits(&r, 2, &civil.day) || !(byte(&r, 'T') || byte(&r, ' ')) ||
        !digits(&r, 2, &civil.hour) || !byte(&r, ':') || !digits(&r, 2, &civil.minute) ||
        !byte(&r, ':') || !digits(&r, 2, &civil.second)) {
        return false;
    }
    int64_t part = byte(&r, '.') ? fraction(&r) : 0, whole;
    if (!zone(&r, &offset, has_zone) || !spoor_time_from_civil(civil, &whole)) {
        return false;
    }
    return in_range(whole + part - offset * SPOOR_TICKS_MINUTE, datetime);
}

/* Digits with a sign and perhaps a fraction, in units since 1970. */
static bool since_1970(reader *r, int64_t unit, int64_t *datetime) {
    bool is_before = byte(r, '-');
    int64_t n = 0;
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - start < 15) {
        n = n * 10 + (*r->at++ - '0');
    }
    if (r->at == start || n > SPOOR_DATETIME_MAX / unit) {
        return false;
    }
    int64_t ticks = n * unit;
    if (unit == SPOOR_TICKS_SECOND && byte(r, '.')) {
        ticks += fraction(r);
    }
    return in_range(SPOOR_UNIX_EPOCH + (is_before ? -ticks : ticks), datetime);
}

bool spoor_log_time(spoor_str text, int64_t *datetime, bool *has_zone) {
    if (iso(text, datetime, has_zone)) {
        return true;
    }
    *has_zone = true;
    reader r = {text.ptr, text.ptr + text.len};
    if (text.len > 6 && memcmp(text.ptr, "/Date(", 6) == 0) {
        r.at += 6;
        if (!since_1970(&r, SPOOR_TICKS_MS, datetime)) {
            return false;
        }
        if (r.at < r.end && (*r.at == '+' || *r.at == '-')) {
            r.at = memchr(r.at, ')', (size_t)(r.end - r.at)); /* says where, not when */
        }
        return r.at != NULL && byte(&r, ')');
    }
    return since_1970(&r, SPOOR_TICKS_SECOND, datetime) && r.at == r.end;
}
