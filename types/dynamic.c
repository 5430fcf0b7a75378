/* dynamic.c - reading the binary form of dynamic values: walking, order, hash.
 *
 * The encoded bytes were made by dynamic_build.c in this process, so they are
 * trusted; what asserts here is our own mistake.  Recursion is as deep as a
 * value is high: SPOOR_DYNAMIC_MAX_HEIGHT at most. */
#include "types/dynamic.h"

#include <assert.h>

#include "base/hash.h"

enum { HEADER = 6 }; /* kind, height, count */

static uint32_t read_u32(const char *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static int64_t read_i64(spoor_str value) {
    assert(value.len == 1 + sizeof(int64_t));
    int64_t number;
    memcpy(&number, value.ptr + 1, sizeof number);
    return number;
}

spoor_dynamic_kind spoor_dynamic_kind_of(spoor_str value) {
    if (value.len == 0) {
        return SPOOR_DYN_NULL;
    }
    switch (value.ptr[0]) {
    case 'n': return SPOOR_DYN_NULL;
    case 't':
    case 'f': return SPOOR_DYN_BOOL;
    case 'l': return SPOOR_DYN_LONG;
    case 'r': return SPOOR_DYN_REAL;
    case 'd': return SPOOR_DYN_DATETIME;
    case 'p': return SPOOR_DYN_TIMESPAN;
    case 'g': return SPOOR_DYN_GUID;
    case 'm': return SPOOR_DYN_DECIMAL;
    case 's': return SPOOR_DYN_STRING;
    case '[': return SPOOR_DYN_ARRAY;
    case '{': return SPOOR_DYN_BAG;
    }
    assert(false && "not a dynamic value");
    return SPOOR_DYN_NULL;
}

static bool is_container(spoor_str value) {
    return value.len > 0 && (value.ptr[0] == '[' || value.ptr[0] == '{');
}

uint32_t spoor_dynamic_count(spoor_str value) {
    return is_container(value) ? read_u32(value.ptr + 2) : 0;
}

spoor_dynamic_iter spoor_dynamic_begin(spoor_str value) {
    if (!is_container(value)) {
        return (spoor_dynamic_iter){0};
    }
    return (spoor_dynamic_iter){value.ptr + HEADER, value.ptr + value.len,
                                spoor_dynamic_count(value), value.ptr[0] == '{'};
}

/* The length and the bytes at *at; moves past them. */
static spoor_str read_slice(const char **at, const char *end) {
    assert((size_t)(end - *at) >= sizeof(uint32_t));
    spoor_str slice = {*at + sizeof(uint32_t), read_u32(*at)};
    assert((size_t)(end - slice.ptr) >= slice.len);
    *at = slice.ptr + slice.len;
    return slice;
}

static spoor_str read_element(const char **at, const char *end) {
    spoor_str element = read_slice(at, end);
    return element.len == 1 && element.ptr[0] == 'n' ? (spoor_str){NULL, 0} : element;
}

bool spoor_dynamic_next(spoor_dynamic_iter *iter, spoor_str *name, spoor_str *element) {
    if (iter->left == 0) {
        return false;
    }
    iter->left--;
    spoor_str own_name = {NULL, 0};
    if (iter->is_bag) {
        own_name = read_slice(&iter->at, iter->end);
    }
    if (name != NULL) {
        *name = own_name;
    }
    spoor_str own_element = read_element(&iter->at, iter->end);
    if (element != NULL) {
        *element = own_element;
    }
    return true;
}

bool spoor_dynamic_at(spoor_str array, int64_t index, spoor_str *element) {
    if (spoor_dynamic_kind_of(array) != SPOOR_DYN_ARRAY) {
        return false;
    }
    uint32_t count = spoor_dynamic_count(array);
    index = index < 0 ? index + count : index;
    if (index < 0 || index >= count) {
        return false;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(array);
    for (int64_t i = 0; i <= index; i++) {
        spoor_dynamic_next(&iter, NULL, element);
    }
    return true;
}

/* The pair that is the n-th by name, of a bag that has an index. */
static void read_indexed(spoor_str bag, uint32_t n, spoor_str *name, spoor_str *element) {
    const char *end = bag.ptr + bag.len;
    size_t from_end = (size_t)(spoor_dynamic_count(bag) - n) * sizeof(uint32_t);
    const char *at = bag.ptr + read_u32(end - from_end);
    *name = read_slice(&at, end);
    *element = read_element(&at, end);
}

bool spoor_dynamic_get(spoor_str bag, spoor_str name, spoor_str *element) {
    if (spoor_dynamic_kind_of(bag) != SPOOR_DYN_BAG) {
        return false;
    }
    spoor_str found_name, found;
    uint32_t count = spoor_dynamic_count(bag);
    if (count <= SPOOR_DYNAMIC_FEW) {
        spoor_dynamic_iter iter = spoor_dynamic_begin(bag);
        while (spoor_dynamic_next(&iter, &found_name, &found)) {
            if (spoor_str_eq(found_name, name)) {
                *element = found;
                return true;
            }
        }
        return false;
    }
    for (uint32_t low = 0, high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        read_indexed(bag, middle, &found_name, &found);
        int order = spoor_str_compare(name, found_name);
        if (order == 0) {
            *element = found;
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

static spoor_decimal read_decimal(spoor_str value) {
    spoor_decimal decimal;
    assert(value.len == 1 + sizeof decimal.coefficient + sizeof decimal.scale);
    memcpy(&decimal.coefficient, value.ptr + 1, sizeof decimal.coefficient);
    memcpy(&decimal.scale, value.ptr + 1 + sizeof decimal.coefficient, sizeof decimal.scale);
    return decimal;
}

spoor_value spoor_dynamic_scalar(spoor_str value) {
    spoor_value scalar = {.type = SPOOR_DYNAMIC};
    switch (spoor_dynamic_kind_of(value)) {
    case SPOOR_DYN_NULL: scalar.is_null = true; break;
    case SPOOR_DYN_BOOL:
        scalar.type = SPOOR_BOOL;
        scalar.boolean = value.ptr[0] == 't';
        break;
    case SPOOR_DYN_LONG:
        scalar.type = SPOOR_LONG;
        scalar.integer = read_i64(value);
        break;
    case SPOOR_DYN_REAL:
        scalar.type = SPOOR_REAL;
        memcpy(&scalar.real, value.ptr + 1, sizeof scalar.real);
        break;
    case SPOOR_DYN_DATETIME:
        scalar.type = SPOOR_DATETIME;
        scalar.integer = read_i64(value);
        break;
    case SPOOR_DYN_TIMESPAN:
        scalar.type = SPOOR_TIMESPAN;
        scalar.integer = read_i64(value);
        break;
    case SPOOR_DYN_GUID:
        scalar.type = SPOOR_GUID;
        memcpy(scalar.guid.bytes, value.ptr + 1, sizeof scalar.guid.bytes);
        break;
    case SPOOR_DYN_DECIMAL:
        scalar.type = SPOOR_DECIMAL;
        scalar.decimal = read_decimal(value);
        break;
    case SPOOR_DYN_STRING:
        scalar.type = SPOOR_STRING;
        scalar.string = (spoor_str){value.ptr + 1, value.len - 1};
        break;
    case SPOOR_DYN_ARRAY:
    case SPOOR_DYN_BAG: scalar.string = value; break;
    }
    return scalar;
}

const char *spoor_dynamic_type_name(spoor_str value) {
    switch (spoor_dynamic_kind_of(value)) {
    case SPOOR_DYN_NULL: return "null";
    case SPOOR_DYN_BOOL: return "bool";
    case SPOOR_DYN_LONG: return "long";
    case SPOOR_DYN_REAL: return "double";
    case SPOOR_DYN_DATETIME: return "datetime";
    case SPOOR_DYN_TIMESPAN: return "timespan";
    case SPOOR_DYN_GUID: return "guid";
    case SPOOR_DYN_DECIMAL: return "decimal";
    case SPOOR_DYN_STRING: return "string";
    case SPOOR_DYN_ARRAY: return "array";
    case SPOOR_DYN_BAG: return "dictionary";
    }
    return "null";
}

/* -- order ---------------------------------------------------------------------------------------
 */

static const double EXACT = 9007199254740992.0; /* 2^53: below it doubles hold every whole number */

static bool is_nan(double real) {
    return real != real;
}

/* The number as a decimal; false: NaN or infinite. */
static bool number_to_decimal(const spoor_value *number, spoor_decimal *decimal) {
    if (number->type == SPOOR_REAL) {
        return spoor_decimal_from_real(number->real, decimal);
    }
    *decimal =
        number->type == SPOOR_LONG ? spoor_decimal_from_long(number->integer) : number->decimal;
    return true;
}

/* 0: NaN, 1: -infinity, 2: finite, 3: infinity. */
static int rank_of(const spoor_value *number) {
    if (number->type != SPOOR_REAL || number->real - number->real == 0) {
        return 2;
    }
    return is_nan(number->real) ? 0 : number->real < 0 ? 1 : 3;
}

/* All numbers in one order: that of their decimals.  The short cuts give the same answers. */
static int compare_numbers(const spoor_value *a, const spoor_value *b) {
    if (a->type == b->type) {
        return spoor_value_compare(a, b);
    }
    if (a->type == SPOOR_REAL && b->type == SPOOR_LONG) {
        return -compare_numbers(b, a);
    }
    if (a->type == SPOOR_LONG && b->type == SPOOR_REAL && b->real > -EXACT && b->real < EXACT) {
        double real = (double)a->integer;
        return (real > b->real) - (real < b->real);
    }
    int a_rank = rank_of(a), b_rank = rank_of(b);
    if (a_rank != b_rank) {
        return a_rank < b_rank ? -1 : 1;
    }
    spoor_decimal x, y;
    if (!number_to_decimal(a, &x) || !number_to_decimal(b, &y)) {
        return 0;
    }
    return spoor_decimal_compare(x, y);
}

/* Equal numbers of any type hash alike: whole ones as a long, others as the nearest real. */
static uint64_t hash_number(spoor_value number) {
    int64_t whole;
    spoor_decimal decimal;
    if (number.type == SPOOR_REAL) {
        if (number.real > -EXACT && number.real < EXACT) {
            whole = (int64_t)number.real;
            if ((double)whole < number.real || (double)whole > number.real) {
                return spoor_value_hash(&number);
            }
            return spoor_hash_u64((uint64_t)whole);
        }
        if (!spoor_decimal_from_real(number.real, &decimal)) {
            return spoor_value_hash(&number);
        }
    } else if (number.type == SPOOR_LONG) {
        return spoor_hash_u64((uint64_t)number.integer);
    } else {
        decimal = number.decimal;
    }
    if (spoor_decimal_to_long(decimal, &whole) &&
        spoor_decimal_compare(decimal, spoor_decimal_from_long(whole)) == 0) {
        return spoor_hash_u64((uint64_t)whole);
    }
    spoor_value real = {.type = SPOOR_REAL, .real = spoor_decimal_to_real(decimal)};
    return spoor_value_hash(&real);
}

static int compare_arrays(spoor_str a, spoor_str b) {
    spoor_dynamic_iter left = spoor_dynamic_begin(a), right = spoor_dynamic_begin(b);
    spoor_str x, y;
    while (left.left > 0 && right.left > 0) {
        spoor_dynamic_next(&left, NULL, &x);
        spoor_dynamic_next(&right, NULL, &y);
        int order = spoor_dynamic_compare(x, y);
        if (order != 0) {
            return order;
        }
    }
    return (left.left > 0) - (right.left > 0);
}

/* The order of two small bags is that at the least name where they differ.  Each pair of values is
 * compared once: twice a level would be 2^height in all. */
static int compare_few(spoor_str a, spoor_str b) {
    spoor_str name, x, y, least = {NULL, 0};
    int result = 0;
    spoor_dynamic_iter iter = spoor_dynamic_begin(a);
    while (spoor_dynamic_next(&iter, &name, &x)) {
        if (result == 0 || spoor_str_compare(name, least) < 0) {
            int order = spoor_dynamic_get(b, name, &y) ? spoor_dynamic_compare(x, y) : -1;
            least = order != 0 ? name : least;
            result = order != 0 ? order : result;
        }
    }
    iter = spoor_dynamic_begin(b);
    while (spoor_dynamic_next(&iter, &name, &y)) {
        if ((result == 0 || spoor_str_compare(name, least) < 0) &&
            !spoor_dynamic_get(a, name, &x)) {
            least = name;
            result = 1;
        }
    }
    return result;
}

/* As sequences of (name, value), ordered by name; a bag of fewer pairs is less. */
static int compare_bags(spoor_str a, spoor_str b) {
    uint32_t count = spoor_dynamic_count(a), other = spoor_dynamic_count(b);
    if (count != other) {
        return count < other ? -1 : 1;
    }
    if (count <= SPOOR_DYNAMIC_FEW) {
        return compare_few(a, b);
    }
    for (uint32_t i = 0; i < count; i++) {
        spoor_str a_name, b_name, x, y;
        read_indexed(a, i, &a_name, &x);
        read_indexed(b, i, &b_name, &y);
        int order = spoor_str_compare(a_name, b_name);
        order = order != 0 ? order : spoor_dynamic_compare(x, y);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

/* Long, real and decimal are one kind. */
static spoor_dynamic_kind comparable_kind(spoor_str value) {
    spoor_dynamic_kind kind = spoor_dynamic_kind_of(value);
    return kind == SPOOR_DYN_REAL || kind == SPOOR_DYN_DECIMAL ? SPOOR_DYN_LONG : kind;
}

int spoor_dynamic_compare(spoor_str a, spoor_str b) {
    spoor_dynamic_kind kind = comparable_kind(a), other = comparable_kind(b);
    if (kind != other) {
        return kind < other ? -1 : 1;
    }
    if (kind == SPOOR_DYN_NULL) {
        return 0;
    }
    if (kind == SPOOR_DYN_ARRAY) {
        return compare_arrays(a, b);
    }
    if (kind == SPOOR_DYN_BAG) {
        return compare_bags(a, b);
    }
    spoor_value x = spoor_dynamic_scalar(a), y = spoor_dynamic_scalar(b);
    return kind == SPOOR_DYN_LONG ? compare_numbers(&x, &y) : spoor_value_compare(&x, &y);
}

uint64_t spoor_dynamic_hash(spoor_str value) {
    spoor_dynamic_kind kind = comparable_kind(value);
    uint64_t hash = 0;
    if (kind == SPOOR_DYN_ARRAY || kind == SPOOR_DYN_BAG) {
        spoor_dynamic_iter iter = spoor_dynamic_begin(value);
        spoor_str name, element;
        while (spoor_dynamic_next(&iter, &name, &element)) {
            uint64_t part = spoor_dynamic_hash(element);
            if (kind == SPOOR_DYN_ARRAY) {
                hash = spoor_hash_combine(hash, part);
            } else { /* a sum, as the order of names does not count */
                hash += spoor_hash_combine(spoor_hash_bytes(name.ptr, name.len), part);
            }
        }
    } else if (kind == SPOOR_DYN_LONG) {
        hash = hash_number(spoor_dynamic_scalar(value));
    } else if (kind != SPOOR_DYN_NULL) {
        spoor_value scalar = spoor_dynamic_scalar(value);
        hash = spoor_value_hash(&scalar);
    }
    return spoor_hash_combine((uint64_t)kind, hash);
}
