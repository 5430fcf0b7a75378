"""loading.py - what it costs to get events in, and how much room they take: JSON lines, EVTX, logs with messages."""
import glob
import os
import re

import tables
from engines import Failed, HERE, SqlProcess, child, delete, summary, turns

SQLITE_EVENTS = 500_000  # Python parses the JSON for it: not the whole of a large file
EXPORT_EVENTS = 50_000   # evtxexport reads some 8,000 a second


def generate(place, what, count, seed, fmt, hosts):
    """Made once; the same arguments give the same bytes."""
    folder = place.path("%s-%d-%d" % (what, count, seed))
    if not os.path.isdir(folder):
        delete(folder + ".part")
        child([place.generate, "--events", str(count), "--seed", str(seed), "--hosts", str(hosts), "--format", fmt,
               "--out", folder + ".part"])
        os.rename(folder + ".part", folder)
    return folder


def first_lines(place, source, count):
    """The first lines of a JSON lines file, as a file."""
    path = place.path("first-%d.jsonl" % count)
    if not os.path.exists(path):
        with open(source, "rb") as lines, open(path + ".part", "wb") as out:
            for _ in range(count):
                out.write(lines.readline())
        os.rename(path + ".part", path)
    return path


def spoor_ingest(place, db, paths, threads=1, watch=False):
    delete(db)
    return child([place.spoor, "ingest", "--threads", str(threads), "--db", db] + paths, keep=place.path("said"),
                 wanted=(0, 1), watch=watch)


# -- JSON lines ----------------------------------------------------------------------------------------
def measure_json(place, env, source, count, rounds):
    spoor_db, duck_db, chdb_db = place.path("spoor.db"), place.path("duck.db"), place.path("chdb")

    def duckdb():
        delete(duck_db)
        return child([env.duckdb_cli, duck_db, "-c", tables.duckdb_load(source)])

    measures = {"spoor": lambda: spoor_ingest(place, spoor_db, [source], watch=True), "DuckDB": duckdb}
    samples = turns(rounds, measures)
    result = {"ingest": {k: summary(v) for k, v in samples.items()},
              "size": {"spoor": os.path.getsize(spoor_db), "DuckDB, arrival order": os.path.getsize(duck_db),
                       "JSON lines": os.path.getsize(source)}}
    for kept in result["ingest"].values():
        kept["events"] = count
    print("ingest of %d events: %.1f times DuckDB's speed" % (
        count, result["ingest"]["DuckDB"]["cpu"] / result["ingest"]["spoor"]["cpu"]), flush=True)
    return spoor_db, duck_db, chdb_db, result


def measure_sqlite(place, env, source, count):
    db, n = place.path("rows.sqlite"), min(count, SQLITE_EVENTS)
    delete(db)
    said = child([env.python, os.path.join(HERE, "peer_sqlite.py"), first_lines(place, source, n), db],
                 keep=place.path("said"))["output"]
    size = os.path.getsize(db) * count / n
    delete(db)
    return {"cpu": float(said), "samples": [float(said)], "events": n}, size


def load_chdb(place, env, source, count, chdb_db):
    """Both tables; the figure is that of the first, out of the JSON lines."""
    delete(chdb_db)
    chdb = SqlProcess(env.python, "peer_chdb.py", chdb_db)
    for table in tables.TABLES:
        chdb.ask(tables.chdb_create(table))
    took = chdb.ask(tables.chdb_load(source, tables.TABLES[0]) + tables.CHDB_ONE_THREAD)["cpu"]
    chdb.ask("insert into %s select * from %s" % tables.TABLES[::-1] + " settings max_threads = 1")
    for table in tables.TABLES:
        chdb.ask("optimize table %s final" % table)
    sizes = chdb.ask("select table, sum(bytes_on_disk) from system.parts where active group by table", rows=True)["rows"]
    chdb.close()
    return ({"cpu": took, "samples": [took], "events": count},
            {"chDB, " + {"arrival": "arrival order", "sorted_events": "by event id and time"}[t]: int(n) for t, n in sizes})


