/* tuning.c - see tuning.h. */
#include "rules/tuning.h"

#include "base/buffer.h"
#include "base/time.h"
#include "rules/yaml_tree.h"

enum { MOST_COLUMNS = 64, MOST_ALLOWS = 100000 };

typedef struct reader {
    spoor_tuning *tuning;
    spoor_arena *arena;
    const char *path;
    spoor_str bytes;
    spoor_tuning_reader *read;
    void *context;
    const char *wrong; /* first mistake */
} reader;

static void blame(reader *r, uint32_t line, const char *what, spoor_str text) {
    if (r->wrong == NULL) {
        r->wrong =
            spoor_arena_format(r->arena, "%s:%u: %s%s%.*s%s", r->path, line, what,
                               text.len > 0 ? " '" : "", text.len < 100 ? (int)text.len : 100,
                               text.len > 0 ? text.ptr : "", text.len > 0 ? "'" : "")
                .ptr;
    }
}

static uint32_t line_of(const reader *r, const spoor_yaml *node) {
    uint32_t line, column;
    spoor_text_position(r->bytes, node->span.start, &line, &column);
    return line;
}

static void *grown(spoor_arena *arena, const void *old, uint32_t count, uint32_t *capacity,
                   size_t size) {
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    void *items = spoor_arena_push(arena, *capacity, size);
    if (count > 0) {
        memcpy(items, old, count * size);
    }
    return items;
}

static void add_allow(reader *r, const spoor_allow *allow) {
    spoor_tuning *t = r->tuning;
    if (t->nallows == MOST_ALLOWS) {
        blame(r, allow->line, "there are more entries than a run can ask", (spoor_str){0});
        return;
    }
    if (t->nallows == t->allow_capacity) {
        t->allows = grown(r->arena, t->allows, t->nallows, &t->allow_capacity, sizeof *t->allows);
    }
    t->allows[t->nallows++] = *allow;
}

static void set_expiry(reader *r, spoor_allow *allow, spoor_str text) {
    allow->has_expiry = text.len > 0;
    if (text.len > 0 && !spoor_time_parse(text, &allow->expiry)) {
        blame(r, allow->line, "no time in", text);
    }
}

/* -- watchlists
 * -------------------------------------------------------------------------------------------------
 */

typedef struct csv {
    reader *r;
    spoor_str text;
    size_t at;
    uint32_t line; /* of the cell at hand, from 1 */
    bool is_last;  /* of its row */
} csv;

static spoor_str next_cell(csv *c) {
    spoor_buffer cell = {.arena = c->r->arena};
    bool quoted = c->at < c->text.len && c->text.ptr[c->at] == '"';
    c->at += quoted;
    for (; c->at < c->text.len; c->at++) {
        char ch = c->text.ptr[c->at];
        if (quoted && ch == '"') {
            if (c->at + 1 < c->text.len && c->text.ptr[c->at + 1] == '"') {
                c->at++;
            } else {
                quoted = false;
                continue;
            }
        } else if (!quoted && (ch == ',' || ch == '\n')) {
            break;
        }
        spoor_buffer_put_char(&cell, ch);
    }
    c->is_last = c->at >= c->text.len || c->text.ptr[c->at] == '\n';
    c->at += c->at < c->text.len;
    spoor_str text = spoor_buffer_text(&cell);
    while (text.len > 0 && (text.ptr[text.len - 1] == '\r' || text.ptr[text.len - 1] == ' ')) {
        text.len--;
    }
    while (text.len > 0 && text.ptr[0] == ' ') {
        text = (spoor_str){text.ptr + 1, text.len - 1};
    }
    return text;
}

/* Names of sentinel-attack's lists, which are not those of the columns. */
static spoor_str column_of(spoor_str name) {
    static const char *const names[][2] = {{"host", "Computer"},
                                           {"user", "user_name"},
                                           {"query_name", "dns_query_name"},
                                           {"target_process_address", "thread_start_address"},
                                           {"event_type", "registry_event_type"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (spoor_str_is(name, names[i][0])) {
            return spoor_str_from(names[i][1]);
        }
    }
    return name;
}

static void put_literal(spoor_buffer *out, spoor_str text) {
    spoor_buffer_put_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'' || text.ptr[i] == '\\') {
            spoor_buffer_put_char(out, '\\');
        }
        spoor_buffer_put_char(out, text.ptr[i] >= 0 && text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
    }
    spoor_buffer_put_char(out, '\'');
}

