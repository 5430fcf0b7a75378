/* test_time.c - the calendar, and datetime and timespan to text and back. */
#include "base/time.h"

#include "tests/unit/unit.h"

static void check_calendar(void) {
    CHECK_LONG(spoor_days_from_civil(1, 1, 1), 0);
    CHECK_LONG(spoor_days_from_civil(1970, 1, 1) * SPOOR_TICKS_DAY, SPOOR_UNIX_EPOCH);
    CHECK_LONG(spoor_days_from_civil(1601, 1, 1) * SPOOR_TICKS_DAY, SPOOR_FILETIME_EPOCH);
    CHECK_LONG(spoor_days_from_civil(2020, 14, 0), spoor_days_from_civil(2021, 1, 31));
    CHECK_LONG(spoor_days_from_civil(2020, -11, 1), spoor_days_from_civil(2019, 1, 1));
    CHECK_LONG(spoor_days_from_civil(0, 12, 31), -1);
    CHECK_LONG(spoor_days_from_civil(INT32_MAX, INT32_MAX, INT32_MAX) >
                   spoor_days_from_civil(INT32_MIN, INT32_MIN, INT32_MIN),
               true);

    /* Every day there is: back to itself, weekdays and days of the year in step. */
    int bad = 0, yearday = 0, weekday = 1;
    for (int64_t day = 0; day * SPOOR_TICKS_DAY <= SPOOR_DATETIME_MAX; day++) {
        int64_t ticks = day * SPOOR_TICKS_DAY + day % 86400 * SPOOR_TICKS_SECOND + day % 1000;
        spoor_civil c = spoor_time_civil(ticks);
        int64_t back = -1;
        yearday = c.month == 1 && c.day == 1 ? 1 : yearday + 1;
        bad += !spoor_time_from_civil(c, &back) || back != ticks || c.yearday != yearday ||
               c.weekday != weekday;
        weekday = (weekday + 1) % 7;
    }
    CHECK_LONG(bad, 0);

    static const spoor_civil not_dates[] = {
        {.year = 0, .month = 1, .day = 1},
        {.year = 10000, .month = 1, .day = 1},
        {.year = 2020, .month = 13, .day = 1},
        {.year = 2020, .month = 0, .day = 1},
        {.year = 2020, .month = 2, .day = 30},
        {.year = 2019, .month = 2, .day = 29},
        {.year = 1900, .month = 2, .day = 29},
        {.year = 2020, .month = 1, .day = 0},
        {.year = 2020, .month = 1, .day = 1, .hour = 24},
        {.year = 2020, .month = 1, .day = 1, .minute = 60},
        {.year = 2020, .month = 1, .day = 1, .second = 60},
        {.year = 2020, .month = 1, .day = 1, .ticks = 10000000},
        {.year = 2020, .month = 1, .day = 1, .hour = -1},
    };
    int64_t ticks;
    for (size_t i = 0; i < sizeof not_dates / sizeof *not_dates; i++) {
        CHECK(!spoor_time_from_civil(not_dates[i], &ticks));
    }
}

static void check_time(const char *text, const char *want) {
    int64_t ticks = 0;
    char buffer[SPOOR_TIME_TEXT];
    bool ok = spoor_time_parse(spoor_str_from(text), &ticks);
    unit_check_str(ok ? spoor_time_print(ticks, buffer) : SPOOR_STR("null"), want, __FILE__,
                   __LINE__, text);
}

