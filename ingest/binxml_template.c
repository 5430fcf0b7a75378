/* binxml_template.c - the names and templates of a chunk, found by where they lie, and what is kept of
 * them for the chunks that follow.
 *
 * Each chunk carries the definitions that its records use, so a log repeats them every 64 KB, alike but for
 * where names are written.  A definition that was compiled before is not compiled again: its bytes are
 * compared, piece by piece, with those that were.  What a record costs (spoor_bx_spend) and why it is refused
 * are the same either way, so that no result depends on what was read before. */
#include "base/hash.h"
#include "base/utf8.h"
#include "ingest/binxml.h"

enum {
    MAX_KEPT =
        1 << 20,   /* bytes of names and shapes: beyond, all are forgotten before the next chunk */
    MAX_WALK = 32, /* of a slot's list; what lies behind is not found, and made again */
    MOST_NAME = 4 * 0xFFFF, /* what reading one can cost */
};

void spoor_bx_forget(spoor_bx *bx) {
    for (spoor_bx_template *t = bx->first_template; t != NULL; t = t->next) {
        bx->by_offset[t->offset] = NULL;
    }
    for (spoor_bx_name *name = bx->first_name; name != NULL; name = name->next) {
        bx->name_at[name->offset] = NULL;
    }
    bx->first_template = NULL;
    bx->first_name = NULL;
    spoor_arena_rewind(&bx->places);
    if (bx->kept.used > MAX_KEPT) {
        spoor_arena_rewind(&bx->kept);
        memset(bx->known, 0, sizeof bx->known);
        memset(bx->shapes, 0, sizeof bx->shapes);
    }
}

/* -- names ------------------------------------------------------------------------------------- */

static spoor_bx_word word_of(spoor_str name) {
    static const spoor_str words[] = {
        {NULL, 0},
#define SPOOR_BX_WORD(name, text) {text, sizeof(text) - 1},
#include "ingest/binxml_words.def"
#undef SPOOR_BX_WORD
    };
    for (size_t i = 1; i < sizeof words / sizeof *words; i++) {
        if (words[i].len == name.len && words[i].ptr[0] == name.ptr[0] &&
            memcmp(words[i].ptr, name.ptr, name.len) == 0) {
            return (spoor_bx_word)i;
        }
    }
    return SPOOR_BX_OTHER;
}

static const spoor_bx_known *know(spoor_bx *bx, const unsigned char *chars, size_t units) {
    spoor_bx_known **slot = &bx->known[spoor_hash_bytes(chars, 2 * units) % SPOOR_BX_SLOTS];
    int walk = MAX_WALK;
    for (const spoor_bx_known *k = *slot; k != NULL && walk > 0; k = k->next, walk--) {
        if (k->units == units && memcmp(k->chars, chars, 2 * units) == 0) {
            return k;
        }
    }
    unsigned char *copy = SPOOR_RAW_ARRAY(&bx->kept, unsigned char, 2 * units);
    memcpy(copy, chars, 2 * units);
    char *text = SPOOR_RAW_ARRAY(&bx->kept, char, 3 * units);
    spoor_bx_known *known = SPOOR_RAW_ARRAY(&bx->kept, spoor_bx_known, 1);
    *known = (spoor_bx_known){.text = {text, spoor_utf16_to_utf8(chars, units, text)},
                              .chars = copy,
                              .units = units,
                              .next = *slot};
    known->word = word_of(known->text);
    *slot = known;
    return known;
}

/* Each name is stored with the low half of a polynomial hash of its characters. */
static bool has_hash(const unsigned char *chars, size_t units, uint16_t hash) {
    uint32_t sum = 0;
    for (size_t i = 0; i < units; i++) {
        sum = sum * 65599 + spoor_le16(chars + 2 * i);
    }
    return (sum & 0xFFFF) == hash;
}

const spoor_bx_name *spoor_bx_find_name(spoor_bx *bx, uint32_t offset) {
    if (offset >= bx->chunk_size) {
        spoor_bx_fail(bx, "name outside the chunk");
        return NULL;
    }
    if (bx->name_at[offset] != NULL) {
        return bx->name_at[offset];
    }
    spoor_cursor in = {.bytes = bx->chunk, .at = offset, .end = bx->chunk_size};
    spoor_cursor_u32(&in); /* the next name of the same hash bucket */
    uint16_t hash = spoor_cursor_u16(&in);
    uint16_t units = spoor_cursor_u16(&in);
    const unsigned char *chars = spoor_cursor_take(&in, 2 * (size_t)units);
    spoor_cursor_u16(&in); /* NUL */
    if (in.failed || units == 0) {
        spoor_bx_fail(bx, "damaged name");
        return NULL;
    }
    if (bx->is_strict && !has_hash(chars, units, hash)) {
        spoor_bx_fail(bx, "name does not match its hash");
        return NULL;
    }
    bx->name_cost += 4 * (size_t)units;
    if (!spoor_bx_spend(bx, 4 * (size_t)units)) {
        return NULL;
    }
    spoor_bx_name *name = SPOOR_RAW_ARRAY(&bx->places, spoor_bx_name, 1);
    *name = (spoor_bx_name){know(bx, chars, units), offset, (uint32_t)in.at, bx->first_name};
    bx->first_name = name;
    bx->name_at[offset] = name;
    return name;
}

/* -- templates --------------------------------------------------------------------------------- */

