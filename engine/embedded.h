/* embedded.h - texts built into the binary; tools/embed.c writes them. */
#ifndef SPOOR_ENGINE_EMBEDDED_H
#define SPOOR_ENGINE_EMBEDDED_H

/* The KQL functions of parsers/, by name; a NULL name ends the table. */
typedef struct spoor_embedded {
    const char *name, *text;
} spoor_embedded;

extern const spoor_embedded spoor_embedded_functions[];

/* parsers/known_tables.txt: a line a table, Name:column=type,... sorted by name. */
extern const char spoor_known_tables[];

#endif
