/* SPDX-License-Identifier: MIT */
/* What the files of plan/ share while a plan is made. Words:
 *   scan   rows of one relation under one alias (t0, t1 ...): the base of a tier, or a to-one relation joined to
 * another scan tier   what becomes a level of the row program: the rows of a root field or of a to-many relation, with
 * their to-one relations; its outputs are columns of a statement, or arrays inside the rows of another tier First the
 * selection is walked: scans, tiers, outputs and the steps of the program are made (fields.c and others). Then each
 * tier that has a statement is written (select.c); a restriction (where, order, limit) may be written in several
 * places, so it is always written from the scan and never copied as text. */
#ifndef FQ_PLAN_PLANNER_H
#define FQ_PLAN_PLANNER_H

#include "plan/emit.h"
#include "plan/plan.h"
#include "plan/sql.h"
#include "schema/operators.h"

typedef struct fq_scan fq_scan;

typedef struct fq_planner {
    fq_arena *arena;
    const fq_operation *operation;
    const fq_schema *schema;
    const fq_plan_options *options;
    fq_errors *errors;
    fq_buffer scratch; /* for expressions */
    FQ_VEC(fq_statement) statements;
    /* of the root field at hand */
    fq_emit emit;
    FQ_VEC(fq_tier *) tiers; /* 0 is the root's */
    uint32_t n_scans;
} fq_planner;

/* ---- scans ---- */

typedef enum fq_direction {
    FQ_ASC,
    FQ_DESC,
    FQ_ASC_NULLS_FIRST,
    FQ_ASC_NULLS_LAST,
    FQ_DESC_NULLS_FIRST,
    FQ_DESC_NULLS_LAST,
} fq_direction;

typedef struct fq_order_key {
    const fq_column *column; /* or NULL: `expression`, which outside of the restricted rows is their column fq_oN */
    fq_slice expression;
    fq_direction direction;
} fq_order_key;

typedef enum fq_origin_kind {
    FQ_FROM_RELATION,
    FQ_FROM_KEY,       /* the row with that key */
    FQ_FROM_FUNCTION,  /* the rows that a function returns */
    FQ_FROM_RECORDED,  /* rows that an earlier statement has recorded in a setting */
    FQ_FROM_AGGREGATE, /* all rows of the relation, as one row of aggregates */
} fq_origin_kind;

struct fq_scan {
    uint32_t number; /* of its alias */
    fq_origin_kind origin;
    const fq_entity *entity;
    const fq_relation *relation;
    fq_tier *tier;
    fq_scan *from; /* what it is joined to; of a tier's base: a scan of the parent tier, NULL at the root */
    const fq_join *join;
    bool *needed;             /* by column: used outside of the restricted rows */
    uint32_t *outputs;        /* by column: its number among the tier's outputs + 1, or 0 */
    bool uses_document;       /* `x12.x` is its document, read once */
    bool numbered;            /* its rows carry fq_n, their number */
    FQ_VEC(fq_scan *) joined; /* to-one */
    /* bases only */
    const fq_selection *selection;
    const fq_value *where;
    bool equals;           /* its arguments ask for values of fields */
    const fq_value *limit; /* NULL where nothing is to be written */
    const fq_value *offset;
    FQ_VEC(fq_order_key) order; /* complete */
};

/* ---- tiers ---- */

/* A column that tells rows apart; NULL: the row's number. */
typedef struct fq_key_part {
    fq_scan *scan;
    const fq_column *column;
} fq_key_part;

struct fq_tier {
    uint32_t number;
    fq_level_kind kind; /* of the root: FQ_LEVEL_ROWS */
    fq_tier *parent;
    fq_tier *row; /* the tier in whose rows its outputs lie: itself, or for arrays the one above that has rows */
    fq_scan *base;
    FQ_VEC(fq_output) outputs;
    FQ_VEC(fq_tier *) arrays; /* of a tier with rows: those whose row it is */
    FQ_VEC(fq_key_part) path; /* tells its items apart among all of its level */
    uint32_t *path_outputs;   /* the output of each part, once a child asked for it; UINT32_MAX before */
    uint32_t *key;            /* outputs that repeat parent->path; NULL where none is needed */
    bool distinct;            /* the base's key alone tells its items apart */
    uint32_t statement;       /* of a tier with rows */
    uint32_t first_column;    /* in the program */
};

