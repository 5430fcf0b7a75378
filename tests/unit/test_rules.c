/* test_rules.c - rule files: how they split into rules, what headers say, where mistakes are, limits. */
#include "rules/rule.h"
#include "rules/yaml_tree.h"

#include "base/time.h"
#include "tests/unit/unit.h"

static spoor_rule_set read_as(const char *path, const char *text) {
    spoor_rule_set set = {.arena = unit_arena()};
    spoor_rules_read(&set, path, spoor_str_from(text), true);
    return set;
}

/* "line:column" of a place in the rule's file. */
static spoor_str place(const spoor_rule *rule, uint32_t offset) {
    uint32_t line, column;
    spoor_text_position(rule->file->bytes, offset, &line, &column);
    return spoor_arena_format(unit_arena(), "%u:%u", line, column);
}

/* Where the file has the word of the query. */
static spoor_str locate(const spoor_rule *rule, const char *word) {
    size_t len = strlen(word);
    for (uint32_t i = 0; i + len <= rule->query.len; i++) {
        if (memcmp(rule->query.ptr + i, word, len) == 0) {
            return place(rule, spoor_rule_locate(rule, i, i + (uint32_t)len).start);
        }
    }
    return SPOOR_STR("not there");
}

static void check_utf16(void) {
    static const char little[] = "\xFF\xFET\0 \0|\0 \0w\0h\0e\0r\0e\0 \0\xE9\0\n\0";
    static const char big[] = "\xFE\xFF\0T\0\n\xD8\x3D\xDE\x00\0";
    spoor_rule_set set = {.arena = unit_arena()};
    spoor_rules_read(&set, "folder/x.txt", (spoor_str){little, sizeof little - 1}, false);
    spoor_rules_read(&set, "folder/x.kql", (spoor_str){big, sizeof big - 1},
                     true); /* an odd byte at its end */
    CHECK_LONG(set.count, 2);
    CHECK_STR(set.rules[0].query, "T | where \xC3\xA9");
    CHECK_STR(set.rules[1].query, "T\n\xF0\x9F\x98\x80");
    spoor_rules_read(&set, "folder/readme.txt", SPOOR_STR("a | b\nwhere to look\n"), false);
    CHECK_LONG(set.count, 2);
}

static void check_text(void) {
    spoor_rule_set set =
        read_as("packs/T1003.001_dump.txt",
                "\xEF\xBB\xBF// Name: One\n//\n// Severity: High\n// QueryPeriod: 1H\n"
                "// AlertTriggerThreshold: 3\n// Tactics: #Credential Access #Discovery\n"
                "Sysmon\n| where a == \"// Name: no\"\n\n// a remark\n| where b\n\n"
                "// Name: Two\nEvent | take 1;\n");
    CHECK_LONG(set.count, 2);
    const spoor_rule *one = &set.rules[0], *two = &set.rules[1];
    CHECK_STR(one->title, "One");
    CHECK_LONG(one->level, SPOOR_LEVEL_HIGH);
    CHECK_LONG(one->period, SPOOR_TICKS_HOUR);
    CHECK_LONG(one->tactics.count, 2);
    CHECK_STR(one->tactics.items[0], "CredentialAccess");
    CHECK_STR(one->techniques.items[0], "T1003.001");
    CHECK(!spoor_rule_fires(one, 3) && spoor_rule_fires(one, 4));
    CHECK_STR(locate(one, "where b"), "11:3");
    CHECK_STR(two->title, "Two");
    CHECK_LONG(two->index, 1);
    CHECK_STR(two->query, "Event | take 1;");
    CHECK_LONG(two->level, SPOOR_LEVEL_MEDIUM);
    /* Without names: a complete query, a blank line, a remark, a word that can only begin another. */
    CHECK_LONG(read_as("x.kql", "T | take 1\n\n// next\nT | take 2\n").count, 2);
    CHECK_LONG(read_as("x.kql", "let a = 1;\n\n// then\nT | take a\n").count, 1);
    CHECK_LONG(read_as("x.kql", "T\n| where (a\n\n// or\nor b)\n").count, 1);
    CHECK_LONG(read_as("x.kql", "print ```\n\n// Name: in a text\nT```\n").count, 1);
    CHECK_LONG(read_as("x.kql", "T | take 1\n\nlet a = 2;\nT | take a\n\nprint 1\n").count, 3);
    CHECK_LONG(read_as("x.kql", "let a = 1;\n\nlet b = 2;\n\nT | take a\n").count, 1);
    CHECK_LONG(read_as("x.kql", "// nothing else\n").rules[0].diags.nerrors, 1);
    CHECK_LONG(read_as("x.txt", "// Severity: bad\nT\n").rules[0].diags.nerrors, 1);
    CHECK_LONG(read_as("x.exe", "T\n").rules[0].diags.nerrors, 1);
    spoor_rule_set odd = read_as("x.kql", "T // caf\xE9\n");
    CHECK_LONG(odd.rules[0].diags.nwarnings, 1);
    CHECK_LONG(odd.rules[0].diags.nerrors, 0);
}

static void check_markdown(void) {
    spoor_rule_set set =
        read_as("x.md", "# Dump T1003\n```python\nT\n```\n```kql\nSysmon\n| take 1\n```\n"
                        "~~~ Kusto\nEvent\n~~~\n```kql\nopen");
    CHECK_LONG(set.count, 3);
    CHECK_STR(set.rules[0].title, "Dump T1003");
    CHECK_STR(set.rules[0].techniques.items[0], "T1003");
    CHECK_STR(locate(&set.rules[0], "take"), "7:3");
    CHECK_STR(set.rules[1].query, "Event");
    CHECK_LONG(set.rules[2].diags.nerrors, 1);
    CHECK_LONG(read_as("x.md", "prose\n").rules[0].diags.nerrors, 1);
}

