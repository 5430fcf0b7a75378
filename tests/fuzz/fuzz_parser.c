/* fuzz_parser.c - any bytes as a query: a tree or an error, never both or
 * neither; and a tree printed as KQL parses to the same tree. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct text {
    char *ptr;
    size_t len;
} text;

typedef void print_function(const spoor_ast *node, FILE *out);

static text printed(print_function *print, const spoor_ast *node) {
    text result = {NULL, 0};
    FILE *out = open_memstream(&result.ptr, &result.len);
    if (out == NULL) {
        abort();
    }
    print(node, out);
    fclose(out);
    return result;
}

static spoor_ast *parse(spoor_arena *arena, spoor_str query, spoor_diags *diags) {
    *diags = (spoor_diags){.arena = arena};
    spoor_diags_add_source(diags, (spoor_source){.name = "query", .text = query});
    return spoor_parse(arena, query, (spoor_parse_options){0}, diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    jmp_buf out_of_memory;
    spoor_arena arena = {.on_oom = &out_of_memory};
    if (setjmp(out_of_memory) != 0) {
        spoor_arena_reset(&arena);
        return 0;
    }
    char *query = spoor_arena_push_raw(&arena, size + 1, 1);
    if (size > 0) {
        memcpy(query, data, size);
    }
    query[size] = '\0';
    spoor_diags diags;
    spoor_ast *tree = parse(&arena, (spoor_str){query, size}, &diags);
    assert((tree != NULL) == (diags.nerrors == 0));
    assert(diags.nerrors <= 1);
    if (tree != NULL) {
        text kql = printed(spoor_ast_print_kql, tree), before = printed(spoor_ast_print_tree, tree);
        spoor_ast *again = parse(&arena, (spoor_str){kql.ptr, kql.len}, &diags);
        if (again == NULL) {
            spoor_diag_print(&diags, diags.first, stderr);
            fprintf(stderr, "%s\n", kql.ptr);
            abort();
        }
        text after = printed(spoor_ast_print_tree, again);
        if (strcmp(before.ptr, after.ptr) != 0) {
            fprintf(stderr, "%s\n%s\n%s\n", kql.ptr, before.ptr, after.ptr);
            abort();
        }
        free(kql.ptr);
        free(before.ptr);
        free(after.ptr);
    }
    spoor_arena_reset(&arena);
    return 0;
}
