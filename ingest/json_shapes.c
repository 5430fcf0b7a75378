/* json_shapes.c - one JSON record to one event: which shape it is, and what the tables say.
 *
 * Recognition looks at keys alone, never at a file's name, and each record is
 * asked anew, so a file may mix shapes. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "ingest/shape.h"

static const spoor_shape *const families[] = {
    spoor_shapes_flat,  spoor_shapes_beats,      spoor_shapes_dump,
    spoor_shapes_azure, spoor_shapes_powershell,
};

bool spoor_reading_refuse(spoor_reading *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(r->why, sizeof r->why, format, args);
    va_end(args);
    return false;
}

/* -- text -------------------------------------------------------------------------------------- */

spoor_str spoor_reading_repair(spoor_reading *r, spoor_str s) {
    return r->is_valid_text ? s : spoor_utf8_repair(&r->arena, s, &r->counts->bad_text);
}

spoor_str spoor_reading_text(spoor_reading *r, const spoor_json *json, uint32_t node) {
    const spoor_json_node *n = &json->nodes[node];
    if (n->kind == SPOOR_JSON_NULL) {
        return (spoor_str){"", 0};
    }
    return spoor_reading_repair(r, spoor_json_text(&r->arena, n));
}

spoor_str spoor_reading_at(spoor_reading *r, uint32_t root, const char *path) {
    uint32_t node = spoor_json_path(&r->json, root, path);
    return node == 0 ? (spoor_str){"", 0} : spoor_reading_text(r, &r->json, node);
}

bool spoor_reading_inner(spoor_reading *r, spoor_str text) {
    size_t used;
    return spoor_json_scan(&r->inner, text, &used);
}

bool spoor_reading_xml(spoor_reading *r, spoor_str text) {
    size_t used;
    while (text.len > 0 && (unsigned char)*text.ptr <= ' ') {
        text.ptr++;
        text.len--;
    }
    return text.len > 1 && *text.ptr == '<' && spoor_xml_scan(&r->xml, text, &used);
}

bool spoor_message_field(spoor_str message, const char *name, spoor_str *value) {
    size_t len = strlen(name);
    if (message.len == 0) {
        return false;
    }
    const char *at = message.ptr, *end = message.ptr + message.len;
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((feed != NULL ? feed : end) - at);
        if (line > len && memcmp(at, name, len) == 0 && at[len] == ':') {
            size_t start = len + 1 + (line > len + 1 && at[len + 1] == ' ');
            while (line > start && at[line - 1] == '\r') {
                line--;
            }
            *value = (spoor_str){at + start, line - start};
            return true;
        }
        at = feed != NULL ? feed + 1 : end;
    }
    return false;
}

/* -- EventData --------------------------------------------------------------------------------- */

/* &lt; &gt; &amp; to < > &, unless the text holds one of these bare: then it was never escaped. */
static spoor_str undo_xml(spoor_reading *r, spoor_str text) {
    static const char *const references[] = {"&lt;", "&gt;", "&amp;"};
    bool has_any = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<' || text.ptr[i] == '>') {
            return text;
        }
        if (text.ptr[i] != '&') {
            continue;
        }
        bool is_known = false;
        for (int k = 0; k < 3; k++) {
            is_known |= spoor_str_starts((spoor_str){text.ptr + i, text.len - i}, references[k]);
        }
        if (!is_known) {
            return text;
        }
        has_any = true;
    }
    return has_any ? spoor_xml_decode(&r->arena, text) : text;
}

enum { MAX_TWIN_DISTANCE = 256 }; /* fields among which a name's first use is looked for */

/* Image_1 to Image, if that is how a repeated name is written here. */
static spoor_str without_number(spoor_reading *r, spoor_str name) {
    size_t len = name.len;
    while (len > 0 && name.ptr[len - 1] >= '0' && name.ptr[len - 1] <= '9') {
        len--;
    }
    if (len < 2 || len == name.len || name.ptr[len - 1] != '_') {
        return name;
    }
    spoor_str base = {name.ptr, len - 1};
    for (uint32_t i = 0; i < r->build.nfields && i < MAX_TWIN_DISTANCE; i++) {
        if (spoor_str_eq(r->build.fields[i].name, base)) {
            return base;
        }
    }
    return name;
}

