/* regex_compile.c - a tree to a program, forwards or backwards, and what else is known of a
 * pattern.
 *
 * A program is built back to front: each part is given the step that comes
 * after it and returns its own first step, so nothing is patched but loops. */
#include "regex/regex_program.h"

typedef spoor_regex_node node;

typedef struct builder {
    spoor_arena *arena;
    const spoor_regex *regex;
    spoor_program *program;
    uint32_t capacity;
    uint32_t work; /* visits, for parts that leave no step behind */
    bool is_full;
} builder;

static uint32_t add(builder *b, spoor_step step) {
    spoor_program *program = b->program;
    if (program->count == SPOOR_REGEX_MAX_STEPS) {
        b->is_full = true;
        return 0;
    }
    SPOOR_GROW(b->arena, program->steps, program->count, &b->capacity);
    program->steps[program->count] = step;
    return program->count++;
}

static uint32_t build(builder *b, const node *n, uint32_t next);

/* The preferred way first. */
static uint32_t add_split(builder *b, bool is_greedy, uint32_t into, uint32_t past) {
    return add(b, (spoor_step){.op = SPOOR_STEP_SPLIT,
                               .next = is_greedy ? into : past,
                               .other = is_greedy ? past : into});
}

static uint32_t build_times(builder *b, const node *child, uint32_t times, uint32_t next) {
    for (uint32_t i = 0; i < times && !b->is_full; i++) {
        next = build(b, child, next);
    }
    return next;
}

/* x+: the loop's split stands after x. */
static uint32_t build_plus(builder *b, const node *n, uint32_t next) {
    uint32_t loop = add_split(b, n->is_greedy, 0, next);
    uint32_t start = build(b, n->first, loop);
    if (!b->is_full) {
        spoor_step *split = &b->program->steps[loop];
        *(n->is_greedy ? &split->next : &split->other) = start;
    }
    return start;
}

static uint32_t build_star(builder *b, const node *n, uint32_t next) {
    if (n->first->may_be_empty) {
        /* x* as (x+)?: a loop through an empty x would otherwise change what is preferred. */
        return add_split(b, n->is_greedy, build_plus(b, n, next), next);
    }
    uint32_t loop = add_split(b, n->is_greedy, 0, next);
    uint32_t start = build(b, n->first, loop);
    if (!b->is_full) {
        spoor_step *split = &b->program->steps[loop];
        *(n->is_greedy ? &split->next : &split->other) = start;
    }
    return loop;
}

/* x{n,} of one symbol: its steps are the n behind the loop's split, the one before the loop first. */
static void note_loop(builder *b, uint32_t loop, uint32_t n) {
    spoor_program *program = b->program;
    bool is_one_each = !b->is_full && program->count - loop == n + 1;
    for (uint32_t i = loop + 1; i < program->count && is_one_each; i++) {
        spoor_step_op op = program->steps[i].op;
        is_one_each = op == SPOOR_STEP_SYMBOL || op == SPOOR_STEP_SET;
    }
    for (uint32_t i = loop + 1; i < program->count && is_one_each; i++) {
        program->steps[i].loop = loop;
    }
}

static uint32_t build_repeat(builder *b, const node *n, uint32_t next) {
    if (n->max == SPOOR_REGEX_UNBOUNDED) {
        if (n->min == 0) {
            return build_star(b, n, next);
        }
        uint32_t loop = b->program->count;
        next = build_times(b, n->first, n->min - 1, build_plus(b, n, next));
        note_loop(b, loop, n->min);
        return next;
    }
    uint32_t end = next; /* x{0,2} is (x(x)?)? */
    for (uint32_t i = n->min; i < n->max && !b->is_full; i++) {
        next = add_split(b, n->is_greedy, build(b, n->first, next), end);
    }
    return build_times(b, n->first, n->min, next);
}

/* Children are linked forwards, and building goes from the end: recursion would be as deep as the
 * list is long, so they are put in an array. */
