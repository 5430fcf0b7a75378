/* sigma_match.c - a Sigma rule asked of one event, test by test: the naive reading, which `--verify` compares the
 * generated queries with.
 *
 * It shares the tree with the translation and nothing behind it: no table, no
 * view, no KQL.  An absent field meets null alone; a text test asks whether the
 * event has the field and its text fits. */
#include "rules/sigma_match.h"

#include "base/number.h"
#include "base/text_match.h"
#include "base/time.h"
#include "base/utf8.h"
#include "functions/ip.h"
#include "types/dynamic.h"

enum { MATCHER_BYTES = 1 << 16 };

/* -- the log source ---------------------------------------------------------------------------- */

static bool is_sysmon(spoor_str provider) {
    return spoor_str_is(provider, "Microsoft-Windows-Sysmon") ||
           spoor_str_is(provider, "Linux-Sysmon");
}

static bool is_in_scope(const spoor_sigma_scope *scope, const spoor_sigma_event *e) {
    bool has_id = scope->nids == 0, in_channel = scope->is_sysmon || scope->nchannels == 0;
    for (uint32_t i = 0; i < scope->nids; i++) {
        has_id |= e->has_id && e->id == scope->ids[i];
    }
    for (uint32_t i = 0; i < scope->nchannels; i++) {
        in_channel |= spoor_text_equals(e->channel, spoor_str_from(scope->channels[i]), true);
    }
    bool is_provider = scope->provider.len > 0 ? spoor_str_eq(e->provider, scope->provider)
                                               : !scope->is_sysmon || is_sysmon(e->provider);
    return has_id && in_channel && is_provider;
}

/* -- fields ------------------------------------------------------------------------------------ */

static bool get_member(const spoor_sigma_event *e, spoor_str name, spoor_str *text) {
    spoor_str element;
    if (!spoor_dynamic_get(e->data, name, &element) || element.len == 0) {
        return false;
    }
    *text = spoor_dynamic_to_text(e->scratch, element);
    return true;
}

/* Defender's log: names but for blanks and underscores. */
static bool get_blank(const spoor_sigma_event *e, spoor_str name, spoor_str *text) {
    spoor_str key, element;
    spoor_dynamic_iter iter = spoor_dynamic_begin(e->data);
    while (spoor_dynamic_next(&iter, &key, &element)) {
        size_t i = 0, k = 0;
        for (;;) {
            while (i < key.len && (key.ptr[i] == ' ' || key.ptr[i] == '_')) {
                i++;
            }
            while (k < name.len && (name.ptr[k] == ' ' || name.ptr[k] == '_')) {
                k++;
            }
            if (i == key.len || k == name.len || key.ptr[i] != name.ptr[k]) {
                break;
            }
            i++;
            k++;
        }
        if (i == key.len && k == name.len) {
            return get_member(e, key, text);
        }
    }
    return false;
}

static bool get_hash(const spoor_sigma_event *e, spoor_str field, spoor_str *text) {
    static const char *const kinds[] = {"md5", "sha1", "sha256", "imphash", "Imphash"};
    bool is_hash = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        is_hash |= spoor_str_is(field, kinds[i]);
    }
    spoor_str all;
    if (!is_hash || !is_sysmon(e->provider) ||
        !(get_member(e, SPOOR_STR("Hashes"), &all) || get_member(e, SPOOR_STR("Hash"), &all))) {
        return false;
    }
    for (size_t from = 0; from < all.len;) {
        size_t end = from;
        while (end < all.len && all.ptr[end] != ',') {
            end++;
        }
        spoor_str part = {all.ptr + from, end - from};
        if (part.len > field.len && part.ptr[field.len] == '=' &&
            spoor_text_equals((spoor_str){part.ptr, field.len}, field, true)) {
            *text = (spoor_str){part.ptr + field.len + 1, part.len - field.len - 1};
            return true;
        }
        from = end + 1;
    }
    return false;
}

static spoor_str member_or_empty(const spoor_sigma_event *e, const char *name) {
    spoor_str text = {0};
    (void)get_member(e, spoor_str_from(name), &text);
    return text;
}

