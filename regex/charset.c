/* charset.c - the algebra of sets of code points. */
#include "regex/charset.h"

#include <stdlib.h>

#include "base/utf8.h"

void spoor_charset_add(spoor_arena *arena, spoor_charset *set, uint32_t first, uint32_t last) {
    SPOOR_GROW(arena, set->ranges, set->count, &set->capacity);
    set->ranges[set->count++] = (spoor_char_range){first, last};
}

static int by_first(const void *a, const void *b) {
    const spoor_char_range *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

void spoor_charset_normalize(spoor_charset *set) {
    bool sorted = true;
    for (uint32_t i = 1; i < set->count && sorted; i++) {
        sorted = set->ranges[i - 1].last + 1 < set->ranges[i].first;
    }
    if (sorted) {
        return;
    }
    qsort(set->ranges, set->count, sizeof *set->ranges, by_first);
    uint32_t kept = 0;
    for (uint32_t i = 1; i < set->count; i++) {
        spoor_char_range *last = &set->ranges[kept], range = set->ranges[i];
        if (range.first <= last->last + 1) {
            last->last = range.last > last->last ? range.last : last->last;
        } else {
            set->ranges[++kept] = range;
        }
    }
    set->count = kept + 1;
}

void spoor_charset_negate(spoor_arena *arena, spoor_charset *set) {
    spoor_charset out = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->ranges[i].first > next) {
            spoor_charset_add(arena, &out, next, set->ranges[i].first - 1);
        }
        next = set->ranges[i].last + 1;
    }
    if (next <= SPOOR_LAST_CODE_POINT) {
        spoor_charset_add(arena, &out, next, SPOOR_LAST_CODE_POINT);
    }
    *set = out;
}

void spoor_charset_union(spoor_arena *arena, spoor_charset *set, const spoor_charset *other) {
    for (uint32_t i = 0; i < other->count; i++) {
        spoor_charset_add(arena, set, other->ranges[i].first, other->ranges[i].last);
    }
    spoor_charset_normalize(set);
}

void spoor_charset_intersect(spoor_arena *arena, spoor_charset *set, const spoor_charset *other) {
    spoor_charset out = {0};
    for (uint32_t i = 0, k = 0; i < set->count && k < other->count;) {
        spoor_char_range a = set->ranges[i], b = other->ranges[k];
        uint32_t first = a.first > b.first ? a.first : b.first;
        uint32_t last = a.last < b.last ? a.last : b.last;
        if (first <= last) {
            spoor_charset_add(arena, &out, first, last);
        }
        if (a.last < b.last) {
            i++;
        } else {
            k++;
        }
    }
    *set = out;
}

void spoor_charset_subtract(spoor_arena *arena, spoor_charset *set, const spoor_charset *other) {
    spoor_charset rest = *other; /* _negate makes ranges of its own */
    spoor_charset_negate(arena, &rest);
    spoor_charset_intersect(arena, set, &rest);
}

void spoor_charset_symmetric(spoor_arena *arena, spoor_charset *set, const spoor_charset *other) {
    spoor_charset both = *set, all = {0};
    spoor_charset_intersect(arena, &both, other);
    spoor_charset_union(arena, &all, set);
    spoor_charset_union(arena, &all, other);
    spoor_charset_subtract(arena, &all, &both);
    *set = all;
}

bool spoor_charset_has(const spoor_charset *set, uint32_t c) {
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (set->ranges[middle].last < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < set->count && set->ranges[low].first <= c;
}

bool spoor_charset_equal(const spoor_charset *a, const spoor_charset *b) {
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->ranges, b->ranges, a->count * sizeof *a->ranges) == 0);
}

/* -- case -------------------------------------------------------------------------------------- */

/* Letters A to Z of the set in their other case. */
static void fold_ascii(spoor_arena *arena, spoor_charset *set) {
    uint32_t count = set->count;
    for (uint32_t i = 0; i < count && set->ranges[i].first <= 'z'; i++) {
        spoor_char_range range = set->ranges[i];
        for (uint32_t from = 'A'; from <= 'a'; from += 'a' - 'A') {
            uint32_t first = range.first > from ? range.first : from;
            uint32_t last = range.last < from + 25 ? range.last : from + 25;
            if (first <= last) {
                spoor_charset_add(arena, set, first ^ 0x20, last ^ 0x20);
            }
        }
    }
    spoor_charset_normalize(set);
}

/* No letter beyond folds to another. */
enum { LAST_FOLDING = 0x1FFFF };

/* The whole table is read off the fold function: a millisecond, for patterns that fold such
 * letters. */
static void read_folds(spoor_arena *arena, spoor_folds *folds) {
    for (uint32_t c = 0; c <= LAST_FOLDING && !folds->is_read; c++) {
        uint32_t to = spoor_fold(c);
        if (to != c) {
            spoor_charset_add(arena, &folds->pairs, c, to);
        }
    }
    folds->is_read = true;
}

static void fold_one(spoor_arena *arena, spoor_charset *set, const spoor_charset *pairs) {
    uint32_t c = set->ranges[0].first, to = spoor_fold(c);
    spoor_charset_add(arena, set, to, to);
    for (uint32_t i = 0; i < pairs->count; i++) {
        if (pairs->ranges[i].last == to) {
            spoor_charset_add(arena, set, pairs->ranges[i].first, pairs->ranges[i].first);
        }
    }
    spoor_charset_normalize(set);
}

static void fold_unicode(spoor_arena *arena, spoor_charset *set, const spoor_charset *pairs) {
    spoor_charset folded = {0}, all = {0};
    spoor_charset_union(arena, &folded, set);
    for (uint32_t i = 0; i < pairs->count; i++) {
        if (spoor_charset_has(set, pairs->ranges[i].first)) {
            spoor_charset_add(arena, &folded, pairs->ranges[i].last, pairs->ranges[i].last);
        }
    }
    spoor_charset_normalize(&folded);
    spoor_charset_union(arena, &all, &folded);
    for (uint32_t i = 0; i < pairs->count; i++) {
        if (spoor_charset_has(&folded, pairs->ranges[i].last)) {
            spoor_charset_add(arena, &all, pairs->ranges[i].first, pairs->ranges[i].first);
        }
    }
    spoor_charset_normalize(&all);
    *set = all;
}

void spoor_charset_fold(spoor_arena *arena, spoor_charset *set, bool ascii_only,
                        spoor_folds *folds) {
    if (set->count == 0) {
        return;
    }
    if (ascii_only) {
        fold_ascii(arena, set);
        return;
    }
    spoor_char_range last = set->ranges[set->count - 1];
    bool is_all = set->count == 1 && last.first == 0 && last.last == SPOOR_LAST_CODE_POINT;
    if (is_all) {
        return;
    }
    if (last.last >= 0x80) {
        read_folds(arena, folds);
        if (set->count == 1 && last.first == last.last) {
            fold_one(arena, set, &folds->pairs);
        } else {
            fold_unicode(arena, set, &folds->pairs);
        }
        return;
    }
    fold_ascii(arena, set);
    if (spoor_charset_has(set, 'k')) {
        spoor_charset_add(arena, set, 0x212A, 0x212A); /* the Kelvin sign */
    }
    if (spoor_charset_has(set, 's')) {
        spoor_charset_add(arena, set, 0x17F, 0x17F); /* the long s */
    }
    spoor_charset_normalize(set);
}
