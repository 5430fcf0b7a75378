/* pack.c - bit packing and zstd blocks (see pack.h). */
#include "store/pack.h"

#include <zstd.h>

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

/* -- bits, least significant first ------------------------------------------------------------ */

static void pack_u64(unsigned char *out, const uint64_t *values, uint32_t n, unsigned width) {
    __extension__ unsigned __int128 pending = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        __extension__ unsigned __int128 value = values[i];
        pending |= value << bits;
        bits += width;
        while (bits >= 8) {
            *out++ = (unsigned char)pending;
            pending >>= 8;
            bits -= 8;
        }
    }
    if (bits > 0) {
        *out = (unsigned char)pending;
    }
}

static uint64_t bits_at(const unsigned char *in, size_t len, size_t bit, unsigned width) {
    uint64_t value = 0;
    for (unsigned got = 0; got < width;) {
        size_t byte = (bit + got) / 8;
        unsigned shift = (unsigned)((bit + got) % 8);
        unsigned take = 8 - shift < width - got ? 8 - shift : width - got;
        uint64_t part = byte < len ? (uint64_t)in[byte] >> shift : 0;
        value |= (part & ((1u << take) - 1)) << got;
        got += take;
    }
    return value;
}

/* Values that can be read with one 8-byte load each; the rest are left to bits_at. */
static uint32_t whole_loads(size_t len, uint32_t n, unsigned width) {
    if (width == 0 || width > 56 || len < 8) {
        return 0;
    }
    size_t fit = ((len - 8) * 8) / width;
    return fit < n ? (uint32_t)fit : n;
}

static void unpack_u64(const unsigned char *in, size_t len, uint64_t *values, uint32_t n,
                       unsigned width) {
    uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    uint32_t fast = whole_loads(len, n, width);
    size_t bit = 0;
    for (uint32_t i = 0; i < fast; i++, bit += width) {
        uint64_t word;
        memcpy(&word, in + bit / 8, 8);
        values[i] = (word >> (bit % 8)) & mask;
    }
    for (uint32_t i = fast; i < n; i++, bit += width) {
        values[i] = bits_at(in, len, bit, width);
    }
}

static void unpack_u32(const unsigned char *in, size_t len, uint32_t *values, uint32_t n,
                       unsigned width) {
    uint32_t mask = (uint32_t)((UINT64_C(1) << width) - 1);
    uint32_t fast = whole_loads(len, n, width);
    size_t bit = 0;
    for (uint32_t i = 0; i < fast; i++, bit += width) {
        uint64_t word;
        memcpy(&word, in + bit / 8, 8);
        values[i] = (uint32_t)(word >> (bit % 8)) & mask;
    }
    for (uint32_t i = fast; i < n; i++, bit += width) {
        values[i] = (uint32_t)bits_at(in, len, bit, width);
    }
}

/* -- integers --------------------------------------------------------------------------------- */

