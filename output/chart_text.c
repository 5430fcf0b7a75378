/* chart_text.c - a chart in lines of Unicode blocks, for a terminal. */
#include <math.h>

#include "base/safe_text.h"
#include "base/utf8.h"
#include "output/chart.h"

enum { BARS = 40, LABEL = 32, HEIGHT = 8, WIDEST = 400 };

/* 0 to 8 eighths of a cell: from the left, and from the bottom. */
static const char *const across[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
static const char *const upward[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static uint32_t count_characters(spoor_str text) {
    uint32_t n = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end; n++) {
        (void)spoor_utf8_next(&at, end);
    }
    return n;
}

/* Exactly `width` characters. */
static void put_label(FILE *out, spoor_str text, uint32_t width) {
    uint32_t n = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end && n < width; n++) {
        const char *start = at;
        (void)spoor_utf8_next(&at, end);
        bool is_cut = n + 1 == width && at < end;
        fwrite(is_cut ? "…" : start, 1, is_cut ? sizeof "…" - 1 : (size_t)(at - start), out);
    }
    fprintf(out, "%*s", (int)(width - n), "");
}

static void put_bar(FILE *out, double share, uint32_t width) {
    double cells = share * width;
    uint32_t whole = (uint32_t)cells;
    for (uint32_t i = 0; i < whole; i++) {
        fputs(across[8], out);
    }
    uint32_t eighths = (uint32_t)((cells - whole) * 8 + 0.5);
    fputs(eighths > 0 ? across[eighths] : whole == 0 && share > 0 ? across[1] : "", out);
}

static void print_bars(spoor_output *output, const spoor_chart *chart, uint32_t width) {
    FILE *out = output->out;
    uint32_t shown = chart->npoints < BARS ? chart->npoints : BARS, label = 0, series = 0;
    double total = 0;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        uint32_t n = i < shown ? count_characters(chart->points[i].label) : 0;
        label = n > label ? n : label;
        total += chart->points[i].y > 0 ? chart->points[i].y : 0;
    }
    for (uint32_t i = 0; i < chart->nseries && chart->nseries > 1; i++) {
        uint32_t n = count_characters(chart->series[i]);
        series = n > series ? n : series;
    }
    label = label > LABEL ? LABEL : label;
    series = series > LABEL ? LABEL : series;
    uint32_t taken = label + series + 18, room = width > taken + 8 ? width - taken : 8;
    bool is_pie = chart->shape == SPOOR_CHART_PIE;
    double zero = fmin(spoor_chart_y_share(chart, 0), 0.99); /* a bar begins there */
    for (uint32_t i = 0; i < shown; i++) {
        const spoor_chart_point *p = &chart->points[i];
        put_label(out, p->label, label);
        fputs(" ", out);
        if (series > 0) {
            put_label(out, chart->series[p->series], series);
            fputs(" ", out);
        }
        put_bar(out, fmax(spoor_chart_y_share(chart, p->y) - zero, 0) / (1 - zero), room);
        fprintf(out, " %.10g", p->y);
        if (is_pie && total > 0 && p->y >= 0) {
            fprintf(out, " (%.1f %%)", 100 * p->y / total);
        }
        fputc('\n', out);
    }
    if (shown < chart->npoints) {
        fprintf(out, "%u more\n", chart->npoints - shown);
    }
}

