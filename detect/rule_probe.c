/* rule_probe.c - see rule_probe.h.
 *
 * Of each where one query a few conditions: the text up to the where, then `summarize` with a
 * countif() a condition.  Trees are no deeper than SPOOR_MAX_DEPTH, so the walkers recurse. */
#include "detect/rule_probe.h"

#include "base/buffer.h"
#include "engine/ask.h"

enum { CONDITIONS_A_QUERY = 64 };

/* -- where a condition stands ------------------------------------------------------------------ */

typedef struct place {
    const spoor_ast *statement; /* of the query */
    const spoor_ast *pipeline;  /* the innermost */
    bool is_inside; /* of a function, or of an operator that hands rows in: not to be asked alone */
} place;

static bool find_place(const spoor_ast *node, const spoor_ast *where, place *at) {
    if (node == where) {
        return true;
    }
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        place below = *at;
        if (node->kind == SPOOR_AST_QUERY) {
            below.statement = child;
        }
        if (child->kind == SPOOR_AST_PIPELINE) {
            below.pipeline = child;
        }
        below.is_inside |= child->kind == SPOOR_AST_FUNCTION ||
                           child->kind == SPOOR_AST_SUBPIPELINE || child->kind == SPOOR_AST_BODY;
        if (find_place(child, where, &below)) {
            *at = below;
            return true;
        }
    }
    return false;
}

static void put_span(spoor_buffer *text, spoor_str query, uint32_t start, uint32_t end) {
    spoor_buffer_put(text, (spoor_str){query.ptr + start, end - start});
}

/* The query up to the where, the conditions before it in its pipeline true. */
static void put_prefix(spoor_buffer *text, spoor_str query, const place *at,
                       const spoor_ast *where) {
    put_span(text, query, 0, at->statement->span.start);
    uint32_t from = at->pipeline->span.start;
    for (const spoor_ast *stage = at->pipeline->first; stage != NULL && stage != where;
         stage = stage->next) {
        if (stage->kind == SPOOR_AST_WHERE && stage->last != NULL) {
            put_span(text, query, from, stage->last->span.start);
            spoor_buffer_put(text, SPOOR_STR("true"));
            from = stage->last->span.end;
        }
    }
    put_span(text, query, from, where->span.start);
}

/* -- asking
 * ------------------------------------------------------------------------------------------------
 */

static uint32_t count_lines(const spoor_condition *c) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < c->nparts; i++) {
        n += count_lines(c->parts[i]);
    }
    return n;
}

static void add_lines(spoor_probe_where *w, const spoor_condition *c, uint32_t depth) {
    spoor_probe_line *line = &w->lines[w->nlines++];
    *line = (spoor_probe_line){.condition = c, .depth = depth, .truth = SPOOR_UNKNOWN};
    for (uint32_t i = 0; i < c->nparts; i++) {
        add_lines(w, c->parts[i], depth + 1);
    }
    line->end = w->nlines;
}

/* What a leaf looks at: the left side of a comparison, the one argument of a function. */
static const spoor_ast *subject_of(const spoor_condition *c) {
    const spoor_ast *node = c->node;
    bool compares = node->kind == SPOOR_AST_BINARY || node->kind == SPOOR_AST_IN ||
                    node->kind == SPOOR_AST_BETWEEN ||
                    (node->kind == SPOOR_AST_CALL && node->nchildren == 1);
    if (c->kind != SPOOR_CONDITION_LEAF || !compares || node->first == NULL ||
        node->first->kind == SPOOR_AST_STAR || node->first->kind == SPOOR_AST_LITERAL) {
        return NULL;
    }
    return node->first;
}

