/* SPDX-License-Identifier: MIT */
/* Options, and loading of the schema: from the catalog, from a schema file, or from both. */
#include "engine/engine.h"

#include <stdlib.h>

#include "engine/schema_files.h"
#include "engine/session.h"
#include "pg/catalog.h"
#include "schema/build.h"

const char *fraiseql_version(void) { return FRAISEQL_VERSION; }

void fraiseql_options_init(fraiseql_options *options) {
    const fq_limits limits = FQ_LIMITS_DEFAULT;
    *options = (fraiseql_options){
        .prepared = true,
        .batching = true,
        .max_batch = 50,
        .max_body = limits.body_bytes,
        .max_document = limits.document_bytes,
        .max_buffered_answer = limits.buffered_answer,
        .response_buffer = limits.response_buffer,
        .max_cache_bytes = FQ_PLAN_CACHE_BYTES,
        .max_tokens = limits.tokens,
        .max_depth = limits.depth,
        .max_fields = limits.expanded_fields,
        .max_aliases = limits.aliases,
        .max_directives = limits.directives,
        .max_root_fields = limits.root_fields,
        .max_errors = limits.errors,
        .max_rows = limits.max_rows,
        .max_plans = FQ_PLANS_MAX,
        .max_queue = 1000,
        .request_timeout_ms = limits.request_ms,
        .min_idle = 2,
        .connection_timeout_ms = 30000,
        .idle_timeout_ms = 600000,
        .max_lifetime_ms = 1800000,
        .apq = true,
        .max_apq = 1000,
    };
}

static const char *copy_cstr(fq_arena *arena, const char *text) {
    return text != NULL ? fq_arena_cstr(arena, fq_slice_from_cstr(text)) : NULL;
}

static const char *const *copy_list(fq_arena *arena, const char *const *list) {
    if (list == NULL) {
        return NULL;
    }
    size_t count = 0;
    while (list[count] != NULL) {
        count++;
    }
    const char **copy = FQ_NEW_ARRAY(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = copy_cstr(arena, list[i]);
    }
    return copy;
}

static fraiseql_slice copy_slice(fq_arena *arena, fraiseql_slice s) {
    return s.ptr != NULL ? fq_to_public(fq_arena_copy(arena, fq_from_public(s))) : s;
}

static void copy_options(fraiseql *engine, const fraiseql_options *options) {
    fq_arena *arena = engine->arena;
    engine->options = *options;
    fraiseql_options *own = &engine->options;
    own->database = copy_cstr(arena, options->database);
    own->schema = copy_slice(arena, options->schema);
    own->db_schemas = copy_cstr(arena, options->db_schemas);
    own->include = copy_list(arena, options->include);
    own->exclude = copy_list(arena, options->exclude);
    own->session_map = copy_cstr(arena, options->session_map);
    own->trusted = copy_slice(arena, options->trusted);
    engine->limits = (fq_limits){
        .body_bytes = own->max_body,
        .document_bytes = own->max_document,
        .tokens = own->max_tokens,
        .depth = own->max_depth,
        .expanded_fields = own->max_fields,
        .aliases = own->max_aliases,
        .directives = own->max_directives,
        .root_fields = own->max_root_fields,
        .errors = own->max_errors,
        .request_ms = own->request_timeout_ms,
        .buffered_answer = own->max_buffered_answer,
        .response_buffer = own->response_buffer,
        .max_rows = own->max_rows,
    };
}

/* ---- the schema ---- */

static fq_slice *slices_of(fq_arena *arena, const char *const *list, uint32_t *count) {
    *count = 0;
    while (list != NULL && list[*count] != NULL) {
        (*count)++;
    }
    fq_slice *slices = FQ_NEW_ARRAY(arena, fq_slice, *count);
    for (uint32_t i = 0; i < *count; i++) {
        slices[i] = fq_slice_from_cstr(list[i]);
    }
    return slices;
}

/* Splits "a, b,c" at commas, blanks around the names dropped. */
static fq_slice *split_names(fq_arena *arena, const char *names, uint32_t *count) {
    FQ_VEC(fq_slice) list = {0};
    while (names != NULL && *names != '\0') {
        size_t skip = strspn(names, ", ");
        size_t len = strcspn(names + skip, ",");
        size_t end = len;
        while (end > 0 && names[skip + end - 1] == ' ') {
            end--;
        }
        if (end > 0) {
            fq_vec_push(arena, &list, fq_slice_of(names + skip, end));
        }
        names += skip + len;
    }
    *count = list.len;
    return list.items;
}

