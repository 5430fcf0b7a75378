/* workbook.c - an Azure workbook's JSON to the titles and queries of its items, parameters put in.
 *
 * Items stand in the order of the file, those of groups in theirs.  A parameter
 * holds from where it is defined to the end of its group; values that the caller
 * gives win over those in the file.  The file is foreign: depth, items and the
 * length of a text have limits, and a text is only ever given to be run. */
#include <stdlib.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "types/dynamic.h"

enum { MAX_GROUP_DEPTH = 16, MAX_ITEMS = 10000, MAX_PARAMETERS = 1000, MAX_VALUES = 1000 };

typedef struct parameter {
    spoor_str name, value; /* value: as it stands in a query; ptr NULL: none */
    int64_t duration_ms;   /* a time range; 0: none */
} parameter;

struct spoor_workbook {
    spoor_arena arena;
    const spoor_parameter *given;
    size_t ngiven;
    parameter parameters[MAX_PARAMETERS];
    size_t nparameters;
    spoor_workbook_item *items;
    size_t nitems, capacity;
    const char *excess; /* why it is more than is read; NULL: it is not */
};

/* Nothing is cut: a workbook beyond a limit is refused. */
static void refuse_excess(spoor_workbook *wb, const char *what) {
    wb->excess = wb->excess != NULL ? wb->excess : what;
}

/* -- JSON -------------------------------------------------------------------------------------- */

static spoor_str member(spoor_str bag, const char *name) {
    spoor_str value = {0};
    return spoor_dynamic_get(bag, spoor_str_from(name), &value) ? value : (spoor_str){0};
}

static spoor_str text_of(spoor_workbook *wb, spoor_str value) {
    return value.len > 0 ? spoor_dynamic_to_text(&wb->arena, value) : (spoor_str){"", 0};
}

static int64_t integer_of(spoor_str value) {
    spoor_value scalar = spoor_dynamic_scalar(value);
    bool is_whole = !scalar.is_null && (scalar.type == SPOOR_LONG || scalar.type == SPOOR_INT);
    return value.len > 0 && is_whole ? scalar.integer : 0;
}

static const char *terminated(spoor_workbook *wb, spoor_str text) {
    return spoor_arena_str(&wb->arena, text).ptr;
}

/* -- parameters -------------------------------------------------------------------------------- */

static const char *given_value(const spoor_workbook *wb, spoor_str name) {
    for (size_t i = 0; i < wb->ngiven; i++) {
        if (spoor_str_is(name, wb->given[i].name)) {
            return wb->given[i].value;
        }
    }
    return NULL;
}

static const parameter *find_parameter(const spoor_workbook *wb, spoor_str name) {
    for (size_t i = wb->nparameters; i > 0; i--) {
        if (spoor_str_eq(wb->parameters[i - 1].name, name)) {
            return &wb->parameters[i - 1];
        }
    }
    return NULL;
}

/* 7d, 12h, 30m, 45s, 500ms: as KQL writes it; 0: no span. */
static int64_t span_ms(const char *text) {
    char *end;
    double n = strtod(text, &end);
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"d", 86400e3}, {"h", 3600e3}, {"m", 60e3}, {"s", 1e3}, {"ms", 1}};
    for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) == 0 && n > 0 && n * units[i].ms < 1e15) {
            return (int64_t)(n * units[i].ms);
        }
    }
    return 0;
}

/* Several values of one parameter, with its quotes and its delimiter. */
static spoor_str list_value(spoor_workbook *wb, spoor_str list, spoor_str quote,
                            spoor_str delimiter) {
    spoor_dynamic_iter iter = spoor_dynamic_begin(list);
    spoor_str name, element, joined = {"", 0};
    bool is_first = true;
    for (int n = 0; spoor_dynamic_next(&iter, &name, &element); n++) {
        if (n == MAX_VALUES || joined.len > SPOOR_MAX_QUERY_BYTES) {
            refuse_excess(wb, "a parameter has more than 1000 values, or 4 MB of them");
            break;
        }
        spoor_str text = text_of(wb, element);
        joined =
            spoor_arena_format(&wb->arena, "%.*s%.*s%.*s%.*s%.*s", (int)joined.len, joined.ptr,
                               is_first ? 0 : (int)delimiter.len, delimiter.ptr, (int)quote.len,
                               quote.ptr, (int)text.len, text.ptr, (int)quote.len, quote.ptr);
        is_first = false;
    }
    return is_first ? spoor_arena_format(&wb->arena, "%.*s%.*s", (int)quote.len, quote.ptr,
                                         (int)quote.len, quote.ptr)
                    : joined;
}

/* What the caller gave for a parameter of several values: `a,b` gets the parameter's quotes. */
static spoor_str given_list(spoor_workbook *wb, const char *value, spoor_str quote,
                            spoor_str delimiter) {
    if (quote.len == 0 || strncmp(value, quote.ptr, quote.len) == 0) {
        return spoor_str_from(value);
    }
    spoor_str joined = {"", 0};
    for (bool is_first = true; *value != '\0' || is_first; is_first = false) {
        size_t len = strcspn(value, ",");
        joined =
            spoor_arena_format(&wb->arena, "%.*s%.*s%.*s%.*s%.*s", (int)joined.len, joined.ptr,
                               is_first ? 0 : (int)delimiter.len, delimiter.ptr, (int)quote.len,
                               quote.ptr, (int)len, value, (int)quote.len, quote.ptr);
        value += len + (value[len] == ',');
    }
    return joined;
}

