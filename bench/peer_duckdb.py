"""peer_duckdb.py - DuckDB in one process: SQL in on standard input, CPU seconds and rows out, as JSON lines."""
import json
import sys
import time

import duckdb

db = duckdb.connect(sys.argv[1], read_only=True)
db.execute("set threads = 1")
for line in sys.stdin:
    want = json.loads(line)
    try:
        start = time.process_time()
        rows = db.execute(want["sql"]).fetchall()
        used = time.process_time() - start
        print(json.dumps({"cpu": used, "rows": [[str(v) for v in r] for r in rows] if want["rows"] else []}), flush=True)
    except duckdb.Error as error:
        print(json.dumps({"error": str(error)[:500]}), flush=True)
