/* event_block.c - packs events; see event_block.h.
 *
 * Texts are stored behind the struct in the order of `texts_of`; slices are
 * written as offsets and turned back into pointers when read, since the buffer
 * moves while it grows. */
#include "ingest/event_block.h"

#include <stdlib.h>

enum { NTEXTS = 15, ALIGNMENT = 16 };

/* Every text of an event but those of its fields. */
static void texts_of(spoor_event *e, spoor_str *texts[NTEXTS]) {
    spoor_str *all[NTEXTS] = {
        &e->provider,   &e->provider_guid, &e->event_source,
        &e->channel,    &e->computer,      &e->user_sid,
        &e->user_name,  &e->activity_id,   &e->related_activity_id,
        &e->binary,     &e->raw_xml,       &e->message,
        &e->level_name, &e->task_name,     &e->opcode_name,
    };
    memcpy(texts, all, sizeof all);
}

static size_t rounded(size_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static bool reserve(spoor_event_block *block, size_t more) {
    if (block->len + more <= block->capacity) {
        return true;
    }
    size_t capacity = (block->len + more) * 2;
    char *grown = realloc(block->bytes, capacity);
    if (grown == NULL) {
        return false;
    }
    block->bytes = grown;
    block->capacity = capacity;
    return true;
}

static char *put_text(char *to, spoor_str *text) {
    if (text->len > 0) {
        memcpy(to, text->ptr, text->len);
    }
    return to + text->len;
}

bool spoor_event_block_add(spoor_event_block *block, const spoor_event *event) {
    spoor_event copy = *event;
    spoor_str *texts[NTEXTS];
    texts_of(&copy, texts);
    size_t fields_at = rounded(sizeof copy);
    size_t texts_at = fields_at + rounded(event->nfields * sizeof *event->fields), need = texts_at;
    for (int i = 0; i < NTEXTS; i++) {
        need += texts[i]->len;
    }
    for (uint32_t i = 0; i < event->nfields; i++) {
        need += event->fields[i].name.len + event->fields[i].text.len;
    }
    need = rounded(need);
    if (!reserve(block, need)) {
        return false;
    }
    char *base = block->bytes + block->len, *to = base + texts_at;
    for (int i = 0; i < NTEXTS; i++) {
        to = put_text(to, texts[i]);
    }
    for (uint32_t i = 0; i < event->nfields; i++) {
        spoor_event_field field = event->fields[i];
        to = put_text(to, &field.name);
        to = put_text(to, &field.text);
    }
    if (event->nfields > 0) {
        memcpy(base + fields_at, event->fields, event->nfields * sizeof *event->fields);
    }
    memcpy(base, &copy, sizeof copy);
    block->len += need;
    block->count++;
    return true;
}

bool spoor_event_block_next(const spoor_event_block *block, size_t *at, spoor_event *event) {
    if (*at >= block->len) {
        return false;
    }
    char *base = block->bytes + *at;
    memcpy(event, base, sizeof *event);
    size_t fields_at = rounded(sizeof *event);
    spoor_event_field *fields = (spoor_event_field *)(void *)(base + fields_at);
    size_t used = fields_at + rounded(event->nfields * sizeof *fields);
    spoor_str *texts[NTEXTS];
    texts_of(event, texts);
    for (int i = 0; i < NTEXTS; i++) {
        texts[i]->ptr = base + used;
        used += texts[i]->len;
    }
    for (uint32_t i = 0; i < event->nfields; i++) {
        fields[i].name.ptr = base + used;
        used += fields[i].name.len;
        fields[i].text.ptr = base + used;
        used += fields[i].text.len;
    }
    event->fields = fields;
    *at += rounded(used);
    return true;
}

void spoor_event_block_clear(spoor_event_block *block) {
    block->len = 0;
    block->count = 0;
}

void spoor_event_block_free(spoor_event_block *block) {
    free(block->bytes);
    *block = (spoor_event_block){0};
}
