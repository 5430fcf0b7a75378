/* fn_datetime.c - the calendar: now, parts, starts and ends, sums and differences, times from numbers.
 *
 * Everything is UTC.  A result outside year 1 to 9999 is null.  Formats are
 * fn_datetime_format.c, time zones fn_time_zone.c. */
#include <math.h>

#include "base/time.h"
#include "functions/function.h"

static void put_time(spoor_vec *out, uint32_t row, int64_t ticks) {
    if (ticks < 0 || ticks > SPOOR_DATETIME_MAX) {
        out->nulls[row] = 1;
        ticks = 0;
    }
    out->longs[row] = ticks;
}

/* -- now --------------------------------------------------------------------------------------- */

static void now_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t ticks = call->now;
        if (call->nargs > 0 && __builtin_add_overflow(ticks, args[0].longs[i], &ticks)) {
            ticks = -1;
        }
        put_time(out, i, ticks);
    }
}

static void ago_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t ticks;
        bool fits = !__builtin_sub_overflow(call->now, args[0].longs[i], &ticks);
        put_time(out, i, fits ? ticks : -1);
    }
}

/* -- parts ------------------------------------------------------------------------------------- */

typedef int part_of(int64_t datetime);

static int year_of(int64_t t) {
    return spoor_time_civil(t).year;
}

static int month_of(int64_t t) {
    return spoor_time_civil(t).month;
}

static int quarter_of(int64_t t) {
    return (month_of(t) + 2) / 3;
}

static int day_of(int64_t t) {
    return spoor_time_civil(t).day;
}

static int yearday_of(int64_t t) {
    return spoor_time_civil(t).yearday;
}

static int hour_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_DAY / SPOOR_TICKS_HOUR);
}

static int minute_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_HOUR / SPOOR_TICKS_MINUTE);
}

static int second_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_MINUTE / SPOOR_TICKS_SECOND);
}

static int millisecond_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_SECOND / SPOOR_TICKS_MS);
}

static int microsecond_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_SECOND / SPOOR_TICKS_US);
}

static int nanosecond_of(int64_t t) {
    return (int)(t % SPOOR_TICKS_SECOND * 100);
}

/* The week belongs to the year in which its `middle` weekday falls, and has that day's number. */
static int week_by(int64_t t, int first_weekday, int middle) {
    int from_first = (spoor_time_civil(t).weekday - first_weekday + 7) % 7;
    int64_t day = t / SPOOR_TICKS_DAY - from_first + middle;
    if (day < 0) {
        return 52; /* the week before 0001-01-01; year 0 ends on a Sunday */
    }
    if (day > SPOOR_DATETIME_MAX / SPOOR_TICKS_DAY) {
        return 1; /* of the year 10000 */
    }
    return (spoor_time_civil(day * SPOOR_TICKS_DAY).yearday - 1) / 7 + 1;
}

static int iso_week_of(int64_t t) {
    return week_by(t, 1, 3); /* Monday, Thursday: ISO 8601 */
}

static int old_week_of(int64_t t) {
    return week_by(t, 0, 3); /* Sunday, Wednesday: documented with week_of_year() */
}

static void part_rows(uint32_t rows, const spoor_vec *args, spoor_vec *out, part_of *part) {
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = part(args[0].longs[i]);
    }
}

#define PART_EVAL(name)                                                                            \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        (void)call;                                                                                \
        part_rows(rows, args, out, name##_of);                                                     \
    }
PART_EVAL(year)
PART_EVAL(month)
PART_EVAL(day)
PART_EVAL(yearday)
PART_EVAL(hour)
PART_EVAL(iso_week)
PART_EVAL(old_week)

static void weekday_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = spoor_time_civil(args[0].longs[i]).weekday * SPOOR_TICKS_DAY;
    }
}

/* -- periods by name --------------------------------------------------------------------------- */

/* ORDER periods */
typedef enum period {
    YEAR,
    QUARTER,
    MONTH,
    WEEK,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    MILLISECOND,
    MICROSECOND,
    NANOSECOND,
    NO_PERIOD,
} period;

