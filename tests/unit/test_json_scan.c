/* test_json_scan.c - our scanner against cJSON, on random documents and on broken ones. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "ingest/json_scan.h"
#include "tests/unit/unit.h"

void test_json_scan(void);

enum { DOCUMENTS = 3000, BROKEN = 20000, ROOM = 1 << 16 };

typedef struct writer {
    char text[ROOM];
    size_t len;
    uint64_t seed;
} writer;

static uint32_t roll(writer *w, uint32_t sides) {
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->seed >> 33) % sides;
}

static void put(writer *w, const char *z) {
    size_t len = strlen(z);
    if (w->len + len < ROOM / 2) { /* the closing brackets always fit */
        memcpy(w->text + w->len, z, len);
        w->len += len;
    }
}

static void put_close(writer *w, char c) {
    w->text[w->len++] = c;
}

static void put_blanks(writer *w) {
    static const char *const blanks[] = {"", "", "", " ", "\n", "\t \r\n"};
    put(w, blanks[roll(w, 6)]);
}

static void put_string(writer *w) {
    static const char *const parts[] = {"a",
                                        "path\\\\to",
                                        "\\\"",
                                        "\\u00e9",
                                        "\\ud83d\\ude00",
                                        "\xC3\xA9",
                                        "\xF0\x9F\x98\x80",
                                        "\\n",
                                        "\\/",
                                        "{}[],:",
                                        "0123456789abcdef",
                                        "\x7F",
                                        "\\t\\b\\f\\r"};
    put_close(w, '"');
    for (uint32_t n = roll(w, 8); n > 0; n--) {
        put(w, parts[roll(w, sizeof parts / sizeof *parts)]);
    }
    put_close(w, '"');
}

static void put_value(writer *w, int depth) {
    static const char *const scalars[] = {"null", "true",     "false",           "0", "-1", "12.5",
                                          "1e3",  "-0.25E-2", "9007199254740993"};
    uint32_t kind = roll(w, depth > 6 || w->len > ROOM / 4 ? 2 : 5);
    put_blanks(w);
    if (kind == 0) {
        put(w, scalars[roll(w, sizeof scalars / sizeof *scalars)]);
    } else if (kind == 1) {
        put_string(w);
    } else {
        bool is_object = kind > 2;
        put_close(w, is_object ? '{' : '[');
        for (uint32_t i = 0, n = roll(w, 6); i < n; i++) {
            if (i > 0) {
                put_close(w, ',');
            }
            if (is_object) {
                put_blanks(w);
                put_string(w);
                put_blanks(w);
                put_close(w, ':');
            }
            put_value(w, depth + 1);
            put_blanks(w);
        }
        put_blanks(w);
        put_close(w, is_object ? '}' : ']');
    }
}

/* The same tree?  Recursion is bounded by the generator and by SPOOR_MAX_JSON_DEPTH. */
static bool is_same(const spoor_json *json, uint32_t node, const cJSON *other) {
    const spoor_json_node *n = &json->nodes[node];
    spoor_str text = spoor_json_text(unit_arena(), n);
    switch ((spoor_json_kind)n->kind) {
    case SPOOR_JSON_NULL: return cJSON_IsNull(other);
    case SPOOR_JSON_FALSE: return cJSON_IsFalse(other);
    case SPOOR_JSON_TRUE: return cJSON_IsTrue(other);
    case SPOOR_JSON_STRING: return cJSON_IsString(other) && spoor_str_is(text, other->valuestring);
    case SPOOR_JSON_NUMBER: {
        char copy[400];
        snprintf(copy, sizeof copy, "%.*s", (int)text.len, text.ptr);
        double value = strtod(copy, NULL);
        return cJSON_IsNumber(other) && !(value < other->valuedouble) &&
               !(value > other->valuedouble);
    }
    case SPOOR_JSON_ARRAY:
    case SPOOR_JSON_OBJECT: break;
    }
    if (n->kind == SPOOR_JSON_ARRAY ? !cJSON_IsArray(other) : !cJSON_IsObject(other)) {
        return false;
    }
    const cJSON *child = other->child;
    for (uint32_t i = spoor_json_first(node); i < n->next;
         i = json->nodes[i].next, child = child->next) {
        if (child == NULL || !is_same(json, i, child) ||
            (child->string != NULL &&
             !spoor_str_is(spoor_json_key(unit_arena(), &json->nodes[i]), child->string))) {
            return false;
        }
    }
    return child == NULL;
}

static void test_random(spoor_json *json, writer *w) {
    for (int i = 0; i < DOCUMENTS; i++) {
        w->len = 0;
        put_value(w, 0);
        size_t used;
        bool ok = spoor_json_scan(json, (spoor_str){w->text, w->len}, &used);
        cJSON *other = cJSON_ParseWithLength(w->text, w->len);
        if (!CHECK(ok && other != NULL && used == w->len && is_same(json, 0, other))) {
            printf("  in %.*s\n", (int)w->len, w->text);
        }
        cJSON_Delete(other);
        spoor_arena_rewind(unit_arena());
    }
}

