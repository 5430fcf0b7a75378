/* fn_parse.c - parse_csv, parse_command_line, parse_version, parse_path, parse_url: texts of known
 * form into parts. */
#include "base/buffer.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "types/dynamic.h"

static spoor_str slice(spoor_str text, size_t from, size_t to) {
    return (spoor_str){text.ptr + from, to - from};
}

/* Where one of these characters stands first, or text.len. */
static size_t find_any(spoor_str text, size_t from, const char *characters) {
    size_t at = from;
    while (at < text.len && (text.ptr[at] == '\0' || strchr(characters, text.ptr[at]) == NULL)) {
        at++;
    }
    return at;
}

/* Where one of these characters stands last, or SIZE_MAX. */
static size_t find_last(spoor_str text, const char *characters) {
    size_t at = text.len;
    while (at > 0 && (text.ptr[at - 1] == '\0' || strchr(characters, text.ptr[at - 1]) == NULL)) {
        at--;
    }
    return at - 1;
}

/* -- parse_csv --------------------------------------------------------------------------------- */

/* The field at *at, which moves to the delimiter behind it. */
static spoor_str csv_field(spoor_arena *arena, spoor_str text, size_t *at) {
    if (*at == text.len || text.ptr[*at] != '"') {
        size_t from = *at;
        *at = find_any(text, from, ",\r\n");
        return slice(text, from, *at);
    }
    spoor_buffer field = {.arena = arena};
    size_t from = ++*at;
    for (;;) {
        size_t quote = find_any(text, from, "\"");
        spoor_buffer_put(&field, slice(text, from, quote));
        from = quote + 1;
        if (quote == text.len || from == text.len || text.ptr[from] != '"') {
            break; /* closed, or never */
        }
        spoor_buffer_put_char(&field, '"');
        from++;
    }
    from = from < text.len ? from : text.len;
    *at = find_any(text, from, ",\r\n");
    spoor_buffer_put(&field, slice(text, from, *at)); /* "a"b: as it comes */
    return spoor_buffer_text(&field);
}

static void parse_csv_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[0].strings[i];
        spoor_dynamic_builder array;
        spoor_dynamic_init(&array, call->scratch);
        spoor_dynamic_open(&array, '[');
        for (size_t at = 0;; at++) {
            spoor_dynamic_add_text(&array, csv_field(call->scratch, text, &at));
            if (at == text.len || text.ptr[at] != ',') {
                break; /* only the first record */
            }
        }
        spoor_dynamic_close(&array);
        out->strings[i] = spoor_dynamic_finish(&array);
    }
}

/* -- parse_command_line: CommandLineToArgvW ---------------------------------------------------- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* The name of the program: up to the next quote or blank, with no escapes. */
static spoor_str program_name(spoor_str line, size_t *at) {
    bool quoted = line.ptr[0] == '"';
    size_t from = quoted ? 1 : 0, to = find_any(line, from, quoted ? "\"" : " \t");
    *at = quoted && to < line.len ? to + 1 : to;
    return slice(line, from, to);
}

/* One argument from *at.  2n backslashes and a quote are n backslashes and a delimiter, 2n+1 are n
 * and a quote; of three quotes in a row the third is a quote. */
static spoor_str next_argument(spoor_arena *arena, spoor_str line, size_t *at) {
    spoor_buffer text = {.arena = arena};
    size_t backslashes = 0;
    int quotes = 0; /* 1: inside */
    while (*at < line.len && !(is_blank(line.ptr[*at]) && quotes == 0)) {
        char c = line.ptr[*at];
        if (c != '"') {
            backslashes = c == '\\' ? backslashes + 1 : 0;
            spoor_buffer_put_char(&text, c);
            ++*at;
            continue;
        }
        text.len -= (backslashes + 1) / 2;
        ++*at;
        if (backslashes % 2 == 1) {
            spoor_buffer_put_char(&text, '"');
        } else {
            quotes++;
        }
        backslashes = 0;
        for (; *at < line.len && line.ptr[*at] == '"'; ++*at) {
            if (++quotes == 3) {
                spoor_buffer_put_char(&text, '"');
                quotes = 0;
            }
        }
        quotes = quotes == 2 ? 0 : quotes;
    }
    return spoor_buffer_text(&text);
}

