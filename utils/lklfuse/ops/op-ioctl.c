// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctl operation.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <lkl/linux/fs.h>

#include "mount/mounter.h"
#include "ops/ops.h"
#include "request/damage.h"
#include "request/fuse-request.h"
#include "request/reply.h"
#include "shared/macros.h"

#define IOCTL_ADMIN	1U	/* only for root and the user who mounted */
#define IOCTL_FLAGS	2U	/* changes how files may be opened */

/**
 * struct ioctl_rule - an ioctl that is passed on to LKL
 * @cmd:	its number, the same on both sides
 * @in:		number of bytes that the ioctl reads
 * @out:	number of bytes that the ioctl writes
 * @flags:	IOCTL_*
 */
struct ioctl_rule {
	unsigned int cmd;
	size_t in;
	size_t out;
	unsigned int flags;
};

static const struct ioctl_rule ioctl_rules[] = {
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

static const struct ioctl_rule *ioctl_find_rule(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ioctl_rules); i++)
		if (ioctl_rules[i].cmd == cmd)
			return &ioctl_rules[i];
	return NULL;
}

/* Return 0, or a positive error number of the host. */
static int ioctl_check(fuse_req_t req, const struct ioctl_rule *rule,
		       size_t in_size, size_t out_size)
{
	uint32_t uid = fuse_req_ctx(req)->uid;

	if (!rule)
		return ENOTTY;
	if (in_size < rule->in || out_size < rule->out)
		return EINVAL;
	if (rule->flags & IOCTL_ADMIN && uid &&
	    uid != request_fs(req)->mount_uid)
		return EPERM;
	return 0;
}

/* Reply our PID, for umount.fuse.lklfuse, which waits until we end. */
static void ioctl_reply_pid(fuse_req_t req, const void *in_buf, size_t in_size,
			    size_t out_size)
{
	int32_t pid;

	if (in_size < sizeof(pid) || out_size < sizeof(pid)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	/* The host gives the caller's PID as we see it. */
	memcpy(&pid, in_buf, sizeof(pid));
	if (pid != fuse_req_ctx(req)->pid) {
		fuse_reply_err(req, ESRCH);
		return;
	}
	pid = getpid();
	fuse_reply_ioctl(req, 0, &pid, sizeof(pid));
}

void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
	      struct fuse_file_info *fi, unsigned int flags,
	      const void *in_buf, size_t in_size, size_t out_size)
{
	const struct ioctl_rule *rule = ioctl_find_rule(cmd);
	int err = ioctl_check(req, rule, in_size, out_size);
	char buf[LKL_FSLABEL_MAX];
	struct open_file *f;
	long ret;

	(void)arg;
	(void)flags;
	if (ino == FUSE_ROOT_ID && cmd == MOUNTER_PID_IOCTL) {
		ioctl_reply_pid(req, in_buf, in_size, out_size);
		return;
	}
	if (err) {
		fuse_reply_err(req, err);
		return;
	}
	/* All rules with input change something. */
	if (rule->in && damage_refuse_change(req))
		return;
	ret = request_file(req, ino, fi, false, &f);
	if (ret) {
		reply_status(req, ret);
		return;
	}
	if (rule->in)
		memcpy(buf, in_buf, rule->in);
	request_allow_interrupt(req);
	ret = lkl_sys_ioctl(f->fd, cmd, (uintptr_t)buf);
	request_end_interrupt(req);
	open_file_put(f);
	if (!ret && rule->flags & IOCTL_FLAGS)
		inode_invalidate_files(inode_from_nodeid(ino));
	if (ret < 0)
		reply_status(req, ret);
	else
		fuse_reply_ioctl(req, ret, buf, rule->out);
}
