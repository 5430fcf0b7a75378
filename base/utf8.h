/* utf8.h - code points of stored text, and the one table of simple case folds.
 *
 * Stored text is WTF-8 (UTF-8 that may hold lone surrogates), checked at
 * ingest, so readers here never fail: a bad byte reads as U+FFFD of one byte. */
#ifndef SPOOR_BASE_UTF8_H
#define SPOOR_BASE_UTF8_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* The code point at *at (< end); moves *at past it. */
uint32_t spoor_utf8_next(const char **at, const char *end);
/* The code point that ends at *at (> start); moves *at to its first byte. */
uint32_t spoor_utf8_before(const char *start, const char **at);
/* Writes up to 4 bytes; returns how many.  Surrogates are written as WTF-8. */
int spoor_utf8_put(char *out, uint32_t code_point);
/* Number of code points. */
size_t spoor_utf8_length(spoor_str s);
/* Bytes of the first n code points, or s.len. */
size_t spoor_utf8_offset(spoor_str s, size_t n);
bool spoor_is_ascii(spoor_str s);

/* True when s is well-formed WTF-8: halves of a pair that stand together are one character of four bytes. */
bool spoor_utf8_is_valid(spoor_str s);
/* s, or a copy in which such halves are joined and each bad byte is U+FFFD; *bad is raised by the
 * number of these. */
spoor_str spoor_utf8_repair(spoor_arena *arena, spoor_str s, uint64_t *bad);
/* UTF-16LE to WTF-8.  out must hold 3 * units bytes; returns bytes written.  ASCII fast path. */
size_t spoor_utf16_to_utf8(const unsigned char *utf16le, size_t units, char *out);

/* Simple (one to one) fold of a code point: what `=~`, `contains`, `has`, in~ compare.  Generated
 * from Unicode's CaseFolding (C + S) as tools/ says; U+212A and U+017F fold to ASCII. */
uint32_t spoor_fold(uint32_t code_point);
uint32_t spoor_to_lower(uint32_t code_point); /* simple mappings */
uint32_t spoor_to_upper(uint32_t code_point);
spoor_str spoor_str_fold(spoor_arena *arena, spoor_str s);
spoor_str spoor_str_lower(spoor_arena *arena, spoor_str s);
spoor_str spoor_str_upper(spoor_arena *arena, spoor_str s);

/* Letter or digit of any script: what makes a term of `has` (an underscore ends one). */
bool spoor_is_alnum(uint32_t code_point);
/* White space as .NET's Char.IsWhiteSpace. */
bool spoor_is_space(uint32_t code_point);

#endif
