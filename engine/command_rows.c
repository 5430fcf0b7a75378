/* command_rows.c - builds datatables, and fills those that show the store.
 *
 * The store calls back from inside SQLite, where an arena must not jump: rows
 * are gathered in memory of malloc first, as texts one after the other. */
#include "engine/command_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"

spoor_ast *spoor_command_node(spoor_arena *arena, spoor_ast_kind kind, spoor_str text,
                              spoor_span span) {
    spoor_ast *node = SPOOR_NEW(arena, spoor_ast);
    node->kind = kind;
    node->text = text;
    node->span = node->at = span;
    node->depth = 1;
    return node;
}

void spoor_command_adopt(spoor_ast *parent, spoor_ast *child) {
    if (parent->last != NULL) {
        parent->last->next = child;
    } else {
        parent->first = child;
    }
    parent->last = child;
    parent->nchildren++;
    parent->depth = child->depth + 1 > parent->depth ? child->depth + 1 : parent->depth;
}

static spoor_ast_type type_of(char letter) {
    return letter == 'l'   ? SPOOR_AST_LONG
           : letter == 't' ? SPOOR_AST_DATETIME
           : letter == 'm' ? SPOOR_AST_TIMESPAN
           : letter == 'r' ? SPOOR_AST_REAL
                           : SPOOR_AST_STRING;
}

spoor_ast *spoor_command_table(spoor_arena *arena, const char *columns, spoor_span span) {
    spoor_ast *table = spoor_command_node(arena, SPOOR_AST_DATATABLE, SPOOR_STR(""), span);
    spoor_ast *schema = spoor_command_node(arena, SPOOR_AST_CLAUSE, SPOOR_STR("schema"), span);
    while (*columns != '\0') {
        size_t len = strcspn(columns, ":");
        spoor_ast *column =
            spoor_command_node(arena, SPOOR_AST_COLUMN_DECL, (spoor_str){columns, len}, span);
        column->type = type_of(columns[len + 1]);
        spoor_command_adopt(schema, column);
        columns += len + 2;
        columns += *columns == ' ';
    }
    spoor_command_adopt(table, schema);
    return table;
}

void spoor_command_cell(spoor_arena *arena, spoor_ast *table, spoor_ast_type type, spoor_str text) {
    bool is_null = text.len == 0 && type != SPOOR_AST_STRING;
    spoor_ast *cell = spoor_command_node(arena, SPOOR_AST_LITERAL,
                                         is_null ? SPOOR_STR("null") : text, table->span);
    cell->type = type;
    cell->flags = is_null ? SPOOR_AST_NULL_LITERAL : 0;
    spoor_command_adopt(table, cell);
}

/* -- gathering --------------------------------------------------------------------------------- */

typedef struct cells {
    char *bytes; /* texts, each with a NUL behind it */
    size_t len, capacity;
    bool failed;
} cells;

static void put(cells *c, spoor_str text) {
    if (c->len + text.len + 1 > c->capacity) {
        size_t capacity = (c->len + text.len + 1) * 2;
        char *grown = c->failed ? NULL : realloc(c->bytes, capacity);
        if (grown == NULL) {
            c->failed = true;
            return;
        }
        c->bytes = grown;
        c->capacity = capacity;
    }
    for (size_t i = 0; i < text.len; i++) { /* a NUL would end the cell early */
        c->bytes[c->len++] = text.ptr[i] != '\0' ? text.ptr[i] : ' ';
    }
    c->bytes[c->len++] = '\0';
}

static void put_long(cells *c, int64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    put(c, spoor_str_from(text));
}

static void put_time(cells *c, int64_t time, bool known) {
    char text[SPOOR_TIME_TEXT];
    put(c, known && time >= 0 && time <= SPOOR_DATETIME_MAX ? spoor_time_print(time, text)
                                                            : (spoor_str){0});
}

static void put_source(void *context, const spoor_source_info *info) {
    cells *c = context;
    put(c, info->path);
    put(c, info->shape);
    put(c, info->state);
    put_long(c, info->size);
    put_long(c, info->records);
    put_long(c, info->known);
    put_long(c, info->damaged);
}

