/* cmd_function.c - `spoor function save|list|show|delete NAME`. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

static int run_command(cli_args *args, spoor_access access, const char *text) {
    int code;
    spoor_engine *engine = cli_open(args, access, &code);
    if (engine != NULL) {
        code = cli_run_text(args, engine, text, strlen(text), "command");
        spoor_close(engine);
    }
    return code;
}

static int list_functions(cli_args *args) {
    return run_command(args, SPOOR_ACCESS_READ,
                       ".show functions | project Name, Parameters, Folder, DocString");
}

/* The text as it was saved, to standard output. */
static int show_function(cli_args *args, const char *name) {
    char text[512];
    snprintf(text, sizeof text, ".show function %s", name);
    if (!args->format_given) {
        args->output.format = SPOOR_FORMAT_VERTICAL;
    }
    return run_command(args, SPOOR_ACCESS_READ, text);
}

static int save_function(cli_args *args, const char *name) {
    size_t len;
    int code = EXIT_WRONG;
    if (args->file == NULL) {
        fputs("spoor: where is the function's text? -f FILE ('-' is standard input)\n", stderr);
        return EXIT_WRONG;
    }
    char *text = cli_read_file(args->file, &len);
    if (text == NULL) {
        return EXIT_WORLD;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_CREATE, &code);
    if (engine != NULL) {
        spoor_function_text function = {name, text, len, args->folder, args->docstring};
        spoor_query *query;
        spoor_status status = spoor_function_save(engine, &function, &query);
        if (query != NULL) {
            spoor_query_print_messages(query, !args->no_warnings, stderr);
            spoor_query_free(query);
        }
        if (status != SPOOR_OK && status != SPOOR_ERR_QUERY) {
            fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        } else if (status == SPOOR_OK && !args->quiet) {
            fprintf(stderr, "saved function '%s'\n", name);
        }
        code = cli_exit_code(status);
        spoor_close(engine);
    }
    free(text);
    return code;
}

int cli_function(cli_args *args) {
    const char *verb = args->nwords > 0 ? args->words[0] : "list";
    if (strcmp(verb, "list") == 0 && args->nwords <= 1) {
        return list_functions(args);
    }
    if (args->nwords == 2 && strcmp(verb, "show") == 0) {
        return show_function(args, args->words[1]);
    }
    if (args->nwords == 2 && strcmp(verb, "save") == 0) {
        return save_function(args, args->words[1]);
    }
    if (args->nwords == 2 && strcmp(verb, "delete") == 0) {
        return cli_delete_saved(args, args->words[1], spoor_function_delete);
    }
    fputs("spoor: function list, function show NAME, function save NAME -f FILE, function delete "
          "NAME\n",
          stderr);
    return EXIT_WRONG;
}
