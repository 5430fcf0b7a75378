/* spoor.h - the public interface of the engine: open, ingest, query.
 *
 * A spoor_engine is one store (or none) with the limits of one process; it is
 * used by one thread at a time, except spoor_cancel().  The library never
 * prints on its own, exits or reads the environment.
 *
 * Text is UTF-8.  A function that gives a `const char *` keeps it: it lives
 * until the object it came from is used again or freed.  All times are 100 ns
 * ticks since 0001-01-01 UTC. */
#ifndef SPOOR_H
#define SPOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPOOR_VERSION "0.1.0"

typedef enum spoor_status {
    SPOOR_OK,
    SPOOR_ERR_QUERY,     /* the text is wrong: see the diagnostics */
    SPOOR_ERR_MEMORY,    /* over the memory limit, or the system has none */
    SPOOR_ERR_TIMEOUT,   /* over the time limit */
    SPOOR_ERR_CANCELLED, /* spoor_cancel() */
    SPOOR_ERR_STORE,     /* the store is missing, foreign, newer, locked, corrupt or full */
    SPOOR_ERR_INPUT,     /* an input cannot be read at all */
    SPOOR_ERR_LIMIT,     /* another named limit */
    SPOOR_ERR_OUTPUT     /* the output could not be written */
} spoor_status;

/* -- engine ------------------------------------------------------------------------------------ */

typedef enum spoor_access {
    SPOOR_ACCESS_NONE,   /* no store: print, range and datatable queries */
    SPOOR_ACCESS_READ,   /* the store must exist */
    SPOOR_ACCESS_WRITE,  /* the store must exist: functions, rule runs */
    SPOOR_ACCESS_CREATE, /* made when missing: ingest */
    SPOOR_ACCESS_PRIVATE /* a temporary store that vanishes with the engine (-i) */
} spoor_access;

typedef struct spoor_config {
    const char *store_path; /* NULL with NONE and PRIVATE */
    spoor_access access;
    size_t memory_bytes;   /* 0: the default of 4 GiB */
    uint32_t threads;      /* 0: one a processor */
    const char *temp_dir;  /* NULL: /tmp */
    const char *cache_dir; /* where compiled rule sets are kept, made when needed; NULL: nowhere */
    const char
        *geoip_path; /* a MaxMind database for geo_info_from_ip_address(); NULL: it is refused */
    const char
        *user_agents_path; /* uap-core's regexes.yaml for parse_user_agent(); NULL: it is refused */
} spoor_config;

typedef struct spoor_engine spoor_engine;

/* *engine is always set, and must be closed; spoor_error() says why it failed. */
spoor_status spoor_open(const spoor_config *config, spoor_engine **engine);
void spoor_close(spoor_engine *engine);
const char *spoor_error(const spoor_engine *engine);
/* Stop what is running, from a signal handler or another thread.  Cleared when the next work begins. */
void spoor_cancel(spoor_engine *engine);

/* -- ingest ------------------------------------------------------------------------------------ */

typedef struct spoor_ingest_progress {
    uint64_t files_done, files, bytes_done, bytes; /* bytes: of input files; 0: unknown (stdin) */
    uint64_t records;
    const char *path; /* being read */
    double seconds;
} spoor_ingest_progress;

/* Command lines as an attacker may write them, for tests of rules; events without one are left out. */
/* ORDER spoor_disguise */
typedef enum spoor_disguise {
    SPOOR_DISGUISE_NONE,
    SPOOR_DISGUISE_CARET, /* p^owershell */
    SPOOR_DISGUISE_QUOTE, /* p""owershell */
    SPOOR_DISGUISE_CASE,  /* PoWeRsHeLl */
    SPOOR_DISGUISES
} spoor_disguise;

