/* scan_range.c - what least and greatest values tell a scan: of a segment, and of each piece of a column.
 *
 * A comparison of a column of whole numbers or times with a constant is a range.  A segment that lies
 * outside of it is passed over, and in one that lies inside nothing is asked; else all ranges over
 * the column become one, and only pieces that lie across its ends are looked at row by row. */
#include "executor/scan.h"

typedef struct range {
    uint32_t column;
    int64_t least, most; /* least > most: nothing is in it */
} range;

/* -- expressions ------------------------------------------------------------------------------- */

/* The name as it reads with its sides exchanged. */
static const char *mirrored(const char *name) {
    static const char *const pairs[][2] = {{"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(name, pairs[i][0]) == 0) {
            return pairs[i][1];
        }
    }
    return name;
}

/* A column of whole numbers against a constant of one, in this order or the other.  false: something else. */
static bool read_comparison(const spoor_bound *a, const spoor_bound *b, const char *name,
                            range *out) {
    if (a->kind == SPOOR_BOUND_CONSTANT && b->kind == SPOOR_BOUND_COLUMN) {
        return read_comparison(b, a, mirrored(name), out);
    }
    if (a->kind != SPOOR_BOUND_COLUMN || b->kind != SPOOR_BOUND_CONSTANT || b->value.is_null ||
        !spoor_type_is_whole(a->type) || !spoor_type_is_whole(b->type)) {
        return false;
    }
    static const range nothing = {0, 1, 0};
    int64_t value = b->value.integer;
    bool is_below = strcmp(name, "<") == 0, is_above = strcmp(name, ">") == 0;
    *out = (range){0, INT64_MIN, INT64_MAX};
    if ((is_below && value == INT64_MIN) || (is_above && value == INT64_MAX)) {
        *out = nothing;
    } else if (is_below || strcmp(name, "<=") == 0) {
        out->most = value - is_below;
    } else if (is_above || strcmp(name, ">=") == 0) {
        out->least = value + is_above;
    } else if (strcmp(name, "==") == 0) {
        out->least = out->most = value;
    } else {
        return false;
    }
    out->column = (uint32_t)a->column;
    return true;
}

static void cut(range *r, int64_t least, int64_t most) {
    r->least = r->least > least ? r->least : least;
    r->most = r->most < most ? r->most : most;
}

static bool read_range(const spoor_bound *e, range *out) {
    if (e->kind != SPOOR_BOUND_CALL || e->nargs < 2 || e->nargs > 3) {
        return false;
    }
    if (e->nargs == 2) {
        return read_comparison(e->args[0], e->args[1], e->function->name, out);
    }
    range upper;
    bool is_range = strcmp(e->function->name, "between") == 0 &&
                    read_comparison(e->args[0], e->args[1], ">=", out) &&
                    read_comparison(e->args[0], e->args[2], "<=", &upper);
    if (is_range) {
        cut(out, upper.least, upper.most);
    }
    return is_range;
}

void spoor_scan_read_range(spoor_scan_predicate *predicate) {
    range r;
    predicate->is_range = read_range(predicate->bound, &r);
    if (predicate->is_range) {
        predicate->column = r.column;
        predicate->least = r.least;
        predicate->most = r.most;
    }
}

/* -- segments ---------------------------------------------------------------------------------- */

/* Not a comparison that is known: yes. */
static bool comparison_may_hold(const spoor_scan *scan, const spoor_bound *a, const spoor_bound *b,
                                const char *name) {
    range r;
    spoor_chunk summary;
    if (!read_comparison(a, b, name, &r)) {
        return true;
    }
    spoor_scan_peek(scan, r.column, &summary);
    if (!summary.has_range) {
        return true;
    }
    cut(&r, summary.min, summary.max);
    return r.least <= r.most;
}

bool spoor_scan_may_hold(const spoor_scan *scan, const spoor_bound *expr) {
    if (expr->kind != SPOOR_BOUND_CALL || expr->nargs < 2) {
        return true;
    }
    const char *name = expr->function->name;
    bool is_or = strcmp(name, "or") == 0, is_in = strcmp(name, "in") == 0;
    if (is_or || strcmp(name, "and") == 0) {
        for (uint32_t i = 0; i < expr->nargs; i++) {
            if (spoor_scan_may_hold(scan, expr->args[i]) == is_or) {
                return is_or;
            }
        }
        return !is_or;
    }
    if (strcmp(name, "between") == 0 && expr->nargs == 3) {
        return comparison_may_hold(scan, expr->args[0], expr->args[1], ">=") &&
               comparison_may_hold(scan, expr->args[0], expr->args[2], "<=");
    }
    for (uint32_t i = 1; is_in && i < expr->nargs; i++) {
        if (comparison_may_hold(scan, expr->args[0], expr->args[i], "==")) {
            return true;
        }
    }
    if (is_in) {
        return false;
    }
    return expr->nargs != 2 || comparison_may_hold(scan, expr->args[0], expr->args[1], name);
}

