/* refused.h - functions of the documentation that are not here, and why. */
#ifndef SPOOR_FUNCTIONS_REFUSED_H
#define SPOOR_FUNCTIONS_REFUSED_H

#include "base/str.h"

/* The reason, as a hint words it; NULL: the name is none of them. */
const char *spoor_function_refusal(spoor_str name);

#endif
