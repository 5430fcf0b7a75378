/* gen_event.c - the layouts: Sysmon's of schema 4.90, and what Windows logs beside it.
 *
 * Field names, types and system values are those that Windows writes. */
#include "bench/gen/gen_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const gen_source sysmon = {"Microsoft-Windows-Sysmon",
                                  "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}",
                                  "Microsoft-Windows-Sysmon/Operational"};
static const gen_source security = {"Microsoft-Windows-Security-Auditing",
                                    "{54849625-5478-4994-a5ba-3e3b0328c30d}", "Security"};
static const gen_source security_cleared = {"Microsoft-Windows-Eventlog",
                                            "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}", "Security"};
static const gen_source system_cleared = {"Microsoft-Windows-Eventlog",
                                          "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}", "System"};
static const gen_source services = {"Service Control Manager",
                                    "{555908d1-a6d7-4695-8e1e-26931d2012f4}", "System"};
static const gen_source powershell = {"Microsoft-Windows-PowerShell",
                                      "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}",
                                      "Microsoft-Windows-PowerShell/Operational"};

typedef struct row {
    const gen_source *source;
    uint16_t event_id;
    uint8_t version, level;
    uint16_t task;
    uint8_t opcode;
    uint16_t qualifiers;
    uint64_t keywords;
    const char *user_data, *name, *fields;
} row;

#define SYSMON(id, version, level, name)                                                           \
    &sysmon, id, version, level, id, 0, 0, 0x8000000000000000u, NULL, name
#define AUDIT(id, version, task, name)                                                             \
    &security, id, version, 0, task, 0, 0, 0x8020000000000000u, NULL, name
#define SUBJECT "SubjectUserSid:i SubjectUserName:s SubjectDomainName:s SubjectLogonId:X "
#define PROCESS "RuleName:s UtcTime:s ProcessGuid:g ProcessId:4 "
#define TYPED "RuleName:s EventType:s UtcTime:s "

