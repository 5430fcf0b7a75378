/* plugin_sequence.c - sequences of events: sequence_detect, funnel_sequence_completion.
 *
 * They are KQL (plugin_text.c).  A later step of a sequence is at the time of
 * the one before it or after that. */
#include "planner/plugin.h"
#include "types/dynamic.h"

enum { STEPS_MAX = 32 };

/* A column that rows may be told apart by. */
static bool is_key(const spoor_plugin_site *site, const spoor_ast *node) {
    if (!spoor_plugin_is_column(site, node, site->input)) {
        return false;
    }
    const spoor_schema *row = &site->input->schema;
    return row->columns[spoor_schema_find(row, node->text)].type != SPOOR_DYNAMIC ||
           spoor_fail(site->b->diags, node->span,
                      "'%s' does not take a column of type dynamic here", site->name);
}

static bool is_timeline(const spoor_plugin_site *site, const spoor_ast *node) {
    if (!spoor_plugin_is_column(site, node, site->input)) {
        return false;
    }
    const spoor_schema *row = &site->input->schema;
    return row->columns[spoor_schema_find(row, node->text)].type == SPOOR_DATETIME ||
           spoor_fail(site->b->diags, node->span, "'%s' takes a timeline of datetime", site->name);
}

/* -- sequence_detect --------------------------------------------------------------------------- */

typedef struct detect {
    spoor_plugin_site *site;
    spoor_plugin_text text;
    spoor_str time, dims; /* `, a, b` */
    spoor_str names[STEPS_MAX];
    uint32_t nsteps;
} detect;

/* A step: name = condition, or a bool column.  The input has each as #is0, #is1, ... */
static bool add_step(detect *d, const spoor_ast *arg, spoor_bind_columns *columns) {
    spoor_binder *b = d->site->b;
    if (d->nsteps == STEPS_MAX) {
        return spoor_fail(b->diags, arg->span, "a sequence has %d steps at most", STEPS_MAX);
    }
    bool is_named = arg->kind == SPOOR_AST_NAMED;
    spoor_bound *e = spoor_bind_as(b, is_named ? arg->first : arg, SPOOR_BOOL);
    spoor_str name = spoor_arena_format(b->arena, "#is%u", d->nsteps);
    d->names[d->nsteps++] = arg->text;
    return e != NULL && spoor_columns_declare(columns, name, e, false, arg->span);
}

static bool is_bool_column(const detect *d, const spoor_ast *arg) {
    const spoor_schema *row = &d->site->input->schema;
    int at = arg->kind == SPOOR_AST_NAME ? spoor_schema_find(row, arg->text) : -1;
    return at >= 0 && row->columns[at].type == SPOOR_BOOL;
}

/* The steps, then the columns that the events of a sequence have in common. */
static bool take_steps(detect *d, const spoor_ast *arg) {
    spoor_binder *b = d->site->b;
    spoor_bind_columns columns = spoor_columns_new(b, &d->site->input->schema);
    spoor_columns_add_input(&columns);
    for (; arg != NULL && (arg->kind == SPOOR_AST_NAMED || is_bool_column(d, arg));
         arg = arg->next) {
        if (!add_step(d, arg, &columns)) {
            return false;
        }
    }
    for (; arg != NULL; arg = arg->next) {
        if (arg->kind != SPOOR_AST_NAME) {
            spoor_fail(b->diags, arg->span,
                       "expected a step (name = condition) or, behind the steps, a column");
            return false;
        }
        if (!is_key(d->site, arg)) {
            return false;
        }
        spoor_str name = spoor_plugin_quoted(b, arg->text);
        d->dims = spoor_arena_format(b->arena, "%.*s, %.*s", SPOOR_S(d->dims), SPOOR_S(name));
    }
    d->site->input = spoor_columns_project(&columns, d->site->input, d->site->call->span);
    return true;
}

/* The texts: $t the timeline, $d `, a, b` for dimensions, $k the number of a step, $p of the one
 * before. */
// clang-format off
static const char first_step[] =
    "['#in']"
    " | where ['#is0']"
    " | distinct ['#g'] = tostring(pack_array(0$d)), ['#t0'] = $t$d";

/* Each step joins its times to the sequences so far, in buckets as long as a step may take: the
 * bucket of a time and the one before it hold all that it can follow. */
