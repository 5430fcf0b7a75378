/* bind_literal.c - literals to constants, dynamic(...) to its binary form. */
#include "base/number.h"
#include "base/time.h"
#include "planner/bind.h"
#include "types/dynamic.h"

/* `datetime("2020-01-01")` is written with quotes by many. */
static spoor_str unquoted(spoor_str text) {
    text = spoor_str_trim(text);
    if (text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
        text.ptr[text.len - 1] == text.ptr[0]) {
        return (spoor_str){text.ptr + 1, text.len - 2};
    }
    return text;
}

static bool bool_value(spoor_str text, spoor_value *value) {
    int64_t number;
    if (spoor_str_is(text, "true") || spoor_str_is(text, "True") || spoor_str_is(text, "TRUE")) {
        value->boolean = true;
        return true;
    }
    if (spoor_str_is(text, "false") || spoor_str_is(text, "False") || spoor_str_is(text, "FALSE")) {
        value->boolean = false;
        return true;
    }
    if (spoor_long_parse(text, &number)) {
        value->boolean = number != 0;
        return true;
    }
    return false;
}

static bool integer_value(spoor_str text, spoor_type type, spoor_value *value) {
    return spoor_long_parse(text, &value->integer) &&
           (type == SPOOR_LONG || (value->integer >= INT32_MIN && value->integer <= INT32_MAX));
}

/* datetime(2025, 6, 14): year, month, day and so on. */
static bool listed_time(spoor_str text, int64_t *time) {
    int64_t parts[6] = {1, 1, 1, 0, 0, 0};
    int n = 0;
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (n < 6) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        if (!spoor_long_parse((spoor_str){at, (size_t)(stop - at)}, &parts[n]) || parts[n] < 0 ||
            parts[n] > 9999) {
            return false;
        }
        n++;
        if (comma == NULL) {
            spoor_civil civil = {.year = (int)parts[0],
                                 .month = (int)parts[1],
                                 .day = (int)parts[2],
                                 .hour = (int)parts[3],
                                 .minute = (int)parts[4],
                                 .second = (int)parts[5]};
            return n >= 3 && spoor_time_from_civil(civil, time);
        }
        at = comma + 1;
    }
    return false;
}

/* A clock alone is one of the day of now(). */
static bool time_value(spoor_binder *b, spoor_str text, int64_t *time) {
    int64_t other;
    bool ok = spoor_time_parse_on(text, b->options->now, time);
    b->query->is_of_run |= ok &&
                           spoor_time_parse_on(text, b->options->now + SPOOR_TICKS_DAY, &other) &&
                           other != *time;
    return ok;
}

bool spoor_bind_literal_value(spoor_binder *b, spoor_type type, spoor_str text, spoor_span span,
                              spoor_value *value) {
    *value = (spoor_value){.type = type};
    bool ok = false;
    spoor_str plain = type == SPOOR_STRING ? text : unquoted(text);
    switch (type) {
    case SPOOR_BOOL: ok = bool_value(plain, value); break;
    case SPOOR_INT:
    case SPOOR_LONG: ok = integer_value(plain, type, value); break;
    case SPOOR_REAL: ok = spoor_real_parse(plain, &value->real); break;
    case SPOOR_DECIMAL: ok = spoor_decimal_parse(plain, &value->decimal); break;
    case SPOOR_DATETIME:
        ok = time_value(b, plain, &value->integer) || listed_time(plain, &value->integer);
        break;
    case SPOOR_TIMESPAN: ok = spoor_timespan_parse(plain, &value->integer); break;
    case SPOOR_GUID: ok = spoor_guid_parse(plain, &value->guid); break;
    case SPOOR_STRING:
        value->string = text;
        ok = true;
        break;
    case SPOOR_DYNAMIC: ok = spoor_dynamic_parse_json(b->arena, text, &value->string); break;
    case SPOOR_NTYPES: break;
    }
    return ok ||
           spoor_fail(b->diags, span, "'%.*s' is not %s", SPOOR_S(text), spoor_type_phrase(type));
}

static bool literal_value(spoor_binder *b, const spoor_ast *node, spoor_value *value) {
    spoor_type type = (spoor_type)node->type; /* ORDER spoor_type */
    if (node->flags & SPOOR_AST_NULL_LITERAL) {
        *value = (spoor_value){.type = type, .is_null = type != SPOOR_STRING};
        return true;
    }
    return spoor_bind_literal_value(b, type, node->text, node->span, value);
}

/* One element of dynamic(...).  The parser limits the depth. */
static bool add_element(spoor_binder *b, spoor_dynamic_builder *out, const spoor_ast *node) {
    switch (node->kind) {
    case SPOOR_AST_JSON_ARRAY:
        spoor_dynamic_open(out, '[');
        for (const spoor_ast *e = node->first; e != NULL; e = e->next) {
            if (!add_element(b, out, e)) {
                return false;
            }
        }
        spoor_dynamic_close(out);
        return true;
    case SPOOR_AST_JSON_BAG:
        spoor_dynamic_open(out, '{');
        for (const spoor_ast *pair = node->first; pair != NULL; pair = pair->next) {
            spoor_dynamic_name(out, pair->text);
            if (pair->first == NULL || !add_element(b, out, pair->first)) {
                return false;
            }
        }
        spoor_dynamic_close(out);
        return true;
    case SPOOR_AST_DYNAMIC:
        if (node->first == NULL) {
            spoor_value nothing = {.type = SPOOR_DYNAMIC, .is_null = true};
            spoor_dynamic_add(out, &nothing);
            return true;
        }
        return add_element(b, out, node->first);
    default: break;
    }
    spoor_value value;
    if (node->kind != SPOOR_AST_LITERAL || node->type == SPOOR_AST_NO_TYPE) {
        return spoor_fail(b->diags, node->span, "a dynamic literal holds literals only");
    }
    if (!literal_value(b, node, &value)) {
        return false;
    }
    spoor_dynamic_add(out, &value);
    return true;
}

static spoor_bound *bind_dynamic(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *inner = node->first;
    if (inner == NULL ||
        (inner->kind == SPOOR_AST_LITERAL && (inner->flags & SPOOR_AST_NULL_LITERAL))) {
        return spoor_bound_null(b->arena, SPOOR_DYNAMIC, node->span);
    }
    spoor_dynamic_builder out;
    spoor_dynamic_init(&out, b->arena);
    if (!add_element(b, &out, inner)) {
        return NULL;
    }
    spoor_value value = {.type = SPOOR_DYNAMIC, .string = spoor_dynamic_finish(&out)};
    return spoor_bound_constant(b->arena, value, node->span);
}

spoor_bound *spoor_bind_literal(spoor_binder *b, const spoor_ast *node) {
    if (node->kind == SPOOR_AST_DYNAMIC) {
        return bind_dynamic(b, node);
    }
    spoor_value value;
    if (node->type == SPOOR_AST_NO_TYPE) {
        spoor_fail(b->diags, node->span, "no type named '%.*s'", SPOOR_S(node->extra));
        return NULL;
    }
    return literal_value(b, node, &value) ? spoor_bound_constant(b->arena, value, node->span)
                                          : NULL;
}

bool spoor_bind_text(spoor_binder *b, const spoor_ast *node, spoor_str *text) {
    spoor_bound *value = spoor_bind_scalar(b, node);
    if (value == NULL) {
        return false;
    }
    if (value->kind != SPOOR_BOUND_CONSTANT || value->type != SPOOR_STRING) {
        return spoor_fail(b->diags, node->span, "expected a constant string");
    }
    *text = value->value.string;
    return true;
}
