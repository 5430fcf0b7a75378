/* filter.c - bound predicates to trees of shared questions; see filter.h.
 *
 * `not` moves down: what a negation keeps is where its inside is false, and
 * `and` is false where one part is.  That holds with nulls too.  What is known
 * is found again by its words: the expression written as bytes. */
#include "pass/filter.h"

#include "base/hash.h"
#include "base/text_match.h"
#include "base/utf8.h"
#include "functions/text_arg.h"
#include "pass/words.h"
#include "planner/bound.h"

typedef struct spoor_pass_known {
    spoor_str words;
    void *what;                    /* a leaf or a source */
    struct spoor_pass_known *next; /* in its slot */
} known;

typedef struct builder { /* of one filter */
    spoor_pass_set *set;
    const spoor_plan *scan;
    spoor_arena *scratch;
} builder;

/* -- words ------------------------------------------------------------------------------------- */

static uint32_t column_number(spoor_pass_set *set, const spoor_scan_column *column) {
    for (uint32_t i = 0; i < set->ncolumns; i++) {
        const spoor_scan_column *here = &set->columns[i];
        if (here->column == column->column && here->type == column->type &&
            spoor_str_eq(here->member, column->member)) {
            return i;
        }
    }
    SPOOR_GROW(set->arena, set->columns, set->ncolumns, &set->columns_capacity);
    set->columns[set->ncolumns] = *column;
    set->columns[set->ncolumns].member = spoor_arena_str(set->arena, column->member);
    return set->ncolumns++;
}

/* As deep as the tree: SPOOR_MAX_DEPTH. */
static void put_words(builder *b, spoor_buffer *out, const spoor_bound *e) {
    unsigned char head[3] = {(unsigned char)e->kind, (unsigned char)e->type, e->is_null_text};
    spoor_words_put(out, head, sizeof head);
    switch (e->kind) {
    case SPOOR_BOUND_COLUMN: {
        uint32_t column = column_number(b->set, &b->scan->scan.columns[e->column]);
        spoor_words_put(out, &column, sizeof column);
        return;
    }
    case SPOOR_BOUND_CONSTANT: spoor_words_put_value(out, &e->value); return;
    case SPOOR_BOUND_SUBPLAN: return; /* never gets here: is_fixed() */
    case SPOOR_BOUND_CALL: break;
    }
    spoor_words_put(out, &e->function, sizeof e->function);
    spoor_words_put(out, &e->nargs, sizeof e->nargs);
    for (uint32_t i = 0; i < e->nargs; i++) {
        put_words(b, out, e->args[i]);
    }
}

static spoor_str words_of(builder *b, char prefix, const spoor_bound *e) {
    spoor_buffer out = {.arena = b->scratch};
    spoor_buffer_put_char(&out, prefix);
    put_words(b, &out, e);
    return spoor_buffer_text(&out);
}

static void rehash(spoor_pass_set *set) {
    uint32_t nslots = set->nslots > 0 ? set->nslots * 2 : 1024;
    known **slots = SPOOR_NEW_ARRAY(set->arena, known *, nslots);
    for (uint32_t i = 0; i < set->nslots; i++) {
        for (known *k = set->slots[i], *next; k != NULL; k = next) {
            known **slot = &slots[spoor_hash_bytes(k->words.ptr, k->words.len) & (nslots - 1)];
            next = k->next;
            k->next = *slot;
            *slot = k;
        }
    }
    set->slots = slots;
    set->nslots = nslots;
}

/* Where what these words stand for is kept; NULL in it: they are new. */
static void **find(spoor_pass_set *set, spoor_str words) {
    if (set->nknown >= set->nslots) {
        rehash(set);
    }
    known **slot = &set->slots[spoor_hash_bytes(words.ptr, words.len) & (set->nslots - 1)];
    for (known *k = *slot; k != NULL; k = k->next) {
        if (spoor_str_eq(k->words, words)) {
            return &k->what;
        }
    }
    known *made = SPOOR_NEW(set->arena, known);
    *made = (known){.words = spoor_arena_str(set->arena, words), .next = *slot};
    *slot = made;
    set->nknown++;
    return &made->what;
}

/* -- expressions that outlive their plan ------------------------------------------------------- */

static void add_column(spoor_pass_expr *expr, uint32_t column) {
    for (uint32_t i = 0; i < expr->ncolumns; i++) {
        if (expr->columns[i] == column) {
            return;
        }
    }
    expr->columns[expr->ncolumns++] = column;
}

