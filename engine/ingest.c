/* ingest.c - spoor_ingest(): paths to files, files to events, events to the store.
 *
 * Counts what it saw by channel and event id, filters, reports progress, and
 * commits once at the end, and at resumable points on the way (the writer's
 * commit protocol says what a point is). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "engine/engine.h"
#include "engine/obfuscate.h"
#include "ingest/feed.h"
#include "store/writer.h"

enum { PROGRESS_EVENTS = 4096, COMMIT_BYTES = 1 << 30, MAX_EVENT_IDS = 256 };

typedef struct key {          /* of one count */
    char *channel, *provider; /* malloc */
    int64_t event_id;
    uint64_t hash, records;
} key;

typedef struct ingest {
    spoor_engine *engine;
    const spoor_ingest_request *request;
    spoor_ingest_summary *summary;
    spoor_writer *writer; /* NULL: dry run */
    spoor_store_status failure;
    const spoor_file_list *list;
    spoor_ingest_progress progress;
    double started, reported;
    const char *path; /* of the source being read */
    char name[4400];  /* path, and the member of a zip */
    bool skipping, is_named;
    int64_t position;      /* of the event in its source, from 1 */
    uint64_t since_commit; /* input bytes */
    uint64_t read_files;   /* that held a log */
    int64_t event_ids[MAX_EVENT_IDS];
    size_t nevent_ids;
    key *keys; /* open addressing; channel NULL: free */
    size_t nkeys, key_capacity;
    bool out_of_memory;
    spoor_arena arena; /* of the event that `disguised` is made of */
    spoor_event disguised;
    char refusal[600]; /* of the last file the user named that was refused, and nobody was told */
} ingest;

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* -- counting ---------------------------------------------------------------------------------- */

static size_t slot_of(const key *keys, size_t capacity, uint64_t hash) {
    size_t at = (size_t)hash & (capacity - 1);
    while (keys[at].channel != NULL && keys[at].hash != hash) {
        at = (at + 1) & (capacity - 1);
    }
    return at;
}

static bool grow_keys(ingest *in) {
    size_t capacity = in->key_capacity == 0 ? 256 : in->key_capacity * 2;
    key *grown = calloc(capacity, sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->key_capacity; i++) {
        if (in->keys[i].channel != NULL) {
            grown[slot_of(grown, capacity, in->keys[i].hash)] = in->keys[i];
        }
    }
    free(in->keys);
    in->keys = grown;
    in->key_capacity = capacity;
    return true;
}

static void count_event(ingest *in, const spoor_event *event) {
    uint64_t hash = spoor_hash_bytes(event->channel.ptr, event->channel.len);
    hash = spoor_hash_combine(hash, spoor_hash_bytes(event->provider.ptr, event->provider.len));
    hash = spoor_hash_combine(hash, spoor_hash_u64((uint64_t)event->event_id));
    if (in->nkeys * 2 >= in->key_capacity && !grow_keys(in)) {
        in->out_of_memory = true;
        return;
    }
    key *k = &in->keys[slot_of(in->keys, in->key_capacity, hash)];
    if (k->channel == NULL) {
        *k = (key){spoor_engine_copy(event->channel), spoor_engine_copy(event->provider),
                   event->event_id, hash, 0};
        in->out_of_memory |= k->channel == NULL || k->provider == NULL;
        in->nkeys++;
    }
    k->records++;
}

static int order_counts(const void *a, const void *b) {
    const spoor_ingest_count *x = a, *y = b;
    int order = strcmp(x->channel, y->channel);
    if (order == 0) {
        order = (x->event_id > y->event_id) - (x->event_id < y->event_id);
    }
    return order != 0 ? order : strcmp(x->provider, y->provider);
}

/* The summary's counts, kept by the engine. */
static void publish_counts(ingest *in) {
    spoor_engine_free_counts(in->engine);
    spoor_ingest_count *counts = calloc(in->nkeys + 1, sizeof *counts);
    size_t n = 0;
    for (size_t i = 0; i < in->key_capacity; i++) {
        key *k = &in->keys[i];
        if (k->channel != NULL && counts != NULL && k->provider != NULL) {
            counts[n++] = (spoor_ingest_count){k->channel, k->provider, k->event_id, k->records};
        } else {
            free(k->channel);
            free(k->provider);
        }
    }
    if (n > 0) {
        qsort(counts, n, sizeof *counts, order_counts);
    }
    free(in->keys);
    in->engine->counts = counts;
    in->engine->ncounts = n;
    in->summary->counts = counts;
    in->summary->ncounts = n;
}

