/* rule_conditions.c - see rule_conditions.h.
 *
 * Trees are no deeper than SPOOR_MAX_DEPTH, so the walkers recurse. */
#include "detect/rule_conditions.h"

#include "base/buffer.h"
#include "base/text_match.h"

typedef struct finder {
    spoor_arena *arena;
    const spoor_ast *tree;
    spoor_conditions *found;
    uint32_t where_capacity, leaf_capacity;
} finder;

static void *grown(spoor_arena *arena, const void *old, uint32_t count, uint32_t *capacity,
                   size_t size) {
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    void *items = spoor_arena_push(arena, *capacity, size);
    if (count > 0) {
        memcpy(items, old, count * size);
    }
    return items;
}

/* -- what a leaf compares ---------------------------------------------------------------------- */

static const spoor_ast *find_let(const spoor_ast *tree, spoor_str name) {
    for (const spoor_ast *s = tree->first; s != NULL; s = s->next) {
        if (s->kind == SPOOR_AST_LET && spoor_str_eq(s->text, name)) {
            return s->first;
        }
    }
    return NULL;
}

/* Of a statement that is one expression, the expression. */
static const spoor_ast *unwrap(const spoor_ast *node) {
    while (node != NULL && node->kind == SPOOR_AST_PIPELINE && node->nchildren == 1) {
        node = node->first;
    }
    return node;
}

typedef struct value_list {
    spoor_str *items;
    uint32_t count, capacity;
} value_list;

/* Texts of a literal, a dynamic list, or what a `let` names; false: something else is in it. */
static bool add_values(finder *f, const spoor_ast *node, value_list *values, int hops) {
    node = unwrap(node);
    if (node == NULL) {
        return false;
    }
    if (node->kind == SPOOR_AST_LITERAL) {
        if (values->count == values->capacity) {
            values->items = grown(f->arena, values->items, values->count, &values->capacity,
                                  sizeof *values->items);
        }
        values->items[values->count++] = node->text;
        return (node->flags & SPOOR_AST_NULL_LITERAL) == 0;
    }
    if (node->kind == SPOOR_AST_NAME && hops < 8) {
        return add_values(f, find_let(f->tree, node->text), values, hops + 1);
    }
    if (node->kind != SPOOR_AST_DYNAMIC && node->kind != SPOOR_AST_JSON_ARRAY) {
        return false;
    }
    bool ok = node->first != NULL;
    for (const spoor_ast *e = node->first; e != NULL && ok; e = e->next) {
        ok = add_values(f, e, values, hops);
    }
    return ok;
}

/* The column below tostring(), tolower() and the like. */
static bool find_column(const spoor_ast *node, spoor_condition *leaf) {
    static const char *const wrappers[] = {"tostring", "tolower", "toupper",
                                           "trim",     "toint",   "tolong"};
    while (node->kind == SPOOR_AST_CALL && node->nchildren == 1) {
        bool is_wrapper = false;
        for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
            is_wrapper |= spoor_str_is(node->text, wrappers[i]);
        }
        if (!is_wrapper) {
            return false;
        }
        leaf->is_folded |=
            spoor_str_is(node->text, "tolower") || spoor_str_is(node->text, "toupper");
        node = node->first;
    }
    if (node->kind == SPOOR_AST_MEMBER && node->first->kind == SPOOR_AST_NAME) {
        leaf->column = node->first->text;
        leaf->member = node->text;
        return true;
    }
    leaf->column = node->kind == SPOOR_AST_NAME ? node->text : (spoor_str){0};
    return node->kind == SPOOR_AST_NAME;
}

typedef enum relation { EQUALS, CONTAINS, STARTS, ENDS, HAS, HAS_PREFIX, HAS_SUFFIX } relation;

static bool is_anywhere(relation r) {
    return r == CONTAINS || r == HAS || r == HAS_PREFIX || r == HAS_SUFFIX;
}

typedef struct comparison {
    const char *name;
    relation relation;
    bool fold, all; /* all: of the values, else one of them */
} comparison;

static const comparison comparisons[] = {
    {"==", EQUALS, false, false},
    {"=~", EQUALS, true, false},
    {"in", EQUALS, false, false},
    {"in~", EQUALS, true, false},
    {"contains", CONTAINS, true, false},
    {"contains_cs", CONTAINS, false, false},
    {"startswith", STARTS, true, false},
    {"startswith_cs", STARTS, false, false},
    {"endswith", ENDS, true, false},
    {"endswith_cs", ENDS, false, false},
    {"has", HAS, true, false},
    {"has_cs", HAS, false, false},
    {"hasprefix", HAS_PREFIX, true, false},
    {"hasprefix_cs", HAS_PREFIX, false, false},
    {"hassuffix", HAS_SUFFIX, true, false},
    {"hassuffix_cs", HAS_SUFFIX, false, false},
    {"has_any", HAS, true, false},
    {"has_all", HAS, true, true},
};

