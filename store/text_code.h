/* text_code.h - a list of texts as few bytes, given back byte for byte.
 *
 * Decimal numbers, 0x hex, GUIDs and `2024-01-31 10:11:12.345` times become
 * integers or 16 bytes only where printing gives back the exact text of
 * every value; everything else is front-coded.  Names play no part. */
#ifndef SPOOR_STORE_TEXT_CODE_H
#define SPOOR_STORE_TEXT_CODE_H

#include "store/pack.h"

/* numbers are kept in files */
typedef enum spoor_text_form {
    SPOOR_TEXT_FRONT = 0,
    SPOOR_TEXT_DECIMAL = 1,
    SPOOR_TEXT_HEX_LOWER = 2,
    SPOOR_TEXT_HEX_UPPER = 3,
    SPOOR_TEXT_GUID = 4, /* + 1: upper case, + 2: in braces */
    SPOOR_TEXT_TIME = 8, /* with a blank and milliseconds */
} spoor_text_form;

enum { SPOOR_TEXT_LIMIT = 96 << 20 }; /* bytes that one list may decode to */

/* The form that holds every one of the texts. */
spoor_text_form spoor_text_form_of(const spoor_str *texts, uint32_t n);
void spoor_texts_encode(spoor_packer *packer, spoor_bytes *out, const spoor_str *texts, uint32_t n,
                        spoor_text_form form);
/* Appends the n texts to *blob, each followed by a NUL, and their start offsets and lengths.  *is_ascii: all of
 * their bytes are.  false: damaged, or blob->failed. */
bool spoor_texts_decode(spoor_packer *packer, spoor_bytes_in *in, uint32_t n, spoor_bytes *blob,
                        uint32_t *starts, uint32_t *lengths, bool *is_ascii);

#endif
