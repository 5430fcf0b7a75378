/* obfuscate.c - see obfuscate.h.
 *
 * Each word of letters outside quotes is changed: cmd takes ^ away, and a pair of quotes within a
 * word stands for nothing; letters mean the same in either case. */
#include "engine/obfuscate.h"

#include "base/buffer.h"

const char *spoor_disguise_name(spoor_disguise disguise) {
    static const char *const names[] = {"none", "caret", "quote",
                                        "case"}; /* ORDER spoor_disguise */
    return names[disguise];
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static spoor_str disguise_text(spoor_arena *arena, spoor_disguise disguise, spoor_str text) {
    spoor_buffer out = {.arena = arena};
    bool is_quoted = false;
    size_t letters = 0; /* of this word so far */
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        is_quoted ^= c == '"';
        letters = is_letter(c) ? letters + 1 : 0;
        bool is_second = letters == 2 && !is_quoted;
        if (is_second && disguise == SPOOR_DISGUISE_CARET) {
            spoor_buffer_put_char(&out, '^');
        } else if (is_second && disguise == SPOOR_DISGUISE_QUOTE) {
            spoor_buffer_put(&out, SPOOR_STR("\"\""));
        }
        bool turns = disguise == SPOOR_DISGUISE_CASE && letters % 2 == 1;
        spoor_buffer_put_char(&out, turns ? (char)(c ^ 0x20) : c);
    }
    return spoor_buffer_text(&out);
}

bool spoor_disguise_event(spoor_arena *arena, spoor_disguise disguise, const spoor_event *event,
                          spoor_event *changed) {
    bool is_other = false;
    spoor_event_field *fields = SPOOR_NEW_ARRAY(arena, spoor_event_field, event->nfields + 1);
    for (uint32_t i = 0; i < event->nfields; i++) {
        fields[i] = event->fields[i];
        if (spoor_str_is(fields[i].name, "CommandLine") && fields[i].text.len > 0) {
            fields[i].text = disguise_text(arena, disguise, fields[i].text);
            is_other |= !spoor_str_eq(fields[i].text, event->fields[i].text);
        }
    }
    *changed = *event;
    changed->fields = fields;
    changed->message = (spoor_str){0}; /* it tells the old one */
    return is_other;
}
