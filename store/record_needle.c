/* record_needle.c - see record_needle.h; the pieces are those of record_xml.c, record.c and message.c. */
#include "store/record_needle.h"

#include "base/text_match.h"
#include "base/time.h"
#include "store/message.h"

static bool has_any_of(spoor_str text, const char *set) {
    bool found = false;
    for (size_t i = 0; i < text.len; i++) {
        found |= text.ptr[i] == '\0' || strchr(set, text.ptr[i]) != NULL;
    }
    return found;
}

static bool has_control(spoor_str text) {
    bool found = false;
    for (size_t i = 0; i < text.len; i++) {
        found |= (unsigned char)text.ptr[i] < 0x20;
    }
    return found;
}

static bool is_in_one(const char *const *pieces, size_t count, spoor_str literal) {
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || spoor_text_contains(spoor_str_from(pieces[i]), literal, true);
    }
    return found;
}

/* < > and " stand at every border; an entity is a border of its own, with letters in it. */
static bool keeps_in_xml(spoor_str literal) {
    static const char *const pieces[] = {"amp",
                                         "lt",
                                         "gt",
                                         "quot",
                                         "DataItem Type=",
                                         "System.XmlData",
                                         " time=",
                                         " sourceHealthServiceId=",
                                         "00000000-0000-0000-0000-000000000000",
                                         "/DataItem",
                                         "EventData xmlns=",
                                         "/EventData",
                                         "http://schemas.microsoft.com/win/2004/08/events/event",
                                         "Data Name=",
                                         "/Data",
                                         "Binary",
                                         "/Binary",
                                         "Param",
                                         "/Param"};
    return !has_any_of(literal, "&;<>\"") && !spoor_time_may_print(literal) &&
           !is_in_one(pieces, sizeof pieces / sizeof *pieces, literal);
}

/* Quotes stand at every border of a text; other values have none. */
static bool keeps_in_json(spoor_str literal) {
    static const char *const pieces[] = {"null", "true", "false"};
    return !has_any_of(literal, "\\\",:{}[]") && !has_control(literal) &&
           !is_in_one(pieces, sizeof pieces / sizeof *pieces, literal);
}

/* `Title:`, and for each field a line end and `name: value`. */
static bool keeps_in_message(spoor_str literal) {
    return !has_any_of(literal, "\r\n") && literal.ptr[0] != ' ' && literal.ptr[0] != ':' &&
           literal.ptr[literal.len - 1] != ':' &&
           !spoor_text_contains(literal, SPOOR_STR(": "), false) &&
           !spoor_message_title_holds(literal);
}

bool spoor_record_keeps_needle(spoor_event_column column, spoor_str literal) {
    if (literal.len == 0) {
        return false;
    }
    switch (column) {
    case SPOOR_COL_EVENT_DATA_XML:
    case SPOOR_COL_EVENT_DATA_ELEMENT:
    case SPOOR_COL_PARAMETER_XML: return keeps_in_xml(literal);
    case SPOOR_COL_EVENT_DATA: return keeps_in_json(literal);
    case SPOOR_COL_RENDERED: return keeps_in_message(literal);
    default: return false;
    }
}

/* JSON begins so; a GUID in braces does not. */
static bool may_be_object(spoor_str value) {
    size_t at = 1;
    while (at < value.len && spoor_is_blank(value.ptr[at])) {
        at++;
    }
    return value.len > 1 && value.ptr[0] == '{' && at < value.len &&
           (value.ptr[at] == '"' || value.ptr[at] == '}');
}

/* What a name has that occurs twice is an array when it is read as a member, and arrays and objects of the log are
 * written anew as JSON is, which writes control characters, and halves of pairs, with letters. */
bool spoor_record_is_odd(spoor_event_column column, spoor_str value) {
    bool is_array = value.len > 0 && value.ptr[0] == '[';
    return is_array || (column == SPOOR_COL_EVENT_DATA &&
                        (may_be_object(value) || has_control(value) ||
                         memchr(value.ptr != NULL ? value.ptr : "", 0xED, value.len) != NULL));
}
