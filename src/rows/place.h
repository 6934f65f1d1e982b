/* SPDX-License-Identifier: MIT */
/* Where in the answer a program is at work: the chain of lists and objects around the value being written, linked on
 * the C stack, and the field errors that are reported from there. Costs nothing until an error needs its path. */
#ifndef FQ_ROWS_PLACE_H
#define FQ_ROWS_PLACE_H

#include "base/error.h"
#include "rows/program.h"

/* How the writing of one value ended. */
typedef enum fq_outcome {
    FQ_OUTCOME_DONE,
    FQ_OUTCOME_NULLED, /* a field error was reported; the nearest nullable place around becomes null */
    FQ_OUTCOME_BROKEN, /* malformed data or no more room: nothing can be answered */
} fq_outcome;

/* Of `field`: the place is inside a document, or has no key of its own. */
#define FQ_FIELD_NONE UINT32_MAX

typedef struct fq_place fq_place;
struct fq_place {
    const fq_place *parent;
    uint32_t field;                   /* of the program, or FQ_FIELD_NONE */
    uint32_t index;                   /* of the item at hand, of a list */
    bool indexed;                     /* it is a list */
    const fq_projected_field *member; /* of an object in a document, or NULL */
};

typedef struct fq_error_sink {
    fq_errors *errors;
    const fq_program *program;
} fq_error_sink;

/* Reports that a field error happened at `place`; its innermost field gives the position in the document. Beyond the
 * maximum of errors it is only counted. `message` must live as long as the errors' arena. */
void fq_place_error(const fq_error_sink *sink, const fq_place *place, fq_slice message);

/* "Cannot return null for non-nullable field User.name." */
void fq_place_null_error(const fq_error_sink *sink, const fq_place *place);

/* Type.field of the innermost field. */
fq_slice fq_place_coordinate(const fq_error_sink *sink, const fq_place *place);

#define FQ_MESSAGE_DIMENSIONS FQ_S("Arrays of more than one dimension can not be represented as a list.")

/* Whether an error would be kept, so that its message is worth making. */
static inline bool fq_errors_have_room(const fq_error_sink *sink) { return sink->errors->list.len < sink->errors->max; }

#endif
