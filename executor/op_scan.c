/* op_scan.c - the event table: segment by segment, in the order of the snapshot.
 *
 * A segment whose metadata or dictionaries rule it out is passed over before
 * its other columns are touched.  Where every row is kept, a batch is a window
 * into the pinned columns; else its rows are gathered (codes, not what they
 * stand for), so what stands above sees dense batches.  Batches never span
 * segments: a dictionary belongs to one. */
#include "executor/scan.h"

#include "executor/profile.h"

static const uint32_t zero_codes[SPOOR_BATCH_ROWS];

/* -- columns ----------------------------------------------------------------------------------- */

static const spoor_scan_column *column_of(const spoor_scan *scan, uint32_t column) {
    return &scan->op->plan->scan.columns[column];
}

void spoor_scan_peek(const spoor_scan *scan, uint32_t column, spoor_chunk *summary) {
    const spoor_scan_column *want = column_of(scan, column);
    *summary = (spoor_chunk){0};
    spoor_chunk_peek(scan->op->run->snapshot, scan->segment, (spoor_event_column)want->column,
                     want->member, want->type, summary);
}

/* A number in each slot of a batch: filled once for all segments in a row that have the same. */
static spoor_vec constant_number(spoor_scan *scan, uint32_t column, const spoor_value *value) {
    spoor_vec *made = &scan->numbers[column];
    spoor_value last = made->longs != NULL ? spoor_vec_get(made, 0) : *value;
    bool is_same =
        made->longs != NULL && last.is_null == value->is_null && last.integer == value->integer;
    if (made->longs == NULL) {
        *made = spoor_vec_new(scan->op->arena, value->type, SPOOR_BATCH_ROWS);
        made->is_constant = true;
    }
    for (uint32_t i = 0; !is_same && i < SPOOR_BATCH_ROWS; i++) {
        made->longs[i] = value->is_null ? 0 : value->integer;
        made->nulls[i] = value->is_null;
    }
    return *made;
}

/* A column of one value: text as a dictionary of one entry, so that it stays cheap above. */
static spoor_vec constant_vec(spoor_scan *scan, uint32_t column, const spoor_value *value) {
    spoor_type type = value->type;
    if (spoor_type_is_whole(type)) {
        return constant_number(scan, column, value);
    }
    if (type != SPOOR_STRING && type != SPOOR_DYNAMIC) {
        uint32_t rows = scan->segment->rows;
        spoor_vec vec = spoor_vec_constant(scan->arena, value,
                                           rows < SPOOR_BATCH_ROWS ? rows : SPOOR_BATCH_ROWS);
        vec.is_constant = true;
        return vec;
    }
    spoor_vec *values = SPOOR_NEW(scan->arena, spoor_vec);
    spoor_dict *dict = SPOOR_NEW(scan->arena, spoor_dict);
    *values = spoor_vec_constant(scan->arena, value, 1);
    *dict = (spoor_dict){.id = spoor_run_dict_id(scan->op->run), .count = 1, .values = values};
    return (spoor_vec){.type = type, .form = SPOOR_DICT, .codes = zero_codes, .dict = dict};
}

bool spoor_scan_pin_failed(const spoor_scan *scan, spoor_store_status status) {
    spoor_run_status why = status == SPOOR_STORE_MEMORY      ? SPOOR_RUN_MEMORY
                           : status == SPOOR_STORE_CANCELLED ? SPOOR_RUN_CANCELLED
                                                             : SPOOR_RUN_IO;
    return spoor_run_fail(scan->op->run, why, scan->op->plan->span, "segment %lld: %s",
                          (long long)scan->segment->id,
                          spoor_snapshot_error(scan->op->run->snapshot));
}

enum { WHOLE = 1, ENTRIES }; /* scan->is_loaded */

