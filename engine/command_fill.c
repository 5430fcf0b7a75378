/* command_fill.c - see command_fill.h. */
#include "engine/command_fill.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "engine/command_rows.h"
#include "engine/csv.h"
#include "engine/learn.h"
#include "engine/query.h"
#include "engine/table_text.h"
#include "parser/parse.h"

bool spoor_command_fills(spoor_str verb) {
    return spoor_str_is(verb, "set") || spoor_str_is(verb, "append") ||
           spoor_str_is(verb, "set-or-append") || spoor_str_is(verb, "set-or-replace") ||
           spoor_str_is(verb, "ingest");
}

/* -- reading the command ----------------------------------------------------------------------- */

typedef struct fill_options {
    bool skips_header; /* ingest */
} fill_options;

static bool is_listed(spoor_str name, const char *const *list) {
    while (*list != NULL && !spoor_str_is(name, *list)) {
        list++;
    }
    return *list != NULL;
}

/* with (name = value, ...).  What only says how a cluster keeps data is read and changes nothing.
 */
static bool read_with(spoor_command_reader *r, bool ingests, spoor_command *command,
                      fill_options *options) {
    static const char *const ignored[] = {"distributed", "policy_ingestiontime", "persistDetails",
                                          "creationTime", NULL};
    if (!spoor_reader_skip(r, "(")) {
        return spoor_reader_refuse(r, "expected '(' behind 'with'");
    }
    while (!spoor_reader_skip(r, ")")) {
        spoor_span at = r->token.span;
        spoor_str name = spoor_reader_take_word(r), value;
        if (name.len == 0 || !spoor_reader_skip(r, "=")) {
            return spoor_reader_refuse(r, "expected name = value");
        }
        char first = r->token.text.len > 0 ? r->token.text.ptr[0] : ' ';
        if (first != '"' && first != '\'') {
            value = spoor_reader_take_word(r);
        } else if (!spoor_reader_take_string(r, &value)) {
            return false;
        }
        bool is_true = spoor_str_is(value, "true");
        if (!ingests && spoor_str_is(name, "folder")) {
            command->folder = value;
        } else if (!ingests && spoor_str_is(name, "docstring")) {
            command->docstring = value;
        } else if (!ingests && spoor_str_is(name, "recreate_schema")) {
            command->fill.recreates = is_true;
        } else if (ingests && spoor_str_is(name, "ignoreFirstRecord")) {
            options->skips_header = is_true;
        } else if (!(ingests && spoor_str_is(name, "format") && spoor_str_is(value, "csv")) &&
                   !(!ingests && is_listed(name, ignored))) {
            spoor_fail(r->diags, at, "the property '%.*s' is not supported%s", (int)name.len,
                       name.ptr,
                       ingests && spoor_str_is(name, "format") ? ": rows are read as csv" : "");
            return false;
        }
        spoor_reader_skip(r, ",");
    }
    return true;
}

/* The columns of a stored table, from its text. */
static bool read_schema(spoor_command_reader *r, spoor_str text, spoor_command *command) {
    spoor_schema *schema = &command->fill.schema;
    spoor_diags ignored = {.arena = r->arena};
    const spoor_ast *node = spoor_parse(r->arena, text, (spoor_parse_options){0}, &ignored);
    while (node != NULL && node->kind != SPOOR_AST_DATATABLE) {
        node = node->first;
    }
    const spoor_ast *columns = node != NULL ? spoor_ast_clause(node, "schema") : NULL;
    if (columns == NULL || columns->last == NULL) {
        return spoor_reader_refuse(r, "the table's text cannot be read");
    }
    schema->columns = SPOOR_NEW_ARRAY(r->arena, spoor_column, columns->nchildren + 1);
    for (const spoor_ast *c = columns->first; c != NULL; c = c->next) {
        schema->columns[schema->ncols++] =
            (spoor_column){.name = c->text, .type = (spoor_type)c->type};
    }
    command->fill.head = (spoor_str){text.ptr, columns->last->span.end};
    command->fill.has_schema = true;
    return true;
}

