/* words.c - the words that cannot be names; see words.h. */
#include "parser/words.h"

/* Both in bytewise order. */
// clang-format off
static const char *const reserved[] = {
    "3Dchart", "__contextual_datatable", "__crossCluster", "__crossDB", "__executeAndCache",
    "__id", "__isFuzzy", "__noWithSource", "__packedColumn", "__projectAway",
    "__sourceColumnIndex", "and", "anomalychart", "areachart", "asc", "bagexpansion",
    "barchart", "between", "boolean", "byte", "cachingpolicy", "callout", "cancel", "card",
    "char", "columnchart", "contains_cs", "containscs", "cycles", "dataexport", "datascope",
    "date", "datetime", "decimal", "decodeblocks", "desc", "double", "dynamic",
    "encodingpolicy", "endswith", "endswith_cs", "expandoutput", "extent_tags_retention",
    "external_data", "first", "flags", "float", "force_remote", "harddelete", "hardretention",
    "has_all", "has_any", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs",
    "hotcache", "int", "int16", "int32", "int64", "int8", "isfuzzy", "journal", "kind",
    "ladderchart", "last", "like", "likecs", "linechart", "long", "missing", "nooptimization",
    "notcontains", "notcontainscs", "notlike", "notlikecs", "or", "others", "pathformat",
    "piechart", "pivotchart", "project", "queries", "query_results", "real", "relaxed",
    "restricted_view_access", "row_level_security", "rowstore", "rowstore_references",
    "rowstore_sealinfo", "rowstorepolicy", "rowstores", "scatterchart", "seal", "seals",
    "shards", "simple", "softdelete", "softretention", "stackedareachart", "startswith",
    "startswith_cs", "statistics", "storedqueryresultcontainers", "string", "tablepurge",
    "time", "timechart", "timeline", "timepivot", "timespan", "treemap", "uint", "uint16",
    "uint32", "uint64", "uint8", "ulong", "union", "uniqueid", "unrestrictedviewers", "views",
    "with_itemindex", "with_match_id", "with_source", "with_step_name", "withsource",
    "writeaheadlog",
};
static const char *const new_names[] = {
    "accumulate", "as", "by", "contains", "datatable", "earliest", "externaldata", "find",
    "has", "in", "invoke", "latest", "materialize", "mdm", "of", "print", "sample", "search",
    "set", "sql", "title", "to", "toscalar", "totable", "verbose", "viewers", "where",
};
// clang-format on

static bool is_in(spoor_str word, const char *const *words, size_t n) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = spoor_str_compare(word, spoor_str_from(words[middle]));
        if (order == 0) {
            return true;
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return false;
}

spoor_word spoor_word_class(spoor_str word) {
    bool is_dashed = word.len > 0 && memchr(word.ptr, '-', word.len) != NULL; /* a keyword, too */
    return is_dashed || is_in(word, reserved, sizeof reserved / sizeof *reserved)
               ? SPOOR_WORD_RESERVED
           : is_in(word, new_names, sizeof new_names / sizeof *new_names) ? SPOOR_WORD_NEW_NAME
                                                                          : SPOOR_WORD_FREE;
}
