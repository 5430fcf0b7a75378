#!/usr/bin/env python3
"""Writes docs/tables.md: tools/docs_tables.py build/spoor sysmon_schema.json > docs/tables.md

Tables, columns and types come from `spoor schema`; where a Sysmon column comes from is read from
parsers/Sysmon.kql, and which events have such a field from the Sysmon schema."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIELD = re.compile(r'EventData\.(\w+)')
LIMITED = re.compile(r'iff\(EventID in \(([\d, ]+)\), tostring\(EventData\.(\w+)\), ""\)')

ABOUT = {
    'Event': 'Every record, as the agent for classic event logs delivers it. `EventData` is the XML text.',
    'WindowsEvent': 'Every record, as the Windows Forwarded Events connector delivers it. `EventData` is dynamic: `EventData.TargetUserName`.',
    'SecurityEvent': 'The records of the channel Security, a column for each field.',
    'Heartbeat': 'A row a host and hour in which it wrote anything.',
}


# The view's own text, those that it goes through, and what is worth saying beside the text's first line.
DEVICE = ('DeviceProcessEvents', 'DeviceNetworkEvents', 'DeviceFileEvents', 'DeviceRegistryEvents', 'DeviceImageLoadEvents', 'DeviceEvents', 'DeviceLogonEvents')
ASIM = {
    '_Im_ProcessEvent': ('_AsimProcesses', '_AsimRows'),
    '_Im_ProcessCreate': ('_AsimProcesses', '_AsimRows'),
    '_Im_ProcessTerminate': ('_AsimProcesses', '_AsimRows'),
    '_Im_FileEvent': ('_AsimRows',),
    '_Im_RegistryEvent': ('_AsimRows',),
    '_Im_NetworkSession': ('_AsimRows',),
    '_Im_Dns': ('_AsimRows',),
    '_Im_Authentication': ('_AsimRows',),
}


def schema(binary, table):
    run = subprocess.run([binary, 'schema', table, '-o', 'json'], capture_output=True, check=True)
    return json.loads(run.stdout)['rows']


def fields_of_events(path):
    """{field: set of event ids}, over all layouts that the schema knows."""
    out = {}
    for event in json.load(open(path, encoding='utf-8'))['events']:
        names = [f['name'] for f in event['fields']]
        for layout in event['layouts'] + event.get('otrf_other_layouts', []):
            names += layout['fields'] if isinstance(layout, dict) else layout
        for name in names:
            out.setdefault(name, set()).add(event['event_id'])
    return out


def sources_of_columns():
    """{column: [(field, event ids or None)]} of parsers/Sysmon.kql; and {column: expression} of the others."""
    text = open(os.path.join(ROOT, 'parsers', 'Sysmon.kql'), encoding='utf-8').read()
    fields, others = {}, {}
    body = text.split('| project\n', 1)[1]
    for entry in re.split(r',\n    (?=\w+(?: =|,|\n|$))', body.strip().rstrip(',')):
        name, _, expression = entry.partition(' = ')
        limited = {f: {int(i) for i in ids.split(',')} for ids, f in LIMITED.findall(expression)}
        found = [(f, limited.get(f)) for f in dict.fromkeys(FIELD.findall(expression))]
        if found:
            fields[name.strip()] = found
        else:
            others[name.strip()] = re.sub(r'\s+', ' ', expression).strip()
    return fields, others


def ids_text(ids):
    """1, 5-8: runs of three and more as a range."""
    out, ids = [], sorted(ids)
    while ids:
        n = 1
        while n < len(ids) and ids[n] == ids[0] + n:
            n += 1
        if n < 3:
            out.append(str(ids[0]))
            n = 1
        else:
            out.append('%d-%d' % (ids[0], ids[n - 1]))
        ids = ids[n:]
    return ', '.join(out)


def print_sysmon(binary, path):
    fields, others = sources_of_columns()
    events = fields_of_events(path)
    print('\n## Sysmon\n\nThe records of Microsoft-Windows-Sysmon and Linux-Sysmon, a column for each field, read by name and never by position. A column is an\n'
          'empty string in the events that do not have its field. The text of the view is parsers/Sysmon.kql.\n')
    print('| column | type | event ids | EventData field |\n| --- | --- | --- | --- |')
    for column, kind in schema(binary, 'Sysmon'):
        used, names = set(), []
        for field, limit in fields.get(column, []):
            ids = events.get(field, set()) & limit if limit is not None else events.get(field, set())
            used |= ids
            if ids:
                names.append('`%s`' % field)
        if column in fields:
            print('| %s | %s | %s | %s |' % (column, kind, ids_text(used), ', '.join(names)))
        elif column in others:
            print('| %s | %s | all | |' % (column, kind))
        else:
            sys.exit('docs_tables: Sysmon.kql has no column %s' % column)


def view_text(name):
    return open(os.path.join(ROOT, 'parsers', name + '.kql'), encoding='utf-8').read()


def print_filled(binary, name, helpers):
    """What the texts of the view make, and what is only there to be there."""
    text = view_text(name)
    whole = text + ''.join(view_text(h) for h in helpers)
    about = re.match(r'(// .*\n)+', text).group(0).replace('// ', '').replace('\n', ' ').strip()
    filled, empty = [], []
    for column, kind in schema(binary, name):
        is_made = re.search(r'[\s,(]%s( =|,|$)' % re.escape(column), whole, re.M)
        (filled if is_made else empty).append('%s' % column if kind == 'string' else '%s:%s' % (column, kind))
    print('\n### %s\n\n%s\n\nFilled: %s\n\nAlways empty: %s' % (name, about, ', '.join(filled), ', '.join(empty)))


def print_views(binary):
    print('\n## Defender\'s tables\n\nFrom Sysmon and the Security log, with the documented columns (strings where no type stands). What a record does not tell of the process that\n'
          'acted (command line, hashes, parent) comes from the record of its start, looked up by guid. `DeviceId` is the computer\'s name, `ReportId` the record\'s number;\n'
          'account names are in lower case. `union *` and `search *` leave these tables out, since their records are in `Event` already; `union Device*` reaches them.')
    for name in DEVICE:
        print_filled(binary, name, () if name == 'DeviceLogonEvents' else ('_DeviceRows',))
    print('\n## ASIM\n\nThe parsers of the Advanced Security Information Model with their documented filters, by the names `_Im_X`, `_ASim_X`, `imX` and `ASimX`. All names take the\n'
          'filters; `pack=true` puts the record\'s fields into `AdditionalFields`.')
    for name, helpers in ASIM.items():
        print_filled(binary, name, helpers + (('_Im_ProcessEvent',) if 'Process' in name and name != '_Im_ProcessEvent' else ()))


def main():
    binary, path = sys.argv[1:3]
    print('# Tables\n\n`spoor schema` lists the tables, `spoor schema TABLE` the columns of one. A record stands in more than one table: choose the one whose\n'
          'columns the query needs. A `union` of several counts it once (`--home`, docs/command-line.md). Written by tools/docs_tables.py.')
    for table, about in ABOUT.items():
        rows = schema(binary, table)
        print('\n## %s\n\n%s\n\n| column | type |\n| --- | --- |' % (table, about))
        for column, kind in rows:
            print('| %s | %s |' % (column, kind))
    print_sysmon(binary, path)
    print_views(binary)


main()
