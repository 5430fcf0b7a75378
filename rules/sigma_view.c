/* sigma_view.c - Sigma over the tables of others: Defender's Device* tables and ASIM's parsers.
 *
 * A row is a log source in one of them: its table, which of its rows are meant,
 * and an expression for each field of Sysmon's that the table can tell.  A rule
 * that tests another field has no such conversion and fails by its name.  Where
 * the table keeps a value in another form (a hive's long name, a DWORD as a
 * number), an expression gives back the form that Sysmon writes: a column of
 * its own in the query, named Sysmon and the field. */
#include "rules/sigma.h"

enum { MOST_FIELDS = 32 };

struct spoor_sigma_view {
    int id;                   /* of Sysmon's event; several categories have one */
    const char *table, *rows; /* rows: a condition, or NULL */
    struct {
        const char *field, *text;
    } fields[MOST_FIELDS];
};

#define ACTOR                                                                                      \
    {"Computer", "DeviceName"}, {"Image", "InitiatingProcessFolderPath"},                          \
        {"ProcessId", "tostring(InitiatingProcessId)"},                                            \
        {"ProcessGuid", "InitiatingProcessUniqueId"}, {                                            \
        "User", DOMAIN_USER("InitiatingProcessAccount")                                            \
    }
#define DOMAIN_USER(account)                                                                       \
    "iff(isempty(" account "Domain), " account "Name, strcat(" account "Domain, @\"\\\", " account \
    "Name))"
#define HASHES                                                                                     \
    {"md5", "MD5"}, {"sha1", "SHA1"}, {"sha256", "SHA256"}, {                                      \
        "Hashes", "strcat(\"SHA1=\", SHA1, \",MD5=\", MD5, \",SHA256=\", SHA256)"                  \
    }
#define SHORT_HIVES(path)                                                                          \
    "replace_string(replace_string(replace_string(replace_string(" path                            \
    ", \"HKEY_LOCAL_MACHINE\", \"HKLM\"), \"HKEY_USERS\", \"HKU\"), \"HKEY_CLASSES_ROOT\", "       \
    "\"HKCR\"), \"HKEY_CURRENT_USER\", \"HKCU\")"
#define JOINED(key, value) "iff(isempty(" value "), " key ", strcat(" key ", @\"\\\", " value "))"
#define REGISTRY_EVENT(column)                                                                     \
    "case(" column " == \"RegistryKeyCreated\", \"CreateKey\", " column                            \
    " == \"RegistryKeyDeleted\", \"DeleteKey\", " column                                           \
    " == \"RegistryValueSet\", \"SetValue\", " column                                              \
    " == \"RegistryValueDeleted\", \"DeleteValue\", " column                                       \
    " == \"RegistryKeyRenamed\", \"RenameKey\", " column                                           \
    " == \"RegistryValueRenamed\", \"RenameValue\", " column ")"
#define DEFENDER_REGISTRY                                                                          \
    {                                                                                              \
        ACTOR, {"EventType", REGISTRY_EVENT("ActionType")},                                        \
            {"TargetObject",                                                                       \
             SHORT_HIVES("iff(isnotempty(PreviousRegistryKey), " JOINED(                           \
                 "PreviousRegistryKey",                                                            \
                 "PreviousRegistryValueName") ", " JOINED("RegistryKey",                           \
                                                          "RegistryValueName") ")")},              \
            {"NewName", SHORT_HIVES("iff(isnotempty(PreviousRegistryKey), " JOINED(                \
                            "RegistryKey", "RegistryValueName") ", \"\")")},                       \
        {                                                                                          \
            "Details", "case(RegistryValueType == \"Dword\", strcat(\"DWORD (0x\", "               \
                       "tohex(tolong(RegistryValueData), 8), \")\"), "                             \
                       "RegistryValueType == \"Qword\", strcat(\"QWORD (0x\", "                    \
                       "substring(tohex(tolong(RegistryValueData), 16), 0, 8), "                   \
                       "\"-0x\", substring(tohex(tolong(RegistryValueData), 16), 8), \")\"), "     \
                       "RegistryValueType == \"Binary\", \"Binary Data\", RegistryValueData)"      \
        }                                                                                          \
    }
