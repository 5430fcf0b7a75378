/* rules_file.c - a rule file's bytes. */
#include <errno.h>
#include <stdlib.h>

#include "detect/rules.h"

/* malloc.  NULL: *why says why. */
static char *read_all(const char *path, size_t *len, const char **why) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        *why = strerror(errno);
        return NULL;
    }
    size_t capacity = 1 << 14, got;
    char *bytes = malloc(capacity);
    *len = 0;
    while (bytes != NULL && *len <= SPOOR_MAX_RULE_FILE_BYTES &&
           (got = fread(bytes + *len, 1, capacity - *len, in)) > 0) {
        *len += got;
        if (*len == capacity) {
            char *grown = realloc(bytes, capacity *= 2);
            if (grown == NULL) {
                free(bytes);
            }
            bytes = grown;
        }
    }
    *why = bytes == NULL                      ? "out of memory"
           : ferror(in)                       ? strerror(errno)
           : *len > SPOOR_MAX_RULE_FILE_BYTES ? "it is larger than any rule file"
                                              : NULL;
    fclose(in);
    if (*why != NULL) {
        free(bytes);
        bytes = NULL;
    }
    return bytes;
}

bool spoor_rules_read_file(spoor_arena *arena, const char *path, spoor_str *bytes,
                           const char **why) {
    size_t len;
    char *read = read_all(path, &len, why);
    if (read == NULL) {
        return false;
    }
    bool ok = spoor_arena_try_str(arena, (spoor_str){read, len}, bytes);
    free(read);
    if (!ok) {
        spoor_arena_fail(arena);
    }
    return true;
}
