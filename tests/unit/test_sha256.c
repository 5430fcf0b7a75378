/* test_sha256.c - the published vectors, and pieces against the whole. */
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "tests/unit/unit.h"

static void hex_of(const void *data, size_t len, size_t piece, char out[65]) {
    spoor_sha256 hash;
    unsigned char digest[32];
    spoor_sha256_begin(&hash);
    for (size_t at = 0; at < len; at += piece) {
        spoor_sha256_add(&hash, (const char *)data + at, len - at < piece ? len - at : piece);
    }
    spoor_sha256_end(&hash, digest);
    for (int i = 0; i < 32; i++) {
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
}

void test_sha256(void);
void test_sha256(void) {
    static char million[1000000];
    char hex[65], other[65];
    hex_of("", 0, 1, hex);
    CHECK_STR(spoor_str_from(hex),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hex_of("abc", 3, 1, hex);
    CHECK_STR(spoor_str_from(hex),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    memset(million, 'a', sizeof million);
    hex_of(million, sizeof million, sizeof million, hex);
    CHECK_STR(spoor_str_from(hex),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    for (size_t piece = 1; piece < 200; piece += 13) {
        hex_of(million, 1000 + piece, 1000000, hex);
        hex_of(million, 1000 + piece, piece, other);
        CHECK(strcmp(hex, other) == 0);
    }
}
