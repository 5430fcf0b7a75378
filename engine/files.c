/* files.c - the files that a query may read: those below the folder that --allow-files names.
 *
 * Both the folder and the file are followed to where they really are (symbolic links, ..) before
 * they are compared, and the file is opened by that real name, which may not be a link any more. */
#include "engine/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* malloc'd by realpath(), so copied and freed before anything else can jump. */
static bool real_path(const char *path, char *out, size_t size) {
    char *found = realpath(path, NULL);
    size_t len = found != NULL ? strlen(found) : 0;
    bool fits = found != NULL && len < size;
    if (fits) {
        memcpy(out, found, len + 1);
    }
    free(found);
    return fits;
}

enum { PATH_BYTES = 4096 };

static int open_real(const char *path, size_t most, size_t *size, const char **problem) {
    struct stat info;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        *problem = "it cannot be opened";
        return -1;
    }
    *problem = NULL;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        *problem = "it is no plain file";
    } else if ((uint64_t)info.st_size > most) {
        *problem = "it is too large; ingest reads large files";
    }
    if (*problem != NULL) {
        close(file);
        return -1;
    }
    *size = (size_t)info.st_size;
    return file;
}

bool spoor_files_read(spoor_arena *arena, const char *folder, spoor_str name, size_t most,
                      spoor_str *bytes, const char **problem) {
    char root[PATH_BYTES], path[PATH_BYTES], wanted[PATH_BYTES];
    if (folder == NULL) {
        *problem = "no folder is allowed; --allow-files DIR allows one";
        return false;
    }
    if (!real_path(folder, root, sizeof root)) {
        *problem = "the folder of --allow-files is not there";
        return false;
    }
    size_t root_len = strlen(root), at = 0;
    bool is_absolute = name.len > 0 && name.ptr[0] == '/';
    if (name.len == 0 || memchr(name.ptr, '\0', name.len) != NULL ||
        root_len + name.len + 2 > sizeof wanted) {
        *problem = "its name is no path";
        return false;
    }
    if (!is_absolute) {
        memcpy(wanted, root, root_len);
        wanted[root_len] = '/';
        at = root_len + 1;
    }
    memcpy(wanted + at, name.ptr, name.len);
    wanted[at + name.len] = '\0';
    bool is_there = real_path(wanted, path, sizeof path);
    bool is_below =
        is_there && strncmp(path, root, root_len) == 0 && (path[root_len] == '/' || root_len == 1);
    if (!is_below) { /* one answer: what there is elsewhere is not told */
        *problem = "it is not there, or not below the folder of --allow-files";
        return false;
    }
    size_t size = 0, used = 0;
    int file = open_real(path, most, &size, problem);
    if (file < 0) {
        return false;
    }
    close(file); /* nothing is owned when memory is asked for, which may jump */
    char *text = spoor_arena_push(arena, size + 1, 1);
    file = open_real(path, most, &(size_t){0}, problem);
    if (file < 0) {
        return false;
    }
    for (ssize_t n = 1; n > 0 && used<size; used += n> 0 ? (size_t)n : 0) {
        n = read(file, text + used, size - used);
    }
    close(file);
    text[used] = '\0';
    *bytes = (spoor_str){text, used};
    return true;
}