/* -- what the feed calls ----------------------------------------------------------------------- */

static bool is_wanted(const ingest *in, const spoor_event *event) {
    const spoor_ingest_request *r = in->request;
    if ((r->has_from && event->time < r->from) || (r->has_to && event->time >= r->to)) {
        return false;
    }
    if (r->channel != NULL && !spoor_str_is(event->channel, r->channel)) {
        return false;
    }
    bool has_number = (event->flags & SPOOR_EVENT_NO_RECORD_ID) == 0;
    if (r->has_record && r->record != (has_number ? event->record_id : in->position)) {
        return false;
    }
    for (size_t i = 0; i < in->nevent_ids; i++) {
        if (in->event_ids[i] == event->event_id) {
            return true;
        }
    }
    return in->nevent_ids == 0;
}

static void report(ingest *in, bool now) {
    double time = clock_seconds();
    if (in->request->progress != NULL && (now || time - in->reported > 0.2)) {
        in->reported = time;
        in->progress.seconds = time - in->started;
        in->progress.records = in->summary->records;
        in->progress.path = in->path;
        in->request->progress(in->request->context, &in->progress);
    }
}

static spoor_feed_answer begin_source(void *context, const spoor_feed_source *source) {
    ingest *in = context;
    in->path = source->path;
    in->is_named = source->is_named;
    in->skipping = false;
    in->position = 0;
    snprintf(in->name, sizeof in->name, source->member[0] != '\0' ? "%s!%s" : "%s", source->path,
             source->member);
    if (in->writer == NULL) {
        return SPOOR_FEED_READ;
    }
    spoor_writer_source s = {.path = in->name, .size = source->size};
    if (source->has_digest) {
        memcpy(s.digest, source->digest, sizeof s.digest);
    }
    spoor_source_state state;
    in->failure = spoor_writer_begin_source(in->writer, &s, &state);
    in->skipping = in->failure == SPOOR_STORE_OK && state == SPOOR_SOURCE_COMPLETE;
    in->summary->known_files += in->skipping;
    return in->failure != SPOOR_STORE_OK ? SPOOR_FEED_STOP
           : in->skipping                ? SPOOR_FEED_SKIP
                                         : SPOOR_FEED_READ;
}

/* The event with another command line; NULL: there is none to change, or no memory. */
static const spoor_event *disguise(ingest *in, const spoor_event *event) {
    jmp_buf door;
    spoor_arena_rewind(&in->arena);
    in->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        in->out_of_memory = true;
        return NULL;
    }
    bool ok = spoor_disguise_event(&in->arena, in->request->disguise, event, &in->disguised);
    return ok ? &in->disguised : NULL;
}

static bool take_event(void *context, const spoor_event *event) {
    ingest *in = context;
    in->position++;
    if (!is_wanted(in, event)) {
        return true;
    }
    if (in->request->disguise != SPOOR_DISGUISE_NONE && (event = disguise(in, event)) == NULL) {
        return !in->out_of_memory;
    }
    in->summary->records++;
    count_event(in, event);
    if (in->writer != NULL) {
        in->failure = spoor_writer_add(in->writer, event);
    }
    if (in->summary->records % PROGRESS_EVENTS == 0) {
        report(in, false);
    }
    return in->failure == SPOOR_STORE_OK && !in->out_of_memory;
}

static void note_damage(void *context, uint64_t offset, const char *what) {
    ingest *in = context;
    if (in->request->damage != NULL) {
        in->request->damage(in->request->context, in->name, offset, what);
    }
}

