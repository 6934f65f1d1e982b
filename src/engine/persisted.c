/* SPDX-License-Identifier: MIT */
/* Documents by their hash: automatic persisted queries (Apollo's protocol; the hash is verified, the store bounded) and
 * trusted documents (a manifest of the operator; may be the only ones allowed). */
#include "engine/request.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/hash.h"

#define SHA256_HEX 64

static void sha256_hex(fq_slice text, char hex[SHA256_HEX]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    (void)EVP_Digest(text.ptr, text.len, digest, &len, EVP_sha256(), NULL);
    for (unsigned int i = 0; i < SHA256_HEX / 2; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
}

typedef struct stored_document {
    fq_lru_entry entry;
    fq_slice text;
    char bytes[]; /* the hash, then the text */
} stored_document;

static void store(fraiseql_worker *worker, fq_slice hash, fq_slice text) {
    stored_document *document = malloc(sizeof(*document) + hash.len + text.len);
    if (document == NULL) {
        return;
    }
    memcpy(document->bytes, hash.ptr, hash.len);
    memcpy(document->bytes + hash.len, text.ptr, text.len);
    document->text = fq_slice_of(document->bytes + hash.len, text.len);
    document->entry.key = fq_slice_of(document->bytes, hash.len);
    document->entry.hash = fq_hash(document->entry.key);
    document->entry.bytes = sizeof(*document) + hash.len + text.len;
    fq_lru_put(&worker->documents, &document->entry);
}

static bool fail(fraiseql_request *request, fraiseql_result result, fq_error_code code, const char *message) {
    fq_errors_add(&request->errors, code, "%s", message);
    fq_request_fail(request, result);
    return false;
}

/* extensions.persistedQuery.sha256Hash; false (and failed) where it is malformed. */
static bool take_hash(fraiseql_request *request, fq_slice *hash) {
    *hash = (fq_slice){0};
    const fq_json *extensions = request->input.extensions;
    const fq_json *persisted = extensions != NULL ? fq_json_member(extensions, FQ_S("persistedQuery")) : NULL;
    if (persisted == NULL || persisted->kind == FQ_JSON_NULL) {
        return true;
    }
    const fq_json *version = persisted->kind == FQ_JSON_OBJECT ? fq_json_member(persisted, FQ_S("version")) : NULL;
    const fq_json *text = persisted->kind == FQ_JSON_OBJECT ? fq_json_member(persisted, FQ_S("sha256Hash")) : NULL;
    if (text == NULL || text->kind != FQ_JSON_STRING || text->text.len == 0 || text->text.len > 256) {
        return fail(request, FRAISEQL_RESULT_BAD_REQUEST, FQ_ERR_BAD_REQUEST,
                    "extensions.persistedQuery must be {\"version\": 1, \"sha256Hash\": \"...\"}");
    }
    if (version != NULL && !(version->kind == FQ_JSON_NUMBER && fq_slice_equal(version->text, FQ_S("1")))) {
        return fail(request, FRAISEQL_RESULT_BAD_REQUEST, FQ_ERR_BAD_REQUEST,
                    "Unsupported version of extensions.persistedQuery: only version 1 is known");
    }
    *hash = text->text;
    return true;
}

/* Trusted documents are found by the id of the manifest, whatever it is. */
static const fq_slice *trusted(const fraiseql_request *request, fq_slice hash) {
    return hash.ptr != NULL ? fq_map_get(&request->worker->trusted, hash) : NULL;
}

/* A document that is sent in full is trusted where the manifest holds the very same text under its hash. */
static bool is_trusted_text(const fraiseql_request *request, fq_slice text) {
    char hex[SHA256_HEX];
    sha256_hex(text, hex);
    const fq_slice *known = trusted(request, fq_slice_of(hex, SHA256_HEX));
    return known != NULL && fq_slice_equal(*known, text);
}

static bool register_document(fraiseql_request *request, fq_slice hash, fq_slice text) {
    char hex[SHA256_HEX];
    sha256_hex(text, hex);
    if (!fq_slice_equal(hash, fq_slice_of(hex, SHA256_HEX))) {
        return fail(request, FRAISEQL_RESULT_BAD_REQUEST, FQ_ERR_PERSISTED_QUERY_HASH_MISMATCH,
                    "provided sha does not match query");
    }
    store(request->worker, hash, text);
    return true;
}

bool fq_request_document(fraiseql_request *request, fq_slice *text) {
    const fraiseql_options *options = &request->worker->engine->options;
    fq_slice hash;
    if (!take_hash(request, &hash)) {
        return false;
    }
    *text = request->input.query;
    const fq_slice *known = trusted(request, hash);
    if (known != NULL && (text->ptr == NULL || fq_slice_equal(*known, *text))) {
        *text = *known;
        return true;
    }
    if (options->trusted_only && (text->ptr == NULL || !is_trusted_text(request, *text))) {
        return fail(request, FRAISEQL_RESULT_FORBIDDEN, FQ_ERR_ARBITRARY_QUERY_NOT_ALLOWED,
                    "Only persisted queries are allowed: the document is not among the trusted ones");
    }
    bool bare = hash.ptr == NULL && text->ptr != NULL;
    if (bare && (request->flags & FRAISEQL_PERSISTED_ONLY) != 0 && !is_trusted_text(request, *text)) {
        return fail(request, FRAISEQL_RESULT_FORBIDDEN, FQ_ERR_ARBITRARY_QUERY_NOT_ALLOWED,
                    "Only persisted queries are allowed: send the document with its hash");
    }
    if (hash.ptr == NULL || !options->apq) {
        if (text->ptr == NULL) {
            return hash.ptr == NULL ? fail(request, FRAISEQL_RESULT_BAD_REQUEST, FQ_ERR_BAD_REQUEST,
                                           "The request has no \"query\"; send {\"query\": \"{ __typename }\"}")
                                    : fail(request, FRAISEQL_RESULT_NOT_FOUND, FQ_ERR_PERSISTED_QUERY_NOT_SUPPORTED,
                                           "PersistedQueryNotSupported");
        }
        return true;
    }
    if (text->ptr != NULL) {
        return register_document(request, hash, *text);
    }
    stored_document *stored = (stored_document *)fq_lru_get(&request->worker->documents, fq_hash(hash), hash);
    if (stored == NULL) {
        return fail(request, FRAISEQL_RESULT_NOT_FOUND, FQ_ERR_PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound");
    }
    *text = fq_arena_copy(request->arena, stored->text);
    return true;
}
