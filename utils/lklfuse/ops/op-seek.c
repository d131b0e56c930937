// SPDX-License-Identifier: GPL-2.0
/*
 * SEEK_DATA and SEEK_HOLE.
 *
 * The host does not write out what it caches (what was written through mmap(), or
 * all with writeback_cache) before it asks where data are, and what was never
 * written looks like a hole.  So we ask it to do that first.  It
 * then sends requests to write, while the one to seek waits; so that this never
 * keeps the last thread from serving them, a thread of its own does it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "ops/op-seek.h"

/**
 * struct seek - a request that waits
 * @next:	link of the queue
 * @req:	of the host
 * @f:		the file
 * @off:	from where
 * @whence:	SEEK_DATA or SEEK_HOLE, the same on both sides
 */
struct seek {
	struct seek *next;
	fuse_req_t req;
	struct open_file *f;
	off_t off;
	int whence;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct seek *queue;
static bool stop;
static bool running;
static pthread_t thread;

static void seek_now(fuse_req_t req, struct open_file *f, off_t off, int whence)
{
	__lkl__kernel_loff_t pos;

	pthread_mutex_lock(&f->lock);
	pos = lkl_sys_lseek(f->fd, off, whence);
	pthread_mutex_unlock(&f->lock);
	file_put(f);
	if (pos < 0)
		reply_status(req, pos);
	else
		fuse_reply_lseek(req, pos);
}

static struct seek *next_seek(void)
{
	struct seek *s;

	pthread_mutex_lock(&lock);
	while (!queue && !stop)
		pthread_cond_wait(&changed, &lock);
	s = queue;
	if (s)
		queue = s->next;
	pthread_mutex_unlock(&lock);
	return s;
}

static void *seek_main(void *arg)
{
	struct seek *s;

	(void)arg;
	while ((s = next_seek())) {
		/* Waits for the writes; an error of theirs is told by close(). */
		fuse_lowlevel_notify_inval_inode(the_fs.se,
						 inode_nodeid(s->f->inode), 0,
						 0);
		seek_now(s->req, s->f, s->off, s->whence);
		free(s);
	}
	return NULL;
}

/* Under the lock. */
static int start(void)
{
	int err = running ? 0 : pthread_create(&thread, NULL, seek_main, NULL);

	running = running || !err;
	return err;
}

void seek_file(fuse_req_t req, struct open_file *f, off_t off, int whence)
{
	struct seek *s, **link;
	int err;

	if (the_fs.direct_io || !the_fs.image.writable) {
		seek_now(req, f, off, whence);
		return;
	}
	s = malloc(sizeof(*s));
	pthread_mutex_lock(&lock);
	err = s ? start() : ENOMEM;
	if (!err) {
		*s = (struct seek) { NULL, req, f, off, whence };
		for (link = &queue; *link; link = &(*link)->next)
			;
		*link = s;
		pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&lock);
	if (!err)
		return;
	free(s);
	file_put(f);
	fuse_reply_err(req, err);
}

void seek_exit(void)
{
	pthread_mutex_lock(&lock);
	stop = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	if (running)
		pthread_join(thread, NULL);
}
