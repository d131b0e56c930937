/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open files.  Opens of the host share one open file for each inode and access
 * mode.  A cache keeps some files open that no request uses.
 */
#ifndef LKLFUSE_OPEN_FILE_H
#define LKLFUSE_OPEN_FILE_H

#include <pthread.h>
#include <stdbool.h>

#include "inode/inode.h"

struct dir_stream;

/**
 * struct open_file - an open inode
 * @inode:	the inode
 * @fd:		descriptor of LKL
 * @refs:	number of opens of the host and of running requests, plus one if
 *		@is_cached
 * @is_writable: the file is open for reading and writing
 * @is_append_only: the file can only be appended to
 * @is_cached:	the file is in the cache
 * @cache_link:	link in the cache
 * @lock:	protects @dir and the file position of @fd
 * @dir:	read position of a directory, or NULL; allocated with malloc()
 */
struct open_file {
	struct inode *inode;
	int fd;
	unsigned int refs;
	bool is_writable;
	bool is_append_only;
	bool is_cached;
	struct list cache_link;
	pthread_mutex_t lock;
	struct dir_stream *dir;
};

/*
 * Open @i, or take a reference to the file that is open already.  Return 0 or
 * an error of LKL.
 */
int inode_open(struct inode *i, bool write, struct open_file **ret_f);

/* Do the same, and put the file into the cache. */
int inode_open_cached(struct inode *i, bool write, struct open_file **ret_f);

/* Open @i with O_NOATIME; other opens do not share the file. */
int inode_open_noatime(struct inode *i, bool write, struct open_file **ret_f);

void open_file_get(struct open_file *f);
void open_file_put(struct open_file *f);

/*
 * Make later opens of @i open the file again, because permissions have changed
 * or the inode is freed.
 */
void inode_invalidate_files(struct inode *i);

#endif /* LKLFUSE_OPEN_FILE_H */
