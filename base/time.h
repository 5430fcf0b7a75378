/* time.h - datetime and timespan: 100 ns ticks in int64.
 *
 * A datetime counts from 0001-01-01T00:00:00Z (as .NET's DateTime.Ticks), 0
 * to SPOOR_DATETIME_MAX.  Everything is UTC and proleptic Gregorian; no
 * locale, no mktime. */
#ifndef SPOOR_BASE_TIME_H
#define SPOOR_BASE_TIME_H

#include <stdint.h>

#include "base/str.h"

#define SPOOR_TICKS_US INT64_C(10)
#define SPOOR_TICKS_MS INT64_C(10000)
#define SPOOR_TICKS_SECOND INT64_C(10000000)
#define SPOOR_TICKS_MINUTE (60 * SPOOR_TICKS_SECOND)
#define SPOOR_TICKS_HOUR (60 * SPOOR_TICKS_MINUTE)
#define SPOOR_TICKS_DAY (24 * SPOOR_TICKS_HOUR)
#define SPOOR_DATETIME_MAX INT64_C(3155378975999999999)
#define SPOOR_UNIX_EPOCH INT64_C(621355968000000000)     /* 1970-01-01 */
#define SPOOR_FILETIME_EPOCH INT64_C(504911232000000000) /* 1601-01-01 */

typedef struct spoor_civil {
    int year, month, day; /* 1..9999, 1..12, 1..31 */
    int hour, minute, second;
    int ticks;   /* of the second, 0..9999999 */
    int weekday; /* 0: Sunday */
    int yearday; /* 1..366 */
} spoor_civil;

spoor_civil spoor_time_civil(int64_t datetime);
/* False when a part is out of range (month 13, 30 February, hour 24). */
bool spoor_time_from_civil(spoor_civil civil, int64_t *datetime);
int64_t spoor_days_from_civil(int year, int month, int day); /* since 0001-01-01; any integers */

/* Text as Kusto's todatetime() and datetime() literals take it (ISO 8601, RFC 822/850, US dates,
 * with or without time, fraction and offset; a clock alone is of today); false: not a datetime. */
bool spoor_time_parse(spoor_str text, int64_t *datetime);
bool spoor_time_parse_on(spoor_str text, int64_t now,
                         int64_t *datetime); /* today: that of now; -1: the clock */
/* `1.02:03:04.5670000`, `1d`, `90s`, `1.5h`, ...: what totimespan() and literals take. */
bool spoor_timespan_parse(spoor_str text, int64_t *timespan);

enum { SPOOR_TIME_TEXT = 40 }; /* bytes that hold any of the below and a NUL */
/* 2020-01-01T00:00:00.0000000Z */
spoor_str spoor_time_print(int64_t datetime, char buffer[SPOOR_TIME_TEXT]);
/* May some time, printed so, have the literal in it, whatever the case of letters? */
bool spoor_time_may_print(spoor_str literal);
/* [-][d.]hh:mm:ss[.fffffff] */
spoor_str spoor_timespan_print(int64_t timespan, char buffer[SPOOR_TIME_TEXT]);

/* Now, from the system's clock. */
int64_t spoor_time_now(void);

#endif
