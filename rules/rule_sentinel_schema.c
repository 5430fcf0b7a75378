/* rule_sentinel_schema.c - warnings of what Sentinel's own check of analytics rules and hunting
 * queries refuses, and an import does not need: see rule_sentinel.c.  All have the code "schema".
 */
#include "base/time.h"
#include "rules/attack.h"
#include "rules/sentinel.h"

enum {
    MOST_NAME = 256,
    MOST_DESCRIPTION = 5000,
    MOST_ENTITIES = 10,
    MOST_FIELDS = 3,
    MOST_DETAILS = 20,
    MOST_DETAIL_NAME = 20,
    MOST_THRESHOLD = 10000,
};

static void warn(spoor_rule *rule, spoor_span place, const char *message) {
    const spoor_diag *before = rule->diags.last;
    spoor_warn(&rule->diags, place, "%s", message);
    if (rule->diags.last != before) { /* not one too many */
        rule->diags.last->code = "schema";
    }
}

static size_t characters(spoor_str text) {
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return n;
}

static bool is_one_of(spoor_str text, const char *const *list) {
    for (; *list != NULL; list++) {
        if (spoor_rule_word_is(text, spoor_str_from(*list))) {
            return true;
        }
    }
    return false;
}

/* -- keys
 * -------------------------------------------------------------------------------------------------
 */

static void need(spoor_rule *rule, const spoor_yaml *root, const char *const *keys) {
    for (; *keys != NULL; keys++) {
        if (spoor_yaml_get(root, *keys) == NULL) {
            warn(rule, (spoor_span){root->span.start, root->span.start, 0},
                 spoor_arena_format(rule->diags.arena, "there is no '%s'", *keys).ptr);
        }
    }
}

static void check_keys(spoor_rule *rule, const spoor_yaml *root) {
    static const char *const always[] = {"id", "name", "description", "query", NULL};
    static const char *const analytics[] = {"severity", "version", NULL};
    static const char *const scheduled[] = {"queryFrequency", "queryPeriod", "triggerOperator",
                                            "triggerThreshold", NULL};
    need(rule, root, always);
    if (rule->kind != SPOOR_RULE_HUNTING) {
        need(rule, root, analytics);
    }
    if (rule->kind == SPOOR_RULE_SCHEDULED) {
        need(rule, root, scheduled);
    }
    for (size_t i = 0; rule->kind == SPOOR_RULE_NRT && scheduled[i] != NULL; i++) {
        const spoor_yaml *node = spoor_yaml_get(root, scheduled[i]);
        if (node != NULL) {
            warn(
                rule, node->span,
                spoor_arena_format(rule->diags.arena, "an NRT rule has no '%s'", scheduled[i]).ptr);
        }
    }
}

/* -- texts
 * ------------------------------------------------------------------------------------------------
 */

static bool is_guid(spoor_str text) {
    bool ok = text.len == 36;
    for (size_t i = 0; i < text.len && ok; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = text.ptr[i];
        bool is_hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        ok = is_dash ? c == '-' : is_hex;
    }
    return ok;
}

/* 1.0.12 */
static bool is_version(spoor_str text) {
    int dots = 0;
    bool has_digit = false, ok = text.len <= 20;
    for (size_t i = 0; i < text.len && ok; i++) {
        bool is_dot = text.ptr[i] == '.';
        ok = is_dot ? has_digit : text.ptr[i] >= '0' && text.ptr[i] <= '9';
        dots += is_dot;
        has_digit = !is_dot;
    }
    return ok && has_digit && dots == 2;
}

static void check_texts(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *id = spoor_yaml_get(root, "id"), *version = spoor_yaml_get(root, "version");
    const spoor_yaml *name = spoor_yaml_get(root, "name");
    const spoor_yaml *description = spoor_yaml_get(root, "description");
    const spoor_yaml *severity = spoor_yaml_get(root, "severity");
    if (id != NULL && !is_guid(rule->id)) {
        warn(rule, id->span, "an 'id' is a GUID");
    }
    if (version != NULL && !is_version(rule->version)) {
        warn(rule, version->span, "a 'version' is three numbers: 1.0.0");
    }
    if (name != NULL && characters(name->text) > MOST_NAME) {
        warn(rule, name->span, "a 'name' has at most 256 characters");
    }
    if (description != NULL && characters(description->text) > MOST_DESCRIPTION) {
        warn(rule, description->span, "a 'description' has at most 5,000 characters");
    }
    if (severity != NULL && rule->level == SPOOR_LEVEL_CRITICAL) {
        warn(rule, severity->span, "Sentinel's severities are Informational, Low, Medium and High");
    }
}

/* -- schedule ---------------------------------------------------------------------------------- */

