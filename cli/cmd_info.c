/* cmd_info.c - `spoor info`, `spoor schema`, `spoor optimize`, `spoor export`: the store as a whole. */
#include <string.h>

#include "cli/command.h"

/* Titles are for people; "" prints none. */
static int run_all(cli_args *args, const char *name, const char *const *titles,
                   const char *const *texts, int count) {
    int code = EXIT_WORLD;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        return code;
    }
    bool for_people = args->output.format == SPOOR_FORMAT_TABLE;
    for (int i = 0; i < count; i++) {
        if (for_people && titles[i][0] != '\0') {
            printf("%s%s\n", i > 0 ? "\n" : "", titles[i]);
        }
        code = cli_run_text(args, engine, texts[i], strlen(texts[i]), name);
        if (code != EXIT_DONE) {
            break;
        }
    }
    spoor_close(engine);
    return code;
}

int cli_info(cli_args *args) {
    static const char *const host_titles[] = {
        "hosts", "logs of each host (Missing: record ids between first and last that are not here)",
        "missing channels (present on another host)"};
    static const char *const host_texts[] = {
        (".show hosts | summarize Rows=sum(Rows), First=min(First), Last=max(Last), "
         "Channels=count(), Missing=sum(Missing), Cleared=sum(Cleared) by Computer | sort by "
         "Computer asc"),
        ".show hosts | sort by Computer asc, Channel asc",
        (".show hosts | as H | summarize Has=make_set(Channel) by Computer "
         "| extend All=toscalar(H | summarize make_set(Channel)) "
         "| project Computer, Lacks=strcat_array(set_difference(All, Has), ', ') | where Lacks != "
         "'' "
         "| sort by Computer asc")};
    static const char *const titles[] = {"store", "by channel and event id", "sources"};
    bool for_people = args->output.format == SPOOR_FORMAT_TABLE;
    const char *const texts[] = {
        for_people ? ".show store | evaluate narrow() | project Property=Column, Value"
                   : ".show store",
        (".show logs | summarize Rows=sum(Rows), Hosts=dcount(Computer), First=min(First), "
         "Last=max(Last) by Channel, EventID, Provider | sort by Channel asc, EventID asc"),
        ".show sources"};
    return args->hosts ? run_all(args, "info", host_titles, host_texts, 3)
                       : run_all(args, "info", titles, texts, 3);
}

int cli_schema(cli_args *args) {
    char text[4096];
    if (args->nwords == 0) {
        return run_all(args, "schema", (const char *const[]){""},
                       (const char *const[]){".show tables | project TableName"}, 1);
    }
    snprintf(text, sizeof text, "%s | getschema | project ColumnName, ColumnType", args->words[0]);
    return run_all(args, "schema", (const char *const[]){""}, (const char *const[]){text}, 1);
}

int cli_optimize(cli_args *args) {
    int code = EXIT_WORLD;
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_WRITE, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_upkeep_info info;
    cli_interruptible(engine);
    spoor_status status = spoor_optimize(engine, &info);
    cli_interruptible(NULL);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    } else if (!args->quiet) {
        fprintf(stderr, "%lld segments became %lld\n", (long long)info.segments_before,
                (long long)info.segments_after);
    }
    spoor_close(engine);
    return cli_exit_code(status);
}

/* `spoor export --store FILE`: a copy of the store that can be moved as it is. */
int cli_export(cli_args *args) {
    int code = EXIT_WORLD;
    if (args->nwords != 1) {
        fputs("spoor: export FILE writes a copy of the store\n", stderr);
        return EXIT_WRONG;
    }
    spoor_engine *engine = cli_open(args, SPOOR_ACCESS_READ, &code);
    if (engine == NULL) {
        return code;
    }
    spoor_status status = spoor_export(engine, args->words[0]);
    if (status != SPOOR_OK) {
        fprintf(stderr, "spoor: %s\n", spoor_error(engine));
    }
    spoor_close(engine);
    return cli_exit_code(status);
}
