/* SPDX-License-Identifier: MIT */
/* Any text as a query, and what follows a NUL as its variables, planned over the magazine of the unit tests. What must
 * hold beside no crash: planning and binding succeed or say why; the SQL has balanced quotes and parentheses and uses
 * just its parameters; the program's columns, levels and bodies lie within their bounds. */
#include <stdlib.h>

#include "../tests/unit/plan/planning.h"
#include "json/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool true_thing) {
    if (!true_thing) {
        abort();
    }
}

/* The end of the quoted text that starts at `at`. */
static size_t quoted_end(fq_slice sql, size_t at) {
    char quote = sql.ptr[at];
    bool escapes = quote == '\'' && at > 0 && sql.ptr[at - 1] == 'E';
    for (at++; at < sql.len; at++) {
        if (escapes && sql.ptr[at] == '\\') {
            at++;
        } else if (sql.ptr[at] == quote) {
            if (at + 1 == sql.len || sql.ptr[at + 1] != quote) {
                return at;
            }
            at++;
        }
    }
    abort();
}

static void check_sql(fq_arena *arena, const fq_statement *statement) {
    fq_slice sql = statement->sql;
    bool *used = FQ_NEW_ARRAY(arena, bool, statement->n_params);
    int depth = 0;
    for (size_t i = 0; i < sql.len; i++) {
        char c = sql.ptr[i];
        if (c == '"' || c == '\'') {
            i = quoted_end(sql, i);
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
            must(depth >= 0);
        } else if (c == '$') {
            unsigned long number = strtoul(sql.ptr + i + 1, NULL, 10);
            must(number >= 1 && number <= statement->n_params);
            used[number - 1] = true;
        } else {
            must(c != ';' && c != '\0');
        }
    }
    must(depth == 0);
    for (uint32_t i = 0; i < statement->n_params; i++) {
        must(used[i] && statement->oids[i] == statement->params[i].oid);
    }
}

static void check_level(const fq_program *program, uint32_t number) {
    const fq_level *level = &program->levels[number];
    must(level->parent < number);
    must(level->first_column + level->n_columns <= program->n_columns);
    const fq_level *parent = &program->levels[level->parent];
    for (uint32_t i = 0; i < level->n_key; i++) {
        must(level->key[i] - level->first_column < level->n_columns);
        must(level->parent_key[i] - parent->first_column < parent->n_columns);
    }
    must(level->kind == FQ_LEVEL_ARRAYS || level->statement < program->n_statements);
}

static void check_steps(const fq_program *program, uint32_t from, uint32_t to, uint32_t depth) {
    must(depth <= 200);
    for (uint32_t i = from; i < to; i = program->steps[i].end) {
        const fq_step *step = &program->steps[i];
        bool column = step->kind != FQ_STEP_LITERAL && step->kind != FQ_STEP_LIST && step->column != FQ_COLUMN_NONE;
        must(!column || step->column < program->n_columns);
        must(step->kind != FQ_STEP_LIST || (step->level > 0 && step->level < program->n_levels));
        must((uint64_t)step->a + step->b <= program->literals.len && step->field < program->n_fields);
        must(step->end > i && step->end <= to);
        check_steps(program, i + 1, step->end, depth + 1);
    }
}

static void check_program(const fq_plan *plan, const fq_plan_root *root) {
    const fq_program *program = root->program;
    uint32_t column = 0;
    for (uint32_t i = 0; i < program->n_statements; i++) {
        must(program->statements[i].first_column == column);
        must(program->statements[i].n_columns == plan->statements[root->first_statement + i].n_columns);
        column += program->statements[i].n_columns;
    }
    must(column == program->n_columns && root->n_statements == program->n_statements);
    for (uint32_t i = 1; i < program->n_levels; i++) {
        check_level(program, i);
    }
    check_steps(program, 0, program->n_steps, 0);
}

static void check_plan(planning *p) {
    fq_buffer text;
    fq_buffer_init(&text, SIZE_MAX);
    fq_plan_print(p->plan, &text);
    fq_buffer_done(&text);
    for (uint32_t i = 0; i < p->plan->n_statements; i++) {
        check_sql(p->arena, &p->plan->statements[i]);
        must(planning_values(p, i) != NULL || fq_errors_any(&p->errors));
    }
    for (uint32_t i = 0; i < p->plan->n_roots; i++) {
        if (p->plan->roots[i].program != NULL) {
            check_program(p->plan, &p->plan->roots[i]);
        } else {
            must(p->plan->roots[i].constant.len > 0);
        }
    }
}

static char *text_of(fq_arena *arena, const uint8_t *data, size_t size) {
    return fq_arena_cstr(arena, fq_slice_of((const char *)data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static planning p;
    if (p.schema == NULL) {
        planning_init(&p);
    }
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t length = nul != NULL ? (size_t)(nul - data) : size;
    const char *variables = nul != NULL ? text_of(arena, nul + 1, size - length - 1) : NULL;
    fq_json_error error;
    if (variables != NULL && fq_json_parse(arena, fq_slice_from_cstr(variables), 64, &error) == NULL) {
        variables = NULL;
    }
    planning_make(&p, text_of(arena, data, length), variables);
    must((p.plan != NULL) != fq_errors_any(&p.errors));
    if (p.plan != NULL) {
        check_plan(&p);
    }
    fq_arena_free(arena);
    return 0;
}
