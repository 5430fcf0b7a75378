/* parse_regex.h - `parse kind=regex`: the pattern as one regular expression.  The only place where
 * the executor meets the regex library. */
#ifndef SPOOR_EXECUTOR_PARSE_REGEX_H
#define SPOOR_EXECUTOR_PARSE_REGEX_H

#include "executor/op.h"

typedef struct spoor_parse_regex spoor_parse_regex;

/* For a PARSE plan.  NULL: failed, why is in the run. */
spoor_parse_regex *spoor_parse_regex_open(spoor_op *op);
/* The text of each column of the pattern, in order, valid until the next call; NULL: no match. */
const spoor_str *spoor_parse_regex_match(spoor_parse_regex *regex, spoor_str text);

#endif
