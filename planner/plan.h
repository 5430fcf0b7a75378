/* plan.h - the bound plan: names resolved, types known, ready to run.
 *
 * Invariant: whatever is in a plan can be executed.  Every check of the user's
 * text is made while binding, so the executor reports only what the world did
 * (memory, limits, I/O).  A plan is read-only once made; any number of
 * executors may run it at the same time. */
#ifndef SPOOR_PLANNER_PLAN_H
#define SPOOR_PLANNER_PLAN_H

#include <stdio.h>

#include "base/diag.h"
#include "functions/aggregate.h"
#include "functions/function.h"
#include "parser/ast.h"
#include "types/catalog.h"
#include "types/render.h"
#include "types/schema.h"

enum {
    SPOOR_MAX_PLAN_DEPTH = 4000,   /* operators on each other, functions expanded */
    SPOOR_MAX_EXPR_NODES = 100000, /* of one expression, names expanded */
};

typedef enum spoor_plan_kind {
#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) SPOOR_PLAN_##kind,
#include "planner/plan_kinds.def"
#undef SPOOR_PLAN_KIND
} spoor_plan_kind;

typedef enum spoor_bound_kind {
    SPOOR_BOUND_COLUMN,   /* .column of the input */
    SPOOR_BOUND_CONSTANT, /* .value */
    SPOOR_BOUND_CALL,     /* .function over .args */
    SPOOR_BOUND_SUBPLAN,  /* the result of query->subplans[.subplan], run once before it is needed:
                             a scalar, or (is_set) its first column as a dynamic array */
} spoor_bound_kind;

typedef struct spoor_bound {
    spoor_bound_kind kind;
    spoor_type type;
    spoor_span span;
    int column;
    spoor_value value;
    const spoor_function *function;
    struct spoor_bound **args;
    uint32_t nargs;
    uint32_t subplan;
    bool is_set;
    bool is_null_text; /* '' that stands for a null: the binder's own, see bind_call.c */
    int depth;         /* 1 for a leaf */
    uint32_t size;     /* nodes, those that are shared counted each time; 0 counts as 1 */
} spoor_bound;

typedef struct spoor_sort_key {
    spoor_bound *expr;
    bool descending, nulls_last;
} spoor_sort_key;

typedef struct spoor_plan_aggregate {
    const spoor_aggregate *aggregate;
    spoor_bound **args;
    uint32_t nargs;
    spoor_type result;               /* of the only output; many_outputs: see args */
    uint32_t first_column, ncolumns; /* outputs, in the plan's schema */
} spoor_plan_aggregate;

/* ORDER spoor_join_kind */
typedef enum spoor_join_kind {
    SPOOR_JOIN_INNERUNIQUE,
    SPOOR_JOIN_INNER,
    SPOOR_JOIN_LEFTOUTER,
    SPOOR_JOIN_RIGHTOUTER,
    SPOOR_JOIN_FULLOUTER,
    SPOOR_JOIN_LEFTSEMI,
    SPOOR_JOIN_RIGHTSEMI,
    SPOOR_JOIN_LEFTANTI,
    SPOOR_JOIN_RIGHTANTI,
} spoor_join_kind;

/* ORDER spoor_window_kind */
typedef enum spoor_window_kind {
    SPOOR_WINDOW_ROW_NUMBER,
    SPOOR_WINDOW_PREV,
    SPOOR_WINDOW_NEXT,
    SPOOR_WINDOW_CUMSUM,
    SPOOR_WINDOW_RANK_DENSE,
    SPOOR_WINDOW_RANK_MIN,
    SPOOR_WINDOW_SESSION,
} spoor_window_kind;

typedef struct spoor_parse_part {
    enum { SPOOR_PARSE_TEXT, SPOOR_PARSE_SKIP, SPOOR_PARSE_COLUMN } kind;
    spoor_str text;  /* TEXT: literal, or regex when parse->is_regex */
    spoor_type type; /* COLUMN */
    uint32_t output; /* COLUMN: index in the schema */
} spoor_parse_part;

/* A column that a scan delivers. */
typedef struct spoor_scan_column {
    int column;       /* of the table */
    spoor_str member; /* of a record column (EventData.Image): len > 0 */
    spoor_type type;  /* member: string ('' where absent) or dynamic */
} spoor_scan_column;

typedef struct spoor_scan_step {
    spoor_str name;
    spoor_bound *condition;
    int *columns;         /* of the record, set to ... */
    spoor_bound **values; /* ... these */
    uint32_t nassignments;
    enum { SPOOR_SCAN_ALL, SPOOR_SCAN_LAST, SPOOR_SCAN_NONE } output;
} spoor_scan_step;

