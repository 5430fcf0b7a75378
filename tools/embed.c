/* embed.c - writes files as C: embed FILE.kql... gives the table of built-in functions (name and text of
 * each), embed --text NAME FILE one string.  Run by the build; engine/embedded.h declares both. */
#include <stdio.h>
#include <string.h>

static int put_text(const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return 1;
    }
    for (int c; (c = fgetc(in)) != EOF;) {
        if (c == '\n') {
            fputs("\\n\"\n\"", stdout);
        } else if (c < 0x20 || c > 0x7E || c == '"' || c == '\\' || c == '?') {
            printf("\\%03o", (unsigned)c);
        } else {
            putchar(c);
        }
    }
    return fclose(in) != 0;
}

static int embed(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    printf("{\"%.*s\", \"", (int)(dot != NULL ? dot - name : (long)strlen(name)), name);
    int failed = put_text(path);
    puts("\"},");
    return failed;
}

int main(int argc, char **argv) {
    puts("#include \"engine/embedded.h\"");
    if (argc == 4 && strcmp(argv[1], "--text") == 0) {
        printf("const char %s[] = \"", argv[2]);
        int failed = put_text(argv[3]);
        puts("\";");
        return failed;
    }
    puts("const spoor_embedded spoor_embedded_functions[] = {");
    for (int i = 1; i < argc; i++) {
        if (embed(argv[i]) != 0) {
            return 1;
        }
    }
    puts("{0, 0}};");
    return 0;
}
