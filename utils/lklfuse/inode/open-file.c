// SPDX-License-Identifier: GPL-2.0
/*
 * Open files: sharing them between opens of the host, and a cache of files that
 * no request uses.
 */
#include <pthread.h>
#include <stdlib.h>

#include "inode/open-file.h"

#define OPEN_FILE_CACHE_SIZE	128

/* Protects inode.files, and the members of struct open_file except @dir. */
static pthread_mutex_t open_file_mutex = PTHREAD_MUTEX_INITIALIZER;
/* The least recently used file comes first. */
static struct list open_file_cache = LIST_INIT(open_file_cache);
static unsigned int open_file_cache_count;

static void open_file_cache_add(struct open_file *f)
{
	list_add_tail(&open_file_cache, &f->cache_link);
	f->is_cached = true;
	open_file_cache_count++;
}

static void open_file_cache_remove(struct open_file *f)
{
	list_remove(&f->cache_link);
	f->is_cached = false;
	open_file_cache_count--;
}

/*
 * Drop a reference with the mutex held.  Return true if the caller must call
 * open_file_destroy() without the mutex.
 */
static bool open_file_put_locked(struct open_file *f)
{
	if (--f->refs)
		return false;
	if (f->inode->files[f->is_writable] == f)
		f->inode->files[f->is_writable] = NULL;
	return true;
}

static void open_file_destroy(struct open_file *f)
{
	lkl_sys_close(f->fd);
	free(f->dir);
	free(f);
}

void open_file_put(struct open_file *f)
{
	bool is_last;

	pthread_mutex_lock(&open_file_mutex);
	is_last = open_file_put_locked(f);
	pthread_mutex_unlock(&open_file_mutex);
	if (is_last)
		open_file_destroy(f);
}

void open_file_get(struct open_file *f)
{
	pthread_mutex_lock(&open_file_mutex);
	f->refs++;
	pthread_mutex_unlock(&open_file_mutex);
}

/* Return a file that is open already, with a reference, or NULL. */
static struct open_file *open_file_find(struct inode *i, bool write)
{
	struct open_file *f;

	pthread_mutex_lock(&open_file_mutex);
	f = i->files[1];
	/* Append-only files bypass the host's cache; readers must use it. */
	if (!write && (!f || f->is_append_only))
		f = i->files[0];
	if (f)
		f->refs++;
	pthread_mutex_unlock(&open_file_mutex);
	return f;
}

static int open_file_flags(const struct inode *i, bool write)
{
	if ((i->mode & LKL_S_IFMT) == LKL_S_IFDIR)
		return LKL_O_RDONLY | LKL_O_DIRECTORY;
	return (write ? LKL_O_RDWR : LKL_O_RDONLY) | LKL_O_NONBLOCK;
}

/*
 * Open the inode of @f.  An append-only file can be opened for writing only
 * with O_APPEND.
 */
static long open_file_open(struct open_file *f, int more_flags)
{
	char path[INODE_PATH_SIZE];
	int flags = open_file_flags(f->inode, f->is_writable) | more_flags;
	long fd = lkl_sys_openat(LKL_AT_FDCWD, inode_path(f->inode, path),
				 flags, 0);

	f->is_append_only = fd == -LKL_EPERM && f->is_writable;
	if (f->is_append_only)
		fd = lkl_sys_openat(LKL_AT_FDCWD, path, flags | LKL_O_APPEND,
				    0);
	f->fd = fd;
	return fd < 0 ? fd : 0;
}

/* Create an open file with one reference. */
static int open_file_create(struct inode *i, bool write, int more_flags,
			    struct open_file **ret_f)
{
	struct open_file *f = calloc(1, sizeof(*f));
	long err;

	if (!f)
		return -LKL_ENOMEM;
	f->inode = i;
	f->refs = 1;
	f->is_writable = write;
	pthread_mutex_init(&f->lock, NULL);
	err = open_file_open(f, more_flags);
	if (err) {
		free(f);
		return err;
	}
	*ret_f = f;
	return 0;
}

int inode_open_noatime(struct inode *i, bool write, struct open_file **ret_f)
{
	return open_file_create(i, write, LKL_O_NOATIME, ret_f);
}

int inode_open(struct inode *i, bool write, struct open_file **ret_f)
{
	struct open_file *f = open_file_find(i, write), *other;
	int err;

	if (f) {
		*ret_f = f;
		return 0;
	}
	err = open_file_create(i, write, 0, &f);
	if (err)
		return err;
	/* Another thread may have opened the file in the meantime. */
	pthread_mutex_lock(&open_file_mutex);
	other = i->files[write];
	if (other)
		other->refs++;
	else
		i->files[write] = f;
	pthread_mutex_unlock(&open_file_mutex);
	if (other) {
		open_file_destroy(f);
		f = other;
	}
	*ret_f = f;
	return 0;
}

/* Make @f the most recently used file of the cache; evict one if it is full. */
static void open_file_cache_touch(struct open_file *f)
{
	struct open_file *old = NULL;

	pthread_mutex_lock(&open_file_mutex);
	if (f->is_cached) {
		open_file_cache_remove(f);
	} else {
		f->refs++;
		if (open_file_cache_count == OPEN_FILE_CACHE_SIZE) {
			old = list_entry(open_file_cache.next, struct open_file,
					 cache_link);
			open_file_cache_remove(old);
			if (!open_file_put_locked(old))
				old = NULL;
		}
	}
	open_file_cache_add(f);
	pthread_mutex_unlock(&open_file_mutex);
	if (old)
		open_file_destroy(old);
}

int inode_open_cached(struct inode *i, bool write, struct open_file **ret_f)
{
	int err = inode_open(i, write, ret_f);

	if (!err)
		open_file_cache_touch(*ret_f);
	return err;
}

/* Do inode_invalidate_files() for one access mode. */
static void open_file_invalidate_mode(struct inode *i, bool write)
{
	struct open_file *f;
	bool is_last = false;

	pthread_mutex_lock(&open_file_mutex);
	f = i->files[write];
	i->files[write] = NULL;
	if (f && f->is_cached) {
		open_file_cache_remove(f);
		is_last = open_file_put_locked(f);
	}
	pthread_mutex_unlock(&open_file_mutex);
	if (is_last)
		open_file_destroy(f);
}

void inode_invalidate_files(struct inode *i)
{
	open_file_invalidate_mode(i, false);
	open_file_invalidate_mode(i, true);
}