/* 4688 as an event 1 of Sysmon; false: it has no such field under another name. */
static bool get_audited(const spoor_sigma_event *e, spoor_str field, spoor_str *text, bool *found) {
    static const char *const names[][2] = {
        {"Image", "NewProcessName"},         {"ParentImage", "ParentProcessName"},
        {"LogonId", "SubjectLogonId"},       {"ProcessId", "NewProcessId"},
        {"ParentProcessId", "ProcessId"},    {"User", "SubjectUserName"},
        {"IntegrityLevel", "MandatoryLabel"}};
    static const char *const labels[][2] = {{"S-1-16-4096", "Low"},
                                            {"S-1-16-8192", "Medium"},
                                            {"S-1-16-8448", "MediumPlus"},
                                            {"S-1-16-12288", "High"},
                                            {"S-1-16-16384", "System"}};
    size_t n = sizeof names / sizeof *names, i = 0;
    while (i < n && !spoor_str_is(field, names[i][0])) {
        i++;
    }
    if (i == n) {
        return false;
    }
    int64_t number;
    *found = get_member(e, spoor_str_from(names[i][1]), text);
    if (spoor_str_is(field, "User")) {
        spoor_str domain = member_or_empty(e, "SubjectDomainName"),
                  name = member_or_empty(e, "SubjectUserName");
        *text = spoor_arena_format(e->scratch, "%.*s\\%.*s", (int)domain.len, domain.ptr,
                                   (int)name.len, name.ptr);
    } else if (i == 3 || i == 4) {
        *text = *found && spoor_long_parse(*text, &number)
                    ? spoor_arena_format(e->scratch, "%lld", (long long)number)
                    : SPOOR_STR("");
    }
    for (size_t k = 0; i == 6 && k < sizeof labels / sizeof *labels; k++) {
        *text = spoor_str_is(*text, labels[k][0]) ? spoor_str_from(labels[k][1]) : *text;
    }
    return true;
}

static bool get_field(const spoor_sigma_scope *scope, const spoor_sigma_event *e, spoor_str field,
                      spoor_str *text) {
    *text = SPOOR_STR("");
    for (uint32_t i = 0; i < SPOOR_SIGMA_NSYSTEM; i++) {
        if (spoor_str_is(field, e->system[i].name)) {
            *text = e->system[i].text;
            return e->system[i].text.len > 0;
        }
    }
    bool found;
    if (scope->is_audit && get_audited(e, field, text, &found)) {
        return found;
    }
    if (get_hash(e, field, text) || get_member(e, field, text)) {
        return true;
    }
    return spoor_str_is(e->channel, "Microsoft-Windows-Windows Defender/Operational") &&
           get_blank(e, field, text);
}

/* -- texts ------------------------------------------------------------------------------------- */

static uint32_t next_char(const char **at, const char *end, bool is_cased) {
    uint32_t c = spoor_utf8_next(at, end);
    return is_cased ? c : spoor_fold(c);
}

static bool is_dash(uint32_t c) {
    return c == '-' || c == '/' || (c >= 0x2013 && c <= 0x2015);
}

/* One character of the pattern against one of the text. */
static bool fits_char(const char **p, const char *p_end, const char **t, const char *t_end,
                      bool is_cased) {
    if (**p == SPOOR_SIGMA_ONE || **p == SPOOR_SIGMA_DASH) {
        bool is_any = **p == SPOOR_SIGMA_ONE;
        ++*p;
        uint32_t c = spoor_utf8_next(t, t_end);
        return is_any || is_dash(c);
    }
    return next_char(p, p_end, is_cased) == next_char(t, t_end, is_cased);
}

/* The whole text; begins, ends: no star stands before, behind. */
static bool fits(spoor_str pattern, bool begins, bool ends, spoor_str text, bool is_cased) {
    const char *p = pattern.ptr, *p_end = p + pattern.len, *t = text.ptr, *t_end = t + text.len;
    const char *again_p = begins ? NULL : p, *again_t = t;
    for (;;) {
        while (p < p_end && *p == SPOOR_SIGMA_STAR) {
            again_p = ++p;
            again_t = t;
        }
        if (p == p_end && (t == t_end || !ends)) {
            return true;
        }
        const char *p_next = p, *t_next = t;
        if (p < p_end && t < t_end && fits_char(&p_next, p_end, &t_next, t_end, is_cased)) {
            p = p_next;
            t = t_next;
            continue;
        }
        if (again_p == NULL || again_t == t_end) {
            return false;
        }
        (void)spoor_utf8_next(&again_t, t_end); /* the star takes one more */
        p = again_p;
        t = again_t;
    }
}