static void put_cell(spoor_buffer *where, spoor_str column, spoor_str text) {
    bool first = text.ptr[0] == '*', last = text.len > 1 && text.ptr[text.len - 1] == '*';
    spoor_str bare = {text.ptr + first, text.len - first - last};
    const char *op = first && last ? " contains "
                     : first       ? " endswith "
                     : last        ? " startswith "
                                   : " =~ ";
    spoor_buffer_put(where, where->len > 0 ? SPOOR_STR(" and ") : SPOOR_STR(""));
    spoor_buffer_put(where, SPOOR_STR("['"));
    spoor_buffer_put(where, column);
    spoor_buffer_put(where, SPOOR_STR("']"));
    spoor_buffer_put(where, spoor_str_from(op));
    put_literal(where, bare);
}

static bool is_name(spoor_str text) {
    bool ok = text.len > 0;
    for (size_t i = 0; i < text.len && ok; i++) {
        char c = text.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    return ok;
}

static void read_line(csv *c, const spoor_str *names, uint32_t ncolumns, const spoor_allow *like) {
    spoor_buffer where = {.arena = c->r->arena};
    spoor_allow allow = *like;
    allow.line = c->line;
    uint32_t n = 0;
    do {
        spoor_str text = next_cell(c);
        if (n < ncolumns && text.len > 0) {
            if (spoor_str_is(names[n], "owner")) {
                allow.owner = text;
            } else if (spoor_str_is(names[n], "reason")) {
                allow.reason = text;
            } else if (spoor_str_is(names[n], "expires")) {
                set_expiry(c->r, &allow, text);
            } else {
                put_cell(&where, column_of(names[n]), text);
            }
        }
        n++;
    } while (!c->is_last);
    allow.where = spoor_buffer_text(&where);
    if (allow.where.len > 0) { /* a line of commas allows nothing */
        add_allow(c->r, &allow);
    }
}

static void read_watchlist(reader *r, spoor_str text, const spoor_allow *like) {
    spoor_str names[MOST_COLUMNS];
    uint32_t ncolumns = 0;
    bool has_mark = text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0;
    csv c = {.r = r, .text = text, .at = has_mark ? 3 : 0, .line = 1};
    do {
        spoor_str name = next_cell(&c);
        if (!is_name(name) || ncolumns == MOST_COLUMNS) {
            blame(r, like->line, "the watchlist's header does not name a column:", name);
            return;
        }
        names[ncolumns++] = name;
    } while (!c.is_last);
    while (c.at < text.len && r->wrong == NULL) {
        size_t start = c.at;
        c.line++;
        read_line(&c, names, ncolumns, like);
        for (size_t i = start; i + 1 < c.at; i++) {
            c.line += text.ptr[i] == '\n'; /* in quotes */
        }
    }
}

/* -- YAML
 * ---------------------------------------------------------------------------------------------------------
 */

static spoor_str text_of(reader *r, const spoor_yaml *map, const char *key) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (node != NULL && node->kind != SPOOR_YAML_SCALAR) {
        blame(r, line_of(r, node), "a text stands at", spoor_str_from(key));
        return (spoor_str){0};
    }
    return node != NULL ? node->text : (spoor_str){0};
}

static void check_keys(reader *r, const spoor_yaml *map, const char *const *known) {
    for (const spoor_yaml_item *i = map->first; i != NULL; i = i->next) {
        size_t k = 0;
        while (known[k] != NULL && !spoor_str_is(i->key, known[k])) {
            k++;
        }
        if (known[k] == NULL) {
            blame(r, line_of(r, i->value), "not known here:", i->key);
        }
    }
}

static spoor_str rule_of(reader *r, const spoor_yaml *map) {
    spoor_str rule = text_of(r, map, "rule");
    return spoor_str_is(rule, "*") ? (spoor_str){0} : rule;
}

