/* entry_count.c - see entry_count.h. */
#include "executor/entry_count.h"

enum {
    SMALL = 1024, /* entries whose counts stay in the fastest cache */
    FEW = 128,    /* entries to come that are looked for once a batch, not row by row */
};

void spoor_entry_count_init(spoor_entry_count *counts, spoor_arena *arena, uint32_t nkeys) {
    *counts = (spoor_entry_count){.arena = arena};
    counts->constants = SPOOR_NEW_ARRAY(arena, spoor_value, nkeys);
    counts->dict_ids = SPOOR_NEW_ARRAY(arena, uint64_t, nkeys);
    counts->unseen = SPOOR_NEW_ARRAY(arena, uint32_t, SMALL);
}

static bool is_constant(const spoor_vec *vec) {
    return vec->is_constant || (vec->form == SPOOR_DICT && vec->dict->count == 1);
}

/* The only key that varies, a dictionary not much larger than the batch; nkeys: there is none. */
static uint32_t find_varying(const spoor_vec *keys, uint32_t nkeys, uint32_t rows) {
    uint32_t varying = nkeys;
    for (uint32_t k = 0; k < nkeys; k++) {
        bool is_text_slot = keys[k].type == SPOOR_STRING || keys[k].type == SPOOR_DYNAMIC;
        if (is_constant(&keys[k])) {
            if (keys[k].form == SPOOR_FLAT && is_text_slot) {
                return nkeys; /* its bytes may not outlive the batch */
            }
            continue;
        }
        if (varying != nkeys || keys[k].form != SPOOR_DICT || keys[k].dict->count / 64 > rows) {
            return nkeys;
        }
        varying = k;
    }
    return varying;
}

/* Do the keys stand for what was counted so far?  If nothing was, they do from now on. */
static bool is_same(spoor_entry_count *counts, const spoor_vec *keys, uint32_t nkeys,
                    uint32_t varying) {
    bool begins = counts->dict_id == 0;
    if (!begins && counts->dict_id != keys[varying].dict->id) {
        return false;
    }
    for (uint32_t k = 0; k < nkeys; k++) {
        uint64_t dict_id = keys[k].form == SPOOR_DICT ? keys[k].dict->id : 0;
        spoor_value value = {.type = SPOOR_BOOL};
        if (keys[k].form == SPOOR_FLAT) {
            value = spoor_vec_get(&keys[k], 0);
        }
        if (!begins && (dict_id != counts->dict_ids[k] ||
                        spoor_value_compare(&value, &counts->constants[k]) != 0)) {
            return false;
        }
        counts->dict_ids[k] = dict_id;
        counts->constants[k] = value;
    }
    return true;
}

static void begin(spoor_entry_count *counts, const spoor_dict *dict) {
    uint32_t unused = 0;
    counts->rows =
        spoor_grow_u32(counts->arena, counts->rows, unused, dict->count, &counts->capacity);
    memset(counts->rows, 0, dict->count * sizeof *counts->rows);
    counts->dict_id = dict->id;
    counts->nunseen = SPOOR_NOT_LISTED;
}

static void list_unseen(spoor_entry_count *counts, uint32_t entries) {
    counts->nunseen = 0;
    for (uint32_t e = 0; e < entries; e++) {
        counts->unseen[counts->nunseen] = e;
        counts->nunseen += counts->rows[e] == 0;
    }
}

/* The entries that this batch is the first to name go behind the others, as it names them. */
static uint32_t list_new(spoor_entry_count *counts, const uint32_t *codes, uint32_t rows) {
    uint32_t n = counts->count, places[FEW], nnew = 0, left = 0;
    for (uint32_t i = 0; i < counts->nunseen; i++) {
        uint32_t code = counts->unseen[i];
        if (counts->rows[code] == 0) {
            counts->unseen[left++] = code;
            continue;
        }
        uint32_t place = spoor_find_u32(codes, rows, code), at = nnew++;
        for (; at > 0 && places[at - 1] > place; at--) {
            places[at] = places[at - 1];
            counts->entries[n + at] = counts->entries[n + at - 1];
        }
        places[at] = place;
        counts->entries[n + at] = code;
    }
    counts->nunseen = left;
    return n + nnew;
}

/* Without a look at each row whether its entry is new. */
static uint32_t count_small(spoor_entry_count *counts, const uint32_t *codes, uint32_t rows) {
    uint32_t i = 0, *to = counts->rows;
    for (; i + 4 <= rows; i += 4) {
        to[codes[i]]++;
        to[codes[i + 1]]++;
        to[codes[i + 2]]++;
        to[codes[i + 3]]++;
    }
    for (; i < rows; i++) {
        to[codes[i]]++;
    }
    return list_new(counts, codes, rows);
}

/* Count the rows; those entries that are new are listed behind the others. */
static uint32_t count_rows(spoor_entry_count *counts, const uint32_t *codes, const uint32_t *sel,
                           uint32_t rows) {
    uint32_t n = counts->count;
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t code = codes[sel != NULL ? sel[i] : i];
        if (counts->rows[code]++ == 0) {
            counts->entries[n++] = code;
        }
    }
    return n;
}

bool spoor_entry_count_add(spoor_entry_count *counts, spoor_groups *groups, const spoor_vec *keys,
                           const uint32_t *sel, uint32_t rows, spoor_arena *scratch) {
    uint32_t nkeys = groups->nkeys, varying = find_varying(keys, nkeys, rows);
    if (varying == nkeys || !is_same(counts, keys, nkeys, varying)) {
        return false;
    }
    const spoor_dict *dict = keys[varying].dict;
    if (counts->dict_id == 0) {
        begin(counts, dict);
    }
    uint32_t old = counts->count, most = old + rows < dict->count ? old + rows : dict->count;
    counts->entries =
        spoor_grow_u32(counts->arena, counts->entries, old, most, &counts->entries_capacity);
    counts->groups =
        spoor_grow_u32(counts->arena, counts->groups, old, most, &counts->groups_capacity);
    bool is_small = dict->count <= SMALL && dict->count <= rows && sel == NULL && old > 0;
    if (is_small && counts->nunseen == SPOOR_NOT_LISTED) {
        list_unseen(counts, dict->count);
    }
    if (is_small && counts->nunseen <= FEW) {
        counts->count = count_small(counts, keys[varying].codes, rows);
    } else {
        counts->count = count_rows(counts, keys[varying].codes, sel, rows);
        counts->nunseen = SPOOR_NOT_LISTED;
    }
    uint32_t added = counts->count - old;
    for (uint32_t done = 0; done < added; done += SPOOR_BATCH_ROWS) {
        uint32_t n = added - done < SPOOR_BATCH_ROWS ? added - done : SPOOR_BATCH_ROWS;
        spoor_vec *unique = SPOOR_RAW_ARRAY(scratch, spoor_vec, nkeys);
        memcpy(unique, keys, nkeys * sizeof *unique);
        unique[varying].codes = counts->entries + old + done;
        spoor_groups_find(groups, unique, NULL, n, true, counts->groups + old + done, scratch);
    }
    return true;
}

void spoor_entry_count_clear(spoor_entry_count *counts) {
    counts->dict_id = 0;
    counts->count = 0;
}
