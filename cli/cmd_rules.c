/* cmd_rules.c - `spoor rules run|check|list PATH...`: detection rules in batch. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

static int fail(const spoor_engine *engine, spoor_status status) {
    fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    return cli_exit_code(status);
}

/* The rules that the words and filters name; NULL: said why. */
static spoor_rules *load(cli_args *args, spoor_engine *engine, int *code) {
    spoor_rules *rules;
    spoor_status status =
        spoor_rules_load(engine, args->words + 1, (size_t)args->nwords - 1, &rules);
    if (status == SPOOR_OK) {
        spoor_rules_filter filter = {args->severity, args->tag, args->technique, args->id};
        status = spoor_rules_select(rules, &filter);
    }
    if (status != SPOOR_OK) {
        *code = fail(engine, status);
        spoor_rules_free(rules);
        return NULL;
    }
    return rules;
}

/* Results on standard output; the exit code. */
static int write_report(cli_args *args, spoor_engine *engine, spoor_rules *rules,
                        spoor_rules_report report) {
    spoor_status status = spoor_rules_write(rules, report, &args->output, stdout);
    return status == SPOOR_OK ? EXIT_DONE : fail(engine, status);
}

static int nothing_found(const spoor_rules_summary *s) {
    fprintf(stderr, "spoor: no rules in what was named; %" PRIu64 " other files\n", s->ignored);
    return EXIT_WRONG;
}

