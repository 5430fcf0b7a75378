/* sigma_item.c - one line of a selection: `field|modifier|modifier: values`, to tests.
 *
 * Modifiers act in the order written, on every value.  A value that a modifier
 * writes out as several (base64offset, placeholders) stays one value for
 * `all`: any of them does.  What a chain cannot mean is refused by its name. */
#include "base/base64.h"
#include "base/buffer.h"
#include "base/utf8.h"
#include "functions/ip.h"
#include "rules/sigma.h"

enum {
    MAX_WRITTEN_DASHES = 4,  /* in one text that is to be encoded: 5 ** 4 texts */
    MATCHER_BYTES = 1 << 12, /* for one question */
};

typedef struct value {
    spoor_str text;
    uint32_t origin; /* which of the values written it comes from */
    bool is_null;
    spoor_span span;
} value;

typedef struct item {
    spoor_sigma_reader *r;
    spoor_str field;
    spoor_span key_span;
    value *values;
    uint32_t count, capacity, norigins;
    spoor_sigma_op op;
    bool has_op;           /* a modifier said which */
    bool is_raw;           /* 're' stands among the modifiers: no wildcards, no escapes */
    bool has_placeholders; /* 'expand' does */
    bool is_all, is_negated, is_cased, is_compare, is_field;
    bool is_bytes; /* values are no longer texts, until base64 makes them texts again */
    unsigned regex_flags;
    spoor_sigma_part part;
    bool begins, ends; /* of a field reference */
} item;

static bool refuse(const item *it, const char *modifier, const char *why) {
    return spoor_fail(it->r->diags, it->key_span, "'%s' %s", modifier, why);
}

static bool add_value(item *it, value v) {
    if (++it->r->nnodes > SPOOR_SIGMA_MAX_NODES) {
        return spoor_fail(it->r->diags, v.span, "more than %d values in one rule",
                          SPOOR_SIGMA_MAX_NODES);
    }
    SPOOR_GROW(it->r->arena, it->values, it->count, &it->capacity);
    it->values[it->count++] = v;
    return true;
}

/* -- modifiers --------------------------------------------------------------------------------- */

typedef bool (*modifier_fn)(item *it, const char *name);

/* Each value anew: write() adds what one becomes. */
static bool rewrite(item *it, const char *name,
                    bool (*write)(item *it, const char *name, value v)) {
    value *old = it->values;
    uint32_t n = it->count;
    it->values = NULL;
    it->count = it->capacity = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (old[i].is_null) {
            return refuse(it, name, "takes no null");
        }
        if (!write(it, name, old[i])) {
            return false;
        }
    }
    return true;
}

static spoor_str with_stars(spoor_arena *arena, spoor_str text, bool before, bool behind) {
    spoor_buffer out = {.arena = arena};
    if (before) {
        spoor_buffer_put_char(&out, SPOOR_SIGMA_STAR);
    }
    spoor_buffer_put(&out, text);
    if (behind) {
        spoor_buffer_put_char(&out, SPOOR_SIGMA_STAR);
    }
    return spoor_buffer_text(&out);
}

static bool write_open(item *it, const char *name, value v) {
    v.text = with_stars(it->r->arena, v.text, name[0] != 's', name[0] != 'e');
    return add_value(it, v);
}

static bool check_bytes(const item *it, const value *v) {
    return spoor_utf8_is_valid(v->text) ||
           spoor_fail(it->r->diags, v->span, "bytes that are no text need 'base64' behind them");
}

/* contains, startswith, endswith */
static bool apply_open(item *it, const char *name) {
    if (it->has_op && it->op == SPOOR_SIGMA_REGEX) {
        return true; /* an expression is searched for anywhere as it is */
    }
    if (it->has_op && !it->is_field) {
        return refuse(it, name, "does not go with the modifiers before it");
    }
    for (uint32_t i = 0; i < it->count && it->is_bytes; i++) { /* before stars stand around them */
        if (!check_bytes(it, &it->values[i])) {
            return false;
        }
    }
    it->begins |= name[0] != 'e';
    it->ends |= name[0] != 's';
    it->is_bytes = false;
    return it->is_field || rewrite(it, name, write_open);
}

