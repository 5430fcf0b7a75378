/* chart.c - gathers the points of a chart; see chart.h. */
#include "output/chart.h"

#include <math.h>

#include "types/decimal.h"
#include "types/dynamic.h"

static const struct {
    const char *kind;
    spoor_chart_shape shape;
} shapes[] = {
    {"barchart", SPOOR_CHART_BARS},      {"columnchart", SPOOR_CHART_BARS},
    {"piechart", SPOOR_CHART_PIE},       {"timechart", SPOOR_CHART_LINES},
    {"linechart", SPOOR_CHART_LINES},    {"anomalychart", SPOOR_CHART_LINES},
    {"timepivot", SPOOR_CHART_LINES},    {"ladderchart", SPOOR_CHART_LINES},
    {"areachart", SPOOR_CHART_AREA},     {"stackedareachart", SPOOR_CHART_AREA},
    {"scatterchart", SPOOR_CHART_DOTS},  {"card", SPOOR_CHART_CARD},
};

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL || type == SPOOR_DECIMAL ||
           type == SPOOR_TIMESPAN;
}

static bool is_y(const spoor_output *output, const spoor_chart *chart, uint32_t c) {
    spoor_type type = output->schema->columns[c].type;
    return (int)c != chart->x_column && (chart->has_lists ? type == SPOOR_DYNAMIC : is_number(type));
}

static int find_type(const spoor_output *output, spoor_type type) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (output->schema->columns[c].type == type) {
            return (int)c;
        }
    }
    return -1;
}

spoor_chart *spoor_chart_new(spoor_output *output) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!spoor_str_is(output->render, shapes[i].kind)) {
            continue;
        }
        spoor_chart *chart = SPOOR_NEW(output->arena, spoor_chart);
        chart->shape = shapes[i].shape;
        chart->x_column = chart->shape == SPOOR_CHART_CARD || output->ncols < 2 ? -1 : 0;
        int time = find_type(output, SPOOR_DATETIME);
        if (chart->shape == SPOOR_CHART_LINES || chart->shape == SPOOR_CHART_AREA || chart->shape == SPOOR_CHART_DOTS) {
            chart->has_lists = time < 0 && find_type(output, SPOOR_DYNAMIC) >= 0;
            chart->x_column = chart->has_lists ? -1 : time >= 0 ? time : chart->x_column;
        }
        for (uint32_t c = 0; c < output->ncols; c++) {
            if (is_y(output, chart, c)) {
                return chart;
            }
        }
        return NULL;
    }
    return NULL;
}

static bool number_of(const spoor_value *value, double *number) {
    if (value->is_null) {
        return false;
    }
    switch (value->type) {
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: *number = (double)value->integer; break;
    case SPOOR_REAL: *number = value->real; break;
    case SPOOR_DECIMAL: *number = spoor_decimal_to_real(value->decimal); break;
    case SPOOR_BOOL:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: return false;
    }
    return isfinite(*number);
}

/* The number of the series with this name; a name too many joins the last. */
static uint32_t series_of(spoor_output *output, spoor_chart *chart, spoor_str name) {
    for (uint32_t i = 0; i < chart->nseries; i++) {
        if (spoor_str_eq(chart->series[i], name)) {
            return i;
        }
    }
    if (chart->nseries == SPOOR_CHART_SERIES) {
        chart->series[SPOOR_CHART_SERIES - 1] = SPOOR_STR("others");
        return SPOOR_CHART_SERIES - 1;
    }
    chart->series[chart->nseries] = spoor_arena_str(output->arena, name);
    return chart->nseries++;
}

static void add_point(spoor_output *output, spoor_chart *chart, spoor_chart_point point) {
    if (chart->npoints == SPOOR_CHART_POINTS) {
        chart->left_out++;
        return;
    }
    if (chart->npoints == chart->capacity) {
        chart->capacity = chart->capacity > 0 ? 2 * chart->capacity : 64;
        spoor_chart_point *grown = SPOOR_NEW_ARRAY(output->arena, spoor_chart_point, chart->capacity);
        if (chart->npoints > 0) {
            memcpy(grown, chart->points, chart->npoints * sizeof *grown);
        }
        chart->points = grown;
    }
    point.label = spoor_arena_str(output->arena, point.label);
    chart->points[chart->npoints++] = point;
}

static spoor_chart_point point_at(spoor_output *output, spoor_chart *chart, const spoor_value *x) {
    spoor_chart_point point = {.x = chart->npoints, .label = {"", 0}};
    if (x != NULL) {
        (void)number_of(x, &point.x); /* a text keeps the place of its row */
        point.label = spoor_output_cell(output, x);
    }
    return point;
}