static const char next_step[] =
    " | extend ['#b'] = bin(['#t$p'], ['#step'])"
    " | join kind=inner (['#in']"
    "   | where ['#is$k']"
    "   | distinct ['#g'] = tostring(pack_array(0$d)), ['#t$k'] = $t"
    "   | extend ['#to'] = bin(['#t$k'], ['#step']), ['#from'] = bin(['#t$k'] - ['#step'], ['#step'])"
    "   | mv-expand ['#b'] = range(coalesce(['#from'], ['#to']), ['#to'], ['#step']) to typeof(datetime)"
    "   | project-away ['#from'], ['#to']) on ['#g'], ['#b']"
    " | where ['#t$k'] >= ['#t$p'] and ['#t$k'] - ['#t$p'] <= ['#step'] and ['#t$k'] - ['#t0'] <= ['#span']"
    " | project-away ['#b'], ['#g1'], ['#b1']";
// clang-format on

static spoor_str number_text(spoor_arena *arena, uint32_t number) {
    return spoor_arena_format(arena, "%u", number);
}

static spoor_str detect_text(const detect *d) {
    spoor_arena *arena = d->site->b->arena;
    spoor_str words[SPOOR_PLUGIN_WORDS] = {['t'] = d->time, ['d'] = d->dims};
    spoor_str kql = spoor_plugin_fill(arena, first_step, words);
    for (uint32_t k = 1; k < d->nsteps; k++) {
        words['k'] = number_text(arena, k);
        words['p'] = number_text(arena, k - 1);
        spoor_str step = spoor_plugin_fill(arena, next_step, words);
        kql = spoor_arena_format(arena, "%.*s%.*s", SPOOR_S(kql), SPOOR_S(step));
    }
    uint32_t last = d->nsteps - 1;
    kql = spoor_arena_format(arena, "%.*s | sort by ['#t0'] asc, ['#t%u'] asc | project ",
                             SPOOR_S(kql), last);
    if (d->dims.len > 0) { /* without the comma before the first */
        kql = spoor_arena_format(arena, "%.*s%.*s, ", SPOOR_S(kql), (int)d->dims.len - 1,
                                 d->dims.ptr + 1);
    }
    for (uint32_t k = 0; k < d->nsteps; k++) {
        spoor_str name = spoor_arena_format(arena, "%.*s_%.*s", SPOOR_S(d->names[k]),
                                            SPOOR_S(d->site->call->first->text));
        name = spoor_plugin_quoted(d->site->b, name);
        kql = spoor_arena_format(arena, "%.*s%.*s = ['#t%u'], ", SPOOR_S(kql), SPOOR_S(name), k);
    }
    return spoor_arena_format(arena, "%.*sDuration = ['#t%u'] - ['#t0']", SPOOR_S(kql), last);
}

spoor_plan *spoor_plugin_sequence_detect(spoor_plugin_site *site) {
    const spoor_ast *time = site->call->first;
    if (site->call->nchildren < 4 || site->schema != NULL) {
        return spoor_plugin_misused(site, "sequence_detect(Time, MaxStep, MaxSpan, a = Condition, "
                                          "b = Condition, ... [, Dimension ...])");
    }
    detect d = {.site = site, .dims = {"", 0}};
    if (!is_timeline(site, time) || !take_steps(&d, time->next->next->next)) {
        return NULL;
    }
    if (d.nsteps == 0) {
        spoor_fail(site->b->diags, time->next->next->next->span,
                   "expected a step: name = condition");
        return NULL;
    }
    d.time = spoor_plugin_quoted(site->b, time->text);
    d.text = spoor_plugin_text_new(site);
    if (spoor_plugin_text_length(&d.text, time->next, "#step", SPOOR_TIMESPAN) == NULL ||
        spoor_plugin_text_length(&d.text, time->next->next, "#span", SPOOR_TIMESPAN) == NULL) {
        return NULL;
    }
    return spoor_plugin_text_bind(&d.text, detect_text(&d));
}

/* -- funnel_sequence_completion ---------------------------------------------------------------- */

/* A constant array of different values, or of lengths: how many; 0: reported. */
static uint32_t take_array(spoor_plugin_text *text, const spoor_ast *arg, const char *name) {
    spoor_binder *b = text->site->b;
    spoor_bound *e = spoor_bind_scalar(b, arg);
    if (e == NULL) {
        return 0;
    }
    bool is_array = e->kind == SPOOR_BOUND_CONSTANT && e->type == SPOOR_DYNAMIC &&
                    !e->value.is_null && spoor_dynamic_kind_of(e->value.string) == SPOOR_DYN_ARRAY;
    uint32_t count = is_array ? spoor_dynamic_count(e->value.string) : 0;
    if (count == 0 || count > STEPS_MAX) {
        spoor_fail(b->diags, arg->span, "expected a constant array of 1 to %d values", STEPS_MAX);
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            spoor_str one, other;
            spoor_dynamic_at(e->value.string, i, &one);
            spoor_dynamic_at(e->value.string, k, &other);
            if (spoor_dynamic_compare(one, other) == 0) {
                spoor_fail(b->diags, arg->span, "a value that is there twice is not supported");
                return 0;
            }
        }
    }
    spoor_plugin_text_value(text, name, e);
    return count;
}

