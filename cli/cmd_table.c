/* cmd_table.c - `spoor table import NAME FILE.csv`, `spoor table drop NAME`. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

static int import_table(cli_args *args, const char *name, const char *path) {
    size_t len;
    int code = EXIT_WORLD;
    char *text = cli_read_file(path, &len);
    if (text == NULL) {
        return code;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_CREATE, &code);
    if (engine != NULL) {
        spoor_status status = spoor_table_import(engine, name, text, len, args->search_key);
        if (status != SPOOR_OK) {
            fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        } else if (!args->quiet) {
            fprintf(stderr, "imported table '%s'\n", name);
        }
        code = status == SPOOR_ERR_INPUT ? EXIT_WRONG : cli_exit_code(status);
        spoor_close(engine);
    }
    free(text);
    return code;
}

int cli_table(cli_args *args) {
    const char *verb = args->nwords > 0 ? args->words[0] : "";
    if (args->nwords == 3 && strcmp(verb, "import") == 0) {
        return import_table(args, args->words[1], args->words[2]);
    }
    if (args->nwords == 2 && strcmp(verb, "drop") == 0) {
        return cli_delete_saved(args, args->words[1], spoor_table_drop);
    }
    fputs("spoor: table import NAME FILE.csv, table drop NAME\n", stderr);
    return EXIT_WRONG;
}
