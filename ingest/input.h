/* input.h - opening what a user names: a file, standard input, or what is packed in either.
 *
 * What an input is, its first bytes say, never its name.  gzip and Zstandard
 * are read through, also one inside the other; the members of a zip come one
 * after another.  Nothing is written to a named file, and no name from inside an
 * archive is used as a path.  Bombs are refused in words: by ratio, by total
 * size, by number of members.
 *
 *     spoor_inputs *inputs = spoor_inputs_open(path, NULL, error);
 *     while ((status = spoor_inputs_next(inputs, &member)) != SPOOR_INPUT_END) {
 *         if (status == SPOOR_INPUT_OK) {
 *             look at member.head, then read spoor_inputs_stream(inputs)
 *         }
 *     }
 *     spoor_inputs_close(inputs);
 */
#ifndef SPOOR_INGEST_INPUT_H
#define SPOOR_INGEST_INPUT_H

#include "ingest/reader.h"

typedef struct spoor_inputs spoor_inputs;

typedef struct spoor_input_limits {
    uint64_t max_bytes;   /* unpacked, of all members together; 0: 256 GB */
    uint32_t max_ratio;   /* of unpacked to packed bytes, once 256 MB are unpacked; 0: 1000 */
    uint32_t max_members; /* of one zip; 0: 100,000 */
    const char *temp_dir; /* for an unlinked file, where a zip is no plain file; NULL: /tmp */
} spoor_input_limits;

typedef enum spoor_input_status {
    SPOOR_INPUT_OK,
    SPOOR_INPUT_BAD, /* this member cannot be read: spoor_inputs_error; others may follow */
    SPOOR_INPUT_END,
} spoor_input_status;

typedef struct spoor_member {
    const char *name;          /* inside the zip; "" for an input that is no zip */
    int64_t size;              /* unpacked; -1: not known before it is read */
    const unsigned char *head; /* the first bytes, unpacked */
    size_t head_size;
} spoor_member;

enum { SPOOR_INPUT_ERROR = 256, SPOOR_INPUT_HEAD = 8192 };

/* "-" is standard input.  NULL: why is in error.  limits may be NULL. */
spoor_inputs *spoor_inputs_open(const char *path, const spoor_input_limits *limits,
                                char error[SPOOR_INPUT_ERROR]);
/* The next member (a plain file has one).  What the one before lent is gone. */
spoor_input_status spoor_inputs_next(spoor_inputs *inputs, spoor_member *member);
const char *spoor_inputs_error(const spoor_inputs *inputs);
/* The one member is a regular file as it is on disk: neither packed nor from a pipe. */
bool spoor_inputs_is_plain(const spoor_inputs *inputs);
/* The current member from its first byte, as a stream.  Once for each member. */
spoor_input *spoor_inputs_stream(spoor_inputs *inputs);
void spoor_inputs_close(spoor_inputs *inputs);

#endif
