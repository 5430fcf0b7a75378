#!/usr/bin/env python3
"""graphs.py - does graph-match find every match, and graph-shortest-paths the shortest?

Small random graphs and patterns (both directions, variable lengths, shared nodes, conditions, each kind of cycles) are
put to the binary and, the slow way, to the search below, which tries every walk.  The seed is fixed; another one is
the second argument.  Ends with 'N passed, N failed'."""
import collections
import json
import random
import subprocess
import sys

CASES = 150
ARROWS = {'right': '-[%s]->', 'left': '<-[%s]-', 'either': '-[%s]-'}
Edge = collections.namedtuple('Edge', 'source target kind')
Link = collections.namedtuple('Link', 'begin end name direction bounds')  # an edge of the pattern; bounds None: one edge


class Case:
    def __init__(self, rnd):
        nnodes = rnd.randint(1, 5)
        self.edges = [Edge(rnd.randrange(nnodes), rnd.randrange(nnodes), rnd.randrange(3)) for _ in range(rnd.randint(0, 7))]
        self.is_shortest = rnd.random() < 0.4
        self.output = rnd.choice(['any', 'all'])
        self.cycles = rnd.choice(['unique_edges', 'none'] if self.is_shortest else ['unique_edges', 'none', 'all'])
        self.make_pattern(rnd)
        self.make_conditions(rnd)

    def make_pattern(self, rnd):
        self.names, self.links = ['a'], []
        self.text = '(a)'
        last = 'a'
        for i in range(rnd.randint(1 if self.is_shortest else 0, 3)):
            if not self.is_shortest and i > 0 and rnd.random() < 0.3:
                last = rnd.choice(self.names)
                self.text += ', (%s)' % last
            is_known = not self.is_shortest and rnd.random() < 0.25
            end = rnd.choice(self.names) if is_known else 'abcde'[len(self.names)]
            if not is_known:
                self.names.append(end)
            least = rnd.randint(0, 2)
            is_path = (self.is_shortest and i == 0) or rnd.random() < 0.5
            link = Link(last, end, 'e%d' % i, rnd.choice(list(ARROWS)), (least, least + rnd.randint(0, 2)) if is_path else None)
            self.links.append(link)
            self.text += ARROWS[link.direction] % (link.name + ('*%d..%d' % link.bounds if is_path else '')) + '(%s)' % end
            last = end

    def make_conditions(self, rnd):
        self.parity, self.kind, self.through = {}, {}, {}
        parts = []
        for name in self.names:
            if rnd.random() < 0.3:
                self.parity[name] = rnd.randrange(2)
                parts.append('%s.id %% 2 == %d' % (name, self.parity[name]))
        for link in self.links:
            if rnd.random() < 0.25:
                self.kind[link.name] = rnd.randrange(3)
                parts.append('%s.sort_ != %d' % (link.name, self.kind[link.name]))
            if link.bounds and rnd.random() < 0.25:
                self.through[link.name] = rnd.randrange(4)
                parts.append('all(inner_nodes(%s), id != %d)' % (link.name, self.through[link.name]))
        rnd.shuffle(parts)
        self.where = 'where ' + ' and '.join(parts) if parts else ''

    def query(self):
        rows = ', '.join('%d,%d,%d,%d' % ((i,) + edge) for i, edge in enumerate(self.edges))
        project = ['%s.id' % name for name in self.names]
        for link in self.links:
            project.append('map(%s, i)' % link.name if link.bounds else 'pack_array(%s.i)' % link.name)
            project.append('map(inner_nodes(%s), id)' % link.name if link.bounds else 'dynamic([])')
        operator = 'graph-shortest-paths output=' + self.output if self.is_shortest else 'graph-match'
        return ('datatable(i:long, source:long, target:long, sort_:long) [%s] | make-graph source --> target with_node_id=id | '
                '%s cycles=%s %s %s project %s' % (rows, operator, self.cycles, self.text, self.where, ', '.join(project)))

    # -- the slow way

    def from_node(self, node, direction):
        for i, edge in enumerate(self.edges):
            if direction != 'left' and edge.source == node:
                yield i, edge.target
            elif direction != 'right' and edge.target == node:
                yield i, edge.source

    def walks(self, link, edges, nodes):
        least, most = link.bounds or (1, 1)
        if len(edges) >= least:
            yield edges, nodes
        if len(edges) == most or (edges and nodes[-1] == self.through.get(link.name)):
            return
        for i, node in self.from_node(nodes[-1], link.direction):
            if self.edges[i].kind != self.kind.get(link.name):
                yield from self.walks(link, edges + [i], nodes + [node])

    def fits(self, name, node):
        return self.parity.get(name, node % 2) == node % 2

    def matches(self, bound, walks):
        if len(walks) == len(self.links):
            yield bound, walks
            return
        link = self.links[len(walks)]
        for walk in self.walks(link, [], [bound[link.begin]]):
            end = walk[1][-1]
            if bound.get(link.end, end) == end and self.fits(link.end, end):
                yield from self.matches({**bound, link.end: end}, walks + [walk])

    def is_allowed(self, bound, walks):
        edges = [i for walk in walks for i in walk[0]]
        nodes = [bound['a']] + [node for walk in walks for node in walk[1][1:]]
        return (self.cycles == 'all' or len(set(edges)) == len(edges)) and (self.cycles != 'none' or len(set(nodes)) == len(nodes))

    def expected(self):
        """{(first, last): {number of edges: [row]}}"""
        out = {}
        for node in sorted({n for edge in self.edges for n in edge[:2]}):
            for bound, walks in self.matches({'a': node}, []) if self.fits('a', node) else ():
                if self.is_allowed(bound, walks):
                    row = [bound[name] for name in self.names]
                    for edges, nodes in walks:
                        row += [edges, nodes[1:-1]]
                    by_length = out.setdefault((bound['a'], bound[self.names[-1]]), {})
                    by_length.setdefault(sum(len(walk[0]) for walk in walks), []).append(json.dumps(row))
        return out

    def is_right(self, rows):
        got = collections.Counter(json.dumps(row) for row in rows)
        pairs = self.expected()
        if not self.is_shortest:
            return got == collections.Counter(row for by_length in pairs.values() for rows in by_length.values() for row in rows)
        shortest = [by_length[min(by_length)] for by_length in pairs.values()]
        if self.output == 'all':
            return got == collections.Counter(row for rows in shortest for row in rows)
        return sum(got.values()) == len(shortest) and all(len(set(rows) & set(got)) == 1 for rows in shortest)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else 'build/spoor'
    rnd = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    passed = failed = 0
    for _ in range(CASES):
        case = Case(rnd)
        run = subprocess.run([binary, 'query', '--no-warnings', '-o', 'json', case.query()], capture_output=True, text=True)
        if run.returncode == 0 and case.is_right(json.loads(run.stdout)['rows']):
            passed += 1
        else:
            failed += 1
            print('graphs: %s\n%s%s' % (case.query(), run.stdout, run.stderr))
    print('graphs: %d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
