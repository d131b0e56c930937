/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replies to the host.  Only this module translates errors of LKL into errors
 * of the host.
 */
#ifndef LKLFUSE_REPLY_H
#define LKLFUSE_REPLY_H

#include "inode/inode.h"
#include "request/lklfuse.h"

/* Reply success, or the error @ret of LKL. */
void reply_status(fuse_req_t req, long ret);

/* Reply the first @n bytes of @buf, or the error @n of LKL. */
void reply_data(fuse_req_t req, const char *buf, long n);

/* Reply the number of bytes written, or the error @n of LKL. */
void reply_written(fuse_req_t req, long n);

/* Convert attributes of LKL for the host. */
void reply_fill_stat(const struct lklfuse *fs, const struct inode *i,
		     const struct lkl_stat *in, struct stat *out);
void reply_fill_entry(const struct lklfuse *fs, const struct inode *i,
		      const struct lkl_stat *st, struct fuse_entry_param *out);

#endif /* LKLFUSE_REPLY_H */
