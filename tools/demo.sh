#!/bin/sh
# The main job on the bundled sample logs: ingest, hunt, run the rule pack.  tools/demo.sh BUILD
set -eu
build=${1:-build}
spoor=$build/spoor
db=$build/demo.db
rm -f "$db" "$db"-wal "$db"-shm

say() { printf '\n== %s\n' "$*"; }
hunt() {
    say "$1"
    printf '%s\n' "$2" | sed 's/^/   /'
    "$spoor" query --db "$db" "$2"
}

say 'Three days of six hosts, from EVTX files and three kinds of JSON export, into one file'
printf '   spoor ingest --db %s samples\n\n' "$db"
"$spoor" ingest --db "$db" samples 2>&1 | tail -1

hunt 'Who starts a shell from an Office program?' \
'Sysmon
| where EventID == 1 and process_parent_path has_any ("WINWORD.EXE", "EXCEL.EXE")
| project TimeGenerated, Computer, user_name, process_command_line'

hunt 'Which program calls the same address most evenly?' \
'Sysmon
| where EventID == 3
| sort by Computer asc, process_path asc, dst_ip asc, TimeGenerated asc
| extend gap = iff(Computer == prev(Computer) and process_path == prev(process_path) and dst_ip == prev(dst_ip),
                   TimeGenerated - prev(TimeGenerated), timespan(null))
| summarize connections = count(), spread = stdev(gap / 1s) by process_path, dst_ip
| where connections > 50 and spread < 60'

hunt 'Failed logons, then a success, from one address' \
'SecurityEvent
| where EventID in (4624, 4625) and isnotempty(IpAddress) and IpAddress != "127.0.0.1"
| summarize failed = countif(EventID == 4625), accounts = dcountif(TargetUserName, EventID == 4625), succeeded = countif(EventID == 4624)
    by IpAddress
| where failed > 5 and succeeded > 0'

say 'The rule pack'
printf '   spoor rules run --db %s queries\n\n' "$db"
"$spoor" rules run --db "$db" queries

cat <<END

== Next
   $spoor shell --db $db                 look round in these events
   $spoor query -i YOUR.evtx 'Event | summarize count() by Channel, EventID'
   $spoor ingest ~/evidence/Logs         your own logs into spoor.db
   $spoor help                           everything else; docs/first-hunt.md
END
