/* chart.h - what `render` asks for, drawn from the rows that are written.
 *
 * The first column of times (or, for kinds without time, the first column) is
 * x, columns of numbers are y, the other columns name the series; arrays of
 * make-series are taken apart.  At most SPOOR_CHART_POINTS are kept. */
#ifndef SPOOR_OUTPUT_CHART_H
#define SPOOR_OUTPUT_CHART_H

#include "output/output.h"

enum { SPOOR_CHART_POINTS = 20000, SPOOR_CHART_SERIES = 12 };

typedef enum spoor_chart_shape {
    SPOOR_CHART_BARS,  /* barchart, columnchart and what has no shape of its own */
    SPOOR_CHART_PIE,
    SPOOR_CHART_LINES, /* timechart, linechart, anomalychart */
    SPOOR_CHART_AREA,  /* areachart, stackedareachart */
    SPOOR_CHART_DOTS,  /* scatterchart */
    SPOOR_CHART_CARD,
} spoor_chart_shape;

typedef struct spoor_chart_point {
    double x, y;
    spoor_str label; /* x as text */
    uint32_t series;
} spoor_chart_point;

typedef struct spoor_chart {
    spoor_chart_shape shape;
    int x_column; /* -1: none, points are numbered */
    bool has_lists; /* y are the arrays of make-series, x the array of times beside them */
    spoor_chart_point *points;
    uint32_t npoints, capacity;
    spoor_str series[SPOOR_CHART_SERIES];
    uint32_t nseries;
    uint64_t left_out;
    double min_x, max_x, min_y, max_y; /* once finished; min_y is 0 at most */
} spoor_chart;

/* NULL: the kind is none that is drawn (table), or no column holds numbers. */
spoor_chart *spoor_chart_new(spoor_output *output);
void spoor_chart_row(spoor_output *output, spoor_chart *chart, const spoor_value *cells);
/* On output->out: lines of blocks, or an <svg>. */
void spoor_chart_print(spoor_output *output, spoor_chart *chart);
void spoor_chart_svg(spoor_output *output, spoor_chart *chart);
/* The ends of the axes; false: no point. */
bool spoor_chart_finish(spoor_chart *chart);

#endif
