/* test_input.c - opening by content: plain, gzip, Zstandard, both, zip; bombs and damage refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

#include "ingest/input.h"
#include "tests/unit/unit.h"

void test_input(void);

static char path[] = "/tmp/spoor-test-XXXXXX";

enum { BIG = 66 << 20 };

static spoor_str gzip(spoor_str plain) {
    z_stream z = {0};
    uLong bound = compressBound(plain.len) + 64;
    char *out = SPOOR_RAW_ARRAY(unit_arena(), char, bound);
    CHECK(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)bound;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return (spoor_str){out, z.total_out};
}

static spoor_str zstd(spoor_str plain) {
    size_t bound = ZSTD_compressBound(plain.len);
    char *out = SPOOR_RAW_ARRAY(unit_arena(), char, bound);
    return (spoor_str){out, ZSTD_compress(out, bound, plain.ptr, plain.len, 1)};
}

static spoor_str join(spoor_str a, spoor_str b) {
    char *out = SPOOR_RAW_ARRAY(unit_arena(), char, a.len + b.len);
    memcpy(out, a.ptr, a.len);
    memcpy(out + a.len, b.ptr, b.len);
    return (spoor_str){out, a.len + b.len};
}

static void write_file(spoor_str bytes) {
    FILE *file = fopen(path, "wb");
    if (CHECK(file != NULL)) {
        CHECK(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
        fclose(file);
    }
}

static spoor_str read_all(spoor_input *input) {
    char *out = SPOOR_RAW_ARRAY(unit_arena(), char, 1 << 16);
    size_t size = 0;
    int64_t n;
    while ((n = input->read(input, out + size, size < 100 ? 7 : 1000)) > 0) {
        size += (size_t)n;
    }
    return n < 0 ? (spoor_str){"error", 5} : (spoor_str){out, size};
}

/* The file holds one member with this text. */
static void check_one(spoor_str file, const char *want, int64_t size) {
    char error[SPOOR_INPUT_ERROR];
    spoor_member member;
    write_file(file);
    spoor_inputs *in = spoor_inputs_open(path, NULL, error);
    if (CHECK(in != NULL)) {
        CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_OK);
        CHECK_STR(spoor_str_from(member.name), "");
        CHECK_LONG(member.size, size);
        CHECK_STR(((spoor_str){(const char *)member.head, member.head_size}), want);
        CHECK_STR(read_all(spoor_inputs_stream(in)), want);
        CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_END);
        spoor_inputs_close(in);
    }
}

/* How much there is, -1 after an error; *all_zero: and nothing but zeros. */
static int64_t count_bytes(spoor_input *input, bool *all_zero) {
    static unsigned char buffer[1 << 16];
    int64_t total = 0, n;
    while ((n = input->read(input, buffer, sizeof buffer)) > 0) {
        total += n;
        for (int64_t i = 0; all_zero != NULL && i < n; i++) {
            *all_zero &= buffer[i] == 0;
        }
    }
    return n < 0 ? -1 : total;
}

/* Opening, or reading to the end, fails and says this. */
static void check_refused(spoor_str file, const spoor_input_limits *limits, const char *want) {
    char error[SPOOR_INPUT_ERROR] = "";
    spoor_member member;
    write_file(file);
    spoor_inputs *in = spoor_inputs_open(path, limits, error);
    if (in != NULL) {
        const char *said = spoor_inputs_error(in);
        if (spoor_inputs_next(in, &member) == SPOOR_INPUT_OK) {
            spoor_input *input = spoor_inputs_stream(in);
            CHECK(count_bytes(input, NULL) < 0);
            said = input->error;
        }
        snprintf(error, sizeof error, "%s", said);
        spoor_inputs_close(in);
    }
    CHECK_STR(spoor_str_from(error), want);
}

static spoor_str make_zip(const spoor_str *members, const char *const *names, int n) {
    int code;
    unlink(path);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    for (int i = 0; i < n; i++) {
        if (names[i][strlen(names[i]) - 1] == '/') {
            CHECK(zip_dir_add(zip, names[i], 0) >= 0);
        } else {
            CHECK(zip_file_add(zip, names[i],
                               zip_source_buffer(zip, members[i].ptr, members[i].len, 0), 0) >= 0);
        }
    }
    CHECK(zip_close(zip) == 0);
    char *bytes = SPOOR_RAW_ARRAY(unit_arena(), char, 1 << 16);
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(bytes, 1, 1 << 16, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    return (spoor_str){bytes, size};
}

static void check_zip(spoor_str zip, spoor_str first) {
    char error[SPOOR_INPUT_ERROR];
    spoor_member member;
    write_file(zip);
    spoor_inputs *in = spoor_inputs_open(path, NULL, error);
    if (!CHECK(in != NULL)) {
        return;
    }
    CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_OK);
    CHECK_STR(spoor_str_from(member.name), "d/a.txt");
    CHECK_LONG(member.size, (int64_t)first.len);
    CHECK(spoor_str_eq(read_all(spoor_inputs_stream(in)), first));
    CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_OK);
    CHECK_LONG(member.size, -1);
    CHECK_STR(read_all(spoor_inputs_stream(in)), "inner");
    CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_BAD);
    CHECK_STR(spoor_str_from(spoor_inputs_error(in)), "a zip inside a zip is not read");
    CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_OK);
    CHECK_STR(spoor_str_from(member.name), "z.txt");
    CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_END);
    spoor_inputs_close(in);
}

