/* scan_needles.c - rows that can hold what is looked for in many columns, or in a whole record, at once.
 *
 *     EventData has "x"        search "x"        * contains "x" or y startswith "x"
 *
 * Such a predicate is asked of rows, each of which has to be put together.  Where all that it asks is whether
 * literals stand in texts that are cut or taken from what is stored, a row that it keeps has one of the literals in
 * a stored value; which rows have is found out by entries of dictionaries, and only these are asked. */
#include "executor/scan.h"

#include "base/text_match.h"
#include "base/time.h"
#include "executor/eval.h"
#include "functions/text_arg.h"
#include "planner/bound.h"
#include "store/record_needle.h"

enum { FEWEST_ROWS = 32 }; /* fewer are asked as they are */

typedef struct sought { /* a literal and the columns of the scan that may hold it */
    spoor_needle needle;
    uint32_t *uses;
    struct sought *next;
} sought;

struct spoor_sought {
    sought *first;
};

/* -- what a predicate asks --------------------------------------------------------------------- */

/* Can a value of the type be printed with the literal in it?  Not text: digits, signs, a few words. */
static bool may_print(spoor_type type, spoor_str literal) {
    if (type == SPOOR_DATETIME) {
        return spoor_time_may_print(literal);
    }
    static const char *const words[] = {"true", "false", "infinity", "nan"};
    bool is_word = false, is_number = true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is_word = is_word || spoor_text_contains(spoor_str_from(words[i]), literal, true);
    }
    bool is_whole = type == SPOOR_INT ||
                    type == SPOOR_LONG; /* an IP address is no part of one, nor of a time */
    const char *letters = type == SPOOR_GUID ? "-abcdefABCDEF" : is_whole ? "-" : "-+.:,TZetzE ";
    for (size_t i = 0; i < literal.len; i++) {
        char c = literal.ptr[i];
        is_number =
            is_number && c != '\0' && ((c >= '0' && c <= '9') || strchr(letters, c) != NULL);
    }
    return is_word || (is_number && type != SPOOR_BOOL);
}

/* Does an expression's text hold the literal only where one of its columns does?  uses: of them. */
static bool is_cut_from(const spoor_bound *e, spoor_str literal, uint32_t *uses) {
    if (e->type != SPOOR_STRING && e->type != SPOOR_DYNAMIC) {
        return !may_print(e->type, literal);
    }
    if (e->kind == SPOOR_BOUND_CONSTANT) {
        bool is_text = e->type == SPOOR_STRING;
        return e->value.is_null ||
               (is_text && !spoor_text_contains(e->value.string, literal, true));
    }
    if (e->kind == SPOOR_BOUND_COLUMN) {
        uses[e->column]++;
        return true;
    }
    if (e->kind != SPOOR_BOUND_CALL) {
        return false;
    }
    bool is_choice = spoor_bound_is_call(e, "coalesce") || spoor_bound_is_call(e, "iff") ||
                     spoor_bound_is_call(e, "iif") || spoor_bound_is_call(e, "case");
    for (uint32_t i = 0; is_choice && i < e->nargs; i++) {
        if (!is_cut_from(e->args[i], literal, uses)) {
            return false;
        }
    }
    if (is_choice) {
        return true;
    }
    if (spoor_bound_is_call(e, "tostring")) {
        const spoor_bound *arg = e->args[0];
        bool is_whole = arg->type == SPOOR_DYNAMIC && arg->kind == SPOOR_BOUND_CALL &&
                        !spoor_bound_is_call(arg, "__element");
        return !is_whole && is_cut_from(arg, literal, uses);
    }
    if (spoor_bound_is_call(e, "__element")) {
        return spoor_bound_is_call(e->args[0], "split") &&
               is_cut_from(e->args[0]->args[0], literal, uses);
    }
    return spoor_bound_is_call(e, "extract") && e->nargs == 3 &&
           is_cut_from(e->args[2], literal, uses);
}

/* Tests that hold of no text without their literal, but for the case of letters. */
static bool is_test(const spoor_bound *e) {
    static const char *const tests[] = {
        "has",           "has_cs",       "contains",    "contains_cs", "startswith",
        "startswith_cs", "endswith",     "endswith_cs", "hasprefix",   "hasprefix_cs",
        "hassuffix",     "hassuffix_cs", "=~",          "==",          "has_any"};
    bool found = false;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        found = found || spoor_bound_is_call(e, tests[i]);
    }
    return found;
}

