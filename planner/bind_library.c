/* bind_library.c - see bind_library.h.
 *
 * Expressions are never changed once they are made, so copies share them; what
 * the rewrites do change is a plan node, and the arrays that hang on it. */
#include "planner/bind_library.h"

#include "planner/rewrite.h"

typedef struct spoor_library_view {
    spoor_str name;
    uint8_t view;      /* which of Sentinel's tables it was bound for: bind_home.c */
    spoor_plan *plan;  /* NULL: it cannot be kept */
    bool is_rewritten; /* or it was tried */
    struct spoor_library_view *next;
} library_view;

/* -- copies ------------------------------------------------------------------------------------ */

static bool can_be_copied(const spoor_plan *plan) {
    bool ok = plan->kind == SPOOR_PLAN_SCAN || plan->kind == SPOOR_PLAN_WHERE ||
              plan->kind == SPOOR_PLAN_PROJECT || plan->kind == SPOOR_PLAN_UNION ||
              plan->kind == SPOOR_PLAN_VALUES;
    for (uint32_t i = 0; i < plan->ninputs && ok; i++) {
        ok = can_be_copied(plan->inputs[i]);
    }
    return ok;
}

static void *copy_array(spoor_arena *arena, const void *items, size_t count, size_t size) {
    void *copy = spoor_arena_push(arena, count + 1, size);
    if (items != NULL && count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static int **copy_maps(spoor_arena *arena, const spoor_plan *plan) {
    int **maps = SPOOR_NEW_ARRAY(arena, int *, plan->ninputs + 1);
    for (uint32_t k = 0; k < plan->ninputs; k++) {
        maps[k] = copy_array(arena, plan->uni.maps[k], plan->schema.ncols, sizeof **maps);
    }
    return maps;
}

static spoor_plan *copy_plan(spoor_arena *arena, const spoor_plan *plan) {
    spoor_plan *copy = SPOOR_NEW(arena, spoor_plan);
    uint32_t ncols = plan->schema.ncols;
    *copy = *plan;
    copy->schema.columns =
        copy_array(arena, plan->schema.columns, ncols, sizeof *copy->schema.columns);
    copy->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, plan->ninputs + 1);
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        copy->inputs[i] = copy_plan(arena, plan->inputs[i]);
    }
    if (plan->kind == SPOOR_PLAN_SCAN) {
        copy->scan.columns =
            copy_array(arena, plan->scan.columns, ncols, sizeof *plan->scan.columns);
        copy->scan.predicates = copy_array(arena, plan->scan.predicates, plan->scan.npredicates,
                                           sizeof *plan->scan.predicates);
    } else if (plan->kind == SPOOR_PLAN_PROJECT) {
        copy->project.exprs =
            copy_array(arena, plan->project.exprs, ncols, sizeof *plan->project.exprs);
    } else if (plan->kind == SPOOR_PLAN_UNION) {
        copy->uni.maps = copy_maps(arena, plan);
        if (plan->uni.source_names != NULL) {
            copy->uni.source_names = copy_array(arena, plan->uni.source_names, plan->ninputs,
                                                sizeof *plan->uni.source_names);
        }
    }
    return copy;
}

/* -- places ------------------------------------------------------------------------------------ */

/* As deep as the expression. */
static void forget_place(spoor_bound *e) {
    e->span = (spoor_span){0};
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        forget_place(e->args[i]);
    }
}

static void forget_places(spoor_plan *plan) {
    plan->span = (spoor_span){0};
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_SCAN && i < plan->scan.npredicates; i++) {
        forget_place(plan->scan.predicates[i]);
    }
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_PROJECT && i < plan->schema.ncols; i++) {
        forget_place(plan->project.exprs[i]);
    }
    if (plan->kind == SPOOR_PLAN_WHERE) {
        forget_place(plan->where.predicate);
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        forget_places(plan->inputs[i]);
    }
}

/* -- the library ------------------------------------------------------------------------------- */

static void forget_picks(spoor_plan *plan, uint32_t npicks) {
    if (plan->kind == SPOOR_PLAN_SCAN) {
        plan->scan.predicates += npicks;
        plan->scan.npredicates -= npicks;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        forget_picks(plan->inputs[i], npicks);
    }
}

/* Does every scan still have what the time picker asks? */
static bool has_times(const spoor_plan *plan) {
    bool has = plan->kind != SPOOR_PLAN_SCAN ||
               spoor_schema_find(&plan->schema, SPOOR_STR("TimeGenerated")) >= 0;
    for (uint32_t i = 0; i < plan->ninputs && has; i++) {
        has = has_times(plan->inputs[i]);
    }
    return has;
}

/* Not before somebody asks for it again: a process that asks one question has no use for it. */
static void rewrite_kept(spoor_bind_library *library, library_view *view) {
    spoor_arena *arena = library->arena;
    spoor_plan *plan = spoor_rewrite_filters(arena, copy_plan(arena, view->plan));
    plan = spoor_rewrite_projects(arena, spoor_rewrite_columns(arena, plan, true));
    view->plan = can_be_copied(plan) && has_times(plan) ? plan : view->plan;
}

spoor_plan *spoor_library_find(spoor_bind_library *library, spoor_arena *arena, spoor_str name,
                               uint8_t view, bool *is_refused) {
    for (library_view *v = library->views; v != NULL; v = v->next) {
        if (v->view == view && spoor_str_eq(v->name, name)) {
            *is_refused = v->plan == NULL;
            if (v->plan != NULL && !v->is_rewritten && !library->no_rewrites) {
                rewrite_kept(library, v);
            }
            v->is_rewritten = true;
            return *is_refused ? NULL : copy_plan(arena, v->plan);
        }
    }
    *is_refused = false;
    return NULL;
}

void spoor_library_keep(spoor_bind_library *library, spoor_str name, uint8_t view, spoor_plan *plan,
                        uint32_t npicks) {
    library_view *kept = SPOOR_NEW(library->arena, library_view);
    *kept = (library_view){
        .name = spoor_arena_str(library->arena, name), .view = view, .next = library->views};
    if (plan != NULL && can_be_copied(plan)) {
        forget_places(plan);
        kept->plan = copy_plan(library->arena, plan);
        forget_picks(kept->plan, npicks);
    }
    library->views = kept;
}
