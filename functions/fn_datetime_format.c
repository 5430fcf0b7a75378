/* fn_datetime_format.c - format_datetime and format_timespan.
 *
 * A format is a row of specifiers and delimiters; at each place the longest
 * specifier counts ('ddd' is dd and d: emulator_fuzz/0539).  What is neither
 * is refused.  A format that varies and is wrong gives ''. */
#include "base/time.h"
#include "functions/function.h"

/* What a letter stands for, in digits of `width`; 'f' and 'F' and 't' are apart. */
typedef struct specifier {
    char letter;
    int widths; /* bit n: n letters are one specifier */
} specifier;

static const specifier of_datetime[] = {
    {'d', 1 << 1 | 1 << 2},
    {'f', 0xFE},
    {'F', 0xFE},
    {'h', 1 << 1 | 1 << 2},
    {'H', 1 << 1 | 1 << 2},
    {'m', 1 << 1 | 1 << 2},
    {'M', 1 << 1 | 1 << 2},
    {'s', 1 << 1 | 1 << 2},
    {'t', 1 << 2},
    {'y', 1 << 1 | 1 << 2 | 1 << 4},
    {0, 0},
};
static const specifier of_timespan[] = {
    {'d', 0x1FE},
    {'f', 0xFE},
    {'F', 0xFE},
    {'h', 1 << 1 | 1 << 2},
    {'H', 1 << 1 | 1 << 2},
    {'m', 1 << 1 | 1 << 2},
    {'s', 1 << 1 | 1 << 2},
    {0, 0},
};

static bool is_delimiter(char c) {
    return c != '\0' && strchr(" /-:,._[]", c) != NULL;
}

/* Letters of the specifier that the format starts with; 0: none. */
static int specifier_length(const specifier *known, spoor_str format) {
    while (known->letter != 0 && known->letter != format.ptr[0]) {
        known++;
    }
    int best = 0;
    for (int n = 1; n <= 8 && (size_t)n <= format.len && format.ptr[n - 1] == format.ptr[0]; n++) {
        best = known->widths >> n & 1 ? n : best;
    }
    return best;
}

/* The first byte that is neither delimiter nor specifier; -1: there is none. */
static int wrong_letter(const specifier *known, spoor_str format) {
    while (format.len > 0) {
        int n = is_delimiter(format.ptr[0]) ? 1 : specifier_length(known, format);
        if (n == 0) {
            return (unsigned char)format.ptr[0];
        }
        format.ptr += n;
        format.len -= (size_t)n;
    }
    return -1;
}

static const char *prepare(spoor_call *call, const specifier *known) {
    const spoor_value *format = call->constants[1];
    int c = format != NULL ? wrong_letter(known, format->string) : -1;
    if (c < 0) {
        return NULL;
    }
    return c < ' ' || c > '~'
               ? "the format has a character that is no specifier"
               : spoor_arena_format(call->arena, "'%c' is no specifier of this format", c).ptr;
}

static const char *prepare_datetime(spoor_call *call) {
    return prepare(call, of_datetime);
}

static const char *prepare_timespan(spoor_call *call) {
    return prepare(call, of_timespan);
}

/* At most 20 digits. */
static size_t put_number(char *out, uint64_t value, int width) {
    char digits[20];
    int n = 0;
    while (value > 0 || n == 0) {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    }
    size_t len = 0;
    for (; width > n; width--) {
        out[len++] = '0';
    }
    while (n > 0) {
        out[len++] = digits[--n];
    }
    return len;
}

/* `width` digits of the 7 of a second; F: without zeros at the end. */
static size_t put_fraction(char *out, uint64_t ticks, int width, bool trims) {
    char digits[24];
    put_number(digits, ticks, 7);
    size_t len = (size_t)width;
    while (trims && len > 0 && digits[len - 1] == '0') {
        len--;
    }
    memcpy(out, digits, len);
    return len;
}

/* The parts that a specifier may name. */
typedef struct parts {
    uint64_t day, month, year, hour, minute, second, ticks;
} parts;

