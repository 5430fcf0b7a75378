/* feed.c - serial and threaded feeding; see feed.h.
 *
 * Threaded: readers take files in the order of the list and fill a queue each
 * file has; the caller drains the queues in that order.  A queue is bounded,
 * and the file whose turn it is always has a reader, so nobody waits for ever.
 * One lock guards all queues: it is taken once a block, not once an event. */
#include "ingest/feed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event_block.h"
#include "ingest/feed_file.h"

/* -- one thread -------------------------------------------------------------------------------- */

typedef struct direct {
    spoor_feed_out out; /* first */
    const spoor_feed_handler *handler;
} direct;

static bool direct_event(spoor_sink *sink, const spoor_event *event) {
    const spoor_feed_handler *h = ((direct *)sink)->handler;
    return h->event(h->context, event);
}

static void direct_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    const spoor_feed_handler *h = ((direct *)sink)->handler;
    h->damage(h->context, offset, what);
}

static bool direct_cancelled(spoor_sink *sink) {
    return *((direct *)sink)->handler->cancel;
}

static spoor_feed_answer direct_begin(spoor_feed_out *out, const spoor_feed_source *source) {
    const spoor_feed_handler *h = ((direct *)out)->handler;
    return *h->cancel ? SPOOR_FEED_STOP : h->begin(h->context, source);
}

static bool direct_end(spoor_feed_out *out, spoor_ingest_status status,
                       const spoor_ingest_counts *counts) {
    const spoor_feed_handler *h = ((direct *)out)->handler;
    return h->end(h->context, status, counts) && !*h->cancel;
}

static spoor_feed_status run_serial(const spoor_file_list *list,
                                    const spoor_ingest_options *options, const char *temp_dir,
                                    const spoor_feed_handler *handler) {
    spoor_evtx_buffers *evtx = NULL;
    direct d = {.out = {.sink = {direct_event, direct_damage, direct_cancelled},
                        .evtx = &evtx,
                        .begin = direct_begin,
                        .end = direct_end},
                .handler = handler};
    size_t done = 0;
    while (done < list->count && spoor_feed_file(&list->files[done], options, temp_dir, &d.out)) {
        handler->file_done(handler->context, &list->files[done++]);
    }
    spoor_evtx_buffers_free(evtx);
    return done == list->count ? SPOOR_FEED_DONE : SPOOR_FEED_STOPPED;
}

/* -- several ----------------------------------------------------------------------------------- */

enum { BLOCK_BYTES = 1 << 18, QUEUE_BYTES = 8 << 20, MAX_SPARE = 32 };

typedef enum item_kind { ITEM_BEGIN, ITEM_EVENTS, ITEM_DAMAGE, ITEM_END, ITEM_FILE_DONE } item_kind;

typedef struct item {
    item_kind kind;
    spoor_feed_source source; /* BEGIN; member: own text */
    char *text;               /* BEGIN: member; DAMAGE: what; malloc */
    spoor_event_block block;  /* EVENTS */
    uint64_t offset;          /* DAMAGE */
    spoor_ingest_status status;
    spoor_ingest_counts counts; /* END */
    struct item *next;
} item;

typedef struct queue { /* of one file */
    item *first, *last;
    size_t bytes;
    uint64_t skip_through; /* the handler wants no events of the sources up to this ordinal */
} queue;

typedef struct feed {
    const spoor_file_list *list;
    const spoor_ingest_options *options;
    const char *temp_dir;
    const spoor_feed_handler *handler;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    queue *queues; /* one a file */
    size_t next;   /* file to be read next */
    spoor_event_block
        spare[MAX_SPARE]; /* emptied, to be filled again: fresh pages cost as much as copying */
    size_t nspare;
    bool stopped, out_of_memory;
} feed;

typedef struct producer {
    spoor_feed_out out; /* first */
    feed *feed;
    queue *queue;
    item *open;      /* EVENTS being filled; NULL: none */
    uint64_t source; /* ordinal in the file, from 1 */
    bool skipping;
} producer;

static void free_item(item *it) {
    free(it->text);
    spoor_event_block_free(&it->block);
    free(it);
}

static item *new_item(producer *p, item_kind kind) {
    item *it = calloc(1, sizeof *it);
    if (it == NULL) {
        pthread_mutex_lock(&p->feed->lock);
        p->feed->out_of_memory = p->feed->stopped = true;
        pthread_cond_broadcast(&p->feed->changed);
        pthread_mutex_unlock(&p->feed->lock);
        return NULL;
    }
    it->kind = kind;
    return it;
}

