// grammar.y - KQL, for Lemon.  Actions call build.h and do no more; what a
// node holds is said in ast_kinds.def.  Roles of words and brackets that
// depend on their neighbours are settled before, in tokens.c.
// No %destructor is needed: every node lives in the query arena.
%name           spoor_lemon
%token_prefix   TK_
%token_type     { spoor_token }
%extra_argument { spoor_parse_state *p }
%stack_size     16000
%include {
#undef NDEBUG /* keeps yyTokenName, which --tokens prints */
#include "parser/build.h"
#include <assert.h>

typedef spoor_ast_list list;
}
%syntax_error {
    bool expected[YYNTOKEN] = {false};
    for (int i = 0; i < YYNTOKEN; i++) {
        expected[i] = yy_find_shift_action((YYCODETYPE)i, yypParser->yytos->stateno) != YY_ERROR_ACTION;
    }
    (void)yymajor;
    spoor_build_unexpected(p, TOKEN, expected);
}
%stack_overflow { spoor_build_too_deep(p); }
%code {
const size_t spoor_lemon_bytes = sizeof(yyParser);
const char *spoor_token_name(int kind) {
    return kind > 0 && kind < YYNTOKEN ? yyTokenName[kind] : "END";
}
}

// What no rule takes: the message is made from their text.
%token ILLEGAL UNCLOSED DIRECTIVE HINT UNSUPPORTED.

// `externaldata (...) [...] with (` takes the with, also inside `parse ... with`.
%nonassoc EXTERNAL.
%nonassoc WITH.

// Words that are names wherever the grammar wants no keyword.
%fallback IDENT
    ACCESS ALIAS AS ASC ASSERT_SCHEMA BY CONSUME COUNT DATABASE DATATABLE DECLARE DEFAULT DESC
    DISTINCT DYNAMIC EDGES ENTITY_GROUP EVALUATE EXTEND EXTERNALDATA FACET FILTER FIND FIRST FORK FROM
    GETSCHEMA ID INVOKE JOIN LAST LET LIMIT LOOKUP MV_APPLY MV_EXPAND NODES NULLS OF ON OPTIONAL
    OTHERS OUTPUT PARSE PARTITION PARTITIONBY PRINT PROJECT QUERY_PARAMETERS RANGE REDUCE RENDER
    RESTRICT SAMPLE SCAN SEARCH SERIALIZE SET SORT STEP SUMMARIZE TAKE TO TOP TYPEOF UNION VIEW
    WITH WITH_NODE_ID.

%default_type { spoor_ast * }
// What holds several nodes.
%type items {list} %type statements {list} %type pipe {list} %type subpipe {list}
%type json_items {list} %type json_pairs {list} %type parameters {list} %type some_parameters {list}
%type columns {list} %type some_columns {list} %type schema {list} %type schema_columns {list}
%type body_statements {list} %type props {list} %type pairs {list} %type some_pairs {list}
%type args {list} %type some_args {list} %type exprs {list} %type nameds {list} %type names {list}
%type in_list {list} %type values {list} %type tables {list} %type wild_names {list}
%type some_wild_names {list} %type reorder_names {list} %type some_reorder_names {list}
%type distinct_items {list} %type ordereds {list} %type join_on {list} %type parse_items {list}
%type mv_items {list} %type series_items {list} %type series_range {list} %type nested_levels {list}
%type scan_clauses {list} %type scan_steps {list} %type scan_sets {list} %type fork_legs {list}
%type entities {list} %type find_where {list} %type find_project {list} %type find_columns {list}
%type render_tail {list} %type render_legacy {list} %type render_pairs {list}
%type limit_clause {list} %type id_clause {list} %type group {list} %type restrictions {list}
%type graph_patterns {list} %type graph_elements {list} %type graph_tail {list}
%type graph_outputs {list} %type graph_nodes {list} %type graph_with {list} %type edge_range {list}
%type value_list {list} %type find_tables {list} %type some_render_pairs {list}
%type series_from {list} %type series_to {list} %type block {list} %type by {list} %type open_schema {list}
%type step_output {list} %type scan_set_list {list} %type nested_tail {list}
%type nested_others {list} %type graph_props {list}
%type text {spoor_unused} %type optional {uint16_t} %type direction {spoor_token}

// -- statements --------------------------------------------------------------------------------
text ::= .                                   { spoor_build_root(p, spoor_none()); }
text ::= statements(L).                      { spoor_build_root(p, L); }
text ::= statements(L) SEMI.                 { spoor_build_root(p, L); }
block(A) ::= statements(L).                  { A = L; }
block(A) ::= statements(L) SEMI.             { A = L; }

statements(A) ::= statement(S).                    { A = spoor_one(S); }
statements(A) ::= statements(L) SEMI statement(S). { A = spoor_more(L, S); }

statement(A) ::= let(S).                     { A = S; }
statement(A) ::= declare(S).                 { A = S; }
statement(A) ::= pipe(L).                    { A = spoor_build_pipeline(p, L); }
statement(A) ::= SET(W) own_name(N).             { A = spoor_build_text(p, SPOOR_AST_SET, W, N, spoor_none()); }
statement(A) ::= SET(W) own_name(N) ASSIGN expr(E).
                                             { A = spoor_build_text(p, SPOOR_AST_SET, W, N, spoor_one(E)); }
statement(A) ::= ALIAS(W) DATABASE own_name(N) ASSIGN expr(E).
                                             { A = spoor_build_text(p, SPOOR_AST_ALIAS, W, N, spoor_one(E)); }
statement(A) ::= RESTRICT(W) ACCESS TO LP restrictions(L) RP(R).
                                             { A = spoor_build_closed(p, SPOOR_AST_RESTRICT, W, L, R); }
statement(A) ::= RESTRICT(W) ACCESS TO LP restrictions(L) RP WITH(V) LP pairs(M) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_RESTRICT, W, spoor_more(L, spoor_build_clause(p, V, "with", M, R)), R); }
statement(A) ::= PATTERN(T).                 { A = spoor_build_leaf(p, SPOOR_AST_DECLARE_PATTERN, T); }
statement(A) ::= COMMAND(T).                 { A = spoor_build_leaf(p, SPOOR_AST_COMMAND, T); }
statement(A) ::= COMMAND(T) PIPE subpipe(L). { A = spoor_build_command(p, T, L); }

restrictions(A) ::= table(T).                        { A = spoor_one(T); }
restrictions(A) ::= restrictions(L) COMMA table(T).  { A = spoor_more(L, T); }

let(A) ::= LET(W) own_name(N) ASSIGN pipe(L).    { A = spoor_build_text(p, SPOOR_AST_LET, W, N, spoor_one(spoor_build_value(p, L))); }
let(A) ::= LET(W) own_name(N) ASSIGN function(F). { A = spoor_build_text(p, SPOOR_AST_LET, W, N, spoor_one(F)); }
let(A) ::= LET(W) own_name(N) ASSIGN ENTITY_GROUP(G) LB exprs(L) RB(R).
    { A = spoor_build_text(p, SPOOR_AST_LET, W, N, spoor_one(spoor_build_call(p, spoor_build_leaf(p, SPOOR_AST_NAME, G), L, R))); }
