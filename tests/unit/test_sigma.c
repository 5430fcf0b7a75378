/* test_sigma.c - Sigma rules as queries: each modifier, conditions, log sources, what is blind or refused. */
#include "rules/rule.h"

#include "tests/unit/unit.h"

static const spoor_rule *read_rule(const char *text) {
    spoor_rule_set set = {.arena = unit_arena()};
    spoor_rules_read(&set, "rule.yml", spoor_str_from(text), true);
    spoor_rules_link(&set);
    CHECK_LONG(set.count, 1);
    return &set.rules[0];
}

static const spoor_rule *read_detection(const char *source, const char *detection) {
    return read_rule(spoor_arena_format(unit_arena(), "title: T\nlogsource: {%s}\ndetection:\n%s",
                                        source, detection)
                         .ptr);
}

/* The filter of a query over Sysmon's event 1, whose only selection has this line. */
static spoor_str filter_of(const char *line) {
    spoor_str text = spoor_arena_format(unit_arena(), "  s:\n    %s\n  condition: s\n", line);
    const spoor_rule *rule =
        read_detection("category: process_creation, product: windows", text.ptr);
    CHECK_LONG(rule->diags.nerrors, 0);
    const char *last = rule->query.ptr, *mark = "| where ";
    for (const char *at = last; at != NULL && (at = strstr(at, mark)) != NULL; at++) {
        last = at + strlen(mark);
    }
    size_t len = (size_t)(rule->query.ptr + rule->query.len - last);
    return (spoor_str){last, len > 0 ? len - 1 : 0};
}

static spoor_str error_of(const char *detection) {
    const spoor_rule *rule =
        read_detection("category: process_creation, product: windows", detection);
    return rule->diags.first != NULL ? spoor_str_from(rule->diags.first->message)
                                     : SPOOR_STR("none");
}

#define LINE "process_command_line"

static void check_values(void) {
    CHECK_STR(filter_of("CommandLine: 'a'"), LINE " =~ \"a\"");
    CHECK_STR(filter_of("CommandLine: ['a', 7]"), LINE " in~ (\"a\", \"7\")");
    CHECK_STR(filter_of("CommandLine: ''"),
              "isnotnull(EventData.CommandLine) and (tostring(EventData.CommandLine) =~ \"\")");
    CHECK_STR(filter_of("CommandLine: '*a'"), LINE " endswith \"a\"");
    CHECK_STR(filter_of("CommandLine: 'a*'"), LINE " startswith \"a\"");
    CHECK_STR(filter_of("CommandLine: '*a*'"), LINE " contains \"a\"");
    CHECK_STR(filter_of("CommandLine: '*'"), "isnotnull(EventData.CommandLine)");
    CHECK_STR(filter_of("CommandLine: 'a*b?.c'"), LINE " matches regex @\"(?is)^a.*b.\\.c$\"");
    CHECK_STR(filter_of("CommandLine: 'a\\*\\?\\\\\\b'"), LINE " =~ @\"a*?\\\\b\"");
    CHECK_STR(filter_of("CommandLine: null"), "isnull(EventData.CommandLine)");
    CHECK_STR(filter_of("CommandLine: 'say \"a\\b\"'"), LINE " =~ @\"say \"\"a\\b\"\"\"");
    CHECK_STR(filter_of("Hashes|contains: 'x'"), "tostring(EventData.Hashes) contains \"x\"");
    CHECK_STR(filter_of("imphash: 'x'"), "hash_imphash =~ \"x\"");
    CHECK_STR(filter_of("{imphash: 'x', Hashes: null}"),
              "extract(\"IMPHASH=([^,]*)\", 1, coalesce(tostring(EventData.Hashes), "
              "tostring(EventData.Hash))) =~ \"x\"\n    and isnull(EventData.Hashes)");
    CHECK_STR(filter_of("EventID: [1, 5]"), "EventID in (1, 5)");
}

