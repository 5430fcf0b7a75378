/* gen_json.h - an event as one line of JSON, in the shapes of common exports. */
#ifndef SPOOR_GEN_GEN_JSON_H
#define SPOOR_GEN_GEN_JSON_H

#include "bench/gen/gen_writer.h"

/* Where lines are collected.  The caller leaves GEN_LINE_MAX bytes free. */
typedef struct gen_text {
    char *bytes;
    size_t len;
} gen_text;

enum { GEN_LINE_MAX = 256 * 1024 };

void gen_json_put(gen_text *text, gen_format shape, const gen_event *event);

#endif
