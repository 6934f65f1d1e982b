/* SPDX-License-Identifier: MIT */
/* JSON writer: appends values to a buffer; no state, no commas of its own. The hot path of every answer. */
#ifndef FQ_JSON_WRITER_H
#define FQ_JSON_WRITER_H

#include "base/buffer.h"
#include "json/reader.h"

/* A quoted string; control characters, quote and backslash are escaped, everything else is copied. `text` is valid
 * UTF-8. */
void fq_json_write_string(fq_buffer *out, fq_slice text);
/* The same without the quotes. */
void fq_json_write_escaped(fq_buffer *out, fq_slice text);
void fq_json_write_int64(fq_buffer *out, int64_t value);
void fq_json_write_uint64(fq_buffer *out, uint64_t value);
/* A text that reads back exactly, nearly always the shortest; JSON has no infinities and no NaN: null. */
void fq_json_write_double(fq_buffer *out, double value);
/* A tree as read. */
void fq_json_write_tree(fq_buffer *out, const fq_json *value);

/* Dates and times from PostgreSQL's binary forms, quoted, ISO 8601 (no time zone conversion). Days and microseconds
 * count from 2000-01-01. Infinite values become "infinity" and "-infinity". Years past 9999 or before 1 are written
 * with sign and at least six digits. */
void fq_json_write_date(fq_buffer *out, int32_t days);
/* `zone` is appended inside the quotes, "Z" or "". Fractions without trailing zeros. */
void fq_json_write_timestamp(fq_buffer *out, int64_t microseconds, fq_slice zone);
void fq_json_write_time(fq_buffer *out, int64_t microseconds, fq_slice zone);
/* 16 bytes. */
void fq_json_write_uuid(fq_buffer *out, const unsigned char *bytes);
void fq_json_write_base64(fq_buffer *out, fq_slice bytes);

#endif
