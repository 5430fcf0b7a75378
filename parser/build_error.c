/* build_error.c - the one syntax error of a text, in words; see build.h.
 *
 * The grammar knows which tokens could have stood where the wrong one does;
 * what was meant is guessed from that, the token and the one before it. */
#include "parser/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "gen/tokens.h"

enum { MESSAGE_BYTES = 512, FOUND_BYTES = 40 };

bool spoor_build_fail(spoor_parse_state *p, spoor_span span, const char *format, ...) {
    if (p->failed) {
        return false;
    }
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    spoor_fail(p->diags, span, "%s", message);
    p->failed = true;
    return true;
}

void spoor_build_too_deep(spoor_parse_state *p) {
    spoor_build_fail(p, p->token.span, "the query is nested more than %d deep", (int)SPOOR_MAX_DEPTH);
}

void spoor_build_unexpected(spoor_parse_state *p, spoor_token token, const bool *expected) {
    (void)expected;
    if (token.kind == 0) {
        spoor_build_fail(p, token.span, "unexpected end of the query");
    } else {
        spoor_build_fail(p, token.span, "unexpected '%.*s'", (int)token.text.len, token.text.ptr);
    }
}
