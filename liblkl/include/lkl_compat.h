/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_compat.h - system calls by their older names
 *
 * Some system calls of Linux have an older and a newer variant, such as open()
 * and openat().  New architectures, and LKL, have only the newer variant.  The
 * functions in this header have the names, arguments and results of the older
 * variants.  A timeout_ms is in milliseconds; a negative one means no limit.
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_COMPAT_H
#define LKL_COMPAT_H

#ifndef LKL_H
#include <lkl.h>
#endif

#define lkl_timespec	__lkl__kernel_timespec

static inline lkl_long_t lkl_sys_open(const char *file, int flags, int mode)
{
	return lkl_sys_openat(LKL_AT_FDCWD, file, flags, mode);
}

static inline lkl_long_t lkl_sys_creat(const char *file, int mode)
{
	return lkl_sys_openat(LKL_AT_FDCWD, file,
			      LKL_O_CREAT | LKL_O_WRONLY | LKL_O_TRUNC, mode);
}

static inline lkl_long_t lkl_sys_access(const char *file, int mode)
{
	return lkl_sys_faccessat(LKL_AT_FDCWD, file, mode);
}

static inline lkl_long_t lkl_sys_chown(const char *path, unsigned int uid,
				       unsigned int gid)
{
	return lkl_sys_fchownat(LKL_AT_FDCWD, path, uid, gid, 0);
}

static inline lkl_long_t lkl_sys_chmod(const char *path, unsigned int mode)
{
	return lkl_sys_fchmodat(LKL_AT_FDCWD, path, mode);
}

static inline lkl_long_t lkl_sys_link(const char *existing,
				      const char *new_path)
{
	return lkl_sys_linkat(LKL_AT_FDCWD, existing, LKL_AT_FDCWD, new_path,
			      0);
}

static inline lkl_long_t lkl_sys_unlink(const char *path)
{
	return lkl_sys_unlinkat(LKL_AT_FDCWD, path, 0);
}

static inline lkl_long_t lkl_sys_symlink(const char *existing,
					 const char *new_path)
{
	return lkl_sys_symlinkat(existing, LKL_AT_FDCWD, new_path);
}

static inline lkl_long_t lkl_sys_readlink(const char *path, char *buf,
					  size_t size)
{
	return lkl_sys_readlinkat(LKL_AT_FDCWD, path, buf, (int)size);
}

static inline lkl_long_t lkl_sys_rename(const char *old_path,
					const char *new_path)
{
	return lkl_sys_renameat(LKL_AT_FDCWD, old_path, LKL_AT_FDCWD,
				new_path);
}

static inline lkl_long_t lkl_sys_mkdir(const char *path, unsigned int mode)
{
	return lkl_sys_mkdirat(LKL_AT_FDCWD, path, mode);
}

static inline lkl_long_t lkl_sys_rmdir(const char *path)
{
	return lkl_sys_unlinkat(LKL_AT_FDCWD, path, LKL_AT_REMOVEDIR);
}

static inline lkl_long_t lkl_sys_mknod(const char *path, unsigned int mode,
				       unsigned int dev)
{
	return lkl_sys_mknodat(LKL_AT_FDCWD, path, mode, dev);
}

static inline lkl_long_t lkl_sys_fstatat(int dfd, const char *path,
					 struct lkl_stat *buf, int flags)
{
	return lkl_sys_newfstatat(dfd, path, buf, flags);
}

static inline lkl_long_t lkl_sys_stat(const char *path, struct lkl_stat *buf)
{
	return lkl_sys_newfstatat(LKL_AT_FDCWD, path, buf, 0);
}

static inline lkl_long_t lkl_sys_lstat(const char *path, struct lkl_stat *buf)
{
	return lkl_sys_newfstatat(LKL_AT_FDCWD, path, buf,
				  LKL_AT_SYMLINK_NOFOLLOW);
}

static inline lkl_long_t lkl_sys_pipe(int *fds)
{
	return lkl_sys_pipe2(fds, 0);
}

static inline lkl_long_t lkl_sys_send(int fd, void *buf, size_t len,
				      unsigned int flags)
{
	return lkl_sys_sendto(fd, buf, len, flags, NULL, 0);
}

static inline lkl_long_t lkl_sys_recv(int fd, void *buf, size_t len,
				      unsigned int flags)
{
	return lkl_sys_recvfrom(fd, buf, len, flags, NULL, NULL);
}

static inline lkl_long_t lkl_sys_select(int n, __lkl__kernel_fd_set *rfds,
					__lkl__kernel_fd_set *wfds,
					__lkl__kernel_fd_set *efds,
					struct __lkl__kernel_old_timeval *tv)
{
	struct __lkl__kernel_timespec ts;
	lkl_long_t params[6] = {
		n, (lkl_long_t)(uintptr_t)rfds, (lkl_long_t)(uintptr_t)wfds,
		(lkl_long_t)(uintptr_t)efds, 0, 0
	};

	if (tv) {
		/* As in Linux, tv_usec may be a second or more. */
		ts.tv_sec = tv->tv_sec + tv->tv_usec / 1000000;
		ts.tv_nsec = tv->tv_usec % 1000000 * 1000;
		params[4] = (lkl_long_t)(uintptr_t)&ts;
	}
	return lkl_syscall(__lkl__NR_pselect6, params);
}

static inline lkl_long_t lkl_sys_poll(struct lkl_pollfd *fds, unsigned int n,
				      int timeout_ms)
{
	struct __lkl__kernel_timespec ts;
	lkl_long_t params[6] = {
		(lkl_long_t)(uintptr_t)fds, n, 0, 0, 0, 0
	};

	if (timeout_ms >= 0) {
		ts.tv_sec = timeout_ms / 1000;
		ts.tv_nsec = timeout_ms % 1000 * 1000000LL;
		params[2] = (lkl_long_t)(uintptr_t)&ts;
	}
	return lkl_syscall(__lkl__NR_ppoll, params);
}

static inline lkl_long_t lkl_sys_epoll_create(int size)
{
	return size > 0 ? lkl_sys_epoll_create1(0) : -LKL_EINVAL;
}

static inline lkl_long_t lkl_sys_epoll_wait(int fd,
					    struct lkl_epoll_event *ev, int n,
					    int timeout_ms)
{
	return lkl_sys_epoll_pwait(fd, ev, n, timeout_ms, NULL, 0);
}

#endif /* LKL_COMPAT_H */
