/* gen_template.c - BinXml: elements, names and template definitions of the generator's EVTX files. */
#include "bench/gen/gen_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_TABLE = 128, TEMPLATE_TABLE = 384, NO_DEPENDENCY = 0xFFFF };
enum {
    TYPE_STRING = 0x01,
    TYPE_UINT8 = 0x04,
    TYPE_UINT16 = 0x06,
    TYPE_UINT32 = 0x08,
    TYPE_UINT64 = 0x0A,
    TYPE_GUID = 0x0F,
    TYPE_FILETIME = 0x11,
    TYPE_SID = 0x13,
    TYPE_HEX64 = 0x15,
    TYPE_BINXML = 0x21
};
enum {
    LEVEL,
    OPCODE,
    TASK,
    EVENT_ID,
    QUALIFIERS,
    KEYWORDS,
    TIME,
    ACTIVITY,
    PID,
    TID,
    RECORD,
    VERSION,
    SID,
    DATA
}; /* ORDER put_system() in gen_evtx.c */

static const char event_namespace[] = "http://schemas.microsoft.com/win/2004/08/events/event";
static const char log_namespace[] = "http://manifests.microsoft.com/win/2004/08/windows/eventlog";

void gen_chunk_reset(gen_chunk *chunk) {
    memset(chunk->bytes, 0, 512);
    memset(chunk->names, 0, sizeof chunk->names);
    memset(chunk->data_templates, 0, sizeof chunk->data_templates);
    chunk->nsystem_templates = 0;
    chunk->last_record = 0;
    chunk->at = 512;
}

