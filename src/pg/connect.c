/* SPDX-License-Identifier: MIT */
/* See connect.h. Invariant: a connection that is handed out is authenticated, idle, speaks protocol 3.0 (in UTF-8
 * where settings are given; else each transaction says so), and is either in the clear or under an OpenSSL object that
 * we hold; GSS encryption, whose bytes we could not read, is refused. Must not know: jobs, pools. */
#include "pg/connect.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define KEYWORDS_MAX 8

struct fq_connect_params {
    atomic_int references;
    int count;
    char *tuning; /* NULL: none */
    const char *keywords[KEYWORDS_MAX + 1];
    char *values[KEYWORDS_MAX + 1];
};

static char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *print(const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0) {
        fprintf(stderr, "fraiseql: out of memory\n");
        abort();
    }
    return text;
}

static void params_add(fq_connect_params *params, const char *keyword, char *value) {
    params->keywords[params->count] = keyword;
    params->values[params->count] = value;
    params->count++;
}

/* ---- start-up options ---- */

/* The server splits options at spaces; a backslash takes a character as it is. */
static void append_escaped(fq_buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\\' || (unsigned char)*text <= ' ') {
            fq_buffer_char(out, '\\');
        }
        fq_buffer_char(out, *text);
    }
}

/* The user's own options first, so that ours, which answers depend on, win. */
static char *options_of(const fq_pool_config *config, const char *users) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX / 4);
    fq_buffer_slice(&out, fq_slice_from_cstr(users));
    for (const char *const *s = config->settings; s != NULL && s[0] != NULL && s[1] != NULL; s += 2) {
        fq_buffer_printf(&out, "%s-c ", out.len > 0 ? " " : "");
        append_escaped(&out, s[0]);
        fq_buffer_char(&out, '=');
        append_escaped(&out, s[1]);
    }
    char *options = print("%.*s", FQ_PRI(fq_buffer_view(&out)));
    fq_buffer_done(&out);
    return options;
}

/* What the user set for `keyword` in the conninfo or, as libpq would, in the environment; NULL if neither. */
static const char *user_option(const PQconninfoOption *options, const char *keyword) {
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        if (strcmp(o->keyword, keyword) == 0) {
            return o->val != NULL ? o->val : o->envvar != NULL ? getenv(o->envvar) : NULL;
        }
    }
    return NULL;
}

/* ---- parameters ---- */

/* Keywords before `dbname`, which stands for the whole conninfo, give way to it; those behind it override it. */
static void params_fill(fq_connect_params *params, const fq_pool_config *config, const PQconninfoOption *users) {
    uint64_t seconds = (config->connect_timeout_ms + 999) / 1000;
    params_add(params, "connect_timeout", print("%u", (unsigned)(seconds < 2 ? 2 : seconds > 3600 ? 3600 : seconds)));
    params_add(params, "fallback_application_name", print("%.*s", FQ_PRI(config->application_name)));
    params_add(params, "dbname", print("%.*s", FQ_PRI(config->conninfo)));
    params_add(params, "gssencmode", print("disable"));
    if (config->settings != NULL) {
        params_add(params, "client_encoding", print("UTF8"));
        params_add(params, "options", options_of(config, user_option(users, "options")));
    }
}

fq_connect_params *fq_connect_params_new(const fq_pool_config *config, char **error) {
    char *conninfo = print("%.*s", FQ_PRI(config->conninfo));
    char *message = NULL;
    PQconninfoOption *users = PQconninfoParse(conninfo, &message);
    free(conninfo);
    if (users == NULL) {
        /* libpq quotes the place where it stumbled, which may be a piece of the password */
        PQfreemem(message);
        *error = print("the connection string can not be read");
        return NULL;
    }
    fq_connect_params *params = calloc(1, sizeof(*params));
    if (params == NULL) {
        *error = print("out of memory");
    } else {
        atomic_init(&params->references, 1);
        params_fill(params, config, users);
        params->tuning = config->tuning != NULL ? print("%s", config->tuning) : NULL;
    }
    PQconninfoFree(users);
    return params;
}

fq_connect_params *fq_connect_params_ref(fq_connect_params *params) {
    atomic_fetch_add(&params->references, 1);
    return params;
}

void fq_connect_params_unref(fq_connect_params *params) {
    if (params == NULL || atomic_fetch_sub(&params->references, 1) > 1) {
        return;
    }
    for (int i = 0; i < params->count; i++) {
        free(params->values[i]);
    }
    free(params->tuning);
    free(params);
}

