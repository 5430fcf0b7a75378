/* words.h - values written as bytes, the same for the same value in every process: what is known of
 * an expression, or kept of it, is found again by its words. */
#ifndef SPOOR_PASS_WORDS_H
#define SPOOR_PASS_WORDS_H

#include "base/buffer.h"
#include "types/vec.h"

static inline void spoor_words_put(spoor_buffer *out, const void *bytes, size_t len) {
    spoor_buffer_put(out, (spoor_str){bytes, len});
}

void spoor_words_put_text(spoor_buffer *out, spoor_str text);
void spoor_words_put_value(spoor_buffer *out, const spoor_value *value);

#endif
