/* fuzz_query.c - any bytes as a query that is bound and run, over no store and within narrow limits: an
 * answer or an error; with rewrites and without, the same answer. */
#include <stdlib.h>
#include <string.h>

#include "include/spoor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct answer {
    char *text;
    size_t len;
    spoor_status status;
} answer;

static answer answer_of(spoor_engine *engine, const char *text, size_t len, bool no_rewrites) {
    answer a = {0};
    spoor_query_options options = {.no_rewrites = no_rewrites, .timeout_s = 2};
    spoor_parse_time("2024-06-15T12:30:00Z", &options.now);
    spoor_query *query = NULL;
    FILE *out = open_memstream(&a.text, &a.len);
    a.status = spoor_prepare(engine, text, len, &options, &query);
    if (a.status == SPOOR_OK) {
        spoor_output_options output = {.format = SPOOR_FORMAT_TSV, .types = true};
        a.status = spoor_query_run(query, &output, out, NULL);
    } else if (a.status == SPOOR_ERR_QUERY &&
               spoor_query_message(query, 0, &(spoor_message){0}) == false) {
        abort(); /* refused, and nothing said why */
    }
    spoor_query_free(query);
    fclose(out);
    return a;
}

static bool is_random(const char *text, size_t len) {
    static const char *const words[] = {"rand", "sample", "guid"};
    for (size_t i = 0; i < len; i++) {
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            size_t n = strlen(words[w]);
            if (len - i >= n && memcmp(text + i, words[w], n) == 0) {
                return true;
            }
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_engine *engine;
    if (engine == NULL) {
        spoor_config config = {
            .access = SPOOR_ACCESS_NONE, .threads = 1, .memory_bytes = (size_t)64 << 20};
        spoor_open(&config, &engine);
    }
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    answer a = answer_of(engine, text, size, false), b = {0};
    if (a.status == SPOOR_OK && !is_random(text, size)) {
        b = answer_of(engine, text, size, true);
        if (b.status == SPOOR_OK && (a.len != b.len || memcmp(a.text, b.text, a.len) != 0)) {
            fprintf(stderr, "with rewrites:\n%s\nwithout:\n%s\n", a.text, b.text);
            abort();
        }
    }
    free(a.text);
    free(b.text);
    free(text);
    return 0;
}
