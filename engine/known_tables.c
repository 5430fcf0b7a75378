/* known_tables.c - the tables that Microsoft documents, for --empty-tables: there without rows. */
#include "engine/known_tables.h"

#include "engine/embedded.h"

static spoor_type type_of(char letter) {
    static const char letters[] = "bilrmtpgsd"; /* ORDER spoor_type */
    const char *found = strchr(letters, letter);
    return found != NULL ? (spoor_type)(found - letters) : SPOOR_DYNAMIC;
}

/* The line of this table, behind its name and colon; NULL: not known. */
static const char *find_line(spoor_str name) {
    for (const char *line = spoor_known_tables; *line != '\0';) {
        if (strncmp(line, name.ptr, name.len) == 0 && line[name.len] == ':') {
            return line + name.len + 1;
        }
        const char *end = strchr(line, '\n');
        if (end == NULL) {
            break;
        }
        line = end + 1;
    }
    return NULL;
}

const spoor_table *spoor_known_table(spoor_arena *arena, spoor_str name) {
    const char *line = name.len > 0 ? find_line(name) : NULL;
    if (line == NULL) {
        return NULL;
    }
    uint32_t ncols = 0;
    const char *end = strchr(line, '\n');
    for (const char *at = line; at < end; at++) {
        ncols += *at == '=';
    }
    spoor_table *table = SPOOR_NEW(arena, spoor_table);
    spoor_column *columns = SPOOR_NEW_ARRAY(arena, spoor_column, ncols);
    for (uint32_t i = 0; i < ncols; i++) {
        size_t len = strcspn(line, "=");
        columns[i] = (spoor_column){.name = {line, len}, .type = type_of(line[len + 1])};
        line += len + 3;
    }
    *table = (spoor_table){
        .name = spoor_arena_str(arena, name), .schema = {ncols, columns}, .is_empty = true};
    return table;
}

bool spoor_known_table_next(const void **cursor, spoor_str *name) {
    const char *line = *cursor == NULL ? spoor_known_tables : *cursor;
    size_t len = strcspn(line, ":\n");
    const char *end = strchr(line + len, '\n');
    *name = (spoor_str){line, len};
    *cursor = end == NULL ? line + strlen(line) : end + 1;
    return len > 0;
}

bool spoor_known_column(spoor_str name, spoor_type *type) {
    enum { ENOUGH = 3 };
    uint32_t found = 0;
    if (name.len == 0) {
        return false;
    }
    for (const char *at = spoor_known_tables; (at = strchr(at, '=')) != NULL; at += 2) {
        size_t before = (size_t)(at - spoor_known_tables);
        if (before > name.len && memcmp(at - name.len, name.ptr, name.len) == 0 &&
            strchr(":,", at[-(ptrdiff_t)name.len - 1]) != NULL) {
            if (found++ > 0 && *type != type_of(at[1])) {
                return false;
            }
            *type = type_of(at[1]);
        }
    }
    return found >= ENOUGH;
}
