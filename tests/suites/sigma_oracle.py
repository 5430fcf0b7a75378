#!/usr/bin/env python3
"""Sigma rules evaluated a second time, by an evaluator that shares nothing with spoor: YAML from PyYAML, the detection read and tested
event by event on the fields as stored.  The rows of each rule must be the same events.

    sigma_oracle.py BINARY                 our rules of tests/data/sigma, and rules made at random
    sigma_oracle.py BINARY RULES LOGS...   those of a folder, over logs

A text test holds when the event has the field and its text fits; the absent field fits null alone."""
import base64
import datetime
import fnmatch
import ipaddress
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print('sigma_oracle: skipped: no PyYAML here')
    print('0 passed, 0 failed')
    sys.exit(0)

HERE = os.path.dirname(os.path.abspath(__file__))
DASHES = '-/–—―'
SYSMON = ['Microsoft-Windows-Sysmon', 'Linux-Sysmon']
EVENT_IDS = {
    'process_creation': [1], 'file_change': [2], 'network_connection': [3], 'sysmon_status': [4, 16], 'process_termination': [5],
    'driver_load': [6], 'image_load': [7], 'create_remote_thread': [8], 'raw_access_thread': [9], 'process_access': [10], 'file_event': [11],
    'registry_event': [12, 13, 14], 'registry_add': [12], 'registry_delete': [12], 'registry_set': [13], 'registry_rename': [14],
    'create_stream_hash': [15], 'pipe_created': [17, 18], 'wmi_event': [19, 20, 21], 'dns_query': [22], 'file_delete': [23],
    'clipboard_capture': [24], 'process_tampering': [25], 'file_delete_detected': [26], 'file_block_executable': [27],
    'file_block_shredding': [28], 'file_executable_detected': [29], 'sysmon_error': [255]}
POWERSHELL = {'ps_classic_start': 400, 'ps_classic_provider_start': 600, 'ps_classic_script': 800, 'ps_module': 4103, 'ps_script': 4104}


class Loader(yaml.SafeLoader):
    """Scalars stay as written but for null: the text of a number is what an event shows."""


for first, resolvers in list(Loader.yaml_implicit_resolvers.items()):
    Loader.yaml_implicit_resolvers[first] = [(tag, r) for tag, r in resolvers if tag.endswith(':null') or tag.endswith(':merge')]


class Refused(Exception):
    pass


# -- texts: a list of characters and of the marks ANY, ONE, DASH --

ANY, ONE, DASH = ('any',), ('one',), ('dash',)


def unescape(text):
    out, i = [], 0
    while i < len(text):
        if text[i] == '\\' and text[i + 1:i + 2] in ('*', '?', '\\') and i + 1 < len(text):
            out.append(text[i + 1])
            i += 1
        else:
            out.append({'*': ANY, '?': ONE}.get(text[i], text[i]))
        i += 1
    return out


def plain(value):
    if any(not isinstance(c, str) for c in value):
        raise Refused('wildcards')
    return ''.join(value)


def spread_dashes(value):
    """A dash or slash before a word and behind none, as each of the five."""
    out = []
    for i, c in enumerate(value):
        before = isinstance(value[i - 1], str) and re.match(r'\w', value[i - 1]) if i > 0 else None
        behind = isinstance(value[i + 1], str) and re.match(r'\w', value[i + 1]) if i + 1 < len(value) else None
        out.append(DASH if isinstance(c, str) and c in DASHES and not before and behind else c)
    return out


def fits(value, text, cased):
    regex = ''.join('.*' if c is ANY else '.' if c is ONE else '[-/–—―]' if c is DASH else re.escape(c) for c in value)
    return re.fullmatch(regex, text, re.S | (0 if cased else re.I)) is not None


# -- items --

def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def part_of(text, part):
    m = re.match(r'(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)', text)
    if not m:
        return None
    at = datetime.datetime(*map(int, m.groups()))
    return {'minute': at.minute, 'hour': at.hour, 'day': at.day, 'week': at.isocalendar()[1], 'month': at.month, 'year': at.year}[part]


