/* SPDX-License-Identifier: MIT */
/* See secret.h. libpq quotes connection strings that it can not read, so the search is liberal: a string that is no
 * proper URI still has its password after the first colon and before the last @. */
#include "secret.h"

#include <ctype.h>
#include <strings.h>

static fq_slice none(void) { return (fq_slice){0}; }

/* user:password@ of a URI. */
static fq_slice in_authority(fq_slice s) {
    const char *scheme = memmem(s.ptr, s.len, "://", 3);
    if (scheme == NULL) {
        return none();
    }
    fq_slice rest = fq_slice_sub(s, (size_t)(scheme - s.ptr) + 3, s.len);
    const char *at = memrchr(rest.ptr, '@', rest.len);
    const char *colon = at != NULL ? memchr(rest.ptr, ':', (size_t)(at - rest.ptr)) : NULL;
    return colon != NULL ? fq_slice_of(colon + 1, (size_t)(at - colon) - 1) : none();
}

/* Where the value of `password =` begins, or NULL. */
static const char *find_key(fq_slice s) {
    static const char key[] = "password";
    for (size_t i = 0; i + sizeof(key) <= s.len; i++) {
        bool starts = i == 0 || isspace((unsigned char)s.ptr[i - 1]) || s.ptr[i - 1] == '?' || s.ptr[i - 1] == '&';
        if (starts && strncasecmp(s.ptr + i, key, sizeof(key) - 1) == 0) {
            size_t at = i + sizeof(key) - 1;
            while (at < s.len && isspace((unsigned char)s.ptr[at])) {
                at++;
            }
            if (at < s.len && s.ptr[at] == '=') {
                return s.ptr + at + 1;
            }
        }
    }
    return NULL;
}

static fq_slice in_keys(fq_slice s) {
    const char *value = find_key(s);
    if (value == NULL) {
        return none();
    }
    const char *end = s.ptr + s.len;
    while (value < end && isspace((unsigned char)*value)) {
        value++;
    }
    bool quoted = value < end && *value == '\'';
    value += quoted;
    const char *stop = value;
    while (stop < end && (quoted ? *stop != '\'' : !isspace((unsigned char)*stop) && *stop != '&')) {
        stop += *stop == '\\' && stop + 1 < end ? 2 : 1;
    }
    return fq_slice_of(value, (size_t)(stop - value));
}

fq_slice database_password(fq_slice database) {
    fq_slice found = in_authority(database);
    return found.len > 0 ? found : in_keys(database);
}

void secret_hide(char *message, const char *database) {
    if (message == NULL || database == NULL) {
        return;
    }
    fq_slice password = database_password(fq_slice_from_cstr(database));
    char *at = message;
    while (password.len > 0 && (at = memmem(at, strlen(at), password.ptr, password.len)) != NULL) {
        memset(at, '*', password.len);
        at += password.len;
    }
}
