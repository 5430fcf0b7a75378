/* hyperloglog.c - see hyperloglog.h. */
#include "functions/hyperloglog.h"

#include <math.h>

enum { LEAST_PRECISION = 12, MOST_PRECISION = 18, FIRST_CHARACTER = '0' };

uint8_t spoor_hll_precision(int64_t accuracy) {
    static const uint8_t precisions[] = {12, 14, 16, 17, 18};
    return accuracy >= 0 && accuracy <= 4 ? precisions[accuracy] : 0;
}

static void make_dense(spoor_arena *arena, spoor_hll *h) {
    h->ranks = SPOOR_NEW_ARRAY(arena, unsigned char, (size_t)1 << h->precision);
    for (uint32_t i = 0; i < h->nfew; i++) {
        h->ranks[h->few[i] >> 6] = h->few[i] & 63;
    }
    h->few = NULL;
    h->nfew = 0;
}

static void set_register(spoor_arena *arena, spoor_hll *h, uint32_t at, uint32_t rank) {
    if (h->ranks == NULL) {
        for (uint32_t i = 0; i < h->nfew; i++) {
            if (h->few[i] >> 6 == at) {
                h->few[i] = (h->few[i] & 63) < rank ? at << 6 | rank : h->few[i];
                return;
            }
        }
        if (h->nfew < SPOOR_HLL_FEW) {
            h->few = h->few != NULL ? h->few : SPOOR_RAW_ARRAY(arena, uint32_t, SPOOR_HLL_FEW);
            h->few[h->nfew++] = at << 6 | rank;
            return;
        }
        make_dense(arena, h);
    }
    if (h->ranks[at] < rank) {
        h->ranks[at] = (unsigned char)rank;
    }
}

/* Every bit of a hash for tables is not as random as an estimate needs (splitmix64's finish). */
static uint64_t scatter(uint64_t hash) {
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return hash ^ hash >> 31;
}

void spoor_hll_add(spoor_arena *arena, spoor_hll *h, uint64_t hash) {
    hash = scatter(hash);
    uint32_t at = (uint32_t)(hash >> (64 - h->precision));
    uint64_t rest = hash << h->precision | (uint64_t)1 << (h->precision - 1);
    set_register(arena, h, at, (uint32_t)__builtin_clzll(rest) + 1);
}

/* The register as it would be with `drop` bits of precision less. */
static void set_coarser(spoor_arena *arena, spoor_hll *into, uint32_t at, uint32_t rank,
                        uint32_t drop) {
    uint32_t lost = at & ((1u << drop) - 1);
    uint32_t coarse = lost == 0 ? drop + rank : drop - (31 - (uint32_t)__builtin_clz(lost));
    set_register(arena, into, at >> drop, coarse > 63 ? 63 : coarse);
}

static void add_all(spoor_arena *arena, spoor_hll *into, const spoor_hll *from) {
    uint32_t drop = (uint32_t)from->precision - into->precision;
    for (uint32_t i = 0; i < from->nfew; i++) {
        set_coarser(arena, into, from->few[i] >> 6, from->few[i] & 63, drop);
    }
    for (uint32_t at = 0; from->ranks != NULL && at < 1u << from->precision; at++) {
        if (from->ranks[at] > 0) {
            set_coarser(arena, into, at, from->ranks[at], drop);
        }
    }
}

void spoor_hll_merge(spoor_arena *arena, spoor_hll *into, const spoor_hll *from) {
    if (from->precision == 0) {
        return;
    }
    if (into->precision == 0) {
        into->precision = from->precision;
    }
    if (into->precision > from->precision) {
        spoor_hll coarser = {.precision = from->precision};
        add_all(arena, &coarser, into);
        *into = coarser;
    }
    add_all(arena, into, from);
}

/* `sum` of 2 to the power of -rank over all registers, of which so many are not set. */
static int64_t estimate(uint32_t registers, double sum, uint32_t unset) {
    double m = registers, values = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (values <= 2.5 * m && unset > 0) {
        values = m * log(m / unset);
    }
    return llround(values);
}

int64_t spoor_hll_count(const spoor_hll *h) {
    if (h->precision == 0) {
        return 0;
    }
    uint32_t registers = 1u << h->precision, with_rank[256] = {registers - h->nfew};
    double sum = 0;
    for (uint32_t i = 0; i < h->nfew; i++) {
        with_rank[h->few[i] & 63]++;
    }
    with_rank[0] = h->ranks != NULL ? 0 : with_rank[0];
    for (uint32_t at = 0; h->ranks != NULL && at < registers; at++) {
        with_rank[h->ranks[at]]++;
    }
    for (int rank = 255; rank >= 0; rank--) { /* small ones first */
        sum += ldexp(with_rank[rank], -rank);
    }
    return estimate(registers, sum, with_rank[0]);
}

/* All of the least precision among them, with a rank for each register; returns the greatest rank.
 */
static uint32_t make_alike(spoor_arena *arena, const spoor_hll *sets, uint32_t n,
                           spoor_hll *alike) {
    uint32_t most = 0;
    uint8_t least = 0;
    for (uint32_t i = 0; i < n; i++) {
        least = least == 0 || (sets[i].precision > 0 && sets[i].precision < least)
                    ? sets[i].precision
                    : least;
    }
    for (uint32_t i = 0; i < n; i++) {
        alike[i] = (spoor_hll){.precision = least};
        alike[i].ranks = SPOOR_NEW_ARRAY(arena, unsigned char, (size_t)1 << least);
        spoor_hll_merge(arena, &alike[i], &sets[i]);
        for (size_t at = 0; at < (size_t)1 << least; at++) {
            most = alike[i].ranks[at] > most ? alike[i].ranks[at] : most;
        }
    }
    return most;
}

