/* gen_daily.c - what goes on at Harborlight while nobody attacks: desks by day, services every hour.
 *
 * C leaves the order of arguments open and the bytes must not be: every random
 * number is drawn in a statement of its own. */
#include "bench/gen/gen_world.h"

typedef struct program {
    const char *image, *arguments, *name, *ip, *library; /* name NULL: it calls nobody */
} program;

#define OFFICE "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
#define END ((char *)NULL)

enum { FIRST_DAY = 10, LAST_DAY = 12, ACTS = 26, HOURS = 9 };

static const program programs[] = {
    {"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "--type=renderer --lang=en-GB",
     "tides.portwatch.example", "198.51.100.80", "C:\\Windows\\System32\\winhttp.dll"},
    {"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
     "--type=utility --utility-sub-type=network.mojom.NetworkService", "news.coastline.example",
     "198.51.100.81", "C:\\Windows\\System32\\dnsapi.dll"},
    {OFFICE "EXCEL.EXE", "\"D:\\Work\\berths.xlsx\"", "officecdn.example", "198.51.100.90",
     "C:\\Windows\\System32\\mscoree.dll"},
    {OFFICE "OUTLOOK.EXE", "", "mail.harborlight.example", "192.0.2.11",
     "C:\\Windows\\System32\\mapi32.dll"},
    {"C:\\Program Files\\WindowsApps\\MSTeams\\ms-teams.exe", "--system-initiated",
     "teams.chat.example", "198.51.100.92", "C:\\Windows\\System32\\avrt.dll"},
    {"C:\\Windows\\System32\\notepad.exe", "C:\\Users\\Public\\shift.txt", NULL, NULL,
     "C:\\Windows\\System32\\comdlg32.dll"},
    {"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
     "-NoProfile -File C:\\Scripts\\inventory.ps1", NULL, NULL, "C:\\Windows\\System32\\amsi.dll"}};

static void work(gen_world *w, gen_process *explorer, gen_person user, const program *p) {
    gen_process *process = gen_spawn(w, explorer, user, p->image,
                                     gen_print(w, "\"%s\" %s", p->image, p->arguments), NULL);
    gen_load(w, process, "C:\\Windows\\System32\\kernel32.dll", "Microsoft Windows", true);
    gen_load(w, process, p->library, "Microsoft Windows", true);
    if (p->name != NULL) {
        gen_resolve(w, process, p->name, gen_print(w, "::ffff:%s;", p->ip));
        gen_connect(w, process, p->ip, p->name, 443);
    } else {
        unsigned number = gen_below(&w->random, 99999);
        gen_file(w, process,
                 gen_print(w, "C:\\Users\\%s\\AppData\\Local\\Temp\\~%05u.tmp", process->user->name,
                           number),
                 NULL);
    }
    gen_wait(w, 20000 + gen_below(&w->random, 600000));
    gen_exit(w, process);
}

static void desk(gen_world *w, gen_machine machine, gen_person user) {
    gen_prng *r = &w->random;
    gen_process *explorer =
        gen_running(w, machine, user, "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE");
    for (int day = FIRST_DAY; day <= LAST_DAY; day++) {
        int second = (int)gen_below(r, 60);
        int minute = 40 + (int)gen_below(r, 19);
        gen_at(w, day, 7, minute, second);
        gen_logon(w, machine, user, 2, "127.0.0.1", w->hosts[machine].name.ptr);
        for (int n = 0; n < ACTS; n++) {
            const program *p = &programs[gen_below(r, sizeof programs / sizeof programs[0])];
            second = (int)gen_below(r, 60);
            minute = (int)gen_below(r, 60);
            gen_at(w, day, 8 + n * HOURS / ACTS, minute, second);
            work(w, explorer, user, p);
        }
    }
}

static void server(gen_world *w, gen_machine machine) {
    gen_process *services =
        gen_running(w, machine, GEN_SYSTEM, "C:\\Windows\\System32\\services.exe",
                    "C:\\Windows\\System32\\services.exe");
    for (int day = FIRST_DAY; day <= LAST_DAY; day++) {
        for (int hour = 0; hour < 24; hour++) {
            gen_at(w, day, hour, 15 + (int)gen_below(&w->random, 20), 5);
            gen_process *task =
                gen_spawn(w, services, GEN_SYSTEM, "C:\\Windows\\System32\\svchost.exe",
                          "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule", NULL);
            gen_load(w, task, "C:\\Windows\\System32\\taskschd.dll", "Microsoft Windows", true);
            gen_set_value(
                w, task,
                gen_print(w,
                          "HKLM\\SOFTWARE\\Microsoft\\Windows "
                          "NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\{%08x}\\DynamicInfo",
                          (unsigned)hour),
                "Binary Data", NULL);
            gen_connect(w, task, "192.0.2.5", "HL-DC01.harborlight.example", 389);
            gen_exit(w, task);
        }
        gen_at(w, day, 22, 0, 10);
        gen_logon(w, machine, GEN_BACKUP, 3, "192.0.2.11", "HL-APP01");
        gen_share(w, machine, GEN_BACKUP, "Finance", "2024\\backup.lst", "192.0.2.11");
        gen_add(w, &w->hosts[machine], "System", 7036, "param1", "Windows Update", "param2",
                "running", END);
    }
}

/* What looks like the attack and is not. */
static void administer(gen_world *w) {
    gen_process *powershell = gen_running(
        w, GEN_WS02, GEN_TOMAS, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        "powershell.exe");
    gen_at(w, 11, 10, 5, 0);
    gen_script(
        w, powershell,
        "Get-ADUser -Filter * -Properties LastLogonDate | Export-Csv C:\\Scripts\\users.csv");
    gen_exit(w, gen_spawn(w, powershell, GEN_TOMAS, "C:\\Windows\\System32\\whoami.exe", "whoami",
                          NULL));
    gen_exit(w, gen_spawn(w, powershell, GEN_TOMAS, "C:\\Windows\\System32\\ipconfig.exe",
                          "ipconfig /all", NULL));
    gen_failed_logon(w, GEN_FILE01, "ines.duarte", "192.0.2.21", "HL-WS01", false);
}

void gen_daily(gen_world *world) {
    desk(world, GEN_WS01, GEN_INES);
    desk(world, GEN_WS02, GEN_TOMAS);
    desk(world, GEN_WS03, GEN_MARA);
    for (gen_machine machine = GEN_APP01; machine < GEN_MACHINES; machine++) {
        server(world, machine);
    }
    administer(world);
}
