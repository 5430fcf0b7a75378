/* fn_compress.c - zlib_* and gzip_*: texts compressed to base64, and back.
 *
 * zlib takes its memory from the arena, so that a result too large to keep
 * leaves as any other does, through the arena's limit, and nothing is lost on
 * the way.  What compression does not shorten is stored, as Kusto does. */
#include <zlib.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/utf8.h"
#include "functions/function.h"

typedef enum wrapping { ZLIB, GZIP } wrapping;

enum {
    RAW_WINDOW = -15, /* deflate without a header: ours are written and read here */
    ZLIB_HEADER = 2,
    GZIP_HEADER = 10,
    CHUNK = 1 << 14,
};

static voidpf take_memory(voidpf arena, uInt count, uInt size) {
    return spoor_arena_push_raw(arena, count, size);
}

static void keep_memory(voidpf arena, voidpf address) { /* the arena's, until it is reset */
    (void)arena;
    (void)address;
}

static void put_number(spoor_buffer *out, uint32_t value, bool big_endian) {
    for (unsigned i = 0; i < 4; i++) {
        spoor_buffer_put_char(out, (char)(value >> 8 * (big_endian ? 3 - i : i)));
    }
}

static uint32_t checksum(spoor_str text, wrapping how) {
    uLong sum = how == ZLIB ? adler32(0, NULL, 0) : crc32(0, NULL, 0);
    const Bytef *bytes = (const Bytef *)text.ptr;
    return (uint32_t)(how == ZLIB
                          ? adler32_z(sum, text.len > 0 ? bytes : (const Bytef *)"", text.len)
                          : crc32_z(sum, text.len > 0 ? bytes : (const Bytef *)"", text.len));
}

/* Appends the text, deflated; false: zlib will not. */
static bool put_deflated(spoor_buffer *out, spoor_str text, int level) {
    z_stream stream = {.zalloc = take_memory, .zfree = keep_memory, .opaque = out->arena};
    if (text.len > UINT32_MAX / 2 ||
        deflateInit2(&stream, level, Z_DEFLATED, RAW_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    uLong most = deflateBound(&stream, text.len);
    stream.next_in = (z_const Bytef *)text.ptr;
    stream.avail_in = (uInt)text.len;
    stream.next_out = (Bytef *)spoor_buffer_reserve(out, most);
    stream.avail_out = (uInt)most;
    bool ok = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out->len += ok ? stream.total_out : 0;
    deflateEnd(&stream);
    return ok;
}

static spoor_str compress_text(spoor_arena *arena, spoor_str text, wrapping how) {
    static const char gzip_header[GZIP_HEADER] = {0x1F, (char)0x8B, 8, 0, 0,
                                                  0,    0,          0, 0, (char)0xFF};
    spoor_buffer out = {.arena = arena};
    spoor_buffer_put(&out,
                     how == ZLIB ? SPOOR_STR("\x78\x01") : (spoor_str){gzip_header, GZIP_HEADER});
    size_t header = out.len;
    if (!put_deflated(&out, text, Z_DEFAULT_COMPRESSION)) {
        return (spoor_str){0};
    }
    if (out.len - header >= text.len) {
        out.len = header;
        if (!put_deflated(&out, text, Z_NO_COMPRESSION)) {
            return (spoor_str){0};
        }
    }
    put_number(&out, checksum(text, how), how == ZLIB);
    if (how == GZIP) {
        put_number(&out, (uint32_t)text.len, false);
    }
    return spoor_base64_encode(arena, spoor_buffer_text(&out));
}

/* Bytes of the header; 0: it is none, or has parts that Kusto does not take. */
static size_t header_length(spoor_str bytes, wrapping how) {
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    if (how == GZIP) {
        bool ok =
            bytes.len >= GZIP_HEADER && p[0] == 0x1F && p[1] == 0x8B && p[2] == 8 && p[3] == 0;
        return ok ? GZIP_HEADER : 0;
    }
    bool ok = bytes.len >= ZLIB_HEADER && (p[0] & 0x0F) == 8 && p[0] >> 4 <= 7 &&
              (p[0] * 256 + p[1]) % 31 == 0 && (p[1] & 0x20) == 0;
    return ok ? ZLIB_HEADER : 0;
}

static bool inflate_all(spoor_buffer *out, spoor_str bytes, size_t *used) {
    z_stream stream = {.zalloc = take_memory, .zfree = keep_memory, .opaque = out->arena};
    if (bytes.len > UINT32_MAX || inflateInit2(&stream, RAW_WINDOW) != Z_OK) {
        return false;
    }
    stream.next_in = (z_const Bytef *)bytes.ptr;
    stream.avail_in = (uInt)bytes.len;
    int status = Z_OK;
    while (status == Z_OK) {
        stream.next_out = (Bytef *)spoor_buffer_reserve(out, CHUNK);
        stream.avail_out = CHUNK;
        status = inflate(&stream, Z_NO_FLUSH);
        out->len += CHUNK - stream.avail_out;
    }
    *used = stream.total_in;
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}

/* '' where anything is wrong. */
static spoor_str decompress_text(spoor_arena *arena, spoor_str base64, wrapping how) {
    spoor_str bytes;
    size_t header, used;
    spoor_buffer out = {.arena = arena};
    if (!spoor_base64_decode(arena, base64, &bytes) || (header = header_length(bytes, how)) == 0) {
        return (spoor_str){0};
    }
    spoor_str body = {bytes.ptr + header, bytes.len - header};
    if (!inflate_all(&out, body, &used)) {
        return (spoor_str){0};
    }
    spoor_buffer trailer = {.arena = arena};
    spoor_str text = spoor_buffer_text(&out);
    put_number(&trailer, checksum(text, how), how == ZLIB);
    if (how == GZIP) {
        put_number(&trailer, (uint32_t)text.len, false);
    }
    spoor_str rest = {body.ptr + used, body.len - used};
    bool ok = spoor_str_eq(rest, spoor_buffer_text(&trailer)) && spoor_utf8_is_valid(text);
    return ok ? text : (spoor_str){0};
}

static wrapping wrapping_of(const spoor_call *call) {
    return call->function->name[0] == 'g' ? GZIP : ZLIB;
}

static void compress_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = compress_text(call->scratch, args[0].strings[i], wrapping_of(call));
    }
}

static void decompress_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = decompress_text(call->scratch, args[0].strings[i], wrapping_of(call));
    }
}

// clang-format off
#define ONE(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_compress[] = {
    ONE("zlib_compress_to_base64_string", compress_eval, "The text compressed by zlib, in base64.", "zlib_compress_to_base64_string('1234567890qwertyuiop')", "eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw=="),
    ONE("zlib_decompress_from_base64_string", decompress_eval, "The text that was compressed by zlib; '' where it was not.", "zlib_decompress_from_base64_string('eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=')", "Test string 123"),
    ONE("gzip_compress_to_base64_string", compress_eval, "The text compressed by gzip, in base64.", "gzip_compress_to_base64_string('1234567890qwertyuiop')", "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA=="),
    ONE("gzip_decompress_from_base64_string", decompress_eval, "The text that was compressed by gzip; '' where it was not.", "gzip_decompress_from_base64_string('H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==')", "1234567890qwertyuiop"),
    {0},
};
// clang-format on
