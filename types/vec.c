/* vec.c - columns of values: making them, and reading any form of them as FLAT.
 *
 * A DICT vector of strings is read with one look-up a row: the slot of the
 * dictionary is copied, never the bytes.  A RECORD vector is fetched only
 * for the rows that are asked for. */
#include "types/vec.h"

#include <assert.h>

size_t spoor_type_size(spoor_type type) {
    switch (type) {
    case SPOOR_BOOL: return sizeof(uint8_t);
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return sizeof(int64_t);
    case SPOOR_REAL: return sizeof(double);
    case SPOOR_DECIMAL: return sizeof(spoor_decimal);
    case SPOOR_GUID: return sizeof(spoor_guid);
    case SPOOR_STRING:
    case SPOOR_DYNAMIC: return sizeof(spoor_str);
    case SPOOR_NTYPES: break;
    }
    assert(false && "not a type");
    return 0;
}

spoor_vec spoor_vec_new(spoor_arena *arena, spoor_type type, uint32_t rows) {
    return (spoor_vec){
        .type = type,
        .form = SPOOR_FLAT,
        .nulls = SPOOR_NEW_ARRAY(arena, uint8_t, rows),
        .data = spoor_arena_push(arena, rows, spoor_type_size(type)),
    };
}

spoor_vec spoor_vec_constant(spoor_arena *arena, const spoor_value *value, uint32_t rows) {
    spoor_vec vec = spoor_vec_new(arena, value->type, rows);
    if (value->is_null) {
        memset(vec.nulls, 1, rows);
        return vec;
    }
    if (rows > 0) {
        spoor_vec_set(&vec, 0, value);
    }
    /* What is there is copied behind itself: a scan makes constants for each segment. */
    size_t size = spoor_type_size(value->type);
    for (uint32_t done = 1; done < rows;) {
        uint32_t more = done < rows - done ? done : rows - done;
        memcpy((char *)vec.data + done * size, vec.data, more * size);
        done += more;
    }
    return vec;
}

/* out[i] = in[index of row i], for each width of a slot.  A NULL list counts 0, 1, 2, ... */
static void take_slots(spoor_type type, const void *in, void *out, const uint32_t *list,
                       uint32_t count) {
    size_t size = spoor_type_size(type);
    if (list == NULL) {
        if (count > 0) {
            memcpy(out, in, count * size);
        }
        return;
    }
    switch (type) {
    case SPOOR_BOOL:
        for (uint32_t i = 0; i < count; i++) {
            ((uint8_t *)out)[i] = ((const uint8_t *)in)[list[i]];
        }
        break;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
        for (uint32_t i = 0; i < count; i++) {
            ((int64_t *)out)[i] = ((const int64_t *)in)[list[i]];
        }
        break;
    case SPOOR_REAL:
        for (uint32_t i = 0; i < count; i++) {
            ((double *)out)[i] = ((const double *)in)[list[i]];
        }
        break;
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
        for (uint32_t i = 0; i < count; i++) {
            ((spoor_str *)out)[i] = ((const spoor_str *)in)[list[i]];
        }
        break;
    case SPOOR_DECIMAL:
    case SPOOR_GUID:
        for (uint32_t i = 0; i < count; i++) {
            memcpy((char *)out + i * size, (const char *)in + list[i] * size, size);
        }
        break;
    case SPOOR_NTYPES: assert(false && "not a type");
    }
}

/* A dense FLAT copy of a FLAT vector's slots at `list`. */
static spoor_vec take(spoor_arena *arena, const spoor_vec *flat, const uint32_t *list,
                      uint32_t count) {
    assert(flat->form == SPOOR_FLAT);
    spoor_vec out = {.type = flat->type, .form = SPOOR_FLAT};
    out.data = spoor_arena_push_raw(arena, count, spoor_type_size(flat->type));
    take_slots(flat->type, flat->data, out.data, list, count);
    if (flat->nulls != NULL) {
        out.nulls = SPOOR_RAW_ARRAY(arena, uint8_t, count);
        take_slots(SPOOR_BOOL, flat->nulls, out.nulls, list, count);
    }
    return out;
}

/* codes[sel[i]], as a list of its own. */
static const uint32_t *take_codes(spoor_arena *arena, const spoor_vec *vec, const uint32_t *sel,
                                  uint32_t count) {
    if (sel == NULL) {
        return vec->codes;
    }
    uint32_t *codes = SPOOR_RAW_ARRAY(arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        codes[i] = vec->codes[sel[i]];
    }
    return codes;
}

