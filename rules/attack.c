/* attack.c - see attack.h.  Techniques without their parts, which serve no other tactics. */
#include "rules/attack.h"

#include "rules/rule.h"

enum {
    RECON = 1 << 0,
    RESOURCE = 1 << 1,
    ACCESS = 1 << 2,
    EXECUTION = 1 << 3,
    PERSISTENCE = 1 << 4,
    PRIVILEGE = 1 << 5,
    EVASION = 1 << 6,
    CREDENTIAL = 1 << 7,
    DISCOVERY = 1 << 8,
    LATERAL = 1 << 9,
    COLLECTION = 1 << 10,
    COMMAND = 1 << 11,
    EXFILTRATION = 1 << 12,
    IMPACT = 1 << 13
};

static const char *const tactics[SPOOR_ATTACK_TACTICS] = {
    "Reconnaissance", "ResourceDevelopment",
    "InitialAccess",  "Execution",
    "Persistence",    "PrivilegeEscalation",
    "DefenseEvasion", "CredentialAccess",
    "Discovery",      "LateralMovement",
    "Collection",     "CommandAndControl",
    "Exfiltration",   "Impact"}; /* ORDER of the bits */

// clang-format off
static const struct {
    int number;
    uint32_t tactics;
    const char *name; /* NULL: newer than what is known here */
} techniques[] = {
    {1001, COMMAND, "Data Obfuscation"},
    {1003, CREDENTIAL, "OS Credential Dumping"},
    {1005, COLLECTION, "Data from Local System"},
    {1006, EVASION, "Direct Volume Access"},
    {1007, DISCOVERY, "System Service Discovery"},
    {1008, COMMAND, "Fallback Channels"},
    {1010, DISCOVERY, "Application Window Discovery"},
    {1011, EXFILTRATION, "Exfiltration Over Other Network Medium"},
    {1012, DISCOVERY, "Query Registry"},
    {1014, EVASION, "Rootkit"},
    {1016, DISCOVERY, "System Network Configuration Discovery"},
    {1018, DISCOVERY, "Remote System Discovery"},
    {1020, EXFILTRATION, "Automated Exfiltration"},
    {1021, LATERAL, "Remote Services"},
    {1025, COLLECTION, "Data from Removable Media"},
    {1027, EVASION, "Obfuscated Files or Information"},
    {1029, EXFILTRATION, "Scheduled Transfer"},
    {1030, EXFILTRATION, "Data Transfer Size Limits"},
    {1033, DISCOVERY, "System Owner/User Discovery"},
    {1036, EVASION, "Masquerading"},
    {1037, PERSISTENCE | PRIVILEGE, "Boot or Logon Initialization Scripts"},
    {1039, COLLECTION, "Data from Network Shared Drive"},
    {1040, CREDENTIAL | DISCOVERY, "Network Sniffing"},
    {1041, EXFILTRATION, "Exfiltration Over C2 Channel"},
    {1046, DISCOVERY, "Network Service Discovery"},
    {1047, EXECUTION, "Windows Management Instrumentation"},
    {1048, EXFILTRATION, "Exfiltration Over Alternative Protocol"},
    {1049, DISCOVERY, "System Network Connections Discovery"},
    {1052, EXFILTRATION, "Exfiltration Over Physical Medium"},
    {1053, EXECUTION | PERSISTENCE | PRIVILEGE, "Scheduled Task/Job"},
    {1055, PRIVILEGE | EVASION, "Process Injection"},
    {1056, CREDENTIAL | COLLECTION, "Input Capture"},
    {1057, DISCOVERY, "Process Discovery"},
    {1059, EXECUTION, "Command and Scripting Interpreter"},
    {1068, PRIVILEGE, "Exploitation for Privilege Escalation"},
    {1069, DISCOVERY, "Permission Groups Discovery"},
    {1070, EVASION, "Indicator Removal"},
    {1071, COMMAND, "Application Layer Protocol"},
    {1072, EXECUTION | LATERAL, "Software Deployment Tools"},
    {1074, COLLECTION, "Data Staged"},
    {1078, ACCESS | PERSISTENCE | PRIVILEGE | EVASION, "Valid Accounts"},
    {1080, LATERAL, "Taint Shared Content"},
    {1082, DISCOVERY, "System Information Discovery"},
    {1083, DISCOVERY, "File and Directory Discovery"},
    {1087, DISCOVERY, "Account Discovery"},
    {1090, COMMAND, "Proxy"},
    {1091, ACCESS | LATERAL, "Replication Through Removable Media"},
    {1092, COMMAND, "Communication Through Removable Media"},
    {1095, COMMAND, "Non-Application Layer Protocol"},
    {1098, PERSISTENCE | PRIVILEGE, "Account Manipulation"},
    {1102, COMMAND, "Web Service"},
    {1104, COMMAND, "Multi-Stage Channels"},
    {1105, COMMAND, "Ingress Tool Transfer"},
    {1106, EXECUTION, "Native API"},
    {1110, CREDENTIAL, "Brute Force"},
    {1111, CREDENTIAL, "Multi-Factor Authentication Interception"},
    {1112, PERSISTENCE | EVASION, "Modify Registry"},
    {1113, COLLECTION, "Screen Capture"},
    {1114, COLLECTION, "Email Collection"},
    {1115, COLLECTION, "Clipboard Data"},
    {1119, COLLECTION, "Automated Collection"},
    {1120, DISCOVERY, "Peripheral Device Discovery"},
    {1123, COLLECTION, "Audio Capture"},
    {1124, DISCOVERY, "System Time Discovery"},
    {1125, COLLECTION, "Video Capture"},
    {1127, EVASION, "Trusted Developer Utilities Proxy Execution"},
    {1129, EXECUTION, "Shared Modules"},
    {1132, COMMAND, "Data Encoding"},
    {1133, ACCESS | PERSISTENCE, "External Remote Services"},
    {1134, PRIVILEGE | EVASION, "Access Token Manipulation"},
    {1135, DISCOVERY, "Network Share Discovery"},
    {1136, PERSISTENCE, "Create Account"},
    {1137, PERSISTENCE, "Office Application Startup"},
    {1140, EVASION, "Deobfuscate/Decode Files or Information"},
    {1176, PERSISTENCE, "Software Extensions"},
    {1185, COLLECTION, "Browser Session Hijacking"},
    {1187, CREDENTIAL, "Forced Authentication"},
    {1189, ACCESS, "Drive-by Compromise"},
    {1190, ACCESS, "Exploit Public-Facing Application"},
    {1195, ACCESS, "Supply Chain Compromise"},
    {1197, PERSISTENCE | EVASION, "BITS Jobs"},
    {1199, ACCESS, "Trusted Relationship"},
    {1200, ACCESS, "Hardware Additions"},
    {1201, DISCOVERY, "Password Policy Discovery"},
    {1202, EVASION, "Indirect Command Execution"},
    {1203, EXECUTION, "Exploitation for Client Execution"},
    {1204, EXECUTION, "User Execution"},
    {1205, PERSISTENCE | EVASION | COMMAND, "Traffic Signaling"},
    {1207, EVASION, "Rogue Domain Controller"},
    {1210, LATERAL, "Exploitation of Remote Services"},
    {1211, EVASION, "Exploitation for Defense Evasion"},
    {1212, CREDENTIAL, "Exploitation for Credential Access"},
    {1213, COLLECTION, "Data from Information Repositories"},
    {1216, EVASION, "System Script Proxy Execution"},
    {1217, DISCOVERY, "Browser Information Discovery"},
    {1218, EVASION, "System Binary Proxy Execution"},
    {1219, COMMAND, "Remote Access Tools"},
    {1220, EVASION, "XSL Script Processing"},
    {1221, EVASION, "Template Injection"},
    {1222, EVASION, "File and Directory Permissions Modification"},
    {1480, EVASION, "Execution Guardrails"},
    {1482, DISCOVERY, "Domain Trust Discovery"},
    {1484, PRIVILEGE | EVASION, "Domain or Tenant Policy Modification"},
    {1485, IMPACT, "Data Destruction"},
    {1486, IMPACT, "Data Encrypted for Impact"},
    {1489, IMPACT, "Service Stop"},
    {1490, IMPACT, "Inhibit System Recovery"},
    {1491, IMPACT, "Defacement"},
    {1495, IMPACT, "Firmware Corruption"},
    {1496, IMPACT, "Resource Hijacking"},
    {1497, EVASION | DISCOVERY, "Virtualization/Sandbox Evasion"},
    {1498, IMPACT, "Network Denial of Service"},
    {1499, IMPACT, "Endpoint Denial of Service"},
    {1505, PERSISTENCE, "Server Software Component"},
    {1518, DISCOVERY, "Software Discovery"},
    {1525, PERSISTENCE, "Implant Internal Image"},
    {1526, DISCOVERY, "Cloud Service Discovery"},
    {1528, CREDENTIAL, "Steal Application Access Token"},
    {1529, IMPACT, "System Shutdown/Reboot"},
    {1530, COLLECTION, "Data from Cloud Storage"},
    {1531, IMPACT, "Account Access Removal"},
    {1534, LATERAL, "Internal Spearphishing"},
    {1535, EVASION, "Unused/Unsupported Cloud Regions"},
    {1537, EXFILTRATION, "Transfer Data to Cloud Account"},
    {1538, DISCOVERY, "Cloud Service Dashboard"},
    {1539, CREDENTIAL, "Steal Web Session Cookie"},
    {1542, PERSISTENCE | EVASION, "Pre-OS Boot"},
    {1543, PERSISTENCE | PRIVILEGE, "Create or Modify System Process"},
    {1546, PERSISTENCE | PRIVILEGE, "Event Triggered Execution"},
    {1547, PERSISTENCE | PRIVILEGE, "Boot or Logon Autostart Execution"},
    {1548, PRIVILEGE | EVASION, "Abuse Elevation Control Mechanism"},
    {1550, EVASION | LATERAL, "Use Alternate Authentication Material"},
    {1552, CREDENTIAL, "Unsecured Credentials"},
    {1553, EVASION, "Subvert Trust Controls"},
    {1554, PERSISTENCE, "Compromise Host Software Binary"},
    {1555, CREDENTIAL, "Credentials from Password Stores"},
    {1556, PERSISTENCE | EVASION | CREDENTIAL, "Modify Authentication Process"},
    {1557, CREDENTIAL | COLLECTION, "Adversary-in-the-Middle"},
    {1558, CREDENTIAL, "Steal or Forge Kerberos Tickets"},
    {1559, EXECUTION, "Inter-Process Communication"},
    {1560, COLLECTION, "Archive Collected Data"},
    {1561, IMPACT, "Disk Wipe"},
    {1562, EVASION, "Impair Defenses"},
    {1563, LATERAL, "Remote Service Session Hijacking"},
    {1564, EVASION, "Hide Artifacts"},
    {1565, IMPACT, "Data Manipulation"},
    {1566, ACCESS, "Phishing"},
    {1567, EXFILTRATION, "Exfiltration Over Web Service"},
    {1568, COMMAND, "Dynamic Resolution"},
    {1569, EXECUTION, "System Services"},
    {1570, LATERAL, "Lateral Tool Transfer"},
    {1571, COMMAND, "Non-Standard Port"},
    {1572, COMMAND, "Protocol Tunneling"},
    {1573, COMMAND, "Encrypted Channel"},
    {1574, PERSISTENCE | PRIVILEGE | EVASION, "Hijack Execution Flow"},
    {1578, EVASION, "Modify Cloud Compute Infrastructure"},
    {1580, DISCOVERY, "Cloud Infrastructure Discovery"},
    {1583, RESOURCE, "Acquire Infrastructure"},
    {1584, RESOURCE, "Compromise Infrastructure"},
    {1585, RESOURCE, "Establish Accounts"},
    {1586, RESOURCE, "Compromise Accounts"},
    {1587, RESOURCE, "Develop Capabilities"},
    {1588, RESOURCE, "Obtain Capabilities"},
    {1589, RECON, "Gather Victim Identity Information"},
    {1590, RECON, "Gather Victim Network Information"},
    {1591, RECON, "Gather Victim Org Information"},
    {1592, RECON, "Gather Victim Host Information"},
    {1593, RECON, "Search Open Websites/Domains"},
    {1594, RECON, "Search Victim-Owned Websites"},
    {1595, RECON, "Active Scanning"},
    {1596, RECON, "Search Open Technical Databases"},
    {1597, RECON, "Search Closed Sources"},
    {1598, RECON, "Phishing for Information"},
    {1599, EVASION, "Network Boundary Bridging"},
    {1600, EVASION, "Weaken Encryption"},
    {1601, EVASION, "Modify System Image"},
    {1602, COLLECTION, "Data from Configuration Repository"},
    {1606, CREDENTIAL, "Forge Web Credentials"},
    {1608, RESOURCE, "Stage Capabilities"},
    {1609, EXECUTION, "Container Administration Command"},
    {1610, EXECUTION | EVASION, "Deploy Container"},
    {1611, PRIVILEGE, "Escape to Host"},
    {1612, EVASION, "Build Image on Host"},
    {1613, DISCOVERY, "Container and Resource Discovery"},
    {1614, DISCOVERY, "System Location Discovery"},
    {1615, DISCOVERY, "Group Policy Discovery"},
    {1619, DISCOVERY, "Cloud Storage Object Discovery"},
    {1620, EVASION, "Reflective Code Loading"},
    {1621, CREDENTIAL, "Multi-Factor Authentication Request Generation"},
    {1622, EVASION | DISCOVERY, "Debugger Evasion"},
    {1647, EVASION, "Plist File Modification"},
    {1648, EXECUTION, "Serverless Execution"},
    {1649, CREDENTIAL, "Steal or Forge Authentication Certificates"},
    {1650, RESOURCE, "Acquire Access"},
    {1651, EXECUTION, "Cloud Administration Command"},
    {1652, DISCOVERY, "Device Driver Discovery"},
    {1653, PERSISTENCE, "Power Settings"},
    {1654, DISCOVERY, "Log Enumeration"},
    {1656, EVASION, "Impersonation"},
    {1657, IMPACT, "Financial Theft"},
    {1659, ACCESS | COMMAND, "Content Injection"},
    {1665, COMMAND, "Hide Infrastructure"},
    {1666, EVASION, "Modify Cloud Resource Hierarchy"},
    {1667, IMPACT, "Email Bombing"},
    {1668, PERSISTENCE, "Exclusive Control"},
    {1672, EVASION, "Email Spoofing"},
    {1673, DISCOVERY, "Virtual Machine Discovery"},
    {1674, EXECUTION, "Input Injection"},
    {1675, EXECUTION, "ESXi Administration Command"},
    {1677, EXECUTION, "Poisoned Pipeline Execution"},
    {1678, EVASION, "Delay Execution"},
    {1679, EVASION, "Selective Exclusion"},
    {1680, DISCOVERY, "Local Storage Discovery"},
    {1681, RECON, "Search Threat Vendor Data"},
    {1685, EVASION, NULL},
    {1686, EVASION, NULL},
    {1689, EVASION, NULL},
    {1690, EVASION, NULL},
};
// clang-format on

