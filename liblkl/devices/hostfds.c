// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of the host that tasks of the kernel wait for.  The kernel has a
 * file for each; the host watches the descriptor from the first wait on.
 *
 * All but lkl_hostfd_create() runs with the virtual CPU's lock held.
 */
#include "core/host-thread.h"
#include "devices/hostfds.h"
#include "devices/machine.h"

/**
 * struct hostfd - such a descriptor
 * @hf:		what the host sees; its fd is -1 when another one took the
 *		number
 * @inst:	its kernel
 * @file:	the kernel's file
 * @watched:	the host watches @hf
 * @is_ready:	@ready_link is in the list
 * @link:	link of struct lkl_hostfds.all
 * @ready_link:	link of struct lkl_hostfds.ready
 */
struct hostfd {
	struct lkl_hostfd hf;
	struct lkl_instance *inst;
	uint64_t file;
	bool watched;
	bool is_ready;
	struct list link;
	struct list ready_link;
};

static void hostfd_became_ready(struct lkl_hostfd *hf)
{
	struct hostfd *h = container_of(hf, struct hostfd, hf);
	struct lkl_instance *inst = h->inst;

	if (h->is_ready)
		return;
	h->is_ready = true;
	list_add_head(&inst->machine->hostfds.ready, &h->ready_link);
	lkl_instance_irq(inst, LKL_IRQ_HOSTFD);
}

static void hostfd_unwatch(struct hostfd *h)
{
	if (h->watched)
		h->inst->host->fd->unwatch(h->inst->vcpu.poller, &h->hf);
	h->watched = false;
}

/*
 * Detach the files of number @fd from it: a task that waits for such a file
 * keeps the file when it is closed, and the number may mean another file then.
 */
static void hostfd_disown(struct lkl_instance *inst, int fd)
{
	struct hostfd *h;

	list_for_each(h, &inst->machine->hostfds.all, link) {
		if (h->hf.fd != fd)
			continue;
		hostfd_unwatch(h);
		h->hf.fd = -1;
	}
}

static int64_t LKL_ABI cb_hostfd_get(int32_t fd, uint64_t file)
{
	struct lkl_instance *inst = lkl_thread_binding();
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
	hostfd_disown(inst, fd);
	*h = (struct hostfd) {
		.hf = { .fd = fd, .ready = hostfd_became_ready },
		.inst = inst,
		.file = file,
	};
	list_add_head(&inst->machine->hostfds.all, &h->link);
	return (uintptr_t)h;
}

static void hostfd_free(struct hostfd *h)
{
	hostfd_unwatch(h);
	if (h->is_ready)
		list_remove(&h->ready_link);
	list_remove(&h->link);
	h->inst->host->mem_free(h);
}

static void LKL_ABI cb_hostfd_put(uint64_t handle)
{
	hostfd_free((struct hostfd *)(uintptr_t)handle);
}

static int32_t LKL_ABI cb_hostfd_poll(uint64_t handle)
{
	struct hostfd *h = (struct hostfd *)(uintptr_t)handle;
	const struct lkl_host_fd_ops *ops = h->inst->host->fd;
	int ret;

	if (h->hf.fd < 0)
		return 0;
	if (!h->watched) {
		ret = ops->watch(h->inst->vcpu.poller, &h->hf);
		if (ret < 0)
			return ret;
		h->watched = !ret;
	}
	ret = ops->poll(h->hf.fd);
	/* The descriptor was closed: let nothing wait for it any longer. */
	return ret >= 0 && ret & LKL_POLLNVAL ? -LKL_EBADF : ret;
}

/* Return the file of the next descriptor that became ready, 0: none. */
static uint64_t LKL_ABI cb_hostfd_next(void)
{
	struct list *ready = &lkl_thread_binding()->machine->hostfds.ready;
	struct hostfd *h;

	if (list_is_empty(ready))
		return 0;
	h = list_entry(ready->next, struct hostfd, ready_link);
	list_remove(&h->ready_link);
	h->is_ready = false;
	return h->file;
}

void lkl_hostfds_set_callbacks(struct lkl_callbacks *callbacks)
{
	callbacks->hostfd_get = cb_hostfd_get;
	callbacks->hostfd_put = cb_hostfd_put;
	callbacks->hostfd_poll = cb_hostfd_poll;
	callbacks->hostfd_next = cb_hostfd_next;
}

void lkl_hostfds_init(struct lkl_hostfds *fds)
{
	list_init(&fds->all);
	list_init(&fds->ready);
}

/* A kernel that died did not close its files. */
void lkl_hostfds_close(struct lkl_instance *inst)
{
	struct hostfd *h, *tmp;

	list_for_each_safe(h, tmp, &inst->machine->hostfds.all, link)
		hostfd_free(h);
}

int lkl_hostfd_create(int host_fd)
{
	struct lkl_instance *inst = lkl_this_instance();
	int64_t params[] = { host_fd };

	if (!inst || inst->phase != LKL_PHASE_RUNNING)
		return -LKL_ENODEV;
	return lkl_request(inst, LKL_REQ_HOSTFD, 0, params);
}
