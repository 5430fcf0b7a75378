/* bind_pipeline.c - source | operator | operator: each operator on top of the plan so far. */
#include "planner/bind.h"

spoor_plan *spoor_plan_new(spoor_binder *b, spoor_plan_kind kind, spoor_span span,
                           spoor_plan *input) {
    spoor_plan *plan = SPOOR_NEW(b->arena, spoor_plan);
    plan->kind = kind;
    plan->span = span;
    plan->depth = 1;
    if (input != NULL) {
        plan->depth = input->depth + 1;
        if (plan->depth > SPOOR_MAX_PLAN_DEPTH) {
            spoor_fail(b->diags, span, "more than %d operators stand on each other",
                       SPOOR_MAX_PLAN_DEPTH);
        }
        plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 1);
        plan->inputs[0] = input;
        plan->ninputs = 1;
        plan->schema = input->schema;
    }
    return plan;
}

const spoor_ast *spoor_bind_first_child(const spoor_ast *node) {
    const spoor_ast *child = node->first;
    while (child != NULL && child->kind == SPOOR_AST_PROP) {
        child = child->next;
    }
    return child;
}

bool spoor_bind_is_listed(spoor_str word, const char *list) {
    while (*list != '\0') {
        const char *end = strchr(list, ' ');
        size_t len = end != NULL ? (size_t)(end - list) : strlen(list);
        if (word.len == len && memcmp(word.ptr, list, len) == 0) {
            return true;
        }
        list += len + (end != NULL);
    }
    return false;
}

bool spoor_bind_check_props(spoor_binder *b, const spoor_ast *node, const char *allowed) {
    bool ok = true;
    for (const spoor_ast *p = node->first; p != NULL && p->kind == SPOOR_AST_PROP; p = p->next) {
        bool is_hint = p->text.len > 5 && memcmp(p->text.ptr, "hint.", 5) == 0;
        if (!is_hint && !spoor_bind_is_listed(p->text, allowed)) {
            ok = spoor_fail(b->diags, p->span, "'%s' has no property '%.*s'",
                            spoor_ast_kind_name(node->kind), SPOOR_S(p->text));
        }
    }
    return ok;
}

bool spoor_bind_prop_text(const spoor_ast *node, const char *name, spoor_str *text) {
    const spoor_ast *prop = spoor_ast_prop(node, name);
    if (prop == NULL || prop->first == NULL) {
        return false;
    }
    *text = prop->first->text;
    return true;
}

static void expect_no_more(spoor_binder *b, const spoor_ast *node) {
    for (const spoor_ast *next = node->next; next != NULL; next = next->next) {
        if (next->kind != SPOOR_AST_RENDER && next->kind != SPOOR_AST_AS) {
            spoor_fail(b->diags, next->at, "nothing can follow 'render'");
            return;
        }
    }
}

/* `as name`: the rows so far, to be named further on; computed once whatever hint.materialized says. */
static spoor_plan *bind_as_name(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_check_props(b, node, "");
    spoor_plan *shared = spoor_bind_shared(b, input, node->span);
    spoor_symbol *symbol = spoor_scope_add(b, b->scope, node->text, SPOOR_SYMBOL_SHARED);
    symbol->plan = shared;
    symbol->is_used = true;
    return shared;
}

static spoor_plan *bind_invoke(spoor_binder *b, const spoor_ast *pipeline, const spoor_ast *node,
                               uint32_t noperators, spoor_plan *input) {
    const spoor_ast *call = node->first;
    if (call == NULL || call->kind != SPOOR_AST_CALL) {
        spoor_fail(b->diags, node->span, "'invoke' needs a call of a function");
        return input;
    }
    spoor_symbol piped = {.kind = SPOOR_SYMBOL_TABULAR,
                          .ast = pipeline,
                          .scope = b->scope,
                          .noperators = noperators,
                          .row = &input->schema};
    if (pipeline == NULL) { /* in a subquery: its rows cannot be bound once more */
        piped.kind = SPOOR_SYMBOL_SHARED;
        piped.plan = spoor_bind_shared(b, input, node->span);
    }
    bool found = false;
    spoor_bind_result result = spoor_bind_user_call(b, call, call->text, &piped, &found);
    if (!found) {
        spoor_bind_no_function(b, call->at, call->text);
        return NULL;
    }
    if (result.value != NULL) {
        spoor_fail(b->diags, call->span, "'%.*s' gives a value, and 'invoke' needs rows",
                   SPOOR_S(call->text));
    }
    return result.plan;
}

