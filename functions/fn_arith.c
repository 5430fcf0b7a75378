/* fn_arith.c - + - * / % and bin: numbers, times and spans.
 *
 * int arithmetic gives long; long wraps, as Kusto's does; integer division
 * truncates and by zero gives null; % is never negative. */
#include <math.h>

#include "base/time.h"
#include "functions/function.h"

static int64_t wrap_add(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_subtract(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static void add_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = wrap_add(args[0].longs[i], args[1].longs[i]);
    }
}

static void subtract_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = wrap_subtract(args[0].longs[i], args[1].longs[i]);
    }
}

static void multiply_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = (int64_t)((uint64_t)args[0].longs[i] * (uint64_t)args[1].longs[i]);
    }
}

static void divide_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t a = args[0].longs[i], b = args[1].longs[i];
        out->nulls[i] |= b == 0;
        out->longs[i] = b == 0 ? 0 : b == -1 ? wrap_subtract(0, a) : a / b;
    }
}

static void modulo_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t a = args[0].longs[i], b = args[1].longs[i];
        int64_t rest = b == 0 || b == -1 ? 0 : a % b;
        out->nulls[i] |= b == 0;
        out->longs[i] = rest < 0 ? (b < 0 ? wrap_subtract(rest, b) : wrap_add(rest, b)) : rest;
    }
}

static void negate_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = wrap_subtract(0, args[0].longs[i]);
    }
}

/* -- reals ------------------------------------------------------------------------------------- */

static void add_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = args[0].reals[i] + args[1].reals[i];
    }
}

static void subtract_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = args[0].reals[i] - args[1].reals[i];
    }
}

static void multiply_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = args[0].reals[i] * args[1].reals[i];
    }
}

static void divide_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = args[0].reals[i] / args[1].reals[i];
    }
}

static void modulo_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        double rest = fmod(args[0].reals[i], args[1].reals[i]);
        out->reals[i] = rest < 0 ? rest + fabs(args[1].reals[i]) : rest;
    }
}

static void negate_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = -args[0].reals[i];
    }
}

/* -- decimals ---------------------------------------------------------------------------------- */

typedef bool decimal_operation(spoor_decimal a, spoor_decimal b, spoor_decimal *out);

static void decimal_rows(uint32_t rows, const spoor_vec *args, spoor_vec *out,
                         decimal_operation *operation) {
    for (uint32_t i = 0; i < rows; i++) {
        if (!out->nulls[i] &&
            !operation(args[0].decimals[i], args[1].decimals[i], &out->decimals[i])) {
            out->nulls[i] = 1;
            out->decimals[i] = (spoor_decimal){0};
        }
    }
}

static void add_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    decimal_rows(rows, args, out, spoor_decimal_add);
}

static void subtract_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    (void)call;
    decimal_rows(rows, args, out, spoor_decimal_subtract);
}

static void multiply_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    (void)call;
    decimal_rows(rows, args, out, spoor_decimal_multiply);
}

static void divide_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    decimal_rows(rows, args, out, spoor_decimal_divide);
}

static bool decimal_modulo(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    if (!spoor_decimal_modulo(a, b, out)) {
        return false;
    }
    if (out->coefficient < 0) {
        b.coefficient = b.coefficient < 0 ? -b.coefficient : b.coefficient;
        return spoor_decimal_add(*out, b, out);
    }
    return true;
}

static void modulo_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    decimal_rows(rows, args, out, decimal_modulo);
}

static void negate_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->decimals[i] = args[0].decimals[i];
        out->decimals[i].coefficient = -out->decimals[i].coefficient;
    }
}

/* -- times and spans --------------------------------------------------------------------------- */

/* A datetime outside year 1 to 9999 is null. */
static void clip_times(uint32_t rows, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (out->longs[i] < 0 || out->longs[i] > SPOOR_DATETIME_MAX) {
            out->nulls[i] = 1;
            out->longs[i] = 0;
        }
    }
}

static void add_times(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    add_longs(call, rows, args, out);
    clip_times(rows, out);
}

static void subtract_span(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    subtract_longs(call, rows, args, out);
    clip_times(rows, out);
}

