/* fn_xml.c - parse_xml, which is types/dynamic_xml.c over a column; and what the binder asks of the Data
 * elements of an event, which store/ answers from the columns. */
#include "functions/function.h"
#include "types/dynamic.h"

static void parse_xml_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str value;
        bool ok = spoor_dynamic_parse_xml(call->scratch, args[0].strings[i], &value);
        if (ok) {
            out->strings[i] = value;
        }
        out->nulls[i] |= !ok;
    }
}

/* {"@Name":"a"} or {"@Name":"a","#text":"b"}, and no more. */
static bool is_named_item(spoor_str item, spoor_str *name, spoor_str *text) {
    *text = (spoor_str){"", 0};
    uint32_t pairs = spoor_dynamic_count(item);
    bool has_text = pairs == 2;
    if (spoor_dynamic_kind_of(item) != SPOOR_DYN_BAG || pairs < 1 || pairs > 2 ||
        !spoor_dynamic_get(item, SPOOR_STR("@Name"), name) ||
        spoor_dynamic_kind_of(*name) != SPOOR_DYN_STRING || name->len < 2 ||
        (has_text && (!spoor_dynamic_get(item, SPOOR_STR("#text"), text) ||
                      spoor_dynamic_kind_of(*text) != SPOOR_DYN_STRING))) {
        return false;
    }
    *name = (spoor_str){name->ptr + 1, name->len - 1};
    *text = has_text ? (spoor_str){text->ptr + 1, text->len - 1} : *text;
    return true;
}

static bool item_names(spoor_arena *arena, spoor_str items, spoor_str *names) {
    if (spoor_dynamic_kind_of(items) != SPOOR_DYN_ARRAY) {
        return false;
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    spoor_dynamic_iter iter = spoor_dynamic_begin(items);
    for (spoor_str key, item, name, text; spoor_dynamic_next(&iter, &key, &item);) {
        if (!is_named_item(item, &name, &text)) {
            return false;
        }
        spoor_dynamic_add_text(&builder, name);
    }
    spoor_dynamic_close(&builder);
    *names = spoor_dynamic_finish(&builder);
    return true;
}

static void item_names_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->nulls[i] =
            out->nulls[i] || !item_names(call->scratch, args[0].strings[i], &out->strings[i]);
    }
}

static void item_text_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = (spoor_str){"", 0};
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str key, item, name, text; spoor_dynamic_next(&iter, &key, &item);) {
            if (is_named_item(item, &name, &text) && spoor_str_eq(name, args[1].strings[i])) {
                out->strings[i] = text;
                break;
            }
        }
    }
}

// clang-format off
const spoor_function spoor_fn_xml[] = {
    {.name = "parse_xml", .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .eval = parse_xml_eval,
     .summary = "XML as a value: elements by name, attributes as @name, text as #text, null where it is not well-formed.",
     .example = "parse_xml('<e a=\"1\"><d>x</d><d/></e>')", .value = "{\"e\":{\"@a\":\"1\",\"d\":[\"x\",null]}}"},
    {.name = "__item_names", .args = {SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .is_hidden = true, .eval = item_names_eval,
     .summary = "The names of Data elements, if all have one and no more than a text beside it; else null.",
     .example = "__item_names(parse_xml('<e><d Name=\"a\">x</d><d Name=\"b\"/></e>').e.d)", .value = "[\"a\",\"b\"]"},
    {.name = "__item_text", .args = {SPOOR_T_DYNAMIC, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .is_hidden = true, .eval = item_text_eval,
     .summary = "The text of the first Data element of the name.",
     .example = "__item_text(parse_xml('<e><d Name=\"a\">x</d><d Name=\"b\"/></e>').e.d, 'a')", .value = "x"},
    {0},
};
// clang-format on
