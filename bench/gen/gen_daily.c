/* gen_daily.c - what goes on at Harborlight while nobody attacks: work hours, services, updates. */
#include "bench/gen/gen_world.h"

typedef struct program {
    const char *image, *command_line, *file, *name, *ip;
} program;

#define OFFICE "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
#define END ((char *)NULL)

static const program desktop[] = {
    {"C:\\Program Files\\Mozilla Firefox\\firefox.exe", "\"C:\\Program Files\\Mozilla Firefox\\firefox.exe\" -contentproc -childID 7 -isForBrowser", "C:\\Users\\%s\\AppData\\Local\\Mozilla\\cache2\\entries\\%08X", "www.tides.example", "203.0.113.20"},
    {OFFICE "EXCEL.EXE", "\"" OFFICE "EXCEL.EXE\" /dde", "C:\\Users\\%s\\Documents\\~$plan-%X.xlsx", "officecdn.example", "203.0.113.41"},
    {OFFICE "OUTLOOK.EXE", "\"" OFFICE "OUTLOOK.EXE\"", "C:\\Users\\%s\\AppData\\Local\\Microsoft\\Outlook\\%X.tmp", "mail.harborlight.example", "192.0.2.15"},
    {"C:\\Windows\\System32\\notepad.exe", "\"C:\\Windows\\system32\\notepad.exe\"", "C:\\Users\\%s\\Documents\\note-%X.txt", "harborlight.example", "192.0.2.5"},
    {"C:\\Program Files\\Meetly\\meetly.exe", "\"C:\\Program Files\\Meetly\\meetly.exe\" --type=renderer", "C:\\Users\\%s\\AppData\\Roaming\\Meetly\\Cache\\f_%06x", "eu.meetly.example", "203.0.113.90"}};
static const program background[] = {
    {"C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s wuauserv", "C:\\Windows\\SoftwareDistribution\\Download\\%.0s%08x.cab", "update.vendor.example", "203.0.113.8"},
    {"C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe SYSTEM", "C:\\Windows\\Temp\\%.0s%x.log", "time.vendor.example", "203.0.113.123"},
    {"C:\\Windows\\System32\\dllhost.exe", "C:\\Windows\\system32\\DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}", "C:\\ProgramData\\Cache\\%.0s%x.db", "harborlight.example", "192.0.2.5"},
    {"C:\\Windows\\System32\\conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1", "C:\\Windows\\Prefetch\\%.0sCONHOST-%08X.pf", "harborlight.example", "192.0.2.5"},
    {"C:\\Program Files\\Tidewatch\\agent.exe", "\"C:\\Program Files\\Tidewatch\\agent.exe\" --poll", "C:\\ProgramData\\Tidewatch\\%.0sinv-%x.json", "agent.tidewatch.example", "203.0.113.77"}};
static const char *const libraries[] = {"C:\\Windows\\System32\\kernel32.dll", "C:\\Windows\\System32\\combase.dll", "C:\\Windows\\System32\\crypt32.dll", "C:\\Windows\\System32\\wbem\\fastprox.dll", "C:\\Windows\\System32\\winhttp.dll", "C:\\Windows\\System32\\urlmon.dll"};
static const char *const values[][2] = {
    {"HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\Status\\LastGoodSampleInfo", "Binary Data"},
    {"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\NextDetectionTime", "2024-06-13 05:12:00"},
    {"HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{5f1a}\\LeaseObtainedTime", "DWORD (0x66680a11)"},
    {"HKU\\.DEFAULT\\Software\\Microsoft\\Office\\16.0\\Common\\LastUsed", "QWORD (0x00000000-0x01da1b2c)"}};

typedef struct staff {
    gen_machine machine;
    gen_person user;
    uint32_t acts; /* a day */
} staff;

static const staff everybody[] = {{GEN_WS01, GEN_INES, 24}, {GEN_WS02, GEN_TOMAS, 22}, {GEN_WS03, GEN_MARA, 18}, {GEN_APP01, GEN_SYSTEM, 14}, {GEN_FILE01, GEN_SYSTEM, 12}, {GEN_DC01, GEN_SYSTEM, 12}};

