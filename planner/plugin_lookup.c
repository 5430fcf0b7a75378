/* plugin_lookup.c - ipv4_lookup and ipv6_lookup: the networks that an address belongs to.
 *
 * They are KQL (plugin_text.c).  Each different address is looked up once, by
 * a key for each length of prefix that the networks have; then it is a lookup
 * by the address. */
#include "planner/plugin.h"

typedef struct address_lookup {
    spoor_plan *table;
    const spoor_ast *source, *network;
    spoor_str extra; /* more keys, as the text lists them */
    bool keeps_unmatched;
} address_lookup;

static spoor_plan *bind_lookup_table(spoor_plugin_site *site, const spoor_ast *node) {
    spoor_binder *b = site->b;
    const spoor_schema *row = b->row;
    b->row = NULL;
    spoor_plan *plan = spoor_bind_table(b, node);
    b->row = row;
    return plan;
}

/* return_unmatched, which may be named and comes last. */
static bool set_unmatched(spoor_plugin_site *site, const spoor_ast *node, address_lookup *a) {
    const spoor_ast *value = node->kind == SPOOR_AST_NAMED ? node->first : node;
    if (node->next != NULL ||
        (node->kind == SPOOR_AST_NAMED && !spoor_str_is(node->text, "return_unmatched"))) {
        return spoor_fail(site->b->diags, node->span, "this argument of %s is not supported",
                          site->name);
    }
    spoor_bound *e = spoor_bind_scalar(site->b, value);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_BOOL || e->value.is_null) {
        return spoor_fail(site->b->diags, value->span, "return_unmatched is true or false");
    }
    a->keeps_unmatched = e->value.boolean;
    return true;
}

static bool bind_lookup(spoor_plugin_site *site, address_lookup *a) {
    const spoor_ast *table = site->call->first;
    a->source = table != NULL ? table->next : NULL;
    a->network = a->source != NULL ? a->source->next : NULL;
    if (a->network == NULL || site->schema != NULL) {
        spoor_plugin_misused(site,
                             site->name[3] == '6'
                                 ? "ipv6_lookup(Networks, Address, Network [, return_unmatched])"
                                 : "ipv4_lookup(Networks, Address, Network [, Key ...] "
                                   "[, return_unmatched])");
        return false;
    }
    a->table = bind_lookup_table(site, table);
    if (a->table == NULL || !spoor_plugin_is_column(site, a->source, site->input) ||
        !spoor_plugin_is_column(site, a->network, a->table)) {
        return false;
    }
    for (const spoor_ast *arg = a->network->next; arg != NULL; arg = arg->next) {
        if (arg->kind != SPOOR_AST_NAME || spoor_schema_find(&site->input->schema, arg->text) < 0) {
            return set_unmatched(site, arg, a);
        }
        if (!spoor_plugin_is_column(site, arg, a->table)) {
            return false;
        }
        spoor_str name = spoor_plugin_quoted(site->b, arg->text);
        a->extra =
            spoor_arena_format(site->b->arena, "%.*s, %.*s", SPOOR_S(a->extra), SPOOR_S(name));
    }
    return true;
}

/* The length of an address's prefix, counted in bits of IPv6; of what is no address, anything. */
#define BITS(of)                                                                                   \
    "iff(isnotnull(parse_ipv4(" of ")), 96 + ipv4_netmask_suffix(" of "),"                         \
    " coalesce(tolong(split(" of ", '/')[1]), 128))"

/* #networks: those that are addresses, each with its place, its length and what it is cut to it. */
static spoor_plan *bind_networks(const spoor_plugin_text *text, const char *parse,
                                 spoor_str network) {
    return spoor_plugin_text_bind(
        text, spoor_arena_format(
                  text->site->b->arena,
                  "['#table'] | serialize ['#row'] = row_number(0), ['#text'] = %.*s"
                  " | where isnotempty(tostring(%s(['#text']))) | extend ['#bits'] = " BITS(
                      "['#text']") " | extend ['#net'] = parse_ipv6_mask(['#text'], ['#bits'])",
                  SPOOR_S(network), parse));
}

/* #addresses: each different one once. */
static spoor_plan *bind_addresses(const spoor_plugin_text *text, const char *parse,
                                  spoor_str source) {
    return spoor_plugin_text_bind(
        text, spoor_arena_format(
                  text->site->b->arena,
                  "['#in'] | distinct ['#key'] = %.*s | where isnotempty(tostring(%s(['#key'])))"
                  " | extend ['#own'] = " BITS("['#key']"),
                  SPOOR_S(source), parse));
}

