/* SPDX-License-Identifier: MIT */
/* One thread that runs blocking calls for an event loop, one after the other. A task is handed over, runs on the
 * thread, and comes back to the loop's thread. Knows nothing of PostgreSQL. */
#ifndef FQ_PG_HELPER_H
#define FQ_PG_HELPER_H

#include <stdbool.h>

#include "base/loop.h"

typedef struct fq_helper_task fq_helper_task;

/* Embedded at the start of the caller's own structure; the helper's from submit until `finished` or `discard`. */
struct fq_helper_task {
    void (*run)(fq_helper_task *task);      /* on the helper's thread */
    void (*finished)(fq_helper_task *task); /* on the loop's thread */
    void (*discard)(
        fq_helper_task *task); /* on either, in place of `finished`, once the helper has been freed: frees the task */
    fq_helper_task *next;
};

typedef struct fq_helper fq_helper;

/* The thread starts with the first task. NULL where the system refuses a descriptor. */
fq_helper *fq_helper_new(const fq_loop *loop);

/* False where no thread can be started, or `helper` is NULL; the task then stays the caller's. */
bool fq_helper_submit(fq_helper *helper, fq_helper_task *task);

/* Whether tasks have been submitted that have not come back. */
bool fq_helper_is_busy(const fq_helper *helper);

/* Never blocks for long: a call that is under way goes on alone and its task is discarded when it returns. NULL is
 * allowed. */
void fq_helper_free(fq_helper *helper);

#endif
