/* args.c - reads the command line from one table of options; see args.h. */
#include "cli/command.h"
#include "cli/guess.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef enum kind {
    FLAG,
    TEXT,
    NUMBER,
    SIZE,
    ZONE,
    INPUT,
    PARAMETER,
    FROM,
    TO,
    LAST,
    NOW,
    HOME
} kind;

typedef struct option {
    const char *name, *other; /* --db, and a short form or NULL */
    kind kind;
    size_t at;      /* offset of the field in cli_args */
    const char *of; /* the commands that take it; NULL: all do */
    const char *value, *help;
} option;

#define AT(field) offsetof(cli_args, field)
#define ASKING "query shell explain info schema function table workbook rules"
#define READING "ingest " ASKING /* logs: -i does, too */

// clang-format off
static const option options[] = {
    {"--db", NULL, TEXT, AT(db), NULL, "FILE", "the store; else $SPOOR_DB, else ./spoor.db"},
    {"--input", "-i", INPUT, 0, ASKING, "PATH", "read these logs for this one command; repeatable"},
    {"--file", "-f", TEXT, AT(file), "query explain function", "FILE", "the text is in a file; - is standard input"},
    {"--output", "-o", TEXT, AT(format), "parse functions " ASKING, "FORMAT", "table vertical json jsonl csv tsv markdown html; rules run: sarif navigator navigator-coverage timesketch, too; rules check: sarif; rules test: tap junit"},
    {"--param", "-p", PARAMETER, 0, ASKING, "NAME=VALUE", "for declare query_parameters"},
    {"--max-rows", NULL, NUMBER, AT(output.max_rows), ASKING, "N", "most rows to print; 0: all"},
    {"--memory", NULL, SIZE, AT(memory_bytes), NULL, "SIZE", "most memory to take: 512M, 4G"},
    {"--threads", NULL, NUMBER, AT(threads), NULL, "N", "threads; else one a processor"},
    {"--temp", NULL, TEXT, AT(temp_dir), NULL, "DIR", "for temporary files; else /tmp"},
    {"--timeout", NULL, NUMBER, AT(query.timeout_s), ASKING, "S", "most seconds for a query"},
    {"--tz", NULL, ZONE, AT(output.tz_minutes), ASKING, "ZONE", "show times so far east of UTC: +02:00"},
    {"--assume-tz", NULL, ZONE, AT(assume_tz), READING, "ZONE", "zone of logged times that name none"},
    {"--from", "--since", FROM, 0, READING, "T", "only events from this time on"},
    {"--to", "--until", TO, 0, READING, "T", "only events before this time; rules convert: kql"},
    {"--last", NULL, LAST, 0, ASKING, "SPAN", "only the last so long before now(): 7d"},
    {"--now", NULL, NOW, 0, ASKING, "T", "what now() is; last: the newest event"},
    {"--home", NULL, HOME, 0, ASKING, "TABLE", "event or windowsevent: where a record counts in a union"},
    {"--explain", NULL, FLAG, AT(explain), ASKING, "", "show the plan, run nothing"},
    {"--profile", NULL, FLAG, AT(profile), ASKING, "", "show what each operator did"},
    {"--wildcards", NULL, FLAG, AT(query.wildcards), ASKING, "", "* inside contains matches anything"},
    {"--strict", NULL, FLAG, AT(query.strict), "parse " ASKING, "", "refuse what Microsoft's parser refuses"},
    {"--ignore-workspace", NULL, FLAG, AT(query.ignore_workspace), ASKING, "", "workspace('x').T is T"},
    {"--empty-tables", NULL, FLAG, AT(query.empty_tables), ASKING, "", "documented tables without data are empty, not unknown"},
    {"--allow-files", NULL, TEXT, AT(query.files_dir), ASKING, "DIR", "externaldata may read the files below this folder"},
    {"--geoip", NULL, TEXT, AT(geoip), ASKING, "FILE", "a MaxMind database for geo_info_from_ip_address()"},
    {"--user-agents", NULL, TEXT, AT(user_agents), ASKING, "FILE", "the regexes.yaml of uap-core for parse_user_agent()"},
    {"--chart", NULL, FLAG, AT(output.charts), ASKING, "", "draw what render asks for, as on a terminal"},
    {"--no-warnings", NULL, FLAG, AT(no_warnings), NULL, "", "no warnings"},
    {"--quiet", "-q", FLAG, AT(quiet), NULL, "", "results and errors only"},
    {"--tree", NULL, FLAG, AT(tree), "parse", "", "parse: show the tree"},
    {"--tokens", NULL, FLAG, AT(tokens), "parse", "", "parse: show the tokens"},
    {"--help", "-h", FLAG, AT(help), NULL, "", "this text"},
    {"--recover", NULL, FLAG, AT(recover), READING, "", "ingest: EVTX records in slack too, marked"},
    {"--dry-run", NULL, FLAG, AT(dry_run), "ingest", "", "ingest: read and count, store nothing"},
    {"--hosts", NULL, FLAG, AT(hosts), "info", "", "info: host by host"},
    {"--allow-failed", NULL, FLAG, AT(allow_failed), "rules", "", "rules: a rule that does not compile is no failure"},
    {"--no-rows", NULL, FLAG, AT(no_rows), "rules", "", "rules run: count matched rows, keep none"},
    {"--incremental", NULL, FLAG, AT(incremental), "rules", "", "rules run: ask only new events and changed rules; what is known is kept in the store"},
    {"--no-cache", NULL, FLAG, AT(no_cache), "rules", "", "rules run: read and compile all rules anew; keep nothing of it"},
    {"--one-by-one", NULL, FLAG, AT(one_by_one), "rules", "", NULL}, /* rules run: for tests */
    {"--channel", NULL, TEXT, AT(channel), READING, "NAME", "ingest: only this channel"},
    {"--event-id", NULL, TEXT, AT(event_id), READING, "LIST", "ingest: only these event ids: 1,3,22"},
    {"--severity", "--level", TEXT, AT(severity), "rules", "LEVEL", "rules: this one and above"},
    {"--folder", NULL, TEXT, AT(folder), "function", "TEXT", "function save: its folder"},
    {"--docstring", NULL, TEXT, AT(docstring), "function", "TEXT", "function save: what it is"},
    {"--search-key", NULL, TEXT, AT(search_key), "table", "COLUMN", "table import: what SearchKey repeats; else the first"},
    {"--fail-on", NULL, TEXT, AT(fail_on), "rules", "LEVEL", "rules run, diff: exit 3 on an alert of this severity or above; check: on a warning"},
    {"--tag", NULL, TEXT, AT(tag), "rules", "TEXT", "rules: with this tag, data source or tactic"},
    {"--technique", NULL, TEXT, AT(technique), "rules", "ID", "rules: with this technique and those below: T1003"},
    {"--id", NULL, TEXT, AT(id), "rules", "ID", "rules: those of these ids or file names"},
    {"--status", NULL, TEXT, AT(status), "rules", "TEXT", "rules: with this status: stable,test; of an alert: new, active, closed"},
    {"--as-of", NULL, TEXT, AT(as_of), "rules", "T", "rules run: each rule's run at this time, over its queryPeriod"},
    {"--replay", NULL, TEXT, AT(replay), "rules", "FROM..TO", "rules run: every run of each rule's schedule from FROM to TO"},
    {"--tuning", NULL, TEXT, AT(tuning), "rules", "FILE", "rules: severities and allow-lists, or a watchlist"},
    {"--fix", NULL, FLAG, AT(fix), "rules", "", "rules check: write what was meant by * in contains into the rules' files"},
    {"--mutate", NULL, FLAG, AT(mutate), "rules", "", "rules test: is each condition tested? are disguised command lines found?"},
    {"--owner", NULL, TEXT, AT(owner), "rules", "TEXT", "rules triage: who looks at the alert"},
    {"--comment", NULL, TEXT, AT(comment), "rules", "TEXT", "rules triage: what is known of it"},
    {"--exclude", NULL, TEXT, AT(exclude), "rules", "TEXT", "rules: not those of this id, file name, title, tag, tactic or technique"},
    {"--placeholders", NULL, TEXT, AT(placeholders), "rules", "FILE", "rules: YAML with the values of Sigma's %names%"},
    {"--view", NULL, TEXT, AT(view), "rules", "NAME", "rules: Sigma's queries over the tables of defender or asim"},
    {"--enrich", NULL, FLAG, AT(enrich), "rules", "", "rules: Sigma's fields of a process's start are known of its later events, too"},
    {"--verify", NULL, FLAG, AT(verify), "rules", "", "rules convert: each Sigma rule and its query name the same stored events"},
    {"--audit", NULL, FLAG, AT(audit), "rules", "", "rules: Sigma's process_creation means 4688 of the Security log, too"},
};

