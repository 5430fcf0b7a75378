/* fn_math.c - functions of numbers: roots, powers, logarithms, angles, rounding, least and greatest.
 *
 * Arguments are numbers of any type and are computed as reals, unless a row
 * says otherwise.  A logarithm of a negative number and an arc of a number
 * outside -1 to 1 are null; other undefined results are NaN. */
#include <math.h>

#include "base/random.h"
#include "functions/function.h"

#define PI 3.14159265358979323846

static double real_at(const spoor_vec *vec, uint32_t row) {
    switch (vec->type) {
    case SPOOR_REAL: return vec->reals[row];
    case SPOOR_DECIMAL: return spoor_decimal_to_real(vec->decimals[row]);
    default: return (double)vec->longs[row];
    }
}

/* -- reals to reals ---------------------------------------------------------------------------- */

static double cotangent(double x) {
    return 1 / tan(x);
}

static double power_of_10(double x) {
    return pow(10, x);
}

static double sign_of(double x) {
    return isnan(x) ? x : (double)((x > 0) - (x < 0));
}

static double to_degrees(double x) {
    return x / PI * 180;
}

static double to_radians(double x) {
    return x / 180 * PI;
}

#define REAL_EVAL(name, of)                                                                        \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        (void)call;                                                                                \
        for (uint32_t i = 0; i < rows; i++) {                                                      \
            out->reals[i] = of(real_at(&args[0], i));                                              \
        }                                                                                          \
    }
REAL_EVAL(sqrt, sqrt)
REAL_EVAL(exp, exp)
REAL_EVAL(exp2, exp2)
REAL_EVAL(exp10, power_of_10)
REAL_EVAL(sin, sin)
REAL_EVAL(cos, cos)
REAL_EVAL(tan, tan)
REAL_EVAL(cot, cotangent)
REAL_EVAL(atan, atan)
REAL_EVAL(sign, sign_of)
REAL_EVAL(degrees, to_degrees)
REAL_EVAL(radians, to_radians)
REAL_EVAL(ceiling, ceil)
REAL_EVAL(erf, erf)
REAL_EVAL(erfc, erfc)

/* Null outside the range of the argument. */
#define PARTIAL_EVAL(name, least, most)                                                            \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        (void)call;                                                                                \
        for (uint32_t i = 0; i < rows; i++) {                                                      \
            double x = real_at(&args[0], i);                                                       \
            if (x < (least) || x > (most)) {                                                       \
                out->nulls[i] = 1;                                                                 \
            } else {                                                                               \
                out->reals[i] = name(x);                                                           \
            }                                                                                      \
        }                                                                                          \
    }
PARTIAL_EVAL(log, 0, HUGE_VAL)
PARTIAL_EVAL(log2, 0, HUGE_VAL)
PARTIAL_EVAL(log10, 0, HUGE_VAL)
PARTIAL_EVAL(asin, -1, 1)
PARTIAL_EVAL(acos, -1, 1)

static void pow_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = pow(real_at(&args[0], i), real_at(&args[1], i));
    }
}

static void atan2_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = atan2(real_at(&args[0], i), real_at(&args[1], i));
    }
}

static void pi_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    (void)args;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = PI;
    }
}

/* -- what a real is ---------------------------------------------------------------------------- */

static void isnan_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = (bool)isnan(real_at(&args[0], i));
    }
}

static void isinf_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = (bool)isinf(real_at(&args[0], i));
    }
}

static void isfinite_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = (bool)isfinite(real_at(&args[0], i));
    }
}

/* -- size and rounding ------------------------------------------------------------------------- */

static void abs_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t x = args[0].longs[i];
        out->longs[i] =
            x < 0 ? (int64_t)(0 - (uint64_t)x) : x; /* the least long stays, as it wraps */
    }
}

static void abs_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = fabs(args[0].reals[i]);
    }
}

static void abs_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->decimals[i] = args[0].decimals[i];
        if (out->decimals[i].coefficient < 0) {
            out->decimals[i].coefficient = -out->decimals[i].coefficient;
        }
    }
}

/* Half goes away from zero.  Beyond what a double can tell apart there is nothing to round. */
static double round_to(double x, int64_t digits) {
    digits = digits > 400 ? 400 : digits < -400 ? -400 : digits;
    double scale = pow(10, fabs((double)digits));
    if (digits < 0) {
        return isinf(scale) ? 0 : round(x / scale) * scale;
    }
    double scaled = x * scale;
    return isfinite(scaled) && fabs(scaled) < 9007199254740992.0 ? round(scaled) / scale : x;
}

