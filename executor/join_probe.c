/* join_probe.c - see join_probe.h. */
#include "executor/join_probe.h"

/* Which sides a kind gives rows of that found no match. */
static bool keeps_left(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_LEFTOUTER || kind == SPOOR_JOIN_FULLOUTER;
}

static bool keeps_right(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_RIGHTOUTER || kind == SPOOR_JOIN_FULLOUTER;
}

static bool is_right_only(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_RIGHTSEMI || kind == SPOOR_JOIN_RIGHTANTI;
}

bool spoor_join_needs_rows(spoor_join_kind kind) {
    return kind != SPOOR_JOIN_LEFTSEMI && kind != SPOOR_JOIN_LEFTANTI;
}

bool spoor_join_gives_itself(spoor_join_kind kind, bool has_match) {
    return has_match ? kind == SPOOR_JOIN_LEFTSEMI
                     : kind == SPOOR_JOIN_LEFTANTI || keeps_left(kind);
}

void spoor_join_probe_init(spoor_join_probe *probe, spoor_join_kind kind,
                           const spoor_join_build *build, spoor_arena *arena) {
    *probe = (spoor_join_probe){.kind = kind, .build = build};
    probe->view = spoor_groups_view(&build->groups, arena);
    probe->is_matched = SPOOR_NEW_ARRAY(arena, uint8_t, build->groups.count);
}

static bool has_rows(const spoor_join_build *build, uint32_t group) {
    return group != SPOOR_GROUPS_NONE && build->starts[group] < build->starts[group + 1];
}

/* Right rows of different keys are far apart in memory: the batch's are asked for together. */
static void prefetch_matches(const spoor_join_probe *probe) {
    const spoor_join_build *build = probe->build;
    for (uint32_t i = 0; i < probe->count; i++) {
        if (probe->groups[i] != SPOOR_GROUPS_NONE) {
            __builtin_prefetch(&build->starts[probe->groups[i]]);
        }
    }
    for (uint32_t i = 0; build->has_rows && i < probe->count; i++) {
        if (probe->groups[i] != SPOOR_GROUPS_NONE) {
            __builtin_prefetch(&build->list[build->starts[probe->groups[i]]]);
        }
    }
}

void spoor_join_probe_batch(spoor_join_probe *probe, const spoor_vec *keys, const uint32_t *sel,
                            uint32_t count, spoor_arena *scratch) {
    probe->sel = sel;
    probe->count = count;
    probe->groups = spoor_join_groups(&probe->view, keys, sel, count, false, scratch);
    probe->at = 0;
    probe->match = probe->match_end = 0;
    prefetch_matches(probe);
}

bool spoor_join_probe_has_match(const spoor_join_probe *probe, uint32_t i) {
    return has_rows(probe->build, probe->groups[i]);
}

/* The left row at hand has this group, which has right rows: are they to be paired? */
static bool is_paired(spoor_join_probe *probe, uint32_t group) {
    bool was_matched = probe->is_matched[group] != 0;
    switch (probe->kind) {
    case SPOOR_JOIN_LEFTSEMI:
    case SPOOR_JOIN_LEFTANTI: return false;
    case SPOOR_JOIN_RIGHTSEMI:
    case SPOOR_JOIN_RIGHTANTI: probe->is_matched[group] = 1; return false;
    case SPOOR_JOIN_INNERUNIQUE: probe->is_matched[group] = 1; return !was_matched;
    case SPOOR_JOIN_INNER:
    case SPOOR_JOIN_LEFTOUTER: return true;
    case SPOOR_JOIN_RIGHTOUTER:
    case SPOOR_JOIN_FULLOUTER: probe->is_matched[group] = 1; return true;
    }
    return false;
}

void spoor_join_probe_left(spoor_join_probe *probe, spoor_join_pairs *out) {
    const spoor_join_build *build = probe->build;
    while (probe->at < probe->count && out->count < SPOOR_BATCH_ROWS) {
        uint32_t row = probe->sel != NULL ? probe->sel[probe->at] : probe->at;
        if (probe->match == probe->match_end) {
            uint32_t group = probe->groups[probe->at];
            bool has_match = has_rows(build, group);
            if (!has_match || !is_paired(probe, group)) {
                out->left[out->count] = row;
                out->right[out->count] = SPOOR_ROWS_NONE;
                out->count += !probe->is_partial && spoor_join_gives_itself(probe->kind, has_match);
                probe->at++;
                continue;
            }
            probe->match = build->starts[group];
            probe->match_end = build->starts[group + 1];
        }
        while (probe->match < probe->match_end && out->count < SPOOR_BATCH_ROWS) {
            out->left[out->count] = row;
            out->right[out->count++] = build->list[probe->match++];
        }
        probe->at += probe->match == probe->match_end;
    }
}

void spoor_join_probe_rest(spoor_join_probe *probe, spoor_join_pairs *out) {
    const spoor_join_build *build = probe->build;
    bool wanted = probe->kind == SPOOR_JOIN_RIGHTSEMI;
    if (!keeps_right(probe->kind) && !is_right_only(probe->kind)) {
        return;
    }
    while (probe->rest_at < build->rows.count && out->count < SPOOR_BATCH_ROWS) {
        uint32_t row = probe->rest_at++;
        bool matched = probe->is_matched[build->group_of[row]] != 0;
        out->right[out->count] = row;
        out->count += matched == wanted;
    }
}
