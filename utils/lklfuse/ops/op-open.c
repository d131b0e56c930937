// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that open, create and release files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "ops/ops.h"
#include "request/damage.h"
#include "request/fuse-request.h"
#include "request/name-rules.h"
#include "request/reply.h"
#include "request/serving-thread.h"

static bool open_is_for_writing(const struct fuse_file_info *fi)
{
	return (fi->flags & O_ACCMODE) != O_RDONLY;
}

static void open_fill_info(fuse_req_t req, struct open_file *f,
			   struct fuse_file_info *fi)
{
	fi->fh = (uintptr_t)f;
	fi->direct_io = request_fs(req)->direct_io || f->is_append_only;
	fi->keep_cache = !fi->direct_io;
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct inode *i = inode_from_nodeid(ino);
	bool write = open_is_for_writing(fi);
	struct open_file *f;
	int err;

	if (request_fs(req)->no_open) {
		fuse_reply_err(req, ENOSYS);
		return;
	}
	if (write && damage_refuse_change(req))
		return;
	err = fi->flags & O_NOATIME ? inode_open_noatime(i, write, &f) :
	      inode_open(i, write, &f);
	if (err) {
		reply_status(req, err);
		return;
	}
	/* Opening an append-only file for writing requires O_APPEND. */
	if (write && f->is_append_only && !(fi->flags & O_APPEND)) {
		open_file_put(f);
		fuse_reply_err(req, EPERM);
		return;
	}
	open_fill_info(req, f, fi);
	if (fuse_reply_open(req, fi))
		open_file_put(f);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct open_file *f = request_handle(fi);

	(void)ino;
	if (f)
		open_file_put(f);
	fuse_reply_err(req, 0);
}

/* Open @i, which was just created, and reply with inode and open file. */
static void open_reply_created(fuse_req_t req, struct inode *i,
			       const struct lkl_stat *st,
			       struct fuse_file_info *fi)
{
	struct fuse_entry_param e;
	struct open_file *f;
	int err = inode_open(i, open_is_for_writing(fi), &f);

	if (err) {
		inode_forget(i, 1);
		reply_status(req, err);
		return;
	}
	open_fill_info(req, f, fi);
	reply_fill_entry(request_fs(req), i, st, &e);
	if (!fuse_reply_create(req, &e, fi))
		return;
	/* The host got no reply, so the host will not forget the inode. */
	open_file_put(f);
	inode_forget(i, 1);
}

/* The host has checked that the name does not exist. */
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name,
	       mode_t mode, struct fuse_file_info *fi)
{
	struct inode *dir = inode_from_nodeid(parent), *i;
	struct lkl_stat st;
	long ret;

	if (damage_refuse_change(req) || name_refuse(req, name))
		return;
	serving_thread_act_for(req);
	ret = lkl_sys_mknodat(dir->fd, name, (mode & 07777) | LKL_S_IFREG, 0);
	if (ret == -LKL_EEXIST && !(fi->flags & O_EXCL))
		ret = 0;
	if (!ret)
		ret = inode_lookup(dir, name, &i, &st);
	if (ret < 0)
		reply_status(req, ret);
	else
		open_reply_created(req, i, &st, fi);
}

void op_tmpfile(fuse_req_t req, fuse_ino_t parent, mode_t mode,
		struct fuse_file_info *fi)
{
	char path[INODE_PATH_SIZE];
	struct lkl_stat st;
	struct inode *i;
	long fd, path_fd;

	if (damage_refuse_change(req))
		return;
	serving_thread_act_for(req);
	fd = lkl_sys_openat(LKL_AT_FDCWD,
			    inode_path(inode_from_nodeid(parent), path),
			    LKL_O_TMPFILE | LKL_O_RDWR, mode & 07777);
	if (fd < 0) {
		reply_status(req, fd);
		return;
	}
	snprintf(path, sizeof(path), "%d", (int)fd);
	path_fd = lkl_sys_openat(LKL_AT_FDCWD, path, LKL_O_PATH, 0);
	if (path_fd >= 0)
		path_fd = inode_lookup_fd(path_fd, &i, &st);
	lkl_sys_close(fd);
	if (path_fd < 0)
		reply_status(req, path_fd);
	else
		open_reply_created(req, i, &st, fi);
}