#define ASIM_REGISTRY                                                                              \
    {                                                                                              \
        {"Computer", "Dvc"}, {"Image", "ActingProcessName"}, {"ProcessId", "ActingProcessId"},     \
            {"User", "ActorUsername"}, {"EventType", REGISTRY_EVENT("EventType")},                 \
            {"TargetObject",                                                                       \
             SHORT_HIVES("iff(isnotempty(RegistryPreviousKey), " JOINED(                           \
                 "RegistryPreviousKey",                                                            \
                 "RegistryPreviousValue") ", " JOINED("RegistryKey", "RegistryValue") ")")},       \
            {"NewName", SHORT_HIVES("iff(isnotempty(RegistryPreviousKey), " JOINED(                \
                            "RegistryKey", "RegistryValue") ", \"\")")},                           \
        {                                                                                          \
            "Details", "RegistryValueData"                                                         \
        }                                                                                          \
    }
#define IN_FIELDS(name) "tostring(AdditionalFields." name ")"

static const struct spoor_sigma_view defender[] = {
    {1,
     "DeviceProcessEvents",
     "ActionType == \"ProcessCreated\"",
     {{"Computer", "DeviceName"},
      {"Image", "FolderPath"},
      {"CommandLine", "ProcessCommandLine"},
      {"OriginalFileName", "ProcessVersionInfoOriginalFileName"},
      {"Description", "ProcessVersionInfoFileDescription"},
      {"Product", "ProcessVersionInfoProductName"},
      {"Company", "ProcessVersionInfoCompanyName"},
      {"FileVersion", "ProcessVersionInfoProductVersion"},
      {"IntegrityLevel", "ProcessIntegrityLevel"},
      {"ProcessId", "tostring(ProcessId)"},
      {"ProcessGuid", "ProcessUniqueId"},
      {"TerminalSessionId", "tostring(CreatedProcessSessionId)"},
      {"LogonId", "strcat(\"0x\", tohex(LogonId))"},
      {"User", DOMAIN_USER("Account")},
      {"ParentImage", "InitiatingProcessFolderPath"},
      {"ParentCommandLine", "InitiatingProcessCommandLine"},
      {"ParentProcessId", "tostring(InitiatingProcessId)"},
      {"ParentProcessGuid", "InitiatingProcessUniqueId"},
      {"ParentUser", DOMAIN_USER("InitiatingProcessAccount")},
      HASHES}},
    {2,
     "DeviceEvents",
     "ActionType == \"FileTimestampModificationEvent\"",
     {ACTOR, {"TargetFilename", "FolderPath"}}},
    {3,
     "DeviceNetworkEvents",
     "ActionType in (\"ConnectionSuccess\", \"InboundConnectionAccepted\")",
     {ACTOR,
      {"Initiated", "iff(ActionType == \"InboundConnectionAccepted\", \"false\", \"true\")"},
      {"Protocol", "Protocol"},
      {"DestinationIp", "iff(ActionType == \"InboundConnectionAccepted\", LocalIP, RemoteIP)"},
      {"DestinationPort",
       "tostring(iff(ActionType == \"InboundConnectionAccepted\", LocalPort, RemotePort))"},
      {"DestinationHostname", "RemoteUrl"},
      {"SourceIp", "iff(ActionType == \"InboundConnectionAccepted\", RemoteIP, LocalIP)"},
      {"SourcePort",
       "tostring(iff(ActionType == \"InboundConnectionAccepted\", RemotePort, LocalPort))"}}},
    {6,
     "DeviceEvents",
     "ActionType == \"DriverLoad\"",
     {{"Computer", "DeviceName"},
      {"ImageLoaded", "FolderPath"},
      {"Signed", IN_FIELDS("Signed")},
      {"Signature", IN_FIELDS("Signature")},
      {"SignatureStatus", IN_FIELDS("SignatureStatus")},
      HASHES}},
    {7,
     "DeviceImageLoadEvents",
     "ActionType == \"ImageLoaded\"",
     {ACTOR, {"ImageLoaded", "FolderPath"}, HASHES}},
    {8,
     "DeviceEvents",
     "ActionType == \"CreateRemoteThreadApiCall\"",
     {{"Computer", "DeviceName"},
      {"SourceImage", "InitiatingProcessFolderPath"},
      {"SourceProcessId", "tostring(InitiatingProcessId)"},
      {"TargetImage", "FolderPath"},
      {"TargetProcessId", "tostring(ProcessId)"},
      {"NewThreadId", IN_FIELDS("NewThreadId")},
      {"StartAddress", IN_FIELDS("StartAddress")},
      {"StartModule", IN_FIELDS("StartModule")},
      {"StartFunction", IN_FIELDS("StartFunction")}}},
    {9,
     "DeviceEvents",
     "ActionType == \"RawAccessRead\"",
     {ACTOR, {"Device", IN_FIELDS("Device")}}},
    {10,
     "DeviceEvents",
     "ActionType == \"OpenProcessApiCall\"",
     {{"Computer", "DeviceName"},
      {"SourceImage", "InitiatingProcessFolderPath"},
      {"SourceProcessId", "tostring(InitiatingProcessId)"},
      {"SourceUser", DOMAIN_USER("InitiatingProcessAccount")},
      {"TargetImage", "FolderPath"},
      {"TargetProcessId", "tostring(ProcessId)"},
      {"GrantedAccess", "strcat(\"0x\", tohex(tolong(AdditionalFields.DesiredAccess)))"},
      {"CallTrace", IN_FIELDS("CallTrace")}}},
    {11,
     "DeviceFileEvents",
     "ActionType == \"FileCreated\"",
     {ACTOR, {"TargetFilename", "FolderPath"}}},
    {12, "DeviceRegistryEvents",
     "ActionType in (\"RegistryKeyCreated\", \"RegistryKeyDeleted\", \"RegistryValueDeleted\")",
     DEFENDER_REGISTRY},
    {13, "DeviceRegistryEvents", "ActionType == \"RegistryValueSet\"", DEFENDER_REGISTRY},
    {14, "DeviceRegistryEvents", "ActionType in (\"RegistryKeyRenamed\", \"RegistryValueRenamed\")",
     DEFENDER_REGISTRY},
    {17,
     "DeviceEvents",
     "ActionType == \"NamedPipeEvent\"",
     {ACTOR,
      {"PipeName",
       "substring(tostring(AdditionalFields.PipeName), strlen(@\"\\Device\\NamedPipe\"))"}}},
    {22,
     "DeviceEvents",
     "ActionType == \"DnsQueryResponse\"",
     {ACTOR,
      {"QueryName", IN_FIELDS("DnsQueryString")},
      {"QueryResults", IN_FIELDS("DnsQueryResult")},
      {"QueryStatus", IN_FIELDS("QueryStatus")}}},
    {23,
     "DeviceFileEvents",
     "ActionType == \"FileDeleted\"",
     {ACTOR, {"TargetFilename", "FolderPath"}, HASHES}},
    {26,
     "DeviceFileEvents",
     "ActionType == \"FileDeleted\"",
     {ACTOR, {"TargetFilename", "FolderPath"}, HASHES}},
};