static bool write_dashes(item *it, const char *name, value v) {
    (void)name;
    v.text = spoor_sigma_open_dashes(it->r->arena, v.text);
    return add_value(it, v);
}

static bool is_encodable(const item *it, const char *name) {
    return !it->has_op || refuse(it, name, "does not go with the modifiers before it");
}

static bool apply_windash(item *it, const char *name) {
    return is_encodable(it, name) && rewrite(it, name, write_dashes);
}

/* Each way to write its dashes; no wildcards. */
static bool each_closed(item *it, const char *name, value v,
                        bool (*add)(item *it, value v, const char *name)) {
    uint32_t dashes = spoor_sigma_count_dashes(v.text), n = 1;
    if (dashes > MAX_WRITTEN_DASHES) {
        return refuse(it, name, "of a text with so many dashes is not supported");
    }
    for (uint32_t i = 0; i < dashes; i++) {
        n *= 5;
    }
    for (uint32_t i = 0; i < n; i++) {
        value one = v;
        one.text = spoor_sigma_pick_dashes(it->r->arena, v.text, i);
        if (!it->is_bytes && spoor_sigma_is_open(one.text)) {
            return refuse(it, name, "of a text with wildcards has no meaning");
        }
        if (!add(it, one, name)) {
            return false;
        }
    }
    return true;
}

static bool add_base64(item *it, value v, const char *name) {
    bool any_offset = strcmp(name, "base64offset") == 0;
    for (uint32_t shift = 0; shift < (any_offset ? 3 : 1); shift++) {
        value encoded = v;
        encoded.text = any_offset ? spoor_sigma_base64_part(it->r->arena, v.text, shift)
                                  : spoor_base64_encode(it->r->arena, v.text);
        if (encoded.text.len == 0) {
            return refuse(it, name, "of so short a text finds anything");
        }
        if (!add_value(it, encoded)) {
            return false;
        }
    }
    return true;
}

static bool write_base64(item *it, const char *name, value v) {
    return each_closed(it, name, v, add_base64);
}

static bool apply_base64(item *it, const char *name) {
    bool ok = is_encodable(it, name) && rewrite(it, name, write_base64);
    it->is_bytes = false;
    return ok;
}

static bool add_utf16(item *it, value v, const char *name) {
    bool big_endian = strcmp(name, "utf16be") == 0, mark = strcmp(name, "utf16") == 0;
    v.text = spoor_sigma_utf16(it->r->arena, v.text, big_endian, mark);
    return add_value(it, v);
}

static bool write_utf16(item *it, const char *name, value v) {
    return each_closed(it, name, v, add_utf16);
}

static bool apply_utf16(item *it, const char *name) {
    bool ok = !it->is_bytes ? is_encodable(it, name) && rewrite(it, name, write_utf16)
                            : refuse(it, name, "of an encoded text has no meaning");
    it->is_bytes = true;
    return ok;
}

static bool set_op(item *it, const char *name, spoor_sigma_op op) {
    if (it->has_op || ((it->begins || it->ends) && op != SPOOR_SIGMA_SAME)) {
        return refuse(it, name, "does not go with the modifiers before it");
    }
    it->has_op = true;
    it->op = op;
    return true;
}

static bool apply_regex(item *it, const char *name) {
    return set_op(it, name, SPOOR_SIGMA_REGEX);
}

static bool apply_regex_flag(item *it, const char *name) {
    if (!it->has_op || it->op != SPOOR_SIGMA_REGEX) {
        return refuse(it, name, "must follow 're'");
    }
    it->regex_flags |= name[0] == 'i'   ? SPOOR_REGEX_IGNORE_CASE
                       : name[0] == 'm' ? SPOOR_REGEX_MULTI_LINE
                                        : SPOOR_REGEX_DOT_ALL;
    return true;
}

static bool apply_cidr(item *it, const char *name) {
    return set_op(it, name, SPOOR_SIGMA_CIDR);
}