static uint32_t *uses_of(const spoor_scan *scan, struct spoor_sought *all, spoor_str literal) {
    spoor_arena *arena = scan->op->arena;
    for (sought *s = all->first; s != NULL; s = s->next) {
        if (spoor_str_eq(s->needle.text, literal)) {
            return s->uses;
        }
    }
    sought *s = SPOOR_NEW(arena, sought);
    *s = (sought){.needle = spoor_needle_prepare(arena, literal, true),
                  .uses = SPOOR_NEW_ARRAY(arena, uint32_t, scan->op->plan->schema.ncols),
                  .next = all->first};
    all->first = s;
    return s->uses;
}

static bool read_test(const spoor_scan *scan, const spoor_bound *e, struct spoor_sought *all) {
    spoor_text_list texts = {0};
    for (uint32_t i = 1; i < e->nargs; i++) {
        if (e->args[i]->kind != SPOOR_BOUND_CONSTANT || e->args[i]->value.is_null) {
            return false;
        }
        spoor_text_list_add_value(scan->op->arena, &texts, &e->args[i]->value);
    }
    for (uint32_t i = 0; i < texts.count; i++) {
        bool is_plain =
            texts.texts[i].len > 0 && memchr(texts.texts[i].ptr, 0, texts.texts[i].len) == NULL;
        if (!is_plain ||
            !is_cut_from(e->args[0], texts.texts[i], uses_of(scan, all, texts.texts[i]))) {
            return false;
        }
    }
    return texts.count > 0;
}

/* Of an or all arms, of an and the first that tells. */
static bool read_predicate(const spoor_scan *scan, const spoor_bound *e, struct spoor_sought *all) {
    bool is_or = spoor_bound_is_call(e, "or"), is_and = spoor_bound_is_call(e, "and");
    for (uint32_t i = 0; (is_or || is_and) && i < e->nargs; i++) {
        if (read_predicate(scan, e->args[i], all) != is_or) {
            return is_and;
        }
    }
    return is_or || (!is_and && is_test(e) && read_test(scan, e, all));
}

void spoor_scan_read_needles(const spoor_scan *scan, spoor_scan_predicate *predicate) {
    struct spoor_sought all = {0};
    if (!predicate->eval->is_volatile && read_predicate(scan, predicate->bound, &all)) {
        predicate->sought = SPOOR_NEW(scan->op->arena, struct spoor_sought);
        *predicate->sought = all;
    }
}

/* -- the segment at hand ----------------------------------------------------------------------- */

typedef struct search {
    spoor_scan *scan;
    const spoor_needle *needle;
    spoor_event_column
        column;     /* a record column, whose members are searched; SPOOR_COL_NCOLUMNS: none */
    uint64_t *bits; /* by row: it has one */
    bool is_any;    /* any row may */
} search;

static void hit_entry(uint8_t **table, const spoor_dict *dict, uint32_t entry, spoor_arena *arena) {
    *table = *table != NULL ? *table : SPOOR_NEW_ARRAY(arena, uint8_t, dict->count);
    (*table)[entry] = 1;
}

/* By entry, whether it has the literal; NULL: none has. */
static uint8_t *entries_with(const search *s, const spoor_dict *dict) {
    const spoor_str *strings = dict->values->strings;
    spoor_arena *arena = s->scan->arena;
    uint8_t *table = NULL;
    bool is_packed = dict->blob.len > 0;
    for (size_t at = 0, entry = 0; is_packed;
         at = (size_t)(strings[entry].ptr - dict->blob.ptr) + strings[entry].len) {
        at = spoor_needle_find(s->needle, dict->blob, at);
        if (at == SIZE_MAX) {
            break;
        }
        while (entry + 1 < dict->count && strings[entry + 1].ptr <= dict->blob.ptr + at) {
            entry++;
        }
        hit_entry(&table, dict, (uint32_t)entry, arena);
    }
    for (uint32_t e = 0; e < dict->count; e++) {
        bool is_hit =
            (!is_packed && spoor_needle_in(s->needle, strings[e])) ||
            (s->column != SPOOR_COL_NCOLUMNS && spoor_record_is_odd(s->column, strings[e]));
        if (is_hit) {
            hit_entry(&table, dict, e, arena);
        }
    }
    return table;
}

static void mark_rows(search *s, const uint32_t *codes, const uint8_t *table) {
    for (uint32_t row = 0; row < s->scan->segment->rows; row++) {
        s->bits[row / 64] |= (uint64_t)table[codes[row]] << row % 64;
    }
}

static bool may_hold(const search *s, spoor_str text) {
    return spoor_needle_in(s->needle, text) ||
           (s->column != SPOOR_COL_NCOLUMNS && spoor_record_is_odd(s->column, text));
}

