/* join_spill.c - see join_spill.h. */
#include "executor/join_spill.h"

#include "base/hash.h"
#include "executor/sort_merge.h"

enum {
    PARTS = 16,
    /* Rows written together: few, since every run of the merge has as many at hand. */
    SPILL_ROWS = SPOOR_BATCH_ROWS < 128 ? SPOOR_BATCH_ROWS : 128,
    MEMORY_SHARE = 4, /* of the limit that right rows may take before they are put aside */
};

/* The rows of one side in one part: where their batches are. */
typedef struct part {
    uint64_t *batches; /* in the file */
    uint32_t nbatches, capacity;
    uint32_t rows;
} part;

struct spoor_join_spill {
    spoor_op *op;
    spoor_join_shape shape;
    spoor_spill *sides, *joined;
    part left[PARTS], right[PARTS];
    int64_t nleft, nright; /* rows so far: the place of the next */
    const spoor_type *left_types,
        *right_types;         /* of the columns in the file: keys, columns, place */
    spoor_arena *arena;       /* of the piece at hand: right rows, and what is looked up in them */
    spoor_arena *batch_arena; /* of the batch read */
    spoor_sorted_run *runs;   /* of joined: each ascends by place */
    uint32_t nruns, runs_capacity;
    spoor_sort_merge *merge;
};

static size_t limit_of(const spoor_run *run) {
    return run->memory->limit != 0 ? run->memory->limit : SPOOR_DEFAULT_MEMORY;
}

bool spoor_join_is_large(const spoor_run *run, const spoor_join_build *build) {
    return build->arena->used > limit_of(run) / MEMORY_SHARE;
}

static const spoor_type *with_place(spoor_op *op, uint32_t nkeys, const spoor_join_side *side) {
    uint32_t n = nkeys + side->ncols;
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, (size_t)n + 1);
    memcpy(types, side->types, n * sizeof *types);
    types[n] = SPOOR_LONG;
    return types;
}

spoor_join_spill *spoor_join_spill_open(spoor_op *op, const spoor_join_shape *shape) {
    spoor_join_spill *spill = SPOOR_NEW(op->arena, spoor_join_spill);
    spill->op = op;
    spill->shape = *shape;
    spill->left_types = with_place(op, shape->nkeys, &shape->left);
    spill->right_types = with_place(op, shape->nkeys, &shape->right);
    spill->batch_arena = spoor_op_arena(op);
    spill->sides = spoor_spill_open(op);
    spill->joined = spill->sides != NULL ? spoor_spill_open(op) : NULL;
    if (spill->joined == NULL) {
        spoor_spill_close(spill->sides);
        return NULL;
    }
    return spill;
}

void spoor_join_spill_close(spoor_join_spill *spill) {
    if (spill != NULL) {
        spoor_spill_close(spill->sides);
        spoor_spill_close(spill->joined);
    }
}

/* -- writing the sides ------------------------------------------------------------------------- */

static void note_batch(spoor_join_spill *spill, part *p, uint64_t at, uint32_t rows) {
    SPOOR_GROW(spill->op->arena, p->batches, p->nbatches, &p->capacity);
    p->batches[p->nbatches++] = at;
    p->rows += rows;
}

/* Rows list[0..count) of the vectors, with their places, at the end of a part. */
static bool write_part(spoor_join_spill *spill, part *p, const spoor_vec *vecs, uint32_t nvecs,
                       const spoor_vec *places, const uint32_t *list, uint32_t count,
                       spoor_arena *scratch) {
    spoor_vec *cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, (size_t)nvecs + 1);
    for (uint32_t c = 0; c < nvecs; c++) {
        cols[c] = spoor_vec_gather(scratch, &vecs[c], list, count);
    }
    cols[nvecs] = spoor_vec_gather(scratch, places, list, count);
    for (uint32_t from = 0; from < count; from += SPILL_ROWS) {
        uint32_t n = count - from < SPILL_ROWS ? count - from : SPILL_ROWS;
        note_batch(spill, p, spoor_spill_size(spill->sides), n);
        if (!spoor_spill_write(spill->sides, cols, nvecs + 1, from, n)) {
            return false;
        }
    }
    return true;
}

