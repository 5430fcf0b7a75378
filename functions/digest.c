/* digest.c - see digest.h. */
#include "functions/digest.h"

#include <math.h>
#include <stdlib.h>

enum { JOINED = 1024 }; /* points that joining leaves, at most */
#define PI 3.14159265358979323846

static int order_integers(const void *a, const void *b) {
    int64_t x = ((const spoor_point *)a)->integer, y = ((const spoor_point *)b)->integer;
    return (x > y) - (x < y);
}

/* NaN first: a total order. */
static int order_reals(const void *a, const void *b) {
    double x = ((const spoor_point *)a)->real, y = ((const spoor_point *)b)->real;
    bool x_nan = isnan(x), y_nan = isnan(y);
    return x_nan || y_nan ? (int)y_nan - (int)x_nan : (x > y) - (x < y);
}

static void sort(const spoor_digest *d) {
    if (d->count > 1) {
        qsort(d->points, d->count, sizeof *d->points,
              d->type == SPOOR_REAL ? order_reals : order_integers);
    }
}

static double total_of(const spoor_digest *d) {
    double total = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        total += (double)d->points[i].weight;
    }
    return total;
}

/* Which of the joined points a rank (0 to 1) belongs to: narrow at the ends, wide in the middle. */
static int place_of(double rank) {
    double x = 2 * rank - 1;
    return (int)((asin(x < -1 ? -1 : x > 1 ? 1 : x) / PI + 0.5) * (JOINED - 1));
}

static spoor_point joined(spoor_type type, spoor_point a, spoor_point b) {
    spoor_point both = {.weight =
                            a.weight > INT64_MAX - b.weight ? INT64_MAX : a.weight + b.weight};
    if (type == SPOOR_REAL) {
        double share = (double)b.weight / ((double)a.weight + (double)b.weight);
        both.real = a.real + (b.real - a.real) * share;
    } else {
        long double share = (long double)b.weight / ((long double)a.weight + (long double)b.weight);
        long double apart = (long double)b.integer - (long double)a.integer;
        both.integer = (int64_t)((long double)a.integer + apart * share);
    }
    return both;
}

static void join_neighbours(spoor_digest *d) {
    sort(d);
    double total = total_of(d), below = 0;
    int last = -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        int place = place_of((below + (double)d->points[i].weight / 2) / total);
        below += (double)d->points[i].weight;
        if (place == last) {
            d->points[kept - 1] = joined(d->type, d->points[kept - 1], d->points[i]);
        } else {
            d->points[kept++] = d->points[i];
        }
        last = place;
    }
    d->count = kept;
}

void spoor_digest_add(spoor_arena *arena, spoor_digest *d, spoor_point point) {
    if (d->count == SPOOR_DIGEST_EXACT) {
        join_neighbours(d);
    }
    SPOOR_GROW(arena, d->points, d->count, &d->capacity);
    d->points[d->count++] = point;
}

bool spoor_digest_merge(spoor_arena *arena, spoor_digest *into, const spoor_digest *from) {
    if (from->count == 0) {
        return true;
    }
    if (into->count == 0) {
        into->type = from->type;
    }
    if (into->type != from->type) {
        return false;
    }
    for (uint32_t i = 0; i < from->count; i++) {
        spoor_digest_add(arena, into, from->points[i]);
    }
    return true;
}

static spoor_value value_of(spoor_type type, spoor_point point) {
    return type == SPOOR_REAL ? (spoor_value){.type = type, .real = point.real}
                              : (spoor_value){.type = type, .integer = point.integer};
}

spoor_value spoor_digest_percentile(spoor_digest *d, double percent) {
    if (d->count == 0) {
        return (spoor_value){.type = d->type, .is_null = true};
    }
    sort(d);
    double rank = ceil(percent / 100 * total_of(d) - 1e-9), below = 0;
    uint32_t i = 0;
    for (; i + 1 < d->count; i++) {
        below += (double)d->points[i].weight;
        if (below >= rank) {
            break;
        }
    }
    return value_of(d->type, d->points[i]);
}

double spoor_digest_rank(const spoor_digest *d, const spoor_value *value, double *total) {
    double rank = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        spoor_value at = value_of(d->type, d->points[i]);
        rank += spoor_value_compare(&at, value) <= 0 ? (double)d->points[i].weight : 0;
    }
    *total = total_of(d);
    return rank;
}

spoor_str spoor_digest_encode(spoor_arena *arena, spoor_digest *d) {
    spoor_dynamic_builder builder;
    sort(d);
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    spoor_dynamic_add_text(&builder, SPOOR_STR("tdigest"));
    spoor_dynamic_add_text(&builder, spoor_str_from(spoor_type_name(d->type)));
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = 0; i < d->count; i++) {
        spoor_value value = value_of(d->type, d->points[i]);
        value.type = d->type == SPOOR_REAL ? SPOOR_REAL : SPOOR_LONG;
        spoor_dynamic_add(&builder, &value);
    }
    spoor_dynamic_close(&builder);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = 0; i < d->count; i++) {
        spoor_dynamic_add(&builder,
                          &(spoor_value){.type = SPOOR_LONG, .integer = d->points[i].weight});
    }
    spoor_dynamic_close(&builder);
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

/* The element as text; false: it is none. */
static bool text_at(spoor_str array, int64_t index, spoor_str *text) {
    spoor_str element;
    if (!spoor_dynamic_at(array, index, &element)) {
        return false;
    }
    spoor_value value = spoor_dynamic_scalar(element);
    *text = value.string;
    return !value.is_null && value.type == SPOOR_STRING;
}

bool spoor_digest_decode(spoor_arena *arena, spoor_str encoded, spoor_digest *d) {
    spoor_str kind, type, numbers, weights, number, weight, name;
    *d = (spoor_digest){0};
    if (spoor_dynamic_kind_of(encoded) != SPOOR_DYN_ARRAY || !text_at(encoded, 0, &kind) ||
        !spoor_str_is(kind, "tdigest") || !text_at(encoded, 1, &type) ||
        !spoor_type_parse(type, &d->type) || !spoor_dynamic_at(encoded, 2, &numbers) ||
        !spoor_dynamic_at(encoded, 3, &weights) ||
        (d->type != SPOOR_LONG && d->type != SPOOR_REAL && d->type != SPOOR_DATETIME &&
         d->type != SPOOR_TIMESPAN)) {
        return false;
    }
    spoor_dynamic_iter values = spoor_dynamic_begin(numbers), counts = spoor_dynamic_begin(weights);
    while (spoor_dynamic_next(&values, &name, &number) &&
           spoor_dynamic_next(&counts, &name, &weight)) {
        spoor_value value = spoor_dynamic_scalar(number), count = spoor_dynamic_scalar(weight);
        spoor_type stored = d->type == SPOOR_REAL ? SPOOR_REAL : SPOOR_LONG;
        if (value.is_null || value.type != stored || count.is_null || count.type != SPOOR_LONG ||
            count.integer <= 0) {
            return false;
        }
        spoor_point point = {.weight = count.integer};
        if (stored == SPOOR_REAL) {
            point.real = value.real;
        } else {
            point.integer = value.integer;
        }
        spoor_digest_add(arena, d, point);
    }
    return true;
}
