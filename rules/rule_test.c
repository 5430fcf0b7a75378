/* rule_test.c - see rule_test.h. */
#include "rules/rule_test.h"

#include <unistd.h>

#include "base/buffer.h"
#include "base/time.h"
#include "types/dynamic.h"

typedef struct reader { /* of a file */
    spoor_rule_tests *tests;
    spoor_arena *arena;
    const char *path;
    spoor_str bytes;
} reader;

static spoor_rule_test *add(reader *r, spoor_span span) {
    spoor_rule_tests *tests = r->tests;
    uint32_t column;
    SPOOR_GROW(r->arena, tests->items, tests->count, &tests->capacity);
    spoor_rule_test *test = &tests->items[tests->count++];
    *test = (spoor_rule_test){.file = r->path, .rows = 1, .may_be_more = true};
    spoor_text_position(r->bytes, span.start, &test->line, &column);
    return test;
}

static void blame(reader *r, spoor_rule_test *test, const char *format, spoor_str text) {
    if (test->error == NULL) {
        int len = text.len < 200 ? (int)text.len : 200;
        test->error = spoor_arena_format(r->arena, format, len, text.ptr).ptr;
    }
}

/* -- paths ------------------------------------------------------------------------------------- */

static spoor_str folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return (spoor_str){path, slash != NULL ? (size_t)(slash - path) + 1 : 0};
}

