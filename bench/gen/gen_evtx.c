/* gen_evtx.c - chunks, records and values of an EVTX file; templates are in gen_template.c. */
#include "bench/gen/gen_evtx.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/time.h"
#include "bench/gen/gen_template.h"

enum { FILE_HEADER = 4096, NAME_TABLE = 128, TEMPLATE_TABLE = 384, OUTER_VALUES = 14 };
/* types of values in BinXml */
enum {
    TYPE_NULL = 0x00,
    TYPE_STRING = 0x01,
    TYPE_UINT8 = 0x04,
    TYPE_UINT16 = 0x06,
    TYPE_UINT32 = 0x08,
    TYPE_UINT64 = 0x0A,
    TYPE_BOOL = 0x0D,
    TYPE_GUID = 0x0F,
    TYPE_FILETIME = 0x11,
    TYPE_SID = 0x13,
    TYPE_HEX32 = 0x14,
    TYPE_HEX64 = 0x15,
    TYPE_BINXML = 0x21
};

struct gen_evtx {
    FILE *out;
    gen_chunk chunk;
    uint64_t first_record, next_record; /* of the chunk; of the file, from 1 */
    uint32_t nchunks;
};

static void put_at(unsigned char *bytes, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
}

static void fail(void) {
    perror("generate");
    exit(1);
}

static void begin_chunk(gen_evtx *evtx) {
    gen_chunk_reset(&evtx->chunk);
    evtx->first_record = evtx->next_record;
}

static void end_chunk(gen_evtx *evtx) {
    unsigned char *bytes = evtx->chunk.bytes;
    size_t end = evtx->chunk.at;
    memset(bytes + end, 0, GEN_CHUNK - end);
    memcpy(bytes, "ElfChnk", 8);
    put_at(bytes + 8, evtx->first_record, 8);
    put_at(bytes + 16, evtx->next_record - 1, 8);
    put_at(bytes + 24, evtx->first_record, 8);
    put_at(bytes + 32, evtx->next_record - 1, 8);
    put_at(bytes + 40, 128, 4);
    put_at(bytes + 44, evtx->chunk.last_record, 4);
    put_at(bytes + 48, end, 4);
    put_at(bytes + 52, spoor_crc32(0, bytes + 512, end - 512), 4);
    uint32_t sum = spoor_crc32(0, bytes, 120);
    put_at(bytes + 124, spoor_crc32(sum, bytes + NAME_TABLE, 512 - NAME_TABLE), 4);
    if (fwrite(bytes, GEN_CHUNK, 1, evtx->out) != 1) {
        fail();
    }
    evtx->nchunks++;
}

static void put_file_header(gen_evtx *evtx) {
    unsigned char header[FILE_HEADER] = {0};
    memcpy(header, "ElfFile", 8);
    put_at(header + 16, evtx->nchunks > 0 ? evtx->nchunks - 1 : 0, 8);
    put_at(header + 24, evtx->next_record, 8);
    put_at(header + 32, 128, 4);
    put_at(header + 36, 1, 2); /* version 3.1 */
    put_at(header + 38, 3, 2);
    put_at(header + 40, FILE_HEADER, 2);
    put_at(header + 42, evtx->nchunks, 2);
    put_at(header + 124, spoor_crc32(0, header, 120), 4);
    if (fwrite(header, sizeof header, 1, evtx->out) != 1) {
        fail();
    }
}

gen_evtx *gen_evtx_open(FILE *out) {
    gen_evtx *evtx = calloc(1, sizeof *evtx);
    if (evtx == NULL) {
        fail();
    }
    evtx->out = out;
    evtx->next_record = 1;
    begin_chunk(evtx);
    put_file_header(evtx); /* room: written again at the end */
    return evtx;
}

void gen_evtx_close(gen_evtx *evtx) {
    if (evtx->next_record > evtx->first_record) {
        end_chunk(evtx);
    }
    if (fseek(evtx->out, 0, SEEK_SET) != 0) {
        fail();
    }
    put_file_header(evtx);
    free(evtx);
}

/* -- values ------------------------------------------------------------------------------------ */

static uint64_t decimal(spoor_str text) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return value;
}

static unsigned nibble(char c) {
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static uint64_t hexadecimal(const char *text, size_t len) {
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 4 | nibble(text[i]);
    }
    return value;
}

/* {00112233-4455-6677-8899-aabbccddeeff}: three numbers, then eight bytes. */
static void put_guid(gen_chunk *chunk, const char *text) {
    gen_put(chunk, hexadecimal(text + 1, 8), 4);
    gen_put(chunk, hexadecimal(text + 10, 4), 2);
    gen_put(chunk, hexadecimal(text + 15, 4), 2);
    static const uint8_t places[] = {20, 22, 25, 27, 29, 31, 33, 35};
    for (size_t i = 0; i < sizeof places; i++) {
        gen_put(chunk, hexadecimal(text + places[i], 2), 1);
    }
}

/* S-1-5-21-...: the authority in big-endian, the rest in little-endian. */
static void put_sid(gen_chunk *chunk, spoor_str text) {
    uint64_t parts[17];
    uint32_t n = 0;
    for (size_t i = 2; i < text.len && n < 17; n++) {
        size_t start = i;
        while (i < text.len && text.ptr[i] != '-') {
            i++;
        }
        parts[n] = decimal((spoor_str){text.ptr + start, i - start});
        i++;
    }
    gen_put(chunk, parts[0], 1);
    gen_put(chunk, n - 2, 1);
    gen_put(chunk, 0, 5);
    gen_put(chunk, parts[1], 1);
    for (uint32_t i = 2; i < n; i++) {
        gen_put(chunk, parts[i], 4);
    }
}

