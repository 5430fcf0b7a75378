/* gen_scale.c - events of a fleet: hosts with running processes that do things at random.
 *
 * The mix of event ids is fixed; hosts, processes and texts follow Zipf's law,
 * and a host repeats what it lately did, as real ones do: so columns have the
 * cardinalities of real logs (gen_pools.h), a little harder than in captures. */
#include "bench/gen/gen_scale.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "bench/gen/gen_pools.h"

enum { PROCESSES = 150, RECENT = 64, COMMAND_MAX = 2048, TEXT_MAX = 512 };
enum { RECENT_LIBRARY, RECENT_TRACE, RECENT_KEY, RECENT_NAME, RECENT_ADDRESS, RECENT_KINDS };

typedef struct process {
    char guid[40], pid[8], logon[16], command[COMMAND_MAX];
    uint32_t guid_len, pid_len, logon_len, command_len;
    spoor_str image, user;
    uint32_t parent;
} process;

typedef struct machine {
    gen_host host;
    char name[32], fqdn[48], ip[16];
    process processes[PROCESSES];
    const gen_pool *pool[RECENT_KINDS];
    uint32_t recent[RECENT_KINDS][RECENT];
    uint64_t next_record;
} machine;

struct gen_scale {
    gen_layouts layouts;
    const gen_layout *by_id[32];
    gen_pools pools;
    gen_prng random;
    machine *machines;
    uint32_t nmachines;
    int64_t now;
    char texts[12][TEXT_MAX]; /* of the current event */
    uint32_t ntexts;
};

static const struct {
    uint16_t event_id, percent;
} mix[] = {{1, 8}, {3, 20}, {5, 6}, {7, 25}, {10, 10}, {11, 10}, {12, 7}, {13, 8}, {22, 6}};

/* -- small texts ------------------------------------------------------------------------------- */

static uint32_t put_decimal(char *out, uint64_t value) {
    char digits[20];
    uint32_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (uint32_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    return n;
}

static void put_hex(char *out, uint64_t value, uint32_t width, bool upper) {
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (uint32_t i = 0; i < width; i++) {
        out[i] = digits[value >> (4 * (width - 1 - i)) & 15];
    }
}

static spoor_str decimal(gen_scale *s, uint64_t value) {
    char *text = s->texts[s->ntexts++];
    return (spoor_str){text, put_decimal(text, value)};
}

static spoor_str utc_time(gen_scale *s, int64_t time) {
    char *text = s->texts[s->ntexts++], buffer[SPOOR_TIME_TEXT];
    spoor_time_print(time, buffer);
    memcpy(text, buffer, 23);
    text[10] = ' ';
    return (spoor_str){text, 23};
}

static uint64_t hash_of(spoor_str text) {
    uint64_t h = text.len;
    for (size_t i = 0; i < text.len; i++) {
        h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
    }
    return gen_mix(h);
}

/* What a file of this path has on one host in three: versions differ. */
static spoor_str hashes(gen_scale *s, spoor_str path, uint32_t host) {
    static const struct {
        const char *name;
        uint32_t len, digits;
    } parts[] = {{"SHA1=", 5, 40}, {",MD5=", 5, 32}, {",SHA256=", 8, 64}, {",IMPHASH=", 9, 32}};
    char *text = s->texts[s->ntexts++];
    uint64_t h = hash_of(path) + host % 3;
    size_t len = 0;
    for (size_t p = 0; p < 4; p++) {
        memcpy(text + len, parts[p].name, parts[p].len);
        len += parts[p].len;
        for (uint32_t d = 0; d < parts[p].digits; d += 8) {
            h = gen_mix(h);
            put_hex(text + len, h, 8, true);
            len += 8;
        }
    }
    return (spoor_str){text, len};
}

/* The text with other digits, as a path or key of the same kind has. */
static spoor_str mutate(gen_scale *s, spoor_str text) {
    char *out = s->texts[s->ntexts++];
    size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;
    uint64_t bits = gen_next(&s->random);
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9') {
            c = (char)('0' + (bits & 0xFF) % 10);
            bits = bits >> 4 | bits << 60;
        }
        out[i] = c;
    }
    return (spoor_str){out, len};
}

/* -- hosts and processes ----------------------------------------------------------------------- */

/* 0 .. n-1, low ones more often */
static uint32_t low(gen_prng *r, uint32_t n) {
    uint32_t a = gen_below(r, n), b = gen_below(r, n);
    return a < b ? a : b;
}

static uint32_t lower(gen_prng *r, uint32_t n) {
    uint32_t a = low(r, n), b = gen_below(r, n);
    return a < b ? a : b;
}

