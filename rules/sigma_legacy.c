/* sigma_legacy.c - forms of Sigma before version 2: `action: global` and aggregations behind `|`.
 *
 *   condition = tree "|" "count" "(" [field] ")" ["by" field {"," field}] op number
 *             | tree "|" ("sum" | "avg") "(" field ")" ["by" ...] op number
 *             | tree "|" "near" selection {"and" selection}
 *
 * with `timeframe`.  They become what a correlation of today is: event_count,
 * value_count, value_sum, value_avg; near: temporal.  min, max, `near` with `not`
 * and an aggregation without a timeframe have no such equal and fail by name. */
#include "rules/sigma.h"

/* -- action ------------------------------------------------------------------------------------ */

enum { MOST_WORK = 1 << 24 }; /* keys compared in one file */

/* What `over` has goes before what `under` has, map by map. */
static const spoor_yaml *merge(spoor_arena *arena, uint32_t *work, const spoor_yaml *under,
                               const spoor_yaml *over, int depth) {
    if (under == NULL || over == NULL || under->kind != SPOOR_YAML_MAP ||
        over->kind != SPOOR_YAML_MAP || depth > SPOOR_YAML_MAX_DEPTH || *work > MOST_WORK) {
        return over != NULL ? over : under;
    }
    spoor_yaml *merged = SPOOR_NEW(arena, spoor_yaml);
    *merged = (spoor_yaml){
        .kind = SPOOR_YAML_MAP, .span = over->span, .weight = under->weight + over->weight};
    for (int round = 0; round < 2; round++) {
        for (const spoor_yaml_item *i = round == 0 ? under->first : over->first; i != NULL;
             i = i->next) {
            const spoor_yaml_item *other = (round == 0 ? over : under)->first;
            while (other != NULL && !spoor_str_eq(other->key, i->key)) {
                other = other->next;
                ++*work;
            }
            if (round == 1 && other != NULL) {
                continue; /* merged where `under` has it */
            }
            spoor_yaml_item *item = SPOOR_NEW(arena, spoor_yaml_item);
            const spoor_yaml *value =
                other != NULL ? merge(arena, work, i->value, other->value, depth + 1) : i->value;
            *item = (spoor_yaml_item){.key = i->key, .key_span = i->key_span};
            item->value =
                (spoor_yaml *)(uintptr_t)value; /* nobody writes to a tree that was read */
            *(merged->last != NULL ? &merged->last->next : &merged->first) = item;
            merged->last = item;
        }
    }
    return merged;
}

bool spoor_sigma_inherit(spoor_arena *arena, spoor_sigma_inherited *inherited,
                         const spoor_yaml **root) {
    const spoor_yaml *action = spoor_yaml_get(*root, "action");
    spoor_str word =
        action != NULL && action->kind == SPOOR_YAML_SCALAR ? action->text : (spoor_str){0};
    if (spoor_str_is(word, "global")) {
        inherited->global = *root;
        return false;
    }
    if (spoor_str_is(word, "reset")) {
        inherited->global = NULL;
    }
    const spoor_yaml *under = spoor_str_is(word, "repeat") && inherited->last != NULL
                                  ? inherited->last
                                  : inherited->global;
    *root = under != NULL ? merge(arena, &inherited->work, under, *root, 0) : *root;
    inherited->last = *root;
    return true;
}

/* -- aggregations ------------------------------------------------------------------------------ */

typedef struct parser {
    spoor_sigma_reader *r;
    spoor_str text;
    size_t at;
    spoor_str word; /* the next; empty: the end */
    const spoor_yaml *condition, *map;
    spoor_sigma_correlation *c;
} parser;

static void next(parser *p) {
    while (p->at < p->text.len && spoor_is_blank(p->text.ptr[p->at])) {
        p->at++;
    }
    size_t from = p->at;
    if (p->at < p->text.len && strchr("(),", p->text.ptr[p->at]) != NULL) {
        p->at++;
    } else {
        while (p->at < p->text.len && !spoor_is_blank(p->text.ptr[p->at]) &&
               strchr("(),", p->text.ptr[p->at]) == NULL) {
            p->at++;
        }
    }
    p->word = (spoor_str){p->text.ptr + from, p->at - from};
}

static bool fail(const parser *p, const char *message) {
    return spoor_fail(p->r->diags, p->condition->span, "aggregation: %s", message);
}