COMPARE = {'lt': lambda a, b: a < b, 'lte': lambda a, b: a <= b, 'gt': lambda a, b: a > b, 'gte': lambda a, b: a >= b}
PARTS = ('minute', 'hour', 'day', 'week', 'month', 'year')


def encode(value, mods):
    """Each of the texts that a value becomes."""
    values = [value]
    for m in mods:
        if m in ('contains', 'endswith', 'startswith'):
            values = [([ANY] if m != 'startswith' else []) + v + ([ANY] if m != 'endswith' else []) for v in values]
        elif m == 'windash':
            values = [spread_dashes(v) for v in values]
        elif m in ('wide', 'utf16le', 'utf16be', 'utf16', 'base64', 'base64offset'):
            made = []
            for v in [w for v in values for w in each_dash(v)]:
                raw = bytes(v[0]) if v and isinstance(v[0], bytes) else plain(v).encode('utf-8')
                if m in ('base64', 'base64offset'):
                    for shift in range(3 if m == 'base64offset' else 1):
                        code = base64.b64encode(b'x' * shift + raw).decode()
                        if m == 'base64offset':
                            code = code[(0, 2, 3)[shift]:len(code) - (0, 3, 2)[(len(raw) + shift) % 3]]
                        made.append(list(code))
                else:
                    text = plain(v)
                    made.append([{'utf16be': text.encode('utf-16-be'), 'utf16': b'\xff\xfe' + text.encode('utf-16-le')}.get(m, text.encode('utf-16-le'))])
            values = made
    return [list(v[0].decode('utf-8')) if len(v) == 1 and isinstance(v[0], bytes) else v for v in values]


def each_dash(value):
    if DASH not in value:
        return [value]
    i = value.index(DASH)
    return [v for d in DASHES for v in each_dash(value[:i] + [d] + value[i + 1:])]


def holds(event, field, mods, value):
    """One value of an item; Data is a list of texts, of which one must fit."""
    if field == 'Data' and value is not None and 'exists' not in mods and 'fieldref' not in mods:
        return any(holds_on(event, field, mods, value, text) for text in event.unnamed())
    return holds_on(event, field, mods, value, event.field(field) if field else None)


def holds_on(event, field, mods, value, got):
    if 'exists' in mods:
        return event.has(field) == (str(value).lower() == 'true')
    if value is None:
        return got is None
    part = [m for m in mods if m in PARTS]
    compare = [m for m in mods if m in COMPARE]
    if part or compare:
        left = None if got is None else part_of(got, part[0]) if part else number(got)
        return left is not None and (COMPARE[compare[0]] if compare else lambda a, b: a == b)(left, float(value))
    if 'fieldref' in mods:
        other = event.field(value)
        if not got or not other:
            return False
        a, b = (got, other) if 'cased' in mods else (got.lower(), other.lower())
        starts, ends = 'startswith' in mods or 'contains' in mods, 'endswith' in mods or 'contains' in mods
        return b in a if starts and ends else a.startswith(b) if starts else a.endswith(b) if ends else a == b
    if 're' in mods:
        flags = (re.I if 'i' in mods else 0) | (re.M if 'm' in mods else 0) | (re.S if 's' in mods else 0)
        return got is not None and re.search(value.replace(r'\z', r'\Z'), got, flags) is not None
    if 'cidr' in mods:
        try:
            return got is not None and ipaddress.ip_address(got) in ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
    written = [value]
    if re.fullmatch(r'0x[0-9a-f]+', value, re.I) and not mods and getattr(value, 'is_bare', False):
        written.append(str(int(value, 16)))
    values = [v for w in written for v in encode(unescape(w), mods)]
    if not field:
        return any(fits([ANY] + v + [ANY], text, 'cased' in mods) for v in values for text in event.whole(v))
    return got is not None and any(fits(v, got, 'cased' in mods) for v in values)


def item(event, key, value):
    field, *mods = key.split('|')
    values = value if isinstance(value, list) else [value]
    if 'expand' in mods and any('%' in (v or '') for v in values):
        raise Refused('placeholder')
    result = (all if 'all' in mods else any)(holds(event, field, mods, v) for v in values)
    return result != ('neq' in mods)


