#!/usr/bin/env python3
"""What `spoor rules` writes for other programs is what they read: SARIF 2.1.0 (its schema's objects, required members and enumerations),
layers of the ATT&CK Navigator, Timesketch's lines, JUnit, and an HTML page that asks the network for nothing."""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

try:
    from sarif_pydantic import Sarif  # the standard's objects a second time, by somebody else
except ImportError:
    Sarif = None

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# The members that the schema allows for each object (all are closed but property bags), those that it needs, and what each must be:
# another object, a list of one ([...]), a type, or a set of words.
LEVEL = {'none', 'note', 'warning', 'error'}
SARIF = {
    'log': ({'$schema': str, 'version': {'2.1.0'}, 'runs': ['run'], 'properties': dict}, {'version', 'runs'}),
    'run': ({'tool': 'tool', 'invocations': ['invocation'], 'results': ['result'], 'columnKind': {'utf16CodeUnits', 'unicodeCodePoints'}, 'properties': dict}, {'tool'}),
    'tool': ({'driver': 'component', 'properties': dict}, {'driver'}),
    'component': ({'name': str, 'version': str, 'informationUri': str, 'rules': ['descriptor'], 'properties': dict}, {'name'}),
    'descriptor': ({'id': str, 'name': str, 'shortDescription': 'text', 'fullDescription': 'text', 'help': 'text', 'defaultConfiguration': 'configuration', 'properties': dict}, {'id'}),
    'text': ({'text': str, 'markdown': str, 'properties': dict}, {'text'}),
    'configuration': ({'enabled': bool, 'level': LEVEL, 'rank': float, 'properties': dict}, set()),
    'suppression': ({'kind': {'inSource', 'external'}, 'status': {'accepted', 'underReview', 'rejected'}, 'justification': str}, {'kind'}),
    'result': ({'suppressions': ['suppression'], 'ruleId': str, 'ruleIndex': int, 'level': LEVEL, 'message': 'message', 'locations': ['location'], 'occurrenceCount': int, 'partialFingerprints': dict,
                'fingerprints': dict, 'kind': {'pass', 'open', 'informational', 'notApplicable', 'review', 'fail'}, 'properties': dict}, {'message'}),
    'message': ({'text': str, 'markdown': str, 'properties': dict}, {'text'}),
    'location': ({'physicalLocation': 'physical', 'logicalLocations': ['logical'], 'message': 'message', 'properties': dict}, set()),
    'physical': ({'artifactLocation': 'artifact', 'region': 'region', 'properties': dict}, set()),
    'artifact': ({'uri': str, 'uriBaseId': str, 'properties': dict}, set()),
    'region': ({'startLine': int, 'startColumn': int, 'endLine': int, 'endColumn': int, 'properties': dict}, set()),
    'logical': ({'name': str, 'fullyQualifiedName': str, 'kind': str, 'properties': dict}, set()),
    'invocation': ({'executionSuccessful': bool, 'toolExecutionNotifications': ['notification'], 'properties': dict}, {'executionSuccessful'}),
    'notification': ({'level': LEVEL, 'message': 'message', 'associatedRule': 'reference', 'properties': dict}, {'message'}),
    'reference': ({'id': str, 'index': int, 'properties': dict}, set()),
}
URI = re.compile(r"^(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-F]{2})+$")


