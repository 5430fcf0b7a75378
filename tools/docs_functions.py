#!/usr/bin/env python3
"""Writes docs/functions.md: tools/docs_functions.py build/spoor > docs/functions.md

What `spoor functions -o json` says.  The examples are those that the unit tests evaluate."""
import json
import subprocess
import sys

PARTS = [('scalar', 'Scalar functions', 'Called with arguments: `name(...)`.'),
         ('aggregate', 'Aggregates', 'Used by `summarize`, `make-series` and others over the rows of a group. The value is the first row; `spoor functions NAME` shows what T is.'),
         ('operator', 'Operators between values', 'Written between their operands.')]


def cell(text):
    """Code in a cell of a table; nothing for an example that needs more than a value to show."""
    if not text:
        return ''
    text = text.replace('|', '\\|')
    return '`` %s ``' % text if '`' in text else '`%s`' % text


def main():
    rows = json.loads(subprocess.run([sys.argv[1], 'functions', '-o', 'json'], capture_output=True, check=True).stdout)['rows']
    print('# Functions\n\n`spoor functions` lists these on the screen, `spoor functions NAME` explains one. A name with several rows takes several kinds of\n'
          'arguments. docs/kql-support.md says what of Kusto is missing. Written by tools/docs_functions.py.')
    for kind, title, about in PARTS:
        names = {}
        for name, k, signature, summary, example, value in rows:
            if k == kind:
                names.setdefault(name, []).append((signature, summary, example, value))
        columns = ['', 'what it gives', 'example', 'value']
        print('\n## %s\n\n%s %d names.\n\n| %s |\n|%s' % (title, about, len(names), ' | '.join(columns), ' --- |' * len(columns)))
        for name in sorted(names, key=lambda n: (n.lstrip('!'), n)):
            for signature, summary, example, value in names[name]:
                cells = [cell(signature), summary.replace('|', '\\|'), cell(example), cell(value)]
                print('| %s |' % ' | '.join(cells))


main()
