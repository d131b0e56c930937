/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKLFUSE_SEEK_H
#define LKLFUSE_SEEK_H

#include "ops/ops.h"

/* Replies to @req, now or later, and puts @f. */
void seek_file(fuse_req_t req, struct open_file *f, off_t off, int whence);
/* Nobody seeks any more. */
void seek_exit(void);

#endif /* LKLFUSE_SEEK_H */
