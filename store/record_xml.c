/* record_xml.c - a record's data as XML, and what parse_xml makes of that XML without the text
 * between: published parsers take EventData.Data[n]["#text"] from it, row by row. */
#include "store/record.h"

#include "base/buffer.h"
#include "base/time.h"
#include "types/dynamic.h"

/* -- writing ----------------------------------------------------------------------------------- */

/* Few texts have any. */
static bool has_markup(spoor_str s) {
    return s.len > 0 && (memchr(s.ptr, '&', s.len) != NULL || memchr(s.ptr, '<', s.len) != NULL ||
                         memchr(s.ptr, '>', s.len) != NULL || memchr(s.ptr, '"', s.len) != NULL);
}

static void put_escaped(spoor_buffer *out, spoor_str s, bool in_attribute) {
    size_t start = 0;
    if (!has_markup(s)) {
        spoor_buffer_put(out, s);
        return;
    }
    for (size_t i = 0; i < s.len; i++) {
        spoor_str entity = {0};
        switch (s.ptr[i]) {
        case '&': entity = SPOOR_STR("&amp;"); break;
        case '<': entity = SPOOR_STR("&lt;"); break;
        case '>': entity = SPOOR_STR("&gt;"); break;
        case '"': entity = in_attribute ? SPOOR_STR("&quot;") : (spoor_str){0}; break;
        default: break;
        }
        if (entity.len > 0) {
            spoor_buffer_put(out, (spoor_str){s.ptr + start, i - start});
            spoor_buffer_put(out, entity);
            start = i + 1;
        }
    }
    spoor_buffer_put(out, (spoor_str){s.ptr + start, s.len - start});
}

static void put_fields_xml(spoor_buffer *out, const spoor_record *r) {
    for (uint32_t i = 0; i < r->nfields; i++) {
        const spoor_record_field *f = &r->fields[i];
        if (f->role == SPOOR_ROLE_BINARY) {
            spoor_buffer_put(out, SPOOR_STR("<Binary>"));
            spoor_buffer_put(out, f->text);
            spoor_buffer_put(out, SPOOR_STR("</Binary>"));
            continue;
        }
        if (f->role == SPOOR_ROLE_UNNAMED) {
            spoor_buffer_put(out, SPOOR_STR("<Data>"));
        } else {
            spoor_buffer_put(out, SPOOR_STR("<Data Name=\""));
            put_escaped(out, f->name, true);
            spoor_buffer_put(out, SPOOR_STR("\">"));
        }
        put_escaped(out, f->text, false);
        spoor_buffer_put(out, SPOOR_STR("</Data>"));
    }
}

static bool has_data(const spoor_record *r) {
    return r->nfields > 0 || r->raw_xml.len > 0 || (r->flags & SPOOR_LAYOUT_HAS_EVENTDATA) != 0;
}

static void put_element(spoor_buffer *out, const spoor_record *r) {
    if (r->raw_xml.len > 0) {
        spoor_buffer_put(out, r->raw_xml);
        return;
    }
    spoor_buffer_put(
        out,
        SPOOR_STR("<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"));
    put_fields_xml(out, r);
    spoor_buffer_put(out, SPOOR_STR("</EventData>"));
}

spoor_str spoor_record_data_element(spoor_arena *arena, const spoor_record *r) {
    spoor_buffer out = {.arena = arena};
    if (!has_data(r)) {
        return (spoor_str){"", 0};
    }
    put_element(&out, r);
    return spoor_buffer_text(&out);
}

spoor_str spoor_record_data_xml(spoor_arena *arena, const spoor_record *r) {
    spoor_buffer out = {.arena = arena};
    if (!has_data(r)) {
        return (spoor_str){"", 0};
    }
    spoor_buffer_put(&out, SPOOR_STR("<DataItem Type=\"System.XmlData\" time=\""));
    char printed[SPOOR_TIME_TEXT];
    if (r->time != SPOOR_EVENT_ABSENT && r->time >= 0 && r->time <= SPOOR_DATETIME_MAX) {
        spoor_buffer_put(&out, spoor_time_print(r->time, printed));
    }
    spoor_buffer_put(
        &out, SPOOR_STR("\" sourceHealthServiceId=\"00000000-0000-0000-0000-000000000000\">"));
    put_element(&out, r);
    spoor_buffer_put(&out, SPOOR_STR("</DataItem>"));
    return spoor_buffer_text(&out);
}

spoor_str spoor_record_parameter_xml(spoor_arena *arena, const spoor_record *r) {
    spoor_buffer out = {.arena = arena};
    for (uint32_t i = 0; i < r->nfields; i++) {
        spoor_buffer_put(&out, SPOOR_STR("<Param>"));
        put_escaped(&out, r->fields[i].text, false);
        spoor_buffer_put(&out, SPOOR_STR("</Param>"));
    }
    return spoor_buffer_text(&out);
}