/* within[S]: how many registers have no rank above this one in any set of S, a bit a set.  A
 * register counts for the sets in which it has none, and so for each S among them. */
static void count_within(const spoor_hll *sets, uint32_t n, int rank, uint32_t *within) {
    memset(within, 0, sizeof *within << n);
    for (size_t at = 0; at < (size_t)1 << sets[0].precision; at++) {
        uint32_t those = 0;
        for (uint32_t i = 0; i < n; i++) {
            those |= (uint32_t)(sets[i].ranks[at] <= rank) << i;
        }
        within[those]++;
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t some = 0; some < 1u << n; some++) {
            within[some] += (some >> i & 1) == 0 ? within[some | 1u << i] : 0;
        }
    }
}

/* By inclusion and exclusion: the counts of the unions of an odd number of sets, less those of an
 * even number.  The ranks of all unions are counted at once, rank by rank. */
void spoor_hll_count_common(spoor_arena *arena, const spoor_hll *given, uint32_t n,
                            int64_t *counts) {
    spoor_hll sets[SPOOR_HLL_SETS];
    uint32_t most = make_alike(arena, given, n, sets), all = 1u << n,
             registers = 1u << sets[0].precision;
    uint32_t *within = SPOOR_NEW_ARRAY(arena, uint32_t, all),
             *above = SPOOR_NEW_ARRAY(arena, uint32_t, all);
    double *sums = SPOOR_NEW_ARRAY(arena, double, all);
    for (int rank = (int)most; rank >= 0; rank--) {
        uint32_t *spare = above;
        above = within;
        within = spare;
        count_within(sets, n, rank, within);
        for (uint32_t some = 1; some < all && rank < (int)most; some++) {
            sums[some] += ldexp(above[some] - within[some], -(rank + 1));
        }
    }
    for (uint32_t some = 1; some < all; some++) {
        int64_t count = estimate(registers, sums[some] + within[some], within[some]);
        uint32_t last = 31 - (uint32_t)__builtin_clz(some);
        counts[last] += __builtin_popcount(some) % 2 == 1 ? count : -count;
    }
    for (uint32_t k = 1; k < n; k++) {
        counts[k] += counts[k - 1];
    }
    for (uint32_t k = 0; k < n; k++) { /* estimates may come out below nothing */
        counts[k] = counts[k] > 0 ? counts[k] : 0;
    }
}

spoor_str spoor_hll_encode(spoor_arena *arena, const spoor_hll *h) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    spoor_dynamic_add_text(&builder, SPOOR_STR("hll"));
    spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_LONG, .integer = h->precision});
    if (h->ranks != NULL) {
        size_t registers = (size_t)1 << h->precision;
        char *text = SPOOR_RAW_ARRAY(arena, char, registers);
        for (size_t at = 0; at < registers; at++) {
            text[at] = (char)(FIRST_CHARACTER + h->ranks[at]);
        }
        spoor_dynamic_add_text(&builder, (spoor_str){text, registers});
    } else {
        spoor_dynamic_open(&builder, '[');
        for (uint32_t i = 0; i < h->nfew; i++) {
            spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_LONG, .integer = h->few[i]});
        }
        spoor_dynamic_close(&builder);
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static bool decode_few(spoor_arena *arena, spoor_str list, spoor_hll *h) {
    spoor_dynamic_iter iter = spoor_dynamic_begin(list);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value value = spoor_dynamic_scalar(element);
        if (value.is_null || value.type != SPOOR_LONG || value.integer <= 0 ||
            value.integer >> 6 >= (int64_t)1 << h->precision) {
            return false;
        }
        set_register(arena, h, (uint32_t)(value.integer >> 6), (uint32_t)value.integer & 63);
    }
    return true;
}

bool spoor_hll_decode(spoor_arena *arena, spoor_str value, spoor_hll *h) {
    spoor_str parts[3];
    *h = (spoor_hll){0};
    for (int i = 0; i < 3; i++) {
        if (spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY ||
            !spoor_dynamic_at(value, i, &parts[i])) {
            return false;
        }
    }
    spoor_value kind = spoor_dynamic_scalar(parts[0]), precision = spoor_dynamic_scalar(parts[1]);
    if (kind.is_null || kind.type != SPOOR_STRING || !spoor_str_is(kind.string, "hll") ||
        precision.is_null || precision.type != SPOOR_LONG || precision.integer < LEAST_PRECISION ||
        precision.integer > MOST_PRECISION) {
        return false;
    }
    h->precision = (uint8_t)precision.integer;
    spoor_value text = spoor_dynamic_scalar(parts[2]);
    if (text.type != SPOOR_STRING || text.is_null) {
        return spoor_dynamic_kind_of(parts[2]) == SPOOR_DYN_ARRAY && decode_few(arena, parts[2], h);
    }
    size_t registers = (size_t)1 << h->precision;
    if (text.string.len != registers) {
        return false;
    }
    make_dense(arena, h);
    for (size_t at = 0; at < registers; at++) {
        int rank = text.string.ptr[at] - FIRST_CHARACTER;
        if (rank < 0 || rank > 63) {
            return false;
        }
        h->ranks[at] = (unsigned char)rank;
    }
    return true;
}
