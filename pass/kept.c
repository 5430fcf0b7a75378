/* kept.c - which filters are known of which segments; see kept.h. */
#include "pass/kept_state.h"

#include <stdlib.h>

#include "base/build_id.h"
#include "base/sha256.h"

/* -- names to places --------------------------------------------------------------------------- */

typedef struct named {
    const unsigned char *name;
    uint32_t filter;
} named;

static int compare_names(const void *a, const void *b) {
    const named *x = a, *y = b;
    int order = memcmp(x->name, y->name, SPOOR_KEPT_NAME_BYTES);
    return order != 0 ? order : (x->filter > y->filter) - (x->filter < y->filter);
}

static void place_names(spoor_kept *kept, const spoor_kept_name *names) {
    named *order = SPOOR_RAW_ARRAY(kept->arena, named, kept->nfilters + 1);
    uint32_t count = 0;
    kept->place_of = SPOOR_RAW_ARRAY(kept->arena, uint32_t, kept->nfilters + 1);
    kept->filter_of = SPOOR_RAW_ARRAY(kept->arena, uint32_t, kept->nfilters + 1);
    kept->names = SPOOR_RAW_ARRAY(kept->arena, unsigned char,
                                  ((size_t)kept->nfilters + 1) * SPOOR_KEPT_NAME_BYTES);
    for (uint32_t f = 0; f < kept->nfilters; f++) {
        kept->place_of[f] = SPOOR_KEPT_NOWHERE;
        order[count] = (named){names[f].bytes, f};
        count += names[f].is_set;
    }
    qsort(order, count, sizeof *order, compare_names);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || memcmp(order[i].name, order[i - 1].name, SPOOR_KEPT_NAME_BYTES) != 0) {
            memcpy(kept->names + (size_t)kept->nplaces * SPOOR_KEPT_NAME_BYTES, order[i].name,
                   SPOOR_KEPT_NAME_BYTES);
            kept->filter_of[kept->nplaces++] = order[i].filter;
        }
        kept->place_of[order[i].filter] = kept->nplaces - 1;
    }
    spoor_kept_name_set(kept->names, kept->nplaces, kept->set);
}

void spoor_kept_name_set(const unsigned char *names, uint32_t count,
                         unsigned char set[SPOOR_KEPT_NAME_BYTES]) {
    unsigned char digest[SPOOR_SHA256_BYTES];
    spoor_sha256 hash;
    spoor_sha256_begin(&hash);
    spoor_sha256_add(&hash, spoor_build_id, strlen(spoor_build_id));
    spoor_sha256_add(&hash, names, (size_t)count * SPOOR_KEPT_NAME_BYTES);
    spoor_sha256_end(&hash, digest);
    memcpy(set, digest, SPOOR_KEPT_NAME_BYTES);
}

/* -- segments ---------------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b) {
    const spoor_kept_segment *x = *(spoor_kept_segment *const *)a,
                             *y = *(spoor_kept_segment *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

static void list_segments(spoor_kept *kept, const spoor_snapshot *snapshot) {
    kept->nsegments = spoor_snapshot_count(snapshot);
    kept->segments = SPOOR_NEW_ARRAY(kept->arena, spoor_kept_segment, kept->nsegments + 1);
    kept->by_id = SPOOR_RAW_ARRAY(kept->arena, spoor_kept_segment *, kept->nsegments + 1);
    kept->known = SPOOR_NEW_ARRAY(kept->arena, const uint64_t *, kept->nsegments + 1);
    for (uint32_t i = 0; i < kept->nsegments; i++) {
        const spoor_segment *segment = spoor_snapshot_segment(snapshot, i);
        kept->segments[i] = (spoor_kept_segment){
            .id = segment->id, .number = i, .rows = segment->rows, .check = segment->check};
        kept->by_id[i] = &kept->segments[i];
    }
    qsort(kept->by_id, kept->nsegments, sizeof *kept->by_id, compare_ids);
}

/* The filters that sets of this mask have, a bit each. */
static const uint64_t *filters_of(spoor_kept *kept, uint32_t mask) {
    uint64_t *bits = SPOOR_NEW_ARRAY(kept->arena, uint64_t, kept->nfilters / 64 + 1);
    for (uint32_t f = 0; f < kept->nfilters; f++) {
        uint32_t place = kept->place_of[f];
        bool is_known = false;
        for (uint32_t set = 0; set < SPOOR_KEPT_SETS && place != SPOOR_KEPT_NOWHERE && !is_known;
             set++) {
            is_known = (mask >> set & 1) != 0 && spoor_kept_has(kept->covered[set], place);
        }
        if (is_known) {
            spoor_kept_add(bits, f);
        }
    }
    return bits;
}