def selection(event, value):
    if isinstance(value, dict):
        return all(item(event, k, v) for k, v in value.items())
    if isinstance(value, list):
        return any(selection(event, v) if isinstance(v, dict) else item(event, '', v) for v in value)
    return item(event, '', value)


class Condition:
    """The text as an expression of Python over the truths of selections."""

    def __init__(self, text, names):
        words = re.findall(r'[()]|[^\s()]+', text)
        out, i, self.names = [], 0, names
        while i < len(words):
            low = words[i].lower()
            if low in ('and', 'or', 'not') or words[i] in '()':
                out.append(' %s ' % low)
            elif i + 2 < len(words) and words[i + 1].lower() == 'of':
                pattern = words[i + 2]
                chosen = [n for n in names if (n[0] != '_' if pattern.lower() == 'them' else fnmatch.fnmatchcase(n, pattern) and (n[0] != '_' or pattern[0] == '_'))]
                least = len(chosen) if low == 'all' else 1 if low == 'any' else int(low)
                out.append('(sum([%s]) >= %d)' % (','.join('s(%r)' % n for n in chosen), least))
                i += 2
            elif words[i] in names:
                out.append('s(%r)' % words[i])
            else:
                raise Refused(words[i])
            i += 1
        self.code = compile(''.join(out).strip(), text, 'eval')

    def holds(self, event, detection, seen):
        def s(name):
            if name not in seen:
                seen[name] = selection(event, detection[name])
            return seen[name]
        return eval(self.code, {'s': s, 'sum': sum})


# -- events --

class Event:
    def __init__(self, row, place):
        self.at, self.place = ticks(row['TimeGenerated']), place
        self.row, self.data = row, row['EventData'] or {}
        self.is_sysmon = row['Provider'] in SYSMON
        self.is_audit = False  # read as an event of Sysmon

    def audited(self, name):
        """What Sysmon calls this, in 4688 of the Security log."""
        d = self.data
        if name == 'User' and 'SubjectUserName' in d:
            return '%s\\%s' % (d.get('SubjectDomainName', ''), d['SubjectUserName'])
        if name in ('ProcessId', 'ParentProcessId'):
            text = d.get('NewProcessId' if name == 'ProcessId' else 'ProcessId')
            return text and str(int(text, 0))
        if name == 'IntegrityLevel':
            label = d.get('MandatoryLabel')
            return {'S-1-16-4096': 'Low', 'S-1-16-8192': 'Medium', 'S-1-16-8448': 'MediumPlus', 'S-1-16-12288': 'High', 'S-1-16-16384': 'System'}.get(label, label)
        return d.get({'Image': 'NewProcessName', 'ParentImage': 'ParentProcessName', 'LogonId': 'SubjectLogonId'}.get(name, name))

    def field(self, name):
        row = self.row
        if self.is_audit and name in ('Image', 'ParentImage', 'ProcessId', 'ParentProcessId', 'LogonId', 'User', 'IntegrityLevel'):
            return self.audited(name)
        system = {'EventID': row['EventID'], 'Provider_Name': row['Provider'], 'Channel': row['Channel'], 'Computer': row['Computer'],
                  'ComputerName': row['Computer'], 'Level': row['EventLevel'], 'Task': row['Task'], 'Opcode': row['Opcode'],
                  'Keywords': row['Keywords'], 'EventRecordID': row['EventRecordId'], 'Message': row['Message']}
        if name in system:
            return '' if system[name] is None else str(system[name])
        if self.is_sysmon and name.lower() in ('md5', 'sha1', 'sha256', 'imphash') and name not in self.data:
            m = re.search(name.upper() + '=([^,]*)', self.data.get('Hashes') or self.data.get('Hash') or '')
            return m.group(1) if m else None
        if self.row['Channel'] == 'Microsoft-Windows-Windows Defender/Operational':
            for key in self.data:
                if re.sub('[ _]', '', key) == re.sub('[ _]', '', name):
                    name = key
        value = self.data.get(name)
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(',', ':'))

    def has(self, name):
        if self.is_audit and self.audited(name) is not None:
            return True
        return name in self.data or self.field(name) is not None

    def unnamed(self):
        value = self.data.get('Data')
        return [str(v) for v in value] if isinstance(value, list) else [value]

    def whole(self, value):
        del value
        def texts(v):
            if isinstance(v, dict):
                return [t for k in v for t in [k] + texts(v[k])]
            return [t for w in v for t in texts(w)] if isinstance(v, list) else [str(v)]
        return texts(self.data) + [self.row['Message']]


