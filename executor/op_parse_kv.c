/* op_parse_kv.c - `parse-kv`: values out of a text by their keys.
 *
 * Three ways to find pairs: by delimiters that the query names; by any
 * character that is no letter or digit; by a regex of two groups.  The first
 * value of a key counts, blanks round keys and values do not. */
#include "executor/eval.h"
#include "functions/convert.h"
#include "regex/regex.h"

typedef struct parse_kv {
    spoor_eval *text;
    spoor_regex_matcher *matcher; /* NULL: no regex */
    spoor_vec *made;              /* of the batch at hand: a column a key */
    bool *is_set;                 /* by key, of the row at hand */
} parse_kv;

typedef struct cursor {
    const spoor_plan *plan;
    spoor_arena *scratch;
    spoor_str text;
    size_t at;
} cursor;

static spoor_str trimmed(const char *from, const char *to) {
    return spoor_str_trim((spoor_str){from, (size_t)(to - from)});
}

static bool is_at(const cursor *c, spoor_str what) {
    return c->text.len - c->at >= what.len &&
           spoor_str_eq((spoor_str){c->text.ptr + c->at, what.len}, what);
}

static void skip_blanks(cursor *c) {
    while (c->at < c->text.len && spoor_is_blank(c->text.ptr[c->at])) {
        c->at++;
    }
}

/* A quoted text at the cursor; false: none, or one that has no end. */
static bool read_quoted(cursor *c, spoor_str *out) {
    const spoor_plan *plan = c->plan;
    for (size_t q = 0; c->at < c->text.len && q < plan->kv.quotes.len; q += 2) {
        if (c->text.ptr[c->at] != plan->kv.quotes.ptr[q]) {
            continue;
        }
        char *bytes = SPOOR_RAW_ARRAY(c->scratch, char, c->text.len - c->at);
        size_t n = 0;
        for (size_t i = c->at + 1; i < c->text.len; i++) {
            char byte = c->text.ptr[i];
            bool escapes = plan->kv.escapes.len > 0 && i + 1 < c->text.len &&
                           memchr(plan->kv.escapes.ptr, byte, plan->kv.escapes.len) != NULL;
            if (escapes) {
                byte = c->text.ptr[++i];
            } else if (byte == plan->kv.quotes.ptr[q + 1]) {
                *out = (spoor_str){bytes, n};
                c->at = i + 1;
                return true;
            }
            bytes[n++] = byte;
        }
    }
    return false;
}

/* The value of the key is the text, unless it has one. */
static void set(spoor_op *op, parse_kv *self, uint32_t row, spoor_str key, spoor_str text) {
    const spoor_plan *plan = op->plan;
    const spoor_column *columns = plan->schema.columns + plan->schema.ncols - plan->kv.nkeys;
    for (uint32_t k = 0; k < plan->kv.nkeys; k++) {
        if (self->is_set[k] || !spoor_str_eq(columns[k].name, key)) {
            continue;
        }
        spoor_value value = {.type = SPOOR_STRING, .string = text};
        if (columns[k].type != SPOOR_STRING) {
            value = spoor_convert(op->scratch, &value, columns[k].type);
        }
        spoor_vec_set(&self->made[k], row, &value);
        self->is_set[k] = true;
    }
}

/* -- delimiters that are named ----------------------------------------------------------------- */

/* A key with the delimiter behind it, which is passed; false: the pair has none. */
static bool read_key(cursor *c, spoor_str *key) {
    const spoor_plan *plan = c->plan;
    size_t from = c->at;
    if (read_quoted(c, key)) {
        skip_blanks(c);
    } else {
        while (c->at < c->text.len && !is_at(c, plan->kv.kv_delimiter) &&
               !is_at(c, plan->kv.pair_delimiter)) {
            c->at++;
        }
        *key = trimmed(c->text.ptr + from, c->text.ptr + c->at);
        size_t end = c->at;
        skip_blanks(c);
        if (!is_at(c, plan->kv.kv_delimiter)) {
            c->at = end;
        }
    }
    if (!is_at(c, plan->kv.kv_delimiter)) {
        return false;
    }
    c->at += plan->kv.kv_delimiter.len;
    return true;
}

/* Greedy: the value ends at the last pair delimiter before the next key's delimiter. */
static size_t greedy_end(const cursor *c) {
    cursor ahead = *c;
    size_t end = c->text.len;
    for (; ahead.at < ahead.text.len; ahead.at++) {
        if (is_at(&ahead, c->plan->kv.kv_delimiter)) {
            return end;
        }
        if (is_at(&ahead, c->plan->kv.pair_delimiter)) {
            end = ahead.at;
        }
    }
    return c->text.len;
}

static spoor_str read_value(cursor *c) {
    spoor_str value;
    skip_blanks(c);
    if (read_quoted(c, &value)) {
        return value;
    }
    size_t from = c->at;
    if (c->plan->kv.is_greedy) {
        c->at = greedy_end(c);
    } else {
        while (c->at < c->text.len && !is_at(c, c->plan->kv.pair_delimiter)) {
            c->at++;
        }
    }
    return trimmed(c->text.ptr + from, c->text.ptr + c->at);
}