static bool end_source(void *context, spoor_ingest_status status,
                       const spoor_ingest_counts *counts) {
    ingest *in = context;
    spoor_ingest_summary *s = in->summary;
    bool refused = status == SPOOR_INGEST_REFUSED || status == SPOOR_INGEST_IO;
    s->damaged +=
        status == SPOOR_INGEST_REFUSED ? 0 : counts->damaged; /* what is no log has no damage */
    s->guessed_times += counts->guessed;
    s->repaired_text += counts->bad_text;
    s->bytes += counts->bytes;
    s->recovered += counts->recovered;
    in->since_commit += counts->bytes;
    in->read_files += !refused;
    if (refused) {
        s->refused_files++;
        if (in->request->refused != NULL) {
            in->request->refused(in->request->context, in->name, counts->refusal);
        } else if (in->is_named) {
            snprintf(in->refusal, sizeof in->refusal, "%.300s: %s", in->name, counts->refusal);
        }
    }
    if (in->writer != NULL && in->failure == SPOOR_STORE_OK) {
        if (counts->has_digest) {
            spoor_writer_set_digest(in->writer, counts->digest);
        }
        bool complete = status == SPOOR_INGEST_OK;
        in->failure = spoor_writer_end_source(in->writer, counts->shape, counts->damaged, complete);
    }
    bool due = in->writer != NULL && in->since_commit > COMMIT_BYTES;
    if (due && in->failure == SPOOR_STORE_OK) {
        spoor_writer_counts ignored;
        in->failure = spoor_writer_commit(in->writer, &ignored);
        in->since_commit = 0;
    }
    return in->failure == SPOOR_STORE_OK && status != SPOOR_INGEST_MEMORY;
}

static void end_file(void *context, const spoor_file *file) {
    ingest *in = context;
    in->progress.files_done++;
    in->progress.bytes_done += file->size > 0 ? (uint64_t)file->size : 0;
    in->summary->files++;
    report(in, false);
}

/* -- the call ---------------------------------------------------------------------------------- */

static bool read_event_ids(ingest *in) {
    const char *at = in->request->event_ids;
    while (at != NULL && *at != '\0') {
        char *end;
        long id = strtol(at, &end, 10);
        if (end == at || id < 0 || in->nevent_ids == MAX_EVENT_IDS ||
            (*end != ',' && *end != '\0')) {
            return false;
        }
        in->event_ids[in->nevent_ids++] = id;
        at = *end == ',' ? end + 1 : end;
    }
    return true;
}

static spoor_status store_failure(ingest *in) {
    switch (in->failure) {
    case SPOOR_STORE_MEMORY:
        return spoor_engine_fail(in->engine, SPOOR_ERR_MEMORY, "out of memory");
    case SPOOR_STORE_CANCELLED:
        return spoor_engine_fail(in->engine, SPOOR_ERR_CANCELLED, "interrupted");
    case SPOOR_STORE_OK: return SPOOR_OK;
    case SPOOR_STORE_MISSING:
    case SPOOR_STORE_FOREIGN:
    case SPOOR_STORE_NEWER:
    case SPOOR_STORE_LOCKED:
    case SPOOR_STORE_READ_ONLY:
    case SPOOR_STORE_FULL:
    case SPOOR_STORE_CORRUPT:
    case SPOOR_STORE_IO: break;
    }
    return spoor_engine_fail(in->engine, SPOOR_ERR_STORE, "%s",
                             spoor_store_error(in->engine->store));
}

static spoor_status open_writer(ingest *in) {
    spoor_writer_options options = {.threads = in->engine->threads, .cancel = &in->engine->cancel};
    in->failure = spoor_writer_open(in->engine->store, &options, &in->writer);
    return in->failure == SPOOR_STORE_OK ? SPOOR_OK : store_failure(in);
}