declare(A) ::= DECLARE(W) QUERY_PARAMETERS LP some_parameters(L) RP(R).
                                             { A = spoor_build_closed(p, SPOOR_AST_DECLARE_PARAMETERS, W, L, R); }

function(A) ::= LP_PARAMETERS(O) parameters(L) RP body(B).
                                             { A = spoor_build_function(p, O, L, B, 0); }
function(A) ::= VIEW(V) LP_PARAMETERS parameters(L) RP body(B).
                                             { A = spoor_build_function(p, V, L, B, SPOOR_AST_VIEW); }
parameters(A) ::= .                          { A = spoor_none(); }
parameters(A) ::= some_parameters(L).        { A = L; }
some_parameters(A) ::= parameter(N).                          { A = spoor_one(N); }
some_parameters(A) ::= some_parameters(L) COMMA parameter(N). { A = spoor_more(L, N); }
parameter(A) ::= name(N) COLON IDENT(T).     { A = spoor_build_parameter(p, N, T, NULL); }
parameter(A) ::= name(N) COLON IDENT(T) ASSIGN value(E).
                                             { A = spoor_build_parameter(p, N, T, E); }
parameter(A) ::= name(N) COLON IDENT(T) ASSIGN own_name(E).
                                             { A = spoor_build_parameter(p, N, T, E); }
parameter(A) ::= name(N) COLON LP STAR(S) RP(R).
    { A = spoor_build_table_parameter(p, N, spoor_one(spoor_build_leaf(p, SPOOR_AST_STAR, S)), R); }
parameter(A) ::= name(N) COLON LP columns(L) RP(R).
                                             { A = spoor_build_table_parameter(p, N, L, R); }

body(A) ::= LC(O) body_statements(L) RC(R).  { A = spoor_build_closed(p, SPOOR_AST_BODY, O, L, R); }
body(A) ::= LC(O) body_statements(L) pipe(E) RC(R).
    { A = spoor_build_closed(p, SPOOR_AST_BODY, O, spoor_more(L, spoor_build_value(p, E)), R); }
body(A) ::= LC(O) body_statements(L) pipe(E) SEMI RC(R).
    { A = spoor_build_closed(p, SPOOR_AST_BODY, O, spoor_more(L, spoor_build_value(p, E)), R); }
body_statements(A) ::= .                             { A = spoor_none(); }
body_statements(A) ::= body_statements(L) let(S) SEMI.     { A = spoor_more(L, S); }
body_statements(A) ::= body_statements(L) declare(S) SEMI. { A = spoor_more(L, S); }

// -- pipelines ---------------------------------------------------------------------------------
pipe(A) ::= expr(E).                         { A = spoor_one(E); }
pipe(A) ::= source(S).                       { A = spoor_one(S); }
pipe(A) ::= both(S).                         { A = spoor_one(S); }
pipe(A) ::= pipe(L) PIPE stage(S).           { A = spoor_build_pipe(p, L, S); }

// What stands in the parentheses of an operator: it works on rows handed to it, or reads its own.
sub(A) ::= subpipe(L).                       { A = spoor_build_subpipeline(p, L); }
subpipe(A) ::= expr(E).                      { A = spoor_one(E); }
subpipe(A) ::= stage(S).                     { A = spoor_one(S); }
subpipe(A) ::= subpipe(L) PIPE stage(S).     { A = spoor_build_pipe(p, L, S); }

stage(A) ::= source(S).                      { A = S; }
stage(A) ::= both(S).                        { A = S; }
stage(A) ::= operator(S).                    { A = S; }

// -- expressions: each level binds tighter than the one above, comparisons do not chain --------
expr(A) ::= and(E).                          { A = E; }
expr(A) ::= expr(L) OR(O) and(R).            { A = spoor_build_logical(p, O, L, R); }
and(A) ::= compare(E).                       { A = E; }
and(A) ::= and(L) AND(O) compare(R).         { A = spoor_build_logical(p, O, L, R); }
compare(A) ::= relation(E).                  { A = E; }
compare(A) ::= relation(L) EQ|NE(O) relation(R).   { A = spoor_build_binary(p, O, L, R); }
compare(A) ::= STAR(S) EQ(O) relation(R).    { A = spoor_build_binary(p, O, spoor_build_leaf(p, SPOOR_AST_STAR, S), R); }
compare(A) ::= relation(L) IN(O) LP in_list(M) RP(R). { A = spoor_build_in(p, O, L, M, R); }
compare(A) ::= relation(V) BETWEEN(O) LP expr(L) DOTDOT expr(H) RP(R).
                                             { A = spoor_build_between(p, O, V, L, H, R); }
relation(A) ::= sum(E).                      { A = E; }
relation(A) ::= sum(L) LT|GT|REL(O) sum(R).  { A = spoor_build_binary(p, O, L, R); }
sum(A) ::= product(E).                       { A = E; }
sum(A) ::= sum(L) PLUS|MINUS(O) product(R).  { A = spoor_build_binary(p, O, L, R); }
product(A) ::= match(E).                     { A = E; }
product(A) ::= product(L) STAR|SLASH|PERCENT(O) match(R). { A = spoor_build_binary(p, O, L, R); }
match(A) ::= unary(E).                       { A = E; }
match(A) ::= unary(L) STROP|COLON(O) unary(R). { A = spoor_build_binary(p, O, L, R); }
match(A) ::= STAR(S) STROP|COLON(O) unary(R).
                                             { A = spoor_build_binary(p, O, spoor_build_leaf(p, SPOOR_AST_STAR, S), R); }
unary(A) ::= path(E).                        { A = E; }
unary(A) ::= MINUS|PLUS(O) path(E).          { A = spoor_build_unary(p, O, E); }
unary(A) ::= MINUS|PLUS(O) MINUS|PLUS(S) number(E).
                                             { A = spoor_build_unary(p, O, spoor_build_unary(p, S, E)); }

in_list(A) ::= exprs(L).                     { A = L; }
in_list(A) ::= query(Q).                     { A = spoor_one(Q); }
// A pipeline that is no mere expression: the only item of its list.
query(A) ::= source(S).                      { A = spoor_build_pipeline(p, spoor_one(S)); }
query(A) ::= both(S).                        { A = spoor_build_pipeline(p, spoor_one(S)); }
query(A) ::= pipe(L) PIPE stage(S).          { A = spoor_build_pipeline(p, spoor_build_pipe(p, L, S)); }

path(A) ::= primary(E).                      { A = E; }
path(A) ::= path(O) DOT word(N).             { A = spoor_build_member(p, O, N); }
path(A) ::= path(O) DOT word(N) LP args(L) RP(R). { A = spoor_build_method(p, O, N, L, R); }
path(A) ::= path(O) DOT LB expr(I) RB(R).    { A = spoor_build_element(p, O, I, R); }
path(A) ::= path(O) LB expr(I) RB(R).        { A = spoor_build_element(p, O, I, R); }

