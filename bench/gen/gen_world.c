/* gen_world.c - hosts and people, and the events of what they do. */
#include "bench/gen/gen_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

enum { MAX_EVENTS = 20000, TEXT_BYTES = 16 << 20 };

#define DOMAIN_SID "S-1-5-21-2024061010-1411170403-3320770042"
#define ZERO_GUID "{00000000-0000-0000-0000-000000000000}"

static const char *const host_names[GEN_MACHINES][3] = {
    {"HL-WS01", "HL-WS01.harborlight.example", "192.0.2.21"},
    {"HL-WS02", "HL-WS02.harborlight.example", "192.0.2.22"},
    {"HL-WS03", "HL-WS03.harborlight.example", "192.0.2.23"},
    {"HL-APP01", "HL-APP01.harborlight.example", "192.0.2.11"},
    {"HL-FILE01", "HL-FILE01.harborlight.example", "192.0.2.10"},
    {"HL-DC01", "HL-DC01.harborlight.example", "192.0.2.5"}};

static const gen_user people[GEN_PERSONS] = {
    {"NT AUTHORITY\\SYSTEM", "NT AUTHORITY", "SYSTEM", "S-1-5-18", "System", "0x3e7",
     "{a1f0c3e1-0001-6666-e703-000000000000}", 0},
    {"NT AUTHORITY\\NETWORK SERVICE", "NT AUTHORITY", "NETWORK SERVICE", "S-1-5-20", "System",
     "0x3e4", "{a1f0c3e1-0001-6666-e403-000000000000}", 0},
    {"HARBOR\\ines.duarte", "HARBOR", "ines.duarte", DOMAIN_SID "-1107", "Medium", "0x4a1c2",
     "{a1f0c3e1-2b10-6666-c2a1-040000000000}", 1},
    {"HARBOR\\tomas.reyes", "HARBOR", "tomas.reyes", DOMAIN_SID "-1104", "High", "0x51d77",
     "{a1f0c3e2-2c44-6666-771d-050000000000}", 1},
    {"HARBOR\\mara.lindqvist", "HARBOR", "mara.lindqvist", DOMAIN_SID "-1109", "Medium", "0x62f0b",
     "{a1f0c3e3-2d01-6666-0b2f-060000000000}", 1},
    {"HARBOR\\svc-backup", "HARBOR", "svc-backup", DOMAIN_SID "-1121", "High", "0x8b3e40",
     "{a1f0c3e5-4a77-6667-403e-8b0000000000}", 0},
    {"HARBOR\\helpdesk2", "HARBOR", "helpdesk2", DOMAIN_SID "-1144", "High", "0x9c0d15",
     "{a1f0c3e6-6b13-6668-150d-9c0000000000}", 2}};

void gen_world_init(gen_world *world, uint64_t seed) {
    *world = (gen_world){.size = TEXT_BYTES};
    gen_layouts_init(&world->layouts);
    gen_seed(&world->random, seed);
    for (uint32_t i = 0; i < GEN_MACHINES; i++) {
        const char *const *name = host_names[i];
        world->hosts[i] = (gen_host){spoor_str_from(name[0]), spoor_str_from(name[1]),
                                     spoor_str_from(name[2]), 0xa1f0c3e1 + i, i};
    }
    memcpy(world->users, people, sizeof people);
    world->events = calloc(MAX_EVENTS, sizeof *world->events);
    world->memory = malloc(TEXT_BYTES);
    if (world->events == NULL || world->memory == NULL) {
        perror("generate");
        exit(1);
    }
}

void gen_at(gen_world *world, int day, int hour, int minute, int second) {
    spoor_civil civil = {
        .year = 2024, .month = 6, .day = day, .hour = hour, .minute = minute, .second = second};
    spoor_time_from_civil(civil, &world->now);
    world->now += gen_below(&world->random, 10000000);
}

void gen_wait(gen_world *world, uint32_t ms) {
    world->now += ms * SPOOR_TICKS_MS + gen_below(&world->random, 9000);
}

