/* chart_svg.c - a chart as an <svg> that needs nothing else; colours hold on light and on dark. */
#include <math.h>

#include "output/chart.h"

enum { WIDTH = 900, HEIGHT = 320, LEFT = 70, RIGHT = 20, TOP = 16, BOTTOM = 52, BARS = 60 };

static const char *const colours[SPOOR_CHART_SERIES] = {
    "#3b82f6", "#f97316", "#22a06b", "#d946a8", "#a16207", "#7c5cff",
    "#0e9aa7", "#e5484d", "#6b7a90", "#84a32a", "#b4673f", "#9333ea",
};

static double x_of(const spoor_chart *chart, double x) {
    return LEFT + spoor_chart_x_share(chart, x) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const spoor_chart *chart, double y) {
    return HEIGHT - BOTTOM - spoor_chart_y_share(chart, y) * (HEIGHT - TOP - BOTTOM);
}

static void put_axes(spoor_output *output, const spoor_chart *chart) {
    for (int i = 0; i <= 4; i++) {
        double value = spoor_chart_y_at(chart, i / 4.0), y = y_of(chart, value);
        fprintf(output->out,
                "<line class=\"g\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"a\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%.5g</text>\n",
                LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, value);
    }
    if (chart->render->x_title.len > 0) {
        fprintf(output->out, "<text class=\"t\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">",
                (WIDTH + LEFT) / 2, HEIGHT - 8);
        spoor_output_markup(output, chart->render->x_title);
        fputs("</text>\n", output->out);
    }
    if (chart->render->y_title.len > 0) {
        fprintf(
            output->out,
            "<text class=\"t\" text-anchor=\"middle\" transform=\"translate(14 %d) rotate(-90)\">",
            (HEIGHT - BOTTOM) / 2);
        spoor_output_markup(output, chart->render->y_title);
        fputs("</text>\n", output->out);
    }
}

static void put_x_label(spoor_output *output, double x, const char *anchor, spoor_str label) {
    fprintf(output->out, "<text class=\"a\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">", anchor, x,
            HEIGHT - BOTTOM + 18);
    spoor_output_markup(output, label);
    fputs("</text>\n", output->out);
}

static void put_tip(spoor_output *output, const spoor_chart *chart, const spoor_chart_point *p) {
    fputs("<title>", output->out);
    spoor_output_markup(output, p->label);
    fputs(p->label.len > 0 ? " " : "", output->out);
    spoor_output_markup(output, chart->series[p->series]);
    fprintf(output->out, ": %.10g</title>", p->y - p->base);
}

static void put_bar_label(spoor_output *output, double x, spoor_str text) {
    spoor_str label = text;
    label.len = label.len > 18 ? 18 : label.len;
    while (label.len > 0 && label.len < text.len &&
           ((unsigned char)label.ptr[label.len] & 0xC0) == 0x80) {
        label.len--; /* never through a character */
    }
    put_x_label(output, x, "middle", label);
}

/* Each point has its bar, or, stacked, each x. */
static void svg_bars(spoor_output *output, const spoor_chart *chart) {
    put_axes(output, chart);
    bool is_stacked = chart->stack != SPOOR_RENDER_APART;
    uint32_t all = is_stacked ? chart->nslots : chart->npoints, n = all < BARS ? all : BARS;
    double step = (double)(WIDTH - LEFT - RIGHT) / n;
    uint32_t every = n / 8 + 1;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        uint32_t place = is_stacked ? p->slot : i;
        if (place >= n) {
            continue;
        }
        double y = y_of(chart, p->y), from = y_of(chart, p->base), top = fmin(y, from);
        fprintf(
            output->out, "<rect fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
            colours[p->series], LEFT + step * place + step * 0.1, top, step * 0.8, fabs(y - from));
        put_tip(output, chart, p);
        fputs("</rect>\n", output->out);
        if (place % every == 0 && (!is_stacked || p->base <= 0)) {
            put_bar_label(output, LEFT + step * (place + 0.5), p->label);
        }
    }
}

