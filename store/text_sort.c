/* text_sort.c - multikey quicksort (Bentley and Sedgewick), eight bytes a key (see text_sort.h). */
#include "store/text_sort.h"

#include <stdlib.h>

enum { FEW = 12, MAX_SPLITS = 64 };

/* The bytes [at, at + 8) of the text as a number, the first one highest; zeros behind its end. */
static inline uint64_t key_at(const spoor_sorted_text *text, uint32_t at) {
    if (text->len >= at + 8) {
        uint64_t key;
        memcpy(&key, text->ptr + at, 8);
        return __builtin_bswap64(key);
    }
    uint64_t key = 0;
    for (uint32_t i = at; i < at + 8; i++) {
        key = key << 8 | (i < text->len ? (unsigned char)text->ptr[i] : 0u);
    }
    return key;
}

static int compare(const void *left, const void *right) {
    const spoor_sorted_text *a = left, *b = right;
    return spoor_str_compare((spoor_str){a->ptr, a->len}, (spoor_str){b->ptr, b->len});
}

static int compare_lengths(const void *left, const void *right) {
    const spoor_sorted_text *a = left, *b = right;
    return (a->len > b->len) - (a->len < b->len);
}

/* Order of two whose bytes before `at` are the same, their keys those at `at`. */
static bool is_before(const spoor_sorted_text *a, const spoor_sorted_text *b, uint32_t at) {
    if (a->key != b->key) {
        return a->key < b->key;
    }
    uint32_t shorter = a->len < b->len ? a->len : b->len;
    uint32_t from = at + 8 < shorter ? at + 8 : shorter;
    int order = shorter > from ? memcmp(a->ptr + from, b->ptr + from, shorter - from) : 0;
    return order != 0 ? order < 0 : a->len < b->len;
}

static void insertion_sort(spoor_sorted_text *texts, uint32_t n, uint32_t at) {
    for (uint32_t i = 1; i < n; i++) {
        spoor_sorted_text moved = texts[i];
        uint32_t to = i;
        for (; to > 0 && is_before(&moved, &texts[to - 1], at); to--) {
            texts[to] = texts[to - 1];
        }
        texts[to] = moved;
    }
}

static uint64_t middle(uint64_t a, uint64_t b, uint64_t c) {
    return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

static void swap(spoor_sorted_text *a, spoor_sorted_text *b) {
    spoor_sorted_text kept = *a;
    *a = *b;
    *b = kept;
}

typedef struct part {
    spoor_sorted_text *texts;
    uint32_t n, at; /* all agree in the bytes before `at`; keys are those at `at` */
} part;

/* Into [0, *low) below the pivot, [*low, *high) like it, [*high, n) above. */
static void split(const part *p, uint32_t *low, uint32_t *high) {
    spoor_sorted_text *t = p->texts;
    uint64_t pivot = middle(t[p->n / 4].key, t[p->n / 2].key, t[p->n - 1 - p->n / 4].key);
    uint32_t below = 0, above = p->n;
    for (uint32_t i = 0; i < above;) {
        if (t[i].key < pivot) {
            swap(&t[below++], &t[i++]);
        } else if (t[i].key > pivot) {
            swap(&t[--above], &t[i]);
        } else {
            i++;
        }
    }
    *low = below;
    *high = above;
}

/* Those that agree in this key too: on to the next. */
static part next_key(spoor_sorted_text *texts, uint32_t n, uint32_t at) {
    bool is_over =
        true; /* what follows is zeros behind the ends: they differ in length alone, if at all */
    bool is_same = true;
    for (uint32_t i = 0; i < n; i++) {
        is_over &= texts[i].len <= at + 8;
        is_same &= texts[i].len == texts[0].len;
    }
    if (is_over || at > UINT32_MAX - 16) {
        if (!is_over || !is_same) {
            qsort(texts, n, sizeof *texts, is_over ? compare_lengths : compare);
        }
        return (part){0};
    }
    for (uint32_t i = 0; i < n; i++) {
        texts[i].key = key_at(&texts[i], at + 8);
    }
    return (part){texts, n, at + 8};
}

/* The larger parts wait on a stack, which so needs no more places than n has bits; who finds texts that
 * split badly costs himself a plain sort. */
static void sort(part whole) {
    part waiting[MAX_SPLITS];
    uint32_t nwaiting = 0;
    uint64_t budget = 64 * (uint64_t)whole.n;
    waiting[nwaiting++] = whole;
    while (nwaiting > 0) {
        part p = waiting[--nwaiting];
        if (p.n <= FEW) {
            insertion_sort(p.texts, p.n, p.at);
            continue;
        }
        if (nwaiting + 3 > MAX_SPLITS || budget < p.n) {
            qsort(p.texts, p.n, sizeof *p.texts, compare);
            continue;
        }
        budget -= p.n;
        uint32_t low, high;
        split(&p, &low, &high);
        part parts[3] = {{p.texts, low, p.at},
                         next_key(p.texts + low, high - low, p.at),
                         {p.texts + high, p.n - high, p.at}};
        for (int round = 0; round < 3; round++) { /* the largest first: it waits longest */
            int largest = 0;
            for (int i = 1; i < 3; i++) {
                largest = parts[i].n > parts[largest].n ? i : largest;
            }
            if (parts[largest].n > 1) {
                waiting[nwaiting++] = parts[largest];
            }
            parts[largest].n = 0;
        }
    }
}

void spoor_texts_sort(spoor_sorted_text *texts, uint32_t n, bool by_length) {
    if (by_length) {
        qsort(texts, n, sizeof *texts, compare_lengths);
    }
    for (uint32_t i = 0; i < n; i++) {
        texts[i].key = key_at(&texts[i], 0);
    }
    for (uint32_t from = 0, to = 0; from < n; from = to) {
        to = by_length ? from + 1 : n;
        while (to < n && texts[to].len == texts[from].len) {
            to++;
        }
        sort((part){texts + from, to - from, 0});
    }
}
