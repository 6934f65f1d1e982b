/* SPDX-License-Identifier: MIT */
/* See answer.h. What a client may learn of a failure of the database is decided here and nowhere else. */
#include "engine/answer.h"

#include "json/writer.h"

static void write_locations(fq_buffer *out, const fq_error *error, fq_slice source) {
    fq_buffer_literal(out, ",\"locations\":[");
    for (uint32_t i = 0; i < error->n_offsets; i++) {
        fq_position position = fq_position_of(source, error->offsets[i]);
        fq_buffer_printf(out, "%s{\"line\":%u,\"column\":%u}", i > 0 ? "," : "", position.line, position.column);
    }
    fq_buffer_char(out, ']');
}

static void write_path(fq_buffer *out, const fq_error *error) {
    fq_buffer_literal(out, ",\"path\":[");
    for (uint32_t i = 0; i < error->n_path; i++) {
        if (i > 0) {
            fq_buffer_char(out, ',');
        }
        if (error->path[i].key.ptr != NULL) {
            fq_json_write_string(out, error->path[i].key);
        } else {
            fq_json_write_uint64(out, error->path[i].index);
        }
    }
    fq_buffer_char(out, ']');
}

static void write_error(fq_buffer *out, const fq_error *error, fq_slice source) {
    fq_buffer_literal(out, "{\"message\":");
    fq_json_write_string(out, error->message);
    if (error->n_offsets > 0 && source.ptr != NULL) {
        write_locations(out, error, source);
    }
    if (error->n_path > 0) {
        write_path(out, error);
    }
    if (error->code != FQ_ERR_NONE) {
        fq_buffer_literal(out, ",\"extensions\":{\"code\":\"");
        fq_buffer_slice(out, fq_error_code_name(error->code));
        fq_buffer_char(out, '"');
        if (error->extensions.len > 0) {
            fq_buffer_char(out, ',');
            fq_buffer_slice(out, error->extensions);
        }
        fq_buffer_char(out, '}');
    }
    fq_buffer_char(out, '}');
}

void fq_answer_errors(fq_buffer *out, const fq_errors *errors, fq_slice source) {
    fq_buffer_literal(out, "\"errors\":[");
    for (uint32_t i = 0; i < errors->list.len; i++) {
        if (i > 0) {
            fq_buffer_char(out, ',');
        }
        write_error(out, &errors->list.items[i], source);
    }
    if (errors->dropped > 0 && errors->list.len == 0) {
        fq_buffer_literal(out, "{\"message\":\"Too many errors\"}");
    }
    fq_buffer_char(out, ']');
}

/* ---- PostgreSQL's errors ---- */

static const fq_relation *find_relation(const fq_schema *schema, const fq_wire_error *error) {
    for (uint32_t i = 0; i < schema->n_entities; i++) {
        const fq_relation *relation = schema->entities[i]->relation;
        if (fq_slice_equal(relation->name, error->table) && fq_slice_equal(relation->schema, error->schema)) {
            return relation;
        }
    }
    return NULL;
}

static void write_field(fq_buffer *out, const fq_column *column, fq_slice *separator) {
    fq_buffer_slice(out, *separator);
    fq_json_write_string(out, column->field.len > 0 ? column->field : column->name);
    *separator = FQ_S(",");
}

/* The fields of a violated constraint, as far as the schema knows it: a unique key by its name, a column by its own. */
static void write_fields(fq_buffer *out, const fq_schema *schema, const fq_wire_error *error) {
    const fq_relation *relation = find_relation(schema, error);
    if (relation == NULL) {
        return;
    }
    fq_slice separator = FQ_S(",\"fields\":[");
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        const fq_key *key = &relation->keys[i];
        for (uint32_t c = 0; fq_slice_equal(key->name, error->constraint) && c < key->n_columns; c++) {
            write_field(out, key->columns[c], &separator);
        }
    }
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (error->column.len > 0 && fq_slice_equal(relation->columns[i].name, error->column)) {
            write_field(out, &relation->columns[i], &separator);
        }
    }
    if (separator.len == 1) {
        fq_buffer_char(out, ']');
    }
}

/* Class 23: what a client can mend by sending something else; the constraint is named, never the values. */
static const char *violation_text(fq_slice sqlstate) {
    static const struct {
        const char *state;
        const char *text;
    } texts[] = {
        {"23502", "A required value is missing"},
        {"23503", "A referenced row does not exist, or is still referenced"},
        {"23505", "A row with these values exists already"},
        {"23514", "A value violates a check constraint"},
        {"23P01", "A row conflicts with an existing one"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (fq_slice_equal(sqlstate, fq_slice_from_cstr(texts[i].state))) {
            return texts[i].text;
        }
    }
    return fq_slice_starts_with(sqlstate, FQ_S("23")) ? "A constraint of the database is violated" : NULL;
}

static const char *hidden_text(fq_slice sqlstate) {
    const char *violation = violation_text(sqlstate);
    if (violation != NULL) {
        return violation;
    }
    if (fq_slice_equal(sqlstate, FQ_S("42501"))) {
        return "Permission denied";
    }
    if (fq_slice_starts_with(sqlstate, FQ_S("22"))) {
        return "A value is not valid for the database";
    }
    return "The database reported an error";
}

static fq_error_code code_of(fq_slice sqlstate) {
    if (fq_slice_equal(sqlstate, FQ_S("57014"))) {
        return FQ_ERR_TIMEOUT;
    }
    return FQ_ERR_DATABASE_ERROR;
}

/* Detail tells values ("Key (email)=(...) exists"): shown in development only. */
static void write_detail(fq_buffer *out, const fq_wire_error *error) {
    if (error->detail.len > 0) {
        fq_buffer_literal(out, ",\"detail\":");
        fq_json_write_string(out, error->detail);
    }
    if (error->hint.len > 0) {
        fq_buffer_literal(out, ",\"hint\":");
        fq_json_write_string(out, error->hint);
    }
}

fq_error *fq_answer_database_error(fq_errors *errors, const fq_schema *schema, const fq_wire_error *error,
                                   fq_error_detail detail) {
    fq_buffer extensions;
    fq_buffer_init(&extensions, 64 * 1024);
    fq_buffer_literal(&extensions, "\"sqlstate\":");
    fq_json_write_string(&extensions, error->sqlstate);
    if (fq_slice_starts_with(error->sqlstate, FQ_S("23"))) {
        if (error->constraint.len > 0) {
            fq_buffer_literal(&extensions, ",\"constraint\":");
            fq_json_write_string(&extensions, error->constraint);
        }
        write_fields(&extensions, schema, error);
    }
    if (detail == FQ_DETAIL_SHOWN) {
        write_detail(&extensions, error);
    }
    fq_error *added;
    /* P0001 is raised by the application's own functions for its clients. */
    if (detail == FQ_DETAIL_SHOWN || fq_slice_equal(error->sqlstate, FQ_S("P0001"))) {
        added = fq_errors_add(errors, code_of(error->sqlstate), "%.*s", FQ_PRI(error->message));
    } else {
        added = fq_errors_add(errors, code_of(error->sqlstate), "%s", hidden_text(error->sqlstate));
    }
    added->extensions = fq_arena_copy(errors->arena, extensions.failed ? (fq_slice){0} : fq_buffer_view(&extensions));
    fq_buffer_done(&extensions);
    return added;
}
