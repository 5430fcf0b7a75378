/* fuzz_mmdb.c - any bytes as a MaxMind database: what is found lies within them. */
#include <stdlib.h>
#include <string.h>

#include "functions/mmdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const spoor_mmdb *db, const unsigned char address[16]) {
    static const char *const path[] = {"country", "names", "en"};
    spoor_mmdb_value value, next;
    bool found = spoor_mmdb_find(db, address, &value);
    for (int i = 0; i < 3 && found; i++, value = next) {
        found = spoor_mmdb_get(db, &value, path[i], &next);
    }
    const char *start = (const char *)db->bytes;
    if (found && value.kind == SPOOR_MMDB_TEXT &&
        (value.text.ptr < start || value.text.ptr + value.text.len > start + db->data_end)) {
        abort();
    }
}

/* The first 16 bytes are the address. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    spoor_mmdb db;
    unsigned char address[16], mapped[16] = {[10] = 0xFF, [11] = 0xFF};
    if (size < sizeof address) {
        return 0;
    }
    memcpy(address, data, sizeof address);
    memcpy(mapped + 12, data, 4);
    if (spoor_mmdb_open(&db, data + sizeof address, size - sizeof address) == NULL) {
        check(&db, address);
        check(&db, mapped);
    }
    return 0;
}