/* As the file means it: from its own folder. */
static const char *beside(reader *r, spoor_str name) {
    spoor_str folder = folder_of(r->path);
    if (name.len > 0 && name.ptr[0] == '/') {
        folder.len = 0;
    }
    return spoor_arena_format(r->arena, "%.*s%.*s", (int)folder.len, folder.ptr, (int)name.len,
                              name.ptr)
        .ptr;
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* SigmaHQ's, and ours. */
static bool is_regression(const char *path) {
    spoor_str folder = folder_of(path);
    return strcmp(path + folder.len, "info.yml") == 0;
}

bool spoor_rule_tests_is_file(const char *path) {
    return ends_with(path, ".test.yaml") || ends_with(path, ".test.yml") || is_regression(path);
}

/* a.test.yaml is of a.yaml, or whatever rule file there is of this name. */
static const char *rule_of_name(reader *r) {
    static const char *const endings[] = {"yaml", "yml", "kql", "csl", "txt", "md", "json"};
    const char *dot = strstr(r->path + folder_of(r->path).len, ".test.y");
    for (size_t i = 0; i < sizeof endings / sizeof *endings && dot != NULL; i++) {
        const char *path =
            spoor_arena_format(r->arena, "%.*s.%s", (int)(dot - r->path), r->path, endings[i]).ptr;
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

/* -- events ------------------------------------------------------------------------------------ */

static bool is_json_word(spoor_str text) {
    if (spoor_str_is(text, "true") || spoor_str_is(text, "false") || spoor_str_is(text, "null")) {
        return true;
    }
    size_t i = text.len > 1 && text.ptr[0] == '-' ? 1 : 0;
    bool is_number = i < text.len && text.len < 18 && (text.ptr[i] != '0' || text.len == i + 1);
    for (; i < text.len && is_number; i++) {
        is_number = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return is_number;
}

/* The tree is at most SPOOR_YAML_MAX_DEPTH deep. */
static void put_json(reader *r, spoor_buffer *json, const spoor_yaml *node) {
    if (node->kind == SPOOR_YAML_SCALAR) {
        bool is_bare = node->quoting == SPOOR_QUOTING_PLAIN && is_json_word(node->text);
        spoor_buffer_put(json, is_bare ? node->text : spoor_json_quote(r->arena, node->text));
        return;
    }
    bool is_map = node->kind == SPOOR_YAML_MAP;
    spoor_buffer_put_char(json, is_map ? '{' : '[');
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        if (i != node->first) {
            spoor_buffer_put_char(json, ',');
        }
        if (is_map) {
            spoor_buffer_put(json, spoor_json_quote(r->arena, i->key));
            spoor_buffer_put_char(json, ':');
        }
        put_json(r, json, i->value);
    }
    spoor_buffer_put_char(json, is_map ? '}' : ']');
}

static const char *event_word(reader *r, const spoor_yaml *node) {
    if (node->kind == SPOOR_YAML_SCALAR) {
        bool is_json = node->text.len > 0 && (node->text.ptr[0] == '{' || node->text.ptr[0] == '[');
        return is_json ? spoor_arena_str(r->arena, node->text).ptr : beside(r, node->text);
    }
    spoor_buffer json = {.arena = r->arena};
    put_json(r, &json, node);
    return spoor_arena_str(r->arena, spoor_buffer_text(&json)).ptr;
}

static void read_events(reader *r, spoor_rule_test *test, const spoor_yaml *node) {
    if (node->kind != SPOOR_YAML_LIST) {
        test->events = SPOOR_NEW(r->arena, const char *);
        test->events[test->nevents++] = event_word(r, node);
        return;
    }
    test->events = SPOOR_NEW_ARRAY(r->arena, const char *, node->weight);
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        test->events[test->nevents++] = event_word(r, i->value);
    }
}

/* -- what is expected -------------------------------------------------------------------------- */

static bool read_count(spoor_str text, uint64_t *count) {
    *count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i == 9) {
            return false;
        }
        *count = *count * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len > 0;
}

/* A list of maps of texts. */
static bool is_table(const spoor_yaml *node) {
    bool ok = node->kind == SPOOR_YAML_LIST;
    for (const spoor_yaml_item *i = ok ? node->first : NULL; i != NULL && ok; i = i->next) {
        ok = i->value->kind == SPOOR_YAML_MAP;
        for (const spoor_yaml_item *k = ok ? i->value->first : NULL; k != NULL && ok; k = k->next) {
            ok = k->value->kind == SPOOR_YAML_SCALAR;
        }
    }
    return ok;
}

static void read_expect(reader *r, spoor_rule_test *test, const spoor_yaml *node) {
    test->may_be_more = false;
    if (node->kind == SPOOR_YAML_SCALAR) {
        bool is_match = spoor_str_is(node->text, "match"),
             is_none = spoor_str_is(node->text, "none");
        test->may_be_more = is_match;
        test->rows = is_match;
        if (!is_match && !is_none && !read_count(node->text, &test->rows)) {
            blame(r, test,
                  "'expect' is none, match, a number of rows or a list of rows, not '%.*s'",
                  node->text);
        }
        return;
    }
    test->rows = 0;
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        test->rows++;
    }
    test->wanted = node;
    if (!is_table(node) || test->rows > SPOOR_MAX_TEST_ROWS) {
        blame(r, test, "a row of 'expect' gives columns and their texts%.*s", SPOOR_STR(""));
    }
}

static void read_key(reader *r, spoor_rule_test *test, const spoor_yaml_item *item) {
    const spoor_yaml *value = item->value;
    bool is_text = value->kind == SPOOR_YAML_SCALAR;
    if (spoor_str_is(item->key, "events")) { /* once: a map's keys differ */
        read_events(r, test, value);
    } else if (spoor_str_is(item->key, "expect")) {
        read_expect(r, test, value);
    } else if (spoor_str_is(item->key, "entities") && is_table(value)) {
        test->entities = value;
    } else if (spoor_str_is(item->key, "name") && is_text) {
        test->name = value->text;
    } else if (spoor_str_is(item->key, "id") && is_text) {
        test->rule_id = value->text;
    } else if (spoor_str_is(item->key, "now") && is_text &&
               spoor_time_parse(value->text, &test->now)) {
        test->has_now = true;
    } else {
        blame(r, test, "what stands at '%.*s' is not known in a test", item->key);
    }
}

/* -- files ------------------------------------------------------------------------------------- */

