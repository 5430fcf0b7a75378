/* gen_evtx.h - writes the binary format of Windows event logs.
 *
 * As Windows does: 64 KiB chunks; in each chunk a template is defined where it
 * is first used and referred to by offset after that, and so is every name.  A
 * record is the template of its channel's System part, whose last value holds
 * the event's own data with its own template. */
#ifndef SPOOR_GEN_GEN_EVTX_H
#define SPOOR_GEN_GEN_EVTX_H

#include <stdio.h>

#include "bench/gen/gen_event.h"

typedef struct gen_evtx gen_evtx;

gen_evtx *gen_evtx_open(FILE *out);
void gen_evtx_put(gen_evtx *evtx, const gen_event *event);
/* Writes what is buffered and the file header; the FILE stays open. */
void gen_evtx_close(gen_evtx *evtx);

#endif
