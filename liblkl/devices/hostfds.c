// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of the host that tasks of the kernel wait for.  The kernel has a
 * file for each, the host watches it from the first time somebody waits.
 *
 * All but lkl_hostfd_create() runs with the CPU lock held.
 */
#include "core/instance.h"

/**
 * struct hostfd - such a descriptor
 * @hf:		what the host sees; its fd is -1 when another one took the number
 * @inst:	its kernel
 * @file:	the kernel's file
 * @watched:	the host knows of it
 * @fired:	it is in the list of those that became ready
 * @next:	link of all
 * @next_fired:	link of those that became ready
 */
struct hostfd {
	struct lkl_hostfd hf;
	struct lkl_instance *inst;
	uint64_t file;
	bool watched;
	bool fired;
	struct hostfd *next;
	struct hostfd *next_fired;
};

static void became_ready(struct lkl_hostfd *hf)
{
	struct hostfd *h = container_of(hf, struct hostfd, hf);
	struct lkl_instance *inst = h->inst;

	if (h->fired)
		return;
	h->fired = true;
	h->next_fired = inst->hostfds.fired;
	inst->hostfds.fired = h;
	lkl_instance_irq(inst, LKL_IRQ_HOSTFD);
}

static void unwatch(struct hostfd *h)
{
	if (h->watched)
		h->inst->host->fd->unwatch(h->inst->vcpu.poller, &h->hf);
	h->watched = false;
}

/*
 * Who waits for a file keeps it when it is closed, and the number may mean
 * something else by then.
 */
static void disown(struct lkl_instance *inst, int fd)
{
	struct hostfd *h;

	for (h = inst->hostfds.all; h; h = h->next) {
		if (h->hf.fd != fd)
			continue;
		unwatch(h);
		h->hf.fd = -1;
	}
}

int64_t lkl_hostfd_get(struct lkl_instance *inst, int fd, uint64_t file)
{
	struct hostfd *h;
	int events;

	if (!inst->host->fd)
		return -LKL_EOPNOTSUPP;
	events = inst->host->fd->poll(fd);
	if (events < 0)
		return events;
	if (events & LKL_POLLNVAL)
		return -LKL_EBADF;
	h = inst->host->mem_alloc(sizeof(*h));
	if (!h)
		return -LKL_ENOMEM;
	disown(inst, fd);
	*h = (struct hostfd) {
		.hf = { .fd = fd, .ready = became_ready },
		.inst = inst,
		.file = file,
		.next = inst->hostfds.all,
	};
	inst->hostfds.all = h;
	return (intptr_t)h;
}

static void unlink_fired(struct lkl_instance *inst, struct hostfd *h)
{
	struct hostfd **link = &inst->hostfds.fired;

	while (*link && *link != h)
		link = &(*link)->next_fired;
	if (*link)
		*link = h->next_fired;
}

void lkl_hostfd_put(struct lkl_instance *inst, uint64_t handle)
{
	struct hostfd *h = (struct hostfd *)(uintptr_t)handle, **link;

	unwatch(h);
	unlink_fired(inst, h);
	for (link = &inst->hostfds.all; *link != h; link = &(*link)->next)
		;
	*link = h->next;
	inst->host->mem_free(h);
}

int lkl_hostfd_poll(struct lkl_instance *inst, uint64_t handle)
{
	struct hostfd *h = (struct hostfd *)(uintptr_t)handle;
	int ret;

	if (h->hf.fd < 0)
		return 0;
	if (!h->watched) {
		ret = inst->host->fd->watch(inst->vcpu.poller, &h->hf);
		if (ret < 0)
			return ret;
		h->watched = !ret;
	}
	ret = inst->host->fd->poll(h->hf.fd);
	/* It was closed: nobody is to go on waiting for it. */
	return ret >= 0 && ret & LKL_POLLNVAL ? -LKL_EBADF : ret;
}

uint64_t lkl_hostfd_next(struct lkl_instance *inst)
{
	struct hostfd *h = inst->hostfds.fired;

	if (!h)
		return 0;
	inst->hostfds.fired = h->next_fired;
	h->fired = false;
	return h->file;
}

/* A kernel that died did not close them. */
void lkl_hostfds_close(struct lkl_instance *inst)
{
	while (inst->hostfds.all)
		lkl_hostfd_put(inst, (uintptr_t)inst->hostfds.all);
}

int lkl_hostfd_create(int host_fd)
{
	struct lkl_instance *inst = lkl_default_instance();
	int64_t params[] = { host_fd };

	if (!inst || inst->phase != LKL_PHASE_RUNNING)
		return -LKL_ENODEV;
	return lkl_request(inst, LKL_REQ_HOSTFD, 0, params);
}
