/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inode numbers that the host sees.
 */
#ifndef LKLFUSE_INODE_NUMBER_H
#define LKLFUSE_INODE_NUMBER_H

#include "inode/inode.h"

/* Position of the subvolume in a number: counters of inodes stay below. */
#define INODE_SUBVOLUME_SHIFT	40

/* Prepare the numbers; @root_fd is an O_PATH descriptor of @root_path. */
void inode_numbers_init(int root_fd, const char *root_path);

/*
 * Return the ID of the subvolume that holds the file @fd, which has attributes
 * @st and was found in @parent or has no known parent; 0 for the subvolume of
 * the root directory.
 */
uint64_t inode_subvolume(int fd, const struct lkl_stat *st,
			 const struct inode *parent);

/* Return the number for the host of inode @ino of a subvolume. */
static inline uint64_t inode_number(uint64_t subvolume, uint64_t ino)
{
	return ino + (subvolume << INODE_SUBVOLUME_SHIFT);
}

/* Return the number for the host of an entry of @dir. */
uint64_t inode_number_of_entry(const struct inode *dir,
			       const struct lkl_linux_dirent64 *e);

#endif /* LKLFUSE_INODE_NUMBER_H */
