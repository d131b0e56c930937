/* SPDX-License-Identifier: GPL-2.0 */
/* Threads in calls that do not end. */
#ifndef LKL_TESTS_BLOCKED_CALL_H
#define LKL_TESTS_BLOCKED_CALL_H

#include <pthread.h>
#include <stdbool.h>

#include <lkl_host.h>

/**
 * struct blocked - a thread in a call that does not end
 * @id:		the thread
 * @call:	the function that makes the call
 * @self:	the thread, as liblkl names it, NULL until the thread runs
 * @lock:	protects @finished
 * @finished:	the call has returned
 * @ret:	what the call has returned
 */
struct blocked {
	pthread_t id;
	long (*call)(void);
	struct lkl_thread *self;
	pthread_mutex_t lock;
	bool finished;
	long ret;
};

/* A pipe of the kernel */
extern int blocked_fds[2];

/* Boot and make the pipe; halt. */
void blocked_boot(void);
void blocked_halt(void);

/* Calls: read from the pipe, sleep, wait for the pipe. */
long blocked_read_pipe(void);
long blocked_sleep_long(void);
long blocked_poll_pipe(void);

/* Start a thread that makes a call. */
void blocked_start(struct blocked *b, long (*call)(void));
bool blocked_is_finished(struct blocked *b);
/* Interrupt the call; return false if the call has returned already. */
bool blocked_interrupt(struct blocked *b);

#endif /* LKL_TESTS_BLOCKED_CALL_H */
