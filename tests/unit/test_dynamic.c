/* test_dynamic.c - the binary form of dynamic values, JSON in and out, order and hash. */
#include <math.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"
#include "types/dynamic.h"

static uint64_t seed = 7;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static spoor_str parse(spoor_str text) {
    spoor_str value = {NULL, 0};
    unit_check(spoor_dynamic_parse_json(unit_arena(), text, &value), __FILE__, __LINE__, text.ptr);
    return value;
}

static spoor_str json(const char *text) {
    return parse(spoor_str_from(text));
}

static spoor_str print(spoor_str value) {
    return spoor_dynamic_print_json(unit_arena(), value);
}

static spoor_str encode(spoor_value value) {
    return spoor_dynamic_from_value(unit_arena(), &value);
}

/* -- JSON ----------------------------------------------------------------------------------------
 */

static void check_round_trips(void) {
    static const char *const cases[][2] = {
        {"1", "1"},
        {" [ 1 , -2.5e1 , true , null ] ", "[1,-25.0,true,null]"},
        {"{\"a\":1.0}", "{\"a\":1.0}"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"[[],{},[{}]]", "[[],{},[{}]]"},
        {"null", "null"},
        {"\"\"", "\"\""},
        {"{\"\":{\"\":\"\"}}", "{\"\":{\"\":\"\"}}"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9223372036854776000.0"},
        {"{\"b\":1,\"a\":2,\"b\":3}", "{\"b\":3,\"a\":2}"},
        {"{\"a\":[1],\"a\":{\"x\":1,\"x\":2},\"a\":4}", "{\"a\":4}"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\""},
        {"\"caf\\u00e9 \xE2\x82\xAC\"", "\"caf\xC3\xA9 \xE2\x82\xAC\""},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\ud83d!\\ude00\"", "\"\\ud83d!\\ude00\""},
        {"\"\xED\xA0\xBD\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\ud83d\xED\xB8\x80\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\xED\xA0\xBD\"", "\"\\ud83d\""},
        {"\"\x7F\"", "\"\x7F\""},
        {"\"\xFF\"", "\"\xEF\xBF\xBD\""}, /* never valid text; still printed as UTF-8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_STR(print(json(cases[i][0])), cases[i][1]);
    }
    spoor_str nul = parse(SPOOR_STR("\"a\\u0000b\""));
    CHECK_LONG((int64_t)spoor_dynamic_scalar(nul).string.len, 3);
    CHECK_STR(print(nul), "\"a\\u0000b\"");
    CHECK_LONG((int64_t)json("null").len, 0);
    CHECK_STR(spoor_json_quote(unit_arena(), SPOOR_STR("a\"\x1f")), "\"a\\\"\\u001f\"");
}

static void check_refusals(void) {
    static const char *const wrong[] = {
        "",         " ",     "nul",        "truex",     "[1,]",        "[,1]",     "{\"a\"}",
        "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1",        "]",           "[1}",      "{\"a\":1]",
        "\"",       "\"\\",  "\"\\x\"",    "\"\\u12\"", "\"\\u12g4\"", "\"a\tb\"", "01",
        "1.",       ".5",    "+1",         "-",         "1e",          "1e+",      "1 2",
        "'a'",      "NaN",   "[1] x",      "1e999",     "{\"a\" 1}",   "[1 2]",    "\"\\u\"",
        "{,}",      "0x10",  "\"a\nb\"",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        spoor_str value;
        bool ok = spoor_dynamic_parse_json(unit_arena(), spoor_str_from(wrong[i]), &value);
        unit_check(!ok, __FILE__, __LINE__, wrong[i]);
    }
}

static void check_depth(void) {
    char text[2 * SPOOR_MAX_JSON_DEPTH + 2];
    for (size_t depth = SPOOR_MAX_JSON_DEPTH; depth <= SPOOR_MAX_JSON_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        spoor_str value;
        bool ok = spoor_dynamic_parse_json(unit_arena(), (spoor_str){text, 2 * depth}, &value);
        CHECK(ok == (depth == SPOOR_MAX_JSON_DEPTH));
    }
    /* A query that wraps a value again and again ends at the height limit, not in a crash. */
    jmp_buf door, *outer = unit_arena()->on_oom;
    spoor_arena *arena = unit_arena();
    static int height;
    height = 0;
    if (setjmp(door) == 0) {
        arena->on_oom = &door;
        spoor_str value = encode((spoor_value){.type = SPOOR_LONG, .integer = 1});
        for (; height < 1000; height++) {
            spoor_dynamic_builder builder;
            spoor_dynamic_init(&builder, arena);
            spoor_dynamic_open(&builder, '{');
            spoor_dynamic_name(&builder, SPOOR_STR("a"));
            spoor_dynamic_add_encoded(&builder, value);
            spoor_dynamic_close(&builder);
            value = spoor_dynamic_finish(&builder);
            CHECK(print(value).len > 0 && spoor_dynamic_compare(value, value) == 0);
        }
    }
    arena->on_oom = outer;
    CHECK_LONG(height, SPOOR_DYNAMIC_MAX_HEIGHT);
}

static void check_scalars(void) {
    spoor_guid guid;
    CHECK(spoor_guid_parse(SPOOR_STR("{0123456789AB-cdef-0123-456789abcdef}"), &guid));
    CHECK(!spoor_guid_parse(SPOOR_STR("0123-456789abcdef0123456789abcdef"), &guid));
    CHECK(!spoor_guid_parse(SPOOR_STR("0123456789abcdef0123456789abcde"), &guid));
    CHECK(!spoor_guid_parse(SPOOR_STR("0123456789abcdef0123456789abcdef0"), &guid));
    CHECK(!spoor_guid_parse(SPOOR_STR("{0123456789abcdef0123456789abcdef"), &guid));
    const struct {
        spoor_value value;
        const char *json, *text, *bare; /* bare: as a cell of its own type */
        const char *type;
    } cases[] = {
        {{.type = SPOOR_BOOL, .boolean = true}, "true", "true", "True", "bool"},
        {{.type = SPOOR_INT, .integer = -5}, "-5", "-5", "-5", "long"},
        {{.type = SPOOR_REAL, .real = 2}, "2.0", "2.0", "2.0", "double"},
        {{.type = SPOOR_REAL, .real = (double)NAN}, "\"NaN\"", "NaN", "NaN", "double"},
        {{.type = SPOOR_DECIMAL, .decimal = {120, 2}}, "\"1.20\"", "1.20", "1.20", "decimal"},
        {{.type = SPOOR_DATETIME, .integer = 637134336000000000},
         "\"2020-01-01T00:00:00.0000000Z\"",
         "2020-01-01T00:00:00.0000000Z",
         "2020-01-01T00:00:00.0000000Z",
         "datetime"},
        {{.type = SPOOR_TIMESPAN, .integer = 10000000},
         "\"00:00:01\"",
         "00:00:01",
         "00:00:01",
         "timespan"},
        {{.type = SPOOR_GUID, .guid = guid},
         "\"01234567-89ab-cdef-0123-456789abcdef\"",
         "01234567-89ab-cdef-0123-456789abcdef",
         "01234567-89ab-cdef-0123-456789abcdef",
         "guid"},
        {{.type = SPOOR_STRING, .string = {"a\"b", 3}}, "\"a\\\"b\"", "a\"b", "a\"b", "string"},
        {{.type = SPOOR_STRING}, "\"\"", "", "", "string"},
        {{.type = SPOOR_LONG, .is_null = true}, "null", "", "", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        spoor_str encoded = encode(cases[i].value);
        CHECK_STR(print(encoded), cases[i].json);
        CHECK_STR(spoor_dynamic_to_text(unit_arena(), encoded), cases[i].text);
        CHECK_STR(spoor_value_to_text(unit_arena(), &cases[i].value), cases[i].bare);
        CHECK_STR(spoor_str_from(spoor_dynamic_type_name(encoded)), cases[i].type);
        spoor_value back = spoor_dynamic_scalar(encoded);
        if (!back.is_null && back.type == cases[i].value.type) {
            CHECK(spoor_value_compare(&back, &cases[i].value) == 0);
            CHECK(spoor_value_hash(&back) == spoor_value_hash(&cases[i].value));
        }
    }
    CHECK_STR(spoor_str_from(spoor_dynamic_type_name(json("{}"))), "dictionary");
    CHECK_STR(spoor_str_from(spoor_dynamic_type_name(json("[]"))), "array");
}

/* -- walking -------------------------------------------------------------------------------------
 */

static void check_access(void) {
    spoor_str array = json("[10,null,\"x\",[1]]"), element;
    CHECK_LONG(spoor_dynamic_count(array), 4);
    CHECK(spoor_dynamic_at(array, 0, &element) && spoor_dynamic_scalar(element).integer == 10);
    CHECK(spoor_dynamic_at(array, 1, &element) && element.len == 0);
    CHECK(spoor_dynamic_at(array, -1, &element));
    CHECK_STR(print(element), "[1]");
    CHECK(!spoor_dynamic_at(array, 4, &element) && !spoor_dynamic_at(array, -5, &element));
    CHECK(!spoor_dynamic_at(array, INT64_MIN, &element) &&
          !spoor_dynamic_at(json("{}"), 0, &element));
    CHECK(!spoor_dynamic_get(array, SPOOR_STR("x"), &element));
    CHECK_LONG(spoor_dynamic_count(json("\"abc\"")), 0);
    spoor_dynamic_iter none = spoor_dynamic_begin(json("5"));
    CHECK(!spoor_dynamic_next(&none, NULL, NULL));
    spoor_str bag = json("{\"a\":1,\"A\":2,\"\":3,\"n\":null}");
    CHECK(spoor_dynamic_get(bag, SPOOR_STR("A"), &element) &&
          spoor_dynamic_scalar(element).integer == 2);
    CHECK(spoor_dynamic_get(bag, SPOOR_STR(""), &element) &&
          spoor_dynamic_scalar(element).integer == 3);
    CHECK(spoor_dynamic_get(bag, SPOOR_STR("n"), &element) && element.len == 0);
    CHECK(!spoor_dynamic_get(bag, SPOOR_STR("b"), &element));
}

/* Bags on both sides of SPOOR_DYNAMIC_FEW, every name twice, looked up and printed. */
static void check_large_bags(void) {
    for (uint32_t size = 1; size <= 3000; size = size < 40 ? size + 1 : size * 5) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, unit_arena());
        spoor_dynamic_open(&builder, '{');
        for (uint32_t i = 0; i < 2 * size; i++) {
            spoor_value value = {.type = SPOOR_LONG, .integer = i};
            spoor_str name = spoor_arena_format(unit_arena(), "n%u", (i % size) * 7919u % 10007u);
            spoor_dynamic_name(&builder, name);
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_str bag = spoor_dynamic_finish(&builder), element, name;
        CHECK_LONG(spoor_dynamic_count(bag), size);
        bool ok = !spoor_dynamic_get(bag, SPOOR_STR("n"), &element);
        spoor_dynamic_iter iter = spoor_dynamic_begin(bag);
        for (uint32_t i = 0; i < size; i++) {
            ok = ok && spoor_dynamic_next(&iter, &name, &element);
            ok = ok && spoor_dynamic_scalar(element).integer == size + i;
            spoor_str found;
            ok = ok && spoor_dynamic_get(bag, name, &found) && found.ptr == element.ptr;
        }
        CHECK(ok && !spoor_dynamic_next(&iter, &name, &element));
        spoor_str again = parse(print(bag));
        CHECK(again.len == bag.len && memcmp(again.ptr, bag.ptr, bag.len) == 0);
    }
}

/* -- order ---------------------------------------------------------------------------------------
 */

static void check_equal(spoor_str a, spoor_str b) {
    CHECK(spoor_dynamic_compare(a, b) == 0 && spoor_dynamic_compare(b, a) == 0);
    CHECK(spoor_dynamic_hash(a) == spoor_dynamic_hash(b));
}

static void check_less(spoor_str a, spoor_str b) {
    CHECK(spoor_dynamic_compare(a, b) < 0 && spoor_dynamic_compare(b, a) > 0);
}

static spoor_str real(double value) {
    return encode((spoor_value){.type = SPOOR_REAL, .real = value});
}

static spoor_str decimal(const char *text) {
    spoor_value value = {.type = SPOOR_DECIMAL};
    CHECK(spoor_decimal_parse(spoor_str_from(text), &value.decimal));
    return encode(value);
}

static void check_order(void) {
    check_equal(json("1"), json("1.0"));
    check_equal(json("0"), json("-0.0"));
    check_equal(json("[1,2.50]"), json("[1.0,2.5]"));
    check_equal(json("1"), decimal("1.00"));
    check_equal(json("0.1"), decimal("0.10"));
    check_equal(json("1e300"), decimal("1E+300"));
    check_equal(json("{\"a\":1,\"b\":[2]}"), json("{\"b\":[2.0],\"a\":1}"));
    check_equal(real((double)NAN), real(-(double)NAN));
    check_less(json("9007199254740992"), json("9007199254740993"));
    check_less(json("9007199254740992.0"), json("9007199254740993"));
    check_less(json("9223372036854775807"), real((double)INFINITY));
    check_less(decimal("1E+6000"), real((double)INFINITY));
    check_less(real(-(double)INFINITY), decimal("-1E+6000"));
    check_less(real((double)NAN), real(-(double)INFINITY));
    check_less(real((double)NAN), json("-9223372036854775808"));
    static const char *const ascending[] = {
        "null",
        "false",
        "true",
        "-1",
        "-0.5",
        "0",
        "0.5",
        "1",
        "1e30",
        "\"\"",
        "\"1\"",
        "\"a\"",
        "[]",
        "[null]",
        "[1]",
        "[1,0]",
        "[2]",
        "{}",
        "{\"b\":1}",
        "{\"b\":2}",
        "{\"a\":9,\"c\":1}",
        "{\"b\":1,\"a\":10}",
        "{\"b\":1,\"c\":0}",
    };
    size_t count = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = spoor_dynamic_compare(json(ascending[i]), json(ascending[j]));
            unit_check(order == (i > j) - (i < j), ascending[i], (int)j, "order");
        }
    }
    /* Two names apart: fewer pairs than the index needs, and more. */
    spoor_str few = json("{\"b\":1,\"c\":0,\"d\":0}");
    check_less(json("{\"a\":10,\"c\":0,\"d\":9}"), few);
}

