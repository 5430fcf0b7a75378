#!/usr/bin/env python3
"""JSON and XML exports: ../shared/json.  Every shape gives the same event, less what it loses; the counts of
the real exports by channel and event id equal their index."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INDEX_KEYS = 60  # the index lists no more channels and event ids of a file
SHARED = os.path.join(HERE, '..', '..', '..', 'shared', 'json')


def query(binary, path, text):
    run = subprocess.run([binary, 'query', '-i', path, '-o', 'json', '--no-warnings', '-f', '-'], input=text.encode(), capture_output=True, timeout=120)
    if run.returncode:
        return None, run.stderr.decode('utf-8', 'replace')
    return json.loads(run.stdout)['rows'], ''


def fold(text):
    return str(text).lower().strip('{}')


def check_shapes(binary):
    """The values that survive in every shape: ids, host, and each Data field that is there at all must be right."""
    want = json.load(open(os.path.join(SHARED, 'shapes', 'expected.json'), encoding='utf-8'))
    data = want['data'] if isinstance(want['data'], dict) else dict(want['data'])
    passed = failed = 0
    for name in sorted(os.listdir(os.path.join(SHARED, 'shapes'))):
        if name == 'expected.json':
            continue
        rows, error = query(binary, os.path.join(SHARED, 'shapes', name), '_Events | project EventID, Channel, Computer, EventData')
        problems = [error.strip()] if rows is None else differences(rows[0], want['system'], data) if rows else ['no rows']
        for p in problems[:2]:
            print('exports: shape %s: %s' % (name, p))
        passed += not problems
        failed += bool(problems)
    return passed, failed


def differences(row, system, data):
    event_id, channel, computer, bag = row
    out = []
    for what, got, right in (('event id', event_id, system['id']), ('channel', channel, system['channel']), ('computer', computer, system['computer'])):
        if got != right:
            out.append('%s is %r, not %r' % (what, got, right))
    for field in data:
        text = (bag or {}).get(field)
        if text is None or fold(text) != fold(data[field]):
            out.append('%s is %r, not %r' % (field, text, data[field]))
    return out


def check_counts(binary):
    """Of each file: records by channel and event id.  Records of other products have neither and are not read."""
    passed = failed = 0
    for line in open(os.path.join(SHARED, 'otrf.index.jsonl'), encoding='utf-8'):
        entry = json.loads(line)
        path = os.path.join(SHARED, 'otrf', os.path.basename(entry['file']))
        if not os.path.exists(path):
            continue
        rows, error = query(binary, path, '_Events | summarize n = count() by Channel, EventID')
        want = {k: n for k, n in entry['events'].items() if not k.startswith('None/')}
        if not want:
            ok = rows is None and error.strip() != ''
        else:
            got = {'%s/%s' % (r[0], r[1]): r[2] for r in rows or []}
            ok = all(got.get(k) == n for k, n in want.items()) and (len(want) >= INDEX_KEYS or got.keys() == want.keys())
        if not ok:
            print('exports: %s: %s' % (entry['file'], error.strip()[:200] or 'counts differ'))
        passed += ok
        failed += not ok
    return passed, failed


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else 'build/spoor'
    if not os.path.isdir(SHARED):
        print('exports: skipped, ../shared is not there')
        print('0 passed, 0 failed')
        return 0
    a, b = check_shapes(binary)
    c, d = check_counts(binary)
    print('%d passed, %d failed' % (a + c, b + d))
    return b + d != 0


sys.exit(main())