fq_scan *fq_scan_new(fq_planner *planner, fq_tier *tier, const fq_entity *entity);
/* The root's tier. */
fq_tier *fq_tier_root(fq_planner *planner, const fq_entity *entity, const fq_selection *selection);
/* The tier of a to-many relation of `from`; NULL with an error where there are too many. */
fq_tier *fq_tier_list(fq_planner *planner, fq_scan *from, const fq_join *join, const fq_selection *selection);
/* The to-one relation of `from`. */
fq_scan *fq_scan_to_one(fq_planner *planner, fq_scan *from, const fq_join *join);

/* Adds a result column to a tier; its number. */
uint32_t fq_tier_output(fq_planner *planner, fq_tier *tier, fq_output output);
void fq_scan_need(fq_scan *scan, const fq_column *column);
/* An output that is not NULL just where a joined row is there. */
uint32_t fq_scan_presence(fq_planner *planner, fq_scan *scan);

/* Copies the scratch buffer into the arena and empties it. */
fq_slice fq_planner_take(fq_planner *planner);

/* ---- outputs: how values leave PostgreSQL (output.c) ---- */

typedef struct fq_transfer {
    uint32_t output;
    uint8_t codec;
    const fq_label_names *names; /* of enums */
} fq_transfer;

/* Adds `expression` of that type to the outputs, cast and formatted for its tier. */
fq_transfer fq_output_value(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type);
/* The same for a column of a scan, which is added once. */
fq_transfer fq_output_column(fq_planner *planner, fq_scan *scan, const fq_column *column);
/* The names of an enum's labels. */
const fq_label_names *fq_label_names_make(fq_planner *planner, const fq_type *type);
/* Adds a text, boolean, json or jsonb expression that needs no cast in rows. */
uint32_t fq_output_text(fq_planner *planner, fq_tier *tier, fq_slice expression);
uint32_t fq_output_bool(fq_planner *planner, fq_tier *tier, fq_slice expression);
uint32_t fq_output_json(fq_planner *planner, fq_tier *tier, fq_slice expression);
uint32_t fq_output_jsonb(fq_planner *planner, fq_tier *tier, fq_slice expression);

/* ---- fields ---- */

/* Writes the object of a selection set whose fields come from `scan`. */
void fq_plan_object(fq_planner *planner, fq_scan *scan, const fq_selection_set *set);
/* Writes a leaf or list of leaves of that type. */
void fq_plan_value(fq_planner *planner, fq_tier *tier, fq_transfer transfer, const fq_pgtype *type,
                   const fq_selection *selection);
/* A composite: an object whose presence and attributes are columns. */
void fq_plan_composite(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                       const fq_selection *selection);
/* A field that lives in the scan's document (document.c). */
void fq_plan_document_field(fq_planner *planner, fq_scan *scan, const fq_selection *selection);
/* A column of JSON that is projected through `shape`. */
void fq_plan_document(fq_planner *planner, fq_tier *tier, uint32_t output, const fq_selection *selection,
                      const fq_shape *shape);
/* What is the same for all fields of a projection: names and `__typename`; key and shape are to be set. */
fq_projected_field fq_projected_field_make(fq_planner *planner, const fq_selection *selection);
/* Arrays of composites, as JSON (composite_array.c). */
void fq_plan_composite_array(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                             const fq_selection *selection);
/* A json or jsonb value that is declared as a list or an object. */
void fq_plan_json(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_selection *selection);
/* The attribute behind a field of a composite's object type, or NULL. */
const fq_column *fq_composite_attribute(const fq_pgtype *type, const fq_field *field);
/* `(composite)."attribute"` */
fq_slice fq_attribute_expression(fq_planner *planner, fq_slice composite, const fq_column *attribute);
const fq_shape *fq_shape_make(fq_planner *planner, const fq_type_ref *ref, uint8_t codec, const fq_label_names *names,
                              const fq_projection *object);
uint8_t fq_ref_flags(const fq_type_ref *ref);
/* A literal `"__typename":"User"` where the selection is one; true then. */
bool fq_plan_typename(fq_planner *planner, const fq_selection *selection);

/* ---- restrictions ---- */

