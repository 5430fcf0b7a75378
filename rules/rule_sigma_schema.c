/* rule_sigma_schema.c - warnings of what Sigma's specification asks of a document's fields, and
 * reading it does not need.  All have the code "schema". */
#include "rules/sigma.h"

enum { MOST_TITLE = 256 };

static void warn(spoor_rule *rule, const spoor_yaml *node, const char *message) {
    const spoor_diag *before = rule->diags.last;
    spoor_warn(&rule->diags, node->span, "%s", message);
    if (rule->diags.last != before) { /* not one too many */
        rule->diags.last->code = "schema";
    }
}

static bool is_one_of(spoor_str text, const char *const *list) {
    for (; *list != NULL; list++) {
        if (spoor_str_is(text, *list)) {
            return true;
        }
    }
    return false;
}

/* Digits where the form has 0, hexadecimal ones where it has x, else the character itself. */
static bool has_form(spoor_str text, const char *form) {
    bool ok = text.len == strlen(form);
    for (size_t i = 0; i < text.len && ok; i++) {
        char c = text.ptr[i], low = (char)(c | 0x20);
        bool is_digit = c >= '0' && c <= '9';
        ok = form[i] == '0'   ? is_digit
             : form[i] == 'x' ? is_digit || (low >= 'a' && low <= 'f')
                              : c == form[i];
    }
    return ok;
}

static void check_date(spoor_rule *rule, const spoor_yaml *root, const char *key) {
    const spoor_yaml *node = spoor_yaml_get(root, key);
    if (node != NULL && !has_form(node->text, "0000-00-00") &&
        !has_form(node->text, "0000/00/00")) {
        warn(rule, node, "a date is written 2024-05-31");
    }
}

/* attack.t1003.001: a namespace, a dot, a name. */
static bool is_tag(spoor_str text) {
    size_t dot = 0;
    bool ok = true;
    for (size_t i = 0; i < text.len && ok; i++) {
        char c = text.ptr[i];
        dot = c == '.' && dot == 0 ? i : dot;
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    }
    return ok && dot > 0 && dot + 1 < text.len;
}

static void check_list(spoor_rule *rule, const spoor_yaml *root, const char *key, const char *wrong,
                       bool (*fits)(spoor_str text)) {
    const spoor_yaml *list = spoor_yaml_get(root, key);
    if (list != NULL && list->kind != SPOOR_YAML_LIST && !spoor_sigma_is_null(list)) {
        warn(rule, list, "a list stands here");
    }
    for (const spoor_yaml_item *i = list != NULL && list->kind == SPOOR_YAML_LIST ? list->first
                                                                                  : NULL;
         i != NULL && fits != NULL; i = i->next) {
        if (i->value->kind != SPOOR_YAML_SCALAR || !fits(i->value->text)) {
            warn(rule, i->value, wrong);
        }
    }
}

static void check_related(spoor_rule *rule, const spoor_yaml *root) {
    static const char *const types[] = {"derived", "obsolete", "merged",
                                        "renamed", "similar",  NULL};
    const spoor_yaml *list = spoor_yaml_get(root, "related");
    for (const spoor_yaml_item *i = list != NULL ? list->first : NULL; i != NULL; i = i->next) {
        bool is_map = i->value->kind == SPOOR_YAML_MAP;
        const spoor_yaml *type = is_map ? spoor_yaml_get(i->value, "type") : NULL;
        if (type == NULL || spoor_yaml_get(i->value, "id") == NULL ||
            !is_one_of(type->text, types)) {
            warn(rule, i->value,
                 "a relation has an 'id' and a 'type': derived, obsolete, merged, renamed or "
                 "similar");
        }
    }
}

void spoor_sigma_check(spoor_rule *rule, const spoor_yaml *root) {
    static const char *const states[] = {"stable",     "test",        "experimental",
                                         "deprecated", "unsupported", NULL};
    const spoor_yaml *title = spoor_yaml_get(root, "title"), *id = spoor_yaml_get(root, "id");
    const spoor_yaml *status = spoor_yaml_get(root, "status");
    if (title == NULL || title->text.len == 0) {
        warn(rule, title != NULL ? title : root, "a document needs a 'title'");
    } else if (title->text.len > MOST_TITLE) {
        warn(rule, title, "a 'title' has at most 256 characters");
    }
    if (id != NULL && !has_form(id->text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")) {
        warn(rule, id, "an 'id' is a UUID");
    }
    if (status != NULL && !is_one_of(status->text, states)) {
        warn(rule, status, "a status is stable, test, experimental, deprecated or unsupported");
    }
    check_date(rule, root, "date");
    check_date(rule, root, "modified");
    check_list(rule, root, "tags", "a tag is a namespace, a dot and a name, in lower case", is_tag);
    check_list(rule, root, "references", NULL, NULL);
    check_list(rule, root, "falsepositives", NULL, NULL);
    check_related(rule, root);
}
