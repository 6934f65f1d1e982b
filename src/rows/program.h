/* SPDX-License-Identifier: MIT */
/* The row program: how the rows of the statements of one root field become its JSON value. A flat array of steps, made
 * once per plan; it knows no GraphQL type and no SQL, only columns, codecs and literals. Immutable once made.
 *
 * Rows come from statements; statement 0 is the root's. All their columns share one numbering: statement s starts at
 * column statements[s].first_column. A level is a source of items nested in the root row:
 *   - FQ_LEVEL_ARRAYS: its columns hold binary arrays of equal length, one item per element (SQL: LATERAL array_agg);
 *   - FQ_LEVEL_ROWS: its columns are the rows of a statement of its own, in the order of the parents.
 * The arrays of a level lie in the rows of the statement that its columns belong to. A level whose parent's items are
 * those rows themselves needs no key: every row brings its own arrays. Every other level, and every FQ_LEVEL_ROWS, has
 * `key` columns that repeat its parent's `parent_key` columns: its cursor moves forward while they are equal, byte by
 * byte. Keys never reappear, and an item whose parent never comes is malformed data. Several FQ_STEP_LIST may stand for
 * one level (`edges` and `nodes`): each goes over the same items.
 *
 * Braces of objects and commas between keys are literals; only FQ_STEP_LIST and FQ_STEP_ARRAY write punctuation of
 * their own. Every step may carry a literal that goes before what it writes, so that most fields are one step. The path
 * of an error is made of the `field`s of the enclosing FQ_STEP_LIST and FQ_STEP_OBJECT, the indexes of items, and the
 * field of the step itself. A step whose field is that of the list or object directly around it (the item of a list)
 * adds nothing. */
#ifndef FQ_ROWS_PROGRAM_H
#define FQ_ROWS_PROGRAM_H

#include "base/arena.h"
#include "base/buffer.h"

/* From a column's wire format to JSON. Text formats are what PostgreSQL prints under DateStyle ISO, IntervalStyle
 * iso_8601, TimeZone UTC, extra_float_digits 1. */
typedef enum fq_codec {
    FQ_CODEC_STRING,         /* text or binary of a text type: quoted and escaped */
    FQ_CODEC_QUOTED,         /* text that needs no escaping: quoted */
    FQ_CODEC_RAW,            /* text that is JSON as it stands: json, int text; JSON's null counts as null */
    FQ_CODEC_JSONB,          /* binary jsonb: version byte, then JSON text; the same */
    FQ_CODEC_BOOL,           /* binary */
    FQ_CODEC_BOOL_TEXT,      /* t or f */
    FQ_CODEC_INT2,           /* binary */
    FQ_CODEC_INT4,           /* binary */
    FQ_CODEC_INT8_NUMBER,    /* binary, as a JSON number */
    FQ_CODEC_INT8_STRING,    /* binary, as a JSON string */
    FQ_CODEC_INT8_INT,       /* binary, as an Int: beyond 32 bits a field error */
    FQ_CODEC_FLOAT_TEXT,     /* text of float4/8 as a number; NaN, infinities and no number at all are field errors */
    FQ_CODEC_NUMERIC_STRING, /* text, as a JSON string; the same */
    FQ_CODEC_NUMERIC_NUMBER, /* text, as a JSON number; the same */
    FQ_CODEC_UUID,           /* binary */
    FQ_CODEC_DATE,           /* binary */
    FQ_CODEC_TIME,           /* binary */
    FQ_CODEC_TIMETZ,         /* binary */
    FQ_CODEC_TIMESTAMP,      /* binary, no zone */
    FQ_CODEC_TIMESTAMPTZ,    /* binary, Z */
    FQ_CODEC_BYTEA,          /* binary: base64 */
    FQ_CODEC_RANGE_TEXT,     /* text of a range; times in it become ISO 8601 as in TIMESTAMP */
    FQ_CODEC_RANGE_TZ_TEXT,  /* text of a tstzrange: ... as in TIMESTAMPTZ */
    FQ_CODEC_MOMENT_TEXT,    /* text of a date or timestamp as TIMESTAMPTZ or TIMESTAMP; other texts as they are */
    FQ_CODEC_CLOCK_TEXT,     /* text of a time or timetz as TIMETZ or TIME */
    FQ_CODEC_ENUM,           /* label to name, by the step's `names` */
    /* scalars of a document, fetched by ->> as text */
    FQ_CODEC_DOC_INT,    /* must be an integer of 32 bits, else a field error */
    FQ_CODEC_DOC_NUMBER, /* must be a JSON number */
    FQ_CODEC_DOC_BOOL,   /* must be true or false */
} fq_codec;

typedef struct fq_label_name {
    fq_slice label;
    fq_slice name;
} fq_label_name;

typedef struct fq_label_names {
    const fq_label_name *items;
    uint32_t count;
} fq_label_names;

