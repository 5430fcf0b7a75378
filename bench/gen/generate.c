/* generate.c - writes the sample logs, or any number of events of a fleet.
 *
 *     generate FOLDER       the samples: a folder or file per host, in the format in which its logs
 *                           were "collected"
 *     generate --events N --out FOLDER [--seed S] [--hosts H] [--format F]
 *                           F: evtx (a file a host); jsonl, winlogbeat, windowsevent, export (fleet.jsonl)
 *
 * The same arguments give the same bytes every time, on every machine. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/gen/gen_scale.h"
#include "bench/gen/gen_world.h"
#include "bench/gen/gen_writer.h"

enum { SEED = 20240610, MAX_HOSTS = 1000 };

static const gen_format format_of[GEN_MACHINES] = {
    [GEN_WS01] = GEN_WINLOGBEAT,    [GEN_WS02] = GEN_FLAT,   [GEN_WS03] = GEN_EVTX,
    [GEN_APP01] = GEN_WINDOWSEVENT, [GEN_FILE01] = GEN_EVTX, [GEN_DC01] = GEN_EVTX};

/* As Windows names the file of a channel: '/' becomes "%4". */
static void file_of(char *path, size_t size, const char *folder, const gen_event *event) {
    const char *channel = event->layout->source->channel;
    const char *slash = strchr(channel, '/');
    int len = slash != NULL ? (int)(slash - channel) : (int)strlen(channel);
    snprintf(path, size, "%s/%s/%.*s%s%s.evtx", folder, event->host->name.ptr, len, channel,
             slash != NULL ? "%4" : "", slash != NULL ? slash + 1 : "");
}

/* EVTX: a file per channel. */
static uint64_t write_channels(const char *folder, const gen_event *events, size_t count) {
    uint64_t bytes = 0;
    const char *done[8];
    size_t ndone = 0;
    for (size_t first = 0; first < count; first++) {
        const char *channel = events[first].layout->source->channel;
        size_t known = 0;
        while (known < ndone && strcmp(done[known], channel) != 0) {
            known++;
        }
        if (known < ndone) {
            continue;
        }
        done[ndone++] = channel;
        char path[1024];
        file_of(path, sizeof path, folder, &events[first]);
        gen_writer *writer = gen_writer_open(path, GEN_EVTX);
        for (size_t i = first; i < count; i++) {
            if (strcmp(events[i].layout->source->channel, channel) == 0) {
                gen_writer_put(writer, &events[i]);
            }
        }
        bytes += gen_writer_close(writer);
    }
    return bytes;
}

/* -- the samples ------------------------------------------------------------------------------- */

static void write_samples(const char *folder) {
    static gen_world world;
    gen_world_init(&world, SEED);
    gen_daily(&world);
    gen_story(&world);
    gen_world_sort(&world);
    mkdir(folder, 0777);
    uint64_t bytes = 0;
    for (size_t first = 0, next; first < world.nevents; first = next) {
        const gen_host *host = world.events[first].host;
        for (next = first; next < world.nevents && world.events[next].host == host; next++) {
        }
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, host->name.ptr);
        if (format_of[host->number] == GEN_EVTX) {
            mkdir(path, 0777);
            bytes += write_channels(folder, world.events + first, next - first);
            continue;
        }
        snprintf(path, sizeof path, "%s/%s.jsonl", folder, host->name.ptr);
        gen_writer *writer = gen_writer_open(path, format_of[host->number]);
        for (size_t i = first; i < next; i++) {
            gen_writer_put(writer, &world.events[i]);
        }
        bytes += gen_writer_close(writer);
    }
    printf("%zu events of %d hosts, %.1f MB\n", world.nevents, (int)GEN_MACHINES,
           (double)bytes / 1e6);
}

/* -- a fleet ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    gen_format format;
} formats[] = {{"evtx", GEN_EVTX},
               {"jsonl", GEN_FLAT},
               {"winlogbeat", GEN_WINLOGBEAT},
               {"windowsevent", GEN_WINDOWSEVENT},
               {"export", GEN_EXPORT}};

enum { FORMATS = sizeof formats / sizeof formats[0] };

typedef struct fleet {
    uint64_t events, seed, hosts;
    const char *folder;
    size_t format;
} fleet;

static void write_fleet(const fleet *f) {
    static gen_writer *writers[MAX_HOSTS];
    static char paths[MAX_HOSTS][1024];
    gen_scale *scale = gen_scale_new(f->seed, (uint32_t)f->hosts);
    gen_format format = formats[f->format].format;
    uint64_t nfiles = format == GEN_EVTX ? f->hosts : 1, bytes = 0;
    mkdir(f->folder, 0777);
    for (unsigned i = 0; i < nfiles; i++) {
        if (format == GEN_EVTX) {
            snprintf(paths[i], sizeof paths[i], "%s/host%03u.evtx", f->folder, i);
        } else {
            snprintf(paths[i], sizeof paths[i], "%s/fleet.jsonl", f->folder);
        }
        writers[i] = gen_writer_open(paths[i], format);
    }
    clock_t start = clock();
    static gen_event event;
    for (uint64_t n = 0; n < f->events; n++) {
        gen_scale_next(scale, &event);
        gen_writer_put(writers[format == GEN_EVTX ? event.host->number : 0], &event);
    }
    for (uint64_t i = 0; i < nfiles; i++) {
        bytes += gen_writer_close(writers[i]);
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%llu events, %.1f MB, %.1f s\n", (unsigned long long)f->events, (double)bytes / 1e6,
           seconds);
    gen_scale_free(scale);
}

static void usage(void) {
    fputs("usage: generate FOLDER\n"
          "       generate --events N --out FOLDER [--seed S] [--hosts H]\n"
          "                [--format evtx|jsonl|winlogbeat|windowsevent|export]\n",
          stderr);
    exit(2);
}

static uint64_t number(const char *text, uint64_t most) {
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value == 0 || value > most) {
        fprintf(stderr, "generate: expected a number from 1 to %llu, found '%s'\n",
                (unsigned long long)most, text);
        exit(2);
    }
    return value;
}

static void set_option(fleet *f, const char *option, const char *value) {
    if (strcmp(option, "--events") == 0) {
        f->events = number(value, 1000000000);
    } else if (strcmp(option, "--seed") == 0) {
        f->seed = number(value, UINT32_MAX);
    } else if (strcmp(option, "--hosts") == 0) {
        f->hosts = number(value, MAX_HOSTS);
    } else if (strcmp(option, "--out") == 0) {
        f->folder = value;
    } else if (strcmp(option, "--format") == 0) {
        for (f->format = 0; f->format < FORMATS && strcmp(formats[f->format].name, value) != 0;
             f->format++) {
        }
    } else {
        usage();
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && argv[1][0] != '-') {
        write_samples(argv[1]);
        return 0;
    }
    fleet f = {.seed = 1, .hosts = 40, .format = 1};
    for (int i = 1; i + 1 < argc; i += 2) {
        set_option(&f, argv[i], argv[i + 1]);
    }
    if (argc % 2 == 0 || f.events == 0 || f.folder == NULL || f.format == FORMATS) {
        usage();
    }
    write_fleet(&f);
    return 0;
}
