/* SPDX-License-Identifier: MIT */
/* The resolvers of introspection, one function a type: a selection of its fields and a value of the schema's model give
 * JSON. Recursion is as deep as the selections are nested. */
#include "validate/introspection.h"

#include "schema/builtins.h"
#include "schema/print.h"
#include "json/writer.h"

typedef struct writer {
    const fq_schema *schema;
    fq_buffer *out;
    fq_buffer scratch; /* for literals, before they are escaped */
} writer;

/* Writes the value of one field of `object`. */
typedef void (*field_writer)(writer *w, const fq_selection *selection, const void *object);

/* ---- pieces ---- */

static void write_null(writer *w) { fq_buffer_literal(w->out, "null"); }

static void write_bool(writer *w, bool value) { fq_buffer_slice(w->out, value ? FQ_S("true") : FQ_S("false")); }

static void write_text(writer *w, fq_slice text) { fq_json_write_string(w->out, text); }

static void write_text_or_null(writer *w, fq_slice text) {
    if (text.ptr != NULL) {
        write_text(w, text);
    } else {
        write_null(w);
    }
}

static void write_object(writer *w, const fq_selection_set *set, const void *object, field_writer field) {
    fq_buffer_char(w->out, '{');
    for (uint32_t i = 0; i < set->count && !w->out->failed; i++) {
        const fq_selection *item = &set->items[i];
        if (i > 0) {
            fq_buffer_char(w->out, ',');
        }
        fq_json_write_string(w->out, item->key);
        fq_buffer_char(w->out, ':');
        if (item->field == w->schema->typename_field) {
            write_text(w, set->type->name);
        } else {
            field(w, item, object);
        }
    }
    fq_buffer_char(w->out, '}');
}

/* A list under way. */
typedef struct list {
    writer *w;
    const fq_selection_set *set;
    field_writer field;
    bool any;
} list;

static list open_list(writer *w, const fq_selection *selection, field_writer field) {
    fq_buffer_char(w->out, '[');
    return (list){w, selection->children, field, false};
}

static void list_item(list *l, const void *object) {
    if (l->any) {
        fq_buffer_char(l->w->out, ',');
    }
    l->any = true;
    write_object(l->w, l->set, object, l->field);
}

static void close_list(list *l) { fq_buffer_char(l->w->out, ']'); }

static bool includes_deprecated(const fq_selection *selection) {
    return selection->args[0].kind == FQ_VALUE_BOOLEAN && selection->args[0].truth;
}

/* ---- resolvers ---- */

/* `object`: fq_type_ref. */
static void type_field(writer *w, const fq_selection *selection, const void *object);

static void write_named(writer *w, const fq_selection *selection, const fq_type *type) {
    if (type == NULL) {
        write_null(w);
        return;
    }
    fq_type_ref ref = {.kind = FQ_REF_NAMED, .type = (fq_type *)type};
    write_object(w, selection->children, &ref, type_field);
}

/* `object`: fq_input_value. */
static void input_value_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_input_value *value = object;
    switch (FQ_META_INPUT_VALUE_NAME + selection->field->index) {
    case FQ_META_INPUT_VALUE_NAME:
        write_text(w, value->name);
        break;
    case FQ_META_INPUT_VALUE_DESCRIPTION:
        write_text_or_null(w, value->description);
        break;
    case FQ_META_INPUT_VALUE_TYPE:
        write_object(w, selection->children, value->type, type_field);
        break;
    case FQ_META_INPUT_VALUE_DEFAULT_VALUE:
        if (value->has_default) {
            fq_buffer_clear(&w->scratch);
            fq_value_print(&value->default_value, value->type, &w->scratch);
            write_text(w, fq_buffer_view(&w->scratch));
        } else {
            write_null(w);
        }
        break;
    case FQ_META_INPUT_VALUE_IS_DEPRECATED:
        write_bool(w, value->deprecated);
        break;
    default:
        write_text_or_null(w, value->deprecated ? value->deprecation_reason : (fq_slice){0});
        break;
    }
}

static void write_input_values(writer *w, const fq_selection *selection, const fq_input_value *values, uint32_t n) {
    bool deprecated_too = includes_deprecated(selection);
    list l = open_list(w, selection, input_value_field);
    for (uint32_t i = 0; i < n && !w->out->failed; i++) {
        if (deprecated_too || !values[i].deprecated) {
            list_item(&l, &values[i]);
        }
    }
    close_list(&l);
}