/* -- random trees --------------------------------------------------------------------------------
 */

static void add_random_text(char *text, size_t *len) {
    *len = 0;
    for (uint64_t i = next_random() % 6; i > 0; i--) {
        uint64_t kind = next_random() % 5;
        uint32_t code_point = (uint32_t)(kind == 0   ? next_random() % 0x20
                                         : kind == 1 ? next_random() % 0x10000
                                         : kind == 2 ? 0xD800 + next_random() % 0x400
                                                     : 0x20 + next_random() % 0x5F);
        bool is_low = code_point >= 0xDC00 && code_point <= 0xDFFF;
        *len += (size_t)spoor_utf8_put(text + *len, is_low ? 'x' : code_point);
    }
}

static void add_random(spoor_dynamic_builder *builder, int depth) {
    static const double reals[] = {0, -0.0, 0.1, 1, 1e300, -5e-324, 9007199254740992.0, 9e18};
    char text[32];
    size_t len;
    spoor_value value = {.type = SPOOR_LONG};
    uint64_t kind = next_random() % (depth > 0 ? 8 : 6);
    if (kind >= 6) {
        spoor_dynamic_open(builder, kind == 6 ? '[' : '{');
        uint64_t count = next_random() % 10 == 0 ? 40 : next_random() % 5;
        for (; count > 0; count--) {
            if (kind == 7) {
                add_random_text(text, &len);
                spoor_dynamic_name(builder, (spoor_str){text, len});
            }
            add_random(builder, depth - 1);
        }
        spoor_dynamic_close(builder);
        return;
    }
    if (kind == 0) {
        value.is_null = true;
    } else if (kind == 1) {
        value = (spoor_value){.type = SPOOR_BOOL, .boolean = next_random() & 1};
    } else if (kind == 2) {
        value.integer = (int64_t)next_random() >> next_random() % 64;
    } else if (kind == 3) {
        value = (spoor_value){.type = SPOOR_REAL, .real = reals[next_random() % 8]};
    } else {
        add_random_text(text, &len);
        value = (spoor_value){.type = SPOOR_STRING, .string = {text, len}};
    }
    spoor_dynamic_add(builder, &value);
}

