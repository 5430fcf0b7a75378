/* input_layers.c - files, their first bytes, gzip and Zstandard, as streams: see input_layers.h. */
#include "ingest/input_layers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED_BUFFER = 1 << 16, MAX_READ = 1 << 30 };

static const uint64_t ratio_from = (uint64_t)256
                                   << 20; /* small files may be as dense as they like */

void spoor_layers_close(spoor_layer *top) {
    while (top != NULL) {
        spoor_layer *below = top->below;
        top->close(top);
        top = below;
    }
}

bool spoor_unpacked_add(spoor_unpacked *unpacked, uint64_t out, uint64_t packed, uint64_t total_out,
                        char error[200]) {
    unpacked->bytes += out;
    if (unpacked->bytes > unpacked->max_bytes) {
        snprintf(error, 200, "unpacks to more than %llu bytes: refused",
                 (unsigned long long)unpacked->max_bytes);
        return false;
    }
    if (total_out > ratio_from && total_out / unpacked->max_ratio > packed) {
        snprintf(error, 200, "unpacks to more than %u times its size: refused as an archive bomb",
                 unpacked->max_ratio);
        return false;
    }
    return true;
}

/* -- a file ------------------------------------------------------------------------------------ */

typedef struct file_layer {
    spoor_layer layer;
    int fd;
    bool is_owned;
} file_layer;

static int64_t file_read(spoor_input *input, void *buffer, size_t size) {
    file_layer *file = (file_layer *)input;
    for (;;) {
        ssize_t n = read(file->fd, buffer, size < MAX_READ ? size : MAX_READ);
        if (n >= 0) {
            return n;
        }
        if (errno != EINTR) {
            snprintf(input->error, sizeof input->error, "cannot be read: %s", strerror(errno));
            return -1;
        }
    }
}

static void file_close(spoor_layer *layer) {
    file_layer *file = (file_layer *)layer;
    if (file->is_owned) {
        close(file->fd);
    }
    free(file);
}

spoor_layer *spoor_layer_file(int fd, bool is_owned) {
    file_layer *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return NULL;
    }
    file->layer.input.read = file_read;
    file->layer.close = file_close;
    file->fd = fd;
    file->is_owned = is_owned;
    return &file->layer;
}

/* -- the first bytes --------------------------------------------------------------------------- */

typedef struct head_layer {
    spoor_layer layer;
    unsigned char bytes[SPOOR_INPUT_HEAD];
    size_t size, given;
    bool is_read, has_failed; /* the layer below, while it was looked at */
} head_layer;

static int64_t read_below(spoor_layer *layer, void *buffer, size_t size) {
    int64_t n = layer->below->input.read(&layer->below->input, buffer, size);
    if (n < 0) {
        memcpy(layer->input.error, layer->below->input.error, sizeof layer->input.error);
    }
    return n;
}

static int64_t head_read(spoor_input *input, void *buffer, size_t size) {
    head_layer *head = (head_layer *)input;
    if (head->given < head->size) {
        size_t n = head->size - head->given < size ? head->size - head->given : size;
        memcpy(buffer, head->bytes + head->given, n);
        head->given += n;
        return (int64_t)n;
    }
    return head->has_failed ? -1 : read_below(&head->layer, buffer, size);
}

static void head_close(spoor_layer *layer) {
    free((head_layer *)layer);
}

spoor_layer *spoor_layer_head(spoor_layer *below) {
    head_layer *head = calloc(1, sizeof *head);
    if (head == NULL) {
        return NULL;
    }
    head->layer.input.read = head_read;
    head->layer.close = head_close;
    head->layer.below = below;
    return &head->layer;
}

bool spoor_layer_peek(spoor_layer *layer, const unsigned char **bytes, size_t *size) {
    head_layer *head = (head_layer *)layer;
    while (!head->is_read && head->size < sizeof head->bytes) {
        int64_t n = read_below(layer, head->bytes + head->size, sizeof head->bytes - head->size);
        if (n <= 0) {
            head->has_failed = n < 0; /* said when the first bytes are used up */
            break;
        }
        head->size += (size_t)n;
    }
    head->is_read = true;
    if (head->has_failed && head->size == 0) {
        return false;
    }
    *bytes = head->bytes;
    *size = head->size;
    return true;
}

/* -- gzip -------------------------------------------------------------------------------------- */

typedef struct gzip_layer {
    spoor_layer layer;
    spoor_unpacked *unpacked;
    z_stream stream;
    uint64_t packed, total;
    bool is_end, in_member, has_failed;
    unsigned char buffer[PACKED_BUFFER];
} gzip_layer;

static int64_t gzip_fail(gzip_layer *gzip, const char *why) {
    snprintf(gzip->layer.input.error, sizeof gzip->layer.input.error, "%s", why);
    gzip->has_failed = true;
    return -1;
}

/* More packed bytes, if none are left; false: an error. */
static bool gzip_refill(gzip_layer *gzip) {
    if (gzip->stream.avail_in > 0) {
        return true;
    }
    int64_t n = read_below(&gzip->layer, gzip->buffer, sizeof gzip->buffer);
    if (n < 0) {
        return false;
    }
    gzip->packed += (uint64_t)n;
    gzip->stream.next_in = gzip->buffer;
    gzip->stream.avail_in = (uInt)n;
    return true;
}

