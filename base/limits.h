/* limits.h - every limit of the engine, named.  One past each has an error
 * of its own and a test. */
#ifndef SPOOR_BASE_LIMITS_H
#define SPOOR_BASE_LIMITS_H

enum {
    SPOOR_MAX_QUERY_BYTES = 4 << 20, /* of one text: query, function or rule */
    SPOOR_MAX_DEPTH = 1000,          /* of a tree: parser, binder and eval recurse */
    SPOOR_MAX_STAGES = 2000,         /* of one pipeline */
    SPOOR_MAX_CALL_DEPTH = 100,      /* functions that call functions */
    SPOOR_MAX_COLUMNS = 10000,       /* of one schema */
    SPOOR_MAX_DIAGS = 20,            /* reported for one text */
    SPOOR_MAX_JSON_DEPTH = 200,      /* of a dynamic value */
    SPOOR_ERROR_COLUMNS_BEFORE = 60, /* of the source line, before the caret */
    SPOOR_ERROR_COLUMNS_AFTER = 40,
    SPOOR_SEGMENT_ROWS = 1 << 16,        /* a segment is sealed here ... */
    SPOOR_SEGMENT_TEXT_BYTES = 16 << 20, /* ... or at this much distinct text */
};

#define SPOOR_DEFAULT_MEMORY ((size_t)4 << 30) /* bytes, of a process; --memory */

#ifndef SPOOR_BATCH_ROWS
#define SPOOR_BATCH_ROWS 2048 /* `make check` also builds with 3 */
#endif
#ifndef SPOOR_THREAD_ROWS
#define SPOOR_THREAD_ROWS                                                                          \
    16384 /* that are worth a thread of their own; `make check` also builds with 4 */
#endif

#endif
