/* commands.c - the list of commands, and `spoor help`, `spoor functions`. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

const cli_command cli_commands[] = {
    {"ingest", "PATH...", "read event logs into the store", cli_ingest, false},
    {"query", "'KQL' | -f FILE", "run a query", cli_query, false},
    {"shell", "", "run queries interactively", cli_shell, false},
    {"explain", "'KQL' | -f FILE", "show the plan of a query", cli_explain, false},
    {"parse", "FILE...", "check the syntax of query texts", cli_parse, false},
    {"info", "[--hosts]", "what the store holds: sources, channels, hosts", cli_info, false},
    {"schema", "[TABLE]", "tables, or the columns of one", cli_schema, false},
    {"optimize", "", "merge small segments of the store", cli_optimize, false},
    {"export", "FILE", "copy the store into one file", cli_export, false},
    {"function", "save|list|show|delete", "saved functions", cli_function, false},
    {"table", "import|drop NAME [FILE]", "small tables and watchlists, from CSV", cli_table, false},
    {"workbook", "run FILE", "every query of an Azure workbook", cli_workbook, false},
    {"rules", "run|check|... PATH...", "detection rules: run, check, explain, convert them", cli_rules, false},
    {"functions", "[NAME]", "list the functions of the language, or explain one", cli_functions, false},
    {"help", "", "show this text", cli_help, false},
    {NULL, NULL, NULL, NULL, false},
};

int cli_help(cli_args *args) {
    (void)args;
    puts("spoor: KQL over Windows event logs, offline\n\nusage: spoor COMMAND [OPTION...] [WORD...]\n");
    for (const cli_command *c = cli_commands; c->name != NULL; c++) {
        if (!c->is_hidden) {
            printf("  %-10s %-24s %s\n", c->name, c->words, c->summary);
        }
    }
    puts("\noptions, where they make sense:\n");
    cli_print_options(stdout);
    puts("\nfor example:\n\n"
         "  spoor ingest ~/evidence\n"
         "  spoor query 'Sysmon | where EventID == 1 | summarize count() by process_path | top 10 by count_'\n"
         "  spoor query -i Security.evtx 'SecurityEvent | where EventID == 4625 | summarize count() by IpAddress'\n"
         "  spoor shell");
    return EXIT_DONE;
}
