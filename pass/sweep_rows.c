/* sweep_rows.c - from answers by entry to the rows that a filter leaves.
 *
 * A filter whose rarest part has few rows is followed from there: these rows are
 * listed, and each is asked of the other parts.  Where even that part has many,
 * parts are bitmaps over the rows. */
#include "pass/sweep_state.h"

#include <assert.h>

enum { LIST_SHARE = 32 }; /* a list of rows up to this part of the segment; a bitmap beyond */

/* -- columns and questions --------------------------------------------------------------------- */

/* How many rows each entry has. */
static const uint32_t *counts_of(spoor_sweeper *s, uint32_t column) {
    spoor_column_state *state = &s->columns[column];
    if (state->counts == NULL) {
        const spoor_vec *vec = &s->scan->cols[column];
        uint32_t nrows = s->scan->segment->rows,
                 *counts = SPOOR_NEW_ARRAY(s->arena, uint32_t, vec->dict->count);
        for (uint32_t i = 0; i < nrows; i++) {
            counts[vec->codes[i]]++;
        }
        state->counts = counts;
    }
    return state->counts;
}

/* The rows of each entry, side by side. */
static const spoor_column_state *rows_by_entry(spoor_sweeper *s, uint32_t column) {
    spoor_column_state *state = &s->columns[column];
    if (state->rows != NULL) {
        return state;
    }
    const spoor_vec *vec = &s->scan->cols[column];
    uint32_t nrows = s->scan->segment->rows, count = vec->dict->count;
    const uint32_t *counts = counts_of(s, column);
    uint32_t *starts = SPOOR_RAW_ARRAY(s->arena, uint32_t, count + 2);
    uint32_t *rows = SPOOR_RAW_ARRAY(s->arena, uint32_t, nrows + 1);
    starts[0] = starts[1] = 0;
    for (uint32_t e = 0; e < count; e++) {
        starts[e + 2] = starts[e + 1] + counts[e];
    }
    for (uint32_t i = 0; i < nrows; i++) {
        rows[starts[vec->codes[i] + 1]++] = i;
    }
    state->starts = starts;
    state->rows = rows;
    return state;
}

static void count_rows(spoor_sweeper *s, spoor_leaf_state *leaf) {
    const uint32_t *counts = counts_of(s, leaf->column);
    leaf->rows = 0;
    for (uint32_t i = 0; i < leaf->count; i++) {
        leaf->rows += counts[leaf->entries[i]];
    }
}

bool spoor_sweep_count_leaves(spoor_sweeper *s) {
    for (uint32_t i = 0; i < s->nneeded; i++) {
        spoor_leaf_state *leaf = &s->leaves[s->needed[i]];
        spoor_leaf_count *count = &s->counts.leaves[s->needed[i]];
        if (leaf->answer == SPOOR_ANSWER_SOME && leaf->rows == 0 && leaf->entries != NULL) {
            if (!spoor_scan_load(s->scan, leaf->column)) {
                return false;
            }
            count_rows(s, leaf);
        }
        count->asked += s->scan->segment->rows;
        count->rows += leaf->answer == SPOOR_ANSWER_NO     ? 0
                       : leaf->answer == SPOOR_ANSWER_SOME ? leaf->rows
                                                           : s->scan->segment->rows;
    }
    return true;
}

bool spoor_sweep_load_rows(spoor_sweeper *s, const spoor_pass_node *node) {
    if (node->kind == SPOOR_PASS_LEAF) {
        const spoor_leaf_state *leaf = &s->leaves[node->leaf->id];
        bool by_entry = leaf->answer == SPOOR_ANSWER_SOME && leaf->entries != NULL;
        return !by_entry || spoor_scan_load(s->scan, leaf->column);
    }
    bool is_open = node->nparts > 0 && spoor_sweep_settle(s, node) == SPOOR_ANSWER_OPEN;
    for (uint32_t i = 0; i < node->nparts && is_open; i++) {
        if (!spoor_sweep_load_rows(s, node->parts[i])) {
            return false;
        }
    }
    return true;
}

