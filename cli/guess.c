/* guess.c - see guess.h. */
#include "cli/guess.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

enum { LONGEST = 40 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Letters to change, add, leave out, or swap with the next; both texts are shorter than LONGEST. */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen) {
    size_t rows[3][LONGEST];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= blen; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= alen; i++) {
        now[0] = i;
        for (size_t j = 1; j <= blen; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[blen];
}

void cli_guess_try(cli_guess *guess, const char *name) {
    size_t len = strlen(name);
    if (len >= LONGEST || guess->len >= LONGEST) {
        return;
    }
    size_t found = distance(guess->word, guess->len, name, len);
    size_t near = guess->len < 6 ? 1 : guess->len / 3;
    if (found <= near && (guess->name == NULL || found < guess->distance)) {
        guess->name = name;
        guess->distance = found;
    }
}

void cli_guess_complain(const cli_guess *guess, const char *what, const char *otherwise) {
    fprintf(stderr, "spoor: %s '", what);
    for (size_t i = 0; i < guess->len; i++) {
        char letter[2] = {guess->word[i], '\0'};
        cli_print_outside(letter, stderr);
    }
    if (guess->name != NULL) {
        fprintf(stderr, "'; did you mean '%s'?\n", guess->name);
    } else {
        fprintf(stderr, "'; %s\n", otherwise);
    }
}