/* A line through the points of a series; of an area, back along what it stands on. */
static void put_path(spoor_output *output, const spoor_chart *chart, uint32_t s) {
    bool is_area = chart->shape == SPOOR_CHART_AREA, any = false;
    fprintf(output->out, "<path class=\"l\" stroke=\"%s\" fill=\"%s\" d=\"", colours[s],
            is_area ? colours[s] : "none");
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        if (p->series == s) {
            fprintf(output->out, "%s%.1f %.1f", any ? "L" : "M", x_of(chart, p->x),
                    y_of(chart, p->y));
            any = true;
        }
    }
    for (uint32_t i = chart->npoints; is_area && any && i-- > 0;) {
        const spoor_chart_point *p = &chart->points[i];
        if (p->series == s) {
            fprintf(output->out, "L%.1f %.1f", x_of(chart, p->x), y_of(chart, p->base));
        }
    }
    fputs(is_area && any ? "Z\"/>\n" : "\"/>\n", output->out);
}

/* The part of a chart that is drawn on an axis of its own, over the same x. */
static spoor_chart on_own_axis(spoor_output *output, const spoor_chart *chart, uint32_t series) {
    spoor_chart own = spoor_chart_one_series(output->scratch, chart, series);
    if (spoor_chart_find_ends(&own)) {
        own.min_x = chart->min_x;
        own.max_x = chart->max_x;
    }
    return own;
}

static void put_points(spoor_output *output, const spoor_chart *chart) {
    bool all = chart->npoints <= 400 || chart->shape == SPOOR_CHART_DOTS;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        const spoor_chart_point *p = &chart->points[i];
        if (!all && !p->is_anomaly) {
            continue;
        }
        fprintf(output->out, "<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\">",
                p->is_anomaly ? "#e5484d" : colours[p->series], x_of(chart, p->x),
                y_of(chart, p->y), p->is_anomaly ? 6 : 3);
        put_tip(output, chart, p);
        fputs("</circle>\n", output->out);
    }
}

static void svg_lines(spoor_output *output, const spoor_chart *chart) {
    bool has_axes = chart->render->split == SPOOR_RENDER_AXES;
    const spoor_chart_point *first = &chart->points[0], *last = first;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        first = chart->points[i].x < first->x ? &chart->points[i] : first;
        last = chart->points[i].x > last->x ? &chart->points[i] : last;
    }
    put_x_label(output, LEFT, "start", first->label);
    put_x_label(output, WIDTH - RIGHT, "end", last->label);
    for (uint32_t s = 0; s < chart->nseries; s++) {
        spoor_chart own = has_axes ? on_own_axis(output, chart, s) : *chart;
        if (s == 0) {
            put_axes(output, &own);
        }
        if (chart->shape != SPOOR_CHART_DOTS && own.npoints > 0) {
            put_path(output, &own, s);
        }
        if (own.npoints > 0 && (has_axes || s + 1 == chart->nseries)) {
            put_points(output, &own);
        }
    }
}

static void svg_pie(spoor_output *output, const spoor_chart *chart) {
    double total = 0, angle = 0;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        total += fmax(chart->points[i].y, 0);
    }
    const double turn = 6.283185307179586, cx = 170, cy = HEIGHT / 2.0, r = 140;
    for (uint32_t i = 0; i < chart->npoints && i < BARS && total > 0; i++) {
        const spoor_chart_point *p = &chart->points[i];
        double share = fmax(p->y, 0) / total, end = angle + share;
        const char *colour = colours[i % SPOOR_CHART_SERIES];
        if (share >= 0.9999) {
            fprintf(output->out, "<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\">", colour,
                    cx, cy, r);
        } else {
            fprintf(output->out,
                    "<path fill=\"%s\" d=\"M%.1f %.1fL%.2f %.2fA%.1f %.1f 0 %d 1 %.2f %.2fZ\">",
                    colour, cx, cy, cx + r * sin(angle * turn), cy - r * cos(angle * turn), r, r,
                    share > 0.5, cx + r * sin(end * turn), cy - r * cos(end * turn));
        }
        put_tip(output, chart, p);
        fputs(share >= 0.9999 ? "</circle>\n" : "</path>\n", output->out);
        if (i < 15) {
            fprintf(output->out,
                    "<rect fill=\"%s\" x=\"360\" y=\"%u\" width=\"12\" height=\"12\"/><text "
                    "class=\"t\" x=\"380\" y=\"%u\">",
                    colour, 10 + i * 20, 21 + i * 20);
            spoor_output_markup(output, p->label);
            fprintf(output->out, " %.10g (%.1f %%)</text>\n", p->y, 100 * share);
        }
        angle = end;
    }
}

