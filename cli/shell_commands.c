/* shell_commands.c - the shell's own commands; all others that begin with a dot are Kusto's. */
#include <stdlib.h>
#include <string.h>

#include "cli/shell.h"

static void help(shell *sh, const char *rest) {
    (void)sh;
    (void)rest;
    puts("A query runs when it is complete; it goes on while a line ends in | or a bracket is "
         "open.\n"
         "An empty line, or ; at the end of a line, runs what is there.\n\n"
         "  .tables              tables and views\n"
         "  .schema TABLE        columns of a table, or of any query\n"
         "  .functions [NAME]    functions of the language; one explained\n"
         "  .timing on|off       show how long a query took\n"
         "  .output FORMAT       table, vertical, json, jsonl, csv, tsv, markdown, html\n"
         "  .show functions      saved functions; .create-or-alter function, .drop function\n"
         "  .quit                leave (also Ctrl-D)\n\n"
         "Ctrl-C stops a running query.  TAB completes.");
}

static void put_if(void *context, const char *name, spoor_name_kind kind) {
    if (kind == *(spoor_name_kind *)context) {
        printf("  %s\n", name);
    }
}

static void tables(shell *sh, const char *rest) {
    (void)rest;
    spoor_name_kind kind = SPOOR_NAME_TABLE;
    spoor_names(sh->engine, put_if, &kind);
    kind = SPOOR_NAME_SAVED;
    spoor_names(sh->engine, put_if, &kind);
}

static void schema(shell *sh, const char *rest) {
    char text[4096];
    if (rest[0] == '\0') {
        puts(".schema TABLE");
        return;
    }
    snprintf(text, sizeof text, "%s | getschema | project ColumnName, ColumnType", rest);
    shell_run(sh, text);
}

static void functions(shell *sh, const char *rest) {
    const char *words[] = {rest};
    cli_args args = *sh->args;
    args.words = words;
    args.nwords = rest[0] != '\0';
    cli_functions(&args);
}

static void timing(shell *sh, const char *rest) {
    sh->timing = strcmp(rest, "off") != 0;
    printf("timing is %s\n", sh->timing ? "on" : "off");
}

static void output(shell *sh, const char *rest) {
    spoor_format format;
    if (!cli_format(rest, &format) || format >= SPOOR_FORMAT_SARIF) {
        puts(".output table|vertical|json|jsonl|csv|tsv|markdown|html");
        return;
    }
    sh->args->output.format = format;
}

static void quit(shell *sh, const char *rest) {
    (void)rest;
    sh->quit = true;
}

static const struct {
    const char *name;
    void (*run)(shell *sh, const char *rest);
} commands[] = {
    {".help", help},     {".tables", tables}, {".schema", schema}, {".functions", functions},
    {".timing", timing}, {".output", output}, {".quit", quit},     {".exit", quit},
};

bool shell_dot_command(shell *sh, const char *text) {
    size_t len = strcspn(text, " \t");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strlen(commands[i].name) == len && strncmp(text, commands[i].name, len) == 0) {
            const char *rest = text + len + strspn(text + len, " \t");
            commands[i].run(sh, rest);
            return true;
        }
    }
    return false;
}
