/* digest.h - MD5 (RFC 1321) and SHA-1 (RFC 3174) of a text in memory: for functions of the query
 * language, not for security.  SHA-256 is in sha256.h. */
#ifndef SPOOR_BASE_DIGEST_H
#define SPOOR_BASE_DIGEST_H

#include "base/str.h"

enum { SPOOR_MD5_BYTES = 16, SPOOR_SHA1_BYTES = 20 };

void spoor_md5(spoor_str text, unsigned char digest[SPOOR_MD5_BYTES]);
void spoor_sha1(spoor_str text, unsigned char digest[SPOOR_SHA1_BYTES]);

#endif