def meant(row, source):
    """Is the event of the log source?  None: not known here."""
    product, category, service = (str(source.get(k, '') or '').lower() for k in ('product', 'category', 'service'))
    if product not in ('', 'windows', 'linux'):
        return False
    providers = SYSMON if not product else SYSMON[:1] if product == 'windows' else SYSMON[1:]
    if category == 'process_creation' and product != 'linux' and row['Channel'].lower() == 'security' and row['EventID'] == 4688:
        return True
    if category in EVENT_IDS:
        return row['Provider'] in providers and row['EventID'] in EVENT_IDS[category]
    if category in POWERSHELL:
        channel = row['Channel'].lower()
        return row['EventID'] == POWERSHELL[category] and (channel == 'windows powershell' if 'classic' in category else
                                                           channel in ('microsoft-windows-powershell/operational', 'powershellcore/operational'))
    if service == 'sysmon':
        return row['Provider'] in providers
    if not category and service in ('security', 'system', 'application'):
        return row['Channel'].lower() == service
    return None


# -- correlations: every window is looked at by itself --

UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400}
BOUNDS = dict(COMPARE, eq=lambda a, b: a == b, neq=lambda a, b: a != b)


def ticks(text):
    m = re.match(r'(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?Z', text)
    at = datetime.datetime.strptime(m.group(1), '%Y-%m-%dT%H:%M:%S')
    return int((at - datetime.datetime(1970, 1, 1)).total_seconds()) * 10 ** 7 + int((m.group(2) or '').ljust(7, '0')[:7])


def field_for(correlation, doc, reference, field):
    mapping = correlation.get('aliases', {}).get(field)
    if mapping is None:
        return field
    return next((mapping[k] for k in (reference, doc.get('name'), doc.get('id')) if k in mapping), field)


def percentile_of(values, percent):
    values = sorted(values)
    return values[max(0, math.ceil(percent / 100 * len(values)) - 1)]  # the nearest rank


def measure(correlation, window, event_value, ordered):
    kind = correlation['type']
    if kind == 'event_count':
        return len({id(e) for _, e, _, _ in window})
    if kind == 'temporal':
        return len({n for _, _, n, _ in window})
    if kind == 'value_count':
        return len({v for _, _, _, v in window})
    numbers = [n for n in {(id(e), v): number(v) for _, e, _, v in window}.values() if n is not None]
    if kind == 'value_sum':
        return sum(numbers)
    if kind == 'value_avg':
        return sum(numbers) / len(numbers)
    if 'percentile' in correlation['condition']:
        return percentile_of(numbers, float(correlation['condition']['percentile']))
    values = list({(id(e), v): v for _, e, _, v in window}.values())
    return 100.0 * values.count(event_value) / len(values)


