#!/usr/bin/env python3
"""What must hold when things go wrong: ingest twice, kill -9, threads, bad input, locked and broken stores.

Works on the bundled samples, and on real logs where ../shared is there."""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
REAL = os.path.join(os.path.dirname(ROOT), 'shared', 'evtx', 'open')
KILLS = 100
QUERIES = ['_Events | count', '_Events | summarize count() by EventID, Channel', 'Sysmon | take 20', 'Event | take 20', 'WindowsEvent | take 20',
           'SecurityEvent | take 20', 'Heartbeat', 'Sysmon | where EventID == 1 | project TimeGenerated, process_path, process_command_line',
           'Sysmon | summarize n = count(), d = dcount(Computer) by process_path | sort by n desc, process_path asc',
           'Event | where EventID in (1, 4624) | project EventData | take 50', 'WindowsEvent | summarize make_set(Computer) by Provider',
           'WindowsEvent | where tostring(EventData) contains "powershell" | count', 'Sysmon | top 10 by TimeGenerated desc',
           'Sysmon | top 10 by process_command_line asc', 'Event | summarize min(TimeGenerated), max(TimeGenerated) by Computer | sort by Computer asc',
           'Sysmon | where EventID == 1 | join kind=inner (Sysmon | where EventID == 3) on process_guid | project process_guid, dst_ip | take 50',
           'Sysmon | where EventID == 1 | join kind=leftouter (Sysmon | where EventID == 11) on process_guid | count',
           'WindowsEvent | extend k = bag_keys(EventData) | mv-expand k to typeof(string) | summarize count() by k | sort by count_ desc, k asc | take 30',
           'Event | distinct Source, EventLog', 'union Event, WindowsEvent | count', 'Sysmon | parse process_path with * "System32" rest | where rest != "" | summarize count() by rest',
           'Event | where RenderedDescription has "process" | count', 'WindowsEvent | project _SourceFile, _RecordId, _Chunk, _Offset | take 40',
           'Sysmon | where process_command_line matches regex "(?i)-e(nc)?" | project process_command_line | take 20',
           'Sysmon | summarize arg_max(TimeGenerated, *) by Computer | project Computer, EventID, TimeGenerated | sort by Computer asc']
QUERIES += ['Sysmon | where EventID == %d | summarize count() by Computer' % i for i in range(1, 26)]


