/* rules_explain.c - `rules explain`: what the one pass over the events made of each rule (rules_pass.h). */
#include <inttypes.h>

#include "base/safe_text.h"
#include "detect/rules_pass.h"
#include "types/dynamic.h"

static const char *const event_columns[] = {
#define SPOOR_EVENT_COLUMN(column, name, type, how) name,
#include "store/event_columns.def"
#undef SPOOR_EVENT_COLUMN
};

typedef struct explained { /* one rule */
    const spoor_rule *rule;
    const spoor_rule_state *state;
    uint32_t questions, shared; /* shared: other rules ask them, too */
    uint64_t segments, rows;    /* left to read, over all its scans */
    bool is_exact;              /* nothing was left to ask of these rows */
    spoor_str anchor;           /* the rarest of its conditions; empty: there is none */
    uint64_t anchor_rows;
} explained;

typedef struct explainer {
    const spoor_rules_pass *pass;
    uint32_t *own; /* by question: places of the rule at hand where it is asked */
    spoor_arena *scratch;
} explainer;

/* As deep as the filter. */
static void count_questions(explainer *x, const spoor_pass_node *node, explained *e) {
    if (node->kind == SPOOR_PASS_LEAF) {
        e->questions += x->own[node->leaf->id]++ == 0;
    }
    for (uint32_t i = 0; i < node->nparts; i++) {
        count_questions(x, node->parts[i], e);
    }
}

/* Questions that others ask too; x->own is cleared. */
static void count_shared(explainer *x, const spoor_pass_node *node, explained *e) {
    if (node->kind == SPOOR_PASS_LEAF && x->own[node->leaf->id] > 0) {
        e->shared += node->leaf->uses > x->own[node->leaf->id];
        x->own[node->leaf->id] = 0;
    }
    for (uint32_t i = 0; i < node->nparts; i++) {
        count_shared(x, node->parts[i], e);
    }
}

/* -- anchors ----------------------------------------------------------------------------------- */

/* Rows that the node may leave; false: metadata settled it everywhere. */
static bool rows_of(const explainer *x, const spoor_pass_node *node, uint64_t *rows) {
    bool is_asked = false;
    *rows = 0;
    if (node->kind == SPOOR_PASS_LEAF) {
        const spoor_leaf_count *count = &x->pass->counts.leaves[node->leaf->id];
        *rows = node->is_negated ? count->asked - count->rows : count->rows;
        return count->asked > 0;
    }
    for (uint32_t i = 0; i < node->nparts; i++) {
        uint64_t part;
        if (!rows_of(x, node->parts[i], &part)) {
            continue;
        }
        bool takes = node->kind == SPOOR_PASS_OR || !is_asked || part < *rows;
        *rows = !takes ? *rows : node->kind == SPOOR_PASS_OR ? *rows + part : part;
        is_asked = true;
    }
    return is_asked;
}

static spoor_str words_of(const explainer *x, const spoor_pass_leaf *leaf, bool is_negated) {
    const spoor_pass_expr *about = leaf->source != NULL ? &leaf->source->expr : &leaf->expr;
    spoor_str name = SPOOR_STR("?");
    if (about->ncolumns > 0) {
        const spoor_scan_column *column = &x->pass->set.columns[about->columns[0]];
        name =
            column->member.len > 0 ? column->member : spoor_str_from(event_columns[column->column]);
    }
    const spoor_bound *e = leaf->expr.bound;
    const char *asks = e->kind == SPOOR_BOUND_CALL ? e->function->name : "";
    spoor_str text = leaf->ntexts > 0 ? leaf->texts[0] : (spoor_str){"", 0};
    spoor_str words = spoor_arena_format(x->scratch, "%s%.*s %s", is_negated ? "not " : "",
                                         (int)name.len, name.len > 0 ? name.ptr : "", asks);
    return leaf->ntexts == 0
               ? words
               : spoor_arena_format(x->scratch, "%.*s '%.*s'%s", (int)words.len, words.ptr,
                                    (int)text.len, text.len > 0 ? text.ptr : "",
                                    leaf->ntexts > 1 ? " and others" : "");
}

/* The part of an `and` with the fewest rows; of an `or`, its first question stands for all. */
static void find_anchor(explainer *x, const spoor_pass_node *node, explained *e) {
    uint64_t rows;
    if (!rows_of(x, node, &rows)) {
        return;
    }
    if (node->kind == SPOOR_PASS_LEAF) {
        e->anchor = words_of(x, node->leaf, node->is_negated);
        e->anchor_rows = rows;
        return;
    }
    const spoor_pass_node *best = NULL;
    uint64_t least = 0;
    for (uint32_t i = 0; i < node->nparts; i++) {
        if (rows_of(x, node->parts[i], &rows) &&
            (best == NULL || (node->kind == SPOOR_PASS_AND && rows < least))) {
            best = node->parts[i];
            least = rows;
        }
    }
    find_anchor(x, best, e);
    if (node->kind == SPOOR_PASS_OR) {
        rows_of(x, node, &e->anchor_rows);
        e->anchor =
            spoor_arena_format(x->scratch, "%.*s, or others", (int)e->anchor.len, e->anchor.ptr);
    }
}

