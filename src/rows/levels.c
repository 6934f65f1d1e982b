/* SPDX-License-Identifier: MIT */
/* Cursors over binary arrays and stored rows; see levels.h.
 * Invariant: where a level is loaded, cursor.left > 0 and its columns in `values` lie at the cursor. Loading does not
 * move the cursor, so that a cursor that was put back is loaded again and is as before. Knows neither steps nor JSON.
 */
#include "rows/levels.h"

#include "pg/wire.h"

#define FIRST_BLOCK 4096
#define LARGEST_BLOCK (256 * 1024)
#define NULL_LENGTH UINT32_MAX

/* --- stored rows --- */

static fq_row_block *add_block(fq_row_store *store, fq_arena *arena, size_t needed) {
    size_t size = store->last == NULL ? FIRST_BLOCK : store->last->size * 2;
    size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < needed ? needed : size;
    fq_row_block *block = fq_arena_alloc(arena, sizeof(*block) + size);
    *block = (fq_row_block){.size = size};
    if (store->last == NULL) {
        store->first = block;
    } else {
        store->last->next = block;
    }
    store->last = block;
    return block;
}

static size_t stored_size(const fq_slice *columns, uint32_t n_columns) {
    size_t size = 0;
    for (uint32_t i = 0; i < n_columns; i++) {
        size += sizeof(uint32_t) + columns[i].len;
    }
    return size;
}

void fq_row_store_add(fq_row_store *store, fq_arena *arena, const fq_slice *columns, uint32_t n_columns) {
    size_t size = stored_size(columns, n_columns);
    fq_row_block *block = store->last;
    if (block == NULL || block->size - block->used < size) {
        block = add_block(store, arena, size);
    }
    char *at = block->bytes + block->used;
    for (uint32_t i = 0; i < n_columns; i++) {
        uint32_t length = columns[i].ptr != NULL ? (uint32_t)columns[i].len : NULL_LENGTH;
        memcpy(at, &length, sizeof(length));
        at += sizeof(length);
        if (columns[i].ptr != NULL && columns[i].len > 0) {
            memcpy(at, columns[i].ptr, columns[i].len);
            at += columns[i].len;
        }
    }
    block->used += size;
    store->count++;
}

static const char *read_stored(const char *at, fq_slice *columns, uint32_t n_columns) {
    for (uint32_t i = 0; i < n_columns; i++) {
        uint32_t length;
        memcpy(&length, at, sizeof(length));
        at += sizeof(length);
        columns[i] = length == NULL_LENGTH ? (fq_slice){0} : fq_slice_of(at, length);
        at += columns[i].len;
    }
    return at;
}

/* --- making --- */

static uint32_t statement_of(const fq_program *program, uint32_t column) {
    for (uint32_t s = 0; s < program->n_statements; s++) {
        const fq_program_statement *statement = &program->statements[s];
        if (column >= statement->first_column && column - statement->first_column < statement->n_columns) {
            return s;
        }
    }
    return 0;
}

static uint32_t source_of(const fq_program *program, uint32_t number) {
    if (program->levels[number].kind == FQ_LEVEL_ROWS) {
        return number;
    }
    uint32_t statement = statement_of(program, program->levels[number].first_column);
    for (uint32_t i = 1; statement != 0 && i < program->n_levels; i++) {
        if (program->levels[i].kind == FQ_LEVEL_ROWS && program->levels[i].statement == statement) {
            return i;
        }
    }
    return 0;
}

static void note_rows_below(fq_levels *levels) {
    const fq_program *program = levels->program;
    for (uint32_t i = 1; i < program->n_levels; i++) {
        for (uint32_t at = i; program->levels[i].kind == FQ_LEVEL_ROWS && at != 0;) {
            at = program->levels[at].parent;
            levels->states[at].rows_below = true;
        }
    }
}

static void link_levels(fq_levels *levels) {
    for (uint32_t i = levels->program->n_levels; i-- > 1;) {
        fq_level_state *parent = &levels->states[levels->program->levels[i].parent];
        levels->states[i].next_sibling = parent->first_child;
        parent->first_child = i;
    }
}

static bool lies_below(const fq_program *program, uint32_t number, uint32_t ancestor) {
    while (number != 0 && number != ancestor) {
        number = program->levels[number].parent;
    }
    return number == ancestor;
}

