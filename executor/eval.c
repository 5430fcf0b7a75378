/* eval.c - expressions over a batch, one column at a time.
 *
 * This is the one wrapper that function code relies on: it unfolds constants
 * and dictionaries, so that an eval sees FLAT vectors, and it makes nulls of
 * nulls.  Three things make it fast:
 *   - few rows selected: the columns are gathered and all is computed dense;
 *   - `and`, `or`: a row that is decided is not asked again;
 *   - a part that reads one column that varies in the batch, and that one has
 *     a dictionary: it is computed once a distinct value (eval_dict.c);
 *   - coalesce(), iff() and case() that come to one argument there are that
 *     argument (eval_choice.c).
 *
 * Inside, a frame says which rows are asked for; a value vector has one slot
 * for each of them.  Recursion is as deep as the tree: SPOOR_MAX_DEPTH. */
#include "executor/eval.h"

#include <assert.h>

#include "executor/execute.h"

/* -- opening ----------------------------------------------------------------------------------- */

static bool is_logic(const spoor_bound *expr) {
    const char *name = expr->function->name;
    return strcmp(name, "and") == 0 || strcmp(name, "or") == 0;
}

static void add_column(spoor_eval *eval, uint32_t column) {
    for (uint32_t i = 0; i < eval->ncolumns && i < SPOOR_EVAL_COLUMNS; i++) {
        if (eval->columns[i] == column) {
            return;
        }
    }
    if (eval->ncolumns < SPOOR_EVAL_COLUMNS) {
        eval->columns[eval->ncolumns++] = column;
    } else {
        eval->ncolumns = SPOOR_EVAL_MANY_COLUMNS;
    }
}

static void add_columns_of(spoor_eval *eval, const spoor_eval *arg) {
    if (arg->ncolumns == SPOOR_EVAL_MANY_COLUMNS) {
        eval->ncolumns = SPOOR_EVAL_MANY_COLUMNS;
    }
    for (uint32_t i = 0; i < arg->ncolumns && eval->ncolumns != SPOOR_EVAL_MANY_COLUMNS; i++) {
        add_column(eval, arg->columns[i]);
    }
}

static bool is_dictionary_unit(const spoor_eval *eval) {
    return eval->kind != SPOOR_EVAL_COLUMN && eval->kind != SPOOR_EVAL_CONSTANT &&
           eval->ncolumns > 0 && eval->ncolumns <= SPOOR_EVAL_COLUMNS && !eval->is_volatile;
}

static spoor_eval_choice choice_of(const spoor_bound *expr) {
    const char *name = expr->function->name;
    if (strcmp(name, "coalesce") == 0) {
        return SPOOR_EVAL_COALESCE;
    }
    bool is_case =
        strcmp(name, "iff") == 0 || strcmp(name, "iif") == 0 || strcmp(name, "case") == 0;
    return is_case && expr->nargs % 2 == 1 ? SPOOR_EVAL_CASE : SPOOR_EVAL_NO_CHOICE;
}

/* Tell the function what it is called with, and let it prepare. */
static bool open_call(spoor_eval *eval) {
    spoor_op *op = eval->op;
    spoor_arena *arena = op->arena;
    spoor_type *types = SPOOR_RAW_ARRAY(arena, spoor_type, eval->nargs);
    const spoor_value **constants = SPOOR_NEW_ARRAY(arena, const spoor_value *, eval->nargs);
    for (uint32_t i = 0; i < eval->nargs; i++) {
        types[i] = eval->args[i]->type;
        constants[i] = eval->args[i]->kind == SPOOR_EVAL_CONSTANT ? &eval->args[i]->value : NULL;
    }
    eval->call = (spoor_call){
        .function = eval->function,
        .nargs = eval->nargs,
        .types = types,
        .constants = constants,
        .result = eval->type,
        .arena = arena,
        .scratch = op->scratch,
        .cancel = op->run->cancel,
    };
    if (eval->function->is_of_run) {
        eval->call.now = op->run->now;
        eval->call.reference = op->run->query->reference;
    }
    const char *message = NULL;
    if (eval->function->prepare != NULL) {
        message = eval->function->prepare(&eval->call);
    }
    return message == NULL || spoor_run_fail(op->run, SPOOR_RUN_LIMIT, eval->span, "%s", message);
}

