/* forms.c - see forms.h. */
#include "functions/forms.h"

// clang-format off
#define THREE "range x from 1 to 3 step 1"
static const spoor_form forms[] = {
    {"assert", "true; a query whose condition, a constant, is false is refused with the message.", "assert(1 < 2, 'never said')", "True"},
    {"bag_pack_columns", "A bag of columns by their names.", "toscalar(print a = 1, b = 'x' | project bag_pack_columns(a, b))", "{\"a\":1,\"b\":\"x\"}"},
    {"bin_auto", "The value rounded down to a multiple of what 'set query_bin_auto_size = ...' says.", NULL, NULL},
    {"column_ifexists", "The column of this name, or the second argument where there is none.", "toscalar(print a = 1 | project column_ifexists('b', 7))", "7"},
    {"column_names_of", "The names of a table's columns in an array.", "column_names_of((print a = 1, b = 2))", "[\"a\",\"b\"]"},
    {"current_database", "The name of the database in reach: that of the one store.", "current_database()", "spoor"},
    {"ingestion_time", "When the record got in: its TimeGenerated, and null where there is none.", "toscalar(print TimeGenerated = datetime(2024-01-02) | project ingestion_time())", "2024-01-02T00:00:00.0000000Z"},
    {"materialize", "The rows of a query, computed once however often they are used.", "toscalar(materialize(print a = 3))", "3"},
    {"next", "The value that a column has in the row behind, or so many behind; null past the end, or the third argument.", "toscalar(" THREE " | extend y = next(x) | where x == 2 | project y)", "3"},
    {"pack_all", "A bag of all columns; pack_all(true) leaves out nulls and empty texts.", "toscalar(print a = 1, b = '' | project pack_all(true))", "{\"a\":1}"},
    {"prev", "The value that a column has in the row before, or so many before; null past the beginning, or the third argument.", "toscalar(" THREE " | extend y = prev(x) | where x == 2 | project y)", "1"},
    {"row_cumsum", "The sum up to this row; it starts again where the second argument is true.", "toscalar(" THREE " | extend y = row_cumsum(x) | where x == 3 | project y)", "6"},
    {"row_number", "The number of the row, from 1 or the first argument on; it starts again where the second is true.", "toscalar(" THREE " | extend y = row_number(10) | where x == 3 | project y)", "12"},
    {"row_rank_dense", "One more each time the value differs from that of the row before.", "toscalar(" THREE " | extend y = row_rank_dense(x) | where x == 3 | project y)", "3"},
    {"row_rank_min", "The number of the first row that has this row's value.", "toscalar(" THREE " | extend y = row_rank_min(x) | where x == 3 | project y)", "3"},
    {"row_window_session", "The time at which the session of this row began: no further back than the second argument, no gap above the third.",
     "toscalar(range t from datetime(2024-01-01) to datetime(2024-01-01 02:00) step 1h | extend s = row_window_session(t, 1d, 90m) | where hourofday(t) == 2 | project s)", "2024-01-01T00:00:00.0000000Z"},
    {"series_decompose", "An array's season, of a period that is said, its trend and the rest: columns baseline, seasonal, trend, residual.",
     "toscalar(print s = dynamic([1,2,1,2]) | extend (b, season) = series_decompose(s, 2) | project season)", "[1.0,2.0,1.0,2.0]"},
    {"series_decompose_anomalies", "What stands out of an array's season, of a period that is said, and trend: columns ad_flag, ad_score, baseline.",
     "toscalar(print s = dynamic([1,2,1,2,1,9,1,2]) | project series_decompose_anomalies(s, 1.5, 2, 'none'))", "[0,0,0,0,0,1,0,0]"},
    {"series_fft", "The Fourier transform of an array: columns real and imag.", "toscalar(print s = dynamic([1,0,0,0]) | extend (re, im) = series_fft(s) | project re)", "[1.0,1.0,1.0,1.0]"},
    {"series_fit_2lines", "The two lines, one behind the other, that go best through an array: columns rsquare, split_idx, variance, rvariance, line_fit and those of the right and the left line.",
     "toscalar(print s = dynamic([1,2,3,9,7,5]) | extend (r, split) = series_fit_2lines(s) | project split)", "3"},
    {"series_fit_line", "The line that goes best through an array: columns rsquare, slope, variance, rvariance, interception, line_fit.",
     "toscalar(print s = dynamic([1,3,5]) | extend (r, slope) = series_fit_line(s) | project slope)", "2.0"},
    {"series_fit_poly", "The polynomial that goes best through an array: columns rsquare, coefficients, variance, rvariance, poly_fit.",
     "toscalar(print s = dynamic([1,3,5]) | extend (r, c) = series_fit_poly(s) | project round(todouble(c[0]), 6))", "2.0"},
    {"series_ifft", "The array whose Fourier transform these are: columns real and imag.", "toscalar(print s = dynamic([4,0,0,0]) | extend (re, im) = series_ifft(s) | project re)", "[1.0,1.0,1.0,1.0]"},
    {"series_stats", "Least, greatest, mean and spread of an array: columns min, min_idx, max, max_idx, avg, stdev, variance.",
     "toscalar(print s = dynamic([1,3]) | extend (least, at, most) = series_stats(s) | project most)", "3.0"},
    {"table", "The table of this name.", NULL, NULL},
    {"toscalar", "The first value of a query's first row.", "toscalar(" THREE " | count)", "3"},
};
// clang-format on

const spoor_form *spoor_form_row(size_t i) {
    return i < sizeof forms / sizeof *forms ? &forms[i] : NULL;
}
