/* SPDX-License-Identifier: MIT */
/* The user context as transaction-local settings: which names and values a request sets. */
#ifndef FQ_ENGINE_SESSION_H
#define FQ_ENGINE_SESSION_H

#include "base/error.h"
#include "pg/pool.h"
#include "json/reader.h"

/* Settings of one request: name and value alternating. */
typedef struct fq_settings {
    fq_arena *arena;
    FQ_VEC(fq_pg_value) values;
} fq_settings;

void fq_settings_add(fq_settings *settings, fq_slice name, fq_slice value);

/* Whether each member of a map is the name of a setting, of which only those with a dot may be set, and the key of a
 * context; otherwise what is wrong, in the arena. Empty where all is well. */
fq_slice fq_session_map_check(fq_arena *arena, const fq_json *map);

/* Adds those of a user context. `map` NULL: every top-level key that is an identifier, as app.KEY; else setting name ->
 * key of the context. Scalars as their text, lists and objects as JSON text, null and absent: not set. `text` is the
 * JSON text that the context was read from. False with an error appended where a value can not be set. */
bool fq_settings_from_context(fq_settings *settings, const fq_json *context, fq_slice text, const fq_json *map,
                              fq_errors *errors);

/* `select set_config($1,$2,true), ...` for that many pairs (1 to FQ_SETTINGS_MAX); the statements are made once per
 * process. */
#define FQ_SETTINGS_MAX 64
const fq_pg_statement *fq_settings_statement(uint32_t n_pairs);

#endif
