/* eval_dict.c - the part of an expression that reads one dictionary column, computed once a value.
 *
 * A memo holds the results for one dictionary, by code.  It is made when the
 * rows that asked so far are at least a quarter of the dictionary's entries:
 * before that, plain rows cost less.  Then all entries are computed, so the
 * dictionary that a text result becomes is whole, like any other.  A scan
 * changes dictionaries only with the segment: one memo at a time is enough. */
#include "executor/eval.h"

enum { ENTRIES_PER_ROW = 4 };

struct spoor_memo {
    spoor_arena *arena; /* what belongs to the dictionary at hand */
    uint64_t dict_id;   /* 0: none */
    uint64_t rows_seen; /* of this dictionary */
    bool is_made;
    spoor_vec values;   /* FLAT, by code */
    spoor_dict dict;    /* of a text result: `values` as a dictionary */
};

void spoor_eval_memo_open(spoor_eval *eval) {
    eval->memo = SPOOR_NEW(eval->op->arena, struct spoor_memo);
    eval->memo->arena = spoor_op_arena(eval->op);
}

static bool is_text(spoor_type type) {
    return type == SPOOR_STRING || type == SPOOR_DYNAMIC;
}

/* The entries of a dictionary from this one on. */
static spoor_vec entries_from(const spoor_dict *dict, uint32_t from) {
    spoor_vec out = *dict->values;
    out.strings += from;
    out.is_packed = dict->blob.len > 0;
    if (out.nulls != NULL) {
        out.nulls += from;
    }
    return out;
}

static void make(spoor_eval *eval, const spoor_dict *dict, spoor_arena *scratch) {
    struct spoor_memo *memo = eval->memo;
    memo->values = spoor_vec_new(memo->arena, eval->type, dict->count);
    /* Bytes of text results must live as long as the memo. */
    spoor_arena *arena = is_text(eval->type) ? memo->arena : scratch;
    size_t size = spoor_type_size(eval->type);
    for (uint32_t from = 0; from < dict->count; from += SPOOR_BATCH_ROWS) {
        uint32_t left = dict->count - from;
        uint32_t count = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
        spoor_vec only = entries_from(dict, from);
        spoor_frame part = {.count = count, .only = &only, .scratch = arena};
        spoor_vec result = spoor_eval_frame(eval, &part);
        result = spoor_vec_flatten(arena, &result, count, NULL, count);
        memcpy((char *)memo->values.data + from * size, result.data, count * size);
        if (result.nulls != NULL) {
            memcpy(memo->values.nulls + from, result.nulls, count);
        }
    }
    if (is_text(eval->type)) {
        memo->dict = (spoor_dict){.id = spoor_run_dict_id(eval->op->run), .count = dict->count,
                                  .values = &memo->values};
    }
    memo->is_made = true;
}

bool spoor_eval_memo_run(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    const spoor_vec *column = &frame->batch->cols[eval->column];
    struct spoor_memo *memo = eval->memo;
    if (column->form != SPOOR_DICT || column->dict->count == 0) {
        return false;
    }
    if (memo->dict_id != column->dict->id) {
        spoor_arena_rewind(memo->arena);
        memo->dict_id = column->dict->id;
        memo->rows_seen = 0;
        memo->is_made = false;
    }
    memo->rows_seen += frame->count;
    if (!memo->is_made) {
        if (memo->rows_seen * ENTRIES_PER_ROW < column->dict->count) {
            return false;
        }
        make(eval, column->dict, frame->scratch);
    }
    const uint32_t *codes = column->codes;
    if (frame->sel != NULL) {
        codes = spoor_gather_codes(frame->scratch, codes, frame->sel, frame->count);
    }
    if (is_text(eval->type)) {
        *out = (spoor_vec){.type = eval->type, .form = SPOOR_DICT, .codes = codes,
                           .dict = &memo->dict};
    } else {
        *out = spoor_vec_gather(frame->scratch, &memo->values, codes, frame->count);
    }
    return true;
}
