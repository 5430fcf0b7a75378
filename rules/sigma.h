/* sigma.h - a Sigma rule as a tree, and its way to KQL.
 *
 *   document -> rule_sigma.c (what it is, metadata) -> sigma_scope.c (log source -> events)
 *            -> sigma_detection.c, sigma_item.c, sigma_value.c (selections -> tests)
 *            -> sigma_condition.c (condition -> tree), sigma_legacy.c (older forms)
 *            -> sigma_correlation.c (a correlation's map)
 *   when all files are read:
 *            -> sigma_link.c (filters, references between documents)
 *            -> sigma_kql.c, sigma_field.c (tree -> text of a query), sigma_window.c (correlations)
 *
 * The text is afterwards a rule like any other.
 *
 * Meaning: Sigma specification 2.1, its taxonomy appendix, and pySigma where
 * the specification leaves a question open.  Everything lives in the set's arena. */
#ifndef SPOOR_RULES_SIGMA_H
#define SPOOR_RULES_SIGMA_H

#include "base/buffer.h"
#include "regex/regex.h"
#include "rules/rule.h"
#include "rules/yaml_tree.h"

enum {
    SPOOR_SIGMA_MAX_NODES = 100000, /* of one rule's tree, with what modifiers write out */
    SPOOR_SIGMA_MAX_DEPTH = 64,     /* of its condition */
};

/* Bytes that no WTF-8 has stand for what a value leaves open. */
#define SPOOR_SIGMA_STAR '\xFF'    /* any text, also none */
#define SPOOR_SIGMA_ONE '\xFE'     /* one character */
#define SPOOR_SIGMA_DASH '\xFD'    /* one of the five dashes of windash */
#define SPOOR_SIGMA_PERCENT '\xFC' /* a percent sign that begins no placeholder, until `expand` */

/* how a test reads its values */
typedef enum spoor_sigma_op {
    SPOOR_SIGMA_EQUALS,
    SPOOR_SIGMA_CONTAINS,
    SPOOR_SIGMA_STARTS,
    SPOOR_SIGMA_ENDS,
    SPOOR_SIGMA_PATTERN, /* with STAR, ONE or DASH inside; anchored where no STAR stands */
    SPOOR_SIGMA_REGEX,
    SPOOR_SIGMA_CIDR,
    SPOOR_SIGMA_LESS,
    SPOOR_SIGMA_LESS_OR_EQUAL,
    SPOOR_SIGMA_GREATER,
    SPOOR_SIGMA_GREATER_OR_EQUAL,
    SPOOR_SIGMA_NUMBER, /* equal, as a number: of a part of a time */
    SPOOR_SIGMA_ANY,    /* any text, also an empty one */
    SPOOR_SIGMA_NULL,   /* the event has not the field */
    SPOOR_SIGMA_EXISTS, /* the event has the field, whatever its value */
    SPOOR_SIGMA_SAME,   /* the value is the name of the field to compare with */
    SPOOR_SIGMA_SAME_START,
    SPOOR_SIGMA_SAME_END,
    SPOOR_SIGMA_SAME_PART,
} spoor_sigma_op;

/* ORDER sigma_parts: of a time */
typedef enum spoor_sigma_part {
    SPOOR_SIGMA_WHOLE,
    SPOOR_SIGMA_MINUTE,
    SPOOR_SIGMA_HOUR,
    SPOOR_SIGMA_DAY,
    SPOOR_SIGMA_WEEK,
    SPOOR_SIGMA_MONTH,
    SPOOR_SIGMA_YEAR,
} spoor_sigma_part;

typedef enum spoor_sigma_kind {
    SPOOR_SIGMA_AND,
    SPOOR_SIGMA_OR,
    SPOOR_SIGMA_NOT,      /* one child */
    SPOOR_SIGMA_AT_LEAST, /* `count` of the children */
    SPOOR_SIGMA_TEST,
} spoor_sigma_kind;

typedef struct spoor_sigma_node {
    spoor_sigma_kind kind;
    struct spoor_sigma_node **children;
    uint32_t nchildren, count;
    /* TEST: one of the values holds */
    spoor_str field; /* empty: a keyword, in the whole event */
    spoor_sigma_op op;
    spoor_sigma_part part;
    bool is_cased;
    bool fits_empty;      /* an empty text meets it: the event must have the field */
    unsigned regex_flags; /* REGEX: spoor_regex_flag */
    spoor_str *values;
    uint32_t nvalues;
    struct spoor_regex_matcher **matchers; /* REGEX: of sigma_match.c; NULL: not made yet */
    spoor_arena *arena;
} spoor_sigma_node;

