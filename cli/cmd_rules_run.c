/* cmd_rules_run.c - `spoor rules run PATH...`: every rule over the store, or over the -i inputs; the run is
 * kept in the store. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/rules_command.h"

/* The store to read and to record in, or the inputs.  *recorder: where the run is kept, or NULL; the
 * engine itself when it is the same store. */
static spoor_engine *open_for_run(cli_args *args, spoor_engine **recorder, int *code) {
    spoor_config config = {.store_path = args->db,
                           .access = SPOOR_ACCESS_WRITE,
                           .memory_bytes = args->memory_bytes,
                           .threads = args->threads,
                           .temp_dir = args->temp_dir,
                           .cache_dir = args->cache_dir[0] != '\0' ? args->cache_dir : NULL,
                           .geoip_path = args->geoip,
                           .user_agents_path = args->user_agents};
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
            *code = cli_rules_fail(*recorder, SPOOR_ERR_STORE);
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

/* The user's own, as the XDG base directories have it; without one there is no cache. */
static void find_cache(cli_args *args) {
    const char *caches = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    bool is_given = caches != NULL && caches[0] == '/';
    const char *base = is_given ? caches : home;
    if (args->no_cache || base == NULL || base[0] != '/') {
        return;
    }
    int len = snprintf(args->cache_dir, sizeof args->cache_dir, "%s%s/spoor", base,
                       is_given ? "" : "/.cache");
    if (len < 0 || (size_t)len >= sizeof args->cache_dir) {
        args->cache_dir[0] = '\0';
    }
}

static void print_kept(const spoor_rules_summary *s) {
    fprintf(stderr, "incremental: %" PRIu64 " of %" PRIu64 " segments were known\n",
            s->segments_known, s->segments);
}

static void print_summary(const spoor_rules_summary *s, const char *now) {
    fprintf(stderr,
            "%" PRIu64 " rules: %" PRIu64 " ran, %" PRIu64 " matched, %" PRIu64 " failed, %" PRIu64
            " alerts; now %s; %.2f s\n",
            s->found, s->ran, s->matched, s->failed, s->alerts, now, s->seconds);
    if (s->runs > 0) {
        fprintf(stderr, "%" PRIu64 " runs on schedule\n", s->runs);
    }
    if (s->warnings > 0) {
        fprintf(stderr, "%" PRIu64 " %s; spoor rules check shows %s\n", s->warnings,
                s->warnings == 1 ? "warning" : "warnings", s->warnings == 1 ? "it" : "them");
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
        return cli_rules_nothing_found(s);
    }
    if (args->allow_failed || s->failed == 0) {
        return EXIT_DONE;
    }
    return s->broken > 0 ? EXIT_WRONG : EXIT_WORLD;
}

/* FROM..TO; either may be left out. */
static bool read_replay(const char *text, spoor_rules_options *options) {
    char from[64];
    const char *dots = strstr(text, "..");
    size_t len = dots != NULL ? (size_t)(dots - text) : sizeof from;
    options->replay = true;
    options->replay_from = INT64_MIN;
    options->replay_to = INT64_MAX;
    if (len >= sizeof from) {
        return false;
    }
    memcpy(from, text, len);
    from[len] = '\0';
    return (len == 0 || spoor_parse_time(from, &options->replay_from)) &&
           (dots[2] == '\0' || spoor_parse_time(dots + 2, &options->replay_to)) &&
           options->replay_from <= options->replay_to;
}

static bool read_schedule(const cli_args *args, spoor_rules_options *options) {
    if (args->as_of != NULL && args->replay != NULL) {
        fputs("spoor: --as-of is one run, --replay are many\n", stderr);
        return false;
    }
    options->as_of = args->as_of != NULL;
    if (args->as_of != NULL && !spoor_parse_time(args->as_of, &options->query.now)) {
        fputs("spoor: --as-of wants a time\n", stderr);
        return false;
    }
    if (args->replay != NULL && !read_replay(args->replay, options)) {
        fputs("spoor: --replay wants FROM..TO: 2024-06-10..2024-06-12\n", stderr);
        return false;
    }
    return true;
}

static int run_and_report(cli_args *args, spoor_engine *engine, spoor_engine *recorder,
                          spoor_rules *rules) {
    bool shows_rows =
        args->output.format == SPOOR_FORMAT_JSON || args->output.format == SPOOR_FORMAT_JSONL ||
        args->output.format == SPOOR_FORMAT_CSV || args->output.format == SPOOR_FORMAT_TIMESKETCH;
    uint64_t recorded = args->max_rows_given ? args->output.max_rows : 0;
    spoor_rules_options options = {.query = args->query,
                                   .max_rows = recorded,
                                   .no_rows = args->no_rows,
                                   .incremental = args->incremental,
                                   .one_by_one = args->one_by_one};
    if (!shows_rows && recorded == 0) {
        options.max_rows = 1000; /* as many as are recorded */
    }
    if (!read_schedule(args, &options)) {
        return EXIT_WRONG;
    }
    options.query.now_is_last = options.query.now == 0;
    spoor_rules_summary s = {0};
    cli_interruptible(engine);
    spoor_status status = spoor_rules_apply_tuning(rules, &options.query);
    if (status == SPOOR_OK) {
        status = spoor_rules_run(rules, &options, &s);
    }
    if (status == SPOOR_OK) {
        status = spoor_rules_count_allowed(rules, &options);
    }
    cli_interruptible(NULL);
    spoor_rules_print_messages(rules, false, stderr);
    if (status == SPOOR_OK && s.not_kept != NULL) {
        fprintf(stderr, "warning: what this run asked is not kept for the next one: %s\n",
                s.not_kept);
    }
    if (status != SPOOR_OK) {
        return cli_rules_fail(engine, status);
    }
    if (spoor_rules_recall(rules, recorder != NULL ? recorder : engine) != SPOOR_OK) {
        return cli_rules_fail(recorder != NULL ? recorder : engine, SPOOR_ERR_MEMORY);
    }
    int code = cli_rules_report(args, engine, rules, SPOOR_RULES_RUN);
    if (code == EXIT_DONE && recorder != NULL) {
        status = spoor_rules_record(rules, recorder, recorded);
        code = status == SPOOR_OK ? EXIT_DONE : cli_rules_fail(recorder, status);
    }
    if (!args->quiet) {
        char now[64];
        spoor_print_time(s.now, now);
        print_summary(&s, now);
        if (args->incremental) {
            print_kept(&s);
        }
        spoor_rules_print_allowed(rules, stderr);
    }
    int verdict = code_of_run(args, &s); /* an alert is one, whatever else failed */
    return code == EXIT_DONE || verdict == EXIT_ALERT ? verdict : code;
}

int cli_rules_run(cli_args *args) {
    int code = EXIT_WORLD;
    if (args->fail_on != NULL && spoor_rules_severity(args->fail_on) < 0) {
        fprintf(stderr,
                "spoor: --fail-on: no severity '%s'; there are informational, low, medium, high, "
                "critical\n",
                args->fail_on);
        return EXIT_WRONG;
    }
    if (args->incremental && (args->ninputs > 0 || args->replay != NULL)) {
        fprintf(stderr, "spoor: --incremental is of one run over a store; %s\n",
                args->ninputs > 0 ? "with -i none is kept: spoor ingest makes one"
                                  : "--replay are many");
        return EXIT_WRONG;
    }
    find_cache(args);
    spoor_engine *recorder;
    spoor_engine *engine = open_for_run(args, &recorder, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
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

int cli_rules_forget(cli_args *args) {
    int code = EXIT_WRONG;
    if (args->nwords > 1) {
        fputs("spoor: rules forget drops all that is kept; it takes no words\n", stderr);
        return code;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_WRITE, &code);
    if (engine != NULL) {
        spoor_status status = spoor_rules_forget(engine);
        code = status == SPOOR_OK ? EXIT_DONE : cli_rules_fail(engine, status);
        spoor_close(engine);
    }
    return code;
}
