/* again.c - see again.h. */
#include "engine/again.h"

enum { MOST_QUERIES = 8, MOST_BYTES = 256 << 10 }; /* of each */

static spoor_str name_of(const spoor_query_options *options) {
    return spoor_str_from(options->name != NULL ? options->name : "query");
}

/* Does the same text mean the same with both?  What the session depends on is alike already. */
static bool are_alike(const spoor_query *query, const spoor_query_options *options) {
    const spoor_query_options *own = &query->options;
    return spoor_str_eq(spoor_str_from(query->diags.sources[0].name), name_of(options)) &&
           own->keep_lineage == options->keep_lineage && own->has_from == options->has_from &&
           own->has_to == options->has_to && (!own->has_from || own->from == options->from) &&
           (!own->has_to || own->to == options->to) && options->nparameters == 0 &&
           options->files_dir == NULL;
}

spoor_query *spoor_again_take(spoor_session *session, spoor_engine *engine, const char *text,
                              size_t len, const spoor_query_options *options) {
    for (spoor_query **at = &engine->again; *at != NULL; at = &(*at)->next) {
        spoor_query *query = *at;
        if (query->session == session && spoor_str_eq(query->text, (spoor_str){text, len}) &&
            are_alike(query, options)) {
            *at = query->next;
            query->next = NULL;
            query->printed = NULL;
            query->learned = 0;
            query->options = *options;
            return query;
        }
    }
    return NULL;
}

bool spoor_again_keep(spoor_query *query) {
    spoor_engine *engine = query->engine;
    bool is_pure = engine != NULL && query->session == engine->session && query->plan != NULL &&
                   !query->plan->is_of_run && query->command.kind == SPOOR_COMMAND_NONE &&
                   query->options.nparameters == 0 && query->options.files_dir == NULL;
    if (!is_pure || query->diags.last != query->prepared || query->arena.used > MOST_BYTES) {
        return false; /* or its run added warnings */
    }
    query->next = engine->again;
    engine->again = query;
    uint32_t count = 0;
    for (spoor_query **at = &engine->again; *at != NULL; at = &(*at)->next) {
        if (++count > MOST_QUERIES) {
            spoor_query *oldest = *at;
            *at = NULL;
            spoor_query_let_go(oldest);
            break;
        }
    }
    return true;
}

void spoor_again_forget(spoor_engine *engine) {
    while (engine->again != NULL) {
        spoor_query *query = engine->again;
        engine->again = query->next;
        spoor_query_let_go(query);
    }
}
