/* test_parser.c - what golden tests of trees and errors do not reach: limits,
 * bytes that are no text, trees too long to read, and the promise that a tree
 * printed as KQL parses to the same tree. */
#include "parser/parse.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

void test_parser(void);

static spoor_diags diags;

static spoor_ast *parse(spoor_str text, bool strict) {
    diags = (spoor_diags){.arena = unit_arena()};
    spoor_diags_add_source(&diags, (spoor_source){.name = "query", .text = text});
    return spoor_parse(unit_arena(), text, (spoor_parse_options){.strict = strict}, &diags);
}

static spoor_ast *parse_z(const char *text) {
    return parse(spoor_str_from(text), false);
}

typedef void print_function(const spoor_ast *node, FILE *out);

/* What a printer writes, in the test's arena. */
static spoor_str printed(print_function *print, const spoor_ast *node) {
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL) {
        return SPOOR_STR("");
    }
    print(node, out);
    fclose(out);
    char *copy = spoor_arena_push_raw(unit_arena(), len + 1, 1);
    memcpy(copy, text, len + 1);
    free(text);
    return (spoor_str){copy, len};
}

/* `before`, then `part` n times, then `after`; ends in a NUL. */
static spoor_str repeat(const char *before, const char *part, size_t n, const char *after) {
    size_t head = strlen(before), body = strlen(part), tail = strlen(after);
    char *text = spoor_arena_push_raw(unit_arena(), head + body * n + tail + 1, 1);
    memcpy(text, before, head);
    for (size_t i = 0; i < n; i++) {
        memcpy(text + head + i * body, part, body);
    }
    memcpy(text + head + n * body, after, tail + 1);
    return (spoor_str){text, head + n * body + tail};
}

static void check_error(spoor_str text, const char *message, uint32_t start, uint32_t end) {
    CHECK(parse(text, false) == NULL);
    CHECK_LONG(diags.nerrors, 1);
    if (diags.first != NULL) {
        CHECK_STR(spoor_str_from(diags.first->message), message);
        CHECK_LONG(diags.first->span.start, start);
        CHECK_LONG(diags.first->span.end, end);
    }
}

static void test_limits(void) {
    static const char deep[] = "the query is nested more than 1000 deep";
    check_error(repeat("print ", "(", 10000, "1"), deep, 1006, 1007);
    check_error(repeat("print dynamic(", "[", 10000, "1"), deep, 1013, 1014);
    CHECK(parse(repeat("print ", "f(", 990, "1"), false) == NULL); /* not closed, not too deep */
    CHECK_LONG(diags.nerrors, 1);
    CHECK(parse(repeat("print 1", "+1", 900, ""), false) != NULL);
    CHECK(parse(repeat("print 1", "+1", 1100, ""), false) == NULL);
    CHECK(parse(repeat("T", "| count", SPOOR_MAX_STAGES - 1, ""), false) != NULL);
    CHECK(parse(repeat("T", "| count", SPOOR_MAX_STAGES, ""), false) == NULL);
    CHECK_STR(spoor_str_from(diags.first->message), "a query cannot have more than 2000 stages");
    CHECK(parse(repeat("T", " ", SPOOR_MAX_QUERY_BYTES - 1, ""), false) != NULL);
    CHECK(parse(repeat("T", " ", SPOOR_MAX_QUERY_BYTES, ""), false) == NULL);
}

/* Words that only brackets make a name; what Kusto has and no store needs. */
static void test_words(void) {
    check_error(SPOOR_STR("T | project first"), "'first' is a keyword and needs brackets as a name",
                12, 17);
    check_error(SPOOR_STR("T | extend last = 1"),
                "'last' is a keyword and needs brackets as a name", 11, 15);
    check_error(SPOOR_STR("T | where title == 1"),
                "'title' is a keyword and needs brackets as a name", 10, 15);
    check_error(SPOOR_STR("inline_external_table (a:long)"),
                "'inline_external_table' is not supported", 0, 21);
    check_error(SPOOR_STR("let f = (a:lng) { a }"), "unknown type 'lng'", 11, 14);
    CHECK(parse_z("T | extend title = ['first'] | project inline_external_table") != NULL);
}

