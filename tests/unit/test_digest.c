/* test_digest.c - MD5, SHA-1 and XXH64 against the published vectors. */
#include <stdio.h>

#include "base/digest.h"
#include "base/xxhash.h"
#include "tests/unit/unit.h"

void test_digest(void);

static spoor_str hex(const unsigned char *bytes, size_t len) {
    char *text = SPOOR_RAW_ARRAY(unit_arena(), char, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return (spoor_str){text, 2 * len};
}

static spoor_str md5(const char *text) {
    unsigned char digest[SPOOR_MD5_BYTES];
    spoor_md5(spoor_str_from(text), digest);
    return hex(digest, sizeof digest);
}

static spoor_str sha1(const char *text) {
    unsigned char digest[SPOOR_SHA1_BYTES];
    spoor_sha1(spoor_str_from(text), digest);
    return hex(digest, sizeof digest);
}

static const char letters_and_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char eighty_digits[] =
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890";

static void test_md5(void) { /* RFC 1321, A.5 */
    CHECK_STR(md5(""), "d41d8cd98f00b204e9800998ecf8427e");
    CHECK_STR(md5("a"), "0cc175b9c0f1b6a831c399e269772661");
    CHECK_STR(md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
    CHECK_STR(md5("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK_STR(md5(letters_and_digits), "d174ab98d277d9f5a5611c2c9f419d9f");
    CHECK_STR(md5(eighty_digits), "57edf4a22be3c955ac49da2e2107b67a");
}

static void test_sha1(void) { /* RFC 3174, 7.3, and FIPS 180 */
    CHECK_STR(sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK_STR(sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK_STR(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    spoor_str million = {memset(SPOOR_RAW_ARRAY(unit_arena(), char, 1000000), 'a', 1000000),
                         1000000};
    unsigned char digest[SPOOR_SHA1_BYTES];
    spoor_sha1(million, digest);
    CHECK_STR(hex(digest, sizeof digest), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static int64_t xxh(const char *text, uint64_t seed) {
    return (int64_t)spoor_xxh64(text, strlen(text), seed);
}

static void test_xxh64(void) { /* the first two of the specification's; then what Kusto shows */
    CHECK(xxh("", 0) == (int64_t)UINT64_C(0xEF46DB3751D8E999));
    CHECK(xxh("a", 0) == (int64_t)UINT64_C(0xD24EC4F1A98C6E5B));
    CHECK(xxh("Nobody inspects the spammish repetition", 0) ==
          (int64_t)UINT64_C(0xFBCEA83C8A378BF1));
    CHECK_LONG(xxh("Hello", 0), 753694413698530628);
    CHECK_LONG(xxh("World", 0), 1846988464401551951);
}

void test_digest(void) {
    test_md5();
    test_sha1();
    test_xxh64();
}
