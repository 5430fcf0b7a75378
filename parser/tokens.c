/* tokens.c - gives each token its role; see tokens.h. */
#include "parser/tokens.h"

#include "gen/tokens.h"

/* spoor_tokens.property */
enum {
    NO_PROPERTY,
    PROPERTY_NAME,   /* an operator keyword or a whole property was read */
    PROPERTY_ASSIGN, /* its name was */
    PROPERTY_VALUE,  /* the equals sign was */
    PROPERTY_QUOTED, /* [ of a value ['x'] was */
};
/* spoor_tokens.let */
enum {
    NO_LET,
    LET_NAME,  /* `let` was read */
    LET_VALUE, /* `let name =` was, or also `view` */
};

spoor_tokens spoor_tokens_begin(spoor_arena *arena, spoor_str text, uint32_t source) {
    spoor_tokens tokens = {.arena = arena, .lexer = spoor_lexer_begin(text, source)};
    tokens.capacity = 16;
    tokens.brackets = SPOOR_NEW_ARRAY(arena, spoor_bracket, tokens.capacity);
    spoor_lexer ahead = tokens.lexer;
    spoor_token first = spoor_lexer_next(&ahead);
    while (first.kind == TK_DIRECTIVE) {
        first = spoor_lexer_next(&ahead);
    }
    tokens.is_command = first.kind == TK_DOT;
    return tokens;
}

