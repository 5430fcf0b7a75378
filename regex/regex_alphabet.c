/* regex_alphabet.c - which code points a pattern can tell apart.
 *
 * All code points are cut at the edges of the pattern's sets; pieces that
 * lie in the same sets become one symbol.  Exact, and quick because a
 * pattern has few different sets. */
#include <stdlib.h>

#include "regex/regex_program.h"

enum {
    MAX_SETS = 2000,
    MAX_PIECES = 1 << 18,
    MAX_SYMBOLS = 60000,
    MAX_SET_WORDS = 1 << 20, /* of all sets together: 8 MB */
    MAX_WORK = 1 << 26,      /* pieces looked at */
};

typedef struct maker {
    spoor_arena *arena;
    spoor_charset **sets; /* different ones, by number - 1; the last ones ask what sides ask */
    uint32_t nsets, sets_capacity;
    uint32_t *singles; /* code points that stand by themselves */
    uint32_t nsingles, singles_capacity;
    bool asks_lines, asks_words, asks_ascii_words;
    uint32_t *starts, *symbols; /* of pieces, ascending */
    uint32_t npieces;
} maker;

/* -- what the tree holds ----------------------------------------------------------------------- */

static void *grown(spoor_arena *arena, void *old, uint32_t count, uint32_t *capacity, size_t size) {
    if (count < *capacity) {
        return old;
    }
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    void *array = spoor_arena_push_raw(arena, *capacity, size);
    if (count > 0) {
        memcpy(array, old, count * size);
    }
    return array;
}

/* Number of the set, from 1; 0: too many. */
static uint32_t number_set(maker *m, spoor_charset *set) {
    for (uint32_t i = 0; i < m->nsets; i++) {
        if (m->sets[i]->ranges == set->ranges || spoor_charset_equal(m->sets[i], set)) {
            return i + 1;
        }
    }
    if (m->nsets == MAX_SETS) {
        return 0;
    }
    m->sets = grown(m->arena, m->sets, m->nsets, &m->sets_capacity, sizeof *m->sets);
    m->sets[m->nsets++] = set;
    return m->nsets;
}

static void note_assertion(maker *m, const spoor_regex_node *n) {
    if (n->assertion >= SPOOR_AT_WORD_BOUNDARY) {
        m->asks_words = m->asks_words || !n->ascii_words;
        m->asks_ascii_words = m->asks_ascii_words || n->ascii_words;
    } else if (n->assertion >= SPOOR_AT_LINE_START) {
        m->asks_lines = true;
    }
}

/* Recursion is as deep as the tree, which the parser limits. */
static bool collect(maker *m, spoor_regex_node *n) {
    switch (n->kind) {
    case SPOOR_REGEX_CHAR:
        m->singles =
            grown(m->arena, m->singles, m->nsingles, &m->singles_capacity, sizeof *m->singles);
        m->singles[m->nsingles++] = n->code_point;
        break;
    case SPOOR_REGEX_SET: n->set_number = number_set(m, &n->set); return n->set_number != 0;
    case SPOOR_REGEX_ASSERT: note_assertion(m, n); break;
    case SPOOR_REGEX_EMPTY:
    case SPOOR_REGEX_GROUP:
    case SPOOR_REGEX_REPEAT:
    case SPOOR_REGEX_CONCAT:
    case SPOOR_REGEX_ALTERNATE: break;
    }
    for (spoor_regex_node *child = n->first; child != NULL; child = child->next) {
        if (!collect(m, child)) {
            return false;
        }
    }
    return true;
}