static uint32_t build_list(builder *b, const node *n, uint32_t next) {
    size_t count = 0;
    for (const node *child = n->first; child != NULL; child = child->next) {
        count++;
    }
    const node **children = SPOOR_RAW_ARRAY(b->arena, const node *, count);
    size_t i = 0;
    for (const node *child = n->first; child != NULL; child = child->next) {
        children[i++] = child;
    }
    bool backwards = b->program->is_reversed;
    if (n->kind == SPOOR_REGEX_CONCAT) {
        for (i = 0; i < count && !b->is_full; i++) {
            next = build(b, children[backwards ? i : count - 1 - i], next);
        }
        return next;
    }
    uint32_t rest = build(b, children[count - 1], next);
    for (i = count - 1; i > 0 && !b->is_full; i--) {
        rest = add_split(b, true, build(b, children[i - 1], next), rest);
    }
    return rest;
}

/* Recursion is as deep as the tree, which the parser limits. */
static uint32_t build(builder *b, const node *n, uint32_t next) {
    if (b->is_full || ++b->work > 4 * SPOOR_REGEX_MAX_STEPS) {
        b->is_full = true;
        return 0;
    }
    switch (n->kind) {
    case SPOOR_REGEX_EMPTY: return next;
    case SPOOR_REGEX_CHAR:
        return add(b, (spoor_step){.op = SPOOR_STEP_SYMBOL,
                                   .next = next,
                                   .arg = spoor_symbol_of(&b->regex->alphabet, n->code_point)});
    case SPOOR_REGEX_SET:
        return add(b, (spoor_step){.op = SPOOR_STEP_SET, .arg = n->set_number - 1, .next = next});
    case SPOOR_REGEX_ASSERT:
        return add(b, (spoor_step){.op = SPOOR_STEP_ASSERT,
                                   .next = next,
                                   .arg = (uint32_t)n->assertion |
                                          (n->ascii_words ? SPOOR_STEP_ASCII_WORDS : 0)});
    case SPOOR_REGEX_GROUP:
        if (b->program->is_reversed) {
            return build(b, n->first, next);
        }
        next = add(b, (spoor_step){.op = SPOOR_STEP_SAVE, .arg = n->group * 2 + 1, .next = next});
        next = build(b, n->first, next);
        return add(b, (spoor_step){.op = SPOOR_STEP_SAVE, .arg = n->group * 2, .next = next});
    case SPOOR_REGEX_REPEAT: return build_repeat(b, n, next);
    case SPOOR_REGEX_CONCAT:
    case SPOOR_REGEX_ALTERNATE: return build_list(b, n, next);
    }
    return next;
}

bool spoor_regex_make_program(spoor_arena *arena, const spoor_regex *regex, const node *root,
                              bool reversed, spoor_program *program) {
    *program = (spoor_program){.is_reversed = reversed};
    builder b = {.arena = arena, .regex = regex, .program = program};
    uint32_t match = add(&b, (spoor_step){.op = SPOOR_STEP_MATCH});
    program->start = build(&b, root, match);
    uint32_t any = add(&b, (spoor_step){.op = SPOOR_STEP_ANY});
    program->search =
        add(&b, (spoor_step){.op = SPOOR_STEP_SPLIT, .next = program->start, .other = any});
    if (b.is_full) {
        return false;
    }
    program->steps[any].next = program->search;
    return true;
}

/* -- literals ---------------------------------------------------------------------------------- */

enum { LITERAL_BYTES = 64 };

typedef struct literal {
    char bytes[LITERAL_BYTES];
    size_t len;
    bool folds, exact; /* holds letters in any case; letters in one case: not both */
    bool is_open;      /* what follows may still be added */
} literal;

typedef struct literals {
    literal prefix, run, best; /* run: the one being read; best: the longest that is over */
    bool at_start;             /* nothing but the prefix has been read */
} literals;

static void end_run(literals *all) {
    if (all->at_start) {
        all->prefix = all->run;
        all->at_start = false;
    }
    if (all->run.len > all->best.len) {
        all->best = all->run;
    }
    all->run = (literal){0};
}

static void add_letter(literals *all, const node *n) {
    uint32_t c = n->code_point;
    bool folds = n->kind == SPOOR_REGEX_SET;
    /* A letter that is the only one of its case class fits both kinds of literal. */
    bool exact = !folds && (spoor_fold(c) != c || spoor_to_upper(c) != c);
    if (all->run.len + 4 > LITERAL_BYTES || (folds && all->run.exact) ||
        (exact && all->run.folds)) {
        end_run(all);
    }
    all->run.folds = all->run.folds || folds;
    all->run.exact = all->run.exact || exact;
    all->run.len += (size_t)spoor_utf8_put(all->run.bytes + all->run.len, c);
}