/* The events that a log source means. */
typedef struct spoor_sigma_scope {
    bool is_sysmon;
    spoor_str provider; /* empty: any; of Sysmon's, those of Windows and Linux */
    const char *const *channels;
    uint32_t nchannels; /* 0: any */
    const int *ids;
    uint32_t nids;            /* 0: any */
    const char *blind;        /* why no event that can be stored is meant; NULL: some are */
    bool is_audit;            /* 4688 of the Security log, whose fields have other names */
    bool is_process_creation; /* of Windows: Sysmon's events here, the audit's beside them */
    bool enriches;            /* fields of a process's start are read there: sigma_enrich.c */
    const struct spoor_sigma_view
        *view; /* where the events are read in a table of others; NULL: in our own */
} spoor_sigma_scope;

extern const spoor_sigma_scope
    spoor_sigma_audit; /* what process_creation means beside Sysmon's events */

/* -- correlations ------------------------------------------------------------------------------ */

/* ORDER sigma_measures: what is compared with the condition */
typedef enum spoor_sigma_measure {
    SPOOR_SIGMA_EVENT_COUNT,
    SPOOR_SIGMA_VALUE_COUNT,
    SPOOR_SIGMA_TEMPORAL,
    SPOOR_SIGMA_TEMPORAL_ORDERED,
    SPOOR_SIGMA_VALUE_SUM,
    SPOOR_SIGMA_VALUE_AVG,
    SPOOR_SIGMA_VALUE_PERCENTILE,
} spoor_sigma_measure;

typedef struct spoor_sigma_member { /* a rule that a correlation refers to */
    spoor_str reference; /* id or name as written; empty: of a legacy aggregation, the tree below */
    spoor_span span;
    struct spoor_rule *rule;       /* once linked */
    struct spoor_sigma_node *tree; /* legacy, over the events of the rule's own log source */
    uint32_t
        number;    /* of the rule among those that are named, from 1: it may be read in two logs */
    bool is_audit; /* its events are 4688 of the Security log */
} spoor_sigma_member;

typedef struct spoor_sigma_bound { /* `gte: 5` */
    const char *operator;          /* of KQL */
    spoor_str number;
} spoor_sigma_bound;

enum { SPOOR_SIGMA_MAX_BOUNDS = 6, SPOOR_SIGMA_MAX_MEMBERS = 100, SPOOR_SIGMA_MAX_CHAIN = 16 };

typedef struct spoor_sigma_correlation {
    spoor_sigma_measure measure;
    spoor_sigma_member *members;
    uint32_t nmembers, nrules;     /* nrules: the highest number */
    spoor_str_list groups, fields; /* fields: of the condition */
    const spoor_yaml *aliases;     /* a map of names to maps of members to fields; NULL: none */
    spoor_str span_text;           /* a timespan of KQL */
    spoor_sigma_bound bounds[SPOOR_SIGMA_MAX_BOUNDS];
    uint32_t nbounds; /* 0: temporal, all members */
    spoor_str
        percentile;     /* of VALUE_PERCENTILE; empty: the share of the event's value, in percent */
    bool generates;     /* the members are rules of their own, too */
    int state;          /* of linking: 0 not begun, 1 in it, 2 linked, 3 written */
    int table;          /* spoor_sigma_table that has all it needs, and 1; 0: not asked for yet */
    const void *writer; /* who wrote its hits last, as let number `step` */
    uint32_t step;
} spoor_sigma_correlation;

typedef enum spoor_sigma_document {
    SPOOR_SIGMA_DETECTION,
    SPOOR_SIGMA_CORRELATION,
    SPOOR_SIGMA_FILTER
} spoor_sigma_document;

typedef struct spoor_sigma_source { /* as written; empty: not said */
    spoor_str product, category, service;
} spoor_sigma_source;

typedef struct spoor_sigma_rule {
    spoor_sigma_document kind;
    const spoor_yaml *root;
    spoor_str name; /* that correlations may refer to */
    spoor_sigma_source source;
    spoor_sigma_scope scope;
    struct spoor_sigma_node *tree;        /* DETECTION, FILTER */
    spoor_str missing;                    /* a placeholder that has no values */
    spoor_sigma_correlation *correlation; /* CORRELATION, and a detection with an aggregation */
    spoor_str_list filtered;              /* FILTER: the rules' ids and names */
    bool filters_any;                     /* FILTER: all of its log source */
    const struct spoor_rule *last_filter; /* DETECTION: the one applied last */
    bool has_filters; /* DETECTION: the tree is an `and` that filters were added to */
} spoor_sigma_rule;

/* What reading one detection carries along. */
typedef struct spoor_sigma_reader {
    spoor_arena *arena;
    spoor_diags *diags;
    const spoor_placeholder_file *placeholders;
    uint32_t nnodes;
    spoor_str missing;                    /* a placeholder that has no values, or empty */
    spoor_sigma_correlation *aggregation; /* that a condition of an older form ends in, or NULL */
} spoor_sigma_reader;

