// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of the host: its files.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "copy/core/tree.h"
#include "copy/trees/host-xattr.h"
#include "copy/trees/own-files.h"

static int host_dirfd(int dir)
{
	return dir == TREE_CWD ? AT_FDCWD : dir;
}

static int host_result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

static const char *host_strerror(int err)
{
	return strerror(-err);
}

static bool host_is_fatal(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EIO ||
	       err == -EROFS;
}

static bool host_is_exists(int err)
{
	return err == -EEXIST;
}

static bool host_is_unsupported(int err)
{
	return err == -EOPNOTSUPP || err == -EPERM || err == -ENOTTY ||
	       err == -EMLINK;
}

static bool host_is_no_data(int64_t err)
{
	return err == -ENXIO;
}

static bool host_is_too_many_links(int err)
{
	return err == -EMLINK;
}

static struct tree_time host_time(const struct statx_timestamp *t)
{
	return (struct tree_time) { t->tv_sec, t->tv_nsec };
}

/* Name file @name of an own directory that forbids to search it. */
static int host_open_name(int dir, const char *name)
{
	return own_files_open(host_dirfd(dir), name,
			      O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

static int host_statx(int dir, const char *name, struct statx *st)
{
	int fd, ret = host_result(statx(host_dirfd(dir), name ? name : "",
					name ? AT_SYMLINK_NOFOLLOW :
					       AT_EMPTY_PATH,
					STATX_BASIC_STATS, st));

	if (ret != -EACCES || !name)
		return ret;
	fd = host_open_name(dir, name);
	if (fd < 0)
		return fd;
	ret = host_statx(fd, NULL, st);
	close(fd);
	return ret;
}

static int host_stat(int dir, const char *name, struct tree_node *node)
{
	struct statx st;
	int ret = host_statx(dir, name, &st);

	if (ret)
		return ret;
	*node = (struct tree_node) {
		.mode = st.stx_mode,
		.uid = st.stx_uid,
		.gid = st.stx_gid,
		.nlink = st.stx_nlink,
		.rdev_major = st.stx_rdev_major,
		.rdev_minor = st.stx_rdev_minor,
		.dev = makedev(st.stx_dev_major, st.stx_dev_minor),
		.ino = st.stx_ino,
		.size = st.stx_size,
		.blocks = st.stx_blocks,
		.flags = st.stx_attributes & TREE_FLAGS,
		.atime = host_time(&st.stx_atime),
		.mtime = host_time(&st.stx_mtime),
	};
	return 0;
}

static int host_open_beneath(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return host_result(syscall(SYS_openat2, dir, path, &how, sizeof(how)));
}

static int host_open(int dir, const char *name, enum tree_open how,
		     uint32_t mode)
{
	int flags = O_CLOEXEC | O_NOCTTY, fd;

	switch (how) {
	case TREE_READ:
		/*
		 * O_NONBLOCK: open() would wait if a FIFO has replaced the
		 * file.
		 */
		flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
		break;
	case TREE_DIR:
		flags |= O_RDONLY | O_DIRECTORY;
		if (dir != TREE_CWD)
			flags |= O_NOFOLLOW;
		break;
	case TREE_BENEATH:
		return host_open_beneath(dir, name);
	case TREE_CREATE:
		flags |= O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
		break;
	}
	fd = host_result(openat(host_dirfd(dir), name, flags, mode));
	if (fd == -EACCES && how != TREE_CREATE)
		fd = own_files_open(host_dirfd(dir), name, flags);
	return fd;
}

static long host_read(int fd, void *buf, size_t len, uint64_t off)
{
	ssize_t n;

	do {
		n = pread(fd, buf, len, off);
		/* A file without positions is read from its start to its end. */
		if (n < 0 && errno == ESPIPE)
			n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static long host_write(int fd, const void *buf, size_t len, uint64_t off)
{
	ssize_t n;

	do {
		n = pwrite(fd, buf, len, off);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int64_t host_seek(int fd, int64_t off, int whence)
{
	int64_t pos = lseek(fd, off, whence);

	return pos < 0 ? -errno : pos;
}

static int64_t host_seek_data(int fd, int64_t off)
{
	return host_seek(fd, off, SEEK_DATA);
}

static int64_t host_seek_hole(int fd, int64_t off)
{
	return host_seek(fd, off, SEEK_HOLE);
}

static int host_truncate(int fd, int64_t size)
{
	return host_result(ftruncate(fd, size));
}

/* The type does not matter: the host reports what its file system cannot do. */
static enum tree_type host_type_of(int fd)
{
	return TREE_TYPE_OTHER;
}

static size_t host_block_size(int fd)
{
	return 0;
}

static int host_start_writeback(int fd)
{
	return 0;
}

static int host_close(int fd)
{
	return host_result(close(fd));
}

static long host_readlink(int dir, const char *name, char *buf, size_t size)
{
	long ret = host_result(readlinkat(host_dirfd(dir), name, buf, size));
	int fd;

	if (ret != -EACCES)
		return ret;
	fd = host_open_name(dir, name);
	if (fd < 0)
		return fd;
	ret = host_result(readlinkat(fd, "", buf, size));
	close(fd);
	return ret;
}

static int host_symlink(const char *target, int dir, const char *name)
{
	return host_result(symlinkat(target, host_dirfd(dir), name));
}

static int host_mkdir(int dir, const char *name, uint32_t mode)
{
	return host_result(mkdirat(host_dirfd(dir), name, mode));
}

static int host_mknod(int dir, const char *name, const struct tree_node *node)
{
	return host_result(mknodat(host_dirfd(dir), name, node->mode,
				   makedev(node->rdev_major, node->rdev_minor)));
}

static int host_link(int from, const char *old, int dir, const char *name)
{
	return host_result(linkat(host_dirfd(from), old, host_dirfd(dir), name,
				  0));
}

static int host_unlink(int dir, const char *name)
{
	return host_result(unlinkat(host_dirfd(dir), name, 0));
}

static int host_rmdir(int dir, const char *name)
{
	return host_result(unlinkat(host_dirfd(dir), name, AT_REMOVEDIR));
}

static int host_chown(int dir, const char *name, uint32_t uid, uint32_t gid)
{
	int ret = host_result(name ? fchownat(host_dirfd(dir), name, uid, gid,
					      AT_SYMLINK_NOFOLLOW) :
				     fchown(dir, uid, gid));

	/* The user namespace has no such owner. */
	return ret == -EINVAL ? -EPERM : ret;
}

static int host_chmod(int dir, const char *name, uint32_t mode)
{
	return host_result(name ? fchmodat(host_dirfd(dir), name, mode, 0) :
				  fchmod(dir, mode));
}

static int host_set_times(int dir, const char *name,
			  const struct tree_node *node)
{
	struct timespec ts[] = {
		{ node->atime.sec, node->atime.nsec },
		{ node->mtime.sec, node->mtime.nsec },
	};

	return host_result(name ? utimensat(host_dirfd(dir), name, ts,
					    AT_SYMLINK_NOFOLLOW) :
				  futimens(dir, ts));
}

/* Open a file or a directory, but not a device: that may have side effects. */
static int host_open_for_flags(int dir, const char *name)
{
	struct tree_node node;
	int ret = host_stat(dir, name, &node);

	if (ret)
		return ret;
	if ((node.mode & NODE_TYPE) != NODE_FILE &&
	    (node.mode & NODE_TYPE) != NODE_DIR)
		return -EOPNOTSUPP;
	return host_result(openat(host_dirfd(dir), name,
				  O_RDONLY | O_NONBLOCK | O_NOFOLLOW |
					  O_CLOEXEC | O_NOCTTY));
}

static int host_flags_ioctl(int dir, const char *name, unsigned long cmd,
			    uint32_t *flags)
{
	int fd = name ? host_open_for_flags(dir, name) : dir;
	int ret;

	if (fd < 0)
		return fd;
	ret = host_result(ioctl(fd, cmd, flags));
	if (name)
		close(fd);
	return ret;
}

static int host_get_flags(int dir, const char *name, uint32_t *flags)
{
	return host_flags_ioctl(dir, name, FS_IOC_GETFLAGS, flags);
}

static int host_set_flags(int dir, const char *name, uint32_t flags)
{
	uint32_t now;
	int ret = host_get_flags(dir, name, &now);

	now |= flags;
	return ret < 0 ? ret :
			 host_flags_ioctl(dir, name, FS_IOC_SETFLAGS, &now);
}

struct tree_dir {
	DIR *dir;
};

static struct tree_dir *host_dir_open(int fd, int *err)
{
	struct tree_dir *d = malloc(sizeof(*d));

	if (d)
		d->dir = fdopendir(fd);
	if (!d || !d->dir) {
		*err = d ? -errno : -ENOMEM;
		close(fd);
		free(d);
		return NULL;
	}
	return d;
}

static const char *host_dir_next(struct tree_dir *d, int *err)
{
	struct dirent *de;

	errno = 0;
	de = readdir(d->dir);
	*err = de ? 0 : -errno;
	return de ? de->d_name : NULL;
}

static void host_dir_close(struct tree_dir *d)
{
	closedir(d->dir);
	free(d);
}

const struct tree_ops host_tree = {
	.name = "host",
	.guesses_sizes = true,
	.strerror = host_strerror,
	.is_fatal = host_is_fatal,
	.is_exists = host_is_exists,
	.is_unsupported = host_is_unsupported,
	.is_no_data = host_is_no_data,
	.is_too_many_links = host_is_too_many_links,
	.stat = host_stat,
	.open = host_open,
	.read = host_read,
	.write = host_write,
	.seek_data = host_seek_data,
	.seek_hole = host_seek_hole,
	.truncate = host_truncate,
	.type_of = host_type_of,
	.block_size = host_block_size,
	.start_writeback = host_start_writeback,
	.close = host_close,
	.readlink = host_readlink,
	.symlink = host_symlink,
	.mkdir = host_mkdir,
	.mknod = host_mknod,
	.link = host_link,
	.unlink = host_unlink,
	.rmdir = host_rmdir,
	.chown = host_chown,
	.chmod = host_chmod,
	.set_times = host_set_times,
	.get_flags = host_get_flags,
	.set_flags = host_set_flags,
	.list_xattr = host_list_xattr,
	.get_xattr = host_get_xattr,
	.set_xattr = host_set_xattr,
	.remove_xattr = host_remove_xattr,
	.dir_open = host_dir_open,
	.dir_next = host_dir_next,
	.dir_close = host_dir_close,
};