/* Levels below whose rows come again when the marked level goes back need no mark: their arrays are opened anew. */
static bool needs_mark(const fq_levels *levels, uint32_t number, uint32_t marked) {
    uint32_t source = levels->states[number].source;
    return lies_below(levels->program, number, marked) &&
           (number == marked || source == number || !lies_below(levels->program, source, marked));
}

static const char **new_positions(const fq_program *program, fq_arena *arena, uint32_t number) {
    bool arrays = program->levels[number].kind == FQ_LEVEL_ARRAYS;
    return arrays ? FQ_NEW_ARRAY(arena, const char *, program->levels[number].n_columns) : NULL;
}

static void make_marks(fq_levels *levels, fq_arena *arena, uint32_t marked) {
    const fq_program *program = levels->program;
    fq_level_state *state = &levels->states[marked];
    state->marks = FQ_NEW_ARRAY(arena, fq_level_mark, program->n_levels);
    for (uint32_t i = 1; i < program->n_levels; i++) {
        if (needs_mark(levels, i, marked)) {
            fq_level_mark *mark = &state->marks[state->n_marks++];
            mark->level = i;
            mark->cursor.at = new_positions(program, arena, i);
        }
    }
}

static void mark_shared_levels(fq_levels *levels, fq_arena *arena) {
    const fq_program *program = levels->program;
    uint32_t *lists = FQ_NEW_ARRAY(arena, uint32_t, program->n_levels);
    for (uint32_t i = 0; i < program->n_steps; i++) {
        if (program->steps[i].kind == FQ_STEP_LIST && ++lists[program->steps[i].level] == 2) {
            make_marks(levels, arena, program->steps[i].level);
        }
    }
}

void fq_levels_init(fq_levels *levels, fq_arena *arena, const fq_program *program) {
    *levels = (fq_levels){.program = program};
    levels->stores = FQ_NEW_ARRAY(arena, fq_row_store, program->n_statements);
    levels->states = FQ_NEW_ARRAY(arena, fq_level_state, program->n_levels > 0 ? program->n_levels : 1);
    if (program->n_levels <= 1 && program->n_statements <= 1) {
        return;
    }
    levels->own_values = FQ_NEW_ARRAY(arena, fq_slice, program->n_columns);
    levels->values = levels->own_values;
    levels->raw = FQ_NEW_ARRAY(arena, fq_slice, program->n_columns);
    for (uint32_t i = 1; i < program->n_levels; i++) {
        levels->states[i].level = &program->levels[i];
        levels->states[i].number = i;
        levels->states[i].source = source_of(program, i);
        levels->states[i].cursor.at = new_positions(program, arena, i);
    }
    link_levels(levels);
    note_rows_below(levels);
    mark_shared_levels(levels, arena);
}

/* --- arrays --- */

static void break_off(fq_levels *levels, fq_level_state *state) {
    levels->broken = true;
    state->loaded = false;
    state->cursor.left = 0;
}

/* The header of a binary array: dimensions, null flag, element type, then a length and a lower bound for each
 * dimension. */
static bool open_array(fq_slice array, const char **at, uint64_t *count) {
    *count = 0;
    *at = array.ptr;
    if (array.ptr == NULL) {
        return true;
    }
    if (array.len < 12) {
        return false;
    }
    uint32_t dimensions = fq_wire_u32(array.ptr);
    *at = array.ptr + 12;
    if (dimensions == 0) {
        return array.len == 12;
    }
    if (dimensions != 1 || array.len < 20) {
        return false;
    }
    *count = fq_wire_u32(array.ptr + 12);
    *at = array.ptr + 20;
    return *count <= (array.len - 20) / 4;
}

static bool load_elements(fq_levels *levels, fq_level_state *state) {
    const fq_level *level = state->level;
    const fq_slice *arrays = levels->raw + level->first_column;
    fq_slice *values = levels->own_values + level->first_column;
    for (uint32_t i = 0; i < level->n_columns; i++) {
        const char *at = state->cursor.at[i];
        size_t room = (size_t)(arrays[i].ptr + arrays[i].len - at);
        if (room < 4) {
            return false;
        }
        uint32_t length = fq_wire_u32(at);
        if (length == NULL_LENGTH) {
            values[i] = (fq_slice){0};
            continue;
        }
        if (length > room - 4) {
            return false;
        }
        values[i] = fq_slice_of(at + 4, length);
    }
    return true;
}

