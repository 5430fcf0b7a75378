/* spill.c - see spill.h.
 *
 * A batch is a count of rows; then for each column its nulls, and its slots as
 * they are, or for text the lengths and the bytes. */
#include "executor/spill.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER = 1 << 16 };

struct spoor_spill {
    spoor_op *op;
    const char *folder;
    int fd;        /* -1: closed */
    uint64_t size; /* of all, what is buffered too */
    size_t used;   /* of the buffer */
    char *buffer;
};

spoor_spill *spoor_spill_open(spoor_op *op) {
    spoor_spill *spill = SPOOR_NEW(op->arena, spoor_spill);
    spill->op = op;
    spill->buffer = SPOOR_RAW_ARRAY(op->arena, char, BUFFER);
    char path[512];
    spill->folder = op->run->temp_dir != NULL ? op->run->temp_dir : "/tmp";
    int n = snprintf(path, sizeof path, "%s/spoor-XXXXXX", spill->folder);
    spill->fd = n > 0 && (size_t)n < sizeof path ? mkstemp(path) : -1; /* 0600 */
    if (spill->fd < 0) {
        spoor_run_fail(op->run, SPOOR_RUN_IO, op->plan->span,
                       "the rows do not fit the memory limit, and no temporary file can be made in "
                       "'%s': %s",
                       spill->folder, strerror(errno));
        return NULL;
    }
    unlink(path);
    return spill;
}

void spoor_spill_close(spoor_spill *spill) {
    if (spill != NULL && spill->fd >= 0) {
        close(spill->fd);
        spill->fd = -1;
    }
}

/* -- writing ----------------------------------------------------------------------------------- */

static bool write_failed(const spoor_spill *spill) {
    const char *hint = errno == ENOSPC ? "; --temp names another folder" : "";
    return spoor_run_fail(spill->op->run, SPOOR_RUN_IO, spill->op->plan->span,
                          "rows that do not fit the memory limit cannot be written to '%s': %s%s",
                          spill->folder, strerror(errno), hint);
}

static bool write_bytes(const spoor_spill *spill, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write(spill->fd, bytes, size);
        if (n < 0 && errno != EINTR) {
            return write_failed(spill);
        }
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool spoor_spill_flush(spoor_spill *spill) {
    size_t used = spill->used;
    spill->used = 0;
    return write_bytes(spill, spill->buffer, used);
}

static bool put(spoor_spill *spill, const void *bytes, size_t size) {
    if (size > BUFFER - spill->used && !spoor_spill_flush(spill)) {
        return false;
    }
    spill->size += size;
    if (size > BUFFER) {
        return write_bytes(spill, bytes, size);
    }
    if (size > 0) {
        memcpy(spill->buffer + spill->used, bytes, size);
    }
    spill->used += size;
    return true;
}

static bool is_text(spoor_type type) {
    return type == SPOOR_STRING || type == SPOOR_DYNAMIC;
}

static bool put_texts(spoor_spill *spill, const spoor_str *texts, uint32_t rows) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t len = texts[i].len;
        total += len;
        if (!put(spill, &len, sizeof len)) {
            return false;
        }
    }
    if (!put(spill, &total, sizeof total)) {
        return false;
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (!put(spill, texts[i].ptr, texts[i].len)) {
            return false;
        }
    }
    return true;
}

bool spoor_spill_write(spoor_spill *spill, const spoor_vec *cols, uint32_t ncols, uint32_t from,
                       uint32_t rows) {
    static const uint8_t no_nulls[SPOOR_BATCH_ROWS];
    bool ok = put(spill, &rows, sizeof rows);
    for (uint32_t c = 0; ok && c < ncols; c++) {
        const spoor_vec *col = &cols[c];
        size_t size = spoor_type_size(col->type);
        ok = put(spill, col->nulls != NULL ? col->nulls + from : no_nulls, rows) &&
             (is_text(col->type) ? put_texts(spill, col->strings + from, rows)
                                 : put(spill, (const char *)col->data + from * size, rows * size));
    }
    return ok;
}

uint64_t spoor_spill_size(const spoor_spill *spill) {
    return spill->size;
}

/* -- reading ----------------------------------------------------------------------------------- */

static bool get(spoor_spill *spill, uint64_t *at, void *bytes, size_t size) {
    char *to = bytes;
    while (size > 0) {
        ssize_t n = pread(spill->fd, to, size, (off_t)*at);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return spoor_run_fail(spill->op->run, SPOOR_RUN_IO, spill->op->plan->span,
                                  "a temporary file cannot be read: %s",
                                  n == 0 ? "it is shorter than it was" : strerror(errno));
        }
        to += n > 0 ? n : 0;
        *at += n > 0 ? (uint64_t)n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool get_texts(spoor_spill *spill, uint64_t *at, spoor_arena *arena, spoor_vec *out,
                      uint32_t rows) {
    uint64_t *lens = SPOOR_RAW_ARRAY(arena, uint64_t, rows), total;
    if (!get(spill, at, lens, rows * sizeof *lens) || !get(spill, at, &total, sizeof total)) {
        return false;
    }
    char *bytes = SPOOR_RAW_ARRAY(arena, char, total + 1);
    if (!get(spill, at, bytes, total)) {
        return false;
    }
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = (spoor_str){bytes, lens[i]};
        bytes += lens[i];
    }
    return true;
}

bool spoor_spill_read(spoor_spill *spill, uint64_t *at, spoor_arena *arena, const spoor_type *types,
                      uint32_t ncols, spoor_batch *batch) {
    uint32_t rows;
    if (!get(spill, at, &rows, sizeof rows)) {
        return false;
    }
    *batch = (spoor_batch){.rows = rows, .count = rows, .ncols = ncols};
    batch->cols = SPOOR_RAW_ARRAY(arena, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_vec *col = &batch->cols[c];
        *col = spoor_vec_new(arena, types[c], rows);
        if (!get(spill, at, col->nulls, rows) ||
            !(is_text(types[c]) ? get_texts(spill, at, arena, col, rows)
                                : get(spill, at, col->data, rows * spoor_type_size(types[c])))) {
            return false;
        }
    }
    return true;
}
