/* cmd_rules_convert.c - `spoor rules convert PATH...`: the queries of rules as KQL text; needs no store. */
#include "cli/rules_command.h"

int cli_rules_convert(cli_args *args) {
    int code;
    spoor_engine *engine = cli_rules_open_bare(args, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL) {
        code = spoor_rules_write_queries(rules, stdout) == SPOOR_OK ? EXIT_DONE : EXIT_WRONG;
        spoor_rules_print_messages(rules, !args->no_warnings, stderr);
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