bool spoor_token_is_word(spoor_token token) {
    if (token.text.len == 0 || token.kind == TK_ILLEGAL || token.kind == TK_WRAPPED ||
        token.kind == TK_STRING || token.kind == TK_UNCLOSED) {
        return false;
    }
    unsigned char c = (unsigned char)token.text.ptr[0];
    return token.kind == TK_IDENT || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool touches(spoor_token left, spoor_token right) {
    return left.span.end == right.span.start;
}

static spoor_token peek(const spoor_lexer *lexer) {
    spoor_lexer ahead = *lexer;
    return spoor_lexer_next(&ahead);
}

static spoor_token merge(const spoor_tokens *tokens, spoor_token first, spoor_token last,
                         int kind) {
    first.kind = kind;
    first.span = spoor_span_join(first.span, last.span);
    first.text.len = first.span.end - first.span.start;
    (void)tokens;
    return first;
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_operator(int kind) {
    static const unsigned char operators[] = {
        TK_AS,
        TK_ASSERT_SCHEMA,
        TK_CONSUME,
        TK_COUNT,
        TK_DATATABLE,
        TK_DISTINCT,
        TK_EVALUATE,
        TK_EXTEND,
        TK_EXTERNALDATA,
        TK_FACET,
        TK_FILTER,
        TK_WHERE,
        TK_FIND,
        TK_FORK,
        TK_GETSCHEMA,
        TK_GRAPH_MARK_COMPONENTS,
        TK_GRAPH_MATCH,
        TK_GRAPH_SHORTEST_PATHS,
        TK_GRAPH_TO_TABLE,
        TK_GRAPH_WHERE_EDGES,
        TK_GRAPH_WHERE_NODES,
        TK_INVOKE,
        TK_JOIN,
        TK_LOOKUP,
        TK_MACRO_EXPAND,
        TK_MAKE_GRAPH,
        TK_MAKE_SERIES,
        TK_MV_APPLY,
        TK_MV_EXPAND,
        TK_PARSE,
        TK_PARSE_KV,
        TK_PARSE_WHERE,
        TK_PARTITION,
        TK_PARTITIONBY,
        TK_PRINT,
        TK_PROJECT,
        TK_PROJECT_AWAY,
        TK_PROJECT_BY_NAMES,
        TK_PROJECT_KEEP,
        TK_PROJECT_RENAME,
        TK_PROJECT_REORDER,
        TK_RANGE,
        TK_REDUCE,
        TK_RENDER,
        TK_RESTRICT,
        TK_SAMPLE,
        TK_SAMPLE_DISTINCT,
        TK_SCAN,
        TK_SEARCH,
        TK_SERIALIZE,
        TK_SORT,
        TK_SUMMARIZE,
        TK_TAKE,
        TK_LIMIT,
        TK_TOP,
        TK_TOP_HITTERS,
        TK_TOP_NESTED,
        TK_UNION,
    };
    return memchr(operators, kind, sizeof operators) != NULL;
}

/* Operators whose arguments may be `name = expr`, and that take no property: there `kind = 1` is
 * a column. */
static bool takes_properties(int kind) {
    return kind != TK_EXTEND && kind != TK_PROJECT && kind != TK_PRINT &&
           kind != TK_PROJECT_RENAME && kind != TK_FORK && kind != TK_RENDER;
}

/* Can an operator begin here? */
static bool begins_pipeline(const spoor_tokens *tokens) {
    switch (tokens->last.kind) {
    case TK_PIPE:
    case TK_SEMI:
    case TK_LP:
    case TK_LC: return true;
    case TK_ASSIGN: /* let x = print ... */ return tokens->let == LET_VALUE;
    case TK_WITH: /* facet by x with where ... */
        return tokens->brackets[tokens->depth].op == TK_FACET;
    default: return tokens->last.text.len == 0;
    }
}

static bool is_property(spoor_str text, int op) {
    static const char *const names[] = {
        "bagexpansion",   "best_effort",         "bin_legacy",
        "cycles",         "datascope",           "decodeblocks",
        "expandoutput",   "force_remote",        "isfuzzy",
        "kind",           "with_component_id",   "with_itemindex",
        "with_match_id",  "with_source",         "with_step_name",
        "withsource",     "__crossCluster",      "__crossDB",
        "__id",           "__isFuzzy",           "__noWithSource",
        "__packedColumn", "__sourceColumnIndex",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (spoor_str_is(text, names[i])) {
            return true;
        }
    }
    return (spoor_str_is(text, "flags") && (op == TK_PARSE || op == TK_PARSE_WHERE)) ||
           (spoor_str_is(text, "output") && op == TK_GRAPH_SHORTEST_PATHS);
}

/* A keyword that stands where only a name can. */
static bool is_name_here(const spoor_tokens *tokens, spoor_token word, spoor_token next) {
    if (word.kind == TK_BOOL) {
        return tokens->last.kind == TK_DOT;
    }
    if (tokens->last.kind == TK_DOT || tokens->property == PROPERTY_VALUE ||
        tokens->let == LET_NAME) {
        return true;
    }
    switch (word.kind) {
    case TK_DYNAMIC:
    case TK_UNSUPPORTED:
    case TK_TYPEOF: return next.kind != TK_LP;
    case TK_DATATABLE:
    case TK_EXTERNALDATA: return next.kind != TK_LP && !spoor_token_is_word(next);
    case TK_RANGE: /* the function range(1, 5) */
        return next.kind == TK_LP && tokens->last.kind != TK_IN_RANGE;
    case TK_DEFAULT:
    case TK_OTHERS:
    case TK_OUTPUT:
    case TK_WITH_NODE_ID: return false;
    case TK_RESTRICT: return next.kind != TK_ACCESS;
    case TK_ALIAS: return next.kind != TK_DATABASE;
    case TK_DECLARE: return next.kind != TK_QUERY_PARAMETERS && next.kind != TK_LP;
    default: /* a column's name, or name:type in a list */
        return next.kind == TK_ASSIGN ||
               (next.kind == TK_COLON &&
                (tokens->last.kind == TK_LP || tokens->last.kind == TK_COMMA ||
                 tokens->last.kind == TK_LP_PARAMETERS));
    }
}

static spoor_token classify_word(spoor_tokens *tokens, spoor_token word) {
    spoor_token next = peek(&tokens->lexer);
    spoor_bracket *inside = &tokens->brackets[tokens->depth];
    if (word.kind == TK_HINT) {
        word.kind = TK_PROPERTY;
    } else if (tokens->property == PROPERTY_NAME && next.kind == TK_ASSIGN &&
               is_property(word.text, inside->op)) {
        word.kind = TK_PROPERTY;
    } else if (spoor_str_is(word.text, "datascope") && next.kind == TK_ASSIGN &&
               tokens->last.kind == TK_IDENT) {
        word.kind = TK_PROPERTY; /* T datascope=hotcache */
    } else if (word.kind == TK_IN && next.kind == TK_RANGE && inside->op == TK_MAKE_SERIES) {
        word.kind = TK_IN_RANGE;
    } else if (word.kind != TK_IDENT && is_name_here(tokens, word, next)) {
        word.kind = TK_IDENT;
    }
    return word;
}

/* The text of `declare pattern ...`, up to its semicolon, is one token: patterns are not bound. */
static spoor_token take_pattern(spoor_tokens *tokens, spoor_token declare) {
    spoor_token last = declare;
    for (int depth = 0;;) {
        spoor_token next = peek(&tokens->lexer);
        depth += next.kind == TK_LP || next.kind == TK_LB || next.kind == TK_LC;
        depth -= next.kind == TK_RP || next.kind == TK_RB || next.kind == TK_RC;
        if (next.kind == TK_UNCLOSED) {
            return spoor_lexer_next(&tokens->lexer); /* the mistake to tell of */
        }
        if (next.kind == 0 || depth < 0 || (depth == 0 && next.kind == TK_SEMI)) {
            return merge(tokens, declare, last, TK_PATTERN);
        }
        last = spoor_lexer_next(&tokens->lexer);
    }
}

/* A management command is one token, up to its end or to a pipe outside brackets that pipes its
 * result on; what follows `<|` is part of it. */
static spoor_token take_command(spoor_tokens *tokens, spoor_token dot) {
    spoor_token last = dot;
    bool has_query = false, is_ingest = spoor_str_is(peek(&tokens->lexer).text, "ingest");
    for (int depth = 0;;) {
        spoor_token next = peek(&tokens->lexer);
        depth += next.kind == TK_LP || next.kind == TK_LB || next.kind == TK_LC;
        depth -= next.kind == TK_RP || next.kind == TK_RB || next.kind == TK_RC;
        has_query |= next.kind == TK_ILLEGAL && spoor_str_is(next.text, "<|");
        if (has_query && is_ingest) { /* rows as they are, which are no KQL */
            last.span.end = (uint32_t)(tokens->lexer.end - tokens->lexer.text);
            tokens->lexer.cursor = tokens->lexer.end;
            return merge(tokens, dot, last, TK_COMMAND);
        }
        if (next.kind == TK_UNCLOSED) {
            return spoor_lexer_next(&tokens->lexer);
        }
        if (next.kind == 0 || (depth <= 0 && next.kind == TK_PIPE && !has_query)) {
            return merge(tokens, dot, last, TK_COMMAND);
        }
        last = spoor_lexer_next(&tokens->lexer);
    }
}

/* ---- wildcards ------------------------------------------------------------------------------ */

static bool takes_wildcards(int op) {
    return op == TK_PROJECT_AWAY || op == TK_PROJECT_KEEP || op == TK_PROJECT_REORDER ||
           op == TK_UNION || op == TK_WILDCARD;
}

/* Sec*, *x*y: words, digits and stars without blanks between them are one wildcard. */
static spoor_token take_wildcard(spoor_tokens *tokens, spoor_token first) {
    spoor_lexer ahead = tokens->lexer;
    spoor_token last = first;
    bool has_star = first.kind == TK_STAR;
    for (;;) {
        spoor_token next = peek(&ahead);
        if (!touches(last, next) || (next.kind != TK_STAR && next.kind != TK_LONG &&
                                     next.kind != TK_TIMESPAN && !spoor_token_is_word(next))) {
            break;
        }
        has_star |= next.kind == TK_STAR;
        last = spoor_lexer_next(&ahead);
    }
    if (!has_star) {
        return first;
    }
    tokens->lexer = ahead;
    return merge(tokens, first, last, TK_WILDCARD);
}

/* ---- brackets ------------------------------------------------------------------------------- */

/* Past a name, plain or ['quoted'], at *ahead. */
static bool skip_name(spoor_lexer *ahead) {
    spoor_token token = spoor_lexer_next(ahead);
    if (token.kind == TK_LB) {
        return spoor_lexer_next(ahead).kind == TK_STRING && spoor_lexer_next(ahead).kind == TK_RB;
    }
    return spoor_token_is_word(token);
}

/* Behind `(`: are there names, `)` and `=`? */
static bool is_tuple(spoor_lexer ahead) {
    for (;;) {
        if (!skip_name(&ahead)) {
            return false;
        }
        int kind = spoor_lexer_next(&ahead).kind;
        if (kind == TK_RP) {
            return spoor_lexer_next(&ahead).kind == TK_ASSIGN;
        }
        if (kind != TK_COMMA) {
            return false;
        }
    }
}

/* Behind `(` of a let statement: is there `)` or `name:`? */
static bool is_parameters(spoor_lexer ahead) {
    return peek(&ahead).kind == TK_RP ||
           (skip_name(&ahead) && spoor_lexer_next(&ahead).kind == TK_COLON);
}

/* {name} and {name[0]} without blanks: a client's parameter. */
static spoor_token take_braced(spoor_tokens *tokens, spoor_token open) {
    int before = tokens->last.kind;
    spoor_lexer ahead = tokens->lexer;
    spoor_token last = spoor_lexer_next(&ahead), next = spoor_lexer_next(&ahead);
    if (before == TK_RP || before == TK_RB || before == TK_IDENT || !touches(open, last) ||
        !spoor_token_is_word(last)) {
        return open;
    }
    if (next.kind == TK_LB && touches(last, next)) {
        do {
            last = next;
            next = spoor_lexer_next(&ahead);
        } while (touches(last, next) && (next.kind == TK_MINUS || next.kind == TK_LONG));
        if (next.kind != TK_RB || !touches(last, next)) {
            return open;
        }
        last = next;
        next = spoor_lexer_next(&ahead);
    }
    if (next.kind != TK_RC || !touches(last, next)) {
        return open;
    }
    tokens->lexer = ahead;
    return merge(tokens, open, next, TK_BRACED);
}

static void push_bracket(spoor_tokens *tokens, spoor_token open) {
    int outer = tokens->brackets[tokens->depth].op;
    if (++tokens->depth == tokens->capacity) {
        spoor_bracket *grown = SPOOR_NEW_ARRAY(tokens->arena, spoor_bracket, tokens->capacity * 2);
        memcpy(grown, tokens->brackets, tokens->capacity * sizeof *grown);
        tokens->brackets = grown;
        tokens->capacity *= 2;
    }
    bool is_table_list = (tokens->last.kind == TK_IN && (outer == TK_FIND || outer == TK_SEARCH)) ||
                         (tokens->last.kind == TK_TO && outer == TK_RESTRICT);
    tokens->brackets[tokens->depth] = (spoor_bracket){open, is_table_list ? TK_WILDCARD : 0};
}

static spoor_token classify_bracket(spoor_tokens *tokens, spoor_token token) {
    if (token.kind == TK_LP && tokens->let == LET_VALUE && is_parameters(tokens->lexer)) {
        token.kind = TK_LP_PARAMETERS;
    } else if (token.kind == TK_LP && is_tuple(tokens->lexer)) {
        token.kind = TK_LP_TUPLE;
    } else if (token.kind == TK_LC) {
        token = take_braced(tokens, token);
    }
    if (token.kind != TK_BRACED) {
        push_bracket(tokens, token);
    }
    return token;
}

/* ---- the stream ----------------------------------------------------------------------------- */

static int property_after(const spoor_tokens *tokens, spoor_token token, bool is_new_operator) {
    if (is_new_operator) {
        return takes_properties(token.kind) ? PROPERTY_NAME : NO_PROPERTY;
    }
    switch (tokens->property) {
    case PROPERTY_NAME: return token.kind == TK_PROPERTY ? PROPERTY_ASSIGN : NO_PROPERTY;
    case PROPERTY_ASSIGN: return PROPERTY_VALUE;
    case PROPERTY_VALUE:
        return token.kind == TK_MINUS || token.kind == TK_PLUS ? PROPERTY_VALUE
               : token.kind == TK_LB                           ? PROPERTY_QUOTED
                                                               : PROPERTY_NAME;
    case PROPERTY_QUOTED: return token.kind == TK_RB ? PROPERTY_NAME : PROPERTY_QUOTED;
    default: /* toscalar kind=nooptimization (...) */
        return token.kind == TK_IDENT &&
                       (spoor_str_is(token.text, "toscalar") || spoor_str_is(token.text, "totable"))
                   ? PROPERTY_NAME
                   : NO_PROPERTY;
    }
}

static int let_after(const spoor_tokens *tokens, spoor_token token) {
    int before = tokens->last.kind;
    if (token.kind == TK_LET &&
        (tokens->last.text.len == 0 || before == TK_SEMI || before == TK_LC || before == TK_LP)) {
        return LET_NAME;
    }
    if (tokens->let == LET_NAME) { /* the name may be ['quoted'] */
        return token.kind == TK_ASSIGN ? LET_VALUE : token.kind == TK_SEMI ? NO_LET : LET_NAME;
    }
    return tokens->let == LET_VALUE && token.kind == TK_VIEW ? LET_VALUE : NO_LET;
}

/* Keep what the next token's role depends on. */
static spoor_token hand_out(spoor_tokens *tokens, spoor_token token) {
    spoor_bracket *inside = &tokens->brackets[tokens->depth];
    bool is_new_operator = is_operator(token.kind) && begins_pipeline(tokens);
    if (is_new_operator) {
        inside->op = token.kind;
    } else if (token.kind == TK_PIPE || token.kind == TK_SEMI) {
        inside->op = 0;
    } else if ((token.kind == TK_RP || token.kind == TK_RB || token.kind == TK_RC) &&
               tokens->depth > 0) {
        tokens->depth--;
    }
    tokens->property = property_after(tokens, token, is_new_operator);
    tokens->let = let_after(tokens, token);
    tokens->last = token;
    return token;
}

spoor_token spoor_tokens_next(spoor_tokens *tokens) {
    spoor_token token = spoor_lexer_next(&tokens->lexer);
    while (token.kind == TK_DIRECTIVE && tokens->last.text.len == 0) {
        token = spoor_lexer_next(&tokens->lexer); /* #name ... at the top of a query: for clients */
    }
    if (tokens->is_command && token.kind == TK_DOT && tokens->last.text.len == 0) {
        return hand_out(tokens, take_command(tokens, token));
    }
    int op = tokens->brackets[tokens->depth].op;
    bool is_word = spoor_token_is_word(token);
    if (takes_wildcards(op) && tokens->property != PROPERTY_VALUE &&
        (is_word || token.kind == TK_STAR)) {
        token = take_wildcard(tokens, token);
        is_word = token.kind != TK_WILDCARD;
    }
    if (token.kind == TK_DECLARE && spoor_str_is(peek(&tokens->lexer).text, "pattern")) {
        return hand_out(tokens, take_pattern(tokens, token));
    }
    if (token.kind == TK_LP || token.kind == TK_LB || token.kind == TK_LC) {
        token = classify_bracket(tokens, token);
    } else if (token.kind == TK_VIEW && tokens->let == LET_VALUE) {
        spoor_lexer ahead = tokens->lexer;
        bool is_function = spoor_lexer_next(&ahead).kind == TK_LP && is_parameters(ahead);
        token.kind = is_function ? TK_VIEW : TK_IDENT;
    } else if (token.kind != 0 && is_word) {
        token = classify_word(tokens, token);
    } else if (token.kind == TK_STRING) {
        for (spoor_token next = peek(&tokens->lexer); next.kind == TK_STRING;
             next = peek(&tokens->lexer)) {
            token = merge(tokens, token, spoor_lexer_next(&tokens->lexer), TK_STRING);
        }
    }
    return hand_out(tokens, token);
}
