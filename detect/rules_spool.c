/* rules_spool.c - see rules_spool.h. */
#include "detect/rules_spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "types/dynamic.h"

const spoor_schema *spoor_rule_schema(const spoor_rule_state *state, uint32_t *ncols) {
    *ncols = 0;
    const spoor_schema *schema = state->schema;
    while (schema != NULL && *ncols < schema->ncols && !schema->columns[*ncols].hidden) {
        (*ncols)++;
    }
    return schema;
}

static int find_column(const spoor_schema *schema, uint32_t ncols, spoor_str name,
                       spoor_type type) {
    int i = spoor_schema_find(schema, name);
    return i >= 0 && (uint32_t)i < ncols && schema->columns[i].type == type ? i : -1;
}

/* Computer, or the column that the rule says names the host. */
int spoor_rule_host_column(const spoor_rule *rule, const spoor_schema *schema, uint32_t ncols) {
    int found = find_column(schema, ncols, SPOOR_STR("Computer"), SPOOR_STRING);
    for (uint32_t i = 0; i < rule->nentities && found < 0; i++) {
        const spoor_entity_field *field = &rule->entities[i];
        bool is_host = spoor_rule_word_is(field->entity, SPOOR_STR("Host")) &&
                       (spoor_rule_word_is(field->identifier, SPOOR_STR("FullName")) ||
                        spoor_rule_word_is(field->identifier, SPOOR_STR("HostName")));
        found = is_host ? find_column(schema, ncols, field->column, SPOOR_STRING) : -1;
    }
    static const char *const others[] = {"DeviceName", "HostCustomEntity", "DvcHostname"};
    for (size_t i = 0; i < sizeof others / sizeof *others && found < 0; i++) {
        found = find_column(schema, ncols, spoor_str_from(others[i]), SPOOR_STRING);
    }
    return found;
}

void spoor_rule_noted_columns(const spoor_rules *rules, uint32_t rule, int *time, int *host) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(&rules->states[rule], &ncols);
    *time = find_column(schema, ncols, SPOOR_STR("TimeGenerated"), SPOOR_DATETIME);
    *host = spoor_rule_host_column(&rules->set.rules[rule], schema, ncols);
}

void spoor_capture_open(spoor_capture *c, spoor_rules *rules, uint32_t rule, uint64_t max_rows) {
    spoor_rule_state *state = &rules->states[rule];
    *c = (spoor_capture){.rules = rules,
                         .state = state,
                         .plain = {.format = SPOOR_FORMAT_JSON},
                         .scratch = {.memory = &rules->engine->memory}};
    const spoor_schema *schema = spoor_rule_schema(state, &c->ncols);
    spoor_rule_noted_columns(rules, rule, &c->time_column, &c->host_column);
    c->file_column = find_column(schema, schema->ncols, SPOOR_STR("_SourceFile"), SPOOR_STRING);
    c->record_column = find_column(schema, schema->ncols, SPOOR_STR("_RecordId"), SPOOR_LONG);
    c->max_rows = rules->spool == NULL ? 0 : max_rows != 0 ? max_rows : UINT64_MAX;
    c->output = (spoor_output){.options = &c->plain, .out = rules->spool, .scratch = &c->scratch};
    state->rows_at = rules->spool != NULL ? ftell(rules->spool) : 0;
}

const bool *spoor_capture_needs(const spoor_capture *c, spoor_arena *arena) {
    bool *needs = SPOOR_NEW_ARRAY(arena, bool, c->state->schema->ncols + 1);
    if (c->time_column >= 0) {
        needs[c->time_column] = !c->is_counted;
    }
    if (c->host_column >= 0) {
        needs[c->host_column] = !c->is_counted;
    }
    return needs;
}

void spoor_capture_close(spoor_capture *c) {
    spoor_arena_reset(&c->scratch);
}

/* -- what a batch tells ------------------------------------------------------------------------ */

void spoor_note_time(spoor_rule_state *state, int64_t time) {
    state->first = !state->has_times || time < state->first ? time : state->first;
    state->last = !state->has_times || time > state->last ? time : state->last;
    state->has_times = true;
}

static void grow_hosts(spoor_arena *arena, spoor_rule_hosts *hosts) {
    uint32_t nslots = hosts->nslots == 0 ? 16 : hosts->nslots * 4;
    uint32_t *slots = SPOOR_NEW_ARRAY(arena, uint32_t, nslots);
    spoor_host_hits *items = SPOOR_NEW_ARRAY(arena, spoor_host_hits, nslots / 2);
    for (uint32_t i = 0; i < hosts->count; i++) {
        items[i] = hosts->items[i];
        uint32_t at =
            (uint32_t)spoor_hash_bytes(items[i].host.ptr, items[i].host.len) & (nslots - 1);
        while (slots[at] != 0) {
            at = (at + 1) & (nslots - 1);
        }
        slots[at] = i + 1;
    }
    hosts->items = items;
    hosts->slots = slots;
    hosts->nslots = nslots;
}

