/* catalog.c - what names a query can reach: the event table, the functions built
 * into the binary, and the functions saved in the store (which win). */
#include <stdlib.h>

#include "base/limits.h"
#include "engine/embedded.h"
#include "engine/engine.h"
#include "engine/files.h"
#include "engine/known_tables.h"
#include "engine/rule_tables.h"

struct spoor_reach {
    spoor_arena *arena;
    spoor_table events;
    spoor_stored_function *functions; /* saved first, then built-in */
    size_t nfunctions, nsaved, capacity;
    bool empty_tables; /* tables without data are there, empty */
    bool is_partial;   /* saved functions could not be read */
};

typedef struct catalog {
    spoor_catalog base; /* first: the planner's view */
    spoor_arena *arena;
    const spoor_reach *reach;
    const char *files_dir; /* --allow-files; NULL: none */
} catalog;

static const spoor_table *find_table(spoor_catalog *base, spoor_str name) {
    catalog *c = (catalog *)base;
    if (spoor_str_eq(name, c->reach->events.name)) {
        return &c->reach->events;
    }
    const spoor_table *table = spoor_rule_table(c->arena, name);
    return table == NULL && c->reach->empty_tables ? spoor_known_table(c->arena, name) : table;
}

static const spoor_table *table_at(spoor_catalog *base, size_t i) {
    catalog *c = (catalog *)base;
    return i == 0 ? &c->reach->events : NULL;
}

/* Of the first `most` functions. */
static const spoor_stored_function *find_among(const spoor_reach *reach, size_t most,
                                               spoor_str name) {
    for (size_t i = 0; i < most; i++) {
        if (spoor_str_eq(name, reach->functions[i].name)) {
            return &reach->functions[i];
        }
    }
    return NULL;
}

static const spoor_stored_function *find_function(spoor_catalog *base, spoor_str name) {
    const spoor_reach *reach = ((const catalog *)base)->reach;
    return find_among(reach, reach->nfunctions, name);
}

static const spoor_stored_function *function_at(spoor_catalog *base, size_t i) {
    const spoor_reach *reach = ((const catalog *)base)->reach;
    return i < reach->nfunctions ? &reach->functions[i] : NULL;
}

static bool empty_next(spoor_catalog *base, const void **cursor, spoor_str *name) {
    (void)base;
    return spoor_known_table_next(cursor, name);
}

static const spoor_schema *documented(spoor_catalog *base, spoor_str name) {
    catalog *c = (catalog *)base;
    const spoor_table *table = spoor_known_table(c->arena, name);
    return table != NULL ? &table->schema : NULL;
}

static bool column_type(spoor_catalog *base, spoor_str name, spoor_type *type) {
    (void)base;
    return spoor_known_column(name, type);
}

static bool read_file(spoor_catalog *base, spoor_str name, size_t most, spoor_str *bytes,
                      const char **problem) {
    catalog *c = (catalog *)base;
    return spoor_files_read(c->arena, c->files_dir, name, most, bytes, problem);
}

static void add_function(spoor_reach *r, spoor_stored_function function) {
    if (find_among(r, r->nsaved, function.name) != NULL) {
        return; /* a saved function hides the built-in one of its name, of which there is one */
    }
    if (r->nfunctions == r->capacity) {
        r->capacity = r->capacity == 0 ? 64 : r->capacity * 2;
        spoor_stored_function *grown =
            SPOOR_NEW_ARRAY(r->arena, spoor_stored_function, r->capacity);
        if (r->nfunctions > 0) {
            memcpy(grown, r->functions, r->nfunctions * sizeof *grown);
        }
        r->functions = grown;
    }
    r->functions[r->nfunctions++] = function;
}

/* -- saved functions: copied out of the store's callback by malloc, since an arena may jump ---- */

typedef struct saved {
    char *bytes; /* records: name, text, folder, docstring, each with its NUL; then the view flag */
    size_t len, capacity;
    bool failed;
} saved;

static void append(saved *list, const char *z) {
    size_t len = strlen(z) + 1;
    if (list->failed) {
        return;
    }
    if (list->len + len > list->capacity) {
        size_t capacity = (list->len + len) * 2;
        char *grown = realloc(list->bytes, capacity);
        list->failed = grown == NULL;
        if (grown == NULL) {
            return;
        }
        list->bytes = grown;
        list->capacity = capacity;
    }
    memcpy(list->bytes + list->len, z, len);
    list->len += len;
}

static void collect(void *context, const spoor_saved_function *f) {
    append(context, f->name);
    append(context, f->text);
    append(context, f->folder != NULL ? f->folder : "");
    append(context, f->docstring != NULL ? f->docstring : "");
    append(context, f->is_view ? "view" : "");
}

static spoor_str next_text(const char **at) {
    spoor_str text = spoor_str_from(*at);
    *at += text.len + 1;
    return text;
}

static void add_saved(spoor_reach *r, spoor_str all) {
    const char *at = all.ptr, *end = all.ptr + all.len;
    while (at < end) {
        spoor_stored_function f = {.name = next_text(&at)};
        f.text = next_text(&at);
        f.folder = next_text(&at);
        f.docstring = next_text(&at);
        f.is_view = next_text(&at).len > 0;
        add_function(r, f);
    }
    r->nsaved = r->nfunctions;
}