static void put_log(void *context, const spoor_log_info *info) {
    cells *c = context;
    bool timed = info->min_time <= info->max_time;
    put(c, info->computer);
    put(c, info->channel);
    put(c, info->provider);
    if (info->event_id == SPOOR_EVENT_ABSENT) {
        put(c, (spoor_str){0});
    } else {
        put_long(c, info->event_id);
    }
    put_long(c, info->rows);
    put_time(c, info->min_time, timed);
    put_time(c, info->max_time, timed);
}

static void put_host(void *context, const spoor_host_info *info) {
    cells *c = context;
    bool timed = info->min_time <= info->max_time;
    put(c, info->computer);
    put(c, info->channel);
    put_long(c, info->rows);
    put_time(c, info->min_time, timed);
    put_time(c, info->max_time, timed);
    put_long(c, info->missing);
    put_long(c, info->cleared);
}

static spoor_store_status put_store(spoor_store *store, cells *c) {
    spoor_store_info info;
    spoor_store_status status = spoor_store_get_info(store, &info);
    if (status == SPOOR_STORE_OK) {
        bool timed = info.min_time <= info.max_time;
        put_long(c, info.rows);
        put_long(c, info.segments);
        put_long(c, info.sources);
        put_time(c, info.min_time, timed);
        put_time(c, info.max_time, timed);
        put_long(c, info.file_bytes);
        char each[32];
        snprintf(each, sizeof each, "%.1f",
                 info.rows > 0 ? (double)info.file_bytes / (double)info.rows : 0.0);
        put(c, spoor_str_from(each));
        put_long(c, info.variants);
        put_long(c, info.recovered);
        put_long(c, info.version);
        put(c, spoor_str_from(info.uuid));
    }
    return status;
}

static spoor_store_status gather_sources(spoor_store *store, cells *c) {
    return spoor_store_sources(store, put_source, c);
}

static spoor_store_status gather_logs(spoor_store *store, cells *c) {
    return spoor_store_logs(store, put_log, c);
}

static spoor_store_status gather_hosts(spoor_store *store, cells *c) {
    return spoor_store_hosts(store, put_host, c);
}

static const struct {
    const char *what, *columns;
    spoor_store_status (*gather)(spoor_store *store, cells *c);
} shown[] = {
    {"store",
     "Rows:l Segments:l Sources:l First:t Last:t FileBytes:l BytesPerEvent:r Variants:l "
     "Recovered:l "
     "Version:l Id:s",
     put_store},
    {"sources", "Path:s Shape:s State:s Size:l Records:l Known:l Damaged:l", gather_sources},
    {"logs", "Computer:s Channel:s Provider:s EventID:l Rows:l First:t Last:t", gather_logs},
    {"hosts", "Computer:s Channel:s Rows:l First:t Last:t Missing:l Cleared:l", gather_hosts},
};

static void fill(spoor_arena *arena, spoor_ast *table, spoor_str all) {
    const spoor_ast *column = table->first->first;
    for (const char *at = all.ptr, *end = all.ptr + all.len; at < end; at += strlen(at) + 1) {
        spoor_command_cell(arena, table, column->type, spoor_str_from(at));
        column = column->next != NULL ? column->next : table->first->first;
    }
}

spoor_ast *spoor_command_store_rows(spoor_arena *arena, spoor_str what, spoor_store *store,
                                    spoor_span span, spoor_diags *diags) {
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (!spoor_str_is(what, shown[i].what)) {
            continue;
        }
        if (store == NULL) {
            spoor_fail(diags, span, "no store here; run spoor ingest PATH");
            return NULL;
        }
        cells c = {0};
        spoor_str copy = {0};
        spoor_store_status status = shown[i].gather(store, &c);
        bool ok = !c.failed && spoor_arena_try_str(arena, (spoor_str){c.bytes, c.len}, &copy);
        free(c.bytes);
        if (!ok) {
            spoor_arena_fail(arena);
        }
        if (status != SPOOR_STORE_OK) {
            spoor_fail(diags, span, "%s", spoor_store_error(store));
            return NULL;
        }
        spoor_ast *table = spoor_command_table(arena, shown[i].columns, span);
        fill(arena, table, copy);
        return table;
    }
    return NULL;
}
