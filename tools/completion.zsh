#compdef spoor
# zsh completion for spoor
_arguments -C \
    '1:command:(ingest query shell explain parse rules function info schema functions optimize export help)' \
    '*:file:_files' \
    '--db[the store]:file:_files' '*-i[logs for this one command]:path:_files' '-f[the query text]:file:_files' \
    '-o[output format]:format:(table vertical json jsonl csv tsv markdown html sarif navigator navigator-coverage timesketch tap junit)' '*-p[parameter]:name=value:' \
    '--from[from this time]:time:' '--to[before this time]:time:' '--last[the last so long]:timespan:' '--now[what now() is]:time:(last)' \
    '--max-rows[most rows]:number:' '--memory[most memory]:size:' '--threads[threads]:number:' '--timeout[seconds]:number:' \
    '--wildcards[* in contains matches anything]' '--strict[refuse what Microsoft refuses]' '--recover[records in slack too]' \
    '--dry-run[read only]' '--hosts[by host]' '--quiet[say less]' '--no-warnings[no warnings]' \
    '--severity[least severity]:severity:(informational low medium high critical)' '--fail-on[exit 3 at]:severity:(informational low medium high critical)'