#define ASIM_HASHES(prefix)                                                                        \
    {"md5", prefix "MD5"}, {"sha1", prefix "SHA1"}, {"sha256", prefix "SHA256"},                   \
        {"imphash", prefix "IMPHASH"}, {                                                           \
        "Hashes", "strcat(\"SHA1=\", " prefix "SHA1, \",MD5=\", " prefix                           \
                  "MD5, \",SHA256=\", " prefix "SHA256, \",IMPHASH=\", " prefix "IMPHASH)"         \
    }
#define ASIM_FILE                                                                                  \
    {                                                                                              \
        {"Computer", "Dvc"}, {"Image", "ActingProcessName"}, {"ProcessId", "ActingProcessId"},     \
            {"User", "ActorUsername"}, {"TargetFilename", "TargetFilePath"},                       \
            ASIM_HASHES("TargetFile")                                                              \
    }

static const struct spoor_sigma_view asim[] = {
    {1,
     "_Im_ProcessCreate",
     NULL,
     {{"Computer", "Dvc"},
      {"Image", "TargetProcessName"},
      {"CommandLine", "TargetProcessCommandLine"},
      {"OriginalFileName", "TargetProcessFileOriginalName"},
      {"Description", "TargetProcessFileDescription"},
      {"Product", "TargetProcessFileProduct"},
      {"Company", "TargetProcessFileCompany"},
      {"FileVersion", "TargetProcessFileVersion"},
      {"IntegrityLevel", "TargetProcessIntegrityLevel"},
      {"CurrentDirectory", "TargetProcessCurrentDirectory"},
      {"ProcessId", "TargetProcessId"},
      {"User", "TargetUsername"},
      {"ParentImage", "ActingProcessName"},
      {"ParentCommandLine", "ActingProcessCommandLine"},
      {"ParentProcessId", "ActingProcessId"},
      {"ParentUser", "ActorUsername"},
      ASIM_HASHES("TargetProcess")}},
    {3,
     "_Im_NetworkSession",
     NULL,
     {{"Computer", "Dvc"},
      {"Image", "Process"},
      {"User", "User"},
      {"Initiated", "iff(NetworkDirection == \"Outbound\", \"true\", \"false\")"},
      {"Protocol", "NetworkProtocol"},
      {"SourceIp", "SrcIpAddr"},
      {"SourcePort", "tostring(SrcPortNumber)"},
      {"SourceHostname", "SrcHostname"},
      {"DestinationIp", "DstIpAddr"},
      {"DestinationPort", "tostring(DstPortNumber)"},
      {"DestinationHostname", "DstHostname"}}},
    {5,
     "_Im_ProcessTerminate",
     NULL,
     {{"Computer", "Dvc"},
      {"Image", "TargetProcessName"},
      {"ProcessId", "TargetProcessId"},
      {"User", "ActorUsername"}}},
    {11, "_Im_FileEvent", "EventType == \"FileCreated\"", ASIM_FILE},
    {12, "_Im_RegistryEvent",
     "EventType in (\"RegistryKeyCreated\", \"RegistryKeyDeleted\", \"RegistryValueDeleted\")",
     ASIM_REGISTRY},
    {13, "_Im_RegistryEvent", "EventType == \"RegistryValueSet\"", ASIM_REGISTRY},
    {14, "_Im_RegistryEvent", "EventType in (\"RegistryKeyRenamed\", \"RegistryValueRenamed\")",
     ASIM_REGISTRY},
    {22,
     "_Im_Dns",
     NULL,
     {{"Computer", "Dvc"},
      {"Image", "SrcProcessName"},
      {"ProcessId", "SrcProcessId"},
      {"User", "SrcUsername"},
      {"QueryName", "DnsQuery"},
      {"QueryResults", "DnsResponseName"},
      {"QueryStatus", "EventOriginalResultDetails"}}},
    {23, "_Im_FileEvent", "EventType == \"FileDeleted\"", ASIM_FILE},
    {26, "_Im_FileEvent", "EventType == \"FileDeleted\"", ASIM_FILE},
};

