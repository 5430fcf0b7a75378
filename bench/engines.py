"""engines.py - running programs and measuring them: children, kept-open processes, turns, medians.

CPU time is user and system, of the program and all its threads.  Anonymous memory is looked at every few
milliseconds while a program runs; the whole resident set, file pages included, the kernel keeps count of."""
import glob
import importlib.metadata
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SAMPLING = 0.004  # seconds between looks at the anonymous memory


class Failed(Exception):
    """A program ended badly or engines disagree: this workload has no figure, the others go on."""


class Place:
    """Where the run keeps its files, and the binary it measures."""

    def __init__(self, spoor, work):
        self.spoor, self.work = os.path.abspath(spoor), os.path.abspath(work)
        os.makedirs(self.work, exist_ok=True)

    def path(self, name):
        return os.path.join(self.work, name)


def anonymous(pid):
    try:
        with open("/proc/%d/status" % pid) as f:
            found = re.search(r"RssAnon:\s+(\d+) kB", f.read())
        return int(found.group(1)) * 1024 if found else 0
    except OSError:
        return 0


class Watch(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(SAMPLING):
            self.peak = max(self.peak, anonymous(self.pid))


def child(argv, keep=None, wanted=(0,), watch=False):
    """Runs a program: CPU seconds, wall seconds, peak memory in bytes, output (keep: a file for it)."""
    start = time.monotonic()
    with open(keep or os.devnull, "wb") as sink:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=sink,
                             stderr=subprocess.STDOUT if keep else subprocess.DEVNULL)
        seen = Watch(p.pid) if watch else None
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        if seen:
            seen.ended.set()
    wall = time.monotonic() - start
    output = open(keep, errors="replace").read() if keep else ""
    if p.returncode not in wanted:
        raise Failed("%s: exit %d %s" % (" ".join(argv)[:200], p.returncode, output[-1500:]))
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "memory": usage.ru_maxrss * 1024,
            "anonymous": seen.peak if seen else None, "output": output}


def turns(rounds, measures):
    """{name: function} in turn, A B A B: {name: [samples]}"""
    samples = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            samples[name].append(measure())
    return samples


def median(samples, what="cpu"):
    return statistics.median(s[what] if isinstance(s, dict) else s for s in samples)


def summary(samples):
    """What results.json keeps: the median first, every sample, the peak memory where it is known."""
    kept = {"cpu": median(samples), "samples": [s["cpu"] if isinstance(s, dict) else s for s in samples]}
    if isinstance(samples[0], dict):
        kept["memory"] = max(s["memory"] for s in samples)
        kept["wall"] = median(samples, "wall")
        if samples[0].get("anonymous") is not None:
            kept["anonymous"] = max(s["anonymous"] for s in samples)
    return kept


def delete(path):
    for name in glob.glob(path + "*"):
        if os.path.isdir(name):
            shutil.rmtree(name)
        else:
            os.remove(name)


def drop_pages(path):
    """The file's pages out of the page cache, as far as the system lets go of them."""
    for name in glob.glob(path + "*"):
        fd = os.open(name, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


# -- processes that stay open -----------------------------------------------------------------------
class SpoorShell:
    """`spoor shell`: .timing's line on standard error ends an answer; the kernel counts its CPU."""

    def __init__(self, place, db, threads=1):
        self.process = subprocess.Popen([place.spoor, "shell", "--db", db, "--threads", str(threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True)
        self.process.stdin.write(".timing on\n")

    def cpu(self):
        return sum(int(open(t).read().split()[0]) for t in
                   glob.glob("/proc/%d/task/*/schedstat" % self.process.pid)) / 1e9

    def ask(self, kql):
        start = self.cpu()
        self.process.stdin.write(kql + "\n\n")  # an empty line ends a query
        self.process.stdin.flush()
        for line in self.process.stderr:
            if re.fullmatch(r"\d+\.\d+ s\n", line):
                self.wall = float(line.split()[0])
                return self.cpu() - start
            if "error" in line:
                raise Failed("spoor: " + line)
        raise Failed("spoor shell ended early")

    def anonymous(self):
        return anonymous(self.process.pid)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class SqlProcess:
    """peer_duckdb.py or peer_chdb.py: SQL in, CPU seconds and rows out."""

    def __init__(self, python, program, *words):
        self.name = program
        self.process = subprocess.Popen([python, os.path.join(HERE, program)] + list(words), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, sql, rows=False):
        self.process.stdin.write(json.dumps({"sql": sql, "rows": rows}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        said = json.loads(line) if line else {"error": "the process ended"}
        if "error" in said:
            raise Failed("%s: %s on %s" % (self.name, said["error"], sql[:300]))
        return said

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# -- the peers ----------------------------------------------------------------------------------------
class Environment:
    """The peers: a virtual environment, what the system has, what cargo can build.  What cannot be had is named."""

    def __init__(self, folder):
        self.missing, self.versions = {}, {}
        self.folder = folder
        self.python = os.path.join(folder, "bin", "python")
        if not os.path.exists(self.python):
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        for package in ("duckdb", "duckdb-cli", "evtx", "chdb"):
            if not self.version(package):
                self.quietly([self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package])
            if self.version(package):
                self.versions[package] = self.version(package)
            else:
                self.missing[package] = "pip could not install it"
        # The program itself where it is a file of the package: the command is a Python script that starts it.
        programs = glob.glob(os.path.join(folder, "lib", "python*", "site-packages", "duckdb_cli", "duckdb"))
        self.duckdb_cli = programs[0] if programs else os.path.join(folder, "bin", "duckdb")
        self.evtx_dump = shutil.which("evtx_dump") or self.cargo("evtx", "evtx_dump")
        self.evtxexport = shutil.which("evtxexport")
        for name, program, flag, how in (("evtx_dump", self.evtx_dump, "--version", "neither installed nor built by cargo"),
                                         ("evtxexport", self.evtxexport, "-V", "not installed (Debian: libevtx-utils)")):
            if program:
                said = re.search(r"\d[\d.]*", subprocess.run([program, flag], capture_output=True, text=True).stdout)
                self.versions[name] = said.group(0) if said else "?"
            else:
                self.missing[name] = how

    @staticmethod
    def quietly(argv):
        try:
            subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
        except (OSError, subprocess.TimeoutExpired):
            pass

    def cargo(self, crate, program):
        built = os.path.join(self.folder, "bin", program)
        if not os.path.exists(built) and shutil.which("cargo"):
            self.quietly(["cargo", "install", "--quiet", "--root", self.folder, crate])
        return built if os.path.exists(built) else None

    def version(self, package):
        folders = glob.glob(os.path.join(self.folder, "lib", "python*", "site-packages"))
        found = [d.version for d in importlib.metadata.distributions(name=package, path=folders)]
        return found[0] if found else None


def machine():
    text = open("/proc/cpuinfo").read()
    model = re.search(r"model name\s*: (.*)", text)
    memory = re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read())
    return {"cpu": model.group(1) if model else os.uname().machine, "cores": os.cpu_count(),
            "memory": int(memory.group(1)) * 1024, "kernel": os.uname().release,
            "load": os.getloadavg()[0], "python": sys.version.split()[0]}
