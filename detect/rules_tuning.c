/* rules_tuning.c - a tuning file (rules/tuning.h) applied to loaded rules.
 *
 * An allow-list is a `where not(...)` behind the rule's query, so that it is compiled, shared and
 * run as all of it is.  What each entry left out is counted afterwards, by asking the rule as it
 * was for the rows that it allows. */
#include <inttypes.h>

#include "base/buffer.h"
#include "base/safe_text.h"
#include "base/time.h"
#include "detect/rules_replay.h"
#include "detect/rules_tuning.h"
#include "engine/ask.h"
#include "output/output.h"
#include "parser/parse.h"

/* -- reading
 * ----------------------------------------------------------------------------------------------------
 */

static bool read_beside(void *context, const char *path, spoor_str *bytes, const char **why) {
    return spoor_rules_read_file(context, path, bytes, why);
}

static const char *load(spoor_rules *rules, const char *path) {
    spoor_str bytes;
    const char *why;
    rules->tuning.arena = &rules->arena;
    path = spoor_arena_str(&rules->arena, spoor_str_from(path)).ptr;
    if (!spoor_rules_read_file(&rules->arena, path, &bytes, &why)) {
        return spoor_arena_format(&rules->arena, "%s: %s", path, why).ptr;
    }
    why = spoor_tuning_read(&rules->tuning, path, bytes, read_beside, &rules->arena);
    for (uint32_t i = 0; why == NULL && i < rules->set.count; i++) {
        spoor_rule *rule = &rules->set.rules[i];
        for (uint32_t o = 0; o < rules->tuning.noverrides; o++) {
            const spoor_override *override = &rules->tuning.overrides[o];
            if (override->rule.len == 0 || spoor_rule_is_named(rule, override->rule)) {
                rule->level = override->level;
            }
        }
    }
    return why;
}

spoor_status spoor_rules_load_tuning(spoor_rules *rules, const char *path) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    const char *why = setjmp(door) == 0 ? load(rules, path) : "out of memory";
    rules->arena.on_oom = NULL;
    return why == NULL ? SPOOR_OK : spoor_engine_fail(rules->engine, SPOOR_ERR_QUERY, "%s", why);
}

/* -- applying
 * -----------------------------------------------------------------------------------------------------
 */

/* The condition and nothing else; NULL: it is none. */
static const spoor_ast *parse_condition(spoor_arena *arena, spoor_str where) {
    spoor_diags diags = {.arena = arena};
    spoor_str text = spoor_arena_format(arena, "T | where (%.*s\n)", (int)where.len, where.ptr);
    spoor_diags_add_source(&diags, (spoor_source){.name = "allow", .text = text});
    const spoor_ast *tree = spoor_parse(arena, text, (spoor_parse_options){.source = 0}, &diags);
    const spoor_ast *pipeline = tree != NULL && tree->nchildren == 1 ? tree->first : NULL;
    bool is_one = pipeline != NULL && pipeline->kind == SPOOR_AST_PIPELINE &&
                  pipeline->nchildren == 2 && pipeline->last->kind == SPOOR_AST_WHERE;
    return is_one ? pipeline->last->last : NULL;
}

/* A name of the condition that is no column of the rows; empty: all are.  No deeper than
 * SPOOR_MAX_DEPTH. */
static spoor_str missing_name(const spoor_ast *node, const spoor_schema *schema, uint32_t ncols) {
    if (node->kind == SPOOR_AST_NAME) {
        int c = spoor_schema_find(schema, node->text);
        return c >= 0 && (uint32_t)c < ncols ? (spoor_str){0} : node->text;
    }
    spoor_str missing = {0};
    for (const spoor_ast *child = node->first; child != NULL && missing.len == 0;
         child = child->next) {
        missing = missing_name(child, schema, ncols);
    }
    return missing;
}

/* The query without what may stand behind its last operator that gives rows: render, ;, comments.
 */
static spoor_str bare_query(const spoor_query *query) {
    const spoor_ast *last = query->tree->last;
    uint32_t end = last->span.end;
    if (last->kind == SPOOR_AST_PIPELINE && last->last->kind == SPOOR_AST_RENDER) {
        for (const spoor_ast *stage = last->first; stage != last->last; stage = stage->next) {
            end = stage->span.end;
        }
    }
    return (spoor_str){query->text.ptr, end};
}