// clang-format on

static bool takes(const char *command, const option *o) {
    size_t len = strlen(command);
    const char *found = o->of;
    while (found != NULL && (found = strstr(found, command)) != NULL &&
           !((found == o->of || found[-1] == ' ') && (found[len] == ' ' || found[len] == '\0'))) {
        found += len;
    }
    return o->of == NULL || found != NULL;
}

void cli_print_options(const char *command, FILE *out) {
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const option *o = &options[i];
        if (o->help == NULL || (command != NULL && !takes(command, o))) {
            continue;
        }
        char left[64];
        bool is_short = o->other != NULL && o->other[1] != '-';
        snprintf(left, sizeof left, "%s%s%s %s", is_short ? o->other : "", is_short ? ", " : "",
                 o->name, o->value);
        fprintf(out, "  %-24s %s\n", left, o->help);
    }
}

static const option *find(const char *word, size_t len) {
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const option *o = &options[i];
        if ((strlen(o->name) == len && strncmp(word, o->name, len) == 0) ||
            (o->other != NULL && strlen(o->other) == len && strncmp(word, o->other, len) == 0)) {
            return o;
        }
    }
    return NULL;
}

static bool complain(const char *what, const char *word) {
    fprintf(stderr, "spoor: %s '%s'; see spoor help\n", what, word);
    return false;
}

