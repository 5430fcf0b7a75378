/* plugin_activity.c - who was active when: activity_counts_metrics, activity_metrics,
 * activity_engagement, new_activity_metrics, active_users_count, session_count,
 * sliding_window_counts, rolling_percentile.
 *
 * They are KQL (plugin_text.c) over windows of a timeline, which start at Start
 * and are Step long; a row belongs to the analysis when Start <= time <= End.
 * In the texts below stands
 *   $i the id's column            $n is the id not null?
 *   $t the timeline's column      $y its type
 *   $d `, a, b` for dimensions    $b the window that $t is in
 *   $k a text that tells an id and its dimensions from others; $g the same of the dimensions
 *   $p the window before #w, $q the one before $t
 *   $f from_ and $o to_ with the timeline's name
 *   $m, $c: numbers and names that a plugin makes itself */
#include "base/number.h"
#include "planner/plugin.h"

enum { WINDOWS_MAX = 10000 };

#define KEYS (SPOOR_T_ANY & ~(spoor_types)SPOOR_T_DYNAMIC)
#define SUMMED (SPOOR_T_NUMBER | SPOOR_T_DATETIME | SPOOR_T_TIMESPAN)

typedef struct activity {
    spoor_plugin_site *site;
    spoor_plugin_text text;
    const char *usage;
    const spoor_ast *arg; /* the next to be read */
    spoor_str id, time, dims, made, column;
    spoor_type id_type, time_type;
    const char
        *calendar; /* Step is "week", "month" or "year": startofweek, ...; NULL: it is a length */
    spoor_bound *start, *end, *step;
    bool takes_table; /* as the last argument */
} activity;

/* -- arguments --------------------------------------------------------------------------------- */

static bool is_misused(const activity *a) {
    spoor_plugin_misused(a->site, a->usage);
    return false;
}

static bool is_column_name(const activity *a, const spoor_ast *node) {
    return node->kind == SPOOR_AST_NAME &&
           spoor_schema_find(&a->site->input->schema, node->text) >= 0;
}

static bool next_column(activity *a, spoor_types takes, spoor_str *quoted, spoor_type *type) {
    const spoor_ast *arg = a->arg;
    if (arg == NULL) {
        return is_misused(a);
    }
    if (!spoor_plugin_is_column(a->site, arg, a->site->input)) {
        return false;
    }
    const spoor_schema *row = &a->site->input->schema;
    *quoted = spoor_plugin_quoted(a->site->b, arg->text);
    *type = row->columns[spoor_schema_find(row, arg->text)].type;
    a->arg = arg->next;
    return (SPOOR_TYPE_SET(*type) & takes) != 0 ||
           spoor_fail(a->site->b->diags, arg->span, "'%s' does not take a column of type %s here",
                      a->site->name, spoor_type_name(*type));
}

/* The columns that are left, up to a table that may stand last: what splits the analysis. */
static bool take_dimensions(activity *a) {
    while (a->arg != NULL && (is_column_name(a, a->arg) || a->arg->next != NULL ||
                              !a->takes_table || !spoor_bind_is_tabular(a->site->b, a->arg))) {
        spoor_str name;
        spoor_type type;
        if (!next_column(a, KEYS, &name, &type)) {
            return false;
        }
        a->dims =
            spoor_arena_format(a->site->b->arena, "%.*s, %.*s", SPOOR_S(a->dims), SPOOR_S(name));
    }
    return true;
}

static const spoor_ast *next_argument(activity *a) {
    const spoor_ast *arg = a->arg;
    if (arg == NULL) {
        spoor_plugin_misused(a->site, a->usage);
        return NULL;
    }
    a->arg = arg->next;
    return arg;
}

static spoor_bound *next_value(activity *a, const char *name, spoor_type type) {
    const spoor_ast *arg = next_argument(a);
    return arg != NULL ? spoor_plugin_text_constant(&a->text, arg, name, type) : NULL;
}

static spoor_bound *next_length(activity *a, const char *name) {
    const spoor_ast *arg = next_argument(a);
    spoor_type type = a->time_type == SPOOR_DATETIME ? SPOOR_TIMESPAN : a->time_type;
    return arg != NULL ? spoor_plugin_text_length(&a->text, arg, name, type) : NULL;
}

