/* rules_cache.c - see rules_cache.h: what a set follows from, and what is kept of it. */
#include "detect/rules_cache.h"

#include "base/build_id.h"
#include "base/sha256.h"
#include "detect/rules_count.h"
#include "planner/bound_code.h"

/* -- keys: each text behind its length --------------------------------------------------------- */

static void add_number(spoor_sha256 *hash, uint64_t number) {
    spoor_sha256_add(hash, &number, sizeof number);
}

static void add_text(spoor_sha256 *hash, spoor_str text) {
    add_number(hash, text.len);
    spoor_sha256_add(hash, text.ptr != NULL ? text.ptr : "", text.len);
}

static void begin_key(spoor_sha256 *hash) {
    spoor_sha256_begin(hash);
    add_text(hash, spoor_str_from(spoor_build_id));
}

static void make_content(spoor_rules *rules, const spoor_rule_input *inputs, uint32_t ninputs,
                         const spoor_sigma_options *sigma) {
    spoor_sha256 hash;
    begin_key(&hash);
    add_text(&hash, rules->placeholder_bytes);
    add_text(&hash, rules->set.view);
    add_number(&hash, sigma->placeholders != NULL);
    add_number(&hash, rules->set.enriches);
    add_number(&hash, rules->set.has_audit);
    for (uint32_t i = 0; i < ninputs; i++) {
        add_text(&hash, spoor_str_from(inputs[i].path));
        add_number(&hash, inputs[i].is_named);
        add_text(&hash, inputs[i].bytes);
    }
    spoor_sha256_end(&hash, rules->content);
    rules->has_content = true;
}

static void add_function(void *context, const spoor_saved_function *f) {
    add_text(context, spoor_str_from(f->name));
    add_text(context, spoor_str_from(f->text));
    add_number(context, f->is_view);
}

/* What the queries are compiled with: the options, and the names that they can reach.  false: they cannot be read. */
static bool make_key(spoor_compiled *compiled, spoor_rules *rules, const spoor_query_options *q) {
    spoor_sha256 hash;
    begin_key(&hash);
    spoor_sha256_add(&hash, rules->content, sizeof rules->content);
    const bool settings[] = {
        q->strict,       q->wildcards,   q->ignore_workspace, q->home_is_windowsevent,
        q->empty_tables, q->no_rewrites, q->no_warnings,      rules->engine->store != NULL};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        add_number(&hash, settings[i]);
    }
    for (uint32_t i = 0; i < rules->set.count; i++) {
        add_number(&hash, rules->states[i].is_selected);
    }
    bool ok = rules->engine->store == NULL ||
              spoor_store_functions(rules->engine->store, add_function, &hash) == SPOOR_STORE_OK;
    spoor_sha256_end(&hash, compiled->key);
    return ok;
}

/* -- sets -------------------------------------------------------------------------------------- */

bool spoor_rules_recall_set(spoor_rules *rules, const spoor_rule_input *inputs, uint32_t ninputs,
                            const spoor_sigma_options *sigma) {
    if (rules->engine->cache_dir == NULL || ninputs < SPOOR_CACHE_LEAST_RULES) {
        return false;
    }
    make_content(rules, inputs, ninputs, sigma);
    spoor_codec codec = {.arena = &rules->arena};
    if (!spoor_cache_read(rules->engine->cache_dir, "rules", rules->content, &rules->arena,
                          &codec.in)) {
        return false;
    }
    spoor_rule_set before = rules->set;
    spoor_code_rules(&codec, &rules->set, inputs, ninputs);
    bool is_whole = !codec.failed && codec.in.len == 0;
    if (!is_whole) {
        rules->set = before;
    }
    return is_whole;
}

void spoor_rules_keep_set(spoor_rules *rules, const spoor_rule_input *inputs, uint32_t ninputs) {
    if (!rules->has_content) {
        return;
    }
    spoor_codec codec = {.is_writing = true, .out = {.arena = &rules->scratch}};
    spoor_code_rules(&codec, &rules->set, inputs, ninputs);
    if (!codec.failed) {
        spoor_cache_write(rules->engine->cache_dir, "rules", rules->content,
                          spoor_buffer_text(&codec.out));
    }
    spoor_arena_reset(&rules->scratch);
}

/* -- compiled ones ----------------------------------------------------------------------------- */

/* Are the plans those of the rules' texts and of nothing that is in no key? */
static bool is_plain(const spoor_rules *rules, const spoor_rules_options *options) {
    const spoor_query_options *q = &options->query;
    return rules->has_content && rules->nallowed == 0 && rules->engine->reference == NULL &&
           !options->as_of && !options->replay && !options->one_by_one &&
           options->explain == NULL && !q->has_from && !q->has_to && q->last == 0 &&
           q->nparameters == 0 && q->files_dir == NULL;
}

void spoor_compiled_open(spoor_compiled *compiled, spoor_rules *rules,
                         const spoor_rules_options *options) {
    compiled->is_open = is_plain(rules, options) && make_key(compiled, rules, &options->query);
    compiled->codec.arena = &rules->arena;
    if (compiled->is_open && !spoor_cache_read(rules->engine->cache_dir, "filters", compiled->key,
                                               &rules->arena, &compiled->codec.in)) {
        compiled->codec = (spoor_codec){
            .is_writing = true, .out = {.arena = &compiled->arena}, .arena = &rules->arena};
    }
}