static void svg_card(spoor_output *output, const spoor_chart *chart) {
    for (uint32_t i = 0; i < chart->npoints && i < 4; i++) {
        const spoor_chart_point *p = &chart->points[i];
        fprintf(output->out,
                "<text class=\"big\" x=\"%u\" y=\"150\">%.10g</text><text class=\"t\" x=\"%u\" "
                "y=\"185\">",
                20 + i * 220, p->y, 20 + i * 220);
        spoor_output_markup(output, chart->series[p->series]);
        fputs("</text>\n", output->out);
    }
}

static void put_legend(spoor_output *output, const spoor_chart *chart) {
    fputs("<p class=\"legend\">", output->out);
    for (uint32_t s = 0; s < chart->nseries; s++) {
        spoor_chart own = spoor_chart_one_series(output->scratch, chart, s);
        if (!spoor_chart_find_ends(&own)) {
            continue; /* of another panel */
        }
        fprintf(output->out, "<span style=\"color:%s\">&#9632;</span> ", colours[s]);
        spoor_output_markup(output, chart->series[s]);
        if (chart->render->split == SPOOR_RENDER_AXES) {
            fprintf(output->out, " (%.5g to %.5g)", own.min_y, own.max_y);
        }
        fputs(" &nbsp; ", output->out);
    }
    fputs("</p>\n", output->out);
}

static void put_title(spoor_output *output, const char *tag, spoor_str title) {
    if (title.len > 0) {
        fprintf(output->out, "<%s>", tag);
        spoor_output_markup(output, title);
        fprintf(output->out, "</%s>\n", tag);
    }
}

static void put_shape(spoor_output *output, spoor_chart *chart) {
    if (!spoor_chart_finish(output->scratch, chart)) {
        return;
    }
    fprintf(output->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, HEIGHT);
    switch (chart->shape) {
    case SPOOR_CHART_BARS: svg_bars(output, chart); break;
    case SPOOR_CHART_PIE: svg_pie(output, chart); break;
    case SPOOR_CHART_LINES:
    case SPOOR_CHART_AREA:
    case SPOOR_CHART_DOTS: svg_lines(output, chart); break;
    case SPOOR_CHART_CARD: svg_card(output, chart); break;
    }
    fputs("</svg>\n", output->out);
    if (chart->shape != SPOOR_CHART_PIE && chart->shape != SPOOR_CHART_CARD &&
        !chart->render->hides_legend) {
        put_legend(output, chart);
    }
}

void spoor_chart_svg(spoor_output *output, spoor_chart *chart) {
    if (chart->npoints == 0) {
        return;
    }
    put_title(output, "h2", chart->render->title);
    bool has_panels = chart->render->split == SPOOR_RENDER_PANELS && chart->npanels > 1;
    for (uint32_t i = 0; has_panels && i < chart->npanels; i++) {
        spoor_chart panel = spoor_chart_panel(output->scratch, chart, i);
        put_title(output, "h3", chart->panels[i]);
        put_shape(output, &panel);
    }
    if (!has_panels) {
        put_shape(output, chart);
    }
}
