/* rules_propose.c - `rules tune`: entries for an allow-list from what most rows of a noisy rule
 * share.
 *
 * Of the columns that say who did what, one whose commonest text is in many rows begins an entry;
 * columns that all those rows share narrow it.  Then the same of the rows that are left.  Whether
 * what is common is harmless a person has to say: owner, reason and expires are left empty. */
#include <inttypes.h>
#include <stdlib.h>

#include "detect/rules_alert.h"

enum {
    LEAST_ROWS = 5,      /* of a rule that is noisy */
    LEAST_SHARE = 5,     /* of 100: entries are for at least so many of its rows */
    MOST_ENTRIES = 3,    /* of a rule */
    MOST_CONDITIONS = 4, /* of an entry */
    MOST_ROWS = 100000,  /* of a rule that are looked at */
    MOST_TEXT = 300,     /* bytes: a longer text is of its own row */
};

/* In the order in which they narrow best. */
static const char *const columns[] = {
    "process_path",
    "process_parent_path",
    "target_process_path",
    "process_command_line",
    "user_name",
    "module_loaded",
    "driver_loaded",
    "file_path",
    "registry_key_path",
    "pipe_name",
    "dns_query_name",
    "dst_host_name",
    "dst_ip",
    "NewProcessName",
    "ParentProcessName",
    "CommandLine",
    "SubjectUserName",
    "TargetUserName",
    "IpAddress",
    "FolderPath",
    "InitiatingProcessFolderPath",
    "ProcessCommandLine",
    "InitiatingProcessCommandLine",
    "AccountName",
    "RemoteUrl",
    "RemoteIP",
    "Computer",
    "DeviceName",
};

enum { NCOLUMNS = sizeof columns / sizeof *columns };

typedef struct proposer {
    spoor_rules *rules;
    spoor_arena arena; /* of a rule */
    FILE *out;
    int at[NCOLUMNS]; /* of the rule's rows; -1: it has no such column */
    spoor_str *texts; /* NCOLUMNS a row */
    bool *is_taken;   /* by row: an entry is about it */
    uint32_t nrows;
    bool has_head; /* the list has begun */
} proposer;

static spoor_str text_at(const proposer *p, uint32_t row, uint32_t column) {
    return p->texts[(size_t)row * NCOLUMNS + column];
}

static int compare_texts(const void *a, const void *b) {
    return spoor_str_compare(*(const spoor_str *)a, *(const spoor_str *)b);
}

/* The commonest text of a column in the rows that are left; how many have it. */
static uint32_t find_commonest(proposer *p, uint32_t column, spoor_str *text) {
    spoor_str *values = SPOOR_NEW_ARRAY(&p->arena, spoor_str, p->nrows + 1);
    uint32_t n = 0, best = 0, run = 0;
    for (uint32_t r = 0; r < p->nrows; r++) {
        if (!p->is_taken[r] && text_at(p, r, column).len > 0) {
            values[n++] = text_at(p, r, column);
        }
    }
    if (n > 1) {
        qsort(values, n, sizeof *values, compare_texts);
    }
    for (uint32_t i = 0; i < n; i++) {
        run = i > 0 && spoor_str_eq(values[i], values[i - 1]) ? run + 1 : 1;
        if (run > best) {
            best = run;
            *text = values[i];
        }
    }
    return best;
}

/* -- writing
 * -------------------------------------------------------------------------------------------------------
 */

static void put_quoted(FILE *out, spoor_str text, char quote) {
    fputc(quote, out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote) {
            fputc(quote, out);
        }
        fputc((unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i], out);
    }
    fputc(quote, out);
}

static void put_entry(proposer *p, const spoor_rule *rule, const uint32_t *chosen,
                      const spoor_str *texts, uint32_t n, uint32_t rows) {
    spoor_str key = spoor_rule_key(&p->arena, rule);
    if (rule->id.len == 0) {
        key = rule->title;
    }
    fputs(p->has_head ? "" : "allow:\n", p->out);
    p->has_head = true;
    fputs("  - rule: ", p->out);
    put_quoted(p->out, key, '\'');
    fprintf(p->out, "\n    # %" PRIu32 " of %" PRIu32 " rows: ", rows, p->nrows);
    for (size_t i = 0; i < rule->title.len; i++) {
        fputc((unsigned char)rule->title.ptr[i] < 0x20 ? ' ' : rule->title.ptr[i], p->out);
    }
    fputs("\n    where: |-\n      ", p->out);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(p->out, "%s%s =~ @", i > 0 ? " and " : "", columns[chosen[i]]);
        put_quoted(p->out, texts[i], '"');
    }
    fputs("\n    owner:\n    reason:\n    expires:\n", p->out);
}

