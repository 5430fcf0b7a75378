/* encoders.c - a ring of jobs: filled by the writer, encoded by any thread, written in order.
 *
 * A job's bytes depend on its builder alone, so any number of threads gives
 * the same segments.  Only the writer's thread touches SQLite. */
#include "store/encoders.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_THREADS = 64, LOG_LIMIT = 1 << 30 };

typedef enum job_state { FREE, READY, TAKEN, DONE } job_state;

typedef struct job {
    spoor_builder *builder;
    spoor_encoded encoded;
    spoor_ranges ranges;
    job_state state;
} job;

struct spoor_encoders {
    spoor_store *store;
    spoor_inserts *inserts;
    pthread_mutex_t mutex;
    pthread_cond_t ready, done;
    pthread_t threads[MAX_THREADS];
    uint32_t nthreads;
    spoor_packer *packer; /* of the writer's thread */
    job *ring;
    uint32_t size, head, count; /* oldest job, jobs in the ring */
    bool stop;
};

static void encode(spoor_packer *packer, job *j) {
    spoor_segment_encode(packer, j->builder, &j->encoded);
    spoor_ranges_collect(j->builder, &j->ranges);
}

static void clear(job *j) {
    spoor_builder_free(j->builder);
    spoor_encoded_free(&j->encoded);
    free(j->ranges.list);
    *j = (job){0};
}

static job *next_ready(spoor_encoders *e) {
    for (uint32_t i = 0; i < e->count; i++) {
        job *j = &e->ring[(e->head + i) % e->size];
        if (j->state == READY) {
            return j;
        }
    }
    return NULL;
}

static void *work(void *context) {
    spoor_encoders *e = context;
    spoor_packer *packer = spoor_packer_new();
    pthread_mutex_lock(&e->mutex);
    for (;;) {
        job *j = next_ready(e);
        if (j == NULL) {
            if (e->stop) {
                break;
            }
            pthread_cond_wait(&e->ready, &e->mutex);
            continue;
        }
        j->state = TAKEN;
        pthread_mutex_unlock(&e->mutex);
        if (packer != NULL) {
            encode(packer, j);
        } else {
            j->encoded.failed = true;
        }
        pthread_mutex_lock(&e->mutex);
        j->state = DONE;
        pthread_cond_broadcast(&e->done);
    }
    pthread_mutex_unlock(&e->mutex);
    spoor_packer_free(packer);
    return NULL;
}

spoor_encoders *spoor_encoders_new(spoor_store *store, spoor_inserts *inserts, uint32_t threads) {
    spoor_encoders *e = calloc(1, sizeof *e);
    if (e == NULL) {
        return NULL;
    }
    threads = threads <= 1 ? 0 : threads > MAX_THREADS ? MAX_THREADS : threads;
    e->store = store;
    e->inserts = inserts;
    e->size = threads + 2;
    e->ring = calloc(e->size, sizeof *e->ring);
    e->packer = spoor_packer_new();
    pthread_mutex_init(&e->mutex, NULL);
    pthread_cond_init(&e->ready, NULL);
    pthread_cond_init(&e->done, NULL);
    if (e->ring == NULL || e->packer == NULL) {
        spoor_encoders_free(e);
        return NULL;
    }
    while (e->nthreads < threads && pthread_create(&e->threads[e->nthreads], NULL, work, e) == 0) {
        e->nthreads++;
    }
    return e;
}

void spoor_encoders_free(spoor_encoders *e) {
    if (e == NULL) {
        return;
    }
    pthread_mutex_lock(&e->mutex);
    e->stop = true;
    for (uint32_t i = 0; i < e->count; i++) { /* not worth encoding any more */
        job *j = &e->ring[(e->head + i) % e->size];
        j->state = j->state == READY ? DONE : j->state;
    }
    pthread_cond_broadcast(&e->ready);
    pthread_mutex_unlock(&e->mutex);
    for (uint32_t i = 0; i < e->nthreads; i++) {
        pthread_join(e->threads[i], NULL);
    }
    for (uint32_t i = 0; e->ring != NULL && i < e->size; i++) {
        clear(&e->ring[i]);
    }
    pthread_mutex_destroy(&e->mutex);
    pthread_cond_destroy(&e->ready);
    pthread_cond_destroy(&e->done);
    spoor_packer_free(e->packer);
    free(e->ring);
    free(e);
}

