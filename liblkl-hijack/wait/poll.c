// SPDX-License-Identifier: GPL-2.0
/*
 * poll() and ppoll().  A list with descriptors of the host only goes to the host.
 * Otherwise the kernel of LKL waits for all descriptors, with stand-ins in place of
 * the host's descriptors.  One wait is enough, and no helper thread is needed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fd/fd-standin.h"
#include "fd/fd-table.h"
#include "fd/packet-ring.h"
#include "host/export.h"
#include "host/fortify.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "wait/poll-mixed.h"

_Static_assert(sizeof(struct pollfd) == sizeof(struct lkl_pollfd), "layout");
_Static_assert(sizeof(struct timespec) ==
	       sizeof(struct __lkl__kernel_timespec), "layout");
_Static_assert(POLLIN == LKL_POLLIN && POLLPRI == LKL_POLLPRI &&
	       POLLOUT == LKL_POLLOUT && POLLERR == LKL_POLLERR &&
	       POLLHUP == LKL_POLLHUP && POLLNVAL == LKL_POLLNVAL &&
	       POLLRDNORM == LKL_POLLRDNORM && POLLRDBAND == LKL_POLLRDBAND &&
	       POLLWRNORM == LKL_POLLWRNORM && POLLWRBAND == LKL_POLLWRBAND &&
	       POLLRDHUP == LKL_POLLRDHUP, "numbers");

struct timespec *poll_timeout(struct timespec *ts, int ms)
{
	if (ms < 0)
		return NULL;
	ts->tv_sec = ms / 1000;
	ts->tv_nsec = ms % 1000 * 1000000L;
	return ts;
}

static int poll_to_k(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? fd_standin(fd) : k;
}

/*
 * Return the events that are ready without a wait.  Put the descriptor within LKL
 * in *@k, or a negative number if LKL must not wait for it.
 */
static short poll_ready(const struct pollfd *p, int *k)
{
	*k = -1;
	if (p->fd < 0)
		return 0;
	if (p->events & POLLIN && packet_ring_has_some(p->fd))
		return POLLIN;
	*k = poll_to_k(p->fd);
	if (*k >= 0)
		return 0;
	return *k == -EBADF ? POLLNVAL : POLLERR;
}

static long poll_once(struct pollfd *fds, struct pollfd *within, nfds_t count,
		      struct timespec *timeout, const sigset_t *mask)
{
	struct timespec now = { 0 };
	long params[6] = { (long)within, count, (long)timeout };
	long ready = 0, ret;
	nfds_t i;

	for (i = 0; i < count; i++) {
		within[i].events = fds[i].events;
		within[i].revents = 0;
		fds[i].revents = poll_ready(&fds[i], &within[i].fd);
		ready += fds[i].revents != 0;
	}
	if (ready)
		params[2] = (long)&now;
	ret = kernel_call_masked(__lkl__NR_ppoll, params, mask);
	packet_rings_fill();
	if (ret < 0)
		return ret;
	for (i = 0; i < count; i++)
		if (within[i].fd >= 0)
			fds[i].revents = within[i].revents;
	return ret + ready;
}

/*
 * Return true if @fd has another meaning now, such as an epoll set that has moved.
 * Linux looks up descriptors again at each wake-up.
 */
static bool has_changed(int fd, const struct pollfd *within)
{
	int k;

	if (within->fd < 0 || !(within->revents & (POLLNVAL | POLLERR)))
		return false;
	k = poll_to_k(fd);
	return k >= 0 && k != within->fd;
}

static bool any_has_changed(const struct pollfd *fds,
			    const struct pollfd *within, nfds_t count)
{
	nfds_t i;

	for (i = 0; i < count; i++)
		if (has_changed(fds[i].fd, &within[i]))
			return true;
	return false;
}

static long poll_until_stable(struct pollfd *fds, struct pollfd *within,
			      nfds_t count, struct timespec *timeout,
			      const sigset_t *mask)
{
	long ret;

	do
		ret = poll_once(fds, within, count, timeout, mask);
	while (ret > 0 && any_has_changed(fds, within, count));
	return ret;
}

long poll_mixed(struct pollfd *fds, nfds_t count, struct timespec *timeout,
		const sigset_t *mask)
{
	struct pollfd few[POLL_FEW], *many;
	long ret;

	if (count <= POLL_FEW)
		return poll_until_stable(fds, few, count, timeout, mask);
	many = calloc(count, sizeof(*many));
	if (!many)
		return -ENOMEM;
	ret = poll_until_stable(fds, many, count, timeout, mask);
	free(many);
	return ret;
}

/*
 * Return true if the list has a descriptor of LKL.  @fds is not const, because libc
 * declares that poll() reads nothing.
 */
static bool poll_has_lkl(struct pollfd *fds, nfds_t count)
{
	nfds_t i;

	/* The host has the right error for a list that cannot be one. */
	if (!fd_slots || !fds || count > FDS_MAX)
		return false;
	for (i = 0; i < count; i++)
		if (fd_lkl(fds[i].fd) >= 0)
			return true;
	return false;
}

EXPORT int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct timespec ts;

	if (!poll_has_lkl(fds, count))
		return HOST(poll)(fds, count, timeout);
	return to_errno(poll_mixed(fds, count, poll_timeout(&ts, timeout), NULL));
}
ALIAS(__poll, poll);

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t count,
		const struct timespec *timeout, const sigset_t *mask,
		size_t size);

EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout,
		      size_t size)
{
	fortify_check(count, size / sizeof(*fds));
	return poll(fds, count, timeout);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t count,
		 const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec ts;

	if (!poll_has_lkl(fds, count))
		return HOST(ppoll)(fds, count, timeout, mask);
	/* The caller must not see the time that is left. */
	if (timeout)
		ts = *timeout;
	return to_errno(poll_mixed(fds, count, timeout ? &ts : NULL, mask));
}

EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count,
		       const struct timespec *timeout, const sigset_t *mask,
		       size_t size)
{
	fortify_check(count, size / sizeof(*fds));
	return ppoll(fds, count, timeout, mask);
}
