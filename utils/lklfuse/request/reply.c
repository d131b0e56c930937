// SPDX-License-Identifier: GPL-2.0
/*
 * Replies to the host: errors and attributes.
 */
#include <errno.h>
#include <string.h>

#include "common/timestamp.h"
#include "inode/inode-number.h"
#include "request/damage.h"
#include "request/reply.h"

/* The first of the error numbers that stay inside the kernel. */
#define LKL_ERESTARTSYS	512

/*
 * FUSE uses the host's error numbers.  Both sides are Linux: the numbers are
 * the same on all but a few old architectures, where this does not compile.
 */
_Static_assert(LKL_EDEADLK == EDEADLK && LKL_ENAMETOOLONG == ENAMETOOLONG &&
	       LKL_ELOOP == ELOOP && LKL_EOPNOTSUPP == EOPNOTSUPP &&
	       LKL_ETIMEDOUT == ETIMEDOUT && LKL_EDQUOT == EDQUOT &&
	       LKL_ESTALE == ESTALE && LKL_EUCLEAN == EUCLEAN,
	       "error numbers of the host are others: translate them here");

/* Return the positive error number of the host for error @ret of LKL. */
static int reply_host_errno(long ret)
{
	int err = (int)-ret;

	/* These errors mean that LKL's kernel has stopped. */
	if (err == LKL_ENODEV || err == LKL_ESHUTDOWN)
		return EIO;
	return err >= LKL_ERESTARTSYS ? EINTR : err;
}

void reply_status(fuse_req_t req, long ret)
{
	if (ret < 0)
		damage_note_error(request_fs(req), -ret);
	fuse_reply_err(req, ret < 0 ? reply_host_errno(ret) : 0);
}

void reply_data(fuse_req_t req, const char *buf, long n)
{
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_buf(req, buf, n);
}

void reply_written(fuse_req_t req, long n)
{
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_write(req, n);
}

void reply_fill_stat(const struct lklfuse *fs, const struct inode *i,
		     const struct lkl_stat *in, struct stat *out)
{
	memset(out, 0, sizeof(*out));
	out->st_ino = inode_number(i->subvolume, in->st_ino);
	out->st_mode = in->st_mode;
	out->st_nlink = in->st_nlink;
	out->st_uid = idmap_user_to_host(&fs->idmap, in->st_uid);
	out->st_gid = idmap_group_to_host(&fs->idmap, in->st_gid);
	out->st_rdev = in->st_rdev;
	out->st_size = in->st_size;
	out->st_blksize = in->st_blksize;
	out->st_blocks = in->st_blocks;
	out->st_atim = timestamp_normalize(in->lkl_st_atime, in->st_atime_nsec);
	out->st_mtim = timestamp_normalize(in->lkl_st_mtime, in->st_mtime_nsec);
	out->st_ctim = timestamp_normalize(in->lkl_st_ctime, in->st_ctime_nsec);
}

void reply_fill_entry(const struct lklfuse *fs, const struct inode *i,
		      const struct lkl_stat *st, struct fuse_entry_param *out)
{
	memset(out, 0, sizeof(*out));
	out->ino = inode_nodeid(i);
	out->generation = i->generation;
	out->attr_timeout = fs->timeout;
	out->entry_timeout = fs->timeout;
	reply_fill_stat(fs, i, st, &out->attr);
}