/* `object`: fq_field. */
static void field_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_field *field = object;
    switch (FQ_META_FIELD_NAME + selection->field->index) {
    case FQ_META_FIELD_NAME:
        write_text(w, field->name);
        break;
    case FQ_META_FIELD_DESCRIPTION:
        write_text_or_null(w, field->description);
        break;
    case FQ_META_FIELD_ARGS:
        write_input_values(w, selection, field->args, field->n_args);
        break;
    case FQ_META_FIELD_TYPE:
        write_object(w, selection->children, field->type, type_field);
        break;
    case FQ_META_FIELD_IS_DEPRECATED:
        write_bool(w, field->deprecated);
        break;
    default:
        write_text_or_null(w, field->deprecated ? field->deprecation_reason : (fq_slice){0});
        break;
    }
}

/* `object`: fq_enum_value. */
static void enum_value_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_enum_value *value = object;
    switch (FQ_META_ENUM_VALUE_NAME + selection->field->index) {
    case FQ_META_ENUM_VALUE_NAME:
        write_text(w, value->name);
        break;
    case FQ_META_ENUM_VALUE_DESCRIPTION:
        write_text_or_null(w, value->description);
        break;
    case FQ_META_ENUM_VALUE_IS_DEPRECATED:
        write_bool(w, value->deprecated);
        break;
    default:
        write_text_or_null(w, value->deprecated ? value->deprecation_reason : (fq_slice){0});
        break;
    }
}

static void write_fields(writer *w, const fq_selection *selection, const fq_type *type) {
    bool deprecated_too = includes_deprecated(selection);
    list l = open_list(w, selection, field_field);
    for (uint32_t i = 0; i < type->n_fields && !w->out->failed; i++) {
        if (deprecated_too || !type->fields[i].deprecated) {
            list_item(&l, &type->fields[i]);
        }
    }
    close_list(&l);
}

static void write_enum_values(writer *w, const fq_selection *selection, const fq_type *type) {
    bool deprecated_too = includes_deprecated(selection);
    list l = open_list(w, selection, enum_value_field);
    for (uint32_t i = 0; i < type->n_values && !w->out->failed; i++) {
        if (deprecated_too || !type->values[i].deprecated) {
            list_item(&l, &type->values[i]);
        }
    }
    close_list(&l);
}

static void write_types(writer *w, const fq_selection *selection, fq_type *const *types, uint32_t n) {
    list l = open_list(w, selection, type_field);
    for (uint32_t i = 0; i < n && !w->out->failed; i++) {
        if (!types[i]->unreferenced) {
            list_item(&l, &(fq_type_ref){.kind = FQ_REF_NAMED, .type = types[i]});
        }
    }
    close_list(&l);
}

/* Fields that only some kinds of named types have; null for the others (section 4.2.2). */
static void named_type_field(writer *w, const fq_selection *selection, const fq_type *type) {
    bool has_fields = type->kind == FQ_OBJECT_TYPE || type->kind == FQ_INTERFACE_TYPE;
    fq_meta_field field = (fq_meta_field)(FQ_META_TYPE_KIND + selection->field->index);
    if (field == FQ_META_TYPE_FIELDS && has_fields) {
        write_fields(w, selection, type);
    } else if (field == FQ_META_TYPE_INTERFACES && has_fields) {
        write_types(w, selection, type->interfaces, type->n_interfaces);
    } else if (field == FQ_META_TYPE_POSSIBLE_TYPES &&
               (type->kind == FQ_INTERFACE_TYPE || type->kind == FQ_UNION_TYPE)) {
        write_types(w, selection, type->possible, type->n_possible);
    } else if (field == FQ_META_TYPE_ENUM_VALUES && type->kind == FQ_ENUM_TYPE) {
        write_enum_values(w, selection, type);
    } else if (field == FQ_META_TYPE_INPUT_FIELDS && type->kind == FQ_INPUT_OBJECT_TYPE) {
        write_input_values(w, selection, type->input_fields, type->n_input_fields);
    } else if (field == FQ_META_TYPE_IS_ONE_OF && type->kind == FQ_INPUT_OBJECT_TYPE) {
        write_bool(w, type->one_of);
    } else {
        write_null(w);
    }
}

static fq_slice kind_name(const fq_type_ref *ref) {
    return ref->kind == FQ_REF_LIST       ? FQ_S("LIST")
           : ref->kind == FQ_REF_NON_NULL ? FQ_S("NON_NULL")
                                          : fq_type_kind_name((fq_type_kind)ref->type->kind);
}