primary(A) ::= name(N).                      { A = spoor_build_reference(p, N); }
primary(A) ::= name(N) prop(K).              { A = spoor_build_scoped(p, N, K); }
primary(A) ::= literal(E).                   { A = E; }
primary(A) ::= call(E).                      { A = E; }
primary(A) ::= LP(O) pipe(L) RP(R).          { A = spoor_build_parenthesized(p, O, L, R); }
primary(A) ::= DATATABLE(W) props(P) schema(S) LB values(L) RB(R).
                                             { A = spoor_build_table(p, SPOOR_AST_DATATABLE, W, P, S, L, R); }
primary(A) ::= EXTERNALDATA(W) props(P) schema(S) LB exprs(L) RB(R). [EXTERNAL]
                                             { A = spoor_build_table(p, SPOOR_AST_EXTERNALDATA, W, P, S, L, R); }
primary(A) ::= EXTERNALDATA(W) props(P) schema(S) LB exprs(L) RB(R) WITH(V) LP pairs(M) RP(Q).
    { A = spoor_build_with(p, spoor_build_table(p, SPOOR_AST_EXTERNALDATA, W, P, S, L, R), V, M, Q); }

word(A) ::= IDENT(T).                        { A = spoor_build_name(p, T); }
word(A) ::= BRACED(T).                       { A = spoor_build_name(p, T); }
name(A) ::= word(N).                         { A = N; }
name(A) ::= LB(O) STRING(T) RB(R).           { A = spoor_build_quoted_name(p, O, T, R); }
own_name(A) ::= name(N).                     { A = spoor_build_reference(p, N); }
names(A) ::= name(N).                        { A = spoor_one(N); }
names(A) ::= names(L) COMMA name(N).         { A = spoor_more(L, N); }

literal(A) ::= number(E).                    { A = E; }
literal(A) ::= STRING|BOOL|WRAPPED(T).       { A = spoor_build_literal(p, T); }
literal(A) ::= DYNAMIC(W) LP json(J) RP(R).  { A = spoor_build_dynamic(p, W, J, R); }
literal(A) ::= typeof(E).                    { A = E; }
typeof(A) ::= TYPEOF(W) LP IDENT(T) RP(R).  { A = spoor_build_typeof(p, W, T, R); }
typeof(A) ::= TYPEOF(W) LP STAR(S) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_TYPEOF, W, spoor_one(spoor_build_leaf(p, SPOOR_AST_STAR, S)), R); }
typeof(A) ::= TYPEOF(W) LP STAR(S) COMMA some_columns(L) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_TYPEOF, W, spoor_join(spoor_one(spoor_build_leaf(p, SPOOR_AST_STAR, S)), L), R); }
typeof(A) ::= TYPEOF(W) LP some_columns(L) RP(R).
                                             { A = spoor_build_closed(p, SPOOR_AST_TYPEOF, W, L, R); }
number(A) ::= LONG|REAL|TIMESPAN(T).         { A = spoor_build_literal(p, T); }
value(A) ::= literal(E).                     { A = E; }
value(A) ::= MINUS|PLUS(O) number(E).        { A = spoor_build_unary(p, O, E); }

json(A) ::= STRING|BOOL|WRAPPED(T).          { A = spoor_build_literal(p, T); }
json(A) ::= number(E).                       { A = E; }
json(A) ::= MINUS(O) number(E).              { A = spoor_build_negative(p, O, E); }
json(A) ::= IDENT(T).                        { A = spoor_build_json_word(p, T); }
json(A) ::= BRACED(T).                       { A = spoor_build_name(p, T); }
json(A) ::= DYNAMIC(W) LP json(J) RP(R).     { A = spoor_build_dynamic(p, W, J, R); }
json(A) ::= LB(O) RB(R).                     { A = spoor_build_closed(p, SPOOR_AST_JSON_ARRAY, O, spoor_none(), R); }
json(A) ::= LB(O) json_items(L) RB(R).       { A = spoor_build_closed(p, SPOOR_AST_JSON_ARRAY, O, L, R); }
json(A) ::= LC(O) RC(R).                     { A = spoor_build_closed(p, SPOOR_AST_JSON_BAG, O, spoor_none(), R); }
json(A) ::= LC(O) json_pairs(L) RC(R).       { A = spoor_build_closed(p, SPOOR_AST_JSON_BAG, O, L, R); }
json_items(A) ::= json(J).                       { A = spoor_one(J); }
json_items(A) ::= json_items(L) COMMA json(J).   { A = spoor_more(L, J); }
json_pairs(A) ::= json_pair(J).                      { A = spoor_one(J); }
json_pairs(A) ::= json_pairs(L) COMMA json_pair(J).  { A = spoor_more(L, J); }
json_pair(A) ::= STRING(T) COLON json(J).    { A = spoor_build_json_pair(p, T, J); }

call(A) ::= name(N) LP args(L) RP(R).        { A = spoor_build_call(p, N, L, R); }
call(A) ::= name(N) prop(K) LP args(L) RP(R). { A = spoor_build_call(p, N, spoor_join(spoor_one(K), L), R); }
args(A) ::= .                                { A = spoor_none(); }
args(A) ::= some_args(L).                    { A = L; }
args(A) ::= query(Q).                        { A = spoor_one(Q); }
some_args(A) ::= arg(E).                     { A = spoor_one(E); }
some_args(A) ::= some_args(L) COMMA arg(E).  { A = spoor_more(L, E); }
arg(A) ::= STAR(T).                          { A = spoor_build_leaf(p, SPOOR_AST_STAR, T); }
arg(A) ::= assign(E).                        { A = E; }
arg(A) ::= expr(E).                          { A = E; }

assign(A) ::= name(N) ASSIGN expr(E).        { A = spoor_build_named(p, N, E); }
assign(A) ::= LP_TUPLE(O) names(L) RP ASSIGN expr(E). { A = spoor_build_tuple(p, O, L, E); }
named(A) ::= expr(E).                        { A = E; }
named(A) ::= assign(E).                      { A = E; }
nameds(A) ::= named(E).                      { A = spoor_one(E); }
nameds(A) ::= nameds(L) COMMA named(E).      { A = spoor_more(L, E); }
exprs(A) ::= expr(E).                        { A = spoor_one(E); }
exprs(A) ::= exprs(L) COMMA expr(E).         { A = spoor_more(L, E); }

values(A) ::= .                              { A = spoor_none(); }
values(A) ::= value_list(L).                 { A = L; }
values(A) ::= value_list(L) COMMA.           { A = L; }
value_list(A) ::= value(E).                      { A = spoor_one(E); }
value_list(A) ::= value_list(L) COMMA value(E).  { A = spoor_more(L, E); }

schema(A) ::= LP schema_columns(L) RP.       { A = L; }
schema_columns(A) ::= columns(L).            { A = L; }
schema_columns(A) ::= COMMA columns(L).      { A = L; }
columns(A) ::= .                             { A = spoor_none(); }
columns(A) ::= some_columns(L).              { A = L; }
columns(A) ::= some_columns(L) COMMA.        { A = L; }
some_columns(A) ::= column(N).                       { A = spoor_one(N); }
some_columns(A) ::= some_columns(L) COMMA column(N). { A = spoor_more(L, N); }
column(A) ::= name(N) COLON IDENT(T).        { A = spoor_build_column(p, N, T); }

