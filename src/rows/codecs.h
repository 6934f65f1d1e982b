/* SPDX-License-Identifier: MIT */
/* The decoders of single values: PostgreSQL's wire bytes to JSON text, and JSON tokens of a document to the JSON text
 * of the field's type. They know nothing of rows, nullness or paths. */
#ifndef FQ_ROWS_CODECS_H
#define FQ_ROWS_CODECS_H

#include "rows/program.h"

typedef enum fq_coded {
    FQ_CODED_GOOD,
    FQ_CODED_REFUSED, /* the field's type has no such value (NaN, overflow): a field error; see fq_codec_refusal */
    FQ_CODED_NULL,    /* JSON's null, which counts as no value; nothing was written */
    FQ_CODED_BROKEN,  /* not what PostgreSQL sends for this type */
} fq_coded;

/* Writes a value that is not NULL. `names` is used by FQ_CODEC_ENUM alone. Unless the result is FQ_CODED_GOOD the
 * caller has to take back what was written. */
fq_coded fq_codec_write(fq_buffer *out, uint8_t codec, const fq_label_names *names, fq_slice value);

/* The same for one token of a JSON document (not null, no white space around it). */
fq_coded fq_codec_write_token(fq_buffer *out, uint8_t codec, const fq_label_names *names, fq_slice token);

/* The message of a refused value. `value` is the text or the token that was refused; for a binary value, its bytes. */
fq_slice fq_codec_refusal(fq_arena *arena, uint8_t codec, fq_slice value);

/* What PostgreSQL prints for a range becomes `[a,b)` in quotes: bounds without quotes of their own, times as ISO 8601,
 * the offset +00 as Z. */
fq_coded fq_range_text_write(fq_buffer *out, fq_slice text);

/* The text of a date, of a moment or (clock) of a time of day, in ISO 8601 or as PostgreSQL prints it, becomes what the
 * binary codecs write; moments with an offset are brought to UTC. FQ_CODED_REFUSED, with nothing written, for other
 * texts. */
fq_coded fq_moment_text_write(fq_buffer *out, fq_slice text);
fq_coded fq_clock_text_write(fq_buffer *out, fq_slice text);

/* `Z`, `+02:00` or `-03:30:15`; `west` counts seconds west of Greenwich, as PostgreSQL does. The length. */
enum { FQ_ZONE_SIZE = 12 };
unsigned fq_zone_format(char zone[FQ_ZONE_SIZE], int32_t west);

/* Writes the integer that `text` stands for where it fits 32 bits: digits, or a JSON number without a fraction. */
fq_coded fq_int32_text_write(fq_buffer *out, fq_slice text);

/* The JSON name of an enum's label; ptr NULL where there is none. */
fq_slice fq_label_name_of(const fq_label_names *names, fq_slice label);

/* The codec's own name, for printing. */
const char *fq_codec_name(uint8_t codec);

#endif
