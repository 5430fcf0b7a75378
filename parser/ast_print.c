/* ast_print.c - a tree as KQL that parses to the same tree.
 *
 * One operator a line.  Names are bracketed only where they were, strings
 * are written with double quotes, and literals of other types get their
 * wrapper back (datetime(...)).  Parentheses come back where they were
 * written: the tree says so (SPOOR_AST_PARENTHESIZED). */
#include "parser/ast.h"

#include "parser/ast_print.h"

#include "base/utf8.h"

/* ---- words ---------------------------------------------------------------------------------- */

void spoor_print_str(spoor_str s, FILE *out) {
    if (s.len > 0) {
        fwrite(s.ptr, 1, s.len, out);
    }
}

void spoor_print_string(spoor_str s, FILE *out) {
    fputc('"', out);
    const char *end = s.ptr + s.len;
    for (const char *at = s.ptr; at < end;) {
        const char *from = at;
        uint32_t code = spoor_utf8_next(&at, end);
        if (code == '"' || code == '\\') {
            fprintf(out, "\\%c", (char)code);
        } else if (code == '\n') {
            fputs("\\n", out);
        } else if (code == '\t') {
            fputs("\\t", out);
        } else if (code < ' ' || code == 0x7F || code == 0x2028 || code == 0x2029 ||
                   (code >= 0xD800 && code <= 0xDFFF)) {
            fprintf(out, "\\u%04x", (unsigned)code);
        } else {
            fwrite(from, 1, (size_t)(at - from), out);
        }
    }
    fputc('"', out);
}

void spoor_print_name(const spoor_ast *node, FILE *out) {
    if ((node->flags & SPOOR_AST_QUOTED) != 0) {
        fputc('[', out);
        spoor_print_string(node->text, out);
        fputc(']', out);
    } else if ((node->flags & SPOOR_AST_BRACED) != 0) {
        fputc('{', out);
        spoor_print_str(node->text, out);
        fputc('}', out);
    } else {
        spoor_print_str(node->text, out);
    }
}

static const char *const type_names[] = {"bool",     "int",      "long", "real",   "decimal",
                                         "datetime", "timespan", "guid", "string", "dynamic"};

void spoor_print_type(const spoor_ast *node, FILE *out) {
    if (node->type == SPOOR_AST_NO_TYPE) {
        spoor_print_str(node->extra, out);
    } else {
        fputs(type_names[node->type], out);
    }
}

void spoor_print_list(const spoor_ast *first, const spoor_ast *end, const char *separator,
                      FILE *out) {
    for (const spoor_ast *node = first; node != end; node = node->next) {
        if (node != first) {
            fputs(separator, out);
        }
        spoor_print(node, out);
    }
}

/* ---- literals ------------------------------------------------------------------------------- */

static size_t skip_digits(spoor_str s, size_t at) {
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9') {
        at++;
    }
    return at;
}

static size_t skip_exponent(spoor_str s, size_t at) {
    size_t digits = at + 1;
    if (at >= s.len || (s.ptr[at] != 'e' && s.ptr[at] != 'E')) {
        return at;
    }
    digits += digits < s.len && (s.ptr[digits] == '+' || s.ptr[digits] == '-');
    size_t end = skip_digits(s, digits);
    return end > digits ? end : at;
}

static bool is_hex(spoor_str s) {
    if (s.len < 3 || s.ptr[0] != '0' || (s.ptr[1] != 'x' && s.ptr[1] != 'X')) {
        return false;
    }
    for (size_t i = 2; i < s.len; i++) {
        if (memchr("0123456789abcdefABCDEF", s.ptr[i], 22) == NULL) {
            return false;
        }
    }
    return true;
}

/* Is the text a literal of its type without a wrapper?  If in doubt no: long(5) is the same as 5.
 */
static bool is_bare(const spoor_ast *node) {
    static const char *const words[] = {"true", "false", "True", "False", "TRUE", "FALSE"};
    spoor_str s = node->text;
    size_t whole = skip_digits(s, 0), at = whole;
    if (node->type == SPOOR_AST_BOOL) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (spoor_str_is(s, words[i])) {
                return true;
            }
        }
    }
    if (at > 0 && at < s.len && s.ptr[at] == '.') {
        at = skip_digits(s, at + 1);
    }
    if (node->type == SPOOR_AST_LONG) {
        return whole > 0 && (whole == s.len || is_hex(s));
    }
    if (node->type == SPOOR_AST_REAL) {
        size_t end = skip_exponent(s, at);
        return whole > 0 && end > whole && end == s.len;
    }
    return node->type == SPOOR_AST_TIMESPAN && at > 0 && at + 1 == s.len &&
           memchr("dhms", s.ptr[at], 4) != NULL && s.ptr[at - 1] != '.';
}

static void print_literal(const spoor_ast *node, FILE *out) {
    if (node->type == SPOOR_AST_STRING) {
        spoor_print_string(node->text, out);
    } else if (node->type == SPOOR_AST_DYNAMIC_TYPE || is_bare(node)) {
        spoor_print_str(node->text, out);
    } else {
        spoor_print_type(node, out);
        fputc('(', out);
        spoor_print_str(node->text, out);
        fputc(')', out);
    }
}

