/* SPDX-License-Identifier: MIT */
/* The validator: what one traversal of a document knows, and the rules that it calls. Only for src/validate.
 * Errors are kept as findings with the time of the traversal that they belong to, because some rules can only be
 * decided when everything has been seen; at the end they are put into graphql-js's order. Recursion over one definition
 * is bounded by the parser's limit on depth; whatever follows fragments is iterative or counts its steps. */
#ifndef FQ_VALIDATE_RULES_H
#define FQ_VALIDATE_RULES_H

#include "base/vec.h"
#include "validate/input.h"

/* ---- findings ---- */

typedef struct fq_finding {
    uint32_t time;
    fq_error_code code;
    fq_slice message;
    FQ_VEC(uint32_t) offsets;
} fq_finding;

/* Findings of a phase come in the order of their times. */
typedef enum fq_phase {
    FQ_PHASE_TRAVERSAL,
    FQ_PHASE_OVERLAP,    /* with the times of selection sets */
    FQ_PHASE_OPERATIONS, /* with the times at which operations end */
    FQ_PHASES,
} fq_phase;

typedef FQ_VEC(fq_finding) fq_findings;

/* ---- the document ---- */

/* An operation or a fragment. */
typedef struct fq_definition fq_definition;
struct fq_definition {
    fq_node_id node;
    const fq_type *condition; /* of a fragment; NULL where there is no such type */
    fq_definition *canonical; /* the last fragment of that name, which is the one that is meant; operations: itself */
    fq_definition *first;     /* the first fragment or operation of that name */
    uint32_t spreads, n_spreads; /* range in fq_validator.spreads */
    uint32_t usages, end_usages; /* range in fq_validator.usages */
    uint32_t end_time;           /* of an operation */
    uint32_t on_path;            /* of cycle detection: index in the path + 1 */
    uint32_t mark;               /* the number of the last walk that came here */
    bool cycles_searched;
    bool spread; /* by any definition */
    bool merged; /* its fields have been compared with those around a spread of it */
    bool used;   /* by an operation */
};

/* A use of a variable with what its position asks for. */
typedef struct fq_usage {
    fq_node_id node;
    const fq_type_ref *type;   /* NULL: unknown */
    const fq_type_ref *parent; /* of the object or list around it, or NULL */
    bool has_default;          /* the position has a default value */
} fq_usage;

/* What the traversal leaves for each selection. */
typedef struct fq_selection_info {
    const fq_type *parent; /* of fields: the parent type, or NULL where unknown */
    union {
        const fq_field *field;   /* of fields; NULL: no such field */
        fq_definition *fragment; /* of spreads; NULL: no such fragment */
    };
    uint32_t set_time; /* when its selection set was entered */
} fq_selection_info;

typedef struct fq_validator {
    fq_arena *arena;
    const fq_schema *schema;
    const fq_document *document;
    const fq_limits *limits;
    unsigned extensions;

    fq_phase phase;
    uint32_t time;
    uint32_t maximum; /* findings kept of each phase */
    fq_findings findings[FQ_PHASES];
    bool overflowed;

    fq_definition *definitions;
    uint32_t n_definitions;
    uint32_t n_operations;
    fq_map fragments;      /* name -> canonical fq_definition */
    fq_map own_directives; /* name -> fq_directive that the document defines */
    bool has_own_directives;
    FQ_VEC(fq_node_id) spreads;
    FQ_VEC(fq_usage) usages;
    fq_selection_info *infos; /* by node */
    uint32_t walks;           /* numbers given to walks over fragments */
    uint32_t *type_marks;     /* by type index; made when first needed */
    uint32_t type_walks;
    uint64_t steps; /* of walks over fragments */
    bool exhausted; /* the steps are used up, which has been reported */
} fq_validator;

/* Steps that rules may take through fragments, for one document. Reached by documents only that are made to reach it.
 */
#define FQ_VALIDATION_STEPS_MAX 4000000

