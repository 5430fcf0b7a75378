/* bind_render.c - render: the kind of chart and its properties, checked against the result's
 * columns.
 *
 * It changes no row, so a property that nothing can be made of is left out with
 * a warning; only a kind that is none is an error, as it is one of syntax. */
#include <math.h>

#include "planner/bind.h"
#include "types/decimal.h"

static const char kinds[] = "table list barchart piechart ladderchart timechart linechart "
                            "anomalychart pivotchart areachart "
                            "stackedareachart scatterchart timepivot columnchart timeline 3Dchart "
                            "card treemap plotly graph sankey";

typedef struct rendering {
    spoor_binder *b;
    const spoor_schema *schema;
    spoor_render *render;
    spoor_render_property *properties;
} rendering;

static bool leave_out(const rendering *r, const spoor_ast *at, const char *why) {
    spoor_bind_warn(r->b, "render", at->span, "%s", why);
    return false;
}

/* -- values ------------------------------------------------------------------------------------ */

/* A word, or a constant; false: left out, with a warning. */
static bool value_of(const rendering *r, const spoor_ast *node, spoor_value *value) {
    spoor_binder *b = r->b;
    const spoor_symbol *symbol =
        node->kind == SPOOR_AST_NAME ? spoor_scope_find(b->scope, node->text) : NULL;
    if (node->kind == SPOOR_AST_NAME && (symbol == NULL || symbol->kind != SPOOR_SYMBOL_SCALAR)) {
        *value = (spoor_value){.type = SPOOR_STRING, .string = node->text};
        return true;
    }
    spoor_bound *e = spoor_bind_scalar(b, node);
    if (e == NULL) {
        return false;
    }
    *value = e->value;
    if (e->kind == SPOOR_BOUND_CONSTANT && e->type == SPOOR_BOOL &&
        !value->is_null) { /* as it is written */
        spoor_str word = value->boolean ? SPOOR_STR("true") : SPOOR_STR("false");
        *value = (spoor_value){.type = SPOOR_STRING, .string = word};
    }
    return e->kind == SPOOR_BOUND_CONSTANT ||
           leave_out(r, node, "a property of render is a constant");
}

static bool take_text(const rendering *r, const spoor_ast *prop, spoor_str *text) {
    spoor_value value;
    if (prop->first == NULL || !value_of(r, prop->first, &value)) {
        return false;
    }
    *text = spoor_value_to_text(r->b->arena, &value);
    return true;
}

static bool take_number(const rendering *r, const spoor_ast *prop, double *number) {
    spoor_value value;
    if (prop->first == NULL || !value_of(r, prop->first, &value)) {
        return false;
    }
    bool is_whole = value.type == SPOOR_INT || value.type == SPOOR_LONG;
    if (value.is_null || (!is_whole && value.type != SPOOR_REAL && value.type != SPOOR_DECIMAL)) {
        return leave_out(r, prop->first, "expected a number");
    }
    *number = is_whole                   ? (double)value.integer
              : value.type == SPOOR_REAL ? value.real
                                         : spoor_decimal_to_real(value.decimal);
    return isfinite(*number) || leave_out(r, prop->first, "expected a number");
}

/* One of the words, by its number. */
static bool take_choice(const rendering *r, const spoor_ast *prop, const char *const *words,
                        int *choice) {
    spoor_str text;
    if (!take_text(r, prop, &text)) {
        return false;
    }
    for (int i = 0; words[i] != NULL; i++) {
        if (spoor_str_is(text, words[i])) {
            *choice = i;
            return true;
        }
    }
    spoor_str known = {"", 0};
    for (int i = 0; words[i] != NULL; i++) {
        known = spoor_arena_format(r->b->arena, "%.*s%s%s", SPOOR_S(known), i > 0 ? ", " : "",
                                   words[i]);
    }
    spoor_bind_warn(r->b, "render", prop->first->span, "'%.*s' is one of: %.*s",
                    SPOOR_S(prop->text), SPOOR_S(known));
    return false;
}