static spoor_bound *copy(builder *b, const spoor_bound *e, spoor_pass_expr *into) {
    spoor_bound *made = SPOOR_NEW(b->set->arena, spoor_bound);
    *made = *e;
    made->span = (spoor_span){0};
    if (e->kind == SPOOR_BOUND_COLUMN) {
        uint32_t column = column_number(b->set, &b->scan->scan.columns[e->column]);
        made->column = (int)column;
        add_column(into, column);
    } else if (e->kind == SPOOR_BOUND_CONSTANT) {
        made->value = spoor_value_copy(b->set->arena, &e->value);
    } else if (e->kind == SPOOR_BOUND_CALL) {
        made->args = SPOOR_NEW_ARRAY(b->set->arena, spoor_bound *, e->nargs);
        for (uint32_t i = 0; i < e->nargs; i++) {
            made->args[i] = copy(b, e->args[i], into);
        }
    }
    return made;
}

static void copy_expr(builder *b, const spoor_bound *e, spoor_pass_expr *into) {
    into->columns = SPOOR_NEW_ARRAY(b->set->arena, uint32_t, b->scan->schema.ncols + 1);
    into->bound = copy(b, e, into);
}

/* -- nodes ------------------------------------------------------------------------------------- */

static spoor_pass_node *new_node(builder *b, spoor_pass_kind kind, uint32_t nparts) {
    spoor_pass_node *node = SPOOR_NEW(b->set->arena, spoor_pass_node);
    *node = (spoor_pass_node){.id = b->set->nnodes++, .kind = kind};
    node->parts = nparts > 0 ? SPOOR_NEW_ARRAY(b->set->arena, spoor_pass_node *, nparts) : NULL;
    return node;
}

static void *grow(spoor_arena *arena, void *items, uint32_t count, uint32_t *capacity) {
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity > 0 ? *capacity * 2 : 256;
    void **grown = SPOOR_NEW_ARRAY(arena, void *, *capacity);
    if (count > 0) {
        memcpy(grown, items, count * sizeof *grown);
    }
    return grown;
}

static spoor_pass_source *source_of(builder *b, const spoor_bound *text) {
    spoor_pass_set *set = b->set;
    void **place = find(set, words_of(b, 's', text));
    if (*place == NULL) {
        spoor_pass_source *source = SPOOR_NEW(set->arena, spoor_pass_source);
        source->id = set->nsources;
        copy_expr(b, text, &source->expr);
        set->sources = grow(set->arena, set->sources, set->nsources, &set->sources_capacity);
        set->sources[set->nsources++] = source;
        *place = source;
    }
    return *place;
}

/* The node that asks `e`, which is of this test; its literals are from the second argument on. */
static spoor_pass_node *leaf_node(builder *b, const spoor_bound *e, const spoor_pass_leaf *like,
                                  const spoor_bound *source, bool negated) {
    spoor_pass_set *set = b->set;
    void **place = find(set, words_of(b, 'q', e));
    if (*place == NULL) {
        spoor_pass_leaf *leaf = SPOOR_NEW(set->arena, spoor_pass_leaf);
        *leaf = *like;
        leaf->id = set->nleaves;
        copy_expr(b, e, &leaf->expr);
        if (source != NULL) {
            spoor_pass_source *asked = source_of(b, source);
            asked->nleaves++;
            leaf->source = asked;
        }
        leaf->texts = SPOOR_NEW_ARRAY(set->arena, spoor_str, like->ntexts + 1);
        leaf->folded = SPOOR_NEW_ARRAY(set->arena, spoor_str, like->ntexts + 1);
        for (uint32_t i = 0; i < like->ntexts; i++) {
            leaf->texts[i] = spoor_arena_str(set->arena, like->texts[i]);
            leaf->folded[i] = spoor_str_fold(set->arena, leaf->texts[i]);
        }
        set->leaves = grow(set->arena, set->leaves, set->nleaves, &set->leaves_capacity);
        set->leaves[set->nleaves++] = leaf;
        *place = leaf;
    }
    spoor_pass_node *node = new_node(b, SPOOR_PASS_LEAF, 0);
    node->leaf = *place;
    node->leaf->uses++;
    node->is_negated = negated;
    return node;
}

static spoor_bound *call(builder *b, const char *name, spoor_bound **args, uint32_t nargs) {
    const spoor_function *row = spoor_function_named(spoor_str_from(name));
    return spoor_bound_call(b->scratch, row, SPOOR_BOOL, args, nargs, args[0]->span);
}

