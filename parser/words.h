/* words.h - which words of KQL can be names without brackets.
 *
 * Microsoft's lexer knows more keywords than its grammar needs, and its
 * parser wants most of them in brackets where they name something:
 * ['first'].  Some may be given as a new name (`title = x`) but not read.
 * Behind a dot every word is a name: the engine takes event.title. */
#ifndef SPOOR_PARSER_WORDS_H
#define SPOOR_PARSER_WORDS_H

#include "base/str.h"

typedef enum spoor_word {
    SPOOR_WORD_FREE,
    SPOOR_WORD_NEW_NAME, /* free where a name is given */
    SPOOR_WORD_RESERVED,
} spoor_word;

spoor_word spoor_word_class(spoor_str word);

#endif
