/* past.c - see past.h. */
#include "engine/past.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"
#include "engine/command_rows.h"

enum { MOST_QUERIES = 100, MOST_TEXT = 64 << 10 /* as documented for .show queries */ };

typedef struct past_query {
    char *text;
    size_t len;
    int64_t start, end;
    char *why; /* it failed; NULL: it did not */
} past_query;

struct spoor_past {
    past_query list[MOST_QUERIES]; /* the n-th at n % MOST_QUERIES */
    uint64_t count;                /* of all that have run */
};

static void let_go(spoor_engine *engine, past_query *query) {
    if (query->text != NULL) {
        spoor_memory_give(&engine->memory, query->len + sizeof engine->error);
        free(query->text);
        free(query->why);
    }
    *query = (past_query){0};
}

static bool take(spoor_engine *engine, past_query *query, spoor_str text, bool failed) {
    query->len = text.len < MOST_TEXT ? text.len : MOST_TEXT;
    while (query->len < text.len && query->len > 0 &&
           ((unsigned char)text.ptr[query->len] & 0xC0) == 0x80) {
        query->len--;
    }
    if (!spoor_memory_take(&engine->memory, query->len + sizeof engine->error)) {
        return false;
    }
    query->text = malloc(query->len + 1);
    query->why = failed ? spoor_engine_copy(spoor_str_from(engine->error)) : NULL;
    if (query->text == NULL || (failed && query->why == NULL)) {
        free(query->text);
        free(query->why);
        spoor_memory_give(&engine->memory, query->len + sizeof engine->error);
        return false;
    }
    memcpy(query->text, text.ptr, query->len);
    return true;
}

void spoor_past_add(spoor_engine *engine, spoor_str text, int64_t start, int64_t end,
                    spoor_status status) {
    if (engine->past == NULL) {
        engine->past = calloc(1, sizeof *engine->past);
    }
    past_query query = {.start = start, .end = end};
    if (engine->past == NULL || !take(engine, &query, text, status != SPOOR_OK)) {
        return;
    }
    past_query *place = &engine->past->list[engine->past->count++ % MOST_QUERIES];
    let_go(engine, place);
    *place = query;
}

static void add_time(spoor_arena *arena, spoor_ast *table, int64_t time) {
    char printed[SPOOR_TIME_TEXT];
    spoor_command_cell(arena, table, SPOOR_AST_DATETIME,
                       spoor_arena_str(arena, spoor_time_print(time, printed)));
}

spoor_ast *spoor_past_rows(spoor_arena *arena, const struct spoor_past *past, spoor_span span) {
    spoor_ast *table = spoor_command_table(arena,
                                           "ClientActivityId:s Text:s Database:s StartedOn:t "
                                           "LastUpdatedOn:t Duration:m State:s FailureReason:s",
                                           span);
    uint64_t count = past != NULL ? past->count : 0;
    for (uint64_t n = count > MOST_QUERIES ? count - MOST_QUERIES : 0; n < count; n++) {
        const past_query *query = &past->list[n % MOST_QUERIES];
        int64_t duration = query->end > query->start ? query->end - query->start : 0;
        const char *why = query->why != NULL ? query->why : "";
        spoor_command_cell(arena, table, SPOOR_AST_STRING,
                           spoor_arena_format(arena, "%" PRIu64, n + 1));
        spoor_command_cell(arena, table, SPOOR_AST_STRING,
                           spoor_arena_str(arena, (spoor_str){query->text, query->len}));
        spoor_command_cell(arena, table, SPOOR_AST_STRING, SPOOR_STR("spoor"));
        add_time(arena, table, query->start);
        add_time(arena, table, query->start + duration);
        spoor_command_cell(arena, table, SPOOR_AST_TIMESPAN,
                           spoor_arena_format(arena, "%" PRId64 "tick", duration));
        spoor_command_cell(arena, table, SPOOR_AST_STRING,
                           query->why != NULL ? SPOOR_STR("Failed") : SPOOR_STR("Completed"));
        spoor_command_cell(arena, table, SPOOR_AST_STRING,
                           spoor_arena_str(arena, spoor_str_from(why)));
    }
    return table;
}

void spoor_past_free(spoor_engine *engine) {
    for (uint32_t i = 0; engine->past != NULL && i < MOST_QUERIES; i++) {
        let_go(engine, &engine->past->list[i]);
    }
    free(engine->past);
    engine->past = NULL;
}
