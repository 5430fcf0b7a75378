/* kept_store.c - kept picks as rows of the store's SQLite file.
 *
 * They are written in one transaction after a run, and no part of what the store holds: an older spoor does not look
 * at them, and to lose them costs time alone. */
#include <sqlite3.h>

#include "base/build_id.h"
#include "pass/kept_state.h"

/* kept_set.filters: the names of its filters, ascending; used: a count that goes up, the last has the highest.
 * kept_picks.data: kept_code.c. */
#define TABLES                                                                                     \
    "CREATE TABLE IF NOT EXISTS kept_set(id INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB NOT "     \
    "NULL UNIQUE,"                                                                                 \
    " made_by TEXT NOT NULL, used INTEGER NOT NULL, filters BLOB NOT NULL);"                       \
    "CREATE TABLE IF NOT EXISTS kept_picks(filters INTEGER NOT NULL, segment INTEGER NOT NULL,"    \
    " data BLOB NOT NULL, PRIMARY KEY(filters, segment)) WITHOUT ROWID;"

enum { MOST_BYTES = 64 << 20 }; /* of all picks */

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    return sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK ? statement : NULL;
}

static spoor_str blob_at(sqlite3_stmt *statement, int column) {
    const void *bytes = sqlite3_column_blob(statement, column);
    return (spoor_str){bytes != NULL ? bytes : "", (size_t)sqlite3_column_bytes(statement, column)};
}

/* -- reading: an error is as if nothing were kept; the sweep meets what is wrong with the file --- */

typedef struct kept_set { /* one that was read */
    int64_t id;
    unsigned char name[SPOOR_KEPT_NAME_BYTES];
    uint32_t nfilters;
    uint32_t *places; /* by its filters; NOWHERE: none of this run's */
} kept_set;

void spoor_kept_end_read(spoor_kept *kept) {
    sqlite3_finalize(kept->reading);
    spoor_packer_free(kept->packer);
    kept->reading = NULL;
    kept->packer = NULL;
}

static void read_store_id(spoor_kept *kept, sqlite3 *db) {
    kept->reading = prepare(db, "SELECT value FROM meta WHERE key = 'uuid'");
    if (kept->reading != NULL && sqlite3_step(kept->reading) == SQLITE_ROW) {
        spoor_str id = blob_at(kept->reading, 0);
        memcpy(kept->store_id, id.ptr,
               id.len < sizeof kept->store_id ? id.len : sizeof kept->store_id - 1);
    }
    sqlite3_finalize(kept->reading);
    kept->reading = NULL;
}

/* Both lists are ascending.  false: none of them is asked for here. */
static bool match_names(spoor_kept *kept, spoor_str names, kept_set *set, uint64_t *covered) {
    uint32_t place = 0, found = 0;
    set->nfilters = (uint32_t)(names.len / SPOOR_KEPT_NAME_BYTES);
    set->places = SPOOR_RAW_ARRAY(kept->arena, uint32_t, set->nfilters + 1);
    for (uint32_t i = 0; i < set->nfilters; i++) {
        const char *name = names.ptr + (size_t)i * SPOOR_KEPT_NAME_BYTES;
        int order = -1;
        while (place < kept->nplaces &&
               (order = memcmp(kept->names + (size_t)place * SPOOR_KEPT_NAME_BYTES, name,
                               SPOOR_KEPT_NAME_BYTES)) < 0) {
            place++;
        }
        bool is_found = place < kept->nplaces && order == 0;
        set->places[i] = is_found ? place : SPOOR_KEPT_NOWHERE;
        if (is_found) {
            spoor_kept_add(covered, place);
            found++;
        }
    }
    return found > 0;
}

