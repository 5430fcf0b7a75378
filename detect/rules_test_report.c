/* rules_test_report.c - what came of tests of rules: TAP, JUnit's XML, or rows of any format. */
#include "base/safe_text.h"
#include "detect/rules_test.h"

#include <inttypes.h>

#include "engine/row_writer.h"

static const char *kind_name(spoor_test_kind kind) {
    static const char *const names[] = {"test", "mutant", "disguise"}; /* ORDER spoor_test_kind */
    return names[kind];
}

static const char *verdict_name(const spoor_test_result *result) {
    /* ORDER spoor_test_kind */
    static const char *const names[][2] = {
        {"failed", "passed"}, {"survived", "killed"}, {"evaded", "matched"}};
    return names[result->kind][result->is_ok];
}

/* What counts as a failure: a disguise tells of the rule, not of a mistake. */
static bool is_failure(const spoor_test_result *result) {
    return !result->is_ok && result->kind != SPOOR_TEST_DISGUISE;
}

/* -- TAP
 * ------------------------------------------------------------------------------------------------------
 */

/* One line: control characters are escaped, # and \ as TAP says. */
static void put_tap(spoor_tester *t, spoor_str text) {
    text = spoor_safe_text(&t->scratch, text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '#' || text.ptr[i] == '\\') {
            fputc('\\', t->out);
        }
        fputc(text.ptr[i], t->out);
    }
}

static void put_quoted(spoor_tester *t, const char *key, spoor_str text) {
    text = spoor_safe_text(&t->scratch, text);
    fprintf(t->out, "  %s: '", key);
    for (size_t i = 0; i < text.len; i++) {
        fputs(text.ptr[i] == '\'' ? "''" : "", t->out);
        if (text.ptr[i] != '\'') {
            fputc(text.ptr[i], t->out);
        }
    }
    fputs("'\n", t->out);
}

static void write_tap(spoor_tester *t) {
    uint64_t n = 0;
    fputs("TAP version 14\n", t->out);
    for (const spoor_test_result *r = t->first; r != NULL; r = r->next) {
        spoor_arena_rewind(&t->scratch);
        fprintf(t->out, "%s %" PRIu64 " - ", is_failure(r) ? "not ok" : "ok", ++n);
        if (r->kind != SPOOR_TEST_TEST) {
            fprintf(t->out, "%s %s: ", kind_name(r->kind), verdict_name(r));
        }
        put_tap(t, r->rule.len > 0 ? r->rule : spoor_str_from(r->test->file));
        fputs(": ", t->out);
        put_tap(t, r->name);
        fputc('\n', t->out);
        if (is_failure(r)) {
            fputs("  ---\n", t->out);
            put_quoted(t, "message", r->message);
            put_quoted(t, "file", spoor_str_from(r->test->file));
            fprintf(t->out, "  line: %u\n  ...\n", r->test->line);
        }
    }
    fprintf(t->out, "1..%" PRIu64 "\n", n);
}

/* -- JUnit
 * ----------------------------------------------------------------------------------------------------
 */

static void put_xml(spoor_tester *t, spoor_str text) {
    text = spoor_safe_text(&t->scratch, text);
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '<': fputs("&lt;", t->out); break;
        case '>': fputs("&gt;", t->out); break;
        case '&': fputs("&amp;", t->out); break;
        case '"': fputs("&quot;", t->out); break;
        default: fputc(text.ptr[i], t->out);
        }
    }
}

static void put_attribute(spoor_tester *t, const char *name, spoor_str value) {
    fprintf(t->out, " %s=\"", name);
    put_xml(t, value);
    fputc('"', t->out);
}

/* The results of one file, from r on; the first of the next comes back. */
static const spoor_test_result *write_suite(spoor_tester *t, const spoor_test_result *r) {
    uint64_t tests = 0, failures = 0;
    const spoor_test_result *end = r;
    for (; end != NULL && strcmp(end->test->file, r->test->file) == 0; end = end->next) {
        tests++;
        failures += is_failure(end);
    }
    fputs("  <testsuite", t->out);
    put_attribute(t, "name", spoor_str_from(r->test->file));
    fprintf(t->out, " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\">\n", tests, failures);
    for (; r != end; r = r->next) {
        spoor_arena_rewind(&t->scratch);
        fputs("    <testcase", t->out);
        put_attribute(t, "classname", r->rule.len > 0 ? r->rule : spoor_str_from(r->test->file));
        spoor_str name = r->name;
        if (r->kind != SPOOR_TEST_TEST) {
            name = spoor_arena_format(&t->scratch, "%s %s: %.*s", kind_name(r->kind),
                                      verdict_name(r), (int)name.len, name.ptr);
        }
        put_attribute(t, "name", name);
        if (is_failure(r)) {
            fputs("><failure", t->out);
            put_attribute(t, "message", r->message);
            fputs("/></testcase>\n", t->out);
        } else {
            fputs("/>\n", t->out);
        }
    }
    fputs("  </testsuite>\n", t->out);
    return end;
}

static void write_junit(spoor_tester *t) {
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"spoor rules test\">\n",
          t->out);
    for (const spoor_test_result *r = t->first; r != NULL;) {
        r = write_suite(t, r);
    }
    fputs("</testsuites>\n", t->out);
}

/* -- rows
 * ------------------------------------------------------------------------------------------------------
 */

static const spoor_row_column columns[SPOOR_MAX_ROW_COLUMNS] = {
    {"verdict", SPOOR_STRING}, {"kind", SPOOR_STRING}, {"rule", SPOOR_STRING},
    {"name", SPOOR_STRING},    {"file", SPOOR_STRING}, {"line", SPOOR_LONG},
    {"message", SPOOR_STRING},
};

/* A table is for people: what passed says nothing to them. */
static bool is_shown(const spoor_tester *t, const spoor_test_result *r) {
    return t->output->format != SPOOR_FORMAT_TABLE || !r->is_ok;
}

static void write_rows(spoor_tester *t) {
    bool is_any = false;
    for (const spoor_test_result *r = t->first; r != NULL && !is_any; r = r->next) {
        is_any = is_shown(t, r);
    }
    if (!is_any && t->output->format == SPOOR_FORMAT_TABLE) {
        return;
    }
    spoor_row_writer writer;
    spoor_row_writer_open(&writer, &t->arena, &t->scratch, t->output, t->out, columns);
    for (const spoor_test_result *r = t->first; r != NULL; r = r->next) {
        spoor_value cells[] = {
            spoor_text_value(spoor_str_from(verdict_name(r))),
            spoor_text_value(spoor_str_from(kind_name(r->kind))),
            spoor_text_value(r->rule),
            spoor_text_value(r->name),
            spoor_text_value(spoor_str_from(r->test->file)),
            spoor_number_value(r->test->line),
            spoor_text_value(r->message),
        };
        if (is_shown(t, r)) {
            spoor_row_writer_put(&writer, cells);
        }
    }
    spoor_row_writer_close(&writer);
}

void spoor_test_report(spoor_tester *t) {
    if (t->output->format == SPOOR_FORMAT_TAP) {
        write_tap(t);
    } else if (t->output->format == SPOOR_FORMAT_JUNIT) {
        write_junit(t);
    } else {
        write_rows(t);
    }
}
