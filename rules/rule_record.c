/* rule_record.c - a run as rows of the store's SQLite file; see rule_record.h. */
#include "rules/rule_record.h"

#include <sqlite3.h>

#include "base/buffer.h"
#include "types/dynamic.h"

#define TABLES                                                                                     \
    "CREATE TABLE IF NOT EXISTS run(id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT "    \
    "NULL,"                                                                                        \
    " now INTEGER NOT NULL, seconds REAL NOT NULL, found INTEGER NOT NULL, ran INTEGER NOT NULL,"  \
    " matched INTEGER NOT NULL, failed INTEGER NOT NULL, blind INTEGER NOT NULL,"                  \
    " alerts INTEGER NOT NULL, version TEXT NOT NULL);"                                            \
    "CREATE TABLE IF NOT EXISTS run_rule(id INTEGER PRIMARY KEY, run INTEGER NOT NULL,"            \
    " file TEXT NOT NULL, number INTEGER NOT NULL, rule_id TEXT NOT NULL, title TEXT NOT NULL,"    \
    " description TEXT NOT NULL, severity TEXT NOT NULL, tactics TEXT NOT NULL,"                   \
    " techniques TEXT NOT NULL, query TEXT NOT NULL, status TEXT NOT NULL, hits INTEGER NOT NULL," \
    " error TEXT NOT NULL, line INTEGER, place INTEGER, columns TEXT NOT NULL,"                    \
    " seconds REAL NOT NULL);"                                                                     \
    "CREATE INDEX IF NOT EXISTS run_rule_run ON run_rule(run);"                                    \
    "CREATE TABLE IF NOT EXISTS run_rule_metadata(rule INTEGER PRIMARY KEY, metadata TEXT NOT "    \
    "NULL);"                                                                                       \
    "CREATE TABLE IF NOT EXISTS rule_alert(id INTEGER PRIMARY KEY AUTOINCREMENT,"                  \
    " run INTEGER NOT NULL, rule INTEGER NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL,"        \
    " description TEXT NOT NULL, severity TEXT NOT NULL, tactics TEXT NOT NULL,"                   \
    " techniques TEXT NOT NULL, hosts TEXT NOT NULL, users TEXT NOT NULL, entities TEXT NOT NULL," \
    " details TEXT NOT NULL, predicates TEXT NOT NULL, at INTEGER NOT NULL, hits INTEGER NOT "     \
    "NULL,"                                                                                        \
    " first INTEGER, last INTEGER);"                                                               \
    "CREATE INDEX IF NOT EXISTS rule_alert_run ON rule_alert(run);"                                \
    "CREATE TABLE IF NOT EXISTS rule_alert_event(alert INTEGER NOT NULL, number INTEGER NOT NULL," \
    " event TEXT NOT NULL, file TEXT NOT NULL, record INTEGER,"                                    \
    " PRIMARY KEY(alert, number)) WITHOUT ROWID;"                                                  \
    "CREATE TABLE IF NOT EXISTS rule_alert_state(key TEXT PRIMARY KEY, status TEXT NOT NULL,"      \
    " owner TEXT NOT NULL, comment TEXT NOT NULL) WITHOUT ROWID;"                                  \
    "DROP TABLE IF EXISTS alert_event; DROP TABLE IF EXISTS alert;" /* of versions before these */

/* NULL is what was there before. */
#define TRIAGE                                                                                     \
    "INSERT INTO rule_alert_state SELECT ?1, coalesce(?2, 'new'), coalesce(?3, ''), coalesce(?4, " \
    "'')"                                                                                          \
    " WHERE EXISTS (SELECT 1 FROM rule_alert WHERE key = ?1)"                                      \
    " ON CONFLICT(key) DO UPDATE SET status = coalesce(?2, status), owner = coalesce(?3, owner),"  \
    " comment = coalesce(?4, comment)"

struct spoor_record {
    spoor_arena *arena, *scratch;
    spoor_store *store;
    sqlite3 *db;
    sqlite3_stmt *rule, *metadata, *alert, *event;
    int64_t run, rule_id, alert_id;
};

static bool run_sql(sqlite3 *db, const char *sql) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool step(sqlite3_stmt *statement) {
    bool ok = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    return ok;
}

static void bind(sqlite3_stmt *statement, int at, spoor_str text) {
    sqlite3_bind_text64(statement, at, text.len > 0 ? text.ptr : "", text.len, SQLITE_STATIC,
                        SQLITE_UTF8);
}

