/* ast_print_operator.c - operators as KQL; see ast_print.c.
 *
 * Most operators are a word, properties, a list and clauses, in this order,
 * and come from one table; the others have a function. */
#include "parser/ast_print.h"

/* ---- clauses -------------------------------------------------------------------------------- */

/* Is the clause's list in parentheses? */
static bool has_parentheses(spoor_ast_kind op, const spoor_ast *clause) {
    if (spoor_str_is(clause->text, "schema") || spoor_str_is(clause->text, "declare")) {
        return true;
    }
    if (spoor_str_is(clause->text, "with")) {
        return op == SPOOR_AST_PARSE_KV || op == SPOOR_AST_RENDER || op == SPOOR_AST_EXTERNALDATA;
    }
    if (spoor_str_is(clause->text, "as")) {
        return op == SPOOR_AST_PARSE_KV;
    }
    return spoor_str_is(clause->text, "in") && (op == SPOOR_AST_FIND || op == SPOOR_AST_SEARCH);
}

/* The clause's word, where it is not its text. */
static const char *word_of(spoor_ast_kind op, const spoor_ast *clause) {
    if (spoor_str_is(clause->text, "schema")) {
        return op == SPOOR_AST_EVALUATE ? " : " : "";
    }
    if (spoor_str_is(clause->text, "with") && op == SPOOR_AST_TOP_NESTED_LEVEL) {
        return " with others = ";
    }
    if (op == SPOOR_AST_FIND && spoor_str_is(clause->text, "project-away")) {
        return " __projectAway ";
    }
    if (op == SPOOR_AST_SCAN) {
        return spoor_str_is(clause->text, "order")       ? " order by "
               : spoor_str_is(clause->text, "partition") ? " partition by "
                                                         : " declare ";
    }
    return spoor_str_is(clause->text, "default") ? " default = " : NULL;
}

