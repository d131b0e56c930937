// SPDX-License-Identifier: GPL-2.0
/*
 * epoll.  The host makes each set.  A set stays on the host as long as the set has no
 * descriptor of LKL, so that programs and libraries that use epoll for other things
 * notice nothing.  With the first descriptor of LKL, the set moves to LKL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <time.h>

#include "fd/fd-table.h"
#include "fd/packet-ring.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "host/masked-lock.h"
#include "shared/clock.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"
#include "wait/epoll-move.h"
#include "wait/epoll-set.h"
#include "wait/poll-mixed.h"

/* Making a set */

EXPORT int epoll_create1(int flags)
{
	return epoll_set_created(HOST(epoll_create1)(flags));
}

EXPORT int epoll_create(int size)
{
	if (size <= 0) {
		errno = EINVAL;
		return -1;
	}
	return epoll_create1(0);
}

/* Changing a set */

static long epoll_ctl_lkl(int k, int op, int fd, struct epoll_event *event)
{
	int member = epoll_set_member_to_k(fd);

	return member < 0 ? member : KCALL(epoll_ctl, k, op, member, event);
}

/* Add, change or delete a member of LKL or another set, with the sets locked. */
static long epoll_ctl_move(int epfd, int op, int fd, struct epoll_event *event)
{
	long ret;

	if (op == EPOLL_CTL_ADD && epoll_set_id(fd))
		epoll_set_note_member(fd);
	if (fd_lkl(epfd) < 0) {
		if (fd_lkl(fd) < 0)
			return HOST(epoll_ctl)(epfd, op, fd, event) ? -errno :
			       0;
		if (op != EPOLL_CTL_ADD)
			return -ENOENT;
		ret = epoll_move(epfd);
		if (ret < 0)
			return ret;
	}
	return epoll_ctl_lkl(fd_lkl(epfd), op, fd, event);
}

static long epoll_ctl_locked(int epfd, int op, int fd, struct epoll_event *event)
{
	struct masked_state saved;
	long ret;

	epoll_set_lock(&saved);
	ret = epoll_ctl_move(epfd, op, fd, event);
	epoll_set_unlock(&saved);
	return ret;
}

/*
 * Change a set of the host, whose member is the host's.  This needs no lock: when
 * the set has moved meanwhile, with or without this change, the change is repeated
 * in LKL.
 */
static long epoll_ctl_host(int epfd, int op, int fd, struct epoll_event *event)
{
	long ret = HOST(epoll_ctl)(epfd, op, fd, event) ? -errno : 0, again;

	epoll_set_sync();
	if (fd_lkl(epfd) < 0 || (ret && ret != -EBADF))
		return ret;
	again = epoll_ctl_lkl(fd_lkl(epfd), op, fd, event);
	return !ret && (again == -EEXIST || again == -ENOENT) ? 0 : again;
}

EXPORT int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	int k = fd_lkl(epfd), saved = errno;
	bool known = epoll_set_id(epfd) && thread_uses_lkl();
	long ret;

	if (known && (epoll_set_id(fd) || (k < 0 && fd_lkl(fd) >= 0)))
		ret = epoll_ctl_locked(epfd, op, fd, event);
	else if (k >= 0)
		ret = epoll_ctl_lkl(k, op, fd, event);
	else if (known)
		ret = epoll_ctl_host(epfd, op, fd, event);
	else if (fd_lkl(fd) >= 0 && !kernel_is_usable())
		/* In a child any call of LKL fails, with the right error. */
		ret = KCALL(dup, fd_lkl(fd));
	else
		return HOST(epoll_ctl)(epfd, op, fd, event);
	errno = saved;
	return to_errno(ret);
}

/* Waiting */

static int epoll_wait_lkl(int k, struct epoll_event *events, int max,
			  struct timespec *timeout, const sigset_t *mask)
{
	long params[6] = { k, (long)events, max, (long)timeout };
	long ret;

	ret = kernel_call_masked(__lkl__NR_epoll_pwait2, params, mask);
	packet_rings_fill();
	return to_errno(ret);
}

/* Reduce @timeout by the time since @start_ns. */
static void reduce_timeout(struct timespec *timeout, int64_t start_ns)
{
	int64_t passed = now_ns() - start_ns;

	timeout->tv_sec -= passed / NSEC_PER_SEC;
	timeout->tv_nsec -= passed % NSEC_PER_SEC;
	if (timeout->tv_nsec < 0) {
		timeout->tv_nsec += NSEC_PER_SEC;
		timeout->tv_sec--;
	}
	if (timeout->tv_sec < 0)
		*timeout = (struct timespec) { 0 };
}

/*
 * End a wait of the host that returned @count events.  If the set has moved, wait
 * in LKL: members have moved with their state, so LKL reports them again.
 */
static int epoll_wait_end(int epfd, struct epoll_event *events, int count,
			  int max, struct timespec *timeout, int64_t start,
			  const sigset_t *mask)
{
	if (fd_lkl(epfd) < 0 || !epoll_has_moved(events, count))
		return count;
	if (timeout)
		reduce_timeout(timeout, start);
	return epoll_wait_lkl(fd_lkl(epfd), events, max, timeout, mask);
}

/* Return true if the set can move to LKL while the host waits. */
static bool epoll_may_move(int epfd, int timeout)
{
	return timeout && epoll_set_id(epfd);
}

EXPORT int epoll_pwait(int epfd, struct epoll_event *events, int max,
		       int timeout, const sigset_t *mask)
{
	int k = fd_lkl(epfd), ret;
	struct timespec ts;
	int64_t start;

	if (k >= 0)
		return epoll_wait_lkl(k, events, max, poll_timeout(&ts, timeout), mask);
	if (!epoll_may_move(epfd, timeout))
		return HOST(epoll_pwait)(epfd, events, max, timeout, mask);
	start = timeout > 0 ? now_ns() : 0;
	ret = HOST(epoll_pwait)(epfd, events, max, timeout, mask);
	return epoll_wait_end(epfd, events, ret, max, poll_timeout(&ts, timeout), start, mask);
}

EXPORT int epoll_wait(int epfd, struct epoll_event *events, int max,
		      int timeout)
{
	int k = fd_lkl(epfd), ret;
	struct timespec ts;
	int64_t start;

	if (k >= 0)
		return epoll_wait_lkl(k, events, max, poll_timeout(&ts, timeout), NULL);
	if (!epoll_may_move(epfd, timeout))
		return HOST(epoll_wait)(epfd, events, max, timeout);
	start = timeout > 0 ? now_ns() : 0;
	ret = HOST(epoll_wait)(epfd, events, max, timeout);
	return epoll_wait_end(epfd, events, ret, max, poll_timeout(&ts, timeout), start, NULL);
}

EXPORT int epoll_pwait2(int epfd, struct epoll_event *events, int max,
			const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec left;
	int k = fd_lkl(epfd), ret;
	int64_t start;

	if (timeout)
		left = *timeout;
	if (k >= 0)
		return epoll_wait_lkl(k, events, max, timeout ? &left : NULL, mask);
	start = timeout ? now_ns() : 0;
	ret = HOST(epoll_pwait2)(epfd, events, max, timeout, mask);
	return epoll_wait_end(epfd, events, ret, max, timeout ? &left : NULL, start,
		     mask);
}
