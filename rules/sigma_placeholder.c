/* sigma_placeholder.c - `expand`: %name% in a value becomes each of the texts that the user gives for it.
 *
 * Texts come from files of `--placeholders`: a YAML map of names to a text or a
 * list of texts, which may hold wildcards; a map `vars`, as in a pipeline of
 * pySigma, is read the same.  \% is a percent sign.  Several placeholders in
 * one value give every combination.  What was put in is final: a %name% in it
 * stands for itself. */
#include "rules/sigma.h"

enum { MOST_PLACEHOLDERS = 16 }; /* in one value */

typedef struct piece { /* of a value */
    spoor_str text;
    spoor_str_list values; /* none: the text as it stands */
} piece;

/* The first %name% at or after `from`; in a regular expression \% is none.  false: there is none. */
static bool find_placeholder(spoor_str text, size_t from, bool is_regex, size_t *start,
                             size_t *end) {
    for (size_t i = from; i < text.len; i++) {
        if (text.ptr[i] != '%' || (is_regex && i > 0 && text.ptr[i - 1] == '\\')) {
            continue;
        }
        size_t close = i + 1;
        while (close < text.len && text.ptr[close] != '%') {
            close++;
        }
        *start = i;
        *end = close + 1;
        return close < text.len && close > i + 1;
    }
    return false;
}

static spoor_str as_text(spoor_arena *arena, spoor_str text) {
    spoor_buffer out = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        spoor_buffer_put_char(&out, text.ptr[i] == SPOOR_SIGMA_PERCENT ? '%' : text.ptr[i]);
    }
    return spoor_buffer_text(&out);
}

/* The values given for a name; false: one is no text. */
static bool find_values(const spoor_sigma_reader *r, piece *p) {
    const spoor_yaml *values = NULL;
    for (const spoor_placeholder_file *f = r->placeholders; f != NULL && values == NULL;
         f = f->next) {
        for (const spoor_yaml_item *i = f->map->first; i != NULL; i = i->next) {
            values = spoor_str_eq(i->key, p->text) ? i->value : values;
        }
    }
    if (values != NULL && values->kind == SPOOR_YAML_SCALAR) {
        spoor_str_list_add(r->arena, &p->values, values->text);
        return true;
    }
    for (const spoor_yaml_item *i = values != NULL ? values->first : NULL; i != NULL; i = i->next) {
        if (i->value->kind != SPOOR_YAML_SCALAR) {
            return false;
        }
        spoor_str_list_add(r->arena, &p->values, i->value->text);
    }
    return values == NULL || values->kind == SPOOR_YAML_LIST;
}

/* Every combination of the pieces' texts. */
static void write_all(spoor_arena *arena, const piece *pieces, uint32_t npieces, uint32_t ntexts,
                      bool is_regex, spoor_str_list *out) {
    for (uint32_t n = 0; n < ntexts; n++) {
        spoor_buffer text = {.arena = arena};
        uint32_t left = n;
        for (uint32_t i = 0; i < npieces; i++) {
            if (pieces[i].values.count == 0) {
                spoor_buffer_put(&text, pieces[i].text);
                continue;
            }
            spoor_str value = pieces[i].values.items[left % pieces[i].values.count];
            spoor_buffer_put(&text, is_regex ? value : spoor_sigma_unescape(arena, value, false));
            left /= pieces[i].values.count;
        }
        spoor_str_list_add(arena, out, spoor_buffer_text(&text));
    }
}

bool spoor_sigma_expand(spoor_sigma_reader *r, spoor_span span, spoor_str text, bool is_regex,
                        spoor_str_list *out) {
    piece pieces[2 * MOST_PLACEHOLDERS + 1];
    uint32_t npieces = 0, ntexts = 1;
    size_t from = 0, start, end;
    while (find_placeholder(text, from, is_regex, &start, &end)) {
        if (npieces == 2 * MOST_PLACEHOLDERS) {
            return spoor_fail(r->diags, span, "more than %d placeholders in one value",
                              MOST_PLACEHOLDERS);
        }
        pieces[npieces++] =
            (piece){.text = as_text(r->arena, (spoor_str){text.ptr + from, start - from})};
        piece *p = &pieces[npieces++];
        *p = (piece){.text = {text.ptr + start + 1, end - start - 2}};
        if (!find_values(r, p)) {
            return spoor_fail(r->diags, span, "the values of a placeholder must be texts");
        }
        if (p->values.count == 0) { /* the rule cannot match: it is blind */
            r->missing = p->text;
            spoor_str_list_add(r->arena, out, text);
            return true;
        }
        if (ntexts > SPOOR_SIGMA_MAX_NODES / p->values.count) {
            return spoor_fail(r->diags, span, "the placeholders make more than %d values",
                              SPOOR_SIGMA_MAX_NODES);
        }
        ntexts *= p->values.count;
        from = end;
    }
    pieces[npieces++] =
        (piece){.text = as_text(r->arena, (spoor_str){text.ptr + from, text.len - from})};
    write_all(r->arena, pieces, npieces, ntexts, is_regex, out);
    return true;
}

/* -- files ------------------------------------------------------------------------------------- */

typedef struct reading {
    spoor_rule_set *set;
    const char *problem;
} reading;

static void take_document(void *context, const spoor_yaml *root) {
    reading *r = context;
    const spoor_yaml *vars = spoor_yaml_get(root, "vars");
    const spoor_yaml *map = vars != NULL && vars->kind == SPOOR_YAML_MAP ? vars : root;
    if (map->kind != SPOOR_YAML_MAP) {
        r->problem = "it must be a map of names to texts or lists of texts";
        return;
    }
    spoor_placeholder_file *file = SPOOR_NEW(r->set->arena, spoor_placeholder_file);
    *file = (spoor_placeholder_file){.map = map, .next = r->set->placeholders};
    r->set->placeholders = file;
}

const char *spoor_rules_read_placeholders(spoor_rule_set *set, spoor_str bytes) {
    reading r = {.set = set};
    spoor_diags diags = {.arena = set->arena};
    spoor_diags_add_source(&diags, (spoor_source){.name = "", .text = bytes});
    if (!spoor_yaml_read(set->arena, bytes, &diags, take_document, &r)) {
        return diags.first->message;
    }
    return r.problem;
}
