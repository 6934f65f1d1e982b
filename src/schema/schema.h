/* SPDX-License-Identifier: MIT */
/* The schema: GraphQL's type system (September 2025 edition, section 3) and, for every field that has data, where its
 * data lives. Built privately in an arena of its own, then frozen and shared by reference count between threads. It
 * must not know how SQL is written, nor any connection. */
#ifndef FQ_SCHEMA_SCHEMA_H
#define FQ_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/map.h"
#include "schema/storage.h"
#include "schema/value.h"

typedef struct fq_type fq_type;
typedef struct fq_field fq_field;
typedef struct fq_relation fq_relation;
typedef struct fq_entity fq_entity;
typedef struct fq_source fq_source;

/* ---- GraphQL ---- */

typedef enum fq_type_kind {
    FQ_SCALAR_TYPE,
    FQ_OBJECT_TYPE,
    FQ_INTERFACE_TYPE,
    FQ_UNION_TYPE,
    FQ_ENUM_TYPE,
    FQ_INPUT_OBJECT_TYPE,
} fq_type_kind;

typedef enum fq_ref_kind { FQ_REF_NAMED, FQ_REF_LIST, FQ_REF_NON_NULL } fq_ref_kind;

/* A reference to a type: a named type, or a wrapper around another reference. */
typedef struct fq_type_ref fq_type_ref;
struct fq_type_ref {
    fq_ref_kind kind;
    union {
        fq_type *type;         /* FQ_REF_NAMED */
        const fq_type_ref *of; /* the wrappers */
    };
};

/* What an argument or input field means to the planner. */
typedef enum fq_input_role {
    FQ_INPUT_PLAIN, /* nothing that we know of */
    FQ_INPUT_WHERE, /* arguments of lists and aggregates */
    FQ_INPUT_ORDER_BY,
    FQ_INPUT_LIMIT,
    FQ_INPUT_OFFSET,
    FQ_INPUT_KEY,   /* argument of a one-row field: `column` */
    FQ_INPUT_EQUAL, /* argument of a list or one-row field: `target`: index of the field that must equal it; null: any
                     */
    FQ_INPUT_FUNCTION, /* argument of a function: `target` is the parameter's number from 0 */
    FQ_INPUT_AND,      /* input fields of a where type */
    FQ_INPUT_OR,
    FQ_INPUT_NOT,
    FQ_INPUT_FILTER,   /* `target`: index of the filtered field in the subject type */
    FQ_INPUT_OPERATOR, /* input fields of a filter type; `target`: index into the operator table */
    FQ_INPUT_ORDER,    /* input fields of an orderBy type; `target`: index of the field in the subject type */
} fq_input_role;

/* Descriptions: ptr NULL where there is none; an empty one is printed. A default value is coerced: single values are
 * wrapped into lists, input objects have the defaults of their own fields. */

/* An argument or an input field (section 3.6.1, 3.10). */
typedef struct fq_input_value {
    fq_slice name;
    fq_slice description;
    const fq_type_ref *type;
    bool has_default;
    bool deprecated;
    uint8_t role; /* fq_input_role */
    uint16_t target;
    const struct fq_column *column;
    fq_slice key; /* of a declared input type: the JSON key that the function receives */
    fq_value default_value;
    fq_slice deprecation_reason;
} fq_input_value;

struct fq_field {
    fq_slice name;
    fq_slice description;
    const fq_type_ref *type;
    const fq_input_value *args;
    uint32_t n_args;
    uint32_t index; /* in its type */
    bool deprecated;
    fq_slice deprecation_reason;
    const fq_source *source; /* of root fields and of aggregate members; entity fields: see fq_entity.sources */
    fq_slice document_key;   /* where the field's type is part of a JSON document: its key as first looked for ... */
    fq_slice document_alternative; /* ... and as looked for next, or empty */
};

typedef struct fq_enum_value {
    fq_slice name;
    fq_slice description;
    bool deprecated;
    fq_slice deprecation_reason;
    fq_slice label; /* PostgreSQL's label; equals name where nothing had to change */
} fq_enum_value;

