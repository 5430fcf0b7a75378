/* fn_ip_match.c - ipv4_* and ipv6_* that compare addresses, and find them in networks.
 *
 * Of several prefixes (of either address, and the argument) the shortest
 * counts; one that is an argument of an ipv6_ function counts bits of the IPv6
 * address, also where the text is IPv4.  Text that is no address makes a null. */
#include "functions/function.h"
#include "functions/ip.h"
#include "functions/text_arg.h"

/* What the functions of a version read; IPv4 addresses are compared as the IPv6 ones they map to. */
typedef struct version {
    bool (*parse)(spoor_str text, spoor_ipv6 *ip);
    uint32_t before,
        most; /* bits before those that a prefix argument counts, and how many it may count */
} version;

static const version ipv4 = {spoor_ipv4_parse_mapped, 96, 32}, ipv6 = {spoor_ipv6_parse, 0, 128};

static const char *reads_ipv4(spoor_call *call) {
    call->state = (void *)(uintptr_t)&ipv4;
    return NULL;
}

static const char *reads_ipv6(spoor_call *call) {
    call->state = (void *)(uintptr_t)&ipv6;
    return NULL;
}

static int compare(spoor_ipv6 a, spoor_ipv6 b, uint32_t prefix) {
    spoor_ipv6_mask(&a, prefix);
    spoor_ipv6_mask(&b, prefix);
    int order = memcmp(a.bytes, b.bytes, sizeof a.bytes);
    return (order > 0) - (order < 0);
}

/* -1, 0, 1; false: null. */
static bool compare_row(const spoor_call *call, const spoor_vec *args, uint32_t row, int *order) {
    const version *v = call->state;
    spoor_ipv6 a, b;
    if (!v->parse(args[0].strings[row], &a) || !v->parse(args[1].strings[row], &b)) {
        return false;
    }
    uint32_t prefix = a.prefix < b.prefix ? a.prefix : b.prefix;
    if (call->nargs > 2) {
        int64_t given = args[2].longs[row];
        if (given < 0 || given > v->most) {
            return false;
        }
        uint32_t bits = (uint32_t)given + v->before;
        prefix = bits < prefix ? bits : prefix;
    }
    *order = compare(a, b, prefix);
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
    const version *v = call->state;
    spoor_ipv6 ip, range;
    if (!v->parse(args[0].strings[row], &ip)) {
        return -1;
    }
    spoor_text_list list = {0};
    for (uint32_t k = 1; k < call->nargs; k++) {
        spoor_value value = spoor_vec_get(&args[k], row);
        spoor_text_list_add_value(call->scratch, &list, &value);
    }
    bool all_valid = true;
    for (uint32_t k = 0; k < list.count; k++) {
        bool ok = v->parse(list.texts[k], &range);
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

// clang-format off
#define TEXT SPOOR_T_STRING
#define TWO(row_name, of, most_args, version, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT, SPOOR_T_INTEGER}, .min_args = 2, .max_args = most_args, .result = of, .eval = code, .prepare = version, \
     .summary = text, .example = sample, .value = prints}
#define ANY(row_name, version, text, sample) \
    {.name = row_name, .args = {TEXT, TEXT | SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL, .eval = is_in_range_eval, .prepare = version, \
     .summary = text, .example = sample, .value = "True"}
const spoor_function spoor_fn_ip_match[] = {
    TWO("ipv4_compare", SPOOR_LONG, 3, reads_ipv4, compare_eval, "-1, 0 or 1: how two IPv4 addresses compare as numbers, under the shortest prefix given.", "ipv4_compare('10.0.0.1', '10.0.0.2')", "-1"),
    TWO("ipv4_is_match", SPOOR_BOOL, 3, reads_ipv4, is_match_eval, "Whether two IPv4 addresses are equal under the shortest prefix given.", "ipv4_is_match('192.168.1.1/24', '192.168.1.255')", "True"),
    TWO("ipv4_is_in_range", SPOOR_BOOL, 2, reads_ipv4, is_in_range_eval, "Whether an IPv4 address is in a network.", "ipv4_is_in_range('10.1.2.3', '10.0.0.0/8')", "True"),
    ANY("ipv4_is_in_any_range", reads_ipv4, "Whether an IPv4 address is in one of some networks.", "ipv4_is_in_any_range('10.1.2.3', dynamic(['127.0.0.0/8', '10.0.0.0/8']))"),
    TWO("ipv6_compare", SPOOR_LONG, 3, reads_ipv6, compare_eval, "-1, 0 or 1: how two IPv6 or IPv4 addresses compare, under the shortest prefix given.", "ipv6_compare('fe80::1', 'fe80::2')", "-1"),
    TWO("ipv6_is_match", SPOOR_BOOL, 3, reads_ipv6, is_match_eval, "Whether two IPv6 or IPv4 addresses are equal under the shortest prefix given.", "ipv6_is_match('192.168.1.1', '::ffff:c0a8:0101')", "True"),
    TWO("ipv6_is_in_range", SPOOR_BOOL, 2, reads_ipv6, is_in_range_eval, "Whether an IPv6 or IPv4 address is in a network.", "ipv6_is_in_range('fe80::85d:e82c:9446:7994', 'fe80::/10')", "True"),
    ANY("ipv6_is_in_any_range", reads_ipv6, "Whether an IPv6 or IPv4 address is in one of some networks.", "ipv6_is_in_any_range('fd00::9', 'fe80::/10', 'fc00::/7')"),
    {0},
};
// clang-format on
