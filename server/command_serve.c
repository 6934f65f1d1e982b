/* SPDX-License-Identifier: MIT */
/* `fraiseql serve`: listeners, one worker thread per event loop, and a main thread that waits for signals.
 * SIGTERM and SIGINT: stop accepting, finish what runs, exit; a second one exits at once. SIGHUP: read the schema anew.
 */
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "endpoint.h"
#include "secret.h"

#define RELOAD_PAUSE_MS 2000
#define HEADER_NAME_MAX 128

typedef struct serve serve;

typedef struct worker_thread {
    serve *serve;
    pthread_t thread;
    fq_event_loop *loop;
    http_server *http;
    fraiseql_worker *worker;
    endpoint endpoint;
    bool closed;
} worker_thread;

struct serve {
    const options *options;
    fraiseql *engine;
    endpoint_options endpoint;
    char user_context_header[HEADER_NAME_MAX];
    int fds[LIST_MAX];
    size_t n_fds;
    worker_thread *threads;
    size_t n_threads;
    _Atomic bool shutting_down;
    _Atomic size_t threads_running;
    _Atomic uint64_t next_reload_ms; /* the schema is not read anew by itself before */
};

/* ---- worker threads ---- */

static void on_closed(void *arg) { ((worker_thread *)arg)->closed = true; }

static void drain(worker_thread *t) {
    uint64_t until = fq_clock_ms() + t->serve->options->shutdown_timeout;
    http_server_shut(t->http);
    while (http_server_running(t->http) > 0 && fq_clock_ms() < until) {
        http_server_turn(t->http);
    }
    if (http_server_running(t->http) > 0) {
        fprintf(stderr, "fraiseql: %zu requests were given up after the shutdown timeout\n",
                http_server_running(t->http));
        return;
    }
    fraiseql_worker_close(t->worker, on_closed, t);
    while (!t->closed && fq_clock_ms() < until) {
        http_server_turn(t->http);
    }
    if (t->closed) {
        fraiseql_worker_free(t->worker);
    }
}

/* A statement of some worker has met another schema than ours: the main thread is asked to read it anew, by the signal
 * that a person would send. At most every few seconds, for a database that can not be reached would be asked without
 * end. */
static void ask_for_reload(serve *s) {
    uint64_t now = fq_clock_ms();
    uint64_t due = s->next_reload_ms;
    if (now >= due && atomic_compare_exchange_strong(&s->next_reload_ms, &due, now + RELOAD_PAUSE_MS)) {
        (void)kill(getpid(), SIGHUP);
    }
}

static void *run_thread(void *arg) {
    worker_thread *t = arg;
    while (!t->serve->shutting_down) {
        http_server_turn(t->http);
        if (fraiseql_needs_reload(t->serve->engine)) {
            ask_for_reload(t->serve);
        }
    }
    drain(t);
    if (atomic_fetch_sub(&t->serve->threads_running, 1) == 1) {
        (void)kill(getpid(), SIGUSR2); /* tells the main thread that all have ended */
    }
    return NULL;
}

static bool start_thread(serve *s, worker_thread *t, uint32_t pool_size) {
    const options *o = s->options;
    t->serve = s;
    t->loop = fq_event_loop_new(NULL, NULL);
    if (t->loop == NULL) {
        fprintf(stderr, "fraiseql: error: no event loop: %s\n", strerror(errno));
        return false;
    }
    t->worker = fraiseql_worker_new(s->engine, fq_event_loop_ops(t->loop), pool_size);
    t->endpoint = (endpoint){.options = &s->endpoint, .worker = t->worker};
    http_options http = {
        .max_body = o->max_body,
        .idle_timeout_ms = o->idle_connection_timeout,
        .max_connections = (uint32_t)(o->max_connections / s->n_threads + 1),
        .ending = &s->shutting_down,
        .tls_cert = o->tls_cert,
        .tls_key = o->tls_key,
        .compress = strcmp(o->compression, "on") == 0,
    };
    t->http = http_server_new(t->loop, s->fds, s->n_fds, &http, &endpoint_handler, &t->endpoint);
    return t->http != NULL;
}

static size_t count_threads(const options *o) {
    if (o->workers > 0) {
        return o->workers;
    }
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t by_pool = o->pool_size / 2;
    size_t n = cores > 2 ? (size_t)cores : 1;
    n = by_pool < n ? by_pool : n;
    return n > 0 ? n : 1;
}

/* ---- starting ---- */

static bool open_listeners(serve *s) {
    const text_list *addresses = &s->options->listen;
    bool all_local = true;
    for (size_t i = 0; i < addresses->count; i++) {
        int fd = http_listen(addresses->items[i]);
        if (fd < 0) {
            return false;
        }
        s->fds[s->n_fds++] = fd;
        all_local = all_local && http_listen_is_local(addresses->items[i], fd);
    }
    const options *o = s->options;
    bool by_default = all_local;
    s->endpoint.graphiql = strcmp(o->graphiql, "auto") == 0 ? by_default : strcmp(o->graphiql, "on") == 0;
    s->endpoint.error_detail = strcmp(o->error_detail, "auto") == 0 ? by_default : strcmp(o->error_detail, "on") == 0;
    if (strcmp(o->introspection, "authenticated") == 0) {
        s->endpoint.introspection = INTROSPECTION_AUTHENTICATED;
    } else {
        bool on = strcmp(o->introspection, "auto") == 0 ? by_default : strcmp(o->introspection, "on") == 0;
        s->endpoint.introspection = on ? INTROSPECTION_ON : INTROSPECTION_OFF;
    }
    return true;
}