/* Each address with its networks in the table's order: by a key for each length that networks have.
 * An address that has a prefix itself is rare, and compared with each network. */
static spoor_plan *bind_pairs(const spoor_plugin_text *text, const char *is_match) {
    return spoor_plugin_text_bind(
        text,
        spoor_arena_format(text->site->b->arena,
                           "['#addresses'] | where ['#own'] == 128"
                           " | mv-expand ['#bits'] = toscalar(['#networks'] | summarize "
                           "make_set(['#bits'])) to typeof(long)"
                           " | extend ['#net'] = parse_ipv6_mask(['#key'], ['#bits'])"
                           " | join kind=inner ['#networks'] on ['#bits'], ['#net'] | project-away "
                           "['#bits1'], ['#net1']"
                           " | union (['#addresses'] | where ['#own'] < 128 | extend ['#one'] = 1"
                           " | join kind=inner (['#networks'] | extend ['#one'] = 1) on ['#one']"
                           " | where %s(['#key'], ['#text']) | project-away ['#one'], ['#one1'])"
                           " | sort by ['#row'] asc"
                           " | project-away ['#own'], ['#bits'], ['#net'], ['#row'], ['#text']",
                           is_match));
}

/* `order`: the operator that puts the columns in order, or nothing. */
static spoor_plan *look_up(spoor_plugin_site *site, const address_lookup *a, spoor_str order) {
    spoor_binder *b = site->b;
    bool is_v6 = site->name[3] == '6';
    const char *parse = is_v6 ? "parse_ipv6" : "parse_ipv4";
    spoor_str source = spoor_plugin_quoted(b, a->source->text);
    spoor_plugin_text text = spoor_plugin_text_new(site);
    spoor_plugin_text_rows(&text, "#table", a->table);
    spoor_plan *networks = bind_networks(&text, parse, spoor_plugin_quoted(b, a->network->text));
    spoor_plan *addresses = bind_addresses(&text, parse, source);
    if (networks == NULL || addresses == NULL) {
        return NULL;
    }
    spoor_plugin_text_rows(&text, "#networks", networks);
    spoor_plugin_text_rows(&text, "#addresses", addresses);
    spoor_plan *pairs = bind_pairs(&text, is_v6 ? "ipv6_is_match" : "ipv4_is_match");
    if (pairs == NULL) {
        return NULL;
    }
    spoor_plugin_text_rows(&text, "#pairs", pairs);
    return spoor_plugin_text_bind(
        &text, spoor_arena_format(
                   b->arena,
                   "['#in'] | lookup kind=%s ['#pairs'] on $left.%.*s == $right.['#key']%.*s%.*s",
                   a->keeps_unmatched ? "leftouter" : "inner", SPOOR_S(source), SPOOR_S(a->extra),
                   SPOOR_S(order)));
}

spoor_plan *spoor_plugin_ipv4_lookup(spoor_plugin_site *site) {
    address_lookup a = {.extra = {"", 0}};
    return bind_lookup(site, &a) ? look_up(site, &a, (spoor_str){"", 0}) : NULL;
}

/* The columns of the networks stand first. */
spoor_plan *spoor_plugin_ipv6_lookup(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    address_lookup a = {.extra = {"", 0}};
    if (!bind_lookup(site, &a)) {
        return NULL;
    }
    if (a.extra.len > 0) {
        spoor_fail(b->diags, site->call->at, "'ipv6_lookup' has no more keys than the address");
        return NULL;
    }
    spoor_str order = SPOOR_STR(" | project-reorder ");
    const spoor_schema *columns = &a.table->schema;
    for (uint32_t i = 0; i < columns->ncols && !columns->columns[i].hidden; i++) {
        if (spoor_schema_find(&site->input->schema, columns->columns[i].name) >= 0) {
            spoor_fail(b->diags, site->call->at, "both tables have a column '%.*s'",
                       SPOOR_S(columns->columns[i].name));
            spoor_hint(b->diags, "rename it in one of them: project-rename");
            return NULL;
        }
        spoor_str name = spoor_plugin_quoted(b, columns->columns[i].name);
        order = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(order), i > 0 ? ", " : "",
                                   SPOOR_S(name));
    }
    return look_up(site, &a, order);
}
