/* geoip.c - the MaxMind database that the user named: read once, when the engine opens. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "functions/mmdb.h"

#define MOST_BYTES ((uint64_t)1 << 30)

struct spoor_geoip {
    spoor_mmdb db;
    spoor_memory *memory; /* the account of the engine that read it, which is the last to close */
    size_t size;          /* of the bytes that stand behind this */
    uint32_t users;
};

/* The file's bytes behind an empty struct; NULL: *problem says why. */
static struct spoor_geoip *read_all(spoor_engine *engine, int file, const char **problem) {
    struct stat info;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || (uint64_t)info.st_size > MOST_BYTES) {
        *problem = "it is no plain file of up to 1 GiB";
        return NULL;
    }
    size_t size = (size_t)info.st_size, used = 0;
    struct spoor_geoip *geoip =
        spoor_memory_take(&engine->memory, size) ? malloc(sizeof *geoip + size) : NULL;
    if (geoip == NULL) {
        *problem = "there is not enough memory for it";
        return NULL;
    }
    *geoip = (struct spoor_geoip){.memory = &engine->memory, .size = size, .users = 1};
    for (ssize_t n = 1; n > 0 && used < size; used += n > 0 ? (size_t)n : 0) {
        n = read(file, (char *)(geoip + 1) + used, size - used);
    }
    *problem = used == size ? spoor_mmdb_open(&geoip->db, geoip + 1, size) : "it cannot be read to its end";
    if (*problem != NULL) {
        spoor_memory_give(&engine->memory, size);
        free(geoip);
        return NULL;
    }
    return geoip;
}

spoor_status spoor_engine_open_geoip(spoor_engine *engine, const char *path) {
    const char *problem = "it cannot be opened";
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0) {
        engine->geoip = read_all(engine, file, &problem);
        close(file);
    }
    return engine->geoip != NULL ? SPOOR_OK
                                 : spoor_engine_fail(engine, SPOOR_ERR_INPUT, "--geoip %s: %s", path, problem);
}

void spoor_engine_share_geoip(spoor_engine *engine, const spoor_engine *owner) {
    engine->geoip = owner->geoip;
    if (engine->geoip != NULL) {
        engine->geoip->users++;
    }
}

void spoor_engine_close_geoip(spoor_engine *engine) {
    if (engine->geoip != NULL && --engine->geoip->users == 0) {
        spoor_memory_give(engine->geoip->memory, engine->geoip->size);
        free(engine->geoip);
    }
    engine->geoip = NULL;
}

const spoor_mmdb *spoor_engine_geoip(const spoor_engine *engine, bool or_empty) {
    static const spoor_mmdb empty = {0};
    return engine->geoip != NULL ? &engine->geoip->db : or_empty ? &empty : NULL;
}