static spoor_pass_node *value_node(builder *b, spoor_bound *e, bool negated) {
    spoor_bound **args = SPOOR_NEW_ARRAY(b->scratch, spoor_bound *, 1);
    args[0] = e;
    spoor_pass_leaf like = {.test = SPOOR_TEST_VALUE};
    return leaf_node(b, negated ? call(b, "not", args, 1) : e, &like, NULL, false);
}

/* -- tests of texts ---------------------------------------------------------------------------- */

static const struct {
    const char *name, *positive; /* positive: of a negated name */
    spoor_pass_test test;
    bool fold;
} tests[] = {
    {"==", NULL, SPOOR_TEST_EQUALS, false},
    {"!=", "==", SPOOR_TEST_EQUALS, false},
    {"=~", NULL, SPOOR_TEST_EQUALS, true},
    {"!~", "=~", SPOOR_TEST_EQUALS, true},
    {"in", NULL, SPOOR_TEST_EQUALS, false},
    {"!in", "in", SPOOR_TEST_EQUALS, false},
    {"in~", NULL, SPOOR_TEST_EQUALS, true},
    {"!in~", "in~", SPOOR_TEST_EQUALS, true},
    {"contains", NULL, SPOOR_TEST_CONTAINS, true},
    {"!contains", "contains", SPOOR_TEST_CONTAINS, true},
    {"contains_cs", NULL, SPOOR_TEST_CONTAINS, false},
    {"!contains_cs", "contains_cs", SPOOR_TEST_CONTAINS, false},
    {"startswith", NULL, SPOOR_TEST_STARTS, true},
    {"!startswith", "startswith", SPOOR_TEST_STARTS, true},
    {"startswith_cs", NULL, SPOOR_TEST_STARTS, false},
    {"!startswith_cs", "startswith_cs", SPOOR_TEST_STARTS, false},
    {"endswith", NULL, SPOOR_TEST_ENDS, true},
    {"!endswith", "endswith", SPOOR_TEST_ENDS, true},
    {"endswith_cs", NULL, SPOOR_TEST_ENDS, false},
    {"!endswith_cs", "endswith_cs", SPOOR_TEST_ENDS, false},
    {"has", NULL, SPOOR_TEST_HAS, true},
    {"!has", "has", SPOOR_TEST_HAS, true},
    {"has_cs", NULL, SPOOR_TEST_HAS, false},
    {"!has_cs", "has_cs", SPOOR_TEST_HAS, false},
    {"hasprefix", NULL, SPOOR_TEST_HAS_PREFIX, true},
    {"!hasprefix", "hasprefix", SPOOR_TEST_HAS_PREFIX, true},
    {"hasprefix_cs", NULL, SPOOR_TEST_HAS_PREFIX, false},
    {"!hasprefix_cs", "hasprefix_cs", SPOOR_TEST_HAS_PREFIX, false},
    {"hassuffix", NULL, SPOOR_TEST_HAS_SUFFIX, true},
    {"!hassuffix", "hassuffix", SPOOR_TEST_HAS_SUFFIX, true},
    {"hassuffix_cs", NULL, SPOOR_TEST_HAS_SUFFIX, false},
    {"!hassuffix_cs", "hassuffix_cs", SPOOR_TEST_HAS_SUFFIX, false},
};

bool spoor_pass_test_text(const spoor_pass_leaf *leaf, uint32_t i, spoor_str text) {
    spoor_str literal = leaf->texts[i];
    switch (leaf->test) {
    case SPOOR_TEST_EQUALS: return spoor_text_equals(text, literal, leaf->fold);
    case SPOOR_TEST_STARTS: return spoor_text_starts_with(text, literal, leaf->fold);
    case SPOOR_TEST_ENDS: return spoor_text_ends_with(text, literal, leaf->fold);
    case SPOOR_TEST_CONTAINS: return spoor_text_contains(text, literal, leaf->fold);
    case SPOOR_TEST_HAS: return spoor_text_has(text, literal, leaf->fold);
    case SPOOR_TEST_HAS_PREFIX: return spoor_text_has_prefix(text, literal, leaf->fold);
    case SPOOR_TEST_HAS_SUFFIX: return spoor_text_has_suffix(text, literal, leaf->fold);
    case SPOOR_TEST_VALUE:
    case SPOOR_TEST_FACTOR: break;
    }
    return false;
}

/* A text, not constant, against constant texts. */
static bool are_texts(const spoor_bound *e) {
    for (uint32_t i = 0; i < e->nargs; i++) {
        bool is_right = i == 0 || e->args[i]->kind == SPOOR_BOUND_CONSTANT;
        if (e->args[i]->type != SPOOR_STRING || !is_right) {
            return false;
        }
    }
    return e->nargs > 1 && spoor_bound_has_columns(e->args[0]);
}