static bool fits_value(const spoor_sigma_node *test, spoor_str value, spoor_str text) {
    bool is_part = test->op == SPOOR_SIGMA_CONTAINS || test->op == SPOOR_SIGMA_ANY;
    return fits(value, !is_part && test->op != SPOOR_SIGMA_ENDS,
                !is_part && test->op != SPOOR_SIGMA_STARTS, text, test->is_cased);
}

static bool is_keyword_in(const spoor_sigma_node *test, spoor_str value, const spoor_sigma_event *e,
                          spoor_str data, int depth) {
    spoor_str key, element;
    spoor_dynamic_iter iter = spoor_dynamic_begin(data);
    while (depth < SPOOR_YAML_MAX_DEPTH && spoor_dynamic_next(&iter, &key, &element)) {
        bool is_tree = spoor_dynamic_count(element) > 0;
        spoor_str text = is_tree ? SPOOR_STR("") : spoor_dynamic_to_text(e->scratch, element);
        if ((key.len > 0 && fits(value, false, false, key, test->is_cased)) ||
            (!is_tree && fits(value, false, false, text, test->is_cased)) ||
            (is_tree && is_keyword_in(test, value, e, element, depth + 1))) {
            return true;
        }
    }
    return false;
}

static bool has_keyword(const spoor_sigma_node *test, const spoor_sigma_event *e) {
    for (uint32_t i = 0; i < test->nvalues; i++) {
        if (fits(test->values[i], false, false, e->message, test->is_cased) ||
            is_keyword_in(test, test->values[i], e, e->data, 0)) {
            return true;
        }
    }
    return false;
}

/* -- other tests ------------------------------------------------------------------------------- */

static bool meets_regex(spoor_sigma_node *test, uint32_t i, spoor_str text) {
    if (test->matchers == NULL) { /* made once; the tree lives as long as the set */
        test->matchers = SPOOR_NEW_ARRAY(test->arena, spoor_regex_matcher *, test->nvalues);
        for (uint32_t k = 0; k < test->nvalues; k++) {
            spoor_regex_error error;
            const spoor_regex *regex =
                spoor_regex_compile(test->arena, test->values[k], test->regex_flags, &error);
            test->matchers[k] =
                regex != NULL ? spoor_regex_matcher_new(test->arena, regex, MATCHER_BYTES) : NULL;
        }
    }
    return test->matchers[i] != NULL && spoor_regex_is_match(test->matchers[i], text);
}

static bool is_in_network(spoor_str text, spoor_str network) {
    spoor_ipv6 address, range;
    if (!spoor_ipv6_parse(text, &address) || !spoor_ipv6_parse(network, &range)) {
        return false;
    }
    spoor_ipv4 short_form;
    bool is_v4 = spoor_ipv4_parse(text, &short_form),
         wants_v4 = memchr(network.ptr, ':', network.len) == NULL;
    spoor_ipv6_mask(&address, range.prefix);
    spoor_ipv6_mask(&range, range.prefix);
    return is_v4 == wants_v4 && memcmp(address.bytes, range.bytes, sizeof range.bytes) == 0;
}

/* ISO 8601: the week with the year's first Thursday is 1. */
static int week_of(spoor_civil at) {
    int weekday = (at.weekday + 6) % 7; /* 0: Monday */
    int64_t thursday = spoor_days_from_civil(at.year, at.month, at.day) - weekday + 3;
    spoor_civil then = spoor_time_civil(thursday * SPOOR_TICKS_DAY);
    return (then.yearday - 1) / 7 + 1;
}

static bool part_of(spoor_str text, spoor_sigma_part part, double *number) {
    int64_t time;
    if (part == SPOOR_SIGMA_WHOLE) {
        return spoor_real_parse(text, number);
    }
    if (!spoor_time_parse(text, &time)) {
        return false;
    }
    spoor_civil at = spoor_time_civil(time);
    const int parts[] = {0,           at.minute, at.hour, at.day,
                         week_of(at), at.month,  at.year}; /* ORDER sigma_parts */
    *number = parts[part];
    return true;
}