static bool read_groups(parser *p) {
    if (!spoor_rule_word_is(p->word, SPOOR_STR("by"))) {
        return true;
    }
    do {
        next(p);
        if (p->word.len == 0 || strchr("(),<>=", p->word.ptr[0]) != NULL) {
            return fail(p, "'by' needs a field");
        }
        spoor_str_list_add(p->r->arena, &p->c->groups, p->word);
        next(p);
    } while (spoor_str_is(p->word, ","));
    return true;
}

static bool read_bound(parser *p) {
    static const char *const operators[][2] = {{">", ">"},   {">=", ">="}, {"<", "<"},
                                               {"<=", "<="}, {"=", "=="},  {"==", "=="}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (spoor_str_is(p->word, operators[i][0])) {
            next(p);
            if (!spoor_sigma_is_number(p->word)) {
                return fail(p, "a number is expected behind the comparison");
            }
            p->c->bounds[p->c->nbounds++] = (spoor_sigma_bound){operators[i][1], p->word};
            next(p);
            return p->word.len == 0 || fail(p, "nothing is expected behind the number");
        }
    }
    return fail(p, "a comparison such as > 5 is expected");
}

static bool read_function(parser *p) {
    static const struct {
        const char *name;
        spoor_sigma_measure measure;
    } functions[] = {{"count", SPOOR_SIGMA_EVENT_COUNT},
                     {"sum", SPOOR_SIGMA_VALUE_SUM},
                     {"avg", SPOOR_SIGMA_VALUE_AVG}};
    size_t i = 0;
    while (i < 3 && !spoor_rule_word_is(p->word, spoor_str_from(functions[i].name))) {
        i++;
    }
    if (i == 3) {
        return fail(p, "only count, sum, avg and near are supported");
    }
    p->c->measure = functions[i].measure;
    next(p);
    if (!spoor_str_is(p->word, "(")) {
        return fail(p, "'(' is expected");
    }
    next(p);
    if (p->word.len > 0 && !spoor_str_is(p->word, ")")) {
        spoor_str_list_add(p->r->arena, &p->c->fields, p->word);
        p->c->measure = i == 0 ? SPOOR_SIGMA_VALUE_COUNT : p->c->measure;
        next(p);
    }
    if (!spoor_str_is(p->word, ")")) {
        return fail(p, "')' is expected");
    }
    if (i > 0 && p->c->fields.count == 0) {
        return fail(p, "sum and avg need a field");
    }
    next(p);
    return read_groups(p) && read_bound(p);
}

static void add_member(parser *p, spoor_sigma_node *tree) {
    p->c->members[p->c->nmembers++] =
        (spoor_sigma_member){.span = p->condition->span, .tree = tree};
}

static bool read_near(parser *p) {
    p->c->measure = SPOOR_SIGMA_TEMPORAL;
    do {
        next(p);
        const spoor_yaml_item *i = p->map->first;
        while (i != NULL && !spoor_str_eq(i->key, p->word)) {
            i = i->next;
        }
        if (i == NULL || spoor_str_is(p->word, "condition") || spoor_str_is(p->word, "timeframe")) {
            return fail(p, "behind 'near' selections joined by 'and' are supported");
        }
        spoor_sigma_node *tree = spoor_sigma_read_selection(p->r, i->value);
        if (tree == NULL) {
            return false;
        }
        if (p->c->nmembers == SPOOR_SIGMA_MAX_MEMBERS) {
            return fail(p, "too many selections");
        }
        add_member(p, tree);
        next(p);
    } while (spoor_rule_word_is(p->word, SPOOR_STR("and")));
    return p->word.len == 0 || fail(p, "behind 'near' selections joined by 'and' are supported");
}

bool spoor_sigma_read_aggregation(spoor_sigma_reader *r, spoor_str text,
                                  const spoor_yaml *condition, const spoor_yaml *map,
                                  spoor_sigma_node *tree) {
    parser p = {.r = r, .text = text, .condition = condition, .map = map};
    const spoor_yaml *timeframe = spoor_yaml_get(map, "timeframe");
    if (timeframe == NULL || timeframe->kind != SPOOR_YAML_SCALAR ||
        !spoor_sigma_is_timespan(timeframe->text)) {
        return fail(&p, "it needs a 'timeframe': a number and s, m, h or d");
    }
    p.c = SPOOR_NEW(r->arena, spoor_sigma_correlation);
    p.c->members = SPOOR_NEW_ARRAY(r->arena, spoor_sigma_member, SPOOR_SIGMA_MAX_MEMBERS);
    p.c->span_text = timeframe->text;
    add_member(&p, tree);
    next(&p);
    bool ok = spoor_rule_word_is(p.word, SPOOR_STR("near")) ? read_near(&p) : read_function(&p);
    r->aggregation = p.c;
    return ok;
}
