/* cmd_rules_test.c - `spoor rules test PATH...`: do rules find what their tests say? */
#include <inttypes.h>

#include "cli/rules_command.h"

static int say_result(const cli_args *args, const spoor_rules_test_summary *s) {
    if (!args->quiet) {
        fprintf(stderr, "%" PRIu64 " tests, %" PRIu64 " failed", s->tests, s->failed - s->survived);
        if (args->mutate) {
            fprintf(stderr,
                    "; %" PRIu64 " mutants, %" PRIu64 " survived; %" PRIu64 " disguises, %" PRIu64
                    " evaded",
                    s->mutants, s->survived, s->disguises, s->evaded);
        }
        fputc('\n', stderr);
    }
    if (s->tests == 0) {
        fputs("spoor: no tests in what was named: *.test.yaml, info.yml\n", stderr);
        return EXIT_WRONG;
    }
    return s->failed > 0 ? EXIT_WORLD : EXIT_DONE;
}

int cli_rules_test(cli_args *args) {
    int code;
    spoor_engine *engine = cli_rules_open_bare(args, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules_test_options options = {
        .query = args->query,
        .sigma = {.placeholders = args->placeholders, .enrich = args->enrich, .audit = args->audit},
        .filter = cli_rules_filter(args),
        .mutate = args->mutate};
    spoor_rules_test_summary summary;
    cli_interruptible(engine);
    spoor_status status = spoor_rules_test(engine, args->words + 1, (size_t)args->nwords - 1,
                                           &options, &args->output, stdout, &summary);
    cli_interruptible(NULL);
    code = status == SPOOR_OK ? say_result(args, &summary) : cli_rules_fail(engine, status);
    spoor_close(engine);
    return code;
}
