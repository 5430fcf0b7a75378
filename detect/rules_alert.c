/* rules_alert.c - see rules_alert.h. */
#include "detect/rules_alert.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "base/time.h"
#include "parser/parse.h"
#include "regex/regex.h"
#include "types/dynamic.h"

enum { PREDICATE_BYTES = 160 };

/* -- evidence ---------------------------------------------------------------------------------- */

/* What operators of the query make under a name, in the order of the text: few, and each leaf asks for them. */
typedef struct made_columns {
    const spoor_ast **items; /* NAMED, with what it is made of below */
    uint32_t count, capacity;
} made_columns;

static void list_made(spoor_arena *arena, const spoor_ast *node, made_columns *made) {
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (child->kind == SPOOR_AST_NAMED && child->first != NULL &&
            node->kind != SPOOR_AST_CALL) {
            SPOOR_GROW(arena, made->items, made->count, &made->capacity);
            made->items[made->count++] = child;
        }
        list_made(arena, child, made);
    }
}

/* Where the rows show the column that the leaf compares: as it is, or renamed behind the leaf; -1: nowhere. */
static int shown_column(const made_columns *made, const spoor_schema *schema, uint32_t ncols,
                        const spoor_condition *leaf) {
    bool is_remade = false;
    spoor_str renamed = {0};
    if (leaf->column.len == 0) {
        return -1;
    }
    for (uint32_t i = 0; i < made->count; i++) {
        const spoor_ast *node = made->items[i];
        if (node->span.start <= leaf->span.start) {
            continue;
        }
        if (node->first->kind == SPOOR_AST_NAME && spoor_str_eq(node->first->text, leaf->column)) {
            renamed = node->text;
        } else {
            is_remade |= spoor_str_eq(node->text, leaf->column);
        }
    }
    int c = is_remade ? -1 : spoor_schema_find(schema, leaf->column);
    if (c < 0 && renamed.len > 0) {
        c = spoor_schema_find(schema, renamed);
    }
    return c >= 0 && (uint32_t)c < ncols ? c : -1;
}

enum { MATCHER_BYTES = 64 << 10 };

/* NULL: it is no `matches regex` of a column as it is. */
static spoor_regex_matcher *matcher_of(spoor_arena *arena, const spoor_condition *leaf) {
    spoor_regex_error error;
    if (!spoor_str_is(leaf->operator, "matches regex") || leaf->nvalues != 1 || leaf->is_folded) {
        return NULL;
    }
    const spoor_regex *regex = spoor_regex_compile(arena, leaf->values[0], 0, &error);
    return regex != NULL ? spoor_regex_matcher_new(arena, regex, MATCHER_BYTES) : NULL;
}

const spoor_evidence *spoor_rule_evidence(spoor_rules *rules, uint32_t rule) {
    spoor_rule_state *state = &rules->states[rule];
    spoor_arena *arena = &rules->arena;
    if (state->evidence != NULL) {
        return state->evidence;
    }
    spoor_evidence *e = SPOOR_NEW(arena, spoor_evidence);
    state->evidence = e;
    spoor_str text = spoor_arena_str(arena, rules->set.rules[rule].query);
    spoor_diags unread = {.arena = arena};
    spoor_diags_add_source(&unread, (spoor_source){.name = "", .text = text});
    const spoor_ast *tree = spoor_parse(arena, text, (spoor_parse_options){0}, &unread);
    if (!state->is_compiled || tree == NULL) {
        return e;
    }
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    const spoor_conditions *all = spoor_conditions_find(arena, tree);
    made_columns made = {0};
    list_made(arena, tree, &made);
    e->leaves = SPOOR_NEW_ARRAY(arena, const spoor_condition *, all->nleaves + 1);
    e->columns = SPOOR_NEW_ARRAY(arena, int, all->nleaves + 1);
    e->texts = SPOOR_NEW_ARRAY(arena, spoor_str, all->nleaves + 1);
    e->matchers = SPOOR_NEW_ARRAY(arena, spoor_regex_matcher *, all->nleaves + 1);
    for (uint32_t i = 0; i < all->nleaves; i++) {
        const spoor_condition *leaf = all->leaves[i];
        bool is_negative = leaf->operator.len> 0 && leaf->operator.ptr[0] == '!';
        int column = shown_column(&made, schema, ncols, leaf);
        if (!is_negative && !leaf->is_denied && (column >= 0 || leaf->is_certain)) {
            e->leaves[e->count] = leaf;
            e->columns[e->count] = column;
            e->matchers[e->count] = column >= 0 ? matcher_of(arena, leaf) : NULL;
            e->texts[e->count++] = spoor_condition_text(arena, text, leaf->span, PREDICATE_BYTES);
        }
    }
    return e;
}

