/* time_parse.c - datetime and timespan from text; see time.h.
 *
 * Kusto takes many forms.  The ones here are those of its documentation (the
 * datetime page: ISO 8601, RFC 822, RFC 850, "sortable") and those that its
 * engine was seen to take: US dates month first (12-02-2022, 12.02.2022), a
 * month by name on either side of the day, 20221202, a clock alone, which
 * means today.  What is none of them is not a datetime: null, never a guess. */
#include "base/time.h"

typedef struct reader {
    const char *at, *end;
} reader;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_letter(char c) {
    c = to_lower(c);
    return c >= 'a' && c <= 'z';
}

static char peek(const reader *r) {
    return r->at < r->end ? *r->at : '\0';
}

static bool take(reader *r, char c) {
    if (r->at < r->end && *r->at == c) {
        r->at++;
        return true;
    }
    return false;
}

/* True when there was one. */
static bool skip_blanks(reader *r) {
    const char *from = r->at;
    while (r->at < r->end && spoor_is_blank(*r->at)) {
        r->at++;
    }
    return r->at > from;
}

static reader reader_of(spoor_str text) {
    reader r = {text.ptr, text.len > 0 ? text.ptr + text.len : text.ptr};
    skip_blanks(&r);
    while (r.end > r.at && spoor_is_blank(r.end[-1])) {
        r.end--;
    }
    return r;
}

/* A run of digits, at most `most` of them; how many, or 0 and nothing taken. */
static int take_number(reader *r, int most, int *value) {
    int digits = 0, sum = 0;
    while (r->at + digits < r->end && is_digit(r->at[digits])) {
        if (digits == most) {
            return 0;
        }
        sum = sum * 10 + (r->at[digits] - '0');
        digits++;
    }
    if (digits > 0) {
        *value = sum;
        r->at += digits;
    }
    return digits;
}

static spoor_str take_word(reader *r) {
    const char *from = r->at;
    while (r->at < r->end && is_letter(*r->at)) {
        r->at++;
    }
    return (spoor_str){from, (size_t)(r->at - from)};
}

/* True when word is the first word.len letters of name, in any case. */
static bool is_start_of(spoor_str word, const char *name) {
    if (word.len > strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (to_lower(word.ptr[i]) != name[i]) {
            return false;
        }
    }
    return true;
}

static bool is_word(spoor_str word, const char *name) {
    return word.len == strlen(name) && is_start_of(word, name);
}

/* 1-based place of word among names (whole, or their first three letters); 0: none. */
static int find_name(spoor_str word, const char *const *names, int count) {
    for (int i = 0; i < count; i++) {
        if (is_word(word, names[i]) || (word.len == 3 && is_start_of(word, names[i]))) {
            return i + 1;
        }
    }
    return 0;
}

static int month_of(spoor_str word) {
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    return find_name(word, names, 12);
}

static int weekday_of(spoor_str word) {
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    return find_name(word, names, 7);
}

/* Two digits of a year: 00 to 29 are this century, 50 to 99 the last.  Between them .NET's versions
 * differ, so those are refused. */
static bool widen_year(int digits, int *year) {
    if (digits == 2) {
        if (*year >= 30 && *year < 50) {
            return false;
        }
        *year += *year < 30 ? 2000 : 1900;
        return true;
    }
    return digits == 4;
}

/* Y-M-D, M-D-Y (the separator one of - / . and twice the same), D-Mon-Y, YYYYMMDD; `first` of
 * `digits` digits was read. */
static bool take_date_after_number(reader *r, int digits, int first, spoor_civil *out) {
    if (digits == 8) {
        out->year = first / 10000;
        out->month = first / 100 % 100;
        out->day = first % 100;
        return true;
    }
    char separator = peek(r);
    bool is_spaced = skip_blanks(r);
    if (!is_spaced && separator != '-' && separator != '/' && separator != '.') {
        return false;
    }
    if (!is_spaced) {
        r->at++;
    }
    if (is_letter(peek(r))) {
        out->day = first;
        out->month = month_of(take_word(r));
        bool goes_on = is_spaced ? skip_blanks(r) : take(r, separator);
        int year_digits = goes_on ? take_number(r, 4, &out->year) : 0;
        return digits <= 2 && out->month > 0 && separator != '/' && separator != '.' &&
               widen_year(year_digits, &out->year);
    }
    int second = 0, third = 0;
    if (is_spaced || take_number(r, 2, &second) == 0 || !take(r, separator)) {
        return false;
    }
    int third_digits = take_number(r, 4, &third);
    if (digits == 4) {
        out->year = first;
        out->month = second;
        out->day = third;
        return third_digits == 1 || third_digits == 2;
    }
    out->month = first;
    out->day = second;
    out->year = third;
    return digits <= 2 && widen_year(third_digits, &out->year);
}