props(A) ::= .                               { A = spoor_none(); }
props(A) ::= props(L) prop(E).               { A = spoor_more(L, E); }
prop(A) ::= PROPERTY(N) ASSIGN setting(E).   { A = spoor_build_prop(p, N, spoor_one(E)); }
setting(A) ::= value(E).                     { A = E; }
setting(A) ::= name(E).                      { A = E; }

pairs(A) ::= .                               { A = spoor_none(); }
pairs(A) ::= some_pairs(L).                  { A = L; }
pairs(A) ::= some_pairs(L) COMMA.            { A = L; }
some_pairs(A) ::= pair(E).                       { A = spoor_one(E); }
some_pairs(A) ::= some_pairs(L) COMMA pair(E).   { A = spoor_more(L, E); }
pair(A) ::= IDENT(N) ASSIGN setting(E).      { A = spoor_build_prop(p, N, spoor_one(E)); }

order(A) ::= named(E).                       { A = spoor_build_ordered(p, E, 0, 0); }
order(A) ::= named(E) ASC|DESC(T).           { A = spoor_build_ordered(p, E, &T, 0); }
order(A) ::= named(E) NULLS FIRST|LAST(N).   { A = spoor_build_ordered(p, E, 0, &N); }
order(A) ::= named(E) ASC|DESC(T) NULLS FIRST|LAST(N). { A = spoor_build_ordered(p, E, &T, &N); }
ordereds(A) ::= order(E).                    { A = spoor_one(E); }
ordereds(A) ::= ordereds(L) COMMA order(E).  { A = spoor_more(L, E); }

// A column's path, without calls: what follows may be a parenthesis.
entity(A) ::= name(N).                       { A = spoor_build_reference(p, N); }
entity(A) ::= entity(O) DOT word(N).         { A = spoor_build_member(p, O, N); }
entity(A) ::= entity(O) LB expr(I) RB(R).    { A = spoor_build_element(p, O, I, R); }
entity(A) ::= entity(O) DOT LB expr(I) RB(R). { A = spoor_build_element(p, O, I, R); }
entities(A) ::= entity(E).                   { A = spoor_one(E); }
entities(A) ::= entities(L) COMMA entity(E). { A = spoor_more(L, E); }

// Tables by name, pattern or path, or a query in parentheses.
table(A) ::= path(E).                        { A = E; }
table(A) ::= WILDCARD(T).                    { A = spoor_build_leaf(p, SPOOR_AST_WILDCARD, T); }
table(A) ::= path(O) DOT WILDCARD(T).        { A = spoor_build_member(p, O, spoor_build_leaf(p, SPOOR_AST_WILDCARD, T)); }
tables(A) ::= table(E).                      { A = spoor_one(E); }
tables(A) ::= tables(L) COMMA table(E).      { A = spoor_more(L, E); }

// -- operators that may begin a query ----------------------------------------------------------
source(A) ::= PRINT(W) nameds(L).            { A = spoor_build_node(p, SPOOR_AST_PRINT, W, L); }
source(A) ::= RANGE(W) own_name(N) FROM expr(F) TO expr(T) STEP expr(S).
    { A = spoor_build_text(p, SPOOR_AST_RANGE, W, N, spoor_more(spoor_more(spoor_one(F), T), S)); }
source(A) ::= MACRO_EXPAND(W) props(P) group(G) scope(N) LP block(L) RP(R).
                                             { A = spoor_build_macro(p, W, P, G, N, L, R); }
scope(A) ::= .                               { A = NULL; }
scope(A) ::= AS name(N).                     { A = N; }
group(A) ::= ENTITY_GROUP LB exprs(L) RB.    { A = L; }
group(A) ::= entity(N).                      { A = spoor_one(N); }

both(A) ::= UNION(W) props(P) tables(L).     { A = spoor_build_node(p, SPOOR_AST_UNION, W, spoor_join(P, L)); }
both(A) ::= EVALUATE(W) props(P) call(C).    { A = spoor_build_node(p, SPOOR_AST_EVALUATE, W, spoor_more(P, C)); }
both(A) ::= EVALUATE(W) props(P) call(C) COLON(K) LP open_schema(L) RP(R).
    { A = spoor_build_node(p, SPOOR_AST_EVALUATE, W, spoor_more(spoor_more(P, C), spoor_build_clause(p, K, "schema", L, R))); }
open_schema(A) ::= schema_columns(L).        { A = L; }
open_schema(A) ::= STAR(S).                  { A = spoor_one(spoor_build_leaf(p, SPOOR_AST_STAR, S)); }
open_schema(A) ::= STAR(S) COMMA columns(L). { A = spoor_join(spoor_one(spoor_build_leaf(p, SPOOR_AST_STAR, S)), L); }
both(A) ::= SEARCH(W) props(P) predicate(E). { A = spoor_build_node(p, SPOOR_AST_SEARCH, W, spoor_more(P, E)); }
both(A) ::= SEARCH(W) props(P) IN(I) LP find_tables(L) RP(R) predicate(E).
    { A = spoor_build_node(p, SPOOR_AST_SEARCH, W, spoor_more(spoor_more(P, spoor_build_clause(p, I, "in", L, R)), E)); }
predicate(A) ::= expr(E).                    { A = E; }
predicate(A) ::= STAR(T).                    { A = spoor_build_leaf(p, SPOOR_AST_STAR, T); }
predicate(A) ::= STAR(T) AND(O) expr(E).     { A = spoor_build_logical(p, O, spoor_build_leaf(p, SPOOR_AST_STAR, T), E); }

both(A) ::= FIND(W) props(P) find_where(E) find_project(L).
                                             { A = spoor_build_node(p, SPOOR_AST_FIND, W, spoor_join(spoor_join(P, E), L)); }
find_where(A) ::= expr(E).                   { A = spoor_one(E); }
find_where(A) ::= WHERE expr(E).             { A = spoor_one(E); }
find_where(A) ::= IN(I) LP find_tables(L) RP(R) WHERE expr(E).
                                             { A = spoor_more(spoor_one(spoor_build_clause(p, I, "in", L, R)), E); }
find_project(A) ::= .                        { A = spoor_none(); }
find_project(A) ::= PROJECT(W) find_columns(L). { A = spoor_one(spoor_build_clause(p, W, "project", L, W)); }
find_project(A) ::= PROJECT_SMART(W).        { A = spoor_one(spoor_build_clause(p, W, "project-smart", spoor_none(), W)); }
find_project(A) ::= FIND_PROJECT_AWAY(W) find_columns(L).
                                             { A = spoor_one(spoor_build_clause(p, W, "project-away", L, W)); }
find_columns(A) ::= find_column(E).                        { A = spoor_one(E); }
find_columns(A) ::= find_columns(L) COMMA find_column(E).  { A = spoor_more(L, E); }
find_column(A) ::= name(N).                  { A = spoor_build_reference(p, N); }
find_column(A) ::= name(N) COLON IDENT(T).   { A = spoor_build_any_column(p, N, T); }
find_column(A) ::= STAR(T).                  { A = spoor_build_leaf(p, SPOOR_AST_STAR, T); }
find_column(A) ::= call(C).                  { A = C; }
find_tables(A) ::= find_table(E).                       { A = spoor_one(E); }
find_tables(A) ::= find_tables(L) COMMA find_table(E).  { A = spoor_more(L, E); }
find_table(A) ::= table(E).                  { A = E; }
find_table(A) ::= path(E) PIPE AS(W) name(N).
    { A = spoor_build_pipeline(p, spoor_build_pipe(p, spoor_one(E), spoor_build_text(p, SPOOR_AST_AS, W, N, spoor_none()))); }

