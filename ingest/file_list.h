/* file_list.h - what a user's paths mean: files, in the order that numbers sources.
 *
 * Folders are walked recursively; symbolic links to folders are not followed,
 * special files are left out.  The list is sorted bytewise and has no file
 * twice, so the same paths give the same order. */
#ifndef SPOOR_INGEST_FILE_LIST_H
#define SPOOR_INGEST_FILE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct spoor_file {
    char *path;    /* malloc */
    int64_t size;  /* bytes; -1: not known (standard input) */
    bool is_named; /* the user named it: it must be a log; one found in a folder may be anything */
} spoor_file;

typedef struct spoor_file_list {
    spoor_file *files;
    size_t count, capacity;
    int64_t bytes; /* of all whose size is known */
    char error[300];
} spoor_file_list;

/* false: a path does not exist or cannot be read (see error), or memory is out.  A folder inside that
 * cannot be opened is passed to `skipped`, which may be NULL. */
bool spoor_file_list_make(spoor_file_list *list, const char *const *paths, size_t npaths,
                          void (*skipped)(void *context, const char *path, const char *why),
                          void *context);
void spoor_file_list_free(spoor_file_list *list);

#endif
