/* tally_merge.c - tallies of consecutive shares as one; see tally.h.
 *
 * A group stays where it was seen first, and later shares' states of it are merged into that one, in the order
 * of the shares: so groups go out in first-seen order whatever the shares are.  Which part a group is of its hash
 * says; parts have no group in common, so threads may merge one each. */
#include "executor/tally_inside.h"

enum { PIECE = 128 }; /* groups looked up together */

/* Where a group was seen first. */
typedef struct place {
    uint32_t hash;  /* the high half of it */
    uint32_t share; /* + 1; 0: free */
    uint32_t group;
} place;

typedef struct part {
    spoor_tally *const *shares;
    const spoor_tally *own; /* makes what merging makes */
    place *places;          /* open addressing */
    size_t mask;
} part;

static uint32_t part_of(uint64_t hash, uint32_t nparts) {
    return (uint32_t)hash % nparts;
}

static uint32_t high_half(uint64_t hash) {
    return (uint32_t)(hash >> 32);
}

static place *find(const part *p, uint32_t share, uint32_t group) {
    const spoor_tally *tally = p->shares[share];
    uint32_t hash = high_half(tally->hashes[group]);
    size_t at = hash & p->mask;
    for (; p->places[at].share != 0; at = (at + 1) & p->mask) {
        const place *here = &p->places[at];
        if (here->hash == hash && spoor_groups_is_equal(&p->shares[here->share - 1]->groups,
                                                        here->group, &tally->groups, group)) {
            break;
        }
    }
    return &p->places[at];
}

/* Groups of a share, each of the part.  Places, and then states, are asked for before any is read. */
static void merge_piece(part *p, uint32_t share, const uint32_t *groups, uint32_t count) {
    spoor_tally *tally = p->shares[share];
    char *into[PIECE], *from[PIECE];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->places[high_half(tally->hashes[groups[i]]) & p->mask]);
    }
    for (uint32_t i = 0; i < count; i++) {
        place *here = find(p, share, groups[i]);
        if (here->share == 0) {
            *here = (place){high_half(tally->hashes[groups[i]]), share + 1, groups[i]};
            continue;
        }
        tally->is_dropped[groups[i]] = 1;
        into[n] = spoor_tally_state(p->shares[here->share - 1], here->group);
        from[n] = spoor_tally_state(tally, groups[i]);
        __builtin_prefetch(into[n]);
        __builtin_prefetch(from[n++]);
    }
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        spoor_running_aggregate *aggregate = &p->own->aggregates[a];
        aggregate->call.scratch = p->own->op->scratch;
        for (uint32_t i = 0; i < n; i++) {
            aggregate->plan->aggregate->merge(&aggregate->call, into[i] + aggregate->offset,
                                              from[i] + aggregate->offset);
        }
    }
    spoor_arena_rewind(p->own->op->scratch);
}

void spoor_tally_merge_offer(spoor_tally *tally) {
    tally->hashes = tally->nkeys > 0 ? spoor_groups_hashes(&tally->groups, tally->arena)
                                     : SPOOR_NEW_ARRAY(tally->arena, uint64_t, tally->ngroups);
    tally->is_dropped = SPOOR_NEW_ARRAY(tally->arena, uint8_t, tally->ngroups);
}

bool spoor_tally_merge_part(spoor_tally *const *shares, uint32_t nshares, uint32_t number,
                            uint32_t nparts) {
    part p = {.shares = shares, .own = shares[number]};
    size_t count = 0, room = 64;
    for (uint32_t s = 0; s < nshares; s++) {
        for (uint32_t g = 0; g < shares[s]->ngroups; g++) {
            count += part_of(shares[s]->hashes[g], nparts) == number;
        }
    }
    while (room < count * 2) {
        room *= 2;
    }
    p.places = SPOOR_NEW_ARRAY(p.own->arena, place, room);
    p.mask = room - 1;
    for (uint32_t s = 0; s < nshares; s++) {
        uint32_t groups[PIECE], n = 0;
        for (uint32_t g = 0; g < shares[s]->ngroups; g++) {
            groups[n] = g;
            n += part_of(shares[s]->hashes[g], nparts) == number;
            if (n == PIECE || (n > 0 && g + 1 == shares[s]->ngroups)) {
                if (!spoor_run_go_on(p.own->op->run)) {
                    return false;
                }
                merge_piece(&p, s, groups, n);
                n = 0;
            }
        }
    }
    return true;
}

void spoor_tally_merge_close(spoor_tally *tally) {
    tally->kept = SPOOR_RAW_ARRAY(tally->arena, uint32_t, tally->ngroups);
    tally->nkept = 0;
    for (uint32_t g = 0; g < tally->ngroups; g++) {
        tally->kept[tally->nkept] = g;
        tally->nkept += !tally->is_dropped[g];
    }
}