typedef struct spoor_ingest_request {
    const char *const *paths; /* files or folders (recursive); "-" standard input */
    size_t npaths;
    bool recover;          /* EVTX: records in slack too, marked */
    bool dry_run;          /* read and count, store nothing */
    int32_t assume_tz;     /* minutes east of UTC for times without a zone */
    bool has_from, has_to; /* only events with from <= TimeCreated < to */
    int64_t from, to;
    const char *channel;   /* only this channel; NULL: all */
    const char *event_ids; /* only these: "1,3,22"; NULL: all */
    bool
        has_record; /* only the event of this record number; of its place in the log, from 1, where */
    int64_t record; /* it has none */
    spoor_disguise disguise;
    void (*progress)(void *context,
                     const spoor_ingest_progress *progress); /* a few times a second */
    void (*damage)(void *context, const char *path, uint64_t offset, const char *what);
    void (*refused)(void *context, const char *path, const char *why); /* no log of a known shape */
    void *context;
} spoor_ingest_request;

typedef struct spoor_ingest_count { /* of one channel and event id */
    const char *channel, *provider;
    int64_t event_id;
    uint64_t records;
} spoor_ingest_count;

typedef struct spoor_ingest_summary {
    uint64_t files, refused_files, known_files;
    uint64_t records, added, known, variants, recovered, damaged, guessed_times, repaired_text;
    uint64_t bytes; /* of input that held records */
    double seconds;
    const spoor_ingest_count
        *counts; /* by channel, then event id; until the next ingest or close */
    size_t ncounts;
} spoor_ingest_summary;

/* Read logs into the store.  Damage is counted, not fatal.  SPOOR_ERR_CANCELLED: what was committed
 * stays; the same call resumes.  SPOOR_ERR_INPUT: a path does not exist, or none held a log. */
spoor_status spoor_ingest(spoor_engine *engine, const spoor_ingest_request *request,
                          spoor_ingest_summary *summary);

/* Read what a word names: FILE#RECORD, one event of a log; FILE, all of them; {...}, an event as JSON (or
 * [...], several).  like: what else is asked of them.  *events of them were added.  SPOOR_ERR_INPUT: it names
 * none. */
spoor_status spoor_ingest_word(spoor_engine *engine, const char *word,
                               const spoor_ingest_request *like, uint64_t *events);

/* -- queries ----------------------------------------------------------------------------------- */

typedef struct spoor_parameter {
    const char *name, *value; /* declare query_parameters: a KQL literal, or bare text */
} spoor_parameter;

typedef struct spoor_query_options {
    const char *name; /* for messages; NULL: "query" */
    bool strict;      /* what Microsoft's parser or engine would refuse is refused */
    bool wildcards;   /* * inside contains matches anything */
    bool ignore_workspace;
    bool home_is_windowsevent;
    bool empty_tables;     /* documented tables that there is no data for bind as empty ones */
    const char *files_dir; /* externaldata reads files below this folder alone; NULL: none */
    bool now_is_last;      /* now() is the newest event's time ... */
    int64_t now;           /* ... or this; 0: the clock */
    bool has_from, has_to;
    int64_t from, to; /* on TimeGenerated of every events table: from <= t < to */
    int64_t last;     /* from = now() - last, when not 0 */
    double timeout_s; /* 0: none */
    const spoor_parameter *parameters;
    size_t nparameters;
    bool
        keep_lineage; /* rules: the hidden _SourceFile and _RecordId of each row stay, where it has them */
    bool no_warnings; /* none are looked for that take a look at the events */
    bool no_rewrites; /* tests: none but what the answer depends on */
} spoor_query_options;

typedef struct spoor_query spoor_query;

/* Parse and bind.  *query is always set (unless memory is out: NULL) and must be freed; errors and
 * warnings are in it.  The text is copied. */
spoor_status spoor_prepare(spoor_engine *engine, const char *text, size_t len,
                           const spoor_query_options *options, spoor_query **query);
void spoor_query_free(spoor_query *query);

typedef struct spoor_message {
    bool is_warning;
    uint32_t line, column;      /* 1-based, in code points; 0: no place */
    const char *source;         /* name of the text: the query's, or a function's */
    const char *message, *hint; /* hint: NULL when there is none */
    const char *code; /* of a warning: a short name for it that stays; NULL: it has none */
} spoor_message;
/* The i-th error or warning, in the order found; false past the last. */
bool spoor_query_message(const spoor_query *query, size_t i, spoor_message *message);
/* Those that were not printed before, as a compiler prints them: place, message, line, caret, hint.  A run
 * that finds nothing may add warnings. */
void spoor_query_print_messages(spoor_query *query, bool warnings, FILE *out);