/* What a search by folded bytes finds: a literal that is not empty, and no half of a character. */
static bool is_plain(spoor_str text, spoor_pass_test test) {
    return (text.len > 0 || test == SPOOR_TEST_EQUALS) && spoor_utf8_is_valid(text);
}

/* A text against literals; NULL: it is not that. */
static spoor_pass_node *text_node(builder *b, spoor_bound *e, bool negated) {
    size_t t = 0, ntests = sizeof tests / sizeof *tests;
    while (t < ntests && strcmp(tests[t].name, e->function->name) != 0) {
        t++;
    }
    if (t == ntests || !are_texts(e)) {
        return NULL;
    }
    spoor_pass_leaf like = {.test = tests[t].test, .fold = tests[t].fold};
    like.texts = SPOOR_NEW_ARRAY(b->scratch, spoor_str, e->nargs);
    for (uint32_t i = 1; i < e->nargs; i++) {
        like.texts[like.ntexts++] = e->args[i]->value.string;
        if (!is_plain(e->args[i]->value.string, like.test)) {
            return NULL;
        }
    }
    if (tests[t].positive != NULL) {
        e = call(b, tests[t].positive, e->args, e->nargs);
        negated = !negated;
    }
    return leaf_node(b, e, &like, e->args[0], negated);
}

/* isempty(text), isnotempty(text): equal to '', or not. */
static spoor_pass_node *empty_node(builder *b, const spoor_bound *e, bool negated) {
    bool wants_empty = spoor_bound_is_call(e, "isempty");
    if ((!wants_empty && !spoor_bound_is_call(e, "isnotempty")) || e->nargs != 1 ||
        e->args[0]->type != SPOOR_STRING || !spoor_bound_has_columns(e->args[0])) {
        return NULL;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(b->scratch, spoor_bound *, 2);
    args[0] = e->args[0];
    args[1] = spoor_bound_text(b->scratch, SPOOR_STR(""), e->span);
    return text_node(b, call(b, "==", args, 2), negated == wants_empty);
}

/* has_any, has_all: a question for each text of the list. */
static spoor_pass_node *list_node(builder *b, const spoor_bound *e, bool negated) {
    bool all = spoor_bound_is_call(e, "has_all");
    if ((!all && !spoor_bound_is_call(e, "has_any")) || e->args[0]->type != SPOOR_STRING) {
        return NULL;
    }
    spoor_text_list list = {0};
    for (uint32_t i = 1; i < e->nargs; i++) {
        if (e->args[i]->kind != SPOOR_BOUND_CONSTANT) {
            return NULL;
        }
        spoor_text_list_add_value(b->scratch, &list, &e->args[i]->value);
    }
    if (list.count == 0) {
        return NULL;
    }
    spoor_pass_node *made =
        new_node(b, all != negated ? SPOOR_PASS_AND : SPOOR_PASS_OR, list.count);
    for (uint32_t i = 0; i < list.count; i++) {
        spoor_bound **args = SPOOR_NEW_ARRAY(b->scratch, spoor_bound *, 2);
        args[0] = e->args[0];
        args[1] = spoor_bound_text(b->scratch, list.texts[i], e->span);
        spoor_pass_node *part = text_node(b, call(b, "has", args, 2), negated);
        if (part == NULL) {
            return NULL;
        }
        made->parts[made->nparts++] = part;
    }
    return made;
}

/* The longest of what stands between the *. */
static spoor_str wildcard_factor(spoor_str pattern) {
    spoor_str longest = {0};
    for (size_t i = 0, from = 0; i <= pattern.len; i++) {
        if (i == pattern.len || pattern.ptr[i] == '*') {
            longest = i - from > longest.len ? (spoor_str){pattern.ptr + from, i - from} : longest;
            from = i + 1;
        }
    }
    return longest;
}

/* matches regex, contains with *: what has to be in the text, if that can be told. */
static spoor_pass_node *factor_node(builder *b, spoor_bound *e, bool negated) {
    bool is_regex = spoor_bound_is_call(e, "matches regex");
    if ((!is_regex && !spoor_bound_is_call(e, "__contains_wildcard")) || !are_texts(e) ||
        e->nargs != 2) {
        return NULL;
    }
    spoor_str pattern = e->args[1]->value.string;
    spoor_str factor =
        is_regex ? spoor_regex_factor(b->scratch, pattern) : wildcard_factor(pattern);
    if (!is_plain(factor, SPOOR_TEST_FACTOR)) {
        return NULL;
    }
    spoor_pass_leaf like = {.test = SPOOR_TEST_FACTOR, .fold = true, .texts = &factor, .ntexts = 1};
    return leaf_node(b, e, &like, e->args[0], negated);
}

/* -- trees ------------------------------------------------------------------------------------- */

static spoor_pass_node *build(builder *b, spoor_bound *e, bool negated);

/* What costs least to ask first: values (mostly the event id), then texts, then what is made of them. */
static int rank(const spoor_pass_node *node) {
    return node->kind != SPOOR_PASS_LEAF ? 2 : node->leaf->test == SPOOR_TEST_VALUE ? 0 : 1;
}

static void add_part(spoor_pass_node *made, spoor_pass_node *part) {
    uint32_t at = made->nparts++;
    for (; at > 0 && rank(made->parts[at - 1]) > rank(part); at--) {
        made->parts[at] = made->parts[at - 1];
    }
    made->parts[at] = part;
}

/* An `and` or `or` whose constant parts are settled. */
static spoor_pass_node *tidy(builder *b, spoor_pass_node *made) {
    bool is_and = made->kind == SPOOR_PASS_AND;
    uint32_t n = 0;
    for (uint32_t i = 0; i < made->nparts; i++) {
        spoor_pass_node *part = made->parts[i];
        if (part->kind == (is_and ? SPOOR_PASS_NEVER : SPOOR_PASS_ALWAYS)) {
            return part;
        }
        if (part->kind != (is_and ? SPOOR_PASS_ALWAYS : SPOOR_PASS_NEVER)) {
            made->parts[n++] = part;
        }
    }
    made->nparts = n;
    return n == 0   ? new_node(b, is_and ? SPOOR_PASS_ALWAYS : SPOOR_PASS_NEVER, 0)
           : n == 1 ? made->parts[0]
                    : made;
}

static spoor_pass_node *logic_node(builder *b, const spoor_bound *e, bool negated) {
    bool is_and = spoor_bound_is_call(e, "and") != negated;
    spoor_pass_node *made = new_node(b, is_and ? SPOOR_PASS_AND : SPOOR_PASS_OR, e->nargs);
    for (uint32_t i = 0; i < e->nargs; i++) {
        add_part(made, build(b, e->args[i], negated));
    }
    return tidy(b, made);
}

/* The same for the same row, whoever asks and whenever? */
static bool is_fixed(const spoor_bound *e) {
    bool fixed = e->kind != SPOOR_BOUND_SUBPLAN &&
                 !(e->kind == SPOOR_BOUND_CALL && e->function->is_volatile);
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && fixed && i < e->nargs; i++) {
        fixed = is_fixed(e->args[i]);
    }
    return fixed;
}

