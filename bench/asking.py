"""asking.py - questions: warm, in a cold process, with no page in the cache, with two threads, at other sizes."""
import json
import os
import re

import workloads
from engines import Failed, SpoorShell, SqlProcess, child, delete, drop_pages, median, summary, turns
from loading import first_lines, generate, spoor_ingest
from tables import TABLES


def plain(value):
    text = str(value)
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:", text):
        return text.replace("T", " ").rstrip("Z").split(".")[0]
    return "" if value is None or text == "None" else text


def agree(ours, theirs, how):
    if how == "rows":
        return len(ours) == len(theirs) > 0
    ours = sorted([plain(v) for v in row] for row in ours)
    theirs = sorted([plain(v) for v in row] for row in theirs)
    if how == "same" or len(ours) != len(theirs):
        return ours == theirs
    return all(a[:-1] == b[:-1] and abs(int(a[-1]) - int(b[-1])) <= max(1, 0.03 * int(b[-1]))
               for a, b in zip(ours, theirs))


def is_estimate(sql):
    return "approx" in sql or "uniq(" in sql


def fitting(peer, process, question, answer):
    """{(form, table): SQL} of those that answer as spoor does; an estimate of theirs that is further off is left out."""
    kept = {}
    for i, form in enumerate(question.forms[peer]):
        for table in TABLES:
            sql = form.replace("{t}", table)
            theirs = process.ask(sql, rows=True)["rows"]
            if agree(answer, theirs, "near" if is_estimate(sql) else question.how):
                kept[(i, table)] = sql
            elif not is_estimate(sql):
                raise Failed("answers differ: spoor %s, %s %s" % (answer[:3], peer, theirs[:3]))
    return kept


def answer_of(place, db, kql):
    said = child([place.spoor, "query", "--db", db, "--no-warnings", "-q", "-o", "json", kql], keep=place.path("said"))
    return json.loads(said["output"])["rows"]


def ask_all(place, env, spoor_db, duck_db, chdb_db, cold_rounds, warm_rounds):
    """{name: {"warm": ..., "cold": ...}}; chDB has no command to start cold."""
    shell = SpoorShell(place, spoor_db)
    peers = {"DuckDB": SqlProcess(env.python, "peer_duckdb.py", duck_db)}
    if chdb_db:
        peers["chDB"] = SqlProcess(env.python, "peer_chdb.py", chdb_db)
    results = {}
    for name, question in workloads.WORKLOADS.items():
        try:
            results[name] = ask_one(place, env, question, shell, peers, (spoor_db, duck_db), cold_rounds, warm_rounds)
            warm, cold = results[name]["warm"], results[name]["cold"]
            print("%-62s warm %s  cold %.1f" % (name, "  ".join(
                "%s %.1f" % (p, warm[p]["cpu"] / max(warm["spoor"]["cpu"], 1e-9)) for p in warm if p != "spoor"),
                cold["DuckDB"]["cpu"] / cold["spoor"]["cpu"]), flush=True)
        except Failed as why:
            results[name] = {"failed": str(why)[:600]}
            print("bench: %s: %s" % (name, why), flush=True)
    for process in [shell] + list(peers.values()):
        process.close()
    return results


def ask_one(place, env, question, shell, peers, dbs, cold_rounds, warm_rounds):
    answer = answer_of(place, dbs[0], question.kql)
    measures, forms, notes = {"spoor": lambda: shell.ask(question.kql)}, {}, []
    for peer, process in peers.items():
        try:
            for key, sql in fitting(peer, process, question, answer).items():
                forms[(peer, *key)] = sql
                measures[(peer, *key)] = lambda process=process, sql=sql: process.ask(sql)["cpu"]
        except Failed as why:
            if peer == "DuckDB":
                raise
            notes.append(str(why)[:300])
    samples = turns(warm_rounds, measures)
    best = {}
    for key in forms:
        if key[0] not in best or median(samples[key]) < median(samples[best[key[0]]]):
            best[key[0]] = key
    warm = {"spoor": summary(samples["spoor"]), **{p: summary(samples[k]) for p, k in best.items()}}
    cold = turns(cold_rounds, {
        "spoor": lambda: child([place.spoor, "query", "--db", dbs[0], "--threads", "1", question.kql], watch=True),
        "DuckDB": lambda: child([env.duckdb_cli, "-readonly", dbs[1], "-c", "set threads = 1; " + forms[best["DuckDB"]]])})
    return {"kql": question.kql, "sql": {p: forms[k] for p, k in best.items()}, "rows": len(answer), "least": question.least,
            "warm": warm, "cold": {k: summary(v) for k, v in cold.items()}, "notes": notes}


# -- other states ---------------------------------------------------------------------------------------
def ask_uncached(place, env, spoor_db, duck_db, questions, rounds):
    """Wall time: what the disk costs is not CPU."""
    results = {}
    for name in workloads.COLD:
        if "sql" not in questions.get(name, {}):
            continue
        kql, sql = questions[name]["kql"], questions[name]["sql"]["DuckDB"]

        def spoor():
            drop_pages(spoor_db)
            return child([place.spoor, "query", "--db", spoor_db, "--threads", "1", kql])

        def duckdb():
            drop_pages(duck_db)
            return child([env.duckdb_cli, "-readonly", duck_db, "-c", "set threads = 1; " + sql])

        results[name] = {k: summary(v) for k, v in turns(rounds, {"spoor": spoor, "DuckDB": duckdb}).items()}
    return results


def ask_threaded(place, spoor_db, rounds):
    """Wall time of one thread and of two, warm."""
    shells = {n: SpoorShell(place, spoor_db, n) for n in (1, 2)}
    results = {}

    def wall(shell, kql):
        shell.ask(kql)
        return shell.wall

    for name in workloads.THREADED:
        kql = workloads.WORKLOADS[name].kql
        for shell in shells.values():
            shell.ask(kql)
        results[name] = {str(n): median(v) for n, v in turns(rounds, {
            n: lambda shell=shell: wall(shell, kql) for n, shell in shells.items()}).items()}
    for shell in shells.values():
        shell.close()
    return results


def ask_growing(place, source, spoor_db, spoor_bytes, count, seed, rounds):
    """Stores of a fifth of the events, of all, and of twice as many: CPU of a process a question, and of the ingest."""
    sizes = {count // 5: place.path("fifth.db"), count: spoor_db, 2 * count: place.path("twice.db")}
    more = os.path.join(generate(place, "events", count, seed + 1, "export", 200), "fleet.jsonl")
    took = {count // 5: spoor_ingest(place, sizes[count // 5], [first_lines(place, source, count // 5)], watch=True),
            2 * count: spoor_ingest(place, sizes[2 * count], [source, more], watch=True)}
    results = {"ingest": {str(n): summary([t]) for n, t in took.items()}, "questions": {},
               "bytes": {str(n): spoor_bytes if n == count else os.path.getsize(db) for n, db in sizes.items()}}
    for name in workloads.GROWING:
        kql = workloads.WORKLOADS[name].kql
        samples = turns(rounds, {n: lambda db=db: child([place.spoor, "query", "--db", db, "--threads", "1", kql], watch=True)
                                 for n, db in sizes.items()})
        results["questions"][name] = {str(n): summary(v) for n, v in samples.items()}
    delete(sizes[count // 5])
    delete(sizes[2 * count])
    return results