/* Reads where, orderBy, limit and offset of the selection, and completes the order. */
void fq_scan_restrict(fq_planner *planner, fq_scan *scan);
/* Adds keys to the scan's order (order.c); `order_by` may be NULL. */
void fq_order_make(fq_planner *planner, fq_scan *scan, const fq_value *order_by);
/* Adds all columns that can be sorted, so that no two rows but like ones tie. */
void fq_order_by_all(fq_planner *planner, fq_scan *scan);
typedef enum fq_order_place { FQ_ORDER_INSIDE, FQ_ORDER_OUTSIDE } fq_order_place;
/* ` order by ...`, where the rows are restricted or outside of that. Nothing where there is no order. */
void fq_order_write(fq_sql *sql, const fq_scan *scan, fq_order_place place);

/* The filter as one boolean expression (filter.c); false where nothing is written because nothing is restricted. */
bool fq_filter_any(const fq_value *where);
void fq_filter_write(fq_planner *planner, fq_sql *sql, const fq_scan *scan, const fq_value *where);

/* ---- operands (operand.c) ---- */

/* Something that is compared. */
typedef struct fq_operand {
    fq_slice expression;
    fq_slice pattern;           /* the same for patterns */
    const fq_pgtype *type;      /* of a column, or NULL */
    uint8_t storage;            /* fq_storage: how values for it are checked and sent */
    uint32_t oid;               /* of values; 0: PostgreSQL infers it */
    fq_slice cast;              /* after a parameter */
    fq_slice list_cast;         /* after a parameter that is a list of them */
    const fq_type *enumeration; /* whose names stand for labels, or NULL */
    fq_slice labels;            /* of an enum in a document, which is text there: an SQL array of them in their order */
} fq_operand;

/* The way to a value, for messages. */
typedef struct fq_path_name fq_path_name;
struct fq_path_name {
    const fq_path_name *up;
    fq_slice name;
};

fq_operand fq_operand_of_column(fq_planner *planner, uint32_t scan, const fq_column *column);
/* `document` is a jsonb expression. */
fq_operand fq_operand_of_document(fq_planner *planner, fq_slice document, const fq_field *field);
/* Values that are compared with the elements of an array column. */
fq_operand fq_operand_of_element(const fq_operand *array);
/* What an operand is ordered by: itself, or the place of its label among all. */
fq_slice fq_operand_order(fq_planner *planner, const fq_operand *operand);
/* Writes `document -> 'key'` or with `->>`, looking for the alternative key too. */
void fq_document_access(fq_buffer *out, fq_slice document, fq_slice key, fq_slice alternative, const char *arrow);
fq_slice fq_field_json_key(const fq_field *field);
/* The scan's document as a column, empty where it has none. */
fq_slice fq_scan_document(fq_planner *planner, const fq_scan *scan);

/* One operator of an operand (operator.c). */
void fq_operator_write(fq_planner *planner, fq_sql *sql, const fq_operand *operand, fq_operator_form form,
                       const fq_value *value, const fq_path_name *path);
/* `$n` for a value of that operand. */
void fq_operand_param(fq_planner *planner, fq_sql *sql, const fq_operand *operand, fq_param_form form,
                      const fq_value *value, const fq_path_name *path);
/* The type of arrays of a built-in type, 0 where it is not known. */
uint32_t fq_array_oid(uint32_t element);

/* ---- statements (select.c) ---- */

/* Writes the statement of a tier with rows and appends it to the plan's. */
void fq_tier_write(fq_planner *planner, fq_tier *tier);

/* ---- roots ---- */

/* Each makes the tiers, outputs and steps of one root field and finishes it. */
void fq_plan_rows(fq_planner *planner, const fq_selection *selection,
                  fq_plan_root *root); /* a list, or one row by key */
void fq_plan_aggregate(fq_planner *planner, const fq_selection *selection, fq_plan_root *root);
void fq_plan_function(fq_planner *planner, const fq_selection *selection, fq_plan_root *root);
/* What follows FROM where the rows come from a function, or were recorded by an earlier statement. */
void fq_function_from(fq_planner *planner, fq_sql *sql, const fq_scan *scan);

/* Writes the statements of the tiers, and the program (program.c). */
void fq_plan_finish_root(fq_planner *planner, const fq_selection *selection, fq_program_shape shape,
                         fq_plan_root *root);
/* Values of arguments that are given and not null; else NULL. */
const fq_value *fq_selection_arg(const fq_selection *selection, fq_input_role role);

#endif
