/* match.h - searches for constants: what a call of contains, has, startswith, ... looks for, and
 * several of them over the same texts in one pass (match_any.c). */
#ifndef SPOOR_FUNCTIONS_MATCH_H
#define SPOOR_FUNCTIONS_MATCH_H

#include "base/text_match.h"
#include "functions/function.h"

typedef bool spoor_text_test(spoor_str text, spoor_str needle, bool fold);

typedef struct spoor_search {
    spoor_needle needle; /* whoever passes the test holds it */
    spoor_text_test *test;
} spoor_search;

/* What a prepared call looks for in its first argument.  false: it is none of these, it is negated, or
 * what it looks for varies. */
bool spoor_match_search(const spoor_call *call, spoor_search *search);

/* Packed texts (spoor_vec.is_packed) in which the needle stands and that pass the test: hits[i] is set
 * for them, and left for the others. */
void spoor_search_packed(const spoor_search *search, uint32_t rows, const spoor_str *texts,
                         bool is_ascii, uint8_t *hits);

typedef struct spoor_searches spoor_searches;
spoor_searches *spoor_searches_new(spoor_arena *arena, const spoor_search *list, uint32_t count);
/* The same for texts that pass any of them. */
void spoor_searches_packed(const spoor_searches *searches, uint32_t rows, const spoor_str *texts,
                           bool is_ascii, uint8_t *hits);

#endif
