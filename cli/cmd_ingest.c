/* cmd_ingest.c - `spoor ingest PATH...`, and -i: logs read for one query. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

enum { MAX_SHOWN = 20 };

typedef struct reporter {
    bool on_terminal, shown;
    uint64_t damaged, refused; /* messages so far */
    bool quiet;
    const cli_args
        *only_named; /* -i: what is no log in a folder is nobody's concern; NULL: it is */
} reporter;

static void clear_line(reporter *r) {
    if (r->shown) {
        fputs("\r\x1B[K", stderr);
        r->shown = false;
    }
}

static void on_progress(void *context, const spoor_ingest_progress *p) {
    reporter *r = context;
    if (!r->on_terminal || r->quiet || p->seconds < 1) {
        return;
    }
    double done = (double)p->bytes_done, rate = done / p->seconds;
    fputs("\r\x1B[K", stderr);
    fprintf(stderr, "%" PRIu64 " of %" PRIu64 " files, %" PRIu64 " records, %.0f MB/s",
            p->files_done, p->files, p->records, rate / 1e6);
    if (rate > 0 && p->bytes > p->bytes_done) {
        double left = (double)(p->bytes - p->bytes_done) / rate;
        fprintf(stderr, ", %.0f s left", left);
    }
    const char *slash = p->path != NULL ? strrchr(p->path, '/') : NULL;
    if (p->path != NULL) {
        fputs("  ", stderr);
        cli_print_outside(slash != NULL ? slash + 1 : p->path, stderr);
    }
    r->shown = true;
}

static void on_damage(void *context, const char *path, uint64_t offset, const char *what) {
    reporter *r = context;
    r->damaged++;
    if (r->quiet || r->damaged > MAX_SHOWN) {
        return;
    }
    clear_line(r);
    cli_print_outside(path, stderr);
    fprintf(stderr, ":%" PRIu64 ": damaged: ", offset);
    cli_print_outside(what, stderr);
    fputs(r->damaged == MAX_SHOWN ? "\n(further damage is only counted)\n" : "\n", stderr);
}

static bool is_named(const cli_args *args, const char *path) {
    bool found = false;
    for (int i = 0; i < args->ninputs; i++) {
        found = found || strcmp(args->inputs[i], path) == 0;
    }
    return found;
}

static void on_refused(void *context, const char *path, const char *why) {
    reporter *r = context;
    if ((r->only_named != NULL && !is_named(r->only_named, path)) || ++r->refused > MAX_SHOWN) {
        return;
    }
    clear_line(r);
    fputs("skipped ", stderr);
    cli_print_outside(path, stderr);
    fputs(": ", stderr);
    cli_print_outside(why, stderr);
    fputs(r->refused == MAX_SHOWN ? "\n(further files are only counted)\n" : "\n", stderr);
}

static spoor_ingest_request request_of(const cli_args *args, const char *const *paths,
                                       size_t npaths, reporter *r) {
    return (spoor_ingest_request){.paths = paths,
                                  .npaths = npaths,
                                  .recover = args->recover,
                                  .dry_run = args->dry_run,
                                  .assume_tz = args->assume_tz,
                                  .has_from = args->query.has_from,
                                  .has_to = args->query.has_to,
                                  .from = args->query.from,
                                  .to = args->query.to,
                                  .channel = args->channel,
                                  .event_ids = args->event_id,
                                  .progress = on_progress,
                                  .damage = on_damage,
                                  .refused = r->quiet ? NULL : on_refused,
                                  .context = r};
}

static void print_counts(const spoor_ingest_summary *s) {
    const char *channel = NULL;
    for (size_t i = 0; i < s->ncounts; i++) {
        const spoor_ingest_count *c = &s->counts[i];
        if (channel == NULL || strcmp(channel, c->channel) != 0) {
            fprintf(stderr, "  %s\n", c->channel[0] != '\0' ? c->channel : "(no channel)");
            channel = c->channel;
        }
        fprintf(stderr, "    %6" PRId64 "  %10" PRIu64 "  %s\n", c->event_id, c->records,
                c->provider);
    }
}

