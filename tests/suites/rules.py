#!/usr/bin/env python3
"""The rule pack: the tests beside the rules of queries/ pass.  And the rules of others, where ../shared is there, compile and run."""
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


def tests_of_pack(binary):
    """Each test beside a rule of ours passes, and every rule has one that it matches and one that it does not."""
    p = subprocess.run([binary, 'rules', 'test', 'queries', '-o', 'jsonl', '--quiet'], capture_output=True, cwd=ROOT, timeout=300)
    results = [json.loads(line) for line in p.stdout.splitlines()]
    seen = {}
    for r in results:
        seen.setdefault(r['file'], []).append(r['verdict'])
        if r['verdict'] != 'passed':
            print('rules: %s: %s: %s' % (r['file'], r['name'], r['message']))
    rules = {os.path.relpath(os.path.join(folder, name), ROOT) for folder, _, names in os.walk(os.path.join(ROOT, 'queries'))
             for name in names if name.endswith('.yaml') and not name.endswith('.test.yaml')}
    bare = [rule for rule in sorted(rules) if len(seen.get(rule[:-5] + '.test.yaml', [])) < 2]
    for rule in bare:
        print('rules: %s: it wants a test that matches and one that nearly does' % rule)
    failed = sum(r['verdict'] != 'passed' for r in results)
    return len(results) - failed, failed + len(bare)


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed, failed = tests_of_pack(binary)
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
