/* SPDX-License-Identifier: MIT */
/* See trusted.h. */
#include "trusted.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "commands.h"

#define MANIFEST_MAX ((size_t)64 * 1024 * 1024)

/* Enough of JSON for text: control characters, quote and backslash. */
static void write_json_string(fq_buffer *out, const char *text, size_t length) {
    fq_buffer_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            fq_buffer_printf(out, "\\u%04x", c);
        } else {
            fq_buffer_char(out, (char)c);
        }
    }
    fq_buffer_char(out, '"');
}

static bool has_document_suffix(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL && (strcmp(dot, ".graphql") == 0 || strcmp(dot, ".gql") == 0);
}

static bool add_document(fq_buffer *out, const char *path) {
    size_t length = 0;
    char *text = file_read(path, &length);
    if (text == NULL) {
        return false;
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_length = 0;
    (void)EVP_Digest(text, length, digest, &digest_length, EVP_sha256(), NULL);
    fq_buffer_char(out, out->len > 1 ? ',' : ' ');
    fq_buffer_char(out, '"');
    for (unsigned int i = 0; i < digest_length; i++) {
        fq_buffer_printf(out, "%02x", digest[i]);
    }
    fq_buffer_literal(out, "\":");
    write_json_string(out, text, length);
    free(text);
    return true;
}

static char *read_folder(const char *path, size_t *length) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    fq_buffer out;
    fq_buffer_init(&out, MANIFEST_MAX);
    fq_buffer_char(&out, '{');
    bool good = count >= 0;
    for (int i = 0; i < count; i++) {
        if (good && has_document_suffix(entries[i]->d_name)) {
            char file[4096];
            (void)snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
            good = add_document(&out, file);
        }
        free(entries[i]);
    }
    free(entries);
    fq_buffer_char(&out, '}');
    if (!good || out.failed) {
        fprintf(stderr, "fraiseql: error: the trusted documents in '%s' could not be read%s\n", path,
                out.failed ? ": more than 64 MiB" : "");
        fq_buffer_done(&out);
        return NULL;
    }
    *length = out.len;
    return out.ptr;
}

char *trusted_documents_read(const char *path, size_t *length) {
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "fraiseql: error: --trusted-documents: '%s': %s\n", path, strerror(errno));
        return NULL;
    }
    return S_ISDIR(info.st_mode) ? read_folder(path, length) : file_read(path, length);
}
