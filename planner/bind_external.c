/* bind_external.c - externaldata: the rows of files below the one folder that the user allowed.
 *
 * The catalog reads the bytes and keeps to the folder; here they become constant rows.  Nothing
 * is fetched from anywhere else.  Under --empty-tables what cannot be read has its columns and no
 * rows, so that the rest of the query is checked. */
#include "functions/convert.h"
#include "planner/bind.h"
#include "types/dynamic.h"

enum { FILE_MAX = 64 << 20 };

typedef enum format { DELIMITED, LINES, WHOLE, JSON_LINES, JSON_WHOLE, NO_FORMAT } format;

typedef struct external {
    spoor_binder *b;
    const spoor_ast *node;
    const spoor_schema *schema;
    format format;
    char delimiter;
    bool skips_first;
    bool has_format;
    bool is_open; /* the field read last: its quote is not closed */
    spoor_value *cells;
    uint32_t nrows, capacity; /* rows */
} external;

/* -- formats ----------------------------------------------------------------------------------- */

static format format_named(spoor_str name, char *delimiter) {
    static const struct {
        const char *name;
        format format;
        char delimiter;
    } formats[] = {
        {"csv", DELIMITED, ','},
        {"tsv", DELIMITED, '\t'},
        {"tsve", NO_FORMAT, 0},
        {"psv", DELIMITED, '|'},
        {"scsv", DELIMITED, ';'},
        {"sohsv", DELIMITED, '\x01'},
        {"txt", LINES, 0},
        {"raw", WHOLE, 0},
        {"json", JSON_LINES, 0},
        {"jsonl", JSON_LINES, 0},
        {"singlejson", JSON_WHOLE, 0},
        {"multijson", JSON_WHOLE, 0},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (spoor_str_is(name, formats[i].name)) {
            *delimiter = formats[i].delimiter;
            return formats[i].format;
        }
    }
    return NO_FORMAT;
}

/* By the ending of the file's name; csv where that says nothing. */
static void guess_format(external *x, spoor_str path) {
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.' && path.ptr[dot - 1] != '/') {
        dot--;
    }
    spoor_str ending = {path.ptr + dot, path.len - dot};
    x->format = format_named(ending, &x->delimiter);
    if (x->format == NO_FORMAT) {
        x->format = DELIMITED;
        x->delimiter = ',';
    }
}

/* -- rows -------------------------------------------------------------------------------------- */

/* The cells of one more row, all null ('' of a string); NULL: too many, reported. */
static spoor_value *add_row(external *x) {
    uint32_t ncols = x->schema->ncols;
    if ((uint64_t)(x->nrows + 1) * ncols > SPOOR_BIND_ROWS_MAX) {
        spoor_fail(x->b->diags, x->node->at, "a file of more than %d values; ingest reads those",
                   SPOOR_BIND_ROWS_MAX);
        return NULL;
    }
    if (x->nrows == x->capacity) {
        uint32_t capacity = x->capacity == 0 ? 64 : x->capacity * 2;
        spoor_value *grown =
            SPOOR_NEW_ARRAY(x->b->arena, spoor_value, (size_t)capacity * ncols + 1);
        if (x->nrows > 0) {
            memcpy(grown, x->cells, (size_t)x->nrows * ncols * sizeof *grown);
        }
        x->cells = grown;
        x->capacity = capacity;
    }
    spoor_value *row = x->cells + (size_t)x->nrows++ * ncols;
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_type type = x->schema->columns[c].type;
        row[c] = (spoor_value){.type = type, .is_null = type != SPOOR_STRING};
    }
    return row;
}

static void set_text(external *x, spoor_value *cell, spoor_str text) {
    if (cell->type == SPOOR_DYNAMIC) {
        spoor_value whole = {.type = SPOOR_STRING, .string = text};
        if (!spoor_dynamic_parse_json(x->b->arena, text, &cell->string)) {
            cell->string = spoor_dynamic_from_value(x->b->arena, &whole);
        }
        cell->is_null = cell->string.len == 0;
        return;
    }
    spoor_value value = {.type = SPOOR_STRING, .string = text};
    *cell = spoor_convert(x->b->arena, &value, cell->type);
}

static void set_dynamic(external *x, spoor_value *cell, spoor_str element) {
    if (cell->type == SPOOR_DYNAMIC) {
        cell->string = element;
        cell->is_null = element.len == 0;
    } else {
        set_text(x, cell, spoor_dynamic_to_text(x->b->arena, element));
    }
}