/* make-series: each element of y stands at the element of x in its place. */
static void add_lists(spoor_output *output, spoor_chart *chart, const spoor_value *x,
                       const spoor_value *y, uint32_t series) {
    bool has_x = x != NULL && x->type == SPOOR_DYNAMIC;
    spoor_dynamic_iter xs = spoor_dynamic_begin(has_x ? x->string : (spoor_str){0});
    spoor_dynamic_iter ys = spoor_dynamic_begin(y->string);
    spoor_str name, element, at;
    while (chart->npoints < SPOOR_CHART_POINTS && spoor_dynamic_next(&ys, &name, &element)) {
        spoor_value value = spoor_dynamic_scalar(element), place = {0};
        bool is_placed = has_x && spoor_dynamic_next(&xs, &name, &at);
        place = is_placed ? spoor_dynamic_scalar(at) : place;
        spoor_chart_point point = point_at(output, chart, is_placed ? &place : NULL);
        point.series = series;
        if (number_of(&value, &point.y)) {
            add_point(output, chart, point);
        }
    }
}

/* Texts beside x name the series of the row's numbers; several columns of numbers name them further. */
static spoor_str series_name(spoor_output *output, const spoor_chart *chart, const spoor_value *cells) {
    spoor_str name = {"", 0};
    for (uint32_t c = 0; c < output->ncols; c++) {
        spoor_type type = cells[c].type;
        bool is_name = type != SPOOR_DYNAMIC && type != SPOOR_DATETIME && !is_y(output, chart, c);
        if ((int)c != chart->x_column && is_name) {
            spoor_str cell = spoor_output_cell(output, &cells[c]);
            name = spoor_arena_format(output->scratch, "%.*s%s%.*s", (int)name.len, name.ptr,
                                      name.len > 0 ? ", " : "", (int)cell.len, cell.ptr);
        }
    }
    return name;
}

/* The array of times that make-series gives with its arrays of numbers; NULL: none. */
static const spoor_value *times_beside(const spoor_output *output, const spoor_value *cells) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        spoor_str first = {0};
        if (cells[c].type == SPOOR_DYNAMIC && !cells[c].is_null &&
            spoor_dynamic_at(cells[c].string, 0, &first) &&
            spoor_dynamic_kind_of(first) == SPOOR_DYN_DATETIME) {
            return &cells[c];
        }
    }
    return NULL;
}

void spoor_chart_row(spoor_output *output, spoor_chart *chart, const spoor_value *cells) {
    const spoor_value *x = chart->x_column >= 0 ? &cells[chart->x_column] : NULL;
    spoor_str row_name = series_name(output, chart, cells);
    uint32_t numbers = 0;
    for (uint32_t c = 0; c < output->ncols; c++) {
        numbers += is_y(output, chart, c);
    }
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (!is_y(output, chart, c)) {
            continue;
        }
        spoor_str name = output->schema->columns[c].name;
        if (row_name.len > 0) {
            name = numbers > (chart->has_lists ? 2 : 1) ? spoor_arena_format(output->scratch, "%.*s: %.*s", (int)row_name.len,
                                                    row_name.ptr, (int)name.len, name.ptr)
                               : row_name;
        }
        if (chart->has_lists) {
            const spoor_value *xs = times_beside(output, cells);
            if (xs != &cells[c] && !cells[c].is_null) {
                add_lists(output, chart, xs, &cells[c], series_of(output, chart, name));
            }
            continue;
        }
        spoor_chart_point point = point_at(output, chart, x);
        if (number_of(&cells[c], &point.y)) {
            point.series = series_of(output, chart, name);
            add_point(output, chart, point);
        }
    }
}

bool spoor_chart_finish(spoor_chart *chart) {
    if (chart->npoints == 0) {
        return false;
    }
    chart->min_x = chart->max_x = chart->points[0].x;
    chart->min_y = chart->max_y = 0;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        chart->min_x = fmin(chart->min_x, p->x);
        chart->max_x = fmax(chart->max_x, p->x);
        chart->min_y = fmin(chart->min_y, p->y);
        chart->max_y = fmax(chart->max_y, p->y);
    }
    if (chart->max_x <= chart->min_x) {
        chart->max_x = chart->min_x + 1;
    }
    if (chart->max_y <= chart->min_y) {
        chart->max_y = chart->min_y + 1;
    }
    return true;
}
