/* plugin.h - what the plugins of evaluate share.
 *
 * A plugin is a line of plugins.def and binds itself on top of the input. */
#ifndef SPOOR_PLANNER_PLUGIN_H
#define SPOOR_PLANNER_PLUGIN_H

#include "planner/bind.h"

/* evaluate as written, and what comes into it.  b->row is the input's schema. */
typedef struct spoor_plugin_site {
    spoor_binder *b;
    const spoor_ast *node;   /* EVALUATE */
    const spoor_ast *call;   /* the plugin's name and arguments */
    const spoor_ast *schema; /* CLAUSE of the output written behind it, or NULL */
    spoor_plan *input;
    const char *name;
} spoor_plugin_site;

/* The rows that the plugin gives; NULL: failed, reported. */
typedef spoor_plan *spoor_plugin_bind(spoor_plugin_site *site);
#define SPOOR_PLUGIN(name, bind) spoor_plugin_bind bind;
#define SPOOR_PLUGIN_REFUSED(name, reason)
#include "planner/plugins.def"
#undef SPOOR_PLUGIN
#undef SPOOR_PLUGIN_REFUSED

/* -- plugins that are KQL: plugin_text.c ---------------------------------------------------------
 */

/* A text of operators, which sees what is added here and nothing of the query. */
typedef struct spoor_plugin_text {
    spoor_plugin_site *site;
    spoor_scope *scope;
} spoor_plugin_text;

/* One that calls the site's input ['#in']. */
spoor_plugin_text spoor_plugin_text_new(spoor_plugin_site *site);
void spoor_plugin_text_rows(spoor_plugin_text *text, const char *name, spoor_plan *rows);
void spoor_plugin_text_value(spoor_plugin_text *text, const char *name, spoor_bound *value);
/* The argument, a constant of the type, which the text knows by the name; NULL: reported. */
spoor_bound *spoor_plugin_text_constant(spoor_plugin_text *text, const spoor_ast *arg,
                                        const char *name, spoor_type type);
/* The same, and more than nothing. */
spoor_bound *spoor_plugin_text_length(spoor_plugin_text *text, const spoor_ast *arg,
                                      const char *name, spoor_type type);
spoor_plan *spoor_plugin_text_bind(const spoor_plugin_text *text, spoor_str kql);
/* The text with words[c] in the place of each $c. */
enum { SPOOR_PLUGIN_WORDS = 128 };
spoor_str spoor_plugin_fill(spoor_arena *arena, const char *text, const spoor_str *words);
/* A column's name as the text writes it: ['a b']. */
spoor_str spoor_plugin_quoted(spoor_binder *b, spoor_str name);
/* Report that the arguments are not right; `usage` shows what would be. */
spoor_plan *spoor_plugin_misused(const spoor_plugin_site *site, const char *usage);
/* Is the argument the name of a column of the plan?  False: reported. */
bool spoor_plugin_is_column(const spoor_plugin_site *site, const spoor_ast *node,
                            const spoor_plan *plan);

/* -- what only the rows tell: bind_learn.c ------------------------------------------------------
 */

/* Names found in values, in the order they were found. */
typedef struct spoor_learned {
    spoor_arena *arena;
    spoor_str *names;
    spoor_type *types;
    bool *is_typed; /* a value that was not null has been */
    uint32_t count, capacity;
    uint32_t *slots; /* number + 1 by hash, or 0; a power of two of them */
    uint32_t nslots;
} spoor_learned;

/* The number of the name, which is copied and added unless it is there. */
uint32_t spoor_learned_add(spoor_learned *learned, spoor_str name);

/* Calls `see` for each value of an expression over the input, which may come back as rows kept:
 * what is dear to compute is computed once.  Once `most` names are known, each with its type, no row
 * tells more (0: each may).  False: failed, reported. */
bool spoor_bind_learn(spoor_plugin_site *site, spoor_bound *value,
                      void (*see)(spoor_learned *learned, const spoor_value *value), uint32_t most,
                      spoor_learned *learned);

/* -- the Data elements of events: plugin_items.c ----------------------------------------------- */

/* Is the column of the input the elements of events, each with a name, and a text or nothing?  Then
 * these are the names.  Anything else than true, reported or not, is for the plain way to find out. */
bool spoor_plugin_items_names(spoor_plugin_site *site, int column, spoor_learned *learned);

/* Can all the values of pivot's key be columns beside those that stay?  False: reported. */
bool spoor_plugin_pivot_names(spoor_plugin_site *site, const spoor_ast *key,
                              const spoor_ast *const *by, uint32_t nby,
                              const spoor_learned *learned);

typedef struct spoor_plugin_items {
    spoor_plugin_site *site;
    const spoor_ast *key, *value; /* NAMEs; value NULL: not one */
    const spoor_ast *const *by;   /* NAMEs of columns */
    uint32_t nby;
} spoor_plugin_items;
/* pivot(key, take_any(value), by...), from the events; NULL: these are other rows, or, reported,
 * it is refused. */
spoor_plan *spoor_plugin_items_pivot(const spoor_plugin_items *p);

/* Under --empty-tables: when no row told anything, the data may be elsewhere, and every name in the
 * query is learned that is not taken by another column. */
void spoor_bind_learn_named(spoor_binder *b, const spoor_schema *taken, spoor_learned *learned);

#endif
