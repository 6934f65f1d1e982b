/* SPDX-License-Identifier: MIT */
/* The thread's side of an outlet; the front end's side is in engine_thread.h. */
#ifndef FRAISEQL_PYTHON_ENGINE_OUTLET_H
#define FRAISEQL_PYTHON_ENGINE_OUTLET_H

#include "engine_thread.h"

typedef enum outlet_state { OUTLET_CLOSED, OUTLET_WAS_EMPTY, OUTLET_HAD_SOME } outlet_state;

/* Appends a task, without a wake: the caller wakes where the list was empty, once it has put all it has. A closed
 * outlet takes nothing. */
outlet_state engine_outlet_put(engine_outlet *outlet, engine_task *task);
void engine_outlet_ref(engine_outlet *outlet);

#endif