static void check_times(void) {
    static const struct {
        const char *want, *texts[14];
    } groups[] = {
        {"2014-11-08T00:00:00.0000000Z",
         {"2014-11-08", "2014/11/8", "2014.11.08", "11-08-2014", "11/8/2014", "11.08.2014",
          "11/08/14", "20141108", "8 Nov 2014", "08-Nov-14", "Nov 8, 2014", "november 8 2014",
          " 2014-11-08\t"}},
        {"2014-11-08T15:05:00.0000000Z",
         {"2014-11-08 15:05", "2014-11-08T15:05", "2014-11-08 15:05 GMT", "2014-11-08T15:05 GMT",
          "Sat, 8 Nov 14 15:05", "Sat, 8 Nov 14 15:05 GMT", "8 Nov 14 15:05", "8 Nov 14 15:05 GMT",
          "Saturday, 08-Nov-14 15:05 GMT", "08-Nov-14 15:05", "11/08/2014 3:05 PM",
          "11/08/2014 03:05pm", "2014-11-08t15:05z", "2014-11-08 15:05:00.000"}},
        {"2014-11-08T15:05:02.0000000Z",
         {"2014-11-08 15:05:02", "2014-11-08 15:05:02 GMT", "2014-11-08T15:05:02",
          "2014-11-08T15:05:02 GMT", "Sat, 8 Nov 14 15:05:02 GMT", "Sat, 08 Nov 2014 15:05:02 GMT",
          "8 Nov 14 15:05:02 UTC", "Saturday, 08-Nov-14 15:05:02", "08-Nov-14 15:05:02 GMT",
          "2014-11-08T15:05:02+00:00", "2014-11-08T17:05:02+02:00", "2014-11-08 10:05:02 -0500",
          "2014-11-09T05:05:02+14", "2014-11-08T15:5:2Z"}},
        {"2014-05-25T08:20:03.1234560Z",
         {"2014-05-25T08:20:03.123456Z", "2014-05-25 08:20:03.123456"}},
        {"2015-12-31T23:59:59.9000000Z", {"2015-12-31 23:59:59.9", "2016-01-01T01:29:59.90+01:30"}},
        {"2018-06-09T02:23:26.6832917Z",
         {"2018-06-09T02:23:26.6832917Z", "2018-06-09T02:23:26.68329169Z"}},
        {"2020-01-01T00:00:00.0000000Z",
         {"2019-12-31T23:59:59.99999999Z", "Wed 1 Jan 2020", "2020-01-01 12:00 AM"}},
        {"1970-05-12T12:00:00.0000000Z", {"1970-5-12 12:00 pm"}},
        {"0001-01-01T00:00:00.0000000Z", {"0001-01-01", "0001-01-01T01:00+01:00"}},
        {"9999-12-31T23:59:59.9999999Z", {"9999-12-31 23:59:59.9999999"}},
        {"1999-02-03T00:00:00.0000000Z", {"3 Feb 99", "2/3/99"}},
        {"null",
         {"", " ", "x12-02-2022", "not a date", "2020-13-01", "2020-02-30", "15/01/2024 12:35:35",
          "2020-01-01T", "2020-01-01T24:00", "2020-01-01 10:60", "2020-01-01 10:00:60",
          "2020-01-01 10:00 XYZ", "2020-01-01 10:00+15:00", "2020-01-01 10:00Z x"}},
        {"null",
         {"2020-01/01", "2020 01 01", "2020", "2020-01", "2020011", "202001011", "2020-01-01T10",
          "Sun, 8 Nov 14 15:05", "8 Nox 14", "8 Nov 35", "32 Nov 2014", "8/Nov/2014", "Nov 2014",
          "2020-01-01x10:00"}},
        {"null",
         {"9999-12-31T23:59:59-01:00", "0001-01-01T00:00+00:01", "9999-12-31T23:59:59.99999999",
          "2020-01-01 13:00 PM", "2020-01-01 0:10 AM", "2020-01-01 10:00:00.", "10", "10:",
          "1:2:3:4", "2020-001-01", "1546300800000", "Mon, 10:00", "2020-01-01\xC2\xA0", "today"}},
    };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        for (size_t k = 0; k < 14 && groups[i].texts[k] != NULL; k++) {
            check_time(groups[i].texts[k], groups[i].want);
        }
    }

    /* A clock alone is of today (which may end between the two readings of the clock). */
    int64_t before = spoor_time_now() / SPOOR_TICKS_DAY, eight = 0, evening = 0;
    CHECK(spoor_time_parse(SPOOR_STR("8:00:00 AM"), &eight));
    CHECK(spoor_time_parse(SPOOR_STR("20:15"), &evening));
    int64_t after = spoor_time_now() / SPOOR_TICKS_DAY;
    CHECK(eight / SPOOR_TICKS_DAY >= before && evening / SPOOR_TICKS_DAY <= after);
    CHECK_LONG(eight % SPOOR_TICKS_DAY, 8 * SPOOR_TICKS_HOUR);
    CHECK_LONG(evening % SPOOR_TICKS_DAY, 20 * SPOOR_TICKS_HOUR + 15 * SPOOR_TICKS_MINUTE);
    CHECK(before > spoor_days_from_civil(2024, 1, 1));

    char buffer[SPOOR_TIME_TEXT];
    CHECK_STR(spoor_time_print(INT64_MIN, buffer), "0001-01-01T00:00:00.0000000Z");
    CHECK_STR(spoor_time_print(INT64_MAX, buffer), "9999-12-31T23:59:59.9999999Z");
}