struct fq_type {
    uint8_t kind;       /* fq_type_kind */
    uint8_t scalar;     /* fq_scalar, of scalar types */
    bool introspection; /* a built-in type of introspection */
    bool one_of;        /* of input objects (section 3.10, @oneOf) */
    bool unreferenced;  /* a built-in scalar that the schema does not use: introspection leaves it out (section 3.5) */
    uint32_t index;     /* in the schema */
    fq_slice name;
    fq_slice description;
    fq_slice specified_by;
    fq_field *fields; /* objects, interfaces */
    uint32_t n_fields;
    fq_input_value *input_fields; /* input objects */
    uint32_t n_input_fields;
    fq_enum_value *values; /* enums */
    uint32_t n_values;
    fq_type **interfaces; /* declared, in order */
    uint32_t n_interfaces;
    fq_type **possible; /* unions: members; interfaces: implementing objects */
    uint32_t n_possible;
    fq_map members;          /* name -> fq_field, fq_input_value or fq_enum_value */
    const fq_type *subject;  /* of where and orderBy types: the object type that they are about */
    const fq_entity *entity; /* of an object type that is a table's rows: the entity of its plain name, or NULL */
};

/* Directive locations (section 3.13), as bits. */
/* clang-format off */
#define FQ_DIRECTIVE_LOCATIONS(X)                                                                                      \
    X(QUERY)                                                                                                           \
    X(MUTATION)                                                                                                        \
    X(SUBSCRIPTION) X(FIELD) X(FRAGMENT_DEFINITION) X(FRAGMENT_SPREAD) X(INLINE_FRAGMENT) X(VARIABLE_DEFINITION)       \
        X(SCHEMA) X(SCALAR) X(OBJECT) X(FIELD_DEFINITION) X(ARGUMENT_DEFINITION) X(INTERFACE) X(UNION) X(ENUM)         \
            X(ENUM_VALUE) X(INPUT_OBJECT) X(INPUT_FIELD_DEFINITION)
/* clang-format on */

typedef enum fq_directive_location {
#define X(name) FQ_LOCATION_##name,
    FQ_DIRECTIVE_LOCATIONS(X)
#undef X
} fq_directive_location;

typedef struct fq_directive {
    fq_slice name;
    fq_slice description;
    const fq_input_value *args;
    uint32_t n_args;
    uint32_t locations;            /* bits 1 << fq_directive_location */
    const uint8_t *location_order; /* the same as listed in SDL, or NULL: in the order of the specification */
    uint32_t n_location_order;
    bool repeatable;
} fq_directive;

/* ---- where data lives ---- */

typedef struct fq_pgtype {
    uint32_t oid;    /* 0 where only a file told of it */
    fq_slice schema; /* names as PostgreSQL has them, unquoted */
    fq_slice name;
    uint8_t storage; /* fq_storage of a single value; of an array: of its elements */
    bool array;
    uint32_t element_oid; /* of arrays */
    const struct fq_pgtype *element;
    const fq_type *type;                /* the GraphQL type of one value (of one element) */
    const struct fq_column *attributes; /* composites */
    uint32_t n_attributes;
} fq_pgtype;

typedef struct fq_column {
    fq_slice name;         /* in PostgreSQL */
    const fq_pgtype *type; /* domains are given as their base type */
    bool domain;           /* it is of a domain over that type */
    bool not_null;         /* surely never null: NOT NULL or primary key of a table */
    bool hidden;           /* has no field: pk_*, fk_* of FraiseQL tables, names that GraphQL can not have */
    bool has_default;
    uint16_t number; /* attnum */
    uint32_t index;  /* in its relation */
    fq_slice field;  /* the GraphQL name, empty where hidden */
    fq_slice description;
} fq_column;

typedef struct fq_key {
    const fq_column **columns;
    uint32_t n_columns;
    bool primary;
    fq_slice name; /* of the constraint or index */
} fq_key;

