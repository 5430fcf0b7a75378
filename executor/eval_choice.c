/* eval_choice.c - coalesce(), iff() and case() that are one of their arguments in a batch.
 *
 * Views over many kinds of events are full of coalesce(Image, SourceImage): in
 * a segment of one kind, one of the two is absent, and the call is the other
 * column as it stands, dictionary and all.  Decided on columns and constants
 * alone: nothing is computed in vain. */
#include "executor/eval.h"

/* Decided without work: a constant, a column, or a choice among them. */
static bool read_cheaply(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    if (eval->kind == SPOOR_EVAL_COLUMN || eval->kind == SPOOR_EVAL_CONSTANT) {
        *out = spoor_eval_frame(eval, frame);
        return out->form != SPOOR_RECORD;
    }
    return eval->choice != SPOOR_EVAL_NO_CHOICE && spoor_eval_choose(eval, frame, out);
}

/* A constant is better left to the memo, which makes a dictionary of it. */
static bool pick(const spoor_eval *eval, spoor_eval *picked, const spoor_frame *frame,
                 spoor_vec *out) {
    bool is_for_memo =
        picked->kind == SPOOR_EVAL_CONSTANT && eval->memo != NULL && !frame->by_entry;
    return !is_for_memo && picked->type == eval->type && read_cheaply(picked, frame, out);
}

/* Has it the same value in all rows of the frame, and which? */
static bool is_constant_here(spoor_eval *eval, const spoor_frame *frame, spoor_value *value) {
    if (eval->kind == SPOOR_EVAL_CONSTANT) {
        *value = eval->value;
        return true;
    }
    if (eval->is_volatile || eval->ncolumns > SPOOR_EVAL_COLUMNS) {
        return false;
    }
    for (uint32_t i = 0; i < eval->ncolumns; i++) {
        bool varies = frame->by_entry && frame->only != NULL && eval->columns[i] == frame->varying;
        if (varies || !spoor_eval_is_constant_column(frame, eval->columns[i])) {
            return false;
        }
    }
    spoor_frame first = *frame;
    first.count = 1;
    spoor_vec vec = spoor_eval_frame(eval, &first);
    if (vec.form == SPOOR_RECORD) {
        return false;
    }
    *value = spoor_vec_get(&vec, 0);
    return true;
}

/* Texts alone: all that are '' go, and if one is left, it is the answer. */
static bool choose_coalesce(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    spoor_eval *left = NULL;
    if (eval->type != SPOOR_STRING) {
        return false;
    }
    for (uint32_t i = 0; i < eval->nargs; i++) {
        spoor_value value;
        bool is_empty = eval->args[i]->type == SPOOR_STRING &&
                        is_constant_here(eval->args[i], frame, &value) && value.string.len == 0;
        if (!is_empty && left != NULL) {
            return false;
        }
        left = is_empty ? left : eval->args[i];
    }
    left = left != NULL ? left : eval->args[0];
    return pick(eval, left, frame, out);
}

/* Conditions that do not vary, up to the first that is true. */
static bool choose_case(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    uint32_t at = 0;
    for (; at + 1 < eval->nargs; at += 2) {
        spoor_value value;
        if (!is_constant_here(eval->args[at], frame, &value)) {
            return false;
        }
        if (!value.is_null && value.boolean) {
            at++;
            break;
        }
    }
    return pick(eval, eval->args[at], frame, out);
}

bool spoor_eval_choose(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out) {
    if (eval->is_volatile) {
        return false;
    }
    return eval->choice == SPOOR_EVAL_COALESCE ? choose_coalesce(eval, frame, out)
                                               : choose_case(eval, frame, out);
}
