"""workloads.py - each question as spoor is asked it and as a peer is, in every form worth trying.

{t} stands for the peer's table: one in arrival order, one sorted by event id and
time.  The peer's best of all forms and tables is the figure that counts."""


def any_of(column, words):
    """contains over several literals, as SQL: one search a literal, or one alternation"""
    searches = " or ".join("contains(lower(%s), '%s')" % (column, w.lower()) for w in words)
    pattern = "|".join(w.replace("\\", "\\\\").replace("*", "\\*").replace(".", "\\.") for w in words)
    return searches, "regexp_matches(%s, '%s', 'i')" % (column, pattern)


def kql_any_of(column, words):
    return "(" + " or ".join('%s contains @"%s"' % (column, w) for w in words) + ")"


TOOLS = ("powershell.exe", "powershell_ise.exe", "psexec.exe")
AS_WRITTEN = ("*remove-item*", "vssadmin*Delete Shadows /All /Q*", "*wmic*shadowcopy delete*",
              "*wbdadmin* delete catalog -q*", "*bcdedit*bootstatuspolicy ignoreallfailures*",
              "*bcdedit*recoveryenabled no*")
MEANT = ("remove-item", "delete shadows /all /q", "shadowcopy delete", "delete catalog -q",
         "bootstatuspolicy ignoreallfailures", "recoveryenabled no")
REGEX = r"(vssadmin|wmic)[^|]*shadow|-enc\s+[a-z0-9+/=]{12,}|recoveryenabled\s+no"


def counted(condition_kql, conditions_sql):
    return ("Sysmon | where EventID == 1 and %s | count" % condition_kql,
            ["select count(*) from {t} where EventID = 1 and (%s)" % c for c in conditions_sql])


# name: (KQL, [SQL...]), how answers are compared: "same", "near" (estimates, within 3 %), "rows" (how many)
WORKLOADS = {
    "count of one event id": ("Sysmon | where EventID == 3 | count", ["select count(*) from {t} where EventID = 3"],
                              "same"),
    "path, 3 literals (the article's first rule)":
        (*counted(kql_any_of("process_path", TOOLS), any_of("process_path", TOOLS)), "same"),
    "command line, 6 literals with * (its second rule, as written)":
        (*counted(kql_any_of("process_command_line", AS_WRITTEN), any_of("CommandLine", AS_WRITTEN)), "same"),
    "command line, 6 literals without *":
        (*counted(kql_any_of("process_command_line", MEANT), any_of("CommandLine", MEANT)), "same"),
    "command line, regex":
        (*counted('process_command_line matches regex @"(?i)%s"' % REGEX,
                  ["regexp_matches(CommandLine, '%s', 'i')" % REGEX]), "same"),
    "top 10 paths by count": ("Sysmon | summarize n = count() by process_path | top 10 by n",
                              ["select process_path, count(*) n from {t} group by 1 order by n desc limit 10"], "same"),
    "distinct hosts by hour": ("Sysmon | summarize dcount(Computer) by bin(TimeGenerated, 1h)",
                               ["select time_bucket(interval 1 hour, TimeGenerated), count(distinct Computer) from {t} group by 1",
                                "select date_trunc('hour', TimeGenerated), approx_count_distinct(Computer) from {t} group by 1"],
                               "near"),
    "count, dcount(command line) by host and path":
        ("Sysmon | where EventID == 1 | summarize count(), dcount(process_command_line) by Computer, process_path",
         ["select Computer, process_path, count(*), %s from {t} where EventID = 1 group by 1, 2" % d
          for d in ("count(distinct CommandLine)", "approx_count_distinct(CommandLine)")], "near"),
    "join of starts with connections on process_guid":
        ("Sysmon | where EventID == 1 | join kind=inner (Sysmon | where EventID == 3) on process_guid"
         " | summarize count() by dst_port1",
         ["select c.DestinationPort, count(*) from {t} s join {t} c using (process_guid)"
          " where s.EventID = 1 and c.EventID = 3 group by 1"], "same"),
    "take 100": ("Sysmon | take 100 | project TimeGenerated, Computer, EventID, process_path, process_guid, user_name",
                 ["select TimeGenerated, Computer, EventID, process_path, process_guid, \"User\" from {t} limit 100"],
                 "rows"),
    "five minutes of the week":
        ("Sysmon | where TimeGenerated >= datetime(2024-03-04 12:00) and TimeGenerated < datetime(2024-03-04 12:05)"
         " | summarize count() by EventID",
         ["select EventID, count(*) from {t} where TimeGenerated >= timestamp '2024-03-04 12:00:00'"
          " and TimeGenerated < timestamp '2024-03-04 12:05:00' group by 1"], "same"),
    "count by hour": ("Sysmon | summarize count() by bin(TimeGenerated, 1h)",
                      ["select time_bucket(interval 1 hour, TimeGenerated), count(*) from {t} group by 1",
                       "select date_trunc('hour', TimeGenerated), count(*) from {t} group by 1"], "same"),
    "last 100 by time": ("Sysmon | top 100 by TimeGenerated desc | project TimeGenerated, Computer, process_path, process_guid",
                         ["select TimeGenerated, Computer, process_path, process_guid from {t} order by TimeGenerated desc limit 100"],
                         "rows"),
    "sort of all starts by path and time":
        ("Sysmon | where EventID == 1 | sort by process_path asc, TimeGenerated desc"
         " | project n = row_number(), process_command_line | summarize count(), max(n), max(process_command_line)",
         ["select count(*), max(n), max(CommandLine) from (select CommandLine, row_number() over"
          " (order by process_path, TimeGenerated desc) n from {t} where EventID = 1)"], "same"),
    "parse of command lines":
        ("Sysmon | where EventID == 1 | parse process_command_line with * \" --\" verb \" \" name \" /id:\" id"
         " | where verb != \"\" | summarize count() by verb | summarize count(), sum(count_)",
         ["select count(*), sum(n) from (select m.verb, count(*) n from (select regexp_extract(CommandLine,"
          " '^.*? --(.*?) (.*?) /id:(.*)$', ['verb', 'name', 'id']) m from {t} where EventID = 1)"
          " where m.verb <> '' group by 1)"], "same"),
    "mv-expand of call traces":
        ("Sysmon | where EventID == 10 | mv-expand f = split(process_call_trace, \"|\") to typeof(string)"
         " | summarize n = count() by f | summarize count(), max(n)",
         ["select count(*), max(n) from (select f, count(*) n from (select unnest(string_split(CallTrace, '|')) f"
          " from {t} where EventID = 10) group by 1)"], "same"),
}


def rules(count):
    """Rules with two rare literals each: [(file text, SQL condition)]"""
    verbs = ("delete", "shadow", "enc", "recovery", "catalog", "stage", "remove", "quiet", "policy", "users")
    made = []
    for i in range(count):
        verb, tool = verbs[i % 10], TOOLS[i // 10 % 3]
        literal = "%s%s" % (verb, "" if i < 30 else "-%d" % i)
        made.append(("// Name: bench %d\n// Severity: Low\nSysmon\n| where EventID == 1\n| where process_path contains"
                     " \"%s\" and process_command_line contains \"%s\"\n" % (i, tool, literal),
                     "EventID = 1 and contains(lower(process_path), '%s') and contains(lower(CommandLine), '%s')"
                     % (tool, literal)))
    return made
