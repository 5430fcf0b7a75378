/* chart_scale.c - where the points of a chart stand: running sums, stacks, the axes and their
 * scales. */
#include <math.h>

#include "base/hash.h"
#include "output/chart.h"

/* -- parts ------------------------------------------------------------------------------------- */

typedef bool picker(const spoor_chart_point *point, uint32_t number);

static bool is_of_panel(const spoor_chart_point *point, uint32_t number) {
    return point->panel == number;
}

static bool is_of_series(const spoor_chart_point *point, uint32_t number) {
    return point->series == number;
}

static spoor_chart part_of(spoor_arena *arena, const spoor_chart *chart, picker *picks,
                           uint32_t number) {
    spoor_chart part = *chart;
    part.npoints = 0;
    part.points = SPOOR_NEW_ARRAY(arena, spoor_chart_point, (size_t)chart->npoints + 1);
    for (uint32_t i = 0; i < chart->npoints; i++) {
        if (picks(&chart->points[i], number)) {
            part.points[part.npoints++] = chart->points[i];
        }
    }
    return part;
}

spoor_chart spoor_chart_panel(spoor_arena *arena, const spoor_chart *chart, uint32_t panel) {
    return part_of(arena, chart, is_of_panel, panel);
}

spoor_chart spoor_chart_one_series(spoor_arena *arena, const spoor_chart *chart, uint32_t series) {
    return part_of(arena, chart, is_of_series, series);
}

/* -- sums and stacks --------------------------------------------------------------------------- */

static void accumulate(spoor_chart *chart) {
    double sums[SPOOR_CHART_SERIES] = {0};
    for (uint32_t i = 0; i < chart->npoints; i++) {
        spoor_chart_point *p = &chart->points[i];
        p->y = sums[p->series] += p->y;
    }
}

/* Numbers the different x, in the order in which they come. */
static void number_slots(spoor_arena *arena, spoor_chart *chart) {
    uint32_t size = 64;
    while (size < 2 * chart->npoints) {
        size *= 2;
    }
    uint32_t *found = SPOOR_NEW_ARRAY(arena, uint32_t, size); /* a point of the slot, + 1 */
    for (uint32_t i = 0; i < chart->npoints; i++) {
        spoor_chart_point *p = &chart->points[i];
        uint32_t at = (uint32_t)spoor_hash_seeded(0, p->label.ptr, p->label.len) & (size - 1);
        while (found[at] != 0 && !spoor_str_eq(chart->points[found[at] - 1].label, p->label)) {
            at = (at + 1) & (size - 1);
        }
        if (found[at] == 0) {
            found[at] = i + 1;
            p->slot = chart->nslots++;
        } else {
            p->slot = chart->points[found[at] - 1].slot;
        }
    }
}

/* Each value on those of the same x before it; for shares, all of one x are 100. */
static void stack(spoor_arena *arena, spoor_chart *chart) {
    number_slots(arena, chart);
    double *totals = SPOOR_NEW_ARRAY(arena, double, (size_t)chart->nslots + 1);
    double *reached = SPOOR_NEW_ARRAY(arena, double, (size_t)chart->nslots + 1);
    for (uint32_t i = 0; i < chart->npoints; i++) {
        totals[chart->points[i].slot] += fabs(chart->points[i].y);
    }
    for (uint32_t i = 0; i < chart->npoints; i++) {
        spoor_chart_point *p = &chart->points[i];
        double total = totals[p->slot];
        if (chart->stack == SPOOR_RENDER_STACKED100) {
            p->y = total > 0 ? 100 * p->y / total : 0;
        }
        p->base = reached[p->slot];
        p->y = reached[p->slot] += p->y;
    }
}

/* -- axes -------------------------------------------------------------------------------------- */

/* A log axis has no place for what is not above zero. */
static void drop_not_positive(spoor_chart *chart) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        if ((!chart->render->is_log_x || p->x > 0) && (!chart->render->is_log_y || p->y > 0)) {
            chart->points[kept++] = *p;
        }
    }
    chart->left_out += chart->npoints - kept;
    chart->npoints = kept;
}

bool spoor_chart_find_ends(spoor_chart *chart) {
    const spoor_render *render = chart->render;
    const spoor_chart_point *points = chart->points;
    if (chart->npoints == 0) {
        return false;
    }
    chart->min_x = chart->max_x = points[0].x;
    chart->min_y = chart->max_y = render->is_log_y ? points[0].y : 0;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        chart->min_x = fmin(chart->min_x, points[i].x);
        chart->max_x = fmax(chart->max_x, points[i].x);
        chart->min_y = fmin(chart->min_y, points[i].y);
        chart->max_y = fmax(chart->max_y, points[i].y);
    }
    bool may_set_min = render->has_min_y && (!render->is_log_y || render->min_y > 0);
    bool may_set_max = render->has_max_y && (!render->is_log_y || render->max_y > 0);
    chart->min_y = may_set_min ? render->min_y : chart->min_y;
    chart->max_y = may_set_max ? render->max_y : chart->max_y;
    if (chart->max_x <= chart->min_x) {
        chart->max_x = chart->min_x + 1;
    }
    if (chart->max_y <= chart->min_y) {
        chart->max_y = chart->min_y + 1;
    }
    return true;
}

bool spoor_chart_finish(spoor_arena *arena, spoor_chart *chart) {
    if (chart->render->is_accumulated) {
        accumulate(chart);
    }
    if (chart->stack != SPOOR_RENDER_APART &&
        (chart->shape == SPOOR_CHART_BARS || chart->shape == SPOOR_CHART_AREA)) {
        stack(arena, chart);
    }
    drop_not_positive(chart);
    return spoor_chart_find_ends(chart);
}

/* Ends whose distance no real can hold have all in one place. */
static double share_of(double value, double min, double max, bool is_log) {
    double share =
        is_log ? (log(value) - log(min)) / (log(max) - log(min)) : (value - min) / (max - min);
    return share > 0 ? fmin(share, 1) : 0;
}

double spoor_chart_x_share(const spoor_chart *chart, double x) {
    return share_of(x, chart->min_x, chart->max_x, chart->render->is_log_x);
}

double spoor_chart_y_share(const spoor_chart *chart, double y) {
    return share_of(y, chart->min_y, chart->max_y, chart->render->is_log_y);
}

double spoor_chart_y_at(const spoor_chart *chart, double share) {
    return chart->render->is_log_y ? chart->min_y * pow(chart->max_y / chart->min_y, share)
                                   : chart->min_y + (chart->max_y - chart->min_y) * share;
}
