/* arena.h - memory that is released all at once, and the one account of it.
 *
 * A query builds its tokens, tree, plan and constants in one arena and
 * never frees any of them singly.  So no tree needs a destructor and no
 * error path needs a clean-up label.
 *
 * Invariant: spoor_arena_push() never returns NULL.  When memory or the
 * limit runs out it jumps to *on_oom, which every public call (and every
 * worker thread) sets first.  Code between the two must own nothing that
 * outlives the arena: no FILE, lock, map or malloc.
 *
 * Blocks are taken from a spoor_memory, the account of a whole process (or
 * test): everything that grows with the data takes from it before it
 * allocates, so --memory means what it says. */
#ifndef SPOOR_BASE_ARENA_H
#define SPOOR_BASE_ARENA_H

#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct spoor_memory {
    size_t limit;       /* bytes; 0: none */
    atomic_size_t used; /* bytes taken and not given back */
    atomic_size_t peak;
} spoor_memory;

/* Account for bytes about to be allocated; false, and nothing taken, over the limit. */
bool spoor_memory_take(spoor_memory *memory, size_t bytes);
void spoor_memory_give(spoor_memory *memory, size_t bytes);

typedef struct spoor_arena {
    struct spoor_block *blocks; /* newest first; NULL when empty */
    struct spoor_block *spare;  /* kept by _rewind for the next round */
    size_t used;                /* bytes handed out since the last reset */
    spoor_memory *memory;       /* borrowed; NULL: unaccounted */
    jmp_buf *on_oom;            /* borrowed; set before the first push */
    bool (*is_over)(
        const void *of); /* asked with every block: whether who pushes is to stop, as if there
                                        were no memory; NULL: never */
    const void *of;
} spoor_arena;

void *spoor_arena_push(spoor_arena *arena, size_t count, size_t size);     /* zeroed */
void *spoor_arena_push_raw(spoor_arena *arena, size_t count, size_t size); /* not zeroed */
/* Room for one more in an array of `count` items that the arena holds, zeroed; the items may move. */
void *spoor_arena_grow(spoor_arena *arena, void *items, uint32_t count, uint32_t *capacity,
                       size_t size);
#define SPOOR_GROW(arena, items, count, capacity)                                                  \
    ((items) = spoor_arena_grow((arena), (items), (count), (capacity), sizeof *(items)))
void spoor_arena_rewind(spoor_arena *arena); /* empty it, keep its blocks for re-use */
void spoor_arena_reset(spoor_arena *arena);  /* empty it, free every block */
/* Empty it; its blocks are spare ones of the other now, which takes from the same account. */
void spoor_arena_pass_on(spoor_arena *arena, spoor_arena *other);
/* Empty it; what it held lives as long as the other now, which takes from the same account. */
void spoor_arena_give(spoor_arena *arena, spoor_arena *other);

/* Jump out as a failed push does: for code that finds the account empty by itself. */
_Noreturn void spoor_arena_fail(spoor_arena *arena);

/* Copies in the arena. */
spoor_str spoor_arena_str(spoor_arena *arena, spoor_str s);
/* The same behind a door of its own, for who has to free before the jump goes on; false: no memory. */
bool spoor_arena_try_str(spoor_arena *arena, spoor_str s, spoor_str *copy);
spoor_str spoor_arena_format(spoor_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef SPOOR_TEST
extern size_t spoor_arena_fail_at; /* the n-th push from now fails; 0: none does */
#endif

#define SPOOR_NEW(arena, type) ((type *)spoor_arena_push((arena), 1, sizeof(type)))
#define SPOOR_NEW_ARRAY(arena, type, n) ((type *)spoor_arena_push((arena), (n), sizeof(type)))
/* The same, not zeroed: for arrays that are filled at once. */
#define SPOOR_RAW_ARRAY(arena, type, n) ((type *)spoor_arena_push_raw((arena), (n), sizeof(type)))

#endif
