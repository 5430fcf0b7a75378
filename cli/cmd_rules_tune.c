/* cmd_rules_tune.c - `spoor rules tune PATH...`: an allow-list for what rules find most, to be
 * read, cut down and given to --tuning. */
#include "cli/rules_command.h"

static int propose(cli_args *args, spoor_engine *engine, spoor_rules *rules) {
    spoor_rules_options options = {.query = args->query, .max_rows = args->output.max_rows};
    spoor_rules_summary s;
    options.query.now_is_last = options.query.now == 0;
    cli_interruptible(engine);
    spoor_status status = spoor_rules_apply_tuning(rules, &options.query);
    if (status == SPOOR_OK) {
        status = spoor_rules_run(rules, &options, &s);
    }
    cli_interruptible(NULL);
    spoor_rules_print_messages(rules, false, stderr);
    if (status == SPOOR_OK) {
        status = spoor_rules_propose(rules, stdout);
    }
    if (status != SPOOR_OK) {
        return cli_rules_fail(engine, status);
    }
    return s.found == 0 ? cli_rules_nothing_found(&s) : EXIT_DONE;
}

int cli_rules_tune(cli_args *args) {
    int code;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL) {
        code = propose(args, engine, rules);
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