static void print_dynamic(const spoor_ast *node, FILE *out) {
    fputs("dynamic(", out);
    if (node->first == NULL) {
        fputs("null", out);
    } else {
        spoor_print(node->first, out);
    }
    fputc(')', out);
}

/* ---- expressions ---------------------------------------------------------------------------- */

static void print_binary(const spoor_ast *node, FILE *out) {
    for (const spoor_ast *operand = node->first; operand != NULL; operand = operand->next) {
        if (operand != node->first) {
            fputc(' ', out);
            spoor_print_str(node->text, out);
            fputc(' ', out);
        }
        spoor_print(operand, out);
    }
}

static void print_call(const spoor_ast *node, FILE *out) {
    const spoor_ast *args = node->first;
    spoor_print_name(node, out);
    if (args != NULL && args->kind == SPOOR_AST_PROP) {
        fputc(' ', out);
        spoor_print(args, out);
        fputc(' ', out);
        args = args->next;
    }
    bool is_group = spoor_str_is(node->text, "entity_group"); /* entity_group [a, b] */
    fputc(is_group ? '[' : '(', out);
    spoor_print_list(args, NULL, ", ", out);
    fputc(is_group ? ']' : ')', out);
}

/* What a dot stands behind: `0 .a`, as 0. is a number. */
static void print_owner(const spoor_ast *node, FILE *out) {
    spoor_print(node, out);
    if (node->kind == SPOOR_AST_LITERAL) {
        fputc(' ', out);
    }
}

static void print_method(const spoor_ast *node, FILE *out) {
    print_owner(node->first, out);
    fputc('.', out);
    spoor_print_list(node->first->next, NULL, ".", out);
}

static void print_member(const spoor_ast *node, FILE *out) {
    print_owner(node->first, out);
    if ((node->flags & SPOOR_AST_QUOTED) == 0) {
        fputc('.', out);
    }
    spoor_print_name(node, out);
}

static void print_function(const spoor_ast *node, FILE *out) {
    fputs((node->flags & SPOOR_AST_VIEW) != 0 ? "view (" : "(", out);
    spoor_print_list(node->first, node->last, ", ", out);
    fputs(") ", out);
    spoor_print(node->last, out);
}

static void print_parameter(const spoor_ast *node, FILE *out) {
    spoor_print_name(node, out);
    fputc(':', out);
    if ((node->flags & SPOOR_AST_TABULAR) != 0) {
        fputc('(', out);
        spoor_print_list(node->first, NULL, ", ", out);
        fputc(')', out);
        return;
    }
    spoor_print_type(node, out);
    if (node->first != NULL) {
        fputc('=', out);
        spoor_print(node->first, out);
    }
}

static void print_body(const spoor_ast *node, FILE *out) {
    fputs("{\n", out);
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        spoor_print(child, out);
        bool is_statement =
            child->kind == SPOOR_AST_LET || child->kind == SPOOR_AST_DECLARE_PARAMETERS;
        fputs(is_statement ? ";\n" : "\n", out);
    }
    fputc('}', out);
}

static void print_ordered(const spoor_ast *node, FILE *out) {
    spoor_print(node->first, out);
    if ((node->flags & (SPOOR_AST_ASC | SPOOR_AST_DESC)) != 0) {
        fputs(node->text.len > 0 ? " granny-" : " ", out);
        fputs((node->flags & SPOOR_AST_ASC) != 0 ? "asc" : "desc", out);
    }
    if ((node->flags & (SPOOR_AST_NULLS_FIRST | SPOOR_AST_NULLS_LAST)) != 0) {
        fputs((node->flags & SPOOR_AST_NULLS_FIRST) != 0 ? " nulls first" : " nulls last", out);
    }
}

static void print_tuple(const spoor_ast *node, FILE *out) {
    fputc('(', out);
    spoor_print_list(node->first, node->last, ", ", out);
    fputs(") = ", out);
    spoor_print(node->last, out);
}

