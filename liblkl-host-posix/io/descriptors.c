// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of the program that tasks of the kernel wait for.
 *
 * All of them are in one epoll set, edge-triggered: it tells when something
 * has changed, and one that nobody reads from does not wake the leader again
 * and again.  The poller watches the set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/descriptors.h"
#include "io/poller.h"
#include "base/futex.h"

#define EVENTS	64

/* Use of struct lkl_hostfd.host: links of a list */
#define HF_NEXT	0
#define HF_PREV	1

static struct lkl_hostfd *hf_link(const struct lkl_hostfd *hf, int which)
{
	return (struct lkl_hostfd *)(uintptr_t)hf->host[which];
}

/* One that was unwatched meanwhile is not on the list any more. */
static bool is_watched(const struct lkl_hostfds *set,
		       const struct lkl_hostfd *hf)
{
	const struct lkl_hostfd *p;

	for (p = set->list; p; p = hf_link(p, HF_NEXT))
		if (p == hf)
			return true;
	return false;
}

/* Tell of what changed, but of @new. */
static void report(struct lkl_hostfds *set, const struct lkl_hostfd *new)
{
	struct epoll_event events[EVENTS];
	long n, i;

	do {
		n = syscall(SYS_epoll_pwait, set->fd, events, EVENTS, 0, NULL,
			    0);
		for (i = 0; i < n; i++) {
			struct lkl_hostfd *hf = events[i].data.ptr;

			if (hf != new && is_watched(set, hf))
				hf->ready(hf);
		}
	} while (n == EVENTS);
}

static void set_ready(struct lkl_watch *w, int revents)
{
	struct lkl_hostfds *set = (struct lkl_hostfds *)
		((char *)w - offsetof(struct lkl_hostfds, watch));

	(void)revents;
	report(set, NULL);
}

static int create(struct lkl_poller *p, struct lkl_hostfds *set)
{
	int ret;

	set->fd = epoll_create1(EPOLL_CLOEXEC);
	if (set->fd < 0)
		return lkl_posix_error(errno);
	set->watch = (struct lkl_watch) {
		.fd = set->fd,
		.events = POLLIN,
		.ready = set_ready,
	};
	ret = lkl_poller_watch(p, &set->watch);
	if (ret)
		close(set->fd);
	else
		set->open = true;
	return ret;
}

void lkl_hostfds_destroy(struct lkl_poller *p, struct lkl_hostfds *set)
{
	if (!set->open)
		return;
	lkl_poller_unwatch(p, &set->watch);
	close(set->fd);
	set->open = false;
}

static int hostfd_watch(struct lkl_poller *p, struct lkl_hostfd *hf)
{
	struct lkl_hostfds *set = lkl_poller_hostfds(p);
	struct epoll_event ev = {
		.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = hf,
	};
	int ret = set->open ? 0 : create(p, set);

	if (ret)
		return ret;
	if (epoll_ctl(set->fd, EPOLL_CTL_ADD, hf->fd, &ev)) {
		/* A file: poll() calls it always ready. */
		if (errno == EPERM)
			return 1;
		return lkl_posix_error(errno);
	}
	hf->host[HF_NEXT] = (uintptr_t)set->list;
	hf->host[HF_PREV] = 0;
	if (set->list)
		set->list->host[HF_PREV] = (uintptr_t)hf;
	set->list = hf;
	/*
	 * What it is ready for already is no change: the caller polls it next.
	 * An edge-triggered wait would see two.
	 */
	report(set, hf);
	return 0;
}

static void hostfd_unwatch(struct lkl_poller *p, struct lkl_hostfd *hf)
{
	struct lkl_hostfds *set = lkl_poller_hostfds(p);
	struct lkl_hostfd *next = hf_link(hf, HF_NEXT);
	struct lkl_hostfd *prev = hf_link(hf, HF_PREV);

	/* The program may have closed it: then it is not in the set any more. */
	epoll_ctl(set->fd, EPOLL_CTL_DEL, hf->fd, NULL);
	if (prev)
		prev->host[HF_NEXT] = (uintptr_t)next;
	else
		set->list = next;
	if (next)
		next->host[HF_PREV] = (uintptr_t)prev;
}

static int hostfd_poll(int fd)
{
	static const struct timespec now;
	struct pollfd pfd = {
		.fd = fd,
		.events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP,
	};

	/* poll() leaves out what is negative. */
	if (fd < 0)
		return -LKL_EBADF;
	if (lkl_posix_ppoll(&pfd, 1, &now) < 0)
		return lkl_posix_error(errno);
	/* The numbers are those of LKL. */
	return pfd.revents;
}

const struct lkl_host_fd_ops lkl_posix_fd_ops = {
	.size = sizeof(lkl_posix_fd_ops),
	.watch = hostfd_watch,
	.unwatch = hostfd_unwatch,
	.poll = hostfd_poll,
};
