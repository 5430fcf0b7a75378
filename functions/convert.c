/* convert.c - what toX(value) means, one function a target type; see convert.h.
 *
 * Pinned by conformance emulator_*: tolong("5.7") is null, tolong(5.7) is 5,
 * toint(long) keeps the low 32 bits, toint(real) saturates, tobool('2') is
 * true, tobool('yes') null; times and spans convert as their ticks. */
#include "functions/convert.h"

#include <math.h>

#include "base/number.h"
#include "base/time.h"
#include "types/dynamic.h"

static spoor_value null_of(spoor_type type) {
    return (spoor_value){.type = type, .is_null = type != SPOOR_STRING};
}

static spoor_value integer_of(spoor_type type, int64_t value) {
    return (spoor_value){.type = type, .integer = value};
}

static bool is_integral(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_DATETIME ||
           type == SPOOR_TIMESPAN;
}

static bool text_is(spoor_str text, const char *lower) {
    size_t i = 0;
    for (; i < text.len && lower[i] != '\0'; i++) {
        char c = text.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != lower[i]) {
            return false;
        }
    }
    return i == text.len && lower[i] == '\0';
}

static spoor_value to_bool(const spoor_value *value) {
    spoor_value out = {.type = SPOOR_BOOL};
    int64_t number;
    if (value->type == SPOOR_BOOL) {
        return *value;
    }
    if (is_integral(value->type)) {
        out.boolean = value->integer != 0;
    } else if (value->type == SPOOR_REAL) {
        out.boolean = value->real != 0;
    } else if (value->type == SPOOR_DECIMAL) {
        out.boolean = value->decimal.coefficient != 0;
    } else if (value->type == SPOOR_STRING) {
        spoor_str text = value->string; /* in rows blanks make a word none (emulator_fuzz/1352) */
        if (text_is(text, "true")) {
            out.boolean = true;
        } else if (spoor_long_parse(text, &number)) {
            out.boolean = number != 0;
        } else if (!text_is(text, "false")) {
            return null_of(SPOOR_BOOL);
        }
    } else {
        return null_of(SPOOR_BOOL);
    }
    return out;
}

