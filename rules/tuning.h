/* tuning.h - what a site says of rules without touching them: a file of severities and allow-lists.
 *
 *     severity:
 *       - {rule: T1018, severity: low}
 *     allow:
 *       - rule: 213d83ef-...          # an id, file name, title, tag or technique; * or nothing:
 * every rule where: process_path =~ @"C:\Tools\scan.exe" and Computer startswith "SRV" owner: ada
 *         reason: our scanner
 *         expires: 2025-12-31
 *       - {rule: T1003, watchlist: lsass.csv}
 *
 * A watchlist is a CSV file whose header names columns of the rules' rows; each of its lines allows
 * the rows that have all its cells, compared without case, with * at either end for anything.  Its
 * columns owner, reason and expires say that of the line.  A .csv file alone is a watchlist for
 * every rule. */
#ifndef SPOOR_RULES_TUNING_H
#define SPOOR_RULES_TUNING_H

#include "rules/rule.h"

typedef struct spoor_allow {
    const char *file;
    uint32_t line;
    spoor_str rule;  /* empty: every rule */
    spoor_str where; /* a condition of KQL over the rows of a rule */
    spoor_str owner, reason;
    bool has_expiry;
    int64_t expiry;
    bool is_used;  /* of some rule that ran */
    uint64_t hits; /* rows that it left out */
} spoor_allow;

typedef struct spoor_override {
    spoor_str rule;
    spoor_level level;
} spoor_override;

typedef struct spoor_tuning {
    spoor_arena *arena;
    spoor_allow *allows;
    uint32_t nallows, allow_capacity;
    spoor_override *overrides;
    uint32_t noverrides, override_capacity;
} spoor_tuning;

/* Reads the bytes of another file, named from the folder of this one; false: *why says why not. */
typedef bool spoor_tuning_reader(void *context, const char *path, spoor_str *bytes,
                                 const char **why);

/* What is wrong comes back as one line, in the arena; NULL: nothing is. */
const char *spoor_tuning_read(spoor_tuning *tuning, const char *path, spoor_str bytes,
                              spoor_tuning_reader *read, void *context);

#endif
