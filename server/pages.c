/* SPDX-License-Identifier: MIT */
/* See pages.h. The page may load scripts and styles from this server and talk to this server, and nothing else: names
 * of a database's schema end up in it. */
#include "pages.h"

#include "media.h"

static const char without_bundle[] = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>FraiseQL</title>"
                                     "<h1>FraiseQL</h1><p>GraphQL is served at this address: POST a query as JSON.</p>"
                                     "<p>GraphiQL is not part of this build, because npm was not there or could not "
                                     "reach its registry when it was made. "
                                     "Install Node.js with npm and build again (<code>make</code>).</p></html>";

/* GraphiQL's dialogs write style elements; scripts are files. */
#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " \
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static bool same_tag(fq_slice header, const char *etag) {
    return header.ptr != NULL &&
           (fq_slice_equal(header, FQ_S("*")) || memmem(header.ptr, header.len, etag, strlen(etag)) != NULL);
}

static fq_slice bytes_between(const char *from, const char *to) { return fq_slice_of(from, (size_t)(to - from)); }

static void answer_file(http_request *http, const page_file *file, const char *cache_control) {
    http_header headers[10] = {
        {"content-type", fq_slice_from_cstr(file->type)},
        {"cache-control", fq_slice_from_cstr(cache_control)},
        {"etag", fq_slice_from_cstr(file->etag)},
        {"vary", FQ_S("Accept, Accept-Encoding")},
        {"x-content-type-options", FQ_S("nosniff")},
        {"referrer-policy", FQ_S("no-referrer")},
        {"cross-origin-opener-policy", FQ_S("same-origin")},
        {"content-security-policy", FQ_S(POLICY)},
    };
    size_t n = 8;
    if (same_tag(http_header_value(http, "if-none-match"), file->etag)) {
        http_respond(http, 304, headers, n, FQ_S(""));
        return;
    }
    fq_slice accepted = http_header_value(http, "accept-encoding");
    fq_slice body = bytes_between(file->plain, file->plain_end);
    media_coding coding = media_coding_choose(accepted);
    if (coding == CODING_BROTLI) {
        body = bytes_between(file->brotli, file->brotli_end);
        headers[n++] = (http_header){"content-encoding", FQ_S("br")};
    } else if (coding == CODING_GZIP) {
        body = bytes_between(file->gzip, file->gzip_end);
        headers[n++] = (http_header){"content-encoding", FQ_S("gzip")};
    }
    http_respond(http, 200, headers, n, body);
}

static const page_file *find_file(fq_slice name) {
    for (const page_file *file = page_files; file->name != NULL; file++) {
        if (fq_slice_equal(name, fq_slice_from_cstr(file->name))) {
            return file;
        }
    }
    return NULL;
}

void pages_graphiql(http_request *http) {
    const page_file *page = find_file(FQ_S("index.html"));
    if (page != NULL) {
        answer_file(http, page, "no-cache");
        return;
    }
    http_header headers[] = {{"content-type", FQ_S("text/html; charset=utf-8")},
                             {"cache-control", FQ_S("no-store")},
                             {"content-security-policy", FQ_S(POLICY)}};
    http_respond(http, 200, headers, 3, fq_slice_from_cstr(without_bundle));
}

bool pages_asset(http_request *http, fq_slice path) {
    const fq_slice prefix = FQ_S("/graphiql/");
    if (!fq_slice_starts_with(path, prefix)) {
        return false;
    }
    const page_file *file = find_file(fq_slice_sub(path, prefix.len, path.len));
    if (file == NULL) {
        return false;
    }
    answer_file(http, file, "public, max-age=31536000, immutable");
    return true;
}
