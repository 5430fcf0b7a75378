"""workloads.py - each question as spoor is asked it and as a peer is, in every form worth trying.

{t} stands for the peer's table: one in arrival order, one sorted by event id and
time.  The peer's best of all forms and tables is the figure that counts."""
import random


class Question:
    """how answers are compared: "same"; "near" (estimates, within 3 %); "rows" (how many).
    least: the ratio to DuckDB that is asked for, warm and in a cold process; None: none is."""

    def __init__(self, kql, duckdb, chdb=(), how="same", least=(None, None)):
        self.kql, self.forms, self.how, self.least = kql, {"DuckDB": duckdb, "chDB": list(chdb)}, how, least


def duckdb_any_of(column, words):
    """contains over several literals: one search a literal, or one alternation"""
    searches = " or ".join("contains(lower(%s), '%s')" % (column, w.lower()) for w in words)
    pattern = "|".join(w.replace("\\", "\\\\").replace("*", "\\*").replace(".", "\\.") for w in words)
    return [searches, "regexp_matches(%s, '%s', 'i')" % (column, pattern)]


def chdb_text(text):
    return "'%s'" % text.replace("\\", "\\\\").replace("'", "\\'")


def chdb_any_of(column, words):
    return ["multiSearchAnyCaseInsensitive(%s, [%s])" % (column, ", ".join(chdb_text(w) for w in words)),
            " or ".join("%s ilike %s" % (column, chdb_text("%" + w.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"))
                        for w in words)]


def kql_any_of(column, words):
    return "(" + " or ".join('%s contains @"%s"' % (column, w) for w in words) + ")"


TOOLS = ("powershell.exe", "powershell_ise.exe", "psexec.exe")
AS_WRITTEN = ("*remove-item*", "vssadmin*Delete Shadows /All /Q*", "*wmic*shadowcopy delete*",
              "*wbdadmin* delete catalog -q*", "*bcdedit*bootstatuspolicy ignoreallfailures*",
              "*bcdedit*recoveryenabled no*")
MEANT = ("remove-item", "delete shadows /all /q", "shadowcopy delete", "delete catalog -q",
         "bootstatuspolicy ignoreallfailures", "recoveryenabled no")
REGEX = r"(vssadmin|wmic)[^|]*shadow|-enc\s+[a-z0-9+/=]{12,}|recoveryenabled\s+no"
# Words of the generator's command lines, and others; numbers that sessions have, and others.
WORDS = ("sync update agent broker helper report cache index audio media store input power setup trace graph crypt token "
         "audit batch queue route proxy frame paint clip mail chat note sheet mimikatz sharphound rubeus lazagne procdump "
         "nltest adfind dsquery wevtutil certutil bitsadmin mshta cscript wscript regsvr32 installutil msbuild cmstp odbcconf "
         "pcalua").split()
NAMES = ["C:\\Windows\\System32\\%s.exe" % w for w in ("CMD", "PowerShell", "RUNDLL32", "reg", "Net", "sc", "WHOAMI")] + \
    ["C:\\Tools\\tool%04d.exe" % random.Random(i).randrange(10000) for i in range(993)]


def starts(kql, duckdb, chdb, **more):
    """How many process starts are so."""
    return Question("Sysmon | where EventID == 1 and %s | count" % kql,
                    ["select count(*) from {t} where EventID = 1 and (%s)" % c for c in duckdb],
                    ["select count() from {t} where EventID = 1 and (%s)" % c for c in chdb], **more)


def quoted(words, fold=True):
    return ", ".join("'%s'" % (w.lower() if fold else w) for w in words)


WORKLOADS = {
    "count of one event id": Question(
        "Sysmon | where EventID == 3 | count", ["select count(*) from {t} where EventID = 3"],
        ["select count() from {t} where EventID = 3"]),
    "path, 3 literals (the article's first rule)": starts(
        kql_any_of("process_path", TOOLS), duckdb_any_of("process_path", TOOLS), chdb_any_of("process_path", TOOLS),
        least=(15, 4)),
    "command line, 6 literals with * (its second rule, as written)": starts(
        kql_any_of("process_command_line", AS_WRITTEN), duckdb_any_of("CommandLine", AS_WRITTEN),
        chdb_any_of("CommandLine", AS_WRITTEN), least=(15, 5)),
    "command line, 6 literals without *": starts(
        kql_any_of("process_command_line", MEANT), duckdb_any_of("CommandLine", MEANT), chdb_any_of("CommandLine", MEANT),
        least=(15, 5)),
    "command line, regex": starts(
        'process_command_line matches regex @"(?i)%s"' % REGEX, ["regexp_matches(CommandLine, '%s', 'i')" % REGEX],
        ["match(CommandLine, %s)" % chdb_text("(?i)" + REGEX)], least=(5, 2)),
    "command line, has_any of 50 words": starts(
        "process_command_line has_any (%s)" % ", ".join('"%s"' % w for w in WORDS),
        ["regexp_matches(CommandLine, '(^|[^a-z0-9])(%s)($|[^a-z0-9])', 'i')" % "|".join(WORDS)],
        ["match(CommandLine, '(?i)(^|[^a-z0-9])(%s)($|[^a-z0-9])')" % "|".join(WORDS),
         " or ".join("hasTokenCaseInsensitive(CommandLine, '%s')" % w for w in WORDS)]),
    "path, in~ of 1,000": starts(
        "process_path in~ (%s)" % ", ".join('@"%s"' % n for n in NAMES), ["lower(process_path) in (%s)" % quoted(NAMES)],
        ["lower(process_path) in (%s)" % quoted([n.replace("\\", "\\\\") for n in NAMES])]),
    "top 10 paths by count": Question(
        "Sysmon | summarize n = count() by process_path | top 10 by n",
        ["select process_path, count(*) n from {t} group by 1 order by n desc limit 10"],
        ["select process_path, count() n from {t} group by 1 order by n desc limit 10"], least=(3, None)),
    "distinct hosts by hour": Question(
        "Sysmon | summarize dcount(Computer) by bin(TimeGenerated, 1h)",
        ["select time_bucket(interval 1 hour, TimeGenerated), count(distinct Computer) from {t} group by 1",
         "select date_trunc('hour', TimeGenerated), approx_count_distinct(Computer) from {t} group by 1"],
        ["select toStartOfHour(TimeGenerated), uniqExact(Computer) from {t} group by 1",
         "select toStartOfHour(TimeGenerated), uniq(Computer) from {t} group by 1"], how="near", least=(10, None)),
    "count, dcount(command line) by host and path": Question(
        "Sysmon | where EventID == 1 | summarize count(), dcount(process_command_line) by Computer, process_path",
        ["select Computer, process_path, count(*), %s from {t} where EventID = 1 group by 1, 2" % d
         for d in ("count(distinct CommandLine)", "approx_count_distinct(CommandLine)")],
        ["select Computer, process_path, count(), %s from {t} where EventID = 1 group by 1, 2" % d
         for d in ("uniqExact(CommandLine)", "uniq(CommandLine)")], how="near", least=(5, None)),
    "join of starts with connections on process_guid": Question(
        "Sysmon | where EventID == 1 | join kind=inner (Sysmon | where EventID == 3) on process_guid"
        " | summarize count() by dst_port1",
        ["select c.DestinationPort, count(*) from {t} s join {t} c using (process_guid)"
         " where s.EventID = 1 and c.EventID = 3 group by 1"],
        ["select DestinationPort, count() from (select process_guid from {t} where EventID = 1) s"
         " join (select process_guid, DestinationPort from {t} where EventID = 3) c using (process_guid) group by 1"],
        least=(1, None)),
    "take 100": Question(
        "Sysmon | take 100 | project TimeGenerated, Computer, EventID, process_path, process_guid, user_name",
        ["select TimeGenerated, Computer, EventID, process_path, process_guid, \"User\" from {t} limit 100"],
        ["select TimeGenerated, Computer, EventID, process_path, process_guid, `User` from {t} limit 100"], how="rows"),
    "five minutes of all": Question(
        "Sysmon | where TimeGenerated >= datetime(2024-06-10 06:00) and TimeGenerated < datetime(2024-06-10 06:05)"
        " | summarize count() by EventID",
        ["select EventID, count(*) from {t} where TimeGenerated >= timestamp '2024-06-10 06:00:00'"
         " and TimeGenerated < timestamp '2024-06-10 06:05:00' group by 1"],
        ["select EventID, count() from {t} where TimeGenerated >= '2024-06-10 06:00:00'"
         " and TimeGenerated < '2024-06-10 06:05:00' group by 1"]),
    "count by hour": Question(
        "Sysmon | summarize count() by bin(TimeGenerated, 1h)",
        ["select time_bucket(interval 1 hour, TimeGenerated), count(*) from {t} group by 1",
         "select date_trunc('hour', TimeGenerated), count(*) from {t} group by 1"],
        ["select toStartOfHour(TimeGenerated), count() from {t} group by 1"]),
    "last 100 by time": Question(
        "Sysmon | top 100 by TimeGenerated desc | project TimeGenerated, Computer, process_path, process_guid",
        ["select TimeGenerated, Computer, process_path, process_guid from {t} order by TimeGenerated desc limit 100"],
        ["select TimeGenerated, Computer, process_path, process_guid from {t} order by TimeGenerated desc limit 100"],
        how="rows", least=(1, None)),
    "sort of all starts by path and time": Question(
        "Sysmon | where EventID == 1 | sort by process_path asc, TimeGenerated desc"
        " | project n = row_number(), process_command_line | summarize count(), max(n), max(process_command_line)",
        ["select count(*), max(n), max(CommandLine) from (select CommandLine, row_number() over"
         " (order by process_path, TimeGenerated desc) n from {t} where EventID = 1)"],
        ["select count(), max(n), max(CommandLine) from (select CommandLine, row_number() over"
         " (order by process_path, TimeGenerated desc) n from {t} where EventID = 1)"], least=(1, None)),
    "parse of command lines": Question(
        "Sysmon | where EventID == 1 | parse process_command_line with * \"--type=\" what \" --channel=\" channel \" \" *"
        " | where what != \"\" | summarize count() by what | summarize count(), sum(count_)",
        ["select count(*), sum(n) from (select m.kind, count(*) n from (select regexp_extract(CommandLine,"
         " '^.*?--type=(.*?) --channel=(.*?) ', ['kind', 'channel']) m from {t} where EventID = 1)"
         " where m.kind <> '' group by 1)"],
        ["select count(), sum(n) from (select m[1] kind, count() n from (select extractGroups(CommandLine,"
         " '^.*?--type=(.*?) --channel=(.*?) ') m from {t} where EventID = 1) where m[1] != '' group by 1)"],
        least=(1, None)),
    "mv-expand of call traces": Question(
        "Sysmon | where EventID == 10 | mv-expand f = split(process_call_trace, \"|\") to typeof(string)"
        " | summarize n = count() by f | summarize count(), max(n)",
        ["select count(*), max(n) from (select f, count(*) n from (select unnest(string_split(CallTrace, '|')) f"
         " from {t} where EventID = 10) group by 1)"],
        ["select count(), max(n) from (select arrayJoin(splitByChar('|', CallTrace)) f, count() n"
         " from {t} where EventID = 10 group by 1)"], least=(1, None)),
}

# Questions that are asked again with no page in the cache, with two threads, and of stores of other sizes.
COLD = ("path, 3 literals (the article's first rule)", "command line, 6 literals without *", "top 10 paths by count",
        "take 100", "five minutes of all")
THREADED = ("command line, 6 literals without *", "distinct hosts by hour", "count, dcount(command line) by host and path",
            "join of starts with connections on process_guid", "sort of all starts by path and time",
            "mv-expand of call traces")
GROWING = ("count of one event id", "path, 3 literals (the article's first rule)", "command line, 6 literals without *",
           "top 10 paths by count", "take 100", "five minutes of all")

# -- rules ------------------------------------------------------------------------------------------------
# Columns that rules ask: (event id, column of Sysmon, column of the peer's table)
ASKED = ((1, "process_command_line", "CommandLine"), (1, "process_parent_path", "ParentImage"),
         (7, "module_loaded", "ImageLoaded"), (11, "file_name", "TargetFilename"), (13, "registry_key_path", "TargetObject"),
         (22, "dns_query_name", "QueryName"), (3, "dst_host_name", "DestinationHostname"),
         (10, "target_process_path", "TargetImage"))
IMAGES = ("powershell.exe", "cmd.exe", "rundll32.exe")


def rule_text(number, kql):
    return "// Name: bench %d\n// Severity: Low\nSysmon\n| where %s\n" % (number, kql)


def condition(operator, column, peer, literal):
    """As KQL and as SQL"""
    test = {"contains": "contains(lower(%s), '%s')", "endswith": "ends_with(lower(%s), '%s')",
            "startswith": "starts_with(lower(%s), '%s')"}[operator]
    return '%s %s @"%s"' % (column, operator, literal), test % (peer, literal.lower())


def any_condition(tests):
    return "(" + " or ".join(t[0] for t in tests) + ")", "(" + " or ".join(t[1] for t in tests) + ")"


def rule(number, event, parts):
    kql, sql = " and ".join(p[0] for p in parts), " and ".join(p[1] for p in parts)
    return rule_text(number, "EventID == %d\n| where %s" % (event, kql)), "EventID = %d and %s" % (event, sql)


def rare_rules(count):
    """Two rare literals each: a tool and a word of its command line."""
    verbs = ("delete", "shadow", "enc", "recovery", "catalog", "report", "update", "cache", "policy", "users")
    return [rule(i, 1, [condition("contains", "process_path", "process_path", IMAGES[i // 10 % 3]),
                        condition("contains", "process_command_line", "CommandLine",
                                  verbs[i % 10] + ("" if i < 30 else "-%d" % i))]) for i in range(count)]


def realistic_rules(count):
    """As a hunter's pack has them: most about process starts, a tool by the end of its path and words of its command line,
    now and then a denied parent; nearly all of the literals occur nowhere."""
    r = random.Random(2000)
    tools = ["\\%s.exe" % "".join(r.choice("aeiourstlnmpdbk") for _ in range(r.randint(5, 10))) for _ in range(700)]
    tools += ["\\" + t for t in IMAGES] * 20
    words = ["".join(r.choice("abcdefghijklmnoprstuvwz") for _ in range(r.randint(4, 9))) for _ in range(1500)]
    words += ["shadow", "delete", "bypass", "hidden", "-enc ", "recovery", "users\\public", "remove-item", "catalog"] * 10
    made = []
    for i in range(count):
        event, column, peer = r.choice(ASKED[1:]) if r.random() < 0.4 else ASKED[0]
        if event == 1:
            parts = [any_condition([condition("endswith", "process_path", "process_path", r.choice(tools))
                                    for _ in range(r.randint(1, 4))]),
                     any_condition([condition("contains", column, peer, r.choice(words)) for _ in range(r.randint(1, 5))])]
            if r.random() < 0.2:
                kql, sql = condition("endswith", "process_parent_path", "ParentImage", r.choice(tools))
                parts.append(("not(%s)" % kql, "not coalesce(%s, false)" % sql))
        else:
            parts = [any_condition([condition(r.choice(("contains", "endswith", "startswith")), column, peer, r.choice(words))
                                    for _ in range(r.randint(1, 6))])]
            if r.random() < 0.5:
                parts.append(condition("endswith", "process_path", "process_path", r.choice(tools)))
        made.append(rule(i, event, parts))
    return made


def common_rules(count):
    """Literals that hit everywhere: two pieces of two or three characters, of any path and of what the event is about."""
    r = random.Random(100)
    paths = ("win", "sys", "32", "app", "loc", ".ex", "exe", "pro", "use", "fil", "c:", "gra", "tem", "dat", "ows")
    letters = "etaoinsrhl"
    made = []
    for i in range(count):
        event, column, peer = ASKED[i % len(ASKED)]
        made.append(rule(i, event, [condition("contains", "process_path", "process_path", r.choice(paths)),
                                    condition("contains", column, peer, r.choice(letters) + r.choice(letters))]))
    return made


class Batch:
    """Rules that run together. make: () to [(rule text, SQL condition)]; least: the ratio to DuckDB that is asked for, rate:
    the stored events a second; rounds: how often each side runs; together: also as one query of DuckDB."""

    def __init__(self, make, least=None, rate=None, rounds=1, together=True):
        self.make, self.least, self.rate, self.rounds, self.together = make, least, rate, rounds, together


BATCHES = {
    "100 rules of two rare literals": Batch(lambda: rare_rules(100), least=40, rounds=3),
    "100 rules as a hunter's pack has them": Batch(lambda: realistic_rules(100), least=40, rounds=3),
    "2,000 rules as a hunter's pack has them": Batch(lambda: realistic_rules(2000), rate=5e6, together=False),
    "100 rules whose literals hit everywhere": Batch(lambda: common_rules(100), least=20),
}
