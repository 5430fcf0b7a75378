#compdef spoor
# zsh completion for spoor; written by tools/docs_command.py
_arguments -C \
    '1:command:(ingest query shell explain parse info schema optimize export function table workbook rules functions help)' \
    '*:file:_files' \
    '--db[the store; else $SPOOR_DB, else ./spoor.db]:file:_files' \
    '--input[read these logs for this one command; repeatable]:path:_files' '-i[read these logs for this one command; repeatable]:path:_files' \
    '--file[the text is in a file; - is standard input]:file:_files' '-f[the text is in a file; - is standard input]:file:_files' \
    '--output[table vertical json jsonl csv tsv markdown html; rules run sarif navigator navigator-coverage timesketch, too; rules check sarif; rules test tap junit]:format:(table vertical json jsonl csv tsv markdown html sarif navigator navigator-coverage timesketch tap junit)' '-o[table vertical json jsonl csv tsv markdown html; rules run sarif navigator navigator-coverage timesketch, too; rules check sarif; rules test tap junit]:format:(table vertical json jsonl csv tsv markdown html sarif navigator navigator-coverage timesketch tap junit)' \
    '--param[for declare query_parameters]:name=value:' '-p[for declare query_parameters]:name=value:' \
    '--max-rows[most rows to print; 0 all]:n:' \
    '--memory[most memory to take 512M, 4G]:size:' \
    '--threads[threads; else one a processor]:n:' \
    '--temp[for temporary files; else /tmp]:dir:_files' \
    '--timeout[most seconds for a query]:s:' \
    '--tz[show times so far east of UTC +0200]:zone:' \
    '--assume-tz[zone of logged times that name none]:zone:' \
    '--from[only events from this time on]:t:' \
    '--to[only events before this time; rules convert kql]:t:' \
    '--last[only the last so long before now 7d]:span:' \
    '--now[what now is; last the newest event]:t:(last)' \
    '--home[event or windowsevent where a record counts in a union]:table:(event windowsevent)' \
    '--explain[show the plan, run nothing]' \
    '--profile[show what each operator did]' \
    '--wildcards[ inside contains matches anything]' \
    '--strict[refuse what Microsofts parser refuses]' \
    '--ignore-workspace[workspacex.T is T]' \
    '--empty-tables[documented tables without data are empty, not unknown]' \
    '--allow-files[externaldata may read the files below this folder]:dir:_files' \
    '--geoip[a MaxMind database for geo_info_from_ip_address]:file:_files' \
    '--user-agents[the regexes.yaml of uap-core for parse_user_agent]:file:_files' \
    '--chart[draw what render asks for, as on a terminal]' \
    '--no-warnings[no warnings]' \
    '--quiet[results and errors only]' '-q[results and errors only]' \
    '--tree[parse show the tree]' \
    '--tokens[parse show the tokens]' \
    '--help[this text]' '-h[this text]' \
    '--recover[ingest EVTX records in slack too, marked]' \
    '--dry-run[ingest read and count, store nothing]' \
    '--hosts[info host by host]' \
    '--allow-failed[rules a rule that does not compile is no failure]' \
    '--no-rows[rules run count matched rows, keep none]' \
    '--incremental[rules run ask only new events and changed rules; what is known is kept in the store]' \
    '--no-cache[rules run read and compile all rules anew; keep nothing of it]' \
    '--channel[ingest only this channel]:name:' \
    '--event-id[ingest only these event ids 1,3,22]:list:' \
    '--severity[rules this one and above]:level:(informational low medium high critical)' \
    '--folder[function save its folder]:text:' \
    '--docstring[function save what it is]:text:' \
    '--search-key[table import what SearchKey repeats; else the first]:column:' \
    '--fail-on[rules run, diff exit 3 on an alert of this severity or above; check on a warning]:level:(informational low medium high critical)' \
    '--tag[rules with this tag, data source or tactic]:text:' \
    '--technique[rules with this technique and those below T1003]:id:' \
    '--id[rules those of these ids or file names]:id:' \
    '--status[rules with this status stable,test; of an alert new, active, closed]:text:' \
    '--as-of[rules run each rules run at this time, over its queryPeriod]:t:' \
    '--replay[rules run every run of each rules schedule from FROM to TO]:from-to:' \
    '--tuning[rules severities and allow-lists, or a watchlist]:file:_files' \
    '--fix[rules check write what was meant by  in contains into the rules files]' \
    '--mutate[rules test is each condition tested? are disguised command lines found?]' \
    '--owner[rules triage who looks at the alert]:text:' \
    '--comment[rules triage what is known of it]:text:' \
    '--exclude[rules not those of this id, file name, title, tag, tactic or technique]:text:' \
    '--placeholders[rules YAML with the values of Sigmas %names%]:file:_files' \
    '--view[rules Sigmas queries over the tables of defender or asim]:name:(defender asim)' \
    '--enrich[rules Sigmas fields of a processs start are known of its later events, too]' \
    '--verify[rules convert each Sigma rule and its query name the same stored events]' \
    '--audit[rules Sigmas process_creation means 4688 of the Security log, too]'
