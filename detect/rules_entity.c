/* rules_entity.c - the entities of a matched row: mapped by the rule, or known by the names of columns.
 *
 * Names are those of the tables that rules read here: Sysmon as OSSEM names it, SecurityEvent, Defender's
 * Device tables, ASIM, and the CustomEntity columns of older Sentinel rules. */
#include "detect/rules_alert.h"

typedef struct known {
    const char *column, *type, *identifier;
    int group; /* columns of one group and type are one entity; 0: each is its own */
} known;

static const known columns[] = {
    {"Computer", "Host", "FullName", 0},
    {"DeviceName", "Host", "FullName", 0},
    {"DvcHostname", "Host", "FullName", 0},
    {"HostCustomEntity", "Host", "FullName", 0},
    {"user_name", "Account", "FullName", 0},
    {"target_user_name", "Account", "FullName", 0},
    {"process_parent_user_name", "Account", "FullName", 0},
    {"AccountCustomEntity", "Account", "FullName", 0},
    {"Account", "Account", "FullName", 0},
    {"SubjectAccount", "Account", "FullName", 0},
    {"TargetAccount", "Account", "FullName", 0},
    {"SubjectUserName", "Account", "Name", 1},
    {"SubjectDomainName", "Account", "NTDomain", 1},
    {"SubjectUserSid", "Account", "Sid", 1},
    {"TargetUserName", "Account", "Name", 2},
    {"TargetDomainName", "Account", "NTDomain", 2},
    {"TargetUserSid", "Account", "Sid", 2},
    {"AccountName", "Account", "Name", 3},
    {"AccountDomain", "Account", "NTDomain", 3},
    {"AccountSid", "Account", "Sid", 3},
    {"InitiatingProcessAccountName", "Account", "Name", 4},
    {"InitiatingProcessAccountDomain", "Account", "NTDomain", 4},
    {"ActorUsername", "Account", "FullName", 0},
    {"TargetUsername", "Account", "FullName", 0},
    {"process_command_line", "Process", "CommandLine", 1},
    {"process_id", "Process", "ProcessId", 1},
    {"process_parent_command_line", "Process", "CommandLine", 2},
    {"process_parent_id", "Process", "ProcessId", 2},
    {"target_process_id", "Process", "ProcessId", 0},
    {"CommandLine", "Process", "CommandLine", 3},
    {"NewProcessId", "Process", "ProcessId", 3},
    {"ProcessCommandLine", "Process", "CommandLine", 4},
    {"ProcessId", "Process", "ProcessId", 4},
    {"InitiatingProcessCommandLine", "Process", "CommandLine", 5},
    {"InitiatingProcessId", "Process", "ProcessId", 5},
    {"TargetProcessCommandLine", "Process", "CommandLine", 6},
    {"TargetProcessId", "Process", "ProcessId", 6},
    {"process_path", "File", "FullPath", 0},
    {"process_parent_path", "File", "FullPath", 0},
    {"target_process_path", "File", "FullPath", 0},
    {"module_loaded", "File", "FullPath", 0},
    {"driver_loaded", "File", "FullPath", 0},
    {"file_path", "File", "FullPath", 0},
    {"file_name", "File", "FullPath", 0},
    {"NewProcessName", "File", "FullPath", 0},
    {"ParentProcessName", "File", "FullPath", 0},
    {"FolderPath", "File", "FullPath", 0},
    {"hash_sha256", "FileHash", "SHA256", 0},
    {"hash_sha1", "FileHash", "SHA1", 0},
    {"hash_md5", "FileHash", "MD5", 0},
    {"SHA256", "FileHash", "SHA256", 0},
    {"SHA1", "FileHash", "SHA1", 0},
    {"MD5", "FileHash", "MD5", 0},
    {"FileHashCustomEntity", "FileHash", "Value", 0},
    {"src_ip", "IP", "Address", 0},
    {"dst_ip", "IP", "Address", 0},
    {"IpAddress", "IP", "Address", 0},
    {"ClientIP", "IP", "Address", 0},
    {"RemoteIP", "IP", "Address", 0},
    {"LocalIP", "IP", "Address", 0},
    {"SrcIpAddr", "IP", "Address", 0},
    {"DstIpAddr", "IP", "Address", 0},
    {"IPCustomEntity", "IP", "Address", 0},
    {"dst_host_name", "DNS", "DomainName", 0},
    {"dns_query_name", "DNS", "DomainName", 0},
    {"DnsQuery", "DNS", "DomainName", 0},
    {"DNSCustomEntity", "DNS", "DomainName", 0},
    {"RemoteUrl", "URL", "Url", 0},
    {"URLCustomEntity", "URL", "Url", 0},
    {"registry_key_path", "RegistryKey", "Key", 0},
    {"RegistryKey", "RegistryKey", "Key", 0},
    {"ObjectName", "File", "FullPath", 0},
};

enum { MOST_ENTITIES = sizeof columns / sizeof *columns };

typedef struct gathering {
    spoor_arena *arena;
    spoor_entity *entities;
    uint64_t *owners; /* which mapping or group an entity is of */
    uint32_t count;
} gathering;

static void add(gathering *g, uint64_t owner, spoor_str type, spoor_str name, spoor_str value) {
    if (value.len == 0 || spoor_str_is(value, "-") || spoor_str_is(value, "{}") ||
        spoor_str_is(value, "[]")) {
        return;
    }
    uint32_t at = 0;
    while (at < g->count && g->owners[at] != owner) {
        at++;
    }
    spoor_entity *e = &g->entities[at];
    if (at == g->count) {
        g->count++;
        g->owners[at] = owner;
        *e = (spoor_entity){.type = type,
                            .names = SPOOR_NEW_ARRAY(g->arena, spoor_str, 4),
                            .values = SPOOR_NEW_ARRAY(g->arena, spoor_str, 4)};
    }
    if (e->count < 4) {
        e->names[e->count] = name;
        e->values[e->count++] = value;
    }
}

static spoor_str cell(gathering *g, const spoor_schema *schema, const spoor_rule_row *row,
                      spoor_str name) {
    int c = spoor_schema_find(schema, name);
    return c >= 0 && (uint32_t)c < row->ncols ? spoor_cell_text(g->arena, row->cells[c])
                                              : (spoor_str){0};
}

spoor_entity *spoor_rule_entities(spoor_arena *arena, const spoor_rule *rule,
                                  const spoor_schema *schema, const spoor_rule_row *row,
                                  bool is_mapped, uint32_t *count) {
    uint32_t most = rule->nentities > MOST_ENTITIES ? rule->nentities : MOST_ENTITIES;
    gathering g = {.arena = arena,
                   .entities = SPOOR_NEW_ARRAY(arena, spoor_entity, most),
                   .owners = SPOOR_NEW_ARRAY(arena, uint64_t, most)};
    for (uint32_t i = 0; is_mapped && i < rule->nentities; i++) {
        const spoor_entity_field *f = &rule->entities[i];
        add(&g, f->mapping, f->entity, f->identifier, cell(&g, schema, row, f->column));
    }
    for (uint32_t i = 0; !is_mapped && i < MOST_ENTITIES; i++) {
        const known *k = &columns[i];
        uint64_t owner = k->group == 0 ? i : 1000u + (uint64_t)k->group * 32 + (uint64_t)k->type[0];
        add(&g, owner, spoor_str_from(k->type), spoor_str_from(k->identifier),
            cell(&g, schema, row, spoor_str_from(k->column)));
    }
    *count = g.count;
    return g.entities;
}