static bool no_option(const char *word, size_t len) {
    cli_guess guess = {.word = word, .len = len};
    for (size_t i = 0; i < sizeof options / sizeof *options && word[1] == '-'; i++) {
        cli_guess_try(&guess, options[i].name);
    }
    cli_guess_complain(&guess, "no option", "see spoor help");
    return false;
}

bool cli_size(const char *text, size_t *bytes) {
    char *end;
    double value = strtod(text, &end);
    static const char units[] = "KMGT";
    const char *unit = *end != '\0' ? strchr(units, *end & ~0x20) : NULL;
    double scale = 1;
    for (const char *u = units; unit != NULL && u <= unit; u++) {
        scale *= 1024;
    }
    end += unit != NULL;
    end += *end == 'i';
    end += *end == 'B' || *end == 'b';
    *bytes = (size_t)(value * scale);
    return end != text && *end == '\0' && value > 0 && value * scale < 1e18;
}

/* +02:00, -0530, +2, Z or UTC. */
static bool read_zone(const char *text, int32_t *minutes) {
    if (strcasecmp(text, "utc") == 0 || strcasecmp(text, "z") == 0) {
        *minutes = 0;
        return true;
    }
    int sign = *text == '-' ? -1 : 1;
    const char *at = text + (*text == '-' || *text == '+');
    char *end;
    long hours = strtol(at, &end, 10), rest = 0;
    if (end == at || hours < 0) {
        return false;
    }
    if (*end == ':') {
        const char *tail = end + 1;
        rest = strtol(tail, &end, 10);
    } else if (hours > 14) {
        rest = hours % 100;
        hours /= 100;
    }
    *minutes = (int32_t)(sign * (hours * 60 + rest));
    return *end == '\0' && hours <= 14 && rest >= 0 && rest < 60;
}

static bool add_parameter(cli_args *args, char *value) {
    char *equals = strchr(value, '=');
    if (equals == NULL || args->query.nparameters == CLI_MAX_PARAMETERS) {
        return complain("a parameter is name=value, not", value);
    }
    *equals = '\0';
    args->parameters[args->query.nparameters++] = (spoor_parameter){value, equals + 1};
    return true;
}

static bool read_number(cli_args *args, const option *o, const char *value) {
    char *end;
    double number = strtod(value, &end);
    if (end == value || *end != '\0' || number < 0 || number > 1e15) {
        fprintf(stderr, "spoor: %s wants a number, not '%s'\n", o->name, value);
        return false;
    }
    void *field = (char *)args + o->at;
    if (o->at == AT(threads)) {
        *(uint32_t *)field = number > 1024 ? 1024 : (uint32_t)number;
    } else if (o->at == AT(output.max_rows)) {
        *(uint64_t *)field = (uint64_t)number;
        args->max_rows_given = true;
    } else {
        *(double *)field = number;
    }
    return true;
}

static bool read_now(cli_args *args, const char *value) {
    args->query.now_is_last = strcmp(value, "last") == 0;
    return args->query.now_is_last || spoor_parse_time(value, &args->query.now) ||
           complain("no time in", value);
}

static bool read_home(cli_args *args, const char *value) {
    args->query.home_is_windowsevent = strcmp(value, "windowsevent") == 0;
    return args->query.home_is_windowsevent || strcmp(value, "event") == 0 ||
           complain("--home is event or windowsevent, not", value);
}