static spoor_str without_blanks(spoor_str s) {
    while (s.len > 0 && s.ptr[0] == ' ') {
        s = (spoor_str){s.ptr + 1, s.len - 1};
    }
    while (s.len > 0 && s.ptr[s.len - 1] == ' ') {
        s.len--;
    }
    return s;
}

/* Names behind commas: as names, or in one text. */
static bool take_columns(const rendering *r, const spoor_ast *prop, spoor_render_columns *columns) {
    spoor_binder *b = r->b;
    int *items = SPOOR_NEW_ARRAY(b->arena, int, r->schema->ncols + 1);
    uint32_t n = 0;
    for (const spoor_ast *node = prop->first; node != NULL; node = node->next) {
        spoor_value value;
        if (node->kind == SPOOR_AST_NAME) {
            value = (spoor_value){.type = SPOOR_STRING, .string = node->text};
        } else if (!value_of(r, node, &value) || value.type != SPOOR_STRING) {
            continue;
        }
        for (spoor_str rest = value.string; rest.ptr != NULL;) {
            const char *comma = memchr(rest.ptr, ',', rest.len);
            size_t len = comma != NULL ? (size_t)(comma - rest.ptr) : rest.len;
            spoor_str name = without_blanks((spoor_str){rest.ptr, len});
            rest =
                comma != NULL ? (spoor_str){comma + 1, rest.len - len - 1} : (spoor_str){NULL, 0};
            int at = spoor_schema_find(r->schema, name);
            if (at < 0) {
                spoor_bind_warn(b, "render", node->span, "no column named '%.*s' to draw",
                                SPOOR_S(name));
            } else if (n < r->schema->ncols) {
                items[n++] = at;
            }
        }
    }
    *columns = (spoor_render_columns){items, n};
    return n > 0;
}

/* -- properties -------------------------------------------------------------------------------- */

typedef struct property {
    const char *name;
    bool (*take)(const rendering *r, const spoor_ast *prop);
    bool is_list, is_bare;
} property;

// clang-format off
#define TAKES(name) static bool take_##name(const rendering *r, const spoor_ast *prop)
TAKES(title) { return take_text(r, prop, &r->render->title); }
TAKES(xtitle) { return take_text(r, prop, &r->render->x_title); }
TAKES(ytitle) { return take_text(r, prop, &r->render->y_title); }
TAKES(series) { return take_columns(r, prop, &r->render->series); }
TAKES(ycolumns) { return take_columns(r, prop, &r->render->y_columns); }
TAKES(anomalycolumns) { return take_columns(r, prop, &r->render->anomalies); }
TAKES(ymin) { return r->render->has_min_y = take_number(r, prop, &r->render->min_y); }
TAKES(ymax) { return r->render->has_max_y = take_number(r, prop, &r->render->max_y); }
// clang-format on

TAKES(xcolumn) {
    spoor_render_columns columns;
    bool ok = take_columns(r, prop, &columns);
    r->render->x_column = ok ? columns.items[0] : -1;
    return ok;
}

static bool take_scale(const rendering *r, const spoor_ast *prop, bool *is_log) {
    static const char *const words[] = {"linear", "log", NULL};
    int choice;
    bool ok = take_choice(r, prop, words, &choice);
    *is_log = ok && choice == 1;
    return ok;
}
TAKES(xaxis) {
    return take_scale(r, prop, &r->render->is_log_x);
}
TAKES(yaxis) {
    return take_scale(r, prop, &r->render->is_log_y);
}

TAKES(legend) {
    static const char *const words[] = {"visible", "hidden", NULL};
    int choice;
    bool ok = take_choice(r, prop, words, &choice);
    r->render->hides_legend = ok && choice == 1;
    return ok;
}

TAKES(accumulate) {
    static const char *const words[] = {"false", "true", NULL};
    int choice;
    bool ok = take_choice(r, prop, words, &choice);
    r->render->is_accumulated = ok && choice == 1;
    return ok;
}