/* Literals that a match of n must hold, in order.  Recursion as deep as the tree. */
static void read_literals(literals *all, const node *n) {
    switch (n->kind) {
    case SPOOR_REGEX_EMPTY:
    case SPOOR_REGEX_ASSERT: return; /* takes nothing: what is around it still touches */
    case SPOOR_REGEX_CHAR: add_letter(all, n); return;
    case SPOOR_REGEX_SET:
        if (n->folds) {
            add_letter(all, n);
            return;
        }
        break;
    case SPOOR_REGEX_GROUP: read_literals(all, n->first); return;
    case SPOOR_REGEX_CONCAT:
        for (const node *child = n->first; child != NULL; child = child->next) {
            read_literals(all, child);
        }
        return;
    case SPOOR_REGEX_REPEAT:
        if (n->min > 0) {
            read_literals(all, n->first); /* once for sure; what comes then may be another */
        }
        break;
    case SPOOR_REGEX_ALTERNATE: break;
    }
    end_run(all);
}

/* Every match starts with \A: along the first parts of the tree. */
static bool must_start_text(const node *n) {
    switch (n->kind) {
    case SPOOR_REGEX_ASSERT: return n->assertion == SPOOR_AT_TEXT_START;
    case SPOOR_REGEX_GROUP: return must_start_text(n->first);
    case SPOOR_REGEX_REPEAT: return n->min > 0 && must_start_text(n->first);
    case SPOOR_REGEX_CONCAT:
        for (const node *child = n->first; child != NULL; child = child->next) {
            if (must_start_text(child)) {
                return true;
            }
            if (child->kind != SPOOR_REGEX_ASSERT && child->kind != SPOOR_REGEX_EMPTY) {
                return false;
            }
        }
        return false;
    case SPOOR_REGEX_ALTERNATE:
        for (const node *child = n->first; child != NULL; child = child->next) {
            if (!must_start_text(child)) {
                return false;
            }
        }
        return true;
    case SPOOR_REGEX_EMPTY:
    case SPOOR_REGEX_CHAR:
    case SPOOR_REGEX_SET: return false;
    }
    return false;
}

/* The fewest bytes that a match of n has: one for each code point it must take.  Recursion as deep as the tree. */
static uint32_t least_bytes(const node *n) {
    enum { ENOUGH = 1 << 20 }; /* hardly a text is longer */
    uint64_t least = n->kind == SPOOR_REGEX_CHAR || n->kind == SPOOR_REGEX_SET;
    for (const node *child = n->first; child != NULL; child = child->next) {
        uint64_t own = least_bytes(child);
        bool is_first = child == n->first;
        bool is_least = n->kind == SPOOR_REGEX_ALTERNATE && (is_first || own < least);
        least = n->kind != SPOOR_REGEX_ALTERNATE ? least + own : is_least ? own : least;
        least = least < ENOUGH ? least : ENOUGH;
    }
    least *= n->kind == SPOOR_REGEX_REPEAT ? n->min : 1;
    return least < ENOUGH ? (uint32_t)least : ENOUGH;
}

static spoor_needle make_needle(spoor_arena *arena, const literal *from) {
    spoor_str text = spoor_arena_str(arena, (spoor_str){from->bytes, from->len});
    return spoor_needle_prepare(arena, text, from->folds);
}

void spoor_regex_find_literals(spoor_arena *arena, spoor_regex *regex, const node *root) {
    literals all = {.at_start = true};
    read_literals(&all, root);
    end_run(&all);
    regex->starts_text = must_start_text(root);
    regex->least_bytes = least_bytes(root);
    regex->has_prefix = all.prefix.len > 0 && !regex->starts_text;
    if (regex->has_prefix) {
        regex->prefix = make_needle(arena, &all.prefix);
    }
    /* One letter that is often there costs more than it saves. */
    regex->has_required = all.best.len > (regex->has_prefix ? all.prefix.len : 2);
    if (regex->has_required) {
        regex->required = make_needle(arena, &all.best);
    }
}