static void check_time(spoor_rule *rule, const spoor_yaml *node, int64_t ticks) {
    if (node != NULL && ticks > 0 &&
        (ticks < 5 * SPOOR_TICKS_MINUTE || ticks > 14 * SPOOR_TICKS_DAY)) {
        warn(rule, node->span, "Sentinel takes times from 5m to 14d here");
    }
}

static void check_schedule(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *frequency = spoor_yaml_get(root, "queryFrequency");
    const spoor_yaml *period = spoor_yaml_get(root, "queryPeriod");
    const spoor_yaml *threshold = spoor_yaml_get(root, "triggerThreshold");
    check_time(rule, frequency, rule->frequency);
    check_time(rule, period, rule->period);
    if (frequency != NULL && period != NULL && rule->period < rule->frequency) {
        warn(rule, period->span, "'queryPeriod' is no shorter than 'queryFrequency'");
    }
    if (frequency != NULL && rule->period >= 2 * SPOOR_TICKS_DAY &&
        rule->frequency < SPOOR_TICKS_HOUR) {
        warn(rule, frequency->span, "a rule over two days or more runs once an hour at most");
    }
    if (threshold != NULL && rule->threshold > MOST_THRESHOLD) {
        warn(rule, threshold->span, "a 'triggerThreshold' is at most 10,000");
    }
}

/* -- ATT&CK
 * -----------------------------------------------------------------------------------------------
 */

static void check_tactics(spoor_rule *rule, const spoor_yaml *root) {
    static const char *const others[] = {"PreAttack", "ImpairProcessControl",
                                         "InhibitResponseFunction", NULL};
    const spoor_yaml *tactics = spoor_yaml_get(root, "tactics");
    for (const spoor_yaml_item *i =
             tactics != NULL && tactics->kind == SPOOR_YAML_LIST ? tactics->first : NULL;
         i != NULL; i = i->next) {
        spoor_str name = i->value->text;
        bool is_exact = false;
        for (int t = 0; t < SPOOR_ATTACK_TACTICS; t++) {
            is_exact |= spoor_str_is(name, spoor_attack_tactic(t));
        }
        if (!is_exact && !is_one_of(name, others)) {
            warn(rule, i->value->span,
                 spoor_arena_format(rule->diags.arena, "Sentinel knows no tactic '%.*s'",
                                    name.len < 60 ? (int)name.len : 60, name.ptr)
                     .ptr);
        }
    }
    const spoor_yaml *techniques = spoor_yaml_get(root, "relevantTechniques");
    for (const spoor_yaml_item *i =
             techniques != NULL && techniques->kind == SPOOR_YAML_LIST ? techniques->first : NULL;
         i != NULL; i = i->next) {
        spoor_str_list found = {0};
        spoor_rule_find_techniques(rule->diags.arena, i->value->text, &found);
        if (found.count != 1 || !spoor_str_eq(found.items[0], i->value->text)) {
            warn(rule, i->value->span, "a technique is written T1003 or T1003.001");
        }
    }
}

/* -- entities and details ---------------------------------------------------------------------- */

typedef struct entity_type {
    const char *name;
    const char *identifiers; /* with blanks round each */
} entity_type;

static const entity_type entity_types[] = {
    {"Account", " Name FullName NTDomain DnsDomain UPNSuffix Sid AadTenantId AadUserId PUID "
                "IsDomainJoined DisplayName"
                " ObjectGuid CloudAppAccountId IsAnonymized "},
    {"AzureResource", " ResourceId "},
    {"CloudApplication", " AppId Name InstanceName "},
    {"DNS", " DomainName "},
    {"File", " Directory Name "},
    {"FileHash", " Algorithm Value "},
    {"Host", " DnsDomain NTDomain HostName FullName NetBiosName AzureID OMSAgentID OSFamily "
             "OSVersion IsDomainJoined "},
    {"IoTDevice",
     " IoTHub DeviceId DeviceName IoTSecurityAgentId DeviceType Source SourceRef Manufacturer Model"
     " OperatingSystem IpAddress MacAddress Protocols SerialNumber "},
    {"IP", " Address AddressScope "},
    {"MailCluster",
     " NetworkMessageIds CountByDeliveryStatus CountByThreatType CountByProtectionStatus Threats "
     "Query"
     " QueryTime MailCount IsVolumeAnomaly Source ClusterSourceIdentifier ClusterSourceType"
     " ClusterQueryStartTime ClusterQueryEndTime ClusterGroup "},
    {"MailMessage",
     " Recipient Urls Threats Sender P1Sender P1SenderDisplayName P1SenderDomain SenderIP P2Sender"
     " P2SenderDisplayName P2SenderDomain ReceiveDate NetworkMessageId InternetMessageId Subject "
     "Language"
     " BodyFingerprintBin1 BodyFingerprintBin2 BodyFingerprintBin3 BodyFingerprintBin4"
     " BodyFingerprintBin5 AntispamDirection DeliveryAction DeliveryLocation "},
    {"Mailbox",
     " MailboxPrimaryAddress DisplayName Upn AadId RiskLevel ExternalDirectoryObjectId "},
    {"Malware", " Name Category "},
    {"Process", " ProcessId CommandLine ElevationToken CreationTimeUtc "},
    {"RegistryKey", " Hive Key "},
    {"RegistryValue", " Name Value ValueType "},
    {"SecurityGroup", " DistinguishedName SID ObjectGuid "},
    {"SubmissionMail",
     " SubmissionId SubmissionDate Submitter NetworkMessageId Timestamp Recipient Sender SenderIp"
     " Subject ReportType "},
    {"URL", " Url "},
};

