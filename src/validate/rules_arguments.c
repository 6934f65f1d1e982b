/* SPDX-License-Identifier: MIT */
/* Rules about arguments of fields and directives (section 5.4): known, unique, and the required ones given. */
#include "validate/rules.h"

#include "graphql/suggest.h"

/* From here on a map finds equal names. */
#define MANY_ARGUMENTS 16

const fq_input_value *fq_argument_find(const fq_input_value *args, uint32_t n_args, fq_slice name) {
    for (uint32_t i = 0; i < n_args; i++) {
        if (fq_slice_equal(args[i].name, name)) {
            return &args[i];
        }
    }
    return NULL;
}

/* ---- KnownArgumentNames ---- */

void fq_rule_known_argument(fq_validator *v, const fq_argument_owner *owner, fq_node_id arg) {
    if (fq_validator_full(v)) {
        return;
    }
    fq_slice name = fq_v_name(v, arg);
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, v->arena, name);
    for (uint32_t i = 0; i < owner->n_args; i++) {
        fq_suggestions_offer(&suggestions, owner->args[i].name);
    }
    fq_suggestions_sort(&suggestions);
    fq_slice suggestion = fq_suggestions_text(&suggestions, FQ_S(""));
    uint32_t offset = fq_v_node(v, arg)->start;
    if (owner->directive != NULL) {
        fq_report(v, offset, "Unknown argument \"%.*s\" on directive \"@%.*s\".%.*s", FQ_PRI(name), FQ_PRI(owner->name),
                  FQ_PRI(suggestion));
    } else {
        fq_report(v, offset, "Unknown argument \"%.*s\" on field \"%.*s.%.*s\".%.*s", FQ_PRI(name),
                  FQ_PRI(owner->parent->name), FQ_PRI(owner->name), FQ_PRI(suggestion));
    }
}

/* ---- UniqueArgumentNames ---- */

static void report_group(fq_validator *v, fq_node_id first, fq_slice name) {
    fq_finding *finding = fq_report_begin(v, "There can be only one argument named \"%.*s\".", FQ_PRI(name));
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (fq_slice_equal(fq_v_name(v, id), name)) {
            fq_finding_locate(v, finding, fq_v_node(v, id)->name_start);
        }
    }
}

/* Groups in the order of their first members. */
static void report_duplicates(fq_validator *v, fq_node_id first) {
    fq_map counts;
    fq_map_init(&counts, v->arena);
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        fq_slice name = fq_v_name(v, id);
        fq_map_put(&counts, name, (void *)((uintptr_t)fq_map_get(&counts, name) + 1));
    }
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        fq_slice name = fq_v_name(v, id);
        if ((uintptr_t)fq_map_get(&counts, name) > 1 && !fq_validator_full(v)) {
            report_group(v, id, name);
            fq_map_put(&counts, name, (void *)1);
        }
    }
}

/* Looks at pairs while there are few; true as well where there are too many to look at. */
static bool may_repeat(const fq_validator *v, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (n++ == MANY_ARGUMENTS) {
            return true;
        }
        for (fq_node_id other = first; other != id; other = fq_v_next(v, other)) {
            if (fq_slice_equal(fq_v_name(v, id), fq_v_name(v, other))) {
                return true;
            }
        }
    }
    return false;
}

void fq_rule_unique_arguments(fq_validator *v, fq_node_id first) {
    if (may_repeat(v, first)) {
        report_duplicates(v, first);
    }
}

/* ---- ProvidedRequiredArguments ---- */

static bool is_given(const fq_validator *v, fq_node_id first, fq_slice name) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (fq_slice_equal(fq_v_name(v, id), name)) {
            return true;
        }
    }
    return false;
}

static void report_missing(fq_validator *v, const fq_argument_owner *owner, const fq_input_value *arg) {
    fq_slice type = fq_type_ref_text(v->arena, arg->type);
    fq_slice what = owner->directive != NULL ? FQ_S("Directive \"@") : FQ_S("Field \"");
    fq_report(v, fq_v_node(v, owner->node)->start,
              "%.*s%.*s\" argument \"%.*s\" of type \"%.*s\" is required, but it was not provided.", FQ_PRI(what),
              FQ_PRI(owner->name), FQ_PRI(arg->name), FQ_PRI(type));
}

void fq_rule_required_arguments(fq_validator *v, const fq_argument_owner *owner) {
    for (uint32_t i = 0; i < owner->n_args; i++) {
        const fq_input_value *arg = &owner->args[i];
        if (arg->type->kind == FQ_REF_NON_NULL && !arg->has_default &&
            !is_given(v, fq_v_node(v, owner->node)->args, arg->name)) {
            report_missing(v, owner, arg);
        }
    }
}
