#!/usr/bin/env python3
"""`rules run --incremental` gives the bytes that a run without it gives, whatever came before: events ingested in any parts,
rules changed, gone and new, segments merged, what is kept forgotten, damaged, swapped, of another build or cut short by kill -9,
and a store that cannot be written.  And the same with rules that were compiled before, with `--no-cache` as the truth: rules, saved
functions and now() that change, files that are damaged, several runs at once.  The rules are those of pass.py, over its odd events,
and some that join, count and look back.
usage: incremental.py [SPOOR] [SEEDS]"""
import importlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
odd = importlib.import_module('pass')

FIXED = ['_Events | where EventID == 1 | summarize count() by tostring(EventData.User)',
         '_Events | where TimeGenerated > ago(20m) and EventData.Image has "needle"',
         '_Events | where TimeGenerated > datetime(2024-03-01 00:30) | where EventID == 7 | count',
         '_Events | where todatetime(EventData.CommandLine) > ago(1d) or EventData.User == "n"',
         'let few = _Events | where EventID == 15 | distinct u = tostring(EventData.User);\n_Events | where EventID == 3 and tostring(EventData.User) in (few)',
         '_Events | where EventID == 3 | join kind=inner (_Events | where EventID == 15 | project Computer, x = tostring(EventData.Image)) on Computer | where x has "cmd"',
         '_Events | summarize n = count(), least = min(TimeGenerated) by Computer',
         '_Events | where _SourceFile contains "part1" and EventID == 1',
         '_Events | where not(EventID == 1)']


class Store:
    def __init__(self, binary, folder, dice):
        self.binary, self.folder, self.dice = binary, folder, dice
        self.db, self.rules = os.path.join(folder, 's.db'), os.path.join(folder, 'rules')
        self.parts = 0
        self.cache = os.path.join(folder, 'cache', 'spoor')
        self.env = dict(os.environ, XDG_CACHE_HOME=os.path.dirname(self.cache))

    def spoor(self, *words, **more):
        return subprocess.run([self.binary, *words, '--db', self.db], capture_output=True, timeout=600, env=self.env, cwd=more.pop('cwd', self.folder), **more)

    def ingest(self, lines):
        part = os.path.join(self.folder, 'part%d.jsonl' % self.parts)
        self.parts += 1
        with open(part, 'w', encoding='utf-8') as out:
            out.writelines(lines)
        self.spoor('ingest', '-q', part).check_returncode()

    def run(self, *more, **how):
        p = self.spoor('rules', 'run', self.rules, '-o', 'json', '--no-warnings', *more, **how)
        if p.returncode != 0:
            sys.exit('incremental: %s' % p.stderr.decode('utf-8', 'replace')[:400])
        known = re.search(rb'incremental: (\d+) of (\d+) segments', p.stderr)
        text = re.sub(rb'"seconds":[0-9.e-]+', b'"seconds":0', p.stdout)
        return text, known and (int(known[1]), int(known[2])), p.stderr

    def same(self, what, known=None):
        """known: what must be known of segments: all, none, some"""
        how = ['--no-rows'] if self.dice.random() < 0.4 else []
        found, count, _ = self.run('--incremental', '--threads', str(self.dice.randint(1, 3)), *how)
        fresh, _, _ = self.run(*how)
        right = {None: True, 'all': count[0] == count[1], 'none': count[0] == 0, 'some': 0 < count[0] < count[1]}[known]
        if found != fresh or not right:
            print('incremental: %s: %s; %d of %d segments were known' % (what, 'the same' if found == fresh else 'DIFFERENT', *count))
        return found == fresh and right

    def write_rule(self, number):
        text = self.dice.choice(FIXED) if self.dice.random() < 0.1 else '_Events\n| where %s' % odd.tree(self.dice, 3)
        with open(os.path.join(self.rules, 'r%03d.kql' % number), 'w') as out:
            out.write('// Name: rule %d\n%s\n' % (number, text))

    def change_rules(self):
        for _ in range(self.dice.randrange(3)):
            self.write_rule(self.dice.randrange(40))
        if self.dice.random() < 0.3:
            path = os.path.join(self.rules, self.dice.choice(sorted(os.listdir(self.rules))))
            os.remove(path)

    def damage(self):
        """bytes that flip, rows that are another's, cut ones"""
        with sqlite3.connect(self.db) as db:
            rows = db.execute('SELECT filters, segment, data FROM kept_picks').fetchall()
            for i in self.dice.sample(range(len(rows)), min(len(rows), self.dice.randint(1, 6))):
                data = bytearray(rows[i][2])
                how = self.dice.random()
                if how < 0.5:
                    data[self.dice.randrange(len(data))] ^= 1 << self.dice.randrange(8)
                elif how < 0.8:
                    data = self.dice.choice(rows)[2]
                else:
                    data = data[:self.dice.randrange(len(data))]
                db.execute('UPDATE kept_picks SET data = ? WHERE filters = ? AND segment = ?', (bytes(data), rows[i][0], rows[i][1]))
            if self.dice.random() < 0.3:
                db.execute("UPDATE kept_set SET filters = zeroblob(length(filters)) WHERE id = (SELECT max(id) FROM kept_set)")
        db.close()

    def kept(self):
        with sqlite3.connect(self.db) as db:
            found = [db.execute('SELECT count(*) FROM ' + t).fetchone()[0] for t in ('kept_set', 'kept_picks')]
        db.close()
        return found


