/* command.h - the commands of `spoor`: each takes the arguments and returns the exit code. */
#ifndef SPOOR_CLI_COMMAND_H
#define SPOOR_CLI_COMMAND_H

#include "cli/args.h"

typedef struct cli_command {
    const char *name, *words, *summary;
    int (*run)(cli_args *args);
} cli_command;

const cli_command *cli_find_command(const char *name); /* NULL: there is none */
/* "spoor: no command ...", with the one that may be meant; the exit code. */
int cli_no_command(const char *name);

int cli_query(cli_args *args);
int cli_explain(cli_args *args);
int cli_parse(cli_args *args);
int cli_functions(cli_args *args);
int cli_help(cli_args *args);
int cli_ingest(cli_args *args);
int cli_function(cli_args *args);
int cli_table(cli_args *args);
int cli_workbook(cli_args *args);
int cli_rules(cli_args *args);
int cli_shell(cli_args *args);
int cli_info(cli_args *args);
int cli_schema(cli_args *args);
int cli_optimize(cli_args *args);
int cli_export(cli_args *args);

/* -- shared ------------------------------------------------------------------------------------ */

/* The engine that `running` stops on Ctrl-C; NULL: none. */
void cli_interruptible(spoor_engine *engine);
bool cli_was_interrupted(void);
/* In the shell, Ctrl-C with no query running does nothing. */
void cli_ignore_interrupts(bool ignore);
/* The format of this name; false: there is none. */
bool cli_format(const char *name, spoor_format *format);
/* Text from outside: control characters do not reach a terminal. */
void cli_print_outside(const char *text, FILE *out);
/* The whole file, or standard input for "-"; malloc, NUL behind it; NULL: said why. */
char *cli_read_file(const char *path, size_t *len);
/* Open the engine that the arguments ask for: a store, -i inputs, or none.  NULL: said why and
 * *code is the exit code. */
spoor_engine *cli_open(cli_args *args, spoor_access access, int *code);
/* Read the -i inputs into the engine's private store; false: said why, and *code is the exit code. */
bool cli_read_inputs(cli_args *args, spoor_engine *engine, int *code);
int cli_exit_code(spoor_status status);
/* The subcommands of `spoor rules`, a line each. */
void cli_print_rules(FILE *out);
/* A saved function, or a table: both live under one name.  The exit code. */
int cli_delete_saved(cli_args *args, const char *name,
                     spoor_status (*drop)(spoor_engine *engine, const char *name));
spoor_access cli_access_for(const char *text);
/* Run one text and print; the exit code. */
int cli_run_text(cli_args *args, spoor_engine *engine, const char *text, size_t len,
                 const char *name);

#endif