/* The common case in one pass, without a list of codes between. */
static spoor_vec take_dict_strings(spoor_arena *arena, const spoor_vec *vec, const uint32_t *sel,
                                   uint32_t count) {
    const spoor_str *values = vec->dict->values->strings;
    spoor_vec out = {.type = vec->type, .form = SPOOR_FLAT};
    out.strings = SPOOR_RAW_ARRAY(arena, spoor_str, count);
    if (sel == NULL) {
        for (uint32_t i = 0; i < count; i++) {
            out.strings[i] = values[vec->codes[i]];
        }
    } else {
        for (uint32_t i = 0; i < count; i++) {
            out.strings[i] = values[vec->codes[sel[i]]];
        }
    }
    return out;
}

spoor_vec spoor_vec_gather(spoor_arena *arena, const spoor_vec *vec, const uint32_t *sel,
                           uint32_t count) {
    switch (vec->form) {
    case SPOOR_FLAT: return take(arena, vec, sel, count);
    case SPOOR_DICT:
        if (vec->type == SPOOR_STRING && vec->dict->values->nulls == NULL) {
            return take_dict_strings(arena, vec, sel, count);
        }
        return take(arena, vec->dict->values, take_codes(arena, vec, sel, count), count);
    case SPOOR_RECORD: break;
    }
    spoor_vec out = spoor_vec_new(arena, vec->type, count);
    if (count > 0) {
        vec->records->fetch(vec->records, arena, take_codes(arena, vec, sel, count), count, &out);
    }
    return out;
}

/* The dense slots back at their rows; zero elsewhere. */
static spoor_vec scatter(spoor_arena *arena, const spoor_vec *dense, uint32_t rows,
                         const uint32_t *sel, uint32_t count) {
    size_t size = spoor_type_size(dense->type);
    spoor_vec out = spoor_vec_new(arena, dense->type, rows);
    for (uint32_t i = 0; i < count; i++) {
        memcpy((char *)out.data + sel[i] * size, (const char *)dense->data + i * size, size);
        out.nulls[sel[i]] = dense->nulls != NULL ? dense->nulls[i] : 0;
    }
    return out;
}

spoor_vec spoor_vec_flatten(spoor_arena *arena, const spoor_vec *vec, uint32_t rows,
                            const uint32_t *sel, uint32_t count) {
    if (vec->form == SPOOR_FLAT) {
        return *vec;
    }
    /* Reading the dictionary for a row that is out costs less than the way round it, unless few
     * rows are in.  A record costs too much for that. */
    bool all = sel == NULL || count == rows || (vec->form == SPOOR_DICT && count >= rows / 4);
    if (all) {
        return spoor_vec_gather(arena, vec, NULL, rows);
    }
    spoor_vec dense = spoor_vec_gather(arena, vec, sel, count);
    return scatter(arena, &dense, rows, sel, count);
}

spoor_value spoor_vec_get(const spoor_vec *vec, uint32_t row) {
    assert(vec->form != SPOOR_RECORD);
    if (vec->form == SPOOR_DICT) {
        row = vec->codes[row];
        vec = vec->dict->values;
    }
    spoor_value value = {.type = vec->type};
    if (spoor_vec_is_null(vec, row)) {
        value.is_null = vec->type != SPOOR_STRING;
        return value;
    }
    switch (vec->type) {
    case SPOOR_BOOL: value.boolean = vec->bools[row] != 0; break;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: value.integer = vec->longs[row]; break;
    case SPOOR_REAL: value.real = vec->reals[row]; break;
    case SPOOR_DECIMAL: value.decimal = vec->decimals[row]; break;
    case SPOOR_GUID: value.guid = vec->guids[row]; break;
    case SPOOR_STRING:
    case SPOOR_DYNAMIC: value.string = vec->strings[row]; break;
    case SPOOR_NTYPES: assert(false && "not a type");
    }
    return value;
}

void spoor_vec_set(spoor_vec *vec, uint32_t row, const spoor_value *value) {
    assert(vec->form == SPOOR_FLAT && vec->type == value->type);
    bool is_null = value->is_null && vec->type != SPOOR_STRING;
    assert(vec->nulls != NULL || !is_null);
    if (vec->nulls != NULL) {
        vec->nulls[row] = is_null;
    }
    if (value->is_null) {
        size_t size = spoor_type_size(vec->type);
        memset((char *)vec->data + row * size, 0, size);
        return;
    }
    switch (vec->type) {
    case SPOOR_BOOL: vec->bools[row] = value->boolean; break;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: vec->longs[row] = value->integer; break;
    case SPOOR_REAL: vec->reals[row] = value->real; break;
    case SPOOR_DECIMAL: vec->decimals[row] = value->decimal; break;
    case SPOOR_GUID: vec->guids[row] = value->guid; break;
    case SPOOR_STRING:
    case SPOOR_DYNAMIC: vec->strings[row] = value->string; break;
    case SPOOR_NTYPES: assert(false && "not a type");
    }
}
