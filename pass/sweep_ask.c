/* sweep_ask.c - the questions of a segment: what metadata answers, and the rest by distinct values.
 *
 * The literals of all questions about one text go into one search (matcher.h).
 * What it finds is the answer where texts are ASCII and case does not matter;
 * else each find is checked by the reference in base/text_match.h. */
#include "pass/sweep_state.h"

#include <stdlib.h>

#include "base/text_match.h"
#include "base/utf8.h"
#include "executor/eval.h"

enum {
    MOST_MATCHERS = 8, /* of one source: for so many sets of questions */
    MOST_IDLE = 16,    /* questions that a matcher may know beyond twice those that are asked */
};

typedef struct spoor_known_matcher {
    uint32_t *leaves; /* ascending */
    uint32_t nleaves;
    uint32_t *leaf_of, *text_of; /* by pattern: place in `leaves`, literal of the leaf */
    uint32_t npatterns;
    spoor_matcher *matcher;
} known_matcher;

/* -- columns ----------------------------------------------------------------------------------- */

static bool is_record(const spoor_scan_column *column) {
    return column->member.len == 0 && spoor_is_record_column((spoor_event_column)column->column);
}

static spoor_column_state *column_state(spoor_sweeper *s, uint32_t column) {
    spoor_column_state *state = &s->columns[column];
    if (state->epoch != s->epoch) {
        spoor_chunk summary = {0};
        if (!is_record(&s->set->columns[column])) {
            spoor_scan_peek(s->scan, column, &summary);
        }
        *state = (spoor_column_state){
            .epoch = s->epoch, .is_constant = summary.is_constant, .nvalues = summary.nvalues};
    }
    return state;
}

static bool are_constant(spoor_sweeper *s, const spoor_pass_expr *expr) {
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        if (!column_state(s, expr->columns[i])->is_constant) {
            return false;
        }
    }
    return true;
}

/* A batch of the loaded columns; rows: none has more slots than a constant's. */
static spoor_batch batch_of(spoor_sweeper *s, const spoor_pass_expr *expr, uint32_t rows) {
    spoor_batch batch = {.rows = rows,
                         .count = rows,
                         .ncols = s->set->ncolumns,
                         .cols = SPOOR_NEW_ARRAY(s->arena, spoor_vec, s->set->ncolumns)};
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        batch.cols[expr->columns[i]] = s->scan->cols[expr->columns[i]];
    }
    return batch;
}

static bool load(spoor_sweeper *s, const spoor_pass_expr *expr) {
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        if (!spoor_scan_load_entries(s->scan, expr->columns[i])) {
            return false;
        }
    }
    return true;
}

spoor_eval *spoor_sweep_opened(spoor_sweeper *s, spoor_eval **eval, const spoor_pass_expr *expr) {
    if (*eval == NULL) {
        *eval = spoor_eval_open(s->op, expr->bound);
    }
    return *eval;
}

/* -- from metadata ----------------------------------------------------------------------------- */

static spoor_leaf_state *leaf_state(spoor_sweeper *s, const spoor_pass_leaf *leaf) {
    spoor_leaf_state *state = &s->leaves[leaf->id];
    if (state->epoch != s->epoch) {
        spoor_eval *eval = state->eval;
        *state = (spoor_leaf_state){.epoch = s->epoch, .eval = eval};
    }
    return state;
}

static spoor_source_state *source_state(spoor_sweeper *s, const spoor_pass_source *source) {
    spoor_source_state *state = &s->sources[source->id];
    if (state->epoch != s->epoch) {
        state->epoch = s->epoch;
        state->nneeded = 0;
        state->constant = (spoor_str){0};
        if (are_constant(s, &source->expr) && load(s, &source->expr) &&
            spoor_sweep_opened(s, &state->eval, &source->expr) != NULL) {
            spoor_batch batch = batch_of(s, &source->expr, 1);
            spoor_vec value = spoor_eval_dense(state->eval, &batch, s->arena);
            state->constant = value.strings[0];
        }
    }
    return state;
}

static bool test_any(const spoor_pass_leaf *leaf, spoor_str text) {
    for (uint32_t i = 0; i < leaf->ntexts; i++) {
        if (spoor_pass_test_text(leaf, i, text)) {
            return true;
        }
    }
    return false;
}

