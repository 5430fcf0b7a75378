/* fn_hash.c - hash, hash_md5, hash_sha1, hash_sha256: values to hashes.
 *
 * hash() takes the bytes a value is stored in: a number or a time as its
 * little-endian machine form, everything else as text.  The others hash what
 * tostring() gives, and '' for ''. */
#include "base/digest.h"
#include "base/sha256.h"
#include "base/xxhash.h"
#include "functions/function.h"
#include "functions/text_arg.h"

static uint64_t hash_number(uint64_t value, size_t size) {
    unsigned char bytes[8];
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
    return spoor_xxh64(bytes, size, 0);
}

static uint64_t hash_at(spoor_arena *arena, const spoor_vec *vec, uint32_t row) {
    uint64_t bits;
    switch (vec->type) {
    case SPOOR_BOOL: return hash_number(vec->bools[row], 1);
    case SPOOR_INT: return hash_number((uint64_t)vec->longs[row], 4);
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return hash_number((uint64_t)vec->longs[row], 8);
    case SPOOR_REAL: memcpy(&bits, &vec->reals[row], sizeof bits); return hash_number(bits, 8);
    case SPOOR_DECIMAL:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    spoor_str text = spoor_text_at(arena, vec, row);
    return spoor_xxh64(text.ptr, text.len, 0);
}

static void hash_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t hash = hash_at(call->scratch, &args[0], i);
        if (call->nargs > 1) {
            int64_t modulo = args[1].longs[i];
            out->nulls[i] |= modulo <= 0;
            hash = modulo > 0 ? hash % (uint64_t)modulo : 0;
        }
        out->longs[i] = out->nulls[i] ? 0 : (int64_t)hash;
    }
}

static spoor_str hex(spoor_arena *arena, const unsigned char *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    char *text = SPOOR_RAW_ARRAY(arena, char, 2 * len);
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (spoor_str){text, 2 * len};
}

static void sha256(spoor_str text, unsigned char digest[SPOOR_SHA256_BYTES]) {
    spoor_sha256 hash;
    spoor_sha256_begin(&hash);
    spoor_sha256_add(&hash, text.ptr, text.len);
    spoor_sha256_end(&hash, digest);
}

static void digest_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                        void (*of)(spoor_str text, unsigned char *digest), size_t len) {
    unsigned char digest[SPOOR_SHA256_BYTES];
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = spoor_text_at(call->scratch, &args[0], i);
        if (text.len > 0) {
            of(text, digest);
            out->strings[i] = hex(call->scratch, digest, len);
        }
    }
}

static void md5_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    digest_rows(call, rows, args, out, spoor_md5, SPOOR_MD5_BYTES);
}

static void sha1_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    digest_rows(call, rows, args, out, spoor_sha1, SPOOR_SHA1_BYTES);
}

static void sha256_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    digest_rows(call, rows, args, out, sha256, SPOOR_SHA256_BYTES);
}

/* In which form the engine would hash one is not documented, and it takes none. */
static const char *refuse_dynamic(spoor_call *call) {
    return call->types[0] == SPOOR_DYNAMIC ? "a dynamic value has no hash; tostring() it" : NULL;
}

// clang-format off
#define HASH(row_name, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_ANY, SPOOR_T_INTEGER}, .min_args = 1, .max_args = 2, .result = SPOOR_LONG, .prepare = refuse_dynamic, .eval = hash_eval, \
     .summary = text, .example = sample, .value = prints}
#define DIGEST(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .prepare = refuse_dynamic, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_hash[] = {
    HASH("hash", "The hash of a value (xxhash64), or its remainder by the second argument.", "hash('World', 100)", "51"),
    HASH("hash_xxhash64", "The xxhash64 of a value, or its remainder by the second argument.", "hash_xxhash64('World')", "1846988464401551951"),
    DIGEST("hash_md5", md5_eval, "The MD5 of a value's text in hex.", "hash_md5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
    DIGEST("hash_sha1", sha1_eval, "The SHA-1 of a value's text in hex.", "hash_sha1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    DIGEST("hash_sha256", sha256_eval, "The SHA-256 of a value's text in hex.", "hash_sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    {0},
};
// clang-format on