void spoor_note_host(spoor_rules *rules, spoor_rule_state *state, spoor_str host, uint64_t hits) {
    spoor_rule_hosts *hosts = &state->hosts;
    spoor_arena *arena = &rules->arena;
    if (host.len == 0) {
        return;
    }
    if (hosts->count >= hosts->nslots / 2 && hosts->count < SPOOR_MAX_RULE_HOSTS) {
        grow_hosts(arena, hosts);
    }
    uint32_t at = (uint32_t)spoor_hash_bytes(host.ptr, host.len) & (hosts->nslots - 1);
    while (hosts->slots[at] != 0 && !spoor_str_eq(hosts->items[hosts->slots[at] - 1].host, host)) {
        at = (at + 1) & (hosts->nslots - 1);
    }
    if (hosts->slots[at] == 0) {
        if (hosts->count == SPOOR_MAX_RULE_HOSTS) {
            hosts->has_more = true;
            return;
        }
        hosts->items[hosts->count] = (spoor_host_hits){.host = spoor_arena_str(arena, host)};
        hosts->slots[at] = ++hosts->count;
    }
    hosts->items[hosts->slots[at] - 1].hits += hits;
}

static spoor_vec flat(spoor_capture *c, int column) {
    const spoor_batch *b = c->batch;
    return column < 0 ? (spoor_vec){0}
                      : spoor_vec_flatten(&c->scratch, &b->cols[column], b->rows, b->sel, b->count);
}

static void put_cell(spoor_capture *c, int column, const spoor_vec *cells, uint32_t row) {
    spoor_value value = {.type = SPOOR_STRING, .is_null = true};
    if (column >= 0) {
        value = spoor_vec_get(cells, row);
        value.is_null |= value.type == SPOOR_STRING && value.string.len == 0;
    }
    if (value.is_null) {
        fputs("null", c->rules->spool);
    } else {
        spoor_output_json_cell(&c->output, &value);
    }
}

/* The first `count` rows of the batch that are still in. */
static spoor_batch first_rows(spoor_arena *arena, const spoor_batch *b, uint32_t count) {
    spoor_batch some = *b;
    some.count = count;
    if (b->sel == NULL) {
        uint32_t *rows = SPOOR_RAW_ARRAY(arena, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            rows[i] = i;
        }
        some.sel = rows;
    }
    return some;
}

static void keep_rows(spoor_capture *c) {
    const spoor_batch *whole = c->batch;
    spoor_batch some;
    if (c->batch->count >
        c->max_rows - c->state->rows) { /* values of the others are not even computed */
        some = first_rows(&c->scratch, c->batch, (uint32_t)(c->max_rows - c->state->rows));
        c->batch = &some;
    }
    const spoor_batch *b = c->batch;
    FILE *spool = c->rules->spool;
    spoor_vec *cells = SPOOR_NEW_ARRAY(&c->scratch, spoor_vec, c->ncols);
    for (uint32_t col = 0; col < c->ncols; col++) {
        cells[col] = flat(c, (int)col);
    }
    spoor_vec files = flat(c, c->file_column), records = flat(c, c->record_column);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t row = spoor_batch_row(b, i);
        for (uint32_t col = 0; col < c->ncols; col++) {
            spoor_value value = spoor_vec_get(&cells[col], row);
            spoor_output_json_cell(&c->output, &value);
            fputc('\t', spool);
        }
        put_cell(c, c->file_column, &files, row);
        fputc('\t', spool);
        put_cell(c, c->record_column, &records, row);
        fputc('\n', spool);
        c->state->rows++;
    }
    c->batch = whole;
}

static void count_batch(spoor_capture *c) {
    const spoor_batch *b = c->batch;
    spoor_vec times = flat(c, c->time_column), hosts = flat(c, c->host_column);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t row = spoor_batch_row(b, i);
        if (c->time_column >= 0) {
            spoor_value time = spoor_vec_get(&times, row);
            if (!time.is_null) {
                spoor_note_time(c->state, time.integer);
            }
        }
        if (c->host_column >= 0) {
            spoor_note_host(c->rules, c->state, hosts.strings[row], 1);
        }
    }
    c->state->hits += b->count;
}

static void take(spoor_capture *c) {
    spoor_arena_rewind(&c->scratch);
    if (!c->is_counted) {
        count_batch(c);
    }
    if (c->state->rows < c->max_rows) {
        keep_rows(c);
    }
}