/* Columns that are pinned already, for their dictionaries alone, get their codes. */
static bool load(spoor_scan *scan, uint32_t column, bool entries) {
    spoor_chunk summary;
    spoor_scan_peek(scan, column, &summary);
    const spoor_scan_column *want = column_of(scan, column);
    spoor_snapshot *snapshot = scan->op->run->snapshot;
    if (!summary.is_constant) {
        spoor_store_status (*pin)(spoor_snapshot *, const spoor_segment *, spoor_event_column,
                                  spoor_str, spoor_type, const spoor_chunk **) =
            entries ? spoor_chunk_pin_entries : spoor_chunk_pin;
        const spoor_chunk *before = scan->pins[column];
        spoor_store_status status = pin(snapshot, scan->segment, (spoor_event_column)want->column,
                                        want->member, want->type, &scan->pins[column]);
        if (before != NULL) {
            spoor_chunk_release(snapshot, before);
        }
        if (status != SPOOR_STORE_OK) {
            scan->pins[column] = NULL;
            scan->is_loaded[column] = 0;
            return spoor_scan_pin_failed(scan, status);
        }
        if (scan->op->profile != NULL && before == NULL) {
            scan->op->profile->columns++;
        }
        summary.is_constant = scan->pins[column]->is_constant;
        summary.constant = scan->pins[column]->constant;
    }
    scan->is_constant[column] = summary.is_constant;
    if (summary.is_constant) {
        summary.constant.type = want->type;
        scan->cols[column] = constant_vec(scan, column, &summary.constant);
    } else if (entries && want->type == SPOOR_STRING && scan->pins[column]->vec.dict != NULL) {
        /* another thread may be adding the codes; XML that is made row by row has no entries */
        scan->cols[column] = (spoor_vec){
            .type = SPOOR_STRING, .form = SPOOR_DICT, .dict = scan->pins[column]->vec.dict};
    } else {
        scan->cols[column] = scan->pins[column]->vec;
        scan->cols[column].type = want->type; /* whole numbers are stored alike */
    }
    bool is_part = entries && !summary.is_constant && scan->cols[column].form == SPOOR_DICT;
    scan->is_loaded[column] = is_part ? ENTRIES : WHOLE;
    return true;
}

bool spoor_scan_load(spoor_scan *scan, uint32_t column) {
    return scan->is_loaded[column] == WHOLE || load(scan, column, false);
}

bool spoor_scan_load_entries(spoor_scan *scan, uint32_t column) {
    return scan->is_loaded[column] != 0 || load(scan, column, true);
}

/* -- lazy columns ------------------------------------------------------------------------------ */

static bool is_lazy(const spoor_scan *scan, uint32_t column) {
    return scan->lazy != NULL && scan->lazy[column].fetch != NULL;
}

/* Rows of a column as values whose bytes outlive the segment. */
static void copy_rows(spoor_scan *scan, uint32_t column, const uint32_t *rows, uint32_t count,
                      spoor_arena *arena, spoor_vec *out) {
    if (scan->cols[column].form == SPOOR_RECORD) {
        *out = spoor_vec_gather(arena, &scan->cols[column], rows, count);
        return;
    }
    spoor_vec slice = spoor_scan_slice(scan, column, rows, 0, count, arena);
    spoor_vec made = spoor_vec_new(arena, slice.type, count);
    for (uint32_t i = 0; i < count; i++) {
        spoor_value value = spoor_vec_get(&slice, i);
        value = spoor_value_copy(arena, &value);
        spoor_vec_set(&made, i, &value);
    }
    *out = made;
}

/* For who reads it after all: of the segment at hand.  What fails is in the run. */
static void fetch_lazy(const spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                       uint32_t count, spoor_vec *out) {
    spoor_scan *scan = records->segment;
    if (spoor_scan_load(scan, (uint32_t)records->column)) {
        copy_rows(scan, (uint32_t)records->column, rows, count, arena, out);
    } else {
        *out = spoor_vec_new(arena, out->type, count);
    }
}

void spoor_scan_be_lazy(spoor_scan *scan, const uint32_t *uses) {
    uint32_t ncols = scan->op->plan->schema.ncols;
    scan->lazy = SPOOR_NEW_ARRAY(scan->op->arena, spoor_records, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        bool is_read = uses[c] > 0;
        for (uint32_t p = 0; p < scan->npredicates; p++) {
            for (uint32_t i = 0; i < scan->predicates[p].ncolumns; i++) {
                is_read |= scan->predicates[p].columns[i] == c;
            }
        }
        const spoor_scan_column *column = column_of(scan, c);
        bool is_record =
            column->member.len == 0 && spoor_is_record_column((spoor_event_column)column->column);
        if (!is_read && !is_record) {
            scan->lazy[c] = (spoor_records){.fetch = fetch_lazy, .segment = scan, .column = (int)c};
        }
    }
}

