/* SPDX-License-Identifier: MIT */
/* See sql.h. */
#include "plan/sql.h"

/* From so many parameters on they are found by hash. */
#define MANY_PARAMS 16

/* Copies `text` with each `quote` doubled. */
static void doubled(fq_buffer *out, fq_slice text, char quote) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote) {
            fq_buffer_char(out, quote);
        }
        fq_buffer_char(out, text.ptr[i]);
    }
}

void fq_sql_identifier(fq_buffer *out, fq_slice name) {
    fq_buffer_char(out, '"');
    if (memchr(name.ptr, '"', name.len) == NULL) {
        fq_buffer_slice(out, name);
    } else {
        doubled(out, name, '"');
    }
    fq_buffer_char(out, '"');
}

void fq_sql_relation(fq_buffer *out, fq_slice schema, fq_slice name) {
    if (schema.len > 0) {
        fq_sql_identifier(out, schema);
        fq_buffer_char(out, '.');
    }
    fq_sql_identifier(out, name);
}

void fq_sql_string(fq_buffer *out, fq_slice text) {
    if (text.len > 0 && memchr(text.ptr, '\\', text.len) != NULL) {
        fq_buffer_literal(out, " E'");
        for (size_t i = 0; i < text.len; i++) {
            if (text.ptr[i] == '\\' || text.ptr[i] == '\'') {
                fq_buffer_char(out, text.ptr[i]);
            }
            fq_buffer_char(out, text.ptr[i]);
        }
    } else {
        fq_buffer_char(out, '\'');
        doubled(out, text, '\'');
    }
    fq_buffer_char(out, '\'');
}

void fq_sql_alias(fq_buffer *out, char letter, uint32_t number) {
    char digits[12];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    digits[--at] = letter;
    fq_buffer_append(out, digits + at, sizeof(digits) - at);
}

void fq_sql_column(fq_buffer *out, uint32_t scan, fq_slice name) {
    fq_sql_alias(out, 't', scan);
    fq_buffer_char(out, '.');
    fq_sql_identifier(out, name);
}

void fq_sql_init(fq_sql *sql, fq_arena *arena) {
    *sql = (fq_sql){.arena = arena};
    fq_buffer_init(&sql->out, FQ_SQL_TEXT_MAX);
}

void fq_sql_done(fq_sql *sql) { fq_buffer_done(&sql->out); }

static bool same_param(const fq_param *a, const fq_param *b) {
    return a->value == b->value && a->form == b->form && a->oid == b->oid && a->storage == b->storage;
}

/* Where the number of such a parameter stands in the table, or a free place. */
static uint32_t *slot_of(const fq_sql *sql, const fq_param *param) {
    uint64_t hash = (uint64_t)(uintptr_t)param->value * 0x9E3779B97F4A7C15u + param->form;
    uint32_t at = (uint32_t)(hash >> 32) & (sql->n_numbers - 1);
    while (sql->numbers[at] != 0 && !same_param(&sql->params.items[sql->numbers[at] - 1], param)) {
        at = (at + 1) & (sql->n_numbers - 1);
    }
    return &sql->numbers[at];
}

/* A table that is at most half full. */
static void rehash(fq_sql *sql) {
    sql->n_numbers = sql->n_numbers > 0 ? sql->n_numbers * 4 : MANY_PARAMS * 4;
    sql->numbers = FQ_NEW_ARRAY(sql->arena, uint32_t, sql->n_numbers);
    for (uint32_t i = 0; i < sql->params.len; i++) {
        *slot_of(sql, &sql->params.items[i]) = i + 1;
    }
}

static uint32_t find_few(const fq_sql *sql, const fq_param *param) {
    for (uint32_t i = 0; i < sql->params.len; i++) {
        if (same_param(&sql->params.items[i], param)) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t number_of(fq_sql *sql, const fq_param *param) {
    bool few = sql->params.len < MANY_PARAMS;
    uint32_t found = few ? find_few(sql, param) : 0;
    if (found != 0) {
        return found;
    }
    if (!few && sql->params.len * 2 >= sql->n_numbers) {
        rehash(sql);
    }
    uint32_t *slot = few ? NULL : slot_of(sql, param);
    if (slot != NULL && *slot != 0) {
        return *slot;
    }
    fq_vec_push(sql->arena, &sql->params, *param);
    if (slot != NULL) {
        *slot = sql->params.len;
    }
    return sql->params.len;
}

void fq_sql_param(fq_sql *sql, const fq_param *param) { fq_sql_alias(&sql->out, '$', number_of(sql, param)); }

/* Measured on PostgreSQL 15 with a generic plan: within 25 % from one table to seven. */
static uint32_t weight_of(const fq_sql *sql) { return (uint32_t)(16000 + 10400 * (uint64_t)sql->n_relations); }

fq_statement fq_sql_finish(fq_sql *sql, const fq_output *outputs, uint32_t n_outputs) {
    uint32_t *oids = fq_arena_alloc(sql->arena, sizeof(uint32_t) * sql->params.len);
    for (uint32_t i = 0; i < sql->params.len; i++) {
        oids[i] = sql->params.items[i].oid;
    }
    uint8_t *formats = fq_arena_alloc(sql->arena, n_outputs);
    uint32_t *columns = fq_arena_alloc(sql->arena, sizeof(uint32_t) * n_outputs);
    for (uint32_t i = 0; i < n_outputs; i++) {
        formats[i] = outputs[i].format;
        columns[i] = outputs[i].oid;
    }
    return (fq_statement){
        .sql = fq_arena_copy(sql->arena, fq_buffer_view(&sql->out)),
        .params = sql->params.items,
        .n_params = sql->params.len,
        .oids = oids,
        .formats = formats,
        .columns = columns,
        .n_columns = n_outputs,
        .weight = weight_of(sql),
        .custom_plan = sql->custom_plan,
    };
}
