/* regex_dfa.c - an automaton that is built while it reads.
 *
 * A state is the list of steps that a match may be at, best first.  A match is
 * seen one symbol late: a transition says whether one ended before the symbol
 * it took.  That is so because assertions can only be decided when the next
 * symbol is known: where one stands in the way, the state is the list of the
 * steps that were come to instead (roots), and they are followed then.  (To go
 * on from the assertion alone would lose which steps had been tried before.)
 *
 * Building a transition costs no more than one round of threads would.  So a
 * search is linear even when the cache is full and emptied again and again.
 *
 * In x{n,} a way that has taken more of x is a match wherever one behind it is:
 * of two in one list, the second is left out if it is the one behind.  So the
 * states of .{1000,} are 1000 of a step, not of up to 1000 steps.
 *
 * Forwards, what comes after a MATCH in the list is dropped: leftmost-first.
 * Backwards all is kept: the match that starts first. */
#include "regex/regex_program.h"

enum {
    UNKNOWN = 0, /* in the table: not built yet */
    DEAD_STATE = 1,
    FIRST_STATE = 2,    /* a normal one */
    MATCHED = 1 << 30,  /* in the table: a match ended before the symbol taken */
    AT_START = 1 << 29, /* in the table: nothing is under way; the prefix may be looked for */
    ROW_MASK = AT_START - 1,
    NO_STATE = -1,
    HAS_ROOTS = SPOOR_SIDES, /* beside the sides */
};

typedef struct state {
    uint32_t first, count; /* its steps in `pool` */
    uint16_t side;         /* before the place (as it is read) and HAS_ROOTS; or 0 */
    bool has_assertions;   /* its steps are roots */
    bool at_start;
} state;

struct spoor_dfa {
    spoor_arena *arena;
    const spoor_regex *regex;
    const spoor_program *program;
    uint32_t stride; /* columns of a row: symbols, the edge, and one that is never known */
    uint32_t byte_columns[256]; /* ASCII: its symbol; others: the column that is never known */
    uint32_t max_states, max_pool;
    state *states;
    uint32_t nstates, states_capacity;
    uint32_t *table; /* row of state s at s * stride: where to, as row offset with flags */
    uint32_t *pool;
    uint32_t npool, pool_capacity;
    uint32_t *hash; /* state numbers; 0: free */
    uint32_t hash_size;
    int32_t starts[2][SPOOR_SIDES]; /* [is search][side before]: row, or NO_STATE */
    uint32_t *search_steps;         /* steps of a start of a search, where nothing is under way */
    uint32_t nsearch_steps;
    /* scratch of one transition */
    uint32_t *stack, *list, *roots, *decided, *seen;
    uint32_t nlist, nroots, ndecided, round;
    uint64_t *ahead;    /* by loop of an x{n,}: the round, and the step that has taken most in it */
    bool met_assertion; /* following the roots */
};

/* -- lists of steps ---------------------------------------------------------------------------- */

static void new_round(spoor_dfa *dfa) {
    if (++dfa->round == 0) {
        memset(dfa->seen, 0, dfa->program->count * sizeof *dfa->seen);
        memset(dfa->ahead, 0, dfa->program->count * sizeof *dfa->ahead);
        dfa->round = 1;
    }
}

/* Is a step of the same x{n,} in the list that has taken more? */
static bool is_behind(const spoor_dfa *dfa, uint32_t step) {
    uint64_t ahead = dfa->ahead[dfa->program->steps[step].loop];
    return ahead >> 32 == dfa->round && (uint32_t)ahead < step;
}

/* Append to out what can be reached from `step` without taking a symbol.  Assertions are decided
 * when sides are given, and else kept. */
