/* cmd_rules_list.c - `spoor rules list PATH...`: what the rule files hold; needs no store. */
#include "cli/rules_command.h"

int cli_rules_list(cli_args *args) {
    int code;
    args->db = NULL; /* names and titles need no store */
    spoor_config config = {.access = SPOOR_ACCESS_NONE, .memory_bytes = args->memory_bytes};
    spoor_engine *engine;
    if (spoor_open(&config, &engine) != SPOOR_OK) {
        code = cli_rules_fail(engine, SPOOR_ERR_MEMORY);
        spoor_close(engine);
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
