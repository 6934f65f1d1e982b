/* SPDX-License-Identifier: MIT */
/* See schema_files.h. */
#include "engine/schema_files.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "schema/build.h"

bool fq_schema_text_is_json(fq_slice text) {
    size_t i = 0;
    while (i < text.len && strchr(" \t\r\n", text.ptr[i]) != NULL) {
        i++;
    }
    return i < text.len && (text.ptr[i] == '{' || text.ptr[i] == '[');
}

void fq_schema_files_init(fq_schema_files *store, uint32_t max_errors) {
    *store = (fq_schema_files){.max_errors = max_errors};
}

static void forget(fq_schema_file *file) {
    fq_schema_unref(file->schema);
    fq_arena_free(file->arena);
    *file = (fq_schema_file){0};
}

void fq_schema_files_done(fq_schema_files *store) {
    for (unsigned i = 0; i < FQ_SCHEMA_FILES_KEPT; i++) {
        forget(&store->files[i]);
    }
}

static bool read_text(fq_arena *arena, const char *path, fq_slice *text) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return false;
    }
    fq_buffer content;
    fq_buffer_init(&content, FQ_SDL_BYTES_MAX);
    size_t n;
    do {
        char *room = fq_buffer_reserve(&content, 65536);
        n = room != NULL ? fread(room, 1, 65536, stream) : 0;
        fq_buffer_commit(&content, n);
    } while (n > 0);
    bool good = ferror(stream) == 0 && !content.failed;
    *text = fq_arena_copy(arena, fq_buffer_view(&content));
    fq_buffer_done(&content);
    (void)fclose(stream);
    return good;
}

static void load(fq_schema_file *file, fq_slice path, const struct stat *status, uint32_t max_errors) {
    file->arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    file->path = fq_arena_copy(file->arena, path);
    file->changed = status->st_mtim;
    file->size = status->st_size;
    fq_errors_init(&file->errors, file->arena, max_errors);
    if (!read_text(file->arena, file->path.ptr, &file->source)) {
        fq_errors_add(&file->errors, FQ_ERR_BAD_REQUEST, "The schema file can not be read.");
    } else if (fq_schema_text_is_json(file->source)) {
        fq_schema_options options = {0};
        file->schema = fq_schema_from_json(file->source, (fq_slice){0}, &options, &file->errors);
    } else {
        file->schema = fq_schema_from_sdl(file->source, &file->errors);
    }
}

static bool is_current(const fq_schema_file *file, const struct stat *status) {
    return file->changed.tv_sec == status->st_mtim.tv_sec && file->changed.tv_nsec == status->st_mtim.tv_nsec &&
           file->size == status->st_size;
}

static fq_schema_file *find(fq_schema_files *store, fq_slice path) {
    for (unsigned i = 0; i < FQ_SCHEMA_FILES_KEPT; i++) {
        if (store->files[i].arena != NULL && fq_slice_equal(store->files[i].path, path)) {
            return &store->files[i];
        }
    }
    return NULL;
}

const fq_schema_file *fq_schema_files_get(fq_schema_files *store, fq_slice path) {
    fq_arena *scratch = fq_arena_new(SIZE_MAX);
    struct stat status = {0};
    (void)stat(fq_arena_cstr(scratch, path), &status); /* a file that is not there shows when it is opened */
    fq_arena_free(scratch);
    fq_schema_file *file = find(store, path);
    if (file != NULL && is_current(file, &status)) {
        return file;
    }
    if (file == NULL) {
        file = &store->files[store->next++ % FQ_SCHEMA_FILES_KEPT];
    }
    forget(file);
    load(file, path, &status, store->max_errors);
    return file;
}
