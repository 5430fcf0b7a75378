/* fold.h - a text in lower case, as far as it is ASCII. */
#ifndef SPOOR_PASS_FOLD_H
#define SPOOR_PASS_FOLD_H

#include "base/str.h"

/* Writes text.len bytes.  Returns an or of all bytes: 0x80 in it, and the text has others than ASCII. */
unsigned char spoor_fold_ascii(unsigned char *out, spoor_str text);

#endif