static const uint64_t *entry_bits(spoor_sweeper *s, spoor_leaf_state *leaf) {
    if (leaf->bits == NULL) {
        uint64_t *bits = spoor_sweep_bits(s->arena, s->scan->cols[leaf->column].dict->count);
        for (uint32_t i = 0; i < leaf->count; i++) {
            bits[leaf->entries[i] / 64] |= UINT64_C(1) << leaf->entries[i] % 64;
        }
        leaf->bits = bits;
    }
    return leaf->bits;
}

static inline bool has_bit(const uint64_t *bits, uint32_t at) {
    return (bits[at / 64] >> at % 64 & 1) != 0;
}

/* -- what a filter can still leave ------------------------------------------------------------- */

static spoor_node_state state_of_leaf(spoor_sweeper *s, const spoor_pass_node *node) {
    uint32_t all = s->scan->segment->rows;
    spoor_leaf_state *leaf = &s->leaves[node->leaf->id];
    assert(leaf->epoch == s->epoch);
    bool is_told = leaf->answer != SPOOR_ANSWER_UNKNOWN && leaf->answer != SPOOR_ANSWER_OPEN;
    if (!is_told) { /* open: of a part that others decide */
        return (spoor_node_state){.answer = SPOOR_ANSWER_YES, .rows = all};
    }
    bool is_some = leaf->answer == SPOOR_ANSWER_SOME;
    if (is_some && leaf->rows == 0) {
        count_rows(s, leaf);
        is_some = leaf->rows > 0; /* an entry that no row has */
    }
    bool is_yes = leaf->answer == SPOOR_ANSWER_YES;
    uint32_t rows = is_some ? leaf->rows : is_yes ? all : 0;
    rows = node->is_negated ? all - rows : rows;
    return (spoor_node_state){.answer = rows == 0     ? SPOOR_ANSWER_NO
                                        : rows == all ? SPOOR_ANSWER_YES
                                                      : SPOOR_ANSWER_SOME,
                              .is_exact = true,
                              .rows = rows};
}

/* As deep as the filter. */
static spoor_node_state judge(spoor_sweeper *s, const spoor_pass_node *node) {
    spoor_node_state *state = &s->nodes[node->id];
    uint32_t all = s->scan->segment->rows;
    switch (node->kind) {
    case SPOOR_PASS_NEVER: *state = (spoor_node_state){SPOOR_ANSWER_NO, true, 0}; return *state;
    case SPOOR_PASS_ALWAYS: *state = (spoor_node_state){SPOOR_ANSWER_YES, true, all}; return *state;
    case SPOOR_PASS_UNKNOWN:
        *state = (spoor_node_state){SPOOR_ANSWER_YES, false, all};
        return *state;
    case SPOOR_PASS_LEAF: *state = state_of_leaf(s, node); return *state;
    case SPOOR_PASS_AND:
    case SPOOR_PASS_OR: break;
    }
    spoor_answer known = spoor_sweep_settle(s, node);
    if (known != SPOOR_ANSWER_OPEN) { /* below it some have no codes: _load_rows() */
        *state = (spoor_node_state){known, true, known == SPOOR_ANSWER_YES ? all : 0};
        return *state;
    }
    bool is_and = node->kind == SPOOR_PASS_AND, is_exact = true;
    uint64_t rows = is_and ? all : 0;
    for (uint32_t i = 0; i < node->nparts; i++) {
        spoor_node_state part = judge(s, node->parts[i]);
        bool decides = part.answer == (is_and ? SPOOR_ANSWER_NO : SPOOR_ANSWER_YES);
        if (decides && (is_and || part.is_exact)) {
            *state = part;
            return part;
        }
        is_exact &= part.is_exact;
        rows = !is_and ? rows + part.rows : part.rows < rows ? part.rows : rows;
    }
    /* An `and` of parts that all rows pass: all do. */
    spoor_answer answer = SPOOR_ANSWER_SOME;
    for (uint32_t i = 0, yes = 0; i < node->nparts; i++) {
        yes += s->nodes[node->parts[i]->id].answer == SPOOR_ANSWER_YES;
        answer = is_and && yes == node->nparts ? SPOOR_ANSWER_YES : answer;
        answer = !is_and && yes > 0 ? SPOOR_ANSWER_YES : answer;
    }
    answer = !is_and && rows == 0 ? SPOOR_ANSWER_NO : answer;
    *state = (spoor_node_state){answer, is_exact, rows};
    return *state;
}