/* Our arenas jump to a door of their own, never over frames of the executor. */
bool spoor_capture_batch(spoor_capture *c, spoor_run *run, const spoor_batch *batch) {
    jmp_buf door;
    jmp_buf *outer = c->rules->arena.on_oom;
    c->batch = batch;
    c->scratch.on_oom = c->rules->arena.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        take(c);
    }
    c->scratch.on_oom = NULL;
    c->rules->arena.on_oom = outer;
    if (is_out) {
        return spoor_run_fail(run, SPOOR_RUN_MEMORY, (spoor_span){0},
                              "the matched rows do not fit the memory limit");
    }
    if (c->rules->spool != NULL && ferror(c->rules->spool)) {
        return spoor_run_fail(run, SPOOR_RUN_IO, (spoor_span){0},
                              "the file of matched rows cannot be written");
    }
    return !c->is_counted || c->state->rows < c->max_rows;
}

bool spoor_spool_open(spoor_rules *rules) {
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/spoor-rules-XXXXXX", rules->engine->temp_dir);
    int fd = len > 0 && (size_t)len < sizeof path ? mkstemp(path) : -1;
    if (fd >= 0) {
        unlink(path);
        rules->spool = fdopen(fd, "w+b");
        if (rules->spool == NULL) {
            close(fd);
        }
    }
    return rules->spool != NULL;
}

/* -- reading ----------------------------------------------------------------------------------- */

void spoor_spool_seek(spoor_rules *rules, const spoor_rule_state *state) {
    if (rules->spool != NULL) {
        fseek(rules->spool, state->rows_at, SEEK_SET);
    }
}

/* A line, without its end.  JSON holds no NUL byte.  false: there is none, or it is cut. */
static bool read_line(FILE *in, spoor_buffer *line) {
    char part[4096];
    while (fgets(part, sizeof part, in) != NULL) {
        size_t len = strlen(part);
        bool is_end = len > 0 && part[len - 1] == '\n';
        spoor_buffer_put(line, (spoor_str){part, len - is_end});
        if (is_end) {
            return true;
        }
    }
    return false;
}

static uint32_t count_tabs(spoor_str text) {
    uint32_t tabs = 0;
    for (size_t i = 0; i < text.len; i++) {
        tabs += text.ptr[i] == '\t';
    }
    return tabs;
}

bool spoor_spool_next(spoor_rules *rules, spoor_arena *arena, spoor_rule_row *row) {
    spoor_buffer line = {.arena = arena};
    *row = (spoor_rule_row){0};
    bool is_whole = read_line(rules->spool, &line);
    uint32_t tabs = count_tabs(spoor_buffer_text(&line));
    if (!is_whole || tabs == 0) {
        return false;
    }
    spoor_str text = spoor_buffer_text(&line), *cells = SPOOR_NEW_ARRAY(arena, spoor_str, tabs + 1);
    uint32_t n = 0;
    for (size_t from = 0, i = 0; i <= text.len; i++) {
        if (i == text.len || text.ptr[i] == '\t') {
            cells[n++] = (spoor_str){text.ptr + from, i - from};
            from = i + 1;
        }
    }
    row->cells = cells;
    row->bags = SPOOR_NEW_ARRAY(arena, spoor_str, n);
    row->ncols = n - 2;
    row->file = spoor_cell_text(arena, cells[n - 2]);
    row->has_record = !spoor_str_is(cells[n - 1], "null");
    row->record = row->has_record ? strtoll(spoor_arena_str(arena, cells[n - 1]).ptr, NULL, 10) : 0;
    return true;
}

/* The text between the quotes, if nothing is escaped in it but quotes and backslashes. */
static bool read_plain(spoor_arena *arena, spoor_str raw, spoor_str *text) {
    const char *escape = memchr(raw.ptr, '\\', raw.len);
    if (escape == NULL) {
        *text = raw;
        return true;
    }
    char *out = SPOOR_RAW_ARRAY(arena, char, raw.len);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] == '\\' && (++i == raw.len || (raw.ptr[i] != '\\' && raw.ptr[i] != '"'))) {
            return false;
        }
        out[n++] = raw.ptr[i];
    }
    *text = (spoor_str){out, n};
    return true;
}

spoor_str spoor_cell_text(spoor_arena *arena, spoor_str json) {
    spoor_str value;
    bool is_text = json.len >= 2 && json.ptr[0] == '"';
    if (spoor_str_is(json, "null")) {
        return SPOOR_STR("");
    }
    if (is_text && read_plain(arena, (spoor_str){json.ptr + 1, json.len - 2}, &value)) {
        return value;
    }
    return is_text && spoor_dynamic_parse_json(arena, json, &value)
               ? spoor_dynamic_to_text(arena, value)
               : json;
}