/* Mon D[,] Y: `month` was read. */
static bool take_date_after_month(reader *r, int month, spoor_civil *out) {
    out->month = month;
    if (!skip_blanks(r) || take_number(r, 2, &out->day) == 0) {
        return false;
    }
    bool has_comma = take(r, ',');
    return (skip_blanks(r) || has_comma) && take_number(r, 4, &out->year) == 4;
}

/* Digits after the point of a second, to the nearest tick, as .NET rounds them (may give a whole
 * second). */
static bool take_fraction(reader *r, int *ticks) {
    int value = 0, digits = 0;
    for (; is_digit(peek(r)); r->at++, digits++) {
        if (digits < 7) {
            value = value * 10 + (*r->at - '0');
        } else if (digits == 7) {
            value += *r->at >= '5';
        }
    }
    for (int i = digits; i < 7; i++) {
        value *= 10;
    }
    *ticks = value;
    return digits > 0;
}

/* H:M[:S[.f]] [AM|PM]; `hour` was read. */
static bool take_clock_after_hour(reader *r, spoor_civil *out) {
    if (!take(r, ':') || take_number(r, 2, &out->minute) == 0) {
        return false;
    }
    if (take(r, ':')) {
        if (take_number(r, 2, &out->second) == 0 ||
            (take(r, '.') && !take_fraction(r, &out->ticks))) {
            return false;
        }
    }
    reader ahead = *r;
    skip_blanks(&ahead);
    spoor_str word = take_word(&ahead);
    bool is_pm = is_word(word, "pm");
    if (is_pm || is_word(word, "am")) {
        *r = ahead;
        if (out->hour < 1 || out->hour > 12) {
            return false;
        }
        out->hour = out->hour % 12 + (is_pm ? 12 : 0);
    }
    return true;
}

/* Z, GMT, UTC, UT, +H, +HH:MM, +HHMM or nothing, up to the end; in minutes east. */
static bool take_zone(reader *r, int *minutes) {
    *minutes = 0;
    skip_blanks(r);
    if (r->at == r->end) {
        return true;
    }
    if (is_letter(peek(r))) {
        spoor_str word = take_word(r);
        return r->at == r->end && (is_word(word, "z") || is_word(word, "gmt") ||
                                   is_word(word, "utc") || is_word(word, "ut"));
    }
    bool is_west = peek(r) == '-';
    int hours = 0, rest = 0;
    if (!take(r, '-') && !take(r, '+')) {
        return false;
    }
    int digits = take_number(r, 4, &hours);
    if (digits == 4) {
        rest = hours % 100;
        hours /= 100;
    } else if (digits == 0 || digits == 3 || (take(r, ':') && take_number(r, 2, &rest) != 2)) {
        return false;
    }
    if (r->at != r->end || rest > 59 || hours * 60 + rest > 14 * 60) {
        return false;
    }
    *minutes = (is_west ? -1 : 1) * (hours * 60 + rest);
    return true;
}

/* What stands before the clock, and the blank or T between the two.  Leaves the hour read and
 * *has_clock true, or the reader at the end. */
static bool take_date(reader *r, int64_t now, spoor_civil *out, bool *has_clock, int *weekday) {
    spoor_str word = take_word(r);
    *weekday = weekday_of(word);
    if (*weekday > 0) {
        take(r, ',');
        skip_blanks(r);
        word = take_word(r);
    }
    bool ok;
    bool is_time_alone = false;
    if (word.len > 0) {
        int month = month_of(word);
        ok = month > 0 && take_date_after_month(r, month, out);
    } else {
        int first = 0;
        int digits = take_number(r, 8, &first);
        is_time_alone = digits > 0 && digits <= 2 && peek(r) == ':' && *weekday == 0;
        if (is_time_alone) {
            spoor_civil today = spoor_time_civil(now >= 0 ? now : spoor_time_now());
            *out = (spoor_civil){.year = today.year, .month = today.month, .day = today.day};
            out->hour = first;
            *has_clock = true;
            return true;
        }
        ok = digits > 0 && take_date_after_number(r, digits, first, out);
    }
    if (!ok || r->at == r->end) {
        *has_clock = false;
        return ok;
    }
    *has_clock = true;
    bool is_parted = skip_blanks(r) || take(r, 'T') || take(r, 't');
    return is_parted && take_number(r, 2, &out->hour) > 0;
}

bool spoor_time_parse(spoor_str text, int64_t *datetime) {
    return spoor_time_parse_on(text, -1, datetime);
}

bool spoor_time_parse_on(spoor_str text, int64_t now, int64_t *datetime) {
    reader r = reader_of(text);
    spoor_civil civil = {0};
    bool has_clock;
    int weekday, zone = 0;
    if (!take_date(&r, now, &civil, &has_clock, &weekday) ||
        (has_clock && (!take_clock_after_hour(&r, &civil) || !take_zone(&r, &zone)))) {
        return false;
    }
    int fraction = civil.ticks; /* may be a whole second, when it was rounded up */
    civil.ticks = 0;
    int64_t ticks;
    if (r.at != r.end || !spoor_time_from_civil(civil, &ticks)) {
        return false;
    }
    if (weekday > 0 && spoor_time_civil(ticks).weekday != weekday - 1) {
        return false;
    }
    ticks += fraction - zone * SPOOR_TICKS_MINUTE;
    if (ticks < 0 || ticks > SPOOR_DATETIME_MAX) {
        return false;
    }
    *datetime = ticks;
    return true;
}

