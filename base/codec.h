/* codec.h - the same walk writes a structure as bytes and reads it back, so the two cannot disagree.
 *
 * A function that walks a structure calls the ones below on each of its fields; whether they write or
 * read is the codec's.  What is read is bounded by the input: more than there is, or nonsense, sets
 * `failed`, and everything after reads as 0.  Texts that are read point into the input.  The bytes are
 * for the build that wrote them. */
#ifndef SPOOR_BASE_CODEC_H
#define SPOOR_BASE_CODEC_H

#include "base/buffer.h"

typedef struct spoor_codec {
    bool is_writing;
    bool failed;        /* reading */
    spoor_buffer out;   /* writing */
    spoor_str in;       /* reading: what is left */
    spoor_arena *arena; /* reading: of what is made */
} spoor_codec;

void spoor_code_u64(spoor_codec *c, uint64_t *value);
void spoor_code_bytes(spoor_codec *c, void *bytes, size_t len);
void spoor_code_str(spoor_codec *c, spoor_str *text);
/* With its NUL; NULL is another than "". */
void spoor_code_text(spoor_codec *c, const char **text);
/* Of things of a byte or more each: no more are read than the input has bytes. */
void spoor_code_count(spoor_codec *c, uint32_t *count);
/* An unsigned number, an enum, a bool that is to be no more than `most`. */
#define SPOOR_CODE(c, field, most)                                                                 \
    do {                                                                                           \
        uint64_t coded_ = (uint64_t)(field);                                                       \
        spoor_code_u64((c), &coded_);                                                              \
        (c)->failed |= coded_ > (uint64_t)(most);                                                  \
        (field) = (__typeof__(field))((c)->failed ? 0 : coded_);                                   \
    } while (0)
/* An array of `count` things, which is made when it is read. */
#define SPOOR_CODE_ARRAY(c, items, count)                                                          \
    do {                                                                                           \
        spoor_code_count((c), &(count));                                                           \
        if (!(c)->is_writing) {                                                                    \
            (items) = spoor_arena_push((c)->arena, (size_t)(count) + 1, sizeof *(items));          \
        }                                                                                          \
    } while (0)

#endif
