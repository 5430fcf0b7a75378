/* command_rows.h - rows of a command, as a datatable in the tree. */
#ifndef SPOOR_ENGINE_COMMAND_ROWS_H
#define SPOOR_ENGINE_COMMAND_ROWS_H

#include "parser/ast.h"
#include "store/store.h"

spoor_ast *spoor_command_node(spoor_arena *arena, spoor_ast_kind kind, spoor_str text,
                              spoor_span span);
void spoor_command_adopt(spoor_ast *parent, spoor_ast *child);
/* A DATATABLE without rows.  columns: "Name:s Rows:l First:t" (s string, l long, t datetime, m timespan, r real). */
spoor_ast *spoor_command_table(spoor_arena *arena, const char *columns, spoor_span span);
/* text as a literal is written in KQL; an empty text of a type other than string is null. */
void spoor_command_cell(spoor_arena *arena, spoor_ast *table, spoor_ast_type type, spoor_str text);

/* `.show store`, sources, logs, hosts: what the store holds.  NULL: not one of these, or an error. */
spoor_ast *spoor_command_store_rows(spoor_arena *arena, spoor_str what, spoor_store *store,
                                    spoor_span span, spoor_diags *diags);

#endif
