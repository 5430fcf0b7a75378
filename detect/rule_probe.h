/* rule_probe.h - which conditions of a rule are true of the events that an engine holds: for a
 * store of one event, why a rule matches it or not.
 *
 * The conditions are asked of the engine itself, as written, each where it stands: with the
 * operators before its `where`, whose own conditions are taken as true so that one that fails hides
 * no other. */
#ifndef SPOOR_DETECT_RULE_PROBE_H
#define SPOOR_DETECT_RULE_PROBE_H

#include "detect/rule_conditions.h"
#include "detect/rules.h"

typedef struct spoor_probe_line { /* a condition; its parts are the lines behind it, up to `end` */
    const spoor_condition *condition;
    uint32_t depth, end;
    spoor_truth truth; /* UNKNOWN: no row gets there, or it cannot be asked alone */
    bool has_value;
    spoor_str value; /* of what the leaf compares, on the first row */
    bool is_miss;    /* a leaf that would have to be different for the rule to match */
} spoor_probe_line;

typedef struct spoor_probe_where {
    const spoor_ast *node;
    spoor_probe_line *lines; /* the first is the whole condition */
    uint32_t nlines;
    uint64_t rows;   /* that get here */
    bool is_decided; /* it can be asked alone */
    uint32_t
        misses; /* conditions that would have to be different; of a where that every row passes */
} spoor_probe_where;

typedef struct spoor_probe {
    spoor_probe_where *wheres;
    uint32_t count;
    uint32_t misses;
    uint64_t hits; /* of the whole rule */
} spoor_probe;

/* query: the rule's, prepared.  In the arena. */
spoor_status spoor_probe_run(spoor_engine *engine, spoor_arena *arena, const spoor_query *query,
                             const spoor_query_options *options, spoor_probe *probe);

#endif
