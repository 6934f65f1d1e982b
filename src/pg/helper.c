/* SPDX-License-Identifier: MIT */
/* See helper.h. The thread and the loop's side share one structure under one mutex; whoever is the last to leave frees
 * it. Invariant: a task is on exactly one of `todo`, `finished`, or the thread's stack. */
#include "pg/helper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct task_queue {
    fq_helper_task *first;
    fq_helper_task **end;
} task_queue;

struct fq_helper {
    const fq_loop *loop;
    void *watch;
    int wake; /* eventfd: something is in `finished` */
    pthread_mutex_t mutex;
    pthread_cond_t work;
    pthread_t thread;
    bool started;         /* the loop's side alone looks at these two */
    uint32_t outstanding; /* tasks that have not come back */
    task_queue todo, finished;
    enum { HELPER_IDLE, HELPER_BUSY, HELPER_ORPHANED } state;
};

static void queue_init(task_queue *queue) {
    queue->first = NULL;
    queue->end = &queue->first;
}

static void queue_push(task_queue *queue, fq_helper_task *task) {
    task->next = NULL;
    *queue->end = task;
    queue->end = &task->next;
}

static fq_helper_task *queue_pop(task_queue *queue) {
    fq_helper_task *task = queue->first;
    if (task != NULL) {
        queue->first = task->next;
        if (queue->first == NULL) {
            queue->end = &queue->first;
        }
    }
    return task;
}

static void queue_discard(task_queue *queue) {
    for (fq_helper_task *task = queue_pop(queue); task != NULL; task = queue_pop(queue)) {
        task->discard(task);
    }
}

static void helper_destroy(fq_helper *helper) {
    queue_discard(&helper->todo);
    queue_discard(&helper->finished);
    close(helper->wake);
    pthread_cond_destroy(&helper->work);
    pthread_mutex_destroy(&helper->mutex);
    free(helper);
}

static void notify(int wake) {
    const uint64_t one = 1;
    while (write(wake, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

/* Waits for a task; NULL once the helper has been freed. Called and left with the mutex held. */
static fq_helper_task *next_task(fq_helper *helper) {
    while (helper->state != HELPER_ORPHANED) {
        helper->state = HELPER_IDLE;
        fq_helper_task *task = queue_pop(&helper->todo);
        if (task != NULL) {
            helper->state = HELPER_BUSY;
            return task;
        }
        pthread_cond_wait(&helper->work, &helper->mutex);
    }
    return NULL;
}

static void *thread_main(void *arg) {
    fq_helper *helper = arg;
    pthread_mutex_lock(&helper->mutex);
    for (fq_helper_task *task = next_task(helper); task != NULL; task = next_task(helper)) {
        pthread_mutex_unlock(&helper->mutex);
        task->run(task);
        pthread_mutex_lock(&helper->mutex);
        queue_push(&helper->finished, task);
        notify(helper->wake);
    }
    pthread_mutex_unlock(&helper->mutex);
    helper_destroy(helper);
    return NULL;
}

static void on_finished(void *arg, unsigned events) {
    (void)events;
    fq_helper *helper = arg;
    uint64_t count;
    while (read(helper->wake, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
    pthread_mutex_lock(&helper->mutex);
    fq_helper_task *task = helper->finished.first;
    queue_init(&helper->finished);
    pthread_mutex_unlock(&helper->mutex);
    while (task != NULL) {
        fq_helper_task *next = task->next;
        helper->outstanding--;
        task->finished(task);
        task = next;
    }
}

fq_helper *fq_helper_new(const fq_loop *loop) {
    fq_helper *helper = calloc(1, sizeof(*helper));
    if (helper == NULL) {
        return NULL;
    }
    helper->loop = loop;
    helper->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    helper->watch = helper->wake >= 0 ? loop->watch(loop->ctx, helper->wake, on_finished, helper) : NULL;
    if (helper->watch == NULL) {
        if (helper->wake >= 0) {
            close(helper->wake);
        }
        free(helper);
        return NULL;
    }
    loop->want(loop->ctx, helper->watch, FQ_READABLE);
    pthread_mutex_init(&helper->mutex, NULL);
    pthread_cond_init(&helper->work, NULL);
    queue_init(&helper->todo);
    queue_init(&helper->finished);
    return helper;
}

/* Signals are the program's business: the thread takes none. */
static bool start_thread(fq_helper *helper) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    helper->started = pthread_create(&helper->thread, NULL, thread_main, helper) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return helper->started;
}

bool fq_helper_submit(fq_helper *helper, fq_helper_task *task) {
    if (helper == NULL || (!helper->started && !start_thread(helper))) {
        return false;
    }
    helper->outstanding++;
    pthread_mutex_lock(&helper->mutex);
    queue_push(&helper->todo, task);
    pthread_cond_signal(&helper->work);
    pthread_mutex_unlock(&helper->mutex);
    return true;
}

bool fq_helper_is_busy(const fq_helper *helper) { return helper != NULL && helper->outstanding > 0; }

void fq_helper_free(fq_helper *helper) {
    if (helper == NULL) {
        return;
    }
    helper->loop->unwatch(helper->loop->ctx, helper->watch);
    if (!helper->started) {
        helper_destroy(helper);
        return;
    }
    pthread_t thread = helper->thread;
    pthread_mutex_lock(&helper->mutex);
    bool is_busy = helper->state == HELPER_BUSY;
    helper->state = HELPER_ORPHANED;
    pthread_cond_signal(&helper->work);
    pthread_mutex_unlock(&helper->mutex);
    if (is_busy) {
        pthread_detach(thread);
    } else {
        pthread_join(thread, NULL);
    }
}