/* -- timespan ------------------------------------------------------------------------------------
 */

/* Units are counted in hundredths of a tick, for the nanosecond's sake. */
enum { PER_TICK = 100 };

static int64_t unit_of(spoor_str word) {
    static const struct {
        const char *names[5];
        int64_t ticks_100;
    } units[] = {
        {{"d", "day", "days"}, SPOOR_TICKS_DAY * PER_TICK},
        {{"h", "hr", "hrs", "hour", "hours"}, SPOOR_TICKS_HOUR * PER_TICK},
        {{"m", "min", "minute", "minutes"}, SPOOR_TICKS_MINUTE * PER_TICK},
        {{"s", "sec", "second", "seconds"}, SPOOR_TICKS_SECOND * PER_TICK},
        {{"ms", "milli", "millis", "millisecond", "milliseconds"}, SPOOR_TICKS_MS * PER_TICK},
        {{"micro", "micros", "microsecond", "microseconds"}, SPOOR_TICKS_US * PER_TICK},
        {{"tick", "ticks"}, PER_TICK},
        {{"nano", "nanos", "nanosecond", "nanoseconds"}, 1},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        for (size_t k = 0; k < 5 && units[i].names[k] != NULL; k++) {
            if (spoor_str_is(word, units[i].names[k])) {
                return units[i].ticks_100;
            }
        }
    }
    return 0;
}

__extension__ typedef unsigned __int128 wide;

/* The ticks of a magnitude, if they fit. */
static bool give_ticks(wide magnitude, bool is_negative, int64_t *timespan) {
    if (magnitude > (wide)INT64_MAX + is_negative) {
        return false;
    }
    *timespan = is_negative ? (int64_t)(0 - (uint64_t)magnitude) : (int64_t)magnitude;
    return true;
}

/* n[.f] and a unit; parts of a tick are dropped. */
static bool parse_quantity(reader r, bool is_negative, int64_t *timespan) {
    uint64_t whole = 0, fraction = 0, scale = 1;
    int digits = 0;
    for (; is_digit(peek(&r)); r.at++, digits++) {
        if (whole > UINT64_MAX / 10 - 1) {
            return false;
        }
        whole = whole * 10 + (uint64_t)(*r.at - '0');
    }
    bool has_point = take(&r, '.');
    if (has_point) {
        for (; is_digit(peek(&r)); r.at++, digits++) {
            if (scale < UINT64_C(1000000000000000000)) { /* further digits are below any tick */
                fraction = fraction * 10 + (uint64_t)(*r.at - '0');
                scale *= 10;
            }
        }
    }
    skip_blanks(&r);
    spoor_str word = take_word(&r);
    /* A bare number is of days, and whole: '1.5' is null in Kusto. */
    uint64_t unit =
        (uint64_t)(word.len == 0 && !has_point ? SPOOR_TICKS_DAY * PER_TICK : unit_of(word));
    if (digits == 0 || r.at != r.end || unit == 0) {
        return false;
    }
    wide ticks_100 = (wide)whole * unit + (wide)fraction * unit / scale;
    return give_ticks(ticks_100 / PER_TICK, is_negative, timespan);
}

/* [d.]h:m[:s[.f]], where f has at most 7 digits. */
static bool parse_clock(reader r, bool is_negative, int64_t *timespan) {
    int days = 0, hour = 0, minute = 0, second = 0, fraction = 0;
    if (take_number(&r, 8, &hour) == 0) {
        return false;
    }
    if (take(&r, '.')) {
        days = hour;
        if (take_number(&r, 2, &hour) == 0) {
            return false;
        }
    }
    if (!take(&r, ':') || take_number(&r, 2, &minute) == 0) {
        return false;
    }
    if (take(&r, ':')) {
        if (take_number(&r, 2, &second) == 0) {
            return false;
        }
        if (take(&r, '.') && (r.end - r.at > 7 || !take_fraction(&r, &fraction))) {
            return false;
        }
    }
    if (r.at != r.end || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    wide ticks = (wide)days * (wide)SPOOR_TICKS_DAY +
                 (wide)(hour * SPOOR_TICKS_HOUR + minute * SPOOR_TICKS_MINUTE +
                        second * SPOOR_TICKS_SECOND + fraction);
    return give_ticks(ticks, is_negative, timespan);
}

bool spoor_timespan_parse(spoor_str text, int64_t *timespan) {
    reader r = reader_of(text);
    bool is_negative = take(&r, '-');
    if (!is_negative) {
        take(&r, '+');
    }
    return parse_quantity(r, is_negative, timespan) || parse_clock(r, is_negative, timespan);
}