typedef enum fq_relation_kind {
    FQ_TABLE,
    FQ_VIEW,
    FQ_MATERIALIZED_VIEW,
    FQ_PARTITIONED_TABLE,
    FQ_FOREIGN_TABLE
} fq_relation_kind;

struct fq_relation {
    fq_slice schema;
    fq_slice name;
    uint8_t kind; /* fq_relation_kind */
    bool row_security;
    uint32_t oid;
    double rows; /* pg_class.reltuples; < 0: unknown */
    fq_column *columns;
    uint32_t n_columns;
    const fq_key *key;  /* identifies a row: primary key, annotation or guess; NULL: none */
    bool key_repeats;   /* several rows may have the same key: it is a guess, or tables inherit from this one */
    const fq_key *keys; /* all unique keys that are not partial */
    uint32_t n_keys;
    const fq_column *document; /* the jsonb column that fields are read from, or NULL */
};

/* A way from rows of one relation to rows of another. */
typedef struct fq_join {
    const fq_entity *target;
    const fq_column **from; /* columns of the source relation ... */
    const fq_column **to;   /* ... equal to these of the target, or of `through` for many-to-many */
    uint32_t n_columns;
    const fq_relation *through;     /* the junction table, or NULL */
    const fq_column **through_from; /* columns of `through` ... */
    const fq_column **through_to;   /* ... equal to these of the target */
    uint32_t n_through;
    bool unique;         /* at most one target row: the target columns are a unique key of a table */
    bool through_unique; /* the junction holds each pair once */
    double average;      /* estimated target rows per source row; < 0: unknown */
} fq_join;

typedef struct fq_function {
    fq_slice schema;
    fq_slice name;
    const fq_pgtype **params;
    const fq_slice *param_names; /* empty slice: unnamed */
    uint32_t n_params;
    uint32_t input_param;        /* number of the json/jsonb `input` parameter, or UINT32_MAX */
    const fq_entity *returns;    /* rows of this entity's relation (or of the relation behind it: see row_type) */
    const fq_relation *row_type; /* the relation whose row type the function returns; NULL: a single value */
    const fq_pgtype *value_type; /* where row_type is NULL */
    bool returns_set;
    bool is_volatile;
} fq_function;

typedef enum fq_aggregate {
    FQ_AGGREGATE_SUM,
    FQ_AGGREGATE_AVG,
    FQ_AGGREGATE_MIN,
    FQ_AGGREGATE_MAX,
} fq_aggregate;

typedef enum fq_source_kind {
    /* of an entity's fields */
    FQ_SOURCE_COLUMN,   /* `column` */
    FQ_SOURCE_DOCUMENT, /* the entity's document at the field's document_key / document_alternative; `column` may name
                         * the one that also holds the `id` of the object there, which a filter on it then reads */
    FQ_SOURCE_TO_ONE,   /* `join` */
    FQ_SOURCE_TO_MANY,  /* `join`; through set: many-to-many */
    /* of root fields */
    FQ_SOURCE_LIST,      /* rows of `entity` */
    FQ_SOURCE_ONE,       /* the row of `entity` with the given `key` */
    FQ_SOURCE_AGGREGATE, /* aggregates over rows of `entity` */
    FQ_SOURCE_FUNCTION,  /* `function` */
    FQ_SOURCE_NOTHING,   /* always null: the one field of a schema without data */
    /* of aggregate types */
    FQ_SOURCE_COUNT,
    FQ_SOURCE_AGGREGATE_GROUP, /* `sum { ... }`: the members below */
    FQ_SOURCE_AGGREGATE_VALUE, /* `aggregate` of the field `subject` of the entity */
} fq_source_kind;

struct fq_source {
    uint8_t kind;      /* fq_source_kind */
    uint8_t aggregate; /* fq_aggregate */
    const fq_column *column;
    const fq_join *join;
    const fq_entity *entity;
    const fq_key *key;
    const fq_function *function;
    const fq_field *subject;
};

