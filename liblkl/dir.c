// SPDX-License-Identifier: GPL-2.0
/*
 * Reading directories entry by entry.
 */
#include <string.h>

#include "instance.h"

struct lkl_dir {
	int fd;
	int err;
	long pos;
	long len;
	uint64_t buf[4096 / 8];
};

struct lkl_dir *lkl_fdopendir(int fd, int *err)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct lkl_dir *dir = inst ? inst->host->mem_alloc(sizeof(*dir)) : NULL;

	if (!dir) {
		*err = -LKL_ENOMEM;
		return NULL;
	}
	dir->fd = fd;
	dir->err = 0;
	dir->pos = 0;
	dir->len = 0;
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
	dir->pos = 0;
	dir->len = 0;
}

int lkl_closedir(struct lkl_dir *dir)
{
	int ret = lkl_sys_close(dir->fd);

	lkl_default_instance()->host->mem_free(dir);
	return ret;
}

struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir)
{
	struct lkl_linux_dirent64 *de;

	if (dir->pos >= dir->len) {
		dir->pos = 0;
		dir->len = lkl_sys_getdents64(dir->fd, (void *)dir->buf,
					      sizeof(dir->buf));
		if (dir->len <= 0) {
			dir->err = dir->len;
			dir->len = 0;
			return NULL;
		}
	}
	de = (void *)((char *)dir->buf + dir->pos);
	dir->pos += de->d_reclen;
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