/* -- graphs: nodes are rows whose column 0 is an id that no other has; edges are rows whose columns 0
 * and 1 are the ids of their ends, which are nodes. */
/* ORDER spoor_graph_direction */
typedef enum spoor_graph_direction {
    SPOOR_GRAPH_RIGHT,
    SPOOR_GRAPH_LEFT,
    SPOOR_GRAPH_EITHER,
} spoor_graph_direction;

typedef struct spoor_graph_node {
    spoor_str name; /* empty: none */
    int filter;     /* bool column of the nodes: those that may stand here; -1: all */
} spoor_graph_node;

typedef struct spoor_graph_edge {
    spoor_str name;
    uint32_t from, to; /* nodes of the pattern, as written from left to right */
    spoor_graph_direction direction;
    uint32_t min, max; /* edges in a row; 1 and 1 unless is_path */
    bool is_path;      /* of variable length */
    int filter;        /* bool column of the edges */
    int inner_filter;  /* bool column of the nodes, for those between two edges of the path */
} spoor_graph_edge;

typedef enum spoor_graph_cycles {
    SPOOR_GRAPH_UNIQUE_EDGES, /* no edge twice in a match */
    SPOOR_GRAPH_NO_CYCLES,    /* no node twice either */
    SPOOR_GRAPH_ALL_CYCLES,
} spoor_graph_cycles;

typedef enum spoor_graph_search {
    SPOOR_GRAPH_EVERY,        /* each match */
    SPOOR_GRAPH_ANY_SHORTEST, /* of each pair of first and last node one of the shortest */
    SPOOR_GRAPH_ALL_SHORTEST,
} spoor_graph_search;

typedef enum spoor_graph_output_kind {
    SPOOR_GRAPH_OF_NODE, /* the column of the node */
    SPOOR_GRAPH_OF_EDGE,
    SPOOR_GRAPH_OF_EDGES,  /* of a path: an array */
    SPOOR_GRAPH_OF_INNER,  /* of the nodes between its edges */
    SPOOR_GRAPH_ALL_EDGES, /* is the (bool) column true in all of them? */
    SPOOR_GRAPH_ALL_INNER,
    SPOOR_GRAPH_ANY_EDGES,
    SPOOR_GRAPH_ANY_INNER,
} spoor_graph_output_kind;

typedef struct spoor_graph_output {
    spoor_graph_output_kind kind;
    uint32_t element; /* of the pattern's nodes or edges */
    int column;       /* of the nodes or edges */
} spoor_graph_output;

/* What the edges say of a node. */
/* ORDER spoor_graph_mark */
typedef enum spoor_graph_mark {
    SPOOR_GRAPH_WEAK_COMPONENT,
    SPOOR_GRAPH_STRONG_COMPONENT,
    SPOOR_GRAPH_DEGREE_IN,
    SPOOR_GRAPH_DEGREE_OUT,
} spoor_graph_mark;

/* FEEDs that rows depend on: the rows change from group to group of their APPLYs. */
typedef struct spoor_feed_set {
    const uint32_t *ids;
    uint32_t count;
} spoor_feed_set;

