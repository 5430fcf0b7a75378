/* eval_dict.c - the part of an expression in which one dictionary column varies, computed once a
 * value; where none does, once.
 *
 * A memo holds the results for one dictionary, by code, and for what the other
 * columns that are read hold throughout.  It is made when the
 * rows that asked so far are at least a quarter of the dictionary's entries:
 * before that, plain rows cost less.  Then all entries are computed, so the
 * dictionary that a text result becomes is whole, like any other.  A scan
 * changes dictionaries only with the segment: one memo at a time is enough. */
#include "executor/eval.h"

enum { ENTRIES_PER_ROW = 4 };

struct spoor_memo {
    spoor_arena *arena; /* what belongs to the dictionary at hand */
    bool is_known;      /* `keys` are set */
    struct memo_key {
        uint64_t dict_id;  /* of text; a dictionary of one entry is a constant */
        spoor_value value; /* of a constant that is no text */
    } keys[SPOOR_EVAL_COLUMNS];
    uint64_t rows_seen; /* with these keys */
    bool is_made;
    spoor_vec values; /* FLAT, by code */
    spoor_dict dict;  /* of a text result: `values` as a dictionary */
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
    out.is_ascii = dict->is_ascii;
    if (out.nulls != NULL) {
        out.nulls += from;
    }
    return out;
}

/* dict: of the column that varies; NULL: none does. */
static void make(spoor_eval *eval, const spoor_frame *frame, uint32_t varying,
                 const spoor_dict *dict) {
    struct spoor_memo *memo = eval->memo;
    uint32_t entries = dict != NULL ? dict->count : 1;
    memo->values = spoor_vec_new(memo->arena, eval->type, entries);
    /* Bytes of text results must live as long as the memo. */
    spoor_arena *arena = is_text(eval->type) ? memo->arena : frame->scratch;
    size_t size = spoor_type_size(eval->type);
    for (uint32_t from = 0; from < entries; from += SPOOR_BATCH_ROWS) {
        uint32_t left = entries - from;
        uint32_t count = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
        spoor_vec only = {0};
        spoor_frame part = {.batch = frame->batch,
                            .count = count,
                            .by_entry = true,
                            .varying = varying,
                            .scratch = arena};
        if (dict != NULL) {
            only = entries_from(dict, from);
            part.only = &only;
        }
        spoor_vec result = spoor_eval_frame(eval, &part);
        result = spoor_vec_flatten(arena, &result, count, NULL, count);
        memcpy((char *)memo->values.data + from * size, result.data, count * size);
        if (result.nulls != NULL) {
            memcpy(memo->values.nulls + from, result.nulls, count);
        }
    }
    if (is_text(eval->type)) {
        memo->dict = (spoor_dict){
            .id = spoor_run_dict_id(eval->op->run), .count = entries, .values = &memo->values};
    }
    memo->is_made = true;
}

/* Which column varies in the batch.  false: several do, or it is no dictionary. */
static bool find_varying(const spoor_eval *eval, const spoor_frame *frame, uint32_t *varying,
                         const spoor_dict **dict) {
    *varying = 0;
    *dict = NULL;
    for (uint32_t i = 0; i < eval->ncolumns; i++) {
        const spoor_vec *vec = &frame->batch->cols[eval->columns[i]];
        if (spoor_eval_is_constant_column(frame, eval->columns[i])) {
            if (vec->form == SPOOR_FLAT && is_text(vec->type)) {
                return false; /* its bytes may not outlive the batch */
            }
            continue;
        }
        if (vec->form != SPOOR_DICT || vec->dict->count == 0 || *dict != NULL) {
            return false;
        }
        *varying = eval->columns[i];
        *dict = vec->dict;
    }
    return true;
}

/* Is the memo for these columns?  If not, it is emptied for them. */
static void set_keys(const spoor_eval *eval, const spoor_frame *frame) {
    struct spoor_memo *memo = eval->memo;
    bool same = memo->is_known;
    for (uint32_t i = 0; i < eval->ncolumns; i++) {
        const spoor_vec *vec = &frame->batch->cols[eval->columns[i]];
        struct memo_key key = {.value = {.type = SPOOR_BOOL}};
        if (vec->form == SPOOR_DICT) {
            key.dict_id = vec->dict->id;
        } else {
            key.value = spoor_vec_get(vec, 0);
        }
        same = same && memo->keys[i].dict_id == key.dict_id &&
               memo->keys[i].value.type == key.value.type &&
               spoor_value_compare(&memo->keys[i].value, &key.value) == 0;
        memo->keys[i] = key;
    }
    if (!same) {
        spoor_arena_rewind(memo->arena);
        memo->rows_seen = 0;
        memo->is_made = false;
    }
    memo->is_known = true;
}

bool spoor_eval_memo_run(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    static const uint32_t zero_codes[SPOOR_BATCH_ROWS];
    struct spoor_memo *memo = eval->memo;
    uint32_t varying;
    const spoor_dict *dict;
    if (frame->count > SPOOR_BATCH_ROWS || !find_varying(eval, frame, &varying, &dict)) {
        return false;
    }
    set_keys(eval, frame);
    memo->rows_seen += frame->count;
    if (!memo->is_made) {
        if (dict != NULL && memo->rows_seen * ENTRIES_PER_ROW < dict->count) {
            return false;
        }
        make(eval, frame, varying, dict);
    }
    const uint32_t *codes = dict != NULL ? frame->batch->cols[varying].codes : zero_codes;
    if (dict != NULL && frame->sel != NULL) {
        codes = spoor_gather_codes(frame->scratch, codes, frame->sel, frame->count);
    }
    if (is_text(eval->type)) {
        *out = (spoor_vec){
            .type = eval->type, .form = SPOOR_DICT, .codes = codes, .dict = &memo->dict};
    } else {
        *out = spoor_vec_gather(frame->scratch, &memo->values, codes, frame->count);
    }
    out->is_constant = dict == NULL;
    return true;
}
