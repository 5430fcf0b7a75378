/* keep.c - see keep.h. */
#include "engine/keep.h"

#include <stdlib.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "engine/table_text.h"

enum { MAX_NAME = 200 };

bool spoor_is_kept_name(spoor_str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
            return false;
        }
    }
    return name.len > 0 && name.len < MAX_NAME;
}

static spoor_saved_kind kind_of(bool is_view, spoor_str text) {
    return spoor_is_table_text(is_view, text) ? SPOOR_SAVED_TABLE : SPOOR_SAVED_FUNCTION;
}

/* -- the change, within the store's transaction ------------------------------------------------ */

typedef struct change {
    const spoor_keeping *keeping;
    char *name, *text, *folder, *docstring; /* malloc */
    spoor_table_text joined;
    const char *problem; /* static; why nothing is written */
} change;

/* The rows behind those of the table as it is now. */
static void join(change *c, spoor_str old) {
    spoor_str text = c->keeping->text;
    size_t head = c->keeping->head;
    if (old.len <= head || memcmp(old.ptr, text.ptr, head) != 0 ||
        strchr(") \t\r\n", old.ptr[head]) == NULL) {
        c->problem = "has other columns now than when the command began";
        return;
    }
    while (old.len > 0 && old.ptr[old.len - 1] != ']') {
        old.len--;
    }
    spoor_table_put(&c->joined, old.ptr, old.len - (old.len > 0));
    spoor_table_put(&c->joined, text.ptr + c->keeping->rows, text.len - c->keeping->rows);
    spoor_table_put(&c->joined, "", 1);
    c->problem = c->joined.failed ? "would be more than a table of the user's own holds" : NULL;
}

static bool make_change(void *context, const spoor_saved_function *old, spoor_saved_function *now) {
    change *c = context;
    const spoor_keeping *k = c->keeping;
    spoor_str text = old != NULL ? spoor_str_from(old->text) : (spoor_str){0};
    *now = (spoor_saved_function){c->name, c->text, c->folder, c->docstring, k->is_view};
    if (old == NULL) {
        c->problem = k->how == SPOOR_KEEP_ADD ? "is no longer there" : NULL;
    } else if (k->how == SPOOR_KEEP_NEW ||
               kind_of(old->is_view, text) != kind_of(k->is_view, k->text)) {
        c->problem = kind_of(old->is_view, text) == SPOOR_SAVED_TABLE ? "is a table already"
                                                                      : "is a function already";
    } else if (k->how == SPOOR_KEEP_ADD || k->how == SPOOR_KEEP_MAY_ADD) {
        join(c, text);
        now->text = c->joined.ptr;
    }
    return c->problem == NULL;
}

spoor_status spoor_engine_keep(spoor_engine *engine, const spoor_keeping *keeping) {
    change c = {keeping,
                spoor_engine_copy(keeping->name),
                spoor_engine_copy(keeping->text),
                spoor_engine_copy(keeping->folder),
                spoor_engine_copy(keeping->docstring),
                {0},
                NULL};
    spoor_status status;
    if (c.name == NULL || c.text == NULL || c.folder == NULL || c.docstring == NULL) {
        status = spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    } else if (spoor_store_change_function(engine->store, c.name, make_change, &c) !=
               SPOOR_STORE_OK) {
        status = spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    } else if (c.problem != NULL) {
        status = spoor_engine_fail(engine, SPOOR_ERR_INPUT, "'%s' %s", c.name, c.problem);
    } else {
        status = SPOOR_OK;
    }
    free(c.name);
    free(c.text);
    free(c.folder);
    free(c.docstring);
    free(c.joined.ptr);
    return status;
}

/* -- what is there ----------------------------------------------------------------------------- */

typedef struct sought {
    const char *name;
    spoor_saved_kind kind;
} sought;

static void note_kind(void *context, const spoor_saved_function *f) {
    sought *s = context;
    if (strcmp(f->name, s->name) == 0) {
        s->kind = kind_of(f->is_view, spoor_str_from(f->text));
    }
}

spoor_saved_kind spoor_engine_saved(spoor_engine *engine, const char *name) {
    sought s = {name, SPOOR_SAVED_NONE};
    if (engine->store == NULL ||
        spoor_store_functions(engine->store, note_kind, &s) != SPOOR_STORE_OK) {
        return SPOOR_SAVED_NONE;
    }
    return s.kind;
}

spoor_status spoor_engine_drop(spoor_engine *engine, spoor_str name) {
    bool found = false;
    char *copy = spoor_engine_copy(name);
    spoor_store_status status =
        copy == NULL ? SPOOR_STORE_MEMORY : spoor_store_drop_function(engine->store, copy, &found);
    free(copy);
    return status == SPOOR_STORE_OK
               ? SPOOR_OK
               : spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
}
