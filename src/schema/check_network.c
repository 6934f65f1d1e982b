/* SPDX-License-Identifier: MIT */
/* See check.h: addresses of networks and of hardware. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "schema/check.h"

typedef struct network {
    unsigned char bytes[16];
    int bits;   /* 32 or 128 */
    int prefix; /* = bits where none is given */
} network;

#define ADDRESS_MAX 64

/* Decimal without sign or leading zeros, at most `max`; -1 where it is not. */
static int small_number(const char *text, int max) {
    size_t len = strlen(text);
    if (len == 0 || len > 3 || (len > 1 && text[0] == '0') || strspn(text, "0123456789") != len) {
        return -1;
    }
    long value = strtol(text, NULL, 10);
    return value <= max ? (int)value : -1;
}

static bool parse_network(fq_slice text, network *parsed) {
    char copy[ADDRESS_MAX];
    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    char *slash = strchr(copy, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    int family = strchr(copy, ':') != NULL ? AF_INET6 : AF_INET;
    parsed->bits = family == AF_INET6 ? 128 : 32;
    parsed->prefix = slash != NULL ? small_number(slash + 1, parsed->bits) : parsed->bits;
    return parsed->prefix >= 0 && inet_pton(family, copy, parsed->bytes) == 1;
}

bool fq_check_ip_address(fq_slice text) {
    network parsed = {.bits = 0};
    return parse_network(text, &parsed);
}

/* A network has no bits to the right of its prefix. */
bool fq_check_cidr(fq_slice text) {
    network parsed = {.bits = 0};
    if (!parse_network(text, &parsed)) {
        return false;
    }
    for (int bit = parsed.prefix; bit < parsed.bits; bit++) {
        if ((parsed.bytes[bit / 8] >> (7 - bit % 8)) & 1) {
            return false;
        }
    }
    return true;
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Groups of `size` hexadecimal digits with `separator` between them; the number of groups, 0 where it is not so. */
static int hex_groups(fq_slice text, size_t size, char separator) {
    if ((text.len + 1) % (size + 1) != 0) {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool expects_separator = i % (size + 1) == size;
        if (expects_separator ? text.ptr[i] != separator : !is_hex(text.ptr[i])) {
            return 0;
        }
    }
    return (int)((text.len + 1) / (size + 1));
}

bool fq_check_mac_address(fq_slice text, int max_bytes) {
    int bytes = hex_groups(text, 2, ':') | hex_groups(text, 2, '-');
    if (bytes == 0) {
        bytes = hex_groups(text, 4, '.') * 2;
    }
    if (bytes == 0 && (hex_groups(text, 12, ':') == 1 || hex_groups(text, 16, ':') == 1)) {
        bytes = (int)text.len / 2;
    }
    return bytes == 6 || (bytes == 8 && max_bytes == 8);
}
