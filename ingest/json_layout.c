/* json_layout.c - see json_layout.h. */
#include "ingest/json_layout.h"

#include <stdlib.h>

#include "base/same.h"
#include "ingest/shape.h"

enum {
    KEPT = 16,          /* layouts at a time: a flat export has one for each event id */
    MOST_MEMBERS = 128, /* of a layout */
    MOST_BYTES = 4096,  /* of its keys */
    MOST_ENTERED = 32,  /* objects that paths go into */
    CREDIT = 64,        /* layouts that may be kept in vain */
};

typedef struct member {
    uint16_t at, len; /* of the key, in layout->bytes */
    uint16_t end;     /* of an object that is entered: the member behind all it holds; else 0 */
    bool is_object;
} member;

typedef struct layout {
    uint32_t nmembers; /* 0: free */
    uint32_t nnodes;   /* flat: of the record, a quick look whether one may be alike; else 0 */
    member members[MOST_MEMBERS]; /* in the order of the record; the first is the record itself */
    char bytes[MOST_BYTES];
    spoor_places places;                 /* as places among the members */
    const spoor_map *rows[MOST_MEMBERS]; /* flat: of each member */
    uint64_t used_at;
} layout;

struct spoor_layouts {
    layout kept[KEPT];
    uint64_t clock;
    uint32_t credit;
};

void spoor_layouts_free(spoor_layouts *layouts) {
    free(layouts);
}

/* -- finding ----------------------------------------------------------------------------------- */

static inline bool has_key(const layout *l, const member *m, const spoor_json_node *node) {
    return node->key.len == m->len && spoor_few_are_same(node->key.ptr, l->bytes + m->at, m->len);
}

/* nodes: of each member, and one behind them. */
static bool fits(const layout *l, const spoor_json *json, uint32_t nodes[MOST_MEMBERS + 1]) {
    uint32_t node = 0;
    for (uint32_t i = 0; i < l->nmembers; i++) {
        const member *m = &l->members[i];
        const spoor_json_node *here = &json->nodes[node];
        if (node >= json->count || (here->kind == SPOOR_JSON_OBJECT) != m->is_object ||
            !has_key(l, m, here)) {
            return false;
        }
        nodes[i] = node;
        node = m->end != 0 ? node + 1 : here->next;
    }
    nodes[l->nmembers] = node;
    for (uint32_t i = 0; i < l->nmembers; i++) {
        uint32_t end = l->members[i].end;
        if (end != 0 && json->nodes[nodes[i]].next != nodes[end]) {
            return false; /* it ends elsewhere */
        }
    }
    return true;
}

bool spoor_layouts_find(spoor_layouts *layouts, const spoor_json *json, const spoor_shape *shape,
                        spoor_places *places) {
    uint32_t nodes[MOST_MEMBERS + 1];
    for (int i = 0; layouts != NULL && i < KEPT; i++) {
        layout *l = &layouts->kept[i];
        if (l->nmembers == 0 || l->places.shape != shape ||
            (l->nnodes != 0 && l->nnodes != json->count) || !fits(l, json, nodes)) {
            continue;
        }
        *places = (spoor_places){.shape = shape,
                                 .root = nodes[l->places.root],
                                 .data = nodes[l->places.data],
                                 .user_data = nodes[l->places.user_data],
                                 .rows = l->nnodes != 0 ? l->rows + l->places.root + 1 : NULL};
        for (uint32_t k = 0; l->nnodes == 0 && shape->maps[k].path != NULL; k++) {
            places->maps[k] = nodes[l->places.maps[k]]; /* member 0 is node 0: not there */
        }
        l->used_at = ++layouts->clock;
        layouts->credit = CREDIT;
        return true;
    }
    return false;
}

/* -- keeping ----------------------------------------------------------------------------------- */

typedef struct maker {
    const spoor_json *json;
    uint32_t root;
    uint32_t entered[MOST_ENTERED];
    uint32_t nentered;
    layout *layout;
    size_t nbytes;
} maker;

static bool is_entered(const maker *m, uint32_t node) {
    if (node <= m->root && m->root < m->json->nodes[node].next) {
        return true; /* it holds the event */
    }
    for (uint32_t i = 0; i < m->nentered; i++) {
        if (m->entered[i] == node) {
            return true;
        }
    }
    return false;
}

