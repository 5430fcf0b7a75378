/* evtx.c - an EVTX file: its header, its 64 KiB chunks, their records.
 *
 * The file header is only believed for what does no harm: the number of
 * chunks is that of the blocks in the file.  A chunk's records lie between
 * its header and its free-space offset; what follows is slack, which only
 * --recover looks into.  A damaged record costs itself: the next one is
 * looked for by its signature and must prove itself, by the copy of its size
 * at its end, by a number that belongs to this chunk, by names and templates
 * that are the ones it was written with.  (Where a page of a file was lost,
 * what stands there may be part of another chunk.)  Checksums that fail are
 * counted and flagged, and reading goes on.
 *
 * The file comes through a window of a megabyte, which stays in the cache. */
#include <stdio.h>
#include <stdlib.h>

#include "base/crc32.h"
#include "ingest/binxml.h"
#include "ingest/reader.h"

enum {
    FILE_HEADER = 128,  /* bytes of the file header that are used ... */
    FIRST_CHUNK = 4096, /* ... and of its block */
    CHUNK_HEADER = 512,
    RECORD_HEADER = 24,     /* signature, size, number, time */
    SMALLEST_RECORD = 28,   /* and the copy of the size */
    FLAG_NO_CHECKSUMS = 4,  /* of file and chunk headers ... */
    FLAGS_KNOWN = 7,        /* ... unless they hold more than this, which is garbage */
    RECORDS_PER_CHECK = 16, /* between questions whether to stop */
    WINDOW = 16 * SPOOR_BX_CHUNK,
};

static const unsigned char file_magic[8] = "ElfFile";
static const unsigned char chunk_magic[8] = "ElfChnk";
static const unsigned char record_magic[4] = {'*', '*', 0, 0};

typedef struct evtx {
    spoor_input *input;
    unsigned char *window; /* owned; WINDOW bytes: [start, end) is read and not yet consumed */
    size_t start, end;
    uint64_t offset; /* in the file, of window[start] */
    bool is_ended;   /* the input has no more ... */
    bool has_failed; /* ... or cannot be read: why is in input->error */
    const spoor_ingest_options *options;
    spoor_sink *sink;
    spoor_ingest_counts *counts;
    spoor_bx *bx;
    bool has_checksums;     /* the file does not say that it goes without */
    bool is_header_damaged; /* its checksum fails: every event says so */
    bool is_stopped;
    uint32_t until_check; /* records until the sink is asked again */
} evtx;

/* A block of the file that is read as a chunk. */
typedef struct block {
    const unsigned char *bytes;
    size_t size;          /* SPOOR_BX_CHUNK, or what the file still has */
    uint64_t ordinal;     /* in the file */
    uint64_t offset;      /* in the file */
    size_t live_end;      /* of its live records */
    bool has_end;         /* its header says where they end ... */
    bool is_cut;          /* ... which is beyond the end of the file */
    uint64_t first, last; /* numbers of its live records, as its header says */
    uint32_t flags;       /* SPOOR_EVENT_* of all its events */
} block;

bool spoor_evtx_looks_like(const unsigned char *bytes, size_t size) {
    /* A lone chunk, as carved from a disk, and a file without its header block can be read too. */
    return (size >= sizeof file_magic && memcmp(bytes, file_magic, sizeof file_magic) == 0) ||
           (size >= CHUNK_HEADER && memcmp(bytes, chunk_magic, sizeof chunk_magic) == 0) ||
           (size >= FIRST_CHUNK + CHUNK_HEADER &&
            memcmp(bytes + FIRST_CHUNK, chunk_magic, sizeof chunk_magic) == 0);
}

static void report(evtx *r, uint64_t offset, const char *what) {
    r->counts->damaged++;
    r->sink->damage(r->sink, offset, what);
}

/* -- the window -------------------------------------------------------------------------------- */

/* Bytes at hand, at least `want` unless the file ends before. */
static size_t peek(evtx *r, size_t want) {
    if (r->end - r->start >= want || r->is_ended) {
        return r->end - r->start;
    }
    memmove(r->window, r->window + r->start, r->end - r->start);
    r->end -= r->start;
    r->start = 0;
    while (r->end < WINDOW && !r->is_ended) {
        int64_t n = r->input->read(r->input, r->window + r->end, WINDOW - r->end);
        r->has_failed = n < 0;
        r->is_ended = n <= 0;
        r->end += n > 0 ? (size_t)n : 0;
    }
    return r->end;
}

