// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of directories, opened and read ahead of the copy.
 *
 * Each directory has a window of entries.  Threads take the entries of the window
 * in their order, those of the innermost directory first: the copy needs them next.
 * The copy itself opens an entry that no thread has taken, so the threads only save
 * time.  Without threads, a window has one entry.
 */
#include <stdlib.h>

#include "common/alloc.h"
#include "common/host/monitor.h"
#include "common/host/thread.h"
#include "copy/source/ahead.h"

/* Maximum number of entries in a window */
#define AHEAD_WINDOW	16
/* Maximum number of entries in all windows, apart from one in each */
#define AHEAD_FILES	64
/* Larger files are opened, but not read. */
#define AHEAD_SIZE	(64U << 10)

/* The conditions of the monitor */
enum { AHEAD_WORK, AHEAD_DONE };

/*
 * A ring of entries: @tail is the entry that the copy needs next, @next the first
 * entry that nobody has taken, @head the end.  @active entries are being opened.
 * The copy changes @head and @tail, with the lock held.
 */
struct ahead_dir {
	struct ahead *ahead;
	struct ahead_dir *outer;
	int fd;
	const char *(*names)(void *arg);
	void *arg;
	bool ended;
	size_t size;
	size_t tail;
	size_t next;
	size_t head;
	unsigned int active;
	struct ahead_file files[];
};

static struct ahead_file *ahead_file(struct ahead_dir *d, size_t i)
{
	return &d->files[i % d->size];
}

void ahead_open(const struct tree_ops *ops, int dir, const char *name,
		struct ahead_file *f)
{
	f->fd = -1;
	f->err = ops->stat_open ? ops->stat_open(dir, name, &f->node, &f->fd) :
				  ops->stat(dir, name, &f->node);
}

/* Read a small file.  The copy itself meets what cannot be read, once more. */
static void ahead_read(const struct tree_ops *ops, struct ahead_file *f)
{
	/* One byte more, as the copy reads */
	size_t want = f->node.size + 1;
	long n;

	/* A descriptor may be a directory's, which has no data. */
	if (f->err < 0 || f->fd < 0 ||
	    (f->node.mode & NODE_TYPE) != NODE_FILE ||
	    f->node.size > AHEAD_SIZE)
		return;
	f->data = xrealloc(NULL, want);
	n = ops->read(f->fd, f->data, want, 0);
	f->len = n > 0 ? n : 0;
}

/* Take the first entry of @d that nobody has taken; the caller holds the lock. */
static void ahead_work(struct ahead_dir *d)
{
	struct ahead *a = d->ahead;
	size_t i = d->next++;
	struct ahead_file *f = ahead_file(d, i);
	/* The copy reads the file that it needs now to where the data has to be. */
	bool early = i != d->tail;

	d->active++;
	monitor_unlock(a->monitor);
	ahead_open(a->ops, d->fd, f->name, f);
	if (early)
		ahead_read(a->ops, f);
	monitor_lock(a->monitor);
	d->active--;
	f->done = true;
}

/* Threads */

/* Return the innermost directory with an entry that nobody has taken. */
static struct ahead_dir *ahead_next_dir(struct ahead *a)
{
	struct ahead_dir *d = a->inner;

	while (d && d->next == d->head)
		d = d->outer;
	return d;
}

static void *ahead_main(void *arg)
{
	struct ahead *a = arg;
	struct ahead_dir *d;

	monitor_lock(a->monitor);
	while (!a->stop) {
		d = ahead_next_dir(a);
		if (!d) {
			a->idle++;
			monitor_wait(a->monitor, AHEAD_WORK);
			a->idle--;
			continue;
		}
		ahead_work(d);
		if (a->waits)
			monitor_signal(a->monitor, AHEAD_DONE);
	}
	monitor_unlock(a->monitor);
	return NULL;
}

/* Start the threads; the copy goes on without those that do not start. */
static void ahead_start(struct ahead *a)
{
	a->started = true;
	while (a->threads < a->ops->ahead_threads &&
	       a->threads < AHEAD_THREADS &&
	       !thread_start(&a->thread[a->threads], ahead_main, a))
		a->threads++;
}