/* After the last element every array must be at its end. */
static bool arrays_ended(const fq_levels *levels, const fq_level_state *state) {
    const fq_slice *arrays = levels->raw + state->level->first_column;
    for (uint32_t i = 0; i < state->level->n_columns; i++) {
        if (arrays[i].ptr != NULL && state->cursor.at[i] != arrays[i].ptr + arrays[i].len) {
            return false;
        }
    }
    return true;
}

static void load(fq_levels *levels, fq_level_state *state);

static void open_arrays(fq_levels *levels, fq_level_state *state) {
    const fq_level *level = state->level;
    state->cursor.opened = levels->states[state->source].serial;
    state->cursor.left = 0;
    for (uint32_t i = 0; i < level->n_columns; i++) {
        uint64_t count;
        if (!open_array(levels->raw[level->first_column + i], &state->cursor.at[i], &count) ||
            (i > 0 && count != state->cursor.left)) {
            break_off(levels, state);
            return;
        }
        state->cursor.left = count;
    }
    load(levels, state);
}

/* --- cursors of both kinds --- */

/* Reads the stored row at the cursor: into `raw`, where arrays of levels below are read from, and into `values`. */
static void load_row(fq_levels *levels, fq_level_state *state) {
    const fq_program_statement *statement = &levels->program->statements[state->level->statement];
    fq_slice *raw = levels->raw + statement->first_column;
    state->row_end = read_stored(state->cursor.row, raw, statement->n_columns);
    memcpy(levels->own_values + statement->first_column, raw, statement->n_columns * sizeof(*raw));
}

/* Brings `values` in line with the cursor. */
static void load(fq_levels *levels, fq_level_state *state) {
    state->serial++;
    state->loaded = state->cursor.left > 0;
    if (state->level->kind == FQ_LEVEL_ROWS) {
        if (state->loaded) {
            load_row(levels, state);
        }
    } else if (state->loaded ? !load_elements(levels, state) : !arrays_ended(levels, state)) {
        break_off(levels, state);
    }
}

static void move_in_rows(fq_cursor *cursor, const char *row_end) {
    cursor->row = row_end;
    if (cursor->left > 0 && row_end == cursor->block->bytes + cursor->block->used && cursor->block->next != NULL) {
        cursor->block = cursor->block->next;
        cursor->row = cursor->block->bytes;
    }
}

static void advance(fq_levels *levels, fq_level_state *state) {
    state->cursor.left--;
    if (state->level->kind == FQ_LEVEL_ROWS) {
        move_in_rows(&state->cursor, state->row_end);
    } else {
        const fq_slice *values = levels->own_values + state->level->first_column;
        for (uint32_t i = 0; i < state->level->n_columns; i++) {
            state->cursor.at[i] += 4 + values[i].len;
        }
    }
    load(levels, state);
}

/* Arrays are opened when they are first asked for. */
static inline void make_ready(fq_levels *levels, fq_level_state *state) {
    if (state->source != state->number && state->cursor.opened != levels->states[state->source].serial) {
        open_arrays(levels, state);
    }
}

static void copy_cursor(const fq_level *level, fq_cursor *to, const fq_cursor *from) {
    const char **at = to->at;
    *to = *from;
    to->at = at;
    if (at != NULL) {
        memcpy(at, from->at, level->n_columns * sizeof(*at));
    }
}

static void save_marks(fq_levels *levels, fq_level_state *state) {
    for (uint32_t i = 0; i < state->n_marks; i++) {
        fq_level_state *marked = &levels->states[state->marks[i].level];
        copy_cursor(marked->level, &state->marks[i].cursor, &marked->cursor);
    }
}

static void go_back_to_marks(fq_levels *levels, fq_level_state *state) {
    for (uint32_t i = 0; i < state->n_marks; i++) {
        fq_level_state *marked = &levels->states[state->marks[i].level];
        copy_cursor(marked->level, &marked->cursor, &state->marks[i].cursor);
        bool open = marked->source == marked->number || marked->cursor.opened == levels->states[marked->source].serial;
        if (open) {
            load(levels, marked);
        }
    }
}

/* --- walking --- */