static const struct {
    const char *name, *what;
    const struct spoor_sigma_view *rows;
    size_t count;
} views[] = {{"defender", "Defender's tables", defender, sizeof defender / sizeof *defender},
             {"asim", "ASIM's parsers", asim, sizeof asim / sizeof *asim}};

bool spoor_rules_is_view(const char *name) {
    return strcmp(name, views[0].name) == 0 || strcmp(name, views[1].name) == 0;
}

/* -- one rule ---------------------------------------------------------------------------------- */

static const char *expression_of(const struct spoor_sigma_view *view, spoor_str field) {
    for (size_t i = 0; i < MOST_FIELDS && view->fields[i].field != NULL; i++) {
        if (spoor_str_is(field, view->fields[i].field)) {
            return view->fields[i].text;
        }
    }
    return NULL;
}

spoor_str spoor_sigma_view_field(spoor_arena *arena, const struct spoor_sigma_view *view,
                                 spoor_str field) {
    const char *text = expression_of(view, field);
    if (text == NULL) {
        return (spoor_str){0};
    }
    return strchr(text, '(') == NULL
               ? spoor_str_from(text)
               : spoor_arena_format(arena, "Sysmon%.*s", (int)field.len, field.ptr);
}

static void add_field(spoor_arena *arena, const struct spoor_sigma_view *view, spoor_str field,
                      spoor_str_list *fields) {
    const char *text = expression_of(view, field);
    for (uint32_t i = 0; i < fields->count; i++) {
        if (spoor_str_eq(fields->items[i], field)) {
            return;
        }
    }
    if (text != NULL && strchr(text, '(') != NULL) {
        spoor_str_list_add(arena, fields, field);
    }
}

static void add_fields(spoor_arena *arena, const struct spoor_sigma_view *view,
                       const spoor_sigma_node *node, spoor_str_list *fields) {
    for (uint32_t i = 0; i < node->nchildren; i++) {
        add_fields(arena, view, node->children[i], fields);
    }
    if (node->kind == SPOOR_SIGMA_TEST) {
        add_field(arena, view, node->field, fields);
        for (uint32_t i = 0; i < node->nvalues && node->op >= SPOOR_SIGMA_SAME; i++) {
            add_field(arena, view, node->values[i], fields);
        }
    }
}

void spoor_sigma_view_put_fields(spoor_buffer *out, const struct spoor_sigma_view *view,
                                 const spoor_sigma_node *tree) {
    spoor_str_list fields = {0};
    add_fields(out->arena, view, tree, &fields);
    for (uint32_t i = 0; i < fields.count; i++) {
        spoor_buffer_put(out, SPOOR_STR("\n| extend "));
        spoor_buffer_put(out, spoor_sigma_view_field(out->arena, view, fields.items[i]));
        spoor_buffer_put(out, SPOOR_STR(" = "));
        spoor_buffer_put(out, spoor_str_from(expression_of(view, fields.items[i])));
    }
}

