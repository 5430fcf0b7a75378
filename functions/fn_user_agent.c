/* fn_user_agent.c - parse_user_agent: browser, operating system and device of a user agent, by the
 * patterns that the user named; refused where none were.
 *
 * Kusto names no source of its patterns, but its members and the answers that
 * it documents are those of ua-parser's uap-core. */
#include "base/buffer.h"
#include "functions/function.h"
#include "functions/text_arg.h"
#include "functions/user_agent.h"
#include "types/dynamic.h"

enum { MATCHER_BYTES = 1 << 14, MOST_GROUPS = 9 };

/* A part as the caller asks for it, as the bag calls it, and its fields, each with the group that it
 * is of where the pattern says nothing else (0: then it is empty). */
static const struct {
    const char *asked, *name;
    struct {
        const char *name;
        uint32_t group;
    } fields[SPOOR_AGENT_FIELDS];
} parts[SPOOR_AGENT_PARTS] = {
    [SPOOR_AGENT_BROWSER] =
        {"browser",
         "Browser",
         {{"Family", 1}, {"MajorVersion", 2}, {"MinorVersion", 3}, {"Patch", 4}}},
    [SPOOR_AGENT_OS] = {"os",
                        "OperatingSystem",
                        {{"Family", 1},
                         {"MajorVersion", 2},
                         {"MinorVersion", 3},
                         {"Patch", 4},
                         {"PatchMinor", 5}}},
    [SPOOR_AGENT_DEVICE] = {"device", "Device", {{"Family", 1}, {"Brand", 0}, {"Model", 1}}},
};

typedef struct prepared {
    bool asks[SPOOR_AGENT_PARTS];
    spoor_regex_matcher **matchers[SPOOR_AGENT_PARTS]; /* by pattern, made when first tried */
} prepared;

static const char *prepare(spoor_call *call) {
    const spoor_user_agents *known = call->reference.user_agents;
    if (known == NULL) {
        return "'parse_user_agent' needs patterns: --user-agents FILE names the regexes.yaml of "
               "uap-core";
    }
    if (call->constants[1] == NULL) {
        return NULL; /* refused by the binder */
    }
    prepared *p = SPOOR_NEW(call->arena, prepared);
    call->state = p;
    spoor_text_list asked = {0};
    spoor_text_list_add_value(call->arena, &asked, call->constants[1]);
    for (uint32_t i = 0; i < asked.count; i++) {
        spoor_agent_part part = 0;
        while (part < SPOOR_AGENT_PARTS && !spoor_str_is(asked.texts[i], parts[part].asked)) {
            part++;
        }
        if (part == SPOOR_AGENT_PARTS) {
            return "'parse_user_agent' looks for 'browser', 'os' or 'device'";
        }
        p->asks[part] = true;
        p->matchers[part] =
            SPOOR_NEW_ARRAY(call->arena, spoor_regex_matcher *, known->parts[part].count + 1);
    }
    return asked.count > 0 ? NULL : "'parse_user_agent' looks for 'browser', 'os' or 'device'";
}

static spoor_str group_text(spoor_str agent, const spoor_regex_span *spans, uint32_t group) {
    bool took_part = group > 0 && spans[group].start != SIZE_MAX;
    return took_part
               ? (spoor_str){agent.ptr + spans[group].start, spans[group].end - spans[group].start}
               : SPOOR_STR("");
}

/* The text of a pattern with its $1 to $9 filled in. */
static spoor_str filled(spoor_arena *arena, spoor_str text, spoor_str agent,
                        const spoor_regex_span *spans) {
    spoor_buffer buffer = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        bool is_group = text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] >= '1' &&
                        text.ptr[i + 1] <= '9';
        if (is_group) {
            spoor_buffer_put(&buffer, group_text(agent, spans, (uint32_t)(text.ptr[++i] - '0')));
        } else {
            spoor_buffer_put_char(&buffer, text.ptr[i]);
        }
    }
    return spoor_buffer_text(&buffer);
}

/* The first pattern of a part that fits, and where its groups stand; NULL: none does. */
static const spoor_agent_pattern *find(spoor_call *call, spoor_agent_part part, spoor_str agent,
                                       spoor_regex_span spans[MOST_GROUPS + 1]) {
    const spoor_user_agents *known = call->reference.user_agents;
    spoor_regex_matcher **matchers = ((prepared *)call->state)->matchers[part];
    for (uint32_t i = 0; i < known->parts[part].count; i++) {
        const spoor_agent_pattern *pattern = &known->parts[part].patterns[i];
        if (matchers[i] == NULL) {
            matchers[i] = spoor_regex_matcher_new(call->arena, pattern->regex, MATCHER_BYTES);
        }
        if (spoor_regex_find(matchers[i], agent, 0, spans, MOST_GROUPS + 1)) {
            return pattern;
        }
    }
    return NULL;
}

static void add_part(spoor_call *call, spoor_dynamic_builder *bag, spoor_agent_part part,
                     spoor_str agent) {
    spoor_regex_span spans[MOST_GROUPS + 1];
    const spoor_agent_pattern *pattern = find(call, part, agent, spans);
    spoor_dynamic_name(bag, spoor_str_from(parts[part].name));
    spoor_dynamic_open(bag, '{');
    for (uint32_t i = 0; i < SPOOR_AGENT_FIELDS && parts[part].fields[i].name != NULL; i++) {
        spoor_str text = i == 0 ? SPOOR_STR("Other") : SPOOR_STR("");
        if (pattern != NULL) {
            text = pattern->fields[i].is_given
                       ? filled(call->scratch, pattern->fields[i].text, agent, spans)
                       : group_text(agent, spans, parts[part].fields[i].group);
        }
        spoor_dynamic_name(bag, spoor_str_from(parts[part].fields[i].name));
        spoor_dynamic_add_text(bag, part == SPOOR_AGENT_DEVICE ? spoor_str_trim(text) : text);
    }
    spoor_dynamic_close(bag);
}

static void parse_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    const prepared *p = call->state;
    bool is_empty = true; /* no patterns at all: what stands for them with --empty-tables */
    for (spoor_agent_part part = 0; part < SPOOR_AGENT_PARTS; part++) {
        is_empty = is_empty && call->reference.user_agents->parts[part].count == 0;
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (is_empty || (call->cancel != NULL && *call->cancel)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder bag;
        spoor_dynamic_init(&bag, call->scratch);
        spoor_dynamic_open(&bag, '{');
        for (spoor_agent_part part = 0; part < SPOOR_AGENT_PARTS; part++) {
            if (p->asks[part]) {
                add_part(call, &bag, part, args[0].strings[i]);
            }
        }
        spoor_dynamic_close(&bag);
        out->strings[i] = spoor_dynamic_finish(&bag);
    }
}

// clang-format off
const spoor_function spoor_fn_user_agent[] = {
    {.name = "parse_user_agent", .args = {SPOOR_T_STRING, SPOOR_T_STRING | SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_of_run = true, .constant_args = true, .eval = parse_eval, .prepare = prepare,
     .summary = "Browser, operating system and device of a user agent, whichever the second argument asks for, by the patterns that --user-agents names.",
     .example = "parse_user_agent('Examplefox/7.1', 'browser').Browser.Family", .value = "Examplefox"},
    {0},
};
// clang-format on
