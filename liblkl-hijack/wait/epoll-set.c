// SPDX-License-Identifier: GPL-2.0
/*
 * Epoll sets and the descriptors that stand for them.  A set begins as the host's
 * and moves to LKL later, see epoll-move.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include "fd/fd-placeholder.h"
#include "fd/fd-standin.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "host/masked-lock.h"
#include "state/thread-state.h"
#include "wait/epoll-set.h"

static pthread_mutex_t sets_lock = PTHREAD_MUTEX_INITIALIZER;
static bool sets_locked;

void epoll_set_lock(struct masked_state *saved)
{
	masked_lock(saved, &sets_lock, true);
	__atomic_store_n(&sets_locked, true, __ATOMIC_SEQ_CST);
}

void epoll_set_unlock(const struct masked_state *saved)
{
	__atomic_store_n(&sets_locked, false, __ATOMIC_SEQ_CST);
	masked_unlock(saved, &sets_lock);
}

void epoll_set_sync(void)
{
	struct masked_state saved;

	if (!__atomic_load_n(&sets_locked, __ATOMIC_SEQ_CST))
		return;
	epoll_set_lock(&saved);
	epoll_set_unlock(&saved);
}

uint64_t epoll_set_id(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot ? __atomic_load_n(&slot->epoll, __ATOMIC_ACQUIRE) : 0;
}

int epoll_set_created(int fd)
{
	static uint64_t last;
	uint64_t id;

	fd = fd_opened(fd);
	if (fd < 0 || !thread_uses_lkl() || !fd_slot(fd))
		return fd;
	id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	fd_note_end(fd);
	__atomic_store_n(&fd_slots[fd].epoll, id, __ATOMIC_RELEASE);
	return fd;
}

void epoll_set_note_member(int fd)
{
	__atomic_store_n(&fd_slots[fd].member, true, __ATOMIC_RELAXED);
}

bool epoll_set_is_member(uint64_t id)
{
	unsigned int fd, last = fds_end();

	for (fd = 0; fd < last; fd++)
		if (epoll_set_id(fd) == id && fd_slots[fd].member)
			return true;
	return false;
}

static bool is_file(int fd)
{
	struct stat st;

	return !HOST(fstat)(fd, &st) &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

int epoll_set_member_to_k(int fd)
{
	int k = fd_lkl(fd);

	if (k < 0)
		k = is_file(fd) ? -EPERM : fd_standin(fd);
	return k;
}