def hits_of(doc, docs, events):
    """The events at which a rule hits, in the order of the log."""
    correlation = doc.get('correlation')
    if correlation is None:
        detection = doc['detection']
        names = [n for n in detection if n not in ('condition', 'timeframe')]
        condition = Condition(detection['condition'], names)
        found = []
        for e in events:
            e.is_audit = doc['logsource'].get('category') == 'process_creation' and not e.is_sysmon
            if meant(e.row, doc['logsource']) and condition.holds(e, detection, {}):
                found.append(e)
        return found
    span = int(correlation['timespan'][:-1]) * UNITS[correlation['timespan'][-1]] * 10 ** 7
    groups, condition = correlation.get('group-by', []), correlation.get('condition', {})
    fields = condition.get('field', [])
    fields = fields if isinstance(fields, list) else [fields]
    parts = {}
    for n, reference in enumerate(correlation['rules']):
        member = next(d for d in docs if reference in (d.get('name'), d.get('id')))
        first = member
        while 'correlation' in first:  # a chain's fields are those of the first rule at its bottom
            first = next(d for d in docs if first['correlation']['rules'][0] in (d.get('name'), d.get('id')))
        for place, event in enumerate(hits_of(member, docs, events)):
            event.is_audit = first['logsource'].get('category') == 'process_creation' and not event.is_sysmon
            key = tuple(event.field(field_for(correlation, member, reference, g)) for g in groups)
            values = [event.field(field_for(correlation, member, reference, f)) for f in fields]
            value = '\x01'.join(v or '' for v in values)
            if not all(key) or not all(values) or ((correlation['type'] in ('value_sum', 'value_avg') or 'percentile' in condition) and number(value) is None):
                continue
            parts.setdefault(key, []).append((event.at, event, n, value))
    found = []
    for part in parts.values():
        part.sort(key=lambda p: (p[0], p[1].place, -p[2]))
        for i, (at, event, n, value) in enumerate(part):
            window = [p for p in part if at - span <= p[0] <= at]
            if correlation['type'] == 'temporal_ordered':
                need = len(correlation['rules']) - 1
                if n != need:
                    continue
                for p in reversed([p for p in part[:i] if p[0] >= at - span]):
                    need -= need > 0 and p[2] == need - 1
                ok = need == 0
            else:
                got = measure(correlation, window, value, part)
                bounds = {k: float(v) for k, v in condition.items() if k in BOUNDS} or {'gte': float(len(correlation['rules']))}
                ok = all(BOUNDS[k](got, v) for k, v in bounds.items())
            if ok and not any(event is f for f in found):
                found.append(event)
    return found


# -- comparing --

def ask(binary, logs, *words):
    command = [binary] + [w for log in logs for w in ('-i', log)] + list(words)
    p = subprocess.run(command, capture_output=True, timeout=3600)
    return p.stdout.decode('utf-8')


def key_of(row):
    return row['_SourceFile'], row['_Chunk'], row['_Offset'], row['_RecordId']


def load_events(binary, logs):
    text = ask(binary, logs, 'query', '_Events | sort by _SourceFile asc, _Chunk asc, _Offset asc, _RecordId asc | project TimeGenerated, Provider, Channel, Computer, EventID, EventLevel, Task, Opcode, Keywords, EventRecordId, '
               'Message, EventData, _SourceFile, _Chunk, _Offset, _RecordId', '-o', 'jsonl', '--max-rows', '100000000')
    return [Event(json.loads(line), i) for i, line in enumerate(text.splitlines())]


def documents(folder):
    files = [folder] if os.path.isfile(folder) else [os.path.join(d, n) for d, _, names in sorted(os.walk(folder)) for n in sorted(names)]
    for path in files:
        if path.endswith(('.yml', '.yaml')):
            for index, doc in enumerate(yaml.load_all(open(path, encoding='utf-8'), Loader)):
                if isinstance(doc, dict) and ('detection' in doc or 'correlation' in doc):
                    yield path, index, doc


def rows_of(doc, events):
    detection = doc['detection']
    names = [n for n in detection if n not in ('condition', 'timeframe')]
    texts = detection['condition'] if isinstance(detection['condition'], list) else [detection['condition']]
    conditions = [Condition(t, names) for t in texts]
    category = str(doc['logsource'].get('category', '')).lower()
    found = 0
    for event in events:
        wanted = meant(event.row, doc['logsource'])
        if wanted is None:
            raise Refused('log source')
        if wanted:
            event.is_audit = category == 'process_creation' and not event.is_sysmon
            seen = {}
            found += any(c.holds(event, detection, seen) for c in conditions)
    return found