/* Hand an item over; waits while the queue is full.  false: all is stopped, the item is gone. */
static bool post(producer *p, item *it) {
    feed *f = p->feed;
    size_t bytes = sizeof *it + it->block.len;
    pthread_mutex_lock(&f->lock);
    while (!f->stopped && p->queue->bytes > QUEUE_BYTES) {
        pthread_cond_wait(&f->changed, &f->lock);
    }
    bool ok = !f->stopped;
    if (ok) {
        if (p->queue->last != NULL) {
            p->queue->last->next = it;
        } else {
            p->queue->first = it;
        }
        p->queue->last = it;
        p->queue->bytes += bytes;
    }
    p->skipping = p->queue->skip_through >= p->source;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
    if (!ok) {
        free_item(it);
    }
    return ok;
}

/* A block to fill; NULL: all is stopped. */
static item *new_events(producer *p) {
    item *it = new_item(p, ITEM_EVENTS);
    feed *f = p->feed;
    pthread_mutex_lock(&f->lock);
    if (it != NULL && f->nspare > 0) {
        it->block = f->spare[--f->nspare];
    }
    pthread_mutex_unlock(&f->lock);
    return it;
}

/* What is left of an item that was given. */
static void end_item(feed *f, item *it) {
    pthread_mutex_lock(&f->lock);
    if (it->kind == ITEM_EVENTS && it->block.capacity <= 4 * BLOCK_BYTES && f->nspare < MAX_SPARE) {
        spoor_event_block_clear(&it->block);
        f->spare[f->nspare++] = it->block;
        it->block = (spoor_event_block){0};
    }
    pthread_mutex_unlock(&f->lock);
    free_item(it);
}

static bool post_events(producer *p) {
    item *it = p->open;
    p->open = NULL;
    return it == NULL || post(p, it);
}

static char *copy_text(const char *z) {
    size_t len = strlen(z) + 1;
    char *copy = malloc(len);
    return copy != NULL ? memcpy(copy, z, len) : NULL;
}

static bool queue_event(spoor_sink *sink, const spoor_event *event) {
    producer *p = (producer *)sink;
    if (p->skipping) {
        return false;
    }
    if (p->open == NULL && (p->open = new_events(p)) == NULL) {
        return false;
    }
    if (!spoor_event_block_add(&p->open->block, event)) {
        p->feed->out_of_memory = true;
        return false;
    }
    return p->open->block.len < BLOCK_BYTES || post_events(p);
}

static void queue_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    producer *p = (producer *)sink;
    item *it = post_events(p) ? new_item(p, ITEM_DAMAGE) : NULL;
    if (it != NULL) {
        it->offset = offset;
        it->text = copy_text(what);
        post(p, it);
    }
}

static bool queue_cancelled(spoor_sink *sink) {
    producer *p = (producer *)sink;
    return *p->feed->handler->cancel || p->skipping;
}

static spoor_feed_answer queue_begin(spoor_feed_out *out, const spoor_feed_source *source) {
    producer *p = (producer *)out;
    item *it = new_item(p, ITEM_BEGIN);
    if (it == NULL) {
        return SPOOR_FEED_STOP;
    }
    it->source = *source;
    it->text = copy_text(source->member);
    p->source++;
    return post(p, it) ? SPOOR_FEED_READ : SPOOR_FEED_STOP;
}

static bool queue_end(spoor_feed_out *out, spoor_ingest_status status,
                      const spoor_ingest_counts *counts) {
    producer *p = (producer *)out;
    item *it = post_events(p) ? new_item(p, ITEM_END) : NULL;
    if (it == NULL) {
        return false;
    }
    it->status = p->skipping ? SPOOR_INGEST_OK : status;
    it->counts = *counts;
    return post(p, it);
}

static void *read_files(void *argument) {
    feed *f = argument;
    spoor_evtx_buffers *evtx = NULL;
    for (;;) {
        pthread_mutex_lock(&f->lock);
        size_t i = f->next++;
        bool stop = f->stopped || i >= f->list->count;
        pthread_mutex_unlock(&f->lock);
        if (stop) {
            break;
        }
        producer p = {.out = {.sink = {queue_event, queue_damage, queue_cancelled},
                              .evtx = &evtx,
                              .begin = queue_begin,
                              .end = queue_end},
                      .feed = f,
                      .queue = &f->queues[i]};
        spoor_feed_file(&f->list->files[i], f->options, f->temp_dir, &p.out);
        if (p.open != NULL) {
            free_item(p.open);
        }
        item *done = new_item(&p, ITEM_FILE_DONE);
        if (done == NULL || !post(&p, done)) {
            break;
        }
    }
    spoor_evtx_buffers_free(evtx);
    return NULL;
}

