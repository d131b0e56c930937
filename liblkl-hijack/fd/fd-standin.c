// SPDX-License-Identifier: GPL-2.0
/*
 * Stand-ins within LKL for descriptors of the host, so that a call that waits in
 * LKL waits for descriptors of the host as well.
 */
#include <errno.h>
#include <pthread.h>

#include <lkl.h>

#include "fd/fd-standin.h"
#include "fd/fd-table.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

static int standin_create(int fd, struct fd_slot *slot)
{
	/* Each descriptor can have only one stand-in. */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int saved = errno, k;
	bool was_inside;

	/* A thread of the parent may hold the lock, and does not exist in the child. */
	if (!kernel_is_usable())
		return -ENODEV;
	was_inside = thread_enter();
	pthread_mutex_lock(&lock);
	k = (int)__atomic_load_n(&slot->standin, __ATOMIC_RELAXED) - 1;
	if (k < 0) {
		k = lkl_hostfd_create(fd);
		if (k >= 0) {
			fd_note_end(fd);
			__atomic_store_n(&slot->standin, k + 1,
					 __ATOMIC_RELEASE);
		}
	}
	pthread_mutex_unlock(&lock);
	thread_leave(was_inside);
	errno = saved;
	return k;
}

int fd_standin(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	uint32_t standin;

	if (!slot)
		return -EBADF;
	standin = __atomic_load_n(&slot->standin, __ATOMIC_ACQUIRE);
	return standin ? (int)standin - 1 : standin_create(fd, slot);
}

void fd_standin_close(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	uint32_t standin;

	if (!slot || !__atomic_load_n(&slot->standin, __ATOMIC_RELAXED))
		return;
	standin = __atomic_exchange_n(&slot->standin, 0, __ATOMIC_ACQ_REL);
	if (standin && kernel_is_usable())
		KCALL(close, standin - 1);
}
