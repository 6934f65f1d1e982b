/* SPDX-License-Identifier: MIT */
/* What @deprecated, @specifiedBy and @oneOf say about the definitions that they stand on. Whether they may stand there
 * has been validated; the types of their arguments are checked here, with the errors of graphql-js's
 * getDirectiveValues. */
#include "graphql/printer.h"
#include "schema/sdl_build.h"

fq_node_id sdl_directive_on(const sdl_build *b, fq_node_id node, fq_slice name) {
    for (fq_node_id id = sdl_at(b, node)->directives; id != 0; id = sdl_next(b, id)) {
        if (fq_slice_equal(sdl_name_of(b, id), name)) {
            return id;
        }
    }
    return 0;
}

/* The value of an argument, or 0 where it is not given. */
static fq_node_id argument_of(const sdl_build *b, fq_node_id directive, fq_slice name) {
    for (fq_node_id id = sdl_at(b, directive)->args; id != 0; id = sdl_next(b, id)) {
        if (fq_slice_equal(sdl_name_of(b, id), name)) {
            return sdl_at(b, id)->value;
        }
    }
    return 0;
}

/* The string, or an error and the empty slice. */
static fq_slice string_of(sdl_build *b, fq_node_id value, fq_slice argument) {
    if (sdl_at(b, value)->kind == FQ_NODE_STRING) {
        fq_slice text = fq_node_text(b->document, value);
        return text.len > 0 ? fq_arena_copy(b->schema->arena, text) : FQ_S("");
    }
    fq_buffer printed;
    fq_buffer_init(&printed, SIZE_MAX);
    fq_print_node(b->document, value, &printed);
    sdl_error_at(
        b,
        SDL_ERROR(b, "Argument \"%.*s\" has invalid value %.*s.", FQ_PRI(argument), FQ_PRI(fq_buffer_view(&printed))),
        value);
    fq_buffer_done(&printed);
    return (fq_slice){0};
}

bool sdl_deprecation(sdl_build *b, fq_node_id node, fq_slice *reason) {
    fq_node_id directive = sdl_directive_on(b, node, FQ_S("deprecated"));
    if (directive == 0) {
        return false;
    }
    fq_node_id value = argument_of(b, directive, FQ_S("reason"));
    if (value == 0) {
        *reason = FQ_S("No longer supported");
        return true;
    }
    if (sdl_at(b, value)->kind == FQ_NODE_NULL) {
        return false; /* as in graphql-js: no reason, not deprecated */
    }
    *reason = string_of(b, value, FQ_S("reason"));
    return true;
}

fq_slice sdl_specified_by(sdl_build *b, const sdl_origin *origin) {
    fq_slice url = {0};
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        fq_node_id directive = sdl_directive_on(b, sdl_part(origin, part), FQ_S("specifiedBy"));
        fq_node_id value = directive != 0 ? argument_of(b, directive, FQ_S("url")) : 0;
        if (value != 0 && sdl_at(b, value)->kind == FQ_NODE_NULL) {
            sdl_error_at(b, SDL_ERROR(b, "Argument \"url\" of non-null type \"String!\" must not be null."), value);
        } else if (value != 0) {
            url = string_of(b, value, FQ_S("url"));
        }
    }
    return url;
}

bool sdl_one_of(const sdl_build *b, const sdl_origin *origin) {
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        if (sdl_directive_on(b, sdl_part(origin, part), FQ_S("oneOf")) != 0) {
            return true;
        }
    }
    return false;
}