def compare(binary, rules, logs):
    events = load_events(binary, logs)
    by_id = {}
    for e in events:
        by_id.setdefault(e.row['EventID'], []).append(e)
    got = {}
    for line in ask(binary, logs, 'rules', 'run', rules, '-o', 'jsonl', '--quiet', '--no-warnings', '--max-rows', '0').splitlines():
        rule = json.loads(line)
        got[rule['file'], rule['index']] = rule
    same = other = skipped = hits = 0
    all_documents = list(documents(rules))
    parts = {r for _, _, d in all_documents if 'correlation' in d for r in d['correlation']['rules']}
    for path, index, doc in all_documents:
        rule = got.get((path, index))
        if doc.get('name') in parts or doc.get('id') in parts:
            continue
        try:
            category = str((doc.get('logsource') or {}).get('category', '')).lower()
            some = [e for i in EVENT_IDS.get(category, []) + [4688] for e in by_id.get(i, [])] if category in EVENT_IDS else events
            if rule and rule['error'] and 'so short a text' in rule['error']['message']:
                raise Refused('a short text')
            if 'correlation' in doc:
                want = len(hits_of(doc, [d for p, _, d in all_documents if p == path], events))
            else:
                want = rows_of(doc, some)
        except (Refused, re.error, UnicodeDecodeError) as why:
            skipped += 1
            if rule and rule['hits'] > 0:
                print('sigma_oracle: %s: not evaluated: %s' % (path, why))
            continue
        if rule is None or rule['error'] or rule['hits'] != want:
            other += 1
            print('sigma_oracle: %s[%d] %s: %s, not %d' % (path, index, doc.get('title'), rule and (rule['error'] or rule['hits']), want))
        else:
            same += 1
            hits += want
    print('sigma_oracle: %d events, %d rules agree (%d hits), %d differ, %d not evaluated' % (len(events), same, hits, other, skipped))
    print('%d passed, %d failed' % (same, other))
    return other


# -- rules made at random, of what events hold --

def escape(text):
    return re.sub(r'([\\*?])', r'\\\1', text)


def random_value(rng, text):
    """A value that may fit the text, and the modifiers that it needs."""
    part = text[rng.randrange(len(text) + 1):]
    part = part[:rng.randrange(len(part) + 1)] or text[:1]
    if rng.random() < 0.3:
        part = part.swapcase()
    kind = rng.randrange(16)
    if kind < 3:
        mods = [rng.choice(['contains', 'startswith', 'endswith'])] + rng.sample(['cased', 'windash'], rng.randrange(2))
        value = escape(part if kind < 2 else text if rng.random() < 0.5 else part)
        return value, mods
    if kind == 3:
        cut = rng.randrange(len(text) + 1)
        return escape(text[:cut]) + rng.choice(['*', '?', '*?', '**']) + escape(text[cut + rng.randrange(3):]), rng.choice([[], ['cased']])
    if kind == 4:
        return re.escape(part).replace(r'\ ', ' ') + rng.choice(['', '.*', r'\w?', '|x']), ['re'] + rng.choice([[], ['i'], ['i', 's'], ['m']])
    if kind == 5:
        return rng.choice(['', '*', '-', '?*', None]), []
    if kind == 6:
        return str(rng.randrange(9999)), [rng.choice(list(COMPARE))]
    if kind == 7:
        return rng.choice(['true', 'false']), ['exists']
    if kind == 8 and re.match(r'\d{4}-', text):
        part = rng.choice(PARTS)
        return str(part_of(text, part) or 0), [part] + rng.choice([[], [rng.choice(list(COMPARE))]])
    if kind == 9 and len(part) > 2:
        return escape(part), rng.choice([['base64offset', 'contains'], ['wide', 'base64offset', 'contains'], ['base64']])
    if kind == 11:  # escapes that escape nothing, and what stands before a wildcard
        return rng.choice(['*', '']) + part.replace('\\', rng.choice(['\\', '\\\\'])) + rng.choice(['\\*', '\\\\*', '\\?', '*', '']), rng.choice([[], ['contains'], ['endswith'], ['cased', 'startswith']])
    if kind == 12:
        return rng.choice(['10.0.0.0/8', '192.168.0.0/16', '0.0.0.0/0', '127.0.0.1', 'fe80::/10', '::/0', '::1/128', '2001:db8::/32']), ['cidr'] + rng.choice([[], ['neq']])
    if kind == 13:
        return rng.choice(['Image', 'CommandLine', 'User', 'Computer', 'NoSuchField']), ['fieldref'] + rng.choice([[], ['startswith'], ['endswith'], ['contains'], ['cased'], ['neq']])
    if kind == 14:
        return escape(part), rng.choice([['neq', 'contains'], ['windash', 'contains', 'neq'], ['utf16be', 'base64offset', 'contains'], ['utf16', 'base64']])
    return escape(text), rng.choice([[], ['neq'], ['cased'], ['cased', 'neq']])


