/* SPDX-License-Identifier: MIT */
/* See media.h. Lists of ranges with parameters and quality values; malformed members are skipped. */
#include "media.h"

#include <strings.h>

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static fq_slice trim(fq_slice s) {
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s = fq_slice_sub(s, 1, s.len);
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

static bool same(fq_slice s, const char *text) { return s.len == strlen(text) && strncasecmp(s.ptr, text, s.len) == 0; }

/* Cuts the part up to `separator` (outside of quotes) off the front of `rest`. */
static fq_slice cut(fq_slice *rest, char separator) {
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len && (quoted || rest->ptr[i] != separator); i++) {
        if (rest->ptr[i] == '"') {
            quoted = !quoted;
        } else if (quoted && rest->ptr[i] == '\\' && i + 1 < rest->len) {
            i++;
        }
    }
    fq_slice part = fq_slice_sub(*rest, 0, i);
    *rest = fq_slice_sub(*rest, i < rest->len ? i + 1 : i, rest->len);
    return trim(part);
}

/* "0.5" -> 500; -1 where malformed. */
static int quality(fq_slice s) {
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1') || (s.len > 1 && s.ptr[1] != '.')) {
        return -1;
    }
    int value = (s.ptr[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return -1;
        }
        value += (s.ptr[i] - '0') * unit;
    }
    return value <= 1000 ? value : -1;
}

/* Reads the parameters of one range: its quality, and whether its charset is one of ours. */
static bool read_parameters(fq_slice rest, int *q) {
    *q = 1000;
    while (rest.len > 0) {
        fq_slice parameter = cut(&rest, ';');
        fq_slice value = parameter;
        fq_slice name = cut(&value, '=');
        if (same(name, "q")) {
            *q = quality(value);
            if (*q < 0) {
                return false;
            }
        } else if (same(name, "charset") && !same(value, "utf-8") && !same(value, "\"utf-8\"")) {
            return false;
        }
    }
    return true;
}

/* How well each of our types is wanted: quality of the most specific range that names it. */
typedef struct wish {
    int q;
    int specific; /* 0 nothing, 1 any, 2 any subtype, 3 by name */
} wish;

static void offer(wish *w, int q, int specific) {
    if (specific > w->specific || (specific == w->specific && q > w->q)) {
        *w = (wish){q, specific};
    }
}

media_type media_choose(fq_slice accept, media_offer offered) {
    wish response = {0};
    wish json = {0};
    wish html = {0};
    if (trim(accept).len == 0) {
        return MEDIA_ANY;
    }
    while (accept.len > 0) {
        fq_slice range = cut(&accept, ',');
        fq_slice type = cut(&range, ';');
        int q;
        if (!read_parameters(range, &q)) {
            continue;
        }
        if (same(type, "*/*")) {
            offer(&response, q, 1), offer(&json, q, 1), offer(&html, q, 1);
        } else if (same(type, "application/*")) {
            offer(&response, q, 2), offer(&json, q, 2);
        } else if (same(type, "text/*")) {
            offer(&html, q, 2);
        } else if (same(type, "application/graphql-response+json")) {
            offer(&response, q, 3);
        } else if (same(type, "application/json")) {
            offer(&json, q, 3);
        } else if (same(type, "text/html") || same(type, "application/xhtml+xml")) {
            offer(&html, q, 3);
        }
    }
    bool by_name = html.specific == 3 && html.q > 0;
    if (offered == OFFER_GRAPHQL_AND_HTML && by_name && !(json.specific == 3 && json.q > html.q) &&
        !(response.specific == 3 && response.q > html.q)) {
        return MEDIA_HTML;
    }
    if (response.q == 0 && json.q == 0) {
        return MEDIA_NONE;
    }
    if (response.specific == 3 && response.q > 0 && response.q >= json.q) {
        return MEDIA_RESPONSE;
    }
    if (json.specific == 3 && json.q > 0) {
        return response.specific == 3 && response.q > 0 ? MEDIA_ANY : MEDIA_JSON;
    }
    return json.q > 0 ? MEDIA_ANY : MEDIA_RESPONSE;
}

bool media_is_json(fq_slice content_type) {
    fq_slice rest = content_type;
    fq_slice type = cut(&rest, ';');
    int q;
    return same(type, "application/json") && read_parameters(rest, &q);
}

int media_encoding_quality(fq_slice accept_encoding, const char *coding) {
    int any = 0;
    while (accept_encoding.len > 0) {
        fq_slice part = cut(&accept_encoding, ',');
        fq_slice name = cut(&part, ';');
        int q;
        if (!read_parameters(part, &q)) {
            continue;
        }
        if (same(name, coding)) {
            return q;
        }
        if (same(name, "*")) {
            any = q;
        }
    }
    return any;
}

media_coding media_coding_choose(fq_slice accept_encoding) {
    if (accept_encoding.len == 0) {
        return CODING_IDENTITY;
    }
    int brotli = media_encoding_quality(accept_encoding, "br");
    int gzip = media_encoding_quality(accept_encoding, "gzip");
    int identity = media_encoding_quality(accept_encoding, "identity");
    if (brotli > 0 && brotli >= gzip && brotli >= identity) {
        return CODING_BROTLI;
    }
    return gzip > 0 && gzip >= identity ? CODING_GZIP : CODING_IDENTITY;
}
