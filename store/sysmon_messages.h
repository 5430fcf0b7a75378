/* sysmon_messages.h - titles and field order of Sysmon's messages, written by
 * tools/sysmon_messages.py from the event schema.  A '#' marks a field that
 * the message prints as 0x and upper-case hex. */
#ifndef SPOOR_STORE_SYSMON_MESSAGES_H
#define SPOOR_STORE_SYSMON_MESSAGES_H

static const struct {
    int event_id;
    const char *title;
    const char *fields; /* separated by blanks */
} sysmon_messages[] = {
    {1, "Process Create",
     "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product "
     "Company OriginalFileName CommandLine CurrentDirectory User LogonGuid #LogonId "
     "TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId "
     "ParentImage ParentCommandLine ParentUser"},
    {2, "File creation time changed",
     "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime "
     "PreviousCreationUtcTime User"},
    {3, "Network connection detected",
     "RuleName UtcTime ProcessGuid ProcessId Image User Protocol Initiated "
     "SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 "
     "DestinationIp DestinationHostname DestinationPort DestinationPortName"},
    {4, "Sysmon service state changed",
     "UtcTime State Version SchemaVersion"},
    {5, "Process terminated",
     "RuleName UtcTime ProcessGuid ProcessId Image User"},
    {6, "Driver loaded",
     "RuleName UtcTime ImageLoaded Hashes Signed Signature SignatureStatus"},
    {7, "Image loaded",
     "RuleName UtcTime ProcessGuid ProcessId Image ImageLoaded FileVersion Description "
     "Product Company OriginalFileName Hashes Signed Signature SignatureStatus User"},
    {8, "CreateRemoteThread detected",
     "RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid "
     "TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction "
     "SourceUser TargetUser"},
    {9, "RawAccessRead detected",
     "RuleName UtcTime ProcessGuid ProcessId Image Device User"},
    {10, "Process accessed",
     "RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage "
     "TargetProcessGUID TargetProcessId TargetImage #GrantedAccess CallTrace "
     "SourceUser TargetUser"},
    {11, "File created",
     "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User"},
    {12, "Registry object added or deleted",
     "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject User"},
    {13, "Registry value set",
     "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User"},
    {14, "Registry object renamed",
     "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName User"},
    {15, "File stream created",
     "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime Hash "
     "Contents User"},
    {16, "Sysmon config state changed",
     "UtcTime Configuration ConfigurationFileHash"},
    {17, "Pipe Created",
     "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User"},
    {18, "Pipe Connected",
     "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User"},
    {19, "WmiEventFilter activity detected",
     "RuleName EventType UtcTime Operation User EventNamespace Name Query"},
    {20, "WmiEventConsumer activity detected",
     "RuleName EventType UtcTime Operation User Name Type Destination"},
    {21, "WmiEventConsumerToFilter activity detected",
     "RuleName EventType UtcTime Operation User Consumer Filter"},
    {22, "Dns query",
     "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image "
     "User"},
    {23, "File Delete archived",
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes "
     "IsExecutable Archived"},
    {24, "Clipboard changed",
     "RuleName UtcTime ProcessGuid ProcessId Image Session ClientInfo Hashes Archived "
     "User"},
    {25, "Process Tampering",
     "RuleName UtcTime ProcessGuid ProcessId Image Type User"},
    {26, "File Delete logged",
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes "
     "IsExecutable"},
    {27, "File Block Executable",
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"},
    {28, "File Block Shredding",
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes "
     "IsExecutable"},
    {29, "File Executable Detected",
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"},
    {255, "Error report",
     "UtcTime ID Description"},
};

#endif