static spoor_value to_long(const spoor_value *value) {
    int64_t number;
    switch (value->type) {
    case SPOOR_BOOL: return integer_of(SPOOR_LONG, value->boolean);
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return integer_of(SPOOR_LONG, value->integer);
    case SPOOR_REAL:
        if (isnan(value->real) || isinf(value->real)) {
            return null_of(SPOOR_LONG);
        }
        if (value->real >= 9223372036854775808.0 || value->real < -9223372036854775808.0) {
            return integer_of(SPOOR_LONG, value->real > 0 ? INT64_MAX : INT64_MIN);
        }
        return integer_of(SPOOR_LONG, (int64_t)value->real);
    case SPOOR_DECIMAL:
        return spoor_decimal_to_long(value->decimal, &number) ? integer_of(SPOOR_LONG, number)
                                                              : null_of(SPOOR_LONG);
    case SPOOR_STRING:
        return spoor_long_parse(value->string, &number) ? integer_of(SPOOR_LONG, number)
                                                        : null_of(SPOOR_LONG);
    case SPOOR_GUID:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return null_of(SPOOR_LONG);
}

static spoor_value to_int(const spoor_value *value) {
    if (value->type == SPOOR_REAL && !isnan(value->real) && !isinf(value->real)) {
        double real = value->real;
        int64_t number = real >= INT32_MAX   ? INT32_MAX
                         : real <= INT32_MIN ? INT32_MIN
                                             : (int64_t)real;
        return integer_of(SPOOR_INT, number);
    }
    spoor_value number = to_long(value);
    if (number.is_null) {
        return null_of(SPOOR_INT);
    }
    if (value->type == SPOOR_STRING && number.integer != (int32_t)number.integer) {
        return null_of(SPOOR_INT);
    }
    return integer_of(SPOOR_INT, (int32_t)(uint32_t)(uint64_t)number.integer);
}

static spoor_value to_real(const spoor_value *value) {
    spoor_value out = {.type = SPOOR_REAL};
    switch (value->type) {
    case SPOOR_BOOL: out.real = value->boolean; return out;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: out.real = (double)value->integer; return out;
    case SPOOR_REAL: return *value;
    case SPOOR_DECIMAL: out.real = spoor_decimal_to_real(value->decimal); return out;
    case SPOOR_STRING:
        return spoor_real_parse(value->string, &out.real) ? out : null_of(SPOOR_REAL);
    case SPOOR_GUID:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return null_of(SPOOR_REAL);
}

static spoor_value to_decimal(const spoor_value *value) {
    spoor_value out = {.type = SPOOR_DECIMAL};
    bool ok = false;
    if (value->type == SPOOR_DECIMAL) {
        return *value;
    }
    if (value->type == SPOOR_BOOL || is_integral(value->type)) {
        int64_t number = value->type == SPOOR_BOOL ? value->boolean : value->integer;
        out.decimal = spoor_decimal_from_long(number);
        ok = true;
    } else if (value->type == SPOOR_REAL) {
        ok = spoor_decimal_from_real(value->real, &out.decimal);
    } else if (value->type == SPOOR_STRING) {
        ok = spoor_decimal_parse(spoor_str_trim(value->string), &out.decimal);
    }
    return ok ? out : null_of(SPOOR_DECIMAL);
}

static spoor_value to_datetime(const spoor_value *value) {
    int64_t ticks;
    if (value->type == SPOOR_DATETIME) {
        return *value;
    }
    if (value->type == SPOOR_STRING) {
        return spoor_time_parse(value->string, &ticks) ? integer_of(SPOOR_DATETIME, ticks)
                                                       : null_of(SPOOR_DATETIME);
    }
    spoor_value number = value->type == SPOOR_BOOL ? null_of(SPOOR_LONG) : to_long(value);
    if (number.is_null || number.integer < 0 || number.integer > SPOOR_DATETIME_MAX) {
        return null_of(SPOOR_DATETIME);
    }
    return integer_of(SPOOR_DATETIME, number.integer);
}

static spoor_value to_timespan(const spoor_value *value) {
    int64_t ticks;
    if (value->type == SPOOR_TIMESPAN) {
        return *value;
    }
    if (value->type == SPOOR_STRING) {
        return spoor_timespan_parse(value->string, &ticks) ? integer_of(SPOOR_TIMESPAN, ticks)
                                                           : null_of(SPOOR_TIMESPAN);
    }
    spoor_value number = value->type == SPOOR_BOOL ? null_of(SPOOR_LONG) : to_long(value);
    return number.is_null ? null_of(SPOOR_TIMESPAN) : integer_of(SPOOR_TIMESPAN, number.integer);
}

static spoor_value to_guid(const spoor_value *value) {
    spoor_value out = {.type = SPOOR_GUID};
    if (value->type == SPOOR_GUID) {
        return *value;
    }
    bool ok = value->type == SPOOR_STRING && spoor_guid_parse(value->string, &out.guid);
    return ok ? out : null_of(SPOOR_GUID);
}

spoor_value spoor_convert(spoor_arena *arena, const spoor_value *value, spoor_type type) {
    if (value->type == type) {
        return *value;
    }
    if (value->is_null) {
        return null_of(type);
    }
    if (type == SPOOR_DYNAMIC) {
        return (spoor_value){.type = type, .string = spoor_dynamic_from_value(arena, value)};
    }
    if (type == SPOOR_STRING) {
        return (spoor_value){.type = type, .string = spoor_value_to_text(arena, value)};
    }
    spoor_value inner = *value;
    if (value->type == SPOOR_DYNAMIC) { /* an array or a bag converts to nothing but text */
        inner = spoor_dynamic_scalar(value->string);
        if (inner.is_null || inner.type == SPOOR_DYNAMIC) {
            return null_of(type);
        }
    }
    switch (type) {
    case SPOOR_BOOL: return to_bool(&inner);
    case SPOOR_INT: return to_int(&inner);
    case SPOOR_LONG: return to_long(&inner);
    case SPOOR_REAL: return to_real(&inner);
    case SPOOR_DECIMAL: return to_decimal(&inner);
    case SPOOR_DATETIME: return to_datetime(&inner);
    case SPOOR_TIMESPAN: return to_timespan(&inner);
    case SPOOR_GUID: return to_guid(&inner);
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return null_of(type);
}

/* Pinned by conformance emulator_fuzz/0874 and emulator_measured/263; the rows by 1329 and 1352. */
bool spoor_convert_constant(const spoor_value *value, spoor_type type, spoor_value *out) {
    if (value->is_null) {
        return false;
    }
    if (value->type == SPOOR_STRING && type == SPOOR_BOOL) {
        spoor_value bare = {.type = SPOOR_STRING, .string = spoor_str_trim(value->string)};
        *out = to_bool(&bare);
        return bare.string.len != value->string.len;
    }
    if (value->type == SPOOR_REAL && (type == SPOOR_INT || type == SPOOR_LONG)) {
        double least = type == SPOOR_INT ? INT32_MIN : -9223372036854775808.0;
        *out = integer_of(type, type == SPOOR_INT ? INT32_MIN : INT64_MIN);
        return isfinite(value->real) && (trunc(value->real) >= -least || value->real < least);
    }
    return false;
}

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL || type == SPOOR_DECIMAL;
}

bool spoor_convert_exact(spoor_arena *arena, const spoor_value *value, spoor_type type,
                         spoor_value *out) {
    spoor_value inner = *value;
    if (value->type == SPOOR_DYNAMIC && !value->is_null && type != SPOOR_DYNAMIC) {
        inner = spoor_dynamic_scalar(value->string);
    }
    if (inner.is_null) {
        *out = null_of(type);
        return true;
    }
    if (is_number(inner.type) && is_number(type)) {
        *out = spoor_convert(arena, &inner, type);
        spoor_value back = spoor_convert(arena, out, inner.type);
        return !out->is_null && spoor_value_compare(&back, &inner) == 0;
    }
    if (inner.type != type && type != SPOOR_DYNAMIC && inner.type != SPOOR_STRING &&
        type != SPOOR_STRING) {
        return false;
    }
    *out = spoor_convert(arena, &inner, type);
    return !out->is_null;
}
