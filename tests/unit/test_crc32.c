/* test_crc32.c - the fast sum against the definition, at every length that the fast way splits. */
#include "base/crc32.h"
#include "tests/unit/unit.h"

void test_crc32(void);

void test_crc32(void) {
    unsigned char bytes[400];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * i + 7 * i);
    }
    for (size_t size = 0; size <= sizeof bytes; size++) {
        uint32_t sum = ~UINT32_C(5);
        for (size_t i = 0; i < size; i++) {
            sum ^= bytes[i];
            for (int bit = 0; bit < 8; bit++) {
                sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
            }
        }
        CHECK(spoor_crc32(5, bytes, size) == ~sum);
    }
    CHECK_LONG(spoor_crc32(0, "123456789", 9), 0xCBF43926);
}