/* Commit what is whole, whatever ended the feed. */
static spoor_status finish(ingest *in, spoor_feed_status fed) {
    if (in->writer != NULL && in->failure == SPOOR_STORE_OK) {
        spoor_writer_counts counts = {0};
        in->failure = spoor_writer_commit(in->writer, &counts);
        in->summary->added = counts.added;
        in->summary->known = counts.known;
        in->summary->variants = counts.variants;
    }
    spoor_status status = store_failure(in);
    if (status == SPOOR_OK && in->engine->cancel) {
        status = spoor_engine_fail(in->engine, SPOOR_ERR_CANCELLED,
                                   "interrupted; the same command goes on from here");
    } else if (status == SPOOR_OK && (fed == SPOOR_FEED_MEMORY || in->out_of_memory)) {
        status = spoor_engine_fail(in->engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    if (status == SPOOR_OK && in->read_files == 0) {
        status = in->refusal[0] != '\0'
                     ? spoor_engine_fail(in->engine, SPOOR_ERR_INPUT, "%s", in->refusal)
                     : spoor_engine_fail(in->engine, SPOOR_ERR_INPUT,
                                         "no event log found in what was named");
    }
    return status;
}

static int order_sizes(const void *left, const void *right) {
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Sizes that a file of the list may share with another or with one in the store, ascending; malloc.
 * NULL: failed. */
static int64_t *known_sizes(ingest *in, size_t *count) {
    int64_t *sizes;
    size_t nstored, nlisted = in->list->count;
    in->failure = spoor_writer_known_sizes(in->writer, &sizes, &nstored);
    int64_t *all =
        in->failure == SPOOR_STORE_OK ? malloc((nstored + 2 * nlisted) * sizeof *all) : NULL;
    if (all == NULL) {
        in->failure = in->failure == SPOOR_STORE_OK ? SPOOR_STORE_MEMORY : in->failure;
        free(sizes);
        return NULL;
    }
    int64_t *listed = all + nstored + nlisted; /* room for them to be sorted */
    for (size_t i = 0; i < nlisted; i++) {
        listed[i] = in->list->files[i].size;
    }
    qsort(listed, nlisted, sizeof *listed, order_sizes);
    if (nstored > 0) {
        memcpy(all, sizes, nstored * sizeof *all);
    }
    *count = nstored;
    for (size_t i = 1; i < nlisted; i++) {
        if (listed[i] == listed[i - 1]) {
            all[(*count)++] = listed[i];
        }
    }
    qsort(all, *count, sizeof *all, order_sizes);
    free(sizes);
    return all;
}

static spoor_status ingest_list(ingest *in) {
    if (!in->request->dry_run) {
        spoor_status status = open_writer(in);
        if (status != SPOOR_OK) {
            return status;
        }
    }
    spoor_ingest_options options = {.recover = in->request->recover,
                                    .assume_tz = in->request->assume_tz};
    int64_t *sizes = NULL;
    if (in->writer != NULL) {
        options.content_key = spoor_writer_content_key(in->writer);
        options.known_sizes = sizes = known_sizes(in, &options.nknown_sizes);
    }
    spoor_feed_handler handler = {.context = in,
                                  .begin = begin_source,
                                  .event = take_event,
                                  .damage = note_damage,
                                  .end = end_source,
                                  .file_done = end_file,
                                  .cancel = &in->engine->cancel};
    spoor_feed_status fed = SPOOR_FEED_STOPPED;
    if (in->failure == SPOOR_STORE_OK) {
        fed =
            spoor_feed_run(in->list, &options, in->engine->threads, in->engine->temp_dir, &handler);
    }
    free(sizes);
    spoor_status status = finish(in, fed);
    if (in->writer != NULL) {
        spoor_writer_close(in->writer);
    }
    return status;
}

spoor_status spoor_ingest(spoor_engine *engine, const spoor_ingest_request *request,
                          spoor_ingest_summary *summary) {
    *summary = (spoor_ingest_summary){0};
    ingest in = {
        .engine = engine, .request = request, .summary = summary, .started = clock_seconds()};
    in.arena.memory = &engine->memory;
    in.reported = in.started;
    engine->cancel = false;
    if (engine->store == NULL && !request->dry_run) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "no store is open to ingest into");
    }
    if (!read_event_ids(&in)) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 "event ids are numbers with commas, not '%s'", request->event_ids);
    }
    spoor_file_list list;
    if (!spoor_file_list_make(&list, request->paths, request->npaths, request->refused,
                              request->context)) {
        spoor_status status = spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s", list.error);
        spoor_file_list_free(&list);
        return status;
    }
    in.list = &list;
    in.progress.files = list.count;
    in.progress.bytes = list.bytes > 0 ? (uint64_t)list.bytes : 0;
    spoor_status status =
        list.count == 0 ? spoor_engine_fail(engine, SPOOR_ERR_INPUT, "no files in what was named")
                        : ingest_list(&in);
    summary->seconds = clock_seconds() - in.started;
    report(&in, true);
    publish_counts(&in);
    spoor_arena_reset(&in.arena);
    spoor_file_list_free(&list);
    return status;
}