/* A call of constants is a constant. */
static void fold(spoor_eval *eval) {
    for (uint32_t i = 0; i < eval->nargs; i++) {
        if (eval->args[i]->kind != SPOOR_EVAL_CONSTANT) {
            return;
        }
    }
    if (eval->is_volatile) {
        return;
    }
    spoor_frame frame = {.count = 1, .scratch = eval->op->arena};
    spoor_vec result = spoor_eval_frame(eval, &frame);
    eval->value = spoor_vec_get(&result, 0);
    eval->kind = SPOOR_EVAL_CONSTANT;
}

static spoor_eval *open_expr(spoor_op *op, const spoor_bound *expr);

static bool open_args(spoor_eval *eval, const spoor_bound *expr) {
    eval->nargs = expr->nargs;
    eval->args = SPOOR_NEW_ARRAY(eval->op->arena, spoor_eval *, expr->nargs);
    for (uint32_t i = 0; i < expr->nargs; i++) {
        eval->args[i] = open_expr(eval->op, expr->args[i]);
        if (eval->args[i] == NULL) {
            return false;
        }
        add_columns_of(eval, eval->args[i]);
        eval->is_volatile |= eval->args[i]->is_volatile;
    }
    return true;
}

static spoor_eval *open_expr(spoor_op *op, const spoor_bound *expr) {
    spoor_eval *eval = SPOOR_NEW(op->arena, spoor_eval);
    *eval = (spoor_eval){.op = op, .type = expr->type, .span = expr->span};
    switch (expr->kind) {
    case SPOOR_BOUND_COLUMN:
        eval->kind = SPOOR_EVAL_COLUMN;
        add_column(eval, (uint32_t)expr->column);
        return eval;
    case SPOOR_BOUND_CONSTANT:
        eval->kind = SPOOR_EVAL_CONSTANT;
        eval->value = expr->value;
        return eval;
    case SPOOR_BOUND_SUBPLAN:
        eval->kind = SPOOR_EVAL_CONSTANT;
        return spoor_subplan_value(op->run, expr->subplan, expr->is_set, op->arena->on_oom,
                                   &eval->value)
                   ? eval
                   : NULL;
    case SPOOR_BOUND_CALL: break;
    }
    eval->function = expr->function;
    eval->is_volatile = expr->function->is_volatile;
    eval->kind = is_logic(expr) ? SPOOR_EVAL_LOGIC : SPOOR_EVAL_CALL;
    eval->choice = choice_of(expr);
    if (!open_args(eval, expr) || !open_call(eval)) {
        return NULL;
    }
    if (eval->kind == SPOOR_EVAL_LOGIC && strcmp(eval->function->name, "or") == 0) {
        spoor_eval_any_open(eval);
    }
    fold(eval);
    for (uint32_t i = 0; eval->kind != SPOOR_EVAL_CONSTANT && i < eval->nargs; i++) {
        bool is_part = is_dictionary_unit(eval) && eval->ncolumns == eval->args[i]->ncolumns;
        if (!is_part && is_dictionary_unit(eval->args[i])) {
            spoor_eval_memo_open(eval->args[i]);
        }
    }
    return eval;
}

spoor_eval *spoor_eval_open(spoor_op *op, const spoor_bound *expr) {
    spoor_eval *eval = open_expr(op, expr);
    if (eval != NULL && is_dictionary_unit(eval)) {
        spoor_eval_memo_open(eval);
    }
    return eval;
}