static uint32_t follow(spoor_dfa *dfa, uint32_t from, bool decide, uint32_t before, uint32_t after,
                       uint32_t *out, uint32_t count) {
    uint32_t depth = 0;
    dfa->stack[depth++] = from;
    while (depth > 0) {
        uint32_t at = dfa->stack[--depth];
        if (dfa->seen[at] == dfa->round) {
            continue;
        }
        dfa->seen[at] = dfa->round;
        const spoor_step *step = &dfa->program->steps[at];
        switch (step->op) {
        case SPOOR_STEP_SAVE: dfa->stack[depth++] = step->next; break;
        case SPOOR_STEP_SPLIT:
            dfa->stack[depth++] = step->other;
            dfa->stack[depth++] = step->next;
            break;
        case SPOOR_STEP_ASSERT:
            if (!decide) {
                dfa->met_assertion = true;
            } else if (spoor_assertion_holds(step->arg, before, after)) {
                dfa->stack[depth++] = step->next;
            }
            break;
        case SPOOR_STEP_SYMBOL:
        case SPOOR_STEP_SET:
            if (is_behind(dfa, at)) {
                break;
            }
            if (step->loop != 0) {
                dfa->ahead[step->loop] = (uint64_t)dfa->round << 32 | at;
            }
            out[count++] = at;
            break;
        case SPOOR_STEP_ANY:
        case SPOOR_STEP_MATCH: out[count++] = at; break;
        case SPOOR_STEP_FAIL: break;
        }
    }
    return count;
}

static void start_list(spoor_dfa *dfa) {
    new_round(dfa);
    dfa->nlist = dfa->nroots = 0;
    dfa->met_assertion = false;
}

static void add_root(spoor_dfa *dfa, uint32_t step) {
    if (dfa->seen[step] != dfa->round && !is_behind(dfa, step)) {
        dfa->roots[dfa->nroots++] = step;
        dfa->nlist = follow(dfa, step, false, 0, 0, dfa->list, dfa->nlist);
    }
}

/* -- the cache --------------------------------------------------------------------------------- */

static void empty_cache(spoor_dfa *dfa) {
    dfa->nstates = FIRST_STATE;
    dfa->npool = 0;
    memset(dfa->hash, 0, dfa->hash_size * sizeof *dfa->hash);
    memset(dfa->starts, 0xFF, sizeof dfa->starts);
}

static void grow_states(spoor_dfa *dfa) {
    uint32_t capacity = dfa->states_capacity == 0 ? 16 : dfa->states_capacity * 2;
    state *states = SPOOR_RAW_ARRAY(dfa->arena, state, capacity);
    uint32_t *table = SPOOR_RAW_ARRAY(dfa->arena, uint32_t, (size_t)capacity * dfa->stride);
    uint32_t *hash = SPOOR_NEW_ARRAY(dfa->arena, uint32_t, (size_t)capacity * 2);
    if (dfa->nstates > 0) {
        memcpy(states, dfa->states, dfa->nstates * sizeof *states);
        memcpy(table, dfa->table, (size_t)dfa->nstates * dfa->stride * sizeof *table);
    }
    dfa->states = states;
    dfa->table = table;
    dfa->hash = hash;
    dfa->hash_size = capacity * 2;
    dfa->states_capacity = capacity;
}

