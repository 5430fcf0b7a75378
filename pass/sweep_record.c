/* sweep_record.c - tostring(EventData) contains "x": what keywords of rules ask of every event.
 *
 * The text is JSON of names and values.  Most literals can stand in it only within one name or one
 * value, so the distinct values of each member are searched for what JSON makes the literal of, and
 * no record is put together.  A value that JSON writes with escapes of letters is searched as JSON
 * has it.  Where a name has the literal nothing is said, and the scan asks. */
#include "pass/sweep_state.h"

#include "base/text_match.h"
#include "base/utf8.h"
#include "planner/bound.h"
#include "types/dynamic.h"

typedef struct asked { /* a leaf that can be answered so */
    const spoor_pass_leaf *leaf;
    spoor_str *plain;   /* by literal: what to look for in names and values */
    uint8_t *has;       /* by entry of the member at hand; NULL: none has it */
    uint64_t *row_bits; /* NULL: no row so far */
    bool is_all, is_unknown;
} asked;

typedef struct search {
    spoor_sweeper *s;
    asked *leaves;
    uint32_t nleaves;
    spoor_pattern *patterns;
    uint32_t *leaf_of, *text_of; /* by pattern */
    uint32_t npatterns;
    spoor_matcher *matcher; /* made when the first texts are there */
} search;

/* -- which questions --------------------------------------------------------------------------- */

bool spoor_sweep_is_record_text(const spoor_sweeper *s, const spoor_pass_source *source) {
    const spoor_bound *e = source->expr.bound;
    if (!spoor_bound_is_call(e, "tostring") || e->nargs != 1 ||
        e->args[0]->kind != SPOOR_BOUND_COLUMN) {
        return false;
    }
    const spoor_scan_column *column = &s->set->columns[e->args[0]->column];
    return column->column == SPOOR_COL_EVENT_DATA && column->member.len == 0;
}

/* The text that a name or a value has where its JSON has the literal; empty: the literal may stand
 * elsewhere, too.  A quote ends a text, a colon follows one, a comma and a brace stand before one;
 * \\ is a backslash; null is what JSON has for no value. */
static spoor_str within_texts(spoor_arena *arena, spoor_str literal) {
    char *plain = SPOOR_RAW_ARRAY(arena, char, literal.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < literal.len; i++) {
        char c = literal.ptr[i];
        bool is_last = i + 1 == literal.len;
        if ((unsigned char)c < 0x20 || c == '"' || (c == ':' && i == 0) ||
            (memchr(",{}", c, 3) != NULL && is_last)) {
            return (spoor_str){0};
        }
        if (c == '\\' && (is_last || literal.ptr[++i] != '\\')) {
            return (spoor_str){0};
        }
        plain[n++] = c;
    }
    bool is_null = spoor_text_contains(SPOOR_STR("null"), literal, true);
    return is_null ? (spoor_str){0} : (spoor_str){plain, n};
}

static bool can_answer(spoor_arena *arena, asked *a) {
    bool can = a->leaf->test == SPOOR_TEST_CONTAINS;
    a->plain = SPOOR_RAW_ARRAY(arena, spoor_str, a->leaf->ntexts + 1);
    for (uint32_t i = 0; i < a->leaf->ntexts && can; i++) {
        a->plain[i] = within_texts(arena, a->leaf->texts[i]);
        can = a->plain[i].len > 0;
    }
    return can;
}

static void choose(search *r, const spoor_source_state *state) {
    spoor_sweeper *s = r->s;
    uint32_t ntexts = 0;
    r->leaves = SPOOR_NEW_ARRAY(s->arena, asked, state->nneeded + 1);
    for (uint32_t i = 0; i < state->nneeded; i++) {
        const spoor_pass_leaf *leaf = s->set->leaves[state->needed[i]];
        s->leaves[leaf->id].answer = SPOOR_ANSWER_UNKNOWN;
        r->leaves[r->nleaves].leaf = leaf;
        if (can_answer(s->arena, &r->leaves[r->nleaves])) {
            r->nleaves++;
            ntexts += leaf->ntexts;
        }
    }
    r->patterns = SPOOR_NEW_ARRAY(s->arena, spoor_pattern, ntexts + 1);
    r->leaf_of = SPOOR_RAW_ARRAY(s->arena, uint32_t, ntexts + 1);
    r->text_of = SPOOR_RAW_ARRAY(s->arena, uint32_t, ntexts + 1);
    for (uint32_t i = 0; i < r->nleaves; i++) {
        for (uint32_t k = 0; k < r->leaves[i].leaf->ntexts; k++) {
            r->patterns[r->npatterns] = (spoor_pattern){
                spoor_str_fold(s->arena, r->leaves[i].plain[k]), SPOOR_PLACE_ANYWHERE};
            r->leaf_of[r->npatterns] = i;
            r->text_of[r->npatterns++] = k;
        }
    }
}

/* -- texts ------------------------------------------------------------------------------------- */