/* Is the table there as the verb wants it? */
static bool find_table(spoor_command_reader *r, spoor_str verb, spoor_catalog *catalog,
                       spoor_command *command) {
    const spoor_stored_function *old = catalog->function(catalog, command->name);
    bool is_table = old != NULL && !old->is_builtin && spoor_is_table_text(old->is_view, old->text);
    bool is_new = spoor_str_is(verb, "set"),
         adds = spoor_str_is(verb, "append") || spoor_str_is(verb, "ingest");
    int len = (int)command->name.len;
    if ((is_new && old != NULL) || (old != NULL && !is_table)) {
        return spoor_fail(r->diags, r->whole, "there is a table or function '%.*s' already", len,
                          command->name.ptr);
    }
    if (adds && !is_table) {
        spoor_fail(r->diags, r->whole, "no table of the store's own is named '%.*s'", len,
                   command->name.ptr);
        return spoor_hint(r->diags, ".create table %.*s (column:type, ...) makes one", len,
                          command->name.ptr);
    }
    bool replaces = spoor_str_is(verb, "set-or-replace");
    if (is_table && !(command->fill.recreates && replaces) && !read_schema(r, old->text, command)) {
        return false;
    }
    command->fill.how = is_new     ? SPOOR_KEEP_NEW
                        : adds     ? SPOOR_KEEP_ADD
                        : replaces ? SPOOR_KEEP_REPLACE
                                   : SPOOR_KEEP_MAY_ADD;
    if (is_table) {
        command->folder = command->folder.len > 0 ? command->folder : old->folder;
        command->docstring = command->docstring.len > 0 ? command->docstring : old->docstring;
    }
    return true;
}

/* The statements behind `<|`, at their place in the text. */
static spoor_ast *read_query(spoor_command_reader *r, spoor_catalog *catalog,
                             const spoor_engine *engine, size_t from) {
    const spoor_source *source = &r->diags->sources[r->whole.source];
    char *text = SPOOR_NEW_ARRAY(r->arena, char, (size_t)r->whole.end + 1);
    memset(text, ' ', from);
    memcpy(text + from, source->text.ptr + from, r->whole.end - from);
    spoor_parse_options options = {.source = r->whole.source};
    spoor_ast *query = spoor_parse(r->arena, (spoor_str){text, r->whole.end}, options, r->diags);
    spoor_command nested;
    if (query == NULL ||
        !spoor_command_prepare(r->arena, query, catalog, engine, &nested, r->diags)) {
        return NULL;
    }
    if (nested.kind != SPOOR_COMMAND_NONE) {
        spoor_fail(r->diags, r->whole, "a command that changes the store gives no rows");
        return NULL;
    }
    return query;
}

/* -- .ingest inline: rows of text, which the conversions of KQL read --------------------------- */

static spoor_ast *conversion(spoor_command_reader *r, const spoor_column *column) {
    /* ORDER spoor_type */
    static const char *const functions[SPOOR_NTYPES] = {
        "tobool",     "toint",      "tolong", "toreal", "todecimal",
        "todatetime", "totimespan", "toguid", NULL,     "parse_json",
    };
    spoor_ast *named = spoor_command_node(r->arena, SPOOR_AST_NAMED, column->name, r->whole);
    spoor_ast *name = spoor_command_node(r->arena, SPOOR_AST_NAME, column->name, r->whole);
    if (functions[column->type] == NULL) {
        spoor_command_adopt(named, name);
        return named;
    }
    spoor_ast *call = spoor_command_node(r->arena, SPOOR_AST_CALL,
                                         spoor_str_from(functions[column->type]), r->whole);
    spoor_command_adopt(call, name);
    spoor_command_adopt(named, call);
    return named;
}

/* One row's cells into the table; lines that are blank are none. */
static bool read_row(spoor_command_reader *r, spoor_csv *csv, uint32_t ncols, size_t row,
                     spoor_ast *table) {
    while (csv->at < csv->end &&
           (*csv->at == ' ' || *csv->at == '\t' || *csv->at == '\r' || *csv->at == '\n')) {
        csv->at++; /* rows may be indented, as the documentation's are */
    }
    if (csv->at == csv->end) {
        return true;
    }
    uint32_t n = 0;
    do {
        spoor_csv_next(csv);
        if (csv->is_open) {
            return spoor_fail(r->diags, r->whole, "row %zu has a quote that is not closed", row);
        }
        if (table != NULL && n < ncols) {
            spoor_command_cell(r->arena, table, SPOOR_AST_STRING,
                               spoor_arena_str(r->arena, (spoor_str){csv->cell, csv->len}));
        }
        n++;
    } while (!csv->is_last);
    return n == ncols ||
           spoor_fail(r->diags, r->whole, "row %zu has %u cells, and the table %u columns", row, n,
                      ncols);
}