spoor_str spoor_sigma_view_table(const struct spoor_sigma_view *view) {
    return spoor_str_from(view->table);
}

/* Hashes is put together from columns: of it, one kind of hash at a time can be asked for. */
static bool is_one_hash(const struct spoor_sigma_view *view, const spoor_sigma_node *test) {
    static const char *const kinds[] = {"SHA1=", "MD5=", "SHA256=", "IMPHASH="};
    bool has_imphash = expression_of(view, SPOOR_STR("imphash")) != NULL,
         fits = test->op == SPOOR_SIGMA_CONTAINS;
    for (uint32_t i = 0; i < test->nvalues; i++) {
        spoor_str value = test->values[i];
        bool is_known = false;
        for (size_t k = 0; k < (has_imphash ? 4u : 3u); k++) {
            size_t len = strlen(kinds[k]);
            is_known |= value.len > len &&
                        spoor_rule_word_is((spoor_str){value.ptr, len}, spoor_str_from(kinds[k]));
        }
        fits &= is_known && memchr(value.ptr, ',', value.len) == NULL;
    }
    return fits;
}

/* The first test that the table cannot answer, or NULL. */
static const spoor_sigma_node *find_unanswered(const struct spoor_sigma_view *view,
                                               const spoor_sigma_node *node) {
    for (uint32_t i = 0; i < node->nchildren; i++) {
        const spoor_sigma_node *found = find_unanswered(view, node->children[i]);
        if (found != NULL) {
            return found;
        }
    }
    if (node->kind != SPOOR_SIGMA_TEST) {
        return NULL;
    }
    bool is_there = expression_of(view, node->field) != NULL;
    for (uint32_t i = 0; i < node->nvalues && node->op >= SPOOR_SIGMA_SAME; i++) {
        is_there &= expression_of(view, node->values[i]) != NULL;
    }
    is_there &= !spoor_str_is(node->field, "Hashes") || is_one_hash(view, node);
    return is_there ? NULL : node;
}

static int shown(spoor_str text) {
    return text.len < 100 ? (int)text.len : 100;
}

/* One leg of the query for each event id of the log source, which may be in tables of their own. */
bool spoor_sigma_write_view(spoor_rule *rule, spoor_str name) {
    const spoor_sigma_rule *sigma = rule->sigma;
    spoor_arena *arena = rule->diags.arena;
    spoor_span span = {rule->query_start, rule->query_start, 0};
    size_t v = spoor_str_is(name, views[0].name) ? 0 : 1;
    spoor_buffer out = {.arena = arena};
    uint32_t legs = 0;
    for (uint32_t i = 0; i < sigma->scope.nids && sigma->scope.is_sysmon; i++) {
        for (size_t k = 0; k < views[v].count; k++) {
            const struct spoor_sigma_view *view = &views[v].rows[k];
            if (view->id != sigma->scope.ids[i]) {
                continue;
            }
            const spoor_sigma_node *test = find_unanswered(view, sigma->tree);
            if (test != NULL) {
                return spoor_fail(&rule->diags, span,
                                  "%s cannot tell '%.*s' as this rule asks for it", view->table,
                                  test->field.len > 0 ? shown(test->field) : 8,
                                  test->field.len > 0 ? test->field.ptr : "keywords");
            }
            spoor_sigma_scope scope = sigma->scope;
            scope.view = view;
            spoor_str text = spoor_sigma_write(arena, &scope, sigma->tree, SPOOR_SIGMA_VIEW);
            spoor_buffer_put(&out, legs > 0 ? SPOOR_STR("),\n(") : SPOOR_STR(""));
            spoor_buffer_put(&out, (spoor_str){text.ptr, text.len - 1});
            legs++;
        }
    }
    if (legs == 0) {
        return spoor_fail(&rule->diags, span, "%s do not hold the events of this log source",
                          views[v].what);
    }
    spoor_str text = spoor_buffer_text(&out);
    rule->query = legs == 1 ? spoor_arena_format(arena, "%.*s\n", (int)text.len, text.ptr)
                            : spoor_arena_format(arena, "union\n(%.*s)\n", (int)text.len, text.ptr);
    return true;
}

spoor_str spoor_sigma_view_rows(const struct spoor_sigma_view *view) {
    return view->rows != NULL ? spoor_str_from(view->rows) : (spoor_str){0};
}