/* All columns are constant: one row stands for all. */
static spoor_answer ask_constant(spoor_sweeper *s, const spoor_pass_leaf *leaf,
                                 spoor_leaf_state *state) {
    bool holds;
    if (leaf->source != NULL && leaf->test != SPOOR_TEST_FACTOR) {
        holds = test_any(leaf, source_state(s, leaf->source)->constant);
    } else {
        if (!load(s, &leaf->expr) || spoor_sweep_opened(s, &state->eval, &leaf->expr) == NULL) {
            return SPOOR_ANSWER_UNKNOWN;
        }
        const uint32_t *sel;
        spoor_batch batch = batch_of(s, &leaf->expr, 1);
        holds = spoor_eval_filter(state->eval, &batch, s->arena, &sel) == 1;
    }
    return holds ? SPOOR_ANSWER_YES : SPOOR_ANSWER_NO;
}

static spoor_answer settle_leaf(spoor_sweeper *s, const spoor_pass_leaf *leaf) {
    spoor_leaf_state *state = &s->leaves[leaf->id];
    if (state->epoch == s->epoch) {
        return state->answer;
    }
    state = leaf_state(s, leaf);
    if (are_constant(s, &leaf->expr)) {
        state->answer = ask_constant(s, leaf, state);
    } else if (leaf->source == NULL && !spoor_scan_may_hold(s->scan, leaf->expr.bound)) {
        state->answer = SPOOR_ANSWER_NO;
    }
    return state->answer;
}

spoor_answer spoor_sweep_settle(spoor_sweeper *s, const spoor_pass_node *node) {
    switch (node->kind) {
    case SPOOR_PASS_NEVER: return SPOOR_ANSWER_NO;
    case SPOOR_PASS_ALWAYS: return SPOOR_ANSWER_YES;
    case SPOOR_PASS_UNKNOWN: return SPOOR_ANSWER_OPEN;
    case SPOOR_PASS_LEAF: {
        spoor_answer answer = settle_leaf(s, node->leaf);
        bool is_known = answer == SPOOR_ANSWER_NO || answer == SPOOR_ANSWER_YES;
        return !is_known                                          ? SPOOR_ANSWER_OPEN
               : (answer == SPOOR_ANSWER_YES) != node->is_negated ? SPOOR_ANSWER_YES
                                                                  : SPOOR_ANSWER_NO;
    }
    case SPOOR_PASS_AND:
    case SPOOR_PASS_OR: break;
    }
    spoor_answer decides = node->kind == SPOOR_PASS_AND ? SPOOR_ANSWER_NO : SPOOR_ANSWER_YES;
    bool is_open = false;
    for (uint32_t i = 0; i < node->nparts; i++) {
        spoor_answer answer = spoor_sweep_settle(s, node->parts[i]);
        if (answer == decides) {
            return decides;
        }
        is_open |= answer == SPOOR_ANSWER_OPEN;
    }
    return is_open                      ? SPOOR_ANSWER_OPEN
           : decides == SPOOR_ANSWER_NO ? SPOOR_ANSWER_YES
                                        : SPOOR_ANSWER_NO;
}

/* -- by entries -------------------------------------------------------------------------------- */

/* The one column that varies.  false: several do, or it has no dictionary; *is_constant: none does. */
static bool find_varying(spoor_sweeper *s, const spoor_pass_expr *expr, uint32_t *varying,
                         bool *is_constant) {
    uint32_t found = 0;
    *varying = 0;
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        if (!s->scan->is_constant[expr->columns[i]]) {
            *varying = expr->columns[i];
            found++;
        }
    }
    *is_constant = found == 0;
    if (found != 1 || s->scan->cols[*varying].form != SPOOR_DICT) {
        return false;
    }
    /* Columns that are constant have a slot for each row of the segment, if not for a batch. */
    return expr->ncolumns == 1 || s->scan->cols[*varying].dict->count <= s->scan->segment->rows;
}

static bool can_be_loaded(const spoor_sweeper *s, const spoor_pass_expr *expr) {
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        if (is_record(&s->set->columns[expr->columns[i]])) {
            return false; /* making whole records costs more than all the rest */
        }
    }
    return true;
}

static void answer_with(spoor_leaf_state *state, uint32_t column, const uint32_t *entries,
                        uint32_t count, uint32_t all) {
    state->answer = count == 0     ? SPOOR_ANSWER_NO
                    : count == all ? SPOOR_ANSWER_YES
                                   : SPOOR_ANSWER_SOME;
    state->column = column;
    state->entries = entries;
    state->count = count;
}

