/* rule.h - a detection rule as read from a file, whatever its format.
 *
 * Front ends (rule_text.c, rule_markdown.c, rule_sentinel.c, rule_arm.c,
 * rule_sigma.c) turn the bytes of a file into rules; engine/ prepares and runs
 * their queries.  Everything lives in the set's arena, the files' bytes included.
 *
 * A rule always knows its place: spans in its diags are bytes of the file
 * (source 0), also those of mistakes inside its query, which
 * spoor_rule_locate() maps back from the query's text.  A rule that could not
 * be read has errors in its diags and is never run. */
#ifndef SPOOR_RULES_RULE_H
#define SPOOR_RULES_RULE_H

#include "base/diag.h"

enum {
    SPOOR_MAX_RULE_FILE_BYTES = 16 << 20,
    SPOOR_MAX_RULES = 1 << 20, /* of one set */
};

/* of severity; ORDER spoor_level_name */
typedef enum spoor_level {
    SPOOR_LEVEL_INFORMATIONAL,
    SPOOR_LEVEL_LOW,
    SPOOR_LEVEL_MEDIUM,
    SPOOR_LEVEL_HIGH,
    SPOOR_LEVEL_CRITICAL,
    SPOOR_NLEVELS
} spoor_level;

typedef enum spoor_rule_kind {
    SPOOR_RULE_TEXT,      /* .kql .csl .txt .md */
    SPOOR_RULE_SCHEDULED, /* Sentinel analytics */
    SPOOR_RULE_NRT,       /* Sentinel near-real-time: each minute over the last */
    SPOOR_RULE_HUNTING,   /* Sentinel hunting query: no schedule */
    SPOOR_RULE_SIGMA,     /* its query is written from the detection */
} spoor_rule_kind;

typedef enum spoor_trigger {
    SPOOR_TRIGGER_GT,
    SPOOR_TRIGGER_LT,
    SPOOR_TRIGGER_EQ,
    SPOOR_TRIGGER_NE
} spoor_trigger;

/* How the query's text stands in the file. */
typedef enum spoor_rule_quoting {
    SPOOR_QUOTING_NONE,   /* as it is: byte i of the query is byte start + i of the file */
    SPOOR_QUOTING_BLOCK,  /* YAML | or >: indented, line breaks folded */
    SPOOR_QUOTING_PLAIN,  /* YAML without quotes */
    SPOOR_QUOTING_SINGLE, /* YAML '...' */
    SPOOR_QUOTING_DOUBLE, /* YAML "..." */
} spoor_rule_quoting;

typedef struct spoor_rule_file {
    const char *path; /* as found from the user's words */
    spoor_str bytes;  /* without a byte order mark; a NUL behind it */
    spoor_str stem;   /* file name without folder and extension */
    bool is_named;    /* the user named it: it must hold rules */
} spoor_rule_file;

typedef struct spoor_str_list {
    spoor_str *items;
    uint32_t count, capacity;
} spoor_str_list;

typedef struct spoor_entity_field { /* of a mapping: Process.CommandLine is column X */
    spoor_str entity, identifier, column;
    uint32_t mapping; /* fields of one entity share it */
} spoor_entity_field;

typedef struct spoor_detail { /* customDetails: shown name, column */
    spoor_str name, column;
} spoor_detail;

typedef struct spoor_rule {
    const spoor_rule_file *file;
    uint32_t index; /* 0-based, in the file */
    spoor_rule_kind kind;
    spoor_str id; /* empty: none */
    spoor_str title, description, version;
    spoor_str status;          /* as the file says it: experimental; empty: it does not */
    spoor_level level;         /* medium where the file says none */
    spoor_str_list tactics;    /* as Sentinel writes them: CredentialAccess */
    spoor_str_list techniques; /* T1003, T1003.001 */
    spoor_str_list tags;
    spoor_str query;
    uint32_t query_start, query_end; /* bytes of the file that write the query, quotes included */
    spoor_rule_quoting quoting;
    int64_t frequency, period; /* ticks; 0: no schedule */
    spoor_trigger trigger;     /* an alert when `hits trigger threshold` holds */
    int64_t threshold;
    spoor_entity_field *entities;
    uint32_t nentities;
    spoor_detail *details;
    uint32_t ndetails;
    spoor_str alert_title, alert_description; /* formats with {{Column}} */
    spoor_str alert_tactics_column, alert_severity_column;
    bool alert_per_result; /* eventGroupingSettings */
    bool is_suppressed;    /* after an alert, for `suppression` ticks */
    int64_t suppression;
    spoor_str metadata; /* a JSON object: author, references and the like; empty: none */
    spoor_str blind;    /* why no stored event can match; empty: some may */
    struct spoor_sigma_rule *sigma; /* SIGMA: what was read */
    bool is_part; /* of other rules only: a filter, or what a correlation counts */
    spoor_diags diags;
} spoor_rule;