static void parse_command_line_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                    spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str line = args[0].strings[i];
        if (line.len == 0) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder array;
        spoor_dynamic_init(&array, call->scratch);
        spoor_dynamic_open(&array, '[');
        size_t at;
        spoor_dynamic_add_text(&array, program_name(line, &at));
        for (;;) {
            while (at < line.len && is_blank(line.ptr[at])) {
                at++;
            }
            if (at == line.len) {
                break;
            }
            spoor_dynamic_add_text(&array, next_argument(call->scratch, line, &at));
        }
        spoor_dynamic_close(&array);
        out->strings[i] = spoor_dynamic_finish(&array);
    }
}

static const char *prepare_command_line(spoor_call *call) {
    bool ok = call->constants[1] != NULL && spoor_str_is(call->constants[1]->string, "windows");
    return ok ? NULL : "the only parser is \"windows\"";
}

/* -- parse_version ----------------------------------------------------------------------------- */

enum { VERSION_PARTS = 4, PART_DIGITS = 8 };

static bool parse_version(spoor_str text, spoor_decimal *version) {
    *version = (spoor_decimal){0};
    size_t at = 0;
    for (int part = 0; part < VERSION_PARTS; part++) {
        int64_t value = 0;
        bool is_missing = part > 0 && at == text.len;
        if (part > 0 && !is_missing && text.ptr[at++] != '.') {
            return false;
        }
        size_t from = at;
        for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++) {
            if (at - from == PART_DIGITS) {
                return false;
            }
            value = value * 10 + (text.ptr[at] - '0');
        }
        if (at == from && !is_missing) {
            return false;
        }
        version->coefficient = version->coefficient * 100000000 + value;
    }
    return at == text.len;
}

static void parse_version_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        if (!parse_version(args[0].strings[i], &out->decimals[i])) {
            out->nulls[i] = 1;
            out->decimals[i] = (spoor_decimal){0};
        }
    }
}

/* -- parse_path -------------------------------------------------------------------------------- */

static void add_member(spoor_dynamic_builder *bag, const char *name, spoor_str text) {
    spoor_dynamic_name(bag, spoor_str_from(name));
    spoor_dynamic_add_text(bag, text);
}

/* Bytes of `scheme` in `scheme://...`; 0: there is none. */
static size_t scheme_length(spoor_str text) {
    size_t at = find_any(text, 0, ":/\\?#");
    bool has = text.len - at > 2 && memcmp(text.ptr + at, "://", 3) == 0;
    return has ? at : 0;
}

static void path_parts(spoor_dynamic_builder *bag, spoor_str text) {
    size_t scheme = scheme_length(text);
    spoor_str rest = scheme > 0 ? slice(text, scheme + 3, text.len) : text;
    size_t last = find_last(rest, "/\\");
    bool has_drive = rest.len > 1 && rest.ptr[1] == ':' && (rest.len == 2 || last != SIZE_MAX);
    spoor_str directory = slice(rest, 0, last == SIZE_MAX ? 0 : last);
    size_t file_at = last == SIZE_MAX && has_drive ? 2 : last + 1; /* SIZE_MAX + 1 is 0 */
    spoor_str file = slice(rest, file_at, rest.len);
    size_t colon = find_any(file, 0, ":");
    spoor_str stream = slice(file, colon < file.len ? colon + 1 : colon, file.len);
    file = slice(file, 0, colon);
    size_t dot = find_last(file, "."), parent = find_last(directory, "/\\");
    add_member(bag, "Scheme", slice(text, 0, scheme));
    add_member(bag, "RootPath", slice(rest, 0, has_drive ? 2 : 0));
    add_member(bag, "DirectoryPath", directory);
    add_member(bag, "DirectoryName", slice(directory, parent + 1, directory.len));
    add_member(bag, "Filename", file);
    add_member(bag, "Extension", dot == SIZE_MAX ? (spoor_str){0} : slice(file, dot + 1, file.len));
    add_member(bag, "AlternateDataStreamName", stream);
}

/* -- parse_url, parse_urlquery ----------------------------------------------------------------- */

/* k1=v1&k2=v2 */
static void add_query(spoor_dynamic_builder *bag, spoor_str query) {
    spoor_dynamic_name(bag, SPOOR_STR("Query Parameters"));
    spoor_dynamic_open(bag, '{');
    for (size_t at = 0; at < query.len;) {
        size_t end = find_any(query, at, "&");
        spoor_str parameter = slice(query, at, end);
        size_t equals = find_any(parameter, 0, "=");
        if (parameter.len > 0) {
            spoor_dynamic_name(bag, slice(parameter, 0, equals));
            spoor_dynamic_add_text(
                bag, slice(parameter, equals < parameter.len ? equals + 1 : equals, parameter.len));
        }
        at = end + 1;
    }
    spoor_dynamic_close(bag);
}

