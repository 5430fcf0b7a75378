/* json_tree.c - see json_tree.h.  Recursive descent, no deeper than SPOOR_YAML_MAX_DEPTH. */
#include "rules/json_tree.h"

#include "base/buffer.h"

typedef struct reader {
    spoor_arena *arena;
    spoor_str text;
    size_t at;
    spoor_diags *diags;
    uint32_t nodes;
    int depth;
} reader;

static bool fail(reader *r, const char *what) {
    uint32_t at = (uint32_t)r->at;
    return spoor_fail(r->diags, (spoor_span){at, at < r->text.len ? at + 1 : at, 0}, "%s", what);
}

static void skip_blanks(reader *r) {
    while (r->at < r->text.len && (r->text.ptr[r->at] == ' ' || r->text.ptr[r->at] == '\t' ||
                                   r->text.ptr[r->at] == '\n' || r->text.ptr[r->at] == '\r')) {
        r->at++;
    }
}

static bool take(reader *r, char c) {
    skip_blanks(r);
    bool is_it = r->at < r->text.len && r->text.ptr[r->at] == c;
    r->at += is_it;
    return is_it;
}

static bool read_hex(reader *r, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < 4; i++) {
        char c = r->at < r->text.len ? r->text.ptr[r->at] : '\0', low = (char)(c | 0x20);
        bool is_digit = c >= '0' && c <= '9', is_letter = low >= 'a' && low <= 'f';
        if (!is_digit && !is_letter) {
            return fail(r, "a \\u is followed by four hexadecimal digits");
        }
        *value = *value * 16 + (uint32_t)(is_digit ? c - '0' : low - 'a' + 10);
        r->at++;
    }
    return true;
}

/* Behind \u; halves of a pair are joined, a lone one is U+FFFD. */
static bool read_code_point(reader *r, spoor_buffer *out) {
    uint32_t high, low;
    if (!read_hex(r, &high)) {
        return false;
    }
    bool is_pair = high >= 0xD800 && high < 0xDC00 && r->at + 1 < r->text.len &&
                   r->text.ptr[r->at] == '\\' && r->text.ptr[r->at + 1] == 'u';
    if (is_pair) {
        size_t before = r->at;
        r->at += 2;
        if (!read_hex(r, &low)) {
            return false;
        }
        if (low >= 0xDC00 && low < 0xE000) {
            high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        } else {
            r->at = before;
        }
    }
    spoor_buffer_put_code_point(out, high >= 0xD800 && high < 0xE000 ? 0xFFFD : high);
    return true;
}

static bool read_string(reader *r, spoor_str *text) {
    spoor_buffer out = {.arena = r->arena};
    r->at++;
    while (r->at < r->text.len && r->text.ptr[r->at] != '"') {
        char c = r->text.ptr[r->at++];
        if (c != '\\') {
            spoor_buffer_put_char(&out, c);
            continue;
        }
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        char name = r->at < r->text.len ? r->text.ptr[r->at++] : '\0';
        const char *known = name != '\0' ? strchr(names, name) : NULL;
        if (known != NULL) {
            spoor_buffer_put_char(&out, values[known - names]);
        } else if (name != 'u' || !read_code_point(r, &out)) {
            return r->diags->nerrors > 0 ? false : fail(r, "no escape of JSON");
        }
    }
    if (r->at == r->text.len) {
        return fail(r, "a string does not end");
    }
    r->at++;
    *text = spoor_arena_str(r->arena, spoor_buffer_text(&out));
    return true;
}

static bool read_value(reader *r, spoor_yaml **out);

static void append(reader *r, spoor_yaml *node, spoor_str key, spoor_span key_span,
                   spoor_yaml *value) {
    spoor_yaml_item *item = SPOOR_NEW(r->arena, spoor_yaml_item);
    *item = (spoor_yaml_item){.key = key, .key_span = key_span, .value = value};
    if (node->last != NULL) {
        node->last->next = item;
    } else {
        node->first = item;
    }
    node->last = item;
    node->weight += value->weight;
}

/* Behind the opening bracket. */
static bool read_items(reader *r, spoor_yaml *node, char end) {
    if (take(r, end)) {
        return true;
    }
    do {
        spoor_str key = {0};
        skip_blanks(r);
        uint32_t start = (uint32_t)r->at;
        if (node->kind == SPOOR_YAML_MAP) {
            bool is_string = r->at < r->text.len && r->text.ptr[r->at] == '"';
            if (!is_string) {
                return fail(r, "a member's name stands here");
            }
            if (!read_string(r, &key)) {
                return false;
            }
            if (!take(r, ':')) {
                return fail(r, "a : stands here");
            }
        }
        spoor_span key_span = {start, (uint32_t)r->at, 0};
        spoor_yaml *value;
        if (!read_value(r, &value)) {
            return false;
        }
        if (value != NULL) {
            append(r, node, key, key_span, value);
        }
    } while (take(r, ','));
    return take(r, end) || fail(r, end == '}' ? "a , or } stands here" : "a , or ] stands here");
}

/* *out NULL: null. */
static bool read_word(reader *r, spoor_yaml *node, spoor_yaml **out) {
    size_t start = r->at;
    while (r->at < r->text.len && strchr(" \t\r\n,:]}[{\"", r->text.ptr[r->at]) == NULL) {
        r->at++;
    }
    spoor_str word = {r->text.ptr + start, r->at - start};
    char first = word.len > 0 ? word.ptr[0] : '\0';
    bool is_number = first == '-' || (first >= '0' && first <= '9');
    bool is_null = spoor_str_is(word, "null");
    if (!is_number && !is_null && !spoor_str_is(word, "true") && !spoor_str_is(word, "false")) {
        r->at = start;
        return fail(r, "a value of JSON stands here");
    }
    node->text = word;
    node->quoting = SPOOR_QUOTING_PLAIN;
    *out = is_null ? NULL : node;
    return true;
}

static bool read_value(reader *r, spoor_yaml **out) {
    skip_blanks(r);
    if (++r->nodes > SPOOR_YAML_MAX_NODES || r->depth >= SPOOR_YAML_MAX_DEPTH) {
        return fail(r, "this is more or deeper JSON than any rule file has");
    }
    char c = r->at < r->text.len ? r->text.ptr[r->at] : '\0';
    spoor_yaml *node = SPOOR_NEW(r->arena, spoor_yaml);
    *node =
        (spoor_yaml){.kind = SPOOR_YAML_SCALAR, .span = {.start = (uint32_t)r->at}, .weight = 1};
    *out = node;
    bool ok;
    r->depth++;
    if (c == '{' || c == '[') {
        node->kind = c == '{' ? SPOOR_YAML_MAP : SPOOR_YAML_LIST;
        r->at++;
        ok = read_items(r, node, c == '{' ? '}' : ']');
    } else if (c == '"') {
        node->quoting = SPOOR_QUOTING_DOUBLE;
        ok = read_string(r, &node->text);
    } else {
        ok = read_word(r, node, out);
    }
    r->depth--;
    node->span.end = (uint32_t)r->at;
    return ok;
}

const spoor_yaml *spoor_json_tree(spoor_arena *arena, spoor_str text, spoor_diags *diags) {
    reader r = {.arena = arena, .text = text, .diags = diags};
    spoor_yaml *root = NULL;
    if (!read_value(&r, &root)) {
        return NULL;
    }
    skip_blanks(&r);
    if (r.at < text.len) {
        fail(&r, "the JSON ended before this");
        return NULL;
    }
    if (root == NULL) {
        fail(&r, "there is nothing but null");
    }
    return root;
}