/* One program does one thing: most acts give two to five events. */
static void act(gen_world *w, const staff *s, gen_process *parent, const program *p) {
    gen_prng *r = &w->random;
    gen_process *process = gen_spawn(w, parent, s->user, p->image, p->command_line, NULL);
    switch (gen_below(r, 5)) {
    case 0:
        gen_resolve(w, process, p->name, gen_print(w, "::ffff:%s;", p->ip));
        gen_connect(w, process, p->ip, p->name, 443);
        break;
    case 1:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        gen_file(w, process, gen_print(w, p->file, process->user->name, gen_below(r, 0x7fffffff)), NULL);
#pragma GCC diagnostic pop
        break;
    case 2: {
        const char *library = libraries[gen_below(r, sizeof libraries / sizeof libraries[0])];
        gen_load(w, process, library, "Microsoft Corporation", true);
        break;
    }
    case 3: {
        uint32_t i = gen_below(r, sizeof values / sizeof values[0]);
        gen_set_value(w, process, values[i][0], values[i][1], NULL);
        break;
    }
    default:
        gen_access(w, parent, process, "0x1000", "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|C:\\Windows\\System32\\sechost.dll+9a21", NULL);
        break;
    }
    if (gen_chance(r, 60)) {
        gen_wait(w, 3000 + gen_below(r, 60000));
        gen_exit(w, process);
    }
}

static void audit(gen_world *w, const staff *s) {
    gen_prng *r = &w->random;
    switch (s->machine) {
    case GEN_DC01: {
        const staff *who = &everybody[gen_below(r, 3)];
        static const char *const services[] = {"HL-FILE01$", "HL-APP01$", "HL-DC01$"};
        gen_ticket(w, who->user, services[gen_below(r, 3)], "0x12", w->hosts[who->machine].ip.ptr);
        break;
    }
    case GEN_FILE01: {
        const staff *who = &everybody[gen_below(r, 3)];
        gen_logon(w, GEN_FILE01, who->user, 3, w->hosts[who->machine].ip.ptr, w->hosts[who->machine].name.ptr);
        gen_share(w, GEN_FILE01, who->user, "Finance", gen_chance(r, 30) ? "Budget 2024.xlsx" : NULL, w->hosts[who->machine].ip.ptr);
        break;
    }
    case GEN_APP01:
    case GEN_WS01:
    case GEN_WS02:
    case GEN_WS03:
    case GEN_MACHINES:
        gen_add(w, &w->hosts[s->machine], "System", 7036, "param1", gen_chance(r, 50) ? "Windows Update" : "Background Intelligent Transfer Service", "param2", gen_chance(r, 50) ? "running" : "stopped", END);
        break;
    }
}

static void morning(gen_world *w, const staff *s, int day) {
    const gen_user *user = &w->users[s->user];
    gen_at(w, day, 7, 40 + (int)gen_below(&w->random, 19), (int)gen_below(&w->random, 59));
    if (day == 10) {
        gen_add(w, &w->hosts[s->machine], "Microsoft-Windows-Sysmon", 4, "State", "Started", "Version", "15.14", "SchemaVersion", "4.90", END);
        gen_add(w, &w->hosts[s->machine], "Microsoft-Windows-Sysmon", 16, "Configuration", "C:\\Windows\\Sysmon\\harborlight.xml", "ConfigurationFileHash", "SHA256=7F1C0D5E88A2B9346E0A11C3D45F6A7B8C9D0E1F2A3B4C5D6E7F8091A2B3C4D5", END);
    }
    if (s->user == GEN_SYSTEM) {
        return;
    }
    if (gen_chance(&w->random, 30)) { /* mistyped */
        gen_failed_logon(w, s->machine, user->name, "127.0.0.1", w->hosts[s->machine].name.ptr, false);
        gen_wait(w, 5000);
    }
    gen_logon(w, s->machine, s->user, 2, "127.0.0.1", w->hosts[s->machine].name.ptr);
}

void gen_daily(gen_world *world) {
    gen_prng *r = &world->random;
    for (size_t i = 0; i < sizeof everybody / sizeof everybody[0]; i++) {
        const staff *s = &everybody[i];
        bool is_desk = s->user != GEN_SYSTEM;
        gen_process *explorer = gen_running(world, s->machine, s->user, is_desk ? "C:\\Windows\\explorer.exe" : "C:\\Windows\\System32\\services.exe", is_desk ? "C:\\Windows\\Explorer.EXE" : "C:\\Windows\\System32\\services.exe");
        for (int day = 10; day <= 14; day++) {
            morning(world, s, day);
            for (uint32_t n = 0; n < s->acts; n++) {
                bool busy = is_desk && gen_chance(r, 80);
                gen_at(world, day, busy ? 8 + (int)gen_below(r, 9) : (int)gen_below(r, 24), (int)gen_below(r, 60), (int)gen_below(r, 60));
                act(world, s, explorer, busy ? &desktop[gen_below(r, 5)] : &background[gen_below(r, 5)]);
                if (gen_chance(r, is_desk ? 10 : 60)) {
                    audit(world, s);
                }
            }
        }
    }
}