def random_selection(rng, events):
    if rng.random() < 0.1:  # a list of maps: one of them
        return [random_map(rng, events) for _ in range(rng.randrange(1, 4))]
    return random_map(rng, events)


def random_map(rng, events):
    chosen = {}
    for _ in range(rng.randrange(1, 4)):
        event = rng.choice(events)
        field = rng.choice(sorted(event.data) + ['CommandLine', 'NoSuchField', 'Computer'])
        value, mods = random_value(rng, event.field(field) or 'x')
        if field == 'Data' and 're' in mods:
            continue
        values = [value]
        while rng.random() < 0.4 and value is not None and not set(mods) & {'exists', 're', 'cidr', 'fieldref'} and not set(mods) & set(COMPARE) and not set(mods) & set(PARTS):
            values.append(escape(rng.choice(events).field(field) or 'y'))
        if len(values) > 1 and rng.random() < 0.4:
            mods = mods + ['all']
        chosen['|'.join([field] + mods)] = values if len(values) > 1 else value
    return chosen or {'EventID': '1'}


def random_rules(rng, events, count):
    sources = [{'category': c, 'product': 'windows'} for c in ('process_creation', 'registry_set', 'network_connection', 'image_load', 'registry_event')]
    sources += [{'product': 'windows', 'service': s} for s in ('security', 'sysmon', 'system')]
    while count > 0:
        source = rng.choice(sources)
        some = [e for e in events if meant(e.row, source)]
        if not some:
            continue
        count -= 1
        detection = {n: random_selection(rng, some) for n in ('sel_a', 'sel_b', '_c')}
        condition = rng.choice(['sel_a', 'sel_a or sel_b', 'sel_a and not sel_b', 'all of sel*', '1 of them', 'not (sel_a or _c)', '2 of them', 'not sel_a', 'not 1 of sel*', 'all of them and not _c', 'not (not sel_a and not (sel_b or 1 of _*))'])
        yield {'title': 'random %d' % count, 'logsource': source, 'detection': dict(detection, condition=condition)}


def random_events(rng, path, count):
    """Logons and processes of few hosts and users, close together, some at the same time."""
    at = datetime.datetime(2025, 3, 4)
    with open(path, 'w', encoding='utf-8') as out:
        for n in range(count):
            at += datetime.timedelta(seconds=rng.choice([0, 0, 1, 5, 10, 30, 60, 300]))
            data = {'TargetUserName': rng.choice(['ann', 'bob', 'Bob', '']), 'Size': str(rng.randrange(50)), 'IpAddress': '10.0.0.%d' % rng.randrange(4),
                    'SourceUser': rng.choice(['ann', 'bob'])}
            if rng.random() < 0.1:
                del data[rng.choice(sorted(data))]
            row = {'Type': 'WindowsEvent', 'TimeGenerated': at.isoformat() + '.0000000Z', 'Provider': 'Microsoft-Windows-Security-Auditing', 'Channel': 'Security',
                   'Computer': rng.choice(['h1', 'h2']), 'EventID': rng.choice([4624, 4625, 4688, 1]), 'EventRecordId': str(n + 1), 'EventLevel': 4, 'EventData': data}
            image, user = rng.choice(['C:\\a.exe', 'C:\\b.exe']), rng.choice(['ann', 'bob'])
            if row['EventID'] == 1:  # a process, in Sysmon's words or in the audit's
                row.update(Provider=SYSMON[0], Channel='Microsoft-Windows-Sysmon/Operational')
                data.update(Image=image, User='lab\\' + user)
            elif row['EventID'] == 4688:
                data.update(NewProcessName=image, SubjectUserName=user, SubjectDomainName='lab')
            out.write(json.dumps(row) + '\n')


