/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host's kernel knows of: inodes, each with a descriptor of LKL that
 * stands for it without being opened, and the files of them that are open.
 */
#ifndef LKLFUSE_INODE_H
#define LKLFUSE_INODE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl.h>

struct open_file;

/**
 * struct inode - a file of the image
 * @next:	link of its bucket
 * @older:	links of the list of all, by age
 * @newer:	...
 * @parent:	node where it was found, which may be no more, and @name, which
 *		may be another: what the host is asked to forget
 * @name:	... or NULL
 * @dev:	identity, with @ino
 * @ino:	...
 * @generation:	of the node, as memory is used again
 * @lookups:	how often the host was told of it and has not forgotten it
 * @fd:		an O_PATH descriptor of it; keeps it alive when it is unlinked
 * @mode:	its type
 * @files:	open for reading, and for reading and writing; or NULL
 */
struct inode {
	struct inode *next;
	struct inode *older;
	struct inode *newer;
	uint64_t parent;
	char *name;
	uint64_t dev;
	uint64_t ino;
	uint64_t generation;
	uint64_t lookups;
	int fd;
	uint32_t mode;
	struct open_file *files[2];
};

/**
 * struct open_file - an inode that is open
 * @inode:	of it
 * @fd:		descriptor of LKL
 * @refs:	opens of the host, requests, and one if it is kept
 * @write:	open for writing, too
 * @append:	it can only be appended to
 * @kept:	it stays open though nobody uses it, see inode_open_kept()
 * @newer:	links of the list of those
 * @older:	...
 * @lock:	of @entries and of the position of @fd
 * @entries:	of a directory: what was read and not yet asked for
 */
struct open_file {
	struct inode *inode;
	int fd;
	unsigned int refs;
	bool write;
	bool append;
	bool kept;
	struct open_file *newer;
	struct open_file *older;
	pthread_mutex_t lock;
	struct dir_entries *entries;
};

/* The root directory; 0 or an error of LKL.  So many are too many. */
int inodes_init(const char *root_path, size_t many);
void inodes_exit(void);

struct inode *inode_of(uint64_t nodeid);
uint64_t inode_nodeid(const struct inode *i);

/*
 * Look up @name in @parent, and count that the host is told.  On success, @st
 * is filled in.
 */
int inode_lookup(struct inode *parent, const char *name, struct inode **ret_i,
		 struct lkl_stat *st);
/* The same for a descriptor, which is taken over. */
int inode_adopt(int fd, struct inode **ret_i, struct lkl_stat *st);
void inode_forget(struct inode *i, uint64_t count);
/*
 * Wait until the host knows too many, and tell one of those that it has known
 * longest: its parent, and its name, which is to be freed.  False: the end.
 */
bool inodes_wait_for_many(uint64_t *ret_parent, char **ret_name);
void inodes_stop_waiting(void);

/* Open, or use what is open already; 0 or an error of LKL. */
int inode_open(struct inode *i, bool write, struct open_file **ret_f);
/* With O_NOATIME, for one who asked for it alone. */
int inode_open_noatime(struct inode *i, bool write, struct open_file **ret_f);
/* The same as the first, and a file that nobody uses stays open for a while. */
int inode_open_kept(struct inode *i, bool write, struct open_file **ret_f);
void file_get(struct open_file *f);
void file_put(struct open_file *f);
/* What is open does not count for later opens: they are to be judged anew. */
void inode_close_kept(struct inode *i);

/* Name of the inode in the working directory of each thread. */
#define INODE_NAME_SIZE	16
const char *inode_name(const struct inode *i, char *buf);

#endif /* LKLFUSE_INODE_H */