static size_t put_specifier(char *out, char letter, int n, const parts *p) {
    switch (letter) {
    case 'd': return put_number(out, p->day, n);
    case 'f':
    case 'F': return put_fraction(out, p->ticks, n, letter == 'F');
    case 'h': return put_number(out, p->hour % 12 == 0 ? 12 : p->hour % 12, n);
    case 'H': return put_number(out, p->hour, n);
    case 'm': return put_number(out, p->minute, n);
    case 'M': return put_number(out, p->month, n);
    case 's': return put_number(out, p->second, n);
    case 'y': return put_number(out, n == 4 ? p->year : p->year % 100, n);
    default: memcpy(out, p->hour < 12 ? "AM" : "PM", 2); return 2; /* tt */
    }
}

static spoor_str format_parts(spoor_arena *arena, const specifier *known, spoor_str format,
                              const parts *p, bool is_negative) {
    if (wrong_letter(known, format) >= 0) {
        return (spoor_str){0};
    }
    char *out = spoor_arena_push_raw(arena, format.len + 1, 20); /* no specifier gives more */
    size_t len = 0;
    if (is_negative) {
        out[len++] = '-';
    }
    while (format.len > 0) {
        int n = 1;
        if (is_delimiter(format.ptr[0])) {
            out[len++] = format.ptr[0];
        } else {
            n = specifier_length(known, format);
            bool is_24 = format.ptr[0] == 'h' && known == of_timespan;
            len += put_specifier(out + len, is_24 ? 'H' : format.ptr[0], n, p);
        }
        format.ptr += n;
        format.len -= (size_t)n;
    }
    return (spoor_str){out, len};
}

static void datetime_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (spoor_vec_is_null(&args[0], i)) {
            continue; /* '' */
        }
        spoor_civil c = spoor_time_civil(args[0].longs[i]);
        parts p = {.day = (uint64_t)c.day,
                   .month = (uint64_t)c.month,
                   .year = (uint64_t)c.year,
                   .hour = (uint64_t)c.hour,
                   .minute = (uint64_t)c.minute,
                   .second = (uint64_t)c.second,
                   .ticks = (uint64_t)c.ticks};
        out->strings[i] = format_parts(call->scratch, of_datetime, args[1].strings[i], &p, false);
    }
}

static void timespan_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (spoor_vec_is_null(&args[0], i)) {
            continue;
        }
        int64_t span = args[0].longs[i];
        uint64_t t = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
        parts p = {.day = t / SPOOR_TICKS_DAY,
                   .hour = t / SPOOR_TICKS_HOUR % 24,
                   .minute = t / SPOOR_TICKS_MINUTE % 60,
                   .second = t / SPOOR_TICKS_SECOND % 60,
                   .ticks = t % SPOOR_TICKS_SECOND};
        out->strings[i] =
            format_parts(call->scratch, of_timespan, args[1].strings[i], &p, span < 0);
    }
}

// clang-format off
const spoor_function spoor_fn_datetime_format[] = {
    {.name = "format_datetime", .args = {SPOOR_T_DATETIME, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .sees_nulls = true,
     .eval = datetime_eval, .prepare = prepare_datetime,
     .summary = "A time as text: y yy yyyy M MM d dd h hh H HH m mm s ss f..fffffff F..FFFFFFF tt.",
     .example = "format_datetime(datetime(2024-02-29 18:05:09.25), 'yy-M-dd [hh:mm:ss.ff tt]')", .value = "24-2-29 [06:05:09.25 PM]"},
    {.name = "format_timespan", .args = {SPOOR_T_TIMESPAN, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .sees_nulls = true,
     .eval = timespan_eval, .prepare = prepare_timespan,
     .summary = "A timespan as text: d..dddddddd h hh H HH m mm s ss f..fffffff F..FFFFFFF.",
     .example = "format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", .value = "29.09:00:05:12"},
    {0},
};
// clang-format on