/* -- documents (rule_sigma.c) ------------------------------------------------------------------ */

/* Is it a document of Sigma: a rule, a correlation, a filter? */
bool spoor_sigma_is_document(const spoor_yaml *root);
/* Metadata and what the document says; its query is written when all are read.  Mistakes go to its diags. */
void spoor_sigma_read_rule(spoor_rule *rule, const spoor_yaml *root,
                           const spoor_placeholder_file *placeholders);
/* Author, references and the like of the document, as a JSON object; empty: it has none (rule_metadata.c). */
spoor_str spoor_rule_metadata(spoor_arena *arena, const spoor_yaml *root);
/* `action: global` and its like: *root becomes the document with what it inherits.  false: it is no rule of
 * its own. */
typedef struct spoor_sigma_inherited { /* zero at the start of a file */
    const spoor_yaml *global, *last;
    uint32_t work; /* keys compared so far */
} spoor_sigma_inherited;
bool spoor_sigma_inherit(spoor_arena *arena, spoor_sigma_inherited *inherited,
                         const spoor_yaml **root);

/* -- reading ----------------------------------------------------------------------------------- */

/* `logsource` of the document. */
bool spoor_sigma_read_scope(spoor_sigma_reader *r, const spoor_yaml *root,
                            spoor_sigma_source *source, spoor_sigma_scope *scope);
/* Would the filter's log source take in the rule's? */
bool spoor_sigma_takes_in(const spoor_sigma_source *filter, const spoor_sigma_source *rule);

/* `correlation` of the document; NULL: reported. */
spoor_sigma_correlation *spoor_sigma_read_correlation(spoor_arena *arena, spoor_diags *diags,
                                                      const spoor_yaml *map);
bool spoor_sigma_is_timespan(spoor_str text); /* a number and s, m, h or d */
bool spoor_sigma_is_number(spoor_str text);   /* digits, perhaps a sign and a point */
/* What stands behind `|` of a condition, whose events `tree` are: r->aggregation.  false: reported. */
bool spoor_sigma_read_aggregation(spoor_sigma_reader *r, spoor_str text,
                                  const spoor_yaml *condition, const spoor_yaml *map,
                                  spoor_sigma_node *tree);

/* The map of `detection` (or `filter`) with its condition; NULL: reported. */
spoor_sigma_node *spoor_sigma_read_detection(spoor_sigma_reader *r, const spoor_yaml *map);
/* A selection: a map, a list of maps, keywords. */
spoor_sigma_node *spoor_sigma_read_selection(spoor_sigma_reader *r, const spoor_yaml *value);
/* `field|modifier|...: values`; NULL: reported. */
spoor_sigma_node *spoor_sigma_read_item(spoor_sigma_reader *r, spoor_str key, spoor_span key_span,
                                        const spoor_yaml *value);
/* The value with each text of its placeholders; one without texts is r->missing.  false: reported. */
bool spoor_sigma_expand(spoor_sigma_reader *r, spoor_span span, spoor_str text, bool is_regex,
                        spoor_str_list *out);
/* The condition's text over the selections of the map. */
spoor_sigma_node *spoor_sigma_read_condition(spoor_sigma_reader *r, const spoor_yaml *condition,
                                             const spoor_yaml *map);

spoor_sigma_node *spoor_sigma_node_new(spoor_sigma_reader *r, spoor_sigma_kind kind,
                                       spoor_span span);
void spoor_sigma_node_add(spoor_arena *arena, spoor_sigma_node *parent, spoor_sigma_node *child);
bool spoor_sigma_is_null(const spoor_yaml *value);

/* -- values (sigma_value.c) -------------------------------------------------------------------- */

/* The text with STAR and ONE for its wildcards, and without the backslashes that escape; percent: PERCENT for \\%. */
spoor_str spoor_sigma_unescape(spoor_arena *arena, spoor_str text, bool percent);
bool spoor_sigma_is_open(spoor_str text); /* has a STAR, ONE or DASH */
/* DASH for each dash that begins a parameter. */
spoor_str spoor_sigma_open_dashes(spoor_arena *arena, spoor_str text);
uint32_t spoor_sigma_count_dashes(spoor_str text);
/* With the DASHes as the n-th choice of dashes; n < 5 ** count. */
spoor_str spoor_sigma_pick_dashes(spoor_arena *arena, spoor_str text, uint32_t n);
spoor_str spoor_sigma_utf16(spoor_arena *arena, spoor_str text, bool big_endian, bool mark);
/* What base64 of any text that has these bytes at an offset of `shift` modulo 3 contains. */
spoor_str spoor_sigma_base64_part(spoor_arena *arena, spoor_str bytes, uint32_t shift);
/* How a text with open places is tested: *op says, the rest is given back. */
spoor_str spoor_sigma_classify(spoor_arena *arena, spoor_str text, spoor_sigma_op *op);
/* The regular expression of a PATTERN; in_list: of one of the texts of Data, which have U+0001 around them. */
spoor_str spoor_sigma_pattern_regex(spoor_arena *arena, spoor_str pattern, bool is_cased,
                                    bool in_list);

