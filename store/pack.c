/* pack.c - bit packing and zstd blocks (see pack.h). */
#include "store/pack.h"

#include <zstd.h>

#include "store/unpack.h"

enum { BLOCK = 128, ZSTD_LEVEL = 1, MIN_ZSTD_BYTES = 64, KEPT_SCRATCH = 4 << 20 };

struct spoor_packer {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *decompress;
    spoor_bytes in, out; /* scratch */
};

spoor_packer *spoor_packer_new(void) {
    spoor_packer *packer = calloc(1, sizeof *packer);
    if (packer == NULL) {
        return NULL;
    }
    packer->compress = ZSTD_createCCtx();
    packer->decompress = ZSTD_createDCtx();
    if (packer->compress == NULL || packer->decompress == NULL) {
        spoor_packer_free(packer);
        return NULL;
    }
    return packer;
}

void spoor_packer_free(spoor_packer *packer) {
    if (packer == NULL) {
        return;
    }
    ZSTD_freeCCtx(packer->compress);
    ZSTD_freeDCtx(packer->decompress);
    spoor_bytes_free(&packer->in);
    spoor_bytes_free(&packer->out);
    free(packer);
}

void spoor_packer_trim(spoor_packer *packer) {
    if (packer->in.capacity > KEPT_SCRATCH) {
        spoor_bytes_free(&packer->in);
    }
    if (packer->out.capacity > KEPT_SCRATCH) {
        spoor_bytes_free(&packer->out);
    }
}

static unsigned bit_width(uint64_t value) {
    return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
}

static size_t packed_bytes(uint32_t n, unsigned width) {
    return ((size_t)n * width + 7) / 8;
}

/* -- bits, least significant first ------------------------------------------------------------- */

typedef struct bit_writer {
    unsigned char *at;
    uint64_t pending;
    unsigned bits; /* of `pending`, < 64 */
} bit_writer;

static inline void put_bits(bit_writer *w, uint64_t value, unsigned width) {
    w->pending |= value << w->bits;
    unsigned bits = w->bits + width;
    if (bits >= 64) {
        memcpy(w->at, &w->pending, 8);
        w->at += 8;
        bits -= 64;
        w->pending = bits == 0 ? 0 : value >> (width - bits);
    }
    w->bits = bits;
}

static void end_bits(const bit_writer *w) {
    memcpy(w->at, &w->pending, (w->bits + 7) / 8);
}

/* -- integers ---------------------------------------------------------------------------------- */

