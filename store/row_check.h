/* row_check.h - checksums of the rows that say what segments and columns are.
 *
 * A chunk's stand in the directory of its segment.  The directory itself, and the name of a column, end
 * with four bytes over them and over what else their row says: a byte that flips in a page of SQLite's,
 * which has no checksums, would be another event id or field.  Stores of version 1 have none. */
#ifndef SPOOR_STORE_ROW_CHECK_H
#define SPOOR_STORE_ROW_CHECK_H

#include "store/bytes.h"
#include "store/store.h"

enum { SPOOR_ROW_CHECK_VERSION = 2, SPOOR_ROW_CHECK_BYTES = 4 };

/* Of a row of `segment`: the segment as a reader sees it, with its chunks and its directory. */
uint32_t spoor_check_segment(const spoor_segment *segment, bool is_variant, int64_t first_chunk,
                             int64_t nchunks, spoor_str directory);
/* Of a row of `column`. */
uint32_t spoor_check_name(int64_t id, bool is_member, spoor_str name);

void spoor_check_put(spoor_bytes *out, uint32_t check);
/* Takes the check off the end of *bytes, into *check; false: there is none. */
bool spoor_check_take(spoor_str *bytes, uint32_t *check);

#endif