/* As deep as the expression. */
static spoor_pass_node *build(builder *b, spoor_bound *e, bool negated) {
    if (e->kind == SPOOR_BOUND_CONSTANT) {
        bool holds = !e->value.is_null && e->value.boolean != negated;
        return new_node(b, holds ? SPOOR_PASS_ALWAYS : SPOOR_PASS_NEVER, 0);
    }
    if (e->kind == SPOOR_BOUND_CALL) {
        if (spoor_bound_is_call(e, "and") || spoor_bound_is_call(e, "or")) {
            return logic_node(b, e, negated);
        }
        if (spoor_bound_is_call(e, "not") && e->nargs == 1 && e->args[0]->type == SPOOR_BOOL) {
            return build(b, e->args[0], !negated);
        }
    }
    if (!is_fixed(e)) {
        return new_node(b, SPOOR_PASS_UNKNOWN, 0);
    }
    spoor_pass_node *made = NULL;
    if (e->kind == SPOOR_BOUND_CALL) {
        made = text_node(b, e, negated);
        made = made != NULL ? made : empty_node(b, e, negated);
        made = made != NULL ? made : list_node(b, e, negated);
        made = made != NULL ? made : factor_node(b, e, negated);
    }
    return made != NULL ? made : value_node(b, e, negated);
}

spoor_pass_node *spoor_pass_filter_of(spoor_pass_set *set, const spoor_plan *scan,
                                      spoor_arena *scratch) {
    builder b = {.set = set, .scan = scan, .scratch = scratch};
    spoor_pass_node *all = new_node(&b, SPOOR_PASS_AND, scan->scan.npredicates);
    for (uint32_t p = 0; p < scan->scan.npredicates; p++) {
        add_part(all, build(&b, scan->scan.predicates[p], false));
    }
    return tidy(&b, all);
}
