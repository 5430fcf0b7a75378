/* render.h - what `render` asks for: the binder checks it, the outputs carry it.
 *
 * Each property stands twice: as written, for outputs that pass it on, and as
 * what it means, for those that draw.  Columns are numbers of the result's. */
#ifndef SPOOR_TYPES_RENDER_H
#define SPOOR_TYPES_RENDER_H

#include "base/str.h"

typedef enum spoor_render_stack {
    SPOOR_RENDER_APART,      /* kind=default, unstacked */
    SPOOR_RENDER_STACKED,    /* one on the other */
    SPOOR_RENDER_STACKED100, /* the same, as shares of the whole */
} spoor_render_stack;

typedef enum spoor_render_split {
    SPOOR_RENDER_ONE_AXIS,
    SPOOR_RENDER_AXES,   /* a y axis for each series */
    SPOOR_RENDER_PANELS, /* a chart for each column of numbers */
} spoor_render_split;

typedef struct spoor_render_columns {
    const int *items;
    uint32_t count; /* 0: not said */
} spoor_render_columns;

typedef struct spoor_render_property {
    spoor_str name;
    const spoor_str *values; /* several: a list of columns */
    uint32_t nvalues;
    bool is_list, is_bare; /* may hold several; a number, or true or false */
} spoor_render_property;

typedef struct spoor_render {
    spoor_str kind;
    const spoor_render_property *properties;
    uint32_t nproperties;
    spoor_str title, x_title, y_title;
    int x_column; /* -1: not said */
    spoor_render_columns series, y_columns, anomalies;
    bool has_min_y, has_max_y;
    double min_y, max_y;
    bool is_log_x, is_log_y, is_accumulated, hides_legend;
    spoor_render_stack stack;
    spoor_render_split split;
} spoor_render;

#endif
