/* cmd_shell.c - `spoor shell`: lines in, queries out.
 *
 * Text is gathered until it is complete: it parses, and neither ends in | nor
 * is followed by more that was pasted.  Without a terminal the same loop reads
 * plain lines, so a file of queries can be piped in. */
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <editline/readline.h>

#include "cli/shell.h"

enum { HISTORY_LINES = 2000 };

static bool history_path(char *path, size_t size) {
    const char *home = getenv("HOME");
    return home != NULL && (size_t)snprintf(path, size, "%s/.spoor_history", home) < size;
}

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Commands that change the store need it open for writing, and made when it is missing. */
static bool reopen_for(shell *sh, const char *text) {
    spoor_access access = cli_access_for(text);
    if (access == sh->access || access == SPOOR_ACCESS_READ || sh->args->ninputs > 0) {
        return true;
    }
    int code;
    spoor_engine *engine = cli_open(sh->args, access, &code);
    if (engine == NULL) {
        return false;
    }
    spoor_close(sh->engine);
    sh->engine = engine;
    sh->access = access;
    return true;
}

void shell_run(shell *sh, const char *text) {
    if (!reopen_for(sh, text)) {
        return;
    }
    double start = clock_seconds();
    cli_run_text(sh->args, sh->engine, text, strlen(text), "query");
    if (sh->timing) {
        fprintf(stderr, "%.3f s\n", clock_seconds() - start);
    }
}

/* More lines stand in the input already: they belong to what was pasted. */
static bool more_is_waiting(bool on_terminal) {
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return on_terminal && poll(&in, 1, 25) > 0;
}

static bool parses(const char *text) {
    spoor_query *query;
    bool ok = spoor_parse_text(text, strlen(text), "query", false, 'v', NULL, &query) == SPOOR_OK;
    spoor_query_free(query);
    return ok;
}

/* An open bracket, or a | or comma at the end: the query goes on. */
static bool goes_on(const char *text) {
    int depth = 0;
    char quote = 0, last = 0;
    for (; *text != '\0'; text++) {
        if (quote != 0) {
            quote = *text == quote || *text == '\n' ? 0 : quote;
        } else if (*text == '"' || *text == '\'') {
            quote = *text;
        } else if (text[0] == '/' && text[1] == '/') {
            text += strcspn(text, "\n");
            if (*text == '\0') {
                break;
            }
        } else {
            depth += (*text == '(' || *text == '[' || *text == '{') -
                     (*text == ')' || *text == ']' || *text == '}');
        }
        last = *text == ' ' || *text == '\t' || *text == '\n' ? last : *text;
    }
    return depth > 0 || last == '|' || last == ',' || last == '=';
}

static bool is_blank(const char *line) {
    return line[strspn(line, " \t\r\n")] == '\0';
}

static char *read_line(bool on_terminal, bool first) {
    if (on_terminal) {
        return readline(first ? "spoor> " : "  ...> ");
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t len = getline(&line, &size, stdin);
    if (len < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

/* text + line + newline; frees text. */
static char *append(char *text, const char *line) {
    size_t have = text != NULL ? strlen(text) : 0, len = strlen(line);
    char *grown = realloc(text, have + len + 2);
    if (grown == NULL) {
        free(text);
        return NULL;
    }
    memcpy(grown + have, line, len);
    memcpy(grown + have + len, "\n", 2);
    return grown;
}

static bool is_complete(const char *text, const char *line, bool on_terminal) {
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t')) {
        len--;
    }
    if (is_blank(line)) {
        return true;
    }
    if (!on_terminal) {
        return false;
    }
    bool waiting = more_is_waiting(on_terminal);
    if (len > 0 && line[len - 1] == ';') {
        return !waiting && !goes_on(text);
    }
    bool is_let = strncmp(text + strspn(text, " \t\n"), "let ", 4) == 0;
    return !waiting && !goes_on(text) && (!is_let || parses(text));
}

/* The next text to run; NULL at the end of the input.  malloc. */
static char *read_text(bool on_terminal) {
    char *text = NULL;
    for (;;) {
        char *line = read_line(on_terminal, text == NULL);
        if (line == NULL) {
            return text;
        }
        if (text == NULL && is_blank(line)) {
            free(line);
            continue;
        }
        text = append(text, line);
        bool done = text == NULL || (text[0] == '.' && !goes_on(text)) ||
                    is_complete(text, line, on_terminal);
        free(line);
        if (done) {
            return text;
        }
    }
}

static void trim_end(char *text) {
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ' || text[len - 1] == '\t')) {
        text[--len] = '\0';
    }
}

static void loop(shell *sh, bool on_terminal) {
    char *text;
    while (!sh->quit && (text = read_text(on_terminal)) != NULL) {
        trim_end(text);
        if (on_terminal && text[0] != '\0') {
            add_history(text);
        }
        if (text[0] != '\0' && !(text[0] == '.' && shell_dot_command(sh, text))) {
            shell_run(sh, text);
        }
        free(text);
    }
}

int cli_shell(cli_args *args) {
    int code = EXIT_WORLD;
    shell sh = {.args = args, .access = SPOOR_ACCESS_READ};
    sh.engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (sh.engine == NULL) {
        return code;
    }
    bool on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    char path[4096];
    bool has_history = on_terminal && history_path(path, sizeof path);
    if (on_terminal) {
        setlocale(LC_CTYPE,
                  "C.UTF-8"); /* libedit drops what is not ASCII in any other; nothing else asks */
        rl_initialize();
        using_history();
        stifle_history(HISTORY_LINES);
        shell_complete_with(&sh);
        printf("spoor %s, %s.  .help tells more.\n", SPOOR_VERSION,
               args->ninputs > 0 ? "logs read for this session" : args->db);
    }
    if (has_history) {
        read_history(path);
    }
    cli_ignore_interrupts(true);
    loop(&sh, on_terminal);
    cli_ignore_interrupts(false);
    if (has_history && write_history(path) == 0) {
        chmod(path, S_IRUSR | S_IWUSR);
    }
    if (on_terminal) {
        putchar('\n');
    }
    spoor_close(sh.engine);
    return EXIT_DONE;
}