// clang-format off
static const row rows[] = {
    {SYSMON(1, 5, 4, "Process Create"), PROCESS "Image:s FileVersion:s Description:s Product:s Company:s OriginalFileName:s CommandLine:s CurrentDirectory:s User:s LogonGuid:g LogonId:X TerminalSessionId:4 IntegrityLevel:s Hashes:s ParentProcessGuid:g ParentProcessId:4 ParentImage:s ParentCommandLine:s ParentUser:s"},
    {SYSMON(2, 5, 4, "File creation time changed"), PROCESS "Image:s TargetFilename:s CreationUtcTime:s PreviousCreationUtcTime:s User:s"},
    {SYSMON(3, 5, 4, "Network connection detected"), PROCESS "Image:s User:s Protocol:s Initiated:b SourceIsIpv6:b SourceIp:s SourceHostname:s SourcePort:2 SourcePortName:s DestinationIsIpv6:b DestinationIp:s DestinationHostname:s DestinationPort:2 DestinationPortName:s"},
    {SYSMON(4, 3, 4, "Sysmon service state changed"), "UtcTime:s State:s Version:s SchemaVersion:s"},
    {SYSMON(5, 3, 4, "Process terminated"), PROCESS "Image:s User:s"},
    {SYSMON(6, 4, 4, "Driver loaded"), "RuleName:s UtcTime:s ImageLoaded:s Hashes:s Signed:s Signature:s SignatureStatus:s"},
    {SYSMON(7, 3, 4, "Image loaded"), PROCESS "Image:s ImageLoaded:s FileVersion:s Description:s Product:s Company:s OriginalFileName:s Hashes:s Signed:s Signature:s SignatureStatus:s User:s"},
    {SYSMON(8, 2, 4, "CreateRemoteThread detected"), "RuleName:s UtcTime:s SourceProcessGuid:g SourceProcessId:4 SourceImage:s TargetProcessGuid:g TargetProcessId:4 TargetImage:s NewThreadId:4 StartAddress:s StartModule:s StartFunction:s SourceUser:s TargetUser:s"},
    {SYSMON(9, 2, 4, "RawAccessRead detected"), PROCESS "Image:s Device:s User:s"},
    {SYSMON(10, 3, 4, "Process accessed"), "RuleName:s UtcTime:s SourceProcessGUID:g SourceProcessId:4 SourceThreadId:4 SourceImage:s TargetProcessGUID:g TargetProcessId:4 TargetImage:s GrantedAccess:x CallTrace:s SourceUser:s TargetUser:s"},
    {SYSMON(11, 2, 4, "File created"), PROCESS "Image:s TargetFilename:s CreationUtcTime:s User:s"},
    {SYSMON(12, 2, 4, "Registry object added or deleted"), TYPED "ProcessGuid:g ProcessId:4 Image:s TargetObject:s User:s"},
    {SYSMON(13, 2, 4, "Registry value set"), TYPED "ProcessGuid:g ProcessId:4 Image:s TargetObject:s Details:s User:s"},
    {SYSMON(14, 2, 4, "Registry object renamed"), TYPED "ProcessGuid:g ProcessId:4 Image:s TargetObject:s NewName:s User:s"},
    {SYSMON(15, 2, 4, "File stream created"), PROCESS "Image:s TargetFilename:s CreationUtcTime:s Hash:s Contents:s User:s"},
    {SYSMON(16, 3, 4, "Sysmon config state changed"), "UtcTime:s Configuration:s ConfigurationFileHash:s"},
    {SYSMON(17, 1, 4, "Pipe Created"), TYPED "ProcessGuid:g ProcessId:4 PipeName:s Image:s User:s"},
    {SYSMON(18, 1, 4, "Pipe Connected"), TYPED "ProcessGuid:g ProcessId:4 PipeName:s Image:s User:s"},
    {SYSMON(19, 3, 4, "WmiEventFilter activity detected"), TYPED "Operation:s User:s EventNamespace:s Name:s Query:s"},
    {SYSMON(20, 3, 4, "WmiEventConsumer activity detected"), TYPED "Operation:s User:s Name:s Type:s Destination:s"},
    {SYSMON(21, 3, 4, "WmiEventConsumerToFilter activity detected"), TYPED "Operation:s User:s Consumer:s Filter:s"},
    {SYSMON(22, 5, 4, "Dns query"), PROCESS "QueryName:s QueryStatus:s QueryResults:s Image:s User:s"},
    {SYSMON(23, 5, 4, "File Delete archived"), PROCESS "User:s Image:s TargetFilename:s Hashes:s IsExecutable:b Archived:s"},
    {SYSMON(24, 5, 4, "Clipboard changed"), PROCESS "Image:s Session:4 ClientInfo:s Hashes:s Archived:s User:s"},
    {SYSMON(25, 5, 4, "Process Tampering"), PROCESS "Image:s Type:s User:s"},
    {SYSMON(26, 5, 4, "File Delete logged"), PROCESS "User:s Image:s TargetFilename:s Hashes:s IsExecutable:b"},
    {SYSMON(27, 5, 4, "File Block Executable"), PROCESS "User:s Image:s TargetFilename:s Hashes:s"},
    {SYSMON(28, 5, 4, "File Block Shredding"), PROCESS "User:s Image:s TargetFilename:s Hashes:s IsExecutable:b"},
    {SYSMON(29, 5, 4, "File Executable Detected"), PROCESS "User:s Image:s TargetFilename:s Hashes:s"},
    {SYSMON(255, 3, 2, "Error report"), "UtcTime:s ID:s Description:s"},
    {AUDIT(4624, 2, 12544, "Logon"), SUBJECT "TargetUserSid:i TargetUserName:s TargetDomainName:s TargetLogonId:X LogonType:4 LogonProcessName:s AuthenticationPackageName:s WorkstationName:s LogonGuid:g TransmittedServices:s LmPackageName:s KeyLength:4 ProcessId:X ProcessName:s IpAddress:s IpPort:s ImpersonationLevel:s RestrictedAdminMode:s TargetOutboundUserName:s TargetOutboundDomainName:s VirtualAccount:s TargetLinkedLogonId:X ElevatedToken:s"},
    {&security, 4625, 0, 0, 12544, 0, 0, 0x8010000000000000u, NULL, "Logon", SUBJECT "TargetUserSid:i TargetUserName:s TargetDomainName:s Status:x FailureReason:s SubStatus:x LogonType:4 LogonProcessName:s AuthenticationPackageName:s WorkstationName:s TransmittedServices:s LmPackageName:s KeyLength:4 ProcessId:X ProcessName:s IpAddress:s IpPort:s"},
    {AUDIT(4634, 0, 12545, "Logoff"), "TargetUserSid:i TargetUserName:s TargetDomainName:s TargetLogonId:X LogonType:4"},
    {AUDIT(4672, 0, 12548, "Special Logon"), SUBJECT "PrivilegeList:s"},
    {AUDIT(4688, 2, 13312, "Process Creation"), SUBJECT "NewProcessId:X NewProcessName:s TokenElevationType:s ProcessId:X CommandLine:s TargetUserSid:i TargetUserName:s TargetDomainName:s TargetLogonId:X ParentProcessName:s MandatoryLabel:i"},
    {AUDIT(4697, 0, 12289, "Security System Extension"), SUBJECT "ServiceName:s ServiceFileName:s ServiceType:x ServiceStartType:4 ServiceAccount:s"},
    {AUDIT(4698, 0, 12804, "Other Object Access Events"), SUBJECT "TaskName:s TaskContent:s"},
    {AUDIT(4720, 0, 13824, "User Account Management"), "TargetUserName:s TargetDomainName:s TargetSid:i " SUBJECT "PrivilegeList:s SamAccountName:s DisplayName:s UserPrincipalName:s HomeDirectory:s HomePath:s ScriptPath:s ProfilePath:s UserWorkstations:s PasswordLastSet:s AccountExpires:s PrimaryGroupId:s AllowedToDelegateTo:s OldUacValue:s NewUacValue:s UserAccountControl:s UserParameters:s SidHistory:s LogonHours:s"},
    {AUDIT(4732, 0, 13826, "Security Group Management"), "MemberName:s MemberSid:i TargetUserName:s TargetDomainName:s TargetSid:i " SUBJECT "PrivilegeList:s"},
    {AUDIT(4768, 0, 14339, "Kerberos Authentication Service"), "TargetUserName:s TargetDomainName:s TargetSid:i ServiceName:s ServiceSid:i TicketOptions:x Status:x TicketEncryptionType:x PreAuthType:s IpAddress:s IpPort:s CertIssuerName:s CertSerialNumber:s CertThumbprint:s"},
    {AUDIT(4769, 0, 14337, "Kerberos Service Ticket Operations"), "TargetUserName:s TargetDomainName:s ServiceName:s ServiceSid:i TicketOptions:x TicketEncryptionType:x IpAddress:s IpPort:s Status:x LogonGuid:g TransmittedServices:s"},
    {AUDIT(5140, 1, 12808, "File Share"), SUBJECT "ObjectType:s IpAddress:s IpPort:s ShareName:s ShareLocalPath:s AccessMask:x AccessList:s"},
    {AUDIT(5145, 0, 12811, "Detailed File Share"), SUBJECT "ObjectType:s IpAddress:s IpPort:s ShareName:s ShareLocalPath:s RelativeTargetName:s AccessMask:x AccessList:s AccessReason:s"},
    {&security_cleared, 1102, 0, 4, 104, 0, 0, 0x4020000000000000u, "LogFileCleared", "Log clear", SUBJECT},
    {&system_cleared, 104, 0, 4, 104, 0, 0, 0x8000000000000000u, "LogFileCleared", "Log clear", "SubjectUserName:s SubjectDomainName:s Channel:s BackupPath:s"},
    {&services, 7045, 0, 4, 0, 0, 16384, 0x8080000000000000u, NULL, "None", "ServiceName:s ImagePath:s ServiceType:s StartType:s AccountName:s"},
    {&services, 7036, 0, 4, 0, 0, 16384, 0x8080000000000000u, NULL, "None", "param1:s param2:s"},
    {&powershell, 4104, 1, 5, 2, 15, 0, 0, NULL, "Execute a Remote Command", "MessageNumber:4 MessageTotal:4 ScriptBlockText:s ScriptBlockId:s Path:s"},
};
// clang-format on