static void round_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = round_to(args[0].reals[i], call->nargs > 1 ? args[1].longs[i] : 0);
    }
}

static void round_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t digits = call->nargs > 1 ? args[1].longs[i] : 0;
        digits = digits > 100 ? 100 : digits < -100 ? -100 : digits;
        out->decimals[i] = spoor_decimal_round(args[0].decimals[i], (int)digits);
    }
}

/* -- least and greatest ------------------------------------------------------------------------ */

static bool is_nan(const spoor_value *value) {
    return value->type == SPOOR_REAL && isnan(value->real);
}

/* Nulls are passed over; a NaN wins (emulator_fuzz/0852). */
static void extreme_rows(const spoor_call *call, uint32_t rows, const spoor_vec *args,
                         spoor_vec *out, int sign) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value best = spoor_vec_get(&args[0], i);
        for (uint32_t k = 1; k < call->nargs; k++) {
            spoor_value value = spoor_vec_get(&args[k], i);
            if (value.is_null || (!best.is_null && is_nan(&best))) {
                continue;
            }
            if (best.is_null || is_nan(&value) || spoor_value_compare(&value, &best) * sign > 0) {
                best = value;
            }
        }
        spoor_vec_set(out, i, &best);
    }
}

static void max_of_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    extreme_rows(call, rows, args, out, 1);
}

static void min_of_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    extreme_rows(call, rows, args, out, -1);
}

/* -- random ------------------------------------------------------------------------------------ */

/* From the system: each call draws numbers of its own, and again where it is opened again. */
static const char *prepare_random(spoor_call *call) {
    uint64_t *seed = SPOOR_NEW(call->arena, uint64_t);
    if (!spoor_random_bytes(seed, sizeof *seed)) {
        *seed = (uint64_t)call->now ^ (uint64_t)(uintptr_t)seed << 20;
    }
    call->state = seed;
    return NULL;
}

/* splitmix64: 53 bits of each number make a real in [0, 1). */
static double next_random(uint64_t *seed) {
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

static void rand_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double x = next_random(call->state);
        out->reals[i] = call->nargs == 0 ? x : floor(x * (double)args[0].longs[i]);
    }
}

// clang-format off
#define NUMBER SPOOR_T_NUMBER
#define LONG SPOOR_T_INTEGER
#define ONE(row_name, of, code, text, sample, prints) \
    {.name = row_name, .args = {NUMBER}, .min_args = 1, .max_args = 1, .result = of, .eval = code, .summary = text, .example = sample, .value = prints}
#define TWO(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {NUMBER, NUMBER}, .min_args = 2, .max_args = 2, .result = SPOOR_REAL, .eval = code, .summary = text, .example = sample, .value = prints}
#define TYPED(row_name, type, of, code, text, sample, prints) \
    {.name = row_name, .args = {type}, .min_args = 1, .max_args = 1, .result = of, .eval = code, .summary = text, .example = sample, .value = prints}
#define ROUND(type, of, code, sample, prints) \
    {.name = "round", .args = {type, LONG}, .min_args = 1, .max_args = 2, .result = of, .eval = code, \
     .summary = "The number rounded to so many digits behind the point; half goes away from zero.", .example = sample, .value = prints}
