/* command_schema.h - the schemas that management commands show, as queries. */
#ifndef SPOOR_ENGINE_COMMAND_SCHEMA_H
#define SPOOR_ENGINE_COMMAND_SCHEMA_H

#include "parser/ast.h"
#include "types/catalog.h"

/* The statement that gives the rows; NULL: refused, with an error in *diags. */
spoor_ast *spoor_command_table_schema(spoor_arena *arena, spoor_str name, bool as_json,
                                      spoor_span span, spoor_diags *diags);
spoor_ast *spoor_command_database_schema(spoor_arena *arena, spoor_catalog *catalog, bool as_json,
                                         spoor_diags *diags);

#endif
