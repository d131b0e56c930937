// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that make or end threads and processes.
 *
 * A child has the parent's descriptors, but no kernel: what the child opens is
 * the host's.  vfork() does what fork() does: a child that shares the memory would
 * change the parent's table of descriptors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/export.h"
#include "host/host-libc.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

EXPORT pid_t vfork(void)
{
	return fork();
}
ALIAS(__vfork, vfork);

EXPORT int pthread_cancel(pthread_t thread)
{
	int ret = HOST(pthread_cancel)(thread);

	if (!ret && !self.inside && kernel_is_usable())
		thread_interrupt(thread);
	return ret;
}

/**
 * struct thread_start - a thread that LKL starts, which runs only LKL's code
 * @fn:		LKL's function
 * @arg:	its argument
 */
struct thread_start {
	void *(*fn)(void *arg);
	void *arg;
};

static void *start_inside(void *arg)
{
	struct thread_start start = *(struct thread_start *)arg;

	free(arg);
	self.inside = true;
	return start.fn(start.arg);
}

EXPORT int pthread_create(pthread_t *restrict thread,
			  const pthread_attr_t *restrict attr,
			  void *(*fn)(void *arg), void *restrict arg)
{
	struct thread_start *start;
	int ret;

	if (!self.inside)
		return HOST(pthread_create)(thread, attr, fn, arg);
	start = malloc(sizeof(*start));
	if (!start)
		return EAGAIN;
	start->fn = fn;
	start->arg = arg;
	ret = HOST(pthread_create)(thread, attr, start_inside, start);
	if (ret)
		free(start);
	return ret;
}
