// SPDX-License-Identifier: GPL-2.0
/*
 * The table of operations, and the options of the connection with the host.
 */
#include "ops/ops.h"

/*
 * Negotiate options.  Only this mount changes the image, so the host may cache
 * whatever it likes.
 */
static void op_init(void *userdata, struct fuse_conn_info *conn)
{
	struct lklfuse *fs = userdata;
	unsigned int no = FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_AUTO_INVAL_DATA |
			  FUSE_CAP_HANDLE_KILLPRIV | FUSE_CAP_SPLICE_READ |
			  FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE |
			  /* Only the host has users of locks. */
			  FUSE_CAP_POSIX_LOCKS | FUSE_CAP_FLOCK_LOCKS;
	unsigned int yes = FUSE_CAP_DONT_MASK | FUSE_CAP_EXPLICIT_INVAL_DATA |
			   FUSE_CAP_CACHE_SYMLINKS | FUSE_CAP_READDIRPLUS |
			   FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_IOCTL_DIR;

	if (fs->has_acl)
		yes |= FUSE_CAP_POSIX_ACL;
	if (fs->image.writable && !fs->direct_io && fs->writeback)
		yes |= FUSE_CAP_WRITEBACK_CACHE;
	fs->writeback = yes & conn->capable & FUSE_CAP_WRITEBACK_CACHE;
	/* Opening a file of a read-only file system needs no check by LKL. */
	fs->no_open = !fs->image.writable && !fs->direct_io &&
		      conn->capable & FUSE_CAP_NO_OPEN_SUPPORT;
	fs->no_opendir = conn->capable & FUSE_CAP_NO_OPENDIR_SUPPORT;
	conn->want = (conn->want & ~no) | (yes & conn->capable);
	conn->time_gran = 1;
	/* libfuse requires the value of the mount option. */
	conn->max_read = fs->max_read;
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
