/* cmd_workbook.c - `spoor workbook run FILE --param NAME=VALUE`: each query's title and its result.
 *
 * The store is opened for reading, whatever the workbook's texts say.  An item's
 * time range holds unless the command line names one. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

static int run_item(cli_args *args, spoor_engine *engine, const spoor_workbook_item *item) {
    bool is_text =
        args->output.format == SPOOR_FORMAT_TABLE || args->output.format == SPOOR_FORMAT_VERTICAL;
    FILE *out = is_text ? stdout : stderr;
    fputs("-- ", out);
    cli_print_outside(item->title, out);
    fputs(" --\n", out);
    if (item->missing != NULL) {
        fputs("spoor: the parameter '", stderr);
        cli_print_outside(item->missing, stderr);
        fputs("' has no value: --param NAME=VALUE\n", stderr);
        return EXIT_WRONG;
    }
    cli_args own = *args;
    bool has_range = args->query.has_from || args->query.has_to || args->query.last != 0;
    own.query.nparameters = 0; /* they are in the text */
    own.query.last = has_range ? args->query.last : item->last;
    fflush(out);
    int code = cli_run_text(&own, engine, item->text, item->len, item->title);
    fputs("\n", out);
    return code;
}

static int run_workbook(cli_args *args, const char *path) {
    size_t len;
    int code = EXIT_WORLD;
    char *text = cli_read_file(path, &len);
    if (text == NULL) {
        return code;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        free(text);
        return code;
    }
    spoor_workbook *workbook;
    spoor_status status = spoor_workbook_open(engine, text, len, args->query.parameters,
                                              args->query.nparameters, &workbook);
    code = cli_exit_code(status);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    }
    const spoor_workbook_item *item;
    for (size_t i = 0; status == SPOOR_OK && (item = spoor_workbook_at(workbook, i)) != NULL; i++) {
        int of_item = run_item(args, engine, item);
        code = code == EXIT_DONE ? of_item : code;
        if (of_item == EXIT_INTERRUPTED) {
            break;
        }
    }
    spoor_workbook_free(workbook);
    spoor_close(engine);
    free(text);
    return code;
}

int cli_workbook(cli_args *args) {
    if (args->nwords == 2 && strcmp(args->words[0], "run") == 0) {
        return run_workbook(args, args->words[1]);
    }
    fputs("spoor: workbook run FILE --param NAME=VALUE ...\n", stderr);
    return EXIT_WRONG;
}
