/* bind.h - what the files of the binder share; nothing outside planner/ sees it.
 *
 * The binder walks the tree once and builds the plan.  Names mean: a column of
 * the input, else what a scope holds (let, parameter, `as`), else what the
 * catalog holds.  Functions and tabular lets are bound again at every use, in
 * the scope of their definition, so a plan is a tree; only SHARED inputs
 * (materialize, as) have several parents.
 *
 * A bind_* function that fails has reported it and returns NULL (or false).
 * Operators go on after a mistake: the columns that it would have made become
 * `poisoned`, and a name so marked fails without a word, so one mistake gives
 * one message.
 *
 * Rows of functions/ that the binder calls by name, beside operators by their
 * text (`==`, `contains`, `in`, `has_any`, `between`, `and`, ...):
 *   neg(number or timespan)                unary minus
 *   __member(dynamic, string)              d.a, d["a"]
 *   __element(dynamic, long or string)     d[0], d[expr]
 *   __to_dynamic(any)                      a scalar as a dynamic value (no parsing)
 *   __contains_wildcard(string, string)    contains with * (and __not_contains_wildcard)
 *   __pack_not_empty(string, any, ...)     pack_all(true): bag_pack without nulls and ''
 *   tobool toint tolong toreal todecimal todatetime totimespan toguid tostring: conversions */
#ifndef SPOOR_PLANNER_BIND_H
#define SPOOR_PLANNER_BIND_H

#include "planner/bound.h"
#include "planner/plan.h"

enum {
    SPOOR_BIND_DEPTH = 3000,       /* of nested binding, functions expanded */
    SPOOR_BIND_NODES = 1 << 20,    /* of tree bound for one text, functions expanded */
    SPOOR_BIND_ROWS_MAX = 1 << 22, /* cells of one datatable */
};

typedef enum spoor_symbol_kind {
    SPOOR_SYMBOL_SCALAR,   /* .value */
    SPOOR_SYMBOL_TABULAR,  /* .ast in .scope; a pipeline's first .noperators only, when > 0 */
    SPOOR_SYMBOL_FUNCTION, /* .ast FUNCTION in .scope */
    SPOOR_SYMBOL_SHARED,   /* .plan, a SHARED: what `as` named */
    SPOOR_SYMBOL_PLACE,    /* .ast: the database that `alias` named, or an entity_group of some */
    SPOOR_SYMBOL_PATTERN,  /* .ast DECLARE_PATTERN, whose queries see .scope */
    SPOOR_SYMBOL_BROKEN,   /* its definition was wrong, and that is reported */
} spoor_symbol_kind;

struct spoor_scope;

/* Functions that are being expanded, innermost first: recursion is an error. */
typedef struct spoor_bind_frame {
    const void *what;
    struct spoor_bind_frame *outer;
} spoor_bind_frame;

typedef struct spoor_symbol {
    spoor_str name;
    spoor_symbol_kind kind;
    const spoor_ast *ast;
    struct spoor_scope *scope; /* where .ast is read */
    uint32_t noperators;
    const spoor_schema *declared; /* tabular parameter (a:int): these must be there; NULL: any */
    spoor_bound *value;
    const spoor_schema *row; /* of the columns in .value; NULL: it has none */
    spoor_plan *plan;
    spoor_bind_frame *frames; /* parameter: the calls that were open where its rows were written */
    bool is_view;             /* joins `union prefix*` */
    bool is_used;
    bool is_parameter;
    bool is_let;
    bool is_key; /* of a group: its rows are its one value, which may be named as a value, too */
    struct spoor_symbol *next;
} spoor_symbol;

typedef struct spoor_scope {
    struct spoor_scope *parent;
    spoor_symbol *first; /* newest first: hides older ones */
    bool is_closed;      /* `restrict`: nothing stored is in reach */
} spoor_scope;

