/* join_share.h - a join whose left rows several threads take: its right side is built once, by the
 * thread of the query, and all look into it. */
#ifndef SPOOR_EXECUTOR_JOIN_SHARE_H
#define SPOOR_EXECUTOR_JOIN_SHARE_H

#include "executor/op.h"

/* Does each left row, of any kind of join, go out or not whatever the others are? */
bool spoor_join_is_by_row(const spoor_plan *plan);
/* The right side of the join, built now if it was not; NULL: failed, or it did not fit, and the
 * operator joins by itself. */
const struct spoor_join_build *spoor_join_share(spoor_op *op);

#endif
