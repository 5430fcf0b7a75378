/* parse_regex.c - see parse_regex.h.  Refused until the regex library is there. */
#include "executor/parse_regex.h"

spoor_parse_regex *spoor_parse_regex_open(spoor_op *op) {
    spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "'parse kind=regex' cannot run yet");
    return NULL;
}

const spoor_str *spoor_parse_regex_match(spoor_parse_regex *regex, spoor_str text) {
    (void)regex;
    (void)text;
    return NULL;
}
