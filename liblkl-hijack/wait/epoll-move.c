// SPDX-License-Identifier: GPL-2.0
/*
 * Moving an epoll set from the host to LKL, under the same number.  Its members
 * get stand-ins within LKL.
 *
 * A thread may wait in the host's set meanwhile.  An event that is always ready is
 * left in that set, and a thread that sees the event goes on waiting in LKL's set.
 * Sets that have the moving set as a member move first; in those sets the moved set
 * then takes the place of its stand-in.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "fd/fd-hidden.h"
#include "fd/fd-placeholder.h"
#include "fd/fd-standin.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "wait/epoll-members.h"
#include "wait/epoll-move.h"
#include "wait/epoll-set.h"

_Static_assert(sizeof(struct epoll_event) == sizeof(struct lkl_epoll_event),
	       "layout");
_Static_assert(EPOLL_CTL_ADD == LKL_EPOLL_CTL_ADD &&
	       EPOLL_CTL_MOD == LKL_EPOLL_CTL_MOD &&
	       EPOLL_CTL_DEL == LKL_EPOLL_CTL_DEL, "numbers");

/* An eventfd that is always readable, and the data that identifies its event. */
static int always_ready = -1;
#define MOVED_MARK	((uint64_t)(uintptr_t)&always_ready)

void epoll_move_init(void)
{
	always_ready = fd_hide_ours(HOST(eventfd)(1, EFD_CLOEXEC));
}

bool epoll_has_moved(const struct epoll_event *events, int count)
{
	int i;

	if (count < 0)
		return errno == EBADF;
	for (i = 0; i < count; i++)
		if (events[i].data.u64 == MOVED_MARK)
			return true;
	return false;
}

/* One set in another set */

static long member_has_id(struct epoll_member *m, void *arg)
{
	return epoll_set_id(m->fd) == *(uint64_t *)arg;
}

/* Move the sets that a set is a member of: they will have a member of LKL. */
static long move_outer(uint64_t id)
{
	unsigned int fd, last = fds_end();
	long ret = 0;

	if (!epoll_set_is_member(id))
		return 0;
	for (fd = 0; fd < last && ret >= 0; fd++) {
		if (!epoll_set_id(fd) || epoll_set_id(fd) == id ||
		    fd_lkl(fd) >= 0)
			continue;
		ret = epoll_members_host(fd, member_has_id, &id);
		if (ret > 0)
			ret = epoll_move(fd);
	}
	return ret;
}

/**
 * struct replacement - what takes the place of a stand-in
 * @outer:	in this set of LKL
 * @standin:	the stand-in
 * @k:		the descriptor that replaces it
 */
struct replacement {
	int outer;
	int standin;
	int k;
};

static long replace_member(struct epoll_member *m, void *arg)
{
	struct replacement *r = arg;
	long ret;

	if (m->fd != r->standin)
		return 0;
	KCALL(epoll_ctl, r->outer, EPOLL_CTL_DEL, r->standin, NULL);
	ret = KCALL(epoll_ctl, r->outer, EPOLL_CTL_ADD, r->k, &m->ev);
	return ret < 0 ? ret : 1;
}

/* Replace the stand-in of @fd by @k in all sets. */
static long replace_standin(int fd, int k)
{
	struct replacement r = {
		.standin = (int)fd_slots[fd].standin - 1,
		.k = k,
	};
	unsigned int outer, last = fds_end();
	long ret = 0;

	if (r.standin < 0 || !fd_slots[fd].member)
		return 0;
	for (outer = 0; outer < last && ret >= 0; outer++) {
		r.outer = fd_lkl(outer);
		if (r.outer >= 0 && epoll_set_id(outer))
			ret = epoll_members_lkl(r.outer, replace_member, &r);
	}
	return ret;
}

/* From the host to LKL */

static long move_member(struct epoll_member *m, void *arg)
{
	int k = epoll_set_member_to_k(m->fd);

	/* The descriptor was closed; a duplicate of the descriptor cannot be found. */
	if (k == -EBADF)
		return 0;
	return k < 0 ? k : KCALL(epoll_ctl, *(int *)arg, EPOLL_CTL_ADD, k,
				 &m->ev);
}

/*
 * Wake threads that wait for the set with poll() within LKL.  The host reports no
 * event for a descriptor that is closed, so LKL must see the event before the
 * descriptor is closed; LKL looks for events of each new stand-in.
 */
static void wake_pollers(int fd)
{
	struct lkl_pollfd p = { .fd = fd_standin(fd), .events = LKL_POLLIN };
	struct timespec none = { 0 };

	if (p.fd >= 0)
		KCALL(ppoll, &p, 1, &none, NULL, 0);
	fd_standin_close(fd);
}

/* Wake threads that wait in the host's set, and close @fd, our number for it. */
static void wake_waiters(int fd, bool polled)
{
	struct epoll_event ev = { .events = EPOLLIN };

	ev.data.u64 = MOVED_MARK;
	HOST(epoll_ctl)(fd, EPOLL_CTL_ADD, always_ready, &ev);
	if (polled)
		wake_pollers(fd);
	HOST(close)(fd);
}

static long move_number(int fd, int k)
{
	int copy = KCALL(dup, k);
	long ret;

	if (copy < 0)
		return copy;
	ret = replace_standin(fd, copy);
	if (ret >= 0)
		ret = fd_turn_into(fd, copy);
	if (ret < 0)
		KCALL(close, copy);
	return ret;
}

/* Make all numbers of a set placeholders for duplicates of @k. */
static long move_numbers(uint64_t id, int k)
{
	unsigned int fd, last = fds_end();
	long ret = 0;

	for (fd = 0; fd < last && ret >= 0; fd++)
		if (epoll_set_id(fd) == id)
			ret = move_number(fd, k);
	return ret;
}

/*
 * Return true if a descriptor of the set has a stand-in.  If @close_them, also close
 * the stand-ins.
 */
static bool has_standin(uint64_t id, bool close_them)
{
	unsigned int fd, last = fds_end();
	bool found = false;

	for (fd = 0; fd < last; fd++) {
		if (epoll_set_id(fd) != id || !fd_slots[fd].standin)
			continue;
		found = true;
		if (close_them)
			fd_standin_close(fd);
	}
	return found;
}

int epoll_move(int fd)
{
	uint64_t id = epoll_set_id(fd);
	long ret;
	int old, k;

	ret = move_outer(id);
	if (ret < 0)
		return ret;
	old = HOST(fcntl)(fd, F_DUPFD_CLOEXEC, 0);
	if (old < 0)
		return -errno;
	k = KCALL(epoll_create1, 0);
	ret = k < 0 ? k : epoll_members_host(fd, move_member, &k);
	if (ret >= 0)
		ret = move_numbers(id, k);
	if (k >= 0)
		KCALL(close, k);
	if (ret < 0) {
		HOST(close)(old);
		return ret;
	}
	/* Stand-ins are closed when the threads that wait for them are awake. */
	wake_waiters(old, has_standin(id, false));
	has_standin(id, true);
	return 0;
}