static uint32_t hash_of(const uint32_t *steps, uint32_t count, uint32_t side) {
    uint64_t h = 0x9E3779B97F4A7C15u ^ side;
    for (uint32_t i = 0; i < count; i++) {
        h = (h ^ steps[i]) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static uint32_t *find_slot(spoor_dfa *dfa, const uint32_t *steps, uint32_t count, uint32_t side) {
    uint32_t at = hash_of(steps, count, side) & (dfa->hash_size - 1);
    for (;; at = (at + 1) & (dfa->hash_size - 1)) {
        const state *s = &dfa->states[dfa->hash[at]];
        if (dfa->hash[at] == 0 ||
            (s->count == count && s->side == side &&
             memcmp(dfa->pool + s->first, steps, count * sizeof *steps) == 0)) {
            return &dfa->hash[at];
        }
    }
}

static void rehash(spoor_dfa *dfa) {
    for (uint32_t i = FIRST_STATE; i < dfa->nstates; i++) {
        const state *s = &dfa->states[i];
        *find_slot(dfa, dfa->pool + s->first, s->count, s->side) = i;
    }
}

static void grow_pool(spoor_dfa *dfa, uint32_t more) {
    uint32_t capacity = dfa->pool_capacity == 0 ? 256 : dfa->pool_capacity;
    while (capacity - dfa->npool < more) {
        capacity *= 2;
    }
    if (capacity != dfa->pool_capacity) {
        uint32_t *pool = SPOOR_RAW_ARRAY(dfa->arena, uint32_t, capacity);
        if (dfa->npool > 0) {
            memcpy(pool, dfa->pool, dfa->npool * sizeof *pool);
        }
        dfa->pool = pool;
        dfa->pool_capacity = capacity;
    }
}

static inline bool can_skip(const spoor_regex *regex) {
    return regex->has_prefix || regex->starts.is_useful;
}

/* The state of the list or its roots, made if it is new; *emptied when the cache was, and all rows
 * known before are void. */
static uint32_t intern(spoor_dfa *dfa, uint32_t side, bool *emptied) {
    bool has_assertions = dfa->met_assertion;
    const uint32_t *list = has_assertions ? dfa->roots : dfa->list;
    uint32_t count = has_assertions ? dfa->nroots : dfa->nlist;
    side = has_assertions ? side | HAS_ROOTS : 0;
    if (count == 0) {
        return DEAD_STATE;
    }
    uint32_t *slot = find_slot(dfa, list, count, side);
    if (*slot != 0) {
        return *slot;
    }
    if (dfa->nstates >= dfa->max_states || dfa->npool + count > dfa->max_pool) {
        empty_cache(dfa);
        *emptied = true;
        slot = find_slot(dfa, list, count, side);
    }
    if (dfa->nstates == dfa->states_capacity) {
        grow_states(dfa);
        rehash(dfa);
        slot = find_slot(dfa, list, count, side);
    }
    grow_pool(dfa, count);
    uint32_t number = dfa->nstates++;
    *slot = number;
    dfa->states[number] = (state){.first = dfa->npool,
                                  .count = count,
                                  .side = (uint16_t)side,
                                  .has_assertions = has_assertions};
    dfa->states[number].at_start = can_skip(dfa->regex) && dfa->nsearch_steps == count &&
                                   memcmp(list, dfa->search_steps, count * sizeof *list) == 0;
    memcpy(dfa->pool + dfa->npool, list, count * sizeof *list);
    dfa->npool += count;
    memset(dfa->table + (size_t)number * dfa->stride, 0, dfa->stride * sizeof *dfa->table);
    return number;
}

/* -- transitions ------------------------------------------------------------------------------- */

static uint32_t start_row(spoor_dfa *dfa, bool search, uint32_t side) {
    int32_t row = dfa->starts[search][side];
    if (row != NO_STATE) {
        return (uint32_t)row;
    }
    bool emptied = false;
    start_list(dfa);
    add_root(dfa, search ? dfa->program->search : dfa->program->start);
    uint32_t number = intern(dfa, side, &emptied);
    uint32_t entry = number * dfa->stride;
    dfa->starts[search][side] = (int32_t)entry;
    return entry;
}

/* Where `row` goes by the symbol (the last column but one: the edge of the text). */
static uint32_t make_transition(spoor_dfa *dfa, uint32_t row, uint32_t symbol, bool *emptied) {
    const state *from = &dfa->states[row / dfa->stride];
    bool is_edge = symbol == dfa->stride - 2;
    uint32_t after = is_edge ? SPOOR_SIDE_EDGE : dfa->regex->alphabet.side[symbol];
    const uint32_t *steps = dfa->pool + from->first;
    uint32_t count = from->count;
    if (from->has_assertions) {
        new_round(dfa);
        bool backwards = dfa->program->is_reversed;
        uint32_t before = from->side & (SPOOR_SIDES - 1);
        dfa->ndecided = 0;
        for (uint32_t i = 0; i < count; i++) {
            dfa->ndecided = follow(dfa, steps[i], true, backwards ? after : before,
                                   backwards ? before : after, dfa->decided, dfa->ndecided);
        }
        steps = dfa->decided;
        count = dfa->ndecided;
    }
    bool matched = false;
    start_list(dfa);
    for (uint32_t i = 0; i < count; i++) {
        const spoor_step *step = &dfa->program->steps[steps[i]];
        if (step->op == SPOOR_STEP_MATCH) {
            matched = true;
            if (!dfa->program->is_reversed) {
                break;
            }
        } else if (!is_edge && spoor_step_takes(dfa->regex, step, symbol)) {
            add_root(dfa, step->next);
        }
    }
    uint32_t number = intern(dfa, after, emptied);
    uint32_t entry =
        number * dfa->stride | (matched ? (uint32_t)MATCHED : 0) |
        (number >= FIRST_STATE && dfa->states[number].at_start && !matched ? (uint32_t)AT_START
                                                                           : 0);
    if (!*emptied) {
        dfa->table[row + symbol] = entry;
    }
    return entry;
}

static inline uint32_t go(spoor_dfa *dfa, uint32_t row, uint32_t symbol) {
    uint32_t entry = dfa->table[row + symbol];
    if (entry == UNKNOWN) {
        bool emptied = false;
        entry = make_transition(dfa, row, symbol, &emptied);
    }
    return entry;
}

/* -- searching --------------------------------------------------------------------------------- */

/* Nothing is under way at `at`: the next place where something may start; SIZE_MAX: none. */
static size_t skip_ahead(const spoor_regex *regex, spoor_str text, size_t at) {
    return regex->has_prefix ? spoor_needle_find(&regex->prefix, text, at)
                             : spoor_regex_next_start(&regex->starts, text, at);
}

/* The fast loop: on from *row as long as nothing happens. */
static const char *run(const spoor_dfa *dfa, uint32_t *row, const char *at, const char *end) {
    const uint32_t *table = dfa->table, *columns = dfa->byte_columns;
    const unsigned char *bytes = (const unsigned char *)at;
    uint32_t low = FIRST_STATE * dfa->stride, width = AT_START - low, now = *row;
    size_t left = (size_t)(end - at), i = 0;
    for (; i < left; i++) {
        uint32_t entry = table[now + columns[bytes[i]]];
        if (entry - low >= width) { /* unknown, dead, or with a flag */
            break;
        }
        now = entry;
    }
    *row = now;
    return at + i;
}

size_t spoor_dfa_find_end(spoor_dfa *dfa, spoor_str text, size_t from, bool any) {
    const char *at = text.ptr + from, *end = text.ptr + text.len;
    bool search = !dfa->regex->starts_text;
    size_t found = SIZE_MAX;
    uint32_t row;
    if (!search && from > 0) {
        return SIZE_MAX;
    }
    if (search && can_skip(dfa->regex)) {
        size_t next = skip_ahead(dfa->regex, text, from);
        if (next == SIZE_MAX) {
            return SIZE_MAX;
        }
        at = text.ptr + next;
    }
    row = start_row(dfa, search, spoor_side_before(dfa->regex, text, (size_t)(at - text.ptr)));
    for (;;) {
        if (row == DEAD_STATE * dfa->stride) {
            return found;
        }
        at = run(dfa, &row, at, end);
        if (at == end) {
            uint32_t entry = go(dfa, row, dfa->stride - 2);
            return (entry & MATCHED) != 0 ? text.len : found;
        }
        size_t here = (size_t)(at - text.ptr);
        uint32_t entry = go(dfa, row, spoor_symbol_next(&dfa->regex->alphabet, &at, end));
        row = entry & ROW_MASK;
        if ((entry & MATCHED) != 0) {
            found = here;
            if (any) {
                return found;
            }
        }
        if ((entry & AT_START) != 0) {
            size_t next = skip_ahead(dfa->regex, text, (size_t)(at - text.ptr));
            if (next == SIZE_MAX) {
                return found;
            }
            at = text.ptr + next;
            row = start_row(dfa, true, spoor_side_before(dfa->regex, text, next));
        }
    }
}

size_t spoor_dfa_find_start(spoor_dfa *dfa, spoor_str text, size_t from, size_t end) {
    const char *at = text.ptr + end, *low = text.ptr + from;
    size_t found = end;
    uint32_t row = start_row(dfa, false, spoor_side_after(dfa->regex, text, end));
    while (row != DEAD_STATE * dfa->stride) {
        size_t here = (size_t)(at - text.ptr);
        bool is_last = at == low;
        uint32_t symbol = at == text.ptr
                              ? dfa->stride - 2
                              : spoor_symbol_before(&dfa->regex->alphabet, text.ptr, &at);
        uint32_t entry = go(dfa, row, symbol);
        if ((entry & MATCHED) != 0) {
            found = here;
        }
        if (is_last) {
            break;
        }
        row = entry & ROW_MASK;
    }
    return found;
}

/* -- making ------------------------------------------------------------------------------------ */

spoor_dfa *spoor_dfa_new(spoor_arena *arena, const spoor_regex *regex, const spoor_program *program,
                         size_t cache_bytes) {
    spoor_dfa *dfa = SPOOR_NEW(arena, spoor_dfa);
    *dfa = (spoor_dfa){
        .arena = arena, .regex = regex, .program = program, .stride = regex->alphabet.count + 2};
    for (uint32_t c = 0; c < 256; c++) {
        dfa->byte_columns[c] = c < 128 ? regex->alphabet.ascii[c] : dfa->stride - 1;
    }
    /* room for a few states at least, however large */
    size_t row_bytes = dfa->stride * sizeof(uint32_t) + sizeof(state) + 2 * sizeof(uint32_t);
    size_t states = cache_bytes / 2 / row_bytes, most = (size_t)(ROW_MASK / dfa->stride) - 1;
    states = states < FIRST_STATE + 6 ? FIRST_STATE + 6 : states;
    dfa->max_states = (uint32_t)(states < most ? states : most);
    size_t pool = cache_bytes / 2 / sizeof(uint32_t), least = (size_t)program->count * 6;
    dfa->max_pool = (uint32_t)(pool < least ? least : pool);
    uint32_t n = program->count;
    dfa->stack = SPOOR_RAW_ARRAY(arena, uint32_t, (size_t)n * 2 + 2);
    dfa->list = SPOOR_RAW_ARRAY(arena, uint32_t, n + 1);
    dfa->roots = SPOOR_RAW_ARRAY(arena, uint32_t, n + 1);
    dfa->decided = SPOOR_RAW_ARRAY(arena, uint32_t, n + 1);
    dfa->seen = SPOOR_NEW_ARRAY(arena, uint32_t, n);
    dfa->ahead = SPOOR_NEW_ARRAY(arena, uint64_t, n);
    grow_states(dfa);
    memset(dfa->table, 0, FIRST_STATE * dfa->stride * sizeof *dfa->table);
    memset(dfa->states, 0, FIRST_STATE * sizeof *dfa->states);
    empty_cache(dfa);
    if (!program->is_reversed) {
        start_list(dfa);
        add_root(dfa, program->search);
        dfa->nsearch_steps = dfa->met_assertion ? dfa->nroots : dfa->nlist;
        dfa->search_steps = SPOOR_RAW_ARRAY(arena, uint32_t, n);
        memcpy(dfa->search_steps, dfa->met_assertion ? dfa->roots : dfa->list,
               dfa->nsearch_steps * sizeof *dfa->search_steps);
    }
    return dfa;
}
