/* command.c - reads a command's words and makes its rows; see command.h. */
#include "engine/command.h"

#include "engine/command_fill.h"
#include "engine/command_reader.h"
#include "engine/command_rows.h"
#include "engine/command_schema.h"
#include "engine/keep.h"
#include "engine/past.h"
#include "engine/query.h"
#include "engine/table_text.h"
#include "functions/function.h"
#include "parser/parse.h"

typedef spoor_command_reader reader;

/* -- rows -------------------------------------------------------------------------------------- */

static spoor_ast *new_node(reader *r, spoor_ast_kind kind, spoor_str text) {
    return spoor_command_node(r->arena, kind, text, r->whole);
}

static spoor_ast *new_table(reader *r, const char *columns) {
    return spoor_command_table(r->arena, columns, r->whole);
}

static void add_cell(reader *r, spoor_ast *table, spoor_str text) {
    spoor_command_cell(r->arena, table, SPOOR_AST_STRING, text);
}

/* .create table, .set, spoor table import: not a function, though it is kept as one. */
static bool is_own_table(const spoor_stored_function *f) {
    return f != NULL && !f->is_builtin && spoor_is_table_text(f->is_view, f->text);
}

static const char function_columns[] = "Name:s Parameters:s Body:s Folder:s DocString:s";

/* `(a:int) { b }` in two; a bare body has no parameters. */
static void split_function(spoor_str text, spoor_str *parameters, spoor_str *body) {
    *parameters = SPOOR_STR("()");
    *body = text;
    size_t depth = 0;
    char quote = 0;
    size_t from = 0;
    while (from < text.len && spoor_is_blank(text.ptr[from])) {
        from++;
    }
    if (from == text.len || text.ptr[from] != '(') {
        return;
    }
    for (size_t i = from; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            spoor_str rest = spoor_str_trim((spoor_str){text.ptr + i + 1, text.len - i - 1});
            if (rest.len > 0 && rest.ptr[0] == '{') {
                *parameters = (spoor_str){text.ptr + from, i + 1 - from};
                *body = rest;
            }
            return;
        }
    }
}

static void add_function_row(reader *r, spoor_ast *table, spoor_str name, spoor_str text,
                             spoor_str folder, spoor_str docstring) {
    spoor_str parameters, body;
    split_function(text, &parameters, &body);
    add_cell(r, table, name);
    add_cell(r, table, parameters);
    add_cell(r, table, body);
    add_cell(r, table, folder);
    add_cell(r, table, docstring);
}

static spoor_ast *function_rows(reader *r, spoor_catalog *catalog, spoor_str only) {
    spoor_ast *table = new_table(r, function_columns);
    const spoor_stored_function *f;
    for (size_t i = 0; (f = catalog->function_at(catalog, i)) != NULL; i++) {
        bool wanted =
            only.len == 0 ? !f->is_builtin && !is_own_table(f) : spoor_str_eq(only, f->name);
        if (wanted) {
            add_function_row(r, table, f->name, f->text, f->folder, f->docstring);
        }
    }
    if (only.len > 0 && table->nchildren == 1) {
        spoor_fail(r->diags, r->whole, "no function named '%.*s'", (int)only.len, only.ptr);
        return NULL;
    }
    return table;
}

static spoor_ast *table_rows(reader *r, spoor_catalog *catalog) {
    spoor_ast *table = new_table(r, "TableName:s DatabaseName:s Folder:s DocString:s");
    const spoor_stored_function *f;
    for (size_t i = 0; (f = catalog->function_at(catalog, i)) != NULL; i++) {
        if (f->is_view) {
            add_cell(r, table, f->name);
            add_cell(r, table, SPOOR_STR("spoor"));
            add_cell(r, table, f->folder);
            add_cell(r, table, f->docstring);
        }
    }
    return table;
}

static spoor_ast *version_rows(reader *r) {
    spoor_ast *table = new_table(r, "BuildVersion:s ServiceType:s ProductVersion:s");
    add_cell(r, table, SPOOR_STR(SPOOR_VERSION));
    add_cell(r, table, SPOOR_STR("spoor"));
    add_cell(r, table, SPOOR_STR("spoor " SPOOR_VERSION));
    return table;
}

