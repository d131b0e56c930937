// SPDX-License-Identifier: GPL-2.0
/*
 * Files that stand for descriptors of the host.
 *
 * A program can wait for its own descriptors and for descriptors of LKL in one
 * call: poll, select and epoll take these files like any other file.
 */
#include <linux/anon_inodes.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <asm/drivers.h>
#include <asm/host.h>

/**
 * struct lkl_hostfd_file - a file that stands for a descriptor of the host
 * @wait:	tasks that wait for the file
 * @handle:	the host's name for the descriptor
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

	/* First the wait queue, so that later events wake the task. */
	poll_wait(file, &hf->wait, pt);
	events = lkl_host_hostfd_poll(hf->handle);
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

	lkl_host_hostfd_put(hf->handle);
	kfree(hf);
	return 0;
}

static const struct file_operations hostfd_fops = {
	.poll = hostfd_poll,
	.release = hostfd_release,
	.llseek = noop_llseek,
};

/*
 * Wake the tasks that wait for files that became ready (LKL_IRQ_HOSTFD).  The
 * tasks poll to learn which events there are.
 */
void lkl_hostfd_wake(void)
{
	struct lkl_hostfd_file *hf;

	while ((hf = (struct lkl_hostfd_file *)lkl_host_hostfd_next()))
		wake_up_poll(&hf->wait, EPOLLIN | EPOLLRDNORM | EPOLLPRI |
			     EPOLLOUT | EPOLLWRNORM | EPOLLERR | EPOLLHUP |
			     EPOLLRDHUP);
}

/**
 * lkl_hostfd_create - create a file for a descriptor of the host
 *		       (LKL_REQ_HOSTFD)
 * @params:	the host's descriptor
 *
 * Return: a descriptor of the kernel, or a negative error.
 */
long lkl_hostfd_create(const s64 *params)
{
	struct lkl_hostfd_file *hf = kmalloc(sizeof(*hf), GFP_KERNEL);
	long ret;
	s64 handle;

	if (!hf)
		return -ENOMEM;
	init_waitqueue_head(&hf->wait);
	handle = lkl_host_hostfd_get(params[0], (u64)hf);
	if (handle < 0) {
		kfree(hf);
		return handle;
	}
	hf->handle = handle;
	ret = anon_inode_getfd("[hostfd]", &hostfd_fops, hf, O_CLOEXEC);
	if (ret < 0) {
		lkl_host_hostfd_put(handle);
		kfree(hf);
	}
	return ret;
}
