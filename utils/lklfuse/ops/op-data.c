// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the contents of files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ops/ops.h"
#include "request/damage.h"
#include "request/fuse-request.h"
#include "request/killpriv.h"
#include "request/reply.h"
#include "shared/macros.h"

/* Page size of LKL. */
#define DATA_PAGE_SIZE	4096

/*
 * Return the thread's buffer, which grows to the size of the largest request.
 */
static char *data_buffer(size_t size)
{
	static _Thread_local char *buf;
	static _Thread_local size_t buf_size;

	if (size > buf_size) {
		free(buf);
		buf = aligned_alloc(DATA_PAGE_SIZE,
				    ALIGN_UP(size, DATA_PAGE_SIZE));
		buf_size = buf ? size : 0;
	}
	return buf;
}

/*
 * Read @size bytes, or up to the end of the file.  A read that meets a
 * defective block returns the pages in front of it; the host would take this
 * short count for the end of the file, so read on at page boundaries to get the
 * error.
 */
static long data_read(int fd, char *buf, size_t size, off_t off)
{
	size_t done = 0;
	long n;

	do {
		n = lkl_sys_pread64(fd, buf + done, size - done, off + done);
		if (n < 0)
			return n;
		done += n;
	} while (n && done < size && !((off + done) % DATA_PAGE_SIZE));
	return done;
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	     struct fuse_file_info *fi)
{
	char *buf = data_buffer(size);
	struct open_file *f;
	long n = buf ? request_file(req, ino, fi, false, &f) : -LKL_ENOMEM;

	if (!n) {
		n = data_read(f->fd, buf, size, off);
		open_file_put(f);
	}
	reply_data(req, buf, n);
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size,
	      off_t off, struct fuse_file_info *fi)
{
	struct open_file *f;
	long n;

	if (damage_refuse_change(req))
		return;
	n = request_file(req, ino, fi, true, &f);
	if (!n) {
		n = killpriv_apply(req, f->inode);
		if (!n)
			n = lkl_sys_pwrite64(f->fd, buf, size, off);
		open_file_put(f);
	}
	reply_written(req, n);
}

/* Reply ENOSYS, so that the host never asks again: close(2) writes nothing. */
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_err(req, ENOSYS);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
	      struct fuse_file_info *fi)
{
	const struct lklfuse *fs = request_fs(req);
	struct open_file *f;
	long ret = request_file(req, ino, fi, false, &f);

	if (!ret) {
		ret = datasync ? lkl_sys_fdatasync(f->fd) :
		      lkl_sys_fsync(f->fd);
		open_file_put(f);
	}
	/* The host has cached a number of blocks from before its writes. */
	if (fs->writeback)
		fuse_lowlevel_notify_inval_inode(fs->se, ino, -1, 0);
	reply_status(req, ret);
}

void op_syncfs(fuse_req_t req, fuse_ino_t ino)
{
	struct open_file *f;
	long ret = request_file(req, ino, NULL, false, &f);

	if (!ret) {
		ret = lkl_sys_syncfs(f->fd);
		open_file_put(f);
	}
	reply_status(req, ret);
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off,
		  off_t len, struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret;

	if (damage_refuse_change(req))
		return;
	ret = request_file(req, ino, fi, true, &f);
	if (!ret) {
		request_allow_interrupt(req);
		ret = killpriv_apply(req, f->inode);
		if (!ret)
			ret = lkl_sys_fallocate(f->fd, mode, off, len);
		request_end_interrupt(req);
		open_file_put(f);
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
	long n;

	if (damage_refuse_change(req))
		return;
	n = request_file(req, in, fi_in, false, &src);
	if (n) {
		reply_status(req, n);
		return;
	}
	n = request_file(req, out, fi_out, true, &dst);
	if (!n) {
		request_allow_interrupt(req);
		n = killpriv_apply(req, dst->inode);
		if (!n)
			n = lkl_sys_copy_file_range(src->fd, &from, dst->fd,
						    &to, len, flags);
		request_end_interrupt(req);
		open_file_put(dst);
	}
	open_file_put(src);
	reply_written(req, n);
}