/* -- pieces ------------------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t keep_different(uint32_t *values, uint32_t count) {
    qsort(values, count, sizeof *values, ascending);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || values[i] != values[kept - 1]) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

static bool cut(maker *m) {
    size_t edges = 1 + (size_t)m->nsingles * 2;
    for (uint32_t i = 0; i < m->nsets; i++) {
        edges += (size_t)m->sets[i]->count * 2;
    }
    if (edges > (size_t)MAX_PIECES * 4) {
        return false;
    }
    uint32_t *at = SPOOR_RAW_ARRAY(m->arena, uint32_t, edges);
    uint32_t count = 0;
    at[count++] = 0;
    for (uint32_t i = 0; i < m->nsingles; i++) {
        at[count++] = m->singles[i];
        at[count++] = m->singles[i] + 1;
    }
    for (uint32_t i = 0; i < m->nsets; i++) {
        for (uint32_t k = 0; k < m->sets[i]->count; k++) {
            at[count++] = m->sets[i]->ranges[k].first;
            at[count++] = m->sets[i]->ranges[k].last + 1;
        }
    }
    count = keep_different(at, count);
    if (at[count - 1] > SPOOR_LAST_CODE_POINT) {
        count--;
    }
    m->starts = at;
    m->npieces = count;
    m->symbols = SPOOR_NEW_ARRAY(m->arena, uint32_t, count);
    return count <= MAX_PIECES;
}

/* The piece that code point c is in. */
static uint32_t piece_of(const maker *m, uint32_t c) {
    uint32_t low = 0, high = m->npieces;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (m->starts[middle] <= c) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Tell the pieces in the set from those outside: each symbol that has both is split. */
static uint32_t split_by(maker *m, const spoor_charset *set, uint32_t nsymbols, uint32_t *renamed,
                         uint32_t *work) {
    memset(renamed, 0, nsymbols * sizeof *renamed); /* 0: not met; symbol 0 is never a new name */
    uint32_t next = nsymbols;
    for (uint32_t k = 0; k < set->count; k++) {
        for (uint32_t i = piece_of(m, set->ranges[k].first);
             i < m->npieces && m->starts[i] <= set->ranges[k].last; i++, ++*work) {
            uint32_t symbol = m->symbols[i];
            if (renamed[symbol] == 0) {
                renamed[symbol] = next++;
            }
            m->symbols[i] = renamed[symbol];
        }
    }
    return next;
}

/* Symbols 0, 1, 2 in the order of their first piece; returns how many. */
static uint32_t compact(maker *m, uint32_t nsymbols, uint32_t *renamed) {
    memset(renamed, 0xFF, nsymbols * sizeof *renamed);
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->npieces; i++) {
        uint32_t symbol = m->symbols[i];
        if (renamed[symbol] == UINT32_MAX) {
            renamed[symbol] = count++;
        }
        m->symbols[i] = renamed[symbol];
    }
    return count;
}

static bool assign(maker *m, uint32_t *nsymbols) {
    uint32_t count = 1, work = 0;
    uint32_t *renamed = SPOOR_RAW_ARRAY(m->arena, uint32_t, (size_t)m->npieces * 2 + 2);
    for (uint32_t i = 0; i < m->nsets; i++) {
        /* at most one new name a piece, so names fit twice the pieces */
        count = split_by(m, m->sets[i], count, renamed, &work);
        count = compact(m, count, renamed);
        work += m->npieces;
        if (work > MAX_WORK) {
            return false;
        }
    }
    m->nsingles = m->nsingles > 0 ? keep_different(m->singles, m->nsingles) : 0;
    for (uint32_t i = 0; i < m->nsingles; i++) {
        m->symbols[piece_of(m, m->singles[i])] = count + i;
    }
    renamed = SPOOR_RAW_ARRAY(m->arena, uint32_t, count + m->nsingles);
    *nsymbols = compact(m, count + m->nsingles, renamed);
    return *nsymbols <= MAX_SYMBOLS;
}

/* -- tables ------------------------------------------------------------------------------------ */

static void fill_pages(maker *m, spoor_alphabet *alphabet) {
    enum { PAGES = (SPOOR_LAST_CODE_POINT + 1) >> 8 };
    alphabet->page_of = SPOOR_NEW_ARRAY(m->arena, uint16_t, PAGES);
    uint32_t *uniform =
        SPOOR_NEW_ARRAY(m->arena, uint32_t, alphabet->count); /* page + 1 of one symbol */
    uint32_t npages = 0, capacity = 0, piece = 0;
    for (uint32_t page = 0; page < PAGES; page++) {
        uint32_t first = page << 8, last = first | 0xFF;
        while (piece + 1 < m->npieces && m->starts[piece + 1] <= first) {
            piece++;
        }
        bool is_uniform = piece + 1 == m->npieces || m->starts[piece + 1] > last;
        uint32_t symbol = m->symbols[piece];
        if (is_uniform && uniform[symbol] != 0) {
            alphabet->page_of[page] = (uint16_t)(uniform[symbol] - 1);
            continue;
        }
        alphabet->pages =
            grown(m->arena, alphabet->pages, npages, &capacity, sizeof *alphabet->pages);
        for (uint32_t c = first; c <= last; c++) {
            while (piece + 1 < m->npieces && m->starts[piece + 1] <= c) {
                piece++;
            }
            alphabet->pages[npages][c & 0xFF] = (uint16_t)m->symbols[piece];
        }
        alphabet->page_of[page] = (uint16_t)npages++;
        if (is_uniform) {
            uniform[symbol] = npages;
        }
    }
}

