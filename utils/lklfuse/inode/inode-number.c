// SPDX-License-Identifier: GPL-2.0
/*
 * The inode numbers that the host sees.
 *
 * Each subvolume of a btrfs counts its inodes from the same number on, and has a
 * device number of its own.  The host shows one device number for all: with the
 * same inode number, two files would be hard links of each other, and two
 * directories a loop.  So the upper bits of a number hold the subvolume.  The ID
 * of a subvolume is the same in each mount.
 */
#include <string.h>

#include <lkl/linux/btrfs.h>
#include <lkl/linux/stat.h>

#include "inode/inode-number.h"

#define NUMBER_TYPE_DIRECTORY	(LKL_S_IFDIR >> 12)

static uint64_t number_root_dev;
static uint64_t number_root_ino;
static uint64_t number_root_subvolume;
/* The mount can contain other subvolumes than that of the root directory. */
static bool number_has_subvolumes;

/*
 * Return true if subvolumes lie below the one that holds directory @path.  None
 * can be created while the file system is mounted.
 */
static bool number_find_subvolumes(const char *path)
{
	struct lkl_btrfs_ioctl_get_subvol_rootref_args args = { };
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_DIRECTORY, 0), ret;

	if (fd < 0)
		return false;
	ret = lkl_sys_ioctl(fd, LKL_BTRFS_IOC_GET_SUBVOL_ROOTREF,
			    (uintptr_t)&args);
	lkl_sys_close(fd);
	/* Too many for one call, or some. */
	return ret == -LKL_EOVERFLOW || (!ret && args.num_items);
}

void inode_numbers_init(int root_fd, const char *root_path)
{
	struct lkl_statx stx;
	struct lkl_stat st;

	if (!lkl_sys_fstat(root_fd, &st)) {
		number_root_dev = st.st_dev;
		number_root_ino = st.st_ino;
	}
	if (lkl_sys_statx(root_fd, "", LKL_AT_EMPTY_PATH, LKL_STATX_SUBVOL,
			  &stx) || !(stx.stx_mask & LKL_STATX_SUBVOL))
		return;
	number_root_subvolume = stx.stx_subvol;
	number_has_subvolumes = number_find_subvolumes(root_path);
}

/* Return the subvolume of a file that does not belong to the root directory's. */
static uint64_t number_subvolume(const struct lkl_statx *stx)
{
	/*
	 * The directory that a snapshot has in place of a subvolume has no ID.
	 * A device number is good for this mount.
	 */
	return stx->stx_mask & LKL_STATX_SUBVOL ? stx->stx_subvol :
	       stx->stx_dev_minor;
}

uint64_t inode_subvolume(int fd, const struct lkl_stat *st,
			 const struct inode *parent)
{
	struct lkl_statx stx;

	if (st->st_dev == number_root_dev)
		return 0;
	if (parent && parent->dev == st->st_dev)
		return parent->subvolume;
	if (lkl_sys_statx(fd, "", LKL_AT_EMPTY_PATH, LKL_STATX_SUBVOL, &stx))
		return st->st_dev;
	return number_subvolume(&stx);
}

/*
 * The type of an entry does not say whether a directory is a subvolume, whose
 * entry has the number of an inode that does not exist.
 */
uint64_t inode_number_of_entry(const struct inode *dir,
			       const struct lkl_linux_dirent64 *e)
{
	bool is_above_root = !strcmp(e->d_name, "..") &&
			     dir->dev == number_root_dev &&
			     dir->ino == number_root_ino;
	struct lkl_statx stx;
	uint64_t subvolume;

	if (!number_has_subvolumes || e->d_type != NUMBER_TYPE_DIRECTORY ||
	    !strcmp(e->d_name, ".") || is_above_root ||
	    lkl_sys_statx(dir->fd, e->d_name, LKL_AT_SYMLINK_NOFOLLOW,
			  LKL_STATX_INO | LKL_STATX_SUBVOL, &stx))
		return inode_number(dir->subvolume, e->d_ino);
	subvolume = number_subvolume(&stx);
	if (subvolume == number_root_subvolume)
		subvolume = 0;
	return inode_number(subvolume, stx.stx_ino);
}
