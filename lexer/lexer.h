/* lexer.h - query text to tokens.
 *
 * The lexer copies nothing and cannot fail: what it does not know is
 * TK_ILLEGAL, a literal without its end TK_UNCLOSED, and the parser says what
 * is wrong with them.  Token codes come from parser/grammar.y, through the
 * generated gen/tokens.h.  A word is a keyword here wherever it stands; which
 * of them are names after all is decided by parser/tokens.c and the grammar's
 * %fallback. */
#ifndef SPOOR_LEXER_LEXER_H
#define SPOOR_LEXER_LEXER_H

#include "base/diag.h"
#include "base/str.h"

typedef struct spoor_token {
    int kind;        /* TK_*; 0 at the end */
    spoor_span span; /* where in the text */
    spoor_str text;  /* the bytes of span, borrowed from the text */
} spoor_token;

typedef struct spoor_lexer {
    const char *text, *cursor, *end; /* *end == '\0', the sentinel re2c needs */
    uint32_t source;                 /* goes into every span */
} spoor_lexer;

/* text.ptr[text.len] must be readable and '\0'; the text must be UTF-8. */
spoor_lexer spoor_lexer_begin(spoor_str text, uint32_t source);
spoor_token spoor_lexer_next(spoor_lexer *lexer);

/* "IDENT", "STRING", ... for --tokens. */
const char *spoor_token_name(int kind);

#endif