const char *gen_print(gen_world *world, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = world->memory + world->used;
    int len = vsnprintf(text, world->size - world->used, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= world->size - world->used) {
        fprintf(stderr, "generate: the story is too long\n");
        exit(1);
    }
    world->used += (size_t)len + 1;
    return text;
}

/* 2024-06-10 08:00:00.123, as Sysmon writes it */
static const char *utc_time(gen_world *world, int64_t time) {
    char buffer[SPOOR_TIME_TEXT];
    spoor_time_print(time, buffer);
    return gen_print(world, "%.10s %.12s", buffer, buffer + 11);
}

static void set(gen_event *event, const char *name, const char *value) {
    int field = gen_field_find(event->layout, name);
    if (field < 0) {
        fprintf(stderr, "generate: event %u has no field %s\n", event->layout->event_id, name);
        exit(1);
    }
    event->values[field] = spoor_str_from(value);
}

static void set_all(gen_event *event, va_list pairs) {
    for (const char *name; (name = va_arg(pairs, const char *)) != NULL;) {
        set(event, name, va_arg(pairs, const char *));
    }
}

static gen_event *add(gen_world *world, const gen_host *host, const char *channel,
                      uint16_t event_id) {
    const gen_layout *layout = gen_layout_find(&world->layouts, channel, event_id);
    if (world->nevents == MAX_EVENTS) {
        fprintf(stderr, "generate: the story has too many events\n");
        exit(1);
    }
    gen_event *event = &world->events[world->nevents++];
    bool is_sysmon = strncmp(channel, "Microsoft-Windows-Sysmon", 24) == 0;
    *event = (gen_event){.layout = layout,
                         .host = host,
                         .time = world->now,
                         .pid = is_sysmon ? 2816 + 4 * host->number : 720,
                         .tid = 3000 + 4 * gen_below(&world->random, 12)};
    event->sid = is_sysmon ? SPOOR_STR("S-1-5-18") : (spoor_str){NULL, 0};
    for (uint32_t i = 0; i < layout->nfields; i++) {
        if (layout->fields[i].type == GEN_TEXT) {
            event->values[i] = SPOOR_STR("-");
        }
    }
    if (is_sysmon) { /* logged a few milliseconds after it happened */
        set(event, "UtcTime", utc_time(world, world->now));
        event->time += (int64_t)gen_below(&world->random, 4 * SPOOR_TICKS_MS) + 500;
    }
    gen_wait(world, 1);
    return event;
}

gen_event *gen_add(gen_world *world, const gen_host *host, const char *channel, unsigned event_id,
                   ...) {
    gen_event *event = add(world, host, channel, (uint16_t)event_id);
    va_list pairs;
    va_start(pairs, event_id);
    set_all(event, pairs);
    va_end(pairs);
    return event;
}

#define SYSMON "Microsoft-Windows-Sysmon"

gen_event *gen_sysmon(gen_world *world, const gen_process *process, unsigned event_id, ...) {
    gen_event *event = add(world, process->host, SYSMON, (uint16_t)event_id);
    if (gen_field_find(event->layout, "ProcessGuid") >= 0) {
        set(event, "ProcessGuid", process->guid);
        set(event, "ProcessId", process->pid);
        set(event, "Image", process->image);
    }
    set(event, "User", process->user->account);
    va_list pairs;
    va_start(pairs, event_id);
    set_all(event, pairs);
    va_end(pairs);
    return event;
}

/* -- processes --------------------------------------------------------------------------------- */

static gen_process *new_process(gen_world *world, const gen_host *host, gen_person user,
                                const char *image, const char *command_line) {
    gen_process *process = malloc(sizeof *process);
    if (process == NULL) {
        perror("generate");
        exit(1);
    }
    uint32_t seconds = (uint32_t)((world->now - SPOOR_UNIX_EPOCH) / SPOOR_TICKS_SECOND);
    /* One draw a statement: C leaves the order of arguments open, and the bytes must not be. */
    uint32_t b = gen_below(&world->random, 0x7fffffff);
    uint32_t a = gen_below(&world->random, 0x1000);
    uint32_t pid = 1000 + 4 * gen_below(&world->random, 2200);
    *process =
        (gen_process){.host = host,
                      .user = &world->users[user],
                      .image = image,
                      .command_line = command_line,
                      .guid = gen_print(world, "{%08x-%04x-%04x-%04x-%08x0%03x}", host->machine,
                                        seconds & 0xFFFF, seconds >> 16, a, b, host->number),
                      .pid = gen_print(world, "%u", pid)};
    return process;
}