/* An object type as rows of one relation: the same type may be read from several relations. */
struct fq_entity {
    const fq_relation *relation;
    const fq_type *type;
    const fq_source **sources; /* by fq_field.index; NULL: the field can not be read from this relation */
};

/* ---- the whole ---- */

typedef struct fq_schema fq_schema;
struct fq_schema {
    fq_arena *arena;
    int references;      /* atomic */
    uint64_t generation; /* unique in the process */
    fq_slice description;
    fq_type **types; /* in the order of their definition; built-in scalars and introspection types included, last */
    uint32_t n_types;
    fq_map type_map; /* name -> fq_type */
    fq_directive **directives;
    uint32_t n_directives;
    fq_map directive_map;
    fq_type *query;
    fq_type *mutation;     /* or NULL */
    fq_type *subscription; /* or NULL */
    fq_entity **entities;
    uint32_t n_entities;
    fq_slice catalog;        /* the JSON that the schema came from, where it came from a database; for `introspect` */
    fq_slice file;           /* the schema JSON that it came from, where it came from a file */
    const fq_slice *include; /* the patterns that it was made with; for `introspect` */
    uint32_t n_include;
    const fq_slice *exclude;
    uint32_t n_exclude;
    const fq_slice *warnings; /* one line each, for the operator */
    uint32_t n_warnings;
    fq_field *typename_field; /* __typename: String! */
    fq_field *schema_field;   /* __schema: __Schema! */
    fq_field *type_field;     /* __type(name: String!): __Type */
};

/* An empty schema with the built-in scalars, directives (@skip @include @deprecated @specifiedBy @oneOf) and
 * introspection types; builders add to it. One reference. */
fq_schema *fq_schema_new(void);
fq_schema *fq_schema_ref(const fq_schema *schema);
void fq_schema_unref(fq_schema *schema);

/* Builder's calls. Names are borrowed: they must live in the schema's arena, and be new. A scalar type starts as
 * FQ_SCALAR_OPAQUE. */
fq_type *fq_schema_add_type(fq_schema *schema, fq_type_kind kind, fq_slice name);
fq_directive *fq_schema_add_directive(fq_schema *schema, fq_slice name);
const fq_type_ref *fq_ref_named(fq_schema *schema, const fq_type *type);
const fq_type_ref *fq_ref_list(fq_schema *schema, const fq_type_ref *of);
const fq_type_ref *fq_ref_non_null(fq_schema *schema, const fq_type_ref *of);
/* Fills the member maps, field indexes and possible types, and orders the built-in types last; to be called once, when
 * all types stand. */
void fq_schema_freeze(fq_schema *schema);

/* Look-ups; NULL where there is none. */
fq_type *fq_schema_type(const fq_schema *schema, fq_slice name);
const fq_directive *fq_schema_directive(const fq_schema *schema, fq_slice name);
const fq_field *fq_type_field(const fq_type *type, fq_slice name);
const fq_input_value *fq_type_input_field(const fq_type *type, fq_slice name);
const fq_enum_value *fq_type_enum_value(const fq_type *type, fq_slice name);
const fq_input_value *fq_field_arg(const fq_field *field, fq_slice name);

/* The named type at the core of a reference. */
static inline fq_type *fq_ref_core(const fq_type_ref *ref) {
    while (ref->kind != FQ_REF_NAMED) {
        ref = ref->of;
    }
    return ref->type;
}

static inline bool fq_type_is_leaf(const fq_type *type) {
    return type->kind == FQ_SCALAR_TYPE || type->kind == FQ_ENUM_TYPE;
}

static inline bool fq_type_is_composite(const fq_type *type) {
    return type->kind == FQ_OBJECT_TYPE || type->kind == FQ_INTERFACE_TYPE || type->kind == FQ_UNION_TYPE;
}

static inline bool fq_type_is_input(const fq_type *type) {
    return fq_type_is_leaf(type) || type->kind == FQ_INPUT_OBJECT_TYPE;
}

#endif
