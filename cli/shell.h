/* shell.h - what the files of the shell share. */
#ifndef SPOOR_CLI_SHELL_H
#define SPOOR_CLI_SHELL_H

#include "cli/command.h"

typedef struct shell {
    cli_args *args;
    spoor_engine *engine;
    spoor_access access; /* what the engine was opened for */
    bool timing, quit;
} shell;

/* Install completion for this shell (libedit keeps no context for it). */
void shell_complete_with(shell *sh);
/* A command of the shell itself (.help, .timing on): true when it was one. */
bool shell_dot_command(shell *sh, const char *text);
/* Run a query or a management command. */
void shell_run(shell *sh, const char *text);

#endif