typedef enum spoor_format {
    SPOOR_FORMAT_TABLE,
    SPOOR_FORMAT_JSON,
    SPOOR_FORMAT_JSONL,
    SPOOR_FORMAT_CSV,
    SPOOR_FORMAT_TSV,
    SPOOR_FORMAT_MARKDOWN,
    SPOOR_FORMAT_VERTICAL,
    SPOOR_FORMAT_HTML,
    SPOOR_FORMAT_SARIF, /* from here on: of rules that were run, alone */
    SPOOR_FORMAT_NAVIGATOR,
    SPOOR_FORMAT_COVERAGE, /* the Navigator's other layer */
    SPOOR_FORMAT_TIMESKETCH,
    SPOOR_FORMAT_TAP, /* of rules that were tested */
    SPOOR_FORMAT_JUNIT
} spoor_format;

typedef struct spoor_output_options {
    spoor_format format;
    uint64_t max_rows; /* 0: all */
    uint32_t width;    /* table: columns of the terminal; 0: no limit */
    bool color;
    bool charts;   /* table: what render asks for is drawn below the rows (html always draws it) */
    bool types;    /* tsv: name:type in the header (tests) */
    FILE *profile; /* what each operator did is written here; NULL: nobody asks */
    int32_t tz_minutes; /* table, csv, html: shown east of UTC; 0: UTC with Z */
} spoor_output_options;

typedef struct spoor_run_info {
    uint64_t rows;      /* written */
    bool looks_back;    /* no event found, the query reads now() or ago(), now() is the clock ... */
    int64_t newest;     /* ... while the newest event is from this time */
    uint64_t more_rows; /* not written because of max_rows; UINT64_MAX: some, not counted */
    double seconds;
    size_t peak_bytes;
} spoor_run_info;

/* Run and write the results.  On failure what was written is incomplete: spoor_error() says why. */
spoor_status spoor_query_run(spoor_query *query, const spoor_output_options *output, FILE *out,
                             spoor_run_info *info);
void spoor_query_explain(const spoor_query *query, FILE *out);
typedef struct spoor_column_doc {
    const char *name; /* not terminated */
    size_t name_len;
    const char *type;
} spoor_column_doc;
/* The i-th column of the first result; false past the last. */
bool spoor_query_column(const spoor_query *query, size_t i, spoor_column_doc *doc);

/* -- names: for completion and listings -------------------------------------------------------- */

typedef enum spoor_name_kind {
    SPOOR_NAME_TABLE,    /* a table or built-in view */
    SPOOR_NAME_SAVED,    /* a saved function */
    SPOOR_NAME_FUNCTION, /* scalar */
    SPOOR_NAME_AGGREGATE,
    SPOOR_NAME_OPERATOR /* tabular: what stands behind a | */
} spoor_name_kind;

/* Call back for every name that a query can use. */
void spoor_names(spoor_engine *engine,
                 void (*each)(void *context, const char *name, spoor_name_kind kind),
                 void *context);

/* -- saved functions --------------------------------------------------------------------------- */

typedef struct spoor_function_text {
    const char *name, *text; /* `(params) { body }`, or a bare body as Sentinel saves it */
    size_t len;
    const char *folder, *docstring; /* may be NULL */
} spoor_function_text;

/* Save, replacing what has the name.  The text must parse (SPOOR_ERR_QUERY); names that it cannot
 * resolve now are warnings.  *query holds the messages and must be freed. */
spoor_status spoor_function_save(spoor_engine *engine, const spoor_function_text *function,
                                 spoor_query **query);
/* SPOOR_ERR_INPUT: there is none. */
spoor_status spoor_function_delete(spoor_engine *engine, const char *name);

/* -- small tables of the user's own ------------------------------------------------------------ */

/* Save a CSV text (a header, then rows; all columns are strings) as a table of this name, replacing what
 * has it.  SearchKey, a column more, repeats the one named, NULL: the first; _GetWatchlist('name') reads
 * the table as Sentinel reads a watchlist.  Rows without any text are left out. */
spoor_status spoor_table_import(spoor_engine *engine, const char *name, const char *csv, size_t len,
                                const char *search_key);