static spoor_str json_list(spoor_arena *arena, const spoor_str_list *list) {
    spoor_buffer text = {.arena = arena};
    spoor_buffer_put_char(&text, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        spoor_buffer_put(&text, i > 0 ? SPOOR_STR(",") : SPOOR_STR(""));
        spoor_buffer_put(&text, spoor_json_quote(arena, list->items[i]));
    }
    spoor_buffer_put_char(&text, ']');
    return spoor_buffer_text(&text);
}

static bool insert_run(spoor_record *r, const spoor_run_record *run) {
    sqlite3_stmt *insert = NULL;
    bool ok =
        sqlite3_prepare_v2(r->db,
                           "INSERT INTO run(started, now, seconds, found, ran, matched, failed,"
                           " blind, alerts, version) VALUES(?,?,?,?,?,?,?,?,?,?)",
                           -1, &insert, NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_bind_int64(insert, 1, run->started);
        sqlite3_bind_int64(insert, 2, run->now);
        sqlite3_bind_double(insert, 3, run->seconds);
        const int64_t counts[] = {run->found,  run->ran,   run->matched,
                                  run->failed, run->blind, run->alerts};
        for (int i = 0; i < 6; i++) {
            sqlite3_bind_int64(insert, 4 + i, counts[i]);
        }
        sqlite3_bind_text(insert, 10, run->version, -1, SQLITE_STATIC);
        ok = step(insert);
        r->run = sqlite3_last_insert_rowid(r->db);
    }
    sqlite3_finalize(insert);
    return ok;
}