/* Of a bag that is shown as one, which is parsed when the first leaf asks. */
static spoor_str member_text(spoor_arena *arena, const spoor_rule_row *row, int column,
                             spoor_str name) {
    spoor_str *bag = &row->bags[column], member;
    bool has = bag->len > 0 || spoor_dynamic_parse_json(arena, row->cells[column], bag);
    return has && spoor_dynamic_get(*bag, name, &member) ? spoor_dynamic_to_text(arena, member)
                                                         : (spoor_str){0};
}

spoor_truth spoor_evidence_ask(const spoor_evidence *e, uint32_t i, spoor_arena *arena,
                               const spoor_rule_row *row, spoor_mark marks[SPOOR_MAX_MARKS],
                               uint32_t *nmarks) {
    const spoor_condition *leaf = e->leaves[i];
    spoor_truth truth = SPOOR_UNKNOWN;
    *nmarks = 0;
    if (e->columns[i] >= 0 && (uint32_t)e->columns[i] < row->ncols) {
        int column = e->columns[i];
        spoor_str text = leaf->member.len > 0 ? member_text(arena, row, column, leaf->member)
                                              : spoor_cell_text(arena, row->cells[column]);
        truth = spoor_condition_ask(leaf, text, marks, nmarks);
        spoor_regex_span found;
        if (e->matchers[i] != NULL) {
            bool is_match = spoor_regex_find(e->matchers[i], text, 0, &found, 1);
            truth = is_match ? SPOOR_TRUE : SPOOR_FALSE;
            *nmarks = is_match && found.end > found.start;
            marks[0] = is_match ? (spoor_mark){found.start, found.end} : (spoor_mark){0, 0};
        }
        if (leaf->member.len > 0) {
            *nmarks = 0;
        }
    }
    return truth == SPOOR_UNKNOWN && leaf->is_certain ? SPOOR_TRUE : truth;
}

/* -- texts of an alert ------------------------------------------------------------------------- */

spoor_str spoor_rule_key(spoor_arena *arena, const spoor_rule *rule) {
    return rule->id.len > 0 ? rule->id
                            : spoor_arena_format(arena, "%.*s#%u", (int)rule->file->stem.len,
                                                 rule->file->stem.ptr, rule->index);
}

typedef struct maker {
    spoor_rules *rules;
    spoor_arena *arena;   /* the rules' */
    spoor_arena *scratch; /* of a row */
    const spoor_rule *rule;
    const spoor_rule_state *state;
    const spoor_schema *schema;
    uint32_t ncols;
    uint32_t capacity; /* of rules->alerts */
} maker;

static spoor_str column_text(maker *m, const spoor_rule_row *row, spoor_str name) {
    int c = spoor_schema_find(m->schema, name);
    return c >= 0 && (uint32_t)c < row->ncols ? spoor_cell_text(m->scratch, row->cells[c])
                                              : (spoor_str){0};
}