static bool apply_exists(item *it, const char *name) {
    return set_op(it, name, SPOOR_SIGMA_EXISTS);
}

static bool apply_compare(item *it, const char *name) {
    bool or_equal = name[2] == 'e';
    it->is_compare = true;
    return set_op(it, name,
                  name[0] == 'l' ? or_equal ? SPOOR_SIGMA_LESS_OR_EQUAL : SPOOR_SIGMA_LESS
                  : or_equal     ? SPOOR_SIGMA_GREATER_OR_EQUAL
                                 : SPOOR_SIGMA_GREATER);
}

static bool apply_part(item *it, const char *name) {
    static const char *const names[] = {"", "minute", "hour", "day", "week", "month", "year"};
    bool is_first = it->part == SPOOR_SIGMA_WHOLE && (!it->has_op || it->is_compare);
    for (int i = SPOOR_SIGMA_MINUTE; i <= SPOOR_SIGMA_YEAR; i++) { /* ORDER sigma_parts */
        it->part = strcmp(name, names[i]) == 0 ? (spoor_sigma_part)i : it->part;
    }
    return is_first || refuse(it, name, "does not go with the modifiers before it");
}

static bool apply_fieldref(item *it, const char *name) {
    it->is_field = true;
    for (uint32_t i = 0; i < it->count; i++) { /* contains put stars around the name */
        spoor_sigma_op op;
        it->values[i].text = spoor_sigma_classify(it->r->arena, it->values[i].text, &op);
        if (it->values[i].is_null || it->values[i].text.len == 0 ||
            spoor_sigma_is_open(it->values[i].text)) {
            return refuse(it, name, "needs the name of a field");
        }
    }
    return set_op(it, name, SPOOR_SIGMA_SAME);
}

static bool apply_all(item *it, const char *name) {
    (void)name;
    it->is_all = true;
    return true;
}

static bool apply_cased(item *it, const char *name) {
    (void)name;
    it->is_cased = true;
    return true;
}

static bool apply_neq(item *it, const char *name) {
    (void)name;
    it->is_negated = true;
    return true;
}

static bool write_expanded(item *it, const char *name, value v) {
    (void)name;
    spoor_str_list texts = {0};
    if (!spoor_sigma_expand(it->r, v.span, v.text, it->is_raw, &texts)) {
        return false;
    }
    for (uint32_t i = 0; i < texts.count; i++) {
        v.text = texts.items[i];
        if (!add_value(it, v)) {
            return false;
        }
    }
    return true;
}

static bool apply_expand(item *it, const char *name) {
    bool is_text = !it->has_op || it->op == SPOOR_SIGMA_REGEX || it->op == SPOOR_SIGMA_CIDR;
    return is_text ? rewrite(it, name, write_expanded)
                   : refuse(it, name, "does not go with the modifiers before it");
}

static const struct {
    const char *name;
    modifier_fn apply;
} modifiers[] = {
    {"contains", apply_open},
    {"startswith", apply_open},
    {"endswith", apply_open},
    {"all", apply_all},
    {"cased", apply_cased},
    {"neq", apply_neq},
    {"re", apply_regex},
    {"i", apply_regex_flag},
    {"ignorecase", apply_regex_flag},
    {"m", apply_regex_flag},
    {"multiline", apply_regex_flag},
    {"s", apply_regex_flag},
    {"dotall", apply_regex_flag},
    {"windash", apply_windash},
    {"cidr", apply_cidr},
    {"exists", apply_exists},
    {"base64", apply_base64},
    {"base64offset", apply_base64},
    {"utf16le", apply_utf16},
    {"utf16be", apply_utf16},
    {"utf16", apply_utf16},
    {"wide", apply_utf16},
    {"fieldref", apply_fieldref},
    {"expand", apply_expand},
    {"lt", apply_compare},
    {"lte", apply_compare},
    {"gt", apply_compare},
    {"gte", apply_compare},
    {"minute", apply_part},
    {"hour", apply_part},
    {"day", apply_part},
    {"week", apply_part},
    {"month", apply_part},
    {"year", apply_part},
};

