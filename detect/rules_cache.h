/* rules_cache.h - rule sets that were read and compiled before, as files of a folder.
 *
 * Two files a set, each named by a digest of all that it follows from, the build of spoor included:
 * `.rules`, what the files' bytes came to; `.filters`, what compiling the queries came to, as far as a
 * run needs it to find the rules that have any rows.  A rule whose plan is another in each run (now(),
 * rows read while binding) is not in the latter and compiles as ever.
 *
 * A file is written under another name and renamed, and read whole, with its checksum; one that is
 * damaged is as if it were not there.  Those used last are kept, up to a number and a size. */
#ifndef SPOOR_DETECT_RULES_CACHE_H
#define SPOOR_DETECT_RULES_CACHE_H

#include "detect/rules_pass.h"
#include "rules/rule_code.h"

enum { SPOOR_CACHE_KEY_BYTES = 32, SPOOR_CACHE_LEAST_RULES = 64 /* fewer compile as fast */ };

/* -- cache_file.c ------------------------------------------------------------------------------ */

/* What is kept under the key, in the arena; false: nothing that is whole.  Jump when out of memory. */
bool spoor_cache_read(const char *folder, const char *kind,
                      const unsigned char key[SPOOR_CACHE_KEY_BYTES], spoor_arena *arena,
                      spoor_str *bytes);
/* Keep it if that can be done; and let older ones go. */
void spoor_cache_write(const char *folder, const char *kind,
                       const unsigned char key[SPOOR_CACHE_KEY_BYTES], spoor_str bytes);

/* -- rules_cache.c ----------------------------------------------------------------------------- */

/* The rules of these files as they were read before, and rules->content, a digest of what they follow from; false: they
 * have to be read.  Without a cache folder, and for few files, that is all.  Jump when out of memory. */
bool spoor_rules_recall_set(spoor_rules *rules, const spoor_rule_input *inputs, uint32_t ninputs,
                            const spoor_sigma_options *sigma);
/* After they were. */
void spoor_rules_keep_set(spoor_rules *rules, const spoor_rule_input *inputs, uint32_t ninputs);

typedef struct spoor_compiled { /* of a run, while its rules are compiled one after the other */
    spoor_codec codec;
    spoor_arena arena; /* of what is written; the caller's to set up and to reset */
    bool is_open;      /* there is a cache, and the run is one that it can serve */
    unsigned char key[SPOOR_CACHE_KEY_BYTES];
    const spoor_schema **schemas; /* met so far */
    uint32_t nschemas, capacity;
} spoor_compiled;

void spoor_compiled_open(spoor_compiled *compiled, spoor_rules *rules,
                         const spoor_rules_options *options);
/* Is the rule known?  Then its state is as after compiling, without a query, and it is in the pass. */
bool spoor_compiled_take(spoor_compiled *compiled, spoor_rules *rules, uint32_t rule,
                         spoor_rules_pass *pass, spoor_arena *scratch);
/* It is compiled.  before: the last of its messages until then.  outline: of its query; NULL: it has none. */
void spoor_compiled_put(spoor_compiled *compiled, spoor_rules *rules, uint32_t rule,
                        const spoor_diag *before, spoor_rules_pass *pass,
                        const spoor_rule_outline *outline, spoor_arena *scratch);
void spoor_compiled_close(spoor_compiled *compiled, spoor_rules *rules);

#endif
