/* embed.c - writes the KQL files given as a C table: name and text of each.
 * Run by the build; see engine/ for the reader (spoor_embedded). */
#include <stdio.h>
#include <string.h>

static int embed(const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return 1;
    }
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    printf("{\"%.*s\", \"", (int)(dot != NULL ? dot - name : (long)strlen(name)), name);
    for (int c; (c = fgetc(in)) != EOF;) {
        if (c == '\n') {
            fputs("\\n\"\n\"", stdout);
        } else if (c < 0x20 || c > 0x7E || c == '"' || c == '\\' || c == '?') {
            printf("\\%03o", (unsigned)c);
        } else {
            putchar(c);
        }
    }
    puts("\"},");
    return fclose(in) != 0;
}

int main(int argc, char **argv) {
    puts("#include \"engine/embedded.h\"\nconst spoor_embedded spoor_embedded_functions[] = {");
    for (int i = 1; i < argc; i++) {
        if (embed(argv[i]) != 0) {
            return 1;
        }
    }
    puts("{0, 0}};");
    return 0;
}
