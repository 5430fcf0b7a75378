/* open.c - the engine that a command works on: a store, inputs read for this once, or neither. */
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

static bool file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

spoor_engine *cli_open(cli_args *args, spoor_access wanted, int *code) {
    spoor_config config = {.store_path = args->db,
                           .access = wanted,
                           .memory_bytes = args->memory_bytes,
                           .threads = args->threads,
                           .temp_dir = args->temp_dir,
                           .cache_dir = args->cache_dir[0] != '\0' ? args->cache_dir : NULL,
                           .geoip_path = args->geoip,
                           .user_agents_path = args->user_agents};
    bool has_inputs = args->ninputs > 0 && wanted == SPOOR_ACCESS_READ;
    if (has_inputs) {
        config.access = SPOOR_ACCESS_PRIVATE;
    }
    bool missing = !has_inputs && wanted == SPOOR_ACCESS_READ && !file_exists(args->db);
    if (missing && !args->db_given) {
        config.access = SPOOR_ACCESS_NONE;
    }
    spoor_engine *engine;
    spoor_status status = spoor_open(&config, &engine);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
        spoor_close(engine);
        *code = EXIT_WORLD;
        return NULL;
    }
    if (has_inputs && !cli_read_inputs(args, engine, code)) {
        spoor_close(engine);
        return NULL;
    }
    return engine;
}

void cli_print_outside(const char *text, FILE *out) {
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7F) {
            fprintf(out, "\\x%02X", c);
        } else {
            fputc(c, out);
        }
    }
}

int cli_delete_saved(cli_args *args, const char *name,
                     spoor_status (*drop)(spoor_engine *engine, const char *name)) {
    int code;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_WRITE, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_status status = drop(engine, name);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    }
    spoor_close(engine);
    return status == SPOOR_ERR_INPUT ? EXIT_WRONG : cli_exit_code(status);
}
