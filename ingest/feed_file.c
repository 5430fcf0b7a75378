/* feed_file.c - opens a file, hashes it, and reads each of its members. */
#include "ingest/feed_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sha256.h"
#include "ingest/input.h"

enum { HASH_BUFFER = 1 << 16 };

/* Of the bytes on disk; a file that cannot be read has none, and the reader says why. */
static bool hash_file(const char *path, unsigned char sha256[32]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    spoor_sha256 hash;
    spoor_sha256_begin(&hash);
    unsigned char buffer[HASH_BUFFER];
    ssize_t got;
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        spoor_sha256_add(&hash, buffer, (size_t)got);
    }
    close(fd);
    spoor_sha256_end(&hash, sha256);
    return got == 0;
}

static spoor_ingest_status read_member(spoor_inputs *inputs, const spoor_member *member,
                                       const spoor_ingest_options *options, spoor_feed_out *out,
                                       spoor_ingest_counts *counts) {
    spoor_input *input = spoor_inputs_stream(inputs);
    return spoor_evtx_looks_like(member->head, member->head_size)
               ? spoor_evtx_read(input, options, &out->sink, counts)
               : spoor_text_read(input, options, &out->sink, counts);
}

static bool refuse(spoor_feed_out *out, const spoor_feed_source *source, const char *why) {
    spoor_ingest_counts counts = {0};
    snprintf(counts.refusal, sizeof counts.refusal, "%s", why);
    spoor_feed_answer answer = out->begin(out, source);
    return answer != SPOOR_FEED_STOP && out->end(out, SPOOR_INGEST_IO, &counts);
}

static bool feed_members(spoor_inputs *inputs, spoor_feed_source *source,
                         const spoor_ingest_options *options, spoor_feed_out *out) {
    spoor_member member;
    spoor_input_status status;
    while ((status = spoor_inputs_next(inputs, &member)) != SPOOR_INPUT_END) {
        source->member = member.name != NULL ? member.name : "";
        source->size = member.size;
        if (status == SPOOR_INPUT_BAD) {
            if (!refuse(out, source, spoor_inputs_error(inputs))) {
                return false;
            }
            continue;
        }
        spoor_feed_answer answer = out->begin(out, source);
        if (answer == SPOOR_FEED_STOP) {
            return false;
        }
        spoor_ingest_counts counts = {0};
        spoor_ingest_status read = SPOOR_INGEST_OK;
        if (answer == SPOOR_FEED_READ) {
            read = read_member(inputs, &member, options, out, &counts);
        }
        if (!out->end(out, read, &counts)) {
            return false;
        }
    }
    return true;
}

bool spoor_feed_file(const spoor_file *file, const spoor_ingest_options *options,
                     const char *temp_dir, spoor_feed_out *out) {
    spoor_feed_source source = {.path = file->path, .member = "", .size = file->size,
                                .is_named = file->is_named};
    source.has_sha256 =
        options->wants_sha256 && file->size >= 0 && hash_file(file->path, source.sha256);
    char error[SPOOR_INPUT_ERROR];
    spoor_input_limits limits = {.temp_dir = temp_dir};
    spoor_inputs *inputs = spoor_inputs_open(file->path, &limits, error);
    if (inputs == NULL) {
        return refuse(out, &source, error);
    }
    bool go_on = feed_members(inputs, &source, options, out);
    spoor_inputs_close(inputs);
    return go_on;
}
