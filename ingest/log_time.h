/* log_time.h - the times that log exporters write, to datetime ticks. */
#ifndef SPOOR_INGEST_LOG_TIME_H
#define SPOOR_INGEST_LOG_TIME_H

#include <stdint.h>

#include "base/str.h"

/* 2024-03-05T10:11:12[.fraction][Z|+01:00|+0100] (a blank for T; 1 to 9 digits of fraction, of
 * which 7 count), /Date(ms)/ of .NET, or seconds since 1970 with a fraction; *has_zone: whether the
 * text says which.  False: none of these, or out of range. */
bool spoor_log_time(spoor_str text, int64_t *datetime, bool *has_zone);

#endif
