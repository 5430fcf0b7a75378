#!/usr/bin/env python3
"""Writes docs/kql-support.md: tools/docs_support.py build/spoor > docs/kql-support.md
What of the documented language is there, name by name, by asking the binary.

The names are in tools/kusto_names.txt, `kind<TAB>name` a line, taken from the titles of the Kusto reference:
tools/docs_support.py --names CLONE > tools/kusto_names.txt, with a clone (bare or not) of MicrosoftDocs/dataexplorer-docs.

A name is supported when a query that uses it runs: the example that the binary itself gives, or the one in
PROBES.  It is refused when the binary says that it has no such thing.  Any other answer stops this program, so
that nothing is listed by accident."""
import json
import os
import re
import subprocess
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = 'data-explorer/kusto/query'
REFUSED = re.compile(r"is not supported|no function named|unknown operator|no plugin named|no table or function named .Event.")
TITLES = ['operator', 'string operator', 'scalar', 'graph function', 'aggregate', 'plugin', 'statement']
HEADINGS = {'operator': 'Tabular operators', 'string operator': 'Operators between values', 'scalar': 'Scalar functions',
            'graph function': 'Functions of graph patterns', 'aggregate': 'Aggregates', 'plugin': 'Plugins of evaluate', 'statement': 'Statements'}

NBSP = '\0'  # keeps a name of two words on one line

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'tests', 'data')
OPTIONS = ['-i', os.path.join(DATA, 'shapes', 'nxlog.jsonl'), '--geoip', os.path.join(DATA, 'places.mmdb'), '--user-agents', os.path.join(DATA, 'agents.yaml'),
           '--allow-files', os.path.join(DATA, 'external', 'folder'), '--no-warnings', '--quiet']
T = 'let T = datatable(k:string, x:long, t:datetime, d:dynamic, s:string) [' \
    '"a", 1, datetime(2024-01-01), dynamic({"p": 1}), "u=1 v=2", "b", 2, datetime(2024-01-02), dynamic({"p": 2}), "u=3 v=4"]; '

# What stands behind T for a tabular operator; with T in front when it begins a query.
OPERATORS = {
    'as': '| as Q', 'consume': '| consume', 'count': '| count', 'datatable': 'datatable(y:long) [1]', 'distinct': '| distinct k',
    'evaluate': '| evaluate bag_unpack(d)', 'extend': '| extend y = x + 1',
    'externaldata': 'externaldata(y:string) ["lines.txt"]', 'facet': '| facet by k', 'find': 'find in (T) where x == 1',
    'fork': '| fork (count) (take 1)', 'getschema': '| getschema', 'graph-mark-components': '| make-graph k --> s | graph-mark-components | graph-to-table nodes',
    'graph-match': '| make-graph k --> s | graph-match (a)-[e]->(b) project e.k',
    'graph-shortest-paths': '| make-graph k --> s | graph-shortest-paths (a)-[e*1..2]->(b) project e.k',
    'graph-to-table': '| make-graph k --> s | graph-to-table nodes',
    'inline_external_table': 'inline_external_table (y:long) kind=storage dataformat=csv (h@"https://localhost/none")',
    'invoke': 'let f = (Q:(x:long)) { Q | count }; T | invoke f()', 'join': '| join kind=inner (T) on k',
    'lookup': '| lookup (T | project k, y = x) on k', 'macro-expand': 'macro-expand entity_group [database()] as e (e.Heartbeat | take 0)',
    'make-graph': '| make-graph k --> s | graph-to-table edges', 'make-series': '| make-series n = count() default=0 on t from datetime(2024-01-01) to datetime(2024-01-03) step 1d',
    'mv-apply': '| mv-apply y = pack_array(1, 2) to typeof(long) on (summarize sum(y))', 'mv-expand': '| mv-expand d',
    'parse-kv': '| parse-kv s as (u:long, v:long)', 'parse': '| parse s with "u=" u:long " " *',
    'parse-where': '| parse-where s with "u=" u:long " " *', 'partition': '| partition by k (top 1 by x)', 'print': 'print 1',
    'project-away': '| project-away x', 'project-by-names': '| project-by-names "k"', 'project-keep': '| project-keep x', 'project': '| project x',
    'project-rename': '| project-rename y = x', 'project-reorder': '| project-reorder x', 'range': 'range y from 1 to 3 step 1',
    'reduce': '| reduce by k', 'render': '| render table', 'sample-distinct': '| sample-distinct 1 of k', 'sample': '| sample 1',
    'scan': '| sort by t asc | scan with (step one: x == 1; step two: x == 2;)', 'search': 'T | search "a"', 'serialize': '| serialize n = row_number()',
    'sort': '| sort by x', 'summarize': '| summarize count() by k', 'take': '| take 1', 'top-hitters': '| top-hitters 1 of k',
    'top-nested': '| top-nested 1 of k by count()', 'top': '| top 1 by x', 'union': 'union T, T', 'where': '| where x == 1',
}

