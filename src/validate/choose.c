/* SPDX-License-Identifier: MIT */
/* GetOperation (section 6.1): which operation of a document a request means. */
#include "validate/validate.h"

static bool is_operation(const fq_document *document, fq_node_id node) {
    return fq_node_at(document, node)->kind == FQ_NODE_OPERATION;
}

static fq_node_id choose_the_only(const fq_document *document, fq_errors *errors) {
    fq_node_id found = 0;
    for (fq_node_id node = document->definitions; node != 0; node = fq_node_next(document, node)) {
        if (is_operation(document, node)) {
            if (found != 0) {
                fq_errors_add(errors, FQ_ERR_OPERATION_RESOLUTION_FAILURE,
                              "Must provide operation name if query contains multiple operations.");
                return 0;
            }
            found = node;
        }
    }
    if (found == 0) {
        fq_errors_add(errors, FQ_ERR_OPERATION_RESOLUTION_FAILURE, "Must provide an operation.");
    }
    return found;
}

fq_node_id fq_operation_choose(const fq_document *document, fq_slice name, fq_errors *errors) {
    if (name.ptr == NULL) {
        return choose_the_only(document, errors);
    }
    for (fq_node_id node = document->definitions; node != 0; node = fq_node_next(document, node)) {
        if (is_operation(document, node) && fq_node_at(document, node)->name_len > 0 &&
            fq_slice_equal(fq_node_name(document, node), name)) {
            return node;
        }
    }
    fq_errors_add(errors, FQ_ERR_OPERATION_RESOLUTION_FAILURE, "Unknown operation named \"%.*s\".",
                  FQ_PRI(fq_arena_shown(errors->arena, name)));
    return 0;
}
