// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on extended attributes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mount/mounter.h"
#include "ops/ops.h"
#include "request/damage.h"
#include "request/fuse-request.h"
#include "request/reply.h"

/* The kernel's limit for a value and for a list of names. */
#define XATTR_SIZE_MAX	65536

static bool xattr_is_acl(const char *name)
{
	return !strncmp(name, "system.posix_acl_", 17);
}

/* Reply ENOSYS, so that the host never asks again, if the type has none. */
static void xattr_reply_error(fuse_req_t req, long ret)
{
	if (ret == -LKL_EOPNOTSUPP && !request_fs(req)->has_xattr)
		fuse_reply_err(req, ENOSYS);
	else
		reply_status(req, ret);
}

static void xattr_reply_status(fuse_req_t req, long ret)
{
	if (ret)
		xattr_reply_error(req, ret);
	else
		fuse_reply_err(req, 0);
}

/*
 * Clear set-group-ID unless the caller is in the file's group, as the kernel
 * does when an access control list is set.  Only one group of the caller is
 * known, so the bit may be cleared needlessly.
 */
static long xattr_drop_setgid(fuse_req_t req, const struct inode *i)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	struct lkl_stat st;
	long ret = lkl_sys_fstat(i->fd, &st);

	if (ret || !ctx->uid || !(st.st_mode & LKL_S_ISGID) ||
	    (st.st_mode & LKL_S_IFMT) == LKL_S_IFDIR ||
	    idmap_group_to_host(&request_fs(req)->idmap, st.st_gid) == ctx->gid)
		return ret;
	return lkl_sys_fchmodat2(i->fd, "", st.st_mode & 05777,
				 LKL_AT_EMPTY_PATH);
}

void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
		 const char *value, size_t size, int flags)
{
	struct inode *i = inode_from_nodeid(ino);
	char path[INODE_PATH_SIZE];
	void *copy = NULL;
	long ret;

	if (damage_refuse_change(req))
		return;
	if (xattr_is_acl(name)) {
		copy = malloc(size + 1);
		if (!copy) {
			fuse_reply_err(req, ENOMEM);
			return;
		}
		memcpy(copy, value, size);
		idmap_acl(&request_fs(req)->idmap, copy, size, false);
	}
	ret = lkl_sys_setxattr(inode_path(i, path), name, copy ? copy : value,
			       size, flags);
	free(copy);
	if (!ret && !strcmp(name, "system.posix_acl_access"))
		ret = xattr_drop_setgid(req, i);
	xattr_reply_status(req, ret);
}

/* Return our PID, for umount.fuse.lklfuse, which waits until we end. */
static long xattr_get_pid(char *value, size_t size)
{
	char text[16];
	size_t n = snprintf(text, sizeof(text), "%d", getpid());

	if (size && size < n)
		return -LKL_ERANGE;
	if (size)
		memcpy(value, text, n);
	return n;
}

static long xattr_get(fuse_req_t req, fuse_ino_t ino, const char *name,
		      char *value, size_t size)
{
	char path[INODE_PATH_SIZE];
	long ret;

	if (ino == FUSE_ROOT_ID && !strcmp(name, MOUNTER_PID_XATTR))
		return xattr_get_pid(value, size);
	ret = lkl_sys_getxattr(inode_path(inode_from_nodeid(ino), path), name,
			       value, size);
	if (ret > 0 && size && xattr_is_acl(name))
		idmap_acl(&request_fs(req)->idmap, value, ret, true);
	return ret;
}

/* Reply a value, or only its size @ret if the host asked with @size 0. */
static void xattr_reply(fuse_req_t req, long ret, const char *value,
			size_t size)
{
	if (ret < 0)
		xattr_reply_error(req, ret);
	else if (size)
		fuse_reply_buf(req, value, ret);
	else
		fuse_reply_xattr(req, ret);
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	char small[256], *value = small;

	if (size > XATTR_SIZE_MAX)
		size = XATTR_SIZE_MAX;
	if (size > sizeof(small))
		value = malloc(size);
	if (!value) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	xattr_reply(req, xattr_get(req, ino, name, value, size), value, size);
	if (value != small)
		free(value);
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	char path[INODE_PATH_SIZE], *names = NULL;
	long ret;

	if (size > XATTR_SIZE_MAX)
		size = XATTR_SIZE_MAX;
	if (size) {
		names = malloc(size);
		if (!names) {
			fuse_reply_err(req, ENOMEM);
			return;
		}
	}
	ret = lkl_sys_listxattr(inode_path(inode_from_nodeid(ino), path), names,
				size);
	xattr_reply(req, ret, names, size);
	free(names);
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	char path[INODE_PATH_SIZE];

	if (damage_refuse_change(req))
		return;
	xattr_reply_status(req,
			   lkl_sys_removexattr(inode_path(inode_from_nodeid(ino),
							  path), name));
}