/* A length, or the name of a unit of the calendar. */
static bool next_step(activity *a) {
    static const char *const units[][2] = {
        {"week", "startofweek"}, {"month", "startofmonth"}, {"year", "startofyear"}};
    const spoor_ast *arg = a->arg;
    if (arg != NULL && arg->kind == SPOOR_AST_LITERAL && arg->type == SPOOR_AST_STRING &&
        a->time_type == SPOOR_DATETIME) {
        spoor_str unit;
        if (!spoor_bind_text(a->site->b, arg, &unit)) {
            return false;
        }
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            if (spoor_str_is(unit, units[i][0])) {
                a->calendar = units[i][1];
                a->arg = arg->next;
                return true;
            }
        }
        return spoor_fail(a->site->b->diags, arg->span,
                          "expected a length, or \"week\", \"month\" or \"year\"");
    }
    a->step = next_length(a, "#step");
    return a->step != NULL;
}

/* What the text knows as #first: so much before Start, or the first time that there is. */
static void reach_back(activity *a, int64_t length) {
    spoor_value first = a->start->value;
    int64_t least = a->time_type == SPOOR_DATETIME ? 0
                    : a->time_type == SPOOR_INT    ? INT32_MIN
                                                   : INT64_MIN;
    first.integer = first.integer < least + length ? least : first.integer - length;
    spoor_plugin_text_value(&a->text, "#first",
                            spoor_bound_constant(a->site->b->arena, first, a->start->span));
}

static bool next_range(activity *a) {
    a->start = next_value(a, "#start", a->time_type);
    a->end = a->start != NULL ? next_value(a, "#end", a->time_type) : NULL;
    return a->end != NULL;
}

/* Whole numbers of some unit: windows of real numbers would not meet exactly. */
static bool next_timeline(activity *a) {
    return next_column(a, SPOOR_T_DATETIME | SPOOR_T_TIMESPAN | SPOOR_T_INTEGER, &a->time,
                       &a->time_type);
}

/* The id and the timeline, which all but one of the plugins begin with. */
static bool begin(activity *a, spoor_plugin_site *site, const char *usage) {
    *a = (activity){.site = site, .usage = usage, .arg = site->call->first};
    if (site->schema != NULL) {
        return is_misused(a);
    }
    a->text = spoor_plugin_text_new(site);
    return next_column(a, KEYS, &a->id, &a->id_type) && next_timeline(a);
}

/* How many steps the length has, rounded down, one at least; false: more than there may be. */
static bool count_steps(activity *a, const spoor_bound *length, const spoor_bound *step,
                        long long *n) {
    *n = length->value.integer / step->value.integer;
    *n = *n > 0 ? *n : 1;
    return *n <= WINDOWS_MAX || spoor_fail(a->site->b->diags, length->span,
                                           "the length is of more than %d steps", WINDOWS_MAX);
}

/* -- the text ---------------------------------------------------------------------------------- */

static spoor_str window_of(const activity *a, spoor_str time) {
    spoor_arena *arena = a->site->b->arena;
    if (a->calendar != NULL) {
        return spoor_arena_format(arena, "%s(%.*s)", a->calendar, SPOOR_S(time));
    }
    return spoor_arena_format(arena, "%s(bin_at(%.*s, ['#step'], ['#start']))",
                              a->time_type == SPOOR_INT ? "toint" : "", SPOOR_S(time));
}

static spoor_str window_before(const activity *a, spoor_str window) {
    spoor_arena *arena = a->site->b->arena;
    if (a->calendar != NULL) {
        return spoor_arena_format(arena, "%s(%.*s - 1d)", a->calendar, SPOOR_S(window));
    }
    return spoor_arena_format(arena, "(%.*s - ['#step'])", SPOOR_S(window));
}

/* The timeline's name with more before it. */
static spoor_str prefixed(const activity *a, const char *prefix) {
    spoor_binder *b = a->site->b;
    spoor_str name = a->site->call->first->next->text;
    return spoor_plugin_quoted(b, spoor_arena_format(b->arena, "%s%.*s", prefix, SPOOR_S(name)));
}

