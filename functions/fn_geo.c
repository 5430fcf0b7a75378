/* fn_geo.c - what hunting asks of places: distances, circles, points in polygons, geohashes.
 *
 * The earth is the sphere of the engine, 6,371,010 m (its documentation's example fixes the radius);
 * edges of polygons are great circles.  A coordinate outside its range, a polygon that is none and a
 * geohash that is none give null ('' for a text). */
#include <math.h>

#include "functions/function.h"
#include "types/dynamic.h"

#define PI 3.14159265358979323846
#define RADIUS 6371010.0

enum { MOST_HASH = 18, DEFAULT_HASH = 5, LEAST_RING = 4 };

static double radians(double degrees) {
    return degrees * PI / 180;
}

static bool is_place(double longitude, double latitude) {
    return longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90;
}

static double distance(double lon1, double lat1, double lon2, double lat2) {
    double up = sin(radians(lat2 - lat1) / 2), over = sin(radians(lon2 - lon1) / 2);
    double chord = up * up + cos(radians(lat1)) * cos(radians(lat2)) * over * over;
    return 2 * RADIUS * asin(sqrt(chord < 1 ? chord : 1));
}

/* The distance of the two places in the first four arguments; false: one is none. */
static bool distance_at(const spoor_vec *args, uint32_t row, double *metres) {
    double lon1 = args[0].reals[row], lat1 = args[1].reals[row];
    double lon2 = args[2].reals[row], lat2 = args[3].reals[row];
    if (!is_place(lon1, lat1) || !is_place(lon2, lat2)) {
        return false;
    }
    *metres = distance(lon1, lat1, lon2, lat2);
    return true;
}

static void distance_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = !out->nulls[i] && distance_at(args, i, &out->reals[i]);
        out->nulls[i] = !ok;
    }
}

static const char *prepare_distance(spoor_call *call) {
    const spoor_value *spheroid = call->nargs > 4 ? call->constants[4] : NULL;
    bool is_sphere =
        call->nargs < 5 || (spheroid != NULL && !spheroid->is_null && !spheroid->boolean);
    return is_sphere ? NULL
                     : "measuring on the spheroid is not supported: leave the fifth argument out, "
                       "or false";
}

static void in_circle_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        double metres;
        bool ok = !out->nulls[i] && args[4].reals[i] > 0 && distance_at(args, i, &metres);
        out->nulls[i] = !ok;
        out->bools[i] = ok && metres <= args[4].reals[i];
    }
}

/* From north, clockwise, 0 to 2 pi; null of a place to itself. */
static void azimuth_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        double lon1 = args[0].reals[i], lat1 = args[1].reals[i];
        double lon2 = args[2].reals[i], lat2 = args[3].reals[i], metres;
        bool ok = !out->nulls[i] && distance_at(args, i, &metres) && metres > 0;
        out->nulls[i] = !ok;
        if (!ok) {
            continue;
        }
        double over = radians(lon2 - lon1), from = radians(lat1), to = radians(lat2);
        double angle =
            atan2(sin(over) * cos(to), cos(from) * sin(to) - sin(from) * cos(to) * cos(over));
        out->reals[i] = angle < 0 ? angle + 2 * PI : angle;
    }
}

/* -- polygons ---------------------------------------------------------------------------------- */

typedef struct point {
    double x, y, z; /* on the unit sphere */
} point;

static point point_at(double longitude, double latitude) {
    double lon = radians(longitude), lat = radians(latitude);
    return (point){cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)};
}

