/* gen_template.h - a chunk of an EVTX file while it is filled, and the templates in it.
 *
 * The caller sees to it that what is put fits into the chunk. */
#ifndef SPOOR_GEN_GEN_TEMPLATE_H
#define SPOOR_GEN_GEN_TEMPLATE_H

#include "bench/gen/gen_event.h"

enum { GEN_CHUNK = 65536, GEN_NAME_SLOTS = 1024, GEN_SYSTEM_TEMPLATES = 16 };

typedef struct gen_name_slot {
    const char *name; /* NULL: free */
    uint32_t at;
} gen_name_slot;

typedef struct gen_chunk {
    unsigned char bytes[GEN_CHUNK];
    size_t at;
    uint32_t last_record;
    gen_name_slot names[GEN_NAME_SLOTS];      /* where each name was defined */
    uint32_t data_templates[GEN_MAX_LAYOUTS]; /* by layout; 0: not defined yet */
    struct {
        const gen_source *source;
        const gen_host *host;
        uint32_t at;
    } system_templates[GEN_SYSTEM_TEMPLATES];
    uint32_t nsystem_templates;
} gen_chunk;

void gen_chunk_reset(gen_chunk *chunk);

static inline void gen_put(gen_chunk *chunk, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        chunk->bytes[chunk->at++] = (unsigned char)(i < 8 ? value >> (8 * i) : 0);
    }
}

/* UTF-8 text as UTF-16; code points beyond the basic plane become pairs. */
void gen_put_text(gen_chunk *chunk, spoor_str text);

/* A reference to the template, with its definition where the chunk has none yet. */
void gen_use_system_template(gen_chunk *chunk, const gen_layout *layout, const gen_host *host);
void gen_use_data_template(gen_chunk *chunk, const gen_layout *layout);
/* Bytes that the definitions still to be made may take. */
size_t gen_template_bound(const gen_chunk *chunk, const gen_layout *layout, const gen_host *host);

#endif
