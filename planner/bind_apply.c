/* bind_apply.c - a name over bound arguments: which row of functions/ it is,
 * what the arguments are converted to, and the value when it is known now. */
#include "base/number.h"
#include "functions/convert.h"
#include "planner/bind.h"

/* ORDER spoor_type */
static const char *const converters[SPOOR_NTYPES] = {
    "tobool",     "toint",      "tolong", "toreal",   "todecimal",
    "todatetime", "totimespan", "toguid", "tostring", "__to_dynamic",
};

static spoor_bound_world world_of(const spoor_binder *b) {
    return (spoor_bound_world){.now = b->options->now,
                               .reference = b->options->reference,
                               .is_read = &b->query->is_of_run};
}

spoor_bound *spoor_bind_convert(spoor_binder *b, spoor_bound *e, spoor_type type) {
    if (e->type == type) {
        return e;
    }
    if (e->kind == SPOOR_BOUND_CONSTANT && type != SPOOR_DYNAMIC) {
        spoor_value value = spoor_convert(b->arena, &e->value, type);
        return spoor_bound_constant(b->arena, value, e->span);
    }
    spoor_type targets[2];
    spoor_resolution found =
        spoor_function_resolve(spoor_str_from(converters[type]), &e->type, 1, targets);
    if (found.function == NULL) {
        spoor_fail(b->diags, e->span, "%s cannot become %s", spoor_type_phrase(e->type),
                   spoor_type_phrase(type));
        return NULL;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 1);
    args[0] = e;
    spoor_bound *call = spoor_bound_call(b->arena, found.function, type, args, 1, e->span);
    const char *problem;
    return spoor_fold_call(b->arena, call, world_of(b), &problem);
}

static bool is_word(const char *name) {
    return (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';
}

static bool wrong_count(spoor_binder *b, const spoor_function *row, uint32_t nargs, spoor_span at) {
    uint32_t min = row->min_args, max = row->max_args;
    const spoor_function *other;
    for (size_t i = 0; (other = spoor_function_row(i)) != NULL; i++) {
        if (strcmp(other->name, row->name) == 0) {
            min = other->min_args < min ? other->min_args : min;
            max = other->max_args > max ? other->max_args : max;
        }
    }
    if (nargs >= min && (max == SPOOR_VARIADIC || nargs <= max)) {
        return false;
    }
    if (max == SPOOR_VARIADIC) {
        spoor_fail(b->diags, at, "'%s' takes at least %u argument%s, not %u", row->name, min,
                   min == 1 ? "" : "s", nargs);
    } else if (min == max) {
        spoor_fail(b->diags, at, "'%s' takes %u argument%s, not %u", row->name, min,
                   min == 1 ? "" : "s", nargs);
    } else {
        spoor_fail(b->diags, at, "'%s' takes %u to %u arguments, not %u", row->name, min, max,
                   nargs);
    }
    return true;
}

static spoor_bound *no_fit(spoor_binder *b, const spoor_function *row, spoor_bound **args,
                           uint32_t nargs, spoor_span at) {
    if (wrong_count(b, row, nargs, at)) {
        return NULL;
    }
    char types[256];
    size_t len = 0;
    for (uint32_t i = 0; i < nargs && len < sizeof types - 32; i++) {
        int n = snprintf(types + len, sizeof types - len, "%s%s",
                         i == 0           ? ""
                         : i + 1 == nargs ? " and "
                                          : ", ",
                         spoor_type_name(args[i]->type));
        len += n > 0 ? (size_t)n : 0;
    }
    types[len < sizeof types ? len : sizeof types - 1] = '\0';
    if (is_word(row->name) && row->example != NULL && strchr(row->example, '(') != NULL) {
        spoor_fail(b->diags, at, "'%s' does not take %s", row->name, types);
        spoor_hint(b->diags, "for example: %s", row->example);
    } else {
        spoor_fail(b->diags, at, "'%s' is not defined for %s", row->name, types);
    }
    return NULL;
}

/* A wrong constant (a bad regex) is an error now, not while running. */
spoor_bound *spoor_bind_finish(spoor_binder *b, spoor_bound *call, spoor_span at) {
    if (call->depth > SPOOR_MAX_DEPTH) {
        spoor_fail(b->diags, at,
                   "the expression nests more than %d levels deep once its names are expanded",
                   SPOOR_MAX_DEPTH);
        return NULL;
    }
    if (spoor_bound_size(call) > SPOOR_MAX_EXPR_NODES) {
        spoor_fail(b->diags, at,
                   "the expression has more than %d parts once its names are expanded",
                   SPOOR_MAX_EXPR_NODES);
        return NULL;
    }
    if (call->function->constant_args) {
        for (uint32_t i = 1; i < call->nargs; i++) {
            if (spoor_bound_has_columns(call->args[i])) {
                spoor_fail(b->diags, call->args[i]->span, "'%s' needs a constant here",
                           call->function->name);
                return NULL;
            }
        }
    }
    const char *problem;
    spoor_bound *result = spoor_fold_call(b->arena, call, world_of(b), &problem);
    if (problem != NULL) {
        spoor_fail(b->diags, at, "%s", problem);
        return NULL;
    }
    return result;
}

spoor_bound *spoor_bind_apply(spoor_binder *b, spoor_str name, spoor_bound **args, uint32_t nargs,
                              spoor_span span, spoor_span at) {
    spoor_type *types = SPOOR_NEW_ARRAY(b->arena, spoor_type, nargs + 1);
    spoor_type *targets = SPOOR_NEW_ARRAY(b->arena, spoor_type, 2 * (size_t)nargs + 1);
    for (uint32_t i = 0; i < nargs; i++) {
        types[i] = targets[i] = args[i]->type;
    }
    spoor_resolution found = spoor_function_resolve(name, types, nargs, targets);
    if (found.function == NULL) {
        if (found.near == NULL) {
            spoor_bind_no_function(b, at, name);
            return NULL;
        }
        return no_fit(b, found.near, args, nargs, at);
    }
    spoor_bound **converted = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, nargs + 1);
    for (uint32_t i = 0; i < nargs; i++) {
        converted[i] = spoor_bind_convert(b, args[i], targets[i]);
        if (converted[i] == NULL) {
            return NULL;
        }
    }
    return spoor_bind_finish(
        b, spoor_bound_call(b->arena, found.function, found.result, converted, nargs, span), at);
}
