// SPDX-License-Identifier: GPL-2.0
/* A program with a thread that sleeps in the kernel, for a debugger to find. */
#include <pthread.h>
#include <stdio.h>

#include <lkl_host.h>

static int fds[2];

static void *reader(void *arg)
{
	char c;

	(void)arg;
	lkl_sys_read(fds[0], &c, 1);
	return NULL;
}

/* The debugger stops here. */
static void __attribute__((noinline)) all_asleep(void)
{
	__asm__ volatile("");
}

int main(void)
{
	struct lkl_pollfd p = { .events = LKL_POLLIN };
	pthread_t thread;

	if (lkl_init(&lkl_host_ops) || lkl_start_kernel("quiet"))
		return 1;
	lkl_sys_pipe(fds);
	pthread_create(&thread, NULL, reader, NULL);
	/* Its task gets ahead of this one, which sleeps for longer. */
	p.fd = fds[0];
	lkl_sys_poll(&p, 1, 100);
	all_asleep();
	lkl_sys_write(fds[1], "x", 1);
	pthread_join(thread, NULL);
	lkl_sys_halt();
	lkl_cleanup();
	return 0;
}
