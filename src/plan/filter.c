/* SPDX-License-Identifier: MIT */
/* `where`: one boolean expression from a tree of input objects. Several members of an object are joined by AND, in the
 * order written. An empty object is true, an empty OR is false, and null where an object may stand is as if nothing was
 * given. */
#include "plan/planner.h"

/* What the names of a filter object are about: the fields of an entity's rows, or those of a JSON object in them. */
typedef struct filter {
    fq_planner *planner;
    fq_sql *sql;
    uint32_t scan;
    const fq_type *subject;
    const fq_entity *entity; /* NULL inside documents */
    fq_slice document;       /* a jsonb expression, or empty */
    const fq_column *id;     /* inside documents: the column that also holds this object's `id`, or NULL */
} filter;

static bool given(const fq_value *value) { return value->kind != FQ_VALUE_ABSENT && value->kind != FQ_VALUE_NULL; }

static bool member_given(const fq_member *member) {
    if (member->value.kind == FQ_VALUE_ABSENT) {
        return false;
    }
    return member->field->role == FQ_INPUT_FILTER || member->value.kind != FQ_VALUE_NULL;
}

bool fq_filter_any(const fq_value *where) {
    for (uint32_t i = 0; i < where->count; i++) {
        if (member_given(&where->members[i])) {
            return true;
        }
    }
    return false;
}

static void write_object(const filter *f, const fq_value *object, const fq_path_name *path);

/* An expression in parentheses for each item, between them `joint`. */
static void write_list(const filter *f, const fq_value *value, const char *joint, const char *empty,
                       const fq_path_name *path) {
    const fq_value *items = value->kind == FQ_VALUE_LIST ? value->items : value;
    uint32_t count = value->kind == FQ_VALUE_LIST ? value->count : 1;
    if (count == 0) {
        fq_buffer_slice(&f->sql->out, fq_slice_from_cstr(empty));
        return;
    }
    fq_sql_text(f->sql, "(");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            fq_buffer_slice(&f->sql->out, fq_slice_from_cstr(joint));
        }
        fq_sql_text(f->sql, "(");
        write_object(f, &items[i], path);
        fq_sql_text(f->sql, ")");
    }
    fq_sql_text(f->sql, ")");
}

/* A column can stand for a field of the document where both take the same operators. */
static bool is_like(const fq_column *column, const fq_field *field) {
    const fq_type *type = fq_ref_core(field->type);
    return !column->type->array && (type == column->type->type || type->scalar == FQ_SCALAR_ID);
}

static fq_operand operand_of(const filter *f, const fq_field *field) {
    const fq_source *source = f->entity != NULL ? f->entity->sources[field->index] : NULL;
    if (source != NULL && source->kind != FQ_SOURCE_DOCUMENT) {
        return fq_operand_of_column(f->planner, f->scan, source->column);
    }
    if (f->entity == NULL && f->id != NULL && fq_slice_equal(field->name, FQ_S("id")) && is_like(f->id, field)) {
        return fq_operand_of_column(f->planner, f->scan, f->id);
    }
    return fq_operand_of_document(f->planner, f->document, field);
}

static void write_operators(const filter *f, const fq_operand *operand, const fq_value *object,
                            const fq_path_name *path) {
    uint32_t written = 0;
    for (uint32_t i = 0; i < object->count; i++) {
        const fq_member *member = &object->members[i];
        if (member->value.kind == FQ_VALUE_ABSENT) {
            continue;
        }
        if (written++ > 0) {
            fq_sql_text(f->sql, " and ");
        }
        fq_path_name here = {path, member->name};
        fq_operator_form form = (fq_operator_form)fq_operators[member->field->target].form;
        fq_operator_write(f->planner, f->sql, operand, form, &member->value, &here);
    }
    if (written == 0) {
        fq_sql_text(f->sql, "true");
    }
}

/* A filter about an object inside the document. */
static void write_inner(const filter *f, const fq_field *field, const fq_member *member, const fq_path_name *path) {
    fq_buffer *scratch = &f->planner->scratch;
    fq_document_access(scratch, f->document, fq_field_json_key(field), field->document_alternative, "->");
    filter inner = *f;
    inner.document = fq_planner_take(f->planner);
    inner.subject = fq_ref_core(field->type);
    const fq_source *source = f->entity != NULL ? f->entity->sources[field->index] : NULL;
    inner.id = source != NULL ? source->column : NULL;
    inner.entity = NULL;
    if (member->value.kind == FQ_VALUE_NULL) { /* missing and JSON's null are answered alike */
        fq_sql_text(f->sql, "coalesce(");
        fq_buffer_slice(&f->sql->out, inner.document);
        fq_sql_text(f->sql, ", 'null') = 'null'");
        return;
    }
    write_object(&inner, &member->value, path);
}

static void write_field(const filter *f, const fq_member *member, const fq_path_name *path) {
    const fq_field *field = &f->subject->fields[member->field->target];
    if (fq_ref_core(member->field->type)->subject != NULL) {
        write_inner(f, field, member, path);
        return;
    }
    fq_operand operand = operand_of(f, field);
    if (member->value.kind == FQ_VALUE_OBJECT) {
        write_operators(f, &operand, &member->value, path);
    } else {
        fq_operator_write(f->planner, f->sql, &operand, FQ_FORM_EQ, &member->value, path);
    }
}

static void write_member(const filter *f, const fq_member *member, const fq_path_name *path) {
    fq_path_name here = {path, member->name};
    switch ((fq_input_role)member->field->role) {
    case FQ_INPUT_AND:
        write_list(f, &member->value, " and ", "true", &here);
        return;
    case FQ_INPUT_OR:
        write_list(f, &member->value, " or ", "false", &here);
        return;
    case FQ_INPUT_NOT:
        fq_sql_text(f->sql, "not (");
        write_object(f, &member->value, &here);
        fq_sql_text(f->sql, ")");
        return;
    default:
        write_field(f, member, &here);
        return;
    }
}

static void write_object(const filter *f, const fq_value *object, const fq_path_name *path) {
    uint32_t written = 0;
    for (uint32_t i = 0; given(object) && i < object->count; i++) {
        const fq_member *member = &object->members[i];
        if (!member_given(member)) {
            continue;
        }
        if (written++ > 0) {
            fq_sql_text(f->sql, " and ");
        }
        write_member(f, member, path);
    }
    if (written == 0) {
        fq_sql_text(f->sql, "true");
    }
}

void fq_filter_write(fq_planner *planner, fq_sql *sql, const fq_scan *scan, const fq_value *where) {
    filter f = {
        .planner = planner,
        .sql = sql,
        .scan = scan->number,
        .subject = scan->entity->type,
        .entity = scan->entity,
        .document = fq_scan_document(planner, scan),
    };
    fq_path_name path = {NULL, FQ_S("where")};
    write_object(&f, where, &path);
}
