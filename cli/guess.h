/* guess.h - "did you mean": of the names that there are, the one that a mistyped word is nearest to. */
#ifndef SPOOR_CLI_GUESS_H
#define SPOOR_CLI_GUESS_H

#include <stddef.h>

typedef struct cli_guess {
    const char *word;
    size_t len;
    const char *name; /* the nearest so far; NULL: none is near */
    size_t distance;
} cli_guess;

void cli_guess_try(cli_guess *guess, const char *name);
/* "spoor: WHAT 'word'; did you mean 'x'?", or OTHERWISE where nothing is near: on standard error. */
void cli_guess_complain(const cli_guess *guess, const char *what, const char *otherwise);

#endif
