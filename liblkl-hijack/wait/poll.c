// SPDX-License-Identifier: GPL-2.0
/*
 * poll() and ppoll().  A set with descriptors of the host only is the host's
 * business, found out by a look at the table.  Otherwise all wait in one place,
 * the kernel of LKL, where stand-ins take the place of the host's descriptors:
 * no helper thread, no second look, nothing to wake up twice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "fd/packet-ring.h"
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

struct timespec *wait_ms(struct timespec *ts, int ms)
{
	if (ms < 0)
		return NULL;
	ts->tv_sec = ms / 1000;
	ts->tv_nsec = ms % 1000 * 1000000L;
	return ts;
}

static int within_lkl(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? fd_standin(fd) : k;
}

/*
 * What is ready without a wait, with the descriptor within LKL in *@k, which is
 * negative for what needs no wait.
 */
static short translate(const struct pollfd *p, int *k)
{
	*k = -1;
	if (p->fd < 0)
		return 0;
	if (p->events & POLLIN && packet_ring_has_some(p->fd))
		return POLLIN;
	*k = within_lkl(p->fd);
	if (*k >= 0)
		return 0;
	return *k == -EBADF ? POLLNVAL : POLLERR;
}

static long wait_with(struct pollfd *fds, struct pollfd *within, nfds_t count,
		      struct timespec *timeout, const sigset_t *mask)
{
	struct timespec now = { 0 };
	long params[6] = { (long)within, count, (long)timeout };
	long ready = 0, ret;
	nfds_t i;

	for (i = 0; i < count; i++) {
		within[i].events = fds[i].events;
		within[i].revents = 0;
		fds[i].revents = translate(&fds[i], &within[i].fd);
		ready += fds[i].revents != 0;
	}
	if (ready)
		params[2] = (long)&now;
	ret = lkl_call_masked(__lkl__NR_ppoll, params, mask);
	packet_rings_fill();
	if (ret < 0)
		return ret;
	for (i = 0; i < count; i++)
		if (within[i].fd >= 0)
			fds[i].revents = within[i].revents;
	return ret + ready;
}

/*
 * Something else has the number now, or the same is elsewhere, as epoll
 * descriptors that move.  Linux looks numbers up again at each wake-up.
 */
static bool is_another(int fd, const struct pollfd *within)
{
	int k;

	if (within->fd < 0 || !(within->revents & (POLLNVAL | POLLERR)))
		return false;
	k = within_lkl(fd);
	return k >= 0 && k != within->fd;
}

static bool are_others(const struct pollfd *fds, const struct pollfd *within,
		       nfds_t count)
{
	nfds_t i;

	for (i = 0; i < count; i++)
		if (is_another(fds[i].fd, &within[i]))
			return true;
	return false;
}

static long wait_through(struct pollfd *fds, struct pollfd *within,
			 nfds_t count, struct timespec *timeout,
			 const sigset_t *mask)
{
	long ret;

	do
		ret = wait_with(fds, within, count, timeout, mask);
	while (ret > 0 && are_others(fds, within, count));
	return ret;
}

long wait_mixed(struct pollfd *fds, nfds_t count, struct timespec *timeout,
		const sigset_t *mask)
{
	struct pollfd few[FEW], *many;
	long ret;

	if (count <= FEW)
		return wait_through(fds, few, count, timeout, mask);
	many = calloc(count, sizeof(*many));
	if (!many)
		return -ENOMEM;
	ret = wait_through(fds, many, count, timeout, mask);
	free(many);
	return ret;
}

/* Not const, as libc says that poll() reads nothing. */
static bool has_lkl(struct pollfd *fds, nfds_t count)
{
	nfds_t i;

	/* What cannot be a list gets its error from the host. */
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

	if (!has_lkl(fds, count))
		return HOST(poll)(fds, count, timeout);
	return to_errno(wait_mixed(fds, count, wait_ms(&ts, timeout), NULL));
}
ALIAS(__poll, poll);

EXPORT int ppoll(struct pollfd *fds, nfds_t count,
		 const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec ts;

	if (!has_lkl(fds, count))
		return HOST(ppoll)(fds, count, timeout, mask);
	/* What is left is not for the caller to see. */
	if (timeout)
		ts = *timeout;
	return to_errno(wait_mixed(fds, count, timeout ? &ts : NULL, mask));
}
