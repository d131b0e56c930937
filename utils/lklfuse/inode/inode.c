// SPDX-License-Identifier: GPL-2.0
/*
 * What the host's kernel knows of.
 *
 * It names inodes by numbers that we choose: addresses.  It counts how often it
 * was told of one, and forgets them when it wants.  As long as it knows an
 * inode we hold an O_PATH descriptor of it, so that no request needs a path,
 * whatever is renamed or unlinked meanwhile, and so that LKL does not use its
 * number again.
 *
 * All these take memory inside LKL, so when there are too many, the host is asked
 * to forget the oldest: see session.c.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inode/inode.h"
#include "ops/op-readdir.h"

#define FUSE_ROOT	1
/* How many files that nobody uses stay open. */
#define KEPT_MAX	128
#define FIRST_SIZE	1024
/* For each one too many, the host is asked to forget so many. */
#define SURPLUS		16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Under @lock, as all members of inodes that change. */
static struct inode **table;
static size_t table_size;
static size_t table_count;
static struct inode *newest_inode;
static struct inode *oldest_inode;
static size_t too_many;
/* How many the host should still be asked to forget. */
static size_t surplus;
static bool nobody_waits;
static pthread_cond_t has_surplus = PTHREAD_COND_INITIALIZER;
static uint64_t last_generation;
static struct open_file *newest;
static struct open_file *oldest;
static unsigned int kept_count;

static struct inode *root;

struct inode *inode_of(uint64_t nodeid)
{
	return nodeid == FUSE_ROOT ? root : (struct inode *)(uintptr_t)nodeid;
}

uint64_t inode_nodeid(const struct inode *i)
{
	return i == root ? FUSE_ROOT : (uintptr_t)i;
}

const char *inode_name(const struct inode *i, char *buf)
{
	snprintf(buf, INODE_NAME_SIZE, "%d", i->fd);
	return buf;
}

/* The table */

static size_t bucket(uint64_t dev, uint64_t ino, size_t size)
{
	return ((ino ^ dev << 20) * 0x9e3779b97f4a7c15ULL >> 32) & (size - 1);
}

/* Without memory it only gets slower. */
static void grow(void)
{
	size_t size = table_size * 2, b;
	struct inode **bigger = calloc(size, sizeof(*bigger)), *i;

	if (!bigger)
		return;
	for (b = 0; b < table_size; b++)
		while ((i = table[b])) {
			struct inode **to = &bigger[bucket(i->dev, i->ino,
							   size)];

			table[b] = i->next;
			i->next = *to;
			*to = i;
		}
	free(table);
	table = bigger;
	table_size = size;
}

static struct inode **find(uint64_t dev, uint64_t ino)
{
	struct inode **link = &table[bucket(dev, ino, table_size)];

	while (*link && ((*link)->ino != ino || (*link)->dev != dev))
		link = &(*link)->next;
	return link;
}

static void link_newest(struct inode *i)
{
	i->older = newest_inode;
	i->newer = NULL;
	if (newest_inode)
		newest_inode->newer = i;
	else
		oldest_inode = i;
	newest_inode = i;
}

static void unlink_inode(struct inode *i)
{
	if (i->newer)
		i->newer->older = i->older;
	else
		newest_inode = i->older;
	if (i->older)
		i->older->newer = i->newer;
	else
		oldest_inode = i->newer;
}

static void insert(struct inode *i)
{
	struct inode **link;

	if (table_count >= table_size)
		grow();
	link = find(i->dev, i->ino);
	i->generation = ++last_generation;
	i->next = *link;
	*link = i;
	link_newest(i);
	if (++table_count <= too_many)
		return;
	surplus = SURPLUS;
	pthread_cond_signal(&has_surplus);
}

/* One more lookup of what is there, or of the new one made of @fd. */
static struct inode *get_or_insert(int fd, const struct lkl_stat *st,
				   const struct inode *parent, const char *name)
{
	struct inode *i;

	pthread_mutex_lock(&lock);
	i = *find(st->st_dev, st->st_ino);
	if (!i) {
		i = calloc(1, sizeof(*i));
		if (i) {
			i->dev = st->st_dev;
			i->ino = st->st_ino;
			i->mode = st->st_mode & LKL_S_IFMT;
			i->fd = fd;
			i->name = name ? strdup(name) : NULL;
			i->parent = parent ? inode_nodeid(parent) : 0;
			insert(i);
		}
	}
	if (i)
		i->lookups++;
	pthread_mutex_unlock(&lock);
	return i;
}