typedef struct spoor_plan {
    spoor_plan_kind kind;
    spoor_span span;
    struct spoor_plan **inputs;
    uint32_t ninputs;
    spoor_schema schema; /* what this operator puts out; hidden columns last */
    int depth;           /* 1 for a source; at most SPOOR_MAX_PLAN_DEPTH */
    double rows_guess;   /* for the order of joins; 0: unknown */
    bool is_serialized;  /* says that its rows are in order: spoor_bind_is_serialized() */
    const struct spoor_bind_graph
        *graph; /* while binding: these are the edges of a graph, not rows */
    union {
        struct { /* SCAN: one event table of the store.  Output columns in `columns` order */
            const spoor_table *table;
            spoor_scan_column *columns; /* schema.ncols of them */
            spoor_bound **predicates;   /* over the output columns; all must hold (null: no) */
            uint32_t npredicates;
            bool may_stop;      /* a take is above: small first batches */
            bool only_extremes; /* the least and the greatest value of each column will do */
            uint8_t view;       /* which of Sentinel's tables it is read for: bind_home.c */
        } scan;
        struct { /* TABLE: a user table */
            const spoor_table *table;
        } table;
        struct { /* VALUES: constant rows (datatable, print's single row has no columns) */
            uint32_t nrows;
            const spoor_value *cells; /* row by row, schema.ncols each */
        } values;
        struct { /* RANGE: one column, all of its type (step: timespan for datetime) */
            spoor_bound *from, *to, *step;
        } range;
        struct { /* WHERE */
            spoor_bound *predicate;
        } where;
        struct { /* PROJECT: schema.ncols expressions; a COLUMN passes through untouched */
            spoor_bound **exprs;
        } project;
        struct { /* TAKE */
            spoor_bound *count;
        } take;
        struct { /* SORT (stable), TOP */
            spoor_sort_key *keys;
            uint32_t nkeys;
            spoor_bound *count; /* TOP */
        } sort;
        struct
        { /* SUMMARIZE: group columns first, in first-seen order, then aggregates.  No keys: one
                    row even over no input, when there are aggregates */
            spoor_bound **keys;
            uint32_t nkeys;
            spoor_plan_aggregate *aggregates;
            uint32_t naggregates;
            bool may_be_rows; /* take_anyifs of '' where the condition is false, and most likely a
                                 group has one row: bind_groups.c finds out */
        } summarize;
        struct
        { /* JOIN: inputs[0] left, inputs[1] right.  Keys are compared pairwise, same types; null
                    matches null, and '' matches '' (conformance emul-fuzz/0173, 1083). */
            spoor_join_kind kind;
            spoor_bound **left_keys, **right_keys;
            uint32_t nkeys;
            /* schema column i comes from this side and column */
            struct {
                bool from_right;
                int column;
            } * outputs;
        } join;
        struct
        { /* UNION: input k's column i goes to column maps[k][i] of the schema; a column without a
                    source is null */
            int **maps; /* by input: for each output column the input's column, or -1 */
            spoor_value *source_names; /* withsource: column 0 is this; else NULL */
        } uni;
        struct { /* PARSE: the schema is the input's columns, then those that the pattern makes */
            spoor_bound *text;
            spoor_parse_part *parts;
            uint32_t nparts;
            bool is_regex, is_relaxed, drop_unmatched;
            spoor_str flags;
        } parse;
        struct { /* MV_EXPAND: columns[i] of the input are expanded in step; others repeat */
            int *columns;         /* input columns (dynamic), ncolumns of them */
            int *outputs;         /* where each goes in the schema */
            spoor_type *to_types; /* SPOOR_DYNAMIC: as it is */
            uint32_t ncolumns;
            bool bag_to_array;  /* bagexpansion=array */
            int index_output;   /* with_itemindex: column of the schema, else -1 */
            spoor_bound *limit; /* NULL: none */
            int *passed;        /* schema column -> input column, -1 for outputs */
        } mv_expand;
        struct { /* WINDOW: the input's columns, then one: a function over rows in their order */
            spoor_window_kind kind;
            spoor_bound *value;   /* NULL: ROW_NUMBER */
            spoor_bound *restart; /* bool; NULL: never */
            int64_t number;       /* ROW_NUMBER: the first; PREV, NEXT: how far; SESSION: ticks from
                                       its first row, at most */
            int64_t between;      /* SESSION: ticks between rows, at most */
            spoor_value otherwise; /* PREV, NEXT: where there is no row */
        } window;
        struct
        { /* APPLY: inputs[1] run for each group of rows of inputs[0], which its FEED gives (if
                    it has one).  Column i of the schema is that column of the group's first row or of
                    inputs[1] */
            uint32_t feed;
            bool is_whole;    /* a SHARED or a subplan reads the FEED: its columns stay */
            spoor_bound *key; /* rows of one value are a group, in first-seen order; NULL: each
                                       row by itself */
            struct {
                bool from_sub;
                int column;
            } * outputs;
        } apply;
        struct { /* FEED: the rows that the APPLY of this number hands over */
            uint32_t id;
            int *columns; /* the APPLY's input's, by column of the schema; NULL: all, in order */
        } feed;
        struct
        { /* MAKE_SERIES: over keys, place on the axis, values: keys, an array for each value,
                    the axis as an array */
            uint32_t nkeys;
            spoor_value *defaults;         /* by value */
            spoor_bound *from, *to, *step; /* scalars; from, to: may be NULL */
            bool is_range;                 /* `to` is part of it; both are rounded down to a step */
            bool is_nonempty;              /* no input: one row of defaults */
        } series;
        struct { /* STEPS (scan): a record is the input's first npassed columns and declared ones;
                    expressions are over it, and behind it a record of each step */
            spoor_schema record;
            spoor_value *defaults; /* by column: what stands where nothing has matched */
            uint32_t npassed;
            struct spoor_scan_step *items;
            uint32_t count;
            bool has_match_id; /* the schema's last column */
        } steps;
        struct { /* TOP_NESTED: input i has the keys of levels 0..i and what ranks the last; the
                    schema has key and rank of each level in turn */
            spoor_bound **counts; /* by level; NULL: all */
            bool *ascending;
        } nested;
        struct
        { /* BASKET: the input is a row for each combination of values, then how many rows have
                    it; the schema is three columns, then one for each of these */
            double threshold;
            uint32_t max_dimensions;
            const int *
                dimensions; /* by column behind the three: the input's; -1: none, it was a weight */
            spoor_value *wildcards; /* by column behind the three: what stands for any value */
        } basket;
        struct { /* PARSE_KV: the input's columns, then one a key */
            spoor_bound *text;
            uint32_t nkeys;
            bool has_delimiters, is_greedy;
            spoor_str pair_delimiter, kv_delimiter;
            spoor_str quotes; /* opening and closing in turn */
            spoor_str escapes;
            spoor_str regex; /* with two groups; empty: none */
        } kv;
        struct { /* GRAPH_MATCH: inputs[0] nodes, inputs[1] edges; a row a match.  The pattern hangs
                    together; unless `search` is EVERY it is a chain, edge i from node i to node i + 1 */
            spoor_graph_node *nodes;
            spoor_graph_edge *edges;
            uint32_t nnodes, nedges;
            spoor_graph_cycles cycles;
            spoor_graph_search search;
            spoor_graph_output *outputs; /* by column of the schema */
        } match;
        struct { /* GRAPH_MARK: inputs[0] nodes, inputs[1] edges; the nodes, then a long */
            spoor_graph_mark mark;
        } mark;
        struct
        { /* SHARED: computed once for all that name it (materialize, as): once a run, or once a
                    group where it depends on FEEDs */
            uint32_t id;
            spoor_feed_set feeds;
        } shared;
    };
} spoor_plan;

