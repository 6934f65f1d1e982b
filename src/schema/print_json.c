/* SPDX-License-Identifier: MIT */
/* Prints schema JSON (docs/schema.md, "The schema file"). A schema from a database is printed as root fields and types,
 * for reading and for tools, followed by the catalog from which loading makes it again; a schema from a file is that
 * file, with the catalog that completed it. Loading what is printed gives the same schema. */
#include "schema/build.h"
#include "schema/print.h"
#include "json/writer.h"

typedef struct printer {
    fq_buffer *out;
    const fq_schema *schema;
    fq_arena *scratch;
    bool first; /* nothing stands yet in the innermost object */
} printer;

/* ---- members ---- */

static void separate(printer *p, const char *indent) {
    if (!p->first) {
        fq_buffer_char(p->out, ',');
    }
    fq_buffer_slice(p->out, fq_slice_from_cstr(indent));
    p->first = false;
}

static void write_key(printer *p, const char *indent, fq_slice key) {
    separate(p, indent);
    fq_json_write_string(p->out, key);
    fq_buffer_literal(p->out, ": ");
}

static void write_text(printer *p, const char *key, fq_slice value) {
    write_key(p, p->first ? "" : " ", fq_slice_from_cstr(key));
    fq_json_write_string(p->out, value);
}

static void write_flag(printer *p, const char *key, bool value) {
    write_key(p, p->first ? "" : " ", fq_slice_from_cstr(key));
    fq_buffer_slice(p->out, fq_slice_from_cstr(value ? "true" : "false"));
}

static void open_object(printer *p) {
    fq_buffer_char(p->out, '{');
    p->first = true;
}

static void close_object(printer *p, const char *indent) {
    fq_buffer_slice(p->out, fq_slice_from_cstr(indent));
    fq_buffer_char(p->out, '}');
    p->first = false;
}

static void write_texts(printer *p, const char *key, const fq_slice *texts, uint32_t n) {
    write_key(p, p->first ? "" : " ", fq_slice_from_cstr(key));
    fq_buffer_char(p->out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) {
            fq_buffer_literal(p->out, ", ");
        }
        fq_json_write_string(p->out, texts[i]);
    }
    fq_buffer_char(p->out, ']');
}

static void write_columns(printer *p, const char *key, const fq_column *const *columns, uint32_t n) {
    fq_slice *names = FQ_NEW_ARRAY(p->scratch, fq_slice, n);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = columns[i]->name;
    }
    write_texts(p, key, names, n);
}

static void write_description(printer *p, fq_slice description) {
    if (description.len > 0) {
        write_text(p, "description", description);
    }
}

static void write_view_name(printer *p, const fq_relation *relation) {
    write_text(p, "view_name",
               relation->schema.len > 0
                   ? fq_arena_printf(p->scratch, "%.*s.%.*s", FQ_PRI(relation->schema), FQ_PRI(relation->name))
                   : relation->name);
}

/* ---- tables ---- */

static void write_fk_mappings(printer *p, const fq_entity *entity) {
    write_key(p, " ", FQ_S("fk_mappings"));
    open_object(p);
    for (uint32_t i = 0; i < entity->type->n_fields; i++) {
        const fq_source *source = entity->sources[i];
        if (source != NULL && source->kind == FQ_SOURCE_TO_ONE && source->join->n_columns == 1) {
            fq_slice column = source->join->from[0]->name;
            write_key(p, p->first ? "" : " ", entity->type->fields[i].name);
            fq_json_write_string(p->out, column);
        }
    }
    close_object(p, "");
}

static void write_relation(printer *p, const fq_entity *entity) {
    const fq_relation *relation = entity->relation;
    const fq_column **columns = FQ_NEW_ARRAY(p->scratch, const fq_column *, relation->n_columns);
    uint32_t n = 0;
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (&relation->columns[i] != relation->document) {
            columns[n++] = &relation->columns[i];
        }
    }
    write_columns(p, "sql_columns", columns, n);
    write_key(p, " ", FQ_S("jsonb_column"));
    if (relation->document != NULL) {
        fq_json_write_string(p->out, relation->document->name);
    } else {
        fq_buffer_literal(p->out, "null");
    }
    write_fk_mappings(p, entity);
    write_flag(p, "has_jsonb_data", relation->document != NULL);
}

