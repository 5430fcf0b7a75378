/* input.c - a path to its members, each a stream: see input.h. */
#include "ingest/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/input_layers.h"
#include "ingest/zip_library.h"

enum {
    MAX_LAYERS = 3, /* of compression, one inside the other */
    COPY_BUFFER = 1 << 16,
};

struct spoor_inputs {
    spoor_input_limits limits;
    spoor_unpacked unpacked;
    int fd;                /* of the path; 0: standard input */
    spoor_zip_library lib; /* loaded where zip is not NULL */
    zip_t *zip;
    int64_t nmembers, next_member;
    spoor_layer *top; /* of the current member; its topmost is a head layer */
    bool is_plain;    /* the member is the file itself */
    int64_t size;
    char error[SPOOR_INPUT_ERROR];
};

static bool fail(spoor_inputs *in, const char *what, const char *why) {
    snprintf(in->error, sizeof in->error, "%s%s", what, why);
    return false;
}

const char *spoor_inputs_error(const spoor_inputs *inputs) {
    return inputs->error;
}

bool spoor_inputs_is_plain(const spoor_inputs *inputs) {
    return inputs->is_plain;
}

static void drop_member(spoor_inputs *in) {
    spoor_layers_close(in->top);
    in->top = NULL;
}

/* -- members of a zip -------------------------------------------------------------------------- */

typedef struct zip_layer {
    spoor_layer layer;
    spoor_unpacked *unpacked;
    const spoor_zip_library *lib;
    zip_file_t *file;
    uint64_t packed, total;
} zip_layer;

static int64_t zip_read(spoor_input *input, void *buffer, size_t size) {
    zip_layer *zip = (zip_layer *)input;
    zip_int64_t n = zip->lib->fread(zip->file, buffer, size);
    if (n < 0) {
        snprintf(input->error, sizeof input->error, "the zip member is damaged: %s",
                 zip->lib->error_strerror(zip->lib->file_get_error(zip->file)));
        return -1;
    }
    zip->total += (uint64_t)n;
    return spoor_unpacked_add(zip->unpacked, (uint64_t)n, zip->packed, zip->total, input->error)
               ? n
               : -1;
}

static void zip_layer_close(spoor_layer *layer) {
    zip_layer *zip = (zip_layer *)layer;
    zip->lib->fclose(zip->file);
    free(zip);
}

static spoor_layer *open_zip_member(spoor_inputs *in, uint64_t index, const zip_stat_t *stat) {
    zip_layer *zip = calloc(1, sizeof *zip);
    if (zip == NULL) {
        fail(in, "out of memory", "");
        return NULL;
    }
    zip->lib = &in->lib;
    zip->file = in->lib.fopen_index(in->zip, index, 0);
    if (zip->file == NULL) {
        fail(in, "the zip member cannot be read: ", in->lib.strerror(in->zip));
        free(zip);
        return NULL;
    }
    zip->layer.input.read = zip_read;
    zip->layer.close = zip_layer_close;
    zip->unpacked = &in->unpacked;
    zip->packed = stat->valid & ZIP_STAT_COMP_SIZE ? stat->comp_size : 0;
    return &zip->layer;
}

static bool open_zip(spoor_inputs *in, int fd) {
    const char *why;
    if (!spoor_zip_library_load(&in->lib, &why)) {
        return fail(in, "a zip cannot be read without libzip: ", why);
    }
    int code = 0;
    int copy = dup(fd);
    if (copy < 0 || lseek(copy, 0, SEEK_SET) < 0) {
        if (copy >= 0) {
            close(copy);
        }
        return fail(in, "cannot be read: ", strerror(errno));
    }
    in->zip = in->lib.fdopen(copy, 0, &code);
    if (in->zip == NULL) {
        close(copy);
        zip_error_t error;
        in->lib.error_init_with_code(&error, code);
        fail(in, "the zip is damaged: ", in->lib.error_strerror(&error));
        in->lib.error_fini(&error);
        return false;
    }
    in->nmembers = in->lib.get_num_entries(in->zip, 0);
    if (in->nmembers > (int64_t)in->limits.max_members) {
        snprintf(in->error, sizeof in->error, "a zip of more than %u members: refused",
                 in->limits.max_members);
        return false;
    }
    return true;
}

