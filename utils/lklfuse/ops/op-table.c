// SPDX-License-Identifier: GPL-2.0
/*
 * The requests: what they have in common.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <lkl/linux/capability.h>
#include <lkl/linux/prctl.h>
#include <lkl/linux/sched.h>
#include <lkl/linux/securebits.h>

#include "inode/inode.h"
#include "request/lklfuse.h"
#include "ops/ops.h"

/*
 * FUSE speaks the host's error numbers.  Both are Linux; on all but a few old
 * architectures the numbers are the same, and elsewhere this does not compile.
 */
_Static_assert(LKL_EDEADLK == EDEADLK && LKL_ENAMETOOLONG == ENAMETOOLONG &&
	       LKL_ELOOP == ELOOP && LKL_EOPNOTSUPP == EOPNOTSUPP &&
	       LKL_ETIMEDOUT == ETIMEDOUT && LKL_EDQUOT == EDQUOT &&
	       LKL_ESTALE == ESTALE && LKL_EUCLEAN == EUCLEAN,
	       "error numbers of the host are others: translate them here");

int host_errno(long lkl_err)
{
	int err = (int)-lkl_err;

	/* No host has a process that could restart it, or a kernel to wait for. */
	if (err == LKL_ENODEV || err == LKL_ESHUTDOWN)
		return EIO;
	return err >= 512 ? EINTR : err;
}

void reply_status(fuse_req_t req, long ret)
{
	fuse_reply_err(req, ret < 0 ? host_errno(ret) : 0);
}

/* Threads */

static _Thread_local struct {
	uint32_t uid;
	uint32_t gid;
	uint32_t umask;
} acting;

/*
 * Root keeps its capabilities when it acts for others: what they may do, the
 * host's kernel has judged already.  The working directory is that of magic
 * links to all descriptors.
 */
int thread_begin(void)
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
	acting.umask = lkl_sys_umask(0);
	acting.umask = 0;
	acting.uid = 0;
	acting.gid = 0;
	return 0;
}

void act_for(fuse_req_t req)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	uint32_t uid = idmap_user_to_image(&the_fs.idmap, ctx->uid);
	uint32_t gid = idmap_group_to_image(&the_fs.idmap, ctx->gid);

	if (acting.gid != gid)
		lkl_sys_setfsgid(gid);
	if (acting.uid != uid)
		lkl_sys_setfsuid(uid);
	if (acting.umask != (uint32_t)ctx->umask)
		lkl_sys_umask(ctx->umask);
	acting.uid = uid;
	acting.gid = gid;
	acting.umask = ctx->umask;
}

/* Attributes */

void stat_to_host(const struct lkl_stat *in, struct stat *out)
{
	memset(out, 0, sizeof(*out));
	out->st_ino = in->st_ino;
	out->st_mode = in->st_mode;
	out->st_nlink = in->st_nlink;
	out->st_uid = idmap_user_to_host(&the_fs.idmap, in->st_uid);
	out->st_gid = idmap_group_to_host(&the_fs.idmap, in->st_gid);
	out->st_rdev = in->st_rdev;
	out->st_size = in->st_size;
	out->st_blksize = in->st_blksize;
	out->st_blocks = in->st_blocks;
	out->st_atim.tv_sec = in->lkl_st_atime;
	out->st_atim.tv_nsec = in->st_atime_nsec;
	out->st_mtim.tv_sec = in->lkl_st_mtime;
	out->st_mtim.tv_nsec = in->st_mtime_nsec;
	out->st_ctim.tv_sec = in->lkl_st_ctime;
	out->st_ctim.tv_nsec = in->st_ctime_nsec;
}

void entry_fill(struct fuse_entry_param *e, const struct inode *i,
		const struct lkl_stat *st)
{
	memset(e, 0, sizeof(*e));
	e->ino = inode_nodeid(i);
	e->generation = i->generation;
	e->attr_timeout = the_fs.timeout;
	e->entry_timeout = the_fs.timeout;
	stat_to_host(st, &e->attr);
}

/* Long requests */

static void interrupt(fuse_req_t req, void *thread)
{
	(void)req;
	lkl_thread_interrupt(thread);
}

void allow_interrupt(fuse_req_t req)
{
	fuse_req_interrupt_func(req, interrupt, lkl_thread_self());
}

void end_interrupt(fuse_req_t req)
{
	fuse_req_interrupt_func(req, NULL, NULL);
}

/* The connection */

/* Nobody but this mount changes the image, so the host may keep all it knows. */
static void op_init(void *userdata, struct fuse_conn_info *conn)
{
	struct lklfuse *fs = userdata;
	unsigned int no = FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_AUTO_INVAL_DATA |
			  FUSE_CAP_HANDLE_KILLPRIV | FUSE_CAP_SPLICE_READ |
			  FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE |
			  /* Locks are the host's own: nobody else has the image. */
			  FUSE_CAP_POSIX_LOCKS | FUSE_CAP_FLOCK_LOCKS;
	unsigned int yes = FUSE_CAP_DONT_MASK | FUSE_CAP_EXPLICIT_INVAL_DATA |
			   FUSE_CAP_CACHE_SYMLINKS | FUSE_CAP_READDIRPLUS |
			   FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_IOCTL_DIR;

	if (fs->has_acl)
		yes |= FUSE_CAP_POSIX_ACL;
	if (fs->image.writable && !fs->direct_io && fs->writeback)
		yes |= FUSE_CAP_WRITEBACK_CACHE;
	fs->writeback = yes & conn->capable & FUSE_CAP_WRITEBACK_CACHE;
	/* What cannot be written needs no judgement at open. */
	fs->no_open = !fs->image.writable && !fs->direct_io &&
		      conn->capable & FUSE_CAP_NO_OPEN_SUPPORT;
	fs->no_opendir = conn->capable & FUSE_CAP_NO_OPENDIR_SUPPORT;
	conn->want = (conn->want & ~no) | (yes & conn->capable);
	conn->time_gran = 1;
	conn->max_background = 64;
	conn->congestion_threshold = 48;
}

const struct fuse_lowlevel_ops lklfuse_ops = {
	.init = op_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.symlink = op_symlink,
	.rename = op_rename,
	.link = op_link,
	.open = op_open,
	.read = op_read,
	.write = op_write,
	.flush = op_flush,
	.release = op_release,
	.fsync = op_fsync,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.releasedir = op_release,
	.fsyncdir = op_fsync,
	.statfs = op_statfs,
	.setxattr = op_setxattr,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.removexattr = op_removexattr,
	.create = op_create,
	.ioctl = op_ioctl,
	.fallocate = op_fallocate,
	.copy_file_range = op_copy_file_range,
	.lseek = op_lseek,
#ifdef HAVE_FUSE_TMPFILE
	.tmpfile = op_tmpfile,
#endif
#ifdef HAVE_FUSE_SYNCFS
	.syncfs = op_syncfs,
#endif
};
