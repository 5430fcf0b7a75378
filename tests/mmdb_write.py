#!/usr/bin/env python3
"""Writes tests/data/places.mmdb: mmdb_write.py FILE [--bits 24|28|32] [--ipv4]

A MaxMind database (format 2) of a few networks that exist in documentation only.  Values are written once and pointed to,
as MaxMind's own files do; IPv4 networks stand below 96 zero bits, and ::ffff:0:0/96 leads there, too."""
import ipaddress
import struct
import sys

LOWER = {'city': {'names': {'de': 'Unterbeispiel', 'en': 'Lower Example'}}, 'country': {'iso_code': 'EX', 'names': {'en': 'Exampleland'}},
         'location': {'accuracy_radius': 20, 'latitude': 12.5, 'longitude': -45.25}, 'subdivisions': [{'names': {'en': 'South'}}, {'names': {'en': 'not this'}}]}
PLACES = [
    ('192.0.2.0/24', LOWER),
    ('192.0.2.128/25', {'country': {'names': {'en': 'Exampleland'}}, 'location': {'latitude': 0.0, 'longitude': 180.0}}),
    ('198.51.100.0/25', {'registered_country': {'names': {'en': 'Elsewhere'}}}),
    ('203.0.113.7/32', {'city': {'names': {'en': 'Ünïcode \u0001 City'}}, 'country': 'a text where a map belongs', 'location': {'latitude': True}}),
    ('2001:db8::/32', {'city': {'names': {'en': 'Six'}}, 'country': {'names': {'en': 'Exampleland'}}, 'subdivisions': []}),
]


class Values:
    def __init__(self):
        self.bytes, self.places = b'', {}

    def control(self, kind, size):
        head = (kind << 5 if kind < 8 else 0)
        more = bytes([kind - 7]) if kind >= 8 else b''
        if size < 29:
            return bytes([head | size]) + more
        if size < 285:
            return bytes([head | 29]) + more + bytes([size - 29])
        return bytes([head | 30]) + more + struct.pack('>H', size - 285)

    def encode(self, value):
        """The bytes of a value, or of a pointer to where it stands already."""
        if isinstance(value, bool):
            return self.control(14, int(value))
        if isinstance(value, float):
            return self.control(3, 8) + struct.pack('>d', value)
        if isinstance(value, int):
            raw = value.to_bytes((value.bit_length() + 7) // 8, 'big')
            return self.control(6, len(raw)) + raw
        if isinstance(value, list):
            return self.control(11, len(value)) + b''.join(self.encode(v) for v in value)
        if isinstance(value, dict):
            return self.control(7, len(value)) + b''.join(self.encode(k) + self.encode(v) for k, v in value.items())
        return self.text(value)

    def text(self, value):
        raw = value.encode()
        if value not in self.places:
            self.places[value] = None  # the first time where it is used, from then on by a pointer
            return self.control(2, len(raw)) + raw
        if self.places[value] is None:
            self.places[value] = len(self.bytes)
            self.bytes += self.control(2, len(raw)) + raw
        at = self.places[value]
        assert at < 2048
        return bytes([1 << 5 | at >> 8, at & 255])


def main():
    args = sys.argv[1:]
    bits = int(args[args.index('--bits') + 1]) if '--bits' in args else 28
    version = 4 if '--ipv4' in args else 6
    root = [None, None]
    records = []
    for text, record in PLACES:
        network = ipaddress.ip_network(text)
        if version == 4 and network.version == 6:
            continue
        path = '{:0{}b}'.format(int(network.network_address), network.max_prefixlen)[:network.prefixlen]
        if network.version == 4 and version == 6:
            path = '0' * 96 + path
        records.append((path, record))
    for path, record in records:
        node = root
        for bit in map(int, path[:-1]):
            if not isinstance(node[bit], list):
                node[bit] = [node[bit], node[bit]]  # what was there holds for both halves
            node = node[bit]
        node[int(path[-1])] = record
    if version == 6:  # ::ffff:0:0/96 is where the 96 zero bits lead
        v4 = root
        for _ in range(96):
            v4 = v4[0]
        node = root
        for i, bit in enumerate(map(int, '0' * 80 + '1' * 16)):
            if i == 95:
                node[1] = v4
            elif not isinstance(node[bit], list):
                node[bit] = [None, None]
            node = node[bit]
    nodes, numbers = [], {}
    todo = [root]
    while todo:
        node = todo.pop(0)
        if id(node) not in numbers:
            numbers[id(node)] = len(nodes)
            nodes.append(node)
            todo += [child for child in node if isinstance(child, list)]
    values, at = Values(), {}
    for _, record in records:
        body = values.encode(record)
        at[id(record)] = len(values.bytes)
        values.bytes += body
    count, tree = len(nodes), b''
    for node in nodes:
        left, right = [numbers[id(c)] if isinstance(c, list) else count if c is None else count + 16 + at[id(c)] for c in node]
        if bits == 28:
            tree += (left & 0xFFFFFF).to_bytes(3, 'big') + bytes([left >> 24 << 4 | right >> 24]) + (right & 0xFFFFFF).to_bytes(3, 'big')
        else:
            tree += left.to_bytes(bits // 8, 'big') + right.to_bytes(bits // 8, 'big')
    about = Values()

    def small(number):
        return about.control(5, 2) + struct.pack('>H', number)

    body = b''.join(about.encode(k) + v for k, v in [
        ('binary_format_major_version', small(2)), ('binary_format_minor_version', small(0)), ('database_type', about.encode('Places of the tests')),
        ('description', about.encode({'en': 'Networks of documentation'})), ('ip_version', small(version)), ('node_count', about.encode(count)),
        ('record_size', small(bits))])
    with open(args[0], 'wb') as out:
        out.write(tree + bytes(16) + values.bytes + b'\xAB\xCD\xEFMaxMind.com' + about.control(7, 7) + body)


main()
