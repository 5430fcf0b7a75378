/* signature.c - see signature.h. */
#include "functions/signature.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct text {
    char *bytes;
    size_t size, len;
} text;

static void put(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->bytes + t->len, t->size - t->len, format, args);
    va_end(args);
    t->len = n < 0 ? t->len : t->len + (size_t)n < t->size ? t->len + (size_t)n : t->size - 1;
}

/* long|real|datetime; an int goes wherever a long does, so it is not named beside it. */
static void put_types(text *t, spoor_types types) {
    if (types == SPOOR_T_ANY) {
        put(t, "any");
        return;
    }
    if (types == (SPOOR_T_ANY & ~SPOOR_T_DYNAMIC)) {
        put(t, "any but dynamic");
        return;
    }
    if ((types & SPOOR_T_NUMBER) == SPOOR_T_NUMBER) {
        put(t, "number");
        types = types & (spoor_types)~SPOOR_T_NUMBER;
        put(t, types != 0 ? "|" : "");
    }
    if (types & SPOOR_T_LONG) {
        types = types & (spoor_types)~SPOOR_T_INT;
    }
    const char *separator = "";
    for (int type = 0; type < SPOOR_NTYPES; type++) {
        if (types >> type & 1) {
            put(t, "%s%s", separator, spoor_type_name((spoor_type)type));
            separator = "|";
        }
    }
}

/* What argument `i` may be; past the last that the row names: as that one. */
static spoor_types types_at(const spoor_types *args, uint32_t i) {
    uint32_t at = i < SPOOR_FUNCTION_ARGS ? i : SPOOR_FUNCTION_ARGS - 1;
    while (at > 0 && args[at] == 0) {
        at--;
    }
    return args[at];
}

static void put_arguments(text *t, const spoor_types *args, uint32_t least, uint32_t most) {
    uint32_t shown = 0, named = 0, open = 0;
    while (named < SPOOR_FUNCTION_ARGS && args[named] != 0) {
        named++;
    }
    uint32_t end = named > least ? named : least;
    for (end = end < most ? end : most; shown < end; shown++) {
        if (shown >= least) {
            put(t, "%s[", shown > 0 ? " " : "");
            open++;
        }
        put(t, "%s", shown > 0 ? ", " : "");
        put_types(t, types_at(args, shown));
    }
    put(t, "%s", most > shown ? ", ..." : "");
    for (; open > 0; open--) {
        put(t, "]");
    }
}

static void put_result(text *t, spoor_type result, spoor_result_rule rule) {
    switch (rule) {
    case SPOOR_RESULT_FIXED: put(t, " -> %s", spoor_type_name(result)); break;
    case SPOOR_RESULT_FIRST: put(t, " -> as the first"); break;
    case SPOOR_RESULT_COMMON: put(t, " -> their type"); break;
    }
}

bool spoor_function_is_called(const spoor_function *f) {
    const char *at = f->example != NULL ? strstr(f->example, f->name) : NULL;
    return at != NULL && at[strlen(f->name)] == '(';
}

static void put_operator(text *t, const spoor_function *f) {
    bool is_range = strstr(f->name, "between") != NULL;
    if (f->max_args == 1) {
        put(t, "%s ", f->name);
        put_types(t, types_at(f->args, 0));
        return;
    }
    put_types(t, types_at(f->args, 0));
    put(t, " %s ", f->name);
    put(t, is_range || f->max_args > 2 ? "(" : "");
    put_types(t, types_at(f->args, 1));
    if (is_range) {
        put(t, " .. ");
        put_types(t, types_at(f->args, 2));
    }
    put(t, is_range ? ")" : f->max_args > 2 ? ", ...)" : "");
}

void spoor_function_signature(const spoor_function *f, char *bytes, size_t size) {
    text t = {bytes, size, 0};
    if (spoor_function_is_called(f)) {
        put(&t, "%s(", f->name);
        put_arguments(&t, f->args, f->min_args, f->max_args);
        put(&t, ")");
    } else {
        put_operator(&t, f);
    }
    put_result(&t, f->result, f->rule);
}

void spoor_aggregate_signature(const spoor_aggregate *a, char *bytes, size_t size) {
    text t = {bytes, size, 0};
    put(&t, "%s(", a->name);
    put_arguments(&t, a->args, a->min_args, a->max_args);
    put(&t, ")");
    if (a->many_outputs) {
        put(&t, " -> columns");
    } else {
        put_result(&t, a->result, a->rule);
    }
}
