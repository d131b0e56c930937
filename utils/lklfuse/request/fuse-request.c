// SPDX-License-Identifier: GPL-2.0
/*
 * Parts of a request: the open file, and the thread that can be interrupted.
 */
#include "request/fuse-request.h"

int request_file(fuse_req_t req, fuse_ino_t ino,
		 const struct fuse_file_info *fi, bool write,
		 struct open_file **ret_f)
{
	struct open_file *f = request_handle(fi);
	struct inode *i = inode_from_nodeid(ino);

	if (request_fs(req)->no_open || (i->mode & LKL_S_IFMT) == LKL_S_IFDIR)
		return inode_open_cached(i, write, ret_f);
	/* truncate(2) comes without an open file. */
	if (f && (f->is_writable || !write)) {
		open_file_get(f);
		*ret_f = f;
		return 0;
	}
	return inode_open(i, write, ret_f);
}

static void request_interrupt(fuse_req_t req, void *thread)
{
	(void)req;
	lkl_thread_interrupt(thread);
}

void request_allow_interrupt(fuse_req_t req)
{
	fuse_req_interrupt_func(req, request_interrupt, lkl_thread_self());
}

void request_end_interrupt(fuse_req_t req)
{
	fuse_req_interrupt_func(req, NULL, NULL);
}
