// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about names.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "ops/ops.h"

static void reply_entry(fuse_req_t req, struct inode *i,
			const struct lkl_stat *st)
{
	struct fuse_entry_param e;

	entry_fill(&e, i, st);
	/* The host did not get it, and will not forget it. */
	if (fuse_reply_entry(req, &e))
		inode_forget(i, 1);
}

/* That a name is not there is worth knowing as well. */
static void reply_no_entry(fuse_req_t req)
{
	struct fuse_entry_param e = {
		.entry_timeout = the_fs.timeout,
	};

	fuse_reply_entry(req, &e);
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct lkl_stat st;
	struct inode *i;
	int err = inode_lookup(inode_of(parent), name, &i, &st);

	if (!err)
		reply_entry(req, i, &st);
	else if (err == -LKL_ENOENT)
		reply_no_entry(req);
	else
		reply_status(req, err);
}

void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	inode_forget(inode_of(ino), nlookup);
	fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t count,
		     struct fuse_forget_data *forgets)
{
	size_t i;

	for (i = 0; i < count; i++)
		inode_forget(inode_of(forgets[i].ino), forgets[i].nlookup);
	fuse_reply_none(req);
}

/* What was just made. */
static void reply_new(fuse_req_t req, struct inode *parent, const char *name,
		      long ret)
{
	struct lkl_stat st;
	struct inode *i;

	if (!ret)
		ret = inode_lookup(parent, name, &i, &st);
	if (ret < 0)
		reply_status(req, ret);
	else
		reply_entry(req, i, &st);
}

/* new_encode_dev() of the kernel */
static uint32_t encode_dev(dev_t rdev)
{
	return (minor(rdev) & 0xff) | major(rdev) << 8 |
	       (minor(rdev) & ~0xffU) << 12;
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	      dev_t rdev)
{
	struct inode *dir = inode_of(parent);

	act_for(req);
	reply_new(req, dir, name, lkl_sys_mknodat(dir->fd, name, mode,
						  encode_dev(rdev)));
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct inode *dir = inode_of(parent);

	act_for(req);
	reply_new(req, dir, name, lkl_sys_mkdirat(dir->fd, name, mode));
}

void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent,
		const char *name)
{
	struct inode *dir = inode_of(parent);

	act_for(req);
	reply_new(req, dir, name, lkl_sys_symlinkat(target, dir->fd, name));
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent,
	     const char *name)
{
	struct inode *dir = inode_of(parent);

	reply_new(req, dir, name, lkl_sys_linkat(inode_of(ino)->fd, "", dir->fd,
						 name, LKL_AT_EMPTY_PATH));
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply_status(req, lkl_sys_unlinkat(inode_of(parent)->fd, name, 0));
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply_status(req, lkl_sys_unlinkat(inode_of(parent)->fd, name,
					   LKL_AT_REMOVEDIR));
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
	       fuse_ino_t newparent, const char *newname, unsigned int flags)
{
	/* With RENAME_WHITEOUT something is made. */
	act_for(req);
	reply_status(req, lkl_sys_renameat2(inode_of(parent)->fd, name,
					    inode_of(newparent)->fd, newname,
					    flags));
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[PATH_MAX + 1];
	long n = lkl_sys_readlinkat(inode_of(ino)->fd, "", target, PATH_MAX);

	if (n < 0) {
		reply_status(req, n);
		return;
	}
	target[n] = 0;
	fuse_reply_readlink(req, target);
}

/* Reply with an inode that is made and open. */
static void reply_open(fuse_req_t req, struct inode *i,
		       const struct lkl_stat *st, struct fuse_file_info *fi)
{
	struct fuse_entry_param e;
	struct open_file *f;
	int err = inode_open(i, (fi->flags & O_ACCMODE) != O_RDONLY, &f);

	if (err) {
		inode_forget(i, 1);
		reply_status(req, err);
		return;
	}
	fi->fh = (uintptr_t)f;
	fi->direct_io = the_fs.direct_io || f->append;
	fi->keep_cache = !fi->direct_io;
	entry_fill(&e, i, st);
	if (!fuse_reply_create(req, &e, fi))
		return;
	file_put(f);
	inode_forget(i, 1);
}

/* The host asks only for names that it knows not to be there. */
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name,
	       mode_t mode, struct fuse_file_info *fi)
{
	struct inode *dir = inode_of(parent), *i;
	struct lkl_stat st;
	long ret;

	act_for(req);
	ret = lkl_sys_mknodat(dir->fd, name, (mode & 07777) | LKL_S_IFREG, 0);
	if (ret == -LKL_EEXIST && !(fi->flags & O_EXCL))
		ret = 0;
	if (!ret)
		ret = inode_lookup(dir, name, &i, &st);
	if (ret < 0)
		reply_status(req, ret);
	else
		reply_open(req, i, &st, fi);
}

void op_tmpfile(fuse_req_t req, fuse_ino_t parent, mode_t mode,
		struct fuse_file_info *fi)
{
	char buf[INODE_NAME_SIZE];
	struct lkl_stat st;
	struct inode *i;
	long fd, path;

	act_for(req);
	fd = lkl_sys_openat(LKL_AT_FDCWD, inode_name(inode_of(parent), buf),
			    LKL_O_TMPFILE | LKL_O_RDWR, mode & 07777);
	if (fd < 0) {
		reply_status(req, fd);
		return;
	}
	snprintf(buf, sizeof(buf), "%d", (int)fd);
	path = lkl_sys_openat(LKL_AT_FDCWD, buf, LKL_O_PATH, 0);
	if (path >= 0)
		path = inode_adopt(path, &i, &st);
	lkl_sys_close(fd);
	if (path < 0)
		reply_status(req, path);
	else
		reply_open(req, i, &st, fi);
}
