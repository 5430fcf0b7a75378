/* args.h - the command line: one table of options, read once.
 *
 * Every command takes the options below that make sense for it; what it does
 * not know is an error that names it.  Exit codes: 0 done, 1 the world failed,
 * 2 the command line or a query was wrong, 3 --fail-on, 130 interrupted. */
#ifndef SPOOR_CLI_ARGS_H
#define SPOOR_CLI_ARGS_H

#include "include/spoor.h"

enum { EXIT_DONE = 0, EXIT_WORLD = 1, EXIT_WRONG = 2, EXIT_ALERT = 3, EXIT_INTERRUPTED = 130 };

enum { CLI_MAX_WORDS = 4096, CLI_MAX_PARAMETERS = 64 };

typedef struct cli_args {
    const char *command;
    const char **words; /* what is not an option */
    int nwords;
    const char **inputs; /* -i, in order */
    int ninputs;
    const char *db; /* --db, $SPOOR_DB or spoor.db */
    bool db_given;
    const char *file;   /* -f */
    const char *format; /* -o */
    bool format_given;
    spoor_output_options output;
    spoor_query_options query;
    spoor_parameter parameters[CLI_MAX_PARAMETERS];
    size_t memory_bytes;
    uint32_t threads;
    const char *temp_dir;
    char cache_dir[1024]; /* for compiled rules; empty: none */
    const char *geoip, *user_agents;
    bool explain, profile, no_warnings, quiet, tree, tokens, help;
    bool recover, dry_run, hosts, allow_failed, mutate, fix, one_by_one, no_rows, incremental,
        no_cache;
    int32_t assume_tz;
    const char *channel, *event_id, *severity, *folder, *docstring, *search_key, *fail_on;
    const char *tag, *technique, *id, *status, *exclude, *owner, *comment; /* rules */
    const char *placeholders, *view;                                       /* of Sigma */
    bool audit, enrich, verify;
    const char *language;                /* --to kql, of rules convert */
    const char *as_of, *replay, *tuning; /* rules run */
    bool max_rows_given;
} cli_args;

/* false: something is wrong and has been said. */
bool cli_args_read(cli_args *args, int argc, char **argv);
void cli_args_free(cli_args *args); /* also after a read that failed */
/* One option a line, for `spoor help`. */
void cli_print_options(const char *command, FILE *out); /* NULL: of all commands */
bool cli_size(const char *text, size_t *bytes);         /* 512M, 4G */

#endif
