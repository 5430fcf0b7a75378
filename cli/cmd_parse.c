/* cmd_parse.c - `spoor parse FILE...`: syntax only, one verdict a file. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

static void put_json_text(const char *s) {
    putchar('"');
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            printf("\\%c", c);
        } else if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

static void put_verdict(const char *file, const spoor_query *query, bool ok) {
    fputs("{\"file\":", stdout);
    put_json_text(file);
    printf(",\"ok\":%s,\"errors\":[", ok ? "true" : "false");
    spoor_message message;
    bool first = true;
    for (size_t i = 0; spoor_query_message(query, i, &message); i++) {
        if (!message.is_warning) {
            printf("%s{\"line\":%u,\"column\":%u,\"message\":", first ? "" : ",", message.line,
                   message.column);
            put_json_text(message.message);
            putchar('}');
            first = false;
        }
    }
    puts("]}");
}

/* false: the text is refused; *world: it could not be read at all. */
static bool parse_file(cli_args *args, const char *file, bool *world) {
    size_t len;
    char *text = cli_read_file(file, &len);
    if (text == NULL) {
        *world = true;
        return false;
    }
    spoor_query *query;
    char what = args->tree ? 't' : args->tokens ? 'k' : 'v';
    bool ok =
        spoor_parse_text(text, len, file, args->query.strict, what, stdout, &query) == SPOOR_OK;
    if (query == NULL) {
        fputs("spoor: out of memory\n", stderr);
    } else if (args->output.format == SPOOR_FORMAT_JSONL ||
               args->output.format == SPOOR_FORMAT_JSON) {
        put_verdict(file, query, ok);
    } else {
        spoor_query_print_messages(query, !args->no_warnings, stderr);
        if (ok && what == 'v' && !args->quiet) {
            printf("%s: ok\n", file);
        }
    }
    spoor_query_free(query);
    free(text);
    return ok;
}

int cli_parse(cli_args *args) {
    bool ok = true, world = false;
    if (args->nwords == 0) {
        fputs("spoor: no file to parse; '-' is standard input\n", stderr);
        return EXIT_WRONG;
    }
    for (int i = 0; i < args->nwords; i++) {
        ok &= parse_file(args, args->words[i], &world);
    }
    return world ? EXIT_WORLD : ok ? EXIT_DONE : EXIT_WRONG;
}