static void parse_fields(gen_layout *layout, const char *text) {
    while (*text != '\0') {
        gen_field *field = &layout->fields[layout->nfields++];
        field->len = (uint32_t)strcspn(text, ":");
        memcpy(field->name, text, field->len);
        field->type = (gen_type)text[field->len + 1];
        text += field->len + 2;
        text += *text == ' ';
    }
}

void gen_layouts_init(gen_layouts *layouts) {
    *layouts = (gen_layouts){.count = sizeof rows / sizeof rows[0]};
    for (uint32_t i = 0; i < layouts->count; i++) {
        const row *r = &rows[i];
        layouts->layouts[i] = (gen_layout){.source = r->source,
                                           .event_id = r->event_id,
                                           .task = r->task,
                                           .version = r->version,
                                           .qualifiers = r->qualifiers,
                                           .level = r->level,
                                           .opcode = r->opcode,
                                           .keywords = r->keywords,
                                           .user_data = r->user_data,
                                           .name = r->name,
                                           .number = i};
        parse_fields(&layouts->layouts[i], r->fields);
    }
}

const gen_layout *gen_layout_find(const gen_layouts *layouts, const char *channel,
                                  uint16_t event_id) {
    for (uint32_t i = 0; i < layouts->count; i++) {
        const gen_layout *layout = &layouts->layouts[i];
        if (layout->event_id == event_id &&
            strncmp(layout->source->channel, channel, strlen(channel)) == 0) {
            return layout;
        }
    }
    fprintf(stderr, "generate: no layout of %s event %u\n", channel, event_id);
    exit(2);
}

int gen_field_find(const gen_layout *layout, const char *name) {
    for (uint32_t i = 0; i < layout->nfields; i++) {
        if (strcmp(layout->fields[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
