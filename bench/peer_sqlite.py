"""peer_sqlite.py - events as plain SQLite rows.  Prints the CPU seconds of the inserts alone: JSON is parsed aside."""
import json
import sqlite3
import sys
import time

from tables import FIELDS

source, target = sys.argv[1:]
db = sqlite3.connect(target)
db.execute("pragma page_size = 16384")
db.execute("pragma journal_mode = wal")
db.execute("pragma synchronous = normal")
columns = ["TimeGenerated", "Computer", "EventID", "EventRecordId"] + FIELDS
db.execute("create table event (%s)" % ", ".join('"%s"' % c for c in columns))
insert = "insert into event values (%s)" % ", ".join("?" * len(columns))
used, rows = 0.0, []


def flush():
    global used, rows
    start = time.process_time()
    db.executemany(insert, rows)
    used += time.process_time() - start
    rows = []


for line in open(source):
    e = json.loads(line)
    d = e["EventData"]
    rows.append([e["TimeGenerated"], e["Computer"], e["EventID"], int(e["EventRecordId"])] + [d.get(f) for f in FIELDS])
    if len(rows) == 20000:
        flush()
flush()
start = time.process_time()
db.commit()
db.execute("pragma wal_checkpoint(truncate)")
print(used + time.process_time() - start)
