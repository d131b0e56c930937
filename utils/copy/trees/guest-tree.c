// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of an image: files of the guest.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl.h>
#include <lkl/linux/fs.h>
#include <lkl/linux/magic.h>

#include "common/timestamp.h"
#include "copy/core/tree.h"

/* The user headers lack these. */
#define HFSPLUS_MAGIC	0x482b
#define NTFS_MAGIC	0x7366746e

static int guest_dirfd(int dir)
{
	return dir == TREE_CWD ? LKL_AT_FDCWD : dir;
}

/*
 * The guest's user is root, so these errors are about the type of the file
 * system.  The kernel's own texts are about sockets and system calls.
 */
static const char *guest_strerror(int err)
{
	switch (err) {
	case -LKL_EPERM:
		return "the type of the file system cannot do this, or the file is immutable";
	case -LKL_EOPNOTSUPP:
	case -LKL_ENOSYS:
	case -LKL_ENOTTY:
		return "the type of the file system cannot do this";
	case -LKL_EBADMSG:
	case -LKL_EUCLEAN:
		return "the file system is damaged here; check it with the fsck of its type";
	}
	return lkl_strerror(err);
}

static bool guest_is_fatal(int err)
{
	return err == -LKL_ENOSPC || err == -LKL_EDQUOT || err == -LKL_EIO ||
	       err == -LKL_EROFS || err == -LKL_ENODEV ||
	       err == -LKL_EUCLEAN || err == -LKL_ESHUTDOWN;
}

static bool guest_is_exists(int err)
{
	return err == -LKL_EEXIST;
}

/* The guest's user is root: only what the type cannot do is not permitted. */
static bool guest_is_unsupported(int err)
{
	return err == -LKL_EOPNOTSUPP || err == -LKL_EPERM ||
	       err == -LKL_ENOTTY || err == -LKL_EMLINK;
}

static bool guest_is_no_data(int64_t err)
{
	return err == -LKL_ENXIO;
}

static bool guest_is_too_many_links(int err)
{
	return err == -LKL_EMLINK;
}

static struct tree_time guest_time(const struct lkl_statx_timestamp *t)
{
	struct timespec ts = timestamp_normalize(t->tv_sec, t->tv_nsec);

	return (struct tree_time) { ts.tv_sec, ts.tv_nsec };
}

