/* SPDX-License-Identifier: MIT */
/* See error.h. */
#include "base/error.h"

static const fq_slice code_names[] = {
#define X(name, text) FQ_S_INIT(text),
    FQ_ERROR_CODES(X)
#undef X
};

fq_slice fq_error_code_name(fq_error_code code) { return code_names[code]; }

void fq_errors_init(fq_errors *errors, fq_arena *arena, uint32_t max) {
    *errors = (fq_errors){.arena = arena, .max = max};
}

static fq_error *add(fq_errors *errors, fq_error_code code, const char *format, va_list args) {
    if (errors->list.len >= errors->max) {
        errors->dropped++;
        return FQ_NEW(errors->arena, fq_error);
    }
    fq_error error = {.code = code, .message = fq_arena_vprintf(errors->arena, format, args)};
    fq_vec_push(errors->arena, &errors->list, error);
    return &errors->list.items[errors->list.len - 1];
}

fq_error *fq_errors_add(fq_errors *errors, fq_error_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_error *error = add(errors, code, format, args);
    va_end(args);
    return error;
}

fq_error *fq_errors_add_at(fq_errors *errors, fq_error_code code, uint32_t offset, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_error *error = add(errors, code, format, args);
    va_end(args);
    fq_error_locate(errors, error, offset);
    return error;
}

void fq_error_locate(fq_errors *errors, fq_error *error, uint32_t offset) {
    uint32_t *offsets = FQ_NEW_ARRAY(errors->arena, uint32_t, error->n_offsets + 1);
    for (uint32_t i = 0; i < error->n_offsets; i++) {
        offsets[i] = error->offsets[i];
    }
    offsets[error->n_offsets] = offset;
    error->offsets = offsets;
    error->n_offsets++;
}

/* UTF-16 code units that the character starting with this byte counts for; continuation bytes count for none. */
static uint32_t utf16_units(unsigned char byte) {
    if ((byte & 0xC0) == 0x80) {
        return 0;
    }
    return byte >= 0xF0 ? 2 : 1;
}

fq_position fq_position_of(fq_slice document, uint32_t offset) {
    fq_position position = {.line = 1, .column = 1};
    size_t end = offset < document.len ? offset : document.len;
    for (size_t i = 0; i < end; i++) {
        unsigned char byte = (unsigned char)document.ptr[i];
        bool cr_before_lf = byte == '\r' && i + 1 < document.len && document.ptr[i + 1] == '\n';
        if (byte == '\n' || (byte == '\r' && !cr_before_lf)) {
            position.line++;
            position.column = 1;
        } else {
            position.column += utf16_units(byte);
        }
    }
    return position;
}