static void consume(evtx *r, size_t size) {
    r->start += size;
    r->offset += size;
}

/* -- records ----------------------------------------------------------------------------------- */

/* Asks the sink every few records. */
static bool is_stopping(evtx *r) {
    if (!r->is_stopped && r->until_check-- == 0) {
        r->until_check = RECORDS_PER_CHECK;
        r->is_stopped = r->sink->cancelled(r->sink);
    }
    return r->is_stopped;
}

/* The size of the record at `at`, or 0: none that fits in here. */
static size_t record_size(const block *b, size_t at) {
    if (b->size - at < SMALLEST_RECORD || memcmp(b->bytes + at, record_magic, 4) != 0) {
        return 0;
    }
    size_t size = spoor_le32(b->bytes + at + 4);
    return size >= SMALLEST_RECORD && size <= b->size - at ? size : 0;
}

static bool has_size_copy(const block *b, size_t at, size_t size) {
    return spoor_le32(b->bytes + at + size - 4) == size;
}

/* The next place in [at, end) where a whole record begins, or `end`. */
static size_t find_record(const block *b, size_t at, size_t end) {
    while (at < end) {
        const unsigned char *star = memchr(b->bytes + at, '*', end - at);
        if (star == NULL) {
            break;
        }
        at = (size_t)(star - b->bytes);
        size_t size = record_size(b, at);
        if (size > 0 && has_size_copy(b, at, size)) {
            return at;
        }
        at++;
    }
    return end;
}

static bool read_record(evtx *r, const block *b, size_t at, size_t size, uint32_t flags) {
    spoor_event event;
    if (!spoor_bx_read_event(r->bx, at + RECORD_HEADER, at + size - 4, &event)) {
        return false;
    }
    bool is_torn = !has_size_copy(b, at, size);
    bool is_doubtful = is_torn || (flags & SPOOR_EVENT_RECOVERED) != 0;
    if (is_doubtful &&
        (event.time == SPOOR_EVENT_ABSENT || event.record_id == SPOOR_EVENT_ABSENT)) {
        return spoor_bx_fail(r->bx, "torn record");
    }
    event.flags |= is_torn ? flags | SPOOR_EVENT_BAD_CHECKSUM : flags;
    event.chunk = b->ordinal;
    event.offset = b->offset + at;
    r->counts->records++;
    r->counts->recovered += (flags & SPOOR_EVENT_RECOVERED) != 0;
    r->counts->bytes += size;
    r->is_stopped = !r->sink->event(r->sink, &event);
    return true;
}

