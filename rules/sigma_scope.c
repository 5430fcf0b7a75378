/* sigma_scope.c - log sources: which events a rule's category, product and service mean.
 *
 * Rows follow the taxonomy appendix; a channel that Windows names otherwise
 * than the appendix stands beside it.  A product other than Windows and Linux
 * is blind: nothing of it can be stored.  A name that nobody defined fails. */
#include "rules/sigma.h"

static const char *const sysmon_channel[] = {"Microsoft-Windows-Sysmon/Operational"};

enum { MOST_NAMES = 4 };

typedef struct source {
    const char *name;
    int ids[MOST_NAMES];              /* 0 ends */
    const char *channels[MOST_NAMES]; /* NULL ends; none in a category: Sysmon's */
} source;

static const source categories[] = {
    {"process_creation", {1}, {0}},
    {"file_change", {2}, {0}},
    {"network_connection", {3}, {0}},
    {"sysmon_status", {4, 16}, {0}},
    {"process_termination", {5}, {0}},
    {"driver_load", {6}, {0}},
    {"image_load", {7}, {0}},
    {"create_remote_thread", {8}, {0}},
    {"raw_access_thread", {9}, {0}},
    {"process_access", {10}, {0}},
    {"file_event", {11}, {0}},
    {"registry_event", {12, 13, 14}, {0}},
    {"registry_add", {12}, {0}},
    {"registry_delete", {12}, {0}},
    {"registry_set", {13}, {0}},
    {"registry_rename", {14}, {0}},
    {"create_stream_hash", {15}, {0}},
    {"pipe_created", {17, 18}, {0}},
    {"wmi_event", {19, 20, 21}, {0}},
    {"dns_query", {22}, {0}},
    {"file_delete", {23}, {0}},
    {"clipboard_capture", {24}, {0}},
    {"process_tampering", {25}, {0}},
    {"file_delete_detected", {26}, {0}},
    {"file_block_executable", {27}, {0}},
    {"file_block_shredding", {28}, {0}},
    {"file_executable_detected", {29}, {0}},
    {"sysmon_error", {255}, {0}},
    {"ps_classic_start", {400}, {"Windows PowerShell"}},
    {"ps_classic_provider_start", {600}, {"Windows PowerShell"}},
    {"ps_classic_script", {800}, {"Windows PowerShell"}},
    {"ps_module",
     {4103},
     {"Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"}},
    {"ps_script",
     {4104},
     {"Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"}},
};

/* Of an ETW provider that writes to no channel. */
static const char *const kernel_file[] = {"file_access", "file_rename"};