const char *spoor_attack_tactic(int tactic) {
    return tactics[tactic];
}

int spoor_attack_find_tactic(spoor_str name) {
    /* What newer versions of ATT&CK make of defense evasion. */
    if (spoor_rule_word_is(name, SPOOR_STR("Stealth")) ||
        spoor_rule_word_is(name, SPOOR_STR("DefenseImpairment"))) {
        name = SPOOR_STR("DefenseEvasion");
    }
    for (int t = 0; t < SPOOR_ATTACK_TACTICS; t++) {
        if (spoor_rule_word_is(name, spoor_str_from(tactics[t]))) {
            return t;
        }
    }
    return -1;
}

static size_t find(spoor_str technique) {
    int number = 0;
    for (size_t i = 1; i < 5 && i < technique.len; i++) {
        number = number * 10 + (technique.ptr[i] - '0');
    }
    size_t low = 0, high = sizeof techniques / sizeof *techniques;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (techniques[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_known =
        low < sizeof techniques / sizeof *techniques && techniques[low].number == number;
    return is_known ? low : SIZE_MAX;
}

uint32_t spoor_attack_tactics_of(spoor_str technique) {
    size_t at = find(technique);
    return at != SIZE_MAX ? techniques[at].tactics : 0;
}

const char *spoor_attack_name_of(spoor_str technique) {
    size_t at = find(technique);
    return at != SIZE_MAX ? techniques[at].name : NULL;
}