static int64_t gzip_read(spoor_input *input, void *buffer, size_t size) {
    gzip_layer *gzip = (gzip_layer *)input;
    if (gzip->has_failed) {
        return -1;
    }
    z_stream *z = &gzip->stream;
    z->next_out = buffer;
    z->avail_out = (uInt)(size < MAX_READ ? size : MAX_READ);
    uInt room = z->avail_out;
    while (!gzip->is_end && z->avail_out == room && room > 0) {
        if (!gzip_refill(gzip)) {
            return -1;
        }
        if (z->avail_in == 0) {
            if (gzip->in_member) {
                return gzip_fail(gzip, "the gzip data ends too early");
            }
            gzip->is_end = true;
            break;
        }
        if (!gzip->in_member && gzip->total > 0 && *z->next_in != 0x1F) {
            gzip->is_end = true; /* padding after the last member */
            break;
        }
        gzip->in_member = true;
        int status = inflate(z, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            gzip->in_member = false; /* another one may follow */
            status = inflateReset(z);
        }
        if (status != Z_OK && status != Z_BUF_ERROR) {
            return gzip_fail(gzip, "the gzip data is damaged");
        }
    }
    uint64_t n = room - z->avail_out;
    gzip->total += n;
    gzip->has_failed =
        !spoor_unpacked_add(gzip->unpacked, n, gzip->packed, gzip->total, input->error);
    return gzip->has_failed ? -1 : (int64_t)n;
}

static void gzip_close(spoor_layer *layer) {
    gzip_layer *gzip = (gzip_layer *)layer;
    inflateEnd(&gzip->stream);
    free(gzip);
}

spoor_layer *spoor_layer_gzip(spoor_layer *below, spoor_unpacked *unpacked) {
    gzip_layer *gzip = calloc(1, sizeof *gzip);
    if (gzip == NULL || inflateInit2(&gzip->stream, 15 + 16) != Z_OK) {
        free(gzip);
        return NULL;
    }
    gzip->layer.input.read = gzip_read;
    gzip->layer.close = gzip_close;
    gzip->layer.below = below;
    gzip->unpacked = unpacked;
    return &gzip->layer;
}

/* -- Zstandard --------------------------------------------------------------------------------- */

typedef struct zstd_layer {
    spoor_layer layer;
    spoor_unpacked *unpacked;
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    uint64_t packed, total;
    bool in_frame, is_end, has_failed;
    unsigned char buffer[PACKED_BUFFER];
} zstd_layer;

static int64_t zstd_fail(zstd_layer *zstd, const char *why, const char *detail) {
    snprintf(zstd->layer.input.error, sizeof zstd->layer.input.error, "%s%s", why, detail);
    zstd->has_failed = true;
    return -1;
}

static int64_t zstd_read(spoor_input *input, void *buffer, size_t size) {
    zstd_layer *zstd = (zstd_layer *)input;
    if (zstd->has_failed) {
        return -1;
    }
    ZSTD_outBuffer out = {buffer, size < MAX_READ ? size : MAX_READ, 0};
    while (!zstd->is_end && out.pos == 0 && out.size > 0) {
        bool was_drained = false;
        if (zstd->in.pos == zstd->in.size) {
            int64_t n = read_below(&zstd->layer, zstd->buffer, sizeof zstd->buffer);
            if (n < 0) {
                return -1;
            }
            zstd->packed += (uint64_t)n;
            zstd->in = (ZSTD_inBuffer){zstd->buffer, (size_t)n, 0};
            was_drained = n == 0;
        }
        if (was_drained && !zstd->in_frame) {
            zstd->is_end = true;
            break;
        }
        size_t status = ZSTD_decompressStream(zstd->stream, &out, &zstd->in);
        if (ZSTD_isError(status)) {
            return zstd_fail(zstd, "the Zstandard data is damaged: ", ZSTD_getErrorName(status));
        }
        if (was_drained && out.pos == 0) {
            return zstd_fail(zstd, "the Zstandard data ends too early", "");
        }
        zstd->in_frame = status != 0;
    }
    zstd->total += out.pos;
    zstd->has_failed =
        !spoor_unpacked_add(zstd->unpacked, out.pos, zstd->packed, zstd->total, input->error);
    return zstd->has_failed ? -1 : (int64_t)out.pos;
}

static void zstd_close(spoor_layer *layer) {
    zstd_layer *zstd = (zstd_layer *)layer;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

spoor_layer *spoor_layer_zstd(spoor_layer *below, spoor_unpacked *unpacked) {
    zstd_layer *zstd = calloc(1, sizeof *zstd);
    if (zstd == NULL) {
        return NULL;
    }
    zstd->stream = ZSTD_createDStream();
    if (zstd->stream == NULL) {
        free(zstd);
        return NULL;
    }
    zstd->layer.input.read = zstd_read;
    zstd->layer.close = zstd_close;
    zstd->layer.below = below;
    zstd->unpacked = unpacked;
    return &zstd->layer;
}
