/* regex_start.c - where may a match start?  A search for its first one to three bytes.
 *
 * The ways into a pattern are written out as short rows of byte sets, shared
 * out over eight bits; a place is a candidate when some bit is in the masks
 * of all its bytes.  With AVX2 the masks are looked up by half bytes, 32
 * places at a time, which lets a few more through.  A candidate is always
 * the start of a code point or of a bad byte that could be one. */
#include "regex/regex_program.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

enum {
    MAX_WAYS = 256,
    MAX_VISITS = 20000, /* of steps, while the ways are written out */
    WIDTH = SPOOR_START_WIDTH,
};

typedef struct byte_set {
    uint64_t words[4];
} byte_set;

typedef struct way {
    byte_set sets[WIDTH];
    uint32_t steps[WIDTH];
    bool is_open; /* beyond ASCII: what its later bytes are is not followed */
} way;

typedef struct ways {
    const spoor_regex *regex;
    uint32_t *seen, *stack, round, visits;
    uint32_t *found, nfound; /* steps that take a symbol, reached by _follow */
    bool may_end;            /* a match may end there */
    way *all, *next;
    uint32_t count, width;
} ways;

/* The steps that take the next symbol, from a step on; false: too many. */
static bool follow(ways *w, uint32_t from) {
    uint32_t depth = 0;
    w->round++;
    w->nfound = 0;
    w->may_end = false;
    w->stack[depth++] = from;
    while (depth > 0) {
        uint32_t at = w->stack[--depth];
        if (w->seen[at] == w->round) {
            continue;
        }
        w->seen[at] = w->round;
        if (++w->visits > MAX_VISITS || w->nfound > MAX_WAYS) {
            return false;
        }
        const spoor_step *step = &w->regex->forward.steps[at];
        switch (step->op) {
        case SPOOR_STEP_MATCH: w->may_end = true; break;
        case SPOOR_STEP_SPLIT:
            w->stack[depth++] = step->other;
            w->stack[depth++] = step->next;
            break;
        case SPOOR_STEP_SAVE:
        case SPOOR_STEP_ASSERT: w->stack[depth++] = step->next; break;
        case SPOOR_STEP_SYMBOL:
        case SPOOR_STEP_SET: w->found[w->nfound++] = at; break;
        case SPOOR_STEP_ANY:
        case SPOOR_STEP_FAIL: break;
        }
    }
    return true;
}

static bool is_empty(const byte_set *set) {
    return (set->words[0] | set->words[1] | set->words[2] | set->words[3]) == 0;
}

static byte_set ascii_of(const spoor_regex *regex, const spoor_step *step) {
    byte_set set = {{0}};
    for (uint32_t c = 0; c < 128; c++) {
        if (spoor_step_takes(regex, step, regex->alphabet.ascii[c])) {
            set.words[c / 64] |= (uint64_t)1 << c % 64;
        }
    }
    return set;
}

static bool takes_beyond(const spoor_regex *regex, const spoor_step *step) {
    for (uint32_t s = 0; s < regex->alphabet.bad; s++) {
        if (regex->alphabet.is_beyond[s] && spoor_step_takes(regex, step, s)) {
            return true;
        }
    }
    return false;
}

/* One byte more: each way is followed on; false: the width stays as it was. */
static bool widen(ways *w) {
    uint32_t count = 0, at = w->width;
    for (uint32_t i = 0; i < w->count; i++) {
        way base = w->all[i];
        if (base.is_open) {
            memset(&base.sets[at], 0xFF, sizeof base.sets[at]);
            if (count == MAX_WAYS) {
                return false;
            }
            w->next[count++] = base;
            continue;
        }
        uint32_t from =
            at == 0 ? w->regex->forward.start : w->regex->forward.steps[base.steps[at - 1]].next;
        if (!follow(w, from) || w->may_end) {
            return false;
        }
        for (uint32_t k = 0; k < w->nfound; k++) {
            const spoor_step *step = &w->regex->forward.steps[w->found[k]];
            w->visits += w->regex->alphabet.count;
            way on = base;
            on.steps[at] = w->found[k];
            on.sets[at] = ascii_of(w->regex, step);
            bool has_ascii = !is_empty(&on.sets[at]), has_beyond = takes_beyond(w->regex, step);
            if (count + has_ascii + has_beyond > MAX_WAYS) {
                return false;
            }
            if (has_ascii) {
                w->next[count++] = on;
            }
            if (has_beyond) {
                on.sets[at] = (byte_set){{0, 0, 0, UINT64_MAX}}; /* first bytes of longer ones */
                on.is_open = true;
                w->next[count++] = on;
            }
        }
    }
    way *swap = w->all;
    w->all = w->next;
    w->next = swap;
    w->count = count;
    w->width++;
    return true;
}

/* How often a byte is in a text like ours, in thousandths; near enough. */
static uint32_t share(uint32_t c) {
    if (c >= 'a' && c <= 'z') {
        return strchr("etaoinsrlc", (int)c) != NULL ? 45 : 12;
    }
    if (c >= '0' && c <= '9') {
        return 12;
    }
    return c >= 0x80 ? 0 : c == ' ' || c == '\\' || c == '-' || c == '.' ? 30 : 5;
}

