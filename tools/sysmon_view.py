#!/usr/bin/env python3
"""Writes parsers/Sysmon.kql from the Sysmon schema: tools/sysmon_view.py sysmon_schema.json > parsers/Sysmon.kql

A column takes the EventData field (or fields, in either spelling) that the schema gives it.  A field
that feeds different columns in different events is read only in its column's events.  Behind them stand
columns under the names that the first published parser had for them, as hunts of its time ask."""
import collections
import json
import sys

HEAD = '''// Sysmon events with a column for each field, named as OSSEM names them, for every Sysmon version.
// Keyed by field name, never by position.  All columns are strings but TimeGenerated and EventID.
// Written by tools/sysmon_view.py from the Sysmon schema.
_Events
| where Provider in ("Microsoft-Windows-Sysmon", "Linux-Sysmon")
| project
    TimeGenerated,
    Source = Provider,
    EventID,
    Computer,
    UserName = coalesce(UserName, case(
        SystemUserId == "S-1-5-18", @"NT AUTHORITY\\SYSTEM",
        SystemUserId == "S-1-5-19", @"NT AUTHORITY\\LOCAL SERVICE",
        SystemUserId == "S-1-5-20", @"NT AUTHORITY\\NETWORK SERVICE",
        SystemUserId)),
    RenderedDescription = tostring(split(RenderedDescription, ":")[0]),
    technique_id = extract("technique_id=([^,]*)", 1, tostring(EventData.RuleName)),
    technique_name = extract("technique_name=([^,]*)", 1, tostring(EventData.RuleName)),
    phase_name = extract("phase_name=([^,]*)", 1, tostring(EventData.RuleName)),
'''
FORMER = {'EventType': 'EventType'}
HASHES = {'hash_sha1': 'SHA1', 'hash_md5': 'MD5', 'hash_sha256': 'SHA256', 'hash_imphash': 'IMPHASH'}


def text(field):
    return 'tostring(EventData.%s)' % field


def main():
    events = json.load(open(sys.argv[1], encoding='utf-8'))['events']
    columns = collections.OrderedDict()
    owners = collections.defaultdict(set)
    for event in events:
        for field in event['fields']:
            for column in field['column'].split(','):
                columns.setdefault(column, collections.OrderedDict()).setdefault(field['name'], []).append(event['event_id'])
                owners[field['name']].add(column)
    lines = []
    for column, fields in columns.items():
        if column in HASHES:
            lines.append('%s = extract("%s=([^,]*)", 1, coalesce(%s, %s))' % (column, HASHES[column], text('Hashes'), text('Hash')))
            continue
        parts = []
        for field, ids in fields.items():
            if len(owners[field]) > 1 and not (column.startswith('hash')):
                parts.append('iff(EventID in (%s), %s, "")' % (', '.join(map(str, ids)), text(field)))
            else:
                parts.append(text(field))
        lines.append('%s = %s' % (column, parts[0] if len(parts) == 1 else 'coalesce(%s)' % ', '.join(parts)))
    lines += ['%s = %s' % (column, text(field)) for column, field in FORMER.items()]
    print(HEAD + ',\n'.join('    ' + line for line in lines))


main()