/* Six in ten command lines are as in the pool; others carry a number of their own, some a long text. */
static void make_command(gen_scale *s, process *p) {
    gen_prng *r = &s->random;
    spoor_str base = gen_pool_draw(&s->pools.commands, r);
    memcpy(p->command, base.ptr, base.len);
    p->command_len = (uint32_t)base.len;
    if (gen_chance(r, 60)) {
        return;
    }
    memcpy(p->command + p->command_len, " --session=", 11);
    p->command_len += 11;
    p->command_len += put_decimal(p->command + p->command_len, gen_below(r, 1000000));
    if (gen_chance(r, 2)) {
        p->command[p->command_len++] = ' ';
        uint32_t len = 200 + gen_below(r, 1000);
        for (uint32_t i = 0; i < len; i += 8) {
            uint64_t bits = gen_next(r);
            for (uint32_t k = 0; k < 8; k++, bits >>= 8) {
                p->command[p->command_len++] =
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[bits & 63];
            }
        }
    }
}

static void make_process(gen_scale *s, machine *m, process *p, uint32_t parent) {
    gen_prng *r = &s->random;
    uint64_t a = gen_next(r), b = gen_next(r);
    memcpy(p->guid, "{00000000-0000-0000-0000-000000000000}", 38);
    put_hex(p->guid + 1, m->host.machine, 8, false);
    put_hex(p->guid + 10, a, 4, false);
    put_hex(p->guid + 15, (uint64_t)(s->now / SPOOR_TICKS_DAY), 4, false);
    put_hex(p->guid + 20, a >> 16, 4, false);
    put_hex(p->guid + 25, b, 8, false);
    p->guid_len = 38;
    p->pid_len = put_decimal(p->pid, 4 + 4 * gen_below(r, 4000));
    memcpy(p->logon, "0x00000", 7);
    put_hex(p->logon + 2, 0x10000 + gen_below(r, 500) * 997, 5, false);
    p->logon_len = 7;
    p->image = gen_pool_draw(&s->pools.images, r);
    p->user = gen_pool_draw(&s->pools.users, r);
    p->parent = parent;
    make_command(s, p);
}

static void make_machine(gen_scale *s, uint32_t number) {
    machine *m = &s->machines[number];
    const char *kind = number < 4 ? "DC" : number < 12 ? "SRV" : "WS";
    int n = snprintf(m->name, sizeof m->name, "%s%03u", kind, number);
    int f = snprintf(m->fqdn, sizeof m->fqdn, "%s.fleet.example", m->name);
    int i = snprintf(m->ip, sizeof m->ip, "10.10.%u.%u", number / 250 % 256, number % 250 + 1);
    m->host = (gen_host){{m->name, (size_t)n},
                         {m->fqdn, (size_t)f},
                         {m->ip, (size_t)i},
                         0x5f000000 + number * 7919,
                         number};
    m->next_record = 100000;
    const gen_pool *pools[RECENT_KINDS] = {&s->pools.libraries, &s->pools.traces, &s->pools.keys,
                                           &s->pools.domains, &s->pools.addresses};
    for (uint32_t k = 0; k < RECENT_KINDS; k++) {
        m->pool[k] = pools[k];
        for (uint32_t j = 0; j < RECENT; j++) {
            m->recent[k][j] = gen_pool_rank(pools[k], &s->random);
        }
    }
    for (uint32_t p = 0; p < PROCESSES; p++) {
        make_process(s, m, &m->processes[p], 0);
    }
}

gen_scale *gen_scale_new(uint64_t seed, uint32_t hosts) {
    gen_scale *s = calloc(1, sizeof *s);
    machine *machines = calloc(hosts, sizeof *machines);
    if (s == NULL || machines == NULL) {
        perror("generate");
        exit(1);
    }
    gen_layouts_init(&s->layouts);
    for (size_t i = 0; i < sizeof mix / sizeof mix[0]; i++) {
        s->by_id[mix[i].event_id] =
            gen_layout_find(&s->layouts, "Microsoft-Windows-Sysmon", mix[i].event_id);
    }
    gen_pools_init(&s->pools, seed);
    gen_seed(&s->random, seed);
    s->machines = machines;
    s->nmachines = hosts;
    spoor_time_from_civil((spoor_civil){.year = 2024, .month = 6, .day = 10}, &s->now);
    for (uint32_t i = 0; i < hosts; i++) {
        make_machine(s, i);
    }
    return s;
}

