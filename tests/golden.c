/* golden.c - runs the text tests: tests/golden/<area>/<name>.test
 *
 * A file is a list of cases, each a directive, a query, "----" and what comes
 * out, up to an empty line:
 *
 *     run                              or explain, error, warn, tree, tokens
 *     range x from 1 to 3 step 1 | take 1
 *     ----
 *     x:long
 *     1
 *
 * `use NAME` (a line of its own) loads tests/data/NAME, a file or folder of
 * logs, for the cases that follow.  `set OPTION` before a directive sets one of
 * strict, wildcards, now=T for the next case.  Lines that begin with # before
 * a directive are comments.  Results are tab-separated with typed names.
 *
 * The file is rebuilt in memory with the actual output; it passes if that
 * equals the file.  With --update the rebuilt text is written back: look at
 * `git diff` before you commit it.  With --oom every case is also run once for
 * each allocation it makes, with that one failing.  With --again each query that runs, and each plan,
 * is that of the text printed from its tree; with --no-rewrites plans run as they were bound; --threads=N:
 * none of these changes an answer. */
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "include/spoor.h"

typedef struct suite {
    spoor_engine *engine;
    spoor_query_options options; /* of the next case */
    bool update, oom, again, no_rewrites;
    unsigned threads;
    int cases, failed, files;
} suite;

static const char fixed_now[] = "2024-06-15T12:30:00Z"; /* now() in tests */

static char *read_file(const char *path, size_t *len) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        return NULL;
    }
    char *text = NULL;
    FILE *memory = open_memstream(&text, len);
    for (int c; (c = fgetc(in)) != EOF;) {
        fputc(c, memory);
    }
    fclose(in);
    fclose(memory);
    return text;
}

static void open_engine(suite *s, const char *data) {
    spoor_close(s->engine);
    spoor_config config = {.access = data != NULL ? SPOOR_ACCESS_PRIVATE : SPOOR_ACCESS_NONE,
                           .threads = s->threads,
                           .geoip_path = "tests/data/places.mmdb",
                           .user_agents_path = "tests/data/agents.yaml"};
    if (spoor_open(&config, &s->engine) != SPOOR_OK) {
        fprintf(stderr, "golden: %s\n", spoor_error(s->engine));
        exit(2);
    }
    if (data != NULL) {
        char path[512];
        snprintf(path, sizeof path, "tests/data/%s", data);
        const char *paths[] = {path};
        spoor_ingest_request request = {.paths = paths, .npaths = 1};
        spoor_ingest_summary summary;
        if (spoor_ingest(s->engine, &request, &summary) != SPOOR_OK) {
            fprintf(stderr, "golden: %s: %s\n", path, spoor_error(s->engine));
            exit(2);
        }
    }
}

/* The query printed from its tree, which must mean the same; NULL: it does not parse. */
static char *print_again(const suite *s, const char *text, size_t len, size_t *again_len) {
    char *again = NULL;
    spoor_query *query = NULL;
    FILE *out = open_memstream(&again, again_len);
    spoor_status status = spoor_parse_text(text, len, "query", s->options.strict, 'q', out, &query);
    fclose(out);
    spoor_query_free(query);
    if (status != SPOOR_OK) {
        free(again);
        return NULL;
    }
    return again;
}

static void run_case(suite *s, const char *directive, const char *text, size_t len, FILE *out) {
    spoor_query *query = NULL;
    char what = strcmp(directive, "tree") == 0 ? 't' : strcmp(directive, "tokens") == 0 ? 'k' : 0;
    if (what != 0) {
        if (spoor_parse_text(text, len, "query", s->options.strict, what, out, &query) !=
                SPOOR_OK &&
            query != NULL) {
            spoor_query_print_messages(query, true, out);
        }
        spoor_query_free(query);
        return;
    }
    spoor_status status = spoor_prepare(s->engine, text, len, &s->options, &query);
    spoor_output_options output = {.format = SPOOR_FORMAT_TSV, .types = true};
    bool show_warnings = strcmp(directive, "warn") == 0 || strcmp(directive, "error") == 0;
    if (status == SPOOR_ERR_QUERY || show_warnings) {
        spoor_query_print_messages(query, show_warnings, out);
    }
    if (status == SPOOR_OK && strcmp(directive, "error") == 0) {
        status = spoor_query_run(query, &output, out, NULL);
        fputs(status == SPOOR_OK ? "no error\n" : "", out);
    } else if (status == SPOOR_OK && strcmp(directive, "explain") == 0) {
        spoor_query_explain(query, out);
    } else if (status == SPOOR_OK) {
        status = spoor_query_run(query, &output, out, NULL);
        if (status == SPOOR_OK && show_warnings) { /* what only the run told */
            spoor_query_print_messages(query, true, out);
        }
    }
    if (status != SPOOR_OK && status != SPOOR_ERR_QUERY) {
        fprintf(out, "failed: %s\n", spoor_error(s->engine));
    }
    spoor_query_free(query);
}