/* A batch whose rows are the entries [from, from + rows) of the dictionary of the column that varies. */
static spoor_batch entries_batch(spoor_sweeper *s, const spoor_pass_expr *expr, uint32_t varying,
                                 uint32_t from, uint32_t rows) {
    spoor_batch batch = batch_of(s, expr, rows);
    const spoor_dict *dict = s->scan->cols[varying].dict;
    spoor_vec *entries = &batch.cols[varying];
    *entries = *dict->values;
    entries->strings += from;
    entries->is_packed = dict->blob.len > 0;
    entries->is_ascii = dict->is_ascii;
    if (entries->nulls != NULL) {
        entries->nulls += from;
    }
    return batch;
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

bool spoor_sweep_ask_value(spoor_sweeper *s, const spoor_pass_leaf *leaf) {
    spoor_leaf_state *state = &s->leaves[leaf->id];
    uint32_t varying;
    bool is_constant;
    state->answer = SPOOR_ANSWER_UNKNOWN;
    if (!can_be_loaded(s, &leaf->expr)) {
        return true;
    }
    if (!load(s, &leaf->expr)) {
        return false;
    }
    if (!find_varying(s, &leaf->expr, &varying, &is_constant)) {
        state->answer = is_constant ? ask_constant(s, leaf, state) : SPOOR_ANSWER_UNKNOWN;
        return s->run->status == SPOOR_RUN_OK;
    }
    if (spoor_sweep_opened(s, &state->eval, &leaf->expr) == NULL) {
        return false;
    }
    uint32_t count = s->scan->cols[varying].dict->count, n = 0;
    uint32_t *entries = SPOOR_RAW_ARRAY(s->arena, uint32_t, count);
    for (uint32_t from = 0; from < count; from += SPOOR_BATCH_ROWS) {
        spoor_batch batch =
            entries_batch(s, &leaf->expr, varying, from, least(count - from, SPOOR_BATCH_ROWS));
        const uint32_t *sel;
        uint32_t kept = spoor_eval_filter(state->eval, &batch, s->arena, &sel);
        for (uint32_t i = 0; i < kept; i++) {
            entries[n++] = from + sel[i];
        }
        if (!spoor_run_go_on(s->run)) {
            return false;
        }
    }
    answer_with(state, varying, entries, n, count);
    return true;
}

/* What the expression says of these entries alone, which hold what it needs: *count of them pass. */
static bool ask_entries(spoor_sweeper *s, const spoor_pass_leaf *leaf, uint32_t varying,
                        uint32_t *entries, uint32_t *count) {
    spoor_leaf_state *state = &s->leaves[leaf->id];
    if (spoor_sweep_opened(s, &state->eval, &leaf->expr) == NULL) {
        return false;
    }
    uint32_t n = 0;
    for (uint32_t from = 0; from < *count; from += SPOOR_BATCH_ROWS) {
        uint32_t rows = least(*count - from, SPOOR_BATCH_ROWS);
        spoor_batch batch = entries_batch(s, &leaf->expr, varying, 0, rows);
        batch.cols[varying] =
            spoor_vec_gather(s->arena, s->scan->cols[varying].dict->values, entries + from, rows);
        const uint32_t *sel;
        uint32_t kept = spoor_eval_filter(state->eval, &batch, s->arena, &sel);
        for (uint32_t i = 0; i < kept; i++) {
            entries[n++] = entries[from + sel[i]];
        }
    }
    *count = n;
    return spoor_run_go_on(s->run);
}

/* -- texts ------------------------------------------------------------------------------------- */

/* The texts of the source by entry; they live as long as the segment. */
static bool texts_of(spoor_sweeper *s, const spoor_pass_source *source, uint32_t varying,
                     spoor_texts *texts) {
    const spoor_dict *dict = s->scan->cols[varying].dict;
    *texts = (spoor_texts){
        .strings = dict->values->strings, .count = dict->count, .is_packed = dict->blob.len > 0};
    if (source->expr.bound->kind == SPOOR_BOUND_COLUMN) {
        return true;
    }
    spoor_eval *eval = spoor_sweep_opened(s, &s->sources[source->id].eval, &source->expr);
    spoor_str *made = eval != NULL ? SPOOR_RAW_ARRAY(s->arena, spoor_str, dict->count) : NULL;
    bool is_same = true;
    for (uint32_t from = 0; eval != NULL && from < dict->count; from += SPOOR_BATCH_ROWS) {
        uint32_t rows = least(dict->count - from, SPOOR_BATCH_ROWS);
        spoor_batch batch = entries_batch(s, &source->expr, varying, from, rows);
        spoor_vec values = spoor_eval_dense(eval, &batch, s->arena);
        is_same &= values.strings == dict->values->strings + from;
        memcpy(made + from, values.strings, rows * sizeof *made);
        if (!spoor_run_go_on(s->run)) {
            return false;
        }
    }
    if (!is_same) {
        texts->strings = made;
        texts->is_packed = false;
    }
    return eval != NULL;
}

static spoor_place place_of(spoor_pass_test test) {
    return test == SPOOR_TEST_EQUALS   ? SPOOR_PLACE_WHOLE
           : test == SPOOR_TEST_STARTS ? SPOOR_PLACE_START
           : test == SPOOR_TEST_ENDS   ? SPOOR_PLACE_END
                                       : SPOOR_PLACE_ANYWHERE;
}

static void make_matcher(spoor_sweeper *s, known_matcher *known, const uint32_t *leaves,
                         uint32_t nleaves, const spoor_texts *sample) {
    spoor_arena *arena = s->op->arena;
    uint32_t npatterns = 0;
    for (uint32_t i = 0; i < nleaves; i++) {
        npatterns += s->set->leaves[leaves[i]]->ntexts;
    }
    *known = (known_matcher){.leaves = SPOOR_RAW_ARRAY(arena, uint32_t, nleaves),
                             .nleaves = nleaves,
                             .leaf_of = SPOOR_RAW_ARRAY(arena, uint32_t, npatterns),
                             .text_of = SPOOR_RAW_ARRAY(arena, uint32_t, npatterns)};
    memcpy(known->leaves, leaves, nleaves * sizeof *leaves);
    spoor_pattern *patterns = SPOOR_NEW_ARRAY(arena, spoor_pattern, npatterns);
    for (uint32_t i = 0; i < nleaves; i++) {
        const spoor_pass_leaf *leaf = s->set->leaves[leaves[i]];
        for (uint32_t k = 0; k < leaf->ntexts; k++) {
            patterns[known->npatterns] = (spoor_pattern){leaf->folded[k], place_of(leaf->test)};
            known->leaf_of[known->npatterns] = i;
            known->text_of[known->npatterns++] = k;
        }
    }
    known->matcher = spoor_matcher_new(arena, s->arena, patterns, npatterns, sample);
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All questions about the source: for a set that comes up when others have had their matchers. */
static uint32_t all_leaves(spoor_sweeper *s, const spoor_pass_source *source, uint32_t *leaves) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->set->nleaves; i++) {
        if (s->set->leaves[i]->source == source) {
            leaves[n++] = i;
        }
    }
    return n;
}

