"""peer_chdb.py - chDB (ClickHouse) in one process: SQL in on standard input, CPU seconds and rows out, as JSON lines."""
import json
import sys
import time

from chdb import session

db = session.Session(sys.argv[1])
for line in sys.stdin:
    want = json.loads(line)
    try:
        start = time.process_time()
        answer = db.query(want["sql"], "JSONCompact")
        used = time.process_time() - start
        rows = json.JSONDecoder().raw_decode(str(answer))[0]["data"] if want["rows"] else []
        print(json.dumps({"cpu": used, "rows": [["" if v is None else str(v) for v in r] for r in rows]}), flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error)[:500]}), flush=True)
