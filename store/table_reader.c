/* table_reader.c - see table_reader.h. */
#include "store/table_reader.h"

#include <stdlib.h>

#include "store/container.h"
#include "store/snapshot.h"
#include "types/dynamic.h"

struct spoor_table_reader {
    spoor_store *store;
    sqlite3_stmt *select;
    bool is_done;
};

static spoor_store_status has_table(spoor_store *store, const char *name, bool *has) {
    spoor_store_status status;
    sqlite3_stmt *find = spoor_store_prepare(
        store, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &status);
    *has = false;
    if (find != NULL) {
        sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
        *has = sqlite3_step(find) == SQLITE_ROW;
    }
    sqlite3_finalize(find);
    return status;
}

spoor_store_status spoor_table_reader_open(spoor_snapshot *snapshot,
                                           const spoor_stored_table *table,
                                           spoor_table_reader **out) {
    spoor_store *store = snapshot->store;
    bool has;
    *out = NULL;
    spoor_store_status status = has_table(store, table->needs, &has);
    while (status == SPOOR_STORE_OK && !has && table->older != NULL) {
        table = table->older;
        status = has_table(store, table->needs, &has);
    }
    if (status != SPOOR_STORE_OK || !has) {
        return status;
    }
    sqlite3_stmt *select = spoor_store_prepare(store, table->select, &status);
    if (select == NULL) {
        return status;
    }
    spoor_table_reader *reader = malloc(sizeof *reader);
    if (reader == NULL) {
        sqlite3_finalize(select);
        return SPOOR_STORE_MEMORY;
    }
    *reader = (spoor_table_reader){store, select, false};
    *out = reader;
    return SPOOR_STORE_OK;
}

static spoor_value read_cell(sqlite3_stmt *row, int at, spoor_type type, spoor_arena *arena) {
    spoor_value value = {.type = type};
    bool is_null = sqlite3_column_type(row, at) == SQLITE_NULL;
    value.is_null = is_null && type != SPOOR_STRING;
    if (type == SPOOR_STRING || type == SPOOR_DYNAMIC) {
        const char *text = (const char *)sqlite3_column_text(row, at);
        size_t len = is_null || text == NULL ? 0 : (size_t)sqlite3_column_bytes(row, at);
        value.string = spoor_arena_str(arena, (spoor_str){text, len});
        if (type == SPOOR_DYNAMIC && !is_null &&
            !spoor_dynamic_parse_json(arena, value.string, &value.string)) {
            value.is_null = true;
        }
    } else if (value.is_null) {
        return value;
    } else if (type == SPOOR_REAL) {
        value.real = sqlite3_column_double(row, at);
    } else if (type == SPOOR_BOOL) {
        value.boolean = sqlite3_column_int(row, at) != 0;
    } else {
        value.integer = sqlite3_column_int64(row, at);
    }
    return value;
}

static spoor_store_status read_row(spoor_table_reader *reader, spoor_arena *arena,
                                   const spoor_schema *schema, spoor_value *cells, bool *has_row) {
    if (reader->is_done) {
        *has_row = false; /* a step more would begin anew */
        return SPOOR_STORE_OK;
    }
    int code = sqlite3_step(reader->select);
    reader->is_done = code != SQLITE_ROW;
    *has_row = code == SQLITE_ROW;
    if (code != SQLITE_ROW) {
        return code == SQLITE_DONE ? SPOOR_STORE_OK
                                   : spoor_store_sql_fail(reader->store, code, "reading a table");
    }
    for (uint32_t i = 0; i < schema->ncols; i++) {
        cells[i] = read_cell(reader->select, (int)i, schema->columns[i].type, arena);
    }
    return SPOOR_STORE_OK;
}

/* Other threads may be reading segments by the same connection: a row is taken under the store's mutex,
 * behind a door of its own, since the arena may jump. */
spoor_store_status spoor_table_reader_next(spoor_table_reader *reader, spoor_arena *arena,
                                           const spoor_schema *schema, spoor_value *cells,
                                           bool *has_row) {
    jmp_buf *outer = arena->on_oom;
    jmp_buf door;
    pthread_mutex_lock(&reader->store->mutex);
    arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    spoor_store_status status =
        ok ? read_row(reader, arena, schema, cells, has_row) : SPOOR_STORE_MEMORY;
    arena->on_oom = outer;
    pthread_mutex_unlock(&reader->store->mutex);
    if (!ok) {
        spoor_arena_fail(arena);
    }
    return status;
}

void spoor_table_reader_close(spoor_table_reader *reader) {
    if (reader != NULL) {
        sqlite3_finalize(reader->select);
        free(reader);
    }
}
