/* test_rewrite.c - a rewritten plan gives what the plan as bound gives: the same
 * bytes, for pipelines put together at random from stages that rewrites move. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/spoor.h"
#include "tests/unit/unit.h"

static const char *const sources[] = {
    "datatable(k:long, s:string, d:dynamic)[1, 'a-x', dynamic({'p':'u'}), 2, 'b-y', dynamic([1, "
    "2]), "
    "2, '', dynamic(null), 3, 'a-y', dynamic({'p':1}), long(null), 'c', dynamic([])]",
    "range k from 1 to 9 step 1 | extend s = strcat('n-', tostring(k % 3)), d = pack_array(k, k + "
    "1)",
    "union withsource=w (print k = 5, s = 'a-z', d = dynamic([7])), "
    "(range k from 1 to 3 step 1 | extend s = 'b-x', d = dynamic({'p':'q'}))",
};

static const char *const stages[] = {
    "where k > 1",
    "where k == 2 or s has 'x'",
    "where s startswith 'a' and isnotnull(k)",
    "where 1 == 2 or k < 3",
    "where tostring(d.p) == 'u' or k >= 2",
    "extend k = k + 1",
    "extend t = strcat(s, tostring(k)), c = 'const'",
    "project k, s, d, u = k * 2",
    "sort by k asc, s desc",
    "sort by s asc | take 3",
    "take 4",
    "top 3 by k desc",
    "summarize n = count(), d = take_any(d), s = max(s) by k",
    "summarize k = max(k), d = make_list(d) by s",
    "mv-expand d",
    "mv-expand e = d to typeof(string)",
    "parse s with a '-' b",
    "join kind=inner (range k from 1 to 4 step 1 | extend r = k * k) on k",
    "join kind=leftouter (datatable(k:long, s:string)[2, 'r', 3, 'q']) on k",
    "join kind=innerunique (range k from 1 to 4 step 1 | extend w = k % 2) on k",
    "join kind=rightouter (print k = 2) on k",
    "join kind=leftanti (print k = 3) on k",
    "lookup (datatable(k:long, z:string)[1, 'one']) on k",
    "union (print k = 2, s = 'late', d = dynamic(1))",
    "where k in ((range k from 1 to 3 step 2))",
    "where k > toscalar(print 1)",
    "as T | union (T | where k == 1)",
    "extend s = iff(k > 2, s, 'small')",
};

static const char *const ends[] = {"", " | count", " | project k, s", " | project s | take 2",
                                   " | summarize n = count() by s | where n > 0 and s != 'b-y'"};

enum { PIPELINES = 400, MAX_STAGES = 6, COUNT_STAGES = sizeof stages / sizeof *stages };

static uint32_t next_random(uint32_t *state, uint32_t below) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 16) % below;
}

/* The result as text, or the reason why there is none. */
static char *answer(spoor_engine *engine, const char *text, bool no_rewrites) {
    char *out = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&out, &len);
    spoor_query *query = NULL;
    spoor_query_options options = {.no_rewrites = no_rewrites, .now = 1};
    spoor_output_options output = {.format = SPOOR_FORMAT_JSON};
    spoor_status status = spoor_prepare(engine, text, strlen(text), &options, &query);
    if (status == SPOOR_OK) {
        status = spoor_query_run(query, &output, memory, NULL);
    } else {
        spoor_query_print_messages(query, true, memory);
    }
    fprintf(memory, "\nstatus %d", (int)status);
    spoor_query_free(query);
    fclose(memory);
    return out;
}

static void make_pipeline(uint32_t *state, char *text, size_t size) {
    size_t len = (size_t)snprintf(text, size, "%s", sources[next_random(state, 3)]);
    uint32_t n = 1 + next_random(state, MAX_STAGES);
    for (uint32_t i = 0; i < n; i++) {
        len += (size_t)snprintf(text + len, size - len, " | %s",
                                stages[next_random(state, COUNT_STAGES)]);
    }
    snprintf(text + len, size - len, "%s", ends[next_random(state, 5)]);
}

void test_rewrite(void);
void test_rewrite(void) {
    spoor_engine *engine = NULL;
    spoor_config config = {.access = SPOOR_ACCESS_NONE, .threads = 1};
    if (!CHECK(spoor_open(&config, &engine) == SPOOR_OK)) {
        return;
    }
    uint32_t state = 20240615, answered = 0;
    for (int i = 0; i < PIPELINES; i++) {
        char text[2048];
        make_pipeline(&state, text, sizeof text);
        char *plain = answer(engine, text, true), *rewritten = answer(engine, text, false);
        answered += strstr(plain, "status 0") != NULL;
        if (!CHECK(strcmp(plain, rewritten) == 0)) {
            printf("  %s\n", text);
        }
        free(plain);
        free(rewritten);
    }
    CHECK(answered > PIPELINES / 3); /* the others name columns that a stage has taken away */
    spoor_close(engine);
}
