/* SPDX-License-Identifier: MIT */
/* One pass over each object notes where the values of the selected keys lie; then they are written in the order of the
 * response, through their shapes. Nested objects that are selected are so looked through twice, all else once.
 * Recursion follows shapes, whose depth is the query's, never the data's. The text is PostgreSQL's own and taken to be
 * valid; what is not an object where one has to be is a field error, what can not be walked at all is malformed data.
 */
#include "rows/document.h"

#include "rows/codecs.h"
#include "rows/json_scan.h"

static fq_outcome write_value(fq_document_writer *writer, const fq_shape *shape, fq_slice value, const fq_place *place);

static bool is_null(fq_slice value) { return value.len == 0 || fq_slice_equal(value, FQ_S("null")); }

static fq_outcome report(fq_document_writer *writer, const fq_place *place, const char *format) {
    fq_slice message = {0};
    if (fq_errors_have_room(writer->sink)) {
        fq_slice coordinate = fq_place_coordinate(writer->sink, place);
        message = fq_arena_printf(writer->sink->errors->arena, format, FQ_PRI(coordinate));
    }
    fq_place_error(writer->sink, place, message);
    return FQ_OUTCOME_NULLED;
}

/* --- finding --- */

/* A small hash for a bit set: tells most keys that nobody wants at a glance. */
static uint64_t key_bit(fq_slice key) {
    unsigned mixed = (unsigned)key.len * 7U;
    if (key.len > 0) {
        mixed += (unsigned char)key.ptr[0] * 5U + (unsigned char)key.ptr[key.len - 1];
    }
    return UINT64_C(1) << (mixed & 63U);
}

static uint64_t wanted_bits(const fq_projection *object) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < object->count; i++) {
        bits |= key_bit(object->fields[i].key) | key_bit(object->fields[i].alternative);
    }
    return bits;
}

/* Makes room for one object's fields on the stack, all missing; returns the index of the first. */
static uint32_t push_found(fq_document_writer *writer, uint32_t count) {
    uint32_t base = writer->n_found;
    if (writer->found_capacity - base < count) {
        uint32_t capacity = (base + count) * 2;
        fq_found *grown = FQ_NEW_ARRAY(writer->arena, fq_found, capacity);
        if (base > 0) {
            memcpy(grown, writer->found, base * sizeof(*grown));
        }
        writer->found = grown;
        writer->found_capacity = capacity;
    }
    if (count > 0) {
        memset(writer->found + base, 0, count * sizeof(fq_found));
    }
    writer->n_found = base + count;
    return base;
}

typedef struct member_key {
    fq_slice inside; /* between the quotes */
    bool escaped;
} member_key;

static bool key_is(const member_key *key, fq_slice wanted) {
    if (key->escaped) {
        return fq_scan_string_says(key->inside, wanted);
    }
    return fq_slice_equal(key->inside, wanted);
}

/* The last of several equal keys counts, as in JavaScript. */
static void note_member(const fq_projection *object, fq_found *found, const member_key *key, fq_slice value) {
    for (uint32_t i = 0; i < object->count; i++) {
        const fq_projected_field *field = &object->fields[i];
        if (field->constant.len > 0) {
            continue;
        }
        if (key_is(key, field->key)) {
            found[i] = (fq_found){.value = value, .by_key = true};
        } else if (!found[i].by_key && field->alternative.len > 0 && key_is(key, field->alternative)) {
            found[i].value = value;
        }
    }
}

/* Cuts `"key": value` at `*at`; false where the text is not so. */
static bool cut_member(const char **at, const char *end, member_key *key, fq_slice *value) {
    const char *p = *at;
    if (p == end || *p != '"') {
        return false;
    }
    const char *inside = p + 1;
    key->escaped = false;
    p = fq_scan_string(inside, end, &key->escaped);
    if (p == NULL) {
        return false;
    }
    key->inside = fq_slice_of(inside, (size_t)(p - 1 - inside));
    p = fq_scan_space(p, end);
    if (p == end || *p != ':') {
        return false;
    }
    const char *start = fq_scan_space(p + 1, end);
    p = fq_scan_value(start, end);
    if (p == NULL) {
        return false;
    }
    *value = fq_slice_of(start, (size_t)(p - start));
    *at = fq_scan_space(p, end);
    return true;
}

/* Looks through an object from its opening brace to its closing one. */
static bool find_members(const fq_projection *object, fq_found *found, fq_slice text) {
    const char *end = text.ptr + text.len;
    const char *at = fq_scan_space(text.ptr + 1, end);
    uint64_t wanted = wanted_bits(object);
    if (end - at == 1 && *at == '}') {
        return true;
    }
    for (;;) {
        member_key key;
        fq_slice value;
        if (!cut_member(&at, end, &key, &value)) {
            return false;
        }
        if (key.escaped || (key_bit(key.inside) & wanted) != 0) {
            note_member(object, found, &key, value);
        }
        if (at == end || *at != ',') {
            return end - at == 1 && *at == '}';
        }
        at = fq_scan_space(at + 1, end);
    }
}

/* --- writing --- */

static fq_outcome write_field(fq_document_writer *writer, const fq_projected_field *field, fq_slice value,
                              const fq_place *parent) {
    if (field->constant.len > 0) {
        fq_buffer_slice(writer->out, field->constant);
        return FQ_OUTCOME_DONE;
    }
    fq_place place = {.parent = parent, .field = FQ_FIELD_NONE, .member = field};
    return write_value(writer, field->shape, value, &place);
}