/* A stored text that the scan need not have as a column.  false: failed. */
static bool search_stored(search *s, spoor_event_column column, spoor_str member) {
    spoor_scan *scan = s->scan;
    spoor_snapshot *snapshot = scan->op->run->snapshot;
    spoor_chunk summary;
    const spoor_chunk *chunk = NULL, *whole = NULL;
    spoor_chunk_peek(snapshot, scan->segment, column, member, SPOOR_STRING, &summary);
    if (summary.is_constant) {
        s->is_any |= may_hold(s, summary.constant.string);
        return true;
    }
    spoor_store_status status =
        spoor_chunk_pin_entries(snapshot, scan->segment, column, member, SPOOR_STRING, &chunk);
    const uint8_t *table = NULL;
    if (status == SPOOR_STORE_OK && chunk->is_constant) {
        s->is_any |= may_hold(s, chunk->constant.string);
    } else if (status == SPOOR_STORE_OK) {
        table = entries_with(s, chunk->vec.dict);
    }
    if (table != NULL) {
        status = spoor_chunk_pin(snapshot, scan->segment, column, member, SPOOR_STRING, &whole);
    }
    if (whole != NULL && status == SPOOR_STORE_OK) {
        mark_rows(s, whole->vec.codes, table);
        spoor_chunk_release(snapshot, whole);
    }
    if (chunk != NULL) {
        spoor_chunk_release(snapshot, chunk);
    }
    return status == SPOOR_STORE_OK || spoor_scan_pin_failed(scan, status);
}

/* All that a record is made of. */
static bool search_record(search *s, spoor_event_column column) {
    s->column = column;
    s->is_any = s->is_any || !spoor_record_keeps_needle(column, s->needle->text);
    bool ok = true;
    spoor_str member;
    for (uint32_t at = 0;
         ok && !s->is_any && spoor_segment_member(s->scan->segment, &at, &member);) {
        s->is_any = spoor_needle_in(s->needle, member);
        ok = s->is_any || search_stored(s, SPOOR_COL_EVENT_DATA, member);
    }
    s->column = SPOOR_COL_NCOLUMNS;
    return ok && (s->is_any || (search_stored(s, SPOOR_COL_RAW_XML, (spoor_str){0}) &&
                                search_stored(s, SPOOR_COL_MESSAGE, (spoor_str){0})));
}

static bool search_column(search *s, uint32_t c) {
    spoor_scan *scan = s->scan;
    const spoor_scan_column *column = &scan->op->plan->scan.columns[c];
    spoor_event_column of = (spoor_event_column)column->column;
    if (column->member.len == 0 && spoor_is_record_column(of)) {
        return search_record(s, of);
    }
    s->is_any = s->is_any || (column->type != SPOOR_STRING && column->member.len == 0);
    s->column = column->type == SPOOR_DYNAMIC ? SPOOR_COL_EVENT_DATA : SPOOR_COL_NCOLUMNS;
    bool ok = s->is_any || search_stored(s, of, column->member);
    s->column = SPOOR_COL_NCOLUMNS;
    return ok;
}

/* Leave the rows that have a bit. */
static void keep_marked(spoor_scan *scan, const uint64_t *bits) {
    uint32_t *kept = SPOOR_RAW_ARRAY(scan->arena, uint32_t, scan->nrows);
    uint32_t count = 0;
    for (uint32_t i = 0; i < scan->nrows; i++) {
        uint32_t row = scan->rows != NULL ? scan->rows[i] : i;
        kept[count] = row;
        count += (uint32_t)(bits[row / 64] >> row % 64 & 1);
    }
    scan->rows = kept;
    scan->nrows = count;
}

bool spoor_scan_keep_holding(spoor_scan *scan, const spoor_scan_predicate *predicate) {
    if (predicate->sought == NULL || scan->nrows < FEWEST_ROWS) {
        return true;
    }
    search s = {.scan = scan,
                .column = SPOOR_COL_NCOLUMNS,
                .bits = SPOOR_NEW_ARRAY(scan->arena, uint64_t, scan->segment->rows / 64 + 1)};
    for (const sought *next = predicate->sought->first; next != NULL && !s.is_any;
         next = next->next) {
        s.needle = &next->needle;
        for (uint32_t i = 0; i < predicate->ncolumns && !s.is_any; i++) {
            if (next->uses[predicate->columns[i]] > 0 &&
                !search_column(&s, predicate->columns[i])) {
                return false;
            }
        }
    }
    if (!s.is_any) {
        keep_marked(scan, s.bits);
    }
    return spoor_run_go_on(scan->op->run);
}
