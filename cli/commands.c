/* commands.c - the list of commands, and `spoor help`. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/guess.h"

static const cli_command commands[] = {
    {"ingest", "PATH...", "read event logs into the store", cli_ingest},
    {"query", "'KQL' | -f FILE", "run a query", cli_query},
    {"shell", "", "run queries interactively", cli_shell},
    {"explain", "'KQL' | -f FILE", "show the plan of a query", cli_explain},
    {"parse", "FILE...", "check the syntax of query texts", cli_parse},
    {"info", "[--hosts]", "what the store holds: sources, channels, hosts", cli_info},
    {"schema", "[TABLE]", "tables, or the columns of one", cli_schema},
    {"optimize", "", "merge small segments of the store", cli_optimize},
    {"export", "FILE", "copy the store into one file", cli_export},
    {"function", "save|list|show|delete", "saved functions", cli_function},
    {"table", "import|drop NAME [FILE]", "small tables and watchlists, from CSV", cli_table},
    {"workbook", "run FILE", "every query of an Azure workbook", cli_workbook},
    {"rules", "run|check|... PATH...", "detection rules: run, check, explain, convert them",
     cli_rules},
    {"functions", "[NAME]", "list the functions of the language, or explain one", cli_functions},
    {"help", "[COMMAND]", "show this text, or what one command takes", cli_help},
    {NULL, NULL, NULL, NULL},
};

const cli_command *cli_find_command(const char *name) {
    const cli_command *c = commands;
    while (c->name != NULL && strcmp(c->name, name) != 0) {
        c++;
    }
    return c->name != NULL ? c : NULL;
}

int cli_no_command(const char *name) {
    cli_guess guess = {.word = name, .len = strlen(name)};
    for (const cli_command *c = commands; c->name != NULL; c++) {
        cli_guess_try(&guess, c->name);
    }
    cli_guess_complain(&guess, "no command", "see spoor help");
    return EXIT_WRONG;
}

static int help_for(const cli_command *c) {
    printf("spoor %s: %s\n\nusage: spoor %s [OPTION...]%s%s\n", c->name, c->summary, c->name,
           c->words[0] != '\0' ? " " : "", c->words);
    if (c->run == cli_rules) {
        putchar('\n');
        cli_print_rules(stdout);
    }
    puts("\noptions:\n");
    cli_print_options(c->name, stdout);
    return EXIT_DONE;
}

/* `spoor help`, `spoor help COMMAND`, `spoor COMMAND --help`. */
int cli_help(cli_args *args) {
    bool is_asked = args->command != NULL && strcmp(args->command, "help") == 0;
    const char *name = !is_asked ? args->command : args->nwords > 0 ? args->words[0] : NULL;
    if (name != NULL) {
        const cli_command *c = cli_find_command(name);
        return c != NULL ? help_for(c) : cli_no_command(name);
    }
    puts("spoor: KQL over Windows event logs, offline\n\nusage: spoor COMMAND [OPTION...] "
         "[WORD...]\n");
    for (const cli_command *c = commands; c->name != NULL; c++) {
        printf("  %-10s %-24s %s\n", c->name, c->words, c->summary);
    }
    puts("\noptions, where they make sense (spoor help COMMAND: those of one):\n");
    cli_print_options(NULL, stdout);
    puts("\nfor example:\n\n"
         "  spoor ingest ~/evidence\n"
         "  spoor query 'Sysmon | where EventID == 1 | summarize count() by process_path | top 10 "
         "by count_'\n"
         "  spoor query -i Security.evtx 'SecurityEvent | where EventID == 4625 | summarize "
         "count() by IpAddress'\n"
         "  spoor shell");
    return EXIT_DONE;
}
