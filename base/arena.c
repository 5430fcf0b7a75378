/* arena.c - blocks that double up to a megabyte; see arena.h. */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = _Alignof(max_align_t), FIRST_BLOCK = 1 << 13, LARGEST_BLOCK = 1 << 20 };

struct spoor_block {
    struct spoor_block *next;
    size_t used, size; /* of data */
    _Alignas(max_align_t) char data[];
};

#ifdef SPOOR_TEST
size_t spoor_arena_fail_at;
#endif

bool spoor_memory_take(spoor_memory *memory, size_t bytes) {
    if (memory == NULL) {
        return true;
    }
    size_t used = atomic_fetch_add(&memory->used, bytes) + bytes;
    if (memory->limit != 0 && used > memory->limit) {
        atomic_fetch_sub(&memory->used, bytes);
        return false;
    }
    size_t peak = atomic_load(&memory->peak);
    while (used > peak && !atomic_compare_exchange_weak(&memory->peak, &peak, used)) {
    }
    return true;
}

void spoor_memory_give(spoor_memory *memory, size_t bytes) {
    if (memory != NULL) {
        atomic_fetch_sub(&memory->used, bytes);
    }
}

_Noreturn void spoor_arena_fail(spoor_arena *arena) {
    assert(arena->on_oom != NULL);
    longjmp(*arena->on_oom, 1);
}

/* A spare block that fits, or a new one; NULL: there is no memory, or the work is to stop. */
static struct spoor_block *take_block(spoor_arena *arena, size_t need) {
    if (arena->is_over != NULL && arena->is_over(arena->of)) {
        return NULL;
    }
    for (struct spoor_block **at = &arena->spare; *at != NULL; at = &(*at)->next) {
        if ((*at)->size >= need) {
            struct spoor_block *block = *at;
            *at = block->next;
            block->used = 0;
            return block;
        }
    }
    size_t bytes = FIRST_BLOCK;
    if (arena->blocks != NULL) {
        bytes = arena->blocks->size * 2 < LARGEST_BLOCK ? arena->blocks->size * 2 : LARGEST_BLOCK;
    }
    bytes = need > bytes ? need : bytes;
    if (!spoor_memory_take(arena->memory, sizeof(struct spoor_block) + bytes)) {
        return NULL;
    }
    struct spoor_block *block = malloc(sizeof *block + bytes);
    if (block == NULL) {
        spoor_memory_give(arena->memory, sizeof *block + bytes);
        return NULL;
    }
    *block = (struct spoor_block){.size = bytes};
    return block;
}

void *spoor_arena_push_raw(spoor_arena *arena, size_t count, size_t size) {
#ifdef SPOOR_TEST
    if (spoor_arena_fail_at != 0 && --spoor_arena_fail_at == 0) {
        spoor_arena_fail(arena);
    }
#endif
    size_t need;
    if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2) {
        spoor_arena_fail(arena);
    }
    need = (need + ALIGN - 1) / ALIGN * ALIGN;
    struct spoor_block *block = arena->blocks;
    if (block == NULL || need > block->size - block->used) {
        block = take_block(arena, need);
        if (block == NULL) {
            spoor_arena_fail(arena);
        }
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = block->data + block->used;
    block->used += need;
    arena->used += need;
    return memory;
}

void *spoor_arena_push(spoor_arena *arena, size_t count, size_t size) {
    void *memory = spoor_arena_push_raw(arena, count, size);
    return count * size > 0 ? memset(memory, 0, count * size) : memory;
}

void spoor_arena_rewind(spoor_arena *arena) {
    while (arena->blocks != NULL) {
        struct spoor_block *block = arena->blocks;
        arena->blocks = block->next;
        block->next = arena->spare;
        arena->spare = block;
    }
    arena->used = 0;
}

void *spoor_arena_grow(spoor_arena *arena, void *items, uint32_t count, uint32_t *capacity,
                       size_t size) {
    if (count < *capacity) {
        return items;
    }
    uint32_t room = *capacity > 0 ? *capacity * 2 : 8;
    void *grown = spoor_arena_push(arena, room, size);
    if (count > 0) {
        memcpy(grown, items, count * size);
    }
    *capacity = room;
    return grown;
}

void spoor_arena_reset(spoor_arena *arena) {
    spoor_arena_rewind(arena);
    while (arena->spare != NULL) {
        struct spoor_block *next = arena->spare->next;
        spoor_memory_give(arena->memory, sizeof *arena->spare + arena->spare->size);
        free(arena->spare);
        arena->spare = next;
    }
}

/* All blocks of one list, before those of the other. */
static void move_blocks(struct spoor_block **from, struct spoor_block **to) {
    struct spoor_block **end = from;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = *to;
    *to = *from;
    *from = NULL;
}

void spoor_arena_pass_on(spoor_arena *arena, spoor_arena *other) {
    spoor_arena_rewind(arena);
    move_blocks(&arena->spare, &other->spare);
}

void spoor_arena_give(spoor_arena *arena, spoor_arena *other) {
    other->used += arena->used;
    move_blocks(&arena->blocks, &other->blocks);
    spoor_arena_pass_on(arena, other);
}

spoor_str spoor_arena_str(spoor_arena *arena, spoor_str s) {
    char *copy = SPOOR_RAW_ARRAY(arena, char, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return (spoor_str){copy, s.len};
}

spoor_str spoor_arena_format(spoor_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t bytes = len > 0 ? (size_t)len : 0;
    char *text = SPOOR_NEW_ARRAY(arena, char, bytes + 1);
    vsnprintf(text, bytes + 1, format, again);
    va_end(again);
    return (spoor_str){text, bytes};
}

bool spoor_arena_try_str(spoor_arena *arena, spoor_str s, spoor_str *copy) {
    jmp_buf *outer = arena->on_oom;
    jmp_buf door;
    arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        *copy = spoor_arena_str(arena, s);
    }
    arena->on_oom = outer;
    return ok;
}
