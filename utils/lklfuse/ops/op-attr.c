// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about attributes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <lkl/linux/fs.h>

#include "ops/ops.h"
#include "mount/umounter.h"

/* Of utimensat(2); not in the kernel's headers for users. */
#define LKL_UTIME_NOW	((1L << 30) - 1)
#define LKL_UTIME_OMIT	((1L << 30) - 2)

/* The kernel's limit of values and of lists of names. */
#define XATTR_MAX	65536

static void reply_attr(fuse_req_t req, const struct inode *i)
{
	struct lkl_stat st;
	struct stat attr;
	long ret = lkl_sys_fstat(i->fd, &st);

	if (ret) {
		reply_status(req, ret);
		return;
	}
	stat_to_host(&st, &attr);
	fuse_reply_attr(req, &attr, the_fs.timeout);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)fi;
	reply_attr(req, inode_of(ino));
}

static long set_owner(const struct inode *i, const struct stat *attr, int which)
{
	uint32_t uid = UINT32_MAX, gid = UINT32_MAX;

	if (which & FUSE_SET_ATTR_UID)
		uid = idmap_user_to_image(&the_fs.idmap, attr->st_uid);
	if (which & FUSE_SET_ATTR_GID)
		gid = idmap_group_to_image(&the_fs.idmap, attr->st_gid);
	return lkl_sys_fchownat(i->fd, "", uid, gid, LKL_AT_EMPTY_PATH);
}

static long set_size(fuse_ino_t ino, const struct stat *attr,
		     struct fuse_file_info *fi)
{
	struct open_file *f;
	long ret = request_file(ino, fi, true, &f);

	if (ret)
		return ret;
	/* Not by those who may only append. */
	ret = f->append ? -LKL_EPERM : lkl_sys_ftruncate(f->fd, attr->st_size);
	file_put(f);
	return ret;
}

static struct __lkl__kernel_timespec time_to_set(const struct timespec *t,
						 bool set, bool now)
{
	if (now)
		return (struct __lkl__kernel_timespec) { 0, LKL_UTIME_NOW };
	if (!set)
		return (struct __lkl__kernel_timespec) { 0, LKL_UTIME_OMIT };
	return (struct __lkl__kernel_timespec) { t->tv_sec, t->tv_nsec };
}

static long set_times(const struct inode *i, const struct stat *attr, int which)
{
	struct __lkl__kernel_timespec ts[] = {
		time_to_set(&attr->st_atim, which & FUSE_SET_ATTR_ATIME,
			    which & FUSE_SET_ATTR_ATIME_NOW),
		time_to_set(&attr->st_mtim, which & FUSE_SET_ATTR_MTIME,
			    which & FUSE_SET_ATTR_MTIME_NOW),
	};

	return lkl_sys_utimensat(i->fd, "", ts, LKL_AT_EMPTY_PATH);
}

/* The owner first: its change takes set-user-ID away.  Times last. */
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int which,
		struct fuse_file_info *fi)
{
	const int times = FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW |
			  FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW;
	struct inode *i = inode_of(ino);
	long ret = 0;

	if (which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		ret = set_owner(i, attr, which);
	if (!ret && which & FUSE_SET_ATTR_MODE)
		ret = lkl_sys_fchmodat2(i->fd, "", attr->st_mode & 07777,
					LKL_AT_EMPTY_PATH);
	if (!ret && which & FUSE_SET_ATTR_SIZE)
		ret = set_size(ino, attr, fi);
	if (!ret && which & times)
		ret = set_times(i, attr, which);
	if (ret)
		reply_status(req, ret);
	else
		reply_attr(req, i);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct lkl_statfs st;
	struct statvfs out;
	long ret = lkl_sys_fstatfs(inode_of(ino)->fd, &st);

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

/* Extended attributes */

static bool is_acl(const char *name)
{
	return !strncmp(name, "system.posix_acl_", 17);
}

/* Of a type that has none, the host need not ask again. */
static void reply_xattr_error(fuse_req_t req, long ret)
{
	if (ret == -LKL_EOPNOTSUPP && !the_fs.has_xattr)
		fuse_reply_err(req, ENOSYS);
	else
		reply_status(req, ret);
}

/*
 * Who is not in the file's group makes no set-group-ID file with an access list.
 * Of the caller's groups we see but one, and rather take it away.
 */
static long drop_group_id(fuse_req_t req, const struct inode *i)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	struct lkl_stat st;
	long ret = lkl_sys_fstat(i->fd, &st);

	if (ret || !ctx->uid || !(st.st_mode & LKL_S_ISGID) ||
	    (st.st_mode & LKL_S_IFMT) == LKL_S_IFDIR ||
	    idmap_group_to_host(&the_fs.idmap, st.st_gid) == ctx->gid)
		return ret;
	return lkl_sys_fchmodat2(i->fd, "", st.st_mode & 05777,
				 LKL_AT_EMPTY_PATH);
}

void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
		 const char *value, size_t size, int flags)
{
	struct inode *i = inode_of(ino);
	char buf[INODE_NAME_SIZE];
	void *copy = NULL;
	long ret;

	if (is_acl(name)) {
		copy = malloc(size + 1);
		if (!copy) {
			fuse_reply_err(req, ENOMEM);
			return;
		}
		memcpy(copy, value, size);
		idmap_acl(&the_fs.idmap, copy, size, false);
	}
	ret = lkl_sys_setxattr(inode_name(i, buf), name, copy ? copy : value,
			       size, flags);
	free(copy);
	if (!ret && !strcmp(name, "system.posix_acl_access"))
		ret = drop_group_id(req, i);
	if (ret)
		reply_xattr_error(req, ret);
	else
		fuse_reply_err(req, 0);
}

