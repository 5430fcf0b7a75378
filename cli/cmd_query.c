/* cmd_query.c - `spoor query`, `spoor explain`: a text in, rows or its plan out. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

int cli_exit_code(spoor_status status) {
    switch (status) {
    case SPOOR_OK: return EXIT_DONE;
    case SPOOR_ERR_QUERY: return EXIT_WRONG;
    case SPOOR_ERR_CANCELLED: return EXIT_INTERRUPTED;
    case SPOOR_ERR_MEMORY:
    case SPOOR_ERR_TIMEOUT:
    case SPOOR_ERR_STORE:
    case SPOOR_ERR_INPUT:
    case SPOOR_ERR_LIMIT:
    case SPOOR_ERR_OUTPUT: break;
    }
    return EXIT_WORLD;
}

static int run_prepared(cli_args *args, spoor_engine *engine, spoor_query *query) {
    if (args->explain) {
        spoor_query_explain(query, stdout);
        return EXIT_DONE;
    }
    spoor_run_info info;
    args->output.profile = args->profile ? stderr : NULL;
    spoor_status status = spoor_query_run(query, &args->output, stdout, &info);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        return cli_exit_code(status);
    }
    spoor_query_print_messages(query, !args->no_warnings, stderr);
    if (info.looks_back && !args->no_warnings) {
        char newest[40];
        spoor_print_time(info.newest, newest);
        fprintf(stderr,
                "warning: no event found, as the query looks back from now(): the newest is from"
                " %s; try --now last\n",
                newest);
    }
    if (info.more_rows > 0 && !args->quiet) {
        fprintf(stderr, "%llu more rows; --max-rows 0 shows all\n",
                (unsigned long long)info.more_rows);
    }
    return EXIT_DONE;
}

int cli_run_text(cli_args *args, spoor_engine *engine, const char *text, size_t len,
                 const char *name) {
    spoor_query *query;
    spoor_query_options options = args->query;
    options.name = name;
    options.no_warnings = args->no_warnings;
    cli_interruptible(engine);
    spoor_status status = spoor_prepare(engine, text, len, &options, &query);
    if (query != NULL) {
        spoor_query_print_messages(query, !args->no_warnings, stderr);
    }
    int code = cli_exit_code(status);
    if (status == SPOOR_OK) {
        code = run_prepared(args, engine, query);
    } else if (status != SPOOR_ERR_QUERY) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    }
    spoor_query_free(query);
    cli_interruptible(NULL);
    return code;
}

/* The text to run: -f FILE, or the words. */
static char *query_text(cli_args *args, size_t *len) {
    if (args->file != NULL) {
        return cli_read_file(args->file, len);
    }
    if (args->nwords != 1) {
        fputs(args->nwords == 0 ? "spoor: no query; give it in quotes, or -f FILE\n"
                                : "spoor: more than one word; put the query in quotes\n",
              stderr);
        return NULL;
    }
    *len = strlen(args->words[0]);
    if (args->words[0][strspn(args->words[0], " \t\r\n")] ==
        '\0') { /* a variable that was not set */
        fputs("spoor: the query is empty\n", stderr);
        return NULL;
    }
    char *text = malloc(*len + 1);
    return text != NULL ? memcpy(text, args->words[0], *len + 1) : NULL;
}

/* A command that changes the store must be able to: everything else only reads. */
spoor_access cli_access_for(const char *text) {
    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') {
        text++;
    }
    bool changes = *text == '.' && strncmp(text, ".show", 5) != 0;
    return changes ? SPOOR_ACCESS_CREATE : SPOOR_ACCESS_READ;
}

int cli_query(cli_args *args) {
    size_t len;
    int code = EXIT_WRONG;
    char *text = query_text(args, &len);
    if (text == NULL) {
        return args->file != NULL ? EXIT_WORLD : EXIT_WRONG;
    }
    spoor_access access = cli_access_for(text);
    if (access != SPOOR_ACCESS_READ && args->ninputs > 0) {
        fputs(
            "spoor: -i reads files for one query; what a command changes is the store, --db FILE\n",
            stderr);
        free(text);
        return EXIT_WRONG;
    }
    spoor_engine *engine = cli_open(args, access, &code);
    if (engine != NULL) {
        const char *name =
            args->file != NULL && strcmp(args->file, "-") != 0 ? args->file : "query";
        code = cli_run_text(args, engine, text, len, name);
        spoor_close(engine);
    }
    free(text);
    return code;
}

int cli_explain(cli_args *args) {
    args->explain = true;
    return cli_query(args);
}
