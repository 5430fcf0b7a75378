/* cmd_rules_check.c - `spoor rules check PATH...`: does each rule compile, and would it match what
 * was meant? */
#include <inttypes.h>
#include <string.h>

#include "cli/rules_command.h"

static int code_of_check(const cli_args *args, const spoor_rules_summary *s) {
    if (s->found == 0) {
        return cli_rules_nothing_found(s);
    }
    if (s->failed > 0 && !args->allow_failed) {
        return EXIT_WRONG;
    }
    return args->fail_on != NULL && s->warnings > 0 ? EXIT_ALERT : EXIT_DONE;
}

static int check(cli_args *args, spoor_engine *engine, spoor_rules *rules) {
    spoor_rules_summary s = {0};
    spoor_status status = spoor_rules_check(rules, &args->query, &s);
    if (status != SPOOR_OK) {
        return cli_rules_fail(engine, status);
    }
    spoor_rules_print_messages(rules, !args->no_warnings, stderr);
    int code = cli_rules_report(args, engine, rules, SPOOR_RULES_CHECK);
    if (!args->quiet) {
        fprintf(stderr,
                "%" PRIu64 " rules in %" PRIu64 " files: %" PRIu64 " ok, %" PRIu64
                " failed, %" PRIu64 " warnings; %" PRIu64 " other files\n",
                s.found, s.files, s.found - s.failed, s.failed, s.warnings, s.ignored);
    }
    return code == EXIT_DONE ? code_of_check(args, &s) : code;
}

/* Fixed rules are read again. */
static spoor_rules *fix(cli_args *args, spoor_engine *engine, spoor_rules *rules, int *code) {
    uint64_t fixed, files, skipped;
    spoor_status status = spoor_rules_fix(rules, &fixed, &files, &skipped);
    if (skipped > 0) {
        fprintf(stderr, "%" PRIu64 " files are no UTF-8 and were left as they are\n", skipped);
    }
    if (!args->quiet) {
        fprintf(stderr, "%" PRIu64 " conditions in %" PRIu64 " files fixed\n", fixed, files);
    }
    spoor_rules_free(rules);
    if (status != SPOOR_OK) {
        *code = cli_rules_fail(engine, status);
        return NULL;
    }
    return cli_rules_load(args, engine, code);
}

int cli_rules_check(cli_args *args) {
    int code;
    if (args->fail_on != NULL && strcmp(args->fail_on, "warning") != 0) {
        fputs("spoor: rules check --fail-on takes 'warning'; errors fail it anyway\n", stderr);
        return EXIT_WRONG;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code); /* for its saved functions */
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL && args->fix) {
        rules = fix(args, engine, rules, &code);
    }
    if (rules != NULL) {
        code = check(args, engine, rules);
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
