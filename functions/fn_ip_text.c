/* fn_ip_text.c - has_ipv4, has_ipv4_prefix and their has_any_ forms: IPv4 addresses inside a text.
 *
 * An address counts where it is whole, a.b.c.d, with neither a letter nor a
 * digit before and behind it.  A prefix is an address, or the first numbers of
 * one each followed by a dot; what is neither is in no text. */
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/ip.h"
#include "functions/text_arg.h"

static bool is_address(spoor_str text) {
    uint32_t address;
    return text.len > 0 && spoor_ipv4_scan(text, &address) == text.len;
}

static bool is_prefix(spoor_str text) {
    if (text.len == 0 || text.len >= SPOOR_IPV4_TEXT || text.ptr[text.len - 1] != '.') {
        return is_address(text);
    }
    char full[SPOOR_IPV4_TEXT + 6]; /* 10.1. is a prefix where 10.1.0.0 is an address */
    memcpy(full, text.ptr, text.len);
    size_t len = text.len, dots = 0;
    for (size_t i = 0; i < text.len; i++) {
        dots += text.ptr[i] == '.';
    }
    for (; dots < 3; dots++) {
        full[len++] = '0';
        full[len++] = '.';
    }
    full[len++] = '0';
    return is_address((spoor_str){full, len});
}

static bool is_alnum_before(spoor_str text, size_t at) {
    const char *place = text.ptr + at;
    return at > 0 && spoor_is_alnum(spoor_utf8_before(text.ptr, &place));
}

static bool is_alnum_at(spoor_str text, size_t at) {
    const char *place = text.ptr + at;
    return at < text.len && spoor_is_alnum(spoor_utf8_next(&place, text.ptr + text.len));
}

/* Is there an address that starts with (or is) one of the needles, all of which are valid? */
static bool has_address(spoor_str text, const spoor_text_list *needles, bool whole) {
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] < '0' || text.ptr[at] > '9' || is_alnum_before(text, at)) {
            continue;
        }
        uint32_t address;
        spoor_str found = {text.ptr + at, text.len - at};
        found.len = spoor_ipv4_scan(found, &address);
        if (found.len == 0 || is_alnum_at(text, at + found.len)) {
            continue;
        }
        for (uint32_t k = 0; k < needles->count; k++) {
            spoor_str needle = needles->texts[k];
            bool exact = whole || needle.ptr[needle.len - 1] != '.';
            if (needle.len <= found.len && (!exact || needle.len == found.len) &&
                memcmp(needle.ptr, found.ptr, needle.len) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Those of the arguments from the second on that can be found at all. */
static spoor_text_list valid_needles(spoor_arena *arena, const spoor_value *values, uint32_t count,
                                     bool whole) {
    spoor_text_list all = {0}, valid = {0};
    for (uint32_t k = 0; k < count; k++) {
        spoor_text_list_add_value(arena, &all, &values[k]);
    }
    for (uint32_t k = 0; k < all.count; k++) {
        if (whole ? is_address(all.texts[k]) : is_prefix(all.texts[k])) {
            spoor_text_list_add(arena, &valid, all.texts[k]);
        }
    }
    return valid;
}

static bool wants_whole(const spoor_call *call) {
    return strstr(call->function->name, "_prefix") == NULL;
}

static const char *prepare_needles(spoor_call *call) {
    spoor_value *values = SPOOR_NEW_ARRAY(call->arena, spoor_value, call->nargs);
    for (uint32_t k = 1; k < call->nargs; k++) {
        if (call->constants[k] == NULL) {
            return NULL;
        }
        values[k - 1] = *call->constants[k];
    }
    spoor_text_list *list = SPOOR_NEW(call->arena, spoor_text_list);
    *list = valid_needles(call->arena, values, call->nargs - 1, wants_whole(call));
    call->state = list;
    return NULL;
}

static void has_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    bool whole = wants_whole(call);
    const spoor_text_list *fixed = call->state;
    spoor_value *values = SPOOR_NEW_ARRAY(call->scratch, spoor_value, call->nargs);
    for (uint32_t i = 0; i < rows; i++) {
        spoor_text_list varying = {0};
        if (fixed == NULL) {
            for (uint32_t k = 1; k < call->nargs; k++) {
                values[k - 1] = spoor_vec_get(&args[k], i);
            }
            varying = valid_needles(call->scratch, values, call->nargs - 1, whole);
        }
        out->bools[i] = has_address(args[0].strings[i], fixed != NULL ? fixed : &varying, whole);
    }
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define HAS(row_name, most, of, text, sample, prints) \
    {.name = row_name, .args = {TEXT, of}, .min_args = 2, .max_args = most, .result = SPOOR_BOOL, .eval = has_eval, \
     .prepare = prepare_needles, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_ip_text[] = {
    HAS("has_ipv4", 2, TEXT, "Whether the text holds an IPv4 address.", "has_ipv4('GET from 127.0.0.1:80', '127.0.0.1')", "True"),
    HAS("has_any_ipv4", SPOOR_VARIADIC, TEXT | SPOOR_T_DYNAMIC, "Whether the text holds one of some IPv4 addresses.", "has_any_ipv4('GET from 127.0.0.1', dynamic(['10.0.0.1', '127.0.0.1']))", "True"),
    HAS("has_ipv4_prefix", 2, TEXT, "Whether the text holds an IPv4 address that begins so.", "has_ipv4_prefix('GET from 127.0.0.1', '127.0.')", "True"),
    HAS("has_any_ipv4_prefix", SPOOR_VARIADIC, TEXT | SPOOR_T_DYNAMIC, "Whether the text holds an IPv4 address that begins with one of some prefixes.", "has_any_ipv4_prefix('GET from 127.0.0.1', '10.', '192.168.')", "False"),
    {0},
};
// clang-format on