static void check_sentinel(void) {
    spoor_rule_set set = read_as(
        "x.yaml", "id: 7\nname: N\ndescription: |\n  'quoted'\nseverity: Low\n"
                  "queryFrequency: PT1H\nqueryPeriod: 1.00:00:00\ntriggerOperator: LessThan\n"
                  "triggerThreshold: 2\ntactics:\n  - Execution\nrelevantTechniques: [T1059]\n"
                  "query: |\n\n  Sysmon\n  | where wrong\nentityMappings:\n"
                  "  - entityType: Host\n    fieldMappings:\n"
                  "      - {identifier: FullName, columnName: Computer}\n");
    const spoor_rule *rule = &set.rules[0];
    CHECK_LONG(set.count, 1);
    CHECK_LONG(rule->diags.nerrors, 0);
    CHECK_STR(rule->description, "quoted");
    CHECK_LONG(rule->kind, SPOOR_RULE_SCHEDULED);
    CHECK_LONG(rule->frequency, SPOOR_TICKS_HOUR);
    CHECK_LONG(rule->period, SPOOR_TICKS_DAY);
    CHECK(spoor_rule_fires(rule, 1) && !spoor_rule_fires(rule, 2));
    CHECK_LONG(rule->nentities, 1);
    CHECK_STR(rule->entities[0].column, "Computer");
    CHECK_STR(locate(rule, "wrong"), "16:11");
    /* The other ways that YAML writes a text. */
    CHECK_STR(locate(&read_as("x.yaml", "query: >\n  T | where\n  wrong\n").rules[0], "wrong"),
              "3:3");
    CHECK_STR(
        locate(&read_as("x.yaml", "query: \"T\\n| where \\\"\\u00e9\\\"\\\n  wrong\"\n").rules[0],
               "wrong"),
        "2:3");
    CHECK_STR(locate(&read_as("x.yaml", "query: 'T | where ''a'' wrong'\n").rules[0], "wrong"),
              "1:25");
    CHECK_STR(locate(&read_as("x.yaml", "query: T | where\n  wrong\n").rules[0], "wrong"), "2:3");
    CHECK_LONG(read_as("x.yaml", "kind: NRT\nquery: T\n").rules[0].period, SPOOR_TICKS_MINUTE);
    CHECK_LONG(read_as("x.yaml", "kind: Fusion\nquery: T\n").rules[0].diags.nerrors, 1);
    CHECK_LONG(read_as("x.yaml", "query: T\n---\nquery: U\n").count, 2);
    CHECK_LONG(read_as("x.yaml", "query: [T\n").rules[0].diags.nerrors, 1);
    CHECK_LONG(read_as("x.yaml", "detection: {a: b}\n").rules[0].diags.nerrors, 1);
    CHECK_LONG(read_as("x.yaml", "query: {a: b}\nseverity: [x]\n").rules[0].diags.nerrors, 2);
}

static void ignore_document(void *context, const spoor_yaml *root) {
    (void)context;
    (void)root;
}

static bool reads(const char *text) {
    spoor_diags diags = {.arena = unit_arena()};
    bool ok = spoor_yaml_read(unit_arena(), spoor_str_from(text), &diags, ignore_document, NULL);
    CHECK(ok == (diags.nerrors == 0));
    return ok;
}

static void check_yaml_limits(void) {
    char text[SPOOR_YAML_MAX_DEPTH + 2];
    memset(text, '[', sizeof text);
    text[sizeof text - 1] = '\0';
    CHECK(!reads(text));
    CHECK(!reads("a: *nobody\n"));
    CHECK(!reads("a: &a [*a]\n")); /* a node is named when it is whole */
    CHECK(reads("a: &a [1]\nb: *a\n"));
    CHECK(!reads("? [a]\n: b\n"));
    CHECK(!reads("a: \x01\n"));
    CHECK(reads(""));
    /* Each line names the one above nine times: a billion values written out. */
    char bomb[2000];
    size_t len = (size_t)snprintf(bomb, sizeof bomb, "a0: &a0 x\n");
    for (int i = 1; i < 10; i++) {
        len += (size_t)snprintf(bomb + len, sizeof bomb - len,
                                "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i,
                                i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    CHECK(!reads(bomb));
}

static void check_durations(void) {
    static const char *const good[] = {"5m",   "1H",      "14d",     "1.02:00:00",
                                       "PT1H", "P1DT12H", "00:05:00"};
    static const char *const bad[] = {"",    "5",   "P1M", "PT", "P",
                                      "1h1", "PTH", "-1h", "0m", "P1D1D1"};
    int64_t ticks;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(spoor_rule_duration(spoor_str_from(good[i]), &ticks));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unit_check(!spoor_rule_duration(spoor_str_from(bad[i]), &ticks), __FILE__, __LINE__,
                   bad[i]);
    }
    spoor_rule_duration(SPOOR_STR("P1DT12H"), &ticks);
    CHECK_LONG(ticks, SPOOR_TICKS_DAY + 12 * SPOOR_TICKS_HOUR);
}

void test_rules(void);
void test_rules(void) {
    check_text();
    check_utf16();
    check_markdown();
    check_sentinel();
    check_yaml_limits();
    check_durations();
}