bool spoor_eval_scalar(spoor_op *op, const spoor_bound *expr, spoor_value *value) {
    spoor_eval *eval = spoor_eval_open(op, expr);
    if (eval == NULL) {
        return false;
    }
    if (eval->kind == SPOOR_EVAL_CONSTANT) {
        *value = eval->value;
        return true;
    }
    assert(eval->ncolumns == 0);
    spoor_frame frame = {.count = 1, .scratch = op->arena};
    spoor_vec result = spoor_eval_frame(eval, &frame);
    *value = spoor_vec_get(&result, 0);
    return true;
}

const spoor_value *spoor_eval_constant(const spoor_eval *eval) {
    return eval->kind == SPOOR_EVAL_CONSTANT ? &eval->value : NULL;
}

/* -- running ----------------------------------------------------------------------------------- */

bool spoor_eval_is_constant_column(const spoor_frame *frame, uint32_t column) {
    const spoor_vec *vec = &frame->batch->cols[column];
    return vec->is_constant || (vec->form == SPOOR_DICT && vec->dict->count == 1);
}

const spoor_vec *spoor_eval_packed(const spoor_frame *frame, uint32_t column) {
    const spoor_vec *vec = !frame->by_entry           ? &frame->batch->cols[column]
                           : column == frame->varying ? frame->only
                                                      : NULL;
    bool is_packed = vec != NULL && frame->sel == NULL && vec->form == SPOOR_FLAT &&
                     vec->type == SPOOR_STRING && vec->is_packed;
    return is_packed ? vec : NULL;
}

spoor_vec spoor_eval_column(const spoor_frame *frame, uint32_t column) {
    const spoor_vec *vec = &frame->batch->cols[column];
    if (frame->by_entry && frame->only != NULL && column == frame->varying) {
        return *frame->only;
    }
    if (frame->by_entry) { /* the batch may have fewer rows than the dictionary entries */
        spoor_value value = spoor_vec_get(vec, 0);
        spoor_vec out = spoor_vec_constant(frame->scratch, &value, frame->count);
        out.is_constant = true;
        return out;
    }
    if (frame->sel == NULL) {
        return *vec;
    }
    if (vec->form == SPOOR_FLAT) {
        spoor_vec out = spoor_vec_gather(frame->scratch, vec, frame->sel, frame->count);
        out.is_constant = vec->is_constant;
        return out;
    }
    spoor_vec out = *vec;
    out.codes = spoor_gather_codes(frame->scratch, vec->codes, frame->sel, frame->count);
    return out;
}

/* Unfolded for the rows of a small batch first, for any batch when that is not enough. */
static spoor_vec unfold(spoor_eval *eval, uint32_t rows) {
    if (eval->unfolded_rows < rows) {
        uint32_t enough = eval->unfolded_rows == 0 ? rows : SPOOR_BATCH_ROWS;
        eval->unfolded_rows = enough < rows ? rows : enough;
        eval->unfolded = spoor_vec_constant(eval->op->arena, &eval->value, eval->unfolded_rows);
        if (!eval->value.is_null) {
            eval->unfolded.nulls = NULL;
        }
    }
    return eval->unfolded;
}

/* Which rows have a null argument; NULL: none has. */
static const uint8_t *null_mask(const spoor_vec *args, uint32_t nargs, uint32_t rows,
                                spoor_arena *scratch) {
    uint8_t *mask = NULL;
    for (uint32_t i = 0; i < nargs; i++) {
        if (args[i].nulls == NULL || args[i].type == SPOOR_STRING) {
            continue;
        }
        if (memchr(args[i].nulls, 1, rows) == NULL) {
            continue;
        }
        if (mask == NULL) {
            mask = SPOOR_NEW_ARRAY(scratch, uint8_t, rows);
        }
        for (uint32_t row = 0; row < rows; row++) {
            mask[row] |= args[i].nulls[row];
        }
    }
    return mask;
}

