/* test_content_hash.c - pieces against the whole, what must differ, and plain SHA-256 without a key. */
#include <stdlib.h>
#include <string.h>

#include "base/content_hash.h"
#include "tests/unit/unit.h"

typedef struct digest {
    unsigned char bytes[SPOOR_SHA256_BYTES];
} digest;

static digest digest_of(const spoor_content_key *key, const unsigned char *data, size_t len,
                        size_t piece) {
    digest out;
    spoor_content_hash hash;
    spoor_content_hash_begin(&hash, key);
    for (size_t at = 0; at < len; at += piece) {
        spoor_content_hash_add(&hash, data + at, len - at < piece ? len - at : piece);
    }
    spoor_content_hash_end(&hash, out.bytes);
    return out;
}

static bool is_same(digest a, digest b) {
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static void test_keyed(const spoor_content_key *key, unsigned char *data) {
    static const size_t sizes[] = {0, 1, 7, 8, 1023, 1024, 1025, 2048, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len = sizes[i];
        digest whole = digest_of(key, data, len, 10000);
        for (size_t piece = 1; piece < 3000; piece = piece * 3 + 1) {
            CHECK(is_same(whole, digest_of(key, data, len, piece)));
        }
        data[len] = 0;
        CHECK(!is_same(whole,
                       digest_of(key, data, len + 1, 10000))); /* a zero more is another file */
        for (size_t at = 0; at < len; at += 97) {
            data[at] ^= 1;
            CHECK(!is_same(whole, digest_of(key, data, len, 10000)));
            data[at] ^= 1;
        }
    }
    /* Words, and blocks, in another order. */
    digest before = digest_of(key, data, 4096, 4096);
    unsigned char kept[1024];
    memcpy(kept, data, 16);
    memcpy(data, data + 16, 16);
    memcpy(data + 16, kept, 16);
    CHECK(!is_same(before, digest_of(key, data, 4096, 4096)));
    before = digest_of(key, data, 4096, 4096);
    memcpy(kept, data, 1024);
    memcpy(data, data + 1024, 1024);
    memcpy(data + 1024, kept, 1024);
    CHECK(!is_same(before, digest_of(key, data, 4096, 4096)));
}

void test_content_hash(void);
void test_content_hash(void) {
    static unsigned char data[8192];
    unsigned char bytes[SPOOR_CONTENT_KEY_BYTES] = {1, 2, 3};
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof data; i++) {
        state = state * 1664525 + 1013904223;
        data[i] = (unsigned char)(state >> 24);
    }
    static spoor_content_key key, other, none;
    spoor_content_key_expand(&key, bytes);
    bytes[31] = 1;
    spoor_content_key_expand(&other, bytes);
    test_keyed(&key, data);
    digest mine = digest_of(&key, data, 3000, 3000), plain = digest_of(&none, data, 3000, 100);
    CHECK(!is_same(mine, digest_of(&other, data, 3000, 3000)));
    spoor_sha256 hash;
    digest sha256;
    spoor_sha256_begin(&hash);
    spoor_sha256_add(&hash, data, 3000);
    spoor_sha256_end(&hash, sha256.bytes);
    CHECK(is_same(plain, sha256));
}
