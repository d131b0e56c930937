/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inodes that the host's kernel knows, each with an O_PATH descriptor of
 * LKL.
 */
#ifndef LKLFUSE_INODE_H
#define LKLFUSE_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <lkl.h>

#include "shared/list.h"

struct open_file;

/**
 * struct inode - a file of the image
 * @hash_next:	next inode in the same hash bucket
 * @by_age:	link in the list of all inodes
 * @parent:	node ID of the directory of the first lookup, and @name, the
 *		looked-up name or NULL: the directory entry that the host is
 *		asked to forget.  Both may be out of date.
 * @name:	see @parent
 * @dev:	device number; identifies the file together with @ino
 * @ino:	inode number
 * @subvolume:	ID of the subvolume; see inode-number.h
 * @generation:	generation of the node ID, as node IDs are used again
 * @lookup_count: number of lookups that the host has not forgotten
 * @fd:		O_PATH descriptor; keeps the file alive when it is unlinked
 * @mode:	file type
 * @files:	file open for reading, and file open for reading and writing;
 *		NULL if there is none.  Belongs to open-file.c.
 */
struct inode {
	struct inode *hash_next;
	struct list by_age;
	uint64_t parent;
	char *name;
	uint64_t dev;
	uint64_t ino;
	uint64_t subvolume;
	uint64_t generation;
	uint64_t lookup_count;
	int fd;
	uint32_t mode;
	struct open_file *files[2];
};

/*
 * Create the table with the root directory @root_path in it.  When the table
 * holds more than @limit inodes, the host is asked to forget some.  Return 0 or
 * an error of LKL.
 */
int inode_table_init(const char *root_path, size_t limit);

/* Free all inodes.  No thread serves requests any more. */
void inode_table_exit(void);

struct inode *inode_from_nodeid(uint64_t nodeid);
uint64_t inode_nodeid(const struct inode *i);

/*
 * Look up @name in @parent, count the lookup, and fill in @st.  Return 0 or an
 * error of LKL.
 */
int inode_lookup(struct inode *parent, const char *name, struct inode **ret_i,
		 struct lkl_stat *st);

/* Do the same for an O_PATH descriptor; take over @fd, also on failure. */
int inode_lookup_fd(int fd, struct inode **ret_i, struct lkl_stat *st);

/* Subtract @count from the lookup count, and free the inode at 0. */
void inode_forget(struct inode *i, uint64_t count);

/*
 * Wait until the table holds too many inodes, and return the directory entry of
 * the oldest one.  The caller frees the name.  Return false after
 * inode_table_stop_waiting().
 */
bool inode_table_wait_for_surplus(uint64_t *ret_parent, char **ret_name);
void inode_table_stop_waiting(void);

#define INODE_PATH_SIZE	16

/*
 * Return a path of the inode for calls that do not take an O_PATH descriptor: a
 * name in /proc/self/fd, the working directory of each serving thread.
 */
static inline const char *inode_path(const struct inode *i, char *buf)
{
	snprintf(buf, INODE_PATH_SIZE, "%d", i->fd);
	return buf;
}

#endif /* LKLFUSE_INODE_H */