/* A rule with thousands of terms is not deep. */
static void test_long_chain(void) {
    spoor_ast *tree = parse(repeat("T | where a == 0", " or a == 1", 5000, ""), false);
    if (CHECK(tree != NULL)) {
        spoor_ast *chain = tree->first->last->first;
        CHECK_STR(chain->text, "or");
        CHECK_LONG(chain->nchildren, 5001);
        CHECK(tree->depth < 10);
    }
}

static void test_bytes(void) {
    check_error(SPOOR_STR("print '\xff'"), "the byte 0xFF is not UTF-8", 7, 8);
    check_error(SPOOR_STR("print 1\0"), "unexpected '.'", 7, 8);
    check_error(SPOOR_STR("T | where a == 'x\0'"),
                "the string is not closed before the end of the line", 15, 17);
    check_error(SPOOR_STR("print '\\U00110000'"), "unknown escape '\\U00110000' in a string", 7,
                17);
    check_error(SPOOR_STR("print '\\"), "the string is not closed before the end of the line", 6,
                7);
}

static void check_string(const char *literal, spoor_str want) {
    spoor_ast *tree = parse(repeat("print ", literal, 1, ""), false);
    if (CHECK(tree != NULL)) {
        const spoor_ast *node = tree->first->first->first;
        CHECK(node->kind == SPOOR_AST_LITERAL && node->type == SPOOR_AST_STRING);
        CHECK(spoor_str_eq(node->text, want));
    }
}

static void test_strings(void) {
    check_string("'a\\tb\\u00e9\\x41\\101\\0'", SPOOR_STR("a\tb\xc3\xa9"
                                                          "AA\0"));
    check_string("\"\\ud83d\\ude00\"", SPOOR_STR("\xf0\x9f\x98\x80"));
    check_string("@'a\\''b' \"c\" h@\"\\\"", SPOOR_STR("a\\'bc\\"));
    check_string("```a\n'\"\\```", SPOOR_STR("a\n'\"\\"));
    check_string("~~~`~~~", SPOOR_STR("`"));
    check_string("H'secret'", SPOOR_STR("secret"));
}

/* Pasted from a web page: taken with a warning, refused when strict. */
static void test_curly_quotes(void) {
    static const char text[] =
        "T | where a == \xE2\x80\x9Cx\xE2\x80\x9D and b == \"\xE2\x80\x9Cy\xE2\x80\x9D\"";
    spoor_ast *tree = parse_z(text);
    if (CHECK(tree != NULL)) {
        CHECK_LONG(diags.nwarnings, 1);
        spoor_ast *both = tree->first->last->first;
        CHECK_STR(both->first->last->text, "x");
        CHECK_STR(both->last->last->text, "\xE2\x80\x9Cy\xE2\x80\x9D");
    }
    CHECK(parse(spoor_str_from(text), true) == NULL);
    CHECK_LONG(diags.nerrors, 1);
}