static void print_clause(spoor_ast_kind op, const spoor_ast *clause, FILE *out) {
    const char *word = word_of(op, clause);
    if (word != NULL) {
        fputs(word, out);
    } else {
        fputc(' ', out);
        spoor_print_str(clause->text, out);
        fputs(clause->first != NULL ? " " : "", out);
    }
    if (op == SPOOR_AST_MAKE_GRAPH && spoor_str_is(clause->text, "with")) {
        for (const spoor_ast *nodes = clause->first; nodes != NULL; nodes = nodes->next->next) {
            fputs(nodes != clause->first ? ", " : "", out);
            spoor_print_list(nodes, nodes->next->next, " on ", out);
        }
        return;
    }
    if (spoor_str_is(clause->text, "partitioned-by")) {
        spoor_print(clause->first, out);
        fputs(" (", out);
        spoor_print(clause->last, out);
        fputc(')', out);
        return;
    }
    bool is_wrapped = has_parentheses(op, clause);
    fputs(is_wrapped ? "(" : "", out);
    spoor_print_list(clause->first, NULL, ", ", out);
    fputs(is_wrapped ? ")" : "", out);
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* Print the properties; the child behind them. */
static const spoor_ast *print_props(const spoor_ast *child, FILE *out) {
    for (; child != NULL && child->kind == SPOOR_AST_PROP; child = child->next) {
        fputc(' ', out);
        spoor_print(child, out);
    }
    return child;
}

static const spoor_ast *skip_list(const spoor_ast *child) {
    while (child != NULL && child->kind != SPOOR_AST_CLAUSE &&
           child->kind != SPOOR_AST_SUBPIPELINE && child->kind != SPOOR_AST_PROP) {
        child = child->next;
    }
    return child;
}

static void print_clauses(const spoor_ast *node, const spoor_ast *child, FILE *out) {
    for (; child != NULL && child->kind == SPOOR_AST_CLAUSE; child = child->next) {
        print_clause(node->kind, child, out);
    }
}

/* word, properties, `before` the list, list, clauses */
static void print_form(const spoor_ast *node, const char *word, const char *before, FILE *out) {
    fputs(word, out);
    const spoor_ast *list = print_props(node->first, out), *rest = skip_list(list);
    if (list != rest) {
        fputs(before, out);
        spoor_print_list(list, rest, ", ", out);
    }
    print_clauses(node, rest, out);
}

static void print_wrapped(const char *before, const spoor_ast *node, FILE *out) {
    fputs(before, out);
    spoor_print(node, out);
    fputc(')', out);
}

/* ---- operators with a shape of their own ---------------------------------------------------- */

static void print_parse(const spoor_ast *node, FILE *out) {
    fputs(node->kind == SPOOR_AST_PARSE ? "parse kind=" : "parse-where kind=", out);
    spoor_print_str(node->text, out);
    if (node->extra.len > 0) {
        fputs(" flags=", out);
        spoor_print_str(node->extra, out);
    }
    fputc(' ', out);
    spoor_print(node->first, out);
    fputs(" with ", out);
    spoor_print_list(node->first->next, NULL, " ", out);
}

static void print_mv_apply(const spoor_ast *node, FILE *out) {
    fputs("mv-apply", out);
    const spoor_ast *items = print_props(node->first, out), *child = items;
    while (child->kind == SPOOR_AST_MV_ITEM) {
        child = child->next;
    }
    fputc(' ', out);
    spoor_print_list(items, child, ", ", out);
    print_clauses(node, child, out);
    print_wrapped(" on (", node->last, out);
}

static void print_scan(const spoor_ast *node, FILE *out) {
    fputs("scan", out);
    const spoor_ast *child = print_props(node->first, out);
    print_clauses(node, child, out);
    while (child != NULL && child->kind == SPOOR_AST_CLAUSE) {
        child = child->next;
    }
    fputs(" with (", out);
    spoor_print_list(child, NULL, " ", out);
    fputc(')', out);
}

static void print_scan_step(const spoor_ast *node, FILE *out) {
    fputs("step ", out);
    spoor_print_name(node, out);
    fputs((node->flags & SPOOR_AST_OPTIONAL) != 0 ? " optional" : "", out);
    const spoor_ast *condition = print_props(node->first, out);
    fputs(" : ", out);
    spoor_print(condition, out);
    fputs(condition->next != NULL ? " => " : "", out);
    spoor_print_list(condition->next, NULL, ", ", out);
    fputc(';', out);
}

static void print_partition(const spoor_ast *node, FILE *out) {
    bool is_braced = (node->flags & SPOOR_AST_BRACED) != 0;
    fputs("partition", out);
    print_clauses(node, print_props(node->first, out), out);
    fputs(is_braced ? " {" : " (", out);
    spoor_print(node->last, out);
    fputs(is_braced ? "\n}" : ")", out);
}

static void print_fork_leg(const spoor_ast *node, FILE *out) {
    if (node->text.len > 0) {
        spoor_print_name(node, out);
        fputc('=', out);
    }
    print_wrapped("(", node->first, out);
}

static void print_facet(const spoor_ast *node, FILE *out) {
    fputs("facet", out);
    print_clauses(node, node->first, out);
    if (node->last != node->first) {
        print_wrapped(" with (", node->last, out);
    }
}

static void print_find(const spoor_ast *node, FILE *out) {
    fputs("find", out);
    const spoor_ast *child = print_props(node->first, out);
    if (child->kind == SPOOR_AST_CLAUSE) {
        print_clause(node->kind, child, out);
        child = child->next;
    }
    fputs(" where ", out);
    spoor_print(child, out);
    print_clauses(node, child->next, out);
}

static void print_search(const spoor_ast *node, FILE *out) {
    fputs("search", out);
    print_clauses(node, print_props(node->first, out), out);
    fputc(' ', out);
    spoor_print(node->last, out);
}

static void print_table(const spoor_ast *node, const char *word, FILE *out) {
    fputs(word, out);
    const spoor_ast *schema = print_props(node->first, out), *rest = skip_list(schema->next);
    fputc(' ', out);
    print_clause(node->kind, schema, out);
    fputs(" [", out);
    spoor_print_list(schema->next, rest, ", ", out);
    fputc(']', out);
    print_clauses(node, rest, out);
}

static void print_macro_expand(const spoor_ast *node, FILE *out) {
    fputs("macro-expand", out);
    const spoor_ast *group = print_props(node->first, out);
    fputs(" entity_group [", out);
    spoor_print_list(group->first, NULL, ", ", out);
    fputc(']', out);
    if (node->text.len > 0) {
        fputs(" as ", out);
        spoor_print_name(node, out);
    }
    fputs(" (\n", out);
    spoor_print_list(node->last->first, NULL, ";\n", out);
    fputc(')', out);
}

static void print_make_graph(const spoor_ast *node, FILE *out) {
    fputs("make-graph", out);
    const spoor_ast *source = print_props(node->first, out);
    fputc(' ', out);
    spoor_print(source, out);
    fputc(' ', out);
    spoor_print_str(node->text, out);
    fputc(' ', out);
    spoor_print(source->next, out);
    print_clauses(node, print_props(source->next->next, out), out);
}

static void print_graph_to_table(const spoor_ast *node, FILE *out) {
    fputs("graph-to-table ", out);
    for (const spoor_ast *output = node->first; output != NULL; output = output->next) {
        fputs(output != node->first ? ", " : "", out);
        spoor_print_str(output->text, out);
        for (const spoor_ast *prop = output->first; prop != NULL; prop = prop->next) {
            fputc(' ', out);
            spoor_print_str(prop->text, out);
            fputc(spoor_str_is(prop->text, "as") ? ' ' : '=', out);
            spoor_print(prop->first, out);
        }
    }
}

static void print_graph_edge(const spoor_ast *node, FILE *out) {
    if (node->text.len == 0 && node->first == NULL) {
        spoor_print_str(node->extra, out);
        return;
    }
    fputs(spoor_str_is(node->extra, "<--") ? "<-[" : "-[", out);
    spoor_print_name(node, out);
    if (node->first != NULL) {
        fputc('*', out);
        spoor_print(node->first->first, out);
        fputs("..", out);
        spoor_print(node->last->first, out);
    }
    fputs(spoor_str_is(node->extra, "-->") ? "]->" : "]-", out);
}

static void print_named_operator(const spoor_ast *node, const char *word, FILE *out) {
    fputs(word, out);
    print_props(node->first, out);
    fputc(' ', out);
    spoor_print_name(node, out);
}

static void print_range(const spoor_ast *node, FILE *out) {
    print_named_operator(node, "range", out);
    fputs(" from ", out);
    spoor_print(node->first, out);
    fputs(" to ", out);
    spoor_print(node->first->next, out);
    fputs(" step ", out);
    spoor_print(node->last, out);
}

static void print_nested_level(const spoor_ast *node, FILE *out) {
    fputs("top-nested", out);
    const spoor_ast *child = node->first;
    if (child->kind == SPOOR_AST_PROP) {
        fputc(' ', out);
        spoor_print(child->first, out);
        child = child->next;
    }
    print_clauses(node, child, out);
}

static void print_item(const spoor_ast *node, FILE *out) {
    spoor_print(node->first, out);
    if (node->last != node->first && node->kind == SPOOR_AST_MV_ITEM) {
        fputs(" to ", out);
        spoor_print(node->last, out);
    }
    print_clauses(node, node->first->next, out);
}

static void print_other(const spoor_ast *node, FILE *out) {
    spoor_print_str(node->text, out);
    const spoor_ast *child = print_props(node->first, out);
    if (child != NULL && child->kind != SPOOR_AST_CLAUSE) { /* __partitionby column (...) */
        fputc(' ', out);
        spoor_print(child, out);
        print_clauses(node, child->next, out);
        print_wrapped(" (", node->last, out);
        return;
    }
    fputs(child != NULL ? " " : "", out);
    print_clauses(node, child, out);
}

/* ---- the table ------------------------------------------------------------------------------ */

static bool print_plain(const spoor_ast *node, FILE *out) {
    static const struct {
        int kind;
        const char *word, *before;
    } forms[] = {
        {SPOOR_AST_WHERE, "where", " "},
        {SPOOR_AST_PROJECT, "project", " "},
        {SPOOR_AST_PROJECT_AWAY, "project-away", " "},
        {SPOOR_AST_PROJECT_KEEP, "project-keep", " "},
        {SPOOR_AST_PROJECT_RENAME, "project-rename", " "},
        {SPOOR_AST_PROJECT_REORDER, "project-reorder", " "},
        {SPOOR_AST_PROJECT_BY_NAMES, "project-by-names", " "},
        {SPOOR_AST_EXTEND, "extend", " "},
        {SPOOR_AST_TAKE, "take", " "},
        {SPOOR_AST_SAMPLE, "sample", " "},
        {SPOOR_AST_SAMPLE_DISTINCT, "sample-distinct", " "},
        {SPOOR_AST_COUNT, "count", " "},
        {SPOOR_AST_SORT, "sort", " by "},
        {SPOOR_AST_TOP, "top", " "},
        {SPOOR_AST_TOP_HITTERS, "top-hitters", " "},
        {SPOOR_AST_DISTINCT, "distinct", " "},
        {SPOOR_AST_SUMMARIZE, "summarize", " "},
        {SPOOR_AST_JOIN, "join", " "},
        {SPOOR_AST_LOOKUP, "lookup", " "},
        {SPOOR_AST_UNION, "union", " "},
        {SPOOR_AST_PARSE_KV, "parse-kv", " "},
        {SPOOR_AST_MV_EXPAND, "mv-expand", " "},
        {SPOOR_AST_MAKE_SERIES, "make-series", " "},
        {SPOOR_AST_SERIALIZE, "serialize", " "},
        {SPOOR_AST_INVOKE, "invoke", " "},
        {SPOOR_AST_EVALUATE, "evaluate", " "},
        {SPOOR_AST_GETSCHEMA, "getschema", " "},
        {SPOOR_AST_CONSUME, "consume", " "},
        {SPOOR_AST_REDUCE, "reduce", " "},
        {SPOOR_AST_PRINT, "print", " "},
        {SPOOR_AST_GRAPH_MATCH, "graph-match", " "},
        {SPOOR_AST_GRAPH_SHORTEST_PATHS, "graph-shortest-paths", " "},
        {SPOOR_AST_GRAPH_MARK_COMPONENTS, "graph-mark-components", " "},
        {SPOOR_AST_GRAPH_WHERE_NODES, "graph-where-nodes", " "},
        {SPOOR_AST_GRAPH_WHERE_EDGES, "graph-where-edges", " "},
        {SPOOR_AST_TOP_NESTED, "", ""},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((int)node->kind == forms[i].kind) {
            print_form(node, forms[i].word, forms[i].before, out);
            return true;
        }
    }
    return false;
}

void spoor_print_operator(const spoor_ast *node, FILE *out) {
    if (print_plain(node, out)) {
        return;
    }
    switch ((int)node->kind) {
    case SPOOR_AST_TOP_NESTED_LEVEL: print_nested_level(node, out); break;
    case SPOOR_AST_PARSE:
    case SPOOR_AST_PARSE_WHERE: print_parse(node, out); break;
    case SPOOR_AST_MV_ITEM:
    case SPOOR_AST_MAKE_SERIES_ITEM: print_item(node, out); break;
    case SPOOR_AST_MV_APPLY: print_mv_apply(node, out); break;
    case SPOOR_AST_SCAN: print_scan(node, out); break;
    case SPOOR_AST_SCAN_STEP: print_scan_step(node, out); break;
    case SPOOR_AST_PARTITION: print_partition(node, out); break;
    case SPOOR_AST_FORK:
        fputs("fork ", out);
        spoor_print_list(node->first, NULL, " ", out);
        break;
    case SPOOR_AST_FORK_LEG: print_fork_leg(node, out); break;
    case SPOOR_AST_FACET: print_facet(node, out); break;
    case SPOOR_AST_FIND: print_find(node, out); break;
    case SPOOR_AST_SEARCH: print_search(node, out); break;
    case SPOOR_AST_AS: print_named_operator(node, "as", out); break;
    case SPOOR_AST_RENDER:
        print_named_operator(node, "render", out);
        print_clauses(node, node->first, out);
        break;
    case SPOOR_AST_RANGE: print_range(node, out); break;
    case SPOOR_AST_DATATABLE: print_table(node, "datatable", out); break;
    case SPOOR_AST_EXTERNALDATA: print_table(node, "externaldata", out); break;
    case SPOOR_AST_MACRO_EXPAND: print_macro_expand(node, out); break;
    case SPOOR_AST_MAKE_GRAPH: print_make_graph(node, out); break;
    case SPOOR_AST_GRAPH_TO_TABLE: print_graph_to_table(node, out); break;
    case SPOOR_AST_GRAPH_PATTERN: spoor_print_list(node->first, NULL, "", out); break;
    case SPOOR_AST_GRAPH_NODE:
        fputc('(', out);
        spoor_print_name(node, out);
        fputc(')', out);
        break;
    case SPOOR_AST_GRAPH_EDGE: print_graph_edge(node, out); break;
    default: print_other(node, out);
    }
}