/* A null argument makes a null result, with a zero slot; a string has '' for it. */
static void force_nulls(spoor_vec *out, const uint8_t *mask, uint32_t rows) {
    size_t size = spoor_type_size(out->type);
    for (uint32_t row = 0; row < rows; row++) {
        if (mask[row] != 0) {
            out->nulls[row] = out->type != SPOOR_STRING;
            memset((char *)out->data + row * size, 0, size);
        }
    }
}

static spoor_vec run_call(spoor_eval *eval, const spoor_frame *frame) {
    spoor_arena *scratch = frame->scratch;
    uint32_t rows = frame->count;
    spoor_vec *args = SPOOR_RAW_ARRAY(scratch, spoor_vec, eval->nargs);
    bool knows_constants = eval->function->reads_constants && eval->call.state != NULL;
    for (uint32_t i = 0; i < eval->nargs; i++) {
        const spoor_value *constant = i > 0 ? spoor_eval_constant(eval->args[i]) : NULL;
        if (knows_constants && constant != NULL && !constant->is_null) {
            args[i] = (spoor_vec){.type = constant->type, .form = SPOOR_FLAT};
            continue;
        }
        spoor_vec arg = spoor_eval_frame(eval->args[i], frame);
        args[i] = spoor_vec_flatten(scratch, &arg, rows, NULL, rows);
    }
    spoor_vec out = spoor_vec_new(scratch, eval->type, rows);
    const uint8_t *mask =
        eval->function->sees_nulls ? NULL : null_mask(args, eval->nargs, rows, scratch);
    if (mask != NULL && eval->type != SPOOR_STRING) {
        memcpy(out.nulls, mask, rows);
    }
    eval->call.scratch = scratch;
    eval->function->eval(&eval->call, rows, args, &out);
    if (mask != NULL) {
        force_nulls(&out, mask, rows);
        out.runs = NULL; /* nulls stand among the rows that a function knew to be alike */
        out.is_constant = out.is_ascending = false;
    }
    return out;
}

/* The frame's rows at `live`, as a frame. */
static spoor_frame narrow(const spoor_frame *frame, const uint32_t *live, uint32_t count,
                          spoor_vec *only) {
    spoor_frame out = *frame;
    out.count = count;
    if (frame->only != NULL) {
        *only = spoor_vec_gather(frame->scratch, frame->only, live, count);
        out.only = only;
    } else if (frame->by_entry) {
        return out;
    } else if (frame->sel == NULL) {
        out.sel = live;
    } else {
        out.sel = spoor_gather_codes(frame->scratch, frame->sel, live, count);
    }
    return out;
}

/* No row is decided by these, and none is null: what a rare literal says of most dictionaries. */
static bool decides_none(const spoor_vec *value, uint32_t rows, uint8_t absorbing) {
    return memchr(value->bools, absorbing, rows) == NULL &&
           (value->nulls == NULL || memchr(value->nulls, 1, rows) == NULL);
}

/* Rows of an `and` or an `or` that are not decided yet. */
typedef struct undecided {
    uint32_t *rows; /* of the frame */
    uint32_t count;
    uint8_t absorbing; /* the value that decides */
} undecided;

/* What an argument says of all rows, or (is_narrow) of the undecided ones alone. */
static void take_in(undecided *live, const spoor_vec *value, bool is_narrow, spoor_vec *out) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < live->count; i++) {
        uint32_t row = live->rows[i], at = is_narrow ? i : row;
        bool is_null = spoor_vec_is_null(value, at);
        if (!is_null && (value->bools[at] != 0) == live->absorbing) {
            out->bools[row] = live->absorbing;
            out->nulls[row] = 0;
        } else {
            out->nulls[row] |= is_null;
            live->rows[kept++] = row;
        }
    }
    live->count = kept;
}

