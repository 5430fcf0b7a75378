/* main.c - the `spoor` command: finds the command and runs it; what commands share. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/command.h"

static spoor_engine *volatile interruptible;
static volatile sig_atomic_t interrupts;
static volatile sig_atomic_t ignored;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    if (interruptible == NULL && ignored) {
        return;
    }
    if (++interrupts > 3) { /* it does not stop: go */
        _exit(EXIT_INTERRUPTED);
    }
    if (interruptible != NULL) {
        spoor_cancel(interruptible);
    } else {
        _exit(EXIT_INTERRUPTED);
    }
}

void cli_interruptible(spoor_engine *engine) {
    interrupts = 0;
    interruptible = engine;
}

void cli_ignore_interrupts(bool ignore) {
    ignored = ignore;
}

bool cli_was_interrupted(void) {
    return interrupts > 0;
}

char *cli_read_file(const char *path, size_t *len) {
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t capacity = 1 << 16;
    char *text = in != NULL ? malloc(capacity) : NULL;
    *len = 0;
    while (text != NULL) {
        *len += fread(text + *len, 1, capacity - *len - 1, in);
        if (feof(in) || ferror(in)) {
            break;
        }
        char *grown = realloc(text, capacity *= 2);
        if (grown == NULL) {
            free(text);
        }
        text = grown;
    }
    bool failed = in == NULL || text == NULL || ferror(in);
    if (failed) {
        fprintf(stderr, "spoor: %s: %s\n", path, strerror(errno));
        free(text);
        text = NULL;
    } else {
        text[*len] = '\0';
    }
    if (in != NULL && in != stdin) {
        fclose(in);
    }
    return text;
}

static void set_up_output(cli_args *args) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO)) {
        return;
    }
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    args->output.charts = true;
    args->output.width = known ? size.ws_col : 80;
    const char *no_color = getenv("NO_COLOR");
    args->output.color = no_color == NULL || no_color[0] == '\0';
    if (!args->max_rows_given && args->output.format == SPOOR_FORMAT_TABLE) {
        args->output.max_rows = 1000;
    }
}

#ifdef __GLIBC__
enum { SMALL_HEAP = 2 << 20, HEAP = 256 << 20, LARGE_PAGE = 2 << 20 };

/* What one query frees the next one takes, in the shell: a page that the system hands out again is
 * dearer than most of what is done in it (13 microseconds on some machines).  One heap for all threads:
 * what one of them frees the others can have.
 *
 * A process that decodes columns once spent a quarter of its time on being given pages of 4 KB.  One of
 * 2 MB costs a third of the 512, but must be filled for that: the heap begins with small ones.  What is
 * taken ahead are addresses, not memory; where a limit forbids even that, pages stay small. */
static void set_up_heap(void) {
    mallopt(M_MMAP_THRESHOLD, 2 * HEAP);
    mallopt(M_TRIM_THRESHOLD, 2 * HEAP);
    mallopt(M_ARENA_MAX, 1);
    char *heap = malloc(HEAP);
    if (heap != NULL) {
        uintptr_t pages = ~(uintptr_t)(LARGE_PAGE - 1);
        uintptr_t from = ((uintptr_t)heap + SMALL_HEAP) & pages,
                  end = ((uintptr_t)heap + HEAP) & pages;
        madvise((void *)from, end - from, MADV_HUGEPAGE);
        free(heap);
    }
}
#else
static void set_up_heap(void) {}
#endif

/* A result that nobody got is no success: a full disk is found when the last bytes leave. */
static int finish_output(int code) {
    bool ok = fflush(stdout) == 0 && !ferror(stdout);
    if (!ok && code == EXIT_DONE) {
        fputs("spoor: the output could not be written\n", stderr);
        code = EXIT_WORLD;
    }
    return code;
}

int main(int argc, char **argv) {
    cli_args args;
    set_up_heap();
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (!cli_args_read(&args, argc, argv)) {
        cli_args_free(&args);
        return EXIT_WRONG;
    }
    const char *from_environment = getenv("SPOOR_DB");
    if (!args.db_given && from_environment != NULL && from_environment[0] != '\0') {
        args.db = from_environment;
    }
    set_up_output(&args);
    int code = EXIT_WRONG;
    const cli_command *command = args.command != NULL ? cli_find_command(args.command) : NULL;
    if (command == NULL) {
        code = args.command != NULL ? cli_no_command(args.command) : cli_help(&args);
    } else {
        code = args.help ? cli_help(&args) : command->run(&args);
    }
    cli_args_free(&args);
    return finish_output(code);
}
