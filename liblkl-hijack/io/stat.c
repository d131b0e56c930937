// SPDX-License-Identifier: GPL-2.0
/*
 * fstat() and its relatives.  LKL is asked with statx(), whose struct is the same
 * for all machines, unlike struct stat.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"

_Static_assert(sizeof(struct statx) == sizeof(struct lkl_statx), "layout");

static struct timespec to_timespec(const struct lkl_statx_timestamp *t)
{
	return (struct timespec) { t->tv_sec, t->tv_nsec };
}

static int stat_lkl(int k, struct stat *st)
{
	struct lkl_statx x;

	if (KCALL_ERRNO(statx, k, "", LKL_AT_EMPTY_PATH, LKL_STATX_BASIC_STATS,
			&x) < 0)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(x.stx_dev_major, x.stx_dev_minor);
	st->st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor);
	st->st_ino = x.stx_ino;
	st->st_mode = x.stx_mode;
	st->st_nlink = x.stx_nlink;
	st->st_uid = x.stx_uid;
	st->st_gid = x.stx_gid;
	st->st_size = x.stx_size;
	st->st_blksize = x.stx_blksize;
	st->st_blocks = x.stx_blocks;
	st->st_atim = to_timespec(&x.stx_atime);
	st->st_mtim = to_timespec(&x.stx_mtime);
	st->st_ctim = to_timespec(&x.stx_ctime);
	return 0;
}

/*
 * Return k if the call is about @fd itself, else -1.  An empty path means @fd itself;
 * since Linux 6.11, NULL means the same.
 */
static int k_without_path(int fd, const char *path, int flags)
{
	/* libc declares the path as never NULL: hide it from the compiler. */
	__asm__("" : "+r"(path));
	return (flags & AT_EMPTY_PATH) && (!path || !*path) ? fd_lkl(fd) : -1;
}

EXPORT int fstat(int fd, struct stat *st)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fstat)(fd, st) : stat_lkl(k, st);
}

EXPORT int fstatat(int fd, const char *restrict path, struct stat *restrict st,
		   int flags)
{
	int k = k_without_path(fd, path, flags);

	return k < 0 ? HOST(fstatat)(fd, path, st, flags) : stat_lkl(k, st);
}

/* 64-bit hosts have one struct under two names. */
#if __WORDSIZE == 64
EXPORT int fstat64(int fd, struct stat64 *st)
{
	return fstat(fd, (struct stat *)st);
}

EXPORT int fstatat64(int fd, const char *restrict path,
		     struct stat64 *restrict st, int flags)
{
	return fstatat(fd, path, (struct stat *)st, flags);
}

/* Programs that were built with a libc before 2.33 call these. */
int __fxstat(int version, int fd, struct stat *st);
int __fxstat64(int version, int fd, struct stat *st);
int __fxstatat(int version, int fd, const char *path, struct stat *st,
	       int flags);
int __fxstatat64(int version, int fd, const char *path, struct stat *st,
		 int flags);

EXPORT int __fxstat(int version, int fd, struct stat *st)
{
	return fstat(fd, st);
}

EXPORT int __fxstat64(int version, int fd, struct stat *st)
{
	return fstat(fd, st);
}

EXPORT int __fxstatat(int version, int fd, const char *path, struct stat *st,
		      int flags)
{
	return fstatat(fd, path, st, flags);
}

EXPORT int __fxstatat64(int version, int fd, const char *path, struct stat *st,
			int flags)
{
	return fstatat(fd, path, st, flags);
}
#endif

EXPORT int statx(int fd, const char *restrict path, int flags,
		 unsigned int mask, struct statx *restrict st)
{
	int k = k_without_path(fd, path, flags);

	return k < 0 ? HOST(statx)(fd, path, flags, mask, st) :
	       KCALL_ERRNO(statx, k, "", flags, mask, st);
}
