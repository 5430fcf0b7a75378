/* regex_program.h - what a pattern is compiled to, and the parts of a matcher.
 *
 * Programs work on symbols: the code points of all texts fall into classes
 * that the pattern cannot tell apart, one symbol each.  So a step is as small
 * for \w as for a letter, and the automata of regex_dfa.c have few columns. */
#ifndef SPOOR_REGEX_REGEX_PROGRAM_H
#define SPOOR_REGEX_REGEX_PROGRAM_H

#include "base/text_match.h"
#include "base/utf8.h"
#include "regex/regex_tree.h"

/* What an assertion may ask of the code point before or after a place. */
enum {
    SPOOR_SIDE_EDGE = 1, /* there is none: the text starts or ends */
    SPOOR_SIDE_NEWLINE = 2,
    SPOOR_SIDE_RETURN = 4,
    SPOOR_SIDE_WORD = 8,
    SPOOR_SIDE_ASCII_WORD = 16,
    SPOOR_SIDES = 32,
};

typedef struct spoor_alphabet {
    uint32_t count;      /* of symbols, bad included */
    uint32_t bad;        /* a byte that is no code point: in no set */
    uint16_t ascii[128]; /* code point to symbol ... */
    uint16_t *page_of;   /* ... above, by code point >> 8: which page; NULL: all are `beyond` */
    uint16_t (*pages)[256];
    uint16_t beyond;
    uint8_t *side;   /* by symbol: SPOOR_SIDE_... */
    bool *is_beyond; /* by symbol: some code point of it is beyond ASCII */
} spoor_alphabet;

typedef enum spoor_step_op {
    SPOOR_STEP_FAIL,
    SPOOR_STEP_SYMBOL, /* takes the symbol `arg` */
    SPOOR_STEP_SET,    /* takes a symbol of the set `arg` */
    SPOOR_STEP_ANY,    /* takes any, bad ones too: where a search moves on */
    SPOOR_STEP_SPLIT,  /* `next`, and if that fails `other` */
    SPOOR_STEP_SAVE,   /* the place goes to slot `arg` */
    SPOOR_STEP_ASSERT, /* `arg`: the assertion, with ASCII_WORDS */
    SPOOR_STEP_MATCH,
} spoor_step_op;

enum { SPOOR_STEP_ASCII_WORDS = 1 << 8 };

typedef struct spoor_step {
    spoor_step_op op;
    uint32_t arg, next, other;
    /* Of x{n,}, x one symbol: the loop's split; else 0.  The step of the lowest number has least left to take, and takes
     * whatever those of higher ones do. */
    uint32_t loop;
} spoor_step;

typedef struct spoor_program {
    spoor_step *steps;
    uint32_t count;
    uint32_t start;   /* of a match that begins here */
    uint32_t search;  /* of one that begins here or later */
    bool is_reversed; /* reads the text from right to left; has no SAVE */
} spoor_program;

enum { SPOOR_START_WIDTH = 3 };

/* What the first bytes of a match may be. */
typedef struct spoor_regex_starts {
    bool is_useful; /* few enough places are candidates */
    bool use_avx2;
    uint32_t width; /* bytes looked at */
    uint8_t masks[SPOOR_START_WIDTH][256];
    uint8_t low[SPOOR_START_WIDTH][16], high[SPOOR_START_WIDTH][16]; /* the same by half bytes */
} spoor_regex_starts;

struct spoor_regex {
    spoor_alphabet alphabet;
    uint64_t *sets; /* a bit a symbol; set i at i * set_words */
    uint32_t nsets, set_words;
    spoor_program forward, reverse;
    uint32_t groups;
    spoor_str *names; /* [1 .. groups]; own copies */
    bool has_assertions;
    uint32_t least_bytes; /* no match is shorter */
    bool starts_text;     /* every match starts where the text does */
    bool has_prefix;      /* every match starts with the needle */
    bool has_required;    /* every match holds the needle */
    spoor_needle prefix, required;
    spoor_regex_starts starts;
};