/* -- KQL (sigma_kql.c, sigma_field.c) ---------------------------------------------------------- */

/* ORDER sigma_tables */
typedef enum spoor_sigma_table {
    SPOOR_SIGMA_SYSMON,
    SPOOR_SIGMA_WINDOWS,
    SPOOR_SIGMA_EVENTS,
    SPOOR_SIGMA_VIEW, /* of others: scope->view */
} spoor_sigma_table;

typedef enum spoor_sigma_place_kind {
    SPOOR_SIGMA_TEXT,   /* a column of texts */
    SPOOR_SIGMA_MEMBER, /* a member of the bag, or a column that is one */
    SPOOR_SIGMA_LIST,   /* the unnamed values: Data */
    SPOOR_SIGMA_INT,    /* EventID */
} spoor_sigma_place_kind;

/* Where a table has a field of Sigma. */
typedef struct spoor_sigma_place {
    spoor_sigma_place_kind kind;
    spoor_str text;   /* expression: a text, but of INT */
    spoor_str member; /* expression of the bag's member; empty: the field is always there */
    spoor_str has;    /* expression: the bag has the field; empty likewise */
} spoor_sigma_place;

/* false: that table has no such column. */
bool spoor_sigma_place_of(spoor_arena *arena, const spoor_sigma_scope *scope,
                          spoor_sigma_table table, spoor_str field, spoor_sigma_place *place);
/* Does Sysmon log the field in one of the scope's events, as its schema says? */
bool spoor_sigma_is_logged(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_str field);

/* The first table that has all that the tests need and all of the fields. */
spoor_sigma_table spoor_sigma_table_for(spoor_arena *arena, const spoor_sigma_scope *scope,
                                        const spoor_sigma_node *tree, const spoor_str_list *fields);
/* The whole query of the events. */
spoor_str spoor_sigma_write(spoor_arena *arena, const spoor_sigma_scope *scope,
                            const spoor_sigma_node *tree, spoor_sigma_table table);
const char *spoor_sigma_table_name(spoor_sigma_table table);
/* The same as one condition. */
spoor_str spoor_sigma_write_condition(spoor_arena *arena, const spoor_sigma_scope *scope,
                                      const spoor_sigma_node *tree, spoor_sigma_table table);
/* -- what Sysmon logs at a process's start alone (sigma_enrich.c) -- */
/* false: the field is the event's own, or nobody's. */
bool spoor_sigma_is_enriched(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_str field,
                             spoor_sigma_place *place);
bool spoor_sigma_needs_start(spoor_arena *arena, const spoor_sigma_scope *scope,
                             const spoor_sigma_node *node);
/* The lookups of the starts that the tests need; and away with them. */
void spoor_sigma_put_starts(spoor_buffer *out, const spoor_sigma_scope *scope,
                            const spoor_sigma_node *tree, spoor_sigma_table table);
void spoor_sigma_drop_starts(spoor_buffer *out, const spoor_sigma_scope *scope,
                             const spoor_sigma_node *tree);

/* -- tables of others (sigma_view.c) -- */
/* The rule's query over that view; false: the view cannot tell what the rule asks, which is reported. */
bool spoor_sigma_write_view(spoor_rule *rule, spoor_str name);
spoor_str spoor_sigma_view_table(const struct spoor_sigma_view *view);
spoor_str
spoor_sigma_view_rows(const struct spoor_sigma_view *view); /* a condition; empty: all rows */
/* A column; empty: it has none. */
spoor_str spoor_sigma_view_field(spoor_arena *arena, const struct spoor_sigma_view *view,
                                 spoor_str field);
/* | extend of the columns that are made for the tests. */
void spoor_sigma_view_put_fields(spoor_buffer *out, const struct spoor_sigma_view *view,
                                 const spoor_sigma_node *tree);

/* The query of a linked correlation; empty: reported to the rule. */
spoor_str spoor_sigma_write_correlation(spoor_rule *rule);
/* A string literal of KQL. */
void spoor_sigma_put_literal(spoor_buffer *out, spoor_str text);

/* Warn of what the specification asks of a document's fields beyond what reading it needs. */
void spoor_sigma_check(spoor_rule *rule, const spoor_yaml *root);

#endif