/* -- one rule ---------------------------------------------------------------------------------- */

static void explain(explainer *x, uint32_t at, explained *e) {
    const spoor_rule_scans *own = &x->pass->rules[at];
    e->is_exact = true;
    for (uint32_t i = own->first; i < own->first + own->count; i++) {
        const spoor_picks *picks = &x->pass->picks[i];
        count_questions(x, x->pass->filters[i], e);
        e->segments += picks->count;
        e->rows += picks->rows;
        for (uint32_t k = 0; k < picks->count; k++) {
            e->is_exact &= picks->items[k].is_exact;
        }
        if (e->anchor.len == 0) {
            find_anchor(x, x->pass->filters[i], e);
        }
    }
    for (uint32_t i = own->first; i < own->first + own->count; i++) {
        count_shared(x, x->pass->filters[i], e);
    }
}

static void put_line(const explained *e, FILE *out) {
    spoor_safe_print(e->rule->title, out);
    fprintf(out,
            "\n  %u questions, %u of them of other rules too; %" PRIu64 " segments, %" PRIu64
            " rows to read%s\n",
            e->questions, e->shared, e->segments, e->rows,
            e->rows > 0 && !e->is_exact ? ", and to ask again" : "");
    if (e->anchor.len > 0) {
        fputs("  rarest: ", out);
        spoor_safe_print(e->anchor, out);
        fprintf(out, " (%" PRIu64 " rows)\n", e->anchor_rows);
    }
    fprintf(out, "  %" PRIu64 " hits in %.1f ms\n", e->state->hits, e->state->seconds * 1000);
}

static void add_number(spoor_dynamic_builder *b, const char *name, uint64_t number) {
    spoor_value value = {.type = SPOOR_LONG, .integer = (int64_t)number};
    spoor_dynamic_name(b, spoor_str_from(name));
    spoor_dynamic_add(b, &value);
}

static void put_json(const explained *e, spoor_arena *scratch, FILE *out) {
    spoor_dynamic_builder b;
    spoor_dynamic_init(&b, scratch);
    spoor_dynamic_open(&b, '{');
    spoor_dynamic_name(&b, SPOOR_STR("title"));
    spoor_dynamic_add_text(&b, e->rule->title);
    spoor_dynamic_name(&b, SPOOR_STR("id"));
    spoor_dynamic_add_text(&b, e->rule->id);
    add_number(&b, "questions", e->questions);
    add_number(&b, "shared", e->shared);
    add_number(&b, "segments", e->segments);
    add_number(&b, "rows", e->rows);
    spoor_dynamic_name(&b, SPOOR_STR("is_exact"));
    spoor_value exact = {.type = SPOOR_BOOL, .boolean = e->is_exact};
    spoor_dynamic_add(&b, &exact);
    spoor_dynamic_name(&b, SPOOR_STR("rarest"));
    spoor_dynamic_add_text(&b, e->anchor);
    add_number(&b, "rarest_rows", e->anchor_rows);
    add_number(&b, "hits", e->state->hits);
    spoor_dynamic_name(&b, SPOOR_STR("seconds"));
    spoor_value seconds = {.type = SPOOR_REAL, .real = e->state->seconds};
    spoor_dynamic_add(&b, &seconds);
    spoor_dynamic_close(&b);
    spoor_str json = spoor_dynamic_print_json(scratch, spoor_dynamic_finish(&b));
    fwrite(json.ptr, 1, json.len, out);
    fputc('\n', out);
}

static void put_summary(const spoor_rules_pass *pass, const spoor_snapshot *snapshot, FILE *out) {
    uint64_t rows = 0;
    for (uint32_t i = 0; i < spoor_snapshot_count(snapshot); i++) {
        rows += spoor_snapshot_segment(snapshot, i)->rows;
    }
    fprintf(out,
            "%u scans of rules, %u questions about %u texts; %" PRIu64 " rows in %" PRIu64
            " segments; %" PRIu64 " distinct texts searched\n",
            pass->nfilters, pass->set.nleaves, pass->set.nsources, rows, pass->counts.segments,
            pass->counts.values);
}

void spoor_rules_pass_explain(const spoor_rules_pass *pass, const spoor_rules *rules,
                              const spoor_snapshot *snapshot, bool as_json, FILE *out,
                              spoor_arena *scratch) {
    if (pass->picks == NULL) {
        return; /* no store, or no memory for a pass */
    }
    if (!as_json) {
        put_summary(pass, snapshot, out);
    }
    for (uint32_t i = 0; i < rules->set.count; i++) {
        if (!rules->states[i].is_selected || !rules->states[i].is_compiled) {
            continue;
        }
        spoor_arena_rewind(scratch);
        explainer x = {.pass = pass,
                       .own = SPOOR_NEW_ARRAY(scratch, uint32_t, pass->set.nleaves + 1),
                       .scratch = scratch};
        explained e = {.rule = &rules->set.rules[i], .state = &rules->states[i]};
        explain(&x, i, &e);
        if (as_json) {
            put_json(&e, scratch, out);
        } else {
            put_line(&e, out);
        }
    }
}