# Statements, and functions that are no plain calls.
PROBES = {
    'statement': {
        'alias': 'alias database D = cluster("a").database("b"); print 1', 'let': 'let a = 1; print a',
        'pattern': 'declare pattern P = (a:string) { ("x") = { T }; }; print 1',
        'query parameters': 'declare query_parameters(a:long = 1); print a', 'restrict': 'restrict access to (T); T', 'set': 'set notruncation; print 1',
    },
    'string operator': {'between': 'print 2 between (1 .. 3)', 'matches regex': 'print "a" matches regex "a"'},
    'scalar': {
        'bin_auto': 'set query_bin_auto_size = 2; T | project bin_auto(x)', 'column_ifexists': 'T | project column_ifexists("x", 0)',
        'column_names_of': 'print column_names_of(T)', 'toscalar': 'print toscalar(T | count)', 'materialize': 'let M = materialize(T); M',
        'pack_all': 'T | project pack_all()', 'bag_pack_columns': 'T | project bag_pack_columns(k, x)', 'row_number': 'T | sort by x asc | extend row_number()',
        'row_cumsum': 'T | sort by x asc | extend row_cumsum(x)', 'row_rank_dense': 'T | sort by x asc | extend row_rank_dense(x)',
        'row_rank_min': 'T | sort by x asc | extend row_rank_min(x)', 'next': 'T | sort by x asc | extend next(x)', 'prev': 'T | sort by x asc | extend prev(x)',
        'row_window_session': 'T | sort by t asc | extend row_window_session(t, 1d, 1h, k != prev(k))', 'table': 'table("Event") | getschema', 'ingestion_time': 'T | project ingestion_time()',
        'database': 'database("a").T', 'cluster': 'cluster("a").database("b").T', 'graph': 'graph("g")', 'external_table': 'external_table("e")',
        'materialized_view': 'materialized_view("m")', 'stored_query_result': 'stored_query_result("r")', 'assert': 'print assert(true, "a")',
        'series_stats': 'print series_stats(dynamic([1, 2]))',
    },
}

PLUGINS = {'rows_near': 'T | sort by x asc', 'dcount_intersect': 'T | summarize h = hll(x)', 'basket': 'T | project k, x', 'schema_merge': 'T | getschema'}  # the input, where it is not T
PLUGIN_ARGUMENTS = {'bag_unpack': 'd', 'pivot': 'k, count(), x', 'rows_near': 'x == 1, 1', 'ipv4_lookup': 'T, k, k', 'dcount_intersect': 'h, h',
                    'ipv6_lookup': '(datatable(net:string) []), k, net', 'preview': '5'}


def show(clone, path):
    return subprocess.run(['git', '-C', clone, 'show', 'HEAD:' + path], capture_output=True, text=True, check=True).stdout


def kind_of(file, title):
    """(kind, names) of a page, from how its file and its title are called."""
    title = title.strip().strip('\'"')
    stem = file[:-3]
    if stem.endswith('-graph-function') or stem.startswith('node-'):
        return 'graph function', [stem.replace('-graph-function', '').replace('-', '_')]
    if stem.endswith('-aggregation-function'):
        return 'aggregate', re.findall(r'([a-z_0-9]+)\(\)', title)
    if 'plugin' in stem:
        return ('plugin', [title.split()[0].lower()]) if stem.endswith('-plugin') else (None, [])
    if stem.endswith('-statement'):
        return 'statement', [title.lower().split(' declaration')[0].split(' statement')[0]]
    if stem.endswith('-operator'):
        m = re.match(r'The (?:case-\S+ )?(\S+)', title)
        if m or stem == 'matches-regex-operator':
            return 'string operator', [m.group(1) if m else 'matches regex']
        return 'operator', [title.split()[0].lower()]
    found = re.fullmatch(r'(?:The )?([a-z_0-9]+)(\(\))?( function| operator)?', title)
    if found and (found.group(2) or stem.endswith('-function') or 'compress' in stem):
        return 'scalar', [found.group(1)]
    return None, []


