/* fuzz_table.c - any bytes as CSV for a table of the store's own, or as rows of .ingest inline: refused, or
 * a table that can be read. */
#include <stdlib.h>
#include <string.h>

#include "include/spoor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static spoor_status run(spoor_engine *engine, const char *text, size_t len) {
    spoor_query *query = NULL;
    spoor_query_options options = {.timeout_s = 2};
    spoor_output_options output = {.format = SPOOR_FORMAT_JSON};
    spoor_status status = spoor_prepare(engine, text, len, &options, &query);
    char *got = NULL;
    size_t got_len = 0;
    FILE *out = open_memstream(&got, &got_len);
    if (status == SPOOR_OK) {
        status = spoor_query_run(query, &output, out, NULL);
    }
    fclose(out);
    free(got);
    spoor_query_free(query);
    return status;
}

static spoor_status run_text(spoor_engine *engine, const char *text) {
    return run(engine, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char ingest[] = ".ingest inline into table T <|\n";
    static spoor_engine *engine;
    spoor_config config = {
        .access = SPOOR_ACCESS_PRIVATE, .threads = 1, .memory_bytes = (size_t)128 << 20};
    if (engine == NULL && spoor_open(&config, &engine) != SPOOR_OK) {
        abort();
    }
    char *text = malloc(size + sizeof ingest);
    if (size == 0 || text == NULL) {
        free(text);
        return 0;
    }
    spoor_status status;
    if (data[0] % 2 == 0) {
        memcpy(text, data + 1, size - 1);
        status = spoor_table_import(engine, "T", text, size - 1, data[0] % 4 == 0 ? NULL : "a");
    } else {
        run_text(engine, ".set-or-replace T with (recreate_schema=true) <| print a = 'x', b = 1, c "
                         "= 1.5, d = now(), e = dynamic({}), f = 1d");
        memcpy(text, ingest, sizeof ingest - 1);
        memcpy(text + sizeof ingest - 1, data + 1, size - 1);
        status = run(engine, text, sizeof ingest + size - 2);
    }
    spoor_status read = status == SPOOR_OK ? run_text(engine, "T | extend n = 1") : SPOOR_OK;
    if (read != SPOOR_OK && read != SPOOR_ERR_MEMORY && read != SPOOR_ERR_TIMEOUT) {
        abort();
    }
    free(text);
    return 0;
}
