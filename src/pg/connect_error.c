/* SPDX-License-Identifier: MIT */
/* See connect_error.h. The texts are libpq's, which are translated only where a locale is set: this program sets none.
 */
#include "pg/connect_error.h"

#include <glob.h>
#include <unistd.h>

typedef struct hint_row {
    const char *text; /* in libpq's message */
    const char *hint;
} hint_row;

static const hint_row rows[] = {
    {"no encryption", "the server wants TLS: add ?sslmode=require to the URL"},
    {"no pg_hba.conf entry", "add a line for this user, database and address to pg_hba.conf and reload the server"},
    {"password authentication failed",
     "check the user and the password: in the URL, PGPASSWORD, or ~/.pgpass, in this order"},
    {"no password supplied", "put the password into the URL, PGPASSWORD, or ~/.pgpass"},
    {"Peer authentication failed",
     "over the local socket the system user must have the database user's name; connect by TCP "
     "(host=127.0.0.1) to use a password"},
    {"server does not support SSL", "add ?sslmode=prefer to the URL, or turn TLS on in the server"},
    {"too many clients", "all connections are taken (max_connections): lower --pool-size or put a pooler in front"},
    {"remaining connection slots",
     "all connections are taken (max_connections): lower --pool-size or put a pooler in front"},
    {"the database system is starting up", "the server is starting: try again in a moment"},
    {"the database system is shutting down", "the server is shutting down: try again when it is back"},
    {"could not translate host name",
     "DNS does not know the host; inside Compose a service's name works on the same network only"},
    {"timeout expired", "no answer: a firewall, or the wrong host"},
    {"database \"", "psql -l on that server lists its databases"},
    {"role \"", "that user is not known to the server"},
};

static bool contains(fq_slice text, const char *part) {
    return text.ptr != NULL && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool is_local_host(fq_slice host) {
    return fq_slice_equal(host, FQ_S("localhost")) || fq_slice_equal(host, FQ_S("127.0.0.1")) ||
           fq_slice_equal(host, FQ_S("::1"));
}

static fq_slice refused_hint(fq_slice host) {
    if (is_local_host(host) && access("/.dockerenv", F_OK) == 0) {
        return FQ_S("this process runs in a container, where localhost is the container itself; try "
                    "host.docker.internal, or the "
                    "service's name in Compose");
    }
    return FQ_S("PostgreSQL does not listen there; on that machine check that it runs, listen_addresses and the port");
}

static fq_slice socket_hint(fq_arena *arena) {
    glob_t found;
    fq_slice hint = FQ_S("no server listens on a local socket here: is PostgreSQL running?");
    int first = glob("/run/postgresql/.s.PGSQL.*[0-9]", 0, NULL, &found);
    int second = glob("/tmp/.s.PGSQL.*[0-9]", first == 0 ? GLOB_APPEND : 0, NULL, &found);
    if ((first == 0 || second == 0) && found.gl_pathc > 0) {
        hint = fq_arena_printf(arena, "a socket is there: %s; give its directory as host and its number as port",
                               found.gl_pathv[0]);
    }
    globfree(&found);
    return hint;
}

fq_slice fq_connect_hint(fq_arena *arena, fq_slice libpq_text, fq_slice host) {
    if (contains(libpq_text, "Connection refused") && host.len > 0 && host.ptr[0] != '/') {
        return refused_hint(host);
    }
    if (contains(libpq_text, "No such file or directory") || contains(libpq_text, "Connection refused")) {
        return socket_hint(arena);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (contains(libpq_text, rows[i].text)) {
            return fq_slice_from_cstr(rows[i].hint);
        }
    }
    return fq_slice_of("", 0);
}
