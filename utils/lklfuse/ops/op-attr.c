// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on attributes: getattr, setattr, statfs.
 */
#include <sys/statvfs.h>

#include <lkl/linux/fs.h>

#include "ops/ops.h"
#include "request/damage.h"
#include "request/fuse-request.h"
#include "request/killpriv.h"
#include "request/reply.h"

/* Values for utimensat(2), which the kernel's user headers lack. */
#define LKL_UTIME_NOW	((1L << 30) - 1)
#define LKL_UTIME_OMIT	((1L << 30) - 2)

static void attr_reply(fuse_req_t req, const struct inode *i)
{
	const struct lklfuse *fs = request_fs(req);
	struct lkl_stat st;
	struct stat attr;
	long ret = lkl_sys_fstat(i->fd, &st);

	if (ret) {
		reply_status(req, ret);
		return;
	}
	reply_fill_stat(fs, i, &st, &attr);
	fuse_reply_attr(req, &attr, fs->timeout);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)fi;
	attr_reply(req, inode_from_nodeid(ino));
}

static long attr_set_owner(fuse_req_t req, const struct inode *i,
			   const struct stat *attr, int which)
{
	const struct idmap *idmap = &request_fs(req)->idmap;
	uint32_t uid = UINT32_MAX, gid = UINT32_MAX;

	if (which & FUSE_SET_ATTR_UID)
		uid = idmap_user_to_image(idmap, attr->st_uid);
	if (which & FUSE_SET_ATTR_GID)
		gid = idmap_group_to_image(idmap, attr->st_gid);
	return lkl_sys_fchownat(i->fd, "", uid, gid, LKL_AT_EMPTY_PATH);
}

static long attr_set_size(fuse_req_t req, fuse_ino_t ino,
			  const struct stat *attr,
			  const struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret = request_file(req, ino, fi, true, &f);

	if (ret)
		return ret;
	if (f->is_append_only)
		ret = -LKL_EPERM;
	else
		ret = killpriv_apply(req, f->inode);
	if (!ret)
		ret = lkl_sys_ftruncate(f->fd, attr->st_size);
	open_file_put(f);
	return ret;
}

static struct __lkl__kernel_timespec attr_time(const struct timespec *t,
					       bool set, bool now)
{
	if (now)
		return (struct __lkl__kernel_timespec) { 0, LKL_UTIME_NOW };
	if (!set)
		return (struct __lkl__kernel_timespec) { 0, LKL_UTIME_OMIT };
	return (struct __lkl__kernel_timespec) { t->tv_sec, t->tv_nsec };
}

static long attr_set_times(const struct inode *i, const struct stat *attr,
			   int which)
{
	struct __lkl__kernel_timespec ts[] = {
		attr_time(&attr->st_atim, which & FUSE_SET_ATTR_ATIME,
			  which & FUSE_SET_ATTR_ATIME_NOW),
		attr_time(&attr->st_mtim, which & FUSE_SET_ATTR_MTIME,
			  which & FUSE_SET_ATTR_MTIME_NOW),
	};

	return lkl_sys_utimensat(i->fd, "", ts, LKL_AT_EMPTY_PATH);
}

/*
 * Set the owner before the mode, as a new owner clears set-user-ID, and the
 * times last, as all other changes set times.
 */
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int which,
		struct fuse_file_info *fi)
{
	const int times = FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW |
			  FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW;
	struct inode *i = inode_from_nodeid(ino);
	long ret = 0;

	if (damage_refuse_change(req))
		return;
	if (which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		ret = attr_set_owner(req, i, attr, which);
	if (!ret && which & FUSE_SET_ATTR_MODE)
		ret = lkl_sys_fchmodat2(i->fd, "", attr->st_mode & 07777,
					LKL_AT_EMPTY_PATH);
	if (!ret && which & FUSE_SET_ATTR_SIZE)
		ret = attr_set_size(req, ino, attr, fi);
	if (!ret && which & times)
		ret = attr_set_times(i, attr, which);
	if (ret)
		reply_status(req, ret);
	else
		attr_reply(req, i);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct lkl_statfs st;
	struct statvfs out;
	long ret = lkl_sys_fstatfs(inode_from_nodeid(ino)->fd, &st);

	if (ret) {
		reply_status(req, ret);
		return;
	}
	out = (struct statvfs) {
		.f_bsize = st.f_bsize,
		.f_frsize = st.f_frsize ? st.f_frsize : st.f_bsize,
		.f_blocks = st.f_blocks,
		.f_bfree = st.f_bfree,
		.f_bavail = st.f_bavail,
		.f_files = st.f_files,
		.f_ffree = st.f_ffree,
		.f_favail = st.f_ffree,
		.f_namemax = st.f_namelen,
	};
	fuse_reply_statfs(req, &out);
}