// -- operators behind a pipe -------------------------------------------------------------------
operator(A) ::= AS(W) props(P) own_name(N).      { A = spoor_build_text(p, SPOOR_AST_AS, W, N, P); }
operator(A) ::= ASSERT_SCHEMA(W) LP schema_columns(L) RP(R).
    { A = spoor_build_other(p, W, spoor_one(spoor_build_clause(p, W, "schema", L, R)), R); }
operator(A) ::= CONSUME(W) props(P).         { A = spoor_build_node(p, SPOOR_AST_CONSUME, W, P); }
operator(A) ::= COUNT(W).                    { A = spoor_build_node(p, SPOOR_AST_COUNT, W, spoor_none()); }
operator(A) ::= COUNT(W) AS(C) name(N).
    { A = spoor_build_node(p, SPOOR_AST_COUNT, W, spoor_one(spoor_build_clause(p, C, "as", spoor_one(N), C))); }
operator(A) ::= DISTINCT(W) props(P) distinct_items(L).
                                             { A = spoor_build_node(p, SPOOR_AST_DISTINCT, W, spoor_join(P, L)); }
distinct_items(A) ::= distinct_item(E).                          { A = spoor_one(E); }
distinct_items(A) ::= distinct_items(L) COMMA distinct_item(E).  { A = spoor_more(L, E); }
distinct_item(A) ::= named(E).               { A = E; }
distinct_item(A) ::= STAR(T).                { A = spoor_build_leaf(p, SPOOR_AST_STAR, T); }
operator(A) ::= EXECUTE_AND_CACHE(W).        { A = spoor_build_other(p, W, spoor_none(), W); }
operator(A) ::= EXTEND(W) nameds(L).         { A = spoor_build_node(p, SPOOR_AST_EXTEND, W, L); }
operator(A) ::= FACET(W) BY(B) entities(L).
    { A = spoor_build_node(p, SPOOR_AST_FACET, W, spoor_one(spoor_build_clause(p, B, "by", L, B))); }
operator(A) ::= FACET(W) BY(B) entities(L) WITH LP sub(S) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_FACET, W, spoor_more(spoor_one(spoor_build_clause(p, B, "by", L, B)), S), R); }
operator(A) ::= FACET(W) BY(B) entities(L) WITH stage(S).
    { A = spoor_build_node(p, SPOOR_AST_FACET, W, spoor_more(spoor_one(spoor_build_clause(p, B, "by", L, B)),
          spoor_build_subpipeline(p, spoor_one(S)))); }
operator(A) ::= FORK(W) fork_legs(L).        { A = spoor_build_node(p, SPOOR_AST_FORK, W, L); }
fork_legs(A) ::= fork_leg(E).                { A = spoor_one(E); }
fork_legs(A) ::= fork_legs(L) fork_leg(E).   { A = spoor_more(L, E); }
fork_leg(A) ::= LP(O) sub(S) RP(R).          { A = spoor_build_closed(p, SPOOR_AST_FORK_LEG, O, spoor_one(S), R); }
fork_leg(A) ::= name(N) ASSIGN LP sub(S) RP(R). { A = spoor_build_fork_leg(p, N, S, R); }
operator(A) ::= GETSCHEMA(W) props(P).       { A = spoor_build_node(p, SPOOR_AST_GETSCHEMA, W, P); }
operator(A) ::= INVOKE(W) invoked(C).        { A = spoor_build_node(p, SPOOR_AST_INVOKE, W, spoor_one(C)); }
invoked(A) ::= call(C).                      { A = C; }
invoked(A) ::= invoked(O) DOT word(N) LP args(L) RP(R). { A = spoor_build_method(p, O, N, L, R); }

operator(A) ::= JOIN(W) props(P) expr(T) join_on(L).
                                             { A = spoor_build_node(p, SPOOR_AST_JOIN, W, spoor_join(spoor_more(P, T), L)); }
join_on(A) ::= .                             { A = spoor_none(); }
join_on(A) ::= ON(O) exprs(L).               { A = spoor_one(spoor_build_clause(p, O, "on", L, O)); }
join_on(A) ::= WHERE(O) expr(E).             { A = spoor_one(spoor_build_clause(p, O, "where", spoor_one(E), O)); }
operator(A) ::= LOOKUP(W) props(P) expr(T) ON(O) exprs(L).
    { A = spoor_build_node(p, SPOOR_AST_LOOKUP, W, spoor_more(spoor_more(P, T), spoor_build_clause(p, O, "on", L, O))); }

operator(A) ::= MAKE_SERIES(W) props(P) series_items(L) ON(O) named(E) series_range(R) by(B).
    { A = spoor_build_node(p, SPOOR_AST_MAKE_SERIES, W, spoor_join(spoor_join(spoor_more(spoor_join(P, L),
          spoor_build_clause(p, O, "on", spoor_one(E), O)), R), B)); }
by(A) ::= .                                  { A = spoor_none(); }
by(A) ::= BY(B) nameds(L).                   { A = spoor_one(spoor_build_clause(p, B, "by", L, B)); }
series_items(A) ::= series_item(E).                       { A = spoor_one(E); }
series_items(A) ::= series_items(L) COMMA series_item(E). { A = spoor_more(L, E); }
series_item(A) ::= named(E).                 { A = spoor_build_group(p, SPOOR_AST_MAKE_SERIES_ITEM, spoor_one(E)); }
series_item(A) ::= named(E) DEFAULT(D) ASSIGN named(V).
    { A = spoor_build_group(p, SPOOR_AST_MAKE_SERIES_ITEM, spoor_more(spoor_one(E), spoor_build_clause(p, D, "default", spoor_one(V), D))); }
series_range(A) ::= series_from(L) series_to(M) STEP(T) expr(E).
    { A = spoor_more(spoor_join(L, M), spoor_build_clause(p, T, "step", spoor_one(E), T)); }
series_from(A) ::= .                         { A = spoor_none(); }
series_from(A) ::= FROM(F) expr(E).          { A = spoor_one(spoor_build_clause(p, F, "from", spoor_one(E), F)); }
series_to(A) ::= .                           { A = spoor_none(); }
series_to(A) ::= TO(T) expr(E).              { A = spoor_one(spoor_build_clause(p, T, "to", spoor_one(E), T)); }
series_range(A) ::= IN_RANGE(I) RANGE(N) LP args(L) RP(R).
    { A = spoor_one(spoor_build_clause(p, I, "in", spoor_one(spoor_build_call(p, spoor_build_leaf(p, SPOOR_AST_NAME, N), L, R)), R)); }

operator(A) ::= MV_EXPAND(W) props(P) mv_items(L) limit_clause(C).
                                             { A = spoor_build_node(p, SPOOR_AST_MV_EXPAND, W, spoor_join(spoor_join(P, L), C)); }