spoor_node_state spoor_sweep_judge(spoor_sweeper *s, const spoor_pass_node *filter) {
    return judge(s, filter);
}

/* -- few rows ---------------------------------------------------------------------------------- */

static bool passes(spoor_sweeper *s, const spoor_pass_node *node, uint32_t row) {
    const spoor_node_state *state = &s->nodes[node->id];
    if (state->answer != SPOOR_ANSWER_SOME) {
        return state->answer == SPOOR_ANSWER_YES;
    }
    if (node->kind == SPOOR_PASS_LEAF) {
        spoor_leaf_state *leaf = &s->leaves[node->leaf->id];
        bool holds = leaf->entries == NULL
                         ? has_bit(leaf->row_bits, row)
                         : has_bit(entry_bits(s, leaf), s->scan->cols[leaf->column].codes[row]);
        return holds != node->is_negated;
    }
    bool is_and = node->kind == SPOOR_PASS_AND;
    for (uint32_t i = 0; i < node->nparts; i++) {
        if (passes(s, node->parts[i], row) != is_and) {
            return !is_and;
        }
    }
    return is_and;
}

static const spoor_pass_node *rarest(const spoor_sweeper *s, const spoor_pass_node *node) {
    const spoor_pass_node *best = node->parts[0];
    for (uint32_t i = 1; i < node->nparts; i++) {
        best = s->nodes[node->parts[i]->id].rows < s->nodes[best->id].rows ? node->parts[i] : best;
    }
    return best;
}

/* Append the node's rows, in no order, some perhaps twice: state->rows of them at most. */
static void list_rows(spoor_sweeper *s, const spoor_pass_node *node, uint32_t *rows,
                      uint32_t *count) {
    if (s->nodes[node->id].rows == 0) {
        return;
    }
    if (node->kind == SPOOR_PASS_LEAF) {
        const spoor_leaf_state *leaf = &s->leaves[node->leaf->id];
        bool by_entry = leaf->answer == SPOOR_ANSWER_SOME && leaf->entries != NULL;
        if (node->is_negated || !by_entry) { /* of a small segment */
            for (uint32_t row = 0; row < s->scan->segment->rows; row++) {
                rows[*count] = row;
                *count += passes(s, node, row);
            }
            return;
        }
        const spoor_column_state *column = rows_by_entry(s, leaf->column);
        for (uint32_t i = 0; i < leaf->count; i++) {
            uint32_t from = column->starts[leaf->entries[i]],
                     to = column->starts[leaf->entries[i] + 1];
            memcpy(rows + *count, column->rows + from, (to - from) * sizeof *rows);
            *count += to - from;
        }
        return;
    }
    if (node->kind == SPOOR_PASS_OR) {
        for (uint32_t i = 0; i < node->nparts; i++) {
            list_rows(s, node->parts[i], rows, count);
        }
        return;
    }
    uint32_t from = *count, kept = from;
    const spoor_pass_node *first = rarest(s, node);
    list_rows(s, first, rows, count);
    for (uint32_t i = from; i < *count; i++) {
        bool holds = true;
        for (uint32_t p = 0; p < node->nparts && holds; p++) {
            holds = node->parts[p] == first || passes(s, node->parts[p], rows[i]);
        }
        rows[kept] = rows[i];
        kept += holds;
    }
    *count = kept;
}

bool spoor_sweep_is_few(const spoor_sweeper *s, uint64_t rows) {
    return rows <= s->scan->segment->rows / LIST_SHARE;
}

static bool is_few(const spoor_sweeper *s, const spoor_pass_node *node) {
    const spoor_node_state *state = &s->nodes[node->id];
    return state->answer == SPOOR_ANSWER_SOME && spoor_sweep_is_few(s, state->rows);
}

/* -- many rows --------------------------------------------------------------------------------- */

enum { TOGETHER = 8 }; /* questions whose rows are found at once: a bit of a byte each */