/* One bar for each x, a stretch of it in its own shade for each series. */
static void print_stacks(spoor_output *output, const spoor_chart *chart, uint32_t width) {
    static const char *const shades[] = {"█", "▒", "▓", "░"};
    FILE *out = output->out;
    uint32_t label = 0, room = width > LABEL + 26 ? width - LABEL - 18 : 8;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        uint32_t n = count_characters(chart->points[i].label);
        label = n > label ? n : label;
    }
    label = label > LABEL ? LABEL : label;
    for (uint32_t slot = 0; slot < chart->nslots && slot < BARS; slot++) {
        double end = 0;
        uint32_t drawn = 0;
        bool is_begun = false;
        for (uint32_t i = 0; i < chart->npoints; i++) {
            const spoor_chart_point *p = &chart->points[i];
            if (p->slot != slot) {
                continue;
            }
            if (!is_begun) {
                put_label(out, p->label, label);
                fputs(" ", out);
                is_begun = true;
            }
            uint32_t to = (uint32_t)(spoor_chart_y_share(chart, p->y) * room + 0.5);
            for (; drawn < to; drawn++) {
                fputs(shades[p->series % 4], out);
            }
            end = p->y;
        }
        if (is_begun) {
            fprintf(out, " %.10g\n", end);
        }
    }
    if (chart->nslots > BARS) {
        fprintf(out, "%u more\n", chart->nslots - BARS);
    }
    for (uint32_t s = 0; s < chart->nseries && !chart->render->hides_legend; s++) {
        fprintf(out, "%s%s ", s > 0 ? "  " : "", shades[s % 4]);
        put_label(out, chart->series[s], count_characters(chart->series[s]));
    }
    fputs(chart->render->hides_legend ? "" : "\n", out);
}

static uint32_t column_of(const spoor_chart *chart, double x, uint32_t width) {
    uint32_t at = (uint32_t)(spoor_chart_x_share(chart, x) * width);
    return at >= width ? width - 1 : at;
}

static uint32_t height_of(const spoor_chart *chart, double y) {
    return (uint32_t)(spoor_chart_y_share(chart, y) * HEIGHT * 8 + 0.5);
}

/* A line goes straight from point to point. */
static void join_points(uint32_t *heights, uint32_t width) {
    for (uint32_t c = 0, last = width; c < width; c++) {
        if (heights[c] == 0) {
            continue;
        }
        for (uint32_t gap = last + 1; last < width && gap < c; gap++) {
            double share = (double)(gap - last) / (c - last);
            heights[gap] =
                (uint32_t)(heights[last] + share * ((double)heights[c] - heights[last]) + 0.5);
        }
        last = c;
    }
}

/* One series: a column of blocks for each stretch of x, as high as its highest point. */
static void print_series(spoor_output *output, const spoor_chart *chart, uint32_t series,
                         uint32_t width) {
    FILE *out = output->out;
    uint32_t heights[WIDEST] = {0};
    bool any = false;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        if (p->series == series) {
            any = true;
            uint32_t column = column_of(chart, p->x, width), height = height_of(chart, p->y);
            height = height == 0 ? 1 : height;
            heights[column] = height > heights[column] ? height : heights[column];
        }
    }
    if (!any) {
        return; /* of another panel */
    }
    if (chart->shape != SPOOR_CHART_DOTS) {
        join_points(heights, width);
    }
    put_label(out, chart->series[series], count_characters(chart->series[series]));
    fputc('\n', out);
    for (uint32_t row = HEIGHT; row > 0; row--) {
        if (row == HEIGHT || row == 1) {
            fprintf(out, "%10.5g ", row == HEIGHT ? chart->max_y : chart->min_y);
        } else {
            fprintf(out, "%10s ", "");
        }
        fputs("│", out);
        uint32_t last = 0;
        for (uint32_t c = 0; c < width; c++) {
            last = heights[c] > (row - 1) * 8 ? c + 1 : last;
        }
        for (uint32_t c = 0; c < last; c++) {
            uint32_t below = (row - 1) * 8, above = heights[c] > below ? heights[c] - below : 0;
            bool is_dot = chart->shape == SPOOR_CHART_DOTS;
            fputs(is_dot ? (above > 0 && above <= 8 ? "•" : " ") : upward[above > 8 ? 8 : above],
                  out);
        }
        fputc('\n', out);
    }
}

