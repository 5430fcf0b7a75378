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
    {"rules", "run|check|why|... PATH...", "detection rules: run, check, explain, convert them", cli_rules, false},
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

/* -- spoor functions -------------------------------------------------------------------------------- */

static void put_json_text(const char *text) {
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
        }
    }
    putchar('"');
}

/* Every row, overloads too, in the form of a query's result: tools/docs_functions.py reads it. */
static bool print_functions_json(const char *wanted) {
    spoor_function_doc doc;
    const char *separator = "";
    bool found = wanted == NULL;
    fputs("{\"columns\":[", stdout);
    static const char *const columns[] = {"name", "kind", "summary", "example", "value"};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        printf("%s{\"name\":\"%s\",\"type\":\"string\"}", c > 0 ? "," : "", columns[c]);
    }
    fputs("],\"rows\":[", stdout);
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        if (wanted != NULL && strcmp(doc.name, wanted) != 0) {
            continue;
        }
        const char *cells[] = {doc.name, doc.kind, doc.summary, doc.example, doc.value};
        printf("%s\n", separator);
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            putchar(c > 0 ? ',' : '[');
            put_json_text(cells[c]);
        }
        putchar(']');
        separator = ",";
        found = true;
    }
    puts("\n]}");
    return found;
}

int cli_functions(cli_args *args) {
    spoor_function_doc doc;
    const char *last = "";
    bool found = args->nwords == 0;
    if (args->output.format == SPOOR_FORMAT_JSON) {
        found = print_functions_json(args->nwords > 0 ? args->words[0] : NULL);
        return found ? EXIT_DONE : EXIT_WRONG;
    }
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        bool wanted = args->nwords == 0 || strcmp(doc.name, args->words[0]) == 0;
        if (!wanted || (args->nwords == 0 && strcmp(doc.name, last) == 0)) {
            continue;
        }
        found = true;
        last = doc.name;
        printf(args->nwords == 0 ? "%-24s %s\n" : "%s: %s\n", doc.name, doc.summary);
        if (args->nwords > 0 && doc.example != NULL) {
            printf("  %s\n", doc.example);
            if (doc.value != NULL) {
                printf("  -> %s\n", doc.value);
            }
        }
    }
    if (!found) {
        fprintf(stderr, "spoor: no function '%s'\n", args->words[0]);
    }
    return found ? EXIT_DONE : EXIT_WRONG;
}