/* -- layers ------------------------------------------------------------------------------------ */

static bool has_magic(const unsigned char *bytes, size_t size, const char *magic, size_t len) {
    return size >= len && memcmp(bytes, magic, len) == 0;
}

static bool is_zip(const unsigned char *bytes, size_t size) {
    return has_magic(bytes, size, "PK\3\4", 4) || has_magic(bytes, size, "PK\5\6", 4);
}

/* Put `layer` on top; NULL: memory is out. */
static bool push(spoor_inputs *in, spoor_layer *layer) {
    if (layer == NULL) {
        return fail(in, "out of memory", "");
    }
    in->top = layer;
    return true;
}

/* Compression off, until the bytes are none that we know; the topmost layer is then a head. */
static bool unpack(spoor_inputs *in, const unsigned char **head, size_t *size) {
    for (int depth = 0;; depth++) {
        if (!push(in, spoor_layer_head(in->top))) {
            return false;
        }
        if (!spoor_layer_peek(in->top, head, size)) {
            return fail(in, in->top->input.error, "");
        }
        bool is_gzip = has_magic(*head, *size, "\x1F\x8B\x08", 3);
        bool is_zstd = has_magic(*head, *size, "\x28\xB5\x2F\xFD", 4);
        if (!is_gzip && !is_zstd) {
            return true;
        }
        if (depth == MAX_LAYERS) {
            return fail(in, "compressed more than three times over: refused", "");
        }
        in->is_plain = false;
        in->size = -1;
        if (!push(in, is_gzip ? spoor_layer_gzip(in->top, &in->unpacked)
                              : spoor_layer_zstd(in->top, &in->unpacked))) {
            return false;
        }
    }
}

/* -- spilling ---------------------------------------------------------------------------------- */

/* An unlinked file that only this process can reach; -1: why is in error. */
static int open_temp(spoor_inputs *in) {
    char path[512];
    const char *dir = in->limits.temp_dir != NULL ? in->limits.temp_dir : "/tmp";
    int n = snprintf(path, sizeof path, "%s/spoor-XXXXXX", dir);
    int fd = n > 0 && (size_t)n < sizeof path ? mkstemp(path) : -1;
    if (fd < 0) {
        fail(in, "no temporary file: ", strerror(errno));
        return -1;
    }
    unlink(path);
    return fd;
}

static bool write_all(spoor_inputs *in, int fd, const unsigned char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR) {
            return fail(in, "the temporary file cannot be written: ", strerror(errno));
        }
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The rest of the current member into fd. */
static bool spill(spoor_inputs *in, int fd) {
    unsigned char *buffer = malloc(COPY_BUFFER);
    if (buffer == NULL) {
        return fail(in, "out of memory", "");
    }
    bool ok = true;
    for (;;) {
        int64_t n = in->top->input.read(&in->top->input, buffer, COPY_BUFFER);
        if (n < 0) {
            ok = fail(in, in->top->input.error, "");
        }
        if (n <= 0 || !(ok = write_all(in, fd, buffer, (size_t)n))) {
            break;
        }
    }
    free(buffer);
    return ok;
}

/* -- opening ----------------------------------------------------------------------------------- */

