/* store_help.h - what the tests of store/ share: events, stores in a folder of their own, cells. */
#ifndef SPOOR_TESTS_STORE_HELP_H
#define SPOOR_TESTS_STORE_HELP_H

#include "tests/unit/unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "store/writer.h"
#include "types/dynamic.h"

static char folder[64];

static inline const char *path_of(const char *name) {
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void remove_store(const char *name) {
    char path[200];
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s%s", folder, name, tails[i]);
        unlink(path);
    }
}

static inline spoor_event new_event(int64_t event_id, int64_t record_id) {
    return (spoor_event){.time = INT64_C(638450000000000000) + record_id * SPOOR_TICKS_SECOND,
                         .record_id = record_id,
                         .event_id = event_id,
                         .version = 5,
                         .level = 4,
                         .task = 1,
                         .opcode = 0,
                         .qualifiers = SPOOR_EVENT_ABSENT,
                         .process_id = 1234,
                         .thread_id = 5000 + record_id % 7,
                         .keywords = UINT64_C(0x8000000000000000),
                         .has_keywords = true,
                         .provider = SPOOR_STR("Microsoft-Windows-Sysmon"),
                         .channel = SPOOR_STR("Microsoft-Windows-Sysmon/Operational"),
                         .computer = SPOOR_STR("WS01"),
                         .user_sid = SPOOR_STR("S-1-5-18"),
                         .offset = (uint64_t)record_id * 1000,
                         .flags = SPOOR_EVENT_HAS_EVENTDATA};
}

static inline spoor_store *open_store(const char *name, spoor_store_mode mode) {
    spoor_store *store = NULL;
    spoor_store_status status = spoor_store_open(path_of(name), mode, NULL, &store);
    if (!CHECK(status == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(NULL));
    }
    return store;
}

static inline spoor_writer *open_writer(spoor_store *store, uint32_t threads) {
    spoor_writer *writer = NULL;
    spoor_writer_options options = {.threads = threads};
    if (!CHECK(spoor_writer_open(store, &options, &writer) == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(store));
    }
    return writer;
}

static inline spoor_source_state begin(spoor_writer *writer, const char *path, int64_t size,
                                       int sha) {
    spoor_source_state state;
    spoor_writer_source source = {.path = path, .size = size};
    memset(source.digest, sha, sizeof source.digest);
    CHECK(spoor_writer_begin_source(writer, &source, &state) == SPOOR_STORE_OK);
    return state;
}

static inline void end(spoor_writer *writer) {
    CHECK(spoor_writer_end_source(writer, "test", 0, true) == SPOOR_STORE_OK);
}

static inline spoor_writer_counts commit(spoor_writer *writer, spoor_store *store) {
    spoor_writer_counts counts = {0};
    if (!CHECK(spoor_writer_commit(writer, &counts) == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(store));
    }
    return counts;
}

/* A member of a row as JSON text of its dynamic value; "" where it is null. */
static inline spoor_str member_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row,
                                  const char *member) {
    const spoor_chunk *chunk;
    if (!CHECK(spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, segment),
                               SPOOR_COL_EVENT_DATA, spoor_str_from(member), SPOOR_DYNAMIC,
                               &chunk) == SPOOR_STORE_OK)) {
        return (spoor_str){0};
    }
    spoor_value value = chunk->is_constant ? chunk->constant : spoor_vec_get(&chunk->vec, row);
    spoor_str text =
        value.is_null ? (spoor_str){"", 0} : spoor_dynamic_print_json(unit_arena(), value.string);
    text = spoor_arena_str(unit_arena(), text);
    spoor_chunk_release(snapshot, chunk);
    return text;
}

static inline spoor_value value_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row,
                                   spoor_event_column column) {
    const spoor_chunk *chunk;
    spoor_value value = {0};
    if (!CHECK(spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, segment), column,
                               (spoor_str){0}, SPOOR_STRING, &chunk) == SPOOR_STORE_OK)) {
        return value;
    }
    if (chunk->is_constant) {
        value = chunk->constant;
    } else if (chunk->vec.form == SPOOR_RECORD) {
        spoor_vec out = spoor_vec_new(unit_arena(), chunk->vec.type, 1);
        chunk->vec.records->fetch(chunk->vec.records, unit_arena(), &row, 1, &out);
        value = spoor_vec_get(&out, 0);
    } else {
        value = spoor_vec_get(&chunk->vec, row);
    }
    value = spoor_value_copy(unit_arena(), &value);
    spoor_chunk_release(snapshot, chunk);
    return value;
}

static inline spoor_str bag_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row) {
    spoor_value bag = value_of(snapshot, segment, row, SPOOR_COL_EVENT_DATA);
    return bag.is_null ? (spoor_str){"", 0} : spoor_dynamic_print_json(unit_arena(), bag.string);
}

static inline void make_folder(void) {
    char template[] = "/tmp/spoor-test-XXXXXX";
    CHECK(mkdtemp(template) != NULL);
    snprintf(folder, sizeof folder, "%s", template);
}

#endif