/* One result of a text: several with fork, or with several statements. */
typedef struct spoor_plan_result {
    spoor_str name;
    spoor_plan *plan;
    const spoor_render *render; /* NULL: none is asked for */
} spoor_plan_result;

typedef struct spoor_plan_query {
    spoor_plan_result *results;
    uint32_t nresults;
    spoor_plan **subplans;         /* toscalar and sets; a later one may use an earlier one */
    spoor_feed_set *subplan_feeds; /* by subplan: run again when one of them moves on */
    uint32_t nsubplans;
    uint32_t nshared;
    uint32_t nfeeds;           /* APPLYs */
    bool keeps_lineage;        /* see spoor_bind_options */
    spoor_reference reference; /* of the options */
    bool is_of_run; /* another now(), or other rows, may make another plan of the same text */
} spoor_plan_query;

/* Rows while binding, for what has columns that only the rows tell (pivot, bag_unpack): runs `plan`,
 * whose subplans are those of `query`, and hands each batch to `see` until that returns false.  False:
 * the run failed. */
typedef struct spoor_bind_rows {
    bool (*read)(struct spoor_bind_rows *rows, const spoor_plan_query *query,
                 const spoor_plan *plan, bool (*see)(void *context, const spoor_batch *batch),
                 void *context);
} spoor_bind_rows;

typedef struct spoor_bind_options {
    bool strict;               /* warnings of leniency become errors */
    bool wildcards;            /* * in contains matches anything */
    bool empty_tables;         /* what has no data here gives its columns and no rows */
    bool ignore_workspace;     /* workspace('x').T is T, with a warning */
    bool home_is_windowsevent; /* --home windowsevent: which table a record counts in (ENGINE 4) */
    bool
        keep_lineage; /* results end with the hidden _SourceFile and _RecordId, where they have them */
    bool no_rewrites; /* tests: none but what the answer depends on */
    int64_t now;      /* of the query; folded into constants */
    spoor_reference reference;
    bool has_from, has_to; /* the time picker: TimeGenerated of every events table ... */
    int64_t from, to;      /* ... in [from, to) */
    const spoor_str *param_names, *param_values; /* --param: KQL literal or bare text */
    uint32_t nparams;
    spoor_bind_rows *rows; /* NULL: nothing is run while binding */
    struct spoor_bind_library
        *library; /* views bound before, for many queries: bind_library.h; NULL: none */
} spoor_bind_options;

/* Bind every statement, or return NULL with errors in *diags (all that could be found). */
spoor_plan_query *spoor_plan_bind(spoor_arena *arena, const spoor_ast *query,
                                  spoor_catalog *catalog, const spoor_bind_options *options,
                                  spoor_diags *diags);
/* Rewrite for speed; same answer.  Else only what the answer depends on (rewrite.c).  _bind calls it. */
void spoor_plan_rewrite(spoor_arena *arena, spoor_plan_query *query, bool for_speed);

/* One operator a line, source first, inputs indented. */
void spoor_plan_print(const spoor_plan_query *query, FILE *out);
const char *spoor_plan_kind_name(spoor_plan_kind kind);
/* Does the plan give no row because its inputs, of which is_empty tells, give none?  plan_empty.c */
bool spoor_plan_passes_emptiness(const spoor_plan *plan, bool (*is_empty)(const spoor_plan *input));

#endif
