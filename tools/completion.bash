# bash completion for spoor; written by tools/docs_command.py
_spoor() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local commands="ingest query shell explain parse info schema optimize export function table workbook rules functions help"
    local options="--db --input --file --output --param --max-rows --memory --threads --temp --timeout --tz --assume-tz --from --to --last --now --home --explain --profile --wildcards --strict --ignore-workspace --empty-tables --allow-files --geoip --user-agents --chart --no-warnings --quiet --tree --tokens --help --recover --dry-run --hosts --allow-failed --no-rows --incremental --no-cache --channel --event-id --severity --folder --docstring --search-key --fail-on --tag --technique --id --status --as-of --replay --tuning --fix --mutate --owner --comment --exclude --placeholders --view --enrich --verify --audit"
    case $previous in
    -o | --output) COMPREPLY=($(compgen -W "table vertical json jsonl csv tsv markdown html sarif navigator navigator-coverage timesketch tap junit" -- "$word")) ; return ;;
    --now) COMPREPLY=($(compgen -W "last" -- "$word")) ; return ;;
    --home) COMPREPLY=($(compgen -W "event windowsevent" -- "$word")) ; return ;;
    --severity) COMPREPLY=($(compgen -W "informational low medium high critical" -- "$word")) ; return ;;
    --fail-on) COMPREPLY=($(compgen -W "informational low medium high critical" -- "$word")) ; return ;;
    --view) COMPREPLY=($(compgen -W "defender asim" -- "$word")) ; return ;;
    rules) COMPREPLY=($(compgen -W "run check convert list tune test why explain diff forget triage" -- "$word")) ; return ;;
    function) COMPREPLY=($(compgen -W "save list show delete" -- "$word")) ; return ;;
    table) COMPREPLY=($(compgen -W "import drop" -- "$word")) ; return ;;
    workbook) COMPREPLY=($(compgen -W "run" -- "$word")) ; return ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    elif [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _spoor spoor
