/* rules_fix.c - `rules check --fix`: comparisons whose text holds * as if it matched anything
 * become what was meant, in the rule's own file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "detect/rule_lint.h"
#include "parser/parse.h"

typedef struct edit {
    uint32_t start, end; /* bytes of the file */
    spoor_str text;
} edit;

typedef struct fixer {
    spoor_rules *rules;
    spoor_arena arena; /* of a file */
    edit *edits;
    uint32_t count, capacity;
    uint64_t fixed, files, skipped;
    spoor_status status;
} fixer;

static void add_edit(fixer *f, edit e) {
    SPOOR_GROW(&f->arena, f->edits, f->count, &f->capacity);
    f->edits[f->count++] = e;
}

/* A text that stands in quotes in its file is left to its writer. */
static void find_edits(fixer *f, const spoor_rule *rule) {
    bool is_written = rule->quoting == SPOOR_QUOTING_NONE || rule->quoting == SPOOR_QUOTING_BLOCK;
    if (!is_written || rule->kind == SPOOR_RULE_SIGMA || rule->query.len == 0) {
        return;
    }
    spoor_diags diags = {.arena = &f->arena};
    spoor_diags_add_source(&diags, (spoor_source){.name = "rule", .text = rule->query});
    spoor_str query =
        spoor_arena_str(&f->arena, rule->query); /* with the NUL that the lexer wants */
    const spoor_ast *tree =
        spoor_parse(&f->arena, query, (spoor_parse_options){.source = 0}, &diags);
    const spoor_conditions *all = tree != NULL ? spoor_conditions_find(&f->arena, tree) : NULL;
    for (uint32_t i = 0; all != NULL && i < all->nleaves; i++) {
        spoor_str text = spoor_rule_unstarred(&f->arena, query, all->leaves[i]);
        if (text.len > 0) {
            spoor_span span =
                spoor_rule_locate(rule, all->leaves[i]->span.start, all->leaves[i]->span.end);
            add_edit(f, (edit){span.start, span.end, text});
        }
    }
}

static int compare_edits(const void *a, const void *b) {
    const edit *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* The whole file under another name, then in its place. */
static bool replace_file(const char *path, spoor_str mark, spoor_str text) {
    char temporary[4200];
    struct stat st;
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = stat(path, &st) == 0 ? mkstemp(temporary) : -1;
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (out == NULL) {
        return false;
    }
    bool ok = fwrite(mark.ptr, 1, mark.len, out) == mark.len &&
              fwrite(text.ptr, 1, text.len, out) == text.len;
    ok = fchmod(fd, st.st_mode & 0777) == 0 && ok;
    ok = fclose(out) == 0 && ok && rename(temporary, path) == 0;
    if (!ok) {
        int why = errno;
        unlink(temporary);
        errno = why;
    }
    return ok;
}

static void fail(fixer *f, const char *path, const char *why) {
    f->status = spoor_engine_fail(f->rules->engine, SPOOR_ERR_OUTPUT, "%s: %s", path, why);
}

static void write_edits(fixer *f, const spoor_rule_file *file) {
    spoor_str now, mark = {"", 0};
    const char *why;
    if (!spoor_rules_read_file(&f->arena, file->path, &now, &why)) {
        fail(f, file->path, why);
        return;
    }
    if (now.len >= 3 && memcmp(now.ptr, "\xEF\xBB\xBF", 3) == 0) {
        mark = (spoor_str){now.ptr, 3};
        now = (spoor_str){now.ptr + 3, now.len - 3};
    }
    if (!spoor_str_eq(now, file->bytes)) {
        f->skipped++; /* it holds bytes that are no UTF-8, or has changed */
        return;
    }
    spoor_buffer text = {.arena = &f->arena};
    uint32_t from = 0;
    qsort(f->edits, f->count, sizeof *f->edits, compare_edits);
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->edits[i].start >= from) {
            spoor_buffer_put(&text, (spoor_str){now.ptr + from, f->edits[i].start - from});
            spoor_buffer_put(&text, f->edits[i].text);
            from = f->edits[i].end;
        }
    }
    spoor_buffer_put(&text, (spoor_str){now.ptr + from, now.len - from});
    if (!replace_file(file->path, mark, spoor_buffer_text(&text))) {
        fail(f, file->path, strerror(errno));
        return;
    }
    f->fixed += f->count;
    f->files++;
}

static void fix_all(fixer *f) {
    const spoor_rule_set *set = &f->rules->set;
    for (uint32_t i = 0; i < set->count && f->status == SPOOR_OK;) {
        const spoor_rule_file *file = set->rules[i].file;
        spoor_arena_rewind(&f->arena);
        f->count = f->capacity = 0;
        for (; i < set->count && set->rules[i].file == file; i++) {
            if (f->rules->states[i].is_selected) {
                find_edits(f, &set->rules[i]);
            }
        }
        if (f->count > 0) {
            write_edits(f, file);
        }
    }
}

spoor_status spoor_rules_fix(spoor_rules *rules, uint64_t *fixed, uint64_t *files,
                             uint64_t *skipped) {
    fixer f = {.rules = rules, .arena = {.memory = &rules->engine->memory}, .status = SPOOR_OK};
    jmp_buf door;
    f.arena.on_oom = &door;
    if (setjmp(door) == 0) {
        fix_all(&f);
    } else {
        f.status = spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                     "out of memory while fixing the rules");
    }
    *fixed = f.fixed;
    *files = f.files;
    *skipped = f.skipped;
    spoor_arena_reset(&f.arena);
    return f.status;
}
