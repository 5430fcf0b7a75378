/* reference.c - the files that the user named for functions to look up in (functions/reference.h):
 * read once, when the engine opens. */
#include "functions/reference.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/user_agents.h"
#include "functions/mmdb.h"
#include "functions/user_agent.h"

#define MOST_BYTES ((uint64_t)1 << 30)

struct spoor_reference_files {
    spoor_arena arena; /* of the account of the engine that read them, which is the last to close */
    spoor_reference found;
    uint32_t users;
};

/* What is wrong with a file's bytes, or NULL. */
typedef const char *(*reader)(struct spoor_reference_files *files, spoor_str bytes);

static const char *read_geoip(struct spoor_reference_files *files, spoor_str bytes) {
    spoor_mmdb *db = SPOOR_NEW(&files->arena, spoor_mmdb);
    files->found.geoip = db;
    return spoor_mmdb_open(db, bytes.ptr, bytes.len);
}

static const char *read_user_agents(struct spoor_reference_files *files, spoor_str bytes) {
    spoor_user_agents *agents = SPOOR_NEW(&files->arena, spoor_user_agents);
    files->found.user_agents = agents;
    return spoor_user_agents_read(&files->arena, bytes, agents);
}

static const char *read_all(struct spoor_reference_files *files, int file, reader read_bytes) {
    struct stat info;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || (uint64_t)info.st_size > MOST_BYTES) {
        return "it is no plain file of up to 1 GiB";
    }
    size_t size = (size_t)info.st_size, used = 0;
    char *bytes = SPOOR_RAW_ARRAY(&files->arena, char, size + 1);
    for (ssize_t n = 1; n > 0 && used<size; used += n> 0 ? (size_t)n : 0) {
        n = read(file, bytes + used, size - used);
    }
    bytes[used] = '\0';
    return used == size ? read_bytes(files, (spoor_str){bytes, size})
                        : "it cannot be read to its end";
}

static spoor_status read_file(spoor_engine *engine, const char *option, const char *path,
                              reader read_bytes) {
    if (path == NULL) {
        return SPOOR_OK;
    }
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s %s: it cannot be opened", option,
                                 path);
    }
    jmp_buf door;
    engine->reference->arena.on_oom = &door;
    const char *problem = setjmp(door) == 0 ? read_all(engine->reference, file, read_bytes)
                                            : "there is not enough memory for it";
    close(file);
    return problem == NULL
               ? SPOOR_OK
               : spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s %s: %s", option, path, problem);
}

spoor_status spoor_engine_open_reference(spoor_engine *engine, const spoor_config *config) {
    if (config->geoip_path == NULL && config->user_agents_path == NULL) {
        return SPOOR_OK;
    }
    engine->reference = calloc(1, sizeof *engine->reference);
    if (engine->reference == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    *engine->reference =
        (struct spoor_reference_files){.arena.memory = &engine->memory, .users = 1};
    spoor_status status = read_file(engine, "--geoip", config->geoip_path, read_geoip);
    return status != SPOOR_OK
               ? status
               : read_file(engine, "--user-agents", config->user_agents_path, read_user_agents);
}

void spoor_engine_share_reference(spoor_engine *engine, const spoor_engine *owner) {
    engine->reference = owner->reference;
    if (engine->reference != NULL) {
        engine->reference->users++;
    }
}

void spoor_engine_close_reference(spoor_engine *engine) {
    if (engine->reference != NULL && --engine->reference->users == 0) {
        spoor_arena_reset(&engine->reference->arena);
        free(engine->reference);
    }
    engine->reference = NULL;
}

spoor_reference spoor_engine_reference(const spoor_engine *engine, bool or_empty) {
    static const spoor_mmdb no_places = {0};
    static const spoor_user_agents no_agents = {0};
    spoor_reference found =
        engine->reference != NULL ? engine->reference->found : (spoor_reference){0};
    if (or_empty && found.geoip == NULL) {
        found.geoip = &no_places;
    }
    if (or_empty && found.user_agents == NULL) {
        found.user_agents = &no_agents;
    }
    return found;
}