static bool apply_modifier(item *it, spoor_str name) {
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        if (spoor_str_is(name, modifiers[i].name)) {
            return modifiers[i].apply(it, modifiers[i].name);
        }
    }
    return spoor_fail(it->r->diags, it->key_span, "there is no modifier '%.*s'", (int)name.len,
                      name.ptr);
}

/* -- values as written ------------------------------------------------------------------------- */

static bool has_modifier(spoor_str key, const char *wanted) {
    size_t len = strlen(wanted);
    for (size_t i = 0; i + len < key.len; i++) {
        if (key.ptr[i] == '|' && memcmp(key.ptr + i + 1, wanted, len) == 0 &&
            (i + 1 + len == key.len || key.ptr[i + 1 + len] == '|')) {
            return true;
        }
    }
    return false;
}

/* YAML reads a plain 0x10 as 16, who writes rules means what the event shows: either is taken. */
static bool add_hex(item *it, value v) {
    uint64_t number = 0;
    size_t i = 2;
    for (; i < v.text.len && i < 18; i++) {
        char c = (char)(v.text.ptr[i] | 0x20);
        bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'a' && c <= 'f';
        if (!is_digit && !is_letter) {
            return true;
        }
        number = number * 16 + (uint64_t)(is_digit ? c - '0' : c - 'a' + 10);
    }
    if (i < v.text.len || i == 2) {
        return true;
    }
    v.text = spoor_arena_format(it->r->arena, "%llu", (unsigned long long)number);
    return add_value(it, v);
}

static bool take_value(item *it, const spoor_yaml *node, bool is_bare) {
    if (node->kind != SPOOR_YAML_SCALAR) {
        return spoor_fail(it->r->diags, node->span, "a value must be a text or a number");
    }
    value v = {.text = node->text, .origin = it->norigins++, .span = node->span};
    v.is_null = spoor_sigma_is_null(node);
    if (v.is_null && it->field.len == 0) {
        return spoor_fail(it->r->diags, node->span, "null needs a field");
    }
    if (!v.is_null && !it->is_raw) {
        v.text = spoor_sigma_unescape(it->r->arena, node->text, it->has_placeholders);
    }
    bool is_hex = is_bare && node->quoting == SPOOR_QUOTING_PLAIN && v.text.len > 2 &&
                  v.text.ptr[0] == '0' && v.text.ptr[1] == 'x';
    return add_value(it, v) && (!is_hex || add_hex(it, v));
}

static bool take_values(item *it, spoor_str key, const spoor_yaml *node) {
    bool is_bare = memchr(key.ptr, '|', key.len) == NULL;
    if (node->kind == SPOOR_YAML_MAP) {
        return spoor_fail(it->r->diags, node->span, "a field takes a value or a list of values");
    }
    if (node->kind == SPOOR_YAML_SCALAR) {
        return take_value(it, node, is_bare);
    }
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        if (!take_value(it, i->value, is_bare)) {
            return false;
        }
    }
    return it->count > 0 || spoor_fail(it->r->diags, node->span, "there are no values");
}

/* -- tests ------------------------------------------------------------------------------------- */

static bool check_number(const item *it, const value *v) {
    bool is_number = v->text.len > 0 && !v->is_null;
    size_t i = is_number && (v->text.ptr[0] == '-' || v->text.ptr[0] == '+');
    uint32_t digits = 0, points = 0;
    for (; i < v->text.len; i++) {
        bool is_point = v->text.ptr[i] == '.';
        digits += v->text.ptr[i] >= '0' && v->text.ptr[i] <= '9';
        points += is_point;
        is_number &= is_point || (v->text.ptr[i] >= '0' && v->text.ptr[i] <= '9');
    }
    is_number &= digits > 0 && digits < 20 && points <= (it->part == SPOOR_SIGMA_WHOLE);
    return is_number || spoor_fail(it->r->diags, v->span, "a number is expected here");
}

