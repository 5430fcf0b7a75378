/* plan_print.c - the text of a plan, for explain and golden tests: one operator
 * a line, source first; further inputs of join and union stand indented. */
#include "planner/plan.h"

#include "types/dynamic.h"

const char *spoor_plan_kind_name(spoor_plan_kind kind) {
    static const char *const names[] = {
#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) text,
#include "planner/plan_kinds.def"
#undef SPOOR_PLAN_KIND
    };
    return names[kind];
}

static void print_str(spoor_str s, FILE *out) {
    fwrite(s.ptr != NULL ? s.ptr : "", 1, s.len, out);
}

static void print_text(spoor_str s, FILE *out) {
    fputc('\'', out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\'' || c == '\\') {
            fputc('\\', out);
        }
        if (c < 0x20) {
            fprintf(out, "\\x%02x", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('\'', out);
}

/* Text is made in the arena; out of memory leaves it out. */
static void print_with(spoor_arena *scratch, const spoor_value *value, FILE *out) {
    jmp_buf door;
    scratch->on_oom = &door;
    if (setjmp(door) != 0) {
        fputs("...", out);
        return;
    }
    spoor_str text = value->type == SPOOR_DYNAMIC ? spoor_dynamic_print_json(scratch, value->string)
                                                  : spoor_value_to_text(scratch, value);
    bool is_plain = value->type == SPOOR_LONG || value->type == SPOOR_BOOL;
    fprintf(out, "%s%s", is_plain ? "" : spoor_type_name(value->type), is_plain ? "" : "(");
    print_str(text, out);
    fputs(is_plain ? "" : ")", out);
}

static void print_value(const spoor_value *value, FILE *out) {
    if (value->is_null) {
        fprintf(out, "%s(null)", spoor_type_name(value->type));
        return;
    }
    if (value->type == SPOOR_STRING) {
        print_text(value->string, out);
        return;
    }
    spoor_arena scratch = {0};
    print_with(&scratch, value, out);
    spoor_arena_reset(&scratch);
}

static void print_bound(const spoor_bound *e, const spoor_schema *schema, FILE *out) {
    switch (e->kind) {
    case SPOOR_BOUND_COLUMN:
        if (schema != NULL && e->column >= 0 && (uint32_t)e->column < schema->ncols) {
            print_str(schema->columns[e->column].name, out);
        } else {
            fprintf(out, "#%d", e->column);
        }
        return;
    case SPOOR_BOUND_CONSTANT: print_value(&e->value, out); return;
    case SPOOR_BOUND_SUBPLAN:
        fprintf(out, "%s(#%u)", e->is_set ? "set" : "scalar", e->subplan);
        return;
    case SPOOR_BOUND_CALL: break;
    }
    char first = e->function->name[0];
    bool is_word = (first >= 'a' && first <= 'z') || first == '_' || (first >= 'A' && first <= 'Z');
    if (!is_word && e->nargs == 2) {
        fputc('(', out);
        print_bound(e->args[0], schema, out);
        fprintf(out, " %s ", e->function->name);
        print_bound(e->args[1], schema, out);
        fputc(')', out);
        return;
    }
    fprintf(out, "%s(", e->function->name);
    for (uint32_t i = 0; i < e->nargs; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_bound(e->args[i], schema, out);
    }
    fputc(')', out);
}

static void print_list(spoor_bound *const *list, uint32_t n, const spoor_schema *schema,
                       const char *between, FILE *out) {
    for (uint32_t i = 0; i < n; i++) {
        fputs(i > 0 ? between : "", out);
        print_bound(list[i], schema, out);
    }
}

static void print_scan(const spoor_plan *p, FILE *out) {
    print_str(p->scan.table->name, out);
    fputs(" [", out);
    for (uint32_t i = 0; i < p->schema.ncols; i++) {
        const spoor_scan_column *c = &p->scan.columns[i];
        fputs(i > 0 ? ", " : "", out);
        print_str(p->scan.table->schema.columns[c->column].name, out);
        if (c->member.len > 0) {
            fputc('.', out);
            print_str(c->member, out);
            fprintf(out, ":%s", spoor_type_name(c->type));
        }
    }
    fputc(']', out);
    if (p->scan.npredicates > 0) {
        fputs(" where ", out);
        print_list(p->scan.predicates, p->scan.npredicates, &p->schema, " and ", out);
    }
    fputs(p->scan.may_stop ? " may stop" : "", out);
    fputs(p->scan.only_extremes ? " ends of ranges" : "", out);
}

static void print_project(const spoor_plan *p, const spoor_schema *in, FILE *out) {
    for (uint32_t i = 0; i < p->schema.ncols; i++) {
        const spoor_bound *e = p->project.exprs[i];
        fputs(i > 0 ? ", " : "", out);
        bool same = e->kind == SPOOR_BOUND_COLUMN && (uint32_t)e->column < in->ncols &&
                    spoor_str_eq(in->columns[e->column].name, p->schema.columns[i].name);
        if (!same) {
            print_str(p->schema.columns[i].name, out);
            fputs(" = ", out);
        }
        print_bound(e, in, out);
    }
}

static void print_sort(const spoor_plan *p, const spoor_schema *in, FILE *out) {
    if (p->kind == SPOOR_PLAN_TOP) {
        print_bound(p->sort.count, NULL, out);
        fputs(" by ", out);
    }
    for (uint32_t i = 0; i < p->sort.nkeys; i++) {
        const spoor_sort_key *key = &p->sort.keys[i];
        fputs(i > 0 ? ", " : "", out);
        print_bound(key->expr, in, out);
        fprintf(out, " %s", key->descending ? "desc" : "asc");
        if (key->nulls_last != key->descending) {
            fprintf(out, " nulls %s", key->nulls_last ? "last" : "first");
        }
    }
}

static void print_summarize(const spoor_plan *p, const spoor_schema *in, FILE *out) {
    for (uint32_t i = 0; i < p->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &p->summarize.aggregates[i];
        fprintf(out, "%s%s(", i > 0 ? ", " : "", a->aggregate->name);
        print_list(a->args, a->nargs, in, ", ", out);
        fputc(')', out);
    }
    for (uint32_t i = 0; i < p->summarize.nkeys; i++) {
        fputs(i > 0 ? ", " : p->summarize.naggregates > 0 ? " by " : "by ", out);
        print_bound(p->summarize.keys[i], in, out);
    }
}

static void print_join(const spoor_plan *p, FILE *out) {
    /* ORDER spoor_join_kind */
    static const char *const kinds[] = {
        "innerunique", "inner",     "leftouter", "rightouter", "fullouter",
        "leftsemi",    "rightsemi", "leftanti",  "rightanti",
    };
    fprintf(out, "%s on ", kinds[p->join.kind]);
    for (uint32_t i = 0; i < p->join.nkeys; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_bound(p->join.left_keys[i], &p->inputs[0]->schema, out);
        fputs(" == ", out);
        print_bound(p->join.right_keys[i], &p->inputs[1]->schema, out);
    }
}

static void print_parse(const spoor_plan *p, const spoor_schema *in, FILE *out) {
    fputs(p->parse.is_regex ? "regex " : p->parse.is_relaxed ? "relaxed " : "", out);
    fputs(p->parse.drop_unmatched ? "where " : "", out);
    print_bound(p->parse.text, in, out);
    fputs(" with", out);
    for (uint32_t i = 0; i < p->parse.nparts; i++) {
        const spoor_parse_part *part = &p->parse.parts[i];
        fputc(' ', out);
        if (part->kind == SPOOR_PARSE_TEXT) {
            print_text(part->text, out);
        } else if (part->kind == SPOOR_PARSE_SKIP) {
            fputc('*', out);
        } else {
            print_str(p->schema.columns[part->output].name, out);
            fprintf(out, ":%s", spoor_type_name(part->type));
        }
    }
}

static void print_expand(const spoor_plan *p, FILE *out) {
    for (uint32_t i = 0; i < p->mv_expand.ncolumns; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_str(p->schema.columns[p->mv_expand.outputs[i]].name, out);
        if (p->mv_expand.to_types[i] != SPOOR_DYNAMIC) {
            fprintf(out, " to %s", spoor_type_name(p->mv_expand.to_types[i]));
        }
    }
    if (p->mv_expand.limit != NULL) {
        fputs(" limit ", out);
        print_bound(p->mv_expand.limit, NULL, out);
    }
}

static void print_window(const spoor_plan *p, const spoor_schema *in, FILE *out) {
    /* ORDER spoor_window_kind */
    static const char *const names[] = {
        "row_number",         "prev", "next", "row_cumsum", "row_rank_dense", "row_rank_min",
        "row_window_session",
    };
    fprintf(out, "%s(", names[p->window.kind]);
    if (p->window.value != NULL) {
        print_bound(p->window.value, in, out);
    }
    fputc(')', out);
    if (p->window.restart != NULL) {
        fputs(" restart ", out);
        print_bound(p->window.restart, in, out);
    }
}

/* (a)-[e*1..3]->(b where is b) [a.x, map(e)] */
static void print_node(const spoor_plan *p, uint32_t number, FILE *out) {
    const spoor_graph_node *node = &p->match.nodes[number];
    fputc('(', out);
    print_str(node->name, out);
    if (node->filter >= 0) {
        fputs(" where ", out);
        print_str(p->inputs[0]->schema.columns[node->filter].name, out);
    }
    fputc(')', out);
}

static void print_match(const spoor_plan *p, FILE *out) {
    static const char *const searches[] = {"", "any shortest ", "all shortest "};
    static const char *const cycles[] = {"", "without cycles ", "with all cycles "};
    fprintf(out, "%s%s", searches[p->match.search], cycles[p->match.cycles]);
    for (uint32_t i = 0; i < p->match.nedges; i++) {
        const spoor_graph_edge *e = &p->match.edges[i];
        fputs(i > 0 ? ", " : "", out);
        print_node(p, e->from, out);
        fputs(e->direction == SPOOR_GRAPH_LEFT ? "<-[" : "-[", out);
        print_str(e->name, out);
        if (e->is_path) {
            fprintf(out, "*%u..%u", e->min, e->max);
        }
        if (e->filter >= 0) {
            fputs(" where ", out);
            print_str(p->inputs[1]->schema.columns[e->filter].name, out);
        }
        if (e->inner_filter >= 0) {
            fputs(" through ", out);
            print_str(p->inputs[0]->schema.columns[e->inner_filter].name, out);
        }
        fputs(e->direction == SPOOR_GRAPH_RIGHT ? "]->" : "]-", out);
        print_node(p, e->to, out);
    }
    if (p->match.nedges == 0) {
        print_node(p, 0, out);
    }
    fputs(" [", out);
    for (uint32_t i = 0; i < p->schema.ncols; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_str(p->schema.columns[i].name, out);
    }
    fputc(']', out);
}

static void print_line(const spoor_plan *p, FILE *out) {
    const spoor_schema *in = p->ninputs > 0 ? &p->inputs[0]->schema : NULL;
    fprintf(out, "%s ", spoor_plan_kind_name(p->kind));
    switch (p->kind) {
    case SPOOR_PLAN_SCAN: print_scan(p, out); break;
    case SPOOR_PLAN_TABLE: print_str(p->table.table->name, out); break;
    case SPOOR_PLAN_VALUES: fprintf(out, "%u rows", p->values.nrows); break;
    case SPOOR_PLAN_RANGE:
        print_str(p->schema.columns[0].name, out);
        fputs(" from ", out);
        print_bound(p->range.from, NULL, out);
        fputs(" to ", out);
        print_bound(p->range.to, NULL, out);
        fputs(" step ", out);
        print_bound(p->range.step, NULL, out);
        break;
    case SPOOR_PLAN_WHERE: print_bound(p->where.predicate, in, out); break;
    case SPOOR_PLAN_PROJECT: print_project(p, in, out); break;
    case SPOOR_PLAN_TAKE: print_bound(p->take.count, NULL, out); break;
    case SPOOR_PLAN_SORT:
    case SPOOR_PLAN_TOP: print_sort(p, in, out); break;
    case SPOOR_PLAN_SUMMARIZE: print_summarize(p, in, out); break;
    case SPOOR_PLAN_JOIN: print_join(p, out); break;
    case SPOOR_PLAN_UNION: fprintf(out, "of %u", p->ninputs); break;
    case SPOOR_PLAN_PARSE: print_parse(p, in, out); break;
    case SPOOR_PLAN_MV_EXPAND: print_expand(p, out); break;
    case SPOOR_PLAN_WINDOW: print_window(p, in, out); break;
    case SPOOR_PLAN_APPLY:
        fprintf(out, "to feed %u", p->apply.feed);
        if (p->apply.key != NULL) {
            fputs(" by ", out);
            print_bound(p->apply.key, in, out);
        }
        break;
    case SPOOR_PLAN_MAKE_SERIES:
        fputs("step ", out);
        print_bound(p->series.step, NULL, out);
        break;
    case SPOOR_PLAN_PARSE_KV: print_bound(p->kv.text, in, out); break;
    case SPOOR_PLAN_STEPS:
        for (uint32_t i = 0; i < p->steps.count; i++) {
            fputs(i > 0 ? ", " : "", out);
            print_str(p->steps.items[i].name, out);
        }
        break;
    case SPOOR_PLAN_TOP_NESTED: fprintf(out, "of %u", p->ninputs); break;
    case SPOOR_PLAN_BASKET:
        fprintf(out, "from %g in %u dimensions", p->basket.threshold, p->basket.max_dimensions);
        break;
    case SPOOR_PLAN_GRAPH_MATCH: print_match(p, out); break;
    case SPOOR_PLAN_GRAPH_MARK: print_str(p->schema.columns[p->schema.ncols - 1].name, out); break;
    case SPOOR_PLAN_FEED: fprintf(out, "%u", p->feed.id); break;
    case SPOOR_PLAN_SHARED: fprintf(out, "#%u", p->shared.id); break;
    }
}

static void print_plan(const spoor_plan *p, int indent, FILE *out) {
    bool is_fork = p->kind == SPOOR_PLAN_UNION || p->kind == SPOOR_PLAN_JOIN ||
                   p->kind == SPOOR_PLAN_APPLY || p->kind == SPOOR_PLAN_TOP_NESTED ||
                   p->kind == SPOOR_PLAN_GRAPH_MATCH || p->kind == SPOOR_PLAN_GRAPH_MARK;
    for (uint32_t i = 0; i < p->ninputs; i++) {
        print_plan(p->inputs[i], is_fork ? indent + 1 : indent, out);
    }
    fprintf(out, "%*s", indent * 2, "");
    print_line(p, out);
    fputc('\n', out);
}

void spoor_plan_print(const spoor_plan_query *query, FILE *out) {
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        fprintf(out, "#%u:\n", i);
        print_plan(query->subplans[i], 1, out);
    }
    for (uint32_t i = 0; i < query->nresults; i++) {
        print_plan(query->results[i].plan, 0, out);
        if (query->results[i].render != NULL) {
            fputs("render ", out);
            print_str(query->results[i].render->kind, out);
            fputc('\n', out);
        }
    }
}