static void add_parameter(spoor_workbook *wb, spoor_str bag) {
    parameter p = {.name = text_of(wb, member(bag, "name"))};
    if (p.name.len == 0) {
        return;
    }
    if (wb->nparameters == MAX_PARAMETERS) {
        refuse_excess(wb, "it has more than 1000 parameters");
        return;
    }
    spoor_str value = member(bag, "value");
    const char *given = given_value(wb, p.name);
    spoor_str quote = text_of(wb, member(bag, "quote")),
              delimiter = text_of(wb, member(bag, "delimiter"));
    delimiter = delimiter.len > 0 ? delimiter : SPOOR_STR(",");
    bool is_range = integer_of(member(bag, "type")) == 4;
    if (is_range) {
        p.duration_ms = given != NULL ? span_ms(given) : integer_of(member(value, "durationMs"));
        p.value = given != NULL ? spoor_str_from(given) : (spoor_str){"", 0};
    } else if (given != NULL) {
        p.value = given_list(wb, given, quote, delimiter);
    } else if (value.len > 0 && spoor_dynamic_kind_of(value) == SPOOR_DYN_ARRAY) {
        p.value = list_value(wb, value, quote, delimiter);
    } else if (value.len > 0) {
        p.value = text_of(wb, value);
    }
    static const char all[] =
        "value::all"; /* what the parameter's own query gives: the caller has to say */
    for (size_t i = 0; p.value.ptr != NULL && i + sizeof all - 1 <= p.value.len; i++) {
        if (memcmp(p.value.ptr + i, all, sizeof all - 1) == 0) {
            p.value = (spoor_str){0};
        }
    }
    wb->parameters[wb->nparameters++] = p;
}

/* {name} and {name:format}; false: no value, *missing is the name. */
static bool value_in_query(spoor_workbook *wb, spoor_str name, spoor_str format, spoor_str *value) {
    const parameter *p = find_parameter(wb, name);
    const char *given = p == NULL ? given_value(wb, name) : NULL;
    if (given != NULL) {
        *value = spoor_str_from(given);
        return true;
    }
    if (p == NULL) {
        return false;
    }
    if (p->duration_ms > 0) {
        long long ms = (long long)p->duration_ms;
        *value = spoor_str_is(format, "query")
                     ? spoor_arena_format(&wb->arena, ">= ago(%lldms)", ms)
                 : spoor_str_is(format, "start") ? spoor_arena_format(&wb->arena, "ago(%lldms)", ms)
                 : spoor_str_is(format, "end")   ? SPOOR_STR("now()")
                 : spoor_str_is(format, "grain")
                     ? spoor_arena_format(&wb->arena, "%lldms", ms / 60 > 0 ? ms / 60 : 1)
                     : spoor_arena_format(&wb->arena, "%lldms", ms);
        return true;
    }
    *value = p->value;
    return p->value.ptr != NULL;
}

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ' ' || c == '-';
}

/* {name:format} at text[i]: its length, or 0. */
static size_t reference_at(spoor_str text, size_t i, spoor_str *name, spoor_str *format) {
    size_t at = i + 1;
    while (at < text.len && is_name_byte(text.ptr[at])) {
        at++;
    }
    *name = (spoor_str){text.ptr + i + 1, at - i - 1};
    *format = (spoor_str){"", 0};
    if (at < text.len && text.ptr[at] == ':') {
        size_t from = ++at;
        while (at < text.len && is_name_byte(text.ptr[at])) {
            at++;
        }
        *format = (spoor_str){text.ptr + from, at - from};
    }
    return at < text.len && text.ptr[at] == '}' && name->len > 0 ? at + 1 - i : 0;
}

/* The text with values for its {parameters}.  What looks like one and is none stays as it is: `{ a }` is
 * KQL, too. */
static spoor_str put_in(spoor_workbook *wb, spoor_str text, const char **missing) {
    size_t capacity = text.len + 256, len = 0;
    char *out = SPOOR_NEW_ARRAY(&wb->arena, char, capacity);
    for (size_t i = 0; i < text.len;) {
        spoor_str name, format, value = {text.ptr + i, 1};
        size_t used = text.ptr[i] == '{' ? reference_at(text, i, &name, &format) : 0;
        if (used > 0 && !value_in_query(wb, name, format, &value)) {
            if (find_parameter(wb, name) != NULL && *missing == NULL) {
                *missing = terminated(wb, name);
            }
            value = (spoor_str){text.ptr + i, used};
        }
        if (len + value.len > SPOOR_MAX_QUERY_BYTES) {
            refuse_excess(wb, "a query with its parameters is longer than 4 MB");
            break;
        }
        if (len + value.len > capacity) {
            capacity = (len + value.len) * 2;
            char *grown = SPOOR_NEW_ARRAY(&wb->arena, char, capacity);
            memcpy(grown, out, len);
            out = grown;
        }
        memcpy(out + len, value.ptr, value.len);
        len += value.len;
        i += used > 0 ? used : 1;
    }
    return spoor_arena_str(&wb->arena, (spoor_str){out, len});
}