operator(A) ::= MV_APPLY(W) props(P) mv_items(L) limit_clause(C) id_clause(I) ON LP sub(S) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_MV_APPLY, W, spoor_more(spoor_join(spoor_join(spoor_join(P, L), C), I), S), R); }
mv_items(A) ::= mv_item(E).                  { A = spoor_one(E); }
mv_items(A) ::= mv_items(L) COMMA mv_item(E). { A = spoor_more(L, E); }
mv_item(A) ::= named(E).                     { A = spoor_build_group(p, SPOOR_AST_MV_ITEM, spoor_one(E)); }
mv_item(A) ::= named(E) TO typeof(T).        { A = spoor_build_group(p, SPOOR_AST_MV_ITEM, spoor_more(spoor_one(E), T)); }
limit_clause(A) ::= .                        { A = spoor_none(); }
limit_clause(A) ::= LIMIT(W) expr(E).        { A = spoor_one(spoor_build_clause(p, W, "limit", spoor_one(E), W)); }
id_clause(A) ::= .                           { A = spoor_none(); }
id_clause(A) ::= ID(W) value(E).             { A = spoor_one(spoor_build_clause(p, W, "id", spoor_one(E), W)); }

operator(A) ::= PARSE(W) props(P) expr(E) WITH parse_items(L).
                                             { A = spoor_build_parse(p, SPOOR_AST_PARSE, W, P, E, L); }
operator(A) ::= PARSE_WHERE(W) props(P) expr(E) WITH parse_items(L).
                                             { A = spoor_build_parse(p, SPOOR_AST_PARSE_WHERE, W, P, E, L); }
parse_items(A) ::= .                              { A = spoor_none(); }
parse_items(A) ::= parse_items(L) parse_item(E).  { A = spoor_more(L, E); }
parse_item(A) ::= STAR(T).                   { A = spoor_build_leaf(p, SPOOR_AST_STAR, T); }
parse_item(A) ::= STRING(T).                 { A = spoor_build_literal(p, T); }
parse_item(A) ::= name(N).                   { A = spoor_build_untyped_column(p, N); }
parse_item(A) ::= name(N) COLON IDENT(T).    { A = spoor_build_column(p, N, T); }
operator(A) ::= PARSE_KV(W) expr(E) AS(C) LP schema_columns(L) RP(R).
    { A = spoor_build_node(p, SPOOR_AST_PARSE_KV, W, spoor_more(spoor_one(E), spoor_build_clause(p, C, "as", L, R))); }
operator(A) ::= PARSE_KV(W) expr(E) AS(C) LP schema_columns(L) RP(R) WITH(V) LP pairs(M) RP(Q).
    { A = spoor_build_with(p, spoor_build_node(p, SPOOR_AST_PARSE_KV, W, spoor_more(spoor_one(E), spoor_build_clause(p, C, "as", L, R))), V, M, Q); }

operator(A) ::= PARTITION(W) props(P) BY(B) entity(E) partition_in(I) LP sub(S) RP(R).
                                             { A = spoor_build_partition(p, W, P, B, E, I, S, R); }
operator(A) ::= PARTITION(W) props(P) BY(B) entity(E) partition_in(I) LC pipe(L) RC(R).
    { A = spoor_build_flag(spoor_build_partition(p, W, P, B, E, I, spoor_build_pipeline(p, L), R), SPOOR_AST_BRACED); }
partition_in(A) ::= .                        { A = NULL; }
partition_in(A) ::= IN call(C).              { A = C; }
partition_in(A) ::= IN DYNAMIC(W) LP json(J) RP(R). { A = spoor_build_dynamic(p, W, J, R); }
operator(A) ::= PARTITIONBY(W) props(P) entity(E) id_clause(I) LP sub(S) RP(R).
    { A = spoor_build_other(p, W, spoor_more(spoor_join(spoor_more(P, E), I), S), R); }

operator(A) ::= PROJECT(W).                  { A = spoor_build_node(p, SPOOR_AST_PROJECT, W, spoor_none()); }
operator(A) ::= PROJECT(W) nameds(L).        { A = spoor_build_node(p, SPOOR_AST_PROJECT, W, L); }
operator(A) ::= PROJECT_AWAY(W) wild_names(L). { A = spoor_build_node(p, SPOOR_AST_PROJECT_AWAY, W, L); }
operator(A) ::= PROJECT_KEEP(W) some_wild_names(L). { A = spoor_build_node(p, SPOOR_AST_PROJECT_KEEP, W, L); }
operator(A) ::= PROJECT_BY_NAMES(W) exprs(L).{ A = spoor_build_node(p, SPOOR_AST_PROJECT_BY_NAMES, W, L); }
operator(A) ::= PROJECT_RENAME(W).           { A = spoor_build_node(p, SPOOR_AST_PROJECT_RENAME, W, spoor_none()); }
operator(A) ::= PROJECT_RENAME(W) nameds(L). { A = spoor_build_node(p, SPOOR_AST_PROJECT_RENAME, W, L); }
operator(A) ::= PROJECT_REORDER(W) reorder_names(L). { A = spoor_build_node(p, SPOOR_AST_PROJECT_REORDER, W, L); }
wild_names(A) ::= .                          { A = spoor_none(); }
wild_names(A) ::= some_wild_names(L).        { A = L; }
some_wild_names(A) ::= wild_name(N).                          { A = spoor_one(N); }
some_wild_names(A) ::= some_wild_names(L) COMMA wild_name(N). { A = spoor_more(L, N); }
wild_name(A) ::= name(N).                    { A = spoor_build_reference(p, N); }
wild_name(A) ::= WILDCARD(T).                { A = spoor_build_leaf(p, SPOOR_AST_WILDCARD, T); }
reorder_names(A) ::= .                       { A = spoor_none(); }
reorder_names(A) ::= some_reorder_names(L).  { A = L; }
some_reorder_names(A) ::= reorder_name(N).                             { A = spoor_one(N); }
some_reorder_names(A) ::= some_reorder_names(L) COMMA reorder_name(N). { A = spoor_more(L, N); }
reorder_name(A) ::= wild_name(N).            { A = N; }
reorder_name(A) ::= wild_name(N) ASC|DESC|GRANNY_ASC|GRANNY_DESC(T). { A = spoor_build_ordered(p, N, &T, 0); }
operator(A) ::= REDUCE(W) props(P) BY(B) named(E).
    { A = spoor_build_node(p, SPOOR_AST_REDUCE, W, spoor_more(P, spoor_build_clause(p, B, "by", spoor_one(E), B))); }
operator(A) ::= REDUCE(W) props(P) BY(B) named(E) WITH(V) some_pairs(L).
    { A = spoor_build_node(p, SPOOR_AST_REDUCE, W, spoor_more(spoor_more(P, spoor_build_clause(p, B, "by", spoor_one(E), B)),
          spoor_build_clause(p, V, "with", L, V))); }

operator(A) ::= RENDER(W) IDENT(K) render_tail(L).
    { A = spoor_build_text(p, SPOOR_AST_RENDER, W, spoor_build_leaf(p, SPOOR_AST_NAME, K), L); }
