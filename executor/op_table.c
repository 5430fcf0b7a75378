/* op_table.c - a table that is not the event store (watchlists, alerts, tables of the user):
 * refused by name until something stores one. */
#include "executor/op.h"

bool spoor_op_table_open(spoor_op *op) {
    spoor_str name = op->plan->table.table->name;
    return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span,
                          "table '%.*s' cannot be read yet", (int)name.len, name.ptr);
}