static bool prepare(spoor_record *r) {
    return sqlite3_prepare_v2(r->db,
                              "INSERT INTO run_rule VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                              -1, &r->rule, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(r->db, "INSERT INTO run_rule_metadata VALUES(?,?)", -1, &r->metadata,
                              NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(
               r->db, "INSERT INTO rule_alert VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1,
               &r->alert, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(r->db, "INSERT INTO rule_alert_event VALUES(?,?,?,?,?)", -1,
                              &r->event, NULL) == SQLITE_OK;
}

bool spoor_record_begin(spoor_arena *arena, spoor_arena *scratch, spoor_store *store,
                        const spoor_run_record *run, spoor_record **record, const char **why) {
    spoor_record *r = SPOOR_NEW(arena, spoor_record);
    *record = r;
    r->arena = arena;
    r->scratch = scratch;
    r->store = store;
    r->db = spoor_store_handle(store);
    bool ok = run_sql(r->db, "BEGIN IMMEDIATE") && run_sql(r->db, TABLES) && insert_run(r, run) &&
              prepare(r);
    if (!ok) {
        *why = spoor_arena_str(arena, spoor_str_from(spoor_store_handle_error(r->store))).ptr;
    }
    return ok;
}

bool spoor_record_rule(spoor_record *r, const spoor_run_rule_record *record) {
    const spoor_rule *rule = record->rule;
    sqlite3_stmt *s = r->rule;
    sqlite3_bind_int64(s, 1, r->run);
    bind(s, 2, spoor_str_from(rule->file->path));
    sqlite3_bind_int64(s, 3, rule->index);
    bind(s, 4, rule->id);
    bind(s, 5, rule->title);
    bind(s, 6, rule->description);
    bind(s, 7, spoor_str_from(spoor_level_name(rule->level)));
    bind(s, 8, json_list(r->scratch, &rule->tactics));
    bind(s, 9, json_list(r->scratch, &rule->techniques));
    bind(s, 10, rule->query);
    bind(s, 11, record->status);
    sqlite3_bind_int64(s, 12, record->hits);
    bind(s, 13, record->error);
    sqlite3_bind_int64(s, 14, record->line);
    sqlite3_bind_int64(s, 15, record->column);
    bind(s, 16, record->columns);
    sqlite3_bind_double(s, 17, record->seconds);
    bool ok = step(s);
    r->rule_id = sqlite3_last_insert_rowid(r->db);
    if (ok && rule->metadata.len > 0) {
        sqlite3_bind_int64(r->metadata, 1, r->rule_id);
        bind(r->metadata, 2, rule->metadata);
        ok = step(r->metadata);
    }
    return ok;
}

static void bind_known(sqlite3_stmt *statement, int at, bool is_known, int64_t time) {
    if (is_known) {
        sqlite3_bind_int64(statement, at, time);
    } else {
        sqlite3_bind_null(statement, at);
    }
}

bool spoor_record_alert(spoor_record *r, const spoor_alert_record *a) {
    sqlite3_stmt *s = r->alert;
    sqlite3_bind_int64(s, 1, r->run);
    sqlite3_bind_int64(s, 2, r->rule_id);
    bind(s, 3, a->key);
    bind(s, 4, a->title);
    bind(s, 5, a->description);
    bind(s, 6, a->severity);
    bind(s, 7, json_list(r->scratch, a->tactics));
    bind(s, 8, json_list(r->scratch, a->techniques));
    bind(s, 9, json_list(r->scratch, a->hosts));
    bind(s, 10, json_list(r->scratch, a->users));
    bind(s, 11, a->entities);
    bind(s, 12, a->details);
    bind(s, 13, a->predicates);
    sqlite3_bind_int64(s, 14, a->at);
    sqlite3_bind_int64(s, 15, a->hits);
    bind_known(s, 16, a->has_times, a->first);
    bind_known(s, 17, a->has_times, a->last);
    bool ok = step(s);
    r->alert_id = sqlite3_last_insert_rowid(r->db);
    return ok;
}

bool spoor_record_event(spoor_record *r, const spoor_alert_event_record *e) {
    sqlite3_bind_int64(r->event, 1, r->alert_id);
    sqlite3_bind_int64(r->event, 2, (int64_t)e->number);
    bind(r->event, 3, e->event);
    bind(r->event, 4, e->file);
    bind_known(r->event, 5, e->has_record, e->record);
    return step(r->event);
}

bool spoor_record_end(spoor_record *r, bool keep, const char **why) {
    if (!keep) {
        *why = spoor_arena_str(r->arena, spoor_str_from(spoor_store_handle_error(r->store))).ptr;
    }
    sqlite3_finalize(r->rule);
    sqlite3_finalize(r->metadata);
    sqlite3_finalize(r->alert);
    sqlite3_finalize(r->event);
    r->rule = r->alert = r->event = NULL;
    bool ok = keep &&
              run_sql(r->db, "UPDATE meta SET value = value + 1 WHERE key = 'generation'") &&
              run_sql(r->db, "COMMIT");
    if (keep && !ok) {
        *why = spoor_arena_str(r->arena, spoor_str_from(spoor_store_handle_error(r->store))).ptr;
    }
    if (!ok && sqlite3_get_autocommit(r->db) == 0) {
        run_sql(r->db, "ROLLBACK");
    }
    return ok;
}

/* -- what people say of an alert --------------------------------------------------------------- */

static bool write_triage(sqlite3 *db, const spoor_triage *triage, bool *is_known) {
    sqlite3_stmt *put = NULL;
    bool ok = sqlite3_prepare_v2(db, TRIAGE, -1, &put, NULL) == SQLITE_OK;
    if (ok) {
        const char *const texts[] = {triage->key, triage->status, triage->owner, triage->comment};
        for (int i = 0; i < 4; i++) {
            sqlite3_bind_text(put, i + 1, texts[i], -1, SQLITE_STATIC); /* NULL binds null */
        }
        ok = step(put);
        *is_known = sqlite3_changes(db) > 0;
    }
    sqlite3_finalize(put);
    return ok;
}

bool spoor_record_triage(spoor_store *store, const spoor_triage *triage, bool *is_known,
                         const char **why) {
    sqlite3 *db = spoor_store_handle(store);
    *is_known = false;
    bool ok = run_sql(db, "BEGIN IMMEDIATE") && run_sql(db, TABLES) &&
              write_triage(db, triage, is_known) &&
              run_sql(db, "UPDATE meta SET value = value + 1 WHERE key = 'generation'") &&
              run_sql(db, "COMMIT");
    *why = ok ? NULL : spoor_store_handle_error(store);
    return ok;
}

void spoor_record_undo(spoor_store *store) {
    sqlite3 *db = spoor_store_handle(store);
    if (sqlite3_get_autocommit(db) == 0) {
        run_sql(db, "ROLLBACK");
    }
}

static bool take_text(sqlite3_stmt *row, int column, spoor_arena *arena, spoor_str *text) {
    const char *bytes = (const char *)sqlite3_column_text(row, column);
    size_t len = (size_t)sqlite3_column_bytes(row, column);
    return bytes == NULL || spoor_arena_try_str(arena, (spoor_str){bytes, len}, text);
}

spoor_said spoor_record_said(spoor_store *store, spoor_arena *arena, spoor_str key) {
    spoor_said said = {0};
    sqlite3_stmt *find = NULL;
    bool ok = true;
    if (sqlite3_prepare_v2(spoor_store_handle(store),
                           "SELECT status, owner, comment FROM rule_alert_state WHERE key = ?", -1,
                           &find, NULL) == SQLITE_OK) {
        bind(find, 1, key);
        if (sqlite3_step(find) == SQLITE_ROW) {
            ok = take_text(find, 0, arena, &said.status) &&
                 take_text(find, 1, arena, &said.owner) && take_text(find, 2, arena, &said.comment);
        }
    }
    sqlite3_finalize(find);
    if (!ok) {
        spoor_arena_fail(arena);
    }
    return said;
}