#ifdef SPOOR_TEST
/* Run the query once for every allocation it makes, with that one failing.  The sanitizers say
 * whether anything was lost on the way out. */
static void run_oom(suite *s, const char *text, size_t len) {
    spoor_status status = SPOOR_ERR_MEMORY;
    for (size_t n = 1; status == SPOOR_ERR_MEMORY && n < 100000; n += n < 2000 ? 1 : n / 100) {
        spoor_query *query;
        char *ignored = NULL;
        size_t ignored_len = 0;
        FILE *out = open_memstream(&ignored, &ignored_len);
        spoor_output_options output = {.format = SPOOR_FORMAT_TSV, .types = true};
        spoor_test_fail_allocation(n);
        status = spoor_prepare(s->engine, text, len, &s->options, &query);
        if (status == SPOOR_OK) {
            status = spoor_query_run(query, &output, out, NULL);
        }
        spoor_test_fail_allocation(0);
        spoor_query_free(query);
        fclose(out);
        free(ignored);
    }
}
#endif

static void reset_options(suite *s) {
    s->options = (spoor_query_options){0};
    spoor_parse_time(fixed_now, &s->options.now);
}

static void set_option(suite *s, const char *option) {
    s->options.strict |= strcmp(option, "strict") == 0;
    s->options.wildcards |= strcmp(option, "wildcards") == 0;
    if (strncmp(option, "now=", 4) == 0) {
        spoor_parse_time(option + 4, &s->options.now);
    }
}

static void chomp(char *line) {
    line[strcspn(line, "\r\n")] = '\0';
}

/* One case: `directive` was read; the query, "----" and the old output follow in `in`. */
static void rebuild_case(suite *s, const char *directive, FILE *in, FILE *out) {
    char *line = NULL, *query = NULL;
    size_t size = 0, len = 0;
    FILE *text = open_memstream(&query, &len);
    while (getline(&line, &size, in) > 0 && strcmp(line, "----\n") != 0) {
        fputs(line, out);
        fputs(line, text);
    }
    fputs("----\n", out);
    fclose(text);
    len -= len > 0; /* the last newline is not the query's */
    query[len] = '\0';
    bool is_run = strcmp(directive, "run") == 0;
    size_t again_len = 0;
    char *again = s->again && (is_run || strcmp(directive, "explain") == 0)
                      ? print_again(s, query, len, &again_len)
                      : NULL;
    s->options.no_rewrites = s->no_rewrites && is_run;
    char *got = NULL;
    size_t got_len = 0;
    FILE *result = open_memstream(&got, &got_len);
    run_case(s, directive, again != NULL ? again : query, again != NULL ? again_len : len, result);
    free(again);
    fclose(result);
    fwrite(got, 1, got_len, out);
#ifdef SPOOR_TEST
    if (s->oom) {
        run_oom(s, query, len);
    }
#endif
    char *want = NULL;
    size_t want_len = 0;
    FILE *old = open_memstream(&want, &want_len);
    bool more;
    while ((more = getline(&line, &size, in) > 0) && line[0] != '\n') {
        fputs(line, old);
    }
    fclose(old);
    fputs(more ? "\n" : "", out);
    s->cases++;
    s->failed += want_len != got_len || memcmp(want, got, got_len) != 0;
    free(want);
    free(got);
    free(query);
    free(line);
}