static uint64_t common_divisor(uint64_t a, uint64_t b) {
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Exact division without dividing: by an odd number it is a multiplication with its inverse modulo
 * 2^64, by a power of two a shift.  What is no multiple comes out too large. */
typedef struct unit_division {
    uint64_t unit, inverse, most;
    unsigned shift;
} unit_division;

static unit_division division_by(uint64_t unit) {
    unit_division d = {.unit = unit, .most = UINT64_MAX / unit};
    d.shift = (unsigned)__builtin_ctzll(unit);
    uint64_t odd = unit >> d.shift;
    d.inverse = odd; /* right in 3 bits; each step doubles them */
    for (int i = 0; i < 5; i++) {
        d.inverse *= 2 - odd * d.inverse;
    }
    return d;
}

static inline uint64_t divide(const unit_division *d, uint64_t value) {
    uint64_t product = value * d->inverse;
    return product >> d->shift | product << (63 - d->shift) << 1;
}

/* What all values are apart, and the values as so many of it above the least one. */
static uint64_t to_units(const int64_t *values, uint32_t n, int64_t base, uint64_t *numbers) {
    uint64_t unit = 0;
    for (uint32_t i = 0; i < n && unit == 0; i++) {
        unit = (uint64_t)values[i] - (uint64_t)base;
    }
    unit_division d = division_by(unit == 0 ? 1 : unit);
    for (uint32_t i = 0; i < n && d.unit != 1; i++) {
        uint64_t above = (uint64_t)values[i] - (uint64_t)base;
        if (divide(&d, above) > d.most) {
            d = division_by(common_divisor(above, d.unit));
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        numbers[i] = divide(&d, (uint64_t)values[i] - (uint64_t)base);
    }
    return d.unit;
}

static inline uint64_t zigzag(uint64_t step) {
    return (step << 1) ^ (0 - (step >> 63));
}

typedef struct block_range {
    uint64_t least, most;
} block_range;

static inline void widen_range(block_range *range, uint64_t number) {
    range->least = number < range->least ? number : range->least;
    range->most = number > range->most ? number : range->most;
}

static size_t range_bytes(block_range range, uint32_t n) {
    return packed_bytes(n, bit_width(range.most - range.least));
}

/* Whether the steps from number to number take less room than the numbers. */
static bool is_delta_smaller(const uint64_t *numbers, uint32_t n) {
    size_t plain_bytes = 0, delta_bytes = 0;
    uint64_t before = 0;
    for (uint32_t from = 0; from < n; from += BLOCK) {
        uint32_t count = n - from < BLOCK ? n - from : BLOCK;
        block_range plain = {UINT64_MAX, 0}, delta = {UINT64_MAX, 0};
        for (uint32_t i = 0; i < count; i++) {
            uint64_t here = numbers[from + i];
            widen_range(&plain, here);
            widen_range(&delta, zigzag(here - before));
            before = here;
        }
        plain_bytes += range_bytes(plain, count);
        delta_bytes += range_bytes(delta, count);
    }
    return delta_bytes < plain_bytes;
}

static void put_blocks(spoor_bytes *out, const uint64_t *numbers, uint32_t n) {
    for (uint32_t from = 0; from < n; from += BLOCK) {
        uint32_t count = n - from < BLOCK ? n - from : BLOCK;
        block_range range = {UINT64_MAX, 0};
        for (uint32_t i = 0; i < count; i++) {
            widen_range(&range, numbers[from + i]);
        }
        unsigned width = bit_width(range.most - range.least);
        size_t bytes = packed_bytes(count, width);
        spoor_bytes_put_varint(out, range.least);
        spoor_bytes_put_u8(out, width);
        bit_writer w = {.at = spoor_bytes_room(out, bytes)};
        if (w.at == NULL) {
            return;
        }
        for (uint32_t i = 0; i < count && width > 0; i++) {
            put_bits(&w, numbers[from + i] - range.least, width);
        }
        end_bits(&w);
        out->len += bytes;
    }
}

void spoor_ints_encode(spoor_bytes *out, const int64_t *values, uint32_t n) {
    uint64_t *numbers = malloc(((size_t)n + 1) * sizeof *numbers);
    if (numbers == NULL) {
        out->failed = true;
        return;
    }
    int64_t base = n > 0 ? values[0] : 0;
    for (uint32_t i = 1; i < n; i++) {
        base = values[i] < base ? values[i] : base;
    }
    uint64_t unit = to_units(values, n, base, numbers);
    bool delta = is_delta_smaller(numbers, n);
    for (uint32_t i = n; delta && i-- > 0;) {
        numbers[i] = zigzag(numbers[i] - (i > 0 ? numbers[i - 1] : 0));
    }
    spoor_bytes_put_u8(out, delta);
    spoor_bytes_put_signed(out, base);
    spoor_bytes_put_varint(out, unit);
    put_blocks(out, numbers, n);
    free(numbers);
}

bool spoor_ints_decode(spoor_bytes_in *in, int64_t *values, uint32_t n) {
    uint64_t numbers[BLOCK];
    uint32_t narrow[BLOCK];
    unsigned delta = spoor_bytes_u8(in);
    uint64_t base = (uint64_t)spoor_bytes_signed(in);
    uint64_t unit = spoor_bytes_varint(in);
    uint64_t here = 0;
    for (uint32_t from = 0; from < n; from += BLOCK) {
        uint32_t count = n - from < BLOCK ? n - from : BLOCK;
        uint64_t least = spoor_bytes_varint(in);
        unsigned width = spoor_bytes_u8(in);
        if (width > 64) {
            return false;
        }
        size_t bytes = packed_bytes(count, width);
        const unsigned char *at = spoor_bytes_take(in, bytes);
        if (at == NULL) {
            return false;
        }
        bool is_narrow = width <= 32;
        if (is_narrow) {
            spoor_unpack_u32(at, bytes, narrow, count, width);
        } else {
            spoor_unpack_u64(at, bytes, numbers, count, width);
        }
        for (uint32_t i = 0; i < count; i++) {
            uint64_t number = (is_narrow ? narrow[i] : numbers[i]) + least;
            here = delta != 0 ? here + ((number >> 1) ^ (0 - (number & 1))) : number;
            values[from + i] = (int64_t)(base + here * unit);
        }
    }
    return !in->failed;
}

/* -- blocks and codes -------------------------------------------------------------------------- */

static bool compress(spoor_packer *packer, const void *data, size_t len, size_t *packed) {
    packer->out.len = 0;
    size_t bound = ZSTD_compressBound(len);
    if (len < MIN_ZSTD_BYTES || spoor_bytes_room(&packer->out, bound) == NULL) {
        return false;
    }
    size_t got = ZSTD_compressCCtx(packer->compress, packer->out.ptr, bound, data, len, ZSTD_LEVEL);
    *packed = got;
    return !ZSTD_isError(got);
}

void spoor_block_encode(spoor_packer *packer, spoor_bytes *out, const void *data, size_t len) {
    size_t packed;
    bool smaller = compress(packer, data, len, &packed) && packed < len - len / 10;
    spoor_bytes_put_u8(out, smaller);
    spoor_bytes_put_varint(out, len);
    if (smaller) {
        spoor_bytes_put_varint(out, packed);
        spoor_bytes_put(out, packer->out.ptr, packed);
    } else {
        spoor_bytes_put(out, data, len);
    }
}

const unsigned char *spoor_block_decode(spoor_packer *packer, spoor_bytes_in *in, size_t limit,
                                        size_t *len) {
    unsigned compressed = spoor_bytes_u8(in);
    uint64_t raw = spoor_bytes_varint(in);
    if (in->failed || raw > limit || compressed > 1) {
        return NULL;
    }
    *len = (size_t)raw;
    if (compressed == 0) {
        return spoor_bytes_take(in, raw);
    }
    uint64_t packed = spoor_bytes_varint(in);
    const unsigned char *at = spoor_bytes_take(in, packed);
    packer->out.len = 0;
    packer->out.failed = false;
    unsigned char *room = at == NULL ? NULL : spoor_bytes_room(&packer->out, *len + 8);
    if (room == NULL) {
        return NULL;
    }
    size_t got = ZSTD_decompressDCtx(packer->decompress, room, *len, at, (size_t)packed);
    return ZSTD_isError(got) || got != *len ? NULL : room;
}

static void put_whole(unsigned char *at, unsigned whole, const uint32_t *codes, uint32_t n) {
    for (uint32_t i = 0; i < n && whole == 1; i++) {
        at[i] = (unsigned char)codes[i];
    }
    for (uint32_t i = 0; i < n && whole == 2; i++) {
        uint16_t code = (uint16_t)codes[i];
        memcpy(at + 2 * (size_t)i, &code, 2);
    }
    if (whole == 4) {
        memcpy(at, codes, 4 * (size_t)n);
    }
}

void spoor_codes_encode(spoor_packer *packer, spoor_bytes *out, const uint32_t *codes, uint32_t n,
                        uint32_t ncodes) {
    unsigned width = bit_width(ncodes == 0 ? 0 : ncodes - 1);
    unsigned whole = width <= 8 ? 1 : width <= 16 ? 2 : 4;
    packer->in.len = 0;
    unsigned char *at = spoor_bytes_room(&packer->in, (size_t)n * whole + 1);
    if (at == NULL) {
        out->failed = true;
        return;
    }
    put_whole(at, whole, codes, n);
    size_t bits = packed_bytes(n, width), packed;
    bool smaller =
        compress(packer, packer->in.ptr, (size_t)n * whole, &packed) && packed < bits - bits / 10;
    spoor_bytes_put_u8(out, smaller);
    if (smaller) {
        spoor_bytes_put_varint(out, packed);
        spoor_bytes_put(out, packer->out.ptr, packed);
        return;
    }
    at = spoor_bytes_room(out, bits);
    if (at == NULL) {
        return;
    }
    bit_writer w = {.at = at};
    for (uint32_t i = 0; i < n; i++) {
        put_bits(&w, codes[i], width);
    }
    end_bits(&w);
    out->len += bits;
}

bool spoor_codes_open(spoor_packer *packer, spoor_bytes_in *in, uint32_t n, uint32_t ncodes,
                      spoor_code_reader *reader) {
    unsigned width = bit_width(ncodes == 0 ? 0 : ncodes - 1);
    unsigned whole = width <= 8 ? 1 : width <= 16 ? 2 : 4;
    unsigned compressed = spoor_bytes_u8(in);
    *reader = (spoor_code_reader){.width = width, .left = n, .ncodes = ncodes};
    if (compressed != 1) {
        reader->len = packed_bytes(n, width);
        reader->at = spoor_bytes_take(in, reader->len);
        return compressed == 0 && reader->at != NULL;
    }
    uint64_t packed = spoor_bytes_varint(in);
    const unsigned char *at = spoor_bytes_take(in, packed);
    packer->out.len = 0;
    packer->out.failed = false;
    reader->width = 8 * whole;
    reader->len = (size_t)n * whole;
    reader->at = at == NULL ? NULL : spoor_bytes_room(&packer->out, reader->len + 8);
    if (reader->at == NULL) {
        return false;
    }
    size_t got =
        ZSTD_decompressDCtx(packer->decompress, packer->out.ptr, reader->len, at, (size_t)packed);
    return !ZSTD_isError(got) && got == reader->len;
}

bool spoor_codes_next(spoor_code_reader *reader, uint32_t *codes, uint32_t count) {
    uint32_t most = spoor_unpack_u32(reader->at, reader->len, codes, count, reader->width);
    size_t read = (size_t)count * reader->width / 8;
    reader->at += read;
    reader->len -= read;
    reader->left -= count;
    return count == 0 || most < reader->ncodes;
}

bool spoor_codes_decode(spoor_packer *packer, spoor_bytes_in *in, uint32_t *codes, uint32_t n,
                        uint32_t ncodes) {
    spoor_code_reader reader;
    return spoor_codes_open(packer, in, n, ncodes, &reader) && spoor_codes_next(&reader, codes, n);
}