gen_process *gen_running(gen_world *world, gen_machine host, gen_person user, const char *image,
                         const char *command_line) {
    gen_at(world, 9, 20, 15, (int)gen_below(&world->random, 50));
    return new_process(world, &world->hosts[host], user, image, command_line);
}

const char *gen_hashes(gen_world *world, const char *path) {
    uint64_t h = 7;
    for (const char *c = path; *c != '\0'; c++) {
        h = gen_mix(h ^ (unsigned char)*c);
    }
    uint64_t w[9];
    for (size_t i = 0; i < 9; i++) {
        w[i] = h = gen_mix(h);
    }
    return gen_print(
        world,
        "SHA1=%016llX%016llX%08X,MD5=%016llX%016llX,SHA256=%016llX%016llX%016llX%016llX,"
        "IMPHASH=%016llX%016llX",
        (unsigned long long)w[0], (unsigned long long)w[1], (unsigned)w[2],
        (unsigned long long)w[2], (unsigned long long)w[3], (unsigned long long)w[4],
        (unsigned long long)w[5], (unsigned long long)w[6], (unsigned long long)w[7],
        (unsigned long long)w[8], (unsigned long long)w[0]);
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '\\');
    return slash != NULL ? slash + 1 : path;
}

static bool is_windows(const char *path) {
    return strncmp(path, "C:\\Windows\\", 11) == 0;
}

static const char *parent_directory(gen_world *world, const gen_process *process) {
    if (process->user->session == 0) {
        return "C:\\Windows\\system32\\";
    }
    return gen_print(world, "C:\\Users\\%s\\", process->user->name);
}

static void audit_process(gen_world *world, const gen_process *process, const gen_process *parent) {
    unsigned long pid = strtoul(process->pid, NULL, 10),
                  parent_pid = strtoul(parent->pid, NULL, 10);
    const gen_user *user = process->user;
    gen_event *event =
        gen_add(world, process->host, "Security", 4688, "SubjectUserSid", user->sid,
                "SubjectUserName", user->name, "SubjectDomainName", user->domain, "SubjectLogonId",
                user->logon_id, "NewProcessId", gen_print(world, "0x%lx", pid), "NewProcessName",
                process->image, "TokenElevationType",
                user->integrity[0] == 'H'   ? "%%1937"
                : user->integrity[0] == 'S' ? "%%1936"
                                            : "%%1938",
                "ProcessId", gen_print(world, "0x%lx", parent_pid), "CommandLine",
                process->command_line, "TargetUserSid", "S-1-0-0", "TargetLogonId", "0x0",
                "ParentProcessName", parent->image, "MandatoryLabel",
                user->integrity[0] == 'H'   ? "S-1-16-12288"
                : user->integrity[0] == 'S' ? "S-1-16-16384"
                                            : "S-1-16-8192",
                (char *)NULL);
    event->pid = 4;
}

gen_process *gen_spawn(gen_world *world, gen_process *parent, gen_person user, const char *image,
                       const char *command_line, const char *rule) {
    gen_process *process = new_process(world, parent->host, user, image, command_line);
    bool known = is_windows(image) || strstr(image, "Program Files") != NULL;
    gen_sysmon(world, process, 1, "RuleName", rule != NULL ? rule : "-", "CommandLine",
               command_line, "FileVersion",
               is_windows(image) ? "10.0.22621.3672 (WinBuild.160101.0800)"
               : known           ? "24.1.0.0"
                                 : "-",
               "Product", is_windows(image) ? "Microsoft® Windows® Operating System" : "-",
               "Company",
               is_windows(image) ? "Microsoft Corporation"
               : known           ? "Vendor"
                                 : "-",
               "Description", known ? base_name(image) : "-", "OriginalFileName",
               known ? base_name(image) : "-", "CurrentDirectory", parent_directory(world, process),
               "LogonGuid", process->user->logon_guid, "LogonId", process->user->logon_id,
               "TerminalSessionId", gen_print(world, "%u", process->user->session),
               "IntegrityLevel", process->user->integrity, "Hashes", gen_hashes(world, image),
               "ParentProcessGuid", parent->guid, "ParentProcessId", parent->pid, "ParentImage",
               parent->image, "ParentCommandLine", parent->command_line, "ParentUser",
               parent->user->account, (char *)NULL);
    audit_process(world, process, parent);
    gen_wait(world, 40 + gen_below(&world->random, 200));
    return process;
}

