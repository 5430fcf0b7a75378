"""batches.py - rules in one batch against the same conditions as SQL, one by one and as one query."""
import json
import os
import shutil

import workloads
from engines import Failed, SqlProcess, child, median, summary, turns
from tables import TABLES


def rule_hits(text, count):
    """Rows of each rule, in the order of their numbers"""
    hits = [0] * count
    for rule in json.loads(text)["rules"]:
        if rule["error"]:
            raise Failed("%s: %s" % (rule["title"], rule["error"]))
        hits[int(rule["title"].split()[-1])] = rule["hits"]
    return hits


def measure_batch(place, env, spoor_db, duck_db, batch):
    made = batch.make()
    folder = place.path("rules")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for i, (text, _) in enumerate(made):
        with open(os.path.join(folder, "bench_%04d.kql" % i), "w") as f:
            f.write(text)
    one_by_one = {t: ";\n".join("select count(*) from %s where %s" % (t, c) for _, c in made) for t in TABLES}
    together = {t: "select %s from %s" % (", ".join("count(*) filter (%s)" % c for _, c in made), t) for t in TABLES}
    duck = SqlProcess(env.python, "peer_duckdb.py", duck_db)
    theirs = [int(duck.ask(sql, rows=True)["rows"][0][0]) for sql in one_by_one[TABLES[1]].split(";\n")]
    duck.close()
    run = [place.spoor, "rules", "run", "--no-rows", "--db", spoor_db, "--threads", "1", folder]  # SQL counts, too
    ours = rule_hits(child(run + ["-o", "json", "-q"], keep=place.path("said"))["output"], len(made))
    if ours != theirs:
        raise Failed("hits differ: %s" % [(i, a, b) for i, (a, b) in enumerate(zip(ours, theirs)) if a != b][:10])
    measures = {"spoor": lambda: child(run, watch=True)}
    forms = {"one by one, sorted_events": one_by_one[TABLES[1]]}
    if batch.together:  # not for thousands: minutes, and never the best
        forms.update({"one by one, arrival": one_by_one[TABLES[0]], "one query, sorted_events": together[TABLES[1]]})
    for name, sql in forms.items():
        measures[name] = lambda sql=sql: child([env.duckdb_cli, "-readonly", duck_db, "-f", statements(place, sql)])
    samples = turns(batch.rounds, measures)
    best = min((k for k in samples if k != "spoor"), key=lambda k: median(samples[k]))
    return {"rules": len(made), "hits": sum(theirs), "least": batch.least, "rate": batch.rate, "form": best, "spoor": summary(samples["spoor"]),
            "DuckDB": summary(samples[best])}


def statements(place, sql):
    """As a file: thousands of conditions are too long for a command line."""
    path = place.path("rules.sql")
    with open(path, "w") as f:
        f.write("set threads = 1;\n" + sql + ";\n")
    return path


def measure_all(place, env, spoor_db, duck_db):
    results = {}
    for name, batch in workloads.BATCHES.items():
        try:
            results[name] = measure_batch(place, env, spoor_db, duck_db, batch)
            pair = results[name]
            print("%-62s %.1f" % (name, pair["DuckDB"]["cpu"] / pair["spoor"]["cpu"]), flush=True)
        except Failed as why:
            results[name] = {"failed": str(why)[:600]}
            print("bench: %s: %s" % (name, why), flush=True)
    return results