static bool is_zero(const unsigned char *bytes, size_t size) {
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Records that the chunk does not count as its own.  What does not parse is no damage: slack owes
 * nothing. */
static void read_slack(evtx *r, const block *b, size_t from, size_t to) {
    bool was_strict = r->bx->is_strict;
    r->bx->is_strict = true;
    for (size_t at = find_record(b, from, to); at < to && !is_stopping(r);) {
        size_t size = record_size(b, at);
        bool ok = read_record(r, b, at, size, b->flags | SPOOR_EVENT_RECOVERED);
        at = find_record(b, ok ? at + size : at + 1, to);
    }
    r->bx->is_strict = was_strict;
}

/* By its number.  A header whose range makes no sense cannot tell. */
static bool is_own(const block *b, size_t at) {
    uint64_t number = spoor_le64(b->bytes + at + 8);
    bool has_range = b->first <= b->last && b->last - b->first < SPOOR_BX_CHUNK / SMALLEST_RECORD;
    return !has_range || (number >= b->first && number <= b->last);
}

/* Past a gap: the next record that is this chunk's own, or live_end. */
static size_t skip_gap(evtx *r, const block *b, size_t from) {
    size_t at = find_record(b, from, b->live_end);
    while (at < b->live_end && !is_own(b, at)) {
        at = find_record(b, at + record_size(b, at), b->live_end);
    }
    if (r->options->recover) {
        read_slack(r, b, from, at);
    }
    r->bx->is_strict = true;
    return at;
}

static void read_live(evtx *r, const block *b) {
    size_t at = CHUNK_HEADER;
    while (at < b->live_end && !is_stopping(r)) {
        size_t size = record_size(b, at);
        if (size == 0) {
            if (!b->has_end && is_zero(b->bytes + at, b->live_end - at)) {
                break; /* the end of the records that the header did not tell */
            }
            size_t gap = at;
            at = skip_gap(r, b, at + 1);
            if (!b->is_cut || at < b->live_end) { /* read_block() reports a cut */
                report(r, b->offset + gap, "damaged record header");
            }
            continue;
        }
        bool is_whole = has_size_copy(b, at, size);
        if (!read_record(r, b, at, size, b->flags)) {
            report(r, b->offset + at, r->bx->error);
        } else if (!is_whole) {
            report(r, b->offset + at, "torn record: its start was read, its end is lost");
        }
        /* A size without its copy may lie: believe it only where a record follows. */
        size_t next = at + size;
        bool is_sure = is_whole || next == b->live_end || record_size(b, next) > 0;
        at = is_sure ? next : skip_gap(r, b, at + RECORD_HEADER);
    }
}

/* -- chunks ------------------------------------------------------------------------------------ */

static bool is_checksum_good(const block *b, size_t data_end) {
    uint32_t header = spoor_crc32(0, b->bytes, 120);
    header = spoor_crc32(header, b->bytes + 128, CHUNK_HEADER - 128);
    uint32_t data = spoor_crc32(0, b->bytes + CHUNK_HEADER, data_end - CHUNK_HEADER);
    return header == spoor_le32(b->bytes + 124) && data == spoor_le32(b->bytes + 52);
}

static bool says_no_checksums(uint32_t flags) {
    return flags <= FLAGS_KNOWN && (flags & FLAG_NO_CHECKSUMS) != 0;
}

static void read_block(evtx *r, block *b) {
    bool is_chunk = b->size >= CHUNK_HEADER && memcmp(b->bytes, chunk_magic, 8) == 0;
    if (!is_chunk && is_zero(b->bytes, b->size)) {
        return; /* room that was set aside and never used */
    }
    spoor_bx_begin_chunk(r->bx, b->bytes, b->size);
    r->bx->is_strict = false;
    b->flags = r->is_header_damaged ? SPOOR_EVENT_BAD_CHECKSUM : 0;
    if (!is_chunk) {
        report(r, b->offset,
               b->size < CHUNK_HEADER ? "the file ends inside a chunk header"
                                      : "a block that is not a chunk");
        if (r->options->recover) {
            read_slack(r, b, 0, b->size);
        }
        return;
    }
    size_t free_space = spoor_le32(b->bytes + 48);
    b->has_end = free_space >= CHUNK_HEADER && free_space <= SPOOR_BX_CHUNK;
    b->first = spoor_le64(b->bytes + 24);
    b->last = spoor_le64(b->bytes + 32);
    b->is_cut = b->has_end && free_space > b->size;
    b->live_end = b->has_end && !b->is_cut ? free_space : b->size;
    if (r->has_checksums && !says_no_checksums(spoor_le32(b->bytes + 120)) &&
        !(b->has_end && !b->is_cut && is_checksum_good(b, free_space))) {
        b->flags |= SPOOR_EVENT_BAD_CHECKSUM;
        r->counts->bad_checksums++;
    }
    read_live(r, b);
    if (b->is_cut) {
        report(r, b->offset + b->size, "the file ends inside a chunk");
    }
    if (r->options->recover && !r->is_stopped) {
        read_slack(r, b, b->live_end, b->size);
    }
}

static void read_file_header(evtx *r, const unsigned char *bytes, size_t size) {
    if (size < FILE_HEADER || memcmp(bytes, file_magic, sizeof file_magic) != 0) {
        return;
    }
    r->has_checksums = !says_no_checksums(spoor_le32(bytes + 120));
    if (r->has_checksums && spoor_crc32(0, bytes, 120) != spoor_le32(bytes + 124)) {
        r->is_header_damaged = true;
        r->counts->bad_checksums++;
    }
}

static spoor_ingest_status read_chunks(evtx *r) {
    for (uint64_t ordinal = 0;; ordinal++) {
        size_t size = peek(r, SPOOR_BX_CHUNK);
        if (r->is_stopped || r->sink->cancelled(r->sink)) {
            return SPOOR_INGEST_STOPPED;
        }
        block b = {.bytes = r->window + r->start,
                   .size = size < SPOOR_BX_CHUNK ? size : SPOOR_BX_CHUNK,
                   .ordinal = ordinal,
                   .offset = r->offset};
        if (r->has_failed && size < SPOOR_BX_CHUNK) {
            snprintf(r->counts->refusal, sizeof r->counts->refusal, "%s", r->input->error);
            return SPOOR_INGEST_IO;
        }
        if (size == 0) {
            return SPOOR_INGEST_OK;
        }
        read_block(r, &b);
        if (r->is_stopped) {
            return SPOOR_INGEST_STOPPED;
        }
        consume(r, b.size);
    }
}

static void refuse(const unsigned char *bytes, size_t size, spoor_ingest_counts *counts) {
    char first[3 * sizeof file_magic + 1] = " nothing";
    for (size_t i = 0; i < sizeof file_magic && i < size; i++) {
        snprintf(first + 3 * i, 4, " %02X", bytes[i]);
    }
    snprintf(counts->refusal, sizeof counts->refusal,
             "not EVTX: it begins with%s and not with ElfFile", first);
}

static spoor_ingest_status read_file(evtx *r) {
    size_t size = peek(r, FIRST_CHUNK + CHUNK_HEADER);
    const unsigned char *bytes = r->window;
    if (!spoor_evtx_looks_like(bytes, size)) {
        refuse(bytes, size, r->counts);
        return SPOOR_INGEST_REFUSED;
    }
    read_file_header(r, bytes, size);
    bool is_chunk = memcmp(bytes, chunk_magic, sizeof chunk_magic) == 0;
    if (!is_chunk && size < FIRST_CHUNK) {
        report(r, size, "the file ends inside its header");
    }
    consume(r, is_chunk ? 0 : size < FIRST_CHUNK ? size : FIRST_CHUNK);
    return read_chunks(r);
}

/* -- the calls --------------------------------------------------------------------------------- */

struct spoor_evtx_buffers {
    unsigned char *window;
    spoor_bx *bx;
};

spoor_evtx_buffers *spoor_evtx_buffers_new(void) {
    spoor_evtx_buffers *buffers = calloc(1, sizeof *buffers);
    if (buffers == NULL) {
        return NULL;
    }
    buffers->window = malloc(WINDOW);
    buffers->bx = spoor_bx_new();
    if (buffers->window == NULL || buffers->bx == NULL) {
        spoor_evtx_buffers_free(buffers);
        return NULL;
    }
    return buffers;
}

void spoor_evtx_buffers_free(spoor_evtx_buffers *buffers) {
    if (buffers != NULL) {
        if (buffers->bx != NULL) {
            spoor_bx_free(buffers->bx);
        }
        free(buffers->window);
        free(buffers);
    }
}

spoor_ingest_status spoor_evtx_read_with(spoor_evtx_buffers *buffers, spoor_input *input,
                                         const spoor_ingest_options *options, spoor_sink *sink,
                                         spoor_ingest_counts *counts) {
    snprintf(counts->shape, sizeof counts->shape, "EVTX");
    jmp_buf on_oom;
    spoor_bx_on_oom(buffers->bx, &on_oom);
    evtx r = {.input = input,
              .window = buffers->window,
              .options = options,
              .sink = sink,
              .counts = counts,
              .bx = buffers->bx,
              .has_checksums = true};
    volatile spoor_ingest_status status = SPOOR_INGEST_MEMORY;
    if (setjmp(on_oom) == 0) {
        status = read_file(&r);
    }
    return status;
}

spoor_ingest_status spoor_evtx_read(spoor_input *input, const spoor_ingest_options *options,
                                    spoor_sink *sink, spoor_ingest_counts *counts) {
    spoor_evtx_buffers *buffers = spoor_evtx_buffers_new();
    if (buffers == NULL) {
        return SPOOR_INGEST_MEMORY;
    }
    spoor_ingest_status status = spoor_evtx_read_with(buffers, input, options, sink, counts);
    spoor_evtx_buffers_free(buffers);
    return status;
}
