# bash completion for spoor
_spoor() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local commands="ingest query shell explain parse rules function info schema functions optimize export help"
    local options="--db --input --file --output --param --max-rows --memory --threads --temp --timeout --tz --assume-tz --from --to --last --now --home --explain --wildcards --strict --ignore-workspace --no-warnings --quiet --recover --dry-run --hosts --allow-failed --channel --event-id --severity --level --fail-on --tag --technique --id --status --exclude --as-of --replay --tuning --fix --mutate --owner --comment --help"
    case $previous in
    -o | --output) COMPREPLY=($(compgen -W "table vertical json jsonl csv tsv markdown html sarif navigator navigator-coverage timesketch tap junit" -- "$word")) ; return ;;
    --severity | --level | --fail-on) COMPREPLY=($(compgen -W "informational low medium high critical" -- "$word")) ; return ;;
    --home) COMPREPLY=($(compgen -W "event windowsevent" -- "$word")) ; return ;;
    rules) COMPREPLY=($(compgen -W "run check list convert tune test why diff triage" -- "$word")) ; return ;;
    function) COMPREPLY=($(compgen -W "save list show delete" -- "$word")) ; return ;;
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
