/* SPDX-License-Identifier: MIT */
/* See cors.h. Origins are compared without case (scheme and host have none) and without a trailing slash. */
#include "cors.h"

#include <ctype.h>
#include <strings.h>

#define HEADER_LIST_MAX 1024

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool cors_allows(const char *origins, fq_slice origin) {
    if (origins == NULL || origin.len == 0) {
        return false;
    }
    for (const char *at = origins; *at != '\0';) {
        size_t length = strcspn(at, ",");
        fq_slice item = fq_slice_of(at, length);
        at += length + (at[length] == ',');
        while (item.len > 0 && is_blank(item.ptr[0])) {
            item = fq_slice_sub(item, 1, item.len);
        }
        while (item.len > 0 && (is_blank(item.ptr[item.len - 1]) || item.ptr[item.len - 1] == '/')) {
            item.len--;
        }
        if (fq_slice_equal(item, FQ_S("*")) ||
            (item.len == origin.len && strncasecmp(item.ptr, origin.ptr, item.len) == 0)) {
            return true;
        }
    }
    return false;
}

bool cors_is_header_list(fq_slice names) {
    for (size_t i = 0; i < names.len; i++) {
        unsigned char c = (unsigned char)names.ptr[i];
        if (c == 0 || (!isalnum(c) && strchr("-_, ", c) == NULL)) {
            return false;
        }
    }
    return names.len > 0 && names.len <= HEADER_LIST_MAX;
}