/* Questions about the leaf's column that have many rows, as it has, and no row_bits yet: it and some that will be asked for next. */
static uint32_t choose_alike(spoor_sweeper *s, spoor_leaf_state *leaf, spoor_leaf_state **alike) {
    uint32_t n = 0;
    alike[n++] = leaf;
    for (uint32_t i = 0; i < s->nneeded && n < TOGETHER; i++) {
        spoor_leaf_state *other = &s->leaves[s->needed[i]];
        bool is_alike = other != leaf && other->answer == SPOOR_ANSWER_SOME &&
                        other->entries != NULL && other->column == leaf->column &&
                        other->row_bits == NULL;
        if (is_alike && other->rows == 0) {
            count_rows(s, other);
        }
        if (is_alike && !spoor_sweep_is_few(s, other->rows)) {
            alike[n++] = other;
        }
    }
    return n;
}

/* A bit a row: whether its entry is among the leaf's.  A row's byte says it of all leaves alike; eight of them are a word,
 * out of which the eight bits of a leaf are gathered by a multiplication. */
static const uint64_t *leaf_row_bits(spoor_sweeper *s, spoor_leaf_state *leaf) {
    if (leaf->row_bits != NULL) {
        return leaf->row_bits;
    }
    const spoor_vec *vec = &s->scan->cols[leaf->column];
    uint32_t nrows = s->scan->segment->rows;
    uint8_t *table = SPOOR_NEW_ARRAY(s->arena, uint8_t, vec->dict->count);
    spoor_leaf_state *alike[TOGETHER];
    uint64_t *bits[TOGETHER];
    uint32_t n = choose_alike(s, leaf, alike);
    for (uint32_t k = 0; k < n; k++) {
        alike[k]->row_bits = bits[k] = spoor_sweep_bits(s->arena, nrows);
        for (uint32_t i = 0; i < alike[k]->count; i++) {
            table[alike[k]->entries[i]] |= (uint8_t)(1u << k);
        }
    }
    for (uint32_t from = 0; from < nrows; from += 8) {
        uint32_t rows = nrows - from < 8 ? nrows - from : 8;
        uint64_t eight = 0;
        for (uint32_t i = 0; i < rows; i++) {
            eight |= (uint64_t)table[vec->codes[from + i]] << i * 8;
        }
        for (uint32_t k = 0; k < n; k++) {
            uint64_t own = (eight >> k & 0x0101010101010101u) * 0x0102040810204080u >> 56;
            bits[k][from / 64] |= own << from % 64;
        }
    }
    return leaf->row_bits;
}

static void fill(uint64_t *bits, uint32_t nrows) {
    memset(bits, 0xFF, nrows / 64 * sizeof *bits);
    bits[nrows / 64] = nrows % 64 > 0 ? (UINT64_C(1) << nrows % 64) - 1 : 0;
}

static void set_rows(spoor_sweeper *s, const spoor_pass_node *node, uint64_t *bits) {
    uint32_t count = 0;
    uint32_t *rows = SPOOR_RAW_ARRAY(s->op->scratch, uint32_t, s->nodes[node->id].rows + 1);
    list_rows(s, node, rows, &count);
    for (uint32_t i = 0; i < count; i++) {
        bits[rows[i] / 64] |= UINT64_C(1) << rows[i] % 64;
    }
}

static bool is_marked(const spoor_sweeper *s, const spoor_pass_node *node, uint32_t stamp) {
    return node->kind == SPOOR_PASS_LEAF && !node->is_negated &&
           s->leaves[node->leaf->id].marked == stamp;
}

/* The part of an `and` that is marked: one that is already, as many filters share it, else the rarest. */
static const spoor_pass_node *cheapest(const spoor_sweeper *s, const spoor_pass_node *node,
                                       uint32_t stamp) {
    for (uint32_t i = 0; i < node->nparts; i++) {
        if (is_marked(s, node->parts[i], stamp)) {
            return node->parts[i];
        }
    }
    return rarest(s, node);
}

/* As deep as the filter. */
static bool mark(spoor_sweeper *s, const spoor_pass_node *node, uint32_t stamp, uint64_t *most,
                 uint64_t *bits) {
    const spoor_node_state *state = &s->nodes[node->id];
    bool is_some = state->answer == SPOOR_ANSWER_SOME;
    if (!is_some || node->kind == SPOOR_PASS_AND) {
        return is_some ? mark(s, cheapest(s, node, stamp), stamp, most, bits)
                       : state->answer == SPOOR_ANSWER_NO;
    }
    for (uint32_t i = 0; node->kind == SPOOR_PASS_OR && i < node->nparts; i++) {
        if (!mark(s, node->parts[i], stamp, most, bits)) {
            return false;
        }
    }
    if (node->kind == SPOOR_PASS_OR) {
        return true;
    }
    if (is_marked(s, node, stamp)) {
        return true;
    }
    if (state->rows > *most) {
        return false;
    }
    *most -= state->rows;
    if (!node->is_negated) {
        s->leaves[node->leaf->id].marked = stamp;
    }
    spoor_arena_rewind(s->op->scratch);
    set_rows(s, node, bits);
    return true;
}

