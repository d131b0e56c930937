// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of the tools.
 */
#include <signal.h>

#include "common/thread.h"

int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(thread, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}