/* Nodes that are no operators. */
static void print_expression(const spoor_ast *node, FILE *out) {
    switch ((int)node->kind) {
    case SPOOR_AST_NAME:
        spoor_print_name(node, out);
        fputs(node->first != NULL ? " " : "", out);
        spoor_print_list(node->first, NULL, "", out);
        break;
    case SPOOR_AST_STAR: fputc('*', out); break;
    case SPOOR_AST_SIDE:
        fputc('$', out);
        spoor_print_str(node->text, out);
        break;
    case SPOOR_AST_LITERAL: print_literal(node, out); break;
    case SPOOR_AST_DYNAMIC: print_dynamic(node, out); break;
    case SPOOR_AST_JSON_ARRAY:
        fputc('[', out);
        spoor_print_list(node->first, NULL, ", ", out);
        fputc(']', out);
        break;
    case SPOOR_AST_JSON_BAG:
        fputc('{', out);
        spoor_print_list(node->first, NULL, ", ", out);
        fputc('}', out);
        break;
    case SPOOR_AST_JSON_PAIR:
        spoor_print_string(node->text, out);
        fputc(':', out);
        spoor_print(node->first, out);
        break;
    case SPOOR_AST_CALL: print_call(node, out); break;
    case SPOOR_AST_METHOD: print_method(node, out); break;
    case SPOOR_AST_BINARY: print_binary(node, out); break;
    case SPOOR_AST_UNARY:
        spoor_print_str(node->text, out);
        spoor_print(node->first, out);
        break;
    case SPOOR_AST_IN:
        spoor_print(node->first, out);
        fputc(' ', out);
        spoor_print_str(node->text, out);
        fputs(" (", out);
        spoor_print_list(node->first->next, NULL, ", ", out);
        fputc(')', out);
        break;
    case SPOOR_AST_BETWEEN:
        spoor_print(node->first, out);
        fputc(' ', out);
        spoor_print_str(node->text, out);
        fputs(" (", out);
        spoor_print_list(node->first->next, NULL, " .. ", out);
        fputc(')', out);
        break;
    case SPOOR_AST_MEMBER: print_member(node, out); break;
    case SPOOR_AST_ELEMENT:
        spoor_print(node->first, out);
        fputc('[', out);
        spoor_print(node->last, out);
        fputc(']', out);
        break;
    case SPOOR_AST_NAMED:
        spoor_print_name(node, out);
        fputs(" = ", out);
        spoor_print(node->first, out);
        break;
    case SPOOR_AST_NAMED_TUPLE: print_tuple(node, out); break;
    case SPOOR_AST_COLUMN_DECL:
        spoor_print_name(node, out);
        if ((node->flags & SPOOR_AST_TYPED) != 0) {
            fputc(':', out);
            spoor_print_type(node, out);
        }
        break;
    case SPOOR_AST_ORDERED: print_ordered(node, out); break;
    case SPOOR_AST_FUNCTION: print_function(node, out); break;
    case SPOOR_AST_PARAM: print_parameter(node, out); break;
    case SPOOR_AST_BODY: print_body(node, out); break;
    case SPOOR_AST_PROP:
        spoor_print_str(node->text, out);
        fputc('=', out);
        spoor_print_list(node->first, NULL, ", ", out);
        break;
    case SPOOR_AST_TYPEOF:
        fputs("typeof(", out);
        if (node->first != NULL) {
            spoor_print_list(node->first, NULL, ", ", out);
        } else {
            spoor_print_type(node, out);
        }
        fputc(')', out);
        break;
    default: /* WILDCARD and what keeps its text: COMMAND, DECLARE_PATTERN */
        spoor_print_str(node->text, out);
    }
}

/* ---- statements and pipelines --------------------------------------------------------------- */

static void print_statement(const spoor_ast *node, FILE *out) {
    static const struct {
        int kind;
        const char *word, *value;
    } forms[] = {
        {SPOOR_AST_LET, "let ", " = "},
        {SPOOR_AST_SET, "set ", " = "},
        {SPOOR_AST_ALIAS, "alias database ", " = "},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((int)node->kind == forms[i].kind) {
            fputs(forms[i].word, out);
            spoor_print_name(node, out);
            fputs(node->first != NULL ? forms[i].value : "", out);
            spoor_print_list(node->first, NULL, "", out);
            return;
        }
    }
    const spoor_ast *with = spoor_ast_clause(node, "with"); /* of RESTRICT, the last child */
    fputs(node->kind == SPOOR_AST_RESTRICT ? "restrict access to (" : "declare query_parameters(",
          out);
    spoor_print_list(node->first, with, ", ", out);
    fputc(')', out);
    if (with != NULL) {
        fputs(" with (", out);
        spoor_print_list(with->first, NULL, ", ", out);
        fputc(')', out);
    }
}

void spoor_print(const spoor_ast *node, FILE *out) {
    bool is_wrapped = (node->flags & SPOOR_AST_PARENTHESIZED) != 0;
    fputs(is_wrapped ? "(" : "", out);
    switch ((int)node->kind) {
    case SPOOR_AST_QUERY:
        spoor_print_list(node->first, NULL, ";\n", out);
        fputc('\n', out);
        break;
    case SPOOR_AST_LET:
    case SPOOR_AST_SET:
    case SPOOR_AST_ALIAS:
    case SPOOR_AST_RESTRICT:
    case SPOOR_AST_DECLARE_PARAMETERS: print_statement(node, out); break;
    case SPOOR_AST_COMMAND:
        spoor_print_str(node->text, out);
        fputs(node->first != NULL ? "\n| " : "", out);
        spoor_print_list(node->first, NULL, "\n| ", out);
        break;
    case SPOOR_AST_PIPELINE:
    case SPOOR_AST_SUBPIPELINE: spoor_print_list(node->first, NULL, "\n| ", out); break;
    default:
        if (node->kind >= SPOOR_AST_WHERE) {
            spoor_print_operator(node, out);
        } else {
            print_expression(node, out);
        }
    }
    fputs(is_wrapped ? ")" : "", out);
}

void spoor_ast_print_kql(const spoor_ast *node, FILE *out) {
    spoor_print(node, out);
}