def story(binary, events, seed):
    """A random one: (passed, failed)."""
    dice = random.Random(seed)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        store = Store(binary, folder, dice)
        os.mkdir(store.rules)
        for i in range(30):
            store.write_rule(i)
        left = events[:]
        cuts = sorted(dice.sample(range(1, len(left)), dice.randint(2, 5)))
        for start, end in zip([0] + cuts, cuts + [len(left)]):
            store.ingest(left[start:end])
            chance, known = dice.random(), None
            if chance < 0.4:
                store.change_rules()
            elif chance < 0.55:
                store.spoor('optimize', '-q')
            elif chance < 0.7 and start > 0:
                store.damage()
            for what, known in (('seed %d, events %d to %d' % (seed, start, end), None), ('seed %d again' % seed, 'all')):
                right = store.same(what, known)
                passed, failed = passed + right, failed + (not right)
    return passed, failed


def plain(binary, events):
    """What is to be known, and what is left after it: a list of (what, is right)."""
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(binary, folder, dice)
        os.mkdir(store.rules)
        for i in range(30):
            store.write_rule(i)
        store.ingest(events[:600])
        yield 'the first run knows nothing', store.same('first', 'none')
        yield 'the second knows all', store.same('second', 'all')
        store.ingest(events[600:])
        yield 'new events alone are asked', store.same('new events', 'some')
        store.write_rule(99)
        yield 'a new rule', store.same('a new rule', 'none') and store.same('a new rule again', 'all')
        store.spoor('optimize', '-q')
        yield 'merged segments are new ones', store.same('optimize') and store.kept()[1] <= 8 * count_segments(store)
        for i in range(12):
            store.write_rule(200 + i)
            store.run('--incremental')
        yield 'at most eight sets are kept', store.kept()[0] == 8
        with sqlite3.connect(store.db) as db:
            db.execute("UPDATE kept_set SET made_by = 'another'")
        db.close()
        yield 'what another build made is not taken', store.same('another build', 'none') and store.kept()[0] == 1
        with sqlite3.connect(store.db) as db:
            db.execute('UPDATE meta SET value = ? WHERE key = ?', ('0' * 36, 'uuid'))
        db.close()
        yield 'nor what another store keeps', store.same('another store', 'none')
        store.spoor('rules', 'forget').check_returncode()
        yield 'nothing is known once it is forgotten', store.same('forget', 'none')
        yield 'the store is sound', is_sound(store)
        yield 'a store that cannot be written is read', reads_only(store)


def count_segments(store):
    with sqlite3.connect(store.db) as db:
        n = db.execute('SELECT count(*) FROM segment').fetchone()[0]
    db.close()
    return n


def is_sound(store):
    with sqlite3.connect(store.db) as db:
        sound = db.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'
    db.close()
    return sound


def reads_only(store):
    """What is known is used, and what is new is not kept, which is said."""
    user = {'user': 65534, 'group': 65534} if os.geteuid() == 0 else {}
    binary = os.path.join(store.folder, 'spoor')
    shutil.copy(store.binary, binary)
    before = store.run('--incremental')[0]
    place = os.path.join(store.folder, 'closed')
    os.mkdir(place)
    shutil.copy(store.db, place)
    os.chmod(store.folder, 0o755)
    for path, mode in ((os.path.join(place, 's.db'), 0o444), (place, 0o555)):
        os.chmod(path, mode)
    closed = Store(binary, store.folder, store.dice)
    closed.db = os.path.join(place, 's.db')
    found, known, said = closed.run('--incremental', cwd='/', **user)
    store.write_rule(300)
    _, _, said_new = closed.run('--incremental', cwd='/', **user)
    os.chmod(place, 0o755)
    return found == before and known[0] == known[1] > 0 and b'is not kept for the next one' not in said and \
        b'is not kept for the next one' in said_new