static int64_t span_of(double ticks, uint8_t *is_null) {
    if (!(ticks > -9.3e18 && ticks < 9.3e18)) {
        *is_null = 1;
        return 0;
    }
    return ticks >= 9223372036854775807.0    ? INT64_MAX
           : ticks <= -9223372036854775808.0 ? INT64_MIN
                                             : (int64_t)ticks;
}

static void scale_span(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = span_of((double)args[0].longs[i] * args[1].reals[i], &out->nulls[i]);
    }
}

static void scale_span_right(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    spoor_vec swapped[2] = {args[1], args[0]};
    scale_span(call, rows, swapped, out);
}

static void divide_span(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = span_of((double)args[0].longs[i] / args[1].reals[i], &out->nulls[i]);
    }
}

static void divide_time(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    divide_span(call, rows, args, out);
    clip_times(rows, out);
}

static void divide_spans(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->nulls[i] |= args[1].longs[i] == 0;
        out->reals[i] =
            args[1].longs[i] == 0 ? 0 : (double)args[0].longs[i] / (double)args[1].longs[i];
    }
}

/* -- bin --------------------------------------------------------------------------------------- */

/* The largest multiple of size not above value - at, plus at.  No size of 0 or less. */
static void bin_longs_at(uint32_t rows, const int64_t *value, const int64_t *size,
                         const int64_t *at, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (size[i] <= 0) {
            out->nulls[i] = 1;
            continue;
        }
        int64_t from = at != NULL ? at[i] : 0, offset = wrap_subtract(value[i], from);
        int64_t rest = offset % size[i];
        out->longs[i] = wrap_subtract(value[i], rest < 0 ? rest + size[i] : rest);
    }
}

/* The multiple of size that value falls to. */
static int64_t bin_start(int64_t value, int64_t size) {
    int64_t rest = value % size;
    return wrap_subtract(value, rest < 0 ? rest + size : rest);
}

/* Eight at a time: the compiler makes wide stores of them, for which it would not unroll a plain loop. */
static void fill(int64_t *longs, uint32_t count, int64_t value) {
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8) {
        longs[i] = longs[i + 1] = longs[i + 2] = longs[i + 3] = value;
        longs[i + 4] = longs[i + 5] = longs[i + 6] = longs[i + 7] = value;
    }
    for (; i < count; i++) {
        longs[i] = value;
    }
}

/* A bin: the values that are less than `width` above `start`. */
typedef struct bin {
    int64_t start;
    uint64_t width; /* 0 where the start has wrapped: no value is known to be in it */
} bin;

static bin bin_of(int64_t value, int64_t size) {
    int64_t start = bin_start(value, size);
    return (bin){.start = start, .width = start <= value ? (uint64_t)size : 0};
}

static bool is_in(bin at, int64_t value) {
    return (uint64_t)value - (uint64_t)at.start < at.width;
}

/* One size for all: rows of one bin that stand together are a run, run r of ends[r] and starts[r], which have
 * room for a run a row.  Times rise, more or less: no division while a value falls into the bin of the one before,
 * and no look at the values of a piece whose bounds do. */
static uint32_t find_bins(int64_t size, uint32_t rows, const spoor_vec *value, uint32_t *ends,
                          int64_t *starts) {
    const int64_t *longs = value->longs;
    const spoor_bounds *bounds = value->bounds;
    bin at = bin_of(bounds != NULL ? bounds->min : longs[0], size);
    if (bounds != NULL && !is_in(at, bounds->max)) {
        at = bin_of(longs[0], size);
    }
    uint32_t nruns = 0, from = 0;
    for (uint32_t piece = 0, to; piece < rows; piece = to) {
        to = rows - piece < SPOOR_PIECE_ROWS ? rows : piece + SPOOR_PIECE_ROWS;
        if (bounds != NULL && is_in(at, bounds[piece / SPOOR_PIECE_ROWS].min) &&
            is_in(at, bounds[piece / SPOOR_PIECE_ROWS].max)) {
            continue;
        }
        for (uint32_t i = piece; i < to; i++) {
            if (is_in(at, longs[i])) {
                continue;
            }
            if (i > from) {
                starts[nruns] = at.start;
                ends[nruns++] = from = i;
            }
            at = bin_of(longs[i], size);
        }
    }
    starts[nruns] = at.start;
    ends[nruns++] = rows;
    return nruns;
}

