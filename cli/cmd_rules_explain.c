/* cmd_rules_explain.c - `spoor rules explain PATH...`: runs the rules, keeps nothing, and says what they share and what
 * each had left to read.  -o json: an object a rule. */
#include "cli/rules_command.h"

int cli_rules_explain(cli_args *args) {
    int code = EXIT_WORLD;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL) {
        spoor_rules_options options = {.query = args->query,
                                       .no_rows = true,
                                       .explain = stdout,
                                       .explain_json = args->output.format == SPOOR_FORMAT_JSON ||
                                                       args->output.format == SPOOR_FORMAT_JSONL};
        options.query.now_is_last = args->query.now == 0;
        spoor_rules_summary summary;
        cli_interruptible(engine);
        spoor_status status = spoor_rules_run(rules, &options, &summary);
        cli_interruptible(NULL);
        spoor_rules_print_messages(rules, false, stderr);
        code = status != SPOOR_OK                          ? cli_rules_fail(engine, status)
               : summary.found == 0                        ? cli_rules_nothing_found(&summary)
               : summary.failed > 0 && !args->allow_failed ? EXIT_WRONG
                                                           : EXIT_DONE;
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