static bool holds(const search *r, spoor_hit hit, spoor_str text, bool is_json) {
    const asked *a = &r->leaves[r->leaf_of[hit.pattern]];
    uint32_t k = r->text_of[hit.pattern];
    return is_json ? spoor_pass_test_text(a->leaf, k, text)
                   : spoor_text_contains(text, a->plain[k], a->leaf->fold);
}

/* What of the patterns is in the texts.  false: failed. */
static bool find(search *r, const spoor_texts *texts, bool is_json, spoor_hits *hits) {
    spoor_sweeper *s = r->s;
    *hits = (spoor_hits){.arena = s->arena};
    if (texts->count == 0) {
        return true;
    }
    if (r->matcher == NULL) {
        r->matcher = spoor_matcher_new(s->arena, s->arena, r->patterns, r->npatterns, texts);
    }
    if (!spoor_matcher_run(r->matcher, texts, hits, s->run->cancel)) {
        return spoor_run_go_on(s->run);
    }
    size_t n = 0;
    for (size_t i = 0; i < hits->count; i++) {
        spoor_hit hit = hits->items[i];
        hits->items[n] = hit;
        n += holds(r, hit, texts->strings[hit.entry], is_json);
    }
    hits->count = n;
    s->counts.values += texts->count;
    return spoor_run_go_on(s->run);
}

/* Does JSON write a character as an escape of letters: a control character, half of a pair? */
static bool has_escape(spoor_str text) {
    bool found = false, was_ed = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        found |= c < 0x20 || (was_ed && c >= 0xA0);
        was_ed = c == 0xED;
    }
    return found;
}

/* An array or object of the log is JSON already; a text may look the same. */
static bool may_be_json(spoor_str text) {
    return text.len > 0 && (text.ptr[0] == '[' || text.ptr[0] == '{');
}

/* Entries of the column as texts of their own: those that are chosen, in a form. */
static spoor_texts some_texts(search *r, const spoor_dict *dict, bool (*chooses)(spoor_str text),
                              bool quoted, uint32_t **places) {
    spoor_arena *arena = r->s->arena;
    const spoor_str *strings = dict->values->strings;
    spoor_str *texts = NULL;
    uint32_t count = 0;
    for (uint32_t e = 0; e < dict->count; e++) {
        if (!chooses(strings[e])) {
            continue;
        }
        if (texts == NULL) {
            texts = SPOOR_RAW_ARRAY(arena, spoor_str, dict->count - e);
            *places = SPOOR_RAW_ARRAY(arena, uint32_t, dict->count - e);
        }
        texts[count] = quoted ? spoor_json_quote(arena, strings[e]) : strings[e];
        (*places)[count++] = e;
    }
    return (spoor_texts){.strings = texts, .count = count};
}

/* Entry e of the column is where hit entry e is, or places[e]. */
static void mark(search *r, const spoor_dict *dict, const spoor_hits *hits,
                 const uint32_t *places) {
    for (size_t h = 0; h < hits->count; h++) {
        asked *a = &r->leaves[r->leaf_of[hits->items[h].pattern]];
        uint32_t e = hits->items[h].entry;
        a->has = a->has != NULL ? a->has : SPOOR_NEW_ARRAY(r->s->arena, uint8_t, dict->count);
        a->has[places != NULL ? places[e] : e] = 1;
    }
}

/* Values that JSON writes with escapes of letters, as it does. */
static bool search_escaped(search *r, const spoor_dict *dict) {
    uint32_t *places = NULL;
    spoor_hits hits;
    spoor_texts texts = some_texts(r, dict, has_escape, true, &places);
    if (!find(r, &texts, true, &hits)) {
        return false;
    }
    mark(r, dict, &hits, places);
    return true;
}

/* What may be JSON already: where that would make another answer, there is none. */
static bool search_json(search *r, const spoor_dict *dict) {
    uint32_t *places = NULL;
    spoor_hits hits;
    spoor_texts texts = some_texts(r, dict, may_be_json, false, &places);
    if (!find(r, &texts, true, &hits)) {
        return false;
    }
    for (size_t h = 0; h < hits.count; h++) { /* 2: as JSON alone, 3: either way */
        asked *a = &r->leaves[r->leaf_of[hits.items[h].pattern]];
        a->has = a->has != NULL ? a->has : SPOOR_NEW_ARRAY(r->s->arena, uint8_t, dict->count);
        a->has[places[hits.items[h].entry]] |= 2;
    }
    for (uint32_t i = 0; i < r->nleaves; i++) {
        asked *a = &r->leaves[i];
        for (uint32_t k = 0; k < texts.count && a->has != NULL; k++) {
            a->is_unknown |= a->has[places[k]] == 1 || a->has[places[k]] == 2;
        }
    }
    return true;
}

static void mark_rows(search *r, asked *a, const spoor_vec *vec) {
    spoor_sweeper *s = r->s;
    if (a->row_bits == NULL) {
        a->row_bits = spoor_sweep_bits(s->arena, s->scan->segment->rows);
    }
    for (uint32_t row = 0; row < s->scan->segment->rows; row++) {
        a->row_bits[row / 64] |= (uint64_t)(a->has[vec->codes[row]] != 0) << row % 64;
    }
}

