/* attack.h - MITRE ATT&CK, enterprise: which tactics a technique serves. */
#ifndef SPOOR_RULES_ATTACK_H
#define SPOOR_RULES_ATTACK_H

#include "base/arena.h"

enum { SPOOR_ATTACK_TACTICS = 14 };

/* In the matrix's order, as Sentinel writes them. */
const char *spoor_attack_tactic(int tactic);
/* Of tactic's name, also with blanks and dashes; -1: none. */
int spoor_attack_find_tactic(spoor_str name);
/* Bit t: the technique (T1003, T1003.001) serves tactic t; 0: it is not known. */
uint32_t spoor_attack_tactics_of(spoor_str technique);
/* Its name, without that of its part; NULL: it is not known. */
const char *spoor_attack_name_of(spoor_str technique);

#endif
