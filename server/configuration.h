/* SPDX-License-Identifier: MIT */
/* Reads a configuration file: YAML, one mapping of flat keys to scalars or lists of scalars. */
#ifndef FRAISEQL_SERVER_CONFIGURATION_H
#define FRAISEQL_SERVER_CONFIGURATION_H

#include <stdbool.h>

/* Takes one value; a list comes item by item. Line and column count from 1. The strings are valid during the
 * call. False
 * after having told what is wrong. */
typedef bool (*configuration_take)(void *arg, const char *file, unsigned line, unsigned column, const char *key,
                                   const char *value);

/* Reads the whole file, calling `take` for every value, also after one was refused, so that all mistakes are told at
 * once. */
bool configuration_read(const char *file, configuration_take take, void *arg);

#endif
