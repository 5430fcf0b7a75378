/* cmd_functions.c - `spoor functions [NAME]`: the functions of the language, from their one table. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/guess.h"

static void put_json_text(const char *text) {
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
        }
    }
    putchar('"');
}

/* Every row, overloads too, in the form of a query's result: tools/docs_functions.py reads it. */
static bool print_functions_json(const char *wanted) {
    spoor_function_doc doc;
    const char *separator = "";
    bool found = wanted == NULL;
    fputs("{\"columns\":[", stdout);
    static const char *const columns[] = {"name",    "kind",    "signature",
                                          "summary", "example", "value"};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        printf("%s{\"name\":\"%s\",\"type\":\"string\"}", c > 0 ? "," : "", columns[c]);
    }
    fputs("],\"rows\":[", stdout);
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        if (wanted != NULL && strcmp(doc.name, wanted) != 0) {
            continue;
        }
        const char *cells[] = {doc.name,    doc.kind,    doc.signature,
                               doc.summary, doc.example, doc.value};
        printf("%s\n", separator);
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            putchar(c > 0 ? ',' : '[');
            put_json_text(cells[c]);
        }
        putchar(']');
        separator = ",";
        found = true;
    }
    puts("\n]}");
    return found;
}

/* One row of a name: what it takes and gives, an example and its answer. */
static void explain(const spoor_function_doc *doc, bool is_first) {
    if (is_first) {
        printf("%s: %s\n", doc->name, doc->summary);
    }
    printf("  %s\n", doc->signature);
    if (doc->example != NULL && doc->value != NULL) {
        printf("    %s\n    -> %s\n", doc->example, doc->value);
    }
}

static void no_function(const char *name) {
    spoor_function_doc doc;
    cli_guess guess = {.word = name, .len = strlen(name)};
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        cli_guess_try(&guess, doc.name);
    }
    cli_guess_complain(&guess, "no function", "spoor functions lists them");
}

static int explain_function(const char *name) {
    spoor_function_doc doc;
    const char *summary = NULL, *table = NULL;
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        if (strcmp(doc.name, name) == 0) {
            explain(&doc, summary == NULL || strcmp(summary, doc.summary) != 0);
            summary = doc.summary;
            table = doc.table != NULL ? doc.table : table;
        }
    }
    if (table != NULL) {
        printf("  T is %s\n", table);
    }
    const char *refused = spoor_function_refused(name);
    if (summary == NULL && refused != NULL) {
        fprintf(stderr, "spoor: '%s' is not supported: %s\n", name, refused);
    } else if (summary == NULL) {
        no_function(name);
    }
    return summary != NULL ? EXIT_DONE : EXIT_WRONG;
}

int cli_functions(cli_args *args) {
    spoor_function_doc doc;
    const char *last = "", *wanted = args->nwords > 0 ? args->words[0] : NULL;
    if (args->output.format == SPOOR_FORMAT_JSON) {
        return print_functions_json(wanted) ? EXIT_DONE : EXIT_WRONG;
    }
    if (wanted != NULL) {
        return explain_function(wanted);
    }
    for (size_t i = 0; spoor_function_at(i, &doc); i++) {
        if (strcmp(doc.name, last) != 0) {
            printf("%-24s %s\n", doc.name, doc.summary);
        }
        last = doc.name;
    }
    return EXIT_DONE;
}
