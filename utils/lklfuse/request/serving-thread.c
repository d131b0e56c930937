// SPDX-License-Identifier: GPL-2.0
/*
 * The state inside LKL of a thread that serves requests: the working directory,
 * and the user on whose behalf files are created.
 */
#include <lkl/linux/prctl.h>
#include <lkl/linux/sched.h>
#include <lkl/linux/securebits.h>

#include "request/serving-thread.h"

/* Values that the thread has set inside LKL; skip calls that change nothing. */
static _Thread_local struct {
	uint32_t uid;
	uint32_t gid;
	uint32_t umask;
} serving_thread;

/*
 * The thread keeps the capabilities of root when it acts for another user, as
 * the host's kernel has checked all permissions already.  The working directory is
 * for inode_path().
 */
int serving_thread_init(void)
{
	long ret;

	ret = lkl_sys_unshare(LKL_CLONE_FS);
	if (!ret)
		ret = lkl_sys_prctl(LKL_PR_SET_SECUREBITS,
				    LKL_SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
	if (!ret)
		ret = lkl_sys_chdir("/proc/self/fd");
	if (ret < 0)
		return ret;
	lkl_sys_umask(0);
	serving_thread.umask = 0;
	serving_thread.uid = 0;
	serving_thread.gid = 0;
	return 0;
}

void serving_thread_act_for(fuse_req_t req)
{
	const struct idmap *idmap = &request_fs(req)->idmap;
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	uint32_t uid = idmap_user_to_image(idmap, ctx->uid);
	uint32_t gid = idmap_group_to_image(idmap, ctx->gid);

	if (serving_thread.gid != gid)
		lkl_sys_setfsgid(gid);
	if (serving_thread.uid != uid)
		lkl_sys_setfsuid(uid);
	if (serving_thread.umask != (uint32_t)ctx->umask)
		lkl_sys_umask(ctx->umask);
	serving_thread.uid = uid;
	serving_thread.gid = gid;
	serving_thread.umask = ctx->umask;
}
