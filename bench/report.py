"""report.py - docs/performance.md and its charts out of the results: measured figures alone.

The one part that is written by hand is bench/story.md, what the profiles showed."""
import os

import chart

HERE = os.path.dirname(os.path.abspath(__file__))


def ms(kept, what="cpu"):
    return "%.2f" % (1000 * kept[what])


def mb(size):
    return "%.1f" % (size / 1e6)


def verdict(ratio, least):
    return "" if least is None else "%g, %s" % (least, "met" if ratio >= least else "**not met**")


def table(head, rows):
    if not rows:
        return []
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows] + [""]


def missing(results, part):
    why = results["failed"].get(part)
    return ["Not measured%s." % (": " + why.replace("\n", " ")[:200] if why else ""), ""]


class Page:
    def __init__(self, folder):
        self.folder, self.lines = folder, []
        os.makedirs(os.path.join(folder, "performance"), exist_ok=True)

    def add(self, *lines):
        self.lines += lines

    def chart(self, name, title, rows):
        svg = chart.bars(title, rows)
        path = os.path.join(self.folder, "performance", name + ".svg")
        if svg:
            with open(path, "w") as f:
                f.write(svg)
            self.add("![%s](performance/%s.svg)" % (title, name), "")
        elif os.path.exists(path):
            os.remove(path)


# -- questions ----------------------------------------------------------------------------------------------
def ratio_of(pair, peer="DuckDB", what="cpu"):
    return pair[peer][what] / max(pair["spoor"][what], 1e-9) if peer in pair else None


def questions(results, page):
    page.add("## Questions", "",
             "Answers were compared first. Warm: the same question again in one process (`spoor shell`; DuckDB and chDB in Python).",
             "Cold: a process a question (`spoor query`; DuckDB's own command; chDB has none), files in the page cache. A peer's figure is",
             "the best of its forms: several searches or one expression, exact or estimated distinct counts, the table in arrival order",
             "or sorted by event id and time.", "")
    asked = results.get("questions") or {}
    if not asked:
        page.add(*missing(results, "questions"))
        return
    rows, warm_bars, cold_bars = [], [], []
    for name, q in asked.items():
        if "failed" in q:
            rows.append((name, "no figure: " + q["failed"].replace("|", "/").replace("\n", " ")[:120]) + ("",) * 9)
            continue
        warm, cold, least = q["warm"], q["cold"], q["least"]
        chdb = ratio_of(warm, "chDB")
        rows.append((name, ms(warm["spoor"]), ms(warm["DuckDB"]), "%.1f" % ratio_of(warm), verdict(ratio_of(warm), least[0]),
                     ms(warm["chDB"]) if chdb else "", "%.1f" % chdb if chdb else "", ms(cold["spoor"]), ms(cold["DuckDB"]),
                     "%.1f" % ratio_of(cold), verdict(ratio_of(cold), least[1])))
        warm_bars.append((name, [("DuckDB", ratio_of(warm)), ("chDB", chdb)], least[0]))
        cold_bars.append((name, [("DuckDB", ratio_of(cold))], least[1]))
    page.chart("questions-warm", "Questions, warm: times faster than the peer (red: asked for)", warm_bars)
    page.chart("questions-cold", "Questions, a process each: times faster than DuckDB (red: asked for)", cold_bars)
    page.add(*table(("question", "spoor, warm ms", "DuckDB, warm ms", "ratio", "at least", "chDB, warm ms", "ratio",
                     "spoor, cold ms", "DuckDB, cold ms", "ratio", "at least"), rows))
    cold = [q["cold"]["spoor"] for q in asked.values() if "cold" in q]
    if cold:
        page.add("Most memory a question took in a process of its own: %s MB anonymous; %s MB with file pages." % (
            mb(max(c.get("anonymous") or 0 for c in cold)), mb(max(c["memory"] for c in cold))), "")