static const struct {
    const char *name;
    int64_t ticks; /* 0: not of one length, or less than a tick */
    part_of *part;
} periods[] = {
    /* ORDER periods */
    {"year", 0, year_of},
    {"quarter", 0, quarter_of},
    {"month", 0, month_of},
    {"week", 7 * SPOOR_TICKS_DAY, NULL},
    {"day", SPOOR_TICKS_DAY, day_of},
    {"hour", SPOOR_TICKS_HOUR, hour_of},
    {"minute", SPOOR_TICKS_MINUTE, minute_of},
    {"second", SPOOR_TICKS_SECOND, second_of},
    {"millisecond", SPOOR_TICKS_MS, millisecond_of},
    {"microsecond", SPOOR_TICKS_US, microsecond_of},
    {"nanosecond", 0, nanosecond_of},
};

static bool is_name(spoor_str text, const char *lower) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (lower[i] == '\0' || c != lower[i]) {
            return false;
        }
    }
    return lower[text.len] == '\0';
}

static period period_named(spoor_str text) {
    for (int i = 0; i < NO_PERIOD; i++) {
        if (is_name(text, periods[i].name)) {
            return (period)i;
        }
    }
    return NO_PERIOD;
}

static part_of *part_named(spoor_str text) {
    if (is_name(text, "week_of_year") || is_name(text, "weekofyear")) {
        return iso_week_of;
    }
    if (is_name(text, "dayofyear")) {
        return yearday_of;
    }
    period p = period_named(text);
    return p != NO_PERIOD ? periods[p].part : NULL;
}

static const char *prepare_period(spoor_call *call) {
    const spoor_value *name = call->constants[0];
    return name == NULL || period_named(name->string) != NO_PERIOD
               ? NULL
               : "the first argument must be one of year, quarter, month, week, day, hour, minute, "
                 "second, millisecond, microsecond, nanosecond";
}

static const char *prepare_part(spoor_call *call) {
    const spoor_value *name = call->constants[0];
    return name == NULL || part_named(name->string) != NULL
               ? NULL
               : "the first argument must be one of year, quarter, month, week_of_year, day, "
                 "dayofyear, hour, minute, second, millisecond, microsecond, nanosecond";
}

static void part_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        part_of *part = part_named(args[0].strings[i]);
        out->nulls[i] |= part == NULL;
        out->longs[i] = part != NULL && !out->nulls[i] ? part(args[1].longs[i]) : 0;
    }
}

/* -- starts and ends --------------------------------------------------------------------------- */

enum { MOST_PERIODS = 4000000 }; /* more than there are days in the calendar */

/* First day of the period that is `offset` periods after that of t, in days since 0001-01-01. */
static int64_t first_day(period p, int64_t t, int offset) {
    spoor_civil c = spoor_time_civil(t);
    if (p == YEAR) {
        return spoor_days_from_civil(c.year + offset, 1, 1);
    }
    if (p == MONTH) {
        return spoor_days_from_civil(c.year, c.month + offset, 1);
    }
    int64_t day = t / SPOOR_TICKS_DAY;
    return p == WEEK ? day - c.weekday + 7 * (int64_t)offset : day + offset;
}

static void bound_rows(const spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                       period p, bool is_end) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t offset = call->nargs > 1 ? args[1].longs[i] : 0;
        if (offset < -MOST_PERIODS || offset > MOST_PERIODS) {
            out->nulls[i] = 1;
            continue;
        }
        int64_t day = first_day(p, args[0].longs[i], (int)offset + is_end);
        int64_t last = SPOOR_DATETIME_MAX / SPOOR_TICKS_DAY + 1;
        bool fits = day >= 0 && day <= last;
        put_time(out, i, fits ? day * SPOOR_TICKS_DAY - is_end : -1);
    }
}

