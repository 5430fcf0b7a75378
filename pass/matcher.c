/* matcher.c - see matcher.h.
 *
 * Of a literal four bytes are looked for, the rarest of it; all but a few places
 * of a text have none of these (grams.h), and the rest are compared. */
#include "pass/matcher.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "pass/fold.h"
#include "pass/grams.h"
#include "pass/shorts.h"

#define NONE UINT32_MAX
enum {
    BLOCK_BYTES = 1 << 15,
    SAMPLE_BYTES = 1 << 16,
    NWIDTHS = 3, /* of keys at the ends of a text: 8, 4, 1 to 3 bytes */
};

typedef struct literal {
    spoor_str text;
    uint32_t key_at;        /* of its gram */
    uint32_t next;          /* with the same key */
    uint32_t first_pattern; /* that asks for it; chained in matcher->next_pattern */
    uint32_t last_entry;    /* it was found in, + 1 */
} literal;

typedef struct key_table { /* 64-bit key to the first literal of it */
    uint64_t *keys;
    uint32_t *heads; /* NONE: free */
    uint32_t mask;
    uint32_t count;
} key_table;

struct spoor_matcher {
    literal *literals;
    uint32_t nliterals;
    uint32_t *next_pattern;
    uint32_t counts[SPOOR_NPLACES];
    spoor_grams *grams; /* of the literals of four bytes and more */
    uint64_t
        *pairs; /* a bit for each two bytes of the literals found by two; NULL: there are none */
    key_table longs, shorts, singles;
    spoor_shorts few_shorts;                    /* the first of two or three bytes, apart */
    uint32_t literal_of[2 * SPOOR_SHORTS_MOST]; /* by number in them */
    key_table ends[2][NWIDTHS];                 /* START and END */
    key_table wholes;
    /* The block at hand */
    spoor_arena *arena;
    unsigned char *block;
    size_t block_capacity;
    uint32_t *starts, *stops; /* of entries in it */
    uint32_t entries_capacity;
    uint32_t first, nentries; /* which entries */
    spoor_hits *hits;
};

/* -- keys -------------------------------------------------------------------------------------- */

