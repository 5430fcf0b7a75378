/* engine.c - opens and closes an engine: one store, one account of memory. */
#include "engine/engine.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/safe_text.h"
#include "base/time.h"
#include "engine/past.h"
#include "engine/session.h"

spoor_status spoor_engine_fail(spoor_engine *engine, spoor_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char text[sizeof engine->error];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    spoor_safe_copy(engine->error, sizeof engine->error,
                    spoor_str_from(text)); /* it may name what a file holds */
    return status;
}

static spoor_store_mode mode_of(spoor_access access) {
    switch (access) {
    case SPOOR_ACCESS_WRITE: return SPOOR_STORE_WRITE;
    case SPOOR_ACCESS_CREATE: return SPOOR_STORE_CREATE;
    case SPOOR_ACCESS_PRIVATE: return SPOOR_STORE_TEMPORARY;
    case SPOOR_ACCESS_NONE:
    case SPOOR_ACCESS_READ: break;
    }
    return SPOOR_STORE_READ;
}

static uint32_t processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 && n < 1024 ? (uint32_t)n : 1;
}

spoor_status spoor_open(const spoor_config *config, spoor_engine **out) {
    spoor_engine *engine = calloc(1, sizeof *engine);
    *out = engine;
    if (engine == NULL) {
        return SPOOR_ERR_MEMORY;
    }
    engine->memory.limit = config->memory_bytes != 0 ? config->memory_bytes : SPOOR_DEFAULT_MEMORY;
    engine->spare.memory = &engine->memory;
    engine->threads = config->threads != 0 ? config->threads : processors();
    engine->access = config->access;
    const char *temp = config->temp_dir != NULL ? config->temp_dir : "/tmp";
    engine->temp_dir = malloc(strlen(temp) + 1);
    if (engine->temp_dir == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    memcpy(engine->temp_dir, temp, strlen(temp) + 1);
    if (config->cache_dir != NULL) { /* no memory for the name: then there is none */
        engine->cache_dir = spoor_engine_copy(spoor_str_from(config->cache_dir));
    }
    spoor_status reference = spoor_engine_open_reference(engine, config);
    if (reference != SPOOR_OK) {
        return reference;
    }
    if (config->access == SPOOR_ACCESS_NONE) {
        return SPOOR_OK;
    }
    const char *path = config->access == SPOOR_ACCESS_PRIVATE ? temp : config->store_path;
    spoor_store_status status =
        spoor_store_open(path, mode_of(config->access), &engine->memory, &engine->store);
    if (status != SPOOR_STORE_OK) {
        spoor_status failure = status == SPOOR_STORE_MEMORY ? SPOOR_ERR_MEMORY : SPOOR_ERR_STORE;
        return spoor_engine_fail(engine, failure, "%s", spoor_store_error(engine->store));
    }
    return SPOOR_OK;
}

void spoor_engine_free_counts(spoor_engine *engine) {
    for (size_t i = 0; i < engine->ncounts; i++) {
        free((char *)(uintptr_t)engine->counts[i].channel);
        free((char *)(uintptr_t)engine->counts[i].provider);
    }
    free(engine->counts);
    engine->counts = NULL;
    engine->ncounts = 0;
}

void spoor_close(spoor_engine *engine) {
    if (engine != NULL) {
        spoor_session_forget(engine);
        spoor_arena_reset(&engine->spare);
        spoor_engine_free_counts(engine);
        spoor_past_free(engine);
        spoor_engine_close_reference(engine);
        spoor_store_close(engine->store);
        free(engine->temp_dir);
        free(engine->cache_dir);
        free(engine);
    }
}

const char *spoor_error(const spoor_engine *engine) {
    return engine != NULL ? engine->error : "out of memory";
}

void spoor_cancel(spoor_engine *engine) {
    engine->cancel = true;
}

bool spoor_parse_time(const char *text, int64_t *time) {
    return spoor_time_parse(spoor_str_from(text), time);
}

void spoor_print_time(int64_t time, char *text) {
    char buffer[SPOOR_TIME_TEXT];
    spoor_str printed = spoor_time_print(time, buffer);
    memcpy(text, printed.ptr, printed.len);
    text[printed.len] = '\0';
}

bool spoor_parse_timespan(const char *text, int64_t *timespan) {
    return spoor_timespan_parse(spoor_str_from(text), timespan);
}

char *spoor_engine_copy(spoor_str s) {
    char *copy = malloc(s.len + 1);
    if (copy != NULL) {
        if (s.len > 0) {
            memcpy(copy, s.ptr, s.len);
        }
        copy[s.len] = '\0';
    }
    return copy;
}