#define BOUND_EVAL(name, of, is_end)                                                               \
    static void name(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {     \
        bound_rows(call, rows, args, out, of, is_end);                                             \
    }
BOUND_EVAL(start_day, DAY, false)
BOUND_EVAL(start_week, WEEK, false)
BOUND_EVAL(start_month, MONTH, false)
BOUND_EVAL(start_year, YEAR, false)
BOUND_EVAL(end_day, DAY, true)
BOUND_EVAL(end_week, WEEK, true)
BOUND_EVAL(end_month, MONTH, true)
BOUND_EVAL(end_year, YEAR, true)

/* -- sums and differences ---------------------------------------------------------------------- */

/* The same day of another month, or the last one there. */
static int64_t add_months(int64_t t, int64_t months) {
    spoor_civil c = spoor_time_civil(t);
    if (months < -MOST_PERIODS || months > MOST_PERIODS) {
        return -1;
    }
    int month = c.month + (int)months;
    int64_t first = spoor_days_from_civil(c.year, month, 1);
    int64_t length = spoor_days_from_civil(c.year, month + 1, 1) - first;
    int64_t day = first + (c.day <= length ? c.day : length) - 1;
    return day < 0 || day > SPOOR_DATETIME_MAX / SPOOR_TICKS_DAY
               ? -1
               : day * SPOOR_TICKS_DAY + t % SPOOR_TICKS_DAY;
}

static int64_t add_period(period p, int64_t amount, int64_t t) {
    int64_t months = p == YEAR ? 12 : p == QUARTER ? 3 : 1;
    if (p == YEAR || p == QUARTER || p == MONTH) {
        return __builtin_mul_overflow(amount, months, &amount) ? -1 : add_months(t, amount);
    }
    if (p == NANOSECOND) {
        amount /= 100;
    } else if (__builtin_mul_overflow(amount, periods[p].ticks, &amount)) {
        return -1;
    }
    return __builtin_add_overflow(t, amount, &t) ? -1 : t;
}

static void add_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        period p = period_named(args[0].strings[i]);
        bool skip = out->nulls[i] || p == NO_PERIOD;
        put_time(out, i, skip ? -1 : add_period(p, args[1].longs[i], args[2].longs[i]));
    }
}

/* Borders of the period between b and a. */
static int64_t borders(period p, int64_t a, int64_t b) {
    switch (p) {
    case YEAR: return year_of(a) - year_of(b);
    case QUARTER: return borders(YEAR, a, b) * 4 + quarter_of(a) - quarter_of(b);
    case MONTH: return borders(YEAR, a, b) * 12 + month_of(a) - month_of(b);
    case WEEK: return (first_day(WEEK, a, 0) - first_day(WEEK, b, 0)) / 7;
    case DAY:
    case HOUR:
    case MINUTE:
    case SECOND:
    case MILLISECOND:
    case MICROSECOND: return a / periods[p].ticks - b / periods[p].ticks;
    case NANOSECOND:
    case NO_PERIOD: break;
    }
    return (int64_t)((uint64_t)(a - b) * 100); /* wraps, as Kusto's long */
}

static void diff_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        period p = period_named(args[0].strings[i]);
        out->nulls[i] |= p == NO_PERIOD;
        out->longs[i] = out->nulls[i] ? 0 : borders(p, args[1].longs[i], args[2].longs[i]);
    }
}

static void diff_weeks_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = (double)borders(WEEK, args[0].longs[i], args[1].longs[i]);
    }
}

static void around_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        __extension__ __int128 from_center = (__int128)args[0].longs[i] - args[1].longs[i];
        int64_t delta = args[2].longs[i];
        out->bools[i] = from_center <= delta && -from_center <= delta;
    }
}

static void around_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        double center = args[1].reals[i], delta = args[2].reals[i];
        out->bools[i] = args[0].reals[i] >= center - delta && args[0].reals[i] <= center + delta;
    }
}

/* -- made of numbers --------------------------------------------------------------------------- */

/* False: not 0 to 59.9999999. */
static bool ticks_of_second(double second, int64_t *ticks) {
    if (!(second >= 0 && second < 60)) {
        return false;
    }
    *ticks = llround(second * (double)SPOOR_TICKS_SECOND);
    return *ticks < SPOOR_TICKS_MINUTE;
}

static bool is_within(int64_t value, int64_t low, int64_t high) {
    return value >= low && value <= high;
}