static void print_start(const serve *s) {
    fraiseql_schema_counts counts = fraiseql_schema_count(s->engine);
    fprintf(stderr, "fraiseql %s: %u types, %u root fields (%u mutations)%s\n", fraiseql_version(), counts.types,
            counts.root_fields, counts.mutations, counts.warnings > 0 ? "; warnings above" : "");
    for (size_t i = 0; i < s->n_fds; i++) {
        char name[512];
        http_listen_name(s->options->listen.items[i], s->fds[i], s->options->tls_cert != NULL, name, sizeof(name));
        fprintf(stderr, "fraiseql: serving %s/graphql%s\n", name,
                s->endpoint.graphiql ? " (GraphiQL in a browser)" : "");
    }
}

static bool start(serve *s) {
    const options *o = s->options;
    if ((o->tls_cert == NULL) != (o->tls_key == NULL)) {
        fputs("fraiseql: error: --tls-cert and --tls-key belong together\n", stderr);
        return false;
    }
    if (o->pool_size == 0) {
        fputs("fraiseql: error: --pool-size must be at least 1\n", stderr);
        return false;
    }
    if (!open_listeners(s)) {
        return false;
    }
    s->n_threads = count_threads(o);
    s->threads = calloc(s->n_threads, sizeof(*s->threads));
    if (s->threads == NULL) {
        abort();
    }
    uint32_t pool_size = (uint32_t)(o->pool_size / s->n_threads);
    for (size_t i = 0; i < s->n_threads; i++) {
        if (!start_thread(s, &s->threads[i], pool_size > 0 ? pool_size : 1)) {
            return false;
        }
    }
    s->threads_running = s->n_threads;
    for (size_t i = 0; i < s->n_threads; i++) {
        if (pthread_create(&s->threads[i].thread, NULL, run_thread, &s->threads[i]) != 0) {
            fputs("fraiseql: error: no thread could be started\n", stderr);
            exit(EXIT_COULD_NOT_RUN);
        }
    }
    return true;
}

/* ---- signals ---- */

static void reload(const serve *s) {
    char *message = NULL;
    if (fraiseql_reload(s->engine, &message) == FRAISEQL_OK) {
        fraiseql_schema_counts counts = fraiseql_schema_count(s->engine);
        fprintf(stderr, "fraiseql: schema read anew: %u types, %u root fields\n", counts.types, counts.root_fields);
    } else {
        secret_hide(message, s->options->database);
        fprintf(stderr, "fraiseql: the schema could not be read anew, the old one stays: %s\n",
                message != NULL ? message : "");
    }
    free(message);
}

static void begin_shutdown(serve *s) {
    s->shutting_down = true;
    fputs("fraiseql: shutting down, finishing running requests\n", stderr);
    for (size_t i = 0; i < s->n_threads; i++) {
        fq_event_loop_wake(s->threads[i].loop);
    }
}

static void wait_for_signals(serve *s, const sigset_t *set) {
    for (;;) {
        int signal_number = 0;
        if (sigwait(set, &signal_number) != 0) {
            continue;
        }
        if (signal_number == SIGHUP) {
            reload(s);
        } else if (signal_number == SIGUSR2) {
            if (s->shutting_down && s->threads_running == 0) {
                return;
            }
        } else if (s->shutting_down) {
            fputs("fraiseql: second signal, exiting at once\n", stderr);
            _exit(EXIT_ANSWER_IS_NO);
        } else {
            begin_shutdown(s);
        }
    }
}

static void remove_unix_sockets(const options *o) {
    for (size_t i = 0; i < o->listen.count; i++) {
        if (strncmp(o->listen.items[i], "unix:", 5) == 0) {
            (void)unlink(o->listen.items[i] + 5);
        }
    }
}

/* Names of headers have no case; the HTTP side knows them in lower case. */
static const char *lower_case(const char *name, char out[HEADER_NAME_MAX]) {
    size_t length = name != NULL ? strlen(name) : 0;
    for (size_t i = 0; i < length && i < HEADER_NAME_MAX - 1; i++) {
        out[i] = (char)tolower((unsigned char)name[i]);
    }
    return name != NULL ? out : NULL;
}

int command_serve(const options *o) {
    if (o->arguments.count > 0) {
        fprintf(stderr, "fraiseql: error: unexpected argument '%s'\n", o->arguments.items[0]);
        return EXIT_COULD_NOT_RUN;
    }
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGUSR2);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    static serve s;
    s.options = o;
    s.engine = engine_open(o, NEED_DATABASE);
    if (s.engine == NULL) {
        return EXIT_COULD_NOT_RUN;
    }
    engine_print_warnings(s.engine);
    s.endpoint.engine = s.engine;
    s.endpoint.user_context_header = lower_case(o->user_context_header, s.user_context_header);
    s.endpoint.cors_origins = o->cors_origins;
    s.endpoint.shutting_down = &s.shutting_down;
    if (!start(&s)) {
        return EXIT_COULD_NOT_RUN;
    }
    print_start(&s);
    wait_for_signals(&s, &set);
    for (size_t i = 0; i < s.n_threads; i++) {
        (void)pthread_join(s.threads[i].thread, NULL);
    }
    remove_unix_sockets(o);
    return EXIT_GOOD;
}