static void check_modifiers(void) {
    CHECK_STR(filter_of("CommandLine|contains: ['a', 'b']"),
              LINE " contains \"a\" or " LINE " contains \"b\"");
    CHECK_STR(filter_of("CommandLine|contains|all: ['a', 'b']"),
              LINE " contains \"a\"\n    and " LINE " contains \"b\"");
    CHECK_STR(filter_of("CommandLine|startswith: 'a'"), LINE " startswith \"a\"");
    CHECK_STR(filter_of("CommandLine|endswith|cased: 'a'"), LINE " endswith_cs \"a\"");
    CHECK_STR(filter_of("CommandLine|cased: 'a'"), LINE " == \"a\"");
    CHECK_STR(filter_of("CommandLine|neq: 'a'"), "not(" LINE " =~ \"a\")");
    CHECK_STR(filter_of("CommandLine|re: 'a\\d+'"), LINE " matches regex @\"a\\d+\"");
    CHECK_STR(filter_of("CommandLine|re: '^a?$'"),
              "isnotnull(EventData.CommandLine) and "
              "(tostring(EventData.CommandLine) matches regex \"^a?$\")");
    CHECK_STR(filter_of("CommandLine|wide|contains: 'ab'"), LINE " contains \"a\\u0000b\\u0000\"");
    CHECK_STR(filter_of("CommandLine|re|i|s: 'a.b'"), LINE " matches regex \"(?is)a.b\"");
    CHECK_STR(filter_of("CommandLine|windash: '-x'"), LINE
              " in~ (\"-x\", \"/x\", \"\xE2\x80\x93x\", \"\xE2\x80\x94x\", \"\xE2\x80\x95x\")");
    CHECK_STR(filter_of("CommandLine|contains|windash: 'a-b'"), LINE " contains \"a-b\"");
    CHECK_STR(filter_of("CommandLine|base64: 'spoor'"), LINE " =~ \"c3Bvb3I=\"");
    CHECK_STR(filter_of("CommandLine|base64offset|contains: 'spoor'"),
              LINE " contains \"c3Bvb3\" or " LINE " contains \"Nwb29y\" or " LINE
                   " contains \"zcG9vc\"");
    CHECK_STR(filter_of("CommandLine|wide|base64: 'ab'"), LINE " =~ \"YQBiAA==\"");
    CHECK_STR(filter_of("CommandLine|utf16be|base64: 'ab'"), LINE " =~ \"AGEAYg==\"");
    CHECK_STR(filter_of("CommandLine|utf16|base64: 'ab'"), LINE " =~ \"//5hAGIA\"");
    CHECK_STR(filter_of("CommandLine|exists: true"), "bag_has_key(EventData, \"CommandLine\")");
    CHECK_STR(filter_of("CommandLine|exists: false"),
              "not(bag_has_key(EventData, \"CommandLine\"))");
    CHECK_STR(filter_of("Image|fieldref: ParentImage"),
              "isnotempty(process_parent_path) and process_path =~ process_parent_path");
    CHECK_STR(filter_of("ProcessId|gte: 8"), "coalesce(todouble(process_id) >= 8, false)");
    CHECK_STR(filter_of("UtcTime|hour: 3"),
              "coalesce(datetime_part(\"hour\", todatetime(event_creation_time)) == 3, false)");
}

static void check_addresses(void) {
    const spoor_rule *rule =
        read_detection("category: network_connection, product: windows",
                       "  s:\n    DestinationIp|cidr: ['10.0.0.0/8', 'fc00::/7']\n"
                       "  condition: not s\n");
    CHECK_STR(
        rule->query,
        "Sysmon\n| where EventID == 3\n| where Source == \"Microsoft-Windows-Sysmon\"\n"
        "| where not(coalesce(ipv4_is_in_range(dst_ip, \"10.0.0.0/8\"), false) or "
        "coalesce(dst_ip contains \":\" and ipv6_is_in_range(dst_ip, \"fc00::/7\"), false))\n");
}

#define SELECTIONS                                                                                 \
    "  a1: {Image: x}\n  a2: {Image: y}\n  _a: {Image: z}\n  b: {User: u}\n  condition: "

static spoor_str condition_of(const char *condition) {
    spoor_str text = spoor_arena_format(unit_arena(), SELECTIONS "%s\n", condition);
    const spoor_rule *rule =
        read_detection("category: process_creation, product: windows", text.ptr);
    const char *filter = strstr(rule->query.ptr, "Sysmon\"\n| where ");
    CHECK(filter != NULL);
    filter += filter != NULL ? 16 : 0;
    return (spoor_str){filter, (size_t)(rule->query.ptr + rule->query.len - filter) - 1};
}