static bool has_size(const spoor_call *call) {
    const spoor_value *size = call->constants[1];
    return size != NULL && !size->is_null && size->integer > 0;
}

static void bin_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    enum { LEAST_RUN = 4 }; /* shorter ones, on average, are no help */
    if (!has_size(call)) {
        bin_longs_at(rows, args[0].longs, args[1].longs, NULL, out);
        return;
    }
    uint32_t *ends = SPOOR_RAW_ARRAY(call->scratch, uint32_t, rows);
    int64_t *starts = SPOOR_RAW_ARRAY(call->scratch, int64_t, rows);
    uint32_t nruns = find_bins(call->constants[1]->integer, rows, &args[0], ends, starts);
    for (uint32_t r = 0, from = 0; r < nruns; from = ends[r++]) {
        fill(out->longs + from, ends[r] - from, starts[r]);
    }
    out->is_constant = nruns == 1;
    out->is_ascending =
        args[0].is_ascending && starts[0] <= starts[nruns - 1]; /* none wraps but the first */
    if (nruns <= rows / LEAST_RUN) {
        spoor_runs *runs = SPOOR_NEW(call->scratch, spoor_runs);
        *runs = (spoor_runs){.count = nruns, .ends = ends};
        out->runs = runs;
    }
}

/* The same for who wants a value a run. */
static const spoor_runs *bin_runs(spoor_call *call, uint32_t rows, const spoor_vec *value,
                                  spoor_vec *out) {
    if (!has_size(call)) {
        return NULL;
    }
    uint32_t *ends = SPOOR_RAW_ARRAY(call->scratch, uint32_t, rows);
    spoor_runs *runs = SPOOR_NEW(call->scratch, spoor_runs);
    *out = (spoor_vec){.type = call->result, .form = SPOOR_FLAT};
    out->longs = SPOOR_RAW_ARRAY(call->scratch, int64_t, rows);
    *runs = (spoor_runs){.ends = ends};
    runs->count = find_bins(call->constants[1]->integer, rows, value, ends, out->longs);
    return runs;
}

static void bin_at_longs(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    bin_longs_at(rows, args[0].longs, args[1].longs, args[2].longs, out);
}

static void bin_reals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double size = args[1].reals[i], at = call->nargs > 2 ? args[2].reals[i] : 0;
        if (!(size > 0)) {
            out->nulls[i] = 1;
            continue;
        }
        out->reals[i] = floor((args[0].reals[i] - at) / size) * size + at;
    }
}

static void bin_decimals(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_decimal steps, size = args[1].decimals[i];
        bool ok = size.coefficient > 0 && spoor_decimal_divide(args[0].decimals[i], size, &steps) &&
                  spoor_decimal_multiply(spoor_decimal_floor(steps), size, &out->decimals[i]);
        if (!ok) {
            out->nulls[i] = 1;
            out->decimals[i] = (spoor_decimal){0};
        }
    }
}