/* ^ or $ that is an anchor? */
static bool has_anchor(spoor_str regex) {
    bool in_class = false;
    for (size_t i = 0; i < regex.len; i++) {
        char c = regex.ptr[i];
        if (!in_class && (c == '^' || c == '$')) {
            return true;
        }
        in_class = c == '[' || (in_class && c != ']');
        i += c == '\\';
    }
    return false;
}

static bool check_regex(const item *it, const value *v, bool *fits_empty) {
    spoor_regex_error error;
    if (spoor_str_is(it->field, "Data") && has_anchor(v->text)) {
        return spoor_fail(it->r->diags, v->span,
                          "'re' with ^ or $ is not supported for 'Data', which is a list of "
                          "texts; 'startswith' and 'endswith' are");
    }
    const spoor_regex *regex = spoor_regex_compile(it->r->arena, v->text, it->regex_flags, &error);
    if (regex == NULL) {
        return spoor_fail(it->r->diags, v->span, "regular expression: %s", error.message);
    }
    *fits_empty = spoor_regex_is_match(spoor_regex_matcher_new(it->r->arena, regex, MATCHER_BYTES),
                                       SPOOR_STR(""));
    return true;
}

/* Which test a value asks for, its text there, and whether an empty text meets it. */
static bool place_value(const item *it, value *v, spoor_sigma_op *op, bool *fits_empty) {
    *op = it->op;
    *fits_empty = false;
    if (v->is_null) {
        *op = SPOOR_SIGMA_NULL;
        return !it->has_op || spoor_fail(it->r->diags, v->span, "null takes no modifiers");
    }
    if (it->part != SPOOR_SIGMA_WHOLE && !it->is_compare) {
        *op = SPOOR_SIGMA_NUMBER;
        return check_number(it, v);
    }
    if (it->is_compare) {
        return check_number(it, v);
    }
    if (it->is_field) {
        *op = it->begins && it->ends ? SPOOR_SIGMA_SAME_PART
              : it->begins           ? SPOOR_SIGMA_SAME_START
              : it->ends             ? SPOOR_SIGMA_SAME_END
                                     : SPOOR_SIGMA_SAME;
        return true;
    }
    if (it->has_op && *op == SPOOR_SIGMA_REGEX) {
        return check_regex(it, v, fits_empty);
    }
    if (it->has_op && *op == SPOOR_SIGMA_CIDR) {
        spoor_ipv6 network;
        return spoor_ipv6_parse(v->text, &network) ||
               spoor_fail(it->r->diags, v->span, "a network such as 10.0.0.0/8 is expected here");
    }
    if (it->has_op) {
        return true;
    }
    if (it->is_bytes && !check_bytes(it, v)) {
        return false;
    }
    spoor_str text = it->field.len == 0 ? with_stars(it->r->arena, v->text, true, true) : v->text;
    v->text = spoor_sigma_classify(it->r->arena, text, op);
    *fits_empty = *op == SPOOR_SIGMA_ANY || v->text.len == 0;
    return true;
}

static void put_value(const item *it, spoor_sigma_node *test, spoor_str text) {
    if (test->nvalues == 0 || (test->nvalues >= 4 && (test->nvalues & (test->nvalues - 1)) == 0)) {
        uint32_t capacity = test->nvalues == 0 ? 4 : test->nvalues * 2;
        spoor_str *grown = SPOOR_NEW_ARRAY(it->r->arena, spoor_str, capacity);
        if (test->nvalues > 0) {
            memcpy(grown, test->values, test->nvalues * sizeof *grown);
        }
        test->values = grown;
    }
    test->values[test->nvalues++] = text;
}

