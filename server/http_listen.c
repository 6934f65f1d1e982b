/* SPDX-License-Identifier: MIT */
/* Opens the sockets that the program listens on and tells people where they are. Knows nothing of HTTP. A busy address
 * is an error that says so; a unix socket that nobody listens on any more is taken over. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http.h"

#define LISTEN_BACKLOG 4096

static int listen_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (*path == '\0') { /* Linux would choose a name that no client could know */
        fprintf(stderr, "fraiseql: error: --listen 'unix:': give the socket's path, such as unix:/run/fraiseql.sock\n");
        return -1;
    }
    if (strlen(path) >= sizeof(address.sun_path)) {
        fprintf(stderr, "fraiseql: error: the socket's path is longer than %zu bytes: %s\n",
                sizeof(address.sun_path) - 1, path);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct stat info;
    /* A socket that nobody listens on any more is a leftover; a live one is an error. */
    if (fd >= 0 && stat(path, &info) == 0 && S_ISSOCK(info.st_mode) &&
        connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno == ECONNREFUSED) {
        (void)unlink(path);
        close(fd);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        fprintf(stderr, "fraiseql: error: cannot listen on unix:%s: %s\n", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

/* getaddrinfo takes larger numbers too, and cuts them to 16 bits. */
static bool is_port(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 5 && text[digits] == '\0' && strtoul(text, NULL, 10) <= 65535;
}

static int listen_tcp(const char *address) {
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t length = colon != NULL ? (size_t)(colon - address) : 0;
    if (colon == NULL || length >= sizeof(host) || !is_port(colon + 1)) {
        fprintf(stderr, "fraiseql: error: --listen '%s': give HOST:PORT, such as 127.0.0.1:8080, or unix:PATH\n",
                address);
        return -1;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    char *name = host;
    if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        name = host + 1;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(*name != '\0' ? name : NULL, colon + 1, &hints, &found);
    if (failure != 0) {
        fprintf(stderr, "fraiseql: error: --listen '%s': %s\n", address, gai_strerror(failure));
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    }
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        fprintf(stderr, "fraiseql: error: cannot listen on %s: %s\n", address, strerror(errno));
        if (errno == EADDRINUSE) {
            fputs("  tip: another program uses that port; stop it or choose another with --listen\n", stderr);
        }
        if (fd >= 0) {
            close(fd);
        }
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

int http_listen(const char *address) {
    return strncmp(address, "unix:", 5) == 0 ? listen_unix(address + 5) : listen_tcp(address);
}

bool http_listen_is_local(const char *address, int fd) {
    if (strncmp(address, "unix:", 5) == 0) {
        return true;
    }
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof(bound);
    if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0) {
        return false;
    }
    if (bound.ss_family == AF_INET) {
        return (ntohl(((struct sockaddr_in *)&bound)->sin_addr.s_addr) >> 24) == 127;
    }
    return bound.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&bound)->sin6_addr);
}

void http_listen_name(const char *address, int fd, bool tls, char *out, size_t size) {
    struct sockaddr_storage bound;
    socklen_t length = sizeof(bound);
    char host[128];
    char port[16];
    if (strncmp(address, "unix:", 5) == 0 || getsockname(fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        (void)snprintf(out, size, "%s", address);
        return;
    }
    bool six = strchr(host, ':') != NULL;
    (void)snprintf(out, size, "%s://%s%s%s:%s", tls ? "https" : "http", six ? "[" : "", host, six ? "]" : "", port);
}