/* SPOOR_ERR_INPUT: there is none. */
spoor_status spoor_table_drop(spoor_engine *engine, const char *name);

/* -- workbooks --------------------------------------------------------------------------------- */

typedef struct spoor_workbook spoor_workbook;

typedef struct spoor_workbook_item { /* a query */
    const char *title;               /* foreign text */
    const char *text;                /* parameters are put in */
    size_t len;
    const char *missing; /* a parameter without a value, which the query needs; NULL: none */
    int64_t last;        /* the item's time range: that long before now(); 0: none */
} spoor_workbook_item;

/* Read an Azure workbook.  *workbook must be freed, whatever comes back; it needs the engine and the
 * parameters while it lives. */
spoor_status spoor_workbook_open(spoor_engine *engine, const char *json, size_t len,
                                 const spoor_parameter *parameters, size_t nparameters,
                                 spoor_workbook **workbook);
const spoor_workbook_item *spoor_workbook_at(const spoor_workbook *workbook,
                                             size_t i); /* NULL: past the last */
void spoor_workbook_free(spoor_workbook *workbook);

/* -- upkeep ------------------------------------------------------------------------------------ */

typedef struct spoor_upkeep_info {
    int64_t segments_before, segments_after;
} spoor_upkeep_info;

/* Merge small segments and give free pages back. */
spoor_status spoor_optimize(spoor_engine *engine, spoor_upkeep_info *info);
/* Write a copy of the store that is complete in one file.  The file must not exist. */
spoor_status spoor_export(spoor_engine *engine, const char *path);

/* -- detection rules --------------------------------------------------------------------------- */

/* Rules read from files: KQL text with `// Key: value` headers (.kql .csl .txt), Sentinel's YAML,
 * fenced kql blocks (.md).  Load, perhaps select, then check or run, then write what came of it. */
typedef struct spoor_rules spoor_rules;

typedef struct spoor_sigma_options { /* how Sigma becomes KQL */
    const char *placeholders;        /* file with the values of %names%; NULL: none */
    const char *view; /* "defender" or "asim": queries over those tables; NULL: over our own */
    bool enrich; /* what Sysmon logs at a process's start alone is known of its later events, too */
    bool
        audit; /* process_creation means 4688 of the Security log, too; so it does where the store has such events */
} spoor_sigma_options;

/* Folders are walked recursively; files in them that hold no rules are counted, not refused.  A rule
 * that cannot be read is in the set as failed.  *rules is always set (NULL: out of memory) and must be
 * freed before the engine is closed.  sigma may be NULL.  SPOOR_ERR_INPUT: a path does not exist. */
spoor_status spoor_rules_load(spoor_engine *engine, const char *const *paths, size_t npaths,
                              const spoor_sigma_options *sigma, spoor_rules **rules);
void spoor_rules_free(spoor_rules *rules);

typedef struct
    spoor_rules_filter {   /* NULL: any; but for severity, lists with commas: one must fit */
    const char *severity;  /* this one or above */
    const char *tag;       /* a tag, a data source or a tactic */
    const char *technique; /* T1003: its sub-techniques too */
    const char *id;        /* the rule's id, or its file's name without extension */
    const char *status;    /* as the rule says it: stable, experimental */
    const char *exclude;   /* not those with this id, file name, title, tag, tactic or technique */
} spoor_rules_filter;
/* Keep only these.  SPOOR_ERR_QUERY: no such severity. */
spoor_status spoor_rules_select(spoor_rules *rules, const spoor_rules_filter *filter);

/* A file of severities and allow-lists (docs/rules.md), or a watchlist: severities are set at once.
 * SPOOR_ERR_QUERY: it is wrong. */
spoor_status spoor_rules_load_tuning(spoor_rules *rules, const char *path);
/* Before a run: its allow-lists.  SPOOR_ERR_QUERY: an entry does not fit its rule. */
spoor_status spoor_rules_apply_tuning(spoor_rules *rules, const spoor_query_options *options);

enum { SPOOR_SEVERITIES = 5 }; /* informational, low, medium, high, critical */
/* The number of a severity's name, or -1. */
int spoor_rules_severity(const char *name);

