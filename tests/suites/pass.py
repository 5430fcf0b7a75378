#!/usr/bin/env python3
"""The oracle of the shared pass: `rules run` gives what `rules run --one-by-one` gives, where every rule reads all events by itself;
and `rules run --no-rows`, which counts many rules without running them, counts the same; each with any number of threads.  (A
thread has SPOOR_THREAD_ROWS events at least: a binary that is built with few of them shares out small logs, too.)
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
THREADS = ('1', '2', '3', '5')
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
    value = lambda: ''.join(dice.choice('abnul01 :,{}[]"\\\\\t\n\rÄ\u00e9\ud83d') for _ in range(dice.randrange(9)))
    texts = []
    with open(log, 'w', encoding='utf-8') as out:
        for i in range(3000):
            data = {name: value() for name in dice.sample(['Alpha', 'Beta', 'nu:l', 'Gamma'], dice.randrange(1, 5))}
            data['Many'] = dice.choice([[value(), value()], [1, 2], value()])
            texts.append(json.dumps(data, ensure_ascii=False, separators=(',', ':')).replace('\ud83d', '\\ud83d'))
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


# -- odd texts: folds that change a length, quotes and control characters, terms, what JSON writes otherwise than it is ----
VALUES = ['C:\\Windows\\System32\\cmd.exe', 'C:\\WINDOWS\\system32\\CMD.EXE', 'power\nevil shell', 'K\u212aelvin mimi\u017fs.exe', '',
          '\u00c9cole \u00e9t\u00e9.exe', 'a' * 300 + 'needle', 'needle', 'NEEDLE.exe', 'x needle y', 'pre-needle', 'needle_x', '\x01ctl',
          'tab\tnevil', '"quoted needle"', 'back\\needle', '\u0130stanbul', 'stra\u00dfe', '\U0001f600 emoji', 'null', 'n', 'Data',
          'long ' + 'z' * 5000 + ' tail.exe']
LITERALS = ['needle', 'NEEDLE', 'ne', 'ED', 'evi',  'evil', 'nevil', 'cmd.exe', 'kelvin', 'mimis', '\u00c9COLE', 'istanbul', 'STRASSE', 'stra\u00dfe', '\U0001f600',
            'null', 'data', 'n', '', 'tail.exe', '\\system32', 'quoted', 'back\\needle', 'needle"', 'k', 'S', ':"n', 'ull', '\\n', '\\\\']
OPERATORS = ['contains', '!contains', 'contains_cs', 'startswith', '!startswith_cs', 'endswith', '!endswith', 'endswith_cs', 'has', '!has',
             'has_cs', 'hasprefix', 'hassuffix', '==', '!=', '=~', '!~']
TEXTS = ['tostring(EventData.Image)', 'tostring(EventData.CommandLine)', 'tostring(EventData)', 'tostring(EventData.User)',
         'coalesce(tostring(EventData.ImageLoaded), tostring(EventData.Image))']


def write_odd(folder, r, rules):
    with open(os.path.join(folder, 'odd.jsonl'), 'w') as f:
        for i in range(4000):
            event = r.choice((1, 1, 1, 3, 7, 15))
            data = {'Image': r.choice(VALUES), 'User': r.choice(VALUES[:6]),
                    'CommandLine': r.choice(VALUES) + (' %d' % r.randrange(900) if r.random() < 0.7 else '')}
            if event == 3 and r.random() < 0.2:
                data['Odd'] = r.choice((None, {'a': [1, 'needle']}, ['x', 'nevil'], 7, True))
            if event == 7:
                data = {'ImageLoaded': r.choice(VALUES), 'Image': r.choice(VALUES)}
            f.write(json.dumps({'TimeGenerated': '2024-03-01T00:%02d:%02d.000Z' % (i // 60 % 60, i % 60), 'Type': 'WindowsEvent',
                                'Provider': 'Microsoft-Windows-Sysmon', 'Channel': 'Microsoft-Windows-Sysmon/Operational',
                                'Computer': 'H%d' % (i % 5), 'EventID': event, 'EventRecordId': str(i + 1), 'EventData': data},
                               ensure_ascii=r.random() < 0.5) + '\n')
    write_rules(os.path.join(folder, 'rules'), rules, lambda: tree(r, 3))
    # all leave few rows before the column of many values is asked: then only values of these rows are searched
    write_rules(os.path.join(folder, 'few'), rules, lambda: '(%s) and (%s)' % (r.choice((
        'tostring(EventData.Image) == "needle"', 'tostring(EventData.Image) has "quoted"')), tree(r, 3)))


def write_rules(folder, count, condition):
    os.mkdir(folder)
    for i in range(count):
        with open(os.path.join(folder, '%03d.kql' % i), 'w') as f:
            f.write('// Name: odd %d\n_Events\n| where %s\n' % (i, condition()))


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def leaf(r):
    text, kind = r.choice(TEXTS), r.random()
    if kind < 0.10:
        return '%s in~ (%s)' % (text, ', '.join(map(quoted, r.sample(LITERALS, 3))))
    if kind < 0.15:
        return '%s has_any (%s)' % (text, ', '.join(map(quoted, r.sample(LITERALS, 2))))
    if kind < 0.20:
        return '%s matches regex %s' % (text, quoted(r.choice(('(?i)NEED.e', 'ne+dle', '^C:', 'evil|cmd', 'needle\\b'))))
    if kind < 0.36:
        return r.choice(('isempty(%s)' % text, 'EventID == %d' % r.choice((1, 3, 7, 15)), 'strlen(%s) > 20' % text, 'toint(EventData.Odd) == 7'))
    return '%s %s %s' % (text, r.choice(OPERATORS), quoted(r.choice(LITERALS)))


def tree(r, depth):
    if depth == 0 or r.random() < 0.3:
        return leaf(r)
    if r.random() < 0.2:
        return 'not(%s)' % tree(r, depth - 1)
    return '(' + r.choice((' and ', ' or ')).join(tree(r, depth - 1) for _ in range(r.randint(2, 3))) + ')'


def counted(rule):
    return [rule[k] for k in ('title', 'status', 'hits', 'alert', 'error', 'first', 'last', 'hosts')]


def compare(binary, logs, rules):
    """all ways; None: there are no rules"""
    one = plain(run(binary, logs, rules, '--one-by-one'))
    if not one['rules']:
        return None
    bad, same = [], True
    for threads in THREADS:
        all_, counts = (plain(run(binary, logs, rules, '--threads', threads, *more)) for more in ([], ['--no-rows']))
        bad += ['%s (%s threads)' % (a['title'], threads) for a, b, c in zip(one['rules'], all_['rules'], counts['rules'])
                if a != b or counted(a) != counted(c)]
        same = same and one == all_ and not bad
    s = one['summary']
    print('pass: %s over %s: %d rules, %d matched, %d failed: %s' % (
        os.path.relpath(rules, ROOT), os.path.relpath(logs[0], ROOT), s['found'], s['matched'], s['failed'],
        'the same' if same else 'DIFFERENT: ' + '; '.join(bad[:10])))
    return same


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        write_odd(folder, random.Random(1), 400)
        pieces = os.path.join(folder, 'pieces')
        os.mkdir(pieces)
        odd = [os.path.join(folder, 'odd.jsonl')]
        for logs, rules in ((odd, os.path.join(folder, 'rules')), (odd, os.path.join(folder, 'few')), odd_events(pieces, random.Random(20241124))):
            same = compare(binary, logs, rules)
            passed += same is True
            failed += same is not True
    for logs in LOGS:
        for rules in sys.argv[2:] or RULES:
            if all(os.path.exists(p) for p in logs + [rules]):
                same = compare(binary, logs, rules)
                passed += same is True
                failed += same is False
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
