/* file_list.c - walks folders without recursion of the C kind; see file_list.h. */
#include "ingest/file_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PATH_BYTES = 4096 };

typedef struct folders { /* still to be walked */
    char **paths;
    size_t count, capacity;
} folders;

static bool out_of_memory(spoor_file_list *list) {
    snprintf(list->error, sizeof list->error, "out of memory");
    return false;
}

static bool refuse(spoor_file_list *list, const char *path) {
    snprintf(list->error, sizeof list->error, "%s: %s", path, strerror(errno));
    return false;
}

static char *copy_text(const char *z) {
    size_t len = strlen(z) + 1;
    char *copy = malloc(len);
    return copy != NULL ? memcpy(copy, z, len) : NULL;
}

static bool add_file(spoor_file_list *list, const char *path, int64_t size, bool is_named) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        spoor_file *grown = realloc(list->files, capacity * sizeof *grown);
        if (grown == NULL) {
            return out_of_memory(list);
        }
        list->files = grown;
        list->capacity = capacity;
    }
    char *copy = copy_text(path);
    if (copy == NULL) {
        return out_of_memory(list);
    }
    list->files[list->count++] = (spoor_file){copy, size, is_named};
    list->bytes += size > 0 ? size : 0;
    return true;
}

static bool push_folder(spoor_file_list *list, folders *f, const char *path) {
    if (f->count == f->capacity) {
        size_t capacity = f->capacity == 0 ? 16 : f->capacity * 2;
        char **grown = realloc(f->paths, capacity * sizeof *grown);
        if (grown == NULL) {
            return out_of_memory(list);
        }
        f->paths = grown;
        f->capacity = capacity;
    }
    f->paths[f->count] = copy_text(path);
    return f->paths[f->count++] != NULL || out_of_memory(list);
}

/* One name in a folder.  false: out of memory. */
static bool add_entry(spoor_file_list *list, folders *f, const char *folder, const char *name) {
    char path[MAX_PATH_BYTES];
    size_t len = strlen(folder);
    bool has_slash = len > 0 && folder[len - 1] == '/';
    int need = snprintf(path, sizeof path, has_slash ? "%s%s" : "%s/%s", folder, name);
    struct stat info;
    if (need < 0 || (size_t)need >= sizeof path || lstat(path, &info) != 0) {
        return true; /* it vanished, or its path is longer than the system takes */
    }
    if (S_ISLNK(info.st_mode) && (stat(path, &info) != 0 || !S_ISREG(info.st_mode))) {
        return true;
    }
    if (S_ISDIR(info.st_mode)) {
        return push_folder(list, f, path);
    }
    return !S_ISREG(info.st_mode) || add_file(list, path, info.st_size, false);
}

static bool walk(spoor_file_list *list, const char *top,
                 void (*skipped)(void *context, const char *path, const char *why), void *context) {
    folders f = {0};
    bool ok = push_folder(list, &f, top);
    while (ok && f.count > 0) {
        char *folder = f.paths[--f.count];
        DIR *dir = opendir(folder);
        if (dir == NULL && skipped != NULL) {
            skipped(context, folder, strerror(errno));
        }
        for (struct dirent *entry; ok && dir != NULL && (entry = readdir(dir)) != NULL;) {
            bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
            ok = is_dots || add_entry(list, &f, folder, entry->d_name);
        }
        if (dir != NULL) {
            closedir(dir);
        }
        free(folder);
    }
    for (size_t i = 0; i < f.count; i++) {
        free(f.paths[i]);
    }
    free(f.paths);
    return ok;
}

static int order_files(const void *a, const void *b) {
    const spoor_file *left = a, *right = b;
    int order = strcmp(left->path, right->path);
    return order != 0 ? order : (int)right->is_named - (int)left->is_named;
}

static void remove_doubles(spoor_file_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && strcmp(list->files[kept - 1].path, list->files[i].path) == 0) {
            list->bytes -= list->files[i].size > 0 ? list->files[i].size : 0;
            free(list->files[i].path);
        } else {
            list->files[kept++] = list->files[i];
        }
    }
    list->count = kept;
}

bool spoor_file_list_make(spoor_file_list *list, const char *const *paths, size_t npaths,
                          void (*skipped)(void *context, const char *path, const char *why),
                          void *context) {
    *list = (spoor_file_list){0};
    for (size_t i = 0; i < npaths; i++) {
        struct stat info;
        bool ok;
        if (strcmp(paths[i], "-") == 0) {
            ok = add_file(list, "-", -1, true);
        } else if (stat(paths[i], &info) != 0) {
            return refuse(list, paths[i]);
        } else if (S_ISDIR(info.st_mode)) {
            ok = walk(list, paths[i], skipped, context);
        } else {
            ok = add_file(list, paths[i], S_ISREG(info.st_mode) ? (int64_t)info.st_size : -1, true);
        }
        if (!ok) {
            return false;
        }
    }
    if (list->count > 0) {
        qsort(list->files, list->count, sizeof *list->files, order_files);
        remove_doubles(list);
    }
    return true;
}

void spoor_file_list_free(spoor_file_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->files[i].path);
    }
    free(list->files);
    *list = (spoor_file_list){0};
}