static unsigned put_value(gen_chunk *chunk, gen_type type, spoor_str text) {
    if (text.ptr == NULL) {
        return TYPE_NULL;
    }
    switch (type) {
    case GEN_TEXT: gen_put_text(chunk, text); return TYPE_STRING;
    case GEN_GUID: put_guid(chunk, text.ptr); return TYPE_GUID;
    case GEN_UINT16: gen_put(chunk, decimal(text), 2); return TYPE_UINT16;
    case GEN_UINT32: gen_put(chunk, decimal(text), 4); return TYPE_UINT32;
    case GEN_HEX32: gen_put(chunk, hexadecimal(text.ptr + 2, text.len - 2), 4); return TYPE_HEX32;
    case GEN_HEX64: gen_put(chunk, hexadecimal(text.ptr + 2, text.len - 2), 8); return TYPE_HEX64;
    case GEN_BOOL: gen_put(chunk, text.ptr[0] == 't', 4); return TYPE_BOOL;
    case GEN_SID: put_sid(chunk, text); return TYPE_SID;
    }
    return TYPE_NULL;
}

/* Values are described first: count, then size and type of each. */
static size_t begin_values(gen_chunk *chunk, uint32_t count) {
    gen_put(chunk, count, 4);
    size_t at = chunk->at;
    gen_put(chunk, 0, 4 * (size_t)count);
    return at;
}

static void describe(gen_chunk *chunk, size_t *descriptor, size_t start, unsigned type) {
    put_at(chunk->bytes + *descriptor, chunk->at - start, 2);
    put_at(chunk->bytes + *descriptor + 2, type, 2);
    *descriptor += 4;
}

static void put_number(gen_chunk *chunk, size_t *descriptor, unsigned type, uint64_t value,
                       size_t size) {
    size_t start = chunk->at;
    gen_put(chunk, value, size);
    describe(chunk, descriptor, start, type);
}

static void put_data(gen_chunk *chunk, const gen_event *event) {
    gen_put(chunk, 0x0001010F, 4);
    gen_use_data_template(chunk, event->layout);
    size_t descriptor = begin_values(chunk, event->layout->nfields);
    for (uint32_t i = 0; i < event->layout->nfields; i++) {
        size_t start = chunk->at;
        unsigned type = put_value(chunk, event->layout->fields[i].type, event->values[i]);
        describe(chunk, &descriptor, start, type);
    }
    gen_put(chunk, 0, 1);
}

/* ORDER the substitutions of gen_use_system_template() */
static void put_system(gen_chunk *chunk, const gen_event *event) {
    const gen_layout *layout = event->layout;
    gen_use_system_template(chunk, layout, event->host);
    size_t at = begin_values(chunk, OUTER_VALUES);
    put_number(chunk, &at, TYPE_UINT8, layout->level, 1);
    put_number(chunk, &at, TYPE_UINT8, layout->opcode, 1);
    put_number(chunk, &at, TYPE_UINT16, layout->task, 2);
    put_number(chunk, &at, TYPE_UINT16, layout->event_id, 2);
    bool qualified = layout->qualifiers != 0;
    put_number(chunk, &at, qualified ? TYPE_UINT16 : TYPE_NULL, layout->qualifiers,
               qualified ? 2 : 0);
    put_number(chunk, &at, TYPE_HEX64, layout->keywords, 8);
    put_number(chunk, &at, TYPE_FILETIME, (uint64_t)(event->time - SPOOR_FILETIME_EPOCH), 8);
    put_number(chunk, &at, TYPE_NULL, 0, 0); /* no activity */
    put_number(chunk, &at, TYPE_UINT32, event->pid, 4);
    put_number(chunk, &at, TYPE_UINT32, event->tid, 4);
    put_number(chunk, &at, TYPE_UINT64, event->record, 8);
    put_number(chunk, &at, TYPE_UINT8, layout->version, 1);
    size_t start = chunk->at;
    spoor_str sid = event->sid.len > 0 ? event->sid : (spoor_str){NULL, 0};
    unsigned type = put_value(chunk, GEN_SID, sid);
    describe(chunk, &at, start, type);
    start = chunk->at;
    put_data(chunk, event);
    describe(chunk, &at, start, TYPE_BINXML);
}

/* An upper bound, so that a record is begun only where it ends in the chunk. */
static size_t record_bound(const gen_chunk *chunk, const gen_event *event) {
    size_t bound = 512;
    for (uint32_t i = 0; i < event->layout->nfields; i++) {
        bound += 2 * event->values[i].len + 80;
    }
    return bound + gen_template_bound(chunk, event->layout, event->host);
}

void gen_evtx_put(gen_evtx *evtx, const gen_event *event) {
    gen_chunk *chunk = &evtx->chunk;
    if (chunk->at + record_bound(chunk, event) > GEN_CHUNK) {
        end_chunk(evtx);
        begin_chunk(evtx);
    }
    size_t start = chunk->at;
    chunk->last_record = (uint32_t)start;
    gen_put(chunk, 0x2A2A, 4);
    gen_put(chunk, 0, 4);
    gen_put(chunk, evtx->next_record++, 8);
    gen_put(chunk, (uint64_t)(event->time - SPOOR_FILETIME_EPOCH), 8);
    gen_put(chunk, 0x0001010F, 4);
    put_system(chunk, event);
    gen_put(chunk, 0, 1);
    gen_put(chunk, 0, 7 - (chunk->at - start + 3) % 8);
    gen_put(chunk, chunk->at + 4 - start, 4);
    put_at(chunk->bytes + start + 4, chunk->at - start, 4);
}