static void rebuild(suite *s, FILE *in, FILE *out) {
    char *line = NULL, directive[256];
    size_t size = 0;
    open_engine(s, NULL);
    reset_options(s);
    while (getline(&line, &size, in) > 0) {
        fputs(line, out);
        if (line[0] == '\n' || line[0] == '#') {
            continue;
        }
        chomp(line);
        if (strncmp(line, "use ", 4) == 0) {
            open_engine(s, line + 4);
        } else if (strncmp(line, "set ", 4) == 0) {
            set_option(s, line + 4);
        } else {
            snprintf(directive, sizeof directive, "%s", line);
            rebuild_case(s, directive, in, out);
            reset_options(s);
        }
    }
    free(line);
}

static void show_difference(const char *path, const char *got, size_t len) {
    char temporary[] = "/tmp/spoor-golden-XXXXXX", command[1024];
    int fd = mkstemp(temporary);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (file == NULL) {
        return;
    }
    fwrite(got, 1, len, file);
    fclose(file);
    fflush(stdout);
    snprintf(command, sizeof command, "diff -u '%s' '%s'", path, temporary);
    if (system(command) < 0) {
        perror("diff");
    }
    remove(temporary);
}

static void check_file(suite *s, const char *path) {
    size_t want_len = 0, got_len = 0;
    char *want = read_file(path, &want_len), *got = NULL;
    if (want == NULL) {
        perror(path);
        s->failed++;
        return;
    }
    int before = s->failed;
    FILE *in = fmemopen(want, want_len > 0 ? want_len : 1, "r"),
         *out = open_memstream(&got, &got_len);
    rebuild(s, in, out);
    fclose(in);
    fclose(out);
    if (want_len != got_len || memcmp(want, got, want_len) != 0) {
        s->failed += s->failed == before;
        FILE *file = s->update ? fopen(path, "wb") : NULL;
        if (file != NULL) {
            fwrite(got, 1, got_len, file);
            fclose(file);
            s->failed = before;
        } else {
            show_difference(path, got, got_len);
        }
    }
    s->files++;
    free(want);
    free(got);
}

/* The first row behind the header, ", " between its columns. */
static void take_first_row(const char *out, char *row, size_t size) {
    const char *at = strchr(out, '\n');
    size_t n = 0;
    for (at = at != NULL ? at + 1 : ""; *at != '\0' && *at != '\n' && n + 3 < size; at++) {
        row[n++] = *at == '\t' ? ',' : *at;
        if (*at == '\t') {
            row[n++] = ' ';
        }
    }
    row[n] = '\0';
}

/* The example in every row of the tables of functions must print its value; each has one. */
static void check_examples(suite *s) {
    spoor_function_doc doc;
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        char text[1024], row[1024] = "", *got = NULL;
        size_t len = 0;
        const char *example = doc.example != NULL ? doc.example : "",
                   *value = doc.value != NULL ? doc.value : "";
        int n = doc.table != NULL
                    ? snprintf(text, sizeof text, "let T = %s; %s", doc.table, example)
                : doc.is_query ? snprintf(text, sizeof text, "%s", example)
                               : snprintf(text, sizeof text, "print x = tostring(%s)", example);
        FILE *out = open_memstream(&got, &len);
        run_case(s, "run", text, (size_t)n, out);
        fclose(out);
        take_first_row(got, row, sizeof row);
        s->cases++;
        if (strcmp(row, value) != 0 || value[0] == '\0' || doc.signature[0] == '\0') {
            printf("example of '%s': %s\n  want %s\n  got  %s\n", doc.name, example, value, got);
            s->failed++;
        }
        free(got);
    }
}

int main(int argc, char **argv) {
    suite s = {.threads = 1};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        s.update |= strcmp(argv[i], "--update") == 0;
        s.oom |= strcmp(argv[i], "--oom") == 0;
        s.again |= strcmp(argv[i], "--again") == 0;
        s.no_rewrites |= strcmp(argv[i], "--no-rewrites") == 0;
        if (strncmp(argv[i], "--threads=", 10) == 0) {
            s.threads = (unsigned)strtoul(argv[i] + 10, NULL, 10);
        }
    }
    open_engine(&s, NULL);
    reset_options(&s);
    check_examples(&s);
    for (; i < argc; i++) {
        check_file(&s, argv[i]);
    }
    spoor_close(s.engine);
    printf("golden: %d files; %d passed, %d failed\n", s.files, s.cases - s.failed, s.failed);
    return s.failed != 0;
}