static void type_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_type_ref *ref = object;
    const fq_type *named = ref->kind == FQ_REF_NAMED ? ref->type : NULL;
    switch (FQ_META_TYPE_KIND + selection->field->index) {
    case FQ_META_TYPE_KIND:
        write_text(w, kind_name(ref));
        break;
    case FQ_META_TYPE_NAME:
        write_text_or_null(w, named != NULL ? named->name : (fq_slice){0});
        break;
    case FQ_META_TYPE_DESCRIPTION:
        write_text_or_null(w, named != NULL ? named->description : (fq_slice){0});
        break;
    case FQ_META_TYPE_SPECIFIED_BY_URL:
        write_text_or_null(w, named != NULL ? named->specified_by : (fq_slice){0});
        break;
    case FQ_META_TYPE_OF_TYPE:
        if (named == NULL) {
            write_object(w, selection->children, ref->of, type_field);
        } else {
            write_null(w);
        }
        break;
    default:
        if (named != NULL) {
            named_type_field(w, selection, named);
        } else {
            write_null(w);
        }
        break;
    }
}

/* `object`: fq_directive. */
static void directive_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_directive *directive = object;
    uint8_t order[FQ_LOCATIONS];
    uint32_t n;
    switch (FQ_META_DIRECTIVE_NAME + selection->field->index) {
    case FQ_META_DIRECTIVE_NAME:
        write_text(w, directive->name);
        break;
    case FQ_META_DIRECTIVE_DESCRIPTION:
        write_text_or_null(w, directive->description);
        break;
    case FQ_META_DIRECTIVE_IS_REPEATABLE:
        write_bool(w, directive->repeatable);
        break;
    case FQ_META_DIRECTIVE_LOCATIONS:
        n = fq_directive_locations(directive, order);
        for (uint32_t i = 0; i < n; i++) {
            fq_buffer_char(w->out, i == 0 ? '[' : ',');
            write_text(w, fq_directive_location_name((fq_directive_location)order[i]));
        }
        fq_buffer_slice(w->out, n == 0 ? FQ_S("[]") : FQ_S("]"));
        break;
    default:
        write_input_values(w, selection, directive->args, directive->n_args);
        break;
    }
}

static void write_directives(writer *w, const fq_selection *selection) {
    list l = open_list(w, selection, directive_field);
    for (uint32_t i = 0; i < w->schema->n_directives && !w->out->failed; i++) {
        list_item(&l, w->schema->directives[i]);
    }
    close_list(&l);
}

/* `object`: fq_schema. */
static void schema_field(writer *w, const fq_selection *selection, const void *object) {
    const fq_schema *schema = object;
    switch (FQ_META_SCHEMA_DESCRIPTION + selection->field->index) {
    case FQ_META_SCHEMA_DESCRIPTION:
        write_text_or_null(w, schema->description);
        break;
    case FQ_META_SCHEMA_TYPES:
        write_types(w, selection, schema->types, schema->n_types);
        break;
    case FQ_META_SCHEMA_QUERY_TYPE:
        write_named(w, selection, schema->query);
        break;
    case FQ_META_SCHEMA_MUTATION_TYPE:
        write_named(w, selection, schema->mutation);
        break;
    case FQ_META_SCHEMA_SUBSCRIPTION_TYPE:
        write_named(w, selection, schema->subscription);
        break;
    default:
        write_directives(w, selection);
        break;
    }
}

/* ---- roots ---- */

bool fq_is_introspection(const fq_schema *schema, const fq_selection *selection) {
    return selection->field == schema->typename_field || selection->field == schema->schema_field ||
           selection->field == schema->type_field;
}

void fq_introspection_write(const fq_schema *schema, const fq_selection *selection, fq_buffer *out) {
    writer w = {.schema = schema, .out = out};
    fq_buffer_init(&w.scratch, out->max);
    if (selection->field == schema->typename_field) {
        write_text(&w, selection->parent->name);
    } else if (selection->field == schema->schema_field) {
        write_object(&w, selection->children, schema, schema_field);
    } else {
        const fq_type *type = fq_schema_type(schema, selection->args[0].text);
        write_named(&w, selection, type != NULL && !type->unreferenced ? type : NULL);
    }
    fq_buffer_done(&w.scratch);
}
