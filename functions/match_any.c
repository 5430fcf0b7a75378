/* match_any.c - packed texts that hold one needle, or any of several: see match.h. */
#include "functions/match.h"

#include "base/text_needles.h"

/* Needles by passes: those that a pass can take together, and those that are alone. */
struct spoor_searches {
    const spoor_search *list;
    uint32_t count;
    struct pass {
        spoor_needles needles; /* of the searches from `first` on */
        uint32_t first, count;
        bool is_together;
    } * passes;
    uint32_t npasses;
};

static spoor_str all_of(uint32_t rows, const spoor_str *texts) {
    const char *end = texts[rows - 1].ptr + texts[rows - 1].len;
    return (spoor_str){texts[0].ptr, (size_t)(end - texts[0].ptr)};
}

void spoor_search_packed(const spoor_search *search, uint32_t rows, const spoor_str *texts,
                         bool is_ascii, uint8_t *hits) {
    spoor_needle needle = search->needle;
    if (is_ascii) { /* no letter beyond ASCII that folds to one of the needle's */
        needle.has_odd_k = needle.has_odd_s = false;
    }
    spoor_str all = all_of(rows, texts);
    uint32_t row = 0;
    for (size_t at = 0; (at = spoor_needle_find(&needle, all, at)) != SIZE_MAX;) {
        while (all.ptr + at > texts[row].ptr + texts[row].len) {
            row++;
        }
        if (search->test(texts[row], needle.text, needle.fold)) {
            hits[row] = 1;
        }
        if (++row == rows) {
            return;
        }
        at = (size_t)(texts[row].ptr - all.ptr);
    }
}

/* -- several ----------------------------------------------------------------------------------- */

/* As many from `first` on as a pass takes; passes have about the same. */
static void plan_pass(spoor_arena *arena, const spoor_search *list, uint32_t count, uint32_t first,
                      struct pass *pass) {
    *pass = (struct pass){.first = first};
    spoor_needle *needles = SPOOR_NEW_ARRAY(arena, spoor_needle, SPOOR_NEEDLES_MOST);
    uint32_t left = count - first, passes = (left - 1) / SPOOR_NEEDLES_MOST + 1,
             most = (left - 1) / passes + 1;
    for (; pass->count < most; pass->count++) {
        spoor_needles ignored;
        needles[pass->count] = list[first + pass->count].needle;
        if (!spoor_needles_prepare(&needles[pass->count], 1, &ignored)) {
            break;
        }
    }
    pass->is_together = pass->count > 1;
    if (pass->is_together) {
        (void)spoor_needles_prepare(needles, pass->count, &pass->needles);
    } else {
        pass->count = 1;
    }
}

spoor_searches *spoor_searches_new(spoor_arena *arena, const spoor_search *list, uint32_t count) {
    spoor_searches *searches = SPOOR_NEW(arena, spoor_searches);
    *searches = (spoor_searches){.list = list, .count = count};
    searches->passes = SPOOR_NEW_ARRAY(arena, struct pass, count);
    for (uint32_t first = 0; first < count;) {
        struct pass *pass = &searches->passes[searches->npasses++];
        plan_pass(arena, list, count, first, pass);
        first += pass->count;
    }
    return searches;
}

typedef struct looking {
    const spoor_search *list; /* of the pass */
    const spoor_str *texts;
    const char *start;  /* of the first text */
    uint32_t rows, row; /* the row that the last window was in, or the one before */
    uint8_t *hits;
} looking;

/* Does the test hold of the place where the needle stands, or else of the text? */
static bool holds_at(const spoor_search *search, spoor_str text, size_t at) {
    spoor_text_test *test = search->test;
    const spoor_needle *needle = &search->needle;
    if (test == spoor_text_contains) {
        return true;
    }
    if (test == spoor_text_has || test == spoor_text_has_prefix || test == spoor_text_has_suffix) {
        return spoor_text_has_edges(text, at, at + needle->folded.len, needle->text,
                                    test != spoor_text_has_suffix, test != spoor_text_has_prefix);
    }
    return test(text, needle->text, needle->fold);
}

static size_t found(void *context, uint32_t k, size_t at, size_t window) {
    looking *l = context;
    while (l->row + 1 < l->rows && l->start + window >= l->texts[l->row + 1].ptr) {
        l->row++;
    }
    spoor_str text = l->texts[l->row];
    const spoor_search *search = &l->list[k];
    const char *from = l->start + at;
    bool is_within = from >= text.ptr && from + search->needle.folded.len <= text.ptr + text.len;
    if (!is_within ||
        (l->hits[l->row] == 0 && !holds_at(search, text, (size_t)(from - text.ptr)))) {
        return 0;
    }
    l->hits[l->row] = 1; /* on to the next text */
    return l->row + 1 < l->rows ? (size_t)(l->texts[l->row + 1].ptr - l->start) : SIZE_MAX;
}

void spoor_searches_packed(const spoor_searches *searches, uint32_t rows, const spoor_str *texts,
                           bool is_ascii, uint8_t *hits) {
    spoor_str all = all_of(rows, texts);
    bool may_scan = is_ascii || !spoor_has_odd_letter(all);
    for (uint32_t p = 0; p < searches->npasses; p++) {
        const struct pass *pass = &searches->passes[p];
        const spoor_search *list = searches->list + pass->first;
        if (pass->is_together && may_scan) {
            looking l = {list, texts, all.ptr, rows, 0, hits};
            spoor_needles_scan(&pass->needles, all, found, &l);
            continue;
        }
        for (uint32_t k = 0; k < pass->count; k++) {
            spoor_search_packed(&list[k], rows, texts, is_ascii, hits);
        }
    }
}