static spoor_plan *bind_kql(const activity *a, const char *text) {
    spoor_arena *arena = a->site->b->arena;
    const char *type = spoor_type_name(a->time_type);
    spoor_str words[SPOOR_PLUGIN_WORDS] = {
        ['i'] = a->id,
        ['t'] = a->time,
        ['d'] = a->dims,
        ['m'] = a->made,
        ['c'] = a->column,
        ['y'] = {type, strlen(type)},
        ['b'] = window_of(a, a->time),
        ['p'] = window_before(a, SPOOR_STR("['#w']")),
        ['q'] = window_before(a, a->time),
        ['f'] = prefixed(a, "from_"),
        ['o'] = prefixed(a, "to_"),
        ['k'] = spoor_arena_format(arena, "tostring(pack_array(%.*s%.*s))", SPOOR_S(a->id),
                                   SPOOR_S(a->dims)),
        ['g'] = spoor_arena_format(arena, "tostring(pack_array(0%.*s))", SPOOR_S(a->dims)),
        ['n'] = spoor_arena_format(arena, "isnotnull(%.*s)", SPOOR_S(a->id)),
    };
    if (a->id_type == SPOOR_STRING) { /* no string is null */
        words['n'] = SPOOR_STR("true");
    }
    return spoor_plugin_text_bind(&a->text, spoor_plugin_fill(arena, text, words));
}

/* -- the texts --------------------------------------------------------------------------------- */

// clang-format off
#define IN_RANGE "['#in'] | where $t >= ['#start'] and $t <= ['#end']"

/* An id is new in the first window that it is in. */
static const char counts_metrics[] =
    IN_RANGE
    " | summarize ['#n'] = count() by $i, ['#w'] = $b$d"
    " | extend ['#k'] = $k, ['#g'] = $g"
    " | sort by ['#k'] asc, ['#w'] asc"
    " | extend ['#new'] = $n and prev(['#k']) != ['#k']"
    " | summarize ['count'] = sum(['#n']), dcount = countif($n),"
    " new_dcount = countif(['#new']) by $t = ['#w']$d, ['#g']"
    " | sort by ['#g'] asc, $t asc"
    " | extend aggregated_dcount = row_cumsum(new_dcount, prev(['#g']) != ['#g'])"
    " | sort by $t asc, ['#g'] asc"
    " | project-away ['#g']";

/* An id returns when the window before has it too; the first window has none before it. */
static const char metrics[] =
    IN_RANGE " and $n"
    " | distinct $i, ['#w'] = $b$d"
    " | extend ['#k'] = $k, ['#g'] = $g"
    " | sort by ['#k'] asc, ['#w'] asc"
    " | extend ['#back'] = prev(['#k']) == ['#k'] and prev(['#w']) == $p"
    " | summarize dcount_values = count(), ['#back'] = countif(['#back']) by $t = ['#w']$d,"
    " ['#g']"
    " | sort by ['#g'] asc, $t asc"
    " | extend ['#before'] = iff(prev(['#g']) == ['#g'] and prev($t) == $q,"
    " prev(dcount_values), 0)"
    " | sort by $t asc, ['#g'] asc"
    " | project $t$d, dcount_values, dcount_newvalues = dcount_values - ['#back'],"
    " retention_rate = toreal(['#back']) / ['#before'],"
    " churn_rate = toreal(['#before'] - ['#back']) / ['#before']";

/* Each inner window with the outer one that ends with it. */
static const char engagement[] =
    "['#in']"
    " | where $t >= ['#first'] and $t <= ['#end'] and $n"
    " | distinct $i, ['#w'] = $b$d"
    " | mv-expand $t = range(['#w'], coalesce(['#w'] + $m, ['#end']), ['#step']) to typeof($y)"
    " | where $t >= ['#start'] and $t <= ['#end']"
    " | summarize dcount_activities_inner = countif(['#w'] == $t),"
    " dcount_activities_outer = count_distinct($i) by $t$d"
    " | extend activity_ratio = toreal(dcount_activities_inner) / dcount_activities_outer"
    " | sort by $t asc";

/* How many ids of each cohort (the window that they came in) are seen in which window. */
static const char seen_windows[] =
    IN_RANGE " and $n$m"
    " | distinct $i, ['#to'] = $b$d"
    " | extend ['#k'] = $k, ['#g'] = $g"
    " | sort by ['#k'] asc, ['#to'] asc"
    " | scan declare (['#from']: $y) with (step ['#last']: true =>"
    " ['#from'] = iff(['#last'].['#k'] == ['#k'], ['#last'].['#from'], ['#to']);)"
    " | summarize ['#n'] = count() by ['#from'], ['#to'], ['#g']$d";

