/* ast_print_tree.c - the tree for --tree: one node a line, indented. */
#include "parser/ast.h"

static void print_escaped(spoor_str s, FILE *out) {
    fputc('"', out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < ' ' || c == 0x7F) {
            fprintf(out, "\\x%02x", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

static void print_flags(unsigned flags, FILE *out) {
    static const char *const names[] = {
        "quoted", "null",    "desc",  "asc",      "nulls-first", "nulls-last",
        "view",   "tabular", "typed", "optional", "braced",      "parenthesized",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((flags & 1u << i) != 0) {
            fprintf(out, " %s", names[i]);
        }
    }
}

static void print_node(const spoor_ast *node, int indent, FILE *out) {
    static const char *const types[] = {"bool",     "int",      "long", "real",   "decimal",
                                        "datetime", "timespan", "guid", "string", "dynamic"};
    fprintf(out, "%*s%s", indent, "", spoor_ast_kind_name(node->kind));
    bool is_text = node->kind == SPOOR_AST_LITERAL && node->type == SPOOR_AST_STRING;
    if (node->text.len > 0 || is_text) {
        fputc(' ', out);
        print_escaped(node->text, out);
    }
    if (node->extra.len > 0) {
        fputs(" extra ", out);
        print_escaped(node->extra, out);
    }
    if (node->type != SPOOR_AST_NO_TYPE) {
        fprintf(out, " %s", types[node->type]);
    }
    print_flags(node->flags, out);
    fputc('\n', out);
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        print_node(child, indent + 2, out);
    }
}

void spoor_ast_print_tree(const spoor_ast *node, FILE *out) {
    print_node(node, 0, out);
}