/* From number 1 on, the set of just these names as number 0. */
static void read_sets(spoor_kept *kept, sqlite3 *db, kept_set *sets) {
    kept->reading = prepare(
        db, "SELECT id, name, filters, used = (SELECT max(used) FROM kept_set) FROM kept_set"
            " WHERE made_by = ?1 ORDER BY name = ?2 DESC, used DESC");
    sqlite3_bind_text(kept->reading, 1, spoor_build_id, -1, SQLITE_STATIC);
    sqlite3_bind_blob(kept->reading, 2, kept->set, sizeof kept->set, SQLITE_STATIC);
    uint32_t next = 1;
    while (kept->reading != NULL && next < SPOOR_KEPT_SETS &&
           sqlite3_step(kept->reading) == SQLITE_ROW) {
        spoor_str name = blob_at(kept->reading, 1), filters = blob_at(kept->reading, 2);
        unsigned char found[SPOOR_KEPT_NAME_BYTES];
        spoor_kept_name_set((const unsigned char *)filters.ptr,
                            (uint32_t)(filters.len / sizeof found), found);
        if (name.len != sizeof found || memcmp(name.ptr, found, sizeof found) != 0) {
            continue; /* damaged */
        }
        bool is_own = memcmp(found, kept->set, sizeof found) == 0;
        uint32_t number = is_own ? 0 : next;
        uint64_t *covered = SPOOR_NEW_ARRAY(kept->arena, uint64_t, kept->nplaces / 64 + 1);
        if (match_names(kept, filters, &sets[number], covered)) {
            sets[number].id = sqlite3_column_int64(kept->reading, 0);
            memcpy(sets[number].name, found, sizeof found);
            kept->covered[number] = covered;
            kept->is_newest |= is_own && sqlite3_column_int(kept->reading, 3) != 0;
            next += !is_own;
        }
    }
    sqlite3_finalize(kept->reading);
    kept->reading = NULL;
}

static spoor_kept_segment *segment_of(const spoor_kept *kept, int64_t id) {
    uint32_t low = 0, high = kept->nsegments;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool is_before = kept->by_id[middle]->id < id;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    return low < kept->nsegments && kept->by_id[low]->id == id ? kept->by_id[low] : NULL;
}

/* Does another set tell it of the segment? */
static bool is_told(const spoor_kept *kept, const spoor_kept_segment *segment, uint32_t place) {
    bool is_known = false;
    for (uint32_t set = 0; set < SPOOR_KEPT_SETS && !is_known; set++) {
        is_known = (segment->mask >> set & 1) != 0 && spoor_kept_has(kept->covered[set], place);
    }
    return is_known;
}

/* false: damaged. */
static bool take_picks(spoor_kept *kept, const kept_set *set, spoor_kept_segment *segment,
                       spoor_bytes_in *in) {
    for (uint64_t i = 0; in->at != in->end; i++) {
        uint32_t skipped;
        spoor_known_pick *made = SPOOR_NEW(kept->arena, spoor_known_pick);
        if (!spoor_kept_take_pick(in, &skipped, &made->pick, segment->rows, kept->arena) ||
            (i += skipped) >= set->nfilters) {
            return false;
        }
        made->place = set->places[i];
        made->pick.segment = segment->number;
        if (made->place != SPOOR_KEPT_NOWHERE && !is_told(kept, segment, made->place)) {
            made->next = segment->picks;
            segment->picks = made;
        }
    }
    return true;
}

static void read_rows(spoor_kept *kept, sqlite3 *db, const kept_set *set, uint32_t number) {
    kept->reading = prepare(db, "SELECT segment, data FROM kept_picks WHERE filters = ?1");
    sqlite3_bind_int64(kept->reading, 1, set->id);
    while (kept->reading != NULL && sqlite3_step(kept->reading) == SQLITE_ROW) {
        spoor_kept_segment *segment = segment_of(kept, sqlite3_column_int64(kept->reading, 0));
        if (segment == NULL || (segment->mask & SPOOR_KEPT_OWN) != 0) {
            continue;
        }
        spoor_kept_row row = {.set = set->name, .store_id = kept->store_id, .segment = segment};
        spoor_known_pick *before = segment->picks;
        spoor_bytes_in in;
        if (spoor_kept_unseal(kept->packer, &row, blob_at(kept->reading, 1), &in) &&
            take_picks(kept, set, segment, &in)) {
            segment->mask |= UINT32_C(1) << number;
        } else {
            segment->picks = before;
        }
    }
    sqlite3_finalize(kept->reading);
    kept->reading = NULL;
}

