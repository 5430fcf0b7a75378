/* zip_library.h - libzip, loaded when the first zip is opened.
 *
 * It brings libcrypto along, whose relocations would be most of the time that spoor takes to start,
 * for the few runs that read a zip. */
#ifndef SPOOR_INGEST_ZIP_LIBRARY_H
#define SPOOR_INGEST_ZIP_LIBRARY_H

#include <stdbool.h>
#include <zip.h>

/* What is used of it, without the zip_ of its name. */
#define SPOOR_ZIP_FUNCTIONS(X)                                                                     \
    X(fdopen)                                                                                      \
    X(discard)                                                                                     \
    X(get_num_entries) X(stat_init) X(stat_index) X(fopen_index) X(fread) X(fclose) X(strerror)    \
        X(file_get_error) X(error_strerror) X(error_init_with_code) X(error_fini)

typedef struct spoor_zip_library {
#define SPOOR_ZIP_MEMBER(name) __typeof__(zip_##name) *name;
    SPOOR_ZIP_FUNCTIONS(SPOOR_ZIP_MEMBER)
#undef SPOOR_ZIP_MEMBER
} spoor_zip_library;

/* false: it is not installed here, or lacks something; *why says what, until the next call. */
bool spoor_zip_library_load(spoor_zip_library *library, const char **why);

#endif
