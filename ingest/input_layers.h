/* input_layers.h - streams on top of streams: what ingest/input.c stacks up for one member.
 *
 * A layer owns the one below it; closing the topmost closes all. */
#ifndef SPOOR_INGEST_INPUT_LAYERS_H
#define SPOOR_INGEST_INPUT_LAYERS_H

#include "ingest/input.h"

typedef struct spoor_layer {
    spoor_input input; /* first: a layer is an input */
    struct spoor_layer *below;
    void (*close)(struct spoor_layer *layer); /* frees what it owns, itself included, not `below` */
} spoor_layer;

/* What all layers of one path have unpacked together, and may. */
typedef struct spoor_unpacked {
    uint64_t bytes;
    uint64_t max_bytes;
    uint32_t max_ratio;
} spoor_unpacked;

void spoor_layers_close(spoor_layer *top);

/* Each returns NULL when memory is out, and then leaves `below` to the caller. */
spoor_layer *spoor_layer_file(int fd, bool is_owned);
spoor_layer *spoor_layer_head(spoor_layer *below); /* lets the first bytes be looked at */
spoor_layer *spoor_layer_gzip(spoor_layer *below, spoor_unpacked *unpacked);
spoor_layer *spoor_layer_zstd(spoor_layer *below, spoor_unpacked *unpacked);

/* The first bytes of a head layer, not consumed; false: they cannot be read. */
bool spoor_layer_peek(spoor_layer *head, const unsigned char **bytes, size_t *size);

/* Account for bytes unpacked; false: refused, and why is in `error`. */
bool spoor_unpacked_add(spoor_unpacked *unpacked, uint64_t out, uint64_t packed, uint64_t total_out,
                        char error[200]);

#endif
