// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about contents.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "ops/ops.h"
#include "ops/op-seek.h"

static struct open_file *file_of(const struct fuse_file_info *fi)
{
	return fi ? (struct open_file *)(uintptr_t)fi->fh : NULL;
}

int request_file(fuse_ino_t ino, struct fuse_file_info *fi, bool write,
		 struct open_file **ret_f)
{
	struct open_file *f = file_of(fi);
	struct inode *i = inode_of(ino);

	if (the_fs.no_open || (i->mode & LKL_S_IFMT) == LKL_S_IFDIR)
		return inode_open_kept(i, write, ret_f);
	/* Whatever is open is found; truncate(2) has nothing open. */
	if (f && (f->write || !write)) {
		file_get(f);
		*ret_f = f;
		return 0;
	}
	return inode_open(i, write, ret_f);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	bool write = (fi->flags & O_ACCMODE) != O_RDONLY;
	struct open_file *f;
	int err;

	if (the_fs.no_open) {
		fuse_reply_err(req, ENOSYS);
		return;
	}
	err = fi->flags & O_NOATIME ?
	      inode_open_noatime(inode_of(ino), write, &f) :
	      inode_open(inode_of(ino), write, &f);
	if (err) {
		reply_status(req, err);
		return;
	}
	/* open(2) of a file that can only be appended to wants O_APPEND. */
	if (write && f->append && !(fi->flags & O_APPEND)) {
		file_put(f);
		fuse_reply_err(req, EPERM);
		return;
	}
	fi->fh = (uintptr_t)f;
	fi->direct_io = the_fs.direct_io || f->append;
	fi->keep_cache = !fi->direct_io;
	if (fuse_reply_open(req, fi))
		file_put(f);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct open_file *f = file_of(fi);

	(void)ino;
	if (f)
		file_put(f);
	fuse_reply_err(req, 0);
}

/* Requests are no larger than this; each thread keeps its buffer. */
static char *read_buffer(size_t size)
{
	static _Thread_local char *buf;
	static _Thread_local size_t have;

	if (size > have) {
		free(buf);
		buf = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);
		have = buf ? size : 0;
	}
	return buf;
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	     struct fuse_file_info *fi)
{
	char *buf = read_buffer(size);
	struct open_file *f;
	long n = buf ? request_file(ino, fi, false, &f) : -LKL_ENOMEM;

	if (!n) {
		n = lkl_sys_pread64(f->fd, buf, size, off);
		file_put(f);
	}
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_buf(req, buf, n);
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size,
	      off_t off, struct fuse_file_info *fi)
{
	struct open_file *f;
	long n = request_file(ino, fi, true, &f);

	if (!n) {
		n = lkl_sys_pwrite64(f->fd, buf, size, off);
		file_put(f);
	}
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_write(req, n);
}

/* The host has written out what it cached; the file itself has nothing to say. */
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_err(req, ENOSYS);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
	      struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret = request_file(ino, fi, false, &f);

	if (!ret) {
		ret = datasync ? lkl_sys_fdatasync(f->fd) :
		      lkl_sys_fsync(f->fd);
		file_put(f);
	}
	/* How many blocks it has: the host thinks as many as before the write. */
	if (the_fs.writeback)
		fuse_lowlevel_notify_inval_inode(the_fs.se, ino, -1, 0);
	reply_status(req, ret);
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off,
		  off_t len, struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret = request_file(ino, fi, true, &f);

	if (!ret) {
		allow_interrupt(req);
		ret = lkl_sys_fallocate(f->fd, mode, off, len);
		end_interrupt(req);
		file_put(f);
	}
	reply_status(req, ret);
}

void op_copy_file_range(fuse_req_t req, fuse_ino_t in, off_t off_in,
			struct fuse_file_info *fi_in, fuse_ino_t out,
			off_t off_out, struct fuse_file_info *fi_out,
			size_t len, int flags)
{
	__lkl__kernel_loff_t from = off_in, to = off_out;
	struct open_file *src, *dst;
	long n = request_file(in, fi_in, false, &src);

	if (n) {
		reply_status(req, n);
		return;
	}
	n = request_file(out, fi_out, true, &dst);
	if (!n) {
		allow_interrupt(req);
		n = lkl_sys_copy_file_range(src->fd, &from, dst->fd, &to, len,
					    flags);
		end_interrupt(req);
		file_put(dst);
	}
	file_put(src);
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_write(req, n);
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence,
	      struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret = request_file(ino, fi, false, &f);

	if (ret)
		reply_status(req, ret);
	else
		seek_file(req, f, off, whence);
}

void op_syncfs(fuse_req_t req, fuse_ino_t ino)
{
	struct open_file *f;
	long ret = request_file(ino, NULL, false, &f);

	if (!ret) {
		ret = lkl_sys_syncfs(f->fd);
		file_put(f);
	}
	reply_status(req, ret);
}