static int adopt(int fd, const struct inode *parent, const char *name,
		 struct inode **ret_i, struct lkl_stat *st)
{
	struct inode *i;
	long err;

	err = lkl_sys_fstat(fd, st);
	if (err)
		goto out_fd;
	i = get_or_insert(fd, st, parent, name);
	err = i ? 0 : -LKL_ENOMEM;
	if (i)
		*ret_i = i;
	if (i && i->fd == fd)
		return 0;
out_fd:
	lkl_sys_close(fd);
	return err;
}

int inode_adopt(int fd, struct inode **ret_i, struct lkl_stat *st)
{
	return adopt(fd, NULL, NULL, ret_i, st);
}

int inode_lookup(struct inode *parent, const char *name, struct inode **ret_i,
		 struct lkl_stat *st)
{
	long fd = lkl_sys_openat(parent->fd, name, LKL_O_PATH | LKL_O_NOFOLLOW,
				 0);

	return fd < 0 ? fd : adopt(fd, parent, name, ret_i, st);
}

void inode_forget(struct inode *i, uint64_t count)
{
	struct inode **link;
	bool gone;

	pthread_mutex_lock(&lock);
	i->lookups -= count;
	gone = !i->lookups;
	if (gone) {
		link = find(i->dev, i->ino);
		*link = i->next;
		unlink_inode(i);
		table_count--;
	}
	pthread_mutex_unlock(&lock);
	if (!gone)
		return;
	inode_close_kept(i);
	lkl_sys_close(i->fd);
	free(i->name);
	free(i);
}

/* The oldest is asked for, and becomes the newest, as the host may need it. */
bool inodes_wait_for_many(uint64_t *ret_parent, char **ret_name)
{
	struct inode *i;

	*ret_name = NULL;
	pthread_mutex_lock(&lock);
	while (!*ret_name && !nobody_waits) {
		if (!surplus) {
			pthread_cond_wait(&has_surplus, &lock);
			continue;
		}
		surplus--;
		i = oldest_inode;
		unlink_inode(i);
		link_newest(i);
		*ret_parent = i->parent;
		*ret_name = i->name ? strdup(i->name) : NULL;
	}
	pthread_mutex_unlock(&lock);
	return *ret_name;
}

void inodes_stop_waiting(void)
{
	pthread_mutex_lock(&lock);
	nobody_waits = true;
	pthread_cond_signal(&has_surplus);
	pthread_mutex_unlock(&lock);
}

/* Open files */

static void unlink_kept(struct open_file *f)
{
	if (f->newer)
		f->newer->older = f->older;
	else
		newest = f->older;
	if (f->older)
		f->older->newer = f->newer;
	else
		oldest = f->newer;
	f->kept = false;
	kept_count--;
}

static void link_kept(struct open_file *f)
{
	f->older = newest;
	f->newer = NULL;
	if (newest)
		newest->newer = f;
	else
		oldest = f;
	newest = f;
	f->kept = true;
	kept_count++;
}

/* Under the lock; true: the caller is to destroy it without the lock. */
static bool put_locked(struct open_file *f)
{
	if (--f->refs)
		return false;
	if (f->inode->files[f->write] == f)
		f->inode->files[f->write] = NULL;
	return true;
}

static void destroy(struct open_file *f)
{
	lkl_sys_close(f->fd);
	free(f->entries);
	free(f);
}

void file_put(struct open_file *f)
{
	bool last;

	pthread_mutex_lock(&lock);
	last = put_locked(f);
	pthread_mutex_unlock(&lock);
	if (last)
		destroy(f);
}

void file_get(struct open_file *f)
{
	pthread_mutex_lock(&lock);
	f->refs++;
	pthread_mutex_unlock(&lock);
}

/* What is open for writing is good for reading. */
static struct open_file *get_open(struct inode *i, bool write)
{
	struct open_file *f;

	pthread_mutex_lock(&lock);
	f = i->files[1];
	/* What is appended to goes past the host's cache, and readers do not. */
	if (!write && (!f || f->append))
		f = i->files[0];
	if (f)
		f->refs++;
	pthread_mutex_unlock(&lock);
	return f;
}