typedef struct spoor_placeholder_file { /* what Sigma's %names% stand for */
    const struct spoor_yaml *map;       /* of names to texts or lists of texts */
    const struct spoor_placeholder_file *next;
} spoor_placeholder_file;

typedef struct spoor_rule_set {
    spoor_arena *arena;
    const spoor_placeholder_file *placeholders; /* the last file read goes first */
    spoor_str
        view; /* Sigma's rules are written over "defender" or "asim"; empty: over our own tables */
    bool enriches;  /* Sigma's fields of a process's start are read there, for later events */
    bool has_audit; /* Sigma's process_creation means 4688 of the Security log, too */
    spoor_rule *rules;
    uint32_t count, capacity;
    uint32_t files, ignored; /* files with rules; files in folders that are none */
} spoor_rule_set;

/* Read one file's rules into the set.  bytes must live as long as the set, with a NUL behind them. */
void spoor_rules_read(spoor_rule_set *set, const char *path, spoor_str bytes, bool is_named);

/* The file alone: its text as rules see it. */
const spoor_rule_file *spoor_rules_open_file(spoor_rule_set *set, const char *path, spoor_str bytes,
                                             bool is_named);

/* When all files are read: what documents say of each other, and the queries of Sigma's. */
void spoor_rules_link(spoor_rule_set *set);

bool spoor_rules_is_view(const char *name); /* of others: sigma_view.c */

/* Before the rules: a file of placeholders, whose bytes must live as long.  NULL: read; else what is wrong. */
const char *spoor_rules_read_placeholders(spoor_rule_set *set, spoor_str bytes);

/* Is it a file that may hold rules, by its name? */
bool spoor_rules_may_hold(const char *path);
/* A file that could not be read is a rule that failed. */
void spoor_rules_add_unread(spoor_rule_set *set, const char *path, const char *why);

/* The formats. */
void spoor_rules_read_text(spoor_rule_set *set, const spoor_rule_file *file, bool may_be_prose);
void spoor_rules_read_markdown(spoor_rule_set *set, const spoor_rule_file *file);
void spoor_rules_read_yaml(spoor_rule_set *set, const spoor_rule_file *file);
void spoor_rules_read_json(spoor_rule_set *set, const spoor_rule_file *file);

/* For the front ends.  A new rule has the file's defaults: its stem as title, techniques named in it. */
spoor_rule *spoor_rule_add(spoor_rule_set *set, const spoor_rule_file *file, uint32_t index);
void spoor_str_list_add(spoor_arena *arena, spoor_str_list *list, spoor_str item);
/* T#### and T####.### in the text, each once; T0000 is nobody's. */
void spoor_rule_find_techniques(spoor_arena *arena, spoor_str text, spoor_str_list *techniques);
/* "#Credential Access, Discovery" as tactics. */
void spoor_rule_add_tactics(spoor_arena *arena, spoor_str text, spoor_str_list *tactics);
/* 5m, 1H, 14d, 1.02:00:00, PT1H, P1DT12H: as ticks. */
bool spoor_rule_duration(spoor_str text, int64_t *ticks);
bool spoor_rule_trigger(spoor_str text, spoor_trigger *trigger);

const char *spoor_level_name(spoor_level level);
bool spoor_level_parse(spoor_str text, spoor_level *level);

/* The bytes of the file that write bytes [start, end) of the query. */
spoor_span spoor_rule_locate(const spoor_rule *rule, uint32_t start, uint32_t end);

bool spoor_rule_fires(const spoor_rule *rule, uint64_t hits);
/* Letters compared without case, blanks ignored: "Credential Access" is CredentialAccess. */
bool spoor_rule_word_is(spoor_str a, spoor_str b);

#endif