static void read_allow(reader *r, const spoor_yaml *map) {
    static const char *const keys[] = {"rule",   "where",   "watchlist", "owner",
                                       "reason", "expires", NULL};
    check_keys(r, map, keys);
    spoor_str list = text_of(r, map, "watchlist");
    spoor_allow allow = {.file = r->path,
                         .line = line_of(r, map),
                         .rule = rule_of(r, map),
                         .where = text_of(r, map, "where"),
                         .owner = text_of(r, map, "owner"),
                         .reason = text_of(r, map, "reason")};
    set_expiry(r, &allow, text_of(r, map, "expires"));
    if ((allow.where.len > 0) == (list.len > 0)) {
        blame(r, allow.line, "an entry has either 'where' or 'watchlist'", (spoor_str){0});
    } else if (list.len == 0) {
        add_allow(r, &allow);
    } else {
        const char *slash = strrchr(r->path, '/'), *why;
        int folder = slash != NULL && list.ptr[0] != '/' ? (int)(slash - r->path) + 1 : 0;
        spoor_str bytes;
        allow.file =
            spoor_arena_format(r->arena, "%.*s%.*s", folder, r->path, (int)list.len, list.ptr).ptr;
        if (r->read(r->context, allow.file, &bytes, &why)) {
            read_watchlist(r, bytes, &allow);
        } else {
            blame(r, allow.line, why, list);
        }
    }
}

static void read_override(reader *r, const spoor_yaml *map) {
    static const char *const keys[] = {"rule", "severity", "reason", "owner", NULL};
    check_keys(r, map, keys);
    spoor_tuning *t = r->tuning;
    spoor_override o = {.rule = rule_of(r, map)};
    spoor_str level = text_of(r, map, "severity");
    if (!spoor_level_parse(level, &o.level)) {
        blame(r, line_of(r, map), "a severity is informational, low, medium, high or critical, not",
              level);
        return;
    }
    if (t->noverrides == t->override_capacity) {
        t->overrides = grown(r->arena, t->overrides, t->noverrides, &t->override_capacity,
                             sizeof *t->overrides);
    }
    t->overrides[t->noverrides++] = o;
}

static void read_list(reader *r, const spoor_yaml *root, const char *key,
                      void (*take)(reader *r, const spoor_yaml *map)) {
    const spoor_yaml *list = spoor_yaml_get(root, key);
    if (list == NULL || (list->kind == SPOOR_YAML_SCALAR && list->text.len == 0)) {
        return;
    }
    for (const spoor_yaml_item *i = list->kind == SPOOR_YAML_LIST ? list->first : NULL; i != NULL;
         i = i->next) {
        if (i->value->kind == SPOOR_YAML_MAP) {
            take(r, i->value);
        } else {
            blame(r, line_of(r, i->value), "an entry is a map of names and texts", (spoor_str){0});
        }
    }
    if (list->kind != SPOOR_YAML_LIST) {
        blame(r, line_of(r, list), "a list stands at", spoor_str_from(key));
    }
}

static void take_document(void *context, const spoor_yaml *root) {
    static const char *const keys[] = {"allow", "severity", NULL};
    reader *r = context;
    if (root->kind != SPOOR_YAML_MAP) {
        blame(r, line_of(r, root), "'allow' and 'severity' stand here", (spoor_str){0});
        return;
    }
    check_keys(r, root, keys);
    read_list(r, root, "severity", read_override);
    read_list(r, root, "allow", read_allow);
}

const char *spoor_tuning_read(spoor_tuning *tuning, const char *path, spoor_str bytes,
                              spoor_tuning_reader *read, void *context) {
    reader r = {.tuning = tuning,
                .arena = tuning->arena,
                .path = path,
                .bytes = bytes,
                .read = read,
                .context = context};
    size_t n = strlen(path);
    if (n > 4 && strcmp(path + n - 4, ".csv") == 0) {
        spoor_allow like = {.file = path, .line = 1};
        read_watchlist(&r, bytes, &like);
        return r.wrong;
    }
    spoor_diags diags = {.arena = tuning->arena};
    if (!spoor_yaml_read(tuning->arena, bytes, &diags, take_document, &r) && r.wrong == NULL) {
        uint32_t line, column;
        spoor_text_position(bytes, diags.first->span.start, &line, &column);
        blame(&r, line, diags.first->message, (spoor_str){0});
    }
    return r.wrong;
}