static int open_flags(const struct inode *i, bool write)
{
	if ((i->mode & LKL_S_IFMT) == LKL_S_IFDIR)
		return LKL_O_RDONLY | LKL_O_DIRECTORY;
	return (write ? LKL_O_RDWR : LKL_O_RDONLY) | LKL_O_NONBLOCK;
}

/* An append-only file is written at its end, but only with that flag. */
static long open_by_name(const struct inode *i, bool write, int more_flags,
			 bool *append)
{
	char buf[INODE_NAME_SIZE];
	int flags = open_flags(i, write) | more_flags;
	long fd = lkl_sys_openat(LKL_AT_FDCWD, inode_name(i, buf), flags, 0);

	*append = fd == -LKL_EPERM && write;
	if (*append)
		fd = lkl_sys_openat(LKL_AT_FDCWD, buf, flags | LKL_O_APPEND, 0);
	return fd;
}

static struct open_file *new_file(struct inode *i, bool write)
{
	struct open_file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->inode = i;
	f->refs = 1;
	f->write = write;
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

int inode_open(struct inode *i, bool write, struct open_file **ret_f)
{
	struct open_file *f = get_open(i, write), *other = NULL;
	long fd;

	if (f) {
		*ret_f = f;
		return 0;
	}
	f = new_file(i, write);
	if (!f)
		return -LKL_ENOMEM;
	fd = open_by_name(i, write, 0, &f->append);
	if (fd < 0) {
		free(f);
		return fd;
	}
	f->fd = fd;
	/* Somebody else may have been faster. */
	pthread_mutex_lock(&lock);
	other = i->files[write];
	if (other)
		other->refs++;
	else
		i->files[write] = f;
	pthread_mutex_unlock(&lock);
	if (other) {
		destroy(f);
		f = other;
	}
	*ret_f = f;
	return 0;
}

int inode_open_noatime(struct inode *i, bool write, struct open_file **ret_f)
{
	struct open_file *f = new_file(i, write);
	long fd;

	if (!f)
		return -LKL_ENOMEM;
	fd = open_by_name(i, write, LKL_O_NOATIME, &f->append);
	if (fd < 0) {
		free(f);
		return fd;
	}
	f->fd = fd;
	*ret_f = f;
	return 0;
}

/* The file becomes the newest of those kept; one too many goes. */
static void keep(struct open_file *f)
{
	struct open_file *old = NULL;

	pthread_mutex_lock(&lock);
	if (f->kept) {
		unlink_kept(f);
	} else {
		f->refs++;
		if (kept_count == KEPT_MAX) {
			old = oldest;
			unlink_kept(old);
			if (!put_locked(old))
				old = NULL;
		}
	}
	link_kept(f);
	pthread_mutex_unlock(&lock);
	if (old)
		destroy(old);
}

int inode_open_kept(struct inode *i, bool write, struct open_file **ret_f)
{
	int err = inode_open(i, write, ret_f);

	if (!err)
		keep(*ret_f);
	return err;
}

void inode_close_kept(struct inode *i)
{
	struct open_file *f;
	int w;

	for (w = 0; w < 2; w++) {
		pthread_mutex_lock(&lock);
		f = i->files[w];
		i->files[w] = NULL;
		if (f && f->kept) {
			unlink_kept(f);
			if (!put_locked(f))
				f = NULL;
		} else {
			f = NULL;
		}
		pthread_mutex_unlock(&lock);
		if (f)
			destroy(f);
	}
}

/* Start and end */

int inodes_init(const char *root_path, size_t many)
{
	struct lkl_stat st;
	long fd;

	too_many = many;
	table_size = FIRST_SIZE;
	table = calloc(table_size, sizeof(*table));
	if (!table)
		return -LKL_ENOMEM;
	fd = lkl_sys_open(root_path, LKL_O_PATH | LKL_O_DIRECTORY, 0);
	return fd < 0 ? fd : inode_adopt(fd, &root, &st);
}

/* Nobody serves requests any more; what was not forgotten goes. */
void inodes_exit(void)
{
	size_t b;

	for (b = 0; b < table_size; b++)
		while (table[b])
			inode_forget(table[b], table[b]->lookups);
	free(table);
	table = NULL;
	table_size = 0;
}
