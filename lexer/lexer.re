/* lexer.re - re2c rules for KQL tokens; see lexer.h.
 *
 * Longest match wins, then the first rule.  Two consequences are used on
 * purpose: "!has_any" is one word that no rule knows (KQL has no such
 * operator), and digits before ".." are a number of their own (1..2). */
#include "lexer/lexer.h"

#include "gen/tokens.h"

enum { TK_END = 0 }; /* Lemon: the code that ends the input */

spoor_lexer spoor_lexer_begin(spoor_str text, uint32_t source) {
    return (spoor_lexer){text.ptr, text.ptr, text.ptr + text.len, source};
}

/* Behind the next occurrence of three bytes `quote`, or NULL. */
static const char *skip_multi_line(const char *at, const char *end, const char *quote) {
    for (; end - at >= 3; at++) {
        if (memcmp(at, quote, 3) == 0) {
            return at + 3;
        }
    }
    return NULL;
}

spoor_token spoor_lexer_next(spoor_lexer *lexer) {
    const char *YYCURSOR = lexer->cursor, *YYMARKER, *yyt1, *start, *trail;
    int kind;
    (void)yyt1;
again:
    start = YYCURSOR;
    /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCTXMARKER = trail;
        re2c:yyfill:enable = 0;
        re2c:flags:utf-8 = 1;
        re2c:flags:case-ranges = 0;

        // Blanks as Microsoft's lexer has them; the zero-width space and the BOM are among them.
        space   = [ \t\r\n\f\v] | [\x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff];
        eol     = [\r\n\x00];
        comment = "//" [^\r\n\x00]*;
        // Letters beyond ASCII are taken by blocks; their finer classes do not matter here.
        letter  = [A-Za-z_] | [\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\u167f\u1681-\u180d\u180f-\u1fff]
                | [\u2c00-\u2dff\u3005-\ud7ff\uf900-\ufdff\ufe70-\ufefe\uff10-\uffdc]
                | [\U00010000-\U0003ffff];
        digit   = [0-9];
        rest    = letter | digit;
        ident   = (letter | "$") rest* | digit+ letter rest*;
        long    = digit+ | "0" [xX] [0-9a-fA-F]+;
        expo    = [eE] [+-]? digit+;
        real    = digit+ "." digit* expo? | digit+ expo;
        unit    = "m" | "min" | "minute" | "minutes" | "s" | "sec" | "second" | "seconds"
                | "d" | "day" | "days" | "h" | "hr" | "hrs" | "hour" | "hours"
                | "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds"
                | "micro" | "micros" | "microsec" | "microsecond" | "microseconds"
                | "nano" | "nanos" | "nanosec" | "nanosecond" | "nanoseconds" | "tick" | "ticks";
        span    = digit+ ("." digit+)? unit;
        hex4    = [0-9a-fA-F]{4};
        uuid    = hex4{2} "-" hex4 "-" hex4 "-" hex4 "-" hex4{3};
        wrapped = "long" | "int64" | "int" | "int32" | "real" | "double" | "decimal" | "bool"
                | "datetime" | "date" | "time" | "timespan" | "guid";

        escape  = "\\" [^\r\n\x00];
        dq      = ["] ([^"\\\r\n\x00] | escape)*;
        sq      = ['] ([^'\\\r\n\x00] | escape)*;
        vdq     = "@" ["] ([^"\r\n\x00] | ["]["])*;
        vsq     = "@" ['] ([^'\r\n\x00] | ['][']) *;
        curly   = [\u201c\u201d] ([^\u201c\u201d"\\\r\n\x00] | escape)*;
        string  = [hH]? (dq ["] | sq ['] | vdq ["] | vsq ['] | curly [\u201c\u201d"]);
        open    = [hH]? (dq | sq | vdq | vsq | curly);

        space+ | comment { goto again; }

        // -- operators made of letters
        "and"            { kind = TK_AND; goto done; }
        "or"             { kind = TK_OR; goto done; }
        "in" | "!in" | "in~" | "!in~" | "has_any" | "has_all" { kind = TK_IN; goto done; }
        "between" | "!between" { kind = TK_BETWEEN; goto done; }
        "!"? ("has" | "hasprefix" | "hassuffix" | "contains" | "startswith" | "endswith") "_cs"?
        | "containscs" | "notcontains" | "notcontainscs" | "like" | "likecs" | "notlike" | "notlikecs"
        | "=~" | "!~" | "matches" [ \t]+ "regex" { kind = TK_STROP; goto done; }

        // -- statements
        "let"            { kind = TK_LET; goto done; }
        "set"            { kind = TK_SET; goto done; }
        "declare"        { kind = TK_DECLARE; goto done; }
        "query_parameters" { kind = TK_QUERY_PARAMETERS; goto done; }
        "alias"          { kind = TK_ALIAS; goto done; }
        "database"       { kind = TK_DATABASE; goto done; }
        "restrict"       { kind = TK_RESTRICT; goto done; }
        "access"         { kind = TK_ACCESS; goto done; }
        "view"           { kind = TK_VIEW; goto done; }

        // -- tabular operators
        "as"             { kind = TK_AS; goto done; }
        "assert-schema"  { kind = TK_ASSERT_SCHEMA; goto done; }
        "consume"        { kind = TK_CONSUME; goto done; }
        "count"          { kind = TK_COUNT; goto done; }
        "datatable"      { kind = TK_DATATABLE; goto done; }
        "distinct"       { kind = TK_DISTINCT; goto done; }
        "evaluate"       { kind = TK_EVALUATE; goto done; }
        "__executeAndCache" { kind = TK_EXECUTE_AND_CACHE; goto done; }
        "extend"         { kind = TK_EXTEND; goto done; }
        "externaldata" | "external_data" { kind = TK_EXTERNALDATA; goto done; }
        "facet"          { kind = TK_FACET; goto done; }
        "filter"         { kind = TK_FILTER; goto done; }
        "where"          { kind = TK_WHERE; goto done; }
        "find"           { kind = TK_FIND; goto done; }
        "fork"           { kind = TK_FORK; goto done; }
        "getschema"      { kind = TK_GETSCHEMA; goto done; }
        "graph-mark-components" { kind = TK_GRAPH_MARK_COMPONENTS; goto done; }
        "graph-match"    { kind = TK_GRAPH_MATCH; goto done; }
        "graph-shortest-paths" { kind = TK_GRAPH_SHORTEST_PATHS; goto done; }
        "graph-to-table" { kind = TK_GRAPH_TO_TABLE; goto done; }
        "graph-where-edges" { kind = TK_GRAPH_WHERE_EDGES; goto done; }
        "graph-where-nodes" { kind = TK_GRAPH_WHERE_NODES; goto done; }
        "invoke"         { kind = TK_INVOKE; goto done; }
        "join"           { kind = TK_JOIN; goto done; }
        "lookup"         { kind = TK_LOOKUP; goto done; }
        "macro-expand"   { kind = TK_MACRO_EXPAND; goto done; }
        "make-graph"     { kind = TK_MAKE_GRAPH; goto done; }
        "make-series"    { kind = TK_MAKE_SERIES; goto done; }
        "mv-apply" | "mvapply" { kind = TK_MV_APPLY; goto done; }
        "mv-expand" | "mvexpand" { kind = TK_MV_EXPAND; goto done; }
        "parse"          { kind = TK_PARSE; goto done; }
        "parse-kv"       { kind = TK_PARSE_KV; goto done; }
        "parse-where"    { kind = TK_PARSE_WHERE; goto done; }
        "partition"      { kind = TK_PARTITION; goto done; }
        "__partitionby"  { kind = TK_PARTITIONBY; goto done; }
        "print"          { kind = TK_PRINT; goto done; }
        "project"        { kind = TK_PROJECT; goto done; }
        "project-away"   { kind = TK_PROJECT_AWAY; goto done; }
        "project-by-names" { kind = TK_PROJECT_BY_NAMES; goto done; }
        "project-keep"   { kind = TK_PROJECT_KEEP; goto done; }
        "project-rename" { kind = TK_PROJECT_RENAME; goto done; }
        "project-reorder" { kind = TK_PROJECT_REORDER; goto done; }
        "range"          { kind = TK_RANGE; goto done; }
        // Neither begins anything before such a mark: bin(range, 1d), sum(evaluate).
        ("range" | "evaluate") / ([ \t]* ([),.<>=!+*%|;\]\-] | "/" [^/])) { kind = TK_IDENT; goto done; }
        "reduce"         { kind = TK_REDUCE; goto done; }
        "render"         { kind = TK_RENDER; goto done; }
        "sample"         { kind = TK_SAMPLE; goto done; }
        "sample-distinct" { kind = TK_SAMPLE_DISTINCT; goto done; }
        "scan"           { kind = TK_SCAN; goto done; }
        "search"         { kind = TK_SEARCH; goto done; }
        "serialize"      { kind = TK_SERIALIZE; goto done; }
        "sort" | "order" { kind = TK_SORT; goto done; }
        "summarize"      { kind = TK_SUMMARIZE; goto done; }
        "take"           { kind = TK_TAKE; goto done; }
        "limit"          { kind = TK_LIMIT; goto done; }
        "top"            { kind = TK_TOP; goto done; }
        "top-hitters"    { kind = TK_TOP_HITTERS; goto done; }
        "top-nested"     { kind = TK_TOP_NESTED; goto done; }
        "union"          { kind = TK_UNION; goto done; }
        "inline_external_table" | "__contextual_datatable" | "materialized-view-combine" {
            kind = TK_UNSUPPORTED;
            goto done;
        }

        // -- words inside operators
        "asc"            { kind = TK_ASC; goto done; }
        "by"             { kind = TK_BY; goto done; }
        "default"        { kind = TK_DEFAULT; goto done; }
        "desc"           { kind = TK_DESC; goto done; }
        "dynamic"        { kind = TK_DYNAMIC; goto done; }
        "edges"          { kind = TK_EDGES; goto done; }
        "entity_group"   { kind = TK_ENTITY_GROUP; goto done; }
        "first"          { kind = TK_FIRST; goto done; }
        "from"           { kind = TK_FROM; goto done; }
        "granny-asc"     { kind = TK_GRANNY_ASC; goto done; }
        "granny-desc"    { kind = TK_GRANNY_DESC; goto done; }
        "id"             { kind = TK_ID; goto done; }
        "last"           { kind = TK_LAST; goto done; }
        "nodes"          { kind = TK_NODES; goto done; }
        "nulls"          { kind = TK_NULLS; goto done; }
        "of"             { kind = TK_OF; goto done; }
        "on"             { kind = TK_ON; goto done; }
        "optional"       { kind = TK_OPTIONAL; goto done; }
        "others"         { kind = TK_OTHERS; goto done; }
        "output"         { kind = TK_OUTPUT; goto done; }
        "partitioned-by" { kind = TK_PARTITIONED_BY; goto done; }
        "__projectAway"  { kind = TK_FIND_PROJECT_AWAY; goto done; }
        "project-smart"  { kind = TK_PROJECT_SMART; goto done; }
        "step"           { kind = TK_STEP; goto done; }
        "to"             { kind = TK_TO; goto done; }
        "typeof"         { kind = TK_TYPEOF; goto done; }
        "with"           { kind = TK_WITH; goto done; }
        "with_node_id"   { kind = TK_WITH_NODE_ID; goto done; }

        // -- names and literals
        "hint." ident / [ \t]* "=" [^=~] { kind = TK_HINT; goto done; }
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" { kind = TK_BOOL; goto done; }
        wrapped "(" [^)\r\n\x00]* ")" { kind = TK_WRAPPED; goto done; }
        uuid             { kind = TK_ILLEGAL; goto done; }
        long             { kind = TK_LONG; goto done; }
        digit+ / ".."    { kind = TK_LONG; goto done; }
        real             { kind = TK_REAL; goto done; }
        span             { kind = TK_TIMESPAN; goto done; }
        ident            { kind = TK_IDENT; goto done; }
        (real | span) rest+ { kind = TK_ILLEGAL; goto done; }
        string           { kind = TK_STRING; goto done; }
        open             { kind = TK_UNCLOSED; goto done; }
        [hH]? ("```" | "~~~") {
            const char *close = skip_multi_line(YYCURSOR, lexer->end, YYCURSOR - 3);
            kind = close != NULL ? TK_STRING : TK_UNCLOSED;
            YYCURSOR = close != NULL ? close : lexer->end;
            goto done;
        }

        // -- punctuation
        "("  { kind = TK_LP; goto done; }
        ")"  { kind = TK_RP; goto done; }
        "["  { kind = TK_LB; goto done; }
        "]"  { kind = TK_RB; goto done; }
        "{"  { kind = TK_LC; goto done; }
        "}"  { kind = TK_RC; goto done; }
        ","  { kind = TK_COMMA; goto done; }
        ";"  { kind = TK_SEMI; goto done; }
        "|"  { kind = TK_PIPE; goto done; }
        "."  { kind = TK_DOT; goto done; }
        ".." { kind = TK_DOTDOT; goto done; }
        ":"  { kind = TK_COLON; goto done; }
        "="  { kind = TK_ASSIGN; goto done; }
        "=>" { kind = TK_ARROW; goto done; }
        "==" { kind = TK_EQ; goto done; }
        "!=" | "<>" { kind = TK_NE; goto done; }
        "<"  { kind = TK_LT; goto done; }
        ">"  { kind = TK_GT; goto done; }
        "<=" | ">=" { kind = TK_REL; goto done; }
        "+"  { kind = TK_PLUS; goto done; }
        "-"  { kind = TK_MINUS; goto done; }
        "*"  { kind = TK_STAR; goto done; }
        "/"  { kind = TK_SLASH; goto done; }
        "%"  { kind = TK_PERCENT; goto done; }

        "#" [^\r\n\x00]*  { kind = TK_DIRECTIVE; goto done; }
        "!" rest+ "~"? | "&&" | "||" | "<|" { kind = TK_ILLEGAL; goto done; }
        "\x00" {
            kind = start == lexer->end ? TK_END : TK_ILLEGAL;
            YYCURSOR = start == lexer->end ? start : YYCURSOR; /* stay at the end */
            goto done;
        }
        [^\x00] { kind = TK_ILLEGAL; goto done; }
        *       { kind = TK_ILLEGAL; goto done; }
    */
done:
    lexer->cursor = YYCURSOR;
    return (spoor_token){
        .kind = kind,
        .span = {(uint32_t)(start - lexer->text), (uint32_t)(YYCURSOR - lexer->text), lexer->source},
        .text = {start, (size_t)(YYCURSOR - start)},
    };
}
