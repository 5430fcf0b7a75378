/* rule_tables.c - see rule_tables.h.  What `spoor rules run` kept (rules/rule_record.h) is read by a SELECT a
 * table, whose columns are those of the list beside it. */
#include "engine/rule_tables.h"

#include "store/table_reader.h"

enum { MOST_COLUMNS = 24 };

typedef struct column {
    const char *name;
    spoor_type type;
} column;

#define ALERTS(state)                                                                              \
    "SELECT a.at, a.run, a.key, a.title, a.description, a.severity, a.tactics,"                    \
    " json_extract(a.techniques, '$[0]'), a.techniques, a.hits, a.first, a.last, a.hosts, "        \
    "a.users,"                                                                                     \
    " a.entities, a.details, a.predicates, r.rule_id, r.title, r.file, " state

static const spoor_stored_table alerts_without_state = {
    "rule_alert",
    ALERTS("'new', '', ''") " FROM rule_alert a JOIN run_rule r ON r.id = a.rule ORDER BY a.id",
    NULL};

#define RULES(metadata)                                                                            \
    "SELECT r.run, r.rule_id, r.title, r.description, r.severity, r.tactics,"                      \
    " json_extract(r.techniques, '$[0]'), r.techniques, r.file, r.number, r.query, r.status, "     \
    "r.hits,"                                                                                      \
    " r.error, r.line, r.columns, r.seconds, " metadata

static const spoor_stored_table rules_without_metadata = {
    "run", RULES("NULL") " FROM run_rule r WHERE r.run = (SELECT max(id) FROM run) ORDER BY r.id",
    NULL};

static const struct {
    const char *name;
    spoor_stored_table stored;
    column columns[MOST_COLUMNS];
} tables[] = {
    {"Alerts",
     {"rule_alert_state",
      ALERTS("coalesce(s.status, 'new'), s.owner, s.comment") " FROM rule_alert a JOIN run_rule r "
                                                              "ON r.id = a.rule LEFT JOIN "
                                                              "rule_alert_state s ON s.key = a.key"
                                                              " ORDER BY a.id",
      &alerts_without_state},
     {{"TimeGenerated", SPOOR_DATETIME},
      {"run", SPOOR_LONG},
      {"key", SPOOR_STRING},
      {"alert", SPOOR_STRING},
      {"description", SPOOR_STRING},
      {"severity", SPOOR_STRING},
      {"tactics", SPOOR_DYNAMIC},
      {"technique_id", SPOOR_STRING},
      {"techniques", SPOOR_DYNAMIC},
      {"hits", SPOOR_LONG},
      {"first_seen", SPOOR_DATETIME},
      {"last_seen", SPOOR_DATETIME},
      {"hosts", SPOOR_DYNAMIC},
      {"users", SPOOR_DYNAMIC},
      {"entities", SPOOR_DYNAMIC},
      {"details", SPOOR_DYNAMIC},
      {"predicates", SPOOR_DYNAMIC},
      {"rule_id", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"file", SPOOR_STRING},
      {"status", SPOOR_STRING},
      {"owner", SPOOR_STRING},
      {"comment", SPOOR_STRING}}},
    {"AlertEvents",
     {"rule_alert",
      "SELECT a.at, a.run, a.key, r.rule_id, r.title, e.number, e.file, e.record, e.event"
      " FROM rule_alert_event e JOIN rule_alert a ON a.id = e.alert JOIN run_rule r ON r.id = "
      "a.rule"
      " ORDER BY e.alert, e.number",
      NULL},
     {{"TimeGenerated", SPOOR_DATETIME},
      {"run", SPOOR_LONG},
      {"key", SPOOR_STRING},
      {"rule_id", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"row", SPOOR_LONG},
      {"source_file", SPOOR_STRING},
      {"record", SPOOR_LONG},
      {"event", SPOOR_DYNAMIC}}},
    {"RuleRuns",
     {"run",
      "SELECT started, id, now, seconds, found, ran, matched, failed, blind, alerts, version"
      " FROM run ORDER BY id",
      NULL},
     {{"TimeGenerated", SPOOR_DATETIME},
      {"run", SPOOR_LONG},
      {"now", SPOOR_DATETIME},
      {"seconds", SPOOR_REAL},
      {"found", SPOOR_LONG},
      {"ran", SPOOR_LONG},
      {"matched", SPOOR_LONG},
      {"failed", SPOOR_LONG},
      {"blind", SPOOR_LONG},
      {"alerts", SPOOR_LONG},
      {"version", SPOOR_STRING}}},
    {"Rules", /* as the newest run saw them */
     {"run_rule_metadata",
      RULES("m.metadata") " FROM run_rule r LEFT JOIN run_rule_metadata m ON m.rule = r.id"
                          " WHERE r.run = (SELECT max(id) FROM run) ORDER BY r.id",
      &rules_without_metadata},
     {{"run", SPOOR_LONG},
      {"rule_id", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"description", SPOOR_STRING},
      {"severity", SPOOR_STRING},
      {"tactics", SPOOR_DYNAMIC},
      {"technique_id", SPOOR_STRING},
      {"techniques", SPOOR_DYNAMIC},
      {"file", SPOOR_STRING},
      {"index", SPOOR_LONG},
      {"query", SPOOR_STRING},
      {"status", SPOOR_STRING},
      {"hits", SPOOR_LONG},
      {"error", SPOOR_STRING},
      {"line", SPOOR_LONG},
      {"columns", SPOOR_DYNAMIC},
      {"seconds", SPOOR_REAL},
      {"metadata", SPOOR_DYNAMIC}}},
};

const spoor_table *spoor_rule_table(spoor_arena *arena, spoor_str name) {
    size_t i = 0;
    while (i < sizeof tables / sizeof *tables && !spoor_str_is(name, tables[i].name)) {
        i++;
    }
    if (i == sizeof tables / sizeof *tables) {
        return NULL;
    }
    spoor_column *columns = SPOOR_NEW_ARRAY(arena, spoor_column, MOST_COLUMNS);
    spoor_table *table = SPOOR_NEW(arena, spoor_table);
    uint32_t ncols = 0;
    for (; ncols < MOST_COLUMNS && tables[i].columns[ncols].name != NULL; ncols++) {
        columns[ncols] = (spoor_column){.name = spoor_str_from(tables[i].columns[ncols].name),
                                        .type = tables[i].columns[ncols].type};
    }
    *table = (spoor_table){.name = spoor_str_from(tables[i].name),
                           .schema = {ncols, columns},
                           .handle = &tables[i].stored};
    return table;
}
