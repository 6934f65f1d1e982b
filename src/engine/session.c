/* SPDX-License-Identifier: MIT */
/* See session.h. */
#include "engine/session.h"

#include <pthread.h>
#include <stdio.h>

#define TEXT_OID 25
#define PAIR_TEXT_MAX 40 /* "set_config($127,$128,true)," and some */

static fq_pg_statement statements[FQ_SETTINGS_MAX + 1];
static char statement_texts[FQ_SETTINGS_MAX + 1][PAIR_TEXT_MAX * FQ_SETTINGS_MAX + 16];
static uint32_t text_oids[FQ_SETTINGS_MAX * 2];
static uint8_t text_formats[FQ_SETTINGS_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_statements(void) {
    for (uint32_t i = 0; i < FQ_SETTINGS_MAX * 2; i++) {
        text_oids[i] = TEXT_OID;
    }
    for (uint32_t n = 1; n <= FQ_SETTINGS_MAX; n++) {
        char *text = statement_texts[n];
        size_t size = sizeof(statement_texts[n]);
        size_t len = (size_t)snprintf(text, size, "select ");
        for (uint32_t i = 0; i < n; i++) {
            len += (size_t)snprintf(text + len, size - len, "%sset_config($%u,$%u,true)", i > 0 ? "," : "", 2 * i + 1,
                                    2 * i + 2);
        }
        statements[n] = (fq_pg_statement){
            .id = fq_pg_statement_id(),
            .sql = fq_slice_of(text, len),
            .oids = text_oids,
            .n_params = 2 * n,
            .formats = text_formats,
            .n_columns = n,
            .weight = 12000,
            .prepare = FQ_PG_PREPARE_AT_ONCE,
            .rows = FQ_PG_ROWS_DROPPED,
        };
    }
}

const fq_pg_statement *fq_settings_statement(uint32_t n_pairs) {
    (void)pthread_once(&once, make_statements);
    return &statements[n_pairs];
}

void fq_settings_add(fq_settings *settings, fq_slice name, fq_slice value) {
    fq_vec_push(settings->arena, &settings->values, (fq_pg_value){.value = name});
    fq_slice text = value.ptr != NULL ? value : FQ_S("");
    fq_vec_push(settings->arena, &settings->values, (fq_pg_value){.value = text});
}

/* PostgreSQL's longest name. */
#define IDENTIFIER_MAX 63

static size_t identifier_length(fq_slice s) {
    size_t at = 0;
    for (; at < s.len; at++) {
        char c = s.ptr[at];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (at == 0 || c < '0' || c > '9')) {
            break;
        }
    }
    return at;
}

static bool is_identifier(fq_slice s) { return s.len > 0 && s.len <= IDENTIFIER_MAX && identifier_length(s) == s.len; }

/* Identifiers with dots between them, at least two. */
static bool is_custom_name(fq_slice name) {
    for (unsigned parts = 1;; parts++) {
        size_t len = identifier_length(name);
        if (len == 0 || len > IDENTIFIER_MAX) {
            return false;
        }
        if (len == name.len) {
            return parts > 1;
        }
        if (name.ptr[len] != '.') {
            return false;
        }
        name = fq_slice_sub(name, len + 1, name.len);
    }
}

fq_slice fq_session_map_check(fq_arena *arena, const fq_json *map) {
    for (const fq_json *m = map->child; m != NULL; m = m->next) {
        if (!is_custom_name(m->key)) {
            return fq_arena_printf(arena,
                                   "the session map can not set \"%.*s\": only names with a dot can be set, such as "
                                   "app.user_id",
                                   FQ_PRI(m->key));
        }
        if (m->kind != FQ_JSON_STRING) {
            return fq_arena_printf(
                arena, "the session map must say for \"%.*s\" which key of the user context it takes", FQ_PRI(m->key));
        }
    }
    return fq_slice_of("", 0);
}

static bool set_one(fq_settings *settings, fq_slice name, const fq_json *value, fq_slice text, fq_errors *errors) {
    if (value == NULL || value->kind == FQ_JSON_NULL) {
        return true;
    }
    if (settings->values.len >= FQ_SETTINGS_MAX * 2 - 4) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST, "The user context has more than %d keys", FQ_SETTINGS_MAX - 2);
        return false;
    }
    fq_slice out;
    if (value->kind == FQ_JSON_BOOL) {
        out = value->truth ? FQ_S("true") : FQ_S("false");
    } else if (value->kind == FQ_JSON_STRING || value->kind == FQ_JSON_NUMBER) {
        out = value->text;
    } else {
        out = fq_slice_sub(text, value->start, value->end);
    }
    if (out.ptr != NULL && memchr(out.ptr, '\0', out.len) != NULL) {
        fq_errors_add(errors, FQ_ERR_BAD_REQUEST,
                      "The user context holds a NUL character, which PostgreSQL can not store");
        return false;
    }
    fq_settings_add(settings, name, out);
    return true;
}

bool fq_settings_from_context(fq_settings *settings, const fq_json *context, fq_slice text, const fq_json *map,
                              fq_errors *errors) {
    if (map != NULL) {
        for (const fq_json *m = map->child; m != NULL; m = m->next) {
            if (m->kind == FQ_JSON_STRING &&
                !set_one(settings, m->key, fq_json_member(context, m->text), text, errors)) {
                return false;
            }
        }
        return true;
    }
    for (const fq_json *member = context->child; member != NULL; member = member->next) {
        if (!is_identifier(member->key) || fq_json_member(context, member->key) != member) {
            continue; /* no identifier, or a later member of the same key */
        }
        fq_slice name = fq_arena_printf(settings->arena, "app.%.*s", FQ_PRI(member->key));
        if (!set_one(settings, name, member, text, errors)) {
            return false;
        }
    }
    return true;
}
