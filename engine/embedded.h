/* embedded.h - the KQL functions built into the binary: the files of parsers/, by name.
 * The table is written by tools/embed.c; a NULL name ends it. */
#ifndef SPOOR_ENGINE_EMBEDDED_H
#define SPOOR_ENGINE_EMBEDDED_H

typedef struct spoor_embedded {
    const char *name, *text;
} spoor_embedded;

extern const spoor_embedded spoor_embedded_functions[];

#endif
