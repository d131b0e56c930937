// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes of the host's files.
 *
 * The calls for extended attributes take a path or an open file, and a link or
 * a device cannot be opened.  So a name in a directory is reached through
 * /proc; where /proc is not mounted, by the calls of Linux 6.13 that take a
 * directory; on older kernels, by a change of the working directory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "copy/core/tree.h"
#include "copy/trees/host-xattr.h"
#include "copy/trees/own-files.h"

/* The numbers are the same on all machines; libc may not know the calls. */
#define NR_SETXATTRAT		463
#define NR_GETXATTRAT		464
#define NR_LISTXATTRAT		465
#define NR_REMOVEXATTRAT	466

enum xattr_action { XATTR_LIST, XATTR_GET, XATTR_SET, XATTR_REMOVE };

/**
 * struct xattr_call - a call
 * @action:	what to do
 * @attr:	name of the attribute
 * @value:	the value, or the list of names
 * @size:	its size
 */
struct xattr_call {
	enum xattr_action action;
	const char *attr;
	void *value;
	size_t size;
};

static long xattr_result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static long xattr_open_file(const struct xattr_call *c, int fd)
{
	switch (c->action) {
	case XATTR_LIST:
		return xattr_result(flistxattr(fd, c->value, c->size));
	case XATTR_GET:
		return xattr_result(fgetxattr(fd, c->attr, c->value, c->size));
	case XATTR_SET:
		return xattr_result(fsetxattr(fd, c->attr, c->value, c->size,
					      0));
	case XATTR_REMOVE:
		break;
	}
	return xattr_result(fremovexattr(fd, c->attr));
}

static long xattr_path(const struct xattr_call *c, const char *path)
{
	switch (c->action) {
	case XATTR_LIST:
		return xattr_result(llistxattr(path, c->value, c->size));
	case XATTR_GET:
		return xattr_result(lgetxattr(path, c->attr, c->value, c->size));
	case XATTR_SET:
		return xattr_result(lsetxattr(path, c->attr, c->value, c->size,
					      0));
	case XATTR_REMOVE:
		break;
	}
	return xattr_result(lremovexattr(path, c->attr));
}

static long xattr_at(const struct xattr_call *c, int dir, const char *name)
{
	/* The kernel's struct xattr_args */
	struct {
		uint64_t value;
		uint32_t size;
		uint32_t flags;
	} args = { (uintptr_t)c->value, c->size, 0 };
	const int flags = AT_SYMLINK_NOFOLLOW;

	switch (c->action) {
	case XATTR_LIST:
		return xattr_result(syscall(NR_LISTXATTRAT, dir, name, flags,
					    c->value, c->size));
	case XATTR_GET:
		return xattr_result(syscall(NR_GETXATTRAT, dir, name, flags,
					    c->attr, &args, sizeof(args)));
	case XATTR_SET:
		return xattr_result(syscall(NR_SETXATTRAT, dir, name, flags,
					    c->attr, &args, sizeof(args)));
	case XATTR_REMOVE:
		break;
	}
	return xattr_result(syscall(NR_REMOVEXATTRAT, dir, name, flags,
				    c->attr));
}

/* Only the thread that calls uses relative paths of the host. */
static long xattr_in_directory(const struct xattr_call *c, int dir,
			       const char *name)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	long ret;

	if (here < 0)
		return -errno;
	ret = xattr_result(fchdir(dir));
	if (!ret) {
		ret = xattr_path(c, name);
		if (fchdir(here) && ret >= 0)
			ret = -errno;
	}
	close(here);
	return ret;
}

static long xattr_without_proc(const struct xattr_call *c, int dir,
			       const char *name)
{
	static bool is_old;
	long ret;

	if (!is_old) {
		ret = xattr_at(c, dir, name);
		if (ret != -ENOSYS)
			return ret;
		is_old = true;
	}
	return xattr_in_directory(c, dir, name);
}

/* Reach a name in an own directory that forbids to search it. */
static long xattr_in_own_directory(const struct xattr_call *c, int dir,
				   const char *name)
{
	int fd = own_files_open(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char path[64];
	ssize_t n;

	if (fd < 0)
		return fd;
	/* The link in /proc is followed, but not the file that it leads to. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = xattr_result(c->action == XATTR_LIST ?
				 listxattr(path, c->value, c->size) :
				 getxattr(path, c->attr, c->value, c->size));
	close(fd);
	return n;
}

static bool xattr_reads(const struct xattr_call *c)
{
	return c->action == XATTR_LIST || c->action == XATTR_GET;
}

static long xattr_do(const struct xattr_call *c, int dir, const char *name)
{
	char path[PATH_MAX];
	int n;
	long ret;

	if (!name) {
		ret = xattr_open_file(c, dir);
		if (ret == -EACCES && c->action == XATTR_GET && c->size)
			ret = own_files_get_xattr(dir, c->attr, c->value,
						  c->size);
		return ret;
	}
	if (dir == TREE_CWD)
		return xattr_path(c, name);
	n = snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	if ((size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	ret = xattr_path(c, path);
	/* For a file that does not exist, the result is the same again. */
	if (ret == -ENOENT)
		ret = xattr_without_proc(c, dir, name);
	if (ret == -EACCES && xattr_reads(c))
		ret = xattr_in_own_directory(c, dir, name);
	return ret;
}

long host_list_xattr(int dir, const char *name, char *buf, size_t size)
{
	return xattr_do(&(struct xattr_call) { XATTR_LIST, NULL, buf, size },
			dir, name);
}

long host_get_xattr(int dir, const char *name, const char *attr, void *value,
		    size_t size)
{
	return xattr_do(&(struct xattr_call) { XATTR_GET, attr, value, size },
			dir, name);
}

int host_set_xattr(int dir, const char *name, const char *attr,
		   const void *value, size_t size)
{
	struct xattr_call c = { XATTR_SET, attr, (void *)value, size };
	int err = xattr_do(&c, dir, name);

	/* The label is of another policy, or the owner of another namespace. */
	if ((err == -EINVAL || err == -EACCES) && strncmp(attr, "user.", 5))
		err = -EPERM;
	return err;
}

int host_remove_xattr(int dir, const char *name, const char *attr)
{
	struct xattr_call c = { XATTR_REMOVE, attr, NULL, 0 };
	int err = xattr_do(&c, dir, name);

	return err == -ENODATA ? 0 : err;
}