/* Reports at one place, at the present time. */
void fq_report(fq_validator *v, uint32_t offset, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same without a place; add places with fq_finding_locate. Never NULL. */
fq_finding *fq_report_begin(fq_validator *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fq_finding_locate(fq_validator *v, fq_finding *finding, uint32_t offset);
/* Places and names that one message tells of; a document that is made for it could make them all. */
#define FQ_FINDING_PLACES_MAX 100
/* Whether no more findings of this phase are kept, which is noted: for rules whose messages are costly to make. */
bool fq_validator_full(fq_validator *v);
/* Takes steps; false, and reported once, where too many have been taken. */
bool fq_validator_spend(fq_validator *v, uint64_t steps);
/* Moves the findings to the request's errors, in order. */
void fq_findings_finish(fq_validator *v, fq_errors *errors);

/* ---- short hands ---- */

static inline const fq_node *fq_v_node(const fq_validator *v, fq_node_id id) { return fq_node_at(v->document, id); }

static inline fq_node_id fq_v_next(const fq_validator *v, fq_node_id id) { return fq_node_next(v->document, id); }

static inline fq_slice fq_v_name(const fq_validator *v, fq_node_id id) { return fq_node_name(v->document, id); }

static inline bool fq_type_is_abstract(const fq_type *type) {
    return type->kind == FQ_INTERFACE_TYPE || type->kind == FQ_UNION_TYPE;
}

/* Whether an object of the one type can be of the other (doTypesOverlap). */
bool fq_types_overlap(fq_validator *v, const fq_type *a, const fq_type *b);

/* A type by name, as validation sees it: built-in scalars that nothing refers to do not exist. */
const fq_type *fq_v_type(const fq_validator *v, fq_slice name);

/* ---- rules, one file for each family; each reports what is wrong at the present time ---- */

/* rules_operations.c */
void fq_rule_executable_definition(fq_validator *v, fq_node_id definition);
void fq_rules_operation_enter(fq_validator *v, fq_definition *definition, const fq_type *root);
void fq_rule_single_field_subscription(fq_validator *v, fq_definition *operation);

/* rules_fragments.c */
void fq_fragments_index(fq_validator *v);
void fq_rule_known_type_name(fq_validator *v, fq_node_id named_type);
void fq_rule_unique_fragment_name(fq_validator *v, const fq_definition *fragment);
void fq_rule_fragment_composite(fq_validator *v, fq_node_id node, const fq_type *type);
void fq_rule_possible_spread(fq_validator *v, fq_node_id node, const fq_type *type, const fq_type *parent);
void fq_rule_fragment_cycles(fq_validator *v, fq_definition *fragment);
void fq_rule_unused_fragments(fq_validator *v);
typedef FQ_VEC(fq_definition *) fq_fragment_list;
/* The fragments that an operation reaches, in graphql-js's order; appended to `list`. */
void fq_fragments_reached(fq_validator *v, const fq_definition *operation, fq_fragment_list *list);

/* rules_fields.c */
void fq_rule_field_exists(fq_validator *v, fq_node_id field, const fq_type *parent);
void fq_rule_scalar_leafs(fq_validator *v, fq_node_id field, const fq_type_ref *type);

/* rules_arguments.c */
typedef struct fq_argument_owner {
    fq_node_id node;
    const fq_input_value *args; /* of the field or directive ... */
    uint32_t n_args;
    const fq_type *parent;         /* of a field */
    const fq_directive *directive; /* or NULL: it is a field */
    fq_slice name;
} fq_argument_owner;
const fq_input_value *fq_argument_find(const fq_input_value *args, uint32_t n_args, fq_slice name);
void fq_rule_known_argument(fq_validator *v, const fq_argument_owner *owner, fq_node_id arg);
void fq_rule_unique_arguments(fq_validator *v, fq_node_id first);
void fq_rule_required_arguments(fq_validator *v, const fq_argument_owner *owner);

/* rules_directives.c */
void fq_rule_known_directive(fq_validator *v, fq_node_id node, const fq_directive *directive,
                             fq_directive_location location);
void fq_rule_unique_directives(fq_validator *v, fq_node_id first);

/* rules_type_system.c: definitions inside a request */
void fq_directives_index(fq_validator *v);
/* A directive of the document, else of the schema; NULL: there is none. */
const fq_directive *fq_v_directive(const fq_validator *v, fq_slice name);
void fq_visit_type_system(fq_validator *v, fq_node_id definition);

/* validate.c: all rules about a chain of directives but their repetition; `field` is the one around, or NULL. */
void fq_visit_directives(fq_validator *v, fq_node_id first, fq_directive_location location, const fq_field *field);

/* rules_values.c: ValuesOfCorrectType and UniqueInputFieldNames; records uses of variables. */
typedef struct fq_position_type {
    const fq_type_ref *type;   /* NULL: unknown */
    const fq_type_ref *parent; /* of the value around it */
    bool has_default;
    bool checked; /* whether types are checked here: not inside a value that has been reported */
} fq_position_type;
void fq_rules_value(fq_validator *v, fq_node_id node, fq_position_type position);

/* rules_variables.c */
void fq_rule_variable_input_type(fq_validator *v, fq_node_id definition, const fq_type_ref *type);
void fq_rule_unique_variables(fq_validator *v, fq_node_id operation);
void fq_rules_variables_of_operation(fq_validator *v, fq_definition *operation);

/* overlap.c: OverlappingFieldsCanBeMerged */
void fq_rule_overlapping_fields(fq_validator *v);
/* overlap_report.c: finds the conflicts again in graphql-js's way, for its messages; false where it gave up early. */
bool fq_overlap_report(fq_validator *v);
/* Whether two lists of arguments are the same, in any order. */
bool fq_arguments_same(const fq_document *document, fq_node_id first_a, fq_node_id first_b);
/* Whether two types can not stand for one response value. */
bool fq_types_conflict(const fq_type_ref *a, const fq_type_ref *b);

#endif