/* -- read back --------------------------------------------------------------------------------- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool spoor_record_xml_text(spoor_arena *arena, spoor_str text, spoor_str *read) {
    size_t first = 0;
    while (first < text.len && is_blank(text.ptr[first])) {
        first++;
    }
    *read = text;
    if (first == text.len || memchr(text.ptr, '\r', text.len) == NULL) {
        return first < text.len;
    }
    char *to = SPOOR_RAW_ARRAY(arena, char, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_line_end = text.ptr[i] == '\r';
        i += is_line_end && i + 1 < text.len && text.ptr[i + 1] == '\n';
        to[len++] = is_line_end ? '\n' : text.ptr[i];
    }
    *read = (spoor_str){to, len};
    return true;
}

/* By way of the text: what raw XML takes. */
static bool parse_items(spoor_arena *arena, const spoor_record *r, spoor_str *items) {
    spoor_str value;
    return spoor_dynamic_parse_xml(arena, spoor_record_data_element(arena, r), &value) &&
           spoor_dynamic_get(value, SPOOR_STR("EventData"), &value) &&
           spoor_dynamic_get(value, SPOOR_STR("Data"), items);
}

static uint32_t count_items(const spoor_record *r) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->nfields; i++) {
        count += r->fields[i].role != SPOOR_ROLE_BINARY;
    }
    return count;
}

/* XML makes blanks of tabs and line ends in an attribute; no field of Windows has them. */
bool spoor_record_is_odd_name(spoor_str name) {
    bool is_odd = false;
    for (size_t k = 0; k < name.len && !is_odd; k++) {
        is_odd = name.ptr[k] != ' ' && is_blank(name.ptr[k]);
    }
    return is_odd;
}

static bool has_odd_name(const spoor_record *r) {
    bool is_odd = false;
    for (uint32_t i = 0; i < r->nfields && !is_odd; i++) {
        is_odd = spoor_record_is_odd_name(r->fields[i].name);
    }
    return is_odd;
}

static void add_item(spoor_dynamic_builder *out, spoor_arena *arena, const spoor_record_field *f) {
    spoor_str text;
    bool has_text = spoor_record_xml_text(arena, f->text, &text);
    if (f->role == SPOOR_ROLE_UNNAMED) {
        if (has_text) {
            spoor_dynamic_add_text(out, text);
        } else {
            spoor_dynamic_add_encoded(out, SPOOR_STR("n"));
        }
        return;
    }
    spoor_dynamic_open(out, '{');
    spoor_dynamic_name(out, SPOOR_STR("@Name"));
    spoor_dynamic_add_text(out, f->name);
    if (has_text) {
        spoor_dynamic_name(out, SPOOR_STR("#text"));
        spoor_dynamic_add_text(out, text);
    }
    spoor_dynamic_close(out);
}

bool spoor_record_items(spoor_arena *arena, const spoor_record *r, spoor_str *items) {
    if (r->raw_xml.len > 0 || has_odd_name(r)) {
        return parse_items(arena, r, items);
    }
    uint32_t count = count_items(r);
    if (count == 0) {
        return false;
    }
    spoor_dynamic_builder out;
    spoor_dynamic_init(&out, arena);
    if (count > 1) {
        spoor_dynamic_open(&out, '[');
    }
    for (uint32_t i = 0; i < r->nfields; i++) {
        if (r->fields[i].role != SPOOR_ROLE_BINARY) {
            add_item(&out, arena, &r->fields[i]);
        }
    }
    if (count > 1) {
        spoor_dynamic_close(&out);
    }
    *items = spoor_dynamic_finish(&out);
    return true;
}

bool spoor_record_item_text(spoor_arena *arena, const spoor_record *r, uint32_t n,
                            spoor_str *value) {
    if (r->raw_xml.len > 0) {
        return parse_items(arena, r, value) && spoor_dynamic_at(*value, n, value) &&
               spoor_dynamic_get(*value, SPOOR_STR("#text"), value);
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < r->nfields && count_items(r) > 1; i++) {
        spoor_str text;
        if (r->fields[i].role == SPOOR_ROLE_BINARY || at++ != n) {
            continue;
        }
        if (r->fields[i].role == SPOOR_ROLE_UNNAMED ||
            !spoor_record_xml_text(arena, r->fields[i].text, &text)) {
            return false;
        }
        spoor_value string = {.type = SPOOR_STRING, .string = text};
        *value = spoor_dynamic_from_value(arena, &string);
        return true;
    }
    return false;
}

bool spoor_record_item_named(spoor_arena *arena, const spoor_record *r, spoor_str name,
                             uint32_t *n) {
    spoor_str items, key, item, found;
    *n = 0;
    if (!spoor_record_items(arena, r, &items) || spoor_dynamic_kind_of(items) != SPOOR_DYN_ARRAY) {
        return false;
    }
    for (spoor_dynamic_iter iter = spoor_dynamic_begin(items);
         spoor_dynamic_next(&iter, &key, &item); ++*n) {
        if (spoor_dynamic_get(item, SPOOR_STR("@Name"), &found) &&
            spoor_dynamic_kind_of(found) == SPOOR_DYN_STRING && found.len == name.len + 1 &&
            memcmp(found.ptr + 1, name.ptr, name.len) == 0) {
            return true;
        }
    }
    return false;
}
