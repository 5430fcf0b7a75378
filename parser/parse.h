/* parse.h - query text to tree. */
#ifndef SPOOR_PARSER_PARSE_H
#define SPOOR_PARSER_PARSE_H

#include "parser/ast.h"

typedef struct spoor_parse_options {
    uint32_t source; /* number of the text in diags->sources: goes into every span */
    bool strict;     /* refuse curly quotes, as Microsoft's parser does */
} spoor_parse_options;

/* The QUERY node, or NULL with at least one error in *diags.  text.ptr[text.len] must be '\0';
 * the tree borrows the text.  After a syntax error parsing stops; curly quotes only warn. */
spoor_ast *spoor_parse(spoor_arena *arena, spoor_str text, spoor_parse_options options,
                       spoor_diags *diags);

/* For --tokens: `start-end KIND text` a line, as the grammar gets them; END last.  The text must
 * be UTF-8 and end in '\0'. */
void spoor_parse_print_tokens(spoor_arena *arena, spoor_str text, FILE *out);

#endif
