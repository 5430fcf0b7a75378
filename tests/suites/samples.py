#!/usr/bin/env python3
"""The generator beside the binary makes the bundled samples again, byte for byte; a fleet is the same each time."""
import filecmp
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'samples')


def files(folder):
    return {os.path.relpath(os.path.join(d, f), folder) for d, _, names in os.walk(folder) for f in names}


def main():
    generate = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/spoor')), 'generate')
    if not os.path.exists(generate):
        print('samples: %s is not built: skipped' % generate)
        print('0 passed, 0 failed')
        return False
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix='spoor-samples-') as work:
        made = os.path.join(work, 'samples')
        subprocess.run([generate, made], check=True, stdout=subprocess.DEVNULL)
        for name in sorted(files(SAMPLES) | files(made)):
            paths = [os.path.join(folder, name) for folder in (SAMPLES, made)]
            same = all(map(os.path.exists, paths)) and filecmp.cmp(*paths, shallow=False)
            passed, failed = passed + same, failed + (not same)
            if not same:
                print('samples: failed: %s is not what the generator makes' % name)
        for form in ('evtx', 'jsonl', 'winlogbeat', 'windowsevent', 'export'):
            folders = [os.path.join(work, form + n) for n in '12']
            for folder in folders:
                subprocess.run([generate, '--events', '2000', '--hosts', '3', '--seed', '7', '--format', form, '--out', folder],
                               check=True, stdout=subprocess.DEVNULL)
            same = len(files(folders[0])) > 0 and all(
                filecmp.cmp(os.path.join(folders[0], n), os.path.join(folders[1], n), shallow=False) for n in files(folders[0]))
            passed, failed = passed + same, failed + (not same)
            if not same:
                print('samples: failed: a fleet as %s differs the second time' % form)
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
