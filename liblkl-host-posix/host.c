// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the POSIX host, and the members that need no file of their own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/host-posix.h"

/* The raw system call: write(2) would be a cancellation point. */
static void print(const char *str, int len)
{
	while (len > 0) {
		long n = syscall(SYS_write, STDERR_FILENO, str, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		str += n;
		len -= n;
	}
}

static unsigned long long clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static unsigned long long time_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static unsigned long long wall_time_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static void *mem_alloc(unsigned long size)
{
	return malloc(size);
}

static void mem_free(void *mem)
{
	free(mem);
}

static int entropy(void *buf, unsigned int len)
{
	char *p = buf;

	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lkl_posix_error(errno);
		p += n;
		len -= n;
	}
	return 0;
}

static void (*fork_child)(void);

static void in_child(void)
{
	if (fork_child)
		fork_child();
}

static int fork_error;

static void register_atfork(void)
{
	fork_error = pthread_atfork(NULL, NULL, in_child);
}

static int atfork(void (*child)(void))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	fork_child = child;
	pthread_once(&once, register_atfork);
	return fork_error ? lkl_posix_error(fork_error) : 0;
}

static struct lkl_host_operations ops = {
	.size = sizeof(ops),
	.print = print,
	.sem_alloc = lkl_posix_sem_alloc,
	.sem_free = lkl_posix_sem_free,
	.sem_up = lkl_posix_sem_up,
	.sem_down = lkl_posix_sem_down,
	.mutex_alloc = lkl_posix_mutex_alloc,
	.mutex_free = lkl_posix_mutex_free,
	.mutex_lock = lkl_posix_mutex_lock,
	.mutex_unlock = lkl_posix_mutex_unlock,
	.thread_create = lkl_posix_thread_create,
	.thread_detach = lkl_posix_thread_detach,
	.thread_exit = lkl_posix_thread_exit,
	.thread_join = lkl_posix_thread_join,
	.thread_self = lkl_posix_thread_self,
	.thread_equal = lkl_posix_thread_equal,
	.gettid = lkl_posix_gettid,
	.tls_alloc = lkl_posix_tls_alloc,
	.tls_free = lkl_posix_tls_free,
	.tls_set = lkl_posix_tls_set,
	.tls_get = lkl_posix_tls_get,
	.mem_alloc = mem_alloc,
	.mem_free = mem_free,
	.time = time_ns,
	.wall_time = wall_time_ns,
	.entropy = entropy,
	.vm = &lkl_posix_vm_ops,
	.wait = &lkl_posix_wait_ops,
	.fault = &lkl_posix_fault_ops,
	.blk = &lkl_posix_blk_ops,
	.atfork = atfork,
	.fd = &lkl_posix_fd_ops,
	.on_debug = lkl_posix_on_debug,
	.thread_pin = lkl_posix_thread_pin,
	.netdev_create = lkl_posix_netdev_create,
};

__attribute__((visibility("default")))
struct lkl_host_operations *lkl_default_host_ops(void)
{
	return &ops;
}
