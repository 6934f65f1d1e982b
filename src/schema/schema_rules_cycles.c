/* SPDX-License-Identifier: MIT */
/* Input objects that no finite value could ever fill: cycles of non-null fields (graphql-js 16), and cycles in which
 * OneOf input objects have no other way out (graphql-js 17). Both searches keep their own stack, so that chains of any
 * length are walked without recursion, and visit each field once. */
#include "base/buffer.h"
#include "schema/sdl_build.h"

typedef struct frame {
    sdl_origin *origin;
    uint32_t field; /* the next one, while on top; else the one that led to the frame above, plus one */
} frame;

typedef struct search {
    sdl_build *b;
    FQ_VEC(frame) stack;
    const sdl_origin *(*target)(const struct search *search, const sdl_origin *origin, const fq_input_value *field);
    void (*report)(struct search *search, const sdl_origin *target);
    const bool *finite; /* by origin: the second search */
} search;

static const fq_input_value *field_of(const frame *f) { return &f->origin->type->input_fields[f->field - 1]; }

static void push(search *s, sdl_origin *origin) {
    origin->visited = true;
    origin->path_index = s->stack.len;
    fq_vec_push(s->b->scratch, &s->stack, (frame){origin, 0});
}

/* Depth first from one type; a target that is on the path closes a cycle. */
static void run(search *s, sdl_origin *start) {
    if (start->visited) {
        return;
    }
    push(s, start);
    while (s->stack.len > 0 && !sdl_full(s->b)) {
        frame *top = &s->stack.items[s->stack.len - 1];
        if (top->field == top->origin->type->n_input_fields) {
            top->origin->path_index = -1;
            s->stack.len--;
            continue;
        }
        top->field++;
        const sdl_origin *target = s->target(s, top->origin, field_of(top));
        if (target != NULL && target->path_index >= 0) {
            s->report(s, target);
        } else if (target != NULL && !target->visited) {
            push(s, (sdl_origin *)target);
        }
    }
}

static const sdl_origin *input_object(const sdl_build *b, const fq_type_ref *ref) {
    return ref->kind == FQ_REF_NAMED && ref->type->kind == FQ_INPUT_OBJECT_TYPE ? sdl_origin_of(b, ref->type) : NULL;
}

/* ---- non-null fields ---- */

static const sdl_origin *non_null_target(const search *s, const sdl_origin *origin, const fq_input_value *field) {
    (void)origin;
    return field->type->kind == FQ_REF_NON_NULL ? input_object(s->b, field->type->of) : NULL;
}

/* The texts of the fields on the path from `target` on, joined. */
static fq_slice path_text(search *s, const sdl_origin *target, const char *between, bool with_type) {
    fq_buffer text;
    fq_buffer_init(&text, SIZE_MAX);
    for (uint32_t i = (uint32_t)target->path_index; i < s->stack.len; i++) {
        const frame *f = &s->stack.items[i];
        fq_buffer_slice(&text, i > (uint32_t)target->path_index ? fq_slice_from_cstr(between) : FQ_S(""));
        if (with_type) {
            fq_buffer_slice(&text, f->origin->type->name);
            fq_buffer_char(&text, '.');
        }
        fq_buffer_slice(&text, field_of(f)->name);
    }
    fq_slice copy = fq_arena_copy(s->b->scratch, fq_buffer_view(&text));
    fq_buffer_done(&text);
    return copy;
}

static void locate_path(search *s, const sdl_origin *target, fq_error *error) {
    for (uint32_t i = (uint32_t)target->path_index; i < s->stack.len; i++) {
        const frame *f = &s->stack.items[i];
        sdl_error_at(s->b, error, f->origin->members[f->field - 1]);
    }
}

static void report_non_null(search *s, const sdl_origin *target) {
    locate_path(s, target,
                SDL_ERROR(s->b,
                          "Cannot reference Input Object \"%.*s\" within itself through a series of non-null "
                          "fields: \"%.*s\".",
                          FQ_PRI(target->type->name), FQ_PRI(path_text(s, target, ".", false))));
}

/* ---- OneOf ---- */