def write_names(clone):
    listing = show(clone, FOLDER + '/').split('\n')
    names = set()
    for file in listing:
        title = re.search(r'^title:\s*(.+)$', show(clone, FOLDER + '/' + file), re.M) if file.endswith('.md') else None
        kind, found = kind_of(file, title.group(1)) if title else (None, [])
        names.update((kind, name) for name in found)
    for kind in TITLES:
        for name in sorted(n for k, n in names if k == kind):
            print('%s\t%s' % (kind, name))


def examples(binary):
    """{name: query} of what the binary lists itself."""
    rows = json.loads(subprocess.run([binary, 'functions', '-o', 'json'], capture_output=True, check=True).stdout)['rows']
    out = {}
    for name, kind, _, _, example, _ in rows:
        out.setdefault((kind == 'aggregate', name), example)
    return out


def probe_of(kind, name, listed):
    if kind == 'operator':
        text = OPERATORS.get(name)
        if text is None:
            return T + 'T | ' + name
        return T + ('T ' + text if text.startswith('|') else text)
    if name in PROBES.get(kind, {}):
        return T + PROBES[kind][name]
    if kind == 'plugin':
        return T + PLUGINS.get(name, 'T') + ' | evaluate %s(%s)' % (name, PLUGIN_ARGUMENTS.get(name, ''))
    example = listed.get((kind == 'aggregate', name))
    if kind == 'aggregate':
        return T + 'T | summarize %s()' % name if example is None else aggregate_probe(example)
    return 'print %s' % (example or name + '(dynamic([1, 2]))')


def aggregate_probe(example):
    """Examples of aggregates speak of columns of T by their use."""
    return 'let T = datatable(k:string, x:long, y:long, n:long, b:dynamic) ' \
           '["a", 1, 2, 3, dynamic({"p": 1})]; ' + example if example.startswith('T') else 'print ' + example


def ask(binary, query):
    """('supported', ''), or ('refused', why)."""
    run = subprocess.run([binary, 'query', *OPTIONS, query], capture_output=True, text=True, timeout=60)
    if run.returncode == 0 or ' is used so: ' in run.stderr: # a plugin that is there, and wants arguments
        return 'supported', ''
    first = run.stderr.split('\n')[0]
    if not REFUSED.search(first):
        sys.exit('docs_support: neither runs nor is refused: %s\n%s' % (query, run.stderr))
    why = re.search(r'is not supported: (.*)', first) or re.search(r'^ *hint: (.*)', run.stderr, re.M)
    return 'refused', why.group(1) if why else 'not supported'


def filled(names, indent=''):
    text = ' '.join('`%s`' % n.replace(' ', NBSP) for n in names)
    return textwrap.fill(text, 140, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False).replace(NBSP, ' ')


def print_kind(kind, supported, refused):
    print('\n## %s\n\nSupported (%d):\n%s' % (HEADINGS[kind], len(supported), filled(supported) or 'none'))
    print('\nRefused (%d):' % len(refused) + ('' if refused else ' none'))
    reasons = {}
    for name, why in refused:
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        print('* %s: %s' % (filled(names, '  '), why))


def main():
    if sys.argv[1] == '--names':
        return write_names(sys.argv[2])
    binary = sys.argv[1]
    listed = examples(binary)
    supported, refused = {kind: [] for kind in TITLES}, {kind: [] for kind in TITLES}
    for line in open(os.path.join(HERE, 'kusto_names.txt'), encoding='utf-8'):
        kind, name = line.rstrip('\n').split('\t')
        verdict, why = ask(binary, probe_of(kind, name, listed))
        if verdict == 'supported':
            supported[kind].append(name)
        else:
            refused[kind].append((name, why))
    print('# What of KQL is supported\n\nEvery name of the Kusto reference, asked of the program: what is not supported is refused with an error that names it,\n'
          'never skipped. `spoor functions NAME` and docs/functions.md say what a function does. Written by tools/docs_support.py.\n')
    print('| | supported | refused |\n| --- | ---: | ---: |')
    for kind in TITLES:
        print('| %s | %d | %d |' % (HEADINGS[kind], len(supported[kind]), len(refused[kind])))
    for kind in TITLES:
        print_kind(kind, supported[kind], refused[kind])


main()
