/* fn_ip.c - IP addresses to numbers and to text: parse_ipv4, parse_ipv6, format_ipv4 ...
 *
 * Text that is no address makes a null (or '').  Of a prefix of the address and
 * one that is an argument the shorter counts; that of parse_ipv6_mask counts
 * bits of the IPv6 address, also where the text is IPv4. */
#include "base/buffer.h"
#include "functions/function.h"
#include "functions/ip.h"
#include "types/dynamic.h"

/* The optional prefix in the second argument; false: out of range. */
static bool prefix_at(const spoor_call *call, const spoor_vec *args, uint32_t row, uint32_t most,
                      uint32_t *prefix) {
    int64_t given = call->nargs > 1 ? args[1].longs[row] : most;
    *prefix = (uint32_t)given;
    return given >= 0 && given <= most;
}

static uint32_t shorter(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* -- networks ---------------------------------------------------------------------------------- */

static void is_private_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    /* RFC 1918 */
    static const spoor_ipv4 private_ranges[] = {
        {0x0A000000, 8}, {0xAC100000, 12}, {0xC0A80000, 16}};
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv4 ip;
        if (!spoor_ipv4_parse(args[0].strings[i], &ip)) {
            out->nulls[i] = 1;
            continue;
        }
        ip.address = spoor_ipv4_mask(ip.address, ip.prefix);
        for (size_t k = 0; k < sizeof private_ranges / sizeof *private_ranges; k++) {
            const spoor_ipv4 *range = &private_ranges[k];
            out->bools[i] |= spoor_ipv4_mask(ip.address, range->prefix) == range->address;
        }
    }
}

/* The fewest blocks that cover first..last, in order. */
static spoor_str cidr_list(spoor_arena *arena, uint64_t first, uint64_t last) {
    spoor_dynamic_builder list;
    spoor_dynamic_init(&list, arena);
    spoor_dynamic_open(&list, '[');
    while (first <= last) {
        uint32_t bits = 0; /* of the block: aligned at first, and not past last */
        while (bits < 32 && first % (UINT64_C(2) << bits) == 0 &&
               first + (UINT64_C(2) << bits) - 1 <= last) {
            bits++;
        }
        char text[SPOOR_IPV4_TEXT];
        spoor_str address = spoor_ipv4_print((uint32_t)first, text);
        spoor_dynamic_add_text(
            &list, spoor_arena_format(arena, "%.*s/%u", (int)address.len, address.ptr, 32 - bits));
        first += UINT64_C(1) << bits;
    }
    spoor_dynamic_close(&list);
    return spoor_dynamic_finish(&list);
}

static void cidr_list_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv4 first, last;
        bool ok = spoor_ipv4_parse(args[0].strings[i], &first) &&
                  spoor_ipv4_parse(args[1].strings[i], &last);
        out->nulls[i] |= !ok;
        if (ok) {
            out->strings[i] = cidr_list(call->scratch, first.address, last.address);
        }
    }
}

/* -- to numbers and to text -------------------------------------------------------------------- */

static void parse_ipv4_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv4 ip = {0};
        uint32_t prefix;
        bool ok =
            spoor_ipv4_parse(args[0].strings[i], &ip) && prefix_at(call, args, i, 32, &prefix);
        out->nulls[i] |= !ok;
        out->longs[i] = ok ? spoor_ipv4_mask(ip.address, shorter(prefix, ip.prefix)) : 0;
    }
}

static void parse_ipv6_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv6 ip;
        uint32_t prefix;
        if (!spoor_ipv6_parse(args[0].strings[i], &ip) || !prefix_at(call, args, i, 128, &prefix)) {
            continue; /* stays '' */
        }
        spoor_ipv6_mask(&ip, shorter(prefix, ip.prefix));
        char text[SPOOR_IPV6_TEXT];
        out->strings[i] = spoor_arena_str(call->scratch, spoor_ipv6_print(&ip, text));
    }
}

static void netmask_suffix_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv4 ip = {0};
        out->nulls[i] |= !spoor_ipv4_parse(args[0].strings[i], &ip);
        out->longs[i] = out->nulls[i] ? 0 : ip.prefix;
    }
}

