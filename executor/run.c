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

/* Why the run is to stop from without; SPOOR_RUN_OK: it is not. */
static spoor_run_status asked_to_stop(const spoor_run *run) {
    if (*run->cancel) {
        return SPOOR_RUN_CANCELLED;
    }
    if (run->has_stopped != NULL && atomic_load_explicit(run->has_stopped, memory_order_relaxed)) {
        return SPOOR_RUN_STOPPED;
    }
    bool is_late = run->deadline != 0 && spoor_time_now() >= run->deadline;
    return is_late ? SPOOR_RUN_TIMEOUT : SPOOR_RUN_OK;
}

bool spoor_run_is_over(const void *run) {
    return asked_to_stop(run) != SPOOR_RUN_OK;
}

bool spoor_run_go_on(spoor_run *run) {
    if (run->status != SPOOR_RUN_OK) {
        return false;
    }
    spoor_run_status why = asked_to_stop(run);
    return why == SPOOR_RUN_OK ||
           spoor_run_fail(run, why, (spoor_span){0}, "%s",
                          why == SPOOR_RUN_CANCELLED ? "cancelled"
                          : why == SPOOR_RUN_TIMEOUT ? "the query took longer than --timeout allows"
                                                     : "stopped");
}