/* The input object that a value of this field surely holds. */
static const sdl_origin *sure_target(const search *s, const sdl_origin *origin, const fq_input_value *field) {
    return origin->type->one_of ? input_object(s->b, field->type) : non_null_target(s, origin, field);
}

static const sdl_origin *endless_target(const search *s, const sdl_origin *origin, const fq_input_value *field) {
    const sdl_origin *target = sure_target(s, origin, field);
    return target != NULL && !s->finite[target - s->b->origins] ? target : NULL;
}

static void report_endless(search *s, const sdl_origin *target) {
    bool one_of = false;
    for (uint32_t i = (uint32_t)target->path_index; i < s->stack.len; i++) {
        one_of |= s->stack.items[i].origin->type->one_of;
    }
    if (one_of) { /* else it has been reported as a cycle of non-null fields */
        locate_path(s, target,
                    SDL_ERROR(s->b,
                              "Input Object %.*s cannot be provided a finite value because it references itself "
                              "through fields: %.*s.",
                              FQ_PRI(target->type->name), FQ_PRI(path_text(s, target, ", ", true))));
    }
}

typedef struct dependent {
    uint32_t origin;
    struct dependent *next;
} dependent;

typedef struct finite_state {
    uint32_t unresolved; /* targets not known to be finite */
    dependent *dependents;
} finite_state;

static void mark_finite(bool *finite, uint32_t *queue, uint32_t *n, uint32_t i) {
    if (!finite[i]) {
        finite[i] = true;
        queue[(*n)++] = i;
    }
}

/* Spreads from the input objects that need no other to all that can be filled. */
static const bool *find_finite(search *s) {
    sdl_build *b = s->b;
    bool *finite = FQ_NEW_ARRAY(b->scratch, bool, b->n_origins);
    uint32_t *queue = FQ_NEW_ARRAY(b->scratch, uint32_t, b->n_origins), n = 0;
    finite_state *states = FQ_NEW_ARRAY(b->scratch, finite_state, b->n_origins);
    for (uint32_t i = 0; i < b->n_origins; i++) {
        const sdl_origin *origin = &b->origins[i];
        for (uint32_t j = 0; origin->type->kind == FQ_INPUT_OBJECT_TYPE && j < origin->type->n_input_fields; j++) {
            const sdl_origin *target = sure_target(s, origin, &origin->type->input_fields[j]);
            if (target != NULL) {
                dependent *d = FQ_NEW(b->scratch, dependent);
                *d = (dependent){i, states[target - b->origins].dependents};
                states[target - b->origins].dependents = d;
                states[i].unresolved++;
            }
        }
        bool way_out = origin->type->one_of && states[i].unresolved < origin->type->n_input_fields;
        if (states[i].unresolved == 0 || way_out) {
            mark_finite(finite, queue, &n, i);
        }
    }
    while (n > 0) {
        for (dependent *d = states[queue[--n]].dependents; d != NULL; d = d->next) {
            if (b->origins[d->origin].type->one_of || --states[d->origin].unresolved == 0) {
                mark_finite(finite, queue, &n, d->origin);
            }
        }
    }
    return finite;
}

void sdl_check_cycles(sdl_build *b) {
    search non_null = {.b = b, .target = non_null_target, .report = report_non_null};
    bool any_one_of = false;
    for (uint32_t i = 0; i < b->n_origins; i++) {
        if (b->origins[i].type->kind == FQ_INPUT_OBJECT_TYPE) {
            any_one_of |= b->origins[i].type->one_of;
            run(&non_null, &b->origins[i]);
        }
    }
    if (!any_one_of || sdl_full(b)) {
        return;
    }
    search endless = {.b = b, .target = endless_target, .report = report_endless};
    endless.finite = find_finite(&endless);
    for (uint32_t i = 0; i < b->n_origins; i++) {
        b->origins[i].visited = false;
    }
    for (uint32_t i = 0; i < b->n_origins; i++) {
        if (b->origins[i].type->kind == FQ_INPUT_OBJECT_TYPE && !endless.finite[i]) {
            run(&endless, &b->origins[i]);
        }
    }
}