/* One value under a name; an object that evtx_dump made of an element stands for its text. */
static void add_value(spoor_reading *r, const spoor_json *json, uint32_t node, spoor_str name,
                      unsigned traits) {
    if (json->nodes[node].kind == SPOOR_JSON_OBJECT) {
        uint32_t text = spoor_json_find(json, node, "#text");
        if (text == 0 && spoor_json_find(json, node, "#attributes") != 0) {
            spoor_draft_add(&r->build, name, (spoor_str){"", 0}, SPOOR_FIELD_TEXT);
            return;
        }
        node = text != 0 ? text : node;
    }
    spoor_field_kind kind = SPOOR_FIELD_TEXT;
    switch ((spoor_json_kind)json->nodes[node].kind) {
    case SPOOR_JSON_NULL:
        kind = traits & SPOOR_NULL_IS_EMPTY ? SPOOR_FIELD_TEXT : SPOOR_FIELD_NULL;
        break;
    case SPOOR_JSON_ARRAY:
    case SPOOR_JSON_OBJECT: kind = SPOOR_FIELD_JSON; break;
    case SPOOR_JSON_FALSE:
    case SPOOR_JSON_TRUE:
    case SPOOR_JSON_NUMBER:
    case SPOOR_JSON_STRING: break;
    }
    spoor_str value = spoor_reading_text(r, json, node);
    if (traits & SPOOR_XML_ESCAPED) {
        value = undo_xml(r, value);
    }
    spoor_draft_add(&r->build, name, value, kind);
}

/* The member "Data": elements without a name, one or an array. */
static void add_unnamed(spoor_reading *r, const spoor_json *json, uint32_t node, unsigned traits) {
    const spoor_json_node *nodes = json->nodes;
    uint32_t text = spoor_json_find(json, node, "#text");
    if (text != 0) {
        node = text;
    }
    if (nodes[node].kind != SPOOR_JSON_ARRAY) {
        add_value(r, json, node, (spoor_str){NULL, 0}, traits);
        return;
    }
    for (uint32_t i = spoor_json_first(node); i < nodes[node].next; i = nodes[i].next) {
        add_value(r, json, i, (spoor_str){NULL, 0}, traits);
    }
}