static int list_rules(cli_args *args) {
    int code;
    args->db = NULL; /* names and titles need no store */
    spoor_config config = {.access = SPOOR_ACCESS_NONE, .memory_bytes = args->memory_bytes};
    spoor_engine *engine;
    if (spoor_open(&config, &engine) != SPOOR_OK) {
        code = fail(engine, SPOOR_ERR_MEMORY);
        spoor_close(engine);
        return code;
    }
    spoor_rules *rules = load(args, engine, &code);
    if (rules != NULL) {
        code = write_report(args, engine, rules, SPOOR_RULES_LIST);
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}

static int check_rules(cli_args *args) {
    int code;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code); /* for its saved functions */
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = load(args, engine, &code);
    spoor_rules_summary s = {0};
    if (rules != NULL) {
        spoor_status status = spoor_rules_check(rules, &args->query, &s);
        if (status != SPOOR_OK) {
            code = fail(engine, status);
        } else {
            spoor_rules_print_messages(rules, !args->no_warnings, stderr);
            code = write_report(args, engine, rules, SPOOR_RULES_CHECK);
            if (code == EXIT_DONE && s.found == 0) {
                code = nothing_found(&s);
            } else if (code == EXIT_DONE && s.failed > 0 && !args->allow_failed) {
                code = EXIT_WRONG;
            }
        }
        if (!args->quiet) {
            fprintf(stderr, "%" PRIu64 " rules in %" PRIu64 " files: %" PRIu64 " ok, %" PRIu64
                            " failed, %" PRIu64 " warnings; %" PRIu64 " other files\n",
                    s.found, s.files, s.found - s.failed, s.failed, s.warnings, s.ignored);
        }
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}

/* -- run ------------------------------------------------------------------------------------------------- */

/* The store to read and to record in, or the inputs.  *recorder: where the run is kept, or NULL; the
 * engine itself when it is the same store. */
static spoor_engine *open_for_run(cli_args *args, spoor_engine **recorder, int *code) {
    spoor_config config = {.store_path = args->db,
                           .access = SPOOR_ACCESS_WRITE,
                           .memory_bytes = args->memory_bytes,
                           .threads = args->threads,
                           .temp_dir = args->temp_dir};
    *recorder = NULL;
    if (args->ninputs == 0 && access(args->db, F_OK) != 0) {
        fputs("spoor: no store here; run spoor ingest PATH\n", stderr);
        *code = EXIT_WORLD;
        return NULL;
    }
    bool records = args->ninputs == 0 || args->db_given;
    if (args->ninputs > 0) {
        config.access = SPOOR_ACCESS_CREATE;
    }
    if (records && spoor_open(&config, recorder) != SPOOR_OK) {
        if (args->ninputs > 0) {
            *code = fail(*recorder, SPOOR_ERR_STORE);
            spoor_close(*recorder);
            return NULL;
        }
        fprintf(stderr, "warning: this run is not kept: %s\n", spoor_error(*recorder));
        spoor_close(*recorder);
        *recorder = NULL;
    }
    if (args->ninputs == 0 && *recorder != NULL) {
        return *recorder;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, code);
    if (engine == NULL) {
        spoor_close(*recorder);
    }
    return engine;
}

static void print_summary(const spoor_rules_summary *s, const char *now) {
    fprintf(stderr, "%" PRIu64 " rules: %" PRIu64 " ran, %" PRIu64 " matched, %" PRIu64 " failed, %" PRIu64
                    " alerts; now %s; %.2f s\n",
            s->found, s->ran, s->matched, s->failed, s->alerts, now, s->seconds);
    if (s->warnings > 0) {
        fprintf(stderr, "%" PRIu64 " warnings; spoor rules check shows them\n", s->warnings);
    }
}

static int code_of_run(const cli_args *args, const spoor_rules_summary *s) {
    int least = args->fail_on != NULL ? spoor_rules_severity(args->fail_on) : SPOOR_SEVERITIES;
    for (int i = least; i < SPOOR_SEVERITIES; i++) {
        if (s->alerts_by_severity[i] > 0) {
            return EXIT_ALERT;
        }
    }
    if (s->found == 0) {
        return nothing_found(s);
    }
    if (args->allow_failed || s->failed == 0) {
        return EXIT_DONE;
    }
    return s->broken > 0 ? EXIT_WRONG : EXIT_WORLD;
}

static int run_and_report(cli_args *args, spoor_engine *engine, spoor_engine *recorder,
                          spoor_rules *rules) {
    bool shows_rows = args->output.format == SPOOR_FORMAT_JSON ||
                      args->output.format == SPOOR_FORMAT_JSONL ||
                      args->output.format == SPOOR_FORMAT_CSV;
    uint64_t recorded = args->max_rows_given ? args->output.max_rows : 0;
    spoor_rules_options options = {.query = args->query, .max_rows = recorded};
    options.no_rows = !shows_rows && recorder == NULL;
    if (!shows_rows && recorded == 0) {
        options.max_rows = 1000; /* as many as are recorded */
    }
    if (args->query.now == 0) {
        options.query.now_is_last = true;
    }
    spoor_rules_summary s = {0};
    cli_interruptible(engine);
    spoor_status status = spoor_rules_run(rules, &options, &s);
    cli_interruptible(NULL);
    spoor_rules_print_messages(rules, false, stderr);
    if (status != SPOOR_OK) {
        return fail(engine, status);
    }
    int code = write_report(args, engine, rules, SPOOR_RULES_RUN);
    if (code == EXIT_DONE && recorder != NULL) {
        status = spoor_rules_record(rules, recorder, recorded);
        code = status == SPOOR_OK ? EXIT_DONE : fail(recorder, status);
    }
    if (!args->quiet) {
        char now[64];
        spoor_print_time(s.now, now);
        print_summary(&s, now);
    }
    return code == EXIT_DONE ? code_of_run(args, &s) : code;
}

static int run_rules(cli_args *args) {
    int code = EXIT_WORLD;
    if (args->fail_on != NULL && spoor_rules_severity(args->fail_on) < 0) {
        fprintf(stderr, "spoor: --fail-on: no severity '%s'\n", args->fail_on);
        return EXIT_WRONG;
    }
    spoor_engine *recorder;
    spoor_engine *engine = open_for_run(args, &recorder, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = load(args, engine, &code);
    if (rules != NULL) {
        code = run_and_report(args, engine, recorder, rules);
        spoor_rules_free(rules);
    }
    if (recorder != engine) {
        spoor_close(recorder);
    }
    spoor_close(engine);
    return code;
}

int cli_rules(cli_args *args) {
    static const struct {
        const char *verb;
        int (*run)(cli_args *args);
    } verbs[] = {{"run", run_rules}, {"check", check_rules}, {"list", list_rules}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs && args->nwords > 0; i++) {
        if (strcmp(args->words[0], verbs[i].verb) == 0) {
            if (args->nwords == 1) {
                fputs("spoor: where are the rules? name files or folders\n", stderr);
                return EXIT_WRONG;
            }
            return verbs[i].run(args);
        }
    }
    fputs("spoor: spoor rules run|check|list PATH...\n", stderr);
    return EXIT_WRONG;
}