static spoor_ast *database_rows(reader *r) {
    spoor_ast *table = new_table(r, "DatabaseName:s PersistentStorage:s IsCurrent:s");
    add_cell(r, table, SPOOR_STR("spoor"));
    add_cell(r, table, SPOOR_STR("a local file"));
    add_cell(r, table, SPOOR_STR("true"));
    return table;
}

static spoor_ast *cluster_rows(reader *r) {
    spoor_ast *table = new_table(r, "NodeId:s Address:s Name:s ProductVersion:s");
    add_cell(r, table, SPOOR_STR("spoor"));
    add_cell(r, table, SPOOR_STR("local"));
    add_cell(r, table, SPOOR_STR("spoor"));
    add_cell(r, table, SPOOR_STR("spoor " SPOOR_VERSION));
    return table;
}

/* table NAME schema|cslschema [as json], database [NAME] schema [as json] */
static spoor_ast *read_schema(reader *r, spoor_catalog *catalog, bool of_table) {
    spoor_str name = {0};
    if (of_table || !spoor_reader_next_is(r, "schema")) {
        name = spoor_reader_take_word(r);
    }
    bool has_schema =
        spoor_reader_skip(r, "schema") || (of_table && spoor_reader_skip(r, "cslschema"));
    bool as_json = spoor_reader_skip(r, "as") && spoor_reader_skip(r, "json");
    if (!has_schema || r->token.kind != 0) {
        spoor_reader_refuse(r, of_table ? "expected .show table NAME schema, or schema as json"
                                        : "expected .show database schema, or schema as json");
        return NULL;
    }
    return of_table ? spoor_command_table_schema(r->arena, name, as_json, r->whole, r->diags)
                    : spoor_command_database_schema(r->arena, catalog, as_json, r->diags);
}

static spoor_ast *read_show(reader *r, spoor_catalog *catalog, const spoor_engine *engine,
                            spoor_command *command) {
    spoor_str what = spoor_reader_take_word(r);
    if (spoor_str_is(what, "functions")) {
        return function_rows(r, catalog, (spoor_str){0});
    }
    if (spoor_str_is(what, "function") && r->token.kind != 0) {
        return function_rows(r, catalog, spoor_reader_take_word(r));
    }
    if (spoor_str_is(what, "tables")) {
        return table_rows(r, catalog);
    }
    if (spoor_str_is(what, "version")) {
        return version_rows(r);
    }
    if (spoor_str_is(what, "databases")) {
        return database_rows(r);
    }
    if (spoor_str_is(what, "cluster")) {
        return cluster_rows(r);
    }
    if (spoor_str_is(what, "queries")) {
        command->is_of_run = true;
        return spoor_past_rows(r->arena, engine->past, r->whole);
    }
    if (spoor_str_is(what, "database") || spoor_str_is(what, "table")) {
        return read_schema(r, catalog, spoor_str_is(what, "table"));
    }
    spoor_ast *rows = spoor_command_store_rows(r->arena, what, engine->store, r->whole, r->diags);
    if (rows != NULL || r->diags->nerrors > 0) {
        return rows;
    }
    spoor_fail(r->diags, r->whole, "'.show %.*s' is not supported", (int)what.len, what.ptr);
    spoor_hint(
        r->diags,
        "supported: .show functions, function NAME, tables, table NAME schema, database schema, "
        "databases, cluster, version, queries, store, sources, logs, hosts");
    return NULL;
}

/* -- functions --------------------------------------------------------------------------------- */

