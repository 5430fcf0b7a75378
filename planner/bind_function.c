/* bind_function.c - calls of functions that users wrote: let f = (...) {...},
 * functions saved in the store and the views built in.
 *
 * The body is bound again at each call.  A let's body sees the names of its
 * definition; a saved one those of its caller, as if it stood there; a view of
 * ours none but its own. */
#include "parser/parse.h"
#include "planner/bind.h"
#include "planner/bind_library.h"

bool spoor_bind_is_user_function(spoor_binder *b, spoor_str name) {
    const spoor_symbol *symbol = spoor_scope_find(b->scope, name);
    if (symbol != NULL) {
        return symbol->kind == SPOOR_SYMBOL_FUNCTION;
    }
    if (spoor_function_named(name) != NULL || b->catalog == NULL ||
        spoor_scope_is_closed(b->scope)) {
        return false; /* names of the language cannot be taken */
    }
    return b->catalog->function(b->catalog, name) != NULL;
}

/* -- stored texts ------------------------------------------------------------------------------ */

/* `(x:long) { body }` is read as a let; a bare body as it is. */
static bool is_lambda(spoor_str text) {
    size_t i = 0;
    for (;;) {
        while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\r' ||
                                text.ptr[i] == '\n')) {
            i++;
        }
        if (i + 1 < text.len && text.ptr[i] == '/' && text.ptr[i + 1] == '/') {
            while (i < text.len && text.ptr[i] != '\n') {
                i++;
            }
            continue;
        }
        break;
    }
    if (i >= text.len || text.ptr[i] != '(') {
        return false;
    }
    uint32_t depth = 0;
    for (; i < text.len; i++) { /* the matching parenthesis, strings aside */
        char c = text.ptr[i];
        if (c == '"' || c == '\'') {
            for (i++; i < text.len && text.ptr[i] != c; i++) {
                i += text.ptr[i] == '\\';
            }
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            break;
        }
    }
    for (i++; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return c == '{';
        }
    }
    return false;
}

static const spoor_ast *parse_stored(spoor_binder *b, const spoor_stored_function *f) {
    static const char before[] = "let f = ";
    spoor_str text = f->text;
    bool lambda = is_lambda(text);
    if (lambda) {
        size_t len = sizeof before - 1;
        char *copy = SPOOR_NEW_ARRAY(b->arena, char, len + text.len + 2);
        memcpy(copy, before, len);
        memcpy(copy + len, text.ptr, text.len);
        copy[len + text.len] = ';';
        text = (spoor_str){copy, len + text.len + 1};
    }
    char *name = SPOOR_NEW_ARRAY(b->arena, char, f->name.len + 1);
    memcpy(name, f->name.ptr, f->name.len);
    uint32_t source = spoor_diags_add_source(b->diags, (spoor_source){.name = name, .text = text});
    spoor_ast *query =
        spoor_parse(b->arena, text, (spoor_parse_options){source, b->options->strict}, b->diags);
    if (query == NULL || !lambda) {
        return query;
    }
    const spoor_ast *let = query->first;
    return let != NULL && let->kind == SPOOR_AST_LET ? let->first : query;
}

const spoor_ast *spoor_bind_stored_ast(spoor_binder *b, const spoor_stored_function *function,
                                       spoor_span span) {
    const spoor_bind_library *library = b->options->library;
    for (const spoor_bind_parsed *p = b->parsed; p != NULL; p = p->next) {
        /* What is bound for the library may not point into a tree of this query's alone. */
        bool lives = p->arena == b->arena || (library != NULL && p->arena == library->arena);
        if (lives && (p->function == function || spoor_str_eq(p->function->name, function->name))) {
            return p->ast;
        }
    }
    (void)span;
    spoor_bind_parsed *parsed = SPOOR_NEW(b->arena, spoor_bind_parsed);
    *parsed = (spoor_bind_parsed){.function = function, .arena = b->arena, .next = b->parsed};
    b->parsed = parsed;
    parsed->ast = parse_stored(b, function);
    return parsed->ast;
}

/* -- arguments --------------------------------------------------------------------------------- */

typedef struct call_site {
    spoor_binder *b;
    const spoor_ast *call;
    const spoor_symbol *piped; /* invoke's rows: the first parameter */
    const spoor_ast *next;     /* next positional argument */
    spoor_scope *inner;        /* where parameters go */
} call_site;