/* The texts: $i the id, $t the timeline, $s the state; $k the number of a state, $p of the one
 * before. Of each state k there is #bk, the latest time at which a sequence began that has come as
 * far as k: what makes the sequence that ends here the shortest. */
// clang-format off
static const char first_start[] =
    "['#b0'] = iff(['#s'] == 0, $t, iff(['#last'].['#k'] == ['#k'], ['#last'].['#b0'], datetime(null)))";
static const char next_start[] =
    ", ['#b$k'] = iff(['#last'].['#k'] == ['#k'],"
    " iff(['#s'] == $k, ['#last'].['#b$p'], ['#last'].['#b$k']), datetime(null))";

/* $e declares the starts, $a assigns them, $b is the one of the state at hand. */
static const char funnel[] =
    "['#in']"
    " | where $t >= ['#start'] and $t <= ['#end']"
    " | extend ['#s'] = array_index_of(['#states'], tostring($s)), ['#w'] = bin_at($t, ['#bin'], ['#start'])"
    " | where ['#s'] >= 0"
    " | extend ['#k'] = tostring(pack_array($i, ['#w']))"
    " | sort by ['#k'] asc, $t asc, ['#s'] asc"
    " | scan declare ($e) with (step ['#last']: true => $a;)"
    " | extend ['#span'] = $t - $b"
    " | where isnotnull(['#span'])"
    " | summarize ['#span'] = min(['#span']) by $i, ['#w'], ['#s']"
    " | mv-expand with_itemindex=['#i'] Period = ['#periods'] to typeof(timespan)"
    " | where ['#span'] <= Period"
    " | summarize dcount = count_distinct($i) by ['#w'], ['#i'], ['#s'], Period"
    " | sort by ['#w'] asc, ['#i'] asc, ['#s'] asc"
    " | project $t = ['#w'], $s = tostring(['#states'][['#s']]), Period, dcount";
// clang-format on

static spoor_str funnel_text(spoor_arena *arena, spoor_str id, spoor_str time, spoor_str state,
                             uint32_t nstates) {
    spoor_str words[SPOOR_PLUGIN_WORDS] = {['i'] = id, ['t'] = time, ['s'] = state};
    words['e'] = SPOOR_STR("['#b0']: datetime");
    words['b'] = SPOOR_STR("['#b0']");
    words['a'] = spoor_plugin_fill(arena, first_start, words);
    for (uint32_t k = 1; k < nstates; k++) {
        words['k'] = number_text(arena, k);
        words['p'] = number_text(arena, k - 1);
        words['e'] = spoor_plugin_fill(arena, "$e, ['#b$k']: datetime", words);
        words['b'] = spoor_plugin_fill(arena, "iff(['#s'] == $k, ['#b$k'], $b)", words);
        spoor_str next = spoor_plugin_fill(arena, next_start, words);
        words['a'] = spoor_arena_format(arena, "%.*s%.*s", SPOOR_S(words['a']), SPOOR_S(next));
    }
    return spoor_plugin_fill(arena, funnel, words);
}

spoor_plan *spoor_plugin_funnel_sequence_completion(spoor_plugin_site *site) {
    const spoor_ast *args[8];
    uint32_t n = 0;
    for (const spoor_ast *arg = site->call->first; arg != NULL && n < 8; arg = arg->next) {
        args[n++] = arg;
    }
    if (site->call->nchildren != 8 || site->schema != NULL) {
        return spoor_plugin_misused(
            site,
            "funnel_sequence_completion(Id, Time, Start, End, Bin, State, Sequence, Periods)");
    }
    if (!is_key(site, args[0]) || !is_timeline(site, args[1]) || !is_key(site, args[5])) {
        return NULL;
    }
    spoor_plugin_text text = spoor_plugin_text_new(site);
    uint32_t nstates = take_array(&text, args[6], "#states");
    if (nstates == 0 || take_array(&text, args[7], "#periods") == 0 ||
        spoor_plugin_text_constant(&text, args[2], "#start", SPOOR_DATETIME) == NULL ||
        spoor_plugin_text_constant(&text, args[3], "#end", SPOOR_DATETIME) == NULL ||
        spoor_plugin_text_length(&text, args[4], "#bin", SPOOR_TIMESPAN) == NULL) {
        return NULL;
    }
    spoor_binder *b = site->b;
    return spoor_plugin_text_bind(&text,
                                  funnel_text(b->arena, spoor_plugin_quoted(b, args[0]->text),
                                              spoor_plugin_quoted(b, args[1]->text),
                                              spoor_plugin_quoted(b, args[5]->text), nstates));
}
