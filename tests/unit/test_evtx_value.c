/* test_evtx_value.c - the value types of BinXml as text, corner by corner. */
#include "base/time.h"
#include "ingest/evtx_value.h"
#include "tests/unit/unit.h"

void test_evtx_value(void);

static void check_value(uint8_t type, const char *bytes, size_t size, const char *want) {
    char buffer[1024];
    size_t len = spoor_evtx_value_print(type, (const unsigned char *)bytes, size, buffer);
    CHECK_STR(((spoor_str){buffer, len}), want);
}

void test_evtx_value(void) {
    check_value(0x03, "\x80", 1, "-128");
    check_value(0x05, "\xFF\xFF", 2, "-1");
    check_value(0x07, "\xFF", 1, "-1"); /* shorter than its type */
    check_value(0x08, "\1\0\0\0\xFF\xFF", 6, "1");
    check_value(0x09, "\0\0\0\0\0\0\0\x80", 8, "-9223372036854775808");
    check_value(0x0A, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, "18446744073709551615");
    check_value(0x0B, "\xCD\xCC\xCC\x3D", 4, "0.1");
    check_value(0x0C, "\x9A\x99\x99\x99\x99\x99\xB9\x3F", 8, "0.1");
    check_value(0x0E, "\x00\xAB", 2, "00AB");
    check_value(0x10, "\xBC\x0A\0\0", 4, "0xabc");
    check_value(0x11, "\0\0\0\0\0\0\0\0", 8, "1601-01-01T00:00:00.0000000Z");
    check_value(0x11, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8, "30828-09-14T02:48:05.4775807Z");
    check_value(0x12, "\xE8\x07\2\0\4\0\x1D\0\x17\0\x3B\0\x3A\0\7\0", 16,
                "2024-02-29T23:59:58.007Z");
    check_value(0x13, "\1\1\0\0\0\0\0\5\x12\0\0\0", 12, "S-1-5-18");
    check_value(0x13, "\1\2\0\0\0\0\0\5\x12\0\0\0", 12, "010200000000000512000000"); /* cut */
    check_value(0x14, "\0\0\0\0", 4, "0x0");
    check_value(0x02, "caf\xE9\x80", 5, "caf\xC3\xA9\xE2\x82\xAC");
    check_value(0x08, "", 0, "");
    /* Each day of 800 years, against the calendar that the engine goes by. */
    for (int64_t day = 0; day < 292194; day++) {
        char want[SPOOR_TIME_TEXT], got[64];
        unsigned char bytes[8];
        uint64_t ticks = (uint64_t)(day * SPOOR_TICKS_DAY + day);
        for (int i = 0; i < 8; i++) {
            bytes[i] = (unsigned char)(ticks >> (8 * i));
        }
        size_t len = spoor_evtx_value_print(SPOOR_EVTX_FILETIME, bytes, 8, got);
        spoor_str text_want = spoor_time_print((int64_t)ticks + SPOOR_FILETIME_EPOCH, want);
        if (!spoor_str_eq((spoor_str){got, len}, text_want)) {
            got[len] = '\0';
            CHECK_STR(text_want, got);
            break;
        }
    }
}