def uncached(results, page):
    page.add("### The page cache dropped", "", "Wall time of a process, the store's pages first let go (`posix_fadvise`).", "")
    found = results.get("uncached")
    if not found:
        page.add(*missing(results, "page cache dropped"))
        return
    page.add(*table(("question", "spoor, ms", "DuckDB, ms", "ratio"), [
        (name, ms(pair["spoor"], "wall"), ms(pair["DuckDB"], "wall"), "%.1f" % ratio_of(pair, what="wall"))
        for name, pair in found.items()]))


# -- rules ----------------------------------------------------------------------------------------------------
def rate_of(rate, least):
    return "%.1f M%s" % (rate / 1e6, "" if least is None else " (at least %g M, %s)" % (
        least / 1e6, "met" if rate >= least else "**not met**"))


def rules(results, page):
    page.add("## Rules in a batch", "", "A process each (`rules run --no-rows`: SQL counts, too), hits compared first; DuckDB's best of all rules one by one, over both tables, and as one query.", "")
    found = results.get("rules")
    if not found:
        page.add(*missing(results, "rules"))
        return
    rows, bars = [], []
    for name, r in found.items():
        if "failed" in r:
            rows.append((name, "no figure: " + r["failed"].replace("|", "/").replace("\n", " ")[:120]) + ("",) * 7)
            continue
        ratio = ratio_of(r)
        rows.append((name, r["hits"], ms(r["spoor"]), ms(r["DuckDB"]), r["form"], "%.1f" % ratio, verdict(ratio, r["least"]),
                     rate_of(results["events"] / r["spoor"]["cpu"], r["rate"]), mb(r["spoor"].get("anonymous") or 0)))
        bars.append((name, [("DuckDB", ratio)], r["least"]))
    page.chart("rules", "Rules in a batch: times faster than DuckDB (red: asked for)", bars)
    page.add(*table(("batch", "hits", "spoor, ms", "DuckDB, ms", "DuckDB's best form", "ratio", "at least",
                     "stored events a second", "peak anonymous MB"), rows))


# -- ingest, size -----------------------------------------------------------------------------------------------
def ingest(results, page):
    page.add("## Ingest", "")
    if "ingest" not in results:
        page.add(*missing(results, "JSON lines"))
        return
    rows, bars = [], []
    rate = lambda kept: kept["events"] / kept["cpu"]
    ours = rate(results["ingest"]["spoor"])
    for name, kept in results["ingest"].items():
        rows.append((name, "%.2f" % kept["cpu"], kept["events"], "%d" % rate(kept), "%.1f" % (ours / rate(kept)),
                     mb(kept["anonymous"]) if kept.get("anonymous") else "", mb(kept["memory"]) if "memory" in kept else ""))
        if name != "spoor":
            bars.append(("JSON lines to a table", [(name.split(",")[0], ours / rate(kept))], 3 if name == "DuckDB" else None))
    for what, least in (("generated", (2, 1, 30)), ("real", (2, 1, 30))):
        bars += evtx_bars((results.get("evtx") or {}).get(what), what, least)
    page.chart("ingest", "Ingest: times faster than the peer (red: asked for)", bars)
    page.add(*table(("JSON lines to a table", "CPU s", "events", "events a CPU second", "times spoor's cost",
                     "peak anonymous MB", "peak MB with file pages"), rows))
    anonymous = results["ingest"]["spoor"].get("anonymous") or 0
    page.add("Peak anonymous memory of the ingest: %s MB (at most 256, %s)." % (
        mb(anonymous), "met" if anonymous <= 256e6 else "**not met**"), "",
        "spoor keeps every member of an event, checks each for a known identity, and validates text. SQLite's figure is the inserts",
             "alone, with the JSON parsed aside. DuckDB and chDB read with the column types given, in arrival order.", "")


