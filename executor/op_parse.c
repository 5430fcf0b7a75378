/* op_parse.c - `parse`, `parse-where`: columns out of a text by a pattern of literals.
 *
 * simple, relaxed: the pattern begins at the first byte of the text; each
 * literal is taken at its first place at or after the part before it.  A column
 * takes what stands before the literal that follows, or, before a `*`, the
 * longest text that reads as its type, or, at the end, the rest.  Text behind
 * the pattern does not matter: the documentation asks for the delimiters and
 * the types, no more.  When simple fails to read a column, or either finds a
 * literal missing, the row's columns are null ('' for strings) or the row is
 * dropped (parse-where); relaxed leaves just that column null. */
#include "executor/eval.h"
#include "executor/parse_regex.h"
#include "functions/convert.h"

enum { LONGEST_SCALAR = 64 }; /* bytes of a number, time or guid that a `*` follows */

typedef struct parse {
    spoor_eval *text;
    spoor_parse_regex *regex; /* NULL: simple, relaxed */
    spoor_vec *cols;          /* of the batch at hand, by output column */
} parse;

static bool find(spoor_str text, size_t from, spoor_str needle, size_t *at) {
    for (; from + needle.len <= text.len; from++) {
        const char *hit = needle.len == 0 ? text.ptr + from
                                          : memchr(text.ptr + from, needle.ptr[0],
                                                   text.len - from - needle.len + 1);
        if (hit == NULL) {
            return false;
        }
        from = (size_t)(hit - text.ptr);
        if (needle.len == 0 || memcmp(hit, needle.ptr, needle.len) == 0) {
            *at = from;
            return true;
        }
    }
    return false;
}

/* Set column `part` of the row from its text; false: it does not read as the type. */
static bool set_column(spoor_op *op, parse *self, const spoor_parse_part *part, uint32_t row,
                       spoor_str text) {
    spoor_value value = {.type = SPOOR_STRING, .string = text};
    if (part->type != SPOOR_STRING) {
        value = spoor_convert(op->scratch, &value, part->type);
    }
    spoor_vec_set(&self->cols[part->output], row, &value);
    return !value.is_null;
}

/* The longest start of the text that reads as the type; 0: none. */
static size_t longest_scalar(spoor_op *op, spoor_str text, spoor_type type) {
    size_t len = text.len < LONGEST_SCALAR ? text.len : LONGEST_SCALAR;
    for (; len > 0; len--) {
        spoor_value value = {.type = SPOOR_STRING, .string = {text.ptr, len}};
        bool has_blank_end = text.ptr[len - 1] == ' ';
        if (!has_blank_end && !spoor_convert(op->scratch, &value, type).is_null) {
            return len;
        }
    }
    return 0;
}

/* Where the part `parts[i]` (a column or a skip) that begins at `from` ends. */
static bool end_of_part(spoor_op *op, uint32_t i, spoor_str text, size_t from, size_t *end) {
    const spoor_plan *plan = op->plan;
    const spoor_parse_part *part = &plan->parse.parts[i];
    if (i + 1 == plan->parse.nparts) {
        *end = text.len;
        return true;
    }
    if (part[1].kind == SPOOR_PARSE_TEXT) {
        return find(text, from, part[1].text, end);
    }
    if (part->kind == SPOOR_PARSE_SKIP) {
        *end = from; /* what follows takes it */
        return true;
    }
    spoor_str rest = {text.ptr + from, text.len - from};
    *end = from + (part->type == SPOOR_STRING ? 0 : longest_scalar(op, rest, part->type));
    return true;
}

