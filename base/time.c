/* time.c - the calendar and the printed forms of datetime and timespan.
 *
 * Reading them from text is time_parse.c.  Days are turned into dates with
 * the era arithmetic of the proleptic Gregorian calendar: 400 years are
 * always 146,097 days, and a year is counted from March so that the leap day
 * comes last. */
#include "base/time.h"

#include <string.h>
#include <time.h>

enum {
    DAYS_PER_ERA = 146097,
    MARCH_OFFSET = 306,   /* days from 0000-03-01 to 0001-01-01 */
    WEEKDAY_OF_FIRST = 1, /* 0001-01-01 was a Monday */
};

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

int64_t spoor_days_from_civil(int year, int month, int day) {
    int64_t months = (int64_t)year * 12 + month - 1;
    int64_t y = floor_div(months, 12);
    int64_t m = months - y * 12; /* 0: January */
    y -= m < 2;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = m < 2 ? m + 10 : m - 2;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - MARCH_OFFSET;
}

spoor_civil spoor_time_civil(int64_t datetime) {
    /* Total on purpose: a value out of range reads as the nearest end. */
    datetime = datetime < 0 ? 0 : datetime > SPOOR_DATETIME_MAX ? SPOOR_DATETIME_MAX : datetime;
    int days = (int)(datetime / SPOOR_TICKS_DAY);
    int64_t ticks = datetime % SPOOR_TICKS_DAY;
    int second = (int)(ticks / SPOOR_TICKS_SECOND);

    int z = days + MARCH_OFFSET;
    int era = z / DAYS_PER_ERA;
    int day_of_era = z % DAYS_PER_ERA;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int year = era * 400 + year_of_era + (month <= 2);
    return (spoor_civil){
        .year = year,
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
        .ticks = (int)(ticks % SPOOR_TICKS_SECOND),
        .weekday = (days + WEEKDAY_OF_FIRST) % 7,
        .yearday = days - (int)spoor_days_from_civil(year, 1, 1) + 1,
    };
}

static int days_in_month(int year, int month) {
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

bool spoor_time_from_civil(spoor_civil c, int64_t *datetime) {
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
        c.day > days_in_month(c.year, c.month)) {
        return false;
    }
    if (c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 ||
        c.second > 59 || c.ticks < 0 || c.ticks >= SPOOR_TICKS_SECOND) {
        return false;
    }
    *datetime = spoor_days_from_civil(c.year, c.month, c.day) * SPOOR_TICKS_DAY +
                c.hour * SPOOR_TICKS_HOUR + c.minute * SPOOR_TICKS_MINUTE +
                c.second * SPOOR_TICKS_SECOND + c.ticks;
    return true;
}

/* Writes value with exactly `width` digits. */
static char *put_digits(char *out, uint32_t value, int width) {
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static char *put_clock(char *out, int hour, int minute, int second) {
    out = put_digits(out, (uint32_t)hour, 2);
    *out++ = ':';
    out = put_digits(out, (uint32_t)minute, 2);
    *out++ = ':';
    return put_digits(out, (uint32_t)second, 2);
}

spoor_str spoor_time_print(int64_t datetime, char buffer[SPOOR_TIME_TEXT]) {
    spoor_civil c = spoor_time_civil(datetime);
    char *out = put_digits(buffer, (uint32_t)c.year, 4);
    *out++ = '-';
    out = put_digits(out, (uint32_t)c.month, 2);
    *out++ = '-';
    out = put_digits(out, (uint32_t)c.day, 2);
    *out++ = 'T';
    out = put_clock(out, c.hour, c.minute, c.second);
    *out++ = '.';
    out = put_digits(out, (uint32_t)c.ticks, 7);
    *out++ = 'Z';
    *out = '\0';
    return (spoor_str){buffer, (size_t)(out - buffer)};
}

bool spoor_time_may_print(spoor_str literal) {
    static const char shape[] = "0000-00-00t00:00:00.0000000z"; /* 0: any digit */
    bool found = false;
    for (size_t from = 0; from + literal.len < sizeof shape && !found; from++) {
        found = true;
        for (size_t i = 0; i < literal.len && found; i++) {
            char c = literal.ptr[i];
            c = c >= '0' && c <= '9' ? '0' : c == 'T' || c == 'Z' ? (char)(c - 'A' + 'a') : c;
            found = c == shape[from + i];
        }
    }
    return found;
}

spoor_str spoor_timespan_print(int64_t timespan, char buffer[SPOOR_TIME_TEXT]) {
    char *out = buffer;
    uint64_t ticks = (uint64_t)timespan;
    if (timespan < 0) {
        ticks = 0 - ticks; /* right for INT64_MIN too */
        *out++ = '-';
    }
    uint32_t days = (uint32_t)(ticks / (uint64_t)SPOOR_TICKS_DAY);
    if (days > 0) {
        int width = 1;
        for (uint32_t rest = days; rest >= 10; rest /= 10) {
            width++;
        }
        out = put_digits(out, days, width);
        *out++ = '.';
    }
    int second = (int)(ticks / (uint64_t)SPOOR_TICKS_SECOND % 86400);
    uint32_t fraction = (uint32_t)(ticks % (uint64_t)SPOOR_TICKS_SECOND);
    out = put_clock(out, second / 3600, second / 60 % 60, second % 60);
    if (fraction > 0) {
        *out++ = '.';
        out = put_digits(out, fraction, 7);
    }
    *out = '\0';
    return (spoor_str){buffer, (size_t)(out - buffer)};
}

int64_t spoor_time_now(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return SPOOR_UNIX_EPOCH;
    }
    return SPOOR_UNIX_EPOCH + (int64_t)now.tv_sec * SPOOR_TICKS_SECOND + now.tv_nsec / 100;
}