void spoor_kept_read(spoor_kept *kept, spoor_store *store) {
    sqlite3 *db = spoor_store_handle(store);
    kept_set *sets = SPOOR_NEW_ARRAY(kept->arena, kept_set, SPOOR_KEPT_SETS);
    read_store_id(kept, db);
    read_sets(kept, db, sets);
    kept->packer = spoor_packer_new();
    for (uint32_t i = 0; i < SPOOR_KEPT_SETS && kept->packer != NULL; i++) {
        if (kept->covered[i] != NULL) {
            read_rows(kept, db, &sets[i], i);
        }
    }
    spoor_kept_end_read(kept);
}

/* -- writing ----------------------------------------------------------------------------------- */

typedef struct writer {
    spoor_kept *kept;
    const spoor_picks *picks; /* by filter */
    sqlite3 *db;
    int64_t set;
    sqlite3_stmt *insert;
    spoor_packer *packer;
    spoor_bytes bytes, sealed; /* of the row at hand */
    size_t room;               /* bytes that may still be written */
} writer;

static bool exec(sqlite3 *db, const char *sql) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool step(sqlite3_stmt *statement) {
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return ok;
}

/* A number that a query of one row gives; false: it fails. */
static bool number_of(sqlite3_stmt *statement, int64_t *number) {
    bool ok = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
    *number = ok ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return ok;
}