/* Does the matcher know all that is needed, and not much more? */
static bool serves(const known_matcher *known, const uint32_t *needed, uint32_t nneeded) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < nneeded; i++, at++) {
        while (at < known->nleaves && known->leaves[at] < needed[i]) {
            at++;
        }
        if (at == known->nleaves || known->leaves[at] != needed[i]) {
            return false;
        }
    }
    return known->nleaves <= nneeded * 2 + MOST_IDLE;
}

/* The matcher for what is needed: segments of one event id need nearly the same. */
static known_matcher *matcher_for(spoor_sweeper *s, const spoor_pass_source *source,
                                  const spoor_texts *sample) {
    spoor_source_state *state = &s->sources[source->id];
    qsort(state->needed, state->nneeded, sizeof *state->needed, compare);
    for (uint32_t i = 0; i < state->nmatchers; i++) {
        known_matcher *known = &state->matchers[i];
        if (i + 1 == MOST_MATCHERS || serves(known, state->needed, state->nneeded)) {
            return known;
        }
    }
    if (state->matchers == NULL) {
        state->matchers = SPOOR_NEW_ARRAY(s->op->arena, known_matcher, MOST_MATCHERS);
    }
    uint32_t *leaves = state->needed, nleaves = state->nneeded;
    if (state->nmatchers + 1 == MOST_MATCHERS) {
        leaves = SPOOR_RAW_ARRAY(s->arena, uint32_t, s->set->nleaves);
        nleaves = all_leaves(s, source, leaves);
    }
    known_matcher *made = &state->matchers[state->nmatchers++];
    make_matcher(s, made, leaves, nleaves, sample);
    return made;
}

