// SPDX-License-Identifier: GPL-2.0
/*
 * The user asks what the kernel does, by SIGTSTP.  A signal handler cannot call
 * LKL, as the signal may interrupt a call; so the handler wakes a thread, which
 * does the work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>

#include "base/debug-signal.h"
#include "base/error.h"
#include "base/threads.h"

#define DEBUG_SIGNAL	SIGTSTP

/* Counts signals that the thread has not handled yet. */
static sem_t debug_requests;
static void (*debug_fn)(void);
static lkl_thread_t debug_thread;
static struct sigaction debug_old_action;
static bool debug_stop;

static void debug_handler(int sig)
{
	int err = errno;

	sem_post(&debug_requests);
	errno = err;
}

static void debug_main(void *arg)
{
	for (;;) {
		while (sem_wait(&debug_requests) && errno == EINTR)
			;
		if (__atomic_load_n(&debug_stop, __ATOMIC_ACQUIRE))
			return;
		debug_fn();
	}
}

static void debug_end(void)
{
	struct sigaction now;

	/* Keep a handler that the program has set later. */
	if (!sigaction(DEBUG_SIGNAL, NULL, &now) &&
	    now.sa_handler == debug_handler)
		sigaction(DEBUG_SIGNAL, &debug_old_action, NULL);
	__atomic_store_n(&debug_stop, true, __ATOMIC_RELEASE);
	sem_post(&debug_requests);
	lkl_posix_thread_join(debug_thread);
	debug_thread = 0;
	/* A handler may still be about to post: the semaphore stays. */
}

static int debug_begin(void (*fn)(void))
{
	struct sigaction sa = {
		.sa_handler = debug_handler,
		/* The signal may hit a thread that is on a kernel stack. */
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};
	int ret;

	if (sem_init(&debug_requests, 0, 0))
		return lkl_posix_error(errno);
	debug_fn = fn;
	debug_stop = false;
	debug_thread = lkl_posix_thread_create(debug_main, NULL);
	if (!debug_thread)
		return -LKL_EAGAIN;
	if (!sigaction(DEBUG_SIGNAL, &sa, &debug_old_action))
		return 0;
	ret = lkl_posix_error(errno);
	debug_end();
	return ret;
}

int lkl_posix_debug_signal(void (*fn)(void))
{
	if (fn)
		return debug_thread ? -LKL_EBUSY : debug_begin(fn);
	if (debug_thread)
		debug_end();
	return 0;
}
