// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of the tools, on Windows, which has no signals.
 */
#include "common/host/thread.h"

int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg)
{
	return pthread_create(thread, NULL, main, arg);
}
