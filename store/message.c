/* message.c - Sysmon messages in pieces, so that comparing one needs no memory (see message.h). */
#include "store/message.h"

#include "base/text_match.h"
#include "store/sysmon_messages.h"

enum { MAX_FIELDS = 64 };

bool spoor_message_begin(spoor_message_pieces *pieces, spoor_str provider, int64_t event_id,
                         const spoor_event_field *fields, uint32_t nfields) {
    if (nfields > MAX_FIELDS || !spoor_str_is(provider, "Microsoft-Windows-Sysmon")) {
        return false;
    }
    for (size_t i = 0; i < sizeof sysmon_messages / sizeof *sysmon_messages; i++) {
        if (sysmon_messages[i].event_id == event_id) {
            *pieces = (spoor_message_pieces){.fields = fields,
                                             .nfields = nfields,
                                             .title = sysmon_messages[i].title,
                                             .order = sysmon_messages[i].fields};
            return true;
        }
    }
    return false;
}

/* The next name of the manifest's order; false at its end. */
static bool next_name(spoor_message_pieces *pieces, spoor_str *name) {
    const char *at = pieces->order;
    if (*at == '\0') {
        return false;
    }
    pieces->is_hex = *at == '#';
    at += pieces->is_hex ? 1 : 0;
    size_t len = strcspn(at, " ");
    *name = (spoor_str){at, len};
    pieces->order = at[len] == ' ' ? at + len + 1 : at + len;
    return true;
}

/* The place of the field of the next line, or nfields. */
static uint32_t next_field(spoor_message_pieces *pieces) {
    spoor_str name;
    while (next_name(pieces, &name)) {
        for (uint32_t i = 0; i < pieces->nfields; i++) {
            if ((pieces->used >> i & 1) == 0 && spoor_str_eq(pieces->fields[i].name, name)) {
                return i;
            }
        }
    }
    pieces->is_hex = false;
    uint32_t i = 0;
    while (i < pieces->nfields && (pieces->used >> i & 1) != 0) {
        i++;
    }
    return i;
}

/* 0x1fffff as the message has it: 0x1FFFFF. */
static spoor_str printed(spoor_message_pieces *pieces, spoor_str value) {
    if (!pieces->is_hex || value.len < 3 || value.len > sizeof pieces->buffer ||
        memcmp(value.ptr, "0x", 2) != 0) {
        return value;
    }
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        pieces->buffer[i] = (char)(i >= 2 && c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
    }
    return (spoor_str){pieces->buffer, value.len};
}

bool spoor_message_next(spoor_message_pieces *pieces, spoor_str *piece) {
    static const spoor_str colon = {":", 1}, line_end = {"\r\n", 2}, separator = {": ", 2};
    if (pieces->line == 0) {
        *piece = pieces->part == 0 ? spoor_str_from(pieces->title) : colon;
        pieces->line = pieces->part;
        pieces->part = pieces->part == 0 ? 1 : 0;
        return true;
    }
    switch (pieces->part++) {
    case 0: {
        uint32_t i = next_field(pieces);
        if (i == pieces->nfields) {
            return false;
        }
        pieces->used |= UINT64_C(1) << i;
        pieces->line = i + 1;
        *piece = line_end;
        return true;
    }
    case 1: *piece = pieces->fields[pieces->line - 1].name; return true;
    case 2: *piece = separator; return true;
    default:
        *piece = printed(pieces, pieces->fields[pieces->line - 1].text);
        pieces->part = 0;
        return true;
    }
}

/* Match what is left of the message with the piece; CR before LF may be missing in the message. */
static bool skip_piece(spoor_str *left, spoor_str piece) {
    for (size_t i = 0; i < piece.len; i++) {
        bool is_optional = piece.ptr[i] == '\r' && i + 1 < piece.len && piece.ptr[i + 1] == '\n';
        if (left->len > 0 && *left->ptr == piece.ptr[i]) {
            left->ptr++;
            left->len--;
        } else if (!is_optional) {
            return false;
        }
    }
    return true;
}

bool spoor_message_is_rebuilt(const spoor_event *event) {
    spoor_message_pieces pieces;
    spoor_str left = event->message, piece;
    if (!spoor_message_begin(&pieces, event->provider, event->event_id, event->fields,
                             event->nfields)) {
        return false;
    }
    while (spoor_message_next(&pieces, &piece)) {
        if (!skip_piece(&left, piece)) {
            return false;
        }
    }
    return left.len == 0;
}

bool spoor_message_title_holds(spoor_str literal) {
    bool found = false;
    for (size_t i = 0; i < sizeof sysmon_messages / sizeof *sysmon_messages; i++) {
        found =
            found || spoor_text_contains(spoor_str_from(sysmon_messages[i].title), literal, true);
    }
    return found;
}