static uint64_t divisor(uint64_t a, uint64_t b) {
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The block's numbers: units above the least of the column, or (delta) the zigzag step from the one
 * before. */
static void block_numbers(const int64_t *values, uint32_t from, uint32_t n, int64_t base,
                          uint64_t unit, bool delta, uint64_t *numbers) {
    for (uint32_t i = 0; i < n; i++) {
        uint64_t here = ((uint64_t)values[from + i] - (uint64_t)base) / unit;
        if (!delta) {
            numbers[i] = here;
            continue;
        }
        uint64_t before =
            from + i == 0 ? 0 : ((uint64_t)values[from + i - 1] - (uint64_t)base) / unit;
        uint64_t step = here - before;
        numbers[i] = (step << 1) ^ (0 - (step >> 63));
    }
}

static size_t put_blocks(spoor_bytes *out, const int64_t *values, uint32_t n, int64_t base,
                         uint64_t unit, bool delta, bool write) {
    uint64_t numbers[BLOCK];
    size_t total = 0;
    for (uint32_t from = 0; from < n; from += BLOCK) {
        uint32_t count = n - from < BLOCK ? n - from : BLOCK;
        block_numbers(values, from, count, base, unit, delta, numbers);
        uint64_t least = UINT64_MAX, most = 0;
        for (uint32_t i = 0; i < count; i++) {
            least = numbers[i] < least ? numbers[i] : least;
            most = numbers[i] > most ? numbers[i] : most;
        }
        unsigned width = bit_width(most - least);
        size_t bytes = packed_bytes(count, width);
        total += bytes + 3;
        if (!write) {
            continue;
        }
        for (uint32_t i = 0; i < count; i++) {
            numbers[i] -= least;
        }
        spoor_bytes_put_varint(out, least);
        spoor_bytes_put_u8(out, width);
        unsigned char *at = spoor_bytes_room(out, bytes);
        if (at != NULL) {
            pack_u64(at, numbers, count, width);
            out->len += bytes;
        }
    }
    return total;
}

void spoor_ints_encode(spoor_bytes *out, const int64_t *values, uint32_t n) {
    int64_t base = n > 0 ? values[0] : 0;
    for (uint32_t i = 1; i < n; i++) {
        base = values[i] < base ? values[i] : base;
    }
    uint64_t unit = 0;
    for (uint32_t i = 0; i < n && unit != 1; i++) {
        unit = divisor((uint64_t)values[i] - (uint64_t)base, unit);
    }
    unit = unit == 0 ? 1 : unit;
    bool delta = put_blocks(out, values, n, base, unit, true, false) <
                 put_blocks(out, values, n, base, unit, false, false);
    spoor_bytes_put_u8(out, delta);
    spoor_bytes_put_signed(out, base);
    spoor_bytes_put_varint(out, unit);
    put_blocks(out, values, n, base, unit, delta, true);
}

bool spoor_ints_decode(spoor_bytes_in *in, int64_t *values, uint32_t n) {
    uint64_t numbers[BLOCK];
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
        unpack_u64(at, bytes, numbers, count, width);
        for (uint32_t i = 0; i < count; i++) {
            uint64_t number = numbers[i] + least;
            here = delta != 0 ? here + ((number >> 1) ^ (0 - (number & 1))) : number;
            values[from + i] = (int64_t)(base + here * unit);
        }
    }
    return !in->failed;
}

/* -- blocks and codes ------------------------------------------------------------------------- */

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
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned byte = 0; byte < whole; byte++) {
            *at++ = (unsigned char)(codes[i] >> (8 * byte));
        }
    }
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
    uint64_t pending = 0;
    unsigned have = 0;
    for (uint32_t i = 0; i < n; i++) {
        pending |= (uint64_t)codes[i] << have;
        have += width;
        for (; have >= 8; have -= 8, pending >>= 8) {
            *at++ = (unsigned char)pending;
        }
    }
    if (have > 0) {
        *at = (unsigned char)pending;
    }
    out->len += bits;
}

static void widen(const unsigned char *at, unsigned whole, uint32_t *codes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = 0;
        for (unsigned byte = 0; byte < whole; byte++) {
            code |= (uint32_t)at[i * (size_t)whole + byte] << (8 * byte);
        }
        codes[i] = code;
    }
}

bool spoor_codes_decode(spoor_packer *packer, spoor_bytes_in *in, uint32_t *codes, uint32_t n,
                        uint32_t ncodes) {
    unsigned width = bit_width(ncodes == 0 ? 0 : ncodes - 1);
    unsigned whole = width <= 8 ? 1 : width <= 16 ? 2 : 4;
    unsigned compressed = spoor_bytes_u8(in);
    if (compressed == 1) {
        uint64_t packed = spoor_bytes_varint(in);
        const unsigned char *at = spoor_bytes_take(in, packed);
        packer->out.len = 0;
        packer->out.failed = false;
        size_t want = (size_t)n * whole;
        unsigned char *room = at == NULL ? NULL : spoor_bytes_room(&packer->out, want + 8);
        if (room == NULL) {
            return false;
        }
        size_t got = ZSTD_decompressDCtx(packer->decompress, room, want, at, (size_t)packed);
        if (ZSTD_isError(got) || got != want) {
            return false;
        }
        widen(room, whole, codes, n);
    } else {
        size_t bytes = packed_bytes(n, width);
        const unsigned char *at = spoor_bytes_take(in, bytes);
        if (compressed != 0 || at == NULL) {
            return false;
        }
        unpack_u32(at, bytes, codes, n, width);
    }
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        most = codes[i] > most ? codes[i] : most;
    }
    return n == 0 || most < ncodes;
}
