/* cache_file.c - files of a cache folder: read whole or not at all, written beside and renamed.
 *
 * Several processes may do both at once.  A file is its key, the bytes (under zstd where that helps), and a
 * checksum of all before it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/xxhash.h"
#include "detect/rules_cache.h"
#include "store/pack.h"

enum {
    NAME_BYTES = 16, /* of the key: the file's name */
    MOST_FILES = 16,
    MOST_LISTED = 256,
    MOST_BYTES = 64 << 20,     /* of all files */
    MOST_UNPACKED = 256 << 20, /* of one */
    CHECK_BYTES = 8,
    STALE_SECONDS = 3600, /* of a file that nobody came to rename */
};
#define UNFINISHED "new-"

static bool path_of(const char *folder, const char *kind, const unsigned char *key, char *path,
                    size_t size) {
    char name[2 * NAME_BYTES + 1];
    for (int i = 0; i < NAME_BYTES; i++) {
        snprintf(name + 2 * i, 3, "%02x", key[i]);
    }
    int len = snprintf(path, size, "%s/%s.%s", folder, name, kind);
    return len > 0 && (size_t)len < size;
}

static void write_check(unsigned char *out, spoor_str bytes) {
    uint64_t check = spoor_xxh64(bytes.ptr, bytes.len, 0);
    for (int i = 0; i < CHECK_BYTES; i++) {
        out[i] = (unsigned char)(check >> 8 * i);
    }
}

/* The bytes within a file's; false: it is not whole, or another's. */
static bool unpack(spoor_arena *arena, const unsigned char *key, spoor_str file, spoor_str *bytes) {
    unsigned char check[CHECK_BYTES];
    if (file.len < SPOOR_CACHE_KEY_BYTES + CHECK_BYTES ||
        memcmp(file.ptr, key, SPOOR_CACHE_KEY_BYTES) != 0) {
        return false;
    }
    file.len -= CHECK_BYTES;
    write_check(check, file);
    spoor_packer *packer =
        memcmp(check, file.ptr + file.len, CHECK_BYTES) == 0 ? spoor_packer_new() : NULL;
    if (packer == NULL) {
        return false;
    }
    spoor_bytes_in in =
        spoor_bytes_read(file.ptr + SPOOR_CACHE_KEY_BYTES, file.len - SPOOR_CACHE_KEY_BYTES);
    size_t len = 0;
    const unsigned char *found = spoor_block_decode(packer, &in, MOST_UNPACKED, &len);
    bool has_memory =
        found == NULL || spoor_arena_try_str(arena, (spoor_str){(const char *)found, len}, bytes);
    spoor_packer_free(packer);
    if (!has_memory) {
        spoor_arena_fail(arena);
    }
    return found != NULL;
}

bool spoor_cache_read(const char *folder, const char *kind,
                      const unsigned char key[SPOOR_CACHE_KEY_BYTES], spoor_arena *arena,
                      spoor_str *bytes) {
    char path[4096];
    const char *why;
    spoor_str file;
    bool found = path_of(folder, kind, key, path, sizeof path) && access(path, R_OK) == 0 &&
                 spoor_rules_read_file(arena, path, &file, &why) && unpack(arena, key, file, bytes);
    if (found) {
        utimensat(AT_FDCWD, path, NULL, 0); /* used now */
    }
    return found;
}

/* -- who goes ---------------------------------------------------------------------------------- */

typedef struct listed {
    char name[2 * NAME_BYTES + 16];
    int64_t used, bytes;
} listed;

static int compare_used(const void *a, const void *b) {
    const listed *x = a, *y = b;
    return (x->used < y->used) - (x->used > y->used);
}

static bool is_ours(const char *name) {
    size_t len = strlen(name);
    const char *kind = strchr(name, '.');
    return len < sizeof(((listed *)0)->name) &&
           (strncmp(name, UNFINISHED, sizeof UNFINISHED - 1) == 0 ||
            (kind == name + (ptrdiff_t)2 * NAME_BYTES &&
             (strcmp(kind, ".rules") == 0 || strcmp(kind, ".filters") == 0)));
}

