/* zip_library.c - see zip_library.h.  SPOOR_LIBZIP is the name under which the linker found it. */
#include "ingest/zip_library.h"

#include <dlfcn.h>
#include <string.h>

/* A function's address goes by its bytes: C knows no cast from an object's. */
static bool find(void *loaded, const char *name, void *to) {
    void *found = dlsym(loaded, name);
    memcpy(to, &found, sizeof found);
    return found != NULL;
}

bool spoor_zip_library_load(spoor_zip_library *library, const char **why) {
    /* It stays until the end: loading it again for each zip would cost as much each time. */
    void *loaded = dlopen(SPOOR_LIBZIP, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool ok = loaded != NULL;
#define FIND(name) ok = ok && find(loaded, "zip_" #name, &library->name);
    SPOOR_ZIP_FUNCTIONS(FIND)
#undef FIND
    *why = ok ? "" : dlerror();
    return ok;
}