/* The rows as `datatable(all strings)[...] | project column = tolong(column), ...` */
static spoor_ast *read_rows(spoor_command_reader *r, const spoor_schema *schema, bool skips_header,
                            size_t from) {
    const char *text = r->diags->sources[r->whole.source].text.ptr;
    spoor_csv csv = {.at = text + from, .end = text + r->whole.end};
    csv.cell = SPOOR_NEW_ARRAY(r->arena, char, (size_t)r->whole.end + 1);
    spoor_ast *table = spoor_command_table(r->arena, "", r->whole);
    spoor_ast *project = spoor_command_node(r->arena, SPOOR_AST_PROJECT, SPOOR_STR(""), r->whole);
    for (uint32_t i = 0; i < schema->ncols; i++) {
        spoor_ast *column =
            spoor_command_node(r->arena, SPOOR_AST_COLUMN_DECL, schema->columns[i].name, r->whole);
        column->type = SPOOR_AST_STRING;
        spoor_command_adopt(table->first, column);
        spoor_command_adopt(project, conversion(r, &schema->columns[i]));
    }
    for (size_t row = 1; csv.at < csv.end; row++) {
        if (!read_row(r, &csv, schema->ncols, row, row == 1 && skips_header ? NULL : table)) {
            return NULL;
        }
    }
    spoor_ast *query = spoor_command_node(r->arena, SPOOR_AST_QUERY, SPOOR_STR(""), r->whole);
    spoor_ast *pipeline = spoor_command_node(r->arena, SPOOR_AST_PIPELINE, SPOOR_STR(""), r->whole);
    spoor_command_adopt(pipeline, table);
    spoor_command_adopt(pipeline, project);
    spoor_command_adopt(query, pipeline);
    return query;
}

/* -- entry ------------------------------------------------------------------------------------- */

spoor_ast *spoor_command_read_fill(spoor_command_reader *r, spoor_str verb, spoor_catalog *catalog,
                                   const spoor_engine *engine, spoor_command *command) {
    bool ingests = spoor_str_is(verb, "ingest");
    fill_options options = {false};
    command->kind = SPOOR_COMMAND_FILL_TABLE;
    if (spoor_reader_next_is(r, "async")) {
        spoor_reader_refuse(r,
                            "'async' is not supported: a command ends before the next one begins");
        return NULL;
    }
    if (ingests && !(spoor_reader_skip(r, "inline") && spoor_reader_skip(r, "into") &&
                     spoor_reader_skip(r, "table"))) {
        spoor_reader_refuse(r, "expected .ingest inline into table NAME <| rows");
        spoor_hint(r->diags,
                   "spoor ingest PATH reads logs, spoor table import NAME FILE.csv a table");
        return NULL;
    }
    command->name = spoor_reader_take_word(r);
    if (spoor_reader_skip(r, "with") && !read_with(r, ingests, command, &options)) {
        return NULL;
    }
    if (command->name.len == 0 || !spoor_reader_next_is(r, "<|")) {
        spoor_reader_refuse(r, ingests ? "expected .ingest inline into table NAME <| rows"
                                       : "expected the table's name, then <| and a query");
        return NULL;
    }
    size_t from = r->token.span.end;
    if (!find_table(r, verb, catalog, command)) {
        return NULL;
    }
    return ingests ? read_rows(r, &command->fill.schema, options.skips_header, from)
                   : read_query(r, catalog, engine, from);
}

/* -- once it is bound -------------------------------------------------------------------------- */

static uint32_t visible_columns(const spoor_schema *schema) {
    uint32_t n = 0;
    while (n < schema->ncols && !schema->columns[n].hidden) {
        n++;
    }
    return n;
}

bool spoor_command_check_fill(spoor_query *query) {
    const spoor_command *command = &query->command;
    spoor_span whole = {.end = (uint32_t)query->text.len};
    if (query->plan->nresults != 1) {
        return spoor_fail(&query->diags, whole, "a table is filled with one result");
    }
    const spoor_schema *rows = &query->plan->results[0].plan->schema,
                       *table = &command->fill.schema;
    uint32_t ncols = visible_columns(rows);
    if (command->fill.has_schema && ncols != table->ncols) {
        return spoor_fail(&query->diags, whole, "the query has %u columns, and the table %u", ncols,
                          table->ncols);
    }
    for (uint32_t i = 0; i < ncols; i++) {
        spoor_str name = rows->columns[i].name;
        if (command->fill.has_schema && rows->columns[i].type != table->columns[i].type) {
            return spoor_fail(&query->diags, whole,
                              "column %u is %s in the query ('%.*s'), and %s in the table ('%.*s')",
                              i + 1, spoor_type_name(rows->columns[i].type), (int)name.len,
                              name.ptr, spoor_type_name(table->columns[i].type),
                              (int)table->columns[i].name.len, table->columns[i].name.ptr);
        }
        if (!command->fill.has_schema && memchr(name.ptr, '$', name.len) != NULL) {
            return spoor_fail(
                &query->diags, whole,
                "a table cannot have a column '%.*s': project-rename gives it another name",
                (int)name.len, name.ptr);
        }
    }
    return true;
}

