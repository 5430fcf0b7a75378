"""report.py - docs/performance.md out of the results: measured figures alone."""

# what: the least ratio asked for, warm and cold
TARGETS = {
    "path, 3 literals (the article's first rule)": (15, 4),
    "command line, 6 literals with * (its second rule, as written)": (15, 5),
    "command line, 6 literals without *": (15, 5),
    "command line, regex": (5, 2),
    "top 10 paths by count": (3, None),
    "distinct hosts by hour": (10, None),
    "count, dcount(command line) by host and path": (5, None),
    "join of starts with connections on process_guid": (1, None),
}


def ms(kept):
    return "%.2f" % (1000 * kept["cpu"])


def mb(size):
    return "%.1f" % (size / 1e6)


def target(ratio, least):
    return "" if least is None else "%g, %s" % (least, "met" if ratio >= least else "**not met**")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows] + [""]


def questions(results):
    rows = []
    for name, q in results["questions"].items():
        if q.get("differs"):
            rows.append((name, "the engines' answers differ: not timed") + ("",) * 7)
            continue
        row = [name]
        for state, which in (("warm", 0), ("cold", 1)):
            pair = q[state]
            ratio = pair["duckdb"]["cpu"] / pair["spoor"]["cpu"]
            row += [ms(pair["spoor"]), ms(pair["duckdb"]), "%.1f" % ratio,
                    target(ratio, TARGETS.get(name, (None, None))[which])]
        rows.append(row)
    head = ("question", "spoor, warm ms", "DuckDB, warm ms", "ratio", "at least", "spoor, cold ms", "DuckDB, cold ms",
            "ratio", "at least")
    return table(head, rows)


def ingest(results):
    ours, n = results["ingest"]["spoor"]["cpu"], results["events"]
    rows = []
    for name, kept in results["ingest"].items():
        rows.append((name, "%.2f" % kept["cpu"], "%d" % (n / kept["cpu"]), "%.1f" % (kept["cpu"] / ours),
                     mb(kept["memory"]) if "memory" in kept else "not measured"))
    return table(("JSON lines to a table", "CPU s", "events a CPU second", "times spoor's", "peak memory, MB"), rows)


def sizes(results):
    ours, n = results["size"]["spoor"], results["events"]
    rows = [(name, mb(size), "%.1f" % (size / n), "%.2f" % (size / ours)) for name, size in results["size"].items()]
    return table(("size on disk", "MB", "bytes an event", "times spoor's"), rows)


def evtx(results):
    e = results["evtx"]
    if e is None:
        return ["No EVTX files were there: not measured.", ""]
    rows = []
    for name, kept in e.items():
        if isinstance(kept, dict):
            records = kept["records"]
            rows.append((name, "%.3f" % kept["cpu"], records if records is not None else "not counted",
                         "%d" % (records / kept["cpu"]) if records else "", mb(kept["memory"])))
    lines = ["%d files, %s MB with their preallocated space, too few for a steady figure. Recovery differs: each program "
             "says how many records it read. `spoor` stores what it reads, `--dry-run` and the others do not; `evtx` "
             "makes JSON of each record in Python's process (start included)." % (e["files"], mb(e["bytes"])), ""]
    lines += table(("EVTX", "CPU s", "records", "records a CPU second", "peak memory, MB"), rows)
    if "evtx" in e:
        lines += ["`spoor --dry-run` against evtx: %.2f times its speed (at least 2). `spoor` against evtx: %.2f (at least 1)."
                  % (e["evtx"]["cpu"] / e["spoor --dry-run"]["cpu"], e["evtx"]["cpu"] / e["spoor"]["cpu"])]
    if "evtxexport, 25 largest" in e:
        lines += ["`spoor` against `evtxexport -f xml`, 25 largest files: %.1f times its speed (at least 30)."
                  % (e["evtxexport, 25 largest"]["cpu"] / e["spoor, 25 largest"]["cpu"])]
    lines += ["", "Peak memory includes file pages, and is never shown below the bench's own 18 MB or so: the kernel counts from before a program's start."]
    return lines + [""]


def write(results, path):
    m, r = results["machine"], results["rules"]
    out = ["# Performance", "",
           "Written by `make bench`; `bench/results.json` has every sample. Ratios are those of one run in which the",
           "engines took turns; milliseconds are of this machine and day. CPU time is user and system, medians, one thread.", "",
           "- machine: %s, %d processors, %.0f GB, Linux %s; load when it began %.1f"
           % (m["cpu"], m["cores"], m["memory"] / 1e9, m["kernel"], m["load"]),
           "- versions: " + ", ".join("%s %s" % v for v in sorted(results["versions"].items())),
           "- not had: " + ("; ".join("%s: %s" % v for v in sorted(results["missing"].items())) or "nothing"),
           "- data: %d generated Sysmon events of a week, seed %d; nine event ids, 200 hosts, no Message"
           % (results["events"], results["seed"]), ""]
    if results["events"] < 5_000_000:
        out += ["The targets are for five million events: `make bench` measures those. This run had fewer.", ""]
    out += ["## Questions", "",
            "Answers were compared first. Warm: the same question again in one process (`spoor shell`; DuckDB in Python).",
            "Cold: a process a question (`spoor query`; DuckDB's own command), files in the page cache. DuckDB's figure is",
            "the best of its forms: several searches or one expression, exact or estimated distinct counts, the table in arrival order",
            "or sorted by event id and time.", ""]
    out += questions(results)
    peak = max((q[s]["spoor"].get("memory", 0) for q in results["questions"].values() if "warm" in q for s in ("cold",)),
               default=0)
    out += ["Most memory a question took (file pages included): %s MB." % mb(peak), "", "## Rules in a batch", ""]
    if r.get("differs"):
        out += ["The engines' answers differ: not timed.", ""]
    else:
        ratio = r["duckdb"]["cpu"] / r["spoor"]["cpu"]
        out += ["%d generated rules of two literals, %d hits, a process each: spoor %s ms, DuckDB %s ms (its best form: %s): **%.1f times** (at least 40%s)."
                % (r["rules"], r["hits"], ms(r["spoor"]), ms(r["duckdb"]), r["form"], ratio, "" if ratio >= 40 else ", not met"), ""]
    start = results["start"]
    out += ["## Start", "", "`spoor query 'print 1'` takes %s ms, an empty C program %s ms: %.2f ms more (at most 3)."
            % (ms(start["spoor"]), ms(start["empty program"]),
               1000 * (start["spoor"]["cpu"] - start["empty program"]["cpu"])), "", "## Ingest", ""]
    out += ingest(results)
    out += ["spoor keeps every member of an event, checks each for a known identity, and validates text. SQLite's figure is the inserts",
            "alone, with the JSON parsed aside. DuckDB reads with the column types given, in arrival order.", "", "## Size", ""]
    out += sizes(results) + ["## EVTX", ""] + evtx(results)
    out += ["## Not measured", "",
            "chDB; the page cache dropped; more than one thread; has_any, in~ of many values; 2,000 rules and rules",
            "whose literals hit everywhere; growth over sizes; generated EVTX; logs with messages; anonymous memory apart from file pages.", ""]
    with open(path, "w") as f:
        f.write("\n".join(out))
