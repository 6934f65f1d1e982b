/* SPDX-License-Identifier: MIT */
/* Field errors of a row program: their path, position and words. All of it is the cold side: nothing here runs for rows
 * without errors, and nothing is allocated for errors that would not be kept. */
#include "rows/place.h"

/* The item of a list has its list's field; it adds no key of its own. */
static bool adds_key(const fq_place *place) {
    if (place->member != NULL) {
        return true;
    }
    return place->field != FQ_FIELD_NONE && (place->parent == NULL || place->parent->field != place->field);
}

static uint32_t path_length(const fq_place *place) {
    uint32_t n = 0;
    for (; place != NULL; place = place->parent) {
        n += (uint32_t)adds_key(place) + (uint32_t)place->indexed;
    }
    return n;
}

static fq_slice key_of(const fq_error_sink *sink, const fq_place *place) {
    return place->member != NULL ? place->member->response_key : sink->program->fields[place->field].key;
}

static const fq_path_step *path_of(const fq_error_sink *sink, const fq_place *place, uint32_t length) {
    fq_path_step *path = FQ_NEW_ARRAY(sink->errors->arena, fq_path_step, length);
    for (uint32_t at = length; place != NULL; place = place->parent) {
        if (place->indexed) {
            path[--at].index = place->index;
        }
        if (adds_key(place)) {
            path[--at].key = key_of(sink, place);
        }
    }
    return path;
}

static const fq_place *innermost_field(const fq_place *place) {
    while (place != NULL && place->member == NULL && place->field == FQ_FIELD_NONE) {
        place = place->parent;
    }
    return place;
}

fq_slice fq_place_coordinate(const fq_error_sink *sink, const fq_place *place) {
    const fq_place *at = innermost_field(place);
    if (at == NULL) {
        return FQ_S("");
    }
    if (at->member == NULL) {
        return sink->program->fields[at->field].coordinate;
    }
    return at->member->coordinate.len > 0 ? at->member->coordinate : at->member->response_key;
}

static uint32_t offset_of(const fq_error_sink *sink, const fq_place *place) {
    const fq_place *at = innermost_field(place);
    if (at == NULL) {
        return 0;
    }
    return at->member != NULL ? at->member->offset : sink->program->fields[at->field].offset;
}

void fq_place_error(const fq_error_sink *sink, const fq_place *place, fq_slice message) {
    if (!fq_errors_have_room(sink)) {
        sink->errors->dropped++;
        return;
    }
    fq_error *error = fq_errors_add_at(sink->errors, FQ_ERR_INTERNAL, offset_of(sink, place), "%.*s", FQ_PRI(message));
    error->n_path = path_length(place);
    error->path = path_of(sink, place, error->n_path);
}

void fq_place_null_error(const fq_error_sink *sink, const fq_place *place) {
    fq_slice message = {0};
    if (fq_errors_have_room(sink)) {
        fq_slice coordinate = fq_place_coordinate(sink, place);
        message =
            fq_arena_printf(sink->errors->arena, "Cannot return null for non-nullable field %.*s.", FQ_PRI(coordinate));
    }
    fq_place_error(sink, place, message);
}