/* Which part each selected row is in: equal keys, the same part. */
static uint8_t *parts_of(const spoor_vec *keys, uint32_t nkeys, const uint32_t *sel, uint32_t count,
                         spoor_arena *scratch) {
    uint64_t *hashes = SPOOR_NEW_ARRAY(scratch, uint64_t, count);
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_vec dense = spoor_vec_gather(scratch, &keys[k], sel, count);
        for (uint32_t i = 0; i < count; i++) {
            spoor_value value = spoor_vec_get(&dense, i);
            hashes[i] = spoor_hash_combine(hashes[i], spoor_value_hash(&value));
        }
    }
    uint8_t *parts = SPOOR_RAW_ARRAY(scratch, uint8_t, count);
    for (uint32_t i = 0; i < count; i++) {
        parts[i] = (uint8_t)(hashes[i] % PARTS);
    }
    return parts;
}

bool spoor_join_spill_add(spoor_join_spill *spill, bool is_right, const spoor_vec *vecs,
                          const uint32_t *sel, uint32_t count, spoor_arena *scratch) {
    const spoor_join_side *side = is_right ? &spill->shape.right : &spill->shape.left;
    int64_t *place = is_right ? &spill->nright : &spill->nleft;
    const uint8_t *parts = parts_of(vecs, spill->shape.nkeys, sel, count, scratch);
    uint32_t rows = sel != NULL ? sel[count - 1] + 1 : count;
    spoor_vec places = spoor_vec_new(scratch, SPOOR_LONG, rows);
    for (uint32_t i = 0; i < count; i++) {
        places.longs[sel != NULL ? sel[i] : i] = (*place)++;
    }
    uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    for (uint32_t p = 0; p < PARTS; p++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < count; i++) {
            list[n] = sel != NULL ? sel[i] : i;
            n += parts[i] == p;
        }
        part *to = is_right ? &spill->right[p] : &spill->left[p];
        if (n > 0 && !write_part(spill, to, vecs, spill->shape.nkeys + side->ncols, &places, list,
                                 n, scratch)) {
            return false;
        }
    }
    return true;
}

/* The keys of groups list[0..count). */
static void gather_keys(const spoor_join_build *build, const uint32_t *list, uint32_t count,
                        spoor_vec *vecs, spoor_arena *scratch) {
    for (uint32_t k = 0; k < build->groups.nkeys; k++) {
        vecs[k] = spoor_groups_gather(&build->groups, k, list, count, scratch);
    }
}

/* Where only keys matter, each of them is one row. */
static bool move_keys(spoor_join_spill *spill, const spoor_join_build *build,
                      spoor_arena *scratch) {
    bool ok = true;
    for (uint32_t group = 0; ok && group < build->groups.count;) {
        spoor_arena_rewind(scratch);
        uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, SPOOR_BATCH_ROWS), n = 0;
        for (; group < build->groups.count && n < SPOOR_BATCH_ROWS; group++) {
            list[n] = group;
            n += build->counts[group] > 0;
        }
        spoor_vec *vecs = SPOOR_RAW_ARRAY(scratch, spoor_vec, spill->shape.nkeys);
        gather_keys(build, list, n, vecs, scratch);
        ok = n == 0 || spoor_join_spill_add(spill, true, vecs, NULL, n, scratch);
    }
    return ok;
}

bool spoor_join_spill_move(spoor_join_spill *spill, const spoor_join_build *build,
                           spoor_arena *scratch) {
    if (!build->has_rows) {
        return move_keys(spill, build, scratch);
    }
    uint32_t nkeys = spill->shape.nkeys, count = build->rows.count;
    for (uint32_t at = 0; at < count;) {
        spoor_arena_rewind(scratch);
        spoor_vec *vecs = SPOOR_RAW_ARRAY(scratch, spoor_vec, (size_t)nkeys + build->rows.ncols);
        const uint32_t *groups = build->group_of + at;
        spoor_batch batch;
        spoor_rows_batch(&build->rows, scratch, NULL, count, &at, &batch);
        gather_keys(build, groups, batch.rows, vecs, scratch);
        for (uint32_t c = 0; c < batch.ncols; c++) {
            vecs[nkeys + c] = batch.cols[c];
        }
        if (!spoor_join_spill_add(spill, true, vecs, NULL, batch.rows, scratch)) {
            return false;
        }
    }
    return true;
}

/* -- joining a part ---------------------------------------------------------------------------- */

static bool read_batch(spoor_join_spill *spill, const part *p, uint32_t i, bool is_right,
                       spoor_batch *batch) {
    const spoor_join_side *side = is_right ? &spill->shape.right : &spill->shape.left;
    uint64_t at = p->batches[i];
    spoor_arena_rewind(spill->batch_arena);
    return spoor_run_go_on(spill->op->run) &&
           spoor_spill_read(spill->sides, &at, spill->batch_arena,
                            is_right ? spill->right_types : spill->left_types,
                            spill->shape.nkeys + side->ncols + 1, batch);
}