static const entity_type *find_entity(spoor_str name) {
    for (size_t i = 0; i < sizeof entity_types / sizeof *entity_types; i++) {
        if (spoor_str_is(name, entity_types[i].name)) {
            return &entity_types[i];
        }
    }
    return NULL;
}

static bool has_word(const char *words, spoor_str word) {
    for (const char *at = words; word.len > 0 && (at = strchr(at, ' ')) != NULL; at++) {
        if (strncmp(at + 1, word.ptr, word.len) == 0 && at[1 + word.len] == ' ') {
            return true;
        }
    }
    return false;
}

static void check_fields(spoor_rule *rule, const spoor_yaml *mapping, const entity_type *type) {
    const spoor_yaml *fields = spoor_yaml_get(mapping, "fieldMappings");
    int n = 0;
    for (const spoor_yaml_item *i = fields != NULL ? fields->first : NULL; i != NULL; i = i->next) {
        const spoor_yaml *identifier = spoor_yaml_get(i->value, "identifier");
        if (++n == MOST_FIELDS + 1) {
            warn(rule, i->value->span, "an entity has at most 3 field mappings");
        }
        if (identifier != NULL && !has_word(type->identifiers, identifier->text)) {
            warn(rule, identifier->span,
                 spoor_arena_format(rule->diags.arena, "an entity %s has no identifier '%.*s'",
                                    type->name,
                                    identifier->text.len < 60 ? (int)identifier->text.len : 60,
                                    identifier->text.ptr)
                     .ptr);
        }
    }
}

static void check_entities(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *mappings = spoor_yaml_get(root, "entityMappings");
    int n = 0;
    for (const spoor_yaml_item *i = mappings != NULL ? mappings->first : NULL; i != NULL;
         i = i->next) {
        const spoor_yaml *type = spoor_yaml_get(i->value, "entityType");
        const entity_type *known = type != NULL ? find_entity(type->text) : NULL;
        if (++n == MOST_ENTITIES + 1) {
            warn(rule, i->value->span, "a rule maps at most 10 entities");
        }
        if (known != NULL) {
            check_fields(rule, i->value, known);
        } else if (type != NULL) {
            warn(rule, type->span,
                 spoor_arena_format(rule->diags.arena, "Sentinel knows no entity '%.*s'",
                                    type->text.len < 60 ? (int)type->text.len : 60, type->text.ptr)
                     .ptr);
        }
    }
}

static void check_details(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *details = spoor_yaml_get(root, "customDetails");
    int n = 0;
    for (const spoor_yaml_item *i = details != NULL ? details->first : NULL; i != NULL;
         i = i->next) {
        if (++n == MOST_DETAILS + 1) {
            warn(rule, i->key_span, "a rule has at most 20 custom details");
        }
        if (i->key.len > MOST_DETAIL_NAME) {
            warn(rule, i->key_span, "a custom detail's name has at most 20 characters");
        }
    }
}

static void check_formats(spoor_rule *rule, const spoor_yaml *root) {
    static const struct {
        const char *key;
        size_t most;
    } formats[] = {{"alertDisplayNameFormat", MOST_NAME},
                   {"alertDescriptionFormat", MOST_DESCRIPTION}};
    const spoor_yaml *alert = spoor_yaml_get(root, "alertDetailsOverride");
    for (size_t f = 0; f < 2 && alert != NULL; f++) {
        const spoor_yaml *node = spoor_yaml_get(alert, formats[f].key);
        int columns = 0;
        for (size_t i = 0; node != NULL && i + 1 < node->text.len; i++) {
            columns += node->text.ptr[i] == '{' && node->text.ptr[i + 1] == '{';
        }
        if (columns > MOST_FIELDS) {
            warn(rule, node->span, "a format names at most 3 columns");
        }
        if (node != NULL && characters(node->text) > formats[f].most) {
            warn(rule, node->span, "the format is too long");
        }
    }
}

void spoor_sentinel_check(spoor_rule *rule, const spoor_yaml *root) {
    check_keys(rule, root);
    check_texts(rule, root);
    check_schedule(rule, root);
    check_tactics(rule, root);
    check_entities(rule, root);
    check_details(rule, root);
    check_formats(rule, root);
}
