/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the requests have in common.
 */
#ifndef LKLFUSE_OPS_H
#define LKLFUSE_OPS_H

#include "inode/inode.h"
#include "request/lklfuse.h"

void stat_to_host(const struct lkl_stat *in, struct stat *out);
void entry_fill(struct fuse_entry_param *e, const struct inode *i,
		const struct lkl_stat *st);

/* Around a call of LKL that may take long: the caller may be killed. */
void allow_interrupt(fuse_req_t req);
void end_interrupt(fuse_req_t req);

/*
 * The open file of a request: what op_open() told the host, or one that is
 * opened for it.  To be put.
 */
int request_file(fuse_ino_t ino, struct fuse_file_info *fi, bool write,
		 struct open_file **ret_f);

#endif /* LKLFUSE_OPS_H */
