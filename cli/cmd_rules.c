/* cmd_rules.c - `spoor rules`: finds the subcommand and runs it; what subcommands share. */
#include <inttypes.h>
#include <string.h>

#include "cli/guess.h"
#include "cli/rules_command.h"

static const struct {
    const char *name, *words, *summary;
    int (*run)(cli_args *args);
    int words_needed;
} subcommands[] = {
    {"run", "PATH...", "run rules over the store, or over -i logs", cli_rules_run, 1},
    {"check", "PATH...", "compile rules and say what is wrong with them", cli_rules_check, 1},
    {"convert", "PATH...", "print the queries of rules, Sigma's as KQL", cli_rules_convert, 1},
    {"list", "PATH...", "what the rule files hold", cli_rules_list, 1},
    {"tune", "PATH...", "propose an allow-list for what rules find most", cli_rules_tune, 1},
    {"test", "PATH...", "run the tests beside rules, and SigmaHQ's regression data", cli_rules_test,
     1},
    {"why", "RULE EVENT", "which conditions an event meets: FILE#RECORD, or JSON", cli_rules_why,
     2},
    {"explain", "PATH...", "what rules share when they run, and what each has left to read",
     cli_rules_explain, 1},
    {"diff", "[RUN [RUN]]", "alerts that are new, changed or gone since an earlier run",
     cli_rules_diff, 0},
    {"forget", "", "drop what runs with --incremental have kept in the store", cli_rules_forget, 0},
    {"triage", "KEY...", "keep --status, --owner and --comment of alerts, for all runs",
     cli_rules_triage, 1},
};

enum { NSUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

int cli_rules_fail(const spoor_engine *engine, spoor_status status) {
    fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    return cli_exit_code(status);
}

spoor_engine *cli_rules_open_bare(cli_args *args, int *code) {
    args->db = NULL;
    spoor_config config = {.access = SPOOR_ACCESS_NONE,
                           .memory_bytes = args->memory_bytes,
                           .geoip_path = args->geoip,
                           .user_agents_path = args->user_agents};
    spoor_engine *engine;
    spoor_status status = spoor_open(&config, &engine);
    if (status != SPOOR_OK) {
        *code = cli_rules_fail(engine, status);
        spoor_close(engine);
        return NULL;
    }
    return engine;
}

spoor_rules_filter cli_rules_filter(const cli_args *args) {
    return (spoor_rules_filter){.severity = args->severity,
                                .tag = args->tag,
                                .technique = args->technique,
                                .id = args->id,
                                .status = args->status,
                                .exclude = args->exclude};
}

spoor_rules *cli_rules_load(cli_args *args, spoor_engine *engine, int *code) {
    spoor_rules *rules;
    spoor_sigma_options sigma = {.placeholders = args->placeholders,
                                 .view = args->view,
                                 .enrich = args->enrich,
                                 .audit = args->audit};
    spoor_status status =
        spoor_rules_load(engine, args->words + 1, (size_t)args->nwords - 1, &sigma, &rules);
    if (status == SPOOR_OK && args->tuning != NULL) {
        status = spoor_rules_load_tuning(rules, args->tuning);
    }
    if (status == SPOOR_OK) {
        spoor_rules_filter filter = cli_rules_filter(args);
        status = spoor_rules_select(rules, &filter);
    }
    if (status != SPOOR_OK) {
        *code = cli_rules_fail(engine, status);
        spoor_rules_free(rules);
        return NULL;
    }
    return rules;
}

int cli_rules_report(cli_args *args, spoor_engine *engine, spoor_rules *rules,
                     spoor_rules_report report) {
    spoor_status status = spoor_rules_write(rules, report, &args->output, stdout);
    return status == SPOOR_OK ? EXIT_DONE : cli_rules_fail(engine, status);
}

int cli_rules_nothing_found(const spoor_rules_summary *s) {
    fprintf(stderr, "spoor: no rules in what was named; %" PRIu64 " other files\n", s->ignored);
    return EXIT_WRONG;
}

void cli_print_rules(FILE *out) {
    for (int i = 0; i < NSUBCOMMANDS; i++) {
        fprintf(out, "  %-8s %-16s %s\n", subcommands[i].name, subcommands[i].words,
                subcommands[i].summary);
    }
}

static int no_subcommand(const char *word) {
    cli_guess guess = {.word = word, .len = strlen(word)};
    for (int i = 0; i < NSUBCOMMANDS; i++) {
        cli_guess_try(&guess, subcommands[i].name);
    }
    cli_guess_complain(&guess, "spoor rules has no", "see spoor help rules");
    return EXIT_WRONG;
}

static int usage(void) {
    fputs("spoor: spoor rules SUBCOMMAND ...\n", stderr);
    cli_print_rules(stderr);
    return EXIT_WRONG;
}

int cli_rules(cli_args *args) {
    for (int i = 0; i < NSUBCOMMANDS && args->nwords > 0; i++) {
        if (strcmp(args->words[0], subcommands[i].name) != 0) {
            continue;
        }
        if (args->nwords <= subcommands[i].words_needed) {
            fprintf(stderr, "spoor: spoor rules %s %s\n", subcommands[i].name,
                    subcommands[i].words);
            return EXIT_WRONG;
        }
        return subcommands[i].run(args);
    }
    return args->nwords > 0 ? no_subcommand(args->words[0]) : usage();
}
