/* SPDX-License-Identifier: MIT */
/* The nearest known name for a mistyped one: of an option, a command, a key. */
#ifndef FQ_BASE_NEAREST_H
#define FQ_BASE_NEAREST_H

#include <stddef.h>

/* The closest of `count` names within a third of the length of `name` (at least one edit; a transposition is one), or
 * NULL. `-` and `_` count as equal, and a name that begins with `name` is close. */
const char *fq_nearest_name(const char *name, const char *const *names, size_t count);

#endif
