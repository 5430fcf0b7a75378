/* bind_message.c - the binder's words for what is not there, with the nearest name. */
#include "planner/bind.h"

#include <stdarg.h>

#include "base/utf8.h"
#include "functions/forms.h"

enum { NAME_BYTES = 64 }; /* longer names get no hint */

static bool same_letter(char a, char b) {
    return spoor_fold((unsigned char)a) == spoor_fold((unsigned char)b);
}

/* Edits that turn one name into the other, letters' case aside; more than `most`: most + 1. */
static uint32_t distance(spoor_str a, spoor_str b, uint32_t most) {
    if (a.len > NAME_BYTES || b.len > NAME_BYTES || a.len + most < b.len || b.len + most < a.len) {
        return most + 1;
    }
    uint32_t row[NAME_BYTES + 1], above[NAME_BYTES + 1] = {0}; /* above: two lines up, for swaps */
    for (uint32_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (uint32_t i = 1; i <= a.len; i++) {
        uint32_t before[NAME_BYTES + 1];
        memcpy(before, row, sizeof before);
        row[0] = i;
        for (uint32_t j = 1; j <= b.len; j++) {
            uint32_t least = before[j - 1] + !same_letter(a.ptr[i - 1], b.ptr[j - 1]);
            least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            least = before[j] + 1 < least ? before[j] + 1 : least;
            bool is_swap = i > 1 && j > 1 && same_letter(a.ptr[i - 1], b.ptr[j - 2]) &&
                           same_letter(a.ptr[i - 2], b.ptr[j - 1]);
            row[j] = is_swap && above[j - 2] + 1 < least ? above[j - 2] + 1 : least;
        }
        memcpy(above, before, sizeof above);
    }
    return row[b.len];
}

typedef struct nearest {
    spoor_str wanted, best;
    uint32_t best_distance;
} nearest;

static nearest nearest_to(spoor_str wanted) {
    return (nearest){.wanted = wanted,
                     .best_distance = (uint32_t)(wanted.len < 3 ? 0 : wanted.len / 3 + 1)};
}

static void offer(nearest *n, spoor_str name) {
    if (n->best_distance == 0 || name.len == 0 || spoor_str_eq(name, n->wanted)) {
        return;
    }
    uint32_t d = distance(n->wanted, name, n->best_distance);
    if (d < n->best_distance) {
        n->best = name;
        n->best_distance = d;
    }
}

static bool hint_nearest(spoor_binder *b, const nearest *n) {
    return n->best.ptr != NULL && !spoor_hint(b->diags, "did you mean '%.*s'?", SPOOR_S(n->best));
}

const char *spoor_type_phrase(spoor_type type) {
    /* ORDER spoor_type */
    static const char *const phrases[SPOOR_NTYPES] = {
        "a bool",     "an int",     "a long", "a real",   "a decimal",
        "a datetime", "a timespan", "a guid", "a string", "a dynamic",
    };
    return phrases[type];
}

bool spoor_bind_warn(spoor_binder *b, const char *code, spoor_span span, const char *format, ...) {
    va_list args;
    char text[512];
    if (b->views_open > 0) {
        return false; /* a view's text is ours */
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (const spoor_diag *d = b->diags->first; d != NULL; d = d->next) {
        if (d->severity == SPOOR_WARNING && d->span.start == span.start &&
            d->span.source == span.source && strcmp(d->message, text) == 0) {
            return false; /* the text is bound a second time */
        }
    }
    spoor_diag *before = b->diags->last;
    spoor_warn(b->diags, span, "%s", text);
    if (b->diags->last == before) {
        return false; /* one too many: counted only */
    }
    b->diags->last->code = code;
    return true;
}

bool spoor_bind_unsupported(spoor_binder *b, spoor_span span, const char *what) {
    return spoor_fail(b->diags, span, "'%s' is not supported", what);
}

bool spoor_bind_no_column(spoor_binder *b, spoor_span span, spoor_str name) {
    b->unresolved++;
    spoor_fail(b->diags, span, "no column named '%.*s'", SPOOR_S(name));
    nearest near = nearest_to(name);
    for (uint32_t i = 0; b->row != NULL && i < b->row->ncols; i++) {
        offer(&near, b->row->columns[i].name);
    }
    for (const spoor_scope *scope = b->scope; scope != NULL; scope = scope->parent) {
        for (const spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            offer(&near, s->name);
        }
    }
    if (!hint_nearest(b, &near) && b->row == NULL) {
        spoor_hint(b->diags, "no table's columns are in reach here");
    }
    return false;
}

bool spoor_bind_no_table(spoor_binder *b, spoor_span span, spoor_str name) {
    b->unresolved++;
    spoor_fail(b->diags, span, "no table or function named '%.*s'", SPOOR_S(name));
    if (b->catalog != NULL && b->catalog->documented(b->catalog, name) != NULL) {
        return spoor_hint(
            b->diags,
            "no log that spoor reads fills this table; --empty-tables makes it one without rows");
    }
    nearest near = nearest_to(name);
    for (const spoor_scope *scope = b->scope; scope != NULL; scope = scope->parent) {
        for (const spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            offer(&near, s->name);
        }
    }
    if (b->catalog != NULL) {
        const spoor_table *table;
        for (size_t i = 0; (table = b->catalog->table_at(b->catalog, i)) != NULL; i++) {
            if (table->name.ptr[0] != '_' || (name.len > 0 && name.ptr[0] == '_')) {
                offer(&near, table->name);
            }
        }
        const spoor_stored_function *function;
        for (size_t i = 0; (function = b->catalog->function_at(b->catalog, i)) != NULL; i++) {
            offer(&near, function->name);
        }
    }
    hint_nearest(b, &near);
    return false;
}

bool spoor_bind_no_function(spoor_binder *b, spoor_span span, spoor_str name) {
    b->unresolved++;
    if (spoor_aggregate_named(name) != NULL) {
        spoor_fail(b->diags, span, "'%.*s' aggregates rows, which only summarize does",
                   SPOOR_S(name));
        return false;
    }
    if (spoor_str_is(name, "FileProfile") || spoor_str_is(name, "DeviceFromIP") ||
        spoor_str_is(name, "SeenBy") || spoor_str_is(name, "AssignedIPAddresses")) {
        spoor_fail(b->diags, span, "'%.*s' is not supported: it asks Defender's cloud",
                   SPOOR_S(name));
        return spoor_str_is(name, "FileProfile") &&
               spoor_hint(b->diags, "--empty-tables binds it with empty columns");
    }
    spoor_fail(b->diags, span, "no function named '%.*s'", SPOOR_S(name));
    nearest near = nearest_to(name);
    for (const spoor_scope *scope = b->scope; scope != NULL; scope = scope->parent) {
        for (const spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            if (s->kind == SPOOR_SYMBOL_FUNCTION) {
                offer(&near, s->name);
            }
        }
    }
    const spoor_function *row;
    for (size_t i = 0; (row = spoor_function_row(i)) != NULL; i++) {
        if (!row->is_hidden && row->name[0] >= 'a' && row->name[0] <= 'z') {
            offer(&near, spoor_str_from(row->name));
        }
    }
    const spoor_form *form;
    for (size_t i = 0; (form = spoor_form_row(i)) != NULL; i++) {
        offer(&near, spoor_str_from(form->name));
    }
    const spoor_aggregate *aggregate;
    for (size_t i = 0; b->aggregates != NULL && (aggregate = spoor_aggregate_row(i)) != NULL; i++) {
        offer(&near, spoor_str_from(aggregate->name));
    }
    const spoor_stored_function *stored;
    for (size_t i = 0;
         b->catalog != NULL && (stored = b->catalog->function_at(b->catalog, i)) != NULL; i++) {
        offer(&near, stored->name);
    }
    hint_nearest(b, &near);
    return false;
}

void spoor_bind_poison(spoor_binder *b, spoor_str name) {
    if (name.len == 0 || spoor_bind_is_poisoned(b, name)) {
        return;
    }
    spoor_name_list *list = &b->poisoned;
    SPOOR_GROW(b->arena, list->names, list->count, &list->capacity);
    list->names[list->count++] = name;
}

bool spoor_bind_is_poisoned(const spoor_binder *b, spoor_str name) {
    for (uint32_t i = 0; i < b->poisoned.count; i++) {
        if (spoor_str_eq(b->poisoned.names[i], name)) {
            return true;
        }
    }
    return false;
}