/* consume: all rows are made, and none is shown. */
static spoor_plan *bind_consume(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_check_props(b, node, "decodeblocks");
    const spoor_ast count = {
        .kind = SPOOR_AST_COUNT, .span = node->span, .at = node->at, .depth = 1};
    spoor_plan *plan =
        spoor_plan_new(b, SPOOR_PLAN_WHERE, node->span, spoor_bind_count_rows(b, &count, input));
    spoor_value zero = {.type = SPOOR_LONG, .integer = 0};
    spoor_bound *args[2] = {spoor_bound_column(b->arena, &plan->schema, 0, node->span),
                            spoor_bound_constant(b->arena, zero, node->span)};
    plan->where.predicate = SPOOR_APPLY(b, "<", args, 2, node->span);
    return plan;
}

static spoor_plan *bind_operator(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    switch (node->kind) {
    case SPOOR_AST_WHERE: return spoor_bind_windowed(b, node, input, spoor_bind_where);
    case SPOOR_AST_TAKE: return spoor_bind_take(b, node, input);
    case SPOOR_AST_SORT: return spoor_bind_sort(b, node, input);
    case SPOOR_AST_TOP: return spoor_bind_top(b, node, input);
    case SPOOR_AST_PROJECT: return spoor_bind_windowed(b, node, input, spoor_bind_project);
    case SPOOR_AST_PROJECT_AWAY:
    case SPOOR_AST_PROJECT_KEEP: return spoor_bind_project_pick(b, node, input);
    case SPOOR_AST_PROJECT_RENAME: return spoor_bind_project_rename(b, node, input);
    case SPOOR_AST_PROJECT_REORDER: return spoor_bind_project_reorder(b, node, input);
    case SPOOR_AST_PROJECT_BY_NAMES: return spoor_bind_project_by_names(b, node, input);
    case SPOOR_AST_EXTEND: return spoor_bind_windowed(b, node, input, spoor_bind_extend);
    case SPOOR_AST_SERIALIZE:
        input->is_serialized = true;
        return spoor_bind_windowed(b, node, input, spoor_bind_extend);
    case SPOOR_AST_COUNT: return spoor_bind_count_rows(b, node, input);
    case SPOOR_AST_DISTINCT: return spoor_bind_distinct(b, node, input);
    case SPOOR_AST_SUMMARIZE: return spoor_bind_summarize(b, node, input);
    case SPOOR_AST_JOIN:
    case SPOOR_AST_LOOKUP: return spoor_bind_join(b, node, input);
    case SPOOR_AST_UNION: return spoor_bind_union(b, node, input);
    case SPOOR_AST_PARSE:
    case SPOOR_AST_PARSE_WHERE: return spoor_bind_parse(b, node, input);
    case SPOOR_AST_MV_EXPAND: return spoor_bind_mv_expand(b, node, input);
    case SPOOR_AST_MV_APPLY: return spoor_bind_mv_apply(b, node, input);
    case SPOOR_AST_MAKE_SERIES: return spoor_bind_make_series(b, node, input);
    case SPOOR_AST_PARSE_KV: return spoor_bind_parse_kv(b, node, input);
    case SPOOR_AST_SCAN: return spoor_bind_scan(b, node, input);
    case SPOOR_AST_SAMPLE: return spoor_bind_sample(b, node, input);
    case SPOOR_AST_SAMPLE_DISTINCT: return spoor_bind_sample_distinct(b, node, input);
    case SPOOR_AST_TOP_HITTERS: return spoor_bind_top_hitters(b, node, input);
    case SPOOR_AST_TOP_NESTED: return spoor_bind_top_nested(b, node, input);
    case SPOOR_AST_PARTITION: return spoor_bind_partition(b, node, input);
    case SPOOR_AST_GETSCHEMA: return spoor_bind_getschema(b, node, input);
    case SPOOR_AST_EVALUATE: return spoor_bind_evaluate(b, node, input);
    case SPOOR_AST_AS: return bind_as_name(b, node, input);
    case SPOOR_AST_CONSUME: return bind_consume(b, node, input);
    case SPOOR_AST_MAKE_GRAPH: return spoor_bind_make_graph(b, node, input);
    case SPOOR_AST_GRAPH_MATCH:
    case SPOOR_AST_GRAPH_SHORTEST_PATHS: return spoor_bind_graph_match(b, node, input);
    case SPOOR_AST_GRAPH_MARK_COMPONENTS: return spoor_bind_graph_components(b, node, input);
    case SPOOR_AST_GRAPH_TO_TABLE: return spoor_bind_graph_to_table(b, node, input);
    default: break;
    }
    if (node->kind == SPOOR_AST_FORK || node->kind == SPOOR_AST_FACET) {
        spoor_fail(b->diags, node->at, "'%s' gives several results and can end a query only",
                   spoor_ast_kind_name(node->kind));
    } else if (node->kind == SPOOR_AST_FIND) {
        spoor_fail(b->diags, node->at, "'find' begins a query: it reads tables, not rows");
        spoor_hint(b->diags, "'search' or 'where * has ...' filter rows");
    } else if (node->kind == SPOOR_AST_OTHER_OPERATOR) {
        spoor_fail(b->diags, node->at, "'%.*s' is not supported", SPOOR_S(node->text));
    } else if (node->kind == SPOOR_AST_REDUCE) {
        spoor_fail(b->diags, node->at,
                   "'reduce' is not supported: its way of choosing patterns is not documented");
        spoor_hint(b->diags,
                   "summarize count() by replace_regex(column, '[0-9]+', '*') groups texts, too");
    } else {
        spoor_bind_unsupported(b, node->at, spoor_ast_kind_name(node->kind));
    }
    return NULL; /* what follows cannot be judged */
}

