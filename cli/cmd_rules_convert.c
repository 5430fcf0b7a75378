/* cmd_rules_convert.c - `spoor rules convert PATH...`: the queries of rules as KQL text; needs no store, but
 * with --verify, which asks the rules themselves of the stored events. */
#include <inttypes.h>

#include "cli/rules_command.h"

static int verify(cli_args *args, spoor_engine *engine, spoor_rules *rules) {
    spoor_rules_verdict verdict;
    cli_interruptible(engine);
    spoor_status status = spoor_rules_verify(rules, &args->query, &verdict, stderr);
    cli_interruptible(NULL);
    if (status != SPOOR_OK) {
        return cli_rules_fail(engine, status);
    }
    fprintf(stderr,
            "verified: %" PRIu64 " rules name the events that their queries give (%" PRIu64
            " rows), %" PRIu64 " differ, %" PRIu64 " are not Sigma detections that can match\n",
            verdict.same, verdict.rows, verdict.differ, verdict.unverified);
    return verdict.differ > 0 ? EXIT_WORLD : EXIT_DONE;
}

int cli_rules_convert(cli_args *args) {
    int code;
    spoor_engine *engine =
        args->verify ? cli_open(args, SPOOR_ACCESS_READ, &code) : cli_rules_open_bare(args, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL) {
        code = spoor_rules_write_queries(rules, stdout) == SPOOR_OK ? EXIT_DONE : EXIT_WRONG;
        spoor_rules_print_messages(rules, !args->no_warnings, stderr);
        int verified = args->verify ? verify(args, engine, rules) : EXIT_DONE;
        code = code == EXIT_DONE ? verified : code;
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
