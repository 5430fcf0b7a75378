#!/usr/bin/env python3
"""The hunts of docs/hunts.md say what spoor answers: every ```kql block is run on the samples and compared
with the ```text block below it.  With --update the answers are written anew."""
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
PAGE = os.path.join(ROOT, 'docs', 'hunts.md')
HUNT = re.compile(r'```kql\n(.*?)```\n+(?:```text\n(.*?)```\n+)?', re.S)


def main():
    words = [w for w in sys.argv[1:] if w != '--update']
    binary = words[0] if words else 'build/spoor'
    page = open(PAGE, encoding='utf-8').read()
    db = os.path.join(os.path.dirname(binary) or '.', 'docs-suite.db')
    for end in ('', '-wal', '-shm'):
        if os.path.exists(db + end):
            os.remove(db + end)
    subprocess.run([binary, 'ingest', '--db', db, os.path.join(ROOT, 'samples')], check=True, capture_output=True)
    passed = failed = 0

    def answer(found):
        nonlocal passed, failed
        run = subprocess.run([binary, 'query', '--db', db, found[1]], capture_output=True, text=True)
        if run.returncode == 0 and run.stdout == (found[2] or ''):
            passed += 1
        else:
            failed += 1
            print('docs: hunts.md: %s\n%s%s' % (found[1], run.stdout, run.stderr))
        return '```kql\n%s```\n\n```text\n%s```\n\n' % (found[1], run.stdout)

    page = HUNT.sub(answer, page)
    if '--update' in sys.argv:
        open(PAGE, 'w', encoding='utf-8').write(page.rstrip('\n') + '\n')
    os.remove(db)
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