static void recall(spoor_kept *kept, spoor_store *store, const spoor_snapshot *snapshot,
                   const spoor_kept_name *names) {
    place_names(kept, names);
    list_segments(kept, snapshot);
    spoor_kept_read(kept, store);
    const uint64_t *of_mask[1 << SPOOR_KEPT_SETS] = {NULL};
    for (uint32_t i = 0; i < kept->nsegments; i++) {
        uint32_t mask = kept->segments[i].mask;
        if (mask != 0 && of_mask[mask] == NULL) {
            of_mask[mask] = filters_of(kept, mask);
        }
        kept->known[i] = of_mask[mask];
    }
}

spoor_kept *spoor_kept_recall(spoor_store *store, const spoor_snapshot *snapshot,
                              const spoor_kept_name *names, uint32_t nfilters, spoor_arena *arena) {
    jmp_buf door, *outer = arena->on_oom;
    spoor_kept *volatile kept = NULL;
    arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        kept = SPOOR_NEW(arena, spoor_kept);
        *kept = (spoor_kept){.arena = arena, .nfilters = nfilters};
        recall(kept, store, snapshot, names);
    } else if (kept != NULL) {
        spoor_kept_end_read(kept);
    }
    arena->on_oom = outer;
    return ok ? kept : NULL;
}

const uint64_t *const *spoor_kept_known(const spoor_kept *kept) {
    return kept->known;
}

uint64_t spoor_kept_count(const spoor_kept *kept, uint64_t *segments) {
    uint64_t known = 0;
    *segments = kept->nsegments;
    for (uint32_t i = 0; i < kept->nsegments; i++) {
        known += (kept->segments[i].mask & SPOOR_KEPT_OWN) != 0;
    }
    return known;
}

/* -- what is known and what was asked ---------------------------------------------------------- */

/* The known picks of each place, by segment. */
static spoor_picks *picks_by_place(spoor_kept *kept) {
    spoor_picks *made = SPOOR_NEW_ARRAY(kept->arena, spoor_picks, kept->nplaces + 1);
    spoor_pick **room = SPOOR_NEW_ARRAY(kept->arena, spoor_pick *, kept->nplaces + 1);
    for (uint32_t i = 0; i < kept->nsegments; i++) {
        for (const spoor_known_pick *k = kept->segments[i].picks; k != NULL; k = k->next) {
            made[k->place].count++;
        }
    }
    for (uint32_t p = 0; p < kept->nplaces; p++) {
        made[p].items = room[p] = SPOOR_RAW_ARRAY(kept->arena, spoor_pick, made[p].count + 1);
    }
    for (uint32_t i = 0; i < kept->nsegments; i++) {
        for (const spoor_known_pick *k = kept->segments[i].picks; k != NULL; k = k->next) {
            *room[k->place]++ = k->pick;
            made[k->place].rows += k->pick.count;
        }
    }
    return made;
}

/* Of one filter, in the order of segments; none is in both. */
static spoor_picks merged(spoor_arena *arena, const spoor_picks *a, const spoor_picks *b) {
    spoor_pick *items = SPOOR_RAW_ARRAY(arena, spoor_pick, (size_t)a->count + b->count + 1);
    uint32_t i = 0, k = 0, n = 0;
    while (i < a->count || k < b->count) {
        bool is_of_a = k == b->count || (i < a->count && a->items[i].segment < b->items[k].segment);
        items[n++] = is_of_a ? a->items[i++] : b->items[k++];
    }
    return (spoor_picks){.items = items, .count = n, .rows = a->rows + b->rows};
}

void spoor_kept_join(spoor_kept *kept, spoor_picks *picks) {
    const spoor_picks *known = picks_by_place(kept);
    for (uint32_t f = 0; f < kept->nfilters; f++) {
        uint32_t place = kept->place_of[f];
        if (place != SPOOR_KEPT_NOWHERE && known[place].count > 0) {
            picks[f] =
                picks[f].count > 0 ? merged(kept->arena, &known[place], &picks[f]) : known[place];
        }
    }
}