static bool reads_packed(const spoor_eval *eval, const spoor_frame *frame) {
    for (uint32_t i = 0; i < eval->ncolumns && i < SPOOR_EVAL_COLUMNS; i++) {
        if (frame->batch != NULL && spoor_eval_packed(frame, eval->columns[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* `and`, `or` of three values: an absorbing argument decides a row, a null waits for one. */
static spoor_vec run_logic(spoor_eval *eval, const spoor_frame *frame) {
    uint32_t rows = frame->count;
    spoor_vec out = spoor_vec_new(frame->scratch, SPOOR_BOOL, rows), value;
    undecided live = {.rows = SPOOR_RAW_ARRAY(frame->scratch, uint32_t, rows), .count = rows};
    live.absorbing = strcmp(eval->function->name, "or") == 0;
    for (uint32_t i = 0; i < rows; i++) {
        live.rows[i] = i;
    }
    bool is_packed = reads_packed(eval, frame);
    const uint8_t *is_done = eval->any != NULL ? spoor_eval_any_run(eval, frame, &value) : NULL;
    if (is_done != NULL && !decides_none(&value, rows, live.absorbing)) {
        take_in(&live, &value, false, &out);
    }
    for (uint32_t a = 0; a < eval->nargs && live.count > 0; a++) {
        if (is_done != NULL && is_done[a]) {
            continue;
        }
        spoor_vec only;
        /* Packed texts are searched faster all than some. */
        bool narrowed = live.count < rows && (live.count <= rows / 4 || !is_packed);
        spoor_frame part = narrowed ? narrow(frame, live.rows, live.count, &only) : *frame;
        value = spoor_eval_frame(eval->args[a], &part);
        value = spoor_vec_flatten(frame->scratch, &value, part.count, NULL, part.count);
        /* The list is read by `part` no more once the argument is computed: it may shrink. */
        if (narrowed || !decides_none(&value, rows, live.absorbing)) {
            take_in(&live, &value, narrowed, &out);
        }
    }
    for (uint32_t i = 0; i < live.count; i++) {
        out.bools[live.rows[i]] = !live.absorbing && out.nulls[live.rows[i]] == 0;
    }
    return out;
}

spoor_vec spoor_eval_frame(spoor_eval *eval, const spoor_frame *frame) {
    switch (eval->kind) {
    case SPOOR_EVAL_COLUMN: return spoor_eval_column(frame, eval->columns[0]);
    case SPOOR_EVAL_CONSTANT: return unfold(eval, frame->count);
    case SPOOR_EVAL_CALL:
    case SPOOR_EVAL_LOGIC: break;
    }
    if (frame->count == 0) {
        return spoor_vec_new(frame->scratch, eval->type, 0);
    }
    spoor_vec out;
    if (eval->choice != SPOOR_EVAL_NO_CHOICE && spoor_eval_choose(eval, frame, &out)) {
        return out;
    }
    if (eval->memo != NULL && !frame->by_entry && spoor_eval_memo_run(eval, frame, &out)) {
        return out;
    }
    return eval->kind == SPOOR_EVAL_LOGIC ? run_logic(eval, frame) : run_call(eval, frame);
}

static bool reads_record(const spoor_eval *eval, const spoor_batch *batch) {
    if (eval->kind == SPOOR_EVAL_COLUMN) {
        return batch->cols[eval->columns[0]].form == SPOOR_RECORD;
    }
    for (uint32_t i = 0; eval->kind != SPOOR_EVAL_CONSTANT && i < eval->nargs; i++) {
        if (reads_record(eval->args[i], batch)) {
            return true;
        }
    }
    return false;
}

/* Rows that are out are computed along with the others while they are few. */
static bool is_worth_gathering(const spoor_eval *eval, const spoor_batch *batch) {
    return batch->sel != NULL && (batch->count < batch->rows / 4 * 3 || reads_record(eval, batch));
}

/* Dense values back at the rows of the selection. */
static spoor_vec scatter(const spoor_vec *dense, const spoor_batch *batch, spoor_arena *scratch) {
    if (dense->form != SPOOR_FLAT) {
        uint32_t *codes = SPOOR_NEW_ARRAY(scratch, uint32_t, batch->rows);
        for (uint32_t i = 0; i < batch->count; i++) {
            codes[batch->sel[i]] = dense->codes[i];
        }
        spoor_vec out = *dense;
        out.codes = codes;
        return out;
    }
    size_t size = spoor_type_size(dense->type);
    spoor_vec out = spoor_vec_new(scratch, dense->type, batch->rows);
    for (uint32_t i = 0; i < batch->count; i++) {
        memcpy((char *)out.data + batch->sel[i] * size, (const char *)dense->data + i * size, size);
        out.nulls[batch->sel[i]] = dense->nulls != NULL ? dense->nulls[i] : 0;
    }
    return out;
}

spoor_vec spoor_eval_run(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch) {
    if (eval->kind == SPOOR_EVAL_COLUMN) {
        return batch->cols[eval->columns[0]];
    }
    spoor_frame frame = {.batch = batch, .count = batch->rows, .scratch = scratch};
    if (eval->kind == SPOOR_EVAL_CONSTANT || !is_worth_gathering(eval, batch)) {
        return spoor_eval_frame(eval, &frame);
    }
    frame.sel = batch->sel;
    frame.count = batch->count;
    spoor_vec dense = spoor_eval_frame(eval, &frame);
    return scatter(&dense, batch, scratch);
}

const spoor_runs *spoor_eval_runs(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch,
                                  spoor_vec *values) {
    bool may_tell =
        eval->kind == SPOOR_EVAL_CALL && eval->function->eval_runs != NULL && batch->sel == NULL;
    for (uint32_t i = 1; may_tell && i < eval->nargs; i++) {
        may_tell = eval->call.constants[i] != NULL && !eval->call.constants[i]->is_null;
    }
    if (!may_tell || batch->rows == 0) {
        return NULL;
    }
    spoor_vec first = spoor_eval_run(eval->args[0], batch, scratch);
    bool has_null = first.nulls != NULL && memchr(first.nulls, 1, batch->rows) != NULL;
    eval->call.scratch = scratch;
    return first.form == SPOOR_FLAT && !first.is_constant && !has_null
               ? eval->function->eval_runs(&eval->call, batch->rows, &first, values)
               : NULL;
}

spoor_vec spoor_eval_coded(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch) {
    spoor_frame frame = {
        .batch = batch, .sel = batch->sel, .count = batch->count, .scratch = scratch};
    return spoor_eval_frame(eval, &frame);
}

spoor_vec spoor_eval_dense(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch) {
    spoor_vec dense = spoor_eval_coded(eval, batch, scratch);
    return spoor_vec_flatten(scratch, &dense, batch->count, NULL, batch->count);
}

uint32_t spoor_eval_filter(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch,
                           const uint32_t **sel) {
    uint32_t *kept = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count);
    uint32_t count = 0;
    bool gathers = is_worth_gathering(eval, batch);
    spoor_frame frame = {.batch = batch,
                         .sel = gathers ? batch->sel : NULL,
                         .count = gathers ? batch->count : batch->rows,
                         .scratch = scratch};
    spoor_vec keep = spoor_eval_frame(eval, &frame);
    keep = spoor_vec_flatten(scratch, &keep, frame.count, NULL, frame.count);
    /* A null's slot is zero, so the value alone decides. */
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t row = spoor_batch_row(batch, i);
        kept[count] = row;
        count += keep.bools[gathers ? i : row] != 0;
    }
    *sel = kept;
    return count;
}

uint32_t *spoor_gather_codes(spoor_arena *scratch, const uint32_t *codes, const uint32_t *list,
                             uint32_t count) {
    uint32_t *out = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = codes[list[i]];
    }
    return out;
}