/* For umount.fuse.lklfuse, which waits for the end of this process. */
static long get_pid(char *value, size_t size)
{
	char text[16];
	size_t n = snprintf(text, sizeof(text), "%d", getpid());

	if (size && size < n)
		return -LKL_ERANGE;
	if (size)
		memcpy(value, text, n);
	return n;
}

static long get_xattr(const struct inode *i, const char *name, char *value,
		      size_t size)
{
	char buf[INODE_NAME_SIZE];
	long ret;

	if (!strcmp(name, UMOUNTER_PID_XATTR) && inode_of(FUSE_ROOT_ID) == i)
		return get_pid(value, size);
	ret = lkl_sys_getxattr(inode_name(i, buf), name, value, size);
	if (ret > 0 && size && is_acl(name))
		idmap_acl(&the_fs.idmap, value, ret, true);
	return ret;
}

static void reply_xattr(fuse_req_t req, long ret, const char *value,
			size_t size)
{
	if (ret < 0)
		reply_xattr_error(req, ret);
	else if (size)
		fuse_reply_buf(req, value, ret);
	else
		fuse_reply_xattr(req, ret);
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	char small[256], *value = small;

	if (size > XATTR_MAX)
		size = XATTR_MAX;
	if (size > sizeof(small))
		value = malloc(size);
	if (!value) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	reply_xattr(req, get_xattr(inode_of(ino), name, value, size), value,
		    size);
	if (value != small)
		free(value);
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	char buf[INODE_NAME_SIZE], *names = NULL;

	if (size > XATTR_MAX)
		size = XATTR_MAX;
	if (size) {
		names = malloc(size);
		if (!names) {
			fuse_reply_err(req, ENOMEM);
			return;
		}
	}
	reply_xattr(req, lkl_sys_listxattr(inode_name(inode_of(ino), buf),
					   names, size), names, size);
	free(names);
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	char buf[INODE_NAME_SIZE];
	long ret = lkl_sys_removexattr(inode_name(inode_of(ino), buf), name);

	if (ret)
		reply_xattr_error(req, ret);
	else
		fuse_reply_err(req, 0);
}

/* ioctl */

/**
 * struct known_ioctl - one that makes sense, and needs nothing of its caller
 * @cmd:	its number, the same on both sides
 * @in:		bytes that it reads
 * @out:	bytes that it writes
 * @flags:	IOCTL_*
 */
struct known_ioctl {
	unsigned int cmd;
	size_t in;
	size_t out;
	unsigned int flags;
};

#define IOCTL_ADMIN	1U	/* for who has mounted it */
#define IOCTL_FLAGS	2U	/* changes how files may be opened */

static const struct known_ioctl known_ioctls[] = {
	{ LKL_FS_IOC_GETFLAGS, 0, 4, 0 },
	{ LKL_FS_IOC_SETFLAGS, 4, 0, IOCTL_FLAGS },
	{ LKL_FS_IOC_FSGETXATTR, 0, sizeof(struct lkl_fsxattr), 0 },
	{ LKL_FS_IOC_FSSETXATTR, sizeof(struct lkl_fsxattr), 0, IOCTL_FLAGS },
	{ LKL_FS_IOC_GETVERSION, 0, 4, 0 },
	{ LKL_FS_IOC_GETFSLABEL, 0, LKL_FSLABEL_MAX, 0 },
	{ LKL_FS_IOC_SETFSLABEL, LKL_FSLABEL_MAX, 0, IOCTL_ADMIN },
	{ LKL_FITRIM, sizeof(struct lkl_fstrim_range),
	  sizeof(struct lkl_fstrim_range), IOCTL_ADMIN },
};

static const struct known_ioctl *find_ioctl(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < sizeof(known_ioctls) / sizeof(known_ioctls[0]); i++)
		if (known_ioctls[i].cmd == cmd)
			return &known_ioctls[i];
	return NULL;
}

/* 0, or a positive number of the host */
static int check_ioctl(fuse_req_t req, const struct known_ioctl *k,
		       size_t in_size, size_t out_size)
{
	uint32_t uid = fuse_req_ctx(req)->uid;

	if (!k)
		return ENOTTY;
	if (in_size < k->in || out_size < k->out)
		return EINVAL;
	if (k->flags & IOCTL_ADMIN && uid && uid != the_fs.mount_uid)
		return EPERM;
	return 0;
}

void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
	      struct fuse_file_info *fi, unsigned int flags,
	      const void *in_buf, size_t in_size, size_t out_size)
{
	const struct known_ioctl *k = find_ioctl(cmd);
	int err = check_ioctl(req, k, in_size, out_size);
	char buf[LKL_FSLABEL_MAX];
	struct open_file *f;
	long ret;

	(void)arg;
	(void)flags;
	if (err) {
		fuse_reply_err(req, err);
		return;
	}
	ret = request_file(ino, fi, false, &f);
	if (ret) {
		reply_status(req, ret);
		return;
	}
	if (k->in)
		memcpy(buf, in_buf, k->in);
	allow_interrupt(req);
	ret = lkl_sys_ioctl(f->fd, cmd, (uintptr_t)buf);
	end_interrupt(req);
	file_put(f);
	if (!ret && k->flags & IOCTL_FLAGS)
		inode_close_kept(inode_of(ino));
	if (ret < 0)
		reply_status(req, ret);
	else
		fuse_reply_ioctl(req, ret, buf, k->out);
}