/* with (docstring="...", folder="...", view=true, skipvalidation=true) */
static bool read_with(reader *r, spoor_command *command) {
    if (!spoor_reader_skip(r, "(")) {
        return spoor_reader_refuse(r, "expected '(' behind 'with'");
    }
    while (!spoor_reader_skip(r, ")")) {
        spoor_str name = spoor_reader_take_word(r), value = {0};
        if (name.len == 0 || !spoor_reader_skip(r, "=")) {
            return spoor_reader_refuse(r, "expected name = value");
        }
        bool is_text =
            r->token.text.len > 0 && (r->token.text.ptr[0] == '"' || r->token.text.ptr[0] == '\'' ||
                                      r->token.text.ptr[0] == '@');
        if (is_text) {
            if (!spoor_reader_take_string(r, &value)) {
                return false;
            }
        } else {
            value = spoor_reader_take_word(r);
        }
        if (spoor_str_is(name, "docstring")) {
            command->docstring = value;
        } else if (spoor_str_is(name, "folder")) {
            command->folder = value;
        } else if (spoor_str_is(name, "view")) {
            command->is_view = spoor_str_is(value, "true");
        } else if (!spoor_str_is(name, "skipvalidation")) {
            return spoor_reader_refuse(
                r, "the properties of a function are docstring, folder, view and skipvalidation");
        }
        spoor_reader_skip(r, ",");
    }
    return true;
}

/* The definition must parse: `let NAME = (params) { body };`, messages at their place in the command. */
static bool check_definition(reader *r, const spoor_command *command) {
    const spoor_source *source = &r->diags->sources[r->whole.source];
    size_t before = (size_t)(command->text.ptr - source->text.ptr);
    size_t len = source->text.len;
    char *text = SPOOR_NEW_ARRAY(r->arena, char, len + 16);
    memset(text, ' ', before); /* the definition keeps its offsets; a short let fits before it */
    memcpy(text + before, command->text.ptr, command->text.len);
    static const char let[] = "let f=";
    if (before < sizeof let - 1) {
        return spoor_reader_refuse(r, "expected a function's name and its definition");
    }
    memcpy(text, let, sizeof let - 1);
    size_t end = before + command->text.len;
    text[end++] = ';';
    spoor_parse_options options = {.source = r->whole.source};
    return spoor_parse(r->arena, (spoor_str){text, end}, options, r->diags) != NULL;
}

static bool read_save(reader *r, spoor_str verb, spoor_command *command) {
    command->kind = SPOOR_COMMAND_SAVE_FUNCTION;
    command->must_be_new = spoor_str_is(verb, "create");
    command->must_exist = spoor_str_is(verb, "alter");
    command->if_not_exists = spoor_reader_skip(r, "ifnotexists");
    if (spoor_reader_skip(r, "with") && !read_with(r, command)) {
        return false;
    }
    command->name = spoor_reader_take_word(r);
    if (command->name.len == 0 || !spoor_reader_next_is(r, "(")) {
        return spoor_reader_refuse(r,
                                   "expected a function's name and its parameters in parentheses");
    }
    const char *end = r->diags->sources[r->whole.source].text.ptr + r->whole.end;
    command->text = (spoor_str){r->token.text.ptr, (size_t)(end - r->token.text.ptr)};
    return check_definition(r, command);
}