static void check_conditions(void) {
    CHECK_STR(condition_of("1 of a*"), "process_path =~ \"x\" or process_path =~ \"y\"");
    CHECK_STR(condition_of("all of a*"), "process_path =~ \"x\"\n    and process_path =~ \"y\"");
    CHECK_STR(condition_of("1 of them"),
              "process_path =~ \"x\" or process_path =~ \"y\" or user_name =~ \"u\"");
    CHECK_STR(condition_of("2 of them"),
              "toint(process_path =~ \"x\") + toint(process_path =~ \"y\") + "
              "toint(user_name =~ \"u\") >= 2");
    CHECK_STR(condition_of("1 of _a*"), "process_path =~ \"z\"");
    CHECK_STR(condition_of("b and not 1 of a*"),
              "user_name =~ \"u\"\n    and not(process_path =~ \"x\" or process_path =~ \"y\")");
    CHECK_STR(condition_of("a1 or a2 AND b"),
              "process_path =~ \"x\" or (process_path =~ \"y\" and user_name =~ \"u\")");
    CHECK_STR(condition_of("(a1 or a2) and b"),
              "(process_path =~ \"x\" or process_path =~ \"y\")\n    and user_name =~ \"u\"");
    CHECK_STR(condition_of("\n    - a1\n    - b"), "process_path =~ \"x\" or user_name =~ \"u\"");
}

static void check_sources(void) {
    const spoor_rule *rule = read_detection("product: windows, service: security",
                                            "  s: {EventID: 4688}\n  condition: s\n");
    CHECK_STR(rule->query,
              "WindowsEvent\n| where Channel in~ (\"Security\")\n| where EventID == 4688\n");
    rule = read_detection("product: windows, service: application",
                          "  s: ['a\\b', 'c']\n  t: {Data|contains: 'd'}\n  condition: s and t\n");
    CHECK_STR(
        rule->query,
        "_Events\n| where Channel in~ (\"Application\")\n"
        "| where ((tostring(EventData) contains @\"a\\\\b\" or Message contains @\"a\\b\") or "
        "(tostring(EventData) contains \"c\" or Message contains \"c\"))\n"
        "    and strcat(\"\\u0001\", coalesce(strcat_array(EventData.Data, \"\\u0001\\n\\u0001\"), "
        "tostring(EventData.Data)), \"\\u0001\") contains \"d\"\n");
    CHECK(read_detection("product: zeek", "  s: {a: 1}\n  condition: s\n")->blind.len > 0);
    rule = read_detection("category: file_event, product: windows",
                          "  s: {CommandLine: x}\n  t: {Image: y}\n  condition: s and t\n");
    CHECK_STR(rule->blind, "Sysmon logs no 'CommandLine' in event 11");
    rule = read_detection("category: file_event, product: windows",
                          "  s: {CommandLine: x}\n  t: {Image: y}\n  condition: s or t\n");
    CHECK(rule->blind.len == 0);
    rule = read_detection("category: process_creation",
                          "  s: {Image|expand: '%tools%'}\n  condition: s\n");
    CHECK_STR(rule->blind, "there are no values for the placeholder 'tools'");
}

static void check_refusals(void) {
    CHECK_STR(error_of("  s: {Image|near: x}\n  condition: s\n"), "there is no modifier 'near'");
    CHECK_STR(
        error_of("  s: {'|re': 'a.*b'}\n  condition: s\n"),
        "a keyword is looked for anywhere in the event: modifiers that compare the text of a field "
        "need a field");
    CHECK_STR(error_of("  s: {Image|re|contains|i|cidr: x}\n  condition: s\n"),
              "'cidr' does not go with the modifiers before it");
    CHECK_STR(error_of("  s: {Image|re: '('}\n  condition: s\n").len > 20 ? SPOOR_STR("ok")
                                                                          : SPOOR_STR("none"),
              "ok");
    CHECK_STR(error_of("  s: {Image: x}\n  condition: t\n"),
              "condition: a selection is expected, not 't'");
    CHECK_STR(error_of("  s: {Image: x}\n  condition: s and\n"),
              "condition: a selection is expected, not its end");
    CHECK_STR(error_of("  s: {Image: x}\n  condition: s | count() > 5\n"),
              "aggregation: it needs a 'timeframe': a number and s, m, h or d");
    CHECK_STR(error_of("  s: {Image: x}\n  timeframe: 5m\n  condition: s\n"),
              "'timeframe' without an aggregation behind '|' has no meaning");
    CHECK_STR(error_of("  s: {Image: x}\n"), "there is no 'condition'");
    CHECK(read_detection("product: windows, service: none-such", "  s: {a: 1}\n  condition: s\n")
              ->diags.nerrors == 1);
    CHECK(read_rule("title: C\ncorrelation: {type: event_count}\n")->diags.nerrors == 1);
}

