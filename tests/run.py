#!/usr/bin/env python3
"""Runs the tests: tests/run.py BUILD [--quick]; ends with 'N passed, N failed'.

Golden and unit tests first, then each suite of tests/suites.  A suite is a program that takes the binary
and ends with a line 'N passed, N failed'; what needs ../shared says so and passes nothing where it is absent."""
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LINE = re.compile(r'(\d+) passed, (\d+) failed')


def run(title, command):
    start = time.time()
    p = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    found = LINE.findall(p.stdout)
    passed, failed = (int(found[-1][0]), int(found[-1][1])) if found else (0, 1)
    if p.returncode != 0 and failed == 0:
        failed = 1
    skipped = 'skipped' in p.stdout and passed + failed == 0
    if failed:
        sys.stdout.write(p.stdout if len(p.stdout) < 20000 else p.stdout[:10000] + '\n...\n' + p.stdout[-10000:])
    note = 'skipped: ../shared is not there' if skipped else '%d passed, %d failed' % (passed, failed)
    print('%-14s %s  (%.0f s)' % (title + ':', note, time.time() - start), flush=True)
    return passed, failed


def main():
    build = sys.argv[1]
    binary = os.path.join(build, 'spoor')
    golden = sorted(os.path.join(d, f) for d, _, files in os.walk(os.path.join(HERE, 'golden')) for f in files if f.endswith('.test') and 'fixme' not in d)
    jobs = [('golden', [os.path.join(build, 'golden')] + golden), ('unit', [os.path.join(build, 'unit')])]
    if '--quick' not in sys.argv:
        for suite in sorted(os.listdir(os.path.join(HERE, 'suites'))):
            if suite.endswith('.py'):
                jobs.append((suite[:-3], [sys.executable, os.path.join(HERE, 'suites', suite), binary]))
    total = [0, 0]
    for title, command in jobs:
        passed, failed = run(title, command)
        total[0] += passed
        total[1] += failed
    print('%d passed, %d failed' % tuple(total))
    return total[1] != 0


sys.exit(main())
