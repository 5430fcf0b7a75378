/* test_text_code.c - every list of texts comes back byte for byte, whatever form it takes: texts of each form,
 * and the same with one byte changed to each of those that matter. */
#include <stdlib.h>

#include "base/utf8.h"
#include "store/text_code.h"
#include "tests/unit/unit.h"

enum { ROOM = 64 };

static spoor_str text_of(const char *z) {
    return (spoor_str){z, strlen(z)};
}

static bool comes_back(spoor_packer *packer, const spoor_str *texts, uint32_t n) {
    spoor_bytes out = {0}, blob = {0};
    uint32_t starts[4], lengths[4];
    spoor_texts_encode(packer, &out, texts, n, spoor_text_form_of(texts, n));
    spoor_bytes_in in = spoor_bytes_read(out.ptr, out.len);
    bool is_ascii = false, is_really = true;
    bool ok = !out.failed && spoor_texts_decode(packer, &in, n, &blob, starts, lengths, &is_ascii);
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = spoor_str_eq((spoor_str){(const char *)blob.ptr + starts[i], lengths[i]}, texts[i]);
        is_really &= spoor_is_ascii(texts[i]);
    }
    ok &= is_ascii == is_really;
    spoor_bytes_free(&out);
    spoor_bytes_free(&blob);
    return ok;
}

static const struct {
    const char *text, *other;
    spoor_text_form form;
} samples[] = {
    {"40512", "7", SPOOR_TEXT_DECIMAL},
    {"-40512", "0", SPOOR_TEXT_DECIMAL},
    {"999999999999999999", "-1", SPOOR_TEXT_DECIMAL},
    {"0x3e7a", "0x0", SPOOR_TEXT_HEX_LOWER},
    {"0xffffffffffffffff", "0xb", SPOOR_TEXT_HEX_LOWER},
    {"0x3E7A", "0xF", SPOOR_TEXT_HEX_UPPER},
    {"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "00000000-0000-0000-0000-00000000000a",
     SPOOR_TEXT_GUID},
    {"0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9", "00000000-0000-0000-0000-00000000000A",
     SPOOR_TEXT_GUID + 1},
    {"{0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9}", "{00000000-0000-0000-0000-00000000000a}",
     SPOOR_TEXT_GUID + 2},
    {"{0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9}", "{00000000-0000-0000-0000-00000000000A}",
     SPOOR_TEXT_GUID + 3},
    {"2024-02-29 23:59:59.999", "0001-01-01 00:00:00.000", SPOOR_TEXT_TIME},
    {"9999-12-31 10:20:30.405", "2024-02-29 00:00:00.001", SPOOR_TEXT_TIME},
};

static void test_changed(spoor_packer *packer, const char *text, const char *other) {
    static const char bytes[] =
        "0159aAfFgGxX-+{}:. /@`\0\xFF\x80"; /* the zero in the midst is one of them */
    char changed[ROOM];
    size_t len = strlen(text);
    for (size_t at = 0; at <= len; at++) {
        for (size_t b = 0; b < sizeof bytes; b++) {
            memcpy(changed, text, len + 1);
            changed[at] = bytes[b];
            spoor_str replaced = {changed, at < len ? len : len + 1};
            spoor_str lists[2][3] = {{text_of(other), replaced, text_of(text)},
                                     {text_of(text), text_of(other), replaced}};
            CHECK(comes_back(packer, lists[0], 3));
            CHECK(comes_back(packer, lists[1], 3));
        }
        spoor_str cut[2] = {text_of(other), {text, at}};
        CHECK(comes_back(packer, cut, 2));
    }
}

void test_text_code(void);
void test_text_code(void) {
    spoor_packer *packer = spoor_packer_new();
    CHECK(packer != NULL);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        spoor_str texts[2] = {text_of(samples[i].text), text_of(samples[i].other)};
        CHECK(spoor_text_form_of(texts, 2) == samples[i].form);
        CHECK(comes_back(packer, texts, 2));
        test_changed(packer, samples[i].text, samples[i].other);
    }
    /* No time: a day of zeros, a leap day in a year without, hour 24. */
    static const char *const none[] = {"2023-02-29 10:20:30.405", "2024-02-29 24:20:30.405",
                                       "0000-02-29 10:20:30.405", "2024-00-29 10:20:30.405"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        spoor_str texts[2] = {text_of("2024-02-29 10:20:30.405"), text_of(none[i])};
        CHECK(spoor_text_form_of(texts, 2) == SPOOR_TEXT_FRONT);
    }
    char zeros[24] = "..........";
    memcpy(zeros + 10, " 10:20:30.405", 13);
    memset(zeros, 0, 10);
    spoor_str texts[2] = {{zeros, 23}, {zeros, 23}};
    CHECK(spoor_text_form_of(texts, 2) == SPOOR_TEXT_FRONT);
    spoor_packer_free(packer);
}
