/* base64.h - RFC 4648 base64 with padding. */
#ifndef SPOOR_BASE_BASE64_H
#define SPOOR_BASE_BASE64_H

#include "base/arena.h"

spoor_str spoor_base64_encode(spoor_arena *arena, spoor_str bytes);
/* False: not base64; blanks and missing padding are not.  Bits behind the last byte are ignored. */
bool spoor_base64_decode(spoor_arena *arena, spoor_str text, spoor_str *bytes);

#endif
