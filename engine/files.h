/* files.h - the files that a query may read; see files.c. */
#ifndef SPOOR_ENGINE_FILES_H
#define SPOOR_ENGINE_FILES_H

#include "base/arena.h"

/* The bytes of a file below `folder` (NULL: none is allowed), in the arena, a NUL behind them.
 * false: *problem says why, and tells nothing about what is outside. */
bool spoor_files_read(spoor_arena *arena, const char *folder, spoor_str name, size_t most,
                      spoor_str *bytes, const char **problem);

#endif