def evtx_bars(found, what, least):
    if not found:
        return []
    p, made = found["programs"], []
    cost = lambda name: p[name]["cpu"]
    for ours, peer, goal in (("spoor --dry-run", "evtx_dump", least[0]), ("spoor", "evtx_dump", least[1])):
        pairs = [(q, cost(q) / cost(ours)) for q in (peer, "evtx (Python)") if q in p]
        made.append(("%s EVTX: %s" % (what, "parse alone" if "dry" in ours else "to a store"), pairs, goal))
    if "evtxexport" in p:
        made.append(("%s EVTX: to a store" % what, [("evtxexport", cost("evtxexport") / cost("spoor, for evtxexport"))], least[2]))
    return made


def evtx(results, page):
    page.add("### EVTX", "")
    for what, part in (("generated", "generated EVTX"), ("real", "real EVTX")):
        found = (results.get("evtx") or {}).get(what)
        if not found:
            page.add("%s logs:" % what.capitalize(), *missing(results, part))
            continue
        page.add("%s logs: %d files, %s MB with their preallocated space. `spoor` stores what it reads; `--dry-run` and the others do not."
                 % (what.capitalize(), found["files"], mb(found["bytes"])), "")
        rows = []
        for name, kept in found["programs"].items():
            n = kept["records"]
            rows.append((name, "%.3f" % kept["cpu"], n or "not counted", "%d" % (n / kept["cpu"]) if n else "",
                         mb(kept["anonymous"]) if kept.get("anonymous") else "", mb(kept["memory"])))
        page.add(*table(("program", "CPU s", "records", "records a CPU second", "peak anonymous MB", "peak MB with file pages"), rows))
        for label, pairs, least in evtx_bars(found, what, (2, 1, 30)):
            if pairs:
                page.add("- %s: %s (at least %s)" % (label, "; ".join("%.2f times %s's speed" % (r, p) for p, r in pairs),
                                                     verdict(min(r for _, r in pairs), least)))
        store = found["programs"]["spoor"]
        if what == "generated" and store["records"]:
            n = store["records"] / store["cpu"]
            page.add("- records a second to a store: %d (at least %s)" % (n, verdict(n, 250000)))
        page.add("", "`evtx_dump` (`-t 1 -o jsonl`, to /dev/null) and `evtxexport` (`-f xml`) start once a file; `evtx (Python)` is the crate of `evtx_dump` in one"
                 " process. The last row and the one for it: %d files, %s. Recovery differs, so the programs' counts may."
                 % (found["export_files"], "a smaller fleet" if what == "generated" else "the largest"), "")


def sizes(results, page):
    page.add("## Size", "")
    if "size" not in results:
        page.add(*missing(results, "JSON lines"))
        return
    ours, n = results["size"]["spoor"], results["events"]
    page.chart("size", "Size on disk: times the store's", [
        (name, [(name.split(",")[0].split()[0], size / ours)], None) for name, size in results["size"].items() if name != "spoor"])
    page.add(*table(("size on disk", "MB", "bytes an event", "times spoor's"), [
        (name, mb(size), "%.1f" % (size / n), "%.2f" % (size / ours)) for name, size in results["size"].items()]))
    exports = results.get("exports")
    if exports:
        page.add("Real exports of many shapes, with the messages that came along: %d files, %d records, %s MB of JSON and XML; the store has %s MB, %.1f bytes a record; "
                 "%.2f s of CPU." % (exports["files"], exports["records"], mb(exports["input"]), mb(exports["store"]),
                                     exports["store"] / max(exports["records"], 1), exports["spoor"]["cpu"]), "")
    else:
        page.add("Real exports with their messages:", *missing(results, "real exports"))


# -- threads, growth, start -----------------------------------------------------------------------------------
def threads(results, page):
    page.add("## One thread and two", "",
             "Wall time; it needs two free processors: the load when the run began is at the top. At least 1.7 is asked for.", "")
    found, rows = results.get("threads") or {}, []
    for name, kept in (found.get("ingest") or {}).items():
        rows.append(("ingest of %s" % name, ms(kept["1"], "wall"), ms(kept["2"], "wall"), "%.2f" % (kept["1"]["wall"] / kept["2"]["wall"])))
    for name, kept in (found.get("questions") or {}).items():
        rows.append((name, ms({"cpu": kept["1"]}), ms({"cpu": kept["2"]}), "%.2f" % (kept["1"] / max(kept["2"], 1e-9))))
    page.add(*(table(("what", "one thread, ms", "two, ms", "ratio"), rows) or missing(results, "questions with two threads")))


