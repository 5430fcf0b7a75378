/* command_fill.h - .set, .append, .set-or-append, .set-or-replace NAME <| query, and .ingest inline
 * into table NAME <| rows: a query's rows into a table of the store's own.
 *
 * The command's tree is that of the query, so that its mistakes are found and told as those of any
 * other; running it fills the table, and what it shows is the table's name and how many rows it
 * got. */
#ifndef SPOOR_ENGINE_COMMAND_FILL_H
#define SPOOR_ENGINE_COMMAND_FILL_H

#include "engine/command.h"
#include "engine/command_reader.h"

bool spoor_command_fills(spoor_str verb);
/* What follows the verb.  The QUERY node of the rows; NULL: reported. */
spoor_ast *spoor_command_read_fill(spoor_command_reader *r, spoor_str verb, spoor_catalog *catalog,
                                   const spoor_engine *engine, spoor_command *command);
/* Once the query is bound: do its rows go into the table?  false: reported. */
bool spoor_command_check_fill(spoor_query *query);
spoor_status spoor_command_run_fill(spoor_query *query);

#endif
