/* gen_pools.h - the pools of a fleet: paths, command lines, keys, names, made of word lists.
 *
 * Sizes and exponents are near those measured on public captures of Sysmon
 * events: 463 programs, 2,226 libraries, 44,000 registry keys, ... */
#ifndef SPOOR_GEN_GEN_POOLS_H
#define SPOOR_GEN_GEN_POOLS_H

#include "bench/gen/gen_pool.h"

typedef struct gen_pools {
    gen_pool images, libraries, keys, files, traces, commands, domains, answers, masks, details,
        users, directories, companies, versions, addresses;
} gen_pools;

void gen_pools_init(gen_pools *pools, uint64_t seed);
void gen_pools_free(gen_pools *pools);

#endif