static const source services[] = {
    {"application", {0}, {"Application"}},
    {"application-experience",
     {0},
     {"Microsoft-Windows-Application-Experience/Program-Telemetry",
      "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"}},
    {"applocker",
     {0},
     {"Microsoft-Windows-AppLocker/MSI and Script", "Microsoft-Windows-AppLocker/EXE and DLL",
      "Microsoft-Windows-AppLocker/Packaged app-Deployment",
      "Microsoft-Windows-AppLocker/Packaged app-Execution"}},
    {"appmodel-runtime", {0}, {"Microsoft-Windows-AppModel-Runtime/Admin"}},
    {"appxdeployment-server", {0}, {"Microsoft-Windows-AppXDeploymentServer/Operational"}},
    {"appxpackaging-om", {0}, {"Microsoft-Windows-AppxPackaging/Operational"}},
    {"bitlocker", {0}, {"Microsoft-Windows-BitLocker/BitLocker Management"}},
    {"bits-client", {0}, {"Microsoft-Windows-Bits-Client/Operational"}},
    {"capi2", {0}, {"Microsoft-Windows-CAPI2/Operational"}},
    {"certificateservicesclient-lifecycle-system",
     {0},
     {"Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"}},
    {"codeintegrity-operational", {0}, {"Microsoft-Windows-CodeIntegrity/Operational"}},
    {"dhcp", {0}, {"Microsoft-Windows-DHCP-Server/Operational"}},
    {"diagnosis-scripted", {0}, {"Microsoft-Windows-Diagnosis-Scripted/Operational"}},
    {"dns-client",
     {0},
     {"Microsoft-Windows-DNS Client Events/Operational",
      "Microsoft-Windows-DNS-Client/Operational"}},
    {"dns-server", {0}, {"DNS Server"}},
    {"dns-server-analytic", {0}, {"Microsoft-Windows-DNS-Server/Analytical"}},
    {"dns-server-audit", {0}, {"Microsoft-Windows-DNS-Server/Audit"}},
    {"driver-framework", {0}, {"Microsoft-Windows-DriverFrameworks-UserMode/Operational"}},
    {"firewall-as", {0}, {"Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"}},
    {"hyper-v-worker",
     {0},
     {"Microsoft-Windows-Hyper-V-Worker", "Microsoft-Windows-Hyper-V-Worker-Admin",
      "Microsoft-Windows-Hyper-V-Worker-Operational"}},
    {"iis-configuration", {0}, {"Microsoft-IIS-Configuration/Operational"}},
    {"kernel-event-tracing",
     {0},
     {"Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"}},
    {"kernel-shimengine",
     {0},
     {"Microsoft-Windows-Kernel-ShimEngine/Operational",
      "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"}},
    {"ldap", {0}, {"Microsoft-Windows-LDAP-Client/Debug"}},
    {"lsa-server", {0}, {"Microsoft-Windows-LSA/Operational"}},
    {"microsoft-servicebus-client",
     {0},
     {"Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"}},
    {"msexchange-management", {0}, {"MSExchange Management"}},
    {"ntfs", {0}, {"Microsoft-Windows-Ntfs/Operational"}},
    {"ntlm", {0}, {"Microsoft-Windows-NTLM/Operational"}},
    {"openssh", {0}, {"OpenSSH/Operational"}},
    {"powershell", {0}, {"Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"}},
    {"powershell-classic", {0}, {"Windows PowerShell"}},
    {"printservice-admin", {0}, {"Microsoft-Windows-PrintService/Admin"}},
    {"printservice-operational", {0}, {"Microsoft-Windows-PrintService/Operational"}},
    {"security", {0}, {"Security"}},
    {"security-mitigations",
     {0},
     {"Microsoft-Windows-Security-Mitigations/Kernel Mode",
      "Microsoft-Windows-Security-Mitigations/User Mode",
      "Microsoft-Windows-Security-Mitigations/KernelMode",
      "Microsoft-Windows-Security-Mitigations/UserMode"}},
    {"sense", {0}, {"Microsoft-Windows-SENSE/Operational"}},
    {"servicebus-client",
     {0},
     {"Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"}},
    {"shell-core", {0}, {"Microsoft-Windows-Shell-Core/Operational"}},
    {"smbclient-connectivity", {0}, {"Microsoft-Windows-SmbClient/Connectivity"}},
    {"smbclient-security", {0}, {"Microsoft-Windows-SmbClient/Security"}},
    {"smbserver-connectivity", {0}, {"Microsoft-Windows-SMBServer/Connectivity"}},
    {"system", {0}, {"System"}},
    {"taskscheduler", {0}, {"Microsoft-Windows-TaskScheduler/Operational"}},
    {"terminalservices-localsessionmanager",
     {0},
     {"Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"}},
    {"vhdmp", {0}, {"Microsoft-Windows-VHDMP/Operational"}},
    {"windefend", {0}, {"Microsoft-Windows-Windows Defender/Operational"}},
    {"wmi", {0}, {"Microsoft-Windows-WMI-Activity/Operational"}},
};

/* What the appendix and SigmaHQ's rules name beside Windows and Linux: of it nothing can be stored. */
static const char *const elsewhere[] = {"antivirus", "apache", "application", "authentication",
                                        "database",  "dns",    "firewall",    "netflow",
                                        "network",   "nginx",  "proxy",       "webserver"};

static bool is_elsewhere(spoor_str category, spoor_str service) {
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        if (spoor_rule_word_is(category.len > 0 ? category : service,
                               spoor_str_from(elsewhere[i]))) {
            return true;
        }
    }
    return false;
}

static const char *const security_channel[] = {"Security"};
static const int process_created[] = {4688};
const spoor_sigma_scope spoor_sigma_audit = {.channels = security_channel,
                                             .nchannels = 1,
                                             .ids = process_created,
                                             .nids = 1,
                                             .is_audit = true};

static const source *find(const source *sources, size_t count, spoor_str name) {
    for (size_t i = 0; i < count; i++) {
        if (spoor_rule_word_is(name, spoor_str_from(sources[i].name))) {
            return &sources[i];
        }
    }
    return NULL;
}

static void take_source(spoor_sigma_scope *scope, const source *from) {
    scope->is_sysmon = from->channels[0] == NULL;
    scope->channels = scope->is_sysmon ? sysmon_channel : from->channels;
    scope->nchannels = scope->is_sysmon;
    while (!scope->is_sysmon && scope->nchannels < MOST_NAMES &&
           from->channels[scope->nchannels] != NULL) {
        scope->nchannels++;
    }
    scope->ids = from->ids;
    while (scope->nids < MOST_NAMES && from->ids[scope->nids] != 0) {
        scope->nids++;
    }
}

