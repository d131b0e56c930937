// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of the host as files that can be waited for.
 *
 * A program that waits for its own descriptors and for ours at once can do so
 * in one place: poll, select and epoll take these like any other file.
 */
#include <linux/anon_inodes.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <asm/host.h>

/**
 * struct lkl_hostfd_file - such a file
 * @wait:	tasks that wait for it
 * @handle:	the host's name for it
 */
struct lkl_hostfd_file {
	wait_queue_head_t wait;
	u64 handle;
};

static __poll_t hostfd_poll(struct file *file, poll_table *pt)
{
	struct lkl_hostfd_file *hf = file->private_data;
	__poll_t mask;
	int events;

	/* In this order: what happens from now on wakes. */
	poll_wait(file, &hf->wait, pt);
	events = host_hostfd_poll(hf->handle);
	if (events < 0)
		return EPOLLERR;
	mask = (__force __poll_t)events;
	if (mask & EPOLLIN)
		mask |= EPOLLRDNORM;
	if (mask & EPOLLOUT)
		mask |= EPOLLWRNORM;
	return mask;
}

static int hostfd_release(struct inode *inode, struct file *file)
{
	struct lkl_hostfd_file *hf = file->private_data;

	host_hostfd_put(hf->handle);
	kfree(hf);
	return 0;
}

static const struct file_operations hostfd_fops = {
	.poll = hostfd_poll,
	.release = hostfd_release,
	.llseek = noop_llseek,
};

/* Interrupt: some became ready; for what, the waiters find out. */
void lkl_hostfd_wake(void)
{
	struct lkl_hostfd_file *hf;

	while ((hf = (struct lkl_hostfd_file *)host_hostfd_next()))
		wake_up_poll(&hf->wait, EPOLLIN | EPOLLRDNORM | EPOLLPRI |
			     EPOLLOUT | EPOLLWRNORM | EPOLLERR | EPOLLHUP |
			     EPOLLRDHUP);
}

/* params: the host's descriptor */
long lkl_hostfd_create(const s64 *params)
{
	struct lkl_hostfd_file *hf = kmalloc(sizeof(*hf), GFP_KERNEL);
	long ret;
	s64 handle;

	if (!hf)
		return -ENOMEM;
	init_waitqueue_head(&hf->wait);
	handle = host_hostfd_get(params[0], (u64)hf);
	if (handle < 0) {
		kfree(hf);
		return handle;
	}
	hf->handle = handle;
	ret = anon_inode_getfd("[hostfd]", &hostfd_fops, hf, O_CLOEXEC);
	if (ret < 0) {
		host_hostfd_put(handle);
		kfree(hf);
	}
	return ret;
}
