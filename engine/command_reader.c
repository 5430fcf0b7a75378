/* command_reader.c - see command_reader.h. */
#include "engine/command_reader.h"

#include "parser/parse.h"

/* Past the end of the command all tokens are the end: stages piped behind it are not its words. */
void spoor_reader_advance(spoor_command_reader *r) {
    r->token = spoor_lexer_next(&r->lexer);
    if (r->token.span.start >= r->whole.end) {
        r->token = (spoor_token){0};
    }
}

/* Words of a command join over dashes: create-or-alter. */
spoor_str spoor_reader_take_word(spoor_command_reader *r) {
    const char *start = r->token.text.ptr;
    const char *end = start;
    while (r->token.kind != 0 && r->token.text.ptr == end && r->token.text.len > 0) {
        char first = r->token.text.ptr[0];
        bool joins = first == '-' || first == '_' || (first >= '0' && first <= '9') ||
                     (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
        if (!joins) {
            break;
        }
        end = r->token.text.ptr + r->token.text.len;
        spoor_reader_advance(r);
    }
    return (spoor_str){start, (size_t)(end - start)};
}

bool spoor_reader_next_is(const spoor_command_reader *r, const char *word) {
    return spoor_str_is(r->token.text, word);
}

bool spoor_reader_skip(spoor_command_reader *r, const char *word) {
    bool is = spoor_reader_next_is(r, word);
    if (is) {
        spoor_reader_advance(r);
    }
    return is;
}

bool spoor_reader_refuse(spoor_command_reader *r, const char *what) {
    return spoor_fail(r->diags, r->token.kind != 0 ? r->token.span : r->whole, "%s", what);
}

/* A string literal's text: escapes are read by the parser of KQL itself. */
bool spoor_reader_take_string(spoor_command_reader *r, spoor_str *text) {
    spoor_str literal =
        spoor_arena_format(r->arena, "print %.*s", (int)r->token.text.len, r->token.text.ptr);
    spoor_diags ignored = {.arena = r->arena};
    spoor_ast *tree = spoor_parse(r->arena, literal, (spoor_parse_options){0}, &ignored);
    const spoor_ast *node = tree;
    while (node != NULL && node->kind != SPOOR_AST_LITERAL) {
        node = node->first;
    }
    if (node == NULL) {
        return spoor_reader_refuse(r, "expected a string");
    }
    *text = node->text;
    spoor_reader_advance(r);
    return true;
}
