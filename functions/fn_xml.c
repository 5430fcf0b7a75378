/* fn_xml.c - parse_xml, which is types/dynamic_xml.c over a column. */
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

// clang-format off
const spoor_function spoor_fn_xml[] = {
    {.name = "parse_xml", .args = {SPOOR_T_STRING}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .eval = parse_xml_eval,
     .summary = "XML as a value: elements by name, attributes as @name, text as #text, null where it is not well-formed.",
     .example = "parse_xml('<e a=\"1\"><d>x</d><d/></e>')", .value = "{\"e\":{\"@a\":\"1\",\"d\":[\"x\",null]}}"},
    {0},
};
// clang-format on