TAKES(kind) {
    static const char *const words[] = {"default",    "unstacked", "stacked",
                                        "stacked100", "map",       NULL};
    int choice;
    bool ok = take_choice(r, prop, words, &choice);
    if (ok) {
        r->render->stack = choice == 2   ? SPOOR_RENDER_STACKED
                           : choice == 3 ? SPOOR_RENDER_STACKED100
                                         : SPOOR_RENDER_APART;
    }
    return ok;
}

TAKES(ysplit) {
    static const char *const words[] = {"none", "axes", "panels", NULL};
    int choice;
    bool ok = take_choice(r, prop, words, &choice);
    if (ok) {
        r->render->split = (spoor_render_split)choice;
    }
    return ok;
}

// clang-format off
static const property table[] = {
    {"title", take_title, false, false},   {"xtitle", take_xtitle, false, false},
    {"ytitle", take_ytitle, false, false}, {"xcolumn", take_xcolumn, false, false},
    {"series", take_series, true, false},  {"ycolumns", take_ycolumns, true, false},
    {"by", take_series, true, false}, /* as it was written once */
    {"anomalycolumns", take_anomalycolumns, true, false},
    {"ymin", take_ymin, false, true},      {"ymax", take_ymax, false, true},
    {"xaxis", take_xaxis, false, false},   {"yaxis", take_yaxis, false, false},
    {"legend", take_legend, false, false}, {"accumulate", take_accumulate, false, true},
    {"kind", take_kind, false, false},     {"ysplit", take_ysplit, false, false},
};
// clang-format on

/* The property as written: its values as text. */
static void carry(rendering *r, const spoor_ast *prop, const property *known) {
    spoor_arena *arena = r->b->arena;
    spoor_str *values = SPOOR_NEW_ARRAY(arena, spoor_str, (size_t)prop->nchildren + 1);
    uint32_t n = 0;
    for (const spoor_ast *node = prop->first; node != NULL; node = node->next) {
        spoor_value value;
        if (value_of(r, node, &value)) {
            values[n++] = spoor_value_to_text(arena, &value);
        }
    }
    r->properties[r->render->nproperties++] = (spoor_render_property){
        {known->name, strlen(known->name)}, values, n, known->is_list, known->is_bare};
}

static void take_property(rendering *r, const spoor_ast *prop) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (spoor_str_is(prop->text, table[i].name)) {
            if (table[i].take(r, prop)) {
                carry(r, prop, &table[i]);
            }
            return;
        }
    }
    spoor_bind_warn(r->b, "render", prop->span, "'render' has no property '%.*s'",
                    SPOOR_S(prop->text));
}

const spoor_render *spoor_bind_render(spoor_binder *b, const spoor_ast *node,
                                      const spoor_schema *schema) {
    if (!spoor_bind_is_listed(node->text, kinds)) {
        spoor_fail(b->diags, node->first != NULL ? node->first->span : node->span,
                   "no chart of the kind '%.*s'", SPOOR_S(node->text));
        spoor_hint(b->diags, "timechart, barchart, columnchart, piechart, areachart, scatterchart, "
                             "card, table, ...");
        return NULL;
    }
    const spoor_ast *with = spoor_ast_clause(node, "with");
    spoor_render *render = SPOOR_NEW(b->arena, spoor_render);
    *render = (spoor_render){.kind = node->text, .x_column = -1};
    rendering r = {.b = b, .schema = schema, .render = render};
    r.properties =
        SPOOR_NEW_ARRAY(b->arena, spoor_render_property, with != NULL ? with->nchildren + 1 : 1);
    for (const spoor_ast *prop = with != NULL ? with->first : NULL; prop != NULL;
         prop = prop->next) {
        if (prop->kind == SPOOR_AST_PROP) {
            take_property(&r, prop);
        }
    }
    render->properties = r.properties;
    return render;
}
