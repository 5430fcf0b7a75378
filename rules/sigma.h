/* sigma.h - a Sigma rule as a tree, and its way to KQL.
 *
 *   document -> rule_sigma.c (metadata) -> sigma_scope.c (log source -> events)
 *            -> sigma_detection.c, sigma_item.c, sigma_value.c (selections -> tests)
 *            -> sigma_condition.c (condition -> tree)
 *            -> sigma_kql.c, sigma_field.c (tree -> text of a query)
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
#define SPOOR_SIGMA_STAR '\xFF' /* any text, also none */
#define SPOOR_SIGMA_ONE '\xFE'  /* one character */
#define SPOOR_SIGMA_DASH '\xFD' /* one of the five dashes of windash */
#define SPOOR_SIGMA_PERCENT '\xFC' /* a percent sign that begins no placeholder, until `expand` */

typedef enum spoor_sigma_op { /* how a test reads its values */
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

typedef enum spoor_sigma_part { /* ORDER sigma_parts: of a time */
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
} spoor_sigma_node;

/* The events that a log source means. */
typedef struct spoor_sigma_scope {
    bool is_sysmon;
    spoor_str provider; /* empty: any; of Sysmon's, those of Windows and Linux */
    const char *const *channels;
    uint32_t nchannels; /* 0: any */
    const int *ids;
    uint32_t nids;     /* 0: any */
    const char *blind; /* why no event that can be stored is meant; NULL: some are */
} spoor_sigma_scope;

/* What reading one detection carries along. */
typedef struct spoor_sigma_reader {
    spoor_arena *arena;
    spoor_diags *diags;
    const spoor_placeholder_file *placeholders;
    uint32_t nnodes;
    spoor_str missing; /* a placeholder that has no values, or empty */
} spoor_sigma_reader;

/* -- documents (rule_sigma.c) ------------------------------------------------------------------------ */

/* Is it a document of Sigma: a rule, a correlation, a filter? */
bool spoor_sigma_is_document(const spoor_yaml *root);
/* Metadata, detection and query of the rule; mistakes go to its diags. */
void spoor_sigma_read_rule(spoor_rule *rule, const spoor_yaml *root, const spoor_placeholder_file *placeholders);
/* Title, level, tags and the like. */
void spoor_sigma_read_metadata(spoor_rule *rule, const spoor_yaml *root);

/* -- reading ----------------------------------------------------------------------------------------- */

/* `logsource` of the document. */
bool spoor_sigma_read_scope(spoor_sigma_reader *r, const spoor_yaml *root, spoor_sigma_scope *scope);

/* The map of `detection` (or `filter`) with its condition; NULL: reported. */
spoor_sigma_node *spoor_sigma_read_detection(spoor_sigma_reader *r, const spoor_yaml *map);
/* A selection: a map, a list of maps, keywords. */
spoor_sigma_node *spoor_sigma_read_selection(spoor_sigma_reader *r, const spoor_yaml *value);
/* `field|modifier|...: values`; NULL: reported. */
spoor_sigma_node *spoor_sigma_read_item(spoor_sigma_reader *r, spoor_str key, spoor_span key_span,
                                        const spoor_yaml *value);
/* The value with each text of its placeholders; one without texts is r->missing.  false: reported. */
bool spoor_sigma_expand(spoor_sigma_reader *r, spoor_span span, spoor_str text, bool is_regex, spoor_str_list *out);
/* The condition's text over the selections of the map. */
spoor_sigma_node *spoor_sigma_read_condition(spoor_sigma_reader *r, const spoor_yaml *condition,
                                             const spoor_yaml *map);

spoor_sigma_node *spoor_sigma_node_new(spoor_sigma_reader *r, spoor_sigma_kind kind, spoor_span span);
void spoor_sigma_node_add(spoor_arena *arena, spoor_sigma_node *parent, spoor_sigma_node *child);
bool spoor_sigma_is_null(const spoor_yaml *value);

/* -- values (sigma_value.c) -------------------------------------------------------------------------- */

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
spoor_str spoor_sigma_pattern_regex(spoor_arena *arena, spoor_str pattern, bool is_cased, bool in_list);

/* -- KQL (sigma_kql.c, sigma_field.c) ---------------------------------------------------------------- */

typedef enum spoor_sigma_table { /* ORDER sigma_tables */
    SPOOR_SIGMA_SYSMON,
    SPOOR_SIGMA_WINDOWS,
    SPOOR_SIGMA_EVENTS,
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
bool spoor_sigma_place_of(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_sigma_table table,
                          spoor_str field, spoor_sigma_place *place);
/* Does Sysmon log the field in one of the scope's events, as its schema says? */
bool spoor_sigma_is_logged(const spoor_sigma_scope *scope, spoor_str field);

/* The whole query. */
spoor_str spoor_sigma_write(spoor_arena *arena, const spoor_sigma_scope *scope,
                            const spoor_sigma_node *tree);
/* A string literal of KQL. */
void spoor_sigma_put_literal(spoor_buffer *out, spoor_str text);

#endif
