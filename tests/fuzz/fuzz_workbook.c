/* fuzz_workbook.c - any bytes as an Azure workbook, with a parameter given: queries no longer than one text
 * may be. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_engine engine = {.memory = {.limit = (size_t)256 << 20}};
    static const spoor_parameter given[] = {{"a", "x,y"}, {"TimeRange", "7d"}};
    spoor_workbook *workbook = NULL;
    spoor_status status =
        spoor_workbook_open(&engine, (const char *)data, size, given, 2, &workbook);
    const spoor_workbook_item *item;
    for (size_t i = 0; status == SPOOR_OK && (item = spoor_workbook_at(workbook, i)) != NULL; i++) {
        if (item->text[item->len] != '\0' || item->len > SPOOR_MAX_QUERY_BYTES ||
            strlen(item->title) > size * 64) {
            abort();
        }
    }
    spoor_workbook_free(workbook);
    return 0;
}
