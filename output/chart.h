/* chart.h - what `render` asks for, drawn from the rows that are written.
 *
 * What render says of columns holds.  Of the rest the first column of times
 * (or, for kinds without time, the first column) is x, columns of numbers are y,
 * the other columns name the series; arrays of make-series are taken apart.  At
 * most SPOOR_CHART_POINTS are kept. */
#ifndef SPOOR_OUTPUT_CHART_H
#define SPOOR_OUTPUT_CHART_H

#include "output/output.h"

enum { SPOOR_CHART_POINTS = 20000, SPOOR_CHART_SERIES = 12, SPOOR_CHART_PANELS = 5 };

typedef enum spoor_chart_shape {
    SPOOR_CHART_BARS, /* barchart, columnchart */
    SPOOR_CHART_PIE,
    SPOOR_CHART_LINES, /* timechart, linechart, anomalychart, ... */
    SPOOR_CHART_AREA,  /* areachart, stackedareachart */
    SPOOR_CHART_DOTS,  /* scatterchart */
    SPOOR_CHART_CARD,
} spoor_chart_shape;

typedef struct spoor_chart_point {
    double x, y;
    double base;     /* stacked: what stands below y, in it; else 0 */
    spoor_str label; /* x as text */
    uint32_t series;
    uint32_t panel; /* number of its column among those of y */
    uint32_t slot;  /* stacked: the number of its x */
    bool is_anomaly;
} spoor_chart_point;

typedef struct spoor_chart {
    spoor_chart_shape shape;
    const spoor_render *render;
    spoor_render_stack stack;
    int x_column;   /* -1: none, points are numbered */
    bool has_lists; /* y are the arrays of make-series, x the array of times beside them */
    spoor_chart_point *points;
    uint32_t npoints, capacity;
    spoor_str series[SPOOR_CHART_SERIES];
    uint32_t nseries;
    spoor_str panels[SPOOR_CHART_PANELS]; /* their columns */
    uint32_t npanels;
    uint64_t left_out;
    uint32_t nslots;
    double min_x, max_x, min_y, max_y; /* once finished; min_y is 0 at most, but on a log axis */
} spoor_chart;

/* NULL: the kind is none that is drawn (table), or no column holds numbers. */
spoor_chart *spoor_chart_new(spoor_output *output);
void spoor_chart_row(spoor_output *output, spoor_chart *chart, const spoor_value *cells);
/* On output->out: lines of blocks, or an <svg>. */
void spoor_chart_print(spoor_output *output, spoor_chart *chart);
void spoor_chart_svg(spoor_output *output, spoor_chart *chart);

/* -- places: chart_scale.c ----------------------------------------------------------------------
 */

/* Sums and stacks the points as render says, and finds the ends of the axes; false: no point. */
bool spoor_chart_finish(spoor_arena *arena, spoor_chart *chart);
/* The ends of the axes alone, of the part of a chart that is finished. */
bool spoor_chart_find_ends(spoor_chart *chart);
/* A part of a chart: the points of one panel, or of one series. */
spoor_chart spoor_chart_panel(spoor_arena *arena, const spoor_chart *chart, uint32_t panel);
spoor_chart spoor_chart_one_series(spoor_arena *arena, const spoor_chart *chart, uint32_t series);
/* Where a value stands on its axis, from 0 to 1; and the value that stands there. */
double spoor_chart_x_share(const spoor_chart *chart, double x);
double spoor_chart_y_share(const spoor_chart *chart, double y);
double spoor_chart_y_at(const spoor_chart *chart, double share);

#endif
