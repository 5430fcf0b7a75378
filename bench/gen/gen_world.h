/* gen_world.h - a small company with its hosts and people, and what its logs say when they act.
 *
 * Everything in it is invented; addresses are those of RFC 5737.  Each act adds
 * the events that Windows and Sysmon would write for it, at the world's time,
 * and moves the time on.  At the end gen_world_sort() puts the events in order
 * and numbers them as each host's channels would. */
#ifndef SPOOR_GEN_GEN_WORLD_H
#define SPOOR_GEN_GEN_WORLD_H

#include "bench/gen/gen_event.h"
#include "bench/gen/gen_prng.h"

typedef enum gen_machine {
    GEN_WS01,
    GEN_WS02,
    GEN_WS03,
    GEN_APP01,
    GEN_FILE01,
    GEN_DC01,
    GEN_MACHINES
} gen_machine;
typedef enum gen_person {
    GEN_SYSTEM,
    GEN_NETWORK_SERVICE,
    GEN_INES,
    GEN_TOMAS,
    GEN_MARA,
    GEN_BACKUP,
    GEN_HELPDESK,
    GEN_PERSONS
} gen_person;

typedef struct gen_user {
    const char *account, *domain, *name, *sid; /* domain\name, its parts */
    const char *integrity, *logon_id, *logon_guid;
    uint32_t session;
} gen_user;

typedef struct gen_process {
    const gen_host *host;
    const gen_user *user;
    const char *guid, *pid, *image, *command_line;
} gen_process;

typedef struct gen_world {
    gen_layouts layouts;
    gen_host hosts[GEN_MACHINES];
    gen_user users[GEN_PERSONS];
    gen_prng random;
    int64_t now;
    gen_event *events;
    size_t nevents;
    char *memory; /* of texts: never given back, the program ends soon */
    size_t used, size;
} gen_world;

void gen_world_init(gen_world *world, uint64_t seed);
void gen_world_sort(gen_world *world);
/* day: of June 2024; the world's time becomes this. */
void gen_at(gen_world *world, int day, int hour, int minute, int second);
void gen_wait(gen_world *world, uint32_t ms);
__attribute__((format(printf, 2, 3))) const char *gen_print(gen_world *world, const char *format,
                                                            ...);

/* An event with "field", "value" pairs up to NULL.  UtcTime is filled in; texts that are not given
 * are "-", other values are absent. */
gen_event *gen_add(gen_world *world, const gen_host *host, const char *channel, unsigned event_id,
                   ...);
/* The same, of Sysmon and with the process's own fields. */
gen_event *gen_sysmon(gen_world *world, const gen_process *process, unsigned event_id, ...);

/* A process that runs since before the logs begin. */
gen_process *gen_running(gen_world *world, gen_machine host, gen_person user, const char *image,
                         const char *command_line);
/* A process is made: Sysmon 1 and Security 4688.  rule: of the Sysmon configuration, or NULL. */
gen_process *gen_spawn(gen_world *world, gen_process *parent, gen_person user, const char *image,
                       const char *command_line, const char *rule);
void gen_exit(gen_world *world, const gen_process *process);
void gen_connect(gen_world *world, const gen_process *process, const char *ip, const char *name,
                 uint32_t port);
void gen_resolve(gen_world *world, const gen_process *process, const char *name,
                 const char *results);
void gen_file(gen_world *world, const gen_process *process, const char *path, const char *rule);
void gen_load(gen_world *world, const gen_process *process, const char *path, const char *company,
              bool is_signed);
void gen_access(gen_world *world, const gen_process *source, const gen_process *target,
                const char *mask, const char *trace, const char *rule);
void gen_set_value(gen_world *world, const gen_process *process, const char *object,
                   const char *details, const char *rule);
void gen_logon(gen_world *world, gen_machine at, gen_person user, uint32_t type,
               const char *from_ip, const char *from_name);
void gen_failed_logon(gen_world *world, gen_machine at, const char *user, const char *from_ip,
                      const char *from_name, bool is_unknown);
void gen_ticket(gen_world *world, gen_person user, const char *service, const char *encryption,
                const char *ip);
void gen_share(gen_world *world, gen_machine at, gen_person user, const char *share,
               const char *file, const char *ip);
void gen_script(gen_world *world, const gen_process *process, const char *script);
void gen_service(gen_world *world, gen_machine at, gen_person user, const char *name,
                 const char *path);
/* SHA1=..,MD5=..,SHA256=..,IMPHASH=.. that this file has everywhere. */
const char *gen_hashes(gen_world *world, const char *path);

/* gen_story.c: the attack; gen_daily.c: everybody else's work */
void gen_story(gen_world *world);
void gen_daily(gen_world *world);

#endif
