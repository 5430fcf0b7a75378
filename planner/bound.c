/* bound.c - making and asking bound expressions. */
#include "planner/bound.h"

#include "types/dynamic.h"

static spoor_bound *new_bound(spoor_arena *arena, spoor_bound_kind kind, spoor_type type,
                              spoor_span span) {
    spoor_bound *e = SPOOR_NEW(arena, spoor_bound);
    *e = (spoor_bound){.kind = kind, .type = type, .span = span, .depth = 1};
    return e;
}

spoor_bound *spoor_bound_column(spoor_arena *arena, const spoor_schema *schema, int column,
                                spoor_span span) {
    spoor_bound *e = new_bound(arena, SPOOR_BOUND_COLUMN, schema->columns[column].type, span);
    e->column = column;
    return e;
}

spoor_bound *spoor_bound_constant(spoor_arena *arena, spoor_value value, spoor_span span) {
    spoor_bound *e = new_bound(arena, SPOOR_BOUND_CONSTANT, value.type, span);
    e->value = value;
    return e;
}

spoor_bound *spoor_bound_null(spoor_arena *arena, spoor_type type, spoor_span span) {
    spoor_value value = {.type = type, .is_null = type != SPOOR_STRING};
    return spoor_bound_constant(arena, value, span);
}

spoor_bound *spoor_bound_text(spoor_arena *arena, spoor_str text, spoor_span span) {
    spoor_value value = {.type = SPOOR_STRING, .string = text};
    return spoor_bound_constant(arena, value, span);
}

/* Depth and size of a call, from those of its arguments. */
static void measure(spoor_bound *e) {
    e->depth = 1;
    e->size = 1;
    for (uint32_t i = 0; i < e->nargs; i++) {
        uint32_t size = spoor_bound_size(e->args[i]);
        e->depth = e->args[i]->depth >= e->depth ? e->args[i]->depth + 1 : e->depth;
        e->size = e->size > UINT32_MAX / 2 || size > UINT32_MAX / 2 ? UINT32_MAX : e->size + size;
    }
}

spoor_bound *spoor_bound_call(spoor_arena *arena, const spoor_function *function, spoor_type type,
                              spoor_bound **args, uint32_t nargs, spoor_span span) {
    spoor_bound *e = new_bound(arena, SPOOR_BOUND_CALL, type, span);
    e->function = function;
    e->args = args;
    e->nargs = nargs;
    measure(e);
    return e;
}

bool spoor_bound_has_columns(const spoor_bound *e) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        return true;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        if (spoor_bound_has_columns(e->args[i])) {
            return true;
        }
    }
    return false;
}

bool spoor_bound_is_volatile(const spoor_bound *e) {
    if (e->kind != SPOOR_BOUND_CALL) {
        return false;
    }
    if (e->function->is_volatile) {
        return true;
    }
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (spoor_bound_is_volatile(e->args[i])) {
            return true;
        }
    }
    return false;
}

bool spoor_bound_is_call(const spoor_bound *e, const char *name) {
    return e->kind == SPOOR_BOUND_CALL && strcmp(e->function->name, name) == 0;
}

void spoor_bound_count_columns(const spoor_bound *e, uint32_t *uses) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        uses[e->column]++;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        spoor_bound_count_columns(e->args[i], uses);
    }
}

uint32_t spoor_bound_size(const spoor_bound *e) {
    return e->size > 0 ? e->size : 1;
}

spoor_bound *spoor_bound_map(spoor_arena *arena, const spoor_bound *e, spoor_bound_mapper map,
                             void *context) {
    spoor_bound *copy;
    if (e->kind == SPOOR_BOUND_COLUMN) {
        return map(arena, e, context);
    }
    copy = SPOOR_NEW(arena, spoor_bound);
    *copy = *e;
    if (e->kind == SPOOR_BOUND_CALL) {
        copy->args = SPOOR_NEW_ARRAY(arena, spoor_bound *, e->nargs + 1);
        for (uint32_t i = 0; i < e->nargs; i++) {
            copy->args[i] = spoor_bound_map(arena, e->args[i], map, context);
        }
        measure(copy);
    }
    return copy;
}

static const spoor_value *constant_of(const spoor_bound *e) {
    return e->kind == SPOOR_BOUND_CONSTANT ? &e->value : NULL;
}

const char *spoor_bound_prepare(spoor_arena *arena, const spoor_bound *call,
                                spoor_bound_world world, spoor_call *out) {
    spoor_type *types = SPOOR_NEW_ARRAY(arena, spoor_type, call->nargs + 1);
    const spoor_value **constants = SPOOR_NEW_ARRAY(arena, const spoor_value *, call->nargs + 1);
    for (uint32_t i = 0; i < call->nargs; i++) {
        types[i] = call->args[i]->type;
        constants[i] = constant_of(call->args[i]);
    }
    *out = (spoor_call){.function = call->function,
                        .nargs = call->nargs,
                        .types = types,
                        .constants = constants,
                        .result = call->type,
                        .arena = arena,
                        .scratch = arena};
    if (call->function->is_of_run) {
        out->now = world.now;
        out->reference = world.reference;
    }
    return call->function->prepare != NULL ? call->function->prepare(out) : NULL;
}

spoor_bound *spoor_fold_call(spoor_arena *arena, spoor_bound *call, spoor_bound_world world,
                             const char **problem) {
    *problem = NULL;
    bool is_constant = !call->function->is_volatile;
    bool is_null = false;
    for (uint32_t i = 0; i < call->nargs; i++) {
        const spoor_value *value = constant_of(call->args[i]);
        is_constant = is_constant && value != NULL;
        is_null = is_null || (value != NULL && value->is_null);
    }
    if (!is_constant && call->function->prepare == NULL) {
        return call;
    }
    spoor_call run;
    *problem = spoor_bound_prepare(arena, call, world, &run);
    if (*problem != NULL || !is_constant) {
        return call;
    }
    if (call->function->is_of_run && world.is_read != NULL) {
        *world.is_read = true;
    }
    if (is_null && !call->function->sees_nulls) {
        return spoor_bound_null(arena, call->type, call->span);
    }
    spoor_vec *args = SPOOR_NEW_ARRAY(arena, spoor_vec, call->nargs + 1);
    for (uint32_t i = 0; i < call->nargs; i++) {
        args[i] = spoor_vec_constant(arena, &call->args[i]->value, 1);
    }
    spoor_vec out = spoor_vec_new(arena, call->type, 1);
    call->function->eval(&run, 1, args, &out);
    spoor_value value = spoor_vec_get(&out, 0);
    return spoor_bound_constant(arena, value, call->span);
}
