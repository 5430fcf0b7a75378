#!/usr/bin/env python3
"""Writes parsers/known_tables.txt: the names, columns and types of the tables that Microsoft documents for
Log Analytics and Defender: tools/known_tables.py tables.json > parsers/known_tables.txt

A line a table: Name:column=type,...  with one letter a type."""
import json
import sys

LETTERS = {'bool': 'b', 'boolean': 'b', 'double': 'r', 'bigint': 'l', 'date': 't', 'uuid': 'g', 'object': 'd', 'int': 'i', 'long': 'l', 'real': 'r', 'decimal': 'm', 'datetime': 't', 'timespan': 'p', 'guid': 'g', 'string': 's', 'dynamic': 'd'}


def main():
    data = json.load(open(sys.argv[1], encoding='utf-8'))
    tables = dict(data['defender_xdr'])
    tables.update(data['sentinel'])  # where both have a name, Sentinel's columns are the more
    for name in sorted(tables):
        columns = dict(data['defender_xdr'].get(name, {}))
        columns.update(tables[name])
        print('%s:%s' % (name, ','.join('%s=%s' % (c, LETTERS.get(t.lower(), 'd')) for c, t in columns.items())))


main()
