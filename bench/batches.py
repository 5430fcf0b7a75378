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


def measure_rules(place, env, spoor_db, duck_db, made, rounds):
    """made: [(rule text, SQL condition)]"""
    folder = place.path("rules")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for i, (text, _) in enumerate(made):
        with open(os.path.join(folder, "bench_%04d.kql" % i), "w") as f:
            f.write(text)
    one_by_one = {t: ";".join("select count(*) from %s where %s" % (t, c) for _, c in made) for t in TABLES}
    together = {t: "select %s from %s where EventID = 1" % (", ".join("count(*) filter (%s)" % c for _, c in made), t)
                for t in TABLES}
    duck = SqlProcess(env.python, "peer_duckdb.py", duck_db)
    theirs = [int(v) for v in duck.ask(together[TABLES[0]], rows=True)["rows"][0]]
    duck.close()
    run = [place.spoor, "rules", "run", "--db", spoor_db, "--threads", "1", folder]
    ours = rule_hits(child(run + ["-o", "json", "-q"], keep=place.path("said"))["output"], len(made))
    if ours != theirs:
        raise Failed("rules differ: %s %s" % (ours[:12], theirs[:12]))
    measures = {"spoor": lambda: child(run, watch=True)}
    for name, sqls in (("one by one", one_by_one), ("one query", together)):
        for t in TABLES:
            measures[name + ", " + t] = lambda sql=sqls[t]: child(
                [env.duckdb_cli, "-readonly", duck_db, "-c", "set threads = 1; " + sql])
    samples = turns(rounds, measures)
    best = min((k for k in samples if k != "spoor"), key=lambda k: median(samples[k]))
    return {"rules": len(made), "hits": sum(theirs), "form": best, "spoor": summary(samples["spoor"]),
            "DuckDB": summary(samples[best])}
