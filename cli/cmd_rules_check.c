/* cmd_rules_check.c - `spoor rules check PATH...`: does each rule compile, and would it match what was
 * meant? */
#include <inttypes.h>

#include "cli/rules_command.h"

int cli_rules_check(cli_args *args) {
    int code;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code); /* for its saved functions */
    if (engine == NULL) {
        return code;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    spoor_rules_summary s = {0};
    if (rules != NULL) {
        spoor_status status = spoor_rules_check(rules, &args->query, &s);
        if (status != SPOOR_OK) {
            code = cli_rules_fail(engine, status);
        } else {
            spoor_rules_print_messages(rules, !args->no_warnings, stderr);
            code = cli_rules_report(args, engine, rules, SPOOR_RULES_CHECK);
            if (code == EXIT_DONE && s.found == 0) {
                code = cli_rules_nothing_found(&s);
            } else if (code == EXIT_DONE && s.failed > 0 && !args->allow_failed) {
                code = EXIT_WRONG;
            }
        }
        if (!args->quiet) {
            fprintf(stderr, "%" PRIu64 " rules in %" PRIu64 " files: %" PRIu64 " ok, %" PRIu64
                            " failed, %" PRIu64 " warnings; %" PRIu64 " other files\n",
                    s.found, s.files, s.found - s.failed, s.failed, s.warnings, s.ignored);
        }
        spoor_rules_free(rules);
    }
    spoor_close(engine);
    return code;
}