/* Right rows of the part from batch *at on, as many as fit; their place is their last column. */
static bool build_piece(spoor_join_spill *spill, const part *p, uint32_t *at,
                        spoor_join_build *build) {
    const spoor_join_shape *shape = &spill->shape;
    uint32_t nkeys = shape->nkeys;
    spoor_arena_rewind(spill->arena);
    spoor_join_build_init(build, spill->arena, spill->right_types, nkeys,
                          spill->right_types + nkeys, shape->right.ncols + 1,
                          spoor_join_needs_rows(shape->kind));
    do {
        spoor_batch batch;
        if (!read_batch(spill, p, *at, true, &batch)) {
            return false;
        }
        spoor_join_build_add(build, batch.cols, batch.cols + nkeys, NULL, batch.rows,
                             spill->batch_arena);
        ++*at;
    } while (*at < p->nbatches && !spoor_join_is_large(spill->op->run, build));
    spoor_join_build_finish(build);
    return true;
}

/* Pairs as rows of the plan's schema, with the place of the left row, or behind all of these that of
 * the right row.  left: the batch that out->left counts in; build NULL: no row has a right one. */
static bool write_pairs(spoor_join_spill *spill, const spoor_join_build *build,
                        const spoor_batch *left, const spoor_join_pairs *out,
                        spoor_arena *scratch) {
    const spoor_join_shape *shape = &spill->shape;
    uint32_t n = shape->noutputs, nkeys = shape->nkeys, place;
    spoor_vec *cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, (size_t)n + 1);
    for (uint32_t c = 0; c < n; c++) {
        uint32_t column = shape->outputs[c].column;
        spoor_type type = spill->op->plan->schema.columns[c].type;
        bool has_side = shape->outputs[c].from_right ? build != NULL : out->left != NULL;
        if (!has_side) {
            spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
            cols[c] = spoor_vec_constant(scratch, &null, out->count);
        } else if (shape->outputs[c].from_right) {
            cols[c] = spoor_rows_gather(&build->rows, column, scratch, out->right, out->count);
        } else {
            cols[c] = spoor_vec_gather(scratch, &left->cols[nkeys + column], out->left, out->count);
        }
    }
    if (out->left != NULL) {
        place = nkeys + shape->left.ncols;
        cols[n] = spoor_vec_gather(scratch, &left->cols[place], out->left, out->count);
    } else {
        place = shape->right.ncols;
        cols[n] = spoor_rows_gather(&build->rows, place, scratch, out->right, out->count);
        for (uint32_t i = 0; i < out->count; i++) {
            cols[n].longs[i] += spill->nleft;
        }
    }
    for (uint32_t from = 0; from < out->count; from += SPILL_ROWS) {
        uint32_t rows = out->count - from < SPILL_ROWS ? out->count - from : SPILL_ROWS;
        if (!spoor_spill_write(spill->joined, cols, n + 1, from, rows)) {
            return false;
        }
    }
    return true;
}

static void add_run(spoor_join_spill *spill, uint64_t from) {
    spoor_sorted_run run = {from, spoor_spill_size(spill->joined)};
    if (run.from == run.to) {
        return;
    }
    SPOOR_GROW(spill->op->arena, spill->runs, spill->nruns, &spill->runs_capacity);
    spill->runs[spill->nruns++] = run;
}

static spoor_join_pairs new_pairs(spoor_arena *scratch) {
    return (spoor_join_pairs){.left = SPOOR_RAW_ARRAY(scratch, uint32_t, SPOOR_BATCH_ROWS),
                              .right = SPOOR_RAW_ARRAY(scratch, uint32_t, SPOOR_BATCH_ROWS)};
}

/* All left rows of the part past one piece of its right rows.  seen: by left row, whether any piece had
 * a match; NULL: this piece is all. */
