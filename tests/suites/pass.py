#!/usr/bin/env python3
"""The oracle of the shared pass: `rules run` gives what `rules run --one-by-one` gives, where every rule reads all events by itself.
Over the bundled samples with the rule pack; and, where ../shared is there, over its logs with the rules of every format.
usage: pass.py [SPOOR] [RULES...]"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.join(os.path.dirname(ROOT), 'shared')
RULES = [os.path.join(ROOT, 'queries')] + [os.path.join(SHARED, 'rules', *p.split('/')) for p in (
    'sentinel-attack', 'sentinel', 'sigma/rules', 'sigma/rules-emerging-threats', 'sigma/rules-threat-hunting')]
LOGS = [[os.path.join(ROOT, 'samples')], [os.path.join(SHARED, 'evtx', 'open')], [os.path.join(SHARED, 'json', 'otrf')]]


def run(binary, logs, rules, *more):
    words = [binary, 'rules', 'run', '-o', 'json', '--no-warnings', '--quiet', '--allow-failed', '--max-rows', '50', *more]
    for log in logs:
        words += ['-i', log]
    p = subprocess.run(words + [rules], capture_output=True, cwd=ROOT, timeout=3600)
    try:
        return json.loads(p.stdout)
    except ValueError:
        sys.exit('pass: %s' % (p.stderr.decode('utf-8', 'replace')[:400] or 'no JSON'))


def plain(value):
    """without what tells how long it took and when"""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ('seconds', 'started')}
    return [plain(v) for v in value] if isinstance(value, list) else value


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed = failed = 0
    for logs in LOGS:
        for rules in sys.argv[2:] or RULES:
            if not all(os.path.exists(p) for p in logs + [rules]):
                continue
            one, all_ = (plain(run(binary, logs, rules, *more)) for more in (['--one-by-one'], []))
            if not one['rules']:
                continue
            bad = [a['title'] for a, b in zip(one['rules'], all_['rules']) if a != b]
            same = one == all_ and not bad
            s = one['summary']
            print('pass: %s over %s: %d rules, %d matched: %s' % (
                os.path.relpath(rules, ROOT), os.path.relpath(logs[0], ROOT), s['found'], s['matched'],
                'the same' if same else 'DIFFERENT: ' + '; '.join(bad[:10])))
            passed += same
            failed += not same
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
