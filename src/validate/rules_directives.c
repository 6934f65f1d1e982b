/* SPDX-License-Identifier: MIT */
/* Rules about directives (section 5.7): known, at a place where they are allowed, and not repeated. */
#include "validate/rules.h"

/* From here on a map finds equal names. */
#define MANY_DIRECTIVES 16

static const fq_slice location_names[] = {
#define X(name) FQ_S_INIT(#name),
    FQ_DIRECTIVE_LOCATIONS(X)
#undef X
};

void fq_rule_known_directive(fq_validator *v, fq_node_id node, const fq_directive *directive,
                             fq_directive_location location) {
    fq_slice name = fq_v_name(v, node);
    uint32_t offset = fq_v_node(v, node)->start;
    if (directive == NULL) {
        fq_report(v, offset, "Unknown directive \"@%.*s\".", FQ_PRI(name));
    } else if ((directive->locations >> location & 1) == 0) {
        fq_report(v, offset, "Directive \"@%.*s\" may not be used on %.*s.", FQ_PRI(name),
                  FQ_PRI(location_names[location]));
    }
}

static bool may_repeat(const fq_validator *v, fq_slice name) {
    const fq_directive *directive = fq_v_directive(v, name);
    return directive == NULL || directive->repeatable;
}

static void report_repeated(fq_validator *v, fq_node_id first, fq_node_id again) {
    fq_slice name = fq_v_name(v, again);
    if (may_repeat(v, name)) {
        return;
    }
    fq_finding *finding =
        fq_report_begin(v, "The directive \"@%.*s\" can only be used once at this location.", FQ_PRI(name));
    fq_finding_locate(v, finding, fq_v_node(v, first)->start);
    fq_finding_locate(v, finding, fq_v_node(v, again)->start);
}

static fq_node_id find_before(const fq_validator *v, fq_node_id first, fq_node_id id) {
    for (fq_node_id other = first; other != id; other = fq_v_next(v, other)) {
        if (fq_slice_equal(fq_v_name(v, other), fq_v_name(v, id))) {
            return other;
        }
    }
    return 0;
}

static void check_many(fq_validator *v, fq_node_id first) {
    fq_map seen;
    fq_map_init(&seen, v->arena);
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        uintptr_t before = (uintptr_t)fq_map_get(&seen, fq_v_name(v, id));
        if (before != 0) {
            report_repeated(v, (fq_node_id)before, id);
        } else {
            fq_map_put(&seen, fq_v_name(v, id), (void *)(uintptr_t)id);
        }
    }
}

void fq_rule_unique_directives(fq_validator *v, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        n++;
    }
    if (n > MANY_DIRECTIVES) {
        check_many(v, first);
        return;
    }
    for (fq_node_id id = n > 1 ? first : 0; id != 0; id = fq_v_next(v, id)) {
        fq_node_id before = find_before(v, first, id);
        if (before != 0) {
            report_repeated(v, before, id);
        }
    }
}
