// SPDX-License-Identifier: GPL-2.0
/*
 * The user asks what the kernel does: SIGTSTP.  A handler cannot call LKL, as
 * it may interrupt a call, so a thread does what is wanted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>

#include "base/host-posix.h"

#define SIGNAL	SIGTSTP

static sem_t asked;
static void (*answer)(void);
static lkl_thread_t thread;
static struct sigaction old;
static bool stop;

static void handler(int sig)
{
	int err = errno;

	sem_post(&asked);
	errno = err;
}

static void debug_main(void *arg)
{
	for (;;) {
		while (sem_wait(&asked) && errno == EINTR)
			;
		if (__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
			return;
		answer();
	}
}

static int start(void (*fn)(void))
{
	struct sigaction sa = {
		.sa_handler = handler,
		/* It may come while a thread is on one of the kernel's stacks. */
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};
	int ret;

	if (sem_init(&asked, 0, 0))
		return lkl_posix_error(errno);
	answer = fn;
	stop = false;
	thread = lkl_posix_thread_create(debug_main, NULL);
	if (!thread)
		return -LKL_EAGAIN;
	if (!sigaction(SIGNAL, &sa, &old))
		return 0;
	ret = lkl_posix_error(errno);
	lkl_posix_on_debug(NULL);
	return ret;
}

int lkl_posix_on_debug(void (*fn)(void))
{
	struct sigaction now;

	if (fn)
		return thread ? -LKL_EBUSY : start(fn);
	if (!thread)
		return 0;
	/* Somebody else's handler that came after ours stays. */
	if (!sigaction(SIGNAL, NULL, &now) && now.sa_handler == handler)
		sigaction(SIGNAL, &old, NULL);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	sem_post(&asked);
	lkl_posix_thread_join(thread);
	thread = 0;
	/* A handler may still be about to post: @asked is not destroyed. */
	return 0;
}
