// SPDX-License-Identifier: GPL-2.0
/*
 * Privileges of a file that a change of its contents takes away.
 *
 * The host leaves this to us (FUSE_HANDLE_KILLPRIV_V2).  Otherwise the host asks
 * for the capabilities of the file before each write.  LKL itself removes these
 * capabilities, and it clears set-user-ID and set-group-ID when the owner
 * changes.  But LKL does not clear the two bits when the contents change, because
 * a thread that serves requests has CAP_FSETID.
 */
#include <linux/fuse.h>

#include "request/killpriv.h"

/* The request that the thread serves takes set-user-ID and set-group-ID away. */
static _Thread_local bool killpriv_is_due;

void killpriv_note_request(const struct fuse_buf *buf)
{
	const struct fuse_in_header *in = buf->mem;
	const void *arg = in + 1;

	switch (in->opcode) {
	case FUSE_WRITE:
		killpriv_is_due = ((const struct fuse_write_in *)arg)->write_flags &
				  FUSE_WRITE_KILL_SUIDGID;
		break;
	case FUSE_SETATTR:
		killpriv_is_due = ((const struct fuse_setattr_in *)arg)->valid &
				  FATTR_KILL_SUIDGID;
		break;
	case FUSE_FALLOCATE:
	case FUSE_COPY_FILE_RANGE:
		/* These requests do not say whether the caller has CAP_FSETID. */
		killpriv_is_due = in->uid;
		break;
	default:
		killpriv_is_due = false;
	}
}

/* Return @mode without the bits that a change of the contents clears. */
static uint32_t killpriv_mode(uint32_t mode)
{
	uint32_t bits = LKL_S_ISUID;

	/* Without LKL_S_IXGRP, set-group-ID once meant mandatory locking. */
	if (mode & LKL_S_IXGRP)
		bits |= LKL_S_ISGID;
	return mode & ~bits;
}

long killpriv_apply(fuse_req_t req, struct inode *i)
{
	struct lkl_stat st;
	uint32_t mode;
	long ret;

	if (!killpriv_is_due)
		return 0;
	ret = lkl_sys_fstat(i->fd, &st);
	if (ret)
		return ret;
	mode = killpriv_mode(st.st_mode);
	if (mode == st.st_mode)
		return 0;
	ret = lkl_sys_fchmodat2(i->fd, "", mode & 07777, LKL_AT_EMPTY_PATH);
	/* The host would go on to execute the file with the cached mode. */
	if (!ret)
		fuse_lowlevel_notify_inval_inode(request_fs(req)->se,
						 inode_nodeid(i), -1, 0);
	return ret;
}
