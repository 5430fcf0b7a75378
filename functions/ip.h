/* ip.h - IPv4 and IPv6 addresses from text and back, with prefixes, as Kusto reads them.
 *
 * An address may carry `/bits`; the bits behind the prefix are cut off by
 * whoever compares or prints.  In IPv6 functions an IPv4 address is the mapped
 * one, ::ffff:a.b.c.d, and its prefix counts 96 bits more. */
#ifndef SPOOR_FUNCTIONS_IP_H
#define SPOOR_FUNCTIONS_IP_H

#include <stdint.h>

#include "base/str.h"

typedef struct spoor_ipv4 {
    uint32_t address;
    uint32_t prefix; /* 0..32 */
} spoor_ipv4;

typedef struct spoor_ipv6 {
    unsigned char bytes[16]; /* as on the wire */
    uint32_t prefix;         /* 0..128 */
} spoor_ipv6;

enum { SPOOR_IPV4_TEXT = 16, SPOOR_IPV6_TEXT = 40 };

/* Whole text is an address, with or without a prefix. */
bool spoor_ipv4_parse(spoor_str text, spoor_ipv4 *ip);
bool spoor_ipv6_parse(spoor_str text, spoor_ipv6 *ip);        /* IPv4 too */
bool spoor_ipv4_parse_mapped(spoor_str text, spoor_ipv6 *ip); /* IPv4 alone */
/* The address a.b.c.d that the text begins with: bytes read; 0: none. */
size_t spoor_ipv4_scan(spoor_str text, uint32_t *address);

static inline uint32_t spoor_ipv4_mask(uint32_t address, uint32_t prefix) {
    return prefix == 0 ? 0 : address & (UINT32_MAX << (32 - prefix));
}
void spoor_ipv6_mask(spoor_ipv6 *ip, uint32_t prefix);

spoor_str spoor_ipv4_print(uint32_t address, char buffer[SPOOR_IPV4_TEXT]);
/* All eight groups of four digits, lower case: Kusto's canonical form. */
spoor_str spoor_ipv6_print(const spoor_ipv6 *ip, char buffer[SPOOR_IPV6_TEXT]);

#endif
