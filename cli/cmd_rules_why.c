/* cmd_rules_why.c - `spoor rules why RULE EVENT`: which conditions of a rule an event meets. */
#include <inttypes.h>

#include "cli/rules_command.h"

static int explain(cli_args *args, spoor_engine *engine) {
    uint64_t events;
    int code = EXIT_DONE;
    const char *word = args->words[--args->nwords]; /* what is left names rules */
    spoor_ingest_request like = {.assume_tz = args->assume_tz};
    spoor_status status = spoor_ingest_word(engine, word, &like, &events);
    if (status != SPOOR_OK) {
        return cli_rules_fail(engine, status);
    }
    if (events > 1) {
        fprintf(stderr, "spoor: these are %" PRIu64 " events; one is named FILE#RECORD\n", events);
        return EXIT_WRONG;
    }
    spoor_rules *rules = cli_rules_load(args, engine, &code);
    if (rules == NULL) {
        return code;
    }
    spoor_query_options options = args->query;
    options.now_is_last = options.now == 0;
    cli_interruptible(engine);
    status = spoor_rules_why(rules, &options, &args->output, stdout);
    cli_interruptible(NULL);
    spoor_rules_print_messages(rules, false, stderr);
    if (status == SPOOR_ERR_QUERY) {
        fputs("spoor: no rule here can be asked\n", stderr);
        code = EXIT_WRONG;
    } else if (status != SPOOR_OK) {
        code = cli_rules_fail(engine, status);
    }
    spoor_rules_free(rules);
    return code;
}

int cli_rules_why(cli_args *args) {
    spoor_config config = {.access = SPOOR_ACCESS_PRIVATE,
                           .memory_bytes = args->memory_bytes,
                           .threads = args->threads,
                           .temp_dir = args->temp_dir,
                           .geoip_path = args->geoip,
                           .user_agents_path = args->user_agents};
    spoor_engine *engine;
    int code = spoor_open(&config, &engine) == SPOOR_OK ? explain(args, engine)
                                                        : cli_rules_fail(engine, SPOOR_ERR_STORE);
    spoor_close(engine);
    return code;
}