/* Aggregates found in the expressions of a summarize. */
typedef struct spoor_bind_aggregates {
    spoor_plan_aggregate *items;
    uint32_t count, capacity;
    spoor_column *columns; /* outputs of all, in order */
    uint32_t ncolumns, columns_capacity;
    const spoor_schema *row; /* what the arguments of aggregates are over */
    spoor_bound **keys;      /* by; their columns come before the outputs */
    uint32_t nkeys;
} spoor_bind_aggregates;

/* Window functions found in the expressions of an operator over rows in order. */
typedef struct spoor_bind_windows {
    spoor_plan *last;        /* the newest WINDOW, or the operator's input */
    const spoor_schema *row; /* what expressions must be over; more columns come behind it */
    uint32_t count;
    bool is_serialized;
} spoor_bind_windows;

/* materialize(...) bound before: the same text in the same scope is the same rows. */
typedef struct spoor_bind_material {
    const spoor_ast *ast;
    const spoor_scope *scope;
    spoor_plan *plan;
    struct spoor_bind_material *next;
} spoor_bind_material;

/* toscalar(rand()) bound before: the same text, called again with the same values, is drawn once. */
typedef struct spoor_bind_drawn {
    const spoor_ast *ast;
    const spoor_bound *drawn; /* what is drawn ... */
    spoor_bound *value;       /* ... and its one value */
    struct spoor_bind_drawn *next;
} spoor_bind_drawn;

/* What reading rows told (bind_learn.c): the same text in the same scope tells the same. */
struct spoor_learned;
typedef struct spoor_bind_lesson {
    const spoor_ast *ast;
    const spoor_scope *scope;
    void (*see)(struct spoor_learned *learned, const spoor_value *value);
    const struct spoor_learned *learned;
    bool is_kept; /* the rows, which take the place of the input */
    uint32_t nrows;
    const spoor_value *cells;
    struct spoor_bind_lesson *next;
} spoor_bind_lesson;

typedef struct spoor_name_list {
    spoor_str *names;
    uint32_t count, capacity;
} spoor_name_list;

/* A stored function parsed before. */
typedef struct spoor_bind_parsed {
    const spoor_stored_function *function;
    const spoor_ast *ast;     /* FUNCTION or BODY or QUERY; NULL: refused */
    const spoor_arena *arena; /* where it lies */
    struct spoor_bind_parsed *next;
} spoor_bind_parsed;

typedef struct spoor_binder {
    spoor_arena *arena;
    spoor_diags *diags;
    spoor_catalog *catalog; /* NULL: nothing stored */
    const spoor_bind_options *options;
    bool wildcards;
    spoor_scope *scope;
    const spoor_schema *row;           /* columns that names may mean; NULL: none */
    const spoor_schema *outer_row;     /* columns that values of parameters may hold */
    spoor_bind_aggregates *aggregates; /* in summarize: calls of aggregates are allowed */
    spoor_bind_windows *windows;       /* in extend and its like; NULL: none is allowed */
    const spoor_plan *scan; /* STEPS whose step number scan_step is being bound; NULL: none */
    uint32_t scan_step;
    struct spoor_bind_match
        *match; /* the pattern of a graph whose values are being bound; NULL: none */
    spoor_bind_frame *frames;
    uint32_t depth, nodes, call_depth;
    uint32_t unresolved; /* errors so far that were names nobody knows */
    spoor_name_list poisoned;
    spoor_bind_parsed *parsed;
    spoor_plan_query *query;
    uint32_t subplans_capacity, feeds_capacity, results_capacity;
    uint32_t nsubplans_rewritten; /* for a run while binding: bind_learn.c */
    spoor_feed_set touched;       /* FEEDs that values of subplans bound so far depend on */
    spoor_feed_set held;          /* FEEDs that some SHARED or subplan reads */
    spoor_bind_material *materials;
    spoor_bind_drawn *drawn;
    uint32_t
        views_open; /* views built in that are being expanded: their texts are not warned about */
    spoor_bind_lesson *lessons;
    bool has_row_groups;         /* some summarize may_be_rows */
    const spoor_ast *root;       /* the whole query */
    spoor_schema *named_columns; /* spoor_bind_named_columns() of it; NULL: not asked for yet */
    uint32_t fuzzy_open;    /* legs of union isfuzzy being bound: what is unknown leaves them out */
    uint8_t view;           /* of scans bound now: spoor_bind_view_of() the view being expanded */
    spoor_bound *most_rows; /* of a result: set query_take_max_records; NULL: any number */
    spoor_bound *bin_auto_size, *bin_auto_at; /* set query_bin_auto_size, ..._at */
} spoor_binder;