def random_correlations(rng, count):
    source = {'product': 'windows', 'service': 'security'}
    for name, test in (('r1', {'EventID': '4624'}), ('r2', {'EventID': '4625'}), ('r3', {'EventID': '4688'}), ('r4', {'IpAddress': ['10.0.0.1', '10.0.0.2']})):
        yield {'title': name, 'name': name, 'logsource': source, 'detection': {'s': test, 'condition': 's'}}
    for name, test in (('p1', {'Image|endswith': '\\a.exe'}), ('p2', {'User|contains': 'ann'})):
        yield {'title': name, 'name': name, 'logsource': {'product': 'windows', 'category': 'process_creation'}, 'detection': {'s': test, 'condition': 's'}}
    chain = {'type': 'event_count', 'rules': ['r2'], 'group-by': ['Computer'], 'timespan': '2m', 'condition': {'gte': '2'}}
    yield {'title': 'chain', 'name': 'chain', 'correlation': chain}
    starts = {'type': 'event_count', 'rules': ['p1'], 'group-by': ['Image'], 'timespan': '2m', 'condition': {'gte': '2'}}
    yield {'title': 'starts', 'name': 'starts', 'correlation': starts}
    for n in range(count):
        kind = rng.choice(['event_count', 'value_count', 'temporal', 'temporal_ordered', 'value_sum', 'value_avg', 'value_percentile'])
        rules = rng.sample(['r1', 'r2', 'r3', 'r4', 'p1', 'p2', 'chain', 'starts'], rng.randrange(1 if kind[0] != 't' else 2, 4))
        made = {'type': kind, 'rules': rules, 'timespan': rng.choice(['1s', '30s', '1m', '10m', '1h'])}
        made['group-by'] = rng.choice([[], ['Computer'], ['TargetUserName'], ['Computer', 'TargetUserName'], ['who', 'Computer'], ['Image'], ['User']])
        if 'who' in made['group-by']:
            made['aliases'] = {'who': {r: rng.choice(['TargetUserName', 'SourceUser']) for r in ('r1', 'r2', 'r3', 'r4', 'chain', 'p1', 'p2', 'starts')}}
        if kind[0] != 't':
            made['condition'] = {rng.choice(sorted(BOUNDS)): str(rng.choice([1, 2, 3, 5, 20, 50]))}
        elif kind == 'temporal' and rng.random() < 0.3:
            made['condition'] = {'gte': '2'}
        if kind == 'value_count':
            made['condition']['field'] = rng.choice(['IpAddress', ['IpAddress', 'Size']])
        elif kind[0] == 'v':
            made['condition']['field'] = 'Size' if kind != 'value_percentile' else rng.choice(['Size', 'IpAddress'])
        if kind == 'value_percentile' and made['condition']['field'] == 'Size' and rng.random() < 0.5:
            made['condition']['percentile'] = rng.choice(['50', '95'])
        yield {'title': 'correlation %d' % n, 'correlation': made}


def compare_correlations(binary, seed):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix='spoor-sigma-') as folder:
        rules, log = os.path.join(folder, 'correlations.yml'), os.path.join(folder, 'events.jsonl')
        random_events(rng, log, 250)
        with open(rules, 'w', encoding='utf-8') as out:
            yaml.safe_dump_all(random_correlations(rng, 60), out, sort_keys=False)
        differ = compare(binary, rules, [log])
        if differ:
            os.replace(rules, '/tmp/sigma_oracle_correlations.yml')
            os.replace(log, '/tmp/sigma_oracle_correlations.jsonl')
        return differ


def compare_random(binary, logs, count, seed):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix='spoor-sigma-') as folder:
        path = os.path.join(folder, 'random.yml')
        with open(path, 'w', encoding='utf-8') as out:
            yaml.safe_dump_all(random_rules(rng, load_events(binary, logs), count), out, allow_unicode=True, sort_keys=False)
        differ = compare(binary, path, logs)
        if differ:
            os.replace(path, '/tmp/sigma_oracle_random.yml')
            print('sigma_oracle: the rules are in /tmp/sigma_oracle_random.yml')
        return differ


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    if len(sys.argv) > 3:
        return compare(binary, sys.argv[2], sys.argv[3:])
    data = os.path.join(os.path.dirname(HERE), 'data', 'sigma')
    samples = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'samples', 'HL-WS03')
    differ = compare(binary, os.path.join(data, 'rules.yml'), [os.path.join(data, 'events.jsonl')])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    differ += compare_correlations(binary, seed)
    return differ + compare_random(binary, [os.path.join(data, 'events.jsonl'), samples], 300, seed)


sys.exit(main() != 0)
