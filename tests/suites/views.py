#!/usr/bin/env python3
"""views.py - do the built-in tables have the documented columns?

Compares `spoor schema` of each view that Microsoft documents with ../shared/facts/tables.json (skipped where
it is absent), and calls ASIM's parsers with each documented filter.  Ends with 'N passed, N failed'."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLES = os.path.join(os.path.dirname(ROOT), 'shared', 'facts', 'tables.json')
TYPES = {'boolean': 'bool', 'double': 'real', 'bigint': 'long'}
TABLE_VIEWS = ['Event', 'WindowsEvent', 'SecurityEvent', 'Heartbeat', 'DeviceProcessEvents', 'DeviceNetworkEvents', 'DeviceFileEvents',
               'DeviceRegistryEvents', 'DeviceImageLoadEvents', 'DeviceEvents', 'DeviceLogonEvents']
TIMES = ['starttime:datetime', 'endtime:datetime']
ENDS = ['disabled:bool', 'pack:bool']
PROCESS = TIMES + ['commandline_has_any:dynamic', 'commandline_has_all:dynamic', 'commandline_has_any_ip_prefix:dynamic', 'actingprocess_has_any:dynamic',
                   'targetprocess_has_any:dynamic', 'parentprocess_has_any:dynamic', 'targetusername_has:string', 'actorusername_has:string',
                   'dvcipaddr_has_any_prefix:dynamic', 'dvchostname_has_any:dynamic', 'hashes_has_any:dynamic', 'eventtype:string'] + ENDS
# names of each schema's parser, the documented table, aliases that only the parser has, filters with their types
ASIM = [
    (['_Im_ProcessEvent', '_ASim_ProcessEvent', 'imProcessEvent', 'ASimProcessEvent'], 'ASimProcessEventLogs', ['User', 'Process', 'CommandLine', 'Hash', 'Dvc'], PROCESS),
    (['_Im_ProcessCreate', '_ASim_ProcessCreate', 'imProcessCreate', 'ASimProcessCreate'], 'ASimProcessEventLogs', ['User', 'Process', 'CommandLine', 'Hash', 'Dvc'], PROCESS),
    (['_Im_ProcessTerminate', 'imProcessTerminate', 'ASimProcessTerminate'], 'ASimProcessEventLogs', ['User', 'Process', 'Dvc'], PROCESS),
    (['_Im_FileEvent', '_ASim_FileEvent', 'imFileEvent', 'ASimFileEvent'], 'ASimFileEventLogs', ['User', 'Process', 'FilePath', 'FileName', 'Hash', 'Dvc'],
     TIMES + ['eventtype_in:dynamic', 'srcipaddr_has_any_prefix:dynamic', 'actorusername_has_any:dynamic', 'targetfilepath_has_any:dynamic', 'srcfilepath_has_any:dynamic',
              'hashes_has_any:dynamic', 'dvchostname_has_any:dynamic'] + ENDS),
    (['_Im_RegistryEvent', '_ASim_RegistryEvent', 'imRegistry', 'ASimRegistry'], 'ASimRegistryEventLogs', ['User', 'Process', 'Dvc'],
     TIMES + ['eventtype_in:dynamic', 'actorusername_has_any:dynamic', 'registrykey_has_any:dynamic', 'registryvalue_has_any:dynamic', 'registryvaluedata_has_any:dynamic',
              'registrydata_has_any:dynamic', 'dvchostname_has_any:dynamic'] + ENDS),
    (['_Im_NetworkSession', '_ASim_NetworkSession', 'imNetworkSession', 'ASimNetworkSession'], 'ASimNetworkSessionLogs', ['Src', 'Dst', 'IpAddr', 'Hostname', 'User', 'Process', 'Dvc'],
     TIMES + ['srcipaddr_has_any_prefix:dynamic', 'dstipaddr_has_any_prefix:dynamic', 'ipaddr_has_any_prefix:dynamic', 'dstportnumber:int', 'hostname_has_any:dynamic',
              'dvcaction:dynamic', 'eventresult:string'] + ENDS),
    (['_Im_Dns', '_ASim_Dns', 'imDns', 'ASimDns'], 'ASimDnsActivityLogs', ['Src', 'Domain', 'DnsResponseCodeName', 'User', 'Process', 'Dvc'],
     TIMES + ['srcipaddr:string', 'domain_has_any:dynamic', 'responsecodename:string', 'response_has_ipv4:string', 'response_has_any_prefix:dynamic', 'eventtype:string'] + ENDS),
    (['_Im_Authentication', '_ASim_Authentication', 'imAuthentication', 'ASimAuthentication'], 'ASimAuthenticationEventLogs', ['User', 'Src', 'IpAddr', 'LogonTarget', 'Dvc'],
     TIMES + ['username_has_any:dynamic', 'targetappname_has_any:dynamic', 'srcipaddr_has_any_prefix:dynamic', 'srchostname_has_any:dynamic', 'eventtype_in:dynamic',
              'eventresultdetails_in:dynamic', 'eventresult:string'] + ENDS),
]
VALUES = {'datetime': 'datetime(2024-01-01)', 'dynamic': 'dynamic(["x"])', 'string': '"x"', 'bool': 'true', 'int': 'int(1)'}
failed = passed = 0


def check(ok, message):
    global failed, passed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print('views: ' + message)


def columns_of(binary, text):
    run = subprocess.run([binary, 'query', '-i', os.path.join(ROOT, 'samples', 'HL-DC01'), '-o', 'json', text + ' | take 0 | getschema | project ColumnName, ColumnType'],
                         capture_output=True, text=True)
    if run.returncode != 0:
        print(run.stderr[:500])
        return {}
    return dict(json.loads(run.stdout)['rows'])


def documented(tables, name):
    columns = dict(tables['defender_xdr'].get(name, {}))
    columns.update(tables['sentinel'].get(name, {}))
    return {c: TYPES.get(t, t) for c, t in columns.items()}


def main():
    binary = os.path.abspath(sys.argv[1])
    if not os.path.exists(TABLES):
        print('views: skipped, ../shared is not there')
        return 0
    tables = json.load(open(TABLES, encoding='utf-8'))
    for name in TABLE_VIEWS:
        want, got = documented(tables, name), columns_of(binary, name)
        for column, kind in want.items():
            check(got.get(column) == kind, '%s.%s is %s, not %s' % (name, column, got.get(column), kind))
        if name.startswith('Device'):
            check(list(got) == list(want), '%s has columns of its own, or another order' % name)
    for names, table, aliases, filters in ASIM:
        want = documented(tables, table)
        for name in names:
            got = columns_of(binary, name)
            for column, kind in want.items():
                check(got.get(column) == kind, '%s.%s is %s, not %s' % (name, column, got.get(column), kind))
            check(all(got.get(a) == 'string' for a in aliases), '%s lacks one of %s' % (name, aliases))
            calls = ['%s=%s' % (f.split(':')[0], VALUES[f.split(':')[1]]) for f in filters]
            check(columns_of(binary, '%s(%s)' % (name, ', '.join(calls))), '%s does not take its filters' % name)
    print('views: %d passed, %d failed' % (passed, failed))
    return failed != 0


sys.exit(main())