typedef struct spoor_rules_summary {
    uint64_t files, ignored; /* files with rules; files in folders without any */
    uint64_t found;          /* rules selected: ran + failed + blind */
    uint64_t ran, matched, no_match, failed, blind, alerts;
    uint64_t broken; /* of failed: did not compile; the others failed while they ran */
    uint64_t runs;   /* of a replay */
    uint64_t warnings;
    uint64_t alerts_by_severity[SPOOR_SEVERITIES];
    uint64_t segments,
        segments_known; /* incremental: of the store; those of which no rule had to ask anything that can be kept */
    const char *
        not_kept; /* incremental: why nothing new is kept, until the engine's next failure; NULL: it is */
    int64_t now;
    double seconds;
} spoor_rules_summary;

/* Compile every rule.  A rule that does not compile stops no other. */
spoor_status spoor_rules_check(spoor_rules *rules, const spoor_query_options *options,
                               spoor_rules_summary *summary);

/* Rewrite in their files the comparisons whose text holds * as if it matched anything.  The rules are as they
 * were: load them again.  skipped: files that are no UTF-8 are left alone. */
spoor_status spoor_rules_fix(spoor_rules *rules, uint64_t *fixed, uint64_t *files,
                             uint64_t *skipped);

typedef struct spoor_rules_verdict {
    uint64_t same,
        differ; /* Sigma's detections: their queries give the events that they name, or not */
    uint64_t unverified; /* other rules, correlations, blind ones */
    uint64_t rows;       /* of all queries */
} spoor_rules_verdict;
/* Ask each Sigma rule of every stored event, without its query, and compare; what differs is said in *out. */
spoor_status spoor_rules_verify(spoor_rules *rules, const spoor_query_options *options,
                                spoor_rules_verdict *verdict, FILE *out);

typedef struct spoor_rules_options {
    spoor_query_options query; /* now, from, to, timeout of each rule, ... */
    uint64_t max_rows;         /* matched rows kept of each rule (all are counted); 0: all */
    bool no_rows;              /* keep none */
    bool as_of;                /* now: each rule sees its queryPeriod before it */
    bool incremental; /* what rules left of a segment is kept in the store, and not asked again */
    bool replay;      /* every run of each rule's schedule from ... to; now is ignored */
    int64_t replay_from, replay_to; /* INT64_MIN, INT64_MAX: the first event, the newest */
    FILE *explain; /* write there what the rules share, and what the pass left each; NULL: no */
    bool explain_json;
    bool one_by_one; /* each reads all events by itself: slow; the same answer, for tests */
    void (*progress)(void *context, uint64_t done, uint64_t rules, const char *title);
    void *context;
} spoor_rules_options;
/* Compile and run every rule once, on one snapshot. */
spoor_status spoor_rules_run(spoor_rules *rules, const spoor_rules_options *options,
                             spoor_rules_summary *summary);
/* Drop what incremental runs have kept. */
spoor_status spoor_rules_forget(spoor_engine *engine);
/* After a run: how many rows each entry of the allow-lists left out; then say it, a line an entry. */
spoor_status spoor_rules_count_allowed(spoor_rules *rules, const spoor_rules_options *options);
void spoor_rules_print_allowed(const spoor_rules *rules, FILE *out);
/* After a run: entries for an allow-list, from the fields that most rows of a noisy rule share, as a tuning file. */
spoor_status spoor_rules_propose(spoor_rules *rules, FILE *out);
/* After a run: what people said of its alerts, from the engine's store, for the reports. */
spoor_status spoor_rules_recall(spoor_rules *rules, spoor_engine *engine);
/* Keep the run, its alerts and up to max_rows (0: 1,000) of their rows in the engine's store. */
spoor_status spoor_rules_record(spoor_rules *rules, spoor_engine *engine, uint64_t max_rows);

/* Which conditions of each selected rule are true of the events that the engine holds, best one event, and
 * what is nearest to a match.  SPOOR_ERR_QUERY: no rule could be asked; its messages say why. */
spoor_status spoor_rules_why(spoor_rules *rules, const spoor_query_options *options,
                             const spoor_output_options *output, FILE *out);

/* Alerts that are new, gone or changed in run `after` (0: the newest) against run `before` (0: the one before
 * it).  *worst: the highest severity of a new alert, -1: there is none. */
