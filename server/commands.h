/* SPDX-License-Identifier: MIT */
/* The program's commands. Each returns the exit code. */
#ifndef FRAISEQL_SERVER_COMMANDS_H
#define FRAISEQL_SERVER_COMMANDS_H

#include "fraiseql.h"
#include "options.h"

int command_serve(const options *o);
int command_query(const options *o);
int command_explain(const options *o);
int command_introspect(const options *o);
int command_schema(const options *o);
int command_check(const options *o);
int command_demo(const options *o, const char *program);

/* Makes the engine that the options ask for; prints why not and returns NULL. `needs` names what the command can not do
 * without. */
typedef enum engine_need { NEED_DATABASE, NEED_SCHEMA } engine_need;
fraiseql *engine_open(const options *o, engine_need need);

/* Prints the schema's warnings to standard error. */
void engine_print_warnings(fraiseql *engine);

/* The whole of a file, or of standard input for "-"; malloc'ed and NUL-terminated. NULL after having said why. */
char *file_read(const char *path, size_t *length);

#endif
