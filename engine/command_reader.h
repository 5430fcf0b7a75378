/* command_reader.h - the words of a management command, one after the other. */
#ifndef SPOOR_ENGINE_COMMAND_READER_H
#define SPOOR_ENGINE_COMMAND_READER_H

#include "base/arena.h"
#include "base/diag.h"
#include "lexer/lexer.h"

typedef struct spoor_command_reader {
    spoor_arena *arena;
    spoor_diags *diags;
    spoor_lexer lexer;
    spoor_token token; /* next, not taken yet; kind 0: the command ends */
    spoor_span whole;
} spoor_command_reader;

void spoor_reader_advance(spoor_command_reader *r);
/* Words of a command join over dashes: create-or-alter.  Empty: the next token is no word. */
spoor_str spoor_reader_take_word(spoor_command_reader *r);
bool spoor_reader_next_is(const spoor_command_reader *r, const char *word);
/* Take the word if it is next. */
bool spoor_reader_skip(spoor_command_reader *r, const char *word);
/* A string literal; false: reported. */
bool spoor_reader_take_string(spoor_command_reader *r, spoor_str *text);
/* Report with the next token as the place; returns false. */
bool spoor_reader_refuse(spoor_command_reader *r, const char *what);

#endif