static void check_timespans(void) {
    static const struct {
        const char *want, *texts[14];
    } groups[] = {
        {"1.02:03:04.5670000", {"1.02:03:04.567", "1.2:3:4.567", "93784.567s", "+1.02:03:04.5670"}},
        {"-1.02:03:04.5000000", {"-1.02:03:04.5"}},
        {"02:03:00", {"02:03", "2:3", "02:03:00", "123m"}},
        {"1.00:00:00",
         {"1d", "1 day", "1", "24h", "24hours", "1440min", " 86400 seconds ", "1.00:00"}},
        {"2.00:00:00", {"2", "02", "2days"}},
        {"-00:30:00", {"-00:30:00", "-30m", "-0.5h"}},
        {"01:30:00", {"1.5h", "1.5hr", "90minutes", "5400sec", "01:30"}},
        {"00:01:30", {"90s", "1.5m", "00:01:30"}},
        {"00:00:00.1000000",
         {"100ms", "100milliseconds", "0.1s", ".1s", "100000microseconds", "100millis"}},
        {"00:00:00.0000100",
         {"10microsecond", "10micro", "100tick", "100ticks", "10000nanoseconds"}},
        {"00:00:00.0000001",
         {"1tick", "100nano", "0.0000001s", "199nanos", "0.00000019999999999999999s"}},
        {"00:00:00", {"0", "0d", "0:0", "99nano", "-0s"}},
        {"23:59:59.9999999", {"23:59:59.9999999"}},
        {"100.00:00:00", {"100.00:00:00", "100d"}},
        {"10675199.02:48:05.4775807", {"10675199.02:48:05.4775807", "9223372036854775807tick"}},
        {"-10675199.02:48:05.4775808", {"-10675199.02:48:05.4775808", "-9223372036854775808ticks"}},
        {"null",
         {"", " ", "abc", "1.5", "d", "-", "1x", "1D", "1us", "100ns", "1w", "1d2h", "24:00",
          "00:60"}},
        {"null",
         {"00:00:60", "1:2:3:4", "00:00:00.12345678", "00:00:00.", "1.", "1..2:3", "1.02", "--1d",
          "10675199.02:48:05.4775808", "9223372036854775808tick", "10675200d",
          "99999999999999999999d", "1d x", "1:2d"}},
    };
    char buffer[SPOOR_TIME_TEXT];
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        for (size_t k = 0; k < 14 && groups[i].texts[k] != NULL; k++) {
            int64_t ticks = 0;
            bool ok = spoor_timespan_parse(spoor_str_from(groups[i].texts[k]), &ticks);
            unit_check_str(ok ? spoor_timespan_print(ticks, buffer) : SPOOR_STR("null"),
                           groups[i].want, __FILE__, __LINE__, groups[i].texts[k]);
        }
    }
    /* What is printed is read back, whatever the value. */
    int bad = 0;
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int64_t value = (int64_t)state >> (i % 64), back = 0;
        bad += !spoor_timespan_parse(spoor_timespan_print(value, buffer), &back) || back != value;
        int64_t time = (int64_t)((uint64_t)value % ((uint64_t)SPOOR_DATETIME_MAX + 1));
        bad += !spoor_time_parse(spoor_time_print(time, buffer), &back) || back != time;
    }
    CHECK_LONG(bad, 0);
}

static void check_parts(void) {
    static const char *const parts[] = {"", "2024", "-06-1", "10t00", "5:10.41", "24z", "0.0"};
    static const char *const others[] = {"10.1.2.3",    "12345678", "1-2-3", "x",
                                         "2024-06-10 ", "T1:",      "Z0"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        CHECK_LONG(spoor_time_may_print(spoor_str_from(parts[i])), true);
        CHECK_LONG(spoor_time_may_print(spoor_str_from(others[i])), false);
    }
}

void test_time(void);
void test_time(void) {
    check_calendar();
    check_times();
    check_timespans();
    check_parts();
}