static bool ends_with(spoor_str s, const char *suffix) {
    size_t len = strlen(suffix);
    return s.len >= len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

void spoor_reading_member(spoor_reading *r, const spoor_json *json, uint32_t node,
                          unsigned traits) {
    spoor_str name = spoor_reading_repair(r, spoor_json_key(&r->arena, &json->nodes[node]));
    if (traits & SPOOR_NUMBERED_TWINS) { /* evtx_dump and its kin: an element made an object */
        if (spoor_str_is(name, "#attributes") || ends_with(name, "_attributes")) {
            return;
        }
        name = without_number(r, name);
    }
    if (!(traits & SPOOR_FLAT) && (spoor_str_is(name, "Data") || spoor_str_is(name, "data"))) {
        add_unnamed(r, json, node, traits);
    } else if (!(traits & SPOOR_FLAT) &&
               (spoor_str_is(name, "Binary") || spoor_str_is(name, "binary"))) {
        spoor_draft_set(&r->build, SPOOR_PART_BINARY, spoor_reading_text(r, json, node));
    } else {
        add_value(r, json, node, name, traits);
    }
}

void spoor_reading_data(spoor_reading *r, const spoor_json *json, uint32_t object,
                        unsigned traits) {
    const spoor_json_node *nodes = json->nodes;
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    if (nodes[object].kind == SPOOR_JSON_OBJECT) {
        for (uint32_t i = spoor_json_first(object); i < nodes[object].next; i = nodes[i].next) {
            spoor_reading_member(r, json, i, traits);
        }
    } else if (nodes[object].kind != SPOOR_JSON_NULL) {
        add_unnamed(r, json, object, traits);
    }
}

/* -- UserData ---------------------------------------------------------------------------------- */

enum { MAX_USER_DATA_DEPTH = 30 };

static void write_attributes(spoor_reading *r, const spoor_json *json, uint32_t object,
                             spoor_text_out *out) {
    const spoor_json_node *nodes = json->nodes;
    uint32_t attributes = spoor_json_find(json, object, "#attributes");
    if (attributes == 0 || nodes[attributes].kind != SPOOR_JSON_OBJECT) {
        return;
    }
    for (uint32_t i = spoor_json_first(attributes); i < nodes[attributes].next; i = nodes[i].next) {
        spoor_text_add(out, SPOOR_STR(" "));
        spoor_text_add(out, spoor_reading_repair(r, spoor_json_key(&r->arena, &nodes[i])));
        spoor_text_add(out, SPOOR_STR("=\""));
        spoor_text_add_escaped(out, spoor_reading_text(r, json, i), true);
        spoor_text_add(out, SPOOR_STR("\""));
    }
}

static bool is_part_of_element(spoor_str key) { /* not an element inside it */
    return spoor_str_is(key, "#text") || spoor_str_is(key, "#attributes") ||
           spoor_str_is(key, "xml_name") || ends_with(key, "_attributes");
}

static bool has_children(const spoor_json *json, uint32_t object) {
    const spoor_json_node *nodes = json->nodes;
    for (uint32_t i = spoor_json_first(object); i < nodes[object].next; i = nodes[i].next) {
        if (!is_part_of_element(nodes[i].key)) {
            return true;
        }
    }
    return false;
}

/* A member as an element.  One without elements inside is a leaf, and a field too. */
static void write_element(spoor_reading *r, const spoor_json *json, uint32_t node, spoor_str name,
                          int depth, spoor_text_out *out) {
    const spoor_json_node *nodes = json->nodes;
    spoor_text_add(out, SPOOR_STR("<"));
    spoor_text_add(out, name);
    bool is_object = nodes[node].kind == SPOOR_JSON_OBJECT && depth < MAX_USER_DATA_DEPTH;
    if (is_object) {
        write_attributes(r, json, node, out);
    }
    spoor_text_add(out, SPOOR_STR(">"));
    size_t before = out->len;
    if (is_object && has_children(json, node)) {
        for (uint32_t i = spoor_json_first(node); i < nodes[node].next; i = nodes[i].next) {
            spoor_str key = spoor_reading_repair(r, spoor_json_key(&r->arena, &nodes[i]));
            if (!is_part_of_element(key)) {
                write_element(r, json, i, key, depth + 1, out);
            }
        }
    } else {
        uint32_t text_node = is_object ? spoor_json_find(json, node, "#text") : node;
        spoor_str text = {"", 0};
        if (text_node != 0) {
            text = spoor_reading_text(r, json, text_node);
        }
        spoor_text_add_escaped(out, text, false);
        if (depth > 0) { /* UserData itself is no field */
            spoor_draft_add(&r->build, name, text, SPOOR_FIELD_TEXT);
        }
    }
    if (out->len == before) { /* <a> to <a/> */
        out->len--;
        spoor_text_add(out, SPOOR_STR("/>"));
        return;
    }
    spoor_text_add(out, SPOOR_STR("</"));
    spoor_text_add(out, name);
    spoor_text_add(out, SPOOR_STR(">"));
}

void spoor_reading_user_data(spoor_reading *r, const spoor_json *json, uint32_t object) {
    spoor_text_out out = {.arena = &r->arena};
    uint32_t inside = spoor_json_find(json, object, "xml_name"); /* Winlogbeat drops a level */
    if (inside != 0 && json->nodes[inside].kind == SPOOR_JSON_STRING) {
        spoor_text_add(&out, SPOOR_STR("<UserData>"));
        write_element(r, json, object, spoor_reading_text(r, json, inside), 0, &out);
        spoor_text_add(&out, SPOOR_STR("</UserData>"));
    } else {
        write_element(r, json, object, SPOOR_STR("UserData"), 0, &out);
    }
    r->build.event.raw_xml = (spoor_str){out.ptr, out.len};
}

/* -- the record -------------------------------------------------------------------------------- */

const spoor_map *spoor_map_of(const spoor_map *maps, spoor_str key) {
    for (; maps->path != NULL; maps++) {
        if (maps->len == key.len && *maps->path == *key.ptr &&
            memcmp(maps->path, key.ptr, key.len) == 0) {
            return maps;
        }
    }
    return NULL;
}

static void read_flat(spoor_reading *r, const spoor_places *places) {
    const spoor_json_node *nodes = r->json.nodes;
    const spoor_shape *shape = places->shape;
    uint32_t root = places->root, nth = 0;
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    for (uint32_t i = spoor_json_first(root); i < nodes[root].next; i = nodes[i].next) {
        const spoor_map *map =
            places->rows != NULL ? places->rows[nth++] : spoor_map_of(shape->maps, nodes[i].key);
        if (map == NULL) {
            spoor_reading_member(r, &r->json, i, shape->traits);
        } else if (map->part != SPOOR_PART_NONE && nodes[i].kind != SPOOR_JSON_NULL) {
            spoor_draft_set(&r->build, map->part, spoor_reading_text(r, &r->json, i));
        }
    }
}

static void read_nested(spoor_reading *r, const spoor_places *places) {
    const spoor_json_node *nodes = r->json.nodes;
    const spoor_shape *shape = places->shape;
    for (uint32_t i = 0; shape->maps[i].path != NULL; i++) {
        uint32_t node = places->maps[i];
        if (node != 0 && nodes[node].kind != SPOOR_JSON_NULL &&
            nodes[node].kind < SPOOR_JSON_ARRAY) {
            spoor_draft_set(&r->build, shape->maps[i].part, spoor_reading_text(r, &r->json, node));
        }
    }
    if (places->data != 0) {
        spoor_reading_data(r, &r->json, places->data, shape->traits);
    }
    if (places->user_data != 0 && nodes[places->user_data].kind == SPOOR_JSON_OBJECT) {
        spoor_reading_user_data(r, &r->json, places->user_data);
    }
}

static bool fits(spoor_reading *r, const spoor_shape *shape, uint32_t root) {
    for (int i = 0; i < SPOOR_SHAPE_KEYS && shape->needs[i] != NULL; i++) {
        if (spoor_json_path(&r->json, root, shape->needs[i]) == 0) {
            return false;
        }
    }
    for (int i = 0; i < SPOOR_SHAPE_KEYS && shape->lacks[i] != NULL; i++) {
        if (spoor_json_path(&r->json, root, shape->lacks[i]) != 0) {
            return false;
        }
    }
    return shape->matches == NULL || shape->matches(r, root);
}

static const spoor_shape *recognise(spoor_reading *r, uint32_t root) {
    if (r->last != NULL && fits(r, r->last, root)) {
        return r->last;
    }
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (const spoor_shape *shape = families[f]; shape->name != NULL; shape++) {
            if (fits(r, shape, root)) {
                return shape;
            }
        }
    }
    return NULL;
}