static inline bool spoor_step_takes(const struct spoor_regex *regex, const spoor_step *step,
                                    uint32_t symbol) {
    switch (step->op) {
    case SPOOR_STEP_SYMBOL: return step->arg == symbol;
    case SPOOR_STEP_SET:
        return (regex->sets[(size_t)step->arg * regex->set_words + symbol / 64] >> symbol % 64 &
                1) != 0;
    case SPOOR_STEP_ANY: return true;
    case SPOOR_STEP_FAIL:
    case SPOOR_STEP_SPLIT:
    case SPOOR_STEP_SAVE:
    case SPOOR_STEP_ASSERT:
    case SPOOR_STEP_MATCH: return false;
    }
    return false;
}

static inline uint32_t spoor_symbol_of(const spoor_alphabet *alphabet, uint32_t code_point) {
    if (code_point < 0x80) {
        return alphabet->ascii[code_point];
    }
    if (alphabet->page_of == NULL) {
        return alphabet->beyond;
    }
    return alphabet->pages[alphabet->page_of[code_point >> 8]][code_point & 0xFF];
}

/* The symbol at *at (< end), and *at past it; or that ends at *at (> start), and *at before it. */
uint32_t spoor_symbol_next(const spoor_alphabet *alphabet, const char **at, const char *end);
uint32_t spoor_symbol_before(const spoor_alphabet *alphabet, const char *start, const char **at);
/* The sides of a place in a text. */
uint32_t spoor_side_before(const spoor_regex *regex, spoor_str text, size_t at);
uint32_t spoor_side_after(const spoor_regex *regex, spoor_str text, size_t at);
bool spoor_assertion_holds(uint32_t arg, uint32_t before, uint32_t after);

/* -- compiling --------------------------------------------------------------------------------- */

/* Numbers the sets of the tree and fills alphabet and sets; false: too many differences. */
bool spoor_regex_make_alphabet(spoor_arena *arena, spoor_regex *regex, spoor_regex_node *root);
/* Fills one program; false: too large. */
bool spoor_regex_make_program(spoor_arena *arena, const spoor_regex *regex,
                              const spoor_regex_node *root, bool reversed, spoor_program *program);
/* Finds what every match starts with and holds, and how short one may be. */
void spoor_regex_find_literals(spoor_arena *arena, spoor_regex *regex,
                               const spoor_regex_node *root);

/* -- matching ---------------------------------------------------------------------------------- */

/* Fills starts, once the forward program is there. */
void spoor_regex_find_starts(spoor_arena *arena, const spoor_regex *regex,
                             spoor_regex_starts *starts);
/* The next place at or after `from` where a match may start; SIZE_MAX: none. */
size_t spoor_regex_next_start(const spoor_regex_starts *starts, spoor_str text, size_t from);

typedef struct spoor_dfa spoor_dfa;
spoor_dfa *spoor_dfa_new(spoor_arena *arena, const spoor_regex *regex, const spoor_program *program,
                         size_t cache_bytes);
/* Where the leftmost-first match ends that starts at or after `from`; SIZE_MAX: there is none. With
 * any: where some match was first seen to be, soonest. */
size_t spoor_dfa_find_end(spoor_dfa *dfa, spoor_str text, size_t from, bool any);
/* The first place at or after `from` from which a match reaches to `end`. */
size_t spoor_dfa_find_start(spoor_dfa *dfa, spoor_str text, size_t from, size_t end);

typedef struct spoor_capturer spoor_capturer;
spoor_capturer *spoor_capturer_new(spoor_arena *arena, const spoor_regex *regex);
/* Finds the groups of the match at [start, end), which there is; then _slot gives where: group g
 * has the slots 2 g and 2 g + 1, SIZE_MAX when it took no part (the two of group 0 are not used).
 */
bool spoor_capture(spoor_capturer *capturer, spoor_str text, size_t start, size_t end);
size_t spoor_capturer_slot(const spoor_capturer *capturer, uint32_t slot);
/* The same, always the way that is meant for long matches: for tests. */
bool spoor_capture_by_threads(spoor_capturer *capturer, spoor_str text, size_t start, size_t end);

#endif