static void note_use(spoor_rules *rules, uint32_t rule, uint32_t allow, spoor_str bare) {
    SPOOR_GROW(&rules->arena, rules->allowed, rules->nallowed, &rules->allowed_capacity);
    rules->allowed[rules->nallowed++] = (spoor_allowed){rule, allow, bare};
    rules->tuning.allows[allow].is_used = true;
}

static spoor_status allow_rule(spoor_rules *rules, uint32_t i, const spoor_ast **conditions,
                               const spoor_query_options *options) {
    spoor_rule *rule = &rules->set.rules[i];
    spoor_buffer where = {.arena = &rules->arena};
    const spoor_schema *schema = NULL;
    spoor_str bare = rule->query;
    uint32_t ncols = 0;
    for (uint32_t a = 0; a < rules->tuning.nallows; a++) {
        const spoor_allow *allow = &rules->tuning.allows[a];
        bool is_expired = allow->has_expiry && allow->expiry <= options->now;
        if (is_expired || (allow->rule.len > 0 && !spoor_rule_is_named(rule, allow->rule))) {
            continue;
        }
        if (schema == NULL) { /* the first that may be about it */
            spoor_query *query;
            spoor_query_options own = *options;
            own.name = rule->file->path;
            spoor_status status =
                spoor_prepare(rules->engine, rule->query.ptr, rule->query.len, &own, &query);
            bool is_one = status == SPOOR_OK && query->plan->nresults == 1;
            schema = is_one ? spoor_rules_keep_schema(rules, &query->plan->results[0].plan->schema)
                            : NULL;
            bare.len = is_one ? bare_query(query).len : 0; /* of the rule's text, which stays */
            spoor_query_free(query);
            if (schema == NULL) {
                return status == SPOOR_ERR_MEMORY
                           ? status
                           : SPOOR_OK; /* the run says what is wrong with it */
            }
            while (ncols < schema->ncols && !schema->columns[ncols].hidden) {
                ncols++;
            }
        }
        spoor_str missing = missing_name(conditions[a], schema, ncols);
        if (missing.len > 0 && allow->rule.len > 0) {
            return spoor_engine_fail(rules->engine, SPOOR_ERR_QUERY,
                                     "%s:%u: the rows of '%.*s' have no column '%.*s'", allow->file,
                                     allow->line, (int)rule->title.len, rule->title.ptr,
                                     (int)missing.len, missing.ptr);
        }
        if (missing.len == 0) {
            spoor_buffer_put(&where, SPOOR_STR("\n| where not("));
            spoor_buffer_put(&where, allow->where);
            spoor_buffer_put(&where, SPOOR_STR("\n)"));
            note_use(rules, i, a, bare);
        }
    }
    if (where.len > 0) {
        spoor_str tail = spoor_buffer_text(&where);
        spoor_buffer text = {.arena = &rules->arena};
        spoor_buffer_put(&text, bare);
        spoor_buffer_put(&text, tail);
        rule->query = spoor_arena_str(&rules->arena, spoor_buffer_text(&text));
    }
    return SPOOR_OK;
}

static spoor_status allow_all(spoor_rules *rules, const spoor_query_options *options) {
    const spoor_tuning *t = &rules->tuning;
    const spoor_ast **conditions =
        SPOOR_NEW_ARRAY(&rules->arena, const spoor_ast *, t->nallows + 1);
    spoor_status status = SPOOR_OK;
    for (uint32_t a = 0; a < t->nallows; a++) {
        conditions[a] = parse_condition(&rules->arena, t->allows[a].where);
        if (conditions[a] == NULL) {
            return spoor_engine_fail(
                rules->engine, SPOOR_ERR_QUERY, "%s:%u: this is no condition: %.*s",
                t->allows[a].file, t->allows[a].line,
                t->allows[a].where.len < 200 ? (int)t->allows[a].where.len : 200,
                t->allows[a].where.ptr);
        }
    }
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK && t->nallows > 0; i++) {
        const spoor_rule *rule = &rules->set.rules[i];
        if (rules->states[i].is_selected && rule->diags.nerrors == 0 && rule->query.len > 0) {
            status = allow_rule(rules, i, conditions, options);
        }
    }
    return status;
}