const char *fq_connect_params_get(const fq_connect_params *params, const char *keyword) {
    for (int i = 0; i < params->count; i++) {
        if (strcmp(params->keywords[i], keyword) == 0) {
            return params->values[i];
        }
    }
    return NULL;
}

/* ---- opening ---- */

typedef struct open_task {
    fq_helper_task task;
    fq_connect_params *params;
    PGconn *connection;
    char *error;
    fq_opened_fn opened;
    void *arg;
} open_task;

static void open_free(fq_helper_task *task) {
    open_task *open = (open_task *)task;
    PQfinish(open->connection);
    fq_connect_params_unref(open->params);
    free(open->error);
    free(open);
}

static char *first_failure(PGconn *connection) {
    if (connection == NULL) {
        return print("out of memory");
    }
    if (PQstatus(connection) != CONNECTION_OK) {
        const char *message = PQerrorMessage(connection);
        size_t len = strlen(message);
        while (len > 0 && message[len - 1] == '\n') {
            len--;
        }
        return print("%.*s", (int)len, message);
    }
    if (PQgssEncInUse(connection)) {
        return print("the connection is encrypted by GSS, which is not supported");
    }
    if (PQsslInUse(connection) && fq_connect_ssl(connection) == NULL) {
        return print("libpq uses a TLS library that is not supported");
    }
    if (PQprotocolVersion(connection) != 3) {
        return print("the server does not speak protocol 3.0");
    }
    return NULL;
}

static void open_run(fq_helper_task *task) {
    open_task *open = (open_task *)task;
    const char *values[KEYWORDS_MAX + 1] = {0};
    for (int i = 0; i < open->params->count; i++) {
        values[i] = open->params->values[i];
    }
    open->connection = PQconnectdbParams(open->params->keywords, values, 1);
    open->error = first_failure(open->connection);
    if (open->error != NULL) {
        PQfinish(open->connection);
        open->connection = NULL;
    } else if (open->params->tuning != NULL) {
        PQclear(PQexec(open->connection, open->params->tuning));
    }
}

static void open_finished(fq_helper_task *task) {
    open_task *open = (open_task *)task;
    PGconn *connection = open->connection;
    open->connection = NULL;
    open->opened(open->arg, connection, fq_slice_from_cstr(open->error));
    open_free(task);
}

bool fq_connect_open(fq_helper *helper, fq_connect_params *params, fq_opened_fn opened, void *arg) {
    open_task *open = calloc(1, sizeof(*open));
    if (open == NULL) {
        return false;
    }
    open->task = (fq_helper_task){.run = open_run, .finished = open_finished, .discard = open_free};
    open->params = fq_connect_params_ref(params);
    open->opened = opened;
    open->arg = arg;
    if (!fq_helper_submit(helper, &open->task)) {
        open_free(&open->task);
        return false;
    }
    return true;
}

void *fq_connect_ssl(PGconn *connection) { return PQsslInUse(connection) ? PQsslStruct(connection, "OpenSSL") : NULL; }

/* ---- cancelling ---- */

struct fq_cancel_task {
    fq_helper_task task;
    PGcancel *cancel;
    fq_fire_fn cancelled; /* NULL once disowned; the loop's thread alone looks at it */
    void *arg;
};

static void cancel_free(fq_helper_task *task) {
    fq_cancel_task *cancel = (fq_cancel_task *)task;
    PQfreeCancel(cancel->cancel);
    free(cancel);
}

static void cancel_run(fq_helper_task *task) {
    char error[256];
    /* a failure needs no report: whoever waits for the statement's end has a deadline of his own */
    (void)PQcancel(((fq_cancel_task *)task)->cancel, error, sizeof(error));
}

static void cancel_finished(fq_helper_task *task) {
    fq_cancel_task *cancel = (fq_cancel_task *)task;
    if (cancel->cancelled != NULL) {
        cancel->cancelled(cancel->arg);
    }
    cancel_free(task);
}

fq_cancel_task *fq_connect_cancel(fq_helper *helper, PGconn *connection, fq_fire_fn cancelled, void *arg) {
    fq_cancel_task *cancel = calloc(1, sizeof(*cancel));
    if (cancel == NULL) {
        return NULL;
    }
    cancel->task = (fq_helper_task){.run = cancel_run, .finished = cancel_finished, .discard = cancel_free};
    cancel->cancel = PQgetCancel(connection);
    cancel->cancelled = cancelled;
    cancel->arg = arg;
    if (cancel->cancel == NULL || !fq_helper_submit(helper, &cancel->task)) {
        cancel_free(&cancel->task);
        return NULL;
    }
    return cancel;
}

void fq_cancel_task_disown(fq_cancel_task *task) { task->cancelled = NULL; }