/* A log that grows past the limit is held by a reader: give it time, then say so.  (SQLite itself
 * writes the log back every 16 MB.) */
static spoor_store_status check_log(spoor_store *store) {
    size_t size = strlen(store->path) + sizeof "-wal";
    char *path = malloc(size);
    if (path == NULL) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
    }
    snprintf(path, size, "%s-wal", store->path);
    struct stat log;
    bool is_long = !store->is_temporary && stat(path, &log) == 0 && log.st_size > LOG_LIMIT;
    free(path);
    if (!is_long || sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                              NULL) == SQLITE_OK) {
        return SPOOR_STORE_OK;
    }
    return spoor_store_fail(store, SPOOR_STORE_LOCKED,
                            "%s: the log has grown past 1 GB because another process reads the"
                            " store; try again when it is done",
                            store->path);
}

/* Write the oldest job within an open transaction, and free it. */
static spoor_store_status write_oldest(spoor_encoders *e) {
    job *j = &e->ring[e->head];
    spoor_store_status status;
    if (j->encoded.failed || j->ranges.failed) {
        status = spoor_store_fail(e->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
    } else {
        int64_t id;
        status =
            spoor_segment_insert(e->store, e->inserts, j->builder, &j->encoded, &j->ranges, 0, &id);
    }
    pthread_mutex_lock(&e->mutex);
    clear(j);
    e->head = (e->head + 1) % e->size;
    e->count--;
    pthread_mutex_unlock(&e->mutex);
    return status;
}

/* Write jobs from the oldest on: all (waiting for them), or while they are done. */
static spoor_store_status write_done(spoor_encoders *e, bool all, bool one) {
    spoor_store_status status = SPOOR_STORE_OK;
    bool began = false;
    while (e->count > 0 && status == SPOOR_STORE_OK) {
        pthread_mutex_lock(&e->mutex);
        job *j = &e->ring[e->head];
        while ((all || one) && j->state != DONE) {
            pthread_cond_wait(&e->done, &e->mutex);
        }
        bool done = j->state == DONE;
        pthread_mutex_unlock(&e->mutex);
        if (!done) {
            break;
        }
        one = false;
        if (!began) {
            status = spoor_store_exec(e->store, "BEGIN IMMEDIATE");
            began = status == SPOOR_STORE_OK;
        }
        status = status == SPOOR_STORE_OK ? write_oldest(e) : status;
    }
    if (!began) {
        return status;
    }
    status = status == SPOOR_STORE_OK ? spoor_store_exec(e->store, "COMMIT") : status;
    if (status != SPOOR_STORE_OK) {
        sqlite3_exec(e->store->db, "ROLLBACK", NULL, NULL, NULL);
        e->store->names.nsaved = 0; /* read them again */
        return status;
    }
    return check_log(e->store);
}

spoor_store_status spoor_encoders_add(spoor_encoders *e, spoor_builder *builder) {
    spoor_store_status status = SPOOR_STORE_OK;
    if (e->count == e->size) {
        status = write_done(e, false, true);
        if (status != SPOOR_STORE_OK) {
            spoor_builder_free(builder);
            return status;
        }
    }
    pthread_mutex_lock(&e->mutex);
    job *j = &e->ring[(e->head + e->count) % e->size];
    *j = (job){.builder = builder, .state = e->nthreads > 0 ? READY : DONE};
    e->count++;
    pthread_cond_signal(&e->ready);
    pthread_mutex_unlock(&e->mutex);
    if (e->nthreads > 0) {
        return status;
    }
    encode(e->packer, j);
    return write_done(e, false, false);
}

spoor_store_status spoor_encoders_drain(spoor_encoders *e) {
    return write_done(e, true, false);
}
