/* fn_punycode.c - punycode_*: texts and host names with letters beyond ASCII, encoded and back. */
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/punycode.h"

/* One label of a domain; false: it cannot be. */
typedef bool label_coder(spoor_buffer *out, spoor_str label);

static bool encode_label(spoor_buffer *out, spoor_str label) {
    if (spoor_is_ascii(label)) {
        spoor_buffer_put(out, label);
        return true;
    }
    spoor_buffer_put(out, SPOOR_STR("xn--"));
    return spoor_punycode_encode(out, label);
}

static bool decode_label(spoor_buffer *out, spoor_str label) {
    bool is_encoded = label.len >= 4 && (label.ptr[0] | 0x20) == 'x' &&
                      (label.ptr[1] | 0x20) == 'n' && label.ptr[2] == '-' && label.ptr[3] == '-';
    if (!is_encoded) {
        spoor_buffer_put(out, label);
        return true;
    }
    return spoor_punycode_decode(out, (spoor_str){label.ptr + 4, label.len - 4});
}

static bool is_dot(uint32_t code_point) { /* RFC 3490, 3.1 */
    return code_point == '.' || code_point == 0x3002 || code_point == 0xFF0E ||
           code_point == 0xFF61;
}

/* Label by label, whatever dots are between them; '' where one cannot be. */
static spoor_str code_domain(spoor_arena *arena, spoor_str domain, label_coder *code) {
    spoor_buffer out = {.arena = arena};
    domain = domain.ptr != NULL ? domain : SPOOR_STR("");
    const char *start = domain.ptr, *end = domain.ptr + domain.len;
    for (const char *at = start; at < end;) {
        const char *before = at;
        if (is_dot(spoor_utf8_next(&at, end))) {
            if (!code(&out, (spoor_str){start, (size_t)(before - start)})) {
                return (spoor_str){0};
            }
            spoor_buffer_put_char(&out, '.');
            start = at;
        }
    }
    bool ok = code(&out, (spoor_str){start, (size_t)(end - start)});
    return ok ? spoor_buffer_text(&out) : (spoor_str){0};
}

static void domain_encode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = code_domain(call->scratch, args[0].strings[i], encode_label);
    }
}

static void domain_decode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = code_domain(call->scratch, args[0].strings[i], decode_label);
    }
}

static void code_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      label_coder *code) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_buffer text = {.arena = call->scratch};
        bool ok = code(&text, args[0].strings[i]);
        out->strings[i] = ok ? spoor_buffer_text(&text) : (spoor_str){0};
    }
}

static void encode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    code_rows(call, rows, args, out, spoor_punycode_encode);
}

static void decode_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    code_rows(call, rows, args, out, spoor_punycode_decode);
}

// clang-format off
#define ONE(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_punycode[] = {
    ONE("punycode_from_string", encode_eval, "The text in punycode.", "punycode_from_string('acad\u00E9mie-fran\u00E7aise')", "acadmie-franaise-npb1a"),
    ONE("punycode_to_string", decode_eval, "The text that punycode stands for; '' where it is none.", "punycode_to_string('acadmie-franaise-npb1a')", "acad\u00E9mie-fran\u00E7aise"),
    ONE("punycode_domain_to_string", domain_encode_eval, "A host name with those of its labels that need it in punycode.", "punycode_domain_to_string('b\u00FCcher.example')", "xn--bcher-kva.example"),
    ONE("punycode_domain_from_string", domain_decode_eval, "The host name that one in punycode stands for; '' where it is none.", "punycode_domain_from_string('xn--bcher-kva.example')", "b\u00FCcher.example"),
    {0},
};
// clang-format on
