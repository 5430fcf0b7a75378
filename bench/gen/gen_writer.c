/* gen_writer.c - opens a file and hands events to the writer of its format. */
#include "bench/gen/gen_writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/gen/gen_evtx.h"
#include "bench/gen/gen_json.h"

enum { BUFFER = 4 * GEN_LINE_MAX };

struct gen_writer {
    FILE *out;
    const char *path;
    gen_format format;
    gen_evtx *evtx; /* of EVTX */
    gen_text text;  /* of the others */
};

static void fail(const char *path) {
    perror(path);
    exit(1);
}

gen_writer *gen_writer_open(const char *path, gen_format format) {
    gen_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        fail(path);
    }
    *writer = (gen_writer){.out = fopen(path, "wb"), .path = path, .format = format};
    if (writer->out == NULL) {
        fail(path);
    }
    if (format == GEN_EVTX) {
        writer->evtx = gen_evtx_open(writer->out);
    } else if ((writer->text.bytes = malloc(BUFFER)) == NULL) {
        fail(path);
    }
    return writer;
}

static void flush(gen_writer *writer) {
    if (fwrite(writer->text.bytes, 1, writer->text.len, writer->out) != writer->text.len) {
        fail(writer->path);
    }
    writer->text.len = 0;
}

void gen_writer_put(gen_writer *writer, const gen_event *event) {
    if (writer->format == GEN_EVTX) {
        gen_evtx_put(writer->evtx, event);
        return;
    }
    gen_json_put(&writer->text, writer->format, event);
    if (writer->text.len > BUFFER - GEN_LINE_MAX) {
        flush(writer);
    }
}

uint64_t gen_writer_close(gen_writer *writer) {
    if (writer->format == GEN_EVTX) {
        gen_evtx_close(writer->evtx);
    } else {
        flush(writer);
    }
    if (fseeko(writer->out, 0, SEEK_END) != 0) {
        fail(writer->path);
    }
    uint64_t size = (uint64_t)ftello(writer->out);
    if (fclose(writer->out) != 0) {
        fail(writer->path);
    }
    free(writer->text.bytes);
    free(writer);
    return size;
}
