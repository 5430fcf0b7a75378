/* bind_operator_scan.c - scan: steps over rows in order, each with the rows that matched before.
 *
 * A record is the input's visible columns and those that `declare` adds.  In a
 * step's expressions a name is of the record at hand; step.name is of the
 * record that last matched that step, which stands in further columns behind:
 * those of step i (from 0) begin at (i + 1) * columns of a record. */
#include "planner/bind.h"

static int find_step(const spoor_plan *plan, uint32_t count, spoor_str name) {
    for (uint32_t i = 0; i < count; i++) {
        if (spoor_str_eq(plan->steps.items[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

/* s1.x */
spoor_bound *spoor_bind_scan_member(spoor_binder *b, const spoor_ast *node, bool *done) {
    const spoor_plan *plan = b->scan;
    int step = -1;
    if (plan != NULL && b->row == &plan->steps.record && node->first->kind == SPOOR_AST_NAME &&
        spoor_schema_find(b->row, node->first->text) < 0) {
        step = find_step(plan, plan->steps.count, node->first->text);
    }
    *done = step >= 0;
    if (step < 0) {
        return NULL;
    }
    int column = spoor_schema_find(b->row, node->text);
    if (column < 0) {
        spoor_bind_no_column(b, node->at, node->text);
        return NULL;
    }
    if ((uint32_t)step > b->scan_step) {
        spoor_fail(b->diags, node->span, "the step '%.*s' comes after this one",
                   SPOOR_S(node->first->text));
        return NULL;
    }
    spoor_bound *e = spoor_bound_column(b->arena, b->row, column, node->span);
    e->column += (step + 1) * (int)b->row->ncols;
    return e;
}

static void add_record_column(spoor_plan *plan, spoor_column column, spoor_value value) {
    spoor_schema *record = &plan->steps.record;
    plan->steps.defaults[record->ncols] = value;
    record->columns[record->ncols++] = column;
}

static bool bind_declared(spoor_binder *b, const spoor_ast *param, spoor_plan *plan) {
    if (param->type == SPOOR_AST_NO_TYPE) {
        return spoor_fail(b->diags, param->span, "no type named '%.*s'", SPOOR_S(param->extra));
    }
    if (spoor_schema_find(&plan->steps.record, param->text) >= 0) {
        return spoor_fail(b->diags, param->span, "there is a column '%.*s' already",
                          SPOOR_S(param->text));
    }
    spoor_type type = (spoor_type)param->type;
    spoor_value value = {.type = type, .is_null = type != SPOOR_STRING};
    if (param->first != NULL) {
        spoor_bound *e = spoor_bind_scalar(b, param->first);
        e = e != NULL ? spoor_bind_convert(b, e, type) : NULL;
        if (e == NULL) {
            return false;
        }
        if (e->kind != SPOOR_BOUND_CONSTANT) {
            return spoor_fail(b->diags, param->first->span, "expected a constant");
        }
        value = e->value;
    }
    add_record_column(plan, (spoor_column){.name = param->text, .type = type}, value);
    return true;
}

static bool bind_assignment(spoor_binder *b, const spoor_ast *node, spoor_scan_step *step) {
    int column = node->kind == SPOOR_AST_NAMED ? spoor_schema_find(b->row, node->text) : -1;
    if (column < 0) {
        return node->kind == SPOOR_AST_NAMED
                   ? spoor_bind_no_column(b, node->at, node->text)
                   : spoor_fail(b->diags, node->span, "expected name = value");
    }
    spoor_bound *e = spoor_bind_expr(b, node->first);
    if (e == NULL) {
        return false;
    }
    spoor_type type = b->row->columns[column].type;
    const spoor_types numbers = SPOOR_T_NUMBER | SPOOR_T_DYNAMIC;
    bool fits = e->type == type || e->type == SPOOR_DYNAMIC || type == SPOOR_DYNAMIC ||
                ((SPOOR_TYPE_SET(e->type) & numbers) && (SPOOR_TYPE_SET(type) & numbers)) ||
                (e->kind == SPOOR_BOUND_CONSTANT && e->value.is_null);
    if (!fits) {
        return spoor_fail(b->diags, node->span, "expected %s, found %s", spoor_type_name(type),
                          spoor_type_name(e->type));
    }
    step->columns[step->nassignments] = column;
    step->values[step->nassignments] = spoor_bind_convert(b, e, type);
    return step->values[step->nassignments++] != NULL;
}

static bool bind_output(spoor_binder *b, const spoor_ast *node, spoor_scan_step *step) {
    spoor_str output;
    if (!spoor_bind_prop_text(node, "output", &output) || spoor_str_is(output, "all")) {
        return true;
    }
    step->output = spoor_str_is(output, "last") ? SPOOR_SCAN_LAST : SPOOR_SCAN_NONE;
    return step->output == SPOOR_SCAN_LAST || spoor_str_is(output, "none") ||
           spoor_fail(b->diags, node->span, "a step's output is all, last or none");
}

static bool bind_step(spoor_binder *b, const spoor_ast *node, spoor_plan *plan) {
    if (node->flags & SPOOR_AST_OPTIONAL) {
        return spoor_fail(b->diags, node->span,
                          "an optional step is not supported: what it means is not documented");
    }
    if (find_step(plan, plan->steps.count, node->text) >= 0) {
        return spoor_fail(b->diags, node->span, "the step '%.*s' is there already",
                          SPOOR_S(node->text));
    }
    spoor_scan_step *step = &plan->steps.items[plan->steps.count];
    step->name = node->text;
    b->scan_step = plan->steps.count++;
    step->columns = SPOOR_NEW_ARRAY(b->arena, int, (size_t)node->nchildren + 1);
    step->values = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, (size_t)node->nchildren + 1);
    const spoor_ast *condition = spoor_bind_first_child(node);
    step->condition = spoor_bind_as(b, condition, SPOOR_BOOL);
    bool ok = bind_output(b, node, step) && step->condition != NULL;
    for (const spoor_ast *n = condition != NULL ? condition->next : NULL; n != NULL; n = n->next) {
        ok = bind_assignment(b, n, step) && ok;
    }
    return ok;
}

/* Step names are all known before the first is bound; bound are they one by one. */
static bool bind_steps(spoor_binder *b, const spoor_ast *node, spoor_plan *plan) {
    bool ok = true;
    const spoor_schema *row = b->row, *outer = b->outer_row;
    const spoor_plan *scan = b->scan;
    uint32_t step = b->scan_step;
    b->scan = plan;
    b->row = b->outer_row = &plan->steps.record;
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_SCAN_STEP) {
            ok = bind_step(b, n, plan) && ok;
        }
    }
    b->scan = scan;
    b->scan_step = step;
    b->row = row;
    b->outer_row = outer;
    return ok;
}

spoor_plan *spoor_bind_scan(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_check_props(b, node, "with_match_id");
    if (spoor_ast_clause(node, "partition") || spoor_ast_clause(node, "order")) {
        spoor_fail(b->diags, node->at,
                   "scan with 'partition by' or 'order by' of its own is not supported: it is not "
                   "documented");
        spoor_hint(b->diags, "partition by key (sort by time asc | scan ...) does the same");
        return NULL;
    }
    if (!spoor_bind_is_serialized(input)) {
        spoor_fail(b->diags, node->at, "'scan' needs rows in order");
        spoor_hint(b->diags, "'sort by ...' or 'serialize' before it gives them one");
        return NULL;
    }
    const spoor_ast *declare = spoor_ast_clause(node, "declare");
    uint32_t most = input->schema.ncols + (declare != NULL ? declare->nchildren : 0) + 2;
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_STEPS, node->span, input);
    plan->is_serialized = true;
    plan->steps.record.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, most);
    plan->steps.defaults = SPOOR_NEW_ARRAY(b->arena, spoor_value, most);
    plan->steps.items = SPOOR_NEW_ARRAY(b->arena, spoor_scan_step, (size_t)node->nchildren + 1);
    for (uint32_t i = 0; i < input->schema.ncols; i++) {
        spoor_type type = input->schema.columns[i].type;
        if (!input->schema.columns[i].hidden) { /* those go last: their numbers are the input's */
            add_record_column(plan, input->schema.columns[i],
                              (spoor_value){.type = type, .is_null = type != SPOOR_STRING});
        }
    }
    plan->steps.npassed = plan->steps.record.ncols;
    bool ok = true;
    for (const spoor_ast *p = declare != NULL ? declare->first : NULL; p != NULL; p = p->next) {
        ok = bind_declared(b, p, plan) && ok;
    }
    if (!ok || !bind_steps(b, node, plan)) {
        return NULL;
    }
    if (plan->steps.count == 0) {
        spoor_fail(b->diags, node->at, "a scan needs a step");
        return NULL;
    }
    plan->schema.ncols = plan->steps.record.ncols;
    plan->schema.columns = plan->steps.record.columns; /* with room for one more */
    spoor_str id;
    if (spoor_bind_prop_text(node, "with_match_id", &id)) {
        plan->steps.has_match_id = true;
        plan->schema.columns[plan->schema.ncols] = (spoor_column){
            .name = spoor_unique_name(b->arena, plan->schema.columns, plan->schema.ncols, id),
            .type = SPOOR_LONG};
        plan->schema.ncols++;
    }
    return plan;
}
