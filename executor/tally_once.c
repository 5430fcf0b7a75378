/* tally_once.c - values that count once a group: which of a batch's rows are news (seen.h), and those of a
 * dictionary whose hashes are known, by hash. */
#include "executor/eval.h"
#include "executor/tally_inside.h"

void spoor_arriving_keep(spoor_arriving *rows, uint32_t nargs, const uint32_t *kept, uint32_t count,
                         spoor_arena *scratch) {
    for (uint32_t a = 0; a < nargs; a++) {
        rows->args[a] = spoor_vec_gather(scratch, &rows->args[a], kept, count);
    }
    rows->groups = spoor_gather_codes(scratch, rows->groups, kept, count);
    rows->count = count;
}

void **spoor_tally_states(const spoor_tally *tally, const spoor_running_aggregate *aggregate,
                          const uint32_t *groups, uint32_t count, spoor_arena *scratch) {
    void **states = SPOOR_RAW_ARRAY(scratch, void *, count);
    for (uint32_t i = 0; i < count; i++) {
        states[i] = spoor_tally_state(tally, groups[i]) + aggregate->offset;
    }
    return states;
}

/* Entries of a dictionary whose hashes are known, with the groups that have them, where an aggregate wants no more. */
static void add_hashes(spoor_tally *tally, spoor_running_aggregate *aggregate,
                       const uint64_t *known, const uint32_t *entries, const uint32_t *groups,
                       uint32_t count, spoor_arena *scratch) {
    uint64_t *hashes = SPOOR_RAW_ARRAY(scratch, uint64_t, count);
    void **states = spoor_tally_states(tally, aggregate, groups, count, scratch);
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = known[entries[i]];
    }
    aggregate->call.scratch = scratch;
    aggregate->plan->aggregate->update_hashes(&aggregate->call, states, count, hashes);
}

/* All rows, by what their pieces name.  false: it is not known. */
static bool add_by_piece(spoor_tally *tally, spoor_running_aggregate *aggregate,
                         const spoor_arriving *rows, const spoor_runs *runs, spoor_arena *scratch) {
    const spoor_vec *values = &rows->args[0];
    const spoor_named *named =
        runs != NULL ? spoor_dict_named(values->dict, values->codes, rows->count) : NULL;
    const uint64_t *known = named != NULL ? spoor_dict_hashes(values->dict, rows->count) : NULL;
    if (known == NULL) {
        return false;
    }
    uint32_t *entries = SPOOR_RAW_ARRAY(scratch, uint32_t, rows->count);
    uint32_t *groups = SPOOR_RAW_ARRAY(scratch, uint32_t, rows->count);
    uint32_t count = spoor_seen_pairs(&aggregate->seen, values, named, rows->groups, runs,
                                      tally->ngroups, rows->count, entries, groups, scratch);
    if (count != SPOOR_SEEN_NO_PAIRS) {
        add_hashes(tally, aggregate, known, entries, groups, count, scratch);
    }
    return count != SPOOR_SEEN_NO_PAIRS;
}

bool spoor_tally_add_once(spoor_tally *tally, spoor_running_aggregate *aggregate,
                          spoor_arriving *rows, const spoor_runs *runs, spoor_arena *scratch) {
    bool takes_hashes = aggregate->plan->aggregate->update_hashes != NULL;
    if (takes_hashes && add_by_piece(tally, aggregate, rows, runs, scratch)) {
        return true;
    }
    const spoor_vec *values = &rows->args[0];
    uint32_t *kept = SPOOR_RAW_ARRAY(scratch, uint32_t, rows->count);
    uint32_t count = spoor_seen_filter(&aggregate->seen, values, rows->groups, runs, tally->ngroups,
                                       rows->count, kept, scratch);
    const uint64_t *known = takes_hashes ? spoor_dict_hashes(values->dict, count) : NULL;
    if (known != NULL) {
        add_hashes(tally, aggregate, known, spoor_gather_codes(scratch, values->codes, kept, count),
                   spoor_gather_codes(scratch, rows->groups, kept, count), count, scratch);
    } else if (count < rows->count) {
        spoor_arriving_keep(rows, aggregate->call.nargs, kept, count, scratch);
    }
    return known != NULL;
}