def check(value, kind, place):
    """Yields what is wrong."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            yield '%s: no list' % place
            return
        for i, item in enumerate(value):
            yield from check(item, kind[0], '%s[%d]' % (place, i))
    elif isinstance(kind, set):
        if value not in kind:
            yield '%s: %r is none of %s' % (place, value, sorted(kind))
    elif isinstance(kind, type):
        if not isinstance(value, kind) or (kind is int and (isinstance(value, bool) or value < 0)):
            yield '%s: %r is no %s' % (place, value, kind.__name__)
    else:
        members, needed = SARIF[kind]
        if not isinstance(value, dict):
            yield '%s: no object' % place
            return
        for name in needed - set(value):
            yield '%s: %s is missing' % (place, name)
        for name, member in value.items():
            if name not in members:
                yield '%s: %s is not known there' % (place, name)
            else:
                yield from check(member, members[name], '%s.%s' % (place, name))


def check_sarif(text):
    log = json.loads(text)
    wrong = list(check(log, 'log', 'log'))
    if Sarif is not None:
        try:
            Sarif.model_validate(log)
        except ValueError as why:
            wrong.append('sarif_pydantic: %s' % str(why)[:300])
    for run in log['runs']:
        rules = run['tool']['driver'].get('rules', [])
        for rule in rules:
            tags = rule.get('properties', {}).get('tags', [])
            if len(set(tags)) != len(tags):
                wrong.append('%s: a tag twice' % rule['id'])
        for result in run['results']:
            at = result.get('ruleIndex', -1)
            if not 0 <= at < len(rules) or rules[at]['id'] != result['ruleId']:
                wrong.append('%s: ruleIndex %s is another rule' % (result['ruleId'], at))
            if result.get('occurrenceCount', 1) < 1:
                wrong.append('occurrenceCount is less than 1')
            for location in result.get('locations', []):
                physical = location['physicalLocation']
                region = physical.get('region', {})
                if not URI.match(physical['artifactLocation']['uri']):
                    wrong.append('no URI: %s' % physical['artifactLocation']['uri'])
                if any(region.get(name, 1) < 1 for name in ('startLine', 'startColumn', 'endLine', 'endColumn')) or (
                        region and (region['endLine'], region['endColumn']) < (region['startLine'], region['startColumn'])):
                    wrong.append('a region that is none: %s' % region)
        for invocation in run.get('invocations', []):
            for n in invocation['toolExecutionNotifications']:
                if not 0 <= n['associatedRule']['index'] < len(rules):
                    wrong.append('a notification of no rule')
    return wrong, log


def check_layer(text, coverage):
    layer = json.loads(text)
    wrong = ['no %s' % name for name in ('name', 'versions', 'domain', 'techniques', 'gradient') if name not in layer]
    ids = [t['techniqueID'] for t in layer['techniques']]
    wrong += ['no technique: %s' % i for i in ids if not re.match(r'T\d{4}(\.\d{3})?$', i)]
    wrong += ['a technique twice'] if len(set(ids)) != len(ids) else []
    wrong += ['a score that is none: %s' % t for t in layer['techniques'] if not isinstance(t['score'], int) or (coverage and not 1 <= t['score'] <= 3)]
    if coverage and len(layer.get('legendItems', [])) != 3:
        wrong.append('no legend')
    return wrong, layer


def check_timesketch(text):
    wrong = []
    for line in text.splitlines():
        event = json.loads(line)
        wrong += ['no %s' % name for name in ('message', 'datetime', 'timestamp', 'timestamp_desc', 'data_type') if not event.get(name)]
        wrong += ['%s nests' % name for name, value in event.items() if isinstance(value, dict)]
        wrong += ['no time: %s' % event['datetime']] if not re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$', event['datetime']) else []
        wrong += ['tag is no list'] if not isinstance(event['tag'], list) else []
    return wrong if text else ['nothing']


def check_html(text):
    wrong = []
    for pattern in (r'https?://', r'\bsrc\s*=', r'\bhref\s*=', r'@import', r'url\('):
        found = re.search(pattern, re.sub(r'<td>.*?</td>', '', text, flags=re.S))
        wrong += ['%s: %s' % (pattern, text[found.start():found.start() + 60])] if found else []
    for tag in ('details', 'table', 'div', 'button', 'svg', 'script', 'style', 'ul'):
        if len(re.findall('<%s[ >]' % tag, text)) != text.count('</%s>' % tag):
            wrong.append('<%s> is not closed as often as opened' % tag)
    return wrong + ([] if '<mark>' in text and 'prefers-color-scheme:dark' in text else ['nothing is marked, or there is no dark mode'])


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    failed = passed = 0

    def ask(*words):
        return subprocess.run([binary, '-q', 'rules'] + list(words), capture_output=True, cwd=ROOT, timeout=300).stdout.decode('utf-8', 'replace')

    def judge(name, wrong):
        nonlocal failed, passed
        failed += bool(wrong)
        passed += not wrong
        for line in wrong[:10]:
            print('rule_outputs: %s: %s' % (name, line))

    with tempfile.TemporaryDirectory() as folder:
        logs = os.path.join(folder, 'a log.jsonl')
        event = {'Type': 'WindowsEvent', 'TimeGenerated': '2024-05-01T10:00:00Z', 'Provider': 'Microsoft-Windows-Sysmon', 'Channel': 'Microsoft-Windows-Sysmon/Operational',
                 'Computer': 'PC "1" <b>', 'EventID': 1, 'EventData': {'Image': 'C:\\a\\<script>cmd.exe', 'CommandLine': 'cmd \u00e4 \U0001F600 "x" \\ \u0007', 'User': 'D\\u'}}
        with open(logs, 'w', encoding='utf-8') as out:
            for i in range(150):
                out.write(json.dumps(dict(event, EventRecordId=str(i))) + '\n')
        rules = os.path.join(folder, 'rules & more.kql')
        with open(rules, 'w', encoding='utf-8') as out:
            out.write('// Title: Many "rows" <i>\n// Techniques: T1059, T1059.003\n// Tactics: Execution\n// Description: a \\ b\nSysmon | where process_path contains "cmd.exe"\n\n'
                      '// Title: Fails\n// Techniques: T1003\nSysmon | where Nothing == 1\n\n// Title: None\n// Techniques: T1082\nSysmon | where EventID == 99\n')
        blind = os.path.join(folder, 'blind.yml')
        with open(blind, 'w', encoding='utf-8') as out:
            out.write('title: Blind\ntags: [attack.t1490]\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {NoSuchField: a}, condition: s}\n')
        run = ['run', '-i', logs, rules, blind]
        wrong, log = check_sarif(ask(*run, '-o', 'sarif'))
        results = log['runs'][0]['results']
        if [r['id'] for r in log['runs'][0]['tool']['driver']['rules']] != ['blind#0', 'rules & more#0', 'rules & more#1', 'rules & more#2']:
            wrong.append('not all rules are listed: %s' % [r['id'] for r in log['runs'][0]['tool']['driver']['rules']])
        if len(results) != 1 or len(results[0]['locations']) != 100 or results[0]['properties'].get('locationsOmitted') != 50:
            wrong.append('what is cut is not said')
        if sorted(n['level'] for n in log['runs'][0]['invocations'][0]['toolExecutionNotifications']) != ['error', 'note']:
            wrong.append('rules that failed or are blind are not said')
        judge('sarif', wrong)
        judge('sarif of the samples', check_sarif(ask('run', '-i', 'samples', 'queries', '-o', 'sarif'))[0])
        judge('sarif of check', check_sarif(ask('check', rules, 'tests/data/rule_lints', '-o', 'sarif'))[0])
        store = ['--db', os.path.join(folder, 'a.db')]
        ask(*run, *store)
        ask(*store, 'triage', 'rules & more#0', '--status', 'closed', '--comment', 'known')
        wrong, log = check_sarif(ask(*run, *store, '-o', 'sarif'))
        judge('sarif of a closed alert', wrong + ([] if log['runs'][0]['results'][0].get('suppressions') else ['it is not suppressed']))
        wrong, layer = check_layer(ask(*run, '-o', 'navigator'), False)
        judge('navigator', wrong + ([] if {t['techniqueID']: t['score'] for t in layer['techniques']} == {'T1003': 0, 'T1059': 150, 'T1059.003': 150, 'T1082': 0, 'T1490': 0} else ['other scores']))
        wrong, layer = check_layer(ask(*run, '-o', 'navigator-coverage'), True)
        judge('coverage', wrong + ([] if {t['techniqueID']: t['score'] for t in layer['techniques']} == {'T1003': 1, 'T1059': 3, 'T1059.003': 3, 'T1082': 2, 'T1490': 1} else ['other scores']))
        judge('timesketch', check_timesketch(ask(*run, '-o', 'timesketch')))
        judge('html', check_html(ask(*run, '-o', 'html')))
        tests = xml.fromstring(ask('test', 'tests/data/rule_tests', '--mutate', '-o', 'junit'))
        counted = [(int(s.get('tests')), int(s.get('failures'))) for s in tests]
        judge('junit', [] if counted == [(len(s), len(s.findall('testcase/failure'))) for s in tests] else ['other counts: %s' % counted])
    if Sarif is None:
        print('rule_outputs: sarif_pydantic is not there: SARIF was checked by our own table alone')
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