/* Most rules have the columns of one of few tables: each is written once. */
static const spoor_schema *code_schema(spoor_compiled *compiled, const spoor_schema *schema) {
    spoor_codec *c = &compiled->codec;
    uint32_t number = 0;
    while (c->is_writing && number < compiled->nschemas && compiled->schemas[number] != schema) {
        number++;
    }
    SPOOR_CODE(c, number, compiled->nschemas);
    if (number == compiled->nschemas) {
        spoor_schema *made = SPOOR_NEW(c->arena, spoor_schema);
        *made = c->is_writing ? *schema : (spoor_schema){0};
        spoor_code_schema(c, made);
        SPOOR_GROW(c->arena, compiled->schemas, compiled->nschemas, &compiled->capacity);
        compiled->schemas[compiled->nschemas++] = c->is_writing ? schema : made;
    }
    return compiled->schemas[number];
}

static const spoor_scan_column *code_noted(spoor_codec *c, const spoor_scan_column *column) {
    bool is_set = column != NULL;
    SPOOR_CODE(c, is_set, true);
    if (!is_set) {
        return NULL;
    }
    spoor_scan_column *made = SPOOR_NEW(c->arena, spoor_scan_column);
    *made = column != NULL ? *column : (spoor_scan_column){0};
    spoor_code_scan_column(c, made);
    return made;
}

static void code_outline(spoor_codec *c, spoor_rule_outline *outline, spoor_arena *scratch) {
    uint32_t count = outline->count;
    spoor_code_count(c, &count);
    SPOOR_CODE(c, outline->nresult, count);
    SPOOR_CODE(c, outline->is_idle, true);
    if (!c->is_writing) {
        outline->count = count;
        outline->names = SPOOR_NEW_ARRAY(scratch, spoor_kept_name, count + 1);
        spoor_plan **scans = SPOOR_NEW_ARRAY(scratch, spoor_plan *, count + 1);
        for (uint32_t i = 0; i < count; i++) {
            scans[i] = SPOOR_NEW(scratch, spoor_plan);
        }
        outline->scans = scans;
    }
    spoor_arena *rules_arena = c->arena;
    c->arena = scratch; /* the pass copies what it needs */
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        SPOOR_CODE(c, outline->names[i].is_set, true);
        spoor_code_bytes(c, outline->names[i].bytes, sizeof outline->names[i].bytes);
        spoor_code_scan(c, outline->scans[i], scratch);
    }
    c->arena = rules_arena;
}

/* What a rule came to, but for its outline. */
static void code_rule(spoor_compiled *compiled, spoor_rules *rules, uint32_t i,
                      const spoor_diag *before, spoor_rule_scans *own) {
    spoor_codec *c = &compiled->codec;
    spoor_rule_state *state = &rules->states[i];
    state->schema = code_schema(compiled, state->schema);
    spoor_code_diags(c, &rules->set.rules[i].diags, before);
    SPOOR_CODE(c, own->can_count, true);
    own->time = code_noted(c, own->time);
    own->host = code_noted(c, own->host);
}

bool spoor_compiled_take(spoor_compiled *compiled, spoor_rules *rules, uint32_t i,
                         spoor_rules_pass *pass, spoor_arena *scratch) {
    spoor_codec *c = &compiled->codec;
    bool is_known = false;
    if (!compiled->is_open || c->is_writing) {
        return false;
    }
    SPOOR_CODE(c, is_known, true);
    if (!is_known) {
        return false;
    }
    spoor_rule_outline outline = {0};
    code_outline(c, &outline, scratch);
    code_rule(compiled, rules, i, rules->set.rules[i].diags.last, &pass->rules[i]);
    if (c->failed) { /* its checksum was right: whoever wrote it is to blame */
        compiled->is_open = false;
        return false;
    }
    spoor_rules_pass_add(pass, i, &outline, scratch);
    rules->states[i].is_compiled = true;
    return true;
}

void spoor_compiled_put(spoor_compiled *compiled, spoor_rules *rules, uint32_t i,
                        const spoor_diag *before, spoor_rules_pass *pass,
                        const spoor_rule_outline *outline, spoor_arena *scratch) {
    spoor_codec *c = &compiled->codec;
    if (!compiled->is_open || !c->is_writing) {
        return;
    }
    bool is_known = outline != NULL && !rules->states[i].query->plan->is_of_run;
    SPOOR_CODE(c, is_known, true);
    if (is_known) {
        spoor_rule_outline written = *outline;
        code_outline(c, &written, scratch);
        code_rule(compiled, rules, i, before, &pass->rules[i]);
    }
}

void spoor_compiled_close(spoor_compiled *compiled, spoor_rules *rules) {
    if (compiled->is_open && compiled->codec.is_writing && !compiled->codec.failed) {
        spoor_cache_write(rules->engine->cache_dir, "filters", compiled->key,
                          spoor_buffer_text(&compiled->codec.out));
    }
}