/* The object that holds the event: exports of search engines wrap it. */
static uint32_t unwrap(const spoor_json *json) {
    static const char *const wrappers[] = {"_source", "result", "data"};
    uint32_t root = 0;
    for (int depth = 0; depth < 3; depth++) {
        uint32_t inside = 0;
        for (int i = 0; i < 3 && inside == 0; i++) {
            inside = spoor_json_find(json, root, wrappers[i]);
            if (inside != 0 && json->nodes[inside].kind != SPOOR_JSON_OBJECT) {
                inside = 0;
            }
            if (inside != 0 && i == 2 && spoor_json_find(json, inside, "win") == 0) {
                inside = 0; /* Wazuh's data holds many things */
            }
        }
        if (inside == 0) {
            break;
        }
        root = inside;
    }
    return root;
}

/* Says what an object of no known shape is: another product by name, else its first keys. */
static bool refuse_unknown(spoor_reading *r, uint32_t root) {
    static const struct {
        const char *needs[3];
        const char *what;
    } others[] = {
        {{"eventVersion", "awsRegion", "eventSource"}, "an AWS CloudTrail record"},
        {{"Timestamp", "ActionType", "DeviceName"}, "a Microsoft Defender advanced hunting record"},
        {{"Timestamp", "ActionType", "AccountUpn"}, "a Microsoft Defender advanced hunting record"},
        {{"ActionType", "DeviceId", "InitiatingProcessFileName"},
         "a Microsoft Defender advanced hunting record"},
    };
    const spoor_json *json = &r->json;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool has_all = true;
        for (int k = 0; k < 3; k++) {
            has_all &= spoor_json_find(json, root, others[i].needs[k]) != 0;
        }
        if (has_all) {
            return spoor_reading_refuse(r, "%s, not a Windows event", others[i].what);
        }
    }
    spoor_str type = spoor_reading_at(r, root, "Type");
    if (type.len > 0 && spoor_json_find(json, root, "TimeGenerated") != 0) {
        return spoor_reading_refuse(r,
                                    "a record of the Log Analytics table %.*s, not a Windows event",
                                    (int)(type.len < 60 ? type.len : 60), type.ptr);
    }
    spoor_text_out keys = {.arena = &r->arena};
    int n = 0;
    if (json->nodes[root].kind == SPOOR_JSON_OBJECT) {
        for (uint32_t i = spoor_json_first(root); i < json->nodes[root].next && n < 4;
             n++, i = json->nodes[i].next) {
            spoor_str key = json->nodes[i].key;
            spoor_text_add(&keys, n > 0 ? SPOOR_STR(", ") : SPOOR_STR(""));
            spoor_text_add(&keys, (spoor_str){key.ptr, key.len < 30 ? key.len : 30});
        }
    }
    if (n == 0) {
        return spoor_reading_refuse(r, "not an object with keys");
    }
    return spoor_reading_refuse(r, "an object of no known shape (keys %.*s)", (int)keys.len,
                                keys.ptr);
}