/* {{Column}} is the row's value; a column that is not there stays as written. */
static spoor_str fill_in(maker *m, spoor_str format, const spoor_rule_row *row) {
    spoor_buffer text = {.arena = m->arena};
    for (size_t i = 0; i < format.len;) {
        size_t end = i + 2;
        bool opens = i + 2 <= format.len && format.ptr[i] == '{' && format.ptr[i + 1] == '{';
        while (opens && end + 2 <= format.len && memcmp(format.ptr + end, "}}", 2) != 0) {
            end++;
        }
        spoor_str name = opens && end + 2 <= format.len
                             ? spoor_str_trim((spoor_str){format.ptr + i + 2, end - i - 2})
                             : (spoor_str){0};
        if (name.len > 0 && spoor_schema_find(m->schema, name) >= 0) {
            spoor_buffer_put(&text, column_text(m, row, name));
            i = end + 2;
        } else {
            spoor_buffer_put_char(&text, format.ptr[i++]);
        }
    }
    return spoor_buffer_text(&text);
}

static spoor_str row_hash(maker *m, const spoor_rule_row *row) {
    spoor_buffer all = {.arena = m->scratch};
    unsigned char digest[SPOOR_SHA256_BYTES];
    for (uint32_t c = 0; c < row->ncols; c++) {
        spoor_buffer_put(&all, row->cells[c]);
        spoor_buffer_put_char(&all, '\t');
    }
    spoor_sha256 hash;
    spoor_sha256_begin(&hash);
    spoor_sha256_add(&hash, spoor_buffer_text(&all).ptr, spoor_buffer_text(&all).len);
    spoor_sha256_end(&hash, digest);
    return spoor_arena_format(m->arena, "%02x%02x%02x%02x%02x%02x%02x%02x", digest[0], digest[1],
                              digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
}

/* What alertDetailsOverride makes of the first row. */
static void override(maker *m, spoor_alert *a, const spoor_rule_row *row) {
    const spoor_rule *rule = m->rule;
    if (rule->alert_title.len > 0) {
        a->title = fill_in(m, rule->alert_title, row);
    }
    if (rule->alert_description.len > 0) {
        a->description = fill_in(m, rule->alert_description, row);
    }
    if (rule->alert_severity_column.len > 0) {
        spoor_level level;
        if (spoor_level_parse(column_text(m, row, rule->alert_severity_column), &level)) {
            a->level = level;
        }
    }
    if (rule->alert_tactics_column.len > 0) {
        spoor_str_list tactics = {0};
        spoor_rule_add_tactics(
            m->arena, spoor_arena_str(m->arena, column_text(m, row, rule->alert_tactics_column)),
            &tactics);
        if (tactics.count > 0) {
            a->tactics = tactics;
        }
    }
}

/* -- what rows add to an alert ----------------------------------------------------------------- */

static void add_text(maker *m, spoor_alert *a, spoor_str_list *list, spoor_str text) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (spoor_str_eq(list->items[i], text)) {
            return;
        }
    }
    if (list->count >= SPOOR_MAX_ALERT_VALUES) {
        a->is_cut = true;
    } else if (text.len > 0) {
        spoor_str_list_add(m->arena, list, spoor_arena_str(m->arena, text));
    }
}

static bool same_entity(const spoor_entity *a, const spoor_entity *b) {
    bool is_same = a->count == b->count && spoor_str_eq(a->type, b->type);
    for (uint32_t i = 0; i < a->count && is_same; i++) {
        is_same =
            spoor_str_eq(a->names[i], b->names[i]) && spoor_str_eq(a->values[i], b->values[i]);
    }
    return is_same;
}

static void add_entity(maker *m, spoor_alert *a, const spoor_entity *entity) {
    for (uint32_t i = 0; i < a->nentities; i++) {
        if (same_entity(&a->entities[i], entity)) {
            return;
        }
    }
    if (a->nentities == SPOOR_MAX_ALERT_VALUES) {
        a->is_cut = true;
        return;
    }
    if (a->entities == NULL) {
        a->entities = SPOOR_NEW_ARRAY(m->arena, spoor_entity, SPOOR_MAX_ALERT_VALUES);
    }
    spoor_entity *kept = &a->entities[a->nentities++];
    *kept = (spoor_entity){.type = entity->type,
                           .names = SPOOR_NEW_ARRAY(m->arena, spoor_str, entity->count),
                           .values = SPOOR_NEW_ARRAY(m->arena, spoor_str, entity->count),
                           .count = entity->count};
    for (uint32_t i = 0; i < entity->count; i++) {
        kept->names[i] = entity->names[i];
        kept->values[i] = spoor_arena_str(m->arena, entity->values[i]);
    }
}