static fq_outcome write_fields(fq_document_writer *writer, const fq_projection *object, uint32_t base,
                               const fq_place *place) {
    fq_buffer_char(writer->out, '{');
    for (uint32_t i = 0; i < object->count; i++) {
        if (i > 0) {
            fq_buffer_char(writer->out, ',');
        }
        fq_buffer_slice(writer->out, object->fields[i].literal);
        fq_outcome outcome = write_field(writer, &object->fields[i], writer->found[base + i].value, place);
        if (outcome != FQ_OUTCOME_DONE) {
            return outcome;
        }
    }
    fq_buffer_char(writer->out, '}');
    return FQ_OUTCOME_DONE;
}

static fq_outcome write_object(fq_document_writer *writer, const fq_projection *object, fq_slice value,
                               const fq_place *place) {
    if (value.ptr[0] != '{') {
        return report(writer, place, "Expected an object for field \"%.*s\".");
    }
    uint32_t base = push_found(writer, object->count);
    fq_outcome outcome = FQ_OUTCOME_BROKEN;
    if (find_members(object, writer->found + base, value)) {
        outcome = write_fields(writer, object, base, place);
    }
    writer->n_found = base;
    return outcome;
}

/* `at` is behind the opening bracket, at the first item. */
static fq_outcome write_items(fq_document_writer *writer, const fq_shape *item, const char *at, const char *end,
                              const fq_place *parent) {
    fq_place place = {.parent = parent, .field = FQ_FIELD_NONE, .indexed = true};
    for (;; place.index++) {
        const char *item_end = fq_scan_value(at, end);
        if (item_end == NULL || writer->out->failed) {
            return FQ_OUTCOME_BROKEN;
        }
        fq_outcome outcome = write_value(writer, item, fq_slice_of(at, (size_t)(item_end - at)), &place);
        if (outcome != FQ_OUTCOME_DONE) {
            return outcome;
        }
        at = fq_scan_space(item_end, end);
        if (at == end || *at != ',') {
            return end - at == 1 && *at == ']' ? FQ_OUTCOME_DONE : FQ_OUTCOME_BROKEN;
        }
        fq_buffer_char(writer->out, ',');
        at = fq_scan_space(at + 1, end);
    }
}

static fq_outcome write_list(fq_document_writer *writer, const fq_shape *shape, fq_slice value, const fq_place *place) {
    if (value.ptr[0] != '[' && shape->of_array) {
        fq_place_error(writer->sink, place, FQ_MESSAGE_DIMENSIONS);
        return FQ_OUTCOME_NULLED;
    }
    if (value.ptr[0] != '[') {
        return report(writer, place, "Expected Iterable, but did not find one for field \"%.*s\".");
    }
    const char *end = value.ptr + value.len;
    const char *at = fq_scan_space(value.ptr + 1, end);
    fq_outcome outcome = FQ_OUTCOME_DONE;
    fq_buffer_char(writer->out, '[');
    if (end - at != 1 || *at != ']') {
        outcome = write_items(writer, shape->item, at, end, place);
    }
    fq_buffer_char(writer->out, ']');
    return outcome;
}

static fq_outcome write_leaf(fq_document_writer *writer, const fq_shape *shape, fq_slice value, const fq_place *place) {
    fq_coded coded = fq_codec_write_token(writer->out, shape->codec, shape->names, value);
    if (coded == FQ_CODED_GOOD) {
        return FQ_OUTCOME_DONE;
    }
    if (coded == FQ_CODED_BROKEN) {
        return FQ_OUTCOME_BROKEN;
    }
    fq_slice message = {0};
    if (fq_errors_have_room(writer->sink)) {
        message = fq_codec_refusal(writer->sink->errors->arena, shape->codec, value);
    }
    fq_place_error(writer->sink, place, message);
    return FQ_OUTCOME_NULLED;
}

static fq_outcome write_content(fq_document_writer *writer, const fq_shape *shape, fq_slice value,
                                const fq_place *place) {
    if (shape->list) {
        return write_list(writer, shape, value, place);
    }
    if (shape->object != NULL) {
        return write_object(writer, shape->object, value, place);
    }
    return write_leaf(writer, shape, value, place);
}

/* A missing key is an empty value, and null. */
static fq_outcome write_value(fq_document_writer *writer, const fq_shape *shape, fq_slice value,
                              const fq_place *place) {
    if (is_null(value)) {
        if (shape->non_null) {
            fq_place_null_error(writer->sink, place);
            return FQ_OUTCOME_NULLED;
        }
        fq_buffer_literal(writer->out, "null");
        return FQ_OUTCOME_DONE;
    }
    size_t before = writer->out->len;
    fq_outcome outcome = write_content(writer, shape, value, place);
    if (outcome == FQ_OUTCOME_NULLED && !shape->non_null) {
        fq_buffer_truncate(writer->out, before);
        fq_buffer_literal(writer->out, "null");
        return FQ_OUTCOME_DONE;
    }
    return outcome;
}

/* An object or a list is found out to be malformed while it is walked, so only a scalar is walked here. */
fq_outcome fq_document_write(fq_document_writer *writer, const fq_shape *shape, fq_slice text, const fq_place *place) {
    const char *end = text.ptr + text.len;
    const char *at = fq_scan_space(text.ptr, end);
    while (end > at && fq_scan_space(end - 1, end) == end) {
        end--;
    }
    bool container = at < end && (*at == '{' || *at == '[');
    if (!container && fq_scan_value(at, end) != end) {
        return FQ_OUTCOME_BROKEN;
    }
    return write_value(writer, shape, fq_slice_of(at, (size_t)(end - at)), place);
}
