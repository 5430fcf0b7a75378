#!/usr/bin/env python3
"""docs_command.py - what the help text says, as the manual's page, the man page and the completions of three shells.

usage: docs_command.py BINARY page|man|bash|zsh|fish"""
import re
import subprocess
import sys

SEVERITIES = 'informational low medium high critical'
FUNCTION = 'save list show delete'
TABLE = 'import drop'
OPTION = re.compile(r'^  (?:(-\w), )?(--[\w-]+)(?: (\S+))?  +(.*)$')


def said(binary, *words):
    run = subprocess.run([binary, *words], capture_output=True, text=True)
    return (run.stdout + run.stderr).split('\n')


def command(line):
    """(name, words, text), or nothing: columns are apart by two blanks and more."""
    parts = re.split(r' {2,}', line.strip())
    return (parts[0], parts[1] if len(parts) == 3 else '', parts[-1]) if line.startswith('  ') and len(parts) in (2, 3) else None


def read(binary):
    """(commands, options, subcommands of rules): (name, words, text); (short, long, value, text)."""
    commands, options = [], []
    for line in said(binary, 'help'):
        option = OPTION.match(line)
        if option:
            options.append(option.groups(default=''))
        elif command(line) and not options:
            commands.append(command(line))
    return commands, options, [row for row in map(command, said(binary, 'rules')) if row]


def values(long, text):
    """What an option can be given, where that is a list."""
    if long == '--output':
        return ' '.join(dict.fromkeys(w for w in re.findall(r'[a-z-]+', re.sub(r'rules \w+:|too', '', text))))
    return {'--severity': SEVERITIES, '--level': SEVERITIES, '--fail-on': SEVERITIES, '--home': 'event windowsevent', '--view': 'defender asim',
            '--now': 'last'}.get(long, '')


PAGE = '''# The command line

Written by tools/docs_command.py from `spoor help`.

%s

Detection rules (docs/rules.md):

%s

| option | |
| --- | --- |
%s

Results go to standard output, everything else to standard error. Exit status: 0 done (no rows included); 1 the world failed: an
input that cannot be read, a limit, a full disk; 2 the command line, a query or a rule was wrong; 3 an alert at `--fail-on`; 130
interrupted. There is no colour when output is no terminal or `NO_COLOR` is set. A table on a terminal shows 1000 rows unless
`--max-rows` says otherwise, and the columns that fit (empty ones go first); everything else shows all. An option that a command does
not take is an error: `spoor help COMMAND` lists those that it takes.

`-o json` gives `{"columns":[{"name":"x","type":"long"}],"rows":[[1]]}`, several results as `{"tables":[...]}`. What `ingest` reads
and how: docs/ingest.md. Shell completions and a man page come with `make install`.'''


def page(commands, options, rules):
    width = max(len(n + ' ' + w) for n, w, _ in commands + rules)
    line = lambda start: lambda c: '    %s %-*s   %s' % (start, width, (c[0] + ' ' + c[1]).strip(), c[2])
    rows = ['| %s`%s%s` | %s |' % ('`%s`, ' % s if s else '', l, ' ' + v if v else '', t.replace('|', '\\|')) for s, l, v, t in options]
    return PAGE % ('\n'.join(map(line('spoor'), commands)), '\n'.join(map(line('spoor rules'), rules)), '\n'.join(rows))


def roff(text):
    return text.replace('\\', '\\e').replace('-', '\\-')


MAN = '''.\\" Written by tools/docs_command.py from the help text.
.TH SPOOR 1 "2026" "spoor 0.1.0" "User Commands"
.SH NAME
spoor \\- KQL over Windows event logs, offline
.SH SYNOPSIS
.B spoor
.I COMMAND
.RI [ OPTION ...]
.RI [ WORD ...]
.SH DESCRIPTION
Reads Windows event logs (EVTX, JSON and XML exports) once into one file and answers queries in the Kusto Query Language of
Microsoft Sentinel, runs saved parser functions and detection rules.
.SH COMMANDS
%s
.SH OPTIONS
%s
.SH EXIT STATUS
0 done; 1 the world failed (an input that cannot be read, a limit, a full disk); 2 the command line, a query or a rule was wrong;
3 an alert at \\-\\-fail\\-on or above; 130 interrupted.
.SH ENVIRONMENT
.TP
.B SPOOR_DB
The store when \\-\\-db is not given.
.TP
.B NO_COLOR
No colour.'''


def man(commands, options, rules):
    entry = lambda head, words, text: '.TP\n.B %s\n%s.' % (roff(head) + (' \\fI%s\\fR' % roff(words) if words else ''), roff(text[0].upper() + text[1:]))
    shown = [entry(n, w, t) for n, w, t in commands] + [entry('rules ' + n, w, t) for n, w, t in rules]
    listed = [entry((s + ', ' if s else '') + l, v, t) for s, l, v, t in options]
    return MAN % ('\n'.join(shown), '\n'.join(listed))


def names(rows):
    return ' '.join(r[0] for r in rows)


def bash(commands, options, rules):
    lists = [(' | '.join(filter(None, (s, l))), values(l, t)) for s, l, v, t in options if values(l, t)]
    lists += [('rules', names(rules)), ('function', FUNCTION), ('table', TABLE), ('workbook', 'run')]
    cases = '\n'.join('    %s) COMPREPLY=($(compgen -W "%s" -- "$word")) ; return ;;' % row for row in lists)
    return '''# bash completion for spoor; written by tools/docs_command.py
_spoor() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local commands="%s"
    local options="%s"
    case $previous in
%s
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    elif [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _spoor spoor''' % (names(commands), ' '.join(o[1] for o in options), cases)


def plain(text):
    return re.sub(r"['\[\]:()*\\]", '', text)


def zsh(commands, options, rules):
    def row(s, l, v, t):
        after = ''
        if v:
            known = values(l, t)
            after = ':%s:%s' % (v.lower().replace('..', '-'), '(%s)' % known if known else '_files' if v in ('FILE', 'PATH', 'DIR') else '')
        one = "'%s[%s]%s'" % (l, plain(t), after)
        return one + (" '%s[%s]%s'" % (s, plain(t), after) if s else '')
    return '''#compdef spoor
# zsh completion for spoor; written by tools/docs_command.py
_arguments -C \\
    '1:command:(%s)' \\
    '*:file:_files' \\
    %s''' % (names(commands), ' \\\n    '.join(row(*o) for o in options))


def fish(commands, options, rules):
    lines = ["complete -c spoor -n __fish_use_subcommand -f -a '%s'" % names(commands)]
    for command, words in (('rules', names(rules)), ('function', FUNCTION), ('table', TABLE), ('workbook', 'run')):
        lines.append("complete -c spoor -n '__fish_seen_subcommand_from %s' -f -a '%s'" % (command, words))
    for s, l, v, t in options:
        known = values(l, t)
        kind = " -x -a '%s'" % known if known else ' -r' if v in ('FILE', 'PATH', 'DIR') else ' -x' if v else ''
        lines.append("complete -c spoor%s -l %s%s -d '%s'" % (' -s ' + s[1:] if s else '', l[2:], kind, plain(t)))
    return '# fish completion for spoor; written by tools/docs_command.py\n' + '\n'.join(lines)


def main():
    print({'page': page, 'man': man, 'bash': bash, 'zsh': zsh, 'fish': fish}[sys.argv[2]](*read(sys.argv[1])))


main()