static bool search_values(search *r, const spoor_dict *dict) {
    spoor_hits hits;
    spoor_texts texts = {
        .strings = dict->values->strings, .count = dict->count, .is_packed = dict->blob.len > 0};
    for (uint32_t i = 0; i < r->nleaves; i++) {
        r->leaves[i].has = NULL;
    }
    if (!find(r, &texts, false, &hits)) {
        return false;
    }
    mark(r, dict, &hits, NULL);
    r->s->counts.value_bytes += dict->blob.len;
    return search_escaped(r, dict) && search_json(r, dict);
}

static bool has_any(const search *r) {
    bool any = false;
    for (uint32_t i = 0; i < r->nleaves; i++) {
        any |= r->leaves[i].has != NULL;
    }
    return any;
}

static void mark_all_rows(search *r, const spoor_vec *vec) {
    for (uint32_t i = 0; i < r->nleaves; i++) {
        if (r->leaves[i].has != NULL) {
            mark_rows(r, &r->leaves[i], vec);
        }
    }
}

/* A text in a form: of all rows, or (is_name) of nobody knows which. */
static bool search_form(search *r, spoor_str text, bool is_json, bool is_name) {
    spoor_hits hits;
    spoor_texts texts = {.strings = &text, .count = 1};
    if (!find(r, &texts, is_json, &hits)) {
        return false;
    }
    for (size_t h = 0; h < hits.count; h++) {
        asked *a = &r->leaves[r->leaf_of[hits.items[h].pattern]];
        a->is_unknown |= is_name;
        a->is_all |= !is_name;
    }
    return true;
}

static bool search_one(search *r, spoor_str text, bool is_name) {
    bool is_json = has_escape(text);
    return search_form(r, is_json ? spoor_json_quote(r->s->arena, text) : text, is_json, is_name) &&
           (!may_be_json(text) || search_form(r, text, true, true)) &&
           (!may_be_json(text) || search_form(r, text, false, true));
}

/* Instead of what is pinned so far. */
static bool pin_member(spoor_sweeper *s, spoor_str member,
                       spoor_store_status (*pin)(spoor_snapshot *, const spoor_segment *,
                                                 spoor_event_column, spoor_str, spoor_type,
                                                 const spoor_chunk **)) {
    const spoor_chunk *before = s->member;
    spoor_store_status status = pin(s->run->snapshot, s->scan->segment, SPOOR_COL_EVENT_DATA,
                                    member, SPOOR_STRING, &s->member);
    if (before != NULL) {
        spoor_chunk_release(s->run->snapshot, before);
    }
    if (status != SPOOR_STORE_OK) {
        s->member = NULL;
        return spoor_scan_pin_failed(s->scan, status);
    }
    return true;
}

static bool search_member(search *r, spoor_str member) {
    spoor_sweeper *s = r->s;
    spoor_chunk summary;
    const spoor_segment *segment = s->scan->segment;
    if (!search_one(r, member, true)) {
        return false;
    }
    spoor_chunk_peek(s->run->snapshot, segment, SPOOR_COL_EVENT_DATA, member, SPOOR_STRING,
                     &summary);
    if (summary.is_constant) {
        return search_one(r, summary.constant.string, false);
    }
    if (!pin_member(s, member, spoor_chunk_pin_entries)) {
        return false;
    }
    bool is_constant = s->member->is_constant;
    bool ok = is_constant ? search_one(r, s->member->constant.string, false)
                          : search_values(r, s->member->vec.dict);
    if (ok && !is_constant && has_any(r)) {
        ok = pin_member(s, member, spoor_chunk_pin);
        if (ok) {
            mark_all_rows(r, &s->member->vec);
        }
    }
    spoor_sweep_leave_member(s);
    return ok;
}

void spoor_sweep_leave_member(spoor_sweeper *s) {
    if (s->member != NULL) {
        spoor_chunk_drop(s->run->snapshot, s->member);
        s->member = NULL;
    }
}

/* -- answers ----------------------------------------------------------------------------------- */

static void answer(search *r, const asked *a) {
    spoor_leaf_state *state = &r->s->leaves[a->leaf->id];
    uint32_t nrows = r->s->scan->segment->rows, rows = 0;
    if (a->is_unknown) {
        return;
    }
    for (uint32_t w = 0; a->row_bits != NULL && w <= nrows / 64; w++) {
        rows += (uint32_t)__builtin_popcountll(a->row_bits[w]);
    }
    state->answer = a->is_all || rows == nrows ? SPOOR_ANSWER_YES
                    : rows == 0                ? SPOOR_ANSWER_NO
                                               : SPOOR_ANSWER_SOME;
    state->row_bits = a->row_bits;
    state->rows = rows;
}

bool spoor_sweep_ask_record(spoor_sweeper *s, const spoor_pass_source *source) {
    search r = {.s = s};
    choose(&r, &s->sources[source->id]);
    spoor_str member;
    for (uint32_t at = 0; r.nleaves > 0 && spoor_segment_member(s->scan->segment, &at, &member);) {
        if (!search_member(&r, member)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < r.nleaves; i++) {
        answer(&r, &r.leaves[i]);
    }
    return true;
}
