/* build_id.h - a digest of the sources that this binary was made of.
 *
 * What is kept between runs is known by it, too: other code may give another answer. */
#ifndef SPOOR_BASE_BUILD_ID_H
#define SPOOR_BASE_BUILD_ID_H

extern const char spoor_build_id[]; /* 32 digits; written by the Makefile */

#endif