static void print_summary(const spoor_ingest_summary *s, bool dry_run) {
    fprintf(stderr, "%" PRIu64 " file%s, %" PRIu64 " record%s", s->files, s->files == 1 ? "" : "s",
            s->records, s->records == 1 ? "" : "s");
    if (!dry_run) {
        fprintf(stderr, ": %" PRIu64 " added, %" PRIu64 " known already", s->added, s->known);
    }
    if (s->variants > 0) {
        fprintf(stderr, ", %" PRIu64 " variants", s->variants);
    }
    if (s->recovered > 0) {
        fprintf(stderr, ", %" PRIu64 " recovered", s->recovered);
    }
    fprintf(stderr, ", %" PRIu64 " damaged", s->damaged);
    if (s->refused_files > 0) {
        fprintf(stderr, ", %" PRIu64 " file%s skipped", s->refused_files,
                s->refused_files == 1 ? "" : "s");
    }
    double megabytes = (double)s->bytes / 1e6;
    fprintf(stderr, "; %.1f MB in %.1f s", megabytes, s->seconds);
    if (s->seconds > 0) {
        fprintf(stderr, " (%.0f MB/s, %.0f records/s)", megabytes / s->seconds,
                (double)s->records / s->seconds);
    }
    fputc('\n', stderr);
    if (s->known_files > 0) {
        fprintf(stderr, "%" PRIu64 " files were complete in the store already\n", s->known_files);
    }
    if (s->guessed_times > 0) {
        fprintf(stderr,
                "warning: %" PRIu64 " times had no zone; --assume-tz says which they are in\n",
                s->guessed_times);
    }
    if (s->repaired_text > 0) {
        fprintf(stderr, "warning: %" PRIu64 " places held no valid text and were marked U+FFFD\n",
                s->repaired_text);
    }
}

int cli_ingest(cli_args *args) {
    if (args->nwords == 0) {
        fputs("spoor: nothing to ingest; name files or folders, '-' is standard input\n", stderr);
        return EXIT_WRONG;
    }
    int code = EXIT_DONE;
    spoor_engine *engine =
        cli_open(args, args->dry_run ? SPOOR_ACCESS_NONE : SPOOR_ACCESS_CREATE, &code);
    if (engine == NULL) {
        return code;
    }
    reporter r = {.on_terminal = isatty(STDERR_FILENO), .quiet = args->quiet};
    spoor_ingest_request request = request_of(args, args->words, (size_t)args->nwords, &r);
    spoor_ingest_summary summary;
    cli_interruptible(engine);
    spoor_status status = spoor_ingest(engine, &request, &summary);
    cli_interruptible(NULL);
    clear_line(&r);
    if (status == SPOOR_OK && !args->dry_run && isatty(STDERR_FILENO)) {
        fprintf(stderr, "store: %s\n", args->db);
    }
    if (!args->quiet && summary.records > 0) {
        print_counts(&summary);
    }
    if (!args->quiet && (status == SPOOR_OK || summary.files > 0)) {
        print_summary(&summary, args->dry_run);
    }
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        code = cli_exit_code(status);
    }
    spoor_close(engine);
    return code;
}

bool cli_read_inputs(cli_args *args, spoor_engine *engine, int *code) {
    reporter r = {.on_terminal = isatty(STDERR_FILENO), .quiet = args->quiet, .only_named = args};
    spoor_ingest_request request = request_of(args, args->inputs, (size_t)args->ninputs, &r);
    request.has_from = request.has_to = false; /* the query's own, on TimeGenerated */
    spoor_ingest_summary summary;
    cli_interruptible(engine);
    spoor_status status = spoor_ingest(engine, &request, &summary);
    cli_interruptible(NULL);
    clear_line(&r);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        *code = cli_exit_code(status);
    }
    return status == SPOOR_OK;
}
