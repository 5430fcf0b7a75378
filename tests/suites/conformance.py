#!/usr/bin/env python3
"""Results of other engines: ../shared/conformance, one test a file, each with the share it must reach.

The shares are what the engine reaches today, rounded down: a change that loses cases fails.
Geography and graphs are left out: spoor refuses them."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, '..', '..', '..', 'shared', 'conformance')


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else 'build/spoor'
    if not os.path.isdir(SHARED):
        print('conformance: skipped, ../shared is not there')
        print('0 passed, 0 failed')
        return 0
    floors = json.load(open(os.path.join(HERE, 'conformance.json')))
    passed = failed = 0
    for name, floor in floors.items():
        run = subprocess.run([sys.executable, os.path.join(SHARED, 'run.py'), '--bin', binary, '--no-geo', '--show', '0', '--min',
                              str(floor),
                              os.path.join(SHARED, name + '.jsonl')], capture_output=True, text=True)
        lines = [l for l in run.stdout.splitlines() if 'passed' in l or 'share' in l]
        print('conformance %s: %s (at least %s %%)' % (name, ', '.join(lines), floor))
        passed += run.returncode == 0
        failed += run.returncode != 0
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