static spoor_str random_tree(int depth) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, unit_arena());
    add_random(&builder, depth);
    return spoor_dynamic_finish(&builder);
}

/* The same with the names of the outermost bag the other way round. */
static spoor_str reversed(spoor_str bag) {
    spoor_str names[64], elements[64];
    uint32_t count = 0;
    spoor_dynamic_iter iter = spoor_dynamic_begin(bag);
    while (count < 64 && spoor_dynamic_next(&iter, &names[count], &elements[count])) {
        count++;
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, unit_arena());
    spoor_dynamic_open(&builder, '{');
    while (count-- > 0) {
        spoor_dynamic_name(&builder, names[count]);
        spoor_dynamic_add_encoded(&builder, elements[count]);
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void check_random_trees(void) {
    bool printed = true, same_bytes = true, equal = true, turned = true;
    for (int i = 0; i < 3000; i++) {
        spoor_str tree = random_tree(4), again = {NULL, 0};
        spoor_str text = print(tree);
        printed = printed && spoor_utf8_is_valid(text);
        equal = equal && spoor_dynamic_parse_json(unit_arena(), text, &again) &&
                spoor_dynamic_compare(tree, again) == 0 &&
                spoor_dynamic_hash(tree) == spoor_dynamic_hash(again);
        spoor_str twice = print(again);
        same_bytes = same_bytes && spoor_str_eq(text, twice);
        if (spoor_dynamic_kind_of(tree) == SPOOR_DYN_BAG) {
            spoor_str other = reversed(tree);
            turned = turned && spoor_dynamic_compare(tree, other) == 0 &&
                     spoor_dynamic_hash(tree) == spoor_dynamic_hash(other);
        }
    }
    CHECK(printed);
    CHECK(equal);
    CHECK(same_bytes);
    CHECK(turned);
}

/* Small trees of few values, so that ties and near ties are frequent. */
static spoor_str random_near(int depth) {
    static const char *const scalars[] = {"null",
                                          "true",
                                          "0",
                                          "1",
                                          "1.0",
                                          "2.5",
                                          "9007199254740993",
                                          "9007199254740992.0",
                                          "\"a\"",
                                          "\"\"",
                                          "[]",
                                          "{}",
                                          "4611686018427387904",
                                          "4611686018427387904.0",
                                          "-1e308"};
    static const char *const decimals[] = {"1.0", "2.50", "9007199254740993", "4611686018427388000",
                                           "2.5000000000000000001"};
    uint64_t kind = next_random() % (depth > 0 ? 6 : 4);
    if (kind == 0) {
        return decimal(decimals[next_random() % 5]);
    }
    if (kind < 4) {
        return json(scalars[next_random() % 15]);
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, unit_arena());
    spoor_dynamic_open(&builder, kind == 4 ? '[' : '{');
    for (uint64_t i = next_random() % 20 == 0 ? 30 : next_random() % 3; i > 0; i--) {
        if (kind == 5) {
            char name = (char)('a' + next_random() % 22);
            spoor_dynamic_name(&builder, (spoor_str){&name, 1});
        }
        spoor_dynamic_add_encoded(&builder, random_near(depth - 1));
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void check_total_order(void) {
    enum { N = 120 };
    spoor_str values[N];
    for (int i = 0; i < N; i++) {
        values[i] = random_near(2);
    }
    bool symmetric = true, transitive = true, hashed = true;
    static signed char order[N][N];
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            order[i][j] = (signed char)spoor_dynamic_compare(values[i], values[j]);
            hashed = hashed && (order[i][j] != 0 ||
                                spoor_dynamic_hash(values[i]) == spoor_dynamic_hash(values[j]));
        }
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            symmetric = symmetric && order[i][j] == -order[j][i];
            for (int k = 0; k < N; k++) {
                bool below = order[i][j] <= 0 && order[j][k] <= 0;
                bool strict = order[i][j] < 0 || order[j][k] < 0;
                transitive =
                    transitive && (!below || (strict ? order[i][k] < 0 : order[i][k] == 0));
            }
        }
    }
    CHECK(symmetric);
    CHECK(transitive);
    CHECK(hashed);
}

void test_dynamic(void);
void test_dynamic(void) {
    check_round_trips();
    check_refusals();
    check_depth();
    check_scalars();
    check_access();
    check_large_bags();
    check_order();
    check_random_trees();
    for (int i = 0; i < 10; i++) {
        check_total_order();
    }
}
