/* SPDX-License-Identifier: MIT */
/* Finding the bytes of a string that need attention: quote, backslash and control characters, and for reading also what
 * is not ASCII. Sixteen bytes at a time where SSE2 is there, eight otherwise. Never reads beyond the text. Only for
 * src/json. */
#ifndef FQ_JSON_SCAN_H
#define FQ_JSON_SCAN_H

#include "base/slice.h"

/* How many bytes from `text` on are printable ASCII but quote and backslash. */
size_t fq_scan_plain(const char *text, size_t len);

/* The same, but bytes beyond ASCII count as plain: what can be copied into a JSON string as it is. */
size_t fq_scan_copyable(const char *text, size_t len);

#endif