/* Graph operators work on graphs, all others on rows; false: reported. */
static bool takes(spoor_binder *b, const spoor_ast *node, const spoor_plan *input) {
    if (spoor_bind_is_graph_operator(node->kind) == (input->graph != NULL)) {
        return true;
    }
    if (input->graph != NULL) {
        spoor_fail(b->diags, node->at, "'%s' works on rows, and this is a graph",
                   spoor_ast_kind_name(node->kind));
        return spoor_hint(b->diags,
                          "graph-match, graph-shortest-paths and graph-to-table make rows of it");
    }
    spoor_fail(b->diags, node->at, "'%s' works on a graph, and these are rows",
               spoor_ast_kind_name(node->kind));
    return spoor_hint(b->diags, "make-graph source --> target makes a graph of rows of edges");
}

/* What search calls the rows handed to it: a stored table that stands alone keeps its name. */
static spoor_str searched_name(const spoor_binder *b, const spoor_ast *source, uint32_t done) {
    bool is_table = done == 0 && source != NULL && source->kind == SPOOR_AST_NAME &&
                    spoor_scope_find(b->scope, source->text) == NULL;
    return is_table ? source->text : (spoor_str){NULL, 0};
}

/* The operators from `first` on, `limit` of them (0: all), on top of `plan`.  `source` is what stands
 * before them; NULL in a subpipeline. */
static spoor_plan *bind_operators(spoor_binder *b, const spoor_ast *node, const spoor_ast *source,
                                  const spoor_ast *first, uint32_t limit, spoor_plan *plan) {
    uint32_t done = 0;
    for (const spoor_ast *op = first; op != NULL && plan != NULL; op = op->next) {
        if (limit > 0 && done == limit) {
            break;
        }
        b->row = &plan->schema;
        b->outer_row = b->row;
        if (!takes(b, op, plan)) {
            plan = NULL;
        } else if (op->kind == SPOOR_AST_RENDER) {
            expect_no_more(b, op);
        } else if (op->kind == SPOOR_AST_SEARCH) {
            plan = spoor_bind_search(b, op, plan, searched_name(b, source, done));
        } else if (op->kind == SPOOR_AST_INVOKE) {
            plan = done > 0 && source != NULL ? bind_invoke(b, node, op, done, plan)
                                              : bind_invoke(b, source, op, 0, plan);
        } else {
            plan = bind_operator(b, op, plan);
        }
        b->row = NULL;
        done++;
        if (plan != NULL && plan->depth > SPOOR_MAX_PLAN_DEPTH) {
            return NULL; /* said when it was made */
        }
    }
    return plan;
}

/* `input` NULL: the pipeline has a source of its own. */
static spoor_plan *bind_nested(spoor_binder *b, const spoor_ast *node, uint32_t limit,
                               spoor_plan *input) {
    if (!spoor_bind_enter(b, node->span)) {
        return NULL;
    }
    spoor_bind_row_state state = spoor_bind_hide_row(b);
    spoor_plan *plan;
    if (input != NULL) {
        spoor_scope *scope = b->scope;
        b->scope = spoor_scope_new(b, scope); /* what `as` names here is of this subquery */
        plan = spoor_bind_no_graph(b, bind_operators(b, node, NULL, node->first, 0, input),
                                   node->span);
        b->scope = scope;
    } else {
        plan = node->first != NULL ? spoor_bind_source(b, node->first) : NULL;
        plan = plan != NULL ? bind_operators(b, node, node->first, node->first->next, limit, plan)
                            : NULL;
    }
    spoor_bind_restore_row(b, state);
    spoor_bind_leave(b);
    return plan;
}

spoor_plan *spoor_bind_pipeline_prefix(spoor_binder *b, const spoor_ast *node, uint32_t limit) {
    return bind_nested(b, node, limit, NULL);
}

spoor_plan *spoor_bind_operators(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    return bind_nested(b, node, 0, input);
}

spoor_plan *spoor_bind_pipeline(spoor_binder *b, const spoor_ast *node) {
    return spoor_bind_pipeline_prefix(b, node, 0);
}
