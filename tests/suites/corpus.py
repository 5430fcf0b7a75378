#!/usr/bin/env python3
"""corpus.py - does `spoor parse` judge real queries as Microsoft's parser does?

Reads texts with a known verdict below ../shared (skipped where it is absent),
asks the binary given as first argument (build/spoor) about them, prints each
text judged otherwise, and ends with 'N passed, N failed'.  Status 1 if any.
"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
FILES_A_CALL = 400


def records(*path):
    with open(os.path.join(SHARED, *path), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def texts():
    """(set, name, text, verdict)"""
    for r in records("corpus", "index.jsonl"):
        with open(os.path.join(SHARED, "corpus", r["file"]), "rb") as f:
            yield "corpus", r["file"], f.read(), r["ok"]
    for r in records("corpus", "probes.jsonl"):
        yield "probes", r["text"], r["text"].encode(), r["ok"]
    for name in sorted(os.listdir(os.path.join(SHARED, "conformance"))):
        if not name.endswith(".jsonl"):
            continue
        for r in records("conformance", name):
            # What the engine refused need not be wrong in its syntax.
            verdict = (r.get("kl") or {}).get("syntax_ok") if "errors" in name else True
            if verdict is not None:
                yield name[: -len(".jsonl")], r["id"], r["query"].encode(), verdict


def judge(binary, files):
    """The binary's verdict for each file, in order: (ok, first error)."""
    verdicts = {}
    for i in range(0, len(files), FILES_A_CALL):
        run = subprocess.run(
            [binary, "parse", "--strict", "-o", "jsonl"] + files[i : i + FILES_A_CALL],
            capture_output=True,
            timeout=600,
        )
        if run.returncode not in (0, 2):
            sys.exit(f"{binary} parse: status {run.returncode}\n{run.stderr.decode(errors='replace')}")
        for line in run.stdout.decode(errors="replace").splitlines():
            r = json.loads(line)
            verdicts[r["file"]] = (r["ok"], r["errors"][0] if r["errors"] else None)
    return [verdicts.get(f, (None, None)) for f in files]


def main():
    binary = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "build", "spoor")
    if not os.path.isdir(os.path.join(SHARED, "corpus")):
        print("corpus: skipped, ../shared is not there")
        return 0
    cases = list(texts())
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, (_, _, text, _) in enumerate(cases):
            files.append(os.path.join(folder, f"{i:05}.kql"))
            with open(files[-1], "wb") as f:
                f.write(text)
        verdicts = judge(binary, files)
    passed = failed = 0
    sets = {}
    for (group, name, _, want), (ok, error) in zip(cases, verdicts):
        good = ok is not None and ok == want
        passed, failed = passed + good, failed + (not good)
        counts = sets.setdefault(group, [0, 0])
        counts[not good] += 1
        if not good:
            where = f"{error['line']}:{error['column']}: {error['message']}" if error else "accepted"
            print(f"{group}: {name[:100]!r}: {'no verdict' if ok is None else where}")
    for group, (good, bad) in sets.items():
        print(f"{group}: {good} of {good + bad}")
    print(f"corpus: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