/* The definition in [at, end) is what the shape was made of. */
static bool is_same(spoor_bx *bx, const spoor_bx_shape *shape, size_t at, size_t end) {
    for (const spoor_bx_piece *piece = shape->pieces; piece != NULL; piece = piece->next) {
        if (piece->nbytes > end - at || memcmp(bx->chunk + at, piece->bytes, piece->nbytes) != 0) {
            return false;
        }
        at += piece->nbytes;
        if (piece->next == NULL) {
            return true;
        }
        if (end - at < 4) {
            return false;
        }
        uint32_t offset = spoor_le32(bx->chunk + at);
        at += 4;
        if (piece->name == NULL) {
            continue;
        }
        const spoor_bx_name *name = offset < bx->chunk_size ? bx->name_at[offset] : NULL;
        if (name == NULL && (name = spoor_bx_find_name(bx, offset)) == NULL) {
            return false;
        }
        at = offset == at ? name->end : at;
        if (name->known != piece->name || at > end) {
            return false;
        }
    }
    return false;
}

/* A shape that the definition in [at, end) has, or NULL.  Where what is left to spend might end in the midst
 * of it, and where the definition cannot be read, the compiler is to say so. */
static spoor_bx_shape *find_kept(spoor_bx *bx, const unsigned char *guid, size_t at, size_t end) {
    int walk = MAX_WALK;
    for (spoor_bx_shape *shape = bx->shapes[spoor_hash_bytes(guid, 16) % SPOOR_BX_SLOTS];
         shape != NULL && walk > 0; shape = shape->next, walk--) {
        int64_t most = (int64_t)(shape->cost + shape->name_cost) + MOST_NAME;
        if (memcmp(shape->guid, guid, sizeof shape->guid) != 0 || bx->budget - bx->floor < most) {
            continue;
        }
        if (is_same(bx, shape, at, end)) {
            spoor_bx_spend(bx, shape->cost);
            return shape;
        }
        bx->error = NULL;
    }
    return NULL;
}

static size_t cost_of_names(const spoor_bx_piece *pieces) {
    size_t cost = 0;
    for (; pieces != NULL; pieces = pieces->next) {
        cost += pieces->name != NULL ? 4 * pieces->name->units : 0;
    }
    return cost;
}

/* The shape of the definition in [at, end), which was seen before or is compiled; NULL: bx->error says why
 * not. */
static spoor_bx_shape *find_shape(spoor_bx *bx, const unsigned char *guid, size_t at, size_t end) {
    spoor_bx_shape *shape = find_kept(bx, guid, at, end);
    if (shape != NULL) {
        return shape;
    }
    size_t names = bx->name_cost;
    int64_t budget = bx->budget;
    const spoor_bx_piece *pieces = NULL;
    const spoor_bx_element *root = spoor_bx_compile(bx, at, end, &pieces);
    if (root == NULL) {
        return NULL;
    }
    spoor_bx_shape **slot = &bx->shapes[spoor_hash_bytes(guid, 16) % SPOOR_BX_SLOTS];
    shape = SPOOR_RAW_ARRAY(&bx->kept, spoor_bx_shape, 1);
    *shape = (spoor_bx_shape){.root = root,
                              .pieces = pieces,
                              .cost = (size_t)(budget - bx->budget) - (bx->name_cost - names),
                              .name_cost = cost_of_names(pieces),
                              .next = *slot};
    memcpy(shape->guid, guid, sizeof shape->guid);
    *slot = shape;
    return shape;
}

/* The template whose definition is at `offset`, looked up at its first use. */
static spoor_bx_template *find_at(spoor_bx *bx, uint32_t offset) {
    if (offset < bx->chunk_size && bx->by_offset[offset] != NULL) {
        spoor_bx_template *known = bx->by_offset[offset];
        if (known->shape == NULL) {
            spoor_bx_fail(bx, "damaged template");
            return NULL;
        }
        return known;
    }
    spoor_cursor in = {.bytes = bx->chunk, .at = offset, .end = bx->chunk_size};
    if (offset >= bx->chunk_size) {
        spoor_bx_fail(bx, "template outside the chunk");
        return NULL;
    }
    spoor_cursor_u32(&in); /* the next definition of the same hash bucket */
    const unsigned char *guid = spoor_cursor_take(&in, 16);
    uint32_t size = spoor_cursor_u32(&in);
    if (in.failed || size > in.end - in.at) {
        spoor_bx_fail(bx, "template definition ends outside the chunk");
        return NULL;
    }
    bx->template_bytes += size;
    if (bx->template_bytes > SPOOR_BX_MAX_TEMPLATE_BYTES) {
        spoor_bx_fail(bx, "template definitions overlap");
        return NULL;
    }
    spoor_bx_template *template = SPOOR_NEW(&bx->places, spoor_bx_template);
    *template = (spoor_bx_template){.id = spoor_le32(guid), .offset = offset, .end = in.at + size};
    template->next = bx->first_template;
    template->shape = find_shape(bx, guid, in.at, in.at + size);
    bx->first_template = template;
    bx->by_offset[offset] = template;
    return template->shape != NULL ? template : NULL;
}

/* For slack: where the definition was, something else may be now, but a live record may have
 * brought the same template along again. */
static spoor_bx_template *find_moved(spoor_bx *bx, uint32_t offset, uint32_t id) {
    if (offset < bx->chunk_size && bx->chunk_size - offset >= 8 &&
        spoor_le32(bx->chunk + offset + 4) == id) {
        return find_at(bx, offset);
    }
    for (spoor_bx_template *t = bx->first_template; t != NULL; t = t->next) {
        if (!spoor_bx_spend(bx, 1)) {
            return NULL;
        }
        if (t->id == id && t->shape != NULL) {
            return t;
        }
    }
    spoor_bx_fail(bx, "another template has taken the place");
    return NULL;
}

spoor_bx_template *spoor_bx_find_template(spoor_bx *bx, uint32_t offset, uint32_t id) {
    return bx->is_strict ? find_moved(bx, offset, id) : find_at(bx, offset);
}
