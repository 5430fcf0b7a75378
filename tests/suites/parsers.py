#!/usr/bin/env python3
"""parsers.py - published parsers, saved unchanged, beside the tables built in.

Over our samples (skipped where ../shared is absent): the same rows, and where a published parser gives a column a
value, the built-in table gives the same.  A published parser reads fields by their position and knows fewer of
them, so it may leave a column empty that we fill, never the other way round with another value.  Ends with
'N passed, N failed'."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), 'shared')
CORPUS = os.path.join(SHARED, 'corpus', 'queries')
V12 = os.path.join(CORPUS, 'azure-sentinel-2020', 'Parsers__Sysmon__Sysmon-v12.0.kql')
ALL = os.path.join(CORPUS, 'azure-sentinel-2020', 'Parsers__Sysmon__Sysmon-AllVersions_Parser.kql')
ASIM = os.path.join(CORPUS, 'azure-sentinel', 'Parsers__ASim%s__Parsers__ASim%sMicrosoftSysmon.kql')
# What the v12 parser takes from a place where Sysmon has had another field for long.
PLACED = {'Type', 'ID', 'Version', 'Description'}
passed = failed = 0


def check(ok, message):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print('parsers: ' + message)


def query(binary, store, text):
    run = subprocess.run([binary, 'query', '--db', store, '--no-warnings', '-o', 'json', '--max-rows', '0', text], capture_output=True, text=True)
    if run.returncode != 0:
        check(False, '%s: %s' % (text[:80], run.stderr[:300]))
        return [], []
    data = json.loads(run.stdout)
    return [c['name'] if isinstance(c, dict) else c for c in data['columns']], data['rows']


def save(binary, store, name, path, parameters=None, source=None):
    """The text of the file, in which `source`, if given, stands for the line that names the table."""
    text = open(path, encoding='utf-8').read()
    if source:
        text = re.sub(r'(?m)^Event\s*$', source, text, count=1)
    if parameters:
        text = '(%s) {\n%s\n}' % (parameters, text)
    with tempfile.NamedTemporaryFile('w', suffix='.kql', encoding='utf-8') as f:
        f.write(text)
        f.flush()
        run = subprocess.run([binary, 'function', 'save', name, '-f', f.name, '--db', store, '--no-warnings'], capture_output=True, text=True)
    check(run.returncode == 0, 'saving %s: %s' % (name, run.stderr[:300]))


def texts(columns):
    return ' | project ' + ', '.join('C%d = tostring(%s)' % (i, c) for i, c in enumerate(columns))


def compare(binary, store, name, ours, keys):
    """Rows of the published parser `name` beside `ours`, matched by the columns of `keys`."""
    theirs, own = query(binary, store, name + ' | take 0')[0], query(binary, store, ours + ' | take 0')[0]
    columns = [c for c in theirs if c in own]
    check(len(columns) > len(keys), '%s shares no column with %s' % (name, ours))
    places = [columns.index(k) for k in keys]
    sides = []
    for source in (name, ours):
        rows = collections.defaultdict(list)
        for row in query(binary, store, source + texts(columns))[1]:
            rows[tuple(row[p] for p in places)].append(row)
        sides.append(rows)
    check(sides[0], '%s gives no row' % name)
    for key, rows in sides[0].items():
        beside = sides[1].get(key, [])
        check(len(rows) <= len(beside), '%s: %d rows of %s, and %d of ours' % (name, len(rows), key, len(beside)))
        for row in rows:
            agrees = any(all(not a or a == b for a, b in zip(row, other)) for other in beside)
            check(agrees, '%s: %s is no row of ours: %s' % (name, key, row))


def seconds(binary, store, text):
    best = 1e9
    for _ in range(5):
        start = time.monotonic()
        query(binary, store, text)
        best = min(best, time.monotonic() - start)
    return best


def all_versions(binary, store):
    """The parser for every version: a field that is named as a column it groups by is refused, so not all events."""
    save(binary, store, 'AllVersions', ALL, source='Event | where EventID !in (19, 20, 21, 25)')
    fields = [c for c in query(binary, store, 'AllVersions | take 0')[0] if c not in ('TechniqueId', 'TechniqueName')]
    system = {'TimeGenerated', 'Source', 'EventLog', 'Computer', 'EventLevel', 'EventLevelName', 'EventID', 'UserName', 'RenderedDescription', 'MG',
              'ManagementGroupName', 'Type', '_ResourceId'}
    fields = [c for c in fields if c not in system]
    check(len(fields) > 60, 'AllVersions has %d columns of events' % len(fields))
    ours = 'WindowsEvent | where Provider == "Microsoft-Windows-Sysmon" and EventID !in (19, 20, 21, 25) | project TimeGenerated, Computer, EventID, %s' % ', '.join(
        '%s = tostring(EventData.%s)' % (c, c) for c in fields)
    compare(binary, store, 'AllVersions | project TimeGenerated, Computer, EventID, %s' % ', '.join(fields), ours, ['TimeGenerated', 'EventID', 'Computer'])
    groups = 'Event | where Source == "Microsoft-Windows-Sysmon" and EventID !in (19, 20, 21, 25) | distinct TimeGenerated, Computer, EventID, EventLevel, UserName'
    _, counts = query(binary, store, 'AllVersions | count | extend Own = toscalar(%s | count)' % groups)
    check(counts and counts[0][0] == counts[0][1], 'AllVersions and the groups of its keys: %s' % counts)
    question = ' | where EventID == 1 | summarize count() by %s | top 3 by count_'
    built_in, published = [seconds(binary, store, t + question % c) for t, c in (('Sysmon', 'process_path'), ('AllVersions', 'Image'))]
    print('parsers: the parser for all versions takes %.1f times as long as the table built in' % (published / built_in))


def main():
    binary = os.path.abspath(sys.argv[1])
    if not os.path.isdir(CORPUS):
        print('parsers: skipped, ../shared is not there')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, 'store.db')
        subprocess.run([binary, 'ingest', '-q', '--db', store, os.path.join(ROOT, 'samples')], check=True)
        save(binary, store, 'Ossem', os.path.join(SHARED, 'rules', 'functions', 'Sysmon-OSSEM.txt'))
        compare(binary, store, 'Ossem', 'Sysmon', ['TimeGenerated', 'EventID', 'Computer'])
        _, counts = query(binary, store, 'Ossem | count | extend Own = toscalar(Sysmon | where EventID in ((Ossem | distinct EventID)) | count)')
        check(counts and counts[0][0] == counts[0][1], 'Ossem and Sysmon count %s' % counts)
        save(binary, store, 'SysmonV12', V12)
        fields = [c for c in query(binary, store, 'SysmonV12 | take 0')[0] if c not in PLACED and c not in ('EventID', 'ParsedHashes', 'Hashes')]
        ours = 'WindowsEvent | where Provider == "Microsoft-Windows-Sysmon" | project EventID, %s' % ', '.join('%s = tostring(EventData.%s)' % (c, c) for c in fields)
        compare(binary, store, 'SysmonV12 | project EventID, %s' % ', '.join(fields), ours, ['EventID', 'UtcTime', 'ProcessId'])
        all_versions(binary, store)
        save(binary, store, 'PublishedFileEvent', ASIM % ('FileEvent', 'FileEvent'), 'disabled:bool=false')
        # (HashType aside: without any hash it says SHA256)
        same = ['TimeGenerated', 'EventType', 'TargetFilePath', 'TargetFileName', 'ActorUsername', 'ActingProcessName', 'ActingProcessId', 'ActingProcessGuid',
                'TargetFileSHA256', 'TargetFileMD5', 'Hash', 'EventResult', 'EventProduct']
        compare(binary, store, 'PublishedFileEvent | project %s' % ', '.join(same), '_Im_FileEvent', ['TimeGenerated', 'TargetFilePath'])
    print('parsers: %d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
