// SPDX-License-Identifier: GPL-2.0
/*
 * The lseek operation: SEEK_DATA and SEEK_HOLE.
 *
 * The host does not write out its cache (of writes through mmap(), or of all
 * writes with writeback_cache) before the host asks where data are, and a range
 * that was never written looks like a hole.  So we ask the host to write out
 * its cache first.  The host then sends write requests while the lseek request
 * waits.  A thread of its own does the waiting, so that one thread at least is
 * left to serve the write requests.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "ops/ops.h"
#include "request/fuse-request.h"
#include "request/reply.h"
#include "shared/list.h"

/**
 * struct seek - an lseek request that waits for the thread
 * @link:	link in the queue
 * @req:	request of the host
 * @f:		open file
 * @off:	offset to start from
 * @whence:	SEEK_DATA or SEEK_HOLE, the same on both sides
 */
struct seek {
	struct list link;
	fuse_req_t req;
	struct open_file *f;
	off_t off;
	int whence;
};

static pthread_mutex_t seek_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t seek_changed = PTHREAD_COND_INITIALIZER;
static struct list seek_queue = LIST_INIT(seek_queue);
static bool seek_must_stop;
static bool seek_is_running;
static pthread_t seek_thread;

/* Seek, reply, and put @f. */
static void seek_and_reply(fuse_req_t req, struct open_file *f, off_t off,
			   int whence)
{
	__lkl__kernel_loff_t pos;

	pthread_mutex_lock(&f->lock);
	pos = lkl_sys_lseek(f->fd, off, whence);
	pthread_mutex_unlock(&f->lock);
	open_file_put(f);
	if (pos < 0)
		reply_status(req, pos);
	else
		fuse_reply_lseek(req, pos);
}

/* Wait for a request; return NULL when the thread must stop. */
static struct seek *seek_take(void)
{
	struct seek *s = NULL;

	pthread_mutex_lock(&seek_mutex);
	while (list_is_empty(&seek_queue) && !seek_must_stop)
		pthread_cond_wait(&seek_changed, &seek_mutex);
	if (!list_is_empty(&seek_queue)) {
		s = list_entry(seek_queue.next, struct seek, link);
		list_remove(&s->link);
	}
	pthread_mutex_unlock(&seek_mutex);
	return s;
}

static void *seek_main(void *arg)
{
	struct seek *s;

	(void)arg;
	while ((s = seek_take())) {
		/* This waits for the writes; close() reports their errors. */
		fuse_lowlevel_notify_inval_inode(request_fs(s->req)->se,
						 inode_nodeid(s->f->inode), 0,
						 0);
		seek_and_reply(s->req, s->f, s->off, s->whence);
		free(s);
	}
	return NULL;
}

/* Start the thread unless it is running; the mutex is held. */
static int seek_start_thread(void)
{
	int err;

	if (seek_is_running)
		return 0;
	err = pthread_create(&seek_thread, NULL, seek_main, NULL);
	seek_is_running = !err;
	return err;
}

/* Hand a request to the thread; return 0 or an error number of the host. */
static int seek_queue_add(fuse_req_t req, struct open_file *f, off_t off,
			  int whence)
{
	struct seek *s = malloc(sizeof(*s));
	int err;

	if (!s)
		return ENOMEM;
	*s = (struct seek) { .req = req, .f = f, .off = off, .whence = whence };
	pthread_mutex_lock(&seek_mutex);
	err = seek_start_thread();
	if (!err) {
		list_add_tail(&seek_queue, &s->link);
		pthread_cond_signal(&seek_changed);
	}
	pthread_mutex_unlock(&seek_mutex);
	if (err)
		free(s);
	return err;
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence,
	      struct fuse_file_info *fi)
{
	const struct lklfuse *fs = request_fs(req);
	struct open_file *f;
	long ret = request_file(req, ino, fi, false, &f);
	int err;

	if (ret) {
		reply_status(req, ret);
		return;
	}
	if (fs->direct_io || !fs->image.writable) {
		seek_and_reply(req, f, off, whence);
		return;
	}
	err = seek_queue_add(req, f, off, whence);
	if (err) {
		open_file_put(f);
		fuse_reply_err(req, err);
	}
}

void op_lseek_exit(void)
{
	pthread_mutex_lock(&seek_mutex);
	seek_must_stop = true;
	pthread_cond_signal(&seek_changed);
	pthread_mutex_unlock(&seek_mutex);
	if (seek_is_running)
		pthread_join(seek_thread, NULL);
}
