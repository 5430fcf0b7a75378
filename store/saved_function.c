/* saved_function.c - the table of saved functions. */
#include "store/container.h"

static void bind_text(sqlite3_stmt *statement, int parameter, const char *text) {
    if (text == NULL) {
        sqlite3_bind_null(statement, parameter);
    } else {
        sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
    }
}

spoor_store_status spoor_store_save_function(spoor_store *store, const spoor_saved_function *f) {
    spoor_store_status status;
    sqlite3_stmt *insert = spoor_store_prepare(
        store, "INSERT OR REPLACE INTO function VALUES(?, ?, ?, ?, ?)", &status);
    if (insert != NULL) {
        bind_text(insert, 1, f->name);
        bind_text(insert, 2, f->text);
        bind_text(insert, 3, f->folder);
        bind_text(insert, 4, f->docstring);
        sqlite3_bind_int(insert, 5, f->is_view);
        status = spoor_store_run(store, insert);
    }
    sqlite3_finalize(insert);
    return status;
}

spoor_store_status spoor_store_drop_function(spoor_store *store, const char *name, bool *found) {
    spoor_store_status status;
    *found = false;
    sqlite3_stmt *drop = spoor_store_prepare(store, "DELETE FROM function WHERE name = ?", &status);
    if (drop != NULL) {
        bind_text(drop, 1, name);
        status = spoor_store_run(store, drop);
        *found = status == SPOOR_STORE_OK && sqlite3_changes(store->db) > 0;
    }
    sqlite3_finalize(drop);
    return status;
}

/* The columns of a SELECT. */
static spoor_saved_function read_function(sqlite3_stmt *select) {
    return (spoor_saved_function){.name = (const char *)sqlite3_column_text(select, 0),
                                  .text = (const char *)sqlite3_column_text(select, 1),
                                  .folder = (const char *)sqlite3_column_text(select, 2),
                                  .docstring = (const char *)sqlite3_column_text(select, 3),
                                  .is_view = sqlite3_column_int(select, 4) != 0};
}

spoor_store_status spoor_store_change_function(spoor_store *store, const char *name,
                                               bool (*change)(void *context,
                                                              const spoor_saved_function *old,
                                                              spoor_saved_function *now),
                                               void *context) {
    spoor_store_status status = spoor_store_exec(store, "BEGIN IMMEDIATE");
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    bool writes = false;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT name, text, folder, docstring, is_view FROM function WHERE name = ?",
        &status);
    if (select != NULL) {
        bind_text(select, 1, name);
        int code = sqlite3_step(select);
        spoor_saved_function old = {0}, now;
        if (code == SQLITE_ROW) {
            old = read_function(select);
        }
        if ((code != SQLITE_ROW && code != SQLITE_DONE) ||
            (code == SQLITE_ROW && old.text == NULL)) {
            status = spoor_store_sql_fail(store, code, "reading the functions");
        } else if ((writes = change(context, code == SQLITE_ROW ? &old : NULL, &now))) {
            status = spoor_store_save_function(store, &now);
        }
    }
    sqlite3_finalize(select);
    status = writes && status == SPOOR_STORE_OK ? spoor_store_exec(store, "COMMIT") : status;
    if (sqlite3_get_autocommit(store->db) == 0) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

spoor_store_status spoor_store_functions(spoor_store *store,
                                         void (*each)(void *context, const spoor_saved_function *f),
                                         void *context) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT name, text, folder, docstring, is_view FROM function ORDER BY name",
        &status);
    if (select == NULL) {
        return status;
    }
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        spoor_saved_function f = read_function(select);
        if (f.name != NULL && f.text != NULL) {
            each(context, &f);
        }
    }
    sqlite3_finalize(select);
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(store, code, "reading the functions");
}