/* Values first .. last - 1, any of which may hold: a test for each way of reading them. */
static spoor_sigma_node *any_of(item *it, uint32_t first, uint32_t last) {
    spoor_sigma_node *either = spoor_sigma_node_new(it->r, SPOOR_SIGMA_OR, it->key_span);
    for (uint32_t i = first; i < last && either != NULL; i++) {
        spoor_sigma_op op;
        bool fits_empty;
        if (!place_value(it, &it->values[i], &op, &fits_empty)) {
            return NULL;
        }
        spoor_sigma_node *test = NULL;
        for (uint32_t k = 0; k < either->nchildren && test == NULL; k++) {
            test = either->children[k]->op == op ? either->children[k] : NULL;
        }
        if (test == NULL) {
            test = spoor_sigma_node_new(it->r, SPOOR_SIGMA_TEST, it->key_span);
            if (test == NULL) {
                return NULL;
            }
            test->op = op;
            test->field = it->field;
            test->part = it->part;
            test->is_cased = it->is_cased;
            test->regex_flags = it->regex_flags;
            spoor_sigma_node_add(it->r->arena, either, test);
        }
        test->fits_empty |= fits_empty;
        put_value(it, test, it->values[i].text);
    }
    return either == NULL || either->nchildren != 1 ? either : either->children[0];
}

static spoor_sigma_node *all_of(item *it) {
    spoor_sigma_node *all = spoor_sigma_node_new(it->r, SPOOR_SIGMA_AND, it->key_span);
    for (uint32_t i = 0, next = 0; i < it->count && all != NULL; i = next) {
        while (next < it->count && it->values[next].origin == it->values[i].origin) {
            next++;
        }
        spoor_sigma_node *one = any_of(it, i, next);
        if (one == NULL) {
            return NULL;
        }
        spoor_sigma_node_add(it->r->arena, all, one);
    }
    return all;
}

/* `exists: true` is a test, `false` the negation of it. */
static spoor_sigma_node *read_exists(item *it) {
    spoor_sigma_node *test = spoor_sigma_node_new(it->r, SPOOR_SIGMA_TEST, it->key_span);
    bool yes = it->count == 1 && spoor_rule_word_is(it->values[0].text, SPOOR_STR("true"));
    bool no = it->count == 1 && spoor_rule_word_is(it->values[0].text, SPOOR_STR("false"));
    if (test == NULL || (!yes && !no) || it->field.len == 0 || it->values[0].is_null) {
        if (test != NULL) {
            spoor_fail(it->r->diags, it->key_span, "'exists' takes true or false, of a field");
        }
        return NULL;
    }
    test->op = SPOOR_SIGMA_EXISTS;
    test->field = it->field;
    it->is_negated ^= no;
    return test;
}

spoor_sigma_node *spoor_sigma_read_item(spoor_sigma_reader *r, spoor_str key, spoor_span key_span,
                                        const spoor_yaml *node) {
    size_t bar = 0;
    while (bar < key.len && key.ptr[bar] != '|') {
        bar++;
    }
    item it = {.r = r, .field = {key.ptr, bar}, .key_span = key_span};
    it.is_raw = has_modifier(key, "re");
    it.has_placeholders = has_modifier(key, "expand");
    if (!take_values(&it, key, node)) {
        return NULL;
    }
    while (bar < key.len) {
        size_t from = bar + 1;
        for (bar = from; bar < key.len && key.ptr[bar] != '|';) {
            bar++;
        }
        if (!apply_modifier(&it, (spoor_str){key.ptr + from, bar - from})) {
            return NULL;
        }
    }
    if (it.field.len == 0 && it.has_op && it.op != SPOOR_SIGMA_CONTAINS &&
        it.op != SPOOR_SIGMA_EXISTS) {
        spoor_fail(r->diags, key_span,
                   "a keyword is looked for anywhere in the event: modifiers that "
                   "compare the text of a field need a field");
        return NULL;
    }
    spoor_sigma_node *made = it.has_op && it.op == SPOOR_SIGMA_EXISTS ? read_exists(&it)
                             : it.is_all                              ? all_of(&it)
                                                                      : any_of(&it, 0, it.count);
    if (made == NULL || !it.is_negated) {
        return made;
    }
    spoor_sigma_node *negation = spoor_sigma_node_new(r, SPOOR_SIGMA_NOT, key_span);
    if (negation != NULL) {
        spoor_sigma_node_add(r->arena, negation, made);
    }
    return negation;
}