static void query_parts(spoor_dynamic_builder *bag, spoor_str text) {
    add_query(bag, text);
}

static void url_parts(spoor_dynamic_builder *bag, spoor_str text) {
    size_t scheme = scheme_length(text), at = scheme > 0 ? scheme + 3 : 0;
    size_t end = scheme > 0 ? find_any(text, at, "/?#") : 0;
    spoor_str authority = slice(text, at, end), user = {0}, password = {0};
    size_t sign = find_last(authority, "@");
    if (sign != SIZE_MAX) {
        size_t colon = find_any(slice(authority, 0, sign), 0, ":");
        user = slice(authority, 0, colon);
        password = slice(authority, colon < sign ? colon + 1 : sign, sign);
        authority = slice(authority, sign + 1, authority.len);
    }
    size_t from = authority.len > 0 && authority.ptr[0] == '[' ? find_any(authority, 0, "]") : 0;
    size_t port = find_any(authority, from, ":"); /* not those of [::1] */
    size_t path = find_any(text, end, "?#"), fragment = find_any(text, path, "#");
    add_member(bag, "Scheme", slice(text, 0, scheme));
    add_member(bag, "Host", slice(authority, 0, port));
    add_member(bag, "Port",
               slice(authority, port < authority.len ? port + 1 : port, authority.len));
    add_member(bag, "Path", path - end > 1 ? slice(text, end, path) : (spoor_str){0}); /* not "/" */
    add_member(bag, "Username", user);
    add_member(bag, "Password", password);
    add_query(bag, slice(text, path < fragment ? path + 1 : path, fragment));
    add_member(bag, "Fragment",
               slice(text, fragment < text.len ? fragment + 1 : fragment, text.len));
}

static void parts_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                       void (*parts)(spoor_dynamic_builder *bag, spoor_str text)) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder bag;
        spoor_dynamic_init(&bag, call->scratch);
        spoor_dynamic_open(&bag, '{');
        parts(&bag, args[0].strings[i]);
        spoor_dynamic_close(&bag);
        out->strings[i] = spoor_dynamic_finish(&bag);
    }
}

static void parse_path_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    parts_rows(call, rows, args, out, path_parts);
}

static void parse_url_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    parts_rows(call, rows, args, out, url_parts);
}

static void parse_query_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    parts_rows(call, rows, args, out, query_parts);
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define ROW(row_name, of, hidden, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT}, .min_args = 1, .max_args = 1, .result = of, .is_hidden = hidden, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_parse[] = {
    ROW("parse_csv", SPOOR_DYNAMIC, false, parse_csv_eval, "The fields of the first record of comma-separated values.", "parse_csv('a,\"b,b\",\"c\"\"d\"')", "[\"a\",\"b,b\",\"c\\\"d\"]"),
    {.name = "parse_command_line", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .constant_args = true,
     .eval = parse_command_line_eval, .prepare = prepare_command_line,
     .summary = "The arguments of a command line, as Windows (CommandLineToArgvW) takes them apart; \"windows\" is the only parser.",
     .example = "parse_command_line('cmd /c \"echo hi\"', 'windows')", .value = "[\"cmd\",\"/c\",\"echo hi\"]"},
    ROW("parse_version", SPOOR_DECIMAL, false, parse_version_eval, "A version of up to four numbers as one that compares right.", "parse_version('0.0.3') > parse_version('0.0.2.99')", "True"),
    ROW("parse_path", SPOOR_DYNAMIC, false, parse_path_eval, "Scheme, RootPath, DirectoryPath, DirectoryName, Filename, Extension and AlternateDataStreamName of a path.", "parse_path('C:\\\\temp\\\\a.txt:b.exe').AlternateDataStreamName", "b.exe"),
    ROW("parse_url", SPOOR_DYNAMIC, false, parse_url_eval, "Scheme, Host, Port, Path, Username, Password, Query Parameters and Fragment of a URL.", "parse_url('https://a.example:8443/b?c=d').Port", "8443"),
    ROW("parse_urlquery", SPOOR_DYNAMIC, false, parse_query_eval, "The Query Parameters of the query part of a URL.", "parse_urlquery('k1=v1&k2=v2')", "{\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"}}"),
    ROW("parseurl", SPOOR_DYNAMIC, true, parse_url_eval, "As parse_url().", "parseurl('https://a.example/b').Path", "/b"),
    ROW("parseurlquery", SPOOR_DYNAMIC, true, parse_query_eval, "As parse_urlquery().", "parseurlquery('k=v')['Query Parameters'].k", "v"),
    {0},
};
// clang-format on
