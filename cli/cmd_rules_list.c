/* cmd_rules_list.c - `spoor rules list PATH...`: what the rule files hold; needs no store. */
#include "cli/rules_command.h"

int cli_rules_list(cli_args *args) {
    int code;
    spoor_engine *engine = cli_rules_open_bare(args, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules != NULL) {
        code = cli_rules_report(args, engine, rules, SPOOR_RULES_LIST);
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
