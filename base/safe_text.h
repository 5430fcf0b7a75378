/* safe_text.h - text from outside as people may see it.
 *
 * What a terminal, a spreadsheet or an editor might obey rather than show (control characters, C1,
 * bidirectional overrides, invisible separators) is written as \xNN or \u{N}; line ends and tabs as \n,
 * \r and \t. */
#ifndef SPOOR_BASE_SAFE_TEXT_H
#define SPOOR_BASE_SAFE_TEXT_H

#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"

enum { SPOOR_SAFE_BYTES = 9 }; /* at most, of one code point */

/* The text so escaped; itself where nothing has to be. */
spoor_str spoor_safe_text(spoor_arena *arena, spoor_str text);
/* The same into `to`: at most size - 1 bytes, whole characters, and a NUL. */
void spoor_safe_copy(char *to, size_t size, spoor_str text);
void spoor_safe_print(spoor_str text, FILE *out);

#endif