static int guest_stat(int dir, const char *name, struct tree_node *node)
{
	struct lkl_statx st;
	int ret = lkl_sys_statx(guest_dirfd(dir), name ? name : "",
				name ? LKL_AT_SYMLINK_NOFOLLOW :
				       LKL_AT_EMPTY_PATH,
				LKL_STATX_BASIC_STATS, &st);

	if (ret)
		return ret;
	*node = (struct tree_node) {
		.mode = st.stx_mode,
		.uid = st.stx_uid,
		.gid = st.stx_gid,
		.nlink = st.stx_nlink,
		.rdev_major = st.stx_rdev_major,
		.rdev_minor = st.stx_rdev_minor,
		.dev = (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor,
		.ino = st.stx_ino,
		.size = st.stx_size,
		.blocks = st.stx_blocks,
		.flags = st.stx_attributes & TREE_FLAGS,
		.atime = guest_time(&st.stx_atime),
		.mtime = guest_time(&st.stx_mtime),
	};
	return 0;
}

static int guest_open_beneath(int dir, const char *path)
{
	struct lkl_open_how how = {
		.flags = LKL_O_RDONLY | LKL_O_DIRECTORY,
		.resolve = LKL_RESOLVE_BENEATH | LKL_RESOLVE_NO_MAGICLINKS,
	};

	return lkl_sys_openat2(dir, path, &how, sizeof(how));
}

static int guest_open(int dir, const char *name, enum tree_open how,
		      uint32_t mode)
{
	int flags = 0;

	switch (how) {
	case TREE_READ:
		flags = LKL_O_RDONLY | LKL_O_NOFOLLOW |
			LKL_O_NONBLOCK;
		break;
	case TREE_DIR:
		flags = LKL_O_RDONLY | LKL_O_DIRECTORY;
		if (dir != TREE_CWD)
			flags |= LKL_O_NOFOLLOW;
		break;
	case TREE_BENEATH:
		return guest_open_beneath(dir, name);
	case TREE_CREATE:
		flags = LKL_O_WRONLY | LKL_O_CREAT | LKL_O_EXCL |
			LKL_O_NOFOLLOW;
		break;
	}
	return lkl_sys_openat(guest_dirfd(dir), name, flags, mode);
}

static long guest_read(int fd, void *buf, size_t len, uint64_t off)
{
	return lkl_sys_pread64(fd, buf, len, off);
}

static long guest_write(int fd, const void *buf, size_t len, uint64_t off)
{
	return lkl_sys_pwrite64(fd, buf, len, off);
}

static int64_t guest_seek_data(int fd, int64_t off)
{
	return lkl_sys_lseek(fd, off, LKL_SEEK_DATA);
}

static int64_t guest_seek_hole(int fd, int64_t off)
{
	return lkl_sys_lseek(fd, off, LKL_SEEK_HOLE);
}

static int guest_truncate(int fd, int64_t size)
{
	return lkl_sys_ftruncate(fd, size);
}

static enum tree_type guest_type_of(int fd)
{
	struct lkl_statfs st;

	if (lkl_sys_fstatfs(fd, &st))
		return TREE_TYPE_OTHER;
	switch ((uint32_t)st.f_type) {
	case LKL_BTRFS_SUPER_MAGIC:
		return TREE_TYPE_BTRFS;
	case HFSPLUS_MAGIC:
		return TREE_TYPE_HFSPLUS;
	case LKL_ISOFS_SUPER_MAGIC:
		return TREE_TYPE_ISO;
	case NTFS_MAGIC:
		return TREE_TYPE_NTFS;
	case LKL_SQUASHFS_MAGIC:
		return TREE_TYPE_SQUASHFS;
	case LKL_UDF_SUPER_MAGIC:
		return TREE_TYPE_UDF;
	}
	return TREE_TYPE_OTHER;
}

static size_t guest_block_size(int fd)
{
	struct lkl_statfs st;

	return lkl_sys_fstatfs(fd, &st) ? 0 : st.f_bsize;
}

static int guest_start_writeback(int fd)
{
	return lkl_sys_sync_file_range(fd, 0, 0, LKL_SYNC_FILE_RANGE_WRITE);
}

static int guest_close(int fd)
{
	return lkl_sys_close(fd);
}

static long guest_readlink(int dir, const char *name, char *buf, size_t size)
{
	return lkl_sys_readlinkat(guest_dirfd(dir), name, buf, size);
}

static int guest_symlink(const char *target, int dir, const char *name)
{
	return lkl_sys_symlinkat(target, guest_dirfd(dir), name);
}

static int guest_mkdir(int dir, const char *name, uint32_t mode)
{
	return lkl_sys_mkdirat(guest_dirfd(dir), name, mode);
}

static int guest_mknod(int dir, const char *name, const struct tree_node *node)
{
	/* The same as new_encode_dev() of the kernel */
	uint32_t dev = (node->rdev_minor & 0xff) | node->rdev_major << 8 |
		       (node->rdev_minor & ~0xffU) << 12;

	return lkl_sys_mknodat(guest_dirfd(dir), name, node->mode, dev);
}

static int guest_link(int from, const char *old, int dir, const char *name)
{
	return lkl_sys_linkat(guest_dirfd(from), old, guest_dirfd(dir), name, 0);
}

static int guest_unlink(int dir, const char *name)
{
	return lkl_sys_unlinkat(guest_dirfd(dir), name, 0);
}

static int guest_rmdir(int dir, const char *name)
{
	return lkl_sys_unlinkat(guest_dirfd(dir), name, LKL_AT_REMOVEDIR);
}

static int guest_chown(int dir, const char *name, uint32_t uid, uint32_t gid)
{
	if (!name)
		return lkl_sys_fchown(dir, uid, gid);
	return lkl_sys_fchownat(guest_dirfd(dir), name, uid, gid,
				LKL_AT_SYMLINK_NOFOLLOW);
}

static int guest_chmod(int dir, const char *name, uint32_t mode)
{
	return name ? lkl_sys_fchmodat(guest_dirfd(dir), name, mode) :
		      lkl_sys_fchmod(dir, mode);
}

static int guest_set_times(int dir, const char *name,
			   const struct tree_node *node)
{
	struct __lkl__kernel_timespec ts[] = {
		{ node->atime.sec, node->atime.nsec },
		{ node->mtime.sec, node->mtime.nsec },
	};

	return lkl_sys_utimensat(guest_dirfd(dir), name, ts,
				 name ? LKL_AT_SYMLINK_NOFOLLOW : 0);
}

static int guest_flags_ioctl(int dir, const char *name, unsigned int cmd,
			     uint32_t *flags)
{
	int fd = dir, ret;

	if (name)
		fd = lkl_sys_openat(guest_dirfd(dir), name,
				    LKL_O_RDONLY | LKL_O_NONBLOCK |
					    LKL_O_NOFOLLOW,
				    0);
	if (fd < 0)
		return fd;
	ret = lkl_sys_ioctl(fd, cmd, (uintptr_t)flags);
	if (name)
		lkl_sys_close(fd);
	return ret;
}

static int guest_get_flags(int dir, const char *name, uint32_t *flags)
{
	return guest_flags_ioctl(dir, name, LKL_FS_IOC_GETFLAGS, flags);
}

static int guest_set_flags(int dir, const char *name, uint32_t flags)
{
	uint32_t now;
	int ret = guest_get_flags(dir, name, &now);

	now |= flags;
	return ret < 0 ?
		       ret :
		       guest_flags_ioctl(dir, name, LKL_FS_IOC_SETFLAGS, &now);
}

/*
 * Make @dir the current directory, as the calls for extended attributes take no
 * descriptor of a directory.  Nothing else depends on the current directory:
 * all other names are absolute or relative to a descriptor, and tool_run()
 * gives the thread a current directory of its own.
 */
static int guest_enter_dir(int dir)
{
	return dir == TREE_CWD ? 0 : lkl_sys_fchdir(dir);
}

static long guest_list_xattr(int dir, const char *name, char *buf, size_t size)
{
	long ret = name ? guest_enter_dir(dir) : 0;

	if (!ret)
		ret = name ? lkl_sys_llistxattr(name, buf, size) :
			     lkl_sys_flistxattr(dir, buf, size);
	/* hfsplus returns this error if there are no attributes. */
	return ret == -LKL_ENODATA ? 0 : ret;
}

static long guest_get_xattr(int dir, const char *name, const char *attr,
			    void *value, size_t size)
{
	int err;

	if (!name)
		return lkl_sys_fgetxattr(dir, attr, value, size);
	err = guest_enter_dir(dir);
	return err ? err : lkl_sys_lgetxattr(name, attr, value, size);
}

static int guest_set_xattr(int dir, const char *name, const char *attr,
			   const void *value, size_t size)
{
	int err;

	if (!name)
		return lkl_sys_fsetxattr(dir, attr, value, size, 0);
	err = guest_enter_dir(dir);
	return err ? err : lkl_sys_lsetxattr(name, attr, value, size, 0);
}

static int guest_remove_xattr(int dir, const char *name, const char *attr)
{
	int err = name ? guest_enter_dir(dir) : 0;

	if (!err)
		err = name ? lkl_sys_lremovexattr(name, attr) :
			     lkl_sys_fremovexattr(dir, attr);
	return err == -LKL_ENODATA ? 0 : err;
}

struct tree_dir {
	struct lkl_dir *dir;
};

static struct tree_dir *guest_dir_open(int fd, int *err)
{
	struct tree_dir *d = malloc(sizeof(*d));

	*err = -LKL_ENOMEM;
	if (d)
		d->dir = lkl_fdopendir(fd, err);
	if (!d || !d->dir) {
		lkl_sys_close(fd);
		free(d);
		return NULL;
	}
	return d;
}

static const char *guest_dir_next(struct tree_dir *d, int *err)
{
	struct lkl_linux_dirent64 *de = lkl_readdir(d->dir);

	*err = de ? 0 : lkl_errdir(d->dir);
	return de ? de->d_name : NULL;
}

static void guest_dir_close(struct tree_dir *d)
{
	lkl_closedir(d->dir);
	free(d);
}

const struct tree_ops guest_tree = {
	.name = "image",
	.strerror = guest_strerror,
	.is_fatal = guest_is_fatal,
	.is_exists = guest_is_exists,
	.is_unsupported = guest_is_unsupported,
	.is_no_data = guest_is_no_data,
	.is_too_many_links = guest_is_too_many_links,
	.stat = guest_stat,
	.open = guest_open,
	.read = guest_read,
	.write = guest_write,
	.seek_data = guest_seek_data,
	.seek_hole = guest_seek_hole,
	.truncate = guest_truncate,
	.type_of = guest_type_of,
	.block_size = guest_block_size,
	.start_writeback = guest_start_writeback,
	.close = guest_close,
	.readlink = guest_readlink,
	.symlink = guest_symlink,
	.mkdir = guest_mkdir,
	.mknod = guest_mknod,
	.link = guest_link,
	.unlink = guest_unlink,
	.rmdir = guest_rmdir,
	.chown = guest_chown,
	.chmod = guest_chmod,
	.set_times = guest_set_times,
	.get_flags = guest_get_flags,
	.set_flags = guest_set_flags,
	.list_xattr = guest_list_xattr,
	.get_xattr = guest_get_xattr,
	.set_xattr = guest_set_xattr,
	.remove_xattr = guest_remove_xattr,
	.dir_open = guest_dir_open,
	.dir_next = guest_dir_next,
	.dir_close = guest_dir_close,
};