static spoor_ast *read_function(reader *r, spoor_str verb, spoor_catalog *catalog,
                                spoor_command *command) {
    if (spoor_str_is(verb, "drop")) {
        command->kind = SPOOR_COMMAND_DROP_FUNCTION;
        command->name = spoor_reader_take_word(r);
        command->if_exists = spoor_reader_skip(r, "ifexists");
    } else if (!read_save(r, verb, command)) {
        return NULL;
    }
    if (command->name.len == 0 ||
        (command->kind == SPOOR_COMMAND_DROP_FUNCTION && r->token.kind != 0)) {
        spoor_reader_refuse(r, "expected the name of one function");
        return NULL;
    }
    const spoor_stored_function *old = catalog->function(catalog, command->name);
    bool saved = old != NULL && !old->is_builtin;
    int len = (int)command->name.len;
    if (command->kind == SPOOR_COMMAND_SAVE_FUNCTION &&
        spoor_function_named(command->name) != NULL) {
        spoor_fail(r->diags, r->whole, "'%.*s' is a function of the language", len,
                   command->name.ptr);
        return NULL;
    }
    if (is_own_table(old)) {
        spoor_fail(r->diags, r->whole, "'%.*s' is a table, not a function", len, command->name.ptr);
        spoor_hint(r->diags, ".drop table %.*s drops it", len, command->name.ptr);
        return NULL;
    }
    if (command->must_be_new && saved && !command->if_not_exists) {
        spoor_fail(r->diags, r->whole, "there is a function '%.*s' already", len,
                   command->name.ptr);
        spoor_hint(r->diags, ".create-or-alter function replaces it");
        return NULL;
    }
    bool needed = command->must_exist ||
                  (command->kind == SPOOR_COMMAND_DROP_FUNCTION && !command->if_exists);
    if (needed && !saved) {
        spoor_fail(r->diags, r->whole, "no saved function named '%.*s'", len, command->name.ptr);
        return NULL;
    }
    if (command->if_not_exists && saved) {
        command->kind = SPOOR_COMMAND_NONE;
    }
    spoor_ast *table = new_table(r, function_columns);
    if (command->kind == SPOOR_COMMAND_SAVE_FUNCTION) {
        add_function_row(r, table, command->name, command->text, command->folder,
                         command->docstring);
    }
    return table;
}

/* -- tables ------------------------------------------------------------------------------------ */

/* create table NAME (a:string, ...), drop table NAME [ifexists]: a table is a saved view, a datatable. */
static spoor_ast *read_table(reader *r, spoor_str verb, spoor_catalog *catalog,
                             spoor_command *command) {
    command->name = spoor_reader_take_word(r);
    const char *columns = r->token.text.ptr;
    bool drops = spoor_str_is(verb, "drop");
    command->if_exists = drops && spoor_reader_skip(r, "ifexists");
    bool follows = drops ? r->token.kind == 0 : spoor_reader_next_is(r, "(");
    if (command->name.len == 0 || !follows || spoor_str_is(verb, "alter")) {
        spoor_reader_refuse(r,
                            "expected .create table NAME (column:type, ...) or .drop table NAME");
        return NULL;
    }
    const spoor_stored_function *old = catalog->function(catalog, command->name);
    bool is_there = is_own_table(old);
    if (drops ? !is_there && !command->if_exists : old != NULL) {
        spoor_fail(r->diags, r->whole,
                   drops ? "no table of the store's own is named '%.*s'"
                         : "there is a table or function '%.*s' already",
                   (int)command->name.len, command->name.ptr);
        return NULL;
    }
    spoor_ast *table = new_table(r, "TableName:s DatabaseName:s Folder:s DocString:s");
    command->kind = drops ? SPOOR_COMMAND_DROP_FUNCTION : SPOOR_COMMAND_SAVE_FUNCTION;
    command->is_view = command->must_be_new = true;
    command->folder = SPOOR_STR("tables");
    if (!drops) {
        const char *end = r->diags->sources[r->whole.source].text.ptr + r->whole.end;
        command->text =
            spoor_arena_str(r->arena, spoor_arena_format(r->arena, "datatable%.*s[]",
                                                         (int)(end - columns), columns));
        spoor_diags trial = {.arena = r->arena};
        if (spoor_parse(r->arena, command->text, (spoor_parse_options){0}, &trial) == NULL) {
            spoor_reader_refuse(r, "expected the columns of the table: (name:type, ...)");
            return NULL;
        }
        add_cell(r, table, command->name);
        add_cell(r, table, SPOOR_STR("spoor"));
        add_cell(r, table, SPOOR_STR(""));
        add_cell(r, table, SPOOR_STR(""));
    }
    return table;
}

/* A process runs one query at a time, and a command runs when none does. */
static void refuse_cancel(reader *r) {
    spoor_str id;
    if (spoor_reader_take_string(r, &id)) {
        spoor_fail(r->diags, r->whole, "no query '%.*s' is running", (int)id.len, id.ptr);
        spoor_hint(
            r->diags,
            "a process runs one query at a time: .show queries has those that ended, and Ctrl-C "
            "stops the one that runs");
    }
}