void ahead_stop(struct ahead *a)
{
	monitor_lock(a->monitor);
	a->stop = true;
	monitor_signal(a->monitor, AHEAD_WORK);
	monitor_unlock(a->monitor);
	while (a->threads)
		pthread_join(a->thread[--a->threads], NULL);
	a->stop = false;
	a->started = false;
}

/*
 * Wake the threads if there is enough to do: waking a thread may cost more than an
 * entry.  The caller holds the lock.
 */
static void ahead_wake(struct ahead_dir *d)
{
	struct ahead *a = d->ahead;
	size_t n = d->head - d->next;

	/* The copy itself opens one entry. */
	if (n < 2 || (n < d->size / 2 && !d->ended))
		return;
	if (!a->started)
		ahead_start(a);
	if (a->idle)
		monitor_signal(a->monitor, AHEAD_WORK);
}

/* Directories */

/* Add names until the window is full. */
static void ahead_fill(struct ahead_dir *d)
{
	size_t head = d->head;
	const char *name;

	while (!d->ended && head - d->tail < d->size) {
		name = d->names(d->arg);
		if (name)
			*ahead_file(d, head++) = (struct ahead_file) {
				.name = xstrdup(name),
				.fd = -1,
			};
		else
			d->ended = true;
	}
	monitor_lock(d->ahead->monitor);
	d->ahead->used += head - d->head;
	d->head = head;
	ahead_wake(d);
	monitor_unlock(d->ahead->monitor);
}

struct ahead_file *ahead_take(struct ahead_dir *d)
{
	struct ahead *a = d->ahead;
	struct ahead_file *f = ahead_file(d, d->tail);

	ahead_fill(d);
	if (d->tail == d->head)
		return NULL;
	monitor_lock(a->monitor);
	while (!f->done) {
		if (d->next != d->head) {
			ahead_work(d);
			continue;
		}
		a->waits = true;
		monitor_wait(a->monitor, AHEAD_DONE);
		a->waits = false;
	}
	monitor_unlock(a->monitor);
	return f;
}

static void ahead_drop(struct ahead_dir *d, struct ahead_file *f)
{
	if (f->fd >= 0)
		d->ahead->ops->close(f->fd);
	free(f->data);
	free(f->name);
}

void ahead_put(struct ahead_dir *d)
{
	struct ahead *a = d->ahead;

	ahead_drop(d, ahead_file(d, d->tail));
	monitor_lock(a->monitor);
	d->tail++;
	a->used--;
	monitor_unlock(a->monitor);
}

struct ahead_dir *ahead_begin(struct ahead *a, int fd,
			      const char *(*next)(void *arg), void *arg)
{
	/* Deep directories get less, so that outer ones cannot take everything. */
	size_t size = a->used < AHEAD_FILES ? (AHEAD_FILES - a->used) / 2 : 0;
	struct ahead_dir *d;

	if (size > AHEAD_WINDOW)
		size = AHEAD_WINDOW;
	if (!size || !a->ops->ahead_threads)
		size = 1;
	d = xzalloc(sizeof(*d) + size * sizeof(*d->files));
	d->ahead = a;
	d->fd = fd;
	d->names = next;
	d->arg = arg;
	d->size = size;
	monitor_lock(a->monitor);
	d->outer = a->inner;
	a->inner = d;
	monitor_unlock(a->monitor);
	return d;
}

void ahead_end(struct ahead_dir *d)
{
	struct ahead *a = d->ahead;

	monitor_lock(a->monitor);
	a->inner = d->outer;
	a->waits = true;
	while (d->active)
		monitor_wait(a->monitor, AHEAD_DONE);
	a->waits = false;
	a->used -= d->head - d->tail;
	monitor_unlock(a->monitor);
	for (; d->tail != d->head; d->tail++)
		ahead_drop(d, ahead_file(d, d->tail));
	free(d);
}

void ahead_init(struct ahead *a, const struct tree_ops *ops)
{
	a->ops = ops;
	a->monitor = monitor_new();
}

void ahead_exit(struct ahead *a)
{
	ahead_stop(a);
	monitor_free(a->monitor);
}