/* A zip that is no plain file (piped, or compressed again) has to be seekable first. */
static bool open_spilled_zip(spoor_inputs *in) {
    int fd = open_temp(in);
    bool ok = fd >= 0 && spill(in, fd) && open_zip(in, fd);
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static bool open_path(spoor_inputs *in, const char *path) {
    struct stat stat;
    bool is_stdin = strcmp(path, "-") == 0;
    in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) {
        return fail(in, "cannot be opened: ", strerror(errno));
    }
    if (!push(in, spoor_layer_file(in->fd, !is_stdin))) {
        if (!is_stdin) {
            close(in->fd);
        }
        return false;
    }
    if (fstat(in->fd, &stat) != 0) {
        return fail(in, "cannot be read: ", strerror(errno));
    }
    if (S_ISDIR(stat.st_mode)) {
        return fail(in, "is a folder", "");
    }
    in->is_plain = S_ISREG(stat.st_mode) && !is_stdin;
    in->size = in->is_plain ? stat.st_size : -1;
    const unsigned char *head;
    size_t size;
    if (!unpack(in, &head, &size)) {
        return false;
    }
    if (!is_zip(head, size)) {
        in->nmembers = 1;
        return true;
    }
    bool ok = in->is_plain ? open_zip(in, in->fd) : open_spilled_zip(in);
    in->is_plain = false;
    drop_member(in);
    return ok;
}

spoor_inputs *spoor_inputs_open(const char *path, const spoor_input_limits *limits,
                                char error[SPOOR_INPUT_ERROR]) {
    spoor_inputs *in = calloc(1, sizeof *in);
    if (in == NULL) {
        snprintf(error, SPOOR_INPUT_ERROR, "out of memory");
        return NULL;
    }
    if (limits != NULL) {
        in->limits = *limits;
    }
    in->limits.max_members = in->limits.max_members == 0 ? 100000 : in->limits.max_members;
    in->unpacked.max_bytes = in->limits.max_bytes == 0 ? (uint64_t)256 << 30 : in->limits.max_bytes;
    in->unpacked.max_ratio = in->limits.max_ratio == 0 ? 1000 : in->limits.max_ratio;
    if (!open_path(in, path)) {
        memcpy(error, in->error, SPOOR_INPUT_ERROR);
        spoor_inputs_close(in);
        return NULL;
    }
    return in;
}

static spoor_input_status next_of_zip(spoor_inputs *in, spoor_member *member) {
    zip_stat_t stat;
    for (;;) {
        if (in->next_member >= in->nmembers) {
            return SPOOR_INPUT_END;
        }
        uint64_t index = (uint64_t)in->next_member++;
        in->lib.stat_init(&stat);
        if (in->lib.stat_index(in->zip, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME)) {
            fail(in, "the zip's directory is damaged: ", in->lib.strerror(in->zip));
            return SPOOR_INPUT_BAD;
        }
        size_t len = strlen(stat.name);
        if (len > 0 && stat.name[len - 1] != '/') { /* no folder */
            member->name = stat.name;
            in->size = stat.valid & ZIP_STAT_SIZE ? (int64_t)stat.size : -1;
            in->top = open_zip_member(in, index, &stat);
            return in->top != NULL ? SPOOR_INPUT_OK : SPOOR_INPUT_BAD;
        }
    }
}

spoor_input_status spoor_inputs_next(spoor_inputs *in, spoor_member *member) {
    *member = (spoor_member){.name = "", .size = -1, .head = (const unsigned char *)""};
    in->error[0] = '\0';
    if (in->zip == NULL) { /* opened already */
        if (in->next_member++ > 0) {
            return SPOOR_INPUT_END;
        }
        spoor_layer_peek(in->top, &member->head, &member->head_size);
        member->size = in->size;
        return SPOOR_INPUT_OK;
    }
    drop_member(in);
    spoor_input_status status = next_of_zip(in, member);
    if (status != SPOOR_INPUT_OK) {
        return status;
    }
    if (!unpack(in, &member->head, &member->head_size)) {
        return SPOOR_INPUT_BAD;
    }
    member->size = in->size;
    if (is_zip(member->head, member->head_size)) {
        fail(in, "a zip inside a zip is not read", "");
        return SPOOR_INPUT_BAD;
    }
    return SPOOR_INPUT_OK;
}

spoor_input *spoor_inputs_stream(spoor_inputs *in) {
    return &in->top->input;
}

void spoor_inputs_close(spoor_inputs *in) {
    if (in == NULL) {
        return;
    }
    drop_member(in);
    if (in->zip != NULL) {
        in->lib.discard(in->zip);
    }
    free(in);
}