/* New in window `to` is who was in none up to `from`: those that are seen of all cohorts after it. */
static const char new_metrics[] =
    "['#seen']"
    " | distinct ['#g']$d"
    " | mv-expand ['#from'] = range(['#start'], ['#end'], ['#step']) to typeof($y)"
    " | mv-expand ['#to'] = range(['#from'], ['#end'], ['#step']) to typeof($y)"
    " | union ['#seen']"
    " | summarize ['#n'] = sum(['#n']) by ['#from'], ['#to'], ['#g']$d"
    " | sort by ['#g'] asc, ['#to'] asc, ['#from'] desc"
    " | extend ['#later'] = row_cumsum(['#n'],"
    " prev(['#to']) != ['#to'] or prev(['#g']) != ['#g']) - ['#n']"
    " | sort by ['#g'] asc, ['#from'] asc, ['#to'] asc"
    " | extend ['#all'] = row_cumsum(iff(['#from'] == ['#to'], ['#n'], 0),"
    " ['#from'] == ['#to'])$c"
    " | project $f = ['#from'], $o = ['#to']$d, dcount_new_values = iff(['#from'] == ['#to'],"
    " ['#n'], ['#later']), dcount_retained_values = ['#n'],"
    " dcount_churn_values = ['#all'] - ['#n'], retention_rate = toreal(['#n']) / ['#all'],"
    " churn_rate = toreal(['#all'] - ['#n']) / ['#all']"
    " | sort by $f asc, $o asc";

/* Is the id there in so many different periods of the time before it, its own among them? */
static const char active_users[] =
    "['#in']"
    " | where $t >= ['#first'] and $t <= ['#end'] and $n"
    " | summarize ['#last'] = max($t), ['#times'] = make_set($t) by $i$d, ['#p'] = bin($t,"
    " ['#period'])"
    " | extend ['#k'] = $k"
    " | sort by ['#k'] asc, ['#p'] asc"
    " | extend ['#since'] = $m"
    " | mv-expand $t = ['#times'] to typeof($y)"
    " | where $t >= ['#start'] and $t - ['#since'] < ['#lookback']"
    " | summarize dcount = count_distinct($i) by $t = $b$d"
    " | sort by $t asc";

/* A session begins where the id was not seen for the length of the lookback. */
static const char sessions[] =
    "['#in']"
    " | where $t >= ['#first'] and $t <= ['#end'] and $n"
    " | extend ['#k'] = $k"
    " | sort by ['#k'] asc, $t asc"
    " | where prev(['#k']) != ['#k'] or $t - prev($t) >= ['#lookback']"
    " | where $t >= ['#start']"
    " | summarize count_sessions = count() by $t = to$y(bin($t, ['#bin']))$d"
    " | sort by $t asc";

/* Each window with those before it that together are the lookback. */
static const char sliding_counts[] =
    "['#in']"
    " | where $t >= ['#first'] and $t <= ['#end']"
    " | summarize ['#n'] = count() by $i, ['#w'] = $b$d"
    " | mv-expand $t = range(['#w'], coalesce(['#w'] + $m, ['#end']), ['#step']) to typeof($y)"
    " | where $t >= ['#start'] and $t <= ['#end']"
    " | summarize Count = sum(['#n']), Dcount = count_distinct($i) by $t$d"
    " | sort by $t asc";

/* Each bin up to the last with those before it. */
static const char rolling[] =
    "['#in']"
    " | extend ['#w'] = bin($t, ['#step'])"
    " | mv-expand $t = range(['#w'], ['#w'] + $m, ['#step']) to typeof($y)"
    " | where $t <= toscalar(['#in']"
    " | summarize max(bin($t, ['#step'])))"
    " | summarize $c = percentile($i, ['#percentile']) by $t$d";

// clang-format on

/* -- the plugins ------------------------------------------------------------------------------- */

spoor_plan *spoor_plugin_activity_counts_metrics(spoor_plugin_site *site) {
    activity a;
    if (!begin(&a, site, "activity_counts_metrics(Id, Time, Start, End, Step [, Dimension ...])") ||
        !next_range(&a) || !next_step(&a) || !take_dimensions(&a)) {
        return NULL;
    }
    return bind_kql(&a, counts_metrics);
}

/* Start and End may be left out, which makes so many arguments. */
static bool says_range(const spoor_plugin_site *site, uint32_t without) {
    return site->call->nchildren != without ||
           spoor_fail(site->b->diags, site->call->at,
                      "'%s' without Start and End is not supported: where its windows begin is not "
                      "documented",
                      site->name);
}

spoor_plan *spoor_plugin_activity_metrics(spoor_plugin_site *site) {
    activity a;
    const char *usage = "activity_metrics(Id, Time, Start, End, Step [, Dimension ...])";
    if (!says_range(site, 3) || !begin(&a, site, usage) || !next_range(&a) || !next_step(&a) ||
        !take_dimensions(&a)) {
        return NULL;
    }
    return bind_kql(&a, metrics);
}

