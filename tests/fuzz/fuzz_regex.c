/* fuzz_regex.c - any pattern, on any text: what compiles finds the same by every engine, and soon. */
#include <setjmp.h>
#include <stdlib.h>

#include "regex/regex.h"
#include "regex/regex_program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok) {
    if (!ok) {
        abort();
    }
}

enum { GROUPS = 4 };

static void check_match(const spoor_regex *regex, spoor_capturer *capturer, spoor_str text,
                        const spoor_regex_span *spans) {
    require(spans[0].start <= spans[0].end && spans[0].end <= text.len);
    require(spoor_capture_by_threads(capturer, text, spans[0].start, spans[0].end));
    for (uint32_t g = 1; g < GROUPS && g <= spoor_regex_groups(regex); g++) {
        size_t start = spoor_capturer_slot(capturer, g * 2),
               end = spoor_capturer_slot(capturer, g * 2 + 1);
        require(spans[g].start == start && spans[g].end == end);
        require(start == SIZE_MAX ||
                (spans[0].start <= start && start <= end && end <= spans[0].end));
    }
}

/* The pattern ends at the first zero byte; what follows is the text. */
static void check(spoor_arena *arena, spoor_str input) {
    const char *zero = memchr(input.ptr, '\0', input.len);
    size_t len = zero != NULL ? (size_t)(zero - input.ptr) : input.len;
    spoor_str pattern = {input.ptr, len}, text = {input.ptr + len, input.len - len};
    spoor_regex_error error;
    const spoor_regex *regex = spoor_regex_compile(arena, pattern, 0, &error);
    if (regex == NULL) {
        require(error.message != NULL && error.at <= pattern.len);
        return;
    }
    if (regex->forward.count > 5000) {
        return; /* linear, but no fun */
    }
    spoor_regex_matcher *small = spoor_regex_matcher_new(arena, regex, 0);
    spoor_regex_matcher *large = spoor_regex_matcher_new(arena, regex, SPOOR_REGEX_CACHE_BYTES);
    spoor_capturer *capturer = spoor_capturer_new(arena, regex);
    spoor_regex_span one[GROUPS], two[GROUPS];
    spoor_regex_scan a = spoor_regex_scan_start(small, text),
                     b = spoor_regex_scan_start(large, text);
    bool any = spoor_regex_is_match(small, text);
    require(any == spoor_regex_is_match(large, text));
    for (int k = 0; k < 20; k++) {
        bool found = spoor_regex_scan_next(&a, one, GROUPS);
        require(found == spoor_regex_scan_next(&b, two, GROUPS));
        require(k > 0 || found == any);
        if (!found) {
            return;
        }
        require(memcmp(one, two, sizeof one) == 0);
        check_match(regex, capturer, text, one);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (size > 0 && setjmp(out_of_memory) == 0) {
        check(&arena, (spoor_str){(const char *)data, size});
    }
    spoor_arena_reset(&arena);
    return 0;
}
