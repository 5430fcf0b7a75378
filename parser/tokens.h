/* tokens.h - the lexer's tokens as the grammar takes them.
 *
 * KQL has few reserved words, and brackets that mean different things, so an
 * LALR(1) grammar cannot tell all tokens apart by itself.  This layer looks
 * at the neighbours of a token and gives it its role: `kind` before `=` right
 * behind an operator is a property, `(` of `(a, b) = f()` opens a tuple, `(`
 * of `let f = (x:long) {` opens parameters, `Sec*` of `union Sec*` is one
 * word, adjacent string literals are one literal, and so on.  It never looks
 * back further than one token and the stack of open brackets. */
#ifndef SPOOR_PARSER_TOKENS_H
#define SPOOR_PARSER_TOKENS_H

#include "base/arena.h"
#include "lexer/lexer.h"

/* What stands inside one open bracket. */
typedef struct spoor_bracket {
    spoor_token open; /* kind 0: the text itself */
    int op;           /* token code of the operator the next token belongs to; 0: none */
} spoor_bracket;

typedef struct spoor_tokens {
    spoor_arena *arena; /* borrowed: holds the stack */
    spoor_lexer lexer;
    spoor_token last;        /* handed out last; kind 0 before the first */
    spoor_bracket *brackets; /* [depth] is the innermost */
    size_t depth, capacity;
    int property;    /* where in `name = value` of a property; see tokens.c */
    int let;         /* tokens of `let name =` seen; see tokens.c */
    bool is_command; /* the text begins with a dot */
} spoor_tokens;

spoor_tokens spoor_tokens_begin(spoor_arena *arena, spoor_str text, uint32_t source);
spoor_token spoor_tokens_next(spoor_tokens *tokens);

/* True for names, keywords, true and false: anything made of letters. */
bool spoor_token_is_word(spoor_token token);

#endif
