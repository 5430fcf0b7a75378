/* function_doc.c - what the tables of functions, aggregates and forms say, in the words of spoor.h. */
#include "functions/forms.h"
#include "functions/refused.h"
#include "functions/signature.h"
#include "include/spoor.h"

_Static_assert(sizeof((spoor_function_doc){0}.signature) == SPOOR_SIGNATURE_BYTES,
               "one length for both");

/* Whether an example is a whole query, and not a value that print shows. */
static bool is_query(const char *example) {
    return example != NULL &&
           (strncmp(example, "set ", 4) == 0 || strncmp(example, "let ", 4) == 0);
}

bool spoor_function_at(size_t i, spoor_function_doc *doc) {
    const spoor_function *f;
    size_t row = 0;
    for (; (f = spoor_function_row(row)) != NULL; row++) {
        if (!f->is_hidden && i-- == 0) {
            *doc = (spoor_function_doc){.name = f->name,
                                        .kind = spoor_function_is_called(f) ? "scalar" : "operator",
                                        .summary = f->summary,
                                        .example = f->example,
                                        .value = f->value};
            spoor_function_signature(f, doc->signature, sizeof doc->signature);
            return true;
        }
    }
    const spoor_form *form;
    for (row = 0; (form = spoor_form_row(row)) != NULL; row++) {
        if (i-- == 0) {
            *doc = (spoor_function_doc){.name = form->name,
                                        .kind = "scalar",
                                        .summary = form->summary,
                                        .example = form->example,
                                        .value = form->value,
                                        .is_query = is_query(form->example)};
            snprintf(doc->signature, sizeof doc->signature, "%s", form->signature);
            return true;
        }
    }
    const spoor_aggregate *a;
    for (row = 0; (a = spoor_aggregate_row(row)) != NULL; row++) {
        if (!a->is_hidden && i-- == 0) {
            *doc = (spoor_function_doc){.name = a->name,
                                        .kind = "aggregate",
                                        .summary = a->summary,
                                        .example = a->example,
                                        .value = a->value,
                                        .is_query = true,
                                        .table = SPOOR_EXAMPLE_TABLE};
            spoor_aggregate_signature(a, doc->signature, sizeof doc->signature);
            return true;
        }
    }
    return false;
}

const char *spoor_function_refused(const char *name) {
    return spoor_function_refusal(spoor_str_from(name));
}