/* One byte changed, or the text cut: what we take, cJSON takes too and reads alike.  (cJSON takes
 * more: numbers like 01, line feeds in strings.) */
static void test_broken(spoor_json *json, writer *w) {
    static const char bytes[] = "\"\\{}[],:0eE+-.tfn u\n\x01\xFF";
    int taken = 0, refused = 0;
    for (int i = 0; i < BROKEN; i++) {
        if (i % 10 == 0) {
            w->len = 0;
            put_value(w, 4);
        }
        size_t len = roll(w, 4) == 0 ? roll(w, (uint32_t)w->len + 1) : w->len, used;
        size_t at = len > 0 ? roll(w, (uint32_t)len) : 0;
        char kept = w->text[at];
        w->text[at] = bytes[roll(w, sizeof bytes - 1)];
        if (spoor_json_scan(json, (spoor_str){w->text, len}, &used)) {
            bool is_surrogate = false; /* lone ones: cJSON refuses them */
            for (size_t k = 0; k + 1 < used; k++) {
                is_surrogate |= w->text[k] == '\\' && w->text[k + 1] == 'u';
            }
            cJSON *other = cJSON_ParseWithLength(w->text, used);
            if (!is_surrogate && !CHECK(other != NULL && is_same(json, 0, other))) {
                printf("  in %.*s\n", (int)used, w->text);
            }
            cJSON_Delete(other);
            taken++;
        } else {
            CHECK(json->error != NULL && json->error_at <= len);
            refused++;
        }
        w->text[at] = kept;
        spoor_arena_rewind(unit_arena());
    }
    CHECK(taken > BROKEN / 100 && refused > BROKEN / 100);
}

static void check_error(spoor_json *json, const char *text, const char *why, size_t at,
                        bool is_cut) {
    size_t used;
    CHECK(!spoor_json_scan(json, spoor_str_from(text), &used));
    CHECK_STR(spoor_str_from(json->error), why);
    CHECK_LONG((int64_t)json->error_at, (int64_t)at);
    CHECK(json->is_cut == is_cut);
}

static void test_errors(spoor_json *json) {
    check_error(json, "", "the text ends before a value", 0, true);
    check_error(json, "{\"a\"", "expected ':'", 4, true);
    check_error(json, "{\"a\":1", "the text ends inside an object or array", 6, true);
    check_error(json, "{\"a\":\"x\ny\"}", "a string without an end", 7, false);
    check_error(json, "[1,]", "expected a value", 3, false);
    check_error(json, "{\"a\":1,}", "expected a name in quotes", 7, false);
    check_error(json, "[\"\\x\"]", "an unknown escape in a string", 2, false);
    check_error(json, "[\"\\u12g4\"]", "\\u wants four hexadecimal digits", 2, false);
    check_error(json, "[1 2]", "expected ',' or ']'", 3, false);

    char deep[2 * SPOOR_MAX_JSON_DEPTH + 3];
    size_t used;
    for (size_t n = SPOOR_MAX_JSON_DEPTH; n <= SPOOR_MAX_JSON_DEPTH + 1; n++) {
        memset(deep, '[', n);
        memset(deep + n, ']', n);
        CHECK(spoor_json_scan(json, (spoor_str){deep, 2 * n}, &used) ==
              (n == SPOOR_MAX_JSON_DEPTH));
    }
    CHECK_STR(spoor_str_from(json->error), "nested too deep");
}

static void test_find(spoor_json *json) {
    size_t used;
    CHECK(spoor_json_scan(
        json, SPOOR_STR(" {\"a\":{\"b\":[1,{\"c\":2}],\"c\":3},\"c\":4,\"A\":5} tail"), &used));
    CHECK_LONG((int64_t)used, 42);
    CHECK_STR(json->nodes[spoor_json_path(json, 0, "a.c")].text, "3");
    CHECK_STR(json->nodes[spoor_json_find(json, 0, "c")].text, "4");
    CHECK_STR(json->nodes[spoor_json_find(json, 0, "A")].text, "5");
    CHECK_LONG(spoor_json_path(json, 0, "a.b.c"), 0);
    CHECK_LONG(spoor_json_path(json, 0, "x"), 0);
    CHECK_STR(json->nodes[spoor_json_path(json, 0, "a.b")].text, "[1,{\"c\":2}]");
}

void test_json_scan(void) {
    spoor_json json = {0};
    writer *w = calloc(1, sizeof *w); /* outlives the rewinds */
    if (!CHECK(w != NULL)) {
        return;
    }
    w->seed = 42;
    test_random(&json, w);
    test_broken(&json, w);
    test_errors(&json);
    test_find(&json);
    free(w);
    spoor_json_free(&json);
}
