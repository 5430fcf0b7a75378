/* upkeep.c - the store as a file: compaction, copies. */
#include "engine/engine.h"

static spoor_status store_status(spoor_engine *engine, spoor_store_status status) {
    if (status == SPOOR_STORE_OK) {
        return SPOOR_OK;
    }
    if (status == SPOOR_STORE_CANCELLED) {
        return spoor_engine_fail(engine, SPOOR_ERR_CANCELLED, "interrupted");
    }
    return spoor_engine_fail(engine,
                             status == SPOOR_STORE_MEMORY ? SPOOR_ERR_MEMORY : SPOOR_ERR_STORE,
                             "%s", spoor_store_error(engine->store));
}

spoor_status spoor_optimize(spoor_engine *engine, spoor_upkeep_info *info) {
    spoor_optimize_counts counts = {0};
    engine->cancel = false;
    if (engine->store == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "no store here; run spoor ingest PATH");
    }
    spoor_store_status status = spoor_store_optimize(engine->store, true, &engine->cancel, &counts);
    *info = (spoor_upkeep_info){counts.segments_before, counts.segments_after};
    return store_status(engine, status);
}

spoor_status spoor_export(spoor_engine *engine, const char *path) {
    if (engine->store == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "no store here; run spoor ingest PATH");
    }
    return store_status(engine, spoor_store_export(engine->store, path));
}