/* Note the objects that the path goes into; false: too many. */
static bool enter_path(maker *m, const char *path) {
    char front[128];
    for (const char *dot = strchr(path, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        size_t len = (size_t)(dot - path);
        if (len >= sizeof front) {
            return false;
        }
        memcpy(front, path, len);
        front[len] = '\0';
        uint32_t node = spoor_json_path(m->json, m->root, front);
        if (node == 0 || m->json->nodes[node].kind != SPOOR_JSON_OBJECT || is_entered(m, node)) {
            continue;
        }
        if (m->nentered == MOST_ENTERED) {
            return false;
        }
        m->entered[m->nentered++] = node;
    }
    return true;
}

static bool enter_shape(maker *m, const spoor_shape *shape) {
    bool ok = true;
    for (int i = 0; i < SPOOR_SHAPE_KEYS; i++) {
        ok = ok && (shape->needs[i] == NULL || enter_path(m, shape->needs[i]));
        ok = ok && (shape->lacks[i] == NULL || enter_path(m, shape->lacks[i]));
    }
    for (const spoor_map *map = shape->maps; ok && map->path != NULL; map++) {
        ok = enter_path(m, map->path);
    }
    ok = ok && (shape->data == NULL || enter_path(m, shape->data));
    return ok && (shape->user_data == NULL || enter_path(m, shape->user_data));
}

/* All members into the layout; nodes: of each. */
static bool add_members(maker *m, uint32_t nodes[MOST_MEMBERS]) {
    layout *l = m->layout;
    const spoor_json_node *all = m->json->nodes;
    uint32_t open[MOST_ENTERED + 4], nopen = 0;
    for (uint32_t node = 0;;) {
        while (nopen > 0 && all[nodes[open[nopen - 1]]].next <= node) {
            l->members[open[--nopen]].end = (uint16_t)l->nmembers;
        }
        if (node >= m->json->count) {
            return true;
        }
        size_t len = all[node].key.len;
        if (l->nmembers == MOST_MEMBERS || len > MOST_BYTES - m->nbytes ||
            nopen == sizeof open / sizeof *open) {
            return false;
        }
        bool is_object = all[node].kind == SPOOR_JSON_OBJECT;
        l->members[l->nmembers] =
            (member){.at = (uint16_t)m->nbytes, .len = (uint16_t)len, .is_object = is_object};
        if (len > 0) {
            memcpy(l->bytes + m->nbytes, all[node].key.ptr, len);
        }
        m->nbytes += len;
        nodes[l->nmembers] = node;
        if (is_object && is_entered(m, node)) {
            open[nopen++] = l->nmembers;
            node++;
        } else {
            node = all[node].next;
        }
        l->nmembers++;
    }
}

/* Its place among the members; nothing is looked for that is not one. */
static uint32_t place_of(const layout *l, const uint32_t nodes[MOST_MEMBERS], uint32_t node) {
    uint32_t i = 0;
    while (i + 1 < l->nmembers && nodes[i] != node) {
        i++;
    }
    return nodes[i] == node ? i : 0;
}

static layout *least_used(spoor_layouts *layouts) {
    layout *least = &layouts->kept[0];
    for (int i = 1; i < KEPT; i++) {
        least = layouts->kept[i].used_at < least->used_at ? &layouts->kept[i] : least;
    }
    return least;
}

/* A flat record: nothing in it is gone into, so its members follow the root. */
static void keep_rows(layout *l, const spoor_json *json, const spoor_shape *shape) {
    l->nnodes = json->count;
    for (uint32_t i = l->places.root + 1; i < l->nmembers; i++) {
        l->rows[i] =
            spoor_map_of(shape->maps, (spoor_str){l->bytes + l->members[i].at, l->members[i].len});
    }
}

void spoor_layouts_keep(spoor_layouts **made, const spoor_json *json, const spoor_places *places) {
    if (*made == NULL) {
        *made = calloc(1, sizeof **made);
        if (*made == NULL) {
            return;
        }
        (*made)->credit = CREDIT;
    }
    spoor_layouts *layouts = *made;
    if (layouts->credit == 0) {
        return; /* no two records are alike */
    }
    layouts->credit--;
    layout *l = least_used(layouts);
    l->nmembers = l->nnodes = 0;
    maker m = {.json = json, .root = places->root, .layout = l};
    uint32_t nodes[MOST_MEMBERS];
    if (!enter_shape(&m, places->shape) || !add_members(&m, nodes)) {
        l->nmembers = 0;
        return;
    }
    l->places = (spoor_places){.shape = places->shape,
                               .root = place_of(l, nodes, places->root),
                               .data = place_of(l, nodes, places->data),
                               .user_data = place_of(l, nodes, places->user_data)};
    bool is_flat = (places->shape->traits & SPOOR_FLAT) != 0;
    if (is_flat) {
        keep_rows(l, json, places->shape);
    }
    for (uint32_t k = 0; !is_flat && places->shape->maps[k].path != NULL; k++) {
        l->places.maps[k] = place_of(l, nodes, places->maps[k]);
    }
    l->used_at = ++layouts->clock;
}
