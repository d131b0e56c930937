// SPDX-License-Identifier: GPL-2.0
/*
 * Reading directories entry by entry.
 */
#include <stdbool.h>
#include <string.h>

#include "core/instance.h"

/**
 * struct lkl_dir - a directory being read
 * @fd:		its descriptor
 * @err:	the last error
 * @pos:	offset of the next entry in @buf
 * @len:	number of bytes in @buf
 * @next:	position in the directory at which the next buffer begins
 * @mark:	position of an earlier buffer, see dir_is_endless()
 * @buffers:	number of buffers read
 * @buf:	entries
 */
struct lkl_dir {
	int fd;
	int err;
	long pos;
	long len;
	int64_t next;
	int64_t mark;
	uint64_t buffers;
	uint64_t buf[4096 / 8];
};

static void dir_start(struct lkl_dir *dir)
{
	dir->pos = 0;
	dir->len = 0;
	dir->next = 0;
	dir->mark = -1;
	dir->buffers = 0;
}

struct lkl_dir *lkl_fdopendir(int fd, int *err)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct lkl_dir *dir = inst ? inst->host->mem_alloc(sizeof(*dir)) : NULL;

	if (!dir) {
		*err = -LKL_ENOMEM;
		return NULL;
	}
	dir->fd = fd;
	dir->err = 0;
	dir_start(dir);
	return dir;
}

struct lkl_dir *lkl_opendir(const char *path, int *err)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_DIRECTORY |
			       LKL_O_CLOEXEC, 0);
	struct lkl_dir *dir;

	if (fd < 0) {
		*err = fd;
		return NULL;
	}
	dir = lkl_fdopendir(fd, err);
	if (!dir)
		lkl_sys_close(fd);
	return dir;
}

void lkl_rewinddir(struct lkl_dir *dir)
{
	dir->err = lkl_sys_lseek(dir->fd, 0, LKL_SEEK_SET);
	dir_start(dir);
}

int lkl_closedir(struct lkl_dir *dir)
{
	int ret = lkl_sys_close(dir->fd);

	lkl_this_instance()->host->mem_free(dir);
	return ret;
}

/*
 * Detect a directory of a damaged file system that goes in circles: the same
 * entries follow after a position that was seen before.  Brent's algorithm
 * finds that without keeping all positions.
 */
static bool dir_is_endless(struct lkl_dir *dir)
{
	uint64_t n = dir->buffers++;

	if (n && dir->next == dir->mark)
		return true;
	/* n is a power of two */
	if (!(n & (n - 1)))
		dir->mark = dir->next;
	return false;
}

static long dir_fill(struct lkl_dir *dir)
{
	if (dir_is_endless(dir))
		return -LKL_EUCLEAN;
	return lkl_sys_getdents64(dir->fd, (void *)dir->buf,
				  sizeof(dir->buf));
}

struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir)
{
	struct lkl_linux_dirent64 *de;

	if (dir->pos >= dir->len) {
		dir->pos = 0;
		dir->len = dir_fill(dir);
		if (dir->len <= 0) {
			dir->err = dir->len;
			dir->len = 0;
			/* A program that reads on is not in a circle. */
			if (dir->err != -LKL_EUCLEAN)
				dir->buffers = 0;
			return NULL;
		}
	}
	de = (void *)((char *)dir->buf + dir->pos);
	dir->pos += de->d_reclen;
	dir->next = de->d_off;
	return de;
}

int lkl_errdir(struct lkl_dir *dir)
{
	return dir->err;
}

int lkl_dirfd(struct lkl_dir *dir)
{
	return dir->fd;
}
