/* chart.c - gathers the points of a chart; see chart.h. */
#include "output/chart.h"

#include <math.h>

#include "base/safe_text.h"
#include "types/decimal.h"
#include "types/dynamic.h"

static const struct {
    const char *kind;
    spoor_chart_shape shape;
} shapes[] = {
    {"barchart", SPOOR_CHART_BARS},     {"columnchart", SPOOR_CHART_BARS},
    {"piechart", SPOOR_CHART_PIE},      {"timechart", SPOOR_CHART_LINES},
    {"linechart", SPOOR_CHART_LINES},   {"anomalychart", SPOOR_CHART_LINES},
    {"areachart", SPOOR_CHART_AREA},    {"stackedareachart", SPOOR_CHART_AREA},
    {"scatterchart", SPOOR_CHART_DOTS}, {"card", SPOOR_CHART_CARD},
};

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL || type == SPOOR_DECIMAL ||
           type == SPOOR_TIMESPAN;
}

static bool lists(spoor_render_columns columns, uint32_t c) {
    for (uint32_t i = 0; i < columns.count; i++) {
        if (columns.items[i] == (int)c) {
            return true;
        }
    }
    return false;
}

static bool is_y(const spoor_output *output, const spoor_chart *chart, uint32_t c) {
    const spoor_render *render = chart->render;
    spoor_type type = output->schema->columns[c].type;
    bool holds_numbers = chart->has_lists ? type == SPOOR_DYNAMIC : is_number(type);
    if (render->y_columns.count > 0) {
        return holds_numbers && lists(render->y_columns, c);
    }
    return holds_numbers && (int)c != chart->x_column && !lists(render->series, c) &&
           !lists(render->anomalies, c);
}

/* Does the column's text name the series? */
static bool is_name(const spoor_output *output, const spoor_chart *chart, uint32_t c) {
    const spoor_render *render = chart->render;
    spoor_type type = output->schema->columns[c].type;
    if (render->series.count > 0) {
        return lists(render->series, c);
    }
    return (int)c != chart->x_column && type != SPOOR_DYNAMIC && type != SPOOR_DATETIME &&
           !lists(render->anomalies, c) && !(render->y_columns.count > 0 && is_number(type)) &&
           !is_y(output, chart, c);
}

static int find_type(const spoor_output *output, spoor_type type) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (output->schema->columns[c].type == type) {
            return (int)c;
        }
    }
    return -1;
}

static void choose_x(const spoor_output *output, spoor_chart *chart) {
    chart->x_column = chart->shape == SPOOR_CHART_CARD || output->ncols < 2 ? -1 : 0;
    int time = find_type(output, SPOOR_DATETIME), given = chart->render->x_column;
    if (chart->shape == SPOOR_CHART_LINES || chart->shape == SPOOR_CHART_AREA ||
        chart->shape == SPOOR_CHART_DOTS) {
        chart->has_lists = time < 0 && find_type(output, SPOOR_DYNAMIC) >= 0;
        chart->x_column = chart->has_lists ? -1 : time >= 0 ? time : chart->x_column;
    }
    bool fits =
        given >= 0 && (output->schema->columns[given].type == SPOOR_DYNAMIC) == chart->has_lists;
    chart->x_column = fits ? given : chart->x_column;
}

spoor_chart *spoor_chart_new(spoor_output *output) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!spoor_str_is(output->render->kind, shapes[i].kind)) {
            continue;
        }
        spoor_chart *chart = SPOOR_NEW(output->arena, spoor_chart);
        chart->shape = shapes[i].shape;
        chart->render = output->render;
        bool is_stacked = spoor_str_is(output->render->kind, "stackedareachart");
        chart->stack = is_stacked ? SPOOR_RENDER_STACKED : output->render->stack;
        choose_x(output, chart);
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
    SPOOR_GROW(output->arena, chart->points, chart->npoints, &chart->capacity);
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

/* What series_decompose_anomalies says of a point: 1, -1 or 0. */
static bool is_marked(const spoor_value *flag) {
    double number;
    return number_of(flag, &number) && number != 0;
}