/* -- items ------------------------------------------------------------------------------------- */

static void add_item(spoor_workbook *wb, spoor_workbook_item item) {
    if (wb->nitems == MAX_ITEMS) {
        refuse_excess(wb, "it has more than 10000 queries");
        return;
    }
    if (wb->nitems == wb->capacity) {
        wb->capacity = wb->capacity > 0 ? 2 * wb->capacity : 64;
        spoor_workbook_item *grown = SPOOR_NEW_ARRAY(&wb->arena, spoor_workbook_item, wb->capacity);
        if (wb->nitems > 0) {
            memcpy(grown, wb->items, wb->nitems * sizeof *grown);
        }
        wb->items = grown;
    }
    wb->items[wb->nitems++] = item;
}

static void add_query(spoor_workbook *wb, spoor_str item, spoor_str content) {
    spoor_str title = text_of(wb, member(content, "title"));
    spoor_workbook_item made = {0};
    made.title = terminated(wb, title.len > 0 ? put_in(wb, title, &made.missing)
                                              : text_of(wb, member(item, "name")));
    made.missing = NULL;
    spoor_str text = put_in(wb, text_of(wb, member(content, "query")), &made.missing);
    made.text = text.ptr;
    made.len = text.len;
    spoor_str from = text_of(wb, member(content, "timeContextFromParameter"));
    const parameter *range = from.len > 0 ? find_parameter(wb, from) : NULL;
    int64_t ms = range != NULL && range->duration_ms > 0
                     ? range->duration_ms
                     : integer_of(member(member(content, "timeContext"), "durationMs"));
    made.last = ms > 0 && ms < INT64_C(1000000000000) ? ms * 10000 : 0;
    add_item(wb, made);
}

static void walk(spoor_workbook *wb, spoor_str items, int depth) {
    spoor_dynamic_iter iter = spoor_dynamic_begin(items);
    spoor_str name, item;
    if (depth > MAX_GROUP_DEPTH) {
        refuse_excess(wb, "groups stand more than 16 deep in each other");
    }
    while (wb->excess == NULL && spoor_dynamic_next(&iter, &name, &item)) {
        spoor_str content = member(item, "content");
        switch (integer_of(member(item, "type"))) {
        case 3: add_query(wb, item, content); break;
        case 9: {
            spoor_dynamic_iter each = spoor_dynamic_begin(member(content, "parameters"));
            spoor_str bag;
            while (spoor_dynamic_next(&each, &name, &bag)) {
                add_parameter(wb, bag);
            }
            break;
        }
        case 12: {
            size_t outer = wb->nparameters;
            walk(wb, member(content, "items"), depth + 1);
            wb->nparameters = outer;
            break;
        }
        default: break; /* texts, links */
        }
    }
}

/* A gallery template wraps the workbook as text: {"properties":{"serializedData":"{...}"}}. */
static spoor_str items_of(spoor_workbook *wb, spoor_str root) {
    spoor_str items = member(root, "items"), inner;
    spoor_str wrapped = text_of(wb, member(member(root, "properties"), "serializedData"));
    if (items.len == 0 && wrapped.len > 0 &&
        spoor_dynamic_parse_json(&wb->arena, wrapped, &inner)) {
        items = member(inner, "items");
    }
    return items;
}

spoor_status spoor_workbook_open(spoor_engine *engine, const char *json, size_t len,
                                 const spoor_parameter *parameters, size_t nparameters,
                                 spoor_workbook **out) {
    spoor_workbook *wb = calloc(1, sizeof *wb);
    *out = wb;
    if (wb == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    wb->arena.memory = &engine->memory;
    wb->given = parameters;
    wb->ngiven = nparameters;
    jmp_buf door;
    wb->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY,
                                 "out of memory while reading the workbook");
    }
    spoor_str root;
    if (!spoor_dynamic_parse_json(&wb->arena, (spoor_str){json, len}, &root)) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "the workbook is not JSON");
    }
    walk(wb, items_of(wb, root), 0);
    wb->arena.on_oom = NULL;
    if (wb->excess != NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_LIMIT, "the workbook is too much: %s",
                                 wb->excess);
    }
    return wb->nitems > 0 ? SPOOR_OK
                          : spoor_engine_fail(engine, SPOOR_ERR_INPUT, "the workbook has no query");
}

const spoor_workbook_item *spoor_workbook_at(const spoor_workbook *workbook, size_t i) {
    return i < workbook->nitems ? &workbook->items[i] : NULL;
}

void spoor_workbook_free(spoor_workbook *workbook) {
    if (workbook != NULL) {
        spoor_arena_reset(&workbook->arena);
        free(workbook);
    }
}