/* The finds of one question, each entry once, ascending; those that are no match are left out. */
static uint32_t checked(spoor_sweeper *s, const spoor_pass_leaf *leaf, const known_matcher *known,
                        const spoor_hit *hits, uint32_t nhits, const spoor_texts *texts,
                        bool is_ascii, uint32_t *entries) {
    bool is_answer =
        leaf->test == SPOOR_TEST_FACTOR ||
        (leaf->fold && (leaf->test == SPOOR_TEST_EQUALS || leaf->test == SPOOR_TEST_STARTS ||
                        leaf->test == SPOOR_TEST_ENDS || leaf->test == SPOOR_TEST_CONTAINS));
    uint64_t *bits =
        leaf->ntexts > 1 && nhits > 1 ? spoor_sweep_bits(s->arena, texts->count) : NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < nhits; i++) {
        spoor_str text = texts->strings[hits[i].entry];
        bool holds =
            (is_answer && (is_ascii || leaf->test == SPOOR_TEST_FACTOR || spoor_is_ascii(text))) ||
            spoor_pass_test_text(leaf, known->text_of[hits[i].pattern], text);
        if (holds && bits != NULL) {
            bits[hits[i].entry / 64] |= UINT64_C(1) << hits[i].entry % 64;
        } else if (holds) {
            entries[n++] = hits[i].entry;
        }
    }
    for (uint32_t word = 0; bits != NULL && word <= texts->count / 64; word++) {
        for (uint64_t left = bits[word]; left != 0; left &= left - 1) {
            entries[n++] = word * 64 + (uint32_t)__builtin_ctzll(left);
        }
    }
    return n;
}

/* Hits by question. */
static spoor_hit *sorted(spoor_sweeper *s, const known_matcher *known, const spoor_hits *hits,
                         size_t *starts) {
    for (size_t i = 0; i < hits->count; i++) {
        starts[known->leaf_of[hits->items[i].pattern] + 1]++;
    }
    for (uint32_t i = 0; i < known->nleaves; i++) {
        starts[i + 1] += starts[i];
    }
    spoor_hit *out = SPOOR_RAW_ARRAY(s->arena, spoor_hit, hits->count);
    size_t *at = SPOOR_RAW_ARRAY(s->arena, size_t, known->nleaves + 1);
    memcpy(at, starts, (known->nleaves + 1) * sizeof *at);
    for (size_t i = 0; i < hits->count; i++) {
        out[at[known->leaf_of[hits->items[i].pattern]]++] = hits->items[i];
    }
    return out;
}

enum { WANTED_ENTRIES = 4 }; /* up to this part of the entries is searched apart */

/* Leave the texts of wanted rows alone, where they are few: their entries, ascending; NULL: all are left. */
static const uint32_t *leave_wanted(spoor_sweeper *s, uint32_t varying, spoor_texts *texts) {
    const spoor_vec *vec = &s->scan->cols[varying];
    uint64_t *bits = spoor_sweep_bits(s->arena, texts->count);
    uint32_t nrows = s->scan->segment->rows, count = 0, n = 0;
    for (uint32_t word = 0; word <= nrows / 64; word++) {
        for (uint64_t left = s->wanted[word]; left != 0; left &= left - 1) {
            uint32_t entry = vec->codes[word * 64 + (uint32_t)__builtin_ctzll(left)];
            count += (bits[entry / 64] >> entry % 64 & 1) == 0;
            bits[entry / 64] |= UINT64_C(1) << entry % 64;
        }
    }
    if (count > texts->count / WANTED_ENTRIES) {
        return NULL;
    }
    uint32_t *entries = SPOOR_RAW_ARRAY(s->arena, uint32_t, count + 1);
    spoor_str *strings = SPOOR_RAW_ARRAY(s->arena, spoor_str, count + 1);
    for (uint32_t word = 0; n < count; word++) {
        for (uint64_t left = bits[word]; left != 0; left &= left - 1, n++) {
            entries[n] = word * 64 + (uint32_t)__builtin_ctzll(left);
            strings[n] = texts->strings[entries[n]];
        }
    }
    *texts = (spoor_texts){.strings = strings, .count = count};
    return entries;
}

