// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the POSIX host, and members that are too small for a file of
 * their own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include <lkl_host.h>

#include "base/debug-signal.h"
#include "base/error.h"
#include "base/host-report.h"
#include "base/locks.h"
#include "base/threads.h"
#include "io/block.h"
#include "io/descriptors.h"
#include "io/poller.h"
#include "memory/fault.h"
#include "memory/guest-ram.h"
#include "memory/kernel-image.h"
#include "memory/reserve.h"
#include "net/create.h"
#include "shared/clock.h"

static unsigned long long host_time(void)
{
	return now_ns();
}

static unsigned long long host_wall_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static void *host_mem_alloc(unsigned long size)
{
	return malloc(size);
}

static void host_mem_free(void *mem)
{
	free(mem);
}

static int host_entropy(void *buf, unsigned int len)
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

static void (*host_fork_child)(void);
static int host_fork_error;

static void host_in_child(void)
{
	if (host_fork_child)
		host_fork_child();
}

static void host_register_atfork(void)
{
	host_fork_error = pthread_atfork(NULL, NULL, host_in_child);
}

static int host_atfork(void (*child)(void))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	host_fork_child = child;
	pthread_once(&once, host_register_atfork);
	return host_fork_error ? lkl_posix_error(host_fork_error) : 0;
}

/* Create guest RAM; pages move only while no disk request writes to them. */
static int host_ram_create(uint64_t len, struct lkl_ram **ram, void **base)
{
	return lkl_posix_ram_create(len, lkl_poller_settle, ram, base);
}

static const struct lkl_host_vm_ops host_vm_ops = {
	.size = sizeof(host_vm_ops),
	.reserve = lkl_posix_vm_reserve,
	.release = lkl_posix_vm_release,
	.commit = lkl_posix_vm_commit,
	.decommit = lkl_posix_vm_decommit,
	.ram_limit = lkl_posix_ram_limit,
	.ram_create = host_ram_create,
	.ram_alias = lkl_posix_ram_alias,
	.ram_discard = lkl_posix_ram_discard,
	.ram_free = lkl_posix_ram_free,
	.image_open = lkl_posix_image_open,
	.image_read = lkl_posix_image_read,
	.image_map = lkl_posix_image_map,
	.image_close = lkl_posix_image_close,
	.booted = lkl_posix_ram_booted,
	.image_copy = lkl_posix_image_copy,
};

static struct lkl_host_operations host_ops = {
	.size = sizeof(host_ops),
	.print = lkl_posix_print,
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
	.mem_alloc = host_mem_alloc,
	.mem_free = host_mem_free,
	.time = host_time,
	.wall_time = host_wall_time,
	.entropy = host_entropy,
	.vm = &host_vm_ops,
	.wait = &lkl_posix_wait_ops,
	.fault = &lkl_posix_fault_ops,
	.blk = &lkl_posix_blk_ops,
	.atfork = host_atfork,
	.fd = &lkl_posix_fd_ops,
	.on_debug = lkl_posix_debug_signal,
	.thread_pin = lkl_posix_thread_pin,
	.netdev_create = lkl_posix_netdev_create,
};

__attribute__((visibility("default")))
struct lkl_host_operations *lkl_default_host_ops(void)
{
	lkl_posix_report_set_table(&host_ops);
	return &host_ops;
}
