// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of the program for which tasks of the kernel wait.
 *
 * All descriptors are in one epoll set, edge-triggered: the set reports changes
 * only, so a descriptor from which no task reads does not wake the leader again
 * and again.  The poller watches the set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/nocancel.h"
#include "io/descriptors.h"
#include "io/poller.h"
#include "shared/list.h"

#define DESCRIPTORS_EVENTS	64

/**
 * struct descriptors - the descriptors of a poller
 * @extension:	place in the poller
 * @watch:	watch of the epoll set
 * @list:	descriptors in the set
 */
struct descriptors {
	struct lkl_poller_extension extension;
	struct lkl_watch watch;
	struct list list;
};

/**
 * struct descriptor_link - what this file keeps in struct lkl_hostfd.host
 * @link:	link of struct descriptors.list
 */
struct descriptor_link {
	struct list link;
} __attribute__((may_alias));

_Static_assert(sizeof(struct descriptor_link) <=
	       sizeof(((struct lkl_hostfd *)0)->host),
	       "struct descriptor_link must fit into struct lkl_hostfd.host");

static struct list *descriptor_link(struct lkl_hostfd *hf)
{
	return &((struct descriptor_link *)hf->host)->link;
}

/* Return true unless @hf was removed in the meantime. */
static bool descriptor_is_watched(const struct descriptors *set,
				  struct lkl_hostfd *hf)
{
	const struct list *link;

	for (link = set->list.next; link != &set->list; link = link->next)
		if (link == descriptor_link(hf))
			return true;
	return false;
}

/* Report the descriptors that have changed, except @new. */
static void descriptors_report(struct descriptors *set,
			       const struct lkl_hostfd *new)
{
	struct epoll_event events[DESCRIPTORS_EVENTS];
	int n, i;

	do {
		n = nocancel_epoll_peek(set->watch.fd, events,
					DESCRIPTORS_EVENTS);
		for (i = 0; i < n; i++) {
			struct lkl_hostfd *hf = events[i].data.ptr;

			if (hf != new && descriptor_is_watched(set, hf))
				hf->ready(hf);
		}
	} while (n == DESCRIPTORS_EVENTS);
}

static void descriptors_ready(struct lkl_watch *w, int revents)
{
	descriptors_report(container_of(w, struct descriptors, watch), NULL);
}

static void descriptors_destroy(struct lkl_poller_extension *ext,
				struct lkl_poller *p)
{
	struct descriptors *set =
		container_of(ext, struct descriptors, extension);

	lkl_poller_unwatch(p, &set->watch);
	close(set->watch.fd);
	free(set);
}

static int descriptors_create(struct lkl_poller *p)
{
	struct descriptors *set = calloc(1, sizeof(*set));
	int ret;

	if (!set)
		return -LKL_ENOMEM;
	set->extension.destroy = descriptors_destroy;
	set->watch.events = POLLIN;
	set->watch.ready = descriptors_ready;
	list_init(&set->list);
	set->watch.fd = epoll_create1(EPOLL_CLOEXEC);
	if (set->watch.fd < 0) {
		ret = lkl_posix_error(errno);
		goto out_set;
	}
	ret = lkl_poller_watch(p, &set->watch);
	if (ret)
		goto out_fd;
	*lkl_poller_extension(p) = &set->extension;
	return 0;

out_fd:
	close(set->watch.fd);
out_set:
	free(set);
	return ret;
}

/* Return the descriptors of @p; NULL: nothing was watched so far. */
static struct descriptors *descriptors_of(struct lkl_poller *p)
{
	struct lkl_poller_extension *ext = *lkl_poller_extension(p);

	return ext ? container_of(ext, struct descriptors, extension) : NULL;
}

static int descriptor_watch(struct lkl_poller *p, struct lkl_hostfd *hf)
{
	struct epoll_event ev = {
		.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = hf,
	};
	int ret = descriptors_of(p) ? 0 : descriptors_create(p);
	struct descriptors *set = descriptors_of(p);

	if (ret)
		return ret;
	if (epoll_ctl(set->watch.fd, EPOLL_CTL_ADD, hf->fd, &ev)) {
		/* epoll refuses files, which are always ready for poll(2). */
		if (errno == EPERM)
			return 1;
		return lkl_posix_error(errno);
	}
	list_add_head(&set->list, descriptor_link(hf));
	/*
	 * Take the event for what @hf is ready for already, which is no change:
	 * the caller polls @hf next, and would see two events in an
	 * edge-triggered wait.
	 */
	descriptors_report(set, hf);
	return 0;
}

static void descriptor_unwatch(struct lkl_poller *p, struct lkl_hostfd *hf)
{
	/* If the program has closed it, the set has forgotten it already. */
	epoll_ctl(descriptors_of(p)->watch.fd, EPOLL_CTL_DEL, hf->fd, NULL);
	list_remove(descriptor_link(hf));
}

static int descriptor_poll(int fd)
{
	static const struct timespec now;
	struct pollfd pfd = {
		.fd = fd,
		.events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP,
	};

	/* poll(2) ignores negative descriptors. */
	if (fd < 0)
		return -LKL_EBADF;
	if (nocancel_ppoll(&pfd, 1, &now) < 0)
		return lkl_posix_error(errno);
	/* Linux and LKL have the same numbers for events. */
	return pfd.revents;
}

const struct lkl_host_fd_ops lkl_posix_fd_ops = {
	.size = sizeof(lkl_posix_fd_ops),
	.watch = descriptor_watch,
	.unwatch = descriptor_unwatch,
	.poll = descriptor_poll,
};