static bool match(spoor_op *op, parse *self, uint32_t row, spoor_str text) {
    const spoor_plan *plan = op->plan;
    size_t at = 0;
    for (uint32_t i = 0; i < plan->parse.nparts; i++) {
        const spoor_parse_part *part = &plan->parse.parts[i];
        if (part->kind == SPOOR_PARSE_TEXT) {
            bool is_here = text.len - at >= part->text.len &&
                           spoor_str_eq(part->text, (spoor_str){text.ptr + at, part->text.len});
            if (!is_here) {
                return false;
            }
            at += part->text.len;
            continue;
        }
        size_t end;
        if (!end_of_part(op, i, text, at, &end)) {
            return false;
        }
        if (part->kind == SPOOR_PARSE_COLUMN &&
            !set_column(op, self, part, row, (spoor_str){text.ptr + at, end - at}) &&
            !plan->parse.is_relaxed) {
            return false;
        }
        at = end;
    }
    return true;
}

static bool match_regex(spoor_op *op, parse *self, uint32_t row, spoor_str text) {
    const spoor_plan *plan = op->plan;
    const spoor_str *groups = spoor_parse_regex_match(self->regex, text);
    for (uint32_t i = 0, g = 0; groups != NULL && i < plan->parse.nparts; i++) {
        if (plan->parse.parts[i].kind == SPOOR_PARSE_COLUMN &&
            !set_column(op, self, &plan->parse.parts[i], row, groups[g++])) {
            return false;
        }
    }
    return groups != NULL;
}

static void clear_row(spoor_op *op, parse *self, uint32_t row) {
    const spoor_plan *plan = op->plan;
    for (uint32_t i = 0; i < plan->parse.nparts; i++) {
        if (plan->parse.parts[i].kind == SPOOR_PARSE_COLUMN) {
            spoor_type type = plan->parse.parts[i].type;
            spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
            spoor_vec_set(&self->cols[plan->parse.parts[i].output], row, &null);
        }
    }
}

/* Input columns as they are; behind them a fresh vector for each column of the pattern. */
static void begin_batch(spoor_op *op, parse *self, const spoor_batch *input, spoor_batch *batch) {
    const spoor_plan *plan = op->plan;
    *batch = *input;
    batch->ncols = plan->schema.ncols;
    batch->cols = self->cols = SPOOR_NEW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    memcpy(self->cols, input->cols, input->ncols * sizeof *self->cols);
    for (uint32_t i = 0; i < plan->parse.nparts; i++) {
        const spoor_parse_part *part = &plan->parse.parts[i];
        if (part->kind == SPOOR_PARSE_COLUMN) {
            self->cols[part->output] = spoor_vec_new(op->scratch, part->type, input->rows);
        }
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    parse *self = op->state;
    spoor_batch input;
    for (;;) {
        spoor_op_status status = spoor_op_next(op->inputs[0], &input);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
        spoor_arena_rewind(op->scratch);
        spoor_vec text = spoor_eval_dense(self->text, &input, op->scratch);
        begin_batch(op, self, &input, batch);
        uint32_t *kept = SPOOR_RAW_ARRAY(op->scratch, uint32_t, input.count);
        uint32_t count = 0;
        for (uint32_t i = 0; i < input.count; i++) {
            uint32_t row = spoor_batch_row(&input, i);
            bool matched = self->regex != NULL ? match_regex(op, self, row, text.strings[i])
                                               : match(op, self, row, text.strings[i]);
            if (!matched) {
                clear_row(op, self, row);
            }
            kept[count] = row;
            count += matched || !op->plan->parse.drop_unmatched;
        }
        if (count == 0) {
            continue;
        }
        if (count < input.count) {
            batch->sel = kept;
            batch->count = count;
        }
        return SPOOR_OP_BATCH;
    }
}

bool spoor_op_parse_open(spoor_op *op) {
    parse *self = SPOOR_NEW(op->arena, parse);
    self->text = spoor_eval_open(op, op->plan->parse.text);
    if (self->text == NULL) {
        return false;
    }
    if (op->plan->parse.is_regex) {
        self->regex = spoor_parse_regex_open(op);
        if (self->regex == NULL) {
            return false;
        }
    }
    op->state = self;
    op->next = next;
    return true;
}
