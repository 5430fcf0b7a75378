/* plugin_schema.c - schema_merge: several results of getschema as one schema.
 *
 * The rows are read while the query is being bound, and the answer is rows that
 * are known.  A column stands at the greatest ordinal that it has in any schema.
 * What the documentation leaves open is refused: how two types become one, and
 * which of two columns goes first when both claim a place. */
#include "planner/plugin.h"

#define MOVED "ERROR(columns are out of order)"

typedef struct merged {
    spoor_str name, type, data_type;
    long long ordinal;
    bool is_moved; /* not at one place in all schemas */
} merged;

typedef struct merge {
    spoor_plugin_site *site;
    merged *columns; /* by ordinal, once sorted */
    uint32_t count;
} merge;

static const char *const inputs[] = {"ColumnOrdinal", "ColumnType", "DataType", "ColumnName"};

static void see_column(spoor_learned *learned, const spoor_value *value) {
    spoor_learned_add(learned, value->string);
}

/* The four columns of a row in one text, a blank between: only the name, the last, may hold one. */
static spoor_bound *bind_row(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    const spoor_schema *row = &site->input->schema;
    spoor_span span = site->call->span;
    spoor_bound *args[7];
    for (size_t i = 0; i < 4; i++) {
        int at = spoor_schema_find(row, (spoor_str){inputs[i], strlen(inputs[i])});
        spoor_type type = at >= 0 ? row->columns[at].type : SPOOR_DYNAMIC;
        if (i == 0 ? type != SPOOR_LONG && type != SPOOR_INT : type != SPOOR_STRING) {
            spoor_fail(b->diags, site->call->at,
                       "'schema_merge' needs the columns that getschema gives");
            return NULL;
        }
        args[2 * i] = spoor_bound_column(b->arena, row, at, span);
        if (i > 0) {
            args[2 * i - 1] = spoor_bound_text(b->arena, SPOOR_STR(" "), span);
        }
    }
    return SPOOR_APPLY(b, "strcat", args, 7, span);
}

static spoor_str next_word(spoor_str *text) {
    size_t n = 0;
    while (n < text->len && text->ptr[n] != ' ') {
        n++;
    }
    spoor_str word = {text->ptr, n};
    n += n < text->len;
    *text = (spoor_str){text->ptr + n, text->len - n};
    return word;
}

static bool add(merge *m, spoor_str text) {
    spoor_diags *diags = m->site->b->diags;
    int64_t ordinal = 0;
    spoor_str digits = next_word(&text);
    for (size_t i = 0; i < digits.len && i < 9 && digits.ptr[i] != '-'; i++) {
        ordinal = ordinal * 10 + (digits.ptr[i] - '0');
    }
    merged column = {.ordinal = ordinal};
    column.type = next_word(&text);
    column.data_type = next_word(&text);
    column.name = text;
    for (uint32_t i = 0; i < m->count; i++) {
        merged *known = &m->columns[i];
        if (!spoor_str_eq(known->name, column.name)) {
            continue;
        }
        if (!spoor_str_eq(known->type, column.type)) {
            return spoor_fail(
                diags, m->site->call->at,
                "the column '%.*s' is %.*s in one schema and %.*s in another, and how they "
                "merge is not documented",
                SPOOR_S(column.name), SPOOR_S(known->type), SPOOR_S(column.type));
        }
        known->is_moved |= known->ordinal != column.ordinal;
        known->ordinal = known->ordinal > column.ordinal ? known->ordinal : column.ordinal;
        return true;
    }
    m->columns[m->count++] = column;
    return true;
}

/* Each column to its place; false: it is taken, or one before it stays free. */
static bool put_in_order(merge *m) {
    merged *ordered = SPOOR_NEW_ARRAY(m->site->b->arena, merged, (size_t)m->count + 1);
    for (uint32_t i = 0; i < m->count; i++) {
        const merged *column = &m->columns[i];
        if (column->ordinal >= m->count || ordered[column->ordinal].name.ptr != NULL) {
            return spoor_fail(
                m->site->b->diags, m->site->call->at,
                "the place of the column '%.*s' is not the only one it may have: which column "
                "goes first is not documented",
                SPOOR_S(column->name));
        }
        ordered[column->ordinal] = *column;
    }
    m->columns = ordered;
    return true;
}

static spoor_value text_value(spoor_str text) {
    return (spoor_value){.type = SPOOR_STRING, .string = text};
}

static spoor_plan *rows_of(const merge *m, bool preserves_order) {
    spoor_binder *b = m->site->b;
    static const spoor_column columns[] = {
        {.name = {"ColumnName", 10}, .type = SPOOR_STRING},
        {.name = {"ColumnOrdinal", 13}, .type = SPOOR_LONG},
        {.name = {"DataType", 8}, .type = SPOOR_STRING},
        {.name = {"ColumnType", 10}, .type = SPOOR_STRING},
    };
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, m->site->node->span, NULL);
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, 4);
    memcpy(plan->schema.columns, columns, sizeof columns);
    plan->schema.ncols = 4;
    spoor_value *cells = SPOOR_NEW_ARRAY(b->arena, spoor_value, 4 * (size_t)m->count + 1);
    for (uint32_t i = 0; i < m->count; i++) {
        const merged *column = &m->columns[i];
        bool is_wrong = preserves_order && column->is_moved;
        cells[4 * i] = text_value(column->name);
        cells[4 * i + 1] =
            (spoor_value){.type = SPOOR_LONG, .integer = is_wrong ? -1 : column->ordinal};
        cells[4 * i + 2] = text_value(is_wrong ? SPOOR_STR("ERROR(unknown CSL type:" MOVED ")")
                                               : column->data_type);
        cells[4 * i + 3] = text_value(is_wrong ? SPOOR_STR(MOVED) : column->type);
    }
    plan->values.nrows = m->count;
    plan->values.cells = cells;
    return plan;
}

/* The argument, which may be named; true where there is none. */
static bool set_order(spoor_plugin_site *site, bool *preserves) {
    const spoor_ast *arg = site->call->first;
    *preserves = true;
    if (arg == NULL && site->schema == NULL) {
        return true;
    }
    bool is_named = arg != NULL && arg->kind == SPOOR_AST_NAMED;
    if (site->schema != NULL || arg->next != NULL ||
        (is_named && !spoor_str_is(arg->text, "PreserveOrder"))) {
        spoor_plugin_misused(site, "schema_merge([PreserveOrder = true | false])");
        return false;
    }
    spoor_bound *e = spoor_bind_scalar(site->b, is_named ? arg->first : arg);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_BOOL || e->value.is_null) {
        return spoor_fail(site->b->diags, arg->span, "PreserveOrder is true or false");
    }
    *preserves = e->value.boolean;
    return true;
}

spoor_plan *spoor_plugin_schema_merge(spoor_plugin_site *site) {
    bool preserves_order;
    spoor_learned learned;
    if (!set_order(site, &preserves_order)) {
        return NULL;
    }
    spoor_bound *row = bind_row(site);
    if (row == NULL || !spoor_bind_learn(site, row, see_column, 0, &learned)) {
        return NULL;
    }
    merge m = {.site = site};
    m.columns = SPOOR_NEW_ARRAY(site->b->arena, merged, (size_t)learned.count + 1);
    for (uint32_t i = 0; i < learned.count; i++) {
        if (!add(&m, learned.names[i])) {
            return NULL;
        }
    }
    return put_in_order(&m) ? rows_of(&m, preserves_order) : NULL;
}