static void make_datetime_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t part[5] = {0, 0, 0, 0, 0}, ticks = 0, datetime = -1;
        bool ok = !out->nulls[i];
        for (uint32_t k = 0; k < 5 && k < call->nargs; k++) {
            part[k] = args[k].longs[i];
            ok = ok && is_within(part[k], 0, 9999);
        }
        ok = ok && (call->nargs < 6 || ticks_of_second(args[5].reals[i], &ticks));
        spoor_civil c = {.second = (int)(ticks / SPOOR_TICKS_SECOND),
                         .ticks = (int)(ticks % SPOOR_TICKS_SECOND)};
        if (ok) {
            c.year = (int)part[0];
            c.month = (int)part[1];
            c.day = (int)part[2];
            c.hour = (int)part[3];
            c.minute = (int)part[4];
            ok = spoor_time_from_civil(c, &datetime);
        }
        put_time(out, i, ok ? datetime : -1);
    }
}

/* (hour, minute), (hour, minute, second) or (day, hour, minute, second). */
static void make_timespan_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    uint32_t at = call->nargs == 4;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t day = at > 0 ? args[0].longs[i] : 0;
        int64_t hour = args[at].longs[i], minute = args[at + 1].longs[i], ticks = 0;
        bool ok = !out->nulls[i] && is_within(day, 0, INT64_MAX / SPOOR_TICKS_DAY - 1) &&
                  is_within(hour, 0, 23) && is_within(minute, 0, 59) &&
                  (call->nargs < 3 || ticks_of_second(args[at + 2].reals[i], &ticks));
        out->nulls[i] = !ok;
        out->longs[i] = ok ? day * SPOOR_TICKS_DAY + hour * SPOOR_TICKS_HOUR +
                                 minute * SPOOR_TICKS_MINUTE + ticks
                           : 0;
    }
}

static void unix_reals(uint32_t rows, const spoor_vec *args, spoor_vec *out, double ticks) {
    for (uint32_t i = 0; i < rows; i++) {
        double offset = args[0].reals[i] * ticks;
        bool fits = offset > -1e18 && offset < 4e18;
        put_time(out, i, fits ? SPOOR_UNIX_EPOCH + llround(offset) : -1);
    }
}

/* `ticks` a unit, or `units` a tick. */
static void unix_longs(uint32_t rows, const spoor_vec *args, spoor_vec *out, int64_t ticks,
                       int64_t units) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t offset;
        bool fits = !__builtin_mul_overflow(args[0].longs[i] / units, ticks, &offset) &&
                    !__builtin_add_overflow(SPOOR_UNIX_EPOCH, offset, &offset);
        put_time(out, i, fits ? offset : -1);
    }
}

#define UNIX_EVAL(name, ticks, units)                                                              \
    static void name##_longs(spoor_call *call, uint32_t rows, const spoor_vec *args,               \
                             spoor_vec *out) {                                                     \
        (void)call;                                                                                \
        unix_longs(rows, args, out, ticks, units);                                                 \
    }                                                                                              \
    static void name##_reals(spoor_call *call, uint32_t rows, const spoor_vec *args,               \
                             spoor_vec *out) {                                                     \
        (void)call;                                                                                \
        unix_reals(rows, args, out, (double)(ticks) / (units));                                    \
    }
UNIX_EVAL(seconds, SPOOR_TICKS_SECOND, 1)
UNIX_EVAL(milliseconds, SPOOR_TICKS_MS, 1)
UNIX_EVAL(microseconds, SPOOR_TICKS_US, 1)
UNIX_EVAL(nanoseconds, 1, 100)