/* The own set is there, and the one used last. */
static bool put_set(writer *w) {
    const spoor_kept *kept = w->kept;
    sqlite3_stmt *others = prepare(w->db, "DELETE FROM kept_set WHERE made_by != ?");
    sqlite3_bind_text(others, 1, spoor_build_id, -1, SQLITE_STATIC);
    if (!step(others)) {
        return false;
    }
    sqlite3_stmt *put = prepare(
        w->db, "INSERT INTO kept_set(name, made_by, filters, used)"
               " VALUES(?, ?, ?, 1 + (SELECT coalesce(max(used), 0) FROM kept_set))"
               " ON CONFLICT(name) DO UPDATE SET filters = excluded.filters, used = excluded.used");
    sqlite3_bind_blob(put, 1, kept->set, sizeof kept->set, SQLITE_STATIC);
    sqlite3_bind_text(put, 2, spoor_build_id, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(put, 3, kept->names, (sqlite3_uint64)kept->nplaces * SPOOR_KEPT_NAME_BYTES,
                        SQLITE_STATIC);
    if (!step(put)) {
        return false;
    }
    sqlite3_stmt *get = prepare(w->db, "SELECT id FROM kept_set WHERE name = ?");
    sqlite3_bind_blob(get, 1, kept->set, sizeof kept->set, SQLITE_STATIC);
    return number_of(get, &w->set);
}

/* The row of a segment: cursors stand at each place's first pick in it, or behind. */
static void fill_row(writer *w, const spoor_kept_segment *segment, uint32_t *cursors,
                     bool is_wanted) {
    uint32_t last = 0;
    w->bytes.len = w->sealed.len = 0;
    for (uint32_t p = 0; p < w->kept->nplaces; p++) {
        const spoor_picks *picks = &w->picks[w->kept->filter_of[p]];
        if (cursors[p] < picks->count && picks->items[cursors[p]].segment == segment->number) {
            const spoor_pick *pick = &picks->items[cursors[p]++];
            if (is_wanted) {
                spoor_kept_put_pick(&w->bytes, p - last, pick, segment->rows);
                last = p + 1;
            }
        }
    }
    if (is_wanted) {
        spoor_kept_row row = {
            .set = w->kept->set, .store_id = w->kept->store_id, .segment = segment};
        spoor_kept_seal(w->packer, &row, &w->bytes, &w->sealed);
    }
}

static bool put_row(writer *w, const spoor_kept_segment *segment) {
    if (w->sealed.len > w->room) {
        return true; /* it is asked again */
    }
    w->room -= w->sealed.len;
    sqlite3_bind_int64(w->insert, 1, w->set);
    sqlite3_bind_int64(w->insert, 2, segment->id);
    sqlite3_bind_blob64(w->insert, 3, w->sealed.ptr, w->sealed.len, SQLITE_STATIC);
    bool ok = sqlite3_step(w->insert) == SQLITE_DONE;
    return sqlite3_reset(w->insert) == SQLITE_OK && ok;
}

static bool put_rows(writer *w) {
    sqlite3_stmt *size =
        prepare(w->db, "SELECT coalesce(sum(length(data)), 0) FROM kept_picks WHERE filters = ?");
    sqlite3_bind_int64(size, 1, w->set);
    int64_t bytes;
    bool ok = number_of(size, &bytes);
    w->room = bytes < MOST_BYTES ? (size_t)(MOST_BYTES - bytes) : 0;
    w->insert = prepare(w->db, "INSERT OR REPLACE INTO kept_picks VALUES(?, ?, ?)");
    w->packer = spoor_packer_new();
    uint32_t *cursors = calloc(w->kept->nplaces, sizeof *cursors);
    ok = ok && w->insert != NULL && w->packer != NULL && cursors != NULL;
    for (uint32_t i = 0; i < w->kept->nsegments && ok; i++) {
        const spoor_kept_segment *segment = &w->kept->segments[i];
        bool is_new = (segment->mask & SPOOR_KEPT_OWN) == 0;
        fill_row(w, segment, cursors, is_new);
        ok = !w->bytes.failed && !w->sealed.failed && (!is_new || put_row(w, segment));
    }
    free(cursors);
    spoor_bytes_free(&w->bytes);
    spoor_bytes_free(&w->sealed);
    spoor_packer_free(w->packer);
    sqlite3_finalize(w->insert);
    return ok;
}

/* Sets that others have pushed out, and rows of segments that are gone. */
static bool prune(writer *w) {
    int64_t bytes = 0, sets = 0;
    bool ok = exec(w->db, "DELETE FROM kept_set WHERE id NOT IN (SELECT id FROM kept_set ORDER BY "
                          "used DESC LIMIT 8)");
    do {
        ok = ok &&
             exec(w->db, "DELETE FROM kept_picks WHERE filters NOT IN (SELECT id FROM kept_set)"
                         " OR segment NOT IN (SELECT id FROM segment WHERE state = 1)") &&
             number_of(prepare(w->db, "SELECT coalesce(sum(length(data)), 0) FROM kept_picks"),
                       &bytes) &&
             number_of(prepare(w->db, "SELECT count(*) FROM kept_set"), &sets) &&
             (bytes <= MOST_BYTES || sets == 1 ||
              exec(w->db, "DELETE FROM kept_set WHERE used = (SELECT min(used) FROM kept_set)"));
    } while (ok && bytes > MOST_BYTES && sets > 1);
    return ok;
}

static bool is_wanted(const spoor_kept *kept) {
    bool is_new = !kept->is_newest;
    for (uint32_t i = 0; i < kept->nsegments && !is_new; i++) {
        is_new = (kept->segments[i].mask & SPOOR_KEPT_OWN) == 0;
    }
    return is_new && kept->nplaces > 0;
}

static const char *change(spoor_store *store, bool ok) {
    sqlite3 *db = spoor_store_handle(store);
    ok = ok && exec(db, "UPDATE meta SET value = value + 1 WHERE key = 'generation'") &&
         exec(db, "COMMIT");
    const char *why = ok ? NULL : spoor_store_handle_error(store);
    if (sqlite3_get_autocommit(db) == 0) {
        exec(db, "ROLLBACK");
    }
    return why;
}

const char *spoor_kept_write(spoor_kept *kept, const spoor_picks *picks, spoor_store *store) {
    if (!is_wanted(kept)) {
        return NULL;
    }
    writer w = {.kept = kept, .picks = picks, .db = spoor_store_handle(store)};
    return change(store, exec(w.db, "BEGIN IMMEDIATE") && exec(w.db, TABLES) && put_set(&w) &&
                             put_rows(&w) && prune(&w));
}

const char *spoor_kept_forget(spoor_store *store) {
    sqlite3 *db = spoor_store_handle(store);
    return change(store, exec(db, "BEGIN IMMEDIATE") &&
                             exec(db, "DROP TABLE IF EXISTS kept_picks") &&
                             exec(db, "DROP TABLE IF EXISTS kept_set"));
}