render_tail(A) ::= render_legacy(L).         { A = spoor_build_render_legacy(p, L); }
render_tail(A) ::= render_legacy(L) WITH(V) LP render_pairs(M) RP(R).
    { A = spoor_build_render_legacy(p, spoor_more(L, spoor_build_clause(p, V, "with", M, R))); }
render_legacy(A) ::= .                       { A = spoor_none(); }
render_legacy(A) ::= render_legacy(L) IDENT(N) ASSIGN setting(E). { A = spoor_more(L, spoor_build_prop(p, N, spoor_one(E))); }
render_legacy(A) ::= render_legacy(L) BY(N) names(M). { A = spoor_more(L, spoor_build_prop(p, N, M)); }
render_legacy(A) ::= render_legacy(L) WITH(N) value(E). { A = spoor_more(L, spoor_build_prop(p, N, spoor_one(E))); }
render_pairs(A) ::= .                        { A = spoor_none(); }
render_pairs(A) ::= COMMA some_render_pairs(L). { A = L; }
render_pairs(A) ::= some_render_pairs(L).    { A = L; }
some_render_pairs(A) ::= IDENT(N) ASSIGN expr(E).    { A = spoor_one(spoor_build_prop(p, N, spoor_one(E))); }
some_render_pairs(A) ::= some_render_pairs(L) COMMA IDENT(N) ASSIGN expr(E).
                                             { A = spoor_more(L, spoor_build_prop(p, N, spoor_one(E))); }
some_render_pairs(A) ::= some_render_pairs(L) COMMA name(N). { A = spoor_build_more_columns(p, L, N); }
operator(A) ::= SAMPLE(W) props(P) named(E). { A = spoor_build_node(p, SPOOR_AST_SAMPLE, W, spoor_more(P, E)); }
operator(A) ::= SAMPLE_DISTINCT(W) props(P) named(E) OF(O) named(C).
    { A = spoor_build_node(p, SPOOR_AST_SAMPLE_DISTINCT, W, spoor_more(spoor_more(P, E), spoor_build_clause(p, O, "of", spoor_one(C), O))); }

operator(A) ::= SCAN(W) props(P) scan_clauses(C) WITH LP scan_steps(S) RP(R).
    { A = spoor_build_closed(p, SPOOR_AST_SCAN, W, spoor_join(spoor_join(P, C), S), R); }
scan_clauses(A) ::= .                        { A = spoor_none(); }
scan_clauses(A) ::= scan_clauses(L) SORT(O) BY ordereds(M).   { A = spoor_more(L, spoor_build_clause(p, O, "order", M, O)); }
scan_clauses(A) ::= scan_clauses(L) PARTITION(O) BY exprs(M). { A = spoor_more(L, spoor_build_clause(p, O, "partition", M, O)); }
scan_clauses(A) ::= scan_clauses(L) DECLARE(O) LP parameters(M) RP(R). { A = spoor_more(L, spoor_build_clause(p, O, "declare", M, R)); }
scan_steps(A) ::= .                          { A = spoor_none(); }
scan_steps(A) ::= scan_steps(L) scan_step(E). { A = spoor_more(L, E); }
scan_step(A) ::= STEP(W) name(N) optional(F) step_output(O) COLON expr(E) scan_sets(L) SEMI.
    { A = spoor_build_flag(spoor_build_text(p, SPOOR_AST_SCAN_STEP, W, N, spoor_join(spoor_more(O, E), L)), F); }
optional(A) ::= .                            { A = 0; }
optional(A) ::= OPTIONAL.                    { A = SPOOR_AST_OPTIONAL; }
step_output(A) ::= .                         { A = spoor_none(); }
step_output(A) ::= OUTPUT(N) ASSIGN IDENT(E). { A = spoor_one(spoor_build_prop(p, N, spoor_one(spoor_build_name(p, E)))); }
scan_sets(A) ::= .                           { A = spoor_none(); }
scan_sets(A) ::= ARROW scan_set_list(L).     { A = L; }
scan_set_list(A) ::= name(N) ASSIGN expr(E). { A = spoor_one(spoor_build_named(p, N, E)); }
scan_set_list(A) ::= scan_set_list(L) COMMA name(N) ASSIGN expr(E). { A = spoor_more(L, spoor_build_named(p, N, E)); }

operator(A) ::= SERIALIZE(W) props(P).       { A = spoor_build_node(p, SPOOR_AST_SERIALIZE, W, P); }
operator(A) ::= SERIALIZE(W) props(P) nameds(L). { A = spoor_build_node(p, SPOOR_AST_SERIALIZE, W, spoor_join(P, L)); }
operator(A) ::= SORT(W) props(P) BY ordereds(L). { A = spoor_build_node(p, SPOOR_AST_SORT, W, spoor_join(P, L)); }
operator(A) ::= SUMMARIZE(W) props(P) by(B). { A = spoor_build_node(p, SPOOR_AST_SUMMARIZE, W, spoor_join(P, B)); }
operator(A) ::= SUMMARIZE(W) props(P) nameds(L) by(B). { A = spoor_build_node(p, SPOOR_AST_SUMMARIZE, W, spoor_join(spoor_join(P, L), B)); }
operator(A) ::= TAKE|LIMIT(W) props(P) named(E). { A = spoor_build_node(p, SPOOR_AST_TAKE, W, spoor_more(P, E)); }
operator(A) ::= TOP(W) props(P) named(E) BY(B) order(O).
    { A = spoor_build_node(p, SPOOR_AST_TOP, W, spoor_more(spoor_more(P, E), spoor_build_clause(p, B, "by", spoor_one(O), B))); }
operator(A) ::= TOP_HITTERS(W) named(E) OF(O) named(C).
    { A = spoor_build_node(p, SPOOR_AST_TOP_HITTERS, W, spoor_more(spoor_one(E), spoor_build_clause(p, O, "of", spoor_one(C), O))); }
operator(A) ::= TOP_HITTERS(W) named(E) OF(O) named(C) BY(B) named(S).
    { A = spoor_build_node(p, SPOOR_AST_TOP_HITTERS, W, spoor_more(spoor_more(spoor_one(E), spoor_build_clause(p, O, "of", spoor_one(C), O)),
          spoor_build_clause(p, B, "by", spoor_one(S), B))); }
operator(A) ::= nested_levels(L).            { A = spoor_build_group(p, SPOOR_AST_TOP_NESTED, L); }
nested_levels(A) ::= nested_level(E).                        { A = spoor_one(E); }
nested_levels(A) ::= nested_levels(L) COMMA nested_level(E). { A = spoor_more(L, E); }
nested_level(A) ::= TOP_NESTED(W) OF(O) named(E) nested_tail(T).
    { A = spoor_build_node(p, SPOOR_AST_TOP_NESTED_LEVEL, W, spoor_join(spoor_one(spoor_build_clause(p, O, "of", spoor_one(E), O)), T)); }
nested_level(A) ::= TOP_NESTED(W) named(C) OF(O) named(E) nested_tail(T).
    { A = spoor_build_node(p, SPOOR_AST_TOP_NESTED_LEVEL, W, spoor_join(spoor_more(spoor_one(spoor_build_prop_of(p, "count", C)),
          spoor_build_clause(p, O, "of", spoor_one(E), O)), T)); }
