/* eval_any.c - `or` of searches for constants in one column: its texts are gone through once for all.
 *
 * Only where the column's texts stand back to back, as the entries of a dictionary do.  What the
 * searches say together is one argument of the `or`; the others are computed as ever. */
#include "executor/eval.h"
#include "functions/match.h"

struct spoor_any {
    uint32_t column;
    spoor_searches *searches;
    uint8_t *is_in;         /* by argument of the `or` */
    struct spoor_any *next; /* of another column */
};

/* The column that an argument searches.  false: it is another argument. */
static bool searches_column(const spoor_eval *arg, spoor_search *search, uint32_t *column) {
    if (arg->kind != SPOOR_EVAL_CALL || arg->nargs != 2 ||
        arg->args[0]->kind != SPOOR_EVAL_COLUMN || !spoor_match_search(&arg->call, search)) {
        return false;
    }
    *column = arg->args[0]->columns[0];
    return true;
}

/* The searches of one column from argument `first` on; NULL: that is one alone. */
static struct spoor_any *gather(const spoor_eval *eval, uint32_t first, uint32_t column) {
    spoor_arena *arena = eval->op->arena;
    struct spoor_any *any = SPOOR_NEW(arena, struct spoor_any);
    *any = (struct spoor_any){.column = column};
    any->is_in = SPOOR_NEW_ARRAY(arena, uint8_t, eval->nargs);
    spoor_search *list = SPOOR_NEW_ARRAY(arena, spoor_search, eval->nargs - first);
    uint32_t count = 0, of;
    for (uint32_t a = first; a < eval->nargs; a++) {
        if (searches_column(eval->args[a], &list[count], &of) && of == column) {
            any->is_in[a] = 1;
            count++;
        }
    }
    any->searches = count > 1 ? spoor_searches_new(arena, list, count) : NULL;
    return any->searches != NULL ? any : NULL;
}

static bool is_taken(const spoor_eval *eval, uint32_t a) {
    for (const struct spoor_any *any = eval->any; any != NULL; any = any->next) {
        if (any->is_in[a]) {
            return true;
        }
    }
    return false;
}

void spoor_eval_any_open(spoor_eval *eval) {
    spoor_search search;
    uint32_t column;
    for (uint32_t a = 0; a + 1 < eval->nargs; a++) {
        if (!is_taken(eval, a) && searches_column(eval->args[a], &search, &column)) {
            struct spoor_any *any = gather(eval, a, column);
            if (any != NULL) {
                any->next = eval->any;
                eval->any = any;
            }
        }
    }
}

const uint8_t *spoor_eval_any_run(const spoor_eval *eval, const spoor_frame *frame,
                                  spoor_vec *out) {
    const struct spoor_any *any = eval->any;
    const spoor_vec *texts = NULL;
    while (any != NULL && (texts = spoor_eval_packed(frame, any->column)) == NULL) {
        any = any->next;
    }
    if (texts == NULL || frame->count == 0) {
        return NULL;
    }
    *out = spoor_vec_new(frame->scratch, SPOOR_BOOL, frame->count);
    spoor_searches_packed(any->searches, frame->count, texts->strings, texts->is_ascii, out->bools);
    return any->is_in;
}