def growth(results, page):
    page.add("## As data grows", "")
    found = results.get("growth")
    if not found:
        page.add(*missing(results, "growth"))
        return
    counts = sorted(found["bytes"], key=int)
    rows = [(name,) + tuple(ms(kept[n]) for n in counts) + ("%.2f" % (kept[counts[-1]]["cpu"] / kept[counts[0]]["cpu"]),)
            for name, kept in found["questions"].items()]
    page.add("CPU ms of a process a question, over stores of these many events; the last column: the largest against the smallest, which has a tenth."
             " The largest holds two fleets of the same days, so a span of time has twice as many.", "")
    page.add(*table(("question",) + tuple("%s" % n for n in counts) + ("growth",), rows))
    page.add(*table(("store",) + tuple(counts), [
        ("bytes an event",) + tuple("%.1f" % (found["bytes"][n] / int(n)) for n in counts),
        ("ingest, CPU microseconds an event",) + tuple(
            "%.2f" % (1e6 * found["ingest"][n]["cpu"] / int(n)) if n in found["ingest"] else "above" for n in counts),
        ("ingest, peak anonymous MB",) + tuple(
            mb(found["ingest"][n].get("anonymous") or 0) if n in found["ingest"] else "above" for n in counts)]))
    most = max((kept[counts[-1]].get("anonymous") or 0) for kept in found["questions"].values())
    page.add("Most anonymous memory of these questions over %s events: %s MB (at most 512)." % (counts[-1], mb(most)), "")


def start(results, page):
    found = results.get("start")
    page.add("## Start", "")
    if not found:
        page.add(*missing(results, "start"))
        return
    page.add("`spoor query 'print 1'` takes %s ms, an empty C program %s ms: %.2f ms more (at most 3)."
             % (ms(found["spoor"]), ms(found["empty program"]), 1000 * (found["spoor"]["cpu"] - found["empty program"]["cpu"])), "")


def write(results, folder):
    m, page = results["machine"], Page(folder)
    page.add("# Performance", "",
             "Written by `make bench`; `bench/results.json` has every sample. Ratios are those of one run in which the",
             "engines took turns; milliseconds are of this machine and day. CPU time is user and system, medians, one thread, unless said.", "",
             "- machine: %s, %d processors, %.0f GB, Linux %s; load when it began %.1f"
             % (m["cpu"], m["cores"], m["memory"] / 1e9, m["kernel"], m["load"]),
             "- versions: " + ", ".join("%s %s" % v for v in sorted(results["versions"].items())),
             "- not had: " + ("; ".join("%s: %s" % v for v in sorted(results["missing"].items())) or "nothing"),
             "- data: %d generated Sysmon events, seed %d; nine event ids, 200 hosts, five a second, no Message; %d more as EVTX of 40 hosts"
             % (results["events"], results["seed"], results["evtx_events"]),
             "- without a figure: " + ("; ".join(sorted(results["failed"])) or "nothing"), "")
    if results["events"] < 5_000_000:
        page.add("The targets are for five million events: `make bench` measures those. This run had fewer.", "")
    for part in (questions, uncached, rules, start, ingest, evtx, sizes, threads, growth):
        part(results, page)
    page.add(open(os.path.join(HERE, "story.md")).read().rstrip("\n"), "", "## Not measured", "",
             "Published rule packs in this bench; the peers with two threads; more than %d events." % (2 * results["events"]), "")
    with open(os.path.join(folder, "performance.md"), "w") as f:
        f.write("\n".join(page.lines))


if __name__ == "__main__":  # the page again, out of results.json
    import json
    write(json.load(open(os.path.join(HERE, "results.json"))), os.path.join(os.path.dirname(HERE), "docs"))
