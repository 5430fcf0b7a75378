/* gen_scale.h - any number of Sysmon events with the make-up of a fleet's logs, for measuring. */
#ifndef SPOOR_GEN_GEN_SCALE_H
#define SPOOR_GEN_GEN_SCALE_H

#include "bench/gen/gen_event.h"

typedef struct gen_scale gen_scale;

gen_scale *gen_scale_new(uint64_t seed, uint32_t hosts);
void gen_scale_free(gen_scale *scale);
/* The next event; its texts live until the next call. */
void gen_scale_next(gen_scale *scale, gen_event *event);

#endif