void gen_exit(gen_world *world, const gen_process *process) {
    gen_sysmon(world, process, 5, (char *)NULL);
}

void gen_connect(gen_world *world, const gen_process *process, const char *ip, const char *name,
                 uint32_t port) {
    const char *service = port == 443    ? "https"
                          : port == 80   ? "http"
                          : port == 445  ? "microsoft-ds"
                          : port == 389  ? "ldap"
                          : port == 3389 ? "ms-wbt-server"
                                         : "-";
    gen_sysmon(world, process, 3, "RuleName", "-", "Protocol", "tcp", "Initiated", "true",
               "SourceIsIpv6", "false", "SourceIp", process->host->ip.ptr, "SourceHostname",
               process->host->fqdn.ptr, "SourcePort",
               gen_print(world, "%u", 49700 + gen_below(&world->random, 15000)),
               "DestinationIsIpv6", "false", "DestinationIp", ip, "DestinationHostname", name,
               "DestinationPort", gen_print(world, "%u", port), "DestinationPortName", service,
               (char *)NULL);
}

void gen_resolve(gen_world *world, const gen_process *process, const char *name,
                 const char *results) {
    gen_sysmon(world, process, 22, "QueryName", name, "QueryStatus",
               results[0] == '-' ? "9003" : "0", "QueryResults", results, (char *)NULL);
}

void gen_file(gen_world *world, const gen_process *process, const char *path, const char *rule) {
    gen_sysmon(world, process, 11, "RuleName", rule != NULL ? rule : "-", "TargetFilename", path,
               "CreationUtcTime", utc_time(world, world->now - SPOOR_TICKS_MS), (char *)NULL);
}

void gen_load(gen_world *world, const gen_process *process, const char *path, const char *company,
              bool is_signed) {
    gen_sysmon(world, process, 7, "ImageLoaded", path, "FileVersion", "10.0.22621.3672",
               "Description", base_name(path), "Product", company, "Company", company,
               "OriginalFileName", base_name(path), "Hashes", gen_hashes(world, path), "Signed",
               is_signed ? "true" : "false", "Signature", is_signed ? company : "-",
               "SignatureStatus", is_signed ? "Valid" : "Unavailable", (char *)NULL);
}

void gen_access(gen_world *world, const gen_process *source, const gen_process *target,
                const char *mask, const char *trace, const char *rule) {
    gen_add(world, source->host, SYSMON, 10, "RuleName", rule != NULL ? rule : "-",
            "SourceProcessGUID", source->guid, "SourceProcessId", source->pid, "SourceThreadId",
            gen_print(world, "%u", 900 + 4 * gen_below(&world->random, 2000)), "SourceImage",
            source->image, "TargetProcessGUID", target->guid, "TargetProcessId", target->pid,
            "TargetImage", target->image, "GrantedAccess", mask, "CallTrace", trace, "SourceUser",
            source->user->account, "TargetUser", target->user->account, (char *)NULL);
}

void gen_set_value(gen_world *world, const gen_process *process, const char *object,
                   const char *details, const char *rule) {
    gen_sysmon(world, process, 13, "RuleName", rule != NULL ? rule : "-", "EventType", "SetValue",
               "TargetObject", object, "Details", details, (char *)NULL);
}

/* -- logons, shares, services ------------------------------------------------------------------ */

