/* command.h - management commands: a text that begins with a dot.
 *
 * A `.show` command becomes rows when it is prepared (a datatable in the
 * tree), so that stages piped behind it are bound like any others.  A command
 * that changes the store does so when it runs, and gives the rows of what it
 * changed. */
#ifndef SPOOR_ENGINE_COMMAND_H
#define SPOOR_ENGINE_COMMAND_H

#include "engine/engine.h"
#include "engine/keep.h"
#include "parser/ast.h"

typedef enum spoor_command_kind {
    SPOOR_COMMAND_NONE,          /* only rows: nothing is left to do when it runs */
    SPOOR_COMMAND_SAVE_FUNCTION, /* .create-or-alter function */
    SPOOR_COMMAND_DROP_FUNCTION, /* or table */
    SPOOR_COMMAND_FILL_TABLE,    /* .set, .append, .ingest inline: command_fill.h */
} spoor_command_kind;

typedef struct spoor_command {
    spoor_command_kind kind;
    spoor_str name, text, folder, docstring;
    bool must_be_new;   /* .create */
    bool if_exists;     /* .drop ... ifexists: no error when it is not there */
    bool must_exist;    /* .alter */
    bool if_not_exists; /* .create ... ifnotexists */
    bool is_view;
    bool is_of_run; /* its rows are others the next time */
    struct {        /* FILL_TABLE */
        spoor_keep_how how;
        spoor_str head;      /* the table's text as far as its columns; empty: a new one */
        spoor_schema schema; /* has_schema: what the rows have to be */
        bool has_schema, recreates;
    } fill;
} spoor_command;

/* Turn a tree whose only statement is a COMMAND into one that gives its rows; others are left alone.
 * false: refused, with an error in *diags. */
bool spoor_command_prepare(spoor_arena *arena, spoor_ast *query, spoor_catalog *catalog,
                           const spoor_engine *engine, spoor_command *command, spoor_diags *diags);
/* Do what is left to do. */
spoor_status spoor_command_run(spoor_query *query);

#endif
