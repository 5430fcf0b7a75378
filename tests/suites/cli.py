#!/usr/bin/env python3
"""Golden tests of command lines: tests/golden/cli/*.cli.  cli.py BINARY [--update] [FILE...]

A file is a list of commands and what they print (standard output, then standard error):

    # a comment
    $ spoor rules list tests/data/rulesets/one.yaml
    severity  rule
    ...
    [exit 2]            only where it is not 0

A command is a line of sh, run in the root of the repository; $T is a folder of the file's own that is empty at its start.  Lines of output
that begin with `$ `, `# ` or `\\` have a `\\` before them.  Durations are written as N.  With --update the file is rewritten: read `git diff`."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NORMAL = [(re.compile(r'\b\d+\.\d s \(\d+ MB/s, \d+ records/s\)'), 'N s (N MB/s, N records/s)'), (re.compile(r'\b\d+\.\d\d s\b'), 'N s'), (re.compile(r'"seconds":[0-9.]+'), '"seconds":N')]


def run(command, env, folder):
    p = subprocess.run(['sh', '-c', command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    text = p.stdout.decode('utf-8', 'backslashreplace').replace('\r\n', '\\r\n')
    text += p.stderr.decode('utf-8', 'backslashreplace')
    text = text.replace(folder, '$T')
    for pattern, written in NORMAL:
        text = pattern.sub(written, text)
    if text and not text.endswith('\n'):
        text += '\\ no newline at the end\n'
    lines = ['\\' + line if line.startswith(('$ ', '# ', '\\')) else line for line in text.split('\n')[:-1]]
    if p.returncode != 0:
        lines.append('[exit %d]' % p.returncode)
    return ''.join(line + '\n' for line in lines)


def rebuild(path, binary, update):
    """(cases, failed); what differs is printed."""
    folder = tempfile.mkdtemp(prefix='spoor-cli-')
    bin_folder = os.path.join(folder, '.bin')
    os.mkdir(bin_folder)
    os.symlink(binary, os.path.join(bin_folder, 'spoor'))
    store = os.path.join(folder, 'none')
    env = {'PATH': bin_folder + ':' + os.environ.get('PATH', ''), 'T': folder, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'SPOOR_DB': store, 'TMPDIR': '/tmp'}
    old = open(path, encoding='utf-8').read().split('\n')
    if old and old[-1] == '':
        old.pop()
    out, cases, failed, i = [], 0, 0, 0
    while i < len(old):
        line = old[i]
        i += 1
        out.append(line + '\n')
        if not line.startswith('$ '):
            continue
        want = []
        while i < len(old) and not old[i].startswith(('$ ', '# ')):
            want.append(old[i] + '\n')
            i += 1
        got = run(line[2:], env, folder)
        gap = '\n' if want and want[-1] == '\n' else ''  # a blank line before the next command is layout
        cases += 1
        if ''.join(want) != got + gap and ''.join(want) != got:
            failed += 1
            if not update:
                print('%s: %s\n--- want\n%s--- got\n%s' % (os.path.relpath(path, ROOT), line, ''.join(want), got))
        if update and not want and i < len(old):
            gap = '\n'
        out.append(got + gap)
    shutil.rmtree(folder, ignore_errors=True)
    if update:
        open(path, 'w', encoding='utf-8').write(''.join(out))
    return cases, 0 if update else failed


def main():
    words = [w for w in sys.argv[1:] if not w.startswith('--')]
    binary = os.path.abspath(words[0] if words else 'build/spoor')
    files = words[1:] or sorted(glob.glob(os.path.join(HERE, '..', 'golden', 'cli', '*.cli')))
    passed = failed = 0
    for path in files:
        cases, bad = rebuild(os.path.abspath(path), binary, '--update' in sys.argv)
        passed += cases - bad
        failed += bad
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