void gen_scale_free(gen_scale *s) {
    gen_pools_free(&s->pools);
    free(s->machines);
    free(s);
}

/* Of what the host lately had, or new to it. */
static spoor_str recall(gen_scale *s, machine *m, uint32_t kind, uint32_t percent) {
    uint32_t *slot = &m->recent[kind][gen_below(&s->random, RECENT)];
    if (!gen_chance(&s->random, percent)) {
        *slot = gen_pool_rank(m->pool[kind], &s->random);
    }
    return m->pool[kind]->texts[*slot];
}

/* -- events: values in the order of the layouts in gen_event.c --------------------------------- */

static void put_process(const process *p, gen_event *e, uint32_t at) {
    e->values[at] = (spoor_str){p->guid, p->guid_len};
    e->values[at + 1] = (spoor_str){p->pid, p->pid_len};
}

static void create(gen_scale *s, machine *m, gen_event *e) {
    gen_prng *r = &s->random;
    uint32_t parent = lower(r, PROCESSES);
    process *p = &m->processes[PROCESSES / 3 + gen_below(r, PROCESSES * 2 / 3)];
    const process *q = &m->processes[parent];
    if (p == q) {
        q = &m->processes[0];
    }
    make_process(s, m, p, parent);
    uint64_t h = hash_of(p->image);
    static const spoor_str levels[] = {{"System", 6}, {"System", 6}, {"High", 4}, {"Medium", 6}};
    spoor_str level =
        levels[gen_below(r, 4)]; /* one draw a statement: C leaves the order of others open */
    spoor_str session = decimal(s, gen_below(r, 3));
    spoor_str directory = gen_pool_draw(&s->pools.directories, r);
    put_process(p, e, 2);
    const spoor_str values[] = {p->image,
                                s->pools.versions.texts[h % 120],
                                p->image,
                                s->pools.companies.texts[h % 5 != 0 ? 0 : h % 30],
                                s->pools.companies.texts[h % 5 != 0 ? 0 : h % 30],
                                p->image,
                                {p->command, p->command_len},
                                directory,
                                p->user,
                                {p->guid, p->guid_len},
                                {p->logon, p->logon_len},
                                session,
                                level,
                                hashes(s, p->image, m->host.number),
                                {q->guid, q->guid_len},
                                {q->pid, q->pid_len},
                                q->image,
                                {q->command, q->command_len},
                                q->user};
    memcpy(e->values + 4, values, sizeof values);
    e->values[6] = e->values[9] =
        (spoor_str){p->image.ptr + 3, p->image.len - 3}; /* description, original name */
}

static void connect_out(gen_scale *s, machine *m, const process *p, gen_event *e) {
    gen_prng *r = &s->random;
    static const uint16_t ports[] = {443, 443, 443, 443, 80,   80,   445,
                                     135, 389, 88,  53,  3389, 5985, 8080};
    spoor_str address = recall(s, m, RECENT_ADDRESS, 50);
    uint32_t port = gen_chance(r, 95) ? ports[gen_below(r, 14)] : 1024 + gen_below(r, 60000);
    bool is_out = gen_chance(r, 80), is_tcp = gen_chance(r, 80), is_named = gen_chance(r, 33);
    spoor_str source_port = decimal(s, 49152 + gen_below(r, 16384));
    const spoor_str values[] = {p->image,
                                p->user,
                                is_tcp ? SPOOR_STR("tcp") : SPOOR_STR("udp"),
                                is_out ? SPOOR_STR("true") : SPOOR_STR("false"),
                                SPOOR_STR("false"),
                                m->host.ip,
                                m->host.fqdn,
                                source_port,
                                SPOOR_STR("-"),
                                SPOOR_STR("false"),
                                address,
                                is_named ? s->pools.domains.texts[hash_of(address) % 323]
                                         : SPOOR_STR("-"),
                                decimal(s, port),
                                SPOOR_STR("-")};
    memcpy(e->values + 4, values, sizeof values);
}

static void load_image(gen_scale *s, machine *m, const process *p, gen_event *e) {
    spoor_str library = recall(s, m, RECENT_LIBRARY, 60);
    uint64_t h = hash_of(library);
    spoor_str company = s->pools.companies.texts[h % 10 != 0 ? 0 : h % 30];
    bool is_signed = h % 20 != 0;
    const spoor_str values[] = {p->image,
                                library,
                                s->pools.versions.texts[h % 120],
                                company,
                                company,
                                company,
                                {library.ptr + 3, library.len - 3},
                                hashes(s, library, m->host.number),
                                is_signed ? SPOOR_STR("true") : SPOOR_STR("false"),
                                is_signed ? company : SPOOR_STR("-"),
                                is_signed ? SPOOR_STR("Valid") : SPOOR_STR("Unavailable"),
                                p->user};
    memcpy(e->values + 4, values, sizeof values);
}