bool spoor_sweep_mark_rows(spoor_sweeper *s, const spoor_pass_node *filter, uint32_t stamp,
                           uint64_t *most, uint64_t *bits) {
    judge(s, filter);
    return mark(s, filter, stamp, most, bits);
}

/* The node's rows as a new bitmap.  As deep as the filter. */
static uint64_t *row_bits(spoor_sweeper *s, const spoor_pass_node *node) {
    uint32_t nrows = s->scan->segment->rows, words = nrows / 64 + 1;
    uint64_t *bits = spoor_sweep_bits(s->op->scratch, nrows);
    spoor_answer answer = s->nodes[node->id].answer;
    if (answer != SPOOR_ANSWER_SOME) {
        if (answer == SPOOR_ANSWER_YES) {
            fill(bits, nrows);
        }
        return bits;
    }
    if (is_few(s, node)) {
        set_rows(s, node, bits);
        return bits;
    }
    if (node->kind == SPOOR_PASS_LEAF) {
        const uint64_t *of_leaf = leaf_row_bits(s, &s->leaves[node->leaf->id]);
        fill(bits, nrows);
        for (uint32_t w = 0; w < words; w++) {
            bits[w] &= node->is_negated ? ~of_leaf[w] : of_leaf[w];
        }
        return bits;
    }
    bool is_and = node->kind == SPOOR_PASS_AND;
    if (is_and) {
        fill(bits, nrows);
    }
    for (uint32_t i = 0; i < node->nparts; i++) {
        const uint64_t *part = row_bits(s, node->parts[i]);
        for (uint32_t w = 0; w < words; w++) {
            bits[w] = is_and ? bits[w] & part[w] : bits[w] | part[w];
        }
    }
    return bits;
}

/* -- the pick ---------------------------------------------------------------------------------- */

void spoor_sweep_put_rows(spoor_sweeper *s, const uint64_t *bits, uint32_t count,
                          spoor_arena *arena, spoor_pick *pick) {
    uint32_t nrows = s->scan->segment->rows, words = nrows / 64 + 1;
    pick->count = count;
    if (count > nrows / LIST_SHARE) {
        uint64_t *kept = SPOOR_RAW_ARRAY(arena, uint64_t, words);
        memcpy(kept, bits, words * sizeof *kept);
        pick->kind = SPOOR_PICK_BITS;
        pick->bits = kept;
        return;
    }
    uint32_t *rows = SPOOR_RAW_ARRAY(arena, uint32_t, count), n = 0;
    for (uint32_t w = 0; n < count; w++) {
        for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
            rows[n++] = w * 64 + (uint32_t)__builtin_ctzll(left);
        }
    }
    pick->kind = SPOOR_PICK_ROWS;
    pick->rows = rows;
}

bool spoor_sweep_pick(spoor_sweeper *s, const spoor_pass_node *filter, spoor_arena *arena,
                      spoor_pick *pick) {
    uint32_t nrows = s->scan->segment->rows, words = nrows / 64 + 1, count = 0;
    spoor_node_state state = judge(s, filter);
    *pick = (spoor_pick){.kind = SPOOR_PICK_ALL, .count = nrows, .is_exact = state.is_exact};
    if (state.answer != SPOOR_ANSWER_SOME) {
        return state.answer == SPOOR_ANSWER_YES;
    }
    spoor_arena_rewind(s->op->scratch);
    const uint64_t *bits = row_bits(s, filter);
    for (uint32_t w = 0; w < words; w++) {
        count += (uint32_t)__builtin_popcountll(bits[w]);
    }
    if (arena == NULL) {
        pick->is_exact = false;
        return count > 0;
    }
    spoor_sweep_put_rows(s, bits, count, arena, pick);
    return count > 0;
}
