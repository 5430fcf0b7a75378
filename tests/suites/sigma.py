#!/usr/bin/env python3
"""Our rules of tests/data/sigma match as often as their descriptions say.  SigmaHQ's, where ../shared is there: all load, and each
regression test gives the matches that it states on its own log."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SIGMA = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), 'shared', 'rules', 'sigma')
FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']

# Logs that hold more matches than their info.yml states, each seen to be one.
MORE = {
    'file_event_win_cred_dump_tools_dropped_files': 3,  # procdump.exe, procdump64.exe and procdump64a.exe were written
    'registry_set_disable_administrative_share': 2,  # AutoShareServer and AutoShareWks were set
}


def ask(binary, *words):
    p = subprocess.run([binary, 'rules'] + list(words) + ['-o', 'json', '--no-warnings', '--quiet'], capture_output=True, timeout=600)
    try:
        return json.loads(p.stdout)
    except ValueError:
        print('sigma: %s: %s' % (' '.join(words[-2:]), p.stderr.decode('utf-8', 'replace').strip()[:300] or 'no JSON'))
        return None


def rules_by_id(loaded):
    return {rule['id']: rule['file'] for rule in loaded['rules'] if rule['id']}


def stated(info):
    """(rule id, log, matches or None) of an info.yml; its lists have one form, so that no YAML library is needed."""
    text = open(info, encoding='utf-8').read()
    rule = re.search(r'rule_metadata:\s*\n\s*-\s*id:\s*(\S+)', text).group(1)
    for test in re.split(r'\n\s*-\s*name:', text.split('regression_tests_info:', 1)[1])[1:]:
        count = re.search(r'match_count:\s*(\d+)', test)
        yield rule, re.search(r'path:\s*(.+)', test).group(1).strip(), int(count.group(1)) if count else None


def own(binary):
    data = os.path.join(os.path.dirname(HERE), 'data', 'sigma')
    path = os.path.join(data, 'rules.yml')
    wanted = [int(n) for n in re.findall(r'^description: (\d+) matches$', open(path, encoding='utf-8').read(), re.M)]
    got = ask(binary, 'run', '-i', os.path.join(data, 'events.jsonl'), path)
    rules = got['rules'] if got else []
    wrong = [(r['title'], r['hits'], n) for r, n in zip(rules, wanted) if r['hits'] != n or r['error']]
    wrong += [(r['title'], r['status'], '') for r in rules if (r['status'] == 'blind') != (r['title'] == 'blind')]
    for name, hits, count in wrong:
        print('sigma: %s: %s, not %s' % (name, hits, count))
    return 1 if wrong or len(rules) != len(wanted) else 0


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    if own(binary):
        return 1
    if not os.path.isdir(SIGMA):
        print('sigma: no ../shared/rules/sigma; our own rules passed')
        return 0
    loaded = ask(binary, "list", *[os.path.join(SIGMA, f) for f in FOLDERS])
    if loaded is None:
        return 1
    passed = failed = 0
    for rule in loaded['rules']:
        passed += rule.get('ok', True)
        failed += not rule.get('ok', True)
        if not rule.get('ok', True):
            print('sigma: %s: %s' % (rule['file'], rule['errors'][0]['message']))
    print('sigma: %d of %d rules load' % (passed, passed + failed))
    files = rules_by_id(loaded)
    exact = some = 0
    for folder, _, names in sorted(os.walk(os.path.join(SIGMA, 'regression_data'))):
        for rule, log, count in stated(os.path.join(folder, 'info.yml')) if 'info.yml' in names else ():
            got = ask(binary, 'run', '-i', os.path.join(SIGMA, log), files[rule])
            hits = [r['hits'] for r in got['rules'] if r['id'] == rule][0] if got else -1
            ok = hits == count if count is not None else hits > 0
            exact += ok and count is not None
            some += ok and count is None
            name = os.path.basename(folder)
            if not ok and hits == MORE.get(name):
                print('sigma: %s: %d matches, where %d are stated' % (name, hits, count))
                ok = True
            if not ok:
                print('sigma: %s: %d matches, not %s' % (name, hits, 'some' if count is None else count))
            passed += ok
            failed += not ok
    print('sigma: regression tests: %d exact, %d without a stated count' % (exact, some))
    print('sigma: %d passed, %d failed' % (passed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
