/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Privileges of a file that a change of its contents takes away: set-user-ID and
 * set-group-ID.
 */
#ifndef LKLFUSE_KILLPRIV_H
#define LKLFUSE_KILLPRIV_H

#include <stddef.h>

#include "inode/inode.h"
#include "request/lklfuse.h"

/*
 * Look at the request of the host in @buf, which the calling thread serves next.
 * Requests to write and to set attributes say whether privileges must be removed,
 * but libfuse does not pass this on to the functions that serve the requests.
 */
void killpriv_note_request(const struct fuse_buf *buf);

/*
 * Call this before the contents of @i change.  If the request that the calling
 * thread serves demands this, clear set-user-ID and, if the group may execute the
 * file, set-group-ID.  Return 0 or an error of LKL.
 */
long killpriv_apply(fuse_req_t req, struct inode *i);

#endif /* LKLFUSE_KILLPRIV_H */