/* One field from *at on, which moves behind it; *ends: it is the record's last. */
static spoor_str take_field(external *x, spoor_str text, size_t *at, bool *ends) {
    char *out = NULL;
    size_t len = 0, start = *at;
    bool is_quoted = *at < text.len && text.ptr[*at] == '"' && x->delimiter != '\t';
    if (is_quoted) {
        size_t close = start + 1; /* the field is no longer than what is up to its end */
        while (close < text.len &&
               (text.ptr[close] != '"' || (close + 1 < text.len && text.ptr[close + 1] == '"'))) {
            close += text.ptr[close] == '"' ? 2 : 1;
        }
        out = SPOOR_NEW_ARRAY(x->b->arena, char, close - start + 1);
        for (size_t i = start + 1; i < close && i < text.len; i++) {
            out[len++] = text.ptr[i];
            i += text.ptr[i] == '"';
        }
        x->is_open = close >= text.len;
        *at = x->is_open ? text.len : close + 1;
    }
    size_t rest = *at;
    while (*at < text.len && text.ptr[*at] != x->delimiter && text.ptr[*at] != '\n') {
        (*at)++;
    }
    *ends = *at >= text.len || text.ptr[*at] == '\n';
    size_t end = *at;
    if (*ends && end > rest && text.ptr[end - 1] == '\r') {
        end--;
    }
    *at += *at < text.len;
    return is_quoted ? (spoor_str){out, len} : (spoor_str){text.ptr + start, end - start};
}

