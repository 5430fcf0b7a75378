/* gen_writer.h - files of events in one of the formats that the generator knows. */
#ifndef SPOOR_GEN_GEN_WRITER_H
#define SPOOR_GEN_GEN_WRITER_H

#include "bench/gen/gen_event.h"

typedef enum gen_format {
    GEN_EVTX,
    GEN_FLAT,         /* JSON lines: fields beside Channel, EventID, ... */
    GEN_WINLOGBEAT,   /* JSON lines of Winlogbeat 8 */
    GEN_WINDOWSEVENT, /* JSON lines of Log Analytics' table WindowsEvent, as the portal exports it */
    GEN_EXPORT        /* the same with EventData as an object, as the service exports it */
} gen_format;

typedef struct gen_writer gen_writer;

/* Failures to open or write end the program with a message. */
gen_writer *gen_writer_open(const char *path, gen_format format);
void gen_writer_put(gen_writer *writer, const gen_event *event);
uint64_t gen_writer_close(gen_writer *writer); /* bytes written */

#endif
