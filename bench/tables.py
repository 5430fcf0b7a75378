"""tables.py - the same events as tables of each peer: what their columns are and how they are loaded.

Two tables everywhere: `arrival`, in the order of the log, and `sorted_events`, by event id and time."""

TABLES = ("arrival", "sorted_events")

# All members of EventData; the peers make their columns of them.
FIELDS = ("RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject User TargetFilename CreationUtcTime "
          "SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId TargetImage "
          "GrantedAccess CallTrace SourceUser TargetUser Protocol Initiated SourceIsIpv6 SourceIp SourceHostname "
          "SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort "
          "DestinationPortName FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory "
          "LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage "
          "ParentCommandLine ParentUser ImageLoaded Signed Signature SignatureStatus QueryName QueryStatus "
          "QueryResults Details").split()

# Columns of the article's names, each out of two fields.
MERGED = {"process_guid": ("ProcessGuid", "SourceProcessGUID"), "process_id": ("ProcessId", "SourceProcessId"),
          "process_path": ("Image", "SourceImage")}
PLAIN = [f for f in FIELDS if not any(f in pair for pair in MERGED.values())]
HEAD = (("TimeGenerated", "TIMESTAMP"), ("EventID", "INTEGER"), ("Computer", "VARCHAR"), ("EventRecordId", "BIGINT"),
        ("Provider", "VARCHAR"), ("Channel", "VARCHAR"), ("Task", "INTEGER"), ("EventLevel", "INTEGER"),
        ("Version", "INTEGER"), ("Opcode", "VARCHAR"), ("Keywords", "VARCHAR"), ("SystemProcessId", "INTEGER"),
        ("SystemThreadId", "INTEGER"), ("SystemUserId", "VARCHAR"))


def duckdb_load(source, table=TABLES[0], threads=1):
    struct = "STRUCT(" + ", ".join('"%s" VARCHAR' % f for f in FIELDS) + ")"
    columns = ", ".join("%s: '%s'" % c for c in HEAD) + ", EventData: '%s'" % struct
    merged = ", ".join("coalesce(EventData.%s, EventData.%s) %s" % (*pair, name) for name, pair in MERGED.items())
    return ("set threads = %d; set preserve_insertion_order = true; create table %s as select %s, %s, %s from"
            " read_json('%s', format = 'newline_delimited', columns = {%s}); checkpoint;"
            % (threads, table, ", ".join(n for n, _ in HEAD), merged, ", ".join('EventData."%s"' % f for f in PLAIN),
               source, columns))


# -- chDB ---------------------------------------------------------------------------------------------
CHDB_TYPES = {"TIMESTAMP": "DateTime64(3, 'UTC')", "INTEGER": "Int32", "BIGINT": "Int64", "VARCHAR": "LowCardinality(String)"}
# Texts of which most differ are plain strings, the others LowCardinality: ClickHouse's dictionaries.
MANY = ("process_guid", "CommandLine", "TargetFilename", "TargetObject", "UtcTime", "CreationUtcTime", "ParentProcessGuid",
        "ParentCommandLine", "TargetProcessGUID", "LogonGuid", "CallTrace", "Hashes")


CHDB_ONE_THREAD = (" settings max_threads = 1, max_insert_threads = 1, input_format_parallel_parsing = 0,"
                   " date_time_input_format = 'best_effort'")


def chdb_columns():
    named = [(n, CHDB_TYPES[t]) for n, t in HEAD] + [(n, "") for n in list(MERGED) + PLAIN]
    return ", ".join("`%s` %s" % (n, t or ("String" if n in MANY else "LowCardinality(String)")) for n, t in named)


def chdb_create(table):
    order = "tuple()" if table == TABLES[0] else "(EventID, TimeGenerated)"
    return "create table %s (%s) engine = MergeTree order by %s" % (table, chdb_columns(), order)


def chdb_load(source, table):
    """Out of JSON lines."""
    structure = ", ".join("%s %s" % (n, "String" if t == "VARCHAR" else CHDB_TYPES[t]) for n, t in HEAD) + \
        ", EventData Tuple(%s)" % ", ".join("%s String" % f for f in FIELDS)
    merged = ", ".join("if(EventData.%s != '', EventData.%s, EventData.%s) as %s" % (pair[0], pair[0], pair[1], name)
                       for name, pair in MERGED.items())
    return ("insert into %s select %s, %s, %s from file('%s', JSONEachRow, '%s')"
            % (table, ", ".join(n for n, _ in HEAD), merged, ", ".join("EventData.%s" % f for f in PLAIN), source,
               structure.replace("'", "\\'")))