static void write_table(printer *p, const fq_field *field) {
    const fq_source *source = field->source;
    const char *kind = source->kind == FQ_SOURCE_LIST ? "list" : source->kind == FQ_SOURCE_ONE ? "one" : "aggregate";
    write_key(p, "\n    ", field->name);
    open_object(p);
    write_view_name(p, source->entity->relation);
    write_text(p, "kind", fq_slice_from_cstr(kind));
    write_text(p, "type", source->entity->type->name);
    write_description(p, field->description);
    if (source->key != NULL) {
        write_columns(p, "key", source->key->columns, source->key->n_columns);
    }
    write_relation(p, source->entity);
    close_object(p, "");
}

static bool is_table(const fq_field *field) {
    return field->source != NULL && (field->source->kind == FQ_SOURCE_LIST || field->source->kind == FQ_SOURCE_ONE ||
                                     field->source->kind == FQ_SOURCE_AGGREGATE);
}

static void write_tables(printer *p) {
    write_key(p, "\n  ", FQ_S("tables"));
    open_object(p);
    for (uint32_t i = 0; i < p->schema->query->n_fields; i++) {
        if (is_table(&p->schema->query->fields[i])) {
            write_table(p, &p->schema->query->fields[i]);
        }
    }
    close_object(p, "\n  ");
}

/* ---- types ---- */

static void write_join(printer *p, const fq_join *join) {
    write_key(p, " ", FQ_S("relation"));
    open_object(p);
    write_columns(p, "from", join->from, join->n_columns);
    write_columns(p, "to", join->to, join->n_columns);
    if (join->through != NULL) {
        write_key(p, " ", FQ_S("through"));
        open_object(p);
        write_view_name(p, join->through);
        write_columns(p, "from", join->through_from, join->n_through);
        write_columns(p, "to", join->through_to, join->n_through);
        close_object(p, "");
    }
    close_object(p, "");
}

static fq_slice sql_type_of(printer *p, const fq_pgtype *type) {
    const fq_pgtype *one = type->array && type->element != NULL ? type->element : type;
    return fq_arena_printf(p->scratch, "%.*s%s", FQ_PRI(one->name), type->array ? "[]" : "");
}

static void write_source(printer *p, const fq_field *field, const fq_source *source) {
    if (source != NULL && source->kind == FQ_SOURCE_COLUMN) {
        write_text(p, "column", source->column->name);
    } else if (source != NULL && source->kind != FQ_SOURCE_DOCUMENT) {
        write_join(p, source->join);
    } else if (field->document_key.len > 0 && field->document_alternative.len == 0) {
        write_text(p, "key", field->document_key);
    }
}

static void write_field(printer *p, const fq_field *field, const fq_source *source) {
    const fq_type_ref *inner = field->type->kind == FQ_REF_NON_NULL ? field->type->of : field->type;
    bool column = source != NULL && source->kind == FQ_SOURCE_COLUMN;
    write_key(p, "\n      ", field->name);
    open_object(p);
    write_text(p, "graphql_type", fq_ref_text(p->scratch, field->type));
    write_text(p, "sql_type", column ? sql_type_of(p, source->column->type) : FQ_S("jsonb"));
    write_flag(p, "is_scalar", fq_type_is_leaf(fq_ref_core(field->type)));
    write_flag(p, "is_list", inner->kind == FQ_REF_LIST);
    write_source(p, field, source);
    write_description(p, field->description);
    close_object(p, "");
}

static void write_object_type(printer *p, const fq_type *type) {
    write_key(p, "\n    ", type->name);
    open_object(p);
    write_text(p, "name", type->name);
    write_description(p, type->description);
    write_key(p, " ", FQ_S("fields"));
    open_object(p);
    for (uint32_t i = 0; i < type->n_fields; i++) {
        write_field(p, &type->fields[i], type->entity != NULL ? type->entity->sources[i] : NULL);
    }
    close_object(p, "}");
}

static void write_enum_type(printer *p, const fq_type *type) {
    write_key(p, "\n    ", type->name);
    open_object(p);
    write_text(p, "name", type->name);
    write_text(p, "kind", FQ_S("enum"));
    write_description(p, type->description);
    write_key(p, " ", FQ_S("values"));
    open_object(p);
    for (uint32_t i = 0; i < type->n_values; i++) {
        write_key(p, i > 0 ? " " : "", type->values[i].name);
        fq_json_write_string(p->out, type->values[i].label);
    }
    close_object(p, "}");
}