class Suite:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.passed = self.failed = 0
        self.dir = tempfile.mkdtemp(prefix='spoor-robust-')
        self.logs = REAL if os.path.isdir(REAL) else os.path.join(ROOT, 'samples')

    def check(self, ok, what):
        self.passed += bool(ok)
        self.failed += not ok
        if not ok:
            print('robust: failed: %s' % what)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *words, text=None, timeout=300):
        return subprocess.run([self.binary] + list(words), input=text, capture_output=True, timeout=timeout, cwd=self.dir)

    def rows(self, db, query, *words):
        p = self.run('query', '--db', db, '-o', 'json', '--no-warnings', *words, query)
        return json.loads(p.stdout)['rows'] if p.returncode == 0 else p.stderr.decode('utf-8', 'replace')

    def refuses(self, code, needle, *words, text=None):
        p = self.run(*words, text=text)
        said = p.stderr.decode('utf-8', 'replace')
        self.check(p.returncode == code and needle in said, '%s: exit %d, said %r; wanted %d, %r' % (' '.join(words)[:80], p.returncode, said[:200], code, needle))

    # -- the store ------------------------------------------------------------------------------------
    def twice(self):
        db = self.path('twice.db')
        self.run('ingest', '--db', db, '--quiet', self.logs)
        first = self.rows(db, '_Events | count')
        p = self.run('ingest', '--db', db, self.logs)
        self.check(self.rows(db, '_Events | count') == first and b' 0 added' in p.stderr, 'ingesting twice adds something')
        copy = self.path('copy')
        some = [os.path.join(d, f) for d, _, files in os.walk(self.logs) for f in sorted(files) if f.endswith('.evtx')][:20]
        os.mkdir(copy)
        for f in some:
            shutil.copy(f, copy)
        self.run('ingest', '--db', db, '--quiet', copy)
        self.check(self.rows(db, '_Events | count') == first, 'the same logs under another name are added again')

    def known(self):
        """Content decides what is known: logs of one zip, files without record ids, a store from before there were keys."""
        def log(name, computer):
            event = {'TimeGenerated': '2024-05-01T10:00:00Z', 'Type': 'WindowsEvent', 'Provider': 'P', 'Channel': 'C', 'Computer': computer,
                     'EventID': 1, 'EventData': json.dumps({'A': 'x'})}
            with open(self.path(name), 'w') as f:
                f.write((json.dumps(event) + '\n') * 3)
            return self.path(name)

        db, pack = self.path('known.db'), self.path('two.zip')
        a, b, other = log('a.jsonl', 'h1'), log('b.jsonl', 'h1'), log('c.jsonl', 'h2')  # a and b: the same bytes; c: their size
        with zipfile.ZipFile(pack, 'w') as z:
            z.write(a, 'one.jsonl')
            z.write(other, 'two.jsonl')
        self.run('ingest', '--db', db, a, b, other)
        self.check(self.rows(db, '_Events | count') == [[6]], 'of two files of the same bytes one counts: %s' % self.rows(db, '_Events | count'))
        self.run('ingest', '--db', db, pack)
        self.check(self.rows(db, '_Events | count') == [[12]], 'both logs of a zip are read: %s' % self.rows(db, '_Events | count'))
        shutil.copy(pack, self.path('again.zip'))
        self.run('ingest', '--db', db, self.path('again.zip'), b)
        self.check(self.rows(db, '_Events | count') == [[12]], 'a zip under another name is known')
        old = self.path('old.db')
        self.run('ingest', '--db', old, other)
        with sqlite3.connect(old) as store:
            store.execute("DELETE FROM meta WHERE key = 'content_key'")
            store.execute('UPDATE source SET sha256 = ?', (hashlib.sha256(open(other, 'rb').read()).digest(),))
        self.run('ingest', '--db', old, shutil.copy(other, self.path('d.jsonl')), a)
        self.run('ingest', '--db', old, a)
        self.check(self.rows(old, '_Events | count') == [[6]], 'a store without a key goes on with SHA-256: %s' % self.rows(old, '_Events | count'))

    def kills(self):
        db, whole = self.path('kill.db'), self.path('twice.db')
        random.seed(7)
        start = time.time()
        self.run('ingest', '--db', self.path('timing.db'), '--quiet', self.logs)
        length = time.time() - start
        for i in range(KILLS):
            p = subprocess.Popen([self.binary, 'ingest', '--db', db, '--quiet', self.logs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0, length))
            p.send_signal(signal.SIGKILL)
            p.wait()
            if i % 25 == 24:
                for f in (db, db + '-wal', db + '-shm'):
                    if os.path.exists(f):
                        os.remove(f)
        p = self.run('ingest', '--db', db, '--quiet', self.logs)
        same = [q for q in QUERIES[:8] if self.rows(db, q) == self.rows(whole, q)]
        self.check(p.returncode == 0 and len(same) == 8, 'kill -9 lost or doubled something: %d of 8 answers are the same' % len(same))

    def appends(self):
        """Tables of the store's own: of two processes that write at once both rows stay; a kill leaves whole rows; nothing is written where nothing may."""
        db = self.path('own.db')
        self.run('query', '--db', db, '.create table T (a:long, b:string)')
        for first, verb in ((0, '.append T'), (100, '.set-or-append T')):
            both = [subprocess.Popen(['sh', '-c', 'for i in $(seq %d %d); do "$0" query --db "$1" "%s <| print a = $i, b = \'x\'" || exit 1; done'
                                      % (first + start, first + start + 19, verb), self.binary, db], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                    for start in (0, 20)]
            said = [p.communicate()[1] for p in both]
            self.check(not any(p.returncode for p in both), '%s of two processes fails: %r' % (verb, said))
        rows = self.rows(db, 'T | summarize count(), dcount(a)')
        self.check(rows == [[80, 80]], 'of two processes that append at once one loses rows: %s' % rows)
        both = [subprocess.Popen([self.binary, 'query', '--db', db, '.set New <| range x from 1 to 1000 step 1 | extend w = %d' % i], stderr=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL) for i in range(4)]
        for p in both:
            p.communicate()
        rows = self.rows(db, 'New | summarize count(), dcount(w)')
        self.check(sum(p.returncode == 0 for p in both) == 1 and rows == [[1000, 1]], 'of four that make one table one does: %s' % rows)
        for i in range(20):
            p = subprocess.Popen([self.binary, 'query', '--db', db, '.append New <| range x from 1 to 1000 step 1 | extend w = 9'], stdout=subprocess.DEVNULL)
            time.sleep(i * 0.004)
            p.send_signal(signal.SIGKILL)
            p.wait()
        rows = self.rows(db, 'New | count')
        self.check(isinstance(rows, list) and rows[0][0] % 1000 == 0, 'kill -9 while a table is filled: %s' % rows)
        os.chmod(db, 0o444)
        if os.geteuid() != 0:
            self.refuses(1, 'read', 'query', '--db', db, '.append T <| print 1, "x"')
        os.chmod(db, 0o644)

    def threads(self):
        one, two = self.path('one.db'), self.path('two.db')
        self.run('ingest', '--db', one, '--threads', '1', '--quiet', self.logs)
        self.run('ingest', '--db', two, '--threads', '2', '--quiet', self.logs)
        for q in QUERIES:
            a = self.run('query', '--db', one, '--threads', '1', '-o', 'json', '--no-warnings', q)
            b = self.run('query', '--db', two, '--threads', '2', '-o', 'json', '--no-warnings', q)
            self.check(a.returncode == 0 and a.stdout == b.stdout, '1 and 2 threads differ, or failed: %s: %s' % (q, a.stderr.decode()[:200]))

    def spills(self):
        """A sort or a summarize that does not fit the memory limit gives what it gives in memory, and leaves no file."""
        temp = self.path('spill')
        os.mkdir(temp)
        rows = "range x from 1 to 300000 step 1 | extend k = hash(x, 1000), s = strcat('v', x % 977), r = iff(x % 7 == 0, real(null), x / 3.0)"
        for q in (' | sort by s desc, k asc', ' | sort by r asc nulls last, x % 10 desc | project x, r', ' | sort by k asc | take 150000',
                  ' | summarize n = count(), d = dcount(s), m = max(r), l = make_list(k) by g = x % 60001, k', ' | distinct x, s'):
            a = self.run('query', '-o', 'csv', rows + q)
            b = self.run('query', '-o', 'csv', '--memory', '24M', '--temp', temp, rows + q)
            self.check(a.returncode == 0 and a.stdout == b.stdout, 'what spills differs: %s: %s' % (q, b.stderr.decode()[:200]))
        self.check(os.listdir(temp) == [], 'a spill left a file')
        self.refuses(1, 'no temporary file', 'query', '--memory', '24M', '--temp', self.path('nowhere'), rows + ' | sort by s desc')

    def stores(self):
        db = self.path('twice.db')
        for name, content in (('text.db', b'not a store at all, but long enough to be read as one\n' * 40), ('empty.db', b'')):
            with open(self.path(name), 'wb') as f:
                f.write(content)
        self.refuses(1, 'not a spoor store', 'query', '--db', self.path('text.db'), 'Event | count')
        self.refuses(1, 'no store here', 'query', 'Event | count')
        self.refuses(1, 'no store here', 'query', '--db', self.path('nowhere.db'), 'Event | count')
        subprocess.run(['sqlite3', self.path('foreign.db'), 'create table t(x)'], capture_output=True)
        if os.path.exists(self.path('foreign.db')):
            self.refuses(1, 'not a spoor store', 'query', '--db', self.path('foreign.db'), 'Event | count')
        self.refuses(1, 'cannot be made (No such file', 'ingest', '--db', self.path('nowhere/s.db'), self.logs)
        lost = self.path('lost.db')
        shutil.copy(db, lost)
        with sqlite3.connect(lost) as store:
            store.execute('ALTER TABLE function RENAME TO elsewhere')
        self.refuses(1, 'function', 'query', '--db', lost, 'Sysmon | count')
        for change in ('segment SET event_id = event_id + 1', 'segment SET max_time = max_time - 1', 'segment SET provider = provider || "x"',
                       "column SET name = CAST('X' || substr(name, 2) AS BLOB) WHERE is_member", 'column SET is_member = 1 WHERE id = 3'):
            flipped = self.path('flipped.db')  # pages of SQLite's have no checksums: rows do
            shutil.copy(db, flipped)
            with sqlite3.connect(flipped) as store:
                store.execute('UPDATE ' + change)
            self.refuses(1, 'damaged', 'query', '--db', flipped, '_Events | count')
        broken = self.path('broken.db')
        shutil.copy(db, broken)
        with open(broken, 'r+b') as f:
            size = os.path.getsize(broken)
            for place in range(3, 10):
                f.seek(size * place // 10)
                f.write(b'\xa5' * 16384)
        p = self.run('query', '--db', broken, 'WindowsEvent | summarize count() by tostring(EventData)')
        self.check(p.returncode == 1 and p.stderr, 'a corrupt store: exit %d, %r' % (p.returncode, p.stderr[:200]))
        frozen = self.path('frozen')
        os.mkdir(frozen)
        shutil.copy(db, os.path.join(frozen, 's.db'))
        os.chmod(os.path.join(frozen, 's.db'), 0o444)
        os.chmod(frozen, 0o555)
        self.check(isinstance(self.rows(os.path.join(frozen, 's.db'), '_Events | count'), list), 'a read-only store cannot be queried')
        os.chmod(frozen, 0o755)

    # -- queries --------------------------------------------------------------------------------------
    def queries(self):
        self.refuses(2, 'expected', 'query', 'print 1 +')
        self.refuses(2, "did you mean 'process_path'", 'query', '--db', self.path('twice.db'), 'Sysmon | where proces_path == "x"')
        self.refuses(2, 'query:1:', 'query', 'print strlen(1, 2), nosuch(3)')
        p = self.run('query', '--db', self.path('twice.db'), 'Sysmon | where nope == 1 | extend x = foo(1) | project also_nope')
        self.check(p.stderr.count(b'error:') >= 3, 'several errors in one query are not told together: %r' % p.stderr[:300])
        self.refuses(2, '', 'query', '-f', '-', text=b'print ' + b'(' * 10000 + b'1' + b')' * 10000)
        big = b'print x = "' + b'a' * 1000000 + b'" | project strlen(x)'
        p = self.run('query', '-o', 'json', '-f', '-', text=big)
        self.check(p.returncode == 0 and b'1000000' in p.stdout, 'a query of 1 MB: %r' % p.stderr[:200])
        for count, code, needle in ((60000, 0, ''), (200000, 2, 'more than 100000 parts')):  # a list of indicators
            words = ','.join(map(str, range(count))).encode()
            self.refuses(code, needle, 'query', '-f', '-', text=b'print x = 5 | where x in (' + words + b')')
        self.refuses(2, 'UTF-8', 'query', '-f', '-', text=b'print "\xff\xfe"')
        p = self.run('query', '-o', 'json', '--timeout', '20', 'print x = strrep("a", 50000) | project x matches regex "(a*)*(a*)*b"')
        self.check(p.returncode == 0 and b'false' in p.stdout, 'a regex that runs for ever elsewhere: %r' % p.stderr[:200])
        p = self.run('query', '-o', 'json', 'print 1/0, 1.0/0, 5%0')
        self.check(p.returncode == 0 and b'null' in p.stdout, 'a division by zero: %r' % p.stderr[:200])
        self.refuses(1, 'memory', 'query', '--memory', '32M', 'range x from 1 to 100000000 step 1 | summarize make_list(x)')
        self.refuses(1, 'time', 'query', '--timeout', '1', 'range x from 1 to 100000000000 step 1 | summarize sum(x)')
        p = subprocess.Popen([self.binary, 'query', 'range x from 1 to 100000000000 step 1 | summarize sum(x)'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.5)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=30)
        self.check(p.returncode == 130, 'Ctrl-C: exit %d, %r' % (p.returncode, err[:200]))
        slow = 'print a = range(1, 1000000) | mv-expand b = range(1, 10000) | extend c = array_sort_desc(a) | summarize sum(array_length(c))'
        start = time.time()
        self.refuses(1, 'time', 'query', '--timeout', '1', slow)  # a batch of these rows takes minutes
        self.check(time.time() - start < 5, '--timeout 1 takes %.1f s where a row is slow' % (time.time() - start))

    # -- inputs ---------------------------------------------------------------------------------------
    def inputs(self):
        db = self.path('inputs.db')
        empty = self.path('nothing')
        os.mkdir(empty)
        self.refuses(1, '', 'ingest', '--db', db, empty)
        self.refuses(1, 'No such file', 'ingest', '--db', db, self.path('missing.evtx'))
        with open(self.path('note.txt'), 'w') as f:
            f.write('just a note\n' * 50)
        self.refuses(1, 'note.txt', 'ingest', '--db', db, self.path('note.txt'))
        bomb = self.path('bomb.zip')
        with zipfile.ZipFile(bomb, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('zeros.json', b' ' * (600 << 20))
        start = time.time()
        p = self.run('ingest', '--db', db, bomb)
        self.check(p.returncode == 1 and time.time() - start < 60, 'a zip bomb: exit %d, %r' % (p.returncode, p.stderr[-200:]))
        event = {'TimeGenerated': '2024-05-01T10:00:00Z', 'Type': 'WindowsEvent', 'Provider': 'P', 'Channel': 'C', 'Computer': 'h', 'EventID': 1,
                 'EventData': json.dumps({'A': '\x1b[31mred\x1b]0;title\x07 \u202e reversed \r\n end'})}
        with open(self.path('escape.jsonl'), 'w') as f:
            f.write(json.dumps(event) + '\n')
        for form in ('table', 'vertical', 'csv', 'tsv', 'markdown', 'html'):
            p = self.run('query', '-i', self.path('escape.jsonl'), '-o', form, 'WindowsEvent | project tostring(EventData.A)')
            self.check(p.returncode == 0 and b'\x1b' not in p.stdout and b'\x07' not in p.stdout and b'red' in p.stdout, 'escapes reach the %s: %r' % (form, p.stdout[:120]))
        some = [os.path.join(d, f) for d, _, files in os.walk(self.logs) for f in sorted(files) if f.endswith('.evtx')]
        if some:
            cut = self.path('cut.evtx')
            data = open(max(some, key=os.path.getsize), 'rb').read()
            with open(cut, 'wb') as f:
                f.write(data[:len(data) * 2 // 3 - 777])
            p = self.run('ingest', '--db', self.path('cut.db'), cut)
            self.check(p.returncode == 0 and b'damaged' in p.stderr, 'a truncated EVTX: exit %d, %r' % (p.returncode, p.stderr[-200:]))

    def hostile(self):
        """Texts of rules and of rows that a terminal, a browser, a spreadsheet or a reader of Markdown would obey."""
        text = json.dumps('=1\x1b[31m<b>"\'&|\u202e\x07\r\n]]>--></title>[a](b)')
        with open(self.path('hostile.yaml'), 'w') as f:
            f.write('id: %s\nname: %s\ndescription: %s\nseverity: High\ntactics: [%s]\nrelevantTechniques: [%s]\ntags: [%s]\nversion: %s\nkind: Scheduled\n'
                    'queryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\ncustomDetails: {%s: Host}\n'
                    'query: |\n  print TimeGenerated = now(), Host = %s, [%s] = 1\n' % ((text,) * 10))
        with open(self.path('hostile.yml'), 'w') as f:
            f.write('title: %s\nid: %s\nstatus: %s\ndescription: %s\nlevel: high\nlogsource: {category: process_creation, product: windows}\n'
                    'detection: {sel: {CommandLine: %s, %s: 1}, condition: sel}\n' % ((text,) * 6))
        with open(self.path('hostile.csv'), 'w') as f:
            f.write('a\x1b,a\x1b\n1,2\n')
        for form in ('table', 'vertical', 'json', 'jsonl', 'csv', 'tsv', 'markdown', 'html', 'sarif', 'navigator', 'timesketch', 'tap', 'junit'):
            for verb in ('run', 'check', 'list', 'test', 'convert', 'why', 'tune'):
                for name in ('hostile.yaml', 'hostile.yml'):
                    p = self.run('rules', verb, '-o', form, self.path(name))
                    for said in (p.stdout, p.stderr):
                        self.check(b'\x1b' not in said and b'\x07' not in said and not (form in ('html', 'junit') and verb != 'convert' and said is p.stdout and b'<b>' in said)
                                   and (form in ('json', 'jsonl', 'sarif', 'navigator', 'timesketch', 'csv') or verb == 'convert' or b'\xe2\x80\xae' not in said)
                                   and not (form == 'csv' and verb == 'run' and b',=1' in said),
                                   'rules %s -o %s %s prints what may be obeyed: %r' % (verb, form, name, said[:200]))
        query = 'print a = %s, [%s] = 1 | extend b = a | render table' % (text, text)
        for form in ('table', 'vertical', 'csv', 'tsv', 'markdown', 'html'):
            p = self.run('query', '-o', form, query)
            self.check(p.returncode == 0 and not re.search(rb'\x1b|\x07|\xe2\x80\xae', p.stdout) and not (form in ('html', 'markdown') and re.search(rb'(?<!\\)<b>', p.stdout)) and not (form == 'markdown' and re.search(rb'(?<!\\)\[a', p.stdout)),
                       'a column or a cell in %s: %r' % (form, p.stdout[:200]))
        p = self.run('table', 'import', '--db', self.path('hostile.db'), 'T', self.path('hostile.csv'))
        self.check(b'twice' in p.stderr and b'\x1b' not in p.stderr, 'a column of a CSV in a message: %r' % p.stderr)

    def full_disk(self):
        """A file system of 3 MB, where this user may mount one."""
        small = self.path('small')
        os.mkdir(small)
        if os.geteuid() != 0 or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small], capture_output=True).returncode:
            print('robust: no small disk can be mounted here; the test of a full disk is left out')
            return
        try:
            db = os.path.join(small, 's.db')
            some = sorted(os.path.join(d, f) for d, _, files in os.walk(self.logs) for f in files if f.endswith('.evtx'))
            self.run('ingest', '--db', db, '--quiet', *some[:3])
            before = self.rows(db, '_Events | count')
            with open(os.path.join(small, 'filler'), 'wb') as f:
                try:
                    f.write(b'x' * (3 << 20))
                    f.flush()
                except OSError:
                    pass
            p = self.run('ingest', '--db', db, self.logs)
            said = p.stderr.decode('utf-8', 'replace')
            self.check(p.returncode == 1 and 'full' in said, 'a full disk: exit %d, %r' % (p.returncode, said[-300:]))
            with open(os.path.join(small, 'rest'), 'wb', buffering=0) as f:
                try:
                    while True:
                        f.write(b'x' * 512)
                except OSError:
                    pass
            for words in (['_Events | count'], ['.set Full <| range x from 1 to 1000 step 1']):
                p = self.run('query', '--db', db, *words)
                self.check(p.returncode == 0 or b'full' in p.stderr, '%s with no byte left: exit %d, %r' % (words, p.returncode, p.stderr))
            os.remove(os.path.join(small, 'rest'))
            os.remove(os.path.join(small, 'filler'))
            self.check(self.rows(db, '_Events | count') == before, 'a full disk lost something')
        finally:
            subprocess.run(['umount', small], capture_output=True)


def main():
    suite = Suite(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    try:
        for step in (suite.twice, suite.known, suite.appends, suite.threads, suite.spills, suite.stores, suite.queries, suite.inputs, suite.hostile, suite.full_disk, suite.kills):
            start = time.time()
            step()
            if '-v' in sys.argv:
                print('%s: %.1f s' % (step.__name__, time.time() - start))
    finally:
        shutil.rmtree(suite.dir, ignore_errors=True)
    print('%d passed, %d failed' % (suite.passed, suite.failed))
    return suite.failed != 0


sys.exit(main())