static const spoor_ast *named_argument(const spoor_ast *call, spoor_str name) {
    for (const spoor_ast *a = call->first; a != NULL; a = a->next) {
        if (a->kind == SPOOR_AST_NAMED && spoor_str_eq(a->text, name)) {
            return a->first;
        }
    }
    return NULL;
}

static const spoor_ast *take_argument(call_site *site, const spoor_ast *param) {
    const spoor_ast *named = named_argument(site->call, param->text);
    if (named != NULL) {
        return named;
    }
    while (site->next != NULL && site->next->kind == SPOOR_AST_NAMED) {
        site->next = site->next->next;
    }
    const spoor_ast *argument = site->next;
    site->next = argument != NULL ? argument->next : NULL;
    return argument;
}

static const spoor_schema *declared_columns(spoor_binder *b, const spoor_ast *param) {
    if (param->first == NULL || param->first->kind == SPOOR_AST_STAR) {
        return NULL;
    }
    spoor_schema *schema = SPOOR_NEW(b->arena, spoor_schema);
    schema->columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, param->nchildren);
    for (const spoor_ast *n = param->first; n != NULL; n = n->next) {
        if (n->kind != SPOOR_AST_COLUMN_DECL || n->type == SPOOR_AST_NO_TYPE) {
            spoor_fail(b->diags, n->span, "expected name:type");
            return NULL;
        }
        schema->columns[schema->ncols++] =
            (spoor_column){.name = n->text, .type = (spoor_type)n->type};
    }
    return schema;
}

static bool bind_tabular(call_site *site, const spoor_ast *param) {
    spoor_binder *b = site->b;
    spoor_symbol rows = {.kind = SPOOR_SYMBOL_TABULAR, .scope = b->scope};
    if (site->piped != NULL) {
        rows = *site->piped;
        site->piped = NULL;
    } else {
        rows.ast = take_argument(site, param);
    }
    if (rows.ast == NULL && rows.plan == NULL) {
        return spoor_fail(b->diags, site->call->at, "'%.*s' needs rows for '%.*s'",
                          SPOOR_S(site->call->text), SPOOR_S(param->text));
    }
    spoor_symbol *symbol = spoor_scope_add(b, site->inner, param->text, rows.kind);
    symbol->ast = rows.ast;
    symbol->plan = rows.plan;
    symbol->scope = rows.scope;
    symbol->noperators = rows.noperators;
    symbol->declared = declared_columns(b, param);
    symbol->is_parameter = true;
    symbol->frames = b->frames;
    return true;
}

static spoor_bound *as_parameter(spoor_binder *b, spoor_bound *e, const spoor_ast *param) {
    spoor_type type = (spoor_type)param->type;
    if (e->type == type) {
        return e;
    }
    bool is_number = (SPOOR_TYPE_SET(e->type) & SPOOR_T_NUMBER) != 0 &&
                     (SPOOR_TYPE_SET(type) & SPOOR_T_NUMBER) != 0;
    if (is_number || type == SPOOR_DYNAMIC || e->type == SPOOR_DYNAMIC) {
        return spoor_bind_convert(b, e, type);
    }
    spoor_fail(b->diags, e->span, "'%.*s' is %s, not %s", SPOOR_S(param->text),
               spoor_type_phrase(type), spoor_type_phrase(e->type));
    return NULL;
}

static bool bind_value(call_site *site, const spoor_ast *param) {
    spoor_binder *b = site->b;
    const spoor_ast *argument = take_argument(site, param);
    spoor_symbol *symbol = spoor_scope_add(b, site->inner, param->text, SPOOR_SYMBOL_BROKEN);
    if (param->type == SPOOR_AST_NO_TYPE) {
        return spoor_fail(b->diags, param->span, "no type named '%.*s'", SPOOR_S(param->extra));
    }
    bool is_default = argument == NULL;
    if (is_default && param->first == NULL) {
        return spoor_fail(b->diags, site->call->at, "'%.*s' needs a value for '%.*s'",
                          SPOOR_S(site->call->text), SPOOR_S(param->text));
    }
    spoor_bound *e = is_default ? spoor_bind_scalar(b, param->first) : spoor_bind_expr(b, argument);
    e = e != NULL ? as_parameter(b, e, param) : NULL;
    if (e == NULL) {
        return false;
    }
    symbol->kind = SPOOR_SYMBOL_SCALAR;
    symbol->value = e;
    symbol->row = spoor_bound_has_columns(e) ? b->outer_row : NULL;
    return true;
}

