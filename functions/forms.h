/* forms.h - functions that are no plain calls: they see rows, columns or tables, and the binder makes
 * each of them itself (bind_form.c, bind_window.c, bind_tuple.c).  Here is what they are told by. */
#ifndef SPOOR_FUNCTIONS_FORMS_H
#define SPOOR_FUNCTIONS_FORMS_H

#include <stddef.h>

typedef struct spoor_form {
    const char *name, *signature, *summary;
    const char *example, *value; /* as in a row of a family; the example may be a query */
} spoor_form;

/* The i-th, or NULL past the last. */
const spoor_form *spoor_form_row(size_t i);

#endif