bool spoor_scan_is_outside(const spoor_scan *scan) {
    const spoor_segment *segment = scan->segment;
    for (uint32_t p = 0; p < scan->npredicates; p++) {
        const spoor_scan_predicate *predicate = &scan->predicates[p];
        if (!predicate->is_range) {
            continue;
        }
        int column = scan->op->plan->scan.columns[predicate->column].column;
        bool is_time = column == SPOOR_COL_TIME,
             is_id = column == SPOOR_COL_EVENT_ID && !segment->is_mixed;
        int64_t min = is_time ? segment->min_time : segment->event_id;
        int64_t max = is_time ? segment->max_time : segment->event_id;
        if ((is_time || is_id) && (max < predicate->least || min > predicate->most)) {
            return true;
        }
    }
    return false;
}

bool spoor_scan_range_is_all(const spoor_scan *scan, const spoor_scan_predicate *predicate) {
    spoor_chunk summary = {0};
    if (predicate->is_range) {
        spoor_scan_peek(scan, predicate->column, &summary);
    }
    return summary.has_range && !summary.may_be_null && predicate->least <= summary.min &&
           summary.max <= predicate->most;
}

/* -- rows -------------------------------------------------------------------------------------- */

/* The first row that is not below the value, of a column whose values rise. */
static uint32_t first_from(const spoor_vec *column, uint32_t rows, int64_t value) {
    uint32_t low = 0, high = rows;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool is_before = column->longs[middle] < value;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    return low;
}

static bool is_in(const range *r, int64_t value) {
    return (uint64_t)value - (uint64_t)r->least <= (uint64_t)r->most - (uint64_t)r->least;
}

/* Rows [from, to) of the column that are in the range, behind kept[count); their number with those. */
static uint32_t add_rows(const spoor_vec *column, const range *r, uint32_t from, uint32_t to,
                         uint32_t *kept, uint32_t count) {
    for (uint32_t row = from; row < to; row++) {
        kept[count] = row;
        count += is_in(r, column->longs[row]) && (column->nulls == NULL || column->nulls[row] == 0);
    }
    return count;
}

static uint32_t add_all(uint32_t from, uint32_t to, uint32_t *kept, uint32_t count) {
    for (uint32_t row = from; row < to; row++) {
        kept[count++] = row;
    }
    return count;
}

/* Of all rows of the segment. */
static uint32_t keep_of_all(const spoor_vec *column, const range *r, uint32_t rows,
                            uint32_t *kept) {
    if (column->is_ascending) {
        uint32_t from = first_from(column, rows, r->least);
        uint32_t to = r->most == INT64_MAX ? rows : first_from(column, rows, r->most + 1);
        return add_all(from, to, kept, 0);
    }
    if (column->bounds == NULL) {
        return add_rows(column, r, 0, rows, kept, 0);
    }
    uint32_t count = 0;
    for (uint32_t from = 0; from < rows; from += SPOOR_PIECE_ROWS) {
        const spoor_bounds *piece = &column->bounds[from / SPOOR_PIECE_ROWS];
        uint32_t to = rows - from < SPOOR_PIECE_ROWS ? rows : from + SPOOR_PIECE_ROWS;
        if (is_in(r, piece->min) && is_in(r, piece->max)) {
            count = add_all(from, to, kept, count);
        } else if (piece->max >= r->least && piece->min <= r->most) {
            count = add_rows(column, r, from, to, kept, count);
        }
    }
    return count;
}

static void keep(spoor_scan *scan, const range *r) {
    const spoor_vec *column = &scan->cols[r->column];
    uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, scan->nrows), count = 0;
    if (r->least <= r->most && scan->rows == NULL) {
        count = keep_of_all(column, r, scan->nrows, kept);
    }
    for (uint32_t i = 0; r->least <= r->most && scan->rows != NULL && i < scan->nrows; i++) {
        uint32_t row = scan->rows[i];
        kept[count] = row;
        count += is_in(r, column->longs[row]) && (column->nulls == NULL || column->nulls[row] == 0);
    }
    if (count < scan->nrows) {
        scan->rows = kept;
        scan->nrows = count;
    }
}

bool spoor_scan_keep_range(spoor_scan *scan, uint32_t first) {
    const spoor_scan_predicate *predicate = &scan->predicates[first];
    if (!predicate->is_range || scan->is_constant[predicate->column]) {
        return false;
    }
    range r = {predicate->column, predicate->least, predicate->most};
    for (uint32_t p = first + 1; p < scan->npredicates; p++) {
        spoor_scan_predicate *other = &scan->predicates[p];
        if (other->is_range && other->column == r.column) {
            cut(&r, other->least, other->most);
            other->is_settled = true;
        }
    }
    keep(scan, &r);
    return true;
}

void spoor_scan_keep_between(spoor_scan *scan, uint32_t column, int64_t least, int64_t most) {
    keep(scan, &(range){column, least, most});
}
