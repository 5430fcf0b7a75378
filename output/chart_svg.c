/* chart_svg.c - a chart as an <svg> that needs nothing else; colours hold on light and on dark. */
#include <math.h>

#include "output/chart.h"

enum { WIDTH = 900, HEIGHT = 320, LEFT = 70, RIGHT = 20, TOP = 16, BOTTOM = 40, BARS = 60 };

static const char *const colours[SPOOR_CHART_SERIES] = {
    "#3b82f6", "#f97316", "#22a06b", "#d946a8", "#a16207", "#7c5cff",
    "#0e9aa7", "#e5484d", "#6b7a90", "#84a32a", "#b4673f", "#9333ea",
};

static void put_text(spoor_output *output, spoor_str s) {
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '<': fputs("&lt;", output->out); break;
        case '>': fputs("&gt;", output->out); break;
        case '&': fputs("&amp;", output->out); break;
        case '"': fputs("&quot;", output->out); break;
        default: fputc(s.ptr[i], output->out);
        }
    }
}

static double x_of(const spoor_chart *chart, double x) {
    return LEFT + (x - chart->min_x) / (chart->max_x - chart->min_x) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const spoor_chart *chart, double y) {
    return HEIGHT - BOTTOM - (y - chart->min_y) / (chart->max_y - chart->min_y) * (HEIGHT - TOP - BOTTOM);
}

static void put_axes(spoor_output *output, const spoor_chart *chart) {
    for (int i = 0; i <= 4; i++) {
        double value = chart->min_y + (chart->max_y - chart->min_y) * i / 4, y = y_of(chart, value);
        fprintf(output->out,
                "<line class=\"g\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"a\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%.5g</text>\n",
                LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, value);
    }
}

static void put_x_label(spoor_output *output, double x, const char *anchor, spoor_str label) {
    fprintf(output->out, "<text class=\"a\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">", anchor, x, HEIGHT - BOTTOM + 18);
    put_text(output, label);
    fputs("</text>\n", output->out);
}

static void put_tip(spoor_output *output, const spoor_chart *chart, const spoor_chart_point *p) {
    fputs("<title>", output->out);
    put_text(output, p->label);
    fputs(p->label.len > 0 ? " " : "", output->out);
    put_text(output, chart->series[p->series]);
    fprintf(output->out, ": %.10g</title>", p->y);
}

static void svg_bars(spoor_output *output, const spoor_chart *chart) {
    put_axes(output, chart);
    uint32_t n = chart->npoints < BARS ? chart->npoints : BARS;
    double step = (double)(WIDTH - LEFT - RIGHT) / n, zero = y_of(chart, 0);
    uint32_t every = n / 8 + 1;
    for (uint32_t i = 0; i < n; i++) {
        const spoor_chart_point *p = &chart->points[i];
        double y = y_of(chart, p->y), top = fmin(y, zero);
        fprintf(output->out, "<rect fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                colours[p->series], LEFT + step * i + step * 0.1, top, step * 0.8, fabs(y - zero));
        put_tip(output, chart, p);
        fputs("</rect>\n", output->out);
        if (i % every == 0) {
            spoor_str label = p->label;
            label.len = label.len > 18 ? 18 : label.len;
            while (label.len > 0 && label.len < p->label.len && ((unsigned char)label.ptr[label.len] & 0xC0) == 0x80) {
                label.len--; /* never through a character */
            }
            put_x_label(output, LEFT + step * (i + 0.5), "middle", label);
        }
    }
}

static void svg_lines(spoor_output *output, const spoor_chart *chart) {
    put_axes(output, chart);
    const spoor_chart_point *first = &chart->points[0], *last = first;
    for (uint32_t i = 0; i < chart->npoints; i++) {
        first = chart->points[i].x < first->x ? &chart->points[i] : first;
        last = chart->points[i].x > last->x ? &chart->points[i] : last;
    }
    put_x_label(output, LEFT, "start", first->label);
    put_x_label(output, WIDTH - RIGHT, "end", last->label);
    for (uint32_t s = 0; s < chart->nseries && chart->shape != SPOOR_CHART_DOTS; s++) {
        bool is_area = chart->shape == SPOOR_CHART_AREA, any = false;
        double from = 0, to = 0;
        fprintf(output->out, "<path class=\"l\" stroke=\"%s\" fill=\"%s\" d=\"", colours[s], is_area ? colours[s] : "none");
        for (uint32_t i = 0; i < chart->npoints; i++) {
            const spoor_chart_point *p = &chart->points[i];
            if (p->series == s) {
                to = x_of(chart, p->x);
                from = any ? from : to;
                fprintf(output->out, "%s%.1f %.1f", any ? "L" : "M", to, y_of(chart, p->y));
                any = true;
            }
        }
        if (is_area && any) {
            fprintf(output->out, "L%.1f %.1fL%.1f %.1fZ", to, y_of(chart, 0), from, y_of(chart, 0));
        }
        fputs("\"/>\n", output->out);
    }
    for (uint32_t i = 0; i < chart->npoints && (chart->npoints <= 400 || chart->shape == SPOOR_CHART_DOTS); i++) {
        const spoor_chart_point *p = &chart->points[i];
        fprintf(output->out, "<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\">", colours[p->series],
                x_of(chart, p->x), y_of(chart, p->y));
        put_tip(output, chart, p);
        fputs("</circle>\n", output->out);
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
            fprintf(output->out, "<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\">", colour, cx, cy, r);
        } else {
            fprintf(output->out, "<path fill=\"%s\" d=\"M%.1f %.1fL%.2f %.2fA%.1f %.1f 0 %d 1 %.2f %.2fZ\">", colour,
                    cx, cy, cx + r * sin(angle * turn), cy - r * cos(angle * turn), r, r, share > 0.5,
                    cx + r * sin(end * turn), cy - r * cos(end * turn));
        }
        put_tip(output, chart, p);
        fputs(share >= 0.9999 ? "</circle>\n" : "</path>\n", output->out);
        if (i < 15) {
            fprintf(output->out, "<rect fill=\"%s\" x=\"360\" y=\"%u\" width=\"12\" height=\"12\"/><text class=\"t\" x=\"380\" y=\"%u\">",
                    colour, 10 + i * 20, 21 + i * 20);
            put_text(output, p->label);
            fprintf(output->out, " %.10g (%.1f %%)</text>\n", p->y, 100 * share);
        }
        angle = end;
    }
}

static void svg_card(spoor_output *output, const spoor_chart *chart) {
    for (uint32_t i = 0; i < chart->npoints && i < 4; i++) {
        const spoor_chart_point *p = &chart->points[i];
        fprintf(output->out, "<text class=\"big\" x=\"%u\" y=\"150\">%.10g</text><text class=\"t\" x=\"%u\" y=\"185\">",
                20 + i * 220, p->y, 20 + i * 220);
        put_text(output, chart->series[p->series]);
        fputs("</text>\n", output->out);
    }
}

static void put_legend(spoor_output *output, const spoor_chart *chart) {
    fputs("<p class=\"legend\">", output->out);
    for (uint32_t s = 0; s < chart->nseries; s++) {
        fprintf(output->out, "<span style=\"color:%s\">&#9632;</span> ", colours[s]);
        put_text(output, chart->series[s]);
        fputs(" &nbsp; ", output->out);
    }
    fputs("</p>\n", output->out);
}

void spoor_chart_svg(spoor_output *output, spoor_chart *chart) {
    if (!spoor_chart_finish(chart)) {
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
    if (chart->shape != SPOOR_CHART_PIE && chart->shape != SPOOR_CHART_CARD) {
        put_legend(output, chart);
    }
}
