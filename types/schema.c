/* schema.c - looking a column up by name. */
#include "types/schema.h"

int spoor_schema_find(const spoor_schema *schema, spoor_str name) {
    for (uint32_t i = 0; i < schema->ncols; i++) {
        if (spoor_str_eq(schema->columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}