// clang-format off
#define TIME SPOOR_T_DATETIME
#define SPAN SPOOR_T_TIMESPAN
#define LONG SPOOR_T_INTEGER
#define REAL SPOOR_T_REAL
#define TEXT SPOOR_T_STRING
#define PART(row_name, hidden, code, of, text, sample, prints) \
    {.name = row_name, .args = {TIME}, .min_args = 1, .max_args = 1, .result = of, .is_hidden = hidden, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define BOUND(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {TIME, LONG}, .min_args = 1, .max_args = 2, .result = SPOOR_DATETIME, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define AROUND(type, code, sample) \
    {.name = "around", .args = {type, type, (type) == TIME ? SPAN : (type)}, .min_args = 3, .max_args = 3, .result = SPOOR_BOOL, .eval = code, \
     .summary = "Whether a value is no further from the second than the third.", .example = sample, .value = "True"}
#define UNIX(unit, sample) \
    {.name = "unixtime_" #unit "_todatetime", .args = {LONG}, .min_args = 1, .max_args = 1, .result = SPOOR_DATETIME, .eval = unit##_longs, \
     .summary = "The time so many " #unit " after 1970.", .example = "unixtime_" #unit "_todatetime(" sample ")", .value = "2019-01-01T00:00:00.0000000Z"}, \
    {.name = "unixtime_" #unit "_todatetime", .args = {REAL}, .min_args = 1, .max_args = 1, .result = SPOOR_DATETIME, .eval = unit##_reals, \
     .summary = "The time so many " #unit " after 1970.", .example = "unixtime_" #unit "_todatetime(" sample ".0)", .value = "2019-01-01T00:00:00.0000000Z"}
const spoor_function spoor_fn_datetime[] = {
    {.name = "now", .args = {SPAN}, .min_args = 0, .max_args = 1, .result = SPOOR_DATETIME, .is_of_run = true, .eval = now_eval,
     .summary = "When the query started, or that much later.", .example = "now(1h) - now()", .value = "01:00:00"},
    {.name = "ago", .args = {SPAN}, .min_args = 1, .max_args = 1, .result = SPOOR_DATETIME, .is_of_run = true, .eval = ago_eval,
     .summary = "So long before the query started.", .example = "now() - ago(1h)", .value = "01:00:00"},
    PART("getyear", false, year_eval, SPOOR_INT, "Year of a time.", "getyear(datetime(2024-02-29))", "2024"),
    PART("monthofyear", false, month_eval, SPOOR_INT, "Month of a time, 1 to 12.", "monthofyear(datetime(2024-02-29))", "2"),
    PART("getmonth", false, month_eval, SPOOR_INT, "Month of a time, 1 to 12.", "getmonth(datetime(2024-02-29))", "2"),
    PART("dayofmonth", false, day_eval, SPOOR_INT, "Day of the month, 1 to 31.", "dayofmonth(datetime(2024-02-29))", "29"),
    PART("dayofyear", false, yearday_eval, SPOOR_INT, "Day of the year, 1 to 366.", "dayofyear(datetime(2024-02-29))", "60"),
    PART("hourofday", false, hour_eval, SPOOR_INT, "Hour of the day, 0 to 23.", "hourofday(datetime(2024-02-29 18:54))", "18"),
    PART("week_of_year", false, iso_week_eval, SPOOR_INT, "Week of the year as in ISO 8601.", "week_of_year(datetime(2020-12-31))", "53"),
    PART("weekofyear", true, old_week_eval, SPOOR_INT, "Week of the year; the first is that of its first Wednesday.", "weekofyear(datetime(2020-06-15))", "25"),
    PART("dayofweek", false, weekday_eval, SPOOR_TIMESPAN, "Days since the Sunday before, as a timespan.", "dayofweek(datetime(2024-02-29))", "4.00:00:00"),
    BOUND("startofday", start_day, "Start of the day, or of one so many days later.", "startofday(datetime(2024-02-29 12:30), -1)", "2024-02-28T00:00:00.0000000Z"),
    BOUND("startofweek", start_week, "Start of the week, a Sunday, or of one so many weeks later.", "startofweek(datetime(2024-02-29))", "2024-02-25T00:00:00.0000000Z"),
    BOUND("startofmonth", start_month, "Start of the month, or of one so many months later.", "startofmonth(datetime(2024-02-29), 1)", "2024-03-01T00:00:00.0000000Z"),
    BOUND("startofyear", start_year, "Start of the year, or of one so many years later.", "startofyear(datetime(2024-02-29))", "2024-01-01T00:00:00.0000000Z"),
    BOUND("endofday", end_day, "Last tick of the day, or of one so many days later.", "endofday(datetime(2024-02-29 12:30))", "2024-02-29T23:59:59.9999999Z"),
    BOUND("endofweek", end_week, "Last tick of the week, a Saturday, or of one so many weeks later.", "endofweek(datetime(2024-02-29))", "2024-03-02T23:59:59.9999999Z"),
    BOUND("endofmonth", end_month, "Last tick of the month, or of one so many months later.", "endofmonth(datetime(2024-01-31), 1)", "2024-02-29T23:59:59.9999999Z"),
    BOUND("endofyear", end_year, "Last tick of the year, or of one so many years later.", "endofyear(datetime(2024-02-29))", "2024-12-31T23:59:59.9999999Z"),
    {.name = "datetime_part", .args = {TEXT, TIME}, .min_args = 2, .max_args = 2, .result = SPOOR_INT, .eval = part_eval, .prepare = prepare_part,
     .summary = "The named part of a time.", .example = "datetime_part('quarter', datetime(2024-10-30))", .value = "4"},
    {.name = "datepart", .args = {TEXT, TIME}, .min_args = 2, .max_args = 2, .result = SPOOR_INT, .is_hidden = true, .eval = part_eval, .prepare = prepare_part,
     .summary = "The named part of a time.", .example = "datepart('quarter', datetime(2024-10-30))", .value = "4"},
    {.name = "datetime_add", .args = {TEXT, LONG, TIME}, .min_args = 3, .max_args = 3, .result = SPOOR_DATETIME, .eval = add_eval, .prepare = prepare_period,
     .summary = "The time so many periods later.", .example = "datetime_add('month', -1, datetime(2024-03-31))", .value = "2024-02-29T00:00:00.0000000Z"},
    {.name = "datetime_diff", .args = {TEXT, TIME, TIME}, .min_args = 3, .max_args = 3, .result = SPOOR_LONG, .eval = diff_eval, .prepare = prepare_period,
     .summary = "Borders of the period between two times.", .example = "datetime_diff('day', datetime(2024-03-01 00:00), datetime(2024-02-28 23:59))", .value = "2"},
    {.name = "__datetime_diff_weeks", .args = {TIME, TIME}, .min_args = 2, .max_args = 2, .result = SPOOR_REAL, .is_hidden = true, .eval = diff_weeks_eval,
     .summary = "Sundays between two times: datetime_diff('week', ...), which is a real in Kusto.", .example = "__datetime_diff_weeks(datetime(2024-03-03), datetime(2024-03-02))", .value = "1.0"},
    AROUND(LONG, around_longs, "around(10, 8, 2)"),
    AROUND(REAL, around_reals, "around(1.5, 1.0, 0.5)"),
    AROUND(TIME, around_longs, "around(datetime(2024-01-01 00:01), datetime(2024-01-01), 1m)"),
    AROUND(SPAN, around_longs, "around(61m, 1h, 1m)"),
    {.name = "make_datetime", .args = {LONG, LONG, LONG, LONG, LONG, REAL}, .min_args = 3, .max_args = 3, .result = SPOOR_DATETIME, .eval = make_datetime_eval,
     .summary = "The time with these parts, or null.", .example = "make_datetime(2024, 2, 29)", .value = "2024-02-29T00:00:00.0000000Z"},
    {.name = "make_datetime", .args = {LONG, LONG, LONG, LONG, LONG, REAL}, .min_args = 5, .max_args = 6, .result = SPOOR_DATETIME, .eval = make_datetime_eval,
     .summary = "The time with these parts, or null.", .example = "make_datetime(2024, 2, 29, 12, 30, 1.5)", .value = "2024-02-29T12:30:01.5000000Z"},
    {.name = "make_timespan", .args = {LONG, LONG, REAL}, .min_args = 2, .max_args = 3, .result = SPOOR_TIMESPAN, .eval = make_timespan_eval,
     .summary = "The timespan of hours, minutes and seconds, or null.", .example = "make_timespan(12, 30, 1.5)", .value = "12:30:01.5000000"},
    {.name = "make_timespan", .args = {LONG, LONG, LONG, REAL}, .min_args = 4, .max_args = 4, .result = SPOOR_TIMESPAN, .eval = make_timespan_eval,
     .summary = "The timespan of days, hours, minutes and seconds, or null.", .example = "make_timespan(1, 12, 30, 55.123)", .value = "1.12:30:55.1230000"},
    UNIX(seconds, "1546300800"),
    UNIX(milliseconds, "1546300800000"),
    UNIX(microseconds, "1546300800000000"),
    UNIX(nanoseconds, "1546300800000000000"),
    {0},
};
// clang-format on