static bool read_name(spoor_sigma_reader *r, const spoor_yaml *map, const char *key,
                      spoor_str *name) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (node == NULL || spoor_sigma_is_null(node)) {
        return true;
    }
    if (node->kind != SPOOR_YAML_SCALAR) {
        return spoor_fail(r->diags, node->span, "'%s' must be a text", key);
    }
    *name = node->text;
    return true;
}

static bool unknown(spoor_sigma_reader *r, const spoor_yaml *map, const char *what,
                    spoor_str name) {
    return spoor_fail(r->diags, map->span, "no log source has the %s '%.*s'", what,
                      name.len < 100 ? (int)name.len : 100, name.ptr);
}

/* Category or service, of Windows or of no product. */
static bool read_windows(spoor_sigma_reader *r, const spoor_yaml *map, spoor_str category,
                         spoor_str service, spoor_sigma_scope *scope) {
    const source *row = find(categories, sizeof categories / sizeof *categories, category);
    for (size_t i = 0; i < sizeof kernel_file / sizeof *kernel_file; i++) {
        if (spoor_rule_word_is(category, spoor_str_from(kernel_file[i]))) {
            scope->provider = SPOOR_STR("Microsoft-Windows-Kernel-File");
            return true;
        }
    }
    if (row == NULL && category.len > 0) {
        return unknown(r, map, "category", category);
    }
    if (row == NULL && spoor_rule_word_is(service, SPOOR_STR("sysmon"))) {
        scope->is_sysmon = true;
        return true;
    }
    row = row != NULL ? row : find(services, sizeof services / sizeof *services, service);
    if (row == NULL && service.len > 0) {
        return unknown(r, map, "service", service);
    }
    if (row != NULL) {
        take_source(scope, row);
    }
    return true;
}

static bool read_source(spoor_sigma_reader *r, const spoor_yaml *root, const spoor_yaml **map,
                        spoor_sigma_source *names) {
    *map = spoor_yaml_get(root, "logsource");
    *names = (spoor_sigma_source){0};
    if (*map == NULL || (*map)->kind != SPOOR_YAML_MAP) {
        return spoor_fail(r->diags, *map != NULL ? (*map)->span : root->span,
                          "there is no 'logsource' map");
    }
    if (!read_name(r, *map, "product", &names->product) ||
        !read_name(r, *map, "category", &names->category) ||
        !read_name(r, *map, "service", &names->service)) {
        return false;
    }
    bool is_empty = names->product.len + names->category.len + names->service.len == 0;
    return !is_empty ||
           spoor_fail(r->diags, (*map)->span, "'logsource' names no product, category or service");
}

bool spoor_sigma_read_scope(spoor_sigma_reader *r, const spoor_yaml *root,
                            spoor_sigma_source *names, spoor_sigma_scope *scope) {
    const spoor_yaml *map;
    *scope = (spoor_sigma_scope){0};
    if (!read_source(r, root, &map, names)) {
        return false;
    }
    spoor_str category = names->category, service = names->service;
    bool is_linux = spoor_rule_word_is(names->product, SPOOR_STR("linux"));
    bool is_windows = spoor_rule_word_is(names->product, SPOOR_STR("windows"));
    if (names->product.len > 0 && !is_windows && !is_linux) {
        scope->blind = "events of this product cannot be stored";
        return true;
    }
    if (is_linux && find(categories, sizeof categories / sizeof *categories, category) == NULL &&
        !spoor_rule_word_is(service, SPOOR_STR("sysmon"))) {
        scope->blind = "of Linux only Sysmon's events can be stored";
        return true;
    }
    if (names->product.len == 0 && is_elsewhere(category, service) &&
        find(services, sizeof services / sizeof *services, category.len > 0 ? category : service) ==
            NULL) {
        scope->blind = "events of this log source cannot be stored";
        return true;
    }
    if (!read_windows(r, map, category, service, scope)) {
        return false;
    }
    scope->is_process_creation = scope->is_sysmon && scope->ids == categories[0].ids && !is_linux;
    if (scope->is_process_creation && spoor_rule_word_is(service, SPOOR_STR("security"))) {
        *scope = spoor_sigma_audit;
        return true;
    }
    if (scope->is_sysmon && names->product.len > 0) {
        scope->provider =
            is_linux ? SPOOR_STR("Linux-Sysmon") : SPOOR_STR("Microsoft-Windows-Sysmon");
    }
    return true;
}

static bool takes_in(spoor_str filter, spoor_str rule) {
    return filter.len == 0 || spoor_rule_word_is(filter, rule);
}

bool spoor_sigma_takes_in(const spoor_sigma_source *filter, const spoor_sigma_source *rule) {
    return takes_in(filter->product, rule->product) && takes_in(filter->category, rule->category) &&
           takes_in(filter->service, rule->service);
}