static void take_tests(reader *r, const spoor_yaml *root) {
    const spoor_yaml *rule = spoor_yaml_get(root, "rule"), *id = spoor_yaml_get(root, "id");
    const spoor_yaml *tests = spoor_yaml_get(root, "tests");
    if (tests == NULL || tests->kind != SPOOR_YAML_LIST) {
        blame(r, add(r, root->span), "there is no list 'tests'%.*s", SPOOR_STR(""));
        return;
    }
    bool has_path = rule != NULL && rule->kind == SPOOR_YAML_SCALAR;
    const char *path = has_path ? beside(r, rule->text) : rule_of_name(r);
    for (const spoor_yaml_item *i = tests->first; i != NULL; i = i->next) {
        spoor_rule_test *test = add(r, i->value->span);
        test->rule_path = path;
        test->rule_id = id != NULL && id->kind == SPOOR_YAML_SCALAR ? id->text : (spoor_str){0};
        for (const spoor_yaml_item *k = i->value->first; k != NULL; k = k->next) {
            read_key(r, test, k);
        }
        if (test->nevents == 0) {
            blame(r, test, "a test needs 'events'%.*s", SPOOR_STR(""));
        }
        if (path == NULL && test->rule_id.len == 0) {
            blame(r, test,
                  "no rule file of this name is beside it, and 'rule' and 'id' are not given%.*s",
                  SPOOR_STR(""));
        }
    }
}

/* The log lies beside info.yml; its path is written from the root of SigmaHQ's repository. */
static void take_regression(reader *r, const spoor_yaml *root) {
    const spoor_yaml *rules = spoor_yaml_get(root, "rule_metadata");
    const spoor_yaml *id =
        rules != NULL && rules->first != NULL ? spoor_yaml_get(rules->first->value, "id") : NULL;
    const spoor_yaml *tests = spoor_yaml_get(root, "regression_tests_info");
    for (const spoor_yaml_item *i = tests != NULL ? tests->first : NULL; i != NULL; i = i->next) {
        const spoor_yaml *name = spoor_yaml_get(i->value, "name"),
                         *path = spoor_yaml_get(i->value, "path");
        const spoor_yaml *count = spoor_yaml_get(i->value, "match_count");
        spoor_rule_test *test = add(r, i->value->span);
        test->name = name != NULL ? name->text : (spoor_str){0};
        test->rule_id = id != NULL ? id->text : (spoor_str){0};
        if (count != NULL) {
            test->may_be_more = false;
            if (!read_count(count->text, &test->rows)) {
                blame(r, test, "'match_count' is a number, not '%.*s'", count->text);
            }
        }
        if (path == NULL || path->kind != SPOOR_YAML_SCALAR || test->rule_id.len == 0) {
            blame(r, test, "a regression test names its rule and its log%.*s", SPOOR_STR(""));
            continue;
        }
        const char *whole = spoor_arena_str(r->arena, path->text).ptr;
        test->events = SPOOR_NEW(r->arena, const char *);
        test->events[test->nevents++] = beside(r, spoor_str_from(whole + folder_of(whole).len));
    }
}

static void take_document(void *context, const spoor_yaml *root) {
    reader *r = context;
    if (is_regression(r->path)) {
        take_regression(r, root);
    } else {
        take_tests(r, root);
    }
}

void spoor_rule_tests_read(spoor_rule_tests *tests, const char *path, spoor_str bytes) {
    reader r = {tests, tests->arena, path, bytes};
    spoor_diags diags = {.arena = tests->arena};
    uint32_t before = tests->count;
    if (!spoor_yaml_read(tests->arena, bytes, &diags, take_document, &r)) {
        add(&r, diags.first->span)->error = diags.first->message;
    } else if (tests->count == before) {
        add(&r, (spoor_span){0})->error = "there is no test in this file";
    }
}

void spoor_rule_tests_add_unread(spoor_rule_tests *tests, const char *path, const char *why) {
    reader r = {tests, tests->arena, path, (spoor_str){"", 0}};
    add(&r, (spoor_span){0})->error = why;
}
