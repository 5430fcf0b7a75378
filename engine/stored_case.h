/* stored_case.h - why a query found nothing: a text that is stored in another case. */
#ifndef SPOOR_ENGINE_STORED_CASE_H
#define SPOOR_ENGINE_STORED_CASE_H

#include "engine/query.h"

/* After a run that gave no row, or counted: warns of each text that scans compare with == or in,
 * that no event holds, and that events hold in another case. */
void spoor_warn_of_stored_case(spoor_query *query, uint64_t rows);

#endif