static double dot(point a, point b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static point cross(point a, point b) {
    return (point){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

typedef struct ring {
    point *points; /* the last is not the first again */
    uint32_t count;
} ring;

static bool number_of(spoor_str value, double *number) {
    spoor_value scalar = spoor_dynamic_scalar(value);
    *number = scalar.type == SPOOR_REAL ? scalar.real : (double)scalar.integer;
    return !scalar.is_null &&
           (scalar.type == SPOOR_REAL || scalar.type == SPOOR_LONG || scalar.type == SPOOR_INT);
}

/* [[longitude, latitude], ...], closed and of three points at least; false: it is no ring. */
static bool ring_of(spoor_arena *arena, spoor_str value, ring *out) {
    uint32_t count = spoor_dynamic_count(value);
    if (spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY || count < LEAST_RING) {
        return false;
    }
    *out = (ring){SPOOR_NEW_ARRAY(arena, point, count), count - 1};
    double lon = 0, lat = 0, first_lon = 0, first_lat = 0, last_lon = 0, last_lat = 0;
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    uint32_t k = 0;
    for (spoor_str name, pair, part; spoor_dynamic_next(&iter, &name, &pair); k++) {
        if (spoor_dynamic_kind_of(pair) != SPOOR_DYN_ARRAY || !spoor_dynamic_at(pair, 0, &part) ||
            !number_of(part, &lon) || !spoor_dynamic_at(pair, 1, &part) || !number_of(part, &lat) ||
            !is_place(lon, lat)) {
            return false;
        }
        bool is_again = k > 0 && lon == last_lon && lat == last_lat;
        if (is_again) {
            return false;
        }
        if (k == 0) {
            first_lon = lon;
            first_lat = lat;
        }
        out->points[k] = point_at(lon, lat);
        last_lon = lon;
        last_lat = lat;
    }
    return lon == first_lon && lat == first_lat;
}

/* Is the place in the smaller of the two regions that the ring parts?  The ring winds once round a
 * place that it keeps apart from the place opposite; of the two, that in the smaller region is in. */
static bool is_inside(const ring *r, point p) {
    double turns = 0, area = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        point a = r->points[k], b = r->points[(k + 1) % r->count];
        point to_a = cross(p, a), to_b = cross(p, b);
        double triple = dot(p, cross(a, b));
        turns += atan2(dot(p, cross(to_a, to_b)), dot(to_a, to_b));
        area += 2 * atan2(triple, 1 + dot(p, a) + dot(a, b) + dot(b, p));
    }
    return fabs(turns) > PI && fabs(area) <= 2 * PI;
}

/* 1, 0; -1: no polygon. */
static int in_polygon(spoor_arena *arena, spoor_str rings, point p) {
    if (spoor_dynamic_kind_of(rings) != SPOOR_DYN_ARRAY || spoor_dynamic_count(rings) == 0) {
        return -1;
    }
    bool is_in = false, is_shell = true;
    spoor_dynamic_iter iter = spoor_dynamic_begin(rings);
    for (spoor_str name, value; spoor_dynamic_next(&iter, &name, &value); is_shell = false) {
        ring r;
        if (!ring_of(arena, value, &r)) {
            return -1;
        }
        bool holds = is_inside(&r, p);
        is_in = is_shell ? holds : is_in && !holds;
    }
    return is_in;
}

static int in_shape(spoor_arena *arena, spoor_str shape, point p) {
    spoor_str type, coordinates, name, one;
    if (spoor_dynamic_kind_of(shape) != SPOOR_DYN_BAG ||
        !spoor_dynamic_get(shape, SPOOR_STR("type"), &type) ||
        !spoor_dynamic_get(shape, SPOOR_STR("coordinates"), &coordinates)) {
        return -1;
    }
    spoor_value kind = spoor_dynamic_scalar(type);
    if (kind.is_null || kind.type != SPOOR_STRING) {
        return -1;
    }
    if (spoor_str_is(kind.string, "Polygon")) {
        return in_polygon(arena, coordinates, p);
    }
    if (!spoor_str_is(kind.string, "MultiPolygon") ||
        spoor_dynamic_kind_of(coordinates) != SPOOR_DYN_ARRAY ||
        spoor_dynamic_count(coordinates) == 0) {
        return -1;
    }
    int found = 0;
    spoor_dynamic_iter iter = spoor_dynamic_begin(coordinates);
    while (spoor_dynamic_next(&iter, &name, &one)) {
        int is_in = in_polygon(arena, one, p);
        if (is_in < 0) {
            return -1;
        }
        found |= is_in;
    }
    return found;
}

static void in_polygon_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double lon = args[0].reals[i], lat = args[1].reals[i];
        bool ok = !out->nulls[i] && is_place(lon, lat);
        int found = ok ? in_shape(call->scratch, args[2].strings[i], point_at(lon, lat)) : -1;
        out->nulls[i] = found < 0;
        out->bools[i] = found > 0;
    }
}

/* -- geohashes --------------------------------------------------------------------------------- */

/* A cell: the number of its column and row, of so many bits each. */
typedef struct cell {
    uint64_t column, row;
    int column_bits, row_bits;
} cell;

static const char letters[] = "0123456789bcdefghjkmnpqrstuvwxyz";

