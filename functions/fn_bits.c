/* fn_bits.c - the bits of a long. */
#include "functions/function.h"

static void and_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = args[0].longs[i] & args[1].longs[i];
    }
}

static void or_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = args[0].longs[i] | args[1].longs[i];
    }
}

static void xor_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = args[0].longs[i] ^ args[1].longs[i];
    }
}

static void not_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = ~args[0].longs[i];
    }
}

/* By shift % 64; a negative shift gives null. */
static void shift_left_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t by = args[1].longs[i];
        out->nulls[i] |= by < 0;
        out->longs[i] = by < 0 ? 0 : (int64_t)((uint64_t)args[0].longs[i] << (by % 64));
    }
}

static void shift_right_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t by = args[1].longs[i];
        out->nulls[i] |= by < 0;
        out->longs[i] = by < 0 ? 0 : args[0].longs[i] >> (by % 64);
    }
}

static void count_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = __builtin_popcountll((uint64_t)args[0].longs[i]);
    }
}

// clang-format off
#define LONG SPOOR_T_INTEGER
#define BITS(row_name, nargs, code, text, sample, prints) \
    {.name = row_name, .args = {LONG, LONG}, .min_args = nargs, .max_args = nargs, .result = SPOOR_LONG, .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_bits[] = {
    BITS("binary_and", 2, and_eval, "Bits that are set in both numbers.", "binary_and(12, 10)", "8"),
    BITS("binary_or", 2, or_eval, "Bits that are set in one number or both.", "binary_or(12, 10)", "14"),
    BITS("binary_xor", 2, xor_eval, "Bits that are set in one number only.", "binary_xor(12, 10)", "6"),
    BITS("binary_not", 1, not_eval, "The other bits.", "binary_not(100)", "-101"),
    BITS("binary_shift_left", 2, shift_left_eval, "The number shifted left.", "binary_shift_left(1, 4)", "16"),
    BITS("binary_shift_right", 2, shift_right_eval, "The number shifted right; its sign stays.", "binary_shift_right(-16, 2)", "-4"),
    BITS("bitset_count_ones", 1, count_eval, "Number of bits that are set.", "bitset_count_ones(42)", "3"),
    {0},
};
// clang-format on
