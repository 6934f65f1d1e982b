/* SPDX-License-Identifier: MIT */
/* A row program as text, one step a line, bodies indented; the same program always prints the same. For people and
 * golden tests; nothing reads it back. */
#include "rows/codecs.h"
#include "json/writer.h"

static void indent(fq_buffer *out, uint32_t depth) {
    for (uint32_t i = 0; i < depth; i++) {
        fq_buffer_literal(out, "  ");
    }
}

static const char *shape_name(uint8_t shape) {
    static const char *const names[] = {"list", "one", "value"};
    return shape < sizeof(names) / sizeof(names[0]) ? names[shape] : "?";
}

static const char *step_name(uint8_t kind) {
    static const char *const names[] = {"literal", "value", "array", "object", "list", "document"};
    return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "?";
}

static void print_names(fq_buffer *out, const fq_label_names *names) {
    for (uint32_t i = 0; names != NULL && i < names->count; i++) {
        fq_buffer_printf(out, "%s%.*s", i == 0 ? " names=" : ",", FQ_PRI(names->items[i].name));
    }
}

static void print_shape(fq_buffer *out, const fq_shape *shape, uint32_t depth);

static void print_projection(fq_buffer *out, const fq_projection *object, uint32_t depth) {
    fq_buffer_literal(out, "{\n");
    for (uint32_t i = 0; i < object->count; i++) {
        const fq_projected_field *field = &object->fields[i];
        indent(out, depth + 1);
        fq_buffer_slice(out, field->literal);
        if (field->constant.len > 0) {
            fq_buffer_printf(out, " constant %.*s\n", FQ_PRI(field->constant));
            continue;
        }
        fq_buffer_char(out, ' ');
        fq_json_write_string(out, field->key);
        if (field->alternative.len > 0) {
            fq_buffer_literal(out, "|");
            fq_json_write_string(out, field->alternative);
        }
        fq_buffer_char(out, ' ');
        print_shape(out, field->shape, depth + 1);
        fq_buffer_char(out, '\n');
    }
    indent(out, depth);
    fq_buffer_char(out, '}');
}

static void print_shape(fq_buffer *out, const fq_shape *shape, uint32_t depth) {
    if (shape->list) {
        fq_buffer_char(out, '[');
        print_shape(out, shape->item, depth);
        fq_buffer_char(out, ']');
    } else if (shape->object != NULL) {
        print_projection(out, shape->object, depth);
    } else {
        fq_buffer_printf(out, "%s", fq_codec_name(shape->codec));
        print_names(out, shape->names);
    }
    if (shape->non_null) {
        fq_buffer_char(out, '!');
    }
}

static void print_columns(fq_buffer *out, const uint32_t *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        fq_buffer_printf(out, "%s$%u", i == 0 ? "" : ",", columns[i]);
    }
}

static void print_head(const fq_program *program, fq_buffer *out) {
    fq_buffer_printf(out, "program %s%s%s\n", shape_name(program->shape), program->non_null ? " non-null" : "",
                     program->item_non_null ? " item-non-null" : "");
    for (uint32_t i = 0; i < program->n_statements; i++) {
        const fq_program_statement *statement = &program->statements[i];
        fq_buffer_printf(out, "statement %u: columns $%u +%u\n", i, statement->first_column, statement->n_columns);
    }
    for (uint32_t i = 1; i < program->n_levels; i++) {
        const fq_level *level = &program->levels[i];
        bool rows = level->kind == FQ_LEVEL_ROWS;
        fq_buffer_printf(out, "level %u: %s below %u, columns $%u +%u", i, rows ? "rows" : "arrays", level->parent,
                         level->first_column, level->n_columns);
        if (rows) {
            fq_buffer_printf(out, ", statement %u", level->statement);
        }
        if (level->n_key > 0) {
            fq_buffer_literal(out, ", key ");
            print_columns(out, level->key, level->n_key);
            fq_buffer_literal(out, " = ");
            print_columns(out, level->parent_key, level->n_key);
        }
        fq_buffer_char(out, '\n');
    }
}

static void print_flags(fq_buffer *out, const fq_step *step) {
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {
        {FQ_STEP_NON_NULL, " non-null"},
        {FQ_STEP_ITEM_NON_NULL, " item-non-null"},
        {FQ_STEP_FALSE_IS_NULL, " false-is-null"},
        {FQ_STEP_BINARY_JSON, " binary"},
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (step->flags & flags[i].flag) {
            fq_buffer_printf(out, "%s", flags[i].name);
        }
    }
}

static void print_operands(const fq_program *program, fq_buffer *out, const fq_step *step, uint32_t depth) {
    switch ((fq_step_kind)step->kind) {
    case FQ_STEP_LITERAL:
        return;
    case FQ_STEP_VALUE:
        fq_buffer_printf(out, " $%u %s", step->column, fq_codec_name(step->codec));
        print_names(out, step->names);
        break;
    case FQ_STEP_ARRAY: {
        bool item_non_null = step->shape != NULL && step->shape->item != NULL && step->shape->item->non_null;
        fq_buffer_printf(out, " $%u [%s%s]", step->column, fq_codec_name(step->codec), item_non_null ? "!" : "");
        print_names(out, step->names);
        break;
    }
    case FQ_STEP_OBJECT:
        if (step->column != FQ_COLUMN_NONE) {
            fq_buffer_printf(out, " $%u", step->column);
        }
        break;
    case FQ_STEP_LIST:
        fq_buffer_printf(out, " level %u", step->level);
        break;
    case FQ_STEP_DOCUMENT:
        fq_buffer_printf(out, " $%u ", step->column);
        print_shape(out, step->shape, depth);
        break;
    }
    print_flags(out, step);
    if (step->field < program->n_fields && program->fields[step->field].coordinate.len > 0) {
        fq_buffer_printf(out, " # %.*s", FQ_PRI(program->fields[step->field].coordinate));
    }
}

static void print_steps(const fq_program *program, fq_buffer *out, uint32_t from, uint32_t to, uint32_t depth) {
    for (uint32_t i = from; i < to && i < program->n_steps; i++) {
        const fq_step *step = &program->steps[i];
        bool body = step->kind == FQ_STEP_OBJECT || step->kind == FQ_STEP_LIST;
        indent(out, depth);
        fq_buffer_printf(out, "%s", step_name(step->kind));
        if (step->b > 0) {
            fq_buffer_printf(out, " `%.*s`", (int)step->b, program->literals.ptr + step->a);
        }
        print_operands(program, out, step, depth);
        fq_buffer_char(out, '\n');
        if (body && step->end > i) {
            print_steps(program, out, i + 1, step->end, depth + 1);
            i = step->end - 1;
        }
    }
}

void fq_program_print(const fq_program *program, fq_buffer *out) {
    print_head(program, out);
    print_steps(program, out, 0, program->n_steps, 1);
}
