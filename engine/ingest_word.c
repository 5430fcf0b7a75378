/* ingest_word.c - events named by a word: a record of a log, or JSON on the command line or in a
 * test of a rule. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/engine.h"

static spoor_status ingest_path(spoor_engine *engine, const char *path,
                                spoor_ingest_request *request, uint64_t *events) {
    spoor_ingest_summary summary;
    request->paths = &path;
    request->npaths = 1;
    spoor_status status = spoor_ingest(engine, request, &summary);
    *events = summary.records;
    return status;
}

/* The readers of logs read files: so does this, from one that is gone afterwards. */
static spoor_status ingest_json(spoor_engine *engine, const char *json,
                                spoor_ingest_request *request, uint64_t *events) {
    char path[4200];
    snprintf(path, sizeof path, "%.4096s/spoor-event-XXXXXX", engine->temp_dir);
    int fd = mkstemp(path);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (out == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_OUTPUT, "%s: %s", path, strerror(errno));
    }
    bool ok = fputs(json, out) >= 0 && fputc('\n', out) != EOF;
    ok = fclose(out) == 0 && ok;
    spoor_status status =
        ok ? ingest_path(engine, path, request, events)
           : spoor_engine_fail(engine, SPOOR_ERR_OUTPUT, "%s: cannot be written", path);
    unlink(path);
    return status == SPOOR_ERR_INPUT
               ? spoor_engine_fail(engine, status, "the JSON is no event of a known shape")
               : status;
}

/* FILE#123: cuts the number off. */
static bool cut_record(char *path, int64_t *record) {
    char *mark = strrchr(path, '#'), *end;
    if (mark == NULL || mark[1] < '0' || mark[1] > '9') {
        return false;
    }
    errno = 0;
    *record = strtoll(mark + 1, &end, 10);
    if (*end != '\0' || errno != 0) {
        return false;
    }
    *mark = '\0';
    return true;
}

spoor_status spoor_ingest_word(spoor_engine *engine, const char *word,
                               const spoor_ingest_request *like, uint64_t *events) {
    spoor_ingest_request request = *like;
    *events = 0;
    if (word[0] == '{' || word[0] == '[') {
        return ingest_json(engine, word, &request, events);
    }
    char path[4200];
    if (strlen(word) >= sizeof path) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "a path is too long");
    }
    memcpy(path, word, strlen(word) + 1);
    request.has_record = access(path, F_OK) != 0 && cut_record(path, &request.record);
    spoor_status status = ingest_path(engine, path, &request, events);
    if (status == SPOOR_OK && *events == 0 && request.disguise == SPOOR_DISGUISE_NONE) {
        status =
            request.has_record
                ? spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                    "%s: no event has the record number %" PRId64, path,
                                    request.record)
                : spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s: there is no event in it", path);
    }
    return status;
}
