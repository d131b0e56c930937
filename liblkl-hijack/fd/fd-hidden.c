// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that the program does not see.
 *
 * A descriptor that LKL opens, such as its poller or a tap, must not take a number
 * that the program expects to get, and the program must not close the descriptor.
 * The descriptor moves to a number at or above the soft limit, where the program
 * can have no descriptor, and close() of this number fails with EBADF.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fd/fd-hidden.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "shared/macros.h"

/*
 * fd + 1 of each hidden descriptor, or 0.  There are at most some dozens hidden
 * descriptors, so this list is faster to search than the table of descriptors.
 */
static int hidden[1024];

/* Replace an entry of the list. */
static bool change_hidden(int from, int to)
{
	size_t i;
	int old;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		old = from;
		if (__atomic_compare_exchange_n(&hidden[i], &old, to, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

int fd_next_hidden(unsigned int first, unsigned int last)
{
	unsigned int fd, lowest = FDS_MAX;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		fd = __atomic_load_n(&hidden[i], __ATOMIC_ACQUIRE) - 1;
		if (fd >= first && fd <= last && fd < lowest)
			lowest = fd;
	}
	return lowest < FDS_MAX ? (int)lowest : -1;
}

bool fd_is_hidden(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot && __atomic_load_n(&slot->what, __ATOMIC_ACQUIRE) >> 32 >=
	       FD_HIDDEN;
}

/* Return a duplicate at or above the soft limit, out of the program's reach. */
static int dup_high(int fd)
{
	const unsigned int room = 256;
	struct rlimit old, more;
	int high;

	if (getrlimit(RLIMIT_NOFILE, &old))
		return -1;
	more = old;
	more.rlim_cur = old.rlim_cur + room;
	if (more.rlim_cur > old.rlim_max)
		more.rlim_cur = old.rlim_max;
	if (more.rlim_cur > FDS_MAX)
		more.rlim_cur = FDS_MAX;
	if (more.rlim_cur > old.rlim_cur &&
	    !setrlimit(RLIMIT_NOFILE, &more)) {
		high = HOST(fcntl)(fd, F_DUPFD_CLOEXEC, (int)old.rlim_cur);
		setrlimit(RLIMIT_NOFILE, &old);
		if (high >= 0)
			return high;
	}
	/* No number is above the limit: take a number near the limit. */
	if (old.rlim_cur > FDS_MAX)
		old.rlim_cur = FDS_MAX;
	return HOST(fcntl)(fd, F_DUPFD_CLOEXEC, old.rlim_cur > 2 * room ?
			   (int)(old.rlim_cur - room) : 0);
}

static int hide_as(int fd, uint32_t kind)
{
	static pthread_mutex_t limit_lock = PTHREAD_MUTEX_INITIALIZER;
	int saved = errno, high;

	if (fd < 0 || !fd_slots)
		return fd;
	/* All threads share the soft limit. */
	pthread_mutex_lock(&limit_lock);
	high = dup_high(fd);
	pthread_mutex_unlock(&limit_lock);
	errno = saved;
	if (high < 0)
		return fd;
	if ((unsigned int)high >= FDS_MAX || !change_hidden(0, high + 1)) {
		HOST(close)(high);
		return fd;
	}
	HOST(close)(fd);
	fd_set_what(high, kind, 0);
	return high;
}

int fd_hide(int fd)
{
	return hide_as(fd, FD_HIDDEN);
}

int fd_hide_ours(int fd)
{
	return hide_as(fd, FD_HIDDEN_OURS);
}

void fd_unhide(int fd)
{
	if (!fd_is_hidden(fd))
		return;
	fd_set_what(fd, 0, 0);
	change_hidden(fd + 1, 0);
}

/* Close LKL's descriptors in a child, which has no kernel that could use them. */
static void fd_hidden_forked(void)
{
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		fd = hidden[i] - 1;
		if (fd < 0 || fd_slots[fd].what >> 32 != FD_HIDDEN)
			continue;
		host_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
		fd_unhide(fd);
	}
}

int fd_hidden_init(void)
{
	return -pthread_atfork(NULL, NULL, fd_hidden_forked);
}