/* The texts of all entries of the column, those that are wanted among them. */
static bool search(spoor_sweeper *s, const spoor_pass_source *source, uint32_t varying,
                   spoor_texts *texts) {
    uint32_t all = texts->count;
    bool is_plain = texts->strings == s->scan->cols[varying].dict->values->strings;
    const uint32_t *places = s->wanted != NULL ? leave_wanted(s, varying, texts) : NULL;
    known_matcher *known = matcher_for(s, source, texts);
    spoor_hits hits = {.arena = s->arena};
    if (!spoor_matcher_run(known->matcher, texts, &hits, s->run->cancel)) {
        return spoor_run_go_on(s->run);
    }
    const spoor_dict *dict = s->scan->cols[varying].dict;
    bool is_ascii = dict->is_ascii && is_plain;
    size_t *starts = SPOOR_NEW_ARRAY(s->arena, size_t, known->nleaves + 1);
    const spoor_hit *found = sorted(s, known, &hits, starts);
    for (uint32_t i = 0; i < known->nleaves; i++) {
        const spoor_pass_leaf *leaf = s->set->leaves[known->leaves[i]];
        spoor_leaf_state *state = &s->leaves[leaf->id];
        if (state->epoch != s->epoch || !state->is_needed) {
            continue; /* the matcher knows more than is asked */
        }
        uint32_t nhits = (uint32_t)(starts[i + 1] - starts[i]);
        uint32_t *entries = nhits > 0 ? SPOOR_RAW_ARRAY(s->arena, uint32_t, nhits) : NULL;
        uint32_t count =
            checked(s, leaf, known, found + starts[i], nhits, texts, is_ascii, entries);
        for (uint32_t k = 0; places != NULL && k < count; k++) {
            entries[k] = places[entries[k]];
        }
        if (leaf->test == SPOOR_TEST_FACTOR && count > 0 &&
            !ask_entries(s, leaf, varying, entries, &count)) {
            return false;
        }
        answer_with(state, varying, entries, count, all);
    }
    s->counts.values += texts->count;
    s->counts.value_bytes += dict->blob.len;
    return true;
}

bool spoor_sweep_ask_source(spoor_sweeper *s, const spoor_pass_source *source) {
    if (spoor_sweep_is_record_text(s, source)) {
        return spoor_sweep_ask_record(s, source);
    }
    spoor_source_state *state = &s->sources[source->id];
    uint32_t varying = 0;
    bool is_constant = false, can = can_be_loaded(s, &source->expr);
    if (can && !load(s, &source->expr)) {
        return false;
    }
    can = can && find_varying(s, &source->expr, &varying, &is_constant);
    spoor_texts texts;
    if (can && s->wanted != NULL && !spoor_scan_load(s->scan, varying)) {
        return false;
    }
    if (can) {
        return texts_of(s, source, varying, &texts) && search(s, source, varying, &texts);
    }
    for (uint32_t i = 0; i < state->nneeded; i++) { /* none varies after all, or too many do */
        spoor_leaf_state *leaf = &s->leaves[state->needed[i]];
        leaf->answer = SPOOR_ANSWER_UNKNOWN;
        if (is_constant && !spoor_sweep_ask_value(s, s->set->leaves[state->needed[i]])) {
            return false;
        }
    }
    return true;
}

void spoor_sweep_need(spoor_sweeper *s, const spoor_pass_leaf *leaf) {
    spoor_leaf_state *state = &s->leaves[leaf->id];
    if (state->is_needed) {
        return;
    }
    state->is_needed = true;
    s->needed[s->nneeded++] = leaf->id;
    if (leaf->source == NULL) {
        return;
    }
    spoor_source_state *source = source_state(s, leaf->source);
    if (source->needed == NULL) {
        source->needed = SPOOR_RAW_ARRAY(s->op->arena, uint32_t, leaf->source->nleaves);
    }
    source->needed[source->nneeded++] = leaf->id;
}

/* Of the column that has most: what metadata says of the work to ask. */
uint32_t spoor_sweep_values(spoor_sweeper *s, const spoor_pass_expr *expr) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        uint32_t nvalues = is_record(&s->set->columns[expr->columns[i]])
                               ? UINT32_MAX
                               : column_state(s, expr->columns[i])->nvalues;
        most = nvalues > most ? nvalues : most;
    }
    return most;
}