static bool compares(const spoor_sigma_node *test, spoor_str value, spoor_str text) {
    double left, right;
    if (!part_of(text, test->part, &left) || !spoor_real_parse(value, &right)) {
        return false;
    }
    switch (test->op) {
    case SPOOR_SIGMA_LESS: return left < right;
    case SPOOR_SIGMA_LESS_OR_EQUAL: return left <= right;
    case SPOOR_SIGMA_GREATER: return left > right;
    case SPOOR_SIGMA_GREATER_OR_EQUAL: return left >= right;
    default: return !(left < right) && !(left > right);
    }
}

static bool is_same(const spoor_sigma_node *test, spoor_str text, spoor_str other) {
    if (other.len == 0) {
        return false;
    }
    switch (test->op) {
    case SPOOR_SIGMA_SAME_START: return spoor_text_starts_with(text, other, !test->is_cased);
    case SPOOR_SIGMA_SAME_END: return spoor_text_ends_with(text, other, !test->is_cased);
    case SPOOR_SIGMA_SAME_PART: return spoor_text_contains(text, other, !test->is_cased);
    default: return spoor_text_equals(text, other, !test->is_cased);
    }
}

/* -- the tree ---------------------------------------------------------------------------------- */

static bool holds_on(spoor_sigma_node *test, const spoor_sigma_scope *scope,
                     const spoor_sigma_event *e, spoor_str text) {
    if (test->op == SPOOR_SIGMA_ANY) {
        return true;
    }
    for (uint32_t i = 0; i < test->nvalues; i++) {
        spoor_str value = test->values[i], other = {0};
        bool holds = test->op <= SPOOR_SIGMA_PATTERN ? fits_value(test, value, text)
                     : test->op == SPOOR_SIGMA_REGEX ? meets_regex(test, i, text)
                     : test->op == SPOOR_SIGMA_CIDR  ? is_in_network(text, value)
                     : test->op <= SPOOR_SIGMA_NUMBER
                         ? compares(test, value, text)
                         : get_field(scope, e, value, &other) && is_same(test, text, other);
        if (holds) {
            return true;
        }
    }
    return false;
}

static bool holds(spoor_sigma_node *test, const spoor_sigma_scope *scope,
                  const spoor_sigma_event *e) {
    if (test->field.len == 0) {
        return has_keyword(test, e);
    }
    spoor_str text, element;
    bool is_there = get_field(scope, e, test->field, &text);
    if (test->op == SPOOR_SIGMA_NULL || test->op == SPOOR_SIGMA_EXISTS) {
        return is_there == (test->op == SPOOR_SIGMA_EXISTS);
    }
    if (!spoor_str_is(test->field, "Data") ||
        !spoor_dynamic_get(e->data, SPOOR_STR("Data"), &element) ||
        spoor_dynamic_kind_of(element) != SPOOR_DYN_ARRAY) {
        return is_there && holds_on(test, scope, e, text);
    }
    spoor_str name, one;
    spoor_dynamic_iter iter = spoor_dynamic_begin(element); /* a list of texts: one of them */
    while (spoor_dynamic_next(&iter, &name, &one)) {
        if (holds_on(test, scope, e, spoor_dynamic_to_text(e->scratch, one))) {
            return true;
        }
    }
    return false;
}

static bool is_true(spoor_sigma_node *node, const spoor_sigma_scope *scope,
                    const spoor_sigma_event *e) {
    if (node->kind == SPOOR_SIGMA_TEST) {
        return holds(node, scope, e);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < node->nchildren; i++) {
        n += is_true(node->children[i], scope, e);
    }
    switch (node->kind) {
    case SPOOR_SIGMA_AND: return n == node->nchildren;
    case SPOOR_SIGMA_NOT: return n == 0;
    case SPOOR_SIGMA_AT_LEAST: return n >= node->count;
    case SPOOR_SIGMA_OR:
    case SPOOR_SIGMA_TEST: break;
    }
    return n > 0;
}

bool spoor_sigma_matches(const spoor_rule_set *set, const spoor_rule *rule,
                         const spoor_sigma_event *e) {
    const spoor_sigma_rule *sigma = rule->sigma;
    bool is_audit =
        set->has_audit && sigma->scope.is_process_creation && is_in_scope(&spoor_sigma_audit, e);
    return (is_in_scope(&sigma->scope, e) && is_true(sigma->tree, &sigma->scope, e)) ||
           (is_audit && is_true(sigma->tree, &spoor_sigma_audit, e));
}
