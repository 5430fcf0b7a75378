#!/usr/bin/env python3
"""corpus_run.py - real queries over real logs: tests/corpus_run.py BUILD [-v] [WORD]

Reads ../shared (skipped where it is absent).  First the verdict on syntax of every text (suites/corpus.py), then each
text that is marked `host` and that Microsoft's parser accepts: does it bind against our tables, views and the
catalogue (--empty-tables), and does it run to the end over all of ../shared's logs in SECONDS?  Prints the shares,
each text that does not, with its first error, and the errors by how many texts have them.  Status 1 if a run crashes,
or a share is below 95 %.  -v prints every run's time; a word runs only the texts whose file name holds it."""
import collections
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(os.path.dirname(ROOT), 'shared')
SECONDS = 5
SHARE = 0.95


def ingest(binary, store):
    if os.path.exists(store):
        os.remove(store)
    paths = [os.path.join(SHARED, p) for p in ('evtx/open', 'evtx/synthetic', 'json')]
    subprocess.run([binary, 'ingest', '-q', '--db', store, '--assume-tz', '+00:00'] + paths, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def import_watchlists(binary, store):
    """The whitelists that the queries of the Sysmon workbook name as tables."""
    folder = os.path.join(SHARED, 'rules', 'watchlists')
    for name in sorted(os.listdir(folder)):
        if name.endswith('.csv'):
            subprocess.run([binary, 'table', 'import', '-q', name[:-4], os.path.join(folder, name), '--db', store], check=True)


def first_error(text):
    for line in text.splitlines():
        found = re.search(r': error: (.*)', line)
        if found:
            return found.group(1)
    return text.strip().splitlines()[-1] if text.strip() else 'nothing was said'


def run_one(binary, store, path, explain):
    """(kind, message): kind is ok, refused, failed, crashed or slow."""
    command = [binary, 'explain' if explain else 'query', '--db', store, '--empty-tables', '--no-warnings', '--now', 'last', '-f', path]
    if not explain:
        command += ['-o', 'csv', '--max-rows', '0', '--memory', '2G']
    try:
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS * 4)
    except subprocess.TimeoutExpired:
        return 'slow', 'more than %d s' % (SECONDS * 4)
    said = run.stderr.decode(errors='replace')
    if run.returncode == 0:
        return 'ok', ''
    if run.returncode == 2:
        return 'refused', first_error(said)
    return ('crashed' if run.returncode < 0 or run.returncode > 8 else 'failed'), first_error(said)


def main():
    words = [a for a in sys.argv[1:] if not a.startswith('-')]
    build, only = words[0], words[1] if len(words) > 1 else ''
    binary, store = os.path.abspath(os.path.join(build, 'spoor')), os.path.join(build, 'corpus.db')
    if not os.path.isdir(os.path.join(SHARED, 'corpus')):
        print('corpus: skipped, ../shared is not there')
        return 0
    bad_syntax = 0
    if not only:
        bad_syntax = subprocess.run([sys.executable, os.path.join(ROOT, 'tests', 'suites', 'corpus.py'), binary]).returncode
    ingest(binary, store)
    import_watchlists(binary, store)
    index = [json.loads(line) for line in open(os.path.join(SHARED, 'corpus', 'index.jsonl'), encoding='utf-8')]
    texts = [r['file'] for r in index if r['host'] and r['ok'] and only in r['file']]
    kinds, errors, bound, slowest = collections.Counter(), collections.defaultdict(list), 0, (0, '')
    for name in texts:
        path = os.path.join(SHARED, 'corpus', name)
        kind, said = run_one(binary, store, path, True)
        if kind == 'ok':
            bound += 1
            start = time.time()
            kind, said = run_one(binary, store, path, False)
            seconds = time.time() - start
            slowest = max(slowest, (seconds, name))
            if '-v' in sys.argv:
                print('%6.2f s  %s' % (seconds, name))
            if kind == 'ok' and seconds > SECONDS:
                kind, said = 'slow', '%.1f s' % seconds
        kinds[kind] += 1
        if kind != 'ok':
            errors[said].append(name)
            print('corpus: %s: %s: %s' % (kind, name, said), flush=True)
    for said, names in sorted(errors.items(), key=lambda e: -len(e[1]))[:40]:
        print('%5d  %s' % (len(names), said))
    n = max(len(texts), 1)
    print('host texts accepted by Microsoft\'s parser: %d' % len(texts))
    print('bound: %d (%.1f %%)' % (bound, 100 * bound / n))
    print('run to the end: %d (%.1f %%); slow %d, failed %d, crashed %d; slowest %.2f s %s'
          % (kinds['ok'], 100 * kinds['ok'] / n, kinds['slow'], kinds['failed'], kinds['crashed'], slowest[0], slowest[1]))
    ok = not bad_syntax and kinds['crashed'] == 0 and bound >= SHARE * n and kinds['ok'] >= SHARE * n
    return 0 if ok else 1


sys.exit(main())