static void load_saved(spoor_reach *r, spoor_store *store) {
    saved list = {0};
    spoor_str copy = {0};
    r->is_partial = spoor_store_functions(store, collect, &list) != SPOOR_STORE_OK;
    bool ok =
        !list.failed && spoor_arena_try_str(r->arena, (spoor_str){list.bytes, list.len}, &copy);
    free(list.bytes);
    if (!ok) {
        spoor_arena_fail(r->arena);
    }
    add_saved(r, copy);
}

/* -- what is built in -------------------------------------------------------------------------- */

/* Views whose columns are those of a table of another name, and other names of a view. */
static const struct {
    const char *name, *view, *columns_of;
} view_names[] = {
#define SPOOR_VIEW_COLUMNS(view, table) {view, view, table},
#define SPOOR_VIEW_NAME(name, view, table) {name, view, table},
#include "engine/view_names.def"
#undef SPOOR_VIEW_COLUMNS
#undef SPOOR_VIEW_NAME
};

static const char *embedded_text(const char *name) {
    for (const spoor_embedded *f = spoor_embedded_functions; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f->text;
        }
    }
    return "";
}

static void add_views(spoor_reach *r) {
    for (const spoor_embedded *f = spoor_embedded_functions; f->name != NULL; f++) {
        bool is_device = strncmp(f->name, "Device", 6) == 0;
        if (f->name[0] != '_') {
            add_function(
                r, (spoor_stored_function){.name = spoor_str_from(f->name),
                                           .text = spoor_str_from(f->text),
                                           .columns_of = spoor_str_from(is_device ? f->name : ""),
                                           .is_builtin = true,
                                           .is_view = true,
                                           .is_again = is_device});
        }
    }
    if (r->empty_tables) {
        add_function(r,
                     (spoor_stored_function){.name = SPOOR_STR("FileProfile"),
                                             .text = spoor_str_from(embedded_text("_FileProfile")),
                                             .is_builtin = true});
    }
    for (size_t i = 0; i < sizeof view_names / sizeof *view_names; i++) {
        add_function(
            r, (spoor_stored_function){.name = spoor_str_from(view_names[i].name),
                                       .text = spoor_str_from(embedded_text(view_names[i].view)),
                                       .columns_of = spoor_str_from(view_names[i].columns_of),
                                       .is_builtin = true});
    }
}

/* -- the event table --------------------------------------------------------------------------- */

typedef enum how { SYSTEM, RECORD, LINEAGE } how;

static const struct {
    const char *name;
    spoor_type type;
    how how;
} event_columns[] = {
#define SPOOR_EVENT_COLUMN(column, name, type, how) {name, SPOOR_##type, how},
#include "store/event_columns.def"
#undef SPOOR_EVENT_COLUMN
};

static void make_event_table(spoor_reach *r) {
    spoor_column *columns = SPOOR_NEW_ARRAY(r->arena, spoor_column, SPOOR_COL_NCOLUMNS);
    for (uint32_t i = 0; i < SPOOR_COL_NCOLUMNS; i++) {
        columns[i] = (spoor_column){.name = spoor_str_from(event_columns[i].name),
                                    .type = event_columns[i].type,
                                    .hidden = event_columns[i].how == LINEAGE};
    }
    r->events = (spoor_table){.name = SPOOR_STR("_Events"),
                              .schema = {SPOOR_COL_NCOLUMNS, columns},
                              .record_columns = UINT64_C(1) << SPOOR_COL_EVENT_DATA,
                              .xml_wrapped = SPOOR_COL_EVENT_DATA_XML,
                              .xml_bare = SPOOR_COL_EVENT_DATA_ELEMENT,
                              .xml_items = SPOOR_COL_EVENT_DATA_ITEMS,
                              .is_events = true};
}

bool spoor_engine_reach_is_partial(const spoor_reach *reach) {
    return reach->is_partial;
}

const spoor_reach *spoor_engine_reach(spoor_arena *arena, spoor_store *store, bool empty_tables) {
    spoor_reach *r = SPOOR_NEW(arena, spoor_reach);
    r->arena = arena;
    r->empty_tables = empty_tables;
    make_event_table(r);
    if (store != NULL) {
        load_saved(r, store);
    }
    add_views(r);
    return r;
}

spoor_catalog *spoor_engine_catalog(spoor_arena *arena, const spoor_reach *reach,
                                    const char *files_dir) {
    catalog *c = SPOOR_NEW(arena, catalog);
    *c = (catalog){.base = {.table = find_table,
                            .function = find_function,
                            .table_at = table_at,
                            .function_at = function_at,
                            .empty_next = reach->empty_tables ? empty_next : NULL,
                            .documented = documented,
                            .column_type = column_type,
                            .read_file = read_file,
                            .has_files = files_dir != NULL},
                   .arena = arena,
                   .reach = reach,
                   .files_dir = files_dir};
    return &c->base;
}
