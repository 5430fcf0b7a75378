/* parse.c - drives the Lemon parser with tokens.
 *
 * Checks what holds for the whole text (its size, its UTF-8) first, so that
 * the stages behind it need not. */
#include "parser/parse.h"

#include "base/utf8.h"
#include "gen/tokens.h"
#include "parser/build.h"

/* Lemon's interface; it writes no header for it. */
void spoor_lemonInit(void *parser);
void spoor_lemon(void *parser, int kind, spoor_token token, spoor_parse_state *state);
extern const size_t spoor_lemon_bytes; /* defined beside the generated parser */

static bool check_text(spoor_str text, spoor_parse_options options, spoor_diags *diags) {
    if (text.len > SPOOR_MAX_QUERY_BYTES) {
        return spoor_fail(diags, (spoor_span){0, 0, options.source},
                          "the text has %zu bytes, more than %d", text.len,
                          (int)SPOOR_MAX_QUERY_BYTES);
    }
    if (spoor_utf8_is_valid(text)) {
        return true;
    }
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        const char *from = at;
        if (spoor_utf8_next(&at, end) == 0xFFFD && at - from == 1) {
            uint32_t start = (uint32_t)(from - text.ptr);
            return spoor_fail(diags, (spoor_span){start, start + 1, options.source},
                              "the byte 0x%02X is not UTF-8", (unsigned)(unsigned char)*from);
        }
    }
    return spoor_fail(diags, (spoor_span){0, 0, options.source}, "the text is not UTF-8");
}

static void run(void *parser, spoor_parse_state *state) {
    spoor_lemonInit(parser);
    do {
        state->previous = state->token;
        state->token = spoor_tokens_next(&state->tokens);
        if (state->tokens.depth > SPOOR_MAX_DEPTH) { /* parentheses leave no node behind to count */
            spoor_build_too_deep(state);
            break;
        }
        spoor_lemon(parser, state->token.kind, state->token, state);
    } while (state->token.kind != 0 && !state->failed);
}

/* The parser's stack is large and of no use afterwards, so it is not the caller's arena that has it: a
 * door sees to it that it is freed.  false: out of memory. */
static bool run_guarded(spoor_arena *arena, spoor_parse_state *state) {
    spoor_arena scratch = {.memory = arena->memory, .on_oom = arena->on_oom};
    void *parser = spoor_arena_push_raw(&scratch, 1, spoor_lemon_bytes);
    jmp_buf *outer = arena->on_oom;
    jmp_buf door;
    arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        run(parser, state);
    }
    arena->on_oom = outer;
    spoor_arena_reset(&scratch);
    return ok;
}

spoor_ast *spoor_parse(spoor_arena *arena, spoor_str text, spoor_parse_options options,
                       spoor_diags *diags) {
    if (!check_text(text, options, diags)) {
        return NULL;
    }
    spoor_parse_state state = {
        .arena = arena,
        .diags = diags,
        .tokens = spoor_tokens_begin(arena, text, options.source),
        .strict = options.strict,
    };
    bool is_done = run_guarded(arena, &state);
    if (!is_done) {
        spoor_arena_fail(arena);
    }
    return state.failed ? NULL : state.root;
}

void spoor_parse_print_tokens(spoor_arena *arena, spoor_str text, FILE *out) {
    spoor_tokens tokens = spoor_tokens_begin(arena, text, 0);
    for (;;) {
        spoor_token token = spoor_tokens_next(&tokens);
        fprintf(out, "%u-%u %s", token.span.start, token.span.end, spoor_token_name(token.kind));
        if (token.kind == 0) {
            fputc('\n', out);
            return;
        }
        fputc(' ', out);
        for (size_t i = 0; i < token.text.len; i++) { /* one line a token */
            unsigned char c = (unsigned char)token.text.ptr[i];
            fputc(c < ' ' || c == 0x7F ? '.' : c, out);
        }
        fputc('\n', out);
    }
}