def measure_orders(place, env, duck_db):
    """The same rows by event id and time, and as Parquet; DuckDB's second table for the questions."""
    sizes, other, parquet = {}, place.path("sorted.db"), place.path("events.parquet")
    order = "select * from %s order by EventID, TimeGenerated" % tables.TABLES[0]
    delete(other)
    child([env.duckdb_cli, other, "-c", "attach '%s' as a (read_only); create table %s as select * from a.%s"
           " order by EventID, TimeGenerated; checkpoint" % (duck_db, tables.TABLES[1], tables.TABLES[0])])
    sizes["DuckDB, by event id and time"] = os.path.getsize(other)
    for name, query in (("arrival order", "select * from " + tables.TABLES[0]), ("by event id and time", order)):
        delete(parquet)
        child([env.duckdb_cli, "-readonly", duck_db, "-c",
               "copy (%s) to '%s' (format parquet, compression zstd)" % (query, parquet)])
        sizes["Parquet zstd, " + name] = os.path.getsize(parquet)
    delete(parquet)
    child([env.duckdb_cli, duck_db, "-c", "create table %s as %s; checkpoint" % (tables.TABLES[1], order)])
    delete(other)
    return sizes


def measure_exports(place, folder):
    """Real exports of many shapes, with the messages that came along: what a store of them takes."""
    files = [os.path.join(d, f) for d, _, names in os.walk(folder) for f in names]
    if not files:
        raise Failed("no JSON exports are there")
    db = place.path("exports.db")
    took = spoor_ingest(place, db, [folder], watch=True)
    said = re.search(r"(\d+) records", took["output"])
    result = {"spoor": summary([took]), "files": len(files), "input": sum(map(os.path.getsize, files)),
              "store": os.path.getsize(db), "records": int(said.group(1)) if said else 0}
    delete(db)
    return result


# -- EVTX -----------------------------------------------------------------------------------------------
def dump_all(env, files):
    """evtx_dump takes one file; what it costs to start it is counted."""
    total = {"cpu": 0.0, "wall": 0.0, "memory": 0, "anonymous": None, "output": ""}
    for path in files:
        one = child([env.evtx_dump, "-t", "1", "-o", "jsonl", path], wanted=(0, 1))
        for what in ("cpu", "wall"):
            total[what] += one[what]
        total["memory"] = max(total["memory"], one["memory"])
    return total


def export_all(env, files):
    total = {"cpu": 0.0, "wall": 0.0, "memory": 0, "anonymous": None, "output": ""}
    for path in files:
        one = child([env.evtxexport, "-f", "xml", path], wanted=(0, 1))
        for what in ("cpu", "wall"):
            total[what] += one[what]
        total["memory"] = max(total["memory"], one["memory"])
    return total


def measure_evtx(place, env, files, rounds, with_export=None):
    """with_export: the files that evtxexport and, for the ratio, spoor read; None: it gets none."""
    if not files:
        raise Failed("no EVTX files are there")
    db = place.path("evtx.db")
    measures = {"spoor --dry-run": lambda: child([place.spoor, "ingest", "--threads", "1", "--dry-run"] + files,
                                                 keep=place.path("said"), wanted=(0, 1), watch=True),
                "spoor": lambda: spoor_ingest(place, db, files, watch=True)}
    if env.evtx_dump:
        measures["evtx_dump"] = lambda: dump_all(env, files)
    if "evtx" in env.versions:
        measures["evtx (Python)"] = lambda: child([env.python, os.path.join(HERE, "peer_evtx.py")] + files,
                                                  keep=place.path("said"))
    if with_export and env.evtxexport:
        measures["spoor, for evtxexport"] = lambda: spoor_ingest(place, db, with_export)
        measures["evtxexport"] = lambda: export_all(env, with_export)
    samples = turns(rounds, measures)
    result = {"programs": {k: summary(v) for k, v in samples.items()}, "files": len(files),
              "bytes": sum(map(os.path.getsize, files)), "export_files": len(with_export or [])}
    for name, kept in result["programs"].items():
        said = re.search(r"(\d+) records", samples[name][0]["output"])
        kept["records"] = int(said.group(1)) if said else None
    delete(db)
    return result


def measure_fleet(place, env, count, seed, rounds):
    """Generated logs: a file a host."""
    files = sorted(glob.glob(os.path.join(generate(place, "evtx", count, seed, "evtx", 40), "*.evtx")))
    small = sorted(glob.glob(os.path.join(generate(place, "evtx", min(count // 10, EXPORT_EVENTS), seed, "evtx", 4), "*.evtx")))
    return measure_evtx(place, env, files, rounds, small)


def measure_folder(place, env, folder, rounds):
    """Real logs, the largest first; evtxexport starts once a file, so it gets the 25 largest."""
    files = sorted(glob.glob(os.path.join(folder, "**", "*.evtx"), recursive=True), key=os.path.getsize)[::-1]
    return measure_evtx(place, env, files, rounds, files[:25])