static uint32_t list_files(DIR *dir, listed *files) {
    uint32_t n = 0;
    for (const struct dirent *entry; n < MOST_LISTED && (entry = readdir(dir)) != NULL;) {
        struct stat s;
        if (is_ours(entry->d_name) &&
            fstatat(dirfd(dir), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(s.st_mode)) {
            files[n] = (listed){.used = (int64_t)s.st_mtime, .bytes = (int64_t)s.st_size};
            memcpy(files[n++].name, entry->d_name, strlen(entry->d_name) + 1);
        }
    }
    return n;
}

/* Those that were used last stay. */
static void prune(const char *folder) {
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return;
    }
    listed files[MOST_LISTED];
    uint32_t count = list_files(dir, files), kept = 0;
    int64_t bytes = 0, now = (int64_t)time(NULL);
    qsort(files, count, sizeof *files, compare_used);
    for (uint32_t i = 0; i < count; i++) {
        bool is_unfinished = files[i].name[0] == UNFINISHED[0];
        bool stays = is_unfinished
                         ? files[i].used > now - STALE_SECONDS
                         : ++kept <= MOST_FILES && (bytes += files[i].bytes) <= MOST_BYTES;
        if (!stays) {
            unlinkat(dirfd(dir), files[i].name, 0);
        }
    }
    closedir(dir);
}

/* -- writing ----------------------------------------------------------------------------------- */

/* With the one above it, which is the user's ~/.cache mostly. */
static void make_folder(const char *folder) {
    char above[4096];
    const char *slash = strrchr(folder, '/');
    if (slash != NULL && slash > folder && (size_t)(slash - folder) < sizeof above) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - folder), folder);
        mkdir(above, 0700);
    }
    mkdir(folder, 0700);
}

static bool pack(const unsigned char *key, spoor_str bytes, spoor_bytes *out) {
    spoor_packer *packer = bytes.len <= MOST_UNPACKED ? spoor_packer_new() : NULL;
    if (packer == NULL) {
        return false;
    }
    unsigned char check[CHECK_BYTES];
    spoor_bytes_put(out, key, SPOOR_CACHE_KEY_BYTES);
    spoor_block_encode(packer, out, bytes.ptr, bytes.len);
    spoor_packer_free(packer);
    if (!out->failed) {
        write_check(check, (spoor_str){(const char *)out->ptr, out->len});
        spoor_bytes_put(out, check, sizeof check);
    }
    return !out->failed && out->len <= SPOOR_MAX_RULE_FILE_BYTES;
}

static bool write_file(const char *path, const spoor_bytes *bytes) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *out = file >= 0 ? fdopen(file, "wb") : NULL;
    if (out == NULL) {
        return false;
    }
    bool ok = fwrite(bytes->ptr, 1, bytes->len, out) == bytes->len;
    return fclose(out) == 0 && ok;
}

/* A name that no other process has. */
static bool unfinished_path(const char *folder, char *path, size_t size) {
    uint64_t number;
    return spoor_random_bytes(&number, sizeof number) &&
           snprintf(path, size, "%s/" UNFINISHED "%016llx", folder, (unsigned long long)number) <
               (int)size;
}

void spoor_cache_write(const char *folder, const char *kind,
                       const unsigned char key[SPOOR_CACHE_KEY_BYTES], spoor_str bytes) {
    char path[4096], unfinished[4096];
    spoor_bytes packed = {0};
    make_folder(folder);
    if (path_of(folder, kind, key, path, sizeof path) &&
        unfinished_path(folder, unfinished, sizeof unfinished) && pack(key, bytes, &packed)) {
        if (!write_file(unfinished, &packed) || rename(unfinished, path) != 0) {
            unlink(unfinished);
        }
        prune(folder);
    }
    spoor_bytes_free(&packed);
}