/* The next item of the file whose turn it is; NULL: all is stopped. */
static item *take(feed *f, queue *q) {
    pthread_mutex_lock(&f->lock);
    while (q->first == NULL && !f->stopped) {
        pthread_cond_wait(&f->changed, &f->lock);
    }
    item *it = f->stopped ? NULL : q->first;
    if (it != NULL) {
        q->first = it->next;
        q->last = it->next == NULL ? NULL : q->last;
        q->bytes -= sizeof *it + it->block.len;
        pthread_cond_broadcast(&f->changed);
    }
    pthread_mutex_unlock(&f->lock);
    return it;
}

static bool give_events(const spoor_feed_handler *h, const spoor_event_block *block) {
    size_t at = 0;
    spoor_event event;
    while (spoor_event_block_next(block, &at, &event)) {
        if (!h->event(h->context, &event)) {
            return false;
        }
    }
    return true;
}

/* false: stop all. */
static bool give(feed *f, queue *q, item *it, uint64_t *source, bool *skipping) {
    const spoor_feed_handler *h = f->handler;
    switch (it->kind) {
    case ITEM_BEGIN: {
        it->source.member = it->text != NULL ? it->text : "";
        ++*source;
        spoor_feed_answer answer = h->begin(h->context, &it->source);
        *skipping = answer == SPOOR_FEED_SKIP;
        if (*skipping) {
            pthread_mutex_lock(&f->lock);
            q->skip_through = *source;
            pthread_mutex_unlock(&f->lock);
        }
        return answer != SPOOR_FEED_STOP;
    }
    case ITEM_EVENTS: return *skipping || give_events(h, &it->block);
    case ITEM_DAMAGE:
        if (!*skipping) {
            h->damage(h->context, it->offset, it->text != NULL ? it->text : "damaged");
        }
        return true;
    case ITEM_END: return h->end(h->context, *skipping ? SPOOR_INGEST_OK : it->status, &it->counts);
    case ITEM_FILE_DONE: return true;
    }
    return true;
}

static void stop(feed *f) {
    pthread_mutex_lock(&f->lock);
    f->stopped = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static bool drain_file(feed *f, size_t i) {
    uint64_t source = 0;
    bool skipping = false, done = false;
    while (!done) {
        item *it = *f->handler->cancel ? NULL : take(f, &f->queues[i]);
        if (it == NULL) {
            return false;
        }
        done = it->kind == ITEM_FILE_DONE;
        bool go_on = give(f, &f->queues[i], it, &source, &skipping);
        end_item(f, it);
        if (!go_on) {
            return false;
        }
    }
    f->handler->file_done(f->handler->context, &f->list->files[i]);
    return true;
}

static void free_queues(feed *f) {
    for (size_t i = 0; i < f->list->count; i++) {
        while (f->queues[i].first != NULL) {
            item *it = f->queues[i].first;
            f->queues[i].first = it->next;
            free_item(it);
        }
    }
    free(f->queues);
    while (f->nspare > 0) {
        spoor_event_block_free(&f->spare[--f->nspare]);
    }
}

static spoor_feed_status run_threaded(feed *f, uint32_t threads) {
    pthread_t *readers = calloc(threads, sizeof *readers);
    f->queues = calloc(f->list->count + 1, sizeof *f->queues);
    uint32_t started = 0;
    bool ok = readers != NULL && f->queues != NULL;
    while (ok && started < threads && pthread_create(&readers[started], NULL, read_files, f) == 0) {
        started++;
    }
    bool finished = ok && started > 0;
    for (size_t i = 0; finished && i < f->list->count; i++) {
        finished = drain_file(f, i);
    }
    stop(f);
    for (uint32_t i = 0; i < started; i++) {
        pthread_join(readers[i], NULL);
    }
    if (f->queues != NULL) {
        free_queues(f);
    }
    free(readers);
    return finished                           ? SPOOR_FEED_DONE
           : f->out_of_memory || started == 0 ? SPOOR_FEED_MEMORY
                                              : SPOOR_FEED_STOPPED;
}

spoor_feed_status spoor_feed_run(const spoor_file_list *list, const spoor_ingest_options *options,
                                 uint32_t threads, const char *temp_dir,
                                 const spoor_feed_handler *handler) {
    if (threads <= 1) {
        return run_serial(list, options, temp_dir, handler);
    }
    feed f = {.list = list, .options = options, .temp_dir = temp_dir, .handler = handler};
    pthread_mutex_init(&f.lock, NULL);
    pthread_cond_init(&f.changed, NULL);
    spoor_feed_status status = run_threaded(&f, threads);
    pthread_cond_destroy(&f.changed);
    pthread_mutex_destroy(&f.lock);
    return status;
}
