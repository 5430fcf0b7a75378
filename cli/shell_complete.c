/* shell_complete.c - completion: operators behind a |, else columns in scope, tables, functions.
 *
 * Columns are those of what stands before the last |, as the binder sees it.
 * libedit asks for one candidate at a time, so they are gathered first. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <editline/readline.h>

#include "cli/shell.h"

enum { MAX_CANDIDATES = 4096 };

static struct { /* of the completion that runs; libedit has no context pointer */
    shell *sh;
    const char *prefix;
    size_t len;
    bool operators, commands;
    char *names[MAX_CANDIDATES];
    size_t count, next;
} now;

static const char *const dot_commands[] = {".help",   ".tables", ".schema", ".functions",
                                           ".timing", ".output", ".show",   ".create-or-alter",
                                           ".drop",   ".quit",   NULL};

static void offer(const char *name, size_t len) {
    if (now.count == MAX_CANDIDATES || len < now.len ||
        strncasecmp(name, now.prefix, now.len) != 0) {
        return;
    }
    for (size_t i = 0; i < now.count; i++) {
        if (strncmp(now.names[i], name, len) == 0 && now.names[i][len] == '\0') {
            return;
        }
    }
    char *copy = malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, name, len);
        copy[len] = '\0';
        now.names[now.count++] = copy;
    }
}

static void offer_name(void *context, const char *name, spoor_name_kind kind) {
    (void)context;
    if (now.operators == (kind == SPOOR_NAME_OPERATOR)) {
        offer(name, strlen(name));
    }
}

/* Columns of the text up to its last |. */
static void offer_columns(const char *line, size_t at) {
    size_t bar = at;
    while (bar > 0 && line[bar - 1] != '|') {
        bar--;
    }
    if (bar == 0) {
        return;
    }
    spoor_query *query;
    spoor_query_options options = now.sh->args->query;
    if (spoor_prepare(now.sh->engine, line, bar - 1, &options, &query) == SPOOR_OK) {
        spoor_column_doc doc;
        for (size_t i = 0; spoor_query_column(query, i, &doc); i++) {
            offer(doc.name, doc.name_len);
        }
    }
    spoor_query_free(query);
}

static char *next_candidate(const char *text, int state) {
    (void)text;
    if (state == 0) {
        now.next = 0;
    }
    return now.next < now.count ? now.names[now.next++] : NULL; /* libedit frees it */
}

static char **complete(const char *word, int start, int end) {
    const char *line = rl_line_buffer;
    int before = start;
    while (before > 0 && isspace((unsigned char)line[before - 1])) {
        before--;
    }
    (void)end;
    now.prefix = word;
    now.len = strlen(word);
    now.count = 0;
    now.operators = before > 0 && line[before - 1] == '|';
    now.commands = before == 0 && word[0] == '.';
    for (size_t i = 0; now.commands && dot_commands[i] != NULL; i++) {
        offer(dot_commands[i], strlen(dot_commands[i]));
    }
    if (!now.commands) {
        if (!now.operators) {
            offer_columns(line, (size_t)start);
        }
        spoor_names(now.sh->engine, offer_name, NULL);
    }
    rl_attempted_completion_over = 1;
    return now.count > 0 ? rl_completion_matches(word, next_candidate) : NULL;
}

void shell_complete_with(shell *sh) {
    now.sh = sh;
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = (char *)(uintptr_t) " \t\n\"'|,()[]{}=<>!~+*/%;:";
}