void gen_logon(gen_world *world, gen_machine at, gen_person person, uint32_t type,
               const char *from_ip, const char *from_name) {
    const gen_host *host = &world->hosts[at];
    const gen_user *user = &world->users[person];
    const char *machine = gen_print(world, "%s$", host->name.ptr);
    bool remote = type == 3;
    gen_add(world, host, "Security", 4624, "SubjectUserSid", remote ? "S-1-0-0" : "S-1-5-18",
            "SubjectUserName", remote ? "-" : machine, "SubjectDomainName", remote ? "-" : "HARBOR",
            "SubjectLogonId", remote ? "0x0" : "0x3e7", "TargetUserSid", user->sid,
            "TargetUserName", user->name, "TargetDomainName", user->domain, "TargetLogonId",
            user->logon_id, "LogonType", gen_print(world, "%u", type), "LogonProcessName",
            remote ? "Kerberos" : "User32 ", "AuthenticationPackageName",
            remote ? "Kerberos" : "Negotiate", "WorkstationName", from_name, "LogonGuid",
            user->logon_guid, "KeyLength", "0", "ProcessId", remote ? "0x0" : "0x2d4",
            "ProcessName", remote ? "-" : "C:\\Windows\\System32\\svchost.exe", "IpAddress",
            from_ip, "IpPort",
            type == 3 ? gen_print(world, "%u", 49700 + gen_below(&world->random, 15000)) : "0",
            "ImpersonationLevel", "%%1833", "VirtualAccount", "%%1843", "TargetLinkedLogonId",
            "0x0", "ElevatedToken", user->integrity[0] == 'M' ? "%%1843" : "%%1842", (char *)NULL);
    if (user->integrity[0] != 'M') {
        gen_add(
            world, host, "Security", 4672, "SubjectUserSid", user->sid, "SubjectUserName",
            user->name, "SubjectDomainName", user->domain, "SubjectLogonId", user->logon_id,
            "PrivilegeList",
            "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeRestorePrivilege\r\n\t\t\t"
            "SeDebugPrivilege\r\n\t\t\tSeImpersonatePrivilege",
            (char *)NULL);
    }
}

void gen_failed_logon(gen_world *world, gen_machine at, const char *user, const char *from_ip,
                      const char *from_name, bool is_unknown) {
    gen_add(world, &world->hosts[at], "Security", 4625, "SubjectUserSid", "S-1-0-0",
            "SubjectLogonId", "0x0", "TargetUserSid", "S-1-0-0", "TargetUserName", user,
            "TargetDomainName", "HARBOR", "Status", "0xc000006d", "FailureReason", "%%2313",
            "SubStatus", is_unknown ? "0xc0000064" : "0xc000006a", "LogonType", "3",
            "LogonProcessName", "NtLmSsp ", "AuthenticationPackageName", "NTLM", "WorkstationName",
            from_name, "KeyLength", "0", "ProcessId", "0x0", "IpAddress", from_ip, "IpPort",
            gen_print(world, "%u", 49700 + gen_below(&world->random, 15000)), (char *)NULL);
}

void gen_ticket(gen_world *world, gen_person person, const char *service, const char *encryption,
                const char *ip) {
    gen_add(world, &world->hosts[GEN_DC01], "Security", 4769, "TargetUserName",
            gen_print(world, "%s@HARBORLIGHT.EXAMPLE", world->users[person].name),
            "TargetDomainName", "HARBORLIGHT.EXAMPLE", "ServiceName", service, "ServiceSid",
            gen_print(world, DOMAIN_SID "-%u", 1100 + (unsigned)strlen(service)), "TicketOptions",
            "0x40810000", "TicketEncryptionType", encryption, "IpAddress",
            gen_print(world, "::ffff:%s", ip), "IpPort",
            gen_print(world, "%u", 49700 + gen_below(&world->random, 15000)), "Status", "0x0",
            "LogonGuid", ZERO_GUID, (char *)NULL);
}

