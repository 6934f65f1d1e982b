/* SPDX-License-Identifier: MIT */
/* Findings of the validator: kept by phase, put into one order at the end.
 * Invariant: the findings of a phase are in the order of time, so that the first `maximum` of each phase hold the first
 * `maximum` of all. */
#include "validate/rules.h"

static fq_finding *add(fq_validator *v, fq_error_code code, const char *format, va_list args) {
    fq_findings *findings = &v->findings[v->phase];
    if (findings->len >= v->maximum) {
        v->overflowed = true;
        return FQ_NEW(v->arena, fq_finding);
    }
    fq_finding finding = {.time = v->time, .code = code, .message = fq_arena_vprintf(v->arena, format, args)};
    fq_vec_push(v->arena, findings, finding);
    return &findings->items[findings->len - 1];
}

void fq_report(fq_validator *v, uint32_t offset, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_finding_locate(v, add(v, FQ_ERR_VALIDATION_FAILED, format, args), offset);
    va_end(args);
}

fq_finding *fq_report_begin(fq_validator *v, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_finding *finding = add(v, FQ_ERR_VALIDATION_FAILED, format, args);
    va_end(args);
    return finding;
}

void fq_finding_locate(fq_validator *v, fq_finding *finding, uint32_t offset) {
    if (finding->offsets.len < FQ_FINDING_PLACES_MAX) {
        fq_vec_push(v->arena, &finding->offsets, offset);
    }
}

bool fq_validator_full(fq_validator *v) {
    bool full = v->findings[v->phase].len >= v->maximum;
    v->overflowed |= full;
    return full;
}

bool fq_validator_spend(fq_validator *v, uint64_t steps) {
    v->steps += steps;
    if (v->steps > FQ_VALIDATION_STEPS_MAX && !v->exhausted) {
        v->exhausted = true;
        fq_finding *finding = fq_report_begin(
            v, "Document takes more than %u steps to validate, which exceeds the limit of %u (validation steps).",
            FQ_VALIDATION_STEPS_MAX, FQ_VALIDATION_STEPS_MAX);
        finding->code = FQ_ERR_LIMIT_EXCEEDED;
    }
    return !v->exhausted;
}

/* The phase whose next finding is the earliest; FQ_PHASES where none is left. */
static fq_phase earliest(const fq_validator *v, const uint32_t *at) {
    fq_phase best = FQ_PHASES;
    for (fq_phase phase = 0; phase < FQ_PHASES; phase++) {
        const fq_findings *findings = &v->findings[phase];
        if (at[phase] < findings->len &&
            (best == FQ_PHASES || findings->items[at[phase]].time < v->findings[best].items[at[best]].time)) {
            best = phase;
        }
    }
    return best;
}

/* Into the errors' own arena: they outlive the scratch memory of validation. */
static void move(const fq_finding *finding, fq_errors *errors) {
    fq_error *error = fq_errors_add(errors, finding->code, "%.*s", FQ_PRI(finding->message));
    uint32_t *offsets = FQ_NEW_ARRAY(errors->arena, uint32_t, finding->offsets.len);
    for (uint32_t i = 0; i < finding->offsets.len; i++) {
        offsets[i] = finding->offsets.items[i];
    }
    error->offsets = offsets;
    error->n_offsets = finding->offsets.len;
}

void fq_findings_finish(fq_validator *v, fq_errors *errors) {
    uint32_t at[FQ_PHASES] = {0};
    uint32_t moved = 0;
    fq_phase phase;
    while ((phase = earliest(v, at)) != FQ_PHASES && moved < v->maximum) {
        move(&v->findings[phase].items[at[phase]++], errors);
        moved++;
    }
    if (phase != FQ_PHASES || v->overflowed) {
        errors->max++; /* that there are more is told beyond the limit, as graphql-js does */
        fq_errors_add(errors, FQ_ERR_VALIDATION_FAILED,
                      "Too many validation errors, error limit reached. Validation aborted.");
    }
}
