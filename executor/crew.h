/* crew.h - an operator's input in consecutive shares, a thread each.
 *
 * Every worker opens the operator's whole plan for itself, in a run of its
 * own (arenas, door, profile), over its share of the segments of the one scan
 * below.  Results that are combined in the order of the shares are what one
 * thread would have made: shares depend on segments alone. */
#ifndef SPOOR_EXECUTOR_CREW_H
#define SPOOR_EXECUTOR_CREW_H

#include "executor/op.h"

typedef struct spoor_crew spoor_crew;

/* The scan at the foot of a chain of operators that keep nothing from row to row, each of which makes one row or
 * none of a row (may_multiply: or several); NULL: it is none, or gives whole records. */
spoor_op *spoor_scan_below(spoor_op *op, bool may_multiply);

/* NULL: one thread does as well, or what is below is no chain of operators that see a row at a time
 * (joins of some kinds do, their left rows) over one scan. */
spoor_crew *spoor_crew_open(spoor_op *op);
/* In each worker's thread, with its own operator, opened the first time: read the share, or go on with what
 * was made of it, but for its inputs; what fails is in that one's run.
 * false: one of them failed; why is in op's run, unless *ran_out says that it was memory alone (NULL:
 * op has no other way). */
bool spoor_crew_run(spoor_crew *crew, void (*work)(spoor_op *op), bool *ran_out);
uint32_t spoor_crew_size(const spoor_crew *crew);
/* The operator of share i, once all have run; its arenas take from op's door now. */
spoor_op *spoor_crew_op(const spoor_crew *crew, uint32_t i);
void spoor_crew_close(spoor_crew *crew); /* NULL is fine; when op closes */

#endif