static spoor_vec lazy_slice(const spoor_scan *scan, uint32_t column, const uint32_t *list,
                            uint32_t from, uint32_t count, spoor_arena *scratch) {
    spoor_vec out = {.type = column_of(scan, column)->type,
                     .form = SPOOR_RECORD,
                     .codes = list,
                     .records = &scan->lazy[column]};
    if (list == NULL) {
        uint32_t *codes = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            codes[i] = from + i;
        }
        out.codes = codes;
    }
    return out;
}

/* -- rows -------------------------------------------------------------------------------------- */

spoor_vec spoor_scan_slice(const spoor_scan *scan, uint32_t column, const uint32_t *list,
                           uint32_t from, uint32_t count, spoor_arena *scratch) {
    if (!scan->is_loaded[column]) {
        return lazy_slice(scan, column, list, from, count, scratch);
    }
    spoor_vec out = scan->cols[column];
    if (scan->is_constant[column]) {
        return out;
    }
    if (list != NULL && out.form == SPOOR_FLAT) {
        bool is_ascending = out.is_ascending; /* as the list is */
        out = spoor_vec_gather(scratch, &out, list, count);
        out.is_ascending = is_ascending;
        return out;
    }
    if (list != NULL) {
        uint32_t *codes = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            codes[i] = out.codes[list[i]];
        }
        out.codes = codes;
        return out;
    }
    if (out.form != SPOOR_FLAT) {
        out.codes += from;
        return out;
    }
    out.data = (char *)out.data + from * spoor_type_size(out.type);
    if (out.bounds != NULL) { /* batches of a build for tests need not begin with a piece */
        out.bounds = from % SPOOR_PIECE_ROWS == 0 ? out.bounds + from / SPOOR_PIECE_ROWS : NULL;
    }
    if (out.nulls != NULL) {
        out.nulls += from;
    }
    return out;
}

/* -- segments ---------------------------------------------------------------------------------- */

static void leave(spoor_scan *scan, void (*let_go)(spoor_snapshot *, const spoor_chunk *)) {
    for (uint32_t c = 0; c < scan->op->plan->schema.ncols; c++) {
        if (scan->pins[c] != NULL) {
            let_go(scan->op->run->snapshot, scan->pins[c]);
            scan->pins[c] = NULL;
        }
    }
    scan->segment = NULL;
}

void spoor_scan_leave(spoor_scan *scan) {
    leave(scan, spoor_chunk_release);
}

void spoor_scan_drop(spoor_scan *scan) {
    leave(scan, spoor_chunk_drop);
}

void spoor_scan_enter(spoor_scan *scan, uint32_t segment) {
    uint32_t ncols = scan->op->plan->schema.ncols;
    spoor_arena_rewind(scan->arena);
    if (ncols > 0) {
        memset(scan->is_loaded, 0, ncols);
    }
    scan->number = segment;
    scan->segment = spoor_snapshot_segment(scan->op->run->snapshot, segment);
}

/* The rows that a pick says; true: and no others pass. */
static bool take_pick(spoor_scan *scan, const spoor_pick *pick) {
    if (pick->kind == SPOOR_PICK_ALL) {
        return pick->is_exact;
    }
    scan->nrows = pick->count;
    if (pick->kind == SPOOR_PICK_ROWS) {
        scan->rows = pick->rows;
        return pick->is_exact;
    }
    uint32_t *rows = SPOOR_RAW_ARRAY(scan->arena, uint32_t, pick->count), n = 0;
    for (uint32_t word = 0; n < pick->count; word++) {
        for (uint64_t bits = pick->bits[word]; bits != 0; bits &= bits - 1) {
            rows[n++] = word * 64 + (uint32_t)__builtin_ctzll(bits);
        }
    }
    scan->rows = rows;
    return pick->is_exact;
}

/* NULL: nothing of the segment is picked. */
static const spoor_pick *pick_of(const spoor_picks *picks, uint32_t segment) {
    uint32_t low = 0, high = picks->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool is_before = picks->items[middle].segment < segment;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    return low < picks->count && picks->items[low].segment == segment ? &picks->items[low] : NULL;
}

