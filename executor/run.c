/* run.c - how a run ends: the first failure is kept, and everybody sees it. */
#include "executor/run.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/time.h"

bool spoor_run_fail(spoor_run *run, spoor_run_status status, spoor_span span, const char *format,
                    ...) {
    if (run->status != SPOOR_RUN_OK) {
        return false;
    }
    run->status = status;
    run->span = span;
    va_list args;
    va_start(args, format);
    vsnprintf(run->message, sizeof run->message, format, args);
    va_end(args);
    return false;
}

bool spoor_run_go_on(spoor_run *run) {
    if (run->status != SPOOR_RUN_OK) {
        return false;
    }
    spoor_span nowhere = {0};
    if (*run->cancel) {
        return spoor_run_fail(run, SPOOR_RUN_CANCELLED, nowhere, "cancelled");
    }
    if (run->has_stopped != NULL && atomic_load_explicit(run->has_stopped, memory_order_relaxed)) {
        return spoor_run_fail(run, SPOOR_RUN_STOPPED, nowhere, "stopped");
    }
    if (run->deadline != 0 && spoor_time_now() >= run->deadline) {
        return spoor_run_fail(run, SPOOR_RUN_TIMEOUT, nowhere, "the query took longer than --timeout allows");
    }
    return true;
}
