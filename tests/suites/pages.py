#!/usr/bin/env python3
"""The generated pages in docs/, and the completions, say what the binary says now.  docs/tables.md needs the Sysmon schema of ../shared."""
import difflib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(os.path.dirname(ROOT), 'shared', 'facts', 'sysmon_schema.json')
PAGES = [('docs/tables.md', 'tools/docs_tables.py', [SCHEMA]), ('docs/functions.md', 'tools/docs_functions.py', []),
         ('docs/kql-support.md', 'tools/docs_support.py', [])]
PAGES += [(page, 'tools/docs_command.py', [kind]) for page, kind in (
    ('docs/command-line.md', 'page'), ('docs/spoor.1', 'man'), ('tools/completion.bash', 'bash'), ('tools/completion.zsh', 'zsh'), ('tools/completion.fish', 'fish'))]


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')
    passed = failed = 0
    for page, tool, more in PAGES:
        if SCHEMA in more and not os.path.exists(SCHEMA):
            print('pages: %s skipped, ../shared is not there' % page)
            continue
        run = subprocess.run([sys.executable, os.path.join(ROOT, tool), binary] + more, capture_output=True, text=True, timeout=300)
        committed = open(os.path.join(ROOT, page), encoding='utf-8').read()
        ok = run.returncode == 0 and run.stdout == committed
        if not ok:
            print('pages: %s is not what %s writes; make docs\n%s' % (page, tool, run.stderr.strip()))
            diff = difflib.unified_diff(committed.split('\n'), run.stdout.split('\n'), 'committed', 'now', n=0, lineterm='')
            print('\n'.join(list(diff)[:20]))
        passed += ok
        failed += not ok
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