static uint32_t path_of(const spoor_json *json, uint32_t root, const char *path) {
    return path == NULL ? 0 : spoor_json_path(json, root, path);
}

/* Where the record's shape finds what; false: it has none. */
static bool find_places(spoor_reading *r, spoor_places *places) {
    const spoor_shape *shape = r->last;
    bool is_kept = shape != NULL && spoor_layouts_find(r->layouts, &r->json, shape, places) &&
                   (shape->matches == NULL || shape->matches(r, places->root));
    if (is_kept) {
        return true;
    }
    *places = (spoor_places){.root = unwrap(&r->json)};
    places->shape = shape = recognise(r, places->root);
    if (shape == NULL) {
        return false;
    }
    bool is_flat = (shape->traits & SPOOR_FLAT) != 0; /* every member is looked at, no path is */
    for (uint32_t i = 0; !is_flat && shape->maps[i].path != NULL; i++) {
        assert(i < SPOOR_MOST_MAPS);
        places->maps[i] = spoor_json_path(&r->json, places->root, shape->maps[i].path);
    }
    places->data = path_of(&r->json, places->root, shape->data);
    places->user_data = path_of(&r->json, places->root, shape->user_data);
    uint32_t wrapper = spoor_json_find(&r->json, places->root, "data");
    if (wrapper == 0 || r->json.nodes[wrapper].kind != SPOOR_JSON_OBJECT) {
        spoor_layouts_keep(&r->layouts, &r->json, places); /* else unwrap() looks inside it */
    }
    return true;
}

bool spoor_json_read(spoor_reading *r) {
    r->is_mended = false;
    r->is_valid_text = spoor_utf8_is_valid(r->json.nodes[0].text);
    spoor_draft_start(&r->build, &r->arena);
    spoor_places places;
    if (!find_places(r, &places)) {
        return refuse_unknown(r, places.root);
    }
    const spoor_shape *shape = places.shape;
    uint32_t root = places.root;
    r->last = shape;
    r->shape_name = shape->name;
    if (shape->traits & SPOOR_FLAT) {
        read_flat(r, &places);
    } else {
        read_nested(r, &places);
    }
    if (shape->finish != NULL && !shape->finish(r, root)) {
        return false;
    }
    if (r->build.event.event_id == SPOOR_EVENT_ABSENT) {
        return spoor_reading_refuse(r, "a record of %s without an event id", shape->name);
    }
    if ((shape->traits & SPOOR_DOUBTFUL_ZONE) && r->has_false_zone) {
        r->build.has_zone = false;
    }
    spoor_draft_finish(&r->build, shape->traits, r->options, r->counts);
    r->has_false_zone |= r->build.has_false_zone;
    return true;
}
