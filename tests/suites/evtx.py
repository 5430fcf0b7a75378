#!/usr/bin/env python3
"""Real EVTX files against an independent truth: ../shared/evtx, a test a file."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, '..', '..', '..', 'shared', 'evtx')


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else 'build/spoor'
    if not os.path.isdir(SHARED):
        print('evtx: skipped, ../shared is not there')
        print('0 passed, 0 failed')
        return 0
    total = [0, 0]
    for extra in ([], ['--synthetic']):
        run = subprocess.run([sys.executable, os.path.join(SHARED, 'check.py'), '--bin', binary] + extra, capture_output=True, text=True)
        sys.stdout.write(''.join('evtx: ' + l + '\n' for l in run.stdout.splitlines()[:-1]))
        words = run.stdout.split()
        if len(words) < 4:
            print(run.stderr)
            total[1] += 1
            continue
        total[0] += int(words[-4])
        total[1] += int(words[-2])
    print('%d passed, %d failed' % tuple(total))
    return total[1] != 0


sys.exit(main())