static bool bind_parameters(call_site *site, const spoor_ast *function) {
    bool ok = true;
    for (const spoor_ast *p = function->first; p != NULL; p = p->next) {
        if (p->kind == SPOOR_AST_PARAM) {
            ok = (p->flags & SPOOR_AST_TABULAR ? bind_tabular(site, p) : bind_value(site, p)) && ok;
        }
    }
    for (const spoor_ast *a = site->call->first; a != NULL; a = a->next) {
        bool is_known = a->kind != SPOOR_AST_NAMED;
        for (const spoor_ast *p = function->first; p != NULL && !is_known; p = p->next) {
            is_known = p->kind == SPOOR_AST_PARAM && spoor_str_eq(p->text, a->text);
        }
        if (!is_known) {
            ok = spoor_fail(site->b->diags, a->span, "'%.*s' has no parameter '%.*s'",
                            SPOOR_S(site->call->text), SPOOR_S(a->text));
        }
    }
    while (site->next != NULL && site->next->kind == SPOOR_AST_NAMED) {
        site->next = site->next->next;
    }
    if (ok && (site->next != NULL || site->piped != NULL)) {
        const spoor_ast *extra = site->next != NULL ? site->next : site->call;
        ok = spoor_fail(site->b->diags, extra->span, "'%.*s' takes fewer arguments",
                        SPOOR_S(site->call->text));
    }
    return ok;
}

/* -- the call ---------------------------------------------------------------------------------- */

typedef struct callee {
    const spoor_ast *ast; /* FUNCTION, or a text without parameters */
    spoor_scope *scope;   /* what its body sees */
} callee;

static bool is_active(const spoor_binder *b, const void *what) {
    for (const spoor_bind_frame *f = b->frames; f != NULL; f = f->outer) {
        if (f->what == what) {
            return true;
        }
    }
    return false;
}

static spoor_bind_result expand(spoor_binder *b, const callee *f, const spoor_ast *call,
                                const spoor_symbol *piped, const void *identity) {
    const spoor_bind_result nothing = {NULL, NULL};
    const spoor_ast *body = f->ast;
    call_site site = {.b = b,
                      .call = call,
                      .piped = piped,
                      .next = call->first,
                      .inner = spoor_scope_new(b, f->scope)};
    if (f->ast->kind == SPOOR_AST_FUNCTION) {
        if (!bind_parameters(&site, f->ast)) {
            return nothing;
        }
        body = f->ast->last;
    } else if (call->first != NULL || piped != NULL) {
        spoor_fail(b->diags, call->at, "'%.*s' takes no arguments", SPOOR_S(call->text));
        return nothing;
    }
    spoor_scope *scope = b->scope;
    const spoor_schema *row = b->row;
    spoor_bind_aggregates *aggregates = b->aggregates;
    struct spoor_bind_match *match = b->match;
    b->scope = site.inner;
    b->row = NULL;
    b->aggregates = NULL;
    b->match = NULL;
    spoor_bind_frame frame = {identity, b->frames};
    b->frames = &frame;
    spoor_bind_result result = spoor_bind_body(b, body);
    b->frames = frame.outer;
    b->scope = scope;
    b->row = row;
    b->aggregates = aggregates;
    b->match = match;
    return result;
}

/* May the call be expanded now?  Every one that may has its _leave. */
static bool enter_call(spoor_binder *b, const spoor_ast *call, spoor_str name,
                       const void *identity) {
    if (is_active(b, identity)) {
        return spoor_fail(b->diags, call->span, "'%.*s' calls itself", SPOOR_S(name));
    }
    if (b->call_depth >= SPOOR_MAX_CALL_DEPTH) {
        return spoor_fail(b->diags, call->span, "functions call functions more than %d deep",
                          SPOOR_MAX_CALL_DEPTH);
    }
    return spoor_bind_enter(b, call->span);
}