spoor_status spoor_rules_diff(spoor_engine *engine, int64_t before, int64_t after,
                              const spoor_output_options *output, FILE *out, int *worst);
/* What is said of the alert of this key (NULL: stays as it is) is kept, for all runs.  SPOOR_ERR_QUERY: there is
 * no such status; SPOOR_ERR_INPUT: no run has the alert. */
spoor_status spoor_rules_triage(spoor_engine *engine, const char *key, const char *status,
                                const char *owner, const char *comment);

typedef struct spoor_rules_test_options {
    spoor_query_options query;
    spoor_sigma_options sigma;
    spoor_rules_filter filter; /* of the rules whose tests are run */
    bool
        mutate; /* also: is each condition tested, and does the rule see through disguised command lines? */
} spoor_rules_test_options;

typedef struct spoor_rules_test_summary {
    uint64_t tests, failed; /* failed: tests, and mutants that survived */
    uint64_t mutants,
        survived; /* rules with a condition dropped or flipped; those that pass all tests */
    uint64_t disguises, evaded; /* matches with another command line; those not found any more */
} spoor_rules_test_summary;

/* Run the tests (*.test.yaml, SigmaHQ's info.yml) that the paths name or hold, against the rules beside them or
 * in the paths.  The engine needs no store: each test has events of its own. */
spoor_status spoor_rules_test(spoor_engine *engine, const char *const *paths, size_t npaths,
                              const spoor_rules_test_options *options,
                              const spoor_output_options *output, FILE *out,
                              spoor_rules_test_summary *summary);

typedef enum spoor_rules_report {
    SPOOR_RULES_LIST,
    SPOOR_RULES_CHECK,
    SPOOR_RULES_RUN
} spoor_rules_report;
/* Write what came of the last call, in the format of the options. */
spoor_status spoor_rules_write(spoor_rules *rules, spoor_rules_report report,
                               const spoor_output_options *options, FILE *out);
/* Errors (and warnings) of all rules, as a compiler prints them. */
/* The text of each selected rule's query under comments that name the rule; messages of rules that could
 * not be read go to standard error.  SPOOR_ERR_QUERY: there was such a rule. */
spoor_status spoor_rules_write_queries(spoor_rules *rules, FILE *out);
void spoor_rules_print_messages(const spoor_rules *rules, bool warnings, FILE *out);

/* -- syntax only ------------------------------------------------------------------------------- */

/* Parse without a store.  what: 'v' verdict only (nothing is written), 't' tree, 'k' tokens, 'q' the
 * query printed from its tree.  Errors go to *query as with spoor_prepare(). */
spoor_status spoor_parse_text(const char *text, size_t len, const char *name, bool strict,
                              char what, FILE *out, spoor_query **query);

/* -- times ------------------------------------------------------------------------------------- */

/* Text as todatetime() takes it. */
bool spoor_parse_time(const char *text, int64_t *time);
/* 2020-01-01T00:00:00.0000000Z, with its NUL: up to 40 bytes. */
void spoor_print_time(int64_t time, char *text);
/* Text as a timespan literal: 7d, 90m, 1.02:00:00. */
bool spoor_parse_timespan(const char *text, int64_t *timespan);

/* -- documentation of the language ------------------------------------------------------------- */

typedef struct spoor_function_doc {
    const char *name, *kind; /* "scalar", "operator", "aggregate" */
    char signature[256];     /* name(types) -> type */
    const char *summary;
    const char *example,
        *value;        /* what it prints: of a query the first row, ", " between columns */
    bool is_query;     /* the example is a query, not a value ... */
    const char *table; /* ... over `T`, which this is; NULL: it needs none */
} spoor_function_doc;
/* The i-th listed row (overloads are rows of one name); false past the last. */
bool spoor_function_at(size_t i, spoor_function_doc *doc);
/* Why a function of Kusto's documentation is refused; NULL: it is none that is. */
const char *spoor_function_refused(const char *name);

#ifdef SPOOR_TEST
/* Tests: the n-th allocation from now fails; 0: none does. */
void spoor_test_fail_allocation(size_t n);
#endif

#ifdef __cplusplus
}
#endif
#endif
