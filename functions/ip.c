/* ip.c - IP addresses from text and back; see ip.h. */
#include "functions/ip.h"

#include <stdio.h>

/* Up to `digits` decimal digits; false: none, or above `most`. */
static bool scan_number(spoor_str text, size_t *at, size_t digits, uint32_t most, uint32_t *value) {
    size_t start = *at;
    *value = 0;
    while (*at < text.len && *at - start < digits && text.ptr[*at] >= '0' && text.ptr[*at] <= '9') {
        *value = *value * 10 + (uint32_t)(text.ptr[(*at)++] - '0');
    }
    return *at > start && *value <= most;
}

size_t spoor_ipv4_scan(spoor_str text, uint32_t *address) {
    size_t at = 0;
    *address = 0;
    for (int octet = 0; octet < 4; octet++) {
        uint32_t value;
        if (octet > 0 && (at == text.len || text.ptr[at++] != '.')) {
            return 0;
        }
        if (!scan_number(text, &at, 3, 255, &value)) {
            return 0;
        }
        *address = *address << 8 | value;
    }
    return at;
}

/* What follows an address: nothing, or `/bits`. */
static bool parse_prefix(spoor_str text, size_t at, uint32_t most, uint32_t *prefix) {
    *prefix = most;
    if (at == text.len) {
        return true;
    }
    if (text.ptr[at++] != '/') {
        return false;
    }
    return scan_number(text, &at, 3, most, prefix) && at == text.len;
}

bool spoor_ipv4_parse(spoor_str text, spoor_ipv4 *ip) {
    size_t at = spoor_ipv4_scan(text, &ip->address);
    return at > 0 && parse_prefix(text, at, 32, &ip->prefix);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The groups of an IPv6 address, as written: `gap` is where "::" stood, 8: nowhere. */
typedef struct groups {
    uint16_t values[8];
    int count, gap;
    bool has_quad; /* the last two were written a.b.c.d */
} groups;

static bool scan_group(spoor_str text, size_t *at, groups *g) {
    spoor_str rest = {text.ptr + *at, text.len - *at};
    uint32_t quad;
    size_t len = spoor_ipv4_scan(rest, &quad);
    if (len > 0) {
        if (g->count > 6) {
            return false;
        }
        g->values[g->count++] = (uint16_t)(quad >> 16);
        g->values[g->count++] = (uint16_t)quad;
        g->has_quad = true;
        *at += len;
        return true;
    }
    uint32_t value = 0;
    size_t digits = 0;
    for (; digits < 4 && digits < rest.len && hex_digit(rest.ptr[digits]) >= 0; digits++) {
        value = value << 4 | (uint32_t)hex_digit(rest.ptr[digits]);
    }
    if (digits == 0 || g->count > 7) {
        return false;
    }
    g->values[g->count++] = (uint16_t)value;
    *at += digits;
    return true;
}

/* Bytes read; 0: no address. */
static size_t scan_groups(spoor_str text, groups *g) {
    size_t at = 0;
    *g = (groups){.gap = 8};
    while (at < text.len && text.ptr[at] != '/') {
        bool is_double = at + 1 < text.len && text.ptr[at] == ':' && text.ptr[at + 1] == ':';
        if (is_double) {
            if (g->gap < 8 || g->has_quad) {
                return 0;
            }
            g->gap = g->count;
            at += 2;
            if (at == text.len || text.ptr[at] == '/') {
                break;
            }
        } else if (g->count > 0 && (g->has_quad || text.ptr[at++] != ':')) {
            return 0;
        }
        if (!scan_group(text, &at, g)) {
            return 0;
        }
    }
    bool is_full = g->gap == 8 ? g->count == 8 : g->count < 8;
    return is_full ? at : 0;
}

bool spoor_ipv4_parse_mapped(spoor_str text, spoor_ipv6 *ip) {
    spoor_ipv4 four;
    if (!spoor_ipv4_parse(text, &four)) {
        return false;
    }
    *ip = (spoor_ipv6){.bytes = {[10] = 0xFF, [11] = 0xFF}, .prefix = four.prefix + 96};
    for (int i = 0; i < 4; i++) {
        ip->bytes[12 + i] = (unsigned char)(four.address >> (24 - 8 * i));
    }
    return true;
}

bool spoor_ipv6_parse(spoor_str text, spoor_ipv6 *ip) {
    if (spoor_ipv4_parse_mapped(text, ip)) {
        return true;
    }
    groups g;
    size_t at = scan_groups(text, &g);
    if (at == 0 || !parse_prefix(text, at, 128, &ip->prefix)) {
        return false;
    }
    int behind = g.gap == 8 ? 0 : g.count - g.gap;
    memset(ip->bytes, 0, sizeof ip->bytes);
    for (int i = 0; i < g.count; i++) {
        int to = i < g.gap ? i : 8 - behind + (i - g.gap);
        ip->bytes[2 * to] = (unsigned char)(g.values[i] >> 8);
        ip->bytes[2 * to + 1] = (unsigned char)g.values[i];
    }
    /* ::a.b.c.d is an IPv4 address in Kusto, and so is its prefix. */
    bool is_compatible = g.has_quad && g.gap == 0 && g.count == 2;
    bool is_mapped = g.has_quad && g.gap == 0 && g.count == 3 && g.values[0] == 0xFFFF;
    if (is_compatible) {
        ip->bytes[10] = ip->bytes[11] = 0xFF;
    }
    if ((is_compatible || is_mapped) && ip->prefix <= 32) {
        ip->prefix += 96;
    }
    return true;
}

void spoor_ipv6_mask(spoor_ipv6 *ip, uint32_t prefix) {
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t bits = prefix > 8 * i ? prefix - 8 * i : 0;
        if (bits < 8) {
            ip->bytes[i] &= (unsigned char)(0xFF00u >> bits);
        }
    }
}

spoor_str spoor_ipv4_print(uint32_t address, char buffer[SPOOR_IPV4_TEXT]) {
    int len = snprintf(buffer, SPOOR_IPV4_TEXT, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                       address >> 8 & 255, address & 255);
    return (spoor_str){buffer, (size_t)len};
}

spoor_str spoor_ipv6_print(const spoor_ipv6 *ip, char buffer[SPOOR_IPV6_TEXT]) {
    static const char digits[] = "0123456789abcdef";
    size_t len = 0;
    for (int i = 0; i < 16; i++) {
        if (i > 0 && i % 2 == 0) {
            buffer[len++] = ':';
        }
        buffer[len++] = digits[ip->bytes[i] >> 4];
        buffer[len++] = digits[ip->bytes[i] & 15];
    }
    return (spoor_str){buffer, len};
}