/* To the next segment and, of it, to the rows that are kept. */
/* Two rows for all: with the least and the greatest value of each column, where metadata tells them and
 * no predicate is left to ask.  false: it does not. */
static bool load_extremes(spoor_scan *scan) {
    uint32_t ncols = scan->op->plan->schema.ncols;
    bool wanted = scan->op->plan->scan.only_extremes && scan->picks == NULL;
    if (!wanted || !spoor_scan_keeps_all(scan)) {
        return false;
    }
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_chunk summary;
        spoor_scan_peek(scan, c, &summary);
        bool is_known = summary.has_range && !summary.may_be_null &&
                        spoor_type_is_whole(column_of(scan, c)->type);
        if (!summary.is_constant && !is_known) {
            return false;
        }
    }
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_chunk summary;
        spoor_scan_peek(scan, c, &summary);
        if (!summary.is_constant) {
            scan->cols[c] = spoor_vec_new(scan->arena, column_of(scan, c)->type, 2);
            scan->cols[c].longs[0] = summary.min;
            scan->cols[c].longs[1] = summary.max;
            scan->is_loaded[c] = WHOLE;
            scan->is_constant[c] = 0;
        }
    }
    scan->nrows = scan->segment->rows < 2 ? scan->segment->rows : 2;
    return true;
}

static spoor_op_status enter_segment(spoor_scan *scan) {
    const spoor_pick *pick = NULL;
    uint32_t segment, ncols = scan->op->plan->schema.ncols;
    do {
        bool is_over =
            scan->at == scan->end ||
            (scan->has_bar && spoor_sort_start_is_behind(scan->promises[scan->at], scan->bar));
        if (is_over) {
            return SPOOR_OP_END; /* later ones promise no more */
        }
        segment = scan->order != NULL ? scan->order[scan->at] : scan->at;
        scan->at++;
        pick = scan->picks != NULL ? pick_of(scan->picks, segment) : NULL;
    } while (scan->picks != NULL && pick == NULL);
    spoor_scan_enter(scan, segment);
    scan->given = 0;
    scan->rows = scan->weights = NULL;
    scan->nrows = scan->segment->rows;
    bool is_ready = (pick != NULL && take_pick(scan, pick)) || load_extremes(scan);
    if (!is_ready && scan->order != NULL && spoor_scan_may_keep(scan) &&
        !spoor_scan_keep_promising(scan)) {
        return SPOOR_OP_FAILED;
    }
    bool may_fold = scan->may_fold && pick == NULL && scan->keys == NULL && !is_ready;
    if ((may_fold && !spoor_scan_fold(scan, &is_ready)) ||
        (!is_ready && !spoor_scan_filter(scan))) {
        return SPOOR_OP_FAILED;
    }
    if (scan->keys != NULL && !spoor_scan_filter_keys(scan)) {
        return SPOOR_OP_FAILED;
    }
    for (uint32_t c = 0; c < ncols && scan->nrows > 0; c++) {
        if (!is_lazy(scan, c) && !spoor_scan_load(scan, c)) {
            return SPOOR_OP_FAILED;
        }
    }
    return SPOOR_OP_BATCH;
}

static void give(spoor_scan *scan, spoor_batch *batch) {
    spoor_op *op = scan->op;
    uint32_t left = scan->nrows - scan->given;
    uint32_t count = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    const uint32_t *list = scan->rows != NULL ? scan->rows + scan->given : NULL;
    *batch = (spoor_batch){.rows = count, .count = count, .ncols = op->plan->schema.ncols};
    batch->weights = scan->weights != NULL ? scan->weights + scan->given : NULL;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    const uint32_t *lazy_rows = list; /* the same for all columns that are read later, if at all */
    for (uint32_t c = 0; c < batch->ncols; c++) {
        bool is_later = !scan->is_loaded[c];
        batch->cols[c] =
            spoor_scan_slice(scan, c, is_later ? lazy_rows : list, scan->given, count, op->scratch);
        lazy_rows = is_later ? batch->cols[c].codes : lazy_rows;
    }
    scan->given += count;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    spoor_scan *scan = op->state;
    spoor_arena_rewind(op->scratch);
    while (scan->segment == NULL || scan->given == scan->nrows) {
        if (scan->segment != NULL) {
            spoor_scan_leave(scan);
        }
        if (!spoor_run_go_on(op->run)) {
            return SPOOR_OP_FAILED;
        }
        spoor_op_status status = enter_segment(scan);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
    }
    give(scan, batch);
    return SPOOR_OP_BATCH;
}