static void print_lines(spoor_output *output, const spoor_chart *chart, uint32_t width) {
    FILE *out = output->out;
    uint32_t room = width > 30 ? width - 12 : 18;
    room = room > WIDEST ? WIDEST : room;
    for (uint32_t s = 0; s < chart->nseries; s++) {
        spoor_chart own = spoor_chart_one_series(output->scratch, chart, s);
        bool has_axis = chart->render->split == SPOOR_RENDER_AXES && spoor_chart_find_ends(&own);
        own.min_x = chart->min_x;
        own.max_x = chart->max_x;
        print_series(output, has_axis ? &own : chart, s, room);
    }
    const spoor_chart_point *first = &chart->points[0], *last = first;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        first = chart->points[i].x < first->x ? &chart->points[i] : first;
        last = chart->points[i].x > last->x ? &chart->points[i] : last;
    }
    uint32_t ends = count_characters(first->label) + count_characters(last->label);
    fprintf(out, "%10s  %.*s%*s%.*s\n", "", (int)first->label.len, first->label.ptr,
            (int)(room > ends + 1 ? room - ends : 1), "", (int)last->label.len, last->label.ptr);
}

static void print_card(spoor_output *output, const spoor_chart *chart) {
    for (uint32_t i = 0; i < chart->npoints && i < BARS; i++) {
        const spoor_chart_point *p = &chart->points[i];
        spoor_str name = chart->series[p->series];
        spoor_str value = spoor_arena_format(output->scratch, "%.10g", p->y);
        uint32_t n = count_characters(name), inner = n > value.len ? n : (uint32_t)value.len;
        fputs("┌", output->out);
        for (uint32_t c = 0; c < inner + 2; c++) {
            fputs("─", output->out);
        }
        fputs("┐\n│ ", output->out);
        put_label(output->out, value, inner);
        fputs(" │\n│ ", output->out);
        put_label(output->out, name, inner);
        fputs(" │\n└", output->out);
        for (uint32_t c = 0; c < inner + 2; c++) {
            fputs("─", output->out);
        }
        fputs("┘\n", output->out);
    }
}

static void print_title(spoor_output *output, spoor_str title) {
    title = spoor_safe_text(output->scratch, title);
    fprintf(output->out, "%.*s%s", (int)title.len, title.ptr, title.len > 0 ? "\n" : "");
}

static void print_shape(spoor_output *output, spoor_chart *chart, uint32_t width) {
    if (!spoor_chart_finish(output->scratch, chart)) {
        return;
    }
    switch (chart->shape) {
    case SPOOR_CHART_BARS:
        if (chart->stack != SPOOR_RENDER_APART) {
            print_stacks(output, chart, width);
            break;
        }
        print_bars(output, chart, width);
        break;
    case SPOOR_CHART_PIE: print_bars(output, chart, width); break;
    case SPOOR_CHART_LINES:
    case SPOOR_CHART_AREA:
    case SPOOR_CHART_DOTS: print_lines(output, chart, width); break;
    case SPOOR_CHART_CARD: print_card(output, chart); break;
    }
    spoor_str x = spoor_safe_text(output->scratch, chart->render->x_title);
    spoor_str y = spoor_safe_text(output->scratch, chart->render->y_title);
    if (x.len > 0 || y.len > 0) {
        fprintf(output->out, "%s%.*s%s%s%.*s\n", x.len > 0 ? "x: " : "", (int)x.len, x.ptr,
                x.len > 0 && y.len > 0 ? ", " : "", y.len > 0 ? "y: " : "", (int)y.len, y.ptr);
    }
}

void spoor_chart_print(spoor_output *output, spoor_chart *chart) {
    if (chart->npoints == 0) {
        return;
    }
    uint32_t width = output->options->width > 0 ? output->options->width : 80;
    fputc('\n', output->out);
    print_title(output, chart->render->title);
    bool has_panels = chart->render->split == SPOOR_RENDER_PANELS && chart->npanels > 1;
    for (uint32_t i = 0; has_panels && i < chart->npanels; i++) {
        spoor_chart panel = spoor_chart_panel(output->scratch, chart, i);
        if (chart->shape == SPOOR_CHART_BARS || chart->shape == SPOOR_CHART_PIE) {
            print_title(output, chart->panels[i]); /* lines say it with the name of the series */
        }
        print_shape(output, &panel, width);
    }
    if (!has_panels) {
        print_shape(output, chart, width);
    }
    if (chart->left_out > 0) {
        fprintf(output->out, "%llu points more are not drawn\n",
                (unsigned long long)chart->left_out);
    }
}
