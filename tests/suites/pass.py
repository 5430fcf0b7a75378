#!/usr/bin/env python3
"""The oracle of the shared pass: `rules run` gives what `rules run --one-by-one` gives, where every rule reads all events by itself.
Over the bundled samples with the rule pack; over events of odd characters, with pieces of their JSON as keywords; and, where
../shared is there, over its logs with the rules of every format.
usage: pass.py [SPOOR] [RULES...]"""
import json
import os
import random
import subprocess
import sys
import tempfile

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


def odd_events(folder, dice):
    """(logs, rules): values of the characters that JSON escapes, and each rule asks for a piece of the records' JSON."""
    log, rules = os.path.join(folder, 'odd.jsonl'), os.path.join(folder, 'odd.kql')
    value = lambda: ''.join(dice.choice('abnul01 :,{}[]"\\\\\t\n\rÄ\u00e9') for _ in range(dice.randrange(9)))
    texts = []
    with open(log, 'w', encoding='utf-8') as out:
        for i in range(3000):
            data = {name: value() for name in dice.sample(['Alpha', 'Beta', 'nu:l', 'Gamma'], dice.randrange(1, 5))}
            data['Many'] = dice.choice([[value(), value()], [1, 2], value()])
            texts.append(json.dumps(data, ensure_ascii=False, separators=(',', ':')))
            out.write(json.dumps({'Event': {'System': {
                'Provider': {'#attributes': {'Name': 'Harbor-Crane'}}, 'EventID': 1 + i % 2, 'Channel': 'Harbor', 'Computer': 'HL-CRANE1', 'EventRecordID': i,
                'TimeCreated': {'#attributes': {'SystemTime': '2024-06-10T08:%02d:%02d.000000Z' % (i // 60 % 60, i % 60)}}}, 'EventData': data}}) + '\n')
    with open(rules, 'w', encoding='utf-8') as out:
        for i in range(300):
            text = dice.choice(texts)
            at = dice.randrange(len(text))
            literal = json.dumps(text[at:at + dice.randrange(1, 6)])
            out.write('// Name: rule %d\n_Events | where tostring(EventData) contains%s %s and EventID == %d | project EventRecordId\n\n' % (
                i, dice.choice(['', '_cs']), literal, 1 + i % 2))
    return [log], rules


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed = failed = 0
    folder = tempfile.TemporaryDirectory()
    sets = [odd_events(folder.name, random.Random(20241124))] if len(sys.argv) < 3 else []
    sets += [(logs, rules) for logs in LOGS for rules in sys.argv[2:] or RULES]
    for logs, rules in sets:
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