/* -- one rule
 * -------------------------------------------------------------------------------------------------------
 */

/* true: an entry was made of the rows that are left. */
static bool make_entry(proposer *p, const spoor_rule *rule) {
    uint32_t chosen[MOST_CONDITIONS], n = 0, most = 0;
    spoor_str texts[MOST_CONDITIONS];
    for (uint32_t c = 0; c < NCOLUMNS; c++) {
        spoor_str text = {0};
        uint32_t count = p->at[c] >= 0 ? find_commonest(p, c, &text) : 0;
        if (count >
            2 * most) { /* an earlier column says more, unless it says it of far fewer rows */
            most = count;
            chosen[0] = c;
            texts[0] = text;
            n = 1;
        }
    }
    if (most < LEAST_ROWS || most * 100 < p->nrows * LEAST_SHARE) {
        return false;
    }
    for (uint32_t c = 0; c < NCOLUMNS && n < MOST_CONDITIONS; c++) {
        spoor_str shared = {0};
        bool all = p->at[c] >= 0 && c != chosen[0], is_first = true;
        for (uint32_t r = 0; r < p->nrows && all; r++) {
            if (!p->is_taken[r] && spoor_str_eq(text_at(p, r, chosen[0]), texts[0])) {
                all = is_first || spoor_str_eq(text_at(p, r, c), shared);
                shared = text_at(p, r, c);
                is_first = false;
            }
        }
        if (all && shared.len > 0) {
            chosen[n] = c;
            texts[n++] = shared;
        }
    }
    put_entry(p, rule, chosen, texts, n, most);
    for (uint32_t r = 0; r < p->nrows; r++) {
        p->is_taken[r] |= spoor_str_eq(text_at(p, r, chosen[0]), texts[0]);
    }
    return true;
}

/* A text that a literal can hold, and a person can read. */
static bool is_plain(spoor_str text) {
    bool ok = text.len <= MOST_TEXT;
    for (size_t i = 0; i < text.len && ok; i++) {
        ok = (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F;
    }
    return ok;
}

static void read_rows(proposer *p, const spoor_rule_state *state) {
    spoor_rule_row row;
    uint32_t most = state->rows > MOST_ROWS ? MOST_ROWS : (uint32_t)state->rows;
    p->texts = SPOOR_NEW_ARRAY(&p->arena, spoor_str, (size_t)most * NCOLUMNS + 1);
    p->is_taken = SPOOR_NEW_ARRAY(&p->arena, bool, most + 1);
    spoor_spool_seek(p->rules, state);
    for (p->nrows = 0; p->nrows < most && spoor_spool_next(p->rules, &p->arena, &row); p->nrows++) {
        for (uint32_t c = 0; c < NCOLUMNS; c++) {
            bool is_there = p->at[c] >= 0 && (uint32_t)p->at[c] < row.ncols;
            spoor_str text =
                is_there ? spoor_cell_text(&p->arena, row.cells[p->at[c]]) : (spoor_str){0};
            p->texts[(size_t)p->nrows * NCOLUMNS + c] = is_plain(text) ? text : (spoor_str){0};
        }
    }
}

static void propose_for(proposer *p, uint32_t i) {
    const spoor_rule_state *state = &p->rules->states[i];
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    if (!state->is_selected || state->rows < LEAST_ROWS || schema == NULL) {
        return;
    }
    spoor_arena_rewind(&p->arena);
    for (uint32_t c = 0; c < NCOLUMNS; c++) {
        int at = spoor_schema_find(schema, spoor_str_from(columns[c]));
        bool is_text = at >= 0 && (uint32_t)at < ncols && schema->columns[at].type == SPOOR_STRING;
        p->at[c] = is_text ? at : -1;
    }
    read_rows(p, state);
    for (int n = 0; n < MOST_ENTRIES && make_entry(p, &p->rules->set.rules[i]); n++) {
    }
}

static void propose_all(proposer *p) {
    for (uint32_t i = 0; i < p->rules->set.count; i++) {
        propose_for(p, i);
    }
    if (!p->has_head) {
        fputs("allow: [] # no rule has five rows that share a text\n", p->out);
    }
}

spoor_status spoor_rules_propose(spoor_rules *rules, FILE *out) {
    proposer p = {.rules = rules, .arena = {.memory = &rules->engine->memory}, .out = out};
    jmp_buf door;
    p.arena.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        propose_all(&p);
    }
    spoor_arena_reset(&p.arena);
    if (is_out) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "out of memory while tuning the rules");
    }
    return fflush(out) == 0 && !ferror(out) ? SPOOR_OK
                                            : spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT,
                                                                "the output could not be written");
}
