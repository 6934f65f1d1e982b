/* SPDX-License-Identifier: MIT */
/* See http_head.h. */
#include "http_head.h"

#include <ctype.h>
#include <strings.h>

#define H2O_USE_LIBUV 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <h2o.h>
#pragma GCC diagnostic pop

static bool name_is(fq_slice name, const char *wanted) {
    return name.len == strlen(wanted) && strncasecmp(name.ptr, wanted, name.len) == 0;
}

static bool all_digits(fq_slice value) {
    for (size_t i = 0; i < value.len; i++) {
        if (!isdigit((unsigned char)value.ptr[i])) {
            return false;
        }
    }
    return value.len > 0 && value.len < 19;
}

static fq_slice trimmed(fq_slice s) {
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s = fq_slice_sub(s, 1, s.len);
    }
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

/* RFC 9110, section 7.2: one host, and a port. A comma may be what somebody joined two Hosts with. */
static bool is_host(fq_slice value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c == '\0' || c >= 0x7F || (!isalnum(c) && strchr("-._~%!$&'()*+;=:[]", c) == NULL)) {
            return false;
        }
    }
    return true;
}

typedef struct head {
    int lengths, encodings, hosts;
    bool one_zero;
} head;

static const char *check_line(fq_slice line, head *h) {
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        return "a header line is folded";
    }
    const char *colon = memchr(line.ptr, ':', line.len);
    if (colon == NULL) {
        return "a header line has no colon";
    }
    fq_slice name = fq_slice_of(line.ptr, (size_t)(colon - line.ptr));
    fq_slice value = trimmed(fq_slice_sub(line, name.len + 1, line.len));
    if (name.len == 0 || name.ptr[name.len - 1] == ' ' || name.ptr[name.len - 1] == '\t') {
        return "blank before the colon of a header";
    }
    if (name_is(name, "content-length")) {
        h->lengths++;
        return all_digits(value) ? NULL : "Content-Length is not a number";
    }
    if (name_is(name, "transfer-encoding")) {
        h->encodings++;
        return value.len == 7 && strncasecmp(value.ptr, "chunked", 7) == 0 ? NULL : "unknown Transfer-Encoding";
    }
    if (name_is(name, "host")) {
        h->hosts++;
        return is_host(value) ? NULL : "Host is not one host";
    }
    return NULL;
}

const char *http_head_check_bytes(fq_slice bytes) {
    head h = {0};
    size_t at = 0;
    bool first = true;
    while (at < bytes.len) {
        const char *end = memchr(bytes.ptr + at, '\n', bytes.len - at);
        if (end == NULL) {
            break;
        }
        size_t stop = (size_t)(end - bytes.ptr);
        fq_slice line = fq_slice_sub(bytes, at, stop);
        at = stop + 1;
        if (line.len == 0 || line.ptr[line.len - 1] != '\r') {
            return "a line ends without a carriage return";
        }
        line.len--;
        if (line.len == 0 && !first) {
            break;
        }
        if (first) {
            h.one_zero = fq_slice_ends_with(line, FQ_S("HTTP/1.0"));
            first = line.len == 0; /* empty lines before the request line are ignored */
            continue;
        }
        const char *wrong = check_line(line, &h);
        if (wrong != NULL) {
            return wrong;
        }
    }
    if (h.lengths > 1) {
        return "more than one Content-Length";
    }
    if (h.lengths > 0 && h.encodings > 0) {
        return "both Content-Length and Transfer-Encoding";
    }
    if (h.encodings > 1) {
        return "more than one Transfer-Encoding";
    }
    if (h.hosts > 1 || (h.hosts == 0 && !h.one_zero)) {
        return h.hosts > 1 ? "more than one Host" : "no Host";
    }
    return NULL;
}

const char *http_head_check(struct st_h2o_req_t *request) {
    h2o_socket_t *socket = request->conn->callbacks->get_socket(request->conn);
    if (socket == NULL || socket->input == NULL || socket->input->size == 0) {
        return NULL;
    }
    return http_head_check_bytes(fq_slice_of(socket->input->bytes, socket->input->size));
}