static void fill_alphabet(maker *m, spoor_alphabet *alphabet, uint32_t nsymbols) {
    alphabet->bad = nsymbols;
    alphabet->count = nsymbols + 1;
    for (uint32_t c = 0; c < 128; c++) {
        alphabet->ascii[c] = (uint16_t)m->symbols[piece_of(m, c)];
    }
    alphabet->is_beyond = SPOOR_NEW_ARRAY(m->arena, bool, alphabet->count);
    for (uint32_t i = 0; i < m->npieces; i++) {
        bool is_last = i + 1 == m->npieces;
        if (is_last || m->starts[i + 1] > 0x80) {
            alphabet->is_beyond[m->symbols[i]] = true;
        }
    }
    alphabet->beyond = (uint16_t)m->symbols[m->npieces - 1];
    if (m->starts[m->npieces - 1] > 0x80) {
        fill_pages(m, alphabet);
    }
}

static void mark_side(maker *m, spoor_alphabet *alphabet, const spoor_charset *set, uint8_t side) {
    for (uint32_t i = 0; i < m->npieces; i++) {
        if (spoor_charset_has(set, m->starts[i])) {
            alphabet->side[m->symbols[i]] |= side;
        }
    }
}

static void fill_set(maker *m, spoor_regex *regex, uint32_t i) {
    uint64_t *words = regex->sets + (size_t)i * regex->set_words;
    const spoor_charset *set = m->sets[i];
    for (uint32_t k = 0; k < set->count; k++) {
        for (uint32_t p = piece_of(m, set->ranges[k].first);
             p < m->npieces && m->starts[p] <= set->ranges[k].last; p++) {
            words[m->symbols[p] / 64] |= (uint64_t)1 << m->symbols[p] % 64;
        }
    }
}

bool spoor_regex_make_alphabet(spoor_arena *arena, spoor_regex *regex, spoor_regex_node *root) {
    maker m = {.arena = arena};
    if (!collect(&m, root)) {
        return false;
    }
    uint32_t of_tree = m.nsets, nsymbols;
    spoor_charset newline = {0}, carriage = {0}, words, ascii_words;
    spoor_charset_add(arena, &newline, '\n', '\n');
    spoor_charset_add(arena, &carriage, '\r', '\r');
    words = m.asks_words ? spoor_charset_perl(arena, 'w', true) : (spoor_charset){0};
    ascii_words = m.asks_ascii_words ? spoor_charset_perl(arena, 'w', false) : (spoor_charset){0};
    spoor_charset *asked[] = {m.asks_lines ? &newline : NULL, m.asks_lines ? &carriage : NULL,
                              m.asks_words ? &words : NULL,
                              m.asks_ascii_words ? &ascii_words : NULL};
    static const uint8_t sides[] = {SPOOR_SIDE_NEWLINE, SPOOR_SIDE_RETURN, SPOOR_SIDE_WORD,
                                    SPOOR_SIDE_ASCII_WORD};
    for (size_t i = 0; i < 4; i++) {
        if (asked[i] != NULL && number_set(&m, asked[i]) == 0) {
            return false;
        }
    }
    if (!cut(&m) || !assign(&m, &nsymbols)) {
        return false;
    }
    fill_alphabet(&m, &regex->alphabet, nsymbols);
    regex->alphabet.side = SPOOR_NEW_ARRAY(arena, uint8_t, nsymbols + 1);
    for (size_t i = 0; i < 4; i++) {
        if (asked[i] != NULL) {
            mark_side(&m, &regex->alphabet, asked[i], sides[i]);
        }
    }
    regex->nsets = of_tree;
    regex->set_words = nsymbols / 64 + 1;
    if ((size_t)of_tree * regex->set_words > MAX_SET_WORDS) {
        return false;
    }
    regex->sets = SPOOR_NEW_ARRAY(arena, uint64_t, (size_t)of_tree * regex->set_words + 1);
    for (uint32_t i = 0; i < of_tree; i++) {
        fill_set(&m, regex, i);
    }
    return true;
}
