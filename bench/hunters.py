#!/usr/bin/env python3
"""hunters.py - raw EVTX in, alerts out: spoor beside Chainsaw, Hayabusa and Zircolite, with SigmaHQ's Windows rules.

    bench/hunters.py RULES [--events N] [--timeout S] [--chainsaw FILE --mapping FILE]
                     [--hayabusa FILE --hayabusa-rules DIR] [--zircolite FILE]

RULES is a checkout of SigmaHQ/sigma.  Hayabusa reads its own conversion of the same rules (hayabusa-rules: its folder sigma, and
config beside it).  No registry has these programs, so they are used where the command line names them, and named as missing where it does
not.  One thread each, CPU time (user and system) of the whole process; a program that is not done in time has at least that."""
import argparse
import os
import resource
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import loading
from engines import Place

FOLDERS = ("rules/windows", "rules-emerging-threats", "rules-threat-hunting/windows")


def measure(argv, output, timeout, cwd=None):
    """(CPU seconds, wall seconds, is it done?)"""
    before, start, done = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), True
    with open(output + ".log", "wb") as log:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=cwd)
        try:
            p.wait(timeout)
        except subprocess.TimeoutExpired:
            done = False
            p.kill()
            p.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done and p.returncode != 0:
        sys.exit("hunters: %s: exit %d: %s" % (argv[0], p.returncode, open(output + ".log", errors="replace").read()[-800:]))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start, done


def programs(args, place, logs, rules):
    """{name: (command, file of its results, folder to run in)}; what is not named is missing."""
    several = [w for r in rules for w in ("-s", r)]
    run, missing = {}, []
    run["spoor"] = ([place.spoor, "rules", "run", *rules, "-i", logs, "-o", "jsonl", "--threads", "1", "--no-warnings"],
                    place.path("spoor.alerts"), None)
    if args.chainsaw and args.mapping:
        run["Chainsaw"] = ([args.chainsaw, "--num-threads", "1", "hunt", logs, *several, "--mapping", args.mapping, "--jsonl", "-q",
                            "-o", place.path("chainsaw.alerts")], place.path("chainsaw.alerts"), None)
    else:
        missing.append("Chainsaw")
    if args.hayabusa and args.hayabusa_rules:
        folder = os.path.abspath(args.hayabusa_rules)
        run["Hayabusa"] = ([os.path.abspath(args.hayabusa), "dfir-timeline", "-d", logs, "-r", os.path.join(folder, "sigma"), "-c",
                            os.path.join(folder, "config"), "-w", "-q", "-N", "-C", "-Q", "-K", "-t", "jsonl", "--threads", "1",
                            "-o", place.path("hayabusa.alerts")], place.path("hayabusa.alerts"), os.path.dirname(folder))
    else:
        missing.append("Hayabusa")
    if args.zircolite:
        words = [w for r in rules for w in ("-r", r)]
        run["Zircolite"] = ([sys.executable, os.path.abspath(args.zircolite), "-e", logs, *words, "-p", "sysmon", "-p", "windows-logsources",
                             "-P", "-q", "-o", place.path("zircolite.alerts"), "-l", place.path("zircolite.txt")],
                            place.path("zircolite.alerts"), os.path.dirname(os.path.abspath(args.zircolite)))
    else:
        missing.append("Zircolite")
    return run, missing


def main():
    options = argparse.ArgumentParser()
    options.add_argument("rules")
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--timeout", type=int, default=600)
    options.add_argument("--spoor", default=os.path.join(ROOT, "build", "spoor"))
    options.add_argument("--generate", default=os.path.join(ROOT, "build", "generate"))
    options.add_argument("--work", default=os.path.join(ROOT, "build", "bench-data"))
    for name in ("chainsaw", "mapping", "hayabusa", "hayabusa-rules", "zircolite"):
        options.add_argument("--" + name)
    args = options.parse_args()
    place = Place(args.spoor, args.work)
    place.generate = os.path.abspath(args.generate)
    rules = [p for p in (os.path.join(os.path.abspath(args.rules), f) for f in FOLDERS) if os.path.isdir(p)]
    if not rules:
        sys.exit("hunters: %s is no checkout of SigmaHQ's rules" % args.rules)
    logs = loading.generate(place, "evtx", args.events, 1, "evtx", 20)
    run, missing = programs(args, place, logs, rules)
    own = None
    print("%-10s %10s %10s %8s" % ("program", "CPU s", "wall s", "times"))
    for name, (argv, output, cwd) in run.items():
        cpu, wall, done = measure(argv, output, args.timeout, cwd)
        own = own or cpu
        print("%-10s %s%9.2f %10.2f %8.1f" % (name, " " if done else ">", cpu, wall, cpu / own), flush=True)
    for name in missing:
        print("%-10s not measured: the command line names none" % name)


if __name__ == "__main__":
    main()