/* -- running ----------------------------------------------------------------------------------- */

typedef struct filling {
    spoor_query *query;
    spoor_table_text text;
    spoor_arena scratch;
    const spoor_schema *schema;
    int64_t rows;
} filling;

/* Called behind a door of the query's arena. */
static bool put_rows(void *context, const spoor_batch *batch) {
    filling *f = context;
    f->scratch.on_oom = f->query->arena.on_oom;
    spoor_arena_rewind(&f->scratch);
    uint32_t ncols = visible_columns(f->schema);
    spoor_vec *cols = SPOOR_NEW_ARRAY(&f->scratch, spoor_vec, (size_t)ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = spoor_vec_gather(&f->scratch, &batch->cols[c], batch->sel, batch->count);
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        for (uint32_t c = 0; c < ncols; c++) {
            spoor_value value = spoor_vec_get(&cols[c], i);
            spoor_table_put_value(&f->text, &value, &f->scratch);
        }
        spoor_table_put_z(&f->text, "\n");
    }
    f->rows += batch->count;
    return !f->text.failed;
}

/* Where the columns end. */
static size_t begin_text(filling *f, const spoor_command *command) {
    spoor_str head = command->fill.head;
    if (head.len == 0) {
        spoor_table_put_head(&f->text,
                             command->fill.has_schema ? &command->fill.schema : f->schema);
        return f->text.failed ? 0 : f->text.len - strlen(")[\n");
    }
    spoor_table_put(&f->text, head.ptr, head.len);
    spoor_table_put_z(&f->text, ")[\n");
    return head.len;
}

/* What the command shows in place of its query. */
static void show_answer(spoor_query *query, int64_t rows) {
    spoor_plan_query *answer = SPOOR_NEW(&query->arena, spoor_plan_query);
    spoor_plan *plan = SPOOR_NEW(&query->arena, spoor_plan);
    spoor_value *cells = SPOOR_NEW_ARRAY(&query->arena, spoor_value, 2);
    spoor_column *columns = SPOOR_NEW_ARRAY(&query->arena, spoor_column, 2);
    cells[0] = (spoor_value){.type = SPOOR_STRING, .string = query->command.name};
    cells[1] = (spoor_value){.type = SPOOR_LONG, .integer = rows};
    columns[0] = (spoor_column){.name = SPOOR_STR("TableName"), .type = SPOOR_STRING};
    columns[1] = (spoor_column){.name = SPOOR_STR("RowCount"), .type = SPOOR_LONG};
    *plan = (spoor_plan){.kind = SPOOR_PLAN_VALUES, .depth = 1, .schema = {2, columns}};
    plan->values.nrows = 1;
    plan->values.cells = cells;
    answer->results = SPOOR_NEW(&query->arena, spoor_plan_result);
    answer->results[0].plan = plan;
    answer->nresults = 1;
    query->plan = answer;
}

static spoor_status fill(filling *f) {
    spoor_query *query = f->query;
    spoor_engine *engine = query->engine;
    const spoor_command *command = &query->command;
    spoor_learning learning = spoor_learning_new(query);
    spoor_keeping keeping = {.name = command->name,
                             .folder =
                                 command->folder.len > 0 ? command->folder : SPOOR_STR("tables"),
                             .docstring = command->docstring,
                             .is_view = true,
                             .how = command->fill.how,
                             .head = begin_text(f, command)};
    keeping.rows = f->text.len;
    bool ok =
        learning.rows.read(&learning.rows, query->plan, query->plan->results[0].plan, put_rows, f);
    spoor_table_put_z(&f->text, "]");
    if (f->text.failed) {
        return spoor_engine_fail(engine, SPOOR_ERR_LIMIT,
                                 "a table of the user's own holds at most %zu bytes",
                                 (size_t)SPOOR_MAX_QUERY_BYTES);
    }
    if (!ok) {
        return learning.status;
    }
    keeping.text = (spoor_str){f->text.ptr, f->text.len};
    spoor_status status = spoor_engine_keep(engine, &keeping);
    if (status == SPOOR_OK) {
        show_answer(query, f->rows);
    }
    return status;
}

spoor_status spoor_command_run_fill(spoor_query *query) {
    filling f = {.query = query, .schema = &query->plan->results[0].plan->schema};
    f.scratch.memory = &query->engine->memory;
    jmp_buf door;
    query->arena.on_oom = &door;
    spoor_status status = setjmp(door) == 0
                              ? fill(&f)
                              : spoor_engine_fail(query->engine, SPOOR_ERR_MEMORY, "out of memory");
    spoor_arena_reset(&f.scratch);
    free(f.text.ptr);
    return status;
}
