/* generate.c - writes the sample logs: build/generate FOLDER
 *
 * One folder per host, in the format in which its logs were "collected".  The
 * same bytes every time. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench/gen/gen_world.h"
#include "bench/gen/gen_writer.h"

enum { SEED = 20240610 };

static const gen_format format_of[GEN_MACHINES] = {
    [GEN_WS01] = GEN_WINLOGBEAT, [GEN_WS02] = GEN_FLAT, [GEN_WS03] = GEN_EVTX,
    [GEN_APP01] = GEN_WINDOWSEVENT, [GEN_FILE01] = GEN_EVTX, [GEN_DC01] = GEN_EVTX};

/* As Windows names the file of a channel: '/' becomes "%4". */
static void file_of(char *path, size_t size, const char *folder, const gen_event *event) {
    const char *channel = event->layout->source->channel;
    const char *slash = strchr(channel, '/');
    int len = slash != NULL ? (int)(slash - channel) : (int)strlen(channel);
    snprintf(path, size, "%s/%s/%.*s%s%s.evtx", folder, event->host->name.ptr, len, channel, slash != NULL ? "%4" : "",
             slash != NULL ? slash + 1 : "");
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

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: generate FOLDER\n");
        return 2;
    }
    static gen_world world;
    gen_world_init(&world, SEED);
    gen_daily(&world);
    gen_story(&world);
    gen_world_sort(&world);
    mkdir(argv[1], 0777);
    uint64_t bytes = 0;
    for (size_t first = 0, next; first < world.nevents; first = next) {
        const gen_host *host = world.events[first].host;
        for (next = first; next < world.nevents && world.events[next].host == host; next++) {
        }
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", argv[1], host->name.ptr);
        if (format_of[host->number] == GEN_EVTX) {
            mkdir(path, 0777);
            bytes += write_channels(argv[1], world.events + first, next - first);
            continue;
        }
        snprintf(path, sizeof path, "%s/%s.jsonl", argv[1], host->name.ptr);
        gen_writer *writer = gen_writer_open(path, format_of[host->number]);
        for (size_t i = first; i < next; i++) {
            gen_writer_put(writer, &world.events[i]);
        }
        bytes += gen_writer_close(writer);
    }
    printf("%zu events of %d hosts, %.1f MB\n", world.nevents, (int)GEN_MACHINES, (double)bytes / 1e6);
    return 0;
}