static const char *const round_trips[] = {
    "T | extend x = f(0 .end(2h), 1 .a)",
    "T | where a = (d in (1)) | where b = c",
    "",
    "set notruncation; declare query_parameters(a:string='x', b:long=-1); T | where c == a",
    "let f = (T:(*), n:long=5, U:(a:string, b:dynamic)) { let m = n; T | take m }; T | invoke f(3)",
    "let v = view () { T }; alias database d = cluster('c').database('e'); v",
    "T | where not(a has_any ('x', y)) and b between (1d .. 2h) or c !in~ ((U | project d))",
    "T | extend (a, b) = f(), ['x y'] = d.e['g h'][0].[i], j = -k - -1 + int(null)",
    "T | where * has 'x' | search in (A*, database('b').C*) kind:'d' and * == 1",
    "T | summarize hint.strategy=shuffle n=count() by bin(t, 1h), ['#text'] | sort by n desc nulls "
    "last, t",
    "T | join kind=leftouter hint.remote=auto (U | take 1) on $left.a == $right.b, c | lookup V on "
    "d",
    "union kind=outer withsource=s isfuzzy=true (T | count), Sec*, f(1) | as "
    "hint.materialized=true X",
    "T | parse kind=regex flags=Ui a with * @'x\\d' b:long 'y' c | parse-kv d as (e:string, f:int) "
    "with (quote='\"')",
    "T | mv-expand kind=array a to typeof(string), b = c limit 5 | mv-apply x = a to typeof(long) "
    "limit 3 on (top 1 by x)",
    "T | make-series s = avg(a) default=0, count() on t from ago(1d) to now() step 1h by b | "
    "make-series max(a) on t in range(x, y, 1d)",
    "T | scan with_match_id=m partition by u declare (a:long=0) with (step s output=all: b > 1 => "
    "a = 2, c = s.d; step e: true;)",
    "T | partition hint.strategy=native by a (top 1 by b) | partition by a { T | where x == a }",
    "T | fork a=(take 1) (where b | count) | facet by c, d.e with (take 1)",
    "T | top-nested 3 of a with others='o' by n = sum(b) desc, top-nested of c by max(d)",
    "T | project-away a*, *b | project-reorder c* granny-asc, d desc | project-keep * | "
    "project-rename e = f",
    "find withsource=s in (T, U*, V | as W) where a == 1 project b, c:string, pack(*)",
    "T | evaluate hint.distribution=single bag_unpack(a, columnsConflict='replace') : (*, "
    "b:string) | render timechart with (title='x', ycolumns=a, b)",
    "externaldata (a:string, b:int,) [@'http://x' h'y'] with (format='csv', "
    "ignoreFirstRecord=true)",
    "datatable (a:datetime, b:dynamic) [datetime(2020-01-01 10:00), dynamic({'a':[1, -2.5, null, "
    "1d]}), datetime(null), dynamic(null),]",
    "print a=toscalar(T | count), b=```x\ny```, guid(74be27de-1e4e-49d9-b579-fe0b331d3642), "
    "real(nan), 1e-3, 0x1F, time(1.02:03)",
    "range i from 1 to 5 step 1 | extend 5Minutebin = i | where {parameter} == $x",
    "macro-expand isfuzzy=true entity_group [cluster('a').database('b'), c] as X (let y = 1; X.T | "
    "take y)",
    "T | make-graph a --> b with U on c, (V | take 1) on d | graph-match cycles=none "
    "(x)-[e*1..3]->(y)<--()--(z), (x)<-[]-(w) where x.a > 1 project x.b, n = y.c",
    "T | make-graph a --> b with_node_id=n partitioned-by c (graph-to-table nodes as N "
    "with_node_id=i, edges)",
    "T | graph-shortest-paths output=all (a)-[b*1..5]-(c) project d | assert-schema (a:long) | "
    "sample-distinct 5 of b",
    ".show tables | where a == 1",
    "#connect x\n.create function f() { T | take 1 }",
    "T datascope=hotcache | where a.title == b.contains and kind == 1 | extend title = 1, by = 2",
    "T | distinct * | top-hitters 3 of a by b | reduce by c with threshold=0.1 | consume | "
    "getschema",
};

static void test_round_trips(void) {
    for (size_t i = 0; i < sizeof round_trips / sizeof *round_trips; i++) {
        spoor_ast *tree = parse_z(round_trips[i]);
        if (!CHECK(tree != NULL)) {
            spoor_diag_print(&diags, diags.first, stdout);
            continue;
        }
        spoor_str kql = printed(spoor_ast_print_kql, tree);
        spoor_ast *again = parse(kql, false);
        if (!CHECK(again != NULL)) {
            spoor_diag_print(&diags, diags.first, stdout);
            continue;
        }
        CHECK_STR(printed(spoor_ast_print_tree, again), printed(spoor_ast_print_tree, tree).ptr);
    }
}

/* A clause and a property are found by name, a child by number. */
static void test_accessors(void) {
    spoor_ast *tree = parse_z("T | join kind=inner U on a, b");
    if (!CHECK(tree != NULL)) {
        return;
    }
    spoor_ast *join = spoor_ast_child(tree->first, 1);
    CHECK_STR(spoor_str_from(spoor_ast_kind_name(join->kind)), "join");
    CHECK_STR(spoor_ast_prop(join, "kind")->first->text, "inner");
    CHECK_LONG(spoor_ast_clause(join, "on")->nchildren, 2);
    CHECK(spoor_ast_clause(join, "where") == NULL);
    CHECK(spoor_ast_child(join, 3) == NULL);
    CHECK_LONG(join->at.start, 4);
    CHECK_LONG(join->at.end, 8);
    CHECK_LONG(join->span.end, 29);
}

void test_parser(void) {
    test_limits();
    test_words();
    test_long_chain();
    test_bytes();
    test_strings();
    test_curly_quotes();
    test_round_trips();
    test_accessors();
}