/* An address as text, or as a number. */
static bool address_at(const spoor_vec *vec, uint32_t row, spoor_ipv4 *ip) {
    if (vec->type == SPOOR_STRING) {
        return spoor_ipv4_parse(vec->strings[row], ip);
    }
    int64_t number = vec->longs[row];
    *ip = (spoor_ipv4){(uint32_t)number, 32};
    return number >= 0 && number <= UINT32_MAX;
}

static void format_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                        bool with_prefix) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_ipv4 ip;
        uint32_t prefix;
        if (!address_at(&args[0], i, &ip) || !prefix_at(call, args, i, 32, &prefix)) {
            continue; /* stays '' */
        }
        prefix = shorter(prefix, ip.prefix);
        char text[SPOOR_IPV4_TEXT];
        spoor_str address = spoor_ipv4_print(spoor_ipv4_mask(ip.address, prefix), text);
        out->strings[i] = with_prefix ? spoor_arena_format(call->scratch, "%.*s/%u",
                                                           (int)address.len, address.ptr, prefix)
                                      : spoor_arena_str(call->scratch, address);
    }
}

static void format_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    format_rows(call, rows, args, out, false);
}

static void format_mask_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    format_rows(call, rows, args, out, true);
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define WHOLE SPOOR_T_INTEGER
#define ONE(row_name, of, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT}, .min_args = 1, .max_args = 1, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define TWO(row_name, of, most, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT, WHOLE}, .min_args = 2, .max_args = most, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define FORMAT(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT | WHOLE, WHOLE}, .min_args = 1, .max_args = 2, .result = SPOOR_STRING, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_ip[] = {
    ONE("ipv4_is_private", SPOOR_BOOL, is_private_eval, "Whether an IPv4 address is of a private network: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.", "ipv4_is_private('172.31.0.9')", "True"),
    ONE("ipv4_netmask_suffix", SPOOR_LONG, netmask_suffix_eval, "The prefix of an IPv4 address, 32 when it has none.", "ipv4_netmask_suffix('10.0.0.0/8')", "8"),
    TWO("ipv4_range_to_cidr_list", SPOOR_DYNAMIC, 2, cidr_list_eval, "The networks that together are the addresses from the first to the second.", "ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')", "[\"1.1.128.0/21\",\"1.1.136.0/22\",\"1.1.140.0/24\"]"),
    ONE("parse_ipv4", SPOOR_LONG, parse_ipv4_eval, "An IPv4 address as a number, cut to its prefix.", "parse_ipv4('192.168.1.1/24')", "3232235776"),
    {.name = "parse_ipv4_mask", .args = {TEXT, WHOLE}, .min_args = 2, .max_args = 2, .result = SPOOR_LONG, .eval = parse_ipv4_eval,
     .summary = "An IPv4 address as a number, cut to so many bits.", .example = "parse_ipv4_mask('127.0.0.1', 24)", .value = "2130706432"},
    {.name = "parse_ipv6", .args = {TEXT}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = parse_ipv6_eval,
     .summary = "An IPv6 or IPv4 address in full as IPv6, cut to its prefix.", .example = "parse_ipv6('192.168.255.255/24')", .value = "0000:0000:0000:0000:0000:ffff:c0a8:ff00"},
    {.name = "parse_ipv6_mask", .args = {TEXT, WHOLE}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .eval = parse_ipv6_eval,
     .summary = "An IPv6 or IPv4 address in full as IPv6, cut to so many bits of it.", .example = "parse_ipv6_mask('fe80::85d:e82c:9446:7994', 120)", .value = "fe80:0000:0000:0000:085d:e82c:9446:7900"},
    FORMAT("format_ipv4", format_eval, "An IPv4 address, text or number, as text, cut to so many bits.", "format_ipv4(3232235777, 24)", "192.168.1.0"),
    FORMAT("format_ipv4_mask", format_mask_eval, "An IPv4 address, text or number, as text with its prefix.", "format_ipv4_mask('192.168.1.1', 24)", "192.168.1.0/24"),
    {0},
};
// clang-format on