/* -- entry ------------------------------------------------------------------------------------- */

static spoor_ast *read_command(reader *r, spoor_catalog *catalog, const spoor_engine *engine,
                               spoor_command *command) {
    spoor_store *store = engine->store;
    spoor_reader_skip(r, ".");
    spoor_str verb = spoor_reader_take_word(r);
    if (spoor_str_is(verb, "show")) {
        return read_show(r, catalog, engine, command);
    }
    bool changes = spoor_str_is(verb, "create-or-alter") || spoor_str_is(verb, "create") ||
                   spoor_str_is(verb, "alter") || spoor_str_is(verb, "drop");
    if (changes && spoor_reader_skip(r, "function")) {
        if (store == NULL) {
            spoor_fail(r->diags, r->whole, "no store is open to keep the function in");
            return NULL;
        }
        return read_function(r, verb, catalog, command);
    }
    if (changes && spoor_reader_skip(r, "table") && store != NULL) {
        return read_table(r, verb, catalog, command);
    }
    if (spoor_command_fills(verb) && store != NULL) {
        return spoor_command_read_fill(r, verb, catalog, engine, command);
    }
    if (spoor_str_is(verb, "cancel") && spoor_reader_skip(r, "query")) {
        refuse_cancel(r);
        return NULL;
    }
    spoor_fail(r->diags, r->whole, "the command '.%.*s' is not supported", (int)verb.len, verb.ptr);
    return NULL;
}

bool spoor_command_prepare(spoor_arena *arena, spoor_ast *query, spoor_catalog *catalog,
                           const spoor_engine *engine, spoor_command *command, spoor_diags *diags) {
    *command = (spoor_command){0};
    spoor_ast *statement = query->first;
    if (statement == NULL || statement->kind != SPOOR_AST_COMMAND) {
        return true;
    }
    const spoor_source *source = &diags->sources[statement->at.source];
    reader r = {.arena = arena, .diags = diags, .whole = statement->at};
    r.whole.end = r.whole.start + (uint32_t)statement->text.len;
    r.lexer = spoor_lexer_begin(source->text, statement->at.source);
    r.lexer.cursor = source->text.ptr + r.whole.start;
    spoor_reader_advance(&r);
    spoor_ast *rows = read_command(&r, catalog, engine, command);
    if (rows == NULL) {
        return false;
    }
    if (command->kind == SPOOR_COMMAND_FILL_TABLE) { /* the rows are a query's */
        query->first = rows->first;
        query->last = rows->last;
        query->nchildren = rows->nchildren;
        return true;
    }
    spoor_ast *pipeline = new_node(&r, SPOOR_AST_PIPELINE, SPOOR_STR(""));
    rows->next = NULL;
    spoor_command_adopt(pipeline, rows);
    for (spoor_ast *stage = statement->first, *next; stage != NULL; stage = next) {
        next = stage->next;
        stage->next = NULL;
        spoor_command_adopt(pipeline, stage);
    }
    pipeline->next = statement->next;
    query->first = pipeline;
    query->last = query->last == statement ? pipeline : query->last;
    return true;
}

spoor_status spoor_command_run(spoor_query *query) {
    spoor_engine *engine = query->engine;
    const spoor_command *command = &query->command;
    if (command->kind == SPOOR_COMMAND_FILL_TABLE) {
        return spoor_command_run_fill(query);
    }
    if (command->kind == SPOOR_COMMAND_SAVE_FUNCTION) {
        spoor_keeping keeping = {command->name,
                                 command->text,
                                 command->folder,
                                 command->docstring,
                                 command->is_view,
                                 SPOOR_KEEP_REPLACE,
                                 0,
                                 0};
        keeping.how = command->must_be_new ? SPOOR_KEEP_NEW : SPOOR_KEEP_REPLACE;
        return spoor_engine_keep(engine, &keeping);
    }
    return command->kind == SPOOR_COMMAND_DROP_FUNCTION ? spoor_engine_drop(engine, command->name)
                                                        : SPOOR_OK;
}