/* Objects of the database, not those that were generated around them. */
static bool is_own_object(const fq_schema *schema, const fq_type *type) {
    return type->kind == FQ_OBJECT_TYPE && !type->introspection && type != schema->query && type != schema->mutation &&
           (type->n_fields == 0 || type->fields[0].source == NULL);
}

static void write_types(printer *p) {
    write_key(p, "\n  ", FQ_S("types"));
    open_object(p);
    for (uint32_t i = 0; i < p->schema->n_types; i++) {
        const fq_type *type = p->schema->types[i];
        if (is_own_object(p->schema, type)) {
            write_object_type(p, type);
        } else if (type->kind == FQ_ENUM_TYPE && !type->introspection &&
                   !fq_slice_equal(type->name, FQ_S("OrderDirection"))) {
            write_enum_type(p, type);
        }
    }
    close_object(p, "\n  ");
}

/* ---- functions ---- */

/* Where they are not the one `input` that goes without saying. */
static void write_parameters(printer *p, const fq_field *field, const fq_function *function) {
    fq_slice *names = FQ_NEW_ARRAY(p->scratch, fq_slice, field->n_args);
    for (uint32_t i = 0; i < field->n_args; i++) {
        names[i] = function->param_names[field->args[i].target];
    }
    write_texts(p, "parameters", names, field->n_args);
}

static void write_function(printer *p, const fq_field *field) {
    const fq_function *function = field->source->function;
    write_key(p, "\n    ", field->name);
    open_object(p);
    write_text(p, "function",
               function->schema.len > 0
                   ? fq_arena_printf(p->scratch, "%.*s.%.*s", FQ_PRI(function->schema), FQ_PRI(function->name))
                   : function->name);
    write_text(p, "type", fq_ref_text(p->scratch, field->type));
    if (field->n_args != 1 || function->input_param != 0) {
        write_parameters(p, field, function);
    }
    write_description(p, field->description);
    close_object(p, "");
}

static void write_functions(printer *p, const char *key, const fq_type *root) {
    bool opened = false;
    for (uint32_t i = 0; root != NULL && i < root->n_fields; i++) {
        const fq_field *field = &root->fields[i];
        if (field->source == NULL || field->source->kind != FQ_SOURCE_FUNCTION) {
            continue;
        }
        if (!opened) {
            write_key(p, "\n  ", fq_slice_from_cstr(key));
            open_object(p);
            opened = true;
        }
        write_function(p, field);
    }
    if (opened) {
        close_object(p, "\n  ");
    }
}

/* ---- the whole ---- */

static fq_slice without_end(fq_slice text) {
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL) {
        text.len--;
    }
    return text;
}

static void write_catalog(printer *p) {
    if (p->schema->catalog.len > 0) {
        write_key(p, "\n  ", FQ_S("catalog"));
        fq_buffer_slice(p->out, without_end(p->schema->catalog));
    }
}

#define FILE_DEPTH 128

static void write_file(printer *p) {
    fq_json_error ignored;
    const fq_json *file = fq_json_parse(p->scratch, p->schema->file, FILE_DEPTH, &ignored);
    for (const fq_json *member = file != NULL ? file->child : NULL; member != NULL; member = member->next) {
        if (!fq_slice_equal(member->key, FQ_S("catalog"))) {
            write_key(p, "\n  ", member->key);
            fq_json_write_tree(p->out, member);
        }
    }
}

static void write_introspected(printer *p) {
    write_key(p, "\n  ", FQ_S("source"));
    fq_buffer_literal(p->out, "\"catalog\"");
    if (p->schema->n_include > 0) {
        separate(p, "\n  ");
        p->first = true;
        write_texts(p, "include", p->schema->include, p->schema->n_include);
    }
    if (p->schema->n_exclude > 0) {
        separate(p, "\n  ");
        p->first = true;
        write_texts(p, "exclude", p->schema->exclude, p->schema->n_exclude);
    }
    write_tables(p);
    write_types(p);
    write_functions(p, "queries", p->schema->query);
    write_functions(p, "mutations", p->schema->mutation);
}

void fq_schema_print_json(const fq_schema *schema, fq_buffer *out) {
    printer p = {.out = out, .schema = schema, .scratch = fq_arena_new(SIZE_MAX), .first = true};
    fq_buffer_char(out, '{');
    if (schema->file.len > 0) {
        write_file(&p);
    } else {
        write_introspected(&p);
    }
    write_catalog(&p);
    fq_buffer_literal(out, "\n}\n");
    fq_arena_free(p.scratch);
}
