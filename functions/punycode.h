/* punycode.h - RFC 3492: any text as letters, digits and dashes, and back. */
#ifndef SPOOR_FUNCTIONS_PUNYCODE_H
#define SPOOR_FUNCTIONS_PUNYCODE_H

#include "base/buffer.h"

enum { SPOOR_PUNYCODE_MOST = 4096 }; /* code points: the work grows as their square */

/* Appended to `out`; false: too long, or (decoding) not punycode: then some may have been appended.
 */
bool spoor_punycode_encode(spoor_buffer *out, spoor_str text);
bool spoor_punycode_decode(spoor_buffer *out, spoor_str code);

#endif