bool spoor_scan_has_records(const spoor_scan *scan) {
    for (uint32_t c = 0; c < scan->op->plan->schema.ncols; c++) {
        const spoor_scan_column *column = column_of(scan, c);
        if (column->member.len == 0 && spoor_is_record_column((spoor_event_column)column->column)) {
            return true;
        }
    }
    return false;
}

uint64_t spoor_scan_weigh(spoor_scan *scan, uint32_t *rows) {
    uint64_t total = 0;
    for (uint32_t i = scan->at; i < scan->end; i++) {
        spoor_scan_enter(scan, i);
        rows[i] = spoor_scan_may_keep(scan) ? scan->segment->rows : 0;
        total += rows[i];
        spoor_scan_leave(scan);
    }
    return total;
}

void spoor_scan_may_fold(spoor_scan *scan, const uint32_t *uses) {
    scan->may_fold = true;
    scan->uses = uses;
}

void spoor_scan_set_codes(spoor_scan *scan, uint32_t column, const uint32_t *codes) {
    scan->cols[column].codes = codes;
    scan->is_loaded[column] = WHOLE;
}

void spoor_scan_leave_out(spoor_scan *scan, uint32_t column) {
    spoor_type type = column_of(scan, column)->type;
    spoor_value nothing = {.type = type, .is_null = type != SPOOR_STRING};
    scan->cols[column] = constant_vec(scan, column, &nothing);
    scan->is_constant[column] = 1;
    scan->is_loaded[column] = WHOLE;
}

void spoor_scan_limit(spoor_scan *scan, uint32_t from, uint32_t to) {
    scan->at = from;
    scan->end = to;
}

bool spoor_scan_locate(const spoor_scan *scan, const spoor_records *records, uint32_t *segment,
                       uint32_t *column) {
    for (uint32_t c = 0; scan->segment != NULL && c < scan->op->plan->schema.ncols; c++) {
        bool is_here = is_lazy(scan, c)
                           ? records == &scan->lazy[c]
                           : scan->pins[c] != NULL && scan->pins[c]->vec.records == records;
        if (is_here) {
            *segment = scan->number;
            *column = c;
            return true;
        }
    }
    return false;
}

bool spoor_scan_fetch(spoor_scan *scan, uint32_t segment, uint32_t column, const uint32_t *rows,
                      uint32_t count, spoor_arena *scratch, spoor_vec *out) {
    spoor_scan_enter(scan, segment);
    if (!spoor_scan_load(scan, column)) {
        return false;
    }
    copy_rows(scan, column, rows, count, scratch, out);
    spoor_scan_leave(scan);
    return true;
}

static void close_scan(spoor_op *op) {
    spoor_scan_leave(op->state);
}

bool spoor_op_scan_open(spoor_op *op) {
    uint32_t ncols = op->plan->schema.ncols;
    if (op->run->snapshot == NULL) {
        return spoor_run_fail(op->run, SPOOR_RUN_IO, op->plan->span,
                              "no store here; run spoor ingest PATH, or name logs with -i PATH");
    }
    spoor_scan *scan = SPOOR_NEW(op->arena, spoor_scan);
    scan->op = op;
    scan->arena = spoor_op_arena(op);
    scan->end = spoor_snapshot_count(op->run->snapshot);
    scan->pins = SPOOR_NEW_ARRAY(op->arena, const spoor_chunk *, ncols);
    scan->cols = SPOOR_NEW_ARRAY(op->arena, spoor_vec, ncols);
    scan->numbers = SPOOR_NEW_ARRAY(op->arena, spoor_vec, ncols);
    scan->is_loaded = SPOOR_NEW_ARRAY(op->arena, uint8_t, ncols);
    scan->is_constant = SPOOR_NEW_ARRAY(op->arena, uint8_t, ncols);
    for (uint32_t i = 0; i < op->run->npicks; i++) {
        scan->picks = op->run->picks[i].scan == op->plan ? &op->run->picks[i] : scan->picks;
    }
    op->state = scan;
    op->next = next;
    op->close = close_scan;
    return spoor_scan_open_predicates(scan);
}
