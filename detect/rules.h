/* rules.h - a loaded set of rules and what came of each, as the files of detect/ see it.
 *
 * rules.c loads and compiles; rules_select.c selects; rules_run.c runs; rules_report*.c write what came of it;
 * rules_record.c keeps it in the store. */
#ifndef SPOOR_DETECT_RULES_H
#define SPOOR_DETECT_RULES_H

#include "engine/query.h"
#include "rules/rule.h"
#include "rules/tuning.h"

enum {
    SPOOR_MAX_RULE_HOSTS = 1 << 16,  /* remembered of one rule */
    SPOOR_DEFAULT_ALERT_ROWS = 1000, /* of one alert, kept in the store */
};

/* ORDER spoor_rule_status */
typedef enum spoor_rule_status {
    SPOOR_RULE_NOT_RUN,
    SPOOR_RULE_MATCHED,
    SPOOR_RULE_NO_MATCH,
    SPOOR_RULE_FAILED, /* did not compile, or failed while it ran */
    SPOOR_RULE_BLIND,  /* cannot match with the data there is */
} spoor_rule_status;

typedef struct spoor_host_hits {
    spoor_str host;
    uint64_t hits;
} spoor_host_hits;

typedef struct spoor_rule_hosts { /* in the order seen */
    spoor_host_hits *items;
    uint32_t count;
    uint32_t
        *slots; /* hash table: item + 1, or 0; a power of two of them, twice the items' capacity */
    uint32_t nslots;
    bool has_more; /* than SPOOR_MAX_RULE_HOSTS */
} spoor_rule_hosts;

typedef struct spoor_rule_firing { /* a run on the rule's schedule that raised an alert */
    int64_t at;
    uint64_t hits, rows; /* of that run; rows are kept */
    bool has_times;
    int64_t first, last;
} spoor_rule_firing;

typedef struct spoor_rule_state {
    bool is_selected;
    bool is_compiled;   /* it compiles; its query is there only while it is worked on */
    spoor_query *query; /* NULL most of the time: thousands of plans need gigabytes */
    const spoor_schema
        *schema; /* of its rows, in the rules' arena, shared; NULL: it does not compile */
    spoor_rule_status status;
    uint64_t hits;
    bool is_alert;
    uint64_t rows; /* kept, in the spool ... */
    long rows_at;  /* ... from this offset: rules_spool.h */
    bool has_times;
    int64_t first, last; /* TimeGenerated of the matched rows */
    spoor_rule_hosts hosts;
    spoor_rule_firing *firings; /* of a replay, by time; their rows stand in this order */
    uint32_t nfirings, firing_capacity;
    uint64_t nruns; /* of a replay */
    double seconds;
    uint32_t first_alert, nalerts;   /* of rules->alerts */
    struct spoor_evidence *evidence; /* NULL: not asked for yet; rules_alert.h */
    struct spoor_demands *demands;   /* of rules check; NULL: not comparable; rules_subsume.c */
} spoor_rule_state;

typedef struct spoor_allowed { /* an entry of the tuning works on a rule */
    uint32_t rule, allow;
    spoor_str query; /* the rule's without any of them */
} spoor_allowed;

struct spoor_rules {
    spoor_engine *engine;
    spoor_arena arena;
    spoor_arena scratch; /* of one rule being linted */
    spoor_rule_set set;
    spoor_rule_state *states; /* by rule */
    spoor_rules_summary summary;
    int64_t started;
    bool is_replay; /* the last run was one */
    spoor_tuning tuning;
    spoor_allowed *allowed;
    uint32_t nallowed, allowed_capacity;
    bool is_counted;            /* what the entries left out */
    struct spoor_alert *alerts; /* of the last run: rules_alert.h */
    uint32_t nalerts;
    FILE *spool;                        /* unlinked file of matched rows; NULL: none are kept */
    struct spoor_known_schema *schemas; /* those that rules share */
    spoor_str placeholder_bytes;        /* of their file */
    bool has_content;                   /* there is a cache for: */
    unsigned char content[32];          /* a digest of what the set follows from; rules_cache.h */
};

/* The whole file, with a NUL behind it; false: *why says why not. */
bool spoor_rules_read_file(spoor_arena *arena, const char *path, spoor_str *bytes,
                           const char **why);
/* Compile one rule: its query is at hand until spoor_rule_forget_query(), and messages go to the rule.  Not OK
 * only for what ends the whole run.  Jump when out of memory. */
spoor_status spoor_rule_compile(spoor_rules *rules, uint32_t rule,
                                const spoor_query_options *options);
/* A copy of the schema that lives as long as the rules; the same one for equal ones. */
const spoor_schema *spoor_rules_keep_schema(spoor_rules *rules, const spoor_schema *schema);
void spoor_rule_forget_query(spoor_rule_state *state);
void spoor_rules_forget_queries(spoor_rules *rules); /* those that a failure left behind */
/* One that compiled and whose query is gone; nothing is said again. */
spoor_status spoor_rule_compile_again(spoor_rules *rules, uint32_t rule,
                                      const spoor_query_options *options);
/* Warn of what rules check knows beyond the queries' own warnings: of a rule while its query is at hand, of
 * all selected rules together.  Jump when out of memory. */
void spoor_rules_lint_query(spoor_rules *rules, uint32_t rule);
void spoor_rules_lint_all(spoor_rules *rules);
/* Count states into the summary. */
void spoor_rules_summarize(spoor_rules *rules);
/* Visible columns of the rule's rows; NULL: it does not compile. */
const spoor_schema *spoor_rule_schema(const spoor_rule_state *state, uint32_t *ncols);
const char *spoor_rule_status_name(spoor_rule_status status);

#endif