/* A view built in; `f` is its text. */
static spoor_bind_result expand_view(spoor_binder *b, const callee *f, const spoor_ast *call,
                                     const spoor_symbol *piped, const spoor_stored_function *view) {
    uint8_t outer = b->view, own = spoor_bind_view_of(view->name);
    b->view = own != 0 ? own : outer;
    b->views_open++;
    spoor_bind_result result = expand(b, f, call, piped, view);
    b->views_open--;
    b->view = outer;
    if (view->columns_of.len > 0) {
        result.plan = spoor_bind_view_columns(b, view, result.plan, call->span);
    }
    return result;
}

/* What a query has got so far beyond rows: a plan that adds to it is this query's alone. */
static uint64_t ties_of(const spoor_binder *b) {
    return (uint64_t)b->diags->nerrors + b->diags->nwarnings + b->query->nsubplans +
           b->query->nshared + b->query->nfeeds;
}

/* The time picker's range for each scan of a view that was kept without. */
static void pick_times(spoor_binder *b, spoor_plan *plan) {
    if (plan->kind == SPOOR_PLAN_SCAN) {
        spoor_bind_pick_time(b, plan);
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        pick_times(b, plan->inputs[i]);
    }
}

/* The view of this name from the library; *may_keep: it is to be bound into the library's arena. */
static spoor_plan *find_kept(spoor_binder *b, const spoor_stored_function *stored,
                             const spoor_ast *call, const spoor_symbol *piped, bool *may_keep) {
    spoor_bind_library *library = b->options->library;
    bool is_refused = false;
    *may_keep = library != NULL && stored->is_builtin && call->first == NULL && piped == NULL &&
                b->wildcards == b->options->wildcards; /* `set` may change that */
    spoor_plan *plan =
        *may_keep ? spoor_library_find(library, b->arena, stored->name, b->view, &is_refused)
                  : NULL;
    *may_keep &= !is_refused;
    if (plan != NULL) {
        pick_times(b, plan);
    }
    return plan;
}

spoor_bind_result spoor_bind_stored_call(spoor_binder *b, const spoor_stored_function *stored,
                                         const spoor_ast *call, const spoor_symbol *piped) {
    bool is_kept;
    spoor_bind_result result = {NULL, find_kept(b, stored, call, piped, &is_kept)};
    if (result.plan != NULL) {
        return result;
    }
    spoor_bind_library *library = b->options->library;
    spoor_arena *arena = b->arena;
    uint64_t ties = ties_of(b);
    b->arena = is_kept ? library->arena : arena;
    callee f = {spoor_bind_stored_ast(b, stored, call->span), stored->is_builtin ? NULL : b->scope};
    if (f.ast != NULL && enter_call(b, call, stored->name, stored)) {
        b->call_depth++;
        result = stored->is_builtin ? expand_view(b, &f, call, piped, stored)
                                    : expand(b, &f, call, piped, stored);
        b->call_depth--;
        spoor_bind_leave(b);
    }
    b->arena = arena;
    if (is_kept) {
        uint32_t npicks = (uint32_t)b->options->has_from + b->options->has_to;
        spoor_library_keep(library, stored->name, b->view, ties_of(b) == ties ? result.plan : NULL,
                           npicks);
    }
    return result;
}

spoor_bind_result spoor_bind_user_call(spoor_binder *b, const spoor_ast *call, spoor_str name,
                                       const spoor_symbol *piped, bool *found) {
    spoor_bind_result result = {NULL, NULL};
    spoor_symbol *symbol = spoor_scope_find(b->scope, name);
    *found = symbol != NULL && symbol->kind != SPOOR_SYMBOL_SCALAR;
    if (symbol != NULL && symbol->kind != SPOOR_SYMBOL_FUNCTION) {
        /* `let T = query; T()` is T */
        bool is_plain = symbol->kind != SPOOR_SYMBOL_SCALAR && call->first == NULL && piped == NULL;
        result.plan = is_plain ? spoor_bind_named_table(b, name, call->span) : NULL;
        return result;
    }
    if (symbol == NULL) {
        *found = spoor_bind_is_user_function(b, name);
        return *found
                   ? spoor_bind_stored_call(b, b->catalog->function(b->catalog, name), call, piped)
                   : result;
    }
    symbol->is_used = true;
    callee f = {symbol->ast, symbol->scope};
    if (f.ast != NULL && enter_call(b, call, name, symbol)) {
        b->call_depth++;
        result = expand(b, &f, call, piped, symbol);
        b->call_depth--;
        spoor_bind_leave(b);
    }
    return result;
}