static void read_pairs(spoor_op *op, parse_kv *self, uint32_t row, spoor_str text) {
    cursor c = {.plan = op->plan, .scratch = op->scratch, .text = text};
    while (c.at < text.len) {
        skip_blanks(&c);
        spoor_str key;
        if (read_key(&c, &key)) {
            set(op, self, row, key, read_value(&c));
        }
        while (c.at < text.len && !is_at(&c, op->plan->kv.pair_delimiter)) {
            c.at++;
        }
        c.at += c.at < text.len ? op->plan->kv.pair_delimiter.len : 0;
    }
}

/* -- any delimiter ----------------------------------------------------------------------------- */

static bool is_word_byte(char c) {
    unsigned char byte = (unsigned char)c;
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

static bool read_word(cursor *c, spoor_str *word) {
    while (c->at < c->text.len && !is_word_byte(c->text.ptr[c->at])) {
        if (read_quoted(c, word)) {
            return true;
        }
        c->at++;
    }
    size_t from = c->at;
    while (c->at < c->text.len && is_word_byte(c->text.ptr[c->at])) {
        c->at++;
    }
    *word = (spoor_str){c->text.ptr + from, c->at - from};
    return c->at > from;
}

static bool is_key(const spoor_plan *plan, spoor_str word) {
    for (uint32_t k = 0; k < plan->kv.nkeys; k++) {
        if (spoor_str_eq(plan->schema.columns[plan->schema.ncols - plan->kv.nkeys + k].name,
                         word)) {
            return true;
        }
    }
    return false;
}

static void read_words(spoor_op *op, parse_kv *self, uint32_t row, spoor_str text) {
    cursor c = {.plan = op->plan, .scratch = op->scratch, .text = text};
    spoor_str word, value;
    while (read_word(&c, &word)) {
        if (is_key(op->plan, word) && read_word(&c, &value)) {
            set(op, self, row, word, value);
        }
    }
}

/* -- regex ------------------------------------------------------------------------------------- */

static void read_matches(spoor_op *op, parse_kv *self, uint32_t row, spoor_str text) {
    spoor_regex_scan scan = spoor_regex_scan_start(self->matcher, text);
    spoor_regex_span spans[3];
    while (spoor_regex_scan_next(&scan, spans, 3)) {
        if (spans[1].start != SIZE_MAX && spans[2].start != SIZE_MAX) {
            set(op, self, row, trimmed(text.ptr + spans[1].start, text.ptr + spans[1].end),
                trimmed(text.ptr + spans[2].start, text.ptr + spans[2].end));
        }
    }
}

/* -- batches ----------------------------------------------------------------------------------- */

static void read_row(spoor_op *op, parse_kv *self, uint32_t row, spoor_str text) {
    const spoor_plan *plan = op->plan;
    for (uint32_t k = 0; k < plan->kv.nkeys; k++) {
        spoor_type type = self->made[k].type;
        spoor_value none = {.type = type, .is_null = type != SPOOR_STRING};
        spoor_vec_set(&self->made[k], row, &none);
        self->is_set[k] = false;
    }
    if (self->matcher != NULL) {
        read_matches(op, self, row, text);
    } else if (plan->kv.has_delimiters) {
        read_pairs(op, self, row, text);
    } else {
        read_words(op, self, row, text);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    parse_kv *self = op->state;
    const spoor_plan *plan = op->plan;
    spoor_batch input;
    spoor_op_status status = spoor_op_next(op->inputs[0], &input);
    if (status != SPOOR_OP_BATCH) {
        return status;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t first = plan->schema.ncols - plan->kv.nkeys;
    *batch = input;
    batch->ncols = plan->schema.ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    memcpy(batch->cols, input.cols, first * sizeof *batch->cols);
    self->made = batch->cols + first;
    for (uint32_t k = 0; k < plan->kv.nkeys; k++) {
        self->made[k] =
            spoor_vec_new(op->scratch, plan->schema.columns[first + k].type, input.rows);
    }
    spoor_vec text = spoor_eval_dense(self->text, &input, op->scratch);
    for (uint32_t i = 0; i < input.count; i++) {
        read_row(op, self, spoor_batch_row(&input, i), text.strings[i]);
    }
    return SPOOR_OP_BATCH;
}

bool spoor_op_parse_kv_open(spoor_op *op) {
    parse_kv *self = SPOOR_NEW(op->arena, parse_kv);
    self->text = spoor_eval_open(op, op->plan->kv.text);
    if (self->text == NULL) {
        return false;
    }
    self->is_set = SPOOR_NEW_ARRAY(op->arena, bool, op->plan->kv.nkeys + 1);
    if (op->plan->kv.regex.len > 0) {
        spoor_regex_error error;
        const spoor_regex *regex = spoor_regex_compile(op->arena, op->plan->kv.regex, 0, &error);
        if (regex == NULL) {
            return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "%s", error.message);
        }
        self->matcher = spoor_regex_matcher_new(op->arena, regex, SPOOR_REGEX_CACHE_BYTES);
    }
    op->state = self;
    op->next = next;
    return true;
}