def killed(binary, events):
    """kill -9 at any moment leaves a sound store and right answers."""
    dice = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(binary, folder, dice)
        os.mkdir(store.rules)
        for i in range(30):
            store.write_rule(i)
        store.ingest(events)
        start = time.time()
        store.run('--incremental')
        length = time.time() - start
        for i in range(12):
            store.write_rule(i)
            p = subprocess.Popen([binary, 'rules', 'run', store.rules, '--db', store.db, '--incremental', '-q', '-o', 'json'],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.random() * length * 1.2)
            p.kill()
            p.wait()
        return store.same('after kill -9') and is_sound(store)


def compiled(binary, events):
    """The cache of compiled rules: a list of (what, is right)."""
    dice = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(binary, folder, dice)
        os.mkdir(store.rules)
        for i in range(80):
            store.write_rule(i)
        for i, text in enumerate(FIXED + ['Mine | where EventID == 7', '_Events | where EventID == 1 | where Unknown == 1', '_Events |',
                                          '_Events | where EventID == 3 and EventID == 1']):
            with open(os.path.join(store.rules, 'f%d.kql' % i), 'w') as out:
                out.write('// Name: fixed %d\n%s\n' % (i, text))
        mine = os.path.join(folder, 'mine.kql')

        def save(text):
            with open(mine, 'w') as out:
                out.write(text)
            store.spoor('function', 'save', 'Mine', '-f', mine).check_returncode()

        def same(*more):
            """Whether the rules are taken from the cache or not, what is said and shown is the same."""
            runs = [store.spoor('rules', 'run', store.rules, '-o', 'json', '-q', '--allow-failed', *more, *how) for how in (['--no-cache'], [], [])]
            texts = [(p.returncode, re.sub(rb'"seconds":[0-9.e-]+', b'', p.stdout), p.stderr) for p in runs]
            return texts[0] == texts[1] == texts[2] and texts[0][0] == 0

        def files():
            return sorted(os.listdir(store.cache))

        save('_Events | where EventData.Image has "needle"')
        store.ingest(events[:600])
        yield 'nothing is cached where it is not to be', store.run('--allow-failed', '--no-cache')[0] and not os.path.exists(store.cache)
        yield 'compiled before', same() and len(files()) == 2
        yield 'counts', same('--no-rows') and len(files()) == 2
        yield 'incremental', same('--incremental') and same('--incremental') and len(files()) == 2
        yield 'other settings are another set', same('--wildcards') and len(files()) == 3
        save('_Events | where EventData.User == "n"')
        yield 'a saved function that changes', same() and len(files()) == 4
        store.ingest(events[600:])
        yield 'a later now()', same() and len(files()) == 4
        store.write_rule(5)
        yield 'a changed rule', same() and len(files()) == 6
        for i in range(12):
            for name in files():
                path = os.path.join(store.cache, name)
                data = bytearray(open(path, 'rb').read())
                data = data[:dice.randrange(len(data))] if i % 3 == 0 else data
                if len(data) > 0:
                    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
                open(path, 'wb').write(data)
            yield 'damaged files', same()
        for i in range(10):
            store.write_rule(i)
            store.run('--allow-failed')
        yield 'sixteen files are kept', len(files()) == 16
        shutil.rmtree(store.cache)
        runs = [subprocess.Popen([binary, 'rules', 'run', store.rules, '--db', store.db, '-o', 'csv', '-q', '--allow-failed', '--no-rows'], env=store.env,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(4)]
        found = [p.communicate()[0] for p in runs]
        yield 'several at once', len(set(found)) == 1 and same() and len(files()) == 2
        shutil.rmtree(store.cache)
        open(store.cache, 'w').close()
        yield 'no folder can be made', same()


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        odd.write_odd(folder, random.Random(5), 0)
        with open(os.path.join(folder, 'odd.jsonl'), encoding='utf-8') as f:
            events = f.readlines()[:1200]
    for seed in range(seeds):
        right, wrong = story(binary, events, seed)
        passed, failed = passed + right, failed + wrong
    for what, right in list(plain(binary, events)) + list(compiled(binary, events)) + [('kill -9', killed(binary, events))]:
        if not right:
            print('incremental: FAILED: ' + what)
        passed, failed = passed + right, failed + (not right)
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