void fq_level_begin(fq_levels *levels, uint32_t number) {
    fq_level_state *state = &levels->states[number];
    make_ready(levels, state);
    if (state->n_marks == 0) {
        return;
    }
    uint64_t parent_serial = levels->states[state->level->parent].serial;
    if (state->marked_serial == parent_serial) {
        go_back_to_marks(levels, state);
    } else {
        save_marks(levels, state);
        state->marked_serial = parent_serial;
    }
}

bool fq_level_has_item(const fq_levels *levels, const fq_level_state *state) {
    if (!state->loaded || levels->broken) {
        return false;
    }
    const fq_level *level = state->level;
    for (uint32_t i = 0; i < level->n_key; i++) {
        fq_slice key = levels->values[level->key[i]];
        if (key.ptr == NULL || !fq_slice_equal(key, levels->values[level->parent_key[i]])) {
            return false;
        }
    }
    return true;
}

/* Passes over the items below the present item of a level. Arrays in that item's own row end with it, unless their
 * items are the parents of stored rows. */
static void skip_below(fq_levels *levels, uint32_t number) {
    for (uint32_t i = levels->states[number].first_child; i != 0; i = levels->states[i].next_sibling) {
        fq_level_state *child = &levels->states[i];
        if (child->source == number && !child->rows_below) {
            continue;
        }
        make_ready(levels, child);
        while (fq_level_has_item(levels, child)) {
            fq_level_next(levels, i);
        }
    }
}

void fq_level_next(fq_levels *levels, uint32_t number) {
    skip_below(levels, number);
    advance(levels, &levels->states[number]);
}

void fq_level_end(fq_levels *levels, uint32_t number) {
    fq_level_state *state = &levels->states[number];
    if (state->loaded) {
        return;
    }
    for (uint32_t i = state->first_child; i != 0; i = levels->states[i].next_sibling) {
        fq_level_state *child = &levels->states[i];
        bool same_rows = child->source == state->source && child->source != number;
        bool both_stored = child->source == i && state->source == number;
        if (!same_rows && !both_stored) {
            continue;
        }
        make_ready(levels, child);
        if (child->loaded) {
            levels->broken = true;
        }
    }
}

void fq_levels_set_root(fq_levels *levels, const fq_slice *columns) {
    levels->states[0].serial++;
    if (levels->own_values == NULL) {
        levels->values = columns;
        return;
    }
    const fq_program_statement *statement = &levels->program->statements[0];
    if (statement->n_columns > 0) {
        memcpy(levels->own_values + statement->first_column, columns, statement->n_columns * sizeof(*columns));
        memcpy(levels->raw + statement->first_column, columns, statement->n_columns * sizeof(*columns));
    }
}

static void start_cursor(fq_cursor *cursor, const fq_row_store *store) {
    cursor->left = store->count;
    cursor->block = store->first;
    cursor->row = store->first != NULL ? store->first->bytes : NULL;
}

void fq_levels_start_rows(fq_levels *levels) {
    start_cursor(&levels->states[0].cursor, &levels->stores[0]);
    for (uint32_t i = 1; i < levels->program->n_levels; i++) {
        fq_level_state *state = &levels->states[i];
        if (state->level->kind == FQ_LEVEL_ROWS) {
            start_cursor(&state->cursor, &levels->stores[state->level->statement]);
            load(levels, state);
        }
    }
}

bool fq_levels_next_root(fq_levels *levels) {
    fq_level_state *root = &levels->states[0];
    if (root->cursor.left == 0) {
        return false;
    }
    const fq_program_statement *statement = &levels->program->statements[0];
    fq_slice *raw = levels->raw + statement->first_column;
    root->row_end = read_stored(root->cursor.row, raw, statement->n_columns);
    memcpy(levels->own_values + statement->first_column, raw, statement->n_columns * sizeof(*raw));
    root->serial++;
    root->cursor.left--;
    move_in_rows(&root->cursor, root->row_end);
    return true;
}

void fq_levels_end_root(fq_levels *levels) {
    if (levels->states[0].first_child != 0) {
        skip_below(levels, 0);
    }
}

bool fq_levels_exhausted(const fq_levels *levels) {
    for (uint32_t i = 1; i < levels->program->n_levels; i++) {
        const fq_level_state *state = &levels->states[i];
        if (state->level->kind == FQ_LEVEL_ROWS && state->level->n_key > 0 && state->cursor.left > 0) {
            return false;
        }
    }
    return true;
}