static bool read_delimited(external *x, spoor_str text) {
    bool is_first = true;
    for (size_t at = 0; at < text.len;) {
        bool skip = is_first && x->skips_first, ends = false;
        is_first = false;
        if (text.ptr[at] == '\n' ||
            (text.ptr[at] == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n')) {
            at += text.ptr[at] == '\r' ? 2 : 1; /* an empty line is no record */
            continue;
        }
        spoor_value *row = skip ? NULL : add_row(x);
        if (row == NULL && !skip) {
            return false;
        }
        for (uint32_t c = 0; !ends; c++) {
            spoor_str field = take_field(x, text, &at, &ends);
            if (x->is_open) { /* all that follows became one field */
                return spoor_fail(x->b->diags, x->node->at,
                                  "the file has a quote that is not closed");
            }
            if (!skip && c < x->schema->ncols) {
                set_text(x, &row[c], field);
            }
        }
    }
    return true;
}

static bool read_object(external *x, spoor_str object) {
    if (spoor_dynamic_kind_of(object) != SPOOR_DYN_BAG) {
        return spoor_fail(x->b->diags, x->node->at, "the file has JSON that is no object");
    }
    spoor_value *row = add_row(x);
    for (uint32_t c = 0; row != NULL && c < x->schema->ncols; c++) {
        spoor_str element;
        if (spoor_dynamic_get(object, x->schema->columns[c].name, &element)) {
            set_dynamic(x, &row[c], element);
        }
    }
    return row != NULL;
}

static bool read_line(external *x, spoor_str line, uint32_t number) {
    spoor_str value;
    if (x->format == LINES) {
        spoor_value *row = add_row(x);
        if (row != NULL && x->schema->ncols > 0) {
            set_text(x, &row[0], line);
        }
        return row != NULL;
    }
    if (line.len == 0) {
        return true;
    }
    if (!spoor_dynamic_parse_json(x->b->arena, line, &value)) {
        spoor_fail(x->b->diags, x->node->at, "line %u of the file is no JSON", number);
        return spoor_hint(x->b->diags,
                          "format 'json' is one object a line; 'multijson' an array of them");
    }
    return read_object(x, value);
}

static bool read_lines(external *x, spoor_str text) {
    uint32_t number = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.ptr[end] != '\n') {
            end++;
        }
        size_t len = end - at;
        len -= len > 0 && text.ptr[end - 1] == '\r';
        number++;
        if (!(number == 1 && x->skips_first) &&
            !read_line(x, (spoor_str){text.ptr + at, len}, number)) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

/* An array of objects or one object; else an object a line. */
static bool read_json(external *x, spoor_str text) {
    spoor_str whole, name, element;
    if (!spoor_dynamic_parse_json(x->b->arena, text, &whole)) {
        return read_lines(x, text);
    }
    if (spoor_dynamic_kind_of(whole) != SPOOR_DYN_ARRAY) {
        return read_object(x, whole);
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(whole);
    bool is_first = true;
    while (spoor_dynamic_next(&iter, &name, &element)) {
        if (!(is_first && x->skips_first) && !read_object(x, element)) {
            return false;
        }
        is_first = false;
    }
    return true;
}

static bool read_text(external *x, spoor_str text) {
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) {
        text = (spoor_str){text.ptr + 3, text.len - 3};
    }
    switch (x->format) {
    case DELIMITED: return read_delimited(x, text);
    case LINES:
    case JSON_LINES: return read_lines(x, text);
    case JSON_WHOLE: return read_json(x, text);
    case WHOLE: {
        spoor_value *row = add_row(x);
        if (row != NULL && x->schema->ncols > 0) {
            set_text(x, &row[0], text);
        }
        return row != NULL;
    }
    case NO_FORMAT: break;
    }
    return false;
}

/* -- files ------------------------------------------------------------------------------------- */

/* What stands before "://", or empty. */
static spoor_str scheme_of(spoor_str place) {
    for (size_t i = 0; i + 2 < place.len; i++) {
        if (memcmp(place.ptr + i, "://", 3) == 0) {
            return (spoor_str){place.ptr, i};
        }
    }
    return (spoor_str){place.ptr, 0};
}

static bool read_place(external *x, const spoor_ast *value) {
    spoor_binder *b = x->b;
    spoor_str place, bytes;
    const char *problem = "nothing is stored here";
    if (!spoor_bind_text(b, value, &place)) {
        return false;
    }
    spoor_str scheme = scheme_of(place);
    if (scheme.len > 0 && !spoor_str_is(scheme, "file")) {
        spoor_fail(b->diags, value->span,
                   "externaldata of '%.*s://' is not supported: nothing is fetched",
                   SPOOR_S(scheme));
        return spoor_hint(b->diags, "a copy of the file below --allow-files DIR can be read");
    }
    if (scheme.len > 0) {
        place = (spoor_str){place.ptr + scheme.len + 3, place.len - scheme.len - 3};
    } else if (place.len > 5 && memcmp(place.ptr, "file:", 5) == 0) {
        place = (spoor_str){place.ptr + 5, place.len - 5};
    }
    if (b->catalog == NULL ||
        !b->catalog->read_file(b->catalog, place, FILE_MAX, &bytes, &problem)) {
        spoor_fail(b->diags, value->span, "the file cannot be read: %s", problem);
        return false;
    }
    if (!x->has_format) {
        guess_format(x, place);
    }
    return read_text(x, bytes);
}

static bool read_properties(external *x) {
    const spoor_ast *with = spoor_ast_clause(x->node, "with");
    for (const spoor_ast *p = with != NULL ? with->first : NULL; p != NULL; p = p->next) {
        spoor_str value = p->first != NULL ? p->first->text : (spoor_str){NULL, 0};
        if (spoor_str_is(p->text, "format")) {
            x->has_format = true;
            x->format = format_named(value, &x->delimiter);
            if (x->format == NO_FORMAT) {
                return spoor_fail(x->b->diags, p->span, "the format '%.*s' is not supported",
                                  SPOOR_S(value));
            }
        } else if (spoor_str_is(p->text, "ignoreFirstRecord")) {
            x->skips_first = spoor_str_is(value, "true");
        } else {
            return spoor_fail(x->b->diags, p->span, "externaldata with '%.*s' is not supported",
                              SPOOR_S(p->text));
        }
    }
    return true;
}

/* Without rows; only under --empty-tables. */
static void leave_empty(spoor_binder *b, const spoor_ast *node) {
    spoor_bind_warn(b, "no-rows", node->at, "nothing is fetched: externaldata has no rows here");
}

/* Every place is one that could be read: a literal that names no other machine. */
static bool is_local(const spoor_ast *node) {
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        bool is_value = n->kind != SPOOR_AST_CLAUSE && n->kind != SPOOR_AST_PROP;
        if (is_value &&
            (n->kind != SPOOR_AST_LITERAL ||
             (scheme_of(n->text).len > 0 && !spoor_str_is(scheme_of(n->text), "file")))) {
            return false;
        }
    }
    return true;
}

spoor_plan *spoor_bind_externaldata(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *clause = spoor_ast_clause(node, "schema");
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, node->span, NULL);
    if (clause == NULL || !spoor_bind_row_schema(b, clause, &plan->schema)) {
        return clause != NULL ? plan : NULL;
    }
    external x = {.b = b, .node = node, .schema = &plan->schema};
    bool has_folder = b->catalog != NULL && b->catalog->has_files;
    if (b->options->empty_tables && (!has_folder || !is_local(node))) {
        leave_empty(b, node);
        return plan;
    }
    if (!read_properties(&x)) {
        return plan;
    }
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (n->kind != SPOOR_AST_CLAUSE && n->kind != SPOOR_AST_PROP && !read_place(&x, n)) {
            return plan;
        }
    }
    plan->values.cells = x.cells;
    plan->values.nrows = x.nrows;
    return plan;
}