static char *duplicate(fq_slice text) {
    char *copy = malloc(text.len + 1);
    if (copy != NULL) {
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

static char *errors_text(const fq_errors *errors, fq_slice source) {
    fq_buffer text;
    fq_buffer_init(&text, 1024 * 1024);
    for (uint32_t i = 0; i < errors->list.len; i++) {
        const fq_error *error = &errors->list.items[i];
        fq_buffer_printf(&text, "%s%.*s", i > 0 ? "\n" : "", FQ_PRI(error->message));
        if (error->n_offsets > 0 && source.ptr != NULL) {
            fq_position position = fq_position_of(source, error->offsets[0]);
            fq_buffer_printf(&text, " (line %u, column %u)", position.line, position.column);
        }
    }
    if (errors->dropped > 0) {
        fq_buffer_printf(&text, "\n... and %u more", errors->dropped);
    }
    char *copy = duplicate(fq_buffer_view(&text));
    fq_buffer_done(&text);
    return copy;
}

static fraiseql_failure read_catalog(fraiseql *engine, fq_arena *arena, fq_slice *catalog, char **message) {
    const fraiseql_options *options = &engine->options;
    fq_catalog_options wanted = {.sample_rows = 100};
    wanted.schemas = split_names(arena, options->db_schemas, &wanted.n_schemas);
    fq_slice file = fq_from_public(options->schema);
    if (wanted.n_schemas == 0 && file.ptr != NULL && fq_schema_text_is_json(file)) {
        wanted.more_schemas = fq_schema_json_schemas(arena, file, &wanted.n_more_schemas);
    }
    fq_slice error = {0};
    fq_catalog_result result = fq_catalog_read(arena, fq_slice_from_cstr(options->database), &wanted, catalog, &error);
    if (result == FQ_CATALOG_OK) {
        return FRAISEQL_OK;
    }
    *message = duplicate(error);
    return result == FQ_CATALOG_CANNOT_CONNECT ? FRAISEQL_NO_DATABASE : FRAISEQL_BAD_SCHEMA;
}

static fq_schema *build_schema(fraiseql *engine, fq_arena *arena, fq_slice catalog, fq_errors *errors) {
    const fraiseql_options *options = &engine->options;
    fq_slice file = fq_from_public(options->schema);
    fq_schema_options wanted = {.strict = options->strict, .big_numbers = options->big_numbers};
    wanted.include = slices_of(arena, options->include, &wanted.n_include);
    wanted.exclude = slices_of(arena, options->exclude, &wanted.n_exclude);
    if (file.ptr == NULL) {
        return fq_schema_from_catalog(catalog, &wanted, errors);
    }
    if (fq_schema_text_is_json(file)) {
        return fq_schema_from_json(file, catalog, &wanted, errors);
    }
    if (options->database != NULL) {
        fq_errors_add(errors, FQ_ERR_BAD_USER_INPUT,
                      "the schema file is SDL, which does not tell where the data lives: give schema JSON (fraiseql "
                      "introspect prints it), or no schema file to introspect the database");
        return NULL;
    }
    return fq_schema_from_sdl(file, errors);
}

static fraiseql_failure load(fraiseql *engine, char **message) {
    fq_arena *arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    fq_slice catalog = {0};
    fraiseql_failure failure = FRAISEQL_OK;
    char *text = NULL;
    if (engine->options.no_schema) {
        catalog = FQ_S("");
    } else if (engine->options.database != NULL) {
        failure = read_catalog(engine, arena, &catalog, &text);
    } else if (engine->options.schema.ptr == NULL) {
        failure = FRAISEQL_BAD_OPTIONS;
        text = duplicate(FQ_S("neither a database nor a schema file is given"));
    }
    if (failure == FRAISEQL_OK) {
        fq_errors errors;
        fq_errors_init(&errors, arena, engine->limits.errors);
        fq_schema *schema = engine->options.no_schema
                                ? fq_schema_from_sdl(FQ_S("type Query { _empty: String }"), &errors)
                                : build_schema(engine, arena, catalog, &errors);
        if (schema == NULL || fq_errors_any(&errors)) {
            fq_schema_unref(schema);
            failure = FRAISEQL_BAD_SCHEMA;
            text = errors_text(&errors, fq_from_public(engine->options.schema));
        } else {
            pthread_mutex_lock(&engine->lock);
            fq_schema *before = engine->schema;
            engine->schema = schema;
            engine->generation = schema->generation;
            pthread_mutex_unlock(&engine->lock);
            fq_schema_unref(before);
        }
    }
    fq_arena_free(arena);
    if (message != NULL) {
        *message = text;
    } else {
        free(text);
    }
    return failure;
}

fq_schema *fq_engine_schema(fraiseql *engine) {
    pthread_mutex_lock(&engine->lock);
    fq_schema *schema = fq_schema_ref(engine->schema);
    pthread_mutex_unlock(&engine->lock);
    return schema;
}

/* ---- life ---- */

static const fq_json *parse_object(fraiseql *engine, fq_slice text, const char *what, char **message) {
    fq_json_error error = {0};
    const fq_json *value = fq_json_parse(engine->arena, text, 16, &error);
    if (value != NULL && value->kind == FQ_JSON_OBJECT) {
        return value;
    }
    if (message != NULL) {
        fq_slice reason =
            fq_arena_printf(engine->arena, "%s must be a JSON object%s%s", what, error.message != NULL ? ": " : "",
                            error.message != NULL ? error.message : "");
        *message = duplicate(reason);
    }
    return NULL;
}

static bool read_option_texts(fraiseql *engine, char **message) {
    const fraiseql_options *options = &engine->options;
    if (options->session_map != NULL) {
        engine->session_map =
            parse_object(engine, fq_slice_from_cstr(options->session_map), "the session map", message);
        if (engine->session_map == NULL) {
            return false;
        }
        fq_slice wrong = fq_session_map_check(engine->arena, engine->session_map);
        if (wrong.len > 0) {
            if (message != NULL) {
                *message = duplicate(wrong);
            }
            return false;
        }
    }
    if (options->trusted.ptr != NULL) {
        engine->trusted =
            parse_object(engine, fq_from_public(options->trusted), "the manifest of trusted documents", message);
        fq_map documents;
        if (engine->trusted == NULL) {
            return false;
        }
        if (!fq_trusted_read(engine->arena, engine->trusted, &documents)) {
            if (message != NULL) {
                *message = duplicate(
                    FQ_S("the manifest of trusted documents must be {\"id\": \"document\"} or Apollo's form"));
            }
            return false;
        }
    }
    return true;
}

fraiseql *fraiseql_new(const fraiseql_options *options, fraiseql_failure *failure, char **message) {
    if (message != NULL) {
        *message = NULL;
    }
    fraiseql *engine = calloc(1, sizeof(*engine));
    if (engine == NULL) {
        abort();
    }
    engine->arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    (void)pthread_mutex_init(&engine->lock, NULL);
    copy_options(engine, options);
    *failure = FRAISEQL_BAD_OPTIONS;
    if (read_option_texts(engine, message)) {
        *failure = load(engine, message);
    }
    if (*failure != FRAISEQL_OK) {
        fraiseql_free(engine);
        return NULL;
    }
    return engine;
}

fraiseql_failure fraiseql_reload(fraiseql *engine, char **message) {
    engine->stale = 0;
    return load(engine, message);
}

bool fraiseql_needs_reload(const fraiseql *engine) { return engine->stale != 0; }

void fraiseql_free(fraiseql *engine) {
    if (engine == NULL) {
        return;
    }
    fq_schema_unref(engine->schema);
    (void)pthread_mutex_destroy(&engine->lock);
    fq_arena_free(engine->arena);
    free(engine);
}

/* ---- texts ---- */

static char *take_text(fq_buffer *buffer) {
    fq_buffer_char(buffer, '\0');
    char *text = buffer->failed ? NULL : buffer->ptr;
    if (buffer->failed) {
        fq_buffer_done(buffer);
    }
    return text;
}

char *fraiseql_schema_sdl(fraiseql *engine) {
    fq_schema *schema = fq_engine_schema(engine);
    fq_buffer out;
    fq_buffer_init(&out, FQ_SCHEMA_ARENA_MAX);
    fq_schema_print_sdl(schema, &out);
    fq_schema_unref(schema);
    return take_text(&out);
}

char *fraiseql_schema_json(fraiseql *engine) {
    fq_schema *schema = fq_engine_schema(engine);
    fq_buffer out;
    fq_buffer_init(&out, FQ_SCHEMA_ARENA_MAX);
    fq_schema_print_json(schema, &out);
    fq_schema_unref(schema);
    return take_text(&out);
}

char *fraiseql_schema_warnings(fraiseql *engine) {
    fq_schema *schema = fq_engine_schema(engine);
    fq_buffer out;
    fq_buffer_init(&out, FQ_SCHEMA_ARENA_MAX);
    for (uint32_t i = 0; i < schema->n_warnings; i++) {
        fq_buffer_slice(&out, schema->warnings[i]);
        fq_buffer_char(&out, '\n');
    }
    fq_schema_unref(schema);
    return take_text(&out);
}

fraiseql_schema_counts fraiseql_schema_count(fraiseql *engine) {
    fq_schema *schema = fq_engine_schema(engine);
    fraiseql_schema_counts counts = {.warnings = schema->n_warnings};
    for (uint32_t i = 0; i < schema->n_types; i++) {
        counts.types += schema->types[i]->entity != NULL;
    }
    counts.mutations = schema->mutation != NULL ? schema->mutation->n_fields : 0;
    counts.root_fields = (schema->query != NULL ? schema->query->n_fields : 0) + counts.mutations;
    fq_schema_unref(schema);
    return counts;
}