static void test_zip(void) {
    spoor_str text = SPOOR_STR("hello");
    spoor_str inner = make_zip(&text, (const char *const[]){"x"}, 1);
    spoor_str members[] = {{"", 0}, text, gzip(SPOOR_STR("inner")), inner, SPOOR_STR("last")};
    const char *const names[] = {"d/", "d/a.txt", "b.gz", "c.zip", "z.txt"};
    spoor_str zip = make_zip(members, names, 5);
    check_zip(zip, text);
    check_zip(gzip(zip), text); /* not seekable until it is spilled */
    check_refused(gzip(zip), &(spoor_input_limits){.temp_dir = "/nowhere"},
                  "no temporary file: No such file or directory");
    check_refused((spoor_str){zip.ptr, zip.len / 2}, NULL, "the zip is damaged: Not a zip archive");
    check_refused(zip, &(spoor_input_limits){.max_members = 2},
                  "a zip of more than 2 members: refused");
}

/* What unpacks to much passes through; bombs do not. */
static void test_big(void) {
    char *zeros = SPOOR_NEW_ARRAY(unit_arena(), char, BIG);
    spoor_str packed = gzip((spoor_str){zeros, BIG});
    char error[SPOOR_INPUT_ERROR];
    spoor_member member;
    write_file(packed);
    spoor_inputs *in = spoor_inputs_open(path, NULL, error);
    if (CHECK(in != NULL)) {
        CHECK_LONG(spoor_inputs_next(in, &member), SPOOR_INPUT_OK);
        bool all_zero = true;
        CHECK_LONG(count_bytes(spoor_inputs_stream(in), &all_zero), BIG);
        CHECK(all_zero);
        spoor_inputs_close(in);
    }
    check_refused(packed, &(spoor_input_limits){.max_bytes = 1000},
                  "unpacks to more than 1000 bytes: refused");
    spoor_str four = join(join(packed, packed), join(packed, packed)); /* 264 MB of zeros */
    check_refused(four, &(spoor_input_limits){.max_ratio = 100},
                  "unpacks to more than 100 times its size: refused as an archive bomb");
}

void test_input(void) {
    int fd = mkstemp(path);
    if (!CHECK(fd >= 0)) {
        return;
    }
    close(fd);
    spoor_str text = SPOOR_STR("some bytes of a log\n");
    check_one(text, text.ptr, (int64_t)text.len);
    check_one(SPOOR_STR(""), "", 0);
    check_one(gzip(text), text.ptr, -1);
    check_one(zstd(text), text.ptr, -1);
    check_one(gzip(zstd(text)), text.ptr, -1);
    check_one(join(gzip(SPOOR_STR("some bytes ")), gzip(SPOOR_STR("of a log\n"))), text.ptr, -1);
    check_one(join(zstd(SPOOR_STR("some bytes ")), zstd(SPOOR_STR("of a log\n"))), text.ptr, -1);
    check_one(join(gzip(text), SPOOR_STR("\0\0\0\0")), text.ptr, -1);
    spoor_str packed = gzip(text), framed = zstd(text);
    check_refused((spoor_str){packed.ptr, packed.len - 9}, NULL, "the gzip data ends too early");
    check_refused((spoor_str){framed.ptr, framed.len - 3}, NULL,
                  "the Zstandard data ends too early");
    check_refused(gzip(gzip(gzip(gzip(text)))), NULL,
                  "compressed more than three times over: refused");
    test_zip();
    test_big();
    unlink(path);
    char error[SPOOR_INPUT_ERROR];
    CHECK(spoor_inputs_open("/nowhere/x", NULL, error) == NULL);
    CHECK_STR(spoor_str_from(error), "cannot be opened: No such file or directory");
    CHECK(spoor_inputs_open("/tmp", NULL, error) == NULL);
    CHECK_STR(spoor_str_from(error), "is a folder");
}
