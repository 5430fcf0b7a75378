/* value.c - single values: order, hash, copy and text.
 *
 * One order serves sorting, min, max and grouping, so it is total: null is
 * the least, NaN stands below every number and equals itself, 0.0 equals
 * -0.0.  What compares equal hashes equal. */
#include <assert.h>

#include "base/hash.h"
#include "base/number.h"
#include "base/time.h"
#include "types/dynamic.h"
#include "types/vec.h"

static int compare_longs(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_reals(double a, double b) {
    bool a_is_nan = a != a, b_is_nan = b != b;
    return a_is_nan || b_is_nan ? b_is_nan - a_is_nan : (a > b) - (a < b);
}

int spoor_value_compare(const spoor_value *a, const spoor_value *b) {
    assert(a->type == b->type);
    if (a->is_null || b->is_null) {
        return b->is_null - a->is_null;
    }
    switch (a->type) {
    case SPOOR_BOOL: return a->boolean - b->boolean;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return compare_longs(a->integer, b->integer);
    case SPOOR_REAL: return compare_reals(a->real, b->real);
    case SPOOR_DECIMAL: return spoor_decimal_compare(a->decimal, b->decimal);
    case SPOOR_GUID: {
        int order = memcmp(a->guid.bytes, b->guid.bytes, sizeof a->guid.bytes);
        return (order > 0) - (order < 0);
    }
    case SPOOR_STRING: return spoor_str_compare(a->string, b->string);
    case SPOOR_DYNAMIC: return spoor_dynamic_compare(a->string, b->string);
    case SPOOR_NTYPES: break;
    }
    assert(false && "not a type");
    return 0;
}

static uint64_t hash_real(double real) {
    uint64_t bits = 0; /* of 0.0 and -0.0 */
    if (real != real) {
        bits = 1; /* of every NaN */
    } else if (real > 0 || real < 0) {
        memcpy(&bits, &real, sizeof bits);
    }
    return spoor_hash_u64(bits);
}

uint64_t spoor_value_hash(const spoor_value *value) {
    if (value->is_null) {
        return 0x6E756C6C;
    }
    switch (value->type) {
    case SPOOR_BOOL: return spoor_hash_u64(value->boolean);
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return spoor_hash_u64((uint64_t)value->integer);
    case SPOOR_REAL: return hash_real(value->real);
    case SPOOR_DECIMAL: return spoor_decimal_hash(value->decimal);
    case SPOOR_GUID: return spoor_hash_bytes(value->guid.bytes, sizeof value->guid.bytes);
    case SPOOR_STRING: return spoor_hash_bytes(value->string.ptr, value->string.len);
    case SPOOR_DYNAMIC: return spoor_dynamic_hash(value->string);
    case SPOOR_NTYPES: break;
    }
    assert(false && "not a type");
    return 0;
}

spoor_value spoor_value_copy(spoor_arena *arena, const spoor_value *value) {
    spoor_value copy = *value;
    if (!value->is_null && (value->type == SPOOR_STRING || value->type == SPOOR_DYNAMIC)) {
        copy.string = spoor_arena_str(arena, value->string);
    }
    return copy;
}

spoor_str spoor_value_to_text(spoor_arena *arena, const spoor_value *value) {
    if (value->is_null) {
        return SPOOR_STR("");
    }
    char number[SPOOR_NUMBER_TEXT], time[SPOOR_TIME_TEXT], guid[SPOOR_GUID_TEXT];
    switch (value->type) {
    case SPOOR_BOOL: return value->boolean ? SPOOR_STR("True") : SPOOR_STR("False");
    case SPOOR_INT:
    case SPOOR_LONG: return spoor_arena_str(arena, spoor_long_print(value->integer, number));
    case SPOOR_REAL: return spoor_arena_str(arena, spoor_real_print(value->real, number));
    case SPOOR_DECIMAL: return spoor_arena_str(arena, spoor_decimal_print(value->decimal, number));
    case SPOOR_DATETIME: return spoor_arena_str(arena, spoor_time_print(value->integer, time));
    case SPOOR_TIMESPAN: return spoor_arena_str(arena, spoor_timespan_print(value->integer, time));
    case SPOOR_GUID: return spoor_arena_str(arena, spoor_guid_print(value->guid, guid));
    case SPOOR_STRING: return value->string;
    case SPOOR_DYNAMIC: return spoor_dynamic_to_text(arena, value->string);
    case SPOOR_NTYPES: break;
    }
    assert(false && "not a type");
    return SPOOR_STR("");
}
