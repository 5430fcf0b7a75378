/* names.c - every name that a query can use: for completion, .tables, .functions. */
#include <setjmp.h>

#include "engine/engine.h"
#include "functions/aggregate.h"
#include "functions/forms.h"
#include "functions/function.h"

/* What stands behind a |; NULL: that does not. */
static const char *const operators[] = {
#define SPOOR_OPERATOR(word, offered) offered,
#include "parser/operators.def"
#undef SPOOR_OPERATOR
};

typedef void each_name(void *context, const char *name, spoor_name_kind kind);

static bool is_word(const char *name) {
    return name[0] >= 'a' && name[0] <= 'z';
}

static void give_catalog(spoor_arena *arena, spoor_engine *engine, each_name *each, void *context) {
    spoor_catalog *catalog =
        spoor_engine_catalog(arena, spoor_engine_reach(arena, engine->store, false), NULL);
    const spoor_stored_function *f;
    for (size_t i = 0; (f = catalog->function_at(catalog, i)) != NULL; i++) {
        const char *name = spoor_arena_str(arena, f->name).ptr;
        each(context, name,
             !f->is_builtin ? SPOOR_NAME_SAVED
             : f->is_view   ? SPOOR_NAME_TABLE
                            : SPOOR_NAME_FUNCTION);
    }
}

void spoor_names(spoor_engine *engine, each_name *each, void *context) {
    jmp_buf door;
    spoor_arena arena = {.memory = &engine->memory, .on_oom = &door};
    if (setjmp(door) == 0) {
        give_catalog(&arena, engine, each, context);
    }
    spoor_arena_reset(&arena);
    const char *last = "";
    const spoor_function *f;
    for (size_t i = 0; (f = spoor_function_row(i)) != NULL; i++) {
        if (!f->is_hidden && is_word(f->name) && strcmp(f->name, last) != 0) {
            each(context, f->name, SPOOR_NAME_FUNCTION);
        }
        last = f->name;
    }
    const spoor_form *form;
    for (size_t i = 0; (form = spoor_form_row(i)) != NULL; i++) {
        each(context, form->name, SPOOR_NAME_FUNCTION);
    }
    const spoor_aggregate *a;
    last = "";
    for (size_t i = 0; (a = spoor_aggregate_row(i)) != NULL; i++) {
        if (!a->is_hidden && strcmp(a->name, last) != 0) {
            each(context, a->name, SPOOR_NAME_AGGREGATE);
        }
        last = a->name;
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (operators[i] != NULL) {
            each(context, operators[i], SPOOR_NAME_OPERATOR);
        }
    }
}
