/* feed_file.c - opens a file, hashes it, and reads each of its members.
 *
 * A store knows a file by the digest of its bytes on disk, a member of a zip
 * by that and its place.  The digest must be there before the reading only
 * where the store may know the file; else it is made of the bytes as they
 * pass by, which saves a second reading. */
#include "ingest/feed_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ingest/input.h"

enum { READ_BUFFER = 1 << 16 };

/* -- digests ----------------------------------------------------------------------------------- */

/* A file that cannot be read has none, and the reader says why. */
static bool hash_file(const char *path, const spoor_content_key *key, unsigned char *digest) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    spoor_content_hash hash;
    spoor_content_hash_begin(&hash, key);
    unsigned char buffer[READ_BUFFER];
    ssize_t got;
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        spoor_content_hash_add(&hash, buffer, (size_t)got);
    }
    close(fd);
    spoor_content_hash_end(&hash, digest);
    return got == 0;
}

static bool is_size_known(const spoor_ingest_options *options, int64_t size) {
    size_t low = 0, high = options->nknown_sizes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (options->known_sizes[middle] < size) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < options->nknown_sizes && options->known_sizes[low] == size;
}

/* Logs of one zip differ, though they are one file. */
static void set_member_digest(spoor_feed_source *source, uint64_t ordinal,
                              const spoor_content_key *key, const unsigned char *of_file) {
    spoor_content_hash hash;
    spoor_content_hash_begin(&hash, key);
    spoor_content_hash_add(&hash, of_file, SPOOR_SHA256_BYTES);
    spoor_content_hash_add(&hash, &ordinal, sizeof ordinal);
    spoor_content_hash_add(&hash, source->member, strlen(source->member));
    spoor_content_hash_end(&hash, source->digest);
}

typedef struct tap {   /* hashes what passes through */
    spoor_input input; /* first */
    spoor_input *from;
    spoor_content_hash hash;
} tap;

static int64_t tap_read(spoor_input *input, void *buffer, size_t size) {
    tap *t = (tap *)input;
    int64_t n = t->from->read(t->from, buffer, size);
    if (n > 0) {
        spoor_content_hash_add(&t->hash, buffer, (size_t)n);
    } else if (n < 0) {
        memcpy(input->error, t->from->error, sizeof input->error);
    }
    return n;
}

/* The digest, after what the reader left unread. */
static void finish_tap(tap *t, spoor_ingest_counts *counts) {
    unsigned char buffer[READ_BUFFER];
    int64_t n;
    while ((n = tap_read(&t->input, buffer, sizeof buffer)) > 0) {
    }
    spoor_content_hash_end(&t->hash, counts->digest);
    counts->has_digest = n == 0;
}

/* -- reading ----------------------------------------------------------------------------------- */

typedef struct reading {
    const spoor_file *file;
    const spoor_ingest_options *options;
    spoor_inputs *inputs;
    spoor_feed_out *out;
    spoor_feed_source source;
    bool has_digest; /* of the file */
    unsigned char digest[SPOOR_SHA256_BYTES];
    uint64_t members; /* of a zip, so far */
} reading;

static spoor_ingest_status read_log(const reading *r, const spoor_member *member,
                                    spoor_input *input, spoor_ingest_counts *counts) {
    if (!spoor_evtx_looks_like(member->head, member->head_size)) {
        return spoor_text_read(input, r->options, &r->out->sink, counts);
    }
    spoor_evtx_buffers **buffers = r->out->evtx;
    if (*buffers == NULL && (*buffers = spoor_evtx_buffers_new()) == NULL) {
        return SPOOR_INGEST_MEMORY;
    }
    return spoor_evtx_read_with(*buffers, input, r->options, &r->out->sink, counts);
}

static spoor_ingest_status read_member(const reading *r, const spoor_member *member,
                                       spoor_ingest_counts *counts) {
    spoor_input *input = spoor_inputs_stream(r->inputs);
    if (r->has_digest || r->options->content_key == NULL || !spoor_inputs_is_plain(r->inputs)) {
        return read_log(r, member, input, counts);
    }
    tap t = {.input.read = tap_read, .from = input};
    spoor_content_hash_begin(&t.hash, r->options->content_key);
    spoor_ingest_status status = read_log(r, member, &t.input, counts);
    if (status == SPOOR_INGEST_OK) {
        finish_tap(&t, counts);
    }
    return status;
}

static bool refuse(const reading *r, const char *why) {
    spoor_ingest_counts counts = {0};
    snprintf(counts.refusal, sizeof counts.refusal, "%s", why);
    spoor_feed_answer answer = r->out->begin(r->out, &r->source);
    return answer != SPOOR_FEED_STOP && r->out->end(r->out, SPOOR_INGEST_IO, &counts);
}

static void describe(reading *r, const spoor_member *member) {
    r->source.member = member->name != NULL ? member->name : "";
    r->source.size = member->size;
    r->source.has_digest = r->has_digest;
    if (r->has_digest && r->source.member[0] != '\0') {
        set_member_digest(&r->source, r->members++, r->options->content_key, r->digest);
    } else if (r->has_digest) {
        memcpy(r->source.digest, r->digest, sizeof r->digest);
    }
}

static bool feed_members(reading *r) {
    spoor_member member;
    spoor_input_status status;
    while ((status = spoor_inputs_next(r->inputs, &member)) != SPOOR_INPUT_END) {
        describe(r, &member);
        if (status == SPOOR_INPUT_BAD) {
            if (!refuse(r, spoor_inputs_error(r->inputs))) {
                return false;
            }
            continue;
        }
        spoor_feed_answer answer = r->out->begin(r->out, &r->source);
        if (answer == SPOOR_FEED_STOP) {
            return false;
        }
        spoor_ingest_counts counts = {0};
        spoor_ingest_status read = SPOOR_INGEST_OK;
        if (answer == SPOOR_FEED_READ) {
            read = read_member(r, &member, &counts);
        }
        if (!r->out->end(r->out, read, &counts)) {
            return false;
        }
    }
    return true;
}

bool spoor_feed_file(const spoor_file *file, const spoor_ingest_options *options,
                     const char *temp_dir, spoor_feed_out *out) {
    reading r = {.file = file, .options = options, .out = out};
    r.source = (spoor_feed_source){
        .path = file->path, .member = "", .size = file->size, .is_named = file->is_named};
    char error[SPOOR_INPUT_ERROR];
    spoor_input_limits limits = {.temp_dir = temp_dir};
    r.inputs = spoor_inputs_open(file->path, &limits, error);
    if (r.inputs == NULL) {
        return refuse(&r, error);
    }
    bool is_early = !spoor_inputs_is_plain(r.inputs) || is_size_known(options, file->size);
    r.has_digest = options->content_key != NULL && file->size >= 0 && is_early &&
                   hash_file(file->path, options->content_key, r.digest);
    bool go_on = feed_members(&r);
    spoor_inputs_close(r.inputs);
    return go_on;
}
