/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of a request: the open file, and the thread that can be interrupted.
 */
#ifndef LKLFUSE_FUSE_REQUEST_H
#define LKLFUSE_FUSE_REQUEST_H

#include "inode/open-file.h"
#include "request/lklfuse.h"

/* Return the file that op_open() handed to the host, or NULL. */
static inline struct open_file *request_handle(const struct fuse_file_info *fi)
{
	return fi ? (struct open_file *)(uintptr_t)fi->fh : NULL;
}

/*
 * Get the open file of a request: the one that op_open() handed to the host, or
 * one that is opened now.  The caller puts the file.  Return 0 or an error of
 * LKL.
 */
int request_file(fuse_req_t req, fuse_ino_t ino,
		 const struct fuse_file_info *fi, bool write,
		 struct open_file **ret_f);

/*
 * Let a signal to the caller interrupt the calling thread's call of LKL, which
 * may take long, until request_end_interrupt().
 */
void request_allow_interrupt(fuse_req_t req);
void request_end_interrupt(fuse_req_t req);

#endif /* LKLFUSE_FUSE_REQUEST_H */
