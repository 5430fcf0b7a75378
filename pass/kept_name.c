/* kept_name.c - the name of a filter: a digest of its predicates that is the same in every process. */
#include "pass/kept.h"

#include "base/sha256.h"
#include "pass/words.h"

/* A column whose values are the segment's own: where it was read is the name of a file, which stands elsewhere. */
static bool put_column(spoor_buffer *out, const spoor_scan_column *column) {
    spoor_words_put(out, &column->column, sizeof column->column);
    spoor_buffer_put_char(out, (char)column->type);
    spoor_words_put_text(out, column->member);
    return column->column != SPOOR_COL_SOURCE_FILE;
}

/* false: its answer is not of the row alone.  A time is most often what now() came to, another in each run, and cheap
 * to ask by what a segment is known to hold.  As deep as the expression: SPOOR_MAX_DEPTH. */
static bool put_words(spoor_buffer *out, const spoor_bound *e, const spoor_scan_column *columns) {
    const char head[3] = {(char)e->kind, (char)e->type, e->is_null_text};
    spoor_words_put(out, head, sizeof head);
    switch (e->kind) {
    case SPOOR_BOUND_COLUMN: return put_column(out, &columns[e->column]);
    case SPOOR_BOUND_CONSTANT:
        spoor_words_put_value(out, &e->value);
        return e->type != SPOOR_DATETIME;
    case SPOOR_BOUND_SUBPLAN: return true; /* what it comes to is not asked of here: filter.c */
    case SPOOR_BOUND_CALL: break;
    }
    /* the types of its arguments say which of the rows so named */
    spoor_words_put_text(out, spoor_str_from(e->function->name));
    spoor_words_put(out, &e->nargs, sizeof e->nargs);
    bool ok = !e->function->is_of_run;
    for (uint32_t i = 0; i < e->nargs && ok; i++) {
        ok = put_words(out, e->args[i], columns);
    }
    return ok;
}

spoor_kept_name spoor_kept_name_of(const spoor_plan *scan, spoor_arena *scratch) {
    spoor_buffer words = {.arena = scratch};
    spoor_kept_name name = {.is_set = true};
    for (uint32_t p = 0; p < scan->scan.npredicates && name.is_set; p++) {
        name.is_set = put_words(&words, scan->scan.predicates[p], scan->scan.columns);
    }
    unsigned char digest[SPOOR_SHA256_BYTES];
    spoor_sha256 hash;
    spoor_sha256_begin(&hash);
    spoor_sha256_add(&hash, words.len > 0 ? words.bytes : "", words.len);
    spoor_sha256_end(&hash, digest);
    memcpy(name.bytes, digest, sizeof name.bytes);
    return name;
}
