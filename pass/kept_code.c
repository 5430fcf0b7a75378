/* kept_code.c - the bytes of kept picks: rows as distances, or a bit a row; then zstd where that helps, and a checksum
 * over all and over what it is of. */
#include "base/xxhash.h"
#include "pass/kept_state.h"

enum { CHECK_BYTES = 8, MOST_ROW_BYTES = 64 << 20 };

static void write_word(unsigned char *bytes, uint64_t word) {
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(word >> 8 * i);
    }
}

static void put_word(spoor_bytes *out, uint64_t word) {
    unsigned char bytes[8];
    write_word(bytes, word);
    spoor_bytes_put(out, bytes, sizeof bytes);
}

static uint64_t word_at(const unsigned char *bytes) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word |= (uint64_t)bytes[i] << 8 * i;
    }
    return word;
}

void spoor_kept_put_pick(spoor_bytes *out, uint32_t skipped, const spoor_pick *pick,
                         uint32_t rows) {
    spoor_bytes_put_varint(out, skipped);
    spoor_bytes_put_u8(out, (unsigned)pick->kind << 1 | pick->is_exact);
    if (pick->kind == SPOOR_PICK_ROWS) {
        spoor_bytes_put_varint(out, pick->count);
        for (uint32_t i = 0, from = 0; i < pick->count; i++) {
            spoor_bytes_put_varint(out, pick->rows[i] - from);
            from = pick->rows[i] + 1;
        }
    } else if (pick->kind == SPOOR_PICK_BITS) {
        for (uint32_t w = 0; w < rows / 64 + 1; w++) {
            put_word(out, pick->bits[w]);
        }
    }
}

static bool take_rows(spoor_bytes_in *in, spoor_pick *pick, uint32_t rows, spoor_arena *arena) {
    uint64_t count = spoor_bytes_varint(in), next = 0;
    if (in->failed || count == 0 || count > rows || count > (uint64_t)(in->end - in->at)) {
        return false;
    }
    uint32_t *list = SPOOR_RAW_ARRAY(arena, uint32_t, count);
    for (uint64_t i = 0; i < count; i++, next++) {
        uint64_t distance = spoor_bytes_varint(in);
        if (distance >= rows - next) { /* next <= rows: each row is below */
            return false;
        }
        next += distance;
        list[i] = (uint32_t)next;
    }
    pick->rows = list;
    pick->count = (uint32_t)count;
    return !in->failed;
}

static bool take_bits(spoor_bytes_in *in, spoor_pick *pick, uint32_t rows, spoor_arena *arena) {
    uint32_t words = rows / 64 + 1;
    const unsigned char *at = spoor_bytes_take(in, (uint64_t)words * 8);
    if (at == NULL) {
        return false;
    }
    uint64_t *bits = SPOOR_RAW_ARRAY(arena, uint64_t, words);
    for (uint32_t w = 0; w < words; w++) {
        bits[w] = word_at(at + w * 8);
        pick->count += (uint32_t)__builtin_popcountll(bits[w]);
    }
    pick->bits = bits;
    return pick->count > 0 && bits[words - 1] >> rows % 64 == 0;
}

bool spoor_kept_take_pick(spoor_bytes_in *in, uint32_t *skipped, spoor_pick *pick, uint32_t rows,
                          spoor_arena *arena) {
    uint64_t places = spoor_bytes_varint(in);
    unsigned head = spoor_bytes_u8(in);
    *skipped = (uint32_t)places;
    *pick = (spoor_pick){.kind = head >> 1, .is_exact = (head & 1) != 0};
    if (in->failed || places > UINT32_MAX) {
        return false;
    }
    switch (head >> 1) {
    case SPOOR_PICK_ALL: pick->count = rows; return rows > 0;
    case SPOOR_PICK_ROWS: return take_rows(in, pick, rows, arena);
    case SPOOR_PICK_BITS: return take_bits(in, pick, rows, arena);
    default: return false;
    }
}

/* A row of another store, set or segment does not pass for this. */
static uint64_t check_of(const spoor_kept_row *row, spoor_str bytes) {
    const spoor_kept_segment *segment = row->segment;
    unsigned char numbers[24];
    write_word(numbers, (uint64_t)segment->id);
    write_word(numbers + 8, segment->rows);
    write_word(numbers + 16, segment->check);
    uint64_t check = spoor_xxh64(row->set, SPOOR_KEPT_NAME_BYTES, 0);
    check = spoor_xxh64(row->store_id, strlen(row->store_id), check);
    check = spoor_xxh64(numbers, sizeof numbers, check);
    return spoor_xxh64(bytes.ptr, bytes.len, check);
}

void spoor_kept_seal(spoor_packer *packer, const spoor_kept_row *row, const spoor_bytes *picks,
                     spoor_bytes *out) {
    spoor_block_encode(packer, out, picks->len > 0 ? (const void *)picks->ptr : "", picks->len);
    if (!out->failed) {
        put_word(out, check_of(row, (spoor_str){(const char *)out->ptr, out->len}));
    }
}

bool spoor_kept_unseal(spoor_packer *packer, const spoor_kept_row *row, spoor_str sealed,
                       spoor_bytes_in *picks) {
    if (sealed.len < CHECK_BYTES) {
        return false;
    }
    sealed.len -= CHECK_BYTES;
    if (word_at((const unsigned char *)sealed.ptr + sealed.len) != check_of(row, sealed)) {
        return false;
    }
    spoor_bytes_in in = spoor_bytes_read(sealed.ptr, sealed.len);
    size_t len;
    const unsigned char *bytes = spoor_block_decode(packer, &in, MOST_ROW_BYTES, &len);
    *picks = spoor_bytes_read(bytes, bytes != NULL ? len : 0);
    return bytes != NULL;
}
