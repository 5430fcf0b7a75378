/* op.c - opens, asks and closes operators, whatever their kind.
 *
 * The structs live in the run's arena and are chained in run->ops, so that an
 * ending by jump (out of memory) finds every open operator and closes it.
 * A shared plan is the only one whose input is not opened here: it runs once
 * for all who name it (op_shared.c). */
#include "executor/op.h"

#include <assert.h>

#include "executor/profile.h"

struct spoor_more {
    spoor_arena arena;
    struct spoor_more *next;
};

static bool (*const open_functions[])(spoor_op *) = {
#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) open,
#include "planner/plan_kinds.def"
#undef SPOOR_PLAN_KIND
};

/* An operator with its arenas: one allocation. */
typedef struct home {
    spoor_op op;
    spoor_arena arena, scratch;
} home;

static spoor_op *make_op(spoor_run *run, const spoor_plan *plan, jmp_buf *door) {
    home *made = (home *)(void *)run->spare_ops; /* op is its first member */
    if (made != NULL) {
        run->spare_ops = made->op.after;
    } else {
        made = SPOOR_NEW(&run->arena, home);
    }
    made->arena = (spoor_arena){
        .memory = run->memory, .on_oom = door, .is_over = spoor_run_is_over, .of = run};
    made->scratch = made->arena;
    made->op = (spoor_op){.plan = plan,
                          .run = run,
                          .arena = &made->arena,
                          .scratch = &made->scratch,
                          .after = run->ops};
    if (run->ops != NULL) {
        run->ops->before = &made->op;
    }
    run->ops = &made->op;
    made->op.profile = run->profiling ? spoor_profile_of(run, plan) : NULL;
    return &made->op;
}

spoor_op *spoor_op_open(spoor_run *run, const spoor_plan *plan, jmp_buf *door) {
    if (!spoor_run_go_on(run)) {
        return NULL;
    }
    spoor_op *op = make_op(run, plan, door);
    bool opened = true;
    if (plan->kind != SPOOR_PLAN_SHARED) {
        op->inputs = SPOOR_NEW_ARRAY(op->arena, spoor_op *, plan->ninputs);
        /* An APPLY opens its second input itself, again and again; a join may have no use for its own. */
        bool is_first_alone = plan->kind == SPOOR_PLAN_APPLY || spoor_run_lent(run, plan) != NULL;
        uint32_t n = is_first_alone ? 1 : plan->ninputs;
        for (uint32_t i = 0; opened && i < n; i++) {
            op->inputs[i] = spoor_op_open(run, plan->inputs[i], door);
            opened = op->inputs[i] != NULL;
        }
    }
    if (opened && open_functions[plan->kind](op)) {
        return op;
    }
    assert(run->status != SPOOR_RUN_OK);
    spoor_op_close(op);
    return NULL;
}

/* Records are fetched through a callback that cannot fail: what went wrong is in the snapshot. */
bool spoor_op_is_sound(const spoor_op *op) {
    const spoor_snapshot *snapshot = op->run->snapshot;
    spoor_store_status status = snapshot != NULL ? spoor_snapshot_status(snapshot) : SPOOR_STORE_OK;
    if (status == SPOOR_STORE_OK) {
        return true;
    }
    spoor_run_status why = status == SPOOR_STORE_MEMORY ? SPOOR_RUN_MEMORY : SPOOR_RUN_IO;
    return spoor_run_fail(op->run, why, op->plan->span, "a record cannot be read: %s",
                          spoor_snapshot_error(snapshot));
}

static size_t bytes_of(const spoor_op *op) {
    size_t bytes = op->arena->used + op->scratch->used;
    for (const struct spoor_more *more = op->more; more != NULL; more = more->next) {
        bytes += more->arena.used;
    }
    return bytes;
}

spoor_op_status spoor_op_next(spoor_op *op, spoor_batch *batch) {
    if (op->ended != SPOOR_OP_BATCH) {
        return op->ended;
    }
    int64_t start = op->profile != NULL ? spoor_profile_clock() : 0;
    spoor_op_status status = spoor_run_go_on(op->run) ? op->next(op, batch) : SPOOR_OP_FAILED;
    if (op->profile != NULL) {
        uint64_t rows = status == SPOOR_OP_BATCH ? spoor_batch_weight(batch) : 0;
        spoor_profile_add(op->profile, start, rows, bytes_of(op));
    }
    if (!spoor_op_is_sound(op)) {
        status = SPOOR_OP_FAILED;
    }
    if (status == SPOOR_OP_BATCH) {
        assert(batch->count > 0 && batch->rows <= SPOOR_BATCH_ROWS);
    } else {
        op->ended = status;
    }
    return status;
}

void spoor_op_close(spoor_op *op) {
    if (op->plan == NULL) {
        return; /* closed before what it is an input of, as close_all() does */
    }
    if (op->inputs != NULL) {
        for (uint32_t i = 0; i < op->plan->ninputs; i++) {
            if (op->inputs[i] != NULL) {
                spoor_op_close(op->inputs[i]);
                op->inputs[i] = NULL;
            }
        }
    }
    if (op->close != NULL) {
        op->close(op);
        op->close = NULL;
    }
    for (struct spoor_more *more = op->more; more != NULL; more = more->next) {
        spoor_arena_reset(&more->arena);
    }
    op->more = NULL;
    op->inputs = NULL;
    spoor_arena_reset(op->scratch);
    spoor_arena_reset(op->arena);
    *(op->before != NULL ? &op->before->after : &op->run->ops) = op->after;
    if (op->after != NULL) {
        op->after->before = op->before;
    }
    op->plan = NULL;
    op->after = op->run->spare_ops;
    op->run->spare_ops = op;
}

spoor_arena *spoor_op_arena(spoor_op *op) {
    struct spoor_more *more = SPOOR_NEW(op->arena, struct spoor_more);
    more->arena = (spoor_arena){.memory = op->run->memory,
                                .on_oom = op->arena->on_oom,
                                .is_over = op->arena->is_over,
                                .of = op->arena->of};
    more->next = op->more;
    op->more = more;
    return &more->arena;
}

void spoor_op_set_door(spoor_op *op, jmp_buf *door) {
    op->arena->on_oom = op->scratch->on_oom = door;
    for (struct spoor_more *more = op->more; more != NULL; more = more->next) {
        more->arena.on_oom = door;
    }
}

/* The operator that holds most is the one to name; none, where it is little: what is materialized, or
 * a constant, is nobody's. */
void spoor_op_out_of_memory(spoor_run *run) {
    if (!spoor_run_go_on(run)) {
        return; /* an arena was told to stop: there is memory */
    }
    const spoor_op *largest = NULL;
    size_t most = 0;
    for (const spoor_op *op = run->ops; op != NULL; op = op->after) {
        size_t bytes = bytes_of(op);
        if (largest == NULL || bytes > most) {
            largest = op;
            most = bytes;
        }
    }
    if (largest == NULL || most < run->memory->limit / 8) {
        spoor_run_fail(run, SPOOR_RUN_MEMORY, (spoor_span){0},
                       "out of memory: the query needs more than --memory allows");
        return;
    }
    spoor_run_fail(run, SPOOR_RUN_MEMORY, largest->plan->span,
                   "out of memory: '%s' held %zu bytes, most of all",
                   spoor_plan_kind_name(largest->plan->kind), most);
}
