#!/usr/bin/env python3
"""needles.py - is everything found that stands in whole records?

Literals cut at random out of XML, bags, parameters and messages of hostile events are looked for twice: as a query
does it, which asks the dictionaries of values first (executor/scan_needles.c), and with strcat(column, ''), which it
cannot see through, so that each record is put together.  Counts must agree, as must those of `search` and of the
columns one by one.  The seed is fixed; another one is the second argument.  Ends with 'N passed, N failed'."""
import json
import os
import random
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape, quoteattr

NEEDLES = 60
EVENTS = 300
WORDS = ['amp', 'lt', 'Data', 'Name', 'null', 'true', '0x1f', 'C:\\Temp\\a b.exe', 'Image: x', ' end', 'Process Create', 'quot;', 'a&b<c>"d"', '{"k": 1.0, "t": "x\\ny"}',
         '[1, "two"]', '{11111111-AAAA-bbbb-0000-00000000000%d}', 'tab\there', 'line\r\nbreak', '\u212aelvin', 'caf\u00e9', '2024-05-01', '10.1.2.3', '01T10', '4624', ':', '', 'lsass', "it's", '\x01low', 'net user /add']
NAMES = ['Image', 'CommandLine', 'TargetObject', 'Details', 'User', 'Data', 'Weird & name', 'null']
COLUMNS = {'Event': ['EventData', 'RenderedDescription', 'ParameterXml'], 'WindowsEvent': ['EventData']}
TESTS = ['has', 'contains', 'startswith', 'has_cs', 'contains_cs', 'hasprefix', 'endswith']


def value(rnd):
    return ''.join(rnd.choice(WORDS).replace('%d', str(rnd.randrange(3))) for _ in range(rnd.randint(0, 3)))


def events(rnd, folder):
    """Half of them as a JSON export, half as XML with unnamed values, names that occur twice, binary data, UserData."""
    with open(os.path.join(folder, 'a.jsonl'), 'w', encoding='utf-8') as out:
        for i in range(EVENTS):
            data = {name: value(rnd) for name in rnd.sample(NAMES, rnd.randint(1, 5))}
            if rnd.random() < 0.1:
                data['Details'] = rnd.choice([{'a': [1, 2.50]}, ['x', None], True, 7])
            event = {'Type': 'WindowsEvent', 'TimeGenerated': '2024-05-01T10:00:00Z', 'Provider': 'Microsoft-Windows-Sysmon', 'Computer': 'PC%d' % (i % 3), 'EventID': rnd.choice([1, 13]),
                     'Channel': 'Microsoft-Windows-Sysmon/Operational', 'EventRecordId': str(i), 'EventData': data}
            out.write(json.dumps(event) + '\n')
    with open(os.path.join(folder, 'b.xml'), 'w', encoding='utf-8') as out:
        out.write('<Events>')
        for i in range(EVENTS):
            fields = ''.join(rnd.choice(['<Data Name=%s>%s</Data>' % (quoteattr(rnd.choice(NAMES[:5])), text), '<Data>%s</Data>' % text])
                             for text in (escape(value(rnd).replace('\x01', '')) for _ in range(rnd.randint(0, 4))))
            fields += rnd.choice(['', '', '<Binary>0a0B0C</Binary>'])
            body = '<UserData><Own xmlns="x"><Part a="1">%s</Part></Own></UserData>' % escape(value(rnd).replace('\x01', '')) if rnd.random() < 0.1 else '<EventData>%s</EventData>' % fields
            message = '<RenderingInfo Culture="en-US"><Message>%s</Message></RenderingInfo>' % escape('Title: ' + value(rnd).replace('\x01', '')) if rnd.random() < 0.3 else ''
            out.write('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Own"/><EventID>7</EventID><TimeCreated SystemTime="2024-05-01T11:00:00Z"/>'
                      '<EventRecordID>%d</EventRecordID><Channel>Application</Channel><Computer>PC9</Computer></System>%s%s</Event>' % (1000 + i, body, message))
        out.write('</Events>')


def literal(text):
    return json.dumps(text, ensure_ascii=True)


class Asking:
    def __init__(self, binary, store):
        self.command = [binary, 'query', '--db', store, '--no-warnings', '-o', 'jsonl', '--max-rows', '0']

    def rows(self, text):
        run = subprocess.run(self.command + [text], capture_output=True)
        if run.returncode != 0:
            return [run.stderr.decode(errors='replace')]
        return [json.loads(line) for line in run.stdout.decode().splitlines()]


def texts_of(asking):
    texts = []
    for table, columns in COLUMNS.items():
        for column in columns:
            texts += [row['x'] for row in asking.rows('%s | project x = tostring(%s)' % (table, column)) if row['x']]
    return texts


def cut(rnd, texts):
    text = rnd.choice(texts)
    start = rnd.randrange(len(text))
    needle = text[start:start + rnd.choice([1, 2, 3, 5, 8, 20])]
    return rnd.choice([needle, needle.upper(), needle.lower(), rnd.choice(WORDS)]) or 'x'


def main():
    binary, rnd = os.path.abspath(sys.argv[1]), random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    failed = passed = 0
    with tempfile.TemporaryDirectory() as folder:
        events(rnd, folder)
        store = os.path.join(folder, 's.db')
        subprocess.run([binary, 'ingest', '-q', '--db', store, os.path.join(folder, 'a.jsonl'), os.path.join(folder, 'b.xml')], check=True, stderr=subprocess.DEVNULL)
        asking = Asking(binary, store)
        texts = texts_of(asking)
        for _ in range(NEEDLES):
            needle, test = cut(rnd, texts), rnd.choice(TESTS)
            asked = [('%s | where tostring(%s) %s %s | count' % (table, column, test, literal(needle)),
                      "%s | where strcat(%s, '') %s %s | count" % (table, column, test, literal(needle))) for table, columns in COLUMNS.items() for column in columns]
            everywhere = ' or '.join("strcat(%s, '') has %s" % (column, literal(needle)) for column in ['EventData', 'RenderedDescription', 'ParameterXml', 'Computer', 'Source', 'EventLog'])
            asked.append(('Event | where EventData has {0} or RenderedDescription has {0} or ParameterXml has {0} or Computer has {0} or Source has {0} or EventLog has {0} | count'.format(literal(needle)),
                          'Event | where %s | count' % everywhere))
            for quick, slow in asked:
                got, want = asking.rows(quick), asking.rows(slow)
                passed += got == want
                failed += got != want
                if got != want:
                    print('needles: %s\n  %s\n  not %s' % (quick, got, want))
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