static bool take(cli_args *args, const option *o, char *value) {
    void *field = (char *)args + o->at;
    switch (o->kind) {
    case FLAG: *(bool *)field = true; return true;
    case TEXT:
        *(const char **)field = value;
        args->db_given |= o->at == AT(db);
        args->format_given |= o->at == AT(format);
        return true;
    case NUMBER: return read_number(args, o, value);
    case SIZE: return cli_size(value, field) || complain("no size in", value);
    case ZONE: return read_zone(value, field) || complain("no zone such as +02:00 in", value);
    case PARAMETER: return add_parameter(args, value);
    case FROM:
        args->query.has_from = true;
        return spoor_parse_time(value, &args->query.from) || complain("no time in", value);
    case TO:
        if (strcmp(value, "kql") == 0) {
            args->language = value;
            return true;
        }
        args->query.has_to = true;
        return spoor_parse_time(value, &args->query.to) || complain("no time in", value);
    case LAST:
        return (spoor_parse_timespan(value, &args->query.last) && args->query.last > 0) ||
               complain("--last wants a timespan such as 7d, not", value);
    case NOW: return read_now(args, value);
    case HOME: return read_home(args, value);
    case INPUT: args->inputs[args->ninputs++] = value; return true;
    }
    return false;
}

bool cli_format(const char *name, spoor_format *format) {
    static const char *const names[] = {
        "table",      "json",     "jsonl",    "csv", /* ORDER spoor_format */
        "tsv",        "markdown", "vertical", "html", "sarif", "navigator", "navigator-coverage",
        "timesketch", "tap",      "junit"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (spoor_format)i;
            return true;
        }
    }
    return false;
}

void cli_args_free(cli_args *args) {
    free(args->words);
    free(args->inputs);
}

/* An option and its value, at argv[*i]; leaves *i at the last word of it.  *given: which one it was. */
static bool read_option(cli_args *args, int argc, char **argv, int *i, const option **given) {
    char *word = argv[*i];
    char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const option *o = find(word, len);
    if (o == NULL) {
        return no_option(word, len);
    }
    if (o->kind == FLAG && equals != NULL) {
        return complain("a value, where none is taken, in", word);
    }
    char *value = equals != NULL ? equals + 1 : NULL;
    if (o->kind != FLAG && value == NULL) {
        if (*i + 1 >= argc) {
            return complain("a value is missing behind", word);
        }
        value = argv[++*i];
    }
    *given = o;
    return take(args, o, value);
}

static bool is_command(const cli_args *args, const char *name) {
    return args->command != NULL && strcmp(args->command, name) == 0;
}

/* What only shows when the command is known. */
static bool check(const cli_args *args, const option *const *given, size_t ngiven) {
    for (size_t i = 0; i < ngiven && args->command != NULL && !args->help; i++) {
        if (cli_find_command(args->command) != NULL && !is_command(args, "help") &&
            !takes(args->command, given[i])) {
            fprintf(stderr, "spoor: spoor %s takes no %s; see spoor help %s\n", args->command,
                    given[i]->name, args->command);
            return false;
        }
    }
    bool is_convert =
        is_command(args, "rules") && args->nwords > 0 && strcmp(args->words[0], "convert") == 0;
    return args->language == NULL || is_convert || complain("no time in", args->language);
}

static bool read_words(cli_args *args, int argc, char **argv, const option **given) {
    size_t ngiven = 0;
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && word[0] == '-' && word[1] != '\0') {
            if (!read_option(args, argc, argv, &i, &given[ngiven++])) {
                return false;
            }
        } else if (args->command == NULL) {
            args->command = word;
        } else {
            args->words[args->nwords++] = word;
        }
    }
    return check(args, given, ngiven);
}

bool cli_args_read(cli_args *args, int argc, char **argv) {
    *args = (cli_args){.db = "spoor.db", .format = "table"};
    args->words = calloc((size_t)argc + 1, sizeof *args->words);
    args->inputs = calloc((size_t)argc + 1, sizeof *args->inputs);
    args->query.parameters = args->parameters;
    const option **given = calloc((size_t)argc + 1, sizeof *given);
    if (args->words == NULL || args->inputs == NULL || given == NULL) {
        fputs("spoor: out of memory\n", stderr);
        free(given);
        return false;
    }
    bool ok = read_words(args, argc, argv, given);
    free(given);
    if (!ok) {
        return false;
    }
    bool known = cli_format(args->format, &args->output.format);
    bool fits = args->output.format < SPOOR_FORMAT_SARIF || is_command(args, "rules");
    return (known && fits) ||
           complain(known ? "a format of spoor rules alone:" : "no output format", args->format);
}