/* negated: written !=, !~ or with a ! before it. */
static const comparison *find_comparison(spoor_str written, bool *negated) {
    *negated = written.len > 0 && written.ptr[0] == '!';
    if (*negated) {
        written = spoor_str_is(written, "!=")   ? SPOOR_STR("==")
                  : spoor_str_is(written, "!~") ? SPOOR_STR("=~")
                                                : (spoor_str){written.ptr + 1, written.len - 1};
    }
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        if (spoor_str_is(written, comparisons[i].name)) {
            return &comparisons[i];
        }
    }
    return NULL;
}

/* A rule asks the same of many rows. */
static void prepare_needles(finder *f, spoor_condition *leaf) {
    bool negated;
    const comparison *c = find_comparison(leaf->operator, & negated);
    if (c == NULL || !is_anywhere(c->relation)) {
        return;
    }
    leaf->needles = SPOOR_NEW_ARRAY(f->arena, spoor_needle, leaf->nvalues + 1);
    for (uint32_t i = 0; i < leaf->nvalues; i++) {
        leaf->needles[i] =
            spoor_needle_prepare(f->arena, leaf->values[i], c->fold || leaf->is_folded);
    }
}

static void read_leaf(finder *f, spoor_condition *leaf) {
    const spoor_ast *node = leaf->node;
    bool compares = node->kind == SPOOR_AST_BINARY || node->kind == SPOOR_AST_IN;
    if (!compares) {
        return;
    }
    leaf->operator= node->text;
    value_list values = {0};
    bool ok = find_column(node->first, leaf);
    for (const spoor_ast *v = node->first->next; v != NULL && ok; v = v->next) {
        ok = add_values(f, v, &values, 0);
    }
    if (!ok) {
        leaf->column = leaf->member = (spoor_str){0};
        return;
    }
    leaf->values = values.items;
    leaf->nvalues = values.count;
    prepare_needles(f, leaf);
}

/* -- trees ------------------------------------------------------------------------------------- */

static spoor_condition *build(finder *f, const spoor_ast *node, bool is_certain, bool is_denied) {
    spoor_condition *c = SPOOR_NEW(f->arena, spoor_condition);
    bool is_and = node->kind == SPOOR_AST_BINARY && spoor_str_is(node->text, "and");
    bool is_or = node->kind == SPOOR_AST_BINARY && spoor_str_is(node->text, "or");
    bool is_not =
        node->kind == SPOOR_AST_CALL && spoor_str_is(node->text, "not") && node->nchildren == 1;
    *c = (spoor_condition){.kind = is_and   ? SPOOR_CONDITION_AND
                                   : is_or  ? SPOOR_CONDITION_OR
                                   : is_not ? SPOOR_CONDITION_NOT
                                            : SPOOR_CONDITION_LEAF,
                           .node = node,
                           .span = node->span,
                           .is_certain = is_certain,
                           .is_denied = is_denied};
    if (c->kind == SPOOR_CONDITION_LEAF) {
        spoor_conditions *found = f->found;
        if (found->nleaves == f->leaf_capacity) {
            found->leaves = grown(f->arena, found->leaves, found->nleaves, &f->leaf_capacity,
                                  sizeof *found->leaves);
        }
        found->leaves[found->nleaves++] = c;
        read_leaf(f, c);
        return c;
    }
    c->parts = SPOOR_NEW_ARRAY(f->arena, spoor_condition *, node->nchildren);
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        c->parts[c->nparts++] = build(f, child, is_certain && is_and, is_denied != is_not);
    }
    return c;
}

/* The condition of a where: its last child; properties come before it. */
static void visit(finder *f, const spoor_ast *node, bool is_certain) {
    bool is_where = node->kind == SPOOR_AST_WHERE && node->last != NULL &&
                    node->last->kind != SPOOR_AST_PROP && node->last->kind != SPOOR_AST_NAMED;
    if (is_where) {
        spoor_conditions *found = f->found;
        if (found->count == f->where_capacity) {
            uint32_t capacity = f->where_capacity;
            found->operators = grown(f->arena, found->operators, found->count, &capacity,
                                     sizeof *found->operators);
            found->wheres = grown(f->arena, found->wheres, found->count, &f->where_capacity,
                                  sizeof *found->wheres);
        }
        found->operators[found->count] = node;
        found->wheres[found->count++] = build(f, node->last, is_certain, false);
        return;
    }
    /* Behind these a row is not the row that a where above has seen, or not every row has seen it. */
    bool is_one_of_several = node->kind == SPOOR_AST_UNION || node->kind == SPOOR_AST_JOIN ||
                             node->kind == SPOOR_AST_LOOKUP || node->kind == SPOOR_AST_LET;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        visit(f, child, is_certain && !is_one_of_several);
    }
}