/* Lists of the entity that a reader looks for by name. */
static void add_lists(maker *m, spoor_alert *a, const spoor_entity *entity) {
    bool is_host = spoor_rule_word_is(entity->type, SPOOR_STR("Host"));
    bool is_user = spoor_rule_word_is(entity->type, SPOOR_STR("Account"));
    for (uint32_t i = 0; i < entity->count && (is_host || is_user); i++) {
        spoor_str name = entity->names[i];
        if (is_host && (spoor_str_is(name, "FullName") || spoor_str_is(name, "HostName"))) {
            add_text(m, a, &a->hosts, entity->values[i]);
        }
        if (is_user && (spoor_str_is(name, "FullName") || spoor_str_is(name, "Name"))) {
            add_text(m, a, &a->users, entity->values[i]);
        }
    }
}

static void note_time(spoor_alert *a, spoor_str text) {
    int64_t time;
    if (text.len > 0 && spoor_time_parse(text, &time)) {
        a->first = !a->has_times || time < a->first ? time : a->first;
        a->last = !a->has_times || time > a->last ? time : a->last;
        a->has_times = true;
    }
}

static void add_row(maker *m, spoor_alert *a, const spoor_rule_row *row) {
    uint32_t count;
    if (a->nrows++ == 0) {
        override(m, a, row);
    }
    note_time(a, column_text(m, row, SPOOR_STR("TimeGenerated")));
    add_text(m, a, &a->hosts, column_text(m, row, SPOOR_STR("Computer")));
    for (int is_mapped = m->rule->nentities > 0; is_mapped >= 0; is_mapped--) {
        const spoor_entity *entities =
            spoor_rule_entities(m->scratch, m->rule, m->schema, row, is_mapped != 0, &count);
        for (uint32_t i = 0; i < count; i++) {
            add_lists(m, a, &entities[i]); /* also of columns that the rule does not map */
            if (is_mapped != 0 || m->rule->nentities == 0) {
                add_entity(m, a, &entities[i]);
            }
        }
    }
    for (uint32_t i = 0; i < m->rule->ndetails; i++) {
        add_text(m, a, &a->details[i].values, column_text(m, row, m->rule->details[i].column));
    }
    for (uint32_t i = 0; i < a->evidence->count; i++) {
        spoor_mark marks[SPOOR_MAX_MARKS];
        uint32_t nmarks;
        a->evidence_rows[i] +=
            spoor_evidence_ask(a->evidence, i, m->scratch, row, marks, &nmarks) == SPOOR_TRUE;
    }
}

/* -- alerts ------------------------------------------------------------------------------------ */

static spoor_alert *new_alert(maker *m, uint32_t number, int64_t at, uint64_t first_row,
                              uint64_t hits) {
    spoor_rules *rules = m->rules;
    SPOOR_GROW(m->arena, rules->alerts, rules->nalerts, &m->capacity);
    uint32_t rule = (uint32_t)(m->rule - rules->set.rules);
    spoor_alert *a = &rules->alerts[rules->nalerts++];
    *a = (spoor_alert){.rule = rule,
                       .number = number,
                       .key = spoor_rule_key(m->arena, m->rule),
                       .title = m->rule->title,
                       .description = m->rule->description,
                       .level = m->rule->level,
                       .tactics = m->rule->tactics,
                       .at = at,
                       .hits = hits,
                       .first_row = first_row,
                       .evidence = spoor_rule_evidence(rules, rule)};
    a->details = SPOOR_NEW_ARRAY(m->arena, spoor_alert_detail, m->rule->ndetails + 1);
    for (uint32_t i = 0; i < m->rule->ndetails; i++) {
        a->details[i].name = m->rule->details[i].name;
    }
    a->evidence_rows = SPOOR_NEW_ARRAY(m->arena, uint32_t, a->evidence->count + 1);
    return a;
}

