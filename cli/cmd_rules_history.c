/* cmd_rules_history.c - `spoor rules diff [RUN [RUN]]` and `spoor rules triage KEY...`: runs that
 * the store keeps. */
#include <errno.h>
#include <stdlib.h>

#include "cli/rules_command.h"

static bool read_run(const char *word, int64_t *run) {
    char *end;
    errno = 0;
    *run = strtoll(word, &end, 10);
    if (end == word || *end != '\0' || *run <= 0 || errno != 0) {
        fputs("spoor: a run is a number, not '", stderr);
        cli_print_outside(word, stderr);
        fputs("'; RuleRuns lists them\n", stderr);
        return false;
    }
    return true;
}

int cli_rules_diff(cli_args *args) {
    int64_t before = 0, after = 0;
    int code, worst,
        least = args->fail_on != NULL ? spoor_rules_severity(args->fail_on) : SPOOR_SEVERITIES;
    if (args->nwords > 3 || least < 0) {
        fputs(least < 0 ? "spoor: --fail-on: no such severity; there are informational, low, "
                          "medium, high, critical\n"
                        : "spoor: rules diff takes two runs\n",
              stderr);
        return EXIT_WRONG;
    }
    if ((args->nwords > 1 && !read_run(args->words[1], &before)) ||
        (args->nwords > 2 && !read_run(args->words[2], &after))) {
        return EXIT_WRONG;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        return code;
    }
    cli_interruptible(engine);
    spoor_status status = spoor_rules_diff(engine, before, after, &args->output, stdout, &worst);
    cli_interruptible(NULL);
    code = status == SPOOR_ERR_INPUT ? EXIT_WRONG : cli_exit_code(status);
    if (status != SPOOR_OK) {
        cli_rules_fail(engine, status);
    } else if (worst >= least) {
        code = EXIT_ALERT;
    }
    spoor_close(engine);
    return code;
}

int cli_rules_triage(cli_args *args) {
    int code;
    if (args->status == NULL && args->owner == NULL && args->comment == NULL) {
        fputs("spoor: what of it? --status new|active|closed, --owner, --comment\n", stderr);
        return EXIT_WRONG;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_WRITE, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_status status = SPOOR_OK;
    for (int i = 1; i < args->nwords && status == SPOOR_OK; i++) {
        status =
            spoor_rules_triage(engine, args->words[i], args->status, args->owner, args->comment);
    }
    code = status == SPOOR_ERR_INPUT ? EXIT_WRONG : cli_exit_code(status);
    if (status != SPOOR_OK) {
        cli_rules_fail(engine, status);
    }
    spoor_close(engine);
    return code;
}