spoor_conditions *spoor_conditions_find(spoor_arena *arena, const spoor_ast *tree) {
    spoor_conditions *found = SPOOR_NEW(arena, spoor_conditions);
    finder f = {.arena = arena, .tree = tree, .found = found};
    visit(&f, tree, true);
    return found;
}

spoor_str spoor_condition_text(spoor_arena *arena, spoor_str query, spoor_span span, size_t most) {
    spoor_buffer text = {.arena = arena};
    bool is_blank = false;
    for (uint32_t i = span.start; i < span.end && i < query.len; i++) {
        char c = query.ptr[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            is_blank = true;
            continue;
        }
        if (text.len >= most && ((unsigned char)c & 0xC0) != 0x80) {
            spoor_buffer_put(&text, SPOOR_STR("\xE2\x80\xA6"));
            break;
        }
        if (is_blank && text.len > 0) {
            spoor_buffer_put_char(&text, ' ');
        }
        is_blank = false;
        spoor_buffer_put_char(&text, c);
    }
    return spoor_buffer_text(&text);
}

/* -- asking ------------------------------------------------------------------------------------ */

static bool holds(const comparison *c, spoor_str text, spoor_str value) {
    switch (c->relation) {
    case EQUALS: return spoor_text_equals(text, value, c->fold);
    case CONTAINS: return true; /* its needle was found */
    case STARTS: return spoor_text_starts_with(text, value, c->fold);
    case ENDS: return spoor_text_ends_with(text, value, c->fold);
    case HAS: return spoor_text_has(text, value, c->fold);
    case HAS_PREFIX: return spoor_text_has_prefix(text, value, c->fold);
    case HAS_SUFFIX: return spoor_text_has_suffix(text, value, c->fold);
    }
    return false;
}

static void add_mark(spoor_mark *marks, uint32_t *nmarks, spoor_mark mark) {
    if (*nmarks == SPOOR_MAX_MARKS || mark.start >= mark.end) {
        return;
    }
    uint32_t at = *nmarks;
    while (at > 0 && marks[at - 1].start > mark.start) {
        marks[at] = marks[at - 1];
        at--;
    }
    marks[at] = mark;
    ++*nmarks;
}

/* Where the value stands in the text: the first place, the last one of endswith. */
static void mark_value(const comparison *c, spoor_str text, spoor_str value, spoor_mark *marks,
                       uint32_t *nmarks) {
    size_t start = 0, end = text.len;
    if (c->relation != EQUALS) {
        start = spoor_text_find(text, 0, value, c->fold, &end);
    }
    while (c->relation == ENDS && start != SIZE_MAX && end < text.len) {
        do {
            start++;
        } while (start < text.len && ((unsigned char)text.ptr[start] & 0xC0) == 0x80);
        start = spoor_text_find(text, start, value, c->fold, &end);
    }
    if (start != SIZE_MAX) {
        add_mark(marks, nmarks, (spoor_mark){start, end});
    }
}

static void merge_marks(spoor_mark *marks, uint32_t *nmarks) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < *nmarks; i++) {
        if (n > 0 && marks[i].start <= marks[n - 1].end) {
            marks[n - 1].end = marks[i].end > marks[n - 1].end ? marks[i].end : marks[n - 1].end;
        } else {
            marks[n++] = marks[i];
        }
    }
    *nmarks = n;
}

spoor_truth spoor_condition_ask(const spoor_condition *leaf, spoor_str value,
                                spoor_mark marks[SPOOR_MAX_MARKS], uint32_t *nmarks) {
    bool negated;
    const comparison *found = find_comparison(leaf->operator, & negated);
    *nmarks = 0;
    if (leaf->column.len == 0 || found == NULL || leaf->nvalues == 0) {
        return SPOOR_UNKNOWN;
    }
    comparison own = *found;
    const comparison *c = &own;
    own.fold |= leaf->is_folded;
    uint32_t met = 0;
    for (uint32_t i = 0; i < leaf->nvalues; i++) {
        bool is_there = leaf->needles == NULL || spoor_needle_in(&leaf->needles[i], value);
        if (is_there && holds(c, value, leaf->values[i])) {
            met++;
            if (!negated) {
                mark_value(c, value, leaf->values[i], marks, nmarks);
            }
        }
    }
    bool is_true = c->all ? met == leaf->nvalues : met > 0;
    if (!is_true) {
        *nmarks = 0;
    }
    merge_marks(marks, nmarks);
    return is_true != negated ? SPOOR_TRUE : SPOOR_FALSE;
}