static spoor_query_options with_now(spoor_rules *rules, const spoor_query_options *options) {
    spoor_query_options own = *options;
    own.now = own.now_is_last ? spoor_engine_newest(rules->engine)
              : own.now != 0  ? own.now
                              : spoor_time_now();
    own.now_is_last = false;
    return own;
}

spoor_status spoor_rules_apply_tuning(spoor_rules *rules, const spoor_query_options *options) {
    spoor_query_options own = with_now(rules, options);
    jmp_buf door;
    rules->arena.on_oom = &door;
    spoor_status status = setjmp(door) == 0
                              ? allow_all(rules, &own)
                              : spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                                  "out of memory while tuning the rules");
    rules->arena.on_oom = NULL;
    return status;
}

/* -- counting
 * ------------------------------------------------------------------------------------------------------
 */

static spoor_status count_all(spoor_rules *rules, spoor_arena *scratch,
                              const spoor_rules_options *options) {
    spoor_status status = SPOOR_OK;
    for (uint32_t i = 0; i < rules->nallowed && status == SPOOR_OK; i++) {
        const spoor_allowed *used = &rules->allowed[i];
        spoor_allow *allow = &rules->tuning.allows[used->allow];
        spoor_query_options own = with_now(rules, &options->query);
        spoor_answer answer;
        if (options->as_of) {
            spoor_rule_window(&rules->set.rules[used->rule], own.now, &own);
        }
        spoor_arena_rewind(scratch);
        spoor_str text =
            spoor_arena_format(scratch, "%.*s\n| where (%.*s\n)\n| count", (int)used->query.len,
                               used->query.ptr, (int)allow->where.len, allow->where.ptr);
        status = spoor_engine_ask(rules->engine, scratch, text, &own, &answer);
        if (status == SPOOR_OK && answer.rows == 1) {
            allow->hits += (uint64_t)answer.cells[0].integer;
        }
        status = status == SPOOR_ERR_QUERY || status == SPOOR_ERR_TIMEOUT
                     ? SPOOR_OK
                     : status; /* the run has said it */
    }
    return status;
}

spoor_status spoor_rules_count_allowed(spoor_rules *rules, const spoor_rules_options *options) {
    spoor_arena scratch = {.memory = &rules->engine->memory};
    jmp_buf door;
    scratch.on_oom = &door;
    spoor_status status = setjmp(door) != 0
                              ? spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY, "out of memory")
                          : options->replay ? SPOOR_OK /* it asked too many times to ask again */
                                            : count_all(rules, &scratch, options);
    rules->is_counted = !options->replay;
    spoor_arena_reset(&scratch);
    return status;
}

/* -- saying
 * --------------------------------------------------------------------------------------------------------
 */

static void put(spoor_arena *scratch, spoor_str text, FILE *out) {
    text = spoor_safe_text(scratch, text);
    fwrite(text.len > 0 ? text.ptr : "", 1, text.len, out);
}

static void print_all(const spoor_rules *rules, spoor_arena *scratch, FILE *out) {
    for (uint32_t i = 0; i < rules->tuning.nallows; i++) {
        const spoor_allow *a = &rules->tuning.allows[i];
        bool is_expired = a->has_expiry && a->expiry <= rules->summary.now;
        spoor_arena_rewind(scratch);
        if (!a->is_used && !is_expired) {
            continue;
        }
        put(scratch, spoor_str_from(a->file), out);
        fprintf(out, ":%u: ", a->line);
        if (is_expired) {
            fputs("expired, allows nothing", out);
        } else if (rules->is_counted) {
            fprintf(out, "%" PRIu64 " rows allowed", a->hits);
        } else {
            fputs("in use", out);
        }
        fputs(a->owner.len > 0 ? "; " : "", out);
        put(scratch, a->owner, out);
        fputs(a->reason.len > 0 ? "; " : "", out);
        put(scratch, a->reason, out);
        fputc('\n', out);
    }
}

void spoor_rules_print_allowed(const spoor_rules *rules, FILE *out) {
    spoor_arena scratch = {.memory = &rules->engine->memory};
    jmp_buf door;
    scratch.on_oom = &door;
    if (setjmp(door) == 0) {
        print_all(rules, &scratch, out);
    }
    spoor_arena_reset(&scratch);
}