// clang-format off
#define INTEGER SPOOR_T_INTEGER
#define REALS SPOOR_T_REAL
#define DECIMALS SPOOR_T_DECIMAL
#define TIME SPOOR_T_DATETIME
#define SPAN SPOOR_T_TIMESPAN
#define TWO(row_name, a, b, of, code, text, sample, prints) \
    {.name = row_name, .args = {a, b}, .min_args = 2, .max_args = 2, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define BIN(row_name, a, b, of, text, sample, prints) \
    {.name = row_name, .args = {a, b}, .min_args = 2, .max_args = 2, .result = of, .eval = bin_longs, .eval_runs = bin_runs, \
     .summary = text, .example = sample, .value = prints}
#define THREE(row_name, a, b, c, of, code, text, sample, prints) \
    {.name = row_name, .args = {a, b, c}, .min_args = 3, .max_args = 3, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define UNARY(a, of, code, sample, prints) \
    {.name = "neg", .args = {a}, .min_args = 1, .max_args = 1, .result = of, .eval = code, .is_hidden = true, \
     .summary = "The number with the other sign: unary minus.", .example = sample, .value = prints}
const spoor_function spoor_fn_arith[] = {
    TWO("+", INTEGER, INTEGER, SPOOR_LONG, add_longs, "Sum.", "1 + 2", "3"),
    TWO("+", REALS, REALS, SPOOR_REAL, add_reals, "Sum.", "1 + 0.5", "1.5"),
    TWO("+", DECIMALS, DECIMALS, SPOOR_DECIMAL, add_decimals, "Sum.", "decimal(1.1) + decimal(2.2)", "3.3"),
    TWO("+", SPAN, SPAN, SPOOR_TIMESPAN, add_longs, "Sum.", "1h + 30m", "01:30:00"),
    TWO("+", TIME, SPAN, SPOOR_DATETIME, add_times, "A time later by a timespan.", "datetime(2024-01-31) + 1d", "2024-02-01T00:00:00.0000000Z"),
    TWO("+", SPAN, TIME, SPOOR_DATETIME, add_times, "A time later by a timespan.", "1d + datetime(2024-01-31)", "2024-02-01T00:00:00.0000000Z"),
    TWO("+", TIME, TIME, SPOOR_DATETIME, add_times, "The ticks of two times added, so that half of it is the middle.", "(datetime(2024-01-01) + datetime(2024-01-03)) / 2", "2024-01-02T00:00:00.0000000Z"),
    TWO("-", INTEGER, INTEGER, SPOOR_LONG, subtract_longs, "Difference.", "5 - 7", "-2"),
    TWO("-", REALS, REALS, SPOOR_REAL, subtract_reals, "Difference.", "5 - 0.5", "4.5"),
    TWO("-", DECIMALS, DECIMALS, SPOOR_DECIMAL, subtract_decimals, "Difference.", "decimal(2.2) - decimal(1.1)", "1.1"),
    TWO("-", TIME, TIME, SPOOR_TIMESPAN, subtract_longs, "The timespan between two times.", "datetime(2024-03-01) - datetime(2024-02-28)", "2.00:00:00"),
    TWO("-", SPAN, SPAN, SPOOR_TIMESPAN, subtract_longs, "Difference.", "1h - 30m", "00:30:00"),
    TWO("-", TIME, SPAN, SPOOR_DATETIME, subtract_span, "A time earlier by a timespan.", "datetime(2024-03-01) - 1d", "2024-02-29T00:00:00.0000000Z"),
    TWO("*", INTEGER, INTEGER, SPOOR_LONG, multiply_longs, "Product.", "6 * 7", "42"),
    TWO("*", REALS, REALS, SPOOR_REAL, multiply_reals, "Product.", "6 * 0.5", "3.0"),
    TWO("*", DECIMALS, DECIMALS, SPOOR_DECIMAL, multiply_decimals, "Product.", "decimal(1.5) * decimal(2)", "3.0"),
    TWO("*", SPAN, REALS, SPOOR_TIMESPAN, scale_span, "A timespan, so many times.", "1h * 1.5", "01:30:00"),
    TWO("*", REALS, SPAN, SPOOR_TIMESPAN, scale_span_right, "A timespan, so many times.", "2 * 1h", "02:00:00"),
    TWO("/", INTEGER, INTEGER, SPOOR_LONG, divide_longs, "Quotient without its fraction; by 0 null.", "7 / 2", "3"),
    TWO("/", REALS, REALS, SPOOR_REAL, divide_reals, "Quotient.", "7 / 2.0", "3.5"),
    TWO("/", DECIMALS, DECIMALS, SPOOR_DECIMAL, divide_decimals, "Quotient.", "decimal(7) / decimal(2)", "3.5"),
    TWO("/", SPAN, SPAN, SPOOR_REAL, divide_spans, "How many times one timespan is in another.", "1h / 20m", "3.0"),
    TWO("/", SPAN, REALS, SPOOR_TIMESPAN, divide_span, "A part of a timespan.", "1h / 4", "00:15:00"),
    TWO("/", TIME, REALS, SPOOR_DATETIME, divide_time, "The time with so many times fewer ticks.", "(datetime(2024-01-01) + datetime(2024-01-03)) / 2", "2024-01-02T00:00:00.0000000Z"),
    TWO("%", INTEGER, INTEGER, SPOOR_LONG, modulo_longs, "Rest of a division, never negative.", "-10 % 4", "2"),
    TWO("%", REALS, REALS, SPOOR_REAL, modulo_reals, "Rest of a division, never negative.", "7.5 % 2", "1.5"),
    TWO("%", DECIMALS, DECIMALS, SPOOR_DECIMAL, modulo_decimals, "Rest of a division, never negative.", "decimal(7.5) % decimal(2)", "1.5"),
    TWO("%", SPAN, SPAN, SPOOR_TIMESPAN, modulo_longs, "What is left of a timespan.", "90m % 1h", "00:30:00"),
    TWO("%", TIME, SPAN, SPOOR_TIMESPAN, modulo_longs, "What is left of a time, counted from year 1.", "datetime(2024-01-15 08:30) % 1d", "08:30:00"),
    UNARY(INTEGER, SPOOR_LONG, negate_longs, "-(5)", "-5"),
    UNARY(REALS, SPOOR_REAL, negate_reals, "-(5.5)", "-5.5"),
    UNARY(DECIMALS, SPOOR_DECIMAL, negate_decimals, "-decimal(5.5)", "-5.5"),
    UNARY(SPAN, SPOOR_TIMESPAN, negate_longs, "-(1h)", "-01:00:00"),
    BIN("bin", INTEGER, INTEGER, SPOOR_LONG, "The value rounded down to a multiple of the second.", "bin(17, 5)", "15"),
    TWO("bin", REALS, REALS, SPOOR_REAL, bin_reals, "The value rounded down to a multiple of the second.", "bin(4.7, 0.5)", "4.5"),
    TWO("bin", DECIMALS, DECIMALS, SPOOR_DECIMAL, bin_decimals, "The value rounded down to a multiple of the second.", "bin(decimal(4.7), decimal(2))", "4"),
    BIN("bin", TIME, SPAN, SPOOR_DATETIME, "The time rounded down.", "bin(datetime(2024-01-01 10:42), 1h)", "2024-01-01T10:00:00.0000000Z"),
    BIN("bin", SPAN, SPAN, SPOOR_TIMESPAN, "The timespan rounded down.", "bin(100m, 1h)", "01:00:00"),
    BIN("floor", INTEGER, INTEGER, SPOOR_LONG, "The value rounded down to a multiple of the second; as bin().", "floor(17, 5)", "15"),
    TWO("floor", REALS, REALS, SPOOR_REAL, bin_reals, "The value rounded down to a multiple of the second; as bin().", "floor(4.7, 0.5)", "4.5"),
    BIN("floor", TIME, SPAN, SPOOR_DATETIME, "The time rounded down; as bin().", "floor(datetime(2024-01-01 10:42), 1h)", "2024-01-01T10:00:00.0000000Z"),
    BIN("floor", SPAN, SPAN, SPOOR_TIMESPAN, "The timespan rounded down; as bin().", "floor(100m, 1h)", "01:00:00"),
    THREE("bin_at", INTEGER, INTEGER, INTEGER, SPOOR_LONG, bin_at_longs, "The value rounded down in steps counted from the third.", "bin_at(17, 5, 1)", "16"),
    THREE("bin_at", REALS, REALS, REALS, SPOOR_REAL, bin_reals, "The value rounded down in steps counted from the third.", "bin_at(6.5, 2.5, 7)", "4.5"),
    THREE("bin_at", TIME, SPAN, TIME, SPOOR_DATETIME, bin_at_longs, "The time rounded down in steps counted from the third.",
          "bin_at(datetime(2024-05-15), 7d, datetime(2024-05-13))", "2024-05-13T00:00:00.0000000Z"),
    THREE("bin_at", SPAN, SPAN, SPAN, SPOOR_TIMESPAN, bin_at_longs, "The timespan rounded down in steps counted from the third.", "bin_at(1h, 1d, 12h)", "-12:00:00"),
    {0},
};
// clang-format on