/* How a value is wrapped, outermost first: lists and non-null marks, then the leaf or object. */
typedef struct fq_shape fq_shape;
struct fq_shape {
    bool list;
    bool non_null;
    bool of_array;                      /* of a list that was an array: what is no list had more dimensions than one */
    const fq_shape *item;               /* of a list */
    uint8_t codec;                      /* of a leaf: how its text (of a document: its JSON value) is written */
    const struct fq_projection *object; /* of an object inside a document */
    const fq_label_names *names;        /* of FQ_CODEC_ENUM */
};

/* One key of an object that is copied out of a JSON document. */
typedef struct fq_projected_field {
    fq_slice literal;      /* `"responseKey":`, escaped and ready */
    fq_slice response_key; /* for error paths */
    fq_slice constant;     /* __typename: the JSON text to write; then the rest is unused */
    fq_slice key;          /* looked for first */
    fq_slice alternative;  /* looked for where `key` is missing, or empty */
    fq_slice coordinate;   /* Type.field, for messages; the response key where empty */
    const fq_shape *shape;
    uint32_t offset; /* in the document, for error locations */
} fq_projected_field;

typedef struct fq_projection {
    const fq_projected_field *fields;
    uint32_t count;
} fq_projection;

typedef enum fq_step_kind {
    FQ_STEP_LITERAL, /* nothing but its literal */
    FQ_STEP_VALUE,   /* writes `column` by `codec` */
    FQ_STEP_ARRAY, /* writes `column`, a binary one-dimensional array, as a list of `codec`; shape->item for nullness */
    FQ_STEP_OBJECT,   /* steps up to `end` are an object's: null and skipped where `column` (its presence) is NULL;
                         FQ_COLUMN_NONE: always there */
    FQ_STEP_LIST,     /* `[`, then the steps up to `end` for each item of `level`, then `]`; commas by itself */
    FQ_STEP_DOCUMENT, /* writes `column`, JSON text or binary jsonb, through `shape` */
} fq_step_kind;

enum {
    FQ_STEP_NON_NULL = 1,      /* a null here is an error that propagates to the enclosing object */
    FQ_STEP_ITEM_NON_NULL = 2, /* of FQ_STEP_LIST: a null item propagates to the list */
    FQ_STEP_FALSE_IS_NULL = 4, /* of FQ_STEP_OBJECT: the presence column is a boolean (binary): false also means null */
    FQ_STEP_BINARY_JSON = 8,   /* of FQ_STEP_DOCUMENT: binary jsonb (version byte) */
};

/* Of an FQ_STEP_OBJECT that needs no column to be there. */
#define FQ_COLUMN_NONE UINT32_MAX

typedef struct fq_step {
    uint8_t kind;  /* fq_step_kind */
    uint8_t codec; /* fq_codec */
    uint8_t flags;
    uint8_t level; /* of FQ_STEP_LIST */
    uint32_t column;
    uint32_t a, b;  /* literals[a .. a + b) is written first, also before null */
    uint32_t end;   /* one past the last step of the body */
    uint32_t field; /* into fields; of FQ_STEP_LITERAL unused */
    const fq_shape *shape;
    const fq_label_names *names;
} fq_step;

/* What an error needs to know of a field. */
typedef struct fq_program_field {
    fq_slice key;        /* response key */
    fq_slice coordinate; /* Type.field, for messages such as "Cannot return null for non-nullable field User.name." */
    uint32_t offset;     /* in the document */
} fq_program_field;

typedef enum fq_level_kind { FQ_LEVEL_ARRAYS, FQ_LEVEL_ROWS } fq_level_kind;

typedef struct fq_level {
    uint8_t kind;          /* fq_level_kind */
    uint8_t parent;        /* level number; 0 is the root row */
    uint32_t statement;    /* of FQ_LEVEL_ROWS */
    uint32_t first_column; /* its columns, keys included */
    uint32_t n_columns;
    const uint32_t *key;        /* columns of this level, equal to ... */
    const uint32_t *parent_key; /* ... these of the parent level */
    uint32_t n_key;             /* 0: all elements belong to the one root row */
} fq_level;

typedef struct fq_program_statement {
    uint32_t first_column;
    uint32_t n_columns;
} fq_program_statement;

typedef enum fq_program_shape {
    FQ_PROGRAM_LIST, /* a list of all rows of statement 0 */
    FQ_PROGRAM_ONE,  /* the first row's object, or null */
    FQ_PROGRAM_VALUE /* the first row's value, without an object around it */
} fq_program_shape;

typedef struct fq_program {
    uint8_t shape;      /* fq_program_shape */
    bool non_null;      /* the root field may not be null */
    bool item_non_null; /* items of its list may not be null */
    const fq_step *steps;
    uint32_t n_steps;
    fq_slice literals;
    const fq_program_field *fields; /* fields[0] is the root field */
    uint32_t n_fields;
    const fq_level *levels; /* levels[0] stands for the root row */
    uint32_t n_levels;
    const fq_program_statement *statements;
    uint32_t n_statements;
    uint32_t n_columns;
} fq_program;

/* Prints a program readably, one step a line; for `explain` and golden tests. */
void fq_program_print(const fq_program *program, fq_buffer *out);

#endif
