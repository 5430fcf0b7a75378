/* sigma_enrich.c - `--enrich`: what Sysmon logs only when a process starts, for the events that come later.
 *
 * Sysmon names a process by its guid in nearly every event and tells its command
 * line, parent and the like once, in event 1.  A field that the events of the log
 * source have not, and event 1 has, is read there: of the process itself
 * (CommandLine, ParentImage), of the process acted upon (TargetCommandLine), of
 * the parent (GrandParentImage is ParentImage of the parent's start).  A process
 * whose start was not logged has none of them. */
#include "ingest/sysmon_names.h"
#include "rules/sigma.h"

typedef enum whose { OWN, TARGET, PARENT, NWHOSE } whose; /* ORDER processes */

static const struct {
    const char *bag;                /* column with the start's EventData */
    const char *key;                /* column with the guid */
    const char *in_sysmon, *in_bag; /* the guid in our tables */
} processes[NWHOSE] = {
    {"process_start", "process_start_guid", "process_guid",
     "coalesce(tostring(EventData.ProcessGuid), tostring(EventData.SourceProcessGuid), "
     "tostring(EventData.SourceProcessGUID))"},
    {"target_start", "target_start_guid", "target_process_guid",
     "coalesce(tostring(EventData.TargetProcessGuid), tostring(EventData.TargetProcessGUID))"},
    {"parent_start", "parent_start_guid", "process_parent_guid",
     "tostring(EventData.ParentProcessGuid)"},
};

static bool begins(spoor_str text, const char *with, spoor_str *rest) {
    size_t len = strlen(with);
    if (text.len <= len || memcmp(text.ptr, with, len) != 0) {
        return false;
    }
    *rest = (spoor_str){text.ptr + len, text.len - len};
    return true;
}

/* Whose start tells the field, and what it is called there. */
static bool find_start(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_str field,
                       whose *who, spoor_str *name) {
    if (!scope->enriches) {
        return false;
    }
    for (uint32_t i = 0; i < scope->nids; i++) {
        if (spoor_sysmon_find(scope->ids[i], field, false) != NULL) {
            return false;
        }
    }
    spoor_str rest;
    *who = OWN;
    *name = field;
    if (begins(field, "GrandParent", &rest)) {
        *who = PARENT;
        *name = spoor_arena_format(arena, "Parent%.*s", (int)rest.len, rest.ptr);
    } else if (begins(field, "Target", &rest)) {
        *who = TARGET;
        *name = rest;
    } else if (begins(field, "Source", &rest)) {
        *name = rest;
    }
    return spoor_sysmon_find(1, *name, false) != NULL;
}

bool spoor_sigma_is_enriched(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_str field,
                             spoor_sigma_place *place) {
    whose who;
    spoor_str name;
    if (!find_start(arena, scope, field, &who, &name)) {
        return false;
    }
    const char *bag = processes[who].bag;
    *place = (spoor_sigma_place){.kind = SPOOR_SIGMA_MEMBER};
    place->member = spoor_arena_format(arena, "%s.%.*s", bag, (int)name.len, name.ptr);
    place->text = spoor_arena_format(arena, "tostring(%s.%.*s)", bag, (int)name.len, name.ptr);
    place->has =
        spoor_arena_format(arena, "bag_has_key(%s, \"%.*s\")", bag, (int)name.len, name.ptr);
    return true;
}

/* Bit `who` for each process that a test asks about. */
static unsigned starts_of(spoor_arena *arena, const spoor_sigma_scope *scope,
                          const spoor_sigma_node *node) {
    unsigned starts = 0;
    for (uint32_t i = 0; i < node->nchildren; i++) {
        starts |= starts_of(arena, scope, node->children[i]);
    }
    whose who;
    spoor_str name;
    if (node->kind == SPOOR_SIGMA_TEST && find_start(arena, scope, node->field, &who, &name)) {
        starts |= 1u << who;
    }
    for (uint32_t i = 0;
         i < node->nvalues && node->kind == SPOOR_SIGMA_TEST && node->op >= SPOOR_SIGMA_SAME; i++) {
        starts |= find_start(arena, scope, node->values[i], &who, &name) ? 1u << who : 0;
    }
    return starts;
}

bool spoor_sigma_needs_start(spoor_arena *arena, const spoor_sigma_scope *scope,
                             const spoor_sigma_node *node) {
    return starts_of(arena, scope, node) != 0;
}

void spoor_sigma_put_starts(spoor_buffer *out, const spoor_sigma_scope *scope,
                            const spoor_sigma_node *tree, spoor_sigma_table table) {
    unsigned starts = starts_of(out->arena, scope, tree);
    for (int i = 0; i < NWHOSE; i++) {
        if ((starts & (1u << i)) != 0) {
            spoor_buffer_put(
                out, spoor_arena_format(out->arena,
                                        "\n| extend %s = %s\n"
                                        "| lookup kind=leftouter (_Events\n"
                                        "    | where Provider in (\"Microsoft-Windows-Sysmon\", "
                                        "\"Linux-Sysmon\") and EventID == 1\n"
                                        "    | summarize %s = take_any(EventData) by Computer, %s "
                                        "= tostring(EventData.ProcessGuid)) on Computer, %s",
                                        processes[i].key,
                                        table == SPOOR_SIGMA_SYSMON ? processes[i].in_sysmon
                                                                    : processes[i].in_bag,
                                        processes[i].bag, processes[i].key, processes[i].key));
        }
    }
}

void spoor_sigma_drop_starts(spoor_buffer *out, const spoor_sigma_scope *scope,
                             const spoor_sigma_node *tree) {
    unsigned starts = starts_of(out->arena, scope, tree);
    for (int i = 0, n = 0; i < NWHOSE; i++) {
        if ((starts & (1u << i)) != 0) {
            spoor_buffer_put(out, spoor_arena_format(out->arena, "%s%s, %s",
                                                     n++ > 0 ? ", " : "\n| project-away ",
                                                     processes[i].key, processes[i].bag));
        }
    }
}