static spoor_status ask_some(spoor_engine *engine, spoor_arena *arena, const spoor_query *query,
                             const spoor_query_options *options, const place *at,
                             spoor_probe_where *w, uint32_t first, uint32_t last) {
    spoor_buffer text = {.arena = arena};
    spoor_answer answer;
    put_prefix(&text, query->text, at, w->node);
    spoor_buffer_put(&text, SPOOR_STR("summarize rows_ = count()"));
    for (uint32_t i = first; i < last; i++) {
        const spoor_condition *c = w->lines[i].condition;
        const spoor_ast *subject = subject_of(c);
        spoor_buffer_put(&text, spoor_arena_format(arena, ", truth_%u = countif((", i));
        put_span(&text, query->text, c->span.start, c->span.end);
        spoor_buffer_put(&text,
                         spoor_arena_format(arena, "\n)), value_%u = take_any(tostring(", i));
        if (subject != NULL) {
            put_span(&text, query->text, subject->span.start, subject->span.end);
        } else {
            spoor_buffer_put(&text, SPOOR_STR("''"));
        }
        spoor_buffer_put(&text, SPOOR_STR("\n))"));
    }
    spoor_status status =
        spoor_engine_ask(engine, arena, spoor_buffer_text(&text), options, &answer);
    if (status == SPOOR_ERR_QUERY) {
        return SPOOR_OK; /* what stands there cannot stand in countif(): not decided */
    }
    if (status != SPOOR_OK || answer.rows == 0 || answer.ncols < 1 + 2 * (last - first)) {
        return status;
    }
    w->is_decided = true;
    w->rows = (uint64_t)answer.cells[0].integer;
    for (uint32_t i = first; i < last && w->rows > 0; i++) {
        const spoor_value *cells = &answer.cells[1 + 2 * (i - first)];
        w->lines[i].truth = cells[0].integer > 0 ? SPOOR_TRUE : SPOOR_FALSE;
        w->lines[i].has_value = subject_of(w->lines[i].condition) != NULL;
        w->lines[i].value = cells[1].string;
    }
    return SPOOR_OK;
}

/* -- the nearest miss -------------------------------------------------------------------------- */

/* The least number of leaves that would have to be different for the line to be `wanted`; marks
 * them. */
static uint32_t misses_of(spoor_probe_where *w, uint32_t at, bool wanted, bool mark) {
    spoor_probe_line *line = &w->lines[at];
    const spoor_condition *c = line->condition;
    if (line->truth == (wanted ? SPOOR_TRUE : SPOOR_FALSE)) {
        return 0;
    }
    bool all = (c->kind == SPOOR_CONDITION_AND) == wanted;
    bool below = c->kind == SPOOR_CONDITION_NOT ? !wanted : wanted;
    uint32_t sum = 0, least = UINT32_MAX, best = 0;
    for (uint32_t part = at + 1; part < line->end; part = w->lines[part].end) {
        uint32_t n = misses_of(w, part, below, false);
        sum += n;
        if (n < least) {
            least = n;
            best = part;
        }
    }
    uint32_t total = c->nparts == 0 ? 0 : all || c->nparts == 1 ? sum : least;
    if (total == 0) { /* a leaf; or a null, which is neither true nor false */
        line->is_miss |= mark;
        return 1;
    }
    for (uint32_t part = at + 1; part < line->end && mark; part = w->lines[part].end) {
        if (all || c->nparts == 1 || part == best) {
            misses_of(w, part, below, true);
        }
    }
    return total;
}

/* -- all of a rule ----------------------------------------------------------------------------- */

static spoor_status probe_where(spoor_engine *engine, spoor_arena *arena, const spoor_query *query,
                                const spoor_query_options *options, spoor_probe_where *w) {
    place at = {0};
    bool is_found = find_place(query->tree, w->node, &at);
    spoor_status status = SPOOR_OK;
    if (!is_found || at.is_inside || at.statement == NULL || at.pipeline == NULL) {
        return SPOOR_OK;
    }
    for (uint32_t i = 0; i < w->nlines && status == SPOOR_OK; i += CONDITIONS_A_QUERY) {
        uint32_t last = i + CONDITIONS_A_QUERY < w->nlines ? i + CONDITIONS_A_QUERY : w->nlines;
        status = ask_some(engine, arena, query, options, &at, w, i, last);
    }
    return status;
}

spoor_status spoor_probe_run(spoor_engine *engine, spoor_arena *arena, const spoor_query *query,
                             const spoor_query_options *options, spoor_probe *probe) {
    const spoor_conditions *all = spoor_conditions_find(arena, query->tree);
    spoor_answer answer;
    *probe = (spoor_probe){.wheres = SPOOR_NEW_ARRAY(arena, spoor_probe_where, all->count + 1)};
    spoor_status status = spoor_engine_ask(engine, arena, query->text, options, &answer);
    probe->hits = answer.rows;
    for (uint32_t i = 0; i < all->count && status == SPOOR_OK; i++) {
        spoor_probe_where *w = &probe->wheres[probe->count++];
        w->node = all->operators[i];
        w->lines = SPOOR_NEW_ARRAY(arena, spoor_probe_line, count_lines(all->wheres[i]));
        add_lines(w, all->wheres[i], 0);
        status = probe_where(engine, arena, query, options, w);
        if (w->is_decided && w->rows > 0 && probe->hits == 0 && all->wheres[i]->is_certain) {
            w->misses = misses_of(w, 0, true, true);
            probe->misses += w->misses;
        }
    }
    return status;
}