/* Nest: false (and said so) past the limits.  Every _enter that is true has its _leave. */
bool spoor_bind_enter(spoor_binder *b, spoor_span span);
void spoor_bind_leave(spoor_binder *b);

/* What the names of an expression may mean beside what is in scope: a table within it sees none of that. */
typedef struct spoor_bind_row_state {
    const spoor_schema *row, *outer_row;
    spoor_bind_aggregates *aggregates;
    struct spoor_bind_match *match;
} spoor_bind_row_state;

spoor_bind_row_state spoor_bind_hide_row(spoor_binder *b);
void spoor_bind_restore_row(spoor_binder *b, spoor_bind_row_state state);

/* -- messages: bind_message.c ------------------------------------------------------------------ */
/* "an int", "a long": the type's name with its article. */
const char *spoor_type_phrase(spoor_type type);
#define SPOOR_S(s) (int)(s).len, (s).ptr
/* Warn, once of each place and text; false: it was said before, so a hint would be of another.  The
 * codes are listed in bind_lint.c. */
bool spoor_bind_warn(spoor_binder *b, const char *code, spoor_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool spoor_bind_unsupported(spoor_binder *b, spoor_span span, const char *what);
/* Patterns of columns and tables: * is any text. */
bool spoor_bind_name_matches(spoor_str pattern, spoor_str name);
bool spoor_bind_no_column(spoor_binder *b, spoor_span span, spoor_str name);
bool spoor_bind_no_table(spoor_binder *b, spoor_span span, spoor_str name);
bool spoor_bind_no_function(spoor_binder *b, spoor_span span, spoor_str name);
void spoor_bind_poison(spoor_binder *b, spoor_str name);
bool spoor_bind_is_poisoned(const spoor_binder *b, spoor_str name);
/* What may be wrong though it is right KQL: bind_lint.c */
void spoor_bind_lint_operator(spoor_binder *b, const spoor_ast *node, spoor_str name,
                              spoor_bound *const *args, uint32_t nargs);
void spoor_bind_lint_call(spoor_binder *b, const spoor_ast *node, spoor_bound *const *args,
                          uint32_t nargs);
void spoor_bind_lint_let(spoor_binder *b, const spoor_symbol *symbol);
/* Of the conditions of one `and`: two that no row can meet both. bind_contradiction.c */
void spoor_bind_lint_contradiction(spoor_binder *b, spoor_bound *const *args, uint32_t nargs);

/* -- scopes: bind_scope.c ---------------------------------------------------------------------- */
spoor_scope *spoor_scope_new(spoor_binder *b, spoor_scope *parent);
spoor_symbol *spoor_scope_add(spoor_binder *b, spoor_scope *scope, spoor_str name,
                              spoor_symbol_kind kind);
/* Is what is stored out of reach? */
bool spoor_scope_is_closed(const spoor_scope *scope);
spoor_symbol *spoor_scope_find(const spoor_scope *scope, spoor_str name);
/* Does the expression give rows (a table, a pipeline) rather than a value? */
bool spoor_bind_is_tabular(spoor_binder *b, const spoor_ast *node);

/* -- expressions ------------------------------------------------------------------------------- */
spoor_bound *spoor_bind_expr(spoor_binder *b, const spoor_ast *node); /* bind_expr.c */
/* Summarizes that may_be_rows made projects where they are: bind_groups.c.  Reads rows. */
void spoor_bind_settle_groups(spoor_binder *b);
/* The expression as this type: converted where Kusto does so silently, else an error. */
spoor_bound *spoor_bind_as(spoor_binder *b, const spoor_ast *node, spoor_type type);
/* A value that is known now (or is a subplan's); columns are not in reach. */
spoor_bound *spoor_bind_scalar(spoor_binder *b, const spoor_ast *node);
/* A constant integer that is not negative: the count of take, top, ...; false: reported. */
spoor_bound *spoor_bind_count(spoor_binder *b, const spoor_ast *node);
spoor_bound *spoor_bind_literal(spoor_binder *b, const spoor_ast *node); /* bind_literal.c */
bool spoor_bind_literal_value(spoor_binder *b, spoor_type type, spoor_str text, spoor_span span,
                              spoor_value *value);
/* The text of a string literal, or of a constant of type string; false: reported. */
bool spoor_bind_text(spoor_binder *b, const spoor_ast *node, spoor_str *text);

/* A call of the row that fits; folded when all is constant.  NULL: no row fits, and that is reported
 * with `at` as the place. */
spoor_bound *spoor_bind_apply(spoor_binder *b, spoor_str name, spoor_bound **args, uint32_t nargs,
                              spoor_span span, spoor_span at); /* bind_apply.c */
#define SPOOR_APPLY(b, name, args, nargs, span)                                                    \
    spoor_bind_apply((b), SPOOR_STR(name), (args), (nargs), (span), (span))
/* A made call: within the limits, its constants right, folded when it can be. */
spoor_bound *spoor_bind_finish(spoor_binder *b, spoor_bound *call, spoor_span at);
/* e as a value of the type (tolong(e), ...); never fails for types that have a conversion. */
spoor_bound *spoor_bind_convert(spoor_binder *b, spoor_bound *e, spoor_type type);
spoor_bound *spoor_bind_call(spoor_binder *b, const spoor_ast *node); /* bind_call.c */
/* Forms whose arguments are not just values: *done false, it is not one. bind_form.c */
spoor_bound *spoor_bind_form(spoor_binder *b, const spoor_ast *node, bool *done);
/* The name that an expression gives its column; empty: none.  bind_name.c */
spoor_str spoor_bind_column_name(spoor_binder *b, const spoor_ast *node);
/* The same for a call of an aggregate: sum_x, count_. */
spoor_str spoor_bind_aggregate_name(spoor_binder *b, const spoor_ast *node);
/* subplans[number] of the query: a plan that gives a scalar, or a set. */
spoor_bound *spoor_bind_subplan(spoor_binder *b, spoor_plan *plan, bool is_set, spoor_span span);

/* -- lists of columns in the making: bind_columns.c -------------------------------------------- */
typedef struct spoor_bind_columns {
    spoor_binder *b;
    spoor_column *columns;
    spoor_bound **exprs; /* over the input */
    bool *is_declared;   /* named in this operator: a second time is an error */
    uint32_t count, capacity;
    uint32_t nunnamed;         /* Column1, Column2, ... given so far */
    const spoor_schema *input; /* its hidden columns are carried along */
} spoor_bind_columns;

spoor_bind_columns spoor_columns_new(spoor_binder *b, const spoor_schema *input);
int spoor_columns_find(const spoor_bind_columns *c, spoor_str name);
/* Behind the others, renamed x1, x2 when the name is taken. */
uint32_t spoor_columns_add(spoor_bind_columns *c, spoor_str name, spoor_bound *expr);
/* Under this very name: replaces (replace) or refuses (false, reported) one of the same name. */
bool spoor_columns_declare(spoor_bind_columns *c, spoor_str name, spoor_bound *expr, bool replace,
                           spoor_span span);
/* Every visible column of the input, passed through. */
void spoor_columns_add_input(spoor_bind_columns *c);
void spoor_columns_remove(spoor_bind_columns *c, uint32_t index);
/* A PROJECT over the input that gives these columns, then the input's hidden ones. */
spoor_plan *spoor_columns_project(spoor_bind_columns *c, spoor_plan *input, spoor_span span);
/* A name that no column of the schema's first n has: name, name1, ... */
spoor_str spoor_unique_name(spoor_arena *arena, const spoor_column *columns, uint32_t n,
                            spoor_str name);
/* project, extend, print: (EXPR | NAMED | NAMED_TUPLE)* from `node` on. */
typedef enum spoor_projection { SPOOR_PROJECT, SPOOR_EXTEND, SPOOR_PRINT } spoor_projection;
/* Several values of one call, a column each (bind_tuple.c). */
typedef struct spoor_bind_tuple {
    uint32_t count;
    spoor_bound **parts; /* NULL: failed, reported */
    spoor_str *names;
} spoor_bind_tuple;

/* False: the node is no such call, and nothing is bound. */
bool spoor_bind_tuple_call(spoor_binder *b, const spoor_ast *node, spoor_bind_tuple *tuple);
/* array_sort_asc(a, b)[1]: one of several sorted arrays, NULL where that failed, which is reported;
 * false: the call or the index is another. */
bool spoor_bind_tuple_element(spoor_binder *b, const spoor_ast *call, const spoor_bound *index,
                              spoor_bound **element);

void spoor_columns_bind(spoor_bind_columns *c, const spoor_ast *first, spoor_projection style);

/* -- tables and pipelines ---------------------------------------------------------------------- */
spoor_plan *spoor_plan_new(spoor_binder *b, spoor_plan_kind kind, spoor_span span,
                           spoor_plan *input); /* bind_pipeline.c; schema: the input's */
spoor_plan *spoor_bind_pipeline(spoor_binder *b, const spoor_ast *node);
/* Its source and first `limit` operators; 0: all. */
spoor_plan *spoor_bind_pipeline_prefix(spoor_binder *b, const spoor_ast *node, uint32_t limit);
/* Any expression that gives rows. */
spoor_plan *spoor_bind_table(spoor_binder *b, const spoor_ast *node); /* bind_table.c */
/* The same, or a graph. */
spoor_plan *spoor_bind_source(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_named_table(spoor_binder *b, spoor_str name, spoor_span span);
spoor_plan *spoor_bind_catalog_table(spoor_binder *b, spoor_str name, spoor_span span);
/* A table that nobody knows, under --empty-tables: bind_unknown.c. */
spoor_plan *spoor_bind_unknown_table(spoor_binder *b, spoor_str name, spoor_span span);
/* A dynamic value where none may stand is of this type, as long as the types of some table are unknown. */
spoor_bound *spoor_bind_settled(spoor_binder *b, spoor_bound *e, spoor_type type);
/* What may be columns among the names in the query; NULL: its tree is not at hand. */
const spoor_schema *spoor_bind_named_columns(spoor_binder *b);
/* Put the time picker's range in front of what an event scan is asked: bind_table.c */
void spoor_bind_pick_time(spoor_binder *b, spoor_plan *scan);
spoor_plan *spoor_bind_shared(spoor_binder *b, spoor_plan *input, spoor_span span);
/* One more that reads what `shared` does. */
spoor_plan *spoor_bind_shared_again(spoor_binder *b, const spoor_plan *shared, spoor_span span);
/* bind_home.c: a record that several legs reach counts in one of them. */
uint8_t spoor_bind_view_of(spoor_str name);
/* The rows of a view built in, with the columns that are documented for its table (bind_view.c). */
spoor_plan *spoor_bind_view_columns(spoor_binder *b, const spoor_stored_function *view,
                                    spoor_plan *plan, spoor_span span);
void spoor_bind_homes(spoor_binder *b, spoor_plan *const *legs, uint32_t count);
/* The plan of one row and no columns. */
spoor_plan *spoor_bind_one_row(spoor_binder *b, spoor_span span);

/* The result of calling a user's function: one of the two is set, or neither (reported). */
typedef struct spoor_bind_result {
    spoor_bound *value;
    spoor_plan *plan;
} spoor_bind_result;
/* bind_function.c.  `piped`: invoke's first argument (a symbol TABULAR), or NULL. */
spoor_bind_result spoor_bind_user_call(spoor_binder *b, const spoor_ast *call, spoor_str name,
                                       const spoor_symbol *piped, bool *found);
bool spoor_bind_is_user_function(spoor_binder *b, spoor_str name);
/* The same of what the catalogue keeps: rows that a bare name asks for may be called as a function of the
 * language is. */
spoor_bind_result spoor_bind_stored_call(spoor_binder *b, const spoor_stored_function *stored,
                                         const spoor_ast *call, const spoor_symbol *piped);
/* The FUNCTION, BODY or QUERY node of a stored function; NULL: does not parse, reported. */
const spoor_ast *spoor_bind_stored_ast(spoor_binder *b, const spoor_stored_function *function,
                                       spoor_span span);
/* database("x").T and its like; bind_place.c */
bool spoor_bind_is_place(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_placed(spoor_binder *b, const spoor_ast *node);
/* database().T*: a pattern of tables that are here */
bool spoor_bind_own_pattern(spoor_binder *b, const spoor_ast *node);
void spoor_bind_alias(spoor_binder *b, const spoor_ast *node);
void spoor_bind_restrict(spoor_binder *b, const spoor_ast *node);
/* declare pattern, and name("x").path; bind_pattern.c */
void spoor_bind_declare_pattern(spoor_binder *b, const spoor_ast *node);
/* The pattern that a CALL, or a MEMBER of one, asks; NULL: it is something else. */
const spoor_symbol *spoor_bind_pattern_of(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_pattern(spoor_binder *b, const spoor_symbol *symbol, const spoor_ast *node);
/* let, set and so on, all but the last query; bind.c */
void spoor_bind_statement(spoor_binder *b, const spoor_ast *statement);
/* NULL: reported.  bind_render.c */
const spoor_render *spoor_bind_render(spoor_binder *b, const spoor_ast *node,
                                      const spoor_schema *schema);
/* Is the pipeline's last operator one that gives several results (fork, facet)?  bind_results.c */
bool spoor_bind_is_forked(const spoor_ast *node);
void spoor_bind_forked(spoor_binder *b, const spoor_ast *node,
                       void (*add)(spoor_binder *b, spoor_plan_result result));
/* Statements, then a value or rows. */
spoor_bind_result spoor_bind_body(spoor_binder *b, const spoor_ast *body);

/* Operators: each takes the input and gives the plan on top of it; after a mistake, the best guess. */
spoor_plan *spoor_bind_where(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_take(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_sort(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_top(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_project(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_project_pick(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_project_rename(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_project_reorder(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_project_by_names(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_extend(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_count_rows(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_distinct(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_summarize(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_join(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_union(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* `input` NULL: over tables.  bind_operator_search.c */
spoor_plan *spoor_bind_search(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                              spoor_str input_name);
spoor_plan *spoor_bind_macro_expand(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_find(spoor_binder *b, const spoor_ast *node);
/* The condition of search or find over b->row, whose columns from `first` up to `end` are searched.
 * *seeks_all: it seeks in all of them.  bind_predicate.c */
spoor_bound *spoor_bind_predicate(spoor_binder *b, const spoor_ast *node, uint32_t first,
                                  uint32_t end, bool is_sensitive, bool *seeks_all);
/* * has "text", over b->row */
spoor_bound *spoor_bind_star(spoor_binder *b, const spoor_ast *node);
/* evaluate plugin(...), input NULL: at the head of a query; bind_operator_evaluate.c */
spoor_plan *spoor_bind_evaluate(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_parse(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_mv_expand(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* extend, serialize, project, where: with a WINDOW below for each window function; bind_window.c */
spoor_plan *spoor_bind_windowed(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                                spoor_plan *(*bind)(spoor_binder *b, const spoor_ast *node,
                                                    spoor_plan *input));
bool spoor_bind_is_window(spoor_str name);
spoor_bound *spoor_bind_window(spoor_binder *b, const spoor_ast *call);
/* Are the rows in an order that the query gave them? */
bool spoor_bind_is_serialized(const spoor_plan *plan);
/* The operators of a SUBPIPELINE on top of `input`. */
spoor_plan *spoor_bind_operators(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* The FEEDs that its rows, or values in its expressions, depend on; they are `held` from now on.
 * bind_feeds.c */
spoor_feed_set spoor_bind_feeds_of(spoor_binder *b, const spoor_plan *plan);
/* A value of a subplan with these is used from now on. */
void spoor_bind_touch(spoor_binder *b, spoor_feed_set feeds);
bool spoor_feeds_have(spoor_feed_set set, uint32_t feed);
/* The APPLY of this FEED is bound: nothing that follows depends on it. */
void spoor_bind_leave_feed(spoor_binder *b, uint32_t feed);
spoor_plan *spoor_bind_mv_apply(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* A FEED of rows of the input; and `sub`, which is above it, run for each group of rows of one key. */
spoor_plan *spoor_bind_feed(spoor_binder *b, const spoor_plan *input, spoor_span span);
spoor_plan *spoor_bind_groups(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                              spoor_plan *sub, const spoor_plan *feed, spoor_bound *key);
/* Graphs: bind_operator_graph.c, bind_operator_match.c.  Graph operators take a plan with `graph`. */
bool spoor_bind_is_graph_operator(spoor_ast_kind kind);
spoor_plan *spoor_bind_make_graph(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_graph_to_table(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_graph_components(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_graph_match(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* graph-to-table of nodes and edges: both, in the order written, under the names that they are given. */
bool spoor_bind_graph_tables(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                             spoor_plan *tables[2]);
/* Report a graph where rows are needed: NULL. */
spoor_plan *spoor_bind_no_graph(spoor_binder *b, spoor_plan *plan, spoor_span span);
/* In conditions and projections of a pattern: names, n.property, and map(e, ...) with its kin.  *done
 * false: it is not that.  bind_graph_value.c */
spoor_bound *spoor_bind_graph_name(spoor_binder *b, const spoor_ast *node, bool *done);
spoor_bound *spoor_bind_graph_member(spoor_binder *b, const spoor_ast *node, bool *done);
spoor_bound *spoor_bind_graph_call(spoor_binder *b, const spoor_ast *node, bool *done);
spoor_plan *spoor_bind_make_series(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_parse_kv(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_scan(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
/* step.column in a scan; *done false: it is not that. */
spoor_bound *spoor_bind_scan_member(spoor_binder *b, const spoor_ast *node, bool *done);
spoor_plan *spoor_bind_sample(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_sample_distinct(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_top_hitters(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_top_nested(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_partition(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_getschema(spoor_binder *b, const spoor_ast *node, spoor_plan *input);
spoor_plan *spoor_bind_print(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_range(spoor_binder *b, const spoor_ast *node);
spoor_plan *spoor_bind_datatable(spoor_binder *b, const spoor_ast *node);
/* The columns that a datatable or externaldata declares; bind_source.c */
bool spoor_bind_row_schema(spoor_binder *b, const spoor_ast *clause, spoor_schema *schema);
spoor_plan *spoor_bind_externaldata(spoor_binder *b, const spoor_ast *node); /* bind_external.c */
/* Refuse the PROPs that are not listed (space separated; hint.* always passes). */
bool spoor_bind_check_props(spoor_binder *b, const spoor_ast *node, const char *allowed);
/* Is the word in a list with single blanks between? */
bool spoor_bind_is_listed(spoor_str word, const char *list);
/* The value of a property as text (a name or a literal); false: absent. */
bool spoor_bind_prop_text(const spoor_ast *node, const char *name, spoor_str *text);
/* The first child that is not a PROP. */
const spoor_ast *spoor_bind_first_child(const spoor_ast *node);
/* Pull an aggregate call of a summarize into b->aggregates: a column of its outputs. */
spoor_bound *spoor_bind_aggregate(spoor_binder *b, const spoor_ast *node, uint32_t *first_column,
                                  uint32_t *ncolumns);

#endif