static bool has_byte(const byte_set *set, uint32_t c) {
    return (set->words[c / 64] >> c % 64 & 1) != 0;
}

/* Candidates by thousand places, as the masks have it. */
static uint32_t candidates(const spoor_regex_starts *starts) {
    uint32_t sum = 0;
    for (uint32_t bit = 0; bit < 8; bit++) {
        uint64_t product = 1000;
        for (uint32_t k = 0; k < starts->width; k++) {
            uint64_t part = 0;
            for (uint32_t c = 0; c < 256; c++) {
                part += (starts->masks[k][c] >> bit & 1) != 0 ? share(c) : 0;
            }
            product = product * part / 1000;
        }
        sum += (uint32_t)product;
    }
    return sum;
}

static void fill_masks(const ways *w, spoor_regex_starts *starts) {
    starts->width = w->width;
    for (uint32_t i = 0; i < w->count; i++) {
        uint8_t bit = (uint8_t)(1u << i * 8 / w->count);
        for (uint32_t k = 0; k < w->width; k++) {
            for (uint32_t c = 0; c < 256; c++) {
                if (has_byte(&w->all[i].sets[k], c)) {
                    starts->masks[k][c] |= bit;
                    starts->low[k][c & 0xF] |= bit;
                    starts->high[k][c >> 4] |= bit;
                }
            }
        }
    }
}

void spoor_regex_find_starts(spoor_arena *arena, const spoor_regex *regex,
                             spoor_regex_starts *starts) {
    enum { WORTH_IT = 40 }; /* candidates by thousand places */
    uint32_t n = regex->forward.count;
    ways w = {.regex = regex, .count = 1};
    w.seen = SPOOR_NEW_ARRAY(arena, uint32_t, n);
    w.stack = SPOOR_RAW_ARRAY(arena, uint32_t, (size_t)n * 2 + 2);
    w.found = SPOOR_RAW_ARRAY(arena, uint32_t, n);
    w.all = SPOOR_NEW_ARRAY(arena, way, MAX_WAYS);
    w.next = SPOOR_NEW_ARRAY(arena, way, MAX_WAYS);
    while (w.width < WIDTH && widen(&w)) {
    }
    if (w.width > 0 && w.count > 0) {
        fill_masks(&w, starts);
        starts->is_useful = candidates(starts) <= WORTH_IT;
    }
#if HAVE_AVX2
    starts->use_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif
}

/* -- searching --------------------------------------------------------------------------------- */

/* A code point may be shorter than what is looked at: where the text ends, the rest is passed over.
 */
static bool is_candidate(const spoor_regex_starts *s, const unsigned char *at, size_t left) {
    uint8_t bits = s->masks[0][at[0]];
    for (uint32_t k = 1; k < s->width && k < left; k++) {
        bits &= s->masks[k][at[k]];
    }
    return bits != 0;
}

#if HAVE_AVX2
__attribute__((target("avx2"))) static inline __m256i load_table(const uint8_t table[16]) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* Past the blocks without a candidate; blocks end where WIDTH bytes no longer follow. */
__attribute__((target("avx2"))) static size_t
skip_blocks(const spoor_regex_starts *s, const unsigned char *bytes, size_t at, size_t len) {
    const __m256i half = _mm256_set1_epi8(0xF), zero = _mm256_setzero_si256();
    __m256i low[WIDTH], high[WIDTH];
    for (uint32_t k = 0; k < WIDTH; k++) {
        low[k] = load_table(s->low[k]);
        high[k] = load_table(s->high[k]);
    }
    for (; at + 32 + WIDTH <= len; at += 32) {
        __m256i bits = _mm256_set1_epi8(-1);
        for (uint32_t k = 0; k < s->width; k++) {
            __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at + k));
            __m256i a = _mm256_shuffle_epi8(low[k], _mm256_and_si256(block, half));
            __m256i b =
                _mm256_shuffle_epi8(high[k], _mm256_and_si256(_mm256_srli_epi16(block, 4), half));
            bits = _mm256_and_si256(bits, _mm256_and_si256(a, b));
        }
        uint32_t found = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bits, zero));
        for (; found != 0; found &= found - 1) {
            size_t place = at + (uint32_t)__builtin_ctz(found);
            if (is_candidate(s, bytes + place, WIDTH)) {
                return place;
            }
        }
    }
    return at;
}
#endif

size_t spoor_regex_next_start(const spoor_regex_starts *starts, spoor_str text, size_t from) {
    const unsigned char *bytes = (const unsigned char *)text.ptr;
#if HAVE_AVX2
    if (starts->use_avx2) {
        from = skip_blocks(starts, bytes, from, text.len);
    }
#endif
    for (; from < text.len; from++) {
        if (is_candidate(starts, bytes + from, text.len - from)) {
            return from;
        }
    }
    return SIZE_MAX;
}
