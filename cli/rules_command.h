/* rules_command.h - the subcommands of `spoor rules`: one row of the table in cmd_rules.c and one
 * file, cmd_rules_<name>.c, each. */
#ifndef SPOOR_CLI_RULES_COMMAND_H
#define SPOOR_CLI_RULES_COMMAND_H

#include "cli/command.h"

/* args->words[0] is the subcommand's name; the exit code comes back. */
int cli_rules_run(cli_args *args);
int cli_rules_check(cli_args *args);
int cli_rules_list(cli_args *args);
int cli_rules_convert(cli_args *args);
int cli_rules_why(cli_args *args);
int cli_rules_test(cli_args *args);
int cli_rules_tune(cli_args *args);
int cli_rules_explain(cli_args *args);
int cli_rules_diff(cli_args *args);
int cli_rules_triage(cli_args *args);
int cli_rules_forget(cli_args *args);

/* -- shared ------------------------------------------------------------------------------------ */

/* Say the engine's error; the exit code of the status. */
int cli_rules_fail(const spoor_engine *engine, spoor_status status);
/* An engine without a store, for what only reads rule files; NULL: said why, *code is the exit code. */
spoor_engine *cli_rules_open_bare(cli_args *args, int *code);
/* What the filters of the command line ask for. */
spoor_rules_filter cli_rules_filter(const cli_args *args);
/* The rules that the words behind the subcommand and the filters name; NULL: said why. */
spoor_rules *cli_rules_load(cli_args *args, spoor_engine *engine, int *code);
/* Results on standard output; the exit code. */
int cli_rules_report(cli_args *args, spoor_engine *engine, spoor_rules *rules,
                     spoor_rules_report report);
/* Say that no rules were named; the exit code. */
int cli_rules_nothing_found(const spoor_rules_summary *summary);

#endif
