/* unit.c - runs the unit tests: all, or those whose names are given. */
#include "tests/unit/unit.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks, failures;
static spoor_arena arena;
static jmp_buf out_of_memory;

bool unit_check(bool ok, const char *file, int line, const char *what) {
    checks++;
    if (!ok) {
        failures++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
    return ok;
}

bool unit_check_str(spoor_str got, const char *want, const char *file, int line, const char *what) {
    bool ok = unit_check(spoor_str_is(got, want), file, line, what);
    if (!ok) {
        printf("  got  '%.*s'\n  want '%s'\n", (int)got.len, got.ptr, want);
    }
    return ok;
}

bool unit_check_long(int64_t got, int64_t want, const char *file, int line, const char *what) {
    bool ok = unit_check(got == want, file, line, what);
    if (!ok) {
        printf("  got %lld, want %lld\n", (long long)got, (long long)want);
    }
    return ok;
}

spoor_arena *unit_arena(void) {
    return &arena;
}

#define UNIT(name) void name(void);
#include "gen/unit_list.h"
#undef UNIT

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
#define UNIT(name) {#name, name},
#include "gen/unit_list.h"
#undef UNIT
};

static bool is_wanted(const char *name, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL) {
            return true;
        }
    }
    return argc == 1;
}

int main(int argc, char **argv) {
    if (setjmp(out_of_memory) != 0) {
        puts("unit: out of memory");
        return 1;
    }
    arena.on_oom = &out_of_memory;
    int passed = 0, failed = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (!is_wanted(tests[i].name, argc, argv)) {
            continue;
        }
        int before = failures;
        tests[i].run();
        spoor_arena_reset(&arena);
        passed += failures == before;
        failed += failures != before;
        if (failures != before) {
            printf("%s failed\n", tests[i].name);
        }
    }
    printf("unit: %d checks; %d passed, %d failed\n", checks, passed, failed);
    return failed != 0;
}
