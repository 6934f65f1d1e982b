/* SPDX-License-Identifier: MIT */
/* The levels of a row program at run time: one cursor each over binary arrays or stored rows, walked in step with the
 * parents.
 *
 * A level's cursor stands at one item whose columns are in `values`: the item being written, or the first one that is
 * still to come. So whether the next item belongs to a parent is a comparison of `values` with `values`. Malformed data
 * sets the sticky `broken` and ends every loop; callers test it when a list is complete. */
#ifndef FQ_ROWS_LEVELS_H
#define FQ_ROWS_LEVELS_H

#include "rows/program.h"

/* Rows of one statement, copied: blocks of rows, each column a length (-1 is NULL) and its bytes. */
typedef struct fq_row_block fq_row_block;
struct fq_row_block {
    fq_row_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

typedef struct fq_row_store {
    fq_row_block *first, *last;
    uint64_t count;
} fq_row_store;

/* Copies one row. */
void fq_row_store_add(fq_row_store *store, fq_arena *arena, const fq_slice *columns, uint32_t n_columns);

/* Where a level stands; enough to come back to. */
typedef struct fq_cursor {
    uint64_t left;             /* items not finished, the one in `values` included */
    uint64_t opened;           /* of arrays: the serial of the row that they were opened in */
    const char **at;           /* of arrays: each column's present element */
    const fq_row_block *block; /* of rows */
    const char *row;
} fq_cursor;

typedef struct fq_level_mark {
    uint32_t level;
    fq_cursor cursor;
} fq_level_mark;

typedef struct fq_level_state {
    const fq_level *level;
    uint32_t number;
    uint32_t source;       /* the level whose item is the row that holds this level's arrays; of rows: itself */
    uint32_t first_child;  /* 0: none */
    uint32_t next_sibling; /* 0: none */
    bool rows_below;       /* a level below is FQ_LEVEL_ROWS, whose items have to be passed over one by one */
    bool loaded;           /* `values` has an item */
    uint64_t serial;       /* a new number for each item that was loaded */
    fq_cursor cursor;
    const char *row_end;  /* of rows: behind the item in `values` */
    fq_level_mark *marks; /* of a level with several lists: itself and those below, where the first list began */
    uint32_t n_marks;
    uint64_t marked_serial; /* of the parent's item that the marks are for */
} fq_level_state;

typedef struct fq_levels {
    const fq_program *program;
    const fq_slice *values; /* of all columns: what steps read */
    fq_slice *own_values;   /* the same where there are levels, else NULL and `values` is the caller's row */
    fq_slice *raw;          /* of all columns: present rows as they came, arrays included */
    fq_level_state *states; /* one a level; [0] is the root row */
    fq_row_store *stores;   /* one a statement */
    bool broken;
} fq_levels;

void fq_levels_init(fq_levels *levels, fq_arena *arena, const fq_program *program);

/* The next root row; its columns are borrowed until the next call. */
void fq_levels_set_root(fq_levels *levels, const fq_slice *columns);

/* All rows are stored: puts the cursors of FQ_LEVEL_ROWS at their first rows. */
void fq_levels_start_rows(fq_levels *levels);

/* The next stored row of statement 0 as the root row; false after the last. */
bool fq_levels_next_root(fq_levels *levels);

/* A list over the level begins, below its parent's present item. */
void fq_level_begin(fq_levels *levels, uint32_t number);

/* Whether `values` has an item of the parent's present item. */
bool fq_level_has_item(const fq_levels *levels, const fq_level_state *state);

/* The present item is done, written or not: the items below it that nobody took are passed over. */
void fq_level_next(fq_levels *levels, uint32_t number);

/* A list over the level ended after its last item: items below must have ended too. */
void fq_level_end(fq_levels *levels, uint32_t number);

/* The root row is done. */
void fq_levels_end_root(fq_levels *levels);

/* All root rows are done: whether every stored row has found its parent. */
bool fq_levels_exhausted(const fq_levels *levels);

#endif