nested_tail(A) ::= nested_others(X) BY(B) order(S). { A = spoor_more(X, spoor_build_clause(p, B, "by", spoor_one(S), B)); }
nested_others(A) ::= .                       { A = spoor_none(); }
nested_others(A) ::= WITH(V) OTHERS ASSIGN value(E). { A = spoor_one(spoor_build_clause(p, V, "with", spoor_one(E), V)); }
operator(A) ::= WHERE|FILTER(W) props(P) named(E). { A = spoor_build_where(p, W, P, E); }

// -- graphs ------------------------------------------------------------------------------------
operator(A) ::= MAKE_GRAPH(W) props(P) name(S) direction(D) name(T) graph_with(L).
                                             { A = spoor_build_make_graph(p, W, P, S, D, T, L); }
operator(A) ::= MAKE_GRAPH(W) props(P) name(S) direction(D) name(T) graph_with(L) PARTITIONED_BY(B) entity(E) LP sub(G) RP(R).
    { A = spoor_build_make_graph(p, W, P, S, D, T, spoor_more(L, spoor_build_clause(p, B, "partitioned-by", spoor_more(spoor_one(E), G), R))); }
direction(A) ::= MINUS(M) MINUS GT(G).       { A = spoor_build_arrow(M, G, "-->"); }
direction(A) ::= MINUS(M) MINUS(G).          { A = spoor_build_arrow(M, G, "--"); }
graph_with(A) ::= .                          { A = spoor_none(); }
graph_with(A) ::= WITH_NODE_ID(W) ASSIGN name(N). { A = spoor_one(spoor_build_prop(p, W, spoor_one(N))); }
graph_with(A) ::= WITH(V) graph_nodes(L).    { A = spoor_one(spoor_build_clause(p, V, "with", L, V)); }
graph_nodes(A) ::= unary(E) ON name(N).      { A = spoor_more(spoor_one(E), N); }
graph_nodes(A) ::= graph_nodes(L) COMMA unary(E) ON name(N). { A = spoor_more(spoor_more(L, E), N); }
operator(A) ::= GRAPH_MARK_COMPONENTS(W) props(P). { A = spoor_build_node(p, SPOOR_AST_GRAPH_MARK_COMPONENTS, W, P); }
operator(A) ::= GRAPH_WHERE_NODES(W) expr(E). { A = spoor_build_node(p, SPOOR_AST_GRAPH_WHERE_NODES, W, spoor_one(E)); }
operator(A) ::= GRAPH_WHERE_EDGES(W) expr(E). { A = spoor_build_node(p, SPOOR_AST_GRAPH_WHERE_EDGES, W, spoor_one(E)); }
operator(A) ::= GRAPH_TO_TABLE(W) graph_outputs(L). { A = spoor_build_node(p, SPOOR_AST_GRAPH_TO_TABLE, W, L); }
graph_outputs(A) ::= graph_output(E).                        { A = spoor_one(E); }
graph_outputs(A) ::= graph_outputs(L) COMMA graph_output(E). { A = spoor_more(L, E); }
graph_output(A) ::= NODES|EDGES(W) graph_props(L). { A = spoor_build_clause(p, W, NULL, L, W); }
graph_output(A) ::= NODES|EDGES(W) AS(C) name(N) graph_props(L).
    { A = spoor_build_clause(p, W, NULL, spoor_join(spoor_one(spoor_build_prop(p, C, spoor_one(N))), L), W); }
graph_props(A) ::= .                         { A = spoor_none(); }
graph_props(A) ::= graph_props(L) IDENT(N) ASSIGN name(E). { A = spoor_more(L, spoor_build_prop(p, N, spoor_one(E))); }
operator(A) ::= GRAPH_MATCH(W) props(P) graph_patterns(L) graph_tail(T).
                                             { A = spoor_build_node(p, SPOOR_AST_GRAPH_MATCH, W, spoor_join(spoor_join(P, L), T)); }
operator(A) ::= GRAPH_SHORTEST_PATHS(W) props(P) graph_patterns(L) graph_tail(T).
                                             { A = spoor_build_node(p, SPOOR_AST_GRAPH_SHORTEST_PATHS, W, spoor_join(spoor_join(P, L), T)); }
graph_tail(A) ::= .                          { A = spoor_none(); }
graph_tail(A) ::= WHERE(O) expr(E).          { A = spoor_one(spoor_build_clause(p, O, "where", spoor_one(E), O)); }
graph_tail(A) ::= PROJECT(O) nameds(L).      { A = spoor_one(spoor_build_clause(p, O, "project", L, O)); }
graph_tail(A) ::= WHERE(O) expr(E) PROJECT(Q) nameds(L).
    { A = spoor_more(spoor_one(spoor_build_clause(p, O, "where", spoor_one(E), O)), spoor_build_clause(p, Q, "project", L, Q)); }
graph_patterns(A) ::= graph_elements(L).                         { A = spoor_one(spoor_build_group(p, SPOOR_AST_GRAPH_PATTERN, L)); }
graph_patterns(A) ::= graph_patterns(L) COMMA graph_elements(M). { A = spoor_more(L, spoor_build_group(p, SPOOR_AST_GRAPH_PATTERN, M)); }
graph_elements(A) ::= graph_element(E).                   { A = spoor_one(E); }
graph_elements(A) ::= graph_elements(L) graph_element(E). { A = spoor_more(L, E); }
graph_element(A) ::= LP(O) RP(R).            { A = spoor_build_closed(p, SPOOR_AST_GRAPH_NODE, O, spoor_none(), R); }
graph_element(A) ::= LP(O) name(N) RP(R).    { A = spoor_build_graph_node(p, O, N, R); }
graph_element(A) ::= direction(D).           { A = spoor_build_edge(p, D, NULL, spoor_none(), D); }
graph_element(A) ::= LT(M) MINUS MINUS(G).   { A = spoor_build_edge(p, spoor_build_arrow(M, G, "<--"), NULL, spoor_none(), G); }
graph_element(A) ::= MINUS(M) LB edge_name(N) edge_range(L) RB MINUS GT(G).
                                             { A = spoor_build_edge(p, spoor_build_arrow(M, G, "-->"), N, L, G); }
graph_element(A) ::= MINUS(M) LB edge_name(N) edge_range(L) RB MINUS(G).
                                             { A = spoor_build_edge(p, spoor_build_arrow(M, G, "--"), N, L, G); }
graph_element(A) ::= LT(M) MINUS LB edge_name(N) edge_range(L) RB MINUS(G).
                                             { A = spoor_build_edge(p, spoor_build_arrow(M, G, "<--"), N, L, G); }
edge_name(A) ::= .                           { A = NULL; }
edge_name(A) ::= name(N).                    { A = N; }
edge_range(A) ::= .                          { A = spoor_none(); }
edge_range(A) ::= STAR unary(L) DOTDOT unary(H).
    { A = spoor_more(spoor_one(spoor_build_prop_of(p, "min", L)), spoor_build_prop_of(p, "max", H)); }