void gen_share(gen_world *world, gen_machine at, gen_person person, const char *share,
               const char *file, const char *ip) {
    const gen_user *user = &world->users[person];
    const char *port = gen_print(world, "%u", 49700 + gen_below(&world->random, 15000));
    const char *name = gen_print(world, "\\\\*\\%s", share);
    const char *local = strcmp(share, "ADMIN$") == 0 ? "\\??\\C:\\Windows"
                        : strcmp(share, "IPC$") == 0 ? "-"
                                                     : "\\??\\D:\\Shares";
    gen_add(world, &world->hosts[at], "Security", 5140, "SubjectUserSid", user->sid,
            "SubjectUserName", user->name, "SubjectDomainName", user->domain, "SubjectLogonId",
            user->logon_id, "ObjectType", "File", "IpAddress", ip, "IpPort", port, "ShareName",
            name, "ShareLocalPath", local, "AccessMask", "0x1", "AccessList", "%%4416\r\n\t\t\t\t",
            (char *)NULL);
    if (file != NULL) {
        gen_add(world, &world->hosts[at], "Security", 5145, "SubjectUserSid", user->sid,
                "SubjectUserName", user->name, "SubjectDomainName", user->domain, "SubjectLogonId",
                user->logon_id, "ObjectType", "File", "IpAddress", ip, "IpPort", port, "ShareName",
                name, "ShareLocalPath", local, "RelativeTargetName", file, "AccessMask", "0x100081",
                "AccessList", "%%1541\r\n\t\t\t\t%%4416\r\n\t\t\t\t", (char *)NULL);
    }
}

void gen_script(gen_world *world, const gen_process *process, const char *script) {
    uint64_t id = gen_next(&world->random);
    gen_event *event =
        gen_add(world, process->host, "Microsoft-Windows-PowerShell", 4104, "MessageNumber", "1",
                "MessageTotal", "1", "ScriptBlockText", script, "ScriptBlockId",
                gen_print(world, "%08x-%04x-4%03x-9%03x-%012llx", (unsigned)id,
                          (unsigned)(id >> 32) & 0xFFFF, (unsigned)(id >> 48) & 0xFFF,
                          (unsigned)id & 0xFFF, (unsigned long long)(id >> 20)),
                "Path", "", (char *)NULL);
    event->pid = (uint32_t)strtoul(process->pid, NULL, 10);
    event->sid = spoor_str_from(process->user->sid);
}

void gen_service(gen_world *world, gen_machine at, gen_person person, const char *name,
                 const char *path) {
    const gen_user *user = &world->users[person];
    gen_event *event = gen_add(world, &world->hosts[at], "System", 7045, "ServiceName", name,
                               "ImagePath", path, "ServiceType", "user mode service", "StartType",
                               "demand start", "AccountName", "LocalSystem", (char *)NULL);
    event->sid = spoor_str_from(user->sid);
    gen_add(world, &world->hosts[at], "Security", 4697, "SubjectUserSid", user->sid,
            "SubjectUserName", user->name, "SubjectDomainName", user->domain, "SubjectLogonId",
            user->logon_id, "ServiceName", name, "ServiceFileName", path, "ServiceType", "0x10",
            "ServiceStartType", "3", "ServiceAccount", "LocalSystem", (char *)NULL);
}

/* -- order ------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b) {
    const gen_event *x = a, *y = b;
    if (x->host->number != y->host->number) {
        return x->host->number < y->host->number ? -1 : 1;
    }
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return x->record < y->record ? -1 : x->record > y->record;
}

void gen_world_sort(gen_world *world) {
    for (size_t i = 0; i < world->nevents; i++) {
        world->events[i].record = i; /* the order of equals */
    }
    qsort(world->events, world->nevents, sizeof *world->events, by_time);
    const char *channels[GEN_MACHINES][4] = {0};
    uint64_t next[GEN_MACHINES][4] = {0};
    for (size_t i = 0; i < world->nevents; i++) {
        gen_event *event = &world->events[i];
        uint32_t host = event->host->number, c = 0;
        while (channels[host][c] != NULL &&
               strcmp(channels[host][c], event->layout->source->channel) != 0) {
            c++;
        }
        if (channels[host][c] == NULL) {
            channels[host][c] = event->layout->source->channel;
            next[host][c] = 20000 + 7000 * host + 1000 * c;
        }
        event->record = next[host][c]++;
    }
}