void gen_put_text(gen_chunk *chunk, spoor_str text) {
    const unsigned char *in = (const unsigned char *)text.ptr;
    unsigned char *out = chunk->bytes + chunk->at;
    size_t i = 0;
    for (; i < text.len && in[i] < 0x80; i++) {
        out[2 * i] = in[i];
        out[2 * i + 1] = 0;
    }
    chunk->at += 2 * i;
    while (i < text.len) { /* two, three or four bytes: our own text is well formed */
        uint32_t c = in[i], more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
        for (i++; more > 0 && i < text.len; more--) {
            c = c << 6 | (in[i++] & 63u);
        }
        if (c >= 0x10000) {
            gen_put(chunk, 0xD800 + ((c - 0x10000) >> 10), 2);
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        gen_put(chunk, c, 2);
    }
}

static uint32_t get32(const unsigned char *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void set32(unsigned char *bytes, size_t value) {
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
}

/* The offset of the name; where it is new in the chunk, the name follows. */
static void put_name(gen_chunk *chunk, const char *name) {
    uint32_t hash = 0;
    for (const char *c = name; *c != '\0'; c++) {
        hash = hash * 65599 + (unsigned char)*c;
    }
    hash &= 0xFFFF;
    uint32_t slot = hash % GEN_NAME_SLOTS;
    while (chunk->names[slot].name != NULL && strcmp(chunk->names[slot].name, name) != 0) {
        slot = (slot + 1) % GEN_NAME_SLOTS;
    }
    if (chunk->names[slot].name != NULL) {
        gen_put(chunk, chunk->names[slot].at, 4);
        return;
    }
    uint32_t at = (uint32_t)chunk->at + 4;
    unsigned char *bucket = chunk->bytes + NAME_TABLE + 4 * (hash % 64);
    chunk->names[slot] = (gen_name_slot){name, at};
    gen_put(chunk, at, 4);
    gen_put(chunk, get32(bucket), 4);
    gen_put(chunk, hash, 2);
    gen_put(chunk, strlen(name), 2);
    gen_put_text(chunk, (spoor_str){name, strlen(name)});
    gen_put(chunk, 0, 2);
    set32(bucket, at);
}

static size_t begin_size(gen_chunk *chunk) {
    gen_put(chunk, 0, 4);
    return chunk->at;
}

static void end_size(gen_chunk *chunk, size_t start) {
    set32(chunk->bytes + start - 4, chunk->at - start);
}

/* Returns what end_element() needs. */
static size_t begin_element(gen_chunk *chunk, const char *name, bool has_attributes) {
    gen_put(chunk, has_attributes ? 0x41 : 0x01, 1);
    gen_put(chunk, NO_DEPENDENCY, 2);
    size_t start = begin_size(chunk);
    put_name(chunk, name);
    return start;
}

static void end_element(gen_chunk *chunk, size_t start) {
    gen_put(chunk, 0x04, 1);
    end_size(chunk, start);
}

static void end_empty(gen_chunk *chunk, size_t start) {
    gen_put(chunk, 0x03, 1);
    end_size(chunk, start);
}

static void close_start(gen_chunk *chunk) {
    gen_put(chunk, 0x02, 1);
}

static void put_attribute(gen_chunk *chunk, const char *name, bool more_follow) {
    gen_put(chunk, more_follow ? 0x46 : 0x06, 1);
    put_name(chunk, name);
}

static void put_literal(gen_chunk *chunk, spoor_str text) {
    gen_put(chunk, 0x0105, 2);
    size_t at = chunk->at;
    gen_put(chunk, 0, 2);
    gen_put_text(chunk, text);
    size_t units = (chunk->at - at - 2) / 2;
    chunk->bytes[at] = (unsigned char)units;
    chunk->bytes[at + 1] = (unsigned char)(units >> 8);
}

static spoor_str of(const char *text) {
    return (spoor_str){text, strlen(text)};
}

/* optional: the attribute or element is left out where there is no value */
static void put_substitution(gen_chunk *chunk, unsigned index, unsigned type, bool optional) {
    gen_put(chunk, optional ? 0x0E : 0x0D, 1);
    gen_put(chunk, index, 2);
    gen_put(chunk, type, 1);
}

static void put_leaf(gen_chunk *chunk, const char *name, unsigned index, unsigned type) {
    size_t element = begin_element(chunk, name, false);
    close_start(chunk);
    put_substitution(chunk, index, type, true);
    end_element(chunk, element);
}

static void put_text_leaf(gen_chunk *chunk, const char *name, spoor_str text) {
    size_t element = begin_element(chunk, name, false);
    close_start(chunk);
    put_literal(chunk, text);
    end_element(chunk, element);
}

/* An element without content whose attributes are substitutions; b may be NULL. */
static void put_attributes(gen_chunk *chunk, const char *name, const char *a, unsigned a_index,
                           const char *b, unsigned b_index, unsigned type) {
    size_t element = begin_element(chunk, name, true), list = begin_size(chunk);
    put_attribute(chunk, a, b != NULL);
    put_substitution(chunk, a_index, type, true);
    if (b != NULL) {
        put_attribute(chunk, b, false);
        put_substitution(chunk, b_index, type, true);
    }
    end_size(chunk, list);
    end_empty(chunk, element);
}

/* -- templates --------------------------------------------------------------------------------- */

static uint32_t hash_text(uint32_t hash, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    }
    return hash;
}

/* The reference, and the head of the definition that follows it. */
static size_t begin_template(gen_chunk *chunk, uint32_t id, uint32_t *defined_at) {
    gen_put(chunk, 0x010C, 2);
    gen_put(chunk, id, 4);
    *defined_at = (uint32_t)chunk->at + 4;
    gen_put(chunk, *defined_at, 4);
    unsigned char *bucket = chunk->bytes + TEMPLATE_TABLE + 4 * (id % 32);
    gen_put(chunk, get32(bucket), 4);
    set32(bucket, *defined_at);
    gen_put(chunk, id, 4); /* the GUID begins with the id */
    gen_put(chunk, id * UINT64_C(0x9E3779B97F4A7C15), 8);
    gen_put(chunk, id ^ 0x5A5A5A5A, 4);
    size_t start = begin_size(chunk);
    gen_put(chunk, 0x0001010F, 4);
    return start;
}

static void end_template(gen_chunk *chunk, size_t start) {
    gen_put(chunk, 0, 1);
    end_size(chunk, start);
}

static void refer(gen_chunk *chunk, uint32_t id, uint32_t at) {
    gen_put(chunk, 0x010C, 2);
    gen_put(chunk, id, 4);
    gen_put(chunk, at, 4);
}

static void put_provider(gen_chunk *chunk, const gen_source *source) {
    size_t element = begin_element(chunk, "Provider", true), list = begin_size(chunk);
    put_attribute(chunk, "Name", true);
    put_literal(chunk, of(source->provider));
    put_attribute(chunk, "Guid", false);
    put_literal(chunk, of(source->guid));
    end_size(chunk, list);
    end_empty(chunk, element);
}

static void put_system_element(gen_chunk *chunk, const gen_source *source, const gen_host *host) {
    size_t system = begin_element(chunk, "System", false);
    close_start(chunk);
    put_provider(chunk, source);
    size_t element = begin_element(chunk, "EventID", true), list = begin_size(chunk);
    put_attribute(chunk, "Qualifiers", false);
    put_substitution(chunk, QUALIFIERS, TYPE_UINT16, true);
    end_size(chunk, list);
    close_start(chunk);
    put_substitution(chunk, EVENT_ID, TYPE_UINT16, true);
    end_element(chunk, element);
    put_leaf(chunk, "Version", VERSION, TYPE_UINT8);
    put_leaf(chunk, "Level", LEVEL, TYPE_UINT8);
    put_leaf(chunk, "Task", TASK, TYPE_UINT16);
    put_leaf(chunk, "Opcode", OPCODE, TYPE_UINT8);
    put_leaf(chunk, "Keywords", KEYWORDS, TYPE_HEX64);
    put_attributes(chunk, "TimeCreated", "SystemTime", TIME, NULL, 0, TYPE_FILETIME);
    put_leaf(chunk, "EventRecordID", RECORD, TYPE_UINT64);
    put_attributes(chunk, "Correlation", "ActivityID", ACTIVITY, NULL, 0, TYPE_GUID);
    put_attributes(chunk, "Execution", "ProcessID", PID, "ThreadID", TID, TYPE_UINT32);
    put_text_leaf(chunk, "Channel", of(source->channel));
    put_text_leaf(chunk, "Computer", host->fqdn);
    put_attributes(chunk, "Security", "UserID", SID, NULL, 0, TYPE_SID);
    end_element(chunk, system);
}

void gen_use_system_template(gen_chunk *chunk, const gen_layout *layout, const gen_host *host) {
    const gen_source *source = layout->source;
    uint32_t id = hash_text(2166136261u, source->provider, strlen(source->provider));
    id = hash_text(id, source->channel, strlen(source->channel));
    id = hash_text(id, host->fqdn.ptr, host->fqdn.len);
    uint32_t i = 0;
    for (; i < chunk->nsystem_templates; i++) {
        if (chunk->system_templates[i].source == source &&
            chunk->system_templates[i].host == host) {
            refer(chunk, id, chunk->system_templates[i].at);
            return;
        }
    }
    uint32_t at;
    size_t start = begin_template(chunk, id, &at);
    size_t event = begin_element(chunk, "Event", true), list = begin_size(chunk);
    put_attribute(chunk, "xmlns", false);
    put_literal(chunk, of(event_namespace));
    end_size(chunk, list);
    close_start(chunk);
    put_system_element(chunk, source, host);
    put_substitution(chunk, DATA, TYPE_BINXML, true);
    end_element(chunk, event);
    end_template(chunk, start);
    if (i < GEN_SYSTEM_TEMPLATES) { /* else defined again next time */
        chunk->system_templates[i].source = source;
        chunk->system_templates[i].host = host;
        chunk->system_templates[i].at = at;
        chunk->nsystem_templates++;
    }
}

static unsigned binxml_type(gen_type type) {
    switch (type) {
    case GEN_TEXT: return TYPE_STRING;
    case GEN_GUID: return TYPE_GUID;
    case GEN_UINT16: return TYPE_UINT16;
    case GEN_UINT32: return TYPE_UINT32;
    case GEN_HEX32: return 0x14;
    case GEN_HEX64: return TYPE_HEX64;
    case GEN_BOOL: return 0x0D;
    case GEN_SID: return TYPE_SID;
    }
    return TYPE_STRING;
}

static void put_named_data(gen_chunk *chunk, const gen_layout *layout) {
    size_t data = begin_element(chunk, "EventData", false);
    close_start(chunk);
    for (uint32_t i = 0; i < layout->nfields; i++) {
        const gen_field *field = &layout->fields[i];
        size_t element = begin_element(chunk, "Data", true), list = begin_size(chunk);
        put_attribute(chunk, "Name", false);
        put_literal(chunk, (spoor_str){field->name, field->len});
        end_size(chunk, list);
        close_start(chunk);
        put_substitution(chunk, i, binxml_type(field->type), false);
        end_element(chunk, element);
    }
    end_element(chunk, data);
}

static void put_user_data(gen_chunk *chunk, const gen_layout *layout) {
    size_t data = begin_element(chunk, "UserData", false);
    close_start(chunk);
    size_t element = begin_element(chunk, layout->user_data, true), list = begin_size(chunk);
    put_attribute(chunk, "xmlns", false);
    put_literal(chunk, of(log_namespace));
    end_size(chunk, list);
    close_start(chunk);
    for (uint32_t i = 0; i < layout->nfields; i++) {
        size_t leaf = begin_element(chunk, layout->fields[i].name, false);
        close_start(chunk);
        put_substitution(chunk, i, binxml_type(layout->fields[i].type), false);
        end_element(chunk, leaf);
    }
    end_element(chunk, element);
    end_element(chunk, data);
}

void gen_use_data_template(gen_chunk *chunk, const gen_layout *layout) {
    const char *provider = layout->source->provider;
    uint32_t id = hash_text(layout->event_id * 16u + layout->version, provider, strlen(provider));
    uint32_t *at = &chunk->data_templates[layout->number];
    if (*at != 0) {
        refer(chunk, id, *at);
        return;
    }
    size_t start = begin_template(chunk, id, at);
    if (layout->user_data != NULL) {
        put_user_data(chunk, layout);
    } else {
        put_named_data(chunk, layout);
    }
    end_template(chunk, start);
}

size_t gen_template_bound(const gen_chunk *chunk, const gen_layout *layout, const gen_host *host) {
    size_t bound = 0;
    if (chunk->data_templates[layout->number] == 0) {
        bound += 512 + 192 * (size_t)layout->nfields;
    }
    for (uint32_t i = 0; i < chunk->nsystem_templates; i++) {
        if (chunk->system_templates[i].source == layout->source &&
            chunk->system_templates[i].host == host) {
            return bound;
        }
    }
    return bound + 4096;
}
