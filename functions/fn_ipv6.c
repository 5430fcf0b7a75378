/* fn_ipv6.c - ipv6_*, parse_ipv6: IPv6 addresses, and IPv4 ones as IPv6, compared and printed.
 *
 * A prefix argument counts bits of the IPv6 address, also where the text is
 * IPv4.  Of several prefixes the shortest counts. */
#include "functions/function.h"
#include "functions/ip.h"
#include "functions/text_arg.h"

/* The optional prefix argument; false: out of range. */
static bool prefix_at(const spoor_call *call, const spoor_vec *args, uint32_t arg, uint32_t row,
                      uint32_t *prefix) {
    *prefix = 128;
    if (call->nargs <= arg) {
        return true;
    }
    int64_t given = args[arg].longs[row];
    *prefix = (uint32_t)given;
    return given >= 0 && given <= 128;
}

static uint32_t shorter(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static int compare(spoor_ipv6 a, spoor_ipv6 b, uint32_t prefix) {
    spoor_ipv6_mask(&a, prefix);
    spoor_ipv6_mask(&b, prefix);
    int order = memcmp(a.bytes, b.bytes, sizeof a.bytes);
    return (order > 0) - (order < 0);
}

/* -1, 0, 1; false: null. */
static bool compare_row(const spoor_call *call, const spoor_vec *args, uint32_t row, int *order) {
    spoor_ipv6 a, b;
    uint32_t prefix;
    if (!spoor_ipv6_parse(args[0].strings[row], &a) ||
        !spoor_ipv6_parse(args[1].strings[row], &b) || !prefix_at(call, args, 2, row, &prefix)) {
        return false;
    }
    *order = compare(a, b, shorter(prefix, shorter(a.prefix, b.prefix)));
    return true;
}

static void compare_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int order = 0;
        out->nulls[i] |= !compare_row(call, args, i, &order);
        out->longs[i] = order;
    }
}

static void is_match_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int order = 1;
        out->nulls[i] |= !compare_row(call, args, i, &order);
        out->bools[i] = order == 0;
    }
}

/* In one of the texts of arguments 1 and on: 1, 0, or -1 where one that decides is no address. */
static int is_in_any(spoor_call *call, const spoor_vec *args, uint32_t row) {
    spoor_ipv6 ip, range;
    if (!spoor_ipv6_parse(args[0].strings[row], &ip)) {
        return -1;
    }
    spoor_text_list list = {0};
    for (uint32_t k = 1; k < call->nargs; k++) {
        spoor_value value = spoor_vec_get(&args[k], row);
        spoor_text_list_add_value(call->scratch, &list, &value);
    }
    bool all_valid = true;
    for (uint32_t k = 0; k < list.count; k++) {
        bool ok = spoor_ipv6_parse(list.texts[k], &range);
        if (ok && compare(ip, range, range.prefix) == 0) {
            return 1;
        }
        all_valid &= ok;
    }
    return all_valid ? 0 : -1;
}

static void is_in_range_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int found = is_in_any(call, args, i);
        out->nulls[i] |= found < 0;
        out->bools[i] = found > 0;
    }
}

static void parse_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv6 ip;
        uint32_t prefix;
        if (!spoor_ipv6_parse(args[0].strings[i], &ip) || !prefix_at(call, args, 1, i, &prefix)) {
            continue; /* stays '' */
        }
        spoor_ipv6_mask(&ip, shorter(prefix, ip.prefix));
        char text[SPOOR_IPV6_TEXT];
        out->strings[i] = spoor_arena_str(call->scratch, spoor_ipv6_print(&ip, text));
    }
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define WHOLE SPOOR_T_INTEGER
#define TWO(row_name, of, most, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT, WHOLE}, .min_args = 2, .max_args = most, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_ipv6[] = {
    TWO("ipv6_compare", SPOOR_LONG, 3, compare_eval, "-1, 0 or 1: how two IPv6 or IPv4 addresses compare, under the shortest prefix given.", "ipv6_compare('fe80::1', 'fe80::2')", "-1"),
    TWO("ipv6_is_match", SPOOR_BOOL, 3, is_match_eval, "Whether two IPv6 or IPv4 addresses are equal under the shortest prefix given.", "ipv6_is_match('192.168.1.1', '::ffff:c0a8:0101')", "True"),
    TWO("ipv6_is_in_range", SPOOR_BOOL, 2, is_in_range_eval, "Whether an IPv6 or IPv4 address is in a network.", "ipv6_is_in_range('fe80::85d:e82c:9446:7994', 'fe80::/10')", "True"),
    {.name = "ipv6_is_in_any_range", .args = {TEXT, TEXT | SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL, .eval = is_in_range_eval,
     .summary = "Whether an IPv6 or IPv4 address is in one of some networks.", .example = "ipv6_is_in_any_range('fd00::9', 'fe80::/10', 'fc00::/7')", .value = "True"},
    {.name = "parse_ipv6", .args = {TEXT}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = parse_eval,
     .summary = "An IPv6 or IPv4 address in full as IPv6, cut to its prefix.", .example = "parse_ipv6('192.168.255.255/24')", .value = "0000:0000:0000:0000:0000:ffff:c0a8:ff00"},
    {.name = "parse_ipv6_mask", .args = {TEXT, WHOLE}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .eval = parse_eval,
     .summary = "An IPv6 or IPv4 address in full as IPv6, cut to so many bits of it.", .example = "parse_ipv6_mask('fe80::85d:e82c:9446:7994', 120)", .value = "fe80:0000:0000:0000:085d:e82c:9446:7900"},
    {0},
};
// clang-format on