static uint64_t halve(double value, double low, double high, int bits) {
    uint64_t number = 0;
    for (int i = 0; i < bits; i++) {
        double middle = (low + high) / 2;
        bool above = value >= middle;
        number = number << 1 | above;
        low = above ? middle : low;
        high = above ? high : middle;
    }
    return number;
}

static cell cell_of(double longitude, double latitude, int length) {
    int columns = (length * 5 + 1) / 2, rows = length * 5 / 2;
    return (cell){halve(longitude, -180, 180, columns), halve(latitude, -90, 90, rows), columns,
                  rows};
}

static spoor_str print_cell(spoor_arena *arena, cell c) {
    int length = (c.column_bits + c.row_bits) / 5;
    char *text = SPOOR_RAW_ARRAY(arena, char, MOST_HASH);
    int column = c.column_bits, row = c.row_bits;
    for (int i = 0; i < length; i++) {
        unsigned digit = 0;
        for (int k = 0; k < 5; k++) {
            bool is_column = (i * 5 + k) % 2 == 0;
            uint64_t bit = is_column ? c.column >> --column & 1 : c.row >> --row & 1;
            digit = digit << 1 | (unsigned)bit;
        }
        text[i] = letters[digit];
    }
    return (spoor_str){text, (size_t)length};
}

static bool parse_cell(spoor_str text, cell *out) {
    *out = (cell){0};
    for (size_t i = 0; i < text.len && text.len <= MOST_HASH; i++) {
        const char *found = text.ptr[i] != '\0' ? strchr(letters, text.ptr[i]) : NULL;
        if (found == NULL) {
            return false;
        }
        unsigned digit = (unsigned)(found - letters);
        for (int k = 4; k >= 0; k--) {
            unsigned bit = digit >> k & 1;
            if ((out->column_bits + out->row_bits) % 2 == 0) {
                out->column = out->column << 1 | bit;
                out->column_bits++;
            } else {
                out->row = out->row << 1 | bit;
                out->row_bits++;
            }
        }
    }
    return text.len > 0 && text.len <= MOST_HASH;
}

/* The cell's west and south, and its size, in degrees. */
static void bounds_of(cell c, double *west, double *south, double *width, double *height) {
    *width = ldexp(360, -c.column_bits);
    *height = ldexp(180, -c.row_bits);
    *west = -180 + (double)c.column * *width;
    *south = -90 + (double)c.row * *height;
}

static void to_geohash_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        bool is_null = spoor_vec_is_null(&args[0], i) || spoor_vec_is_null(&args[1], i) ||
                       (call->nargs > 2 && spoor_vec_is_null(&args[2], i));
        int64_t length = call->nargs > 2 ? args[2].longs[i] : DEFAULT_HASH;
        double lon = args[0].reals[i], lat = args[1].reals[i];
        if (!is_null && is_place(lon, lat) && length >= 1 && length <= MOST_HASH) {
            out->strings[i] = print_cell(call->scratch, cell_of(lon, lat, (int)length));
        }
    }
}

static void add_pair(spoor_dynamic_builder *builder, double longitude, double latitude) {
    spoor_dynamic_open(builder, '[');
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = longitude});
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = latitude});
    spoor_dynamic_close(builder);
}

static void open_shape(spoor_dynamic_builder *builder, spoor_arena *arena, spoor_str type) {
    spoor_dynamic_init(builder, arena);
    spoor_dynamic_open(builder, '{');
    spoor_dynamic_name(builder, SPOOR_STR("type"));
    spoor_dynamic_add_text(builder, type);
    spoor_dynamic_name(builder, SPOOR_STR("coordinates"));
}