spoor_plan *spoor_plugin_activity_engagement(spoor_plugin_site *site) {
    activity a;
    const char *usage =
        "activity_engagement(Id, Time, Start, End, InnerWindow, OuterWindow [, Dimension ...])";
    if (!says_range(site, 4) || !begin(&a, site, usage) || !next_range(&a)) {
        return NULL;
    }
    a.step = next_length(&a, "#step");
    const spoor_bound *outer = a.step != NULL ? next_length(&a, "#outer") : NULL;
    long long n;
    if (outer == NULL || !count_steps(&a, outer, a.step, &n) || !take_dimensions(&a)) {
        return NULL;
    }
    reach_back(&a, (n - 1) * a.step->value.integer);
    a.made = spoor_arena_format(site->b->arena, "%lld * ['#step']", n - 1);
    return bind_kql(&a, engagement);
}

/* The last argument, ids that are known from before: the operator that leaves them out, or nothing.
 */
static bool take_lookback(activity *a) {
    spoor_binder *b = a->site->b;
    a->made = (spoor_str){"", 0};
    if (a->arg == NULL) {
        return true;
    }
    const spoor_schema *row = b->row;
    b->row = NULL;
    spoor_plan *known = spoor_bind_table(b, a->arg);
    b->row = row;
    if (known == NULL) {
        return false;
    }
    spoor_str id = a->site->call->first->text;
    if (spoor_schema_find(&known->schema, id) < 0) {
        return spoor_fail(b->diags, a->arg->span, "these rows have no column '%.*s'", SPOOR_S(id));
    }
    spoor_plugin_text_rows(&a->text, "#known", known);
    a->made =
        spoor_arena_format(b->arena, " | join kind=leftanti ['#known'] on %.*s", SPOOR_S(a->id));
    return true;
}

/* Of the ids that came new in window `from`, those seen in window `to` are retained.  New in `to`
 * is who was in no window up to `from`: the retained of all cohorts that came after it.  Every
 * window between Start and End has its row, be it empty. */
spoor_plan *spoor_plugin_new_activity_metrics(spoor_plugin_site *site) {
    activity a;
    if (!begin(&a, site,
               "new_activity_metrics(Id, Time, Start, End, Step [, Cohort] [, Dimension ...] [, "
               "Lookback])") ||
        !next_range(&a)) {
        return NULL;
    }
    a.takes_table = true;
    a.step = next_length(&a, "#step");
    if (a.step == NULL) {
        return NULL;
    }
    if (a.end->value.integer / a.step->value.integer -
            a.start->value.integer / a.step->value.integer >
        WINDOWS_MAX) {
        spoor_fail(site->b->diags, a.step->span, "there are more than %d windows", WINDOWS_MAX);
        return NULL;
    }
    bool has_cohort =
        a.arg != NULL && !is_column_name(&a, a.arg) && !spoor_bind_is_tabular(site->b, a.arg);
    if ((has_cohort && next_value(&a, "#cohort", a.time_type) == NULL) || !take_dimensions(&a) ||
        !take_lookback(&a)) {
        return NULL;
    }
    a.column = has_cohort ? SPOOR_STR(" | where ['#from'] == ['#cohort']") : (spoor_str){"", 0};
    spoor_plan *seen = bind_kql(&a, seen_windows);
    if (seen == NULL) {
        return NULL;
    }
    spoor_plugin_text_rows(&a.text, "#seen", seen);
    return bind_kql(&a, new_metrics);
}

spoor_plan *spoor_plugin_active_users_count(spoor_plugin_site *site) {
    activity a;
    if (!begin(&a, site,
               "active_users_count(Id, Time, Start, End, Lookback, Period, ActivePeriods, Bin [, "
               "Dimension ...])") ||
        !next_range(&a)) {
        return NULL;
    }
    const spoor_bound *lookback = next_length(&a, "#lookback");
    if (lookback == NULL || next_length(&a, "#period") == NULL) {
        return NULL;
    }
    reach_back(&a, lookback->value.integer - 1); /* so long before a time is outside */
    const spoor_bound *periods = next_value(&a, "#periods", SPOOR_LONG);
    if (periods == NULL || !next_step(&a) || !take_dimensions(&a)) {
        return NULL;
    }
    if (periods->value.integer < 1 || periods->value.integer > WINDOWS_MAX) {
        spoor_fail(site->b->diags, periods->span, "expected a number of periods from 1 to %d",
                   WINDOWS_MAX);
        return NULL;
    }
    /* the last time of the period that is the first of so many */
    a.made = periods->value.integer == 1
                 ? SPOOR_STR("['#last']")
                 : spoor_arena_format(
                       site->b->arena,
                       "iff(prev(['#k'], %lld) == ['#k'], prev(['#last'], %lld), %s(null))",
                       (long long)periods->value.integer - 1, (long long)periods->value.integer - 1,
                       spoor_type_name(a.time_type));
    return bind_kql(&a, active_users);
}

