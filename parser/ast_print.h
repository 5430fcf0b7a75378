/* ast_print.h - what the two halves of printing a tree as KQL share. */
#ifndef SPOOR_PARSER_AST_PRINT_H
#define SPOOR_PARSER_AST_PRINT_H

#include "parser/ast.h"

void spoor_print(const spoor_ast *node, FILE *out);
void spoor_print_operator(const spoor_ast *node, FILE *out);

void spoor_print_str(spoor_str s, FILE *out);
void spoor_print_string(spoor_str s, FILE *out); /* as a KQL literal */
void spoor_print_name(const spoor_ast *node, FILE *out);
void spoor_print_type(const spoor_ast *node, FILE *out);
/* The nodes from first up to, not with, end; NULL: to the last. */
void spoor_print_list(const spoor_ast *first, const spoor_ast *end, const char *separator,
                      FILE *out);

#endif