static void check_metadata(void) {
    CHECK_STR(
        spoor_str_from(read_rule("title: A\ntaxonomy: ecs\nlogsource: {category: process_access}\n"
                                 "detection: {s: {a.b: x}, condition: s}\n")
                           ->diags.first->message),
        "fields and log sources of the taxonomy 'ecs' are not known");
    CHECK(read_rule("title: A\ntaxonomy: sigma\nlogsource: {category: process_access}\n"
                    "detection: {s: {SourceImage: x}, condition: s}\n")
              ->diags.nerrors == 0);
    const spoor_rule *rule =
        read_rule("title: A\nid: i\nlevel: critical\n"
                  "tags: [attack.t1003.001, attack.credential-access, attack.g0016, cve.x]\n"
                  "logsource: {category: process_access}\n"
                  "detection: {s: {SourceImage: x}, condition: s}\n");
    CHECK_STR(rule->title, "A");
    CHECK_LONG(rule->level, SPOOR_LEVEL_CRITICAL);
    CHECK_LONG(rule->tags.count, 4);
    CHECK_LONG(rule->techniques.count, 1);
    CHECK_STR(rule->techniques.items[0], "T1003.001");
    CHECK_LONG(rule->tactics.count, 1);
    CHECK_STR(rule->tactics.items[0], "CredentialAccess");
}

/* -- placeholders ------------------------------------------------------------------------------ */

static const spoor_rule *read_with(const char *placeholders, const char *line) {
    spoor_rule_set set = {.arena = unit_arena()};
    CHECK(spoor_rules_read_placeholders(&set, spoor_str_from(placeholders)) == NULL);
    spoor_str text = spoor_arena_format(unit_arena(),
                                        "title: T\nlogsource: {category: process_creation}\n"
                                        "detection:\n  s: {%s}\n  condition: s\n",
                                        line);
    spoor_rules_read(&set, "rule.yml", text, true);
    spoor_rules_link(&set);
    return &set.rules[0];
}

static bool query_has(const spoor_rule *rule, const char *text) {
    return rule->query.len > 0 && strstr(rule->query.ptr, text) != NULL;
}

static void check_placeholders(void) {
    const char *names = "tools: [a, 'b*']\nuser: root\nempty: []\n";
    CHECK(query_has(read_with(names, "User|expand: '%user%'"), "user_name =~ \"root\""));
    CHECK(query_has(read_with(names, "Image|expand|endswith: '/%tools%'"),
                    "process_path endswith \"/a\""));
    CHECK(query_has(read_with(names, "Image|expand: '%tools%'"),
                    "process_path =~ \"a\" or process_path startswith \"b\""));
    CHECK(query_has(read_with(names, "Image|expand: '%user%-%tools%'"), "=~ \"root-a\""));
    CHECK(query_has(read_with(names, "Image|expand: '\\%user%user%'"), "=~ \"%userroot\""));
    CHECK(query_has(read_with(names, "Image|expand: 'c:\\\\%user%'"), "=~ @\"c:\\root\""));
    CHECK(query_has(read_with(names, "Image|expand|re: '^\\%user%user%'"), "@\"^\\%userroot\""));
    CHECK(query_has(read_with("vars: {user: '%user%'}\n", "Image|expand: '%user%'"),
                    "=~ \"%user%\""));
    CHECK(query_has(read_with("nets: [10.0.0.0/8]\n", "Image|expand|cidr: '%nets%'"),
                    "\"10.0.0.0/8\""));
    CHECK(read_with(names, "Image|expand: '%empty%'")->blind.len > 0);
    CHECK_LONG(read_with("tools: {a: b}\n", "Image|expand: '%tools%'")->diags.nerrors, 1);
    spoor_rule_set set = {.arena = unit_arena()};
    CHECK(spoor_rules_read_placeholders(&set, SPOOR_STR("[a]")) != NULL);
    CHECK(spoor_rules_read_placeholders(&set, SPOOR_STR("a: [")) != NULL);
}

void test_sigma(void);
void test_sigma(void) {
    check_values();
    check_modifiers();
    check_addresses();
    check_conditions();
    check_sources();
    check_refusals();
    check_metadata();
    check_placeholders();
}