static bool join_piece(spoor_join_spill *spill, const part *left, const spoor_join_build *build,
                       uint8_t *seen, spoor_arena *scratch) {
    spoor_join_probe probe;
    spoor_join_probe_init(&probe, spill->shape.kind, build, spill->arena);
    probe.is_partial = seen != NULL;
    uint64_t from = spoor_spill_size(spill->joined);
    uint32_t row = 0;
    spoor_batch batch;
    for (uint32_t i = 0; i < left->nbatches; i++) {
        if (!read_batch(spill, left, i, false, &batch)) {
            return false;
        }
        spoor_join_probe_batch(&probe, batch.cols, NULL, batch.rows, spill->batch_arena);
        for (uint32_t k = 0; seen != NULL && k < batch.rows; k++, row++) {
            seen[row] |= spoor_join_probe_has_match(&probe, k);
        }
        for (;;) {
            spoor_arena_rewind(scratch);
            spoor_join_pairs out = new_pairs(scratch);
            spoor_join_probe_left(&probe, &out);
            if (out.count == 0) {
                break;
            }
            if (!write_pairs(spill, build, &batch, &out, scratch)) {
                return false;
            }
        }
    }
    for (;;) {
        spoor_arena_rewind(scratch);
        spoor_join_pairs out = new_pairs(scratch);
        out.left = NULL;
        spoor_join_probe_rest(&probe, &out);
        if (out.count == 0) {
            break;
        }
        if (!write_pairs(spill, build, NULL, &out, scratch)) {
            return false;
        }
    }
    add_run(spill, from);
    return true;
}

/* Left rows that go out alone: known once all pieces are through. */
static bool join_alone(spoor_join_spill *spill, const part *left, const uint8_t *seen,
                       spoor_arena *scratch) {
    uint64_t from = spoor_spill_size(spill->joined);
    uint32_t row = 0;
    spoor_batch batch;
    for (uint32_t i = 0; i < left->nbatches; i++) {
        if (!read_batch(spill, left, i, false, &batch)) {
            return false;
        }
        spoor_arena_rewind(scratch);
        spoor_join_pairs out = new_pairs(scratch);
        for (uint32_t k = 0; k < batch.rows; k++, row++) {
            out.left[out.count] = k;
            out.count += spoor_join_gives_itself(spill->shape.kind, seen[row] != 0);
        }
        if (out.count > 0 && !write_pairs(spill, NULL, &batch, &out, scratch)) {
            return false;
        }
    }
    add_run(spill, from);
    return true;
}

static bool join_part(spoor_join_spill *spill, const part *left, const part *right,
                      spoor_arena *scratch) {
    spoor_join_kind kind = spill->shape.kind;
    uint8_t *seen = NULL;
    for (uint32_t at = 0; at < right->nbatches;) {
        spoor_join_build build;
        bool is_first = at == 0;
        if (!build_piece(spill, right, &at, &build)) {
            return false;
        }
        if (is_first && at < right->nbatches) {
            seen = SPOOR_NEW_ARRAY(spill->op->scratch, uint8_t, left->rows);
        }
        if (!join_piece(spill, left, &build, seen, scratch)) {
            return false;
        }
    }
    if (right->nbatches == 0) {
        seen = SPOOR_NEW_ARRAY(spill->op->scratch, uint8_t, left->rows);
    }
    bool gives_alone = spoor_join_gives_itself(kind, false) || spoor_join_gives_itself(kind, true);
    return seen == NULL || !gives_alone || join_alone(spill, left, seen, scratch);
}

bool spoor_join_spill_finish(spoor_join_spill *spill, spoor_arena *arena) {
    spoor_op *op = spill->op;
    spoor_arena *scratch = spoor_op_arena(op);
    spill->arena = arena;
    if (!spoor_spill_flush(spill->sides)) {
        return false;
    }
    for (uint32_t p = 0; p < PARTS; p++) {
        spoor_arena_rewind(op->scratch);
        if (!join_part(spill, &spill->left[p], &spill->right[p], scratch)) {
            return false;
        }
    }
    spoor_arena_reset(arena);
    spoor_arena_reset(scratch);
    if (!spoor_spill_flush(spill->joined)) {
        return false;
    }
    static const spoor_bound place = {.kind = SPOOR_BOUND_CONSTANT, .type = SPOOR_LONG};
    uint32_t n = spill->shape.noutputs;
    spoor_sort_key *key = SPOOR_NEW(op->arena, spoor_sort_key);
    key->expr = (spoor_bound *)&place;
    uint32_t *column = SPOOR_NEW(op->arena, uint32_t);
    *column = n;
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, (size_t)n + 1);
    for (uint32_t c = 0; c < n; c++) {
        types[c] = op->plan->schema.columns[c].type;
    }
    types[n] = SPOOR_LONG;
    spill->merge = spoor_sort_merge_open(op, spill->joined, spill->runs, spill->nruns, key, column,
                                         1, types, n + 1, n);
    return spill->merge != NULL;
}

spoor_op_status spoor_join_spill_batch(spoor_join_spill *spill, spoor_arena *scratch,
                                       spoor_batch *batch) {
    return spoor_sort_merge_batch(spill->merge, scratch, batch);
}