spoor_plan *spoor_plugin_session_count(spoor_plugin_site *site) {
    activity a;
    if (!begin(&a, site, "session_count(Id, Time, Start, End, Bin, Lookback [, Dimension ...])") ||
        !next_range(&a) || next_length(&a, "#bin") == NULL) {
        return NULL;
    }
    const spoor_bound *lookback = next_length(&a, "#lookback");
    if (lookback == NULL || !take_dimensions(&a)) {
        return NULL;
    }
    reach_back(&a, lookback->value.integer);
    return bind_kql(&a, sessions);
}

spoor_plan *spoor_plugin_sliding_window_counts(spoor_plugin_site *site) {
    activity a;
    if (!begin(&a, site,
               "sliding_window_counts(Id, Time, Start, End, Lookback, Bin [, Dimension ...])") ||
        !next_range(&a)) {
        return NULL;
    }
    const spoor_bound *lookback = next_length(&a, "#lookback");
    a.step = lookback != NULL ? next_length(&a, "#step") : NULL;
    long long n;
    if (a.step == NULL || !count_steps(&a, lookback, a.step, &n) || !take_dimensions(&a)) {
        return NULL;
    }
    reach_back(&a, (n - 1) * a.step->value.integer);
    a.made = spoor_arena_format(site->b->arena, "%lld * ['#step']", n - 1);
    return bind_kql(&a, sliding_counts);
}

/* rolling_percentile: the text of its column's name. */
static spoor_str rolling_name(activity *a, spoor_str value, const spoor_bound *percentile,
                              long long bins) {
    char text[SPOOR_NUMBER_TEXT];
    spoor_str rank = spoor_real_print_shortest(percentile->value.real, text);
    if (rank.len > 2 && memcmp(rank.ptr + rank.len - 2, ".0", 2) == 0) {
        rank.len -= 2;
    }
    return spoor_plugin_quoted(a->site->b, spoor_arena_format(a->site->b->arena,
                                                              "rolling_%lld_percentile_%.*s_%.*s",
                                                              bins, SPOOR_S(value), SPOOR_S(rank)));
}

/* Each bin up to the last with those before it; it begins with the value and the percentile. */
spoor_plan *spoor_plugin_rolling_percentile(spoor_plugin_site *site) {
    const spoor_ast *value = site->call->first;
    activity a = {.site = site,
                  .arg = value,
                  .usage = "rolling_percentile(Value, Percentile, Index, BinSize, BinsPerWindow [, "
                           "Dimension ...])"};
    if (site->schema != NULL) {
        return spoor_plugin_misused(site, a.usage);
    }
    a.text = spoor_plugin_text_new(site);
    if (!next_column(&a, SUMMED, &a.id, &a.id_type)) {
        return NULL;
    }
    const spoor_bound *percentile = next_value(&a, "#percentile", SPOOR_REAL);
    if (percentile != NULL && !(percentile->value.real >= 0 && percentile->value.real <= 100)) {
        spoor_fail(site->b->diags, percentile->span, "a percentile is from 0 to 100");
        return NULL;
    }
    if (percentile == NULL || !next_timeline(&a)) {
        return NULL;
    }
    a.step = next_length(&a, "#step");
    const spoor_bound *bins = a.step != NULL ? next_value(&a, "#bins", SPOOR_LONG) : NULL;
    if (bins == NULL || !take_dimensions(&a)) {
        return NULL;
    }
    long long n = bins->value.integer;
    if (n < 1 || n > WINDOWS_MAX) {
        spoor_fail(site->b->diags, bins->span, "expected a number of bins from 1 to %d",
                   WINDOWS_MAX);
        return NULL;
    }
    a.made = spoor_arena_format(site->b->arena, "%lld * ['#step']", n - 1);
    a.column = rolling_name(&a, value->text, percentile, n);
    return bind_kql(&a, rolling);
}
