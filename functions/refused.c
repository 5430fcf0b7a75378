/* refused.c - see refused.h; one row a name.
 *
 * Who writes one of them takes its row out: a name with a row in a family is found there first. */
#include "functions/refused.h"

#include <stddef.h>

// clang-format off
#define SHAPES "lines and polygons are not computed with; distances, circles, geohashes and points in polygons are"
#define CELLS "the cell systems S2 and H3 are not here; geo_point_to_geohash() has cells"
#define CLOUD "there is one store, and nothing outside it"
#define INGESTED "the store keeps no extents and no cursors; ingestion_time() and _SourceFile say where an event is from"
#define PRINCIPAL "nobody signs in here"
#define ENDPOINT "the store is a file, with no address"
#define SECRET "how the engine computes it is not documented, and an answer of another kind would mislead"
#define PERIODS "how the engine finds and scores a period is not documented; series_seasonal() and series_decompose() take a known one"
#define COLUMNS "it gives several columns: extend (a, b) = ... names them"
static const struct {
    const char *name, *reason;
} refused[] = {
    {"geo_angle", SHAPES}, {"geo_closest_point_on_line", SHAPES},
    {"geo_closest_point_on_polygon", SHAPES}, {"geo_distance_point_to_line", SHAPES}, {"geo_distance_point_to_polygon", SHAPES},
    {"geo_from_wkt", SHAPES}, {"geo_intersection_2lines", SHAPES}, {"geo_intersection_2polygons", SHAPES},
    {"geo_intersection_line_with_polygon", SHAPES}, {"geo_intersects_2lines", SHAPES}, {"geo_intersects_2polygons", SHAPES},
    {"geo_intersects_line_with_polygon", SHAPES}, {"geo_line_buffer", SHAPES}, {"geo_line_centroid", SHAPES},
    {"geo_line_densify", SHAPES}, {"geo_line_interpolate_point", SHAPES}, {"geo_line_length", SHAPES},
    {"geo_line_locate_point", SHAPES}, {"geo_line_simplify", SHAPES}, {"geo_line_to_s2cells", SHAPES},
    {"geo_point_buffer", SHAPES}, {"geo_polygon_area", SHAPES}, {"geo_polygon_buffer", SHAPES}, {"geo_polygon_centroid", SHAPES},
    {"geo_polygon_densify", SHAPES}, {"geo_polygon_perimeter", SHAPES}, {"geo_polygon_simplify", SHAPES},
    {"geo_simplify_polygons_array", SHAPES}, {"geo_union_lines_array", SHAPES}, {"geo_union_polygons_array", SHAPES},
    {"geo_h3cell_children", CELLS}, {"geo_h3cell_level", CELLS}, {"geo_h3cell_neighbors", CELLS}, {"geo_h3cell_parent", CELLS},
    {"geo_h3cell_rings", CELLS}, {"geo_h3cell_to_central_point", CELLS}, {"geo_h3cell_to_polygon", CELLS},
    {"geo_point_to_h3cell", CELLS}, {"geo_point_to_s2cell", CELLS}, {"geo_polygon_to_h3cells", CELLS},
    {"geo_polygon_to_s2cells", CELLS}, {"geo_s2cell_neighbors", CELLS}, {"geo_s2cell_to_central_point", CELLS},
    {"geo_s2cell_to_polygon", CELLS},
    {"cluster", CLOUD}, {"database", CLOUD}, {"workspace", CLOUD}, {"app", CLOUD}, {"adx", CLOUD}, {"arg", CLOUD},
    {"resource", CLOUD}, {"external_table", CLOUD}, {"materialized_view", CLOUD}, {"stored_query_result", CLOUD},
    {"cursor_after", INGESTED}, {"cursor_before_or_at", INGESTED}, {"cursor_current", INGESTED}, {"current_cursor", INGESTED},
    {"extent_id", INGESTED}, {"extentid", INGESTED}, {"extent_tags", INGESTED}, {"extenttags", INGESTED},
    {"current_principal", PRINCIPAL}, {"current_principal_details", PRINCIPAL}, {"current_principal_is_member_of", PRINCIPAL},
    {"current_cluster_endpoint", ENDPOINT},
    {"hash_combine", SECRET}, {"hash_many", SECRET},
    {"series_periods_detect", PERIODS}, {"series_periods_validate", PERIODS},
    {"series_stats", COLUMNS}, {"series_fit_line", COLUMNS}, {"series_fit_poly", COLUMNS}, {"series_fft", COLUMNS}, {"series_ifft", COLUMNS},
    {"series_fit_2lines", COLUMNS}, {"series_decompose", COLUMNS}, {"series_decompose_anomalies", COLUMNS},
};
// clang-format on

const char *spoor_function_refusal(spoor_str name) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (spoor_str_is(name, refused[i].name)) {
            return refused[i].reason;
        }
    }
    return NULL;
}
