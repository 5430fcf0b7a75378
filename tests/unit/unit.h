/* unit.h - what a unit test may use.
 *
 * tests/unit/test_<name>.c defines `void test_<name>(void)`; the build lists
 * and runs them all.  A failed check is printed and counted, and the test
 * goes on. */
#ifndef SPOOR_TESTS_UNIT_H
#define SPOOR_TESTS_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

bool unit_check(bool ok, const char *file, int line, const char *what);
bool unit_check_str(spoor_str got, const char *want, const char *file, int line, const char *what);
bool unit_check_long(int64_t got, int64_t want, const char *file, int line, const char *what);

#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_STR(got, want) unit_check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_LONG(got, want) unit_check_long((got), (want), __FILE__, __LINE__, #got)

/* An arena for the running test; emptied after it.  Out of memory ends the program. */
spoor_arena *unit_arena(void);

#endif