#define EXTREME(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_ANY & ~SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = 64, .common = ~0u, .rule = SPOOR_RESULT_COMMON, .sees_nulls = true, \
     .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_math[] = {
    TYPED("abs", LONG, SPOOR_LONG, abs_longs, "The number without its sign.", "abs(-5)", "5"),
    TYPED("abs", SPOOR_T_REAL, SPOOR_REAL, abs_reals, "The number without its sign.", "abs(-5.5)", "5.5"),
    TYPED("abs", SPOOR_T_DECIMAL, SPOOR_DECIMAL, abs_decimals, "The number without its sign.", "abs(decimal(-5.5))", "5.5"),
    TYPED("abs", SPOOR_T_TIMESPAN, SPOOR_TIMESPAN, abs_longs, "The timespan without its sign.", "abs(-1h)", "01:00:00"),
    ONE("sign", SPOOR_REAL, sign_eval, "1, 0 or -1.", "sign(-42)", "-1.0"),
    ROUND(SPOOR_T_REAL, SPOOR_REAL, round_eval, "round(2.98765, 3)", "2.988"),
    ROUND(SPOOR_T_DECIMAL, SPOOR_DECIMAL, round_decimals, "round(decimal(3.14159), 2)", "3.14"),
    ONE("ceiling", SPOOR_REAL, ceiling_eval, "The least whole number not below.", "ceiling(-1.1)", "-1.0"),
    ONE("sqrt", SPOOR_REAL, sqrt_eval, "Square root.", "sqrt(256)", "16.0"),
    TWO("pow", pow_eval, "The first to the power of the second.", "pow(2, 3)", "8.0"),
    ONE("exp", SPOOR_REAL, exp_eval, "e to the power of the number.", "exp(0)", "1.0"),
    ONE("exp2", SPOOR_REAL, exp2_eval, "2 to the power of the number.", "exp2(3)", "8.0"),
    ONE("exp10", SPOOR_REAL, exp10_eval, "10 to the power of the number.", "exp10(3)", "1000.0"),
    ONE("log", SPOOR_REAL, log_eval, "Natural logarithm; null of a negative number.", "round(log(10), 6)", "2.302585"),
    ONE("log2", SPOOR_REAL, log2_eval, "Logarithm to base 2; null of a negative number.", "log2(8)", "3.0"),
    ONE("log10", SPOOR_REAL, log10_eval, "Logarithm to base 10; null of a negative number.", "log10(1000)", "3.0"),
    {.name = "pi", .min_args = 0, .max_args = 0, .result = SPOOR_REAL, .eval = pi_eval,
     .summary = "The number pi.", .example = "pi()", .value = "3.141592653589793"},
    ONE("sin", SPOOR_REAL, sin_eval, "Sine of an angle in radians.", "sin(0)", "0.0"),
    ONE("cos", SPOOR_REAL, cos_eval, "Cosine of an angle in radians.", "cos(0)", "1.0"),
    ONE("tan", SPOOR_REAL, tan_eval, "Tangent of an angle in radians.", "tan(0)", "0.0"),
    ONE("cot", SPOOR_REAL, cot_eval, "Cotangent of an angle in radians.", "round(cot(1), 6)", "0.642093"),
    ONE("asin", SPOOR_REAL, asin_eval, "Angle of this sine; null outside -1 to 1.", "asin(0)", "0.0"),
    ONE("acos", SPOOR_REAL, acos_eval, "Angle of this cosine; null outside -1 to 1.", "acos(1)", "0.0"),
    ONE("atan", SPOOR_REAL, atan_eval, "Angle of this tangent.", "atan(0)", "0.0"),
    TWO("atan2", atan2_eval, "Angle of the point with this y and x.", "degrees(atan2(1, 1))", "45.0"),
    ONE("degrees", SPOOR_REAL, degrees_eval, "An angle in radians as degrees.", "degrees(pi())", "180.0"),
    ONE("radians", SPOOR_REAL, radians_eval, "An angle in degrees as radians.", "radians(180)", "3.141592653589793"),
    ONE("erf", SPOOR_REAL, erf_eval, "The error function.", "erf(0)", "0.0"),
    ONE("erfc", SPOOR_REAL, erfc_eval, "One less the error function.", "erfc(0)", "1.0"),
    ONE("isnan", SPOOR_BOOL, isnan_eval, "Whether the real is not a number.", "isnan(0.0 / 0.0)", "True"),
    ONE("isinf", SPOOR_BOOL, isinf_eval, "Whether the real is infinite.", "isinf(1.0 / 0.0)", "True"),
    ONE("isfinite", SPOOR_BOOL, isfinite_eval, "Whether the real is neither infinite nor NaN.", "isfinite(1.0 / 0.0)", "False"),
    EXTREME("max_of", max_of_eval, "The greatest of the arguments that are not null.", "max_of(10, 1, -3, 17)", "17"),
    EXTREME("min_of", min_of_eval, "The least of the arguments that are not null.", "min_of(10, 1, -3, 17)", "-3"),
    {.name = "rand", .args = {LONG}, .min_args = 0, .max_args = 1, .result = SPOOR_REAL, .is_volatile = true, .is_of_run = true, .eval = rand_eval, .prepare = prepare_random,
     .summary = "A random number from 0 to below 1, or a whole one below the argument.", .example = "rand() < 1", .value = "True"},
    {0},
};
// clang-format on