/* Alerts of one run: rows [done, done + firing->rows) of those that are kept. */
static bool make_of(maker *m, const spoor_rule_firing *firing, uint64_t done, uint32_t *number) {
    spoor_rule_row row;
    uint64_t end = done + firing->rows, left = firing->hits;
    if (firing->rows == 0) { /* fewer rows than a threshold is an alert too */
        spoor_alert *a = new_alert(m, (*number)++, firing->at, done, firing->hits);
        a->has_times = firing->has_times;
        a->first = firing->first;
        a->last = firing->last;
    }
    for (uint32_t n = 0; done < end; n++) {
        bool is_single = m->rule->alert_per_result && n + 1 < SPOOR_MAX_ALERTS_OF_RULE;
        spoor_alert *a = new_alert(m, (*number)++, firing->at, done, is_single ? 1 : left);
        uint64_t last = is_single ? done + 1 : end;
        left -= is_single;
        for (; done < last; done++) {
            spoor_arena_rewind(m->scratch);
            if (m->rules->engine->cancel || !spoor_spool_next(m->rules, m->scratch, &row)) {
                return false;
            }
            add_row(m, a, &row);
            if (is_single) {
                a->key = spoor_arena_format(m->arena, "%.*s/%s", (int)a->key.len, a->key.ptr,
                                            row_hash(m, &row).ptr);
            }
        }
        if (!m->rule->alert_per_result &&
            firing->has_times) { /* of all rows, not of those that are kept */
            a->has_times = true;
            a->first = firing->first;
            a->last = firing->last;
        }
    }
    return true;
}

static void make(maker *m) {
    const spoor_rule_state *state = m->state;
    spoor_rule_firing once = {.at = m->rules->summary.now,
                              .hits = state->hits,
                              .rows = state->rows,
                              .has_times = state->has_times,
                              .first = state->first,
                              .last = state->last};
    uint64_t done = 0;
    uint32_t number = 0;
    m->schema = spoor_rule_schema(state, &m->ncols);
    spoor_spool_seek(m->rules, state);
    bool ok = state->nfirings > 0 || make_of(m, &once, 0, &number);
    for (uint32_t i = 0; i < state->nfirings && ok; i++) {
        ok = make_of(m, &state->firings[i], done, &number);
        done += state->firings[i].rows;
    }
}

static void make_all(maker *m) {
    spoor_rules *rules = m->rules;
    rules->alerts = NULL;
    rules->nalerts = 0;
    for (uint32_t i = 0; i < rules->set.count && !rules->engine->cancel; i++) {
        if (rules->states[i].is_alert) {
            m->rule = &rules->set.rules[i];
            m->state = &rules->states[i];
            rules->states[i].first_alert = rules->nalerts;
            make(m);
            rules->states[i].nalerts = rules->nalerts - rules->states[i].first_alert;
        }
    }
}

spoor_status spoor_rules_make_alerts(spoor_rules *rules) {
    spoor_arena scratch = {.memory = &rules->engine->memory};
    maker m = {.rules = rules, .arena = &rules->arena, .scratch = &scratch};
    jmp_buf door;
    rules->arena.on_oom = scratch.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        make_all(&m);
    }
    rules->arena.on_oom = NULL;
    spoor_arena_reset(&scratch);
    if (is_out) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "the alerts do not fit the memory limit");
    }
    return rules->engine->cancel
               ? spoor_engine_fail(rules->engine, SPOOR_ERR_CANCELLED, "cancelled")
               : SPOOR_OK;
}