static void open_process(gen_scale *s, machine *m, const process *p, gen_event *e) {
    gen_prng *r = &s->random;
    const process *q = &m->processes[lower(r, PROCESSES)];
    spoor_str thread = decimal(s, 400 + 4 * gen_below(r, 3000));
    spoor_str mask = gen_pool_draw(&s->pools.masks, r);
    spoor_str trace = recall(s, m, RECENT_TRACE, 85);
    const spoor_str values[] = {
        thread,  p->image, {q->guid, q->guid_len}, {q->pid, q->pid_len}, q->image, mask, trace,
        p->user, q->user};
    memcpy(e->values + 4, values, sizeof values);
}

static void create_file(gen_scale *s, const process *p, gen_event *e) {
    spoor_str file = gen_pool_draw(&s->pools.files, &s->random);
    if (gen_chance(&s->random, 50)) {
        file = mutate(s, file);
    }
    const spoor_str values[] = {p->image, file, e->values[1], p->user};
    memcpy(e->values + 4, values, sizeof values);
}

static void touch_registry(gen_scale *s, machine *m, const process *p, gen_event *e) {
    gen_prng *r = &s->random;
    bool is_value = e->layout->event_id == 13;
    spoor_str key = recall(s, m, RECENT_KEY, 60);
    if (gen_chance(r, 8)) {
        key = mutate(s, key);
    }
    e->values[2] = e->values[1];
    e->values[1] = is_value            ? SPOOR_STR("SetValue")
                   : gen_chance(r, 66) ? SPOOR_STR("CreateKey")
                                       : SPOOR_STR("DeleteKey");
    put_process(p, e, 3);
    e->values[5] = p->image;
    e->values[6] = key;
    e->values[7] = is_value ? gen_pool_draw(&s->pools.details, r) : p->user;
    e->values[8] = p->user;
}

static void resolve(gen_scale *s, machine *m, const process *p, gen_event *e) {
    gen_prng *r = &s->random;
    spoor_str name = recall(s, m, RECENT_NAME, 60);
    if (gen_chance(r, 5)) { /* a name that nobody asked for before */
        char *text = s->texts[s->ntexts++];
        put_hex(text, gen_next(r), 12, false);
        text[12] = '.';
        memcpy(text + 13, name.ptr, name.len);
        name = (spoor_str){text, 13 + name.len};
    }
    spoor_str answer = gen_pool_draw(&s->pools.answers, r);
    const spoor_str values[] = {name, answer.len == 1 ? SPOOR_STR("9003") : SPOOR_STR("0"), answer,
                                p->image, p->user};
    memcpy(e->values + 4, values, sizeof values);
}

static uint16_t pick_event_id(gen_prng *r) {
    uint32_t n = gen_below(r, 100), i = 0;
    while (n >= mix[i].percent) {
        n -= mix[i++].percent;
    }
    return mix[i].event_id;
}

void gen_scale_next(gen_scale *s, gen_event *e) {
    gen_prng *r = &s->random;
    s->ntexts = 0;
    s->now +=
        gen_below(r, (uint32_t)(400 * SPOOR_TICKS_MS)); /* 5 a second: 5 million are 11 days */
    uint16_t id = pick_event_id(r);
    machine *m = &s->machines[low(r, s->nmachines)];
    process *p = &m->processes[lower(r, PROCESSES)];
    e->layout = s->by_id[id];
    e->host = &m->host;
    e->time = s->now + 20000 + (int64_t)(gen_next(r) & 0x3FFF);
    e->record = m->next_record++;
    e->pid = 2816;
    e->tid = 3000 + 4 * gen_below(r, 12);
    e->sid = SPOOR_STR("S-1-5-18");
    e->values[0] = SPOOR_STR("-");
    e->values[1] = utc_time(s, s->now);
    put_process(p, e, 2);
    switch (id) {
    case 1: create(s, m, e); break;
    case 3: connect_out(s, m, p, e); break;
    case 7: load_image(s, m, p, e); break;
    case 10: open_process(s, m, p, e); break;
    case 11: create_file(s, p, e); break;
    case 12:
    case 13: touch_registry(s, m, p, e); break;
    case 22: resolve(s, m, p, e); break;
    default: /* 5 */
        e->values[4] = p->image;
        e->values[5] = p->user;
        break;
    }
}