static spoor_str center_of(spoor_arena *arena, cell c) {
    double west, south, width, height;
    bounds_of(c, &west, &south, &width, &height);
    spoor_dynamic_builder builder;
    open_shape(&builder, arena, SPOOR_STR("Point"));
    add_pair(&builder, west + width / 2, south + height / 2);
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static spoor_str outline_of(spoor_arena *arena, cell c) {
    double west, south, width, height;
    bounds_of(c, &west, &south, &width, &height);
    double east = west + width, north = south + height;
    spoor_dynamic_builder builder;
    open_shape(&builder, arena, SPOOR_STR("Polygon"));
    spoor_dynamic_open(&builder, '[');
    spoor_dynamic_open(&builder, '[');
    add_pair(&builder, west, south);
    add_pair(&builder, east, south);
    add_pair(&builder, east, north);
    add_pair(&builder, west, north);
    add_pair(&builder, west, south);
    spoor_dynamic_close(&builder);
    spoor_dynamic_close(&builder);
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

/* In the order of the engine (emulator_docs/geo-geohash-neighbors); none beyond the poles. */
static spoor_str neighbors_of(spoor_arena *arena, cell c) {
    static const int ways[][2] = {{-1, 0}, {-1, -1}, {0, -1}, {1, -1},
                                  {1, 1},  {1, 0},   {0, 1},  {-1, 1}};
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    uint64_t columns = UINT64_C(1) << c.column_bits, rows = UINT64_C(1) << c.row_bits;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        cell next = c;
        next.column = (c.column + columns + (uint64_t)(int64_t)ways[i][0]) % columns;
        next.row = c.row + (uint64_t)(int64_t)ways[i][1];
        if (next.row < rows) {
            spoor_dynamic_add_text(&builder, print_cell(arena, next));
        }
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void of_cells(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     spoor_str (*of)(spoor_arena *arena, cell c)) {
    for (uint32_t i = 0; i < rows; i++) {
        cell c;
        bool ok = parse_cell(args[0].strings[i], &c);
        out->nulls[i] = !ok;
        if (ok) {
            out->strings[i] = of(call->scratch, c);
        }
    }
}

static void center_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    of_cells(call, rows, args, out, center_of);
}

static void outline_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    of_cells(call, rows, args, out, outline_of);
}

static void neighbors_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    of_cells(call, rows, args, out, neighbors_of);
}

// clang-format off
#define REAL SPOOR_T_REAL
#define OF_HASH(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_geo[] = {
    {.name = "geo_distance_2points", .args = {REAL, REAL, REAL, REAL, SPOOR_T_BOOL}, .min_args = 4, .max_args = 5, .result = SPOOR_REAL, .eval = distance_eval,
     .prepare = prepare_distance, .summary = "Metres between two places, each a longitude and a latitude.", .example = "round(geo_distance_2points(0, 0, 0, 90), 1)", .value = "10007559.1"},
    {.name = "geo_azimuth", .args = {REAL, REAL, REAL, REAL}, .min_args = 4, .max_args = 4, .result = SPOOR_REAL, .eval = azimuth_eval,
     .summary = "The direction from one place to another, in radians clockwise from north.", .example = "round(degrees(geo_azimuth(0, 0, 1, 0)), 6)", .value = "90.0"},
    {.name = "geo_point_in_circle", .args = {REAL, REAL, REAL, REAL, REAL}, .min_args = 5, .max_args = 5, .result = SPOOR_BOOL, .eval = in_circle_eval,
     .summary = "Whether a place is no further from a second one than so many metres.", .example = "geo_point_in_circle(13.4, 52.5, 13.1, 52.4, 30000)", .value = "True"},
    {.name = "geo_point_in_polygon", .args = {REAL, REAL, SPOOR_T_DYNAMIC}, .min_args = 3, .max_args = 3, .result = SPOOR_BOOL, .eval = in_polygon_eval,
     .summary = "Whether a place is in a polygon or multipolygon of GeoJSON.",
     .example = "geo_point_in_polygon(1, 1, dynamic({'type':'Polygon','coordinates':[[[0,0],[3,0],[0,3],[0,0]]]}))", .value = "True"},
    {.name = "geo_point_to_geohash", .args = {REAL, REAL, SPOOR_T_INTEGER}, .min_args = 2, .max_args = 3, .result = SPOOR_STRING, .sees_nulls = true, .eval = to_geohash_eval,
     .summary = "The geohash of a place, of 5 or so many letters.", .example = "geo_point_to_geohash(13.4, 52.5, 6)", .value = "u33d8v"},
    OF_HASH("geo_geohash_to_central_point", center_eval, "The middle of a geohash's cell in GeoJSON.", "geo_geohash_to_central_point('s').coordinates", "[22.5,22.5]"),
    OF_HASH("geo_geohash_to_polygon", outline_eval, "The outline of a geohash's cell in GeoJSON.", "geo_geohash_to_polygon('s').coordinates[0][2]", "[45.0,45.0]"),
    OF_HASH("geo_geohash_neighbors", neighbors_eval, "The geohashes of the cells around one.", "geo_geohash_neighbors('s')[0]", "e"),
    {0},
};
// clang-format on
