#!/usr/bin/env python3
"""The rule pack: each rule of queries/ fires on the events of host `match` in tests/data/rules/<rule>.jsonl and not on those of
host `near`, which differ from them by little.  And the rules of others, where ../shared is there, compile and run."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.join(os.path.dirname(ROOT), 'shared', 'rules')


def run(binary, *words):
    p = subprocess.run([binary, 'rules', 'run', '-o', 'json', '--no-warnings', '--quiet'] + list(words), capture_output=True, cwd=ROOT, timeout=300)
    try:
        return json.loads(p.stdout), p.stderr.decode('utf-8', 'replace')
    except ValueError:
        return None, p.stderr.decode('utf-8', 'replace') or 'no JSON'


def hosts(rule):
    rows = rule['rows'] or {'columns': [], 'rows': []}
    names = [c['name'] for c in rows['columns']]
    return sorted({r[names.index('Computer')] for r in rows['rows']}) if 'Computer' in names else []


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed = failed = 0
    for folder, _, files in sorted(os.walk(os.path.join(ROOT, 'queries'))):
        for name in sorted(f for f in files if f.endswith('.yaml')):
            data = os.path.join(ROOT, 'tests', 'data', 'rules', name[:-5] + '.jsonl')
            got, said = run(binary, '-i', data, os.path.join(folder, name))
            ok = got is not None and len(got['rules']) == 1 and got['rules'][0]['status'] == 'matched' and hosts(got['rules'][0]) == ['match']
            if not ok:
                print('rules: %s: %s' % (name, said.strip()[:300] or got and got['rules'][0]['status'] + ' ' + str(hosts(got['rules'][0]))))
            passed += ok
            failed += not ok
    if os.path.isdir(SHARED):
        logs = os.path.join(os.path.dirname(SHARED), 'evtx', 'open')
        got, said = run(binary, '-i', logs, os.path.join(SHARED, 'sentinel-attack'))
        ok = got is not None and got['summary']['found'] == 77 and got['summary']['ran'] == 77
        print('rules: sentinel-attack: %s' % (json.dumps(got['summary']) if got else said[:500]))
        passed += ok
        failed += not ok
        got, said = run(binary, '-i', logs, os.path.join(SHARED, 'sentinel'))
        ok = got is not None and got['summary']['found'] == 60 and got['summary']['ran'] + got['summary']['failed'] == 60
        print('rules: sentinel: %s' % (json.dumps(got['summary']) if got else said[:500]))
        passed += ok
        failed += not ok
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