/* make-series: each element of y stands at the element of x in its place; `like` has what they
 * share. */
static void add_lists(spoor_output *output, spoor_chart *chart, const spoor_value *x,
                      const spoor_value *y, const spoor_value *flags, spoor_chart_point like) {
    bool has_x = x != NULL && x->type == SPOOR_DYNAMIC;
    bool has_flags = flags != NULL && flags->type == SPOOR_DYNAMIC && !flags->is_null;
    spoor_dynamic_iter xs = spoor_dynamic_begin(has_x ? x->string : (spoor_str){0});
    spoor_dynamic_iter ys = spoor_dynamic_begin(y->string);
    spoor_dynamic_iter marks = spoor_dynamic_begin(has_flags ? flags->string : (spoor_str){0});
    spoor_str name, element, at;
    while (chart->npoints < SPOOR_CHART_POINTS && spoor_dynamic_next(&ys, &name, &element)) {
        spoor_value value = spoor_dynamic_scalar(element), place = {0};
        bool is_placed = has_x && spoor_dynamic_next(&xs, &name, &at);
        place = is_placed ? spoor_dynamic_scalar(at) : place;
        spoor_chart_point point = point_at(output, chart, is_placed ? &place : NULL);
        point.series = like.series;
        point.panel = like.panel;
        if (has_flags && spoor_dynamic_next(&marks, &name, &at)) {
            spoor_value flag = spoor_dynamic_scalar(at);
            point.is_anomaly = is_marked(&flag);
        }
        if (number_of(&value, &point.y)) {
            add_point(output, chart, point);
        }
    }
}

/* Texts beside x name the series of the row's numbers; several columns of numbers name them
 * further. */
static spoor_str series_name(spoor_output *output, const spoor_chart *chart,
                             const spoor_value *cells) {
    spoor_str name = {"", 0};
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (is_name(output, chart, c)) {
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

/* The panel of the n-th column of numbers. */
static uint32_t panel_of(spoor_chart *chart, uint32_t n, spoor_str name) {
    if (n >= chart->npanels && n < SPOOR_CHART_PANELS) {
        chart->panels[n] = name;
        chart->npanels = n + 1;
    }
    return n < SPOOR_CHART_PANELS ? n : SPOOR_CHART_PANELS - 1;
}

void spoor_chart_row(spoor_output *output, spoor_chart *chart, const spoor_value *cells) {
    const spoor_value *x = chart->x_column >= 0 ? &cells[chart->x_column] : NULL;
    const spoor_value *xs = !chart->has_lists ? NULL : x != NULL ? x : times_beside(output, cells);
    const spoor_render_columns marks = chart->render->anomalies;
    spoor_str row_name = series_name(output, chart, cells);
    uint32_t numbers = 0, n = 0;
    for (uint32_t c = 0; c < output->ncols; c++) {
        numbers += is_y(output, chart, c) && &cells[c] != xs;
    }
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (!is_y(output, chart, c) || &cells[c] == xs) {
            continue;
        }
        spoor_str name = spoor_safe_text(output->scratch, output->schema->columns[c].name);
        const spoor_value *flags = n == 0 && marks.count > 0 ? &cells[marks.items[0]] : NULL;
        spoor_chart_point like = {.panel = panel_of(chart, n++, output->schema->columns[c].name)};
        if (row_name.len > 0) {
            name = numbers > 1
                       ? spoor_arena_format(output->scratch, "%.*s: %.*s", (int)row_name.len,
                                            row_name.ptr, (int)name.len, name.ptr)
                       : row_name;
        }
        if (chart->has_lists) {
            if (!cells[c].is_null) {
                like.series = series_of(output, chart, name);
                add_lists(output, chart, xs, &cells[c], flags, like);
            }
            continue;
        }
        spoor_chart_point point = point_at(output, chart, x);
        if (number_of(&cells[c], &point.y)) {
            point.series = series_of(output, chart, name);
            point.panel = like.panel;
            point.is_anomaly = flags != NULL && is_marked(flags);
            add_point(output, chart, point);
        }
    }
}