static inline uint32_t load4(const unsigned char *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static inline uint32_t load2(const unsigned char *at) {
    uint16_t value;
    memcpy(&value, at, 2);
    return value;
}

static void open_table(spoor_arena *arena, key_table *table, uint32_t count) {
    uint32_t slots = 16;
    while (slots < count * 4) { /* a look-up that finds nothing mostly ends at once */
        slots *= 2;
    }
    table->keys = SPOOR_NEW_ARRAY(arena, uint64_t, slots);
    table->heads = SPOOR_RAW_ARRAY(arena, uint32_t, slots);
    memset(table->heads, 0xFF, slots * sizeof *table->heads);
    table->mask = slots - 1;
}

static inline uint32_t slot_of(const key_table *table, uint64_t key) {
    uint32_t at = (uint32_t)(spoor_hash_u64(key) >> 20) & table->mask;
    while (table->heads[at] != NONE && table->keys[at] != key) {
        at = (at + 1) & table->mask;
    }
    return at;
}

static inline uint32_t find_key(const key_table *table, uint64_t key) {
    return table->heads[slot_of(table, key)];
}

static void put_key(spoor_matcher *m, key_table *table, uint64_t key, uint32_t at) {
    uint32_t slot = slot_of(table, key);
    m->literals[at].next = table->heads[slot];
    table->heads[slot] = at;
    table->keys[slot] = key;
    table->count++;
}

/* Which key a text of this length has at an end: 8, 4 or all of its 1 to 3 bytes. */
static uint32_t width_number(size_t len) {
    return len >= 8 ? 0 : len >= 4 ? 1 : 2;
}

static size_t width_of(uint32_t number, size_t len) {
    return number == 0 ? 8 : number == 1 ? 4 : len;
}

static inline uint64_t load8(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

static inline uint64_t key_of_few(const unsigned char *at, size_t len) {
    uint64_t key = len;
    for (size_t i = 0; i < len; i++) {
        key = key << 8 | at[i];
    }
    return key;
}

static uint64_t key_of_bytes(const unsigned char *at, uint32_t number, size_t len) {
    return number == 0 ? load8(at) : number == 1 ? load4(at) : key_of_few(at, len);
}

/* -- making ------------------------------------------------------------------------------------ */

/* How often each pair of bytes stands in the sample, for choosing grams; a quarter of a megabyte. */
static uint32_t *count_pairs(spoor_arena *arena, const spoor_texts *sample) {
    uint32_t *counts = SPOOR_NEW_ARRAY(arena, uint32_t, 1 << 16);
    size_t seen = 0;
    uint32_t step =
        sample->count / 4096 + 1; /* sorted texts begin alike: take some from everywhere */
    for (uint32_t e = 0; e < sample->count && seen < SAMPLE_BYTES; e += step) {
        spoor_str text = sample->strings[e];
        size_t len = text.len < 4096 ? text.len : 4096;
        unsigned char before = 0;
        for (size_t i = 0; i < len; i++) {
            unsigned char c = (unsigned char)text.ptr[i];
            c = c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
            counts[before | (uint32_t)c << 8]++;
            before = c;
        }
        seen += len;
    }
    return counts;
}

/* Where in the literal the rarest `width` bytes begin: as rare as the rarest pair in them. */
static uint32_t rarest(const literal *l, const uint32_t *pairs, uint32_t width) {
    const unsigned char *text = (const unsigned char *)l->text.ptr;
    uint32_t best = 0;
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i + width <= l->text.len; i++) {
        uint64_t first = UINT32_MAX, sum = 0;
        for (uint32_t k = 0; k + 1 < width; k++) {
            uint32_t count = pairs[load2(text + i + k)];
            first = count < first ? count : first;
            sum += count;
        }
        uint64_t rank = first * 16 + sum;
        if (rank < least) {
            least = rank;
            best = i;
        }
    }
    return best;
}

static void add_anywhere(spoor_matcher *m, uint32_t at, const uint32_t *pairs) {
    literal *l = &m->literals[at];
    const unsigned char *text = (const unsigned char *)l->text.ptr;
    if (l->text.len >= 4) {
        l->key_at = rarest(l, pairs, 4);
        uint32_t gram = load4(text + l->key_at);
        spoor_grams_add(m->grams, gram);
        put_key(m, &m->longs, gram, at);
        return;
    }
    int number = spoor_shorts_add(&m->few_shorts, l->text);
    if (number >= 0) {
        m->literal_of[number] = at;
    } else if (l->text.len >= 2) {
        l->key_at = rarest(l, pairs, 2);
        uint32_t pair = load2(text + l->key_at);
        m->pairs =
            m->pairs != NULL ? m->pairs : SPOOR_NEW_ARRAY(m->arena, uint64_t, (1 << 16) / 64);
        m->pairs[pair / 64] |= UINT64_C(1) << pair % 64;
        put_key(m, &m->shorts, load2(text + l->key_at), at);
    } else {
        put_key(m, &m->singles, text[0], at);
    }
}

static void add_literal(spoor_matcher *m, uint32_t at, spoor_place place, const uint32_t *pairs) {
    literal *l = &m->literals[at];
    const unsigned char *text = (const unsigned char *)l->text.ptr;
    uint32_t number = width_number(l->text.len);
    size_t width = width_of(number, l->text.len);
    switch (place) {
    case SPOOR_PLACE_ANYWHERE: add_anywhere(m, at, pairs); return;
    case SPOOR_PLACE_START:
        put_key(m, &m->ends[0][number], key_of_bytes(text, number, width), at);
        return;
    case SPOOR_PLACE_END:
        put_key(m, &m->ends[1][number], key_of_bytes(text + l->text.len - width, number, width),
                at);
        return;
    case SPOOR_PLACE_WHOLE: put_key(m, &m->wholes, spoor_hash_bytes(text, l->text.len), at); return;
    case SPOOR_NPLACES: return;
    }
}

/* One literal for all patterns that ask for it at one place. */
static void add_patterns(spoor_matcher *m, spoor_arena *arena, const spoor_pattern *patterns,
                         uint32_t count, const uint32_t *pairs) {
    key_table known = {0};
    open_table(arena, &known, count);
    for (uint32_t p = 0; p < count; p++) {
        uint64_t key =
            spoor_hash_combine((uint64_t)patterns[p].place,
                               spoor_hash_bytes(patterns[p].folded.ptr, patterns[p].folded.len));
        uint32_t slot = slot_of(&known, key), at = known.heads[slot];
        if (at == NONE || !spoor_str_eq(m->literals[at].text, patterns[p].folded)) {
            at = m->nliterals++;
            m->literals[at] = (literal){.text = patterns[p].folded, .first_pattern = NONE};
            known.heads[slot] = at;
            known.keys[slot] = key;
            add_literal(m, at, patterns[p].place, pairs);
        }
        m->next_pattern[p] = m->literals[at].first_pattern;
        m->literals[at].first_pattern = p;
    }
}

spoor_matcher *spoor_matcher_new(spoor_arena *arena, spoor_arena *scratch,
                                 const spoor_pattern *patterns, uint32_t count,
                                 const spoor_texts *sample) {
    spoor_matcher *m = SPOOR_NEW(arena, spoor_matcher);
    m->arena = arena;
    m->literals = SPOOR_NEW_ARRAY(arena, literal, count);
    m->next_pattern = SPOOR_NEW_ARRAY(arena, uint32_t, count);
    for (uint32_t p = 0; p < count; p++) {
        m->counts[patterns[p].place]++;
    }
    uint32_t anywhere = m->counts[SPOOR_PLACE_ANYWHERE];
    m->grams = spoor_grams_new(arena);
    open_table(arena, &m->longs, anywhere);
    open_table(arena, &m->shorts, anywhere);
    open_table(arena, &m->singles, anywhere < 256 ? anywhere : 256);
    for (uint32_t number = 0; number < NWIDTHS; number++) {
        open_table(arena, &m->ends[0][number], m->counts[SPOOR_PLACE_START]);
        open_table(arena, &m->ends[1][number], m->counts[SPOOR_PLACE_END]);
    }
    open_table(arena, &m->wholes, m->counts[SPOOR_PLACE_WHOLE]);
    add_patterns(m, arena, patterns, count, anywhere > 0 ? count_pairs(scratch, sample) : NULL);
    return m;
}

/* -- hits -------------------------------------------------------------------------------------- */

static void add_hit(spoor_hits *hits, uint32_t pattern, uint32_t entry) {
    if (hits->count == hits->capacity) {
        size_t capacity = hits->capacity > 0 ? hits->capacity * 2 : 1024;
        spoor_hit *grown = SPOOR_RAW_ARRAY(hits->arena, spoor_hit, capacity);
        if (hits->count > 0) {
            memcpy(grown, hits->items, hits->count * sizeof *grown);
        }
        hits->items = grown;
        hits->capacity = capacity;
    }
    hits->items[hits->count++] = (spoor_hit){pattern, entry};
}

static void found(spoor_matcher *m, literal *l, uint32_t entry) {
    if (l->last_entry == entry + 1) {
        return;
    }
    l->last_entry = entry + 1;
    for (uint32_t p = l->first_pattern; p != NONE; p = m->next_pattern[p]) {
        add_hit(m->hits, p, entry);
    }
}

/* -- places ------------------------------------------------------------------------------------ */

/* The literals of a chain round a key at `at`, in the i-th entry of the block. */
static void try_chain(spoor_matcher *m, uint32_t head, size_t at, uint32_t i) {
    for (uint32_t k = head; k != NONE; k = m->literals[k].next) {
        literal *l = &m->literals[k];
        if (l->last_entry == m->first + i + 1 || at < m->starts[i] + (size_t)l->key_at) {
            continue;
        }
        size_t start = at - l->key_at;
        if (start + l->text.len <= m->stops[i] &&
            memcmp(m->block + start, l->text.ptr, l->text.len) == 0) {
            found(m, l, m->first + i);
        }
    }
}

static uint32_t entry_at(const spoor_matcher *m, size_t at, uint32_t i) {
    while (at >= m->stops[i] && i + 1 < m->nentries && at >= m->starts[i + 1]) {
        i++;
    }
    return i;
}

static void find_longs(spoor_matcher *m, size_t len) {
    const unsigned char *block = m->block;
    uint32_t entry = 0;
    for (size_t at = 0; at < len; at += SPOOR_GRAM_PLACES) {
        for (uint32_t any = spoor_grams_find(m->grams, block + at); any != 0; any &= any - 1) {
            size_t here = at + (size_t)__builtin_ctz(any);
            uint32_t head = find_key(&m->longs, load4(block + here));
            if (head != NONE && here < len) {
                entry = entry_at(m, here, entry);
                try_chain(m, head, here, entry);
            }
        }
    }
}

static void find_few_shorts(spoor_matcher *m) {
    for (uint32_t i = 0; i < m->nentries; i++) {
        uint64_t all =
            spoor_shorts_find(&m->few_shorts, m->block + m->starts[i], m->stops[i] - m->starts[i]);
        for (; all != 0; all &= all - 1) {
            found(m, &m->literals[m->literal_of[__builtin_ctzll(all)]], m->first + i);
        }
    }
}

static void find_shorts(spoor_matcher *m, size_t len) {
    uint32_t entry = 0;
    for (size_t at = 0; at < len; at++) {
        uint32_t pair = load2(m->block + at);
        if ((m->pairs[pair / 64] >> pair % 64 & 1) != 0) {
            entry = entry_at(m, at, entry);
            try_chain(m, find_key(&m->shorts, pair), at, entry);
        }
    }
}

static void find_singles(spoor_matcher *m) {
    for (uint32_t slot = 0; slot <= m->singles.mask; slot++) {
        for (uint32_t k = m->singles.heads[slot]; k != NONE; k = m->literals[k].next) {
            for (uint32_t i = 0; i < m->nentries; i++) {
                if (memchr(m->block + m->starts[i], m->literals[k].text.ptr[0],
                           m->stops[i] - m->starts[i]) != NULL) {
                    found(m, &m->literals[k], m->first + i);
                }
            }
        }
    }
}

/* The literals of a chain that the i-th entry of the block begins or ends with; most have no chain. */
static inline void try_end(spoor_matcher *m, uint32_t head, uint32_t i, int end) {
    const unsigned char *start = m->block + m->starts[i];
    size_t len = m->stops[i] - m->starts[i];
    for (uint32_t k = head; k != NONE; k = m->literals[k].next) {
        literal *l = &m->literals[k];
        const unsigned char *at = end == 0 ? start : start + len - l->text.len;
        if (l->text.len <= len && memcmp(at, l->text.ptr, l->text.len) == 0) {
            found(m, l, m->first + i);
        }
    }
}

static void find_at_ends(spoor_matcher *m, int end) {
    const key_table *eight = &m->ends[end][0], *four = &m->ends[end][1], *few = &m->ends[end][2];
    for (uint32_t i = 0; i < m->nentries; i++) {
        const unsigned char *start = m->block + m->starts[i], *stop = m->block + m->stops[i];
        size_t len = (size_t)(stop - start);
        if (eight->count > 0 && len >= 8) {
            try_end(m, find_key(eight, load8(end == 0 ? start : stop - 8)), i, end);
        }
        if (four->count > 0 && len >= 4) {
            try_end(m, find_key(four, load4(end == 0 ? start : stop - 4)), i, end);
        }
        for (size_t width = 1; few->count > 0 && width <= 3 && width <= len; width++) {
            try_end(m, find_key(few, key_of_few(end == 0 ? start : stop - width, width)), i, end);
        }
    }
}

static void find_whole(spoor_matcher *m, uint32_t i) {
    const unsigned char *start = m->block + m->starts[i];
    size_t len = m->stops[i] - m->starts[i];
    uint32_t k = find_key(&m->wholes, spoor_hash_bytes(start, len));
    for (; k != NONE; k = m->literals[k].next) {
        literal *l = &m->literals[k];
        if (l->text.len == len && (len == 0 || memcmp(start, l->text.ptr, len) == 0)) {
            found(m, l, m->first + i);
        }
    }
}

/* -- blocks ------------------------------------------------------------------------------------ */

static void reserve(spoor_matcher *m, size_t bytes, uint32_t entries) {
    if (m->block_capacity < bytes + SPOOR_SHORTS_SPARE) {
        m->block_capacity = bytes * 2 + 2 * BLOCK_BYTES; /* also for what is read behind it */
        m->block = SPOOR_RAW_ARRAY(m->arena, unsigned char, m->block_capacity);
    }
    if (m->entries_capacity < entries) {
        m->entries_capacity = entries * 2;
        m->starts = SPOOR_RAW_ARRAY(m->arena, uint32_t, m->entries_capacity);
        m->stops = SPOOR_RAW_ARRAY(m->arena, uint32_t, m->entries_capacity);
    }
}

/* Entry by entry; a fold may make a text longer: by half at most (U+023A, U+023E: two bytes to
 * three). */
static size_t fold_each(spoor_matcher *m, const spoor_texts *texts) {
    size_t at = 0;
    for (uint32_t i = 0; i < m->nentries; i++) {
        spoor_str text = texts->strings[m->first + i];
        m->starts[i] = (uint32_t)at;
        if (text.len > 0 && (spoor_fold_ascii(m->block + at, text) & 0x80) == 0) {
            at += text.len;
        } else {
            const char *from = text.ptr, *end = text.ptr + text.len;
            while (from < end) {
                at += (size_t)spoor_utf8_put((char *)m->block + at,
                                             spoor_fold(spoor_utf8_next(&from, end)));
            }
        }
        m->stops[i] = (uint32_t)at;
        m->block[at++] = '\0';
    }
    return at;
}

/* Fold the entries from m->first on that fill a block; returns its bytes. */
static size_t fill_block(spoor_matcher *m, const spoor_texts *texts) {
    size_t bytes = 0;
    uint32_t to = m->first;
    while (to < texts->count && (to == m->first || bytes + texts->strings[to].len < BLOCK_BYTES)) {
        bytes += texts->strings[to++].len + 1;
    }
    m->nentries = to - m->first;
    /* A bad byte folds to three. */
    reserve(m, bytes * 3, m->nentries);
    size_t len = bytes;
    const char *base = texts->strings[m->first].ptr;
    if (texts->is_packed && (spoor_fold_ascii(m->block, (spoor_str){base, bytes}) & 0x80) == 0) {
        for (uint32_t i = 0; i < m->nentries; i++) {
            spoor_str text = texts->strings[m->first + i];
            m->starts[i] = (uint32_t)(text.ptr - base);
            m->stops[i] = m->starts[i] + (uint32_t)text.len;
        }
    } else {
        len = fold_each(m, texts);
    }
    memset(m->block + len, 0, SPOOR_SHORTS_SPARE);
    return len;
}

bool spoor_matcher_run(spoor_matcher *m, const spoor_texts *texts, spoor_hits *hits,
                       const volatile bool *cancel) {
    m->hits = hits;
    for (uint32_t k = 0; k < m->nliterals; k++) {
        m->literals[k].last_entry = 0;
    }
    for (m->first = 0; m->first < texts->count; m->first += m->nentries) {
        if (*cancel) {
            return false;
        }
        size_t len = fill_block(m, texts);
        if (m->longs.count > 0) {
            find_longs(m, len);
        }
        if (m->few_shorts.count[0] + m->few_shorts.count[1] > 0) {
            find_few_shorts(m);
        }
        if (m->shorts.count > 0) {
            find_shorts(m, len);
        }
        if (m->singles.count > 0) {
            find_singles(m);
        }
        if (m->counts[SPOOR_PLACE_START] > 0) {
            find_at_ends(m, 0);
        }
        if (m->counts[SPOOR_PLACE_END] > 0) {
            find_at_ends(m, 1);
        }
        for (uint32_t i = 0; m->counts[SPOOR_PLACE_WHOLE] > 0 && i < m->nentries; i++) {
            find_whole(m, i);
        }
    }
    return true;
}
